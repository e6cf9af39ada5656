// SPDX-License-Identifier: Apache-2.0

//! Arguments and exit codes: 0 done, 1 failed, 2 not understood.

mod account;
mod custody;
mod da;
mod network;
mod output;
mod sample;
mod stake;
mod terms;

use anyhow::Context;
use clap::{error::ErrorKind, Args, CommandFactory, Parser, Subcommand};
use output::Output;
use std::{path::PathBuf, process::ExitCode};
use zerog_client::{
	keys::{self, Address},
	sample::MAX_SAMPLES,
	units::{parse_namespace, Amount, Retention},
	Client, Commitment, Gateway, Keypair, Namespace,
};

/// Publish files on zerog and read them back; see networks; stake; see balances and pay.
#[derive(Debug, Parser)]
#[command(
	name = "zerog",
	version,
	arg_required_else_help = true,
	disable_help_subcommand = true
)]
struct Cli {
	#[command(flatten)]
	global: Global,
	#[command(subcommand)]
	verb: Verb,
}

#[derive(Debug, Args)]
struct Global {
	/// The node to talk to.
	#[arg(
		long,
		global = true,
		value_name = "URL",
		default_value = "ws://127.0.0.1:9944",
		env = "ZEROG_URL"
	)]
	url: String,
	/// The gateway that takes and gives blobs; `da sample` and `da report` take several (repeat it, or separate by
	/// commas).
	#[arg(
		long,
		global = true,
		value_name = "URL",
		value_delimiter = ',',
		default_value = "http://127.0.0.1:9950",
		env = "ZEROG_GATEWAY"
	)]
	gateway: Vec<String>,
	/// The key to sign with: //Alice for development, a mnemonic or a seed. Others on this machine can see
	/// it; prefer --key-file.
	#[arg(long, global = true, value_name = "SECRET", conflicts_with = "key_file")]
	suri: Option<String>,
	/// A file with the key to sign with (mnemonic, seed or //Alice), readable by its owner only.
	#[arg(long, global = true, value_name = "FILE")]
	key_file: Option<PathBuf>,
	/// Print JSON for programs; ask nothing.
	#[arg(long, global = true)]
	json: bool,
	/// Pay without asking.
	#[arg(long, short, global = true)]
	yes: bool,
}

#[derive(Debug, Subcommand)]
enum Verb {
	/// Publish and read blobs.
	#[command(subcommand, arg_required_else_help = true)]
	Da(Da),
	/// See networks and what they are worth; operate in them.
	#[command(subcommand, arg_required_else_help = true)]
	Network(network::Network),
	/// Stake, operate, see rewards and slashes.
	#[command(subcommand, arg_required_else_help = true)]
	Stake(stake::Stake),
	/// Show what an account owns; without an address, the signing key's account.
	Balance {
		/// An address of this network (5…) or an Ethereum address (0x…).
		#[arg(value_parser = parse_address)]
		address: Option<Address>,
	},
	/// Pay somebody.
	Transfer {
		/// An address of this network (5…) or an Ethereum address (0x…).
		#[arg(value_parser = parse_address)]
		to: Address,
		/// An amount in ZG, for example 12.5.
		amount: Amount,
	},
}

#[derive(Debug, Subcommand)]
enum Da {
	/// Publish a file: pay, hand it over, wait for its certificate.
	Put {
		/// The file, 1 byte to 32 MiB.
		file: PathBuf,
		/// The application that it belongs to: 32 bytes in hex, or a text of at most 32 bytes.
		#[arg(long, value_parser = parse_namespace, default_value = "")]
		namespace: Namespace,
		/// How long it is kept: blocks, or a span such as 30m, 1h, 7d, 2w [default: 1d, or the longest that the chain takes].
		#[arg(long, value_name = "BLOCKS|SPAN")]
		retention: Option<Retention>,
		/// The most to be paid for dispersal and held for custody together [default: what is shown, and half of the
		/// dispersal fee].
		#[arg(long, value_name = "AMOUNT")]
		max_fee: Option<Amount>,
	},
	/// Read a blob back, verify it, and write it to a file.
	Get {
		/// The blob's commitment.
		commitment: Commitment,
		/// Where to write it; `-` for the standard output.
		#[arg(long, short)]
		output: PathBuf,
	},
	/// Show where a blob stands.
	Status {
		/// The blob's commitment.
		commitment: Commitment,
	},
	/// See whether a blob is available and encoded rightly, from a few random rows.
	Sample {
		/// The blob's commitment.
		commitment: Commitment,
		/// How many rows: each makes it four times less likely to be deceived about availability.
		#[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_SAMPLES)))]
		samples: u32,
		/// Where the proof is kept if a row contradicts the checksum [default: COMMITMENT-row-N.proof].
		#[arg(long, value_name = "FILE")]
		evidence: Option<PathBuf>,
	},
	/// Ask a signer to show a row on chain, and wait until it has or has not.
	Challenge {
		/// The blob's commitment.
		commitment: Commitment,
		/// The row; by default, any that somebody signed for, at random.
		#[arg(long, value_name = "N")]
		row: Option<u32>,
		/// The member that is to show a row: its place in the blob's committee, from 0.
		#[arg(long, value_name = "M")]
		member: Option<usize>,
	},
	/// Prove on chain that a member signed for a wrongly encoded row.
	Report {
		/// The blob's commitment.
		commitment: Commitment,
		/// The row; by default, any of which a gateway has a proof.
		#[arg(long, value_name = "N", conflicts_with = "evidence")]
		row: Option<u32>,
		/// A proof that `da sample` kept, instead of one that a gateway has.
		#[arg(long, value_name = "FILE")]
		evidence: Option<PathBuf>,
	},
	/// Have the signers of a blob paid for the time that has passed.
	Payout {
		/// The blob's commitment.
		commitment: Commitment,
	},
	/// Take what an account has earned with custody; without an address, the signing key's account.
	Claim {
		/// An address of this network (5…) or an Ethereum address (0x…); anyone may claim for anyone.
		#[arg(value_parser = parse_address)]
		address: Option<Address>,
	},
	/// Show what the node did with a blob, and when.
	Trace {
		/// The blob's commitment.
		commitment: Commitment,
	},
	/// Check that a file has a commitment, on this machine.
	Verify {
		/// The file.
		file: PathBuf,
		/// The commitment that it should have.
		commitment: Commitment,
		/// The namespace that it was published under; by default, what the chain says.
		#[arg(long, value_parser = parse_namespace)]
		namespace: Option<Namespace>,
		/// The chain's genesis hash; with it and --namespace no node is asked.
		#[arg(long, value_name = "HASH", requires = "namespace")]
		genesis: Option<Commitment>,
	},
}

fn parse_address(text: &str) -> Result<Address, String> {
	text.parse().map_err(|error: keys::KeyError| error.to_string())
}

impl Global {
	async fn client(&self) -> anyhow::Result<Client> {
		Ok(Client::connect(&self.url).await?)
	}

	fn gateway(&self) -> anyhow::Result<Gateway> {
		match &self.gateway[..] {
			[gateway] => Ok(Gateway::new(gateway)?),
			_ => usage("name one gateway: only `da sample` and `da report` ask several"),
		}
	}

	fn gateways(&self) -> anyhow::Result<Vec<Gateway>> {
		let gateways = self.gateway.iter().map(|url| Gateway::new(url));
		Ok(gateways.collect::<Result<_, _>>()?)
	}

	/// The signing key, if one was named.
	fn key(&self) -> anyhow::Result<Option<Keypair>> {
		Ok(match (&self.suri, &self.key_file) {
			(Some(suri), _) => Some(keys::from_suri(suri)?),
			(None, Some(file)) => Some(keys::from_file(file)?),
			(None, None) => None,
		})
	}

	/// Whoever was named, else the owner of the key.
	fn address(&self, named: Option<Address>) -> anyhow::Result<Address> {
		Ok(match (named, self.key()?) {
			(Some(address), _) => address,
			(None, Some(key)) => Address::Account(keys::account_of(&key)),
			(None, None) => usage("name an account, or a key with --key-file or --suri"),
		})
	}

	/// The signing key; without one the command was not complete.
	fn signer(&self) -> anyhow::Result<Keypair> {
		match self.key()? {
			Some(key) => Ok(key),
			None => {
				usage("name the key to sign with: --key-file FILE, or --suri //Alice on a development chain")
			}
		}
	}
}

/// End as clap does when arguments are wrong.
fn usage(message: &str) -> ! {
	Cli::command()
		.error(ErrorKind::MissingRequiredArgument, message)
		.exit()
}

async fn run(cli: &Cli, output: &Output) -> anyhow::Result<()> {
	let global = &cli.global;
	match &cli.verb {
		Verb::Da(Da::Put {
			file,
			namespace,
			retention,
			max_fee,
		}) => da::put(global, output, file, *namespace, *retention, *max_fee).await,
		Verb::Da(Da::Get {
			commitment,
			output: to,
		}) => da::get(global, output, *commitment, to).await,
		Verb::Da(Da::Status { commitment }) => da::status(global, output, *commitment).await,
		Verb::Da(Da::Sample {
			commitment,
			samples,
			evidence,
		}) => sample::sample(global, output, *commitment, *samples, evidence.as_deref()).await,
		Verb::Da(Da::Challenge {
			commitment,
			row,
			member,
		}) => custody::challenge(global, output, *commitment, *row, *member).await,
		Verb::Da(Da::Report {
			commitment,
			row,
			evidence,
		}) => custody::report(global, output, *commitment, *row, evidence.as_deref()).await,
		Verb::Da(Da::Payout { commitment }) => custody::payout(global, output, *commitment).await,
		Verb::Da(Da::Claim { address }) => custody::claim(global, output, *address).await,
		Verb::Da(Da::Trace { commitment }) => sample::trace(global, output, *commitment).await,
		Verb::Da(Da::Verify {
			file,
			commitment,
			namespace,
			genesis,
		}) => da::verify(global, output, file, *commitment, *namespace, *genesis).await,
		Verb::Network(verb) => network::run(global, output, verb).await,
		Verb::Stake(verb) => stake::run(global, output, verb).await,
		Verb::Balance { address } => account::balance(global, output, *address).await,
		Verb::Transfer { to, amount } => account::transfer(global, output, *to, *amount).await,
	}
}

/// Run the command line.
pub(crate) fn main() -> ExitCode {
	let cli = Cli::parse();
	let output = Output::new(cli.global.json, cli.global.yes);
	let done = tokio::runtime::Runtime::new()
		.context("the async runtime did not start")
		.and_then(|runtime| runtime.block_on(run(&cli, &output)));
	match done {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			output.error(&error);
			ExitCode::FAILURE
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const BLOB: &str = "0xabababababababababababababababababababababababababababababababab";
	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	fn parse(line: &str) -> Result<Cli, clap::Error> {
		Cli::try_parse_from(std::iter::once("zerog").chain(line.split_whitespace()))
	}

	#[test]
	fn the_definition_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn every_verb_is_understood() {
		for line in [
			"da put FILE --suri //Alice",
			"da put FILE --namespace photos --retention 1h --yes --key-file key",
			"--json --url ws://host:1 --gateway http://host:2 da put FILE --retention 1200",
			&format!("da get {BLOB} -o FILE"),
			&format!("da get {} --output -", &BLOB[2..]),
			&format!("da status {BLOB} --json"),
			&format!("da sample {BLOB} --samples 59 --gateway http://a:1 --gateway http://b:2"),
			&format!("da sample {BLOB} --gateway http://a:1,http://b:2 --json"),
			&format!("da sample {BLOB} --evidence proof"),
			&format!("da challenge {BLOB} --suri //Alice"),
			&format!("da challenge {BLOB} --row 7 --member 3 --yes --json"),
			&format!("da report {BLOB} --gateway http://a:1,http://b:2 --suri //Alice"),
			&format!("da report {BLOB} --row 7"),
			&format!("da report {BLOB} --evidence proof"),
			&format!("da payout {BLOB}"),
			"da claim --suri //Alice",
			&format!("da claim {ALICE} --suri //Bob"),
			&format!("da trace {BLOB}"),
			&format!("da verify FILE {BLOB}"),
			&format!("da verify FILE {BLOB} --namespace photos --genesis {BLOB}"),
			"network list",
			"network list --json",
			"network show 3",
			"network fund 1000 --suri //Bob",
			"network operator register --ingress 400GiB --suri //Bob",
			"network operator set-ingress 450000000000 --suri //Bob",
			"network operator join 3 --suri //Bob -y",
			"network operator leave 3 --suri //Bob",
			"network operator unregister --suri //Bob",
			"network operator show --suri //Bob",
			&format!("network operator show {ALICE} --json"),
			"stake operators",
			&format!("stake operators {ALICE} --json"),
			"stake services",
			&format!("stake show {ALICE}"),
			&format!("stake slashes {ALICE}"),
			&format!("stake delegate {ALICE} 12.5 --suri //Bob"),
			&format!("stake unbond {ALICE} --suri //Bob"),
			"stake withdraw --suri //Bob",
			&format!("stake realise {ALICE} --suri //Bob"),
			&format!("stake realise {ALICE} {ALICE} --suri //Bob --json"),
			"stake rewards --claim --suri //Bob",
			"stake operator register 1000 --commission 2.5% --suri //Bob",
			"stake operator allocate 1 25% --suri //Bob",
			"stake operator validate --suri //Bob",
			"stake operator reopen --suri //Bob",
			&format!("stake operator reopen {ALICE} --suri //Bob"),
			"balance",
			&format!("balance {ALICE}"),
			&format!("transfer {ALICE} 12.5 --suri //Bob -y"),
			"transfer 0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac 0.000000000001",
		] {
			assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
		}
	}

	#[test]
	fn what_is_not_understood_ends_with_code_two() {
		for line in [
			"da put",
			"da put FILE --retention 0",
			"da put FILE --retention soon",
			"da put FILE --namespace 0x12",
			"da put FILE --suri //Alice --key-file key",
			"da get 0x12 -o FILE",
			&format!("da get {BLOB}"),
			&format!("da sample {BLOB} --samples 0"),
			&format!("da sample {BLOB} --samples 513"),
			&format!("da challenge {BLOB} --row -1"),
			&format!("da challenge {BLOB} --member all"),
			"da challenge",
			&format!("da report {BLOB} --row 7 --evidence proof"),
			"da payout",
			"da claim nobody",
			&format!("da verify FILE {BLOB} --genesis {BLOB}"),
			"network",
			"network show",
			"network show root",
			"network fund",
			"network operator",
			"network operator register",
			"network operator register --ingress much",
			"network operator join -1",
			"network operator show nobody",
			"stake",
			&format!("stake delegate {ALICE}"),
			"stake realise",
			"stake operator register 1000 --commission 101%",
			"stake operator allocate one 25%",
			"transfer nobody 1",
			&format!("transfer {ALICE} 1.0000000000001"),
			&format!("transfer {ALICE} -1"),
			"fly",
		] {
			assert_eq!(parse(line).expect_err(line).exit_code(), 2, "{line}");
		}
	}

	#[test]
	fn defaults_lead_to_a_local_node() {
		let cli = parse("da put FILE").unwrap();
		let Verb::Da(Da::Put {
			namespace, retention, ..
		}) = cli.verb
		else {
			panic!("put")
		};
		assert_eq!((namespace, retention), (Namespace([0; 32]), None));
		assert!(!cli.global.json && !cli.global.yes);
	}
}
