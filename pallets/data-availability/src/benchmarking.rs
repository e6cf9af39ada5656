// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of the calls, for `./scripts/weights`.
//!
//! Signatures are made outside of the runtime: [`fixtures`] derives keys from small secrets with arkworks, as slow as that
//! is, because the Wasm runtime cannot sign.

use crate::*;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Balanced, tokens::Precision, Get, ValidatorSet};
use frame_system::RawOrigin;
use zerog_bls::PublicKey;
use zerog_erasure::{BlobHeader, Commitment, Namespace};
use zerog_primitives::{da::Certificate, units::Balance};

/// Keys and signatures for benchmarks.
mod fixtures {
	use zerog_bls::{PublicKey, Signature};
	pub(super) fn key(index: u32) -> PublicKey {
		zerog_bls::bench::public_key(index)
	}
	pub(super) fn sign(indices: impl Iterator<Item = u32>, message: &[u8; 32]) -> Signature {
		zerog_bls::bench::sign(indices, message)
	}
}

fn funded<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let account: T::AccountId = account(name, index, 0);
	let deposited = T::Currency::deposit(&account, Balance::MAX / 1_000_000, Precision::Exact);
	assert!(deposited.is_ok(), "a new account takes a deposit");
	account
}

/// A session with `n` members that have keys, which becomes the present one.
fn committee<T: Config>(n: u32) -> u32 {
	let session = T::ValidatorSet::session_index();
	let members: Vec<_> = (0..n)
		.map(|i| {
			let account = funded::<T>("member", i);
			let public = fixtures::key(i);
			SetMember {
				account,
				key: public
					.decompress()
					.ok()
					.map(|point| AttestationKey { public, point }),
				weight: 1,
			}
		})
		.collect();
	let members = frame_support::BoundedVec::truncate_from(members);
	let hash = sp_io::hashing::blake2_256(&members.encode());
	let total = zerog_bls::sum(members.iter().filter_map(|m| m.key.as_ref()).map(|k| &k.point)).ok();
	MemberSets::<T>::insert(
		hash,
		MemberSet {
			members,
			total,
			sessions: 1,
		},
	);
	Sessions::<T>::insert(
		session,
		Session {
			members: hash,
			randomness: [7; 32],
			can_certify: true,
			blobs: 0,
		},
	);
	LastSession::<T>::put(session);
	session
}

fn submitted<T: Config>(seed: u32) -> Commitment {
	let payer = funded::<T>("payer", seed);
	let mut root = [1u8; 32];
	root[..4].copy_from_slice(&seed.to_le_bytes());
	let header = BlobHeader::new(Pallet::<T>::genesis(), Namespace([1; 32]), 1 << 20, root, root).unwrap();
	Pallet::<T>::submit(
		RawOrigin::Signed(payer).into(),
		header.namespace,
		header.length,
		root,
		root,
		T::MinRetention::get(),
	)
	.unwrap();
	header.commitment().unwrap()
}

fn certificate<T: Config>(session: u32, n: u32, commitments: Vec<Commitment>) -> Certificate {
	use zerog_primitives::da::{attestation_message, batch_root, signer_bitmap};
	let expiry = commitments
		.iter()
		.filter_map(|c| Blobs::<T>::get(c))
		.map(|b| b.deadline)
		.min()
		.unwrap();
	let message = attestation_message(
		&Pallet::<T>::genesis(),
		0,
		session,
		&batch_root(&commitments),
		expiry,
	);
	// A third is absent: the most that have to be subtracted.
	let signing = n - n / 3;
	let signature = fixtures::sign(0..signing, &message);
	Certificate {
		session,
		expiry,
		commitments,
		signers: signer_bitmap(n as usize, 0..signing as usize),
		signature,
	}
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn note_session(n: Linear<1, 200>) {
		let session = T::ValidatorSet::session_index();
		let validators = T::ValidatorSet::validators().len() as u32;
		committee::<T>(n.max(validators));
		#[block]
		{
			Pallet::<T>::note_session(session.saturating_add(1));
		}
	}

	#[benchmark]
	fn submit() {
		committee::<T>(4);
		let payer = funded::<T>("payer", 0);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(payer),
			Namespace([1; 32]),
			1 << 20,
			[1; 32],
			[1; 32],
			T::MinRetention::get(),
		);
		assert_eq!(Blobs::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn authorize_certify(n: Linear<4, 200>, b: Linear<1, 64>) {
		let session = committee::<T>(n);
		let commitments = (0..b).map(|i| submitted::<T>(i)).collect();
		let certificate = certificate::<T>(session, n, commitments);
		#[block]
		{
			Pallet::<T>::validate_certificate(&certificate).unwrap();
		}
	}

	#[benchmark]
	fn certify(b: Linear<1, 64>) {
		let session = committee::<T>(200);
		let commitments = (0..b).map(|i| submitted::<T>(i)).collect();
		let certificate = certificate::<T>(session, 200, commitments);
		#[block]
		{
			Pallet::<T>::do_certify(certificate).unwrap();
		}
	}

	#[benchmark]
	fn settle(n: Linear<4, 200>) {
		let session = committee::<T>(n);
		let commitment = submitted::<T>(0);
		Pallet::<T>::do_certify(certificate::<T>(session, n, vec![commitment])).unwrap();
		let end = Blobs::<T>::get(commitment).unwrap().ends_at();
		frame_system::Pallet::<T>::set_block_number((end + 1).into());
		#[block]
		{
			Pallet::<T>::do_settle(commitment).unwrap();
		}
		assert!(Blobs::<T>::get(commitment).is_none());
	}

	#[benchmark]
	fn register_key() {
		let account = funded::<T>("owner", 0);
		let key: PublicKey = fixtures::key(0);
		let message = zerog_primitives::da::possession_message(
			&Pallet::<T>::genesis(),
			&account.clone().into(),
			&key.0,
		);
		let possession = fixtures::sign(core::iter::once(0), &message);
		#[extrinsic_call]
		_(RawOrigin::Signed(account.clone()), key, possession);
		assert!(Keys::<T>::contains_key(&account));
	}
}
