// SPDX-License-Identifier: Apache-2.0

//! Reads a blob back: systematic rows first, from the members that hold them; any other rows for those that are missing.
//! Reads single rows for samplers, rebuilds all rows for repair, and reads blobs that wait for a certificate from whoever
//! holds rows of them.
//!
//! Every row is checked against the commitment on arrival, so whoever sends a wrong one is known. A member that is slow
//! is not waited for: others are asked for other rows meanwhile, and whatever comes first counts. Any quarter of the rows
//! rebuilds the blob.

use crate::{
	blobs::Blob,
	node::{blocking, AskError, Node, LOG},
	protocol::{Request, Response},
	reading::{fetch_from, peer_of, Outcome, Reading, ATTEMPTS, PAUSE},
	ChainError, Event, Misbehaviour,
};
use bytes::Bytes;
use futures::{stream::FuturesUnordered, StreamExt};
use polkadot_sdk::sc_network_types::PeerId;
use sha2::{Digest, Sha256};
use std::{
	collections::BTreeMap,
	ops::Range,
	pin::pin,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::sync::{Semaphore, SemaphorePermit};
use zerog_erasure::{Commitment, Decoder, Encoded, Hash, Row, Verifier};
use zerog_primitives::da::{signer_bitmap, signer_indices, BlobInfo, BlobState, CommitteeId};

/// Single rows that users ask for at once.
const ROWS_AT_ONCE: usize = 32;
/// How long anybody waits for a turn.
const QUEUE: Duration = Duration::from_secs(20);
/// A holder is asked for one row as long as this many slow peers would take.
const ROW_PATIENCE: u32 = 5;
/// How often more members are asked for the checksum in the time of a slow peer, and how many more at most.
const CHECKSUM_RACE: u32 = 4;
const CHECKSUM_WAVE: usize = 16;

/// Why a blob could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetrieveError {
	/// The chain does not know it: never submitted, or its retention is over.
	#[error("the chain does not know this blob")]
	Unknown,
	/// It was paid for but has no certificate: its bytes may not be there. Wait for `Certified`.
	#[error("the blob has no certificate yet")]
	NotCertified,
	/// The range is not inside the blob.
	#[error("the range is not inside the blob of {length} bytes")]
	OutOfRange {
		/// Bytes of the blob.
		length: u32,
	},
	/// Too many blobs are being read. Repeat later.
	#[error("too many blobs are being read")]
	Busy,
	/// No member that could be reached has the checksum. Repeat when more members are online.
	#[error("no reachable member has the checksum")]
	NoChecksum,
	/// The members that could be reached do not have enough rows. Repeat when more members are online.
	#[error("found {found} of {needed} rows needed")]
	NotEnoughRows {
		/// Checked rows that were found.
		found: u32,
		/// Rows that rebuild the blob.
		needed: u32,
	},
	/// The chain could not be asked.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// A worker failed; see the log.
	#[error("internal error")]
	Internal,
}

/// A member that sent what an honest one does not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
	/// Its place in the committee that was asked: the blob's, or the one from which it fell back.
	pub member: usize,
	/// The peer that spoke for it.
	pub peer: PeerId,
	/// What it did.
	pub misbehaviour: Misbehaviour,
}

/// What a read brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieved {
	/// The bytes asked for.
	pub bytes: Bytes,
	/// Who lied on the way.
	pub faults: Vec<Fault>,
}

/// One row that passed the row check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
	/// The row with its path.
	pub row: Row,
	/// The member that holds it.
	pub member: usize,
}

/// Why a single row was not had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
	/// The blob's matrix is smaller.
	#[error("the blob has {rows} rows")]
	NoSuchRow {
		/// Rows of the matrix.
		rows: u32,
	},
	/// Its holder does not have it, does not answer, or sent something else. Nobody else has it.
	#[error("member {member} did not give row {row}")]
	Missing {
		/// The row.
		row: u32,
		/// The holder.
		member: usize,
	},
	/// The blob as a whole cannot be read.
	#[error(transparent)]
	Retrieve(#[from] RetrieveError),
}

/// A blob ready to be read.
struct Open {
	blob: Arc<Blob>,
	verifier: Arc<Verifier>,
	signers: Vec<u8>,
}

/// Reads blobs back. Users wait for turns; what keeps blobs is bounded by who does it, and so waits for no user.
pub struct Retriever {
	node: Arc<Node>,
	/// Turns of users that read blobs.
	permits: Semaphore,
	/// Those of users that ask for single rows, or for a checksum.
	rows: Semaphore,
}

impl Retriever {
	pub(crate) fn new(node: Arc<Node>) -> Self {
		let permits = Semaphore::new(node.limits.retrievals);
		let rows = Semaphore::new(ROWS_AT_ONCE);
		Self { node, permits, rows }
	}

	/// What the chain says about a blob that can be read.
	pub(crate) fn readable(&self, commitment: Commitment) -> Result<BlobInfo, RetrieveError> {
		let info = self.node.blobs.info(commitment)?.ok_or(RetrieveError::Unknown)?;
		match info.state {
			BlobState::Pending => Err(RetrieveError::NotCertified),
			BlobState::Certified { .. } => Ok(info),
		}
	}

	/// Bytes `range` of the blob; only the rows that hold them are fetched if their holders answer.
	pub(crate) async fn retrieve(
		&self,
		commitment: Commitment,
		range: Range<u32>,
	) -> Result<Retrieved, RetrieveError> {
		let started = Instant::now();
		let result = self.try_retrieve(commitment, range).await;
		let label = match &result {
			Ok(_) => "ok",
			Err(RetrieveError::Unknown) => "unknown",
			Err(RetrieveError::NotCertified) => "not_certified",
			Err(RetrieveError::OutOfRange { .. }) => "out_of_range",
			Err(RetrieveError::Busy) => "busy",
			Err(RetrieveError::NoChecksum | RetrieveError::NotEnoughRows { .. }) => "not_enough_rows",
			Err(RetrieveError::Chain(_) | RetrieveError::Internal) => "error",
		};
		self.node.metrics.retrieved.with_label_values(&[label]).inc();
		if let Ok(retrieved) = &result {
			let took = started.elapsed().as_secs_f64();
			self.node.metrics.retrieval_seconds.observe(took);
			let bytes = u32::try_from(retrieved.bytes.len()).unwrap_or(u32::MAX);
			self.node.traces.note(commitment, Event::Read { bytes });
		}
		result
	}

	async fn try_retrieve(
		&self,
		commitment: Commitment,
		range: Range<u32>,
	) -> Result<Retrieved, RetrieveError> {
		let info = self.readable(commitment)?;
		let length = info.header.length;
		if range.is_empty() || range.end > length {
			return Err(RetrieveError::OutOfRange { length });
		}
		let _permit = turn(&self.permits).await?;
		let Open {
			blob,
			verifier,
			signers,
		} = self.open(commitment, &info).await?;
		self.read(blob, verifier, &signers, range).await
	}

	/// Bytes `range` of a blob out of rows that these members hold.
	async fn read(
		&self,
		blob: Arc<Blob>,
		verifier: Arc<Verifier>,
		holders: &[u8],
		range: Range<u32>,
	) -> Result<Retrieved, RetrieveError> {
		let (rows, faults) = Reading::new(self.node.clone(), blob.clone(), verifier, holders, &range)
			.run()
			.await?;
		let bytes = blocking(move || assemble(&blob, rows, range))
			.await
			.map_err(|_| RetrieveError::Internal)??;
		Ok(Retrieved { bytes, faults })
	}

	/// As [`Retriever::sample`], for a user.
	pub(crate) async fn row(&self, commitment: Commitment, index: u32) -> Result<Sampled, SampleError> {
		self.readable(commitment)?;
		let _permit = turn(&self.rows).await?;
		self.sample(commitment, index).await
	}

	/// One row, from our own disk or from its holder: other members do not have it. Takes no user's turn: the caller bounds
	/// how many are asked for at once.
	pub(crate) async fn sample(&self, commitment: Commitment, index: u32) -> Result<Sampled, SampleError> {
		let info = self.readable(commitment)?;
		let profile = info.header.profile().map_err(|_| RetrieveError::Internal)?;
		if index >= profile.rows() {
			return Err(SampleError::NoSuchRow { rows: profile.rows() });
		}
		let Open { blob, verifier, .. } = self.open(commitment, &info).await?;
		let member = blob.holder(index).ok_or(RetrieveError::Internal)?;
		let row = self.row_of(&blob, verifier, index, member).await?;
		let found = row.is_some();
		let event = Event::Sampled {
			row: index,
			member,
			found,
		};
		self.node.traces.note(commitment, event);
		let label = if found { "found" } else { "missing" };
		self.node.metrics.samples.with_label_values(&[label]).inc();
		self.node.margins.note(&blob, member, found);
		row.map(|row| Sampled { row, member })
			.ok_or(SampleError::Missing { row: index, member })
	}

	async fn row_of(
		&self,
		blob: &Arc<Blob>,
		verifier: Arc<Verifier>,
		index: u32,
		member: usize,
	) -> Result<Option<Row>, RetrieveError> {
		if self.node.me().index_in(&blob.committee) == Some(member) {
			let node = self.node.clone();
			let own = blocking(move || node.own_row(&verifier, index)).await;
			return own
				.map_err(|_| RetrieveError::Internal)?
				.inspect_err(|error| log::warn!(target: LOG, "{error}"))
				.map_err(|_| RetrieveError::Internal);
		}
		let ask = async {
			peer_of(&self.node, blob, member).await?;
			match fetch_from(&self.node, blob, verifier, member, vec![index], 0).await {
				Outcome::Served(rows) => rows.into_iter().next(),
				Outcome::Silent | Outcome::Wrong(_) => None,
			}
		};
		let patience = self.node.limits.slow_peer.saturating_mul(ROW_PATIENCE);
		Ok(tokio::time::timeout(patience, ask).await.ok().flatten())
	}

	/// The checksum of a blob, as it hashes to the commitment, for a user.
	pub(crate) async fn checksum(&self, commitment: Commitment) -> Result<Arc<Verifier>, RetrieveError> {
		let info = self.readable(commitment)?;
		let _permit = turn(&self.rows).await?;
		Ok(self.open(commitment, &info).await?.verifier)
	}

	/// The bytes of a blob that waits for its certificate, out of any rows that the members of a committee hold. Takes no
	/// user's turn: the caller bounds how many are read at once.
	pub(crate) async fn salvage(
		&self,
		commitment: Commitment,
		info: &BlobInfo,
		from: CommitteeId,
	) -> Result<Retrieved, RetrieveError> {
		let blob = self.node.blobs.load_under(commitment, info, from).await;
		let blob = blob.map_err(|_| RetrieveError::Internal)?;
		let anybody = signer_bitmap(blob.members().len(), blob.members());
		let verifier = self.verifier(&blob, &anybody).await?;
		self.read(blob, verifier, &anybody, 0..info.header.length).await
	}

	/// All rows of a blob, rebuilt from any that are enough. Takes about eight times the blob in memory, 256 MiB at most, and
	/// no user's turn: the caller bounds how many there are at once. Repairs and the patrol have one each, answers to challenges
	/// two, which makes 1 GiB at most beside what users read.
	pub(crate) async fn rebuild(
		&self,
		commitment: Commitment,
	) -> Result<(Arc<Blob>, Encoded), RetrieveError> {
		let info = self.readable(commitment)?;
		let Open {
			blob,
			verifier,
			signers,
		} = self.open(commitment, &info).await?;
		let all = 0..blob.profile.payload_bytes();
		let (rows, _) = Reading::new(self.node.clone(), blob.clone(), verifier, &signers, &all)
			.run()
			.await?;
		let header = blob.header;
		let rebuilt = blocking(move || {
			let mut decoder = Decoder::new(&header).ok()?;
			for (index, row) in rows {
				decoder.add(index, &row).ok()?;
			}
			decoder.rebuild().ok()
		});
		let rebuilt = rebuilt.await.map_err(|_| RetrieveError::Internal)?;
		let encoded = rebuilt.ok_or_else(|| {
			log::error!(target: LOG, "checked rows of {commitment} do not rebuild it");
			RetrieveError::Internal
		})?;
		Ok((blob, encoded))
	}

	async fn open(&self, commitment: Commitment, info: &BlobInfo) -> Result<Open, RetrieveError> {
		let BlobState::Certified { signers, .. } = &info.state else {
			return Err(RetrieveError::NotCertified);
		};
		let blob = self.node.blobs.load(commitment, info).await;
		let blob = blob.map_err(|_| RetrieveError::Internal)?;
		let verifier = self.verifier(&blob, signers).await?;
		Ok(Open {
			blob,
			verifier,
			signers: signers.clone(),
		})
	}

	/// The verifier, with the checksum from our own disk or from any signer. One is asked first; as long as none has answered
	/// well, one more for each that has nothing, and from time to time twice as many more as the time before.
	pub(crate) async fn verifier(
		&self,
		blob: &Arc<Blob>,
		signers: &[u8],
	) -> Result<Arc<Verifier>, RetrieveError> {
		let (node, own) = (self.node.clone(), blob.clone());
		match blocking(move || node.own_verifier(&own)).await {
			Ok(Ok(Some(verifier))) => return Ok(verifier),
			Ok(Ok(None)) => {}
			Ok(Err(error)) => log::warn!(target: LOG, "{error}"),
			Err(_) => return Err(RetrieveError::Internal),
		}
		let pause = self.node.limits.slow_peer.checked_div(CHECKSUM_RACE);
		let pause = pause.unwrap_or_default();
		let mut late = pin!(tokio::time::sleep(pause));
		let mut order = self.order(blob, signers).into_iter();
		let mut asked = FuturesUnordered::new();
		let (mut wave, mut more) = (1usize, 1usize);
		loop {
			let next = order.by_ref().take(more);
			asked.extend(next.map(|member| self.checksum_from(blob, member)));
			tokio::select! {
				biased;
				Some(answer) = asked.next() => match answer {
					Some(verifier) => return Ok(verifier),
					None => more = 1,
				},
				_ = late.as_mut(), if !order.as_slice().is_empty() => {
					wave = wave.saturating_mul(2).min(CHECKSUM_WAVE);
					more = wave;
					late.set(tokio::time::sleep(pause));
				},
				else => return Err(RetrieveError::NoChecksum),
			}
		}
	}

	/// Signers in the order in which they are asked for the checksum: those bound to a peer first, else in one that each node
	/// has for each blob, so that nobody is the first for all.
	fn order(&self, blob: &Blob, signers: &[u8]) -> Vec<usize> {
		let local = self.node.transport.local_peer().to_bytes();
		let ticket = |member: usize| -> Hash {
			let hasher = Sha256::new_with_prefix(blob.commitment.0);
			hasher
				.chain_update(&local)
				.chain_update(member.to_le_bytes())
				.finalize()
				.into()
		};
		let peer = |member: usize| self.node.members.peer_of(blob.member(member)?);
		let mut order: Vec<usize> = signer_indices(signers).collect();
		order.sort_by_cached_key(|member| (peer(*member).is_none(), ticket(*member)));
		order
	}

	async fn checksum_from(&self, blob: &Arc<Blob>, member: usize) -> Option<Arc<Verifier>> {
		for _ in 0..ATTEMPTS {
			let peer = peer_of(&self.node, blob, member).await?;
			match self.node.ask(peer, &Request::Checksum(blob.commitment)).await {
				Ok(Response::Checksum(checksum)) => {
					let to_verify = blob.clone();
					let verifier = blocking(move || to_verify.verifier(&checksum)).await.ok()?;
					if verifier.is_err() {
						self.node.fault(blob, member, peer, Misbehaviour::BadChecksum);
					}
					return verifier.ok();
				}
				Ok(other) => {
					self.node.wrong_answer(peer, &other);
					return None;
				}
				Err(AskError::Malformed) => return None,
				Err(AskError::Refused(refusal)) if !refusal.is_temporary() => return None,
				Err(_) => tokio::time::sleep(PAUSE).await,
			}
		}
		None
	}
}

/// Wait for a turn, not forever.
pub(crate) async fn turn(permits: &Semaphore) -> Result<SemaphorePermit<'_>, RetrieveError> {
	let permit = tokio::time::timeout(QUEUE, permits.acquire()).await;
	permit
		.map_err(|_| RetrieveError::Busy)?
		.map_err(|_| RetrieveError::Busy)
}

/// The bytes of `range` out of rows that hold them, or out of enough rows to rebuild the blob. Blocks.
fn assemble(blob: &Blob, rows: BTreeMap<u32, Vec<u8>>, range: Range<u32>) -> Result<Bytes, RetrieveError> {
	let row_bytes = blob.profile.row_bytes();
	let wanted = rows_of_range(&range, row_bytes);
	let (start, length) = (range.start as usize, range.len());
	let (bytes, skip) = if wanted.clone().all(|row| rows.contains_key(&row)) {
		let skip = start.saturating_sub((wanted.start as usize).saturating_mul(row_bytes as usize));
		let mut bytes = Vec::with_capacity(wanted.len().saturating_mul(row_bytes as usize));
		rows.range(wanted)
			.for_each(|(_, row)| bytes.extend_from_slice(row));
		(bytes, skip)
	} else {
		let mut decoder = Decoder::new(&blob.header).map_err(|_| RetrieveError::Internal)?;
		for (index, row) in rows {
			decoder.add(index, &row).map_err(|_| RetrieveError::Internal)?;
		}
		(decoder.finish().map_err(|_| RetrieveError::Internal)?, start)
	};
	let bytes = Bytes::from(bytes);
	let end = skip.saturating_add(length);
	if end > bytes.len() {
		return Err(RetrieveError::Internal);
	}
	Ok(bytes.slice(skip..end))
}

/// Systematic rows that hold the bytes of `range`, which is not empty.
pub(crate) fn rows_of_range(range: &Range<u32>, row_bytes: u32) -> Range<u32> {
	let row = |byte: u32| byte.checked_div(row_bytes).unwrap_or(0);
	row(range.start)..row(range.end.saturating_sub(1)).saturating_add(1)
}
