// SPDX-License-Identifier: Apache-2.0
//! The nine matrix shapes.

use crate::{code::Shape, HeaderError, CHECKSUM_ROW_BYTES, MAX_BLOB_BYTES};
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use scale_info::TypeInfo;

/// The shape of a blob's matrix: `m = 4K` rows of a fixed length. The smallest that holds the blob and that its committee may
/// certify is used.
///
/// SCALE: the id as one byte, `0..=8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, MaxEncodedLen, TypeInfo)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(into = "u8", try_from = "u8"))]
pub struct Profile(u8);

impl Profile {
	/// All shapes, the smallest first.
	pub const ALL: [Profile; 9] = [
		Profile(0),
		Profile(1),
		Profile(2),
		Profile(3),
		Profile(4),
		Profile(5),
		Profile(6),
		Profile(7),
		Profile(8),
	];

	/// The smallest shape for a blob of `length` bytes.
	///
	/// Errors: [`HeaderError::Empty`], [`HeaderError::TooLarge`].
	pub fn for_length(length: u32) -> Result<Self, HeaderError> {
		match length {
			0 => Err(HeaderError::Empty),
			1..=MAX_BLOB_BYTES => Self::ALL
				.into_iter()
				.find(|profile| profile.payload_bytes() >= length)
				.ok_or(HeaderError::TooLarge),
			_ => Err(HeaderError::TooLarge),
		}
	}

	/// The smallest shape for `length` bytes that a committee of `members` may certify, if there is one.
	///
	/// Errors: as [`Profile::for_length`].
	pub fn for_committee(length: u32, members: u32) -> Result<Option<Self>, HeaderError> {
		let smallest = Self::for_length(length)?;
		let mut enough = Self::ALL.into_iter().skip_while(|profile| *profile < smallest);
		Ok(enough.find(|profile| profile.supports_committee(members)))
	}

	/// The shape with this id, if there is one.
	pub const fn from_id(id: u8) -> Option<Self> {
		if id <= 8 {
			Some(Self(id))
		} else {
			None
		}
	}

	/// `0..=8`.
	pub const fn id(self) -> u8 {
		self.0
	}

	/// `K`: rows that hold the blob itself, and as many as rebuild it.
	pub const fn original_rows(self) -> u32 {
		match self.0 {
			0 => 512,
			1 | 2 => 1024,
			3 | 4 => 2048,
			_ => 4096,
		}
	}

	/// `m = 4K`: all rows.
	pub const fn rows(self) -> u32 {
		self.original_rows() << 2
	}

	/// Bytes of one row, a multiple of 64.
	pub const fn row_bytes(self) -> u32 {
		match self.0 {
			0 | 1 => 256,
			2 | 3 => 512,
			4 | 5 => 1024,
			6 => 2048,
			7 => 4096,
			_ => 8192,
		}
	}

	/// Bytes of the largest blob with this shape.
	pub const fn payload_bytes(self) -> u32 {
		self.original_rows().saturating_mul(self.row_bytes())
	}

	/// Bytes of all rows together: what dispersal and custody are paid by.
	pub const fn coded_bytes(self) -> u64 {
		(self.payload_bytes() as u64) << 2
	}

	/// Bytes of the checksum: 20 for each of the `K` rows.
	pub const fn checksum_bytes(self) -> u32 {
		self.original_rows().saturating_mul(CHECKSUM_ROW_BYTES_U32)
	}

	/// `log2 m`: hashes of one row's path.
	pub const fn tree_height(self) -> u32 {
		self.rows().trailing_zeros()
	}

	/// Whether a committee of `members` may certify this shape: `0.678 · m / 3 − members ≥ 192`.
	pub const fn supports_committee(self, members: u32) -> bool {
		678u64.saturating_mul(self.rows() as u64)
			>= 3000u64.saturating_mul((members as u64).saturating_add(192))
	}

	/// The code of this profile.
	pub(crate) const fn shape(self) -> Shape {
		Shape {
			originals: self.originals(),
			total: self.total(),
		}
	}

	/// `K` as a length in memory; lossless where `usize` has 32 bits.
	pub(crate) const fn originals(self) -> usize {
		self.original_rows() as usize
	}

	/// `m` as a length in memory.
	pub(crate) const fn total(self) -> usize {
		self.rows() as usize
	}

	/// Bytes of one row as a length in memory.
	pub(crate) const fn width(self) -> usize {
		self.row_bytes() as usize
	}
}

const CHECKSUM_ROW_BYTES_U32: u32 = 20;
const _: () = assert!(CHECKSUM_ROW_BYTES_U32 as usize == CHECKSUM_ROW_BYTES);

impl From<Profile> for u8 {
	fn from(profile: Profile) -> Self {
		profile.id()
	}
}

impl TryFrom<u8> for Profile {
	type Error = &'static str;

	fn try_from(id: u8) -> Result<Self, Self::Error> {
		Self::from_id(id).ok_or("unknown profile id")
	}
}

impl Decode for Profile {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		Self::try_from(u8::decode(input)?).map_err(Error::from)
	}
}

impl DecodeWithMemTracking for Profile {}
