// SPDX-License-Identifier: Apache-2.0

//! Our own shares on their way to every other member, repeated until each has taken them or they are of no use.

use crate::{
	blobs::wants_shares,
	node::{AskError, Node, LOG},
	protocol::{Refusal, Request, Response, Share},
	Misbehaviour,
};
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use std::{collections::HashSet, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use zerog_primitives::da::{CommitteeId, Member};

/// Members told at once.
const TELL_AT_ONCE: usize = 32;
/// First pause before a share is sent again; doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Shares being sent, by committee and number.
pub(crate) struct Outbox {
	node: Arc<Node>,
	sending: Mutex<HashSet<(CommitteeId, u64)>>,
}

impl Outbox {
	pub(crate) fn new(node: Arc<Node>) -> Self {
		Self {
			node,
			sending: Default::default(),
		}
	}

	/// Send a share to all members of its committee, in the background.
	pub(crate) fn send(self: &Arc<Self>, share: Share) {
		let id = (share.committee, share.sequence);
		if !self.sending.lock().insert(id) {
			return;
		}
		let outbox = self.clone();
		self.node.tasks.spawn(async move {
			outbox.send_to_all(&share).await;
			outbox.sending.lock().remove(&id);
		});
	}

	/// Whether a share can still make a difference, for any blob of its batch.
	fn is_useful(&self, share: &Share) -> bool {
		let (best, window) = (self.node.chain.best_number(), self.node.blobs.window());
		let counts = |info| match info {
			Ok(Some(info)) => {
				wants_shares(&info, best, share.committee, window) && share.expiry <= info.deadline
			}
			// A reorganisation took the blob away for now, or the chain cannot say.
			Ok(None) | Err(_) => true,
		};
		best <= share.expiry
			&& share
				.batch
				.iter()
				.any(|commitment| counts(self.node.blobs.info(*commitment)))
	}

	async fn send_to_all(&self, share: &Share) {
		let Ok(Some(committee)) = self.node.blobs.committee(share.committee) else {
			return;
		};
		let members = committee.members.iter().enumerate();
		let others = members.filter(|(index, _)| *index != share.signer as usize);
		// Only requests count against the limit: members that are gone must not stand before those that are there.
		let permits = Semaphore::new(TELL_AT_ONCE);
		stream::iter(others)
			.for_each_concurrent(None, |(_, member)| self.send_to(share, member, &permits))
			.await;
	}

	async fn send_to(&self, share: &Share, member: &Member, permits: &Semaphore) {
		let mut changes = self.node.members.changes();
		let mut pause = PAUSE;
		while self.is_useful(share) {
			if let Some(peer) = self.node.members.peer_of(member) {
				let Ok(permit) = permits.acquire().await else {
					return;
				};
				let answer = self.node.ask(peer, &Request::Share(share.clone())).await;
				drop(permit);
				match answer {
					Ok(Response::Counted) => return,
					Ok(other) => drop(self.node.wrong_answer(peer, &other)),
					Err(AskError::Refused(Refusal::BadSignature)) => {
						// It may see another branch of the chain, where the committee has other members.
						log::debug!(target: LOG, "{peer} does not accept our share {}", share.sequence);
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
