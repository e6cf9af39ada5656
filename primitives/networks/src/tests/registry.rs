// SPDX-License-Identifier: Apache-2.0

//! How networks come and go, told step by step.

use crate::*;
use codec::{Decode, Encode, MaxEncodedLen};
use sp_arithmetic::Perbill;

pub(super) const CAPACITY: u64 = 1_000;

pub(super) const FEES: FeeParams = FeeParams {
	floor: 100,
	ceiling: 1_000_000,
	target: Perbill::from_percent(90),
	steps: 8,
	periods: 10,
};

pub(super) const PARAMS: Params = Params {
	high: Perbill::from_percent(80),
	high_epochs: 3,
	low: Perbill::from_percent(20),
	low_epochs: 6,
	max: 4,
	capacity: CAPACITY,
	operators: 4,
	ingress: 5_000,
	escrow: 1_000_000,
	forming_epochs: 4,
};

pub(super) const PLENTY: Supply = Supply {
	operators: 4,
	ingress: 5_000,
	escrow: 1_000_000,
};

pub(super) fn start() -> Networks {
	Networks::new(0, CAPACITY, BaseFee::new(0, &FEES))
}

/// An epoch in which each active network carries `percent` of its capacity; the first block of epoch `e` is `10 e`.
pub(super) fn pass(networks: &mut Networks, epoch: Epoch, percent: u64, supply: &Supply) -> Turn {
	let active: Vec<_> = networks.active().collect();
	for (id, capacity) in active {
		let bytes = capacity * percent / 100;
		networks.submitted(id, bytes, epoch * 10 - 5, &FEES).unwrap();
		networks.certified(id, bytes, epoch * 10 + 20).unwrap();
	}
	networks
		.turn(epoch, epoch * 10, &PARAMS, &FEES, epoch * 10, supply)
		.unwrap()
}

fn changes(networks: &mut Networks, epochs: std::ops::Range<Epoch>, percent: u64) -> Vec<(Epoch, Change)> {
	epochs
		.filter_map(|epoch| {
			pass(networks, epoch, percent, &PLENTY)
				.change
				.map(|change| (epoch, change))
		})
		.collect()
}

fn status(networks: &Networks, id: NetworkId) -> Status {
	networks.get(id).unwrap().status()
}

#[test]
fn load_spawns_a_network_and_silence_retires_it() {
	assert_eq!(PARAMS.check(&FEES), Ok(()));
	let mut networks = start();
	assert_eq!(changes(&mut networks, 1..3, 90), vec![]);
	assert_eq!(changes(&mut networks, 3..4, 90), vec![(3, Change::Spawned(1))]);
	assert_eq!(status(&networks, 1), Status::Forming);
	assert_eq!(networks.submitted(1, 1, 30, &FEES), Err(Error::NotActive));
	assert_eq!(networks.active().collect::<Vec<_>>(), vec![(0, CAPACITY)]);

	networks.activate(1).unwrap();
	assert_eq!(networks.activate(1), Err(Error::NotForming));
	assert_eq!(networks.active().count(), 2);
	// Half of the load each: neither much nor little.
	assert_eq!(changes(&mut networks, 4..30, 45), vec![]);
	assert_eq!(changes(&mut networks, 30..36, 10), vec![(35, Change::Drained(1))]);
	assert_eq!(status(&networks, 1), Status::Draining);
	assert_eq!(networks.submitted(1, 1, 350, &FEES), Err(Error::NotActive));
	assert_eq!(networks.extended(1, 1_000), Err(Error::NotActive));
	// What it certified last is kept until block 370.
	assert_eq!(networks.get(1).unwrap().retained_until(), 370);
	assert_eq!(pass(&mut networks, 36, 10, &PLENTY).gone, vec![]);
	assert_eq!(pass(&mut networks, 37, 10, &PLENTY).gone, vec![1]);
	assert_eq!(networks.get(1), Err(Error::UnknownNetwork));
	// The root network stays, however little there is to do, and names are not used again.
	assert_eq!(changes(&mut networks, 38..60, 0), vec![]);
	assert_eq!(changes(&mut networks, 60..63, 81), vec![(62, Change::Spawned(2))]);
}

#[test]
fn a_pause_starts_the_count_anew() {
	let mut networks = start();
	assert_eq!(changes(&mut networks, 1..3, 100), vec![]);
	assert_eq!(changes(&mut networks, 3..4, 80), vec![]);
	assert_eq!(changes(&mut networks, 4..6, 100), vec![]);
	assert_eq!(changes(&mut networks, 6..7, 81), vec![(6, Change::Spawned(1))]);
}

#[test]
fn nothing_is_spawned_without_operators_bandwidth_and_money() {
	let mut networks = start();
	let short = [
		Supply {
			operators: 3,
			..PLENTY
		},
		Supply {
			ingress: 4_999,
			..PLENTY
		},
		Supply {
			escrow: 999_999,
			..PLENTY
		},
	];
	for epoch in 1..10 {
		assert_eq!(
			pass(&mut networks, epoch, 100, &short[epoch as usize % 3]).change,
			None
		);
	}
	// The load has lasted; as soon as there is what it takes, it is taken.
	assert_eq!(
		pass(&mut networks, 10, 100, &PLENTY).change,
		Some(Change::Spawned(1))
	);
}

#[test]
fn there_are_never_more_than_allowed() {
	let mut networks = start();
	let mut spawned = vec![];
	for epoch in 1..40 {
		if let Some(Change::Spawned(id)) = pass(&mut networks, epoch, 100, &PLENTY).change {
			networks.activate(id).unwrap();
			spawned.push((epoch, id));
		}
	}
	assert_eq!(spawned, vec![(3, 1), (6, 2), (9, 3)]);
	// A lower maximum drains one in each epoch, under any load.
	let fewer = Params { max: 2, ..PARAMS };
	for (epoch, change) in [
		(40, Some(Change::Drained(3))),
		(41, Some(Change::Drained(2))),
		(42, None),
	] {
		let turn = networks
			.turn(epoch, epoch * 10, &fewer, &FEES, 0, &PLENTY)
			.unwrap();
		assert_eq!(turn.change, change);
	}
}

#[test]
fn a_network_without_committee_is_given_up() {
	let mut networks = start();
	changes(&mut networks, 1..4, 100);
	// While it forms nothing else is spawned.
	assert_eq!(changes(&mut networks, 4..7, 100), vec![]);
	assert_eq!(changes(&mut networks, 7..8, 100), vec![(7, Change::GivenUp(1))]);
	assert_eq!(changes(&mut networks, 8..11, 100), vec![(10, Change::Spawned(2))]);
}

#[test]
fn a_drained_network_certifies_what_it_has_and_falls_back_on_the_root() {
	let mut networks = start();
	changes(&mut networks, 1..4, 100);
	networks.activate(1).unwrap();
	for _ in 0..3 {
		networks.submitted(1, 10, 30, &FEES).unwrap();
	}
	assert_eq!(changes(&mut networks, 4..10, 0), vec![(9, Change::Drained(1))]);
	assert_eq!(pass(&mut networks, 10, 0, &PLENTY).gone, vec![]);
	networks.certified(1, 10, 120).unwrap();
	networks.forfeited(1, 10).unwrap();
	assert_eq!(networks.get(1).unwrap().load(), 20);
	let used = |networks: &Networks| networks.get(ROOT).unwrap().fee();
	let before = used(&networks);
	networks.fell_back(1, 10, 30, &FEES).unwrap();
	assert_ne!(used(&networks), before, "the root network's fee sees it");
	assert_eq!(networks.get(ROOT).unwrap().pending(), 1);
	assert_eq!(networks.certified(1, 10, 0), Err(Error::NothingPending));
	assert_eq!(networks.fell_back(ROOT, 10, 30, &FEES), Err(Error::NoFallback));
	networks.certified(ROOT, 10, 0).unwrap();
	assert_eq!(pass(&mut networks, 11, 0, &PLENTY).gone, vec![]);
	assert_eq!(pass(&mut networks, 12, 0, &PLENTY).gone, vec![1]);
}

#[test]
fn draining_leaves_room_for_the_load() {
	let mut networks = start();
	changes(&mut networks, 1..4, 100);
	networks.activate(1).unwrap();
	// The new one is nine tenths of all: without it the rest would be full at once.
	networks.set_capacity(1, 9 * CAPACITY).unwrap();
	assert_eq!(changes(&mut networks, 4..20, 15), vec![]);
	assert_eq!(changes(&mut networks, 20..21, 7), vec![(20, Change::Drained(1))]);
}

#[test]
fn the_least_used_goes_first_and_the_youngest_of_several() {
	let mut networks = start();
	for epoch in 1..10 {
		if let Some(Change::Spawned(id)) = pass(&mut networks, epoch, 100, &PLENTY).change {
			networks.activate(id).unwrap();
		}
	}
	assert_eq!(networks.active().count(), 4);
	let mut drained = vec![];
	for epoch in 10..30 {
		if status(&networks, 2) == Status::Active {
			networks.submitted(2, 1, epoch * 10, &FEES).unwrap();
			networks.forfeited(2, 1).unwrap();
		}
		let turn = networks.turn(epoch, 0, &PARAMS, &FEES, 0, &PLENTY).unwrap();
		drained.extend(turn.change);
	}
	assert_eq!(drained, [3, 1, 2].map(Change::Drained));
}

#[test]
fn an_epoch_is_turned_once() {
	let mut networks = start();
	pass(&mut networks, 5, 0, &PLENTY);
	let before = networks.clone();
	for epoch in [0, 4, 5] {
		let turn = networks.turn(epoch, 0, &PARAMS, &FEES, 0, &PLENTY);
		assert_eq!(turn, Err(Error::EpochNotNew));
	}
	assert_eq!(networks, before);
}

#[test]
fn wrong_parameters_are_refused() {
	let thresholds = Err(ParamsError::Thresholds);
	assert_eq!(
		Params {
			low: PARAMS.high,
			..PARAMS
		}
		.check(&FEES),
		thresholds
	);
	assert_eq!(
		Params {
			high: Perbill::one(),
			..PARAMS
		}
		.check(&FEES),
		thresholds
	);
	assert_eq!(
		Params {
			high_epochs: 0,
			..PARAMS
		}
		.check(&FEES),
		thresholds
	);
	assert_eq!(
		Params {
			low_epochs: 0,
			..PARAMS
		}
		.check(&FEES),
		thresholds
	);
	assert_eq!(
		Params { max: 0, ..PARAMS }.check(&FEES),
		Err(ParamsError::Networks)
	);
	assert_eq!(
		Params {
			max: MAX_NETWORKS + 1,
			..PARAMS
		}
		.check(&FEES),
		Err(ParamsError::Networks)
	);
	assert_eq!(
		Params {
			capacity: 0,
			..PARAMS
		}
		.check(&FEES),
		Err(ParamsError::Capacity)
	);
	assert_eq!(
		Params {
			forming_epochs: 0,
			..PARAMS
		}
		.check(&FEES),
		Err(ParamsError::Capacity)
	);
	let low = FeeParams {
		target: PARAMS.high,
		..FEES
	};
	assert_eq!(PARAMS.check(&low), Err(ParamsError::FeeTarget));
	let seats = Err(ParamsError::Seats);
	assert_eq!(DrawParams::DEFAULT.check(), Ok(()));
	assert_eq!(DrawParams { seats: 3, cap: 1 }.check(), Ok(()));
	assert_eq!(DrawParams { seats: 2, cap: 1 }.check(), seats);
	assert_eq!(DrawParams { seats: 3, cap: 0 }.check(), seats);
	assert_eq!(DrawParams { seats: 3, cap: 4 }.check(), seats);
	assert_eq!(
		DrawParams {
			seats: MAX_SEATS + 1,
			cap: 1
		}
		.check(),
		seats
	);
}

#[test]
fn the_registry_has_a_bounded_encoding() {
	let mut networks = start();
	changes(&mut networks, 1..4, 100);
	let bytes = networks.encode();
	assert_eq!(Networks::decode(&mut &bytes[..]).unwrap(), networks);
	assert!(bytes.len() <= Networks::max_encoded_len());
	assert!(Networks::max_encoded_len() < 4_096 + 128);
}
