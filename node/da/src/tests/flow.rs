// SPDX-License-Identifier: Apache-2.0

//! The way of a blob while everybody is honest and the disks work.

use super::{bytes, limits, World, GENESIS, NAMESPACE};
use crate::{Limits, PublishError, RetrieveError, State};
use std::time::Duration;
use zerog_erasure::Commitment;
use zerog_primitives::da::BlobState;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_is_certified_by_all_and_read_at_every_node() {
	let world = World::new(4).await;
	let blob = bytes(70_001, 1);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	for node in 0..=world.observer() {
		assert_eq!(
			world.node(node).retrieve(commitment).await.unwrap(),
			blob,
			"at node {node}"
		);
	}
	let status = world.node(1).status(commitment).await.unwrap();
	assert_eq!(
		(status.state, status.rows, status.rows_held),
		(State::Certified, Some(2048), 512)
	);
	assert_eq!(status.rows_signed, Some(2048));
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_node_that_is_no_validator_publishes_and_reads() {
	let world = World::new(4).await;
	let blob = bytes(300_000, 2);
	let commitment = world.certified(world.observer(), &blob).await;
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
	assert_eq!(
		world
			.node(world.observer())
			.status(commitment)
			.await
			.unwrap()
			.rows_held,
		0
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_of_many_messages_per_member_is_certified_and_read() {
	let world = World::new(5).await;
	let blob = bytes((5 << 20) + 13, 3);
	let commitment = world.certified(2, &blob).await;
	assert_eq!(world.node(4).retrieve(commitment).await.unwrap(), blob);
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_single_byte_is_a_blob() {
	let world = World::new(4).await;
	let blob = bytes(1, 4);
	let commitment = world.certified(0, &blob).await;
	assert_eq!(world.node(3).retrieve(commitment).await.unwrap(), blob);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ranges_are_read_with_few_rows() {
	let world = World::new(4).await;
	let blob = bytes(100_000, 5);
	let commitment = world.certified(0, &blob).await;
	let observer = world.node(world.observer());
	for range in [0..1, 255..257, 5_000..70_000, 99_999..100_000] {
		let expected = blob.slice(range.start as usize..range.end as usize);
		assert_eq!(
			observer.retrieve_range(commitment, range).await.unwrap(),
			expected
		);
	}
	let out = observer.retrieve_range(commitment, 99_999..100_001).await;
	assert_eq!(out, Err(RetrieveError::OutOfRange { length: 100_000 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_dead_member_of_four_does_not_stop_a_blob() {
	let mut world = World::new(4).await;
	world.stop(3).await;
	let blob = bytes(90_000, 6);
	let commitment = world.certified(0, &blob).await;
	assert_eq!(world.rows_signed(commitment), 1536);
	for node in [0, 1, 2, world.observer()] {
		assert_eq!(world.node(node).retrieve(commitment).await.unwrap(), blob);
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_outlives_two_dead_members_of_four() {
	let mut world = World::new(4).await;
	let blob = bytes(120_000, 7);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	world.stop(0).await;
	world.stop(2).await;
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_comes_back_in_time_gets_its_rows() {
	let mut world = World::new(4).await;
	world.chain.set_lossy(true);
	world.stop(3).await;
	let blob = bytes(60_000, 8);
	let commitment = world.submit(&blob).commitment();
	world.node(0).publish(commitment, blob).await.unwrap();
	world.start(3).await;
	let mut held = 0;
	for _ in 0..500 {
		held = world.node(3).status(commitment).await.unwrap().rows_held;
		if held == 512 {
			break;
		}
		tokio::time::sleep(Duration::from_millis(20)).await;
	}
	assert_eq!(held, 512);
	world.chain.set_lossy(false);
	world.until_all_signed(commitment).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_in_a_larger_matrix_than_it_needs_goes_the_same_way() {
	let world = World::new(4).await;
	let blob = bytes(60_000, 19);
	let profile = zerog_erasure::Profile::ALL[3];
	let encoded = zerog_erasure::encode_in(profile, GENESIS, NAMESPACE, &blob).unwrap();
	world.chain.submit(*encoded.header(), 5_000, 10_000);
	let commitment = encoded.commitment();
	world.node(0).publish(commitment, blob.clone()).await.unwrap();
	world
		.until("all rows are signed", |world| {
			world.rows_signed(commitment) == profile.rows()
		})
		.await;
	let read = world.node(world.observer()).retrieve(commitment).await;
	assert_eq!(read.unwrap(), blob);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_signs_late_is_added_by_another_certificate() {
	let world = World::new(4).await;
	world.hub.delay(world.sites[3].peer, Duration::from_secs(4));
	let blob = bytes(60_000, 9);
	let commitment = world.certified(0, &blob).await;
	assert_eq!(world.rows_signed(commitment), 1536);
	world
		.until("the fourth member is in", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slow_member_is_not_waited_for() {
	let world = World::new(4).await;
	let blob = bytes(100_000, 10);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	world.hub.delay(world.sites[2].peer, Duration::from_secs(15));
	let started = std::time::Instant::now();
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
	assert!(
		started.elapsed() < Duration::from_secs(10),
		"{:?}",
		started.elapsed()
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_signed_before_a_stop_of_all_is_certified_after() {
	let mut world = World::new(4).await;
	world.chain.set_lossy(true);
	let blob = bytes(50_000, 11);
	let commitment = world.submit(&blob).commitment();
	world.node(0).publish(commitment, blob.clone()).await.unwrap();
	for node in 0..=world.observer() {
		world.stop(node).await;
	}
	world.chain.set_lossy(false);
	for node in 0..=world.observer() {
		world.start(node).await;
	}
	world
		.until("the blob is certified", |world| world.rows_signed(commitment) > 0)
		.await;
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_received_before_a_restart_are_not_needed_again() {
	let mut world = World::new(4).await;
	let encoded = world.submit(&bytes(40_000, 12));
	let push = world.push_of(&encoded, 1);
	let half = push.batch.indices[..256].to_vec();
	let first = crate::protocol::Push {
		batch: encoded.batch(&half).unwrap(),
		..push.clone()
	};
	let rest = encoded.batch(&push.batch.indices[256..]).unwrap();
	let rest = crate::protocol::Push { batch: rest, ..push };
	let observer = world.observer();
	let ask = |world: &World, push| {
		let (node, peer) = (world.node(observer).node().clone(), world.sites[1].peer);
		async move { node.ask(peer, &crate::protocol::Request::Push(push)).await }
	};
	let receipt = |held| crate::protocol::Receipt { held, wanted: 512 };
	let crate::protocol::Response::Pushed(got) = ask(&world, first).await.unwrap() else {
		panic!()
	};
	assert_eq!(got, receipt(256));
	world.stop(1).await;
	world.start(1).await;
	let crate::protocol::Response::Pushed(got) = ask(&world, rest).await.unwrap() else {
		panic!()
	};
	assert_eq!(got, receipt(512));
	world
		.until("it signs", |world| {
			!world.shares(1, encoded.commitment()).is_empty()
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_submission_that_moved_to_another_block_is_signed_anew() {
	let world = World::new(4).await;
	world.chain.set_lossy(true);
	let blob = bytes(30_000, 13);
	let commitment = world.submit(&blob).commitment();
	world.node(0).publish(commitment, blob).await.unwrap();
	world.chain.edit(commitment, |info| {
		info.submitted_at += 3;
		info.deadline += 3;
	});
	world.chain.set_lossy(false);
	// Some blocks later the certificate is seen to be lost and submitted again.
	world.chain.advance(3);
	world
		.until("the blob is certified", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn publishing_again_is_cheap_and_changes_nothing() {
	let world = World::new(4).await;
	world.chain.set_lossy(true);
	let blob = bytes(200_000, 14);
	let commitment = world.submit(&blob).commitment();
	let (first, second) = tokio::join!(
		world.node(0).publish(commitment, blob.clone()),
		world.node(0).publish(commitment, blob.clone())
	);
	assert!(!first.unwrap().certified && !second.unwrap().certified);
	world
		.until("all rows are pushed", |world| world.hub.count("push") >= 3)
		.await;
	tokio::time::sleep(Duration::from_millis(300)).await;
	let pushes = world.hub.count("push");
	world.node(0).publish(commitment, blob.clone()).await.unwrap();
	assert_eq!(world.hub.count("push"), pushes);
	let other = bytes(200_000, 15);
	assert_eq!(
		world.node(0).publish(commitment, other).await,
		Err(PublishError::WrongCommitment)
	);
	world.chain.set_lossy(false);
	// Some blocks later the certificate is seen to be lost and submitted again.
	world.chain.advance(3);
	world
		.until("the blob is certified", |world| world.rows_signed(commitment) > 0)
		.await;
	assert!(world.node(0).publish(commitment, blob).await.unwrap().certified);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_goes_away_while_a_blob_is_encoded_leaves_its_place_to_others() {
	let limits = Limits {
		dispersals: 1,
		..limits()
	};
	let world = World::with(4, limits, false).await;
	for seed in 0..3 {
		let blob = bytes(1 << 20, seed);
		let commitment = world.submit(&blob).commitment();
		let mut publication = Box::pin(world.node(0).publish(commitment, blob));
		assert!(futures::poll!(publication.as_mut()).is_pending());
	}
	let blob = bytes(10_000, 3);
	let commitment = world.submit(&blob).commitment();
	world.node(0).publish(commitment, blob).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_not_paid_for_is_not_published() {
	let world = World::new(4).await;
	let blob = bytes(10_000, 16);
	let unknown = Commitment([1; 32]);
	assert_eq!(
		world.node(0).publish(unknown, blob.clone()).await,
		Err(PublishError::NotPaid)
	);
	let commitment = world.submit(&blob).commitment();
	let short = world.node(0).publish(commitment, blob.slice(1..)).await;
	assert_eq!(
		short,
		Err(PublishError::WrongLength {
			paid: 10_000,
			got: 9_999
		})
	);
	let wrong = world.node(0).publish(commitment, bytes(10_000, 17)).await;
	assert_eq!(wrong, Err(PublishError::WrongCommitment));
	world.chain.edit(commitment, |info| info.deadline = 1);
	assert_eq!(
		world.node(0).publish(commitment, blob).await,
		Err(PublishError::NotPaid)
	);
	assert_eq!(world.hub.count("push"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_has_no_certificate_is_not_read() {
	let world = World::new(4).await;
	assert_eq!(
		world.node(0).retrieve(Commitment([1; 32])).await,
		Err(RetrieveError::Unknown)
	);
	let commitment = world.submit(&bytes(10_000, 18)).commitment();
	assert_eq!(
		world.node(0).retrieve(commitment).await,
		Err(RetrieveError::NotCertified)
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn too_few_members_make_an_error_that_says_how_far_it_came() {
	let mut limits = super::limits();
	limits.publish_timeout = Duration::from_secs(2);
	let mut world = World::with(4, limits, false).await;
	world.stop(2).await;
	world.stop(3).await;
	let blob = bytes(10_000, 19);
	let commitment = world.submit(&blob).commitment();
	let result = world.node(0).publish(commitment, blob).await;
	assert_eq!(
		result,
		Err(PublishError::Unreachable {
			rows_pushed: 1024,
			rows_needed: 1366
		})
	);
	assert!(matches!(
		world.chain.info(commitment).unwrap().state,
		BlobState::Pending
	));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_dead_member_costs_a_reader_no_patience() {
	let mut limits = super::limits();
	limits.slow_peer = Duration::from_secs(100);
	let mut world = World::with(4, limits, false).await;
	let blob = bytes(100_000, 20);
	let commitment = world.certified(0, &blob).await;
	world.stop(3).await;
	let read = world.node(world.observer()).retrieve(commitment);
	let read = tokio::time::timeout(Duration::from_secs(50), read).await;
	assert_eq!(read.unwrap().unwrap(), blob);
}
