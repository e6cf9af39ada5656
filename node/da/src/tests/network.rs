// SPDX-License-Identifier: Apache-2.0

//! A network in memory: everybody who joined is connected to everybody.

use crate::{
	protocol::{decode_request, decode_response, encode_response, Request, Response},
	Misbehaviour, Transport, TransportError,
};
use async_trait::async_trait;
use futures::channel::oneshot;
use parking_lot::Mutex;
use polkadot_sdk::{sc_network::config::IncomingRequest, sc_network_types::PeerId};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// What a peer does to the answers it gives.
pub(crate) type Tamper = Arc<dyn Fn(&Request, Response) -> Response + Send + Sync>;

/// Whether a request to a peer does not get there.
type Lost = Arc<dyn Fn(&Request, &PeerId) -> bool + Send + Sync>;

#[derive(Default)]
struct State {
	inboxes: HashMap<PeerId, async_channel::Sender<IncomingRequest>>,
	tamper: HashMap<PeerId, Tamper>,
	lost: Option<Lost>,
	stalled: Option<Lost>,
	delays: HashMap<PeerId, Duration>,
	/// Peers that nobody is connected to, by the authority with which discovery finds them.
	remote: HashMap<[u8; 32], PeerId>,
	reports: Vec<(PeerId, Misbehaviour)>,
	requests: HashMap<&'static str, usize>,
}

#[derive(Default)]
pub(crate) struct Hub(Mutex<State>);

impl Hub {
	pub(crate) fn join(&self, peer: PeerId, inbox: async_channel::Sender<IncomingRequest>) {
		self.0.lock().inboxes.insert(peer, inbox);
	}

	pub(crate) fn leave(&self, peer: &PeerId) {
		self.0.lock().inboxes.remove(peer);
	}

	pub(crate) fn tamper(
		&self,
		peer: PeerId,
		with: impl Fn(&Request, Response) -> Response + Send + Sync + 'static,
	) {
		self.0.lock().tamper.insert(peer, Arc::new(with));
	}

	/// Requests that are lost on their way.
	pub(crate) fn lose(&self, which: impl Fn(&Request, &PeerId) -> bool + Send + Sync + 'static) {
		self.0.lock().lost = Some(Arc::new(which));
	}

	/// Requests of which nothing is heard again; they are counted as `stalled`.
	pub(crate) fn stall(&self, which: impl Fn(&Request, &PeerId) -> bool + Send + Sync + 'static) {
		self.0.lock().stalled = Some(Arc::new(which));
	}

	/// Only discovery knows this peer.
	pub(crate) fn put_far_away(&self, peer: PeerId, authority: [u8; 32]) {
		self.0.lock().remote.insert(authority, peer);
	}

	/// Requests to this peer wait before they arrive.
	pub(crate) fn delay(&self, peer: PeerId, delay: Duration) {
		self.0.lock().delays.insert(peer, delay);
	}

	pub(crate) fn was_reported(&self, peer: PeerId, misbehaviour: Misbehaviour) -> bool {
		self.0.lock().reports.contains(&(peer, misbehaviour))
	}

	pub(crate) fn reports(&self) -> Vec<(PeerId, Misbehaviour)> {
		self.0.lock().reports.clone()
	}

	/// Requests of a kind that were sent so far.
	pub(crate) fn count(&self, kind: &str) -> usize {
		self.0.lock().requests.get(kind).copied().unwrap_or(0)
	}

	pub(crate) async fn deliver(
		&self,
		from: PeerId,
		to: PeerId,
		payload: Vec<u8>,
	) -> Result<Vec<u8>, TransportError> {
		let request = decode_request(&payload).ok();
		let kind = match &request {
			Some(Request::Identify(_)) => "identify",
			Some(Request::Push(_)) => "push",
			Some(Request::Share(_)) => "share",
			Some(Request::Fetch { .. }) => "fetch",
			Some(Request::Checksum(_)) => "checksum",
			Some(Request::Seal(_)) => "seal",
			Some(Request::Latest { .. }) => "latest",
			None => "hostile",
		};
		let (inbox, tamper, delay) = {
			let mut state = self.0.lock();
			*state.requests.entry(kind).or_default() += 1;
			let delay = state.delays.get(&to).copied().filter(|_| kind != "identify");
			(
				state.inboxes.get(&to).cloned(),
				state.tamper.get(&to).cloned(),
				delay,
			)
		};
		let inbox = inbox.ok_or(TransportError::NotConnected)?;
		let (lost, stalled) = {
			let state = self.0.lock();
			(state.lost.clone(), state.stalled.clone())
		};
		let meets = |which: Option<Lost>| {
			let request = request.as_ref();
			request.is_some_and(|request| which.is_some_and(|which| which(request, &to)))
		};
		if meets(lost) {
			return Err(TransportError::Timeout);
		}
		if meets(stalled) {
			*self.0.lock().requests.entry("stalled").or_default() += 1;
			return std::future::pending().await;
		}
		if let Some(delay) = delay {
			tokio::time::sleep(delay).await;
		}
		let (pending_response, answer) = oneshot::channel();
		let incoming = IncomingRequest {
			peer: from,
			payload,
			pending_response,
		};
		inbox.try_send(incoming).map_err(|_| TransportError::Refused)?;
		let answer = tokio::time::timeout(Duration::from_secs(20), answer).await;
		let bytes = answer
			.map_err(|_| TransportError::Timeout)?
			.map_err(|_| TransportError::Refused)?;
		let bytes = bytes.result.map_err(|()| TransportError::Refused)?;
		match (tamper, request) {
			(Some(tamper), Some(request)) => {
				let response = decode_response(&bytes).unwrap();
				Ok(encode_response(&tamper(&request, response)))
			}
			_ => Ok(bytes),
		}
	}
}

pub(crate) struct HubTransport {
	local: PeerId,
	hub: Arc<Hub>,
}

impl HubTransport {
	pub(crate) fn new(local: PeerId, hub: Arc<Hub>) -> Self {
		Self { local, hub }
	}
}

#[async_trait]
impl Transport for HubTransport {
	fn local_peer(&self) -> PeerId {
		self.local
	}

	fn connected(&self) -> Vec<PeerId> {
		let state = self.hub.0.lock();
		let is_near = |peer: &PeerId| *peer != self.local && !state.remote.values().any(|far| far == peer);
		state.inboxes.keys().copied().filter(is_near).collect()
	}

	async fn request(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
		self.hub.deliver(self.local, peer, request).await
	}

	async fn discover(&self, authority: [u8; 32]) -> Vec<PeerId> {
		let state = self.hub.0.lock();
		state.remote.get(&authority).copied().into_iter().collect()
	}

	fn report(&self, peer: PeerId, misbehaviour: Misbehaviour) {
		self.hub.0.lock().reports.push((peer, misbehaviour));
	}
}
