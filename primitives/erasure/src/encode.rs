// SPDX-License-Identifier: Apache-2.0
//! Blob to rows and commitment.

use crate::{
	checksum::{self, Coefficients},
	code,
	tree::Tree,
	BlobHeader, Commitment, Hash, HeaderError, Namespace, Profile, Row, RowBatch,
};
use alloc::vec::Vec;
use core::fmt;

/// An encoded blob: all `m` rows, their tree and the checksum.
///
/// Memory: four times the blob rounded up to its profile, and about one MiB.
#[derive(Clone)]
pub struct Encoded {
	header: BlobHeader,
	commitment: Commitment,
	profile: Profile,
	checksum: Vec<u8>,
	matrix: Vec<u8>,
	tree: Tree,
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

/// Encodes a blob of one byte to 32 MiB.
///
/// Errors: [`HeaderError::Empty`], [`HeaderError::TooLarge`].
pub fn encode(chain: Hash, namespace: Namespace, blob: &[u8]) -> Result<Encoded, HeaderError> {
	let length = u32::try_from(blob.len()).map_err(|_| HeaderError::TooLarge)?;
	let profile = Profile::for_length(length)?;
	let mut matrix = Vec::with_capacity(profile.total().saturating_mul(profile.width()));
	matrix.extend_from_slice(blob);
	Encoded::from_payload(chain, namespace, length, matrix)
}

/// The commitment alone: the same work as [`encode`], the rows dropped.
pub fn commit(
	chain: Hash,
	namespace: Namespace,
	blob: &[u8],
) -> Result<(BlobHeader, Commitment), HeaderError> {
	encode(chain, namespace, blob).map(|encoded| (encoded.header, encoded.commitment))
}

impl Encoded {
	/// Encodes `payload`, the blob and what stands behind it in its last rows; zeros are added up to `K`
	/// rows.
	pub(crate) fn from_payload(
		chain: Hash,
		namespace: Namespace,
		length: u32,
		payload: Vec<u8>,
	) -> Result<Self, HeaderError> {
		let mut header = BlobHeader::new(chain, namespace, length, Hash::default(), Hash::default())?;
		let profile = header.check()?;
		let row_bytes = profile.width();
		let originals = profile.originals().saturating_mul(row_bytes);

		let mut matrix = payload;
		matrix.resize(originals, 0);
		code::extend(profile, row_bytes, &mut matrix);
		let tree = Tree::of_rows(&matrix, row_bytes);
		header.row_root = tree.root();

		let coefficients = Coefficients::new(&header.seed()?, profile);
		let checksum = coefficients.checksum(matrix.get(..originals).unwrap_or_default(), row_bytes);
		header.checksum_root = checksum::root(&checksum);
		let commitment = header.commitment()?;
		Ok(Self {
			header,
			commitment,
			profile,
			checksum,
			matrix,
			tree,
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
