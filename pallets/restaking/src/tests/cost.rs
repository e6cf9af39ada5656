// SPDX-License-Identifier: Apache-2.0

//! A slash costs the same with few and with many delegators.

use crate::{mock::*, pallet::*, types::*, WeightInfo};
use frame_support::{
	traits::{fungible::Mutate, BuildGenesisConfig},
	weights::constants::WEIGHT_REF_TIME_PER_MILLIS,
};
use polkadot_sdk::*;
use sp_runtime::Perbill;
use std::collections::{BTreeMap, BTreeSet};

type Keys = BTreeSet<Vec<u8>>;

/// Every key with its value.
fn storage() -> BTreeMap<Vec<u8>, Vec<u8>> {
	let mut all = BTreeMap::new();
	let mut key = vec![];
	while let Some(next) = sp_io::storage::next_key(&key) {
		all.insert(next.clone(), sp_io::storage::get(&next).unwrap().to_vec());
		key = next;
	}
	all
}

/// Keys that a slash by `service` reads and writes when the operator has so many delegators.
fn touched(service: ServiceId, delegators: u128) -> (Keys, Keys) {
	let mut chain = sp_io::TestExternalities::default();
	chain.execute_with(|| {
		RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: vec![(1, ENDOWMENT)],
				..Default::default()
			},
			restaking: GenesisConfig {
				operators: vec![(1, STAKE, Perbill::zero())],
				consensus: Perbill::from_percent(50),
				services: vec![(
					ServiceKind::DataAvailability,
					Perbill::one(),
					Perbill::from_percent(20),
				)],
			},
			..Default::default()
		}
		.build();
		for account in 0..delegators {
			Balances::set_balance(&(1_000 + account), 10 * MINIMUM);
			delegate(1, 1_000 + account, 2 * MINIMUM).unwrap();
			unbond(1, 1_000 + account, 1_000 * MINIMUM).unwrap();
		}
	});
	chain.commit_all().unwrap();
	let before = chain.execute_with(storage);
	let recorder = Default::default();
	let taken = chain.execute_with_recorder(Clone::clone(&recorder), || {
		slash(service, 1, 0, Perbill::from_percent(50)).unwrap()
	});
	assert!(taken > 0);
	let after = chain.execute_with(storage);
	let reads = recorder.recorded_keys().into_values().flatten();
	let reads = reads.map(|(key, _)| key.to_vec()).collect();
	let keys: Keys = before.keys().chain(after.keys()).cloned().collect();
	let writes = keys.into_iter().filter(|key| before.get(key) != after.get(key));
	(reads, writes.collect())
}

#[test]
fn a_slash_takes_at_most_three_milliseconds() {
	type Weights = crate::weights::SubstrateWeight<Test>;
	for most in [Weights::slash(16, 64), Weights::execute_noted()] {
		assert!(most.ref_time() <= 3 * WEIGHT_REF_TIME_PER_MILLIS, "{most}");
	}
}

#[test]
fn a_slash_touches_the_same_storage_with_10_and_with_10_000_delegators() {
	for service in [CONSENSUS, DA] {
		let (few, many) = (touched(service, 10), touched(service, 10_000));
		assert_eq!(few, many);
		assert!(
			!few.0.is_empty() && few.0.len() < 16 && few.1.len() < 10,
			"{few:?}"
		);
	}
}
