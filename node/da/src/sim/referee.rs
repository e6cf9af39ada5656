// SPDX-License-Identifier: Apache-2.0

//! Watches what members say and holds it against what is on their disks.

use super::{disk, fail};
use crate::{
	protocol::{decode_request, Request},
	store::Store,
};
use parking_lot::Mutex;
use std::{
	collections::{BTreeMap, BTreeSet},
	path::{Path, PathBuf},
};
use zerog_bls::signer::SecretKey;
use zerog_erasure::{BlobHeader, Commitment, Hash, Verifier};
use zerog_primitives::da::{signer_indices, Assignment, Certificate, Committee, CommitteeId, Member};

/// Folder of a node's disk.
pub(super) fn folder(at: usize) -> PathBuf {
	Path::new("node").join(at.to_string())
}

/// Committee, member, number.
type Number = (CommitteeId, usize, u64);
/// Batch root and expiry.
type Said = (Hash, u32);

pub(super) struct Referee {
	pub(super) keys: Vec<SecretKey>,
	/// That of the root network, with all members.
	pub(super) committee: Committee,
	/// Those of other networks, with the places of their members among all.
	networks: Mutex<Vec<(Committee, Vec<usize>)>>,
	/// Members whose keys the attacker holds.
	colluders: BTreeSet<usize>,
	blobs: Mutex<BTreeMap<Commitment, Verifier>>,
	signed: Mutex<BTreeSet<(usize, CommitteeId, Commitment)>>,
	certified: Mutex<BTreeSet<(usize, CommitteeId, Commitment)>>,
	/// What members said under their numbers.
	numbers: Mutex<BTreeMap<Number, Said>>,
	/// Members whose shares do not verify.
	forgers: Mutex<BTreeSet<usize>>,
	/// What members and writers did that honest ones do not do, and how often.
	misdeeds: Mutex<BTreeMap<&'static str, u64>>,
}

impl Referee {
	pub(super) fn new(keys: Vec<SecretKey>, committee: Committee, colluders: BTreeSet<usize>) -> Self {
		Self {
			keys,
			committee,
			networks: Default::default(),
			colluders,
			blobs: Default::default(),
			signed: Default::default(),
			certified: Default::default(),
			numbers: Default::default(),
			forgers: Default::default(),
			misdeeds: Default::default(),
		}
	}

	pub(super) fn collude(&self, member: usize) -> bool {
		self.colluders.contains(&member)
	}

	pub(super) fn misdeed(&self, what: &'static str) {
		*self.misdeeds.lock().entry(what).or_default() += 1;
	}

	pub(super) fn misdeeds(&self) -> BTreeMap<&'static str, u64> {
		self.misdeeds.lock().clone()
	}

	/// Have a network of some members, all with one seat.
	pub(super) fn add_network(&self, id: CommitteeId, randomness: Hash, places: Vec<usize>) {
		let seat = |place: &usize| Member {
			weight: 1,
			..self.committee.members[*place].clone()
		};
		let committee = Committee {
			id,
			randomness,
			members: places.iter().map(seat).collect(),
		};
		self.networks.lock().push((committee, places));
	}

	/// All committees, that of the root network first.
	pub(super) fn committees(&self) -> Vec<CommitteeId> {
		let networks = self.networks.lock();
		let others = networks.iter().map(|(committee, _)| committee.id);
		[self.committee.id].into_iter().chain(others).collect()
	}

	pub(super) fn find(&self, id: CommitteeId) -> Option<Committee> {
		if id == self.committee.id {
			return Some(self.committee.clone());
		}
		let networks = self.networks.lock();
		let found = networks.iter().find(|(committee, _)| committee.id == id);
		found.map(|(committee, _)| committee.clone())
	}

	/// The place among all members of one member of a committee.
	pub(super) fn place(&self, id: CommitteeId, member: usize) -> Option<usize> {
		if id == self.committee.id {
			return (member < self.keys.len()).then_some(member);
		}
		let networks = self.networks.lock();
		let (_, places) = networks.iter().find(|(committee, _)| committee.id == id)?;
		places.get(member).copied()
	}

	/// Who holds what in the root network.
	pub(super) fn assignment(&self, header: &BlobHeader) -> Assignment {
		self.assignment_in(self.committee.id, header)
	}

	pub(super) fn assignment_in(&self, id: CommitteeId, header: &BlobHeader) -> Assignment {
		let (commitment, profile) = (header.commitment().unwrap(), header.profile().unwrap());
		let committee = self.find(id).unwrap();
		Assignment::new(commitment, &committee.randomness, &committee.weights(), profile)
	}

	/// A blob was paid for.
	pub(super) fn submitted(&self, header: &BlobHeader, checksum: &[u8]) {
		let commitment = header.commitment().unwrap();
		let verifier = Verifier::new(header, commitment, checksum).unwrap();
		self.blobs.lock().insert(commitment, verifier);
	}

	/// Whether a member of a committee would still have all of its rows, and right ones, if its power failed now.
	pub(super) fn holds_durably(&self, id: CommitteeId, member: usize, commitment: Commitment) -> bool {
		let blobs = self.blobs.lock();
		let verifier = &blobs[&commitment];
		let header = verifier.header();
		let assignment = self.assignment_in(id, header);
		let copy = Path::new("copy");
		disk::copy_durable(&folder(self.place(id, member).unwrap()), copy);
		let store = Store::open(copy).unwrap();
		let good = |index: &u32| match store.row(verifier, *index) {
			Ok(Some(row)) => verifier.check_row(&row).is_ok(),
			_ => false,
		};
		assignment.rows_of(member).iter().all(good)
	}

	/// A request that may carry a signature leaves a member that runs the real service and sees the chain at this height.
	pub(super) fn share_leaves(&self, from: usize, payload: &[u8], height: u32) {
		let Ok(Request::Share(share)) = decode_request(payload) else {
			return;
		};
		let (id, member) = (share.committee, share.signer as usize);
		if self.place(id, member) != Some(from) {
			fail(format!("{from} signs as {member} of {id}"));
		}
		let number = (id, from, share.sequence);
		let said = (share.batch.root(), share.expiry);
		// A blob may have another committee by then. A block may come while a share is written.
		if !self.numbers.lock().contains_key(&number) && height > share.expiry + 1 {
			fail(format!(
				"{from} signs at {height} for {id} until {}",
				share.expiry
			));
		}
		if *self.numbers.lock().entry(number).or_insert(said) != said {
			fail(format!("{from} uses number {} twice", share.sequence));
		}
		for commitment in share.batch.iter() {
			let is_first = self.signed.lock().insert((from, id, *commitment));
			if is_first && !self.holds_durably(id, member, *commitment) {
				fail(format!("{from} signs for rows that its disk has not confirmed"));
			}
		}
	}

	/// A member forges what it sends under its name.
	pub(super) fn forges(&self, member: usize) {
		self.forgers.lock().insert(member);
	}

	/// The real aggregator of a node made a certificate. Its own share it has from itself.
	pub(super) fn aggregated(&self, by: usize, certificate: &Certificate) {
		let forgers = self.forgers.lock();
		let place = |signer| self.place(certificate.committee, signer);
		let signers = signer_indices(&certificate.signers).filter_map(place);
		let mut others = signers.filter(|signer| *signer != by);
		if let Some(forger) = others.find(|signer| forgers.contains(signer)) {
			fail(format!("{by} counts what {forger} has forged"));
		}
	}

	/// The chain took a certificate.
	pub(super) fn certified(&self, certificate: &Certificate) {
		for commitment in &certificate.commitments {
			for signer in signer_indices(&certificate.signers) {
				let id = certificate.committee;
				let is_first = self.certified.lock().insert((signer, id, *commitment));
				let colludes = self.place(id, signer).is_none_or(|place| self.collude(place));
				if is_first && !colludes && !self.holds_durably(id, signer, *commitment) {
					fail(format!(
						"{commitment} is certified, and {signer} does not hold its rows"
					));
				}
			}
		}
	}
}
