// SPDX-License-Identifier: Apache-2.0

//! What blocks carry: bounded, whatever there is to do.

use crate::{mock::*, pallet::*, types::*, weights::SubstrateWeight, WeightInfo};
use codec::{Encode, MaxEncodedLen};
use frame_support::weights::constants::WEIGHT_REF_TIME_PER_MILLIS;
use polkadot_sdk::*;
use zerog_networks::{DrawParams, ROOT};

const FIVE: u64 = 5 * WEIGHT_REF_TIME_PER_MILLIS;

#[test]
fn a_draw_of_200_from_1_000_takes_at_most_five_milliseconds() {
	let most = SubstrateWeight::<Test>::draw(1_000, 200).ref_time();
	assert!(most <= FIVE, "{most} ps");
}

#[test]
fn no_block_of_an_epoch_with_1_000_operators_takes_more_than_five_milliseconds() {
	test(|| {
		MaxOperators::set(1_000);
		govern(|all| all.draw = DrawParams::DEFAULT).unwrap();
		for operator in 4..=1_000 {
			register(operator).unwrap();
		}
		fund(10_000).unwrap();
		let mut name = None;
		let mut most = 0;
		for _ in 0..12 {
			for (network, capacity) in Routes::<Test>::get().networks {
				certify(network, capacity, 0).unwrap();
			}
			Session::mutate(|epoch| *epoch += 1);
			// Steps of a draw, of 63 readings and of the sealing, and some without any.
			for _ in 0..80 {
				most = most.max(next_block().ref_time());
			}
			if name.is_none() && status(1).is_some() {
				name = Some(1);
				for operator in 1..=1_000 {
					join(operator, 1).unwrap();
				}
			}
		}
		let drawn = seats(1, epoch()).unwrap();
		assert_eq!(drawn.iter().flatten().count(), 200);
		assert_eq!(root_members().len(), 1_000);
		assert!(most <= FIVE, "{most} ps");
		let roster = Rosters::<Test>::get(epoch()).unwrap();
		assert!(roster.encoded_size() < 70_000, "{}", roster.encoded_size());
		assert!(Committees::<Test>::get(1, epoch()).unwrap().encoded_size() < 7_000);
		assert!(Committees::<Test>::get(ROOT, epoch()).unwrap().encoded_size() < 20);
	});
}

#[test]
fn a_block_without_a_step_looks_and_goes_on() {
	test(|| {
		pass(1);
		let idle = next_block();
		assert_eq!(idle, <Test as frame_system::Config>::DbWeight::get().reads(3));
	});
}

#[test]
fn values_are_bounded() {
	MaxOperators::set(1_024);
	assert!(Roster::<Test>::max_encoded_len() < 128 * 1_024);
	assert!(Committee::<AccountId>::max_encoded_len() < 20 * 1_024);
	assert!(Work::<AccountId>::max_encoded_len() < 2 * 1_024);
	assert!(zerog_networks::Networks::max_encoded_len() < 8 * 1_024);
}
