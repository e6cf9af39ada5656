// SPDX-License-Identifier: Apache-2.0

//! Operators and delegators.

use crate::{mock::*, pallet::*};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;

#[test]
fn stake_goes_in_and_comes_out_when_bonding_has_passed() {
	test(|| {
		assert_ok!(delegate(1, 11, 50_000));
		assert_eq!((held(11), free(11)), (50_000, ENDOWMENT - 50_000));
		assert_eq!(stake(1), STAKE + 50_000);
		assert_ok!(unbond_all(1, 11));
		let era = Restaking::now();
		pass(TIMING.bonding - 1);
		assert_noop!(withdraw(1, 11, era), Error::<Test>::NotMatured);
		pass(1);
		assert_ok!(withdraw(1, 11, era));
		assert_eq!((held(11), free(11)), (0, ENDOWMENT));
		assert_noop!(withdraw(1, 11, era), Error::<Test>::NothingUnbonding);
	});
}
