// SPDX-License-Identifier: Apache-2.0

//! The keys of a validator's node.

use crate::{AuthorityDiscovery, Babe, Grandpa};
use alloc::vec::Vec;
use polkadot_sdk::*;
use sp_runtime::impl_opaque_keys;

impl_opaque_keys! {
	/// Public session keys.
	pub struct SessionKeys {
		/// Authors blocks.
		pub babe: Babe,
		/// Finalises blocks.
		pub grandpa: Grandpa,
		/// Says on the network who a node is, also to the data-availability service.
		pub authority_discovery: AuthorityDiscovery,
	}
}
