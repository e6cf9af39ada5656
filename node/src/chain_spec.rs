// SPDX-License-Identifier: Apache-2.0

//! Chains that the node knows by name.

use polkadot_sdk::*;
use sc_service::{ChainType, Properties};
use zerog_primitives::units::{DECIMALS, SYMBOL};

/// A chain specification: the runtime's preset makes the genesis.
pub type ChainSpec = sc_service::GenericChainSpec<sc_service::NoExtension, crate::service::HostFunctions>;

fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), SYMBOL.into());
	properties.insert("tokenDecimals".into(), DECIMALS.into());
	properties.insert("ss58Format".into(), 42.into());
	properties
}

fn build(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, String> {
	let wasm = zerog_runtime::WASM_BINARY.ok_or(
		"this node was built without a runtime (SKIP_WASM_BUILD): build it again, or name a chain spec file",
	)?;
	Ok(ChainSpec::builder(wasm, sc_service::NoExtension::None)
		.with_name(name)
		.with_id(id)
		.with_protocol_id("zerog")
		.with_chain_type(chain_type)
		.with_genesis_config_preset_name(preset)
		.with_properties(properties())
		.build())
}

/// One validator, Alice.
pub fn development() -> Result<ChainSpec, String> {
	build(
		"zerog Development",
		"zerog_dev",
		ChainType::Development,
		sp_genesis_builder::DEV_RUNTIME_PRESET,
	)
}

/// Four validators, Alice to Dave.
pub fn local() -> Result<ChainSpec, String> {
	build(
		"zerog Local Testnet",
		"zerog_local",
		ChainType::Local,
		sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET,
	)
}

/// The chain of this name, or from this file.
pub fn load(id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
	Ok(match id {
		"dev" => Box::new(development()?),
		"" | "local" => Box::new(local()?),
		path => Box::new(ChainSpec::from_json_file(path.into())?),
	})
}
