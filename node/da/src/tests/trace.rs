// SPDX-License-Identifier: Apache-2.0

//! Timelines of blobs.

use super::{bytes, World};
use crate::{metrics::Metrics, trace::Traces, Event, MAX_BLOBS, MAX_EVENTS, MAX_REPEATED};
use std::sync::Arc;
use zerog_erasure::{encode, Commitment};
use zerog_primitives::da::BlobState;

fn place(events: &[Event], what: impl Fn(&Event) -> bool) -> usize {
	events
		.iter()
		.position(what)
		.unwrap_or_else(|| panic!("not in {events:?}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_leaves_its_timeline_at_every_node_that_works_for_it() {
	let world = World::new(4).await;
	let blob = bytes(60_000, 1);
	let commitment = world.certified(0, &blob).await;
	world
		.until("all nodes saw the certificate and all pushes ended", |world| {
			world.rows_signed(commitment) == 2048
				&& (0..4).all(|node| {
					let trace = world.node(node).trace(commitment).unwrap();
					let has = |what: fn(&Event) -> bool| trace.events.iter().any(|entry| what(&entry.event));
					has(|event| matches!(event, Event::Certified { .. }))
						&& has(|event| *event == Event::Signed)
				})
		})
		.await;
	world.node(0).retrieve(commitment).await.unwrap();
	let trace = world.node(0).trace(commitment).unwrap();
	assert!(trace.events.is_sorted_by_key(|entry| entry.at_ms));
	let events: Vec<Event> = trace.events.into_iter().map(|entry| entry.event).collect();
	let submitted = place(&events, |event| matches!(event, Event::Submitted { .. }));
	let encoded = place(&events, |event| *event == Event::Encoded);
	let pushed = place(&events, |event| matches!(event, Event::Pushed { .. }));
	let received = place(&events, |event| *event == Event::Received { rows: 512 });
	let signed = place(&events, |event| *event == Event::Signed);
	let counted = place(&events, |event| matches!(event, Event::Counted { .. }));
	let certified = place(&events, |event| matches!(event, Event::Certified { .. }));
	let read = place(&events, |event| *event == Event::Read { bytes: 60_000 });
	assert!(submitted < encoded && encoded < pushed && encoded < received && received < signed);
	assert!(signed <= certified && counted < certified && certified < read);
	let metrics = &world.node(0).node().metrics;
	assert_eq!(metrics.certificate_seconds.get_sample_count(), 1);
	assert_eq!(metrics.certificate_margin.get_sample_count(), 1);
	assert_eq!(metrics.retrieval_seconds.get_sample_count(), 1);
	let pushes = metrics.request_seconds.with_label_values(&["push"]);
	assert_eq!(pushes.get_sample_count(), 3);
	assert_eq!(world.node(1).trace(Commitment([1; 32])), None);
}

#[tokio::test]
async fn timelines_are_bounded_and_nobody_starts_one_for_nothing() {
	let traces = Traces::new(Arc::new(Metrics::new(None).unwrap()));
	let encoded = encode(super::GENESIS, super::NAMESPACE, b"blob").unwrap();
	let chain = super::chain::FakeChain::new(super::committee(super::ROOT, 0..4));
	let info = chain.info(chain.submit(*encoded.header(), 100, 100)).unwrap();
	let name = |index: usize| Commitment([(index / 256) as u8, index as u8].repeat(16).try_into().unwrap());
	traces.note(name(0), Event::Encoded);
	assert_eq!(traces.get(name(0)), None);
	for index in 0..=MAX_BLOBS {
		traces.start(name(index), &info);
	}
	assert_eq!(traces.get(name(0)), None, "the oldest made room");
	assert!(traces.get(name(1)).is_some());
	let mut certified = info.clone();
	certified.state = BlobState::Certified {
		at: 1,
		rows_signed: 2048,
		signers: vec![15],
	};
	for index in 1_000..2_000 {
		traces.start(name(index), &certified);
	}
	assert!(
		(1..=MAX_BLOBS).all(|index| traces.get(name(index)).is_some()),
		"asking for old blobs wipes out nothing"
	);
	traces.start(name(1), &info);
	for row in 0..100 {
		let event = Event::Sampled {
			row,
			member: 1,
			found: true,
		};
		traces.note(name(1), event);
	}
	let trace = traces.get(name(1)).unwrap();
	assert_eq!(trace.events.len(), 1 + MAX_REPEATED);
	assert_eq!(trace.dropped, 100 - MAX_REPEATED as u32);
	assert!(
		matches!(trace.events.last().unwrap().event, Event::Sampled { row: 99, .. }),
		"the latest are kept"
	);
	for _ in 0..2 * MAX_EVENTS {
		traces.note(name(1), Event::Encoded);
	}
	assert_eq!(traces.get(name(1)).unwrap().events.len(), MAX_EVENTS);
	let mut newest = name(0);
	for index in 2_000..2_000 + 2 * MAX_BLOBS {
		newest = name(index);
		traces.start(newest, &certified);
		traces.note(newest, Event::Read { bytes: 4 });
	}
	assert!(
		(1..=MAX_BLOBS).all(|index| traces.get(name(index)).is_some()),
		"nor does reading them while all others wait"
	);
	assert_eq!(traces.get(newest), None);
	traces.note(name(7), Event::Encoded);
	traces.update(name(7), &certified, true);
	traces.start(newest, &certified);
	traces.note(newest, Event::Read { bytes: 4 });
	assert_eq!(traces.get(name(7)), None, "one that waits no more makes room");
	assert!(traces.get(newest).is_some());
	traces.start(name(0), &info);
	assert_eq!(traces.get(name(1)), None, "the oldest, for a new one that waits");
}
