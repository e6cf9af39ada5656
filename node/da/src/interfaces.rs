// SPDX-License-Identifier: Apache-2.0

//! What the service needs from the rest of the node: the chain, an identity, the network.

use async_trait::async_trait;
use futures::stream::BoxStream;
use polkadot_sdk::sc_network_types::PeerId;
use zerog_erasure::{Commitment, Hash, Row};
use zerog_primitives::da::{BlobInfo, Certificate, ChallengeInfo, Committee, CommitteeId, Conflict};

/// Why the chain could not be asked or told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
	/// The runtime could not be called: no state at the best block, or the runtime failed. Try again after the next
	/// block.
	#[error("the chain could not be read: {0}")]
	Unavailable(String),
	/// The transaction pool refused the transaction: it is known already, no longer due, or invalid.
	#[error("the transaction was refused: {0}")]
	Rejected(String),
}

/// The chain, as seen from its best block.
#[async_trait]
pub trait Chain: Send + Sync + 'static {
	/// Hash of the first block.
	fn genesis(&self) -> Hash;
	/// Height of the best block.
	fn best_number(&self) -> u32;
	/// The committees that a blob submitted at the best block could get, that of the root network first.
	fn current_committees(&self) -> Result<Vec<CommitteeId>, ChainError>;
	/// What was paid for and decided about a blob; `None` when nobody paid or it was settled.
	fn blob(&self, commitment: Commitment) -> Result<Option<BlobInfo>, ChainError>;
	/// Blobs that the chain has after this one, which may be over, or the first ones, in an order that does not change; at most
	/// `limit`, and fewer only at the end.
	fn blobs_after(&self, after: Option<Commitment>, limit: u32) -> Result<Vec<Commitment>, ChainError>;
	/// Blocks after the first certificate of a blob in which others add to its signers.
	fn improvement_window(&self) -> Result<u32, ChainError>;
	/// A committee with its members; `None` when its session has not started or it was forgotten.
	fn committee(&self, id: CommitteeId) -> Result<Option<Committee>, ChainError>;
	/// Put a certificate into the transaction pool.
	async fn submit_certificate(&self, certificate: Certificate) -> Result<(), ChainError>;
	/// Put a settlement of a blob whose deadline or retention has passed into the transaction pool. Without a certificate it
	/// falls back to the root network's committee, or is over if it was there already.
	async fn submit_settle(&self, commitment: Commitment) -> Result<(), ChainError>;
	/// The open challenges that a validator has to answer, those whose window has passed included.
	fn open_challenges(&self, account: [u8; 32]) -> Result<Vec<ChallengeInfo>, ChainError>;
	/// Put the answer to a challenge into the transaction pool.
	async fn submit_answer(&self, commitment: Commitment, row: Row) -> Result<(), ChainError>;
	/// Put the end of a challenge whose window has passed into the transaction pool.
	async fn submit_resolve(&self, commitment: Commitment, row: u32) -> Result<(), ChainError>;
	/// Put the proof that a member used one number twice into the transaction pool.
	async fn submit_conflict(&self, conflict: Conflict) -> Result<(), ChainError>;
	/// Heights of new best blocks. The service ends when the stream does.
	fn new_blocks(&self) -> BoxStream<'static, u32>;
}

/// The keys that prove who this node is.
pub trait Identity: Send + Sync + 'static {
	/// Sign the hello message with an authority-discovery key: (public key, sr25519 signature). `None` when this node
	/// holds none that the current validators have.
	fn hello(&self, message: &[u8; 32]) -> Option<([u8; 32], [u8; 64])>;
}

/// Why a request got no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
	/// There is no connection and none could be made.
	#[error("not connected")]
	NotConnected,
	/// No answer in time.
	#[error("no answer in time")]
	Timeout,
	/// The peer, or our own queue, dropped the request: overloaded, or it does not speak this protocol.
	#[error("refused without an answer")]
	Refused,
	/// Anything else.
	#[error("{0}")]
	Failed(String),
}

/// What a peer did that an honest node does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Misbehaviour {
	/// Sent bytes that are no message of the protocol.
	Malformed,
	/// Sent rows that fail the row check.
	BadRows,
	/// Sent a checksum that does not belong to the commitment.
	BadChecksum,
	/// Sent a signature that does not verify.
	BadSignature,
	/// Went on asking after it was told again and again that it asks too much.
	Flood,
}

impl Misbehaviour {
	/// Short name, for logs and reputation changes.
	pub fn as_str(&self) -> &'static str {
		match self {
			Self::Malformed => "malformed data-availability message",
			Self::BadRows => "rows that fail the row check",
			Self::BadChecksum => "checksum of another blob",
			Self::BadSignature => "invalid signature",
			Self::Flood => "flood of requests",
		}
	}
}

/// The network, reduced to requests of the protocol [`crate::protocol_name`].
#[async_trait]
pub trait Transport: Send + Sync + 'static {
	/// Our own peer id.
	fn local_peer(&self) -> PeerId;
	/// The peers that are connected now.
	fn connected(&self) -> Vec<PeerId>;
	/// Send a request, connecting first if needed, and wait for the answer.
	async fn request(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, TransportError>;
	/// Ask discovery which peers claim an authority-discovery key. Their answer is a hint: it is never trusted.
	async fn discover(&self, authority: [u8; 32]) -> Vec<PeerId>;
	/// Lower a peer's reputation.
	fn report(&self, peer: PeerId, misbehaviour: Misbehaviour);
}
