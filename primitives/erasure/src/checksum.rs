// SPDX-License-Identifier: Apache-2.0
//! The checksum: one random combination of each row's symbols, in ten limbs.

use crate::{
	code, hash,
	kernel::{self, Limbs},
	par, Hash, Profile, CHECKSUM_ROW_BYTES,
};
use alloc::vec::Vec;

/// The coefficients `r_j`, one for each column of symbols.
#[derive(Clone)]
pub(crate) struct Coefficients(Vec<Limbs>);

impl Coefficients {
	/// Drawn from `seed`, which binds parameters and row root.
	pub(crate) fn new(seed: &Hash, profile: Profile) -> Self {
		let columns = (0..profile.row_bytes() >> 1).collect();
		Self(par::map(columns, |column: u32| {
			let hash = hash::sha256(&[seed, &column.to_le_bytes()]);
			hash.first_chunk().map(kernel::from_bytes).unwrap_or_default()
		}))
	}

	/// The combination of one row, whose length is the profile's.
	pub(crate) fn combine(&self, row: &[u8]) -> [u8; CHECKSUM_ROW_BYTES] {
		kernel::to_bytes(&kernel::combine(&self.0, row))
	}

	/// The checksum `z` of the rows in `payload`.
	pub(crate) fn checksum(&self, payload: &[u8], row_bytes: usize) -> Vec<u8> {
		par::map(payload.chunks_exact(row_bytes).collect(), |row| self.combine(row)).concat()
	}
}

/// What `header.checksum_root` is the hash of.
pub(crate) fn root(checksum: &[u8]) -> Hash {
	hash::sha256(&[hash::CHECKSUM_ROOT, checksum])
}

/// `G z`: the combination that each of the `m` rows must have. `checksum` holds `K` rows of 20 bytes.
pub(crate) fn expected(profile: Profile, checksum: &[u8]) -> Vec<[u8; CHECKSUM_ROW_BYTES]> {
	let blocks: Vec<_> = checksum
		.chunks_exact(CHECKSUM_ROW_BYTES)
		.filter_map(|row| row.first_chunk().map(kernel::to_block))
		.collect();
	let mut rows = blocks.concat();
	code::extend(profile, kernel::BLOCK, &mut rows);
	rows.chunks_exact(kernel::BLOCK)
		.filter_map(|block| block.first_chunk().map(kernel::from_block))
		.collect()
}
