// SPDX-License-Identifier: Apache-2.0

//! Rows that the chain asks for.

use super::{bytes, World};
use crate::protocol::Request;
use std::time::Duration;
use tokio::{task::JoinSet, time::timeout};
use zerog_erasure::{encode, Commitment, Verifier};

/// A blob that all have signed, and a row of a member.
async fn custody(world: &World, member: usize, seed: u64) -> (Commitment, u32) {
	let blob = bytes(50_000, seed);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	let held = world.node(member).node().store.held(&commitment).unwrap();
	(commitment, held[held.len() / 2])
}

async fn is_answered(world: &World, commitment: Commitment, index: u32, seed: u64) {
	world
		.until("it is answered", |world| !world.chain.answers().is_empty())
		.await;
	let (of, row) = world.chain.answers().remove(0);
	assert_eq!((of, row.index), (commitment, index));
	let encoded = encode(super::GENESIS, super::NAMESPACE, &bytes(50_000, seed)).unwrap();
	let verifier = Verifier::new(encoded.header(), commitment, encoded.checksum()).unwrap();
	assert_eq!(verifier.check_row(&row), Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_shows_the_row_that_it_is_asked_for() {
	let world = World::new(4).await;
	let (commitment, row) = custody(&world, 1, 1).await;
	world.chain.challenge([1; 32], commitment, row, 500);
	is_answered(&world, commitment, row, 1).await;
	assert_eq!(world.hub.count("fetch"), 0);
	// Once is enough.
	let best = world.node(1).best_number();
	world
		.until("time has passed", |world| world.node(1).best_number() > best + 12)
		.await;
	assert_eq!(world.chain.answers().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_that_is_lost_is_rebuilt_from_the_others_and_kept() {
	let world = World::new(4).await;
	let (commitment, row) = custody(&world, 1, 2).await;
	let store = &world.node(1).node().store;
	let held = store.held(&commitment).unwrap();
	for index in &held {
		store.remove_row(&commitment, *index).unwrap();
	}
	world.chain.challenge([1; 32], commitment, row, 5_000);
	is_answered(&world, commitment, row, 2).await;
	assert_eq!(store.held(&commitment), Ok(held));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_checksum_that_rotted_is_rebuilt_with_the_row_and_kept() {
	let mut world = World::new(4).await;
	let (commitment, row) = custody(&world, 1, 4).await;
	world.node(1).node().store.corrupt_checksum(&commitment);
	// What it has in memory would do.
	world.stop(1).await;
	world.start(1).await;
	world.chain.challenge([1; 32], commitment, row, 5_000);
	is_answered(&world, commitment, row, 4).await;
	let encoded = encode(super::GENESIS, super::NAMESPACE, &bytes(50_000, 4)).unwrap();
	let store = &world.node(1).node().store;
	assert!(store.remembers(&commitment, encoded.checksum()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lost_row_is_rebuilt_in_time_though_as_many_users_read_as_may_and_more_wait() {
	let world = World::new(5).await;
	let (commitment, row) = custody(&world, 1, 5).await;
	let (stalled, _) = custody(&world, 1, 6).await;
	let store = &world.node(1).node().store;
	store.remove_row(&commitment, row).unwrap();
	world.hub.stall(move |request, _| match request {
		Request::Fetch { commitment, .. } => *commitment == stalled,
		_ => false,
	});
	let mut users = JoinSet::new();
	for _ in 0..world.limits.retrievals + 2 {
		let node = world.node(1).clone();
		users.spawn(async move { node.retrieve(stalled).await });
	}
	// Each asks the four others, and cannot do without them.
	world
		.until("users wait for rows", |world| {
			world.hub.count("stalled") >= 4 * world.limits.retrievals
		})
		.await;
	world.chain.challenge([1; 32], commitment, row, 5_000);
	let answer = is_answered(&world, commitment, row, 5);
	timeout(Duration::from_secs(15), answer).await.unwrap();
	assert!(users.try_join_next().is_none(), "they still read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_that_is_there_is_shown_though_another_one_cannot_be_rebuilt() {
	let mut world = World::new(4).await;
	let (commitment, row) = custody(&world, 1, 7).await;
	let store = &world.node(1).node().store;
	let lost = store.held(&commitment).unwrap()[0];
	store.remove_row(&commitment, lost).unwrap();
	world
		.hub
		.stall(|request, _| matches!(request, Request::Fetch { .. }));
	// It sees both challenges at once.
	world.stop(1).await;
	for row in [lost, row] {
		world.chain.challenge([1; 32], commitment, row, 5_000);
	}
	world.start(1).await;
	let answer = is_answered(&world, commitment, row, 7);
	timeout(Duration::from_secs(15), answer).await.unwrap();
	assert_eq!(world.chain.answers().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_challenge_that_nobody_answered_is_ended_by_the_others() {
	let mut world = World::new(4).await;
	let (commitment, row) = custody(&world, 3, 3).await;
	world.stop(3).await;
	world.chain.challenge([3; 32], commitment, row, 5);
	world
		.until("it is ended", |world| {
			world.chain.resolved().contains(&(commitment, row))
		})
		.await;
	assert!(world.chain.answers().is_empty());
}
