// SPDX-License-Identifier: Apache-2.0

//! Rows that signers have to show.

use crate::{
	mock::*,
	pallet::*,
	settle::MAX_RESOLVED,
	types::{bucket_after, DueItem},
};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, UnknownTransaction},
	TokenError,
};
use zerog_erasure::Commitment;
use zerog_primitives::da::{ChallengeInfo, CommitteeId, Fault};

#[test]
fn an_answer_ends_the_challenge_and_earns_the_deposit_but_for_the_fee() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let holder = holder(commitment, row.index);
		assert_ok!(challenge(commitment, row.index));
		assert_eq!(on_hold(HoldReason::Challenge, OTHER), DEPOSIT);
		let info = ChallengeInfo {
			commitment,
			row: row.index,
			member: holder as u32,
			deadline: 11,
		};
		assert_eq!(DataAvailability::open_challenges(validator(holder)), vec![info]);
		run_to(11);
		assert_ok!(answer(commitment, row.clone()));
		assert_eq!(on_hold(HoldReason::Challenge, OTHER), 0);
		assert_eq!((earned(holder), collected()), (3 * DEPOSIT / 4, DEPOSIT / 4));
		assert_eq!(DataAvailability::open_challenges(validator(holder)), vec![]);
		assert_eq!(
			answer(commitment, row.clone()),
			Err(UnknownTransaction::CannotLookup.into()),
			"a second answer is worth nothing"
		);
		assert_noop!(
			DataAvailability::do_answer(commitment, row.index),
			Error::<Test>::NoSuchChallenge
		);
		run_to(60);
		assert_eq!(Told::get(), vec![]);
	});
}

#[test]
fn an_unanswered_challenge_is_a_verdict_and_the_deposit_comes_back() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let holder = holder(commitment, row.index);
		assert_ok!(challenge(commitment, row.index));
		run_to(11);
		let resolve = || DataAvailability::validate_resolve(commitment, row.index);
		assert_eq!(resolve(), Err(InvalidTransaction::Stale.into()));
		assert_noop!(
			DataAvailability::do_resolve(commitment, row.index),
			Error::<Test>::NoSuchChallenge
		);
		System::set_block_number(12);
		assert_eq!(
			answer(commitment, row.clone()),
			Err(UnknownTransaction::CannotLookup.into()),
			"too late"
		);
		let waiting = DataAvailability::open_challenges(validator(holder));
		assert_eq!((waiting.len(), waiting[0].row), (1, row.index));
		assert_ok!(resolve());
		let origin = frame_system::Origin::<Test>::Authorized;
		assert_ok!(DataAvailability::resolve(origin.into(), commitment, row.index));
		assert_eq!(resolve(), Err(InvalidTransaction::Stale.into()));
		assert_eq!(on_hold(HoldReason::Challenge, OTHER), 0);
		assert_eq!(free(&account(OTHER)), ENDOWMENT);
		assert_eq!(
			Told::get(),
			vec![(
				CommitteeId::root(0),
				validator(holder),
				Fault::Unanswered,
				Some(commitment)
			)]
		);
		let verdicts = DataAvailability::verdicts(CommitteeId::root(0), holder as u32);
		assert_eq!((verdicts.len(), verdicts[0].at), (1, 12));
		assert_noop!(challenge(commitment, row.index), Error::<Test>::AlreadyAtFault);
	});
}

#[test]
fn blocks_with_room_resolve_by_themselves() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		assert_ok!(challenge(commitment, row.index));
		run_to(40);
		assert_eq!(Told::get().len(), 1);
		assert_eq!(OpenChallenges::<Test>::get(), 0);
	});
}

#[test]
fn what_is_not_the_row_is_no_answer() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		assert_ok!(challenge(commitment, row.index));
		let refused = |change: fn(&mut zerog_erasure::Row)| {
			let mut wrong = row.clone();
			change(&mut wrong);
			answer(commitment, wrong).unwrap_err()
		};
		assert_eq!(
			refused(|row| row.data[3] ^= 1),
			InvalidTransaction::BadProof.into()
		);
		assert_eq!(
			refused(|row| row.path[2][0] ^= 1),
			InvalidTransaction::BadProof.into()
		);
		assert_eq!(
			refused(|row| row.data.push(0)),
			InvalidTransaction::BadProof.into()
		);
		assert_eq!(
			refused(|row| row.path.extend([[0; 32]; 50_000])),
			InvalidTransaction::BadProof.into()
		);
		assert_eq!(
			refused(|row| row.index += 1),
			UnknownTransaction::CannotLookup.into()
		);
		assert_ok!(answer(commitment, row));
	});
}

#[test]
fn only_rows_of_final_signers_under_retention_are_challenged() {
	test(|| {
		let (header, _) = provable(1);
		let unknown = header.commitment().unwrap();
		assert_noop!(challenge(unknown, 0), Error::<Test>::NotCertified);
		let pending = submit_as(PAYER, 2, 1000, 100).unwrap();
		assert_noop!(challenge(pending, 0), Error::<Test>::NotCertified);
		let (commitment, _) = certified_by(1, &[0, 1, 2], 20);
		run_to(6);
		assert_noop!(challenge(commitment, 0), Error::<Test>::SignersNotFinal);
		run_to(7);
		assert_noop!(challenge(commitment, 2048), Error::<Test>::NoSuchRow);
		let absent = (0..).find(|row| holder(commitment, *row) == 3).unwrap();
		assert_noop!(challenge(commitment, absent), Error::<Test>::NotSigned);
		// Retention ends with block 20.
		run_to(17);
		let row = (0..).find(|row| holder(commitment, *row) == 0).unwrap();
		assert_noop!(challenge(commitment, row), Error::<Test>::RetentionTooShort);
		run_to(16);
		System::set_block_number(16);
		assert_ok!(challenge(commitment, row));
		assert_noop!(challenge(commitment, row), Error::<Test>::AlreadyChallenged);
	});
}

#[test]
fn a_challenger_without_the_deposit_is_refused() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		assert_noop!(
			DataAvailability::challenge(RuntimeOrigin::signed(account(POOR)), commitment, row.index),
			TokenError::FundsUnavailable
		);
	});
}

/// The rows of a blob that a member holds.
fn rows_of(commitment: Commitment, member: usize) -> impl Iterator<Item = u32> {
	(0..2_048).filter(move |row| holder(commitment, *row) == member)
}

#[test]
fn challenges_of_one_members_rows_do_not_keep_anothers_of_the_blob_from_being_challenged() {
	test(|| {
		let (commitment, _) = settled_signers(1, 100);
		// All that a member can have. One more is left for all.
		for row in rows_of(commitment, 0).take(3) {
			assert_ok!(challenge(commitment, row));
		}
		let fourth = rows_of(commitment, 0).nth(3).unwrap();
		assert_noop!(challenge(commitment, fourth), Error::<Test>::TooManyChallenges);
		for member in 1..4 {
			for row in rows_of(commitment, member).take(2) {
				assert_ok!(challenge(commitment, row));
			}
		}
	});
}

#[test]
fn challenges_of_one_blob_do_not_take_all_places_of_its_member() {
	test(|| {
		MaxBlobChallenges::set(1);
		let (first, _) = settled_signers(1, 100);
		let (second, _) = settled_signers(2, 100);
		let mut rows = rows_of(first, 0);
		assert_ok!(challenge(first, rows.next().unwrap()));
		assert_noop!(
			challenge(first, rows.next().unwrap()),
			Error::<Test>::TooManyChallenges
		);
		assert_ok!(challenge(first, rows_of(first, 1).next().unwrap()));
		assert_ok!(challenge(second, rows_of(second, 0).next().unwrap()));
	});
}

#[test]
fn challenges_of_one_members_rows_do_not_keep_anothers_of_any_blob_from_being_challenged() {
	test(|| {
		let (first, _) = settled_signers(1, 100);
		let (second, _) = settled_signers(2, 100);
		// With these nothing is left for all.
		for row in rows_of(first, 0).take(3) {
			assert_ok!(challenge(first, row));
		}
		assert_ok!(challenge(first, rows_of(first, 1).next().unwrap()));
		for member in 1..4 {
			let mut rows = rows_of(second, member);
			let own = if member == 1 { 1 } else { 2 };
			for row in rows.by_ref().take(own) {
				assert_ok!(challenge(second, row));
			}
			// What all share is taken, and a member with its own gets no more.
			assert_noop!(
				challenge(second, rows.next().unwrap()),
				Error::<Test>::TooManyChallenges
			);
		}
	});
}

#[test]
fn a_blob_with_many_unresolved_challenges_ends_step_by_step() {
	const MANY: u32 = MAX_RESOLVED + 8;
	fn challenged() -> Commitment {
		OwnChallenges::set(MANY);
		MaxBlobChallenges::set(MANY);
		MaxMemberChallenges::set(MANY);
		let (commitment, _) = settled_signers(1, 12);
		for row in 0..MANY {
			assert_ok!(challenge(commitment, row));
		}
		commitment
	}
	test(|| {
		let commitment = challenged();
		System::set_block_number(13);
		let settle = || DataAvailability::settle(frame_system::Origin::<Test>::Authorized.into(), commitment);
		assert_ok!(settle());
		assert_eq!(OpenChallenges::<Test>::get(), MANY - MAX_RESOLVED);
		assert!(Blobs::<Test>::contains_key(commitment));
		DataAvailability::do_try_state().unwrap();
		assert_ok!(settle());
		assert_eq!(OpenChallenges::<Test>::get(), 0);
		assert!(!Blobs::<Test>::contains_key(commitment));
		assert_eq!(free(&account(OTHER)), ENDOWMENT);
	});
	test(|| {
		let commitment = challenged();
		// Nobody resolves them before the blob is due.
		for row in 0..MANY {
			Due::<Test>::remove(bucket_after(11), DueItem::Challenge(commitment, row));
		}
		run_to(20);
		assert_eq!(OpenChallenges::<Test>::get(), 0);
		assert!(!Blobs::<Test>::contains_key(commitment));
		assert_eq!(free(&account(OTHER)), ENDOWMENT);
	});
}

#[test]
fn a_blob_that_ends_takes_its_unresolved_challenges_along() {
	test(|| {
		let (commitment, row) = settled_signers(1, 12);
		assert_ok!(challenge(commitment, row.index));
		assert_ok!(challenge(commitment, row.index + 1));
		System::set_block_number(13);
		assert_ok!(DataAvailability::settle(
			frame_system::Origin::<Test>::Authorized.into(),
			commitment
		));
		assert_eq!(OpenChallenges::<Test>::get(), 0);
		let faulty = holder_was(commitment);
		assert_eq!(Told::get()[0].1, faulty);
		assert_eq!(
			Earnings::<Test>::get(faulty),
			0,
			"the verdict came before the pay"
		);
		assert_eq!(free(&account(OTHER)), ENDOWMENT);
	});

	/// Who was told to be at fault for a blob that is over.
	fn holder_was(commitment: Commitment) -> sp_runtime::AccountId32 {
		let told = Told::get();
		assert_eq!(told[0].3, Some(commitment));
		told[0].1.clone()
	}
}

#[test]
fn an_extension_leaves_the_deadline_as_it_is() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		assert_ok!(challenge(commitment, row.index));
		submit_header_again(1, 500);
		let open = Challenges::<Test>::get(commitment, row.index).unwrap();
		assert_eq!(open.deadline, 11);
		run_to(40);
		assert_eq!(Told::get().len(), 1);
	});

	fn submit_header_again(seed: u8, retention: u32) {
		let (header, _) = provable(seed);
		assert_ok!(submit_header(OTHER, &header, retention, u128::MAX));
	}
}

#[test]
fn several_rows_of_one_member_make_one_verdict() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let member = holder(commitment, row.index);
		for row in (0..)
			.filter(|row| holder(commitment, *row) == member)
			.take(3)
			.collect::<Vec<_>>()
		{
			assert_ok!(challenge(commitment, row));
		}
		run_to(40);
		assert_eq!(Told::get().len(), 1);
		assert_eq!(free(&account(OTHER)), ENDOWMENT);
	});
}
