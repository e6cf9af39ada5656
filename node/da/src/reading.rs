// SPDX-License-Identifier: Apache-2.0

//! One blob being read: which rows are here, on their way, late or lost, and whom to ask next.

use crate::{
	blobs::Blob,
	doubts::Doubts,
	node::{blocking, AskError, Node, LOG},
	protocol::{rows_per_message, Request, Response},
	retriever::{rows_of_range, Fault},
	Misbehaviour, RetrieveError,
};
use futures::{future::BoxFuture, stream::FuturesUnordered, FutureExt, StreamExt};
use polkadot_sdk::sc_network_types::PeerId;
use std::{
	collections::{BTreeMap, HashSet, VecDeque},
	ops::Range,
	sync::Arc,
	time::Duration,
};
use tokio::time::Instant;
use zerog_erasure::{Row, RowError, Verifier};
use zerog_primitives::da::is_signer;

/// Requests in flight for one blob that are not late: at first, and at most, with one more for each that is late.
const REQUESTS: usize = 16;
const MOST_REQUESTS: usize = 64;
/// Requests in flight to one member, late ones included.
const REQUESTS_PER_MEMBER: usize = 2;
/// Times that one request is made at most; a member that is doubted as many times is asked for nothing more.
pub(crate) const ATTEMPTS: u32 = 4;
/// Pause before a repetition, and before a request for each doubt of its member.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);

/// The peer that speaks for a member; waits a moment for one that is just connecting.
pub(crate) async fn peer_of(node: &Node, blob: &Blob, member: usize) -> Option<PeerId> {
	let member = blob.member(member)?;
	let mut changes = node.members.changes();
	let known = || node.members.peer_of(member);
	// It may prove itself just before it is missed, of which nobody is told.
	let missed = || {
		node.members.miss(member);
		known()
	};
	let found = async {
		loop {
			if let Some(peer) = known().or_else(missed) {
				return Some(peer);
			}
			changes.changed().await.ok()?;
		}
	};
	tokio::time::timeout(node.limits.slow_peer, found)
		.await
		.ok()
		.flatten()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RowState {
	Untouched,
	/// In the queue, or on its way and not late.
	Planned,
	/// Asked for, and late or lost; it may come yet.
	Missed,
	Got,
	Unavailable,
}

/// What came of one request to a member.
pub(crate) enum Outcome {
	/// Checked rows; what is missing of those asked for, the member does not have.
	Served(Vec<Row>),
	/// No peer, no answer, or none but refusals for now: others are asked first, then this member again.
	Silent,
	/// It lied, does not speak the protocol, or holds nothing of the blob: it is not asked again.
	Wrong(Option<Fault>),
}

struct Answer {
	id: u64,
	outcome: Outcome,
}

struct Flight {
	member: usize,
	indices: Vec<u32>,
	/// Of its member, when it began.
	doubt: u32,
	started: Instant,
	slow: bool,
}

/// One blob being read.
pub(crate) struct Reading {
	node: Arc<Node>,
	blob: Arc<Blob>,
	verifier: Arc<Verifier>,
	me: Option<usize>,
	wanted: Range<u32>,
	rows: BTreeMap<u32, Vec<u8>>,
	faults: Vec<Fault>,
	states: Vec<RowState>,
	/// Members, our own disk first.
	order: Vec<usize>,
	/// At first 0 for ourselves and signers, 1 for others. From [`ATTEMPTS`] on a member is asked for nothing more.
	doubts: Doubts,
	queue: VecDeque<(usize, Vec<u32>)>,
	flights: BTreeMap<u64, Flight>,
	next_id: u64,
	/// Requests that turned late and brought nothing yet.
	late: usize,
}

impl Reading {
	pub(crate) fn new(
		node: Arc<Node>,
		blob: Arc<Blob>,
		verifier: Arc<Verifier>,
		signers: &[u8],
		range: &Range<u32>,
	) -> Self {
		let wanted = rows_of_range(range, blob.profile.row_bytes());
		let me = node.me().index_in(&blob.committee);
		let mut order: Vec<usize> = blob.members().collect();
		// Each blob starts at another member.
		let turn = usize::from(blob.commitment.0.first().copied().unwrap_or(0));
		let turn = turn.checked_rem(order.len()).unwrap_or(0);
		order.rotate_left(turn);
		order.sort_by_key(|member| Some(*member) != me);
		let doubt = |member| u32::from(Some(member) != me && !is_signer(signers, member));
		let doubts = Doubts::new(blob.members().map(doubt).collect());
		let states = vec![RowState::Untouched; blob.profile.rows() as usize];
		let mut reading = Self {
			node,
			blob,
			verifier,
			me,
			wanted,
			rows: BTreeMap::new(),
			faults: Vec::new(),
			states,
			order,
			doubts,
			queue: VecDeque::new(),
			flights: BTreeMap::new(),
			next_id: 0,
			late: 0,
		};
		let direct = reading.wanted.clone();
		let mut by_member: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
		for row in direct {
			if let Some(member) = reading
				.blob
				.holder(row)
				.filter(|member| reading.doubts.of(*member) == 0)
			{
				by_member.entry(member).or_default().push(row);
			}
		}
		by_member
			.into_iter()
			.for_each(|(member, rows)| reading.plan(member, &rows));
		reading
	}

	fn set(&mut self, row: u32, state: RowState) {
		if let Some(place) = self.states.get_mut(row as usize) {
			*place = state;
		}
	}

	fn state(&self, row: u32) -> RowState {
		self.states
			.get(row as usize)
			.copied()
			.unwrap_or(RowState::Unavailable)
	}

	/// Those of these rows that are planned are so no longer.
	fn unplan(&mut self, rows: &[u32], state: RowState) {
		for row in rows {
			if self.state(*row) == RowState::Planned {
				self.set(*row, state);
			}
		}
	}

	/// Give back what was planned with a member and did not begin.
	fn give_back(&mut self, member: usize) {
		let (back, rest): (VecDeque<_>, _) = self.queue.drain(..).partition(|(other, _)| *other == member);
		self.queue = rest;
		back.iter()
			.for_each(|(_, rows)| self.unplan(rows, RowState::Untouched));
	}

	/// A request was in vain, as far as one can see.
	fn fail(&mut self, member: usize, began: u32, rows: &[u32]) {
		self.doubts.failed(member, began);
		self.give_back(member);
		self.unplan(rows, RowState::Missed);
	}

	/// `rows` are ascending, as requests are.
	fn plan(&mut self, member: usize, rows: &[u32]) {
		let per_request = rows_per_message(self.blob.profile.row_bytes(), self.blob.profile.tree_height());
		for chunk in rows.chunks(per_request) {
			chunk.iter().for_each(|row| self.set(*row, RowState::Planned));
			self.queue.push_back((member, chunk.to_vec()));
		}
	}

	fn needed(&self) -> usize {
		self.blob.profile.original_rows() as usize
	}

	fn is_done(&self) -> bool {
		self.rows.len() >= self.needed() || self.wanted.clone().all(|row| self.state(row) == RowState::Got)
	}

	/// Whether too few rows are left that may still come: whoever may have others gave up on them, or was given up.
	fn is_hopeless(&self) -> bool {
		let flights = self.flights.values();
		let flying: HashSet<u32> = flights
			.flat_map(|flight| flight.indices.iter().copied())
			.collect();
		let may_come = |row: &u32| match self.state(*row) {
			RowState::Got | RowState::Planned => true,
			RowState::Missed if flying.contains(row) => true,
			RowState::Untouched | RowState::Missed => {
				let holder = self.blob.holder(*row);
				holder.is_some_and(|member| self.doubts.of(member) < ATTEMPTS)
			}
			RowState::Unavailable => false,
		};
		let rows = 0..self.blob.profile.rows();
		rows.filter(may_come).count() < self.needed() && !self.wanted.clone().all(|row| may_come(&row))
	}

	fn not_enough_rows(&self) -> RetrieveError {
		RetrieveError::NotEnoughRows {
			found: u32::try_from(self.rows.len()).unwrap_or(u32::MAX),
			needed: self.blob.profile.original_rows(),
		}
	}

	/// Whether all wanted rows are here or on their way in time.
	fn is_direct(&self) -> bool {
		let mut wanted = self.wanted.clone();
		wanted.all(|row| matches!(self.state(row), RowState::Got | RowState::Planned))
	}

	/// Rows that a member may be asked for, missed ones last.
	fn left(&self, member: usize) -> impl Iterator<Item = u32> + '_ {
		let rows = move |state: RowState| {
			let rows = self.blob.rows_of(member).iter().copied();
			rows.filter(move |row: &u32| self.state(*row) == state)
		};
		rows(RowState::Untouched).chain(rows(RowState::Missed))
	}

	/// When wanted rows are late or lost, plan others until enough to rebuild are on their way, and one more for each request
	/// that turned late: where most are gone, the last rows are not looked for one by one.
	fn replace_missing(&mut self) {
		if self.is_direct() {
			return;
		}
		let planned = self.states.iter().filter(|state| **state == RowState::Planned);
		let coming = self.rows.len().saturating_add(planned.count());
		let mut short = self.needed().saturating_add(self.late).saturating_sub(coming);
		// Who is late with all that it may be asked for gets no more: it would not begin.
		let mut overdue: BTreeMap<usize, usize> = BTreeMap::new();
		for flight in self.flights.values().filter(|flight| flight.slow) {
			let requests = overdue.entry(flight.member).or_default();
			*requests = requests.saturating_add(1);
		}
		let mut tiers: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
		for member in &self.order {
			let requests = overdue.get(member).copied().unwrap_or(0);
			if requests < REQUESTS_PER_MEMBER {
				tiers.entry(self.doubts.of(*member)).or_default().push(*member);
			}
		}
		for members in tiers.range(..ATTEMPTS).map(|(_, members)| members) {
			// Spread over half of them at least, so that one member does not carry all.
			while short > 0 {
				let share = short.div_ceil(members.len().div_ceil(2).max(1));
				let before = short;
				for member in members {
					let mut rows: Vec<u32> = self.left(*member).take(share.min(short)).collect();
					rows.sort_unstable();
					self.plan(*member, &rows);
					short = short.saturating_sub(rows.len());
				}
				if short == before {
					break;
				}
			}
		}
	}

	/// Start queued requests as far as the limits allow.
	fn start(&mut self, answers: &FuturesUnordered<BoxFuture<'static, Answer>>) {
		let most = REQUESTS.saturating_add(self.late).min(MOST_REQUESTS);
		let mut waiting = VecDeque::new();
		while let Some((member, mut indices)) = self.queue.pop_front() {
			// A late answer may have brought some.
			indices.retain(|row| self.state(*row) == RowState::Planned);
			if indices.is_empty() {
				continue;
			}
			let at_member = self
				.flights
				.values()
				.filter(|flight| flight.member == member)
				.count();
			let flying = self.flights.values().filter(|flight| !flight.slow).count();
			if at_member >= REQUESTS_PER_MEMBER || flying >= most {
				waiting.push_back((member, indices));
				continue;
			}
			self.next_id = self.next_id.wrapping_add(1);
			let id = self.next_id;
			let doubt = self.doubts.of(member);
			answers.push(self.fetch(id, member, indices.clone(), doubt));
			self.flights.insert(
				id,
				Flight {
					member,
					indices,
					doubt,
					started: Instant::now(),
					slow: false,
				},
			);
		}
		self.queue = waiting;
	}

	fn fetch(&self, id: u64, member: usize, indices: Vec<u32>, doubt: u32) -> BoxFuture<'static, Answer> {
		let (node, blob, verifier) = (self.node.clone(), self.blob.clone(), self.verifier.clone());
		if self.me == Some(member) {
			return async move {
				let own = move || -> Vec<Row> {
					let row = |index: &u32| node.own_row(&verifier, *index).ok().flatten();
					indices.iter().filter_map(row).collect()
				};
				let rows = blocking(own).await.unwrap_or_default();
				Answer {
					id,
					outcome: Outcome::Served(rows),
				}
			}
			.boxed();
		}
		async move {
			let outcome = fetch_from(&node, &blob, verifier, member, indices, doubt).await;
			Answer { id, outcome }
		}
		.boxed()
	}

	/// Checked rows that hold the wanted ones, or enough of any to rebuild the blob; and who lied.
	pub(crate) async fn run(mut self) -> Result<(BTreeMap<u32, Vec<u8>>, Vec<Fault>), RetrieveError> {
		let mut answers = FuturesUnordered::new();
		let slow_after = self.node.limits.slow_peer;
		loop {
			self.replace_missing();
			self.start(&answers);
			if self.is_done() {
				return Ok((self.rows, self.faults));
			}
			if self.is_hopeless() {
				return Err(self.not_enough_rows());
			}
			let next_late = self
				.flights
				.values()
				.filter(|f| !f.slow)
				.filter_map(|f| f.started.checked_add(slow_after))
				.min();
			let late = async {
				match next_late {
					Some(at) => tokio::time::sleep_until(at).await,
					None => futures::future::pending().await,
				}
			};
			tokio::select! {
				answer = answers.next() => match answer {
					Some(answer) => self.take(answer),
					// Nothing is under way and nothing is left to ask for.
					None => return Err(self.not_enough_rows()),
				},
				_ = late => {
					let now = Instant::now();
					let is_late = |flight: &Flight| {
						!flight.slow && now.duration_since(flight.started) >= slow_after
					};
					let turned = self.flights.iter().filter(|(_, flight)| is_late(flight));
					let turned: Vec<u64> = turned.map(|(id, _)| *id).collect();
					turned.into_iter().for_each(|id| self.turn_late(id));
				},
			}
		}
	}

	/// Others are asked for what this request should bring, and at last its member again.
	fn turn_late(&mut self, id: u64) {
		let Some(flight) = self.flights.get_mut(&id) else {
			return;
		};
		flight.slow = true;
		let (member, doubt, rows) = (flight.member, flight.doubt, flight.indices.clone());
		self.late = self.late.saturating_add(1);
		self.fail(member, doubt, &rows);
	}

	fn take(&mut self, answer: Answer) {
		let Some(flight) = self.flights.remove(&answer.id) else {
			return;
		};
		let rows = match answer.outcome {
			Outcome::Served(rows) => rows,
			// It has failed when it turned late.
			Outcome::Silent if flight.slow => return,
			Outcome::Silent => return self.fail(flight.member, flight.doubt, &flight.indices),
			Outcome::Wrong(fault) => {
				self.faults.extend(fault);
				self.doubts.lied(flight.member);
				self.give_back(flight.member);
				Vec::new()
			}
		};
		// Who gives less than it is asked for is asked last, or a reader would go through its rows one by one.
		if rows.len() < flight.indices.len() {
			self.order.retain(|member| *member != flight.member);
			self.order.push(flight.member);
		}
		if rows.is_empty() {
			// It may have others, where many have lost some.
			if self.doubts.of(flight.member).saturating_add(1) < ATTEMPTS {
				self.doubts.failed(flight.member, flight.doubt);
			}
		} else {
			self.doubts.served(flight.member);
			// Slow, not lost: where all answers are, more requests at once would only make them slower.
			if flight.slow {
				self.late = self.late.saturating_sub(1);
			}
		}
		for row in rows {
			self.set(row.index, RowState::Got);
			self.rows.insert(row.index, row.data);
		}
		for row in flight.indices {
			if self.state(row) != RowState::Got {
				self.set(row, RowState::Unavailable);
			}
		}
	}
}

/// Ask one member. If it is doubted, a pause for each doubt comes first, and a peer that speaks for it is waited for.
pub(crate) async fn fetch_from(
	node: &Arc<Node>,
	blob: &Arc<Blob>,
	verifier: Arc<Verifier>,
	member: usize,
	indices: Vec<u32>,
	doubt: u32,
) -> Outcome {
	let asked: HashSet<u32> = indices.iter().copied().collect();
	let commitment = blob.commitment;
	let request = Request::Fetch { commitment, indices };
	tokio::time::sleep(PAUSE.saturating_mul(doubt)).await;
	for _ in 0..ATTEMPTS {
		let peer = match doubt {
			0 => blob
				.member(member)
				.and_then(|member| node.members.peer_of(member)),
			_ => peer_of(node, blob, member).await,
		};
		let Some(peer) = peer else { return Outcome::Silent };
		let rows = match node.ask(peer, &request).await {
			Ok(Response::Rows(rows)) => rows.0,
			Ok(other) => {
				node.wrong_answer(peer, &other);
				return Outcome::Wrong(None);
			}
			Err(AskError::Malformed) => return Outcome::Wrong(None),
			Err(AskError::Refused(refusal)) if !refusal.is_temporary() => return Outcome::Wrong(None),
			Err(AskError::Refused(_)) => {
				tokio::time::sleep(PAUSE).await;
				continue;
			}
			Err(error) => {
				log::debug!(target: LOG, "member {member} at {peer} sent no rows of {commitment}: {error}");
				return Outcome::Silent;
			}
		};
		let (checker, asked_of) = (node.clone(), blob.clone());
		let check = move || {
			let (mut good, mut bad) = (Vec::new(), 0usize);
			for row in rows {
				match asked.contains(&row.index).then(|| verifier.check_row(&row)) {
					Some(Ok(())) => good.push(row),
					Some(Err(RowError::WrongChecksum)) => {
						bad = bad.saturating_add(1);
						checker.keep_bad_row(&asked_of, &verifier, member, row);
					}
					Some(Err(_)) | None => bad = bad.saturating_add(1),
				}
			}
			let count = |result: &str, rows: usize| {
				let counter = checker.metrics.rows_checked.with_label_values(&[result]);
				counter.inc_by(u64::try_from(rows).unwrap_or(u64::MAX));
			};
			count("good", good.len());
			count("bad", bad);
			(bad == 0).then_some(good)
		};
		return match blocking(check).await {
			Ok(Some(rows)) => Outcome::Served(rows),
			Ok(None) => Outcome::Wrong(Some(node.fault(blob, member, peer, Misbehaviour::BadRows))),
			Err(_) => Outcome::Silent,
		};
	}
	Outcome::Silent
}
