// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_data_availability`, measured by `./scripts/weights`; do not edit.
//!
//! Date 2026-11-22, steps 10, repeats 4, benchmark command 64.0.0, processor AMD EPYC.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens, unused_imports, missing_docs)]

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};
use polkadot_sdk::*;

/// Weights that the pallet needs.
pub trait WeightInfo {
	/// `note_session`.
	fn note_session(n: u32, ) -> Weight;
	/// `submit`.
	fn submit() -> Weight;
	/// `authorize_certify`.
	fn authorize_certify(n: u32, b: u32, ) -> Weight;
	/// `certify`.
	fn certify(b: u32, ) -> Weight;
	/// `forget_session`.
	fn forget_session(n: u32, ) -> Weight;
	/// `settle`.
	fn settle(n: u32, p: u32, ) -> Weight;
	/// `fall_back`.
	fn fall_back() -> Weight;
	/// `payout`.
	fn payout(n: u32, p: u32, ) -> Weight;
	/// `claim_earnings`.
	fn claim_earnings() -> Weight;
	/// `challenge`.
	fn challenge() -> Weight;
	/// `authorize_answer`.
	fn authorize_answer() -> Weight;
	/// `answer`.
	fn answer() -> Weight;
	/// `resolve`.
	fn resolve() -> Weight;
	/// `report_bad_row`.
	fn report_bad_row(k: u32, ) -> Weight;
	/// `authorize_report_conflict`.
	fn authorize_report_conflict() -> Weight;
	/// `report_conflict`.
	fn report_conflict() -> Weight;
	/// `register_key`.
	fn register_key() -> Weight;
}

/// Measured weights with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `DataAvailability::LastSession` (r:1 w:1)
	/// Proof: `DataAvailability::LastSession` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:0)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(633), added: 3108, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Sessions` (r:2 w:2)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:2 w:2)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `DataAvailability::Keys` (r:1 w:0)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	/// Storage: `Babe::Randomness` (r:1 w:0)
	/// Proof: `Babe::Randomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[1, 200]`.
	fn note_session(n: u32, ) -> Weight {
		// Minimum execution time: 52_828_000 picoseconds.
		Weight::from_parts(67_329_722, 141202)
			// Standard error: 12_881
			.saturating_add(Weight::from_parts(507_762, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(Weight::from_parts(0, 337).saturating_mul(n.into()))
	}
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::PendingBytes` (r:1 w:1)
	/// Proof: `DataAvailability::PendingBytes` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:4 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `DataAvailability::Sessions` (r:1 w:1)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn submit() -> Weight {
		// Minimum execution time: 148_600_000 picoseconds.
		Weight::from_parts(158_725_000, 11034)
			.saturating_add(T::DbWeight::get().reads(12_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:64 w:0)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[4, 200]`.
	/// The range of component `b` is `[1, 64]`.
	fn authorize_certify(n: u32, b: u32, ) -> Weight {
		// Minimum execution time: 3_684_957_000 picoseconds.
		Weight::from_parts(2_844_451_886, 71096)
			// Standard error: 154_414
			.saturating_add(Weight::from_parts(4_849_092, 0).saturating_mul(n.into()))
			// Standard error: 481_645
			.saturating_add(Weight::from_parts(20_987_778, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 2947).saturating_mul(b.into()))
	}
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:64 w:64)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::PendingBytes` (r:1 w:1)
	/// Proof: `DataAvailability::PendingBytes` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:128)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[1, 64]`.
	fn certify(b: u32, ) -> Weight {
		// Minimum execution time: 140_518_000 picoseconds.
		Weight::from_parts(150_551_461, 71096)
			// Standard error: 349_833
			.saturating_add(Weight::from_parts(23_114_938, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 2947).saturating_mul(b.into()))
	}
	/// Storage: `DataAvailability::Sessions` (r:1 w:1)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::LastSession` (r:1 w:0)
	/// Proof: `DataAvailability::LastSession` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:200 w:200)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(633), added: 3108, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:1)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[1, 200]`.
	fn forget_session(n: u32, ) -> Weight {
		// Minimum execution time: 20_109_000 picoseconds.
		Weight::from_parts(23_771_263, 71096)
			// Standard error: 11_233
			.saturating_add(Weight::from_parts(1_240_359, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3108).saturating_mul(n.into()))
	}
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Challenges` (r:1 w:0)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(2993), added: 5468, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Sessions` (r:1 w:1)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:4 w:4)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:5 w:5)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:200 w:200)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:2)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[4, 200]`.
	/// The range of component `p` is `[1, 4]`.
	fn settle(n: u32, p: u32, ) -> Weight {
		// Minimum execution time: 416_697_000 picoseconds.
		Weight::from_parts(15_670_539, 71096)
			// Standard error: 59_664
			.saturating_add(Weight::from_parts(3_620_898, 0).saturating_mul(n.into()))
			// Standard error: 3_476_598
			.saturating_add(Weight::from_parts(103_165_173, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2704).saturating_mul(p.into()))
	}
	fn fall_back() -> Weight {
		Weight::from_parts(60_000_000, 40_000)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}

	/// Storage: `System::Account` (r:6 w:6)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Challenges` (r:1 w:0)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(2993), added: 5468, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:4 w:4)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:200 w:200)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[4, 200]`.
	/// The range of component `p` is `[1, 4]`.
	fn payout(n: u32, p: u32, ) -> Weight {
		// Minimum execution time: 398_811_000 picoseconds.
		Weight::from_parts(133_853_203, 71096)
			// Standard error: 64_732
			.saturating_add(Weight::from_parts(3_757_292, 0).saturating_mul(n.into()))
			// Standard error: 3_771_940
			.saturating_add(Weight::from_parts(61_286_071, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2704).saturating_mul(p.into()))
	}
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:1 w:1)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	fn claim_earnings() -> Weight {
		// Minimum execution time: 107_079_000 picoseconds.
		Weight::from_parts(113_858_000, 8799)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `DataAvailability::Blobs` (r:1 w:0)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::OpenChallenges` (r:1 w:1)
	/// Proof: `DataAvailability::OpenChallenges` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Challenges` (r:1 w:1)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(2993), added: 5468, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::ChallengesOf` (r:1 w:1)
	/// Proof: `DataAvailability::ChallengesOf` (`max_values`: None, `max_size`: Some(2354), added: 4829, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn challenge() -> Weight {
		// Minimum execution time: 218_283_000 picoseconds.
		Weight::from_parts(230_411_000, 71096)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `DataAvailability::Challenges` (r:1 w:0)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(2993), added: 5468, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:0)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	fn authorize_answer() -> Weight {
		// Minimum execution time: 61_732_000 picoseconds.
		Weight::from_parts(65_467_000, 6458)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `DataAvailability::Challenges` (r:1 w:1)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(2993), added: 5468, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::ChallengesOf` (r:1 w:1)
	/// Proof: `DataAvailability::ChallengesOf` (`max_values`: None, `max_size`: Some(2354), added: 4829, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::OpenChallenges` (r:1 w:1)
	/// Proof: `DataAvailability::OpenChallenges` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:1 w:1)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn answer() -> Weight {
		// Minimum execution time: 141_689_000 picoseconds.
		Weight::from_parts(148_249_000, 8799)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `DataAvailability::Challenges` (r:1 w:1)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(2993), added: 5468, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::ChallengesOf` (r:1 w:1)
	/// Proof: `DataAvailability::ChallengesOf` (`max_values`: None, `max_size`: Some(2354), added: 4829, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::OpenChallenges` (r:1 w:1)
	/// Proof: `DataAvailability::OpenChallenges` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(229), added: 2704, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:1)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(633), added: 3108, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn resolve() -> Weight {
		// Minimum execution time: 119_647_000 picoseconds.
		Weight::from_parts(132_997_000, 6458)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(472), added: 2947, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:1)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(633), added: 3108, mode: `MaxEncodedLen`)
	/// The range of component `k` is `[512, 4096]`.
	fn report_bad_row(k: u32, ) -> Weight {
		// Minimum execution time: 1_789_230_000 picoseconds.
		Weight::from_parts(1_021_487_942, 71096)
			// Standard error: 688_202
			.saturating_add(Weight::from_parts(5_431_247, 0).saturating_mul(k.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:0)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(633), added: 3108, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_report_conflict() -> Weight {
		// Minimum execution time: 6_136_257_000 picoseconds.
		Weight::from_parts(6_234_632_000, 71096)
			.saturating_add(T::DbWeight::get().reads(4_u64))
	}
	/// Storage: `DataAvailability::Verdicts` (r:1 w:1)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(633), added: 3108, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Sessions` (r:1 w:0)
	/// Proof: `DataAvailability::Sessions` (`max_values`: None, `max_size`: Some(85), added: 2560, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(67631), added: 70106, mode: `MaxEncodedLen`)
	fn report_conflict() -> Weight {
		// Minimum execution time: 108_981_000 picoseconds.
		Weight::from_parts(124_084_000, 71096)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `DataAvailability::KeyOwners` (r:1 w:1)
	/// Proof: `DataAvailability::KeyOwners` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:0 w:1)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	fn register_key() -> Weight {
		// Minimum execution time: 4_522_598_000 picoseconds.
		Weight::from_parts(4_639_631_000, 6196)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
}

/// For mocks: the same with RocksDB's weights.
impl WeightInfo for () {
	fn note_session(n: u32, ) -> Weight {
		Weight::from_parts(67_329_722, 141202)
			.saturating_add(Weight::from_parts(507_762, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
			.saturating_add(Weight::from_parts(0, 337).saturating_mul(n.into()))
	}
	fn submit() -> Weight {
		Weight::from_parts(158_725_000, 11034)
			.saturating_add(RocksDbWeight::get().reads(12_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	fn authorize_certify(n: u32, b: u32, ) -> Weight {
		Weight::from_parts(2_844_451_886, 71096)
			.saturating_add(Weight::from_parts(4_849_092, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(20_987_778, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 2947).saturating_mul(b.into()))
	}
	fn certify(b: u32, ) -> Weight {
		Weight::from_parts(150_551_461, 71096)
			.saturating_add(Weight::from_parts(23_114_938, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(RocksDbWeight::get().writes((3_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 2947).saturating_mul(b.into()))
	}
	fn forget_session(n: u32, ) -> Weight {
		Weight::from_parts(23_771_263, 71096)
			.saturating_add(Weight::from_parts(1_240_359, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3108).saturating_mul(n.into()))
	}
	fn settle(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(15_670_539, 71096)
			.saturating_add(Weight::from_parts(3_620_898, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(103_165_173, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2704).saturating_mul(p.into()))
	}
	fn fall_back() -> Weight {
		Weight::from_parts(60_000_000, 40_000)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}

	fn payout(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(133_853_203, 71096)
			.saturating_add(Weight::from_parts(3_757_292, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(61_286_071, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2704).saturating_mul(p.into()))
	}
	fn claim_earnings() -> Weight {
		Weight::from_parts(113_858_000, 8799)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn challenge() -> Weight {
		Weight::from_parts(230_411_000, 71096)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn authorize_answer() -> Weight {
		Weight::from_parts(65_467_000, 6458)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
	}
	fn answer() -> Weight {
		Weight::from_parts(148_249_000, 8799)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	fn resolve() -> Weight {
		Weight::from_parts(132_997_000, 6458)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	fn report_bad_row(k: u32, ) -> Weight {
		Weight::from_parts(1_021_487_942, 71096)
			.saturating_add(Weight::from_parts(5_431_247, 0).saturating_mul(k.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn authorize_report_conflict() -> Weight {
		Weight::from_parts(6_234_632_000, 71096)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
	}
	fn report_conflict() -> Weight {
		Weight::from_parts(124_084_000, 71096)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn register_key() -> Weight {
		Weight::from_parts(4_639_631_000, 6196)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
}
