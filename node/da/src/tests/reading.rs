// SPDX-License-Identifier: Apache-2.0

//! Reading from members of every bad kind at once.

use super::{bytes, limits, World, GENESIS, NAMESPACE};
use crate::{
	doubts::Doubts,
	protocol::{Request, Response, Rows},
	reading::ATTEMPTS,
	Event, Fault, Limits, Misbehaviour, RetrieveError, SampleError,
};
use std::{
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};
use zerog_erasure::{checksum_root, encode, BlobHeader, Row, RowError, Verifier, CHECKSUM_ROW_BYTES};
use zerog_primitives::da::{Assignment, BlobState};

#[test]
fn what_is_lost_at_once_is_doubted_once_and_a_right_answer_clears_it() {
	let mut doubts = Doubts::new(vec![0, 1]);
	// One request is late and then silent, or one more that was under way finds nobody: one lost message.
	doubts.failed(0, 0);
	doubts.failed(0, 0);
	assert_eq!(doubts.of(0), 1);
	// Another one began later.
	doubts.failed(0, 1);
	assert_eq!((doubts.of(0), doubts.of(1)), (2, 1));
	doubts.served(0);
	assert_eq!(doubts.of(0), 0);
	doubts.failed(0, 2);
	assert_eq!(doubts.of(0), 1);
}

#[test]
fn who_lied_is_asked_for_nothing_more_though_it_answers_well_later() {
	let mut doubts = Doubts::new(vec![0]);
	doubts.lied(0);
	doubts.failed(0, 0);
	doubts.served(0);
	assert!(doubts.of(0) >= ATTEMPTS);
	assert!(doubts.of(1) >= ATTEMPTS, "there is nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_holder_of_enough_rows_is_asked_again_though_its_first_answer_may_still_come() {
	let mut world = World::new(4).await;
	let blob = bytes(100_000, 6);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	for member in 0..3 {
		world.stop(member).await;
	}
	let (last, is_first) = (world.sites[3].peer, AtomicBool::new(true));
	world.hub.stall(move |request, to| {
		*to == last && matches!(request, Request::Fetch { .. }) && is_first.swap(false, Ordering::Relaxed)
	});
	let started = Instant::now();
	let read = world.node(world.observer()).retrieve(commitment).await;
	assert_eq!(read.unwrap(), blob);
	assert_eq!(world.hub.count("stalled"), 1);
	// The request fails after 25 s.
	let took = started.elapsed();
	assert!(took < Duration::from_secs(12), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slow_silent_lying_and_half_answering_members_do_not_stop_a_reader_who_names_the_liar() {
	let world = World::new(8).await;
	let blob = bytes(128 << 10, 1);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
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
async fn who_gives_nothing_is_not_asked_for_its_rows_one_by_one() {
	let world = World::new(4).await;
	let blob = bytes(128 << 10, 3);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	for empty in 0..4 {
		let before = world.hub.count("fetch");
		world
			.hub
			.tamper(world.sites[empty].peer, |_, response| match response {
				Response::Rows(_) => Response::Rows(Rows(Vec::new())),
				other => other,
			});
		let read = world.node(world.observer()).retrieve(commitment).await;
		assert_eq!(read.unwrap(), blob);
		let requests = world.hub.count("fetch") - before;
		assert!(requests < 24, "{requests} requests, with nothing from {empty}");
		world.hub.tamper(world.sites[empty].peer, |_, response| response);
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_read_is_given_up_as_soon_as_too_few_rows_can_come_though_a_member_is_silent() {
	let world = World::new(5).await;
	let encoded = world.submit(&bytes(100_000, 4));
	let commitment = encoded.commitment();
	let mut push = world.push_of(&encoded, 0);
	push.batch = encoded.batch(&push.batch.indices[..1]).unwrap();
	let pushed = world.ask(world.observer(), 0, Request::Push(push)).await;
	assert!(matches!(pushed, Response::Pushed(_)), "{pushed:?}");
	world.chain.edit(commitment, |info| {
		info.state = BlobState::Certified {
			at: 1,
			rows_signed: 2048,
			signers: vec![0b1_1111],
		}
	});
	// A fifth of the rows may be there, and a quarter is needed.
	let silent = world.sites[1].peer;
	world
		.hub
		.stall(move |request, to| *to == silent && matches!(request, Request::Fetch { .. }));
	let read = world.node(world.observer()).retrieve(commitment);
	// The silent one would be waited for for 25 s, twice.
	let read = tokio::time::timeout(Duration::from_secs(12), read).await.unwrap();
	let is_given_up = matches!(read, Err(RetrieveError::NotEnoughRows { needed: 512, .. }));
	assert!(is_given_up, "{read:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_checksum_is_had_soon_though_all_signers_but_the_last_are_silent() {
	let limits = Limits {
		slow_peer: Duration::from_secs(4),
		..limits()
	};
	let world = World::with(16, limits, false).await;
	let encoded = world.submit(&bytes(10_000, 5));
	let commitment = encoded.commitment();
	let push = Request::Push(world.push_of(&encoded, 15));
	let pushed = world.ask(world.observer(), 15, push).await;
	assert!(matches!(pushed, Response::Pushed(_)), "{pushed:?}");
	world.chain.edit(commitment, |info| {
		info.state = BlobState::Certified {
			at: 1,
			rows_signed: 2048,
			signers: vec![0xff; 2],
		}
	});
	let last = world.sites[15].peer;
	world
		.hub
		.stall(move |request, to| *to != last && matches!(request, Request::Checksum(_)));
	let started = Instant::now();
	let checksum = world.node(world.observer()).checksum(commitment).await;
	assert_eq!(checksum.unwrap(), encoded.checksum());
	// One in a second would have taken 15 s; four times some more take 4 s.
	let took = started.elapsed();
	assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_systematic_rows_are_fetched_while_their_holders_answer() {
	let world = World::new(4).await;
	let blob = bytes(128 << 10, 2);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	let reader = world.node(world.observer());
	assert_eq!(reader.retrieve(commitment).await.unwrap(), blob);
	let checked = &reader.node().metrics.rows_checked;
	assert_eq!(checked.with_label_values(&["good"]).get(), 512);
	// One request to each member: nothing is asked twice.
	assert_eq!(world.hub.count("fetch"), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_that_proves_its_holders_fault_is_kept_and_given_to_whoever_reports_it() {
	let world = World::with(4, limits(), true).await;
	let encoded = encode(GENESIS, NAMESPACE, &bytes(10_000, 3)).unwrap();
	// Rows under the row root, with a checksum that is not theirs.
	let mut checksum = encoded.checksum().to_vec();
	// Off by one in each row: by a constant word, in which no symbol is zero.
	checksum
		.iter_mut()
		.step_by(CHECKSUM_ROW_BYTES)
		.for_each(|byte| *byte ^= 1);
	let header = encoded.header();
	let root = checksum_root(&checksum);
	let header = BlobHeader::new(GENESIS, NAMESPACE, header.length, header.row_root, root).unwrap();
	let commitment = header.commitment().unwrap();
	world.chain.submit(header, 5_000, 10_000);
	world.chain.edit(commitment, |info| {
		info.state = BlobState::Certified {
			at: 1,
			rows_signed: 1536,
			signers: vec![0b0111],
		}
	});
	let served = Arc::new(encoded);
	for site in &world.sites[..4] {
		let (served, checksum) = (served.clone(), checksum.clone());
		world
			.hub
			.tamper(site.peer, move |request, response| match request {
				Request::Checksum(_) => Response::Checksum(checksum.clone()),
				Request::Fetch { indices, .. } => {
					let rows = indices.iter().filter_map(|index| served.one_row(*index));
					Response::Rows(Rows(rows.collect()))
				}
				_ => response,
			});
	}
	let assignment = Assignment::new(
		commitment,
		&world.chain.current().randomness,
		&world.chain.current().weights(),
		header.profile().unwrap(),
	);
	let reader = world.node(world.observer());
	for member in [1, 1, 3, 2] {
		// Two rows of one signer, and one of a member that did not sign.
		let rows = assignment.rows_of(member);
		for row in &rows[..2] {
			let missing = reader.row(commitment, *row).await;
			assert!(matches!(missing, Err(SampleError::Missing { .. })), "{missing:?}");
		}
	}
	let kept = reader.bad_rows(commitment);
	let places: Vec<(usize, u32)> = kept.iter().map(|bad| (bad.member, bad.row.index)).collect();
	let first = |member: usize| assignment.rows_of(member)[0];
	assert_eq!(places, [(1, first(1)), (2, first(2))]);
	let verifier = Verifier::new(&header, commitment, &kept[0].checksum).unwrap();
	assert_eq!(verifier.check_row(&kept[0].row), Err(RowError::WrongChecksum));

	let url = format!(
		"http://{}/v1/blobs/{commitment}/bad-rows",
		reader.gateway().unwrap()
	);
	let listed: serde_json::Value = reqwest::get(&url).await.unwrap().json().await.unwrap();
	assert_eq!(
		(&listed["rows"][1]["member"], &listed["rows"][1]["index"]),
		(&2.into(), &first(2).into())
	);
	let proof = reqwest::get(format!("{url}/{}", first(1))).await.unwrap();
	let Row { data, path, .. } = kept[0].row.clone();
	assert_eq!(
		proof.bytes().await.unwrap(),
		[data, path.concat(), checksum].concat()
	);
	let other = reqwest::get(format!("{url}/{}", first(3))).await.unwrap();
	assert_eq!(other.status(), 404);
}
