// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_restaking`, measured by `./scripts/weights`; do not edit.
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
	/// `register_operator`.
	fn register_operator() -> Weight;
	/// `leave`.
	fn leave() -> Weight;
	/// `set_commission`.
	fn set_commission() -> Weight;
	/// `delegate`.
	fn delegate() -> Weight;
	/// `unbond`.
	fn unbond() -> Weight;
	/// `withdraw`.
	fn withdraw() -> Weight;
	/// `realise`.
	fn realise() -> Weight;
	/// `convert`.
	fn convert() -> Weight;
	/// `archive`.
	fn archive() -> Weight;
	/// `reopen`.
	fn reopen() -> Weight;
	/// `allocate`.
	fn allocate() -> Weight;
	/// `release`.
	fn release() -> Weight;
	/// `validate`.
	fn validate() -> Weight;
	/// `chill`.
	fn chill() -> Weight;
	/// `rank`.
	fn rank() -> Weight;
	/// `distribute`.
	fn distribute() -> Weight;
	/// `claim`.
	fn claim() -> Weight;
	/// `fund`.
	fn fund() -> Weight;
	/// `expire_pot`.
	fn expire_pot() -> Weight;
	/// `expire_work`.
	fn expire_work() -> Weight;
	/// `create_service`.
	fn create_service() -> Weight;
	/// `drain_service`.
	fn drain_service() -> Weight;
	/// `retire_service`.
	fn retire_service() -> Weight;
	/// `revoke_reporter`.
	fn revoke_reporter() -> Weight;
	/// `report`.
	fn report() -> Weight;
	/// `veto`.
	fn veto() -> Weight;
	/// `cancel`.
	fn cancel() -> Weight;
	/// `execute`.
	fn execute() -> Weight;
	/// `execute_noted`.
	fn execute_noted() -> Weight;
	/// `note_fault`.
	fn note_fault() -> Weight;
	/// `note_work`.
	fn note_work() -> Weight;
	/// `slash`.
	fn slash(s: u32, b: u32, ) -> Weight;
	/// `punish`.
	fn punish() -> Weight;
	/// `security`.
	fn security() -> Weight;
}

/// Measured weights with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::RewardBooks` (r:0 w:1)
	/// Proof: `Restaking::RewardBooks` (`max_values`: None, `max_size`: Some(4280), added: 6755, mode: `MaxEncodedLen`)
	fn register_operator() -> Weight {
		// Minimum execution time: 100_609_000 picoseconds.
		Weight::from_parts(106_397_000, 9362)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::RewardBooks` (r:1 w:1)
	/// Proof: `Restaking::RewardBooks` (`max_values`: None, `max_size`: Some(4280), added: 6755, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Archive` (r:1 w:0)
	/// Proof: `Restaking::Archive` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ClosedPools` (r:1 w:0)
	/// Proof: `Restaking::ClosedPools` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Work` (r:1 w:0)
	/// Proof: `Restaking::Work` (`max_values`: None, `max_size`: Some(221), added: 2696, mode: `MaxEncodedLen`)
	fn leave() -> Weight {
		// Minimum execution time: 47_546_000 picoseconds.
		Weight::from_parts(50_018_000, 9362)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Restaking::RewardBooks` (r:1 w:1)
	/// Proof: `Restaking::RewardBooks` (`max_values`: None, `max_size`: Some(4280), added: 6755, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:2 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn set_commission() -> Weight {
		// Minimum execution time: 74_432_000 picoseconds.
		Weight::from_parts(77_448_000, 7745)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:0)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	fn delegate() -> Weight {
		// Minimum execution time: 234_568_000 picoseconds.
		Weight::from_parts(237_774_000, 53487)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:4 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:999 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Restaking::Allocations` (r:16 w:0)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Archive` (r:0 w:2)
	/// Proof: `Restaking::Archive` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	fn unbond() -> Weight {
		// Minimum execution time: 2_749_282_000 picoseconds.
		Weight::from_parts(2_790_411_000, 2536366)
			.saturating_add(T::DbWeight::get().reads(1026_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Archive` (r:1 w:1)
	/// Proof: `Restaking::Archive` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	fn withdraw() -> Weight {
		// Minimum execution time: 275_295_000 picoseconds.
		Weight::from_parts(282_429_000, 9362)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	fn realise() -> Weight {
		// Minimum execution time: 216_651_000 picoseconds.
		Weight::from_parts(221_078_000, 9362)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ClosedPools` (r:1 w:1)
	/// Proof: `Restaking::ClosedPools` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	fn convert() -> Weight {
		// Minimum execution time: 81_600_000 picoseconds.
		Weight::from_parts(84_824_000, 7813)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Archive` (r:0 w:1)
	/// Proof: `Restaking::Archive` (`max_values`: None, `max_size`: Some(112), added: 2587, mode: `MaxEncodedLen`)
	fn archive() -> Weight {
		// Minimum execution time: 140_991_000 picoseconds.
		Weight::from_parts(145_794_000, 9362)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	fn reopen() -> Weight {
		// Minimum execution time: 71_660_000 picoseconds.
		Weight::from_parts(79_381_000, 9362)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:3 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:999 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Restaking::Allocations` (r:16 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn allocate() -> Weight {
		// Minimum execution time: 2_640_856_000 picoseconds.
		Weight::from_parts(2_688_483_000, 2527672)
			.saturating_add(T::DbWeight::get().reads(1022_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	fn release() -> Weight {
		// Minimum execution time: 208_537_000 picoseconds.
		Weight::from_parts(214_889_000, 53487)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:2 w:2)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:0)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:2 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:0)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	fn validate() -> Weight {
		// Minimum execution time: 173_258_000 picoseconds.
		Weight::from_parts(178_131_000, 57154)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:3 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:999 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	fn chill() -> Weight {
		// Minimum execution time: 2_486_805_000 picoseconds.
		Weight::from_parts(2_548_340_000, 2526431)
			.saturating_add(T::DbWeight::get().reads(1004_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:0)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	fn rank() -> Weight {
		// Minimum execution time: 201_546_000 picoseconds.
		Weight::from_parts(206_047_000, 53487)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::RewardBooks` (r:1 w:1)
	/// Proof: `Restaking::RewardBooks` (`max_values`: None, `max_size`: Some(4280), added: 6755, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Work` (r:1 w:1)
	/// Proof: `Restaking::Work` (`max_values`: None, `max_size`: Some(221), added: 2696, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Pots` (r:16 w:16)
	/// Proof: `Restaking::Pots` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	fn distribute() -> Weight {
		// Minimum execution time: 319_876_000 picoseconds.
		Weight::from_parts(327_072_000, 41326)
			.saturating_add(T::DbWeight::get().reads(24_u64))
			.saturating_add(T::DbWeight::get().writes(22_u64))
	}
	/// Storage: `System::Account` (r:3 w:3)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Positions` (r:1 w:1)
	/// Proof: `Restaking::Positions` (`max_values`: None, `max_size`: Some(4348), added: 6823, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::RewardBooks` (r:1 w:1)
	/// Proof: `Restaking::RewardBooks` (`max_values`: None, `max_size`: Some(4280), added: 6755, mode: `MaxEncodedLen`)
	fn claim() -> Weight {
		// Minimum execution time: 247_739_000 picoseconds.
		Weight::from_parts(253_266_000, 9362)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Pots` (r:1 w:1)
	/// Proof: `Restaking::Pots` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	fn fund() -> Weight {
		// Minimum execution time: 109_648_000 picoseconds.
		Weight::from_parts(115_161_000, 6196)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Pots` (r:2 w:2)
	/// Proof: `Restaking::Pots` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	fn expire_pot() -> Weight {
		// Minimum execution time: 76_194_000 picoseconds.
		Weight::from_parts(79_740_000, 6032)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Work` (r:1 w:1)
	/// Proof: `Restaking::Work` (`max_values`: None, `max_size`: Some(221), added: 2696, mode: `MaxEncodedLen`)
	fn expire_work() -> Weight {
		// Minimum execution time: 68_192_000 picoseconds.
		Weight::from_parts(73_409_000, 3686)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Restaking::CounterForServices` (r:1 w:1)
	/// Proof: `Restaking::CounterForServices` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NextService` (r:1 w:1)
	/// Proof: `Restaking::NextService` (`max_values`: Some(1), `max_size`: Some(2), added: 497, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	fn create_service() -> Weight {
		// Minimum execution time: 28_579_000 picoseconds.
		Weight::from_parts(29_566_000, 3563)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	fn drain_service() -> Weight {
		// Minimum execution time: 20_795_000 picoseconds.
		Weight::from_parts(21_742_000, 3563)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CounterForServices` (r:1 w:1)
	/// Proof: `Restaking::CounterForServices` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn retire_service() -> Weight {
		// Minimum execution time: 73_774_000 picoseconds.
		Weight::from_parts(77_230_000, 3593)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	fn revoke_reporter() -> Weight {
		// Minimum execution time: 21_024_000 picoseconds.
		Weight::from_parts(21_873_000, 3563)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Parameters::Parameters` (r:1 w:0)
	/// Proof: `Parameters::Parameters` (`max_values`: None, `max_size`: Some(36), added: 2511, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NextReport` (r:1 w:1)
	/// Proof: `Restaking::NextReport` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ReportQueue` (r:1 w:1)
	/// Proof: `Restaking::ReportQueue` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Reports` (r:0 w:1)
	/// Proof: `Restaking::Reports` (`max_values`: None, `max_size`: Some(138), added: 2613, mode: `MaxEncodedLen`)
	fn report() -> Weight {
		// Minimum execution time: 119_500_000 picoseconds.
		Weight::from_parts(127_457_000, 9362)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Restaking::Reports` (r:1 w:1)
	/// Proof: `Restaking::Reports` (`max_values`: None, `max_size`: Some(138), added: 2613, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ReportQueue` (r:1 w:1)
	/// Proof: `Restaking::ReportQueue` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	fn veto() -> Weight {
		// Minimum execution time: 101_776_000 picoseconds.
		Weight::from_parts(104_521_000, 9362)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Restaking::Reports` (r:1 w:1)
	/// Proof: `Restaking::Reports` (`max_values`: None, `max_size`: Some(138), added: 2613, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ReportQueue` (r:1 w:1)
	/// Proof: `Restaking::ReportQueue` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	fn cancel() -> Weight {
		// Minimum execution time: 93_964_000 picoseconds.
		Weight::from_parts(98_696_000, 9362)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Reports` (r:1 w:1)
	/// Proof: `Restaking::Reports` (`max_values`: None, `max_size`: Some(138), added: 2613, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ReportQueue` (r:1 w:1)
	/// Proof: `Restaking::ReportQueue` (`max_values`: Some(1), `max_size`: Some(4098), added: 4593, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Services` (r:1 w:1)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Balances::Holds` (r:1 w:1)
	/// Proof: `Balances::Holds` (`max_values`: None, `max_size`: Some(265), added: 2740, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	fn execute() -> Weight {
		// Minimum execution time: 168_142_000 picoseconds.
		Weight::from_parts(176_689_000, 9362)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	/// Storage: `System::Account` (r:1 w:1)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NotedFaults` (r:1 w:1)
	/// Proof: `Restaking::NotedFaults` (`max_values`: Some(1), `max_size`: Some(2690), added: 3185, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ClosedPools` (r:0 w:1)
	/// Proof: `Restaking::ClosedPools` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	fn execute_noted() -> Weight {
		// Minimum execution time: 239_932_000 picoseconds.
		Weight::from_parts(247_712_000, 53487)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(7_u64))
	}
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::NotedFaults` (r:1 w:1)
	/// Proof: `Restaking::NotedFaults` (`max_values`: Some(1), `max_size`: Some(2690), added: 3185, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn note_fault() -> Weight {
		// Minimum execution time: 39_102_000 picoseconds.
		Weight::from_parts(42_246_000, 9362)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Work` (r:1 w:1)
	/// Proof: `Restaking::Work` (`max_values`: None, `max_size`: Some(221), added: 2696, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Pots` (r:1 w:1)
	/// Proof: `Restaking::Pots` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	fn note_work() -> Weight {
		// Minimum execution time: 43_598_000 picoseconds.
		Weight::from_parts(46_846_000, 9362)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ClosedPools` (r:0 w:1)
	/// Proof: `Restaking::ClosedPools` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	/// The range of component `s` is `[1, 16]`.
	/// The range of component `b` is `[0, 64]`.
	fn slash(s: u32, b: u32, ) -> Weight {
		// Minimum execution time: 114_821_000 picoseconds.
		Weight::from_parts(119_623_176, 53487)
			// Standard error: 66_273
			.saturating_add(Weight::from_parts(402_532, 0).saturating_mul(s.into()))
			// Standard error: 15_660
			.saturating_add(Weight::from_parts(222_467, 0).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Restaking::Services` (r:1 w:0)
	/// Proof: `Restaking::Services` (`max_values`: None, `max_size`: Some(98), added: 2573, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Operators` (r:1 w:1)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:1 w:1)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Candidates` (r:1 w:1)
	/// Proof: `Restaking::Candidates` (`max_values`: Some(1), `max_size`: Some(52002), added: 52497, mode: `MaxEncodedLen`)
	/// Storage: `Session::DisabledValidators` (r:1 w:0)
	/// Proof: `Session::DisabledValidators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Proof: `Session::Validators` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Restaking::Offenders` (r:1 w:1)
	/// Proof: `Restaking::Offenders` (`max_values`: Some(1), `max_size`: Some(7202), added: 7697, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::ClosedPools` (r:0 w:1)
	/// Proof: `Restaking::ClosedPools` (`max_values`: None, `max_size`: Some(100), added: 2575, mode: `MaxEncodedLen`)
	fn punish() -> Weight {
		// Minimum execution time: 191_054_000 picoseconds.
		Weight::from_parts(199_112_000, 68296)
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Restaking::Operators` (r:1 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Allocations` (r:2 w:0)
	/// Proof: `Restaking::Allocations` (`max_values`: None, `max_size`: Some(2124), added: 4599, mode: `MaxEncodedLen`)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Proof: `Session::CurrentIndex` (`max_values`: Some(1), `max_size`: None, mode: `Measured`)
	/// Storage: `Restaking::EraStarts` (r:1 w:0)
	/// Proof: `Restaking::EraStarts` (`max_values`: Some(1), `max_size`: Some(514), added: 1009, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn security() -> Weight {
		// Minimum execution time: 53_040_000 picoseconds.
		Weight::from_parts(54_671_000, 10188)
			.saturating_add(T::DbWeight::get().reads(6_u64))
	}
}

/// For mocks: the same with RocksDB's weights.
impl WeightInfo for () {
	fn register_operator() -> Weight {
		Weight::from_parts(106_397_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn leave() -> Weight {
		Weight::from_parts(50_018_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn set_commission() -> Weight {
		Weight::from_parts(77_448_000, 7745)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn delegate() -> Weight {
		Weight::from_parts(237_774_000, 53487)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn unbond() -> Weight {
		Weight::from_parts(2_790_411_000, 2536366)
			.saturating_add(RocksDbWeight::get().reads(1026_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(282_429_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	fn realise() -> Weight {
		Weight::from_parts(221_078_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn convert() -> Weight {
		Weight::from_parts(84_824_000, 7813)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn archive() -> Weight {
		Weight::from_parts(145_794_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn reopen() -> Weight {
		Weight::from_parts(79_381_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn allocate() -> Weight {
		Weight::from_parts(2_688_483_000, 2527672)
			.saturating_add(RocksDbWeight::get().reads(1022_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn release() -> Weight {
		Weight::from_parts(214_889_000, 53487)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn validate() -> Weight {
		Weight::from_parts(178_131_000, 57154)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn chill() -> Weight {
		Weight::from_parts(2_548_340_000, 2526431)
			.saturating_add(RocksDbWeight::get().reads(1004_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn rank() -> Weight {
		Weight::from_parts(206_047_000, 53487)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn distribute() -> Weight {
		Weight::from_parts(327_072_000, 41326)
			.saturating_add(RocksDbWeight::get().reads(24_u64))
			.saturating_add(RocksDbWeight::get().writes(22_u64))
	}
	fn claim() -> Weight {
		Weight::from_parts(253_266_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn fund() -> Weight {
		Weight::from_parts(115_161_000, 6196)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn expire_pot() -> Weight {
		Weight::from_parts(79_740_000, 6032)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn expire_work() -> Weight {
		Weight::from_parts(73_409_000, 3686)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn create_service() -> Weight {
		Weight::from_parts(29_566_000, 3563)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn drain_service() -> Weight {
		Weight::from_parts(21_742_000, 3563)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn retire_service() -> Weight {
		Weight::from_parts(77_230_000, 3593)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn revoke_reporter() -> Weight {
		Weight::from_parts(21_873_000, 3563)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn report() -> Weight {
		Weight::from_parts(127_457_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	fn veto() -> Weight {
		Weight::from_parts(104_521_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	fn cancel() -> Weight {
		Weight::from_parts(98_696_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(6_u64))
	}
	fn execute() -> Weight {
		Weight::from_parts(176_689_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(9_u64))
	}
	fn execute_noted() -> Weight {
		Weight::from_parts(247_712_000, 53487)
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(7_u64))
	}
	fn note_fault() -> Weight {
		Weight::from_parts(42_246_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn note_work() -> Weight {
		Weight::from_parts(46_846_000, 9362)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn slash(s: u32, b: u32, ) -> Weight {
		Weight::from_parts(119_623_176, 53487)
			.saturating_add(Weight::from_parts(402_532, 0).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(222_467, 0).saturating_mul(b.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	fn punish() -> Weight {
		Weight::from_parts(199_112_000, 68296)
			.saturating_add(RocksDbWeight::get().reads(8_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	fn security() -> Weight {
		Weight::from_parts(54_671_000, 10188)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
	}
}
