// SPDX-License-Identifier: Apache-2.0

//! Proofs of faults.

use crate::{
	mock::*,
	pallet::*,
	settle::MAX_RESOLVED,
	types::{bucket_after, MaxVerdicts, BUCKET},
	WeightInfo,
};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::GetDispatchInfo,
	traits::{Get, Hooks},
	weights::Weight,
};
use polkadot_sdk::*;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use zerog_erasure::{Commitment, Namespace, Row};
use zerog_primitives::da::{numbered_message, CommitteeId, Conflict, Fault, Numbered};

fn report(commitment: Commitment, row: &Row, seed: u8) -> sp_runtime::DispatchResult {
	DataAvailability::report_bad_row(
		RuntimeOrigin::signed(account(OTHER)),
		commitment,
		row.clone(),
		checksum(seed),
	)
}

#[test]
fn a_signed_row_that_contradicts_the_checksum_is_a_fault_once() {
	test(|| {
		let (commitment, row) = certified_by(1, &[0, 1, 2, 3], 100);
		let holder = holder(commitment, row.index);
		assert_ok!(report(commitment, &row, 1));
		assert_eq!(
			Told::get(),
			vec![(
				CommitteeId::root(0),
				validator(holder),
				Fault::BadRow,
				Some(commitment)
			)]
		);
		System::assert_last_event(
			Event::<Test>::FaultFound {
				committee: CommitteeId::root(0),
				account: validator(holder),
				fault: Fault::BadRow,
				commitment: Some(commitment),
			}
			.into(),
		);
		let replay = report(commitment, &row, 1).unwrap_err();
		assert_eq!(replay, Error::<Test>::AlreadyAtFault.into());
		assert_eq!(Told::get().len(), 1);
	});
}

#[test]
fn an_unanswered_challenge_does_not_spare_who_signed_a_bad_row() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let holder = holder(commitment, row.index);
		let member = validator(holder);
		let challenge =
			|row| DataAvailability::challenge(RuntimeOrigin::signed(account(OTHER)), commitment, row);
		assert_ok!(challenge(row.index));
		run_to(40);
		let told = |fault| (CommitteeId::root(0), member.clone(), fault, Some(commitment));
		assert_eq!(Told::get(), vec![told(Fault::Unanswered)]);
		assert_ok!(report(commitment, &row, 1));
		assert_eq!(Told::get(), vec![told(Fault::Unanswered), told(Fault::BadRow)]);
		for refused in [report(commitment, &row, 1), challenge(row.index)] {
			assert_eq!(refused.unwrap_err(), Error::<Test>::AlreadyAtFault.into());
		}
		let verdicts = DataAvailability::verdicts(CommitteeId::root(0), holder as u32);
		assert_eq!(verdicts.len(), 2);
	});
}

#[test]
fn reports_that_prove_nothing_are_refused() {
	test(|| {
		let (commitment, row) = certified_by(1, &[0, 1, 2, 3], 100);
		let refused = |commitment, row: &Row, seed| report(commitment, row, seed).unwrap_err();
		assert_eq!(
			refused(Commitment([9; 32]), &row, 1),
			Error::<Test>::NotCertified.into()
		);
		assert_eq!(
			refused(commitment, &row, 2),
			Error::<Test>::InvalidChecksum.into()
		);
		let with = |change: fn(&mut Row)| {
			let mut row = row.clone();
			change(&mut row);
			row
		};
		assert_eq!(
			refused(commitment, &with(|row| row.data[0] ^= 1), 1),
			Error::<Test>::InvalidRow.into()
		);
		assert_eq!(
			refused(commitment, &with(|row| row.path.truncate(3)), 1),
			Error::<Test>::InvalidRow.into()
		);
		assert_eq!(
			refused(commitment, &with(|row| row.index = 2048), 1),
			Error::<Test>::NoSuchRow.into()
		);
		assert_eq!(Told::get(), vec![]);
	});
	test(|| {
		let (header, row) = provable(1);
		// Found before it is certified: then sign for all rows but this one.
		let commitment = header.commitment().unwrap();
		let holder = {
			let (other, _) = certified_by(1, &[0, 1, 2, 3], 10);
			assert_eq!(other, commitment);
			holder(commitment, row.index)
		};
		run_to(40);
		let others: Vec<_> = (0..4).filter(|member| *member != holder).collect();
		certified_by(1, &others, 100);
		assert_eq!(
			report(commitment, &row, 1).unwrap_err(),
			Error::<Test>::NotSigned.into()
		);
	});
}

#[test]
fn a_good_row_accuses_nobody() {
	test(|| {
		let genesis = DataAvailability::genesis();
		let encoded = zerog_erasure::encode(genesis, Namespace([7; 32]), &[5; 1000]).unwrap();
		let header = encoded.header();
		assert_ok!(submit_header(PAYER, header, 100, u128::MAX));
		let commitment = encoded.commitment();
		certify(certificate(0, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		assert_noop!(
			DataAvailability::do_report_bad_row(
				commitment,
				&encoded.one_row(700).unwrap(),
				&encoded.checksum().to_vec().try_into().unwrap(),
			),
			Error::<Test>::RowIsGood
		);
	});
}

fn numbered(member: usize, sequence: u64, root: u8, expiry: u32) -> Numbered {
	let batch_root = [root; 32];
	let genesis = DataAvailability::genesis();
	let message = numbered_message(
		&genesis,
		CommitteeId::root(0),
		member as u32,
		sequence,
		&batch_root,
		expiry,
	);
	Numbered {
		batch_root,
		expiry,
		signature: secret(member).sign(&message),
	}
}

fn conflict(member: usize) -> Conflict {
	Conflict {
		committee: CommitteeId::root(0),
		member: member as u32,
		sequence: 8,
		first: numbered(member, 8, 1, 20),
		second: numbered(member, 8, 2, 20),
	}
}

/// What the chain does with an unsigned `report_conflict`: authorise, then dispatch.
fn report_conflict(conflict: Conflict) -> Result<(), TransactionValidityError> {
	DataAvailability::validate_conflict(&conflict)?;
	let origin = frame_system::Origin::<Test>::Authorized;
	DataAvailability::report_conflict(origin.into(), conflict).unwrap();
	Ok(())
}

#[test]
fn one_number_for_two_attestations_is_a_fault_once() {
	test(|| {
		report_conflict(conflict(2)).unwrap();
		assert_eq!(
			Told::get(),
			vec![(CommitteeId::root(0), validator(2), Fault::Conflict, None)]
		);
		let another = Conflict {
			sequence: 9,
			first: numbered(2, 9, 1, 20),
			second: numbered(2, 9, 1, 21),
			..conflict(2)
		};
		assert_eq!(
			report_conflict(another.clone()),
			Err(InvalidTransaction::Stale.into())
		);
		assert_noop!(
			DataAvailability::do_report_conflict(&another),
			Error::<Test>::InvalidConflict
		);
		report_conflict(conflict(0)).unwrap();
	});
}

#[test]
fn conflicts_that_prove_nothing_are_refused() {
	test(|| {
		let good = conflict(1);
		let bad = |conflict| {
			assert_eq!(
				report_conflict(conflict),
				Err(InvalidTransaction::BadProof.into())
			)
		};
		bad(Conflict {
			second: good.first.clone(),
			..good.clone()
		});
		bad(Conflict {
			sequence: 9,
			..good.clone()
		});
		bad(Conflict {
			member: 2,
			..good.clone()
		});
		bad(Conflict {
			member: 4,
			..good.clone()
		});
		bad(Conflict {
			second: numbered(1, 7, 2, 20),
			..good.clone()
		});
		let unknown = Conflict {
			committee: CommitteeId::root(7),
			..good.clone()
		};
		assert_eq!(
			report_conflict(unknown.clone()),
			Err(InvalidTransaction::Stale.into())
		);
		assert_noop!(
			DataAvailability::do_report_conflict(&unknown),
			Error::<Test>::UnknownCommittee
		);
		let beyond = Conflict { member: 4, ..good };
		assert_noop!(
			DataAvailability::do_report_conflict(&beyond),
			Error::<Test>::InvalidConflict
		);
	});
}

#[test]
fn weights_count_what_the_hook_does() {
	type Measured = <Test as Config>::WeightInfo;
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let (index, checksum) = (row.index, checksum(1));
		let weight = |call: Call<Test>| call.get_dispatch_info().total_weight();
		let resolve = Measured::resolve() + TELLING;
		let end = Call::resolve {
			commitment,
			row: index,
		};
		assert_eq!(weight(end), resolve);
		let settle = Measured::settle(<Test as Config>::MaxMembers::get(), MaxPayers::get());
		let most = settle + resolve.saturating_mul(MAX_RESOLVED.into());
		assert!(weight(Call::settle { commitment }).all_gte(most));
		let conflict = Call::report_conflict {
			conflict: conflict(0),
		};
		assert_eq!(weight(conflict), Measured::report_conflict() + TELLING);
		let rows = checksum.len().div_ceil(zerog_erasure::CHECKSUM_ROW_BYTES) as u32;
		let bad_row = Call::report_bad_row {
			commitment,
			row,
			checksum,
		};
		assert_eq!(weight(bad_row), Measured::report_bad_row(rows) + TELLING);

		assert_ok!(challenge(commitment, index));
		let deadline = Challenges::<Test>::get(commitment, index).unwrap().deadline;
		System::set_block_number(bucket_after(deadline) * BUCKET);
		let used = DataAvailability::on_idle(System::block_number(), Weight::MAX);
		assert_eq!(Told::get().len(), 1);
		assert!(used.all_gte(resolve), "{used:?}");
	});
}

#[test]
fn verdicts_are_forgotten_with_their_committee() {
	test(|| {
		report_conflict(conflict(1)).unwrap();
		next_session(0..4);
		assert_eq!(
			DataAvailability::verdicts(CommitteeId::root(0), 1).len(),
			1,
			"also a committee without blobs is kept for the slashing window"
		);
		run_to(80);
		assert_eq!(DataAvailability::verdicts(CommitteeId::root(0), 1).len(), 0);
		assert!(!Committees::<Test>::contains_key(CommitteeId::root(0)));
	});
}

#[test]
fn more_verdicts_than_are_kept_lose_no_consequence() {
	test(|| {
		let most = <MaxVerdicts as Get<u32>>::get() as u8;
		for seed in 0..=most {
			let commitment = submit_as(PAYER, seed, 1000, 100).unwrap();
			certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
			assert_ok!(DataAvailability::blame_for_blob(
				commitment,
				1,
				validator(1),
				Fault::Unanswered
			));
			assert_eq!(DataAvailability::margin(commitment).unwrap().faulty, 512);
		}
		assert_eq!(Told::get().len(), usize::from(most) + 1);
		assert_eq!(
			DataAvailability::verdicts(CommitteeId::root(0), 1).len(),
			usize::from(most)
		);
		report_conflict(conflict(1)).unwrap();
		assert_eq!(
			report_conflict(conflict(1)),
			Err(InvalidTransaction::Stale.into())
		);
	});
}
