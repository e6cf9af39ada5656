// SPDX-License-Identifier: Apache-2.0

//! A peer on the nodes' network that is no node: it speaks the protocol of data availability, and says what a test has it
//! say.

#![allow(dead_code)] // Each test binary uses a part of it.

use anyhow::{bail, Result};
use futures::StreamExt;
use litep2p::{
	config::ConfigBuilder,
	crypto::ed25519::{Keypair, SecretKey},
	protocol::request_response::{
		ConfigBuilder as ProtocolBuilder, DialOptions, RequestResponseEvent, RequestResponseHandle,
	},
	transport::tcp::config::Config as Tcp,
	types::multiaddr::{Multiaddr, Protocol},
	Litep2p, PeerId, ProtocolName,
};
use std::{
	collections::HashMap,
	net::Ipv4Addr,
	sync::mpsc as blocking,
	thread::{self, JoinHandle},
	time::Duration,
};
use tokio::{
	runtime,
	sync::{mpsc, oneshot},
	time::timeout,
};
use zerog_da_wire::protocol::{
	decode_request, decode_response, encode_request, encode_response, protocol_name, Hello, Refusal, Request,
	Response,
};
use zerog_devnet::{ports::MAX_VALIDATORS, Ports};
use zerog_erasure::Hash;

/// Longest message in bytes: more than nodes take.
const LONGEST: usize = 16 << 20;
/// How long an answer may take, and a connection may be idle: longer than nodes allow.
const ANSWER: Duration = Duration::from_secs(60);
/// How long an answer is waited for when this peer itself stood still meanwhile.
const PATIENCE: Duration = Duration::from_secs(180);

/// What came of a request: an answer, or what cut it off.
pub(crate) type Answer = Result<Response, String>;

enum Order {
	Ask {
		to: PeerId,
		request: Vec<u8>,
		dial: DialOptions,
		reply: oneshot::Sender<Result<Vec<u8>, String>>,
	},
	/// Nothing is read and nothing written until the other end is dropped.
	Stall(blocking::Receiver<()>),
	Leave,
}

/// A peer with a thread of its own. When it is dropped, its connections and its address are closed before this returns.
pub(crate) struct Peer {
	pub(crate) id: PeerId,
	validators: Vec<PeerId>,
	orders: mpsc::UnboundedSender<Order>,
	thread: Option<JoinHandle<()>>,
}

impl Peer {
	/// One with a new key, which nobody knows or can reach.
	pub(crate) fn stranger(genesis: &Hash, ports: Ports) -> Result<Self> {
		Self::start(genesis, ports, None, |_| Response::Refused(Refusal::NotHeld))
	}

	/// One in the place of a validator whose process does not run: with its node key, at its address. It answers requests
	/// with `answer`.
	pub(crate) fn instead_of(
		genesis: &Hash,
		ports: Ports,
		validator: u16,
		answer: impl FnMut(Request) -> Response + Send + 'static,
	) -> Result<Self> {
		Self::start(genesis, ports, Some(validator), answer)
	}

	fn start(
		genesis: &Hash,
		ports: Ports,
		place: Option<u16>,
		answer: impl FnMut(Request) -> Response + Send + 'static,
	) -> Result<Self> {
		let address = |validator: u16| {
			let host = Multiaddr::empty().with(Protocol::Ip4(Ipv4Addr::LOCALHOST));
			host.with(Protocol::Tcp(ports.p2p + validator))
		};
		let validators: Vec<PeerId> = (0..MAX_VALIDATORS as u16).map(Self::id_of).collect();
		let known: Vec<(PeerId, Vec<Multiaddr>)> = (0..)
			.zip(&validators)
			.filter(|(validator, _)| Some(*validator) != place)
			.map(|(validator, id)| (*id, vec![address(validator).with(Protocol::P2p((*id).into()))]))
			.collect();
		let name = ProtocolName::from(protocol_name(genesis, None));
		let (protocol, handle) = ProtocolBuilder::new(name)
			.with_max_size(LONGEST)
			.with_timeout(ANSWER)
			.build();
		let tcp = Tcp {
			listen_addresses: place.map(address).into_iter().collect(),
			reuse_port: false,
			nodelay: true,
			substream_open_timeout: ANSWER,
			..Default::default()
		};
		let keypair = place.map_or_else(Keypair::generate, key_of);
		let id = keypair.public().to_peer_id();
		let config = ConfigBuilder::new()
			.with_keypair(keypair)
			.with_tcp(tcp)
			.with_known_addresses(known.into_iter())
			.with_request_response_protocol(protocol)
			.with_keep_alive_timeout(ANSWER)
			.build();

		let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
		let begun = {
			let _inside = runtime.enter();
			Litep2p::new(config)
		};
		let litep2p = match begun {
			Ok(litep2p) if litep2p.listen_addresses().count() == usize::from(place.is_some()) => litep2p,
			other => {
				// Async code may not wait for the end of another runtime.
				runtime.shutdown_background();
				bail!(
					"the peer does not start, or its address is taken: {:?}",
					other.err()
				)
			}
		};
		let (orders, inbox) = mpsc::unbounded_channel();
		let thread = thread::spawn(move || runtime.block_on(live(litep2p, handle, inbox, answer)));
		Ok(Self {
			id,
			validators,
			orders,
			thread: Some(thread),
		})
	}

	/// The peer id of a validator.
	pub(crate) fn id_of(validator: u16) -> PeerId {
		key_of(validator).public().to_peer_id()
	}

	/// Connects to a validator, unless that is so, and asks who it is; one at a time.
	pub(crate) async fn meet(&self, validator: u16, hello: Option<Hello>) -> Answer {
		let request = encode_request(&Request::Identify(hello));
		self.order(validator, request, DialOptions::Dial).await
	}

	/// Sends a request to a validator that it is connected to, or what is none.
	pub(crate) async fn ask(&self, validator: u16, request: Vec<u8>) -> Answer {
		self.order(validator, request, DialOptions::Reject).await
	}

	async fn order(&self, validator: u16, request: Vec<u8>, dial: DialOptions) -> Answer {
		let (reply, answer) = oneshot::channel();
		let to = self.validators[usize::from(validator)];
		let order = Order::Ask {
			to,
			request,
			dial,
			reply,
		};
		self.orders.send(order).ok();
		let answer = timeout(PATIENCE, answer).await;
		let answer = answer.map_err(|_| "no answer in time".to_owned())?;
		let bytes = answer.map_err(|_| "the peer is gone".to_owned())??;
		decode_response(&bytes).map_err(|error| error.to_string())
	}

	/// From when this is reached on it stands still, until what is returned is dropped: nothing that others send is read.
	pub(crate) fn stall(&self) -> blocking::Sender<()> {
		let (release, until) = blocking::channel();
		self.orders.send(Order::Stall(until)).ok();
		release
	}
}

impl Drop for Peer {
	fn drop(&mut self) {
		self.orders.send(Order::Leave).ok();
		if let Some(thread) = self.thread.take() {
			thread.join().ok();
		}
	}
}

/// The node key of a validator, as the development network gives it.
fn key_of(validator: u16) -> Keypair {
	let mut secret = [0; 32];
	secret[30..].copy_from_slice(&(validator + 1).to_be_bytes());
	SecretKey::try_from_bytes(secret).expect("32 bytes").into()
}

async fn live(
	mut litep2p: Litep2p,
	mut handle: RequestResponseHandle,
	mut orders: mpsc::UnboundedReceiver<Order>,
	mut answer: impl FnMut(Request) -> Response,
) {
	let mut waiting = HashMap::new();
	loop {
		tokio::select! {
			event = litep2p.next_event() => {
				if event.is_none() {
					return;
				}
			}
			order = orders.recv() => match order {
				Some(Order::Ask { to, request, dial, reply }) => {
					match handle.send_request(to, request, dial).await {
						Ok(id) => drop(waiting.insert(id, reply)),
						Err(error) => drop(reply.send(Err(error.to_string()))),
					}
				}
				Some(Order::Stall(until)) => {
					until.recv().ok();
				}
				Some(Order::Leave) | None => return,
			},
			event = handle.next() => match event {
				Some(RequestResponseEvent::RequestReceived { request_id, request, .. }) => {
					match decode_request(&request) {
						Ok(request) => handle.send_response(request_id, encode_response(&answer(request))),
						Err(_) => handle.reject_request(request_id),
					}
				}
				Some(RequestResponseEvent::ResponseReceived { request_id, response, .. }) => {
					if let Some(reply) = waiting.remove(&request_id) {
						reply.send(Ok(response)).ok();
					}
				}
				Some(RequestResponseEvent::RequestFailed { request_id, error, .. }) => {
					if let Some(reply) = waiting.remove(&request_id) {
						reply.send(Err(format!("{error:?}"))).ok();
					}
				}
				None => return,
			},
		}
	}
}
