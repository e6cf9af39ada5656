// SPDX-License-Identifier: Apache-2.0
//! The checksum: one random combination of each row's symbols, in ten limbs.

use crate::{
	code::{self, Shape},
	engine::{Engine, Leopard},
	hash,
	kernel::{self, Limbs},
	par,
	transform::BLOCK,
	Hash, Profile, CHECKSUM_ROW_BYTES,
};
use alloc::{vec, vec::Vec};

/// One row's combination.
pub(crate) type Sum = [u8; CHECKSUM_ROW_BYTES];

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

	/// The combination of one row in the layout of `E`, whose length is the profile's.
	pub(crate) fn combine<E: Engine>(&self, row: &[u8]) -> Sum {
		let mut blocks = vec![[0; BLOCK]; row.len().div_ceil(BLOCK)];
		E::read(row, &mut blocks);
		kernel::to_bytes(&kernel::combine(&self.0, blocks.as_flattened()))
	}

	/// The combinations of many rows, in order.
	pub(crate) fn combine_all<E: Engine>(&self, rows: &[&[u8]]) -> Vec<Sum> {
		#[cfg(all(feature = "std", target_arch = "x86_64"))]
		if rows.len() >= crate::gfni::ROWS {
			if let Some(columns) = crate::gfni::Columns::new(&self.0) {
				return columns.combine_all::<E>(rows);
			}
		}
		par::map(rows.to_vec(), |row| self.combine::<E>(row))
	}
}

/// A header's `checksum_root` of this checksum.
pub fn root(checksum: &[u8]) -> Hash {
	hash::sha256(&[hash::CHECKSUM_ROOT, checksum])
}

/// `G z`: the combination that each of the `m` rows must have. `checksum` holds `K` rows of 20 bytes.
pub(crate) fn expected(shape: Shape, checksum: &[u8]) -> Vec<Sum> {
	let blocks: Vec<_> = checksum.as_chunks().0.iter().map(kernel::to_block).collect();
	let mut parity = vec![0; shape.total.saturating_sub(shape.originals).saturating_mul(BLOCK)];
	code::extend::<Leopard>(shape, BLOCK, blocks.as_flattened(), &mut parity);
	blocks
		.iter()
		.chain(parity.as_chunks().0)
		.map(kernel::from_block)
		.collect()
}
