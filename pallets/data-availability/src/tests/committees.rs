// SPDX-License-Identifier: Apache-2.0

//! Keys and committees.

use crate::{mock::*, pallet::*, CertificateError};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use zerog_bls::{signer::SecretKey, PublicKey, Signature};
use zerog_primitives::da::{possession_message, CommitteeId};

fn possession(owner: u8, key: &SecretKey) -> Signature {
	key.sign(&possession_message(
		&DataAvailability::genesis(),
		&[owner; 32],
		&key.public().0,
	))
}

fn register(owner: u8, key: PublicKey, possession: Signature) -> sp_runtime::DispatchResult {
	DataAvailability::register_key(RuntimeOrigin::signed(account(owner)), key, possession)
}

#[test]
fn an_account_registers_and_replaces_its_key() {
	test(|| {
		let (first, second) = (SecretKey::from_seed(b"first"), SecretKey::from_seed(b"second"));
		assert_ok!(register(PAYER, first.public(), possession(PAYER, &first)));
		assert_eq!(free(&account(PAYER)), ENDOWMENT - 1_000);
		assert_ok!(register(PAYER, second.public(), possession(PAYER, &second)));
		assert_eq!(
			DataAvailability::account_key(account(PAYER)),
			Some(second.public())
		);
		assert_noop!(
			register(PAYER, first.public(), possession(PAYER, &first)),
			Error::<Test>::KeyTaken
		);
	});
}

#[test]
fn somebody_elses_key_or_possession_is_refused() {
	test(|| {
		let key = SecretKey::from_seed(b"key");
		assert_noop!(
			register(OTHER, key.public(), possession(PAYER, &key)),
			Error::<Test>::InvalidPossession
		);
		let thief = SecretKey::from_seed(b"thief");
		let forged = thief.sign(&possession_message(
			&DataAvailability::genesis(),
			&[OTHER; 32],
			&key.public().0,
		));
		assert_noop!(
			register(OTHER, key.public(), forged),
			Error::<Test>::InvalidPossession
		);
		assert_noop!(
			register(OTHER, secret(0).public(), possession(OTHER, &secret(0))),
			Error::<Test>::KeyTaken
		);
	});
}

#[test]
fn bad_points_are_refused() {
	test(|| {
		let mut infinity = [0u8; 96];
		infinity[0] = 0xc0;
		for bytes in [[0u8; 96], [0xff; 96], infinity] {
			assert_noop!(
				register(PAYER, PublicKey(bytes), Signature([0; 48])),
				Error::<Test>::InvalidKey
			);
		}
	});
}

#[test]
fn a_key_counts_from_the_next_session_on() {
	with_validators(3, || {
		let next = SecretKey::from_seed(b"next");
		let _ = Balances::force_set_balance(RuntimeOrigin::root(), validator(0), ENDOWMENT);
		assert_ok!(register(100, next.public(), possession(100, &next)));
		let key_of = |session| {
			DataAvailability::committee(CommitteeId::root(session))
				.unwrap()
				.members[0]
				.key
		};
		assert_eq!(key_of(0), Some(secret(0).public()));
		next_session([0, 1, 2]);
		assert_eq!(key_of(1), Some(next.public()));
	});
}

#[test]
fn sessions_share_their_member_set_and_are_forgotten_when_unused() {
	test(|| {
		next_session([0, 1, 2, 3]);
		assert_eq!(
			Committees::<Test>::iter_keys().collect::<Vec<_>>(),
			vec![CommitteeId::root(1)],
			"session 0 had no blob"
		);
		submit_as(PAYER, 1, 1, 10).unwrap();
		next_session([0, 1, 2, 3]);
		next_session([0, 1, 2]);
		let mut noted: Vec<_> = Committees::<Test>::iter_keys().collect();
		noted.sort_unstable();
		assert_eq!(noted, [1, 3].map(CommitteeId::root));
		assert_eq!(MemberSets::<Test>::iter().count(), 2);
		// The blob is over at 22, its session is kept for the slashing window after it was settled.
		run_to(80);
		assert!(Committees::<Test>::contains_key(CommitteeId::root(1)));
		run_to(120);
		assert!(!Committees::<Test>::contains_key(CommitteeId::root(1)));
		assert_eq!(MemberSets::<Test>::iter().count(), 1);
	});
}

#[test]
fn a_session_is_kept_for_the_slashing_window_of_its_last_blob() {
	test(|| {
		submit_as(PAYER, 1, 1, 10).unwrap();
		run_to(40);
		assert_eq!(Committees::<Test>::get(CommitteeId::root(0)).unwrap().blobs, 0);
		// After the first one has ended, and before the session has.
		submit_as(PAYER, 2, 1, 10).unwrap();
		next_session([0, 1, 2, 3]);
		run_to(80);
		let session = Committees::<Test>::get(CommitteeId::root(0)).unwrap();
		assert_eq!(session.blobs, 0);
		run_to(session.keep_until);
		assert!(Committees::<Test>::contains_key(CommitteeId::root(0)));
		run_to(session.keep_until + 32);
		assert!(!Committees::<Test>::contains_key(CommitteeId::root(0)));
	});
}

#[test]
fn a_session_whose_blobs_all_ended_in_it_is_kept_too() {
	test(|| {
		submit_as(PAYER, 1, 1, 10).unwrap();
		run_to(40);
		let session = Committees::<Test>::get(CommitteeId::root(0)).unwrap();
		assert_eq!(session.blobs, 0);
		next_session([0, 1, 2, 3]);
		run_to(session.keep_until);
		assert!(Committees::<Test>::contains_key(CommitteeId::root(0)));
		run_to(session.keep_until + 32);
		assert!(!Committees::<Test>::contains_key(CommitteeId::root(0)));
	});
	test(|| {
		submit_as(PAYER, 1, 1, 10).unwrap();
		// The session lasts longer than the window.
		run_to(200);
		assert!(Committees::<Test>::contains_key(CommitteeId::root(0)));
		next_session([0, 1, 2, 3]);
		assert!(!Committees::<Test>::contains_key(CommitteeId::root(0)));
	});
}

#[test]
fn nothing_is_sold_when_no_certificate_is_possible() {
	test(|| {
		// Of five validators two have no key: 3/5 < 2/3.
		Keys::<Test>::remove(validator(2));
		Keys::<Test>::remove(validator(3));
		next_session([0, 1, 2, 3, 9]);
		assert_eq!(submit_as(PAYER, 1, 1, 10), Err(Error::<Test>::NoCommittee.into()));
		assert_eq!(free(&account(PAYER)), ENDOWMENT);
	});
}

/// A blob of the next session, in which the validators have these weights.
fn weighted(weights: &[u128]) -> zerog_erasure::Commitment {
	set_weights(weights);
	next_session(0..weights.len());
	submit_as(PAYER, 1, 1000, 100).unwrap()
}

#[test]
fn rows_are_signed_by_weight() {
	test(|| {
		let commitment = weighted(&[5, 3, 1, 1]);
		assert_eq!(
			certify(certificate(1, 4, &[0, 2], &[commitment])),
			Err(CertificateError::TooFewRows.into()),
			"6 of 10"
		);
		certify(certificate(1, 4, &[0, 2, 3], &[commitment])).unwrap();
		let blob = Blobs::<Test>::get(commitment).unwrap();
		assert_eq!(blob.custody().unwrap().rows_signed, 1024 + 205 + 205);
	});
}

#[test]
fn weights_count_from_the_next_session_on() {
	test(|| {
		set_weights(&[9, 1, 1, 1]);
		let weights = |session| {
			DataAvailability::committee(CommitteeId::root(session))
				.unwrap()
				.weights()
		};
		assert_eq!(weights(0), vec![1; 4]);
		next_session(0..4);
		assert_eq!(weights(1), vec![9, 1, 1, 1]);
	});
}

#[test]
fn a_member_without_weight_holds_nothing_and_adds_nothing() {
	test(|| {
		let commitment = weighted(&[1, 1, 0, 0]);
		assert_eq!(
			certify(certificate(1, 4, &[0, 2, 3], &[commitment])),
			Err(CertificateError::TooFewRows.into())
		);
		certify(certificate(1, 4, &[0, 1, 2], &[commitment])).unwrap();
	});
}

#[test]
fn nothing_certifies_without_a_dominating_member_and_it_alone_certifies() {
	test(|| {
		let commitment = weighted(&[u128::MAX / 8, 1, 1, 1]);
		assert_eq!(
			certify(certificate(1, 4, &[1, 2, 3], &[commitment])),
			Err(CertificateError::TooFewRows.into())
		);
		certify(certificate(1, 4, &[0], &[commitment])).unwrap();
	});
	test(|| {
		Keys::<Test>::remove(validator(0));
		set_weights(&[7, 1, 1, 1]);
		next_session(0..4);
		assert_eq!(submit_as(PAYER, 1, 1, 10), Err(Error::<Test>::NoCommittee.into()));
	});
}

#[test]
fn nothing_is_sold_when_nobody_has_weight() {
	test(|| {
		set_weights(&[0; 4]);
		next_session(0..4);
		assert_eq!(submit_as(PAYER, 1, 1, 10), Err(Error::<Test>::NoCommittee.into()));
	});
}

#[test]
fn shares_that_round_below_two_thirds_of_the_rows_sell_nothing() {
	with_validators(3, || {
		// Of 2,048 rows the first two of three members hold 683 each, the last 682: 2/3 of the weight either way.
		Keys::<Test>::remove(validator(2));
		next_session(0..3);
		submit_as(PAYER, 1, 1, 10).unwrap();
		Keys::<Test>::insert(validator(2), Keys::<Test>::get(validator(1)).unwrap());
		Keys::<Test>::remove(validator(0));
		next_session(0..3);
		assert_eq!(submit_as(PAYER, 2, 1, 10), Err(Error::<Test>::NoCommittee.into()));
		Keys::<Test>::remove(validator(2));
	});
}

#[test]
fn noting_a_committee_leaves_calls_the_whole_second_dimension() {
	test(|| {
		let used = next_session(0..4);
		assert!(LastSession::<Test>::get().is_some());
		assert!(used.ref_time() > 0 && used.proof_size() == 0, "{used:?}");
	});
}
