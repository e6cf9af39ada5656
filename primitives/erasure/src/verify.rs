// SPDX-License-Identifier: Apache-2.0
//! The row check.

use crate::{
	checksum::{self, Coefficients, Sum},
	engine::{Leopard, Novelpoly},
	hash::TreeHash,
	tree, BlobHeader, Commitment, EngineId, Hash, HeaderError, Profile, Row, RowBatch,
};
use alloc::vec::Vec;
use core::fmt;

/// Checks rows of one blob.
///
/// Building one costs a hash for each column of symbols and the encoding of one block per row; a check of a
/// row then costs its hash, its path, and a pass over its symbols. Memory: below half a MiB.
#[derive(Clone)]
pub struct Verifier {
	header: BlobHeader,
	commitment: Commitment,
	profile: Profile,
	checksum: Vec<u8>,
	coefficients: Coefficients,
	expected: Vec<Sum>,
}

impl fmt::Debug for Verifier {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_tuple("Verifier").field(&self.commitment).finish()
	}
}

/// Why header and checksum are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChecksumError {
	/// The header itself is refused.
	Header(HeaderError),
	/// The header has another commitment. Ask another peer, or compare with the chain's header.
	WrongCommitment,
	/// The checksum is not `K` rows of 20 bytes. Ask another peer.
	WrongLength,
	/// The checksum's hash is not the header's checksum root. Ask another peer.
	WrongRoot,
}

impl From<HeaderError> for ChecksumError {
	fn from(error: HeaderError) -> Self {
		Self::Header(error)
	}
}

impl fmt::Display for ChecksumError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Header(error) => error.fmt(f),
			Self::WrongCommitment => f.write_str("the header has another commitment"),
			Self::WrongLength => f.write_str("the checksum has another length than the blob's profile says"),
			Self::WrongRoot => f.write_str("the checksum's hash is not the header's checksum root"),
		}
	}
}

impl core::error::Error for ChecksumError {}

/// Why a row or a batch is refused. The sender is at fault in every case, for [`RowError::WrongChecksum`] the
/// writer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowError {
	/// A batch without rows. Send at least one.
	NoRows,
	/// An index is not below `m`. Take the profile from the header.
	IndexTooLarge,
	/// The indices of a batch are not strictly ascending. Sort them and leave out repetitions.
	NotAscending,
	/// The bytes are not the profile's row length, or not as many rows as indices.
	WrongDataLength,
	/// The path is not `log2 m` hashes, or the multiproof has too few or too many. Nothing else than needed
	/// is allowed.
	WrongProofLength,
	/// The rows are not those under the row root. Ask another peer.
	WrongRoot,
	/// The rows are under the row root, but are not an encoding that the checksum describes: the blob was
	/// encoded wrongly. Do not sign for this blob.
	WrongChecksum,
}

impl fmt::Display for RowError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::NoRows => "a batch has at least one row",
			Self::IndexTooLarge => "there is no row with this index",
			Self::NotAscending => "the rows of a batch are in strictly ascending order",
			Self::WrongDataLength => "the rows have another length than the blob's profile says",
			Self::WrongProofLength => "the proof has too few or too many hashes",
			Self::WrongRoot => "the rows are not under the row root",
			Self::WrongChecksum => "the blob was encoded wrongly: a row contradicts the checksum",
		})
	}
}

impl core::error::Error for RowError {}

/// The row root of a matrix in which a row with this path has this index; `None` if the row has the length of no profile.
pub fn row_root(index: u32, data: &[u8], path: &[Hash]) -> Option<Hash> {
	let hash = TreeHash::new();
	let leaf = hash.leaves(&[data]).first().copied()?;
	Some(tree::root_from_path(&hash, index, leaf, path))
}

impl BlobHeader {
	/// Whether this row is the one with its index under the row root, without regard to the checksum: a dozen hashes, after
	/// all lengths were compared. A header that is refused has no rows.
	pub fn check_row_path(&self, index: u32, data: &[u8], path: &[Hash]) -> Result<(), RowError> {
		let profile = self.check().map_err(|_| RowError::IndexTooLarge)?;
		if index >= profile.rows() {
			return Err(RowError::IndexTooLarge);
		}
		if data.len() != profile.width() {
			return Err(RowError::WrongDataLength);
		}
		if u32::try_from(path.len()) != Ok(profile.tree_height()) {
			return Err(RowError::WrongProofLength);
		}
		if row_root(index, data, path) != Some(self.row_root) {
			return Err(RowError::WrongRoot);
		}
		Ok(())
	}
}

impl Verifier {
	/// A verifier for the blob with this commitment, from a header and checksum that need not be trusted.
	pub fn new(header: &BlobHeader, commitment: Commitment, checksum: &[u8]) -> Result<Self, ChecksumError> {
		let profile = header.check()?;
		if header.commitment()? != commitment {
			return Err(ChecksumError::WrongCommitment);
		}
		if u32::try_from(checksum.len()) != Ok(profile.checksum_bytes()) {
			return Err(ChecksumError::WrongLength);
		}
		if checksum::root(checksum) != header.checksum_root {
			return Err(ChecksumError::WrongRoot);
		}
		Ok(Self {
			header: *header,
			commitment,
			profile,
			checksum: checksum.to_vec(),
			coefficients: Coefficients::new(&header.seed()?, profile),
			expected: checksum::expected(profile.shape(), checksum),
		})
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

	/// The `K` checksum rows of 20 bytes, checked.
	pub fn checksum(&self) -> &[u8] {
		&self.checksum
	}

	/// Whether this row is the one with its index under the row root, and consistent with the checksum.
	pub fn check_row(&self, row: &Row) -> Result<(), RowError> {
		self.check_path(row.index, &row.data, &row.path)?;
		let sum = match self.header.engine {
			EngineId::Leopard => self.coefficients.combine::<Leopard>(&row.data),
			EngineId::Novelpoly => self.coefficients.combine::<Novelpoly>(&row.data),
		};
		self.check_sum(row.index, &sum)
	}

	/// Whether these rows are those with their indices under the row root, and all consistent with the
	/// checksum. Lengths are checked before any hash is computed; with `std` the rows are shared among
	/// rayon's threads.
	///
	/// Returns the path of each row, in order: what it needs to be served alone.
	pub fn check_batch(&self, batch: &RowBatch) -> Result<Vec<Vec<Hash>>, RowError> {
		let (row_bytes, height) = (self.profile.width(), self.profile.tree_height());
		let last = batch.indices.last().ok_or(RowError::NoRows)?;
		if !batch.indices.is_sorted_by(|left, right| left < right) {
			return Err(RowError::NotAscending);
		}
		if *last >= self.profile.rows() {
			return Err(RowError::IndexTooLarge);
		}
		let count = batch.indices.len();
		if Some(batch.data.len()) != count.checked_mul(row_bytes) {
			return Err(RowError::WrongDataLength);
		}
		if usize::try_from(height)
			.ok()
			.and_then(|height| count.checked_mul(height))
			< Some(batch.proof.len())
		{
			return Err(RowError::WrongProofLength);
		}

		let rows: Vec<&[u8]> = batch.data.chunks_exact(row_bytes).collect();
		let hash = TreeHash::new();
		let leaves = batch.indices.iter().copied().zip(hash.leaves(&rows)).collect();
		let (root, paths) =
			tree::root_and_paths(&hash, height, leaves, &batch.proof).ok_or(RowError::WrongProofLength)?;
		if root != self.header.row_root {
			return Err(RowError::WrongRoot);
		}
		let sums = match self.header.engine {
			EngineId::Leopard => self.coefficients.combine_all::<Leopard>(&rows),
			EngineId::Novelpoly => self.coefficients.combine_all::<Novelpoly>(&rows),
		};
		batch
			.indices
			.iter()
			.zip(&sums)
			.try_for_each(|(index, sum)| self.check_sum(*index, sum))?;
		Ok(paths)
	}

	/// Whether this row is the one with its index under the row root; for rows that were checked before, when
	/// they are read back from disk.
	pub fn check_path(&self, index: u32, data: &[u8], path: &[Hash]) -> Result<(), RowError> {
		self.header.check_row_path(index, data, path)
	}

	/// `Σ_j symbol_j · r_j = (G z)_index`.
	fn check_sum(&self, index: u32, sum: &Sum) -> Result<(), RowError> {
		let expected = usize::try_from(index)
			.ok()
			.and_then(|index| self.expected.get(index));
		if expected == Some(sum) {
			Ok(())
		} else {
			Err(RowError::WrongChecksum)
		}
	}
}
