// SPDX-License-Identifier: Apache-2.0

//! What is stored beside the registry and the selections of `zerog_networks`.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound};
use polkadot_sdk::*;
use scale_info::TypeInfo;
use sp_core::ConstU32;
use sp_runtime::Perbill;
use zerog_networks::{
	Balance, BlockNumber, DrawParams, Epoch, FeeParams, Hash, NetworkId, Params, Selection, Timing,
	MAX_NETWORKS, ROOT,
};

pub use zerog_networks::{Bound, Duty, MemberInfo, NetworkInfo, OperatorInfo, Security};

/// Epochs from the announcement of leaving to the end of the last seat that the stake was drawn for.
///
/// An epoch more than [`Timing::NOTICE`], since stake is read over the epoch before it is frozen.
pub const NOTICE: Epoch = Timing::NOTICE_OF_LEAVING;

/// Most rosters that are kept: those of the committees that may be asked for, and the next one.
pub const MAX_ROSTERS: u32 = 8;

/// What governance sets.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct Governed {
	/// Size of committees.
	pub draw: DrawParams,
	/// When networks come and go.
	pub networks: Params,
	/// What a byte costs.
	pub fees: FeeParams,
	/// Epochs over which a network's escrow is paid out.
	pub lifetime: Epoch,
	/// Least planck that an operator has at stake.
	pub minimum_stake: Balance,
	/// Least part of all operators' stake that a network needs to have a committee, so that few cannot open one of their own.
	pub least_share: Perbill,
}

impl Governed {
	/// Ingress that a network takes of each of its operators, in bytes an epoch.
	pub fn ingress_share(&self) -> u64 {
		self.networks
			.ingress
			.div_ceil(self.networks.operators.max(1).into())
	}
}

/// An operator's place in a network.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
	/// The network; never the root network, where all operators are.
	pub network: NetworkId,
	/// Epoch in which the operator announced to leave it.
	pub left: Option<Epoch>,
}

/// An operator.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Operator<T: Config> {
	/// What it declared to take in for networks, in bytes an epoch.
	pub ingress: u64,
	/// The networks that it joined.
	pub memberships: BoundedVec<Membership, T::MaxMemberships>,
	/// Epoch in which it announced to be no operator any more.
	pub left: Option<Epoch>,
}

impl<T: Config> Operator<T> {
	pub(crate) fn new(ingress: u64) -> Self {
		Self {
			ingress,
			memberships: BoundedVec::new(),
			left: None,
		}
	}

	/// Ingress that no network takes, in bytes an epoch.
	pub fn free_ingress(&self, share: u64) -> u64 {
		let joined = u64::try_from(self.memberships.len()).unwrap_or(u64::MAX);
		self.ingress.saturating_sub(share.saturating_mul(joined))
	}

	pub(crate) fn membership(&mut self, network: NetworkId) -> Option<&mut Membership> {
		self.memberships
			.iter_mut()
			.find(|membership| membership.network == network)
	}
}

/// An operator as it was read for a roster.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Candidate<T: Config> {
	/// The operator.
	pub operator: T::AccountId,
	/// What its stake counts, in planck; zero if it announced to leave, has no key, or less than the minimum.
	pub stake: Balance,
	/// The networks that it joined.
	pub memberships: BoundedVec<Membership, T::MaxMemberships>,
}

/// All operators, as they are drawn from.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Roster<T: Config> {
	/// Epoch in which the first of them was read.
	pub began: Epoch,
	/// By ascending account.
	pub candidates: BoundedVec<Candidate<T>, T::MaxOperators>,
}

impl<T: Config> Roster<T> {
	/// What was read of an operator.
	pub fn stake_of(&self, operator: &T::AccountId) -> Balance {
		let place = self
			.candidates
			.binary_search_by(|candidate| candidate.operator.cmp(operator));
		let found = place.ok().and_then(|at| self.candidates.get(at));
		found.map_or(0, |candidate| candidate.stake)
	}

	/// Those of a network with the stake that they can be drawn by: none for who announced to leave it, who keeps its seats.
	pub fn of(&self, network: NetworkId) -> Vec<(T::AccountId, Balance)> {
		let stake = |candidate: &Candidate<T>| {
			if network == ROOT {
				return Some(candidate.stake);
			}
			let membership = candidate
				.memberships
				.iter()
				.find(|place| place.network == network)?;
			Some(membership.left.map_or(candidate.stake, |_| 0))
		};
		let listed = self
			.candidates
			.iter()
			.filter_map(|candidate| Some((candidate.operator.clone(), stake(candidate)?)));
		listed.collect()
	}
}

/// Which rosters there are, and what the newest one has left for another network.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
	/// Epochs at whose start they were frozen, oldest first.
	pub rosters: BoundedVec<Epoch, ConstU32<MAX_ROSTERS>>,
	/// Operators with stake, room and ingress for one more network.
	pub operators: u32,
	/// Their free ingress, in bytes an epoch.
	pub ingress: u64,
}

/// Reading all operators, some a block.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq, Default)]
pub enum Sweep<AccountId> {
	/// Done for this epoch.
	#[default]
	Done,
	/// In progress.
	Reading {
		/// Epoch in which it began.
		began: Epoch,
		/// The operator read last, in the order of the map.
		last: Option<AccountId>,
		/// Operators so far with room for one more network.
		operators: u32,
		/// Their free ingress so far.
		ingress: u64,
	},
	/// All are read; they are to be sorted and kept.
	Sealing {
		/// Epoch in which it began.
		began: Epoch,
		/// Operators with room for one more network.
		operators: u32,
		/// Their free ingress.
		ingress: u64,
	},
}

/// What the blocks of an epoch do, a step each.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Work<AccountId> {
	/// Networks that were looked at for the next epoch, and whether they have a committee then.
	pub drawn: BoundedVec<(NetworkId, bool), ConstU32<MAX_NETWORKS>>,
	/// The next roster.
	pub sweep: Sweep<AccountId>,
	/// Networks that are gone and whose last committees are not removed.
	pub gone: BoundedVec<NetworkId, ConstU32<MAX_NETWORKS>>,
}

impl<AccountId> Default for Work<AccountId> {
	fn default() -> Self {
		Self {
			drawn: BoundedVec::new(),
			sweep: Sweep::Done,
			gone: BoundedVec::new(),
		}
	}
}

/// The committee of a network and epoch.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Committee<AccountId> {
	/// Everybody, or seats.
	pub selection: Selection<AccountId>,
	/// The roster that it was drawn from.
	pub frozen: Epoch,
	/// Its size.
	pub params: DrawParams,
}

impl<AccountId> Committee<AccountId> {
	/// Whether it has seats; else everybody serves.
	pub fn is_drawn(&self) -> bool {
		matches!(self.selection, Selection::Drawn(_))
	}
}

/// Where blobs go in an epoch.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
	/// What spreads namespaces.
	pub randomness: Hash,
	/// Networks that take blobs and have a committee, with their capacities.
	pub networks: BoundedVec<(NetworkId, u64), ConstU32<MAX_NETWORKS>>,
}

/// Planck of the escrow that a network can rely on.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
	/// The network.
	pub network: NetworkId,
	/// What was not paid yet.
	pub left: Balance,
	/// What is paid for an epoch.
	pub each: Balance,
}

/// How a pending blob went on. Nothing else counts as load.
#[derive(Encode, Decode, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoadKind {
	/// It was certified and is kept until this block.
	Certified {
		/// First block in which it need not be kept.
		retained_until: BlockNumber,
	},
	/// It is past its last deadline, and what was paid for its dispersal does not come back.
	Forfeited,
	/// Its network did not certify it in time: it is the root network's from now on, and will be its load.
	FellBack,
}
