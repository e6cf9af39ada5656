// SPDX-License-Identifier: Apache-2.0

//! Paying signers: the dispersal fee once the set of signers is final, custody block by block, and what they take.
//!
//! Each block with room pays the signers of some blobs, in a round over all of them. Fees are credited in [`Earnings`],
//! one write a member, so that no payment fails because an account does not exist or would stay below the existential
//! deposit. Each block with room has one account take what it was credited, in a round over all of them. The pot holds
//! what is credited and the dispersal fees that are not distributed yet; custody stays on the payers' accounts until it
//! is paid.
//!
//! All shares are rounded down. What is left of custody stays on hold and is spread over the blocks to come, at the end
//! it goes back to the payers; what is left of a dispersal fee goes to [`Config::DispersalFees`].

use crate::{
	pallet::*,
	types::{Blob, Custody},
	WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced, Mutate, MutateHold},
		tokens::{Fortitude, Precision, Preservation, Restriction},
		Get, OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
};
use polkadot_sdk::*;
use sp_runtime::{
	helpers_128bit::multiply_by_rational_with_rounding,
	traits::{AccountIdConversion, Zero},
	DispatchError, DispatchResult, Rounding,
};
use zerog_erasure::Commitment;
use zerog_primitives::{da::is_signer, units::Balance};

/// Blobs that one `on_idle` looks at to pay their signers, whatever weight is left.
const MAX_LOOKED: usize = 64;

/// Accounts for which one `on_idle` tries to claim in vain.
const MAX_FAILED: usize = 16;

/// `amount · part / whole`, rounded down and at most `amount`; zero when `whole` is.
pub fn share(amount: Balance, part: u32, whole: u32) -> Balance {
	multiply_by_rational_with_rounding(amount, part.min(whole).into(), whole.into(), Rounding::Down)
		.unwrap_or(0)
}

/// Takes what an account has earned and asks for.
pub trait Payee<AccountId, Credit> {
	/// Gives it to the account, or to those for whom it works. What it refuses stays credited.
	fn pay(account: &AccountId, earned: Credit) -> DispatchResult;

	/// Weight of [`Self::pay`] beyond a transfer.
	fn weight() -> Weight;
}

/// What a payout moved.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Payout {
	/// Credited to signers.
	pub paid: Balance,
	/// Given back to payers, for rows of signers at fault.
	pub released: Balance,
}

/// The signers that are paid, with their rows, and the shares of one payout.
struct Shares<AccountId> {
	earners: Vec<(AccountId, u32, Balance)>,
	/// Rows of signers at fault.
	forfeited: u32,
	/// Rows of all signers.
	whole: u32,
}

impl<AccountId> Shares<AccountId> {
	/// Adds each one's share of `amount`; returns their sum and what signers at fault forfeit of it.
	fn add(&mut self, amount: Balance) -> (Balance, Balance) {
		let mut sum: Balance = 0;
		for (_, rows, earned) in &mut self.earners {
			let part = share(amount, *rows, self.whole);
			*earned = earned.saturating_add(part);
			sum = sum.saturating_add(part);
		}
		(sum, share(amount, self.forfeited, self.whole))
	}
}

impl<T: Config> Pallet<T> {
	/// The account that holds fees until they are taken.
	pub fn pot() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// Upper bound of a payout's weight.
	pub(crate) fn most_payout() -> Weight {
		T::WeightInfo::payout(T::MaxMembers::get(), T::MaxPayers::get())
	}

	fn payout_weight(blob: &Blob<T>) -> Weight {
		let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
		let signers = blob.custody().map_or(0, |custody| custody.signers.len());
		T::WeightInfo::payout(count(signers.saturating_mul(8)), count(blob.payments.len()))
	}

	/// Pays the signers of the next blobs in a round over [`Blobs`] that were not paid for [`Config::PayoutPeriod`] blocks, as
	/// many as there is room for: what they earn counts when it is earned, whoever calls `payout`.
	///
	/// Bounded: looks at [`MAX_LOOKED`] blobs at most. One that cannot be paid, as a row is challenged, is passed over.
	pub(crate) fn pay_next(meter: &mut WeightMeter) {
		if meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_err() {
			return;
		}
		let mut last = PayCursor::<T>::get();
		let mut blobs = match last {
			Some(last) => Blobs::<T>::iter_from_key(last),
			None => Blobs::<T>::iter(),
		};
		// A key and what it has.
		let look = T::DbWeight::get().reads(2);
		for _ in 0..MAX_LOOKED {
			if meter.try_consume(look).is_err() {
				break;
			}
			let Some((commitment, blob)) = blobs.next() else {
				last = None;
				break;
			};
			if blob.unpaid(Self::now()) >= T::PayoutPeriod::get() {
				if meter.try_consume(Self::payout_weight(&blob)).is_err() {
					break;
				}
				if let Err(error) = with_storage_layer(|| Self::do_payout(commitment)) {
					log::debug!(target: LOG_TARGET, "signers of {commitment:?} are paid later: {error:?}");
				}
			}
			last = Some(commitment);
		}
		PayCursor::<T>::set(last);
	}

	/// Pays the signers of a certified blob for the blocks that have passed; returns the weight it took. Emits `Paid`.
	pub(crate) fn do_payout(commitment: Commitment) -> Result<Weight, DispatchError> {
		let mut blob = Blobs::<T>::get(commitment).ok_or(Error::<T>::NotCertified)?;
		let custody = blob.custody().ok_or(Error::<T>::NotCertified)?;
		ensure!(custody.is_final(Self::now()), Error::<T>::SignersNotFinal);
		ensure!(
			blob.dispersal > 0 || blob.unpaid(Self::now()) > 0,
			Error::<T>::NothingToPay
		);
		// A member that cannot answer must not take beforehand what it would forfeit.
		ensure!(
			Challenges::<T>::iter_key_prefix(commitment).next().is_none(),
			Error::<T>::ChallengeOpen
		);
		let weight = Self::payout_weight(&blob);
		let Payout { paid, released } = Self::pay_signers(&mut blob)?;
		Blobs::<T>::insert(commitment, blob);
		Self::deposit_event(Event::Paid {
			commitment,
			paid,
			released,
		});
		Ok(weight)
	}

	/// Pays what is owed up to this block: the dispersal fee, and of each payment on hold the share that the blocks passed
	/// have in those that were left. Nothing for a blob without certificate.
	pub(crate) fn pay_signers(blob: &mut Blob<T>) -> Result<Payout, DispatchError> {
		let end = blob.end();
		let until = end.min(Self::now());
		let Some(custody) = blob.custody() else {
			return Ok(Payout::default());
		};
		let passed = until.saturating_sub(custody.paid_until);
		let left = end.saturating_sub(custody.paid_until);
		let mut shares = Self::shares(blob, custody)?;
		let mut payout = Self::pay_dispersal(blob, &mut shares)?;
		let (pot, reason) = (Self::pot(), HoldReason::Custody.into());
		for payment in &mut blob.payments {
			let (paid, forfeited) = shares.add(share(payment.held, passed, left));
			if paid > 0 {
				// By force, as votes and other freezes of the payer must not keep the signers from what it owes them.
				T::Currency::transfer_on_hold(
					&reason,
					&payment.payer,
					&pot,
					paid,
					Precision::Exact,
					Restriction::Free,
					Fortitude::Force,
				)?;
			}
			Self::give_back(HoldReason::Custody, &payment.payer, forfeited)?;
			payment.held = payment.held.saturating_sub(paid).saturating_sub(forfeited);
			payout.paid = payout.paid.saturating_add(paid);
			payout.released = payout.released.saturating_add(forfeited);
		}
		for (account, _, earned) in shares.earners {
			Self::earn(&account, earned);
		}
		if let Some(custody) = blob.custody_mut() {
			custody.paid_until = custody.paid_until.max(until);
		}
		Ok(payout)
	}

	/// Distributes the dispersal fee, if that has not happened.
	fn pay_dispersal(blob: &mut Blob<T>, shares: &mut Shares<T::AccountId>) -> Result<Payout, DispatchError> {
		let fee = core::mem::take(&mut blob.dispersal);
		let (paid, forfeited) = shares.add(fee);
		// Who submitted the blob first paid for its dispersal. Having custody on hold, it can take any amount.
		if let Some(first) = blob.payments.first().filter(|_| forfeited > 0) {
			let (pot, back) = (Self::pot(), Preservation::Preserve);
			let given =
				with_storage_layer(|| T::Currency::transfer(&pot, &first.payer, forfeited, back).map(drop));
			if given.is_err() {
				Self::earn(&first.payer, forfeited);
			}
		}
		Self::pot_to_fees(fee.saturating_sub(paid).saturating_sub(forfeited))?;
		Ok(Payout {
			paid,
			released: forfeited,
		})
	}

	fn shares(blob: &Blob<T>, custody: &Custody<T>) -> Result<Shares<T::AccountId>, DispatchError> {
		let (_, set) = Self::members_of(blob.committee)?;
		let rows = blob.header.profile().map_err(Self::header_error)?.rows();
		let counts = set.allotment(rows);
		let mut shares = Shares {
			earners: Vec::new(),
			forfeited: 0,
			whole: custody.rows_signed,
		};
		let members = set.members.into_iter().zip(counts).enumerate();
		for (index, (member, rows)) in members.filter(|(index, _)| is_signer(&custody.signers, *index)) {
			if is_signer(&custody.at_fault, index) {
				shares.forfeited = shares.forfeited.saturating_add(rows);
			} else {
				shares.earners.push((member.account, rows, 0));
			}
		}
		Ok(shares)
	}

	/// Gives an account back what is on hold. What its free balance cannot take, because both together stay below the
	/// existential deposit, is credited instead.
	pub(crate) fn give_back(reason: HoldReason, account: &T::AccountId, amount: Balance) -> DispatchResult {
		let reason = reason.into();
		let released = with_storage_layer(|| {
			T::Currency::release(&reason, account, amount, Precision::Exact).map(|_| ())
		});
		if released.is_err() {
			T::Currency::transfer_on_hold(
				&reason,
				account,
				&Self::pot(),
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)?;
			Self::earn(account, amount);
		}
		Ok(())
	}

	/// Credits what lies in the pot.
	pub(crate) fn earn(account: &T::AccountId, amount: Balance) {
		if amount > 0 {
			Earnings::<T>::mutate(account, |earned| *earned = earned.saturating_add(amount));
		}
	}

	/// Moves a fee from an account into the pot.
	pub(crate) fn fee_to_pot(from: &T::AccountId, fee: Balance) -> DispatchResult {
		T::Currency::transfer(from, &Self::pot(), fee, Preservation::Preserve)?;
		Ok(())
	}

	/// Moves a fee that nobody earned from the pot to [`Config::DispersalFees`].
	pub(crate) fn pot_to_fees(amount: Balance) -> DispatchResult {
		if amount.is_zero() {
			return Ok(());
		}
		let fee = T::Currency::withdraw(
			&Self::pot(),
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::DispersalFees::on_unbalanced(fee);
		Ok(())
	}

	/// Weight of a claim.
	pub(crate) fn claim_weight() -> Weight {
		T::WeightInfo::claim_earnings().saturating_add(T::Payee::weight())
	}

	/// Claims for the next account of a round over [`Earnings`], if there is room, so that none waits until anybody asks. One
	/// whose claim fails keeps what it has earned, and is passed over, up to [`MAX_FAILED`] in a block.
	pub(crate) fn claim_next(meter: &mut WeightMeter) {
		// The cursor, the account after it, and the first one if there is none.
		let look = T::DbWeight::get().reads_writes(3, 1);
		let claim = Self::claim_weight();
		let mut first = None;
		for _ in 0..MAX_FAILED {
			if !meter.can_consume(look.saturating_add(claim)) {
				return;
			}
			meter.consume(look);
			let next = ClaimCursor::<T>::get()
				.and_then(|last| Earnings::<T>::iter_keys_from_key(last).next())
				.or_else(|| Earnings::<T>::iter_keys().next());
			ClaimCursor::<T>::set(next.clone());
			let Some(account) = next else {
				return;
			};
			// None is tried twice.
			if first.as_ref() == Some(&account) {
				return;
			}
			first.get_or_insert_with(|| account.clone());
			meter.consume(claim);
			match with_storage_layer(|| Self::do_claim_earnings(account)) {
				Ok(()) => return,
				Err(error) => log::debug!(target: LOG_TARGET, "earnings stay where they are: {error:?}"),
			}
		}
	}

	pub(crate) fn do_claim_earnings(account: T::AccountId) -> DispatchResult {
		let amount = Earnings::<T>::take(&account);
		ensure!(amount > 0, Error::<T>::NothingToClaim);
		let earned = T::Currency::withdraw(
			&Self::pot(),
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::Payee::pay(&account, earned)?;
		Self::deposit_event(Event::EarningsClaimed { account, amount });
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::share;
	use proptest::prelude::*;

	proptest! {
		#[test]
		fn shares_never_make_money(amount: u128, rows in prop::collection::vec(0u32..16_384, 1..200)) {
			let whole = rows.iter().sum();
			let shares: Vec<u128> = rows.iter().map(|rows| share(amount, *rows, whole)).collect();
			let sum: u128 = shares.iter().sum();
			prop_assert!(sum <= amount);
			if whole > 0 {
				prop_assert!(amount - sum < rows.len() as u128, "less than a planck a share is left");
			}
		}

		#[test]
		fn custody_paid_in_any_steps_follows_the_line(held in 0u128..1 << 90, cuts in prop::collection::vec(1u32..1_000, 1..40)) {
			// Signers of all rows: what is paid after any number of payouts lies on the line from 0 to `held`.
			let end: u32 = cuts.iter().sum();
			let (mut left, mut at) = (held, 0);
			for cut in cuts {
				left -= share(left, cut, end - at);
				at += cut;
				let line = share(held, at, end);
				prop_assert!((held - left).abs_diff(line) <= 41);
			}
			prop_assert_eq!(left, 0);
		}
	}
}
