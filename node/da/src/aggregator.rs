// SPDX-License-Identifier: Apache-2.0

//! Shares in, certificates out. Every member does this; whichever certificate is included first counts.
//!
//! Shares are collected by batch. One that comes from the peer that proved to be its signer waits unverified; one from
//! another member is verified at once, so that nobody takes a member's place. When two thirds of the rows could be there,
//! a certificate waits a short grace for more signers (none if all are there), and then everything that waits is verified
//! together. What is bad is found by halving and held against its peer; its signer's next shares of the batch are
//! verified one by one. Rows signed after the first certificate make one that adds to it, until the chain has it.
//!
//! Shares are taken of the committees that this node is in. A member may have shares in a bounded number of batches of one
//! blob, and may be the first in a bounded number of batches that have no quorum: what it makes others keep is bounded by
//! what was paid for.

use crate::{
	blobs::{rows_signed, wants_shares, Blob},
	evidence::Evidence,
	messages::message_of,
	node::{blocking, Node, LOG},
	protocol::{Batch, Refusal, Share},
	verifying::{point, verify_each, verify_sum, verifying_key},
	Event, Misbehaviour,
};
use parking_lot::Mutex;
use polkadot_sdk::sc_network_types::PeerId;
use std::{
	collections::{BTreeMap, BTreeSet, HashMap, HashSet},
	sync::Arc,
	time::Duration,
};
use zerog_bls::{
	signer::{find_bad, sum_signatures, SignaturePoint, VerifyingKey},
	PublicKey,
};
use zerog_erasure::{Commitment, Hash};
use zerog_primitives::da::{
	allotment, attestation_message, improves, is_enough, is_signer, signer_bitmap, BlobInfo, BlobState,
	Certificate, Committee, CommitteeId,
};

/// Blocks after which a certificate that was not included is submitted again; doubles each time up to the most.
const SUBMIT_AGAIN: u32 = 2;
const MAX_SUBMIT_AGAIN: u32 = 32;
/// Batches with one blob in which one member is counted: those that it signs, and the blob alone.
pub(crate) const MAX_BATCHES: usize = 8;
/// Batches without a quorum in which one member was the first.
const MAX_OPENED: usize = 64;
/// Decoded keys remembered.
const MAX_KEYS: usize = 4_096;

/// Members take turns to add to a certificate, this far apart, by their place and the batch.
const TURN: Duration = Duration::from_millis(125);
const TURNS: usize = 16;

/// The turn of the member in that place.
fn turn(root: &Hash, place: usize) -> u32 {
	let first = root.first().copied().map_or(0, usize::from);
	let turn = first.saturating_add(place).checked_rem(TURNS);
	turn.and_then(|turn| u32::try_from(turn).ok()).unwrap_or(0)
}

/// Batch root and expiry, in a committee.
type Key = (CommitteeId, Hash, u32);

/// A share that waits to be verified.
#[derive(Clone)]
struct Waiting {
	share: Share,
	key: PublicKey,
	from: Option<PeerId>,
}

/// Rows of a blob.
fn rows_in_all(info: &BlobInfo) -> u32 {
	info.header.profile().map_or(0, |profile| profile.rows())
}

/// The shares of one batch.
struct Collection {
	committee: Arc<Committee>,
	batch: Batch,
	/// Rows of each blob of the batch.
	totals: Vec<u32>,
	/// Who sent the first share.
	opener: usize,
	/// Rows of each member, for each size of matrix in the batch.
	rows: BTreeMap<u32, Vec<u32>>,
	waiting: BTreeMap<usize, Waiting>,
	/// Signatures that sum up to a good one, with their signers' numbers.
	verified: BTreeMap<usize, (SignaturePoint, u64)>,
	/// Members that sent a bad share.
	suspects: BTreeSet<usize>,
	/// Rows signed of all blobs by the chain, when last looked at.
	on_chain: u64,
	/// Signers in the last certificate that was submitted, and at which block.
	submitted: Option<(usize, u32)>,
	/// How often one with as many signers was submitted.
	submissions: u32,
	/// Signers in the largest one.
	most: usize,
	/// A task waits out the grace, or verifies.
	busy: bool,
}

impl Collection {
	/// Rows of these members in a matrix of `total` rows.
	fn rows_of<'a>(&self, total: u32, members: impl Iterator<Item = &'a usize>) -> u32 {
		let counts = self.rows.get(&total).map(Vec::as_slice).unwrap_or_default();
		members
			.filter_map(|member| counts.get(*member))
			.fold(0, |sum, count| sum.saturating_add(*count))
	}

	/// Whether these members hold two thirds of each blob.
	fn is_quorum<'a>(&self, members: impl Iterator<Item = &'a usize> + Clone) -> bool {
		self.rows
			.keys()
			.all(|total| is_enough(self.rows_of(*total, members.clone()), *total))
	}

	/// Everybody whose share is here, verified or not.
	fn members(&self) -> impl Iterator<Item = &usize> + Clone {
		self.verified.keys().chain(self.waiting.keys())
	}

	fn has(&self, member: usize) -> bool {
		self.verified.contains_key(&member) || self.waiting.contains_key(&member)
	}

	/// Whether this very share is here.
	fn has_share(&self, share: &Share) -> bool {
		let signer = share.signer as usize;
		let verified = self.verified.get(&signer);
		verified.is_some_and(|(_, sequence)| *sequence == share.sequence)
			|| self
				.waiting
				.get(&signer)
				.is_some_and(|waiting| waiting.share == *share)
	}

	/// Whether a share of this member is looked at before it waits: it sent a bad one, or another one waits.
	fn is_doubtful(&self, member: usize) -> bool {
		self.suspects.contains(&member) || self.waiting.contains_key(&member)
	}

	/// Whether these members add so many rows to a blob that the chain would have taken their certificate in block `best`. It looks
	/// at the block after, but a peer that is one behind must not find it stale.
	fn improves<'a>(
		&self,
		infos: &[BlobInfo],
		best: u32,
		members: impl Iterator<Item = &'a usize> + Clone,
	) -> bool {
		infos.iter().any(|info| {
			let (total, before) = (rows_in_all(info), rows_signed(info));
			let (signers, since) = match &info.state {
				BlobState::Pending => (&[][..], 0),
				BlobState::Certified { at, signers, .. } => (&signers[..], best.saturating_sub(*at)),
			};
			let added = members.clone().filter(|member| !is_signer(signers, **member));
			let rows = before.saturating_add(self.rows_of(total, added));
			improves(before, rows, total, since)
		})
	}

	/// Whether more have signed than the last certificate says, and enough.
	fn is_due(&self) -> bool {
		let is_more = |(signers, _)| self.members().count() > signers;
		!self.busy && self.submitted.is_none_or(is_more) && self.is_quorum(self.members())
	}

	/// Whether all have signed that can.
	fn is_full(&self) -> bool {
		let mut members = self.committee.members.iter().enumerate();
		members.all(|(index, member)| member.key.is_none() || self.has(index))
	}
}

/// The open batches, also by blob.
#[derive(Default)]
struct Collections {
	by_key: HashMap<Key, Collection>,
	by_blob: HashMap<Commitment, HashSet<Key>>,
}

impl Collections {
	fn with_blob(&self, commitment: &Commitment) -> impl Iterator<Item = &Collection> {
		let keys = self.by_blob.get(commitment).into_iter().flatten();
		keys.filter_map(|key| self.by_key.get(key))
	}

	fn insert(&mut self, key: Key, collection: Collection) {
		for commitment in collection.batch.iter() {
			self.by_blob.entry(*commitment).or_default().insert(key);
		}
		self.by_key.insert(key, collection);
	}

	fn remove(&mut self, key: &Key) {
		let Some(collection) = self.by_key.remove(key) else {
			return;
		};
		for commitment in collection.batch.iter() {
			if let Some(keys) = self.by_blob.get_mut(commitment) {
				keys.remove(key);
				if keys.is_empty() {
					self.by_blob.remove(commitment);
				}
			}
		}
	}
}

/// Collects shares and makes certificates.
pub struct Aggregator {
	node: Arc<Node>,
	evidence: Arc<Evidence>,
	collections: Mutex<Collections>,
	/// Decoded keys; `None` for what is no key.
	keys: Mutex<HashMap<PublicKey, Option<VerifyingKey>>>,
}

/// A share's two signatures and its signer's key, decoded.
struct Decoded {
	attestation: SignaturePoint,
	numbered: SignaturePoint,
	key: VerifyingKey,
}

impl Aggregator {
	pub(crate) fn new(node: Arc<Node>, evidence: Arc<Evidence>) -> Self {
		Self {
			node,
			evidence,
			collections: Default::default(),
			keys: Default::default(),
		}
	}

	fn verifying_key(&self, key: &PublicKey) -> Option<VerifyingKey> {
		if let Some(known) = self.keys.lock().get(key) {
			return *known;
		}
		let decoded = verifying_key(key);
		let mut keys = self.keys.lock();
		if keys.len() >= MAX_KEYS {
			keys.clear();
		}
		keys.insert(*key, decoded);
		decoded
	}

	/// Places of the bad ones among shares of one batch. The signatures of the others sum up to a good one, and what they
	/// say under their numbers is signed by each. Blocks.
	fn verify(&self, shares: &[Waiting]) -> (Vec<(usize, SignaturePoint)>, Vec<usize>) {
		let mut bad = Vec::new();
		let mut numbered = Vec::new();
		let mut attested = Vec::new();
		for (at, Waiting { share, key, .. }) in shares.iter().enumerate() {
			let decode = || {
				Some(Decoded {
					attestation: point(&share.signature)?,
					numbered: point(&share.numbered)?,
					key: self.verifying_key(key)?,
				})
			};
			let Some(decoded) = decode() else {
				bad.push(at);
				continue;
			};
			let message = message_of(
				&self.node.genesis,
				share.committee,
				share.signer,
				share.sequence,
				&share.statement(),
			);
			numbered.push((message, decoded.numbered, decoded.key));
			attested.push((at, decoded.attestation, decoded.key));
		}
		let mut drop_bad = |attested: &mut Vec<(usize, SignaturePoint, VerifyingKey)>, places: Vec<usize>| {
			let places: HashSet<usize> = places.into_iter().collect();
			let mut place = 0usize;
			attested.retain(|(at, _, _)| {
				let is_bad = places.contains(&place);
				place = place.saturating_add(1);
				if is_bad {
					bad.push(*at);
				}
				!is_bad
			});
		};
		// The numbers first: whoever is dropped for his must not be in the sum.
		drop_bad(&mut attested, find_bad(&numbered, &verify_each));
		if let Some(Waiting { share, .. }) = shares.first() {
			let root = share.batch.root();
			let message = attestation_message(&self.node.genesis, share.committee, &root, share.expiry);
			let signed: Vec<_> = attested
				.iter()
				.map(|(_, signature, key)| (*signature, *key))
				.collect();
			drop_bad(
				&mut attested,
				find_bad(&signed, &|part| verify_sum(&message, part)),
			);
		}
		let good = attested
			.into_iter()
			.map(|(at, signature, _)| (at, signature))
			.collect();
		(good, bad)
	}

	/// Whether all of these shares, each with its signer's key, are good.
	#[cfg(test)]
	pub(crate) fn are_good(&self, shares: &[(Share, PublicKey)]) -> bool {
		let waiting = |(share, key): &(Share, PublicKey)| Waiting {
			share: share.clone(),
			key: *key,
			from: None,
		};
		let waiting: Vec<Waiting> = shares.iter().map(waiting).collect();
		self.verify(&waiting).1.is_empty()
	}

	/// What the chain has about the blobs of a batch, if this committee decides all of them and they last until `expiry`.
	/// Up to as many calls of the runtime as there are blobs.
	fn infos(&self, committee: CommitteeId, expiry: u32, batch: &Batch) -> Result<Vec<BlobInfo>, Refusal> {
		batch
			.iter()
			.map(|commitment| {
				let info = self.node.blobs.info(*commitment).map_err(|_| Refusal::Internal)?;
				info.filter(|info| info.committee == committee && expiry <= info.deadline)
					.ok_or(Refusal::NotPaid)
			})
			.collect()
	}

	/// Count a share, from a member or (`None`) our own.
	pub(crate) async fn add(self: &Arc<Self>, from: Option<PeerId>, share: Share) -> Result<(), Refusal> {
		let signer = share.signer as usize;
		let committee = self
			.node
			.blobs
			.committee(share.committee)
			.map_err(|_| Refusal::Internal)?
			.ok_or(Refusal::NotPaid)?;
		// Nobody else is told; and what others could make us keep is bounded by the committees that we are in.
		self.node.me().index_in(&committee).ok_or(Refusal::NotAssigned)?;
		let member = committee.members.get(signer).ok_or(Refusal::BadSignature)?;
		let key = member.key.ok_or(Refusal::BadSignature)?;
		let is_own_peer = from.is_none() || self.node.members.peer_of(member) == from;
		let accused = from.filter(|_| is_own_peer);
		let id = (share.committee, share.batch.root(), share.expiry);
		let is_doubtful = {
			let collections = self.collections.lock();
			let known = collections.by_key.get(&id);
			let known = known.filter(|known| known.committee == committee);
			if known.is_some_and(|known| known.has_share(&share)) {
				return Ok(());
			}
			known.is_some_and(|known| known.is_doubtful(signer))
		};
		let waiting = Waiting { share, key, from };
		// Before the chain is asked: what is forged costs us one check, and nothing else.
		if !is_own_peer || is_doubtful {
			let (aggregator, to_verify) = (self.clone(), waiting.clone());
			let (good, _) = blocking(move || aggregator.verify(&[to_verify])).await?;
			if good.is_empty() {
				return Err(self.accuse(accused));
			}
		}
		// Also if it does not count its number is used: its signer may ask for that, or use it again.
		if !self.evidence.note(&waiting.share, key).await {
			return Err(self.accuse(accused));
		}
		let (aggregator, batch, members) = (self.clone(), waiting.share.batch.clone(), committee.clone());
		let infos = blocking(move || aggregator.screen(id, &batch, &members)).await??;
		self.collect(id, committee, signer, waiting, &infos)?;
		self.note_counted(id, signer);
		self.advance(id);
		Ok(())
	}

	/// Refuse a share that cannot count, by what the chain says. What it has about the blobs of the batch, if that is new;
	/// else nothing. Blocks.
	fn screen(&self, id: Key, batch: &Batch, members: &Arc<Committee>) -> Result<Vec<BlobInfo>, Refusal> {
		let (committee, _, expiry) = id;
		let best = self.node.chain.best_number();
		if best > expiry {
			return Err(Refusal::NotPaid);
		}
		let is_known = {
			let collections = self.collections.lock();
			let known = collections.by_key.get(&id);
			known.is_some_and(|known| known.committee == *members)
		};
		// All blobs of a batch are looked up once, when its first share comes.
		let infos = match is_known {
			false => self.infos(committee, expiry, batch)?,
			true => Vec::new(),
		};
		let window = self.node.blobs.window();
		let counts = |commitment: &Commitment| {
			let info = self.node.blobs.info(*commitment);
			info.is_ok_and(|info| info.is_some_and(|info| wants_shares(&info, best, committee, window)))
		};
		match batch.iter().any(counts) {
			true => Ok(infos),
			false => Err(Refusal::NotPaid),
		}
	}

	/// A share is bad: report the peer that proved to be its signer, if one did.
	fn accuse(&self, peer: Option<PeerId>) -> Refusal {
		if let Some(peer) = peer {
			log::warn!(target: LOG, "{peer} sent a share with a bad signature");
			self.node.transport.report(peer, Misbehaviour::BadSignature);
		}
		Refusal::BadSignature
	}

	fn collect(
		&self,
		id: Key,
		committee: Arc<Committee>,
		signer: usize,
		waiting: Waiting,
		infos: &[BlobInfo],
	) -> Result<(), Refusal> {
		let mut collections = self.collections.lock();
		if collections
			.by_key
			.get(&id)
			.is_some_and(|known| known.committee != committee)
		{
			collections.remove(&id);
		}
		let batches_of = |commitment: &Commitment| {
			let batches = collections.with_blob(commitment);
			let alike = batches.filter(|collection| collection.committee.id == committee.id);
			alike.filter(|collection| collection.has(signer)).count()
		};
		if waiting
			.share
			.batch
			.iter()
			.any(|commitment| batches_of(commitment) > MAX_BATCHES)
		{
			return Err(Refusal::Busy);
		}
		if !collections.by_key.contains_key(&id) {
			let is_its_own = |c: &&Collection| c.committee.id == committee.id && c.opener == signer;
			let is_without_quorum = |c: &&Collection| is_its_own(c) && !c.is_quorum(c.members());
			let opened = collections.by_key.values().filter(is_without_quorum).count();
			// Forgotten a moment ago, after it was known: the share comes again.
			if opened >= MAX_OPENED || infos.is_empty() {
				return Err(Refusal::Busy);
			}
			let weights = committee.weights();
			let totals: Vec<u32> = infos.iter().map(rows_in_all).collect();
			let rows = totals.iter().filter(|total| **total > 0);
			let rows = rows.map(|total| (*total, allotment(&weights, *total)));
			let collection = Collection {
				rows: rows.collect(),
				committee,
				batch: waiting.share.batch.clone(),
				totals,
				opener: signer,
				waiting: BTreeMap::new(),
				verified: BTreeMap::new(),
				suspects: BTreeSet::new(),
				on_chain: 0,
				submitted: None,
				submissions: 0,
				most: 0,
				busy: false,
			};
			collections.insert(id, collection);
		}
		let collection = collections.by_key.get_mut(&id);
		if let Some(collection) = collection.filter(|known| !known.verified.contains_key(&signer)) {
			collection.waiting.insert(signer, waiting);
		}
		Ok(())
	}

	/// A line for the timeline of each blob of a batch.
	fn note_counted(&self, id: Key, member: usize) {
		let collections = self.collections.lock();
		let Some(collection) = collections.by_key.get(&id) else {
			return;
		};
		for (commitment, total) in collection.batch.iter().zip(&collection.totals) {
			let rows = collection.rows_of(*total, collection.members());
			self.node
				.traces
				.note(*commitment, Event::Counted { member, rows });
		}
	}

	/// Rows signed so far, by the shares seen here: the most in any batch.
	pub(crate) fn signed(&self, blob: &Blob) -> u32 {
		let collections = self.collections.lock();
		let rows = |collection: &Collection| collection.rows_of(blob.profile.rows(), collection.members());
		collections
			.with_blob(&blob.commitment)
			.filter(|collection| collection.committee.id == blob.committee.id)
			.map(rows)
			.max()
			.unwrap_or(0)
	}

	/// Decide whether a certificate is due.
	fn advance(self: &Arc<Self>, id: Key) {
		let batch = match self.collections.lock().by_key.get(&id) {
			Some(collection) if collection.is_due() => collection.batch.clone(),
			_ => return,
		};
		if let Ok(infos) = self.infos(id.0, id.2, &batch) {
			self.advance_with(id, &infos);
		}
	}

	fn advance_with(self: &Arc<Self>, id: Key, infos: &[BlobInfo]) {
		let best = self.node.chain.best_number();
		let pause = {
			let mut collections = self.collections.lock();
			let Some(collection) = collections.by_key.get_mut(&id) else {
				return;
			};
			if !collection.is_due() || !collection.improves(infos, best, collection.members()) {
				return;
			}
			collection.busy = true;
			let grace = match collection.is_full() {
				true => Duration::ZERO,
				false => self.node.limits.grace,
			};
			// Nothing is urgent once all is certified, and all members are about to add the same.
			let is_pending = |info: &BlobInfo| info.state == BlobState::Pending;
			let turn = match self.node.me().index_in(&collection.committee) {
				Some(me) if !infos.iter().any(is_pending) => turn(&id.1, me),
				_ => 0,
			};
			grace.saturating_add(TURN.saturating_mul(turn))
		};
		let aggregator = self.clone();
		self.node.tasks.spawn(async move {
			if !pause.is_zero() {
				tokio::time::sleep(pause).await;
			}
			aggregator.make(id).await;
		});
	}

	/// Verify what waits, and submit a certificate if enough is left.
	async fn make(self: &Arc<Self>, id: Key) {
		let waiting: Vec<Waiting> = match self.collections.lock().by_key.get(&id) {
			Some(collection) => collection.waiting.values().cloned().collect(),
			None => return,
		};
		let (aggregator, to_verify) = (self.clone(), waiting.clone());
		let verdict = blocking(move || aggregator.verify(&to_verify)).await;
		let infos = {
			let mut collections = self.collections.lock();
			let Some(collection) = collections.by_key.get_mut(&id) else {
				return;
			};
			collection.busy = false;
			let Ok((good, bad)) = verdict else { return };
			for (at, signature) in good {
				if let Some(Waiting { share, .. }) = waiting.get(at) {
					collection.waiting.remove(&(share.signer as usize));
					collection
						.verified
						.insert(share.signer as usize, (signature, share.sequence));
				}
			}
			for Waiting { share, from, .. } in bad.iter().filter_map(|at| waiting.get(*at)) {
				let signer = share.signer as usize;
				if collection
					.waiting
					.get(&signer)
					.is_some_and(|now| now.share == *share)
				{
					collection.waiting.remove(&signer);
				}
				collection.suspects.insert(signer);
				self.accuse(*from);
			}
			self.infos(id.0, id.2, &collection.batch)
		};
		if let Ok(infos) = infos {
			self.submit(id, &infos).await;
			// More may have come meanwhile.
			self.advance(id);
		}
	}

	async fn submit(&self, id: Key, infos: &[BlobInfo]) {
		let (committee, root, expiry) = id;
		let at = self.node.chain.best_number();
		let (certificate, submitted) = {
			let mut collections = self.collections.lock();
			let Some(collection) = collections.by_key.get_mut(&id) else {
				return;
			};
			let signers = collection.verified.len();
			if !collection.is_quorum(collection.verified.keys())
				|| !collection.improves(infos, at, collection.verified.keys())
				|| collection.submitted.is_some_and(|(sent, _)| sent >= signers)
			{
				return;
			}
			collection.submitted = Some((signers, at));
			// Only the same again waits longer and longer.
			collection.submissions = match signers > collection.most {
				true => 1,
				false => collection.submissions.saturating_add(1),
			};
			collection.most = collection.most.max(signers);
			let signatures: Vec<SignaturePoint> = collection
				.verified
				.values()
				.map(|(signature, _)| *signature)
				.collect();
			// Sums two hundred points in less than a millisecond.
			let signature = match sum_signatures(&signatures) {
				Ok(signature) => signature,
				Err(error) => return log::error!(target: LOG, "cannot aggregate checked shares: {error}"),
			};
			let rows = |total: &u32| collection.rows_of(*total, collection.verified.keys());
			let submitted: Vec<(Commitment, u32)> = collection
				.batch
				.iter()
				.copied()
				.zip(collection.totals.iter().map(rows))
				.collect();
			let certificate = Certificate {
				committee,
				expiry,
				commitments: collection.batch.to_vec(),
				signers: signer_bitmap(
					collection.committee.members.len(),
					collection.verified.keys().copied(),
				),
				signature,
			};
			(certificate, submitted)
		};
		let blobs = certificate.commitments.len();
		match self.node.chain.submit_certificate(certificate).await {
			Ok(()) => {
				self.node.metrics.certificates_submitted.inc();
				for (commitment, rows) in submitted {
					self.node
						.traces
						.note(commitment, Event::CertificateSubmitted { rows });
				}
				log::debug!(target: LOG, "certificate for {blobs} blobs submitted: {}", hex::encode(root));
			}
			// Another member's is in the pool or in a block already, most likely; if not, a later block tries again.
			Err(error) => log::debug!(target: LOG, "certificate for {blobs} blobs: {error}"),
		}
	}

	/// A new best block: forget what is done, submit again what was lost.
	pub(crate) async fn on_block(self: &Arc<Self>, best: u32) {
		let open: Vec<(Key, Batch)> = {
			let mut collections = self.collections.lock();
			let keys = collections.by_key.keys().copied();
			let over: Vec<Key> = keys.filter(|(_, _, expiry)| best > *expiry).collect();
			over.iter().for_each(|id| collections.remove(id));
			let open = collections.by_key.iter();
			open.map(|(id, collection)| (*id, collection.batch.clone()))
				.collect()
		};
		let window = self.node.blobs.window();
		for (id, batch) in open {
			// A reorganisation took a blob away for now, or the chain cannot say.
			let Ok(infos) = self.infos(id.0, id.2, &batch) else {
				continue;
			};
			{
				let mut collections = self.collections.lock();
				if !infos.iter().any(|info| wants_shares(info, best, id.0, window)) {
					collections.remove(&id);
					continue;
				}
				let Some(collection) = collections.by_key.get_mut(&id) else {
					continue;
				};
				// What was sent is in, or worth something else.
				let on_chain = infos
					.iter()
					.fold(0u64, |sum, info| sum.saturating_add(rows_signed(info).into()));
				if on_chain != collection.on_chain {
					(collection.on_chain, collection.submissions) = (on_chain, 0);
					collection.submitted = None;
				}
				let doublings = collection.submissions.saturating_sub(1).min(8);
				let pause = SUBMIT_AGAIN.saturating_mul(1 << doublings).min(MAX_SUBMIT_AGAIN);
				let is_lost = |(_, at): (usize, u32)| best >= at.saturating_add(pause);
				if collection.submitted.is_some_and(is_lost) {
					collection.submitted = None;
				}
			}
			self.advance_with(id, &infos);
		}
	}
}
