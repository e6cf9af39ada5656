// SPDX-License-Identifier: Apache-2.0

//! The chain for the data-availability service: runtime calls at the best block, transactions through the pool.

use crate::service::{FullClient, FullPool};
use async_trait::async_trait;
use codec::Decode;
use futures::{stream::BoxStream, StreamExt};
use polkadot_sdk::*;
use sc_client_api::BlockchainEvents;
use sc_transaction_pool_api::{
	error::{Error as PoolError, IntoPoolError},
	TransactionPool, TransactionSource,
};
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_runtime::OpaqueExtrinsic;
use std::sync::Arc;
use zerog_da::ChainError;
use zerog_erasure::{Commitment, Hash, Row};
use zerog_primitives::da::{
	api::DataAvailabilityApi, BlobInfo, Certificate, ChallengeInfo, Committee, CommitteeId, Conflict,
};
use zerog_runtime::{Hash as BlockHash, OpaqueBlock};

type Api = <FullClient as ProvideRuntimeApi<OpaqueBlock>>::Api;
type Made = Result<Vec<u8>, sp_api::ApiError>;

/// The client and the pool.
pub struct Chain {
	client: Arc<FullClient>,
	pool: Arc<FullPool>,
}

impl Chain {
	/// Over this node's client and pool.
	pub fn new(client: Arc<FullClient>, pool: Arc<FullPool>) -> Self {
		Self { client, pool }
	}

	fn best(&self) -> BlockHash {
		self.client.info().best_hash
	}

	/// Has the runtime make a transaction unlike any that a pool has seen: pools ban hashes for a time, and one who guessed
	/// ours could have it banned before we send it.
	fn made(&self, make: impl FnOnce(&Api, BlockHash, u32) -> Made) -> Result<OpaqueExtrinsic, ChainError> {
		let salt =
			getrandom::u32().map_err(|error| ChainError::Unavailable(format!("no randomness: {error}")))?;
		let transaction = make(&self.client.runtime_api(), self.best(), salt).map_err(unavailable)?;
		OpaqueExtrinsic::decode(&mut transaction.as_slice())
			.map_err(|error| ChainError::Unavailable(format!("the runtime made no transaction: {error}")))
	}

	/// Submits a transaction that the runtime makes. Our own are trusted to be worth propagating.
	async fn submit(&self, make: impl FnOnce(&Api, BlockHash, u32) -> Made + Send) -> Result<(), ChainError> {
		let extrinsic = self.made(make)?;
		match self
			.pool
			.submit_one(self.best(), TransactionSource::Local, extrinsic)
			.await
		{
			Ok(_) => Ok(()),
			Err(error) => match error.into_pool_error() {
				// One that does the same waits already, or for now one that does more.
				Ok(PoolError::AlreadyImported(_) | PoolError::TooLowPriority { .. }) => Ok(()),
				Ok(error) => Err(ChainError::Rejected(error.to_string())),
				Err(error) => Err(ChainError::Unavailable(error.to_string())),
			},
		}
	}
}

fn unavailable(error: sp_api::ApiError) -> ChainError {
	ChainError::Unavailable(error.to_string())
}

#[async_trait]
impl zerog_da::Chain for Chain {
	fn genesis(&self) -> Hash {
		self.client.info().genesis_hash.0
	}

	fn best_number(&self) -> u32 {
		self.client.info().best_number
	}

	fn current_committees(&self) -> Result<Vec<CommitteeId>, ChainError> {
		self.client
			.runtime_api()
			.current_committees(self.best())
			.map_err(unavailable)
	}

	fn blob(&self, commitment: Commitment) -> Result<Option<BlobInfo>, ChainError> {
		self.client
			.runtime_api()
			.blob(self.best(), commitment)
			.map_err(unavailable)
	}

	fn blobs_after(&self, after: Option<Commitment>, limit: u32) -> Result<Vec<Commitment>, ChainError> {
		self.client
			.runtime_api()
			.blobs_after(self.best(), after, limit)
			.map_err(unavailable)
	}

	fn improvement_window(&self) -> Result<u32, ChainError> {
		self.client
			.runtime_api()
			.improvement_window(self.best())
			.map_err(unavailable)
	}

	fn committee(&self, id: CommitteeId) -> Result<Option<Committee>, ChainError> {
		self.client
			.runtime_api()
			.committee(self.best(), id)
			.map_err(unavailable)
	}

	async fn submit_certificate(&self, certificate: Certificate) -> Result<(), ChainError> {
		self.submit(|api, best, salt| api.certify_transaction(best, certificate, salt))
			.await
	}

	async fn submit_settle(&self, commitment: Commitment) -> Result<(), ChainError> {
		self.submit(|api, best, salt| api.settle_transaction(best, commitment, salt))
			.await
	}

	fn open_challenges(&self, account: [u8; 32]) -> Result<Vec<ChallengeInfo>, ChainError> {
		self.client
			.runtime_api()
			.open_challenges(self.best(), account)
			.map_err(unavailable)
	}

	async fn submit_answer(&self, commitment: Commitment, row: Row) -> Result<(), ChainError> {
		self.submit(|api, best, salt| api.answer_transaction(best, commitment, row, salt))
			.await
	}

	async fn submit_resolve(&self, commitment: Commitment, row: u32) -> Result<(), ChainError> {
		self.submit(|api, best, salt| api.resolve_transaction(best, commitment, row, salt))
			.await
	}

	async fn submit_conflict(&self, conflict: Conflict) -> Result<(), ChainError> {
		self.submit(|api, best, salt| api.conflict_transaction(best, conflict, salt))
			.await
	}

	fn new_blocks(&self) -> BoxStream<'static, u32> {
		self.client
			.import_notification_stream()
			.filter_map(|notification| async move {
				notification.is_new_best.then_some(notification.header.number)
			})
			.boxed()
	}
}
