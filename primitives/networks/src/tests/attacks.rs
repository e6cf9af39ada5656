// SPDX-License-Identifier: Apache-2.0

//! What an attacker would try.

use super::{
	draws::seats_of,
	registry::{start, CAPACITY, FEES, PARAMS, PLENTY},
};
use crate::*;
use codec::{Decode, Encode};
use proptest::prelude::*;
use sp_arithmetic::Perbill;

type Id = (u32, u32);

fn group_seats(list: &[(Id, Balance)], group: u32, randomness: [u8; 32], params: &DrawParams) -> usize {
	let candidates = Candidates::new(list).unwrap();
	let drawn = Seats::default().next(&candidates, 0, &draw_seed(&randomness, 1, 0), params);
	let holders = drawn.seats.holders().iter().flatten();
	holders.filter(|holder| holder.0 == group).count()
}

proptest! {
	#[test]
	fn splitting_stake_over_many_names_gains_no_seat(
		stakes in prop::collection::vec(1u128..1 << 60, 10..60), parts in 1u32..200, pick: prop::sample::Index,
		randomness: [u8; 32],
	) {
		// Without a cap in the way: names of one owner lie side by side, so that the same points are its own.
		let params = DrawParams { seats: 60, cap: 60 };
		let group = pick.index(stakes.len()) as u32;
		let whole: Vec<(Id, Balance)> = (0..).zip(&stakes).map(|(i, stake)| ((i, 0), *stake)).collect();
		let mut split = whole.clone();
		let stake = split.remove(group as usize).1;
		let (part, rest) = (stake / u128::from(parts), stake % u128::from(parts));
		split.extend((0..parts).map(|i| ((group, i), part + if i == 0 { rest } else { 0 })));
		split.sort();
		prop_assert_eq!(
			group_seats(&whole, group, randomness, &params),
			group_seats(&split, group, randomness, &params)
		);
	}
}

#[test]
fn splitting_evades_the_cap_but_not_the_share() {
	// 30 % in one name is held to the cap of 5 %; in 300 names it gets 30 %, which is what bounds assume of it.
	let params = DrawParams::DEFAULT;
	let others = (1..=700u32).map(|i| ((i, 0), 1u128));
	let one: Vec<_> = [((0, 0), 300)].into_iter().chain(others.clone()).collect();
	let many: Vec<_> = (0..300).map(|i| ((0, i), 1)).chain(others).collect();
	let rounds = 200u8;
	let mean = |list: &[(Id, Balance)]| {
		let seats = (0..rounds).map(|i| group_seats(list, 0, [i; 32], &params));
		seats.sum::<usize>() as f64 / f64::from(rounds)
	};
	assert_eq!(mean(&one), 10.0);
	// 60 expected, with a standard deviation of 6.5 / √200.
	assert!((mean(&many) - 60.0).abs() < 2.5);
}

#[test]
fn adding_worthless_names_changes_nothing() {
	let list: Vec<_> = (0..600u32).map(|i| (2 * i, 1_000_000u128)).collect();
	let mut more = list.clone();
	more.extend((0..400).map(|i| (2 * i + 1, 0)));
	more.sort();
	let draw = |list: &[(u32, Balance)]| {
		let candidates = Candidates::new(list).unwrap();
		Selection::next(None, &candidates, 3, &[4; 32], &DrawParams::DEFAULT).0
	};
	assert_eq!(draw(&list), draw(&more));
	// Nor do they turn a committee of all into a drawn one.
	assert_eq!(draw(&more[..300]), Selection::Everybody);
	assert!(seats_of(&draw(&more)).is_full());
}

fn namespace(i: u32) -> Hash {
	let mut namespace = [0; 32];
	namespace[..4].copy_from_slice(&i.to_le_bytes());
	namespace
}

#[test]
fn namespaces_ground_for_one_epoch_are_spread_in_the_next() {
	let networks: Vec<(NetworkId, u64)> = (0..8).map(|id| (id, 10)).collect();
	let at = |i: u32, randomness: u8| route(&namespace(i), &[randomness; 32], networks.iter().copied());
	// Who knows the randomness finds a name for a network in as many tries as there are networks.
	let ground: Vec<u32> = (0..).filter(|i| at(*i, 1) == 3).take(2_000).collect();
	assert!((14_500..17_500).contains(ground.last().unwrap()));
	let mut hits = [0u32; 8];
	ground.iter().for_each(|i| hits[at(*i, 2) as usize] += 1);
	// 250 expected each, five standard deviations are 74.
	assert!(hits.iter().all(|hits| hits.abs_diff(250) < 75), "{hits:?}");
	// What overflows goes to all others alike, not to one.
	let mut hits = [0u32; 8];
	for i in &ground {
		hits[ranking(&namespace(*i), &[1; 32], networks.iter().copied())[1] as usize] += 1;
	}
	assert_eq!(hits[3], 0);
	assert!(
		(0..8).all(|id| id == 3 || hits[id].abs_diff(286) < 80),
		"{hits:?}"
	);
}

#[test]
fn a_flood_of_one_network_is_dear_and_spawns_nothing() {
	let mut networks = start();
	for epoch in 1..4 {
		super::registry::pass(&mut networks, epoch, 100, &PLENTY);
	}
	networks.activate(1).unwrap();
	let calm = networks
		.get(ROOT)
		.unwrap()
		.fee()
		.at(40, CAPACITY, &FEES)
		.per_byte();
	let (mut paid, mut bytes) = (0, 0);
	for epoch in 4..20u32 {
		for period in epoch * 10..epoch * 10 + 10 {
			let fee = networks.submitted(1, 10_000, period, &FEES).unwrap();
			networks.certified(1, 10_000, 0).unwrap();
			paid += fee * 10_000;
			bytes += 10_000u128;
		}
		let turn = networks.turn(epoch + 1, 0, &PARAMS, &FEES, 0, &PLENTY).unwrap();
		// A hundred times its capacity counts as its capacity: half of what there is.
		assert_eq!(turn.change, None);
	}
	assert!(
		paid / bytes > 500_000,
		"the fee is at its ceiling of 10,000 floors most of the time"
	);
	let root = networks
		.get(ROOT)
		.unwrap()
		.fee()
		.at(200, CAPACITY, &FEES)
		.per_byte();
	assert!(root <= calm, "others pay no more");
}

#[test]
fn feigned_load_costs_its_fees() {
	// Three epochs above four fifths of the capacity, in the cheapest way: spread evenly over periods.
	let mut networks = start();
	let mut paid = 0u128;
	for period in 0..30u32 {
		let fee = networks.submitted(ROOT, 81, period, &FEES).unwrap();
		networks.forfeited(ROOT, 81).unwrap();
		paid += fee * 81;
		if period % 10 == 9 {
			let turn = networks
				.turn(period / 10 + 1, 0, &PARAMS, &FEES, 0, &PLENTY)
				.unwrap();
			assert_eq!(turn.change.is_some(), period == 29);
		}
	}
	// Below the target the fee is at its floor: what a floor is for.
	assert_eq!(paid, 3 * 81 * u128::from(CAPACITY) / 100 * FEES.floor);
}

#[test]
fn refunded_bytes_count_for_nothing() {
	let mut networks = start();
	for epoch in 1..10 {
		// Paid for and neither certified nor forfeited yet.
		networks.submitted(ROOT, CAPACITY, epoch * 10, &FEES).unwrap();
		let turn = networks.turn(epoch, 0, &PARAMS, &FEES, 0, &PLENTY).unwrap();
		assert_eq!(turn, Turn::default());
	}
	assert_eq!(networks.get(ROOT).unwrap().pending(), 9);
}

#[test]
fn load_around_a_threshold_does_not_make_networks_flap() {
	let mut networks = start();
	let mut last: Option<(Epoch, Change)> = None;
	// A writer that keeps its bytes the same whatever there is: just above four fifths of one network, or just below
	// a fifth of two.
	for epoch in 1..400u32 {
		let active: Vec<_> = networks.active().collect();
		let bytes = if epoch % 20 < 10 { 810 } else { 390 };
		let share = bytes / active.len() as u64;
		for (id, _) in active {
			networks.submitted(id, share, epoch * 10, &FEES).unwrap();
			networks.certified(id, share, 0).unwrap();
		}
		let turn = networks
			.turn(epoch, epoch * 10, &PARAMS, &FEES, 0, &PLENTY)
			.unwrap();
		if let Some(change) = turn.change {
			if let Change::Spawned(id) = change {
				networks.activate(id).unwrap();
			}
			let least = match change {
				Change::Spawned(_) => PARAMS.high_epochs,
				_ => PARAMS.low_epochs,
			};
			assert!(last.is_none_or(|(before, _)| epoch - before >= least));
			last = Some((epoch, change));
		}
	}
	assert!(last.is_some());
}

#[test]
fn extremes_break_nothing() {
	let huge = [(1u32, u128::MAX), (2, u128::MAX), (3, 1), (4, 0)];
	let candidates = Candidates::new(&huge).unwrap();
	let params = DrawParams { seats: 3, cap: 3 };
	for seats in [3, MAX_SEATS, u32::MAX] {
		let params = DrawParams { seats, ..params };
		let drawn = Seats::default().next(&candidates, Epoch::MAX, &[255; 32], &params);
		assert!(drawn.draws <= DRAWS_PER_SEAT * MAX_SEATS);
		assert!(drawn.seats.holders().iter().flatten().all(|holder| *holder < 3));
	}
	let nobody = Candidates::<u32>::new(&[]).unwrap();
	let drawn = Seats::default().next(&nobody, 0, &[0; 32], &params);
	assert_eq!(drawn.seats.holders(), [None; 3]);
	let zero = DrawParams { seats: 0, cap: 0 };
	assert_eq!(
		Seats::default()
			.next(&candidates, 0, &[0; 32], &zero)
			.seats
			.holders(),
		[]
	);

	let mut networks = Networks::new(0, u64::MAX, BaseFee::new(u32::MAX, &FEES));
	for _ in 0..3 {
		networks.submitted(ROOT, u64::MAX, u32::MAX, &FEES).unwrap();
		networks.certified(ROOT, u64::MAX, BlockNumber::MAX).unwrap();
	}
	let most = Params {
		high_epochs: 1,
		capacity: u64::MAX,
		max: MAX_NETWORKS,
		..PARAMS
	};
	for epoch in [1, Epoch::MAX - 1, Epoch::MAX] {
		networks
			.turn(epoch, BlockNumber::MAX, &most, &FEES, u32::MAX, &PLENTY)
			.unwrap();
	}
	assert_eq!(
		networks.turn(Epoch::MAX, 0, &most, &FEES, 0, &PLENTY),
		Err(Error::EpochNotNew)
	);
}

#[test]
fn a_full_list_and_spent_names_only_stop_spawning() {
	let spawned = |networks: &mut Networks| {
		for epoch in 1..4 {
			if let Some(change) = super::registry::pass(networks, epoch, 100, &PLENTY).change {
				return Some(change);
			}
		}
		None
	};
	// As the registry is encoded: networks, next name, epoch, counts.
	let list: Vec<Network> = start().iter().copied().collect();
	let with = |list: &[Network], next: NetworkId| {
		let bytes = (list.to_vec(), next, 0u32, 0u32, 0u32).encode();
		Networks::decode(&mut &bytes[..]).unwrap()
	};
	assert_eq!(spawned(&mut with(&list, 7)), Some(Change::Spawned(7)));
	assert_eq!(spawned(&mut with(&list, NetworkId::MAX)), None);
	// 63 that drain for ever: their custody was paid for, so it must have been worth it to somebody.
	let draining = |id: NetworkId| {
		let fee = BaseFee::new(0, &FEES);
		let bytes = (
			id,
			Status::Draining,
			0u32,
			CAPACITY,
			0u64,
			0u32,
			BlockNumber::MAX,
			fee,
		)
			.encode();
		Network::decode(&mut &bytes[..]).unwrap()
	};
	let full: Vec<Network> = list
		.iter()
		.copied()
		.chain((1..MAX_NETWORKS).map(draining))
		.collect();
	assert_eq!(spawned(&mut with(&full, MAX_NETWORKS)), None);
	assert_eq!(
		spawned(&mut with(&full[..63], MAX_NETWORKS)),
		Some(Change::Spawned(MAX_NETWORKS))
	);
}

#[test]
fn assumptions_out_of_range_give_no_bits() {
	let list: Vec<_> = (0..300u32).map(|id| (id, 1_000u128)).collect();
	let candidates = Candidates::new(&list).unwrap();
	let (drawn, _) = Selection::next(None, &candidates, 3, &[1; 32], &DrawParams::DEFAULT);
	for rows in [0, 1, 200, u32::MAX] {
		let all = Assumption {
			vacant: 0,
			corrupt: Perbill::one(),
			rows,
		};
		for failure in [Failure::Availability, Failure::Liveness] {
			let bits = failure_bits(&drawn, 1, &DrawParams::DEFAULT, failure, &all);
			assert!(bits == 0 || rows == 0, "{rows} {failure:?}");
			let everybody =
				failure_bits::<u32>(&Selection::Everybody, 1, &DrawParams::DEFAULT, failure, &all);
			assert!(everybody == 0);
		}
	}
}
