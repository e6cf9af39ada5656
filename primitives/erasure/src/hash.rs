// SPDX-License-Identifier: Apache-2.0
//! SHA-256 with the domains of the commitment, and the row tree's BLAKE3.
//!
//! BLAKE3 has lanes across chunks of 1 KiB, but none within one: a single row of up to 1 KiB would leave all
//! but one idle. So rows are hashed [`LANES`] at a time, chunk by chunk, through the same function that the
//! `blake3` crate itself calls for the chunks of a long input. That function is public but undocumented, hence
//! the exact version in the manifest; results are those of `blake3::derive_key`.

use crate::{par, Hash};
use alloc::{vec, vec::Vec};
use blake3::{
	hazmat::hash_derive_key_context,
	platform::{words_from_le_bytes_32, Platform},
	IncrementCounter, CHUNK_LEN,
};
use sha2::{Digest, Sha256};

pub(crate) const CHECKSUM: &[u8] = b"zerog/da/checksum/v2";
pub(crate) const CHECKSUM_ROOT: &[u8] = b"zerog/da/checksum-root/v2";
pub(crate) const COMMITMENT: &[u8] = b"zerog/da/commitment/v2";
const LEAF: &str = "zerog/da/leaf/v2";
const NODE: &str = "zerog/da/node/v2";

/// Rows hashed side by side: the most lanes that a processor has.
const LANES: usize = 16;

/// Flags of BLAKE3's compression.
const CHUNK_START: u8 = 1;
const CHUNK_END: u8 = 2;
const PARENT: u8 = 4;
const ROOT: u8 = 8;
const DERIVE_KEY_MATERIAL: u8 = 64;

/// The hash of the parts one after another. Callers keep all parts but one at a fixed length.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
	let mut hasher = Sha256::new();
	parts.iter().for_each(|part| hasher.update(part));
	hasher.finalize().into()
}

/// The leaves of rows in the row tree, in order; none if the rows have not all the length of one profile.
pub fn leaves(rows: &[&[u8]]) -> Vec<Hash> {
	TreeHash::new().leaves(rows)
}

/// The two hashes of the row tree.
pub(crate) struct TreeHash {
	platform: Platform,
	leaf: [u32; 8],
	node: [u32; 8],
}

impl TreeHash {
	pub(crate) fn new() -> Self {
		let key = |context| words_from_le_bytes_32(&hash_derive_key_context(context));
		Self {
			platform: Platform::detect(),
			leaf: key(LEAF),
			node: key(NODE),
		}
	}

	/// The leaf of each row, in order; none if the rows have not all the length of one profile.
	pub(crate) fn leaves(&self, rows: &[&[u8]]) -> Vec<Hash> {
		let length = rows.first().map_or(0, |row| row.len());
		if rows.iter().any(|row| row.len() != length) {
			return Vec::new();
		}
		par::map(rows.chunks(LANES).collect(), |rows| match length {
			256 => self.short::<256>(rows),
			512 => self.short::<512>(rows),
			1024 | 2048 | 4096 | 8192 => self.long(rows),
			_ => Vec::new(),
		})
		.concat()
	}

	/// Leaves of rows of less than one chunk.
	fn short<const N: usize>(&self, rows: &[&[u8]]) -> Vec<Hash> {
		let rows: Vec<&[u8; N]> = rows.iter().filter_map(|row| row.first_chunk()).collect();
		self.hash(&rows, &self.leaf, 0, 0, CHUNK_START, CHUNK_END | ROOT)
	}

	/// Leaves of rows of `2^h` chunks: BLAKE3's own tree over them is perfect.
	fn long(&self, rows: &[&[u8]]) -> Vec<Hash> {
		let chunks = rows
			.first()
			.map_or(0, |row| row.len().checked_div(CHUNK_LEN).unwrap_or_default());
		let root = if chunks == 1 { ROOT } else { 0 };
		let mut level = vec![Hash::default(); chunks.saturating_mul(rows.len())];
		for chunk in 0..chunks {
			let inputs: Vec<&[u8; CHUNK_LEN]> = rows
				.iter()
				.filter_map(|row| row.as_chunks().0.get(chunk))
				.collect();
			let counter = u64::try_from(chunk).unwrap_or_default();
			let hashes = self.hash(&inputs, &self.leaf, counter, 0, CHUNK_START, CHUNK_END | root);
			let places = level.iter_mut().skip(chunk).step_by(chunks);
			places.zip(hashes).for_each(|(place, hash)| *place = hash);
		}
		while level.len() > rows.len() {
			let root = if level.len() >> 1 == rows.len() { ROOT } else { 0 };
			level = self.hash(pairs(&level).as_slice(), &self.leaf, 0, PARENT | root, 0, 0);
		}
		level
	}

	/// The parents of `level`, whose length is even.
	pub(crate) fn parents(&self, level: &[Hash]) -> Vec<Hash> {
		self.hash(&pairs(level), &self.node, 0, 0, CHUNK_START, CHUNK_END | ROOT)
	}

	/// The parent of two nodes.
	pub(crate) fn parent(&self, left: &Hash, right: &Hash) -> Hash {
		self.parents(&[*left, *right])
			.first()
			.copied()
			.unwrap_or_default()
	}

	fn hash<const N: usize>(
		&self,
		inputs: &[&[u8; N]],
		key: &[u32; 8],
		counter: u64,
		flags: u8,
		start: u8,
		end: u8,
	) -> Vec<Hash> {
		let mut hashes = vec![Hash::default(); inputs.len()];
		self.platform.hash_many(
			inputs,
			key,
			counter,
			IncrementCounter::No,
			flags | DERIVE_KEY_MATERIAL,
			start,
			end,
			hashes.as_flattened_mut(),
		);
		hashes
	}
}

fn pairs(level: &[Hash]) -> Vec<&[u8; 64]> {
	level.as_flattened().as_chunks().0.iter().collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn leaves_and_nodes_are_those_of_the_public_interface() {
		let bytes: Vec<u8> = (0..21 * 8192u32)
			.map(|index| (index.wrapping_mul(index) >> 7) as u8)
			.collect();
		let hash = TreeHash::new();
		for row_bytes in [256, 512, 1024, 2048, 4096, 8192] {
			for count in [1, 2, 15, 16, 17, 21] {
				let rows: Vec<&[u8]> = bytes.chunks(row_bytes).take(count).collect();
				let expected: Vec<Hash> = rows.iter().map(|row| blake3::derive_key(LEAF, row)).collect();
				assert_eq!(hash.leaves(&rows), expected, "{count} rows of {row_bytes}");
			}
		}
		for row_bytes in [0, 1, 300, 1500, 3072, 16_384] {
			assert!(
				hash.leaves(&[&bytes[..row_bytes]]).is_empty(),
				"rows of {row_bytes}"
			);
		}
		assert!(hash.leaves(&[&bytes[..256], &bytes[..512]]).is_empty());
		let (left, right) = ([1; 32], [2; 32]);
		let expected = blake3::derive_key(NODE, &[left, right].concat());
		assert_eq!(hash.parent(&left, &right), expected);
	}
}
