// SPDX-License-Identifier: Apache-2.0

//! Sessions, elections, rewards and slashes, with the pallets as they are put together here.

use super::{
	blobs::{certify, certify_by, conflict, place_of, row_of, submit_for},
	chain::{apply, eras, local, sessions, slots},
};
use crate::{
	staking::{DATA_AVAILABILITY, POINT, TIMING},
	*,
};
use frame_support::{
	assert_noop, assert_ok,
	traits::{
		fungible::{Balanced, InspectHold},
		KeyOwnerProofSystem,
	},
};
use pallet_babe::EquivocationOffence;
use pallet_data_availability::{Blobs, Earnings, OnFault, OpenChallenges, BUCKET};
use pallet_restaking::{Event as Staking, Pots, ServiceId, Work, CONSENSUS};
use sp_authority_discovery::runtime_decl_for_authority_discovery_api::AuthorityDiscoveryApi;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::{Perbill, TokenError};
use sp_staking::offence::ReportOffence;
use zerog_erasure::{Commitment, Namespace, Profile};
use zerog_networks::ROOT;
use zerog_primitives::{
	da::{CommitteeId, Fault},
	units::ZG,
};
use zerog_staking::{Magnitude, Shares};

fn events() -> Vec<Staking<Runtime>> {
	let ours = |record: frame_system::EventRecord<RuntimeEvent, Hash>| match record.event {
		RuntimeEvent::Restaking(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(ours).collect()
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
		let anybody = || RuntimeOrigin::signed(Eve.to_account_id());
		for operator in Session::validators() {
			while Restaking::distribute(anybody(), operator.clone()).is_ok() {}
			assert_ok!(Restaking::claim(anybody(), operator.clone(), operator.clone()));
			assert_eq!(Restaking::claimable(operator.clone(), operator), 0);
		}
		assert!(Balances::free_balance(&alice) > before);
		let pots = || Pots::<Runtime>::iter();
		assert!(pots().all(|(_, era, pot)| era == Restaking::era() || pot.amount == 0));
		let present: Balance = pots().map(|(.., pot)| pot.amount).sum();
		assert_eq!(
			Balances::free_balance(Restaking::pot()),
			EXISTENTIAL_DEPOSIT + present
		);
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
fn who_holds_rows_is_looked_for_though_it_is_no_validator_and_by_the_keys_that_committees_name() {
	local(|| {
		sessions(1);
		let ferdie = sp_keyring::Sr25519Keyring::Ferdie;
		let keys = |of: sp_keyring::Sr25519Keyring| SessionKeys {
			babe: of.public().into(),
			grandpa: sp_keyring::Ed25519Keyring::Ferdie.public().into(),
			authority_discovery: of.public().into(),
		};
		let authorities = Runtime::authorities;
		let of = |key: sp_keyring::Sr25519Keyring| sp_authority_discovery::AuthorityId::from(key.public());
		pallet_session::NextKeys::<Runtime>::insert(ferdie.to_account_id(), keys(ferdie));
		assert!(!authorities().contains(&of(ferdie)), "keys alone do not count");
		let alice = pallet_networks::Operators::<Runtime>::get(Alice.to_account_id()).unwrap();
		pallet_networks::Operators::<Runtime>::insert(ferdie.to_account_id(), alice);
		assert!(authorities().contains(&of(ferdie)));
		// A rotation: what committees name at once comes before what the session still has.
		pallet_session::NextKeys::<Runtime>::insert(Alice.to_account_id(), keys(Eve));
		let all = authorities();
		let place = |key| all.iter().position(|other| *other == of(key));
		assert!(place(Eve) < place(Alice), "{all:?}");
		assert_eq!(all.len(), 6);
		pallet_networks::Operators::<Runtime>::remove(ferdie.to_account_id());
		assert!(!authorities().contains(&of(ferdie)));
		// Who has left networks still owes what it signed for, with its stake.
		let alice = pallet_restaking::Operators::<Runtime>::get(Alice.to_account_id()).unwrap();
		pallet_restaking::Operators::<Runtime>::insert(ferdie.to_account_id(), alice);
		assert!(authorities().contains(&of(ferdie)));
		pallet_restaking::Operators::<Runtime>::remove(ferdie.to_account_id());
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
		Earnings::<Runtime>::insert(&alice, earned);
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
		Earnings::<Runtime>::insert(&eve, ZG);
		let before = Balances::free_balance(&eve);
		assert_ok!(DataAvailability::claim_earnings(
			RuntimeOrigin::signed(alice),
			eve.clone()
		));
		assert_eq!(Balances::free_balance(&eve), before + ZG);
	});
}

#[test]
fn equal_work_earns_equal_points_though_nobody_calls() {
	local(|| {
		// All that follows is of one era.
		eras(1);
		let era = Restaking::era();
		let all = [Alice, Bob, Charlie, Dave].map(|key| key.to_account_id());
		kept_by(1, &all, 200);
		// Blocks pay, then claim for one after the other.
		slots(<Runtime as pallet_data_availability::Config>::PayoutPeriod::get() + 4);
		assert_eq!(Restaking::era(), era);
		assert_eq!(Earnings::<Runtime>::iter().count(), 0);
		let points_of = |operator: &AccountId| {
			let work = Work::<Runtime>::get(operator, era);
			let custody = work.iter().find(|(service, _)| *service == DATA_AVAILABILITY);
			custody.map_or(0, |(_, points)| *points)
		};
		let points: Vec<u64> = all.iter().map(points_of).collect();
		assert!(points[0] > 0 && points == [points[0]; 4], "{points:?}");

		// By them, what the escrow of networks pays is divided.
		let escrow = 300 * ZG;
		Restaking::pay_service(
			DATA_AVAILABILITY,
			<Balances as Balanced<AccountId>>::issue(escrow),
		);
		let mut pot = Pots::<Runtime>::get(DATA_AVAILABILITY, era);
		assert_eq!(pot.points, points.iter().sum::<u64>());
		let parts: Vec<Balance> = points.iter().map(|points| pot.draw(*points).unwrap()).collect();
		assert!(
			parts
				.iter()
				.all(|part| *part > escrow / 4 && part.abs_diff(parts[0]) <= 1),
			"{parts:?}"
		);
	});
}

#[test]
fn earnings_below_a_point_wait_and_lose_no_planck() {
	local(|| {
		let alice = Alice.to_account_id();
		let pot = || Pots::<Runtime>::get(DATA_AVAILABILITY, Restaking::era());
		let earnings = || DataAvailability::earnings(alice.clone());
		assert_ok!(Balances::force_set_balance(
			RuntimeOrigin::root(),
			DataAvailability::pot().into(),
			ZG
		));
		let before = pot();
		Earnings::<Runtime>::insert(&alice, POINT - 1);
		slots(2);
		assert_eq!((earnings(), pot()), (POINT - 1, before));
		assert_noop!(
			DataAvailability::claim_earnings(RuntimeOrigin::signed(Eve.to_account_id()), alice.clone()),
			TokenError::BelowMinimum
		);
		// As if as much had been credited once more.
		Earnings::<Runtime>::insert(&alice, 2 * (POINT - 1));
		slots(1);
		let paid = pot();
		assert_eq!(earnings(), 0);
		assert_eq!(
			(paid.points - before.points, paid.amount - before.amount),
			(1, 2 * (POINT - 1))
		);
	});
}

/// Active stake with an operator.
pub(super) fn stake_of(operator: &AccountId) -> Balance {
	Restaking::operator(operator.clone()).unwrap().stake
}

/// A blob of the root network that these signed, which is kept for so many blocks; its signers are final.
fn kept_by(seed: u32, signers: &[AccountId], retention: BlockNumber) -> Commitment {
	let commitment = submit_for(seed, Namespace([0; 32]), retention);
	let committee = Blobs::<Runtime>::get(commitment).unwrap().committee;
	certify_by(
		commitment,
		signers.iter().map(|account| place_of(committee, account)),
	);
	let window: BlockNumber = <Runtime as pallet_data_availability::Config>::ImprovementWindow::get();
	slots(window + 1);
	commitment
}

/// Blocks of a window, and until idle ones have looked at what is due then, and slashed for it.
fn pass(window: BlockNumber) {
	slots(window + BUCKET + 3);
}

/// Asks operators for a row of a blob each, gets no answer, and lets idle blocks do the rest.
pub(super) fn unanswered(commitment: Commitment, operators: &[AccountId]) {
	for operator in operators {
		assert_ok!(DataAvailability::challenge(
			RuntimeOrigin::signed(Eve.to_account_id()),
			commitment,
			row_of(commitment, operator)
		));
	}
	pass(<Runtime as pallet_data_availability::Config>::ChallengeWindow::get());
	assert_eq!(OpenChallenges::<Runtime>::get(), 0);
}

#[test]
fn what_a_network_publishes_is_what_its_failures_cost() {
	local(|| {
		sessions(1);
		let published = Networks::security(ROOT, Perbill::zero(), Profile::ALL[0].rows()).unwrap();
		let (half, hundredth) = (Perbill::from_percent(50), Perbill::from_percent(1));
		assert_eq!(
			(published.penalties.deceit, published.penalties.withholding),
			(half, hundredth)
		);
		let loss = published.availability;
		assert_eq!(loss.deceit, half.mul_floor(loss.stake));
		assert_eq!(loss.withholding, hundredth.mul_floor(loss.stake));
		let refusal = published.liveness;
		assert!(0 < refusal.stake && refusal.stake < loss.stake && loss.stake < published.stake);
		assert_eq!((refusal.deceit, refusal.withholding), (0, 0));

		// Three of four fail the network in every way. Each promises 30,000 ZG, and publishes the half that consensus leaves.
		let liars = [Alice, Bob, Charlie].map(|key| key.to_account_id());
		let before: Balance = liars.iter().map(stake_of).sum();
		let taken = || before - liars.iter().map(stake_of).sum::<Balance>();

		// Nobody signs: no fault, and the fee for dispersal is lost.
		let refused = submit_for(1, Namespace([0; 32]), 200);
		pass(<Runtime as pallet_data_availability::Config>::CertifyWindow::get());
		assert!(!Blobs::<Runtime>::contains_key(refused));
		assert_eq!(taken(), 0);

		// They sign and keep nothing: no row is left.
		let lost = kept_by(2, &liars, 200);
		let committee = Blobs::<Runtime>::get(lost).unwrap().committee;
		unanswered(lost, &liars);
		let margin = DataAvailability::margin(lost).unwrap();
		assert!(margin.signed - margin.faulty < margin.needed, "{margin:?}");
		assert!(taken() >= loss.withholding, "{} of {loss:?}", taken());
		assert!(
			taken().abs_diff(3 * 300 * ZG) <= 3,
			"a hundredth of each promise: {}",
			taken()
		);
		assert!(taken() < loss.deceit && taken() < loss.stake / 10);

		// They say two things under one number, of the same era: it costs the half at most, what was charged before included.
		for liar in [Alice, Bob, Charlie] {
			assert_eq!(apply(conflict(committee, liar)), Ok(Ok(())));
		}
		slots(2);
		assert!(taken() >= loss.deceit, "{} of {loss:?}", taken());
		assert!(
			taken().abs_diff(3 * 15_000 * ZG) <= 6,
			"half of each promise: {}",
			taken()
		);
		assert!(taken() < 3 * 30_000 * ZG);
	});
}

#[test]
fn rows_that_are_not_shown_cost_once_an_era_however_many() {
	local(|| {
		sessions(1);
		let dave = [Dave.to_account_id()];
		let all = [Alice, Bob, Charlie, Dave].map(|key| key.to_account_id());
		let (first, second) = (kept_by(1, &all, 300), submit_for(2, Namespace([0; 32]), 300));
		certify(second);
		let era = |blob: Commitment| {
			let committee = Blobs::<Runtime>::get(blob).unwrap().committee;
			Restaking::era_of_session(committee.session)
		};
		assert_eq!(era(first), era(second));
		let before = stake_of(&dave[0]);
		unanswered(first, &dave);
		let left = stake_of(&dave[0]);
		assert!((before - left).abs_diff(300 * ZG) <= 1, "{}", before - left);
		assert_eq!(stake_of(&all[0]), before, "others keep theirs");
		unanswered(second, &dave);
		assert_eq!(stake_of(&dave[0]), left);
		for blob in [first, second] {
			assert!(DataAvailability::margin(blob).unwrap().faulty > 0);
		}
	});
}

#[test]
fn one_number_for_two_attestations_costs_half_of_the_promise_once() {
	local(|| {
		sessions(1);
		let dave = Dave.to_account_id();
		let committee = CommitteeId::root(Session::current_index());
		let (before, consensus) = (stake_of(&dave), Restaking::security(CONSENSUS, dave.clone()));
		assert_eq!(apply(conflict(committee, Dave)), Ok(Ok(())));
		// What the fault may reach is locked at once, and the slash follows with the next idle block.
		assert!(!Restaking::operator(dave.clone()).unwrap().open);
		slots(1);
		assert!(events().iter().any(|event| matches!(
			event,
			Staking::SlashExecuted { service: DATA_AVAILABILITY, operator, .. } if *operator == dave
		)));
		assert!((before - stake_of(&dave)).abs_diff(15_000 * ZG) <= 1);
		assert!(Restaking::security(CONSENSUS, dave.clone()).abs_diff(consensus) <= 2);
		assert!(apply(conflict(committee, Dave)).is_err(), "it is proven already");
		let place = u32::try_from(place_of(committee, &dave)).unwrap();
		let verdicts = DataAvailability::verdicts(committee, place);
		assert!(verdicts.iter().any(|verdict| verdict.fault == Fault::Conflict));
	});
}

#[test]
fn who_has_left_pays_for_a_row_that_it_signed_for() {
	local(|| {
		sessions(1);
		let dave = Dave.to_account_id();
		let origin = || RuntimeOrigin::signed(dave.clone());
		let all = [Alice, Bob, Charlie, Dave].map(|key| key.to_account_id());
		let blob = kept_by(1, &all, 400);

		assert_ok!(Networks::unregister(origin()));
		assert_ok!(Restaking::chill(origin()));
		for promise in Restaking::allocations(dave.clone()) {
			let (service, promised) = (ServiceId(promise.service), Magnitude(promise.target));
			assert_ok!(Restaking::allocate(origin(), service, promised, Magnitude(0)));
		}
		eras(TIMING.deallocation_delay);
		let shares = Shares(Restaking::portfolio_of(&dave)[0].shares);
		assert_ok!(Restaking::unbond(origin(), dave.clone(), shares));
		sessions(1);
		let present = CommitteeId::root(Session::current_index());
		let members = DataAvailability::committee(present).unwrap().members;
		assert!(members
			.iter()
			.all(|member| AccountId::from(member.account) != dave || member.weight == 0));
		assert!(!Session::validators().contains(&dave));
		let unbonding = || Restaking::portfolio_of(&dave)[0].unlocks[0].amount;
		assert_eq!((stake_of(&dave), unbonding()), (0, 100_000 * ZG));

		unanswered(blob, std::slice::from_ref(&dave));
		assert!(
			(100_000 * ZG - unbonding()).abs_diff(300 * ZG) <= 1,
			"{}",
			unbonding()
		);
		let anybody = RuntimeOrigin::signed(Eve.to_account_id());
		assert_ok!(Restaking::realise(anybody, dave.clone(), dave.clone()));
	});
}
