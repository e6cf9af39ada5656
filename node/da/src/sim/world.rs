// SPDX-License-Identifier: Apache-2.0

//! All nodes of one simulation, and what happens to them.

use super::{
	behaviour::Behaviour,
	chain::{Ledger, NodeChain, SLOT},
	disk, fail, host,
	network::{Link, Network, Weather},
	random::Rng,
	referee::{folder, Referee},
	GENESIS,
};
use crate::{
	protocol::{inbound_queue, Hello},
	Config, Handle, Identity, Limits, Service,
};
use bytes::Bytes;
use parking_lot::Mutex;
use polkadot_sdk::{
	sc_network_types::PeerId,
	sp_core::{sr25519, Pair},
};
use std::{
	collections::BTreeSet,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::Duration,
};
use tokio::{
	task::JoinHandle,
	time::{sleep, timeout},
};
use zerog_bls::signer::SecretKey;
use zerog_erasure::{Commitment, Encoded, Profile};
use zerog_primitives::da::{allotment, hello_message, Committee, CommitteeId, Member};

/// How long one read may take. Who is gone (an attempt to connect takes five seconds) or silent is not waited for after two, and
/// 16 are asked at a time, soon 64: 200 take 10 s. Where three quarters are gone or lie, and all are asked three times more, it is
/// half a minute; the checksum is a few seconds, and some lies last until a request fails by itself after 20 s.
const READ: Duration = Duration::from_secs(60);
/// Delays of its own link that a reader gets beyond that: from a second on it takes everybody for silent, and asks twice.
const READ_DELAYS: u32 = 40;

struct Running {
	handle: Handle,
	task: JoinHandle<()>,
}

/// Signs the hello once: the keystore's signatures are random.
struct Keys {
	pair: sr25519::Pair,
	hello: Mutex<Option<([u8; 32], [u8; 64])>>,
}

impl Identity for Keys {
	fn hello(&self, message: &[u8; 32]) -> Option<([u8; 32], [u8; 64])> {
		let sign = || (self.pair.public().0, self.pair.sign(message).0);
		Some(*self.hello.lock().get_or_insert_with(sign))
	}
}

struct Nobody;

impl Identity for Nobody {
	fn hello(&self, _: &[u8; 32]) -> Option<([u8; 32], [u8; 64])> {
		None
	}
}

/// Members `0..members`, then an observer that is none, then a peer that only attacks.
pub(super) struct World {
	pub(super) members: usize,
	/// Rows of each member.
	pub(super) rows: Vec<u32>,
	pub(super) ledger: Arc<Ledger>,
	pub(super) network: Arc<Network>,
	pub(super) referee: Arc<Referee>,
	pub(super) attacker: Link,
	/// Whether members that start look through what they have to hold.
	pub(super) patrol: AtomicBool,
	authorities: Vec<sr25519::Pair>,
	running: Mutex<Vec<Option<Running>>>,
}

/// Members drawn at random, as many as `limit` rows allow, out of `from`.
pub(super) fn draw(rng: &mut Rng, rows: &[u32], from: &[usize], limit: u32) -> BTreeSet<usize> {
	let mut sum = 0;
	let mut fits = |member: &usize| {
		let fits = sum + rows[*member] <= limit;
		sum += if fits { rows[*member] } else { 0 };
		fits
	};
	rng.shuffled(from.iter().copied())
		.into_iter()
		.filter(|member| fits(member))
		.collect()
}

impl World {
	/// Nothing runs yet. `colluders` says which members are the attacker's, given the rows of each.
	pub(super) fn new(
		seed: u64,
		weights: Vec<u128>,
		profile: Profile,
		weather: Weather,
		colluders: impl FnOnce(&[u32]) -> BTreeSet<usize>,
	) -> Arc<Self> {
		let mut rng = Rng::new(seed, "keys");
		let members = weights.len();
		let authority = |_| {
			let seed: [u8; 32] = rng.bytes(32)[..].try_into().unwrap();
			sr25519::Pair::from_seed(&seed)
		};
		let authorities: Vec<_> = (0..members).map(authority).collect();
		let keys: Vec<_> = (0..members)
			.map(|_| SecretKey::from_seed(&rng.bytes(32)))
			.collect();
		let member = |member: usize| Member {
			account: authorities[member].public().0,
			authority: Some(authorities[member].public().0),
			key: Some(keys[member].public()),
			weight: weights[member],
		};
		let committee = Committee {
			id: CommitteeId::root(7),
			randomness: rng.bytes(32)[..].try_into().unwrap(),
			members: (0..members).map(member).collect(),
		};
		let rows = allotment(&weights, profile.rows());
		let referee = Arc::new(Referee::new(keys, committee, colluders(&rows)));
		let ledger = Ledger::new(seed, members + 2, referee.clone());
		let peers = (0..members + 2).map(|at| {
			let authority = authorities.get(at).map(|pair| pair.public().0);
			// An identity multihash of 32 bytes.
			let id = [&[0, 32], &rng.bytes(32)[..]].concat();
			(PeerId::from_bytes(&id).unwrap(), authority)
		});
		let network = Network::new(seed, weather, peers.collect(), referee.clone(), ledger.clone());
		network.edit(members + 1, |site| site.behaviour = Behaviour::Attacker);
		let attacker = network.join(members + 1, async_channel::bounded(1).0);
		tokio::spawn(ledger.clone().run());
		Arc::new(Self {
			members,
			rows,
			ledger,
			network,
			referee,
			attacker,
			patrol: AtomicBool::new(false),
			authorities,
			running: Mutex::new((0..=members).map(|_| None).collect()),
		})
	}

	pub(super) fn observer(&self) -> usize {
		self.members
	}

	/// The attacker takes the place of a member that does not run: its way into the network, and the proof of who it is.
	pub(super) fn usurp(&self, at: usize) -> (Link, Hello) {
		self.network.edit(at, |site| site.behaviour = Behaviour::Attacker);
		let link = self.network.join(at, async_channel::bounded(1).0);
		let (pair, peer) = (&self.authorities[at], self.network.peer(at));
		let hello = Hello {
			public: pair.public().0,
			signature: pair.sign(&hello_message(&GENESIS, &peer.to_bytes())).0,
		};
		(link, hello)
	}

	pub(super) fn start(&self, at: usize) {
		let (sender, receiver) = inbound_queue();
		let link = self.network.join(at, sender);
		let is_member = at < self.members;
		let config = Config {
			path: folder(at),
			gateway: None,
			key: is_member.then(|| self.referee.keys[at].clone()),
			patrol: is_member && self.patrol.load(Ordering::Relaxed),
			registry: None,
			limits: Limits {
				// What nobody checks here need not happen every second.
				refresh: Duration::from_secs(4),
				..Default::default()
			},
		};
		let identity: Arc<dyn Identity> = match self.authorities.get(at) {
			Some(pair) => Arc::new(Keys {
				pair: pair.clone(),
				hello: Mutex::new(None),
			}),
			None => Arc::new(Nobody),
		};
		let chain = NodeChain {
			ledger: self.ledger.clone(),
			at,
		};
		let (service, handle) = Service::new(config, Arc::new(chain), identity, Arc::new(link), receiver)
			.unwrap_or_else(|error| fail(format!("{at} does not start: {error}")));
		let task = tokio::spawn(service.run());
		self.running.lock()[at] = Some(Running { handle, task });
	}

	/// Start all but some members, and wait until they know each other or ten seconds are over.
	pub(super) async fn start_all_but(&self, absent: &BTreeSet<usize>) {
		let all = (0..=self.members).filter(|at| !absent.contains(at) && !self.referee.collude(*at));
		all.for_each(|at| self.start(at));
		for _ in 0..100 {
			sleep(Duration::from_millis(100)).await;
			let running = self.running.lock();
			let members = running[..self.members].iter().flatten().count();
			let mut handles = running.iter().flatten().map(|running| &running.handle);
			if handles.all(|handle| handle.members_online().0 >= members) {
				break;
			}
		}
	}

	pub(super) fn handle(&self, at: usize) -> Option<Handle> {
		self.running.lock()[at]
			.as_ref()
			.map(|running| running.handle.clone())
	}

	/// The process of a node dies; with `power`, the power fails as well.
	pub(super) async fn crash(&self, at: usize, power: Option<&mut Rng>) {
		let Some(running) = self.running.lock()[at].take() else {
			return;
		};
		self.network.leave(at);
		running.task.abort();
		drop(running.task.await);
		let unsynced = disk::crash(&folder(at), None);
		if let Some(rng) = power {
			disk::crash(&folder(at), Some(rng.within(0..unsynced + 1)));
		}
		self.network.note("crash", at, at, &[]);
	}

	/// The process of a member dies, and its disk with it, or only some of the rows there.
	pub(super) async fn lose_disk(&self, at: usize, rng: &mut Rng) {
		self.crash(at, None).await;
		let (whole, percent) = (rng.chance(50), rng.within(20..101) as u64);
		let lost = disk::lose(&folder(at), |family| {
			whole || (family == "rows" && rng.chance(percent))
		});
		if lost > 0 {
			self.referee.misdeed("lost disks");
		}
		self.network.note("loss", at, at, &[]);
	}

	/// Wait until the disks of these members have all rows of these blobs that are theirs.
	pub(super) async fn healed(&self, members: &BTreeSet<usize>, blobs: &[Commitment], within: Duration) {
		let (id, start) = (self.referee.committee.id, host::now());
		for member in members {
			for blob in blobs {
				while !self.referee.holds_durably(id, *member, *blob) {
					if host::now() > start + within {
						fail(format!("{member} still lacks rows of {blob} after {within:?}"));
					}
					sleep(SLOT).await;
				}
			}
		}
	}

	/// Pay for a blob.
	pub(super) fn submit(&self, encoded: &Encoded) -> Commitment {
		self.ledger.submit(encoded.header(), encoded.checksum())
	}

	/// As a patient client: publish at any of these nodes until the blob is certified or its deadline has passed.
	pub(super) async fn publish(
		self: Arc<Self>,
		mut rng: Rng,
		at: Vec<usize>,
		commitment: Commitment,
		blob: Bytes,
	) {
		while !self.is_certified(commitment) && !self.ledger.is_over(commitment) {
			let Some(handle) = self.handle(rng.pick(&at)) else {
				sleep(Duration::from_millis(500)).await;
				continue;
			};
			let done = timeout(Duration::from_secs(35), handle.publish(commitment, blob.clone())).await;
			let pause = if matches!(done, Ok(Ok(_))) { 15 } else { 1 };
			for _ in 0..pause {
				sleep(Duration::from_secs(1)).await;
				if self.is_certified(commitment) {
					return;
				}
			}
		}
	}

	pub(super) fn is_certified(&self, commitment: Commitment) -> bool {
		self.ledger.signers(commitment).is_some()
	}

	/// Wait for the certificate, and for another block, with which each node that is not cut off has seen it.
	pub(super) async fn certified(&self, commitment: Commitment, within: Duration) {
		let start = host::now();
		while !self.is_certified(commitment) {
			if host::now() > start + within {
				fail(format!("no certificate within {within:?}"));
			}
			sleep(Duration::from_millis(100)).await;
		}
		sleep(SLOT + Duration::from_millis(600)).await;
	}

	/// Wait long enough for any certificate; there must be none.
	pub(super) async fn stays_pending(&self, commitment: Commitment, seconds: u64) {
		sleep(Duration::from_secs(seconds)).await;
		if let Some(signers) = self.ledger.signers(commitment) {
			fail(format!("certified by {} members, and must not be", signers.len()));
		}
	}

	/// All these nodes read the same bytes, `blob`.
	pub(super) async fn read(
		&self,
		readers: &[usize],
		commitment: Commitment,
		blob: &Bytes,
		attempts: usize,
	) {
		let read = |at: usize| async move {
			let handle = self.handle(at).unwrap();
			let mut delay = Duration::ZERO;
			self.network
				.edit(at, |site| delay = Duration::from_millis(site.slow_ms));
			let within = READ + READ_DELAYS * delay;
			let once = || async {
				let read = timeout(within, handle.retrieve(commitment)).await;
				read.unwrap_or_else(|_| fail(format!("{at} still reads after {within:?}")))
			};
			let mut result = once().await;
			for _ in 1..attempts {
				if result.is_ok() {
					break;
				}
				sleep(Duration::from_secs(5)).await;
				result = once().await;
			}
			match result {
				Ok(bytes) if bytes == blob => {}
				Ok(_) => fail(format!("{at} reads other bytes")),
				Err(error) => fail(format!("{at} cannot read: {error}")),
			}
		};
		futures::future::join_all(readers.iter().map(|at| read(*at))).await;
	}
}
