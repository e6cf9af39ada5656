// SPDX-License-Identifier: Apache-2.0

//! Rows that the chain asks for.

use super::{bytes, World};
use zerog_erasure::{encode, Commitment, Verifier};

/// A blob that all have signed, and a row of a member.
async fn custody(world: &World, member: usize, seed: u64) -> (Commitment, u32) {
	let blob = bytes(50_000, seed);
	let commitment = world.certified(0, &blob).await;
	world
		.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
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
