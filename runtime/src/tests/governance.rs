// SPDX-License-Identifier: Apache-2.0

//! Tracks, and the brakes.

use super::preset;
use crate::{governance::TracksInfo, *};
use frame_support::{assert_noop, assert_ok, traits::Contains};
use pallet_referenda::TracksInfo as _;
use sp_keyring::Sr25519Keyring::{Alice, Bob};

#[test]
fn tracks_are_sorted_and_every_origin_has_one() {
	assert_ok!(TracksInfo::check_integrity());
	use governance::origins::pallet_custom_origins::Origin;
	for origin in [
		Origin::GeneralAdmin,
		Origin::Treasurer,
		Origin::ReferendumCanceller,
		Origin::ReferendumKiller,
		Origin::WhitelistedCaller,
	] {
		let track = TracksInfo::track_for(&OriginCaller::Origins(origin)).unwrap();
		assert!(TracksInfo::info(track).is_some());
	}
	assert_eq!(
		TracksInfo::track_for(&OriginCaller::system(frame_system::RawOrigin::Root)),
		Ok(0)
	);
	assert_eq!(
		TracksInfo::track_for(&OriginCaller::system(frame_system::RawOrigin::None)),
		Err(())
	);
}

#[test]
fn safe_mode_stops_transfers_but_not_certificates_or_votes() {
	preset("local_testnet").execute_with(|| {
		let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
			dest: Bob.to_account_id().into(),
			value: 1,
		});
		let settle = RuntimeCall::DataAvailability(pallet_data_availability::Call::settle {
			commitment: zerog_erasure::Commitment([0; 32]),
		});
		type Filter = <Runtime as frame_system::Config>::BaseCallFilter;
		assert!(Filter::contains(&transfer));
		assert_ok!(SafeMode::force_enter(RuntimeOrigin::root()));
		assert!(!Filter::contains(&transfer));
		assert!(Filter::contains(&settle));
		assert_noop!(
			SafeMode::enter(RuntimeOrigin::signed(Alice.to_account_id())),
			pallet_safe_mode::Error::<Runtime>::Entered
		);
	});
}

#[test]
fn parameters_are_set_by_root_and_not_by_accounts() {
	preset("local_testnet").execute_with(|| {
		use configs::parameters::dynamic_params::data_availability::{BaseFeeFloor, Parameters as Values};
		let set = |origin| {
			Parameters::set_parameter(
				origin,
				RuntimeParameters::DataAvailability(Values::BaseFeeFloor(BaseFeeFloor, Some(7))),
			)
		};
		assert!(set(RuntimeOrigin::signed(Alice.to_account_id())).is_err());
		assert_ok!(set(RuntimeOrigin::root()));
		assert_eq!(DataAvailability::base_fee(), 7);
	});
}
