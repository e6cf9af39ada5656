// SPDX-License-Identifier: Apache-2.0

//! The base fee: pure arithmetic.

use zerog_primitives::units::Balance;

/// Doublings after which the fee stays: with it the product below cannot overflow for floors under 2^64.
const MAX_DOUBLINGS: u64 = 32;

/// Price of a coded byte while `pending` coded bytes wait: `floor × 2^(pending / target)`, linear between powers.
///
/// Monotone in `pending`, never below `floor`, continuous up to rounding down.
pub fn base_fee(floor: Balance, pending: u64, target: u64) -> Balance {
	let doublings = pending.checked_div(target).unwrap_or(0);
	let rest = pending.checked_rem(target).unwrap_or(0);
	if doublings >= MAX_DOUBLINGS {
		return floor.saturating_mul(1 << MAX_DOUBLINGS);
	}
	let lower = floor.saturating_mul(1u128 << doublings);
	let rise = lower
		.saturating_mul(rest.into())
		.checked_div(target.into())
		.unwrap_or(0);
	lower.saturating_add(rise)
}

/// Price of keeping `coded_bytes` for `blocks`, `price` a KiB and block; started KiB count whole.
pub fn custody_fee(coded_bytes: u64, blocks: u32, price: Balance) -> Balance {
	Balance::from(coded_bytes.div_ceil(1024))
		.saturating_mul(blocks.into())
		.saturating_mul(price)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn the_fee_doubles_with_every_target() {
		assert_eq!(base_fee(1_000, 0, 100), 1_000);
		assert_eq!(base_fee(1_000, 50, 100), 1_500);
		assert_eq!(base_fee(1_000, 100, 100), 2_000);
		assert_eq!(base_fee(1_000, 150, 100), 3_000);
		assert_eq!(base_fee(1_000, 1_000, 100), 1_024_000);
	}

	#[test]
	fn custody_counts_started_kibibytes() {
		assert_eq!(custody_fee(1, 10, 3), 30);
		assert_eq!(custody_fee(1025, 10, 3), 60);
		assert_eq!(custody_fee(128 << 20, 28_800, 50), 188_743_680_000);
	}

	proptest! {
		#[test]
		fn the_fee_never_falls_with_load(floor in 0u128..1 << 60, a: u64, b: u64, target in 1u64..1 << 40) {
			let (low, high) = (a.min(b), a.max(b));
			prop_assert!(base_fee(floor, low, target) <= base_fee(floor, high, target));
			prop_assert!(base_fee(floor, low, target) >= floor);
		}
	}
}
