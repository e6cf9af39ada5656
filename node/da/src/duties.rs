// SPDX-License-Identifier: Apache-2.0

//! The native side of the runtime's duties: rows sampled and rebuilt for the off-chain worker.
//!
//! The worker starts a duty, gets its number at once, and asks for the result in a later block; what is at work, and what
//! is remembered, is bounded. A *sample* asks the one member that holds a row. A *repair* rebuilds all rows of a blob
//! from any quarter of them, checks the result against the commitment, and pushes the rows asked for to those of their
//! holders that signed: they take what they lack ([`crate::member`]), as this node does with its own.

use crate::{
	blobs::{is_kept, Blob},
	member::Member,
	node::{blocking, AskError, Node, LOG},
	protocol::{rows_per_message, Push, Refusal, Request, Response},
	reading::{peer_of, ATTEMPTS, PAUSE},
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
use zerog_erasure::{Commitment, Encoded};
use zerog_host::{DutyFailure, DutyId, DutyStatus, Error, Hash, Row};
use zerog_primitives::da::{is_signer, BlobState};

/// Duties remembered, running ones included. A finished repair keeps up to 2 MiB of rows.
pub(crate) const MAX_SAMPLES: usize = 64;
pub(crate) const MAX_REPAIRS: usize = 8;
/// Samples at work; repairs go one by one, each takes memory for a whole blob.
const SAMPLES_AT_ONCE: usize = 4;
/// How long a finished duty is remembered.
const REMEMBERED: Duration = Duration::from_secs(600);
/// After this time what was not had counts as missing.
const SAMPLE_TIME: Duration = Duration::from_secs(60);
const REPAIR_TIME: Duration = Duration::from_secs(600);
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
	node: Arc<Node>,
	member: Arc<Member>,
	retriever: Arc<Retriever>,
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
	pub(crate) fn new(node: Arc<Node>, member: Arc<Member>, retriever: Arc<Retriever>) -> (Self, Duties) {
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
		tokio::join!(
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
				tokio::time::timeout(SAMPLE_TIME, self.sample(commitment, row)).await
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
				result
			}
			None => return,
		};
		let state = match result.unwrap_or(Err(DutyFailure::Missing)) {
			Ok(rows) => State::Done(rows),
			Err(failure) => State::Failed(failure),
		};
		if let Some(duty) = self.desk.table.lock().duties.get_mut(&id) {
			duty.state = state;
			duty.finished = Some(Instant::now());
		}
	}

	/// Signers of a blob that they still have to hold and that has all these rows.
	fn owed(&self, commitment: Commitment, rows: &[u32]) -> Result<Vec<u8>, DutyFailure> {
		let info = self.retriever.readable(commitment).map_err(failure)?;
		let count = info.header.profile().map_or(0, |profile| profile.rows());
		if !is_kept(&info, self.node.chain.best_number()) || rows.iter().any(|row| *row >= count) {
			return Err(DutyFailure::NoSuchBlob);
		}
		match info.state {
			BlobState::Certified { signers, .. } => Ok(signers),
			BlobState::Pending => Err(DutyFailure::NoSuchBlob),
		}
	}

	async fn sample(&self, commitment: Commitment, row: u32) -> Result<BTreeMap<u32, Row>, DutyFailure> {
		self.owed(commitment, &[row])?;
		match self.retriever.row(commitment, row).await {
			Ok(sampled) => Ok(BTreeMap::from([(row, host_row(sampled.row))])),
			Err(SampleError::NoSuchRow { .. }) => Err(DutyFailure::NoSuchBlob),
			Err(SampleError::Missing { .. }) => Err(DutyFailure::Missing),
			Err(SampleError::Retrieve(error)) => Err(failure(error)),
		}
	}

	async fn repair(&self, commitment: Commitment, rows: &[u32]) -> Result<BTreeMap<u32, Row>, DutyFailure> {
		let signers = self.owed(commitment, rows)?;
		let (blob, encoded) = self.retriever.rebuild(commitment).await.map_err(failure)?;
		let encoded = Arc::new(encoded);
		let mut holders: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
		for row in rows {
			let holder = blob.holder(*row).filter(|holder| is_signer(&signers, *holder));
			if let Some(holder) = holder {
				holders.entry(holder).or_default().push(*row);
			}
		}
		let restored = stream::iter(holders)
			.map(|(holder, rows)| self.hand_back(&blob, &encoded, holder, rows))
			.buffer_unordered(HOLDERS_AT_ONCE)
			.fold(0u32, |sum, rows| async move { sum.saturating_add(rows) })
			.await;
		self.node.metrics.rows_restored.inc_by(restored.into());
		let event = Event::Repaired {
			rows: u32::try_from(rows.len()).unwrap_or(u32::MAX),
			restored,
		};
		self.node.traces.note(commitment, event);
		let one = |row: &u32| Some((*row, host_row(encoded.one_row(*row)?)));
		Ok(rows.iter().filter_map(one).collect())
	}

	/// Give rebuilt rows to their holder, ourselves included; how many it took.
	async fn hand_back(
		&self,
		blob: &Arc<Blob>,
		encoded: &Arc<Encoded>,
		holder: usize,
		rows: Vec<u32>,
	) -> u32 {
		let per_push = rows_per_message(blob.profile.row_bytes(), blob.profile.tree_height());
		let is_local = self.node.me().index_in(&blob.committee) == Some(holder);
		let mut taken = 0u32;
		for rows in rows.chunks(per_push) {
			let (encoded, indices, commitment) = (encoded.clone(), rows.to_vec(), blob.commitment);
			let push = blocking(move || {
				Some(Push {
					commitment,
					checksum: encoded.checksum().to_vec(),
					batch: encoded.batch(&indices)?,
					sealed: false,
				})
			});
			let Ok(Some(push)) = push.await else { return taken };
			let result = match is_local {
				true => {
					let me = self.node.transport.local_peer();
					self.member
						.push(me, push)
						.await
						.map(drop)
						.map_err(AskError::Refused)
				}
				false => self.push_to(blob, holder, Request::Push(push)).await,
			};
			match result {
				Ok(()) => taken = taken.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX)),
				Err(error) => {
					log::debug!(target: LOG, "member {holder} took no rebuilt rows of {commitment}: {error}")
				}
			}
		}
		taken
	}

	async fn push_to(&self, blob: &Blob, holder: usize, push: Request) -> Result<(), AskError> {
		let mut last = AskError::Refused(Refusal::Busy);
		for _ in 0..ATTEMPTS {
			let Some(peer) = peer_of(&self.node, blob, holder).await else {
				return Err(crate::TransportError::NotConnected.into());
			};
			last = match self.node.ask(peer, &push).await {
				Ok(Response::Pushed(_)) => return Ok(()),
				Ok(other) => return Err(self.node.wrong_answer(peer, &other)),
				Err(error @ AskError::Refused(Refusal::Busy)) => error,
				Err(error) => return Err(error),
			};
			tokio::time::sleep(PAUSE).await;
		}
		Err(last)
	}
}
