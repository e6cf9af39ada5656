// SPDX-License-Identifier: Apache-2.0

//! What data availability asks and tells.

use crate::{mock::*, pallet::*, types::*, Networking};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use std::collections::BTreeMap;
use zerog_networks::{Hash, NetworkId, ROOT};

type Refused = Error<Test>;

fn fee(network: NetworkId) -> u128 {
	<Networks as Networking<AccountId>>::fee(network).unwrap()
}

fn route(namespace: Hash) -> NetworkId {
	<Networks as Networking<AccountId>>::route(&namespace)
}

fn extend(network: NetworkId, until: u32) -> Result<(), polkadot_sdk::sp_runtime::DispatchError> {
	call(|| <Networks as Networking<AccountId>>::extended(network, until))
}

/// Many namespaces.
fn namespaces() -> impl Iterator<Item = Hash> {
	(0..2_000u32).map(|i| sp_io::hashing::blake2_256(&i.to_le_bytes()))
}

fn spread() -> BTreeMap<NetworkId, u32> {
	let mut counts = BTreeMap::new();
	for namespace in namespaces() {
		*counts.entry(route(namespace)).or_default() += 1;
	}
	counts
}

#[test]
fn all_goes_to_the_root_network_while_there_is_no_other() {
	test(|| {
		assert_eq!(route([7; 32]), ROOT);
		assert_eq!(Networks::ranking_of([7; 32]), [ROOT]);
		pass(1);
		assert_eq!(Networks::route_of([7; 32]), ROOT);
	});
}

#[test]
fn namespaces_are_spread_by_capacity_and_stay_where_they_are_through_an_epoch() {
	test(|| {
		let name = network(&OPERATORS);
		let before: Vec<_> = namespaces().map(route).collect();
		let even = spread();
		assert!((900..1_100).contains(&even[&name]), "{even:?}");
		assert_ok!(call(|| Networks::set_capacity(
			RuntimeOrigin::root(),
			name,
			3 * CAPACITY
		)));
		blocks(3);
		assert_eq!(namespaces().map(route).collect::<Vec<_>>(), before);
		pass(1);
		let uneven = spread();
		assert!((1_400..1_600).contains(&uneven[&name]), "{uneven:?}");
		for namespace in namespaces().take(10) {
			let ranking = Networks::ranking_of(namespace);
			assert_eq!(ranking.len(), 2);
			assert_eq!(ranking[0], route(namespace));
		}
	});
}

#[test]
fn each_network_has_its_own_base_fee() {
	test(|| {
		let name = network(&OPERATORS);
		settle();
		// The floor, whatever the epochs before were paid.
		pass(12);
		let period = CAPACITY / u64::from(GOVERNED.fees.periods);
		assert_eq!((fee(ROOT), fee(name)), (100, 100));
		for _ in 0..10 {
			let paid = submit(name, period).unwrap();
			assert_eq!(paid, fee(name));
			blocks(4);
		}
		assert_eq!(fee(ROOT), 100);
		// 1.125^10 = 3.2
		assert!((300..340).contains(&fee(name)), "{}", fee(name));
		blocks(4 * 30);
		assert_eq!(fee(name), 100);
		for _ in 0..10 {
			note(name, period, LoadKind::Forfeited).unwrap();
		}
	});
}

#[test]
fn only_bytes_that_were_certified_or_paid_in_vain_are_load() {
	test(|| {
		let load = || Networks::network_infos()[0].load;
		for bytes in [10, 200] {
			assert_ok!(submit(ROOT, bytes));
		}
		assert_eq!(load(), 0);
		assert_ok!(note(ROOT, 10, LoadKind::Certified { retained_until: 5 }));
		assert_eq!(load(), 10);
		assert_ok!(note(ROOT, 200, LoadKind::Forfeited));
		assert_eq!(load(), 210);
		turn();
		assert_eq!(load(), 0);
	});
}

#[test]
fn what_was_not_submitted_is_not_noted() {
	test(|| {
		assert_noop!(submit(5, 10), Refused::UnknownNetwork);
		assert_noop!(note(5, 10, LoadKind::FellBack), Refused::UnknownNetwork);
		assert_noop!(note(ROOT, 10, LoadKind::FellBack), Refused::NoFallback);
		assert_noop!(note(ROOT, 10, LoadKind::Forfeited), Refused::NothingPending);
		let certified = LoadKind::Certified { retained_until: 5 };
		assert_noop!(note(ROOT, 10, certified), Refused::NothingPending);
		assert_eq!(<Networks as Networking<AccountId>>::fee(5), None);
	});
}

#[test]
fn retention_grows_while_a_network_takes_blobs_but_not_while_it_drains() {
	test(|| {
		let name = network(&OPERATORS);
		certify(name, 10, 5_000).unwrap();
		assert_ok!(extend(name, 6_000));
		assert_ok!(extend(name, 4_000));
		assert_eq!(Networks::network_infos()[1].retained_until, 6_000);
		assert_noop!(extend(9, 1), Refused::UnknownNetwork);
		govern(|all| all.networks.max = 1).unwrap();
		pass(1);
		assert_noop!(extend(name, 7_000), Refused::NotActive);
	});
}
