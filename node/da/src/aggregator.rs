// SPDX-License-Identifier: Apache-2.0

//! Shares in, certificates out. Every member does this; whichever certificate is included first counts.
//!
//! Each share is verified against the key that the chain has for its signer, so one bad share never spoils an aggregate.
//! At two thirds of the rows a certificate waits a short grace for more signers; when all have signed it does not wait.
//! Rows signed after the first certificate make a better one, until the chain has it.

use crate::{
	blobs::{is_open, rows_signed, Blob},
	node::{blocking, Node, LOG},
	protocol::{Refusal, Share},
	Event,
};
use parking_lot::Mutex;
use std::{
	collections::{BTreeMap, HashMap},
	sync::Arc,
};
use zerog_bls::{
	signer::{aggregate, verify_share},
	Signature,
};
use zerog_erasure::Commitment;
use zerog_primitives::da::{signer_bitmap, BlobState, Certificate, Committee};

/// Blocks after which a certificate that was not included is submitted again; doubles each time up to the most.
const SUBMIT_AGAIN: u32 = 2;
const MAX_SUBMIT_AGAIN: u32 = 32;

/// The shares of one blob.
struct Collection {
	committee: Arc<Committee>,
	expiry: u32,
	shares: BTreeMap<usize, Signature>,
	/// Rows of the best certificate that was submitted, and at which block.
	submitted: Option<(u32, u32)>,
	submissions: u32,
	/// A task is waiting out the grace.
	waiting: bool,
}

/// Collects shares and makes certificates.
pub struct Aggregator {
	node: Arc<Node>,
	collections: Mutex<HashMap<Commitment, Collection>>,
}

/// What is to be done after a share.
enum Next {
	Nothing,
	Wait,
	Submit,
}

impl Aggregator {
	pub(crate) fn new(node: Arc<Node>) -> Self {
		Self {
			node,
			collections: Default::default(),
		}
	}

	/// Count a share, from a peer or our own.
	pub(crate) async fn add(self: &Arc<Self>, share: Share) -> Result<(), Refusal> {
		let Share {
			commitment,
			signer,
			signature,
		} = share;
		let signer = signer as usize;
		let info = self
			.node
			.blobs
			.info(commitment)
			.map_err(|_| Refusal::Internal)?
			.ok_or(Refusal::NotPaid)?;
		if !is_open(&info, self.node.chain.best_number(), signer) {
			return Err(Refusal::NotPaid);
		}
		let blob = self.node.blobs.load(commitment, &info).await?;
		let key = blob
			.member(signer)
			.and_then(|member| member.key)
			.ok_or(Refusal::BadSignature)?;
		if let Some(collection) = self.collections.lock().get(&commitment) {
			let same = collection.expiry == info.deadline && collection.committee == blob.committee;
			if same && collection.shares.get(&signer) == Some(&signature) {
				return Ok(());
			}
		}
		let message = blob.message(&self.node.genesis, info.deadline);
		if !blocking(move || verify_share(&message, &signature, &key)).await? {
			return Err(Refusal::BadSignature);
		}
		{
			let mut collections = self.collections.lock();
			let new = || Collection {
				committee: blob.committee.clone(),
				expiry: info.deadline,
				shares: BTreeMap::new(),
				submitted: None,
				submissions: 0,
				waiting: false,
			};
			let collection = collections.entry(commitment).or_insert_with(new);
			if collection.expiry != info.deadline || collection.committee != blob.committee {
				*collection = new();
			}
			collection.shares.insert(signer, signature);
			let rows = blob.count_of_all(collection.shares.keys().copied());
			let event = Event::Counted { member: signer, rows };
			self.node.traces.note(commitment, event);
		}
		self.advance(&blob, rows_signed(&info));
		Ok(())
	}

	/// Rows and members that signed so far, by the shares seen here.
	pub(crate) fn signed(&self, blob: &Blob) -> u32 {
		let collections = self.collections.lock();
		collections
			.get(&blob.commitment)
			.map_or(0, |c| blob.count_of_all(c.shares.keys().copied()))
	}

	/// Decide whether a certificate is due. `on_chain` is the number of rows that the chain has as signed.
	fn advance(self: &Arc<Self>, blob: &Arc<Blob>, on_chain: u32) {
		let next = {
			let mut collections = self.collections.lock();
			let Some(collection) = collections.get_mut(&blob.commitment) else {
				return;
			};
			let rows = blob.count_of_all(collection.shares.keys().copied());
			let best = collection.submitted.map_or(0, |(rows, _)| rows).max(on_chain);
			let possible = blob.count_of_all(
				blob.members()
					.filter(|m| blob.member(*m).is_some_and(|m| m.key.is_some())),
			);
			if !blob.is_quorum(rows) || rows <= best {
				Next::Nothing
			} else if rows >= possible {
				Next::Submit
			} else if collection.waiting {
				Next::Nothing
			} else {
				collection.waiting = true;
				Next::Wait
			}
		};
		let (aggregator, blob) = (self.clone(), blob.clone());
		match next {
			Next::Nothing => {}
			Next::Submit => self
				.node
				.tasks
				.spawn(async move { aggregator.submit(&blob).await }),
			Next::Wait => self.node.tasks.spawn(async move {
				tokio::time::sleep(aggregator.node.limits.grace).await;
				aggregator.submit(&blob).await
			}),
		}
	}

	async fn submit(&self, blob: &Blob) {
		let at = self.node.chain.best_number();
		let (rows, shares, expiry) = {
			let mut collections = self.collections.lock();
			let Some(collection) = collections.get_mut(&blob.commitment) else {
				return;
			};
			collection.waiting = false;
			let rows = blob.count_of_all(collection.shares.keys().copied());
			if collection.committee != blob.committee
				|| collection.submitted.is_some_and(|(sent, _)| sent >= rows)
			{
				return;
			}
			collection.submitted = Some((rows, at));
			collection.submissions = collection.submissions.saturating_add(1);
			(rows, collection.shares.clone(), collection.expiry)
		};
		let signatures: Vec<Signature> = shares.values().copied().collect();
		let signature = match blocking(move || aggregate(&signatures)).await {
			Ok(Ok(signature)) => signature,
			Ok(Err(error)) => return log::error!(target: LOG, "cannot aggregate checked shares: {error}"),
			Err(_) => return,
		};
		let certificate = Certificate {
			session: blob.committee.session,
			expiry,
			commitments: vec![blob.commitment],
			signers: signer_bitmap(blob.committee.members.len(), shares.into_keys()),
			signature,
		};
		match self.node.chain.submit_certificate(certificate).await {
			Ok(()) => {
				self.node.metrics.certificates_submitted.inc();
				let event = Event::CertificateSubmitted { rows };
				self.node.traces.note(blob.commitment, event);
				log::debug!(target: LOG, "certificate for {} with {rows} rows submitted", blob.commitment);
			}
			// Another member's is in the pool or in a block already, most likely; if not, a later block tries again.
			Err(error) => log::debug!(target: LOG, "certificate for {}: {error}", blob.commitment),
		}
	}

	/// A new best block: forget what is done, submit again what was lost.
	pub(crate) async fn on_block(self: &Arc<Self>, best: u32) {
		let open: Vec<Commitment> = self.collections.lock().keys().copied().collect();
		for commitment in open {
			let info = match self.node.blobs.info(commitment) {
				Ok(info) => info,
				Err(_) => continue,
			};
			let Some(info) = info.filter(|info| best <= info.deadline) else {
				let mut collections = self.collections.lock();
				if collections
					.get(&commitment)
					.is_some_and(|collection| best > collection.expiry)
				{
					collections.remove(&commitment);
				}
				continue;
			};
			let on_chain = rows_signed(&info);
			let Ok(blob) = self.node.blobs.load(commitment, &info).await else {
				continue;
			};
			if matches!(info.state, BlobState::Certified { .. }) && on_chain >= blob.profile.rows() {
				self.collections.lock().remove(&commitment);
				continue;
			}
			if let Some(collection) = self.collections.lock().get_mut(&commitment) {
				let doublings = collection.submissions.saturating_sub(1).min(8);
				let pause = SUBMIT_AGAIN.saturating_mul(1 << doublings).min(MAX_SUBMIT_AGAIN);
				if collection
					.submitted
					.is_some_and(|(_, at)| best >= at.saturating_add(pause))
				{
					collection.submitted = None;
				}
			}
			self.advance(&blob, on_chain);
		}
	}
}
