// SPDX-License-Identifier: Apache-2.0
//! The inner loops: arithmetic in GF(2^16) as the engine represents it.
//!
//! A field element is 16 coordinates over GF(2) in the engine's Cantor basis: a sum is XOR, and a product is
//! looked up in the engine's own logarithms, so that it commutes with the code whatever basis the engine
//! chose.

// Indices are nibbles (`& 15`, `>> 4` of a byte) into arrays of 16, or constants; products index the engine's
// tables of 2^16 entries by `u16`. Shifts are by constants below the width.
#![allow(
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::cast_possible_truncation
)]

use crate::{
	transform::{Block, BLOCK},
	CHECKSUM_ROW_BYTES, LIMBS,
};
use reed_solomon_simd::engine::tables;

/// Ten limbs, four to a word, the first in the lowest bits; the upper 32 bits of the last word are zero.
pub(crate) type Limbs = [u64; 3];

/// Limbs from their 20 bytes.
pub(crate) fn from_bytes(bytes: &[u8; CHECKSUM_ROW_BYTES]) -> Limbs {
	let mut limbs = Limbs::default();
	for (index, byte) in bytes.iter().enumerate() {
		limbs[index / 8] |= u64::from(*byte) << (8 * (index % 8));
	}
	limbs
}

/// The 20 bytes of ten limbs.
pub(crate) fn to_bytes(limbs: &Limbs) -> [u8; CHECKSUM_ROW_BYTES] {
	core::array::from_fn(|index| (limbs[index / 8] >> (8 * (index % 8))) as u8)
}

/// Ten limbs as the first ten symbols of one block, the other symbols zero: so the engine encodes each limb
/// as a column of its own, free of its special layout for rows that end within a block.
pub(crate) fn to_block(bytes: &[u8; CHECKSUM_ROW_BYTES]) -> Block {
	let mut block = [0; BLOCK];
	for limb in 0..LIMBS {
		block[limb] = bytes[2 * limb];
		block[BLOCK / 2 + limb] = bytes[2 * limb + 1];
	}
	block
}

/// The inverse of [`to_block`].
pub(crate) fn from_block(block: &Block) -> [u8; CHECKSUM_ROW_BYTES] {
	core::array::from_fn(|index| block[BLOCK / 2 * (index % 2) + index / 2])
}

#[inline(always)]
fn add(sum: &mut Limbs, other: &Limbs) {
	sum[0] ^= other[0];
	sum[1] ^= other[1];
	sum[2] ^= other[2];
}

/// `Σ_j symbol_j · coefficient_j` over the symbols of `row`.
///
/// Buckets instead of products: each coefficient is added to one of 16 sums for each of its symbol's four
/// nibbles, which stay in the first-level cache. A product is needed only for each of the 16 basis elements
/// at the end.
pub(crate) fn combine(coefficients: &[Limbs], row: &[u8]) -> Limbs {
	let mut buckets = [[Limbs::default(); 16]; 4];
	let [b0, b1, b2, b3] = &mut buckets;
	for (block, coefficients) in row.chunks_exact(BLOCK).zip(coefficients.chunks_exact(BLOCK / 2)) {
		let (low, high) = block.split_at(BLOCK / 2);
		for ((low, high), coefficient) in low.iter().zip(high).zip(coefficients) {
			add(&mut b0[usize::from(low & 15)], coefficient);
			add(&mut b1[usize::from(low >> 4)], coefficient);
			add(&mut b2[usize::from(high & 15)], coefficient);
			add(&mut b3[usize::from(high >> 4)], coefficient);
		}
	}

	let tables = tables::get_exp_log();
	let mut total = Limbs::default();
	for (nibble, sums) in buckets.iter().enumerate() {
		for bit in 0..4 {
			let mut sum = Limbs::default();
			sums.iter()
				.enumerate()
				.filter(|(value, _)| value >> bit & 1 == 1)
				.for_each(|(_, s)| add(&mut sum, s));
			let log = tables.log[1 << (4 * nibble + bit)];
			for (total, word) in total.iter_mut().zip(sum) {
				for shift in [0, 16, 32, 48] {
					let product = tables::mul((word >> shift) as u16, log, &tables.exp, &tables.log);
					*total ^= u64::from(product) << shift;
				}
			}
		}
	}
	total
}
