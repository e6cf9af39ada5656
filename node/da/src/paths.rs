// SPDX-License-Identifier: Apache-2.0

//! Single paths out of a multiproof: rows arrive under one proof and are stored each with its own path, so that any of
//! them can be served alone.

use sha2::{Digest, Sha256};
use zerog_erasure::{Hash, RowBatch};

fn leaf(index: u32, row: &[u8]) -> Hash {
	Sha256::new()
		.chain_update([0])
		.chain_update(index.to_le_bytes())
		.chain_update(row)
		.finalize()
		.into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
	Sha256::new()
		.chain_update([1])
		.chain_update(left)
		.chain_update(right)
		.finalize()
		.into()
}

/// One node of a level that can be computed, and where its parent is found in the level above.
struct Step {
	sibling: Hash,
	parent: usize,
}

/// The path of each row of a batch that passed `Verifier::check_batch`, in order; `None` if the proof is too short.
///
/// `row_bytes` is the length of a row, `height` that of the tree.
pub(crate) fn paths(batch: &RowBatch, row_bytes: u32, height: u32) -> Option<Vec<Vec<Hash>>> {
	let rows = batch.data.chunks_exact((row_bytes as usize).max(1));
	let mut level: Vec<(u32, Hash)> = batch
		.indices
		.iter()
		.zip(rows)
		.map(|(i, row)| (*i, leaf(*i, row)))
		.collect();
	let mut proof = batch.proof.iter().copied();
	let mut paths: Vec<(usize, Vec<Hash>)> = (0..level.len())
		.map(|at| (at, Vec::with_capacity(height as usize)))
		.collect();
	for _ in 0..height {
		let mut steps = Vec::with_capacity(level.len());
		let mut above = Vec::with_capacity(level.len());
		let mut nodes = level.iter().peekable();
		while let Some((index, hash)) = nodes.next() {
			let parent = above.len();
			let pair = nodes.next_if(|(next, _)| index & 1 == 0 && *next == index ^ 1);
			let sibling = match pair {
				Some((_, right)) => *right,
				None => proof.next()?,
			};
			steps.push(Step { sibling, parent });
			if pair.is_some() {
				steps.push(Step {
					sibling: *hash,
					parent,
				});
			}
			let parent_hash = if index & 1 == 0 {
				node(hash, &sibling)
			} else {
				node(&sibling, hash)
			};
			above.push((index >> 1, parent_hash));
		}
		for (at, path) in paths.iter_mut() {
			let step = steps.get(*at)?;
			path.push(step.sibling);
			*at = step.parent;
		}
		level = above;
	}
	Some(paths.into_iter().map(|(_, path)| path).collect())
}
