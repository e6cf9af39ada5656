// SPDX-License-Identifier: Apache-2.0

//! Challenges: a signer shows a row that it signed for, or has a verdict against it.
//!
//! ```text
//!  challenge ──► open ── answer, up to the deadline ──► three quarters of the deposit to the member, one is a fee
//!                  └──── resolve, after the deadline ─► all of the deposit back, verdict
//! ```
//!
//! * Only final sets of signers are challenged, and only while the whole window lies in retention: a member cannot be
//!   replaced, and its duty cannot end, while a challenge is open.
//! * Whoever sends an answer, the challenged member is paid for it: there is nothing to gain by being first.
//! * Each member has places of its own for open challenges, which no others take: whoever fills places keeps rows of that
//!   member alone from being challenged. It costs: a quarter of the deposit of an answered challenge leaves, also when member
//!   and challenger are one.
//! * A member gets more places while few are taken in all, so that those who occupy their own have to fill as many. All that
//!   can be open at once can be answered within a window: the bounds are made for that.

use crate::{
	pallet::*,
	types::{bucket_after, has_bit, Blob, Challenge, Custody, DueItem},
};
use alloc::vec::Vec;
use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
};
use polkadot_sdk::*;
use sp_runtime::{
	transaction_validity::{
		InvalidTransaction, TransactionPriority, TransactionValidity, UnknownTransaction, ValidTransaction,
	},
	DispatchError, DispatchResult,
};
use zerog_erasure::{Commitment, Row};
use zerog_primitives::{
	da::{is_signer, Assignment, ChallengeInfo, Fault},
	units::{Balance, BlockNumber},
};

/// Of an answered challenge's deposit one part in so many goes to [`Config::DispersalFees`].
const FEE_PART: Balance = 4;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_challenge(challenger: T::AccountId, commitment: Commitment, row: u32) -> DispatchResult {
		let now = Self::now();
		let blob = Blobs::<T>::get(commitment).ok_or(Error::<T>::NotCertified)?;
		let custody = blob.custody().ok_or(Error::<T>::NotCertified)?;
		ensure!(custody.is_final(now), Error::<T>::SignersNotFinal);
		let deadline = now.saturating_add(T::ChallengeWindow::get());
		ensure!(deadline <= blob.ends_at(), Error::<T>::RetentionTooShort);
		let (member, account) = Self::signer_of(&blob, custody, commitment, row)?;
		ensure!(!has_bit(&custody.at_fault, member), Error::<T>::AlreadyAtFault);
		ensure!(
			!Challenges::<T>::contains_key(commitment, row),
			Error::<T>::AlreadyChallenged
		);

		let deposit = T::ChallengeDeposit::get();
		T::Currency::hold(&HoldReason::Challenge.into(), &challenger, deposit)?;
		let all = OpenChallenges::<T>::get();
		ChallengesOf::<T>::try_mutate(&account, |open| {
			let fewer = |count: usize, most: u32| u32::try_from(count).is_ok_and(|count| count < most);
			let of_blob = open.iter().filter(|(other, _)| *other == commitment).count();
			ensure!(
				fewer(of_blob, T::MaxBlobChallenges::get())
					&& (fewer(open.len(), T::OwnChallenges::get()) || all < T::MaxChallenges::get())
					&& all < Self::most_challenges(),
				Error::<T>::TooManyChallenges
			);
			open.try_push((commitment, row))
				.map_err(|_| Error::<T>::TooManyChallenges)
		})?;
		OpenChallenges::<T>::put(all.saturating_add(1));
		let challenge = Challenge {
			member,
			account: account.clone(),
			challenger: challenger.clone(),
			deposit,
			deadline,
		};
		Challenges::<T>::insert(commitment, row, challenge);
		Due::<T>::insert(bucket_after(deadline), DueItem::Challenge(commitment, row), ());
		Self::deposit_event(Event::Challenged {
			commitment,
			row,
			account,
			challenger,
			deadline,
		});
		Ok(())
	}

	/// Most challenges that are open at once. As many members as a committee can have reach it with places of their own; more
	/// may owe rows, for some have left.
	pub(crate) fn most_challenges() -> u32 {
		let own = T::MaxMembers::get().saturating_mul(T::OwnChallenges::get());
		T::MaxChallenges::get().saturating_add(own)
	}

	/// The signer that holds a row of the blob.
	pub(crate) fn signer_of(
		blob: &Blob<T>,
		custody: &Custody<T>,
		commitment: Commitment,
		row: u32,
	) -> Result<(u32, T::AccountId), DispatchError> {
		let (committee, set) = Self::members_of(blob.committee)?;
		let profile = blob.header.profile().map_err(Self::header_error)?;
		let member = Assignment::new(commitment, &committee.randomness, &set.weights(), profile)
			.member_of(row)
			.ok_or(Error::<T>::NoSuchRow)?;
		ensure!(is_signer(&custody.signers, member), Error::<T>::NotSigned);
		let account = set
			.members
			.get(member)
			.map(|member| member.account.clone())
			.ok_or(Error::<T>::NoSuchRow)?;
		let member = u32::try_from(member).map_err(|_| Error::<T>::NoSuchRow)?;
		Ok((member, account))
	}

	/// The row is the one that is asked for, in time. Lengths are compared before anything is hashed.
	///
	/// An answer to nothing is not invalid but unknown: pools ban what is invalid, and the same answer may be asked for in
	/// the next block.
	pub(crate) fn validate_answer(commitment: Commitment, row: &Row) -> TransactionValidity {
		let now = Self::now();
		let challenge = Challenges::<T>::get(commitment, row.index)
			.filter(|challenge| challenge.is_open(now))
			.ok_or(UnknownTransaction::CannotLookup)?;
		let blob = Blobs::<T>::get(commitment).ok_or(UnknownTransaction::CannotLookup)?;
		blob.header
			.check_row_path(row.index, &row.data, &row.path)
			.map_err(|_| InvalidTransaction::BadProof)?;
		let longevity = challenge.deadline.saturating_sub(now).max(1);
		// Ahead of everything that can be bought: whoever fills blocks must not turn into verdicts. Not a class of its own: signed
		// calls that fail would fill that too.
		ValidTransaction::with_tag_prefix("DataAvailabilityAnswer")
			.priority(TransactionPriority::MAX)
			.and_provides((commitment, row.index))
			.longevity(longevity.into())
			.propagate(true)
			.build()
	}

	/// Ends a challenge whose answer was checked when the call was authorised, in this very block.
	pub(crate) fn do_answer(commitment: Commitment, row: u32) -> DispatchResult {
		let challenge = Challenges::<T>::get(commitment, row)
			.filter(|challenge| challenge.is_open(Self::now()))
			.ok_or(Error::<T>::NoSuchChallenge)?;
		Self::close(commitment, row, &challenge);
		let Challenge {
			account,
			challenger,
			deposit,
			..
		} = challenge;
		T::Currency::transfer_on_hold(
			&HoldReason::Challenge.into(),
			&challenger,
			&Self::pot(),
			deposit,
			Precision::Exact,
			Restriction::Free,
			Fortitude::Force,
		)?;
		let fee = deposit.div_ceil(FEE_PART);
		let reward = deposit.saturating_sub(fee);
		Self::pot_to_fees(fee)?;
		Self::earn(&account, reward);
		Self::deposit_event(Event::Answered {
			commitment,
			row,
			account,
			reward,
		});
		Ok(())
	}

	pub(crate) fn validate_resolve(commitment: Commitment, row: u32) -> TransactionValidity {
		Challenges::<T>::get(commitment, row)
			.filter(|challenge| !challenge.is_open(Self::now()))
			.ok_or(InvalidTransaction::Stale)?;
		ValidTransaction::with_tag_prefix("DataAvailabilityResolve")
			.and_provides((commitment, row))
			.longevity(16)
			.propagate(true)
			.build()
	}

	/// Ends a challenge whose window has passed: the challenger has its deposit back, the member a verdict.
	pub(crate) fn do_resolve(commitment: Commitment, row: u32) -> DispatchResult {
		let challenge = Challenges::<T>::get(commitment, row)
			.filter(|challenge| !challenge.is_open(Self::now()))
			.ok_or(Error::<T>::NoSuchChallenge)?;
		Self::close(commitment, row, &challenge);
		Self::give_back(HoldReason::Challenge, &challenge.challenger, challenge.deposit)?;
		Self::deposit_event(Event::Unanswered {
			commitment,
			row,
			account: challenge.account.clone(),
		});
		Self::blame_for_blob(commitment, challenge.member, challenge.account, Fault::Unanswered)
	}

	/// Takes a challenge out of everything that names it.
	fn close(commitment: Commitment, row: u32, challenge: &Challenge<T::AccountId>) {
		Challenges::<T>::remove(commitment, row);
		ChallengesOf::<T>::mutate_exists(&challenge.account, |entry| {
			let open = entry.get_or_insert_default();
			open.retain(|other| *other != (commitment, row));
			if open.is_empty() {
				*entry = None;
			}
		});
		OpenChallenges::<T>::mutate(|open| *open = open.saturating_sub(1));
		Due::<T>::remove(
			bucket_after(challenge.deadline),
			DueItem::Challenge(commitment, row),
		);
	}

	/// The challenges that a member has to answer, and those that wait to be resolved.
	pub(crate) fn challenges_of(account: &T::AccountId) -> Vec<ChallengeInfo> {
		let all = ChallengesOf::<T>::get(account).into_iter();
		all.filter_map(|(commitment, row)| Some(Challenges::<T>::get(commitment, row)?.info(commitment, row)))
			.collect()
	}
}

impl<AccountId> Challenge<AccountId> {
	/// Whether an answer is accepted in block `now`.
	pub fn is_open(&self, now: BlockNumber) -> bool {
		now <= self.deadline
	}

	/// The challenge for nodes and clients.
	pub fn info(&self, commitment: Commitment, row: u32) -> ChallengeInfo {
		ChallengeInfo {
			commitment,
			row,
			member: self.member,
			deadline: self.deadline,
		}
	}
}
