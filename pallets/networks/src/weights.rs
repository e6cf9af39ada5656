// SPDX-License-Identifier: Apache-2.0

//! Weights of `pallet_networks`, measured by `./scripts/weights`; do not edit.
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
	/// `register`.
	fn register() -> Weight;
	/// `unregister`.
	fn unregister() -> Weight;
	/// `expel`.
	fn expel() -> Weight;
	/// `set_ingress`.
	fn set_ingress() -> Weight;
	/// `join`.
	fn join() -> Weight;
	/// `leave`.
	fn leave() -> Weight;
	/// `fund`.
	fn fund() -> Weight;
	/// `set_parameters`.
	fn set_parameters() -> Weight;
	/// `set_capacity`.
	fn set_capacity() -> Weight;
	/// `turn`.
	fn turn() -> Weight;
	/// `draw`.
	fn draw(c: u32, s: u32, ) -> Weight;
	/// `read`.
	fn read(c: u32, ) -> Weight;
	/// `seal`.
	fn seal(c: u32, ) -> Weight;
	/// `clear`.
	fn clear() -> Weight;
	/// `route`.
	fn route() -> Weight;
	/// `everybody`.
	fn everybody(c: u32, ) -> Weight;
	/// `seated`.
	fn seated() -> Weight;
	/// `note`.
	fn note() -> Weight;
}

/// Measured weights with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:1 w:0)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1 w:0)
	/// Storage: `Networks::Operators` (r:1 w:1)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// Storage: `Networks::CounterForOperators` (r:1 w:1)
	/// Proof: `Networks::CounterForOperators` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	fn register() -> Weight {
		// Minimum execution time: 44_125_000 picoseconds.
		Weight::from_parts(47_153_000, 4277)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Networks::Registry` (r:1 w:0)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Operators` (r:1 w:1)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn unregister() -> Weight {
		// Minimum execution time: 29_093_000 picoseconds.
		Weight::from_parts(31_167_000, 5407)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Operators` (r:1 w:1)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:1 w:0)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1 w:0)
	/// Storage: `Networks::Registry` (r:1 w:0)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	fn expel() -> Weight {
		// Minimum execution time: 52_433_000 picoseconds.
		Weight::from_parts(54_043_000, 8301)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Operators` (r:1 w:1)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	fn set_ingress() -> Weight {
		// Minimum execution time: 23_329_000 picoseconds.
		Weight::from_parts(24_534_000, 3599)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Registry` (r:1 w:0)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Operators` (r:1 w:1)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:1 w:0)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1 w:0)
	/// Proof: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1 w:0)
	fn join() -> Weight {
		// Minimum execution time: 53_408_000 picoseconds.
		Weight::from_parts(56_194_000, 8296)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Registry` (r:1 w:0)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Operators` (r:1 w:1)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	fn leave() -> Weight {
		// Minimum execution time: 28_001_000 picoseconds.
		Weight::from_parts(29_861_000, 5407)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Revive::OriginalAccount` (r:1 w:1)
	/// Proof: `Revive::OriginalAccount` (`max_values`: None, `max_size`: Some(52), added: 2527, mode: `MaxEncodedLen`)
	fn fund() -> Weight {
		// Minimum execution time: 78_126_000 picoseconds.
		Weight::from_parts(81_111_000, 6196)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Networks::Parameters` (r:0 w:1)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	fn set_parameters() -> Weight {
		// Minimum execution time: 9_028_000 picoseconds.
		Weight::from_parts(9_333_000, 0)
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Registry` (r:1 w:1)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	fn set_capacity() -> Weight {
		// Minimum execution time: 18_979_000 picoseconds.
		Weight::from_parts(20_286_000, 5407)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Registry` (r:1 w:1)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Pending` (r:1 w:1)
	/// Proof: `Networks::Pending` (`max_values`: Some(1), `max_size`: Some(630), added: 1125, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Promises` (r:1 w:1)
	/// Proof: `Networks::Promises` (`max_values`: Some(1), `max_size`: Some(2306), added: 2801, mode: `MaxEncodedLen`)
	/// Storage: `System::Account` (r:2 w:2)
	/// Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::CurrentEra` (r:1 w:0)
	/// Proof: `Restaking::CurrentEra` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
	/// Storage: `Restaking::Pots` (r:1 w:1)
	/// Proof: `Restaking::Pots` (`max_values`: None, `max_size`: Some(46), added: 2521, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::RosterIndex` (r:1 w:1)
	/// Proof: `Networks::RosterIndex` (`max_values`: Some(1), `max_size`: Some(45), added: 540, mode: `MaxEncodedLen`)
	/// Storage: `Babe::Randomness` (r:1 w:0)
	/// Proof: `Babe::Randomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Committees` (r:5 w:4)
	/// Proof: `Networks::Committees` (`max_values`: None, `max_size`: Some(16947), added: 19422, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Routes` (r:0 w:1)
	/// Proof: `Networks::Routes` (`max_values`: Some(1), `max_size`: Some(802), added: 1297, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Rosters` (r:0 w:2)
	/// Proof: `Networks::Rosters` (`max_values`: None, `max_size`: Some(123922), added: 126397, mode: `MaxEncodedLen`)
	fn turn() -> Weight {
		// Minimum execution time: 334_306_000 picoseconds.
		Weight::from_parts(344_483_000, 98100)
			.saturating_add(T::DbWeight::get().reads(15_u64))
			.saturating_add(T::DbWeight::get().writes(14_u64))
	}
	/// Storage: `Networks::Rosters` (r:1 w:0)
	/// Proof: `Networks::Rosters` (`max_values`: None, `max_size`: Some(123922), added: 126397, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Committees` (r:3 w:1)
	/// Proof: `Networks::Committees` (`max_values`: None, `max_size`: Some(16947), added: 19422, mode: `MaxEncodedLen`)
	/// Storage: `Babe::Randomness` (r:1 w:0)
	/// Proof: `Babe::Randomness` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[513, 1024]`.
	/// The range of component `s` is `[3, 512]`.
	fn draw(c: u32, s: u32, ) -> Weight {
		// Minimum execution time: 328_658_000 picoseconds.
		Weight::from_parts(58_071_058, 127387)
			// Standard error: 7_689
			.saturating_add(Weight::from_parts(276_622, 0).saturating_mul(c.into()))
			// Standard error: 7_720
			.saturating_add(Weight::from_parts(591_263, 0).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Operators` (r:11 w:10)
	/// Proof: `Networks::Operators` (`max_values`: None, `max_size`: Some(134), added: 2609, mode: `MaxEncodedLen`)
	/// Storage: `DataAvailability::Keys` (r:10 w:0)
	/// Proof: `DataAvailability::Keys` (`max_values`: None, `max_size`: Some(336), added: 2811, mode: `MaxEncodedLen`)
	/// Storage: `Session::NextKeys` (r:10 w:0)
	/// Proof: `Session::NextKeys` (`max_values`: None, `max_size`: None, mode: `Measured`)
	/// Storage: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:10 w:0)
	/// Proof: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:10 w:0)
	/// Storage: `Networks::Draft` (r:1 w:1)
	/// Proof: `Networks::Draft` (`max_values`: Some(1), `max_size`: Some(123906), added: 124401, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 10]`.
	fn read(c: u32, ) -> Weight {
		// Minimum execution time: 61_621_000 picoseconds.
		Weight::from_parts(31_947_165, 125391)
			// Standard error: 152_245
			.saturating_add(Weight::from_parts(35_666_674, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(c.into())))
			.saturating_add(T::DbWeight::get().writes(1_u64))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2811).saturating_mul(c.into()))
	}
	/// Storage: `Networks::Draft` (r:1 w:1)
	/// Proof: `Networks::Draft` (`max_values`: Some(1), `max_size`: Some(123906), added: 124401, mode: `MaxEncodedLen`)
	/// Storage: `Networks::RosterIndex` (r:1 w:1)
	/// Proof: `Networks::RosterIndex` (`max_values`: Some(1), `max_size`: Some(45), added: 540, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Rosters` (r:0 w:1)
	/// Proof: `Networks::Rosters` (`max_values`: None, `max_size`: Some(123922), added: 126397, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[0, 1024]`.
	fn seal(c: u32, ) -> Weight {
		// Minimum execution time: 15_598_000 picoseconds.
		Weight::from_parts(15_481_436, 125391)
			// Standard error: 1_044
			.saturating_add(Weight::from_parts(346_104, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Networks::Committees` (r:3 w:3)
	/// Proof: `Networks::Committees` (`max_values`: None, `max_size`: Some(16947), added: 19422, mode: `MaxEncodedLen`)
	fn clear() -> Weight {
		// Minimum execution time: 10_834_000 picoseconds.
		Weight::from_parts(12_129_000, 59256)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Networks::Routes` (r:1 w:0)
	/// Proof: `Networks::Routes` (`max_values`: Some(1), `max_size`: Some(802), added: 1297, mode: `MaxEncodedLen`)
	fn route() -> Weight {
		// Minimum execution time: 134_739_000 picoseconds.
		Weight::from_parts(135_098_000, 2287)
			.saturating_add(T::DbWeight::get().reads(1_u64))
	}
	/// Storage: `Networks::Committees` (r:1 w:0)
	/// Proof: `Networks::Committees` (`max_values`: None, `max_size`: Some(16947), added: 19422, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Rosters` (r:1 w:0)
	/// Proof: `Networks::Rosters` (`max_values`: None, `max_size`: Some(123922), added: 126397, mode: `MaxEncodedLen`)
	/// Storage: `Networks::RosterIndex` (r:1 w:0)
	/// Proof: `Networks::RosterIndex` (`max_values`: Some(1), `max_size`: Some(45), added: 540, mode: `MaxEncodedLen`)
	/// Storage: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1024 w:0)
	/// Proof: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:1024 w:0)
	/// Storage: `Restaking::Operators` (r:1024 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	/// The range of component `c` is `[1, 1024]`.
	fn everybody(c: u32, ) -> Weight {
		// Minimum execution time: 27_287_000 picoseconds.
		Weight::from_parts(28_282_203, 127387)
			// Standard error: 9_161
			.saturating_add(Weight::from_parts(3_749_814, 0).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 8372).saturating_mul(c.into()))
	}
	/// Storage: `Networks::Committees` (r:1 w:0)
	/// Proof: `Networks::Committees` (`max_values`: None, `max_size`: Some(16947), added: 19422, mode: `MaxEncodedLen`)
	/// Storage: `Networks::RosterIndex` (r:1 w:0)
	/// Proof: `Networks::RosterIndex` (`max_values`: Some(1), `max_size`: Some(45), added: 540, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Rosters` (r:8 w:0)
	/// Proof: `Networks::Rosters` (`max_values`: None, `max_size`: Some(123922), added: 126397, mode: `MaxEncodedLen`)
	/// Storage: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:400 w:0)
	/// Proof: UNKNOWN KEY `0x62656e63686d61726b2f77686174206f70657261746f7273207374616b652e2e` (r:400 w:0)
	/// Storage: `Restaking::Operators` (r:400 w:0)
	/// Proof: `Restaking::Operators` (`max_values`: None, `max_size`: Some(5897), added: 8372, mode: `MaxEncodedLen`)
	fn seated() -> Weight {
		// Minimum execution time: 3_764_198_000 picoseconds.
		Weight::from_parts(3_850_924_000, 3349790)
			.saturating_add(T::DbWeight::get().reads(810_u64))
	}
	/// Storage: `Networks::Parameters` (r:1 w:0)
	/// Proof: `Networks::Parameters` (`max_values`: Some(1), `max_size`: Some(136), added: 631, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Routes` (r:1 w:0)
	/// Proof: `Networks::Routes` (`max_values`: Some(1), `max_size`: Some(802), added: 1297, mode: `MaxEncodedLen`)
	/// Storage: `Networks::Registry` (r:1 w:1)
	/// Proof: `Networks::Registry` (`max_values`: Some(1), `max_size`: Some(3922), added: 4417, mode: `MaxEncodedLen`)
	fn note() -> Weight {
		// Minimum execution time: 73_929_000 picoseconds.
		Weight::from_parts(75_584_000, 5407)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
}

/// For mocks: the same with RocksDB's weights.
impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(47_153_000, 4277)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn unregister() -> Weight {
		Weight::from_parts(31_167_000, 5407)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn expel() -> Weight {
		Weight::from_parts(54_043_000, 8301)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn set_ingress() -> Weight {
		Weight::from_parts(24_534_000, 3599)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn join() -> Weight {
		Weight::from_parts(56_194_000, 8296)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn leave() -> Weight {
		Weight::from_parts(29_861_000, 5407)
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn fund() -> Weight {
		Weight::from_parts(81_111_000, 6196)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn set_parameters() -> Weight {
		Weight::from_parts(9_333_000, 0)
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn set_capacity() -> Weight {
		Weight::from_parts(20_286_000, 5407)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn turn() -> Weight {
		Weight::from_parts(344_483_000, 98100)
			.saturating_add(RocksDbWeight::get().reads(15_u64))
			.saturating_add(RocksDbWeight::get().writes(14_u64))
	}
	fn draw(c: u32, s: u32, ) -> Weight {
		Weight::from_parts(58_071_058, 127387)
			.saturating_add(Weight::from_parts(276_622, 0).saturating_mul(c.into()))
			.saturating_add(Weight::from_parts(591_263, 0).saturating_mul(s.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn read(c: u32, ) -> Weight {
		Weight::from_parts(31_947_165, 125391)
			.saturating_add(Weight::from_parts(35_666_674, 0).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((4_u64).saturating_mul(c.into())))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 2811).saturating_mul(c.into()))
	}
	fn seal(c: u32, ) -> Weight {
		Weight::from_parts(15_481_436, 125391)
			.saturating_add(Weight::from_parts(346_104, 0).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().reads(2_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn clear() -> Weight {
		Weight::from_parts(12_129_000, 59256)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	fn route() -> Weight {
		Weight::from_parts(135_098_000, 2287)
			.saturating_add(RocksDbWeight::get().reads(1_u64))
	}
	fn everybody(c: u32, ) -> Weight {
		Weight::from_parts(28_282_203, 127387)
			.saturating_add(Weight::from_parts(3_749_814, 0).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().reads((2_u64).saturating_mul(c.into())))
			.saturating_add(Weight::from_parts(0, 8372).saturating_mul(c.into()))
	}
	fn seated() -> Weight {
		Weight::from_parts(3_850_924_000, 3349790)
			.saturating_add(RocksDbWeight::get().reads(810_u64))
	}
	fn note() -> Weight {
		Weight::from_parts(75_584_000, 5407)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
}
