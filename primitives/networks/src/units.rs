// SPDX-License-Identifier: Apache-2.0

//! Units and limits.

use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// Amount of the native token, in planck.
pub type Balance = u128;

/// Number of an epoch.
pub type Epoch = u32;

/// Height of a block.
pub type BlockNumber = u32;

/// SHA-256, or randomness of that length.
pub type Hash = [u8; 32];

/// Name of a network; never used again once it is gone.
pub type NetworkId = u32;

/// The network of all operators: always there, and where every blob goes that no other network certifies.
pub const ROOT: NetworkId = 0;

/// Most networks, those that only serve what they have included.
pub const MAX_NETWORKS: u32 = 64;

/// Most seats of a committee.
pub const MAX_SEATS: u32 = 512;

/// Most operators that a committee is drawn from.
pub const MAX_CANDIDATES: u32 = 1_024;

pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
	let mut hasher = Sha256::new();
	for part in parts {
		hasher.update(part);
	}
	hasher.finalize().into()
}

/// The first 16 bytes, low byte first.
pub(crate) fn low_half(hash: &Hash) -> u128 {
	u128::from_le_bytes(*hash.first_chunk().unwrap_or(&[0; 16]))
}

/// Weights divided by the power of two with which their sum stays below 2^63.
///
/// What is lost is below a 2^-52 of the sum, for [`MAX_CANDIDATES`] weights; a sum that leaves 128 bits counts as 2^128.
pub(crate) fn scaled(weights: impl Iterator<Item = u128> + Clone) -> Vec<u64> {
	let (sum, overflowed) = weights.clone().fold((0u128, false), |(sum, over), weight| {
		(
			sum.saturating_add(weight),
			over || sum.checked_add(weight).is_none(),
		)
	});
	// Each of 1,024 weights below 2^128 is below 2^52 after 76 places, and their sum below 2^62.
	let places = if overflowed {
		76
	} else {
		65u32.saturating_sub(sum.leading_zeros())
	};
	weights
		.map(|weight| u64::try_from(weight >> places).unwrap_or(u64::MAX))
		.collect()
}
