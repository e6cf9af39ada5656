// SPDX-License-Identifier: Apache-2.0

//! The chain as a client sees it: blocks, runtime APIs, balances.
//!
//! Runtime APIs are called by their SCALE bytes with the types of `zerog_primitives::da`; transactions,
//! storage and constants go by the metadata that the chain itself serves. Only requests that every node
//! answers are used (no pinned blocks), and a connection that breaks is opened again.

use crate::{
	error::{chain, root_cause, Error},
	keys::{Account, Address},
};
use codec::{DecodeAll, Encode};
use std::{
	future::Future,
	sync::Arc,
	time::{Duration, Instant},
};
use subxt::{
	backend::{utils::retry, LegacyBackend},
	config::{Header as _, RpcConfigFor},
	dynamic,
	error::BackendError,
	ext::scale_decode::DecodeAsType,
	rpcs::{
		client::{jsonrpsee_client, reconnecting_rpc_client as reconnecting, RpcClient},
		methods::legacy::LegacyRpcMethods,
	},
	utils::H256,
	OnlineClient, SubstrateConfig,
};
use zerog_bls::PublicKey;
use zerog_erasure::{Commitment, Hash, Namespace};
use zerog_primitives::da::{BlobInfo, BlobState, Committee, CommitteeId, Quote};

/// subxt's view of the chain. Extensions that encode to nothing (`AuthorizeCall`, `EthSetOrigin`,
/// `WeightReclaim`) are skipped by their types in the metadata, so the standard set suffices.
pub type Config = SubstrateConfig;
type Rpc = LegacyRpcMethods<RpcConfigFor<Config>>;

/// How long to wait for the first connection.
const CONNECT: Duration = Duration::from_secs(10);
/// How long one request may take, lost connections included.
const REQUEST: Duration = Duration::from_secs(60);
/// How often the best block is looked at while waiting for something to happen on chain.
const POLL: Duration = Duration::from_millis(400);
/// How long a node may be unreachable while waiting: a busy machine needs minutes to start one.
const PATIENCE: Duration = Duration::from_secs(300);
/// Attempts to connect again, two seconds apart: longer than anybody waits.
const RECONNECTS: usize = 200;
/// A blob that was seen may vanish from the best chain for so many blocks (a fork) before it counts as lost.
const FORK_BLOCKS: u32 = 20;
/// Blocks after the deadline of a network in which its blobs fall back to the root network, by nodes or by the chain itself.
const SETTLING_BLOCKS: u32 = 64;

/// A block of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId {
	/// Its number.
	pub number: u32,
	/// Its hash.
	pub hash: Hash,
}

/// What an account owns, in smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
	/// Not held.
	pub free: u128,
	/// Held for a purpose, such as the custody of blobs.
	pub held: u128,
	/// Locked in place, out of `free` and `held`.
	pub frozen: u128,
	/// What a transfer may take while the account stays alive.
	pub spendable: u128,
}

/// A connection to one node. Cheap to clone.
#[derive(Clone)]
pub struct Client {
	pub(crate) api: OnlineClient<Config>,
	pub(crate) rpc: Rpc,
	/// For methods that only zerog's nodes have.
	pub(crate) raw: RpcClient,
	pub(crate) submitting: Arc<tokio::sync::Mutex<()>>,
	genesis: Hash,
	url: Arc<str>,
}

impl Client {
	/// Connect to a node, for example `ws://127.0.0.1:9944`. Fails at once when nobody answers; later a lost
	/// connection is opened again for some minutes.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		let fail = |reason: String| Error::Connect {
			url: url.to_owned(),
			reason,
		};
		// The reconnecting client retries the first connection too, so ask once whether anybody is there.
		match tokio::time::timeout(CONNECT, jsonrpsee_client(url)).await {
			Ok(Ok(_)) => {}
			Ok(Err(error)) => {
				let text = root_cause(&error);
				let text = text.strip_prefix("RPC error: client error: ").unwrap_or(&text);
				return Err(fail(text.to_owned()));
			}
			Err(_) => return Err(fail(format!("no answer within {} s", CONNECT.as_secs()))),
		}
		let backoff = reconnecting::ExponentialBackoff::from_millis(50)
			.max_delay(Duration::from_secs(2))
			.take(RECONNECTS);
		let client = reconnecting::RpcClient::builder()
			.retry_policy(backoff)
			.request_timeout(REQUEST)
			.build(url)
			.await
			.map_err(|error| fail(root_cause(&error)))?;
		let client = RpcClient::new(client);
		let backend = LegacyBackend::<Config>::builder().build(client.clone());
		let api = OnlineClient::from_backend_with_config(Config::new(), Arc::new(backend))
			.await
			.map_err(chain)?;
		Ok(Self {
			genesis: api.genesis_hash().0,
			rpc: LegacyRpcMethods::new(client.clone()),
			raw: client,
			api,
			submitting: Default::default(),
			url: url.into(),
		})
	}

	/// The address that was given.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// The genesis hash: which chain this is, part of every commitment.
	pub fn genesis(&self) -> Hash {
		self.genesis
	}

	/// Ask the node, again when the connection was lost meanwhile.
	pub(crate) async fn ask<R, F>(&self, request: impl FnMut() -> F) -> Result<R, Error>
	where
		F: Future<Output = Result<R, BackendError>>,
	{
		match tokio::time::timeout(REQUEST, retry(request)).await {
			Ok(answer) => answer.map_err(chain),
			Err(_) => Err(Error::Silent(REQUEST.as_secs())),
		}
	}

	/// The best block that the node knows.
	pub async fn best(&self) -> Result<BlockId, Error> {
		let hash = self
			.ask(|| async { Ok(self.rpc.chain_get_block_hash(None).await?) })
			.await?;
		self.block_id(hash).await
	}

	/// The latest finalized block.
	pub async fn finalized(&self) -> Result<BlockId, Error> {
		let hash = self
			.ask(|| async { Ok(self.rpc.chain_get_finalized_head().await?) })
			.await?;
		self.block_id(Some(hash)).await
	}

	async fn block_id(&self, hash: Option<H256>) -> Result<BlockId, Error> {
		let missing = |reason: &str| Error::WrongChain {
			what: "blocks".into(),
			reason: reason.into(),
		};
		let hash = hash.ok_or_else(|| missing("the node has no best block"))?;
		let header = self
			.ask(|| async { Ok(self.rpc.chain_get_header(Some(hash)).await?) })
			.await?;
		let number = header
			.ok_or_else(|| missing("the node lacks its own block"))?
			.number();
		let number = u32::try_from(number).map_err(|_| missing("a block number beyond 32 bits"))?;
		Ok(BlockId { number, hash: hash.0 })
	}

	/// The hash of a block on the best chain, `None` beyond its end.
	pub async fn block_hash(&self, number: u32) -> Result<Option<Hash>, Error> {
		let hash = self
			.ask(|| async { Ok(self.rpc.chain_get_block_hash(Some(number.into())).await?) })
			.await?;
		Ok(hash.map(|hash| hash.0))
	}

	/// Call a runtime API by its full name (`Trait_method`) at a block; arguments and answer in SCALE.
	pub async fn runtime_api<R: DecodeAll>(
		&self,
		at: Hash,
		name: &str,
		arguments: impl Encode,
	) -> Result<R, Error> {
		let bytes = arguments.encode();
		let answer = self
			.ask(|| async { Ok(self.rpc.state_call(name, Some(&bytes), Some(H256(at))).await?) })
			.await
			.map_err(|error| match &error {
				// The executor's words for a runtime without this API.
				Error::Chain(cause) if cause.to_string().contains("is not found") => Error::WrongChain {
					what: name.into(),
					reason: "the runtime does not have it".into(),
				},
				_ => error,
			})?;
		R::decode_all(&mut &answer[..]).map_err(|error| Error::WrongChain {
			what: name.into(),
			reason: error.to_string(),
		})
	}

	/// What the best block knows of a blob; `None` when it was never paid for, or is forgotten.
	pub async fn blob(&self, commitment: Commitment) -> Result<Option<BlobInfo>, Error> {
		self.blob_at(self.best().await?.hash, commitment).await
	}

	/// What a block knows of a blob. The header is checked to belong to the commitment.
	pub async fn blob_at(&self, at: Hash, commitment: Commitment) -> Result<Option<BlobInfo>, Error> {
		let info: Option<BlobInfo> = self
			.runtime_api(at, "DataAvailabilityApi_blob", commitment)
			.await?;
		match &info {
			Some(info) if info.header.commitment() != Ok(commitment) || info.header.chain != self.genesis => {
				Err(Error::ForeignHeader(commitment))
			}
			_ => Ok(info),
		}
	}

	/// A committee with its keys, while the chain keeps it. It is checked to be the one that was asked for.
	pub async fn committee(&self, id: CommitteeId) -> Result<Option<Committee>, Error> {
		let name = "DataAvailabilityApi_committee";
		let committee: Option<Committee> = self.runtime_api(self.best().await?.hash, name, id).await?;
		match &committee {
			Some(found) if found.id != id => Err(Error::WrongChain {
				what: name.into(),
				reason: format!("asked for {id}, it gave {}", found.id),
			}),
			_ => Ok(committee),
		}
	}

	/// The committees that a blob submitted now could get, that of the root network first.
	pub async fn current_committees(&self) -> Result<Vec<CommitteeId>, Error> {
		self.runtime_api(
			self.best().await?.hash,
			"DataAvailabilityApi_current_committees",
			(),
		)
		.await
	}

	/// The network that `length` bytes of a namespace would go to and what they would cost, kept for `retention` blocks;
	/// `None` when the chain does not take them.
	pub async fn quote(
		&self,
		namespace: Namespace,
		length: u32,
		retention: u32,
	) -> Result<Option<Quote>, Error> {
		self.runtime_api(
			self.best().await?.hash,
			"DataAvailabilityApi_quote",
			(namespace, length, retention),
		)
		.await
	}

	/// The BLS key that a validator has registered.
	pub async fn account_key(&self, account: Account) -> Result<Option<PublicKey>, Error> {
		self.runtime_api(
			self.best().await?.hash,
			"DataAvailabilityApi_account_key",
			account,
		)
		.await
	}

	/// Whether an account has set session keys.
	pub async fn has_session_keys(&self, account: Account) -> Result<bool, Error> {
		let at = self.at(self.best().await?.hash).await?;
		let entry = dynamic::storage::<([u8; 32],), dynamic::Value>("Session", "NextKeys");
		let keys = at.storage().try_fetch(entry, (account,)).await.map_err(chain)?;
		Ok(keys.is_some())
	}

	/// The subxt client at a block, for what the metadata describes.
	pub(crate) async fn at(&self, hash: Hash) -> Result<subxt::OnlineClientAtBlock<Config>, Error> {
		self.api.at_block(H256(hash)).await.map_err(chain)
	}

	/// The time between blocks that the chain aims at, in milliseconds.
	pub async fn block_time_ms(&self) -> Result<u64, Error> {
		let at = self.at(self.best().await?.hash).await?;
		at.constants()
			.entry(dynamic::constant::<u64>("Babe", "ExpectedBlockTime"))
			.map_err(chain)
	}

	/// The longest that the chain takes a blob for, in blocks.
	pub async fn longest_retention(&self) -> Result<u32, Error> {
		let at = self.at(self.best().await?.hash).await?;
		at.constants()
			.entry(dynamic::constant::<u32>("DataAvailability", "MaxRetention"))
			.map_err(chain)
	}

	/// What an account owns on the best block; zeros for an account that does not exist.
	pub async fn balance(&self, account: Account) -> Result<Balance, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Info {
			data: Data,
		}
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Data {
			free: u128,
			reserved: u128,
			frozen: u128,
		}
		let at = self.at(self.best().await?.hash).await?;
		let least = at
			.constants()
			.entry(dynamic::constant::<u128>("Balances", "ExistentialDeposit"))
			.map_err(chain)?;
		let address = dynamic::storage::<([u8; 32],), Info>("System", "Account");
		let info = at
			.storage()
			.fetch(address, (account,))
			.await
			.map_err(chain)?
			.decode()
			.map_err(chain)?;
		let Data {
			free,
			reserved: held,
			frozen,
		} = info.data;
		let spendable = free.saturating_sub(least.max(frozen.saturating_sub(held)));
		Ok(Balance {
			free,
			held,
			frozen,
			spendable,
		})
	}

	/// The accounts that have paid for a blob, as a block knows it.
	pub async fn payers(&self, at: Hash, commitment: Commitment) -> Result<Vec<Account>, Error> {
		let payments = self.payments(at, commitment).await?;
		Ok(payments.into_iter().map(|(payer, _)| payer).collect())
	}

	/// How many accounts may pay for one blob.
	pub async fn payer_places(&self) -> Result<u32, Error> {
		let at = self.at(self.best().await?.hash).await?;
		at.constants()
			.entry(dynamic::constant::<u32>("DataAvailability", "MaxPayers"))
			.map_err(chain)
	}

	/// The accounts that have paid for a blob, the first one first, with what each has on hold for it, in smallest units.
	pub async fn payments(&self, at: Hash, commitment: Commitment) -> Result<Vec<(Account, u128)>, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Blob {
			payments: Vec<Payment>,
		}
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Payment {
			payer: [u8; 32],
			held: u128,
		}
		let at = self.at(at).await?;
		let entry = dynamic::storage::<([u8; 32],), Blob>("DataAvailability", "Blobs");
		let Some(blob) = at
			.storage()
			.try_fetch(entry, (commitment.0,))
			.await
			.map_err(chain)?
		else {
			return Ok(vec![]);
		};
		Ok(blob
			.decode()
			.map_err(chain)?
			.payments
			.into_iter()
			.map(|payment| (payment.payer, payment.held))
			.collect())
	}

	/// The account behind an address. An Ethereum address that belongs to an account of the chain
	/// (`pallet-revive` keeps the mapping) means that account; any other means its fallback account.
	pub async fn resolve(&self, address: &Address) -> Result<Account, Error> {
		let Address::Ethereum(ethereum) = address else {
			return Ok(address.account());
		};
		let at = self.at(self.best().await?.hash).await?;
		if at.metadata_ref().pallet_by_name("Revive").is_none() {
			return Ok(address.account());
		}
		let entry = dynamic::storage::<([u8; 20],), [u8; 32]>("Revive", "OriginalAccount");
		match at.storage().try_fetch(entry, (*ethereum,)).await.map_err(chain)? {
			Some(account) => account.decode().map_err(chain),
			None => Ok(address.account()),
		}
	}

	/// Wait until the best chain holds a certificate for a blob that was paid for. Connections that break are
	/// waited out, and so is a network that does not certify in time: the root network's deadline is a later one.
	/// Errors: [`Error::DeadlinePassed`], or [`Error::Unknown`] when the blob stays away from the best chain.
	pub async fn wait_certified(&self, commitment: Commitment) -> Result<BlobInfo, Error> {
		self.follow(commitment, |_, _| ()).await
	}

	/// The same; `watch` is told of the blob in each best block that is looked at, with the block's number.
	pub(crate) async fn follow(
		&self,
		commitment: Commitment,
		mut watch: impl FnMut(u32, &BlobInfo),
	) -> Result<BlobInfo, Error> {
		let (mut seen, mut missing_since, mut answered) = (None, None, Instant::now());
		let mut deadline = None;
		loop {
			match self.look(commitment, &mut seen).await {
				Ok(None) => answered = Instant::now(),
				Ok(Some((best, None))) => {
					answered = Instant::now();
					let since = *missing_since.get_or_insert(best);
					if best.saturating_sub(since) > FORK_BLOCKS {
						return Err(match deadline.filter(|deadline| best > *deadline) {
							Some(deadline) => Error::DeadlinePassed { commitment, deadline },
							None => Error::Unknown(commitment),
						});
					}
				}
				Ok(Some((best, Some(info)))) => {
					(answered, missing_since) = (Instant::now(), None);
					deadline = Some(info.deadline);
					watch(best, &info);
					match info.state {
						BlobState::Certified { .. } => return Ok(info),
						BlobState::Pending if best > last_chance(&info) => {
							return Err(Error::DeadlinePassed {
								commitment,
								deadline: info.deadline,
							})
						}
						BlobState::Pending => {}
					}
				}
				// The node may be restarting.
				Err(error) if error.is_transient() && answered.elapsed() < PATIENCE => {}
				Err(error) => return Err(error),
			}
			tokio::time::sleep(POLL).await;
		}
	}

	/// Has an earlier life of a blob ended, if one is over and not settled: it can be submitted anew only then.
	///
	/// Anybody may, and it is free; blocks with room do it by themselves.
	pub async fn settle(&self, commitment: Commitment) -> Result<(), Error> {
		let (mut seen, mut first) = (None, None);
		loop {
			if let Some((best, info)) = self.look(commitment, &mut seen).await? {
				if !info.is_some_and(|info| is_over(&info, best)) {
					return Ok(());
				}
				// Another one may be on its way; then the pool refuses this one, and the next block tells.
				if first.is_none() {
					let salt = getrandom::u32().map_err(|error| Error::NoRandomness(error.to_string()))?;
					let name = "DataAvailabilityApi_settle_transaction";
					let best = self.best().await?.hash;
					let transaction: Vec<u8> = self.runtime_api(best, name, (commitment, salt)).await?;
					self.rpc.author_submit_extrinsic(&transaction).await.ok();
				}
				if best.saturating_sub(*first.get_or_insert(best)) > SETTLING_BLOCKS {
					return Err(Error::NotSettled(commitment));
				}
			}
			tokio::time::sleep(POLL).await;
		}
	}

	/// The blob on the best block and that block's number, unless that block is the one `seen` before.
	async fn look(
		&self,
		commitment: Commitment,
		seen: &mut Option<BlockId>,
	) -> Result<Option<(u32, Option<BlobInfo>)>, Error> {
		let best = self.best().await?;
		if *seen == Some(best) {
			return Ok(None);
		}
		let info = self.blob_at(best.hash, commitment).await?;
		*seen = Some(best);
		Ok(Some((best.number, info)))
	}
}

/// Whether a blob's state has ended in block `now`: its deadline has passed, or its retention.
fn is_over(info: &BlobInfo, now: u32) -> bool {
	match info.state {
		BlobState::Pending => now > info.deadline,
		BlobState::Certified { .. } => info.retained_until.is_some_and(|until| now >= until),
	}
}

/// The last block in which a pending blob may still be on its way to a certificate: that of the root network's deadline, else
/// the one by which it has fallen back.
pub(crate) fn last_chance(info: &BlobInfo) -> u32 {
	match info.committee.is_root() {
		true => info.deadline,
		false => info.deadline.saturating_add(SETTLING_BLOCKS),
	}
}
