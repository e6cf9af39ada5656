// SPDX-License-Identifier: Apache-2.0

//! The Ethereum JSON-RPC server beside a node: Parity's server for `pallet-revive`, built against our runtime's metadata.

fn main() -> anyhow::Result<()> {
	pallet_revive_eth_rpc::cli::run(pallet_revive_eth_rpc::cli::CliCommand::parse_cli()?)
}
