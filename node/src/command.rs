// SPDX-License-Identifier: Apache-2.0

//! What each command does.

use crate::{
	chain_spec,
	cli::{Cli, Command},
	da::key,
	service,
};
use frame_benchmarking_cli::{BenchmarkCmd, SUBSTRATE_REFERENCE_HARDWARE};
use polkadot_sdk::*;
use sc_cli::SubstrateCli;
use sc_service::PartialComponents;
use std::{os::unix::process::CommandExt, process};
use zerog_runtime::OpaqueBlock as Block;

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"zerog Node".into()
	}
	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}
	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}
	fn author() -> String {
		"The zerog developers".into()
	}
	fn support_url() -> String {
		"see docs/".into()
	}
	fn copyright_start_year() -> i32 {
		2026
	}
	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		chain_spec::load(id)
	}
}

/// Parses the command line and does what it says.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();
	match cli.command {
		None => {
			let runner = cli.create_runner(&cli.run)?;
			let params = cli.node.clone();
			runner.run_node_until_exit(|config| async move {
				service::new_full(config, params).map_err(sc_cli::Error::Service)
			})
		}
		Some(Command::DaKey(ref command)) => {
			key::run(command).map_err(|error| sc_cli::Error::Input(error.to_string()))
		}
		Some(Command::EthRpc { ref arguments }) => exec_eth_rpc(arguments),
		Some(Command::Key(ref command)) => command.run(&cli),
		Some(Command::ExportChainSpec(ref command)) => command.run(cli.load_spec(&command.chain)?),
		Some(Command::CheckBlock(ref command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents {
				client,
				task_manager,
				import_queue,
				..
			} = service::new_partial(&config, None)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Some(Command::ExportBlocks(ref command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents {
				client, task_manager, ..
			} = service::new_partial(&config, None)?;
			Ok((command.run(client, config.database), task_manager))
		}),
		Some(Command::ExportState(ref command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents {
				client, task_manager, ..
			} = service::new_partial(&config, None)?;
			Ok((command.run(client, config.chain_spec), task_manager))
		}),
		Some(Command::ImportBlocks(ref command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents {
				client,
				task_manager,
				import_queue,
				..
			} = service::new_partial(&config, None)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Some(Command::PurgeChain(ref command)) => cli
			.create_runner(command)?
			.sync_run(|config| command.run(config.database)),
		Some(Command::Revert(ref command)) => cli.create_runner(command)?.async_run(|config| {
			let PartialComponents {
				client,
				task_manager,
				backend,
				..
			} = service::new_partial(&config, None)?;
			let revert_consensus =
				Box::new(|client: std::sync::Arc<service::FullClient>, backend, blocks| {
					sc_consensus_babe::revert(client.clone(), backend, blocks)?;
					sc_consensus_grandpa::revert(client, blocks)?;
					Ok(())
				});
			Ok((command.run(client, backend, Some(revert_consensus)), task_manager))
		}),
		Some(Command::Benchmark(ref command)) => benchmark(&cli, command),
		Some(Command::ChainInfo(ref command)) => cli
			.create_runner(command)?
			.sync_run(|config| command.run::<Block>(&config)),
	}
}

fn benchmark(cli: &Cli, command: &BenchmarkCmd) -> sc_cli::Result<()> {
	let runner = cli.create_runner(command)?;
	match command {
		BenchmarkCmd::Pallet(command) => {
			if !cfg!(feature = "runtime-benchmarks") {
				return Err("build with `--features runtime-benchmarks` (see ./scripts/weights)".into());
			}
			runner.sync_run(|config| {
				command.run_with_spec::<sp_runtime::traits::HashingFor<Block>, service::HostFunctions>(Some(
					config.chain_spec,
				))
			})
		}
		BenchmarkCmd::Block(command) => runner.sync_run(|config| {
			let PartialComponents { client, .. } = service::new_partial(&config, None)?;
			command.run(client)
		}),
		#[cfg(feature = "runtime-benchmarks")]
		BenchmarkCmd::Storage(command) => runner.sync_run(|config| {
			let PartialComponents { client, backend, .. } = service::new_partial(&config, None)?;
			let (db, storage, cache) = (
				backend.expose_db(),
				backend.expose_storage(),
				backend.expose_shared_trie_cache(),
			);
			command.run(config, client, db, storage, cache)
		}),
		#[cfg(not(feature = "runtime-benchmarks"))]
		BenchmarkCmd::Storage(_) => Err("build with `--features runtime-benchmarks`".into()),
		BenchmarkCmd::Overhead(command) => runner.sync_run(|config| {
			command
				.run_with_default_builder_and_spec::<Block, service::HostFunctions>(Some(config.chain_spec))
		}),
		BenchmarkCmd::Extrinsic(_) => {
			Err("not offered: `benchmark overhead` measures the base weight of extrinsics".into())
		}
		BenchmarkCmd::Machine(command) => {
			runner.sync_run(|config| command.run(&config, SUBSTRATE_REFERENCE_HARDWARE.clone()))
		}
	}
}

/// Becomes the Ethereum RPC server. It is a program of its own, so that the node does not wait for it to compile.
fn exec_eth_rpc(arguments: &[std::ffi::OsString]) -> sc_cli::Result<()> {
	const PROGRAM: &str = "zerog-eth-rpc";
	let beside = std::env::current_exe()
		.ok()
		.and_then(|path| Some(path.parent()?.join(PROGRAM)));
	let program = beside
		.filter(|path| path.exists())
		.unwrap_or_else(|| PROGRAM.into());
	let error = process::Command::new(&program).args(arguments).exec();
	Err(format!(
		"cannot run {}: {error}. Build it: cargo build --release -p zerog-eth-rpc",
		program.display()
	)
	.into())
}
