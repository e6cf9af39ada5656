// SPDX-License-Identifier: Apache-2.0

//! A network at its full rate for as long as one likes: nothing that was certified may be lost, and memory must not grow.
//!
//! Each validator's gateway takes blobs of mixed sizes from three writers with accounts of their own; readers fetch random
//! earlier ones from random validators; the last two validators are killed and started again in turn, the first two run
//! through. At the end every certified blob that is under retention is read once more.

use crate::{
	blob::{self, noise},
	network::Network,
	node::Node,
};
use anyhow::{ensure, Result};
use serde::Serialize;
use std::{
	cell::{Cell, RefCell},
	collections::BTreeMap,
	fmt,
	time::{Duration, Instant},
};
use tokio::time::sleep;
use zerog_client::{publish::silent, retrieve::retrieve, BlobState, Client, Commitment, Gateway};
use zerog_primitives::units::SLOT_MILLIS;

/// Lengths of blobs, as often one as another.
const SIZES: [usize; 6] = [1_000, 60_000, 300_000, 1 << 20, 2 << 20, 6 << 20];
/// Accounts that write beside each validator's own: they have money from the start.
const WRITERS: [[&str; 2]; 4] = [
	["//Alice//stash", "//Eve"],
	["//Bob//stash", "//Eve//stash"],
	["//Charlie//stash", "//Ferdie"],
	["//Dave//stash", "//Ferdie//stash"],
];
/// Readers beside the writers.
const READERS: u64 = 2;
/// Between two kills, and how long the killed validator is away.
const BETWEEN_KILLS: Duration = Duration::from_secs(60);
const AWAY: Duration = Duration::from_secs(10);
/// Between two looks at memory.
const SAMPLE: Duration = Duration::from_secs(5);
/// Arguments of the nodes: caches that are full before the first half is over, so that what grows later is no cache.
pub const CACHES: [&str; 2] = ["--db-cache=32", "--trie-cache-size=67108864"];
/// Most that the resident memory of a process may be above its first half in its last quarter, medians compared. Caches
/// and write buffers that are still filling stay below; what leaks with every blob does not.
pub const GROWTH_MIB: f64 = 192.0;
/// How long a blob is kept at least.
const KEPT: Duration = Duration::from_millis(blob::RETENTION as u64 * SLOT_MILLIS);
/// One failure in so many is tolerated: who was away a moment ago lags.
const TOLERATED: usize = 20;
/// Samples below which nothing can be said about growth.
const ENOUGH: usize = 16;
/// Attempts to read a blob in the end, each at another validator.
const ATTEMPTS: usize = 8;

/// A validator's memory since it was last started, in MiB.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
	/// Whose.
	pub name: &'static str,
	/// Seconds that it was watched.
	pub seconds: f64,
	/// At first.
	pub start_mib: f64,
	/// At last.
	pub end_mib: f64,
	/// MiB per minute over the second half of the time.
	pub slope_mib_per_minute: f64,
	/// Median of the last quarter less that of the first half; none if it was watched too shortly.
	pub growth_mib: Option<f64>,
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
	/// Seconds of load.
	pub seconds: f64,
	/// Blobs certified and under retention in the end.
	pub certified: usize,
	/// Bytes of these blobs.
	pub certified_bytes: u64,
	/// Publications that a kill ended.
	pub interrupted: usize,
	/// Publications that failed for another reason, by what was said.
	pub failed: BTreeMap<String, usize>,
	/// Blobs read back meanwhile.
	pub reads: usize,
	/// Bytes of these blobs.
	pub read_bytes: u64,
	/// Reads that failed meanwhile although their validator was up, by what was said.
	pub failed_reads: BTreeMap<String, usize>,
	/// Validators killed and started again.
	pub kills: usize,
	/// Certified blobs read back in the end.
	pub kept: usize,
	/// Certified blobs under retention that nobody gave back.
	pub lost: Vec<String>,
	/// Each validator's memory.
	pub memory: Vec<Memory>,
}

impl Outcome {
	/// Whether a process ran long enough to tell about its memory.
	fn is_judged(&self) -> bool {
		self.memory.iter().any(|memory| memory.growth_mib.is_some())
	}

	/// Whether nothing is lost, something was certified, what failed at validators that were up is the exception, and no
	/// memory grew beyond [`GROWTH_MIB`].
	pub fn ok(&self) -> bool {
		let grown = |memory: &Memory| memory.growth_mib.is_some_and(|growth| growth > GROWTH_MIB);
		let rare = |failed: &BTreeMap<String, usize>, done: usize| {
			failed.values().sum::<usize>().saturating_mul(TOLERATED) <= done
		};
		let served = rare(&self.failed, self.certified) && rare(&self.failed_reads, self.reads);
		self.certified > 0 && served && self.lost.is_empty() && !self.memory.iter().any(grown)
	}
}

/// Random numbers without a crate (xorshift64*).
struct Dice(Cell<u64>);

impl Dice {
	fn below(&self, end: usize) -> usize {
		let mut state = self.0.get();
		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		self.0.set(state);
		(state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % end.max(1)
	}
}

/// A series of memory samples of one process.
#[derive(Default)]
struct Series {
	process: Option<u32>,
	points: Vec<(f64, f64)>,
}

struct Soak<'a> {
	network: &'a Network,
	end: Instant,
	dice: Dice,
	/// All that was handed to a gateway; whether it was certified the chain knows.
	blobs: RefCell<Vec<(Commitment, u32)>>,
	/// What a publisher saw certified, and when.
	certified: RefCell<Vec<(Commitment, u32, Instant)>>,
	outcome: RefCell<Outcome>,
	series: RefCell<Vec<Series>>,
}

/// Puts `network` under load for `time`; `tell` gets a line now and then.
pub async fn soak(network: &Network, time: Duration, tell: impl Fn(String)) -> Result<Outcome> {
	ensure!(network.nodes().len() == 4, "a soak needs four validators");
	let begun = Instant::now();
	let soak = Soak {
		network,
		end: begun + time,
		dice: Dice(Cell::new(u64::from(std::process::id()) << 1 | 1)),
		blobs: RefCell::default(),
		certified: RefCell::default(),
		outcome: RefCell::default(),
		series: RefCell::new(network.nodes().iter().map(|_| Series::default()).collect()),
	};
	let own = network.nodes().iter().map(|node| (node, node.suri()));
	let others = network.nodes().iter().zip(WRITERS);
	let others = others.flat_map(|(node, suris)| suris.map(|suri| (node, suri.to_string())));
	let writers = own.chain(others).map(|(node, suri)| soak.write(node, suri));
	let writers = futures::future::try_join_all(writers);
	let readers = futures::future::try_join_all((0..READERS).map(|_| soak.read()));
	tokio::try_join!(writers, readers, soak.kill(), soak.watch(&tell))?;
	soak.outcome.borrow_mut().seconds = begun.elapsed().as_secs_f64();
	soak.check(&tell).await
}

impl Soak<'_> {
	fn is_over(&self) -> bool {
		Instant::now() >= self.end
	}

	async fn write(&self, node: &Node, suri: String) -> Result<()> {
		while !self.is_over() {
			let Some(process) = node.id() else {
				sleep(Duration::from_millis(200)).await;
				continue;
			};
			let (length, seed) = (SIZES[self.dice.below(SIZES.len())], self.dice.below(usize::MAX));
			let Err(error) = self.publish(node, &suri, noise(length, seed as u64)).await else {
				continue;
			};
			if node.id() == Some(process) {
				*self.outcome.borrow_mut().failed.entry(short(&error)).or_default() += 1;
			} else {
				self.outcome.borrow_mut().interrupted += 1;
			}
			sleep(Duration::from_secs(1)).await;
		}
		Ok(())
	}

	async fn publish(&self, node: &Node, suri: &str, bytes: Vec<u8>) -> Result<()> {
		let (client, signer) = (node.client().await?, zerog_client::keys::from_suri(suri)?);
		let blob = blob::commit(&client, bytes).await?;
		let plan = blob::plan(&client, &blob, &signer).await?;
		let known = (blob.commitment, blob.header.length);
		self.blobs.borrow_mut().push(known);
		blob::publish(node, &client, &blob, &plan, &signer, silent()).await?;
		self.certified
			.borrow_mut()
			.push((known.0, known.1, Instant::now()));
		Ok(())
	}

	async fn read(&self) -> Result<()> {
		while !self.is_over() {
			let node = self.network.node(self.dice.below(4));
			let known = {
				let certified = self.certified.borrow();
				certified.get(self.dice.below(certified.len())).copied()
			};
			let (Some(process), Some((commitment, length, _))) = (node.id(), known) else {
				sleep(Duration::from_millis(500)).await;
				continue;
			};
			let read = read_from(node, commitment).await;
			let mut outcome = self.outcome.borrow_mut();
			match read {
				Ok(()) => {
					outcome.reads += 1;
					outcome.read_bytes += u64::from(length);
				}
				// One that was away a moment ago may not have caught up; in the end there is no such excuse.
				Err(error) if node.id() == Some(process) => {
					*outcome.failed_reads.entry(short(&error)).or_default() += 1;
				}
				Err(_) => (),
			}
		}
		Ok(())
	}

	async fn kill(&self) -> Result<()> {
		for victim in [3, 2].into_iter().cycle() {
			let wait = BETWEEN_KILLS.min(self.end.saturating_duration_since(Instant::now()));
			sleep(wait).await;
			if self.is_over() {
				break;
			}
			self.network.kill(victim)?;
			sleep(AWAY).await;
			self.network.restart(victim).await?;
			self.outcome.borrow_mut().kills += 1;
		}
		Ok(())
	}

	async fn watch(&self, tell: &impl Fn(String)) -> Result<()> {
		let (begun, mut told) = (Instant::now(), Instant::now());
		while !self.is_over() {
			let seconds = begun.elapsed().as_secs_f64();
			for (node, series) in self.network.nodes().iter().zip(&mut *self.series.borrow_mut()) {
				let Ok(bytes) = node.resident_bytes() else {
					continue;
				};
				if series.process != node.id() {
					*series = Series {
						process: node.id(),
						points: Vec::new(),
					};
				}
				series.points.push((seconds, bytes as f64 / f64::from(1 << 20)));
			}
			if told.elapsed() > BETWEEN_KILLS {
				told = Instant::now();
				let (certified, outcome) = (self.certified.borrow().len(), self.outcome.borrow());
				tell(format!(
					"{seconds:.0} s: {certified} certified, {} read",
					outcome.reads
				));
			}
			sleep(SAMPLE).await;
		}
		Ok(())
	}

	/// Everything that the chain calls certified and keeps is read once more.
	async fn check(&self, tell: &impl Fn(String)) -> Result<Outcome> {
		self.network.wait_more(2).await?;
		let client = self.network.node(0).client().await?;
		let (mut outcome, blobs, certified) = (self.outcome.take(), self.blobs.take(), self.certified.take());
		for (node, series) in self.network.nodes().iter().zip(&*self.series.borrow()) {
			outcome.memory.extend(memory(node.name(), &series.points));
		}
		tell(format!("reading what is certified of {} blobs", blobs.len()));
		for (commitment, length) in &blobs {
			if !is_kept(&client, *commitment).await? {
				// Unless its retention ended, what a publisher saw certified is certified. Blocks take no less than their time.
				let seen = certified.iter().find(|(seen, ..)| seen == commitment);
				if seen.is_some_and(|(_, _, at)| at.elapsed() < KEPT) {
					outcome.lost.push(format!("{commitment}: the chain forgot it"));
				}
				continue;
			}
			outcome.certified += 1;
			outcome.certified_bytes += u64::from(*length);
			let mut last = None;
			for attempt in 0..ATTEMPTS {
				let node = self.network.node((outcome.kept + attempt) % 4);
				match read_from(node, *commitment).await {
					Ok(()) => {
						outcome.kept += 1;
						last = None;
						break;
					}
					Err(error) => last = Some(error),
				}
			}
			if let Some(error) = last {
				outcome.lost.push(format!("{commitment}: {}", short(&error)));
			}
		}
		Ok(outcome)
	}
}

/// Reads a blob; its bytes are checked against the commitment on the way.
async fn read_from(node: &Node, commitment: Commitment) -> Result<()> {
	let (client, gateway) = (node.client().await?, Gateway::new(&node.gateway_url())?);
	retrieve(&client, &gateway, commitment, |_, _| ()).await?;
	Ok(())
}

async fn is_kept(client: &Client, commitment: Commitment) -> Result<bool> {
	let (info, best) = (client.blob(commitment).await?, client.best().await?.number);
	Ok(info.is_some_and(|info| {
		matches!(info.state, BlobState::Certified { .. })
			&& info.retained_until.is_none_or(|until| until > best)
	}))
}

/// The first line of an error, without what differs from blob to blob.
fn short(error: &anyhow::Error) -> String {
	let text = format!("{error:#}");
	let line = text.lines().next().unwrap_or_default();
	let words = line
		.split_whitespace()
		.filter(|word| !word.contains("0x"))
		.take(16);
	words.collect::<Vec<_>>().join(" ")
}

fn memory(name: &'static str, points: &[(f64, f64)]) -> Option<Memory> {
	let (first, last) = (points.first()?, points.last()?);
	let (early, late) = points.split_at(points.len() / 2);
	let growth = (points.len() >= ENOUGH).then(|| median(&late[late.len() / 2..]) - median(early));
	Some(Memory {
		name,
		seconds: last.0 - first.0,
		start_mib: first.1,
		end_mib: last.1,
		slope_mib_per_minute: slope(late) * 60.0,
		growth_mib: growth,
	})
}

fn median(points: &[(f64, f64)]) -> f64 {
	let mut values: Vec<f64> = points.iter().map(|point| point.1).collect();
	values.sort_by(f64::total_cmp);
	values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
	let count = points.len().max(1) as f64;
	let sum = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / count;
	let (x, y) = (sum(|point| point.0), sum(|point| point.1));
	let products: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
	let squares: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
	if squares == 0.0 {
		0.0
	} else {
		products / squares
	}
}

impl fmt::Display for Outcome {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
		let rate = |bytes| mib(bytes) / self.seconds.max(1.0);
		writeln!(
			out,
			"{:.0} s: {} blobs certified, {:.1} MiB, {:.2} blobs and {:.2} MiB a second",
			self.seconds,
			self.certified,
			mib(self.certified_bytes),
			self.certified as f64 / self.seconds.max(1.0),
			rate(self.certified_bytes)
		)?;
		writeln!(
			out,
			"{} read back meanwhile, {:.2} MiB a second; {} kills, {} publications interrupted",
			self.reads,
			rate(self.read_bytes),
			self.kills,
			self.interrupted
		)?;
		for (what, errors) in [("publications", &self.failed), ("reads", &self.failed_reads)] {
			for (error, count) in errors {
				writeln!(out, "{count} {what} failed: {error}")?;
			}
		}
		writeln!(out, "{} of {} read back in the end", self.kept, self.certified)?;
		for lost in &self.lost {
			writeln!(out, "LOST {lost}")?;
		}
		writeln!(
			out,
			"memory     watched s  start MiB  end MiB  MiB/min  growth MiB (at most {GROWTH_MIB})"
		)?;
		for memory in &self.memory {
			let growth = memory
				.growth_mib
				.map_or("-".into(), |growth| format!("{growth:.0}"));
			writeln!(
				out,
				"{:<9}  {:>9.0}  {:>9.0}  {:>7.0}  {:>7.1}  {growth:>10}",
				memory.name, memory.seconds, memory.start_mib, memory.end_mib, memory.slope_mib_per_minute
			)?;
		}
		out.write_str(match (self.ok(), self.is_judged()) {
			(true, true) => "nothing lost, everybody served, memory flat",
			(true, false) => "nothing lost, everybody served; too short to tell about memory",
			(false, _) => "FAILED",
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn line(per_second: f64) -> Vec<(f64, f64)> {
		(0..100)
			.map(|i| f64::from(i) * 5.0)
			.map(|x| (x, 500.0 + per_second * x))
			.collect()
	}

	#[test]
	fn growth_is_told_and_judged() {
		let judge = |points: &[(f64, f64)]| Outcome {
			certified: 1,
			memory: memory("Alice", points).into_iter().collect(),
			..Outcome::default()
		};
		let (flat, leak) = (judge(&line(0.0)), judge(&line(2.0)));
		assert!(flat.ok() && !leak.ok());
		assert!(flat.to_string().ends_with("memory flat"));
		let short = judge(&line(0.0)[..ENOUGH - 1]);
		assert!(short.ok() && short.to_string().ends_with("too short to tell about memory"));
		assert!((leak.memory[0].slope_mib_per_minute - 120.0).abs() < 1e-6);
		assert_eq!(judge(&line(2.0)[..ENOUGH - 1]).memory[0].growth_mib, None);
		assert!(memory("Alice", &[]).is_none());
	}

	#[test]
	fn nothing_certified_and_something_lost_are_failures() {
		assert!(!Outcome::default().ok());
		let lost = Outcome {
			certified: 1,
			lost: vec!["0x".into()],
			..Outcome::default()
		};
		assert!(!lost.ok() && lost.to_string().contains("LOST 0x"));
		let refused = |failed| Outcome {
			certified: 100,
			failed: [("busy".into(), failed)].into(),
			..Outcome::default()
		};
		assert!(refused(5).ok() && !refused(6).ok());
	}
}
