// SPDX-License-Identifier: Apache-2.0

//! Blobs that are signed together.

use super::{bytes, limits, World};
use crate::{
	aggregator::MAX_BATCHES,
	protocol::{Batch, Places, Push, Request, Response},
	Limits,
};
use futures::future::join_all;
use std::time::Duration;
use zerog_erasure::{Commitment, Encoded};

/// Enough room for a few blobs at once, and no patience that could hide what a seal does.
fn wide() -> Limits {
	Limits {
		dispersals: 16,
		seal_patience: Duration::from_secs(100),
		..limits()
	}
}

/// Publish blobs at the same time; returns when each is held by two thirds.
async fn publish(world: &World, at: usize, seeds: std::ops::Range<u64>) -> Vec<Commitment> {
	let blobs: Vec<_> = seeds.map(|seed| bytes(20_000, seed)).collect();
	let commitments: Vec<_> = blobs.iter().map(|blob| world.submit(blob).commitment()).collect();
	let published = commitments.iter().zip(blobs).map(|(commitment, blob)| {
		let publish = world.node(at).publish(*commitment, blob);
		async { publish.await.unwrap() }
	});
	join_all(published).await;
	commitments
}

async fn certified(world: &World, commitments: &[Commitment]) {
	world
		.until("all are certified", |world| {
			commitments
				.iter()
				.all(|commitment| world.rows_signed(*commitment) > 0)
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn blobs_that_are_under_way_together_share_a_signature() {
	let limits = Limits {
		batch_window: Duration::from_secs(1),
		seal_timeout: Duration::from_secs(60),
		..wide()
	};
	let world = World::with(4, limits, false).await;
	let commitments = publish(&world, world.observer(), 0..8).await;
	certified(&world, &commitments).await;
	let largest = world
		.chain
		.certificates()
		.iter()
		.map(|c| c.commitments.len())
		.max();
	assert!(largest > Some(3), "{largest:?}");
	assert!(world.shares(1, commitments[0]).len() == 1, "one signature each");
	for commitment in commitments {
		assert!(world.node(0).retrieve(commitment).await.is_ok());
	}
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lone_blob_waits_for_nobody() {
	let limits = Limits {
		batch_window: Duration::from_secs(100),
		..wide()
	};
	let world = World::with(4, limits, false).await;
	for seed in 0..2 {
		let commitments = publish(&world, 0, seed..seed + 1).await;
		certified(&world, &commitments).await;
	}
	assert_eq!(world.hub.count("seal"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_that_members_refuse_does_not_hold_up_its_batch() {
	let limits = Limits {
		batch_window: Duration::from_secs(5),
		..wide()
	};
	let world = World::with(4, limits, false).await;
	let mut commitments = publish(&world, world.observer(), 0..4).await;
	assert_eq!(world.hub.count("seal"), 0, "the window is open");
	world.chain.forget(commitments.remove(1));
	certified(&world, &commitments).await;
	let largest = world
		.chain
		.certificates()
		.iter()
		.map(|c| c.commitments.len())
		.max();
	assert!(largest > Some(1), "{largest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_that_does_not_arrive_does_not_hold_up_its_batch() {
	let world = World::with(4, wide(), false).await;
	let blobs: Vec<_> = (0..4).map(|seed| bytes(20_000, seed)).collect();
	let commitments: Vec<_> = blobs.iter().map(|blob| world.submit(blob).commitment()).collect();
	// The rows of one blob are lost on the way to two of four members.
	let (stuck, cut_off) = (commitments[2], [world.sites[2].peer, world.sites[3].peer]);
	world.hub.lose(move |request, to| {
		cut_off.contains(to) && matches!(request, Request::Push(push) if push.commitment == stuck)
	});
	let publish = |(commitment, blob)| world.node(world.observer()).publish(commitment, blob);
	let published = commitments.iter().copied().zip(blobs).map(publish);
	let others: Vec<_> = commitments.iter().copied().filter(|c| *c != stuck).collect();
	tokio::select! {
		_ = join_all(published) => panic!("all rows arrived"),
		_ = certified(&world, &others) => {},
	}
	assert_eq!(world.rows_signed(stuck), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn members_sign_alone_when_the_disperser_dies_before_the_seal() {
	let limits = Limits {
		batch_window: Duration::from_secs(100),
		seal_patience: Duration::from_secs(1),
		..wide()
	};
	let mut world = World::with(4, limits, false).await;
	let observer = world.observer();
	let commitments = publish(&world, observer, 0..4).await;
	world.stop(observer).await;
	certified(&world, &commitments).await;
	assert_eq!(world.hub.count("seal"), 0);
	assert!(world
		.chain
		.certificates()
		.iter()
		.all(|c| c.commitments.len() == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_that_is_not_certified_is_signed_alone_in_the_end() {
	let limits = Limits {
		seal_patience: Duration::from_millis(500),
		..wide()
	};
	let world = World::with(4, limits, false).await;
	let encoded: Vec<Encoded> = (0..2).map(|seed| world.submit(&bytes(10_000, seed))).collect();
	let batch = bring(&world, 0, &encoded).await;
	// Member 1 alone is told to sign them together.
	assert_eq!(world.ask(0, 1, Request::Seal(batch)).await, sealed(&[]));
	world
		.until("each is signed alone too", |world| {
			encoded.iter().all(|blob| {
				let shares = world.shares(1, blob.commitment());
				shares.iter().any(|share| share.batch.len() == 2)
					&& shares.iter().any(|share| share.batch.len() == 1)
			})
		})
		.await;
}

fn sealed(refused: &[u32]) -> Response {
	Response::Sealed(Places(refused.to_vec()))
}

/// Push the rows of member 1 from a node that announces a seal.
async fn bring(world: &World, from: usize, blobs: &[Encoded]) -> Batch {
	for encoded in blobs {
		let push = Push {
			sealed: true,
			..world.push_of(encoded, 1)
		};
		let taken = world.ask(from, 1, Request::Push(push)).await;
		assert!(matches!(taken, Response::Pushed(_)), "{taken:?}");
	}
	Batch::new(blobs.iter().map(Encoded::commitment).collect()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_who_brought_the_rows_seals_and_only_what_is_paid_and_held() {
	let world = World::with(4, wide(), false).await;
	let observer = world.observer();
	let held: Vec<Encoded> = (0..2).map(|seed| world.submit(&bytes(10_000, seed))).collect();
	let batch = bring(&world, 0, &held).await;
	let seal = |from, commitments: &[Commitment]| {
		let batch = Batch::new(commitments.to_vec()).unwrap();
		world.ask(from, 1, Request::Seal(batch))
	};
	assert_eq!(seal(observer, &batch).await, sealed(&[0, 1]), "a stranger");
	let unpaid = Commitment([7; 32]);
	assert_eq!(seal(0, &[batch[0], unpaid]).await, sealed(&[1]));
	let absent = world.submit(&bytes(10_000, 2)).commitment();
	assert_eq!(seal(0, &[absent, batch[1]]).await, sealed(&[0]));
	let partly = world.submit(&bytes(10_000, 3));
	let mut push = world.push_of(&partly, 1);
	push.batch = partly.batch(&push.batch.indices[1..]).unwrap();
	let taken = world.ask(0, 1, Request::Push(push)).await;
	assert!(matches!(taken, Response::Pushed(receipt) if receipt.held + 1 == receipt.wanted));
	assert_eq!(seal(0, &[batch[0], partly.commitment()]).await, sealed(&[1]));
	world.chain.edit(batch[1], |info| info.deadline = 1);
	assert_eq!(seal(0, &batch).await, sealed(&[1]), "past its deadline");
	assert_eq!(
		world.node(1).node().store.shares(),
		Ok(vec![]),
		"nothing was signed"
	);
	// What stays of it is sealed, alone or with others, until the lowest deadline.
	let more = [held[0].clone(), world.submit(&bytes(10_000, 4))];
	let batch = bring(&world, 0, &more).await;
	assert_eq!(seal(0, &batch).await, sealed(&[]));
	let share = world.shares(1, batch[0]).remove(0);
	let deadlines = batch
		.iter()
		.map(|commitment| world.chain.info(*commitment).unwrap().deadline);
	assert_eq!(
		(share.batch, Some(share.expiry)),
		(batch.clone(), deadlines.min())
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_seals_makes_few_signatures() {
	let world = World::with(4, wide(), false).await;
	let blobs: Vec<Encoded> = (0..4).map(|seed| world.submit(&bytes(10_000, seed))).collect();
	let batch = bring(&world, 0, &blobs).await;
	let mut signed = 0;
	for turn in 0..4 {
		for length in 1..=4 {
			let mut order = batch.to_vec();
			order.rotate_left(turn);
			order.truncate(length);
			let answer = world.ask(0, 1, Request::Seal(Batch::new(order).unwrap())).await;
			signed += usize::from(answer == sealed(&[]));
		}
	}
	assert!((MAX_BATCHES..16).contains(&signed), "{signed}");
	for blob in &blobs {
		assert!(world.shares(1, blob.commitment()).len() <= MAX_BATCHES);
	}
	// And each blob is signed alone when it is asked for.
	world.ask(0, 1, Request::Push(world.push_of(&blobs[2], 1))).await;
	world
		.until("it is signed alone", |world| {
			world
				.shares(1, blobs[2].commitment())
				.iter()
				.any(|share| share.batch.len() == 1)
		})
		.await;
}
