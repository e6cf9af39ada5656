// SPDX-License-Identifier: Apache-2.0

//! Whatever governance sets, what counts breaks nothing.

use super::{
	blobs::{certify, row_of, submit},
	chain::{eras, local, slots},
};
use crate::{
	parameters::dynamic_params::{data_availability as da, restaking as stake},
	*,
};
use frame_support::{
	assert_noop, assert_ok,
	storage::with_storage_layer,
	traits::{fungible::InspectHold, Get, Hooks},
};
use pallet_data_availability::{HoldReason, OpenChallenges, BUCKET};
use pallet_restaking::Error;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{DispatchResult, Perbill};
use zerog_erasure::{Namespace, Profile};
use zerog_primitives::units::ZG;

fn set(parameter: RuntimeParameters) {
	assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), parameter));
}

/// Sets every amount, every other number and every part of a whole.
fn set_all(amount: Balance, number: u32, part: Perbill) {
	let bytes = u64::try_from(amount).unwrap_or(u64::MAX);
	let all: [da::Parameters; 6] = [
		(da::PendingLimit, bytes).into(),
		(da::CustodyPrice, amount).into(),
		(da::KeyFee, amount).into(),
		(da::ChallengeDeposit, amount).into(),
		(da::SamplePeriod, number).into(),
		(da::Samples, number).into(),
	];
	for parameter in all {
		set(RuntimeParameters::DataAvailability(parameter));
	}
	let all: [stake::Parameters; 10] = [
		(stake::MinimumDelegation, amount).into(),
		(stake::MinimumOperatorStake, amount).into(),
		(stake::MinimumValidatorStake, amount).into(),
		(stake::MinimumValidators, number).into(),
		(stake::Validators, number).into(),
		(stake::MaxCommissionRise, part).into(),
		(stake::CommissionInterval, number).into(),
		(stake::ReportBond, amount).into(),
		(stake::UnansweredFraction, part).into(),
		(stake::YearlyIssuance, part).into(),
	];
	for parameter in all {
		set(RuntimeParameters::Restaking(parameter));
	}
}

fn least() {
	set_all(0, 0, Perbill::zero());
}

fn greatest() {
	set_all(Balance::MAX, u32::MAX, Perbill::one());
}

/// Bytes, amounts, other numbers, parts of a whole.
type Counted = (u64, [Balance; 7], [u32; 3], [Perbill; 3]);

/// What counts.
fn counted() -> Counted {
	use ranges::{data_availability as da, restaking as stake};
	(
		da::PendingLimit::get(),
		[
			da::CustodyPrice::get(),
			da::KeyFee::get(),
			da::ChallengeDeposit::get(),
			stake::MinimumDelegation::get(),
			stake::MinimumOperatorStake::get(),
			stake::MinimumValidatorStake::get(),
			stake::ReportBond::get(),
		],
		[
			stake::MinimumValidators::get(),
			stake::Validators::get(),
			stake::CommissionInterval::get(),
		],
		[
			stake::MaxCommissionRise::get(),
			stake::UnansweredFraction::get(),
			stake::YearlyIssuance::get(),
		],
	)
}

#[test]
fn what_counts_is_what_was_set_within_its_range() {
	local(|| {
		let percents = |parts: [u32; 3]| parts.map(Perbill::from_percent);
		let largest = Profile::ALL.iter().map(|profile| profile.coded_bytes()).max();
		let defaults: Counted = (
			48 << 30,
			[50, ZG / 10, ZG / 10, ZG, 1_000 * ZG, 1_000 * ZG, 100 * ZG],
			[1, 200, 7],
			percents([5, 1, 4]),
		);
		assert_eq!(counted(), defaults);
		least();
		let nothing = Perbill::zero();
		assert_eq!(
			counted(),
			(
				largest.unwrap(),
				[1, ZG / 100, ZG / 100, ZG / 10, 100 * ZG, 100 * ZG, ZG],
				[1, 1, 1],
				[nothing, Perbill::from_perthousand(1), nothing]
			)
		);
		greatest();
		assert_eq!(
			counted(),
			(
				u64::MAX,
				[
					1_000_000,
					100 * ZG,
					100 * ZG,
					100 * ZG,
					100_000 * ZG,
					100_000 * ZG,
					10_000 * ZG
				],
				[200, 200, 365],
				percents([20, 50, 10])
			)
		);
	});
}

/// What the pallets ask of their parameters.
fn check() {
	<Restaking as Hooks<BlockNumber>>::integrity_test();
	<Networks as Hooks<BlockNumber>>::integrity_test();
	<DataAvailability as Hooks<BlockNumber>>::integrity_test();
}

/// A call as a block makes it: a refused one changes nothing.
fn call(call: impl FnOnce() -> DispatchResult) -> DispatchResult {
	with_storage_layer(call)
}

fn delegate(amount: Balance) -> DispatchResult {
	call(|| {
		Restaking::delegate(
			RuntimeOrigin::signed(Eve.to_account_id()),
			Alice.to_account_id(),
			amount,
		)
	})
}

fn register(amount: Balance) -> DispatchResult {
	call(|| {
		Restaking::register_operator(
			RuntimeOrigin::signed(Eve.to_account_id()),
			amount,
			Perbill::zero(),
		)
	})
}

/// Sets Alice's commission, which is 5 %.
fn commission(percent: u32) -> DispatchResult {
	call(|| {
		Restaking::set_commission(
			RuntimeOrigin::signed(Alice.to_account_id()),
			Perbill::from_percent(percent),
		)
	})
}

fn chill(operator: AccountId) -> DispatchResult {
	call(|| Restaking::chill(RuntimeOrigin::signed(operator)))
}

/// Eve pays for a blob and challenges Alice, who does not answer: custody and deposit on hold, and what Alice loses.
fn unanswered() -> (Balance, Balance, Balance) {
	let (alice, eve) = (Alice.to_account_id(), Eve.to_account_id());
	let on_hold = |reason: HoldReason| Balances::balance_on_hold(&reason.into(), &eve);
	let stake = || Restaking::operator(alice.clone()).unwrap().stake;
	let blob = submit(1, Namespace([0; 32]));
	certify(blob);
	let custody = on_hold(HoldReason::Custody);
	let improvement: BlockNumber = <Runtime as pallet_data_availability::Config>::ImprovementWindow::get();
	slots(improvement + 1);
	let challenged =
		DataAvailability::challenge(RuntimeOrigin::signed(eve.clone()), blob, row_of(blob, &alice));
	assert_ok!(challenged);
	let (deposit, before) = (on_hold(HoldReason::Challenge), stake());
	let window: BlockNumber = <Runtime as pallet_data_availability::Config>::ChallengeWindow::get();
	slots(window + BUCKET + 3);
	assert_eq!(OpenChallenges::<Runtime>::get(), 0);
	assert_eq!(on_hold(HoldReason::Challenge), 0);
	(custody, deposit, before - stake())
}

#[test]
fn with_the_least_of_everything_nothing_is_free_and_the_last_validator_stays() {
	local(|| {
		least();
		check();
		assert_noop!(delegate(ZG / 10 - 1), Error::<Runtime>::BelowMinimum);
		assert_ok!(delegate(ZG / 10));
		assert_noop!(register(100 * ZG - 1), Error::<Runtime>::BelowMinimum);
		assert_ok!(register(100 * ZG));
		assert_noop!(commission(6), Error::<Runtime>::CommissionThrottled);

		let (custody, deposit, lost) = unanswered();
		assert!(custody > 0);
		assert_eq!(deposit, ZG / 100);
		// A thousandth of 30 % of 100,000 ZG.
		assert!(lost.abs_diff(30 * ZG) < ZG / 1_000, "{lost}");

		let dave = Dave.to_account_id();
		for other in [Alice, Bob, Charlie] {
			assert_ok!(chill(other.to_account_id()));
		}
		assert_noop!(chill(dave.clone()), Error::<Runtime>::DutyOpen);
		eras(2);
		assert_eq!(Session::validators(), core::slice::from_ref(&dave));
		assert_noop!(chill(dave), Error::<Runtime>::DutyOpen);
	});
}

#[test]
fn with_the_greatest_of_everything_all_can_be_afforded_and_the_validators_stay_with_their_stake() {
	local(|| {
		greatest();
		check();
		assert_noop!(delegate(100 * ZG - 1), Error::<Runtime>::BelowMinimum);
		assert_ok!(delegate(100 * ZG));
		assert_noop!(register(100_000 * ZG - 1), Error::<Runtime>::BelowMinimum);
		assert_ok!(register(100_000 * ZG));
		assert_noop!(commission(6), Error::<Runtime>::CommissionThrottled);

		let (custody, deposit, lost) = unanswered();
		assert!(custody > 0);
		assert_eq!(deposit, 100 * ZG);
		// The half of 30 % of 100,100 ZG, which is the most that the service may take.
		assert!(lost.abs_diff(15_015 * ZG) < ZG / 1_000, "{lost}");

		let validators = Session::validators();
		eras(2);
		assert_eq!(Session::validators(), validators);
		for operator in validators {
			assert_noop!(chill(operator), Error::<Runtime>::DutyOpen);
		}
	});
}

#[test]
fn no_vote_lets_a_commission_rise_all_at_once() {
	local(|| {
		set(RuntimeParameters::Restaking(
			(stake::MaxCommissionRise, Perbill::one()).into(),
		));
		set(RuntimeParameters::Restaking(
			(stake::CommissionInterval, 0u32).into(),
		));
		assert_noop!(commission(26), Error::<Runtime>::CommissionThrottled);
		assert_ok!(commission(25));
		assert_noop!(commission(26), Error::<Runtime>::CommissionThrottled);
		eras(1);
		assert_ok!(commission(26));
	});
}
