// SPDX-License-Identifier: Apache-2.0

//! `zerog-devnet`: four validators on loopback, a file published and read back, one of them killed meanwhile.

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use std::{future::Future, io::Write, path::PathBuf, process::ExitCode, time::Duration};
use tokio::signal::unix::{signal, Signal, SignalKind};
use zerog_devnet::{
	bench,
	report::{bytes, Endpoints, Table, Teller},
	soak,
	story::{self, Input, Told},
	Builder, Network, Ports,
};

/// A development network on loopback: publishes a file, kills a validator, reads the file back, restarts the validator
#[derive(Parser)]
#[command(name = "zerog-devnet", version, args_conflicts_with_subcommands = true)]
struct Cli {
	#[command(subcommand)]
	command: Option<Verb>,
	/// The file to publish, up to 32 MiB [default: Cargo.lock of the nearest folder above]
	file: Option<PathBuf>,
	/// End after the table; exit code 1 if anything was not as it should be
	#[arg(long)]
	once: bool,
	/// Only bring the network up, print its endpoints as JSON and stay
	#[arg(long, conflicts_with_all = ["once", "file"])]
	no_story: bool,
	#[command(flatten)]
	common: Common,
}

#[derive(Subcommand)]
enum Verb {
	/// The same as --no-story
	Up {
		/// Run the last validator's keys a second time: it equivocates, and is slashed and disabled
		#[arg(long)]
		twin: bool,
		#[command(flatten)]
		common: Common,
	},
	/// Measure how long certificates take; exit code 1 if blobs of 32 MiB take more than 4 slots in the median
	Bench {
		/// Size of each blob
		#[arg(long, default_value = "32MiB", value_parser = bench::parse_size)]
		size: usize,
		/// Blobs, one after another
		#[arg(long, default_value_t = 5)]
		runs: usize,
		#[command(flatten)]
		common: Common,
	},
	/// Full rate for minutes; exit code 1 if something certified is lost or memory grows
	Soak {
		/// How long
		#[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=10_000))]
		minutes: u64,
		#[command(flatten)]
		common: Common,
	},
}

#[derive(Args)]
struct Common {
	/// Print one JSON object instead of a table
	#[arg(long)]
	json: bool,
	/// Use ports from here on instead of 9944, 30333, 9615, 9950 and 8545
	#[arg(long, value_name = "PORT")]
	base_port: Option<u16>,
	/// Leave databases and logs behind
	#[arg(long)]
	keep: bool,
}

impl Common {
	fn network(&self) -> Result<Builder> {
		let builder = Network::builder().ethereum(true).keep(self.keep);
		Ok(match self.base_port {
			Some(port) => builder.base_port(port),
			None => builder.ports(Ports::STANDARD),
		})
	}

	/// One line of JSON, or text for people.
	fn print(&self, value: &impl Serialize, text: impl FnOnce() -> String) -> Result<()> {
		let mut out = std::io::stdout().lock();
		match self.json {
			true => writeln!(out, "{}", serde_json::to_string(value)?)?,
			false => writeln!(out, "{}", text())?,
		}
		Ok(out.flush()?)
	}
}

/// The signals that end this program.
struct Stop(Vec<Signal>);

impl Stop {
	fn new() -> Result<Self> {
		let kinds = [
			SignalKind::interrupt(),
			SignalKind::terminate(),
			SignalKind::hangup(),
		];
		Ok(Self(
			kinds.into_iter().map(signal).collect::<std::io::Result<_>>()?,
		))
	}

	async fn requested(&mut self) {
		futures::future::select_all(self.0.iter_mut().map(|signal| Box::pin(signal.recv()))).await;
	}

	/// What `work` yields, or nothing when a signal came first; then `work` is dropped, and with it all it started.
	async fn unless<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
		tokio::select! {
			done = work => Some(done),
			() = self.requested() => None,
		}
	}
}

/// Exit code of a program that was interrupted.
const INTERRUPTED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
	let cli = Cli::parse();
	let outcome = match cli.command {
		Some(Verb::Up { twin, common }) => up(common, twin).await,
		Some(Verb::Bench { size, runs, common }) => run_bench(common, size, runs).await,
		Some(Verb::Soak { minutes, common }) => run_soak(common, minutes).await,
		None if cli.no_story => up(cli.common, false).await,
		None => tell(cli.common, cli.file, cli.once).await,
	};
	outcome.unwrap_or_else(|error| {
		eprintln!("zerog-devnet: {error:#}");
		ExitCode::FAILURE
	})
}

async fn tell(common: Common, file: Option<PathBuf>, once: bool) -> Result<ExitCode> {
	let (mut stop, mut teller) = (Stop::new()?, Teller::default());
	let input = Input::read(file.as_deref())?;
	let telling = story::tell(common.network()?, input, &mut teller);
	let Some((network, told)) = stop.unless(telling).await else {
		return Ok(ExitCode::from(INTERRUPTED));
	};
	common.print(&told, || text(&told))?;
	if let Some(network) = network {
		if !told.ok {
			show_logs(&network);
		}
		if !once {
			stay(network, &mut stop).await?;
		} else {
			stop.unless(end(network)).await.transpose()?;
		}
	}
	Ok(told.exit_code())
}

async fn up(common: Common, twin: bool) -> Result<ExitCode> {
	let (mut stop, mut teller) = (Stop::new()?, Teller::default());
	let starting = async {
		let mut network = story::start(common.network()?, &mut teller).await?;
		network.wait_finalized(1).await?;
		if twin {
			network.twin(network.nodes().len() - 1).await?;
		}
		Ok::<_, anyhow::Error>(network)
	};
	let Some(network) = stop.unless(starting).await else {
		return Ok(ExitCode::from(INTERRUPTED));
	};
	let network = network?;
	// For programs, whatever was asked for.
	Common { json: true, ..common }.print(&Endpoints::of(&network), String::new)?;
	stay(network, &mut stop).await?;
	Ok(ExitCode::SUCCESS)
}

/// The largest blob, and the slots that its certificate may take in the median.
const LARGEST: usize = zerog_erasure::MAX_BLOB_BYTES as usize;
const MOST_SLOTS: f64 = 4.0;

async fn run_bench(common: Common, size: usize, runs: usize) -> Result<ExitCode> {
	let (mut stop, mut teller) = (Stop::new()?, Teller::default());
	let measuring = async {
		let network = story::start(common.network()?, &mut teller).await?;
		network.wait_finalized(1).await?;
		let doing = format!("{runs} blobs of {}", bytes(size as u64));
		let measured = teller
			.step("measure", doing, async |bar| {
				let measured = bench::measure(&network, size, runs, |run| {
					bar.suspend(|| eprintln!("  {run}"));
				});
				let measured = measured.await?;
				let what = format!("{} slots in the median", measured.median_slots);
				Ok((measured, what))
			})
			.await?;
		end(network).await?;
		Ok::<_, anyhow::Error>(measured)
	};
	let Some(measured) = stop.unless(measuring).await else {
		return Ok(ExitCode::from(INTERRUPTED));
	};
	let measured = measured?;
	common.print(&measured, || measured.to_string())?;
	if size == LARGEST && measured.median_slots > MOST_SLOTS {
		let median = measured.median_slots;
		eprintln!("zerog-devnet: certificates took {median} slots in the median, more than {MOST_SLOTS}");
		return Ok(ExitCode::FAILURE);
	}
	Ok(ExitCode::SUCCESS)
}

async fn run_soak(common: Common, minutes: u64) -> Result<ExitCode> {
	let (mut stop, mut teller) = (Stop::new()?, Teller::default());
	let soaking = async {
		let network = soak::CACHES
			.into_iter()
			.fold(common.network()?, Builder::argument);
		let network = story::start(network, &mut teller).await?;
		network.wait_finalized(1).await?;
		let time = Duration::from_secs(minutes * 60);
		let outcome = soak::soak(&network, time, |line| eprintln!("  {line}")).await?;
		if !outcome.ok() {
			show_logs(&network);
		}
		end(network).await?;
		Ok::<_, anyhow::Error>(outcome)
	};
	let Some(outcome) = stop.unless(soaking).await else {
		return Ok(ExitCode::from(INTERRUPTED));
	};
	let outcome = outcome?;
	common.print(&outcome, || outcome.to_string())?;
	Ok(if outcome.ok() {
		ExitCode::SUCCESS
	} else {
		ExitCode::FAILURE
	})
}

fn text(told: &Told) -> String {
	let mut text = format!("\n{}", Table(&told.steps));
	if let Some(endpoints) = &told.endpoints {
		text.push_str(&format!("\n{endpoints}"));
	}
	text
}

fn show_logs(network: &Network) {
	for node in network.nodes() {
		eprintln!(
			"--- the end of {} ---\n{}",
			node.log_path().display(),
			node.log_tail(15)
		);
	}
	if let Some(log) = network.ethereum_log() {
		eprintln!(
			"--- the end of {} ---\n{}",
			log.display(),
			zerog_devnet::process::tail(&log, 15)
		);
	}
}

/// Until a signal comes. A process that ends by itself is an error.
async fn stay(mut network: Network, stop: &mut Stop) -> Result<()> {
	eprintln!("The network runs until Ctrl-C.");
	let watching = async {
		loop {
			network.check()?;
			tokio::time::sleep(Duration::from_secs(1)).await;
		}
	};
	match stop.unless(watching).await {
		Some(outcome) => outcome,
		// A second signal does not wait for an orderly end.
		None => stop.unless(end(network)).await.unwrap_or(Ok(())),
	}
}

/// Ends all processes in order and removes their folder, unless it is kept.
async fn end(mut network: Network) -> Result<()> {
	network.stop_all().await?;
	if network.keeps() {
		eprintln!("Databases and logs stay in {}", network.folder().display());
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::CommandFactory;

	fn parse(line: &str) -> Result<Cli, clap::Error> {
		Cli::try_parse_from(line.split_whitespace())
	}

	#[test]
	fn the_command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn a_file_and_its_options_are_understood() {
		let cli = parse("zerog-devnet --once file --json --base-port 11000").unwrap();
		assert_eq!(
			(cli.file, cli.once, cli.common.json),
			(Some("file".into()), true, true)
		);
		assert_eq!((cli.common.base_port, cli.common.keep), (Some(11_000), false));
		assert!(parse("zerog-devnet").is_ok_and(|cli| cli.file.is_none() && cli.command.is_none()));
	}

	#[test]
	fn up_and_bench_have_options_of_their_own() {
		let up = parse("zerog-devnet up --base-port 11000").unwrap();
		assert!(
			matches!(up.command, Some(Verb::Up { twin: false, common }) if common.base_port == Some(11_000))
		);
		let bench = parse("zerog-devnet bench --size 1MiB --runs 2 --json").unwrap();
		assert!(
			matches!(bench.command, Some(Verb::Bench { size: 1_048_576, runs: 2, common }) if common.json)
		);
		assert!(parse("zerog-devnet bench --size 33MiB").is_err());
		let soak = parse("zerog-devnet soak").unwrap();
		assert!(matches!(soak.command, Some(Verb::Soak { minutes: 30, .. })));
		assert!(parse("zerog-devnet soak --minutes 0").is_err());
		assert!(parse("zerog-devnet --no-story --once").is_err());
	}
}
