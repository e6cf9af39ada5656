// SPDX-License-Identifier: Apache-2.0

//! Committees are drawn, an epoch ahead, and asked for.

use crate::{pallet::*, traits::StakeSource, types::*};
use alloc::vec::Vec;
use frame_support::traits::Get;
use polkadot_sdk::*;
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use zerog_networks::{
	draw_seed, Balance, Candidates, Epoch, Member, NetworkId, Selection, Timing, ROOT, SEAT,
};

impl<T: Config> Pallet<T> {
	/// Draws a network's committee for the epoch after the present one. Returns whether there is one, and from how many operators.
	pub(crate) fn draw(network: NetworkId, epoch: Epoch) -> (bool, u32) {
		let serves = epoch.saturating_add(1);
		let (drawn, read) = match Self::drawn(network, serves) {
			Ok(Some((committee, draws, read))) => {
				Committees::<T>::insert(network, serves, committee);
				Self::deposit_event(Event::CommitteeDrawn {
					network,
					epoch: serves,
					draws,
				});
				(true, read)
			}
			Ok(None) | Err(_) => {
				Self::deposit_event(Event::CommitteeMissing {
					network,
					epoch: serves,
				});
				// Read it may have been.
				(false, T::MaxOperators::get())
			}
		};
		Self::forget_committees(network, epoch);
		(drawn, read)
	}

	/// The next committee, the draws that it took and the length of the roster. `None` without a roster read in time, or with
	/// fewer operators or less stake than a network needs.
	#[allow(clippy::type_complexity)]
	fn drawn(
		network: NetworkId,
		serves: Epoch,
	) -> Result<Option<(Committee<T::AccountId>, u32, u32)>, zerog_networks::Error> {
		let Some(timing) = Timing::of(serves) else {
			return Ok(None);
		};
		// Each operator was read in the epoch before: none of them had seen any of the randomness.
		let in_time = |roster: &Roster<T>| roster.began.saturating_add(1) >= timing.frozen;
		let Some(roster) = Rosters::<T>::get(timing.frozen).filter(in_time) else {
			return Ok(None);
		};
		let parameters = Parameters::<T>::get();
		let list = roster.of(network);
		let candidates = Candidates::new(&list)?;
		let least = usize::try_from(parameters.networks.operators).unwrap_or(usize::MAX);
		let sum = |stakes: &mut dyn Iterator<Item = Balance>| stakes.fold(0, Balance::saturating_add);
		let all = sum(&mut roster.candidates.iter().map(|candidate| candidate.stake));
		let its = sum(&mut list.iter().map(|candidate| candidate.1));
		if candidates.staked() < least.max(1) || its < parameters.least_share.mul_ceil(all) {
			return Ok(None);
		}
		// Only the committee right before: seats of an older one have not rotated when they should.
		let before = Committees::<T>::get(network, timing.drawn).map(|committee| committee.selection);
		let seed = draw_seed(&T::Randomness::get(), network, serves);
		let (selection, draws) = Selection::next(before, &candidates, serves, &seed, &parameters.draw);
		let committee = Committee {
			selection,
			frozen: timing.frozen,
			params: parameters.draw,
		};
		let read = u32::try_from(roster.candidates.len()).unwrap_or(u32::MAX);
		Ok(Some((committee, draws, read)))
	}

	/// The root network's committees of an epoch and the next one: everybody of the newest roster.
	pub(crate) fn seat_root(epoch: Epoch) {
		let Some(frozen) = Self::newest_roster(epoch) else {
			return;
		};
		let committee = || Committee {
			selection: Selection::Everybody,
			frozen,
			params: Parameters::<T>::get().draw,
		};
		if !Committees::<T>::contains_key(ROOT, epoch) {
			Committees::<T>::insert(ROOT, epoch, committee());
		}
		Committees::<T>::insert(ROOT, epoch.saturating_add(1), committee());
		Self::forget_committees(ROOT, epoch);
	}

	/// Removes a network's committees from before the last epoch: one, unless steps were missed.
	fn forget_committees(network: NetworkId, epoch: Epoch) {
		let old: Vec<_> = Committees::<T>::iter_key_prefix(network)
			.filter(|of| of.saturating_add(1) < epoch)
			.collect();
		for of in old {
			Committees::<T>::remove(network, of);
		}
	}

	/// The members of a committee, with their weights in the allotment of rows, and the weight that they have lost.
	///
	/// Whatever they were drawn by, they weigh no more than the part of it that faults can still take: slashes, and delegators who
	/// leave, give no notice. A seat weighs [`SEAT`], so that who lost little loses little. What is lost by who was drawn is nobody's:
	/// were it the others', whoever makes honest stake leave would gain its rows. Where everybody serves it is the others'.
	pub(crate) fn weighed(
		network: NetworkId,
		committee: &Committee<T::AccountId>,
	) -> Option<(Vec<Member<T::AccountId>>, u128)> {
		let drawn = committee.is_drawn();
		let list = match drawn {
			// Seats are weights.
			true => Vec::new(),
			false => Rosters::<T>::get(committee.frozen)?.of(network),
		};
		let mut members = committee.selection.members(&Candidates::new(&list).ok()?);
		// Seats stand for three draws, so that the most that was read for one of them counts.
		let index = RosterIndex::<T>::get().rosters.into_iter();
		let before = index.filter(|frozen| drawn && *frozen <= committee.frozen);
		let rosters: Vec<_> = before.filter_map(Rosters::<T>::get).collect();
		let mut lost = 0u128;
		for member in &mut members {
			if drawn {
				member.weight = member.weight.saturating_mul(SEAT);
			}
			let read = rosters
				.iter()
				.map(|roster| roster.stake_of(&member.operator))
				.max();
			let read = read.unwrap_or(member.weight);
			let present = T::Stake::coarse(T::Stake::present(&member.operator));
			if present < read || present == 0 {
				let kept = multiply_by_rational_with_rounding(member.weight, present, read, Rounding::Down);
				let kept = kept.unwrap_or(0);
				lost = lost.saturating_add(member.weight.saturating_sub(kept));
				member.weight = kept;
			}
		}
		(!members.is_empty()).then_some((members, lost))
	}

	/// The members of a committee, as [`Self::weighed`].
	pub(crate) fn members_of(network: NetworkId, epoch: Epoch) -> Option<Vec<Member<T::AccountId>>> {
		let committee = Committees::<T>::get(network, epoch)?;
		Self::weighed(network, &committee).map(|(members, _)| members)
	}
}
