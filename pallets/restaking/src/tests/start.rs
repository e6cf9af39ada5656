// SPDX-License-Identifier: Apache-2.0

//! Genesis and migration.

use crate::{
	migration::{FromFixedSet, Setup},
	mock::*,
	pallet::*,
	types::*,
};
use frame_support::{
	assert_ok,
	traits::{BuildGenesisConfig, OnRuntimeUpgrade},
};
use polkadot_sdk::*;
use sp_runtime::Perbill;

#[test]
fn the_first_operators_promise_and_validate_at_once() {
	test(|| {
		assert_eq!(validators(), OPERATORS);
		for who in OPERATORS {
			assert_eq!((held(who), stake(who)), (STAKE, STAKE));
			assert_eq!(Restaking::security(CONSENSUS, who), STAKE / 2);
			assert_eq!(Restaking::security(DA, who), STAKE / 10);
		}
		assert_eq!(Services::<Test>::get(CONSENSUS).unwrap().operators, 3);
	});
}

#[test]
fn the_genesis_of_the_session_pallet_may_come_first() {
	use pallet_session::historical::HistoricalSessions;
	let chain = |staking_first: bool| {
		let RuntimeGenesisConfig {
			balances,
			restaking,
			session,
			..
		} = genesis(&OPERATORS);
		sp_io::TestExternalities::default().execute_with(|| {
			balances.build();
			if staking_first {
				restaking.build();
			}
			session.build();
			if !staking_first {
				restaking.build();
			}
			assert_eq!(validators(), OPERATORS);
			assert_eq!(Session::queued_keys().len(), 3);
			let roots = [0, 1].map(|session| HistoricalSessions::<Test>::get(session).unwrap());
			Restaking::do_try_state().unwrap();
			pass(1);
			next_session();
			assert_eq!(validators(), OPERATORS, "elections go on");
			roots
		})
	};
	assert_eq!(chain(true), chain(false), "the same historical roots");
}

/// What a runtime would say.
struct Fixed;
impl Setup for Fixed {
	fn session() -> u32 {
		Session::current_index()
	}
	fn stake() -> u128 {
		STAKE
	}
	fn commission() -> Perbill {
		Perbill::from_percent(3)
	}
	fn consensus() -> Perbill {
		Perbill::from_percent(60)
	}
	fn services() -> Vec<(ServiceKind, Perbill, Perbill)> {
		let all = Perbill::one();
		vec![(ServiceKind::DataAvailability, all, Perbill::from_percent(40))]
	}
}

/// Takes away everything of the pallet's, as on a chain that has just got it.
fn without_pallet() {
	use frame_support::traits::fungible::Mutate;
	let prefix = sp_io::hashing::twox_128(b"Restaking");
	let cleared = sp_io::storage::clear_prefix(&prefix, None);
	assert!(matches!(cleared, sp_io::KillStorageResult::AllRemoved(_)));
	Balances::set_balance(&Restaking::pot(), 0);
	Balances::set_balance(&crate::Issuance::<Test>::account(), 0);
}

#[test]
fn the_validators_of_a_fixed_set_become_operators() {
	test_with(&[], || {
		without_pallet();
		next_session();
		next_session();
		next_session();
		assert_eq!(validators(), OPERATORS);
		without_pallet();
		// Two can stake, the third cannot.
		Balances::force_set_balance(RuntimeOrigin::root(), 3, STAKE / 2).unwrap();
		FromFixedSet::<Test, Fixed>::on_runtime_upgrade();
		assert_eq!(stake(1) + stake(2), 2 * STAKE);
		assert!(!Operators::<Test>::contains_key(3));
		assert_eq!(Restaking::now(), 0);
		assert_eq!(EraStarts::<Test>::get().to_vec(), [(0, 3)]);
		assert_eq!(Restaking::security(CONSENSUS, 1), STAKE / 10 * 6);
		assert_eq!(validators(), OPERATORS, "the present ones serve on");
		pass(1);
		next_session();
		assert_eq!(validators(), [1, 2]);
		// A second time it does nothing.
		let before = Operators::<Test>::get(1);
		FromFixedSet::<Test, Fixed>::on_runtime_upgrade();
		assert_eq!(Operators::<Test>::get(1), before);
		assert_ok!(Restaking::create_service(
			RuntimeOrigin::root(),
			subjective_terms()
		));
	});
}
