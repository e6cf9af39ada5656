// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls; every invariant is checked after every step.

use crate::{mock::*, pallet::*, types::State};
use frame_support::storage::with_storage_layer;
use polkadot_sdk::*;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Action {
	Submit {
		payer: u8,
		seed: u8,
		length: u32,
		retention: u32,
	},
	Certify {
		seed: u8,
		signers: u8,
	},
	Settle {
		seed: u8,
	},
	Blocks(u32),
	Session {
		validators: u8,
	},
}

fn action() -> impl Strategy<Value = Action> {
	let length = prop::sample::select(vec![1u32, 131_072, 131_073, 1 << 20]);
	prop_oneof![
		(1u8..4, 0u8..4, length, 0u32..200).prop_map(|(payer, seed, length, retention)| Action::Submit {
			payer,
			seed,
			length,
			retention
		}),
		(0u8..4, 0u8..16).prop_map(|(seed, signers)| Action::Certify { seed, signers }),
		(0u8..4).prop_map(|seed| Action::Settle { seed }),
		(1u32..30).prop_map(Action::Blocks),
		(3u8..5).prop_map(|validators| Action::Session { validators }),
	]
}

/// The blobs of a seed, whatever their length.
fn blobs_of(seed: u8) -> Vec<zerog_erasure::Commitment> {
	Blobs::<Test>::iter()
		.filter(|(_, blob)| blob.header.row_root == [seed; 32])
		.map(|(c, _)| c)
		.collect()
}

fn apply(action: Action) {
	match action {
		Action::Submit {
			payer,
			seed,
			length,
			retention,
		} => {
			let _ = submit_as(payer, seed, length, retention);
		}
		Action::Certify { seed, signers } => {
			for commitment in blobs_of(seed) {
				let blob = Blobs::<Test>::get(commitment).unwrap();
				let members = DataAvailability::committee(blob.session).unwrap().members.len();
				let signers: Vec<_> = (0..members).filter(|i| signers & (1 << i) != 0).collect();
				if signers.is_empty() {
					continue;
				}
				let certificate = certificate(blob.session, members, &signers, &[commitment]);
				// The pairing is tested elsewhere; here the state machine is.
				let _ = with_storage_layer(|| DataAvailability::do_certify(certificate));
			}
		}
		Action::Settle { seed } => {
			for commitment in blobs_of(seed) {
				let _ = with_storage_layer(|| DataAvailability::do_settle(commitment));
			}
		}
		Action::Blocks(blocks) => run_to(System::block_number() + blocks),
		Action::Session { validators } => next_session(0..usize::from(validators)),
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]
	#[test]
	fn every_invariant_holds_after_every_step(actions in prop::collection::vec(action(), 1..60)) {
		test(|| {
			let issuance = Balances::total_issuance();
			for action in actions {
				apply(action);
				DataAvailability::do_try_state().unwrap();
				assert!(Balances::total_issuance() <= issuance, "no money is made");
			}
			// In the end everything is over and nothing is left behind.
			run_to(System::block_number() + 2_000);
			assert_eq!(Blobs::<Test>::iter().count(), 0);
			assert_eq!(Due::<Test>::iter().count(), 0);
			assert_eq!(Sessions::<Test>::iter().count(), 1);
			assert_eq!(MemberSets::<Test>::iter().count(), 1);
			assert_eq!((held(1), held(2), held(3)), (0, 0, 0));
		});
	}

	#[test]
	fn certified_blobs_hold_two_thirds(signers in 0u8..16) {
		test(|| {
			let commitment = submit_as(PAYER, 1, 1, 10).unwrap();
			let members: Vec<_> = (0..4).filter(|i| signers & (1 << i) != 0).collect();
			if members.is_empty() {
				return;
			}
			let taken = certify(certificate(0, 4, &members, &[commitment])).is_ok();
			assert_eq!(taken, members.len() >= 3);
			assert_eq!(taken, matches!(Blobs::<Test>::get(commitment).unwrap().state, State::Certified { .. }));
		});
	}
}
