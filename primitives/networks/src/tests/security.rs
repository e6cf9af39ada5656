// SPDX-License-Identifier: Apache-2.0

//! The numbers, against enumeration, exact arithmetic and simulation.

use super::draws::seats_of;
use crate::security::{draw_bits, draw_chance, seat_share};
use crate::*;
use proptest::prelude::*;
use sp_arithmetic::Perbill;

const ROWS: [u32; 4] = [2_048, 4_096, 8_192, 16_384];
const FAILURES: [Failure; 2] = [Failure::Availability, Failure::Liveness];

#[test]
fn vacant_seats_are_liars_seats() {
	for failure in [Failure::Availability, Failure::Liveness] {
		let bits = |vacant| {
			let assumption = Assumption {
				vacant,
				..assume(10, 2_048)
			};
			draw_bits(200, Perbill::from_percent(1), failure, &assumption)
		};
		let all: Vec<u32> = (0..=200).map(bits).collect();
		assert!(all.is_sorted_by(|more, less| more >= less));
		let limit = seat_limit(failure, 200, 2_048) as usize;
		assert!(all[0] > all[1] && all[0] > 0 && all[limit] == 0);
	}
}

#[test]
fn what_everybody_lost_is_a_larger_share_of_liars() {
	let bits = |failure, lost| {
		let assumption = assume(33, 2_048).after(lost, 100);
		failure_bits::<u32>(
			&Selection::Everybody,
			2,
			&DrawParams::DEFAULT,
			failure,
			&assumption,
		)
	};
	// 33 of 80 are less than 5/12, 33 of 79 are more.
	assert_eq!(
		[0, 20, 21, 67, 100].map(|lost| bits(Failure::Availability, lost)),
		[NEVER, NEVER, 0, 0, 0]
	);
	assert_eq!([0, 1].map(|lost| bits(Failure::Liveness, lost)), [NEVER, 0]);
	let share = |percent, lost, whole| assume(percent, 2_048).after(lost, whole).corrupt;
	assert_eq!(share(30, 1, 10), Perbill::from_parts(333_333_334));
	assert_eq!(share(33, 0, u128::MAX), Perbill::from_percent(33));
	assert_eq!(share(33, 1, u128::MAX), Perbill::from_parts(330_000_001));
	assert_eq!(share(33, u128::MAX - 1, u128::MAX), Perbill::one());
}

fn assume(percent: u32, rows: u32) -> Assumption {
	Assumption {
		vacant: 0,
		corrupt: Perbill::from_percent(percent),
		rows,
	}
}

/// Rows by largest remainder, as the data-availability layer allots them: ties to the lower index.
fn allotment(weights: &[u64], rows: u64) -> Vec<u64> {
	let total: u64 = weights.iter().sum();
	let mut counts: Vec<u64> = weights.iter().map(|weight| weight * rows / total).collect();
	let mut order: Vec<usize> = (0..weights.len()).collect();
	order.sort_by_key(|i| (std::cmp::Reverse(weights[*i] * rows % total), *i));
	let missing = rows - counts.iter().sum::<u64>();
	order.iter().take(missing as usize).for_each(|i| counts[*i] += 1);
	counts
}

fn exceeds(held: u64, rows: u64, failure: Failure) -> bool {
	let (part, whole) = failure.limit();
	held * u64::from(whole) > rows * u64::from(part)
}

#[test]
fn seats_below_the_limit_never_hold_too_many_rows() {
	// All single seats, liars first: the worst order there is.
	for seats in [3u32, 7, 20, 64, 100, 127, 128, 200, 256, 300, 512] {
		for rows in ROWS {
			let counts = allotment(&vec![1; seats as usize], rows.into());
			for failure in FAILURES {
				let limit = seat_limit(failure, seats, rows);
				let held = counts.iter().take(limit as usize - 1).sum();
				assert!(!exceeds(held, rows.into(), failure), "{seats} {rows} {failure:?}");
			}
		}
	}
	assert_eq!(seat_limit(Failure::Availability, 200, 2_048), 79);
	assert_eq!(seat_limit(Failure::Availability, 200, 16_384), 84);
	assert_eq!(seat_limit(Failure::Availability, 256, 2_048), 107);
	assert_eq!(seat_limit(Failure::Liveness, 256, 2_048), 86);
	assert_eq!(seat_limit(Failure::Liveness, 0, 2_048), 1);
	assert_eq!(seat_limit(Failure::Liveness, 200, 0), 201);
}

proptest! {
	#[test]
	fn liars_who_split_their_seats_cleverly_gain_no_more(
		liars in prop::collection::vec(1u64..8, 1..80), honest in prop::collection::vec(1u64..8, 1..80),
		rows in prop::sample::select(ROWS.to_vec()),
	) {
		let weights = [liars.clone(), honest.clone()].concat();
		let held: u64 = allotment(&weights, rows.into()).iter().take(liars.len()).sum();
		let seats = weights.iter().sum::<u64>() as u32;
		for failure in FAILURES {
			let fails = exceeds(held, rows.into(), failure);
			prop_assert!(!fails || liars.iter().sum::<u64>() as u32 >= seat_limit(failure, seats, rows));
		}
		// In general: the product of the numbers of members over their sum.
		let (a, b) = (liars.len() as f64, honest.len() as f64);
		let exact = liars.iter().sum::<u64>() as f64 / f64::from(seats) * f64::from(rows);
		prop_assert!(held as f64 <= exact + a * b / (a + b) + 1e-6);
	}
}

#[test]
fn bounds_are_those_of_the_documentation() {
	// 1,000 operators with equal stake: the 19 or 21 largest have 1.9 % or 2.1 %.
	let bits = |seats, u, failure, percent, rows| {
		draw_bits(
			seats,
			Perbill::from_perthousand(u),
			failure,
			&assume(percent, rows),
		)
	};
	for (percent, expected) in [
		(15, [33, 42, 58]),
		(20, [10, 18, 26]),
		(25, [0, 1, 6]),
		(33, [0, 0, 0]),
	] {
		let row = [
			bits(200, 19, Failure::Availability, percent, 2_048),
			bits(200, 19, Failure::Availability, percent, 16_384),
			bits(256, 21, Failure::Availability, percent, 2_048),
		];
		println!("corrupt {percent} %: {row:?}");
		assert_eq!(row, expected);
	}
	assert_eq!(bits(200, 19, Failure::Liveness, 15, 16_384), 12);
	assert_eq!(bits(512, 20, Failure::Availability, 25, 2_048), 30);
}

#[test]
fn concentrated_stake_costs_bits_and_everything_costs_all() {
	let assumption = assume(15, 16_384);
	let bits: Vec<u32> = (0..=100)
		.map(|percent| {
			draw_bits(
				200,
				Perbill::from_percent(percent),
				Failure::Availability,
				&assumption,
			)
		})
		.collect();
	assert!(bits.is_sorted_by(|a, b| a >= b), "{bits:?}");
	assert_eq!((bits[0], bits[100]), (44, 0));
	assert!(bits[60] == 0);
	assert_eq!(
		seat_share(Perbill::from_percent(30), Perbill::from_percent(40)),
		Perbill::from_percent(50)
	);
	assert_eq!(
		seat_share(Perbill::from_percent(30), Perbill::from_percent(70)),
		Perbill::one()
	);
	assert_eq!(
		draw_bits(200, Perbill::zero(), Failure::Liveness, &assume(0, 2_048)),
		NEVER
	);
}

/// Draws with real seeds; the share of those in which operators below `liars` get `limit` seats, or some stay empty.
fn simulate(list: &[(u32, Balance)], liars: u32, params: &DrawParams, limit: usize, rounds: u32) -> f64 {
	let candidates = Candidates::new(list).unwrap();
	let failed = (0..rounds).filter(|round| {
		let drawn = Seats::default().next(&candidates, 0, &draw_seed(&[3; 32], *round, 0), params);
		let held = drawn
			.seats
			.holders()
			.iter()
			.flatten()
			.filter(|id| **id < liars)
			.count();
		held >= limit || !drawn.seats.is_full()
	});
	failed.count() as f64 / f64::from(rounds)
}

#[test]
fn simulated_committees_fail_no_more_often_than_bounded() {
	let params = DrawParams { seats: 16, cap: 2 };
	// 40 liars share a fifth; honest stake is even, in few hands, or in one.
	let honest = [
		vec![20u128; 80],
		[vec![100; 8], vec![10; 80]].concat(),
		[vec![800], vec![10; 80]].concat(),
	];
	for stakes in honest {
		assert_eq!(stakes.iter().sum::<u128>(), 1_600);
		let list: Vec<_> = (0..40u32).map(|id| (id, 10)).chain((40..).zip(stakes)).collect();
		let concentration = Candidates::new(&list).unwrap().concentration(&params);
		let limit = seat_limit(Failure::Availability, 16, 2_048);
		assert_eq!(limit, 7);
		let chance = draw_chance(16, concentration, Failure::Availability, &assume(20, 2_048));
		let bound = chance.mantissa as f64 * f64::from(chance.exponent).exp2();
		let seen = simulate(&list, 40, &params, limit as usize, 20_000);
		println!("concentration {concentration:?}: {seen:.4} of at most {bound:.4}");
		assert!(seen <= bound + 4.0 * (bound / 20_000.0).sqrt());
	}
}

#[test]
fn committees_publish_the_bound_of_their_own_draw() {
	let list: Vec<_> = (0..1_000u32).map(|id| (id, 1_000)).collect();
	let candidates = Candidates::new(&list).unwrap();
	let params = DrawParams::DEFAULT;
	let (drawn, _) = Selection::next(None, &candidates, 3, &[1; 32], &params);
	let bits = |selection: &Selection<u32>, members, params: &DrawParams| {
		failure_bits(
			selection,
			members,
			params,
			Failure::Availability,
			&assume(20, 2_048),
		)
	};
	assert!(seats_of(&drawn).is_full());
	assert_eq!(bits(&drawn, 180, &params), 10);
	// Not under other parameters than it was drawn with, nor with empty seats.
	assert_eq!(bits(&drawn, 180, &DrawParams { seats: 201, ..params }), 0);
	assert_eq!(bits(&Selection::Drawn(Seats::default()), 0, &params), 0);
	// Everybody: the assumption decides, less a quarter of a row a member.
	let all = Selection::Everybody;
	assert_eq!(bits(&all, 200, &params), NEVER);
	let edge = |percent, members| {
		failure_bits::<u32>(&all, members, &params, Failure::Liveness, &assume(percent, 2_048))
	};
	assert_eq!(
		(edge(33, 2), edge(33, 200), edge(34, 2), edge(30, 200)),
		(NEVER, 0, 0, NEVER)
	);
}

#[test]
fn the_encoding_rule_is_the_one_blobs_are_admitted_by() {
	for rows in ROWS {
		for members in 1..600 {
			let admitted = 678 * rows >= 3_000 * (members + 192);
			assert_eq!(encoding_bits(Failure::Liveness, rows, members) >= 192, admitted);
		}
	}
	assert_eq!(encoding_bits(Failure::Availability, 2_048, 200), 147);
	assert_eq!(encoding_bits(Failure::Availability, 2_048, 1_000), 0);
}

#[test]
fn security_adds_up() {
	assert_eq!(economic_security([3, 4, 5]), 12);
	assert_eq!(economic_security([u128::MAX, 1]), u128::MAX);
	// Six equal members: three hold half, more than 5/12; two are enough for no more than a third.
	let equal = [(1u128, 100u128); 6];
	assert_eq!(economic_security(equal.iter().map(|member| member.1)), 600);
	assert!((249..=250).contains(&stake_behind_failure(&equal, Failure::Availability, 16_384)));
	assert_eq!(stake_behind_failure(&[], Failure::Availability, 2_048), 0);
	assert_eq!(
		stake_behind_failure(&[(u128::MAX, u128::MAX); 300], Failure::Liveness, 0),
		0
	);
}

proptest! {
	#[test]
	fn no_set_of_members_can_fail_a_network_for_less(
		members in prop::collection::vec((0u128..1_000_000, 0u128..1 << 100), 1..11), huge: bool,
	) {
		let members: Vec<_> = members.into_iter().map(|(weight, security)| {
			(if huge { weight << 100 } else { weight }, security)
		}).collect();
		let weights: Vec<u64> = members.iter().map(|m| (m.0 >> if huge { 100 } else { 0 }) as u64).collect();
		prop_assume!(weights.iter().sum::<u64>() > 0);
		let rows = allotment(&weights, 2_048);
		for failure in FAILURES {
			let bound = stake_behind_failure(&members, failure, 2_048);
			prop_assert!(bound <= economic_security(members.iter().map(|m| m.1)));
			for set in 0u32..1 << members.len() {
				let chosen = || (0..members.len()).filter(|i| set >> i & 1 == 1);
				if exceeds(chosen().map(|i| rows[i]).sum(), 2_048, failure) {
					prop_assert!(chosen().map(|i| members[i].1).sum::<u128>() >= bound);
				}
			}
		}
	}
}
