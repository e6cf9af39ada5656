// SPDX-License-Identifier: Apache-2.0

//! What happened.

use frame_support::pallet_macros::pallet_section;
use polkadot_sdk::*;

#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A blob was paid for.
		Submitted {
			/// Its commitment.
			commitment: Commitment,
			/// Who paid.
			payer: T::AccountId,
			/// Its namespace.
			namespace: Namespace,
			/// The committee that decides it.
			committee: CommitteeId,
			/// Last block for its certificate.
			deadline: BlockNumber,
			/// Not refundable.
			dispersal_fee: Balance,
			/// Held.
			custody_fee: Balance,
		},
		/// Its network did not certify a blob in time: it is the root network's now.
		FellBack {
			/// Its commitment.
			commitment: Commitment,
			/// The committee that did not certify it.
			from: CommitteeId,
			/// The committee that decides it now.
			committee: CommitteeId,
			/// Last block for its certificate.
			deadline: BlockNumber,
		},
		/// The retention of a blob was extended.
		Extended {
			/// Its commitment.
			commitment: Commitment,
			/// Who paid.
			payer: T::AccountId,
			/// Its retention now, in blocks from its certificate.
			retention: BlockNumber,
			/// Held in addition, for the blocks added and in the place of a payer that was replaced.
			custody_fee: Balance,
		},
		/// A new payer took the place of the one that had the least on hold for a blob.
		PayerReplaced {
			/// The blob's commitment.
			commitment: Commitment,
			/// Who pays for it no more.
			payer: T::AccountId,
			/// Given back.
			released: Balance,
		},
		/// A blob got its certificate.
		Certified {
			/// Its commitment.
			commitment: Commitment,
			/// Rows held by the signers.
			rows_signed: u32,
			/// Bitmap over the committee.
			signers: Vec<u8>,
			/// First block in which it need not be kept any more.
			retained_until: BlockNumber,
		},
		/// A certificate added signers to those before.
		Improved {
			/// The blob's commitment.
			commitment: Commitment,
			/// Rows held by the signers.
			rows_signed: u32,
			/// Bitmap over the committee.
			signers: Vec<u8>,
		},
		/// The signers were paid for blocks that have passed.
		Paid {
			/// The blob's commitment.
			commitment: Commitment,
			/// Credited to signers.
			paid: Balance,
			/// Given back to payers, for rows of members at fault.
			released: Balance,
		},
		/// Retention ended; the signers were paid the rest.
		Settled {
			/// The blob's commitment.
			commitment: Commitment,
			/// Credited to signers.
			paid: Balance,
			/// Given back to payers: rounding, and for rows of members at fault.
			released: Balance,
		},
		/// An account took what it had earned.
		EarningsClaimed {
			/// The account.
			account: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// No certificate came in time; the custody fee was given back.
		Refunded {
			/// The blob's commitment.
			commitment: Commitment,
			/// Given back.
			released: Balance,
		},
		/// An account registered its attestation key.
		KeyRegistered {
			/// The account.
			account: T::AccountId,
			/// The key.
			key: PublicKey,
		},
		/// A member has to show a row.
		Challenged {
			/// The blob.
			commitment: Commitment,
			/// The row.
			row: u32,
			/// The member.
			account: T::AccountId,
			/// Who asks.
			challenger: T::AccountId,
			/// Last block in which an answer is accepted.
			deadline: BlockNumber,
		},
		/// A challenged row was shown.
		Answered {
			/// The blob.
			commitment: Commitment,
			/// The row.
			row: u32,
			/// The member.
			account: T::AccountId,
			/// Credited to the member.
			reward: Balance,
		},
		/// A challenged row was not shown in time; the challenger has its deposit back.
		Unanswered {
			/// The blob.
			commitment: Commitment,
			/// The row.
			row: u32,
			/// The member.
			account: T::AccountId,
		},
		/// A fault was proven.
		FaultFound {
			/// The committee that the member belongs to.
			committee: CommitteeId,
			/// The member.
			account: T::AccountId,
			/// What it did.
			fault: Fault,
			/// The blob concerned; none for a conflict.
			commitment: Option<Commitment>,
		},
	}
}
