// SPDX-License-Identifier: Apache-2.0

//! What happened to each blob at this node, and when: for whoever asks why a blob is late.
//!
//! In memory and bounded: the latest blobs, so many events of each. Only blobs that the chain knows get a timeline, so
//! that nobody fills it for nothing.

use crate::metrics::Metrics;
use parking_lot::Mutex;
use serde::Serialize;
use std::{
	collections::{HashMap, VecDeque},
	mem::discriminant,
	sync::Arc,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use zerog_erasure::Commitment;
use zerog_primitives::da::{BlobInfo, BlobState};

/// Blobs remembered.
pub const MAX_BLOBS: usize = 256;
/// Events of one blob; two for each of 200 members, and more.
pub const MAX_EVENTS: usize = 640;
/// The latest so many are kept of what repeats without end.
pub const MAX_REPEATED: usize = 32;

/// What happened to a blob. Members are given by their place in its committee, which is another one once it fell back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
	/// This node heard of it for the first time.
	Submitted {
		/// Block of the submission.
		block: u32,
	},
	/// Encoded here, to be pushed.
	Encoded,
	/// A member took all of its rows.
	Pushed {
		/// The member.
		member: usize,
	},
	/// Rows came, were checked and stored.
	Received {
		/// How many.
		rows: u32,
	},
	/// All of our rows are durable; we signed.
	Signed,
	/// A member's share is valid and counted.
	Counted {
		/// The member.
		member: usize,
		/// Rows of all counted so far.
		rows: u32,
	},
	/// We put a certificate into the pool.
	CertificateSubmitted {
		/// Rows of its signers.
		rows: u32,
	},
	/// The best chain has a certificate, or one more that adds to it.
	Certified {
		/// Block of the first one.
		block: u32,
		/// Rows of its signers.
		rows: u32,
	},
	/// This committee did not certify it in time; the root network decides it now.
	FellBack {
		/// The network.
		network: u32,
		/// The session.
		session: u32,
	},
	/// Rebuilt here from rows of the committee that did not certify it, and brought to the root network's.
	CarriedOn {
		/// Rows held by members that have all of theirs, or that signed.
		rows: u32,
	},
	/// Read back here.
	Read {
		/// Bytes.
		bytes: u32,
	},
	/// A member sent what an honest one does not send.
	Fault {
		/// The member.
		member: usize,
		/// The peer that spoke for it.
		peer: String,
		/// What it did.
		what: &'static str,
	},
	/// One row was asked of its holder.
	Sampled {
		/// The row.
		row: u32,
		/// Its holder.
		member: usize,
		/// Whether it came and passed the check.
		found: bool,
	},
	/// The blob was rebuilt here, for holders that did not show some of its rows.
	Repaired {
		/// How many rows they did not show.
		rows: u32,
		/// How many rows they, or we ourselves, took back: all that they lacked.
		restored: u32,
	},
}

impl Event {
	fn repeats(&self) -> bool {
		matches!(
			self,
			Self::Received { .. }
				| Self::Read { .. }
				| Self::Fault { .. }
				| Self::Sampled { .. }
				| Self::Repaired { .. }
		)
	}
}

/// An event and its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
	/// Milliseconds since 1970.
	pub at_ms: u64,
	/// What happened.
	#[serde(flatten)]
	pub event: Event,
}

/// The timeline of a blob at this node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
	/// The blob.
	pub commitment: Commitment,
	/// In the order in which they happened.
	pub events: Vec<Entry>,
	/// Events that found no room.
	pub dropped: u32,
}

#[derive(Default)]
struct Timeline {
	events: Vec<Entry>,
	dropped: u32,
	/// Rows of the certificate that was seen on chain.
	certified: u32,
}

impl Timeline {
	/// Nothing but what the chain says.
	fn is_bare(&self) -> bool {
		self.certified > 0 && self.events.len() <= 2
	}

	fn push(&mut self, event: Event) {
		let is_same = |entry: &Entry| discriminant(&entry.event) == discriminant(&event);
		if event.repeats() && self.events.iter().filter(|entry| is_same(entry)).count() >= MAX_REPEATED {
			if let Some(first) = self.events.iter().position(is_same) {
				self.events.remove(first);
				self.dropped = self.dropped.saturating_add(1);
			}
		}
		if self.events.len() >= MAX_EVENTS {
			self.dropped = self.dropped.saturating_add(1);
			return;
		}
		self.events.push(Entry {
			at_ms: now_ms(),
			event,
		});
	}
}

fn now_ms() -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Default)]
struct Table {
	timelines: HashMap<Commitment, Timeline>,
	/// The oldest first.
	order: VecDeque<Commitment>,
}

/// The timelines of the latest blobs.
pub(crate) struct Traces {
	table: Mutex<Table>,
	metrics: Arc<Metrics>,
}

impl Traces {
	pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
		Self {
			table: Default::default(),
			metrics,
		}
	}

	/// Add an event, if the blob has a timeline.
	pub(crate) fn note(&self, commitment: Commitment, event: Event) {
		if let Some(timeline) = self.table.lock().timelines.get_mut(&commitment) {
			timeline.push(event);
		}
	}

	/// Start the timeline of a blob that the chain knows, if there is room for it.
	pub(crate) fn start(&self, commitment: Commitment, info: &BlobInfo) {
		let mut table = self.table.lock();
		if table.timelines.contains_key(&commitment) {
			return;
		}
		if table.order.len() >= MAX_BLOBS {
			// First one that was only asked for when it was certified already, so that asking does not wipe out more. For
			// a blob that is certified, and is only read, none goes that still waits.
			let Table { timelines, order } = &mut *table;
			let find = |fits: fn(&Timeline) -> bool| {
				order.iter().position(|blob| timelines.get(blob).is_none_or(fits))
			};
			let place = find(Timeline::is_bare).or_else(|| match info.state {
				BlobState::Pending => Some(0),
				BlobState::Certified { .. } => find(|timeline| timeline.certified > 0),
			});
			let Some(victim) = place.and_then(|place| order.remove(place)) else {
				return;
			};
			timelines.remove(&victim);
		}
		let mut timeline = Timeline::default();
		timeline.push(Event::Submitted {
			block: info.submitted_at,
		});
		table.timelines.insert(commitment, timeline);
		table.order.push_back(commitment);
		drop(table);
		self.update(commitment, info, false);
	}

	/// Notice a certificate. `live` says that the blob was waiting when this node saw it before.
	pub(crate) fn update(&self, commitment: Commitment, info: &BlobInfo, live: bool) {
		let BlobState::Certified { at, rows_signed, .. } = info.state else {
			return;
		};
		let mut table = self.table.lock();
		let Some(timeline) = table.timelines.get_mut(&commitment) else {
			return;
		};
		if rows_signed <= timeline.certified {
			return;
		}
		let is_first = timeline.certified == 0;
		timeline.certified = rows_signed;
		timeline.push(Event::Certified {
			block: at,
			rows: rows_signed,
		});
		let seen = timeline.events.first().map_or(0, |first| first.at_ms);
		drop(table);
		if is_first {
			if live {
				let took = Duration::from_millis(now_ms().saturating_sub(seen));
				self.metrics.certificate_seconds.observe(took.as_secs_f64());
			}
			if let Ok(profile) = info.header.profile() {
				let (signed, rows) = (f64::from(rows_signed), f64::from(profile.rows()));
				let margin = (signed - f64::from(profile.original_rows())) / rows;
				self.metrics.certificate_margin.observe(margin);
			}
		}
	}

	/// The timeline of a blob.
	pub(crate) fn get(&self, commitment: Commitment) -> Option<Trace> {
		let table = self.table.lock();
		let timeline = table.timelines.get(&commitment)?;
		Some(Trace {
			commitment,
			events: timeline.events.clone(),
			dropped: timeline.dropped,
		})
	}
}
