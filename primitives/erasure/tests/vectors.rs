// SPDX-License-Identifier: Apache-2.0
//! `vectors.json` against the slow reference, and the crate against both. `ZEROG_UPDATE_VECTORS=1` writes the
//! file from the reference.

mod common;

use common::{blob, sha256, Tree, CHAIN, NAMESPACE};
use serde_json::{json, Value};
use zerog_erasure::{encode_in, Encoded, HeaderError, Profile};

/// From the package's folder, in which cargo runs tests.
const PATH: &str = "tests/vectors.json";

fn hex(bytes: impl AsRef<[u8]>) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// The rows whose digests are in the file.
fn shown(originals: usize) -> [usize; 5] {
	[0, originals - 1, originals, 2 * originals + 1, 4 * originals - 1]
}

/// All rows by the reference; of large matrices only the shown ones and every 97th parity row, of the largest only the
/// shown ones. The others are from the crate.
fn reference_rows(encoded: &Encoded, blob: &[u8], originals: usize, row_bytes: usize) -> Vec<Vec<u8>> {
	let mut payload = blob.to_vec();
	payload.resize(originals * row_bytes, 0);
	let mut rows: Vec<Vec<u8>> = payload.chunks(row_bytes).map(<[u8]>::to_vec).collect();
	let symbols: Vec<_> = rows.iter().map(|row| common::symbols(row)).collect();
	for index in originals as u32..4 * originals as u32 {
		let by_reference = match originals {
			..=1024 => true,
			2048 if index % 97 == 0 => true,
			_ => shown(originals).contains(&(index as usize)),
		};
		rows.push(match by_reference {
			true => common::parity_row(&symbols, index as u16),
			false => encoded.row(index).unwrap().to_vec(),
		});
	}
	rows
}

fn vector(length: usize, originals: usize, row_bytes: usize) -> Value {
	let blob = blob(length);
	let is_shape = |profile: &Profile| profile.payload_bytes() as usize == originals * row_bytes;
	let profile = Profile::ALL.into_iter().find(is_shape).unwrap();
	let encoded = encode_in(profile, CHAIN, NAMESPACE, &blob).unwrap();
	let rows = reference_rows(&encoded, &blob, originals, row_bytes);
	for (index, row) in (0..).zip(&rows) {
		assert_eq!(
			encoded.row(index),
			Some(row.as_slice()),
			"row {index} of {length} bytes"
		);
	}
	let length = length as u32;
	let tree = Tree::new(&rows);
	let row_root = tree.root();
	let checksum = common::checksum(length, &rows[..originals], &row_root);
	let checksum_root = sha256(&[b"zerog/da/checksum-root/v2", &checksum]);
	let params = common::params(length, originals, row_bytes);
	let commitment = sha256(&[b"zerog/da/commitment/v2", &params, &row_root, &checksum_root]);

	assert_eq!(encoded.header().row_root, row_root);
	assert_eq!(encoded.path(0), Some(tree.path(0)));
	assert_eq!(encoded.checksum(), checksum);
	assert_eq!(encoded.header().checksum_root, checksum_root);
	assert_eq!(encoded.commitment().0, commitment);
	let hashes: Vec<_> = shown(originals)
		.map(|index| json!({ "index": index, "sha256": hex(sha256(&[&rows[index]])) }))
		.into();
	json!({
		"length": length,
		"profile": encoded.profile().id(),
		"chain": hex(CHAIN),
		"namespace": hex(NAMESPACE.0),
		"commitment": hex(commitment),
		"row_root": hex(row_root),
		"checksum_root": hex(checksum_root),
		"checksum_head": hex(&checksum[..60]),
		"rows": hashes,
		"path_of_row_0": tree.path(0).iter().map(hex).collect::<Vec<_>>(),
	})
}

#[test]
fn the_vectors_are_those_of_the_reference_and_of_the_crate() {
	let shapes = [
		(1, 512, 256),
		(128 << 10, 512, 256),
		((128 << 10) + 1, 1024, 256),
		(512 << 10, 1024, 512),
		(1 << 20, 2048, 512),
		(2 << 20, 2048, 1024),
		// Larger than it has to be.
		(1000, 1024, 256),
		(4 << 20, 4096, 1024),
		(8 << 20, 4096, 2048),
		(16 << 20, 4096, 4096),
		(32 << 20, 4096, 8192),
	];
	let is_there = |profile: Profile| {
		let shape = (profile.original_rows() as usize, profile.row_bytes() as usize);
		shapes
			.iter()
			.any(|(_, originals, row_bytes)| (*originals, *row_bytes) == shape)
	};
	assert!(Profile::ALL.into_iter().all(is_there));
	let vectors: Vec<_> = shapes
		.map(|(length, originals, row_bytes)| vector(length, originals, row_bytes))
		.into();
	let document =
		json!({ "blob": "byte i is the highest byte of (i + 1) * 2654435761 mod 2^32", "vectors": vectors });
	if std::env::var_os("ZEROG_UPDATE_VECTORS").is_some() {
		std::fs::write(
			PATH,
			format!("{}\n", serde_json::to_string_pretty(&document).unwrap()),
		)
		.unwrap();
	}
	let committed: Value = serde_json::from_str(&std::fs::read_to_string(PATH).unwrap()).unwrap();
	assert_eq!(document, committed);
}

#[test]
fn the_profiles_are_those_of_the_table() {
	let table = [
		(128 << 10, 512, 2_048, 256, 10_240),
		(256 << 10, 1_024, 4_096, 256, 20_480),
		(512 << 10, 1_024, 4_096, 512, 20_480),
		(1 << 20, 2_048, 8_192, 512, 40_960),
		(2 << 20, 2_048, 8_192, 1_024, 40_960),
		(4 << 20, 4_096, 16_384, 1_024, 81_920),
		(8 << 20, 4_096, 16_384, 2_048, 81_920),
		(16 << 20, 4_096, 16_384, 4_096, 81_920),
		(32 << 20, 4_096, 16_384, 8_192, 81_920),
	];
	for (profile, (bytes, originals, rows, row_bytes, checksum)) in Profile::ALL.into_iter().zip(table) {
		let shape = (
			profile.payload_bytes(),
			profile.original_rows(),
			profile.rows(),
			profile.row_bytes(),
		);
		assert_eq!(shape, (bytes, originals, rows, row_bytes));
		assert_eq!(
			(profile.checksum_bytes(), profile.coded_bytes()),
			(checksum, 4 * u64::from(bytes))
		);
		assert_eq!(1 << profile.tree_height(), rows);
		assert_eq!(Profile::for_length(bytes), Ok(profile));
		assert_eq!(u8::from(profile).try_into(), Ok(profile));
		assert_eq!(
			Profile::for_length(bytes + 1).ok(),
			Profile::from_id(profile.id() + 1)
		);
	}
}

#[test]
fn a_committee_is_allowed_up_to_the_last_member_that_the_formula_allows() {
	for profile in Profile::ALL {
		let last = (678 * profile.rows() / 3000) - 192;
		assert!(profile.supports_committee(0) && profile.supports_committee(last));
		assert!(!profile.supports_committee(last + 1) && !profile.supports_committee(u32::MAX));
	}
	let id = |length, members| Profile::for_committee(length, members).map(|p| p.map(Profile::id));
	assert_eq!(
		[id(1, 270), id(1, 271), id(1, 733), id(1, 734)].map(Result::unwrap),
		[0, 1, 1, 3].map(Some)
	);
	assert_eq!(
		[id(1, 1_659), id(1, 1_660), id(1, 3_510), id(1, 3_511)].map(Result::unwrap),
		[Some(3), Some(5), Some(5), None]
	);
	assert_eq!(id(9 << 20, 1), Ok(Some(7)));
	assert_eq!(id(0, 1), Err(HeaderError::Empty));
}
