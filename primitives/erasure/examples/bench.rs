// SPDX-License-Identifier: Apache-2.0
//! The coder beside its peers: `./scripts/bench erasure [--json]`.
//!
//! Five interleaved rounds, medians, one thread where nothing else is said. Ours and `rsema1d` both go from a
//! row-major input to coded rows and commitment in memory allocated anew, rebuild from the same `K` parity rows, spread
//! over all of them, and check the same rows. They take turns in being first, with nothing of the other in memory; each
//! step is done twice, what the first run made is dropped, and the second one counts. Ends with an error if a bar is missed.

use codec::{DecodeAll, Encode};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use reed_solomon_novelpoly::{CodeParams, WrappedShard};
use rsema1d::{verify_with_context, ExtendedData, Parameters, RowMatrix, RowProof, VerificationContext};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use std::{
	error::Error,
	hint::black_box,
	process::{Command, ExitCode},
	time::Instant,
};
use zerog_erasure::{
	encode_in, BlobHeader, Commitment, Decoder, Encoded, Namespace, Profile, RowBatch, Stages, Verifier,
};

const ROUNDS: usize = 5;
/// Runs by two threads and by one in each: what else a core is asked for meanwhile shows in their ratio first.
const PAIRS: usize = 5;
const MIB: f64 = (1 << 20) as f64;
/// Rows of one of 200 members.
const CHECKED_ROWS: usize = 82;

type Failure = Box<dyn Error + Send + Sync>;

fn main() -> Result<ExitCode, Failure> {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
	let json = match arguments.as_slice() {
		["--peak", bytes] => {
			println!("{}", peak(bytes.parse()?)?);
			return Ok(ExitCode::SUCCESS);
		}
		["--json"] => true,
		[] => false,
		_ => return Err("usage: bench [--json]".into()),
	};
	let report = measure()?;
	let bars = bars(&report);
	if json {
		println!("{report}");
	} else {
		print(&report);
		pool(1)?.install(print_leaf_hashes);
		bars.iter().for_each(|bar| println!("{}", bar.text()));
	}
	let missed: Vec<_> = bars.iter().filter(|bar| !bar.held()).collect();
	missed.iter().for_each(|bar| eprintln!("missed: {}", bar.text()));
	Ok(if missed.is_empty() {
		ExitCode::SUCCESS
	} else {
		ExitCode::FAILURE
	})
}

/// Bytes that do not repeat.
fn noise(length: usize) -> Vec<u8> {
	let mut state = 1u64;
	let mut next = || {
		state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
		state.to_be_bytes()[0]
	};
	(0..length).map(|_| next()).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
	values.sort_by(f64::total_cmp);
	values[values.len() / 2]
}

/// What `f` returns, and the seconds it took. Results are dropped outside of the measurement.
fn timed<T>(f: impl FnOnce() -> T) -> (T, f64) {
	let started = Instant::now();
	let result = black_box(f());
	(result, started.elapsed().as_secs_f64())
}

/// The same of a second run, which finds tables built, and memory that the first one gave back: what a virtual machine
/// takes to get memory from its host is no share of a coder's, and more than the coder's own time.
fn second<T: Send>(pool: &ThreadPool, f: impl Fn() -> T + Sync) -> (T, f64) {
	pool.install(|| {
		drop(f());
		timed(&f)
	})
}

fn pool(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
	ThreadPoolBuilder::new().num_threads(threads).build()
}

/// What the node calls.
fn ours(profile: Profile, blob: &[u8]) -> Encoded {
	encode_in(profile, [1; 32], Namespace([2; 32]), blob).expect("the profile is that of the length")
}

fn measure() -> Result<Value, Failure> {
	let (one, two) = (pool(1)?, pool(2)?);
	let kzg = seconds_of_kzg()?;
	let large = Size::measure(32 << 20, &one, &two)?;
	let small = Size::measure(4 << 20, &one, &two)?;
	let peak = |bytes: usize| -> Result<f64, Failure> {
		let output = Command::new(std::env::current_exe()?)
			.args(["--peak", &bytes.to_string()])
			.output()?;
		Ok(String::from_utf8(output.stdout)?.trim().parse()?)
	};
	Ok(json!({
		"threads": 1,
		"runs": [large.report(kzg), small.report(kzg)],
		"two_thread_ratio": median(large.two_threads.clone()),
		"peak_heap_mib": { "32": peak(32 << 20)?, "0.125": peak(128 << 10)? },
		"check_82_rows_ms": large.check(),
	}))
}

/// MiB of rows a second, by the rows' length: SHA-256, BLAKE3 row by row, and BLAKE3 as the commitment has it.
fn print_leaf_hashes() {
	println!("rows of, bytes    SHA-256    BLAKE3 one by one    sixteen at a time, MiB/s");
	let bytes = noise(16 << 20);
	let keyed = blake3::Hasher::new_derive_key("zerog/da/leaf/v2");
	for row_bytes in [256, 512, 1_024, 2_048, 4_096, 8_192] {
		let rows: Vec<&[u8]> = bytes.chunks_exact(row_bytes).collect();
		let speed = |hash: &dyn Fn()| {
			let seconds = (0..ROUNDS).map(|_| timed(hash).1).collect();
			bytes.len() as f64 / MIB / median(seconds)
		};
		let sha256 = speed(&|| rows.iter().for_each(|row| _ = black_box(Sha256::digest(row))));
		let one = speed(&|| {
			rows.iter()
				.for_each(|row| _ = black_box(keyed.clone().update(row).finalize()))
		});
		let many = speed(&|| _ = black_box(zerog_erasure::leaves(&rows)));
		println!("{row_bytes:>14} {sha256:>10.0} {one:>20.0} {many:>20.0}");
	}
}

/// Cells and proofs of one blob of 128 KiB, as Ethereum makes them.
fn seconds_of_kzg() -> Result<f64, Failure> {
	let settings = c_kzg::ethereum_kzg_settings(0);
	let mut bytes = noise(c_kzg::BYTES_PER_BLOB);
	// Field elements stay below the modulus.
	bytes.iter_mut().step_by(32).for_each(|byte| *byte = 0);
	let blob = c_kzg::Blob::from_bytes(&bytes)?;
	let mut seconds = Vec::new();
	for _ in 0..ROUNDS {
		let (cells, time) = timed(|| settings.compute_cells_and_kzg_proofs(&blob));
		cells?;
		seconds.push(time);
	}
	Ok(median(seconds))
}

/// A blob, and the rows that are given and checked.
struct Input {
	blob: Vec<u8>,
	profile: Profile,
	/// Every third parity row.
	given: Vec<u32>,
	/// Rows of one member, ascending, drawn over all as an assignment draws them (its crate depends on this one).
	checked: Vec<u32>,
}

impl Input {
	fn new(bytes: usize) -> Result<Self, Failure> {
		let profile = Profile::for_length(u32::try_from(bytes)?)?;
		let mut checked: Vec<u32> = (0..profile.rows()).collect();
		checked.sort_by_cached_key(|row| <[u8; 32]>::from(Sha256::digest(row.to_le_bytes())));
		checked.truncate(CHECKED_ROWS);
		checked.sort_unstable();
		Ok(Self {
			blob: noise(bytes),
			profile,
			given: (profile.original_rows()..profile.rows()).step_by(3).collect(),
			checked,
		})
	}
}

/// Seconds of one coder in one round.
struct Turn {
	encode: f64,
	rebuild: f64,
	check: f64,
}

fn middle(turns: &[Turn], step: fn(&Turn) -> f64) -> f64 {
	median(turns.iter().map(step).collect())
}

/// What each round took for one size of blob.
#[derive(Default)]
struct Size {
	bytes: usize,
	ours: Vec<Turn>,
	rsema1d: Vec<Turn>,
	novelpoly: Vec<f64>,
	copy: Vec<f64>,
	/// How many times faster two threads are.
	two_threads: Vec<f64>,
	stages: Vec<Stages>,
}

impl Size {
	fn measure(bytes: usize, one: &ThreadPool, two: &ThreadPool) -> Result<Self, Failure> {
		let input = Input::new(bytes)?;
		let mut size = Self {
			bytes,
			..Self::default()
		};
		for round in 0..ROUNDS {
			for turn in [round, round + 1] {
				match turn % 2 {
					0 => size.run_ours(&input, one, two)?,
					_ => size.run_rsema1d(&input, one)?,
				}
			}
			let k = input.profile.original_rows() as usize;
			let novelpoly = CodeParams::derive_parameters(4 * k, k)?.make_encoder();
			let (shards, seconds) = second(one, || novelpoly.encode::<WrappedShard>(&input.blob));
			shards?;
			size.novelpoly.push(seconds);
			size.copy.push(second(one, || input.blob.clone()).1);
		}
		Ok(size)
	}

	fn run_ours(&mut self, input: &Input, one: &ThreadPool, two: &ThreadPool) -> Result<(), Failure> {
		let encode = || ours(input.profile, &input.blob);
		for _ in 1..PAIRS {
			let (by_two, by_one) = (second(two, encode).1, second(one, encode).1);
			self.two_threads.push(by_one / by_two);
		}
		let by_two = second(two, encode).1;
		let (encoded, encode) = second(one, encode);

		let rows = input.given.iter().map(|index| encoded.row(*index));
		let rows: Vec<&[u8]> = rows.collect::<Option<_>>().ok_or("parity rows exist")?;
		let (rebuilt, rebuild) = second(one, || rebuild(encoded.header(), &input.given, &rows));
		if rebuilt? != input.blob {
			return Err("rebuilt another blob".into());
		}

		let batch = encoded.batch(&input.checked).ok_or("the rows exist")?.encode();
		let (header, checksum) = (encoded.header().encode(), encoded.checksum().encode());
		let (outcome, check) = second(one, || check(encoded.commitment(), &header, &checksum, &batch));
		outcome?;

		self.two_threads.push(encode / by_two);
		self.stages.push(encoded.stages());
		self.ours.push(Turn {
			encode,
			rebuild,
			check,
		});
		Ok(())
	}

	fn run_rsema1d(&mut self, input: &Input, one: &ThreadPool) -> Result<(), Failure> {
		let (k, row_bytes) = (
			input.profile.original_rows() as usize,
			input.profile.row_bytes() as usize,
		);
		let parameters = Parameters::new(k, 3 * k, row_bytes)?;
		let matrix = RowMatrix::with_shape(input.blob.clone(), k, row_bytes)?;
		let (encoded, encode) = second(one, || rsema1d::encode(&matrix, &parameters));
		let encoded = encoded?;

		let given: Vec<usize> = input.given.iter().map(|index| *index as usize).collect();
		let rows = given.iter().map(|index| encoded.row(*index));
		let rows = rows.collect::<Result<Vec<_>, _>>()?;
		let (rebuilt, rebuild) = second(one, || rsema1d::reconstruct(&rows, &given, &parameters));
		if rebuilt?.as_row_major() != input.blob {
			return Err("rsema1d rebuilt another blob".into());
		}

		let checked = input.checked.iter();
		let proofs = checked.map(|index| encoded.generate_row_proof(*index as usize));
		let proofs = proofs.collect::<Result<Vec<_>, _>>()?;
		let (outcome, check) = second(one, || check_peer(&encoded, &proofs, &parameters));
		outcome?;

		self.rsema1d.push(Turn {
			encode,
			rebuild,
			check,
		});
		Ok(())
	}

	fn report(&self, kzg: f64) -> Value {
		let mib = self.bytes as f64 / MIB;
		let speed = |turns: &[Turn], step: fn(&Turn) -> f64| mib / middle(turns, step);
		let stage =
			|of: fn(&Stages) -> u64| median(self.stages.iter().map(|all| of(all) as f64 / 1e6).collect());
		json!({
			"payload_mib": self.bytes >> 20,
			"mib_per_s": {
				"ours": speed(&self.ours, |turn| turn.encode),
				"rsema1d": speed(&self.rsema1d, |turn| turn.encode),
				"novelpoly": mib / median(self.novelpoly.clone()),
				"c_kzg": c_kzg::BYTES_PER_BLOB as f64 / MIB / kzg,
				// All four times as many coded bytes.
				"leaf_hash": 4.0 * mib / (stage(|all| all.leaf_hash) / 1e3),
				"memcpy": mib / median(self.copy.clone()),
				"ours_rebuild": speed(&self.ours, |turn| turn.rebuild),
				"rsema1d_rebuild": speed(&self.rsema1d, |turn| turn.rebuild),
			},
			"stages_ms": {
				"code": stage(|all| all.code),
				"scatter": stage(|all| all.scatter),
				"checksum": stage(|all| all.checksum),
				"leaf_hash": stage(|all| all.leaf_hash),
				"tree": stage(|all| all.tree),
			},
			"check_82_rows_ms": self.check(),
		})
	}

	fn check(&self) -> Value {
		json!({
			"ours": middle(&self.ours, |turn| turn.check) * 1e3,
			"rsema1d": middle(&self.rsema1d, |turn| turn.check) * 1e3,
		})
	}
}

fn rebuild(header: &BlobHeader, indices: &[u32], rows: &[&[u8]]) -> Result<Vec<u8>, Failure> {
	let mut decoder = Decoder::new(header)?;
	for (index, row) in indices.iter().zip(rows) {
		decoder.add(*index, row)?;
	}
	Ok(decoder.finish()?)
}

/// As a member does with a push: header, checksum and rows from their bytes.
fn check(
	commitment: Commitment,
	mut header: &[u8],
	mut checksum: &[u8],
	mut batch: &[u8],
) -> Result<(), Failure> {
	let header = BlobHeader::decode_all(&mut header)?;
	let checksum = Vec::<u8>::decode_all(&mut checksum)?;
	let batch = RowBatch::decode_all(&mut batch)?;
	Verifier::new(&header, commitment, &checksum)?.check_batch(&batch)?;
	Ok(())
}

/// The same with the peer, which has no wire format: it gets its rows as they are in memory.
fn check_peer(data: &ExtendedData, proofs: &[RowProof], parameters: &Parameters) -> Result<(), Failure> {
	let context = VerificationContext::new(data.rlc_original(), parameters)?;
	for proof in proofs {
		if !verify_with_context(proof, &data.commitment(), &context)? {
			return Err("rsema1d refused its own row".into());
		}
	}
	Ok(())
}

/// MiB of memory that encoding a blob takes at its peak, the blob and all tables included.
fn peak(bytes: usize) -> Result<f64, Failure> {
	let status = |name: &str| -> Result<f64, Failure> {
		let text = std::fs::read_to_string("/proc/self/status")?;
		let line = text
			.lines()
			.find(|line| line.starts_with(name))
			.ok_or("no such line")?;
		Ok(line.split_whitespace().nth(1).ok_or("no value")?.parse::<f64>()? / 1024.0)
	};
	let profile = Profile::for_length(u32::try_from(bytes)?)?;
	let before = status("VmRSS:")?;
	let blob = noise(bytes);
	black_box(ours(profile, &blob));
	Ok(status("VmHWM:")? - before)
}

/// A figure and where it has to be.
struct Bar {
	name: &'static str,
	value: f64,
	at_least: bool,
	limit: f64,
}

impl Bar {
	fn held(&self) -> bool {
		if self.at_least {
			self.value >= self.limit
		} else {
			self.value <= self.limit
		}
	}

	fn text(&self) -> String {
		let sign = if self.at_least { "≥" } else { "≤" };
		format!(
			"{:<44} {:>7.2}   bar {sign} {}",
			self.name, self.value, self.limit
		)
	}
}

fn bars(report: &Value) -> Vec<Bar> {
	let figure = |pointer: &str| {
		report
			.pointer(pointer)
			.and_then(Value::as_f64)
			.unwrap_or(f64::NAN)
	};
	let speed = |run: usize, name: &str| figure(&format!("/runs/{run}/mib_per_s/{name}"));
	let bar = |name, value, at_least, limit| Bar {
		name,
		value,
		at_least,
		limit,
	};
	let check = |run: usize| {
		let of = |name| figure(&format!("/runs/{run}/check_82_rows_ms/{name}"));
		of("rsema1d") / of("ours")
	};
	vec![
		bar(
			"encode and commit 32 MiB, × rsema1d",
			speed(0, "ours") / speed(0, "rsema1d"),
			true,
			1.6,
		),
		bar(
			"encode and commit 4 MiB, × rsema1d",
			speed(1, "ours") / speed(1, "rsema1d"),
			true,
			1.4,
		),
		bar(
			"rebuild 32 MiB, × rsema1d",
			speed(0, "ours_rebuild") / speed(0, "rsema1d_rebuild"),
			true,
			1.5,
		),
		bar(
			"rebuild 4 MiB, × rsema1d",
			speed(1, "ours_rebuild") / speed(1, "rsema1d_rebuild"),
			true,
			1.5,
		),
		bar("check 82 rows of 32 MiB, × rsema1d", check(0), true, 1.3),
		bar("check 82 rows of 4 MiB, × rsema1d", check(1), true, 1.3),
		bar("two threads, × one", figure("/two_thread_ratio"), true, 1.7),
		bar(
			"peak at 32 MiB, × blob",
			figure("/peak_heap_mib/32") / 32.0,
			false,
			6.0,
		),
		bar(
			"peak at 128 KiB, MiB",
			figure("/peak_heap_mib/0.125"),
			false,
			16.0,
		),
	]
}

fn print(report: &Value) {
	for run in report["runs"].as_array().into_iter().flatten() {
		println!("{} MiB, one thread", run["payload_mib"]);
		for (title, unit) in [("mib_per_s", "MiB/s"), ("stages_ms", "ms")] {
			for (name, value) in run[title].as_object().into_iter().flatten() {
				println!("  {name:<20} {:>10.2} {unit}", value.as_f64().unwrap_or(f64::NAN));
			}
		}
	}
}
