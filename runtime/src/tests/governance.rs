// SPDX-License-Identifier: Apache-2.0

//! Tracks, and the brakes.

use super::preset;
use crate::{governance::TracksInfo, *};
use frame_support::{
	assert_noop, assert_ok,
	traits::{Contains, Get},
};
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
fn safe_mode_stops_transfers_but_not_certificates_votes_or_slashes() {
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
		let vote = RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::remove_vote {
			class: None,
			index: 0,
		});
		let slash = RuntimeCall::Restaking(pallet_restaking::Call::execute_noted {});
		for call in [settle, certify(), vote, slash] {
			assert!(Filter::contains(&call), "{call:?}");
		}
		assert_noop!(
			SafeMode::enter(RuntimeOrigin::signed(Alice.to_account_id())),
			pallet_safe_mode::Error::<Runtime>::Entered
		);
	});
}

#[test]
fn parameters_are_set_by_root_and_not_by_accounts() {
	preset("local_testnet").execute_with(|| {
		use configs::parameters::dynamic_params::data_availability::{CustodyPrice, Parameters as Values};
		let set = |origin| {
			Parameters::set_parameter(
				origin,
				RuntimeParameters::DataAvailability(Values::CustodyPrice(CustodyPrice, Some(7))),
			)
		};
		assert!(set(RuntimeOrigin::signed(Alice.to_account_id())).is_err());
		assert_ok!(set(RuntimeOrigin::root()));
		type Price = <Runtime as pallet_data_availability::Config>::CustodyPrice;
		assert_eq!(<Price as Get<Balance>>::get(), 7);
	});
}

fn certify() -> RuntimeCall {
	RuntimeCall::DataAvailability(pallet_data_availability::Call::certify {
		certificate: zerog_primitives::da::Certificate {
			committee: zerog_primitives::da::CommitteeId::root(0),
			expiry: 0,
			commitments: vec![],
			signers: vec![],
			signature: zerog_bls::Signature([0; 48]),
		},
	})
}

#[test]
fn a_paused_call_is_refused_until_it_is_unpaused_and_what_was_promised_cannot_be_paused() {
	preset("local_testnet").execute_with(|| {
		let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
			dest: Bob.to_account_id().into(),
			value: 1,
		});
		type Filter = <Runtime as frame_system::Config>::BaseCallFilter;
		let name = |pallet: &[u8], call: &[u8]| {
			(
				pallet.to_vec().try_into().unwrap(),
				call.to_vec().try_into().unwrap(),
			)
		};
		let paused = name(b"Balances", b"transfer_keep_alive");
		assert!(TxPause::pause(RuntimeOrigin::signed(Alice.to_account_id()), paused.clone()).is_err());
		assert_ok!(TxPause::pause(RuntimeOrigin::root(), paused.clone()));
		assert!(!Filter::contains(&transfer));
		assert_ok!(TxPause::unpause(RuntimeOrigin::root(), paused));
		assert!(Filter::contains(&transfer));
		for (pallet, call) in [
			(&b"DataAvailability"[..], &b"certify"[..]),
			(b"Restaking", b"execute"),
			(b"TxPause", b"unpause"),
		] {
			assert_noop!(
				TxPause::pause(RuntimeOrigin::root(), name(pallet, call)),
				pallet_tx_pause::Error::<Runtime>::Unpausable
			);
		}
	});
}

#[test]
fn a_proxy_does_what_its_type_says_and_no_more() {
	use configs::ProxyType;
	use frame_support::traits::InstanceFilter;
	let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_all {
		dest: Bob.to_account_id().into(),
		keep_alive: false,
	});
	let vote = RuntimeCall::ConvictionVoting(pallet_conviction_voting::Call::remove_vote {
		class: None,
		index: 0,
	});
	let stake = RuntimeCall::Restaking(pallet_restaking::Call::chill {});
	let settle = RuntimeCall::DataAvailability(pallet_data_availability::Call::settle {
		commitment: zerog_erasure::Commitment([0; 32]),
	});
	let calls = [&transfer, &vote, &stake, &settle];
	for (kind, allowed) in [
		(ProxyType::Any, [true, true, true, true]),
		(ProxyType::NonTransfer, [false, true, true, false]),
		(ProxyType::Governance, [false, true, false, false]),
		(ProxyType::DataAvailability, [false, false, false, true]),
		(ProxyType::Staking, [false, false, true, false]),
	] {
		assert_eq!(calls.map(|call| kind.filter(call)), allowed, "{kind:?}");
		assert!(ProxyType::Any.is_superset(&kind));
		assert_eq!(kind.is_superset(&ProxyType::Any), kind == ProxyType::Any);
	}
	// A filter looks through calls that carry others.
	preset("local_testnet").execute_with(|| {
		let (alice, bob) = (Alice.to_account_id(), Bob.to_account_id());
		assert_ok!(Proxy::add_proxy(
			RuntimeOrigin::signed(alice.clone()),
			bob.clone().into(),
			ProxyType::Staking,
			0
		));
		let batch = RuntimeCall::Utility(pallet_utility::Call::batch {
			calls: vec![transfer],
		});
		let before = Balances::free_balance(&alice);
		assert_ok!(Proxy::proxy(
			RuntimeOrigin::signed(bob),
			alice.clone().into(),
			None,
			Box::new(batch)
		));
		assert_eq!(Balances::free_balance(&alice), before);
	});
}

#[test]
fn the_committee_whitelists_a_call_and_only_its_track_dispatches_it_as_root() {
	use governance::origins::pallet_custom_origins::Origin;
	use sp_runtime::traits::Hash as _;
	preset("local_testnet").execute_with(|| {
		let call = RuntimeCall::System(frame_system::Call::set_storage {
			items: vec![(b"k".to_vec(), b"v".to_vec())],
		});
		let hash = BlakeTwo256::hash_of(&call);
		let dispatch = |origin: RuntimeOrigin| {
			Whitelist::dispatch_whitelisted_call_with_preimage(origin, Box::new(call.clone()))
		};
		let track = || RuntimeOrigin::from(Origin::WhitelistedCaller);
		assert!(Whitelist::whitelist_call(RuntimeOrigin::signed(Alice.to_account_id()), hash).is_err());
		let minority = pallet_collective::RawOrigin::Members(1, 3);
		assert!(Whitelist::whitelist_call(minority.into(), hash).is_err());
		let majority = pallet_collective::RawOrigin::Members(2, 3);
		assert_ok!(Whitelist::whitelist_call(majority.into(), hash));
		assert!(dispatch(RuntimeOrigin::signed(Alice.to_account_id())).is_err());
		assert!(dispatch(Origin::GeneralAdmin.into()).is_err());
		assert_ok!(dispatch(track()));
		assert_eq!(sp_io::storage::get(b"k").unwrap().as_ref(), b"v");

		// Each whitelisting is for one dispatch; the next one waits for its own.
		sp_io::storage::clear(b"k");
		assert_ok!(dispatch(track()));
		assert_eq!(sp_io::storage::get(b"k"), None);
	});
}
