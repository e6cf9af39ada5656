// SPDX-License-Identifier: Apache-2.0

//! Sampling and repair for the off-chain worker.

use super::{bytes, World};
use crate::{
	duties::{MAX_REPAIRS, MAX_SAMPLES},
	node::AskError,
	protocol::{Push, Refusal, Request, Response},
	Event,
};
use std::time::Duration;
use zerog_erasure::{encode, Commitment, Verifier};
use zerog_host::{Duties as _, DutyFailure, DutyId, DutyStatus, Error};

impl World {
	/// A certified blob that all members signed for.
	async fn signed_by_all(&self, seed: u64) -> Commitment {
		let commitment = self.certified(0, &bytes(100_000, seed)).await;
		self.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
		commitment
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
}

const MISSING: DutyStatus = DutyStatus::Failed(DutyFailure::Missing);
const NO_SUCH_BLOB: DutyStatus = DutyStatus::Failed(DutyFailure::NoSuchBlob);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_lost_everything_gets_it_back_through_a_repair_by_another() {
	let mut world = World::new(4).await;
	let commitment = world.signed_by_all(1).await;
	let lost = world.held(1, commitment);
	assert_eq!(lost.len(), 512);
	world.node(1).node().store.remove(&commitment).unwrap();
	world.stop(1).await;
	world.start(1).await;
	world
		.until("it is back", |world| world.node(0).members_online().0 == 4)
		.await;
	let own = world.held(0, commitment)[7];
	world.node(0).node().store.remove_row(&commitment, own).unwrap();
	let (first, second) = lost.split_at(256);
	let mut second = second.to_vec();
	second.pop();
	second.push(own);
	second.sort_unstable();
	let mut duties = world.node(0).duties();
	for rows in [first, &second] {
		let duty = duties.start_repair(commitment.0, rows).unwrap();
		assert_eq!(duties.take_row(duty, rows[0]), Err(Error::NotDone));
		assert_eq!(world.finish(0, duty).await, DutyStatus::Done);
		let header = world.chain.info(commitment).unwrap().header;
		let checksum = world.node(0).checksum(commitment).await.unwrap();
		let verifier = Verifier::new(&header, commitment, &checksum).unwrap();
		for index in rows {
			let row = duties.take_row(duty, *index).unwrap();
			verifier.check_path(row.index, &row.data, &row.path).unwrap();
			assert_eq!(duties.take_row(duty, *index), Err(Error::NoSuchRow));
		}
	}
	assert_eq!(world.held(1, commitment), lost[..511]);
	assert!(world.held(0, commitment).contains(&own));
	assert_eq!(world.node(1).status(commitment).await.unwrap().rows_held, 511);
	let trace = world.node(0).trace(commitment).unwrap();
	let repaired = Event::Repaired {
		rows: 256,
		restored: 256,
	};
	let count = trace
		.events
		.iter()
		.filter(|entry| entry.event == repaired)
		.count();
	assert_eq!(count, 2);
	let metrics = &world.node(0).node().metrics;
	assert_eq!(metrics.rows_restored.get(), 512);
	// What came back is served.
	assert_eq!(world.sample(2, commitment, lost[3]).await, DutyStatus::Done);
	assert_eq!(world.sample(2, commitment, lost[511]).await, MISSING);
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
	let other = world.held(3, commitment)[9];
	world.node(3).node().store.remove_row(&commitment, other).unwrap();
	assert_eq!(world.sample(0, commitment, other).await, MISSING, "lost");
	let samples = &world.node(0).node().metrics.samples;
	assert_eq!(samples.with_label_values(&["found"]).get(), 1);
	assert_eq!(samples.with_label_values(&["missing"]).get(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_of_which_too_little_is_left_cannot_be_repaired() {
	let mut world = World::new(4).await;
	let commitment = world.signed_by_all(5).await;
	let row = world.held(0, commitment)[0];
	for node in 1..4 {
		world.stop(node).await;
	}
	let index = world.held(0, commitment)[1];
	world.node(0).node().store.remove_row(&commitment, index).unwrap();
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
