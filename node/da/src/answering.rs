// SPDX-License-Identifier: Apache-2.0

//! Answers challenges: the chain asks for a row that we signed for, and gets it with its path.
//!
//! The row comes from our disk. If it is not there, the blob is read from the other members, all of our rows are put
//! back, and then it is answered; other rows do not wait for that. A challenge whose window has passed is ended by whoever
//! sees it.

use crate::{
	blobs::MAX_NETWORKS,
	member::Member,
	node::{blocking, Node, LOG},
	protocol::{Push, Refusal},
	retriever::{turn, RetrieveError, Retriever},
};
use parking_lot::Mutex;
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	sync::Arc,
	time::Duration,
};
use tokio::sync::Semaphore;
use zerog_erasure::{Commitment, Row};
use zerog_primitives::da::CommitteeId;

/// Challenges looked at in one block.
const MAX_CHALLENGES: usize = 256;
/// Blocks after which an answer that was not included is submitted again.
const ANSWER_AGAIN: u32 = 4;
/// Accounts whose custody may still be ours.
const MAX_ACCOUNTS: usize = 4;
/// Blobs rebuilt at once: so one of which too little can be had does not hold up another.
const REBUILDS_AT_ONCE: usize = 2;
/// Less than the five minutes in which a challenge is answered: a rebuild that hangs is begun anew.
const REBUILD: Duration = Duration::from_secs(200);

#[derive(Default)]
struct State {
	/// Our accounts, also those of earlier committees.
	accounts: BTreeSet<[u8; 32]>,
	/// Challenges that are being answered, or were in that block.
	answered: HashMap<(Commitment, u32), u32>,
	/// Blobs that are being rebuilt, or wait for it.
	rebuilding: BTreeSet<Commitment>,
}

/// Answers challenges of our rows.
pub(crate) struct Answerer {
	node: Arc<Node>,
	member: Arc<Member>,
	retriever: Arc<Retriever>,
	rebuilds: Semaphore,
	state: Mutex<State>,
}

impl Answerer {
	pub(crate) fn new(node: Arc<Node>, member: Arc<Member>, retriever: Arc<Retriever>) -> Self {
		Self {
			node,
			member,
			retriever,
			rebuilds: Semaphore::new(REBUILDS_AT_ONCE),
			state: Default::default(),
		}
	}

	/// Our account in the present committees, and in those whose blobs are on our disk.
	fn learn_accounts(&self) {
		let current = self.node.chain.current_committees().unwrap_or_default();
		let mut committees: BTreeSet<CommitteeId> = current.into_iter().take(MAX_NETWORKS).collect();
		if self.state.lock().accounts.is_empty() {
			let records = self.node.store.records().unwrap_or_default();
			let infos = records
				.iter()
				.filter_map(|(commitment, _)| self.node.blobs.info(*commitment).ok()?);
			committees.extend(infos.map(|info| info.committee));
		}
		for id in committees {
			let Ok(Some(committee)) = self.node.blobs.committee(id) else {
				continue;
			};
			let me = self.node.me().index_in(&committee);
			let mut state = self.state.lock();
			if let Some(member) = me.and_then(|me| committee.members.get(me)) {
				if state.accounts.len() < MAX_ACCOUNTS {
					state.accounts.insert(member.account);
				}
			}
		}
	}

	/// A new best block: answer what is asked of us.
	pub(crate) fn on_block(self: &Arc<Self>, best: u32) {
		self.learn_accounts();
		let accounts = self.state.lock().accounts.clone();
		let mut open = Vec::new();
		for account in accounts {
			match self.node.chain.open_challenges(account) {
				Ok(challenges) => open.extend(challenges),
				Err(error) => return log::debug!(target: LOG, "challenges: {error}"),
			}
		}
		open.retain(|challenge| best <= challenge.deadline);
		open.sort_by_key(|challenge| challenge.deadline);
		open.truncate(MAX_CHALLENGES);
		let mut due: BTreeMap<Commitment, Vec<u32>> = BTreeMap::new();
		{
			let answered = &mut self.state.lock().answered;
			let is_open = |id: &(Commitment, u32)| open.iter().any(|c| (c.commitment, c.row) == *id);
			answered.retain(|id, _| is_open(id));
			for challenge in open {
				let id = (challenge.commitment, challenge.row);
				if answered
					.get(&id)
					.is_none_or(|at| best >= at.saturating_add(ANSWER_AGAIN))
				{
					answered.insert(id, best);
					due.entry(id.0).or_default().push(id.1);
				}
			}
		}
		for (commitment, rows) in due {
			let answerer = self.clone();
			self.node.tasks.spawn(async move {
				if let Err(refusal) = answerer.answer(commitment, rows).await {
					log::error!(target: LOG, "challenges of {commitment} are not answered yet: {refusal}");
				}
			});
		}
	}

	async fn answer(&self, commitment: Commitment, mut wanted: Vec<u32>) -> Result<(), Refusal> {
		let rows = self.rows_on_disk(commitment, &wanted).await?;
		wanted.retain(|index| rows.iter().all(|row| row.index != *index));
		self.show(commitment, rows).await;
		if wanted.is_empty() || !self.state.lock().rebuilding.insert(commitment) {
			return Ok(());
		}
		log::warn!(target: LOG, "{} challenged rows of {commitment} are lost; rebuilding them", wanted.len());
		let rebuilt = self.rebuild(commitment, wanted).await;
		self.state.lock().rebuilding.remove(&commitment);
		self.show(commitment, rebuilt?).await;
		Ok(())
	}

	async fn show(&self, commitment: Commitment, rows: Vec<Row>) {
		for row in rows {
			let index = row.index;
			match self.node.chain.submit_answer(commitment, row).await {
				Ok(()) => log::debug!(target: LOG, "row {index} of {commitment} is shown to the chain"),
				Err(error) => log::warn!(target: LOG, "answer with row {index} of {commitment}: {error}"),
			}
		}
	}

	async fn rows_on_disk(&self, commitment: Commitment, wanted: &[u32]) -> Result<Vec<Row>, Refusal> {
		let info = self.node.blobs.info(commitment).map_err(|_| Refusal::Internal)?;
		let blob = self
			.node
			.blobs
			.load(commitment, &info.ok_or(Refusal::NotPaid)?)
			.await?;
		let (node, wanted) = (self.node.clone(), wanted.to_vec());
		blocking(move || {
			let Ok(Some(verifier)) = node.own_verifier(&blob) else {
				return Vec::new();
			};
			let rows = wanted
				.iter()
				.filter_map(|index| node.own_row(&verifier, *index).ok().flatten());
			rows.collect()
		})
		.await
	}

	/// Read the blob from others, take all of our rows back as if they were pushed, and hand out those that are wanted.
	async fn rebuild(&self, commitment: Commitment, wanted: Vec<u32>) -> Result<Vec<Row>, Refusal> {
		let refused = |error: RetrieveError| {
			log::error!(target: LOG, "{commitment} cannot be rebuilt: {error}");
			Refusal::NotHeld
		};
		let _permit = turn(&self.rebuilds).await.map_err(refused)?;
		let rebuild = tokio::time::timeout(REBUILD, self.retriever.rebuild(commitment));
		let Ok(rebuilt) = rebuild.await else {
			log::error!(target: LOG, "{commitment} is not rebuilt after {} s", REBUILD.as_secs());
			return Err(Refusal::NotHeld);
		};
		let (blob, encoded) = rebuilt.map_err(refused)?;
		let me = self.node.me().index_in(&blob.committee);
		let rebuilt = blocking(move || {
			let push = me.and_then(|me| {
				Some(Push {
					commitment,
					checksum: encoded.checksum().to_vec(),
					batch: encoded.batch(blob.rows_of(me))?,
					sealed: false,
				})
			});
			let rows = wanted.iter().filter_map(|index| encoded.one_row(*index));
			(push, rows.collect())
		});
		let (push, rows) = rebuilt.await?;
		let back = match push {
			Some(push) => self.member.push(self.node.transport.local_peer(), push).await,
			None => Err(Refusal::NotAssigned),
		};
		match back {
			// Or somebody else was faster.
			Ok(_) | Err(Refusal::NotPaid) => {}
			Err(refusal) => {
				log::warn!(target: LOG, "our rows of {commitment} could not be put back: {refusal}")
			}
		}
		Ok(rows)
	}

	/// End the challenges of all operators whose window has passed.
	pub(crate) fn resolve(self: &Arc<Self>, best: u32) {
		let Some(committee) = self.node.blobs.root_committee() else {
			return;
		};
		if self.node.me().index_in(&committee).is_none() {
			return;
		}
		let answerer = self.clone();
		self.node.tasks.spawn(async move {
			for member in &committee.members {
				let challenges = answerer
					.node
					.chain
					.open_challenges(member.account)
					.unwrap_or_default();
				let over = challenges.iter().filter(|challenge| best > challenge.deadline);
				for challenge in over.take(MAX_CHALLENGES) {
					let ended = answerer
						.node
						.chain
						.submit_resolve(challenge.commitment, challenge.row);
					if let Err(error) = ended.await {
						log::debug!(target: LOG, "end of the challenge of {}: {error}", challenge.commitment);
					}
				}
			}
		});
	}
}
