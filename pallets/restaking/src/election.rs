// SPDX-License-Identifier: Apache-2.0

//! Who stands for election, and in what order.
//!
//! The list is kept sorted by the calls that change stake, so that an election only reads. A key may be less than what
//! consensus can slash, while a promise rises, and never more.

use crate::{
	pallet::*,
	types::{OperatorInfo, CONSENSUS},
};
use alloc::vec::Vec;
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{Get, ValidatorRegistration},
	BoundedVec,
};
use pallet_session::SessionInterface;
use polkadot_sdk::*;
use sp_runtime::DispatchError;
use zerog_staking::{slashable, Balance, ElectionKey, Seniority};

type List<T> = BoundedVec<ElectionKey<<T as frame_system::Config>::AccountId>, <T as Config>::MaxCandidates>;

/// Takes an account off the list.
fn take<T: Config>(list: &mut List<T>, account: &T::AccountId) {
	list.retain(|key| key.account != *account);
}

/// Puts a key where it belongs, if there is room.
fn put<T: Config>(list: &mut List<T>, key: ElectionKey<T::AccountId>) -> Result<(), Error<T>> {
	let at = list.binary_search(&key).unwrap_or_else(|at| at);
	list.try_insert(at, key)
		.map_err(|_| Error::<T>::TooManyCandidates)
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_validate(operator: T::AccountId) -> DispatchResult {
		ensure!(T::Session::is_registered(&operator), Error::<T>::NoSessionKeys);
		Self::do_stand(operator)
	}

	/// The same without session keys, which a genesis may not know yet; elections ask for them again.
	pub(crate) fn do_stand(operator: T::AccountId) -> DispatchResult {
		let now = Self::now();
		let stake = Self::with_operator(&operator, |info| {
			ensure!(info.candidate.is_none(), Error::<T>::AlreadyCandidate);
			let own = Positions::<T>::get(&operator, &operator)
				.value(&info.books)
				.map_err(Error::<T>::from)?;
			ensure!(own >= T::MinimumOperatorStake::get(), Error::<T>::OwnStakeTooLow);
			let stake = Self::consensus_stake(&operator, info)?;
			ensure!(
				stake >= T::MinimumValidatorStake::get(),
				Error::<T>::ValidatorStakeTooLow
			);
			let key = ElectionKey {
				stake,
				since: now,
				account: operator.clone(),
			};
			Candidates::<T>::try_mutate(|list| Self::admit(list, key))?;
			info.candidate = Some(now);
			Ok(stake)
		})?;
		Self::deposit_event(Event::Validating { operator, stake });
		Ok(())
	}

	pub(crate) fn do_chill(operator: T::AccountId) -> DispatchResult {
		Self::with_operator(&operator, |info| {
			ensure!(info.candidate.is_some(), Error::<T>::NotCandidate);
			ensure!(!Self::is_needed(&operator, info), Error::<T>::DutyOpen);
			Self::retire(&operator, info);
			Ok(())
		})
	}

	pub(crate) fn do_rank(operator: T::AccountId) -> DispatchResult {
		let stake = Self::with_operator(&operator, |info| {
			ensure!(info.candidate.is_some(), Error::<T>::NotCandidate);
			Self::rerank(&operator, info)?;
			Self::consensus_stake(&operator, info)
		})?;
		Self::deposit_event(Event::Ranked { operator, stake });
		Ok(())
	}

	/// What consensus could slash of an operator.
	pub(crate) fn consensus_stake(
		operator: &T::AccountId,
		info: &OperatorInfo<T>,
	) -> Result<Balance, DispatchError> {
		let allocation = Allocations::<T>::get(operator, CONSENSUS);
		let stake = slashable(
			&info.books,
			&allocation,
			Seniority::Senior,
			Self::now(),
			Self::now(),
		);
		Ok(stake.map_err(Error::<T>::from)?)
	}

	/// Puts a candidate whose stake has changed where it belongs.
	pub(crate) fn rerank(operator: &T::AccountId, info: &OperatorInfo<T>) -> DispatchResult {
		let Some(since) = info.candidate else {
			return Ok(());
		};
		let stake = Self::consensus_stake(operator, info)?;
		Candidates::<T>::try_mutate(|list| {
			take::<T>(list, operator);
			let account = operator.clone();
			Ok(put::<T>(
				list,
				ElectionKey {
					stake,
					since,
					account,
				},
			)?)
		})
	}

	/// Takes an operator off the list.
	pub(crate) fn retire(operator: &T::AccountId, info: &mut OperatorInfo<T>) {
		if info.candidate.take().is_some() {
			Candidates::<T>::mutate(|list| take::<T>(list, operator));
			Self::deposit_event(Event::Chilled {
				operator: operator.clone(),
			});
		}
	}

	/// The best candidates that have keys, if there are enough.
	pub(crate) fn elect() -> Option<Vec<T::AccountId>> {
		let (fewest, most) = Self::seats();
		let elected: Vec<_> = Self::electable().take(most).collect();
		if elected.len() < fewest.max(1) {
			let candidates = u32::try_from(elected.len()).unwrap_or(u32::MAX);
			Self::deposit_event(Event::ElectionFailed { candidates });
			return None;
		}
		Some(elected)
	}

	/// Whether consensus cannot do without an operator that stands for election or validates: were it to go, too few others
	/// could be elected, and the validators would stay whatever they still promise.
	pub(crate) fn is_needed(operator: &T::AccountId, info: &OperatorInfo<T>) -> bool {
		let validates = || <T::Session as SessionInterface>::validators().contains(operator);
		if info.candidate.is_none() && !validates() {
			return false;
		}
		let (fewest, _) = Self::seats();
		let others = Self::electable().filter(|account| account != operator);
		others.take(fewest).count() < fewest
	}

	/// Who could be elected, best first.
	fn electable() -> impl Iterator<Item = T::AccountId> {
		let minimum = T::MinimumValidatorStake::get();
		let candidates = Candidates::<T>::get().into_iter();
		candidates
			.take_while(move |key| key.stake >= minimum)
			.map(|key| key.account)
			.filter(T::Session::is_registered)
	}

	/// Fewest and most validators. More than there are seats cannot be asked for.
	fn seats() -> (usize, usize) {
		let most = T::Validators::get().min(T::MaxValidators::get());
		let fewest = T::MinimumValidators::get().min(most);
		let wide = |seats| usize::try_from(seats).unwrap_or(usize::MAX);
		(wide(fewest), wide(most))
	}

	/// Adds a candidate; if there are too many, the last one goes if it has less stake.
	fn admit(list: &mut List<T>, key: ElectionKey<T::AccountId>) -> DispatchResult {
		if list.is_full() {
			let last = list.last().filter(|last| key < **last);
			let last = last.ok_or(Error::<T>::TooManyCandidates)?.account.clone();
			take::<T>(list, &last);
			Self::with_operator(&last, |info| {
				info.candidate = None;
				Ok(())
			})?;
			Self::deposit_event(Event::Chilled { operator: last });
		}
		Ok(put::<T>(list, key)?)
	}
}
