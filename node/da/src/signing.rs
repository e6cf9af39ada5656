// SPDX-License-Identifier: Apache-2.0

//! Our own attestations and their numbers.
//!
//! A number is used for one attestation of a committee: each counts for itself. Share and number are on the disk before
//! a signature leaves; the same batch until the same block is the same share, byte for byte, also after a restart. A
//! database that was wiped, or restored from an old copy, has forgotten numbers. Two things stand in before the first
//! signature in a committee in the life of this process:
//!
//! * Other members with a third of the weight (or half of what is not ours) say which of our numbers they saw last, and prove
//!   it by our own signature; neither it nor a lower one is used again. While less than a third lies, one of them is honest.
//! * Numbers go on above the clock's milliseconds since 1970. A process counts up from there by one a signature, and signs
//!   less than a thousand times a second, so that whatever was used before lies below, also if nobody knows of it.
//!
//! What remains: a clock that was set back across a loss of the database, for numbers that nobody who answers has seen; and
//! a second node with the same key.

use crate::{
	messages::message_of,
	node::{blocking, Node, LOG},
	protocol::{Batch, Latest, Refusal, Request, Response, Share, REQUEST_TIMEOUT},
	store::StoreError,
};
use futures::{stream::FuturesUnordered, StreamExt};
use std::{
	collections::{hash_map::Entry, HashMap, HashSet},
	sync::Arc,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
	sync::watch,
	time::{interval, timeout, MissedTickBehavior},
};
use zerog_bls::{signer::verify_share, Signature};
use zerog_erasure::Hash;
use zerog_primitives::da::{attestation_message, Committee, CommitteeId};

/// Members asked at once for our last number.
const ASK_AT_ONCE: usize = 32;
/// After how long those that did not answer stand no longer before others; they may still answer.
const PATIENCE: Duration = Duration::from_secs(1);
/// Pause before those that were not reached are asked again.
const PAUSE: Duration = Duration::from_millis(200);
/// How long answers are waited for before all are asked again: no request is answered later.
const SETTLE_TIMEOUT: Duration = REQUEST_TIMEOUT;
/// How long a signature waits until enough of them answered.
const SIGN_TIMEOUT: Duration = Duration::from_secs(5);
/// Sessions of whose committees the numbers are remembered to be known; of each we are in few.
const SESSIONS: u32 = 16;

type What = (CommitteeId, Hash, u32);

/// Makes our shares, one at a time.
pub(crate) struct Signer {
	node: Arc<Node>,
	/// Our shares by committee, batch root and expiry.
	shares: tokio::sync::Mutex<HashMap<What, Share>>,
	/// Whether the next number of a committee is known to be unused; `false` as long as others are being asked.
	settled: watch::Sender<HashMap<CommitteeId, bool>>,
}

fn what(share: &Share) -> What {
	(share.committee, share.batch.root(), share.expiry)
}

pub(crate) fn cannot_store(error: StoreError) -> Refusal {
	log::error!(target: LOG, "nothing is signed: {error}");
	Refusal::CannotStore
}

impl Signer {
	pub(crate) fn new(node: Arc<Node>) -> Result<Self, StoreError> {
		let shares = node.store.shares()?.into_iter();
		let shares = shares.map(|share| (what(&share), share)).collect();
		Ok(Self {
			node,
			shares: tokio::sync::Mutex::new(shares),
			settled: Default::default(),
		})
	}

	/// The shares that can still be used.
	pub(crate) async fn shares(&self, best: u32) -> Vec<Share> {
		let shares = self.shares.lock().await;
		let usable = shares.values().filter(|share| best <= share.expiry);
		usable.cloned().collect()
	}

	/// Our share for a batch; `None` when our key is not the one that the committee has for us.
	pub(crate) async fn sign(
		self: &Arc<Self>,
		committee: &Arc<Committee>,
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
		let (id, root) = (committee.id, batch.root());
		if let Some(share) = self.shares.lock().await.get(&(id, root, expiry)) {
			return Ok(Some(share.clone()));
		}
		self.prepare(committee.clone(), me);
		let mut settled = self.settled.subscribe();
		let is_settled = settled.wait_for(|settled| settled.get(&id) == Some(&true));
		if !matches!(timeout(SIGN_TIMEOUT, is_settled).await, Ok(Ok(_))) {
			return Err(Refusal::Busy);
		}
		let mut shares = self.shares.lock().await;
		if let Some(share) = shares.get(&(id, root, expiry)) {
			return Ok(Some(share.clone()));
		}
		// Time has passed. A blob goes to another committee only after its deadline: nothing is signed for the old one then.
		if self.node.chain.best_number() > expiry {
			return Err(Refusal::NotPaid);
		}
		let node = self.node.clone();
		let signer = u32::try_from(me).map_err(|_| Refusal::Internal)?;
		let share = blocking(move || {
			let key = node.key.as_ref().ok_or(Refusal::Internal)?;
			let sequence = node.store.next_number(id).map_err(cannot_store)?.ok_or_else(|| {
				log::error!(target: LOG, "all numbers of {id} are used");
				Refusal::Internal
			})?;
			let attestation = attestation_message(&node.genesis, id, &root, expiry);
			let mut share = Share {
				committee: id,
				expiry,
				batch,
				signer,
				signature: key.sign(&attestation),
				sequence,
				numbered: Signature([0; 48]),
			};
			share.numbered = key.sign(&message_of(
				&node.genesis,
				id,
				signer,
				sequence,
				&share.statement(),
			));
			node.store.put_share(&share).map_err(cannot_store)?;
			node.metrics.shares_signed.inc();
			Ok(share)
		})
		.await??;
		shares.insert((id, root, expiry), share.clone());
		Ok(Some(share))
	}

	/// Learn our last number of a committee in the background, unless that was begun before.
	pub(crate) fn prepare(self: &Arc<Self>, committee: Arc<Committee>, me: usize) {
		let id = committee.id;
		let begin = |settled: &mut HashMap<CommitteeId, bool>| match settled.entry(id) {
			Entry::Vacant(entry) => {
				entry.insert(false);
				true
			}
			Entry::Occupied(_) => false,
		};
		if !self.settled.send_if_modified(begin) {
			return;
		}
		let signer = self.clone();
		self.node.tasks.spawn(async move {
			let settled = timeout(SETTLE_TIMEOUT, signer.settle(&committee, me)).await;
			let is_settled = match settled {
				Ok(Ok(())) => true,
				Ok(Err(refusal)) => {
					log::warn!(target: LOG, "our last number of {id}: {refusal}");
					false
				}
				Err(_) => {
					log::warn!(target: LOG, "too few members are reachable to know our last number of {id}");
					false
				}
			};
			// The next signature begins anew what has failed.
			signer.settled.send_modify(|settled| match is_settled {
				true => drop(settled.insert(id, true)),
				false => drop(settled.remove(&id)),
			});
		});
	}

	/// Ask the others for the last number that they saw of us, until enough have answered; then leave out what the clock has
	/// passed.
	async fn settle(&self, committee: &Committee, me: usize) -> Result<(), Refusal> {
		let weights = committee.weights();
		let all = weights
			.iter()
			.fold(0u128, |sum, weight| sum.saturating_add(*weight));
		let not_ours = all.saturating_sub(weights.get(me).copied().unwrap_or_default());
		// In an order of its own in each node.
		let others: HashSet<usize> = (0..weights.len()).filter(|member| *member != me).collect();
		let mut due: Vec<usize> = others.into_iter().collect();
		let (mut asked, mut unreached) = (FuturesUnordered::new(), Vec::new());
		let (mut at_once, mut heard) = (0usize, 0u128);
		let (mut patience, mut again) = (interval(PATIENCE), interval(PAUSE));
		again.set_missed_tick_behavior(MissedTickBehavior::Delay);
		loop {
			if heard.saturating_mul(3) >= all || heard.saturating_mul(2) >= not_ours {
				return self.skip_to_clock(committee.id).await;
			}
			while asked.len() < at_once {
				let Some(member) = due.pop() else { break };
				asked.push(async move { (member, self.ask(committee, me, member).await) });
			}
			tokio::select! {
				Some((member, answer)) = asked.next() => match answer {
					Some(latest) => {
						if let Some(latest) = latest {
							self.skip(committee, me, latest).await?;
						}
						heard = heard.saturating_add(weights.get(member).copied().unwrap_or_default());
					}
					None => unreached.push(member),
				},
				// Those that are slow keep their places: as many more are asked.
				_ = patience.tick() => at_once = at_once.saturating_add(ASK_AT_ONCE),
				_ = again.tick(), if !unreached.is_empty() => due.append(&mut unreached),
			}
		}
	}

	/// `None` when a member does not answer.
	async fn ask(&self, committee: &Committee, me: usize, member: usize) -> Option<Option<Latest>> {
		let peer = self.node.members.peer_of(committee.members.get(member)?)?;
		let request = Request::Latest {
			committee: committee.id,
			signer: u32::try_from(me).ok()?,
		};
		match self.node.ask(peer, &request).await {
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
		let (node, id) = (self.node.clone(), committee.id);
		let member = u32::try_from(me).map_err(|_| Refusal::Internal)?;
		blocking(move || {
			let Latest { sequence, statement } = latest;
			if node.store.next_number(id)?.is_none_or(|next| sequence < next) {
				return Ok(());
			}
			let message = message_of(&node.genesis, id, member, sequence, &statement);
			if !node
				.public
				.is_some_and(|key| verify_share(&message, &statement.signature, &key))
			{
				return Ok(());
			}
			log::error!(
				target: LOG,
				"we have used number {sequence} of {id} and forgot it: the row database was restored from \
				 an old copy, or another node signs with our key"
			);
			node.store.skip_numbers(id, sequence)
		})
		.await?
		.map_err(cannot_store)
	}

	/// Use no number up to the milliseconds since 1970: an earlier process may have used them, and all may have forgotten.
	async fn skip_to_clock(&self, id: CommitteeId) -> Result<(), Refusal> {
		let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		let past = u64::try_from(since.as_millis()).unwrap_or_default();
		let node = self.node.clone();
		blocking(move || match node.store.next_number(id)? {
			Some(next) if next <= past => node.store.skip_numbers(id, past),
			_ => Ok(()),
		})
		.await?
		.map_err(cannot_store)
	}

	/// Forget the shares that nobody can use any more.
	pub(crate) async fn prune(&self, over: impl Fn(u32) -> bool) -> Result<(), StoreError> {
		let mut shares = self.shares.lock().await;
		let old: Vec<What> = shares
			.iter()
			.filter(|(_, share)| over(share.expiry))
			.map(|(what, _)| *what)
			.collect();
		for what in old {
			if let Some(share) = shares.remove(&what) {
				self.node.store.remove_share(share.committee, share.sequence)?;
			}
		}
		self.settled.send_modify(|settled| {
			let newest = settled.keys().max().map_or(0, |id| id.session);
			settled.retain(|id, _| id.session.saturating_add(SESSIONS) > newest);
		});
		Ok(())
	}
}
