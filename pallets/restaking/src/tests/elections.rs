// SPDX-License-Identifier: Apache-2.0

//! Candidates, sessions, eras.

use super::slashing::offence;
use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use sp_runtime::Perbill;

const NEW: AccountId = 11;

fn candidates() -> Vec<AccountId> {
	Candidates::<Test>::get().iter().map(|key| key.account).collect()
}

/// An operator whose promise to consensus is in force.
fn operator(account: AccountId, stake: u128) {
	assert_ok!(Restaking::register_operator(
		signed(account),
		stake,
		Perbill::zero()
	));
	assert_ok!(allocate(account, CONSENSUS, 50));
	pass(TIMING.allocation_delay);
}

#[test]
fn those_with_most_stake_are_elected_when_an_era_begins() {
	test(|| {
		Seats::set(2);
		assert_ok!(delegate(3, 11, 1_000));
		assert_eq!(
			candidates(),
			[3, 1, 2],
			"more stake, then the older, then the lower account"
		);
		assert_eq!(validators(), [1, 2, 3]);
		next_session();
		assert_eq!(
			CurrentEra::<Test>::get(),
			1,
			"two sessions make an era; it begins with the election"
		);
		assert_eq!(validators(), [1, 2, 3], "its validators serve a session later");
		next_session();
		assert_eq!(validators(), [3, 1]);
		assert_ok!(unbond_all(3, 11));
		assert_ok!(delegate(2, 11, 1_000));
		assert_eq!(candidates(), [2, 1, 3]);
		assert_eq!(EraStarts::<Test>::get().to_vec(), [(0, 0), (1, 2)]);
		next_session();
		next_session();
		assert_eq!(validators(), [2, 1]);
		assert_eq!(Restaking::era_of_session(3), Some(1));
		assert_eq!(Restaking::era_of_session(4), Some(2));
	});
}

#[test]
fn a_candidate_needs_keys_stake_and_a_promise() {
	test(|| {
		let validate = || call(|| Restaking::validate(signed(NEW)));
		assert_noop!(validate(), Error::<Test>::NoSessionKeys);
		set_keys(NEW);
		assert_noop!(validate(), Error::<Test>::NotOperator);
		assert_ok!(Restaking::register_operator(
			signed(NEW),
			OWN_MINIMUM,
			Perbill::zero()
		));
		assert_noop!(validate(), Error::<Test>::ValidatorStakeTooLow);
		assert_ok!(allocate(NEW, CONSENSUS, 100));
		assert_noop!(validate(), Error::<Test>::ValidatorStakeTooLow);
		pass(TIMING.allocation_delay);
		assert_ok!(validate());
		assert_noop!(validate(), Error::<Test>::AlreadyCandidate);
		// A slash leaves less than a candidate has to have; it stays one until it stands anew.
		let now = Restaking::now();
		slash(CONSENSUS, NEW, now, Perbill::from_percent(10)).unwrap();
		assert_ok!(Restaking::chill(signed(NEW)));
		assert_noop!(validate(), Error::<Test>::OwnStakeTooLow);
	});
}

#[test]
fn a_candidate_without_keys_is_not_elected() {
	test(|| {
		pallet_session::NextKeys::<Test>::remove(1);
		pass(1);
		next_session();
		assert_eq!(validators(), [2, 3]);
		set_keys(1);
	});
}

#[test]
fn who_chills_serves_to_the_end_of_its_era() {
	test(|| {
		let chill = |who| call(|| Restaking::chill(signed(who)));
		assert_noop!(chill(NEW), Error::<Test>::NotOperator);
		assert_ok!(chill(2));
		assert_noop!(chill(2), Error::<Test>::NotCandidate);
		assert_eq!(validators(), [1, 2, 3]);
		pass(1);
		next_session();
		assert_eq!(validators(), [1, 3]);
	});
}

#[test]
fn the_list_of_candidates_is_bounded_and_the_last_one_goes() {
	test(|| {
		MaxCandidates::set(3);
		set_keys(NEW);
		operator(NEW, STAKE);
		let validate = || call(|| Restaking::validate(signed(NEW)));
		assert_noop!(validate(), Error::<Test>::TooManyCandidates);
		assert_ok!(delegate(NEW, 12, 1_000));
		assert_ok!(validate());
		assert_eq!(candidates(), [NEW, 1, 2]);
		assert_eq!(info(3).candidate, None);
		MaxCandidates::set(8);
	});
}

#[test]
fn a_promise_that_has_risen_counts_when_anyone_says_so() {
	test(|| {
		let key = || {
			Candidates::<Test>::get()
				.iter()
				.find(|key| key.account == 1)
				.unwrap()
				.stake
		};
		assert_ok!(allocate(1, CONSENSUS, 60));
		assert_eq!(key(), 50_000);
		pass(TIMING.allocation_delay);
		assert_eq!(key(), 50_000);
		assert_ok!(Restaking::rank(signed(9), 1));
		assert_eq!(key(), 60_000);
		// A fall counts at once.
		assert_ok!(allocate(1, CONSENSUS, 10));
		assert_eq!(key(), 10_000);
		assert_noop!(
			call(|| Restaking::rank(signed(9), NEW)),
			Error::<Test>::NotOperator
		);
		assert_ok!(Restaking::chill(signed(1)));
		assert_noop!(
			call(|| Restaking::rank(signed(9), 1)),
			Error::<Test>::NotCandidate
		);
	});
}

#[test]
fn the_validators_stay_when_too_few_stand_for_election() {
	test(|| {
		assert_ok!(Restaking::chill(signed(1)));
		assert_ok!(Restaking::chill(signed(2)));
		Quorum::set(2);
		pass(3);
		assert_eq!(validators(), [1, 2, 3]);
		assert_eq!(Restaking::now(), 3, "eras go on");
	});
}

#[test]
fn who_has_no_keys_goes_and_who_has_no_stake_stays_when_too_few_could_be_elected() {
	test(|| {
		Quorum::set(3);
		assert_ok!(Session::purge_keys(signed(1)));
		next_session();
		assert_eq!(validators(), [1, 2, 3], "its keys were queued before");
		next_session();
		assert_eq!(validators(), [2, 3], "fewer than an election needs");
		let now = Restaking::now();
		slash(CONSENSUS, 2, now, Perbill::one()).unwrap();
		pass(1);
		next_session();
		assert_eq!(validators(), [2, 3]);
		set_keys(1);
		Quorum::set(2);
		pass(1);
		next_session();
		assert_eq!(validators(), [1, 3]);
	});
}

#[test]
fn consensus_is_a_duty_while_too_few_others_could_be_elected() {
	test(|| {
		let chill = |who| call(|| Restaking::chill(signed(who)));
		let refuses = |who| {
			assert_noop!(allocate(who, CONSENSUS, 49), Error::<Test>::DutyOpen);
			assert_noop!(unbond(who, who, 1_000_000), Error::<Test>::DutyOpen);
		};
		Quorum::set(2);
		assert_ok!(delegate(1, 11, STAKE));
		assert_ok!(chill(2));
		assert_noop!(chill(1), Error::<Test>::DutyOpen);
		refuses(1);
		assert_ok!(allocate(1, CONSENSUS, 51));
		assert_ok!(allocate(1, DA, 0));
		assert_ok!(unbond_all(1, 11));
		// Who validates without standing for election may be kept, too, if it comes to that.
		assert_ok!(allocate(2, CONSENSUS, 49));
		offence(3, Session::current_index(), 1);
		assert_noop!(allocate(2, CONSENSUS, 48), Error::<Test>::DutyOpen);
		assert_noop!(unbond(2, 2, 1_000_000), Error::<Test>::DutyOpen);
		// Two others stand, but one cannot be elected.
		assert_ok!(Restaking::validate(signed(2)));
		assert_ok!(Restaking::validate(signed(3)));
		pallet_session::NextKeys::<Test>::remove(2);
		refuses(1);
		set_keys(2);
		assert_ok!(chill(1));
		assert_ok!(unbond(1, 1, 1_000_000));
	});
}

#[test]
fn no_more_validators_are_asked_for_than_there_are_seats() {
	test(|| {
		Quorum::set(3);
		Seats::set(2);
		pass(1);
		next_session();
		assert_eq!(validators(), [1, 2]);
		assert_ok!(Restaking::chill(signed(1)));
	});
}

#[test]
fn a_slash_moves_a_candidate_down_the_list() {
	test(|| {
		slash(DA, 1, 0, Perbill::from_percent(50)).unwrap();
		assert_eq!(candidates(), [1, 2, 3], "what consensus can take is as it was");
		slash(CONSENSUS, 1, 0, Perbill::from_percent(50)).unwrap();
		assert_eq!(candidates(), [2, 3, 1]);
	});
}

#[test]
fn historical_sessions_are_kept_as_long_as_faults_can_be_charged() {
	test(|| {
		pass(TIMING.bonding + 4);
		let (first, _) = pallet_session::historical::StoredRange::<Test>::get().unwrap();
		let oldest = TIMING.horizon(Restaking::now());
		assert_eq!(Restaking::era_of_session(first), Some(oldest));
		assert!(pallet_session::historical::HistoricalSessions::<Test>::contains_key(first));
		assert_eq!(Restaking::era_of_session(0), Some(0));
		pass(64);
		assert_eq!(EraStarts::<Test>::get().len(), 64);
		assert_eq!(Restaking::era_of_session(0), None);
	});
}
