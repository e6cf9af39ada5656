// SPDX-License-Identifier: Apache-2.0
//! The perfect binary tree over a blob's rows: paths for single rows, multiproofs for many.

use crate::{hash::TreeHash, Hash};
use alloc::{vec, vec::Vec};

/// All nodes, the leaves first and the root last.
#[derive(Clone)]
pub(crate) struct Tree {
	layers: Vec<Vec<Hash>>,
	root: Hash,
}

impl Tree {
	/// The tree over `leaves`, whose number is a power of two.
	pub(crate) fn new(hash: &TreeHash, leaves: Vec<Hash>) -> Self {
		let (mut layers, mut layer) = (Vec::new(), leaves);
		while layer.len() > 1 {
			let above = hash.parents(&layer);
			layers.push(core::mem::replace(&mut layer, above));
		}
		Self {
			layers,
			root: layer.first().copied().unwrap_or_default(),
		}
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
pub(crate) fn root_from_path(hash: &TreeHash, index: u32, leaf: Hash, path: &[Hash]) -> Hash {
	let step = |(index, node): (u32, Hash), sibling: &Hash| {
		let parent = if index & 1 == 0 {
			hash.parent(&node, sibling)
		} else {
			hash.parent(sibling, &node)
		};
		(index >> 1, parent)
	};
	path.iter().fold((index, leaf), step).1
}

/// The root that `leaves` (index and hash, strictly ascending, all below `2^height`) and `proof` lead to, and the
/// path of each leaf; `None` if the proof is too short or too long. At most `height` hashes per leaf are computed.
pub(crate) fn root_and_paths(
	hash: &TreeHash,
	height: u32,
	leaves: Vec<(u32, Hash)>,
	proof: &[Hash],
) -> Option<(Hash, Vec<Vec<Hash>>)> {
	let mut proof = proof.iter();
	// Where each leaf's ancestor stands in `level`, and its path so far.
	let capacity = usize::try_from(height).ok()?;
	let mut paths: Vec<(usize, Vec<Hash>)> = (0..leaves.len())
		.map(|place| (place, Vec::with_capacity(capacity)))
		.collect();
	let mut level = leaves;
	for _ in 0..height {
		let (mut above, mut pairs) = (
			Vec::with_capacity(level.len()),
			Vec::with_capacity(level.len() << 1),
		);
		// For each node of `level`: its sibling, and where its parent stands.
		let mut steps = Vec::with_capacity(level.len());
		let mut nodes = level.iter().peekable();
		while let Some((index, node)) = nodes.next() {
			let parent = above.len();
			let right = nodes.next_if(|(right, _)| index & 1 == 0 && *right == index ^ 1);
			let sibling = match right {
				Some((_, right)) => right,
				None => proof.next()?,
			};
			steps.push((*sibling, parent));
			if right.is_some() {
				steps.push((*node, parent));
			}
			pairs.extend(if index & 1 == 0 {
				[*node, *sibling]
			} else {
				[*sibling, *node]
			});
			above.push(index >> 1);
		}
		for (place, path) in &mut paths {
			let (sibling, parent) = steps.get(*place)?;
			path.push(*sibling);
			*place = *parent;
		}
		level = above.into_iter().zip(hash.parents(&pairs)).collect();
	}
	match (level.as_slice(), proof.next()) {
		([(0, root)], None) => Some((*root, paths.into_iter().map(|(_, path)| path).collect())),
		_ => None,
	}
}
