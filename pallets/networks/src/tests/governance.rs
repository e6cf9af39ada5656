// SPDX-License-Identifier: Apache-2.0

//! What governance sets.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use sp_runtime::{traits::BadOrigin, Perbill};
use zerog_networks::{Balance, DrawParams, Epoch, FeeParams, Params, MAX_NETWORKS, MAX_SEATS, ROOT};

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

/// The least of everything that is taken.
const LEAST: Governed = Governed {
	draw: DrawParams { seats: 3, cap: 1 },
	networks: Params {
		high: Perbill::from_parts(1),
		high_epochs: 1,
		low: Perbill::zero(),
		low_epochs: 1,
		max: 1,
		capacity: 1,
		operators: 1,
		ingress: 0,
		escrow: 0,
		forming_epochs: 1,
	},
	fees: FeeParams {
		floor: 1,
		ceiling: 1,
		target: Perbill::from_parts(2),
		steps: 2,
		..GOVERNED.fees
	},
	lifetime: 1,
	minimum_stake: 1,
	least_share: Perbill::zero(),
};

/// The greatest.
const GREATEST: Governed = Governed {
	draw: DrawParams {
		seats: MAX_SEATS,
		cap: MAX_SEATS,
	},
	networks: Params {
		high: Perbill::from_parts(999_999_998),
		high_epochs: u32::MAX,
		low: Perbill::from_parts(999_999_997),
		low_epochs: u32::MAX,
		max: MAX_NETWORKS,
		capacity: u64::MAX,
		operators: u32::MAX,
		ingress: u64::MAX,
		escrow: Balance::MAX,
		forming_epochs: u32::MAX,
	},
	fees: FeeParams {
		floor: (1 << 96) - 1,
		ceiling: (1 << 96) - 1,
		target: Perbill::from_parts(999_999_999),
		steps: 64,
		..GOVERNED.fees
	},
	lifetime: Epoch::MAX,
	minimum_stake: Balance::MAX,
	least_share: Perbill::one(),
};

#[test]
fn whatever_is_taken_epochs_go_on_and_it_can_be_taken_back() {
	let many = Governed {
		networks: Params {
			max: MAX_NETWORKS,
			..LEAST.networks
		},
		..LEAST
	};
	for parameters in [LEAST, many, GREATEST] {
		test(|| {
			network(&OPERATORS);
			let carry = |capacity| {
				assert_ok!(call(|| Networks::set_capacity(
					RuntimeOrigin::root(),
					ROOT,
					capacity
				)));
			};
			assert_ok!(govern(|all| *all = parameters));
			for capacity in [1, u64::MAX] {
				carry(capacity);
				for _ in 0..5 {
					load(90, 1);
					check();
				}
			}
			assert_ok!(govern(|all| *all = GOVERNED));
			carry(CAPACITY);
			pass(8);
			assert_eq!(root_members(), OPERATORS);
		});
	}
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
