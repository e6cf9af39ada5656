// SPDX-License-Identifier: Apache-2.0

//! Why calls are refused.

use frame_support::pallet_macros::pallet_section;
use polkadot_sdk::*;

#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The blob is empty: its length must be at least one byte.
		EmptyBlob,
		/// The blob is too large: split it into blobs of at most 32 MiB.
		BlobTooLarge,
		/// The retention is outside of what can be bought, from the certificate on: see `MinRetention` and `MaxRetention`.
		RetentionOutOfRange,
		/// The blob's matrix has too few rows to be sound with as many members as the root network has: take the one that
		/// `quote` names.
		CommitteeTooLarge,
		/// The blob's time is over, but it is not settled: call `settle`, or wait for a block with room, and submit it anew.
		NotSettled,
		/// The blob does not fit into the matrix asked for: take the one that `quote` names.
		ProfileTooSmall,
		/// The root network's members with keys hold less than 2/3 of the weight: operators must register attestation keys.
		NoCommittee,
		/// Too many bytes wait for certificates, in the blob's networks and the root network: try again when `PendingBytes`
		/// has fallen.
		Congested,
		/// The blob costs more than `max_fee`, as the price has risen: look at the quote again, or offer more.
		FeeAboveMaximum,
		/// Who does not pay for this blob yet must add at least `MinRetention` to its retention: ask for more.
		ExtensionTooShort,
		/// Only its first payer can pay for this blob: extend it from that account.
		TooManyPayers,
		/// The key is not a canonical, valid, non-zero point of the right group.
		InvalidKey,
		/// The signature does not show that this account has the secret key: sign genesis, account and key with it.
		InvalidPossession,
		/// The key was registered before, by this or another account: generate a new one.
		KeyTaken,
		/// The certificate was refused; the reason is that of [`types::CertificateError`].
		InvalidCertificate,
		/// Nothing is to be settled: the deadline has not passed, or retention has not ended, or there is no such blob.
		NotDue,
		/// The chain keeps no such committee: it is too old, to come, or there is none.
		UnknownCommittee,
		/// No blob with a certificate has this commitment: it waits for one, or is over.
		NotCertified,
		/// A certificate may still add signers: try again when `ImprovementWindow` has passed.
		SignersNotFinal,
		/// The signers are paid up to this block: try again in a later one.
		NothingToPay,
		/// A row of the blob is challenged: try again when it was answered or resolved.
		ChallengeOpen,
		/// The account has no earnings.
		NothingToClaim,
		/// The blob's matrix has no such row: see its profile.
		NoSuchRow,
		/// The member that holds the row did not sign for the blob, so it owes nothing.
		NotSigned,
		/// The member was found at fault for this blob, and a challenge, or another bad row, would prove nothing graver.
		AlreadyAtFault,
		/// Retention ends before the window would: the row can no longer be challenged.
		RetentionTooShort,
		/// The row is challenged already: wait for its answer.
		AlreadyChallenged,
		/// As many challenges of this member are open as can be, in all or for this blob, or as it has of its own while too many
		/// are open of all: try again later.
		TooManyChallenges,
		/// There is no such challenge, or it is too late to answer it, or too early to resolve it.
		NoSuchChallenge,
		/// The row is not the one with its index under the blob's row root.
		InvalidRow,
		/// The checksum is not the one that the blob's header commits to.
		InvalidChecksum,
		/// The row passes the row check: nobody is at fault.
		RowIsGood,
		/// The conflict is known already, or names no member of the committee.
		InvalidConflict,
	}
}
