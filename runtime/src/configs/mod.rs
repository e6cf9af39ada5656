// SPDX-License-Identifier: Apache-2.0

//! Configuration of the pallets, a file for each group that belongs together.

mod accounts;
mod consensus;
mod data_availability;
mod governance;
mod networks;
mod operations;
pub mod parameters;
mod revive;
pub mod staking;
mod system;

pub use accounts::ProxyType;
pub use consensus::EpochDuration;
pub use governance::TreasuryAccount;
pub use parameters::{RuntimeParameters, RuntimeParametersKey};
pub use system::{BlockWeights, EXISTENTIAL_DEPOSIT, MAXIMUM_BLOCK_WEIGHT};

use zerog_primitives::units::{Balance, MICRO_ZG, MILLI_ZG};

/// Deposit for storage that a user's call creates.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * 10 * MILLI_ZG + bytes as Balance * 10 * MICRO_ZG
}

/// A duration in blocks; `fast-runtime` takes the second one, which must be shorter. Only for constants, where a wrong one does
/// not compile.
pub const fn blocks(normal: crate::BlockNumber, fast: crate::BlockNumber) -> crate::BlockNumber {
	assert!(fast <= normal, "fast-runtime only shortens");
	if cfg!(feature = "fast-runtime") {
		fast
	} else {
		normal
	}
}
