// SPDX-License-Identifier: Apache-2.0

//! Stand-in for Cumulus' `cumulus-client-parachain-inherent`.
//!
//! `frame-benchmarking-cli` takes one type from it, for parachains. The real crate brings along Polkadot's collator,
//! overseer and relay-chain interface, some minutes of compilation for code that a chain of its own never reaches.

use cumulus_primitives_core::{relay_chain::HeadData, ParaId};
use sp_inherents::{Error, InherentData, InherentDataProvider, InherentIdentifier};

/// Named and shaped like the type that the benchmark command fills for parachains.
#[derive(Default)]
pub struct MockValidationDataInherentDataProvider<R = ()> {
	/// The parachain.
	pub para_id: ParaId,
	/// Its head.
	pub current_para_block_head: Option<HeadData>,
	/// The relay block in which it started.
	pub relay_offset: u32,
	/// Descendants of the relay parent that are required.
	pub relay_parent_offset: u32,
	/// Makes the relay chain's randomness.
	pub relay_randomness_config: R,
}

#[async_trait::async_trait]
impl<R: Send + Sync> InherentDataProvider for MockValidationDataInherentDataProvider<R> {
	async fn provide_inherent_data(&self, _: &mut InherentData) -> Result<(), Error> {
		Err(Error::Application("this node is built without parachains".into()))
	}

	async fn try_handle_error(&self, _: &InherentIdentifier, _: &[u8]) -> Option<Result<(), Error>> {
		None
	}
}
