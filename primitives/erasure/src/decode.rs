// SPDX-License-Identifier: Apache-2.0
//! Rows to blob, and rows to all other rows.

use crate::{code, BlobHeader, Encoded, HeaderError, Profile};
use alloc::{vec, vec::Vec};
use core::fmt;

/// Collects checked rows of one blob until any `K` of them are there, and rebuilds the blob.
///
/// Rows must have passed [`Verifier`](crate::Verifier): a wrong row makes wrong bytes, which only
/// [`Decoder::rebuild`] notices. Memory: the payload, and as much again for parity rows.
pub struct Decoder {
	header: BlobHeader,
	profile: Profile,
	payload: Vec<u8>,
	/// Which of the `m` rows are here.
	present: Vec<bool>,
	/// Positions behind the originals, and the rows one after another.
	parity: (Vec<usize>, Vec<u8>),
	missing: u32,
}

impl fmt::Debug for Decoder {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Decoder")
			.field("header", &self.header)
			.field("missing", &self.missing)
			.finish_non_exhaustive()
	}
}

/// Why rows do not rebuild a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
	/// An index is not below `m`. Check rows before they are added.
	IndexTooLarge,
	/// The bytes are not the profile's row length. Check rows before they are added.
	WrongDataLength,
	/// Fewer than `K` rows. Fetch more.
	NotEnoughRows,
	/// The rows belong to another header: they were not checked, or the blob was encoded wrongly.
	WrongRows,
}

impl fmt::Display for DecodeError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::IndexTooLarge => "there is no row with this index",
			Self::WrongDataLength => "the row has another length than the blob's profile says",
			Self::NotEnoughRows => "too few rows to rebuild the blob",
			Self::WrongRows => "the rows belong to another blob",
		})
	}
}

impl core::error::Error for DecodeError {}

impl Decoder {
	/// A decoder without rows.
	pub fn new(header: &BlobHeader) -> Result<Self, HeaderError> {
		let profile = header.check()?;
		Ok(Self {
			header: *header,
			profile,
			payload: vec![0; profile.originals().saturating_mul(profile.width())],
			present: vec![false; profile.total()],
			parity: Default::default(),
			missing: profile.original_rows(),
		})
	}

	/// Adds one row. `false` if it is of no use: already here, or `K` others are.
	pub fn add(&mut self, index: u32, row: &[u8]) -> Result<bool, DecodeError> {
		let (row_bytes, originals) = (self.profile.width(), self.profile.originals());
		let index = usize::try_from(index).map_err(|_| DecodeError::IndexTooLarge)?;
		let present = self.present.get_mut(index).ok_or(DecodeError::IndexTooLarge)?;
		if row.len() != row_bytes {
			return Err(DecodeError::WrongDataLength);
		}
		if *present || self.missing == 0 {
			return Ok(false);
		}
		if let Some(place) = self.payload.chunks_exact_mut(row_bytes).nth(index) {
			place.copy_from_slice(row);
		} else {
			self.parity.0.push(index.saturating_sub(originals));
			self.parity.1.extend_from_slice(row);
		}
		*present = true;
		self.missing = self.missing.saturating_sub(1);
		Ok(true)
	}

	/// Rows still needed.
	pub fn missing(&self) -> u32 {
		self.missing
	}

	/// Whether the row with this index was added.
	pub fn has(&self, index: u32) -> bool {
		usize::try_from(index)
			.ok()
			.and_then(|index| self.present.get(index))
			== Some(&true)
	}

	/// The blob.
	///
	/// Errors: [`DecodeError::NotEnoughRows`].
	pub fn finish(self) -> Result<Vec<u8>, DecodeError> {
		let length = usize::try_from(self.header.length).unwrap_or(usize::MAX);
		let mut payload = self.payload()?;
		payload.truncate(length);
		Ok(payload)
	}

	/// All rows, with tree and checksum: for repair. Compares both roots with the header, so it also proves
	/// that the rows added were right.
	///
	/// Errors: [`DecodeError::NotEnoughRows`], [`DecodeError::WrongRows`].
	pub fn rebuild(self) -> Result<Encoded, DecodeError> {
		let header = self.header;
		// What stands behind the blob in its last rows is kept: the row root binds it, zeros or not.
		let payload = self.payload()?;
		Encoded::from_payload(header.chain, header.namespace, header.length, payload)
			.ok()
			.filter(|encoded| encoded.header() == &header)
			.ok_or(DecodeError::WrongRows)
	}

	fn payload(mut self) -> Result<Vec<u8>, DecodeError> {
		if self.missing > 0 {
			return Err(DecodeError::NotEnoughRows);
		}
		let (indices, rows) = &self.parity;
		if !indices.is_empty() {
			let rows: Vec<_> = indices
				.iter()
				.copied()
				.zip(rows.chunks_exact(self.profile.width()))
				.collect();
			code::restore(self.profile, &mut self.payload, &self.present, &rows)
				.map_err(|_| DecodeError::NotEnoughRows)?;
		}
		Ok(self.payload)
	}
}
