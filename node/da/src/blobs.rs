// SPDX-License-Identifier: Apache-2.0

//! What is derived from the chain about a blob: its committee, who holds which row, its verifier. Cached and bounded.

use crate::{
	interfaces::Chain,
	node::{blocking, pure, LOG},
	protocol::Refusal,
	trace::Traces,
	ChainError,
};
use parking_lot::Mutex;
use std::{
	collections::{HashMap, VecDeque},
	sync::{Arc, OnceLock},
};
use zerog_bls::PublicKey;
use zerog_erasure::{BlobHeader, ChecksumError, Commitment, Profile, Verifier};
use zerog_primitives::da::{
	is_enough, is_signer, Assignment, BlobInfo, BlobState, Committee, CommitteeId, Member,
};

/// Blobs kept ready; each takes about 1 MiB with its verifier.
const READY: usize = 32;
/// Answers of the chain kept for one block.
const INFOS: usize = 1_024;
/// Committees kept for one block: those of the present session, and some before.
const COMMITTEES: usize = 128;
/// Committees of one session that are looked at; the runtime has fewer networks.
pub(crate) const MAX_NETWORKS: usize = 64;

/// One blob under one committee.
pub(crate) struct Blob {
	pub(crate) commitment: Commitment,
	pub(crate) header: BlobHeader,
	pub(crate) profile: Profile,
	pub(crate) committee: Arc<Committee>,
	/// Rows of each member, ascending.
	rows: Vec<Vec<u32>>,
	/// Holder of each row; `u16::MAX` for nobody.
	holders: Vec<u16>,
	verifier: OnceLock<Arc<Verifier>>,
}

impl Blob {
	fn new(commitment: Commitment, header: BlobHeader, profile: Profile, committee: Arc<Committee>) -> Self {
		let (randomness, weights) = (&committee.randomness, committee.weights());
		let rows: Vec<Vec<u32>> = pure(
			|| (commitment, randomness, weights.clone(), profile),
			|| {
				let assignment = Assignment::new(commitment, randomness, &weights, profile);
				(0..committee.members.len())
					.map(|member| assignment.rows_of(member))
					.collect()
			},
		);
		let mut holders = vec![u16::MAX; profile.rows() as usize];
		for (member, rows) in rows.iter().enumerate() {
			for row in rows {
				if let (Some(holder), Ok(member)) = (holders.get_mut(*row as usize), u16::try_from(member)) {
					*holder = member;
				}
			}
		}
		Self {
			commitment,
			header,
			profile,
			committee,
			rows,
			holders,
			verifier: OnceLock::new(),
		}
	}

	/// Rows of a member, ascending.
	pub(crate) fn rows_of(&self, member: usize) -> &[u32] {
		self.rows.get(member).map(Vec::as_slice).unwrap_or_default()
	}

	/// Number of rows of a member.
	pub(crate) fn count_of(&self, member: usize) -> u32 {
		u32::try_from(self.rows_of(member).len()).unwrap_or(u32::MAX)
	}

	/// Number of rows of all these members together.
	pub(crate) fn count_of_all(&self, members: impl IntoIterator<Item = usize>) -> u32 {
		members
			.into_iter()
			.fold(0, |sum, member| sum.saturating_add(self.count_of(member)))
	}

	/// The member that holds a row.
	pub(crate) fn holder(&self, row: u32) -> Option<usize> {
		let holder = *self.holders.get(row as usize)?;
		(holder != u16::MAX).then_some(holder as usize)
	}

	/// Whether so many rows make a certificate: at least two thirds.
	pub(crate) fn is_quorum(&self, rows: u32) -> bool {
		is_enough(rows, self.profile.rows())
	}

	pub(crate) fn member(&self, member: usize) -> Option<&Member> {
		self.committee.members.get(member)
	}

	pub(crate) fn members(&self) -> std::ops::Range<usize> {
		0..self.committee.members.len()
	}

	/// The verifier, made from `checksum` the first time. Takes milliseconds: not for async code.
	pub(crate) fn verifier(&self, checksum: &[u8]) -> Result<Arc<Verifier>, ChecksumError> {
		if let Some(verifier) = self.verifier.get() {
			return if verifier.checksum() == checksum {
				Ok(verifier.clone())
			} else {
				Err(ChecksumError::WrongRoot)
			};
		}
		let verifier = pure(
			|| (self.commitment, checksum.to_vec()),
			|| Verifier::new(&self.header, self.commitment, checksum),
		);
		let verifier = Arc::new(verifier?);
		Ok(self.verifier.get_or_init(|| verifier).clone())
	}

	/// The verifier, if a checksum was seen already.
	pub(crate) fn ready_verifier(&self) -> Option<Arc<Verifier>> {
		self.verifier.get().cloned()
	}
}

/// Whether the rows and the signature of a member of `committee` can still count for a blob: that is the committee which
/// decides it, it is not certified with that member yet, and a certificate is still accepted.
pub(crate) fn is_open(info: &BlobInfo, best: u32, committee: CommitteeId, member: usize) -> bool {
	let signed = match &info.state {
		BlobState::Pending => false,
		BlobState::Certified { signers, .. } => is_signer(signers, member),
	};
	info.committee == committee && !signed && best <= info.deadline
}

/// Whether signatures of members of `committee` can still count for a blob, `window` being the blocks after its first certificate in which
/// others add to it. Also those that the chain has: others may need them for a certificate that adds whom the first one left out.
pub(crate) fn wants_shares(info: &BlobInfo, best: u32, committee: CommitteeId, window: u32) -> bool {
	let is_needed = match &info.state {
		BlobState::Pending => true,
		BlobState::Certified { at, rows_signed, .. } => {
			let rows = info.header.profile().map_or(0, |profile| profile.rows());
			*rows_signed < rows && best <= at.saturating_add(window)
		}
	};
	info.committee == committee && is_needed && best <= info.deadline
}

/// Whether a member of the committee that decides a blob signed and still has to hold its rows.
pub(crate) fn is_owed(info: &BlobInfo, best: u32, member: usize) -> bool {
	match &info.state {
		BlobState::Pending => false,
		BlobState::Certified { signers, .. } => is_signer(signers, member) && is_kept(info, best),
	}
}

/// Whether a blob is certified and its retention has not ended.
pub(crate) fn is_kept(info: &BlobInfo, best: u32) -> bool {
	matches!(info.state, BlobState::Certified { .. }) && info.retained_until.is_none_or(|end| best < end)
}

/// Rows signed on chain.
pub(crate) fn rows_signed(info: &BlobInfo) -> u32 {
	match info.state {
		BlobState::Pending => 0,
		BlobState::Certified { rows_signed, .. } => rows_signed,
	}
}

/// Who we are in a committee.
#[derive(Clone, Default)]
pub(crate) struct Me {
	/// Public half of the attestation key.
	pub(crate) key: Option<PublicKey>,
	/// The authority-discovery key that we prove ourselves with.
	pub(crate) authority: Option<[u8; 32]>,
}

impl Me {
	/// Our place in a committee: by attestation key, else by authority key.
	pub(crate) fn index_in(&self, committee: &Committee) -> Option<usize> {
		let find = |is_me: &dyn Fn(&Member) -> bool| committee.members.iter().position(is_me);
		let by_key = self.key.and_then(|key| find(&|member| member.key == Some(key)));
		by_key.or_else(|| {
			self.authority
				.and_then(|own| find(&|member| member.authority == Some(own)))
		})
	}
}

/// What the chain said, for one block, and what was derived from it.
pub(crate) struct Blobs {
	chain: Arc<dyn Chain>,
	traces: Arc<Traces>,
	infos: Mutex<HashMap<Commitment, (u32, BlobInfo)>>,
	committees: Mutex<HashMap<CommitteeId, (u32, Arc<Committee>)>>,
	ready: Mutex<VecDeque<Arc<Blob>>>,
	/// Of which block, and the blocks.
	window: Mutex<(u32, u32)>,
}

impl Blobs {
	pub(crate) fn new(chain: Arc<dyn Chain>, traces: Arc<Traces>) -> Self {
		Self {
			chain,
			traces,
			infos: Default::default(),
			committees: Default::default(),
			ready: Default::default(),
			window: Default::default(),
		}
	}

	/// Blocks after the first certificate of a blob in which others add to it; the last that was known if the chain cannot say.
	pub(crate) fn window(&self) -> u32 {
		let (best, mut window) = (self.chain.best_number(), self.window.lock());
		if window.0 != best {
			if let Ok(blocks) = self.chain.improvement_window() {
				*window = (best, blocks);
			}
		}
		window.1
	}

	/// What the chain knows about a blob at its best block.
	pub(crate) fn info(&self, commitment: Commitment) -> Result<Option<BlobInfo>, ChainError> {
		let best = self.chain.best_number();
		if let Some((at, info)) = self.infos.lock().get(&commitment) {
			if *at == best {
				return Ok(Some(info.clone()));
			}
		}
		let info = self.chain.blob(commitment)?;
		if let Some(info) = &info {
			self.traces.update(commitment, info, true);
		}
		let mut infos = self.infos.lock();
		match &info {
			// What waits may be decided by another block of the same height; only what is decided is remembered.
			Some(info) if matches!(info.state, BlobState::Certified { .. }) => {
				if infos.len() >= INFOS {
					infos.clear();
				}
				infos.insert(commitment, (best, info.clone()));
			}
			_ => drop(infos.remove(&commitment)),
		}
		Ok(info)
	}

	/// A committee as the best block has it.
	pub(crate) fn committee(&self, id: CommitteeId) -> Result<Option<Arc<Committee>>, ChainError> {
		let best = self.chain.best_number();
		if let Some((at, committee)) = self.committees.lock().get(&id) {
			if *at == best {
				return Ok(Some(committee.clone()));
			}
		}
		let Some(committee) = self.chain.committee(id)?.map(Arc::new) else {
			return Ok(None);
		};
		let mut committees = self.committees.lock();
		if committees.len() >= COMMITTEES {
			committees.clear();
		}
		committees.insert(id, (best, committee.clone()));
		Ok(Some(committee))
	}

	/// The committee that decides a blob now.
	pub(crate) fn committee_of(&self, info: &BlobInfo) -> Result<Arc<Committee>, Refusal> {
		self.known_committee(info.committee)
	}

	/// A committee of which a blob is not over.
	fn known_committee(&self, id: CommitteeId) -> Result<Arc<Committee>, Refusal> {
		let committee = self.committee(id).inspect_err(|error| {
			log::error!(target: LOG, "the committee of {id} is not to be had: {error}");
		});
		committee.ok().flatten().ok_or(Refusal::Internal)
	}

	/// The present committees, as far as the chain can say; that of the root network, with all operators, first.
	pub(crate) fn current_committees(&self) -> Vec<Arc<Committee>> {
		let ids = self.chain.current_committees().unwrap_or_default().into_iter();
		let committees = ids.take(MAX_NETWORKS).map(|id| self.committee(id));
		committees
			.filter_map(|committee| committee.ok().flatten())
			.collect()
	}

	/// The present committee of the root network, if the chain can say.
	pub(crate) fn root_committee(&self) -> Option<Arc<Committee>> {
		let ids = self.chain.current_committees().ok()?;
		let root = ids.into_iter().find(CommitteeId::is_root)?;
		self.committee(root).ok().flatten()
	}

	/// The blob under the committee that decides it now.
	pub(crate) async fn load(&self, commitment: Commitment, info: &BlobInfo) -> Result<Arc<Blob>, Refusal> {
		self.load_under(commitment, info, info.committee).await
	}

	/// The blob under that committee, or under the one from which it fell back.
	pub(crate) async fn load_under(
		&self,
		commitment: Commitment,
		info: &BlobInfo,
		id: CommitteeId,
	) -> Result<Arc<Blob>, Refusal> {
		self.traces.start(commitment, info);
		let committee = self.known_committee(id)?;
		let find = |ready: &VecDeque<Arc<Blob>>| {
			ready
				.iter()
				.find(|blob| blob.commitment == commitment && blob.committee == committee)
				.cloned()
		};
		if let Some(blob) = find(&self.ready.lock()) {
			return Ok(blob);
		}
		let header = info.header;
		let profile = header.profile().map_err(|_| Refusal::Internal)?;
		let blob =
			blocking(move || Arc::new(Blob::new(commitment, header, profile, committee.clone()))).await?;
		let mut ready = self.ready.lock();
		// Made twice at the same time: the first one stays, so that there is one verifier.
		if let Some(same) = ready
			.iter()
			.find(|b| b.commitment == commitment && b.committee == blob.committee)
		{
			return Ok(same.clone());
		}
		if ready.len() >= READY {
			ready.pop_front();
		}
		ready.push_back(blob.clone());
		Ok(blob)
	}
}
