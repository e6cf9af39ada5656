// SPDX-License-Identifier: Apache-2.0

//! What is stored beside the accounts of `zerog_staking`.

use crate::Config;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::Get, BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound};
use polkadot_sdk::*;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::Perbill;
use zerog_staking::{Balance, Era, Operator, Seniority, SubjectiveCap};

/// Number of a service; numbers are never used again.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Debug,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Default,
)]
pub struct ServiceId(pub u16);

/// The service that is always there, and the only senior one.
pub const CONSENSUS: ServiceId = ServiceId(0);

impl ServiceId {
	/// Whether the other services feel its slashes.
	pub fn seniority(self) -> Seniority {
		if self == CONSENSUS {
			Seniority::Senior
		} else {
			Seniority::Junior
		}
	}
}

/// Number of a report.
pub type ReportId = u32;

/// What a service does.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Debug,
	Clone,
	Copy,
	PartialEq,
	Eq,
	serde::Serialize,
	serde::Deserialize,
)]
pub enum ServiceKind {
	/// Authors and finalises blocks: [`CONSENSUS`] alone.
	Consensus,
	/// A network that certifies and keeps blobs.
	DataAvailability,
	/// Long-term storage.
	Storage,
	/// Computation.
	Compute,
	/// Alignment nodes.
	Alignment,
	/// Anything else.
	Custom,
}

impl ServiceKind {
	/// Its name, for people.
	pub fn name(&self) -> &'static str {
		match self {
			Self::Consensus => "consensus",
			Self::DataAvailability => "data availability",
			Self::Storage => "storage",
			Self::Compute => "compute",
			Self::Alignment => "alignment",
			Self::Custom => "custom",
		}
	}
}

/// Who may accuse operators of what the chain cannot check, and how much that may cost.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct Subjective<AccountId> {
	/// Reports faults, with a bond for each.
	pub reporter: AccountId,
	/// May veto a report within its window.
	pub resolver: AccountId,
	/// What a report, and all reports of an era, may cost an operator.
	pub cap: SubjectiveCap,
}

/// What operators agree to when they allocate stake. Fixed when the service is created; only the reporter can be revoked.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct Terms<AccountId> {
	/// What it does.
	pub kind: ServiceKind,
	/// Most that a fault costs which the chain has checked.
	pub objective: Perbill,
	/// Faults that the chain cannot check; none unless declared here.
	pub subjective: Option<Subjective<AccountId>>,
}

/// Whether operators may still join.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceState {
	/// They may.
	Active,
	/// Promises only fall. Faults are slashed as before.
	Draining,
}

/// A service that takes stake.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Service<AccountId> {
	/// What operators agree to.
	pub terms: Terms<AccountId>,
	/// Whether they may still join.
	pub state: ServiceState,
	/// Whether the reporter has lost its right.
	pub revoked: bool,
	/// Operators that promise it something, did so lately, or may still be charged for it.
	pub operators: u32,
	/// Reports that are not decided.
	pub reports: u32,
}

/// An operator: its books, the services that it has allocations with, its candidacy.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct OperatorInfo<T: Config> {
	/// Pool, buckets, pending slashes.
	pub books: Operator,
	/// Services with a record in `Allocations`.
	pub services: BoundedVec<ServiceId, T::MaxAllocations>,
	/// Era since which it stands for election.
	pub candidate: Option<Era>,
}

/// A fault that the chain has checked and that waits for its slash.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Noted<AccountId> {
	/// Whose duty was broken.
	pub service: ServiceId,
	/// By whom.
	pub operator: AccountId,
	/// Era in which the duty was taken on.
	pub fault: Era,
	/// What it costs of the promise.
	pub fraction: Perbill,
}

/// An accusation that the chain cannot check.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Report<AccountId> {
	/// Whose duty was broken.
	pub service: ServiceId,
	/// By whom.
	pub operator: AccountId,
	/// Era in which the duty was taken on.
	pub fault: Era,
	/// What it costs of the promise.
	pub fraction: Perbill,
	/// First era in which it is executed.
	pub due: Era,
	/// Who said so.
	pub reporter: AccountId,
	/// Held on the reporter's account, in planck.
	pub bond: Balance,
	/// Hash of what the resolver should look at.
	pub evidence: H256,
}

/// Most reports that can wait.
pub struct MaxReports<T>(core::marker::PhantomData<T>);
impl<T: Config> Get<u32> for MaxReports<T> {
	fn get() -> u32 {
		T::MaxServices::get().saturating_mul(T::MaxServiceReports::get())
	}
}

/// Where blocks with room go on: a map, and the last of its keys that they looked at.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub enum Sweep<AccountId> {
	/// Operators, whose rewards are distributed.
	Operators(Option<AccountId>),
	/// Pots, which go into the present one when nobody can draw from them.
	Pots(Option<(ServiceId, Era)>),
	/// Points, which are forgotten when they are too old.
	Work(Option<(AccountId, Era)>),
	/// Positions, which are paid their last claim when they are over.
	Positions(Option<(AccountId, AccountId)>),
}

impl<AccountId> Default for Sweep<AccountId> {
	fn default() -> Self {
		Self::Operators(None)
	}
}

/// The stake of a network's first operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founder<AccountId> {
	/// The operator.
	pub account: AccountId,
	/// Its stake, in planck.
	pub stake: Balance,
	/// Its commission.
	pub commission: Perbill,
}
