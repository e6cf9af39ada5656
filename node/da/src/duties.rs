// SPDX-License-Identifier: Apache-2.0

//! The native side of the runtime's duties: rows sampled and rebuilt for the off-chain worker.
//!
//! The worker starts a duty, gets its number at once, and asks for the result in a later block; what is at work, and what
//! is remembered, is bounded. A *sample* asks the one member that holds a row. A *repair* is asked for with rows seen missing:
//!
//! 1. Their holders are asked for them once more, if they signed. Who shows them needs nothing: it answers again, or somebody
//!    else was faster. Who cannot be asked could not take them either.
//! 2. For those that lack some, all rows of the blob are rebuilt from any quarter of them, and checked against the commitment.
//! 3. Each of them is pushed the rows that it did not show, and then all others of its own until its receipt says that it has
//!    all: it takes what it lacks ([`crate::member`]), as this node does with its own.

use crate::{
	blobs::{is_kept, Blob},
	member::Member,
	node::{blocking, AskError, Node, LOG},
	protocol::{rows_per_message, Push, Receipt, Refusal, Request, Response},
	reading::{fetch_from, peer_of, Outcome, ATTEMPTS, PAUSE},
	retriever::Retriever,
	Event, RetrieveError, SampleError,
};
use futures::{stream, StreamExt};
use parking_lot::Mutex;
use std::{
	collections::BTreeMap,
	sync::Arc,
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::Instant;
use zerog_erasure::{Commitment, Encoded, Verifier};
use zerog_host::{DutyFailure, DutyId, DutyStatus, Error, Hash, Row};
use zerog_primitives::da::{is_signer, BlobInfo, BlobState};

/// Duties remembered, running ones included. A finished repair keeps up to 2 MiB of rows.
pub(crate) const MAX_SAMPLES: usize = 64;
pub(crate) const MAX_REPAIRS: usize = 8;
/// Samples at work; repairs go one by one, each takes memory for a whole blob.
const SAMPLES_AT_ONCE: usize = 4;
/// How long a finished duty is remembered.
const REMEMBERED: Duration = Duration::from_secs(600);
/// A sample, or the first question of a repair, takes at most as long as this many slow peers would.
const SAMPLE_PATIENCE: u32 = 30;
/// After this time what a repair has not had counts as missing.
pub(crate) const REPAIR_TIME: Duration = Duration::from_secs(600);
/// Holders that get rows back at once.
const HOLDERS_AT_ONCE: usize = 4;

#[derive(Clone, PartialEq, Eq)]
enum Work {
	Sample(Commitment, u32),
	Repair(Commitment, Vec<u32>),
}

impl Work {
	fn is_repair(&self) -> bool {
		matches!(self, Self::Repair(..))
	}
}

enum State {
	Running,
	Done(BTreeMap<u32, Row>),
	Failed(DutyFailure),
}

struct Duty {
	work: Work,
	state: State,
	finished: Option<Instant>,
}

struct Table {
	next: DutyId,
	duties: BTreeMap<DutyId, Duty>,
}

/// What is asked for, and what came of it.
struct Desk {
	table: Mutex<Table>,
	samples: async_channel::Sender<DutyId>,
	repairs: async_channel::Sender<DutyId>,
}

/// The duties of one node, for the off-chain worker's externalities. Cheap to clone.
#[derive(Clone)]
pub struct Duties(Arc<Desk>);

impl Duties {
	fn start(&self, work: Work) -> Result<DutyId, Error> {
		let mut table = self.0.table.lock();
		let now = Instant::now();
		table
			.duties
			.retain(|_, duty| duty.finished.is_none_or(|at| now.duration_since(at) < REMEMBERED));
		let running = |duty: &Duty| duty.finished.is_none();
		let same = |(_, duty): &(&DutyId, &Duty)| running(duty) && duty.work == work;
		if let Some((id, _)) = table.duties.iter().find(same) {
			return Ok(*id);
		}
		let is_repair = work.is_repair();
		let alike = || {
			table
				.duties
				.iter()
				.filter(move |(_, duty)| duty.work.is_repair() == is_repair)
		};
		if alike().count() >= if is_repair { MAX_REPAIRS } else { MAX_SAMPLES } {
			// The one that finished first makes room.
			let oldest = alike().filter(|(_, duty)| !running(duty));
			let oldest = oldest.min_by_key(|(_, duty)| duty.finished).map(|(id, _)| *id);
			table.duties.remove(&oldest.ok_or(Error::Busy)?);
		}
		let id = table.next;
		let queue = if is_repair {
			&self.0.repairs
		} else {
			&self.0.samples
		};
		queue.try_send(id).map_err(|_| Error::Busy)?;
		table.next = id.wrapping_add(1);
		table.duties.insert(
			id,
			Duty {
				work,
				state: State::Running,
				finished: None,
			},
		);
		Ok(id)
	}
}

impl zerog_host::Duties for Duties {
	fn start_repair(&mut self, commitment: Hash, rows: &[u32]) -> Result<DutyId, Error> {
		self.start(Work::Repair(Commitment(commitment), rows.to_vec()))
	}

	fn start_sample(&mut self, commitment: Hash, row: u32) -> Result<DutyId, Error> {
		self.start(Work::Sample(Commitment(commitment), row))
	}

	fn poll(&mut self, duty: DutyId) -> Result<DutyStatus, Error> {
		let table = self.0.table.lock();
		match table.duties.get(&duty).ok_or(Error::UnknownDuty)?.state {
			State::Running => Ok(DutyStatus::Running),
			State::Done(_) => Ok(DutyStatus::Done),
			State::Failed(failure) => Ok(DutyStatus::Failed(failure)),
		}
	}

	fn take_row(&mut self, duty: DutyId, row: u32) -> Result<Row, Error> {
		let mut table = self.0.table.lock();
		match &mut table.duties.get_mut(&duty).ok_or(Error::UnknownDuty)?.state {
			State::Running => Err(Error::NotDone),
			State::Done(rows) => rows.remove(&row).ok_or(Error::NoSuchRow),
			State::Failed(_) => Err(Error::NoSuchRow),
		}
	}
}

/// Does what was started.
pub(crate) struct Worker {
	pub(crate) node: Arc<Node>,
	member: Arc<Member>,
	pub(crate) retriever: Arc<Retriever>,
	/// Whether it looks through what this node holds too.
	patrols: bool,
	desk: Arc<Desk>,
	samples: async_channel::Receiver<DutyId>,
	repairs: async_channel::Receiver<DutyId>,
}

fn failure(error: RetrieveError) -> DutyFailure {
	match error {
		RetrieveError::Unknown | RetrieveError::NotCertified | RetrieveError::OutOfRange { .. } => {
			DutyFailure::NoSuchBlob
		}
		RetrieveError::NoChecksum | RetrieveError::NotEnoughRows { .. } => DutyFailure::Missing,
		RetrieveError::Busy | RetrieveError::Chain(_) | RetrieveError::Internal => DutyFailure::Node,
	}
}

fn host_row(row: zerog_erasure::Row) -> Row {
	Row {
		index: row.index,
		data: row.data,
		path: row.path,
	}
}

impl Worker {
	pub(crate) fn new(
		node: Arc<Node>,
		member: Arc<Member>,
		retriever: Arc<Retriever>,
		patrols: bool,
	) -> (Self, Duties) {
		let (sample, samples) = async_channel::bounded(MAX_SAMPLES);
		let (repair, repairs) = async_channel::bounded(MAX_REPAIRS);
		// Numbers from before a restart are not used again.
		let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
		let table = Table {
			next: since.as_secs() << 24,
			duties: BTreeMap::new(),
		};
		let desk = Arc::new(Desk {
			table: Mutex::new(table),
			samples: sample,
			repairs: repair,
		});
		let worker = Self {
			node,
			member,
			retriever,
			patrols,
			desk: desk.clone(),
			samples,
			repairs,
		};
		(worker, Duties(desk))
	}

	/// Work until the service ends.
	pub(crate) async fn run(self) {
		let (samples, repairs) = (self.samples.clone(), self.repairs.clone());
		let worker = Arc::new(self);
		let patrol = async {
			if worker.patrols {
				worker.patrol().await;
			}
		};
		tokio::join!(
			patrol,
			samples.for_each_concurrent(SAMPLES_AT_ONCE, |id| worker.clone().work(id)),
			repairs.for_each_concurrent(1, |id| worker.clone().work(id)),
		);
	}

	async fn work(self: Arc<Self>, id: DutyId) {
		let work = self
			.desk
			.table
			.lock()
			.duties
			.get(&id)
			.map(|duty| duty.work.clone());
		let result = match work {
			Some(Work::Sample(commitment, row)) => {
				let result = tokio::time::timeout(self.sample_time(), self.sample(commitment, row)).await;
				// Its holder has a time of its own, which was not over: nobody is to blame.
				result.unwrap_or(Err(DutyFailure::Node))
			}
			Some(Work::Repair(commitment, rows)) => {
				let result = tokio::time::timeout(REPAIR_TIME, self.repair(commitment, &rows)).await;
				let label = match &result {
					Ok(Ok(_)) => "done",
					Ok(Err(DutyFailure::NoSuchBlob)) => "no_such_blob",
					Ok(Err(DutyFailure::Missing)) | Err(_) => "missing",
					Ok(Err(DutyFailure::Node)) => "error",
				};
				self.node.metrics.repairs.with_label_values(&[label]).inc();
				result.unwrap_or(Err(DutyFailure::Missing))
			}
			None => return,
		};
		let state = match result {
			Ok(rows) => State::Done(rows),
			Err(failure) => State::Failed(failure),
		};
		if let Some(duty) = self.desk.table.lock().duties.get_mut(&id) {
			duty.state = state;
			duty.finished = Some(Instant::now());
		}
	}

	fn sample_time(&self) -> Duration {
		self.node.limits.slow_peer.saturating_mul(SAMPLE_PATIENCE)
	}

	/// What the chain says about a blob that its signers still have to hold and that has all these rows; and its signers.
	fn owed(&self, commitment: Commitment, rows: &[u32]) -> Result<(BlobInfo, Vec<u8>), DutyFailure> {
		let info = self.retriever.readable(commitment).map_err(failure)?;
		let count = info.header.profile().map_or(0, |profile| profile.rows());
		if !is_kept(&info, self.node.chain.best_number()) || rows.iter().any(|row| *row >= count) {
			return Err(DutyFailure::NoSuchBlob);
		}
		let signers = match &info.state {
			BlobState::Certified { signers, .. } => signers.clone(),
			BlobState::Pending => return Err(DutyFailure::NoSuchBlob),
		};
		Ok((info, signers))
	}

	async fn sample(&self, commitment: Commitment, row: u32) -> Result<BTreeMap<u32, Row>, DutyFailure> {
		self.owed(commitment, &[row])?;
		match self.retriever.sample(commitment, row).await {
			Ok(sampled) => Ok(BTreeMap::from([(row, host_row(sampled.row))])),
			Err(SampleError::NoSuchRow { .. }) => Err(DutyFailure::NoSuchBlob),
			Err(SampleError::Missing { .. }) => Err(DutyFailure::Missing),
			Err(SampleError::Retrieve(error)) => Err(failure(error)),
		}
	}

	/// See the steps [above](self). The rows asked for come back with it, as far as they were shown or rebuilt.
	async fn repair(&self, commitment: Commitment, rows: &[u32]) -> Result<BTreeMap<u32, Row>, DutyFailure> {
		let (info, signers) = self.owed(commitment, rows)?;
		let blob = self.node.blobs.load(commitment, &info).await;
		let blob = blob.map_err(|_| DutyFailure::Node)?;
		let mut holders: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
		for row in rows {
			let holder = blob.holder(*row).filter(|holder| is_signer(&signers, *holder));
			if let Some(holder) = holder {
				holders.entry(holder).or_default().push(*row);
			}
		}
		if holders.is_empty() {
			return Err(DutyFailure::NoSuchBlob);
		}
		let verifier = self.retriever.verifier(&blob, &signers).await.map_err(failure)?;
		let (mut found, mut lacking) = (BTreeMap::new(), Vec::new());
		for (holder, mut lost) in holders {
			let Some(shown) = self.shown(&blob, &verifier, holder, &lost).await else {
				log::debug!(target: LOG, "member {holder} cannot be asked for its rows of {commitment}");
				continue;
			};
			found.extend(shown.into_iter().map(|row| (row.index, host_row(row))));
			lost.retain(|row| !found.contains_key(row));
			match lost.is_empty() {
				true => self.node.margins.note(&blob, holder, true),
				false => lacking.push((holder, lost)),
			}
		}
		if lacking.is_empty() {
			return match found.is_empty() {
				true => Err(DutyFailure::Missing),
				false => Ok(found),
			};
		}
		let rebuilt = self.retriever.rebuild(commitment).await;
		let rebuilt =
			rebuilt.inspect_err(|error| log::warn!(target: LOG, "{commitment} is not repaired: {error}"));
		let (_, encoded) = rebuilt.map_err(failure)?;
		let encoded = Arc::new(encoded);
		let count = lacking
			.iter()
			.map(|(_, lost)| lost.len())
			.fold(0, usize::saturating_add);
		let restored = stream::iter(lacking)
			.map(|(holder, lost)| self.hand_back(&blob, &encoded, holder, lost))
			.buffer_unordered(HOLDERS_AT_ONCE)
			.fold(0u32, |sum, rows| async move { sum.saturating_add(rows) })
			.await;
		self.node.metrics.rows_restored.inc_by(restored.into());
		let event = Event::Repaired {
			rows: u32::try_from(count).unwrap_or(u32::MAX),
			restored,
		};
		self.node.traces.note(commitment, event);
		for row in rows {
			if let (false, Some(rebuilt)) = (found.contains_key(row), encoded.one_row(*row)) {
				found.insert(*row, host_row(rebuilt));
			}
		}
		Ok(found)
	}

	/// Which of these rows their holder, or our own disk, shows now. `None`: it could not be asked.
	async fn shown(
		&self,
		blob: &Arc<Blob>,
		verifier: &Arc<Verifier>,
		holder: usize,
		rows: &[u32],
	) -> Option<Vec<zerog_erasure::Row>> {
		let (verifier, rows) = (verifier.clone(), rows.to_vec());
		if self.node.me().index_in(&blob.committee) == Some(holder) {
			let node = self.node.clone();
			let own = move || -> Vec<zerog_erasure::Row> {
				let row = |index: &u32| node.own_row(&verifier, *index).ok().flatten();
				rows.iter().filter_map(row).collect()
			};
			return blocking(own).await.ok();
		}
		let ask = async {
			peer_of(&self.node, blob, holder).await?;
			match fetch_from(&self.node, blob, verifier, holder, rows, 0).await {
				Outcome::Served(rows) => Some(rows),
				// It has none that are right.
				Outcome::Wrong(_) => Some(Vec::new()),
				Outcome::Silent => None,
			}
		};
		tokio::time::timeout(self.sample_time(), ask).await.ok().flatten()
	}

	/// Give a holder, ourselves included, the rows that it did not show, and then all others of its own until it has all; how
	/// many it took.
	pub(crate) async fn hand_back(
		&self,
		blob: &Arc<Blob>,
		encoded: &Arc<Encoded>,
		holder: usize,
		lost: Vec<u32>,
	) -> u32 {
		let per_push = rows_per_message(blob.profile.row_bytes(), blob.profile.tree_height());
		let others = blob.rows_of(holder).iter().copied();
		let others: Vec<u32> = others.filter(|row| lost.binary_search(row).is_err()).collect();
		let wanted = blob.count_of(holder);
		let (mut taken, mut held) = (0u32, None::<u32>);
		for rows in lost.chunks(per_push).chain(others.chunks(per_push)) {
			match self.hand_over(blob, encoded, holder, rows).await {
				Ok(receipt) => {
					let count = u32::try_from(rows.len()).unwrap_or(u32::MAX);
					// Of the first ones it said that it lacks them; of the others it may have some.
					let new = held.map_or(count, |before| receipt.held.saturating_sub(before));
					taken = taken.saturating_add(new.min(count));
					held = Some(receipt.held);
					if receipt.held >= wanted {
						self.node.margins.note(blob, holder, true);
						return taken;
					}
				}
				// It has all of these. If they were the first, somebody else is about to give it the others.
				Err(AskError::Refused(Refusal::NotPaid)) if held.is_some() => {}
				Err(error) => {
					log::debug!(target: LOG, "member {holder} took no rebuilt rows of {}: {error}", blob.commitment);
					return taken;
				}
			}
		}
		taken
	}

	/// One push of rebuilt rows.
	async fn hand_over(
		&self,
		blob: &Arc<Blob>,
		encoded: &Arc<Encoded>,
		holder: usize,
		rows: &[u32],
	) -> Result<Receipt, AskError> {
		let internal = || AskError::Refused(Refusal::Internal);
		let (encoded, indices, commitment) = (encoded.clone(), rows.to_vec(), blob.commitment);
		let push = blocking(move || {
			Some(Push {
				commitment,
				checksum: encoded.checksum().to_vec(),
				batch: encoded.batch(&indices)?,
				sealed: false,
			})
		});
		let push = push.await.ok().flatten().ok_or_else(internal)?;
		if self.node.me().index_in(&blob.committee) == Some(holder) {
			let from = self.node.transport.local_peer();
			return self.member.push(from, push).await.map_err(AskError::Refused);
		}
		self.push_to(blob, holder, Request::Push(push)).await
	}

	async fn push_to(&self, blob: &Blob, holder: usize, push: Request) -> Result<Receipt, AskError> {
		let mut last = AskError::Refused(Refusal::Busy);
		for _ in 0..ATTEMPTS {
			let Some(peer) = peer_of(&self.node, blob, holder).await else {
				return Err(crate::TransportError::NotConnected.into());
			};
			last = match self.node.ask(peer, &push).await {
				Ok(Response::Pushed(receipt)) => return Ok(receipt),
				Ok(other) => return Err(self.node.wrong_answer(peer, &other)),
				Err(error @ AskError::Refused(Refusal::Busy)) => error,
				Err(error) => return Err(error),
			};
			tokio::time::sleep(PAUSE).await;
		}
		Err(last)
	}
}
