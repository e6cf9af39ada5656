// SPDX-License-Identifier: Apache-2.0

//! What all parts of the service share, and the tasks they spawn.

use crate::{
	bad_rows::BadRows,
	blobs::{Blob, Blobs, Me},
	config::Limits,
	fallback::Watch,
	interfaces::{Chain, Identity, Misbehaviour, Transport, TransportError},
	margins::Margins,
	members::Members,
	metrics::Metrics,
	protocol::{decode_response, encode_request, Hello, Refusal, Request, Response, REQUEST_TIMEOUT},
	retriever::Fault,
	store::{Store, StoreError},
	trace::{Event, Traces},
};
use codec::Encode;
use parking_lot::Mutex;
use polkadot_sdk::sc_network_types::PeerId;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinSet};
use zerog_bls::{signer::SecretKey, PublicKey};
use zerog_erasure::{Hash, Row, Verifier};
use zerog_primitives::da::{hello_message, is_signer, BlobState};

pub(crate) const LOG: &str = "zerog-da";

/// Run work that computes or touches the disk on a thread where that is fine.
pub(crate) async fn blocking<T: Send + 'static>(
	work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
	#[cfg(test)]
	if crate::sim::host::is_simulated() {
		// Goes on, as a thread does, when nobody waits for it any more.
		let work = async {
			tokio::time::sleep(crate::sim::host::thread_time()).await;
			work()
		};
		return tokio::spawn(work).await.map_err(|_| Refusal::Internal);
	}
	tokio::task::spawn_blocking(work).await.map_err(|error| {
		// A bug in our own code, or the runtime is shutting down; one request fails, the node stays.
		log::error!(target: LOG, "a worker thread failed: {error}");
		Refusal::Internal
	})
}

/// The result of a function of nothing but `input`. In a simulation, nodes of one process share it.
#[cfg_attr(test, track_caller)]
pub(crate) fn pure<I: Encode, T: Clone + 'static>(input: impl FnOnce() -> I, work: impl FnOnce() -> T) -> T {
	#[cfg(test)]
	if crate::sim::host::is_simulated() {
		let place = std::panic::Location::caller();
		return crate::sim::memo::remember(place, input().encode(), work);
	}
	drop(input);
	work()
}

/// Tasks in the background; all end when the service does.
pub(crate) struct Tasks(Mutex<Option<JoinSet<()>>>);

impl Default for Tasks {
	fn default() -> Self {
		Self(Mutex::new(Some(JoinSet::new())))
	}
}

impl Tasks {
	pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
		// A task that is ended may get as far as its own next one: that one is not begun.
		if let Some(tasks) = self.0.lock().as_mut() {
			while tasks.try_join_next().is_some() {}
			tasks.spawn(task);
		}
	}

	pub(crate) fn end_all(&self) {
		let tasks = self.0.lock().take();
		drop(tasks);
	}
}

/// Why a request to a peer brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AskError {
	#[error("{0}")]
	Transport(#[from] TransportError),
	#[error("the peer refused: {0}")]
	Refused(Refusal),
	#[error("the peer sent something that is no answer to the request")]
	Malformed,
}

/// A request's kind, for metrics: its variant, the second byte.
fn kind_of(request: &[u8]) -> &'static str {
	match request.get(1) {
		Some(0) => "identify",
		Some(1) => "push",
		Some(2) => "share",
		Some(3) => "fetch",
		Some(4) => "checksum",
		Some(5) => "seal",
		Some(6) => "latest",
		_ => "other",
	}
}

/// What all parts of the service share.
pub(crate) struct Node {
	pub(crate) genesis: Hash,
	pub(crate) chain: Arc<dyn Chain>,
	pub(crate) identity: Arc<dyn Identity>,
	pub(crate) transport: Arc<dyn Transport>,
	pub(crate) store: Arc<Store>,
	pub(crate) key: Option<SecretKey>,
	/// Public half of `key`.
	pub(crate) public: Option<PublicKey>,
	/// Proof of who we are; the keystore and the chain may say something else later.
	pub(crate) hello: Mutex<Option<Hello>>,
	pub(crate) blobs: Blobs,
	pub(crate) members: Members,
	pub(crate) bad_rows: BadRows,
	pub(crate) watch: Watch,
	pub(crate) metrics: Arc<Metrics>,
	pub(crate) traces: Arc<Traces>,
	pub(crate) margins: Margins,
	pub(crate) limits: Limits,
	pub(crate) tasks: Tasks,
	/// Height of the best block.
	pub(crate) best: watch::Sender<u32>,
}

impl Node {
	/// Proof of who we are, if we are a validator.
	pub(crate) fn hello(&self) -> Option<Hello> {
		self.hello.lock().clone()
	}

	/// Make that proof anew; whether it is by another key than before.
	pub(crate) fn renew_hello(&self) -> bool {
		let message = hello_message(&self.genesis, &self.transport.local_peer().to_bytes());
		let signed = self.identity.hello(&message);
		let hello = signed.map(|(public, signature)| Hello { public, signature });
		let public = hello.as_ref().map(|hello| hello.public);
		let before = std::mem::replace(&mut *self.hello.lock(), hello);
		before.map(|hello| hello.public) != public
	}

	/// Who we are in a committee.
	pub(crate) fn me(&self) -> Me {
		Me {
			key: self.public,
			authority: self.hello.lock().as_ref().map(|hello| hello.public),
		}
	}

	/// Ask a peer. A transport failure makes the peer's membership be checked again.
	pub(crate) async fn ask(&self, peer: PeerId, request: &Request) -> Result<Response, AskError> {
		self.ask_bytes(peer, encode_request(request)).await
	}

	/// As [`Node::ask`], with the request encoded.
	pub(crate) async fn ask_bytes(&self, peer: PeerId, request: Vec<u8>) -> Result<Response, AskError> {
		let patience = REQUEST_TIMEOUT.saturating_add(Duration::from_secs(5));
		let kind = kind_of(&request);
		let started = tokio::time::Instant::now();
		let answer = tokio::time::timeout(patience, self.transport.request(peer, request))
			.await
			.unwrap_or(Err(TransportError::Timeout));
		let bytes = match answer {
			Ok(bytes) => bytes,
			Err(error) => {
				self.members.failed(&peer);
				return Err(error.into());
			}
		};
		let took = started.elapsed().as_secs_f64();
		self.metrics
			.request_seconds
			.with_label_values(&[kind])
			.observe(took);
		match decode_response(&bytes) {
			Ok(Response::Refused(refusal)) => Err(AskError::Refused(refusal)),
			Ok(response) => Ok(response),
			Err(error) => {
				log::debug!(target: LOG, "{peer} answered with a malformed message: {error}");
				self.transport.report(peer, Misbehaviour::Malformed);
				Err(AskError::Malformed)
			}
		}
	}

	/// A member sent what fails its check: name it wherever somebody may look.
	pub(crate) fn fault(
		&self,
		blob: &Blob,
		member: usize,
		peer: PeerId,
		misbehaviour: Misbehaviour,
	) -> Fault {
		let what = misbehaviour.as_str();
		let account = blob
			.member(member)
			.map(|member| hex::encode(member.account))
			.unwrap_or_default();
		log::warn!(target: LOG, "member {member} (0x{account}) at {peer} sent {what} of {}", blob.commitment);
		self.transport.report(peer, misbehaviour);
		self.metrics.faults.with_label_values(&[&account, what]).inc();
		let event = Event::Fault {
			member,
			peer: peer.to_string(),
			what,
		};
		self.traces.note(blob.commitment, event);
		self.margins.note(blob, member, false);
		Fault {
			member,
			peer,
			misbehaviour,
		}
	}

	/// A member gave a row that contradicts the checksum. If it signed for it, that is kept as a proof.
	pub(crate) fn keep_bad_row(&self, blob: &Blob, verifier: &Verifier, member: usize, row: Row) {
		let (commitment, index) = (verifier.commitment(), row.index);
		let info = self.blobs.info(commitment).ok().flatten();
		let is_signer = info.is_some_and(|info| match &info.state {
			BlobState::Certified { signers, .. } => {
				info.committee == blob.committee.id && is_signer(signers, member)
			}
			BlobState::Pending => false,
		});
		if is_signer && self.bad_rows.keep(verifier, member, row) {
			log::warn!(
				target: LOG,
				"member {member} signed for row {index} of {commitment}, which is wrongly encoded; the proof is kept: \
				 report it with `zerog da report {commitment}` through the gateway of this node"
			);
		}
	}

	/// A peer answered with another kind of message than was asked for.
	pub(crate) fn wrong_answer(&self, peer: PeerId, response: &Response) -> AskError {
		log::debug!(target: LOG, "{peer} answered with {} out of place", response.name());
		self.transport.report(peer, Misbehaviour::Malformed);
		AskError::Malformed
	}

	/// A row from our own disk. A corrupted one is dropped, counted, and reported as not held, unless it was put anew
	/// meanwhile. Blocks.
	pub(crate) fn own_row(&self, verifier: &Verifier, index: u32) -> Result<Option<Row>, StoreError> {
		match self.store.row(verifier, index) {
			Err(error @ StoreError::Corrupted { .. }) => {
				log::error!(target: LOG, "{error}; it is dropped");
				self.metrics.rows_corrupted.inc();
				self.store.drop_corrupted(verifier, index)
			}
			other => other,
		}
	}

	/// The verifier of a blob from the checksum on our disk. A corrupted one is reported as not held: whoever brings rows
	/// brings it too. Blocks.
	pub(crate) fn own_verifier(&self, blob: &Blob) -> Result<Option<Arc<Verifier>>, StoreError> {
		if let Some(verifier) = blob.ready_verifier() {
			return Ok(Some(verifier));
		}
		let why = match self.store.checksum(&blob.commitment) {
			Ok(None) => return Ok(None),
			Ok(Some(checksum)) => match blob.verifier(&checksum) {
				Ok(verifier) => return Ok(Some(verifier)),
				Err(error) => error.to_string(),
			},
			Err(StoreError::Damaged(why)) => why,
			Err(error) => return Err(error),
		};
		log::error!(target: LOG, "the checksum of {} is corrupted on disk: {why}", blob.commitment);
		Ok(None)
	}
}
