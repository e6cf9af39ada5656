// SPDX-License-Identifier: Apache-2.0

//! Each formula with exact numbers.

use super::ledger::TIMING;
use crate::*;
use sp_arithmetic::Perbill;

const NO_MINIMUM: Balance = 0;

fn percent(percent: u64) -> Magnitude {
	Magnitude(WHOLE.0 / 100 * percent)
}

/// An operator with `stake` that promises `percents` to consensus, A and B, in force in era 10.
fn operator(stake: Balance, percents: [u64; 3]) -> (Operator, Position, [Allocation; 3]) {
	let (mut operator, mut position) = (Operator::new(1), Position::default());
	position.delegate(&mut operator, 1, stake, NO_MINIMUM).unwrap();
	let allocations = percents.map(|target| {
		let mut allocation = Allocation::default();
		let seniority = Seniority::Senior;
		allocation
			.allocate(
				&operator,
				seniority,
				[],
				Magnitude(0),
				percent(target),
				1,
				&TIMING,
			)
			.unwrap();
		allocation
	});
	(operator, position, allocations)
}

#[test]
fn an_empty_pool_sells_a_thousand_shares_a_planck() {
	let (mut operator, mut position, mut allocations) = operator(1_000, [0, 50, 0]);
	assert_eq!(position.shares(), Shares(1_000_000));
	slash(
		&mut operator,
		&mut allocations[1],
		Seniority::Junior,
		10,
		Perbill::from_percent(50),
		10,
		&TIMING,
	)
	.unwrap();
	assert_eq!(operator.active().stake, 750);
	// 100 planck × 10^6 shares / 750 planck, rounded down; they are worth 99.
	let mut late = Position::default();
	assert_eq!(
		late.delegate(&mut operator, 10, 100, NO_MINIMUM),
		Ok(Shares(133_333))
	);
	assert_eq!(late.value(&operator), Ok(99));
	assert_eq!(position.value(&operator), Ok(750));
	assert_eq!((position.realise(&operator), position.held()), (Ok(250), Ok(750)));
	assert_eq!(position.realise(&operator), Ok(0), "a loss is realised once");
}

#[test]
fn a_junior_slash_leaves_the_others_what_they_had() {
	let (mut operator, _, mut allocations) = operator(1_000_000, [30, 40, 20]);
	let of = |operator: &Operator, allocations: &[Allocation; 3]| {
		[
			slashable(operator, &allocations[0], Seniority::Senior, 10, 10).unwrap(),
			slashable(operator, &allocations[1], Seniority::Junior, 10, 10).unwrap(),
			slashable(operator, &allocations[2], Seniority::Junior, 10, 10).unwrap(),
		]
	};
	assert_eq!(of(&operator, &allocations), [300_000, 400_000, 200_000]);
	let slashed = slash(
		&mut operator,
		&mut allocations[1],
		Seniority::Junior,
		9,
		Perbill::from_percent(25),
		10,
		&TIMING,
	);
	assert_eq!(slashed.unwrap().active, 100_000);
	assert_eq!(of(&operator, &allocations), [300_000, 300_000, 200_000]);
}

#[test]
fn consensus_takes_from_all_and_published_security_is_net_of_it() {
	let (mut operator, _, mut allocations) = operator(1_000_000, [30, 40, 20]);
	assert_eq!(
		slashable_net(&operator, &allocations[1], &allocations[0], 10, 10),
		Ok(280_000)
	);
	let slashed = slash(
		&mut operator,
		&mut allocations[0],
		Seniority::Senior,
		10,
		Perbill::one(),
		10,
		&TIMING,
	);
	assert_eq!(slashed.unwrap().active, 300_000);
	assert_eq!(
		slashable(&operator, &allocations[1], Seniority::Junior, 10, 10),
		Ok(280_000)
	);
	assert_eq!(
		slashable_net(&operator, &allocations[1], &allocations[0], 10, 10),
		Ok(280_000)
	);
	assert_eq!(
		slashable(&operator, &allocations[0], Seniority::Senior, 10, 10),
		Ok(0)
	);
}

#[test]
fn the_faults_of_an_era_are_charged_once_with_the_highest_fraction() {
	let orders = [[20u32, 50, 30], [50, 30, 20], [30, 20, 50]];
	for (order, fault) in orders.into_iter().flat_map(|order| [(order, 8), (order, 10)]) {
		let (mut operator, _, mut allocations) = operator(1_000_000, [0, 40, 0]);
		for fraction in order {
			slash(
				&mut operator,
				&mut allocations[1],
				Seniority::Junior,
				fault,
				Perbill::from_percent(fraction),
				10,
				&TIMING,
			)
			.unwrap();
		}
		assert_eq!(operator.active().stake, 800_000);
	}
}

#[test]
fn a_slash_reaches_what_unbonded_in_the_faults_era_or_later() {
	let (mut operator, mut position, mut allocations) = operator(1_000_000, [0, 50, 50]);
	for era in [8, 9] {
		position
			.unbond(&mut operator, era, Shares(300_000_000), NO_MINIMUM, &TIMING)
			.unwrap();
	}
	let slashed = slash(
		&mut operator,
		&mut allocations[1],
		Seniority::Junior,
		9,
		Perbill::one(),
		11,
		&TIMING,
	)
	.unwrap();
	assert_eq!((slashed.active, slashed.unbonding), (200_000, 150_000));
	// What had left before still answers for its own era, with all that the service was promised then.
	let slashed = slash(
		&mut operator,
		&mut allocations[1],
		Seniority::Junior,
		8,
		Perbill::one(),
		11,
		&TIMING,
	)
	.unwrap();
	assert_eq!((slashed.active, slashed.unbonding), (0, 150_000));
	assert_eq!(
		(position.realise(&operator), position.held()),
		(Ok(500_000), Ok(500_000))
	);
}

#[test]
fn a_promise_that_ends_is_charged_until_its_last_fault_can_be_slashed() {
	let (mut operator, _, mut allocations) = operator(1_000_000, [0, 50, 50]);
	let (a, b) = allocations.split_at_mut(2);
	let (a, b) = (&mut a[1], &mut b[0]);
	a.allocate(
		&operator,
		Seniority::Junior,
		[],
		percent(50),
		percent(0),
		10,
		&TIMING,
	)
	.unwrap();
	assert_eq!((a.promised(10), a.promised(11)), (percent(50), percent(0)));
	// The room is kept for faults of era 10 until era 17 is over.
	let last = 10 + TIMING.bonding - 1;
	assert_eq!(a.release(&operator, last, &TIMING), Ok(Magnitude(0)));
	let more = |b: &mut Allocation, a: &Allocation, operator: &Operator, now| {
		let others = [(Seniority::Junior, a)];
		b.allocate(
			operator,
			Seniority::Junior,
			others,
			percent(50),
			percent(60),
			now,
			&TIMING,
		)
	};
	assert_eq!(
		more(&mut b.clone(), a, &operator, last),
		Err(Error::ExceedsMagnitude)
	);
	let (mut slashed_operator, mut slashed_a) = (operator.clone(), a.clone());
	let slashed = slash(
		&mut slashed_operator,
		&mut slashed_a,
		Seniority::Junior,
		10,
		Perbill::one(),
		last,
		&TIMING,
	);
	assert_eq!(slashed.unwrap().active, 500_000);
	assert_eq!(a.release(&operator, last + 1, &TIMING), Ok(percent(50)));
	assert_eq!(more(b, a, &operator, last + 1), Ok(()));
	let late = slash(
		&mut operator,
		a,
		Seniority::Junior,
		10,
		Perbill::one(),
		last + 1,
		&TIMING,
	);
	assert_eq!(late, Err(Error::FaultOutOfWindow));
}

#[test]
fn a_rise_that_was_announced_does_not_cover_a_slash() {
	let (mut operator, _, mut allocations) = operator(1_000_000, [0, 20, 0]);
	let a = &mut allocations[1];
	a.allocate(
		&operator,
		Seniority::Junior,
		[],
		percent(20),
		percent(60),
		10,
		&TIMING,
	)
	.unwrap();
	assert_eq!(slashable(&operator, a, Seniority::Junior, 10, 10), Ok(200_000));
	slash(
		&mut operator,
		a,
		Seniority::Junior,
		10,
		Perbill::from_percent(50),
		10,
		&TIMING,
	)
	.unwrap();
	assert_eq!(slashable(&operator, a, Seniority::Junior, 10, 10), Ok(100_000));
	assert_eq!(
		[10, 11, 12].map(|era| a.promised(era)),
		[percent(20), percent(10), percent(50)]
	);
}

#[test]
fn what_can_be_slashed_counts_from_the_era_of_the_fault() {
	let (operator, _, mut allocations) = operator(1_000_000, [0, 20, 0]);
	let a = &mut allocations[1];
	let mut promise = |from, to, now| {
		let (from, to) = (percent(from), percent(to));
		a.allocate(&operator, Seniority::Junior, [], from, to, now, &TIMING)
			.unwrap();
		let all = [10, 11, 12].map(|fault| slashable(&operator, a, Seniority::Junior, fault, 12).unwrap());
		(all, a.most_promised_from(12))
	};
	// A rise counts for faults from its era on, an announced fall for all.
	assert_eq!(promise(20, 60, 10), ([200_000, 200_000, 600_000], percent(60)));
	assert_eq!(promise(60, 50, 12), ([200_000, 200_000, 500_000], percent(60)));
	assert_eq!(promise(50, 0, 12), ([0; 3], percent(60)));
	let before = slashable(&operator, a, Seniority::Junior, operator.opened() - 1, 12);
	assert_eq!(before, Ok(0), "no fault of an earlier pool is charged");
}

#[test]
fn a_pool_slashed_to_almost_nothing_closes_and_reopens_after_bonding() {
	let (mut operator, mut position, mut allocations) = operator(1_000_000, [0, 100, 0]);
	let fraction = Perbill::from_parts(999_900_000);
	let slashed = slash(
		&mut operator,
		&mut allocations[1],
		Seniority::Junior,
		10,
		fraction,
		12,
		&TIMING,
	);
	let mut closed = slashed.unwrap().closed.unwrap();
	assert_eq!((closed.era, closed.bucket_shares), (12, Shares(100)));
	assert_eq!(
		position.delegate(&mut operator, 12, 500, NO_MINIMUM),
		Err(Error::PoolClosed)
	);
	assert_eq!(
		position.unbond(&mut operator, 12, Shares(1), NO_MINIMUM, &TIMING),
		Err(Error::StaleGeneration)
	);
	assert_eq!(position.convert(&mut closed), Ok(0));
	assert!(closed.shares.is_zero());
	assert_eq!(position.convert(&mut closed), Err(Error::WrongGeneration));
	let reopening = 12 + TIMING.bonding;
	assert_eq!(operator.reopens(&TIMING), Some(reopening));
	assert_eq!(operator.reopen(reopening - 1, &TIMING), Err(Error::CannotReopen));
	// A slash that waits puts it off, and is lost in the end.
	operator.report(12, 13, &TIMING).unwrap();
	assert_eq!(operator.reopens(&TIMING), Some(reopening + GRACE));
	for (era, result) in [
		(reopening + GRACE - 1, Err(Error::CannotReopen)),
		(reopening + GRACE, Ok(())),
	] {
		assert_eq!(operator.clone().reopen(era, &TIMING), result);
	}
	operator.decide(12).unwrap();
	operator.reopen(reopening, &TIMING).unwrap();
	assert_eq!(operator.reopens(&TIMING), None);
	assert_eq!(
		position.delegate(&mut operator, reopening, 500, NO_MINIMUM),
		Ok(Shares(500_000))
	);
	assert_eq!(operator.active().magnitude, WHOLE);
	assert_eq!(
		allocations[1].clone().of(&operator),
		Allocation::default().of(&operator)
	);
	let paid = position.withdraw(&mut operator, None, 12, reopening, &TIMING);
	assert_eq!(
		paid,
		Ok(Withdrawn {
			paid: 100,
			burned: 999_900
		})
	);
}

#[test]
fn a_pending_slash_locks_what_it_may_reach_and_keeps_new_stake_out() {
	let (mut operator, mut position, _) = operator(1_000, [0, 50, 0]);
	for era in [9, 10] {
		position
			.unbond(&mut operator, era, Shares(100_000), NO_MINIMUM, &TIMING)
			.unwrap();
	}
	operator.report(10, 12, &TIMING).unwrap();
	assert_eq!(
		position.delegate(&mut operator, 12, 100, NO_MINIMUM),
		Err(Error::SlashPending)
	);
	let free = 10 + TIMING.bonding;
	let withdraw = |position: &mut Position, operator: &mut Operator, era| {
		position
			.withdraw(operator, None, era, free, &TIMING)
			.map(|withdrawn| withdrawn.paid)
	};
	assert_eq!(withdraw(&mut position, &mut operator, 9), Ok(100));
	assert_eq!(withdraw(&mut position, &mut operator, 10), Err(Error::NotMatured));
	operator.decide(10).unwrap();
	assert_eq!(operator.decide(10), Err(Error::NotPending));
	assert_eq!(withdraw(&mut position, &mut operator, 10), Ok(100));
	assert_eq!(
		withdraw(&mut position, &mut operator, 10),
		Err(Error::NothingUnbonding)
	);
	assert_eq!(operator.report(10, free, &TIMING), Err(Error::FaultOutOfWindow));
	assert_eq!(
		operator.report(free + 1, free, &TIMING),
		Err(Error::FaultOutOfWindow)
	);
}

#[test]
fn subjective_faults_are_capped_by_offence_and_by_era() {
	let cap = SubjectiveCap {
		per_offence: Perbill::from_percent(5),
		per_era: Perbill::from_percent(8),
	};
	let mut allocation = Allocation::default();
	let refused = Err(Error::FractionAboveCap);
	assert_eq!(allocation.report(Perbill::from_percent(6), cap, 4), refused);
	assert_eq!(allocation.report(Perbill::from_percent(5), cap, 4), Ok(()));
	assert_eq!(allocation.report(Perbill::from_percent(4), cap, 4), refused);
	assert_eq!(allocation.report(Perbill::from_percent(3), cap, 4), Ok(()));
	assert_eq!(allocation.report(Perbill::from_percent(5), cap, 5), Ok(()));
}

#[test]
fn rewards_follow_points_commission_and_shares_to_the_last_planck() {
	let mut pot = EraPot::default();
	pot.fund(100).unwrap();
	(0..3).for_each(|_| pot.note(1).unwrap());
	assert_eq!([1, 1, 1].map(|points| pot.draw(points).unwrap()), [33, 33, 34]);
	assert_eq!((pot.draw(0), pot.draw(1)), (Ok(0), Err(Error::TooManyPoints)));

	let mut operator = Operator::new(1);
	let mut book = RewardBook::new(Perbill::from_percent(10), 1).unwrap();
	let mut positions = [100, 100, 100].map(|amount| {
		let mut position = Position::default();
		position.delegate(&mut operator, 1, amount, NO_MINIMUM).unwrap();
		position
	});
	assert_eq!(
		book.distribute(&operator, 1, 50, 2),
		Ok(50),
		"nobody earned in era 1"
	);
	positions[2]
		.unbond(&mut operator, 2, Shares(100_000), NO_MINIMUM, &TIMING)
		.unwrap();
	assert_eq!(
		book.distribute(&operator, 2, 112, 2),
		Err(Error::EraNotDistributable)
	);
	assert_eq!(book.distribute(&operator, 2, 112, 3), Ok(11));
	assert_eq!(
		book.distribute(&operator, 2, 112, 3),
		Err(Error::EraNotDistributable)
	);
	assert_eq!(book.distribute(&operator, 3, 10, 4), Ok(1));
	// Era 2 pays 101 to three, era 3 pays 9 to two.
	let paid = positions
		.each_mut()
		.map(|position| book.claim(position, &operator).unwrap());
	assert_eq!(paid, [33 + 4, 34 + 5, 34]);
	assert_eq!(book.unclaimed(), Ok(0));
	assert_eq!(book.claim(&mut positions[0], &operator), Ok(0));
}

#[test]
fn rewards_are_claimable_for_the_whole_history_and_then_go_to_the_others() {
	let (mut operator, mut old) = (Operator::new(1), Position::default());
	let mut book = RewardBook::new(Perbill::zero(), 1).unwrap();
	old.delegate(&mut operator, 1, 1_000, NO_MINIMUM).unwrap();
	book.distribute(&operator, 2, 77, 3).unwrap();
	let last = 2 + HISTORY - 2;
	let mut in_time = (old.clone(), book.clone());
	in_time.1.distribute(&operator, last - 1, 5, last).unwrap();
	assert_eq!(in_time.1.claim(&mut in_time.0, &operator), Ok(82));
	old.unbond(&mut operator, last, Shares(1_000_000), NO_MINIMUM, &TIMING)
		.unwrap();
	let mut new = Position::default();
	new.delegate(&mut operator, last, 1_000, NO_MINIMUM).unwrap();
	book.distribute(&operator, last + 1, 5, last + 2).unwrap();
	assert_eq!(book.claim(&mut old, &operator), Ok(0));
	assert_eq!(book.claim(&mut new, &operator), Ok(82));
}

#[test]
fn a_commission_falls_freely_and_rises_slowly() {
	let mut book = RewardBook::new(Perbill::from_percent(10), 1).unwrap();
	let mut set =
		|percent, now| book.set_commission(Perbill::from_percent(percent), Perbill::from_percent(2), 5, now);
	assert_eq!(set(12, 2), Err(Error::CommissionThrottled));
	assert_eq!(set(13, 5), Err(Error::CommissionThrottled));
	assert_eq!(set(12, 5), Ok(()));
	assert_eq!(set(14, 9), Err(Error::CommissionThrottled));
	assert_eq!(set(1, 9), Ok(()));
	assert_eq!(set(2, 9), Err(Error::CommissionThrottled));
	assert_eq!(
		[5, 6, 9, 10].map(|era| book.commission(era)),
		[10, 12, 12, 1].map(Perbill::from_percent)
	);
}

#[test]
fn positions_respect_the_minimum() {
	let (mut operator, mut position) = (Operator::new(1), Position::default());
	assert_eq!(
		position.clone().delegate(&mut operator.clone(), 1, 99, 100),
		Err(Error::BelowMinimum)
	);
	position.delegate(&mut operator, 1, 150, 100).unwrap();
	let unbond = |shares| {
		position
			.clone()
			.unbond(&mut operator.clone(), 1, Shares(shares), 100, &TIMING)
			.map(|unbonded| unbonded.amount)
	};
	assert_eq!(unbond(150_001), Err(Error::InsufficientShares));
	assert_eq!(unbond(999), Err(Error::ZeroAmount));
	assert_eq!(unbond(51_000), Err(Error::BelowMinimum));
	assert_eq!(unbond(50_000), Ok(50));
	assert_eq!(unbond(150_000), Ok(150));
}
