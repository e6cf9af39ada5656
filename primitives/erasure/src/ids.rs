// SPDX-License-Identifier: Apache-2.0
//! Hash newtypes, written as hex with `0x` in front.

use crate::Hash;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

/// Text that is not 64 hex digits, with or without `0x` in front. Send the whole hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseHashError;

impl fmt::Display for ParseHashError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("expected 64 hex digits, with or without 0x in front")
	}
}

impl core::error::Error for ParseHashError {}

fn write_hex(hash: &Hash, f: &mut fmt::Formatter<'_>) -> fmt::Result {
	f.write_str("0x")?;
	hash.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn parse_hex(text: &str) -> Result<Hash, ParseHashError> {
	let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
	let mut hash = Hash::default();
	let mut pairs = digits.chunks_exact(2);
	if digits.len() != 64 {
		return Err(ParseHashError);
	}
	let nibble = |digit: u8| {
		(digit as char)
			.to_digit(16)
			.and_then(|value| u8::try_from(value).ok())
	};
	for byte in hash.iter_mut() {
		match pairs.next() {
			Some(&[high, low]) => {
				*byte = nibble(high).ok_or(ParseHashError)? << 4 | nibble(low).ok_or(ParseHashError)?
			}
			_ => return Err(ParseHashError),
		}
	}
	Ok(hash)
}

macro_rules! hash_newtype {
	($(#[$doc:meta])* $name:ident) => {
		$(#[$doc])*
		#[derive(
			Clone,
			Copy,
			Default,
			PartialEq,
			Eq,
			PartialOrd,
			Ord,
			Hash,
			Encode,
			Decode,
			DecodeWithMemTracking,
			MaxEncodedLen,
			TypeInfo,
		)]
		pub struct $name(pub crate::Hash);

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write_hex(&self.0, f)
			}
		}

		impl fmt::Debug for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write_hex(&self.0, f)
			}
		}

		impl FromStr for $name {
			type Err = ParseHashError;

			fn from_str(text: &str) -> Result<Self, ParseHashError> {
				parse_hex(text).map(Self)
			}
		}

		impl From<crate::Hash> for $name {
			fn from(hash: crate::Hash) -> Self {
				Self(hash)
			}
		}

		impl AsRef<[u8]> for $name {
			fn as_ref(&self) -> &[u8] {
				&self.0
			}
		}

		#[cfg(feature = "std")]
		impl serde::Serialize for $name {
			fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		#[cfg(feature = "std")]
		impl<'de> serde::Deserialize<'de> for $name {
			fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				let text = <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
				text.parse().map_err(serde::de::Error::custom)
			}
		}
	};
}

hash_newtype!(
	/// What a blob is known by: it binds chain, namespace, length, matrix shape, rows and checksum.
	Commitment
);
hash_newtype!(
	/// The application that a blob belongs to; any 32 bytes.
	Namespace
);

/// A plain [`Hash`] as hex in `serde` formats.
#[cfg(feature = "std")]
pub(crate) mod hash_hex {
	use crate::{Commitment, Hash};
	use serde::{Deserialize, Deserializer, Serialize, Serializer};

	pub(crate) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
		Commitment(*hash).serialize(serializer)
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
		Commitment::deserialize(deserializer).map(|hash| hash.0)
	}
}
