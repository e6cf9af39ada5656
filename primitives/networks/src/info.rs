// SPDX-License-Identifier: Apache-2.0

//! Answers about networks, for nodes, clients and dapps.

use crate::{Balance, BlockNumber, Epoch, NetworkId, Status};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_arithmetic::Perbill;

/// An operator, for whoever asks.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct OperatorInfo {
	/// What it declared to take in for networks, in bytes an epoch.
	pub ingress: u64,
	/// Planck that faults in its networks can take of it now.
	pub stake: Balance,
	/// The networks that it joined, and the epoch in which it announced to leave each.
	pub networks: Vec<(NetworkId, Option<Epoch>)>,
	/// The epoch in which it announced to be no operator any more.
	pub left: Option<Epoch>,
}

/// A network, for whoever asks.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkInfo {
	/// Its name.
	pub network: NetworkId,
	/// Where it stands.
	pub status: Status,
	/// Epoch in which it got there.
	pub since: Epoch,
	/// Coded bytes an epoch that it is made for.
	pub capacity: u64,
	/// Coded bytes of this epoch so far.
	pub load: u64,
	/// Blobs without certificate.
	pub pending: u32,
	/// First block in which nothing need be kept.
	pub retained_until: BlockNumber,
	/// Planck a coded byte.
	pub fee: Balance,
	/// Planck of the escrow that it can still rely on.
	pub escrow: Balance,
}

/// A member of a committee, for whoever asks.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct MemberInfo<AccountId> {
	/// The operator.
	pub operator: AccountId,
	/// Weight in the allotment of rows: stake where everybody serves, else [`SEAT`](crate::SEAT) a seat, less what its stake has lost.
	pub weight: u128,
	/// Planck that it publishes now.
	pub stake: Balance,
}

/// What faults cost of what an operator publishes. All faults of an era together cost as much as the dearest of them, once.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Penalties {
	/// Signing for a row that contradicts its blob, or twice under one number: proves itself.
	pub deceit: Perbill,
	/// Signing for a row and not showing it when challenged. Refusing to sign is no fault and costs nothing.
	pub withholding: Perbill,
}

/// What a committee is worth under an assumption.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Security {
	/// Members.
	pub members: u32,
	/// Economic security: planck that all of them publish now.
	pub stake: Balance,
	/// Weight of seats whose stake has left since the draw: beside that of the members in the allotment of rows, and nobody's. None
	/// where everybody serves: the others have it.
	pub vacant: u128,
	/// What of it faults cost.
	pub penalties: Penalties,
	/// Against the loss of a certified blob.
	pub availability: Bound,
	/// Against the refusal of certificates, which costs nothing.
	pub liveness: Bound,
}

/// How far a failure is off.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
	/// The draw is bad with a chance below `2^-bits`, bias taken off; `u32::MAX` where it cannot be.
	pub bits: u32,
	/// The stake behind the failure: least planck that members publish who can cause it. Not what it costs them.
	pub stake: Balance,
	/// Least planck that it costs them to cause it by faults that prove themselves: a bad row, a conflict.
	pub deceit: Balance,
	/// The same by signing and keeping nothing: challenges without answer.
	pub withholding: Balance,
}

/// An operator's part in a committee.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duty {
	/// The network.
	pub network: NetworkId,
	/// The epoch.
	pub epoch: Epoch,
	/// Weight in the allotment of rows, as in [`MemberInfo`].
	pub weight: u128,
}
