// SPDX-License-Identifier: Apache-2.0

//! Who is drawn, when, and from what.

use crate::{mock::*, pallet::*, types::*, Networking, StakeSource};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use sp_runtime::{DispatchError, Perbill};
use std::collections::BTreeMap;
use zerog_networks::{Epoch, Member, NetworkId, Selection, Status, NEVER, ROOT, SEAT};

/// More operators than seats, all in the network.
const MANY: std::ops::RangeInclusive<AccountId> = 1..=20;

/// A network that is drawn from many.
fn drawn() -> NetworkId {
	for operator in MANY.skip(3) {
		register(operator).unwrap();
	}
	let name = network(&MANY.collect::<Vec<_>>());
	settle();
	assert!(seats(name, epoch()).is_some());
	name
}

#[test]
fn the_cap_holds_and_a_third_of_the_seats_rotates_in_an_epoch() {
	test(|| {
		let name = drawn();
		let mut before = seats(name, epoch()).unwrap();
		for _ in 0..12 {
			pass(1);
			let now = seats(name, epoch()).unwrap();
			let turn = epoch() as usize % 3;
			for (seat, holder) in now.iter().enumerate() {
				assert!(seat % 3 == turn || *holder == before[seat], "seat {seat}");
			}
			let mut held = BTreeMap::<_, u32>::new();
			for holder in now.iter().flatten() {
				*held.entry(*holder).or_default() += 1;
			}
			assert!(held.values().all(|count| *count <= 3));
			assert_eq!(now.len(), 9);
			before = now;
		}
	});
}

#[test]
fn a_committee_is_drawn_an_epoch_ahead_from_randomness_after_stake_was_frozen() {
	let committee = |seed: &dyn Fn(u32), stake: &dyn Fn(u32)| {
		let mut found = None;
		test(|| {
			let name = drawn();
			pass(3);
			let serves = epoch() + 4;
			for before in (1..=4).rev() {
				// Before the blocks of this epoch read anything.
				stake(before);
				seed(before);
				turn();
				assert_eq!(epoch(), serves - (before - 1));
				blocks(EPOCH - 1);
				if before == 2 {
					// There it is, all of the epoch before it serves.
					found = seats(name, serves);
				}
			}
			assert_eq!(seats(name, serves), found);
		});
		found.unwrap()
	};
	let nothing = |_: u32| ();
	let usual = committee(&nothing, &nothing);
	let richer = |when: u32| {
		move |before: u32| {
			if before == when {
				Stakes::insert(5, (1_000 * STAKE, false));
			}
		}
	};
	// What happens in the three epochs before it serves changes nothing.
	for late in [1, 2, 3] {
		assert_eq!(committee(&nothing, &richer(late)), usual);
	}
	let bought = committee(&nothing, &|before| {
		// The roster that counts was read in the epoch before.
		if before == 4 {
			Stakes::insert(5, (1_000 * STAKE, false));
		}
	});
	assert_eq!(bought, usual, "this epoch's reading is one too late");
	// The randomness is that of the epoch of the draw.
	let reseeded = |when: u32| move |before: u32| Seed::set(if before == when { 7 } else { 0 });
	assert_ne!(committee(&reseeded(2), &nothing), usual);
	assert_eq!(committee(&reseeded(1), &nothing), usual);
}

#[test]
fn stake_that_is_read_counts_four_epochs_later() {
	test(|| {
		let name = drawn();
		pass(1);
		Stakes::insert(5, (1_000 * STAKE, false));
		// Read in the next epoch.
		let read = epoch() + 1;
		let holds = |epoch| {
			let seats = seats(name, epoch).unwrap();
			seats.iter().filter(|holder| **holder == Some(5)).count()
		};
		while epoch() < read + 3 {
			pass(1);
		}
		assert!(holds(epoch()) < 3);
		pass(1);
		// Almost all stake: the three seats that rotated, which is the cap.
		assert_eq!(holds(epoch()), 3);
	});
}

#[test]
fn who_announced_to_leave_draws_no_more_seats_and_none_stands_after_its_notice() {
	test(|| {
		let name = drawn();
		Stakes::insert(5, (1_000 * STAKE, false));
		pass(8);
		let holds = |epoch| seats(name, epoch).unwrap().contains(&Some(5));
		assert!(holds(epoch()));
		// Read a last time right before: what is drawn from that stands for the whole notice.
		let announced = epoch();
		Stakes::insert(5, (1_000 * STAKE, true));
		while epoch() < announced + NOTICE - 1 {
			pass(1);
			assert!(holds(epoch()));
		}
		pass(1);
		assert_eq!(epoch(), announced + NOTICE);
		assert!(!holds(epoch()));
	});
}

/// Draws that the committee of an epoch took, if it was drawn.
fn draws(name: NetworkId, of: Epoch) -> Option<u32> {
	events().into_iter().find_map(|event| match event {
		Event::CommitteeDrawn {
			network,
			epoch,
			draws,
		} if (network, epoch) == (name, of) => Some(draws),
		_ => None,
	})
}

#[test]
fn a_committee_that_was_missed_is_followed_by_one_that_is_drawn_as_a_whole() {
	test(|| {
		let name = drawn();
		pass(3);
		let missed = epoch() + 2;
		assert!(draws(name, epoch()).unwrap() < 9);
		// An epoch of one block: it draws nothing for the next one.
		turn();
		pass(1);
		assert_eq!((epoch(), draws(name, missed)), (missed, None));
		// Seats of the one before that would have rotated in the epoch between.
		assert!(draws(name, missed + 1).unwrap() >= 9);
	});
}

#[test]
fn a_roster_that_was_read_while_its_randomness_was_made_is_not_drawn_from() {
	test(|| {
		let name = drawn();
		pass(3);
		// Two epochs for one reading.
		ReadsPerBlock::set(1);
		turn();
		let began = epoch();
		blocks(10);
		turn();
		ReadsPerBlock::set(16);
		blocks(EPOCH - 1);
		let late = Rosters::<Test>::get(began + 2).unwrap();
		assert_eq!((late.began, late.candidates.len()), (began, 20));
		pass(6);
		// In the epoch of the first blocks there was no roster frozen either.
		for (serves, found) in [(3, true), (4, false), (5, false), (6, true)] {
			assert_eq!(draws(name, began + serves).is_some(), found, "{serves}");
		}
		assert!(events().contains(&Event::CommitteeMissing {
			network: name,
			epoch: began + 5
		}));
	});
}

#[test]
fn a_network_needs_its_part_of_all_stake_to_have_a_committee() {
	test(|| {
		for operator in 4..=10 {
			register(operator).unwrap();
		}
		let name = network(&OPERATORS);
		settle();
		let three_of_ten = Perbill::from_percent(30);
		assert_ok!(govern(|all| all.least_share = three_of_ten));
		pass(2);
		assert_eq!(members(name, epoch()), OPERATORS);
		assert_ok!(govern(
			|all| all.least_share = three_of_ten + Perbill::from_parts(1)
		));
		pass(2);
		assert!(members(name, epoch()).is_empty());
	});
}

#[test]
fn rosters_that_are_not_read_in_time_draw_nothing_and_the_root_network_serves() {
	test(|| {
		let name = drawn();
		// An epoch of five blocks reads five operators of twenty.
		ReadsPerBlock::set(1);
		for _ in 0..6 {
			turn();
			blocks(5);
			check();
		}
		assert!(seats(name, epoch()).is_none());
		assert_eq!(Routes::<Test>::get().networks.to_vec(), [(ROOT, CAPACITY)]);
		assert_eq!(root_members().len(), 20);
		// Who wants it otherwise pays for more steps.
		for _ in 0..5 {
			turn();
			while call(|| Networks::advance(signed(RICH)).map_err(|refused| refused.error)).is_ok() {}
			assert_noop!(
				Networks::advance(signed(RICH)).map_err(|refused| refused.error),
				Error::<Test>::NothingToDo
			);
		}
		assert!(seats(name, epoch()).is_some());
	});
}

#[test]
fn sweeps_end_however_short_epochs_are_and_the_root_network_follows() {
	test(|| {
		for operator in MANY.skip(3) {
			register(operator).unwrap();
		}
		ReadsPerBlock::set(1);
		for _ in 0..40 {
			turn();
			blocks(1);
			check();
			assert!(!root_members().is_empty());
		}
		assert_eq!(root_members().len(), 20);
	});
}

#[test]
fn epochs_that_are_skipped_cost_committees_but_not_the_root_network() {
	test(|| {
		let name = drawn();
		Session::mutate(|epoch| *epoch += 5);
		next_block();
		check();
		assert!(seats(name, epoch()).is_none());
		assert_eq!(root_members().len(), 20);
		pass(6);
		assert!(seats(name, epoch()).is_some());
	});
}

#[test]
fn blocks_of_the_turn_alone_leave_a_root_committee() {
	test(|| {
		for _ in 0..10 {
			turn();
			check();
			assert_eq!(root_members(), OPERATORS);
		}
	});
}

#[test]
fn a_committee_publishes_its_security_and_the_bounds_of_its_own_draw() {
	test(|| {
		let name = drawn();
		let honest = Networks::security_info(name, Perbill::zero(), 2_048).unwrap();
		let members = members(name, epoch());
		assert_eq!(honest.members as usize, members.len());
		assert_eq!(honest.stake, STAKE * members.len() as u128);
		assert!(honest.availability.stake > honest.liveness.stake && honest.liveness.stake > 0);
		assert!(honest.availability.stake <= honest.stake);
		// Of that a half for what proves itself, a hundredth for rows that are not shown; who does not sign pays nothing.
		assert_eq!(honest.availability.deceit, honest.availability.stake / 2);
		assert_eq!(honest.availability.withholding, honest.availability.stake / 100);
		assert_eq!((honest.liveness.deceit, honest.liveness.withholding), (0, 0));
		// Nobody corrupt: what is left is the chance that seats stay empty.
		assert!(honest.availability.bits > 0);
		let third = Networks::security_info(name, Perbill::from_percent(33), 2_048).unwrap();
		assert_eq!((third.availability.bits, third.liveness.bits), (0, 0));
		// It counts now: a slash lowers it at once.
		Stakes::insert(members[0], (0, false));
		let less = Networks::security_info(name, Perbill::zero(), 2_048).unwrap();
		assert_eq!(less.stake, honest.stake - STAKE);

		let root = Networks::security_info(ROOT, Perbill::from_percent(30), 2_048).unwrap();
		assert_eq!((root.members, root.availability.bits), (20, NEVER));
		assert_eq!(Networks::security_info(name + 1, Perbill::zero(), 2_048), None);
	});
}

#[test]
fn operators_are_told_their_duties() {
	test(|| {
		let name = drawn();
		let duties = Networks::duties_of(&1);
		for epoch in [epoch(), epoch() + 1] {
			let weight = |network| {
				let found = duties
					.iter()
					.find(|duty| (duty.network, duty.epoch) == (network, epoch));
				found.map(|duty| duty.weight)
			};
			assert_eq!(weight(ROOT), Some(STAKE));
			let seats = seats(name, epoch).unwrap();
			let held = seats.iter().filter(|holder| **holder == Some(1)).count() as u128;
			assert_eq!(weight(name).unwrap_or(0), held * SEAT);
		}
		let members = Networks::member_infos(name, epoch()).unwrap();
		assert_eq!(members.iter().map(|member| member.weight).sum::<u128>(), 9 * SEAT);
		assert!(members.iter().all(|member| member.stake == STAKE));
		assert!(Networks::duties_of(&99).is_empty());
	});
}

#[test]
fn all_serve_by_stake_until_there_are_more_than_seats() {
	test(|| {
		for operator in 4..=9 {
			register(operator).unwrap();
		}
		let nine: Vec<_> = (1..=9).collect();
		let name = network(&nine);
		settle();
		Stored::endow(&9, 7 * STAKE);
		pass(5);
		assert_eq!(members(name, epoch()), nine);
		let weights = <Networks as Networking<AccountId>>::committee(name, epoch()).unwrap();
		assert_eq!(weights.last().map(|member| member.weight), Some(7 * STAKE));
		register(10).unwrap();
		assert_ok!(join(10, name));
		pass(5);
		assert!(matches!(
			Committees::<Test>::get(name, epoch()).unwrap().selection,
			Selection::Drawn(_)
		));
	});
}

#[test]
fn who_lost_little_stake_loses_little_of_its_seats_and_nobody_gains_it() {
	test(|| {
		let name = drawn();
		let committee = || <Networks as Networking<AccountId>>::committee(name, epoch()).unwrap();
		let sum = |members: &[Member<_>]| members.iter().map(|member| member.weight).sum::<u128>();
		let before = committee();
		assert_eq!(sum(&before), 9 * SEAT);
		let place = before.iter().position(|member| member.weight == SEAT).unwrap();
		Stakes::insert(before[place].operator, (STAKE - STAKE / 500, false));
		let mut after = committee();
		assert_eq!(sum(&after), 9 * SEAT);
		let vacant = after.pop().unwrap();
		let lost = SEAT - after[place].weight;
		assert!((SEAT / 1_000..SEAT / 400).contains(&lost), "{lost}");
		assert_eq!((vacant.operator, vacant.weight), (Networks::account(), lost));
		after[place].weight = SEAT;
		assert_eq!(after, before);
		let published = Networks::security_info(name, Perbill::zero(), 2_048).unwrap();
		assert_eq!(published.vacant, lost);
		// It is no member to whom anything is owed.
		let members = Networks::member_infos(name, epoch()).unwrap();
		assert!(members.iter().all(|member| member.operator != vacant.operator));
	});
}

#[test]
fn seats_whose_stake_left_count_for_liars() {
	test(|| {
		let name = drawn();
		let security = || Networks::security_info(name, Perbill::zero(), 2_048).unwrap();
		let before = security();
		assert!(before.availability.bits > 0 && before.liveness.bits > 0);
		let members = Networks::member_infos(name, epoch()).unwrap();
		let mut gone = 0;
		for member in &members {
			Stakes::insert(member.operator, (0, false));
			gone += member.weight / SEAT;
			let now = security();
			// Of nine seats liars need four to lose what is certified, and three to keep blobs from being certified.
			assert_eq!(
				(now.availability.bits > 0, now.liveness.bits > 0),
				(gone < 4, gone < 3)
			);
			assert!(now.liveness.stake < before.liveness.stake);
			if gone >= 4 {
				assert_eq!((now.availability.stake, now.liveness.stake), (0, 0));
				break;
			}
		}
	});
}

#[test]
fn stake_of_everybody_that_left_is_a_larger_share_of_liars() {
	test(|| {
		drawn();
		for gone in 0..=6u128 {
			if gone > 0 {
				Stakes::insert(gone, (0, false));
			}
			// 33 of the hundred less five each that are left: more than a third without one, than 5/12 without five.
			let now = Networks::security_info(ROOT, Perbill::from_percent(33), 2_048).unwrap();
			let never = |bits| bits == NEVER;
			assert_eq!(
				(never(now.availability.bits), never(now.liveness.bits)),
				(gone < 5, gone < 1)
			);
			assert_eq!((now.members, now.vacant), (20, 0));
		}
		// The others have its rows.
		let committee = <Networks as Networking<AccountId>>::committee(ROOT, epoch()).unwrap();
		assert_eq!(committee.len(), 20);
		let weights = committee.iter().map(|member| member.weight);
		assert_eq!(weights.sum::<u128>(), 14 * STAKE);
	});
}

#[test]
fn stake_that_left_without_notice_since_a_draw_weighs_nothing() {
	test(|| {
		let name = drawn();
		let weight = |network, operator| {
			let members = <Networks as Networking<AccountId>>::committee(network, epoch()).unwrap();
			let found = members.into_iter().find(|member| member.operator == operator);
			found.map_or(0, |member| member.weight)
		};
		let holders = seats(name, epoch()).unwrap();
		let count = |operator| holders.iter().filter(|holder| **holder == Some(operator)).count() as u128;
		let operator = MANY.max_by_key(|operator| count(*operator)).unwrap();
		let seats = count(operator) * SEAT;
		assert_eq!((weight(name, operator), weight(ROOT, operator)), (seats, STAKE));
		// What was announced to leave is still there.
		Stakes::insert(operator, (STAKE, true));
		assert_eq!((weight(name, operator), weight(ROOT, operator)), (seats, STAKE));
		Stakes::insert(operator, (STAKE / 2, false));
		assert_eq!(
			(weight(name, operator), weight(ROOT, operator)),
			(seats / 2, STAKE / 2)
		);
		Stakes::insert(operator, (10 * STAKE, false));
		assert_eq!((weight(name, operator), weight(ROOT, operator)), (seats, STAKE));
		Stakes::insert(operator, (0, false));
		assert_eq!((weight(name, operator), weight(ROOT, operator)), (0, 0));
		// Read anew with less, it keeps seats from before, and their weight is not that of what is left.
		Stakes::insert(operator, (STAKE / 4, false));
		pass(1);
		let rotated = crate::mock::seats(name, epoch()).unwrap();
		let kept = rotated.iter().filter(|holder| **holder == Some(operator)).count() as u128;
		assert_eq!(weight(name, operator), kept * SEAT / 4);
	});
}

#[test]
fn rosters_seats_and_operators_that_break_what_always_holds_are_found() {
	test(|| {
		let name = drawn();
		pass(3);
		let found = |change: &dyn Fn()| {
			let checked = call(|| {
				change();
				Networks::do_try_state()
			});
			checked.unwrap_err()
		};
		let frozen = Committees::<Test>::get(name, epoch()).unwrap().frozen;
		let earlier = || Rosters::<Test>::mutate(frozen, |roster| roster.as_mut().unwrap().began -= 1);
		assert_eq!(
			found(&earlier),
			DispatchError::Other("a committee's roster was read in the epoch before it was frozen")
		);
		let holder = seats(name, epoch()).unwrap()[0].unwrap();
		let over = || {
			Operators::<Test>::mutate(holder, |info| {
				let place = info.as_mut().unwrap().membership(name).unwrap();
				place.left = Some(epoch() - NOTICE);
			})
		};
		assert_eq!(
			found(&over),
			DispatchError::Other("no seat outlives its holder's notice")
		);
		certify(name, 10, 10_000).unwrap();
		govern(|all| all.networks.max = 1).unwrap();
		pass(2);
		assert_eq!(status(name), Some(Status::Draining));
		assert_eq!(
			found(&|| Operators::<Test>::remove(holder)),
			DispatchError::Other("who is in a network that drains stays an operator")
		);
	});
}
