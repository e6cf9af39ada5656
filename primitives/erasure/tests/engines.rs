// SPDX-License-Identifier: Apache-2.0
//! The engines against the libraries whose layout they have. `ZEROG_UPDATE_VECTORS=1` writes `novelpoly.json`
//! from `reed-solomon-novelpoly`.

mod common;

use common::{blob, sha256, CHAIN, NAMESPACE};
use proptest::prelude::*;
use reed_solomon_novelpoly::{CodeParams, WrappedShard};
use serde_json::{json, Value};
use zerog_erasure::{encode_with, BlobHeader, DecodeError, Decoder, Encoded, EngineId, Verifier};

/// From the package's folder, in which cargo runs tests.
const PATH: &str = "tests/novelpoly.json";

fn ours(blob: &[u8]) -> Encoded {
	encode_with(EngineId::Novelpoly, CHAIN, NAMESPACE, blob).unwrap()
}

/// The shards that the crate makes for `n` members of which `k` rebuild, from the blob with zeros up to the
/// profile's length.
fn theirs(encoded: &Encoded, blob: &[u8]) -> Vec<Vec<u8>> {
	let profile = encoded.profile();
	let (n, k) = (profile.rows() as usize, profile.original_rows() as usize);
	let mut payload = blob.to_vec();
	payload.resize(profile.payload_bytes() as usize, 0);
	let encoder = CodeParams::derive_parameters(n, k).unwrap().make_encoder();
	let shards = encoder.encode::<WrappedShard>(&payload).unwrap();
	shards.into_iter().map(WrappedShard::into_inner).collect()
}

/// A blob by both, with the same rows.
fn both(length: usize) -> (Encoded, Vec<Vec<u8>>) {
	let blob = blob(length);
	let encoded = ours(&blob);
	let shards = theirs(&encoded, &blob);
	for (index, shard) in (0..).zip(&shards) {
		assert_eq!(
			encoded.row(index),
			Some(shard.as_slice()),
			"row {index} of {length} bytes"
		);
	}
	(encoded, shards)
}

#[test]
fn novelpoly_rows_are_the_shards_of_its_crate() {
	let vectors: Vec<Value> = [1, 1001, 128 << 10, 200_000, 500_001, 1 << 20]
		.into_iter()
		.map(|length| {
			let (encoded, shards) = both(length);
			json!({
				"length": length,
				"n": shards.len(),
				"k": encoded.profile().original_rows(),
				"shard_bytes": shards[0].len(),
				"shards_sha256": hex::encode(sha256(&[&shards.concat()])),
				"last_shard_sha256": hex::encode(sha256(&[shards.last().unwrap()])),
				"commitment": encoded.commitment().to_string(),
			})
		})
		.collect();
	let document = json!({
		"blob": "byte i is the highest byte of (i + 1) * 2654435761 mod 2^32, zeros up to k * shard_bytes",
		"vectors": vectors,
	});
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
fn so_they_are_in_the_largest_matrix() {
	let (encoded, shards) = both(4 << 20);
	let (n, k) = (shards.len(), encoded.profile().original_rows());
	assert_eq!((n, k), (16_384, 4_096));
}

#[test]
fn each_engine_rebuilds_from_parity_alone_and_so_does_the_crate() {
	let blob = blob(100_001);
	for engine in [EngineId::Leopard, EngineId::Novelpoly] {
		let encoded = encode_with(engine, CHAIN, NAMESPACE, &blob).unwrap();
		let mut decoder = Decoder::new(encoded.header()).unwrap();
		for index in (0..512).map(|index| 600 + 2 * index) {
			decoder.add(index, encoded.row(index).unwrap()).unwrap();
		}
		assert!(decoder.finish().unwrap() == blob, "{engine:?}");
	}
	let encoded = ours(&blob);
	let shards = (0..2048)
		.map(|index| (index % 4 == 3).then(|| WrappedShard::new(encoded.row(index).unwrap().to_vec())));
	let coder = CodeParams::derive_parameters(2048, 512).unwrap().make_encoder();
	let rebuilt = coder.reconstruct(shards.collect()).unwrap();
	assert!(rebuilt[..blob.len()] == blob);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(12))]

	#[test]
	fn novelpoly_rows_are_checked_like_others(
		length in 1usize..200_000,
		indices in prop::collection::btree_set(0u32..2048, 1..40),
		at in any::<prop::sample::Index>(),
		bit in 0u8..8,
	) {
		let encoded = ours(&blob(length));
		let verifier = Verifier::new(encoded.header(), encoded.commitment(), encoded.checksum()).unwrap();
		let indices: Vec<u32> = indices.into_iter().collect();
		let mut batch = encoded.batch(&indices).unwrap();
		prop_assert!(verifier.check_batch(&batch).is_ok());
		for index in &indices {
			prop_assert_eq!(verifier.check_row(&encoded.one_row(*index).unwrap()), Ok(()));
		}
		let place = at.index(batch.data.len());
		batch.data[place] ^= 1 << bit;
		prop_assert!(verifier.check_batch(&batch).is_err());
	}
}

#[test]
fn the_commitment_binds_the_engine() {
	let blob = blob(3000);
	let [leopard, novelpoly] = [EngineId::Leopard, EngineId::Novelpoly]
		.map(|engine| encode_with(engine, CHAIN, NAMESPACE, &blob).unwrap());
	assert_ne!(leopard.commitment(), novelpoly.commitment());
	let claimed = BlobHeader {
		engine: EngineId::Leopard,
		..*novelpoly.header()
	};
	assert_ne!(claimed.commitment().unwrap(), novelpoly.commitment());
	assert!(Verifier::new(&claimed, novelpoly.commitment(), novelpoly.checksum()).is_err());

	let mut decoder = Decoder::new(leopard.header()).unwrap();
	for index in 512..1024 {
		decoder.add(index, novelpoly.row(index).unwrap()).unwrap();
	}
	assert_eq!(decoder.rebuild().err(), Some(DecodeError::WrongRows));
}
