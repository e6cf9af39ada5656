// SPDX-License-Identifier: Apache-2.0

//! Configuration of the pallets, a file for each group that belongs together.

mod accounts;
mod consensus;
mod data_availability;
mod governance;
mod networks;
mod operations;
pub mod parameters;
pub mod ranges;
mod revive;
pub mod staking;
mod system;

pub use accounts::ProxyType;
pub use consensus::EpochDuration;
pub use data_availability::ANSWERS;
pub use governance::TreasuryAccount;
pub use parameters::{RuntimeParameters, RuntimeParametersKey};
pub use system::{BlockWeights, EXISTENTIAL_DEPOSIT, MAXIMUM_BLOCK_WEIGHT};

#[cfg(test)]
pub(crate) use networks::governed;

use crate::BlockNumber;
use zerog_primitives::units::{Balance, MICRO_ZG, MILLI_ZG};

/// Deposit for storage that a user's call creates.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * 10 * MILLI_ZG + bytes as Balance * 10 * MICRO_ZG
}

/// A duration in blocks; `fast-runtime` takes the second one, which must be shorter. Only for constants, where a wrong one does
/// not compile.
pub const fn blocks(normal: BlockNumber, fast: BlockNumber) -> BlockNumber {
	Span::new(normal, fast).get()
}

/// A duration with both of its values, so that a rule between durations is checked for the one that is not built too. Only for
/// constants, where a broken rule does not compile.
#[derive(Clone, Copy)]
pub(crate) struct Span {
	normal: BlockNumber,
	fast: BlockNumber,
}

impl Span {
	/// `fast-runtime` takes the second one, which must be shorter.
	pub(crate) const fn new(normal: BlockNumber, fast: BlockNumber) -> Self {
		assert!(fast <= normal, "fast-runtime only shortens");
		Self { normal, fast }
	}

	/// What this build takes.
	pub(crate) const fn get(self) -> BlockNumber {
		self.at(cfg!(feature = "fast-runtime"))
	}

	/// What a build with or without `fast-runtime` takes.
	pub(crate) const fn at(self, fast: bool) -> BlockNumber {
		if fast {
			self.fast
		} else {
			self.normal
		}
	}

	/// One after the other.
	pub(crate) const fn and(self, other: Self) -> Self {
		Self::new(self.normal + other.normal, self.fast + other.fast)
	}

	/// So many one after the other.
	pub(crate) const fn times(self, count: u32) -> Self {
		Self::new(self.normal * count, self.fast * count)
	}

	/// Each of them as long as the other: sessions of so many slots.
	pub(crate) const fn of(self, each: Self) -> Self {
		Self::new(self.normal * each.normal, self.fast * each.fast)
	}

	/// Whether it is not longer than another, with and without `fast-runtime`.
	pub(crate) const fn fits(self, other: Self) -> bool {
		self.normal <= other.normal && self.fast <= other.fast
	}
}
