// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of the calls, for `./scripts/weights`.
//!
//! Signatures are made outside of the runtime: [`keys`] derives keys from small secrets with arkworks, as slow as that
//! is, because the Wasm runtime cannot sign.

use crate::*;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Balanced, tokens::Precision, Get, ValidatorSet};
use frame_system::RawOrigin;
use zerog_bls::{PublicKey, Signature};
use zerog_erasure::{BlobHeader, Commitment, Namespace, Profile, Row};
use zerog_primitives::{
	da::{Certificate, Conflict, Fault, Numbered},
	units::Balance,
};

/// Keys and signatures for benchmarks.
mod keys {
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
	fund::<T>(&account);
	account
}

fn fund<T: Config>(account: &T::AccountId) {
	let deposited = T::Currency::deposit(account, Balance::MAX / 1_000_000, Precision::Exact);
	assert!(deposited.is_ok(), "an account takes a deposit");
}

/// A session with `n` members that have keys, which becomes the present one.
fn committee<T: Config>(n: u32) -> u32 {
	let session = T::ValidatorSet::session_index();
	let members: Vec<_> = (0..n)
		.map(|i| {
			let account = funded::<T>("member", i);
			let public = keys::key(i);
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
			keep_until: 0,
		},
	);
	LastSession::<T>::put(session);
	fund::<T>(&Pallet::<T>::pot());
	session
}

/// A blob with a committee of `n` that all sign, paid for by `p` accounts; its row 1 can be shown and contradicts its
/// checksum. The signers are final.
fn certified<T: Config>(n: u32, p: u32, profile: Profile) -> (Commitment, Row, Vec<u8>) {
	let session = committee::<T>(n);
	let (row, row_root) = fixtures::row(profile, 1, 5);
	let (checksum, checksum_root) = fixtures::checksum(profile, 5);
	let length = profile.payload_bytes();
	for payer in 0..p {
		Pallet::<T>::do_submit(
			funded::<T>("payer", payer),
			Namespace([1; 32]),
			length,
			row_root,
			checksum_root,
			T::MaxRetention::get() / 2 + payer * T::MinRetention::get(),
		)
		.unwrap();
	}
	let header = BlobHeader::new(
		Pallet::<T>::genesis(),
		Namespace([1; 32]),
		length,
		row_root,
		checksum_root,
	)
	.unwrap();
	let commitment = header.commitment().unwrap();
	certify_all::<T>(session, n, commitment);
	let now = Pallet::<T>::now() + T::ImprovementWindow::get() + 1;
	frame_system::Pallet::<T>::set_block_number(now.into());
	(commitment, row, checksum)
}

/// Certifies without a signature, which only the authorisation of the call looks at.
fn certify_all<T: Config>(session: u32, n: u32, commitment: Commitment) {
	let blob = Blobs::<T>::get(commitment).unwrap();
	Pallet::<T>::do_certify(Certificate {
		session,
		expiry: blob.deadline,
		commitments: vec![commitment],
		signers: zerog_primitives::da::signer_bitmap(n as usize, 0..n as usize),
		signature: Signature([0; 48]),
	})
	.unwrap();
}

const SMALLEST: Profile = Profile::ALL[0];
const LARGEST: Profile = Profile::ALL[8];

/// Two statements under one number by the first member.
fn conflict<T: Config>(session: u32) -> Conflict {
	let said = |root: u8| {
		let message =
			zerog_primitives::da::numbered_message(&Pallet::<T>::genesis(), 0, session, 0, 1, &[root; 32], 9);
		Numbered {
			batch_root: [root; 32],
			expiry: 9,
			signature: keys::sign(core::iter::once(0), &message),
		}
	};
	Conflict {
		session,
		member: 0,
		sequence: 1,
		first: said(1),
		second: said(2),
	}
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
	let signature = keys::sign(0..signing, &message);
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
	fn forget_session(n: Linear<1, 200>) {
		let session = committee::<T>(n);
		LastSession::<T>::put(session.saturating_add(1));
		for member in 0..n {
			let account = account("member", member, 0);
			Pallet::<T>::record(session, member, account, Fault::Conflict, None);
		}
		#[block]
		{
			Pallet::<T>::forget_session_if_unused(session);
		}
		assert!(!Sessions::<T>::contains_key(session));
	}

	#[benchmark]
	fn settle(n: Linear<4, 200>, p: Linear<1, 4>) {
		let (commitment, _, _) = certified::<T>(n, p, LARGEST);
		let end = Blobs::<T>::get(commitment).unwrap().ends_at();
		frame_system::Pallet::<T>::set_block_number((end + 1).into());
		#[block]
		{
			Pallet::<T>::do_settle(commitment).unwrap();
		}
		assert!(Blobs::<T>::get(commitment).is_none());
	}

	#[benchmark]
	fn payout(n: Linear<4, 200>, p: Linear<1, 4>) {
		let (commitment, _, _) = certified::<T>(n, p, LARGEST);
		#[extrinsic_call]
		_(RawOrigin::Signed(funded::<T>("anyone", 0)), commitment);
		assert!(Earnings::<T>::iter().count() as u32 >= n);
	}

	#[benchmark]
	fn claim_earnings() {
		committee::<T>(4);
		let account: T::AccountId = account("member", 0, 0);
		Earnings::<T>::insert(&account, Balance::MAX / 10_000_000);
		#[extrinsic_call]
		_(RawOrigin::Signed(funded::<T>("anyone", 0)), account.clone());
		assert_eq!(Earnings::<T>::get(&account), 0);
	}

	#[benchmark]
	fn challenge() {
		let (commitment, _, _) = certified::<T>(200, 1, LARGEST);
		let challenger = funded::<T>("challenger", 0);
		for row in 1..T::MaxBlobChallenges::get() {
			Pallet::<T>::do_challenge(challenger.clone(), commitment, row).unwrap();
		}
		#[extrinsic_call]
		_(RawOrigin::Signed(challenger), commitment, 0);
		assert_eq!(OpenChallenges::<T>::get(), T::MaxBlobChallenges::get());
	}

	#[benchmark]
	fn authorize_answer() {
		let (commitment, row, _) = certified::<T>(200, 1, LARGEST);
		Pallet::<T>::do_challenge(funded::<T>("challenger", 0), commitment, row.index).unwrap();
		#[block]
		{
			Pallet::<T>::validate_answer(commitment, &row).unwrap();
		}
	}

	#[benchmark]
	fn answer() {
		let (commitment, row, _) = certified::<T>(200, 1, LARGEST);
		let challenger = funded::<T>("challenger", 0);
		for row in 0..T::MaxBlobChallenges::get() {
			Pallet::<T>::do_challenge(challenger.clone(), commitment, row).unwrap();
		}
		#[block]
		{
			Pallet::<T>::do_answer(commitment, row.index).unwrap();
		}
	}

	#[benchmark]
	fn resolve() {
		let (commitment, _, _) = certified::<T>(200, 1, LARGEST);
		let challenger = funded::<T>("challenger", 0);
		for row in 0..T::MaxBlobChallenges::get() {
			Pallet::<T>::do_challenge(challenger.clone(), commitment, row).unwrap();
		}
		let after = Pallet::<T>::now() + T::ChallengeWindow::get() + 1;
		frame_system::Pallet::<T>::set_block_number(after.into());
		#[block]
		{
			Pallet::<T>::do_resolve(commitment, 1).unwrap();
		}
	}

	/// With the longest rows that there are for so many of them.
	#[benchmark]
	fn report_bad_row(k: Linear<512, 4096>) {
		let enough = Profile::ALL
			.into_iter()
			.find(|profile| profile.original_rows() >= k);
		let rows = enough.unwrap_or(LARGEST).original_rows();
		let profile = Profile::ALL
			.into_iter()
			.rfind(|profile| profile.original_rows() == rows)
			.unwrap_or(SMALLEST);
		let (commitment, row, checksum) = certified::<T>(200, 1, profile);
		let checksum = frame_support::BoundedVec::truncate_from(checksum);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(funded::<T>("anyone", 0)),
			commitment,
			row,
			checksum,
		);
		assert_eq!(Verdicts::<T>::iter().count(), 1);
	}

	#[benchmark]
	fn authorize_report_conflict() {
		let conflict = conflict::<T>(committee::<T>(200));
		#[block]
		{
			Pallet::<T>::validate_conflict(&conflict).unwrap();
		}
	}

	#[benchmark]
	fn report_conflict() {
		let conflict = conflict::<T>(committee::<T>(200));
		#[block]
		{
			Pallet::<T>::do_report_conflict(&conflict).unwrap();
		}
	}

	#[benchmark]
	fn register_key() {
		let account = funded::<T>("owner", 0);
		let key: PublicKey = keys::key(0);
		let message = zerog_primitives::da::possession_message(
			&Pallet::<T>::genesis(),
			&account.clone().into(),
			&key.0,
		);
		let possession = keys::sign(core::iter::once(0), &message);
		#[extrinsic_call]
		_(RawOrigin::Signed(account.clone()), key, possession);
		assert!(Keys::<T>::contains_key(&account));
	}
}
