// SPDX-License-Identifier: Apache-2.0

//! Points, pots, claims.

use super::HISTORY;
use crate::{mock::*, pallet::*, types::*, WorkLedger};
use frame_support::{assert_noop, assert_ok, dispatch::Pays, traits::Hooks, weights::Weight};
use pallet_authorship::EventHandler;
use polkadot_sdk::*;
use sp_runtime::Perbill;

fn work(service: ServiceId, operator: AccountId, points: u64) {
	assert_ok!(Restaking::note_work(service, &operator, points));
}

fn distribute(operator: AccountId) -> sp_runtime::DispatchResult {
	call(|| Restaking::distribute(signed(9), operator))
}

fn claim(operator: AccountId, account: AccountId) -> sp_runtime::DispatchResult {
	paid(|| Restaking::claim(signed(9), operator, account)).map(drop)
}

/// A second era, so that the genesis stake earns.
fn test_rewards(of: impl FnOnce()) {
	test(|| {
		assert_ok!(delegate(1, 11, STAKE));
		pass(1);
		OPERATORS.iter().for_each(|who| distribute(*who).unwrap());
		of();
	});
}

#[test]
fn authors_earn_what_is_issued_and_fees_go_by_proven_work() {
	test_rewards(|| {
		(0..3).for_each(|_| Restaking::note_author(1));
		Restaking::note_author(2);
		// Somebody who is no operator earns nothing.
		Restaking::note_author(9);
		work(DA, 1, 1);
		work(DA, 2, 1);
		issue(4_000);
		assert_ok!(Restaking::fund(signed(12), DA, 2_000));
		assert_noop!(distribute(1), Error::<Test>::NothingToDistribute);
		pass(1);
		assert_ok!(distribute(1));
		// 3,000 of the issuance and half of the fees; a tenth is commission.
		assert_eq!(
			last_event(),
			Event::RewardDistributed {
				operator: 1,
				era: 1,
				amount: 4_000,
				own: 400
			}
		);
		assert_eq!(free(1), ENDOWMENT - STAKE + 400);
		assert_eq!(Restaking::claimable(1, 11), 1_800);
		assert_ok!(claim(1, 11));
		assert_noop!(claim(1, 11), Error::<Test>::NothingToDo);
		assert_ok!(claim(1, 1));
		assert_eq!(
			(free(11), free(1)),
			(ENDOWMENT - STAKE + 1_800, ENDOWMENT - STAKE + 2_200)
		);
		assert_ok!(distribute(2));
		assert_ok!(claim(2, 2));
		assert_eq!(free(2), ENDOWMENT - STAKE + 2_000);
		assert_eq!(free(Restaking::pot()), EXISTENTIAL, "to the last planck");
		assert_noop!(distribute(9), Error::<Test>::NotOperator);
		assert_noop!(claim(9, 9), Error::<Test>::NotOperator);
		assert_eq!(Restaking::claimable(9, 9), 0);
	});
}

#[test]
fn rewards_can_be_claimed_for_the_whole_history() {
	test_rewards(|| {
		work(DA, 1, 1);
		assert_ok!(Restaking::fund(signed(12), DA, 1_000));
		pass(1);
		assert_ok!(distribute(1));
		// The present era and the next one belong to the history.
		pass(HISTORY - 3);
		assert_ok!(claim(1, 11));
		assert_eq!(free(11), ENDOWMENT - STAKE + 450);
	});
}

#[test]
fn what_nobody_drew_goes_to_those_who_still_earn() {
	test_rewards(|| {
		let expire = |service, era| paid(|| Restaking::expire_pot(signed(9), service, era));
		let forget = |era| paid(|| Restaking::expire_work(signed(9), 1, era));
		work(DA, 1, 1);
		assert_ok!(Restaking::fund(signed(12), DA, 1_000));
		// Nobody works for this one.
		assert_ok!(Restaking::fund(signed(12), COMPUTE, 500));
		assert_noop!(expire(COMPUTE, 1), Error::<Test>::NothingToDo);
		pass(1);
		assert_eq!(expire(COMPUTE, 1), Ok(Pays::No));
		assert_eq!(Pots::<Test>::get(COMPUTE, 2).amount, 500);
		assert_noop!(expire(DA, 1), Error::<Test>::NothingToDo);
		assert_noop!(expire(DA, 2), Error::<Test>::NothingToDo);
		assert_noop!(forget(1), Error::<Test>::NothingToDo);
		pass(HISTORY - 3);
		assert_noop!(forget(1), Error::<Test>::NothingToDo);
		pass(1);
		assert_eq!(forget(1), Ok(Pays::No));
		assert_eq!(expire(DA, 1), Ok(Pays::No));
		let now = Restaking::now();
		assert_eq!(Pots::<Test>::get(DA, now).amount, 1_000);
		work(DA, 2, 7);
		pass(1);
		// Distribution goes on with the oldest era that it still knows.
		for _ in 0..HISTORY - 2 {
			assert_ok!(distribute(2));
		}
		assert_ok!(claim(2, 2));
		assert_eq!(free(2), ENDOWMENT - STAKE + 1_000);
	});
}

#[test]
fn blocks_with_room_distribute_and_clean_up() {
	test_rewards(|| {
		work(DA, 1, 1);
		work(DA, 2, 1);
		assert_ok!(Restaking::fund(signed(12), DA, 2_000));
		assert_ok!(Restaking::fund(signed(12), COMPUTE, 500));
		assert_ok!(unbond_all(1, 11));
		pass(TIMING.bonding);
		assert_ok!(withdraw(1, 11, 1));
		assert!(
			Positions::<Test>::contains_key(1, 11),
			"its last reward is not paid"
		);
		Restaking::on_idle(1, Weight::zero());
		assert_eq!(
			Pots::<Test>::iter_keys().count(),
			2,
			"without room nothing happens"
		);
		// A look at each of a dozen entries, at each operator once for every era.
		(0..2 * TIMING.bonding).for_each(|_| idle_block());
		let pots: Vec<_> = Pots::<Test>::iter_keys().collect();
		assert_eq!(
			pots,
			[(COMPUTE, Restaking::now())],
			"what nobody drew waits for others"
		);
		assert_eq!(Work::<Test>::iter_keys().count(), 0);
		assert!(!Positions::<Test>::contains_key(1, 11));
		assert_eq!(free(11), ENDOWMENT + 450);
		assert_noop!(distribute(1), Error::<Test>::NothingToDistribute);
		// Points that became too old are forgotten, and their pot goes on.
		work(DA, 1, 1);
		assert_ok!(Restaking::fund(signed(12), DA, 70));
		pass(HISTORY);
		(0..TIMING.bonding).for_each(|_| idle_block());
		assert_eq!(Work::<Test>::iter_keys().count(), 0);
		assert_eq!(Pots::<Test>::get(DA, Restaking::now()).amount, 70);
	});
}

#[test]
fn money_and_work_have_to_be_something() {
	test(|| {
		assert_noop!(
			Restaking::fund(signed(12), ServiceId(9), 1),
			Error::<Test>::UnknownService
		);
		assert_noop!(Restaking::fund(signed(12), DA, 0), Error::<Test>::ZeroAmount);
		assert_noop!(Restaking::note_work(DA, &1, 0), Error::<Test>::ZeroAmount);
		assert_noop!(Restaking::note_work(DA, &9, 1), Error::<Test>::NotOperator);
		(0..4).for_each(|service| work(ServiceId(service), 1, 1));
		assert_noop!(
			Restaking::note_work(ServiceId(4), &1, 1),
			Error::<Test>::TooManyAllocations
		);
		work(DA, 1, u64::MAX - 1);
		assert_noop!(Restaking::note_work(DA, &1, 1), Error::<Test>::Accounting);
	});
}

#[test]
fn the_last_reward_of_a_dead_account_keeps_no_operator_from_leaving() {
	test(|| {
		let new = 13;
		assert_ok!(Restaking::register_operator(signed(new), STAKE, Perbill::zero()));
		assert_ok!(delegate(new, 11, STAKE));
		pass(1);
		work(DA, new, 1);
		assert_ok!(Restaking::fund(signed(12), DA, EXISTENTIAL));
		pass(1);
		assert_ok!(distribute(new));
		assert_ok!(distribute(new));
		assert_eq!(Restaking::claimable(new, 11), EXISTENTIAL / 2);
		assert_ok!(unbond_all(new, 11));
		assert_ok!(unbond_all(new, new));
		let era = Restaking::now();
		pass(TIMING.bonding);
		withdraw(new, 11, era).unwrap();
		withdraw(new, new, era).unwrap();
		Balances::force_set_balance(RuntimeOrigin::root(), 11, 0).unwrap();
		(0..TIMING.bonding).for_each(|_| distribute(new).unwrap());
		assert_ok!(claim(new, new));
		assert_noop!(Restaking::leave(signed(new)), Error::<Test>::StillInUse);
		let last = paid(|| Restaking::claim(signed(9), new, 11));
		assert_eq!(last, Ok(Pays::No), "it cleans up");
		let pot = Pots::<Test>::get(CONSENSUS, Restaking::now());
		assert_eq!((free(11), pot.amount), (0, EXISTENTIAL / 2));
		assert_ok!(Restaking::leave(signed(new)));
	});
}

#[test]
fn an_operator_that_cannot_take_its_part_holds_up_nobody() {
	test(|| {
		let (new, commission) = (13, Perbill::from_percent(5));
		assert_ok!(Restaking::register_operator(signed(new), STAKE, commission));
		assert_ok!(delegate(new, 11, STAKE));
		pass(1);
		work(DA, new, 1);
		assert_ok!(Restaking::fund(signed(12), DA, 1_000));
		assert_ok!(unbond_all(new, new));
		pass(TIMING.bonding);
		assert_ok!(withdraw(new, new, 1));
		// The account is gone, and its part is less than the existential deposit.
		Balances::force_set_balance(RuntimeOrigin::root(), new, 0).unwrap();
		assert_ok!(distribute(new));
		assert_ok!(distribute(new));
		assert_eq!((free(new), Restaking::claimable(new, 11)), (0, 475));
		assert_eq!(Pots::<Test>::get(CONSENSUS, Restaking::now()).amount, 50);
	});
}
