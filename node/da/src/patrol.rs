// SPDX-License-Identifier: Apache-2.0

//! What this node has to hold and lacks, found and taken back without being asked.
//!
//! A *round* goes through all blobs that the chain has, [`PAGE`] of them in a block, in the order of its keys. Where this node
//! signed, and retention has not ended, the rows on its disk are counted: of those that are missing the blob is rebuilt from
//! any quarter, checked against the commitment, and its own rows are taken from it, as if somebody else had pushed them.
//! Blobs are rebuilt one by one, so that a node which lost its disk fetches no more than one at a time.
//!
//! The first round begins with the node, so a disk that was replaced fills at the pace of the network instead of that at
//! which others happen to look at its rows; later ones find what is left of rows that failed their check when they were
//! read, and of repairs that failed. Rows are counted, not read: what rots unseen is found by the samples of others, and by
//! challenges.
//!
//! A round that could not bring everything back is followed by the next one soon, then less and less so. When the disk takes
//! nothing a round ends at once: what is fetched would be fetched in vain.

use crate::{
	blobs::is_owed,
	duties::{Worker, REPAIR_TIME},
	node::{blocking, Node, LOG},
	protocol::Refusal,
	ChainError, Event, RetrieveError, StoreError,
};
use std::{collections::HashMap, sync::Arc};
use zerog_erasure::{Commitment, Hash, Profile};
use zerog_primitives::da::{Assignment, CommitteeId};

/// Blobs looked at in one block.
const PAGE: u32 = 32;
/// Blocks from the start to the first round: peers have to be found first.
const FIRST: u32 = 2;
/// Blocks from the end of a round to the next one if all is there, and at least if something could not be had.
const ROUND: u32 = 200;
const AGAIN: u32 = 20;
/// Committees of which a round remembers whether we are in them: 17 KiB each with a thousand members.
const SEATS: usize = 1_024;

/// Why something is not looked at, or not brought back.
#[derive(Debug, thiserror::Error)]
enum Trouble {
	#[error(transparent)]
	Chain(#[from] ChainError),
	#[error(transparent)]
	Store(#[from] StoreError),
	#[error(transparent)]
	Read(#[from] RetrieveError),
	#[error("the node is busy: {0}")]
	Node(#[from] Refusal),
	#[error("{0} rows are still missing")]
	Missing(usize),
	#[error("it takes too long")]
	Slow,
}

/// Our place in a committee, and what rows are assigned by.
#[derive(Clone)]
struct Seat {
	me: usize,
	randomness: Hash,
	weights: Vec<u128>,
}

impl Seat {
	/// Rows of a blob that are ours and not on disk.
	fn lacking(&self, node: &Node, commitment: Commitment, profile: Profile) -> Result<Vec<u32>, StoreError> {
		let assignment = Assignment::new(commitment, &self.randomness, &self.weights, profile);
		let held = node.store.held(&commitment)?;
		let mut rows = assignment.rows_of(self.me);
		rows.retain(|row| held.binary_search(row).is_err());
		Ok(rows)
	}
}

/// Where a round is.
#[derive(Default)]
struct Round {
	/// The last blob that was looked at.
	after: Option<Commitment>,
	/// Something could not be had.
	is_short: bool,
	seats: HashMap<CommitteeId, Option<Seat>>,
}

/// A blob of which rows are lost.
struct Loss {
	commitment: Commitment,
	profile: Profile,
	seat: Seat,
}

impl Round {
	/// The losses on the next page, and whether there may be more pages. Blocks.
	fn turn(&mut self, node: &Node) -> Result<(Vec<Loss>, bool), Trouble> {
		let (mut losses, best) = (Vec::new(), node.chain.best_number());
		let page = node.chain.blobs_after(self.after, PAGE)?;
		for commitment in &page {
			match self.loss(node, *commitment, best) {
				Ok(loss) => losses.extend(loss),
				// Its keys cannot be read: those behind it can.
				Err(Trouble::Store(error)) => {
					log::warn!(target: LOG, "cannot tell what is held of {commitment}: {error}");
					self.is_short = true;
				}
				Err(trouble) => return Err(trouble),
			}
			self.after = Some(*commitment);
		}
		Ok((losses, page.len() >= PAGE as usize))
	}

	/// A blob, if we have to hold rows of it that are not there.
	fn loss(&mut self, node: &Node, commitment: Commitment, best: u32) -> Result<Option<Loss>, Trouble> {
		// Not from the cache, which is for blobs that are asked for.
		let Some(info) = node.chain.blob(commitment)? else {
			return Ok(None);
		};
		let seat = self.seat(node, info.committee)?;
		let seat = seat.filter(|seat| is_owed(&info, best, seat.me));
		let (Some(seat), Ok(profile)) = (seat, info.header.profile()) else {
			return Ok(None);
		};
		let is_whole = seat.lacking(node, commitment, profile)?.is_empty();
		Ok((!is_whole).then_some(Loss {
			commitment,
			profile,
			seat,
		}))
	}

	fn seat(&mut self, node: &Node, id: CommitteeId) -> Result<Option<Seat>, ChainError> {
		if let Some(seat) = self.seats.get(&id) {
			return Ok(seat.clone());
		}
		let seat = node.blobs.committee(id)?.and_then(|committee| {
			Some(Seat {
				me: node.me().index_in(&committee)?,
				randomness: committee.randomness,
				weights: committee.weights(),
			})
		});
		if self.seats.len() >= SEATS {
			self.seats.clear();
		}
		self.seats.insert(id, seat.clone());
		Ok(seat)
	}
}

impl Worker {
	/// Look through what this node holds, round after round, until the service ends.
	pub(crate) async fn patrol(&self) {
		let mut blocks = self.node.best.subscribe();
		let (mut round, mut again) = (Round::default(), AGAIN);
		let mut due = blocks.borrow_and_update().saturating_add(FIRST);
		while blocks.changed().await.is_ok() {
			if *blocks.borrow_and_update() < due {
				continue;
			}
			let pause = match self.look(&mut round).await {
				Ok(true) => continue,
				Ok(false) if !round.is_short => {
					again = AGAIN;
					ROUND
				}
				Ok(false) => {
					let later = again.saturating_mul(2).min(ROUND);
					std::mem::replace(&mut again, later)
				}
				Err(trouble) => {
					log::warn!(target: LOG, "cannot look through what is held: {trouble}");
					ROUND
				}
			};
			round = Round::default();
			due = self.node.chain.best_number().saturating_add(pause);
		}
	}

	/// The next page of a round; whether there may be more.
	async fn look(&self, round: &mut Round) -> Result<bool, Trouble> {
		let (node, mut turned) = (self.node.clone(), std::mem::take(round));
		let (back, turn) = blocking(move || {
			let turn = turned.turn(&node);
			(turned, turn)
		})
		.await?;
		*round = back;
		let (losses, is_more) = turn?;
		for loss in losses {
			let commitment = loss.commitment;
			let restored = tokio::time::timeout(REPAIR_TIME, self.take_back(loss)).await;
			match restored.unwrap_or(Err(Trouble::Slow)) {
				Ok(0) => {}
				Ok(rows) => log::info!(target: LOG, "{rows} rows of {commitment} were lost, and are back"),
				Err(trouble) => {
					if let Some(failure) = self.node.store.failure() {
						return Err(failure.into());
					}
					log::warn!(target: LOG, "lost rows of {commitment} are not back: {trouble}");
					round.is_short = true;
				}
			}
		}
		Ok(is_more)
	}

	/// Have the blob rebuilt, and take what we owe and lack of it; how many rows that were.
	async fn take_back(&self, loss: Loss) -> Result<u32, Trouble> {
		let (commitment, profile, me) = (loss.commitment, loss.profile, loss.seat.me);
		let lacking = || {
			let (node, seat) = (self.node.clone(), loss.seat.clone());
			blocking(move || seat.lacking(&node, commitment, profile))
		};
		let info = self.retriever.readable(commitment)?;
		let lost = lacking().await??;
		// Somebody else may have been faster.
		if lost.is_empty() || !is_owed(&info, self.node.chain.best_number(), me) {
			return Ok(0);
		}
		let (blob, encoded) = self.retriever.rebuild(commitment).await?;
		let rows = u32::try_from(lost.len()).unwrap_or(u32::MAX);
		let restored = self.hand_back(&blob, &Arc::new(encoded), me, lost).await;
		self.node.metrics.rows_restored.inc_by(restored.into());
		self.node
			.traces
			.note(commitment, Event::Repaired { rows, restored });
		match lacking().await??.len() {
			0 => Ok(restored),
			missing => Err(Trouble::Missing(missing)),
		}
	}
}
