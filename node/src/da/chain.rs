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
	api::DataAvailabilityApi, BlobInfo, Certificate, ChallengeInfo, Committee, Conflict,
};

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

	fn best(&self) -> zerog_runtime::Hash {
		self.client.info().best_hash
	}

	/// Submits a transaction that the runtime made. Our own are trusted to be worth propagating.
	async fn submit(&self, transaction: Vec<u8>) -> Result<(), ChainError> {
		let extrinsic = OpaqueExtrinsic::decode(&mut transaction.as_slice())
			.map_err(|error| ChainError::Unavailable(format!("the runtime made no transaction: {error}")))?;
		match self
			.pool
			.submit_one(self.best(), TransactionSource::Local, extrinsic)
			.await
		{
			Ok(_) => Ok(()),
			Err(error) => match error.into_pool_error() {
				// One that does the same, or more, waits already.
				Ok(PoolError::AlreadyImported(_) | PoolError::TooLowPriority { .. }) => Ok(()),
				Ok(error) => Err(ChainError::Rejected(error.to_string())),
				Err(error) => Err(ChainError::Unavailable(error.to_string())),
			},
		}
	}
}

/// Makes a transaction unlike any that a pool has seen: pools ban hashes for a time, and one who guessed ours could have
/// it banned before we send it.
fn salt() -> Result<u32, ChainError> {
	getrandom::u32().map_err(|error| ChainError::Unavailable(format!("no randomness: {error}")))
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

	fn current_session(&self) -> Result<u32, ChainError> {
		self.client
			.runtime_api()
			.current_session(self.best())
			.map_err(unavailable)
	}

	fn blob(&self, commitment: Commitment) -> Result<Option<BlobInfo>, ChainError> {
		self.client
			.runtime_api()
			.blob(self.best(), commitment)
			.map_err(unavailable)
	}

	fn committee(&self, session: u32) -> Result<Option<Committee>, ChainError> {
		self.client
			.runtime_api()
			.committee(self.best(), session)
			.map_err(unavailable)
	}

	async fn submit_certificate(&self, certificate: Certificate) -> Result<(), ChainError> {
		let transaction = self
			.client
			.runtime_api()
			.certify_transaction(self.best(), certificate, salt()?)
			.map_err(unavailable)?;
		self.submit(transaction).await
	}

	async fn submit_settle(&self, commitment: Commitment) -> Result<(), ChainError> {
		let transaction = self
			.client
			.runtime_api()
			.settle_transaction(self.best(), commitment, salt()?)
			.map_err(unavailable)?;
		self.submit(transaction).await
	}

	fn open_challenges(&self, account: [u8; 32]) -> Result<Vec<ChallengeInfo>, ChainError> {
		self.client
			.runtime_api()
			.open_challenges(self.best(), account)
			.map_err(unavailable)
	}

	async fn submit_answer(&self, commitment: Commitment, row: Row) -> Result<(), ChainError> {
		let transaction = self
			.client
			.runtime_api()
			.answer_transaction(self.best(), commitment, row, salt()?)
			.map_err(unavailable)?;
		self.submit(transaction).await
	}

	async fn submit_resolve(&self, commitment: Commitment, row: u32) -> Result<(), ChainError> {
		let transaction = self
			.client
			.runtime_api()
			.resolve_transaction(self.best(), commitment, row, salt()?)
			.map_err(unavailable)?;
		self.submit(transaction).await
	}

	async fn submit_conflict(&self, conflict: Conflict) -> Result<(), ChainError> {
		let transaction = self
			.client
			.runtime_api()
			.conflict_transaction(self.best(), conflict, salt()?)
			.map_err(unavailable)?;
		self.submit(transaction).await
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
