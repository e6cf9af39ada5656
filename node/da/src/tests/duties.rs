// SPDX-License-Identifier: Apache-2.0

//! Sampling and repair for the off-chain worker.

use super::{bytes, limits, World};
use crate::{
	duties::{MAX_REPAIRS, MAX_SAMPLES},
	node::AskError,
	protocol::{Push, Refusal, Request, Response},
	Chain, Event, Limits,
};
use std::{ops::Range, sync::atomic::Ordering::SeqCst, time::Duration};
use tokio::{task::JoinSet, time::timeout};
use zerog_erasure::{encode, Commitment, Verifier};
use zerog_host::{Duties as _, DutyFailure, DutyId, DutyStatus, Error};

impl World {
	/// A certified blob that all members signed for.
	async fn signed_by_all(&self, seed: u64) -> Commitment {
		let commitment = self.certified(0, &bytes(100_000, seed)).await;
		self.until_all_signed(commitment).await;
		commitment
	}

	/// Such blobs in ascending order, and the rows of each that member 1 holds.
	async fn all_signed_by_all(&self, seeds: Range<u64>) -> (Vec<Commitment>, Vec<Vec<u32>>) {
		let mut blobs = Vec::new();
		for seed in seeds {
			blobs.push(self.signed_by_all(seed).await);
		}
		blobs.sort_unstable();
		let held = blobs.iter().map(|blob| self.held(1, *blob)).collect();
		(blobs, held)
	}

	async fn finish(&self, node: usize, duty: DutyId) -> DutyStatus {
		let mut duties = self.node(node).duties();
		for _ in 0..3_000 {
			match duties.poll(duty).unwrap() {
				DutyStatus::Running => tokio::time::sleep(Duration::from_millis(20)).await,
				status => return status,
			}
		}
		panic!("the duty does not end");
	}

	async fn sample(&self, node: usize, commitment: Commitment, row: u32) -> DutyStatus {
		let duty = self.node(node).duties().start_sample(commitment.0, row);
		self.finish(node, duty.unwrap()).await
	}

	fn held(&self, node: usize, commitment: Commitment) -> Vec<u32> {
		self.node(node).node().store.held(&commitment).unwrap()
	}

	/// A member loses all of these blobs, and starts anew.
	async fn lose(&mut self, node: usize, blobs: &[Commitment]) {
		for blob in blobs {
			self.node(node).node().store.remove(blob).unwrap();
		}
		self.stop(node).await;
		self.start(node).await;
		self.until("it is back", |world| {
			world
				.sites
				.iter()
				.all(|site| site.handle().members_online().0 == 4)
		})
		.await;
	}

	fn margin(&self, node: usize) -> f64 {
		self.node(node).node().metrics.lowest_margin.get()
	}

	/// How often an event is in a node's timeline.
	fn count(&self, node: usize, commitment: Commitment, event: &Event) -> usize {
		let trace = self.node(node).trace(commitment).unwrap();
		trace.events.iter().filter(|entry| entry.event == *event).count()
	}
}

const MISSING: DutyStatus = DutyStatus::Failed(DutyFailure::Missing);
const NODE: DutyStatus = DutyStatus::Failed(DutyFailure::Node);
const NO_SUCH_BLOB: DutyStatus = DutyStatus::Failed(DutyFailure::NoSuchBlob);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repair_for_one_row_gives_a_member_that_lost_everything_all_of_it_back() {
	let mut world = World::new(4).await;
	let commitment = world.signed_by_all(1).await;
	world
		.until("the margin is known", |world| world.margin(0) == 0.75)
		.await;
	let lost = world.held(1, commitment);
	assert_eq!(lost.len(), 512);
	world.lose(1, &[commitment]).await;
	let seen = lost[3];
	assert_eq!(world.sample(0, commitment, seen).await, MISSING);
	assert_eq!(world.margin(0), 0.5, "none of its rows is counted on");

	let mut duties = world.node(0).duties();
	let duty = duties.start_repair(commitment.0, &[seen]).unwrap();
	assert_eq!(duties.take_row(duty, seen), Err(Error::NotDone));
	assert_eq!(world.finish(0, duty).await, DutyStatus::Done);
	let header = world.chain.info(commitment).unwrap().header;
	let checksum = world.node(0).checksum(commitment).await.unwrap();
	let verifier = Verifier::new(&header, commitment, &checksum).unwrap();
	let row = duties.take_row(duty, seen).unwrap();
	verifier.check_path(row.index, &row.data, &row.path).unwrap();
	for index in [seen, lost[4]] {
		assert_eq!(duties.take_row(duty, index), Err(Error::NoSuchRow));
	}

	assert_eq!(world.held(1, commitment), lost);
	assert_eq!(world.node(1).status(commitment).await.unwrap().rows_held, 512);
	let repaired = Event::Repaired {
		rows: 1,
		restored: 512,
	};
	assert_eq!(world.count(0, commitment, &repaired), 1);
	assert_eq!(world.node(0).node().metrics.rows_restored.get(), 512);
	assert_eq!(world.margin(0), 0.75);
	// What came back is served.
	assert_eq!(world.sample(2, commitment, lost[511]).await, DutyStatus::Done);
}

/// What the off-chain workers do, without their patience.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_lost_everything_has_it_back_by_what_others_sample_and_no_challenge() {
	let mut world = World::new(4).await;
	let (blobs, lost) = world.all_signed_by_all(11..14).await;
	world.lose(1, &blobs).await;
	let is_back = |world: &World| (0..3).all(|blob| world.held(1, blobs[blob]) == lost[blob]);
	let mut repairs = 0;
	for draw in 0..300usize {
		if is_back(&world) {
			break;
		}
		let (node, blob) = ([0, 2, 3][draw % 3], blobs[draw / 3 % 3]);
		let row = u32::try_from(draw * 619 % 2048).unwrap();
		if world.sample(node, blob, row).await == MISSING {
			let duty = world.node(node).duties().start_repair(blob.0, &[row]).unwrap();
			assert_eq!(world.finish(node, duty).await, DutyStatus::Done);
			repairs += 1;
		}
	}
	assert!(is_back(&world));
	assert_eq!(repairs, 3, "one for each blob");
	assert!(world.chain.answers().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_lost_its_disk_takes_everything_back_that_it_still_owes_though_nobody_asks() {
	let mut world = World::new(4).await;
	// More than a page, and the last ones are what it finds last.
	let (blobs, lost) = world.all_signed_by_all(100..140).await;
	let over = blobs[39];
	world.chain.edit(over, |info| info.retained_until = Some(1));
	world.patrol = true;
	world.lose(1, &blobs[3..]).await;
	world
		.until("all that it owes is back", |world| {
			(0..39).all(|blob| world.held(1, blobs[blob]) == lost[blob])
		})
		.await;
	assert!(world.held(1, over).is_empty(), "its retention is over");
	let restored: usize = lost[3..39].iter().map(Vec::len).sum();
	let metrics = &world.node(1).node().metrics;
	assert_eq!(metrics.rows_restored.get(), restored as u64);
	assert_eq!(world.sample(2, blobs[38], lost[38][7]).await, DutyStatus::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_cannot_be_had_yet_is_tried_again_and_holds_up_nothing() {
	let mut world = World::new(4).await;
	let (blobs, lost) = world.all_signed_by_all(200..203).await;
	let hidden = blobs[0];
	world.hub.lose(move |request, _| match request {
		Request::Fetch { commitment, .. } | Request::Checksum(commitment) => *commitment == hidden,
		_ => false,
	});
	world.patrol = true;
	world.lose(1, &blobs).await;
	world
		.until("the others are back", |world| {
			(1..3).all(|blob| world.held(1, blobs[blob]) == lost[blob])
		})
		.await;
	assert!(world.held(1, hidden).is_empty());
	world.hub.lose(|_, _| false);
	world
		.until("so is the first one", |world| world.held(1, hidden) == lost[0])
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_full_disk_cannot_take_is_not_fetched_again_and_again() {
	let mut world = World::new(4).await;
	let (blobs, lost) = world.all_signed_by_all(300..303).await;
	// Nothing is fetched before its disk is full.
	world
		.hub
		.lose(|request, _| matches!(request, Request::Fetch { .. }));
	world.patrol = true;
	world.lose(1, &blobs).await;
	let full = |is_full| world.node(1).node().store.faults.full.store(is_full, SeqCst);
	full(true);
	world.hub.lose(|_, _| false);
	let tried = |world: &World| {
		let events = blobs.iter().filter_map(|blob| world.node(1).trace(*blob));
		let events = events.flat_map(|trace| trace.events);
		events
			.filter(|entry| matches!(entry.event, Event::Repaired { .. }))
			.count()
	};
	world.until("it has tried", |world| tried(world) > 0).await;
	let before = world.chain.best_number();
	world
		.until("time for more", |world| world.chain.best_number() > before + 60)
		.await;
	assert_eq!(tried(&world), 1);
	full(false);
	world
		.until("all is back", |world| {
			(0..3).all(|blob| world.held(1, blobs[blob]) == lost[blob])
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repair_serves_every_holder_of_the_rows_named_ourselves_included() {
	let world = World::new(4).await;
	let commitment = world.signed_by_all(7).await;
	let (own, theirs, others) = (
		world.held(0, commitment),
		world.held(1, commitment),
		world.held(2, commitment),
	);
	let store = |node: usize| &world.node(node).node().store;
	for row in [own[7], own[9]] {
		store(0).remove_row(&commitment, row).unwrap();
	}
	store(1).remove_row(&commitment, theirs[5]).unwrap();
	// It does not know of this one.
	store(1).corrupt_row(&commitment, theirs[6]);
	let mut named = [own[7], theirs[5], others[0]];
	named.sort_unstable();
	let mut duties = world.node(0).duties();
	let duty = duties.start_repair(commitment.0, &named).unwrap();
	assert_eq!(world.finish(0, duty).await, DutyStatus::Done);
	for row in named {
		assert_eq!(duties.take_row(duty, row).unwrap().index, row);
	}
	assert_eq!(world.held(0, commitment), own);
	assert_eq!(world.held(1, commitment), theirs);
	assert_eq!(world.sample(2, commitment, theirs[6]).await, DutyStatus::Done);
	assert_eq!(world.node(1).node().metrics.rows_corrupted.get(), 1);
	let repaired = Event::Repaired { rows: 2, restored: 4 };
	assert_eq!(world.count(0, commitment, &repaired), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_repair_brings_the_checksum_back_to_a_holder_whose_own_rotted() {
	let mut world = World::new(4).await;
	let commitment = world.signed_by_all(9).await;
	let row = world.held(1, commitment)[0];
	world.node(1).node().store.corrupt_checksum(&commitment);
	world.lose(1, &[]).await;
	assert_eq!(world.sample(0, commitment, row).await, MISSING);
	let duty = world.node(0).duties().start_repair(commitment.0, &[row]);
	assert_eq!(world.finish(0, duty.unwrap()).await, DutyStatus::Done);
	assert_eq!(world.sample(0, commitment, row).await, DutyStatus::Done);
	let checksum = world.node(0).checksum(commitment).await.unwrap();
	let store = &world.node(1).node().store;
	assert!(store.remembers(&commitment, &checksum));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_rebuilt_for_holders_that_show_their_rows_are_away_or_did_not_sign() {
	let mut world = World::new(4).await;
	world.stop(3).await;
	let commitment = world.certified(0, &bytes(100_000, 8)).await;
	world
		.until("three have signed", |world| world.rows_signed(commitment) == 1536)
		.await;
	let (shown, away) = (world.held(1, commitment)[0], world.held(2, commitment)[0]);
	let held: Vec<u32> = (0..3).flat_map(|node| world.held(node, commitment)).collect();
	let unsigned = (0..2048).find(|row| !held.contains(row)).unwrap();
	let mut duties = world.node(0).duties();
	let repair = |row: u32| world.node(0).duties().start_repair(commitment.0, &[row]).unwrap();

	let duty = repair(shown);
	assert_eq!(world.finish(0, duty).await, DutyStatus::Done);
	assert_eq!(duties.take_row(duty, shown).unwrap().index, shown);
	assert_eq!(world.finish(0, repair(unsigned)).await, NO_SUCH_BLOB);
	let trace = world.node(0).trace(commitment).unwrap();
	let is_repair = |event: &Event| matches!(event, Event::Repaired { .. });
	assert!(!trace.events.iter().any(|entry| is_repair(&entry.event)));

	world.stop(2).await;
	let duty = world
		.node(0)
		.duties()
		.start_repair(commitment.0, &[away])
		.unwrap();
	assert_eq!(world.finish(0, duty).await, MISSING);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_takes_back_only_what_it_lacks_signed_for_and_still_owes() {
	let mut world = World::new(4).await;
	world.stop(3).await;
	let blob = bytes(100_000, 2);
	let commitment = world.certified(0, &blob).await;
	assert_eq!(world.rows_signed(commitment), 1536);
	world.chain.edit(commitment, |info| info.deadline = 1);
	world.start(3).await;
	let encoded = encode(super::GENESIS, super::NAMESPACE, &blob).unwrap();
	let push = |member: usize, push: Push| {
		let (node, peer) = (world.node(world.observer()).node(), world.sites[member].peer);
		async move { node.ask(peer, &Request::Push(push)).await.map(|_| ()) }
	};
	let not_paid = Err(AskError::Refused(Refusal::NotPaid));
	let of = |member| world.push_of(&encoded, member);
	assert_eq!(push(1, of(1)).await, not_paid, "it holds them");
	assert_eq!(push(3, of(3)).await, not_paid, "it did not sign");
	let lost = world.held(1, commitment)[0];
	let store = &world.node(1).node().store;
	store.remove_row(&commitment, lost).unwrap();
	let mut wrong = of(1);
	wrong.batch.data[5] ^= 1;
	assert_eq!(push(1, wrong).await, Err(AskError::Refused(Refusal::BadRows)));
	assert!(!world.held(1, commitment).contains(&lost));
	assert_eq!(push(1, of(1)).await, Ok(()));
	assert!(world.held(1, commitment).contains(&lost));
	store.remove_row(&commitment, lost).unwrap();
	let end = world.chain.info(commitment).unwrap().retained_until.unwrap();
	world.chain.edit(commitment, |info| info.retained_until = Some(1));
	assert_eq!(push(1, of(1)).await, not_paid, "retention is over");
	assert_eq!(world.sample(0, commitment, lost).await, NO_SUCH_BLOB);
	world
		.chain
		.edit(commitment, |info| info.retained_until = Some(end));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sample_finds_a_row_or_says_what_is_wrong() {
	let world = World::new(4).await;
	let commitment = world.signed_by_all(3).await;
	world
		.until("the margin is known", |world| world.margin(0) == 0.75)
		.await;
	let row = world.held(2, commitment)[9];
	assert_eq!(world.sample(0, commitment, row).await, DutyStatus::Done);
	assert_eq!(
		world.sample(2, commitment, row).await,
		DutyStatus::Done,
		"its own"
	);
	assert_eq!(world.sample(0, commitment, 2048).await, NO_SUCH_BLOB);
	assert_eq!(world.sample(0, Commitment([1; 32]), 0).await, NO_SUCH_BLOB);
	let pending = world.submit(&bytes(1_000, 4)).commitment();
	assert_eq!(world.sample(0, pending, 0).await, NO_SUCH_BLOB);
	world.hub.tamper(world.sites[2].peer, |_, mut response| {
		if let Response::Rows(rows) = &mut response {
			rows.0.iter_mut().for_each(|row| row.data[0] ^= 1);
		}
		response
	});
	assert_eq!(world.sample(0, commitment, row).await, MISSING, "a lie");
	assert_eq!(world.margin(0), 0.5);
	let other = world.held(3, commitment)[9];
	world.node(3).node().store.remove_row(&commitment, other).unwrap();
	assert_eq!(world.sample(0, commitment, other).await, MISSING, "lost");
	assert_eq!(world.margin(0), 0.25);
	let samples = &world.node(0).node().metrics.samples;
	assert_eq!(samples.with_label_values(&["found"]).get(), 1);
	assert_eq!(samples.with_label_values(&["missing"]).get(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_holder_that_was_not_asked_for_its_row_in_time_is_not_blamed() {
	let limits = Limits {
		slow_peer: Duration::from_millis(100),
		..limits()
	};
	let world = World::with(4, limits, false).await;
	let commitment = world.signed_by_all(10).await;
	let row = world.held(2, commitment)[9];
	world
		.hub
		.stall(|request, _| matches!(request, Request::Checksum(_)));
	// It has no checksum of its own.
	assert_eq!(world.sample(world.observer(), commitment, row).await, NODE);
	assert_eq!(world.hub.count("fetch"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn samples_and_repairs_do_not_wait_for_users_though_these_wait_for_silent_members() {
	let world = World::new(5).await;
	let (commitment, stalled) = (world.signed_by_all(21).await, world.signed_by_all(22).await);
	let (lost, theirs) = (world.held(1, commitment)[3], world.held(2, commitment)[4]);
	let store = &world.node(1).node().store;
	store.remove_row(&commitment, lost).unwrap();
	world.hub.stall(move |request, _| match request {
		Request::Fetch { commitment, .. } => *commitment == stalled,
		_ => false,
	});
	let mut users = JoinSet::new();
	for _ in 0..world.limits.retrievals + 2 {
		let node = world.node(0).clone();
		users.spawn(async move { drop(node.retrieve(stalled).await) });
	}
	// All rows that may be asked for at once, six times, for three and a half seconds each.
	for row in world.held(1, stalled).into_iter().take(6 * 32) {
		let node = world.node(0).clone();
		users.spawn(async move { drop(node.row(stalled, row).await) });
	}
	world
		.until("users wait for rows", |world| {
			world.hub.count("stalled") >= 4 * world.limits.retrievals + 32
		})
		.await;
	let duties = async {
		assert_eq!(world.sample(0, commitment, theirs).await, DutyStatus::Done);
		let duty = world.node(0).duties().start_repair(commitment.0, &[lost]);
		assert_eq!(world.finish(0, duty.unwrap()).await, DutyStatus::Done);
	};
	timeout(Duration::from_secs(12), duties).await.unwrap();
	assert!(world.held(1, commitment).contains(&lost));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_of_which_too_little_is_left_cannot_be_repaired() {
	let mut world = World::new(4).await;
	let commitment = world.signed_by_all(5).await;
	for node in 1..4 {
		world.stop(node).await;
	}
	let row = world.held(0, commitment)[1];
	world.node(0).node().store.remove_row(&commitment, row).unwrap();
	let duty = world.node(0).duties().start_repair(commitment.0, &[row]).unwrap();
	assert_eq!(world.finish(0, duty).await, MISSING);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn duties_are_bounded_and_the_oldest_finished_make_room() {
	let world = World::new(4).await;
	let commitment = world.signed_by_all(6).await;
	let rows = world.held(2, commitment);
	world.hub.delay(world.sites[2].peer, Duration::from_secs(3_600));
	let mut duties = world.node(0).duties();
	let started: Vec<DutyId> = rows[..MAX_SAMPLES]
		.iter()
		.map(|row| duties.start_sample(commitment.0, *row).unwrap())
		.collect();
	assert_eq!(
		duties.start_sample(commitment.0, rows[MAX_SAMPLES]),
		Err(Error::Busy)
	);
	// The last one waits behind all others, so it runs for sure.
	let last = started[MAX_SAMPLES - 1];
	assert_eq!(duties.start_sample(commitment.0, rows[MAX_SAMPLES - 1]), Ok(last));
	assert_eq!(duties.poll(last), Ok(DutyStatus::Running));
	assert_eq!(duties.poll(1), Err(Error::UnknownDuty));
	// Repairs have their own room.
	let mut repairs = Vec::new();
	for name in 0..2 * MAX_REPAIRS as u8 {
		let duty = duties.start_repair([name; 32], &[1]).unwrap();
		assert_eq!(world.finish(0, duty).await, NO_SUCH_BLOB);
		assert_eq!(duties.take_row(duty, 1), Err(Error::NoSuchRow));
		repairs.push(duty);
	}
	assert_eq!(duties.poll(repairs[0]), Err(Error::UnknownDuty));
	assert_eq!(duties.poll(repairs[MAX_REPAIRS]), Ok(NO_SUCH_BLOB));
}
