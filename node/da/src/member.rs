// SPDX-License-Identifier: Apache-2.0

//! What a member does with the rows that are pushed to it: check, store, and sign when it holds all of its own.
//!
//! Rows are taken only for blobs that the chain has as paid and on which this member's signature can still count, only
//! those assigned to it, and only after the row check. The signature is made after the disk confirmed all rows. Rows that
//! it signed for and lost it takes back, from whoever rebuilt them, until retention ends.
//!
//! A blob is signed alone at once, unless whoever pushed it announced that it will be sealed in a batch. Then the seal is
//! waited for a few seconds; it is taken only from a peer that brought rows of each blob, and signed only if each is
//! paid, open, of one committee, and held in full. A batch that is not certified in time is no obstacle: the blob is signed
//! alone too. A blob that fell back to the root network is another one to sign: for its committee, with the rows that it
//! assigns, of which those on disk are not needed again.

use crate::{
	aggregator::{Aggregator, MAX_BATCHES},
	blobs::{is_open, is_owed, Blob},
	fallback::will_fall_back,
	node::{blocking, Node, LOG},
	outbox::Outbox,
	protocol::{Batch, Places, Push, Receipt, Refusal},
	signing::{cannot_store, Signer},
	store::{Record, StoreError},
	ChainError, Event,
};
use parking_lot::Mutex;
use polkadot_sdk::sc_network_types::PeerId;
use std::{
	collections::{HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use tokio::time::Instant;
use zerog_erasure::{Commitment, Hash, RowBatch};
use zerog_primitives::da::{BlobInfo, Committee, CommitteeId};

/// Blocks after which rows that are no longer owed are removed: more than any reorganisation.
pub const PRUNE_GRACE: u32 = 64;
/// Row counts remembered.
const MAX_COUNTS: usize = 1_024;
/// Peers remembered as having brought rows of a blob.
const MAX_BEARERS: usize = 8;
/// A batch that was signed gets as many times longer to be certified than a seal to come.
const BATCH_PATIENCE: u32 = 5;

/// What is held of one open blob.
struct Intake {
	committee: Arc<Committee>,
	expiry: u32,
	me: usize,
	wanted: u32,
	held: Mutex<HashSet<u32>>,
	/// One at a time syncs; `true` once all rows are durable.
	durable: tokio::sync::Mutex<bool>,
	signing: Mutex<Signing>,
}

/// How far a blob is with being signed.
#[derive(Default)]
struct Signing {
	/// Our rows are durable: the blob may be signed.
	ready: bool,
	/// When it is signed alone, if that is needed then.
	alone_at: Option<Instant>,
	/// It was signed alone.
	alone: bool,
	/// Roots of the batches in which it was signed.
	batches: HashSet<Hash>,
	/// Who brought rows that were not there yet; nobody if they were all on disk when the node started.
	bearers: HashSet<PeerId>,
}

impl Signing {
	/// Whether a batch may be sealed by a peer.
	fn may_seal(&self, from: &PeerId, root: &Hash) -> bool {
		let room = self.batches.len() < MAX_BATCHES || self.batches.contains(root);
		self.ready && room && (self.bearers.is_empty() || self.bearers.contains(from))
	}

	fn wait(&mut self, patience: Duration) {
		self.alone_at = Instant::now().checked_add(patience);
	}
}

impl Intake {
	fn receipt(&self) -> Receipt {
		Receipt {
			held: u32::try_from(self.held.lock().len()).unwrap_or(u32::MAX),
			wanted: self.wanted,
		}
	}

	/// Whether it is for what the chain has now, and our signature can still count.
	fn is_open(&self, info: &BlobInfo, best: u32) -> bool {
		info.deadline == self.expiry && is_open(info, best, self.committee.id, self.me)
	}

	fn holds(&self, indices: &[u32]) -> bool {
		let held = self.held.lock();
		indices.iter().all(|index| held.contains(index))
	}
}

/// The member side of the service.
pub struct Member {
	node: Arc<Node>,
	aggregator: Arc<Aggregator>,
	outbox: Arc<Outbox>,
	signer: Arc<Signer>,
	intakes: Mutex<HashMap<Commitment, Arc<Intake>>>,
	/// Numbers of rows on disk, for blobs that are not open.
	counts: Mutex<HashMap<Commitment, u32>>,
	/// Blobs found on disk at start that the chain has not been asked about successfully.
	to_resume: Mutex<HashMap<Commitment, Record>>,
	/// Our shares from before the start were sent again.
	resent: Mutex<bool>,
	/// The present committees for whose first signature everything is prepared.
	prepared: Mutex<HashSet<CommitteeId>>,
}

/// Number of our rows of a blob on disk. When they seem to be all they are read too, because whoever brings them stops then.
/// Blocks.
fn own_rows(node: &Node, blob: &Blob, me: usize) -> Result<u32, StoreError> {
	let mut held = node.store.held(&blob.commitment)?;
	held.retain(|index| blob.holder(*index) == Some(me));
	if held.len() >= blob.rows_of(me).len() {
		if let Some(verifier) = node.own_verifier(blob)? {
			let mut good = 0u32;
			for index in held {
				good = good.saturating_add(u32::from(node.own_row(&verifier, index)?.is_some()));
			}
			return Ok(good);
		}
	}
	Ok(u32::try_from(held.len()).unwrap_or(u32::MAX))
}

fn internal(error: impl std::fmt::Display) -> Refusal {
	log::warn!(target: LOG, "{error}");
	Refusal::Internal
}

/// Places of the blobs of a batch that are not held, or not well.
fn refused_places(
	batch: &Batch,
	held: &[Option<Arc<Intake>>],
	is_good: impl Fn(Commitment, &Intake) -> bool,
) -> Places {
	let is_refused = |(commitment, intake): (&Commitment, &Option<Arc<Intake>>)| {
		!intake.as_ref().is_some_and(|intake| is_good(*commitment, intake))
	};
	let blobs = (0u32..).zip(batch.iter().zip(held));
	Places(
		blobs
			.filter(|(_, blob)| is_refused(*blob))
			.map(|(place, _)| place)
			.collect(),
	)
}

impl Member {
	pub(crate) fn new(
		node: Arc<Node>,
		aggregator: Arc<Aggregator>,
		outbox: Arc<Outbox>,
	) -> Result<Self, StoreError> {
		let to_resume = node.store.records()?.into_iter().collect();
		let to_resume = Mutex::new(to_resume);
		Ok(Self {
			signer: Arc::new(Signer::new(node.clone())?),
			node,
			aggregator,
			outbox,
			intakes: Default::default(),
			counts: Default::default(),
			to_resume,
			resent: Default::default(),
			prepared: Default::default(),
		})
	}

	/// Number of rows of a blob on our disk.
	pub(crate) async fn rows_held(&self, commitment: Commitment) -> u32 {
		if let Some(intake) = self.intakes.lock().get(&commitment) {
			return intake.receipt().held;
		}
		if let Some(count) = self.counts.lock().get(&commitment) {
			return *count;
		}
		let node = self.node.clone();
		let held = blocking(move || node.store.held(&commitment)).await;
		let count = held
			.ok()
			.and_then(Result::ok)
			.map_or(0, |held| u32::try_from(held.len()).unwrap_or(u32::MAX));
		let mut counts = self.counts.lock();
		if counts.len() >= MAX_COUNTS {
			counts.clear();
		}
		counts.insert(commitment, count);
		count
	}

	/// What we hold of a blob for the committee that decides it now, if rows of it are taken.
	pub(crate) fn receipt(&self, commitment: Commitment, info: &BlobInfo) -> Option<Receipt> {
		let intakes = self.intakes.lock();
		let intake = intakes.get(&commitment)?;
		(intake.committee.id == info.committee).then(|| intake.receipt())
	}

	/// Take rows of a blob again that fell back; those that are here count.
	pub(crate) fn reopen(&self, commitment: Commitment, info: &BlobInfo) {
		let record = Record {
			header: info.header,
			keep_until: info.deadline,
		};
		self.to_resume.lock().insert(commitment, record);
	}

	/// Rows of a blob were removed by others than this.
	pub(crate) fn recount(&self, commitment: Commitment) {
		self.counts.lock().remove(&commitment);
	}

	/// Whether rows of a blob may be pushed to us now: our signature can still count for it, or we signed and have to hold
	/// them. Costs little, so it is asked before a push is decoded.
	pub(crate) fn admit(&self, commitment: Commitment) -> Result<(BlobInfo, usize), Refusal> {
		let info = self
			.node
			.blobs
			.info(commitment)
			.map_err(internal)?
			.ok_or(Refusal::NotPaid)?;
		let committee = self.node.blobs.committee_of(&info)?;
		let me = self.node.me().index_in(&committee).ok_or(Refusal::NotAssigned)?;
		let best = self.node.chain.best_number();
		match is_open(&info, best, committee.id, me) || is_owed(&info, best, me) {
			true => Ok((info, me)),
			false => Err(Refusal::NotPaid),
		}
	}

	/// Take pushed rows. The receipt says how many of ours are stored; when it is all of them, they are durable, and our
	/// signature is on its way unless the blob is to be sealed.
	pub(crate) async fn push(self: &Arc<Self>, from: PeerId, push: Push) -> Result<Receipt, Refusal> {
		let Push {
			commitment,
			checksum,
			batch,
			sealed,
		} = push;
		let (info, me) = self.admit(commitment)?;
		let blob = self.node.blobs.load(commitment, &info).await?;
		if batch.indices.iter().any(|index| blob.holder(*index) != Some(me)) {
			return Err(Refusal::NotAssigned);
		}
		if is_owed(&info, self.node.chain.best_number(), me) {
			return self.restore(blob, &info, me, checksum, batch).await;
		}
		self.node.watch.observe(commitment, &info);
		let intake = self.intake(&blob, &info, me).await?;
		if !intake.holds(&batch.indices) {
			let record = Record {
				header: info.header,
				keep_until: info.deadline,
			};
			let indices = self
				.check_and_store(blob.clone(), record, checksum, batch)
				.await?;
			intake.held.lock().extend(&indices);
			// A new block may have moved the deadline meanwhile, and with it come another intake.
			let now = self.intakes.lock().get(&commitment).cloned();
			if let Some(now) = now.filter(|now| now.committee.id == intake.committee.id) {
				now.held.lock().extend(indices);
			}
			self.counts.lock().remove(&commitment);
			let bearers = &mut intake.signing.lock().bearers;
			if bearers.len() < MAX_BEARERS {
				bearers.insert(from);
			}
		}
		let receipt = intake.receipt();
		if receipt.held >= receipt.wanted {
			self.make_durable(&intake).await?;
			if !sealed {
				// Not waited for: the rows are safe, and a signature that fails is tried again.
				intake.signing.lock().alone_at = Some(Instant::now());
				let (member, blob) = (self.clone(), blob.clone());
				self.node
					.tasks
					.spawn(async move { member.sign_alone(&blob, &intake).await });
			}
		}
		Ok(receipt)
	}

	/// Take back rows that we signed for and lost, and the checksum with them; those that we hold are not taken again.
	async fn restore(
		&self,
		blob: Arc<Blob>,
		info: &BlobInfo,
		me: usize,
		checksum: Vec<u8>,
		batch: RowBatch,
	) -> Result<Receipt, Refusal> {
		let (node, on_disk, indices) = (self.node.clone(), blob.clone(), batch.indices.clone());
		let lacks_some = blocking(move || -> Result<bool, StoreError> {
			let Some(verifier) = node.own_verifier(&on_disk)? else {
				return Ok(true);
			};
			// The verifier may be there though its checksum is not on disk.
			if !node.store.remembers(&on_disk.commitment, verifier.checksum()) {
				return Ok(true);
			}
			for index in indices {
				if node.own_row(&verifier, index)?.is_none() {
					return Ok(true);
				}
			}
			Ok(false)
		})
		.await?
		.map_err(cannot_store)?;
		if !lacks_some {
			return Err(Refusal::NotPaid);
		}
		let record = Record {
			header: info.header,
			keep_until: info.retained_until.unwrap_or(info.deadline),
		};
		let (commitment, wanted) = (blob.commitment, blob.count_of(me));
		self.check_and_store(blob.clone(), record, checksum, batch)
			.await?;
		let node = self.node.clone();
		let held = blocking(move || -> Result<u32, StoreError> {
			node.store.sync()?;
			own_rows(&node, &blob, me)
		});
		let held = held.await?.map_err(cannot_store)?;
		self.counts.lock().remove(&commitment);
		self.node.margins.hold(commitment, info);
		Ok(Receipt { held, wanted })
	}

	async fn check_and_store(
		&self,
		blob: Arc<Blob>,
		record: Record,
		checksum: Vec<u8>,
		batch: RowBatch,
	) -> Result<Vec<u32>, Refusal> {
		let node = self.node.clone();
		blocking(move || {
			let verifier = blob.verifier(&checksum).map_err(|_| Refusal::BadChecksum)?;
			let checked = verifier.check_batch(&batch);
			let rows = u32::try_from(batch.indices.len()).unwrap_or(u32::MAX);
			node.metrics
				.rows_checked
				.with_label_values(&[if checked.is_ok() { "good" } else { "bad" }])
				.inc_by(rows.into());
			let paths = checked.map_err(|error| {
				log::debug!(target: LOG, "rows of {} refused: {error}", blob.commitment);
				Refusal::BadRows
			})?;
			let row_bytes = blob.profile.row_bytes();
			let store = || {
				if !node.store.remembers(&blob.commitment, &checksum) {
					node.store.put_blob(&blob.commitment, &record, &checksum)?;
				}
				node.store.put_rows(&blob.commitment, &batch, &paths, row_bytes)
			};
			store().map_err(cannot_store)?;
			node.metrics.rows_stored.inc_by(rows.into());
			node.traces.note(blob.commitment, Event::Received { rows });
			Ok(batch.indices)
		})
		.await?
	}

	/// The intake of an open blob; a new one starts with the rows that are on disk already.
	async fn intake(&self, blob: &Arc<Blob>, info: &BlobInfo, me: usize) -> Result<Arc<Intake>, Refusal> {
		let same = |intake: &Intake| intake.expiry == info.deadline && intake.committee == blob.committee;
		if let Some(intake) = self
			.intakes
			.lock()
			.get(&blob.commitment)
			.filter(|intake| same(intake))
		{
			return Ok(intake.clone());
		}
		let (node, on_disk) = (self.node.clone(), blob.clone());
		let held = blocking(move || -> Result<HashSet<u32>, StoreError> {
			let mut held = HashSet::new();
			let Some(verifier) = node.own_verifier(&on_disk)? else {
				return Ok(held);
			};
			// Read back, not only counted: a signature will vouch for them.
			for index in node.store.held(&on_disk.commitment)? {
				if on_disk.holder(index) == Some(me) && node.own_row(&verifier, index)?.is_some() {
					held.insert(index);
				}
			}
			Ok(held)
		})
		.await?
		.map_err(cannot_store)?;
		let intake = Arc::new(Intake {
			committee: blob.committee.clone(),
			expiry: info.deadline,
			me,
			wanted: blob.count_of(me),
			held: Mutex::new(held),
			durable: Default::default(),
			signing: Default::default(),
		});
		let mut intakes = self.intakes.lock();
		if let Some(first) = intakes.get(&blob.commitment).filter(|intake| same(intake)) {
			return Ok(first.clone());
		}
		intakes.insert(blob.commitment, intake.clone());
		Ok(intake)
	}

	/// All of our rows are stored: make them durable, and give a seal its time.
	async fn make_durable(&self, intake: &Intake) -> Result<(), Refusal> {
		let mut durable = intake.durable.lock().await;
		if !*durable {
			let node = self.node.clone();
			blocking(move || node.store.sync()).await?.map_err(cannot_store)?;
			*durable = true;
			let mut signing = intake.signing.lock();
			signing.ready = true;
			if signing.alone_at.is_none() {
				signing.wait(self.node.limits.seal_patience);
			}
		}
		Ok(())
	}

	async fn sign_alone(&self, blob: &Blob, intake: &Intake) {
		if intake.signing.lock().alone {
			return;
		}
		// Another committee may decide the blob by now. A later deadline does no harm.
		let info = self.node.blobs.info(blob.commitment).ok().flatten();
		let best = self.node.chain.best_number();
		let counts = |info: BlobInfo| is_open(&info, best, intake.committee.id, intake.me);
		if best > intake.expiry || !info.is_some_and(counts) {
			return;
		}
		let batch = Batch::one(blob.commitment);
		match self
			.sign(&intake.committee, intake.me, batch, intake.expiry)
			.await
		{
			Ok(_) => intake.signing.lock().alone = true,
			Err(refusal) => log::debug!(target: LOG, "{} is not signed yet: {refusal}", blob.commitment),
		}
	}

	/// Sign a batch, count our share and send it. `false` when the committee has another key for us, or none.
	async fn sign(
		&self,
		committee: &Arc<Committee>,
		me: usize,
		batch: Batch,
		expiry: u32,
	) -> Result<bool, Refusal> {
		let Some(share) = self.signer.sign(committee, me, batch, expiry).await? else {
			return Ok(false);
		};
		log::debug!(target: LOG, "signed {} blobs under number {}", share.batch.len(), share.sequence);
		for commitment in share.batch.iter() {
			self.node.traces.note(*commitment, Event::Signed);
		}
		if let Err(refusal) = self.aggregator.add(None, share.clone()).await {
			log::debug!(target: LOG, "own share {} not counted: {refusal}", share.sequence);
		}
		self.outbox.send(share);
		Ok(true)
	}

	/// Sign blobs together, on the wish of a peer that brought us rows of each. The answer names the ones that we do not
	/// sign; if there are any, nothing is signed.
	pub(crate) async fn seal(&self, from: PeerId, batch: Batch) -> Result<Places, Refusal> {
		let root = batch.root();
		let held: Vec<Option<Arc<Intake>>> = {
			let intakes = self.intakes.lock();
			batch
				.iter()
				.map(|commitment| intakes.get(commitment).cloned())
				.collect()
		};
		let id = held.iter().flatten().map(|intake| intake.committee.id).next();
		let is_held = |_, intake: &Intake| {
			Some(intake.committee.id) == id && intake.signing.lock().may_seal(&from, &root)
		};
		let best = self.node.chain.best_number();
		let is_payable = |commitment: Commitment, intake: &Intake| {
			let info = self.node.blobs.info(commitment).ok().flatten();
			info.is_some_and(|info| intake.is_open(&info, best))
		};
		// What costs nothing to find out comes before the chain is asked.
		let mut refused = refused_places(&batch, &held, is_held);
		if refused.0.is_empty() {
			refused = refused_places(&batch, &held, is_payable);
		}
		let expiry = held.iter().flatten().map(|intake| intake.expiry).min();
		let (Some(expiry), Some(Some(first)), true) = (expiry, held.first(), refused.0.is_empty()) else {
			return Ok(refused);
		};
		if !self.sign(&first.committee, first.me, batch, expiry).await? {
			return Err(Refusal::NotAssigned);
		}
		for intake in held.iter().flatten() {
			let mut signing = intake.signing.lock();
			signing.batches.insert(root);
			signing.wait(self.node.limits.seal_patience.saturating_mul(BATCH_PATIENCE));
		}
		Ok(refused)
	}

	/// A new best block: go on with what was open when the node stopped, sign anew what moved to another block, sign alone
	/// what was not certified in a batch.
	pub(crate) async fn on_block(self: &Arc<Self>, best: u32) {
		if !std::mem::replace(&mut *self.resent.lock(), true) {
			for share in self.signer.shares(best).await {
				if let Err(refusal) = self.aggregator.add(None, share.clone()).await {
					log::debug!(target: LOG, "own share {} not counted: {refusal}", share.sequence);
				}
				self.outbox.send(share);
			}
		}
		self.prepare();
		let mut open: HashSet<Commitment> = self.intakes.lock().keys().copied().collect();
		open.extend(self.to_resume.lock().keys().copied());
		for commitment in open {
			if let Err(refusal) = self.resume(commitment, best).await {
				log::debug!(target: LOG, "{commitment} cannot go on yet: {refusal}");
			}
		}
	}

	/// Do in advance what the first signature in each present committee needs.
	fn prepare(self: &Arc<Self>) {
		let me = self.node.me();
		let committees = self.node.blobs.current_committees().into_iter();
		let place = |committee: Arc<Committee>| Some((me.index_in(&committee)?, committee));
		let ours: Vec<(usize, Arc<Committee>)> = committees.filter_map(place).collect();
		let now = ours.iter().map(|(_, committee)| committee.id).collect();
		let before = std::mem::replace(&mut *self.prepared.lock(), now);
		for (me, committee) in ours {
			if !before.contains(&committee.id) {
				self.signer.prepare(committee, me);
			}
		}
	}

	async fn resume(self: &Arc<Self>, commitment: Commitment, best: u32) -> Result<(), Refusal> {
		let close = || {
			self.intakes.lock().remove(&commitment);
			self.to_resume.lock().remove(&commitment);
		};
		let Some(info) = self.node.blobs.info(commitment).map_err(internal)? else {
			let over = |expiry: u32| best > expiry.saturating_add(PRUNE_GRACE);
			let intake_over = self
				.intakes
				.lock()
				.get(&commitment)
				.is_none_or(|intake| over(intake.expiry));
			let record_over = self
				.to_resume
				.lock()
				.get(&commitment)
				.is_none_or(|record| over(record.keep_until));
			if intake_over && record_over {
				close();
			}
			return Ok(());
		};
		self.node.watch.observe(commitment, &info);
		let committee = self.node.blobs.committee_of(&info)?;
		let me = self.node.me().index_in(&committee);
		if me.is_some_and(|me| is_owed(&info, best, me)) {
			self.node.margins.hold(commitment, &info);
		}
		let Some(me) = me.filter(|me| is_open(&info, best, committee.id, *me)) else {
			close();
			return Ok(());
		};
		let blob = self.node.blobs.load(commitment, &info).await?;
		let intake = self.intake(&blob, &info, me).await?;
		self.to_resume.lock().remove(&commitment);
		let receipt = intake.receipt();
		if receipt.held >= receipt.wanted {
			self.make_durable(&intake).await?;
			let mut signing = intake.signing.lock();
			if !signing.alone && signing.alone_at.is_some_and(|at| at <= Instant::now()) {
				// If it fails now, it is tried again after as long.
				signing.wait(self.node.limits.seal_patience);
				let (member, intake) = (self.clone(), intake.clone());
				self.node
					.tasks
					.spawn(async move { member.sign_alone(&blob, &intake).await });
			}
		}
		Ok(())
	}

	/// Remove what is no longer owed, and have the chain settle what is due.
	pub(crate) async fn prune(&self, best: u32) {
		let node = self.node.clone();
		let records = match blocking(move || node.store.records()).await {
			Ok(Ok(records)) => records,
			Ok(Err(error)) => return log::warn!(target: LOG, "cannot look for rows to remove: {error}"),
			Err(_) => return,
		};
		for (commitment, record) in records.into_iter().filter(|(_, record)| record.keep_until < best) {
			let Ok(info) = self.node.blobs.info(commitment) else {
				continue;
			};
			let owed_until = info
				.as_ref()
				.map(|info| info.retained_until.unwrap_or(info.deadline));
			let keep_until = owed_until.unwrap_or(record.keep_until).max(record.keep_until);
			// What can fall back is settled sooner, and its rows are needed then.
			let falls_back = info.as_ref().is_some_and(will_fall_back);
			if owed_until.is_some_and(|until| until < best) && !falls_back {
				if let Err(error) = self.node.chain.submit_settle(commitment).await {
					log::debug!(target: LOG, "settlement of {commitment}: {error}");
				}
			}
			let remove = !falls_back && best > keep_until.saturating_add(PRUNE_GRACE);
			self.counts.lock().remove(&commitment);
			let node = self.node.clone();
			let result = blocking(move || match remove {
				true => node.store.remove(&commitment),
				false if keep_until != record.keep_until => node
					.store
					.put_record(&commitment, &Record { keep_until, ..record }),
				false => Ok(()),
			});
			if let Ok(Err(error)) = result.await {
				log::warn!(target: LOG, "cannot remove the rows of {commitment}: {error}");
			}
		}
		if let Err(error) = self
			.signer
			.prune(|expiry| best > expiry.saturating_add(PRUNE_GRACE))
			.await
		{
			log::warn!(target: LOG, "cannot remove old shares: {error}");
		}
		let ours = |info: &BlobInfo| {
			let committee = self.node.blobs.committee_of(info).ok();
			let me = committee.and_then(|committee| self.node.me().index_in(&committee));
			me.is_some_and(|me| is_owed(info, best, me))
		};
		let ask = |commitment: Commitment| -> Result<Option<BlobInfo>, ChainError> {
			Ok(self.node.blobs.info(commitment)?.filter(ours))
		};
		self.node.margins.refresh(best, ask);
		self.node.metrics.bytes_held.set(self.node.store.bytes());
	}
}
