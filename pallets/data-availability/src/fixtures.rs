// SPDX-License-Identifier: Apache-2.0

//! Rows and checksums for tests and benchmarks, made without coding a blob: a row under a root that is computed from it
//! and an arbitrary path. Formats are those of `docs/data-availability.md`.

use alloc::{vec, vec::Vec};
use polkadot_sdk::sp_io::hashing::sha2_256;
use zerog_erasure::{Hash, Profile, Row};

/// A row that is not zero, and the row root that it lies under.
pub(crate) fn row(profile: Profile, index: u32, seed: u8) -> (Row, Hash) {
	let data: Vec<u8> = (0..profile.row_bytes())
		.map(|at| (at % 251) as u8 ^ seed)
		.collect();
	let path = vec![[seed; 32]; profile.tree_height() as usize];
	let leaf = sha2_256(&[&[0], index.to_le_bytes().as_slice(), &data].concat());
	let (_, root) = path.iter().fold((index, leaf), |(index, hash), sibling| {
		let (left, right) = if index % 2 == 0 {
			(&hash, sibling)
		} else {
			(sibling, &hash)
		};
		(index / 2, sha2_256(&[&[1], left.as_slice(), right].concat()))
	});
	(Row { index, data, path }, root)
}

/// A checksum that describes no such row, and its hash.
pub(crate) fn checksum(profile: Profile, seed: u8) -> (Vec<u8>, Hash) {
	let checksum: Vec<u8> = (0..profile.checksum_bytes())
		.map(|at| (at % 241) as u8 ^ seed)
		.collect();
	let root = sha2_256(&[b"zerog/da/checksum-root/v1".as_slice(), &checksum].concat());
	(checksum, root)
}
