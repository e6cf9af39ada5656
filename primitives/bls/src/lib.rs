// SPDX-License-Identifier: Apache-2.0
//! BLS12-381 signatures of the validators: one aggregate signature certifies that many of them store their
//! rows.
//!
//! Minimal-signature-size variant: [`Signature`]s are in G1 (48 bytes), [`PublicKey`]s in G2 (96 bytes), both
//! compressed as ZCash and the IETF draft do; hash to curve is RFC 9380's `BLS12381G1_XMD:SHA-256_SSWU_RO_`
//! under [`DST`], the proof-of-possession scheme of `draft-irtf-cfrg-bls-signature`. Compatible with blst's
//! `min_sig`.
//!
//! Nodes sign with blst ([`signer`], needs `std`). The runtime verifies with arkworks ([`verify`]): field
//! arithmetic and hashing in Wasm; pairings, subgroup checks and sums of keys in the host functions
//! ([`host`]) that every executor of such a runtime must offer.
//!
//! # What holds
//!
//! * Bytes from outside enter as [`PublicKey`] or [`Signature`] and count for nothing until decoded. Decoding
//!   accepts canonical compressed points of the prime-order subgroup except the identity, and nothing else;
//!   the tests hold it against blst. No input panics.
//! * [`PointBytes`] come from [`PublicKey::decompress`], [`sum`] or [`subtract`]. The chain stores them to
//!   save the square root and the subgroup check; from anywhere else they must not be taken.
//! * Aggregate keys are safe against rogue keys only if each key was registered with a proof of possession.
//!
//! # Cost
//!
//! One core of a 2026 server, in milliseconds; for weights, benchmark. "Wasm" was measured with V8.
//!
//! | operation | native | runtime: Wasm + host |
//! |---|---|---|
//! | [`verify`] | 2.0 | 1.4 (hash to curve, square root) + 1.7 (pairing, subgroup) |
//! | [`PublicKey::decompress`] | 0.35 | 0.6 (square root) + 0.1 (subgroup) |
//! | [`sum`] of 200 | 0.46 | 0.02 (copies bytes, checks one point) + 0.46 |
//! | [`subtract`] 1, 10, 66 | 0.04, 0.07, 0.19 | as native |
//! | [`signer::verify_share`] | 1.3 | |
//!
//! An input that is refused costs at most as much as one that is accepted.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::cast_possible_truncation,
		clippy::arithmetic_side_effects
	)
)]
#![warn(missing_docs)]

extern crate alloc;

#[cfg(any(test, feature = "bench"))]
#[allow(clippy::arithmetic_side_effects, clippy::indexing_slicing)]
pub mod bench;
mod points;
#[cfg(feature = "std")]
pub mod signer;
mod types;
mod verify;

pub use points::{subtract, sum};
pub use types::{BlsError, ParseError, PointBytes, PublicKey, Signature};
pub use verify::verify;

/// Domain separation tag of the hash to G1, also for proofs of possession: their messages differ by their
/// text.
pub const DST: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

/// The host functions that [`verify`], [`sum`], [`subtract`] and decoding call from Wasm.
#[cfg(feature = "std")]
pub mod host {
	pub use sp_crypto_ec_utils::bls12_381::host_calls::HostFunctions;
}
