// SPDX-License-Identifier: Apache-2.0

//! A chain in memory with a block every slot, a pool that verifies certificates as the runtime does, and for each node
//! its own view, which lags behind.

use super::{fail, host, random::Rng, referee::Referee, GENESIS};
use crate::{
	fallback::will_fall_back,
	protocol::{Batch, Share},
	Chain, ChainError,
};
use async_trait::async_trait;
use futures::{channel::mpsc, stream::BoxStream, StreamExt};
use parking_lot::Mutex;
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
	time::Duration,
};
use zerog_bls::{signer::aggregate, PointBytes, Signature};
use zerog_erasure::{BlobHeader, Commitment, Hash, Profile, Row};
use zerog_primitives::da::{
	attestation_message, batch_root, either, improves, is_enough, signer_bitmap, signer_indices, Assignment,
	BlobInfo, BlobState, Certificate, ChallengeInfo, Committee, CommitteeId, Conflict,
};

pub(super) const SLOT: Duration = Duration::from_secs(3);
/// Blocks in which a paid blob can be certified.
pub(super) const DEADLINE: u32 = 50;
/// Blocks after the first certificate in which others add to it.
pub(super) const IMPROVEMENT_WINDOW: u32 = 20;

struct View {
	height: u32,
	lag: Duration,
	/// Cut off from the chain: no new blocks, and what it submits is lost.
	cut: bool,
	blocks: Option<mpsc::UnboundedSender<u32>>,
}

struct Blob {
	/// In the committee that decides it.
	assignment: Assignment,
	rows: u32,
	/// What the chain says from a block on.
	history: Vec<(u32, BlobInfo)>,
	/// Rows of the best certificate in the pool or in a block.
	best: u32,
	first_pooled: Option<Duration>,
	/// The height on which a censor makes the next block, with no certificate but its own.
	censored_at: Option<u32>,
	/// The height on which a patient censor waits for shares, and takes no certificate into the next block.
	held_at: Option<u32>,
}

impl Blob {
	fn rows_of(&self, signers: &[u8]) -> u32 {
		signer_indices(signers)
			.map(|signer| self.assignment.count_of(signer))
			.sum()
	}
}

struct State {
	height: u32,
	views: Vec<View>,
	blobs: BTreeMap<Commitment, Blob>,
	/// Certificates of the next block, each for the blob that it certifies or improves.
	pool: Vec<(Commitment, Certificate)>,
	/// Blobs that are settled in the next block.
	settled: BTreeSet<Commitment>,
	/// Shares that censors have seen, by batch.
	censored: BTreeMap<Batch, BTreeMap<usize, Signature>>,
}

pub(super) struct Ledger {
	state: Mutex<State>,
	points: Vec<PointBytes>,
	referee: Arc<Referee>,
}

impl Ledger {
	pub(super) fn new(seed: u64, nodes: usize, referee: Arc<Referee>) -> Arc<Self> {
		let mut rng = Rng::new(seed, "chain");
		let mut view = |_| View {
			height: 100,
			lag: Duration::from_millis(rng.draw() % 500),
			cut: false,
			blocks: None,
		};
		let state = State {
			height: 100,
			views: (0..nodes).map(&mut view).collect(),
			blobs: Default::default(),
			pool: Vec::new(),
			settled: BTreeSet::new(),
			censored: BTreeMap::new(),
		};
		let points = referee.keys.iter().map(|key| key.public().decompress().unwrap());
		Arc::new(Self {
			state: Mutex::new(state),
			points: points.collect(),
			referee,
		})
	}

	/// Make blocks for ever.
	pub(super) async fn run(self: Arc<Self>) {
		loop {
			tokio::time::sleep(SLOT).await;
			let height = self.make_block();
			let ledger = self.clone();
			tokio::spawn(async move { ledger.spread(height).await });
		}
	}

	fn make_block(&self) -> u32 {
		let state = &mut *self.state.lock();
		state.height += 1;
		for (commitment, certificate) in std::mem::take(&mut state.pool) {
			let blob = state.blobs.get_mut(&commitment).unwrap();
			let mut info = blob.history.last().unwrap().1.clone();
			let signers = all_signers(&info, &certificate);
			if let BlobState::Certified { at, rows_signed, .. } = info.state {
				if !improves(rows_signed, blob.rows_of(&signers), blob.rows, state.height - at) {
					continue;
				}
			}
			let at = match info.state {
				BlobState::Pending => state.height,
				BlobState::Certified { at, .. } => at,
			};
			info.retained_until = Some(state.height + info.retention);
			info.state = BlobState::Certified {
				at,
				rows_signed: blob.rows_of(&signers),
				signers,
			};
			blob.history.push((state.height, info));
		}
		for commitment in std::mem::take(&mut state.settled) {
			let blob = state.blobs.get_mut(&commitment).unwrap();
			let mut info = blob.history.last().unwrap().1.clone();
			if !will_fall_back(&info) || state.height <= info.deadline {
				continue;
			}
			let root = self.referee.committee.id;
			info.fell_back_from = Some(std::mem::replace(&mut info.committee, root));
			info.deadline = state.height + DEADLINE;
			blob.assignment = self.referee.assignment(&info.header);
			blob.best = 0;
			blob.history.push((state.height, info));
			self.referee.misdeed("fallbacks");
		}
		state.height
	}

	/// The height that a node sees.
	pub(super) fn height_at(&self, node: usize) -> u32 {
		self.state.lock().views[node].height
	}

	/// Have a blob settled that is due.
	fn settle(&self, commitment: Commitment) -> Result<(), String> {
		let state = &mut *self.state.lock();
		let info = &state.blobs[&commitment].history.last().unwrap().1;
		if !will_fall_back(info) || state.height < info.deadline {
			return Err("not due".into());
		}
		state.settled.insert(commitment);
		Ok(())
	}

	/// The committee that a blob fell back from.
	pub(super) fn fell_back_from(&self, commitment: Commitment) -> Option<CommitteeId> {
		self.state.lock().blobs[&commitment]
			.history
			.last()?
			.1
			.fell_back_from
	}

	/// Bring a block to each node, after its lag.
	async fn spread(&self, height: u32) {
		let mut lags: Vec<(Duration, usize)> = {
			let state = self.state.lock();
			let lags = state.views.iter().enumerate();
			lags.map(|(at, view)| (view.lag, at)).collect()
		};
		lags.sort();
		let mut waited = Duration::ZERO;
		for (lag, at) in lags {
			tokio::time::sleep(lag - waited).await;
			waited = lag;
			let view = &mut self.state.lock().views[at];
			if !view.cut {
				view.height = height;
				if let Some(blocks) = &view.blocks {
					drop(blocks.unbounded_send(height));
				}
			}
		}
	}

	pub(super) fn set_cut(&self, node: usize, cut: bool) {
		self.state.lock().views[node].cut = cut;
	}

	/// Pay for a blob of the root network.
	pub(super) fn submit(&self, header: &BlobHeader, checksum: &[u8]) -> Commitment {
		self.submit_to(self.referee.committee.id, header, checksum)
	}

	/// Pay for a blob.
	pub(super) fn submit_to(
		&self,
		committee: CommitteeId,
		header: &BlobHeader,
		checksum: &[u8],
	) -> Commitment {
		self.referee.submitted(header, checksum);
		let state = &mut *self.state.lock();
		let info = BlobInfo {
			header: *header,
			committee,
			fell_back_from: None,
			submitted_at: state.height,
			deadline: state.height + DEADLINE,
			retention: 10_000,
			retained_until: None,
			state: BlobState::Pending,
		};
		let blob = Blob {
			assignment: self.referee.assignment_in(committee, header),
			rows: header.profile().unwrap().rows(),
			history: vec![(0, info)],
			best: 0,
			first_pooled: None,
			censored_at: None,
			held_at: None,
		};
		let commitment = header.commitment().unwrap();
		state.blobs.insert(commitment, blob);
		commitment
	}

	/// When the pool took the first certificate of a blob.
	pub(super) fn pooled(&self, commitment: Commitment) -> Option<Duration> {
		self.state.lock().blobs[&commitment].first_pooled
	}

	/// The signers in the newest block; `None` while it is pending.
	pub(super) fn signers(&self, commitment: Commitment) -> Option<Vec<usize>> {
		let state = self.state.lock();
		match &state.blobs[&commitment].history.last()?.1.state {
			BlobState::Pending => None,
			BlobState::Certified { signers, .. } => Some(signer_indices(signers).collect()),
		}
	}

	/// Whether these members signed, by the newest block, for at least so much of a blob.
	pub(super) fn is_held(&self, commitment: Commitment, by: &BTreeSet<usize>, per_mille: u32) -> bool {
		let signers = self.signers(commitment).unwrap_or_default().into_iter();
		let state = self.state.lock();
		let blob = &state.blobs[&commitment];
		let rows = signers
			.filter(|signer| by.contains(signer))
			.map(|signer| blob.assignment.count_of(signer));
		1_000 * rows.sum::<u32>() >= per_mille * blob.rows
	}

	/// Last block in which a certificate of a blob is taken.
	pub(super) fn deadline(&self, commitment: Commitment) -> u32 {
		let state = self.state.lock();
		state.blobs[&commitment].history.last().unwrap().1.deadline
	}

	pub(super) fn profile(&self, commitment: Commitment) -> Profile {
		let header = self.state.lock().blobs[&commitment].history[0].1.header;
		header.profile().unwrap()
	}

	/// Whether a blob can no longer be certified.
	pub(super) fn is_over(&self, commitment: Commitment) -> bool {
		let state = self.state.lock();
		let info = &state.blobs[&commitment].history.last().unwrap().1;
		info.deadline < state.height && !will_fall_back(info)
	}

	fn check(&self, state: &State, certificate: &Certificate) -> Result<Vec<Option<u32>>, String> {
		let id = certificate.committee;
		let members = self.referee.find(id).ok_or("unknown committee")?.members.len();
		let signers: Vec<usize> = signer_indices(&certificate.signers).collect();
		if certificate.expiry < state.height {
			return Err("expired".into());
		}
		if certificate.signers.len() != members.div_ceil(8) || signers.iter().any(|signer| *signer >= members)
		{
			return Err("wrong bitmap".into());
		}
		let mut all_rows = Vec::new();
		for commitment in &certificate.commitments {
			let blob = state.blobs.get(commitment).ok_or("unknown blob")?;
			let info = &blob.history.last().ok_or("unknown blob")?.1;
			if certificate.expiry > info.deadline || info.committee != id {
				return Err("wrong expiry or committee".into());
			}
			if !is_enough(blob.rows_of(&certificate.signers), blob.rows) {
				return Err("too few rows".into());
			}
			let rows = blob.rows_of(&all_signers(info, certificate));
			let is_better = match &info.state {
				BlobState::Pending => true,
				BlobState::Certified { at, rows_signed, .. } => {
					let since = state.height + 1 - at;
					since <= IMPROVEMENT_WINDOW && improves(*rows_signed, rows, blob.rows, since)
				}
			};
			all_rows.push((is_better && rows > blob.best).then_some(rows));
		}
		if all_rows.iter().all(Option::is_none) {
			return Err("no more rows".into());
		}
		let key = zerog_bls::sum(
			signers
				.iter()
				.filter_map(|signer| self.points.get(self.referee.place(id, *signer)?)),
		)
		.map_err(|error| error.to_string())?;
		let root = batch_root(&certificate.commitments);
		let message = attestation_message(&GENESIS, id, &root, certificate.expiry);
		zerog_bls::verify(&message, &certificate.signature, &key).map_err(|error| error.to_string())?;
		Ok(all_rows)
	}

	/// Put a certificate into the pool.
	pub(super) fn take(&self, certificate: Certificate) -> Result<(), String> {
		let state = &mut *self.state.lock();
		let all_rows = self.check(state, &certificate)?;
		let is_censored = |commitment| {
			let blob = &state.blobs[commitment];
			[blob.censored_at, blob.held_at].contains(&Some(state.height))
		};
		if certificate.commitments.iter().any(is_censored) {
			return Ok(());
		}
		self.referee.certified(&certificate);
		for (commitment, rows) in certificate.commitments.iter().zip(all_rows) {
			let blob = state.blobs.get_mut(commitment).unwrap();
			blob.first_pooled.get_or_insert(host::now());
			if let Some(rows) = rows {
				blob.best = rows;
				if blob.history.last().unwrap().1.state == BlobState::Pending {
					state.pool.retain(|(pooled, _)| pooled != commitment);
				}
				state.pool.push((*commitment, certificate.clone()));
			}
		}
		Ok(())
	}

	/// A censor has seen a share. As soon as those of the members from `rivals` on suffice, it certifies with them alone, and
	/// makes the next block, in which no other certificate is.
	pub(super) fn censor(&self, share: &Share, rivals: usize, is_patient: bool) {
		let certificate = {
			let State {
				height,
				blobs,
				pool,
				censored,
				..
			} = &mut *self.state.lock();
			let signer = share.signer as usize;
			let is_pending = |commitment: &Commitment| {
				blobs.get(commitment).is_some_and(|blob| match is_patient {
					true => {
						let info = &blob.history.last().unwrap().1;
						info.state == BlobState::Pending && blob.censored_at.is_none()
					}
					false => blob.best == 0,
				})
			};
			if signer < rivals || !share.batch.iter().all(is_pending) {
				return;
			}
			let shares = censored.entry(share.batch.clone()).or_default();
			shares.insert(signer, share.signature);
			let suffice = |commitment: &Commitment| {
				let blob = &blobs[commitment];
				let rows = shares.keys().map(|signer| blob.assignment.count_of(*signer));
				let missing = blob.rows - rows.sum::<u32>();
				missing * if is_patient { 32 } else { 3 } <= blob.rows
			};
			let is_enough = share.batch.iter().all(suffice);
			for commitment in share.batch.iter().filter(|_| is_patient) {
				blobs.get_mut(commitment).unwrap().held_at = (!is_enough).then_some(*height);
			}
			if !is_enough {
				return;
			}
			let signatures: Vec<Signature> = shares.values().copied().collect();
			pool.retain(|(commitment, _)| !share.batch.contains(commitment));
			for commitment in share.batch.iter() {
				blobs.get_mut(commitment).unwrap().best = 0;
			}
			Certificate {
				committee: share.committee,
				expiry: share.expiry,
				commitments: share.batch.to_vec(),
				signers: signer_bitmap(self.referee.committee.members.len(), shares.keys().copied()),
				signature: aggregate(&signatures).unwrap(),
			}
		};
		if let Err(error) = self.take(certificate) {
			fail(format!("the censor's certificate: {error}"));
		}
		let state = &mut *self.state.lock();
		for commitment in share.batch.iter() {
			let blob = state.blobs.get_mut(commitment).unwrap();
			blob.censored_at = Some(state.height);
		}
		self.referee.misdeed("certificates without rivals");
	}
}

/// Who has signed a blob when a block takes a certificate.
fn all_signers(info: &BlobInfo, certificate: &Certificate) -> Vec<u8> {
	match &info.state {
		BlobState::Pending => certificate.signers.clone(),
		BlobState::Certified { signers, .. } => either(&certificate.signers, signers),
	}
}

/// The chain as one node sees it.
pub(super) struct NodeChain {
	pub(super) ledger: Arc<Ledger>,
	pub(super) at: usize,
}

#[async_trait]
impl Chain for NodeChain {
	fn genesis(&self) -> Hash {
		GENESIS
	}

	fn best_number(&self) -> u32 {
		self.ledger.state.lock().views[self.at].height
	}

	fn current_committees(&self) -> Result<Vec<CommitteeId>, ChainError> {
		Ok(self.ledger.referee.committees())
	}

	fn blob(&self, commitment: Commitment) -> Result<Option<BlobInfo>, ChainError> {
		let state = self.ledger.state.lock();
		let height = state.views[self.at].height;
		let Some(blob) = state.blobs.get(&commitment) else {
			return Ok(None);
		};
		let seen = blob.history.iter().rev().find(|(from, _)| *from <= height);
		Ok(seen
			.map(|(_, info)| info.clone())
			.filter(|info| info.submitted_at < height))
	}

	fn blobs_after(&self, after: Option<Commitment>, limit: u32) -> Result<Vec<Commitment>, ChainError> {
		let state = self.ledger.state.lock();
		let height = state.views[self.at].height;
		let is_seen = |blob: &Blob| blob.history[0].1.submitted_at < height;
		let following = state
			.blobs
			.iter()
			.filter(|(commitment, blob)| Some(**commitment) > after && is_seen(blob))
			.map(|(commitment, _)| *commitment);
		Ok(following.take(limit as usize).collect())
	}

	fn improvement_window(&self) -> Result<u32, ChainError> {
		Ok(IMPROVEMENT_WINDOW)
	}

	fn committee(&self, id: CommitteeId) -> Result<Option<Committee>, ChainError> {
		Ok(self.ledger.referee.find(id))
	}

	async fn submit_certificate(&self, certificate: Certificate) -> Result<(), ChainError> {
		self.ledger.referee.aggregated(self.at, &certificate);
		if self.ledger.state.lock().views[self.at].cut {
			return Ok(());
		}
		self.ledger.take(certificate).map_err(ChainError::Rejected)
	}

	async fn submit_settle(&self, commitment: Commitment) -> Result<(), ChainError> {
		if self.ledger.state.lock().views[self.at].cut {
			return Ok(());
		}
		self.ledger.settle(commitment).map_err(ChainError::Rejected)
	}

	fn open_challenges(&self, _account: [u8; 32]) -> Result<Vec<ChallengeInfo>, ChainError> {
		Ok(Vec::new())
	}

	async fn submit_answer(&self, _commitment: Commitment, _row: Row) -> Result<(), ChainError> {
		Ok(())
	}

	async fn submit_resolve(&self, _commitment: Commitment, _row: u32) -> Result<(), ChainError> {
		Ok(())
	}

	async fn submit_conflict(&self, conflict: Conflict) -> Result<(), ChainError> {
		// Nobody here signs two things under one number.
		fail(format!("{} proves {conflict:?}", self.at))
	}

	fn new_blocks(&self) -> BoxStream<'static, u32> {
		let (sender, receiver) = mpsc::unbounded();
		self.ledger.state.lock().views[self.at].blocks = Some(sender);
		receiver.boxed()
	}
}
