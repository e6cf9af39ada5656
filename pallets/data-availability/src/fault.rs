// SPDX-License-Identifier: Apache-2.0

//! Proofs of faults, and what is kept of them.
//!
//! A verdict names committee, member and fault; one that concerns a blob also takes from the member what it has not yet been
//! paid for that blob. Each proof counts once: a member has left a challenge of a blob unanswered or has not, has signed bad rows
//! of it or has not, and of a committee has used one number twice or has not. So nothing is gained by repeating a report, and
//! free reports are bounded. Bad rows are the graver fault: they count also where a challenge was left unanswered before, and
//! not the other way round.

use crate::{
	pallet::*,
	types::{has_bit, set_bit, MaxChecksum, Verdict},
	LOG_TARGET,
};
use frame_support::{ensure, weights::Weight, BoundedVec};
use polkadot_sdk::*;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionPriority, TransactionValidity, ValidTransaction},
	DispatchResult,
};
use zerog_erasure::{Commitment, Row, RowError, Verifier};
use zerog_primitives::da::{is_signer, numbered_message, CommitteeId, Conflict, Fault, Margin, Numbered};

/// Told of each verdict once; shared staking slashes on it.
///
/// Called within a call or `on_idle`: note it and act later.
pub trait OnFault<AccountId> {
	/// A member of the committee was found at fault.
	fn on_fault(committee: CommitteeId, account: &AccountId, fault: Fault, commitment: Option<Commitment>);

	/// Weight of [`Self::on_fault`].
	fn weight() -> Weight;
}

impl<AccountId> OnFault<AccountId> for () {
	fn on_fault(_: CommitteeId, _: &AccountId, _: Fault, _: Option<Commitment>) {}

	fn weight() -> Weight {
		Weight::zero()
	}
}

impl<T: Config> Pallet<T> {
	/// A row that a member signed for lies under the row root and contradicts the checksum.
	pub(crate) fn do_report_bad_row(
		commitment: Commitment,
		row: &Row,
		checksum: &BoundedVec<u8, MaxChecksum>,
	) -> DispatchResult {
		let blob = Blobs::<T>::get(commitment).ok_or(Error::<T>::NotCertified)?;
		let custody = blob.custody().ok_or(Error::<T>::NotCertified)?;
		let (member, account) = Self::signer_of(&blob, custody, commitment, row.index)?;
		ensure!(!has_bit(&custody.bad_rows, member), Error::<T>::AlreadyAtFault);
		// Cheap before dear: the path is a dozen hashes, the checksum a code word.
		blob.header
			.check_row_path(row.index, &row.data, &row.path)
			.map_err(|_| Error::<T>::InvalidRow)?;
		let verifier =
			Verifier::new(&blob.header, commitment, checksum).map_err(|_| Error::<T>::InvalidChecksum)?;
		match verifier.check_row(row) {
			Err(RowError::WrongChecksum) => Self::blame_for_blob(commitment, member, account, Fault::BadRow),
			Err(_) => Err(Error::<T>::InvalidRow.into()),
			Ok(()) => Err(Error::<T>::RowIsGood.into()),
		}
	}

	/// Two different attestations under one number, and no such verdict yet.
	pub(crate) fn validate_conflict(conflict: &Conflict) -> TransactionValidity {
		let (_, set) = Self::members_of(conflict.committee).map_err(|_| InvalidTransaction::Stale)?;
		ensure!(
			!Self::has_conflict(conflict.committee, conflict.member),
			InvalidTransaction::Stale
		);
		let Conflict { first, second, .. } = conflict;
		ensure!(
			(first.batch_root, first.expiry) != (second.batch_root, second.expiry),
			InvalidTransaction::BadProof
		);
		let index = usize::try_from(conflict.member).map_err(|_| InvalidTransaction::BadProof)?;
		let key = set
			.members
			.get(index)
			.and_then(|member| member.key.as_ref())
			.ok_or(InvalidTransaction::BadProof)?;
		let signed = |numbered: &Numbered| {
			let message = numbered_message(
				&Self::genesis(),
				conflict.committee,
				conflict.member,
				conflict.sequence,
				&numbered.batch_root,
				numbered.expiry,
			);
			zerog_bls::verify(&message, &numbered.signature, &key.point).is_ok()
		};
		ensure!(signed(first) && signed(second), InvalidTransaction::BadProof);
		ValidTransaction::with_tag_prefix("DataAvailabilityConflict")
			.priority(TransactionPriority::MAX)
			.and_provides((conflict.committee, conflict.member))
			.longevity(64)
			.propagate(true)
			.build()
	}

	/// Takes a conflict that was checked when the call was authorised, in this very block.
	pub(crate) fn do_report_conflict(conflict: &Conflict) -> DispatchResult {
		let Conflict {
			committee, member, ..
		} = *conflict;
		ensure!(
			!Self::has_conflict(committee, member),
			Error::<T>::InvalidConflict
		);
		let (_, set) = Self::members_of(committee)?;
		let account = usize::try_from(member)
			.ok()
			.and_then(|index| set.members.get(index))
			.map(|member| member.account.clone())
			.ok_or(Error::<T>::InvalidConflict)?;
		Self::record(committee, member, account, Fault::Conflict, None);
		Ok(())
	}

	fn has_conflict(committee: CommitteeId, member: u32) -> bool {
		Verdicts::<T>::get(committee, member)
			.iter()
			.any(|verdict| verdict.fault == Fault::Conflict)
	}

	/// Finds a signer at fault for a blob; nothing happens the second time, unless the fault is graver.
	pub(crate) fn blame_for_blob(
		commitment: Commitment,
		member: u32,
		account: T::AccountId,
		fault: Fault,
	) -> DispatchResult {
		let found = Blobs::<T>::try_mutate(commitment, |entry| {
			let blob = entry.as_mut().ok_or(Error::<T>::NotCertified)?;
			let committee = blob.committee;
			let custody = blob.custody_mut().ok_or(Error::<T>::NotCertified)?;
			let is_first = set_bit(custody.at_fault.as_mut(), member);
			let is_new = match fault {
				Fault::BadRow => set_bit(custody.bad_rows.as_mut(), member),
				Fault::Unanswered | Fault::Conflict => is_first,
			};
			Ok::<_, Error<T>>(is_new.then_some(committee))
		})?;
		if let Some(committee) = found {
			Self::record(committee, member, account, fault, Some(commitment));
		}
		Ok(())
	}

	pub(crate) fn record(
		committee: CommitteeId,
		member: u32,
		account: T::AccountId,
		fault: Fault,
		commitment: Option<Commitment>,
	) {
		let verdict = Verdict {
			fault,
			commitment,
			at: Self::now(),
		};
		// A full list loses no consequence: the blob knows who is at fault, and the hook and the event follow.
		Verdicts::<T>::mutate(committee, member, |verdicts| {
			let place = match fault {
				// Looked for by later reports, so it must be there.
				Fault::Conflict => verdicts.force_insert_keep_left(0, verdict).is_ok(),
				Fault::BadRow | Fault::Unanswered => verdicts.try_push(verdict).is_ok(),
			};
			if !place {
				log::debug!(target: LOG_TARGET, "member {member} of {committee} has more verdicts than are kept");
			}
		});
		Self::keep_committee(committee);
		T::OnFault::on_fault(committee, &account, fault, commitment);
		Self::deposit_event(Event::FaultFound {
			committee,
			account,
			fault,
			commitment,
		});
	}

	/// How far a certified blob is from being lost.
	pub(crate) fn margin_of(commitment: Commitment) -> Option<Margin> {
		let blob = Blobs::<T>::get(commitment)?;
		let custody = blob.custody()?;
		let profile = blob.header.profile().ok()?;
		let (_, set) = Self::members_of(blob.committee).ok()?;
		let faulty = set
			.allotment(profile.rows())
			.into_iter()
			.enumerate()
			.filter(|(index, _)| is_signer(&custody.signers, *index) && is_signer(&custody.at_fault, *index))
			.fold(0u32, |sum, (_, count)| sum.saturating_add(count));
		Some(Margin {
			rows: profile.rows(),
			needed: profile.original_rows(),
			signed: custody.rows_signed,
			faulty,
		})
	}
}
