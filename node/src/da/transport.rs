// SPDX-License-Identifier: Apache-2.0

//! The network for the data-availability service: one request-response protocol and what discovery knows.

use async_trait::async_trait;
use futures::StreamExt;
use parking_lot::{Mutex, RwLock};
use polkadot_sdk::*;
use sc_network::{
	request_responses::{OutboundFailure, RequestFailure},
	service::traits::NetworkService,
	types::ProtocolName,
	IfDisconnected, ReputationChange,
};
use sc_network_sync::{SyncEvent, SyncEventStream};
use sc_network_types::{multiaddr::Protocol, PeerId};
use std::{collections::HashSet, sync::Arc};
use zerog_da::{Misbehaviour, TransportError};

/// The network service and the peers that it is connected to.
pub struct Transport {
	network: Arc<dyn NetworkService>,
	protocol: ProtocolName,
	connected: Arc<RwLock<HashSet<PeerId>>>,
	discovery: Mutex<Option<sc_authority_discovery::Service>>,
}

impl Transport {
	/// Over this node's network; the future returned keeps the set of connected peers and has to be run.
	pub fn new<S: SyncEventStream + Send + Sync + 'static>(
		network: Arc<dyn NetworkService>,
		sync: Arc<S>,
		protocol: ProtocolName,
		discovery: Option<sc_authority_discovery::Service>,
	) -> (Self, impl std::future::Future<Output = ()> + Send) {
		let connected = Arc::new(RwLock::new(HashSet::new()));
		let peers = connected.clone();
		let follow = async move {
			let mut events = sync.event_stream("data-availability");
			while let Some(event) = events.next().await {
				match event {
					SyncEvent::PeerConnected { peer_id, .. } => {
						peers.write().insert(peer_id);
					}
					SyncEvent::PeerDisconnected(peer_id) => {
						peers.write().remove(&peer_id);
					}
				}
			}
		};
		(
			Self {
				network,
				protocol,
				connected,
				discovery: Mutex::new(discovery),
			},
			follow,
		)
	}
}

#[async_trait]
impl zerog_da::Transport for Transport {
	fn local_peer(&self) -> PeerId {
		self.network.local_peer_id()
	}

	fn connected(&self) -> Vec<PeerId> {
		self.connected.read().iter().copied().collect()
	}

	async fn request(&self, peer: PeerId, request: Vec<u8>) -> Result<Vec<u8>, TransportError> {
		self.network
			.request(
				peer,
				self.protocol.clone(),
				request,
				None,
				IfDisconnected::TryConnect,
			)
			.await
			.map(|(response, _)| response)
			.map_err(|failure| match failure {
				RequestFailure::NotConnected => TransportError::NotConnected,
				RequestFailure::Refused => TransportError::Refused,
				RequestFailure::Network(OutboundFailure::DialFailure) => TransportError::NotConnected,
				RequestFailure::Network(OutboundFailure::Timeout) => TransportError::Timeout,
				RequestFailure::Network(OutboundFailure::ConnectionClosed) => TransportError::Refused,
				other => TransportError::Failed(other.to_string()),
			})
	}

	async fn discover(&self, authority: [u8; 32]) -> Vec<PeerId> {
		let service = self.discovery.lock().clone();
		let Some(mut service) = service else {
			return Vec::new();
		};
		let authority = sp_core::sr25519::Public::from_raw(authority).into();
		let addresses = service
			.get_addresses_by_authority_id(authority)
			.await
			.unwrap_or_default();
		let mut peers = HashSet::new();
		for address in addresses {
			let peer = match address.iter().last() {
				Some(Protocol::P2p(hash)) => PeerId::from_multihash(hash).ok(),
				_ => None,
			};
			if let Some(peer) = peer {
				self.network.add_known_address(peer, address);
				peers.insert(peer);
			}
		}
		peers.into_iter().collect()
	}

	fn report(&self, peer: PeerId, misbehaviour: Misbehaviour) {
		self.network
			.report_peer(peer, ReputationChange::new(-(1 << 26), misbehaviour.as_str()));
	}
}
