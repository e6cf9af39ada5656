// SPDX-License-Identifier: Apache-2.0

//! Our own attestations and their numbers.
//!
//! A number is used for one attestation of a session. Share and number are on the disk before a signature leaves; the same
//! batch until the same block is the same share, byte for byte, also after a restart. A database that was restored from an
//! old copy has forgotten numbers: before the first signature of a session in the life of this process, other members with
//! a third of the weight (or half of what is not ours) say which of our numbers they saw last, and prove it by our own
//! signature; neither it nor a lower one is used again. While less than a third lies, one of them is honest. What remains:
//! numbers that those members have forgotten too, because they restarted, and a second node with the same key.

use crate::{
	messages::message_of,
	node::{blocking, Node, LOG},
	protocol::{Batch, Latest, Refusal, Request, Response, Share},
	store::StoreError,
};
use futures::{stream, StreamExt};
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::time::Instant;
use zerog_bls::{signer::verify_share, Signature};
use zerog_erasure::Hash;
use zerog_primitives::da::{attestation_message, Committee, ROOT_NETWORK};

/// Members asked at once for our last number.
const ASK_AT_ONCE: usize = 32;
/// How long one of them may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a signature waits until enough of them answered.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause before those that were not reached are asked again.
const PAUSE: Duration = Duration::from_millis(200);

type What = (u32, Hash, u32);

struct State {
	/// Our shares by session, batch root and expiry.
	shares: HashMap<What, Share>,
	/// Sessions whose next number is known to be unused.
	settled: HashSet<u32>,
}

/// Makes our shares, one at a time.
pub(crate) struct Signer {
	node: Arc<Node>,
	state: tokio::sync::Mutex<State>,
}

fn what(share: &Share) -> What {
	(share.session, share.batch.root(), share.expiry)
}

pub(crate) fn cannot_store(error: StoreError) -> Refusal {
	log::error!(target: LOG, "nothing is signed: {error}");
	Refusal::CannotStore
}

impl Signer {
	pub(crate) fn new(node: Arc<Node>) -> Result<Self, StoreError> {
		let shares = node.store.shares()?;
		let state = State {
			shares: shares.into_iter().map(|share| (what(&share), share)).collect(),
			settled: HashSet::new(),
		};
		Ok(Self {
			node,
			state: tokio::sync::Mutex::new(state),
		})
	}

	/// The shares that can still be used.
	pub(crate) async fn shares(&self, best: u32) -> Vec<Share> {
		let state = self.state.lock().await;
		let usable = state.shares.values().filter(|share| best <= share.expiry);
		usable.cloned().collect()
	}

	/// Our share for a batch; `None` when our key is not the one that the committee has for us.
	pub(crate) async fn sign(
		&self,
		committee: &Committee,
		me: usize,
		batch: Batch,
		expiry: u32,
	) -> Result<Option<Share>, Refusal> {
		let is_ours = committee
			.members
			.get(me)
			.is_some_and(|member| member.key == self.node.public);
		if self.node.public.is_none() || !is_ours {
			return Ok(None);
		}
		let (session, root) = (committee.session, batch.root());
		let mut state = self.state.lock().await;
		if let Some(share) = state.shares.get(&(session, root, expiry)) {
			return Ok(Some(share.clone()));
		}
		self.settle(&mut state, committee, me).await?;
		let node = self.node.clone();
		let signer = u32::try_from(me).map_err(|_| Refusal::Internal)?;
		let share = blocking(move || {
			let key = node.key.as_ref().ok_or(Refusal::Internal)?;
			let sequence = node
				.store
				.next_number(session)
				.map_err(cannot_store)?
				.ok_or_else(|| {
					log::error!(target: LOG, "all numbers of session {session} are used");
					Refusal::Internal
				})?;
			let attestation = attestation_message(&node.genesis, ROOT_NETWORK, session, &root, expiry);
			let mut share = Share {
				session,
				expiry,
				batch,
				signer,
				signature: key.sign(&attestation),
				sequence,
				numbered: Signature([0; 48]),
			};
			share.numbered = key.sign(&message_of(
				&node.genesis,
				session,
				signer,
				sequence,
				&share.statement(),
			));
			node.store.put_share(&share).map_err(cannot_store)?;
			node.metrics.shares_signed.inc();
			Ok(share)
		})
		.await??;
		state.shares.insert((session, root, expiry), share.clone());
		Ok(Some(share))
	}

	/// Learn our last number of a session in time for its first signature.
	pub(crate) async fn prepare(&self, committee: &Committee, me: usize) {
		let mut state = self.state.lock().await;
		if let Err(refusal) = self.settle(&mut state, committee, me).await {
			log::debug!(target: LOG, "session {}: {refusal}", committee.session);
		}
	}

	/// Ask the others for the last number that they saw of us, once a session.
	async fn settle(&self, state: &mut State, committee: &Committee, me: usize) -> Result<(), Refusal> {
		let session = committee.session;
		if state.settled.contains(&session) {
			return Ok(());
		}
		let weights = committee.weights();
		let weight_of = |members: &HashSet<usize>| {
			let weights = members.iter().filter_map(|member| weights.get(*member));
			weights.fold(0u128, |sum, weight| sum.saturating_add(*weight))
		};
		let others: HashSet<usize> = (0..weights.len()).filter(|member| *member != me).collect();
		let not_ours = weight_of(&others);
		let all = not_ours.saturating_add(weights.get(me).copied().unwrap_or_default());
		let mut heard = HashSet::new();
		let mut changes = self.node.members.changes();
		let deadline = Instant::now().checked_add(SETTLE_TIMEOUT);
		loop {
			let missing: Vec<usize> = others.difference(&heard).copied().collect();
			let answers = stream::iter(missing)
				.map(|member| async move { (member, self.ask(committee, me, member).await) })
				.buffer_unordered(ASK_AT_ONCE)
				.collect::<Vec<_>>();
			for (member, answer) in answers.await {
				let Some(latest) = answer else { continue };
				heard.insert(member);
				if let Some(latest) = latest {
					self.skip(committee, me, latest).await?;
				}
			}
			let weight = weight_of(&heard);
			if weight.saturating_mul(3) >= all || weight.saturating_mul(2) >= not_ours {
				state.settled.insert(session);
				return Ok(());
			}
			if deadline.is_none_or(|deadline| Instant::now() >= deadline) {
				log::warn!(target: LOG, "too few members are reachable to know our last number of session {session}");
				return Err(Refusal::Busy);
			}
			tokio::select! {
				_ = tokio::time::sleep(PAUSE) => {},
				_ = changes.changed() => {},
			}
		}
	}

	/// `None` when a member does not answer.
	async fn ask(&self, committee: &Committee, me: usize, member: usize) -> Option<Option<Latest>> {
		let peer = self.node.members.peer_of(committee.members.get(member)?)?;
		let request = Request::Latest {
			session: committee.session,
			signer: u32::try_from(me).ok()?,
		};
		match tokio::time::timeout(PATIENCE, self.node.ask(peer, &request))
			.await
			.ok()?
		{
			Ok(Response::Latest(latest)) => Some(latest),
			Ok(other) => {
				self.node.wrong_answer(peer, &other);
				None
			}
			Err(_) => None,
		}
	}

	/// Use no number up to one that we are shown to have used.
	async fn skip(&self, committee: &Committee, me: usize, latest: Latest) -> Result<(), Refusal> {
		let (node, session) = (self.node.clone(), committee.session);
		let member = u32::try_from(me).map_err(|_| Refusal::Internal)?;
		blocking(move || {
			let Latest { sequence, statement } = latest;
			if node
				.store
				.next_number(session)?
				.is_none_or(|next| sequence < next)
			{
				return Ok(());
			}
			let message = message_of(&node.genesis, session, member, sequence, &statement);
			if !node
				.public
				.is_some_and(|key| verify_share(&message, &statement.signature, &key))
			{
				return Ok(());
			}
			log::error!(
				target: LOG,
				"we have used number {sequence} of session {session} and forgot it: the row database was restored from \
				 an old copy, or another node signs with our key"
			);
			node.store.skip_numbers(session, sequence)
		})
		.await?
		.map_err(cannot_store)
	}

	/// Forget the shares that nobody can use any more.
	pub(crate) async fn prune(&self, over: impl Fn(u32) -> bool) -> Result<(), StoreError> {
		let mut state = self.state.lock().await;
		let old: Vec<What> = state
			.shares
			.iter()
			.filter(|(_, share)| over(share.expiry))
			.map(|(what, _)| *what)
			.collect();
		for what in old {
			if let Some(share) = state.shares.remove(&what) {
				self.node.store.remove_share(share.session, share.sequence)?;
			}
		}
		let newest = state.settled.iter().max().copied().unwrap_or_default();
		state
			.settled
			.retain(|session| session.saturating_add(16) > newest);
		Ok(())
	}
}
