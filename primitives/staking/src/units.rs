// SPDX-License-Identifier: Apache-2.0

//! Units, and the one division that everything rounds with.

use crate::Error;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Perbill};

pub use sp_arithmetic::Rounding;

/// Amount of the native token, in planck.
pub type Balance = u128;

/// Number of an era.
pub type Era = u32;

/// Eras that a bounded history of faults can span: bonding plus delays stay below it.
pub const MAX_ERAS: u32 = 64;

/// Eras for which rewards stay claimable, the present one and the next included.
pub const HISTORY: u32 = 96;

/// The magnitude of an operator that was never slashed, 10^18.
pub const WHOLE: Magnitude = Magnitude(1_000_000_000_000_000_000);

/// Shares that the first planck of an empty pool buys.
pub const SHARES_PER_PLANCK: u128 = 1_000;

/// Largest stake of one operator, in planck. With it no product that a slash computes leaves 128 bits.
pub const MAX_STAKE: Balance = 1 << 100;

/// Shares of a pool or of an unbonding bucket.
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Debug,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Default,
)]
pub struct Shares(pub u128);

/// A part of an operator's stake, in units of [`WHOLE`].
#[derive(
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Debug,
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Default,
)]
pub struct Magnitude(pub u64);

impl Shares {
	/// `self + other`. Errors: [`Error::Overflow`].
	pub fn plus(self, other: Self) -> Result<Self, Error> {
		self.0.checked_add(other.0).map(Self).ok_or(Error::Overflow)
	}

	/// `self - other`. Errors: [`Error::Underflow`].
	pub fn minus(self, other: Self) -> Result<Self, Error> {
		self.0.checked_sub(other.0).map(Self).ok_or(Error::Underflow)
	}

	/// Whether there are none.
	pub fn is_zero(self) -> bool {
		self.0 == 0
	}
}

impl Magnitude {
	/// As a factor of wide products.
	pub fn wide(self) -> u128 {
		self.0.into()
	}

	/// `self - other`, zero where `other` is greater.
	pub fn less(self, other: Self) -> Self {
		Self(self.0.saturating_sub(other.0))
	}

	/// `ceil(self × fraction)`: never more than `self`.
	pub fn part(self, fraction: Perbill) -> Self {
		let part = self
			.wide()
			.saturating_mul(fraction.deconstruct().into())
			.div_ceil(1_000_000_000);
		Self(u64::try_from(part).unwrap_or(self.0))
	}
}

/// `a × b / c` through 256 bits.
///
/// Errors: [`Error::Overflow`] when `c` is zero or the quotient does not fit.
pub fn mul_div(a: u128, b: u128, c: u128, rounding: Rounding) -> Result<u128, Error> {
	multiply_by_rational_with_rounding(a, b, c, rounding).ok_or(Error::Overflow)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn products_are_wide_and_rounded_as_asked() {
		assert_eq!(mul_div(7, 3, 2, Rounding::Down), Ok(10));
		assert_eq!(mul_div(7, 3, 2, Rounding::Up), Ok(11));
		assert_eq!(
			mul_div(u128::MAX, u128::MAX, u128::MAX, Rounding::Up),
			Ok(u128::MAX)
		);
		assert_eq!(mul_div(u128::MAX, 2, 1, Rounding::Down), Err(Error::Overflow));
		assert_eq!(mul_div(1, 1, 0, Rounding::Down), Err(Error::Overflow));
	}

	#[test]
	fn a_part_of_a_magnitude_rounds_up_and_stays_within_it() {
		assert_eq!(Magnitude(10).part(Perbill::from_percent(25)), Magnitude(3));
		assert_eq!(Magnitude(1).part(Perbill::from_parts(1)), Magnitude(1));
		assert_eq!(Magnitude(0).part(Perbill::one()), Magnitude(0));
		assert_eq!(WHOLE.part(Perbill::one()), WHOLE);
		assert_eq!(Magnitude(u64::MAX).part(Perbill::one()), Magnitude(u64::MAX));
	}
}
