// SPDX-License-Identifier: Apache-2.0

//! Rows and checksums for tests and benchmarks, made without coding a blob: a row under a root that is computed from it
//! and an arbitrary path. Formats are those of `docs/data-availability.md`.

use alloc::{vec, vec::Vec};
use zerog_erasure::{Hash, Profile, Row};

/// A row that is not zero, and the row root that it lies under.
pub(crate) fn row(profile: Profile, index: u32, seed: u8) -> (Row, Hash) {
	let data: Vec<u8> = (0..profile.row_bytes())
		.map(|at| (at % 251) as u8 ^ seed)
		.collect();
	let path = vec![[seed; 32]; profile.tree_height() as usize];
	let root = zerog_erasure::row_root(index, &data, &path).unwrap_or_default();
	(Row { index, data, path }, root)
}

/// A checksum that describes no such row, and its hash.
pub(crate) fn checksum(profile: Profile, seed: u8) -> (Vec<u8>, Hash) {
	let checksum: Vec<u8> = (0..profile.checksum_bytes())
		.map(|at| (at % 241) as u8 ^ seed)
		.collect();
	let root = zerog_erasure::checksum_root(&checksum);
	(checksum, root)
}
