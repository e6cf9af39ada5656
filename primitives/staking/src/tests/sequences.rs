// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls; every invariant is checked after every step.
//!
//! `ZEROG_FUZZ_SEQUENCES=10000` runs more of them; `ZEROG_FUZZ_SEED` replays one.

use super::ledger::*;
use crate::Balance;
use proptest::{
	prelude::*,
	strategy::ValueTree,
	test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sp_arithmetic::Perbill;

const SEQUENCES: u64 = 500;
const STEPS: usize = 200;

fn fraction() -> impl Strategy<Value = Perbill> + Clone {
	prop_oneof![
		Just(Perbill::one()),
		Just(Perbill::from_parts(1)),
		Just(Perbill::from_parts(999_900_000)),
		(1u32..1_000_000_000).prop_map(Perbill::from_parts)
	]
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![Just(MINIMUM), 1u128..10 * MINIMUM, MINIMUM..1_000_000_000_000u128]
}

fn action() -> impl Strategy<Value = Action> {
	let (operator, account, service) = (0..OPERATORS, 0..ACCOUNTS, 0..SERVICES);
	let who = (operator.clone(), account);
	let pair = (operator.clone(), service);
	let fault = (pair.clone(), 0..TIMING.bonding + 1, fraction());
	prop_oneof![
		4 => (who.clone(), amount())
			.prop_map(|((operator, account), amount)| Action::Delegate { operator, account, amount }),
		4 => (who.clone(), 1u128..5)
			.prop_map(|((operator, account), quarters)| Action::Unbond { operator, account, quarters }),
		3 => (who.clone(), 0usize..8)
			.prop_map(|((operator, account), index)| Action::Withdraw { operator, account, index }),
		1 => who.clone().prop_map(|(operator, account)| Action::Realise { operator, account }),
		2 => who.clone().prop_map(|(operator, account)| Action::Convert { operator, account }),
		5 => (pair.clone(), prop_oneof![Just(0), Just(100), 0u64..101])
			.prop_map(|((operator, service), percent)| Action::Allocate { operator, service, percent }),
		1 => pair.clone().prop_map(|(operator, service)| Action::Release { operator, service }),
		2 => fault.clone().prop_map(|((operator, service), ago, fraction)| {
			Action::Report { operator, service, ago, fraction }
		}),
		3 => (0usize..8, any::<bool>()).prop_map(|(index, execute)| Action::Decide { index, execute }),
		4 => fault.prop_map(|((operator, service), ago, fraction)| {
			Action::Slash { operator, service, ago, fraction }
		}),
		2 => operator.clone().prop_map(|operator| Action::Reopen { operator }),
		1 => operator.clone().prop_map(|operator| Action::Archive { operator }),
		2 => (pair, 0u64..1_000, 0u128..1_000_000_000).prop_map(|((operator, service), points, pay)| {
			Action::Work { operator, service, points, pay }
		}),
		3 => operator.clone().prop_map(|operator| Action::Distribute { operator }),
		2 => who.prop_map(|(operator, account)| Action::Claim { operator, account }),
		1 => (operator, 0u32..101)
			.prop_map(|(operator, percent)| Action::Commission { operator, percent }),
		5 => prop_oneof![2 => Just(1), 1 => 1..TIMING.bonding].prop_map(|eras| Action::Pass { eras }),
	]
}

fn run(actions: &[Action]) {
	let mut ledger = Ledger::new();
	for action in actions {
		// Most calls of a random sequence are refused; a refused call changes nothing.
		let _refused = ledger.step(action);
	}
	ledger.drain();
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
	let mut runner = TestRunner::new_with_rng(Config::default(), rng);
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
		None => (0..number("ZEROG_FUZZ_SEQUENCES").unwrap_or(SEQUENCES)).for_each(sequence),
	}
}
