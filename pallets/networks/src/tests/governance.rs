// SPDX-License-Identifier: Apache-2.0

//! What governance sets.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use sp_runtime::{traits::BadOrigin, Perbill};
use zerog_networks::{DrawParams, MAX_NETWORKS, MAX_SEATS, ROOT};

type Refused = Error<Test>;

#[test]
fn parameters_that_make_no_sense_are_refused() {
	test(|| {
		let refuse = |change: fn(&mut Governed), error: Refused| {
			assert_noop!(govern(change), error);
		};
		refuse(|all| all.draw.seats = MAX_SEATS + 1, Refused::SeatsOutOfRange);
		refuse(|all| all.draw.cap = 0, Refused::SeatsOutOfRange);
		refuse(
			|all| all.networks.low = all.networks.high,
			Refused::InvalidThresholds,
		);
		refuse(
			|all| all.networks.max = MAX_NETWORKS + 1,
			Refused::NetworksOutOfRange,
		);
		refuse(|all| all.networks.max = 0, Refused::NetworksOutOfRange);
		refuse(|all| all.networks.capacity = 0, Refused::InvalidCapacity);
		refuse(|all| all.fees.floor = 0, Refused::InvalidFeeRange);
		refuse(
			|all| all.fees.target = Perbill::from_percent(50),
			Refused::FeeTargetTooLow,
		);
		refuse(|all| all.fees.steps = 1, Refused::InvalidFeeChange);
		// An epoch has six periods.
		refuse(|all| all.fees.periods = 7, Refused::InvalidFeeChange);
		refuse(|all| all.lifetime = 0, Refused::ZeroParameter);
		refuse(|all| all.minimum_stake = 0, Refused::ZeroParameter);
		refuse(|all| all.networks.operators = 0, Refused::ZeroParameter);
	});
}

#[test]
fn only_governance_sets_parameters_and_capacities() {
	test(|| {
		assert_noop!(Networks::set_parameters(signed(RICH), GOVERNED), BadOrigin);
		assert_noop!(Networks::set_capacity(signed(RICH), ROOT, 5), BadOrigin);
		let recommended = DrawParams { seats: 256, cap: 12 };
		assert_ok!(govern(|all| all.draw = recommended));
		assert_eq!(Parameters::<Test>::get().draw, recommended);
		let set =
			|network, capacity| call(|| Networks::set_capacity(RuntimeOrigin::root(), network, capacity));
		assert_noop!(set(ROOT, 0), Refused::ZeroAmount);
		assert_noop!(set(9, 5), Refused::UnknownNetwork);
		assert_ok!(set(ROOT, 5));
		assert_eq!(Networks::network_infos()[0].capacity, 5);
		assert!(events().contains(&Event::CapacitySet {
			network: ROOT,
			capacity: 5
		}));
	});
}

#[test]
fn a_notice_that_seats_would_outlive_does_not_start() {
	test(|| {
		StakeNotice::set(NOTICE - 1);
		let checked = std::panic::catch_unwind(|| {
			<Networks as frame_support::traits::Hooks<u32>>::integrity_test();
		});
		assert!(checked.is_err());
	});
}
