// SPDX-License-Identifier: Apache-2.0

//! From a chain whose validators were fixed to one that certifies blobs.

use super::{
	blobs::{secret, submit},
	chain::{apply, block, eras, local, sessions},
	patch, storage,
};
use crate::{migrations::FOUNDERS_INGRESS, *};
use frame_support::{
	assert_ok,
	traits::{fungible::Inspect, OnRuntimeUpgrade},
};
use pallet_data_availability::{Blobs, LastSession};
use pallet_networks::{Networking, Operators};
use pallet_restaking::{EraStarts, CONSENSUS};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave};
use sp_runtime::StateVersion;
use zerog_erasure::{Commitment, Namespace};
use zerog_networks::ROOT;
use zerog_primitives::{
	da::{
		api::runtime_decl_for_data_availability_api::DataAvailabilityApiV1, attestation_message, batch_root,
		possession_message, signer_bitmap, Certificate, CommitteeId,
	},
	units::ZG,
};

const VALIDATORS: [Sr25519Keyring; 4] = [Alice, Bob, Charlie, Dave];

/// A chain of four validators with session keys and free balances, some sessions old, that knows neither shared staking nor networks
/// nor data availability.
fn fixed_set(test: impl FnOnce()) {
	let mut patch = patch("local_testnet");
	for list in [
		"/restaking/operators",
		"/networks/operators",
		"/dataAvailability/keys",
	] {
		*patch.pointer_mut(list).unwrap() = serde_json::json!([]);
	}
	storage(patch).execute_with(|| {
		block(1_000);
		sessions(2);
		for pallet in ["Restaking", "Networks", "DataAvailability"] {
			let prefix = sp_io::hashing::twox_128(pallet.as_bytes());
			let cleared = frame_support::storage::unhashed::clear_prefix(&prefix, None, None);
			assert!(cleared.maybe_cursor.is_none(), "{pallet}");
		}
		assert!(!EraStarts::<Runtime>::exists() && !LastSession::<Runtime>::exists());
		let pot = DataAvailability::pot();
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), pot.into(), 0));
		assert_eq!(Session::validators().len(), VALIDATORS.len());
		test();
	});
}

fn upgrade() {
	let weight = <migrations::SingleBlock as OnRuntimeUpgrade>::on_runtime_upgrade();
	assert!(weight.all_lte(MAXIMUM_BLOCK_WEIGHT), "{weight:?}");
	assert_ok!(Restaking::do_try_state());
	assert_ok!(Networks::do_try_state());
	assert_ok!(DataAvailability::do_try_state());
}

fn state() -> Vec<u8> {
	sp_io::storage::root(StateVersion::V1)
}

fn next_block() {
	block(u64::from(Babe::current_slot()) + 1);
}

/// Registers the attestation key of a validator.
fn register(who: Sr25519Keyring) {
	let (account, key) = (who.to_account_id(), secret(who));
	let message = possession_message(&System::block_hash(0).0, account.as_ref(), &key.public().0);
	let possession = key.sign(&message);
	let origin = RuntimeOrigin::signed(account);
	assert_ok!(DataAvailability::register_key(origin, key.public(), possession));
}

/// The certificate of some validators, with their signatures, in a transaction of its own.
fn certify(commitment: Commitment, signers: &[Sr25519Keyring]) {
	let blob = Blobs::<Runtime>::get(commitment).unwrap();
	let members = DataAvailability::committee(blob.committee).unwrap().members;
	let place = |who: &Sr25519Keyring| {
		let account = <[u8; 32]>::from(who.to_account_id());
		members
			.iter()
			.position(|member| member.account == account)
			.unwrap()
	};
	let commitments = vec![commitment];
	let root = batch_root(&commitments);
	let message = attestation_message(&System::block_hash(0).0, blob.committee, &root, blob.deadline);
	let signatures: Vec<_> = signers.iter().map(|who| secret(*who).sign(&message)).collect();
	let certificate = Certificate {
		committee: blob.committee,
		expiry: blob.deadline,
		commitments,
		signers: signer_bitmap(members.len(), signers.iter().map(place)),
		signature: zerog_bls::signer::aggregate(&signatures).unwrap(),
	};
	let transaction = <Runtime as DataAvailabilityApiV1<Block>>::certify_transaction(certificate, 0);
	assert_eq!(apply(transaction), Ok(Ok(())));
}

fn is_certified(commitment: Commitment) -> bool {
	Blobs::<Runtime>::get(commitment).is_some_and(|blob| blob.custody().is_some())
}

#[test]
fn the_validators_of_a_fixed_set_stake_and_certify() {
	fixed_set(|| {
		let session = Session::current_index();
		upgrade();
		for who in VALIDATORS {
			let account = who.to_account_id();
			assert_eq!(Restaking::security(CONSENSUS, account.clone()), 50_000 * ZG);
			let operator = Networks::operator(account).unwrap();
			assert_eq!((operator.ingress, operator.left), (FOUNDERS_INGRESS, None));
			assert!(operator.stake > 0);
		}
		assert_eq!(<Networks as Networking<AccountId>>::epoch(), session);
		assert_eq!(Networks::member_infos(ROOT, session).unwrap().len(), 4);
		let pot = DataAvailability::pot();
		assert_eq!(Balances::balance(&pot), EXISTENTIAL_DEPOSIT);

		// The block of the upgrade has a committee of the root network, which cannot sign yet.
		next_block();
		assert_eq!(
			DataAvailability::current_committees(),
			vec![CommitteeId::root(Session::current_index())]
		);
		assert_eq!(DataAvailability::quote(Namespace([1; 32]), 1, 1_000), None);
		VALIDATORS.into_iter().for_each(register);
		sessions(1);
		let first = submit(1, Namespace([1; 32]));
		certify(first, &[Alice, Charlie, Dave]);
		assert!(is_certified(first));

		// Rosters are read anew, validators are elected, and it goes on.
		eras(1);
		sessions(8);
		assert_eq!(Session::validators().len(), 4);
		let later = submit(2, Namespace([2; 32]));
		certify(later, &VALIDATORS);
		assert!(is_certified(later));
	});
}

#[test]
fn who_cannot_stake_is_no_operator_and_keeps_nobody_from_it() {
	fixed_set(|| {
		let dave = Dave.to_account_id();
		assert_ok!(Balances::force_set_balance(
			RuntimeOrigin::root(),
			dave.clone().into(),
			50_000 * ZG
		));
		upgrade();
		assert_eq!(Operators::<Runtime>::count(), 3);
		assert_eq!(Networks::operator(dave), None);
		next_block();
		[Alice, Bob, Charlie].into_iter().for_each(register);
		sessions(1);
		let commitment = submit(1, Namespace([1; 32]));
		certify(commitment, &[Alice, Bob, Charlie]);
		assert!(is_certified(commitment));
	});
}

#[test]
fn migrations_run_once() {
	fixed_set(|| {
		upgrade();
		let migrated = state();
		upgrade();
		assert_eq!(state(), migrated);
		// Nor do they bring back who has left meanwhile.
		next_block();
		for who in VALIDATORS {
			assert_ok!(Networks::unregister(RuntimeOrigin::signed(who.to_account_id())));
		}
		sessions(10);
		assert_eq!(Operators::<Runtime>::count(), 0);
		let left = state();
		upgrade();
		assert_eq!(state(), left);
	});
	local(|| {
		let genesis = state();
		upgrade();
		assert_eq!(state(), genesis, "a genesis needs none");
	});
}
