// SPDX-License-Identifier: Apache-2.0

//! Which member holds which row.
//!
//! Guarantees:
//! * **Complete**: every row has exactly one holder while the weights are not all zero.
//! * **Fair**: a member's share of rows differs from its share of weight by less than one row.
//! * **Unpredictable**: rows are permuted one by one under a key that binds the commitment and chain randomness, so a
//!   writer cannot gather chosen rows at chosen members without trying commitments.
//! * **Cheap both ways**: row to member and member to rows are `O(rounds)` a row.

use alloc::vec::Vec;
use sha2::{Digest, Sha256};
use zerog_erasure::{Commitment, Hash, Profile};

const ROUNDS: u8 = 6;

/// Rows of each member: proportional to weight by largest remainder, ties to the lower index.
///
/// The sum is `rows`, or zero when no weight is positive.
pub fn allotment(weights: &[u128], rows: u32) -> Vec<u32> {
	// Scaled down until products with `rows` fit; nothing is lost while the total is below 2^96.
	let sum = weights
		.iter()
		.fold(0u128, |sum, weight| sum.saturating_add(*weight));
	let excess = 32u32.saturating_sub(sum.leading_zeros());
	let scaled: Vec<u128> = weights.iter().map(|weight| weight >> excess).collect();
	let total: u128 = scaled
		.iter()
		.fold(0u128, |sum, weight| sum.saturating_add(*weight));
	if total == 0 {
		return alloc::vec![0; weights.len()];
	}
	let rows_wide = u128::from(rows);
	let mut counts: Vec<u32> = Vec::with_capacity(scaled.len());
	let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(scaled.len());
	let mut given = 0u32;
	for (index, weight) in scaled.iter().enumerate() {
		let product = weight.saturating_mul(rows_wide);
		let count = u32::try_from(product.checked_div(total).unwrap_or(0)).unwrap_or(rows);
		given = given.saturating_add(count);
		counts.push(count);
		remainders.push((product.checked_rem(total).unwrap_or(0), index));
	}
	remainders.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
	let missing = usize::try_from(rows.saturating_sub(given)).unwrap_or(0);
	for (_, index) in remainders.into_iter().take(missing) {
		if let Some(count) = counts.get_mut(index) {
			*count = count.saturating_add(1);
		}
	}
	counts
}

/// A keyed permutation of `0..2^bits`: an unbalanced Feistel network whose halves swap every round.
#[derive(Clone, Debug)]
struct Permutation {
	key: Hash,
	bits: u32,
}

impl Permutation {
	/// Widths of the high and the low half in a round.
	fn widths(&self, round: u8) -> (u32, u32) {
		let (small, large) = (self.bits / 2, self.bits.div_ceil(2));
		if round.is_multiple_of(2) {
			(small, large)
		} else {
			(large, small)
		}
	}

	fn round_function(&self, round: u8, half: u32) -> u32 {
		let mut hasher = Sha256::new();
		hasher.update(self.key);
		hasher.update([round]);
		hasher.update(half.to_le_bytes());
		let digest: Hash = hasher.finalize().into();
		let mut word = [0u8; 4];
		word.copy_from_slice(digest.first_chunk::<4>().unwrap_or(&[0; 4]));
		u32::from_le_bytes(word)
	}

	fn mask(width: u32) -> u32 {
		1u32.checked_shl(width).unwrap_or(0).wrapping_sub(1)
	}

	/// Position of a row.
	fn forward(&self, row: u32) -> u32 {
		(0..ROUNDS).fold(row, |value, round| {
			let (high_width, low_width) = self.widths(round);
			let (high, low) = (value >> low_width, value & Self::mask(low_width));
			let mixed = high ^ (self.round_function(round, low) & Self::mask(high_width));
			// The halves swap: what was low is high in the next round.
			(low << high_width) | mixed
		})
	}

	/// Row at a position.
	fn backward(&self, position: u32) -> u32 {
		(0..ROUNDS).rev().fold(position, |value, round| {
			let (high_width, low_width) = self.widths(round);
			let (low, mixed) = (value >> high_width, value & Self::mask(high_width));
			let high = mixed ^ (self.round_function(round, low) & Self::mask(high_width));
			(high << low_width) | low
		})
	}
}

/// The assignment of one blob's rows to the members of its committee.
#[derive(Clone, Debug)]
pub struct Assignment {
	permutation: Permutation,
	/// `ends[j]` is the first position after those of member `j`.
	ends: Vec<u32>,
	rows: u32,
}

impl Assignment {
	/// The assignment for a commitment under a session's randomness and its members' weights.
	pub fn new(commitment: Commitment, randomness: &Hash, weights: &[u128], profile: Profile) -> Self {
		let mut hasher = Sha256::new();
		hasher.update(b"zerog/da/assignment/v1");
		hasher.update(commitment.0);
		hasher.update(randomness);
		let ends = allotment(weights, profile.rows())
			.into_iter()
			.scan(0u32, |end, count| {
				*end = end.saturating_add(count);
				Some(*end)
			})
			.collect();
		Self {
			permutation: Permutation {
				key: hasher.finalize().into(),
				bits: profile.tree_height(),
			},
			ends,
			rows: profile.rows(),
		}
	}

	/// The member that holds a row; `None` beyond the matrix or when nobody has weight.
	pub fn member_of(&self, row: u32) -> Option<usize> {
		if row >= self.rows {
			return None;
		}
		let position = self.permutation.forward(row);
		let member = self.ends.partition_point(|end| *end <= position);
		(member < self.ends.len()).then_some(member)
	}

	/// Rows of a member, ascending.
	pub fn rows_of(&self, member: usize) -> Vec<u32> {
		let mut rows: Vec<u32> = self
			.positions_of(member)
			.map(|p| self.permutation.backward(p))
			.collect();
		rows.sort_unstable();
		rows
	}

	/// Number of rows of a member.
	pub fn count_of(&self, member: usize) -> u32 {
		let positions = self.positions_of(member);
		positions.end.saturating_sub(positions.start)
	}

	fn positions_of(&self, member: usize) -> core::ops::Range<u32> {
		let end = self.ends.get(member).copied().unwrap_or(0);
		let start = member
			.checked_sub(1)
			.and_then(|before| self.ends.get(before))
			.copied()
			.unwrap_or(0);
		start..end
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn profile(id: u8) -> Profile {
		Profile::from_id(id).unwrap()
	}

	#[test]
	fn the_permutation_is_a_bijection_and_its_inverse_undoes_it() {
		for id in [0, 1, 3, 8] {
			let profile = profile(id);
			let permutation = Permutation {
				key: [id; 32],
				bits: profile.tree_height(),
			};
			let mut seen = vec![false; profile.rows() as usize];
			for row in 0..profile.rows() {
				let position = permutation.forward(row);
				assert!(
					!std::mem::replace(&mut seen[position as usize], true),
					"two rows at {position}"
				);
				assert_eq!(permutation.backward(position), row);
			}
		}
	}

	#[test]
	fn every_row_has_one_holder_that_knows_it() {
		let assignment = Assignment::new(Commitment([3; 32]), &[4; 32], &[1, 1, 1, 1, 0, 5], profile(0));
		let mut held = vec![None; 2048];
		for member in 0..6 {
			let rows = assignment.rows_of(member);
			assert_eq!(rows.len() as u32, assignment.count_of(member));
			for row in rows {
				assert_eq!(held[row as usize].replace(member), None);
				assert_eq!(assignment.member_of(row), Some(member));
			}
		}
		assert!(held.iter().all(Option::is_some));
		assert_eq!(assignment.count_of(4), 0);
		assert_eq!(assignment.member_of(2048), None);
		assert!(assignment.rows_of(6).is_empty());
	}

	#[test]
	fn rows_of_a_range_land_at_all_members_about_evenly() {
		let assignment = Assignment::new(Commitment([9; 32]), &[1; 32], &[1; 8], profile(8));
		let mut hits = [0u32; 8];
		for row in 0..2048 {
			hits[assignment.member_of(row).unwrap()] += 1;
		}
		// 256 expected each; six standard deviations are about 90.
		assert!(hits.iter().all(|hits| (166..346).contains(hits)), "{hits:?}");
	}

	/// How many of `b` rows with structure land at `t` positions with structure varies over keys as it does for random
	/// permutations, for which it is hypergeometric. With five rounds, two of these vary 1.6 times as much.
	#[test]
	fn rows_with_structure_are_spread_as_by_a_random_permutation() {
		let (bits, keys) = (11u32, 400u32);
		let (m, b, t) = (2048u32, 769usize, 683usize);
		let least = |key: &dyn Fn(u32) -> u32, count: usize| {
			let mut rows: Vec<u32> = (0..m).collect();
			rows.sort_by_key(|row| (key(*row), *row));
			rows.truncate(count);
			rows
		};
		let (low, high) = (|row: u32| row % 64, |row: u32| row >> 6);
		let bad = [
			least(&|row| row, b),
			least(&low, b),
			least(&|row| low(row) ^ high(row), b),
			least(&|row| row % 8, b),
		];
		let checked = [
			least(&|row| row, t),
			least(&low, t),
			least(&|row| (row >> 3) % 3, t),
		];
		let is_checked = checked.map(|positions| {
			let mut at = vec![false; m as usize];
			positions
				.iter()
				.for_each(|position| at[*position as usize] = true);
			at
		});
		let (b, t, m) = (b as f64, t as f64, f64::from(m));
		let mean = t * b / m;
		let variance = mean * (1.0 - b / m) * (m - t) / (m - 1.0);
		let mut squares = [[0f64; 3]; 4];
		for key in 0..keys {
			let key = Sha256::digest(key.to_le_bytes()).into();
			let permutation = Permutation { key, bits };
			for (rows, squares) in bad.iter().zip(&mut squares) {
				let places: Vec<usize> = rows
					.iter()
					.map(|row| permutation.forward(*row) as usize)
					.collect();
				for (at, squares) in is_checked.iter().zip(squares) {
					let hits = places.iter().filter(|place| at[**place]).count() as f64;
					*squares += (hits - mean).powi(2);
				}
			}
		}
		for squares in squares.as_flattened() {
			let ratio = squares / f64::from(keys) / variance;
			// One standard deviation is 0.07.
			assert!((0.72..1.28).contains(&ratio), "{squares:?}: {ratio}");
		}
	}

	#[test]
	fn nobody_holds_rows_when_nobody_has_weight() {
		let assignment = Assignment::new(Commitment([9; 32]), &[1; 32], &[0, 0], profile(0));
		assert_eq!(assignment.member_of(0), None);
	}

	proptest! {
		#[test]
		fn allotments_are_complete_and_fair(
			weights in prop::collection::vec(0u128..u128::MAX / 512, 1..200),
			rows in prop::sample::select(vec![2048u32, 4096, 16384]),
		) {
			let counts = allotment(&weights, rows);
			prop_assert_eq!(counts.len(), weights.len());
			let total: f64 = weights.iter().map(|w| *w as f64).sum();
			if total > 0.0 {
				prop_assert_eq!(counts.iter().sum::<u32>(), rows);
				for (weight, count) in weights.iter().zip(&counts) {
					let exact = *weight as f64 / total * rows as f64;
					prop_assert!((exact - *count as f64).abs() <= 1.001);
				}
			}
		}
	}
}
