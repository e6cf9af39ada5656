// SPDX-License-Identifier: Apache-2.0
//! Keys, signatures and points as bytes, and why one is refused.

use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;
use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

/// Why a key, a signature or a sum is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlsError {
	/// Not the canonical encoding of a point on the curve. Send the compressed form that blst writes.
	BadPoint,
	/// On the curve, but outside the prime-order subgroup: forged, no signer produces it.
	NotInSubgroup,
	/// The point at infinity: no key, no signature, and no sum of honest ones. Also the sum of nothing.
	Identity,
	/// Well-formed, but not this key's signature of this message. Check the message and the set of signers.
	BadSignature,
}

impl fmt::Display for BlsError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::BadPoint => "not a canonical point of the curve",
			Self::NotInSubgroup => "point outside the prime-order subgroup",
			Self::Identity => "point at infinity",
			Self::BadSignature => "signature does not match key and message",
		})
	}
}

impl core::error::Error for BlsError {}

/// The text is not this many bytes in hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
	/// Bytes expected; twice as many digits, with or without `0x` before them.
	pub bytes: usize,
}

impl fmt::Display for ParseError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "expected {} bytes in hexadecimal", self.bytes)
	}
}

impl core::error::Error for ParseError {}

fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], ParseError> {
	let error = ParseError { bytes: N };
	let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
	let (pairs, []) = digits.as_chunks::<2>() else {
		return Err(error);
	};
	if pairs.len() != N {
		return Err(error);
	}
	let digit = |c: u8| {
		char::from(c)
			.to_digit(16)
			.and_then(|d| u8::try_from(d).ok())
			.ok_or(error)
	};
	let mut out = [0; N];
	for (byte, [high, low]) in out.iter_mut().zip(pairs) {
		*byte = digit(*high)? << 4 | digit(*low)?;
	}
	Ok(out)
}

macro_rules! byte_newtype {
	($(#[$doc:meta])* $name:ident, $bytes:literal) => {
		$(#[$doc])*
		#[derive(
			Clone,
			Copy,
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
		pub struct $name(pub [u8; $bytes]);

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("0x")?;
				self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
			}
		}

		impl fmt::Debug for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				fmt::Display::fmt(self, f)
			}
		}

		impl FromStr for $name {
			type Err = ParseError;

			fn from_str(text: &str) -> Result<Self, ParseError> {
				parse_hex(text).map(Self)
			}
		}

		impl Serialize for $name {
			fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		impl<'de> Deserialize<'de> for $name {
			fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
			}
		}
	};
}

byte_newtype!(
	/// A validator's key as it travels: compressed G2, 96 bytes, unchecked until [`PublicKey::decompress`].
	PublicKey,
	96
);
byte_newtype!(
	/// A signature, of one or many signers, as it travels: compressed G1, 48 bytes, unchecked until
	/// [`crate::verify`].
	Signature,
	48
);
byte_newtype!(
	/// A checked key or sum of keys as the chain stores it: uncompressed G2, 192 bytes, four big-endian field
	/// elements `x.c1 ‖ x.c0 ‖ y.c1 ‖ y.c0`. Never take it from outside: its subgroup is not checked again.
	PointBytes,
	192
);
