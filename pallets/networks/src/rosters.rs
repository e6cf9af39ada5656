// SPDX-License-Identifier: Apache-2.0

//! Stake is read, some operators a block, and frozen.

use crate::{operators::is_over, pallet::*, traits::StakeSource, types::*};
use alloc::vec::Vec;
use frame_support::{defensive, ensure, traits::Get};
use polkadot_sdk::*;
use sp_runtime::{BoundedVec, DispatchResult};
use zerog_networks::{Epoch, Networks, ROOT};

impl<T: Config> Pallet<T> {
	/// Reads some operators more, and forgets those whose notice is over. Returns how the sweep goes on and how many it looked at.
	pub(crate) fn read(
		registry: &Networks,
		began: Epoch,
		mut last: Option<T::AccountId>,
		mut operators: u32,
		mut ingress: u64,
	) -> (Sweep<T::AccountId>, u32) {
		let parameters = Parameters::<T>::get();
		let entries = match &last {
			Some(last) => Operators::<T>::iter_from(Operators::<T>::hashed_key_for(last)),
			None => Operators::<T>::iter(),
		};
		let limit = T::ReadsPerBlock::get();
		// Collected first, as what is looked at may be changed or removed.
		let batch: Vec<_> = entries
			.take(usize::try_from(limit).unwrap_or(usize::MAX))
			.collect();
		let count = u32::try_from(batch.len()).unwrap_or(limit);
		for (operator, mut info) in batch {
			last = Some(operator.clone());
			let pruned = Self::prune(&operator, &mut info, registry);
			if is_over(info.left, registry.epoch()) && info.memberships.is_empty() {
				Operators::<T>::remove(&operator);
				Self::deposit_event(Event::OperatorLeft { operator });
				continue;
			}
			let stake = match info.left {
				Some(_) => 0,
				None => Self::stake_of(&operator, parameters.minimum_stake),
			};
			let free = info.free_ingress(parameters.ingress_share());
			let room = !info.memberships.is_full() && free >= parameters.ingress_share();
			if stake > 0 && room {
				operators = operators.saturating_add(1);
				ingress = ingress.saturating_add(free);
			}
			let candidate = Candidate {
				operator: operator.clone(),
				stake,
				memberships: info.memberships.clone(),
			};
			if Draft::<T>::try_append(candidate).is_err() {
				defensive!("no sweep finds more operators than there can be");
			}
			if pruned {
				Operators::<T>::insert(&operator, info);
			}
		}
		let sweep = if count < limit {
			Sweep::Sealing {
				began,
				operators,
				ingress,
			}
		} else {
			Sweep::Reading {
				began,
				last,
				operators,
				ingress,
			}
		};
		(sweep, count)
	}

	/// Freezes what was read as the roster of the next epoch's start. Returns the number of operators.
	pub(crate) fn seal(epoch: Epoch, began: Epoch, operators: u32, ingress: u64) -> u32 {
		let frozen = epoch.saturating_add(1);
		let mut candidates = Draft::<T>::take().into_inner();
		candidates.sort_unstable_by(|a, b| a.operator.cmp(&b.operator));
		let count = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
		let index = RosterIndex::<T>::mutate(|index| {
			index.operators = operators;
			index.ingress = ingress;
			index.rosters.try_push(frozen)
		});
		if index.is_err() {
			defensive!("a roster an epoch leaves room for the next one");
			return count;
		}
		let candidates = BoundedVec::truncate_from(candidates);
		Rosters::<T>::insert(frozen, Roster { began, candidates });
		Self::deposit_event(Event::Frozen {
			epoch: frozen,
			operators: count,
		});
		count
	}

	/// The newest roster that is frozen.
	pub(crate) fn newest_roster(epoch: Epoch) -> Option<Epoch> {
		let index = RosterIndex::<T>::get();
		index.rosters.into_iter().rev().find(|frozen| *frozen <= epoch)
	}

	/// Forgets rosters that no committee of the last epoch or later was drawn from.
	pub(crate) fn forget_rosters(epoch: Epoch) {
		// Drawn for the present epoch three epochs after they were frozen, with seats of two draws before; the root network's may
		// be older.
		let root = Committees::<T>::get(ROOT, epoch).map_or(epoch, |committee| committee.frozen);
		let oldest = root.min(epoch.saturating_sub(5));
		RosterIndex::<T>::mutate(|index| {
			index.rosters.retain(|frozen| {
				if *frozen < oldest {
					Rosters::<T>::remove(frozen);
				}
				*frozen >= oldest
			})
		});
	}

	/// Operators of the start, with a roster and a root committee at once. For a genesis, or the migration of a chain that had none.
	///
	/// Their keys are not asked for: a genesis may bring them later. Errors: otherwise those of `register`.
	pub fn found(operators: &[(T::AccountId, u64)]) -> DispatchResult {
		let minimum = Parameters::<T>::get().minimum_stake;
		for (operator, ingress) in operators {
			let enough = T::Stake::slashable_net(operator) >= minimum;
			ensure!(enough, Error::<T>::StakeTooLow);
			Self::add_operator(operator.clone(), *ingress)?;
		}
		let epoch = T::Epoch::get();
		let mut candidates: Vec<Candidate<T>> = operators
			.iter()
			.map(|(operator, _)| Candidate {
				stake: T::Stake::coarse(T::Stake::slashable_net(operator)),
				operator: operator.clone(),
				memberships: BoundedVec::new(),
			})
			.collect();
		candidates.sort_unstable_by(|a, b| a.operator.cmp(&b.operator));
		let roster = Roster {
			began: epoch,
			candidates: BoundedVec::truncate_from(candidates),
		};
		Rosters::<T>::insert(epoch, roster);
		RosterIndex::<T>::put(Index {
			rosters: BoundedVec::truncate_from(alloc::vec![epoch]),
			..Default::default()
		});
		Self::seat_root(epoch);
		Self::set_routes(&Registry::<T>::get(), |network| network == ROOT);
		Ok(())
	}
}
