// SPDX-License-Identifier: Apache-2.0

//! What is stored.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Get},
	BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use polkadot_sdk::*;
use scale_info::TypeInfo;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};
use zerog_bls::{PointBytes, PublicKey};
use zerog_erasure::{BlobHeader, Commitment, Hash, Profile};
use zerog_primitives::{
	da::{allotment, is_enough, is_signer, BlobInfo, BlobState, CommitteeId},
	units::{Balance, BlockNumber},
};

pub use zerog_primitives::da::Verdict;

/// Blocks whose due items share a bucket.
pub const BUCKET: BlockNumber = 16;

/// The bucket that is worked off once `block` lies behind.
pub fn bucket_after(block: BlockNumber) -> u32 {
	block.saturating_add(1).div_ceil(BUCKET)
}

/// Length of a bitmap over the largest committee, in bytes.
pub struct MaxBitmap<T>(core::marker::PhantomData<T>);
impl<T: Config> Get<u32> for MaxBitmap<T> {
	fn get() -> u32 {
		T::MaxMembers::get().div_ceil(8)
	}
}

/// What one account holds for a blob.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Payment<AccountId> {
	/// Who pays.
	pub payer: AccountId,
	/// How much of it is on hold.
	pub held: Balance,
}

/// What certificates and verdicts say about a blob.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Custody<T: Config> {
	/// Block of the first certificate.
	pub at: BlockNumber,
	/// Rows held by the signers.
	pub rows_signed: u32,
	/// Bitmap over the committee.
	pub signers: BoundedVec<u8, MaxBitmap<T>>,
	/// Members found at fault for this blob, a bitmap of the same length.
	pub at_fault: BoundedVec<u8, MaxBitmap<T>>,
	/// Those of them that signed a row which fails its check, a bitmap of the same length.
	pub bad_rows: BoundedVec<u8, MaxBitmap<T>>,
	/// The signers were paid for the blocks before this one.
	pub paid_until: BlockNumber,
}

impl<T: Config> Custody<T> {
	/// Whether no certificate can add signers any more.
	pub fn is_final(&self, now: BlockNumber) -> bool {
		now > self.at.saturating_add(T::ImprovementWindow::get())
	}
}

/// Whether a member's bit is set.
pub fn has_bit(bitmap: &[u8], member: u32) -> bool {
	usize::try_from(member).is_ok_and(|member| is_signer(bitmap, member))
}

/// Sets a member's bit; whether it was clear before. Bits beyond the bitmap cannot be set.
pub fn set_bit(bitmap: &mut [u8], member: u32) -> bool {
	let byte = usize::try_from(member / 8).ok().and_then(|at| bitmap.get_mut(at));
	let bit = 1u8 << (member % 8);
	byte.is_some_and(|byte| {
		let clear = *byte & bit == 0;
		*byte |= bit;
		clear
	})
}

/// Whether a blob has its certificate.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub enum State<T: Config> {
	/// Waiting for it.
	Pending,
	/// It has one.
	Certified(Custody<T>),
}

/// A blob that was paid for.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Blob<T: Config> {
	/// What the commitment binds.
	pub header: BlobHeader,
	/// The committee whose members, keys and row permutation decide it.
	pub committee: CommitteeId,
	/// The committee that did not certify it in time.
	pub fell_back_from: Option<CommitteeId>,
	/// Block of the submission.
	pub submitted_at: BlockNumber,
	/// Last block in which a certificate is accepted.
	pub deadline: BlockNumber,
	/// Blocks for which it is kept after it was certified.
	pub retention: BlockNumber,
	/// The part of the dispersal fee that lies in the pot: all of it until it is distributed.
	pub dispersal: Balance,
	/// Who pays for custody; the first one paid for dispersal too.
	pub payments: BoundedVec<Payment<T::AccountId>, T::MaxPayers>,
	/// Pending or certified.
	pub state: State<T>,
}

impl<T: Config> Blob<T> {
	/// Bytes of its coded matrix.
	pub fn coded_bytes(&self) -> u64 {
		self.header.profile().map_or(0, |profile| profile.coded_bytes())
	}

	/// What its certificate says, if it has one.
	pub fn custody(&self) -> Option<&Custody<T>> {
		match &self.state {
			State::Pending => None,
			State::Certified(custody) => Some(custody),
		}
	}

	/// The same, to change it.
	pub fn custody_mut(&mut self) -> Option<&mut Custody<T>> {
		match &mut self.state {
			State::Pending => None,
			State::Certified(custody) => Some(custody),
		}
	}

	/// First block after the state it is in: after the deadline, or after retention.
	pub fn end(&self) -> BlockNumber {
		match &self.state {
			State::Pending => self.deadline.saturating_add(1),
			State::Certified(custody) => custody.at.saturating_add(self.retention),
		}
	}

	/// Last block of the state it is in.
	pub fn ends_at(&self) -> BlockNumber {
		self.end().saturating_sub(1)
	}

	/// Blocks of retention that have passed since its signers were paid.
	pub fn unpaid(&self, now: BlockNumber) -> BlockNumber {
		self.custody().map_or(0, |custody| {
			self.end().min(now).saturating_sub(custody.paid_until)
		})
	}

	/// Whether it goes to the root network when its deadline has passed.
	pub fn can_fall_back(&self) -> bool {
		matches!(self.state, State::Pending) && !self.committee.is_root()
	}

	/// Whether it is over in block `now`.
	pub fn is_due(&self, now: BlockNumber) -> bool {
		now >= self.end()
	}

	/// The blob for nodes and clients.
	pub fn info(&self) -> BlobInfo {
		let (state, retained_until) = match &self.state {
			State::Pending => (BlobState::Pending, None),
			State::Certified(custody) => (
				BlobState::Certified {
					at: custody.at,
					rows_signed: custody.rows_signed,
					signers: custody.signers.to_vec(),
				},
				Some(self.end()),
			),
		};
		BlobInfo {
			header: self.header,
			committee: self.committee,
			fell_back_from: self.fell_back_from,
			submitted_at: self.submitted_at,
			deadline: self.deadline,
			retention: self.retention,
			retained_until,
			state,
		}
	}
}

/// Something that has to be done when its time has come.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum DueItem {
	/// End a blob.
	Blob(Commitment),
	/// Forget a committee.
	Committee(CommitteeId),
	/// Resolve the challenge of a row.
	Challenge(Commitment, u32),
}

/// A row that a signer has to show.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Challenge<AccountId> {
	/// The member that holds the row: its place in the blob's committee.
	pub member: u32,
	/// The same member.
	pub account: AccountId,
	/// Who asks.
	pub challenger: AccountId,
	/// Held on the challenger's account.
	pub deposit: Balance,
	/// Last block in which an answer is accepted.
	pub deadline: BlockNumber,
}

/// Verdicts kept for each member and committee; more are told to the hook and the event only.
pub type MaxVerdicts = ConstU32<16>;

/// Bytes of the largest checksum.
pub type MaxChecksum = ConstU32<{ (zerog_erasure::MAX_BLOB_BYTES / 8192) * 20 }>;

/// A committee as far as blobs need it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct CommitteeRecord {
	/// Its members, an index of `MemberSets`.
	pub members: Hash,
	/// Their number.
	pub size: u32,
	/// Keys the row permutations.
	pub randomness: Hash,
	/// Whether members with keys hold at least 2/3 of the weight, so that a certificate is possible.
	pub can_certify: bool,
	/// Blobs that are its own, or were before they fell back, and are not over.
	pub blobs: u32,
	/// Last block in which conflicts of its members can be proven: `SlashingWindow` after the last blob that ended so far, or the
	/// last verdict; zero before.
	pub keep_until: BlockNumber,
}

/// An attestation key with its point, so that it is decompressed once.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AttestationKey {
	/// The key as it was registered.
	pub public: PublicKey,
	/// Its point, checked.
	pub point: PointBytes,
}

/// A member with the key it had when its committee was noted.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SetMember<AccountId> {
	/// The operator.
	pub account: AccountId,
	/// Its key, if it had one.
	pub key: Option<AttestationKey>,
	/// Its weight in the allotment of rows.
	pub weight: u128,
}

/// The members of one or more committees.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct MemberSet<T: Config> {
	/// In the order of the allotment of rows.
	pub members: BoundedVec<SetMember<T::AccountId>, T::MaxMembers>,
	/// Sum of all keys, if there is one.
	pub total: Option<PointBytes>,
	/// Committees that use it.
	pub committees: u32,
}

impl<T: Config> MemberSet<T> {
	/// Weights of the members, in their order.
	pub fn weights(&self) -> Vec<u128> {
		self.members.iter().map(|member| member.weight).collect()
	}

	/// Rows of each member in a matrix of `rows` rows.
	pub fn allotment(&self, rows: u32) -> Vec<u32> {
		allotment(&self.weights(), rows)
	}

	/// Whether the members with keys are allotted at least 2/3 of the rows of every matrix.
	///
	/// Counted in rows because a certificate is: shares are rounded to rows, so that 2/3 of the weight may be a row less.
	pub fn can_certify(&self) -> bool {
		let enough = |rows: u32| {
			let with_key = self
				.members
				.iter()
				.zip(self.allotment(rows))
				.filter(|(member, _)| member.key.is_some())
				.fold(0u32, |sum, (_, count)| sum.saturating_add(count));
			is_enough(with_key, rows)
		};
		let mut sizes: Vec<u32> = Profile::ALL.iter().map(|profile| profile.rows()).collect();
		sizes.dedup();
		sizes.into_iter().all(enough)
	}
}

/// Why a certificate is refused; the discriminant is the `InvalidTransaction::Custom` code, but for [`Self::Stale`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CertificateError {
	/// No blob, or more than `MaxBatch`, or one twice.
	BadBatch = 1,
	/// Its expiry has passed, or lies beyond a blob's deadline.
	Expired = 2,
	/// The committee is unknown, too old, or of no blob any more.
	UnknownCommittee = 3,
	/// A blob was not submitted, is over, or belongs to another committee.
	UnknownBlob = 4,
	/// Wrong length of the bitmap, a bit beyond the committee, or a member without key.
	BadSigners = 5,
	/// The signers hold less than 2/3 of a blob's rows.
	TooFewRows = 6,
	/// It changes nothing: it adds too few rows to each of the blobs, or nobody can be added any more.
	Stale = 7,
	/// The signature is not that of the signers over this batch.
	BadSignature = 8,
}

impl From<CertificateError> for TransactionValidityError {
	fn from(error: CertificateError) -> Self {
		match error {
			CertificateError::Stale => InvalidTransaction::Stale.into(),
			other => InvalidTransaction::Custom(other as u8).into(),
		}
	}
}
