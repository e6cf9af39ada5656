// SPDX-License-Identifier: Apache-2.0
//! SHA-256 with the domains of the commitment.

use crate::Hash;
use sha2::{Digest, Sha256};

pub(crate) const CHECKSUM: &[u8] = b"zerog/da/checksum/v1";
pub(crate) const CHECKSUM_ROOT: &[u8] = b"zerog/da/checksum-root/v1";
pub(crate) const COMMITMENT: &[u8] = b"zerog/da/commitment/v1";

/// The hash of the parts one after another. Callers keep all parts but one at a fixed length.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
	let mut hasher = Sha256::new();
	parts.iter().for_each(|part| hasher.update(part));
	hasher.finalize().into()
}

/// The tree's leaf for one row.
pub(crate) fn leaf(index: u32, row: &[u8]) -> Hash {
	sha256(&[&[0], &index.to_le_bytes(), row])
}

/// The parent of two nodes.
pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
	sha256(&[&[1], left, right])
}
