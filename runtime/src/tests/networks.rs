// SPDX-License-Identifier: Apache-2.0

//! Networks with the pallets as they are put together here: from load to another committee, and back.

use super::{
	blobs::{certify, secret, submit, submit_for},
	chain::{eras, local, sessions, slots},
	staking::{stake_of, unanswered},
};
use crate::{
	staking::{DATA_AVAILABILITY, TIMING},
	*,
};
use frame_support::{assert_noop, assert_ok, storage::with_transaction, traits::Get};
use pallet_data_availability::{Blobs, PendingBytes};
use pallet_networks::{NetworkInfo, Networking, Parameters, Registry};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::{DispatchResult, Perbill, TransactionOutcome};
use zerog_erasure::{Namespace, Profile};
use zerog_networks::{Status, ROOT};
use zerog_primitives::{
	da::{possession_message, CommitteeId},
	units::ZG,
};
use zerog_staking::{Magnitude, Shares, WHOLE};

const OPERATORS: [Sr25519Keyring; 4] = [Alice, Bob, Charlie, Dave];

fn epoch() -> u32 {
	<Networks as Networking<AccountId>>::epoch()
}

fn info(network: u32) -> Option<NetworkInfo> {
	Networks::network_infos()
		.into_iter()
		.find(|info| info.network == network)
}

#[test]
fn no_step_of_an_epoch_takes_five_milliseconds() {
	use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight};
	use pallet_networks::{Config, StakeSource, WeightInfo};
	type Measured = <Runtime as Config>::WeightInfo;
	type Stake = <Runtime as Config>::Stake;
	let reads: u32 = <Runtime as Config>::ReadsPerBlock::get();
	let stakes = <Stake as StakeSource<AccountId>>::weight().saturating_mul(reads.into());
	let operators: u32 = <Runtime as Config>::MaxOperators::get();
	assert!(operators >= 1_000);
	let looked = <Runtime as frame_system::Config>::DbWeight::get().reads(3);
	for (step, weight) in [
		("a draw of 200 from 1,000", Measured::draw(1_000, 200)),
		(
			"the largest draw",
			Measured::draw(operators, zerog_networks::MAX_SEATS),
		),
		("reading", Measured::read(reads).saturating_add(stakes)),
		("freezing", Measured::seal(operators)),
		("removing", Measured::clear()),
		("a turn", Measured::turn()),
	] {
		let weight: Weight = weight.saturating_add(looked);
		assert!(
			weight.ref_time() <= 5 * WEIGHT_REF_TIME_PER_MILLIS,
			"{step}: {weight:?}"
		);
	}
}

#[test]
fn the_first_parameters_make_sense_with_and_without_fast_runtime() {
	// Epochs of 1,200 blocks with periods of 100, and of 10 with periods of 5.
	for (fast, periods) in [(false, 12), (true, 2)] {
		let all = governed(fast);
		assert_ok!(all.draw.check());
		assert_ok!(all.fees.check());
		assert_ok!(all.networks.check(&all.fees));
		assert_eq!(all.fees.periods, periods);
		assert!(all.lifetime > 0 && all.minimum_stake > 0 && all.networks.operators > 0);
	}
}

fn status(network: u32) -> Option<Status> {
	info(network).map(|info| info.status)
}

/// Fills so many percent of the root network in this epoch.
fn load(seed: &mut u32, percent: u64) {
	let (coded, capacity) = (Profile::ALL[0].coded_bytes(), info(ROOT).unwrap().capacity);
	for _ in 0..(capacity * percent).div_ceil(100 * coded) {
		*seed += 1;
		certify(submit(*seed, Namespace([9; 32])));
	}
}

/// A second network of the four operators, active.
fn second(seed: &mut u32) -> u32 {
	assert_ok!(Networks::fund(
		RuntimeOrigin::signed(Eve.to_account_id()),
		2_000 * ZG
	));
	let network = Registry::<Runtime>::get().next();
	let mut epochs = 0;
	while status(network).is_none() {
		load(seed, 90);
		sessions(1);
		epochs += 1;
		assert!(epochs <= 6, "load spawns a network");
	}
	for operator in OPERATORS {
		assert_ok!(Networks::join(
			RuntimeOrigin::signed(operator.to_account_id()),
			network
		));
	}
	while status(network) == Some(Status::Forming) {
		sessions(1);
		epochs += 1;
		assert!(epochs <= 16, "a network gets a committee");
	}
	assert_eq!(status(network), Some(Status::Active));
	// Its committee is noted in the blocks that follow.
	slots(3);
	network
}

/// A namespace that goes to a network.
fn namespace_of(network: u32) -> Namespace {
	let all = (0..=255).map(|byte| Namespace([byte; 32]));
	let found = all
		.into_iter()
		.find(|namespace| Networks::route_of(namespace.0) == network);
	found.expect("half of them do")
}

#[test]
fn the_first_operators_are_the_root_network_and_certify() {
	local(|| {
		assert_eq!(DataAvailability::current_committees(), vec![CommitteeId::root(0)]);
		let members = Networks::member_infos(ROOT, 0).unwrap();
		assert_eq!(members.len(), 4);
		// To ten binary digits.
		let weights = 15_000 * ZG / 1_024 * 1_023..=15_000 * ZG;
		assert!(members
			.iter()
			.all(|member| member.stake == 15_000 * ZG && weights.contains(&member.weight)));
		let commitment = submit(1, Namespace([0; 32]));
		certify(commitment);
		let root = info(ROOT).unwrap();
		assert_eq!((root.load, root.pending), (Profile::ALL[0].coded_bytes(), 0));
		// Rosters are read and committees seated from then on.
		sessions(4);
		assert_eq!(DataAvailability::current_committees(), vec![CommitteeId::root(4)]);
		assert_eq!(
			DataAvailability::committee(CommitteeId::root(4))
				.unwrap()
				.members
				.len(),
			4
		);
	});
}

/// Has an account stake 10,000 ZG, promise so much of it to data availability, and register its keys.
fn prepare(who: Sr25519Keyring, promise: Magnitude) {
	let account = who.to_account_id();
	let origin = || RuntimeOrigin::signed(account.clone());
	assert_ok!(Restaking::register_operator(
		origin(),
		10_000 * ZG,
		Perbill::zero()
	));
	assert_ok!(Restaking::allocate(
		origin(),
		DATA_AVAILABILITY,
		Magnitude(0),
		promise
	));
	let key = secret(who).public();
	let possession = possession_message(&System::block_hash(0).0, &account.clone().into(), &key.0);
	assert_ok!(DataAvailability::register_key(
		origin(),
		key,
		secret(who).sign(&possession)
	));
	let keys = SessionKeys {
		babe: who.public().into(),
		grandpa: sp_keyring::Ed25519Keyring::Eve.public().into(),
		authority_discovery: who.public().into(),
	};
	pallet_session::NextKeys::<Runtime>::insert(&account, keys);
}

#[test]
fn the_least_stake_is_enough_and_a_planck_less_is_not_whatever_it_counts() {
	local(|| {
		let (eve, ferdie, least) = (Eve.to_account_id(), Ferdie.to_account_id(), 1_000 * ZG);
		assert_eq!(Parameters::<Runtime>::get().minimum_stake, least);
		prepare(Eve, Magnitude(WHOLE.0 / 10));
		prepare(Ferdie, Magnitude(WHOLE.0 / 10 - 1));
		let register = |account: &AccountId| Networks::register(RuntimeOrigin::signed(account.clone()), 0);
		assert_noop!(register(&eve), pallet_networks::Error::<Runtime>::StakeTooLow);
		// Until the promise counts, and those serve who were elected since.
		eras(TIMING.allocation_delay);
		sessions(1);
		// What clients look at before they send the call.
		let shown = |account: &AccountId| {
			let promises = Restaking::operator_info(account).unwrap().promises;
			let promise = promises.iter().find(|it| it.service == DATA_AVAILABILITY.0);
			promise.unwrap().slashable
		};
		assert_eq!((shown(&eve), shown(&ferdie)), (least, least - 1));
		assert_noop!(register(&ferdie), pallet_networks::Error::<Runtime>::StakeTooLow);
		// Neither key is enough without the other.
		let session = pallet_session::NextKeys::<Runtime>::take(&eve).unwrap();
		assert_noop!(register(&eve), pallet_networks::Error::<Runtime>::NotEligible);
		pallet_session::NextKeys::<Runtime>::insert(&eve, session);
		let attestation = pallet_data_availability::Keys::<Runtime>::take(&eve).unwrap();
		assert_noop!(register(&eve), pallet_networks::Error::<Runtime>::NotEligible);
		pallet_data_availability::Keys::<Runtime>::insert(&eve, attestation);
		assert_ok!(register(&eve));
		assert_eq!(Networks::operator_info(&eve).unwrap().stake, least);

		sessions(5);
		let members = Networks::member_infos(ROOT, epoch()).unwrap();
		let member = members.iter().find(|member| member.operator == eve).unwrap();
		let ten_digits = (least >> 40) << 40;
		assert!(ten_digits < least && ten_digits >> 50 == 0);
		assert_eq!((member.stake, member.weight), (least, ten_digits));
	});
}

#[test]
fn load_spawns_a_network_that_certifies_beside_the_root_network_and_silence_retires_it() {
	local(|| {
		let mut seed = 0;
		let network = second(&mut seed);
		let id = CommitteeId::new(network, epoch());
		assert_eq!(
			DataAvailability::current_committees(),
			vec![CommitteeId::root(epoch()), id]
		);
		let seats = Parameters::<Runtime>::get().draw.seats;
		let committee = DataAvailability::committee(id).unwrap();
		assert!(committee.members.len() as u32 <= seats);
		let security = Networks::security(network, sp_runtime::Perbill::from_percent(20), 2_048).unwrap();
		assert!(security.stake >= 29_900 * ZG, "of two members at least");

		let (here, there) = (
			submit(9_000, namespace_of(network)),
			submit(9_001, namespace_of(ROOT)),
		);
		assert_eq!(Blobs::<Runtime>::get(here).unwrap().committee, id);
		assert!(Blobs::<Runtime>::get(there).unwrap().committee.is_root());
		certify(here);
		certify(there);

		// Who promised its stake to the network keeps the promise until the network is gone.
		let (mut epochs, mut last) = (0, here);
		while status(network) == Some(Status::Active) {
			// A sixteenth of its capacity is silence. Its committee is noted in the second block of an epoch.
			slots(2);
			let blob = submit(10_000 + epochs, namespace_of(network));
			if Blobs::<Runtime>::get(blob).unwrap().committee.network == network {
				last = blob;
			}
			certify(blob);
			sessions(1);
			epochs += 1;
			assert!(epochs <= 10, "silence drains it");
		}
		assert_eq!(status(network), Some(Status::Draining));
		assert!(Networks::binds(&Alice.to_account_id()));
		assert!(Blobs::<Runtime>::contains_key(last), "what it certified is kept");
		while status(network).is_some() {
			sessions(1);
			epochs += 1;
			assert!(epochs <= 30, "and is gone after its last retention");
		}
		assert!(!Networks::binds(&Alice.to_account_id()));
		// Idle blocks settle it soon after.
		let over = |blob: pallet_data_availability::Blob<Runtime>| blob.is_due(System::block_number());
		assert!(Blobs::<Runtime>::get(last).is_none_or(over));
	});
}

#[test]
fn what_the_second_network_does_not_certify_goes_to_the_root_network() {
	local(|| {
		let network = second(&mut 0);
		let commitment = submit(9_000, namespace_of(network));
		let blob = Blobs::<Runtime>::get(commitment).unwrap();
		assert_eq!(PendingBytes::<Runtime>::get(network), blob.coded_bytes());
		// On the way sessions pass, and the next idle block finds it.
		while Blobs::<Runtime>::get(commitment).unwrap().committee.network == network {
			assert!(System::block_number() < blob.deadline + 40);
			sessions(1);
		}
		let blob = Blobs::<Runtime>::get(commitment).unwrap();
		assert!(blob.committee.is_root() && blob.fell_back_from.unwrap().network == network);
		// Its network may have drained meanwhile, and does not wait for it.
		assert!(info(network).is_none_or(|info| info.pending == 0));
		assert_eq!(info(ROOT).unwrap().pending, 1);
		certify(commitment);
		assert_eq!(info(ROOT).unwrap().pending, 0);
	});
}

#[test]
fn stake_that_left_since_a_draw_weighs_nothing_in_its_committee() {
	local(|| {
		let (dave, eve) = (Dave.to_account_id(), Eve.to_account_id());
		let weight = || {
			let members = Networks::member_infos(ROOT, epoch()).unwrap();
			let found = members.into_iter().find(|member| member.operator == dave);
			found.unwrap().weight
		};
		let before = weight();
		assert_ok!(Restaking::delegate(
			RuntimeOrigin::signed(eve.clone()),
			dave.clone(),
			100_000 * ZG
		));
		assert_eq!(weight(), before, "it was not there when the roster was read");
		sessions(10);
		assert!(weight() > before);
		let shares = Shares(Restaking::portfolio_of(&eve)[0].shares);
		assert_ok!(Restaking::unbond(
			RuntimeOrigin::signed(eve),
			dave.clone(),
			shares
		));
		assert!(weight() <= before);
	});
}

/// What a call would yield; it changes nothing.
fn tried(call: impl FnOnce() -> DispatchResult) -> DispatchResult {
	with_transaction(|| TransactionOutcome::Rollback(call()))
}

#[test]
fn operators_of_a_network_that_drains_keep_their_promise_and_their_own_stake() {
	use pallet_restaking::Error;
	local(|| {
		let network = second(&mut 0);
		let commitment = submit_for(9_000, namespace_of(network), 150);
		let taken_by = Blobs::<Runtime>::get(commitment).unwrap().committee.network;
		assert_eq!(taken_by, network);
		certify(commitment);
		let (alice, eve) = (Alice.to_account_id(), Eve.to_account_id());
		let origin = || RuntimeOrigin::signed(alice.clone());
		let promised = Restaking::allocations(alice.clone())
			.into_iter()
			.find(|promise| promise.service == DATA_AVAILABILITY.0)
			.unwrap()
			.target;
		let promise = |target| {
			tried(|| {
				Restaking::allocate(
					origin(),
					DATA_AVAILABILITY,
					Magnitude(promised),
					Magnitude(target),
				)
			})
		};
		let leave = || tried(|| Restaking::unbond(origin(), alice.clone(), Shares(1_000_000)));
		assert_ok!(promise(promised - 1));
		assert_ok!(leave());
		assert_ok!(Restaking::delegate(
			RuntimeOrigin::signed(eve.clone()),
			alice.clone(),
			10 * ZG
		));

		let mut epochs = 0;
		while status(network) == Some(Status::Active) {
			sessions(1);
			epochs += 1;
			assert!(epochs <= 10, "silence drains it");
		}
		assert_eq!(status(network), Some(Status::Draining));
		assert_noop!(promise(promised - 1), Error::<Runtime>::DutyOpen);
		assert_noop!(promise(0), Error::<Runtime>::DutyOpen);
		assert_noop!(leave(), Error::<Runtime>::DutyOpen);
		// What is not shown meanwhile costs as ever.
		let committee = Blobs::<Runtime>::get(commitment).unwrap().committee;
		let members = DataAvailability::committee(committee).unwrap().members;
		let mut others = members.into_iter().map(|member| AccountId::from(member.account));
		let other = [others.find(|other| *other != alice).unwrap()];
		let staked = stake_of(&other[0]);
		unanswered(commitment, &other);
		assert_eq!(status(network), Some(Status::Draining));
		let lost = staked - stake_of(&other[0]);
		assert!(lost.abs_diff(300 * ZG) <= 1, "{lost}");
		// More may be promised, and delegators owe nothing.
		assert_ok!(promise(promised + 1));
		assert_ok!(tried(|| {
			Restaking::unbond(
				RuntimeOrigin::signed(eve.clone()),
				alice.clone(),
				Shares(1_000_000),
			)
		}));

		while status(network).is_some() {
			sessions(1);
			epochs += 1;
			assert!(epochs <= 40, "and is gone after its last retention");
		}
		assert_ok!(promise(promised - 1));
		assert_ok!(leave());
	});
}
