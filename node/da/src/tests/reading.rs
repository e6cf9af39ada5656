// SPDX-License-Identifier: Apache-2.0

//! Reading from members of every bad kind at once.

use super::{bytes, World};
use crate::{protocol::Response, Event, Fault, Misbehaviour};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slow_silent_lying_and_half_answering_members_do_not_stop_a_reader_who_names_the_liar() {
	let world = World::new(8).await;
	let blob = bytes(128 << 10, 1);
	let commitment = world.certified(0, &blob).await;
	world
		.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
	let peer = |member: usize| world.sites[member].peer;
	world.hub.delay(peer(0), Duration::from_secs(15));
	world.hub.delay(peer(1), Duration::from_secs(3_600));
	world.hub.tamper(peer(2), |_, mut response| {
		if let Response::Rows(rows) = &mut response {
			rows.0.iter_mut().for_each(|row| row.data[7] ^= 1);
		}
		response
	});
	world.hub.tamper(peer(3), |_, mut response| {
		if let Response::Rows(rows) = &mut response {
			rows.0.truncate(rows.0.len() / 2);
		}
		response
	});
	let reader = world.node(world.observer());
	let started = Instant::now();
	let read = reader.read(commitment, 0..128 << 10).await.unwrap();
	// The slow one would have taken 15 s, the silent one 20 s.
	assert!(
		started.elapsed() < Duration::from_secs(12),
		"{:?}",
		started.elapsed()
	);
	assert_eq!(read.bytes, blob);
	let liar = Fault {
		member: 2,
		peer: peer(2),
		misbehaviour: Misbehaviour::BadRows,
	};
	assert_eq!(read.faults, [liar]);
	assert_eq!(world.hub.reports(), [(peer(2), Misbehaviour::BadRows)]);
	let account = hex::encode(world.chain.current().members[2].account);
	let what = Misbehaviour::BadRows.as_str();
	let faults = &reader.node().metrics.faults;
	assert_eq!(faults.with_label_values(&[&account, what]).get(), 1);
	let events = reader.trace(commitment).unwrap().events;
	assert!(events
		.iter()
		.any(|entry| matches!(entry.event, Event::Fault { member: 2, .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_systematic_rows_are_fetched_while_their_holders_answer() {
	let world = World::new(4).await;
	let blob = bytes(128 << 10, 2);
	let commitment = world.certified(0, &blob).await;
	world
		.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
	let reader = world.node(world.observer());
	assert_eq!(reader.retrieve(commitment).await.unwrap(), blob);
	let checked = &reader.node().metrics.rows_checked;
	assert_eq!(checked.with_label_values(&["good"]).get(), 512);
	// One request to each member: nothing is asked twice.
	assert_eq!(world.hub.count("fetch"), 4);
}
