// SPDX-License-Identifier: Apache-2.0

//! Sampling: whether a blob is available, without reading it.
//!
//! Rows of different holders, which nobody else can foresee, are asked of different gateways, each checked here against
//! the commitment. Two statements follow, by how likely it were to see so many good rows if they were false:
//!
//! * *Available*: at least a quarter of the rows, which rebuild the blob, can be had. Else a row comes with a
//!   probability of at most `ρ = 1/4`.
//! * *Encoded*: the rows are those of one codeword. Else a row passes with a probability of at most `(1 + ρ)/2 = 5/8`.
//!   A certificate says this much more strongly already; sampling says it without trusting anybody.
//!
//! What a gateway learns and can do: it sees which rows are asked of it and by which address, and it can answer some
//! and not others. Asking several gateways of different owners makes each see only its part, and a row that one does
//! not give is asked of the others; nothing here hides who asks.

use crate::{
	custody::BadRow,
	error::Error,
	gateway::{Gateway, GatewayError},
};
use futures::StreamExt;
use std::{
	collections::BTreeSet,
	sync::atomic::{AtomicU32, Ordering},
	time::Duration,
};
use zerog_erasure::{BlobHeader, Commitment, Profile, Row, RowError, Verifier};

/// Rows that rebuild a blob, as a share of all.
pub const RATE: f64 = 0.25;
/// Share of rows that pass at most when the encoding is wrong.
pub const WRONG_PASS: f64 = (1.0 + RATE) / 2.0;
/// Samples that one run may take.
pub const MAX_SAMPLES: u32 = 512;
/// Rows asked for at once, of all gateways together.
const AT_ONCE: usize = 8;
/// Times that all gateways are asked for a row while some of them are busy or away; a pause between.
const ROUNDS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
/// A gateway that left so many requests without an answer is asked last from then on, and not again when it takes too long.
const SILENT_AFTER: u32 = 2;

/// What a gateway answers about a row that its holder did not give.
const ROW_MISSING: &str = "row_missing";

/// A row that was not had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
	/// The row.
	pub row: u32,
	/// A gateway says that it asked the holder in vain. Else only gateways failed.
	pub by_holder: bool,
	/// What went wrong, for each gateway.
	pub reasons: Vec<String>,
}

/// What sampling showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
	/// Rows of the blob's matrix.
	pub rows: u32,
	/// Rows asked for.
	pub asked: u32,
	/// Rows that were had and passed the check, ascending.
	pub verified: Vec<u32>,
	/// Rows that were not had.
	pub failures: Vec<Failure>,
	/// A row that belongs to the blob and contradicts its checksum: the blob was encoded wrongly, for certain.
	pub wrongly_encoded: Option<u32>,
	/// That row, by which its holder's fault can be proven if it signed.
	pub proof: Option<BadRow>,
	/// Bytes of checksum, rows and paths, those of wrong answers included.
	pub bytes: u64,
}

impl Report {
	/// How many different members hold the verified rows.
	pub fn holders(&self, holder_of: impl Fn(u32) -> Option<usize>) -> usize {
		let holders: BTreeSet<usize> = self.verified.iter().copied().filter_map(holder_of).collect();
		holders.len()
	}

	/// How likely this result were, at most, if the blob was not available.
	pub fn availability_doubt(&self) -> f64 {
		doubt(self.asked, self.good(), RATE)
	}

	/// How likely this result were, at most, if the rows were no codeword.
	pub fn encoding_doubt(&self) -> f64 {
		match self.wrongly_encoded {
			Some(_) => 1.0,
			None => doubt(self.asked, self.good(), WRONG_PASS),
		}
	}

	fn good(&self) -> u32 {
		u32::try_from(self.verified.len()).unwrap_or(u32::MAX)
	}
}

/// The probability that at least `good` of `asked` rows are good when each is with probability `chance`. Without a failure it
/// is `chance` to the power of `asked`.
///
/// For rows that [`choose`] drew of a matrix with this share of good ones, whichever these are, it is an upper bound
/// wherever it is below a tenth: `docs/data-availability.md` has the proof.
pub fn doubt(asked: u32, good: u32, chance: f64) -> f64 {
	if good == 0 {
		return 1.0;
	}
	// Terms of the binomial distribution from the top, each from the one before.
	let mut term = chance.powi(i32::try_from(asked).unwrap_or(i32::MAX));
	let mut sum = term;
	for bad in 1..=asked.saturating_sub(good) {
		let left = f64::from(asked - bad + 1);
		term *= left / f64::from(bad) * (1.0 - chance) / chance;
		sum += term;
	}
	sum.min(1.0)
}

/// Bytes of so many samples: the checksum, and each row with its path.
pub fn budget(profile: Profile, samples: u32) -> u64 {
	let row = u64::from(profile.row_bytes()) + 32 * u64::from(profile.tree_height());
	u64::from(profile.checksum_bytes()) + row * u64::from(samples)
}

/// So many different rows, of as many holders as can be, by the system's randomness: nobody can foresee them.
///
/// All rows, in the order of their holders, are cut into equal parts, a power of two of them; one row each comes from as
/// many parts as there are samples. So every row is as likely as any other, and [`doubt`] holds.
pub fn choose(
	profile: Profile,
	samples: u32,
	holder_of: impl Fn(u32) -> Option<usize>,
) -> Result<Vec<u32>, Error> {
	let samples = samples.min(MAX_SAMPLES).min(profile.rows()) as usize;
	let mut rows: Vec<u32> = (0..profile.rows()).collect();
	rows.sort_by_cached_key(|row| holder_of(*row));
	let mut parts: Vec<&[u32]> = rows
		.chunks_exact(rows.len() / samples.next_power_of_two())
		.collect();
	let mut chosen = Vec::with_capacity(samples);
	for _ in 0..samples {
		let part = parts.swap_remove(below(parts.len())?);
		chosen.push(part[below(part.len())?]);
	}
	Ok(chosen)
}

/// A number below `bound`, each as likely as any other.
fn below(bound: usize) -> Result<usize, Error> {
	loop {
		let number = getrandom::u32().map_err(|error| Error::NoRandomness(error.to_string()))?;
		let number = number as usize % bound.next_power_of_two();
		if number < bound {
			return Ok(number);
		}
	}
}

/// Ask for these rows of the blob with this header, which is the chain's. `progress` is told how many are through.
///
/// Errors: [`Error::NoChecksum`] when no gateway gives the checksum, without which nothing can be checked. Rows that are
/// not had are no error.
pub async fn sample(
	gateways: &[Gateway],
	header: &BlobHeader,
	commitment: Commitment,
	rows: &[u32],
	progress: impl Fn(u32),
) -> Result<Report, Error> {
	let profile = header.profile()?;
	let gateways: Vec<Asked<'_>> = gateways.iter().map(Asked::new).collect();
	let (verifier, mut bytes) = verifier(&gateways, header, commitment).await?;
	let (mut verified, mut proof, mut failures) = (Vec::new(), None, Vec::new());
	let mut answers = futures::stream::iter(rows.iter().copied().enumerate())
		.map(|(turn, row)| one(&gateways, &verifier, row, turn))
		.buffer_unordered(AT_ONCE);
	let mut done = 0;
	while let Some((answer, used)) = answers.next().await {
		bytes += used;
		match answer {
			Answer::Good(row) => verified.push(row),
			Answer::WronglyEncoded(row) => {
				proof = Some(BadRow {
					commitment,
					row,
					checksum: verifier.checksum().to_vec(),
				})
			}
			Answer::Failed(failure) => failures.push(failure),
		}
		done += 1;
		progress(done);
	}
	verified.sort_unstable();
	failures.sort_by_key(|failure: &Failure| failure.row);
	Ok(Report {
		rows: profile.rows(),
		asked: done,
		verified,
		failures,
		wrongly_encoded: proof.as_ref().map(|proof| proof.row.index),
		proof,
		bytes,
	})
}

/// A gateway in one run.
struct Asked<'a> {
	gateway: &'a Gateway,
	/// Requests that did not reach it, or that it did not answer in time.
	unanswered: AtomicU32,
}

impl<'a> Asked<'a> {
	fn new(gateway: &'a Gateway) -> Self {
		let unanswered = AtomicU32::new(0);
		Self { gateway, unanswered }
	}

	fn is_silent(&self) -> bool {
		self.unanswered.load(Ordering::Relaxed) >= SILENT_AFTER
	}

	/// Note how it failed; whether asking it again may help.
	fn failed(&self, error: &GatewayError) -> bool {
		if matches!(error, GatewayError::TimedOut | GatewayError::Unreachable { .. }) {
			self.unanswered.fetch_add(1, Ordering::Relaxed);
		}
		match error {
			GatewayError::TimedOut => !self.is_silent(),
			error => error.is_transient(),
		}
	}
}

/// All gateways from the one whose turn it is on, the silent ones last.
fn in_turn<'a>(gateways: &'a [Asked<'a>], turn: usize) -> Vec<&'a Asked<'a>> {
	let mut order: Vec<&Asked<'_>> = gateways.iter().collect();
	order.rotate_left(turn % gateways.len().max(1));
	order.sort_by_cached_key(|asked| asked.is_silent());
	order
}

async fn verifier(
	gateways: &[Asked<'_>],
	header: &BlobHeader,
	commitment: Commitment,
) -> Result<(Verifier, u64), Error> {
	let length = header.profile()?.checksum_bytes();
	let (mut bytes, mut reasons) = (0, Vec::new());
	for asked in gateways {
		let gateway = asked.gateway;
		let reason = match gateway.checksum(commitment, length).await {
			Ok(checksum) => {
				bytes += u64::from(length);
				match Verifier::new(header, commitment, &checksum) {
					Ok(verifier) => return Ok((verifier, bytes)),
					Err(error) => error.to_string(),
				}
			}
			Err(error) => {
				asked.failed(&error);
				error.to_string()
			}
		};
		reasons.push(format!("{gateway}: {reason}"));
	}
	Err(Error::NoChecksum {
		commitment,
		reason: reasons.join("; "),
	})
}

enum Answer {
	Good(u32),
	WronglyEncoded(Row),
	Failed(Failure),
}

/// Ask for one row, first the gateway whose turn it is, then the others. With the bytes that came.
async fn one(gateways: &[Asked<'_>], verifier: &Verifier, row: u32, turn: usize) -> (Answer, u64) {
	let profile = verifier.profile();
	let size = u64::from(profile.row_bytes()) + 32 * u64::from(profile.tree_height());
	let mut bytes = 0;
	let (mut by_holder, mut reasons) = (false, Vec::new());
	for round in 0..ROUNDS {
		if round > 0 {
			tokio::time::sleep(PAUSE).await;
		}
		reasons.clear();
		let mut may_pass = false;
		for asked in in_turn(gateways, turn) {
			let gateway = asked.gateway;
			let reason = match gateway.row(verifier.commitment(), row, profile).await {
				Ok(got) => {
					bytes += size;
					match verifier.check_row(&got) {
						Ok(()) => return (Answer::Good(row), bytes),
						Err(RowError::WrongChecksum) => return (Answer::WronglyEncoded(got), bytes),
						Err(error) => error.to_string(),
					}
				}
				Err(error) => {
					may_pass |= asked.failed(&error);
					by_holder |= matches!(&error, GatewayError::Refused { code, .. } if code == ROW_MISSING);
					error.to_string()
				}
			};
			reasons.push(format!("{gateway}: {reason}"));
		}
		if !may_pass {
			break;
		}
	}
	let failure = Failure {
		row,
		by_holder,
		reasons,
	};
	(Answer::Failed(failure), bytes)
}

impl Gateway {
	/// Fetch the checksum of a blob, `length` bytes. It is not checked.
	pub async fn checksum(&self, commitment: Commitment, length: u32) -> Result<Vec<u8>, GatewayError> {
		self.small(&format!("v1/blobs/{commitment}/checksum"), length)
			.await
	}

	/// Fetch one row with its path. It is not checked.
	pub async fn row(
		&self,
		commitment: Commitment,
		index: u32,
		profile: Profile,
	) -> Result<Row, GatewayError> {
		let path_bytes = 32 * profile.tree_height();
		let path = format!("v1/blobs/{commitment}/rows/{index}");
		let mut data = self.small(&path, profile.row_bytes() + path_bytes).await?;
		let path = data.split_off(profile.row_bytes() as usize);
		Ok(Row {
			index,
			data,
			path: path.as_chunks().0.to_vec(),
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::{Arc, Mutex};
	use tokio::{
		io::{AsyncReadExt, AsyncWriteExt},
		net::TcpListener,
	};
	use zerog_erasure::{checksum_root, encode, Encoded, Namespace, CHECKSUM_ROW_BYTES};

	/// What a gateway answers about a row.
	type Serve = Arc<dyn Fn(&Encoded, u32) -> Result<Row, &'static str> + Send + Sync>;

	struct Served {
		gateway: Gateway,
		asked: Arc<Mutex<Vec<u32>>>,
	}

	fn blob() -> Arc<Encoded> {
		let bytes: Vec<u8> = (0..100_000u32).map(|i| (i * 7) as u8).collect();
		Arc::new(encode([7; 32], Namespace([9; 32]), &bytes).unwrap())
	}

	/// A gateway that has the blob; `serve` decides about rows.
	async fn gateway(blob: Arc<Encoded>, serve: Serve) -> Served {
		let checksum = blob.checksum().to_vec();
		gateway_with(blob, checksum, serve).await
	}

	/// The same with a checksum of its own.
	async fn gateway_with(blob: Arc<Encoded>, checksum: Vec<u8>, serve: Serve) -> Served {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		let asked: Arc<Mutex<Vec<u32>>> = Default::default();
		let log = asked.clone();
		tokio::spawn(async move {
			loop {
				let (mut stream, _) = listener.accept().await.unwrap();
				let (blob, serve, log) = (blob.clone(), serve.clone(), log.clone());
				let checksum = checksum.clone();
				tokio::spawn(async move {
					let mut head = Vec::new();
					while !head.ends_with(b"\r\n\r\n") {
						let mut byte = [0];
						if stream.read(&mut byte).await.unwrap() == 0 {
							return;
						}
						head.extend(byte);
					}
					let head = String::from_utf8(head).unwrap();
					let path = head.split_whitespace().nth(1).unwrap();
					let (status, body) = match path.rsplit('/').next().unwrap() {
						"checksum" => ("200 OK", checksum),
						index => {
							let index = index.parse().unwrap();
							log.lock().unwrap().push(index);
							match serve(&blob, index) {
								Ok(row) => ("200 OK", [row.data, row.path.concat()].concat()),
								Err(code) => (
									"502 Bad Gateway",
									format!(r#"{{"error":{{"code":"{code}","message":"none"}}}}"#).into(),
								),
							}
						}
					};
					let head = format!(
						"HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
						body.len()
					);
					stream
						.write_all(&[head.as_bytes(), &body].concat())
						.await
						.unwrap();
				});
			}
		});
		Served {
			gateway: Gateway::new(&url).unwrap(),
			asked,
		}
	}

	/// A gateway that takes connections and says nothing; how many it took.
	async fn mute() -> (Gateway, Arc<AtomicU32>) {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let mut gateway = Gateway::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
		gateway.patience = Duration::from_millis(50);
		let taken: Arc<AtomicU32> = Default::default();
		let count = taken.clone();
		tokio::spawn(async move {
			let mut open = Vec::new();
			loop {
				open.push(listener.accept().await.unwrap());
				count.fetch_add(1, Ordering::Relaxed);
			}
		});
		(gateway, taken)
	}

	fn honest() -> Serve {
		Arc::new(|blob, index| Ok(blob.one_row(index).unwrap()))
	}

	async fn run(blob: &Encoded, served: &[&Served], rows: &[u32]) -> Result<Report, Error> {
		let gateways: Vec<Gateway> = served.iter().map(|served| served.gateway.clone()).collect();
		sample(&gateways, blob.header(), blob.commitment(), rows, |_| {}).await
	}

	#[tokio::test]
	async fn honest_gateways_share_the_rows_and_the_bytes_are_those_of_the_budget() {
		let blob = blob();
		let (one, two) = (
			gateway(blob.clone(), honest()).await,
			gateway(blob.clone(), honest()).await,
		);
		let rows = choose(blob.profile(), 20, |_| None).unwrap();
		let report = run(&blob, &[&one, &two], &rows).await.unwrap();
		assert_eq!((report.verified.len(), report.asked, report.rows), (20, 20, 2048));
		assert_eq!(report.bytes, budget(blob.profile(), 20));
		let (one, two) = (one.asked.lock().unwrap(), two.asked.lock().unwrap());
		assert_eq!((one.len(), two.len()), (10, 10));
		assert!(one.iter().all(|row| !two.contains(row)), "neither sees all");
		assert_eq!(report.availability_doubt(), 0.25f64.powi(20));
		assert_eq!(report.encoding_doubt(), 0.625f64.powi(20));
	}

	#[tokio::test]
	async fn a_lying_gateway_costs_bytes_and_no_confidence() {
		let blob = blob();
		let lying = gateway(
			blob.clone(),
			Arc::new(|blob, index| {
				let mut row = blob.one_row(index).unwrap();
				row.data[3] ^= 1;
				Ok(row)
			}),
		)
		.await;
		let honest = gateway(blob.clone(), honest()).await;
		let rows = choose(blob.profile(), 10, |_| None).unwrap();
		let report = run(&blob, &[&lying, &honest], &rows).await.unwrap();
		assert_eq!((report.verified.len(), report.failures.len()), (10, 0));
		assert_eq!(report.bytes, budget(blob.profile(), 15));
		let alone = run(&blob, &[&lying], &rows).await.unwrap();
		assert_eq!((alone.verified.len(), alone.failures.len()), (0, 10));
		assert!(alone.failures.iter().all(|failure| !failure.by_holder));
		assert_eq!((alone.availability_doubt(), alone.encoding_doubt()), (1.0, 1.0));
	}

	#[tokio::test]
	async fn a_row_that_its_holder_does_not_give_is_named_and_lowers_both_figures() {
		let blob = blob();
		let rows: Vec<u32> = (0..20).collect();
		let withholding: Serve = Arc::new(|blob, index| match index {
			7 => Err(ROW_MISSING),
			_ => Ok(blob.one_row(index).unwrap()),
		});
		let (one, two) = (
			gateway(blob.clone(), withholding.clone()).await,
			gateway(blob.clone(), withholding).await,
		);
		let report = run(&blob, &[&one, &two], &rows).await.unwrap();
		let had: Vec<u32> = rows.into_iter().filter(|row| *row != 7).collect();
		assert_eq!(report.verified, had);
		let holder_of = |row: u32| match row {
			7 => Some(7),
			_ => Some(row as usize % 4),
		};
		assert_eq!(report.holders(holder_of), 4, "none of the one that gave nothing");
		assert_eq!(report.holders(|_| None), 0);
		let [failure] = &report.failures[..] else {
			panic!("{report:?}")
		};
		assert_eq!(
			(failure.row, failure.by_holder, failure.reasons.len()),
			(7, true, 2)
		);
		assert!(report.availability_doubt() > 0.25f64.powi(20));
		assert!(report.availability_doubt() < 0.25f64.powi(14));
		assert!(report.encoding_doubt() > 0.625f64.powi(20));
	}

	#[tokio::test]
	async fn a_row_that_contradicts_the_checksum_is_kept_as_proof() {
		let blob = blob();
		let mut checksum = blob.checksum().to_vec();
		checksum
			.iter_mut()
			.step_by(CHECKSUM_ROW_BYTES)
			.for_each(|byte| *byte ^= 1);
		let wrong = BlobHeader {
			checksum_root: checksum_root(&checksum),
			..*blob.header()
		};
		let commitment = wrong.commitment().unwrap();
		let served = gateway_with(blob.clone(), checksum, honest()).await;
		let report = sample(&[served.gateway], &wrong, commitment, &[7], |_| {})
			.await
			.unwrap();
		assert_eq!((report.verified.len(), report.wrongly_encoded), (0, Some(7)));
		assert_eq!(report.encoding_doubt(), 1.0);
		let proof = report.proof.unwrap();
		assert_eq!((proof.row.index, proof.check(&wrong)), (7, Ok(())));
	}

	#[tokio::test]
	async fn without_the_checksum_nothing_is_claimed() {
		let blob = blob();
		let other = Arc::new(encode([7; 32], Namespace([9; 32]), &[1; 100_000]).unwrap());
		let foreign = gateway(other, honest()).await;
		let error = run(&blob, &[&foreign], &[1]).await.unwrap_err();
		assert!(matches!(error, Error::NoChecksum { .. }), "{error}");
	}

	#[tokio::test]
	async fn a_mute_gateway_is_waited_for_a_few_times_and_not_for_every_row() {
		let blob = blob();
		let (mute, taken) = mute().await;
		let honest = gateway(blob.clone(), honest()).await;
		let gateways = [mute, honest.gateway];
		let rows = choose(blob.profile(), 100, |_| None).unwrap();
		let report = sample(&gateways, blob.header(), blob.commitment(), &rows, |_| {})
			.await
			.unwrap();
		assert_eq!((report.verified.len(), report.failures.len()), (100, 0));
		// For the checksum, once more, and for what was asked meanwhile.
		let taken = taken.load(Ordering::Relaxed);
		assert!((2..=2 + AT_ONCE as u32).contains(&taken), "{taken}");

		let alone = sample(&gateways[..1], blob.header(), blob.commitment(), &rows, |_| {}).await;
		assert!(matches!(alone, Err(Error::NoChecksum { .. })), "{alone:?}");
	}

	#[test]
	fn who_is_silent_is_asked_last_and_not_again() {
		let [one, two] = ["http://127.0.0.1:1", "http://127.0.0.1:2"].map(|url| Gateway::new(url).unwrap());
		let gateways = [Asked::new(&one), Asked::new(&two)];
		let order = |turn| {
			let order = in_turn(&gateways, turn);
			[0, 1].map(|place: usize| order[place].gateway.to_string())
		};
		let (first, second) = (order(0), order(1));
		assert_ne!(first, second);
		let busy = GatewayError::Busy {
			message: "later".into(),
			retry_after: None,
		};
		assert!(gateways[0].failed(&busy) && gateways[0].failed(&busy));
		assert!(gateways[0].failed(&GatewayError::TimedOut), "once");
		assert_eq!((order(0), order(1)), (first, second.clone()));
		assert!(!gateways[0].failed(&GatewayError::TimedOut));
		assert_eq!((order(0), order(1)), (second.clone(), second));
		assert!(gateways[0].failed(&busy), "it speaks");
		assert!(in_turn(&[], 7).is_empty());
	}

	#[test]
	fn doubt_is_the_tail_of_the_binomial_distribution() {
		assert_eq!(doubt(20, 20, RATE), 2f64.powi(-40));
		assert_eq!(doubt(10, 0, RATE), 1.0);
		assert_eq!(doubt(0, 0, RATE), 1.0);
		let exact = 4.0 * 0.25f64.powi(3) * 0.75 + 0.25f64.powi(4);
		assert!((doubt(4, 3, RATE) - exact).abs() < 1e-15);
		assert!(doubt(512, 512, RATE) > 0.0);
		for bad in 0..20 {
			assert!(doubt(20, 20 - bad, RATE) < doubt(20, 19 - bad, RATE));
		}
	}

	#[test]
	fn chosen_rows_are_different_and_inside_of_the_matrix() {
		let profile = Profile::ALL[0];
		let choose = |samples| choose(profile, samples, |_| None).unwrap();
		let rows = choose(400);
		let set: BTreeSet<u32> = rows.iter().copied().collect();
		assert_eq!((rows.len(), set.len()), (400, 400));
		assert!(set.iter().all(|row| *row < profile.rows()));
		assert!(!rows.is_sorted(), "not in an order that tells the next");
		assert_ne!(rows, choose(400));
		assert_eq!(choose(u32::MAX).len(), MAX_SAMPLES as usize);
		assert!(choose(0).is_empty());
		// A given row is missing once in 10^12 times.
		let any: BTreeSet<u32> = (0..100).flat_map(|_| choose(512)).collect();
		assert_eq!(any.len(), 2048);
	}

	#[test]
	fn chosen_rows_are_those_of_as_many_holders_as_can_be() {
		for (samples, each) in [(16, 1), (64, 4)] {
			let mut rows_of = [0; 16];
			let holder_of = |row: u32| Some(row as usize % 16);
			for row in choose(Profile::ALL[0], samples, holder_of).unwrap() {
				rows_of[row as usize % 16] += 1;
			}
			assert_eq!(rows_of, [each; 16]);
		}
	}

	/// The probability that at least `good` of `asked` rows are good, when the parts that they come from have these shares of
	/// good ones.
	fn chance(shares: &[f64], asked: usize, good: usize) -> f64 {
		// For all sets of parts together, by how many they are and how many of their rows are good.
		let mut sums = vec![vec![0.0; asked + 1]; asked + 1];
		sums[0][0] = 1.0;
		for share in shares {
			for size in (0..asked).rev() {
				for of_them in 0..=size {
					let sum = sums[size][of_them];
					sums[size + 1][of_them + 1] += sum * share;
					sums[size + 1][of_them] += sum * (1.0 - share);
				}
			}
		}
		sums[asked][good..].iter().sum::<f64>() / sums[asked].iter().sum::<f64>()
	}

	#[test]
	fn doubt_holds_whichever_rows_are_missing() {
		const PARTS: usize = 32;
		for rate in [RATE, WRONG_PASS] {
			let shapes = (0..PARTS).flat_map(|full| (0..PARTS - full).map(move |empty| (full, empty)));
			for (full, empty) in shapes {
				let others = PARTS - full - empty;
				let share = (PARTS as f64 * rate - full as f64) / others as f64;
				if !(0.0..=1.0).contains(&share) {
					continue;
				}
				let shares = [vec![1.0; full], vec![0.0; empty], vec![share; others]].concat();
				for good in (0..=20).filter(|good| doubt(20, *good, rate) < 0.1) {
					let (real, said) = (chance(&shares, 20, good as usize), doubt(20, good, rate));
					assert!(
						real <= said * (1.0 + 1e-9),
						"{full} {share} {good}: {real}, not {said}"
					);
				}
			}
		}
	}

	/// KiB of the multiproof that so many random rows need on average: the nodes without a drawn row whose sibling has one.
	fn multiproof(profile: Profile, samples: u32) -> f64 {
		let rows = f64::from(profile.rows());
		let without = |leaves: f64| -> f64 {
			(0..samples)
				.map(|drawn| (rows - leaves - f64::from(drawn)).max(0.0) / (rows - f64::from(drawn)))
				.product()
		};
		let nodes: f64 = (0..profile.tree_height())
			.map(|level| f64::from(1u32 << level))
			.map(|leaves| rows / leaves * (without(leaves) - without(2.0 * leaves)))
			.sum();
		nodes * 32.0 / 1024.0
	}

	/// KiB in all for 20, 59, 148 and 189 samples: the published budgets of this design, which are for multiproofs and 16
	/// bytes of checksum a row. Here they have single paths instead, and the 4 bytes by which our checksum rows are longer.
	#[test]
	fn the_budgets_are_met_in_every_profile() {
		let table = [
			[17, 31, 59, 72],
			[25, 41, 72, 85],
			[30, 55, 109, 132],
			[47, 73, 129, 154],
			[57, 103, 203, 248],
			[90, 136, 239, 286],
			[110, 195, 387, 475],
			[150, 313, 683, 853],
			[230, 549, 1275, 1609],
		];
		for (profile, totals) in Profile::ALL.into_iter().zip(table) {
			let longer = f64::from(4 * profile.original_rows()) / 1024.0;
			for (samples, total) in [20, 59, 148, 189].into_iter().zip(totals) {
				let paths = f64::from(32 * profile.tree_height() * samples) / 1024.0;
				let allowed = f64::from(total) - multiproof(profile, samples) + paths + longer;
				let used = budget(profile, samples) as f64 / 1024.0;
				// The table is rounded.
				assert!(
					(used - allowed).abs() < 0.51,
					"{profile:?} {samples}: {used} of {allowed}"
				);
			}
		}
	}
}
