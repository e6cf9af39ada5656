// SPDX-License-Identifier: Apache-2.0
//! The perfect binary tree over a blob's rows: paths for single rows, multiproofs for many.

use crate::{hash, par, Hash};
use alloc::{vec, vec::Vec};

/// All nodes, the leaves first and the root last.
#[derive(Clone)]
pub(crate) struct Tree {
	layers: Vec<Vec<Hash>>,
	root: Hash,
}

impl Tree {
	/// The tree over `leaves`, whose number is a power of two.
	pub(crate) fn new(leaves: Vec<Hash>) -> Self {
		let (mut layers, mut layer) = (Vec::new(), leaves);
		while layer.len() > 1 {
			let above = layer
				.chunks(2)
				.filter_map(|pair| match pair {
					[left, right] => Some(hash::node(left, right)),
					_ => None,
				})
				.collect();
			layers.push(core::mem::replace(&mut layer, above));
		}
		Self {
			layers,
			root: layer.first().copied().unwrap_or_default(),
		}
	}

	/// The tree over the rows in `matrix`, each `row_bytes` long.
	pub(crate) fn of_rows(matrix: &[u8], row_bytes: usize) -> Self {
		let rows: Vec<(u32, &[u8])> = (0..).zip(matrix.chunks_exact(row_bytes)).collect();
		Self::new(par::map(rows, |(index, row)| hash::leaf(index, row)))
	}

	pub(crate) fn root(&self) -> Hash {
		self.root
	}

	/// The siblings from the leaf at `index` to the root; `None` if there is no such leaf.
	pub(crate) fn path(&self, index: u32) -> Option<Vec<Hash>> {
		let mut index = usize::try_from(index).ok()?;
		let sibling = |layer: &Vec<Hash>| {
			let hash = layer.get(index ^ 1).copied();
			index >>= 1;
			hash
		};
		self.layers.iter().map(sibling).collect()
	}

	/// The siblings that cannot be computed from the leaves at `indices` (strictly ascending), bottom level
	/// first, left to right within a level; `None` if a leaf does not exist.
	pub(crate) fn proof(&self, indices: &[u32]) -> Option<Vec<Hash>> {
		let mut proof = vec![];
		let mut level = indices.to_vec();
		for layer in &self.layers {
			let mut nodes = level.iter().copied().peekable();
			let mut above = Vec::with_capacity(level.len());
			while let Some(index) = nodes.next() {
				if index & 1 == 1 || nodes.next_if_eq(&(index ^ 1)).is_none() {
					proof.push(*layer.get(usize::try_from(index ^ 1).ok()?)?);
				}
				above.push(index >> 1);
			}
			level = above;
		}
		Some(proof)
	}
}

/// The root that `leaf` at `index` and its `path` lead to.
pub(crate) fn root_from_path(index: u32, leaf: Hash, path: &[Hash]) -> Hash {
	let step = |(index, hash): (u32, Hash), sibling: &Hash| {
		let parent = if index & 1 == 0 {
			hash::node(&hash, sibling)
		} else {
			hash::node(sibling, &hash)
		};
		(index >> 1, parent)
	};
	path.iter().fold((index, leaf), step).1
}

/// The root that `leaves` (index and hash, strictly ascending, all below `2^height`) and `proof` lead to;
/// `None` if the proof is too short or too long. At most `height` hashes per leaf are computed.
pub(crate) fn root_from_proof(height: u32, leaves: Vec<(u32, Hash)>, proof: &[Hash]) -> Option<Hash> {
	let mut proof = proof.iter();
	let mut level = leaves;
	for _ in 0..height {
		let mut above = Vec::with_capacity(level.len());
		let mut nodes = level.into_iter().peekable();
		while let Some((index, hash)) = nodes.next() {
			let parent = if index & 1 == 1 {
				hash::node(proof.next()?, &hash)
			} else if let Some((_, right)) = nodes.next_if(|(right, _)| *right == index ^ 1) {
				hash::node(&hash, &right)
			} else {
				hash::node(&hash, proof.next()?)
			};
			above.push((index >> 1, parent));
		}
		level = above;
	}
	match (level.as_slice(), proof.next()) {
		([(0, root)], None) => Some(*root),
		_ => None,
	}
}
