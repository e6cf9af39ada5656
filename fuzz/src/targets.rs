// SPDX-License-Identifier: Apache-2.0

//! The targets. Accepted input is what it says it is; refused input is refused without a panic.

use crate::{memory::most_held, wire, Target};
use codec::{Decode, Encode};
use std::{fmt::Debug, sync::LazyLock};
use zerog_bls::{
	signer::{aggregate, verify_share, SecretKey},
	PublicKey, Signature,
};
use zerog_erasure::{encode, BlobHeader, Commitment, Encoded, Namespace, Profile, Row, RowBatch, Verifier};
use zerog_primitives::da::{
	attestation_message, batch_root, signer_bitmap, signer_indices, BlobInfo, Certificate, Committee,
	CommitteeId,
};

/// All of them.
pub const ALL: &[Target] = &[
	Target {
		name: "header",
		run: header,
	},
	Target {
		name: "row",
		run: row,
	},
	Target {
		name: "batch",
		run: batch,
	},
	Target {
		name: "row_changes",
		run: row_changes,
	},
	Target {
		name: "batch_changes",
		run: batch_changes,
	},
	Target {
		name: "checksum",
		run: checksum,
	},
	Target {
		name: "commitment_text",
		run: commitment_text,
	},
	Target {
		name: "certificate",
		run: certificate,
	},
	Target {
		name: "committee",
		run: scale::<Committee>,
	},
	Target {
		name: "blob_info",
		run: scale::<BlobInfo>,
	},
	Target {
		name: "public_key",
		run: public_key,
	},
	Target {
		name: "signature",
		run: signature,
	},
	Target {
		name: "request",
		run: wire::request,
	},
	Target {
		name: "response",
		run: wire::response,
	},
	Target {
		name: "hello",
		run: wire::hello,
	},
	Target {
		name: "hello_changes",
		run: wire::hello_changes,
	},
	Target {
		name: "share_changes",
		run: wire::share_changes,
	},
	Target {
		name: "gateway_request",
		run: wire::gateway_request,
	},
	Target {
		name: "range",
		run: wire::range,
	},
];

/// What decodes, encodes to the bytes that were read: there is one encoding of each value. For messages too.
pub fn scale<T: Decode + Encode + PartialEq + Debug>(data: &[u8]) {
	decoded::<T>(data);
}

pub(crate) fn decoded<T: Decode + Encode + PartialEq + Debug>(data: &[u8]) -> Option<T> {
	let mut rest = data;
	let (value, held) = most_held(|| T::decode(&mut rest));
	assert!(held <= 16 * data.len() + (64 << 10), "{held} bytes of memory");
	let value = value.ok()?;
	let read = &data[..data.len() - rest.len()];
	assert_eq!(
		value.encode(),
		read,
		"decoded and encoded again it is something else"
	);
	assert_eq!(T::decode(&mut &read[..]).as_ref(), Ok(&value));
	Some(value)
}

/// A small blob whose rows are to be checked, and its verifier.
pub(crate) static BLOB: LazyLock<(Encoded, Verifier)> = LazyLock::new(|| {
	let bytes: Vec<u8> = (0..100_000u32).map(|i| ((i * i) >> 5) as u8).collect();
	let encoded = encode([7; 32], Namespace([9; 32]), &bytes).expect("its length is allowed");
	let verifier = Verifier::new(encoded.header(), encoded.commitment(), encoded.checksum());
	(encoded, verifier.expect("it is the blob's own"))
});

fn header(data: &[u8]) {
	let Some(header) = decoded::<BlobHeader>(data) else {
		return;
	};
	let (profile, commitment) = (header.profile(), header.commitment());
	assert_eq!(profile.is_ok(), commitment.is_ok());
	let Ok(profile) = profile else { return };
	assert!(header.length > 0 && header.length <= profile.payload_bytes());
	assert_eq!(profile, header.profile);
	assert!(Profile::for_length(header.length).is_ok_and(|smallest| smallest <= profile));
	let other = BlobHeader {
		length: header.length ^ 1,
		..header
	};
	assert_ne!(other.commitment(), commitment);
}

pub(crate) fn check_row(row: &Row) -> bool {
	let (encoded, verifier) = &*BLOB;
	let right = encoded.one_row(row.index).as_ref() == Some(row);
	assert_eq!(verifier.check_row(row).is_ok(), right, "row {}", row.index);
	assert_eq!(
		verifier.check_path(row.index, &row.data, &row.path).is_ok(),
		right
	);
	right
}

fn row(data: &[u8]) {
	if let Some(row) = decoded::<Row>(data) {
		check_row(&row);
	}
}

pub(crate) fn check_batch(batch: &RowBatch) -> bool {
	let (encoded, verifier) = &*BLOB;
	let right = encoded.batch(&batch.indices).as_ref() == Some(batch);
	assert_eq!(verifier.check_batch(batch).is_ok(), right, "{:?}", batch.indices);
	right
}

fn batch(data: &[u8]) {
	if let Some(batch) = decoded::<RowBatch>(data) {
		check_batch(&batch);
	}
}

/// Flips the bit of `bytes` that a number names; whether there was one.
pub(crate) fn flip(bytes: &mut [u8], bit: u32) -> bool {
	let at = (bit / 8) as usize % bytes.len().max(1);
	bytes.get_mut(at).map(|byte| *byte ^= 1 << (bit % 8)).is_some()
}

/// Three numbers: a row, where to change it, and the bit. Only a row of the blob is accepted: the unchanged one, or
/// with another index one of equal bytes among equal neighbours, as in the blob's padding.
fn row_changes(data: &[u8]) {
	let Ok((index, part, bit)) = <(u16, u8, u32)>::decode(&mut &data[..]) else {
		return;
	};
	let Some(mut row) = BLOB.0.one_row(u32::from(index) % BLOB.0.profile().rows()) else {
		unreachable!("it is below the number of rows")
	};
	assert!(check_row(&row));
	match part % 5 {
		0 => {
			row.index ^= 1 << (bit % 32);
			check_row(&row);
			return;
		}
		1 => drop(flip(&mut row.data, bit)),
		2 => drop(flip(row.path.as_flattened_mut(), bit)),
		3 => drop(row.path.pop()),
		_ => row.data.push(0),
	}
	assert!(!check_row(&row));
}

/// Row numbers, then where to change their batch, and the bit. Only a batch of the blob is accepted, as above.
fn batch_changes(data: &[u8]) {
	let Ok((indices, part, bit)) = <(Vec<u16>, u8, u32)>::decode(&mut &data[..]) else {
		return;
	};
	let rows = BLOB.0.profile().rows();
	let mut indices: Vec<u32> = indices
		.into_iter()
		.take(300)
		.map(|index| u32::from(index) % rows)
		.collect();
	indices.sort_unstable();
	indices.dedup();
	let Some(mut batch) = BLOB.0.batch(&indices) else {
		assert!(indices.is_empty());
		return;
	};
	assert!(check_batch(&batch));
	let count = batch.indices.len();
	match part % 7 {
		0 => {
			batch.indices[bit as usize % count] ^= 1 << (bit >> 16 & 31);
			check_batch(&batch);
			return;
		}
		1 => drop(flip(&mut batch.data, bit)),
		2 if flip(batch.proof.as_flattened_mut(), bit) => (),
		3 => batch.proof.push([0; 32]),
		4 => drop(batch.indices.pop()),
		5 => batch.indices.push(bit),
		_ => drop(batch.data.pop()),
	}
	assert!(!check_batch(&batch));
}

/// A checksum other than the blob's own makes no verifier.
fn checksum(data: &[u8]) {
	let encoded = &BLOB.0;
	let made = Verifier::new(encoded.header(), encoded.commitment(), data);
	assert_eq!(made.is_ok(), data == encoded.checksum());
	let mut own = encoded.checksum().to_vec();
	let Ok(bit) = u32::decode(&mut &data[..]) else {
		return;
	};
	flip(&mut own, bit);
	assert!(Verifier::new(encoded.header(), encoded.commitment(), &own).is_err());
}

/// The part of a gateway's path that names a blob.
fn commitment_text(data: &[u8]) {
	let Ok(text) = std::str::from_utf8(data) else {
		return;
	};
	let Ok(commitment) = text.parse::<Commitment>() else {
		return;
	};
	let digits = text.strip_prefix("0x").unwrap_or(text);
	assert_eq!(commitment.to_string(), format!("0x{}", digits.to_lowercase()));
}

fn certificate(data: &[u8]) {
	let Some(certificate) = decoded::<Certificate>(data) else {
		return;
	};
	let Certificate {
		committee,
		expiry,
		commitments,
		signers,
		signature,
	} = certificate;
	let indices: Vec<usize> = signer_indices(&signers).collect();
	assert!(indices.is_sorted_by(|left, right| left < right));
	assert_eq!(signer_bitmap(signers.len() * 8, indices), signers);

	let message = |commitments: &[Commitment]| {
		attestation_message(&[7; 32], committee, &batch_root(commitments), expiry)
	};
	let signed = message(&commitments);
	let mut more = commitments;
	more.push(Commitment([0; 32]));
	assert_ne!(
		message(&more),
		signed,
		"one more blob, and the statement is the same"
	);
	assert!(!verify_share(&signed, &signature, &KEY.public()), "forged");
}

/// A key whose signatures are in no seed.
pub(crate) static KEY: LazyLock<SecretKey> =
	LazyLock::new(|| SecretKey::from_seed(b"zerog fuzz, a key that signs nothing of the corpus"));

/// Both implementations, blst and arkworks, agree on which keys there are.
fn public_key(data: &[u8]) {
	let Some(key) = decoded::<PublicKey>(data) else {
		return;
	};
	assert_eq!(key.to_string().parse(), Ok(key));
	let (message, signature) = ([3; 32], KEY.sign(&[3; 32]));
	let own = key == KEY.public();
	assert_eq!(verify_share(&message, &signature, &key), own);
	let Ok(point) = key.decompress() else {
		assert!(!own);
		return;
	};
	assert_eq!(zerog_bls::verify(&message, &signature, &point).is_ok(), own);
	assert_eq!(zerog_bls::sum([&point]), Ok(point));
	assert!(zerog_bls::subtract(&point, [&point]).is_err(), "nothing is left");
}

/// Both implementations agree on which signatures there are, and only the signer's is accepted.
fn signature(data: &[u8]) {
	let Some(signature) = decoded::<Signature>(data) else {
		return;
	};
	assert_eq!(signature.to_string().parse(), Ok(signature));
	let (message, key) = ([3; 32], KEY.public());
	let own = signature == KEY.sign(&message);
	assert_eq!(verify_share(&message, &signature, &key), own);
	let point = key.decompress().expect("it is a key");
	assert_eq!(zerog_bls::verify(&message, &signature, &point).is_ok(), own);
	if let Ok(sum) = aggregate(&[signature]) {
		assert_eq!(sum, signature);
	}
}

/// Seeds that are right: what the targets accept, from the blob and the key that they know; and some that are nearly so.
pub fn right_seeds() -> Vec<(&'static str, &'static str, Vec<u8>)> {
	let (encoded, info) = (&BLOB.0, |state| BlobInfo {
		header: *BLOB.0.header(),
		committee: CommitteeId::root(3),
		fell_back_from: Some(CommitteeId::new(2, 1)),
		submitted_at: 10,
		deadline: 40,
		retention: 1_200,
		retained_until: Some(1_300),
		state,
	});
	let certified = zerog_primitives::da::BlobState::Certified {
		at: 12,
		rows_signed: 2_048,
		signers: vec![0b1111],
	};
	let other = SecretKey::from_seed(b"zerog fuzz, another key for the corpus");
	let committee = Committee {
		id: CommitteeId::new(2, 3),
		randomness: [5; 32],
		members: vec![zerog_primitives::da::Member {
			account: [1; 32],
			authority: Some([2; 32]),
			key: Some(other.public()),
			weight: 1 << 70,
		}],
	};
	let certificate = Certificate {
		committee: CommitteeId::new(2, 3),
		expiry: 40,
		commitments: vec![encoded.commitment(), Commitment([1; 32]), Commitment([2; 32])],
		signers: vec![0b1011],
		signature: other.sign(&[4; 32]),
	};
	let seeds = vec![
		("header", "right", encoded.header().encode()),
		("row", "first", encoded.one_row(0).encode()[1..].to_vec()),
		("row", "last", encoded.one_row(2_047).encode()[1..].to_vec()),
		("batch", "one", encoded.batch(&[5]).encode()[1..].to_vec()),
		(
			"batch",
			"scattered",
			encoded.batch(&[0, 3, 4, 1_000, 2_047]).encode()[1..].to_vec(),
		),
		(
			"batch",
			"neighbours",
			encoded.batch(&[8, 9, 10, 11]).encode()[1..].to_vec(),
		),
		("row_changes", "data", (17u16, 1u8, 99u32).encode()),
		("row_changes", "path", (2_000u16, 2u8, 9u32).encode()),
		("batch_changes", "index", (vec![1u16, 2, 900], 0u8, 7u32).encode()),
		("batch_changes", "proof", (vec![3u16, 700], 2u8, 7u32).encode()),
		("checksum", "right", encoded.checksum().to_vec()),
		(
			"commitment_text",
			"right",
			encoded.commitment().to_string().into_bytes(),
		),
		("commitment_text", "upper", "5A".repeat(32).into_bytes()),
		("certificate", "right", certificate.encode()),
		("committee", "right", committee.encode()),
		(
			"blob_info",
			"pending",
			info(zerog_primitives::da::BlobState::Pending).encode(),
		),
		("blob_info", "certified", info(certified).encode()),
		("public_key", "own", KEY.public().encode()),
		("public_key", "other", other.public().encode()),
		("signature", "own", KEY.sign(&[3; 32]).encode()),
		("signature", "other", other.sign(&[3; 32]).encode()),
	];
	seeds.into_iter().chain(wire::right_seeds()).collect()
}
