// SPDX-License-Identifier: Apache-2.0

//! Random sequences of calls; every invariant is checked after every step.
//!
//! `ZEROG_FUZZ_SEQUENCES=10000` runs more of them; `PROPTEST_RNG_SEED` makes the same ones again.

use crate::{mock::*, pallet::*, types::State};
use frame_support::storage::with_storage_layer;
use polkadot_sdk::*;
use proptest::prelude::*;
use zerog_bls::Signature;
use zerog_primitives::da::{signer_bitmap, Certificate, CommitteeId, Conflict, Fault, Numbered};

const SEQUENCES: u32 = 500;
const STEPS: usize = 200;

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
	Payout {
		seed: u8,
	},
	Claim {
		validator: u8,
	},
	Challenge {
		challenger: u8,
		seed: u8,
		row: u32,
	},
	Answer {
		which: u8,
	},
	Resolve {
		which: u8,
	},
	Blame {
		seed: u8,
		member: u8,
	},
	Conflict {
		member: u8,
	},
	Blocks(u32),
	Session {
		validators: u8,
		weights: [u8; 4],
	},
	/// Networks beside the root network from the next session on, and which of them drain.
	Networks {
		count: u8,
		drained: u8,
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
		(0u8..4).prop_map(|seed| Action::Payout { seed }),
		(0u8..5).prop_map(|validator| Action::Claim { validator }),
		(1u8..4, 0u8..4, 0u32..2_100).prop_map(|(challenger, seed, row)| Action::Challenge {
			challenger,
			seed,
			row
		}),
		(0u8..4).prop_map(|which| Action::Answer { which }),
		(0u8..4).prop_map(|which| Action::Resolve { which }),
		(0u8..4, 0u8..4).prop_map(|(seed, member)| Action::Blame { seed, member }),
		(0u8..5).prop_map(|member| Action::Conflict { member }),
		(1u32..30).prop_map(Action::Blocks),
		(1u32..4).prop_map(Action::Blocks),
		(3u8..5, any::<[u8; 4]>()).prop_map(|(validators, weights)| Action::Session { validators, weights }),
		(0u8..4, 0u8..8).prop_map(|(count, drained)| Action::Networks { count, drained }),
	]
}

/// The blobs of a seed, whatever their length.
fn blobs_of(seed: u8) -> Vec<zerog_erasure::Commitment> {
	Blobs::<Test>::iter()
		.filter(|(_, blob)| blob.header.row_root == [seed; 32])
		.map(|(c, _)| c)
		.collect()
}

/// One of the open challenges.
fn challenge_of(which: u8) -> Option<(zerog_erasure::Commitment, u32)> {
	ChallengesOf::<Test>::iter_values().flatten().nth(which.into())
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
				let members = DataAvailability::committee(blob.committee).unwrap().members.len();
				let signers = (0..members).filter(|i| signers & (1 << i) != 0);
				// The pairing is tested elsewhere; here the state machine is.
				let certificate = Certificate {
					committee: blob.committee,
					expiry: blob.deadline,
					commitments: vec![commitment],
					signers: signer_bitmap(members, signers),
					signature: Signature([0; 48]),
				};
				let _ = with_storage_layer(|| DataAvailability::do_certify(certificate));
			}
		}
		Action::Settle { seed } => {
			for commitment in blobs_of(seed) {
				let _ = with_storage_layer(|| DataAvailability::do_settle(commitment));
			}
		}
		Action::Payout { seed } => {
			for commitment in blobs_of(seed) {
				let _ = with_storage_layer(|| DataAvailability::do_payout(commitment));
			}
		}
		Action::Claim { validator: index } => {
			let who = validator(index.into());
			let _ = with_storage_layer(|| DataAvailability::do_claim_earnings(who));
		}
		Action::Challenge {
			challenger,
			seed,
			row,
		} => {
			for commitment in blobs_of(seed) {
				let who = account(challenger);
				let _ = with_storage_layer(|| DataAvailability::do_challenge(who, commitment, row));
			}
		}
		Action::Answer { which } => {
			if let Some((commitment, row)) = challenge_of(which) {
				let _ = with_storage_layer(|| DataAvailability::do_answer(commitment, row));
			}
		}
		Action::Resolve { which } => {
			if let Some((commitment, row)) = challenge_of(which) {
				let _ = with_storage_layer(|| DataAvailability::do_resolve(commitment, row));
			}
		}
		Action::Blame { seed, member } => {
			let has_member = |commitment: &_| {
				let blob = Blobs::<Test>::get(commitment).unwrap();
				let committee = DataAvailability::committee(blob.committee).unwrap();
				usize::from(member) < committee.members.len()
			};
			for commitment in blobs_of(seed).into_iter().filter(has_member) {
				let who = validator(member.into());
				let _ = with_storage_layer(|| {
					DataAvailability::blame_for_blob(commitment, member.into(), who, Fault::BadRow)
				});
			}
		}
		Action::Conflict { member } => {
			let said = |root| Numbered {
				batch_root: [root; 32],
				expiry: 0,
				signature: Signature([0; 48]),
			};
			let conflict = Conflict {
				committee: CommitteeId::root(LastSession::<Test>::get().unwrap()),
				member: member.into(),
				sequence: 0,
				first: said(1),
				second: said(2),
			};
			let _ = with_storage_layer(|| DataAvailability::do_report_conflict(&conflict));
		}
		Action::Blocks(blocks) => run_to(System::block_number() + blocks),
		Action::Session { validators, weights } => {
			set_weights(&weights.map(u128::from));
			next_session(0..usize::from(validators));
		}
		Action::Networks { count, drained } => {
			let members: [&[u8]; 3] = [&[0, 1, 2], &[1, 2, 3], &[3]];
			let others: Vec<_> = (1..).zip(members).take(count.into()).collect();
			set_networks(&others);
			let drains = |network: &u32| drained & (1 << (network - 1)) != 0;
			Drained::set(&(1u32..4).filter(drains).collect());
		}
	}
}

/// So many steps. A sequence that fails is shortened by leaving them out.
fn actions() -> impl Strategy<Value = Vec<Option<Action>>> {
	prop::collection::vec(prop::option::weighted(0.999_999, action()), STEPS)
}

/// How many sequences are tried.
fn sequences() -> u32 {
	let asked = std::env::var("ZEROG_FUZZ_SEQUENCES").ok();
	asked.and_then(|count| count.parse().ok()).unwrap_or(SEQUENCES)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(sequences()))]
	#[test]
	fn every_invariant_holds_after_every_step(actions in actions()) {
		test(|| {
			let issuance = Balances::total_issuance();
			PayoutPeriod::set(20);
			for action in actions.into_iter().flatten() {
				apply(action);
				DataAvailability::do_try_state().unwrap();
				assert_eq!(Balances::total_issuance(), issuance, "money is neither made nor lost");
			}
			// In the end everything is over and nothing is left behind.
			set_networks(&[]);
			next_session(0..4);
			run_to(System::block_number() + 2_000);
			assert_eq!(Blobs::<Test>::iter().count(), 0);
			assert_eq!(Due::<Test>::iter().count(), 0);
			assert_eq!(Committees::<Test>::iter().count(), 1);
			assert_eq!(MemberSets::<Test>::iter().count(), 1);
			assert!(Books::get().values().all(|book| book.0 == 0), "each blob ends once in the books of its network");
			assert_eq!(Challenges::<Test>::iter().count() + ChallengesOf::<Test>::iter().count(), 0);
			for who in 1..4 {
				assert_eq!((held(who), on_hold(HoldReason::Challenge, who)), (0, 0));
			}
			// What is left in the pot is what signers have earned.
			let earned: u128 = Earnings::<Test>::iter_values().sum();
			assert_eq!(free(&DataAvailability::pot()), 100 + earned);
			assert_eq!(Balances::total_issuance(), issuance);
		});
	}
}

#[test]
fn certified_blobs_hold_two_thirds() {
	for signers in 1u8..16 {
		test(|| {
			let commitment = submit_as(PAYER, 1, 1, 10).unwrap();
			let members: Vec<_> = (0..4).filter(|i| signers & (1 << i) != 0).collect();
			let taken = certify(certificate(0, 4, &members, &[commitment])).is_ok();
			assert_eq!(taken, members.len() >= 3);
			let state = Blobs::<Test>::get(commitment).unwrap().state;
			assert_eq!(taken, matches!(state, State::Certified(_)));
		});
	}
}
