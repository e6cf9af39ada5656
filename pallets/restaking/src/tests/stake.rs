// SPDX-License-Identifier: Apache-2.0

//! Operators and delegators.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use pallet_conviction_voting::{Conviction, Error as VotingError};
use polkadot_sdk::*;
use sp_runtime::{Perbill, TokenError};
use zerog_primitives::staking::{PositionView, Unlock};
use zerog_staking::{MAX_ERAS, MAX_STAKE};

const NEW: AccountId = 13;

fn register(stake: u128) -> sp_runtime::DispatchResult {
	call(|| Restaking::register_operator(signed(NEW), stake, Perbill::from_percent(5)))
}

#[test]
fn stake_goes_in_and_comes_out_when_bonding_has_passed() {
	test(|| {
		assert_ok!(delegate(1, 11, 50_000));
		assert_eq!((held(11), free(11)), (50_000, ENDOWMENT - 50_000));
		assert_eq!(stake(1), STAKE + 50_000);
		assert_ok!(unbond_all(1, 11));
		let era = Restaking::now();
		pass(TIMING.bonding - 1);
		assert_noop!(withdraw(1, 11, era), Error::<Test>::NotMatured);
		pass(1);
		assert_ok!(withdraw(1, 11, era));
		assert_eq!((held(11), free(11)), (0, ENDOWMENT));
		assert_noop!(withdraw(1, 11, era), Error::<Test>::NothingUnbonding);
		assert_eq!(Restaking::position(1, 11), None, "nothing is left");
	});
}

#[test]
fn anyone_withdraws_for_anyone() {
	test(|| {
		assert_ok!(delegate(1, 11, 50_000));
		assert_ok!(unbond_all(1, 11));
		pass(TIMING.bonding);
		assert_ok!(Restaking::withdraw(signed(12), 1, 11, 0));
		assert_eq!(free(11), ENDOWMENT);
	});
}

#[test]
fn amounts_that_make_no_sense_are_refused() {
	test(|| {
		assert_noop!(delegate(9, 11, MINIMUM), Error::<Test>::NotOperator);
		assert_noop!(delegate(1, 11, 0), Error::<Test>::ZeroAmount);
		assert_noop!(delegate(1, 11, MINIMUM - 1), Error::<Test>::BelowMinimum);
		assert_noop!(delegate(1, 11, MAX_STAKE), Error::<Test>::StakeTooLarge);
		assert_noop!(delegate(1, 11, u128::MAX), Error::<Test>::Accounting);
		assert_noop!(delegate(1, 11, ENDOWMENT + 1), TokenError::FundsUnavailable);
		assert_ok!(delegate(1, 11, 3 * MINIMUM));
		assert_noop!(unbond(1, 11, 0), Error::<Test>::ZeroAmount);
		assert_noop!(
			unbond(1, 11, shares(1, 11) + 1),
			Error::<Test>::InsufficientShares
		);
		assert_noop!(unbond(1, 11, shares(1, 11) - 1_000), Error::<Test>::BelowMinimum);
		assert_ok!(unbond(1, 11, shares(1, 11) / 3));
	});
}

#[test]
fn an_operator_stakes_itself_and_once() {
	test(|| {
		assert_noop!(register(OWN_MINIMUM - 1), Error::<Test>::BelowMinimum);
		assert_ok!(register(OWN_MINIMUM));
		assert_noop!(register(OWN_MINIMUM), Error::<Test>::AlreadyOperator);
		assert_eq!(held(NEW), OWN_MINIMUM);
		assert_noop!(unbond(NEW, NEW, 1_000), Error::<Test>::BelowMinimum);
	});
}

#[test]
fn who_stands_for_election_or_promises_keeps_stake_of_its_own() {
	test(|| {
		assert_noop!(unbond_all(1, 1), Error::<Test>::OwnStakeTooLow);
		assert_ok!(Restaking::chill(signed(1)));
		assert_noop!(unbond_all(1, 1), Error::<Test>::OwnStakeTooLow);
		assert_ok!(unbond(1, 1, 1_000_000));
		assert_ok!(allocate(1, CONSENSUS, 0));
		assert_noop!(unbond_all(1, 1), Error::<Test>::OwnStakeTooLow);
		assert_ok!(allocate(1, DA, 0));
		// It answers for this era; nothing is promised for the next.
		assert_ok!(unbond_all(1, 1));
	});
}

#[test]
fn an_operator_leaves_when_nothing_is_left() {
	test(|| {
		assert_noop!(Restaking::leave(signed(NEW)), Error::<Test>::NotOperator);
		assert_ok!(register(OWN_MINIMUM));
		assert_ok!(delegate(NEW, 11, 2 * MINIMUM));
		let refuse = || {
			assert_noop!(Restaking::leave(signed(NEW)), Error::<Test>::StillInUse);
		};
		refuse();
		assert_ok!(unbond_all(NEW, NEW));
		assert_ok!(unbond_all(NEW, 11));
		refuse();
		pass(TIMING.bonding);
		assert_ok!(withdraw(NEW, NEW, 0));
		assert_ok!(Restaking::archive(signed(1), NEW));
		assert!(info(NEW).books.is_idle());
		refuse();
		assert_ok!(withdraw(NEW, 11, 0));
		assert_ok!(Restaking::leave(signed(NEW)));
		assert_eq!(last_event(), Event::OperatorLeft { operator: NEW });
		assert_eq!((held(NEW), free(NEW)), (0, ENDOWMENT));
		assert_ok!(register(OWN_MINIMUM));
	});
}

#[test]
fn an_operator_that_worked_leaves_after_its_rewards() {
	test(|| {
		assert_ok!(register(OWN_MINIMUM));
		assert_ok!(Restaking::fund(signed(11), DA, 9_000));
		assert_ok!(Restaking::do_note_work(DA, &NEW, 1));
		assert_ok!(unbond_all(NEW, NEW));
		pass(TIMING.bonding);
		assert_ok!(withdraw(NEW, NEW, 0));
		assert_noop!(Restaking::leave(signed(NEW)), Error::<Test>::StillInUse);
		assert_ok!(Restaking::distribute(signed(1), NEW));
		// Nobody's shares earned in the era of registration: all of it is the operator's.
		assert_eq!(free(NEW), ENDOWMENT + 9_000);
		assert_ok!(Restaking::leave(signed(NEW)));
	});
}

#[test]
fn a_position_holds_a_bounded_number_of_chunks() {
	test(|| {
		assert_ok!(delegate(1, 11, 1_000_000));
		for _ in 0..MAX_ERAS {
			assert_ok!(unbond(1, 11, 1_000_000));
			pass(1);
		}
		assert_noop!(unbond(1, 11, 1_000_000), Error::<Test>::TooManyChunks);
		assert_ok!(withdraw(1, 11, 0));
		assert_ok!(unbond(1, 11, 1_000_000));
		let position = Restaking::position(1, 11).unwrap();
		assert_eq!(position.unlocks.len() as u32, MAX_ERAS);
		let oldest = position.unlocks[0];
		assert_eq!(
			(oldest.era, oldest.free_from, oldest.amount),
			(1, 1 + TIMING.bonding, 1_000)
		);
		assert_eq!(Restaking::portfolio(11), std::slice::from_ref(&position));
		assert_eq!(position.held, 1_000_000 - 1_000);
	});
}

#[test]
fn matured_buckets_leave_the_record() {
	test(|| {
		assert_ok!(delegate(1, 11, 50_000));
		assert_ok!(unbond_all(1, 11));
		assert_noop!(Restaking::archive(signed(2), 1), Error::<Test>::NothingToDo);
		pass(TIMING.bonding);
		assert_ok!(Restaking::archive(signed(2), 1));
		assert!(info(1).books.buckets().is_empty());
		assert!(Archive::<Test>::contains_key(1, 0));
		assert_ok!(withdraw(1, 11, 0));
		assert!(!Archive::<Test>::contains_key(1, 0));
	});
}

#[test]
fn what_a_slash_took_is_burned_when_the_position_is_touched() {
	test(|| {
		assert_ok!(delegate(1, 11, 100_000));
		assert_noop!(Restaking::realise(signed(12), 1, 11), Error::<Test>::NothingToDo);
		// Consensus was promised half.
		assert_eq!(slash(CONSENSUS, 1, 0, Perbill::from_percent(20)), Ok(20_000));
		assert_eq!((held(11), collected()), (100_000, 0), "nobody was touched yet");
		assert_eq!(Restaking::position(1, 11).unwrap().active, 90_000);
		assert_ok!(Restaking::realise(signed(12), 1, 11));
		assert_eq!((held(11), collected()), (90_000, 10_000));
		assert_ok!(unbond_all(1, 11));
		assert_ok!(Restaking::chill(signed(1)));
		assert_ok!(allocate(1, CONSENSUS, 0));
		assert_ok!(allocate(1, DA, 0));
		assert_ok!(unbond_all(1, 1));
		assert_eq!((held(1), collected()), (90_000, 20_000));
	});
}

/// The first operator's whole stake answers for consensus, so that a slash can take all of it.
fn promise_all_to_consensus() {
	assert_ok!(allocate(1, DA, 0));
	pass(TIMING.bonding + 1);
	assert_ok!(Restaking::release(signed(1), 1, DA));
	assert_ok!(allocate(1, CONSENSUS, 100));
}

#[test]
fn a_spent_pool_closes_and_reopens_after_bonding() {
	test(|| {
		promise_all_to_consensus();
		assert_ok!(delegate(1, 11, 100_000));
		pass(2);
		let now = Restaking::now();
		assert_noop!(Restaking::reopen(signed(9), 1), Error::<Test>::CannotReopen);
		slash(CONSENSUS, 1, now, Perbill::from_parts(999_900_000)).unwrap();
		assert_eq!(info(1).candidate, None, "a closed pool elects nobody");
		assert_noop!(delegate(1, 11, 100_000), Error::<Test>::PoolClosed);
		assert_noop!(allocate(1, DA, 1), Error::<Test>::PoolClosed);
		assert_noop!(unbond_all(1, 11), Error::<Test>::StaleGeneration);
		assert_noop!(
			Restaking::realise(signed(12), 1, 11),
			Error::<Test>::StaleGeneration
		);
		assert_ok!(Restaking::convert(signed(12), 1, 11));
		assert_noop!(Restaking::convert(signed(12), 1, 11), Error::<Test>::NothingToDo);
		assert_ok!(Restaking::realise(signed(12), 1, 11));
		assert_eq!(held(11), 10, "a ten-thousandth is left");
		let reopens = || Restaking::operator(1).unwrap().reopens;
		assert_eq!(reopens(), Some(now + TIMING.bonding));
		pass(TIMING.bonding - 1);
		assert_noop!(Restaking::reopen(signed(9), 1), Error::<Test>::CannotReopen);
		pass(1);
		assert_ok!(Restaking::reopen(signed(9), 1));
		assert_eq!(reopens(), None);
		assert_ok!(withdraw(1, 11, now));
		assert_ok!(delegate(1, 12, 10_000));
		assert_eq!(target(1, CONSENSUS).0, 0, "promises begin anew");
		// The operator's own shares still belong to the closed pool.
		assert_noop!(delegate(1, 1, 10_000), Error::<Test>::StaleGeneration);
		assert_ok!(Restaking::convert(signed(12), 1, 1));
		assert_ok!(delegate(1, 1, 10_000));
	});
}

#[test]
fn stake_of_a_closed_pool_is_shown_as_what_it_turns_into() {
	test(|| {
		promise_all_to_consensus();
		assert_ok!(delegate(1, 11, 100_000));
		assert_ok!(unbond(1, 11, 40_000_000));
		pass(2);
		assert_ok!(Restaking::do_note_work(DA, &1, 1));
		assert_ok!(Restaking::fund(signed(12), DA, 1_000_000));
		let now = Restaking::now();
		slash(CONSENSUS, 1, now, Perbill::from_parts(999_900_000)).unwrap();
		pass(1);
		while call(|| Restaking::distribute(signed(9), 1)).is_ok() {}

		let unlock = |era, amount| Unlock {
			era,
			free_from: era + TIMING.bonding,
			amount,
		};
		let shown = Restaking::position(1, 11).unwrap();
		assert_eq!((shown.closed, shown.active, shown.shares), (Some(now), 0, 0));
		// A ten-thousandth of what was staked; what had left before answers for its own faults.
		assert_eq!(shown.unlocks, [unlock(now - 2, 40_000), unlock(now, 6)]);
		assert_eq!(shown.held, 100_000);
		assert!(shown.claimable > 0);
		assert_noop!(
			paid(|| Restaking::claim(signed(9), 1, 11)),
			Error::<Test>::StaleGeneration
		);
		let operator = Restaking::operator(1).unwrap();
		assert_eq!((operator.stake, operator.own, operator.open), (0, 0, false));

		assert_ok!(Restaking::convert(signed(12), 1, 11));
		let converted = Restaking::position(1, 11).unwrap();
		let expected = PositionView {
			closed: None,
			..shown
		};
		assert_eq!(converted, expected);
		let before = free(11);
		assert_ok!(paid(|| Restaking::claim(signed(9), 1, 11)));
		assert_eq!(free(11) - before, expected.claimable);
		pass(TIMING.bonding);
		assert_ok!(withdraw(1, 11, now - 2));
		assert_ok!(withdraw(1, 11, now));
		assert_eq!(free(11) - before, expected.claimable + 40_006);
	});
}

#[test]
fn stake_of_a_closed_pool_that_cannot_be_converted_yet_is_not_hidden() {
	test(|| {
		promise_all_to_consensus();
		assert_ok!(delegate(1, 11, 1_000_000));
		for _ in 0..MAX_ERAS {
			assert_ok!(unbond(1, 11, 1_000_000));
			pass(1);
		}
		let now = Restaking::now();
		slash(CONSENSUS, 1, now, Perbill::from_parts(999_900_000)).unwrap();
		let convert = || call(|| Restaking::convert(signed(12), 1, 11));
		assert_noop!(convert(), Error::<Test>::TooManyChunks);
		let shown = Restaking::position(1, 11).unwrap();
		assert_eq!((shown.closed, shown.active), (Some(now), 0));
		assert_eq!((shown.shares, shown.unlocks.len()), (936_000_000, 64));
		assert_ok!(withdraw(1, 11, shown.unlocks[0].era));
		assert_eq!(Restaking::position(1, 11).unwrap().unlocks.len(), 64);
		assert_ok!(convert());
	});
}

#[test]
fn locked_stake_votes() {
	test(|| {
		let vote = |amount| {
			call(|| {
				Voting::delegate(signed(11), 0, 12, Conviction::Locked1x, amount)
					.map(drop)
					.map_err(|refused| refused.error)
			})
		};
		assert_ok!(delegate(1, 11, 400_000_000_000));
		assert_ok!(vote(ENDOWMENT));
		let votes = pallet_conviction_voting::VotingFor::<Test>::get(11, 0);
		assert_eq!(votes.locked_balance(), ENDOWMENT, "stake counts");
		// A lock lies over the hold, not beside it: what is locked by a vote can still be staked.
		assert_ok!(delegate(1, 11, 400_000_000_000));
		assert_eq!(held(11), 800_000_000_000);
		assert_noop!(
			call(|| Balances::transfer_keep_alive(signed(11), 12, EXISTENTIAL)),
			TokenError::Frozen
		);
		// And slashed: votes do not shield it.
		slash(CONSENSUS, 1, 0, Perbill::one()).unwrap();
		assert_ok!(Restaking::realise(signed(12), 1, 11));
		assert_eq!(held(11), 400_000_000_000);
		assert_ok!(Voting::undelegate(signed(11), 0));
		assert_noop!(vote(ENDOWMENT), VotingError::<Test>::InsufficientFunds);
		assert_ok!(vote(ENDOWMENT - 400_000_000_000));
		// Nor does the lock keep it from being withdrawn.
		assert_ok!(unbond_all(1, 11));
		pass(TIMING.bonding);
		assert_ok!(withdraw(1, 11, 0));
		assert_eq!(held(11), 0);
	});
}

#[test]
fn a_commission_of_nothing_rises_slowly_too() {
	test(|| {
		pass(5);
		assert_ok!(Restaking::register_operator(
			signed(NEW),
			OWN_MINIMUM,
			Perbill::zero()
		));
		let set = || call(|| Restaking::set_commission(signed(NEW), Perbill::from_percent(5)));
		assert_noop!(set(), Error::<Test>::CommissionThrottled);
		pass(1);
		assert_noop!(set(), Error::<Test>::CommissionThrottled);
		pass(1);
		assert_ok!(set());
	});
}

#[test]
fn the_commission_falls_freely_and_rises_slowly() {
	test(|| {
		let set = |percent| call(|| Restaking::set_commission(signed(1), Perbill::from_percent(percent)));
		assert_noop!(
			Restaking::set_commission(signed(NEW), Perbill::zero()),
			Error::<Test>::NotOperator
		);
		pass(5);
		assert_noop!(set(16), Error::<Test>::CommissionThrottled);
		assert_ok!(set(15));
		pass(1);
		assert_noop!(set(16), Error::<Test>::CommissionThrottled);
		assert_ok!(set(3));
		pass(3);
		assert_ok!(set(8));
	});
}
