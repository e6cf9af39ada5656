// SPDX-License-Identifier: Apache-2.0

//! What off-chain workers draw, remember and have rebuilt.

use crate::{mock::*, pallet::Blobs, sampling::*};
use codec::Decode;
use frame_support::traits::Hooks;
use polkadot_sdk::*;
use sp_core::offchain::{testing::TestOffchainExt, OffchainDbExt, OffchainWorkerExt};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex},
};
use zerog_erasure::Commitment;
use zerog_host::{Duties, DutiesExt, DutyFailure, DutyId, DutyStatus, Error as HostError, Hash, Row};

/// A service that remembers what it was asked, and answers what a test says.
#[derive(Default)]
struct Service {
	samples: Vec<(DutyId, Hash, u32)>,
	repairs: Vec<(DutyId, Hash, Vec<u32>)>,
	status: BTreeMap<DutyId, Result<DutyStatus, HostError>>,
	next: DutyId,
	busy: bool,
}

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Service>>);

impl Service {
	fn start(&mut self) -> Result<DutyId, HostError> {
		self.next += 1;
		match self.busy {
			true => Err(HostError::Busy),
			false => Ok(self.next),
		}
	}
}

impl Duties for Shared {
	fn start_repair(&mut self, commitment: Hash, rows: &[u32]) -> Result<DutyId, HostError> {
		let mut service = self.0.lock().unwrap();
		let id = service.start()?;
		service.repairs.push((id, commitment, rows.to_vec()));
		Ok(id)
	}
	fn start_sample(&mut self, commitment: Hash, row: u32) -> Result<DutyId, HostError> {
		let mut service = self.0.lock().unwrap();
		let id = service.start()?;
		service.samples.push((id, commitment, row));
		Ok(id)
	}
	fn poll(&mut self, duty: DutyId) -> Result<DutyStatus, HostError> {
		let service = self.0.lock().unwrap();
		service
			.status
			.get(&duty)
			.copied()
			.unwrap_or(Ok(DutyStatus::Running))
	}
	fn take_row(&mut self, _: DutyId, _: u32) -> Result<Row, HostError> {
		Err(HostError::NoSuchRow)
	}
}

impl Shared {
	fn samples(&self) -> Vec<(DutyId, Hash, u32)> {
		self.0.lock().unwrap().samples.clone()
	}
	fn repairs(&self) -> Vec<(DutyId, Hash, Vec<u32>)> {
		self.0.lock().unwrap().repairs.clone()
	}
	fn say(&self, duty: DutyId, status: Result<DutyStatus, HostError>) {
		self.0.lock().unwrap().status.insert(duty, status);
	}
}

const MISSING: Result<DutyStatus, HostError> = Ok(DutyStatus::Failed(DutyFailure::Missing));

/// A chain on a node with a service; `seed` makes nodes differ.
fn node(seed: u8, test: impl FnOnce(&Shared)) {
	let service = Shared::default();
	let (offchain, state) = TestOffchainExt::new();
	state.write().seed = [seed; 32];
	let extension = service.clone();
	let db = offchain.clone();
	with_extensions(
		move |externalities| {
			externalities.register_extension(OffchainDbExt::new(db));
			externalities.register_extension(OffchainWorkerExt::new(offchain));
			externalities.register_extension(DutiesExt::new(extension));
		},
		|| test(&service),
	);
}

/// Runs the worker of the next block.
fn next_block() {
	run_to(System::block_number() + 1);
	DataAvailability::offchain_worker(System::block_number());
}

fn notes() -> Notes {
	let bytes = sp_io::offchain::local_storage_get(sp_core::offchain::StorageKind::PERSISTENT, NOTES_KEY);
	bytes
		.map(|bytes| Notes::decode(&mut bytes.as_slice()).unwrap())
		.unwrap_or_default()
}

#[test]
fn every_period_draws_rows_of_blobs_under_retention() {
	node(1, |service| {
		let (commitment, _) = certified_by(1, &[0, 1, 2, 3], 500);
		submit_as(PAYER, 2, 1000, 100).unwrap();
		next_block();
		assert_eq!(service.samples().len(), 3, "block 2");
		next_block();
		assert_eq!(service.samples().len(), 3, "block 3 is not one of the period");
		next_block();
		assert_eq!(service.samples().len(), 6);
		assert!(service
			.samples()
			.iter()
			.all(|(_, blob, row)| *blob == commitment.0 && *row < 2048));
		assert_eq!(notes().duties.len(), 6);
	});
}

#[test]
fn pages_name_each_blob_once_though_some_go_meanwhile() {
	test(|| {
		for seed in 1..=9 {
			submit_as(PAYER, seed, 1000, 100).unwrap();
		}
		let mut expected: Vec<Commitment> = Blobs::<Test>::iter_keys().collect();
		let mut named: Vec<Commitment> = Vec::new();
		let (mut after, mut gone) = (None, None);
		loop {
			let page = DataAvailability::blobs_after(after, 4);
			assert!(page.len() <= 4);
			named.extend(&page);
			match page.last() {
				Some(last) => after = Some(*last),
				None => break,
			}
			if named.len() == 4 {
				// The one from which the next page goes on is over by then.
				gone = Blobs::<Test>::take(named[3]);
			}
		}
		assert_eq!(named, expected);
		let gone = (expected.remove(3), gone.unwrap());
		assert_eq!(DataAvailability::blobs_after(None, u32::MAX), expected);
		assert_eq!(DataAvailability::blobs_after(None, 0), vec![]);
		Blobs::<Test>::insert(gone.0, gone.1);
	});
}

#[test]
fn nothing_is_drawn_without_blobs_or_when_the_period_is_zero() {
	node(1, |service| {
		next_block();
		certified_by(1, &[0, 1, 2, 3], 500);
		SamplePeriod::set(0);
		next_block();
		next_block();
		SamplePeriod::set(2);
		assert_eq!(service.samples(), vec![]);
	});
}

#[test]
fn draws_reach_all_blobs_and_rows_alike() {
	test(|| {
		let blobs: BTreeSet<Commitment> = (0..5)
			.map(|seed| certified_by(seed, &[0, 1, 2, 3], 500).0)
			.collect();
		let draws: Vec<_> = (0..2_000)
			.map(|index| DataAvailability::draw(&[7; 32], index).unwrap())
			.collect();
		let drawn: BTreeSet<Commitment> = draws.iter().map(|(blob, _)| *blob).collect();
		assert_eq!(drawn, blobs);
		let upper = draws.iter().filter(|(_, row)| *row >= 1024).count();
		assert!((850..1150).contains(&upper), "{upper} of 2,000 in the upper half");
		assert_eq!(
			DataAvailability::draw(&[7; 32], 5),
			Some(draws[5]),
			"draws can be repeated"
		);
	});
}

#[test]
fn a_draw_that_finds_nothing_keeps_no_other_from_being_made() {
	node(1, |service| {
		SamplePeriod::set(1);
		certified_by(100, &[0, 1, 2, 3], 500);
		for seed in 0..45 {
			submit_as(PAYER, seed, 1000, 100).unwrap();
		}
		let mut hidden = 0;
		for _ in 0..15 {
			let before = service.samples().len();
			next_block();
			let seed = DataAvailability::sample_seed(System::block_number());
			let drawn: Vec<bool> = (0..3)
				.map(|index| DataAvailability::draw(&seed, index).is_some())
				.collect();
			let found = drawn.iter().filter(|found| **found).count();
			assert_eq!(service.samples().len() - before, found);
			hidden += usize::from(found > 0 && !drawn[0]);
		}
		assert!(hidden > 0);
		SamplePeriod::set(2);
	});
}

#[test]
fn nodes_draw_differently() {
	let mut drawn = Vec::new();
	for seed in [1, 2] {
		node(seed, |service| {
			certified_by(1, &[0, 1, 2, 3], 500);
			next_block();
			drawn.push(service.samples());
		});
	}
	assert_ne!(drawn[0], drawn[1]);
}

#[test]
fn every_session_draws_anew() {
	node(1, |_| {
		let seed = DataAvailability::sample_seed(1);
		assert_eq!(seed, DataAvailability::sample_seed(1));
		Randomness::set([43; 32]);
		assert_ne!(seed, DataAvailability::sample_seed(1));
	});
}

#[test]
fn missing_rows_of_a_holder_are_rebuilt() {
	node(1, |service| {
		let (commitment, _) = certified_by(1, &[0, 1, 2, 3], 500);
		next_block();
		let samples = service.samples();
		let (first, second, third) = (samples[0], samples[1], samples[2]);
		service.say(first.0, MISSING);
		service.say(second.0, Ok(DutyStatus::Done));
		service.say(third.0, Ok(DutyStatus::Failed(DutyFailure::Node)));
		next_block();
		let repairs = service.repairs();
		assert_eq!(
			repairs
				.iter()
				.map(|(_, blob, rows)| (*blob, rows.clone()))
				.collect::<Vec<_>>(),
			vec![(commitment.0, vec![first.2])],
			"a node's own failure says nothing about a blob"
		);
		let failure = notes().failures[0].clone();
		assert_eq!(
			(failure.holder as usize, failure.samples),
			(holder(commitment, first.2), 1)
		);
		service.say(repairs[0].0, Ok(DutyStatus::Done));
		next_block();
		let failure = notes().failures[0].clone();
		assert_eq!((failure.rows, failure.samples), (vec![], 1));
		assert_eq!(service.repairs().len(), 1);
	});
}

#[test]
fn a_repair_settles_all_rows_of_its_holder_and_of_no_other() {
	node(1, |service| {
		let (commitment, _) = certified_by(1, &[0, 1, 2, 3], 500);
		for _ in 0..20 {
			for (id, _, _) in service.samples() {
				service.say(id, MISSING);
			}
			next_block();
		}
		let (repair, _, named) = service.repairs()[0].clone();
		let repaired = holder(commitment, named[0]);
		let missing = || -> BTreeMap<usize, Vec<u32>> {
			let failures = notes().failures.into_iter();
			failures
				.map(|failure| (failure.holder as usize, failure.rows))
				.collect()
		};
		let mut expected = missing();
		assert!(
			expected.len() > 1 && expected[&repaired].len() > named.len(),
			"more were seen missing while it ran"
		);
		service.say(repair, Ok(DutyStatus::Done));
		next_block();
		expected.insert(repaired, vec![]);
		assert_eq!(missing(), expected);
	});
}

#[test]
fn rows_that_nobody_signed_for_are_not_repaired() {
	node(1, |service| {
		let (commitment, _) = certified_by(1, &[0, 1, 2], 500);
		for _ in 0..20 {
			for (id, _, _) in service.samples() {
				service.say(id, MISSING);
			}
			next_block();
		}
		let is_unsigned = |row: u32| holder(commitment, row) == 3;
		assert!(service.samples().iter().any(|(_, _, row)| is_unsigned(*row)));
		let repairs = service.repairs().into_iter();
		let named: Vec<u32> = repairs.flat_map(|(_, _, rows)| rows).collect();
		assert!(!named.is_empty() && !named.iter().any(|row| is_unsigned(*row)));
		assert!(notes().failures.iter().all(|failure| failure.holder != 3));
	});
}

#[test]
fn a_repair_that_failed_is_tried_again_later() {
	node(1, |service| {
		certified_by(1, &[0, 1, 2, 3], 500);
		next_block();
		service.say(service.samples()[0].0, MISSING);
		next_block();
		service.say(service.repairs()[0].0, MISSING);
		next_block();
		assert_eq!(service.repairs().len(), 1);
		for _ in 0..PATIENCE {
			next_block();
		}
		assert_eq!(service.repairs().len(), 2);
	});
}

#[test]
fn duties_failures_and_repairs_are_bounded() {
	node(1, |service| {
		SamplePeriod::set(1);
		for seed in 0..4 {
			certified_by(seed, &[0, 1, 2, 3], 500);
		}
		for _ in 0..40 {
			next_block();
		}
		assert_eq!(notes().duties.len(), MAX_SAMPLES);
		for (id, _, _) in service.samples() {
			service.say(id, MISSING);
		}
		for block in 1..=MAX_REPAIRS {
			next_block();
			assert_eq!(service.repairs().len(), block, "one a block");
		}
		next_block();
		assert_eq!(service.repairs().len(), MAX_REPAIRS, "and no more at once");
		assert!(notes().failures.len() <= MAX_FAILURES);
		for _ in 0..2 * PATIENCE {
			next_block();
		}
		assert!(notes().duties.len() <= MAX_SAMPLES + MAX_REPAIRS);
		SamplePeriod::set(2);
	});
}

#[test]
fn a_busy_service_and_unknown_duties_are_survived() {
	node(1, |service| {
		certified_by(1, &[0, 1, 2, 3], 500);
		service.0.lock().unwrap().busy = true;
		next_block();
		assert_eq!(notes().duties.len(), 0);
		service.0.lock().unwrap().busy = false;
		run_to(3);
		next_block();
		assert_eq!(notes().duties.len(), 3);
		for (id, _, _) in service.samples() {
			service.say(id, Err(HostError::UnknownDuty));
		}
		next_block();
		assert_eq!(notes().duties.len(), 0);
	});
}

#[test]
fn without_a_service_nothing_is_remembered() {
	let (offchain, _) = TestOffchainExt::new();
	let db = offchain.clone();
	with_extensions(
		move |externalities| {
			externalities.register_extension(OffchainDbExt::new(db));
			externalities.register_extension(OffchainWorkerExt::new(offchain));
		},
		|| {
			certified_by(1, &[0, 1, 2, 3], 500);
			next_block();
			assert_eq!(notes(), Notes::default());
		},
	);
}

#[test]
fn failures_of_blobs_that_are_over_are_forgotten() {
	node(1, |service| {
		certified_by(1, &[0, 1, 2, 3], 20);
		next_block();
		service.say(service.samples()[0].0, MISSING);
		next_block();
		assert_eq!(notes().failures.len(), 1);
		run_to(21);
		next_block();
		assert_eq!(notes().failures.len(), 0);
	});
}
