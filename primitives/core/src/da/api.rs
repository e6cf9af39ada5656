// SPDX-License-Identifier: Apache-2.0

//! What the runtime answers about blobs, committees and prices.

use super::{BlobInfo, Certificate, Committee, Quote, SessionIndex};
use crate::units::BlockNumber;
use alloc::vec::Vec;
use polkadot_sdk::*;
use zerog_bls::PublicKey;
use zerog_erasure::Commitment;

sp_api::decl_runtime_apis! {
	/// The data-availability layer, for nodes, clients and dapps.
	pub trait DataAvailabilityApi {
		/// The blob, if it was submitted and is not over yet.
		fn blob(commitment: Commitment) -> Option<BlobInfo>;
		/// The committee of a session, while a blob of that session may still matter.
		fn committee(session: SessionIndex) -> Option<Committee>;
		/// The session whose committee a blob submitted now would get.
		fn current_session() -> SessionIndex;
		/// What `length` bytes kept for `retention` blocks would cost; `None` if they would be refused.
		fn quote(length: u32, retention: BlockNumber) -> Option<Quote>;
		/// The attestation key of an account.
		fn account_key(account: [u8; 32]) -> Option<PublicKey>;
		/// Blocks for which a certificate with more rows may still replace a certificate.
		fn improvement_window() -> BlockNumber;
		/// The encoded transaction that carries a certificate. Nodes submit it as it is, so that they need not know the
		/// encoding of a later runtime.
		fn certify_transaction(certificate: Certificate) -> Vec<u8>;
		/// The encoded transaction that ends a blob that is due.
		fn settle_transaction(commitment: Commitment) -> Vec<u8>;
	}
}
