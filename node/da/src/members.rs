// SPDX-License-Identifier: Apache-2.0

//! Which peer speaks for which operator.
//!
//! A peer counts as a member only after it sent a signature by an authority-discovery key over
//! `hello_message(genesis, its peer id)`; the transport authenticates the peer id, so nobody can replay it. Discovery
//! supplies peers to ask, nothing more. Whoever is connected is asked, and so is an unknown one that sends a share; whoever
//! fails is asked again. Members are those of all present committees, of which that of the root network has all operators,
//! and for some minutes those of earlier ones whose rows are asked for.

use crate::{
	node::{pure, AskError, Node, LOG},
	protocol::{Hello, Request, Response},
	Misbehaviour,
};
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use polkadot_sdk::sc_network_types::PeerId;
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::sync::{oneshot, watch, Notify};
use zerog_erasure::Hash;
use zerog_primitives::da::{Committee, Member};

/// Members of all present committees together that are looked for; all operators are fewer.
const MAX_MEMBERS: usize = 2_048;
/// Peers asked at once.
const ASK_AT_ONCE: usize = 8;
/// Peers remembered at most; those of validators are few.
const MAX_PEERS: usize = 4_096;
/// After how long a peer that is nobody is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(20);
/// How long a peer, or discovery, is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest pause after failures.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// Members of earlier committees that are looked for, and for how long after somebody missed them.
const MAX_MISSED: usize = 256;
const MISSED: Duration = Duration::from_secs(600);
/// Between two questions to discovery about one authority.
const DISCOVER_AGAIN: Duration = Duration::from_secs(10);

/// Whether a hello proves that `peer` serves the validator with its key.
pub fn check_hello(genesis: &Hash, peer: &PeerId, hello: &Hello) -> bool {
	let peer = peer.to_bytes();
	pure(
		|| (*genesis, peer.clone(), hello.clone()),
		|| hello.proves(genesis, &peer),
	)
}

#[derive(Default)]
struct Table {
	peers: HashMap<[u8; 32], PeerId>,
	authorities: HashMap<PeerId, [u8; 32]>,
	/// Who spoke for a present member before its present peer proved to; the last one of each.
	displaced: HashMap<PeerId, [u8; 32]>,
	/// When a peer may be asked again, and how often it failed.
	asked: HashMap<PeerId, (Instant, u32)>,
	discovered: HashMap<[u8; 32], Instant>,
	/// Authorities that were missed, and until when they are looked for.
	missed: HashMap<[u8; 32], Instant>,
	/// Authorities of the present committees.
	current: HashSet<[u8; 32]>,
}

impl Table {
	fn forget(&mut self, peer: &PeerId) {
		if let Some(authority) = self.authorities.remove(peer) {
			if self.peers.get(&authority) == Some(peer) {
				self.peers.remove(&authority);
			}
		}
	}
}

/// The binding of peers to validators.
pub struct Members {
	genesis: Hash,
	table: Mutex<Table>,
	changed: watch::Sender<u64>,
	kick: Notify,
}

impl Members {
	pub(crate) fn new(genesis: Hash) -> Self {
		Self {
			genesis,
			table: Default::default(),
			changed: watch::Sender::new(0),
			kick: Notify::new(),
		}
	}

	/// Bind a peer that proved who it is. `false` when the proof is wrong.
	pub(crate) fn accept(&self, peer: PeerId, hello: &Hello) -> bool {
		if !check_hello(&self.genesis, &peer, hello) {
			return false;
		}
		let mut table = self.table.lock();
		let is_current = table.current.contains(&hello.public);
		let is_expected = is_current || table.peers.contains_key(&hello.public);
		if table.authorities.len() >= MAX_PEERS && !is_expected {
			return true;
		}
		if table.authorities.get(&peer) != Some(&hello.public) {
			table.forget(&peer);
		}
		table.authorities.insert(peer, hello.public);
		table.displaced.remove(&peer);
		let before = table.peers.insert(hello.public, peer);
		if let Some(before) = before.filter(|before| *before != peer) {
			table.authorities.remove(&before);
			if is_current {
				table.displaced.retain(|_, authority| *authority != hello.public);
				table.displaced.insert(before, hello.public);
			}
		}
		// Strangers have keys too, and must not wake whoever waits for a member.
		let is_awaited = is_current || table.missed.contains_key(&hello.public);
		drop(table);
		if before != Some(peer) && is_awaited {
			log::debug!(target: LOG, "{peer} proved to be an operator");
			self.changed.send_modify(|count| *count = count.wrapping_add(1));
		}
		true
	}

	/// The peer that speaks for a member.
	pub(crate) fn peer_of(&self, member: &Member) -> Option<PeerId> {
		self.table.lock().peers.get(member.authority.as_ref()?).copied()
	}

	/// Somebody needs a member, of whatever committee, that is bound to no peer.
	pub(crate) fn miss(&self, member: &Member) {
		let mut table = self.table.lock();
		let until = Instant::now().checked_add(MISSED);
		if let (Some(authority), Some(until)) = (member.authority, until) {
			if table.missed.len() < MAX_MISSED || table.missed.contains_key(&authority) {
				table.missed.insert(authority, until);
			}
		}
	}

	/// Whether a peer proved to be a member of a committee.
	pub(crate) fn is_in(&self, peer: &PeerId, committee: &Committee) -> bool {
		let authority = self.table.lock().authorities.get(peer).copied();
		authority.is_some()
			&& committee
				.members
				.iter()
				.any(|member| member.authority == authority)
	}

	/// Whether shares of a peer are looked at: it proved to be a member of a present committee, or of the one that they are
	/// for. So did both of two nodes with one key: what they say under one number is heard from both.
	pub(crate) fn may_sign(&self, peer: &PeerId, committee: impl FnOnce() -> Option<Arc<Committee>>) -> bool {
		let table = self.table.lock();
		let authority = table.authorities.get(peer).or_else(|| table.displaced.get(peer));
		let Some(authority) = authority.copied() else {
			return false;
		};
		let is_current = table.current.contains(&authority);
		drop(table);
		let is_in = |committee: Arc<Committee>| {
			let mut members = committee.members.iter();
			members.any(|member| member.authority == Some(authority))
		};
		is_current || committee().is_some_and(is_in)
	}

	/// Whether a peer proved to be a member of a present committee.
	pub(crate) fn is_member(&self, peer: &PeerId) -> bool {
		let table = self.table.lock();
		let authority = table.authorities.get(peer);
		authority.is_some_and(|authority| table.current.contains(authority))
	}

	/// A request to a peer failed: it must prove itself again.
	pub(crate) fn failed(&self, peer: &PeerId) {
		let mut table = self.table.lock();
		if table.authorities.contains_key(peer) {
			table.forget(peer);
			table.asked.remove(peer);
			drop(table);
			self.kick.notify_one();
		}
	}

	/// Changes whenever a peer is bound.
	pub(crate) fn changes(&self) -> watch::Receiver<u64> {
		self.changed.subscribe()
	}

	/// Which of these members are bound to a peer.
	pub(crate) fn online<'a>(&self, members: impl IntoIterator<Item = &'a Member>) -> usize {
		members
			.into_iter()
			.filter(|member| self.peer_of(member).is_some())
			.count()
	}

	/// Whether `peer` may be asked who it is, now; if so it may not be asked again for a while.
	fn take_turn(&self, peer: &PeerId, force: bool) -> bool {
		let mut table = self.table.lock();
		if force {
			return true;
		}
		if table.authorities.contains_key(peer) {
			return false;
		}
		let now = Instant::now();
		if table.asked.get(peer).is_some_and(|(next, _)| *next > now) || table.asked.len() >= MAX_PEERS {
			return false;
		}
		let failures = table.asked.get(peer).map_or(0, |(_, failures)| *failures);
		let pause = Duration::from_millis(500)
			.saturating_mul(1 << failures.min(6))
			.min(MAX_PAUSE);
		table.asked.insert(
			*peer,
			(now.checked_add(pause).unwrap_or(now), failures.saturating_add(1)),
		);
		true
	}

	/// A peer said that it is nobody.
	fn is_nobody(&self, peer: PeerId) {
		let now = Instant::now();
		self.table
			.lock()
			.asked
			.insert(peer, (now.checked_add(ASK_AGAIN).unwrap_or(now), 0));
	}

	/// Authorities about which discovery may be asked now.
	fn to_discover(&self, members: &[Member], own: Option<[u8; 32]>) -> Vec<[u8; 32]> {
		let mut table = self.table.lock();
		let now = Instant::now();
		let next = now.checked_add(DISCOVER_AGAIN).unwrap_or(now);
		let wanted: Vec<[u8; 32]> = members
			.iter()
			.filter_map(|member| member.authority)
			.chain(table.missed.keys().copied())
			.filter(|authority| Some(*authority) != own && !table.peers.contains_key(authority))
			.filter(|authority| table.discovered.get(authority).is_none_or(|next| *next <= now))
			.collect();
		table.discovered.retain(|_, next| *next > now);
		table
			.discovered
			.extend(wanted.iter().map(|authority| (*authority, next)));
		wanted
	}

	/// Forget peers that left, but for validators', and let everybody be asked again when the committees
	/// changed.
	fn tidy(&self, connected: &[PeerId], members: &[Member], are_new: bool) {
		let connected: HashSet<&PeerId> = connected.iter().collect();
		let current: HashSet<[u8; 32]> = members.iter().filter_map(|member| member.authority).collect();
		let mut table = self.table.lock();
		let now = Instant::now();
		table
			.asked
			.retain(|peer, (next, _)| *next > now || connected.contains(peer));
		if are_new {
			table.asked.clear();
			table.discovered.clear();
		}
		table.missed.retain(|_, until| *until > now);
		let is_needed = |authority| current.contains(authority) || table.missed.contains_key(authority);
		let gone: Vec<PeerId> = table
			.authorities
			.iter()
			.filter(|(peer, authority)| !connected.contains(peer) && !is_needed(*authority))
			.map(|(peer, _)| *peer)
			.collect();
		gone.iter().for_each(|peer| table.forget(peer));
		table.displaced.retain(|_, authority| current.contains(authority));
		table.current = current;
	}
}

/// The members of some committees, each authority once.
fn union(committees: &[Arc<Committee>]) -> Vec<Member> {
	let mut known = HashSet::new();
	let members = committees.iter().flat_map(|committee| &committee.members);
	let new = members.filter(|member| member.authority.is_some_and(|authority| known.insert(authority)));
	new.take(MAX_MEMBERS).cloned().collect()
}

/// Ask a peer who it is, unless it was asked a moment ago. What is returned ends when it has answered, or never will.
pub(crate) fn ask_who(node: &Arc<Node>, peer: PeerId, force: bool) -> Option<oneshot::Receiver<()>> {
	if !node.members.take_turn(&peer, force) {
		return None;
	}
	let (done, answered) = oneshot::channel::<()>();
	let asking = node.clone();
	node.tasks.spawn(async move {
		let request = Request::Identify(asking.hello());
		let answer = asking.ask(peer, &request).await;
		learn(&asking, peer, answer);
		drop(done);
	});
	Some(answered)
}

/// Ask a peer who it is. One that is far away is not waited for, but what it says later counts.
async fn identify(node: &Arc<Node>, peer: PeerId, force: bool) {
	if let Some(answered) = ask_who(node, peer, force) {
		drop(tokio::time::timeout(PATIENCE, answered).await);
	}
}

fn learn(node: &Node, peer: PeerId, answer: Result<Response, AskError>) {
	match answer {
		Ok(Response::Identity(Some(hello))) => {
			if !node.members.accept(peer, &hello) {
				log::warn!(target: LOG, "{peer} claims to be an operator with a wrong signature");
				node.transport.report(peer, Misbehaviour::BadSignature);
				node.members.is_nobody(peer);
			}
		}
		Ok(Response::Identity(None)) => node.members.is_nobody(peer),
		Ok(other) => drop(node.wrong_answer(peer, &other)),
		Err(AskError::Transport(error)) => log::trace!(target: LOG, "{peer} did not say who it is: {error}"),
		Err(error) => log::debug!(target: LOG, "{peer} did not say who it is: {error}"),
	}
}

/// Ask who is not known yet, until the service ends. Who is connected does not wait for who is gone.
pub(crate) async fn run(node: Arc<Node>) {
	let met = Notify::new();
	tokio::join!(greet(&node, &met), seek(&node, &met));
}

/// Ask all that are connected, again and again; `met` hears of each time.
async fn greet(node: &Arc<Node>, met: &Notify) {
	let mut timer = tokio::time::interval(node.limits.refresh);
	timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
	let mut known: Option<u32> = None;
	loop {
		tokio::select! {
			_ = timer.tick() => {},
			_ = node.members.kick.notified() => {},
		}
		let connected = node.transport.connected();
		let committees = node.blobs.current_committees();
		let now = committees.iter().map(|committee| committee.id.session).max();
		let members = union(&committees);
		node.members.tidy(&connected, &members, now != known);
		known = now;

		// When we became another validator, or one at all, everybody hears it.
		let force = node.renew_hello();
		ask_all(node, connected, force).await;
		met.notify_one();
		node.metrics.members.set(node.members.online(&members) as u64);
	}
}

/// Ask those that are not connected, once all others were: discovery may know where they are.
async fn seek(node: &Arc<Node>, met: &Notify) {
	loop {
		met.notified().await;
		let members = union(&node.blobs.current_committees());
		let own = node.me().authority;
		let found: Vec<PeerId> = stream::iter(node.members.to_discover(&members, own))
			.map(|authority| tokio::time::timeout(PATIENCE, node.transport.discover(authority)))
			.buffer_unordered(ASK_AT_ONCE)
			.flat_map(|peers| stream::iter(peers.unwrap_or_default()))
			.collect()
			.await;
		ask_all(node, found, false).await;
	}
}

async fn ask_all(node: &Arc<Node>, peers: Vec<PeerId>, force: bool) {
	let local = node.transport.local_peer();
	let others = peers.into_iter().filter(move |peer| *peer != local);
	stream::iter(others)
		.for_each_concurrent(ASK_AT_ONCE, |peer| identify(node, peer, force))
		.await;
}
