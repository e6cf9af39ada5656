// SPDX-License-Identifier: Apache-2.0

//! How far the blobs that this node has to hold are from being lost, as far as it has seen.
//!
//! A blob's *margin* is the share of its rows that signers hold beyond those that rebuild it: 0.75 when all members signed,
//! 0.417 with the barest certificate, zero when each row that is left is needed. A signer that did not show a row to a sample,
//! or sent a wrong row or checksum, is doubted with all of its rows until it shows one to a sample, shows a repair all that
//! it asks for, or has all of its rows again.

use crate::{blobs::Blob, metrics::Metrics, node::LOG, ChainError};
use parking_lot::Mutex;
use std::{collections::BTreeMap, sync::Arc};
use zerog_erasure::Commitment;
use zerog_primitives::da::{is_signer, BlobInfo, BlobState, CommitteeId};

/// Blobs looked after; others are not counted.
const MAX_HELD: usize = 65_536;
/// Blobs with the lowest margin of which the chain is asked again whether it is higher by now.
const LOOKS: usize = 8;
/// What the gauge shows while nothing is held: more than any blob can have.
pub(crate) const NOTHING_HELD: f64 = 1.0;

/// A certified blob that this node signed for.
struct Held {
	committee: CommitteeId,
	/// First block in which it need not be kept any more.
	until: u32,
	rows: u32,
	/// Rows that rebuild it.
	original: u32,
	signed: u32,
	signers: Vec<u8>,
	/// Doubted members, and how many rows each has.
	doubted: BTreeMap<usize, u32>,
}

impl Held {
	fn margin(&self) -> f64 {
		let doubted = self.doubted.iter();
		let doubted = doubted.filter(|(member, _)| is_signer(&self.signers, **member));
		let doubted = doubted.fold(0u32, |sum, (_, rows)| sum.saturating_add(*rows));
		(f64::from(self.signed) - f64::from(doubted) - f64::from(self.original)) / f64::from(self.rows)
	}
}

/// The margins of the blobs that this node has to hold; the lowest one is a metric.
pub(crate) struct Margins {
	held: Mutex<BTreeMap<Commitment, Held>>,
	metrics: Arc<Metrics>,
}

impl Margins {
	pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
		metrics.lowest_margin.set(NOTHING_HELD);
		Self {
			held: Default::default(),
			metrics,
		}
	}

	/// A certified blob is ours to hold, or its certificate or retention has changed.
	pub(crate) fn hold(&self, commitment: Commitment, info: &BlobInfo) {
		let BlobState::Certified {
			rows_signed, signers, ..
		} = &info.state
		else {
			return;
		};
		let Ok(profile) = info.header.profile() else {
			return;
		};
		let mut held = self.held.lock();
		if held.len() >= MAX_HELD && !held.contains_key(&commitment) {
			return;
		}
		let before = held.remove(&commitment);
		let now = Held {
			committee: info.committee,
			until: info.retained_until.unwrap_or(u32::MAX),
			rows: profile.rows(),
			original: profile.original_rows(),
			signed: *rows_signed,
			signers: signers.clone(),
			doubted: before.map(|before| before.doubted).unwrap_or_default(),
		};
		let lowest = &self.metrics.lowest_margin;
		lowest.set(lowest.get().min(now.margin()));
		held.insert(commitment, now);
	}

	/// A member showed a row, or all that it lacked is given back to it; or it did not show one.
	pub(crate) fn note(&self, blob: &Blob, member: usize, shown: bool) {
		let mut held = self.held.lock();
		let of = held.get_mut(&blob.commitment);
		let Some(of) = of.filter(|of| of.committee == blob.committee.id) else {
			return;
		};
		let changed = match shown {
			true => of.doubted.remove(&member).is_some(),
			false => of.doubted.insert(member, blob.count_of(member)).is_none(),
		};
		if changed {
			self.show(&held);
		}
	}

	/// Forget what is over, and learn whether the lowest margins have risen by later certificates. `ask` says what the chain
	/// knows of a blob that is still ours to hold.
	pub(crate) fn refresh(
		&self,
		best: u32,
		ask: impl Fn(Commitment) -> Result<Option<BlobInfo>, ChainError>,
	) {
		let learn = |commitment: Commitment| match ask(commitment) {
			Ok(Some(info)) => self.hold(commitment, &info),
			Ok(None) => drop(self.held.lock().remove(&commitment)),
			Err(error) => log::debug!(target: LOG, "the margin of {commitment}: {error}"),
		};
		let over: Vec<Commitment> = {
			let held = self.held.lock();
			let over = held.iter().filter(|(_, of)| of.until <= best);
			over.map(|(commitment, _)| *commitment).collect()
		};
		for commitment in over {
			learn(commitment);
		}
		for _ in 0..LOOKS {
			let Some((commitment, before)) = self.lowest() else {
				break;
			};
			learn(commitment);
			if self.lowest() == Some((commitment, before)) {
				break;
			}
		}
		self.show(&self.held.lock());
	}

	fn lowest(&self) -> Option<(Commitment, f64)> {
		let held = self.held.lock();
		let margins = held.iter().map(|(commitment, of)| (*commitment, of.margin()));
		margins.min_by(|a, b| a.1.total_cmp(&b.1))
	}

	fn show(&self, held: &BTreeMap<Commitment, Held>) {
		let lowest = held.values().map(Held::margin).fold(NOTHING_HELD, f64::min);
		self.metrics.lowest_margin.set(lowest);
	}
}
