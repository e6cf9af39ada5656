// SPDX-License-Identifier: Apache-2.0

//! The messages of the protocol. Decoding and its limits are in [`crate::protocol`].

// The derived code casts each variant's index, a literal.
#![allow(clippy::cast_possible_truncation)]

use crate::protocol::MAX_ROWS;
use codec::{Compact, Decode, Encode, Input};
use zerog_bls::Signature;
use zerog_erasure::{Commitment, Row, RowBatch};

/// Proof that a peer holds a validator's authority-discovery key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
	/// The sr25519 public key.
	pub public: [u8; 32],
	/// Signature over `hello_message(genesis, peer id)`.
	pub signature: [u8; 64],
}

/// Rows for one member of one blob's committee.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Push {
	/// The blob.
	pub commitment: Commitment,
	/// The checksum that the commitment binds; the rows are checked against it.
	pub checksum: Vec<u8>,
	/// The rows and their proof.
	pub batch: RowBatch,
}

/// One member's signature for one blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Share {
	/// The blob.
	pub commitment: Commitment,
	/// The member's place in the committee of the blob's session.
	pub signer: u32,
	/// Its signature over the attestation message.
	pub signature: Signature,
}

/// What a node asks.
#[derive(Clone, Debug, Encode, Decode)]
pub enum Request {
	/// Who are you? With who we are, if we are a validator.
	#[codec(index = 0)]
	Identify(Option<Hello>),
	/// Keep these rows.
	#[codec(index = 1)]
	Push(Push),
	/// I hold all of my rows.
	#[codec(index = 2)]
	Share(Share),
	/// Give me these rows; those not held are left out of the answer.
	#[codec(index = 3)]
	Fetch {
		/// The blob.
		commitment: Commitment,
		/// Ascending row indices.
		indices: Vec<u32>,
	},
	/// Give me the checksum.
	#[codec(index = 4)]
	Checksum(Commitment),
}

/// What a member holds of its rows after a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
	/// Rows of this blob that are stored.
	pub held: u32,
	/// Rows of this blob that are assigned to the member.
	pub wanted: u32,
}

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, thiserror::Error)]
pub enum Refusal {
	/// Too much to do at the moment: repeat later.
	#[codec(index = 0)]
	#[error("busy")]
	Busy,
	/// Not a message of this version.
	#[codec(index = 1)]
	#[error("malformed message")]
	Malformed,
	/// The chain, as this node sees it, has no such blob waiting for rows or signatures. It may lag behind: repeat
	/// later.
	#[codec(index = 2)]
	#[error("not paid for, already certified, or past its deadline")]
	NotPaid,
	/// At least one row is assigned to somebody else.
	#[codec(index = 3)]
	#[error("not assigned to this member")]
	NotAssigned,
	/// The checksum is not the one in the commitment.
	#[codec(index = 4)]
	#[error("checksum of another blob")]
	BadChecksum,
	/// A row fails the row check.
	#[codec(index = 5)]
	#[error("rows fail the row check")]
	BadRows,
	/// No member, or its key does not verify the signature.
	#[codec(index = 6)]
	#[error("signature does not verify")]
	BadSignature,
	/// Nothing of this blob is held.
	#[codec(index = 7)]
	#[error("not held")]
	NotHeld,
	/// The disk is full or failing.
	#[codec(index = 8)]
	#[error("cannot store")]
	CannotStore,
	/// The chain could not be asked, or the node is shutting down.
	#[codec(index = 9)]
	#[error("internal error")]
	Internal,
}

impl Refusal {
	/// Label for metrics.
	pub fn as_str(&self) -> &'static str {
		match self {
			Self::Busy => "busy",
			Self::Malformed => "malformed",
			Self::NotPaid => "not_paid",
			Self::NotAssigned => "not_assigned",
			Self::BadChecksum => "bad_checksum",
			Self::BadRows => "bad_rows",
			Self::BadSignature => "bad_signature",
			Self::NotHeld => "not_held",
			Self::CannotStore => "cannot_store",
			Self::Internal => "internal",
		}
	}

	/// Whether the same request can succeed later.
	pub fn is_temporary(&self) -> bool {
		matches!(
			self,
			Self::Busy | Self::NotPaid | Self::CannotStore | Self::Internal
		)
	}
}

/// Rows, each with its own path; decoding takes at most [`MAX_ROWS`].
#[derive(Clone, Debug, Encode)]
pub struct Rows(pub Vec<Row>);

impl Decode for Rows {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		let count = Compact::<u32>::decode(input)?.0 as usize;
		if count > MAX_ROWS {
			return Err("too many rows".into());
		}
		let mut rows = Vec::new();
		for _ in 0..count {
			rows.push(Row::decode(input)?);
		}
		Ok(Self(rows))
	}
}

/// What a node answers.
#[derive(Clone, Debug, Encode, Decode)]
pub enum Response {
	/// Who we are, if we are a validator.
	#[codec(index = 0)]
	Identity(Option<Hello>),
	/// The rows are stored.
	#[codec(index = 1)]
	Pushed(Receipt),
	/// The share is valid and counted.
	#[codec(index = 2)]
	Counted,
	/// The rows that are held of those that were asked for.
	#[codec(index = 3)]
	Rows(Rows),
	/// The checksum.
	#[codec(index = 4)]
	Checksum(Vec<u8>),
	/// No.
	#[codec(index = 5)]
	Refused(Refusal),
}

impl Response {
	/// Name for logs.
	pub fn name(&self) -> &'static str {
		match self {
			Self::Identity(_) => "identity",
			Self::Pushed(_) => "pushed",
			Self::Counted => "counted",
			Self::Rows(_) => "rows",
			Self::Checksum(_) => "checksum",
			Self::Refused(_) => "refused",
		}
	}
}
