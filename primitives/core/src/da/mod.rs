// SPDX-License-Identifier: Apache-2.0

//! Data availability: the types that cross a boundary.
//!
//! * [`assignment`]: which member of a committee holds which row.
//! * [`statement`]: what members sign, byte for byte.
//! * [`api`]: what the runtime answers to nodes and clients.
//!
//! Formats are specified in `docs/data-availability.md`.

pub mod api;
pub mod assignment;
pub mod statement;

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use zerog_bls::{PublicKey, Signature};
use zerog_erasure::{BlobHeader, Commitment, Hash, Profile};

use crate::units::{Balance, BlockNumber};

pub use assignment::{allotment, Assignment};
pub use zerog_networks::{NetworkId, ROOT as ROOT_NETWORK};

pub use statement::{attestation_message, batch_root, hello_message, numbered_message, possession_message};

/// Index of a session, which is an epoch of networks: committees serve for one.
pub type SessionIndex = u32;

/// The committee of a network in a session: what a blob is certified by is fixed when it is submitted.
///
/// Ordered by session first, so that the oldest ones come first.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct CommitteeId {
	/// The session.
	pub session: SessionIndex,
	/// The network.
	pub network: NetworkId,
}

impl CommitteeId {
	/// The committee of a network in a session.
	pub const fn new(network: NetworkId, session: SessionIndex) -> Self {
		Self { session, network }
	}

	/// That of the root network.
	pub const fn root(session: SessionIndex) -> Self {
		Self::new(ROOT_NETWORK, session)
	}

	/// Whether it is one of the root network, behind which there is no other one.
	pub const fn is_root(&self) -> bool {
		self.network == ROOT_NETWORK
	}
}

impl core::fmt::Display for CommitteeId {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "network {} in session {}", self.network, self.session)
	}
}

/// An operator as a member of a committee.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Member {
	/// The operator's account.
	pub account: [u8; 32],
	/// Its present authority-discovery session key (sr25519), by which its node proves who it is.
	pub authority: Option<[u8; 32]>,
	/// The attestation key it had when the session started; without one it holds rows but cannot sign.
	pub key: Option<PublicKey>,
	/// Weight in the allotment of rows.
	pub weight: u128,
}

/// A committee with its members, in the order that bitmaps use.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Committee {
	/// Which one it is.
	pub id: CommitteeId,
	/// Keys the row permutation of every blob that it decides.
	pub randomness: Hash,
	/// Members; a member's index is its bit in a certificate.
	pub members: Vec<Member>,
}

impl Committee {
	/// The members' weights, in order.
	pub fn weights(&self) -> Vec<u128> {
		self.members.iter().map(|member| member.weight).collect()
	}
}

/// Where a blob stands.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum BlobState {
	/// Paid for, waiting for its certificate.
	Pending,
	/// Certified: the members of `signers` hold their rows until retention ends.
	Certified {
		/// Block of the first certificate.
		at: BlockNumber,
		/// Rows held by the signers.
		rows_signed: u32,
		/// Bit `i % 8` of byte `i / 8` stands for member `i`.
		signers: Vec<u8>,
	},
}

/// A blob as the chain knows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct BlobInfo {
	/// What the commitment binds.
	pub header: BlobHeader,
	/// The committee whose members, keys and row permutation decide it now.
	pub committee: CommitteeId,
	/// The committee that did not certify it in time, from whose members it went to the root network.
	pub fell_back_from: Option<CommitteeId>,
	/// Block of the submission.
	pub submitted_at: BlockNumber,
	/// Last block in which a certificate is accepted.
	pub deadline: BlockNumber,
	/// Blocks for which it is kept after it was certified.
	pub retention: BlockNumber,
	/// First block in which it need not be kept any more; known once certified.
	pub retained_until: Option<BlockNumber>,
	/// Pending or certified.
	pub state: BlobState,
}

/// One aggregate signature for a batch of blobs of one committee.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Certificate {
	/// The committee that signed.
	pub committee: CommitteeId,
	/// Last block in which the certificate may be included.
	pub expiry: BlockNumber,
	/// The batch, in the order of its tree.
	pub commitments: Vec<Commitment>,
	/// Bit `i % 8` of byte `i / 8` stands for member `i`; no bit beyond the committee is set.
	pub signers: Vec<u8>,
	/// Sum of the signers' signatures.
	pub signature: Signature,
}

/// What one member said under one of its numbers.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Numbered {
	/// Root of the batch that it attested.
	pub batch_root: Hash,
	/// Last block in which the attestation may be used.
	pub expiry: BlockNumber,
	/// Signature over [`numbered_message`].
	pub signature: Signature,
}

/// Two different attestations of one member under one number.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Conflict {
	/// The committee that the member belongs to.
	pub committee: CommitteeId,
	/// Its place in the committee.
	pub member: u32,
	/// The number used twice.
	pub sequence: u64,
	/// One attestation.
	pub first: Numbered,
	/// Another one.
	pub second: Numbered,
}

/// What a member can be shown to have done wrong.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub enum Fault {
	/// Used one number for two attestations.
	Conflict,
	/// Signed for a row that fails the row check.
	BadRow,
	/// Did not answer a challenge of a row that it signed for.
	Unanswered,
}

/// A fault that was proven.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Verdict {
	/// What the member did.
	pub fault: Fault,
	/// The blob concerned; none for a conflict.
	pub commitment: Option<Commitment>,
	/// Block in which it was recorded.
	pub at: BlockNumber,
}

/// A row that a member has to show.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct ChallengeInfo {
	/// The blob.
	pub commitment: Commitment,
	/// Index of the row in the blob's matrix.
	pub row: u32,
	/// The member's place in the blob's committee.
	pub member: u32,
	/// Last block in which an answer is accepted.
	pub deadline: BlockNumber,
}

/// How far a certified blob is from being lost, in rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Margin {
	/// Rows of the matrix.
	pub rows: u32,
	/// Rows that rebuild the blob, whichever they are.
	pub needed: u32,
	/// Rows that members signed for.
	pub signed: u32,
	/// Rows of signers that were found at fault for this blob.
	pub faulty: u32,
}

impl Margin {
	/// Rows that may still vanish before the blob can no longer be rebuilt.
	pub fn spare(&self) -> u32 {
		self.signed
			.saturating_sub(self.faulty)
			.saturating_sub(self.needed)
	}
}

/// What a submission would cost now.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct Quote {
	/// The network that would take the blob.
	pub network: NetworkId,
	/// The smallest matrix that it may have.
	pub profile: Profile,
	/// Bytes of the coded matrix.
	pub coded_bytes: u64,
	/// Present price of a coded byte, in planck.
	pub base_fee_per_byte: Balance,
	/// Not refundable, in planck.
	pub dispersal_fee: Balance,
	/// Held, refunded when no certificate comes in time, in planck.
	pub custody_fee: Balance,
}

/// Whether `signed` of `rows` rows make a certificate: two thirds.
pub fn is_enough(signed: u32, rows: u32) -> bool {
	u64::from(signed).saturating_mul(3) >= u64::from(rows).saturating_mul(2)
}

/// Blocks after a blob's first certificate from which on one that adds to its signers need not add a step.
pub const COMPLETION: BlockNumber = 4;

/// Whether a certificate counts that brings the rows of a blob's signers from `before` to `now` of `rows`, so many blocks after the
/// first one: it adds at least 1/32 of the rows, or all that are left, or, from [`COMPLETION`] on, any.
///
/// Certificates are free: at most eleven change one blob before [`COMPLETION`], and from it on each adds a member at least.
/// A later one takes no signer away, so that those who make the first can leave out nobody whose share others have.
pub fn improves(before: u32, now: u32, rows: u32, since: BlockNumber) -> bool {
	let added = now.saturating_sub(before);
	added > 0 && (now >= rows || added.saturating_mul(32) >= rows || since >= COMPLETION)
}

/// Whether bit `index` is set.
pub fn is_signer(signers: &[u8], index: usize) -> bool {
	signers
		.get(index / 8)
		.is_some_and(|byte| byte & (1u8 << (index % 8)) != 0)
}

/// Indices of the set bits, ascending.
pub fn signer_indices(signers: &[u8]) -> impl Iterator<Item = usize> + '_ {
	(0..signers.len().saturating_mul(8)).filter(|index| is_signer(signers, *index))
}

/// A bitmap over `members` with the bits of `indices` set; indices beyond are dropped.
pub fn signer_bitmap(members: usize, indices: impl IntoIterator<Item = usize>) -> Vec<u8> {
	let mut bitmap = alloc::vec![0u8; members.div_ceil(8)];
	for index in indices.into_iter().filter(|index| *index < members) {
		if let Some(byte) = bitmap.get_mut(index / 8) {
			*byte |= 1u8 << (index % 8);
		}
	}
	bitmap
}

/// The bits that are set in either bitmap, over as many members as the first.
pub fn either(signers: &[u8], others: &[u8]) -> Vec<u8> {
	let mut bits = signers.to_vec();
	for (byte, other) in bits.iter_mut().zip(others) {
		*byte |= other;
	}
	bits
}

/// Seed of the attestation key of a development account, whose secret is therefore public: `alice`, `bob`, …
pub fn dev_key_seed(name: &str) -> Vec<u8> {
	let mut seed = b"zerog development attestation key ".to_vec();
	seed.extend(name.bytes().map(|byte| byte.to_ascii_lowercase()));
	seed
}
