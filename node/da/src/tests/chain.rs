// SPDX-License-Identifier: Apache-2.0

//! A chain in memory that verifies certificates as the runtime does.

use super::GENESIS;
use crate::{fallback::will_fall_back, Chain, ChainError, Identity};
use async_trait::async_trait;
use futures::{stream::BoxStream, StreamExt};
use parking_lot::Mutex;
use polkadot_sdk::sp_core::{sr25519, Pair};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::sync::watch;
use zerog_erasure::{BlobHeader, Commitment, Hash, Row};
use zerog_primitives::da::{
	attestation_message, batch_root, either, improves, is_enough, numbered_message, signer_indices,
	Assignment, BlobInfo, BlobState, Certificate, ChallengeInfo, Committee, CommitteeId, Conflict,
};

/// Blocks that the root network gets for a blob that fell back.
pub(crate) const WINDOW: u32 = 5_000;

#[derive(Default)]
struct Ledger {
	blobs: HashMap<Commitment, BlobInfo>,
	settled: Vec<Commitment>,
	/// Blobs that fell back, as often as somebody asked for it.
	fallen: Vec<Commitment>,
	/// Certificates are lost on their way.
	lossy: bool,
	/// Settlements are.
	unsettled: bool,
	/// Certificates that changed something.
	certificates: Vec<Certificate>,
	conflicts: Vec<Conflict>,
	/// Open challenges with the account that is challenged.
	challenges: Vec<([u8; 32], ChallengeInfo)>,
	answers: Vec<(Commitment, Row)>,
	resolved: Vec<(Commitment, u32)>,
	/// How often somebody asked for a blob that nobody paid for.
	asked_in_vain: usize,
}

pub(crate) struct FakeChain {
	ledger: Mutex<Ledger>,
	/// That of the root network first.
	committees: Mutex<Vec<Committee>>,
	best: watch::Sender<u32>,
}

impl FakeChain {
	/// Blocks come every 50 ms as long as anybody holds the chain.
	pub(crate) fn new(committee: Committee) -> Arc<Self> {
		let ledger = Mutex::default();
		let chain = Arc::new(Self {
			ledger,
			committees: Mutex::new(vec![committee]),
			best: watch::Sender::new(100),
		});
		let weak = Arc::downgrade(&chain);
		tokio::spawn(async move {
			loop {
				tokio::time::sleep(Duration::from_millis(50)).await;
				match weak.upgrade() {
					Some(chain) => chain.advance(1),
					None => return,
				}
			}
		});
		chain
	}

	pub(crate) fn advance(&self, blocks: u32) {
		self.best.send_modify(|best| *best += blocks);
	}

	/// The committee of the root network.
	pub(crate) fn current(&self) -> Committee {
		self.committees.lock()[0].clone()
	}

	/// Have one more network.
	pub(crate) fn add(&self, committee: Committee) {
		self.committees.lock().push(committee);
		self.advance(1);
	}

	pub(crate) fn find(&self, id: CommitteeId) -> Option<Committee> {
		let committees = self.committees.lock();
		committees.iter().find(|committee| committee.id == id).cloned()
	}

	pub(crate) fn submit(&self, header: BlobHeader, deadline: u32, retention: u32) -> Commitment {
		self.submit_to(self.current().id, header, deadline, retention)
	}

	pub(crate) fn submit_to(
		&self,
		committee: CommitteeId,
		header: BlobHeader,
		deadline: u32,
		retention: u32,
	) -> Commitment {
		let commitment = header.commitment().unwrap();
		let now = *self.best.borrow();
		let info = BlobInfo {
			header,
			committee,
			fell_back_from: None,
			submitted_at: now,
			deadline: now + deadline,
			retention,
			retained_until: None,
			state: BlobState::Pending,
		};
		self.ledger.lock().blobs.insert(commitment, info);
		// The node learns it with the next block.
		self.advance(1);
		commitment
	}

	pub(crate) fn info(&self, commitment: Commitment) -> Option<BlobInfo> {
		self.ledger.lock().blobs.get(&commitment).cloned()
	}

	pub(crate) fn edit(&self, commitment: Commitment, change: impl FnOnce(&mut BlobInfo)) {
		change(self.ledger.lock().blobs.get_mut(&commitment).unwrap());
		self.advance(1);
	}

	pub(crate) fn forget(&self, commitment: Commitment) {
		self.ledger.lock().blobs.remove(&commitment);
		self.advance(1);
	}

	pub(crate) fn set_lossy(&self, lossy: bool) {
		self.ledger.lock().lossy = lossy;
	}

	pub(crate) fn set_unsettled(&self, unsettled: bool) {
		self.ledger.lock().unsettled = unsettled;
	}

	pub(crate) fn settled(&self) -> Vec<Commitment> {
		self.ledger.lock().settled.clone()
	}

	pub(crate) fn fallen(&self) -> Vec<Commitment> {
		self.ledger.lock().fallen.clone()
	}

	pub(crate) fn certificates(&self) -> Vec<Certificate> {
		self.ledger.lock().certificates.clone()
	}

	pub(crate) fn conflicts(&self) -> Vec<Conflict> {
		self.ledger.lock().conflicts.clone()
	}

	pub(crate) fn challenge(&self, account: [u8; 32], commitment: Commitment, row: u32, window: u32) {
		let challenge = ChallengeInfo {
			commitment,
			row,
			member: 0,
			deadline: *self.best.borrow() + window,
		};
		self.ledger.lock().challenges.push((account, challenge));
		self.advance(1);
	}

	/// Rows that were shown in answer to challenges.
	pub(crate) fn answers(&self) -> Vec<(Commitment, Row)> {
		self.ledger.lock().answers.clone()
	}

	pub(crate) fn resolved(&self) -> Vec<(Commitment, u32)> {
		self.ledger.lock().resolved.clone()
	}

	pub(crate) fn asked_in_vain(&self) -> usize {
		self.ledger.lock().asked_in_vain
	}

	pub(crate) fn certify(&self, certificate: &Certificate) -> Result<(), String> {
		let committee = self.find(certificate.committee).ok_or("unknown committee")?;
		let now = *self.best.borrow();
		let mut ledger = self.ledger.lock();
		if ledger.lossy {
			return Ok(());
		}
		if certificate.expiry < now {
			return Err("expired".into());
		}
		let members = committee.members.len();
		let signers: Vec<usize> = signer_indices(&certificate.signers).collect();
		if certificate.signers.len() != members.div_ceil(8) || signers.iter().any(|signer| *signer >= members)
		{
			return Err("wrong bitmap".into());
		}
		let keys: Vec<_> = signers
			.iter()
			.map(|s| committee.members[*s].key.unwrap().decompress().unwrap())
			.collect();
		let key = zerog_bls::sum(keys.iter()).map_err(|error| error.to_string())?;
		let root = batch_root(&certificate.commitments);
		let message = attestation_message(&GENESIS, certificate.committee, &root, certificate.expiry);
		zerog_bls::verify(&message, &certificate.signature, &key).map_err(|error| error.to_string())?;
		let mut changes = Vec::new();
		for commitment in &certificate.commitments {
			let info = ledger.blobs.get(commitment).ok_or("unknown blob")?;
			if certificate.expiry > info.deadline || info.committee != committee.id {
				return Err("wrong expiry or committee".into());
			}
			let profile = info.header.profile().unwrap();
			let assignment =
				Assignment::new(*commitment, &committee.randomness, &committee.weights(), profile);
			let rows_of = |signers: &[u8]| {
				signer_indices(signers)
					.map(|signer| assignment.count_of(signer))
					.sum()
			};
			if !is_enough(rows_of(&certificate.signers), profile.rows()) {
				return Err("too few rows".into());
			}
			let (at, before, all) = match &info.state {
				BlobState::Pending => (now, 0, certificate.signers.clone()),
				BlobState::Certified {
					at,
					rows_signed,
					signers,
				} => (*at, *rows_signed, either(&certificate.signers, signers)),
			};
			let rows = rows_of(&all);
			if improves(before, rows, profile.rows(), now + 1 - at) {
				changes.push((*commitment, at, rows, all));
			}
		}
		if changes.is_empty() {
			return Err("no more rows".into());
		}
		for (commitment, at, rows_signed, signers) in changes {
			let info = ledger.blobs.get_mut(&commitment).unwrap();
			info.retained_until = Some(now + info.retention);
			info.state = BlobState::Certified {
				at,
				rows_signed,
				signers,
			};
		}
		ledger.certificates.push(certificate.clone());
		Ok(())
	}

	/// As the runtime does: two different statements, both signed by the member.
	fn is_proof(&self, conflict: &Conflict) -> bool {
		let committee = self.find(conflict.committee).unwrap();
		let key = committee.members[conflict.member as usize].key.unwrap();
		let (first, second) = (&conflict.first, &conflict.second);
		let differ = (first.batch_root, first.expiry) != (second.batch_root, second.expiry);
		differ
			&& [first, second].iter().all(|said| {
				let (member, sequence) = (conflict.member, conflict.sequence);
				let root = &said.batch_root;
				let message = numbered_message(&GENESIS, committee.id, member, sequence, root, said.expiry);
				zerog_bls::signer::verify_share(&message, &said.signature, &key)
			})
	}
}

#[async_trait]
impl Chain for FakeChain {
	fn genesis(&self) -> Hash {
		GENESIS
	}

	fn best_number(&self) -> u32 {
		*self.best.borrow()
	}

	fn current_committees(&self) -> Result<Vec<CommitteeId>, ChainError> {
		Ok(self
			.committees
			.lock()
			.iter()
			.map(|committee| committee.id)
			.collect())
	}

	fn blob(&self, commitment: Commitment) -> Result<Option<BlobInfo>, ChainError> {
		let info = self.info(commitment);
		self.ledger.lock().asked_in_vain += usize::from(info.is_none());
		Ok(info)
	}

	fn blobs_after(&self, after: Option<Commitment>, limit: u32) -> Result<Vec<Commitment>, ChainError> {
		let mut all: Vec<Commitment> = self.ledger.lock().blobs.keys().copied().collect();
		all.sort_unstable();
		let following = all.into_iter().filter(|blob| Some(*blob) > after);
		Ok(following.take(limit as usize).collect())
	}

	fn improvement_window(&self) -> Result<u32, ChainError> {
		Ok(1_000)
	}

	fn committee(&self, id: CommitteeId) -> Result<Option<Committee>, ChainError> {
		Ok(self.find(id))
	}

	async fn submit_certificate(&self, certificate: Certificate) -> Result<(), ChainError> {
		self.certify(&certificate).map_err(ChainError::Rejected)?;
		self.advance(1);
		Ok(())
	}

	async fn submit_settle(&self, commitment: Commitment) -> Result<(), ChainError> {
		let (now, root) = (*self.best.borrow(), self.current().id);
		let mut ledger = self.ledger.lock();
		if ledger.unsettled {
			return Ok(());
		}
		let is_due = |info: &BlobInfo| now > info.retained_until.unwrap_or(info.deadline);
		if !ledger.blobs.get(&commitment).is_none_or(is_due) {
			return Err(ChainError::Rejected("not due".into()));
		}
		if let Some(info) = ledger
			.blobs
			.get_mut(&commitment)
			.filter(|info| will_fall_back(info))
		{
			info.fell_back_from = Some(std::mem::replace(&mut info.committee, root));
			info.deadline = now + WINDOW;
			ledger.fallen.push(commitment);
			return Ok(());
		}
		ledger.settled.push(commitment);
		ledger.blobs.remove(&commitment);
		Ok(())
	}

	fn open_challenges(&self, account: [u8; 32]) -> Result<Vec<ChallengeInfo>, ChainError> {
		let challenges = self.ledger.lock().challenges.clone();
		let own = challenges.into_iter().filter(|(of, _)| *of == account);
		Ok(own.map(|(_, challenge)| challenge).collect())
	}

	async fn submit_answer(&self, commitment: Commitment, row: Row) -> Result<(), ChainError> {
		let mut ledger = self.ledger.lock();
		let is_answered = |c: &ChallengeInfo| (c.commitment, c.row) == (commitment, row.index);
		ledger.challenges.retain(|(_, challenge)| !is_answered(challenge));
		ledger.answers.push((commitment, row));
		Ok(())
	}

	async fn submit_resolve(&self, commitment: Commitment, row: u32) -> Result<(), ChainError> {
		let mut ledger = self.ledger.lock();
		let is_over = |c: &ChallengeInfo| (c.commitment, c.row) == (commitment, row);
		ledger.challenges.retain(|(_, challenge)| !is_over(challenge));
		ledger.resolved.push((commitment, row));
		Ok(())
	}

	async fn submit_conflict(&self, conflict: Conflict) -> Result<(), ChainError> {
		if !self.is_proof(&conflict) {
			return Err(ChainError::Rejected("no conflict".into()));
		}
		self.ledger.lock().conflicts.push(conflict);
		Ok(())
	}

	fn new_blocks(&self) -> BoxStream<'static, u32> {
		let receiver = self.best.subscribe();
		futures::stream::unfold(receiver, |mut receiver| async move {
			receiver.changed().await.ok()?;
			let best = *receiver.borrow_and_update();
			Some((best, receiver))
		})
		.boxed()
	}
}

pub(crate) struct KeyedIdentity(pub(crate) Option<sr25519::Pair>);

impl Identity for KeyedIdentity {
	fn hello(&self, message: &[u8; 32]) -> Option<([u8; 32], [u8; 64])> {
		let pair = self.0.as_ref()?;
		Some((pair.public().0, pair.sign(message).0))
	}
}
