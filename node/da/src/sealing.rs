// SPDX-License-Identifier: Apache-2.0

//! Has the blobs that one disperser has in flight signed together.
//!
//! A blob that is dispersed while no other is goes alone: its members sign at once. One that finds others under way joins
//! the open batch of its committee, or opens one; after the batch window it is closed. Its blobs have some time to arrive at
//! members with two thirds of the rows; those that do not are left out, so that one blob holds up no other. Each member is
//! told to sign when it took all of its rows. Blobs that too many refuse are left out too, and the rest is sealed anew.
//! Whatever is left out is sealed alone. If we die meanwhile, members sign each blob alone after a while.

use crate::{
	blobs::{is_open, Blob},
	disperser::Dispersal,
	member::Member,
	node::{AskError, Node, LOG},
	protocol::{Batch, Places, Request, Response, MAX_BATCH},
};
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use std::{
	collections::{BTreeSet, HashMap},
	sync::Arc,
	time::Duration,
};
use tokio::{
	sync::{watch, Semaphore},
	time::{timeout_at, Instant},
};
use zerog_primitives::da::{BlobState, CommitteeId};

/// Members told at once.
const TELL_AT_ONCE: usize = 32;
/// First pause before a member is told again; doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// Times a member says that it is busy before it counts as one that fails.
const MAX_BUSY: u32 = 5;
/// Times a blob is left out of what it was sealed with, before it is left to its members.
const ROUNDS: usize = 6;

/// Gathers blobs into batches and has members sign them.
pub(crate) struct Sealer {
	node: Arc<Node>,
	member: Arc<Member>,
	/// The open batch of each committee.
	open: Mutex<HashMap<CommitteeId, Vec<Arc<Dispersal>>>>,
}

/// What members answered to one seal.
#[derive(Default)]
struct Answers {
	signed: BTreeSet<usize>,
	/// Who refused each blob of the batch.
	refused: Vec<BTreeSet<usize>>,
}

fn has_quorum(blob: &Blob, members: &BTreeSet<usize>) -> bool {
	blob.is_quorum(blob.count_of_all(members.iter().copied()))
}

/// Whether these members hold so many rows that the others cannot make a certificate.
fn is_veto(blob: &Blob, members: &BTreeSet<usize>) -> bool {
	let rows = blob.profile.rows();
	!blob.is_quorum(rows.saturating_sub(blob.count_of_all(members.iter().copied())))
}

fn is_sealed(batch: &[Arc<Dispersal>], answers: &Answers) -> bool {
	batch
		.iter()
		.all(|dispersal| has_quorum(&dispersal.blob, &answers.signed))
}

/// Places of the blobs without which the others could have a certificate, perhaps.
fn vetoed(batch: &[Arc<Dispersal>], answers: &Answers) -> BTreeSet<usize> {
	let blobs = batch.iter().zip(&answers.refused).enumerate();
	let vetoed = blobs.filter(|(_, (dispersal, members))| is_veto(&dispersal.blob, members));
	vetoed.map(|(place, _)| place).collect()
}

/// Places of the blobs to leave out of a batch: those with a veto; if nobody has one, and yet it is not signed in time,
/// whatever anybody refused.
fn left_out(batch: &[Arc<Dispersal>], answers: &Answers) -> BTreeSet<usize> {
	if batch.len() == 1 || is_sealed(batch, answers) {
		return BTreeSet::new();
	}
	let vetoed = vetoed(batch, answers);
	if !vetoed.is_empty() {
		return vetoed;
	}
	let refused = answers.refused.iter().enumerate();
	refused
		.filter(|(_, members)| !members.is_empty())
		.map(|(place, _)| place)
		.collect()
}

impl Sealer {
	pub(crate) fn new(node: Arc<Node>, member: Arc<Member>) -> Self {
		Self {
			node,
			member,
			open: Default::default(),
		}
	}

	/// Let a blob take part in a batch if one is open, or if there is `company`. `false` when it goes alone.
	pub(crate) fn join(self: &Arc<Self>, dispersal: &Arc<Dispersal>, company: bool) -> bool {
		let id = dispersal.blob.committee.id;
		// Its signatures expire with the first of its blobs, and members must have time to be added to each of the others.
		let best = self.node.chain.best_number();
		if dispersal.expiry < best.saturating_add(self.node.blobs.window()) {
			return false;
		}
		let mut open = self.open.lock();
		if !open.contains_key(&id) && !company {
			return false;
		}
		let batch = open.entry(id).or_default();
		let commitment = dispersal.blob.commitment;
		if batch.iter().any(|other| other.blob.commitment == commitment) {
			return false;
		}
		batch.push(dispersal.clone());
		let sealer = self.clone();
		if batch.len() == 1 {
			self.node.tasks.spawn(async move {
				tokio::time::sleep(sealer.node.limits.batch_window).await;
				// If a full batch was closed meanwhile, this closes the next one: early, never late.
				let batch = sealer.open.lock().remove(&id);
				sealer.close(batch.unwrap_or_default()).await;
			});
		} else if batch.len() >= MAX_BATCH {
			let batch = open.remove(&id).unwrap_or_default();
			self.node.tasks.spawn(async move { sealer.close(batch).await });
		}
		true
	}

	async fn close(self: &Arc<Self>, batch: Vec<Arc<Dispersal>>) {
		let (together, left_out) = self.gather(batch).await;
		for dispersal in left_out {
			self.seal_alone(dispersal);
		}
		self.seal(together).await;
	}

	/// Those blobs of which the same members hold two thirds of the rows in time, and the others.
	async fn gather(&self, batch: Vec<Arc<Dispersal>>) -> (Vec<Arc<Dispersal>>, Vec<Arc<Dispersal>>) {
		let now = Instant::now();
		let deadline = now.checked_add(self.node.limits.seal_timeout).unwrap_or(now);
		let mut arrived = Vec::new();
		let mut late = Vec::new();
		for dispersal in batch {
			let in_time = timeout_at(deadline, dispersal.arrived()).await.unwrap_or(false);
			match in_time {
				true => arrived.push(dispersal),
				false => late.push(dispersal),
			}
		}
		// The best first: whoever joins must leave a quorum of members that hold all.
		arrived.sort_by_key(|dispersal| std::cmp::Reverse(dispersal.complete().len()));
		let mut together: Vec<Arc<Dispersal>> = Vec::new();
		let mut common: Option<BTreeSet<usize>> = None;
		for dispersal in arrived {
			let members = dispersal.complete();
			let both = match &common {
				Some(common) => members.intersection(common).copied().collect(),
				None => members,
			};
			if together
				.iter()
				.chain([&dispersal])
				.all(|other| has_quorum(&other.blob, &both))
			{
				common = Some(both);
				together.push(dispersal);
			} else {
				late.push(dispersal);
			}
		}
		(together, late)
	}

	fn seal_alone(self: &Arc<Self>, dispersal: Arc<Dispersal>) {
		let sealer = self.clone();
		self.node.tasks.spawn(async move {
			sealer.tell_all(&[dispersal]).await;
		});
	}

	/// Have a batch signed; what keeps it from being signed is left out and sealed alone.
	async fn seal(self: &Arc<Self>, mut batch: Vec<Arc<Dispersal>>) {
		for _ in 0..ROUNDS {
			if batch.is_empty() {
				return;
			}
			let left_out = self.tell_all(&batch).await;
			if left_out.is_empty() {
				return;
			}
			let mut place = 0usize;
			batch.retain(|dispersal| {
				let is_out = left_out.contains(&place);
				place = place.saturating_add(1);
				if is_out {
					log::debug!(target: LOG, "{} is left out of its batch", dispersal.blob.commitment);
					self.seal_alone(dispersal.clone());
				}
				!is_out
			});
		}
	}

	/// Tell all members to sign these blobs together, until they did or it is of no use any more. Returns early with the
	/// places of blobs that keep the batch from being signed.
	async fn tell_all(&self, batch: &[Arc<Dispersal>]) -> BTreeSet<usize> {
		let commitments = batch.iter().map(|dispersal| dispersal.blob.commitment).collect();
		let (Some(seal), Some(first)) = (Batch::new(commitments), batch.first()) else {
			return BTreeSet::new();
		};
		let answers = watch::Sender::new(Answers {
			refused: vec![BTreeSet::new(); batch.len()],
			..Default::default()
		});
		let permits = Semaphore::new(TELL_AT_ONCE);
		let telling = stream::iter(first.blob.members())
			.for_each_concurrent(None, |member| self.tell(batch, &seal, member, &permits, &answers));
		tokio::pin!(telling);
		let now = Instant::now();
		let deadline = now.checked_add(self.node.limits.seal_timeout).unwrap_or(now);
		let mut changes = answers.subscribe();
		let is_decided = |answers: &Answers| is_sealed(batch, answers) || !vetoed(batch, answers).is_empty();
		let all_told = tokio::select! {
			_ = &mut telling => true,
			decided = timeout_at(deadline, changes.wait_for(is_decided)) => {
				drop(decided);
				false
			}
		};
		let left_out = left_out(batch, &answers.borrow());
		if left_out.is_empty() && !all_told {
			// Those that were slow are added by a later certificate.
			telling.await;
		}
		left_out
	}

	/// Whether the signature of a member for a batch still matters. After a failure it does not once all is certified.
	fn is_useful(&self, batch: &[Arc<Dispersal>], member: usize, failed: bool) -> bool {
		let best = self.node.chain.best_number();
		batch.iter().any(
			|dispersal| match self.node.blobs.info(dispersal.blob.commitment) {
				Ok(Some(info)) => {
					let pending = matches!(info.state, BlobState::Pending);
					is_open(&info, best, dispersal.blob.committee.id, member) && (pending || !failed)
				}
				Ok(None) | Err(_) => best <= dispersal.expiry,
			},
		)
	}

	/// Wait until a member holds its rows of all blobs, and tell it to sign.
	async fn tell(
		&self,
		batch: &[Arc<Dispersal>],
		seal: &Batch,
		member: usize,
		permits: &Semaphore,
		answers: &watch::Sender<Answers>,
	) {
		for dispersal in batch {
			if !dispersal.arrived_at(member).await {
				return;
			}
		}
		let Some(first) = batch.first() else { return };
		let is_local = self.node.me().index_in(&first.blob.committee) == Some(member);
		let mut changes = self.node.members.changes();
		let (mut pause, mut failed, mut busy) = (PAUSE, false, 0);
		while self.is_useful(batch, member, failed) {
			let peer = first
				.blob
				.member(member)
				.and_then(|member| self.node.members.peer_of(member));
			let answer = match peer {
				_ if is_local => {
					let sealed = self.member.seal(self.node.transport.local_peer(), seal.clone());
					Some(sealed.await.map_err(AskError::Refused))
				}
				Some(peer) => {
					let Ok(_permit) = permits.acquire().await else {
						return;
					};
					Some(match self.node.ask(peer, &Request::Seal(seal.clone())).await {
						Ok(Response::Sealed(places)) => Ok(places),
						Ok(other) => Err(self.node.wrong_answer(peer, &other)),
						Err(error) => Err(error),
					})
				}
				None => None,
			};
			let is_busy = matches!(&answer, Some(Err(AskError::Refused(refusal))) if refusal.is_temporary());
			busy = u32::saturating_add(busy, is_busy.into());
			failed = !is_busy || busy > MAX_BUSY;
			match answer {
				Some(Ok(Places(places))) => {
					answers.send_modify(|answers| match places.is_empty() {
						true => drop(answers.signed.insert(member)),
						false => {
							for place in places {
								if let Some(members) = answers.refused.get_mut(place as usize) {
									members.insert(member);
								}
							}
						}
					});
					return;
				}
				Some(Err(AskError::Refused(refusal))) if !refusal.is_temporary() => return,
				_ => {}
			}
			tokio::select! {
				_ = tokio::time::sleep(pause) => {},
				_ = changes.changed() => {},
			}
			pause = pause.saturating_mul(2).min(MAX_PAUSE);
		}
	}
}
