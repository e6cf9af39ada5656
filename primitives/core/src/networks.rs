// SPDX-License-Identifier: Apache-2.0

//! What the runtime answers about networks; the types are those of [`zerog_networks`].

// The macro that declares runtime APIs states bounds twice.
#![allow(clippy::multiple_bound_locations)]

use alloc::vec::Vec;
use polkadot_sdk::*;
use sp_runtime::Perbill;
use zerog_erasure::Namespace;
use zerog_networks::{Duty, Epoch, MemberInfo, NetworkId, NetworkInfo, OperatorInfo, Security};

sp_api::decl_runtime_apis! {
	/// Networks, for nodes, clients and dapps.
	pub trait NetworksApi<AccountId: codec::Codec> {
		/// The present epoch.
		fn epoch() -> Epoch;
		/// All networks, the root network first.
		fn networks() -> Vec<NetworkInfo>;
		/// The members of a network in the present or the next epoch; `None` where nobody sits in it.
		fn members(network: NetworkId, epoch: Epoch) -> Option<Vec<MemberInfo<AccountId>>>;
		/// What the present committee of a network is worth, what of that each failure costs by which faults, and the bounds of its
		/// own draw, if `corrupt` of the stake is, for blobs of so many rows.
		fn security(network: NetworkId, corrupt: Perbill, rows: u32) -> Option<Security>;
		/// The network that a blob of a namespace goes to in this epoch.
		fn route(namespace: Namespace) -> NetworkId;
		/// An operator of networks.
		fn operator(account: AccountId) -> Option<OperatorInfo>;
		/// The seats of an operator in the present and the next epoch.
		fn duties(account: AccountId) -> Vec<Duty>;
	}
}
