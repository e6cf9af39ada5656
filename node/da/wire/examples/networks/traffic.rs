// SPDX-License-Identifier: Apache-2.0

//! What a committee sends and takes in for a blob, counted from encoded messages.

use std::collections::HashMap;
use std::rc::Rc;
use zerog_bls::Signature;
use zerog_da_wire::protocol::{
	encode_request, encode_response, rows_per_message, Batch, Places, Push, Receipt, Request, Response, Share,
};
use zerog_erasure::{encode, Commitment, Encoded, Hash, HeaderError, Namespace, RowBatch};
use zerog_primitives::da::{Assignment, CommitteeId};

pub(crate) const CHAIN: Hash = [1; 32];
/// Keys the permutation of rows.
const RANDOMNESS: Hash = [2; 32];

/// Bytes that do not repeat.
fn noise(length: usize) -> Vec<u8> {
	let mut state = 1u64;
	let mut next = || {
		state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
		state.to_be_bytes()[0]
	};
	(0..length).map(|_| next()).collect()
}

/// The bytes of one member's push messages, by what they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pushed {
	pub(crate) rows: u64,
	pub(crate) indices: u64,
	pub(crate) proof: u64,
	pub(crate) checksum: u64,
	/// Version, variant, commitment, lengths.
	pub(crate) frame: u64,
	pub(crate) messages: u64,
}

impl Pushed {
	pub(crate) fn bytes(&self) -> u64 {
		self.rows + self.indices + self.proof + self.checksum + self.frame
	}

	pub(crate) fn plus(self, other: &Self) -> Self {
		Self {
			rows: self.rows + other.rows,
			indices: self.indices + other.indices,
			proof: self.proof + other.proof,
			checksum: self.checksum + other.checksum,
			frame: self.frame + other.frame,
			messages: self.messages + other.messages,
		}
	}

	/// Of one message that is `bytes` long.
	fn of(batch: &RowBatch, checksum: usize, bytes: usize) -> Self {
		let (rows, indices, proof) = (batch.data.len(), batch.indices.len() * 4, batch.proof.len() * 32);
		Self {
			rows: rows as u64,
			indices: indices as u64,
			proof: proof as u64,
			checksum: checksum as u64,
			frame: (bytes - rows - indices - proof - checksum) as u64,
			messages: 1,
		}
	}
}

/// Bytes of the messages that are about a batch of blobs as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk {
	/// Blobs signed together.
	pub(crate) batch: u64,
	/// A member's attestation, which it sends to every other one.
	pub(crate) share: u64,
	/// The answer.
	pub(crate) counted: u64,
	/// The disperser's word to each member to sign; nothing for a blob alone.
	pub(crate) seal: u64,
	/// The answer.
	pub(crate) sealed: u64,
	/// The answer to a push.
	pub(crate) receipt: u64,
}

/// So many names of blobs, the first as given.
pub(crate) fn batch_of(first: Commitment, blobs: usize) -> Option<Batch> {
	let others = (1..blobs).map(|blob| {
		let mut name = [0xb1; 32];
		name[..8].copy_from_slice(&blob.to_le_bytes());
		Commitment(name)
	});
	Batch::new(std::iter::once(first).chain(others).collect())
}

impl Talk {
	/// No message but pushes.
	pub(crate) const NONE: Self = Self {
		batch: 1,
		share: 0,
		counted: 0,
		seal: 0,
		sealed: 0,
		receipt: 0,
	};

	/// `None` for no batch that members sign.
	pub(crate) fn new(blobs: usize) -> Option<Self> {
		let batch = batch_of(Commitment([0; 32]), blobs)?;
		let signature = Signature([0; 48]);
		let share = Share {
			committee: CommitteeId::root(0),
			expiry: 0,
			batch: batch.clone(),
			signer: 0,
			signature,
			sequence: 0,
			numbered: signature,
		};
		let answer = |response| encode_response(&response).len() as u64;
		let together = u64::from(blobs > 1);
		Some(Self {
			batch: blobs as u64,
			share: encode_request(&Request::Share(share)).len() as u64,
			counted: answer(Response::Counted),
			seal: together * encode_request(&Request::Seal(batch)).len() as u64,
			sealed: together * answer(Response::Sealed(Places(vec![]))),
			receipt: answer(Response::Pushed(Receipt { held: 0, wanted: 0 })),
		})
	}
}

/// Bytes in and out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Flow {
	pub(crate) ingress: f64,
	pub(crate) egress: f64,
}

/// What each member of one committee is pushed for one blob.
pub(crate) struct Traffic(pub(crate) Vec<Pushed>);

impl Traffic {
	pub(crate) fn sum(&self) -> Pushed {
		self.0.iter().fold(Pushed::default(), Pushed::plus)
	}

	/// Of the shares of a batch, one member's part for one blob: everybody's to it, and its own to everybody.
	pub(crate) fn shares(&self, talk: &Talk) -> f64 {
		let others = self.0.len().saturating_sub(1) as u64;
		(others * (talk.share + talk.counted)) as f64 / talk.batch as f64
	}

	/// One member's part for one blob: what it is pushed and told, and what it answers; its share to all others and theirs.
	pub(crate) fn member(&self, member: usize, talk: &Talk) -> Flow {
		let pushed = self.0.get(member).copied().unwrap_or_default();
		Flow {
			ingress: pushed.bytes() as f64 + self.shares(talk) + talk.seal as f64 / talk.batch as f64,
			egress: (pushed.messages * talk.receipt) as f64
				+ self.shares(talk)
				+ talk.sealed as f64 / talk.batch as f64,
		}
	}

	/// The disperser's part, that of taking in the payload included.
	pub(crate) fn disperser(&self, payload: u64, talk: &Talk) -> Flow {
		let (sum, members) = (self.sum(), self.0.len() as u64);
		Flow {
			ingress: (payload + sum.messages * talk.receipt) as f64
				+ (members * talk.sealed) as f64 / talk.batch as f64,
			egress: sum.bytes() as f64 + (members * talk.seal) as f64 / talk.batch as f64,
		}
	}
}

/// A coded blob, of which messages are made as a disperser makes them.
pub(crate) struct Sample {
	pub(crate) name: &'static str,
	pub(crate) encoded: Encoded,
	counted: HashMap<Vec<u128>, Rc<Traffic>>,
}

impl Sample {
	/// Errors: as [`encode`].
	pub(crate) fn new(name: &'static str, payload: usize) -> Result<Self, HeaderError> {
		Ok(Self {
			name,
			encoded: encode(CHAIN, Namespace([3; 32]), &noise(payload))?,
			counted: HashMap::new(),
		})
	}

	pub(crate) fn payload(&self) -> u64 {
		self.encoded.header().length.into()
	}

	/// Whether a committee of so many may certify a matrix of this shape.
	pub(crate) fn supports(&self, members: usize) -> bool {
		u32::try_from(members).is_ok_and(|members| self.encoded.profile().supports_committee(members))
	}

	/// Rows of one member of a committee with these weights.
	pub(crate) fn assignment(&self, weights: &[u128]) -> Assignment {
		Assignment::new(
			self.encoded.commitment(),
			&RANDOMNESS,
			weights,
			self.encoded.profile(),
		)
	}

	/// The push messages for a member that holds these rows.
	pub(crate) fn pushes<'a>(&'a self, rows: &'a [u32], sealed: bool) -> impl Iterator<Item = Push> + 'a {
		let profile = self.encoded.profile();
		let most = rows_per_message(profile.row_bytes(), profile.tree_height());
		rows.chunks(most).filter_map(move |rows| {
			Some(Push {
				commitment: self.encoded.commitment(),
				checksum: self.encoded.checksum().to_vec(),
				batch: self.encoded.batch(rows)?,
				sealed,
			})
		})
	}

	/// What members of these weights are pushed: all messages are made and encoded, once for each list of weights.
	pub(crate) fn traffic(&mut self, weights: &[u128]) -> Rc<Traffic> {
		if let Some(known) = self.counted.get(weights) {
			return known.clone();
		}
		let assignment = self.assignment(weights);
		let members = (0..weights.len()).map(|member| {
			let rows = assignment.rows_of(member);
			let messages = self.pushes(&rows, true).map(|push| {
				let request = Request::Push(push);
				let bytes = encode_request(&request).len();
				match &request {
					Request::Push(push) => Pushed::of(&push.batch, push.checksum.len(), bytes),
					_ => Pushed::default(),
				}
			});
			messages.fold(Pushed::default(), |sum, message| sum.plus(&message))
		});
		let traffic = Rc::new(Traffic(members.collect()));
		self.counted.insert(weights.to_vec(), traffic.clone());
		traffic
	}
}
