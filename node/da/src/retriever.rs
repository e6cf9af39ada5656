// SPDX-License-Identifier: Apache-2.0

//! Reads a blob back: systematic rows first, from the members that hold them; any other rows for those that are missing.
//!
//! Every row is checked against the commitment on arrival, so whoever sends a wrong one is known. A member that is slow
//! is not waited for: others are asked for other rows meanwhile, and whatever comes first counts. Any quarter of the rows
//! rebuilds the blob.

use crate::{
	blobs::Blob,
	node::{blocking, AskError, Node, LOG},
	protocol::{Request, Response},
	reading::{peer_of, Reading, ATTEMPTS, PAUSE},
	ChainError, Misbehaviour,
};
use bytes::Bytes;
use futures::StreamExt;
use std::{collections::BTreeMap, ops::Range, sync::Arc, time::Duration};
use tokio::sync::Semaphore;
use zerog_erasure::{Commitment, Decoder, Verifier};
use zerog_primitives::da::{signer_indices, BlobInfo, BlobState};

/// Members asked for the checksum at once.
const CHECKSUM_RACE: usize = 3;
/// How long a reader waits for its turn.
const QUEUE: Duration = Duration::from_secs(20);

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

/// Reads blobs back.
pub struct Retriever {
	node: Arc<Node>,
	permits: Semaphore,
}

impl Retriever {
	pub(crate) fn new(node: Arc<Node>) -> Self {
		let permits = Semaphore::new(node.limits.retrievals);
		Self { node, permits }
	}

	/// What the chain says about a blob that can be read.
	pub(crate) fn readable(&self, commitment: Commitment) -> Result<BlobInfo, RetrieveError> {
		let info = self.node.blobs.info(commitment)?.ok_or(RetrieveError::Unknown)?;
		match info.state {
			BlobState::Pending => Err(RetrieveError::NotCertified),
			BlobState::Certified { .. } => Ok(info),
		}
	}

	/// The whole blob.
	pub(crate) async fn retrieve(&self, commitment: Commitment) -> Result<Bytes, RetrieveError> {
		let length = self.readable(commitment)?.header.length;
		self.retrieve_range(commitment, 0..length).await
	}

	/// Bytes `range` of the blob; only the rows that hold them are fetched if their holders answer.
	pub(crate) async fn retrieve_range(
		&self,
		commitment: Commitment,
		range: Range<u32>,
	) -> Result<Bytes, RetrieveError> {
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
		result
	}

	async fn try_retrieve(&self, commitment: Commitment, range: Range<u32>) -> Result<Bytes, RetrieveError> {
		let info = self.readable(commitment)?;
		let length = info.header.length;
		if range.is_empty() || range.end > length {
			return Err(RetrieveError::OutOfRange { length });
		}
		let permit = tokio::time::timeout(QUEUE, self.permits.acquire()).await;
		let _permit = permit
			.map_err(|_| RetrieveError::Busy)?
			.map_err(|_| RetrieveError::Busy)?;
		let internal = |_| RetrieveError::Internal;
		let blob = self.node.blobs.load(commitment, &info).await.map_err(internal)?;
		let BlobState::Certified { signers, .. } = info.state else {
			return Err(RetrieveError::NotCertified);
		};
		let verifier = self.verifier(&blob, &signers).await?;
		let rows = Reading::new(self.node.clone(), blob.clone(), verifier, &signers, &range)
			.run()
			.await?;
		blocking(move || assemble(&blob, rows, range))
			.await
			.map_err(internal)?
	}

	/// The verifier, with the checksum from our own disk or from any signer.
	async fn verifier(&self, blob: &Arc<Blob>, signers: &[u8]) -> Result<Arc<Verifier>, RetrieveError> {
		let (node, own) = (self.node.clone(), blob.clone());
		match blocking(move || node.own_verifier(&own)).await {
			Ok(Ok(Some(verifier))) => return Ok(verifier),
			Ok(Ok(None)) => {}
			Ok(Err(error)) => log::warn!(target: LOG, "{error}"),
			Err(_) => return Err(RetrieveError::Internal),
		}
		let mut answers = futures::stream::iter(signer_indices(signers).collect::<Vec<_>>())
			.map(|member| self.checksum_from(blob, member))
			.buffer_unordered(CHECKSUM_RACE);
		while let Some(answer) = answers.next().await {
			if let Some(verifier) = answer {
				return Ok(verifier);
			}
		}
		Err(RetrieveError::NoChecksum)
	}

	async fn checksum_from(&self, blob: &Arc<Blob>, member: usize) -> Option<Arc<Verifier>> {
		for _ in 0..ATTEMPTS {
			let peer = peer_of(&self.node, blob, member).await?;
			match self.node.ask(peer, &Request::Checksum(blob.commitment)).await {
				Ok(Response::Checksum(checksum)) => {
					let to_verify = blob.clone();
					match blocking(move || to_verify.verifier(&checksum)).await.ok()? {
						Ok(verifier) => return Some(verifier),
						Err(error) => {
							log::warn!(target: LOG, "{peer} sent a wrong checksum of {}: {error}", blob.commitment);
							self.node.transport.report(peer, Misbehaviour::BadChecksum);
							return None;
						}
					}
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
