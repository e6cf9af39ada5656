// SPDX-License-Identifier: Apache-2.0

//! What blocks with room do by themselves: distribute rewards, move on the pots and forget the points that nobody can draw, pay
//! the last claims of positions that are over.
//!
//! Anybody may do the same by calls. A cursor goes around the maps, so that every entry is looked at again and again.

use crate::{pallet::*, types::Sweep, weights::WeightInfo, LOG_TARGET};
use frame_support::{
	dispatch::DispatchResult,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use polkadot_sdk::*;
use zerog_staking::history_start;

/// Most entries that a block looks at.
const LOOKS: u32 = 16;

impl<T: Config> Pallet<T> {
	/// Looks at the next entries while there is room.
	pub(crate) fn sweep(meter: &mut WeightMeter) {
		let (cursor, look) = (T::DbWeight::get().reads_writes(1, 1), T::DbWeight::get().reads(4));
		if meter.try_consume(cursor).is_err() {
			return;
		}
		let mut cursor = SweepCursor::<T>::get();
		for _ in 0..LOOKS {
			if meter.try_consume(look).is_err() {
				break;
			}
			let Some(next) = Self::look(&cursor, meter) else {
				break;
			};
			cursor = next;
		}
		SweepCursor::<T>::put(cursor);
	}

	/// Does what is due for the entry after the cursor, which it becomes; none if there is no room for that.
	fn look(cursor: &Sweep<T::AccountId>, meter: &mut WeightMeter) -> Option<Sweep<T::AccountId>> {
		let now = Self::now();
		let mut act = |is_due: bool, weight: Weight, act: &dyn Fn() -> DispatchResult| {
			if is_due {
				meter.try_consume(weight).ok()?;
				if let Err(error) = with_storage_layer(act) {
					log::debug!(target: LOG_TARGET, "nothing to sweep: {error:?}");
				}
			}
			Some(())
		};
		Some(match cursor {
			Sweep::Operators(last) => {
				let mut keys = match last {
					Some(last) => Operators::<T>::iter_keys_from(Operators::<T>::hashed_key_for(last)),
					None => Operators::<T>::iter_keys(),
				};
				let Some(operator) = keys.next() else {
					return Some(Sweep::Pots(None));
				};
				let is_due = RewardBooks::<T>::get(&operator).is_some_and(|book| book.next_era(now) < now);
				let distribute = || Self::do_distribute(operator.clone());
				act(is_due, T::WeightInfo::distribute(), &distribute)?;
				Sweep::Operators(Some(operator))
			}
			Sweep::Pots(last) => {
				let mut keys = match last {
					Some((service, era)) => {
						Pots::<T>::iter_keys_from(Pots::<T>::hashed_key_for(service, era))
					}
					None => Pots::<T>::iter_keys(),
				};
				let Some((service, era)) = keys.next() else {
					return Some(Sweep::Work(None));
				};
				let is_over = Self::is_over(era, &Pots::<T>::get(service, era));
				let expire = || Self::do_expire_pot(service, era);
				act(is_over, T::WeightInfo::expire_pot(), &expire)?;
				Sweep::Pots(Some((service, era)))
			}
			Sweep::Work(last) => {
				let mut keys = match last {
					Some((operator, era)) => {
						Work::<T>::iter_keys_from(Work::<T>::hashed_key_for(operator, era))
					}
					None => Work::<T>::iter_keys(),
				};
				let Some((operator, era)) = keys.next() else {
					return Some(Sweep::Positions(None));
				};
				let expire = || Self::do_expire_work(operator.clone(), era);
				act(era < history_start(now), T::WeightInfo::expire_work(), &expire)?;
				Sweep::Work(Some((operator, era)))
			}
			Sweep::Positions(last) => {
				let mut keys = match last {
					Some((operator, account)) => {
						Positions::<T>::iter_keys_from(Positions::<T>::hashed_key_for(operator, account))
					}
					None => Positions::<T>::iter_keys(),
				};
				let Some((operator, account)) = keys.next() else {
					return Some(Sweep::Operators(None));
				};
				let is_over = Positions::<T>::get(&operator, &account).held() == Ok(0);
				let claim = || Self::do_claim(operator.clone(), account.clone()).map(drop);
				act(is_over, T::WeightInfo::claim(), &claim)?;
				Sweep::Positions(Some((operator, account)))
			}
		})
	}
}
