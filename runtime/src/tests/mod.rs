// SPDX-License-Identifier: Apache-2.0

//! Tests of how the runtime is put together.

mod blobs;
mod chain;
mod genesis;
mod governance;
mod migrations;
mod networks;
mod parameters;
mod staking;
mod table;
mod transactions;

use crate::*;
use sp_runtime::BuildStorage;

/// The storage of a preset.
fn preset(name: &str) -> sp_io::TestExternalities {
	storage(patch(name))
}

/// What a preset says.
fn patch(name: &str) -> serde_json::Value {
	let json = sp_io::TestExternalities::default()
		.execute_with(|| genesis_config_presets::get_preset(&name.into()).unwrap());
	serde_json::from_slice(&json).unwrap()
}

/// The storage of a genesis that says so much.
fn storage(patch: serde_json::Value) -> sp_io::TestExternalities {
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	merge(&mut config, patch);
	let config: RuntimeGenesisConfig = serde_json::from_value(config).unwrap();
	let mut ext = sp_io::TestExternalities::from(config.build_storage().unwrap());
	ext.execute_with(|| System::set_block_number(1));
	ext
}

fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
	match (into, patch) {
		(serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(into, patch) => *into = patch,
	}
}
