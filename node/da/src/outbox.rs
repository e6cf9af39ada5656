// SPDX-License-Identifier: Apache-2.0

//! Our own shares on their way to every other member, repeated until each has counted them or they are of no use.

use crate::{
	blobs::is_open,
	node::{AskError, Node, LOG},
	protocol::{Refusal, Request, Response, Share},
	Misbehaviour,
};
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use std::{collections::HashMap, sync::Arc, time::Duration};
use zerog_bls::Signature;
use zerog_erasure::Commitment;
use zerog_primitives::da::Member;

/// Members told at once.
const TELL_AT_ONCE: usize = 32;
/// First pause before a share is sent again; doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Shares being sent.
pub(crate) struct Outbox {
	node: Arc<Node>,
	sending: Mutex<HashMap<Commitment, Signature>>,
}

impl Outbox {
	pub(crate) fn new(node: Arc<Node>) -> Self {
		Self {
			node,
			sending: Default::default(),
		}
	}

	/// Send a share to all members of its committee, in the background. A newer share for the same blob replaces it.
	pub(crate) fn send(self: &Arc<Self>, share: Share) {
		let before = self.sending.lock().insert(share.commitment, share.signature);
		if before == Some(share.signature) {
			return;
		}
		let outbox = self.clone();
		self.node.tasks.spawn(async move {
			outbox.send_to_all(&share).await;
			let mut sending = outbox.sending.lock();
			if sending.get(&share.commitment) == Some(&share.signature) {
				sending.remove(&share.commitment);
			}
		});
	}

	/// Whether a share can still make a difference.
	fn is_useful(&self, share: &Share, expiry: u32) -> bool {
		let best = self.node.chain.best_number();
		if self.sending.lock().get(&share.commitment) != Some(&share.signature) || best > expiry {
			return false;
		}
		match self.node.blobs.info(share.commitment) {
			Ok(Some(info)) => is_open(&info, best, share.signer as usize),
			// A reorganisation took the blob away for now, or the chain cannot say.
			Ok(None) | Err(_) => true,
		}
	}

	async fn send_to_all(&self, share: &Share) {
		let Ok(Some(info)) = self.node.blobs.info(share.commitment) else {
			return;
		};
		let Ok(Some(committee)) = self.node.blobs.committee(info.session) else {
			return;
		};
		let others = (0..committee.members.len()).filter(|member| *member != share.signer as usize);
		stream::iter(others)
			.for_each_concurrent(TELL_AT_ONCE, |member| {
				let committee = committee.clone();
				async move {
					if let Some(member) = committee.members.get(member) {
						self.send_to(share, member, info.deadline).await;
					}
				}
			})
			.await;
	}

	async fn send_to(&self, share: &Share, member: &Member, expiry: u32) {
		let mut changes = self.node.members.changes();
		let mut pause = PAUSE;
		while self.is_useful(share, expiry) {
			if let Some(peer) = self.node.members.peer_of(member) {
				match self.node.ask(peer, &Request::Share(share.clone())).await {
					Ok(Response::Counted) => return,
					Ok(other) => drop(self.node.wrong_answer(peer, &other)),
					Err(AskError::Refused(Refusal::BadSignature)) => {
						// It may see another branch of the chain, where session or deadline differ.
						log::debug!(target: LOG, "{peer} does not accept our share for {}", share.commitment);
					}
					Err(AskError::Refused(Refusal::Malformed)) => {
						self.node.transport.report(peer, Misbehaviour::Malformed);
						return;
					}
					Err(_) => {}
				}
			}
			tokio::select! {
				_ = tokio::time::sleep(pause) => {},
				_ = changes.changed() => {},
			}
			pause = pause.saturating_mul(2).min(MAX_PAUSE);
		}
	}
}
