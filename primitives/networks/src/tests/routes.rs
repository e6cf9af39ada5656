// SPDX-License-Identifier: Apache-2.0

//! Which network a blob goes to.

use crate::*;
use proptest::prelude::*;

fn namespace(i: u32) -> Hash {
	let mut namespace = [0; 32];
	namespace[..4].copy_from_slice(&i.to_le_bytes());
	namespace
}

fn shares(networks: &[(NetworkId, u64)], randomness: u8, count: u32) -> Vec<u32> {
	let mut hits = vec![0; networks.len()];
	for i in 0..count {
		let id = route(&namespace(i), &[randomness; 32], networks.iter().copied());
		hits[networks.iter().position(|network| network.0 == id).unwrap()] += 1;
	}
	hits
}

#[test]
fn namespaces_spread_by_capacity() {
	let hits = shares(&[(0, 1), (1, 2), (4, 5), (9, 0), (7, 8)], 1, 16_000);
	// Five standard deviations of 8,000 are 316.
	for (hits, mean) in hits.iter().zip([1_000u32, 2_000, 5_000, 0, 8_000]) {
		assert!(hits.abs_diff(mean) < 320.min(mean + 1), "{hits} of {mean}");
	}
}

#[test]
fn without_networks_the_root_takes_all() {
	assert_eq!(route(&[1; 32], &[2; 32], []), ROOT);
	assert_eq!(route(&[1; 32], &[2; 32], [(5, 0)]), ROOT);
	assert_eq!(ranking(&[1; 32], &[2; 32], []), vec![ROOT]);
	assert_eq!(ranking(&[1; 32], &[2; 32], [(5, 9)]), vec![5, ROOT]);
}

#[test]
fn routes_are_the_same_everywhere() {
	let networks = [(0, 10u64), (1, 20), (2, 30), (3, 40)];
	let routes: Vec<_> = (0..16)
		.map(|i| route(&namespace(i), &[7; 32], networks))
		.collect();
	assert_eq!(routes, VECTOR);
}

/// Computed by another implementation from the documentation.
const VECTOR: [NetworkId; 16] = [2, 3, 3, 1, 3, 2, 2, 2, 3, 2, 2, 3, 1, 2, 2, 1];

fn networks() -> impl Strategy<Value = Vec<(NetworkId, u64)>> {
	let capacity = prop_oneof![1u64..100, any::<u64>()];
	prop::collection::btree_map(0u32..100, capacity, 1..16).prop_map(|map| map.into_iter().collect())
}

proptest! {
	#[test]
	fn a_change_moves_only_what_it_gains_or_loses(
		networks in networks(), name: [u8; 32], randomness: [u8; 32], pick: prop::sample::Index, capacity: u64,
	) {
		let before = route(&name, &randomness, networks.iter().copied());
		let index = pick.index(networks.len());
		let changed = networks[index].0;
		// Gone.
		let mut rest = networks.clone();
		rest.remove(index);
		let after = route(&name, &randomness, rest.iter().copied());
		prop_assert!(before == changed || after == before || rest.iter().all(|network| network.1 == 0));
		// Grown or shrunk.
		let mut other = networks.clone();
		other[index].1 = capacity;
		let after = route(&name, &randomness, other.iter().copied());
		prop_assert!(after == before || after == changed || before == changed);
		// In another order.
		let mut reversed = networks.clone();
		reversed.reverse();
		prop_assert_eq!(route(&name, &randomness, reversed), before);
	}

	#[test]
	fn a_ranking_starts_with_the_route_and_names_the_root(
		networks in networks(), name: [u8; 32], randomness: [u8; 32],
	) {
		let ranked = ranking(&name, &randomness, networks.iter().copied());
		prop_assert_eq!(ranked[0], route(&name, &randomness, networks.iter().copied()));
		prop_assert!(ranked.contains(&ROOT));
		// Without the first, the second is first.
		if ranked.len() > 1 {
			let rest: Vec<_> = networks.iter().copied().filter(|network| network.0 != ranked[0]).collect();
			prop_assert_eq!(route(&name, &randomness, rest), ranked[1]);
		}
	}
}
