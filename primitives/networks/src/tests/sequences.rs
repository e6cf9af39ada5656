// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls; every invariant is checked after every step.
//!
//! `ZEROG_FUZZ_SEQUENCES=10000` runs more of them; `ZEROG_FUZZ_SEED` replays one.

use super::registry::{CAPACITY, FEES, PARAMS, PLENTY};
use crate::*;
use codec::{Encode, MaxEncodedLen};
use proptest::{
	prelude::*,
	strategy::ValueTree,
	test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use std::collections::BTreeMap;

const SEQUENCES: u64 = 500;
const STEPS: usize = 200;

#[derive(Clone, Debug)]
enum Action {
	/// Pays for a blob at some network, also at one that refuses it.
	Submit {
		pick: usize,
		bytes: u64,
	},
	/// Ends a pending blob.
	End {
		pick: usize,
		how: u8,
		retention: BlockNumber,
	},
	Extend {
		pick: usize,
		retention: BlockNumber,
	},
	Activate {
		pick: usize,
	},
	Capacity {
		pick: usize,
		capacity: u64,
	},
	Govern {
		max: u32,
	},
	Supply {
		short: u8,
	},
	/// Blocks go by within the epoch.
	Wait {
		blocks: BlockNumber,
	},
	Turn {
		skipped: Epoch,
	},
	/// Epochs with a load everywhere.
	Epochs {
		percent: u64,
		count: u32,
	},
}

fn action() -> impl Strategy<Value = Action> {
	let pick = 0usize..32;
	prop_oneof![
		4 => (pick.clone(), 0u64..2 * CAPACITY).prop_map(|(pick, bytes)| Action::Submit { pick, bytes }),
		4 => (pick.clone(), 0u8..3, 0u32..200)
			.prop_map(|(pick, how, retention)| Action::End { pick, how, retention }),
		1 => (pick.clone(), 0u32..100).prop_map(|(pick, retention)| Action::Extend { pick, retention }),
		3 => pick.clone().prop_map(|pick| Action::Activate { pick }),
		1 => (pick, prop_oneof![Just(0u64), 1..5 * CAPACITY, Just(u64::MAX)])
			.prop_map(|(pick, capacity)| Action::Capacity { pick, capacity }),
		1 => (1u32..6).prop_map(|max| Action::Govern { max }),
		1 => (0u8..6).prop_map(|short| Action::Supply { short }),
		1 => (1u32..30).prop_map(|blocks| Action::Wait { blocks }),
		3 => (0u32..3).prop_map(|skipped| Action::Turn { skipped }),
		5 => (prop_oneof![2 => Just(100u64), 2 => Just(0), 1 => 0u64..101], 1u32..8)
			.prop_map(|(percent, count)| Action::Epochs { percent, count }),
	]
}

struct Blob {
	network: NetworkId,
	bytes: u64,
	/// Until when it is kept; `None` while it is pending.
	until: Option<BlockNumber>,
}

/// The registry beside a list of all blobs, from which everything that it counts can be counted again.
struct World {
	networks: Networks,
	params: Params,
	supply: Supply,
	now: BlockNumber,
	epoch: Epoch,
	blobs: Vec<Blob>,
	/// Loads of the present epoch.
	loads: BTreeMap<NetworkId, u64>,
	/// Epochs in a row with high and with low load, counted since the last change and while none formed.
	streaks: (u32, u32),
	named: NetworkId,
	spawned: u32,
	drained: u32,
	gone: u32,
}

impl World {
	fn new() -> Self {
		Self {
			networks: super::registry::start(),
			params: PARAMS,
			supply: PLENTY,
			now: 0,
			epoch: 0,
			blobs: vec![],
			loads: BTreeMap::new(),
			streaks: (0, 0),
			named: ROOT,
			spawned: 0,
			drained: 0,
			gone: 0,
		}
	}

	/// A name that is or was in use, now and then one that never was.
	fn pick(&self, pick: usize) -> NetworkId {
		let all: Vec<_> = self.networks.iter().map(Network::id).collect();
		*all.get(pick % (all.len() + 1)).unwrap_or(&(self.named + 1))
	}

	fn status(&self, id: NetworkId) -> Option<Status> {
		self.networks.get(id).ok().map(Network::status)
	}

	fn submit(&mut self, id: NetworkId, bytes: u64) -> bool {
		let active = self.status(id) == Some(Status::Active);
		let fee = self.networks.submitted(id, bytes, self.now, &FEES);
		assert_eq!(fee.is_ok(), active);
		if let Ok(fee) = fee {
			assert!((FEES.floor..=FEES.ceiling).contains(&fee));
			self.blobs.push(Blob {
				network: id,
				bytes,
				until: None,
			});
		}
		active
	}

	fn count_load(&mut self, id: NetworkId, bytes: u64) {
		let load = self.loads.entry(id).or_default();
		*load = load.saturating_add(bytes);
	}

	fn end(&mut self, index: usize, how: u8, retention: BlockNumber) {
		let (id, bytes) = (self.blobs[index].network, self.blobs[index].bytes);
		match how {
			0 => {
				let until = self.now + retention;
				self.networks.certified(id, bytes, until).unwrap();
				self.blobs[index].until = Some(until);
				self.count_load(id, bytes);
			}
			1 if id != ROOT => {
				self.networks.fell_back(id, bytes, self.now, &FEES).unwrap();
				self.blobs[index].network = ROOT;
			}
			_ => {
				self.networks.forfeited(id, bytes).unwrap();
				self.blobs.remove(index);
				self.count_load(id, bytes);
			}
		}
	}

	fn turn(&mut self, skipped: Epoch) {
		self.epoch += 1 + skipped;
		self.now += 10;
		let before = self.networks.clone();
		let active: Vec<_> = before.active().collect();
		let capacity: u128 = active.iter().map(|network| u128::from(network.1)).sum();
		let load: u128 = active
			.iter()
			.map(|(id, capacity)| u128::from(*self.loads.get(id).unwrap_or(&0).min(capacity)))
			.sum();
		let (high, low) = (load * 10 > capacity * 8, load * 10 < capacity * 2);
		let forming = before.iter().find(|network| network.status() == Status::Forming);
		self.streaks = match forming {
			Some(_) => (0, 0),
			None => (
				if high { self.streaks.0 + 1 } else { 0 },
				if low { self.streaks.1 + 1 } else { 0 },
			),
		};
		let turn = self
			.networks
			.turn(self.epoch, self.now, &self.params, &FEES, self.now, &self.supply)
			.unwrap();
		let serving = |networks: &Networks| {
			networks
				.iter()
				.filter(|network| network.status() != Status::Draining)
				.count() as u32
		};
		match turn.change {
			Some(Change::Spawned(id)) => {
				assert_eq!(id, self.named + 1, "names are new");
				assert!(self.streaks.0 >= self.params.high_epochs);
				assert_eq!(self.supply, PLENTY);
				assert!(serving(&self.networks) <= self.params.max);
				assert_eq!(self.status(id), Some(Status::Forming));
				self.named = id;
				self.spawned += 1;
			}
			Some(Change::Drained(id)) => {
				assert_ne!(id, ROOT);
				let crowded = serving(&before) > self.params.max;
				assert!(crowded || self.streaks.1 >= self.params.low_epochs);
				let rest = capacity - u128::from(before.get(id).unwrap().capacity());
				assert!(
					crowded || load * 10 <= rest * 8,
					"what is left can carry the load"
				);
				assert_eq!(self.status(id), Some(Status::Draining));
				self.drained += 1;
			}
			Some(Change::GivenUp(id)) => {
				let network = forming.unwrap();
				assert_eq!(network.id(), id);
				assert!(self.epoch - network.since() >= self.params.forming_epochs);
				assert_eq!(self.status(id), None);
			}
			None => {
				let full = self.networks.iter().count() as u32 == MAX_NETWORKS;
				let wanted = self.streaks.0 >= self.params.high_epochs && serving(&before) < self.params.max;
				assert!(!wanted || self.supply != PLENTY || full || forming.is_some());
			}
		}
		// Nothing but what ended is gone, and a network changes only as the turn says.
		for network in before.iter() {
			let id = network.id();
			let ended = turn.gone.contains(&id);
			let expected = match turn.change {
				Some(Change::GivenUp(other)) if other == id => None,
				Some(Change::Drained(other)) if other == id => Some(Status::Draining),
				_ if ended => None,
				_ => Some(network.status()),
			};
			assert_eq!(self.status(id), expected);
			if ended {
				assert_eq!(network.status(), Status::Draining);
				self.gone += 1;
			}
		}
		if turn.change.is_some() {
			self.streaks = (0, 0);
		}
		self.loads.clear();
	}

	fn step(&mut self, action: &Action) {
		match *action {
			Action::Submit { pick, bytes } => {
				self.submit(self.pick(pick), bytes);
			}
			Action::End { pick, how, retention } => {
				let pending: Vec<_> = (0..self.blobs.len())
					.filter(|i| self.blobs[*i].until.is_none())
					.collect();
				if let Some(index) = pending.get(pick % pending.len().max(1)) {
					self.end(*index, how, retention);
				} else {
					let id = self.pick(pick);
					let before = self.networks.clone();
					assert!(self.networks.certified(id, 1, 1).is_err());
					assert!(self.networks.forfeited(id, 1).is_err());
					assert!(self.networks.fell_back(id, 1, self.now, &FEES).is_err());
					assert_eq!(self.networks, before);
				}
			}
			Action::Extend { pick, retention } => {
				let now = self.now;
				let certified = self
					.blobs
					.iter_mut()
					.filter(|blob| blob.until.is_some_and(|until| until > now));
				let mut certified: Vec<_> = certified.collect();
				let count = certified.len().max(1);
				if let Some(blob) = certified.get_mut(pick % count) {
					let until = blob.until.unwrap() + retention;
					if self.networks.extended(blob.network, until).is_ok() {
						blob.until = Some(until);
					}
				}
			}
			Action::Activate { pick } => {
				let forming = self
					.networks
					.iter()
					.find(|network| network.status() == Status::Forming);
				let id = forming.map_or(self.pick(pick), Network::id);
				let ready = forming.is_some();
				assert_eq!(self.networks.activate(id).is_ok(), ready);
			}
			Action::Capacity { pick, capacity } => {
				let id = self.pick(pick);
				let known = self.status(id).is_some();
				assert_eq!(self.networks.set_capacity(id, capacity).is_ok(), known);
			}
			Action::Govern { max } => self.params.max = max,
			Action::Supply { short } => {
				self.supply = PLENTY;
				match short {
					0 => self.supply.operators -= 1,
					1 => self.supply.ingress -= 1,
					2 => self.supply.escrow -= 1,
					_ => {}
				}
			}
			Action::Wait { blocks } => self.now += blocks,
			Action::Turn { skipped } => self.turn(skipped),
			Action::Epochs { percent, count } => {
				for _ in 0..count {
					let active: Vec<_> = self.networks.active().collect();
					for (id, capacity) in active {
						let bytes = (u128::from(capacity) * u128::from(percent) / 100) as u64;
						self.submit(id, bytes);
						self.end(self.blobs.len() - 1, 0, 15);
					}
					self.turn(0);
				}
			}
		}
	}

	fn check(&self) {
		let all: Vec<_> = self.networks.iter().collect();
		assert!(all.is_sorted_by(|a, b| a.id() < b.id()));
		assert_eq!((all[0].id(), all[0].status()), (ROOT, Status::Active));
		assert!(all.iter().all(|network| network.id() <= self.named));
		assert!(all.len() <= MAX_NETWORKS as usize);
		assert!(
			all.iter()
				.filter(|network| network.status() == Status::Forming)
				.count() <= 1
		);
		assert!(self.networks.encode().len() <= Networks::max_encoded_len());
		for network in all {
			let own = || self.blobs.iter().filter(|blob| blob.network == network.id());
			assert_eq!(
				network.pending() as usize,
				own().filter(|blob| blob.until.is_none()).count()
			);
			assert_eq!(network.load(), *self.loads.get(&network.id()).unwrap_or(&0));
			let last = own().filter_map(|blob| blob.until).max().unwrap_or(0);
			assert!(network.retained_until() >= last);
			assert!(network.status() != Status::Forming || own().count() == 0);
		}
		// Nothing certified is lost: whoever has something to keep is there.
		for blob in &self.blobs {
			let due = blob.until.is_none_or(|until| until > self.now);
			assert!(!due || self.status(blob.network).is_some());
		}
	}
}

fn run(actions: &[Action]) -> World {
	let mut world = World::new();
	for action in actions {
		world.step(action);
		world.check();
	}
	world
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
fn sequence(seed: u64) -> World {
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
		return run(&actions);
	}
	run(&actions)
}

fn number(variable: &str) -> Option<u64> {
	std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn every_invariant_holds_after_every_step() {
	if let Some(seed) = number("ZEROG_FUZZ_SEED") {
		sequence(seed);
		return;
	}
	let count = number("ZEROG_FUZZ_SEQUENCES").unwrap_or(SEQUENCES);
	let (mut spawned, mut drained, mut gone) = (0, 0, 0);
	for seed in 0..count {
		let world = sequence(seed);
		spawned += world.spawned;
		drained += world.drained;
		gone += world.gone;
	}
	println!("{count} sequences: {spawned} spawned, {drained} drained, {gone} gone");
	assert!(
		spawned > 0 && drained > 0 && gone > 0,
		"the sequences reach every state"
	);
}
