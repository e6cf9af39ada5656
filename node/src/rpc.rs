// SPDX-License-Identifier: Apache-2.0

//! What the node answers over JSON-RPC: the standard methods and `da_*`.

use crate::service::{FullBackend, FullClient, FullPool, FullSelectChain};
use jsonrpsee::{
	core::{async_trait, RpcResult},
	proc_macros::rpc,
	types::ErrorObjectOwned,
	RpcModule,
};
use polkadot_sdk::*;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_grandpa::{
	FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState,
};
use sc_rpc::SubscriptionTaskExecutor;
use serde::Serialize;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_keystore::KeystorePtr;
use std::sync::{Arc, OnceLock};
use zerog_bls::PublicKey;
use zerog_erasure::{Commitment, Namespace};
use zerog_primitives::da::{api::DataAvailabilityApi, BlobInfo, Quote};
use zerog_runtime::{BlockNumber, Hash, OpaqueBlock as Block};

/// What the methods need.
pub struct Deps {
	pub client: Arc<FullClient>,
	pub backend: Arc<FullBackend>,
	pub pool: Arc<FullPool>,
	pub select_chain: FullSelectChain,
	pub chain_spec: Box<dyn sc_chain_spec::ChainSpec>,
	pub keystore: KeystorePtr,
	pub babe: BabeWorkerHandle<Block>,
	pub voter_state: SharedVoterState,
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	pub justifications: GrandpaJustificationStream<Block>,
	pub finality: Arc<FinalityProofProvider<FullBackend, Block>>,
	pub da: DaHandle,
}

/// The data-availability service with the public part of its key, once it has started.
pub type DaHandle = Arc<OnceLock<(zerog_da::Handle, Option<PublicKey>)>>;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// All methods.
pub fn create(deps: &Deps, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Error> {
	use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
	use sc_consensus_babe_rpc::{Babe, BabeApiServer};
	use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
	use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
	use substrate_frame_rpc_system::{System, SystemApiServer};

	let mut module = RpcModule::new(());
	module.merge(System::new(deps.client.clone(), deps.pool.clone()).into_rpc())?;
	module.merge(TransactionPayment::new(deps.client.clone()).into_rpc())?;
	module.merge(
		Babe::new(
			deps.client.clone(),
			deps.babe.clone(),
			deps.keystore.clone(),
			deps.select_chain.clone(),
		)
		.into_rpc(),
	)?;
	module.merge(
		Grandpa::new(
			executor,
			deps.authority_set.clone(),
			deps.voter_state.clone(),
			deps.justifications.clone(),
			deps.finality.clone(),
		)
		.into_rpc(),
	)?;
	// Chain specs of development networks have no place for a light sync state; then there is nothing to offer.
	if let Ok(sync_state) = SyncState::new(
		deps.chain_spec.cloned_box(),
		deps.client.clone(),
		deps.authority_set.clone(),
		deps.babe.clone(),
	) {
		module.merge(sync_state.into_rpc())?;
	}
	module.merge(
		Da {
			client: deps.client.clone(),
			service: deps.da.clone(),
		}
		.into_rpc(),
	)?;
	Ok(module)
}

/// This node as a member of committees.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeInfo {
	/// The attestation key it signs with.
	pub key: Option<String>,
	/// Where its gateway listens.
	pub gateway: Option<String>,
	/// Operators, all of whom the root network's committee has, that it can reach and that proved who they are.
	pub members_online: usize,
	/// All operators.
	pub members: usize,
}

/// Methods of the data-availability layer.
#[rpc(server, namespace = "da")]
pub trait DaApi {
	/// The blob as the best block knows it.
	#[method(name = "blob")]
	fn blob(&self, commitment: Commitment) -> RpcResult<Option<BlobInfo>>;

	/// What `length` bytes of a namespace kept for `retention` blocks would cost, and which network would take them.
	#[method(name = "quote")]
	fn quote(&self, namespace: Namespace, length: u32, retention: u32) -> RpcResult<Option<Quote>>;

	/// The blob as the chain and this node know it.
	#[method(name = "status")]
	async fn status(&self, commitment: Commitment) -> RpcResult<serde_json::Value>;

	/// What happened to the blob at this node, and when; null when it saw nothing of it.
	#[method(name = "trace")]
	fn trace(&self, commitment: Commitment) -> RpcResult<serde_json::Value>;

	/// This node as a member of committees.
	#[method(name = "node")]
	fn node(&self) -> RpcResult<NodeInfo>;
}

struct Da {
	client: Arc<FullClient>,
	service: DaHandle,
}

fn failed(error: impl std::fmt::Display) -> ErrorObjectOwned {
	ErrorObjectOwned::owned(-32_000, error.to_string(), None::<()>)
}

impl Da {
	fn service(&self) -> RpcResult<&(zerog_da::Handle, Option<PublicKey>)> {
		self.service
			.get()
			.ok_or_else(|| failed("the data-availability service has not started yet; try again"))
	}
}

#[async_trait]
impl DaApiServer for Da {
	fn blob(&self, commitment: Commitment) -> RpcResult<Option<BlobInfo>> {
		self.client
			.runtime_api()
			.blob(self.client.info().best_hash, commitment)
			.map_err(failed)
	}

	fn quote(&self, namespace: Namespace, length: u32, retention: u32) -> RpcResult<Option<Quote>> {
		self.client
			.runtime_api()
			.quote(self.client.info().best_hash, namespace, length, retention)
			.map_err(failed)
	}

	async fn status(&self, commitment: Commitment) -> RpcResult<serde_json::Value> {
		let status = self.service()?.0.status(commitment).await.map_err(failed)?;
		serde_json::to_value(status).map_err(failed)
	}

	fn trace(&self, commitment: Commitment) -> RpcResult<serde_json::Value> {
		serde_json::to_value(self.service()?.0.trace(commitment)).map_err(failed)
	}

	fn node(&self) -> RpcResult<NodeInfo> {
		let (service, key) = self.service()?;
		let (members_online, members) = service.members_online();
		Ok(NodeInfo {
			key: key.map(|key| key.to_string()),
			gateway: service.gateway().map(|address| address.to_string()),
			members_online,
			members,
		})
	}
}
