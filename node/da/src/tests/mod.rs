// SPDX-License-Identifier: Apache-2.0

//! Many services in one process, over a chain and a network in memory, with real coding, signing and assignment.

mod batches;
mod budget;
mod chain;
mod challenges;
mod duties;
mod fallback;
mod faults;
mod flow;
mod gateway;
mod members;
mod network;
mod numbers;
mod reading;
mod retention;
mod store;
mod trace;

use crate::{
	protocol::{decode_response, encode_request, inbound_queue, Batch, Push, Request, Response, Share},
	Config, Handle, Limits, Service,
};
use bytes::Bytes;
use chain::{FakeChain, KeyedIdentity};
use network::{Hub, HubTransport};
use polkadot_sdk::{
	sc_network_types::PeerId,
	sp_core::{sr25519, Pair},
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use zerog_bls::signer::SecretKey;
use zerog_erasure::{encode, Commitment, Encoded, Hash, Namespace};
use zerog_primitives::da::{
	attestation_message, numbered_message, BlobState, Committee, CommitteeId, Member,
};

pub(crate) const GENESIS: Hash = [7; 32];
pub(crate) const NAMESPACE: Namespace = Namespace([9; 32]);

/// Limits with the patience of a test.
pub(crate) fn limits() -> Limits {
	Limits {
		grace: Duration::from_millis(200),
		batch_window: Duration::from_millis(100),
		seal_timeout: Duration::from_secs(1),
		seal_patience: Duration::from_secs(2),
		publish_timeout: Duration::from_secs(60),
		slow_peer: Duration::from_millis(700),
		upload_idle: Duration::from_secs(1),
		refresh: Duration::from_millis(50),
		..Default::default()
	}
}

/// Some bytes that do not repeat.
pub(crate) fn bytes(length: usize, seed: u64) -> Bytes {
	let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
	let mut next = || {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		state as u8
	};
	(0..length).map(|_| next()).collect()
}

pub(crate) struct Running {
	pub(crate) handle: Handle,
	task: JoinHandle<()>,
}

pub(crate) struct Site {
	pub(crate) peer: PeerId,
	authority: Option<sr25519::Pair>,
	/// Whose attestation key it has.
	key: Option<usize>,
	pub(crate) path: PathBuf,
	gateway: Option<SocketAddr>,
	pub(crate) running: Option<Running>,
}

/// Validators `0..n`, and one node more that is none.
pub(crate) struct World {
	pub(crate) chain: Arc<FakeChain>,
	pub(crate) hub: Arc<Hub>,
	pub(crate) sites: Vec<Site>,
	pub(crate) limits: Limits,
	/// Nodes that start look through what they hold.
	pub(crate) patrol: bool,
	folder: TempDir,
}

pub(crate) fn secret(index: usize) -> SecretKey {
	SecretKey::from_seed(format!("validator {index}").as_bytes())
}

pub(crate) fn authority(index: usize) -> sr25519::Pair {
	sr25519::Pair::from_string(&format!("//validator//{index}"), None).unwrap()
}

/// The committee of most tests: that of the root network, in session 1.
pub(crate) const ROOT: CommitteeId = CommitteeId::root(1);

pub(crate) fn committee(id: CommitteeId, members: impl IntoIterator<Item = usize>) -> Committee {
	let member = |index: usize| Member {
		account: [index as u8; 32],
		authority: Some(authority(index).public().0),
		key: Some(secret(index).public()),
		weight: 1,
	};
	Committee {
		id,
		randomness: [(id.session + id.network) as u8; 32],
		members: members.into_iter().map(member).collect(),
	}
}

/// What a member of the root network sends when it signs with the key of validator `key`.
pub(crate) fn share(key: usize, signer: u32, batch: Batch, expiry: u32, sequence: u64) -> Share {
	let root = batch.root();
	let attestation = attestation_message(&GENESIS, ROOT, &root, expiry);
	let numbered = numbered_message(&GENESIS, ROOT, signer, sequence, &root, expiry);
	Share {
		committee: ROOT,
		expiry,
		batch,
		signer,
		signature: secret(key).sign(&attestation),
		sequence,
		numbered: secret(key).sign(&numbered),
	}
}

impl World {
	/// All nodes running and known to each other.
	pub(crate) async fn new(validators: usize) -> Self {
		Self::with(validators, limits(), false).await
	}

	pub(crate) async fn with(validators: usize, limits: Limits, gateway: bool) -> Self {
		let folder = TempDir::new().unwrap();
		let chain = FakeChain::new(committee(ROOT, 0..validators));
		let site = |index: usize| Site {
			peer: PeerId::random(),
			authority: (index < validators).then(|| authority(index)),
			key: (index < validators).then_some(index),
			path: folder.path().join(index.to_string()),
			gateway: gateway.then(|| SocketAddr::from(([127, 0, 0, 1], 0))),
			running: None,
		};
		let sites = (0..=validators).map(site).collect();
		let mut world = Self {
			chain,
			hub: Default::default(),
			sites,
			limits,
			patrol: false,
			folder,
		};
		for index in 0..=validators {
			world.start(index).await;
		}
		world
			.until("all members are online", |world| {
				world
					.sites
					.iter()
					.all(|site| site.handle().members_online().0 == validators)
			})
			.await;
		world
	}

	pub(crate) fn observer(&self) -> usize {
		self.chain.current().members.len()
	}

	pub(crate) fn node(&self, index: usize) -> &Handle {
		self.sites[index].handle()
	}

	/// Another node with the keys of a validator and a database of its own. Its place among the sites.
	pub(crate) async fn twin(&mut self, of: usize) -> usize {
		let index = self.sites.len();
		self.sites.push(Site {
			peer: PeerId::random(),
			authority: Some(authority(of)),
			key: Some(of),
			path: self.folder.path().join(index.to_string()),
			gateway: None,
			running: None,
		});
		self.start(index).await;
		index
	}

	pub(crate) async fn start(&mut self, index: usize) {
		let site = &mut self.sites[index];
		let (sender, receiver) = inbound_queue();
		self.hub.join(site.peer, sender);
		for attempt in 0.. {
			let config = Config {
				path: site.path.clone(),
				gateway: site.gateway,
				key: site.key.map(secret),
				patrol: self.patrol,
				registry: None,
				limits: self.limits.clone(),
			};
			let transport = HubTransport::new(site.peer, self.hub.clone());
			let identity = KeyedIdentity(site.authority.clone());
			let made = Service::new(
				config,
				self.chain.clone(),
				Arc::new(identity),
				Arc::new(transport),
				receiver.clone(),
			);
			match made {
				Ok((service, handle)) => {
					site.running = Some(Running {
						handle,
						task: tokio::spawn(service.run()),
					});
					return;
				}
				// The service that ran here before is still letting go of its files.
				Err(error) if attempt < 100 => {
					assert!(matches!(error, crate::Error::Store(_)), "{error}");
					tokio::time::sleep(Duration::from_millis(50)).await;
				}
				Err(error) => panic!("{error}"),
			}
		}
	}

	/// As `kill -9`: nothing is told to anybody.
	pub(crate) async fn stop(&mut self, index: usize) {
		self.hub.leave(&self.sites[index].peer);
		if let Some(running) = self.sites[index].running.take() {
			running.task.abort();
			drop(running.task.await);
		}
	}

	/// A blob, and the chain has it as paid.
	pub(crate) fn submit(&self, blob: &[u8]) -> Encoded {
		let encoded = encode(GENESIS, NAMESPACE, blob).unwrap();
		self.chain.submit(*encoded.header(), 5_000, 10_000);
		encoded
	}

	/// Publish at a node and wait for the certificate.
	pub(crate) async fn certified(&self, at: usize, blob: &Bytes) -> Commitment {
		let commitment = self.submit(blob).commitment();
		self.node(at).publish(commitment, blob.clone()).await.unwrap();
		self.until("the blob is certified", |world| world.rows_signed(commitment) > 0)
			.await;
		commitment
	}

	pub(crate) fn rows_signed(&self, commitment: Commitment) -> u32 {
		match self.chain.info(commitment).map(|info| info.state) {
			Some(BlobState::Certified { rows_signed, .. }) => rows_signed,
			_ => 0,
		}
	}

	/// A push for a member of what is assigned to `owner`.
	pub(crate) fn push_of(&self, encoded: &Encoded, owner: usize) -> Push {
		let committee = self.chain.current();
		let assignment = zerog_primitives::da::Assignment::new(
			encoded.commitment(),
			&committee.randomness,
			&committee.weights(),
			encoded.profile(),
		);
		Push {
			commitment: encoded.commitment(),
			checksum: encoded.checksum().to_vec(),
			batch: encoded.batch(&assignment.rows_of(owner)).unwrap(),
			sealed: false,
		}
	}

	/// What one peer answers to another.
	pub(crate) async fn ask(&self, from: usize, to: usize, request: Request) -> Response {
		let (from, to) = (self.sites[from].peer, self.sites[to].peer);
		let answer = self.hub.deliver(from, to, encode_request(&request)).await;
		decode_response(&answer.unwrap()).unwrap()
	}

	/// The shares in which a member attests a blob.
	pub(crate) fn shares(&self, member: usize, commitment: Commitment) -> Vec<Share> {
		let shares = self.node(member).node().store.shares().unwrap();
		shares
			.into_iter()
			.filter(|share| share.batch.contains(&commitment))
			.collect()
	}

	pub(crate) async fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
		for _ in 0..6_000 {
			if done(self) {
				return;
			}
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
		panic!("not in two minutes: {what}");
	}

	/// Until all rows of a blob of the smallest matrix are signed.
	pub(crate) async fn until_all_signed(&self, commitment: Commitment) {
		self.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 2048
		})
		.await;
	}
}

impl Site {
	/// Speaks for nobody of the present committees from its next start on.
	pub(crate) fn has_left_with(&mut self, index: usize) {
		(self.authority, self.key) = (Some(authority(index)), Some(index));
	}

	pub(crate) fn handle(&self) -> &Handle {
		&self.running.as_ref().unwrap().handle
	}
}
