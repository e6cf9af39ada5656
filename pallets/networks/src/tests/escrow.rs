// SPDX-License-Identifier: Apache-2.0

//! The money that new networks can rely on.

use crate::{mock::*, pallet::*, Escrow};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Balanced, OnUnbalanced},
};
use polkadot_sdk::*;

#[test]
fn anyone_pays_into_the_escrow() {
	test(|| {
		assert_noop!(fund(0), Error::<Test>::ZeroAmount);
		assert_ok!(fund(500));
		assert_eq!(Networks::free_escrow(), 500 - EXISTENTIAL);
		assert!(events().contains(&Event::EscrowFunded {
			account: RICH,
			amount: 500
		}));
	});
}

#[test]
fn fees_flow_into_the_escrow() {
	test(|| {
		// Too little for an account to exist: burned, and nothing breaks.
		Escrow::<Test>::on_unbalanced(<Balances as Balanced<_>>::issue(EXISTENTIAL - 1));
		assert_eq!(free(Networks::account()), 0);
		Escrow::<Test>::on_unbalanced(<Balances as Balanced<_>>::issue(1_000));
		Escrow::<Test>::on_unbalanced(<Balances as Balanced<_>>::issue(50));
		assert_eq!(free(Networks::account()), 1_050);
	});
}

#[test]
fn an_active_network_is_paid_over_its_least_lifetime() {
	test(|| {
		let name = network(&OPERATORS);
		let (escrow, paid) = (free(Networks::account()), free(PAYEE));
		let left = || Networks::network_infos()[1].escrow;
		assert_eq!((paid, left()), (EXISTENTIAL, 1_000), "nothing while it formed");
		pass(1);
		assert_eq!((free(PAYEE) - paid, left()), (250, 750));
		assert!(events().contains(&Event::EscrowPaid { amount: 250 }));
		pass(5);
		assert_eq!((free(PAYEE) - paid, left()), (1_000, 0));
		assert_eq!(free(Networks::account()), escrow - 1_000);
		assert!(status(name).is_some());
	});
}

#[test]
fn what_a_drained_network_did_not_get_is_free_again_when_it_is_gone() {
	test(|| {
		let name = network(&OPERATORS);
		certify(name, 10, System::block_number() + 3 * EPOCH).unwrap();
		govern(|all| all.networks.max = 1).unwrap();
		pass(2);
		// Paid for the epoch in which it still took blobs.
		assert_eq!(Networks::network_infos()[1].escrow, 750);
		let free = Networks::free_escrow();
		pass(3);
		assert_eq!(status(name), None);
		assert_eq!(Networks::free_escrow(), free + 750);
	});
}
