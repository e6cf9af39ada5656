// SPDX-License-Identifier: Apache-2.0

//! What nodes say to each other: SCALE messages behind a version byte, over one request-response protocol.
//!
//! Everything that arrives is hostile. [`decode_request`] and [`decode_response`] bound what they allocate by the size
//! of the message, which the transport bounds by [`MAX_REQUEST_BYTES`] and [`MAX_RESPONSE_BYTES`]; what they guarantee
//! besides is said [above](crate).

use codec::{Decode, DecodeLimit, Encode};
use zerog_erasure::{Commitment, Hash};

pub use crate::messages::{
	Batch, Hello, Latest, Places, Push, Receipt, Refusal, Request, Response, Rows, Share,
};

/// First byte of every message.
pub const VERSION: u8 = 2;
/// Largest request the transport may take.
pub const MAX_REQUEST_BYTES: u64 = 4 << 20;
/// Largest response the transport may take.
pub const MAX_RESPONSE_BYTES: u64 = 4 << 20;
/// Bytes of rows and proofs that a sender puts into one message, so that it stays well below the largest.
pub const MESSAGE_BYTES: usize = 2 << 20;
/// Most rows in one message.
pub const MAX_ROWS: usize = 8_192;
/// Most blobs signed together; the runtime takes as many in a certificate.
pub const MAX_BATCH: usize = 64;
/// Depth of the SCALE types below.
const DEPTH: u32 = 8;

/// Name of the protocol on one chain: `/<genesis>[/<fork id>]/da/3`.
pub fn protocol_name(genesis: &Hash, fork_id: Option<&str>) -> String {
	let genesis = hex::encode(genesis);
	match fork_id {
		Some(fork_id) => format!("/{genesis}/{fork_id}/da/3"),
		None => format!("/{genesis}/da/3"),
	}
}

/// How many rows with proofs fit into one message. `proof_hashes` is the number of hashes per row.
pub fn rows_per_message(row_bytes: u32, proof_hashes: u32) -> usize {
	let one = (row_bytes as usize)
		.saturating_add((proof_hashes as usize).saturating_mul(32))
		.saturating_add(16);
	MESSAGE_BYTES.checked_div(one).unwrap_or(1).clamp(1, MAX_ROWS)
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
	/// Longer than the transport allows.
	#[error("message too large")]
	TooLarge,
	/// The first byte is no version that this node speaks.
	#[error("unknown version")]
	UnknownVersion,
	/// Not SCALE of these types, or bytes are left over.
	#[error("does not decode")]
	Undecodable,
	/// Empty, too many or unordered rows.
	#[error("row indices out of bounds")]
	BadIndices,
}

fn encode<T: Encode>(message: &T) -> Vec<u8> {
	let mut bytes = Vec::with_capacity(message.size_hint().saturating_add(1));
	bytes.push(VERSION);
	message.encode_to(&mut bytes);
	bytes
}

fn decode<T: Decode>(bytes: &[u8], max: u64) -> Result<T, Malformed> {
	if bytes.len() as u64 > max {
		return Err(Malformed::TooLarge);
	}
	let (version, mut rest) = bytes.split_first().ok_or(Malformed::Undecodable)?;
	if *version != VERSION {
		return Err(Malformed::UnknownVersion);
	}
	let message = T::decode_with_depth_limit(DEPTH, &mut rest).map_err(|_| Malformed::Undecodable)?;
	if rest.is_empty() {
		Ok(message)
	} else {
		Err(Malformed::Undecodable)
	}
}

/// `indices` are 1 to [`MAX_ROWS`] and strictly ascending.
fn check_indices(indices: &[u32]) -> Result<(), Malformed> {
	let ascending = indices.iter().zip(indices.iter().skip(1)).all(|(a, b)| a < b);
	if indices.is_empty() || indices.len() > MAX_ROWS || !ascending {
		return Err(Malformed::BadIndices);
	}
	Ok(())
}

/// The bytes of a request.
pub fn encode_request(request: &Request) -> Vec<u8> {
	encode(request)
}

/// The bytes of a response.
pub fn encode_response(response: &Response) -> Vec<u8> {
	encode(response)
}

/// A request from hostile bytes.
pub fn decode_request(bytes: &[u8]) -> Result<Request, Malformed> {
	let request = decode(bytes, MAX_REQUEST_BYTES)?;
	match &request {
		Request::Push(push) => check_indices(&push.batch.indices)?,
		Request::Fetch { indices, .. } => check_indices(indices)?,
		Request::Identify(_)
		| Request::Share(_)
		| Request::Checksum(_)
		| Request::Seal(_)
		| Request::Latest { .. } => {}
	}
	Ok(request)
}

/// What a request is about: rows in, rows out, or anything small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
	/// Rows to keep.
	Push,
	/// Rows or a checksum to send.
	Serve,
	/// All else.
	Talk,
}

impl Kind {
	/// By the message's variant, its second byte.
	pub fn of(request: &[u8]) -> Self {
		match request.get(1) {
			Some(1) => Self::Push,
			Some(3 | 4) => Self::Serve,
			_ => Self::Talk,
		}
	}
}

/// The blob that a push is for, read off its first bytes so that the rest need not be decoded when nobody paid for it.
pub fn blob_of_push(request: &[u8]) -> Option<Commitment> {
	match request {
		[VERSION, 1, rest @ ..] => rest.first_chunk().copied().map(Commitment),
		_ => None,
	}
}

/// A response from hostile bytes.
pub fn decode_response(bytes: &[u8]) -> Result<Response, Malformed> {
	decode(bytes, MAX_RESPONSE_BYTES)
}
