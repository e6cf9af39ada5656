// SPDX-License-Identifier: Apache-2.0

//! Peers that lie, disks that fail.

use super::{bytes, share, World, ROOT};
use crate::{
	node::AskError,
	protocol::{Batch, Push, Refusal, Request, Response, Share, VERSION},
	Misbehaviour, RetrieveError, StoreError, TransportError,
};
use parking_lot::Mutex;
use std::{
	collections::BTreeSet,
	sync::{atomic::Ordering, Arc},
};
use zerog_bls::signer::aggregate;
use zerog_erasure::{encode, Commitment, Encoded, Namespace, RowBatch};
use zerog_primitives::da::{signer_bitmap, Certificate};

/// Push to member 1 as the node that is no validator.
async fn push(world: &World, push: Push) -> Result<Response, AskError> {
	world
		.node(world.observer())
		.node()
		.ask(world.sites[1].peer, &Request::Push(push))
		.await
}

async fn refusal(world: &World, request: Push) -> Refusal {
	match push(world, request).await {
		Err(AskError::Refused(refusal)) => refusal,
		Ok(response) => panic!("taken: {}", response.name()),
		Err(error) => panic!("{error}"),
	}
}

fn is_stored(world: &World, encoded: &Encoded) -> bool {
	!world
		.node(1)
		.node()
		.store
		.held(&encoded.commitment())
		.unwrap()
		.is_empty()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_that_nobody_paid_for_are_refused() {
	let world = World::new(4).await;
	let encoded = encode(super::GENESIS, super::NAMESPACE, &bytes(10_000, 1)).unwrap();
	assert_eq!(
		refusal(&world, world.push_of(&encoded, 1)).await,
		Refusal::NotPaid
	);
	assert!(!is_stored(&world, &encoded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_after_the_deadline_or_the_certificate_are_refused() {
	let world = World::new(4).await;
	let late = world.submit(&bytes(10_000, 2));
	world.chain.edit(late.commitment(), |info| info.deadline = 1);
	assert_eq!(refusal(&world, world.push_of(&late, 1)).await, Refusal::NotPaid);
	let blob = bytes(10_000, 3);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	let encoded = encode(super::GENESIS, super::NAMESPACE, &blob).unwrap();
	world.chain.advance(1);
	assert_eq!(
		refusal(&world, world.push_of(&encoded, 1)).await,
		Refusal::NotPaid
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_of_another_member_are_refused() {
	let world = World::new(4).await;
	let encoded = world.submit(&bytes(10_000, 4));
	assert_eq!(
		refusal(&world, world.push_of(&encoded, 2)).await,
		Refusal::NotAssigned
	);
	let mut indices = world.push_of(&encoded, 1).batch.indices;
	indices.push(*world.push_of(&encoded, 2).batch.indices.last().unwrap());
	indices.sort_unstable();
	let batch = encoded.batch(&indices).unwrap();
	let mixed = Push {
		batch,
		..world.push_of(&encoded, 1)
	};
	assert_eq!(refusal(&world, mixed).await, Refusal::NotAssigned);
	assert!(!is_stored(&world, &encoded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn wrong_rows_are_refused_and_their_sender_is_reported() {
	let world = World::new(4).await;
	let encoded = world.submit(&bytes(10_000, 5));
	let sender = world.sites[world.observer()].peer;
	let mut changed = world.push_of(&encoded, 1);
	changed.batch.data[777] ^= 1;
	assert_eq!(refusal(&world, changed).await, Refusal::BadRows);
	let mut short = world.push_of(&encoded, 1);
	short.batch.data.pop();
	assert_eq!(refusal(&world, short).await, Refusal::BadRows);
	let mut proof = world.push_of(&encoded, 1);
	proof.batch.proof.pop();
	assert_eq!(refusal(&world, proof).await, Refusal::BadRows);
	assert!(world.hub.was_reported(sender, Misbehaviour::BadRows));
	assert!(!is_stored(&world, &encoded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_rows_of_another_namespace_do_not_pass() {
	let world = World::new(4).await;
	let blob = bytes(10_000, 6);
	let encoded = world.submit(&blob);
	let foreign = encode(super::GENESIS, Namespace([1; 32]), &blob).unwrap();
	let checksum = Push {
		checksum: foreign.checksum().to_vec(),
		..world.push_of(&encoded, 1)
	};
	assert_eq!(refusal(&world, checksum).await, Refusal::BadChecksum);
	let sender = world.sites[world.observer()].peer;
	assert!(world.hub.was_reported(sender, Misbehaviour::BadChecksum));
	// The rows are the same bytes under the same root: only the commitment differs, and that one nobody paid for.
	let unpaid = Push {
		commitment: foreign.commitment(),
		..world.push_of(&encoded, 1)
	};
	assert_eq!(refusal(&world, unpaid).await, Refusal::NotPaid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forged_and_foreign_shares_do_not_count() {
	let world = World::new(4).await;
	world.chain.set_lossy(true);
	let encoded = world.submit(&bytes(10_000, 7));
	let commitment = encoded.commitment();
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let of = |key, signer, expiry| share(key, signer, Batch::one(commitment), expiry, 0);
	let ask = |share| world.ask(0, 1, Request::Share(share));
	let refused = |response, why| matches!(response, Response::Refused(refusal) if refusal == why);
	let bad = Refusal::BadSignature;
	assert!(refused(ask(of(2, 3, deadline)).await, bad), "another member's");
	assert!(refused(ask(of(2, 4, deadline)).await, bad), "of nobody");
	assert!(refused(ask(of(2, u32::MAX, deadline)).await, bad), "of nobody");
	let later = of(2, 2, deadline + 1);
	assert!(refused(ask(later).await, Refusal::NotPaid), "beyond the deadline");
	let good = of(2, 2, deadline);
	let junk = zerog_bls::Signature([0xff; 48]);
	for changed in [
		Share {
			signature: junk,
			..good.clone()
		},
		Share {
			numbered: junk,
			..good.clone()
		},
		Share {
			numbered: good.signature,
			..good.clone()
		},
		Share {
			sequence: 1,
			..good.clone()
		},
		Share {
			expiry: deadline - 1,
			..good.clone()
		},
	] {
		assert!(refused(ask(changed.clone()).await, bad), "{changed:?}");
	}
	assert!(matches!(ask(good).await, Response::Counted));
	// Who passed them on may see other members on its branch of the chain: nobody is to blame.
	assert_eq!(world.hub.reports(), []);
	assert_eq!(
		world.node(1).status(commitment).await.unwrap().rows_signed,
		Some(512)
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_serves_garbage_is_named_and_the_blob_is_read() {
	let world = World::new(4).await;
	let blob = bytes(100_000, 8);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	let liar = world.sites[2].peer;
	world.hub.tamper(liar, |_, mut response| {
		if let Response::Rows(rows) = &mut response {
			if let Some(row) = rows.0.last_mut() {
				row.data[0] ^= 1;
			}
		}
		response
	});
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
	assert!(world.hub.was_reported(liar, Misbehaviour::BadRows));
	assert!(world.hub.reports().iter().all(|(peer, _)| *peer == liar));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn members_that_give_a_wrong_checksum_or_nothing_are_passed_over() {
	let world = World::new(4).await;
	for liar in 0..3 {
		world.hub.tamper(world.sites[liar].peer, move |_, response| {
			match (response, liar) {
				(Response::Checksum(mut checksum), 0) => {
					checksum[5] ^= 1;
					Response::Checksum(checksum)
				}
				(Response::Checksum(_), 1) => Response::Checksum(Vec::new()),
				(Response::Checksum(_), _) => Response::Counted,
				(other, _) => other,
			}
		});
	}
	// Each blob has an order of its own: soon the honest one is not the first that is asked.
	for seed in 9..41 {
		let blob = bytes(100_000, seed);
		let commitment = world.certified(0, &blob).await;
		world.until_all_signed(commitment).await;
		assert_eq!(
			world.node(world.observer()).retrieve(commitment).await.unwrap(),
			blob
		);
		if !world.hub.reports().is_empty() {
			break;
		}
	}
	let reports = world.hub.reports();
	let liars: Vec<_> = (0..3).map(|liar| world.sites[liar].peer).collect();
	assert!(!reports.is_empty() && reports.iter().all(|(peer, _)| liars.contains(peer)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn too_few_rows_make_an_error_that_says_how_many_were_found() {
	let mut world = World::new(4).await;
	let blob = bytes(100_000, 10);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	world.stop(0).await;
	world.stop(1).await;
	world.stop(2).await;
	// One member of four holds exactly a quarter: 512 rows.
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
	let index = world.node(3).node().store.held(&commitment).unwrap()[0];
	world.node(3).node().store.remove_row(&commitment, index).unwrap();
	let result = world.node(world.observer()).retrieve(commitment).await;
	assert_eq!(
		result,
		Err(RetrieveError::NotEnoughRows {
			found: 511,
			needed: 512
		})
	);
	world.stop(3).await;
	let result = world.node(world.observer()).retrieve(commitment).await;
	let none = RetrieveError::NotEnoughRows {
		found: 0,
		needed: 512,
	};
	assert!(result == Err(RetrieveError::NoChecksum) || result == Err(none));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_row_that_rots_on_disk_is_found_when_it_is_read() {
	let world = World::new(4).await;
	let blob = bytes(100_000, 11);
	let commitment = world.certified(0, &blob).await;
	world.until_all_signed(commitment).await;
	let node = world.node(1).node();
	let index = node.store.held(&commitment).unwrap()[0];
	node.store.corrupt_row(&commitment, index);
	let info = world.chain.info(commitment).unwrap();
	let loaded = node.blobs.load(commitment, &info).await.unwrap();
	let verifier = node.own_verifier(&loaded).unwrap().unwrap();
	assert_eq!(
		node.store.row(&verifier, index),
		Err(StoreError::Corrupted { commitment, index })
	);
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
	assert_eq!(world.node(1).retrieve(commitment).await.unwrap(), blob);
	// Whoever read it first dropped it.
	assert_eq!(node.metrics.rows_corrupted.get(), 1);
	assert_eq!(node.store.row(&verifier, index), Ok(None));
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_signs_nothing_and_recovers() {
	let world = World::new(4).await;
	let faults = |on| {
		let store = &world.node(1).node().store;
		store.faults.full.store(on, Ordering::SeqCst);
	};
	faults(true);
	let encoded = world.submit(&bytes(20_000, 12));
	assert_eq!(
		refusal(&world, world.push_of(&encoded, 1)).await,
		Refusal::CannotStore
	);
	assert!(!is_stored(&world, &encoded));
	let blob = bytes(20_000, 13);
	let commitment = world.certified(0, &blob).await;
	assert_eq!(world.rows_signed(commitment), 1536);
	assert_eq!(world.shares(1, commitment), []);
	let complaint = world.node(1).cannot_store().unwrap();
	assert!(complaint.contains("the disk is full"), "{complaint}");
	faults(false);
	assert!(matches!(
		push(&world, world.push_of(&encoded, 1)).await,
		Ok(Response::Pushed(_))
	));
	let commitment = world.certified(0, &bytes(20_000, 14)).await;
	world.until_all_signed(commitment).await;
	assert_eq!(world.node(1).cannot_store(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_disk_that_does_not_confirm_signs_nothing() {
	let world = World::new(4).await;
	let store = world.node(1).node().store.clone();
	store.faults.sync.store(true, Ordering::SeqCst);
	let encoded = world.submit(&bytes(20_000, 15));
	assert_eq!(
		refusal(&world, world.push_of(&encoded, 1)).await,
		Refusal::CannotStore
	);
	assert_eq!(world.shares(1, encoded.commitment()), []);
	store.faults.sync.store(false, Ordering::SeqCst);
	// The rows are there: with the next block it tries again by itself.
	world
		.until("it signs", |world| {
			!world.shares(1, encoded.commitment()).is_empty()
		})
		.await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hostile_bytes_are_answered_and_reported() {
	let world = World::new(4).await;
	let (from, to) = (world.sites[world.observer()].peer, world.sites[1].peer);
	for (payload, expected) in [
		(vec![], Refusal::Malformed),
		(vec![1], Refusal::Malformed),
		(vec![0; 100], Refusal::Malformed),
		// By its first bytes a push for a blob that nobody paid for: the rest is not looked at.
		([vec![VERSION], vec![1; 3 << 20]].concat(), Refusal::NotPaid),
		(vec![255; 5 << 20], Refusal::Malformed),
	] {
		let answer = world.hub.deliver(from, to, payload).await.unwrap();
		let response = crate::protocol::decode_response(&answer).unwrap();
		assert!(matches!(response, Response::Refused(refusal) if refusal == expected));
	}
	assert!(world.hub.was_reported(from, Misbehaviour::Malformed));
	let empty = RowBatch {
		indices: vec![],
		data: vec![],
		proof: vec![],
	};
	let encoded = world.submit(&bytes(10_000, 16));
	let push = Push {
		batch: empty,
		..world.push_of(&encoded, 1)
	};
	assert_eq!(refusal(&world, push).await, Refusal::Malformed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_is_answered_busy() {
	let world = World::new(4).await;
	let blob = bytes(4 << 20, 17);
	let commitment = world.certified(0, &blob).await;
	let (from, to) = (world.sites[world.observer()].peer, world.sites[1].peer);
	let held = world.node(1).node().store.held(&commitment).unwrap();
	let request = crate::protocol::encode_request(&Request::Fetch {
		commitment,
		indices: held[..1000].to_vec(),
	});
	let answers = (0..60).map(|_| world.hub.deliver(from, to, request.clone()));
	let answers = futures::future::join_all(answers).await;
	let busy = |answer: &Result<Vec<u8>, TransportError>| match answer {
		Ok(bytes) => {
			matches!(
				crate::protocol::decode_response(bytes).unwrap(),
				Response::Refused(Refusal::Busy)
			)
		}
		Err(_) => true,
	};
	let refused = answers.iter().filter(|answer| busy(answer)).count();
	assert!((1..60).contains(&refused), "{refused} of 60");
	assert_eq!(
		world.node(world.observer()).retrieve(commitment).await.unwrap(),
		blob
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bad_share_is_held_against_its_sender_and_the_certificate_is_made() {
	let world = World::new(4).await;
	// The liar is online and signs nothing by itself.
	let store = &world.node(3).node().store;
	store.faults.full.store(true, Ordering::SeqCst);
	let liar = world.sites[3].peer;
	for (round, spoil) in [
		(|share, other| Share {
			signature: other,
			..share
		}) as fn(Share, _) -> Share,
		|share, other| Share {
			numbered: other,
			..share
		},
	]
	.into_iter()
	.enumerate()
	{
		let blob = bytes(10_000, 20 + round as u64);
		let commitment = world.submit(&blob).commitment();
		let deadline = world.chain.info(commitment).unwrap().deadline;
		let good = share(3, 3, Batch::one(commitment), deadline, 7 + round as u64);
		let foreign = share(9, 3, Batch::one(commitment), deadline, 7).signature;
		let bad = spoil(good.clone(), foreign);
		for aggregator in 0..3 {
			let answer = world.ask(3, aggregator, Request::Share(bad.clone())).await;
			assert!(matches!(answer, Response::Counted), "{answer:?}");
		}
		world.node(0).publish(commitment, blob).await.unwrap();
		world
			.until("the blob is certified", |world| {
				world.rows_signed(commitment) == 1536
			})
			.await;
		world
			.until("the liar is named", |world| world.hub.reports().len() > round)
			.await;
		assert!(world
			.hub
			.reports()
			.iter()
			.all(|report| *report == (liar, Misbehaviour::BadSignature)));
		// The place is free again: once the truth comes, it counts, for whoever can add to the certificate.
		for aggregator in 0..3 {
			world.ask(3, aggregator, Request::Share(good.clone())).await;
		}
		world.until_all_signed(commitment).await;
	}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_takes_the_place_of_a_member_in_an_aggregate() {
	let world = World::new(4).await;
	let blob = bytes(10_000, 30);
	let commitment = world.submit(&blob).commitment();
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let forged = share(9, 2, Batch::one(commitment), deadline, 0);
	for (sender, refusal) in [(3, Refusal::BadSignature), (world.observer(), Refusal::Busy)] {
		let answer = world.ask(sender, 0, Request::Share(forged.clone())).await;
		assert_eq!(answer, Response::Refused(refusal));
	}
	world.node(0).publish(commitment, blob).await.unwrap();
	world.until_all_signed(commitment).await;
	assert_eq!(world.hub.reports(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_shares_of_strangers_are_not_looked_at_good_or_bad() {
	let world = World::new(4).await;
	let commitment = world.submit(&bytes(10_000, 32)).commitment();
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let of = |key, sequence| {
		let batch = vec![Commitment([7; 32]), commitment];
		share(key, 2, Batch::new(batch).unwrap(), deadline, sequence)
	};
	for (key, sequence) in [(2, 0), (3, 1)] {
		for _ in 0..50 {
			let share = Request::Share(of(key, sequence));
			let answer = world.ask(world.observer(), 1, share).await;
			assert_eq!(answer, Response::Refused(Refusal::Busy));
		}
	}
	assert_eq!(world.chain.asked_in_vain(), 0);
	assert_eq!(world.node(1).latest_number(ROOT, 2), None);
	// The same one from a member is.
	let answer = world.ask(3, 1, Request::Share(of(2, 0))).await;
	assert_eq!(answer, Response::Refused(Refusal::NotPaid));
	assert_eq!(world.node(1).latest_number(ROOT, 2), Some(0));
	assert_eq!(world.chain.asked_in_vain(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_cannot_make_others_keep_more_than_a_few_shares_of_a_blob() {
	let world = World::new(4).await;
	let commitment = world.submit(&bytes(10_000, 31)).commitment();
	let deadline = world.chain.info(commitment).unwrap().deadline;
	let mut counted = 0;
	for early in 0..40 {
		let flood = share(2, 2, Batch::one(commitment), deadline - early, early.into());
		match world.ask(2, 0, Request::Share(flood)).await {
			Response::Counted => counted += 1,
			Response::Refused(Refusal::Busy) => {}
			other => panic!("{other:?}"),
		}
	}
	assert_eq!(counted, crate::aggregator::MAX_BATCHES + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_hides_its_share_leaves_nobody_out() {
	let mut world = World::new(7).await;
	let signed = Arc::new(Mutex::new(BTreeSet::new()));
	let seen = signed.clone();
	world.hub.lose(move |request, _| match request {
		Request::Share(share) => {
			seen.lock().insert(share.signer);
			true
		}
		_ => false,
	});
	let blob = bytes(60_000, 11);
	let commitment = world.submit(&blob).commitment();
	world.node(1).publish(commitment, blob).await.unwrap();
	world.until("all have signed", |_| signed.lock().len() == 7).await;
	world.stop(0).await;

	// The first member collects what others have signed, the last one's aside.
	let (batch, expiry) = (
		Batch::one(commitment),
		world.chain.info(commitment).unwrap().deadline,
	);
	let signatures: Vec<_> = (0..6)
		.map(|member| share(member, member as u32, batch.clone(), expiry, 0).signature)
		.collect();
	let certificate = Certificate {
		committee: ROOT,
		expiry,
		commitments: batch.to_vec(),
		signers: signer_bitmap(7, 0..6),
		signature: aggregate(&signatures).unwrap(),
	};
	world.chain.certify(&certificate).unwrap();
	world
		.hub
		.lose(|request, _| matches!(request, Request::Share(share) if share.signer == 0));
	world
		.until("the last member is in", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
}
