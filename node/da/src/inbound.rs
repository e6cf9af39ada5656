// SPDX-License-Identifier: Apache-2.0

//! Answers the requests of peers: bounded in number, each with a decision from the module it belongs to.

use crate::{
	aggregator::Aggregator,
	blobs::Blob,
	member::Member,
	node::{blocking, Node, LOG},
	protocol::{decode_request, encode_response, rows_per_message, Refusal, Request, Response, Rows},
	store::StoreError,
	Misbehaviour,
};
use parking_lot::Mutex;
use polkadot_sdk::{
	sc_network::config::{IncomingRequest, OutgoingResponse},
	sc_network_types::PeerId,
};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::Semaphore;
use zerog_erasure::{Commitment, Verifier};

/// Requests of one peer handled at once.
const PER_PEER: usize = 6;

pub(crate) struct Inbound {
	pub(crate) node: Arc<Node>,
	pub(crate) member: Arc<Member>,
	pub(crate) aggregator: Arc<Aggregator>,
}

/// A peer's place among those being served; given back when dropped.
struct Place {
	busy: Arc<Mutex<HashMap<PeerId, usize>>>,
	peer: PeerId,
}

impl Place {
	fn take(busy: &Arc<Mutex<HashMap<PeerId, usize>>>, peer: PeerId) -> Option<Self> {
		let mut counts = busy.lock();
		let count = counts.entry(peer).or_default();
		if *count >= PER_PEER {
			return None;
		}
		*count = count.saturating_add(1);
		Some(Self {
			busy: busy.clone(),
			peer,
		})
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		let mut counts = self.busy.lock();
		if let Some(count) = counts.get_mut(&self.peer) {
			*count = count.saturating_sub(1);
			if *count == 0 {
				counts.remove(&self.peer);
			}
		}
	}
}

fn internal(error: impl std::fmt::Display) -> Refusal {
	log::warn!(target: LOG, "{error}");
	Refusal::Internal
}

impl Inbound {
	/// Serve until the network closes the queue. More requests than allowed are answered `Busy` at once.
	pub(crate) async fn run(self: Arc<Self>, queue: async_channel::Receiver<IncomingRequest>) {
		let permits = Arc::new(Semaphore::new(self.node.limits.inbound));
		let busy = Arc::new(Mutex::new(HashMap::new()));
		while let Ok(request) = queue.recv().await {
			let IncomingRequest {
				peer,
				payload,
				pending_response,
			} = request;
			let answer = move |response: &Response| {
				let result = Ok(encode_response(response));
				// The peer may be gone; nothing to do about it.
				drop(pending_response.send(OutgoingResponse {
					result,
					reputation_changes: Vec::new(),
					sent_feedback: None,
				}));
			};
			let place = Place::take(&busy, peer);
			let (Ok(permit), Some(place)) = (permits.clone().try_acquire_owned(), place) else {
				self.node
					.metrics
					.refused
					.with_label_values(&[Refusal::Busy.as_str()])
					.inc();
				answer(&Response::Refused(Refusal::Busy));
				continue;
			};
			let inbound = self.clone();
			self.node.tasks.spawn(async move {
				let response = inbound.respond(peer, payload).await.unwrap_or_else(|refusal| {
					inbound
						.node
						.metrics
						.refused
						.with_label_values(&[refusal.as_str()])
						.inc();
					Response::Refused(refusal)
				});
				answer(&response);
				drop((permit, place));
			});
		}
	}

	async fn respond(&self, peer: PeerId, payload: Vec<u8>) -> Result<Response, Refusal> {
		let request = decode_request(&payload).map_err(|error| {
			log::debug!(target: LOG, "{peer} sent a malformed message: {error}");
			self.node.transport.report(peer, Misbehaviour::Malformed);
			Refusal::Malformed
		})?;
		drop(payload);
		match request {
			Request::Identify(hello) => {
				if hello.is_some_and(|hello| !self.node.members.accept(peer, &hello)) {
					self.node.transport.report(peer, Misbehaviour::BadSignature);
				}
				Ok(Response::Identity(self.node.hello()))
			}
			Request::Push(push) => {
				let result = self.member.push(push).await;
				match result {
					Err(Refusal::BadRows) => self.node.transport.report(peer, Misbehaviour::BadRows),
					Err(Refusal::BadChecksum) => self.node.transport.report(peer, Misbehaviour::BadChecksum),
					_ => {}
				}
				result.map(Response::Pushed)
			}
			// A wrong share is not held against the peer: on another branch of the chain it may be right.
			Request::Share(share) => self.aggregator.add(share).await.map(|()| Response::Counted),
			Request::Fetch { commitment, indices } => self.fetch(commitment, indices).await,
			Request::Checksum(commitment) => {
				self.read(commitment, |_, verifier| {
					Ok(Response::Checksum(verifier.checksum().to_vec()))
				})
				.await
			}
		}
	}

	async fn fetch(&self, commitment: Commitment, indices: Vec<u32>) -> Result<Response, Refusal> {
		self.read(commitment, move |node, verifier| {
			let profile = verifier.profile();
			let most = rows_per_message(profile.row_bytes(), profile.tree_height());
			let mut rows = Vec::new();
			for index in indices
				.into_iter()
				.take(most)
				.filter(|index| *index < profile.rows())
			{
				rows.extend(node.own_row(verifier, index)?);
			}
			Ok(Response::Rows(Rows(rows)))
		})
		.await
	}

	/// Run `work` on a blob of which something is on our disk.
	async fn read(
		&self,
		commitment: Commitment,
		work: impl FnOnce(&Node, &Verifier) -> Result<Response, StoreError> + Send + 'static,
	) -> Result<Response, Refusal> {
		let info = self
			.node
			.blobs
			.info(commitment)
			.map_err(internal)?
			.ok_or(Refusal::NotHeld)?;
		let blob: Arc<Blob> = self.node.blobs.load(commitment, &info).await?;
		let node = self.node.clone();
		blocking(move || {
			// Asked of the disk, not of the cache: a verifier may be known here for other reasons.
			if node.store.record(&commitment).map_err(internal)?.is_none() {
				return Err(Refusal::NotHeld);
			}
			let verifier = node
				.own_verifier(&blob)
				.map_err(internal)?
				.ok_or(Refusal::NotHeld)?;
			work(&node, &verifier).map_err(internal)
		})
		.await?
	}
}
