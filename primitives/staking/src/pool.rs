// SPDX-License-Identifier: Apache-2.0

//! A piece of stake and what slashes have left of it.

use crate::{mul_div, Balance, Era, Error, Magnitude, Rounding, Seniority, Shares, WHOLE};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Stake that shares one fate: the active pool of an operator, or what was unbonded in one era.
///
/// `magnitude × scale / WHOLE²` is the part that slashes have left of a planck that was there from the beginning. Junior
/// services take from `magnitude`, consensus takes from `scale`: the first leaves the other services' shares of the stake
/// growing as the stake shrinks, the second leaves the shares as they are.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
	/// Value, in planck.
	pub stake: Balance,
	/// What junior services have left, of [`WHOLE`].
	pub magnitude: Magnitude,
	/// What consensus has left, of [`WHOLE`].
	pub scale: Magnitude,
}

impl Default for Piece {
	fn default() -> Self {
		Self {
			stake: 0,
			magnitude: WHOLE,
			scale: WHOLE,
		}
	}
}

impl Piece {
	/// `magnitude × scale`, the denominator of consensus: in units of `WHOLE²`.
	pub fn weight(&self) -> u128 {
		self.magnitude.wide().saturating_mul(self.scale.wide())
	}

	/// Takes `charge` from the piece and returns the planck that went.
	///
	/// Junior: `stake × (M − d) / M`, `M − d`. Consensus: `stake × (cM − dW) / (cM)`, `c − floor(dW / M)`.
	/// What remains is rounded up: no service loses to another's slash, and at most one planck less is burned.
	pub(crate) fn burn(&mut self, seniority: Seniority, charge: Magnitude) -> Result<Balance, Error> {
		let weight = self.weight();
		if weight == 0 || charge == Magnitude(0) {
			return Ok(0);
		}
		let left = match seniority {
			Seniority::Junior => {
				let left = self.magnitude.less(charge);
				let stake = mul_div(self.stake, left.wide(), self.magnitude.wide(), Rounding::Up)?;
				self.magnitude = left;
				stake
			}
			Seniority::Senior => {
				let taken = charge.wide().saturating_mul(WHOLE.wide());
				let stake = mul_div(self.stake, weight.saturating_sub(taken), weight, Rounding::Up)?;
				let scale = mul_div(charge.wide(), WHOLE.wide(), self.magnitude.wide(), Rounding::Down)?;
				self.scale = self
					.scale
					.less(Magnitude(u64::try_from(scale).unwrap_or(u64::MAX)));
				stake
			}
		};
		let burned = self.stake.checked_sub(left).ok_or(Error::Underflow)?;
		self.stake = left;
		Ok(burned)
	}
}

/// What `shares` of `total` are worth in a pool of `stake`, rounded down; zero in an empty pool.
pub(crate) fn value(shares: Shares, total: Shares, stake: Balance) -> Result<Balance, Error> {
	if total.is_zero() {
		return Ok(0);
	}
	mul_div(shares.0, stake, total.0, Rounding::Down)
}

/// Stake that was unbonded in one era, with shares of its own.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
	/// Era of the requests: faults up to it can be slashed here.
	pub era: Era,
	/// Its shares: the first planck buys one.
	pub shares: Shares,
	/// Its stake, and what slashes have left of it.
	pub piece: Piece,
}

impl Bucket {
	/// Value of `shares`, rounded down. Errors: [`Error::Overflow`].
	pub fn value(&self, shares: Shares) -> Result<Balance, Error> {
		value(shares, self.shares, self.piece.stake)
	}

	/// Adds stake and returns the shares that it gets, rounded down.
	pub(crate) fn add(&mut self, stake: Balance) -> Result<Shares, Error> {
		let shares = if self.shares.is_zero() {
			Shares(stake)
		} else {
			Shares(mul_div(stake, self.shares.0, self.piece.stake, Rounding::Down)?)
		};
		self.shares = self.shares.plus(shares)?;
		self.piece.stake = self.piece.stake.checked_add(stake).ok_or(Error::Overflow)?;
		Ok(shares)
	}

	/// Removes shares and returns what they were worth, rounded down.
	pub(crate) fn remove(&mut self, shares: Shares) -> Result<Balance, Error> {
		let stake = self.value(shares)?;
		self.shares = self.shares.minus(shares)?;
		self.piece.stake = self.piece.stake.checked_sub(stake).ok_or(Error::Underflow)?;
		Ok(stake)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn piece(stake: Balance) -> Piece {
		Piece {
			stake,
			..Piece::default()
		}
	}

	#[test]
	fn a_junior_slash_takes_magnitude_and_rounds_the_rest_up() {
		let mut piece = piece(1_000);
		assert_eq!(
			piece.burn(Seniority::Junior, Magnitude(WHOLE.0 / 3)).unwrap(),
			333
		);
		assert_eq!(piece.stake, 667);
		assert_eq!(piece.magnitude, WHOLE.less(Magnitude(WHOLE.0 / 3)));
		assert_eq!(piece.scale, WHOLE);
		let rest = piece.magnitude;
		assert_eq!(piece.burn(Seniority::Junior, rest).unwrap(), 667);
		assert_eq!((piece.stake, piece.magnitude), (0, Magnitude(0)));
		assert_eq!(piece.burn(Seniority::Senior, WHOLE).unwrap(), 0);
	}

	#[test]
	fn a_senior_slash_takes_scale() {
		let mut piece = piece(1_000);
		piece.burn(Seniority::Junior, Magnitude(WHOLE.0 / 2)).unwrap();
		// A fifth of WHOLE is two fifths of the half that is left.
		assert_eq!(
			piece.burn(Seniority::Senior, Magnitude(WHOLE.0 / 5)).unwrap(),
			200
		);
		assert_eq!(
			(piece.stake, piece.magnitude.0, piece.scale.0),
			(300, WHOLE.0 / 2, WHOLE.0 / 5 * 3)
		);
		assert_eq!(
			piece
				.burn(Seniority::Senior, Magnitude(WHOLE.0 / 10 * 3))
				.unwrap(),
			300
		);
		assert_eq!((piece.stake, piece.scale), (0, Magnitude(0)));
	}

	#[test]
	fn the_largest_stake_can_be_slashed() {
		for seniority in [Seniority::Junior, Seniority::Senior] {
			let mut piece = piece(Balance::MAX);
			piece.burn(seniority, Magnitude(1)).unwrap();
			piece.burn(seniority, WHOLE.less(Magnitude(2))).unwrap();
			piece.burn(seniority, WHOLE).unwrap();
			assert_eq!(piece.stake, 0);
		}
	}

	#[test]
	fn a_bucket_keeps_its_shares_apart() {
		let mut bucket = Bucket {
			era: 1,
			shares: Shares(0),
			piece: piece(0),
		};
		assert_eq!(bucket.add(1_000), Ok(Shares(1_000)));
		bucket
			.piece
			.burn(Seniority::Junior, Magnitude(WHOLE.0 / 4))
			.unwrap();
		assert_eq!(bucket.add(300), Ok(Shares(400)));
		assert_eq!(bucket.remove(Shares(1_000)), Ok(750));
		assert_eq!(bucket.remove(Shares(401)), Err(Error::Underflow));
		assert_eq!(bucket.remove(Shares(400)), Ok(300));
		assert_eq!(bucket.value(Shares(1)), Ok(0));
	}
}
