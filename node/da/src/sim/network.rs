// SPDX-License-Identifier: Apache-2.0

//! A network in memory: latency, loss, reordering, partitions, peers that are gone, and peers that misbehave.
//!
//! A message leaves its sender at the pace of the sender's uplink, travels for the latency of its link and some jitter
//! of its own (so messages overtake each other), and may be lost: the requester then sees a broken connection soon, or
//! nothing before its patience ends.

use super::{behaviour::Behaviour, chain::Ledger, fail, host, random::Rng, referee::Referee};
use crate::{
	protocol::{
		decode_request, decode_response, encode_request, encode_response, Request, Response, REQUEST_TIMEOUT,
	},
	Misbehaviour, Transport, TransportError,
};
use async_trait::async_trait;
use futures::channel::oneshot;
use parking_lot::Mutex;
use polkadot_sdk::{sc_network::config::IncomingRequest, sc_network_types::PeerId};
use std::{
	collections::{BTreeMap, HashMap},
	hash::{DefaultHasher, Hash, Hasher},
	sync::Arc,
	time::Duration,
};
use tokio::time::{sleep, timeout};

/// Bytes that a node sends in a millisecond: 1 Gbit/s.
const UPLINK: u64 = 125_000;
/// How long a connection attempt that gets no answer takes.
const DIAL: Duration = Duration::from_secs(5);

/// What links do to messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
	pub(super) latency_ms: u64,
	/// Up to so much is added to each message's latency.
	pub(super) jitter_ms: u64,
	pub(super) loss_percent: u64,
}

pub(super) struct Site {
	pub(super) peer: PeerId,
	pub(super) authority: Option<[u8; 32]>,
	pub(super) behaviour: Behaviour,
	/// Added to the latency of all links of this node.
	pub(super) slow_ms: u64,
	/// Nodes reach each other when they are on the same side.
	pub(super) side: u8,
	/// Goes up with each crash; what the dead still send is dropped.
	pub(super) life: u64,
	inbox: Option<async_channel::Sender<IncomingRequest>>,
	/// When the uplink has sent what it was given so far.
	uplink_free: Duration,
}

#[derive(Default)]
pub(super) struct Traffic {
	pub(super) messages: u64,
	pub(super) bytes: u64,
}

struct State {
	sites: Vec<Site>,
	weather: Weather,
	rng: Rng,
	trace: DefaultHasher,
	events: u64,
	traffic: BTreeMap<&'static str, Traffic>,
	in_flight: usize,
	most_in_flight: usize,
}

pub(super) struct Network {
	state: Mutex<State>,
	by_peer: HashMap<PeerId, usize>,
	referee: Arc<Referee>,
	ledger: Arc<Ledger>,
	print: bool,
}

fn kind(message: &[u8]) -> &'static str {
	let kinds = ["identify", "push", "share", "fetch", "checksum", "seal", "latest"];
	let index = message.get(1).map(|index| usize::from(*index));
	index
		.and_then(|index| kinds.get(index))
		.copied()
		.unwrap_or("other")
}

impl Network {
	pub(super) fn new(
		seed: u64,
		weather: Weather,
		peers: Vec<(PeerId, Option<[u8; 32]>)>,
		referee: Arc<Referee>,
		ledger: Arc<Ledger>,
	) -> Arc<Self> {
		let by_peer = peers
			.iter()
			.enumerate()
			.map(|(index, (peer, _))| (*peer, index))
			.collect();
		let site = |(peer, authority)| Site {
			peer,
			authority,
			behaviour: Behaviour::Honest,
			slow_ms: 0,
			side: 0,
			life: 0,
			inbox: None,
			uplink_free: Duration::ZERO,
		};
		let state = State {
			sites: peers.into_iter().map(site).collect(),
			weather,
			rng: Rng::new(seed, "network"),
			trace: DefaultHasher::new(),
			events: 0,
			traffic: Default::default(),
			in_flight: 0,
			most_in_flight: 0,
		};
		Arc::new(Self {
			state: Mutex::new(state),
			by_peer,
			referee,
			ledger,
			print: std::env::var_os(super::TRACE).is_some(),
		})
	}

	pub(super) fn join(self: &Arc<Self>, at: usize, inbox: async_channel::Sender<IncomingRequest>) -> Link {
		let site = &mut self.state.lock().sites[at];
		site.inbox = Some(inbox);
		Link {
			network: self.clone(),
			at,
			life: site.life,
		}
	}

	pub(super) fn leave(&self, at: usize) {
		let site = &mut self.state.lock().sites[at];
		site.inbox = None;
		site.life += 1;
	}

	pub(super) fn edit(&self, at: usize, change: impl FnOnce(&mut Site)) {
		change(&mut self.state.lock().sites[at]);
	}

	pub(super) fn peer(&self, at: usize) -> PeerId {
		self.state.lock().sites[at].peer
	}

	pub(super) fn behaviour(&self, at: usize) -> Behaviour {
		self.state.lock().sites[at].behaviour
	}

	/// Bytes and messages of a kind so far, answers included.
	pub(super) fn traffic(&self, kind: &'static str) -> (u64, u64) {
		let state = self.state.lock();
		let traffic = state.traffic.get(kind);
		traffic.map_or((0, 0), |traffic| (traffic.bytes, traffic.messages))
	}

	/// A digest of all that happened, and how many events that was.
	pub(super) fn trace(&self) -> (u64, u64) {
		let state = self.state.lock();
		(state.trace.finish(), state.events)
	}

	pub(super) fn most_in_flight(&self) -> usize {
		self.state.lock().most_in_flight
	}

	/// Add an event to the trace.
	pub(super) fn note(&self, what: &str, from: usize, to: usize, payload: &[u8]) {
		let mut state = self.state.lock();
		state.events += 1;
		(host::now(), what, from, to, payload.len()).hash(&mut state.trace);
		// The keystore's signatures are random.
		if what != "identify" {
			payload.hash(&mut state.trace);
		}
		if self.print {
			let (now, bytes) = (host::now().as_secs_f64(), payload.len());
			println!("{now:9.3} {from:>3} -> {to:>3} {what} {bytes}");
		}
	}

	fn are_connected(&self, from: usize, to: usize) -> bool {
		let state = self.state.lock();
		let (from, to) = (&state.sites[from], &state.sites[to]);
		from.side == to.side && to.inbox.is_some()
	}

	/// One message on its way from one node to another.
	async fn hop(
		&self,
		kind: &'static str,
		from: usize,
		to: usize,
		bytes: usize,
	) -> Result<(), TransportError> {
		let (delay, lost) = {
			let state = &mut *self.state.lock();
			let traffic = state.traffic.entry(kind).or_default();
			traffic.messages += 1;
			traffic.bytes += bytes as u64;
			let Weather {
				latency_ms,
				jitter_ms,
				loss_percent,
			} = state.weather;
			let jitter = state.rng.draw() % (jitter_ms + 1);
			let latency = Duration::from_millis(
				latency_ms + jitter + state.sites[from].slow_ms + state.sites[to].slow_ms,
			);
			let free = &mut state.sites[from].uplink_free;
			let sending = Duration::from_micros(bytes as u64 * 1_000 / UPLINK);
			*free = (*free).max(host::now()) + sending;
			let lost = state.rng.chance(loss_percent).then(|| state.rng.chance(80));
			(*free + latency - host::now(), lost)
		};
		sleep(delay).await;
		match lost {
			Some(true) => {
				sleep(delay * 3).await;
				return Err(TransportError::Failed("connection reset".into()));
			}
			Some(false) => return std::future::pending().await,
			None => {}
		}
		if !self.are_connected(from, to) {
			// A connection that is cut does not tell.
			return std::future::pending().await;
		}
		Ok(())
	}

	/// A request and its answer.
	async fn request(
		self: &Arc<Self>,
		from: usize,
		to: usize,
		payload: Vec<u8>,
	) -> Result<Vec<u8>, TransportError> {
		let kind = kind(&payload);
		let (sender, receiver) = (self.behaviour(from), self.behaviour(to));
		let mut payload = payload;
		let (mut request, mut is_forged) = (None, false);
		if kind != "identify" && (sender != Behaviour::Honest || receiver != Behaviour::Honest) {
			request = decode_request(&payload).ok();
		}
		if let Some(changed) = request
			.as_ref()
			.and_then(|request| sender.rewrite(from, request, &self.referee))
		{
			payload = encode_request(&changed);
			self.referee.misdeed(sender.name());
			if matches!(sender, Behaviour::Forger | Behaviour::Misnumberer) {
				self.referee.forges(from);
			}
			is_forged = true;
		} else if kind == "share" && sender != Behaviour::Attacker {
			self.referee
				.share_leaves(from, &payload, self.ledger.height_at(from));
		}
		if request
			.as_ref()
			.is_some_and(|request| sender.withholds(request, receiver))
		{
			self.referee.misdeed("shares withheld");
			return Ok(encode_response(&Response::Counted));
		}
		if !self.are_connected(from, to) {
			sleep(DIAL).await;
			return Err(TransportError::NotConnected);
		}
		self.hop(kind, from, to, payload.len()).await?;
		self.note(kind, from, to, &payload);

		if let Some(request) = &request {
			match receiver.intercept(request, &self.ledger) {
				None => {}
				Some(None) => {
					self.referee.misdeed(receiver.name());
					return std::future::pending().await;
				}
				Some(Some(response)) => {
					self.referee.misdeed(receiver.name());
					let bytes = encode_response(&response);
					self.hop(kind, to, from, bytes.len()).await?;
					return Ok(bytes);
				}
			}
		}
		let (pending_response, answer) = oneshot::channel();
		let incoming = IncomingRequest {
			peer: self.peer(from),
			payload,
			pending_response,
		};
		let inbox = self.state.lock().sites[to].inbox.clone();
		let inbox = inbox.ok_or(TransportError::NotConnected)?;
		inbox.try_send(incoming).map_err(|_| TransportError::Refused)?;
		let answer = answer
			.await
			.map_err(|_| TransportError::Failed("the peer is gone".into()))?;
		let mut bytes = answer.result.map_err(|()| TransportError::Refused)?;
		if let Some(request) = &request {
			let response = decode_response(&bytes).unwrap_or_else(|error| fail(format!("{error}")));
			if let Some(lie) = receiver.answer(request, response) {
				self.referee.misdeed(receiver.name());
				match lie {
					Some(lie) => bytes = lie,
					None => return std::future::pending().await,
				}
			}
		}
		self.hop(kind, to, from, bytes.len()).await?;
		self.note(kind, to, from, &bytes);
		// Who forges does not always try again.
		if is_forged && self.state.lock().rng.chance(70) {
			return Ok(encode_response(&Response::Counted));
		}
		Ok(bytes)
	}
}

/// A node's access to the network, for one life.
#[derive(Clone)]
pub(super) struct Link {
	network: Arc<Network>,
	at: usize,
	life: u64,
}

/// Counts a request of the service as long as it is under way.
struct InFlight(Arc<Network>);

impl InFlight {
	fn new(network: &Arc<Network>) -> Self {
		let mut state = network.state.lock();
		state.in_flight += 1;
		state.most_in_flight = state.most_in_flight.max(state.in_flight);
		Self(network.clone())
	}
}

impl Drop for InFlight {
	fn drop(&mut self) {
		self.0.state.lock().in_flight -= 1;
	}
}

#[async_trait]
impl Transport for Link {
	fn local_peer(&self) -> PeerId {
		self.network.peer(self.at)
	}

	fn connected(&self) -> Vec<PeerId> {
		let state = self.network.state.lock();
		let side = state.sites[self.at].side;
		let near = |(at, site): &(usize, &Site)| *at != self.at && site.side == side && site.inbox.is_some();
		state
			.sites
			.iter()
			.enumerate()
			.filter(near)
			.map(|(_, site)| site.peer)
			.collect()
	}

	async fn request(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
		let alive = self.network.state.lock().sites[self.at].life == self.life;
		let to = self.network.by_peer.get(&peer).copied().filter(|_| alive);
		let Some(to) = to else {
			sleep(DIAL).await;
			return Err(TransportError::NotConnected);
		};
		let is_service = self.network.behaviour(self.at) != Behaviour::Attacker;
		let _in_flight = is_service.then(|| InFlight::new(&self.network));
		timeout(REQUEST_TIMEOUT, self.network.request(self.at, to, request))
			.await
			.unwrap_or(Err(TransportError::Timeout))
	}

	async fn discover(&self, authority: [u8; 32]) -> Vec<PeerId> {
		sleep(Duration::from_millis(200)).await;
		let state = self.network.state.lock();
		let site = state.sites.iter().find(|site| site.authority == Some(authority));
		site.map(|site| site.peer).into_iter().collect()
	}

	fn report(&self, peer: PeerId, misbehaviour: Misbehaviour) {
		let accused = self.network.by_peer[&peer];
		self.network.note(misbehaviour.as_str(), self.at, accused, &[]);
		let honest = |at| self.network.behaviour(at) == Behaviour::Honest;
		if honest(self.at) && honest(accused) {
			fail(format!(
				"{} accuses {accused}: {}",
				self.at,
				misbehaviour.as_str()
			));
		}
	}
}

impl Link {
	/// Ask as a peer that follows no rules but those of the wire.
	pub(super) async fn ask(&self, to: usize, request: &Request) -> Option<Response> {
		let peer = self.network.peer(to);
		let bytes = self.request(peer, encode_request(request)).await.ok()?;
		decode_response(&bytes).ok()
	}
}
