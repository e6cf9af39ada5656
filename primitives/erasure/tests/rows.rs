// SPDX-License-Identifier: Apache-2.0
//! What holders, readers and samplers rely on, by random cases.

mod common;

use codec::{Decode, DecodeAll, Encode};
use common::{blob, CHAIN, NAMESPACE};
use proptest::{
	collection::vec,
	prelude::*,
	sample::{subsequence, Index},
};
use reed_solomon_simd::{
	engine::DefaultEngine,
	rate::{LowRateEncoder, RateEncoder},
};
use std::sync::LazyLock;
use zerog_erasure::*;

// Full, as rows of padding alone are all the same.
const LENGTH: usize = 128 << 10;

/// One blob of the smallest profile, shared by the cases.
static BLOB: LazyLock<(Vec<u8>, Encoded, Verifier)> = LazyLock::new(|| {
	let blob = blob(LENGTH);
	let encoded = encode(CHAIN, NAMESPACE, &blob).unwrap();
	let verifier = Verifier::new(encoded.header(), encoded.commitment(), encoded.checksum()).unwrap();
	(blob, encoded, verifier)
});

fn indices(count: impl Into<proptest::sample::SizeRange>) -> impl Strategy<Value = Vec<u32>> {
	subsequence((0..2048).collect::<Vec<u32>>(), count)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn any_k_rows_rebuild_the_blob_and_all_other_rows(indices in indices(512), rest in indices(1..20)) {
		let (blob, encoded, _) = &*BLOB;
		let mut decoder = Decoder::new(encoded.header()).unwrap();
		for (index, left) in indices.iter().zip((0..512).rev()) {
			prop_assert_eq!(decoder.add(*index, encoded.row(*index).unwrap()), Ok(true));
			prop_assert_eq!(decoder.add(*index, encoded.row(*index).unwrap()), Ok(false));
			prop_assert!(decoder.has(*index));
			prop_assert_eq!(decoder.missing(), left);
		}
		let mut repair = Decoder::new(encoded.header()).unwrap();
		for index in &indices {
			repair.add(*index, encoded.row(*index).unwrap()).unwrap();
		}
		prop_assert_eq!(&decoder.finish().unwrap(), blob);
		let rebuilt = repair.rebuild().unwrap();
		prop_assert_eq!(rebuilt.batch(&rest), encoded.batch(&rest));
		prop_assert_eq!(rebuilt.checksum(), encoded.checksum());
	}

	#[test]
	fn a_row_with_one_changed_bit_is_rejected(index in 0u32..2048, at in any::<Index>(), bit in 0u8..8) {
		let (_, encoded, verifier) = &*BLOB;
		let row = encoded.one_row(index).unwrap();
		prop_assert_eq!(verifier.check_row(&row), Ok(()));
		let mut bytes = row.encode();
		let at = at.index(bytes.len());
		bytes[at] ^= 1u8 << bit;
		// A bit in a length prefix makes other bytes, or none at all.
		if let Ok(changed) = Row::decode(&mut &bytes[..]) {
			prop_assert!(verifier.check_row(&changed).is_err());
			prop_assert!(verifier.check_path(changed.index, &changed.data, &changed.path).is_err());
		}
	}

	#[test]
	fn a_changed_checksum_or_header_is_rejected(at in any::<Index>(), bit in 0u8..8) {
		let (_, encoded, _) = &*BLOB;
		let mut checksum = encoded.checksum().to_vec();
		let place = at.index(checksum.len());
		checksum[place] ^= 1u8 << bit;
		let outcome = Verifier::new(encoded.header(), encoded.commitment(), &checksum);
		prop_assert_eq!(outcome.err(), Some(ChecksumError::WrongRoot));

		let mut header = encoded.header().encode();
		let place = at.index(header.len());
		header[place] ^= 1u8 << bit;
		// An unknown engine is no header at all.
		if let Ok(header) = BlobHeader::decode_all(&mut &header[..]) {
			prop_assert!(Verifier::new(&header, encoded.commitment(), encoded.checksum()).is_err());
		}
	}

	#[test]
	fn a_batch_verifies_and_only_as_it_is(rows in indices(2..40), at in any::<Index>()) {
		let (_, encoded, verifier) = &*BLOB;
		let batch = encoded.batch(&rows).unwrap();
		let paths = rows.iter().map(|index| encoded.path(*index).unwrap()).collect();
		prop_assert_eq!(verifier.check_batch(&batch), Ok(paths));
		let place = at.index(rows.len() - 1);
		let check = |change: &dyn Fn(&mut RowBatch)| {
			let mut changed = batch.clone();
			change(&mut changed);
			verifier.check_batch(&changed)
		};

		prop_assert_eq!(check(&|b| b.indices.swap(place, place + 1)), Err(RowError::NotAscending));
		prop_assert_eq!(check(&|b| b.indices[place] = b.indices[place + 1]), Err(RowError::NotAscending));
		prop_assert_eq!(check(&|b| b.indices.push(2048)), Err(RowError::IndexTooLarge));
		prop_assert_eq!(check(&|b| b.indices.truncate(place + 1)), Err(RowError::WrongDataLength));
		let without_last = |b: &mut RowBatch| { b.indices.pop(); b.data.truncate(rows.len() * 256 - 256) };
		prop_assert!(check(&without_last).is_err());
		prop_assert_eq!(check(&|b| b.data.truncate(place)), Err(RowError::WrongDataLength));
		prop_assert_eq!(check(&|b| b.data.push(0)), Err(RowError::WrongDataLength));
		prop_assert_eq!(check(&|b| b.data.rotate_left(256)), Err(RowError::WrongRoot));
		prop_assert_eq!(check(&|b| b.proof.push([0; 32])), Err(RowError::WrongProofLength));
		prop_assert_eq!(check(&|b| b.proof.resize(100_000, [0; 32])), Err(RowError::WrongProofLength));
		prop_assert_eq!(check(&|b| { b.proof.pop(); }), Err(RowError::WrongProofLength));
		prop_assert_eq!(check(&|b| b.proof[0][0] ^= 1), Err(RowError::WrongRoot));
		let empty = RowBatch { indices: vec![], data: vec![], proof: vec![] };
		prop_assert_eq!(verifier.check_batch(&empty), Err(RowError::NoRows));
	}

	#[test]
	fn hostile_bytes_are_errors(bytes in vec(any::<u8>(), 0..300), at in any::<Index>()) {
		let (_, encoded, verifier) = &*BLOB;
		let mut mangled = encoded.batch(&[3, 4, 900]).unwrap().encode();
		let place = at.index(mangled.len());
		mangled.splice(place..(place + bytes.len()).min(mangled.len()), bytes.iter().map(|byte| byte | 1));
		for bytes in [bytes, mangled] {
			if let Ok(batch) = RowBatch::decode(&mut &bytes[..]) {
				if encoded.batch(&batch.indices) != Some(batch.clone()) {
					prop_assert!(verifier.check_batch(&batch).is_err());
				}
			}
			if let Ok(row) = Row::decode(&mut &bytes[..]) {
				prop_assert!(verifier.check_row(&row).is_err());
			}
			if let Ok(header) = BlobHeader::decode(&mut &bytes[..]) {
				prop_assert!(Verifier::new(&header, encoded.commitment(), &bytes).is_err());
				let _ = (header.check(), Decoder::new(&header).map(|decoder| decoder.missing()));
			}
			if let Ok(profile) = Profile::decode(&mut &bytes[..]) {
				prop_assert_eq!(profile.id(), bytes[0]);
			}
		}
	}

	#[test]
	fn text_and_bytes_of_hashes_round_trip(hash in any::<[u8; 32]>(), junk in ".{0,70}") {
		let commitment = Commitment(hash);
		prop_assert_eq!(commitment.to_string().parse(), Ok(commitment));
		prop_assert_eq!(commitment.to_string()[2..].parse(), Ok(commitment));
		let json = serde_json::to_string(&commitment).unwrap();
		prop_assert_eq!(json.clone(), format!("\"{commitment}\""));
		prop_assert_eq!(serde_json::from_str::<Commitment>(&json).unwrap(), commitment);
		prop_assert!(junk.parse::<Namespace>().is_err());
	}
}

#[test]
fn parity_is_that_of_the_low_rate_encoder_on_whole_rows() {
	for length in [5, 300_000, 1 << 20, 3_500_000] {
		let encoded = encode(CHAIN, NAMESPACE, &blob(length)).unwrap();
		let (k, m) = (encoded.profile().original_rows(), encoded.profile().rows());
		let row_bytes = encoded.profile().row_bytes() as usize;
		let mut encoder = LowRateEncoder::new(
			k as usize,
			(m - k) as usize,
			row_bytes,
			DefaultEngine::new(),
			None,
		)
		.unwrap();
		(0..k).for_each(|index| encoder.add_original_shard(encoded.row(index).unwrap()).unwrap());
		let result = encoder.encode().unwrap();
		for (index, row) in (k..m).zip(result.recovery_iter()) {
			assert_eq!(encoded.row(index), Some(row), "row {index} of {length} bytes");
		}
		assert_eq!(encoded.row(m), None);
	}
}

#[test]
fn larger_profiles_rebuild_from_parity_alone() {
	for length in [250_000, 2_000_001, 8 << 20] {
		let blob = blob(length);
		let encoded = encode(CHAIN, NAMESPACE, &blob).unwrap();
		let mut decoder = Decoder::new(encoded.header()).unwrap();
		let rows = encoded.profile().rows();
		for index in (0..rows).rev() {
			let useful = decoder.missing() > 0;
			assert_eq!(decoder.add(index, encoded.row(index).unwrap()), Ok(useful));
		}
		assert!(decoder.finish().unwrap() == blob);
	}
}

#[test]
fn a_decoder_refuses_what_cannot_be_rows_of_the_blob() {
	let (_, encoded, _) = &*BLOB;
	let mut decoder = Decoder::new(encoded.header()).unwrap();
	assert_eq!(decoder.add(2048, &[0; 256]), Err(DecodeError::IndexTooLarge));
	assert_eq!(decoder.add(u32::MAX, &[0; 256]), Err(DecodeError::IndexTooLarge));
	assert_eq!(decoder.add(0, &[0; 255]), Err(DecodeError::WrongDataLength));
	(1..512).for_each(|index| assert_eq!(decoder.add(index, encoded.row(index).unwrap()), Ok(true)));
	assert!(!decoder.has(0) && !decoder.has(u32::MAX));
	assert_eq!(decoder.finish(), Err(DecodeError::NotEnoughRows));

	let mut decoder = Decoder::new(encoded.header()).unwrap();
	(0..511).for_each(|index| assert_eq!(decoder.add(index, encoded.row(index).unwrap()), Ok(true)));
	decoder.add(600, encoded.row(601).unwrap()).unwrap();
	assert_eq!(decoder.rebuild().err(), Some(DecodeError::WrongRows));
}

#[test]
fn batches_are_made_of_ascending_rows_that_exist() {
	let (_, encoded, verifier) = &*BLOB;
	for wrong in [&[][..], &[1, 1], &[2, 1], &[2048], &[0, u32::MAX]] {
		assert_eq!(encoded.batch(wrong), None);
	}
	let all = encoded.batch(&(0..2048).collect::<Vec<_>>()).unwrap();
	assert!(all.proof.is_empty());
	let paths = (0..2048).map(|index| encoded.path(index).unwrap()).collect();
	assert_eq!(verifier.check_batch(&all), Ok(paths));
}

#[test]
fn a_larger_matrix_is_another_commitment_to_the_same_blob() {
	let (blob, smallest, _) = &*BLOB;
	for profile in [Profile::ALL[1], Profile::ALL[4]] {
		let encoded = encode_in(profile, CHAIN, NAMESPACE, blob).unwrap();
		assert_eq!(
			(encoded.profile(), encoded.header().length),
			(profile, LENGTH as u32)
		);
		assert_ne!(encoded.commitment(), smallest.commitment());
		let committed = commit(Some(profile), CHAIN, NAMESPACE, blob);
		assert_eq!(committed, Ok((*encoded.header(), encoded.commitment())));
		let verifier = Verifier::new(encoded.header(), encoded.commitment(), encoded.checksum()).unwrap();
		let mut decoder = Decoder::new(encoded.header()).unwrap();
		for index in profile.original_rows()..2 * profile.original_rows() {
			let row = encoded.one_row(index).unwrap();
			verifier.check_row(&row).unwrap();
			decoder.add(index, &row.data).unwrap();
		}
		assert_eq!(&decoder.finish().unwrap(), blob);
		let claimed = smallest.header().in_profile(profile).unwrap();
		assert!(Verifier::new(&claimed, smallest.commitment(), smallest.checksum()).is_err());
	}
}

#[test]
fn blobs_and_headers_outside_the_limits_are_refused() {
	assert_eq!(encode(CHAIN, NAMESPACE, &[]).err(), Some(HeaderError::Empty));
	let large = vec![0; MAX_BLOB_BYTES as usize + 1];
	assert_eq!(
		commit(None, CHAIN, NAMESPACE, &large).err(),
		Some(HeaderError::TooLarge)
	);
	let too_small = encode_in(Profile::ALL[0], CHAIN, NAMESPACE, &large[..(128 << 10) + 1]);
	assert_eq!(too_small.err(), Some(HeaderError::ProfileTooSmall));
	let mut header = *BLOB.1.header();
	header.version = VERSION + 1;
	assert_eq!(header.commitment(), Err(HeaderError::UnknownVersion));
	assert!(Decoder::new(&header).is_err());
	assert!(Profile::decode(&mut &[9][..]).is_err());
	let json = serde_json::to_string(BLOB.1.header()).unwrap();
	assert_eq!(
		serde_json::from_str::<BlobHeader>(&json).unwrap(),
		*BLOB.1.header()
	);
}
