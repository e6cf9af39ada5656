// SPDX-License-Identifier: Apache-2.0

//! What this node has to hold and lacks, found and taken back without being asked.
//!
//! A *round* goes through all blobs that the chain has, [`PAGE`] of them in a block, in the order of its keys. Where this node
//! signed, and retention has not ended, the rows on its disk are counted: of those that are missing the blob is rebuilt from
//! any quarter, checked against the commitment, and its own rows are taken from it, as if somebody else had pushed them.
//! Blobs are rebuilt one by one, so that a node which lost its disk fetches no more than one at a time.
//!
//! The first round begins with the node, so a disk that was replaced fills at the pace of the network instead of that at
//! which others happen to look at its rows; later ones find what is left of rows that did not show their check when they were
//! read, and of repairs that failed. Rows are counted, not read: what rots unseen is found by the samples of others, and by
//! challenges.

use crate::{
	blobs::is_owed,
	duties::{Worker, REPAIR_TIME},
	node::{blocking, LOG},
	store::StoreError,
	ChainError, Event, RetrieveError,
};
use std::sync::Arc;
use zerog_erasure::Commitment;
use zerog_primitives::da::{Assignment, BlobInfo};

/// Blobs looked at in one block.
const PAGE: u32 = 32;
/// Blocks from the start to the first round: peers have to be found first.
const FIRST: u32 = 2;
/// Blocks from the end of a round to the next one, if all is there and if something could not be had.
const ROUND: u32 = 200;
const AGAIN: u32 = 20;

/// Where a round is.
#[derive(Default)]
struct Round {
	/// The last blob that was looked at.
	after: Option<Commitment>,
	/// Something could not be had.
	is_short: bool,
}

impl Worker {
	/// Look through what this node holds, round after round, until the service ends.
	pub(crate) async fn patrol(&self) {
		let mut blocks = self.node.best.subscribe();
		let mut round = Round::default();
		let mut due = blocks.borrow_and_update().saturating_add(FIRST);
		while blocks.changed().await.is_ok() {
			let best = *blocks.borrow_and_update();
			if best < due {
				continue;
			}
			let pause = match self.look(&mut round, best).await {
				Ok(true) => continue,
				Ok(false) if !round.is_short => ROUND,
				Ok(false) => AGAIN,
				Err(error) => {
					log::debug!(target: LOG, "cannot look through what is held: {error}");
					AGAIN
				}
			};
			round = Round::default();
			due = self.node.chain.best_number().saturating_add(pause);
		}
	}

	/// The next page of a round; whether there may be more.
	async fn look(&self, round: &mut Round, best: u32) -> Result<bool, ChainError> {
		let page = self.node.chain.blobs_after(round.after, PAGE)?;
		for commitment in &page {
			round.after = Some(*commitment);
			// Not from the cache, which is for the blobs that are asked for.
			let Some(info) = self.node.chain.blob(*commitment)? else {
				continue;
			};
			match self.take_back(*commitment, &info, best).await {
				Ok(0) => {}
				Ok(rows) => log::info!(target: LOG, "{rows} rows of {commitment} were lost, and are back"),
				Err(error) => {
					log::warn!(target: LOG, "lost rows of {commitment} are not back: {error}");
					round.is_short = true;
				}
			}
		}
		Ok(page.len() >= PAGE as usize)
	}

	/// Have what we owe and lack of a blob rebuilt; how many rows that were.
	async fn take_back(
		&self,
		commitment: Commitment,
		info: &BlobInfo,
		best: u32,
	) -> Result<u32, RetrieveError> {
		let committee = self.node.blobs.committee_of(info);
		let committee = committee.map_err(|_| RetrieveError::Internal)?;
		let me = self.node.me().index_in(&committee);
		let Some(me) = me.filter(|me| is_owed(info, best, *me)) else {
			return Ok(0);
		};
		let profile = info.header.profile().map_err(|_| RetrieveError::Internal)?;
		let node = self.node.clone();
		let lacking = blocking(move || -> Result<Vec<u32>, StoreError> {
			let (randomness, weights) = (&committee.randomness, committee.weights());
			let mut rows = Assignment::new(commitment, randomness, &weights, profile).rows_of(me);
			let held = node.store.held(&commitment)?;
			rows.retain(|row| held.binary_search(row).is_err());
			Ok(rows)
		});
		let lacking = lacking.await.ok().and_then(Result::ok);
		let lacking = lacking.ok_or(RetrieveError::Internal)?;
		let rows = u32::try_from(lacking.len()).unwrap_or(u32::MAX);
		if rows == 0 {
			return Ok(0);
		}
		let restore = async {
			let (blob, encoded) = self.retriever.rebuild(commitment).await?;
			Ok::<_, RetrieveError>(self.hand_back(&blob, &Arc::new(encoded), me, lacking).await)
		};
		let restored = tokio::time::timeout(REPAIR_TIME, restore).await;
		let restored = restored.unwrap_or(Err(RetrieveError::Busy))?;
		self.node.metrics.rows_restored.inc_by(restored.into());
		self.node
			.traces
			.note(commitment, Event::Repaired { rows, restored });
		match restored >= rows {
			true => Ok(rows),
			false => Err(RetrieveError::Internal),
		}
	}
}
