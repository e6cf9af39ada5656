// SPDX-License-Identifier: Apache-2.0

//! The messages of the protocol. Decoding and its limits are in [`crate::protocol`].

// The derived code casts each variant's index, a literal.
#![allow(clippy::cast_possible_truncation)]

use crate::protocol::{MAX_BATCH, MAX_ROWS};
use codec::{Compact, Decode, Encode, Input};
use polkadot_sdk::sp_core::{sr25519, Pair};
use std::ops::Deref;
use zerog_bls::Signature;
use zerog_erasure::{Commitment, Hash, Row, RowBatch};
use zerog_primitives::da::{batch_root, hello_message, numbered_message, CommitteeId, Numbered};

/// Proof that a peer holds a validator's authority-discovery key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
	/// The sr25519 public key.
	pub public: [u8; 32],
	/// Signature over `hello_message(genesis, peer id)`.
	pub signature: [u8; 64],
}

impl Hello {
	/// Whether it proves, on the chain with this genesis, that the peer serves the validator with the key.
	pub fn proves(&self, genesis: &Hash, peer_id: &[u8]) -> bool {
		let signature = sr25519::Signature::from_raw(self.signature);
		let public = sr25519::Public::from_raw(self.public);
		sr25519::Pair::verify(&signature, hello_message(genesis, peer_id), &public)
	}
}

/// Rows for one member of one blob's committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Push {
	/// The blob.
	pub commitment: Commitment,
	/// The checksum that the commitment binds; the rows are checked against it.
	pub checksum: Vec<u8>,
	/// The rows and their proof.
	pub batch: RowBatch,
	/// Whether the sender will have the blob signed together with others ([`Request::Seal`]). If not, or if it does not
	/// come to that, the member signs the blob alone.
	pub sealed: bool,
}

/// Blobs that are signed together: 1 to [`MAX_BATCH`], none twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode)]
pub struct Batch(Vec<Commitment>);

impl Batch {
	/// `None` for none, too many, or one twice.
	pub fn new(commitments: Vec<Commitment>) -> Option<Self> {
		let mut sorted = commitments.clone();
		sorted.sort_unstable();
		let distinct = sorted.iter().zip(sorted.iter().skip(1)).all(|(a, b)| a != b);
		(distinct && (1..=MAX_BATCH).contains(&commitments.len())).then_some(Self(commitments))
	}

	/// A blob alone.
	pub fn one(commitment: Commitment) -> Self {
		Self(vec![commitment])
	}

	/// What the members sign.
	pub fn root(&self) -> Hash {
		batch_root(&self.0)
	}
}

impl Deref for Batch {
	type Target = [Commitment];

	fn deref(&self) -> &[Commitment] {
		&self.0
	}
}

impl Decode for Batch {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		let commitments = decode_bounded(input, MAX_BATCH)?;
		Self::new(commitments).ok_or_else(|| "no batch".into())
	}
}

/// One member's attestation of a batch, and the number that it gave to it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Share {
	/// The committee that the member belongs to.
	pub committee: CommitteeId,
	/// Last block in which the attestation may be used.
	pub expiry: u32,
	/// The blobs, in the order of the batch's tree.
	pub batch: Batch,
	/// The member's place in the committee.
	pub signer: u32,
	/// Its signature over the attestation message, the same for all members.
	pub signature: Signature,
	/// Its number: each is used for one attestation in a committee.
	pub sequence: u64,
	/// Its signature over the numbered message.
	pub numbered: Signature,
}

impl Share {
	/// What can be held against the member.
	pub fn statement(&self) -> Numbered {
		Numbered {
			batch_root: self.batch.root(),
			expiry: self.expiry,
			signature: self.numbered,
		}
	}
}

/// What a member signs to put a number on an attestation.
pub fn message_of(
	genesis: &Hash,
	committee: CommitteeId,
	member: u32,
	sequence: u64,
	statement: &Numbered,
) -> Hash {
	numbered_message(
		genesis,
		committee,
		member,
		sequence,
		&statement.batch_root,
		statement.expiry,
	)
}

/// What a node asks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Request {
	/// Who are you? With who we are, if we are a validator.
	#[codec(index = 0)]
	Identify(Option<Hello>),
	/// Keep these rows.
	#[codec(index = 1)]
	Push(Push),
	/// I hold all of my rows of these blobs.
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
	/// Sign these blobs, of which you got rows from me, together; until the lowest of their deadlines.
	#[codec(index = 5)]
	Seal(Batch),
	/// The highest number under which a member spoke to you: mine, which I may have forgotten.
	#[codec(index = 6)]
	Latest {
		/// The committee.
		committee: CommitteeId,
		/// The member's place in it.
		signer: u32,
	},
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
	/// Too much to do at the moment, or a share of a peer that has not proved to be a member: repeat later.
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

/// A sequence that announces no more than `most` items.
fn decode_bounded<I: Input, T: Decode>(input: &mut I, most: usize) -> Result<Vec<T>, codec::Error> {
	let count = Compact::<u32>::decode(input)?.0 as usize;
	if count > most {
		return Err("too many items".into());
	}
	(0..count).map(|_| T::decode(input)).collect()
}

/// Rows, each with its own path; decoding takes at most [`MAX_ROWS`].
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Rows(pub Vec<Row>);

impl Decode for Rows {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		decode_bounded(input, MAX_ROWS).map(Self)
	}
}

/// Places in a batch; decoding takes at most [`MAX_BATCH`].
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Places(pub Vec<u32>);

impl Decode for Places {
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		decode_bounded(input, MAX_BATCH).map(Self)
	}
}

/// A statement of a member and its number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Latest {
	/// The number.
	pub sequence: u64,
	/// What was said under it.
	pub statement: Numbered,
}

/// What a node answers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Response {
	/// Who we are, if we are a validator.
	#[codec(index = 0)]
	Identity(Option<Hello>),
	/// The rows are stored.
	#[codec(index = 1)]
	Pushed(Receipt),
	/// The share is taken; it counts when it is valid.
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
	/// The blobs of the batch that keep this member from signing it; none: it signed.
	#[codec(index = 6)]
	Sealed(Places),
	/// The highest number that is known of the member.
	#[codec(index = 7)]
	Latest(Option<Latest>),
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
			Self::Sealed(_) => "sealed",
			Self::Latest(_) => "latest",
		}
	}
}
