// SPDX-License-Identifier: Apache-2.0

//! Rows that prove a fault by themselves: a signer gave a row that lies under the row root and contradicts the checksum.
//!
//! The chain takes the proof as `report_bad_row`, from an account that pays for the check; a node has no such account. So
//! it keeps what it finds in memory, one row of each member and blob, and hands it to whoever reports it.

use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::VecDeque;
use zerog_erasure::{Commitment, Row, Verifier};

/// Rows kept, the latest ones: each takes up to 91 KiB.
const MOST: usize = 64;

/// A row that its holder signed for and that fails the row check, with all that the runtime needs to see that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
	/// The blob.
	pub commitment: Commitment,
	/// The holder's place in the blob's committee.
	pub member: usize,
	/// The row, with its path to the row root.
	pub row: Row,
	/// The checksum that the commitment binds and that the row contradicts.
	pub checksum: Bytes,
}

/// Those that this node has seen.
#[derive(Default)]
pub(crate) struct BadRows(Mutex<VecDeque<BadRow>>);

impl BadRows {
	/// Keep a row that failed its check by the checksum alone; `false` if one of this member and blob is there already.
	pub(crate) fn keep(&self, verifier: &Verifier, member: usize, row: Row) -> bool {
		let commitment = verifier.commitment();
		let mut kept = self.0.lock();
		let is_same = |bad: &BadRow| (bad.commitment, bad.member) == (commitment, member);
		if kept.iter().any(is_same) {
			return false;
		}
		if kept.len() >= MOST {
			kept.pop_front();
		}
		kept.push_back(BadRow {
			commitment,
			member,
			row,
			checksum: Bytes::copy_from_slice(verifier.checksum()),
		});
		true
	}

	/// The rows of a blob.
	pub(crate) fn of(&self, commitment: Commitment) -> Vec<BadRow> {
		let kept = self.0.lock();
		let of_blob = kept.iter().filter(|bad| bad.commitment == commitment);
		of_blob.cloned().collect()
	}
}
