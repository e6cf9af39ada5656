// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_data_availability`, measured by `./scripts/weights`; do not edit.
//!
//! Date 2026-11-29, steps 20, repeats 10, benchmark command 64.0.0, processor Intel(R) Xeon(R) Processor.

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
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:1)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:1024 w:0)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	/// Storage: `Babe::Randomness` (r:1 w:0)
	/// Proof: `Babe::Randomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[1, 1024]`.
	fn note_session(n: u32, ) -> Weight {
		// Minimum execution time: 46_881_000 picoseconds.
		Weight::from_parts(47_642_000, 348784)
			// Standard error: 28_450
			.saturating_add(Weight::from_parts(8_615_239, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
	}
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::LastSession` (r:1 w:0)
	/// Proof: `DataAvailability::LastSession` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Routes` (r:1 w:0)
	/// Proof: `Networks::Routes` (`max_values`: Some(1), `max_size`: Some(802), added: 1297, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::PendingBytes` (r:1 w:1)
	/// Proof: `DataAvailability::PendingBytes` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:2 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Registry` (r:1 w:1)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn submit() -> Weight {
		// Minimum execution time: 183_745_000 picoseconds.
		Weight::from_parts(193_824_000, 6196)
			.saturating_add(T::DbWeight::get().reads(13_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `DataAvailability::Committees` (r:1 w:0)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:64 w:0)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[4, 1024]`.
	/// The range of component `b` is `[1, 64]`.
	fn authorize_certify(n: u32, b: u32, ) -> Weight {
		// Minimum execution time: 4_317_640_000 picoseconds.
		Weight::from_parts(1_069_189_497, 348784)
			// Standard error: 14_234
			.saturating_add(Weight::from_parts(4_132_127, 0).saturating_mul(n.into()))
			// Standard error: 228_477
			.saturating_add(Weight::from_parts(52_894_580, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 3169).saturating_mul(b.into()))
	}
	/// Storage: `DataAvailability::Committees` (r:1 w:0)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:64 w:64)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::PendingBytes` (r:1 w:1)
	/// Proof: `DataAvailability::PendingBytes` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Registry` (r:1 w:1)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:128)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	/// The range of component `b` is `[1, 64]`.
	fn certify(b: u32, ) -> Weight {
		// Minimum execution time: 654_347_000 picoseconds.
		Weight::from_parts(632_770_353, 348784)
			// Standard error: 764_841
			.saturating_add(Weight::from_parts(64_434_430, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 3169).saturating_mul(b.into()))
	}
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::LastSession` (r:1 w:0)
	/// Proof: `DataAvailability::LastSession` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1024 w:1024)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(637), added: 3112, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:1)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[1, 1024]`.
	fn forget_session(n: u32, ) -> Weight {
		// Minimum execution time: 27_526_000 picoseconds.
		Weight::from_parts(27_992_000, 348784)
			// Standard error: 6_094
			.saturating_add(Weight::from_parts(1_690_234, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes(2_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3112).saturating_mul(n.into()))
	}
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Challenges` (r:1 w:0)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:4 w:4)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:5 w:5)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:1024 w:1024)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:2)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[4, 1024]`.
	/// The range of component `p` is `[1, 4]`.
	fn settle(n: u32, p: u32, ) -> Weight {
		// Minimum execution time: 459_829_000 picoseconds.
		Weight::from_parts(460_433_000, 348784)
			// Standard error: 15_064
			.saturating_add(Weight::from_parts(3_795_227, 0).saturating_mul(n.into()))
			// Standard error: 3_733_204
			.saturating_add(Weight::from_parts(41_733_455, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(5_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2740).saturating_mul(p.into()))
	}
	/// Storage: `DataAvailability::LastSession` (r:1 w:0)
	/// Proof: `DataAvailability::LastSession` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Registry` (r:1 w:0)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::PendingBytes` (r:2 w:2)
	/// Proof: `DataAvailability::PendingBytes` (`max_values`: None, `max_size`: Some(20), added: 2495, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:2)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:0 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	fn fall_back() -> Weight {
		// Minimum execution time: 162_860_000 picoseconds.
		Weight::from_parts(169_266_000, 5980)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `System::Account` (r:6 w:6)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Challenges` (r:1 w:0)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:0)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:4 w:4)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:1024 w:1024)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// The range of component `n` is `[4, 1024]`.
	/// The range of component `p` is `[1, 4]`.
	fn payout(n: u32, p: u32, ) -> Weight {
		// Minimum execution time: 425_257_000 picoseconds.
		Weight::from_parts(433_795_000, 348784)
			// Standard error: 13_006
			.saturating_add(Weight::from_parts(4_148_743, 0).saturating_mul(n.into()))
			// Standard error: 3_223_295
			.saturating_add(Weight::from_parts(32_895_140, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(T::DbWeight::get().writes(4_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2740).saturating_mul(p.into()))
	}
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:1 w:1)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	fn claim_earnings() -> Weight {
		// Minimum execution time: 123_418_000 picoseconds.
		Weight::from_parts(130_042_000, 9362)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `DataAvailability::Blobs` (r:1 w:0)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:0)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Challenges` (r:1 w:1)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::OpenChallenges` (r:1 w:1)
	/// Proof: `DataAvailability::OpenChallenges` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::ChallengesOf` (r:1 w:1)
	/// Proof: `DataAvailability::ChallengesOf` (`max_values`: None, `max_size`: Some(2354), added: 4829, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn challenge() -> Weight {
		// Minimum execution time: 707_186_000 picoseconds.
		Weight::from_parts(737_678_000, 348784)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `DataAvailability::Challenges` (r:1 w:0)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:0)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	fn authorize_answer() -> Weight {
		// Minimum execution time: 88_750_000 picoseconds.
		Weight::from_parts(91_505_000, 4159)
			.saturating_add(T::DbWeight::get().reads(2_u64))
	}
	/// Storage: `DataAvailability::Challenges` (r:1 w:1)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::ChallengesOf` (r:1 w:1)
	/// Proof: `DataAvailability::ChallengesOf` (`max_values`: None, `max_size`: Some(2354), added: 4829, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::OpenChallenges` (r:1 w:1)
	/// Proof: `DataAvailability::OpenChallenges` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:4 w:4)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Earnings` (r:1 w:1)
	/// Proof: `DataAvailability::Earnings` (`max_values`: None, `max_size`: Some(64), added: 2539, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn answer() -> Weight {
		// Minimum execution time: 261_479_000 picoseconds.
		Weight::from_parts(278_004_000, 11402)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(11_u64))
	}
	/// Storage: `DataAvailability::Challenges` (r:1 w:1)
	/// Proof: `DataAvailability::Challenges` (`max_values`: None, `max_size`: Some(148), added: 2623, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::ChallengesOf` (r:1 w:1)
	/// Proof: `DataAvailability::ChallengesOf` (`max_values`: None, `max_size`: Some(2354), added: 4829, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::OpenChallenges` (r:1 w:1)
	/// Proof: `DataAvailability::OpenChallenges` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:1)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(637), added: 3112, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::EraStarts` (r:1 w:0)
	/// Proof: `Restaking::EraStarts` (`max_values`: Some(1), `max_size`: Some(514), added: 1009, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NotedFaults` (r:1 w:0)
	/// Proof: `Restaking::NotedFaults` (`max_values`: Some(1), `max_size`: Some(2690), added: 3185, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Due` (r:0 w:1)
	/// Proof: `DataAvailability::Due` (`max_values`: None, `max_size`: Some(65), added: 2540, mode: `MaxEncodedLen`)
	fn resolve() -> Weight {
		// Minimum execution time: 303_505_000 picoseconds.
		Weight::from_parts(315_447_000, 9362)
			.saturating_add(T::DbWeight::get().reads(13_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Blobs` (r:1 w:1)
	/// Proof: `DataAvailability::Blobs` (`max_values`: None, `max_size`: Some(694), added: 3169, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:1)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(637), added: 3112, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::EraStarts` (r:1 w:0)
	/// Proof: `Restaking::EraStarts` (`max_values`: Some(1), `max_size`: Some(514), added: 1009, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NotedFaults` (r:1 w:0)
	/// Proof: `Restaking::NotedFaults` (`max_values`: Some(1), `max_size`: Some(2690), added: 3185, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// The range of component `k` is `[512, 4096]`.
	fn report_bad_row(k: u32, ) -> Weight {
		// Minimum execution time: 2_369_120_000 picoseconds.
		Weight::from_parts(1_935_663_911, 348784)
			// Standard error: 243_736
			.saturating_add(Weight::from_parts(4_912_501, 0).saturating_mul(k.into()))
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `DataAvailability::Committees` (r:1 w:0)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Verdicts` (r:1 w:0)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(637), added: 3112, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	fn authorize_report_conflict() -> Weight {
		// Minimum execution time: 7_196_701_000 picoseconds.
		Weight::from_parts(7_411_654_000, 348784)
			.saturating_add(T::DbWeight::get().reads(4_u64))
	}
	/// Storage: `DataAvailability::Verdicts` (r:1 w:1)
	/// Proof: `DataAvailability::Verdicts` (`max_values`: None, `max_size`: Some(637), added: 3112, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Committees` (r:1 w:1)
	/// Proof: `DataAvailability::Committees` (`max_values`: None, `max_size`: Some(93), added: 2568, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::MemberSets` (r:1 w:0)
	/// Proof: `DataAvailability::MemberSets` (`max_values`: None, `max_size`: Some(345319), added: 347794, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::EraStarts` (r:1 w:0)
	/// Proof: `Restaking::EraStarts` (`max_values`: Some(1), `max_size`: Some(514), added: 1009, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NotedFaults` (r:1 w:0)
	/// Proof: `Restaking::NotedFaults` (`max_values`: Some(1), `max_size`: Some(2690), added: 3185, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	fn report_conflict() -> Weight {
		// Minimum execution time: 666_107_000 picoseconds.
		Weight::from_parts(732_857_000, 348784)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `DataAvailability::KeyOwners` (r:1 w:1)
	/// Proof: `DataAvailability::KeyOwners` (`max_values`: None, `max_size`: Some(144), added: 2619, mode: `MaxEncodedLen`)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Proof: `System::BlockHash` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:0 w:1)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	fn register_key() -> Weight {
		// Minimum execution time: 5_078_933_000 picoseconds.
		Weight::from_parts(5_240_643_000, 8799)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
}

/// For mocks: the same with RocksDB's weights.
impl WeightInfo for () {
	fn note_session(n: u32, ) -> Weight {
		Weight::from_parts(47_642_000, 348784)
			.saturating_add(Weight::from_parts(8_615_239, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
			.saturating_add(Weight::from_parts(0, 2811).saturating_mul(n.into()))
	}
	fn submit() -> Weight {
		Weight::from_parts(193_824_000, 6196)
			.saturating_add(RocksDbWeight::get().reads(13_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	fn authorize_certify(n: u32, b: u32, ) -> Weight {
		Weight::from_parts(1_069_189_497, 348784)
			.saturating_add(Weight::from_parts(4_132_127, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(52_894_580, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 3169).saturating_mul(b.into()))
	}
	fn certify(b: u32, ) -> Weight {
		Weight::from_parts(632_770_353, 348784)
			.saturating_add(Weight::from_parts(64_434_430, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(b.into())))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
			.saturating_add(RocksDbWeight::get().writes((3_u64).saturating_mul(b.into())))
			.saturating_add(Weight::from_parts(0, 3169).saturating_mul(b.into()))
	}
	fn forget_session(n: u32, ) -> Weight {
		Weight::from_parts(27_992_000, 348784)
			.saturating_add(Weight::from_parts(1_690_234, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 3112).saturating_mul(n.into()))
	}
	fn settle(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(460_433_000, 348784)
			.saturating_add(Weight::from_parts(3_795_227, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(41_733_455, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2740).saturating_mul(p.into()))
	}
	fn fall_back() -> Weight {
		Weight::from_parts(169_266_000, 5980)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn payout(n: u32, p: u32, ) -> Weight {
		Weight::from_parts(433_795_000, 348784)
			.saturating_add(Weight::from_parts(4_148_743, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(32_895_140, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(p.into())))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes((2_u64).saturating_mul(p.into())))
			.saturating_add(Weight::from_parts(0, 2539).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(0, 2740).saturating_mul(p.into()))
	}
	fn claim_earnings() -> Weight {
		Weight::from_parts(130_042_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn challenge() -> Weight {
		Weight::from_parts(737_678_000, 348784)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn authorize_answer() -> Weight {
		Weight::from_parts(91_505_000, 4159)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
	}
	fn answer() -> Weight {
		Weight::from_parts(278_004_000, 11402)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(11_u64))
	}
	fn resolve() -> Weight {
		Weight::from_parts(315_447_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(13_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	fn report_bad_row(k: u32, ) -> Weight {
		Weight::from_parts(1_935_663_911, 348784)
			.saturating_add(Weight::from_parts(4_912_501, 0).saturating_mul(k.into()))
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn authorize_report_conflict() -> Weight {
		Weight::from_parts(7_411_654_000, 348784)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
	}
	fn report_conflict() -> Weight {
		Weight::from_parts(732_857_000, 348784)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn register_key() -> Weight {
		Weight::from_parts(5_240_643_000, 8799)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
}
