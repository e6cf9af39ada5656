// SPDX-License-Identifier: Apache-2.0
//! Rows as they travel and as they are stored. Decoded rows are not yet checked: see
//! [`Verifier`](crate::Verifier).

use crate::Hash;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;

/// One row with the path to the row root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Row {
	/// Position in the matrix, below `m`.
	pub index: u32,
	/// The row's bytes.
	pub data: Vec<u8>,
	/// Siblings from the leaf to the root, `log2 m` of them.
	pub path: Vec<Hash>,
}

/// Many rows of one blob under one multiproof.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct RowBatch {
	/// Positions in the matrix, strictly ascending.
	pub indices: Vec<u32>,
	/// The rows one after another, in the order of `indices`.
	pub data: Vec<u8>,
	/// Siblings that cannot be computed from the rows, bottom level first, left to right within a level.
	pub proof: Vec<Hash>,
}
