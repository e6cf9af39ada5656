// SPDX-License-Identifier: Apache-2.0
//! The code: parity rows from original ones, and original rows from any `K`.
//!
//! A column of symbols is coded without regard to the others, so the matrix is cut into stripes that fit the
//! second-level cache. A stripe is read from and written to the rows in place; threads share out ranges of
//! columns, so that none writes what another one touches.
//!
//! # Restoring
//!
//! Let `S` be the `K` points at which the polynomial `f` of degree below `K` is known, and `M` the polynomial
//! that vanishes on them. By Lagrange, `f(x) = M(x) · Σ_{s ∈ S} c_s / (x − s)` with `c_s = f(s) / M'(s)`. The
//! points `0..m` are cosets of the subspace `0..K`; let `V_c` vanish on coset `c`. For the points of one coset,
//! `P_c = V_c · Σ c_s / (x − s)` is the polynomial of degree below `K` with the values `v · c_s` there and zero
//! elsewhere in the coset, where `v`, the product of all non-zero elements of the subspace, is the constant
//! derivative of `V_c`. On the original rows, coset 0:
//!
//! * for `c ≠ 0`, `V_c` is a constant `n_c`, so the sum is `P_c / n_c`;
//! * for `c = 0`, `V_0` is zero, so the sum at a missing row is `P_0' / v`.
//!
//! Coefficients do not depend on the coset, so all cosets are added up there: one transform of size `K` for each
//! coset that has rows, a derivative, and one transform back, where the textbook's way needs two of size `m`.

use crate::{
	engine::Engine,
	par,
	stages::Lap,
	transform::{self, Block, BLOCK},
};
use alloc::{boxed::Box, vec, vec::Vec};
use reed_solomon_simd::engine::{tables, DefaultEngine, Engine as _, GfElement, GF_MODULUS, GF_ORDER};

/// Blocks of a stripe within one row. Both work buffers take 2 MiB with `K = 4096`: half of it was measured
/// slower, for its short runs within rows and for the constants, which it loads twice as often.
const STRIPE: usize = 4;

/// Ranges of columns for each thread, so that one that falls behind has less to do.
const PANELS: usize = 4;

/// Rows of a matrix: `originals` is a power of two and divides `total`, which is at most `2^16`.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
	pub(crate) originals: usize,
	pub(crate) total: usize,
}

/// The range of columns that one thread works on.
struct Panel<'a> {
	/// Where it starts within a row.
	start: usize,
	/// Its part of each row that is written.
	rows: Vec<&'a mut [u8]>,
	/// Bytes of a stripe within a row.
	stripe: usize,
}

impl<'a> Panel<'a> {
	/// Cuts `matrix` into panels.
	fn cut(matrix: &'a mut [u8], row_bytes: usize) -> Vec<Self> {
		let blocks = row_bytes.checked_div(BLOCK).unwrap_or(1);
		let panels = match par::threads() {
			1 => 1,
			threads => threads.saturating_mul(PANELS).next_power_of_two().min(blocks),
		};
		let width = row_bytes.checked_div(panels).unwrap_or(row_bytes);
		let stripe = STRIPE.saturating_mul(BLOCK).min(width);
		let rows = matrix.len().checked_div(row_bytes).unwrap_or_default();
		let mut panels: Vec<_> = (0..row_bytes)
			.step_by(width.max(1))
			.map(|start| Self {
				start,
				rows: Vec::with_capacity(rows),
				stripe,
			})
			.collect();
		for row in matrix.chunks_exact_mut(row_bytes) {
			for (panel, part) in panels.iter_mut().zip(row.chunks_exact_mut(width)) {
				panel.rows.push(part);
			}
		}
		panels
	}

	/// Offsets of its stripes within its own part of a row.
	fn offsets(&self) -> core::iter::StepBy<core::ops::Range<usize>> {
		let width = self.rows.first().map_or(0, |row| row.len());
		(0..width).step_by(self.stripe.max(1))
	}

	/// Two work buffers for stripes of `originals` rows.
	fn buffers(&self, originals: usize) -> (Vec<Block>, Vec<Block>) {
		let blocks = originals.saturating_mul(self.width());
		(vec![[0; BLOCK]; blocks], vec![[0; BLOCK]; blocks])
	}

	/// Blocks of a stripe within a row.
	fn width(&self) -> usize {
		self.stripe.checked_div(BLOCK).unwrap_or(1).max(1)
	}
}

/// Computes the parity rows behind `originals`. Rows are `row_bytes` long, a power of two and at least a block.
///
/// Returns the nanoseconds spent on coding and on writing the rows, summed over threads.
pub(crate) fn extend<E: Engine>(
	shape: Shape,
	row_bytes: usize,
	originals: &[u8],
	parity: &mut [u8],
) -> (u64, u64) {
	let transform = transform::detect();
	let times = par::map_heavy(Panel::cut(parity, row_bytes), |mut panel| {
		let (mut code, mut scatter, mut lap) = (0u64, 0u64, Lap::start());
		let (width, stripe) = (panel.width(), panel.stripe);
		let (mut coefficients, mut work) = panel.buffers(shape.originals);
		for offset in panel.offsets() {
			let at = panel.start.saturating_add(offset);
			let rows = originals.chunks_exact(row_bytes);
			for (row, blocks) in rows.zip(coefficients.chunks_exact_mut(width)) {
				E::read(cut(row, at, stripe), blocks);
			}
			transform.coefficients(&mut coefficients, width, 0);
			for (coset, rows) in (1..).zip(panel.rows.chunks_mut(shape.originals)) {
				work.copy_from_slice(&coefficients);
				transform.values(&mut work, width, shape.originals.saturating_mul(coset));
				code = code.saturating_add(lap.read());
				for (row, blocks) in rows.iter_mut().zip(work.chunks_exact(width)) {
					E::write(blocks, cut_mut(row, offset, stripe));
				}
				scatter = scatter.saturating_add(lap.read());
			}
		}
		(code, scatter)
	});
	times
		.into_iter()
		.fold((0, 0), |(code, scatter), (more_code, more_scatter)| {
			(
				code.saturating_add(more_code),
				scatter.saturating_add(more_scatter),
			)
		})
}

/// Fills in those rows of `originals` that are not in `known` and returns whether that was possible: `known`
/// names `K` different rows, parity rows with their bytes, original ones with `None`, since those are in place.
pub(crate) fn restore<E: Engine>(
	shape: Shape,
	row_bytes: usize,
	originals: &mut [u8],
	known: &[(usize, Option<&[u8]>)],
) -> bool {
	let Some(locator) = Locator::new(shape, known) else {
		return false;
	};
	let transform = transform::detect();
	par::map_heavy(Panel::cut(originals, row_bytes), |mut panel| {
		let (width, stripe) = (panel.width(), panel.stripe);
		let (mut sum, mut work) = panel.buffers(shape.originals);
		for offset in panel.offsets() {
			let at = panel.start.saturating_add(offset);
			sum.fill([0; BLOCK]);
			for (coset, rows) in locator
				.cosets
				.iter()
				.enumerate()
				.filter(|(_, rows)| !rows.is_empty())
			{
				work.fill([0; BLOCK]);
				for (place, log, bytes) in rows {
					let Some(blocks) = work.chunks_exact_mut(width).nth(*place) else {
						continue;
					};
					match bytes {
						Some(row) => E::read(cut(row, at, stripe), blocks),
						None => E::read(
							panel.rows.get(*place).map_or(&[], |row| cut(row, offset, stripe)),
							blocks,
						),
					}
					transform.scale(blocks, *log);
				}
				transform.coefficients(&mut work, width, shape.originals.saturating_mul(coset));
				if coset == 0 {
					transform::derivative(&mut work, width);
				}
				reed_solomon_simd::engine::utils::xor(&mut sum, &work);
			}
			transform.values(&mut sum, width, 0);
			for (place, log) in &locator.missing {
				let blocks = sum.chunks_exact_mut(width).nth(*place);
				if let (Some(blocks), Some(row)) = (blocks, panel.rows.get_mut(*place)) {
					transform.scale(blocks, *log);
					E::write(blocks, cut_mut(row, offset, stripe));
				}
			}
		}
	});
	true
}

/// One known row: its place within its coset, the logarithm of its factor, its bytes unless they are in place.
type Known<'a> = (usize, GfElement, Option<&'a [u8]>);

/// The factors of a restoration, as logarithms.
struct Locator<'a> {
	/// The known rows of each coset.
	cosets: Vec<Vec<Known<'a>>>,
	/// Original rows to be filled in, and their factors.
	missing: Vec<(usize, GfElement)>,
}

impl<'a> Locator<'a> {
	/// `None` unless `known` names `K` different rows.
	fn new(shape: Shape, known: &[(usize, Option<&'a [u8]>)]) -> Option<Self> {
		let mut locations: Box<[GfElement; GF_ORDER]> = vec![0; GF_ORDER].try_into().ok()?;
		for (index, _) in known {
			*locations.get_mut(..shape.total)?.get_mut(*index)? = 1;
		}
		let originals: Vec<_> = locations.iter().take(shape.originals).copied().collect();
		let different = locations.iter().filter(|location| **location == 1).count();
		if different != shape.originals || known.len() != different {
			return None;
		}
		// The logarithm of the product of `i − s` over all known `s ≠ i`.
		DefaultEngine::eval_poly(&mut locations, shape.total);

		let modulus = u64::from(GF_MODULUS);
		let log = |logs: u64| GfElement::try_from(logs.checked_rem(modulus)?).ok();
		let logs = &tables::get_exp_log().log;
		let product = |from: usize, to: usize| -> u64 {
			logs.get(from..to)
				.unwrap_or_default()
				.iter()
				.map(|log| u64::from(*log))
				.sum()
		};
		let derivative = product(1, shape.originals);
		let mut cosets = vec![Vec::new(); shape.total.checked_div(shape.originals)?];
		for (index, bytes) in known {
			let (coset, place) = (
				index.checked_div(shape.originals)?,
				index.checked_rem(shape.originals)?,
			);
			let first = index.checked_sub(place)?;
			let factor = match coset {
				0 => 0,
				_ => derivative.checked_add(
					modulus
						.saturating_mul(GF_ORDER.try_into().ok()?)
						.checked_sub(product(first, first.checked_add(shape.originals)?))?,
				)?,
			};
			let inverse = modulus.saturating_sub(u64::from(*locations.get(*index)?));
			cosets
				.get_mut(coset)?
				.push((place, log(factor.checked_add(inverse)?)?, *bytes));
		}
		let missing = originals
			.iter()
			.zip(locations.iter())
			.enumerate()
			.filter(|(_, (known, _))| **known == 0)
			.map(|(place, (_, location))| Some((place, log(u64::from(*location))?)))
			.collect::<Option<_>>()?;
		Some(Self { cosets, missing })
	}
}

/// `length` bytes of `row` from `offset`; callers stay within the row.
fn cut(row: &[u8], offset: usize, length: usize) -> &[u8] {
	row.get(offset..offset.saturating_add(length)).unwrap_or_default()
}

fn cut_mut(row: &mut [u8], offset: usize, length: usize) -> &mut [u8] {
	row.get_mut(offset..offset.saturating_add(length))
		.unwrap_or_default()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::engine::{Leopard, Novelpoly};
	use proptest::prelude::*;
	use reed_solomon_novelpoly::{CodeParams, WrappedShard};
	use reed_solomon_simd::rate::{LowRateEncoder, RateEncoder};

	fn noise(length: usize, mut state: u64) -> Vec<u8> {
		let mut next = || {
			state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
			state.to_be_bytes()[0]
		};
		(0..length).map(|_| next()).collect()
	}

	fn coded<E: Engine>(shape: Shape, row_bytes: usize, originals: &[u8]) -> Vec<u8> {
		let mut matrix = originals.to_vec();
		let mut parity = vec![0; (shape.total - shape.originals) * row_bytes];
		extend::<E>(shape, row_bytes, originals, &mut parity);
		matrix.append(&mut parity);
		matrix
	}

	fn restored<E: Engine>(
		shape: Shape,
		row_bytes: usize,
		matrix: &[u8],
		chosen: &[usize],
	) -> Option<Vec<u8>> {
		let mut originals = vec![0; shape.originals * row_bytes];
		let mut known = Vec::new();
		for index in chosen {
			let row = &matrix[index * row_bytes..][..row_bytes];
			match originals.chunks_exact_mut(row_bytes).nth(*index) {
				Some(place) => {
					place.copy_from_slice(row);
					known.push((*index, None));
				}
				None => known.push((*index, Some(row))),
			}
		}
		restore::<E>(shape, row_bytes, &mut originals, &known).then_some(originals)
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(64))]

		#[test]
		fn all_shapes_agree_with_the_library_and_restore(
			log_originals in 0u32..8,
			log_rate in 1u32..4,
			log_row in 6u32..10,
			seed in any::<u64>(),
			parity_first in any::<bool>(),
		) {
			let shape = Shape { originals: 1 << log_originals, total: 1 << (log_originals + log_rate) };
			let row_bytes = 1 << log_row;
			let originals = noise(shape.originals * row_bytes, seed);
			let matrix = coded::<Leopard>(shape, row_bytes, &originals);

			let parity = shape.total - shape.originals;
			let mut encoder =
				LowRateEncoder::new(shape.originals, parity, row_bytes, DefaultEngine::new(), None).unwrap();
			originals.chunks(row_bytes).for_each(|row| encoder.add_original_shard(row).unwrap());
			let theirs = encoder.encode().unwrap().recovery_iter().collect::<Vec<_>>().concat();
			prop_assert!(matrix[originals.len()..] == theirs);

			// Rows in an order that depends on the seed, parity before originals in half of the cases.
			let mut order: Vec<usize> = (0..shape.total).collect();
			order.sort_by_key(|index| {
				let original = parity_first && *index < shape.originals;
				(original, (*index as u64).wrapping_add(seed).wrapping_mul(0x9E37_79B9_7F4A_7C15))
			});
			let mut chosen = order[..shape.originals].to_vec();
			prop_assert!(restored::<Leopard>(shape, row_bytes, &matrix, &chosen) == Some(originals));
			chosen[0] = chosen[shape.originals - 1];
			if shape.originals > 1 {
				prop_assert!(restored::<Leopard>(shape, row_bytes, &matrix, &chosen).is_none());
			}
			prop_assert!(restored::<Leopard>(shape, row_bytes, &matrix, &order).is_none());
		}
	}

	/// Validators of Polkadot and thresholds as its availability protocol derives them.
	#[test]
	fn committees_get_the_shards_that_novelpoly_makes_for_them() {
		for members in [4, 7, 10, 100, 300, 1000] {
			let code = CodeParams::derive_parameters(members, (members - 1) / 3 + 1).unwrap();
			let shape = Shape {
				originals: code.k(),
				total: code.n(),
			};
			let payload = noise(shape.originals * 128, 5);
			let shards = code.make_encoder().encode::<WrappedShard>(&payload).unwrap();
			let theirs: Vec<u8> = shards.into_iter().flat_map(WrappedShard::into_inner).collect();
			let mut originals = vec![0; payload.len()];
			Novelpoly::spread(&payload, &mut originals, 128);
			let matrix = coded::<Novelpoly>(shape, 128, &originals);
			assert!(matrix[..theirs.len()] == theirs, "{members} members");

			let last: Vec<usize> = (shape.total - shape.originals..shape.total).collect();
			let originals = restored::<Novelpoly>(shape, 128, &matrix, &last).unwrap();
			assert!(Novelpoly::gather(originals, 128) == payload, "{members} members");
		}
	}
}
