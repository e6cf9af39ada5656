// SPDX-License-Identifier: Apache-2.0

//! Blobs as payers, members and readers meet them on the chain, without their bytes.

use crate::*;
use frame_support::assert_ok;
use pallet_data_availability::Blobs;
use sp_keyring::Sr25519Keyring::{self, Eve};
use zerog_bls::signer::SecretKey;
use zerog_erasure::{BlobHeader, Commitment, Namespace, Profile};
use zerog_primitives::da::{
	api::runtime_decl_for_data_availability_api::DataAvailabilityApiV1, dev_key_seed, numbered_message,
	signer_bitmap, Assignment, Certificate, CommitteeId, Conflict, Numbered,
};

/// Submits a blob that nobody has seen, for the shortest time.
pub(super) fn submit(seed: u32, namespace: Namespace) -> Commitment {
	let retention = <Runtime as pallet_data_availability::Config>::MinRetention::get();
	submit_for(seed, namespace, retention)
}

/// The same, to be kept for so many blocks.
pub(super) fn submit_for(seed: u32, namespace: Namespace, retention: BlockNumber) -> Commitment {
	let mut root = [0; 32];
	root[..4].copy_from_slice(&seed.to_le_bytes());
	let profile = Profile::ALL[0];
	let length = profile.payload_bytes();
	let payer = RuntimeOrigin::signed(Eve.to_account_id());
	let submitted = DataAvailability::submit(
		payer,
		namespace,
		length,
		profile,
		root,
		root,
		retention,
		Balance::MAX,
	);
	assert!(submitted.is_ok(), "{submitted:?}");
	let header = BlobHeader::new(System::block_hash(0).0, namespace, length, root, root);
	header.unwrap().commitment().unwrap()
}

/// All members sign; signatures are checked before a call is dispatched, and made elsewhere.
pub(super) fn certify(commitment: Commitment) {
	let blob = Blobs::<Runtime>::get(commitment).unwrap();
	let members = DataAvailability::committee(blob.committee).unwrap().members.len();
	certify_by(commitment, 0..members);
}

/// The same by some of them.
pub(super) fn certify_by(commitment: Commitment, signers: impl IntoIterator<Item = usize>) {
	let blob = Blobs::<Runtime>::get(commitment).unwrap();
	let members = DataAvailability::committee(blob.committee).unwrap().members.len();
	let certificate = Certificate {
		committee: blob.committee,
		expiry: blob.deadline,
		commitments: vec![commitment],
		signers: signer_bitmap(members, signers),
		signature: zerog_bls::Signature([0; 48]),
	};
	let origin = frame_system::Origin::<Runtime>::Authorized;
	assert_ok!(DataAvailability::certify(origin.into(), certificate));
}

/// An operator's place in a committee.
pub(super) fn place_of(id: CommitteeId, account: &AccountId) -> usize {
	let members = DataAvailability::committee(id).unwrap().members;
	let of_it = |member: &zerog_primitives::da::Member| AccountId::from(member.account) == *account;
	members.iter().position(of_it).unwrap()
}

/// A row of a blob that an operator holds.
pub(super) fn row_of(commitment: Commitment, account: &AccountId) -> u32 {
	let blob = Blobs::<Runtime>::get(commitment).unwrap();
	let committee = DataAvailability::committee(blob.committee).unwrap();
	let profile = blob.header.profile().unwrap();
	let assignment = Assignment::new(commitment, &committee.randomness, &committee.weights(), profile);
	assignment.rows_of(place_of(blob.committee, account))[0]
}

/// The attestation key of a development account.
pub(super) fn secret(who: Sr25519Keyring) -> SecretKey {
	SecretKey::from_seed(&dev_key_seed(&who.to_string()))
}

/// The transaction that proves that a member has used a number twice, with its signatures.
pub(super) fn conflict(committee: CommitteeId, who: Sr25519Keyring) -> Vec<u8> {
	let (genesis, sequence, expiry) = (System::block_hash(0).0, 7, 1_000);
	let member = u32::try_from(place_of(committee, &who.to_account_id())).unwrap();
	let said = |root: u8| {
		let batch_root = [root; 32];
		let message = numbered_message(&genesis, committee, member, sequence, &batch_root, expiry);
		Numbered {
			batch_root,
			expiry,
			signature: secret(who).sign(&message),
		}
	};
	let conflict = Conflict {
		committee,
		member,
		sequence,
		first: said(1),
		second: said(2),
	};
	<Runtime as DataAvailabilityApiV1<Block>>::conflict_transaction(conflict, 0)
}
