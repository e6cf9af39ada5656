// SPDX-License-Identifier: Apache-2.0

//! Answers the requests of peers: within their budgets, each with a decision from the module it belongs to.
//!
//! Budget and payment are looked at before a request is decoded, and what is refused costs its sender twice, so that a
//! flood of unpaid or huge requests is paid for by who sends it.

use crate::{
	aggregator::Aggregator,
	blobs::Blob,
	budget::{Budgets, Excess, Place},
	evidence::Evidence,
	member::Member,
	members,
	node::{blocking, Node, LOG},
	protocol::{
		blob_of_push, decode_request, encode_response, rows_per_message, Kind, Refusal, Request, Response,
		Rows, REQUEST_TIMEOUT,
	},
	store::StoreError,
	Misbehaviour,
};
use futures::channel::oneshot;
use polkadot_sdk::{
	sc_network::config::{IncomingRequest, OutgoingResponse},
	sc_network_types::PeerId,
};
use std::sync::Arc;
use zerog_erasure::{Commitment, Verifier};
use zerog_primitives::da::{BlobInfo, BlobState};

/// Requests that are drawn for a share that is refused: to verify one takes longer than all else that is so small.
const REFUSED_SHARE: u64 = 32;

pub(crate) struct Inbound {
	pub(crate) node: Arc<Node>,
	pub(crate) member: Arc<Member>,
	pub(crate) aggregator: Arc<Aggregator>,
	pub(crate) budgets: Arc<Budgets>,
	pub(crate) evidence: Arc<Evidence>,
}

fn internal(error: impl std::fmt::Display) -> Refusal {
	log::warn!(target: LOG, "{error}");
	Refusal::Internal
}

impl Inbound {
	/// Serve until the network closes the queue. Whoever asks for more than it may is answered `Busy` at once.
	pub(crate) async fn run(self: Arc<Self>, queue: async_channel::Receiver<IncomingRequest>) {
		while let Ok(request) = queue.recv().await {
			let IncomingRequest {
				peer,
				payload,
				pending_response,
			} = request;
			let answer = move |bytes: Vec<u8>| {
				let (sent, taken) = oneshot::channel();
				// The peer may be gone; nothing to do about it.
				drop(pending_response.send(OutgoingResponse {
					result: Ok(bytes),
					reputation_changes: Vec::new(),
					sent_feedback: Some(sent),
				}));
				taken
			};
			let is_member = self.node.members.is_member(&peer);
			let kind = Kind::of(&payload);
			match self.budgets.enter(peer, is_member, kind, payload.len()) {
				Ok(place) => {
					let inbound = self.clone();
					self.node.tasks.spawn(async move {
						let bytes = inbound.serve(peer, kind, payload, &place).await;
						let unread = place.answered(bytes.len());
						// Until it is sent, or the network has given up.
						drop(tokio::time::timeout(REQUEST_TIMEOUT, answer(bytes)).await);
						drop(unread);
					});
				}
				Err(excess) => {
					if excess == Excess::Flood {
						self.node.transport.report(peer, Misbehaviour::Flood);
					}
					drop(answer(self.refuse(Refusal::Busy)));
				}
			}
		}
	}

	fn refuse(&self, refusal: Refusal) -> Vec<u8> {
		self.node
			.metrics
			.refused
			.with_label_values(&[refusal.as_str()])
			.inc();
		encode_response(&Response::Refused(refusal))
	}

	/// The answer to a request that has its place; what it costs beyond itself is drawn from the peer's budget.
	async fn serve(&self, peer: PeerId, kind: Kind, payload: Vec<u8>, place: &Place) -> Vec<u8> {
		let bytes = payload.len();
		match self.respond(peer, payload, place).await {
			Ok(response) => {
				let answer = encode_response(&response);
				if kind == Kind::Serve {
					place.draw(0, answer.len());
				}
				answer
			}
			Err(refusal) => {
				// Who is to ask again is not to blame.
				if refusal != Refusal::Busy {
					place.draw(1, bytes);
				}
				self.refuse(refusal)
			}
		}
	}

	async fn respond(&self, peer: PeerId, payload: Vec<u8>, place: &Place) -> Result<Response, Refusal> {
		if let Some(commitment) = blob_of_push(&payload) {
			self.member.admit(commitment)?;
		}
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
				let rows = push.batch.indices.len();
				let result = self.member.push(peer, push).await;
				match result {
					Err(Refusal::BadRows) => self.node.transport.report(peer, Misbehaviour::BadRows),
					Err(Refusal::BadChecksum) => self.node.transport.report(peer, Misbehaviour::BadChecksum),
					_ => {}
				}
				if let Err(refusal) = &result {
					let refused = self
						.node
						.metrics
						.rows_refused
						.with_label_values(&[refusal.as_str()]);
					refused.inc_by(u64::try_from(rows).unwrap_or(u64::MAX));
				}
				result.map(Response::Pushed)
			}
			Request::Share(share) => {
				let committee = || self.node.blobs.committee(share.committee).ok().flatten();
				if !self.node.members.may_sign(&peer, committee) {
					// A member that has not proved itself to us yet: it is asked to, and sends the share again.
					drop(members::ask_who(&self.node, peer, false));
					return Err(Refusal::Busy);
				}
				let result = self.aggregator.add(Some(peer), share).await;
				if result.is_err() {
					place.draw(REFUSED_SHARE, 0);
				}
				result.map(|()| Response::Counted)
			}
			Request::Seal(batch) => self.member.seal(peer, batch).await.map(Response::Sealed),
			Request::Latest { committee, signer } => {
				Ok(Response::Latest(self.evidence.latest(committee, signer)))
			}
			Request::Fetch { commitment, indices } => self.fetch(peer, commitment, indices).await,
			Request::Checksum(commitment) => {
				self.read(peer, commitment, |_, verifier| {
					Ok(Response::Checksum(verifier.checksum().to_vec()))
				})
				.await
			}
		}
	}

	async fn fetch(
		&self,
		peer: PeerId,
		commitment: Commitment,
		indices: Vec<u32>,
	) -> Result<Response, Refusal> {
		self.read(peer, commitment, move |node, verifier| {
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

	/// Whether rows of a blob that waits for its certificate go to a peer: only to members that carry it on, or may have to.
	fn is_concerned(&self, peer: &PeerId, info: &BlobInfo) -> bool {
		let ids = [Some(info.committee), info.fell_back_from].into_iter().flatten();
		let mut committees = ids.filter_map(|id| self.node.blobs.committee(id).ok().flatten());
		committees.any(|committee| self.node.members.is_in(peer, &committee))
	}

	/// Run `work` on a blob of which something is on our disk.
	async fn read(
		&self,
		peer: PeerId,
		commitment: Commitment,
		work: impl FnOnce(&Node, &Verifier) -> Result<Response, StoreError> + Send + 'static,
	) -> Result<Response, Refusal> {
		let info = self
			.node
			.blobs
			.info(commitment)
			.map_err(internal)?
			.ok_or(Refusal::NotHeld)?;
		// Who sees its certificate already asks again.
		if matches!(info.state, BlobState::Pending) && !self.is_concerned(&peer, &info) {
			return Err(Refusal::NotPaid);
		}
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
