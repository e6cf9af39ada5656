// SPDX-License-Identifier: Apache-2.0

//! Operators, delegators, and the planck on hold.

use crate::{
	pallet::*,
	types::{OperatorInfo, ServiceId},
};
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{
		fungible::{BalancedHold, MutateHold},
		tokens::Precision,
		Get, OnUnbalanced,
	},
	BoundedVec,
};
use polkadot_sdk::*;
use sp_runtime::{DispatchError, Perbill};
use zerog_staking::{Balance, Bucket, Era, Operator, Position, RewardBook, Shares};

impl<T: Config> Pallet<T> {
	/// The present era.
	pub fn now() -> Era {
		CurrentEra::<T>::get()
	}

	/// Changes an operator.
	pub(crate) fn with_operator<R>(
		operator: &T::AccountId,
		change: impl FnOnce(&mut OperatorInfo<T>) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		Operators::<T>::try_mutate(operator, |entry| {
			change(entry.as_mut().ok_or(Error::<T>::NotOperator)?)
		})
	}

	/// Changes a position, and forgets it when nothing is left.
	pub(crate) fn with_position<R>(
		operator: &T::AccountId,
		account: &T::AccountId,
		change: impl FnOnce(&mut Position) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		Positions::<T>::try_mutate_exists(operator, account, |entry| {
			let mut position = entry.take().unwrap_or_default();
			let result = change(&mut position)?;
			*entry = (!position.is_empty()).then_some(position);
			Ok(result)
		})
	}

	pub(crate) fn do_register(operator: T::AccountId, stake: Balance, commission: Perbill) -> DispatchResult {
		ensure!(
			!Operators::<T>::contains_key(&operator),
			Error::<T>::AlreadyOperator
		);
		let now = Self::now();
		let info = OperatorInfo {
			books: Operator::new(now),
			services: BoundedVec::new(),
			candidate: None,
		};
		let book = RewardBook::new(commission, now).map_err(Error::<T>::from)?;
		Operators::<T>::insert(&operator, info);
		RewardBooks::<T>::insert(&operator, book);
		Self::deposit_event(Event::OperatorRegistered {
			operator: operator.clone(),
			commission,
		});
		Self::do_delegate(operator.clone(), operator, stake)
	}

	/// Nothing may be left that names the operator: if it registers again its books begin anew.
	pub(crate) fn do_leave(operator: T::AccountId) -> DispatchResult {
		let info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let book = RewardBooks::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let unclaimed = book.unclaimed().map_err(Error::<T>::from)?;
		let unused = info.books.is_idle()
			&& info.services.is_empty()
			&& info.candidate.is_none()
			&& unclaimed == 0
			&& Archive::<T>::iter_key_prefix(&operator).next().is_none()
			&& ClosedPools::<T>::iter_key_prefix(&operator).next().is_none()
			&& Work::<T>::iter_key_prefix(&operator).next().is_none();
		ensure!(unused, Error::<T>::StillInUse);
		Operators::<T>::remove(&operator);
		RewardBooks::<T>::remove(&operator);
		Self::deposit_event(Event::OperatorLeft { operator });
		Ok(())
	}

	pub(crate) fn do_delegate(
		operator: T::AccountId,
		account: T::AccountId,
		amount: Balance,
	) -> DispatchResult {
		let (now, minimum) = (Self::now(), Self::minimum(&operator, &account));
		let shares = Self::with_operator(&operator, |info| {
			let shares = Self::with_position(&operator, &account, |position| {
				let delegated = position.delegate(&mut info.books, now, amount, minimum);
				Ok(delegated.map_err(Error::<T>::from)?)
			})?;
			T::Currency::hold(&HoldReason::Stake.into(), &account, amount)?;
			Self::rerank(&operator, info)?;
			Ok(shares)
		})?;
		Self::deposit_event(Event::Delegated {
			operator,
			account,
			amount,
			shares,
		});
		Ok(())
	}

	pub(crate) fn do_unbond(operator: T::AccountId, account: T::AccountId, shares: Shares) -> DispatchResult {
		let (now, timing) = (Self::now(), T::Timing::get());
		let minimum = Self::minimum(&operator, &account);
		let unbonded = Self::with_operator(&operator, |info| {
			let is_own = operator == account;
			let binds = |service: &ServiceId| Self::binds(*service, &operator);
			ensure!(!is_own || !info.services.iter().any(binds), Error::<T>::DutyOpen);
			let keeps_some = is_own && (Self::promises(&operator, info) || info.candidate.is_some());
			let unbonded = Self::with_position(&operator, &account, |position| {
				let unbonded = position.unbond(&mut info.books, now, shares, minimum, &timing);
				let unbonded = unbonded.map_err(Error::<T>::from)?;
				ensure!(
					!keeps_some || !position.shares().is_zero(),
					Error::<T>::OwnStakeTooLow
				);
				Ok(unbonded)
			})?;
			for bucket in unbonded.archived.into_iter().flatten() {
				Self::store(&operator, bucket);
			}
			Self::rerank(&operator, info)?;
			Ok(unbonded)
		})?;
		Self::burn(&operator, &account, unbonded.burned)?;
		Self::deposit_event(Event::Unbonded {
			operator,
			account,
			amount: unbonded.amount,
			free_from: now.saturating_add(timing.bonding),
		});
		Ok(())
	}

	pub(crate) fn do_withdraw(operator: T::AccountId, account: T::AccountId, era: Era) -> DispatchResult {
		let (now, timing) = (Self::now(), T::Timing::get());
		let withdrawn = Self::with_operator(&operator, |info| {
			Self::with_position(&operator, &account, |position| {
				Archive::<T>::mutate_exists(&operator, era, |archived| {
					let withdrawn = position.withdraw(&mut info.books, archived.as_mut(), era, now, &timing);
					archived.take_if(|bucket| bucket.shares.is_zero());
					Ok(withdrawn.map_err(Error::<T>::from)?)
				})
			})
		})?;
		Self::burn(&operator, &account, withdrawn.burned)?;
		T::Currency::release(
			&HoldReason::Stake.into(),
			&account,
			withdrawn.paid,
			Precision::Exact,
		)?;
		Self::deposit_event(Event::Withdrawn {
			operator,
			account,
			amount: withdrawn.paid,
		});
		Ok(())
	}

	pub(crate) fn do_realise(operator: T::AccountId, account: T::AccountId) -> DispatchResult {
		let info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let burned = Self::with_position(&operator, &account, |position| {
			Ok(position.realise(&info.books).map_err(Error::<T>::from)?)
		})?;
		ensure!(burned > 0, Error::<T>::NothingToDo);
		Self::burn(&operator, &account, burned)
	}

	pub(crate) fn do_convert(operator: T::AccountId, account: T::AccountId) -> DispatchResult {
		let burned = Self::with_position(&operator, &account, |position| {
			ensure!(!position.shares().is_zero(), Error::<T>::NothingToDo);
			ClosedPools::<T>::try_mutate_exists(&operator, position.generation(), |entry| {
				let closed = entry.as_mut().ok_or(Error::<T>::NothingToDo)?;
				let burned = position.convert(closed).map_err(Error::<T>::from)?;
				entry.take_if(|closed| closed.shares.is_zero());
				Ok::<_, DispatchError>(burned)
			})
		})?;
		Self::burn(&operator, &account, burned)?;
		Self::deposit_event(Event::Converted { operator, account });
		Ok(())
	}

	pub(crate) fn do_archive(operator: T::AccountId) -> DispatchResult {
		let now = Self::now();
		let bucket = Self::with_operator(&operator, |info| {
			Ok(info
				.books
				.archive(now, &T::Timing::get())
				.ok_or(Error::<T>::NothingToDo)?)
		})?;
		Self::store(&operator, bucket);
		Self::deposit_event(Event::Archived {
			operator,
			era: bucket.era,
		});
		Ok(())
	}

	pub(crate) fn do_reopen(operator: T::AccountId) -> DispatchResult {
		let now = Self::now();
		let generation = Self::with_operator(&operator, |info| {
			info.books
				.reopen(now, &T::Timing::get())
				.map_err(Error::<T>::from)?;
			Ok(info.books.generation())
		})?;
		Self::deposit_event(Event::PoolReopened { operator, generation });
		Ok(())
	}

	/// Least that a position is worth when it changed: an operator's own has to be larger.
	fn minimum(operator: &T::AccountId, account: &T::AccountId) -> Balance {
		if operator == account {
			T::MinimumOperatorStake::get()
		} else {
			T::MinimumDelegation::get()
		}
	}

	fn store(operator: &T::AccountId, bucket: Bucket) {
		Archive::<T>::insert(operator, bucket.era, bucket);
	}

	/// Takes from an account what slashes have taken of its stake with an operator.
	fn burn(operator: &T::AccountId, account: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		let (credit, missing) = T::Currency::slash(&HoldReason::Stake.into(), account, amount);
		ensure!(missing == 0, Error::<T>::Accounting);
		T::Slashed::on_unbalanced(credit);
		Self::deposit_event(Event::Realised {
			operator: operator.clone(),
			account: account.clone(),
			amount,
		});
		Ok(())
	}
}
