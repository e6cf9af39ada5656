// SPDX-License-Identifier: Apache-2.0

//! What the runtime answers about blobs, committees and prices.

use super::{
	BlobInfo, Certificate, ChallengeInfo, Committee, CommitteeId, Conflict, Margin, NetworkId, Quote, Verdict,
};
use crate::units::{Balance, BlockNumber};
use alloc::vec::Vec;
use polkadot_sdk::*;
use zerog_bls::PublicKey;
use zerog_erasure::{Commitment, Namespace, Row};

sp_api::decl_runtime_apis! {
	/// The data-availability layer, for nodes, clients and dapps.
	///
	/// A transaction made here carries a `salt` that means nothing. A pool bans the hash of a transaction that it found
	/// invalid or that a block has taken; a node that draws a new salt at each try gets past that, and nobody can have
	/// its transaction banned by sending the same one earlier. Which transactions exclude each other does not depend on it.
	pub trait DataAvailabilityApi {
		/// The blob, if it was submitted and is not over yet.
		fn blob(commitment: Commitment) -> Option<BlobInfo>;
		/// The blobs that follow one in the order of the chain's keys, or the first ones; as many as asked for, if there are so
		/// many. It need not be there itself.
		fn blobs_after(after: Option<Commitment>, limit: u32) -> Vec<Commitment>;
		/// A committee with members and keys, while one of its blobs may still matter.
		fn committee(id: CommitteeId) -> Option<Committee>;
		/// The committees that a blob submitted now could get, that of the root network first.
		fn current_committees() -> Vec<CommitteeId>;
		/// What `length` bytes of a namespace kept for `retention` blocks would cost, and which network would take them;
		/// `None` if they would be refused.
		fn quote(namespace: Namespace, length: u32, retention: BlockNumber) -> Option<Quote>;
		/// Present price of a coded byte in a network, in planck.
		fn base_fee(network: NetworkId) -> Option<Balance>;
		/// What a challenger holds until its challenge has ended, in planck.
		fn challenge_deposit() -> Balance;
		/// The attestation key of an account.
		fn account_key(account: [u8; 32]) -> Option<PublicKey>;
		/// Blocks for which a certificate with more rows may still replace a certificate.
		fn improvement_window() -> BlockNumber;
		/// The encoded transaction that carries a certificate. Nodes submit it as it is, so that they need not know the
		/// encoding of a later runtime.
		fn certify_transaction(certificate: Certificate, salt: u32) -> Vec<u8>;
		/// The encoded transaction that ends a blob that is due.
		fn settle_transaction(commitment: Commitment, salt: u32) -> Vec<u8>;
		/// How far a certified blob is from being lost.
		fn margin(commitment: Commitment) -> Option<Margin>;
		/// What an account has earned and not taken, in planck.
		fn earnings(account: [u8; 32]) -> Balance;
		/// The faults of a member of a committee that were proven, while the committee may still matter.
		fn verdicts(id: CommitteeId, member: u32) -> Vec<Verdict>;
		/// The open challenges that a validator has to answer, and those whose window has passed and that wait to be resolved.
		fn open_challenges(account: [u8; 32]) -> Vec<ChallengeInfo>;
		/// The encoded transaction that answers a challenge with the row and its path.
		fn answer_transaction(commitment: Commitment, row: Row, salt: u32) -> Vec<u8>;
		/// The encoded transaction that ends a challenge whose window has passed.
		fn resolve_transaction(commitment: Commitment, row: u32, salt: u32) -> Vec<u8>;
		/// The encoded transaction that proves a conflict.
		fn conflict_transaction(conflict: Conflict, salt: u32) -> Vec<u8>;
	}
}
