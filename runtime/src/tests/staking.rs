// SPDX-License-Identifier: Apache-2.0

//! Sessions, elections, rewards and slashes, with the pallets as they are put together here.

use super::chain::{eras, local, sessions};
use crate::{
	staking::{DATA_AVAILABILITY, SESSIONS_PER_ERA, TIMING},
	*,
};
use frame_support::{
	assert_ok,
	traits::{fungible::InspectHold, KeyOwnerProofSystem},
};
use pallet_babe::EquivocationOffence;
use pallet_data_availability::OnFault;
use pallet_restaking::{Event as Staking, ServiceId, CONSENSUS};
use sp_keyring::Sr25519Keyring::{Alice, Dave, Eve};
use sp_staking::offence::ReportOffence;
use zerog_primitives::{
	da::{CommitteeId, Fault},
	units::ZG,
};

fn events() -> Vec<Staking<Runtime>> {
	let ours = |record: frame_system::EventRecord<RuntimeEvent, Hash>| match record.event {
		RuntimeEvent::Restaking(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(ours).collect()
}

#[test]
fn custody_ends_before_its_stake_is_free() {
	use pallet_data_availability::Config;
	assert_eq!(TIMING.check(), Ok(()));
	let era = SESSIONS_PER_ERA * u32::try_from(EpochDuration::get()).unwrap();
	let custody: BlockNumber = <Runtime as Config>::MaxRetention::get();
	assert!(custody <= (TIMING.retention - 1) * era);
	let window: BlockNumber = <Runtime as Config>::ChallengeWindow::get();
	assert!(window <= TIMING.challenge * era);
	let slashing: BlockNumber = <Runtime as Config>::SlashingWindow::get();
	assert!(slashing <= TIMING.report * era);
}

#[test]
fn the_first_validators_are_operators_with_stake() {
	local(|| {
		assert_eq!(Session::validators().len(), 4);
		for account in Session::validators() {
			assert_eq!(
				Balances::total_balance_on_hold(&account),
				100_000 * ZG + session_deposit(&account)
			);
			assert_eq!(Restaking::security(CONSENSUS, account.clone()), 50_000 * ZG);
			assert!(Restaking::security(DATA_AVAILABILITY, account) > 0);
		}
		let committee = DataAvailability::committee(CommitteeId::root(0)).unwrap();
		let weights: Vec<_> = committee.members.iter().map(|member| member.weight).collect();
		assert!(
			weights.iter().all(|weight| *weight > 0 && *weight == weights[0]),
			"{weights:?}"
		);
	});
}

fn session_deposit(account: &AccountId) -> Balance {
	let reason = RuntimeHoldReason::Session(pallet_session::HoldReason::Keys);
	Balances::balance_on_hold(&reason, account)
}

#[test]
fn issuance_pays_validators_and_treasury_and_all_of_it_can_be_claimed() {
	local(|| {
		// The budget is set with the end of the first era.
		eras(3);
		let (alice, treasury) = (Alice.to_account_id(), configs::TreasuryAccount::get());
		assert!(Balances::free_balance(&treasury) > 0);
		let before = Balances::free_balance(&alice);
		for operator in Session::validators() {
			while Restaking::distribute(RuntimeOrigin::signed(Eve.to_account_id()), operator.clone()).is_ok()
			{
			}
			let call = Restaking::claim(
				RuntimeOrigin::signed(Eve.to_account_id()),
				operator.clone(),
				operator,
			);
			assert!(call.is_ok() || events().is_empty(), "{call:?}");
		}
		assert!(Balances::free_balance(&alice) > before);
	});
}

#[test]
fn keys_that_were_rotated_prove_their_owner() {
	local(|| {
		sessions(1);
		let alice = Alice.to_account_id();
		let keys = SessionKeys {
			babe: Eve.public().into(),
			grandpa: sp_keyring::Ed25519Keyring::Eve.public().into(),
			authority_discovery: Eve.public().into(),
		};
		pallet_session::NextKeys::<Runtime>::insert(&alice, &keys);
		for kind in [
			sp_consensus_babe::KEY_TYPE,
			sp_consensus_grandpa::KEY_TYPE,
			sp_core::crypto::key_types::AUTHORITY_DISCOVERY,
		] {
			use sp_runtime::traits::OpaqueKeys;
			pallet_session::KeyOwner::<Runtime>::insert((kind, keys.get_raw(kind).to_vec()), &alice);
		}
		sessions(3);
		let key = (sp_consensus_babe::KEY_TYPE, Eve.public().to_vec());
		let proof = Historical::prove((key.0, sp_consensus_babe::AuthorityId::from(Eve.public()))).unwrap();
		let session = Session::current_index();
		sessions(2);
		assert_eq!(proof.session, session);
		let owner = <Historical as KeyOwnerProofSystem<_>>::check_proof((key.0, key.1), proof);
		assert_eq!(owner.map(|(account, ())| account), Some(alice));
	});
}

#[test]
fn an_equivocation_slashes_disables_and_ends_the_candidacy() {
	local(|| {
		sessions(2);
		let dave = Dave.to_account_id();
		let index = Session::validators()
			.iter()
			.position(|account| *account == dave)
			.unwrap();
		let before = Restaking::security(CONSENSUS, dave.clone());
		let da = Restaking::security(DATA_AVAILABILITY, dave.clone());
		assert_ok!(Offences::report_offence(
			vec![],
			EquivocationOffence {
				slot: Babe::current_slot(),
				session_index: Session::current_index(),
				validator_set_count: 4,
				offender: (dave.clone(), ()),
			},
		));
		assert!(
			events()
				.iter()
				.any(|event| matches!(event, Staking::SlashExecuted { .. })),
			"{:?}",
			events()
		);
		assert!(Session::disabled_validators().contains(&u32::try_from(index).unwrap()));
		assert!(Restaking::security(CONSENSUS, dave.clone()) < before);
		// Published security was net of a full consensus slash already.
		assert!(Restaking::security(DATA_AVAILABILITY, dave.clone()) + 2 >= da);
		eras(2);
		assert!(!Session::validators().contains(&dave));
		assert_ok!(Restaking::validate(RuntimeOrigin::signed(dave.clone())));
		eras(2);
		assert!(Session::validators().contains(&dave));
	});
}

#[test]
fn a_verdict_of_data_availability_costs_stake_of_that_service_alone() {
	local(|| {
		sessions(1);
		let dave = Dave.to_account_id();
		let security = |service: ServiceId| Restaking::security(service, dave.clone());
		let (consensus, custody) = (security(CONSENSUS), security(DATA_AVAILABILITY));
		staking::ChargeFaults::on_fault(
			CommitteeId::root(Session::current_index()),
			&dave,
			Fault::BadRow,
			None,
		);
		sessions(1);
		assert!(security(CONSENSUS).abs_diff(consensus) <= 2);
		// The promise is 30 % of the stake, of which the service may take half for a fault; 85 % of the stake are left, and a
		// full slash by consensus could take 50 of them.
		let left = 15_000 * ZG * 35 / 85;
		assert_eq!(custody, 15_000 * ZG);
		assert!(
			security(DATA_AVAILABILITY).abs_diff(left) <= 2,
			"{}",
			security(DATA_AVAILABILITY)
		);
		sessions(1);
		let committee = DataAvailability::committee(CommitteeId::root(Session::current_index())).unwrap();
		let members = committee.members;
		let index = members
			.iter()
			.position(|member| member.account == <[u8; 32]>::from(dave.clone()))
			.unwrap();
		let other = (index + 1) % 4;
		assert!(members[index].weight < members[other].weight);
	});
}

#[test]
fn fees_for_custody_are_shared_with_delegators() {
	local(|| {
		let (alice, eve, earned) = (Alice.to_account_id(), Eve.to_account_id(), 1_000 * ZG);
		assert_ok!(Restaking::delegate(
			RuntimeOrigin::signed(eve.clone()),
			alice.clone(),
			100_000 * ZG
		));
		eras(1);
		// As if signers had earned it: it lies in the pot.
		assert_ok!(Balances::force_set_balance(
			RuntimeOrigin::root(),
			DataAvailability::pot().into(),
			2 * earned
		));
		pallet_data_availability::Earnings::<Runtime>::insert(&alice, earned);
		assert_ok!(DataAvailability::claim_earnings(
			RuntimeOrigin::signed(eve.clone()),
			alice.clone()
		));
		let (era, before) = (Restaking::era(), Balances::free_balance(&eve));
		eras(1);
		while Restaking::distribute(RuntimeOrigin::signed(eve.clone()), alice.clone()).is_ok() {}
		// Half of the stake, after a commission of 5 %; the rest is issuance. Idle blocks may have paid it out.
		let claimable = Restaking::claimable(alice.clone(), eve.clone());
		let gained = Balances::free_balance(&eve) - before + claimable;
		assert!(gained >= earned * 95 / 200 - 1, "{gained} in era {era}");
		// Who is no operator gets what it has earned itself.
		pallet_data_availability::Earnings::<Runtime>::insert(&eve, ZG);
		let before = Balances::free_balance(&eve);
		assert_ok!(DataAvailability::claim_earnings(
			RuntimeOrigin::signed(alice),
			eve.clone()
		));
		assert_eq!(Balances::free_balance(&eve), before + ZG);
	});
}
