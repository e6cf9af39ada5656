// SPDX-License-Identifier: Apache-2.0
//! Blob to rows and commitment.

use crate::{
	buffer::Buffer,
	checksum::{self, Coefficients},
	code,
	engine::{Engine, Leopard, Novelpoly},
	hash::TreeHash,
	stages::{Lap, Stages},
	tree::Tree,
	BlobHeader, Commitment, EngineId, Hash, HeaderError, Namespace, Profile, Row, RowBatch,
};
use alloc::vec::Vec;
use core::fmt;

/// An encoded blob: all `m` rows, their tree and the checksum.
///
/// Memory: four times the blob rounded up to its profile, hashes, and while encoding 2 MiB for each thread.
#[derive(Clone)]
pub struct Encoded {
	header: BlobHeader,
	commitment: Commitment,
	profile: Profile,
	checksum: Vec<u8>,
	matrix: Buffer,
	tree: Tree,
	stages: Stages,
}

impl fmt::Debug for Encoded {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (header, commitment) = (&self.header, &self.commitment);
		f.debug_struct("Encoded")
			.field("commitment", commitment)
			.field("header", header)
			.finish_non_exhaustive()
	}
}

/// Encodes a blob of one byte to 32 MiB with the network's engine.
///
/// Errors: [`HeaderError::Empty`], [`HeaderError::TooLarge`].
pub fn encode(chain: Hash, namespace: Namespace, blob: &[u8]) -> Result<Encoded, HeaderError> {
	encode_with(EngineId::default(), chain, namespace, blob)
}

/// Encodes a blob of one byte to 32 MiB.
///
/// Errors: [`HeaderError::Empty`], [`HeaderError::TooLarge`].
pub fn encode_with(
	engine: EngineId,
	chain: Hash,
	namespace: Namespace,
	blob: &[u8],
) -> Result<Encoded, HeaderError> {
	let header = BlobHeader {
		engine,
		..unwritten(chain, namespace, blob)?
	};
	spread(header, blob)
}

/// Encodes a blob into a matrix of at least the smallest shape for it.
///
/// Errors: [`HeaderError::Empty`], [`HeaderError::TooLarge`], [`HeaderError::ProfileTooSmall`].
pub fn encode_in(
	profile: Profile,
	chain: Hash,
	namespace: Namespace,
	blob: &[u8],
) -> Result<Encoded, HeaderError> {
	spread(unwritten(chain, namespace, blob)?.in_profile(profile)?, blob)
}

/// A header whose roots are to come.
fn unwritten(chain: Hash, namespace: Namespace, blob: &[u8]) -> Result<BlobHeader, HeaderError> {
	let length = u32::try_from(blob.len()).map_err(|_| HeaderError::TooLarge)?;
	BlobHeader::new(chain, namespace, length, Hash::default(), Hash::default())
}

fn spread(header: BlobHeader, blob: &[u8]) -> Result<Encoded, HeaderError> {
	let row_bytes = header.check()?.width();
	Encoded::new(header, |originals| match header.engine {
		EngineId::Leopard => Leopard::spread(blob, originals, row_bytes),
		EngineId::Novelpoly => Novelpoly::spread(blob, originals, row_bytes),
	})
}

/// The commitment alone, in the matrix asked for or the smallest: the same work as [`encode_in`], the rows dropped.
pub fn commit(
	profile: Option<Profile>,
	chain: Hash,
	namespace: Namespace,
	blob: &[u8],
) -> Result<(BlobHeader, Commitment), HeaderError> {
	let header = unwritten(chain, namespace, blob)?;
	let encoded = spread(header.in_profile(profile.unwrap_or(header.profile))?, blob)?;
	Ok((encoded.header, encoded.commitment))
}

impl Encoded {
	/// Encodes the original rows that `fill` writes into zeros. The header's roots are replaced.
	pub(crate) fn new(header: BlobHeader, fill: impl FnOnce(&mut [u8])) -> Result<Self, HeaderError> {
		match header.engine {
			EngineId::Leopard => Self::of::<Leopard>(header, fill),
			EngineId::Novelpoly => Self::of::<Novelpoly>(header, fill),
		}
	}

	fn of<E: Engine>(mut header: BlobHeader, fill: impl FnOnce(&mut [u8])) -> Result<Self, HeaderError> {
		let profile = header.check()?;
		let row_bytes = profile.width();
		let mut matrix = Buffer::zeroed(profile.total().saturating_mul(row_bytes));
		let (originals, parity) = matrix.split_at_mut(profile.originals().saturating_mul(row_bytes));
		fill(originals);
		let (code, scatter) = code::extend::<E>(profile.shape(), row_bytes, originals, parity);

		let mut lap = Lap::start();
		let rows: Vec<&[u8]> = matrix.chunks_exact(row_bytes).collect();
		let hash = TreeHash::new();
		let leaves = hash.leaves(&rows);
		let leaf_hash = lap.read();
		let tree = Tree::new(&hash, leaves);
		header.row_root = tree.root();
		let nodes = lap.read();

		let coefficients = Coefficients::new(&header.seed()?, profile);
		let originals = rows.get(..profile.originals()).unwrap_or_default();
		let checksum = coefficients.combine_all::<E>(originals).concat();
		header.checksum_root = checksum::root(&checksum);
		Ok(Self {
			header,
			commitment: header.commitment()?,
			profile,
			checksum,
			matrix,
			tree,
			stages: Stages {
				code,
				scatter,
				leaf_hash,
				tree: nodes,
				checksum: lap.read(),
			},
		})
	}

	/// Where the encoding's time went.
	pub fn stages(&self) -> Stages {
		self.stages
	}

	/// What the commitment binds.
	pub fn header(&self) -> &BlobHeader {
		&self.header
	}

	/// What the blob is known by.
	pub fn commitment(&self) -> Commitment {
		self.commitment
	}

	/// The shape of the matrix.
	pub fn profile(&self) -> Profile {
		self.profile
	}

	/// The `K` checksum rows of 20 bytes.
	pub fn checksum(&self) -> &[u8] {
		&self.checksum
	}

	/// The bytes of one row; `None` from `m` on.
	pub fn row(&self, index: u32) -> Option<&[u8]> {
		self.matrix
			.chunks_exact(self.profile.width())
			.nth(usize::try_from(index).ok()?)
	}

	/// The siblings from one row's leaf to the row root.
	pub fn path(&self, index: u32) -> Option<Vec<Hash>> {
		self.tree.path(index)
	}

	/// One row with its path, as it travels.
	pub fn one_row(&self, index: u32) -> Option<Row> {
		Some(Row {
			index,
			data: self.row(index)?.to_vec(),
			path: self.path(index)?,
		})
	}

	/// Many rows under one multiproof; `None` unless `indices` are strictly ascending, below `m` and at least
	/// one.
	pub fn batch(&self, indices: &[u32]) -> Option<RowBatch> {
		if indices.is_empty() || !indices.is_sorted_by(|left, right| left < right) {
			return None;
		}
		let mut data = Vec::with_capacity(indices.len().saturating_mul(self.profile.width()));
		for index in indices {
			data.extend_from_slice(self.row(*index)?);
		}
		Some(RowBatch {
			indices: indices.to_vec(),
			data,
			proof: self.tree.proof(indices)?,
		})
	}
}
