// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of the calls, for `./scripts/weights`.
//!
//! The Wasm runtime cannot sign with blst: keys and signatures are those of `zerog_bls::bench`, with small secrets. A step that fails ends the benchmark with its error.

use crate::*;
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{fungible::Balanced, tokens::Precision, Get};
use frame_system::RawOrigin;
use pallet_networks::Networking;
use zerog_bls::Signature;
use zerog_erasure::{BlobHeader, Commitment, Hash, Namespace, Profile, Row};
use zerog_primitives::{
	da::{Certificate, CommitteeId, Conflict, Fault, Numbered},
	units::Balance,
};

/// The largest committee that is measured.
const MOST: u32 = 1_024;

fn funded<T: Config>(name: &'static str, index: u32) -> Result<T::AccountId, BenchmarkError> {
	let account: T::AccountId = account(name, index, 0);
	fund::<T>(&account)?;
	Ok(account)
}

fn fund<T: Config>(account: &T::AccountId) -> Result<(), BenchmarkError> {
	T::Currency::deposit(account, Balance::MAX / 1_000_000, Precision::Exact).map(drop)?;
	Ok(())
}

fn blob<T: Config>(commitment: Commitment) -> Result<Blob<T>, BenchmarkError> {
	Blobs::<T>::get(commitment).ok_or(BenchmarkError::Stop("the blob was not stored"))
}

fn commitment_of(header: &BlobHeader) -> Result<Commitment, BenchmarkError> {
	header
		.commitment()
		.map_err(|_| BenchmarkError::Stop("the header is refused"))
}

fn header<T: Config>(
	profile: Profile,
	row_root: Hash,
	checksum_root: Hash,
) -> Result<BlobHeader, BenchmarkError> {
	BlobHeader::new(
		Pallet::<T>::genesis(),
		Namespace([1; 32]),
		profile.payload_bytes(),
		row_root,
		checksum_root,
	)
	.map_err(|_| BenchmarkError::Stop("the length is refused"))
}

/// The root network's committee with `n` members that have keys, which becomes the present one.
fn committee<T: Config>(n: u32) -> Result<CommitteeId, BenchmarkError> {
	committee_of::<T>(CommitteeId::root(T::Networks::epoch()), n)
}

fn committee_of<T: Config>(id: CommitteeId, n: u32) -> Result<CommitteeId, BenchmarkError> {
	let members: Vec<_> = (0..)
		.zip(zerog_bls::bench::keys(n))
		.map(|(index, (public, point))| {
			Ok(SetMember {
				account: funded::<T>("member", index)?,
				key: Some(AttestationKey { public, point }),
				// One half has three quarters of the rows, and can certify alone.
				weight: if index < n.div_ceil(2) { 3 } else { 1 },
			})
		})
		.collect::<Result<_, BenchmarkError>>()?;
	let members = frame_support::BoundedVec::truncate_from(members);
	let hash = sp_io::hashing::blake2_256(&members.encode());
	let total = zerog_bls::sum(members.iter().filter_map(|m| m.key.as_ref()).map(|k| &k.point)).ok();
	MemberSets::<T>::mutate(hash, |set| {
		let committees = set.as_ref().map_or(0, |set| set.committees) + 1;
		*set = Some(MemberSet {
			members,
			total,
			committees,
		});
	});
	Committees::<T>::insert(
		id,
		CommitteeRecord {
			members: hash,
			// Small enough for every matrix; nothing but the admission of blobs looks at it.
			size: n.min(270),
			randomness: [7; 32],
			can_certify: true,
			blobs: 0,
			keep_until: 0,
		},
	);
	LastSession::<T>::put(id.session);
	fund::<T>(&Pallet::<T>::pot())?;
	Ok(id)
}

/// A blob with a committee of `n` that all sign, paid for by `p` accounts; its row 1 can be shown and contradicts its
/// checksum. The signers are final.
fn certified<T: Config>(
	n: u32,
	p: u32,
	profile: Profile,
) -> Result<(Commitment, Row, Vec<u8>), BenchmarkError> {
	let id = committee::<T>(n)?;
	let (row, row_root) = fixtures::row(profile, 1, 5);
	let (checksum, checksum_root) = fixtures::checksum(profile, 5);
	let header = header::<T>(profile, row_root, checksum_root)?;
	for payer in 0..p {
		Pallet::<T>::do_submit(
			funded::<T>("payer", payer)?,
			header,
			T::MaxRetention::get() / 2 + payer * T::MinRetention::get(),
			Balance::MAX,
		)?;
	}
	let commitment = commitment_of(&header)?;
	certify_all::<T>(id, n, commitment)?;
	let now = Pallet::<T>::now() + T::ImprovementWindow::get() + 1;
	frame_system::Pallet::<T>::set_block_number(now.into());
	Ok((commitment, row, checksum))
}

/// Certifies without a signature, which only the authorisation of the call looks at.
fn certify_all<T: Config>(
	committee: CommitteeId,
	n: u32,
	commitment: Commitment,
) -> Result<(), BenchmarkError> {
	Ok(Pallet::<T>::do_certify(Certificate {
		committee,
		expiry: blob::<T>(commitment)?.deadline,
		commitments: vec![commitment],
		signers: zerog_primitives::da::signer_bitmap(n as usize, 0..n as usize),
		signature: Signature([0; 48]),
	})?)
}

/// Has rows of other blobs take all places but one of who holds a row.
fn occupied<T: Config>(commitment: Commitment, row: u32) -> Result<(), BenchmarkError> {
	let blob = blob::<T>(commitment)?;
	let custody = blob
		.custody()
		.ok_or(BenchmarkError::Stop("the blob was not certified"))?;
	let (_, account) = Pallet::<T>::signer_of(&blob, custody, commitment, row)?;
	let others = (1..T::MaxMemberChallenges::get()).map(|row| (Commitment([0; 32]), row));
	ChallengesOf::<T>::insert(
		account,
		frame_support::BoundedVec::<_, T::MaxMemberChallenges>::truncate_from(others.collect()),
	);
	Ok(())
}

/// A challenge of a row of the largest blob, the last one that its member can have.
fn challenged<T: Config>() -> Result<(Commitment, Row), BenchmarkError> {
	let (commitment, row, _) = certified::<T>(MOST, 1, LARGEST)?;
	occupied::<T>(commitment, row.index)?;
	Pallet::<T>::do_challenge(funded::<T>("challenger", 0)?, commitment, row.index)?;
	Ok((commitment, row))
}

const SMALLEST: Profile = Profile::ALL[0];
const LARGEST: Profile = Profile::ALL[8];

/// Two statements under one number by the first member.
fn conflict<T: Config>(committee: CommitteeId) -> Conflict {
	let said = |root: u8| {
		let message =
			zerog_primitives::da::numbered_message(&Pallet::<T>::genesis(), committee, 0, 1, &[root; 32], 9);
		Numbered {
			batch_root: [root; 32],
			expiry: 9,
			signature: zerog_bls::bench::sign(core::iter::once(0), &message),
		}
	};
	Conflict {
		committee,
		member: 0,
		sequence: 1,
		first: said(1),
		second: said(2),
	}
}

fn submitted<T: Config>(count: u32) -> Result<Vec<Commitment>, BenchmarkError> {
	(0..count)
		.map(|seed| {
			let mut root = [1u8; 32];
			root[..4].copy_from_slice(&seed.to_le_bytes());
			let header = header::<T>(LARGEST, root, root)?;
			let payer = funded::<T>("payer", seed)?;
			let retention = T::MinRetention::get();
			Pallet::<T>::do_submit(payer, header, retention, Balance::MAX)?;
			commitment_of(&header)
		})
		.collect()
}

fn certificate<T: Config>(
	committee: CommitteeId,
	n: u32,
	commitments: Vec<Commitment>,
) -> Result<Certificate, BenchmarkError> {
	use zerog_primitives::da::{attestation_message, batch_root, signer_bitmap};
	let expiry = commitments
		.iter()
		.filter_map(|c| Blobs::<T>::get(c))
		.map(|b| b.deadline)
		.min()
		.ok_or(BenchmarkError::Stop("a certificate is for blobs"))?;
	let message = attestation_message(
		&Pallet::<T>::genesis(),
		committee,
		&batch_root(&commitments),
		expiry,
	);
	// Half are absent: the most keys that have to be added or subtracted.
	let signing = n.div_ceil(2);
	let signature = zerog_bls::bench::sign(0..signing, &message);
	Ok(Certificate {
		committee,
		expiry,
		commitments,
		signers: signer_bitmap(n as usize, 0..signing as usize),
		signature,
	})
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn note_session(n: Linear<1, MOST>) -> Result<(), BenchmarkError> {
		// What is read of networks has a weight of its own; the members' keys, their sum and the set are counted here.
		let (id, unused) = (committee::<T>(n)?, CommitteeId::new(9, 1));
		let (_, set) =
			Pallet::<T>::members_of(id).map_err(|_| BenchmarkError::Stop("the committee was noted"))?;
		let members = set.members;
		for member in &members {
			if let Some(key) = &member.key {
				Keys::<T>::insert(&member.account, key);
			}
		}
		committee_of::<T>(unused, n)?;
		let members: Vec<_> = members.into_iter().map(|m| (m.account, m.weight)).collect();
		LastSession::<T>::put(id.session);
		#[block]
		{
			Pallet::<T>::note_members(unused, members);
		}
		Ok(())
	}

	#[benchmark]
	fn submit() -> Result<(), BenchmarkError> {
		committee::<T>(4)?;
		let payer = funded::<T>("payer", 0)?;
		#[extrinsic_call]
		_(
			RawOrigin::Signed(payer),
			Namespace([1; 32]),
			1 << 20,
			LARGEST,
			[1; 32],
			[1; 32],
			T::MinRetention::get(),
			Balance::MAX,
		);
		assert_eq!(Blobs::<T>::iter().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn authorize_certify(n: Linear<4, MOST>, b: Linear<1, 64>) -> Result<(), BenchmarkError> {
		let id = committee::<T>(n)?;
		let commitments = submitted::<T>(b)?;
		let certificate = certificate::<T>(id, n, commitments)?;
		#[block]
		{
			Pallet::<T>::validate_certificate(&certificate)?;
		}
		Ok(())
	}

	#[benchmark]
	fn certify(b: Linear<1, 64>) -> Result<(), BenchmarkError> {
		let id = committee::<T>(MOST)?;
		let commitments = submitted::<T>(b)?;
		let certificate = certificate::<T>(id, MOST, commitments)?;
		#[block]
		{
			Pallet::<T>::do_certify(certificate)?;
		}
		Ok(())
	}

	#[benchmark]
	fn forget_session(n: Linear<1, MOST>) -> Result<(), BenchmarkError> {
		let id = committee::<T>(n)?;
		LastSession::<T>::put(id.session.saturating_add(1));
		for member in 0..n {
			let account = account("member", member, 0);
			Pallet::<T>::record(id, member, account, Fault::Conflict, None);
		}
		let after = Pallet::<T>::now() + T::SlashingWindow::get() + 1;
		frame_system::Pallet::<T>::set_block_number(after.into());
		#[block]
		{
			Pallet::<T>::forget_committee_if_unused(id);
		}
		assert!(!Committees::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn settle(n: Linear<4, MOST>, p: Linear<1, 4>) -> Result<(), BenchmarkError> {
		let (commitment, _, _) = certified::<T>(n, p, LARGEST)?;
		let end = blob::<T>(commitment)?.ends_at();
		frame_system::Pallet::<T>::set_block_number((end + 1).into());
		#[block]
		{
			Pallet::<T>::do_settle(commitment)?;
		}
		assert!(Blobs::<T>::get(commitment).is_none());
		Ok(())
	}

	#[benchmark]
	fn fall_back() -> Result<(), BenchmarkError> {
		committee::<T>(MOST)?;
		let commitment = submitted::<T>(1)?
			.pop()
			.ok_or(BenchmarkError::Stop("one was submitted"))?;
		// As if another network had it; its books are those of the root network.
		let from = committee_of::<T>(CommitteeId::new(9, T::Networks::epoch()), MOST)?;
		let mut blob = blob::<T>(commitment)?;
		blob.committee = from;
		frame_system::Pallet::<T>::set_block_number((blob.deadline + 1).into());
		Blobs::<T>::insert(commitment, &blob);
		#[block]
		{
			Pallet::<T>::fall_back(commitment, blob);
		}
		assert!(Blobs::<T>::get(commitment).is_some_and(|blob| blob.fell_back_from == Some(from)));
		Ok(())
	}

	#[benchmark]
	fn payout(n: Linear<4, MOST>, p: Linear<1, 4>) -> Result<(), BenchmarkError> {
		let (commitment, _, _) = certified::<T>(n, p, LARGEST)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(funded::<T>("anyone", 0)?), commitment);
		assert!(Earnings::<T>::iter().count() as u32 >= n);
		Ok(())
	}

	#[benchmark]
	fn claim_earnings() -> Result<(), BenchmarkError> {
		committee::<T>(4)?;
		let account: T::AccountId = account("member", 0, 0);
		Earnings::<T>::insert(&account, Balance::MAX / 10_000_000);
		#[extrinsic_call]
		_(RawOrigin::Signed(funded::<T>("anyone", 0)?), account.clone());
		assert_eq!(Earnings::<T>::get(&account), 0);
		Ok(())
	}

	#[benchmark]
	fn challenge() -> Result<(), BenchmarkError> {
		let (commitment, row, _) = certified::<T>(MOST, 1, LARGEST)?;
		occupied::<T>(commitment, row.index)?;
		let challenger = funded::<T>("challenger", 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(challenger), commitment, row.index);
		assert!(Challenges::<T>::contains_key(commitment, row.index));
		Ok(())
	}

	#[benchmark]
	fn authorize_answer() -> Result<(), BenchmarkError> {
		let (commitment, row) = challenged::<T>()?;
		#[block]
		{
			Pallet::<T>::validate_answer(commitment, &row)?;
		}
		Ok(())
	}

	#[benchmark]
	fn answer() -> Result<(), BenchmarkError> {
		let (commitment, row) = challenged::<T>()?;
		#[block]
		{
			Pallet::<T>::do_answer(commitment, row.index)?;
		}
		Ok(())
	}

	#[benchmark]
	fn resolve() -> Result<(), BenchmarkError> {
		let (commitment, row) = challenged::<T>()?;
		let after = Pallet::<T>::now() + T::ChallengeWindow::get() + 1;
		frame_system::Pallet::<T>::set_block_number(after.into());
		#[block]
		{
			Pallet::<T>::do_resolve(commitment, row.index)?;
		}
		Ok(())
	}

	/// With the longest rows that there are for so many of them.
	#[benchmark]
	fn report_bad_row(k: Linear<512, 4096>) -> Result<(), BenchmarkError> {
		let enough = Profile::ALL
			.into_iter()
			.find(|profile| profile.original_rows() >= k);
		let rows = enough.unwrap_or(LARGEST).original_rows();
		let profile = Profile::ALL
			.into_iter()
			.rfind(|profile| profile.original_rows() == rows)
			.unwrap_or(SMALLEST);
		let (commitment, row, checksum) = certified::<T>(MOST, 1, profile)?;
		let checksum = frame_support::BoundedVec::truncate_from(checksum);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(funded::<T>("anyone", 0)?),
			commitment,
			row,
			checksum,
		);
		assert_eq!(Verdicts::<T>::iter().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn authorize_report_conflict() -> Result<(), BenchmarkError> {
		let conflict = conflict::<T>(committee::<T>(MOST)?);
		#[block]
		{
			Pallet::<T>::validate_conflict(&conflict)?;
		}
		Ok(())
	}

	#[benchmark]
	fn report_conflict() -> Result<(), BenchmarkError> {
		let conflict = conflict::<T>(committee::<T>(MOST)?);
		#[block]
		{
			Pallet::<T>::do_report_conflict(&conflict)?;
		}
		Ok(())
	}

	#[benchmark]
	fn register_key() -> Result<(), BenchmarkError> {
		let account = funded::<T>("owner", 0)?;
		let (key, _) = zerog_bls::bench::keys(1)
			.pop()
			.ok_or(BenchmarkError::Stop("one was asked for"))?;
		let message = zerog_primitives::da::possession_message(
			&Pallet::<T>::genesis(),
			&account.clone().into(),
			&key.0,
		);
		let possession = zerog_bls::bench::sign(core::iter::once(0), &message);
		#[extrinsic_call]
		_(RawOrigin::Signed(account.clone()), key, possession);
		assert!(Keys::<T>::contains_key(&account));
		Ok(())
	}
}
