// SPDX-License-Identifier: Apache-2.0

//! Single paths out of multiproofs.

use super::{bytes, GENESIS, NAMESPACE};
use crate::paths::paths;
use proptest::prelude::*;
use std::sync::OnceLock;
use zerog_erasure::{encode, Encoded, RowBatch};

fn encoded() -> &'static Encoded {
	static ENCODED: OnceLock<Encoded> = OnceLock::new();
	ENCODED.get_or_init(|| encode(GENESIS, NAMESPACE, &bytes(1_000, 1)).unwrap())
}

fn check(indices: &[u32]) {
	let (encoded, profile) = (encoded(), encoded().profile());
	let batch = encoded.batch(indices).unwrap();
	let paths = paths(&batch, profile.row_bytes(), profile.tree_height()).unwrap();
	assert_eq!(paths.len(), indices.len());
	for (index, path) in indices.iter().zip(paths) {
		assert_eq!(Some(path), encoded.path(*index));
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	#[test]
	fn the_paths_of_a_batch_are_those_of_its_rows(indices in prop::collection::btree_set(0u32..2048, 1..300)) {
		check(&indices.into_iter().collect::<Vec<_>>());
	}
}

#[test]
fn all_rows_and_single_rows_have_their_paths() {
	check(&(0..2048).collect::<Vec<_>>());
	check(&[0]);
	check(&[2047]);
	check(&[1022, 1023, 1024]);
}

#[test]
fn a_short_proof_has_no_paths() {
	let mut batch: RowBatch = encoded().batch(&[1, 5]).unwrap();
	batch.proof.pop();
	assert!(paths(&batch, 256, 11).is_none());
}
