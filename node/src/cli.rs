// SPDX-License-Identifier: Apache-2.0

//! The command line: Substrate's, and what the data-availability layer adds.

use clap::{Parser, Subcommand};
use polkadot_sdk::*;
use std::{ffi::OsString, net::SocketAddr, path::PathBuf, str::FromStr};

/// The node of a zerog network.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
	#[command(subcommand)]
	pub command: Option<Command>,

	#[clap(flatten)]
	pub run: sc_cli::RunCmd,

	#[clap(flatten)]
	pub node: NodeParams,
}

/// What this node's options add to Substrate's.
#[derive(Debug, Clone, clap::Args)]
pub struct NodeParams {
	#[clap(flatten)]
	pub da: DaParams,

	/// Where the folder `zerog-runtimes` lies: what was compiled of runtimes, so that the next start is quick. Default: beside
	/// the chain's database. What lies in it is run: keep others from writing to it.
	#[arg(long, value_name = "FOLDER")]
	pub runtime_cache: Option<PathBuf>,
}

/// Options of the data-availability service.
#[derive(Debug, Clone, clap::Args)]
pub struct DaParams {
	/// Where the blob gateway listens, or `off`. It has no authentication: keep it on loopback.
	#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9950")]
	pub da_gateway: Gateway,

	/// File with the attestation key. Default: `da/key` beside the chain's database, if it exists; with a development
	/// account (`--alice`, `--bob`, …) the key that derives from it.
	#[arg(long, value_name = "FILE")]
	pub da_key_file: Option<PathBuf>,
}

/// Address of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gateway {
	/// No gateway.
	Off,
	/// Listens there.
	At(SocketAddr),
}

impl FromStr for Gateway {
	type Err = String;
	fn from_str(text: &str) -> Result<Self, String> {
		match text {
			"off" => Ok(Self::Off),
			address => address.parse().map(Self::At).map_err(|_| {
				format!("'{address}' is neither 'off' nor an address and port such as 127.0.0.1:9950")
			}),
		}
	}
}

/// What the node does instead of running.
#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Command {
	/// Create and inspect attestation keys.
	#[command(subcommand)]
	DaKey(DaKey),

	/// Run the Ethereum JSON-RPC server, `zerog-eth-rpc`, from the folder of this program or the PATH.
	#[command(disable_help_flag = true)]
	EthRpc {
		/// Options of `zerog-eth-rpc`.
		#[arg(trailing_var_arg = true, allow_hyphen_values = true)]
		arguments: Vec<OsString>,
	},

	/// Create, inspect and insert keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Export a chain specification.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Check blocks.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Export blocks.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Export the state of a block as a chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Remove the whole chain.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Revert the chain to a former state.
	Revert(sc_cli::RevertCmd),

	/// Benchmark pallets, blocks, storage and the machine.
	#[command(subcommand)]
	Benchmark(frame_benchmarking_cli::BenchmarkCmd),

	/// Show the database's meta columns.
	ChainInfo(sc_cli::ChainInfoCmd),
}

/// Attestation keys.
#[derive(Debug, Subcommand)]
pub enum DaKey {
	/// Create a key in a new file that only its owner can read.
	Generate {
		/// The file; it must not exist.
		file: PathBuf,
	},
	/// Show the public key, and its proof of possession for an account of a chain.
	Inspect {
		/// The file.
		file: PathBuf,
		/// Genesis hash of the chain, in hex.
		#[arg(long, requires = "account")]
		genesis: Option<String>,
		/// The validator's account, as SS58 or hex.
		#[arg(long, requires = "genesis")]
		account: Option<String>,
	},
}
