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
use zerog_primitives::da::{signer_indices, Assignment, Certificate, Committee};

/// Folder of a node's disk.
pub(super) fn folder(at: usize) -> PathBuf {
	Path::new("node").join(at.to_string())
}

/// Session, member, number.
type Number = (u32, usize, u64);
/// Batch root and expiry.
type Said = (Hash, u32);

pub(super) struct Referee {
	pub(super) keys: Vec<SecretKey>,
	pub(super) committee: Committee,
	/// Members whose keys the attacker holds.
	colluders: BTreeSet<usize>,
	blobs: Mutex<BTreeMap<Commitment, (Verifier, Assignment)>>,
	signed: Mutex<BTreeSet<(usize, Commitment)>>,
	certified: Mutex<BTreeSet<(usize, Commitment)>>,
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

	pub(super) fn assignment(&self, header: &BlobHeader) -> Assignment {
		let (commitment, profile) = (header.commitment().unwrap(), header.profile().unwrap());
		let committee = &self.committee;
		Assignment::new(commitment, &committee.randomness, &committee.weights(), profile)
	}

	/// A blob was paid for.
	pub(super) fn submitted(&self, header: &BlobHeader, checksum: &[u8]) {
		let commitment = header.commitment().unwrap();
		let verifier = Verifier::new(header, commitment, checksum).unwrap();
		let blob = (verifier, self.assignment(header));
		self.blobs.lock().insert(commitment, blob);
	}

	/// Whether a member would still have all of its rows, and right ones, if its power failed now.
	fn holds_durably(&self, member: usize, commitment: Commitment) -> bool {
		let blobs = self.blobs.lock();
		let (verifier, assignment) = &blobs[&commitment];
		let copy = Path::new("copy");
		disk::copy_durable(&folder(member), copy);
		let store = Store::open(copy).unwrap();
		let good = |index: &u32| match store.row(verifier, *index) {
			Ok(Some(row)) => verifier.check_row(&row).is_ok(),
			_ => false,
		};
		assignment.rows_of(member).iter().all(good)
	}

	/// A request that may carry a signature leaves a member that runs the real service.
	pub(super) fn share_leaves(&self, from: usize, payload: &[u8]) {
		let Ok(Request::Share(share)) = decode_request(payload) else {
			return;
		};
		if share.signer as usize != from {
			fail(format!("{from} signs as {}", share.signer));
		}
		let number = (share.session, from, share.sequence);
		let said = (share.batch.root(), share.expiry);
		if *self.numbers.lock().entry(number).or_insert(said) != said {
			fail(format!("{from} uses number {} twice", share.sequence));
		}
		for commitment in share.batch.iter() {
			let is_first = self.signed.lock().insert((from, *commitment));
			if is_first && !self.holds_durably(from, *commitment) {
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
		let mut others = signer_indices(&certificate.signers).filter(|signer| *signer != by);
		if let Some(forger) = others.find(|signer| forgers.contains(signer)) {
			fail(format!("{by} counts what {forger} has forged"));
		}
	}

	/// The chain took a certificate.
	pub(super) fn certified(&self, certificate: &Certificate) {
		for commitment in &certificate.commitments {
			for signer in signer_indices(&certificate.signers) {
				let is_first = self.certified.lock().insert((signer, *commitment));
				if is_first && !self.collude(signer) && !self.holds_durably(signer, *commitment) {
					fail(format!(
						"{commitment} is certified, and {signer} does not hold its rows"
					));
				}
			}
		}
	}
}
