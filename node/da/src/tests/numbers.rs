// SPDX-License-Identifier: Apache-2.0

//! Numbers of attestations: used once, whatever happens to a node, and proven when used twice.

use super::{bytes, share, World, ROOT};
use crate::{
	evidence::has_room,
	protocol::{Batch, Latest, Refusal, Request, Response, Share},
	store::Store,
};
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	fs,
	path::Path,
	time::Duration,
};
use zerog_bls::Signature;
use zerog_erasure::Commitment;
use zerog_primitives::da::{CommitteeId, Numbered};

fn copy(from: &Path, to: &Path) {
	fs::create_dir_all(to).unwrap();
	for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
		fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
	}
}

/// Stop a node and wait until it has let go of its files.
async fn stop(world: &mut World, node: usize) {
	world.stop(node).await;
	world
		.until("its files are closed", |world| {
			Store::open(&world.sites[node].path).is_ok()
		})
		.await;
}

/// All shares of a member; none of two have one number.
fn all_shares(world: &World, member: usize) -> Vec<Share> {
	let shares = world.node(member).node().store.shares().unwrap();
	let mut said = HashMap::new();
	for share in &shares {
		assert!(said.insert((share.committee, share.sequence), share).is_none());
	}
	shares
}

async fn signed(world: &World, member: usize, seed: u64) -> Commitment {
	let blob = bytes(10_000, seed);
	let commitment = world.submit(&blob).commitment();
	world.node(0).publish(commitment, blob).await.unwrap();
	world
		.until("it is signed", |world| {
			!world.shares(member, commitment).is_empty()
		})
		.await;
	commitment
}

/// Numbers that the clock does not reach.
const FAR: u64 = 1 << 60;

/// A member's next number lies beyond all clocks, so that only what is remembered helps.
fn go_beyond_the_clock(world: &World, node: usize) {
	world.node(node).node().store.skip_numbers(ROOT, FAR).unwrap();
}

#[test]
fn statements_are_kept_of_few_sessions_and_of_so_many_committees_in_each() {
	let mut kept = BTreeMap::new();
	let mut keep = |network, session| {
		let id = CommitteeId::new(network, session);
		let has_room = has_room(&mut kept, id);
		if has_room {
			kept.insert(id, ());
		}
		(
			has_room,
			kept.keys().map(|id| id.session).collect::<BTreeSet<_>>(),
		)
	};
	for session in 2..6 {
		for network in 0..64 {
			assert!(keep(network, session).0);
		}
		assert!(!keep(64, session).0, "there are no more networks");
		assert!(keep(63, session).0, "it is there already");
	}
	assert_eq!(
		keep(0, 1),
		(false, (2..6).collect()),
		"older than all that is kept"
	);
	assert_eq!(keep(7, 6), (true, (3..7).collect()), "the oldest made room");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restart_in_the_middle_repeats_what_was_said_and_goes_on_counting() {
	let mut world = World::new(4).await;
	world.chain.set_lossy(true);
	let first = signed(&world, 1, 1).await;
	let before = all_shares(&world, 1);
	world.stop(1).await;
	let sent = world.hub.count("share");
	world.start(1).await;
	world
		.until("the share is sent again", |world| {
			world.hub.count("share") >= sent + 3
		})
		.await;
	assert_eq!(all_shares(&world, 1), before);
	let second = signed(&world, 1, 2).await;
	let shares = all_shares(&world, 1);
	assert_eq!(shares.len(), before.len() + 1);
	assert_eq!(world.shares(1, first), before);
	assert!(world.shares(1, second)[0].sequence > before[0].sequence);
	world.chain.set_lossy(false);
	for commitment in [first, second] {
		world.until_all_signed(commitment).await;
	}
	assert_eq!(world.chain.conflicts(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_nodes_with_one_key_make_a_conflict_that_is_proven_to_the_chain() {
	let mut world = World::new(4).await;
	signed(&world, 1, 1).await;
	let twin = world.twin(1).await;
	let observer = world.observer();
	// Else they would go on counting from different times.
	for node in [1, twin] {
		go_beyond_the_clock(&world, node);
	}
	for (seed, node) in [(2, twin), (3, 1)] {
		let encoded = world.submit(&bytes(10_000, seed));
		let push = world.push_of(&encoded, 1);
		world
			.until("the twins know the others", |world| {
				world.node(node).members_online().0 == 4
			})
			.await;
		let taken = world.ask(observer, node, Request::Push(push)).await;
		assert!(matches!(taken, Response::Pushed(_)));
		world
			.until("it signs", |world| {
				!world.shares(node, encoded.commitment()).is_empty()
			})
			.await;
	}
	let numbers = [twin, 1].map(|node| all_shares(&world, node).last().unwrap().sequence);
	assert_eq!(numbers, [FAR + 1; 2]);
	world
		.until("the chain knows", |world| !world.chain.conflicts().is_empty())
		.await;
	let conflicts = world.chain.conflicts();
	assert!(conflicts
		.iter()
		.all(|conflict| (conflict.member, conflict.sequence) == (1, FAR + 1)));
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_database_restored_from_an_old_copy_does_not_use_numbers_again_whatever_the_clock_says() {
	let mut world = World::new(4).await;
	go_beyond_the_clock(&world, 1);
	signed(&world, 1, 1).await;
	stop(&mut world, 1).await;
	let (path, old) = (
		world.sites[1].path.clone(),
		world.sites[1].path.with_extension("old"),
	);
	copy(&path, &old);
	world.start(1).await;
	for seed in 2..5 {
		signed(&world, 1, seed).await;
	}
	let last = all_shares(&world, 1).last().unwrap().sequence;
	world
		.until("another has heard it", |world| {
			let latest = |node: usize| world.node(node).latest_number(ROOT, 1);
			[0, 2, 3].into_iter().all(|node| latest(node) == Some(last))
		})
		.await;
	stop(&mut world, 1).await;
	fs::remove_dir_all(&path).unwrap();
	copy(&old, &path);
	world.start(1).await;
	let commitment = signed(&world, 1, 5).await;
	assert_eq!(world.shares(1, commitment)[0].sequence, last + 1);
	assert_eq!(world.chain.conflicts(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_makes_a_member_skip_numbers_that_it_did_not_use() {
	let mut world = World::new(4).await;
	go_beyond_the_clock(&world, 1);
	signed(&world, 1, 1).await;
	world.stop(1).await;
	for liar in [0, 2, 3] {
		world
			.hub
			.tamper(world.sites[liar].peer, |_, response| match response {
				Response::Latest(_) => Response::Latest(Some(Latest {
					sequence: u64::MAX - 1,
					statement: Numbered {
						batch_root: [1; 32],
						expiry: 1,
						signature: Signature([7; 48]),
					},
				})),
				other => other,
			});
	}
	world.start(1).await;
	let commitment = signed(&world, 1, 2).await;
	assert_eq!(world.shares(1, commitment)[0].sequence, FAR + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_wiped_database_does_not_use_numbers_again_though_nobody_remembers_them() {
	let mut world = World::new(4).await;
	let commitment = signed(&world, 1, 1).await;
	let last = world.shares(1, commitment)[0].sequence;
	stop(&mut world, 1).await;
	fs::remove_dir_all(&world.sites[1].path).unwrap();
	for forgetful in [0, 2, 3] {
		let peer = world.sites[forgetful].peer;
		world.hub.tamper(peer, |_, response| match response {
			Response::Latest(_) => Response::Latest(None),
			other => other,
		});
	}
	world.start(1).await;
	let commitment = signed(&world, 1, 2).await;
	assert!(world.shares(1, commitment)[0].sequence > last);
	assert_eq!(world.chain.conflicts(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_share_that_comes_too_late_to_count_still_says_which_number_it_took() {
	let world = World::new(4).await;
	let commitment = world.certified(0, &bytes(10_000, 1)).await;
	world.until_all_signed(commitment).await;
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let late = |sequence, expiry| share(2, 2, Batch::one(commitment), expiry, sequence);
	let tell = |from, share| world.ask(from, 1, Request::Share(share));
	let refused = |response, why| matches!(response, Response::Refused(refusal) if refusal == why);
	let latest = || world.node(1).latest_number(ROOT, 2);

	assert!(refused(tell(2, late(FAR, deadline)).await, Refusal::NotPaid));
	assert_eq!(latest(), Some(FAR));
	// From others, only what is verified.
	let forged = share(3, 2, Batch::one(commitment), deadline, FAR + 1);
	assert!(refused(tell(3, forged).await, Refusal::BadSignature));
	assert_eq!(latest(), Some(FAR));
	let mut passed_on = late(FAR + 2, deadline);
	assert!(refused(tell(3, passed_on.clone()).await, Refusal::NotPaid));
	assert_eq!(latest(), Some(FAR + 2));
	assert_eq!(world.chain.conflicts(), []);

	// Expired, and unlike what was said under this number.
	passed_on = late(FAR, 0);
	world.chain.advance(1);
	assert!(refused(tell(3, passed_on).await, Refusal::NotPaid));
	world
		.until("the chain knows", |world| !world.chain.conflicts().is_empty())
		.await;
	let conflict = &world.chain.conflicts()[0];
	assert_eq!((conflict.member, conflict.sequence), (2, FAR));
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_is_seconds_away_from_everybody_signs() {
	let mut world = World::new(4).await;
	let before = signed(&world, 1, 1).await;
	world.stop(1).await;
	for other in [0, 2, 3] {
		world.hub.delay(world.sites[other].peer, Duration::from_secs(3));
	}
	world.start(1).await;
	let after = signed(&world, 1, 2).await;
	assert!(world.shares(1, after)[0].sequence > world.shares(1, before)[0].sequence);
}
