// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of our pallets, for `./scripts/weights`.

use crate::*;
use alloc::{string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkError, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, TrackedStorageKey};

mod list {
	use super::*;
	frame_benchmarking::define_benchmarks!([pallet_data_availability, DataAvailability][pallet_networks, Networks][pallet_restaking, Restaking]);

	pub(super) fn metadata(extra: bool) -> Vec<BenchmarkList> {
		let mut list = Vec::new();
		list_benchmarks!(list, extra);
		list
	}

	pub(super) fn run(
		config: BenchmarkConfig,
		whitelist: Vec<TrackedStorageKey>,
	) -> Result<Vec<BenchmarkBatch>, BenchmarkError> {
		let mut batches = Vec::new();
		let params = (&config, &whitelist);
		add_benchmarks!(params, batches);
		Ok(batches)
	}
}

/// The benchmarks and the storage that they know.
pub(crate) fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	(list::metadata(extra), AllPalletsWithSystem::storage_info())
}

/// Runs what the command line asks for.
pub(crate) fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	use frame_support::traits::WhitelistedStorageKeys;
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	list::run(config, whitelist).map_err(|error| alloc::format!("{error:?}"))
}
