// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls, loads, stakes and epochs. Every invariant is checked after every step, and so is what no storage says:
//! no seat stands without the stake that it was drawn by, and what was certified keeps its network.
//!
//! `ZEROG_FUZZ_SEQUENCES=10000` runs more of them; `ZEROG_FUZZ_SEED` replays one.

use crate::{mock::*, pallet::*, types::*, Networking};
use proptest::{
	prelude::*,
	strategy::ValueTree,
	test_runner::{Config as RunnerConfig, RngAlgorithm, TestRng, TestRunner},
};
use std::{
	cell::RefCell,
	collections::{BTreeMap, BTreeSet, HashSet},
	mem::Discriminant,
};
use zerog_networks::{Balance, Epoch, NetworkId, Status, ROOT};

const SEQUENCES: u64 = 500;
const STEPS: usize = 200;
const LAST: AccountId = 16;

#[derive(Clone, Debug)]
enum Action {
	Stake(AccountId, Balance),
	/// Announces that the stake leaves: it does when the notice is over.
	Unstake(AccountId),
	Slash(AccountId),
	Register(AccountId),
	Unregister(AccountId),
	Expel(AccountId),
	Ingress(AccountId, u64),
	Join(AccountId, usize),
	/// All who can join a network.
	Rally(usize),
	Leave(AccountId, usize),
	Fund(Balance),
	Advance,
	Submit(usize, u64),
	End(usize, u8, u32),
	Extend(usize, u32),
	Govern(u32, u32),
	Capacity(usize, u64),
	Blocks(u32),
	Turn(Epoch),
	Load(u64, Epoch),
}

/// Number of kinds of actions.
const KINDS: usize = 20;

thread_local! {
	/// The kinds that were done, not only refused.
	static DONE: RefCell<HashSet<Discriminant<Action>>> = RefCell::default();
	/// Changes of networks seen: spawned, activated, drained, gone, given up.
	static SEEN: RefCell<[u32; 5]> = RefCell::default();
}

fn action() -> impl Strategy<Value = Action> {
	use Action::*;
	let operator = || 1..=LAST;
	let pick = || 0usize..8;
	prop_oneof![
		2 => (operator(), 50u128..5_000).prop_map(|(a, b)| Stake(a, b)),
		2 => operator().prop_map(Unstake),
		1 => operator().prop_map(Slash),
		4 => operator().prop_map(Register),
		1 => operator().prop_map(Unregister),
		1 => operator().prop_map(Expel),
		2 => (operator(), 0..4 * SHARE).prop_map(|(a, b)| Ingress(a, b)),
		3 => (operator(), pick()).prop_map(|(a, b)| Join(a, b)),
		8 => pick().prop_map(Rally),
		1 => (operator(), pick()).prop_map(|(a, b)| Leave(a, b)),
		1 => (1u128..5_000).prop_map(Fund),
		2 => Just(Advance),
		4 => (pick(), 1..2 * CAPACITY).prop_map(|(a, b)| Submit(a, b)),
		4 => (pick(), 0u8..3, 0u32..20 * EPOCH).prop_map(|(a, b, c)| End(a, b, c)),
		1 => (pick(), 0u32..200).prop_map(|(a, b)| Extend(a, b)),
		1 => (2u32..5, 3u32..10).prop_map(|(a, b)| Govern(a, b)),
		1 => (pick(), 1..3 * CAPACITY).prop_map(|(a, b)| Capacity(a, b)),
		2 => (1u32..10).prop_map(Blocks),
		3 => prop_oneof![4 => Just(1), 1 => 2u32..5].prop_map(Turn),
		6 => (prop_oneof![2 => Just(100u64), 2 => Just(0), 1 => 0u64..101], 1u32..8)
			.prop_map(|(a, b)| Load(a, b)),
	]
}

/// What no storage says.
struct World {
	/// Stake by the epoch in which it leaves.
	leaving: BTreeMap<AccountId, Epoch>,
	/// Blobs without certificate: network, bytes.
	pending: Vec<(NetworkId, u64)>,
	/// Until when each network must be there.
	kept: BTreeMap<NetworkId, u32>,
	/// Who lost its stake without a notice, and has none since.
	slashed: BTreeSet<AccountId>,
	turned: Epoch,
}

impl World {
	fn pick(&self, pick: usize) -> NetworkId {
		let registry = Registry::<Test>::get();
		let all: Vec<_> = registry.iter().map(|network| network.id()).collect();
		*all.get(pick % (all.len() + 1)).unwrap_or(&registry.next())
	}

	/// Lets stake go whose notice is over, when an epoch begins.
	fn turn(&mut self) {
		let before = Networks::network_infos();
		turn();
		let now = epoch();
		self.leaving.retain(|operator, leaves| {
			if *leaves <= now {
				Stakes::remove(operator);
			}
			*leaves > now
		});
		let after = Networks::network_infos();
		let find = |all: &[NetworkInfo], name| {
			all.iter()
				.find(|info| info.network == name)
				.map(|info| info.status)
		};
		let mut changes = 0;
		let see = |what: usize| SEEN.with_borrow_mut(|seen| seen[what] += 1);
		for info in &before {
			let now = find(&after, info.network);
			match (info.status, now) {
				(Status::Forming, Some(Status::Active)) => see(1),
				(Status::Active, Some(Status::Draining)) => {
					changes += 1;
					see(2);
				}
				(Status::Draining, None) => {
					see(3);
					let kept = self.kept.get(&info.network).copied().unwrap_or(0);
					assert!(kept <= System::block_number(), "it kept its promise");
					assert!(self.pending.iter().all(|blob| blob.0 != info.network));
				}
				(Status::Forming, None) => {
					changes += 1;
					see(4);
				}
				(from, to) => assert_eq!(Some(from), to),
			}
		}
		for info in &after {
			if find(&before, info.network).is_none() {
				assert_eq!(info.status, Status::Forming);
				changes += 1;
				see(0);
			}
		}
		assert!(changes <= 1, "{before:?} {after:?}");
		self.turned = now;
	}

	fn certify(&mut self, network: NetworkId, bytes: u64, until: u32) -> bool {
		let certified = note(
			network,
			bytes,
			LoadKind::Certified {
				retained_until: until,
			},
		);
		let kept = self.kept.entry(network).or_default();
		*kept = until.max(*kept);
		certified.is_ok()
	}

	/// Does it; returns whether it was done.
	fn apply(&mut self, action: &Action) -> bool {
		use Action::*;
		match *action {
			Stake(operator, amount) => {
				let free = !self.leaving.contains_key(&operator);
				let less = Stakes::get(operator).is_some_and(|(stake, _)| stake > amount);
				if free && !less {
					Stakes::insert(operator, (amount, false));
					self.slashed.remove(&operator);
				}
				free && !less
			}
			Unstake(operator) => {
				let Some((stake, false)) = Stakes::get(operator) else {
					return false;
				};
				Stakes::insert(operator, (stake, true));
				self.leaving.insert(operator, epoch() + NOTICE);
				true
			}
			Slash(operator) => {
				self.leaving.remove(&operator);
				self.slashed.insert(operator);
				Stakes::take(operator).is_some()
			}
			Register(operator) => {
				Stakes::contains_key(operator)
					&& call(|| Networks::register(signed(operator), 2 * SHARE)).is_ok()
			}
			Unregister(operator) => call(|| Networks::unregister(signed(operator))).is_ok(),
			Expel(operator) => call(|| Networks::expel(signed(RICH), operator)).is_ok(),
			Ingress(operator, ingress) => call(|| Networks::set_ingress(signed(operator), ingress)).is_ok(),
			Join(operator, pick) => join(operator, self.pick(pick)).is_ok(),
			Rally(pick) => {
				let name = self.pick(pick);
				(1..=LAST)
					.filter(|operator| join(*operator, name).is_ok())
					.count() > 0
			}
			Leave(operator, pick) => leave(operator, self.pick(pick)).is_ok(),
			Fund(amount) => fund(amount).is_ok(),
			Advance => Networks::advance(signed(RICH)).is_ok(),
			Submit(pick, bytes) => {
				let name = self.pick(pick);
				let paid = submit(name, bytes);
				if let Ok(fee) = paid {
					assert!((100..=1_000_000).contains(&fee));
					self.pending.push((name, bytes));
				}
				paid.is_ok()
			}
			End(pick, how, retention) => {
				if self.pending.is_empty() {
					return false;
				}
				let (name, bytes) = self.pending.swap_remove(pick % self.pending.len());
				match how {
					0 => {
						let until = System::block_number() + retention;
						assert!(self.certify(name, bytes, until));
					}
					1 if name != ROOT => {
						note(name, bytes, LoadKind::FellBack).unwrap();
						self.pending.push((ROOT, bytes));
					}
					_ => note(name, bytes, LoadKind::Forfeited).unwrap(),
				}
				true
			}
			Extend(pick, longer) => {
				let name = self.pick(pick);
				let until = System::block_number() + longer;
				let done = call(|| <Networks as Networking<AccountId>>::extended(name, until)).is_ok();
				if done {
					let kept = self.kept.entry(name).or_default();
					*kept = until.max(*kept);
				}
				done
			}
			Govern(max, seats) => govern(|all| {
				all.networks.max = max;
				all.draw.seats = seats;
			})
			.is_ok(),
			Capacity(pick, capacity) => {
				let name = self.pick(pick);
				call(|| Networks::set_capacity(RuntimeOrigin::root(), name, capacity)).is_ok()
			}
			Blocks(count) => {
				blocks(count);
				true
			}
			Turn(by) => {
				Session::mutate(|epoch| *epoch += by - 1);
				self.turn();
				true
			}
			Load(percent, epochs) => {
				for _ in 0..epochs {
					for (network, capacity) in Routes::<Test>::get().networks {
						let bytes = capacity / 100 * percent;
						submit(network, bytes).unwrap();
						assert!(self.certify(network, bytes, 0));
					}
					blocks(EPOCH - 1);
					self.turn();
					self.check();
				}
				true
			}
		}
	}

	fn check(&self) {
		check();
		assert_eq!(epoch(), self.turned);
		let infos = Networks::network_infos();
		for info in &infos {
			let pending = self.pending.iter().filter(|blob| blob.0 == info.network).count();
			assert_eq!(info.pending as usize, pending);
			let serving = members(info.network, epoch());
			for operator in serving {
				// The root network's roster is an old one where epochs were skipped.
				let drawn = info.network != ROOT;
				assert!(
					!drawn || Operators::<Test>::contains_key(operator),
					"{operator} is an operator while it serves"
				);
				assert!(
					!drawn || self.slashed.contains(&operator) || Stakes::contains_key(operator),
					"{operator} has stake while it serves in {}",
					info.network
				);
			}
		}
		assert!(!root_members().is_empty() || Operators::<Test>::count() < 4);
		let name = <Networks as Networking<AccountId>>::route(&[epoch() as u8; 32]);
		assert!(infos
			.iter()
			.any(|info| info.network == name && info.status == Status::Active));
	}
}

fn run(actions: &[Action]) {
	test(|| {
		let mut world = World {
			leaving: BTreeMap::new(),
			pending: vec![],
			kept: BTreeMap::new(),
			slashed: BTreeSet::new(),
			turned: 0,
		};
		for operator in 4..=LAST {
			register(operator).unwrap();
		}
		fund(20_000).unwrap();
		for action in actions {
			if world.apply(action) {
				DONE.with_borrow_mut(|done| done.insert(std::mem::discriminant(action)));
			}
			world.check();
		}
	});
}

fn fails(actions: &[Action]) -> bool {
	std::panic::catch_unwind(|| run(actions)).is_err()
}

/// Drops actions, in halves, quarters, and so on, as long as the rest still fails.
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
			let (kinds, seen) = (DONE.with_borrow(HashSet::len), SEEN.with_borrow(|seen| *seen));
			println!("spawned, activated, drained, gone, given up: {seen:?}");
			assert!(
				sequences < SEQUENCES || kinds == KINDS,
				"the sequences do everything at least once, not {kinds} kinds of actions"
			);
			assert!(
				sequences < SEQUENCES || seen.iter().all(|count| *count > 0),
				"networks come and go in the sequences: {seen:?}"
			);
		}
	}
}
