// SPDX-License-Identifier: Apache-2.0

//! The token ZG and the slot.

/// Amount of the native token, in planck.
pub type Balance = u128;
/// Height of a block.
pub type BlockNumber = u32;

/// Decimals of the token.
pub const DECIMALS: u8 = 12;
/// Symbol of the token.
pub const SYMBOL: &str = "ZG";
/// One token, in planck.
pub const ZG: Balance = 1_000_000_000_000;
/// A thousandth of a token, in planck.
pub const MILLI_ZG: Balance = 1_000_000_000;
/// A millionth of a token, in planck.
pub const MICRO_ZG: Balance = 1_000_000;

/// Duration of a slot, in milliseconds.
pub const SLOT_MILLIS: u64 = 3_000;
/// Blocks a minute, when every slot has one.
pub const MINUTES: BlockNumber = 20;
/// Blocks an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks a day.
pub const DAYS: BlockNumber = 24 * HOURS;

#[cfg(test)]
mod tests {
	use super::*;
	use core::hint::black_box;

	#[test]
	#[should_panic(expected = "overflow")]
	fn crates_of_consensus_notice_overflows() {
		black_box(black_box(Balance::MAX) + black_box(1));
	}
}
