// SPDX-License-Identifier: Apache-2.0

//! The price of custody: pure arithmetic. That of dispersal is the network's base fee.

use zerog_primitives::units::Balance;

/// Price of keeping `coded_bytes` for `blocks`, `price` a KiB and block; started KiB count whole.
pub fn custody_fee(coded_bytes: u64, blocks: u32, price: Balance) -> Balance {
	Balance::from(coded_bytes.div_ceil(1024))
		.saturating_mul(blocks.into())
		.saturating_mul(price)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn custody_counts_started_kibibytes() {
		assert_eq!(custody_fee(1, 10, 3), 30);
		assert_eq!(custody_fee(1025, 10, 3), 60);
		assert_eq!(custody_fee(128 << 20, 28_800, 50), 188_743_680_000);
	}
}
