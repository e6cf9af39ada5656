// SPDX-License-Identifier: Apache-2.0

//! A chain of blocks without a node: what every block checks.

use super::preset;
use crate::*;
use codec::{Decode, Encode};
use frame_support::{
	assert_ok,
	traits::{OnFinalize, OnIdle, OnInitialize},
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	Slot, BABE_ENGINE_ID,
};
use sp_runtime::{Digest, DigestItem};
use zerog_primitives::units::SLOT_MILLIS;

/// A block in `slot`, by one of the authors that are not disabled.
pub(super) fn block(slot: u64) {
	let number = System::block_number() + 1;
	let disabled = Session::disabled_validators();
	let authors: Vec<u32> = (0..u32::try_from(Session::validators().len()).unwrap())
		.filter(|index| !disabled.contains(index))
		.collect();
	let turn = usize::try_from(slot).unwrap() % authors.len();
	let author = SecondaryPlainPreDigest {
		authority_index: authors[turn],
		slot: Slot::from(slot),
	};
	let digest = Digest {
		logs: vec![DigestItem::PreRuntime(
			BABE_ENGINE_ID,
			PreDigest::SecondaryPlain(author).encode(),
		)],
	};
	System::reset_events();
	System::initialize(&number, &System::parent_hash(), &digest);
	AllPalletsWithSystem::on_initialize(number);
	assert_ok!(Timestamp::set(RuntimeOrigin::none(), slot * SLOT_MILLIS));
	AllPalletsWithSystem::on_idle(number, MAXIMUM_BLOCK_WEIGHT);
	AllPalletsWithSystem::on_finalize(number);
	assert_ok!(Restaking::do_try_state());
	assert_ok!(Networks::do_try_state());
	assert_ok!(DataAvailability::do_try_state());
}

/// A block in each of so many slots.
pub(super) fn slots(count: u32) {
	for _ in 0..count {
		block(u64::from(Babe::current_slot()) + 1);
	}
}

/// A transaction that needs no signature, as a node sends it.
pub(super) fn apply(transaction: Vec<u8>) -> sp_runtime::ApplyExtrinsicResult {
	let transaction = UncheckedExtrinsic::decode(&mut transaction.as_slice()).unwrap();
	Executive::apply_extrinsic(transaction)
}

/// Blocks at the beginnings of so many sessions, after some in the present one.
pub(super) fn sessions(count: u32) {
	for _ in 0..count {
		let slot: u64 = Babe::current_slot().into();
		let end = u64::from(Babe::current_epoch_start()) + EpochDuration::get();
		for next in (slot + 1..end).take(4) {
			block(next);
		}
		let before = Session::current_index();
		block(end);
		assert_eq!(Session::current_index(), before + 1);
	}
}

pub(super) fn eras(count: u32) {
	let until = Restaking::era() + count;
	while Restaking::era() < until {
		sessions(1);
	}
}

/// A local testnet in its first block.
pub(super) fn local(test: impl FnOnce()) {
	preset("local_testnet").execute_with(|| {
		block(1_000);
		test();
	});
}
