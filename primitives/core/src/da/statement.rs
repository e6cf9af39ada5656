// SPDX-License-Identifier: Apache-2.0

//! What is signed, byte for byte. Hashes are SHA-256 so that contracts on other chains can follow them.

use super::CommitteeId;
use alloc::vec::Vec;
use sha2::{Digest, Sha256};
use zerog_erasure::{Commitment, Hash};

/// Version byte of every statement.
pub const STATEMENT_VERSION: u8 = 1;
const ATTESTATION: &[u8] = b"zerog/da/attestation";
const NUMBERED: &[u8] = b"zerog/da/numbered";
const POSSESSION: &[u8] = b"zerog/da/possession";
const HELLO: &[u8] = b"zerog/da/hello/v1";

fn sha256(parts: &[&[u8]]) -> Hash {
	let mut hasher = Sha256::new();
	for part in parts {
		hasher.update(part);
	}
	hasher.finalize().into()
}

/// Root of the tree over a batch: leaves `H(0x00 ‖ commitment)`, nodes `H(0x01 ‖ left ‖ right)`, an odd node moves up
/// unchanged. An empty batch has the root of zeros, which no member signs.
pub fn batch_root(commitments: &[Commitment]) -> Hash {
	let mut level: Vec<Hash> = commitments.iter().map(|leaf| sha256(&[&[0], &leaf.0])).collect();
	while level.len() > 1 {
		level = level
			.chunks(2)
			.map(|pair| match pair {
				[left, right] => sha256(&[&[1], left, right]),
				[odd, ..] => *odd,
				[] => Hash::default(),
			})
			.collect();
	}
	level.first().copied().unwrap_or_default()
}

/// The 32 bytes that a member signs for a batch of blobs.
///
/// `expiry` is the last block in which the signature may be used.
pub fn attestation_message(genesis: &Hash, committee: CommitteeId, batch_root: &Hash, expiry: u32) -> Hash {
	sha256(&[
		&[STATEMENT_VERSION],
		ATTESTATION,
		genesis,
		&committee.network.to_le_bytes(),
		&committee.session.to_le_bytes(),
		batch_root,
		&expiry.to_le_bytes(),
	])
}

/// The 32 bytes by which a member puts a number on an attestation that it gave.
///
/// The attestation itself is the same for all members, so that signatures add up; who signed what under which number is
/// said beside it, by the same key. Two of these with one `(committee, member, sequence)` and different
/// `(batch_root, expiry)` are a provable fault.
pub fn numbered_message(
	genesis: &Hash,
	committee: CommitteeId,
	member: u32,
	sequence: u64,
	batch_root: &Hash,
	expiry: u32,
) -> Hash {
	sha256(&[
		&[STATEMENT_VERSION],
		NUMBERED,
		genesis,
		&committee.network.to_le_bytes(),
		&committee.session.to_le_bytes(),
		&member.to_le_bytes(),
		&sequence.to_le_bytes(),
		batch_root,
		&expiry.to_le_bytes(),
	])
}

/// The 32 bytes that the owner of `key` signs with it, to register it for `account`.
pub fn possession_message(genesis: &Hash, account: &[u8; 32], key: &[u8; 96]) -> Hash {
	sha256(&[&[STATEMENT_VERSION], POSSESSION, genesis, account, key])
}

/// The 32 bytes that a node signs with its validator's authority-discovery key, to show that `peer_id` serves it.
pub fn hello_message(genesis: &Hash, peer_id: &[u8]) -> Hash {
	sha256(&[HELLO, genesis, peer_id])
}

#[cfg(test)]
mod tests {
	use super::*;

	fn leaf(byte: u8) -> Commitment {
		Commitment([byte; 32])
	}

	#[test]
	fn batches_that_differ_in_order_or_length_have_different_roots() {
		let roots = [
			batch_root(&[]),
			batch_root(&[leaf(1)]),
			batch_root(&[leaf(1), leaf(2)]),
			batch_root(&[leaf(2), leaf(1)]),
			batch_root(&[leaf(1), leaf(2), leaf(3)]),
			batch_root(&[leaf(1), leaf(2), leaf(3), leaf(3)]),
		];
		for (i, a) in roots.iter().enumerate() {
			for b in roots.iter().skip(i + 1) {
				assert_ne!(a, b);
			}
		}
	}

	#[test]
	fn the_attestation_message_is_as_documented() {
		let (genesis, root) = ([7u8; 32], [9u8; 32]);
		let mut bytes = vec![1u8];
		bytes.extend(b"zerog/da/attestation");
		bytes.extend(genesis);
		bytes.extend([2, 0, 0, 0]);
		bytes.extend([5, 0, 0, 0]);
		bytes.extend(root);
		bytes.extend([0x39, 0x30, 0, 0]);
		let expected: Hash = Sha256::digest(&bytes).into();
		assert_eq!(
			attestation_message(&genesis, CommitteeId::new(2, 5), &root, 12345),
			expected
		);
	}

	#[test]
	fn the_numbered_message_is_as_documented() {
		let (genesis, root) = ([7u8; 32], [9u8; 32]);
		let mut bytes = vec![1u8];
		bytes.extend(b"zerog/da/numbered");
		bytes.extend(genesis);
		bytes.extend([2, 0, 0, 0]);
		bytes.extend([5, 0, 0, 0]);
		bytes.extend([3, 0, 0, 0]);
		bytes.extend([8, 0, 0, 0, 0, 0, 0, 0]);
		bytes.extend(root);
		bytes.extend([0x39, 0x30, 0, 0]);
		let expected: Hash = Sha256::digest(&bytes).into();
		assert_eq!(
			numbered_message(&genesis, CommitteeId::new(2, 5), 3, 8, &root, 12345),
			expected
		);
	}
}
