// SPDX-License-Identifier: Apache-2.0

//! Messages from hostile bytes.

use crate::protocol::*;
use codec::{Compact, Encode};
use proptest::prelude::*;
use zerog_bls::Signature;
use zerog_erasure::{Commitment, Row, RowBatch};
use zerog_primitives::da::{CommitteeId, Numbered};

fn commitment() -> impl Strategy<Value = Commitment> {
	any::<[u8; 32]>().prop_map(Commitment)
}

fn indices() -> impl Strategy<Value = Vec<u32>> {
	prop::collection::btree_set(any::<u32>(), 1..50).prop_map(|set| set.into_iter().collect())
}

fn hello() -> impl Strategy<Value = Option<Hello>> {
	let signature = (any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|halves| {
		let mut signature = [0; 64];
		signature[..32].copy_from_slice(&halves.0);
		signature[32..].copy_from_slice(&halves.1);
		signature
	});
	prop::option::of(
		(any::<[u8; 32]>(), signature).prop_map(|(public, signature)| Hello { public, signature }),
	)
}

fn blobs() -> impl Strategy<Value = Batch> {
	prop::collection::hash_set(any::<[u8; 32]>(), 1..=MAX_BATCH)
		.prop_map(|blobs| Batch::new(blobs.into_iter().map(Commitment).collect()).unwrap())
}

fn request() -> impl Strategy<Value = Request> {
	let data = || prop::collection::vec(any::<u8>(), 0..200);
	let proof = prop::collection::vec(any::<[u8; 32]>(), 0..10);
	let batch =
		(indices(), data(), proof).prop_map(|(indices, data, proof)| RowBatch { indices, data, proof });
	let push = (commitment(), data(), batch, any::<bool>());
	prop_oneof![
		hello().prop_map(Request::Identify),
		push.prop_map(|(commitment, checksum, batch, sealed)| Request::Push(Push {
			commitment,
			checksum,
			batch,
			sealed
		})),
		(blobs(), any::<u32>(), any::<u64>()).prop_map(|(batch, signer, sequence)| Request::Share(Share {
			committee: CommitteeId::new(3, 7),
			expiry: 9,
			batch,
			signer,
			signature: Signature([3; 48]),
			sequence,
			numbered: Signature([4; 48]),
		})),
		blobs().prop_map(Request::Seal),
		(any::<[u32; 2]>(), any::<u32>()).prop_map(|([network, session], signer)| Request::Latest {
			committee: CommitteeId::new(network, session),
			signer
		}),
		(commitment(), indices()).prop_map(|(commitment, indices)| Request::Fetch { commitment, indices }),
		commitment().prop_map(Request::Checksum),
	]
}

fn response() -> impl Strategy<Value = Response> {
	let row = (
		any::<u32>(),
		prop::collection::vec(any::<u8>(), 0..200),
		prop::collection::vec(any::<[u8; 32]>(), 0..5),
	)
		.prop_map(|(index, data, path)| Row { index, data, path });
	prop_oneof![
		hello().prop_map(Response::Identity),
		(any::<u32>(), any::<u32>()).prop_map(|(held, wanted)| Response::Pushed(Receipt { held, wanted })),
		Just(Response::Counted),
		prop::collection::vec(row, 0..5).prop_map(|rows| Response::Rows(Rows(rows))),
		prop::collection::vec(any::<u8>(), 0..200).prop_map(Response::Checksum),
		Just(Response::Refused(Refusal::Busy)),
		prop::collection::vec(any::<u32>(), 0..=MAX_BATCH)
			.prop_map(|places| Response::Sealed(Places(places))),
		prop::option::of((any::<u64>(), any::<[u8; 32]>())).prop_map(|latest| {
			Response::Latest(latest.map(|(sequence, batch_root)| Latest {
				sequence,
				statement: Numbered {
					batch_root,
					expiry: 5,
					signature: Signature([6; 48]),
				},
			}))
		}),
	]
}

proptest! {
	#[test]
	fn messages_survive_the_wire(request in request(), response in response()) {
		prop_assert_eq!(decode_request(&encode_request(&request)), Ok(request));
		prop_assert_eq!(decode_response(&encode_response(&response)), Ok(response));
	}

	#[test]
	fn kind_and_blob_of_a_request_are_read_without_decoding_it(request in request()) {
		let (kind, blob) = match &request {
			Request::Push(push) => (Kind::Push, Some(push.commitment)),
			Request::Fetch { .. } | Request::Checksum(_) => (Kind::Serve, None),
			_ => (Kind::Talk, None),
		};
		let bytes = encode_request(&request);
		prop_assert_eq!((Kind::of(&bytes), blob_of_push(&bytes)), (kind, blob));
	}

	#[test]
	fn arbitrary_bytes_never_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..500), kind in 0u8..9) {
		if bytes.len() > 1 {
			(bytes[0], bytes[1]) = (VERSION, kind);
		}
		decode_request(&bytes).ok();
		decode_response(&bytes).ok();
	}

	#[test]
	fn changed_messages_never_panic(request in request(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
		let mut bytes = encode_request(&request);
		let at = at.index(bytes.len());
		bytes[at] = to;
		decode_request(&bytes).ok();
		bytes.truncate(at);
		prop_assert!(decode_request(&bytes).is_err());
	}
}

#[test]
fn another_version_and_bytes_left_over_are_refused() {
	let mut bytes = encode_request(&Request::Identify(None));
	bytes.push(0);
	assert_eq!(decode_request(&bytes).err(), Some(Malformed::Undecodable));
	bytes.pop();
	for other in [VERSION - 1, VERSION + 1] {
		bytes[0] = other;
		assert_eq!(decode_request(&bytes).err(), Some(Malformed::UnknownVersion));
	}
	assert_eq!(decode_request(&[]).err(), Some(Malformed::Undecodable));
	let large = vec![VERSION; MAX_REQUEST_BYTES as usize + 1];
	assert_eq!(decode_request(&large).err(), Some(Malformed::TooLarge));
}

#[test]
fn indices_are_few_and_ascending() {
	let fetch = |indices: Vec<u32>| {
		let request = Request::Fetch {
			commitment: Commitment([1; 32]),
			indices,
		};
		decode_request(&encode_request(&request)).err()
	};
	assert_eq!(fetch((0..MAX_ROWS as u32).collect()), None);
	for bad in [vec![], vec![1, 1], vec![2, 1], (0..=MAX_ROWS as u32).collect()] {
		assert_eq!(fetch(bad), Some(Malformed::BadIndices));
	}
}

#[test]
fn a_response_announcing_more_rows_than_allowed_is_refused_before_they_are_read() {
	let mut bytes = vec![VERSION, 3];
	Compact(MAX_ROWS as u32 + 1).encode_to(&mut bytes);
	bytes.extend(vec![0; 1 << 20]);
	assert_eq!(decode_response(&bytes).err(), Some(Malformed::Undecodable));
}

#[test]
fn a_batch_has_1_to_64_blobs_and_none_twice() {
	let blobs = |count: u8| (0..count).map(|i| Commitment([i; 32])).collect::<Vec<_>>();
	let seal = |commitments: Vec<Commitment>| {
		let mut bytes = vec![VERSION, 5];
		commitments.encode_to(&mut bytes);
		decode_request(&bytes)
	};
	for good in [1, 2, 64] {
		assert!(matches!(seal(blobs(good)), Ok(Request::Seal(batch)) if *batch == blobs(good)));
	}
	let mut twice = blobs(3);
	twice.push(Commitment([1; 32]));
	for bad in [blobs(0), blobs(65), twice] {
		assert!(Batch::new(bad.clone()).is_none());
		assert_eq!(seal(bad).err(), Some(Malformed::Undecodable));
	}
	// A length that no message could hold is refused before anything is allocated.
	let mut bytes = vec![VERSION, 5];
	Compact(u32::MAX).encode_to(&mut bytes);
	assert_eq!(decode_request(&bytes).err(), Some(Malformed::Undecodable));
}

#[test]
fn a_full_message_of_every_profile_fits() {
	for profile in zerog_erasure::Profile::ALL {
		let rows = rows_per_message(profile.row_bytes(), profile.tree_height());
		let row = Row {
			index: u32::MAX,
			data: vec![0; profile.row_bytes() as usize],
			path: vec![[0; 32]; profile.tree_height() as usize],
		};
		let response = encode_response(&Response::Rows(Rows(vec![row; rows])));
		assert!((response.len() as u64) < MAX_RESPONSE_BYTES);
		let push = Push {
			commitment: Commitment([0; 32]),
			checksum: vec![0; profile.checksum_bytes() as usize],
			batch: RowBatch {
				indices: (0..rows as u32).collect(),
				data: vec![0; profile.row_bytes() as usize * rows],
				proof: vec![[0; 32]; rows * profile.tree_height() as usize],
			},
			sealed: true,
		};
		assert!((encode_request(&Request::Push(push)).len() as u64) < MAX_REQUEST_BYTES);
	}
}

#[test]
fn the_protocol_is_named_after_chain_and_fork() {
	let genesis = format!("{:064x}", 0xabc);
	let mut hash = [0; 32];
	(hash[30], hash[31]) = (0x0a, 0xbc);
	assert_eq!(protocol_name(&hash, None), format!("/{genesis}/da/3"));
	assert_eq!(protocol_name(&hash, Some("f")), format!("/{genesis}/f/da/3"));
}
