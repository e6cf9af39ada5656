// SPDX-License-Identifier: Apache-2.0

//! Encodes a blob once and brings to each member of the committee the rows assigned to it.
//!
//! A publisher waits until members hold two thirds of the rows; the rest goes on in the background, across reconnects,
//! until each member has its rows, the blob is certified, or its deadline passes. Publishing the same blob again joins
//! what is under way. Blobs that are under way at the same time are signed together.

use crate::{
	blobs::{is_open, Blob},
	member::Member,
	node::{blocking, AskError, Node, LOG},
	protocol::{encode_request, rows_per_message, Push, Receipt, Refusal, Request, Response},
	sealing::Sealer,
	ChainError, Event, TransportError,
};
use bytes::Bytes;
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use polkadot_sdk::sc_network_types::PeerId;
use sha2::{Digest, Sha256};
use std::{
	collections::{BTreeSet, HashMap, HashSet},
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::Duration,
};
use tokio::sync::{watch, OnceCell, Semaphore};
use zerog_erasure::{encode_in, Commitment, Encoded, Hash};
use zerog_primitives::da::{BlobInfo, BlobState};

/// Batches in flight to one member.
const BATCHES_PER_MEMBER: usize = 2;
/// First pause after a refusal or failure; doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(200);
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// Refusals that no repetition should change, after which a member is left alone.
const MAX_FINAL_REFUSALS: u32 = 3;
/// Peers that are remembered to be silent.
const MAX_SILENT: usize = 4096;
/// Times that all rows of a member are pushed while it takes them and says that it lacks some.
const MAX_ROUNDS: u32 = 4;
/// Dispersals remembered so that a repeated publication is cheap; those that are done take no memory to speak of.
const MAX_REMEMBERED: usize = 256;

/// Why a blob was not published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
	/// The best block has no pending submission of this commitment. Submit and pay first; wait for its block.
	#[error("the chain has no paid submission of this commitment that waits for its bytes")]
	NotPaid,
	/// The submission is for another number of bytes.
	#[error("paid for {paid} bytes, got {got}")]
	WrongLength {
		/// Bytes paid for.
		paid: u32,
		/// Bytes given.
		got: u64,
	},
	/// The bytes have another commitment. Compute it over the same bytes, namespace and chain.
	#[error("the bytes do not have this commitment")]
	WrongCommitment,
	/// As many blobs as allowed are being dispersed. Repeat later.
	#[error("too many blobs are being dispersed")]
	Busy,
	/// Too few members took their rows in time. The push goes on in the background; repeat later.
	#[error("members took {rows_pushed} of {rows_needed} rows needed")]
	Unreachable {
		/// Rows held by members that have all of theirs.
		rows_pushed: u32,
		/// Two thirds of all rows.
		rows_needed: u32,
	},
	/// The chain could not be asked.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// A worker failed; see the log.
	#[error("internal error")]
	Internal,
}

/// How far a publication has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
	/// The blob.
	pub commitment: Commitment,
	/// Whether the chain has its certificate already.
	pub certified: bool,
	/// All rows.
	pub rows: u32,
	/// Rows held by members that have all of theirs, or that signed.
	pub rows_pushed: u32,
}

#[derive(Default)]
struct Progress {
	/// Members that hold all of their rows.
	complete: BTreeSet<usize>,
	/// Nothing more will be pushed.
	closed: bool,
}

/// One blob on its way to its committee.
pub(crate) struct Dispersal {
	pub(crate) blob: Arc<Blob>,
	pub(crate) expiry: u32,
	/// Whether it is signed in a batch.
	sealed: AtomicBool,
	/// SHA-256 of the blob, to compare a repetition with.
	digest: Hash,
	/// Dropped when nobody needs rows any more.
	encoded: Mutex<Option<Arc<Encoded>>>,
	progress: watch::Sender<Progress>,
	cancelled: AtomicBool,
}

impl Dispersal {
	fn rows_pushed(&self) -> u32 {
		self.blob
			.count_of_all(self.progress.borrow().complete.iter().copied())
	}

	fn is_active(&self) -> bool {
		self.encoded.lock().is_some()
	}

	/// Whether it is for what the chain has now, and goes on or has come to an end.
	fn is_usable(&self, info: &BlobInfo) -> bool {
		let done = self.blob.is_quorum(self.rows_pushed());
		let cancelled = self.cancelled.load(Ordering::Relaxed);
		self.blob.committee.id == info.committee
			&& self.expiry == info.deadline
			&& (done || (!cancelled && self.is_active()))
	}

	fn is_enough(&self, progress: &Progress) -> bool {
		self.blob
			.is_quorum(self.blob.count_of_all(progress.complete.iter().copied()))
	}

	/// Members that hold all of their rows.
	pub(crate) fn complete(&self) -> BTreeSet<usize> {
		self.progress.borrow().complete.clone()
	}

	/// Wait until members hold two thirds of the rows; `false` when they never will.
	pub(crate) async fn arrived(&self) -> bool {
		let mut progress = self.progress.subscribe();
		let progress = progress
			.wait_for(|progress| progress.closed || self.is_enough(progress))
			.await;
		progress.is_ok_and(|progress| self.is_enough(&progress))
	}

	/// Wait until a member holds all of its rows; `false` when it never will.
	pub(crate) async fn arrived_at(&self, member: usize) -> bool {
		let mut progress = self.progress.subscribe();
		let is_there = |progress: &Progress| progress.complete.contains(&member);
		let progress = progress
			.wait_for(|progress| progress.closed || is_there(progress))
			.await;
		progress.is_ok_and(|progress| is_there(&progress))
	}
}

fn digest_of(bytes: &[u8]) -> Hash {
	Sha256::digest(bytes).into()
}

type Slot = Arc<OnceCell<Arc<Dispersal>>>;

/// Whether those who began it went away before it was encoded. Called with the slots locked.
fn is_abandoned(slot: &Slot) -> bool {
	slot.get().is_none() && Arc::strong_count(slot) <= 1
}

/// Pushes rows of blobs that are published through this node.
pub struct Disperser {
	node: Arc<Node>,
	member: Arc<Member>,
	sealer: Arc<Sealer>,
	dispersals: Mutex<HashMap<Commitment, Slot>>,
	encoders: Arc<Semaphore>,
	pushes: Semaphore,
	/// As many for those who let the last push time out, so that nobody else waits for them.
	pushes_to_silent: Semaphore,
	silent: Mutex<HashSet<PeerId>>,
}

impl Disperser {
	pub(crate) fn new(node: Arc<Node>, member: Arc<Member>) -> Self {
		let encoders = Arc::new(Semaphore::new(node.limits.encoders));
		let [pushes, pushes_to_silent] = [(); 2].map(|()| Semaphore::new(node.limits.outbound_pushes));
		Self {
			sealer: Arc::new(Sealer::new(node.clone(), member.clone())),
			node,
			member,
			dispersals: Default::default(),
			encoders,
			pushes,
			pushes_to_silent,
			silent: Default::default(),
		}
	}

	/// Whether `length` bytes of this blob may be taken now: `Ok(Err(published))` when it is certified already.
	pub(crate) fn admit(
		&self,
		commitment: Commitment,
		length: u64,
	) -> Result<Result<BlobInfo, Published>, PublishError> {
		let info = self.node.blobs.info(commitment)?.ok_or(PublishError::NotPaid)?;
		if u64::from(info.header.length) != length {
			return Err(PublishError::WrongLength {
				paid: info.header.length,
				got: length,
			});
		}
		match info.state {
			BlobState::Certified { rows_signed, .. } => {
				let rows = info.header.profile().map_or(0, |profile| profile.rows());
				Ok(Err(Published {
					commitment,
					certified: true,
					rows,
					rows_pushed: rows_signed,
				}))
			}
			BlobState::Pending if self.node.chain.best_number() > info.deadline => Err(PublishError::NotPaid),
			BlobState::Pending => Ok(Ok(info)),
		}
	}

	/// Bring the rows of a blob to its committee.
	pub(crate) async fn publish(
		self: &Arc<Self>,
		commitment: Commitment,
		blob: Bytes,
	) -> Result<Published, PublishError> {
		let room = self.node.limits.dispersals;
		let result = self.try_publish(commitment, blob, room).await;
		let label = match &result {
			Ok(_) => "ok",
			Err(PublishError::NotPaid | PublishError::WrongLength { .. }) => "not_paid",
			Err(PublishError::WrongCommitment) => "wrong_commitment",
			Err(PublishError::Busy) => "busy",
			Err(PublishError::Unreachable { .. }) => "unreachable",
			Err(PublishError::Chain(_) | PublishError::Internal) => "error",
		};
		self.node.metrics.published.with_label_values(&[label]).inc();
		result
	}

	/// As [`Self::publish`], but not counted among what is published through this node; refused if `room` blobs are on their way.
	pub(crate) async fn try_publish(
		self: &Arc<Self>,
		commitment: Commitment,
		blob: Bytes,
		room: usize,
	) -> Result<Published, PublishError> {
		let info = match self.admit(commitment, blob.len() as u64)? {
			Ok(info) => info,
			Err(published) => return Ok(published),
		};
		let slot = self.slot(commitment, &info, room)?;
		let mut is_first = false;
		let start = || {
			is_first = true;
			self.start(commitment, &info, blob.clone())
		};
		let dispersal = match slot.get_or_try_init(start).await {
			Ok(dispersal) => dispersal.clone(),
			Err(error) => {
				let mut dispersals = self.dispersals.lock();
				if dispersals
					.get(&commitment)
					.is_some_and(|s| Arc::ptr_eq(s, &slot) && s.get().is_none())
				{
					dispersals.remove(&commitment);
				}
				return Err(error);
			}
		};
		if !is_first {
			let digest = blocking(move || digest_of(&blob))
				.await
				.map_err(|_| PublishError::Internal)?;
			if digest != dispersal.digest {
				return Err(PublishError::WrongCommitment);
			}
		}
		let blob = &dispersal.blob;
		let in_time = tokio::time::timeout(self.node.limits.publish_timeout, dispersal.arrived()).await;
		drop(in_time);
		let (rows, rows_pushed) = (blob.profile.rows(), dispersal.rows_pushed());
		if blob.is_quorum(rows_pushed) {
			return Ok(Published {
				commitment,
				certified: false,
				rows,
				rows_pushed,
			});
		}
		match self.admit(commitment, u64::from(blob.header.length)) {
			Ok(Err(published)) => Ok(published),
			_ => Err(PublishError::Unreachable {
				rows_pushed,
				rows_needed: rows.saturating_mul(2).div_ceil(3),
			}),
		}
	}

	/// Whether a blob is on its way from here to the committee that decides it now, or has arrived.
	pub(crate) fn is_at_work(&self, commitment: Commitment, info: &BlobInfo) -> bool {
		let dispersals = self.dispersals.lock();
		dispersals.get(&commitment).is_some_and(|slot| {
			slot.get()
				.map_or(!is_abandoned(slot), |dispersal| dispersal.is_usable(info))
		})
	}

	/// The place of a blob among the dispersals. One that gave up, or was for another committee, is replaced.
	fn slot(&self, commitment: Commitment, info: &BlobInfo, room: usize) -> Result<Slot, PublishError> {
		let mut dispersals = self.dispersals.lock();
		dispersals.retain(|_, slot| !is_abandoned(slot));
		if let Some(slot) = dispersals.get(&commitment) {
			let is_usable = slot.get().is_none_or(|dispersal| dispersal.is_usable(info));
			if is_usable {
				return Ok(slot.clone());
			}
			if let Some(dispersal) = slot.get() {
				dispersal.cancelled.store(true, Ordering::Relaxed);
			}
			dispersals.remove(&commitment);
		}
		let active = |slot: &Slot| slot.get().is_none_or(|dispersal| dispersal.is_active());
		if dispersals.values().filter(|slot| active(slot)).count() >= room {
			// One whose blob can be certified without us makes room.
			let done = |d: &Arc<Dispersal>| d.is_active() && d.blob.is_quorum(d.rows_pushed());
			let victim = dispersals
				.values()
				.filter_map(|slot| slot.get())
				.find(|d| done(d))
				.cloned();
			let victim = victim.ok_or(PublishError::Busy)?;
			victim.cancelled.store(true, Ordering::Relaxed);
			victim.encoded.lock().take();
		}
		if dispersals.len() >= MAX_REMEMBERED {
			dispersals.retain(|_, slot| active(slot));
		}
		Ok(dispersals.entry(commitment).or_default().clone())
	}

	/// Encode, compare, and start pushing.
	async fn start(
		self: &Arc<Self>,
		commitment: Commitment,
		info: &BlobInfo,
		bytes: Bytes,
	) -> Result<Arc<Dispersal>, PublishError> {
		let internal = |_| PublishError::Internal;
		let encoders = self.encoders.clone();
		let permit = encoders
			.acquire_owned()
			.await
			.map_err(|_| PublishError::Internal)?;
		let (chain, namespace, profile) = (self.node.genesis, info.header.namespace, info.header.profile);
		// It goes on when whoever waits for it goes away.
		let encoding = move || {
			let _permit = permit;
			(encode_in(profile, chain, namespace, &bytes), digest_of(&bytes))
		};
		let (encoded, digest) = blocking(encoding).await.map_err(internal)?;
		let encoded = encoded.map_err(|_| PublishError::WrongCommitment)?;
		if encoded.commitment() != commitment {
			return Err(PublishError::WrongCommitment);
		}
		let dispersal = Arc::new(Dispersal {
			blob: self.node.blobs.load(commitment, info).await.map_err(internal)?,
			expiry: info.deadline,
			sealed: AtomicBool::new(false),
			digest,
			encoded: Mutex::new(Some(Arc::new(encoded))),
			progress: watch::Sender::new(Progress::default()),
			cancelled: AtomicBool::new(false),
		});
		self.node.traces.note(commitment, Event::Encoded);
		let sealed = self.sealer.join(&dispersal, self.has_company(&dispersal));
		dispersal.sealed.store(sealed, Ordering::Relaxed);
		let (disperser, task) = (self.clone(), dispersal.clone());
		self.node
			.tasks
			.spawn(async move { disperser.push_all(task).await });
		Ok(dispersal)
	}

	/// Whether another blob of the committee is under way, or about to be.
	fn has_company(&self, dispersal: &Dispersal) -> bool {
		let blob = &dispersal.blob;
		let dispersals = self.dispersals.lock();
		let others = dispersals
			.iter()
			.filter(|(commitment, _)| **commitment != blob.commitment);
		others.map(|(_, slot)| slot).any(|slot| {
			slot.get().map_or(!is_abandoned(slot), |other| {
				let same = other.blob.committee.id == blob.committee.id;
				same && other.is_active() && !other.is_enough(&other.progress.borrow())
			})
		})
	}

	/// Push to all members, then remember the result until the blob is decided.
	async fn push_all(&self, dispersal: Arc<Dispersal>) {
		stream::iter(dispersal.blob.members())
			.for_each_concurrent(None, |member| self.push_member(&dispersal, member))
			.await;
		dispersal.encoded.lock().take();
		dispersal.progress.send_modify(|progress| progress.closed = true);

		let commitment = dispersal.blob.commitment;
		let mut best = self.node.best.subscribe();
		let pending = || match self.node.blobs.info(commitment) {
			Ok(Some(info)) => matches!(info.state, BlobState::Pending),
			Ok(None) | Err(_) => true,
		};
		while *best.borrow_and_update() <= dispersal.expiry && pending() {
			if best.changed().await.is_err() {
				return;
			}
		}
		let mut dispersals = self.dispersals.lock();
		let is_ours = |slot: &Slot| slot.get().is_some_and(|other| Arc::ptr_eq(other, &dispersal));
		if dispersals.get(&commitment).is_some_and(is_ours) {
			dispersals.remove(&commitment);
		}
	}

	/// Whether a member's rows still matter. After a failure they do not once the blob is certified.
	fn is_useful(&self, dispersal: &Dispersal, member: usize, failed: bool) -> bool {
		if dispersal.cancelled.load(Ordering::Relaxed) {
			return false;
		}
		let best = self.node.chain.best_number();
		match self.node.blobs.info(dispersal.blob.commitment) {
			Ok(Some(info)) => {
				let pending = matches!(info.state, BlobState::Pending);
				is_open(&info, best, dispersal.blob.committee.id, member) && (pending || !failed)
			}
			Ok(None) | Err(_) => best <= dispersal.expiry,
		}
	}

	async fn push_member(&self, dispersal: &Dispersal, member: usize) {
		let blob = &dispersal.blob;
		let height = blob.profile.tree_height();
		let per_batch = rows_per_message(blob.profile.row_bytes(), height);
		let mut pause = PAUSE;
		for _ in 0..MAX_ROUNDS {
			let mut complete = blob.rows_of(member).is_empty();
			let mut failed = false;
			let chunks: Vec<Vec<u32>> = blob
				.rows_of(member)
				.chunks(per_batch)
				.map(<[u32]>::to_vec)
				.collect();
			let mut batches = stream::iter(chunks)
				.map(|indices| self.push_batch(dispersal, member, indices))
				.buffer_unordered(BATCHES_PER_MEMBER);
			while let Some(receipt) = batches.next().await {
				match receipt {
					Some(receipt) => complete |= receipt.held >= receipt.wanted,
					None => failed = true,
				}
			}
			if failed {
				return;
			}
			if complete {
				self.node.traces.note(blob.commitment, Event::Pushed { member });
				dispersal
					.progress
					.send_modify(|progress| progress.complete.extend([member]));
				return;
			}
			// The member took all batches and yet lacks rows: it lost some. Once more.
			tokio::time::sleep(pause).await;
			pause = pause.saturating_mul(2).min(MAX_PAUSE);
		}
	}

	/// Push one batch until it is taken; `None` when it no longer matters.
	async fn push_batch(&self, dispersal: &Dispersal, member: usize, indices: Vec<u32>) -> Option<Receipt> {
		let blob = &dispersal.blob;
		let is_local = self.node.me().index_in(&blob.committee) == Some(member);
		let mut changes = self.node.members.changes();
		let (mut pause, mut final_refusals, mut failed) = (PAUSE, 0u32, false);
		while self.is_useful(dispersal, member, failed) {
			let peer = blob
				.member(member)
				.and_then(|member| self.node.members.peer_of(member));
			let result = match peer {
				_ if is_local => {
					let push = self.batch(dispersal, &indices, |push| push).await?;
					let from = self.node.transport.local_peer();
					Some(self.member.push(from, push).await.map_err(AskError::Refused))
				}
				Some(peer) => {
					let places = match self.silent.lock().contains(&peer) {
						true => &self.pushes_to_silent,
						false => &self.pushes,
					};
					let _permit = places.acquire().await.ok()?;
					let request = self
						.batch(dispersal, &indices, |push| encode_request(&Request::Push(push)))
						.await?;
					let answer = self.node.ask_bytes(peer, request).await;
					self.note_silence(peer, &answer);
					Some(match answer {
						Ok(Response::Pushed(receipt)) => Ok(receipt),
						Ok(other) => Err(self.node.wrong_answer(peer, &other)),
						Err(error) => Err(error),
					})
				}
				None => None,
			};
			failed = true;
			match result {
				Some(Ok(receipt)) => return Some(receipt),
				Some(Err(AskError::Refused(refusal))) if !refusal.is_temporary() => {
					final_refusals = final_refusals.saturating_add(1);
					log::debug!(target: LOG, "member {member} refused rows of {}: {refusal}", blob.commitment);
					if final_refusals >= MAX_FINAL_REFUSALS {
						return None;
					}
				}
				Some(Err(AskError::Refused(Refusal::Busy))) => failed = false,
				Some(Err(error)) => {
					log::debug!(target: LOG, "rows of {} not pushed to member {member}: {error}", blob.commitment);
				}
				None => {}
			}
			tokio::select! {
				_ = tokio::time::sleep(pause) => {},
				_ = changes.changed() => {},
			}
			pause = pause.saturating_mul(2).min(MAX_PAUSE);
		}
		None
	}

	fn note_silence(&self, peer: PeerId, answer: &Result<Response, AskError>) {
		let mut silent = self.silent.lock();
		match answer {
			Err(AskError::Transport(TransportError::Timeout)) => {
				if silent.len() >= MAX_SILENT {
					silent.clear();
				}
				silent.insert(peer);
			}
			_ => drop(silent.remove(&peer)),
		}
	}

	/// Make a batch, on a thread where copying megabytes is fine.
	async fn batch<T: Send + 'static>(
		&self,
		dispersal: &Dispersal,
		indices: &[u32],
		finish: impl FnOnce(Push) -> T + Send + 'static,
	) -> Option<T> {
		let encoded = dispersal.encoded.lock().clone()?;
		let (commitment, indices) = (dispersal.blob.commitment, indices.to_vec());
		let sealed = dispersal.sealed.load(Ordering::Relaxed);
		let push = move || {
			let batch = encoded.batch(&indices)?;
			Some(finish(Push {
				commitment,
				checksum: encoded.checksum().to_vec(),
				batch,
				sealed,
			}))
		};
		blocking(push).await.ok().flatten()
	}
}
