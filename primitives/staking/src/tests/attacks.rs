// SPDX-License-Identifier: Apache-2.0

//! What an attacker would try.

use super::ledger::TIMING;
use crate::*;
use codec::MaxEncodedLen;
use sp_arithmetic::Perbill;

const JUNIOR: Seniority = Seniority::Junior;

fn delegate(operator: &mut Operator, now: Era, amount: Balance) -> Position {
	let mut position = Position::default();
	position.delegate(operator, now, amount, 0).unwrap();
	position
}

fn allocate(operator: &Operator, target: Magnitude, now: Era) -> Allocation {
	let mut allocation = Allocation::default();
	allocation
		.allocate(operator, JUNIOR, [], Magnitude(0), target, now, &TIMING)
		.unwrap();
	allocation
}

#[test]
fn the_first_depositor_cannot_inflate_the_price() {
	let mut operator = Operator::new(1);
	let mut attacker = delegate(&mut operator, 1, 1_000_000);
	// All but one share leave: the one that stays is worth a planck instead of a thousandth of it.
	let rest = Shares(attacker.shares().0 - 1);
	attacker.unbond(&mut operator, 1, rest, 0, &TIMING).unwrap();
	assert_eq!((operator.active().stake, operator.shares()), (1, Shares(1)));
	let victim = delegate(&mut operator, 1, 999_999);
	assert_eq!(victim.value(&operator), Ok(999_999));
	assert_eq!(attacker.value(&operator), Ok(1));
}

#[test]
fn dust_takes_nothing_from_others() {
	let mut operator = Operator::new(1);
	let victim = delegate(&mut operator, 1, 10_000);
	let mut attacker = delegate(&mut operator, 1, 10_000);
	let mut allocation = allocate(&operator, Magnitude(WHOLE.0 / 3), 1);
	slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		5,
		Perbill::one(),
		5,
		&TIMING,
	)
	.unwrap();
	let before = victim.value(&operator).unwrap();
	let mut taken = 0;
	while let Ok(unbonded) = attacker.unbond(&mut operator, 6, Shares(1_501), 0, &TIMING) {
		taken += unbonded.amount;
	}
	assert!(taken <= 6_667);
	assert!(victim.value(&operator).unwrap() >= before);
}

#[test]
fn dust_positions_do_not_dodge_a_slash() {
	let mut operator = Operator::new(1);
	let mut positions: Vec<_> = (0..100).map(|_| delegate(&mut operator, 1, 1)).collect();
	let mut allocation = allocate(&operator, Magnitude(WHOLE.0 / 2), 1);
	slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		5,
		Perbill::one(),
		5,
		&TIMING,
	)
	.unwrap();
	let burned: Balance = positions
		.iter_mut()
		.map(|position| position.realise(&operator).unwrap())
		.sum();
	assert!(burned >= 50);
}

#[test]
fn a_slash_cannot_be_sandwiched() {
	let stake = 1_000_000;
	let run = |leave: bool| {
		let mut operator = Operator::new(1);
		let mut position = delegate(&mut operator, 1, stake);
		let _other = delegate(&mut operator, 1, stake);
		let mut allocation = allocate(&operator, Magnitude(WHOLE.0 / 2), 1);
		if leave {
			let all = position.shares();
			position.unbond(&mut operator, 5, all, 0, &TIMING).unwrap();
		}
		slash(
			&mut operator,
			&mut allocation,
			JUNIOR,
			5,
			Perbill::one(),
			6,
			&TIMING,
		)
		.unwrap();
		position.realise(&operator).unwrap()
	};
	assert_eq!((run(false), run(true)), (stake / 2, stake / 2));
	// Entering after the slash buys at the new price, and nothing else.
	let mut operator = Operator::new(1);
	let _other = delegate(&mut operator, 1, stake);
	let mut allocation = allocate(&operator, Magnitude(WHOLE.0 / 2), 1);
	slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		5,
		Perbill::one(),
		6,
		&TIMING,
	)
	.unwrap();
	assert_eq!(delegate(&mut operator, 6, stake).value(&operator), Ok(stake));
}

#[test]
fn an_own_small_slash_does_not_shield_what_has_left() {
	let mut operator = Operator::new(1);
	let mut position = delegate(&mut operator, 1, 1_000_000);
	let mut allocation = allocate(&operator, WHOLE, 1);
	let almost_all = Shares(position.shares().0 - 10_000);
	position.unbond(&mut operator, 5, almost_all, 0, &TIMING).unwrap();
	// A later fault, reported first, uses up what the active stake owes.
	slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		6,
		Perbill::one(),
		7,
		&TIMING,
	)
	.unwrap();
	assert_eq!(operator.buckets()[0].piece.stake, 999_990);
	let slashed = slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		4,
		Perbill::one(),
		7,
		&TIMING,
	);
	assert_eq!(slashed.unwrap().unbonding, 999_990);
}

#[test]
fn changing_an_allocation_around_a_slash_helps_nobody() {
	let mut operator = Operator::new(1);
	let _position = delegate(&mut operator, 1, 1_000_000);
	let half = Magnitude(WHOLE.0 / 2);
	let mut allocation = allocate(&operator, half, 1);
	// Away before the report, and a little of it back.
	for (expected, target) in [(half, Magnitude(0)), (Magnitude(0), Magnitude(1))] {
		allocation
			.allocate(&operator, JUNIOR, [], expected, target, 5, &TIMING)
			.unwrap();
	}
	let slashed = slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		5,
		Perbill::one(),
		8,
		&TIMING,
	);
	assert_eq!(slashed.unwrap().active, 500_000);
	// A call signed before the slash says what it expected, and is refused.
	let late = allocation.allocate(&operator, JUNIOR, [], Magnitude(1), half, 8, &TIMING);
	assert_eq!(late, Err(Error::UnexpectedAllocation));
}

#[test]
fn buckets_never_run_out() {
	let longest = Timing {
		bonding: 52,
		..TIMING
	};
	assert_eq!(longest.check(), Ok(()));
	let mut operator = Operator::new(1);
	let positions: Vec<_> = (0..400).map(|_| delegate(&mut operator, 1, 1)).collect();
	// Somebody unbonds in every era and never withdraws; in between a slash that nobody executes locks them all.
	for (mut position, now) in positions.into_iter().zip(1..) {
		match now {
			200 => operator.report(now, now, &longest).unwrap(),
			300 => operator.decide(200).unwrap(),
			_ => {}
		}
		let all = position.shares();
		position.unbond(&mut operator, now, all, 0, &longest).unwrap();
		assert!(operator.buckets().len() <= (longest.bonding + GRACE) as usize);
	}
}

#[test]
fn histories_never_run_out() {
	let longest = Timing {
		bonding: 52,
		..TIMING
	};
	let mut operator = Operator::new(1);
	let mut allocation = Allocation::default();
	let mut position = Position::default();
	let mut book = RewardBook::new(Perbill::from_percent(50), 1).unwrap();
	// Everything changes in every era, nobody claims, and for a while a slash that nobody executes keeps it all.
	for now in 1..400 {
		match now {
			200 => operator.report(now, now, &longest).unwrap(),
			300 => operator.decide(200).unwrap(),
			_ => {}
		}
		let delegated = position.delegate(&mut operator, now, 1_000_000, 0);
		assert_eq!(delegated.is_err(), (200..300).contains(&now));
		let (expected, rise) = (allocation.target(), Magnitude(u64::from(now % 2)));
		let target = Magnitude(WHOLE.0 / 2 + rise.0);
		allocation
			.allocate(&operator, JUNIOR, [], expected, target, now, &longest)
			.unwrap();
		for fault in [operator.horizon(now, &longest).max(1), now] {
			let fraction = Perbill::from_parts(1 + now % 3);
			slash(
				&mut operator,
				&mut allocation,
				JUNIOR,
				fault,
				fraction,
				now,
				&longest,
			)
			.unwrap();
		}
		book.distribute(&operator, now - 1, 10, now).unwrap_or_default();
		book.set_commission(Perbill::from_parts(500_000_000 - now), Perbill::zero(), 0, now)
			.unwrap();
	}
	assert_eq!(operator.closed(), None);
}

#[test]
fn an_operator_without_stake_can_be_slashed_and_recovers_nothing() {
	let mut operator = Operator::new(1);
	let mut allocation = allocate(&operator, Magnitude(WHOLE.0 / 2), 1);
	let slashed = slash(
		&mut operator,
		&mut allocation,
		JUNIOR,
		5,
		Perbill::one(),
		5,
		&TIMING,
	);
	let slashed = slashed.unwrap();
	assert_eq!((slashed.active, slashed.closed), (0, None));
	assert_eq!(operator.active().magnitude, Magnitude(WHOLE.0 / 2));
	assert_eq!(slashable(&operator, &allocation, JUNIOR, 6, 6), Ok(0));
	assert_eq!(delegate(&mut operator, 6, 10).value(&operator), Ok(10));
}

#[test]
fn the_largest_amounts_are_refused_and_the_largest_stake_is_slashed() {
	let mut operator = Operator::new(1);
	for (amount, error) in [
		(Balance::MAX, Error::Overflow),
		(MAX_STAKE + 1, Error::StakeTooLarge),
		(0, Error::ZeroAmount),
	] {
		let refused = Position::default().delegate(&mut operator.clone(), 1, amount, 0);
		assert_eq!(refused, Err(error));
	}
	let mut position = delegate(&mut operator, 1, MAX_STAKE);
	let mut allocation = allocate(&operator, WHOLE, 1);
	let quarter = Shares(position.shares().0 / 4);
	position.unbond(&mut operator, 9, quarter, 0, &TIMING).unwrap();
	for (fault, parts) in [(4, 998_000_000), (5, 1), (6, 999_000_000)] {
		let fraction = Perbill::from_parts(parts);
		slash(
			&mut operator,
			&mut allocation,
			JUNIOR,
			fault,
			fraction,
			9,
			&TIMING,
		)
		.unwrap();
	}
	assert_eq!(operator.closed(), Some(9));
	assert_eq!(operator.active().stake, 0);
}

#[test]
fn a_fraction_cannot_be_split_to_take_more_or_less() {
	let run = |steps: &[u32]| {
		let mut operator = Operator::new(1);
		let _position = delegate(&mut operator, 1, 1_000_000);
		let mut allocation = allocate(&operator, Magnitude(WHOLE.0 / 3), 1);
		for percent in steps {
			let fraction = Perbill::from_percent(*percent);
			slash(
				&mut operator,
				&mut allocation,
				Seniority::Senior,
				5,
				fraction,
				6,
				&TIMING,
			)
			.unwrap();
		}
		operator.active().stake
	};
	let all: Vec<u32> = (1..=100).collect();
	assert!(run(&all).abs_diff(run(&[100])) <= 100, "one planck a rounding");
}

#[test]
fn records_stay_small() {
	assert!(Operator::max_encoded_len() < 8_192);
	assert!(Allocation::max_encoded_len() < 4_096);
	assert!(Position::max_encoded_len() < 8_192);
	assert!(RewardBook::max_encoded_len() < 8_192);
}
