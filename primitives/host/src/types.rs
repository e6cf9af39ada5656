// SPDX-License-Identifier: Apache-2.0
//! What crosses the boundary. Everything is SCALE-encoded; variants are numbered, numbers are never reused.
// What `Encode` derives for an enum casts the index of a variant; nothing else here casts.
#![allow(clippy::cast_possible_truncation)]

use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::fmt;
use scale_info::TypeInfo;

/// SHA-256 output; also a blob's commitment.
pub type Hash = [u8; 32];

/// Names a duty for as long as the service remembers it. Meaningful on this node only, and not across its
/// restarts.
pub type DutyId = u64;

/// Rows seen missing that one repair may name. What it gives back to their holders is not bounded by it.
pub const MAX_ROWS: usize = 256;

/// Bytes of the longest row.
pub const MAX_ROW_BYTES: usize = 8 << 10;

/// Hashes in the longest path: 16,384 rows.
pub const MAX_PATH: usize = 14;

/// Why a call did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Error {
	/// There is no service behind the call: not an off-chain worker, or a node that stores no data. Do
	/// nothing.
	#[codec(index = 0)]
	NotAvailable,
	/// No rows, more than [`MAX_ROWS`], or not strictly ascending. Ask for less, sorted.
	#[codec(index = 1)]
	BadRows,
	/// The service has as many duties as it takes. Try in a later block.
	#[codec(index = 2)]
	Busy,
	/// No such duty: never started, forgotten after its time, or from before a restart. Start it again.
	#[codec(index = 3)]
	UnknownDuty,
	/// The duty has not finished. Poll in a later block.
	#[codec(index = 4)]
	NotDone,
	/// The duty has no such row to give: not asked for, already taken, or the duty failed.
	#[codec(index = 5)]
	NoSuchRow,
	/// The service broke a bound of this interface: a defect of the node, see its log.
	#[codec(index = 6)]
	Broken,
}

impl fmt::Display for Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NotAvailable => "no data availability service in this context",
			Self::BadRows => "rows are none, too many or not ascending",
			Self::Busy => "too many duties at once",
			Self::UnknownDuty => "unknown duty",
			Self::NotDone => "duty has not finished",
			Self::NoSuchRow => "duty has no such row to give",
			Self::Broken => "service returned more than the interface allows",
		})
	}
}

impl core::error::Error for Error {}

/// How far a duty is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DutyStatus {
	/// Queued or at work.
	#[codec(index = 0)]
	Running,
	/// Finished. Its rows can be taken, each once, until the service forgets the duty.
	#[codec(index = 1)]
	Done,
	/// Finished without a result.
	#[codec(index = 2)]
	Failed(DutyFailure),
}

/// Why a duty has no result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DutyFailure {
	/// The chain knows no certified blob under this commitment, or it has no such row, or its retention has
	/// ended. For a repair also: nobody signed for any of these rows.
	#[codec(index = 0)]
	NoSuchBlob,
	/// Not enough rows that pass their check could be had in time: for a sample, this row; for a repair, `K`
	/// of them, or none of their holders could be reached. Says what this node saw, not that the rows are lost.
	#[codec(index = 1)]
	Missing,
	/// This node could not work: disk, memory, shutdown. Says nothing about the blob.
	#[codec(index = 2)]
	Node,
}

/// A row that has passed the row check, with its way to the row root. Same encoding as `zerog_erasure::Row`.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Row {
	/// Its place in the blob's matrix, from 0.
	pub index: u32,
	/// At most [`MAX_ROW_BYTES`].
	pub data: Vec<u8>,
	/// The siblings from the leaf up, at most [`MAX_PATH`].
	pub path: Vec<Hash>,
}

impl Row {
	/// Whether the row keeps to the bounds of this interface.
	pub fn is_bounded(&self) -> bool {
		self.data.len() <= MAX_ROW_BYTES && self.path.len() <= MAX_PATH
	}
}
