// SPDX-License-Identifier: Apache-2.0
//! Rows to blob, and rows to all other rows.

use crate::{
	buffer::Buffer,
	code,
	engine::{Engine, Leopard, Novelpoly},
	BlobHeader, Encoded, EngineId, HeaderError, Profile,
};
use alloc::{vec, vec::Vec};
use core::fmt;

/// Collects checked rows of one blob until any `K` of them are there, and rebuilds the blob.
///
/// Rows must have passed [`Verifier`](crate::Verifier): a wrong row makes wrong bytes, which only
/// [`Decoder::rebuild`] notices. Memory: the payload, and as much again for parity rows.
pub struct Decoder {
	header: BlobHeader,
	profile: Profile,
	originals: Vec<u8>,
	/// Which of the `m` rows are here.
	present: Vec<bool>,
	/// Parity rows that are here: their indices, and from the first one on room for `K` rows.
	parity: (Vec<usize>, Buffer),
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
			originals: vec![0; profile.originals().saturating_mul(profile.width())],
			present: vec![false; profile.total()],
			parity: (Vec::new(), Buffer::zeroed(0)),
			missing: profile.original_rows(),
		})
	}

	/// Adds one row. `false` if it is of no use: already here, or `K` others are.
	pub fn add(&mut self, index: u32, row: &[u8]) -> Result<bool, DecodeError> {
		let row_bytes = self.profile.width();
		let index = usize::try_from(index).map_err(|_| DecodeError::IndexTooLarge)?;
		let present = self.present.get_mut(index).ok_or(DecodeError::IndexTooLarge)?;
		if row.len() != row_bytes {
			return Err(DecodeError::WrongDataLength);
		}
		if *present || self.missing == 0 {
			return Ok(false);
		}
		if let Some(place) = self.originals.chunks_exact_mut(row_bytes).nth(index) {
			place.copy_from_slice(row);
		} else {
			let (indices, rows) = &mut self.parity;
			if rows.is_empty() {
				*rows = Buffer::zeroed(self.originals.len());
			}
			if let Some(place) = rows.chunks_exact_mut(row_bytes).nth(indices.len()) {
				place.copy_from_slice(row);
			}
			indices.push(index);
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
		let (engine, row_bytes) = (self.header.engine, self.profile.width());
		let rows = self.originals()?;
		let mut payload = match engine {
			EngineId::Leopard => Leopard::gather(rows, row_bytes),
			EngineId::Novelpoly => Novelpoly::gather(rows, row_bytes),
		};
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
		let rows = self.originals()?;
		Encoded::new(header, |originals| originals.copy_from_slice(&rows))
			.ok()
			.filter(|encoded| encoded.header() == &header)
			.ok_or(DecodeError::WrongRows)
	}

	fn originals(mut self) -> Result<Vec<u8>, DecodeError> {
		if self.missing > 0 {
			return Err(DecodeError::NotEnoughRows);
		}
		let (indices, rows) = &self.parity;
		if !indices.is_empty() {
			let (shape, row_bytes) = (self.profile.shape(), self.profile.width());
			let parity = rows.chunks_exact(row_bytes).map(Some);
			let originals = self.present.iter().take(shape.originals).enumerate();
			let known: Vec<_> = originals
				.filter(|(_, present)| **present)
				.map(|(index, _)| (index, None))
				.chain(indices.iter().copied().zip(parity))
				.collect();
			let restored = match self.header.engine {
				EngineId::Leopard => code::restore::<Leopard>(shape, row_bytes, &mut self.originals, &known),
				EngineId::Novelpoly => {
					code::restore::<Novelpoly>(shape, row_bytes, &mut self.originals, &known)
				}
			};
			if !restored {
				return Err(DecodeError::NotEnoughRows);
			}
		}
		Ok(self.originals)
	}
}
