// SPDX-License-Identifier: Apache-2.0

//! Sessions and eras.
//!
//! An era begins when its validators are elected, a session before they serve. So stake that leaves after an election answers
//! for what the elected will do, and a promise cannot end between election and service. A fault of theirs counts for the
//! era of their election, whatever the present era is.

use crate::{
	pallet::*,
	traits::RewardSource,
	types::{ServiceId, CONSENSUS},
	LOG_TARGET,
};
use alloc::vec::Vec;
use frame_support::traits::{
	fungible::{Balanced, Credit},
	Get, Imbalance, ValidatorRegistration, ValidatorSet,
};
use pallet_session::SessionInterface;
use polkadot_sdk::*;
use sp_staking::{offence::OffenceSeverity, SessionIndex};
use zerog_staking::Era;

type Account<T> = <T as frame_system::Config>::AccountId;

impl<T: Config> Pallet<T> {
	/// The era whose validators serve in a session; none if it is too old.
	pub fn era_of_session(session: SessionIndex) -> Option<Era> {
		let starts = EraStarts::<T>::get();
		let start = starts.iter().rev().find(|(_, first)| *first <= session);
		start.map(|(era, _)| *era)
	}

	/// The era whose validators serve: the present one, or the one before it until those elected start.
	pub fn serving() -> Era {
		Self::era_of_session(T::Session::session_index()).unwrap_or_else(Self::now)
	}

	/// Whether a session to be planned is the first one of the next era.
	fn starts_era(session: SessionIndex) -> bool {
		EraStarts::<T>::get()
			.last()
			.is_none_or(|(_, first)| session.saturating_sub(*first) >= T::SessionsPerEra::get())
	}

	/// Begins an era whose validators serve from `first_session` on.
	fn next_era(first_session: SessionIndex) {
		let ended = Self::now();
		let era = ended.saturating_add(1);
		CurrentEra::<T>::put(era);
		let oldest = T::Timing::get().horizon(era);
		let first_kept = EraStarts::<T>::mutate(|starts| {
			// The horizon lies less than the bound behind, so that nothing that can be charged is forgotten.
			if starts.is_full() {
				starts.remove(0);
			}
			if starts.try_push((era, first_session)).is_err() {
				log::error!(target: LOG_TARGET, "era {era} is not noted: its faults cannot be charged");
			}
			let kept = starts.iter().find(|(era, _)| *era >= oldest);
			kept.map(|(_, first)| *first)
		});
		if let Some(session) = first_kept {
			T::Session::prune_up_to(session);
		}
		Self::pay_in(CONSENSUS, ended, T::RewardSource::draw(ended));
		Self::deposit_event(Event::EraStarted { era, first_session });
	}

	/// Adds money to the pot of an era.
	pub(crate) fn pay_in(service: ServiceId, era: Era, credit: Credit<T::AccountId, T::Currency>) {
		let amount = credit.peek();
		if amount == 0 {
			return;
		}
		// The pot's account always exists, so that it takes any amount; what it refused is burnt.
		if T::Currency::resolve(&Self::pot(), credit).map_err(drop).is_err() {
			log::error!(target: LOG_TARGET, "the pot refuses {amount} planck for era {era}");
			return;
		}
		let funded = Pots::<T>::mutate(service, era, |pot| pot.fund(amount));
		if funded.is_err() {
			log::error!(target: LOG_TARGET, "{amount} planck are too many for the pot of era {era}");
			return;
		}
		Self::deposit_event(Event::PotFunded { service, era, amount });
	}

	/// Disables an offender until others are elected, as far as the strategy allows: the session pallet forgets it with every
	/// session, so that each one that starts says it again.
	pub(crate) fn disable(offender: &T::AccountId, severity: OffenceSeverity) {
		T::Session::report_offence(offender.clone(), severity);
		Offenders::<T>::mutate(|offenders| {
			if let Some(known) = offenders.iter_mut().find(|known| known.0 == *offender) {
				known.1 = known.1.max(severity);
			} else if offenders.try_push((offender.clone(), severity)).is_err() {
				// More offenders than validators: some do not validate any more. The worst are kept.
				let mildest = offenders.iter_mut().min_by_key(|known| known.1);
				if let Some(mildest) = mildest.filter(|mildest| mildest.1 < severity) {
					*mildest = (offender.clone(), severity);
				}
			}
		});
	}
}

/// A session is planned as a new set when others are elected, and when keys of those who stay were rotated: only then is its
/// historical root made of the keys that it will have. A root copied from the session before would not know them, and nobody
/// could prove what they signed. Where nothing has changed, GRANDPA's set stays too, so that proofs of finality stay short.
impl<T> pallet_session::SessionManager<Account<T>> for Pallet<T>
where
	T: Config + pallet_session::Config<ValidatorId = Account<T>>,
{
	fn new_session(session: SessionIndex) -> Option<Vec<Account<T>>> {
		if Self::starts_era(session) {
			Self::next_era(session);
			if let Some(elected) = Self::elect() {
				Offenders::<T>::kill();
				return Some(elected);
			}
		}
		let keys_of = |account| pallet_session::NextKeys::<T>::get(account);
		let queued = pallet_session::QueuedKeys::<T>::get();
		if queued
			.iter()
			.all(|(account, keys)| keys_of(account).as_ref() == Some(keys))
		{
			return None;
		}
		// Without keys they will not serve; a root that counted them would fit no proof.
		let accounts = queued.into_iter().map(|(account, _)| account);
		Some(accounts.filter(T::Session::is_registered).collect())
	}

	/// The first validators. If this pallet's genesis is built after that of the session pallet nobody stands for election yet:
	/// then all who have keys validate.
	fn new_session_genesis(_: SessionIndex) -> Option<Vec<Account<T>>> {
		Some(Self::elect().unwrap_or_else(|| {
			let mut keyed: Vec<_> = pallet_session::NextKeys::<T>::iter_keys().collect();
			keyed.sort();
			keyed
		}))
	}

	/// The session pallet has just forgotten who is disabled.
	fn start_session(_: SessionIndex) {
		for (offender, severity) in Offenders::<T>::get() {
			T::Session::report_offence(offender, severity);
		}
	}

	/// Nothing ends with a session.
	fn end_session(_: SessionIndex) {}
}

/// A validator is identified by its account: slashes name operators, and what they had promised in the era is in the books.
impl<T> pallet_session::historical::SessionManager<Account<T>, ()> for Pallet<T>
where
	T: Config + pallet_session::Config<ValidatorId = Account<T>>,
{
	fn new_session(session: SessionIndex) -> Option<Vec<(Account<T>, ())>> {
		let elected = <Self as pallet_session::SessionManager<_>>::new_session(session)?;
		Some(elected.into_iter().map(|account| (account, ())).collect())
	}

	fn new_session_genesis(session: SessionIndex) -> Option<Vec<(Account<T>, ())>> {
		let elected = <Self as pallet_session::SessionManager<_>>::new_session_genesis(session)?;
		Some(elected.into_iter().map(|account| (account, ())).collect())
	}

	fn start_session(session: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::start_session(session);
	}

	fn end_session(session: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::end_session(session);
	}
}
