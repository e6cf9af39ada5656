// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls. After every step every invariant is checked, and storage and money are compared with those of
//! the same calls on plain maps.
//!
//! `ZEROG_FUZZ_SEQUENCES=10000` runs more of them; `ZEROG_FUZZ_SEED` replays one.

use super::shadow::Shadow;
use crate::{mock::*, pallet::*, types::*, FaultLedger, WorkLedger};
use frame_support::{storage::with_transaction, traits::ValidatorRegistration, weights::Weight};
use polkadot_sdk::*;
use proptest::{
	prelude::*,
	strategy::ValueTree,
	test_runner::{Config as RunnerConfig, RngAlgorithm, TestRng, TestRunner},
};
use sp_core::H256;
use sp_runtime::{Perbill, TransactionOutcome};
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};
use std::{cell::RefCell, collections::HashSet, mem::Discriminant};
use zerog_primitives::staking::PositionView;
use zerog_staking::{Balance, Era, Shares};

const SEQUENCES: u64 = 500;
const STEPS: usize = 200;
/// The operators and delegators of these sequences.
const FUZZED: [AccountId; 2] = [1, 2];
const OWNERS: [AccountId; 4] = [1, 2, 11, 12];
/// Numbers of services in these sequences: those of the genesis, and the first that are created.
const SERVICES: u16 = 6;

#[derive(Clone, Debug)]
enum Action {
	Register(AccountId, Balance),
	Leave(AccountId),
	Delegate(AccountId, AccountId, Balance),
	Unbond(AccountId, AccountId, u128),
	Withdraw(AccountId, AccountId, usize),
	Realise(AccountId, AccountId),
	Convert(AccountId, AccountId),
	Archive(AccountId),
	Reopen(AccountId),
	Allocate(AccountId, ServiceId, u64),
	Release(AccountId, ServiceId),
	Validate(AccountId),
	Chill(AccountId),
	Rank(AccountId),
	NoteFault(AccountId, ServiceId, Era, Perbill),
	ExecuteNoted,
	Report(AccountId, Era, Perbill),
	Veto(u32),
	Cancel(u32),
	Execute(u32),
	Idle,
	Offence(AccountId, u32, Perbill),
	Work(AccountId, ServiceId, u64),
	Fund(AccountId, ServiceId, Balance),
	Issue(Balance),
	Distribute(AccountId),
	Claim(AccountId, AccountId),
	Commission(AccountId, u32),
	ExpirePot(ServiceId, Era),
	ExpireWork(AccountId, Era),
	Create,
	Drain(ServiceId),
	Retire(ServiceId),
	Revoke(ServiceId),
	Bind(ServiceId, AccountId, bool),
	SetKeys(AccountId, u64),
	PurgeKeys(AccountId),
	Places(u32),
	Sessions(u32),
}

/// Number of kinds of actions.
const KINDS: usize = 39;

thread_local! {
	/// The kinds that were done, not only refused.
	static DONE: RefCell<HashSet<Discriminant<Action>>> = RefCell::default();
}

fn fraction() -> impl Strategy<Value = Perbill> + Clone {
	prop_oneof![
		Just(Perbill::one()),
		Just(Perbill::from_parts(1)),
		(1u32..1_000_000_000).prop_map(Perbill::from_parts)
	]
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![
		Just(MINIMUM),
		1u128..10 * OWN_MINIMUM,
		OWN_MINIMUM..1_000_000_000u128
	]
}

fn action() -> impl Strategy<Value = Action> {
	use Action::*;
	let operator = || prop::sample::select(&FUZZED[..]);
	let account = || prop::sample::select(&OWNERS[..]);
	let service = || prop_oneof![9 => 0u16..3, 1 => 3..SERVICES].prop_map(ServiceId);
	let junior = || (1..SERVICES).prop_map(ServiceId);
	let small = || (1u32..150_000_000).prop_map(Perbill::from_parts);
	prop_oneof![
		2 => (operator(), amount()).prop_map(|(a, b)| Register(a, b)),
		1 => operator().prop_map(Leave),
		5 => (operator(), account(), amount()).prop_map(|(a, b, c)| Delegate(a, b, c)),
		4 => (operator(), account(), 1u128..5).prop_map(|(a, b, c)| Unbond(a, b, c)),
		4 => (operator(), account(), 0usize..8).prop_map(|(a, b, c)| Withdraw(a, b, c)),
		1 => (operator(), account()).prop_map(|(a, b)| Realise(a, b)),
		2 => (operator(), account()).prop_map(|(a, b)| Convert(a, b)),
		1 => operator().prop_map(Archive),
		2 => operator().prop_map(Reopen),
		5 => (operator(), service(), prop_oneof![Just(0), Just(100), 0u64..60])
			.prop_map(|(a, b, c)| Allocate(a, b, c)),
		2 => (operator(), service()).prop_map(|(a, b)| Release(a, b)),
		3 => operator().prop_map(Validate),
		1 => operator().prop_map(Chill),
		1 => operator().prop_map(Rank),
		3 => (operator(), service(), 0u32..10, fraction()).prop_map(|(a, b, c, d)| NoteFault(a, b, c, d)),
		2 => Just(ExecuteNoted),
		3 => (operator(), 0u32..6, small()).prop_map(|(a, b, c)| Report(a, b, c)),
		1 => (0u32..3).prop_map(Veto),
		1 => (0u32..3).prop_map(Cancel),
		1 => (0u32..3).prop_map(Execute),
		1 => Just(Idle),
		1 => (operator(), 0u32..20, fraction()).prop_map(|(a, b, c)| Offence(a, b, c)),
		3 => (operator(), service(), 1u64..1_000).prop_map(|(a, b, c)| Work(a, b, c)),
		1 => (account(), service(), 1u128..1_000_000).prop_map(|(a, b, c)| Fund(a, b, c)),
		1 => (1u128..1_000_000).prop_map(Issue),
		3 => operator().prop_map(Distribute),
		2 => (operator(), account()).prop_map(|(a, b)| Claim(a, b)),
		1 => (operator(), 0u32..101).prop_map(|(a, b)| Commission(a, b)),
		1 => (service(), 0u32..110).prop_map(|(a, b)| ExpirePot(a, b)),
		1 => (operator(), 90u32..110).prop_map(|(a, b)| ExpireWork(a, b)),
		2 => prop_oneof![
			2 => Just(Create),
			2 => junior().prop_map(Drain),
			3 => junior().prop_map(Retire),
			1 => junior().prop_map(Revoke),
		],
		1 => prop_oneof![
			2 => (service(), operator(), any::<bool>()).prop_map(|(a, b, c)| Bind(a, b, c)),
			2 => (operator(), 0u64..3).prop_map(|(a, b)| SetKeys(a, b)),
			1 => operator().prop_map(PurgeKeys),
			1 => prop_oneof![Just(1u32), Just(2), Just(8)].prop_map(Places),
		],
		5 => prop_oneof![4 => 1u32..4, 2 => 1..2 * TIMING.bonding, 1 => Just(60)].prop_map(Sessions),
	]
}

/// Shares that so many quarters of a position are.
fn quarters(operator: AccountId, account: AccountId, quarters: u128) -> Shares {
	let all = shares(operator, account);
	Shares(all / 4 * quarters + if quarters == 4 { all % 4 } else { 0 })
}

/// Era of one of an account's unbonding chunks.
fn chunk(operator: AccountId, account: AccountId, index: usize) -> Era {
	let position = Positions::<Test>::get(operator, account);
	let chunks = position.chunks();
	let chunk = chunks.get(index % chunks.len().max(1));
	chunk.map(|chunk| chunk.era).unwrap_or_default()
}

/// Does the same on both sides.
fn apply(shadow: &mut Shadow, action: &Action) {
	use Action::*;
	let anyone = || signed(13);
	let now = Restaking::now();
	let ago = |eras: Era| now.saturating_sub(eras);
	let nth = |index: u32| {
		let queue = ReportQueue::<Test>::get();
		queue.get(index as usize).copied().unwrap_or(u32::MAX)
	};
	let (done, expected) = match *action {
		Register(who, stake) => {
			let commission = Perbill::from_percent(20);
			(
				call(|| Restaking::register_operator(signed(who), stake, commission)),
				shadow.step(|shadow| shadow.register(who, stake, commission)),
			)
		}
		Leave(who) => (
			call(|| Restaking::leave(signed(who))),
			shadow.step(|shadow| shadow.leave(who)),
		),
		Delegate(who, account, amount) => (
			delegate(who, account, amount),
			shadow.step(|shadow| shadow.delegate(who, account, amount)),
		),
		Unbond(who, account, part) => {
			let shares = quarters(who, account, part);
			(
				unbond(who, account, shares.0),
				shadow.step(|shadow| shadow.unbond(who, account, shares)),
			)
		}
		Withdraw(who, account, index) => {
			let era = chunk(who, account, index);
			(
				withdraw(who, account, era),
				shadow.step(|shadow| shadow.withdraw(who, account, era)),
			)
		}
		Realise(who, account) => (
			call(|| Restaking::realise(anyone(), who, account)),
			shadow.step(|shadow| shadow.realise(who, account)),
		),
		Convert(who, account) => (
			call(|| Restaking::convert(anyone(), who, account)),
			shadow.step(|shadow| shadow.convert(who, account)),
		),
		Archive(who) => (
			call(|| Restaking::archive(anyone(), who)),
			shadow.step(|shadow| shadow.archive(who)),
		),
		Reopen(who) => (
			call(|| Restaking::reopen(anyone(), who)),
			shadow.step(|shadow| shadow.reopen(who)),
		),
		Allocate(who, service, percent) => (
			allocate(who, service, percent),
			shadow.step(|shadow| shadow.promise(who, service, percents(percent), &TIMING)),
		),
		Release(who, service) => (
			call(|| Restaking::release(anyone(), who, service)),
			shadow.step(|shadow| shadow.release(who, service)),
		),
		Validate(who) => (
			call(|| Restaking::validate(signed(who))),
			shadow.step(|shadow| shadow.validate(who)),
		),
		Chill(who) => (
			call(|| Restaking::chill(signed(who))),
			shadow.step(|shadow| shadow.chill(who)),
		),
		Rank(who) => (
			call(|| Restaking::rank(anyone(), who)),
			shadow.step(|shadow| shadow.rank(who)),
		),
		NoteFault(who, service, eras, fraction) => (
			call(|| Restaking::note_fault(service, &who, ago(eras), fraction)),
			shadow.step(|shadow| shadow.note_fault(service, who, ago(eras), fraction)),
		),
		ExecuteNoted => (
			call(|| Restaking::execute_noted(anyone())),
			shadow.step(|shadow| shadow.execute_noted()),
		),
		Report(who, eras, fraction) => (
			call(|| Restaking::report(signed(REPORTER), COMPUTE, who, ago(eras), fraction, H256::zero())),
			shadow.step(|shadow| shadow.report(who, ago(eras), fraction)),
		),
		Veto(index) => {
			let id = nth(index);
			(
				call(|| Restaking::veto(signed(RESOLVER), id)),
				shadow.step(|shadow| shadow.veto(id)),
			)
		}
		Cancel(index) => {
			let id = nth(index);
			(
				call(|| Restaking::cancel(RuntimeOrigin::root(), id)),
				shadow.step(|shadow| shadow.cancel(id)),
			)
		}
		Execute(index) => {
			let id = nth(index);
			(
				call(|| Restaking::execute(anyone(), id)),
				shadow.step(|shadow| shadow.execute(id)),
			)
		}
		Idle => {
			idle_block();
			shadow.idle();
			(Ok(()), shadow.replay())
		}
		Offence(who, sessions, fraction) => {
			let session = shadow.session.saturating_sub(sessions);
			let details = OffenceDetails::<AccountId, _> {
				offender: (who, ()),
				reporters: vec![],
			};
			let _weight: Weight = Restaking::on_offence(&[details], &[fraction], session);
			shadow.offence(who, session, fraction);
			(Ok(()), Ok(()))
		}
		Work(who, service, points) => (
			Restaking::note_work(service, &who, points),
			shadow.step(|shadow| shadow.work(who, service, points)),
		),
		Fund(account, service, amount) => (
			call(|| Restaking::fund(signed(account), service, amount)),
			shadow.step(|shadow| shadow.fund(account, service, amount)),
		),
		Issue(amount) => {
			issue(amount);
			shadow.issue(amount);
			(Ok(()), Ok(()))
		}
		Distribute(who) => (
			call(|| Restaking::distribute(anyone(), who)),
			shadow.step(|shadow| shadow.distribute(who)),
		),
		Claim(who, account) => (
			paid(|| Restaking::claim(anyone(), who, account)).map(drop),
			shadow.step(|shadow| shadow.claim(who, account)),
		),
		Commission(who, percent) => {
			let commission = Perbill::from_percent(percent);
			(
				call(|| Restaking::set_commission(signed(who), commission)),
				shadow.step(|shadow| shadow.commission(who, commission)),
			)
		}
		ExpirePot(service, eras) => (
			paid(|| Restaking::expire_pot(anyone(), service, ago(eras))).map(drop),
			shadow.step(|shadow| shadow.expire_pot(service, ago(eras))),
		),
		ExpireWork(who, eras) => (
			paid(|| Restaking::expire_work(anyone(), who, ago(eras))).map(drop),
			shadow.step(|shadow| shadow.expire_work(who, ago(eras))),
		),
		Create => {
			let terms = terms(ServiceKind::Custom);
			(
				call(|| Restaking::create_service(RuntimeOrigin::root(), terms)),
				shadow.step(|shadow| shadow.create(terms)),
			)
		}
		Drain(service) => (
			call(|| Restaking::drain_service(RuntimeOrigin::root(), service)),
			shadow.step(|shadow| shadow.drain(service)),
		),
		Retire(service) => (
			paid(|| Restaking::retire_service(anyone(), service)).map(drop),
			shadow.step(|shadow| shadow.retire(service)),
		),
		Revoke(service) => (
			call(|| Restaking::revoke_reporter(RuntimeOrigin::root(), service)),
			shadow.step(|shadow| shadow.revoke(service)),
		),
		Bind(service, who, binds) => {
			if binds {
				bind(service, who);
			} else {
				unbind(service, who);
			}
			(Ok(()), Ok(()))
		}
		SetKeys(who, number) => {
			set_keys_to(who, who as u64 + 100 * number);
			shadow.set_keys(who);
			(Ok(()), Ok(()))
		}
		PurgeKeys(who) => (
			call(|| Session::purge_keys(signed(who))),
			shadow.step(|shadow| shadow.purge_keys(who)),
		),
		Places(places) => {
			// Who has a place keeps it.
			let places = places.max(Candidates::<Test>::decode_len().unwrap_or_default() as u32);
			MaxCandidates::set(places);
			(Ok(()), Ok(()))
		}
		Sessions(sessions) => {
			for _ in 0..sessions {
				let (era, failed) = (Restaking::now(), failed_elections());
				next_session();
				shadow.next_session();
				if Restaking::now() > era && failed_elections() == failed {
					check_elected();
				}
			}
			(Ok(()), Ok(()))
		}
	};
	assert_eq!(done.is_ok(), expected.is_ok(), "{action:?}: {done:?}");
	if done.is_ok() {
		DONE.with_borrow_mut(|kinds| kinds.insert(std::mem::discriminant(action)));
	}
	assert_ne!(done, Err(Error::<Test>::Accounting.into()), "{action:?}");
}

fn run(actions: &[Action]) {
	test_with(&FUZZED[..1], || {
		let mut shadow = Shadow::of_genesis();
		shadow.found(FUZZED[0]);
		shadow.check();
		for action in actions {
			System::reset_events();
			apply(&mut shadow, action);
			shadow.check();
			check();
			check_views();
		}
		drain(&mut shadow);
	});
}

fn failed_elections() -> usize {
	let events = System::events().into_iter();
	let failed = events.filter(|record| {
		matches!(
			&record.event,
			RuntimeEvent::Restaking(Event::ElectionFailed { .. })
		)
	});
	failed.count()
}

/// Who was just elected stands for election, with keys and the least that consensus has to be able to slash.
fn check_elected() {
	let elected = pallet_session::QueuedKeys::<Test>::get();
	assert!(!elected.is_empty());
	for (account, _) in elected {
		let info = info(account);
		assert!(info.candidate.is_some() && Session::is_registered(&account));
		assert!(Restaking::consensus_stake(&account, &info).unwrap() >= 2_000);
	}
}

/// What is shown of stake in closed pools is what is there once it was converted.
fn check_views() {
	for (operator, account, _) in Positions::<Test>::iter() {
		let Some(shown) = Restaking::position(operator, account) else {
			continue;
		};
		let unbonding = shown.unlocks.iter().map(|unlock| unlock.amount).sum::<Balance>();
		assert!(shown.active + unbonding <= shown.held, "{shown:?}");
		if shown.closed.is_none() {
			continue;
		}
		let converted = with_transaction(|| {
			let done = Restaking::do_convert(operator, account);
			TransactionOutcome::Rollback(done.map(|()| Restaking::position(operator, account)))
		});
		let left = converted.unwrap().unwrap_or_else(|| PositionView {
			unlocks: vec![],
			held: 0,
			claimable: 0,
			..shown.clone()
		});
		assert_eq!((&left.unlocks, left.claimable), (&shown.unlocks, shown.claimable));
		assert_eq!((left.active, left.shares), (0, 0));
	}
}

/// Ends everything: decides what is pending, lets everybody go with all rewards, and all operators too.
fn drain(shadow: &mut Shadow) {
	use Action::*;
	// Or the last one who validates could not.
	Quorum::set(0);
	let mut all = |action: Action| {
		System::reset_events();
		apply(shadow, &action)
	};
	for who in FUZZED {
		(0..SERVICES).for_each(|service| all(Bind(ServiceId(service), who, false)));
	}
	all(Sessions(SESSIONS * TIMING.veto));
	all(Idle);
	all(Sessions(SESSIONS));
	for who in FUZZED {
		all(Chill(who));
		(0..SERVICES).for_each(|service| all(Allocate(who, ServiceId(service), 0)));
		for account in OWNERS {
			all(Convert(who, account));
			all(Unbond(who, account, 4));
		}
	}
	all(Sessions(SESSIONS * (TIMING.bonding + 2)));
	for who in FUZZED {
		(0..SERVICES).for_each(|service| all(Release(who, ServiceId(service))));
		(0..crate::tests::HISTORY).for_each(|_| all(Distribute(who)));
		for era in 0..Restaking::now() {
			all(ExpireWork(who, Restaking::now() - era));
		}
		for account in OWNERS {
			all(Claim(who, account));
			let chunks = Positions::<Test>::get(who, account).chunks().len();
			(0..chunks).for_each(|_| all(Withdraw(who, account, 0)));
		}
		all(Leave(who));
		OWNERS.iter().for_each(|account| all(Claim(who, *account)));
	}
	shadow.check();
	assert_eq!(Operators::<Test>::iter().count(), 0, "every operator can leave");
	assert_eq!(Allocations::<Test>::iter().count(), 0);
	assert_eq!(Positions::<Test>::iter().count(), 0, "every record goes");
	assert!(
		OWNERS.iter().all(|account| held(*account) == 0),
		"nothing stays on hold"
	);
	check();
}

fn fails(actions: &[Action]) -> bool {
	std::panic::catch_unwind(|| run(actions)).is_err()
}

/// Drops calls, in halves, quarters, and so on, as long as the rest still fails.
fn shortest(mut actions: Vec<Action>) -> Vec<Action> {
	let mut length = actions.len();
	while length > 0 {
		let mut start = 0;
		while start < actions.len() {
			let end = (start + length).min(actions.len());
			let rest = [&actions[..start], &actions[end..]].concat();
			if fails(&rest) {
				actions = rest;
			} else {
				start = end;
			}
		}
		length /= 2;
	}
	actions
}

/// One sequence, by its seed; a failure is shrunk to a shortest that still fails.
fn sequence(seed: u64) {
	let mut bytes = [0; 32];
	bytes[..8].copy_from_slice(&seed.to_le_bytes());
	let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
	let mut runner = TestRunner::new_with_rng(RunnerConfig::default(), rng);
	let actions = prop::collection::vec(action(), STEPS).new_tree(&mut runner);
	let actions = actions.unwrap().current();
	if fails(&actions) {
		let hook = std::panic::take_hook();
		std::panic::set_hook(Box::new(|_| {}));
		let actions = shortest(actions);
		std::panic::set_hook(hook);
		eprintln!("replay with ZEROG_FUZZ_SEED={seed}; shortest sequence: {actions:#?}");
		run(&actions);
	}
}

fn number(variable: &str) -> Option<u64> {
	std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn every_invariant_holds_after_every_step() {
	match number("ZEROG_FUZZ_SEED") {
		Some(seed) => sequence(seed),
		None => {
			let sequences = number("ZEROG_FUZZ_SEQUENCES").unwrap_or(SEQUENCES);
			(0..sequences).for_each(sequence);
			let kinds = DONE.with_borrow(|kinds| kinds.len());
			assert!(
				kinds == KINDS || sequences < SEQUENCES,
				"the sequences do everything at least once, not {kinds} kinds of calls"
			);
		}
	}
}
