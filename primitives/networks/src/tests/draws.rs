// SPDX-License-Identifier: Apache-2.0

//! Drawing committees.

use crate::*;
use codec::{Decode, Encode, MaxEncodedLen};
use proptest::prelude::*;
use sp_arithmetic::Perbill;
use std::collections::BTreeMap;

type Id = u32;

pub(super) fn seats_of(selection: &Selection<Id>) -> &Seats<Id> {
	match selection {
		Selection::Drawn(seats) => seats,
		Selection::Everybody => panic!("everybody serves"),
	}
}

fn counts(seats: &Seats<Id>) -> BTreeMap<Id, u32> {
	let mut counts = BTreeMap::new();
	for holder in seats.holders().iter().flatten() {
		*counts.entry(*holder).or_default() += 1;
	}
	counts
}

fn next(seats: Seats<Id>, list: &[(Id, Balance)], epoch: Epoch, params: &DrawParams) -> Drawn<Id> {
	let candidates = Candidates::new(list).unwrap();
	seats.next(&candidates, epoch, &draw_seed(&[5; 32], 1, epoch), params)
}

fn equal(operators: u32) -> Vec<(Id, Balance)> {
	(0..operators).map(|id| (id, 1_000_000)).collect()
}

#[test]
fn everybody_serves_while_they_fit() {
	let mut list = equal(200);
	list.push((999, 0));
	let candidates = Candidates::new(&list).unwrap();
	let (all, draws) = Selection::next(None, &candidates, 1, &[0; 32], &DrawParams::DEFAULT);
	assert_eq!((all.clone(), draws), (Selection::Everybody, 0));
	let members = all.members(&candidates);
	assert_eq!(members.len(), 200);
	assert!(members.iter().all(|member| member.weight == 1_000_000));

	let list = equal(201);
	let candidates = Candidates::new(&list).unwrap();
	let (drawn, draws) = Selection::next(Some(all), &candidates, 2, &[0; 32], &DrawParams::DEFAULT);
	assert!(seats_of(&drawn).is_full() && draws >= 200);
	let members = drawn.members(&candidates);
	assert_eq!(members.iter().map(|member| member.weight).sum::<u128>(), 200);
	assert!(members.len() < 200, "some have more than one seat");
	// In the order of the first seats.
	assert_eq!(Some(members[0].operator), seats_of(&drawn).holders()[0]);
}

#[test]
fn a_third_of_the_seats_rotates() {
	let (list, params) = (equal(1_000), DrawParams::DEFAULT);
	let mut seats = next(Seats::default(), &list, 3, &params).seats;
	for epoch in 4..20 {
		let drawn = next(seats.clone(), &list, epoch, &params);
		assert!((66..=67 * 4).contains(&drawn.draws));
		let pairs = seats.holders().iter().zip(drawn.seats.holders()).enumerate();
		for (seat, (before, after)) in pairs {
			assert!(before == after || seat as u32 % 3 == epoch % 3);
		}
		assert_ne!(seats, drawn.seats);
		seats = drawn.seats;
	}
}

#[test]
fn who_announced_to_leave_keeps_its_seats_until_they_rotate() {
	let (mut list, params) = (equal(300), DrawParams::DEFAULT);
	let mut seats = next(Seats::default(), &list, 3, &params).seats;
	let leaver = seats.holders()[1].unwrap();
	list[leaver as usize].1 = 0;
	let had = counts(&seats)[&leaver];
	seats = next(seats, &list, 5, &params).seats;
	assert!((1..=had).contains(&counts(&seats)[&leaver]));
	assert_eq!(seats.holders()[1], Some(leaver));
	for epoch in 6..8 {
		seats = next(seats, &list, epoch, &params).seats;
	}
	assert!(!counts(&seats).contains_key(&leaver));
	assert_eq!(Timing::NOTICE, 6);
}

#[test]
fn who_is_no_candidate_any_more_loses_its_seats_at_once() {
	let (mut list, params) = (equal(300), DrawParams::DEFAULT);
	let seats = next(Seats::default(), &list, 3, &params).seats;
	let gone = seats.holders()[1].unwrap();
	list.remove(gone as usize);
	let seats = next(seats, &list, 5, &params).seats;
	assert!(seats.is_full() && !counts(&seats).contains_key(&gone));
}

#[test]
fn seats_that_only_capped_operators_could_fill_stay_empty() {
	// One with nearly all of the stake: 4 · 200 draws hit somebody else too seldom.
	let mut list = equal(300);
	list[7].1 = 1 << 90;
	let params = DrawParams::DEFAULT;
	let drawn = next(Seats::default(), &list, 3, &params);
	assert_eq!(drawn.draws, 800);
	assert_eq!(counts(&drawn.seats), BTreeMap::from([(7, 10)]));
	assert_eq!(drawn.seats.concentration(), Perbill::one());
	assert!(!drawn.seats.is_full());
	// They are tried again in every epoch.
	list[7].1 = 1;
	let drawn = next(drawn.seats, &list, 4, &params);
	assert!(drawn.seats.is_full());
}

#[test]
fn the_greatest_concentration_of_the_last_three_draws_counts() {
	let params = DrawParams::DEFAULT;
	let even = equal(1_000);
	let mut uneven = even.clone();
	uneven[0].1 *= 1_000;
	let (low, high) = (
		Candidates::new(&even).unwrap().concentration(&params),
		Candidates::new(&uneven).unwrap().concentration(&params),
	);
	assert_eq!(low, Perbill::from_perthousand(19));
	assert!(high > Perbill::from_percent(50));
	let mut seats = next(Seats::default(), &even, 3, &params).seats;
	assert_eq!(seats.concentration(), low);
	seats = next(seats, &uneven, 4, &params).seats;
	for epoch in 5..7 {
		assert_eq!(seats.concentration(), high);
		seats = next(seats, &even, epoch, &params).seats;
	}
	assert_eq!(seats.concentration(), high);
	assert_eq!(next(seats, &even, 7, &params).seats.concentration(), low);
	// Seats that are drawn before their turn count too.
	let first = next(Seats::default(), &uneven, 3, &params).seats;
	assert_eq!(next(first, &even, 6, &params).seats.concentration(), high);
}

#[test]
fn a_draw_is_the_same_everywhere() {
	let list: Vec<_> = (0..12u32).map(|id| (id, 1 + u128::from(id))).collect();
	let drawn = next(Seats::default(), &list, 9, &DrawParams { seats: 9, cap: 2 });
	let names: Vec<_> = drawn.seats.holders().iter().flatten().copied().collect();
	assert_eq!((names, drawn.draws), (VECTOR.to_vec(), 11));
}

/// Computed by another implementation from the documentation.
const VECTOR: [Id; 9] = [7, 5, 8, 9, 11, 9, 8, 5, 11];

#[test]
fn committees_have_a_bounded_encoding() {
	let drawn = next(
		Seats::default(),
		&equal(1_000),
		3,
		&DrawParams { seats: 512, cap: 1 },
	);
	let selection = Selection::Drawn(drawn.seats);
	let bytes = selection.encode();
	assert_eq!(Selection::<Id>::decode(&mut &bytes[..]).unwrap(), selection);
	assert!(bytes.len() <= Selection::<Id>::max_encoded_len());
	assert!(Seats::<[u8; 32]>::max_encoded_len() <= 512 * 33 + 2 + 12);
}

#[test]
fn drawing_200_of_1000_is_quick() {
	let list: Vec<_> = (0..1_000u32)
		.map(|id| ([id.to_be_bytes(); 8].concat(), 1u128 << (40 + id % 20)))
		.collect();
	let mut whale = list.clone();
	whale[0].1 = 1 << 100;
	for (name, list) in [("spread", &list), ("concentrated", &whale)] {
		let run = || {
			let start = std::time::Instant::now();
			let candidates = Candidates::new(list).unwrap();
			let (selection, draws) = Selection::next(
				None,
				&candidates,
				3,
				&draw_seed(&[1; 32], 1, 3),
				&DrawParams::DEFAULT,
			);
			let members = selection.members(&candidates).len();
			(start.elapsed(), draws, members)
		};
		let (time, draws, members) = (0..50).map(|_| run()).min().unwrap();
		println!("200 seats of 1,000 operators, {name}: {time:?}, {draws} draws, {members} members");
		assert!(draws <= 800);
		assert!(cfg!(debug_assertions) || time.as_millis() < 5);
	}
}

fn list() -> impl Strategy<Value = Vec<(Id, Balance)>> {
	let stake = prop_oneof![Just(0u128), 1u128..1_000, 0u128..1 << 100, Just(u128::MAX)];
	prop::collection::btree_map(0u32..64, stake, 0..40).prop_map(|map| map.into_iter().collect())
}

fn params() -> impl Strategy<Value = DrawParams> {
	(3u32..40).prop_flat_map(|seats| (1..=seats).prop_map(move |cap| DrawParams { seats, cap }))
}

proptest! {
	#[test]
	fn committees_are_lawful_whatever_happens_between_epochs(
		epochs in prop::collection::vec((list(), params(), 0u32..4), 1..8), randomness: [u8; 32],
	) {
		let (mut before, mut epoch) = (None, 0u32);
		for (list, params, skipped) in epochs {
			prop_assert_eq!(params.check(), Ok(()));
			epoch += 1 + skipped;
			let candidates = Candidates::new(&list).unwrap();
			let seed = draw_seed(&randomness, 1, epoch);
			let (after, draws) = Selection::next(before.clone(), &candidates, epoch, &seed, &params);
			prop_assert_eq!(
				&Selection::next(before.clone(), &candidates, epoch, &seed, &params).0, &after
			);
			prop_assert!(draws <= DRAWS_PER_SEAT * params.seats);
			let stake = |id: &Id| list.iter().find(|entry| entry.0 == *id).map(|entry| entry.1);
			let members = after.members(&candidates);
			if let Selection::Drawn(seats) = &after {
				prop_assert_eq!(seats.holders().len(), params.seats as usize);
				let old = match &before {
					Some(Selection::Drawn(old)) => old.holders().to_vec(),
					_ => vec![],
				};
				let counts = counts(seats);
				prop_assert!(counts.values().all(|count| *count <= params.cap));
				for (seat, holder) in seats.holders().iter().enumerate() {
					let Some(holder) = holder else {
						prop_assert_eq!(draws, DRAWS_PER_SEAT * params.seats);
						continue;
					};
					let kept = seat as u32 % ROTATION != epoch % ROTATION
						&& old.get(seat).is_some_and(|old| old.as_ref() == Some(holder));
					prop_assert!(stake(holder).is_some_and(|stake| stake > 0 || kept));
				}
				for (seat, old) in old.iter().enumerate().take(params.seats as usize) {
					let Some(old) = old else { continue };
					let stays = seat as u32 % ROTATION != epoch % ROTATION && stake(old).is_some();
					// Only a cap below what it had takes a kept seat away.
					prop_assert!(
						!stays || seats.holders()[seat] == Some(*old) || counts.get(old) == Some(&params.cap)
					);
				}
				let weights: u128 = members.iter().map(|member| member.weight).sum();
				prop_assert_eq!(weights, seats.holders().iter().flatten().count() as u128);
				prop_assert!(seats.encode().len() <= Seats::<Id>::max_encoded_len());
			} else {
				prop_assert!(candidates.staked() <= params.seats as usize);
				prop_assert_eq!(members.len(), candidates.staked());
			}
			before = Some(after);
		}
	}
}

#[test]
fn seats_follow_stake() {
	// Operator i has i + 1 parts of 20,100; over 300 epochs 67 seats each are drawn.
	let list: Vec<_> = (0..200u32).map(|id| (id, 1_000 * (1 + u128::from(id)))).collect();
	let params = DrawParams { seats: 199, cap: 199 };
	let (mut seats, mut hits, mut all) = (Seats::default(), [0u32; 200], 0);
	for epoch in 0..300 {
		seats = next(seats, &list, epoch, &params).seats;
		for (seat, holder) in seats.holders().iter().enumerate() {
			if seat as u32 % 3 == epoch % 3 {
				hits[holder.unwrap() as usize] += 1;
				all += 1;
			}
		}
	}
	for (id, hits) in hits.iter().enumerate() {
		let mean = f64::from(all) * (id as f64 + 1.0) / 20_100.0;
		assert!(
			(f64::from(*hits) - mean).abs() < 5.0 * mean.sqrt() + 3.0,
			"{id}: {hits} of {mean}"
		);
	}
}
