// SPDX-License-Identifier: Apache-2.0

//! Points, pots, claims.
//!
//! A service pays its operators for an era by points, an operator its delegators by shares. The money lies in the pot from
//! the payment to the claim; nothing of it is lost to rounding.

use crate::{
	pallet::*,
	traits::{RewardSource, WorkLedger},
	types::{ServiceId, CONSENSUS},
	weights::WeightInfo,
};
use core::marker::PhantomData;
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	traits::{
		fungible::{Balanced, Credit, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		Get,
	},
	weights::Weight,
};
use polkadot_sdk::*;
use sp_runtime::{traits::AccountIdConversion, DispatchError, Perbill};
use sp_staking::budget::{BudgetKey, BudgetRecipient};
use zerog_staking::{history_start, Balance, Era, EraPot};

/// Issuance for consensus that arrives on an account of its own, as `pallet-dap` pays its recipients.
pub struct Issuance<T>(PhantomData<T>);

impl<T: Config> Issuance<T> {
	/// The account.
	pub fn account() -> T::AccountId {
		T::PalletId::get().into_sub_account_truncating("inflow")
	}
}

impl<T: Config> BudgetRecipient<T::AccountId> for Issuance<T> {
	fn budget_key() -> BudgetKey {
		BudgetKey::truncate_from(b"restaking".to_vec())
	}

	fn pot_account() -> T::AccountId {
		Self::account()
	}
}

impl<T: Config> RewardSource<Credit<T::AccountId, T::Currency>> for Issuance<T> {
	/// All but the existential deposit, if there is that much.
	fn draw(_: Era) -> Credit<T::AccountId, T::Currency> {
		let account = Self::account();
		let (keep, polite) = (Preservation::Preserve, Fortitude::Polite);
		let amount = T::Currency::reducible_balance(&account, keep, polite);
		T::Currency::withdraw(&account, amount, Precision::BestEffort, keep, polite).unwrap_or_default()
	}
}

impl<T: Config> Pallet<T> {
	/// The account of rewards that were not claimed.
	pub fn pot() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	pub(crate) fn do_set_commission(operator: T::AccountId, commission: Perbill) -> DispatchResult {
		RewardBooks::<T>::try_mutate(&operator, |entry| {
			let book = entry.as_mut().ok_or(Error::<T>::NotOperator)?;
			book.set_commission(
				commission,
				T::MaxCommissionRise::get(),
				T::CommissionInterval::get(),
				Self::now(),
			)
			.map_err(Error::<T>::from)
		})?;
		Self::deposit_event(Event::CommissionSet { operator, commission });
		Ok(())
	}

	pub(crate) fn do_note_work(service: ServiceId, operator: &T::AccountId, points: u64) -> DispatchResult {
		ensure!(Operators::<T>::contains_key(operator), Error::<T>::NotOperator);
		ensure!(points > 0, Error::<T>::ZeroAmount);
		let now = Self::now();
		Work::<T>::try_mutate(operator, now, |work| {
			if let Some(known) = work.iter_mut().find(|known| known.0 == service) {
				known.1 = known.1.checked_add(points).ok_or(Error::<T>::Accounting)?;
				return Ok(());
			}
			work.try_push((service, points))
				.map_err(|_| Error::<T>::TooManyAllocations)
		})?;
		Pots::<T>::try_mutate(service, now, |pot| pot.note(points)).map_err(Error::<T>::from)?;
		Ok(())
	}

	/// Pays into the pot of a service, for those who work for it in the present era.
	pub fn pay_service(service: ServiceId, payment: Credit<T::AccountId, T::Currency>) {
		Self::pay_in(service, Self::now(), payment);
	}

	/// Pays for work of the present era: the operator earns points, and the service's pot has more to divide by them.
	///
	/// Who pays in proportion to the points gives each operator, and its delegators, what is paid for its own work. Gives
	/// the payment back if the operator cannot earn.
	pub fn pay_for_work(
		service: ServiceId,
		operator: &T::AccountId,
		points: u64,
		payment: Credit<T::AccountId, T::Currency>,
	) -> Result<(), Credit<T::AccountId, T::Currency>> {
		if <Self as WorkLedger<_>>::note_work(service, operator, points).is_err() {
			return Err(payment);
		}
		Self::pay_in(service, Self::now(), payment);
		Ok(())
	}

	pub(crate) fn do_fund(account: T::AccountId, service: ServiceId, amount: Balance) -> DispatchResult {
		ensure!(Services::<T>::contains_key(service), Error::<T>::UnknownService);
		ensure!(amount > 0, Error::<T>::ZeroAmount);
		let credit = T::Currency::withdraw(
			&account,
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		Self::pay_in(service, Self::now(), credit);
		Ok(())
	}

	pub(crate) fn do_distribute(operator: T::AccountId) -> DispatchResult {
		let now = Self::now();
		let info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let mut book = RewardBooks::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let era = book.next_era(now);
		ensure!(era < now, Error::<T>::NothingToDistribute);
		let mut amount: Balance = 0;
		for (service, points) in Work::<T>::take(&operator, era) {
			let drawn = Pots::<T>::try_mutate_exists(service, era, |entry| {
				let pot = entry.as_mut().ok_or(Error::<T>::Accounting)?;
				let drawn = pot.draw(points).map_err(Error::<T>::from)?;
				entry.take_if(|pot| pot.points == 0 && pot.amount == 0);
				Ok::<_, DispatchError>(drawn)
			})?;
			amount = amount.checked_add(drawn).ok_or(Error::<T>::Accounting)?;
		}
		let own = book
			.distribute(&info.books, era, amount, now)
			.map_err(Error::<T>::from)?;
		RewardBooks::<T>::insert(&operator, book);
		let own = Self::pay_or_share(&operator, own)?;
		Self::deposit_event(Event::RewardDistributed {
			operator,
			era,
			amount,
			own,
		});
		Ok(())
	}

	/// Pays an account and returns what it got. An account that cannot take its part must not hold up others: it goes to all
	/// operators.
	fn pay_or_share(account: &T::AccountId, amount: Balance) -> Result<Balance, DispatchError> {
		if Self::pay_out(account, amount).is_ok() {
			return Ok(amount);
		}
		Pots::<T>::try_mutate(CONSENSUS, Self::now(), |pot| pot.fund(amount)).map_err(Error::<T>::from)?;
		Ok(0)
	}

	fn pay_out(account: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Currency::transfer(&Self::pot(), account, amount, Preservation::Preserve).map(drop)
	}

	/// Returns whether the position was forgotten.
	pub(crate) fn do_claim(operator: T::AccountId, account: T::AccountId) -> Result<bool, DispatchError> {
		let known = Positions::<T>::contains_key(&operator, &account);
		let Some(info) = Operators::<T>::get(&operator) else {
			// Who leaves leaves nothing to claim: only the record is left.
			ensure!(known, Error::<T>::NotOperator);
			Positions::<T>::remove(&operator, &account);
			Self::deposit_event(Event::RewardClaimed {
				operator,
				account,
				amount: 0,
			});
			return Ok(true);
		};
		let (amount, forgotten) = RewardBooks::<T>::try_mutate(&operator, |entry| {
			let book = entry.as_mut().ok_or(Error::<T>::NotOperator)?;
			let before = book.clone();
			let amount = Self::with_position(&operator, &account, |position| {
				Ok(book.claim(position, &info.books).map_err(Error::<T>::from)?)
			})?;
			// A part that rounds to nothing is a claim too: its shares leave, and the last owner gets the remainder.
			let forgotten = known && !Positions::<T>::contains_key(&operator, &account);
			ensure!(*book != before || forgotten, Error::<T>::NothingToDo);
			Ok::<_, DispatchError>((amount, forgotten))
		})?;
		// The last claim of a dead account must not keep its operator from leaving; a position that goes on can wait.
		let amount = if forgotten {
			Self::pay_or_share(&account, amount)?
		} else {
			Self::pay_out(&account, amount)?;
			amount
		};
		Self::deposit_event(Event::RewardClaimed {
			operator,
			account,
			amount,
		});
		Ok(forgotten)
	}

	/// Whether nobody can draw from a pot any more.
	pub(crate) fn is_over(era: Era, pot: &EraPot) -> bool {
		let now = Self::now();
		era < history_start(now) || (era < now && pot.points == 0)
	}

	pub(crate) fn do_expire_pot(service: ServiceId, era: Era) -> DispatchResult {
		let now = Self::now();
		let pot = Pots::<T>::take(service, era);
		ensure!(
			Self::is_over(era, &pot) && pot != EraPot::default(),
			Error::<T>::NothingToDo
		);
		let heir = if Services::<T>::contains_key(service) {
			service
		} else {
			CONSENSUS
		};
		if pot.amount > 0 {
			Pots::<T>::try_mutate(heir, now, |present| present.fund(pot.amount)).map_err(Error::<T>::from)?;
		}
		Self::deposit_event(Event::PotExpired {
			service,
			era,
			amount: pot.amount,
		});
		Ok(())
	}

	pub(crate) fn do_expire_work(operator: T::AccountId, era: Era) -> DispatchResult {
		ensure!(
			era < history_start(Self::now()) && Work::<T>::contains_key(&operator, era),
			Error::<T>::NothingToDo
		);
		Work::<T>::remove(&operator, era);
		Self::deposit_event(Event::WorkExpired { operator, era });
		Ok(())
	}

	/// What a claim would pay, after shares of a closed pool are converted.
	pub(crate) fn claimable_of(operator: &T::AccountId, account: &T::AccountId) -> Balance {
		let (Some(info), Some(mut book)) = (Operators::<T>::get(operator), RewardBooks::<T>::get(operator))
		else {
			return 0;
		};
		let (mut position, _) = Self::converted(operator, Positions::<T>::get(operator, account));
		book.claim(&mut position, &info.books).unwrap_or_default()
	}
}

impl<T: Config> WorkLedger<T::AccountId> for Pallet<T> {
	fn note_work(service: ServiceId, operator: &T::AccountId, points: u64) -> DispatchResult {
		frame_support::storage::with_storage_layer(|| Self::do_note_work(service, operator, points))
	}

	fn note_work_weight() -> Weight {
		T::WeightInfo::note_work()
	}
}

/// A block is a point. Authors that left, or were never operators, earn nothing.
impl<T: Config> pallet_authorship::EventHandler<T::AccountId, frame_system::pallet_prelude::BlockNumberFor<T>>
	for Pallet<T>
{
	fn note_author(author: T::AccountId) {
		// The caller counts no weight for us.
		Self::register_weight(T::WeightInfo::note_work());
		if let Err(error) = <Self as WorkLedger<_>>::note_work(CONSENSUS, &author, 1) {
			log::debug!(target: crate::LOG_TARGET, "the author {author:?} earns no point: {error:?}");
		}
	}
}
