// SPDX-License-Identifier: Apache-2.0

//! How long rows are kept.

use super::{bytes, World};
use crate::member::PRUNE_GRACE;

fn holds(world: &World, node: usize, commitment: zerog_erasure::Commitment) -> bool {
	world
		.node(node)
		.node()
		.store
		.record(&commitment)
		.unwrap()
		.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_go_when_retention_is_over_and_not_before() {
	let world = World::new(4).await;
	let blob = bytes(10_000, 1);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	// Past the deadline, long before the end of retention.
	world.chain.advance(6_000);
	tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
	assert!((0..4).all(|node| holds(&world, node, commitment)));
	assert_eq!(world.node(1).retrieve(commitment).await.unwrap(), blob);
	world.chain.advance(10_000);
	world
		.until("it is settled", |world| {
			world.chain.settled().contains(&commitment)
		})
		.await;
	world.chain.advance(PRUNE_GRACE + 20);
	world
		.until("the rows are gone", |world| {
			(0..4).all(|node| !holds(world, node, commitment))
		})
		.await;
	assert_eq!(world.node(1).node().store.held(&commitment), Ok(vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_of_a_blob_that_was_never_certified_go_after_its_deadline() {
	let world = World::new(4).await;
	world.chain.set_lossy(true);
	let blob = bytes(10_000, 2);
	let commitment = world.submit(&blob).commitment();
	world.node(0).publish(commitment, blob).await.unwrap();
	world
		.until("rows are stored", |world| {
			(0..4).any(|node| holds(world, node, commitment))
		})
		.await;
	world.chain.advance(5_001);
	world
		.until("it is settled", |world| {
			world.chain.settled().contains(&commitment)
		})
		.await;
	world.chain.advance(PRUNE_GRACE + 20);
	world
		.until("the rows are gone", |world| {
			(0..4).all(|node| !holds(world, node, commitment))
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_stay_while_a_reorganisation_may_bring_their_blob_back() {
	let world = World::new(4).await;
	world.chain.set_lossy(true);
	let blob = bytes(10_000, 3);
	let encoded = world.submit(&blob);
	let commitment = encoded.commitment();
	world.node(0).publish(commitment, blob).await.unwrap();
	world.chain.forget(commitment);
	world.chain.advance(40);
	tokio::time::sleep(std::time::Duration::from_millis(500)).await;
	assert!((0..4).any(|node| holds(&world, node, commitment)));
	world.chain.set_lossy(false);
	world.chain.submit(*encoded.header(), 5_000, 10_000);
	world
		.until("the blob is certified", |world| world.rows_signed(commitment) > 0)
		.await;
}
