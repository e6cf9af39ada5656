// SPDX-License-Identifier: Apache-2.0
//! The blob header: what a commitment is the hash of.

use crate::{hash, Commitment, EngineId, Hash, Namespace, Profile, VERSION};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Everything that a commitment binds. A decoded header is not yet checked: see [`BlobHeader::check`].
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
pub struct BlobHeader {
	/// [`VERSION`].
	pub version: u8,
	/// Which engine made the rows.
	pub engine: EngineId,
	/// The chain's genesis hash.
	#[cfg_attr(feature = "std", serde(with = "crate::ids::hash_hex"))]
	pub chain: Hash,
	/// The application.
	pub namespace: Namespace,
	/// Bytes of the blob.
	pub length: u32,
	/// The matrix shape: the smallest that holds the blob, or a larger one, which larger committees ask for.
	pub profile: Profile,
	/// Root of the tree over all `m` rows.
	#[cfg_attr(feature = "std", serde(with = "crate::ids::hash_hex"))]
	pub row_root: Hash,
	/// Hash of the `K` checksum rows.
	#[cfg_attr(feature = "std", serde(with = "crate::ids::hash_hex"))]
	pub checksum_root: Hash,
}

/// Why a header is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
	/// The version is not [`VERSION`]: made by other software. Update whichever side is older.
	UnknownVersion,
	/// The blob has no bytes. Publish at least one.
	Empty,
	/// The blob is longer than [`MAX_BLOB_BYTES`](crate::MAX_BLOB_BYTES). Split it.
	TooLarge,
	/// The blob does not fit into the matrix that was asked for. Ask for a larger one.
	ProfileTooSmall,
}

impl fmt::Display for HeaderError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::UnknownVersion => "unknown version of the commitment",
			Self::Empty => "a blob has at least one byte",
			Self::TooLarge => "a blob has at most 32 MiB",
			Self::ProfileTooSmall => "the blob does not fit into the matrix asked for",
		})
	}
}

impl core::error::Error for HeaderError {}

impl BlobHeader {
	/// A header of the current version, for the network's engine and the smallest matrix.
	///
	/// Errors: [`HeaderError::Empty`], [`HeaderError::TooLarge`].
	pub fn new(
		chain: Hash,
		namespace: Namespace,
		length: u32,
		row_root: Hash,
		checksum_root: Hash,
	) -> Result<Self, HeaderError> {
		let header = Self {
			version: VERSION,
			engine: EngineId::default(),
			chain,
			namespace,
			length,
			profile: Profile::for_length(length)?,
			row_root,
			checksum_root,
		};
		header.check().map(|_| header)
	}

	/// The same for another matrix.
	///
	/// Errors: [`HeaderError::ProfileTooSmall`].
	pub fn in_profile(self, profile: Profile) -> Result<Self, HeaderError> {
		let header = Self { profile, ..self };
		header.check().map(|_| header)
	}

	/// Whether version, length and matrix are allowed; the matrix shape if they are.
	pub fn check(&self) -> Result<Profile, HeaderError> {
		if self.version != VERSION {
			return Err(HeaderError::UnknownVersion);
		}
		match Profile::for_length(self.length)? {
			smallest if smallest <= self.profile => Ok(self.profile),
			_ => Err(HeaderError::ProfileTooSmall),
		}
	}

	/// The matrix shape; the same as [`BlobHeader::check`].
	pub fn profile(&self) -> Result<Profile, HeaderError> {
		self.check()
	}

	/// The commitment to this header.
	///
	/// Errors: as [`BlobHeader::check`]; a header that is refused has no commitment.
	pub fn commitment(&self) -> Result<Commitment, HeaderError> {
		let params = self.params()?;
		Ok(Commitment(hash::sha256(&[
			hash::COMMITMENT,
			&params,
			&self.row_root,
			&self.checksum_root,
		])))
	}

	/// The seed of the checksum's coefficients: bound to the rows, but not to the checksum.
	pub(crate) fn seed(&self) -> Result<Hash, HeaderError> {
		Ok(hash::sha256(&[hash::CHECKSUM, &self.params()?, &self.row_root]))
	}

	/// `version ‖ engine ‖ chain ‖ namespace ‖ length ‖ K ‖ m ‖ row_bytes`, 82 bytes.
	fn params(&self) -> Result<Vec<u8>, HeaderError> {
		let profile = self.check()?;
		let numbers = (
			self.length,
			profile.original_rows(),
			profile.rows(),
			profile.row_bytes(),
		);
		Ok((self.version, self.engine, self.chain, self.namespace, numbers).encode())
	}
}
