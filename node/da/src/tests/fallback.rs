// SPDX-License-Identifier: Apache-2.0

//! What happens to a blob that its network does not certify in time.

use super::{bytes, chain::WINDOW, committee, secret, World, GENESIS, NAMESPACE, ROOT};
use crate::{
	fallback::{rank, RANKS, STAGGER},
	protocol::{Batch, Push, Refusal, Request, Response, Share},
	Event, Misbehaviour,
};
use bytes::Bytes;
use std::time::Duration;
use zerog_erasure::{encode, Commitment};
use zerog_primitives::da::{attestation_message, numbered_message, Assignment, BlobState, CommitteeId};

const NETWORK: CommitteeId = CommitteeId::new(1, 1);
/// Members of the network, the first ones of all; with three of them there are less than two thirds of the rows.
const MEMBERS: usize = 5;
/// Blocks in which it may certify.
const DEADLINE: u32 = 200;

/// Nine operators, of whom five are in the network, and a node that is none.
async fn world() -> World {
	let world = World::new(9).await;
	world.chain.add(committee(NETWORK, 0..MEMBERS));
	world
}

/// The members of the network in the order in which they carry a blob on.
fn ranked(world: &World, commitment: Commitment) -> Vec<usize> {
	let committee = world.chain.find(NETWORK).unwrap();
	let mut members: Vec<usize> = (0..MEMBERS).collect();
	members.sort_by_key(|member| rank(&commitment, &committee, *member));
	members
}

fn assigned(world: &World, id: CommitteeId, blob: &Bytes, member: usize) -> Vec<u32> {
	let (encoded, committee) = (
		encode(GENESIS, NAMESPACE, blob).unwrap(),
		world.chain.find(id).unwrap(),
	);
	let (randomness, weights) = (&committee.randomness, committee.weights());
	Assignment::new(encoded.commitment(), randomness, &weights, encoded.profile()).rows_of(member)
}

fn held(world: &World, member: usize, commitment: Commitment) -> Vec<u32> {
	world.node(member).node().store.held(&commitment).unwrap()
}

fn commitment_of(blob: &Bytes) -> Commitment {
	encode(GENESIS, NAMESPACE, blob).unwrap().commitment()
}

/// Two members are dead, the three others get their rows, and who paid is gone.
async fn strand(world: &mut World, blob: &Bytes, dead: [usize; 2]) -> Commitment {
	for member in dead {
		world.stop(member).await;
	}
	let encoded = encode(GENESIS, NAMESPACE, blob).unwrap();
	let commitment = world
		.chain
		.submit_to(NETWORK, *encoded.header(), DEADLINE, 10_000);
	let payer = world.observer();
	let (handle, bytes) = (world.node(payer).clone(), blob.clone());
	let publishing = tokio::spawn(async move { handle.publish(commitment, bytes).await });
	world
		.until("three members hold their rows", |world| {
			let mut left = (0..MEMBERS).filter(|member| !dead.contains(member));
			left.all(|member| held(world, member, commitment) == assigned(world, NETWORK, blob, member))
		})
		.await;
	publishing.abort();
	world.stop(payer).await;
	commitment
}

/// Paid for, and each of the first three members is given one row.
async fn poison(world: &World, seed: u64) -> Commitment {
	let blob = bytes(10_000, seed);
	let encoded = encode(GENESIS, NAMESPACE, &blob).unwrap();
	let commitment = world
		.chain
		.submit_to(NETWORK, *encoded.header(), DEADLINE, 10_000);
	for member in 0..3 {
		let rows = assigned(world, NETWORK, &blob, member);
		let push = Push {
			commitment,
			checksum: encoded.checksum().to_vec(),
			batch: encoded.batch(&rows[..1]).unwrap(),
			sealed: false,
		};
		let answer = world.ask(world.observer(), member, Request::Push(push)).await;
		assert!(
			matches!(answer, Response::Pushed(receipt) if receipt.held == 1),
			"{answer:?}"
		);
	}
	commitment
}

async fn falls_back(world: &World, commitment: Commitment) {
	world.chain.advance(DEADLINE);
	world
		.until("the blob falls back", |world| {
			world.chain.fallen().contains(&commitment)
		})
		.await;
	let info = world.chain.info(commitment).unwrap();
	assert_eq!((info.committee, info.fell_back_from), (ROOT, Some(NETWORK)));
}

async fn certified(world: &World, commitment: Commitment) {
	world
		.until("the root network certifies it", |world| {
			world.rows_signed(commitment) > 0
		})
		.await;
	let certificates = world.chain.certificates();
	assert!(certificates
		.iter()
		.all(|certificate| certificate.committee == ROOT));
}

/// Who brought a blob to the root network.
fn carriers(world: &World, commitment: Commitment) -> Vec<usize> {
	let has_carried = |member: &usize| {
		let Some(running) = &world.sites[*member].running else {
			return false;
		};
		let events = running.handle.trace(commitment).map(|trace| trace.events);
		let mut events = events.into_iter().flatten();
		events.any(|entry| matches!(entry.event, Event::CarriedOn { rows } if rows > 0))
	};
	(0..MEMBERS).filter(has_carried).collect()
}

/// Shares in the name of the network that a node has made.
fn shares_for_network(world: &World, member: usize) -> usize {
	let shares = world.node(member).node().store.shares().unwrap();
	shares.iter().filter(|share| share.committee == NETWORK).count()
}

/// What a member of the network would send.
fn share(member: usize, batch: Batch, expiry: u32) -> Share {
	let (root, sequence) = (batch.root(), 1 << 60);
	let attestation = attestation_message(&GENESIS, NETWORK, &root, expiry);
	let numbered = numbered_message(&GENESIS, NETWORK, member as u32, sequence, &root, expiry);
	Share {
		committee: NETWORK,
		expiry,
		batch,
		signer: member as u32,
		signature: secret(member).sign(&attestation),
		sequence,
		numbered: secret(member).sign(&numbered),
	}
}

#[test]
fn ranks_are_another_order_of_all_members_for_each_blob() {
	let committee = committee(NETWORK, 0..40);
	let order = |blob: u8| -> Vec<u32> {
		let ranks = (0..40).map(|member| rank(&Commitment([blob; 32]), &committee, member).unwrap());
		ranks.collect()
	};
	let (first, second) = (order(1), order(2));
	assert_ne!(first, second);
	for mut ranks in [first, second] {
		ranks.sort_unstable();
		assert_eq!(ranks, (0..40).collect::<Vec<_>>());
	}
	assert_eq!(rank(&Commitment([1; 32]), &committee, 40), None);
	// All of them have their turn long before the root network's deadline of a hundred blocks.
	const { assert!(RANKS * STAGGER < 50) };
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_network_certifies_by_itself_while_others_do() {
	let world = world().await;
	let blobs = [bytes(60_000, 1), bytes(60_000, 2)];
	let ids = [NETWORK, ROOT];
	for (blob, id) in blobs.iter().zip(ids) {
		let encoded = encode(GENESIS, NAMESPACE, blob).unwrap();
		let commitment = world
			.chain
			.submit_to(id, *encoded.header(), DEADLINE * 10, 10_000);
		world.node(8).publish(commitment, blob.clone()).await.unwrap();
		world
			.until("it is certified by all", |world| {
				world.rows_signed(commitment) == 2048
			})
			.await;
		let certificates = world.chain.certificates();
		assert_eq!(certificates.last().unwrap().committee, id);
		assert_eq!(world.node(7).retrieve(commitment).await.unwrap(), *blob);
		let holders: Vec<usize> = (0..9)
			.filter(|at| !held(&world, *at, commitment).is_empty())
			.collect();
		assert_eq!(holders.len(), world.chain.find(id).unwrap().members.len());
	}
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_that_its_network_misses_is_certified_by_the_root_network_though_the_payer_is_gone() {
	let mut world = world().await;
	let blob = bytes(70_000, 1);
	let commitment = strand(&mut world, &blob, [3, 4]).await;
	world
		.until("those that hold their rows sign", |world| {
			(0..3).all(|member| shares_for_network(world, member) == 1)
		})
		.await;
	falls_back(&world, commitment).await;
	let late = share(
		1,
		Batch::one(commitment),
		world.chain.info(commitment).unwrap().deadline,
	);
	let refused = world.ask(1, 0, Request::Share(late)).await;
	assert_eq!(refused, Response::Refused(Refusal::NotPaid));
	certified(&world, commitment).await;
	for reader in [0, 7] {
		assert_eq!(world.node(reader).retrieve(commitment).await.unwrap(), blob);
	}
	let status = world.node(7).status(commitment).await.unwrap();
	assert_eq!((status.network, status.fell_back_from), (Some(0), Some(NETWORK)));
	world
		.until("somebody has carried it on", |world| {
			!carriers(world, commitment).is_empty()
		})
		.await;
	// Not one more for the committee that is out of it.
	assert!((0..3).all(|member| shares_for_network(&world, member) == 1));
	assert!(world.hub.reports().is_empty(), "{:?}", world.hub.reports());

	world
		.until("all that are there have signed", |world| {
			world.rows_signed(commitment) > 2048 * 7 / 9 - 7
		})
		.await;
	// Nobody pays for the rows of both.
	let both = held(&world, 0, commitment).len();
	assert!(both > assigned(&world, ROOT, &blob, 0).len());
	world.chain.advance(WINDOW);
	world
		.until("rows of the network go", |world| {
			(0..3).all(|member| held(world, member, commitment) == assigned(world, ROOT, &blob, member))
		})
		.await;
	let status = world.node(0).status(commitment).await.unwrap();
	assert_eq!(status.rows_held as usize, assigned(&world, ROOT, &blob, 0).len());
	assert_eq!(world.node(7).retrieve(commitment).await.unwrap(), blob);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn when_the_first_in_rank_is_dead_the_second_takes_over() {
	let mut world = world().await;
	let blob = bytes(50_000, 2);
	let ranked = ranked(&world, commitment_of(&blob));
	let commitment = strand(&mut world, &blob, [ranked[0], ranked[2]]).await;
	falls_back(&world, commitment).await;
	certified(&world, commitment).await;
	world
		.until("the second has carried it on", |world| {
			carriers(world, commitment).contains(&ranked[1])
		})
		.await;
	let fallbacks = &world.node(ranked[1]).node().metrics.fallbacks;
	assert!(fallbacks.with_label_values(&["carried"]).get() >= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn holders_that_were_restarted_carry_on() {
	let mut world = world().await;
	let blob = bytes(50_000, 3);
	let commitment = strand(&mut world, &blob, [0, 1]).await;
	for member in 2..MEMBERS {
		world.stop(member).await;
	}
	world.chain.advance(DEADLINE);
	tokio::time::sleep(Duration::from_millis(500)).await;
	assert!(
		world.chain.fallen().is_empty(),
		"nobody holds it, so nobody settles it"
	);
	for member in 2..MEMBERS {
		world.start(member).await;
	}
	falls_back(&world, commitment).await;
	// Once more, in the middle of it.
	for member in 2..MEMBERS {
		world.stop(member).await;
		world.start(member).await;
	}
	certified(&world, commitment).await;
	assert_eq!(world.node(8).retrieve(commitment).await.unwrap(), blob);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_liar_in_the_old_committee_is_named_and_does_no_harm() {
	let mut world = world().await;
	let blob = bytes(128 << 10, 4);
	let ranked = ranked(&world, commitment_of(&blob));
	let liar = ranked[2];
	let commitment = strand(&mut world, &blob, [ranked[3], ranked[4]]).await;
	world.hub.tamper(world.sites[liar].peer, |_, mut response| {
		if let Response::Rows(rows) = &mut response {
			rows.0.iter_mut().for_each(|row| row.data[7] ^= 1);
		}
		response
	});
	// It answers first.
	world
		.hub
		.delay(world.sites[ranked[1]].peer, Duration::from_millis(300));
	falls_back(&world, commitment).await;
	certified(&world, commitment).await;
	let (peer, what) = (world.sites[liar].peer, Misbehaviour::BadRows);
	let reports = world.hub.reports();
	assert!(!reports.is_empty() && reports.iter().all(|report| *report == (peer, what)));
	let account = hex::encode(world.chain.current().members[liar].account);
	let named = |member: usize| {
		let faults = &world.node(member).node().metrics.faults;
		faults.with_label_values(&[&account, what.as_str()]).get() > 0
	};
	world
		.until("who has carried it on has named the liar", |world| {
			carriers(world, commitment).into_iter().any(named)
		})
		.await;
	assert_eq!(world.node(8).retrieve(commitment).await.unwrap(), blob);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_is_carried_on_while_poison_blobs_that_came_first_are_waited_for_in_vain() {
	const POISON: usize = 12;
	let mut world = world().await;
	let mut all = Vec::new();
	for seed in 0..POISON as u64 {
		all.push(poison(&world, 100 + seed).await);
	}
	// Nobody says that rows are missing.
	let stalled = all.clone();
	world.hub.stall(
		move |request, _| matches!(request, Request::Fetch { commitment, .. } if stalled.contains(commitment)),
	);
	world.chain.advance(DEADLINE);
	world
		.until("all three members ask two others at least for each", |world| {
			world.hub.count("stalled") >= POISON * 3 * 2
		})
		.await;
	// One after another, they would take minutes.
	let blob = bytes(70_000, 7);
	let commitment = strand(&mut world, &blob, [3, 4]).await;
	falls_back(&world, commitment).await;
	certified(&world, commitment).await;
	world
		.until("somebody has carried it on", |world| {
			!carriers(world, commitment).is_empty()
		})
		.await;
	assert_eq!(world.node(8).retrieve(commitment).await.unwrap(), blob);
	let is_pending = |commitment| world.chain.info(commitment).unwrap().state == BlobState::Pending;
	assert!(all.into_iter().all(is_pending));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_that_wait_for_a_certificate_are_served_to_those_who_may_have_to_carry_them_on() {
	let mut world = world().await;
	let blob = bytes(30_000, 5);
	// Nobody else is there to certify it.
	for member in 5..9 {
		world.stop(member).await;
	}
	let commitment = strand(&mut world, &blob, [3, 4]).await;
	let stranger = world.observer();
	world.start(stranger).await;
	for member in [5, 6] {
		world.start(member).await;
	}
	world
		.until("they know each other", |world| {
			let root = world.chain.current();
			let known = |other: usize| {
				world
					.node(0)
					.node()
					.members
					.is_in(&world.sites[other].peer, &root)
			};
			[1, 5].into_iter().all(known)
		})
		.await;
	let indices = held(&world, 0, commitment)[..3].to_vec();
	let fetch = || Request::Fetch {
		commitment,
		indices: indices.clone(),
	};
	let is_served = |response| matches!(response, Response::Rows(rows) if rows.0.len() == 3);
	assert!(is_served(world.ask(1, 0, fetch()).await));
	for other in [5, stranger] {
		let refused = world.ask(other, 0, fetch()).await;
		assert_eq!(refused, Response::Refused(Refusal::NotPaid));
	}
	falls_back(&world, commitment).await;
	world.chain.advance(1);
	assert!(is_served(world.ask(1, 0, fetch()).await));
	assert!(is_served(world.ask(5, 0, fetch()).await));
	let refused = world.ask(stranger, 0, fetch()).await;
	assert_eq!(refused, Response::Refused(Refusal::NotPaid));
	let info = world.chain.info(commitment).unwrap();
	assert_eq!(info.state, BlobState::Pending);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_are_not_removed_while_the_blob_can_still_fall_back() {
	let mut world = world().await;
	world.chain.set_unsettled(true);
	let blob = bytes(30_000, 6);
	let commitment = strand(&mut world, &blob, [3, 4]).await;
	// Long after rows of a blob that is over would be gone.
	world.chain.advance(DEADLINE + 10 * crate::member::PRUNE_GRACE);
	tokio::time::sleep(Duration::from_secs(2)).await;
	assert_eq!(held(&world, 0, commitment), assigned(&world, NETWORK, &blob, 0));
	world.chain.set_unsettled(false);
	falls_back(&world, commitment).await;
	certified(&world, commitment).await;
}
