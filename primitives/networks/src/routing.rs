// SPDX-License-Identifier: Apache-2.0

//! Which network a blob goes to: weighted rendezvous hashing, in integers.
//!
//! Each network gets a number that is exponentially distributed with its capacity as rate; the smallest wins. Its chance is
//! then its part of the capacity, and who wins between two networks depends on these two alone: a network that comes, goes or
//! grows moves only the namespaces that it gains or loses.

use crate::{
	units::{low_half, sha256},
	Hash, NetworkId, ROOT,
};
use alloc::vec::Vec;
use core::cmp::Ordering;

/// `⌈-log2((x + 1) / 2^64) · 2^32⌉`, at least one: the logarithm's digits by squaring.
fn neg_log2(x: u64) -> u64 {
	let above = u128::from(x).saturating_add(1);
	let whole = above.ilog2();
	// In [1, 2), in units of 2^-63; what squaring rounds down is below 2^-31 of the result in all.
	let mut mantissa = (above << 63) >> whole;
	let mut digits = 0u64;
	for _ in 0..32 {
		mantissa = mantissa.saturating_mul(mantissa) >> 63;
		digits <<= 1;
		if mantissa >= 1 << 64 {
			mantissa >>= 1;
			digits |= 1;
		}
	}
	let logarithm = (u64::from(whole) << 32) | digits;
	(64u64 << 32).saturating_sub(logarithm).max(1)
}

/// A network's number for a namespace, to be divided by its capacity.
fn number(namespace: &Hash, randomness: &Hash, network: NetworkId) -> u64 {
	let hash = sha256(&[
		b"zerog/networks/route/v1",
		randomness,
		namespace,
		&network.to_le_bytes(),
	]);
	let half = low_half(&hash) & u128::from(u64::MAX);
	neg_log2(u64::try_from(half).unwrap_or(u64::MAX))
}

/// `(number, capacity, name)`: the smaller `number / capacity` first, then the lower name.
fn order(a: &(u64, u64, NetworkId), b: &(u64, u64, NetworkId)) -> Ordering {
	let left = u128::from(a.0).saturating_mul(b.1.into());
	let right = u128::from(b.0).saturating_mul(a.1.into());
	left.cmp(&right).then(a.2.cmp(&b.2))
}

fn entries<'a>(
	namespace: &'a Hash,
	randomness: &'a Hash,
	networks: impl IntoIterator<Item = (NetworkId, u64)> + 'a,
) -> impl Iterator<Item = (u64, u64, NetworkId)> + 'a {
	networks
		.into_iter()
		.filter(|network| network.1 > 0)
		.map(|(network, capacity)| (number(namespace, randomness, network), capacity, network))
}

/// The network of a namespace in the epoch that drew `randomness`; the root network where none has capacity.
///
/// `networks` are the active ones with their capacities, in any order. One hash and 32 squarings for each.
pub fn route(
	namespace: &Hash,
	randomness: &Hash,
	networks: impl IntoIterator<Item = (NetworkId, u64)>,
) -> NetworkId {
	let best = entries(namespace, randomness, networks.into_iter().collect::<Vec<_>>()).min_by(order);
	best.map_or(ROOT, |entry| entry.2)
}

/// All networks in the order in which a namespace tries them, the next one where one is full; the root network at the end, at
/// the latest.
pub fn ranking(
	namespace: &Hash,
	randomness: &Hash,
	networks: impl IntoIterator<Item = (NetworkId, u64)>,
) -> Vec<NetworkId> {
	let mut ranked: Vec<_> =
		entries(namespace, randomness, networks.into_iter().collect::<Vec<_>>()).collect();
	ranked.sort_unstable_by(order);
	let mut names: Vec<_> = ranked.into_iter().map(|entry| entry.2).collect();
	if !names.contains(&ROOT) {
		names.push(ROOT);
	}
	names
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn logarithms_are_right() {
		assert_eq!(neg_log2(u64::MAX), 1);
		assert_eq!(neg_log2((1 << 63) - 1), 1 << 32);
		assert_eq!(neg_log2(0), 64 << 32);
	}

	proptest! {
		#[test]
		fn logarithms_match_double_precision(x: u64, shift in 0u32..64) {
			let x = x >> shift;
			let exact = 64.0 - (x as f64 + 1.0).log2();
			let digits = neg_log2(x) as f64 / (1u64 << 32) as f64;
			prop_assert!((digits - exact).abs() < 1e-9, "{} {}", digits, exact);
		}

		#[test]
		fn logarithms_never_rise(x: u64, y: u64) {
			prop_assert!(neg_log2(x.min(y)) >= neg_log2(x.max(y)));
		}
	}
}
