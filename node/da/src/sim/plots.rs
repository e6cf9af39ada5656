// SPDX-License-Identifier: Apache-2.0

//! What happens in a simulation, and what must come of it.

use super::{
	behaviour::{Behaviour, Lie},
	chain::{DEADLINE, IMPROVEMENT_WINDOW, SLOT},
	disk, fail, figures, host,
	network::Weather,
	random::Rng,
	referee::folder,
	world::{draw, World},
	writer::{self, Fault, Word},
	GENESIS, NAMESPACE,
};
use crate::{
	messages::message_of,
	protocol::{Batch, Push, Refusal, Request, Response, Share},
};
use bytes::Bytes;
use futures::future::join_all;
use std::{
	collections::BTreeSet,
	sync::{
		atomic::{AtomicU32, Ordering},
		Arc,
	},
	time::Duration,
};
use tokio::time::sleep;
use zerog_erasure::{encode, Commitment, Encoded, Profile};
use zerog_primitives::da::{attestation_message, CommitteeId, Numbered};

#[derive(Clone, Copy, Debug)]
enum Plot {
	/// All is well: the figures.
	Calm,
	/// Loss, delay, slow peers; and up to a third of the rows at members with any fault.
	Weather,
	/// The network falls into two parts and heals.
	Partition,
	/// Up to half of the members die, with or without their power, and come back.
	Crash,
	/// A third of the rows is absent, 41 % more are at signers that lie to readers.
	Liars,
	/// A word far from any codeword, and colluders with just under a third of the rows.
	WrongEncoding,
	/// Bad rows for members that the writer does not need.
	FewBadRows,
	/// A wrong checksum for some members.
	TwoChecksums,
	/// The writer serves two thirds of the rows, and is gone.
	Withhold,
	/// Members that aggregate without their rivals.
	Censor,
	/// Networks certify side by side; one has lost too many members, and its blobs fall back to the root network.
	Networks,
	/// Members with up to a third of the rows lose their disks while another third is absent or lies to readers.
	LostDisks,
}

const PLOTS: [Plot; 12] = [
	Plot::Calm,
	Plot::Weather,
	Plot::Partition,
	Plot::Crash,
	Plot::Liars,
	Plot::WrongEncoding,
	Plot::FewBadRows,
	Plot::TwoChecksums,
	Plot::Withhold,
	Plot::Censor,
	Plot::Networks,
	Plot::LostDisks,
];

/// How long a certificate may take once nothing keeps members from each other.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long members may take that lost their disks: some rounds of their patrols.
const HEALING: Duration = Duration::from_secs(600);
/// Members that lose their disks at most: each rebuilds each blob, which takes work.
const MOST_LOST: usize = 32;

/// How many members a seed has, unless it is said: 200 in the first hundred, and fewer, for which chance means more, in most others.
fn members(seed: u64, rng: &mut Rng) -> usize {
	let few = rng.within(20..61);
	match super::number(super::MEMBERS) {
		Some(members) => members as usize,
		None if seed < 100 || rng.chance(10) => 200,
		None => few,
	}
}

fn milliseconds(rng: &mut Rng, range: std::ops::Range<usize>) -> Duration {
	Duration::from_millis(rng.within(range) as u64)
}

struct Play {
	seed: u64,
	rng: Rng,
	world: Arc<World>,
	blob: Bytes,
	/// Commitments with what readers must get, or nothing if they must not be certified.
	expected: Vec<(Commitment, Option<Bytes>)>,
	/// Whether the attacker promises seals that never come.
	sealed: bool,
	/// How often a reader may try.
	attempts: usize,
	/// When the pool had the last certificate.
	certified_at: Option<Duration>,
}

/// Run one seed; a violation ends the process.
pub(super) async fn run(seed: u64) {
	let mut rng = Rng::new(seed, "plot");
	let plot = PLOTS[(seed % PLOTS.len() as u64) as usize];
	let members = members(seed, &mut rng);
	// Small ones more often: a megabyte is two thirds of a second of work.
	let most = rng.pick(&[128, 192, 256, 256, 512, 1024]) << 10;
	let length = rng.within((most / 2).max(128 << 10)..most + 1);
	let blob = rng.bytes(length);
	let profile = Profile::for_length(length as u32).unwrap();
	let calm = matches!(plot, Plot::Calm);
	let exact = calm || matches!(plot, Plot::Liars | Plot::Censor);
	let weather = Weather {
		latency_ms: if calm { 50 } else { rng.within(10..120) as u64 },
		jitter_ms: if calm { 0 } else { rng.within(0..100) as u64 },
		loss_percent: if exact { 0 } else { rng.within(0..4) as u64 },
	};
	let equal = calm || matches!(plot, Plot::Networks) || rng.chance(50);
	let weights = (0..members).map(|_| if equal { 1 } else { rng.within(1..4) as u128 });
	let weights: Vec<u128> = weights.collect();
	let collude = matches!(plot, Plot::WrongEncoding);
	let mut drawing = Rng::new(seed, "colluders");
	let world = World::new(seed, weights, profile, weather, |rows| {
		let all: Vec<usize> = (0..rows.len()).collect();
		let limit = if collude {
			profile.rows().div_ceil(3) - 1
		} else {
			0
		};
		draw(&mut drawing, rows, &all, limit)
	});
	let sealed = rng.chance(50);
	let mut play = Play {
		seed,
		rng,
		world,
		blob,
		expected: Vec::new(),
		sealed,
		attempts: if weather.loss_percent > 0 { 4 } else { 1 },
		certified_at: None,
	};
	match plot {
		Plot::Calm => play.calm().await,
		Plot::Weather => play.weather().await,
		Plot::Partition => play.partition().await,
		Plot::Crash => play.crash().await,
		Plot::Liars => play.liars().await,
		Plot::WrongEncoding => play.wrong_encoding().await,
		Plot::FewBadRows => play.few_bad_rows().await,
		Plot::TwoChecksums => play.two_checksums().await,
		Plot::Withhold => play.withhold().await,
		Plot::Censor => play.censor().await,
		Plot::Networks => play.networks().await,
		Plot::LostDisks => play.lost_disks().await,
	}
	play.finish().await;
	let misdeeds = play.world.referee.misdeeds();
	let needed = match plot {
		Plot::Calm => None,
		Plot::Weather | Plot::Partition | Plot::Crash => misdeeds.keys().next().copied(),
		Plot::Liars | Plot::Withhold => Some("lies to readers"),
		Plot::WrongEncoding | Plot::FewBadRows => Some("bad rows"),
		Plot::TwoChecksums => Some("bad checksums"),
		Plot::Censor => Some("certificates without rivals"),
		Plot::Networks => Some("fallbacks"),
		Plot::LostDisks => Some("lost disks"),
	};
	if !matches!(plot, Plot::Calm) && !needed.is_some_and(|needed| misdeeds.contains_key(needed)) {
		fail(format!("{plot:?} comes to {misdeeds:?}, which tests nothing"));
	}
	let (trace, events) = play.world.network.trace();
	let certified = play.certified_at.map_or("no certificate".into(), |at| {
		format!("certified at {:.2} s", at.as_secs_f64())
	});
	println!(
		"seed {seed}: {plot:?}, {members} members, {length} bytes, {certified}; misdeeds {misdeeds:?}; {events} events, \
		 trace {trace:016x}"
	);
}

impl Play {
	fn encode(&self, blob: &Bytes) -> Encoded {
		encode(GENESIS, NAMESPACE, blob).unwrap()
	}

	fn all(&self) -> Vec<usize> {
		(0..self.world.members).collect()
	}

	fn total(&self) -> u32 {
		self.world.rows.iter().sum()
	}

	fn rows_of(&self, members: impl IntoIterator<Item = usize>) -> u32 {
		members.into_iter().map(|member| self.world.rows[member]).sum()
	}

	fn is_quorum(&self, members: &BTreeSet<usize>) -> bool {
		3 * self.rows_of(members.iter().copied()) >= 2 * self.total()
	}

	/// Some members with at most `per_mille` of the rows.
	fn draw(&mut self, from: &[usize], per_mille: u32) -> BTreeSet<usize> {
		let limit = self.total() * per_mille / 1000;
		draw(&mut self.rng, &self.world.rows, from, limit)
	}

	fn without(&self, members: &BTreeSet<usize>) -> Vec<usize> {
		let all = self.all().into_iter();
		all.filter(|member| !members.contains(member)).collect()
	}

	fn misbehave(&mut self, members: &BTreeSet<usize>, ways: &[Behaviour]) {
		for member in members {
			let way = self.rng.pick(ways);
			self.world.network.edit(*member, |site| site.behaviour = way);
		}
	}

	/// Pay for the blob, and have it published at any of these nodes, in the background.
	fn publish(&mut self, blob: &Bytes, at: &[usize]) -> Commitment {
		let commitment = self.world.submit(&self.encode(blob));
		self.expected.push((commitment, Some(blob.clone())));
		let rng = Rng::new(self.seed, "client");
		let client = self
			.world
			.clone()
			.publish(rng, at.to_vec(), commitment, blob.clone());
		tokio::spawn(client);
		commitment
	}

	async fn certified(&mut self, commitment: Commitment) {
		self.world.certified(commitment, PATIENCE).await;
		self.certified_at = self.world.ledger.pooled(commitment);
	}

	async fn calm(&mut self) {
		let world = self.world.clone();
		world.start_all_but(&BTreeSet::new()).await;
		for length in [128 << 10, 1 << 20] {
			let blob = self.rng.bytes(length);
			let encoded = self.encode(&blob);
			let commitment = world.submit(&encoded);
			self.expected.push((commitment, Some(blob.clone())));
			// The publisher has seen the block that pays.
			sleep(2 * SLOT).await;
			let (start, before) = (host::now(), figures::Counts::now(&world));
			let rng = Rng::new(self.seed, "client");
			tokio::spawn(world.clone().publish(rng, self.all(), commitment, blob));
			self.certified(commitment).await;
			sleep(2 * SLOT).await;
			figures::print(&world, &encoded, before, self.certified_at.unwrap() - start);
		}
		let commitment = self.expected[0].0;
		let shares = self.all().into_iter().map(|member| {
			let key = world.referee.keys[member].public();
			(self.attest(commitment, member), key)
		});
		figures::print_verification(&world, shares.collect());
	}

	async fn weather(&mut self) {
		let world = self.world.clone();
		// Less than a third.
		let faulty = self.draw(&self.all(), 333);
		self.misbehave(&faulty, &Behaviour::BYZANTINE);
		let slow = self.draw(&self.all(), 300);
		for member in slow {
			let slow_ms = self.rng.within(100..3_000) as u64;
			world.network.edit(member, |site| site.slow_ms = slow_ms);
		}
		world.start_all_but(&BTreeSet::new()).await;
		let honest = self.without(&faulty);
		let second = self.rng.bytes(100_000);
		let commitments = [
			self.publish(&self.blob.clone(), &honest),
			self.publish(&second, &honest),
		];
		for commitment in commitments {
			self.certified(commitment).await;
		}
	}

	async fn partition(&mut self) {
		let world = self.world.clone();
		let faulty = self.draw(&self.all(), 200);
		self.misbehave(&faulty, &Behaviour::BYZANTINE);
		world.start_all_but(&BTreeSet::new()).await;
		let blob = self.blob.clone();
		let honest = self.without(&faulty);
		let commitment = self.publish(&blob, &honest);
		// Rows and shares travel about then.
		sleep(milliseconds(&mut self.rng, 2_000..5_000)).await;
		let per_mille = self.rng.within(200..800) as u32;
		let away = self.draw(&self.all(), per_mille);
		let cut = |is_cut: bool| {
			for at in 0..=world.members {
				let is_away = away.contains(&at);
				world
					.network
					.edit(at, |site| site.side = u8::from(is_cut && is_away));
				// The larger part keeps the chain.
				world.ledger.set_cut(at, is_cut && is_away == (per_mille < 500));
			}
		};
		cut(true);
		sleep(milliseconds(&mut self.rng, 3_000..50_000)).await;
		cut(false);
		self.certified(commitment).await;
	}

	async fn crash(&mut self) {
		let world = self.world.clone();
		let faulty = self.draw(&self.all(), 200);
		self.misbehave(&faulty, &Behaviour::BYZANTINE);
		world.start_all_but(&BTreeSet::new()).await;
		let (blob, honest) = (self.blob.clone(), self.without(&faulty));
		let commitment = self.publish(&blob, &honest);
		let victims = self.draw(&honest, 500);
		let fates: Vec<_> = victims
			.into_iter()
			.map(|victim| {
				let mut rng = Rng::new(self.rng.draw(), "fate");
				let world = world.clone();
				async move {
					for _ in 0..rng.within(1..4) {
						sleep(milliseconds(&mut rng, 0..8_000)).await;
						let power = rng.chance(50);
						world.crash(victim, power.then_some(&mut rng)).await;
						sleep(milliseconds(&mut rng, 100..15_000)).await;
						world.start(victim);
					}
				}
			})
			.collect();
		// A second blob, and so a second number for each, while members die.
		let second = self.rng.bytes(50_000);
		let later = async {
			sleep(milliseconds(&mut self.rng, 3_000..12_000)).await;
			self.publish(&second, &honest)
		};
		let (_, second) = futures::join!(join_all(fates), later);
		for commitment in [commitment, second] {
			self.certified(commitment).await;
		}
	}

	async fn liars(&mut self) {
		let world = self.world.clone();
		let total = self.total();
		let absent = self.draw(&self.all(), 333);
		let liars = self.draw(&self.without(&absent), 410);
		let honest: Vec<usize> = self
			.without(&absent)
			.into_iter()
			.filter(|at| !liars.contains(at))
			.collect();
		assert!(4 * self.rows_of(honest.iter().copied()) >= total);
		self.misbehave(&liars, &Behaviour::LIES.map(Behaviour::Liar));
		world.start_all_but(&absent).await;
		let commitment = self.publish(&self.blob.clone(), &honest);
		self.certified(commitment).await;
		// All that are there have signed.
		sleep(5 * SLOT).await;
	}

	async fn wrong_encoding(&mut self) {
		let world = self.world.clone();
		world.start_all_but(&BTreeSet::new()).await;
		let fault = self.rng.pick(&[Fault::Noise, Fault::TwoWords]);
		let word = Word::new(&self.blob, fault, &mut self.rng);
		let commitment = self.attack(&word).await;
		let colluders: BTreeSet<usize> = self
			.all()
			.into_iter()
			.filter(|at| world.referee.collude(*at))
			.collect();
		let counted = Arc::new(AtomicU32::new(0));
		for colluder in &colluders {
			let (link, hello) = world.usurp(*colluder);
			let hello = Request::Identify(Some(hello));
			let share = Request::Share(self.attest(commitment, *colluder));
			for member in self.without(&colluders) {
				let (link, hello, share) = (link.clone(), hello.clone(), share.clone());
				let counted = counted.clone();
				tokio::spawn(async move {
					for _ in 0..30 {
						// Who could not reach it has forgotten it.
						link.ask(member, &hello).await;
						if link.ask(member, &share).await == Some(Response::Counted) {
							counted.fetch_add(1, Ordering::Relaxed);
							return;
						}
						sleep(Duration::from_secs(1)).await;
					}
				});
			}
		}
		self.expected.push((commitment, None));
		world.stays_pending(commitment, 60).await;
		let (counted, members) = (counted.load(Ordering::Relaxed), world.members - colluders.len());
		if 2 * (counted as usize) < colluders.len() * members {
			fail("most shares of colluders are not counted, which tests little");
		}
	}

	/// A member's share for a blob that it may never have seen.
	fn attest(&self, commitment: Commitment, member: usize) -> Share {
		let referee = &self.world.referee;
		let (committee, expiry) = (referee.committee.id, self.world.ledger.deadline(commitment));
		let (batch, key) = (Batch::one(commitment), &referee.keys[member]);
		let signature = key.sign(&attestation_message(&GENESIS, committee, &batch.root(), expiry));
		let statement = Numbered {
			batch_root: batch.root(),
			expiry,
			signature,
		};
		Share {
			committee,
			expiry,
			batch,
			signer: member as u32,
			signature,
			sequence: 0,
			numbered: key.sign(&message_of(&GENESIS, committee, member as u32, 0, &statement)),
		}
	}

	/// Pay for a word and push all rows to all members that are there. Members with bad rows, and only they, refuse.
	async fn attack(&mut self, word: &Word) -> Commitment {
		let (world, sealed) = (&self.world, self.sealed);
		let commitment = world.ledger.submit(&word.header, &word.checksum);
		sleep(2 * SLOT).await;
		let assignment = world.referee.assignment(&word.header);
		let assignment = &assignment;
		let pushes = self
			.all()
			.into_iter()
			.filter(|at| !world.referee.collude(*at))
			.map(|member| async move {
				let result =
					writer::push(&world.attacker, member, word.push(assignment, member, sealed)).await;
				let dirty = assignment.rows_of(member).into_iter().any(|row| word.is_bad(row));
				match result {
					None => {}
					Some(Ok(receipt)) if !dirty && receipt.held == receipt.wanted => {}
					Some(Err(Refusal::BadRows)) if dirty => world.referee.misdeed("bad rows"),
					other => fail(format!("{member}, which has bad rows: {dirty}, says {other:?}")),
				}
			});
		join_all(pushes).await;
		commitment
	}

	async fn few_bad_rows(&mut self) {
		match self.rng.chance(50) {
			true => self.bad_rows_committed().await,
			false => self.bad_rows_sent().await,
		}
	}

	/// A word with few wrong rows: whoever the assignment gives one does not sign, and the others mostly suffice.
	async fn bad_rows_committed(&mut self) {
		let world = self.world.clone();
		world.start_all_but(&BTreeSet::new()).await;
		let rows = self.rng.within(1..world.members / 3 + 1);
		let word = Word::new(&self.blob, Fault::FewRows(rows), &mut self.rng);
		let commitment = self.attack(&word).await;
		let assignment = world.referee.assignment(&word.header);
		let is_clean = |member: &usize| {
			!assignment
				.rows_of(*member)
				.into_iter()
				.any(|row| word.is_bad(row))
		};
		let clean: BTreeSet<usize> = self.all().into_iter().filter(is_clean).collect();
		if self.is_quorum(&clean) {
			self.expected.push((commitment, Some(self.blob.clone())));
			self.certified(commitment).await;
		} else {
			self.expected.push((commitment, None));
			world.stays_pending(commitment, 60).await;
		}
	}

	/// A right encoding, of which members with just under a third of the rows are sent spoiled ones.
	async fn bad_rows_sent(&mut self) {
		let world = self.world.clone();
		world.start_all_but(&BTreeSet::new()).await;
		let encoded = self.encode(&self.blob);
		let commitment = world.submit(&encoded);
		sleep(2 * SLOT).await;
		let unneeded = self.draw(&self.all(), 333);
		let needed = self.without(&unneeded).into_iter().collect();
		let spoil = |push: &mut Push| {
			let last = push.batch.data.len() - 1;
			push.batch.data[last] ^= 1;
		};
		let refusals = self.push_to(&encoded, &unneeded, spoil).await;
		assert!(refusals.iter().all(|refusal| *refusal == Refusal::BadRows));
		assert_eq!(refusals.len(), unneeded.len());
		refusals.iter().for_each(|_| world.referee.misdeed("bad rows"));
		assert_eq!(self.push_to(&encoded, &needed, |_| ()).await, []);
		self.expected.push((commitment, Some(self.blob.clone())));
		self.certified(commitment).await;
		let signers = world.ledger.signers(commitment).unwrap();
		if let Some(signer) = signers.iter().find(|signer| unneeded.contains(signer)) {
			fail(format!("{signer} signs for rows that it was not given"));
		}
	}

	/// Push a right encoding to some members, after the writer has changed what it likes. What they refuse.
	async fn push_to(
		&self,
		encoded: &Encoded,
		members: &BTreeSet<usize>,
		change: impl Fn(&mut Push),
	) -> Vec<Refusal> {
		let world = &self.world;
		let assignment = &world.referee.assignment(encoded.header());
		let pushes = members.iter().map(|member| {
			let mut push = Push {
				commitment: encoded.commitment(),
				checksum: encoded.checksum().to_vec(),
				batch: encoded.batch(&assignment.rows_of(*member)).unwrap(),
				sealed: self.sealed,
			};
			change(&mut push);
			writer::push(&world.attacker, *member, push)
		});
		let results = join_all(pushes).await.into_iter();
		results.flatten().filter_map(Result::err).collect()
	}

	async fn two_checksums(&mut self) {
		let world = self.world.clone();
		world.start_all_but(&BTreeSet::new()).await;
		let encoded = self.encode(&self.blob);
		let commitment = world.submit(&encoded);
		sleep(2 * SLOT).await;
		let per_mille = self.rng.within(300..1000) as u32;
		let believed = self.draw(&self.all(), per_mille);
		let others: BTreeSet<usize> = self.without(&believed).into_iter().collect();
		let mut wrong = encoded.checksum().to_vec();
		match self.rng.within(0..3) {
			0 => wrong[7] ^= 1,
			1 => drop(wrong.pop()),
			_ => {
				let other = self.rng.bytes(self.blob.len());
				wrong = self.encode(&other).checksum().to_vec();
			}
		}
		// Wrong ones first: they must leave nothing behind.
		let refusals = self
			.push_to(&encoded, &others, |push| push.checksum.clone_from(&wrong))
			.await;
		assert!(refusals.iter().all(|refusal| *refusal == Refusal::BadChecksum));
		assert_eq!(refusals.len(), others.len());
		refusals
			.iter()
			.for_each(|_| world.referee.misdeed("bad checksums"));
		let refusals = self.push_to(&encoded, &believed, |_| ()).await;
		assert_eq!(refusals, []);
		if !self.is_quorum(&believed) {
			world.stays_pending(commitment, 20).await;
			let client = world.clone().publish(
				Rng::new(self.seed, "client"),
				self.all(),
				commitment,
				self.blob.clone(),
			);
			tokio::spawn(client);
		}
		self.expected.push((commitment, Some(self.blob.clone())));
		self.certified(commitment).await;
	}

	async fn withhold(&mut self) {
		let world = self.world.clone();
		world.start_all_but(&BTreeSet::new()).await;
		let encoded = self.encode(&self.blob);
		let commitment = world.submit(&encoded);
		sleep(2 * SLOT).await;
		let mut served = BTreeSet::new();
		for member in self.rng.shuffled(self.all()) {
			if self.is_quorum(&served) {
				break;
			}
			served.insert(member);
		}
		let served_list: Vec<usize> = served.iter().copied().collect();
		let liars = self.draw(&served_list, 380);
		self.misbehave(&liars, &Behaviour::LIES.map(Behaviour::Liar));
		let refusals = self.push_to(&encoded, &served, |_| ()).await;
		assert_eq!(refusals, []);
		world.network.leave(world.members + 1);
		self.expected.push((commitment, Some(self.blob.clone())));
		self.certified(commitment).await;
	}

	async fn censor(&mut self) {
		let world = self.world.clone();
		let rivals = self.rng.within(1..5);
		let others: Vec<usize> = (rivals..world.members).collect();
		let censors = self.draw(&others, 280);
		let mut honest = self.without(&censors);
		// With one away, no certificate is ever of all; and whoever has few rows can be left out by less than a step.
		let away = honest.pop().filter(|away| *away >= rivals);
		let few = (0..rivals).chain(away).map(|at| world.rows[at]).sum::<u32>();
		let is_patient = 32 * few <= self.total();
		self.misbehave(&censors, &[Behaviour::Censor { rivals, is_patient }]);
		let away = away.filter(|_| is_patient);
		world.start_all_but(&away.into_iter().collect()).await;
		let commitment = self.publish(&self.blob.clone(), &honest);
		self.certified(commitment).await;
		sleep(15 * SLOT).await;
		if is_patient && !world.referee.misdeeds().contains_key("shares withheld") {
			fail("patient censors show their shares");
		}
		let signers = world.ledger.signers(commitment).unwrap();
		if let Some(rival) = (0..rivals).find(|rival| !signers.contains(rival)) {
			fail(format!("{rival} has signed and is left out for good"));
		}
	}

	/// Each network certifies by itself. From one, two fifths to three fifths are gone, and so are those who paid: its blobs
	/// fall back, and are carried on by who holds rows.
	async fn networks(&mut self) {
		let world = self.world.clone();
		let all = self.all();
		let places = self.rng.shuffled(all);
		let (places, others) = places.split_at(world.members / 3);
		let (gone, left) = places.split_at(places.len() * self.rng.within(40..58) / 100 + 1);
		let staying = [left, others].concat();
		let mut add = |network: u32, places: Vec<usize>| {
			let id = CommitteeId::new(network, world.referee.committee.id.session);
			let randomness = self.rng.bytes(32)[..].try_into().unwrap();
			world.referee.add_network(id, randomness, places);
			id
		};
		let failing = add(1, places.to_vec());
		// One member may be in several.
		let half = staying.len() / 2;
		let networks = [
			add(2, staying[..half].to_vec()),
			add(3, staying[half / 2..].to_vec()),
		];
		let absent: BTreeSet<usize> = gone.iter().copied().filter(|_| self.rng.chance(50)).collect();
		let silent = gone.iter().copied().filter(|at| !absent.contains(at)).collect();
		self.misbehave(&silent, &[Behaviour::Silent, Behaviour::Boaster]);
		let liars = left.iter().copied().take(left.len() / 8).collect();
		self.misbehave(
			&liars,
			&[Behaviour::Liar(Lie::WrongBytes), Behaviour::Liar(Lie::WrongPaths)],
		);
		world.start_all_but(&absent).await;
		let honest: Vec<usize> = self
			.all()
			.into_iter()
			.filter(|at| world.network.behaviour(*at) == Behaviour::Honest && !absent.contains(at))
			.collect();

		let mut kept = Vec::new();
		for id in networks {
			let blob = self.rng.bytes(60_000);
			let encoded = self.encode(&blob);
			let commitment = world.ledger.submit_to(id, encoded.header(), encoded.checksum());
			let rng = Rng::new(self.seed, "client");
			tokio::spawn(
				world
					.clone()
					.publish(rng, honest.clone(), commitment, blob.clone()),
			);
			self.expected.push((commitment, Some(blob)));
			kept.push(commitment);
		}
		let mut fallen = Vec::new();
		for blob in [self.blob.clone(), self.rng.bytes(40_000)] {
			let encoded = self.encode(&blob);
			let commitment = world
				.ledger
				.submit_to(failing, encoded.header(), encoded.checksum());
			sleep(2 * SLOT).await;
			// Published once, and then the payer is gone.
			let handle = world.handle(self.rng.pick(&honest)).unwrap();
			let bytes = blob.clone();
			tokio::spawn(async move { handle.publish(commitment, bytes).await });
			self.expected.push((commitment, Some(blob)));
			fallen.push(commitment);
		}
		for commitment in kept {
			self.certified(commitment).await;
			if let Some(id) = world.ledger.fell_back_from(commitment) {
				fail(format!(
					"{commitment} falls back from {id}, which has lost nobody"
				));
			}
		}
		for commitment in fallen {
			world.certified(commitment, SLOT * (2 * DEADLINE)).await;
			self.certified_at = world.ledger.pooled(commitment);
			if world.ledger.fell_back_from(commitment) != Some(failing) {
				fail(format!("{commitment} is certified by too few of {failing}"));
			}
		}
	}

	/// Two blobs are certified; then members lose their disks, or rows, and have to have them back in time. Meanwhile they sign a
	/// third one, though some have forgotten their numbers. At last hardly more of the others stay than reading needs.
	async fn lost_disks(&mut self) {
		let world = self.world.clone();
		world.patrol.store(true, Ordering::Relaxed);
		world.start_all_but(&BTreeSet::new()).await;
		let (all, second) = (self.all(), self.rng.bytes(50_000));
		let old = [
			self.publish(&self.blob.clone(), &all),
			self.publish(&second, &all),
		];
		for commitment in old {
			self.certified(commitment).await;
		}
		// From here on no certificate counts a member that has lost what it signed for.
		sleep(SLOT * (IMPROVEMENT_WINDOW + 1)).await;

		let signers = old.map(|commitment| world.ledger.signers(commitment).unwrap());
		let both = signers[0].iter().filter(|signer| signers[1].contains(signer));
		let mut holders = self.rng.shuffled(both.copied());
		let per_mille = self.rng.within(150..334) as u32;
		let lost = self.draw(&holders[..holders.len().min(MOST_LOST)], per_mille);
		holders.retain(|at| !lost.contains(at));
		// Honest members that have lost nothing keep enough to read from, also if messages are lost.
		let spare = 1_000 * self.rows_of(holders.iter().copied()) / self.total();
		let spare = spare.saturating_sub(300).min(333);
		let absent = self.draw(&holders, spare / 2);
		holders.retain(|at| !absent.contains(at));
		let liars = self.draw(&holders, spare / 2);
		self.misbehave(&liars, &Behaviour::LIES.map(Behaviour::Liar));
		for at in &absent {
			world.crash(*at, None).await;
		}
		let fates: Vec<_> = lost
			.iter()
			.map(|victim| {
				let mut rng = Rng::new(self.rng.draw(), "fate");
				let (victim, world) = (*victim, world.clone());
				async move {
					sleep(milliseconds(&mut rng, 0..8_000)).await;
					world.lose_disk(victim, &mut rng).await;
					sleep(milliseconds(&mut rng, 100..15_000)).await;
					world.start(victim);
				}
			})
			.collect();
		join_all(fates).await;

		let faulty: BTreeSet<usize> = absent.union(&liars).copied().collect();
		let (honest, third) = (self.without(&faulty), self.rng.bytes(50_000));
		let third = self.publish(&third, &honest);
		let healed = world.healed(&lost, &old, HEALING);
		futures::join!(healed, self.certified(third));

		let needed = if self.attempts > 1 { 300 } else { 250 };
		let mut left = lost;
		for member in self.rng.shuffled(honest) {
			let mut blobs = self.expected.iter();
			let suffice = blobs.all(|(blob, _)| world.ledger.is_held(*blob, &left, needed));
			if suffice && !left.contains(&member) {
				world.crash(member, None).await;
			} else {
				left.insert(member);
			}
		}
	}

	/// Readers agree, and nothing is left over once all blobs are past their deadlines.
	async fn finish(&mut self) {
		let world = self.world.clone();
		let network = &world.network;
		let honest = |at: &usize| network.behaviour(*at) == Behaviour::Honest && world.handle(*at).is_some();
		let honest: Vec<usize> = self.all().into_iter().filter(honest).collect();
		let readers = [world.observer(), self.rng.pick(&honest), self.rng.pick(&honest)];
		for (commitment, expected) in &self.expected {
			match expected {
				Some(blob) => world.read(&readers, *commitment, blob, self.attempts).await,
				None => world.stays_pending(*commitment, 0).await,
			}
		}
		let last = self.expected.iter().map(|(commitment, _)| *commitment);
		for commitment in last {
			while !world.ledger.is_over(commitment) {
				sleep(SLOT).await;
			}
			if world.is_certified(commitment)
				!= self
					.expected
					.iter()
					.any(|(c, blob)| *c == commitment && blob.is_some())
			{
				fail("a certificate came late");
			}
		}
		sleep(10 * SLOT).await;

		// One task each, the chain, and questions that end with their request: everybody may be asking one peer that is far away,
		// and all that are gone.
		let tasks = tokio::runtime::Handle::current().metrics().num_alive_tasks();
		let gone = (0..world.members)
			.filter(|at| world.handle(*at).is_none())
			.count();
		let most = world.members * (2 + gone) + 20;
		if tasks > most {
			fail(format!("{tasks} tasks are left, at most {most} have a reason"));
		}
		// Pushes, shares, and questions who somebody is, as far as each node's own limits go.
		let most = (world.members + 1) * (self.expected.len() * 32 + 24) + 2 * world.members;
		if network.most_in_flight() > most {
			fail(format!(
				"{} requests at once, at most {most} are allowed",
				network.most_in_flight()
			));
		}
		let held: usize = (0..=world.members).map(|at| disk::bytes(&folder(at))).sum();
		let mut most = 0;
		for (commitment, _) in &self.expected {
			let profile = world.ledger.profile(*commitment);
			let row = profile.row_bytes() + 32 * profile.tree_height();
			let own = (profile.checksum_bytes() + 1_000) as usize;
			most += profile.rows() as usize * row as usize + world.members * own;
		}
		if held > most {
			fail(format!("{held} bytes on all disks, at most {most} are owed"));
		}
	}
}
