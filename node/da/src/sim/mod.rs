// SPDX-License-Identifier: Apache-2.0

//! A deterministic simulation of the protocol: 200 members in one thread, from a seed.
//!
//! | real | simulated |
//! |---|---|
//! | [`crate::Service`] of every node, and tokio's runtime | time and randomness ([`host`]) |
//! | coding, row checks, assignment, signatures, messages | the network ([`network`]) and disks ([`disk`]) |
//! | | the chain ([`chain`]), which verifies certificates as the runtime does |
//!
//! A seed draws sizes, weights, weather and a plot ([`plots`]); members misbehave by what they say ([`behaviour`]), a
//! writer by what it commits to ([`writer`]). The [`referee`] watches the disks. In each:
//!
//! * Nothing is signed for, and nothing certified, unless the signer's rows would survive a power failure now.
//! * No aggregator counts a forged share, and a rival that one leaves out is in the end counted.
//! * A certified blob is read back byte for byte, by all readers, while signers with 41 % of the rows lie.
//! * A word that is far from every codeword gets no certificate while colluders hold less than a third of the rows.
//! * A blob that was paid for and pushed is certified while faulty members hold less than a third of the rows.
//! * A member that lost its disk, or rows, has them back within ten minutes, and serves them, while others are gone or lie.
//! * Nobody honest is accused by anybody honest.
//! * Requests in flight, tasks and disks stay bounded, and all of it ends with the blob's deadline.
//!
//! Each seed runs in a process of its own, so that the order in which seeds run has no say. Results of pure functions
//! are shared by all nodes of a process ([`memo`]): a share is verified once and not 200 times.
//!
//! `ZEROG_SIM_SEEDS=N` runs so many seeds, `ZEROG_SIM_SEED=N` one of them alone, `ZEROG_SIM_MEMBERS=N` each with so
//! many members; with `ZEROG_SIM_TRACE=1` it prints all messages. Linux only: see [`host`].

mod behaviour;
mod chain;
pub(crate) mod disk;
mod figures;
pub(crate) mod host;
pub(crate) mod memo;
mod network;
mod plots;
mod random;
mod referee;
mod world;
mod writer;

use std::{
	fmt::Display,
	process::{exit, Command},
	sync::{
		atomic::{AtomicU64, Ordering},
		Mutex,
	},
};
use writer::plain::{CHAIN as GENESIS, NAMESPACE};

const SEED: &str = "ZEROG_SIM_SEED";
const SEEDS: &str = "ZEROG_SIM_SEEDS";
const MEMBERS: &str = "ZEROG_SIM_MEMBERS";
/// A hundred with 200 members, and two of each plot with fewer.
const DEFAULT_SEEDS: u64 = 124;
const TRACE: &str = "ZEROG_SIM_TRACE";

/// A promise is broken: the process ends.
fn fail(what: impl Display) -> ! {
	println!("VIOLATION at {:.3} s: {what}", host::now().as_secs_f64());
	exit(1)
}

fn number(variable: &str) -> Option<u64> {
	std::env::var(variable).ok().map(|value| value.parse().unwrap())
}

/// What a seed printed, and whether it kept all promises.
fn in_own_process(seed: u64) -> (bool, String) {
	// It takes what is left over by tests beside it that have to be in time for slots.
	let output = Command::new("nice")
		.args(["-n", "19"])
		.arg(std::env::current_exe().unwrap())
		.args(["--exact", "sim::one_seed", "--ignored", "--nocapture"])
		.env(SEED, seed.to_string())
		.env("RAYON_NUM_THREADS", "1")
		.output()
		.unwrap();
	let text = format!(
		"{}{}",
		String::from_utf8_lossy(&output.stdout),
		String::from_utf8_lossy(&output.stderr)
	);
	let is_traced = std::env::var_os(TRACE).is_some();
	let is_ours = |line: &&str| {
		let heads = ["seed ", "figures: "];
		is_traced || heads.iter().any(|head| line.starts_with(head))
	};
	if output.status.success() {
		let lines: Vec<&str> = text.lines().filter(is_ours).collect();
		(true, lines.join("\n"))
	} else {
		let members = number(MEMBERS).map_or(String::new(), |members| format!("{MEMBERS}={members} "));
		let again =
			format!("{members}{SEED}={seed} cargo test --release -p zerog-da sim::every_seed -- --nocapture");
		(
			false,
			format!("seed {seed}: FAILED\n{text}replay it with\n    {again}"),
		)
	}
}

/// Seconds of processor time of all children so far, and the most memory that one of them took, in MiB.
fn children() -> (i64, i64) {
	// SAFETY: plain numbers, for which zero is a value; the call only writes them.
	let usage = unsafe {
		let mut usage: libc::rusage = std::mem::zeroed();
		libc::getrusage(libc::RUSAGE_CHILDREN, &mut usage);
		usage
	};
	let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec;
	(seconds, usage.ru_maxrss >> 10)
}

#[test]
#[ignore = "one seed in this process; the other tests run it"]
fn one_seed() {
	let seed = number(SEED).unwrap_or_default();
	std::panic::set_hook(Box::new(|panic| fail(panic)));
	host::simulate(seed, plots::run(seed));
}

#[test]
fn every_seed_keeps_all_promises() {
	if let Some(seed) = number(SEED) {
		let (is_good, text) = in_own_process(seed);
		println!("{text}");
		assert!(is_good, "seed {seed}");
		return;
	}
	let (seeds, next) = (number(SEEDS).unwrap_or(DEFAULT_SEEDS), AtomicU64::new(0));
	let failed = Mutex::new(Vec::new());
	let work = || loop {
		let seed = next.fetch_add(1, Ordering::Relaxed);
		if seed >= seeds {
			return;
		}
		let (is_good, text) = in_own_process(seed);
		println!("{text}");
		if !is_good {
			failed.lock().unwrap().push(seed);
		}
	};
	std::thread::scope(|scope| {
		let workers = std::thread::available_parallelism().map_or(1, |workers| workers.get());
		(0..workers).for_each(|_| drop(scope.spawn(work)));
	});
	let (seconds, memory) = children();
	println!("{seeds} seeds took {seconds} s of processor time, at most {memory} MiB each");
	let failed = failed.into_inner().unwrap();
	assert!(failed.is_empty(), "seeds {failed:?}");
}

#[test]
fn the_same_seed_gives_the_same_trace() {
	for seed in [21, 13] {
		let (first, second) = (in_own_process(seed), in_own_process(seed));
		assert!(first.0, "{}", first.1);
		assert_eq!(first, second);
	}
}
