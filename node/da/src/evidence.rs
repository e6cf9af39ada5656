// SPDX-License-Identifier: Apache-2.0

//! What members said under their numbers, and the proof when one says two things under one number.
//!
//! A statement is noted before its signature is verified if the member's own peer sent it, else after. Signatures are
//! looked at when two statements meet: the false one is dropped, two true ones are a [`Conflict`]. So nobody is accused by
//! what others claim of him, and a member that claims falsehoods of itself hides nothing but its own numbers.
//!
//! A share that does not count, because it is late or nobody paid, says as much as one that does.

use crate::{
	blobs::MAX_NETWORKS,
	messages::message_of,
	node::{blocking, pure, Node, LOG},
	protocol::{Latest, Share},
	ChainError,
};
use parking_lot::Mutex;
use std::{
	collections::{BTreeMap, BTreeSet, HashMap},
	sync::Arc,
};
use zerog_bls::{signer::verify_share, PublicKey};
use zerog_erasure::Hash;
use zerog_primitives::da::{CommitteeId, Conflict, Numbered};

/// Statements kept of each member of a committee: as many as it gives in about a quarter of an hour. The lowest numbers go
/// first.
const PER_MEMBER: usize = 1_024;
/// Sessions of which statements are kept, the newest ones; of each those of at most [`MAX_NETWORKS`] committees, all of
/// which we are in.
const SESSIONS: usize = 4;
/// Conflicts that wait for a chain that can take them.
const WAITING: usize = 64;

/// The statements of one member of one committee.
#[derive(Default)]
struct Said {
	statements: BTreeMap<u64, Numbered>,
	/// A conflict was found: one is enough.
	convicted: bool,
}

/// The statements that this node has seen.
pub(crate) struct Evidence {
	node: Arc<Node>,
	committees: Mutex<BTreeMap<CommitteeId, HashMap<u32, Said>>>,
	waiting: Mutex<Vec<Conflict>>,
}

fn is_signed(
	genesis: &Hash,
	committee: CommitteeId,
	member: u32,
	sequence: u64,
	said: &Numbered,
	key: &PublicKey,
) -> bool {
	let message = message_of(genesis, committee, member, sequence, said);
	pure(
		|| (message, said.signature, *key),
		|| verify_share(&message, &said.signature, key),
	)
}

/// Whether statements of one more committee can be kept; if it is of a newer session than there is room for, the oldest
/// session goes.
pub(crate) fn has_room<T>(committees: &mut BTreeMap<CommitteeId, T>, new: CommitteeId) -> bool {
	if committees.contains_key(&new) {
		return true;
	}
	let sessions: BTreeSet<u32> = committees.keys().map(|id| id.session).collect();
	if !sessions.contains(&new.session) && sessions.len() >= SESSIONS {
		match sessions.first() {
			Some(oldest) if *oldest < new.session => committees.retain(|id, _| id.session != *oldest),
			_ => return false,
		}
	}
	let alike = committees.keys().filter(|id| id.session == new.session);
	alike.count() < MAX_NETWORKS
}

impl Evidence {
	pub(crate) fn new(node: Arc<Node>) -> Self {
		Self {
			node,
			committees: Default::default(),
			waiting: Default::default(),
		}
	}

	/// Note what a share says. `false` when its number was used for something else and its own statement is forged.
	pub(crate) async fn note(&self, share: &Share, key: PublicKey) -> bool {
		let (committee, member, sequence) = (share.committee, share.signer, share.sequence);
		let second = share.statement();
		let Some(first) = self.insert(committee, member, sequence, &second) else {
			return true;
		};
		let genesis = self.node.genesis;
		let conflict = Conflict {
			committee,
			member,
			sequence,
			first,
			second,
		};
		let to_check = conflict.clone();
		let signed = blocking(move || {
			[to_check.first, to_check.second]
				.map(|said| is_signed(&genesis, committee, member, sequence, &said, &key))
		});
		match signed.await {
			Ok([true, true]) => self.convict(conflict).await,
			Ok([false, true]) => self.replace(conflict),
			Ok([_, false]) => return false,
			Err(_) => {}
		}
		true
	}

	/// Another statement under the same number, if there is one; else this one is noted.
	fn insert(
		&self,
		committee: CommitteeId,
		member: u32,
		sequence: u64,
		statement: &Numbered,
	) -> Option<Numbered> {
		let mut committees = self.committees.lock();
		if !has_room(&mut committees, committee) {
			return None;
		}
		let said = committees
			.entry(committee)
			.or_default()
			.entry(member)
			.or_default();
		if let Some(first) = said.statements.get(&sequence) {
			// The same with another signature: one of them is forged.
			return (first != statement && !said.convicted).then(|| first.clone());
		}
		said.statements.insert(sequence, statement.clone());
		if said.statements.len() > PER_MEMBER {
			said.statements.pop_first();
		}
		None
	}

	/// The first statement of a would-be conflict was forged: the second one takes its place.
	fn replace(&self, conflict: Conflict) {
		let mut committees = self.committees.lock();
		let said = committees
			.get_mut(&conflict.committee)
			.and_then(|members| members.get_mut(&conflict.member));
		if let Some(said) = said {
			said.statements.insert(conflict.sequence, conflict.second);
		}
	}

	async fn convict(&self, conflict: Conflict) {
		let (committee, member, sequence) = (conflict.committee, conflict.member, conflict.sequence);
		{
			let mut committees = self.committees.lock();
			let said = committees
				.get_mut(&committee)
				.and_then(|members| members.get_mut(&member));
			if said.is_none_or(|said| std::mem::replace(&mut said.convicted, true)) {
				return;
			}
		}
		log::warn!(target: LOG, "member {member} of {committee} used number {sequence} twice");
		self.submit(conflict).await;
	}

	async fn submit(&self, conflict: Conflict) {
		match self.node.chain.submit_conflict(conflict.clone()).await {
			Ok(()) => {}
			// Somebody else proved it, or the committee is forgotten.
			Err(ChainError::Rejected(error)) => log::debug!(target: LOG, "conflict: {error}"),
			Err(error) => {
				log::debug!(target: LOG, "conflict: {error}; the next block tries again");
				let mut waiting = self.waiting.lock();
				if waiting.len() < WAITING {
					waiting.push(conflict);
				}
			}
		}
	}

	/// A new best block: tell the chain what it could not take before.
	pub(crate) async fn on_block(&self) {
		let waiting = std::mem::take(&mut *self.waiting.lock());
		for conflict in waiting {
			self.submit(conflict).await;
		}
	}

	/// The highest number that is known of a member.
	pub(crate) fn latest(&self, committee: CommitteeId, member: u32) -> Option<Latest> {
		let committees = self.committees.lock();
		let said = committees.get(&committee)?.get(&member)?;
		let (sequence, statement) = said.statements.last_key_value()?;
		Some(Latest {
			sequence: *sequence,
			statement: statement.clone(),
		})
	}
}
