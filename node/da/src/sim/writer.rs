// SPDX-License-Identifier: Apache-2.0

//! A writer that commits to whatever it likes, and tells members whatever it likes.

#[path = "../../../../primitives/erasure/tests/common/mod.rs"]
pub(super) mod plain;

use super::{network::Link, random::Rng, NAMESPACE};
use crate::protocol::{Push, Receipt, Refusal, Request, Response};
use plain::Tree;
use std::time::Duration;
use zerog_erasure::{encode, BlobHeader, Commitment, Hash, RowBatch};
use zerog_primitives::da::Assignment;

/// How a word differs from a right encoding.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
	/// Parity is noise.
	Noise,
	/// The best that a writer can do outside half the distance: 5/8 of the rows follow one codeword, the others another.
	TwoWords,
	/// So many rows are changed: the rest still decides the blob.
	FewRows(usize),
}

/// Rows with a tree and a checksum, right or not.
pub(super) struct Word {
	pub(super) header: BlobHeader,
	pub(super) checksum: Vec<u8>,
	rows: Vec<Vec<u8>>,
	tree: Tree,
	/// Rows that differ from the codeword that the checksum describes.
	pub(super) bad: Vec<u32>,
}

fn codeword(blob: &[u8]) -> Vec<Vec<u8>> {
	let encoded = encode(plain::CHAIN, NAMESPACE, blob).unwrap();
	let rows = 0..encoded.profile().rows();
	rows.map(|row| encoded.row(row).unwrap().to_vec()).collect()
}

impl Word {
	pub(super) fn new(blob: &[u8], fault: Fault, rng: &mut Rng) -> Self {
		let right = codeword(blob);
		let (count, originals) = (right.len(), right.len() / 4);
		let mut rows = right.clone();
		let changed: Vec<usize> = match fault {
			Fault::Noise => (originals..count).collect(),
			Fault::TwoWords => {
				let mut order = rng.shuffled(0..count);
				order.split_off(count * 5 / 8)
			}
			Fault::FewRows(rows) => {
				let mut order = rng.shuffled(0..count);
				order.split_off(count - rows)
			}
		};
		let other: Vec<u8> = blob.iter().map(|byte| byte ^ 0x5a).collect();
		let other = codeword(&other);
		for row in &changed {
			rows[*row] = match fault {
				Fault::Noise => rng.bytes(right[*row].len()).to_vec(),
				_ => other[*row].clone(),
			};
		}
		let (length, tree) = (blob.len() as u32, Tree::new(&rows));
		let checksum = plain::checksum(length, &right[..originals], &tree.root());
		// Rows behind the end of the blob are the same in all words.
		let bad = (0..count).filter(|row| rows[*row] != right[*row]);
		let bad = bad.map(|row| row as u32).collect();
		Self {
			header: plain::header(length, tree.root(), &checksum),
			checksum,
			rows,
			tree,
			bad,
		}
	}

	pub(super) fn is_bad(&self, row: u32) -> bool {
		self.bad.binary_search(&row).is_ok()
	}

	fn batch(&self, indices: &[u32]) -> RowBatch {
		let mut proof: Vec<Hash> = Vec::new();
		let mut level = indices.to_vec();
		for layer in &self.tree.0[..self.tree.0.len() - 1] {
			let siblings = level.iter().map(|index| index ^ 1);
			let missing = siblings.filter(|sibling| level.binary_search(sibling).is_err());
			proof.extend(missing.map(|sibling| layer[sibling as usize]));
			level.iter_mut().for_each(|index| *index /= 2);
			level.dedup();
		}
		RowBatch {
			indices: indices.to_vec(),
			data: indices
				.iter()
				.flat_map(|index| self.rows[*index as usize].clone())
				.collect(),
			proof,
		}
	}

	/// The rows of one member as they are to be pushed.
	pub(super) fn push(&self, assignment: &Assignment, member: usize, sealed: bool) -> Push {
		Push {
			commitment: self.commitment(),
			checksum: self.checksum.clone(),
			batch: self.batch(&assignment.rows_of(member)),
			sealed,
		}
	}

	pub(super) fn commitment(&self) -> Commitment {
		self.header.commitment().unwrap()
	}
}

/// Push until the member decides; `None` when it does not, as when its receipt was lost and it has signed since.
pub(super) async fn push(link: &Link, member: usize, push: Push) -> Option<Result<Receipt, Refusal>> {
	let request = Request::Push(push);
	for _ in 0..20 {
		match link.ask(member, &request).await {
			Some(Response::Pushed(receipt)) => return Some(Ok(receipt)),
			Some(Response::Refused(refusal)) if !refusal.is_temporary() => return Some(Err(refusal)),
			_ => tokio::time::sleep(Duration::from_secs(1)).await,
		}
	}
	None
}
