// SPDX-License-Identifier: Apache-2.0

//! Weights of the calls.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};
use polkadot_sdk::*;

/// Weights that the pallet needs.
pub trait WeightInfo {
	/// Taking a session's committee of `n` members.
	fn note_session(n: u32) -> Weight;
	/// `submit`.
	fn submit() -> Weight;
	/// Checking a certificate of `b` blobs by a committee of `n` members.
	fn authorize_certify(n: u32, b: u32) -> Weight;
	/// `certify` of `b` blobs.
	fn certify(b: u32) -> Weight;
	/// `settle` with `n` transfers to signers.
	fn settle(n: u32) -> Weight;
	/// `register_key`.
	fn register_key() -> Weight;
}

/// Upper bounds for a machine twice as slow as the reference machine; `./scripts/weights` measures them.
pub struct SubstrateWeight<T>(PhantomData<T>);

const MICROS: u64 = 1_000_000;

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn note_session(n: u32) -> Weight {
		Weight::from_parts(50 * MICROS, 8_000)
			.saturating_add(Weight::from_parts(120 * MICROS, 2_800).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().reads(u64::from(n)))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	fn submit() -> Weight {
		Weight::from_parts(250 * MICROS, 12_000).saturating_add(T::DbWeight::get().reads_writes(8, 7))
	}

	fn authorize_certify(n: u32, b: u32) -> Weight {
		Weight::from_parts(12_000 * MICROS, 16_000)
			.saturating_add(Weight::from_parts(60 * MICROS, 400).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(60 * MICROS, 3_000).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(u64::from(b)))
	}

	fn certify(b: u32) -> Weight {
		Weight::from_parts(100 * MICROS, 8_000)
			.saturating_add(Weight::from_parts(150 * MICROS, 6_000).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads_writes(4, 1))
			.saturating_add(T::DbWeight::get().reads_writes(2, 4).saturating_mul(b.into()))
	}

	fn settle(n: u32) -> Weight {
		Weight::from_parts(200 * MICROS, 12_000)
			.saturating_add(Weight::from_parts(120 * MICROS, 3_000).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(8, 7))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
	}

	fn register_key() -> Weight {
		Weight::from_parts(15_000 * MICROS, 8_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}
}

impl WeightInfo for () {
	fn note_session(n: u32) -> Weight {
		RocksDbWeight::get().reads_writes(u64::from(n).saturating_add(6), 6)
	}
	fn submit() -> Weight {
		RocksDbWeight::get().reads_writes(8, 7)
	}
	fn authorize_certify(_n: u32, b: u32) -> Weight {
		RocksDbWeight::get().reads(u64::from(b).saturating_add(4))
	}
	fn certify(b: u32) -> Weight {
		RocksDbWeight::get().reads_writes(4, 4).saturating_mul(b.into())
	}
	fn settle(n: u32) -> Weight {
		RocksDbWeight::get().reads_writes(u64::from(n).saturating_add(8), u64::from(n).saturating_add(7))
	}
	fn register_key() -> Weight {
		RocksDbWeight::get().reads_writes(4, 4)
	}
}
