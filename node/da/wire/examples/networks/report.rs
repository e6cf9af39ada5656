// SPDX-License-Identifier: Apache-2.0

//! What is measured and computed, and how it is printed.

use crate::{
	committees::{operators_for, Layout, Load, Stakes, BEACON, EPOCH},
	costs::{certified, checking, failed, least, Certified, Checking, Failure},
	flood::{self, Policy, Seen},
	traffic::{Sample, Talk},
};
use serde::Serialize;
use sp_arithmetic::Perbill;
use zerog_networks::{
	draw_seed, failure_bits, Assumption, Candidates, DrawParams, Failure as Fails, Selection, NEVER,
};

const MAX_OPERATORS: u32 = 1_000;
const BLOBS: [(&str, usize); 3] = [("128 KiB", 128 << 10), ("1 MiB", 1 << 20), ("32 MiB", 32 << 20)];
const OPERATORS: [u32; 6] = [50, 100, 200, 230, 500, MAX_OPERATORS];
const NETWORKS: [u32; 5] = [1, 2, 4, 8, 16];
/// What many operators are to carry together.
const WANTED_GBPS: f64 = 50.0;
/// Blobs that are signed together: none, as many as a node disperses at once by default, the most.
const BATCHES: [usize; 3] = [1, 4, 64];
const DRAW: DrawParams = DrawParams::DEFAULT;
/// Members of the committees that are looked at one by one.
const COMMITTEES: [usize; 5] = [50, 62, 200, 256, MAX_OPERATORS as usize];
/// Other committees, with a twentieth of the seats for one operator at most.
const SEATS: [u32; 5] = [128, 200, 256, 300, 512];

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Settings {
	/// Ingress of an operator.
	pub(crate) gbps: f64,
	/// Blobs signed together.
	pub(crate) batch: usize,
}

impl Default for Settings {
	fn default() -> Self {
		Self { gbps: 1.0, batch: 1 }
	}
}

/// Bytes that a committee takes in for a byte of payload, by what they are.
#[derive(Serialize)]
pub(crate) struct Overhead {
	pub(crate) blob: &'static str,
	pub(crate) members: usize,
	pub(crate) supported: bool,
	pub(crate) rows: f64,
	pub(crate) checksum: f64,
	pub(crate) proof_and_indices: f64,
	pub(crate) frame: f64,
	pub(crate) shares_alone: f64,
	pub(crate) shares_of_64: f64,
}

/// What operators carry, with the busiest operator's ingress full.
#[derive(Serialize)]
pub(crate) struct Rate {
	pub(crate) stakes: &'static str,
	pub(crate) operators: u32,
	#[serde(skip)]
	pub(crate) layout: Layout,
	pub(crate) layout_name: String,
	/// Of a committee, on average.
	pub(crate) members: f64,
	pub(crate) blobs: Vec<BlobRate>,
}

#[derive(Serialize)]
pub(crate) struct BlobRate {
	pub(crate) blob: &'static str,
	/// `None` where a committee is too large for the matrix.
	#[serde(flatten)]
	pub(crate) carried: Option<Carried>,
}

#[derive(Serialize)]
pub(crate) struct Carried {
	/// Payload, with the busiest operator's ingress full.
	pub(crate) gbps: f64,
	/// The same, if its load could be spread over all.
	pub(crate) gbps_of_mean: f64,
	/// Bytes into and out of the busiest operator for a byte of payload.
	pub(crate) busiest_ingress: f64,
	pub(crate) busiest_egress: f64,
	pub(crate) mean_ingress: f64,
}

/// Operators with equal stake for 50 Gb/s in blobs of 32 MiB; `None`: more than 1,000.
#[derive(Serialize)]
pub(crate) struct Needed {
	pub(crate) layout: String,
	/// If only rows, checksums and proofs are counted.
	pub(crate) pushes: Option<u32>,
	/// For each number of blobs signed together.
	pub(crate) operators: Vec<Option<u32>>,
	/// If operators also take in and push the blobs.
	pub(crate) dispersing: Vec<Option<u32>>,
}

#[derive(Serialize)]
pub(crate) struct Draw {
	pub(crate) stakes: &'static str,
	pub(crate) operators: u32,
	pub(crate) seats: u32,
	pub(crate) cap: u32,
	pub(crate) members: usize,
	/// Most seats of one operator.
	pub(crate) most_seats: u128,
	/// SHA-256 of 36 bytes each, and one for the seed.
	pub(crate) hashes: u32,
	pub(crate) milliseconds: f64,
}

/// Bits against a failing draw. `None`: there is no draw that could fail.
#[derive(Serialize)]
pub(crate) struct Bound {
	pub(crate) stakes: &'static str,
	pub(crate) operators: u32,
	pub(crate) seats: u32,
	pub(crate) rows: u32,
	/// If 15, 20 or 25 % of the stake are corrupt.
	pub(crate) availability: Vec<Option<u32>>,
	pub(crate) liveness: Vec<Option<u32>>,
}

/// One blob alone, in seconds: no distances, disks or blocks.
#[derive(Serialize)]
pub(crate) struct Latency {
	pub(crate) blob: &'static str,
	pub(crate) members: usize,
	/// Push of the disperser, with as much egress as an operator has ingress; members take theirs in meanwhile.
	pub(crate) push: f64,
	/// Everybody's share to everybody.
	pub(crate) shares: f64,
	/// Rows checked, shares verified, a certificate made, by one core of this machine.
	pub(crate) compute: f64,
}

/// Cores of this machine that an operator's checks take while the busiest one's ingress is full.
#[derive(Serialize)]
pub(crate) struct Cores {
	pub(crate) blob: &'static str,
	pub(crate) operators: u32,
	pub(crate) layout: String,
	pub(crate) rows: f64,
	pub(crate) shares_alone: f64,
	pub(crate) shares_of_64: f64,
}

#[derive(Serialize)]
pub(crate) struct Flooded {
	pub(crate) policy: Policy,
	pub(crate) networks: Vec<Seen>,
}

#[derive(Serialize)]
pub(crate) struct Checked {
	pub(crate) blob: &'static str,
	#[serde(flatten)]
	pub(crate) checking: Checking,
}

#[derive(Serialize)]
pub(crate) struct Report {
	pub(crate) settings: Settings,
	pub(crate) machine: String,
	pub(crate) overhead: Vec<Overhead>,
	pub(crate) rates: Vec<Rate>,
	pub(crate) needed: Vec<Needed>,
	pub(crate) checks: Vec<Checked>,
	pub(crate) certificates: Vec<Certified>,
	pub(crate) cores: Vec<Cores>,
	pub(crate) latency: Vec<Latency>,
	pub(crate) draws: Vec<Draw>,
	pub(crate) bounds: Vec<Bound>,
	/// Epochs of high load until eight networks stood.
	pub(crate) grown_in_epochs: u32,
	pub(crate) calm: Vec<Seen>,
	pub(crate) floods: Vec<Flooded>,
}

fn talk(blobs: usize) -> Result<Talk, Failure> {
	Ok(Talk::new(blobs).ok_or("1 to 64 blobs are signed together")?)
}

fn layouts(operators: u32) -> Vec<Layout> {
	let drawn = NETWORKS.into_iter().map(Layout::Drawn);
	// Committees below 25 members are no committees to speak of.
	let apart = NETWORKS
		.into_iter()
		.filter(|networks| *networks > 1 && operators / networks >= 25);
	let apart = apart.map(Layout::Split);
	match operators > DRAW.seats {
		true => std::iter::once(Layout::Root).chain(drawn).chain(apart).collect(),
		// Everybody is in every committee.
		false => std::iter::once(Layout::Root).chain(apart).collect(),
	}
}

/// Of the certificates measured, that of a committee of about this size.
fn near(certified: &[Certified], members: usize) -> Option<&Certified> {
	certified.iter().min_by_key(|one| one.members.abs_diff(members))
}

fn overheads(sample: &mut Sample) -> Result<Vec<Overhead>, Failure> {
	let (alone, of_64, payload) = (talk(1)?, talk(64)?, sample.payload() as f64);
	let of = |members: usize| {
		let traffic = sample.traffic(&vec![1; members]);
		let sum = traffic.sum();
		let shares = |talk: &Talk| {
			let told = |member| traffic.member(member, talk).ingress;
			((0..members).map(told).sum::<f64>() - sum.bytes() as f64) / payload
		};
		Overhead {
			blob: sample.name,
			members,
			supported: sample.supports(members),
			rows: sum.rows as f64 / payload,
			checksum: sum.checksum as f64 / payload,
			proof_and_indices: (sum.proof + sum.indices) as f64 / payload,
			frame: sum.frame as f64 / payload,
			shares_alone: shares(&alone),
			shares_of_64: shares(&of_64),
		}
	};
	Ok(COMMITTEES.map(of).into())
}

fn latencies(
	sample: &mut Sample,
	bytes_a_second: f64,
	checking: &Checking,
	certified: &[Certified],
) -> Result<Vec<Latency>, Failure> {
	let (alone, payload) = (talk(1)?, sample.payload());
	let mut rows = Vec::new();
	for members in COMMITTEES {
		if !sample.supports(members) {
			continue;
		}
		let traffic = sample.traffic(&vec![1; members]);
		let most = traffic.0.iter().max_by_key(|pushed| pushed.bytes());
		let most = most.copied().unwrap_or_default();
		let one = near(certified, members).ok_or("certificates were made")?;
		let check = checking.blob_seconds + checking.byte_seconds * most.rows as f64;
		let verify = one.share_seconds * (members - 1) as f64;
		let pushed = traffic.disperser(payload, &alone).egress.max(most.bytes() as f64);
		rows.push(Latency {
			blob: sample.name,
			members,
			push: pushed / bytes_a_second,
			shares: traffic.shares(&alone) / bytes_a_second,
			compute: check + one.sign_seconds + verify + one.aggregate_seconds,
		});
	}
	Ok(rows)
}

/// A layout of operators, and what it carries in blobs of one size.
struct Line {
	stakes: Stakes,
	operators: u32,
	layout: Layout,
	members: f64,
	carried: Option<Carried>,
}

fn lines(sample: &mut Sample, settings: &Settings) -> Result<Vec<Line>, Failure> {
	let talk = talk(settings.batch)?;
	let mut lines = Vec::new();
	for stakes in [Stakes::Equal, Stakes::Skewed] {
		for operators in OPERATORS {
			let list = stakes.list(operators);
			for layout in layouts(operators) {
				let committees = layout.committees(&list, &DRAW).map_err(failed)?;
				let seated = committees.iter().map(Vec::len).sum::<usize>();
				let load = Load::new(sample, operators as usize, &committees, &talk, false);
				lines.push(Line {
					stakes,
					operators,
					layout,
					members: seated as f64 / committees.len() as f64,
					carried: load.map(|load| Carried {
						gbps: load.rate(settings.gbps),
						gbps_of_mean: load.rate_of_mean(settings.gbps),
						busiest_ingress: load.busiest().ingress,
						busiest_egress: load.busiest().egress,
						mean_ingress: load.mean(),
					}),
				});
			}
		}
	}
	Ok(lines)
}

fn cores(
	sample: &mut Sample,
	bytes_a_second: f64,
	checking: &Checking,
	certified: &[Certified],
) -> Result<Vec<Cores>, Failure> {
	let payload = sample.payload() as f64;
	let shown = [
		Layout::Root,
		Layout::Split(4),
		Layout::Split(16),
		Layout::Drawn(16),
	];
	let mut rows = Vec::new();
	for (operators, layout) in [230, MAX_OPERATORS]
		.into_iter()
		.flat_map(|n| shown.map(|layout| (n, layout)))
	{
		if !layouts(operators).contains(&layout) {
			continue;
		}
		let committees = layout
			.committees(&Stakes::Equal.list(operators), &DRAW)
			.map_err(failed)?;
		let members = committees.iter().map(Vec::len).sum::<usize>() as f64 / committees.len() as f64;
		let one = near(certified, members as usize).ok_or("certificates were made")?;
		// Of all blobs, the mean operator has a part of this share, and the same share of rows whatever the networks.
		let part = members / f64::from(operators);
		let of_blob = part * checking.blob_seconds
			+ sample.encoded.profile().coded_bytes() as f64 / f64::from(operators) * checking.byte_seconds;
		let of_shares = part * ((members - 1.0) * one.share_seconds + one.sign_seconds);
		let mut blobs_a_second = |batch| {
			let load = Load::new(sample, operators as usize, &committees, &talk(batch)?, false);
			Ok::<_, Failure>(load.map(|load| load.rate(bytes_a_second) / payload))
		};
		if let (Some(alone), Some(of_64)) = (blobs_a_second(1)?, blobs_a_second(64)?) {
			rows.push(Cores {
				blob: sample.name,
				operators,
				layout: layout.to_string(),
				rows: alone * of_blob,
				shares_alone: alone * of_shares,
				shares_of_64: of_64 * of_shares / 64.0,
			});
		}
	}
	Ok(rows)
}

fn needed(sample: &mut Sample, settings: &Settings) -> Result<Vec<Needed>, Failure> {
	let talks = BATCHES.into_iter().map(talk).collect::<Result<Vec<_>, _>>()?;
	let apart = [2, 4, 8, 16].map(Layout::Split);
	let mut rows = Vec::new();
	for layout in [Layout::Root].into_iter().chain(apart).chain([Layout::Drawn(16)]) {
		// Beyond, operators that are apart would be drawn from.
		let most = match layout {
			Layout::Split(networks) => (networks * DRAW.seats).min(MAX_OPERATORS),
			Layout::Root | Layout::Drawn(_) => MAX_OPERATORS,
		};
		let mut of = |talk: &Talk, disperses| {
			let goal = (WANTED_GBPS, settings.gbps);
			operators_for(sample, layout, &DRAW, goal, (talk, disperses), most).map_err(failed)
		};
		rows.push(Needed {
			layout: layout.to_string(),
			pushes: of(&Talk::NONE, false)?,
			operators: talks
				.iter()
				.map(|talk| of(talk, false))
				.collect::<Result<_, _>>()?,
			dispersing: talks
				.iter()
				.map(|talk| of(talk, true))
				.collect::<Result<_, _>>()?,
		});
	}
	Ok(rows)
}

fn draws() -> Result<Vec<Draw>, Failure> {
	let mut rows = Vec::new();
	for stakes in [Stakes::Equal, Stakes::Skewed, Stakes::Steep] {
		for (operators, seats) in [(230, 200), (500, 200), (1_000, 200), (1_000, 256), (1_000, 512)] {
			let list = stakes.list(operators);
			let params = DrawParams {
				seats,
				cap: seats / 20,
			};
			let draw = || {
				let candidates = Candidates::new(&list)?;
				let seed = draw_seed(&BEACON, 1, EPOCH);
				let (selection, draws) = Selection::next(None, &candidates, EPOCH, &seed, &params);
				Ok::<_, zerog_networks::Error>((selection.members(&candidates), draws))
			};
			let (members, hashes) = draw().map_err(failed)?;
			rows.push(Draw {
				stakes: stakes.name(),
				operators,
				seats,
				cap: params.cap,
				members: members.len(),
				most_seats: members.iter().map(|member| member.weight).max().unwrap_or(0),
				hashes: hashes + 1,
				milliseconds: least(50, draw) * 1e3,
			});
		}
	}
	Ok(rows)
}

fn bounds() -> Result<Vec<Bound>, Failure> {
	let few = [(200, 200), (230, 200), (500, 200)];
	let all = few.into_iter().chain(SEATS.map(|seats| (MAX_OPERATORS, seats)));
	let of = |stakes| all.clone().map(move |size| (stakes, size));
	let steep = [200, 512].map(|seats| (Stakes::Steep, (MAX_OPERATORS, seats)));
	let mut rows = Vec::new();
	for (stakes, (operators, seats)) in of(Stakes::Equal).chain(of(Stakes::Skewed)).chain(steep) {
		let list = stakes.list(operators);
		let params = DrawParams {
			seats,
			cap: seats / 20,
		};
		let candidates = Candidates::new(&list).map_err(failed)?;
		let seed = draw_seed(&BEACON, 1, EPOCH);
		let (selection, _) = Selection::next(None, &candidates, EPOCH, &seed, &params);
		let members = selection.members(&candidates).len() as u32;
		for matrix in [2_048, 16_384] {
			let bits = |failure| {
				let of = |percent| {
					let corrupt = Perbill::from_percent(percent);
					let assumption = Assumption {
						corrupt,
						rows: matrix,
						vacant: 0,
					};
					let bits = failure_bits(&selection, members, &params, failure, &assumption);
					(bits != NEVER).then_some(bits)
				};
				[15, 20, 25].map(of).to_vec()
			};
			rows.push(Bound {
				stakes: stakes.name(),
				operators,
				seats,
				rows: matrix,
				availability: bits(Fails::Availability),
				liveness: bits(Fails::Liveness),
			});
		}
	}
	// Where rounding to rows makes no difference, one line says it.
	rows.dedup_by(|b, a| {
		let same = (a.stakes, a.operators, a.seats) == (b.stakes, b.operators, b.seats);
		same && (&a.availability, &a.liveness) == (&b.availability, &b.liveness)
	});
	Ok(rows)
}

fn machine() -> String {
	let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
	let name = info
		.lines()
		.find_map(|line| line.strip_prefix("model name")?.split_once(": "));
	let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
	format!(
		"{}, {cores} cores",
		name.map_or("unknown processor", |name| name.1)
	)
}

impl Report {
	pub(crate) fn new(settings: Settings) -> Result<Self, Failure> {
		let small = Sample::new("128 KiB", 128 << 10)?;
		let mut certificates = Vec::new();
		for members in [50, 200, 256, 1_000] {
			for blobs in [1, 64] {
				certificates.push(certified(&small, members, blobs)?);
			}
		}
		let alone: Vec<Certified> = certificates
			.iter()
			.filter(|one| one.blobs == 1)
			.copied()
			.collect();
		let bytes_a_second = settings.gbps * 1e9 / 8.0;
		let (mut checks, mut overhead, mut latency, mut of_cores) = (vec![], vec![], vec![], vec![]);
		let (mut rates, mut needs) = (Vec::<Rate>::new(), vec![]);
		for (name, payload) in BLOBS {
			let mut sample = Sample::new(name, payload)?;
			let checking = checking(&sample, DRAW.seats as usize)?;
			overhead.extend(overheads(&mut sample)?);
			latency.extend(latencies(&mut sample, bytes_a_second, &checking, &alone)?);
			of_cores.extend(cores(&mut sample, bytes_a_second, &checking, &alone)?);
			checks.push(Checked { blob: name, checking });
			for (place, line) in lines(&mut sample, &settings)?.into_iter().enumerate() {
				if place >= rates.len() {
					rates.push(Rate {
						stakes: line.stakes.name(),
						operators: line.operators,
						layout: line.layout,
						layout_name: line.layout.to_string(),
						members: line.members,
						blobs: Vec::new(),
					});
				}
				rates[place].blobs.push(BlobRate {
					blob: name,
					carried: line.carried,
				});
			}
			if (name, payload) == BLOBS[2] {
				needs = needed(&mut sample, &settings)?;
			}
		}
		let (grown, epochs) = flood::grown().map_err(failed)?;
		let mut floods = Vec::new();
		for policy in [Policy::Waits, Policy::Overflows] {
			floods.push(Flooded {
				policy,
				networks: flood::epoch_of(grown.clone(), epochs, policy, true).map_err(failed)?,
			});
		}
		Ok(Self {
			settings,
			machine: machine(),
			overhead,
			rates,
			needed: needs,
			checks,
			certificates,
			cores: of_cores,
			latency,
			draws: draws()?,
			bounds: bounds()?,
			grown_in_epochs: epochs,
			calm: flood::epoch_of(grown, epochs, Policy::Overflows, false).map_err(failed)?,
			floods,
		})
	}
}
