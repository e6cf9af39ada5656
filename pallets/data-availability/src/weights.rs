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
	/// Forgetting a session in which `n` members have verdicts.
	fn forget_session(n: u32) -> Weight;
	/// `settle` of a blob with a committee of `n` members and `p` payers, without challenges.
	fn settle(n: u32, p: u32) -> Weight;
	/// `register_key`.
	fn register_key() -> Weight;
	/// `payout` to a committee of `n` members from `p` payers.
	fn payout(n: u32, p: u32) -> Weight;
	/// `claim_earnings`.
	fn claim_earnings() -> Weight;
	/// `challenge`, of a row of the largest committee.
	fn challenge() -> Weight;
	/// Checking the longest row with the longest path.
	fn authorize_answer() -> Weight;
	/// `answer`.
	fn answer() -> Weight;
	/// `resolve`.
	fn resolve() -> Weight;
	/// `report_bad_row` with a checksum of `k` rows.
	fn report_bad_row(k: u32) -> Weight;
	/// Checking a conflict.
	fn authorize_report_conflict() -> Weight;
	/// `report_conflict`.
	fn report_conflict() -> Weight;
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

	fn forget_session(n: u32) -> Weight {
		Weight::from_parts(50 * MICROS, 8_000)
			.saturating_add(Weight::from_parts(10 * MICROS, 2_800).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(4, 4))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
	}

	fn settle(n: u32, p: u32) -> Weight {
		Self::payout(n, p)
			.saturating_add(Weight::from_parts(100 * MICROS, 8_000))
			.saturating_add(Weight::from_parts(40 * MICROS, 3_000).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads_writes(5, 7))
	}

	fn register_key() -> Weight {
		Weight::from_parts(15_000 * MICROS, 8_000).saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}

	fn payout(n: u32, p: u32) -> Weight {
		Weight::from_parts(150 * MICROS, 16_000)
			.saturating_add(Weight::from_parts(15 * MICROS, 3_200).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(120 * MICROS, 4_000).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads_writes(6, 3))
			.saturating_add(T::DbWeight::get().reads_writes(1, 1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads_writes(3, 3).saturating_mul(p.into()))
	}

	fn claim_earnings() -> Weight {
		Weight::from_parts(100 * MICROS, 8_000).saturating_add(T::DbWeight::get().reads_writes(3, 3))
	}

	fn challenge() -> Weight {
		Weight::from_parts(300 * MICROS, 80_000).saturating_add(T::DbWeight::get().reads_writes(8, 6))
	}

	fn authorize_answer() -> Weight {
		Weight::from_parts(250 * MICROS, 16_000).saturating_add(T::DbWeight::get().reads(2))
	}

	fn answer() -> Weight {
		Weight::from_parts(250 * MICROS, 24_000).saturating_add(T::DbWeight::get().reads_writes(9, 9))
	}

	fn resolve() -> Weight {
		Weight::from_parts(200 * MICROS, 24_000).saturating_add(T::DbWeight::get().reads_writes(9, 9))
	}

	fn report_bad_row(k: u32) -> Weight {
		// The engine's tables, 8 MiB, are made anew in every call into the runtime.
		Weight::from_parts(250_000 * MICROS, 80_000)
			.saturating_add(Weight::from_parts(60 * MICROS, 40).saturating_mul(k.into()))
			.saturating_add(T::DbWeight::get().reads_writes(4, 2))
	}

	fn authorize_report_conflict() -> Weight {
		Weight::from_parts(24_000 * MICROS, 80_000).saturating_add(T::DbWeight::get().reads(4))
	}

	fn report_conflict() -> Weight {
		Weight::from_parts(100 * MICROS, 80_000).saturating_add(T::DbWeight::get().reads_writes(3, 1))
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
	fn forget_session(n: u32) -> Weight {
		RocksDbWeight::get().reads_writes(u64::from(n).saturating_add(4), u64::from(n).saturating_add(4))
	}
	fn settle(n: u32, p: u32) -> Weight {
		Self::payout(n, p).saturating_add(RocksDbWeight::get().reads_writes(5, 7))
	}
	fn register_key() -> Weight {
		RocksDbWeight::get().reads_writes(4, 4)
	}
	fn payout(n: u32, p: u32) -> Weight {
		let each = u64::from(n).saturating_add(u64::from(p).saturating_mul(3));
		RocksDbWeight::get().reads_writes(each.saturating_add(6), each.saturating_add(3))
	}
	fn claim_earnings() -> Weight {
		RocksDbWeight::get().reads_writes(3, 3)
	}
	fn challenge() -> Weight {
		RocksDbWeight::get().reads_writes(8, 6)
	}
	fn authorize_answer() -> Weight {
		RocksDbWeight::get().reads(2)
	}
	fn answer() -> Weight {
		RocksDbWeight::get().reads_writes(9, 9)
	}
	fn resolve() -> Weight {
		RocksDbWeight::get().reads_writes(9, 9)
	}
	fn report_bad_row(k: u32) -> Weight {
		Weight::from_parts(u64::from(k), 0).saturating_add(RocksDbWeight::get().reads_writes(4, 2))
	}
	fn authorize_report_conflict() -> Weight {
		RocksDbWeight::get().reads(4)
	}
	fn report_conflict() -> Weight {
		RocksDbWeight::get().reads_writes(3, 1)
	}
}
