// SPDX-License-Identifier: Apache-2.0

//! What a flood costs, and whom.

use super::{bytes, limits, share, World};
use crate::{
	budget::{Budgets, Excess},
	protocol::{decode_response, encode_request, Batch, Kind, Refusal, Request, Response},
	Allowance, Limits, Misbehaviour,
};
use polkadot_sdk::sc_network_types::PeerId;
use std::{sync::Arc, time::Duration};
use zerog_erasure::encode;

/// So slow that nothing comes back during a test: ten requests of ten bytes are more than allowed, nine are not.
fn ten() -> Allowance {
	Allowance {
		at_once: 3,
		requests_per_second: 1_000_000,
		bytes_per_second: 1,
		burst: Duration::from_secs(97),
		unread_bytes: 100,
	}
}

fn plenty() -> Allowance {
	Allowance {
		at_once: 100,
		requests_per_second: 1_000_000_000,
		bytes_per_second: 1 << 40,
		burst: Duration::from_secs(1),
		unread_bytes: 1_000,
	}
}

fn budgets(change: impl FnOnce(&mut Limits)) -> Arc<Budgets> {
	let mut limits = Limits {
		inbound: 100,
		members: plenty(),
		strangers: ten(),
		all_strangers: plenty(),
		..Default::default()
	};
	change(&mut limits);
	Arc::new(Budgets::new(&limits))
}

#[test]
fn a_flooder_is_told_to_wait_then_reported_and_others_are_served() {
	let budgets = budgets(|_| {});
	let (flooder, other) = (PeerId::random(), PeerId::random());
	let ask = |peer, is_member| budgets.enter(peer, is_member, Kind::Talk, 10).err();
	for _ in 0..10 {
		assert_eq!(ask(flooder, false), None);
	}
	for _ in 0..10 {
		assert_eq!(ask(flooder, false), Some(Excess::Busy));
	}
	for _ in 0..5 {
		assert_eq!(ask(flooder, false), Some(Excess::Flood));
	}
	assert_eq!(ask(other, false), None);
	let mut served = 0;
	while ask(PeerId::random(), true).is_none() && served < 1_000 {
		served += 1;
	}
	assert_eq!(served, 1_000);
}

#[test]
fn bytes_are_counted_for_each_kind_by_itself_and_answers_too() {
	let budgets = budgets(|_| {});
	let peer = PeerId::random();
	for _ in 0..5 {
		assert!(budgets.enter(peer, false, Kind::Push, 20).is_ok());
	}
	assert_eq!(
		budgets.enter(peer, false, Kind::Push, 20).err(),
		Some(Excess::Busy)
	);
	let place = budgets.enter(peer, false, Kind::Serve, 10).ok().unwrap();
	place.draw(0, 100);
	drop(place);
	assert_eq!(
		budgets.enter(peer, false, Kind::Serve, 10).err(),
		Some(Excess::Busy)
	);
	assert!(budgets.enter(peer, false, Kind::Talk, 10).is_ok());
}

#[test]
fn work_for_nothing_is_drawn_as_requests_of_who_caused_it() {
	let slow = Allowance {
		requests_per_second: 1,
		bytes_per_second: 1 << 40,
		burst: Duration::from_secs(100),
		..ten()
	};
	let budgets = budgets(|limits| limits.members = slow);
	let (forger, other) = (PeerId::random(), PeerId::random());
	let enter = |peer, kind| budgets.enter(peer, true, kind, 10);
	for _ in 0..4 {
		enter(forger, Kind::Talk).ok().unwrap().draw(32, 0);
	}
	assert_eq!(enter(forger, Kind::Talk).err(), Some(Excess::Busy));
	assert!(enter(forger, Kind::Serve).is_ok() && enter(other, Kind::Talk).is_ok());
}

#[test]
fn strangers_leave_room_for_members_and_each_peer_for_others() {
	let budgets = budgets(|limits| {
		limits.inbound = 6;
		limits.all_strangers.at_once = 4;
	});
	let enter = |peer, is_member| budgets.enter(peer, is_member, Kind::Talk, 10);
	let peer = PeerId::random();
	let mut places: Vec<_> = (0..3).map(|_| enter(peer, false).ok().unwrap()).collect();
	assert_eq!(enter(peer, false).err(), Some(Excess::Busy));
	places.push(enter(PeerId::random(), false).ok().unwrap());
	assert_eq!(enter(PeerId::random(), false).err(), Some(Excess::Busy));
	places.push(enter(PeerId::random(), true).ok().unwrap());
	places.push(enter(PeerId::random(), true).ok().unwrap());
	assert_eq!(enter(PeerId::random(), true).err(), Some(Excess::Busy));
	places.remove(0);
	assert!(enter(peer, false).is_ok());
}

#[test]
fn who_does_not_take_its_answers_gets_no_more_rows_but_may_go_on_otherwise() {
	let budgets = budgets(|limits| {
		limits.strangers = plenty();
		limits.all_strangers.unread_bytes = 1_500;
	});
	let (slow, other, third) = (PeerId::random(), PeerId::random(), PeerId::random());
	let serve = |peer, is_member| budgets.enter(peer, is_member, Kind::Serve, 10);
	let answer = |peer, bytes| serve(peer, false).ok().unwrap().answered(bytes);
	let first = answer(slow, 999);
	let second = answer(slow, 1);
	assert_eq!(serve(slow, false).err(), Some(Excess::Busy));
	for kind in [Kind::Push, Kind::Talk] {
		assert!(budgets.enter(slow, false, kind, 10).is_ok());
	}
	drop(second);
	let second = answer(slow, 1);
	let others = answer(other, 500);
	assert_eq!(
		serve(third, false).err(),
		Some(Excess::Busy),
		"all strangers together"
	);
	assert!(serve(third, true).is_ok(), "members are not among them");
	drop((first, second));
	assert!(serve(slow, false).is_ok() && serve(third, false).is_ok());
	drop(others);
}

#[test]
fn peers_at_rest_are_forgotten_and_the_restless_make_strangers_wait() {
	let at_rest = budgets(|limits| limits.strangers = plenty());
	for _ in 0..10_000 {
		assert!(at_rest.enter(PeerId::random(), false, Kind::Talk, 10).is_ok());
	}
	assert!(at_rest.peers() <= 4_096);
	// What they use comes back after a quarter of an hour, longer than the slowest machine takes here.
	let slow = Allowance {
		burst: Duration::from_secs(100_000),
		..ten()
	};
	let restless = budgets(|limits| limits.strangers = slow);
	let served = (0..5_000)
		.filter(|_| restless.enter(PeerId::random(), false, Kind::Talk, 1_000).is_ok())
		.count();
	assert_eq!((served, restless.peers()), (4_096, 4_096));
	assert!(restless.enter(PeerId::random(), true, Kind::Talk, 10).is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_unpaid_pushes_is_not_decoded_and_stops_nobody_else() {
	let strangers = Allowance {
		bytes_per_second: 1 << 20,
		burst: Duration::from_secs(10),
		..Limits::default().strangers
	};
	let world = World::with(
		4,
		Limits {
			strangers,
			..limits()
		},
		false,
	)
	.await;
	let unpaid = encode(super::GENESIS, super::NAMESPACE, &bytes(2 << 20, 1)).unwrap();
	let push = encode_request(&Request::Push(world.push_of(&unpaid, 1)));
	let (flooder, target) = (PeerId::random(), world.sites[1].peer);
	let mut refusals = Vec::new();
	for _ in 0..12 {
		let answer = world.hub.deliver(flooder, target, push.clone()).await.unwrap();
		match decode_response(&answer).unwrap() {
			Response::Refused(refusal) => refusals.push(refusal),
			other => panic!("{}", other.name()),
		}
	}
	// Each is drawn twice, for it is refused; then it has to wait, and does not.
	assert_eq!(refusals[0], Refusal::NotPaid);
	assert_eq!(refusals[11], Refusal::Busy);
	assert!(world.hub.was_reported(flooder, Misbehaviour::Flood));
	let metrics = &world.node(1).node().metrics;
	assert!(metrics.refused.with_label_values(&["not_paid"]).get() > 0);
	assert_eq!(metrics.rows_refused.with_label_values(&["not_paid"]).get(), 0);
	let blob = bytes(300_000, 2);
	let commitment = world.certified(world.observer(), &blob).await;
	world
		.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 4096
		})
		.await;
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forged_shares_use_up_the_budget_of_the_member_that_sends_them_and_stop_nobody_else() {
	// Hardly anything comes back during the test.
	let members = Allowance {
		requests_per_second: 20,
		burst: Duration::from_secs(50),
		..Limits::default().members
	};
	let world = World::with(4, Limits { members, ..limits() }, false).await;
	let blob = bytes(10_000, 3);
	let commitment = world.submit(&blob).commitment();
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let (mut checked, mut answer) = (0, Response::Refused(Refusal::BadSignature));
	while answer == Response::Refused(Refusal::BadSignature) {
		let forged = share(3, 2, Batch::one(commitment), deadline, checked);
		answer = world.ask(3, 1, Request::Share(forged)).await;
		checked += 1;
	}
	assert_eq!(answer, Response::Refused(Refusal::Busy));
	assert!((20..100).contains(&checked), "{checked}");
	world.node(0).publish(commitment, blob).await.unwrap();
	world.until_all_signed(commitment).await;
	assert_eq!(world.hub.reports(), []);
}
