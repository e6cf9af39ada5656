// SPDX-License-Identifier: Apache-2.0

//! Carries on what a network did not certify in time. The payer need not be online.
//!
//! A blob whose committee missed the deadline falls back to the committee of the root network, once somebody has it settled.
//! Members that hold rows of it see to both:
//!
//! 1. *Settle.* When the deadline has passed and the blob still waits, they submit its settlement, the first in rank in the
//!    next block.
//! 2. *Carry on.* The members of the old committee are ranked by a hash of the blob and their accounts. The one whose turn it
//!    is reads the blob from any quarter of the rows that members of the old committee hold, each checked on arrival, and
//!    disperses it to the root network as any publisher would. The next one begins some blocks later, unless rows of its own
//!    for the root network have come meanwhile or the shares seen are enough: then another one is at work, and gets its time.
//! 3. *Let go.* Rows that only the old committee had to hold go once the root network takes no further certificate.
//!
//! Nothing of this is on disk: after a restart the blobs of which there is a record are looked at again. A blob is carried on
//! by at most [`RANKS`] members, each with at most [`TRIES`] tries, so that one of which too few rows were ever pushed costs
//! its old committee little more than was paid for.
//!
//! # Guarantee
//!
//! Such a blob is poison: it is read in vain, for `t` seconds. How many of them delay a good blob at one member, and by how
//! much:
//!
//! * *Reads in vain end.* One does as soon as neither the rows with the blob's bytes nor enough to rebuild it can still come:
//!   after some round trips where members answer, and some seconds later where some are gone, who are asked again until they
//!   are doubted too much ([`crate::reading`]). Only members that are there, say nothing, and have to hold what is missing to a
//!   quarter of the rows make it last as long as it may, [`READ_TIME`] and [`PLACE_TIME`] for each place: `t` is 14 s for up to
//!   4 MiB and 42 s for 32 MiB.
//! * *Some do not matter.* Of [`PLACES`] places a blob takes `n`, one for each [`PLACE_BYTES`] of its matrix. A good one of up
//!   to 4 MiB does not wait for fewer than sixteen such or two of 32 MiB; one of 32 MiB waits for nine small ones or two large.
//! * *The delay is in proportion to what was paid.* The first in line is not overtaken, so that more than half of the places
//!   are in use while it waits: each poison blob that came before it delays it by at most `n t / 9`, which is 1.6 s for up to
//!   4 MiB and 38 s for 32 MiB.
//! * *Only once.* What was tried less goes first, and what failed pauses. So a blob that was not tried yet waits for one read
//!   of each at most, and for none of poison whose turn comes later.
//!
//! What was read keeps its places until members of the root network have taken it: a good blob waits as well for those before it
//! that are good, half a minute each at most while these members are away.
//!
//! A good blob whose own read failed goes behind all that were tried less; the next members in rank try it as a new one. Users'
//! reads have places of their own ([`Retriever`]), and no more blobs are dispersed at once than the node encodes.

use crate::{
	aggregator::Aggregator,
	blobs::Blob,
	disperser::{Disperser, PublishError},
	member::{Member, PRUNE_GRACE},
	node::{blocking, Node, LOG},
	protocol::Refusal,
	retriever::{RetrieveError, Retriever},
	Event,
};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::{
	collections::{BTreeMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zerog_erasure::{Commitment, Hash};
use zerog_primitives::da::{BlobInfo, BlobState, Committee, CommitteeId};

/// Members of an old committee that carry a blob on, one after another.
pub(crate) const RANKS: u32 = 20;
/// Times that one of them tries.
pub(crate) const TRIES: u32 = 3;
/// Blocks from the turn of one member to that of the next.
pub(crate) const STAGGER: u32 = 2;
/// Blocks that somebody gets who is at work. After a try that failed it is as many until the next one, then twice as many.
const PATIENCE: u32 = 10;
/// Blocks after which a settlement that was not included is submitted again.
const SETTLE_AGAIN: u32 = 4;
/// Members that submit it one block after another; all others do in the block after these.
const SETTLERS: u32 = 8;
/// Settlements submitted in one block.
const SETTLED_AT_ONCE: usize = 64;
/// Times that a member waits for others that seem to be at work. Rows are cheap to bring: who drips them must not keep a blob.
const MAX_WAITS: u32 = 2;
/// Places of a node for blobs that it carries on, each for so many bytes of matrix: what bounds its memory. The largest blob
/// takes half of them.
const PLACES: usize = 16;
const PLACE_BYTES: u32 = 4 << 20;
/// How long the rows of a blob are waited for, and how much longer for each of its places: 1 MiB a second.
const READ_TIME: Duration = Duration::from_secs(10);
const PLACE_TIME: Duration = Duration::from_secs(4);
/// Domain of the ranks.
const RANK: &[u8] = b"zerog/da/fallback/v1";

/// Our part in carrying on a blob.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Turn {
	from: CommitteeId,
	deadline: u32,
	/// The block in which it begins.
	at: u32,
	tries: u32,
	/// Rows for the root network that others must have brought since, for us to wait.
	seen: Option<u32>,
	/// Times that we have waited for them.
	waits: u32,
}

/// What is to be done about a blob.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Job {
	Carry,
	LetGo,
}

/// A blob that may fall back, or did.
#[derive(Default)]
struct Watched {
	/// The block in which it is looked at again.
	next: u32,
	/// Its deadline when it was last seen.
	deadline: u32,
	/// Places that it takes to carry it on.
	places: u32,
	turn: Option<Turn>,
	job: Option<Job>,
	/// Something is being done about it.
	busy: bool,
}

/// The blobs of which rows came to this node and that may fall back, or did. As many as were paid for at once.
#[derive(Default)]
pub(crate) struct Watch(Mutex<BTreeMap<Commitment, Watched>>);

impl Watch {
	/// Rows of a blob are held here, or come: keep an eye on it if it matters.
	pub(crate) fn observe(&self, commitment: Commitment, info: &BlobInfo) {
		if will_fall_back(info) || info.fell_back_from.is_some() {
			let mut blobs = self.0.lock();
			blobs.entry(commitment).or_insert_with(|| Watched {
				deadline: info.deadline,
				places: places_of(info),
				..Default::default()
			});
		}
	}

	fn due(&self, best: u32) -> Vec<Commitment> {
		let blobs = self.0.lock();
		let due = blobs.iter().filter(|(_, watched)| watched.next <= best);
		due.map(|(commitment, _)| *commitment).collect()
	}

	fn edit<T>(&self, commitment: &Commitment, change: impl FnOnce(&mut Watched) -> T) -> Option<T> {
		self.0.lock().get_mut(commitment).map(change)
	}

	fn forget(&self, commitment: &Commitment) {
		self.0.lock().remove(commitment);
	}

	/// Something to do now: the blobs that wait first, of these the ones that were tried least, so that hopeless ones hold up
	/// no others, and then those whose turn came first. If there is no room for the first one, the next ones wait with it: small
	/// ones would keep a large one out for ever.
	fn take_job(&self, best: u32, room: &Arc<Semaphore>) -> Option<(Commitment, Job, OwnedSemaphorePermit)> {
		let mut blobs = self.0.lock();
		let at = |watched: &Watched| match (watched.job?, watched.turn) {
			(Job::Carry, Some(turn)) => (turn.at <= best).then_some((0u8, turn.tries, turn.at)),
			(Job::Carry, None) => None,
			(Job::LetGo, _) => Some((1, 0, watched.deadline)),
		};
		let idle = blobs.iter().filter(|(_, watched)| !watched.busy);
		let due = idle.filter_map(|(commitment, watched)| Some((at(watched)?, *commitment)));
		let (_, commitment) = due.min()?;
		let watched = blobs.get_mut(&commitment)?;
		let job = watched.job?;
		let places = match job {
			Job::Carry => watched.places,
			Job::LetGo => 1,
		};
		let permit = room.clone().try_acquire_many_owned(places).ok()?;
		(watched.job, watched.busy) = (None, true);
		Some((commitment, job, permit))
	}
}

/// Whether a blob goes to the root network if it is not certified.
pub(crate) fn will_fall_back(info: &BlobInfo) -> bool {
	!info.committee.is_root() && matches!(info.state, BlobState::Pending)
}

/// Places that it takes to carry a blob on.
fn places_of(info: &BlobInfo) -> u32 {
	let profile = info.header.profile();
	profile.map_or(1, |profile| profile.payload_bytes().div_ceil(PLACE_BYTES))
}

/// The committee from which a blob came to the one that it waits for.
fn falls_from(info: &BlobInfo, best: u32) -> Option<CommitteeId> {
	let waits = matches!(info.state, BlobState::Pending) && best <= info.deadline;
	info.fell_back_from.filter(|_| waits)
}

/// A member's place among those of its committee, drawn anew for each blob.
pub(crate) fn rank(commitment: &Commitment, committee: &Committee, member: usize) -> Option<u32> {
	let ticket = |account: &[u8; 32]| -> Hash {
		let hasher = Sha256::new_with_prefix(RANK);
		hasher
			.chain_update(commitment.0)
			.chain_update(account)
			.finalize()
			.into()
	};
	let own = ticket(&committee.members.get(member)?.account);
	let before = committee
		.members
		.iter()
		.filter(|member| ticket(&member.account) < own);
	u32::try_from(before.count()).ok()
}

/// What came of a try.
enum Outcome {
	/// There is nothing left to do.
	Over,
	/// Somebody else is at work. With the rows for the root network that were seen.
	Others(u32),
	/// Members of the root network with two thirds of the rows have theirs.
	Carried,
	/// This node has no room for it at the moment.
	Busy,
	/// It may go better later.
	Failed(&'static str),
	/// It never will.
	Hopeless,
}

impl Outcome {
	/// Its name among the metrics, if it counts.
	fn label(&self) -> Option<&'static str> {
		match self {
			Self::Over | Self::Others(_) | Self::Busy => None,
			Self::Carried => Some("carried"),
			Self::Failed(why) => Some(why),
			Self::Hopeless => Some("wrong_encoding"),
		}
	}
}

/// Looks after blobs that fall back.
pub(crate) struct Fallbacks {
	node: Arc<Node>,
	member: Arc<Member>,
	aggregator: Arc<Aggregator>,
	disperser: Arc<Disperser>,
	retriever: Arc<Retriever>,
	/// [`PLACES`].
	places: Arc<Semaphore>,
	/// Blobs dispersed at once: their coded rows take four times their size.
	dispersals: Semaphore,
}

impl Fallbacks {
	pub(crate) fn new(
		node: Arc<Node>,
		member: Arc<Member>,
		aggregator: Arc<Aggregator>,
		disperser: Arc<Disperser>,
		retriever: Arc<Retriever>,
	) -> Self {
		Self {
			places: Arc::new(Semaphore::new(PLACES)),
			dispersals: Semaphore::new(node.limits.encoders),
			node,
			member,
			aggregator,
			disperser,
			retriever,
		}
	}

	/// A new best block: look at what may have changed, and go to work if it is our turn.
	pub(crate) fn on_block(self: &Arc<Self>, best: u32) {
		let mut places = SETTLED_AT_ONCE;
		for commitment in self.node.watch.due(best) {
			let Ok(info) = self.node.blobs.info(commitment) else {
				continue;
			};
			match info {
				Some(info) => self.look(commitment, &info, best, &mut places),
				None => {
					// A reorganisation took it away for now, or it is over.
					let over = |watched: &mut Watched| best > watched.deadline.saturating_add(PRUNE_GRACE);
					if self.node.watch.edit(&commitment, over) == Some(true) {
						self.node.watch.forget(&commitment);
					}
				}
			}
		}
		self.begin();
	}

	fn look(self: &Arc<Self>, commitment: Commitment, info: &BlobInfo, best: u32, places: &mut usize) {
		let is_late = best > info.deadline;
		let after = info.deadline.saturating_add(1);
		let look_again = |next: u32, job: Option<Job>| {
			self.node.watch.edit(&commitment, |watched| {
				watched.next = next;
				watched.deadline = info.deadline;
				watched.job = job;
			});
		};
		match (will_fall_back(info), info.fell_back_from) {
			(true, _) if !is_late => look_again(after, None),
			(true, _) => {
				let place = self.rank_in(commitment, info.committee).unwrap_or(SETTLERS);
				let first = after.saturating_add(place.min(SETTLERS));
				if best < first {
					look_again(first, None);
				} else if *places > 0 {
					*places = places.saturating_sub(1);
					look_again(best.saturating_add(SETTLE_AGAIN), None);
					self.settle(commitment);
				}
			}
			(false, Some(from)) => match (&info.state, is_late) {
				(BlobState::Pending, false) => {
					self.take_turn(commitment, info, from, best);
					look_again(best.saturating_add(1), Some(Job::Carry));
				}
				(BlobState::Certified { .. }, false) => look_again(after, None),
				(BlobState::Certified { .. }, true) => look_again(best.saturating_add(1), Some(Job::LetGo)),
				(BlobState::Pending, true) => self.node.watch.forget(&commitment),
			},
			(false, None) => self.node.watch.forget(&commitment),
		}
	}

	/// Our place among the members of a committee.
	fn rank_in(&self, commitment: Commitment, id: CommitteeId) -> Option<u32> {
		let committee = self.node.blobs.committee(id).ok().flatten()?;
		rank(&commitment, &committee, self.node.me().index_in(&committee)?)
	}

	fn settle(self: &Arc<Self>, commitment: Commitment) {
		let fallbacks = self.clone();
		self.node.tasks.spawn(async move {
			if let Err(error) = fallbacks.node.chain.submit_settle(commitment).await {
				log::debug!(target: LOG, "settlement of {commitment}: {error}");
			}
		});
	}

	/// See when it is our turn with a blob, the first time that it is seen to wait for the root network.
	fn take_turn(&self, commitment: Commitment, info: &BlobInfo, from: CommitteeId, best: u32) {
		let is_known = |watched: &mut Watched| {
			watched
				.turn
				.is_some_and(|turn| (turn.from, turn.deadline) == (from, info.deadline))
		};
		if self.node.watch.edit(&commitment, is_known) != Some(false) {
			return;
		}
		log::info!(target: LOG, "{commitment} was not certified by {from} in time; it is up to {}", info.committee);
		self.node.traces.start(commitment, info);
		let CommitteeId { network, session } = from;
		self.node
			.traces
			.note(commitment, Event::FellBack { network, session });
		self.member.reopen(commitment, info);
		let rank = self.rank_in(commitment, from).filter(|rank| *rank < RANKS);
		let wait = rank.map_or(u32::MAX, |rank| rank.saturating_mul(STAGGER));
		self.node.watch.edit(&commitment, |watched| {
			watched.turn = Some(Turn {
				from,
				deadline: info.deadline,
				at: best.saturating_add(wait),
				tries: 0,
				seen: None,
				waits: 0,
			});
		});
	}

	/// Begin what there is to do and room for. Whatever ends makes room for more.
	fn begin(self: &Arc<Self>) {
		let best = self.node.chain.best_number();
		while let Some((commitment, job, permit)) = self.node.watch.take_job(best, &self.places) {
			let fallbacks = self.clone();
			self.node.tasks.spawn(async move {
				fallbacks.work(commitment, job).await;
				drop(permit);
				fallbacks.begin();
			});
		}
	}

	async fn work(&self, commitment: Commitment, job: Job) {
		match job {
			Job::Carry => self.try_to_carry(commitment).await,
			Job::LetGo => match self.let_go(commitment).await {
				Ok(()) => self.node.watch.forget(&commitment),
				Err(refusal) => log::debug!(target: LOG, "old rows of {commitment} stay for now: {refusal}"),
			},
		}
		self.node.watch.edit(&commitment, |watched| watched.busy = false);
	}

	async fn try_to_carry(&self, commitment: Commitment) {
		let turn = self.node.watch.edit(&commitment, |watched| watched.turn);
		let Some(Some(turn)) = turn else { return };
		let outcome = self.carry(commitment, turn).await;
		if let Some(label) = outcome.label() {
			self.node.metrics.fallbacks.with_label_values(&[label]).inc();
		}
		let now = self.node.chain.best_number();
		self.node.watch.edit(&commitment, |watched| {
			let Some(turn) = &mut watched.turn else { return };
			let pause = match outcome {
				Outcome::Over | Outcome::Hopeless => u32::MAX,
				Outcome::Others(seen) => {
					turn.seen = Some(seen);
					turn.waits = turn.waits.saturating_add(1);
					PATIENCE
				}
				Outcome::Busy => PATIENCE,
				Outcome::Carried | Outcome::Failed(_) => {
					let pause = PATIENCE.saturating_mul(1 << turn.tries.min(8));
					turn.tries = turn.tries.saturating_add(1);
					if turn.tries < TRIES {
						pause
					} else {
						u32::MAX
					}
				}
			};
			turn.at = now.saturating_add(pause);
		});
	}

	/// Read a blob from the members of its old committee, and bring it to the one that it waits for.
	async fn carry(&self, commitment: Commitment, turn: Turn) -> Outcome {
		let Ok(Some(info)) = self.node.blobs.info(commitment) else {
			return Outcome::Failed("error");
		};
		if falls_from(&info, self.node.chain.best_number()) != Some(turn.from) {
			return Outcome::Over;
		}
		let node = self.node.clone();
		match blocking(move || node.store.held(&commitment)).await {
			Ok(Ok(held)) if held.is_empty() => return Outcome::Over,
			Ok(Ok(_)) => {}
			Ok(Err(_)) | Err(_) => return Outcome::Failed("error"),
		}
		match self.others(commitment, &info, turn).await {
			Ok(None) => {}
			Ok(Some(seen)) => return Outcome::Others(seen),
			Err(_) => return Outcome::Failed("error"),
		}
		log::info!(target: LOG, "carrying {commitment} on from {} to {}", turn.from, info.committee);
		let read = self.retriever.salvage(commitment, &info, turn.from);
		let time = PLACE_TIME
			.saturating_mul(places_of(&info))
			.saturating_add(READ_TIME);
		let blob = match tokio::time::timeout(time, read).await {
			Ok(Ok(retrieved)) => retrieved.bytes,
			Ok(Err(RetrieveError::NotEnoughRows { found, needed })) => {
				log::warn!(target: LOG, "{commitment}: found {found} of {needed} rows at {}", turn.from);
				return Outcome::Failed("missing");
			}
			Ok(Err(RetrieveError::NoChecksum)) | Err(_) => return Outcome::Failed("missing"),
			Ok(Err(error)) => {
				log::debug!(target: LOG, "{commitment} cannot be read: {error}");
				return Outcome::Failed("error");
			}
		};
		let Ok(_permit) = self.dispersals.acquire().await else {
			return Outcome::Failed("error");
		};
		// Blobs of users that find no members do not keep it out: that is when networks fail.
		let limits = &self.node.limits;
		let room = limits.dispersals.saturating_add(limits.encoders);
		match self.disperser.try_publish(commitment, blob, room).await {
			Ok(published) => {
				let rows = published.rows_pushed;
				log::info!(target: LOG, "{commitment} was carried on: members of {} hold {rows} rows", info.committee);
				self.node.traces.note(commitment, Event::CarriedOn { rows });
				Outcome::Carried
			}
			Err(PublishError::NotPaid) => Outcome::Over,
			Err(PublishError::Busy) => Outcome::Busy,
			Err(PublishError::WrongCommitment | PublishError::WrongLength { .. }) => {
				log::warn!(target: LOG, "{commitment} is wrongly encoded: it is not carried on");
				Outcome::Hopeless
			}
			Err(error) => {
				log::warn!(target: LOG, "{commitment} is not carried on yet: {error}");
				Outcome::Failed("unreachable")
			}
		}
	}

	/// Rows of ours for the root network, if others seem to bring the blob there.
	async fn others(
		&self,
		commitment: Commitment,
		info: &BlobInfo,
		turn: Turn,
	) -> Result<Option<u32>, Refusal> {
		let now = self.node.blobs.load(commitment, info).await?;
		let held = self
			.member
			.receipt(commitment, info)
			.map_or(0, |receipt| receipt.held);
		if self.disperser.is_at_work(commitment, info) || now.is_quorum(self.aggregator.signed(&now)) {
			return Ok(Some(held));
		}
		if turn.waits >= MAX_WAITS {
			return Ok(None);
		}
		let seen = match turn.seen {
			Some(seen) => seen,
			None => {
				let old = self.node.blobs.load_under(commitment, info, turn.from).await?;
				self.common_rows(&old, &now)
			}
		};
		Ok((held > seen).then_some(held))
	}

	/// Number of rows that two committees want of us alike.
	fn common_rows(&self, old: &Blob, now: &Blob) -> u32 {
		let me = self.node.me();
		let rows = |blob: &Blob| -> HashSet<u32> {
			let member = me.index_in(&blob.committee);
			member
				.into_iter()
				.flat_map(|member| blob.rows_of(member).to_vec())
				.collect()
		};
		u32::try_from(rows(old).intersection(&rows(now)).count()).unwrap_or(u32::MAX)
	}

	/// Remove the rows that the committee which certified a blob does not want of us.
	async fn let_go(&self, commitment: Commitment) -> Result<(), Refusal> {
		let info = self.node.blobs.info(commitment).map_err(|_| Refusal::Internal)?;
		let info = info.ok_or(Refusal::NotPaid)?;
		if !matches!(info.state, BlobState::Certified { .. }) {
			return Err(Refusal::NotPaid);
		}
		let blob = self.node.blobs.load(commitment, &info).await?;
		let me = self.node.me().index_in(&blob.committee);
		let node = self.node.clone();
		let removed = blocking(move || {
			let held = node.store.held(&commitment)?;
			let is_old = |index: &u32| me.is_none() || blob.holder(*index) != me;
			let old: Vec<u32> = held.into_iter().filter(is_old).collect();
			node.store.remove_rows(&commitment, &old).map(|()| old.len())
		});
		let removed = removed.await?.map_err(|error| {
			log::warn!(target: LOG, "{error}");
			Refusal::Internal
		})?;
		self.member.recount(commitment);
		log::debug!(target: LOG, "{removed} rows of {commitment} were for the committee that did not certify it");
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn turn(tries: u32, at: u32) -> Turn {
		Turn {
			from: CommitteeId::new(1, 1),
			deadline: 100,
			at,
			tries,
			seen: None,
			waits: 0,
		}
	}

	#[test]
	fn who_was_tried_least_and_then_whose_turn_came_first_is_neither_overtaken_nor_begun_twice() {
		let (watch, room) = (Watch::default(), Arc::new(Semaphore::new(PLACES)));
		let line = [
			(0, 8, turn(1, 1)),
			(1, 8, turn(0, 2)),
			(2, 8, turn(0, 3)),
			(3, 4, turn(0, 4)),
			(4, 1, turn(0, 5)),
			(5, 1, turn(0, 11)),
		];
		for (blob, places, turn) in line {
			let watched = Watched {
				places,
				turn: Some(turn),
				job: Some(Job::Carry),
				..Default::default()
			};
			watch.0.lock().insert(Commitment([blob; 32]), watched);
		}
		let take = || {
			let (commitment, _, permit) = watch.take_job(10, &room)?;
			Some((commitment.0[0], permit))
		};
		let (first, room_of_first) = take().unwrap();
		let (second, _room_of_second) = take().unwrap();
		assert_eq!((first, second), (1, 2));
		assert!(take().is_none(), "the next one waits, and so do all behind it");
		drop(room_of_first);
		let (third, room_of_third) = take().unwrap();
		let (fourth, room_of_fourth) = take().unwrap();
		assert_eq!((third, fourth), (3, 4));
		assert!(take().is_none(), "eight places are needed, and three are free");
		drop((room_of_third, room_of_fourth));
		let (last, room_of_last) = take().unwrap();
		assert_eq!(last, 0);
		drop(room_of_last);
		assert!(take().is_none(), "what is busy or has its turn later is left");
	}
}
