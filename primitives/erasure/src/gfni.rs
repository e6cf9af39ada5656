// SPDX-License-Identifier: Apache-2.0
//! The transform and the checksum with AVX-512 and GFNI, where the processor has them.
//!
//! A multiplication by a constant is linear over GF(2): four matrices of 8 × 8 bits between the low and the high
//! bytes of a symbol, which `GF2P8AFFINEQB` applies to whole registers. They replace the nibble tables of
//! `reed-solomon-simd` (8 MiB) by 32 bytes per constant.
//!
//! Everything here is compared with the portable path, bit by bit, in the tests below.

// Positions are below the length of a work buffer, and offsets below 2^16.
#![allow(
	clippy::indexing_slicing,
	clippy::arithmetic_side_effects,
	clippy::cast_possible_truncation
)]

use crate::{
	checksum::Sum,
	engine::Engine,
	kernel::Limbs,
	par,
	transform::{Block, Transform, BLOCK},
	LIMBS,
};
use core::arch::x86_64::*;
use reed_solomon_simd::engine::{tables, GF_MODULUS};
use std::sync::LazyLock;

/// Rows that the checksum combines at a time: one byte of each fills a matrix's operand.
pub(crate) const ROWS: usize = 8;

/// Work buffers of at most this many blocks stay in the first-level cache.
const LEAF: usize = 256;

/// Low from low, high from high, low from high, high from low.
type Matrices = [u64; 4];

/// Proof that the processor has what this file uses: only [`Gfni::detect`] makes one.
#[derive(Clone, Copy)]
pub(crate) struct Gfni {
	skews: &'static [Matrices],
}

/// The matrices of each basis element's multiples, by nibble of the constant.
static NIBBLES: LazyLock<[[Matrices; 16]; 4]> = LazyLock::new(|| {
	let tables = tables::get_exp_log();
	let mut nibbles = [[Matrices::default(); 16]; 4];
	for (position, nibble) in nibbles.iter_mut().enumerate() {
		for (value, matrices) in nibble.iter_mut().enumerate() {
			let constant = (value << (4 * position)) as u16;
			for input in 0..16 {
				let image = tables::mul(constant, tables.log[1 << input], &tables.exp, &tables.log);
				for output in (0..16).filter(|output| image >> output & 1 == 1) {
					let matrix = [[0, 3], [2, 1]][input / 8][output / 8];
					// The instruction keeps the row of output bit `i` in byte `7 - i`.
					matrices[matrix] |= 1 << (8 * (7 - output % 8) + input % 8);
				}
			}
		}
	}
	nibbles
});

fn matrices(constant: u16) -> Matrices {
	let [a, b, c, d] = &*NIBBLES;
	let (a, b) = (
		&a[usize::from(constant & 15)],
		&b[usize::from(constant >> 4 & 15)],
	);
	let (c, d) = (
		&c[usize::from(constant >> 8 & 15)],
		&d[usize::from(constant >> 12)],
	);
	core::array::from_fn(|index| a[index] ^ b[index] ^ c[index] ^ d[index])
}

/// The constants of the butterflies of all profiles, at the places where the engine keeps them.
static SKEWS: LazyLock<Vec<Matrices>> = LazyLock::new(|| {
	let (skews, tables) = (tables::get_skew(), tables::get_exp_log());
	let constant = |log: &u16| match *log {
		GF_MODULUS => 0,
		log => tables.exp[usize::from(log)],
	};
	skews
		.iter()
		.take(POINTS)
		.map(|log| matrices(constant(log)))
		.collect()
});

/// Points of the largest profile.
const POINTS: usize = 1 << 14;

impl Gfni {
	pub(crate) fn detect() -> Option<Self> {
		let detected = std::arch::is_x86_feature_detected!("avx512f")
			&& std::arch::is_x86_feature_detected!("avx512bw")
			&& std::arch::is_x86_feature_detected!("gfni");
		detected.then(|| Self { skews: &SKEWS })
	}
}

impl Transform for Gfni {
	fn coefficients(&self, work: &mut [Block], width: usize, offset: usize) {
		// SAFETY: `detect` found the features.
		unsafe { coefficients(self.skews, work, width, offset) }
	}

	fn values(&self, work: &mut [Block], width: usize, offset: usize) {
		// SAFETY: `detect` found the features.
		unsafe { values(self.skews, work, width, offset) }
	}

	fn scale(&self, row: &mut [Block], log: u16) {
		let constant = matrices(tables::get_exp_log().exp[usize::from(log)]);
		// SAFETY: `detect` found the features.
		unsafe { scale(&constant, row) }
	}
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn load(block: &Block) -> __m512i {
	// SAFETY: 64 readable bytes; the instruction needs no alignment.
	unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn store(block: &mut Block, value: __m512i) {
	// SAFETY: 64 writable bytes; the instruction needs no alignment.
	unsafe { _mm512_storeu_si512(block.as_mut_ptr().cast(), value) }
}

/// One constant, spread over a register for a block and one for the block with its halves swapped.
#[derive(Clone, Copy)]
struct Constant(__m512i, __m512i);

#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn spread(matrices: &Matrices) -> Constant {
	// SAFETY: 32 readable bytes; the instruction needs no alignment.
	let words = unsafe { _mm256_loadu_si256(matrices.as_ptr().cast()) };
	let words = _mm512_castsi256_si512(words);
	Constant(
		_mm512_permutexvar_epi64(_mm512_setr_epi64(0, 0, 0, 0, 1, 1, 1, 1), words),
		_mm512_permutexvar_epi64(_mm512_setr_epi64(2, 2, 2, 2, 3, 3, 3, 3), words),
	)
}

/// `sum + factor · constant`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn add_product(sum: __m512i, factor: __m512i, constant: Constant) -> __m512i {
	let swapped = _mm512_shuffle_i64x2::<0x4E>(factor, factor);
	let straight = _mm512_gf2p8affine_epi64_epi8::<0>(factor, constant.0);
	let crossed = _mm512_gf2p8affine_epi64_epi8::<0>(swapped, constant.1);
	_mm512_ternarylogic_epi64::<0x96>(sum, straight, crossed)
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn scale(constant: &Matrices, row: &mut [Block]) {
	let constant = spread(constant);
	for block in row {
		let value = load(block);
		store(block, add_product(_mm512_setzero_si512(), value, constant));
	}
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn values(skews: &[Matrices], work: &mut [Block], width: usize, offset: usize) {
	let mut n = work.len() / width;
	if n.trailing_zeros() % 2 == 1 {
		let (low, high) = work.split_at_mut(work.len() / 2);
		values_2(spread(&skews[n / 2 + offset - 1]), low, high);
		n /= 2;
	}
	if n == 1 {
		return;
	}
	for (index, part) in work.chunks_exact_mut(n * width).enumerate() {
		values_4(skews, part, width, offset + index * n);
	}
}

/// Depth first from the size where everything stays in the first-level cache.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn values_4(skews: &[Matrices], work: &mut [Block], width: usize, offset: usize) {
	let mut size = work.len();
	let whole = size > LEAF;
	while size > width {
		let dist = size / width / 4;
		for (index, part) in work.chunks_exact_mut(size).enumerate() {
			let base = index * dist * 4 + dist + offset - 1;
			let (m01, m02, m23) = (
				spread(&skews[base]),
				spread(&skews[base + dist]),
				spread(&skews[base + 2 * dist]),
			);
			let (ab, cd) = part.split_at_mut(size / 2);
			let ((a, b), (c, d)) = (ab.split_at_mut(size / 4), cd.split_at_mut(size / 4));
			for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
				let (mut x0, mut x1, mut x2, mut x3) = (load(a), load(b), load(c), load(d));
				x0 = add_product(x0, x2, m02);
				x1 = add_product(x1, x3, m02);
				x2 = _mm512_xor_si512(x2, x0);
				x3 = _mm512_xor_si512(x3, x1);
				x0 = add_product(x0, x1, m01);
				x2 = add_product(x2, x3, m23);
				store(a, x0);
				store(b, _mm512_xor_si512(x1, x0));
				store(c, x2);
				store(d, _mm512_xor_si512(x3, x2));
			}
		}
		size /= 4;
		if whole && size > width {
			for (index, part) in work.chunks_exact_mut(size).enumerate() {
				values_4(skews, part, width, offset + index * dist);
			}
			return;
		}
	}
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn values_2(constant: Constant, low: &mut [Block], high: &mut [Block]) {
	for (a, b) in low.iter_mut().zip(high) {
		let x1 = load(b);
		let x0 = add_product(load(a), x1, constant);
		store(a, x0);
		store(b, _mm512_xor_si512(x1, x0));
	}
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn coefficients(skews: &[Matrices], work: &mut [Block], width: usize, offset: usize) {
	let n = work.len() / width;
	let odd = n.trailing_zeros() % 2 == 1;
	let part = if odd { n / 2 } else { n };
	if part > 1 {
		for (index, work) in work.chunks_exact_mut(part * width).enumerate() {
			coefficients_4(skews, work, width, offset + index * part);
		}
	}
	if odd {
		let constant = spread(&skews[n / 2 + offset - 1]);
		let (low, high) = work.split_at_mut(work.len() / 2);
		for (a, b) in low.iter_mut().zip(high) {
			let x0 = load(a);
			let x1 = _mm512_xor_si512(load(b), x0);
			store(a, add_product(x0, x1, constant));
			store(b, x1);
		}
	}
}

#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn coefficients_4(skews: &[Matrices], work: &mut [Block], width: usize, offset: usize) {
	let whole = work.len() > LEAF;
	let mut size = 4 * width;
	if whole {
		let quarter = work.len() / 4;
		for (index, part) in work.chunks_exact_mut(quarter).enumerate() {
			coefficients_4(skews, part, width, offset + index * (quarter / width));
		}
		size = work.len();
	}
	while size <= work.len() {
		let dist = size / width / 4;
		for (index, part) in work.chunks_exact_mut(size).enumerate() {
			let base = index * dist * 4 + dist + offset - 1;
			let (m01, m02, m23) = (
				spread(&skews[base]),
				spread(&skews[base + dist]),
				spread(&skews[base + 2 * dist]),
			);
			let (ab, cd) = part.split_at_mut(size / 2);
			let ((a, b), (c, d)) = (ab.split_at_mut(size / 4), cd.split_at_mut(size / 4));
			for (((a, b), c), d) in a.iter_mut().zip(b).zip(c).zip(d) {
				let (mut x0, mut x1, mut x2, mut x3) = (load(a), load(b), load(c), load(d));
				x1 = _mm512_xor_si512(x1, x0);
				x3 = _mm512_xor_si512(x3, x2);
				x0 = add_product(x0, x1, m01);
				x2 = add_product(x2, x3, m23);
				x2 = _mm512_xor_si512(x2, x0);
				x3 = _mm512_xor_si512(x3, x1);
				store(a, add_product(x0, x2, m02));
				store(b, add_product(x1, x3, m02));
				store(c, x2);
				store(d, x3);
			}
		}
		size *= 4;
	}
}

/// Blocks whose matrices are used for all rows of a group before the next ones are: 160 KiB of them.
const PANEL: usize = 16;

/// Half of the limbs.
const HALF: usize = LIMBS / 2;

/// Rows of a group.
const GROUP: usize = 256;

/// The coefficients of 32 columns as matrices: for each of 8 places within a group of 8 bytes, for each limb, one
/// register for the low and one for the high byte of the product.
type Column = [[[[u64; 8]; 2]; LIMBS]; 8];

/// The checksum's coefficients as matrices, 160 bytes for each byte of a row.
pub(crate) struct Columns(Vec<Column>);

impl Columns {
	/// `None` where the processor lacks the features.
	pub(crate) fn new(coefficients: &[Limbs]) -> Option<Self> {
		Gfni::detect()?;
		let block = |columns: &[Limbs]| {
			core::array::from_fn(|place| {
				let mut limbs = [[[0; 8]; 2]; LIMBS];
				for (group, columns) in columns.chunks_exact(8).enumerate() {
					for (limb, [low, high]) in limbs.iter_mut().enumerate() {
						let word = columns[place][limb / 4];
						let [ll, hh, lh, hl] = matrices((word >> (16 * (limb % 4))) as u16);
						(low[group], low[group + 4]) = (ll, lh);
						(high[group], high[group + 4]) = (hl, hh);
					}
				}
				limbs
			})
		};
		Some(Self(coefficients.chunks_exact(32).map(block).collect()))
	}

	/// The combination of each row in the layout of `E`, in order. Rows have a block for each of ours.
	pub(crate) fn combine_all<E: Engine>(&self, rows: &[&[u8]]) -> Vec<Sum> {
		par::map_heavy(rows.chunks(GROUP).collect(), |rows| {
			let mut sums = vec![Sum::default(); rows.len()];
			let mut blocks = [[[0; BLOCK]; PANEL]; 2 * ROWS];
			for (panel, columns) in self.0.chunks(PANEL).enumerate() {
				let bytes = panel * PANEL * BLOCK..(panel * PANEL + columns.len()) * BLOCK;
				for (rows, sums) in rows.chunks(2 * ROWS).zip(sums.chunks_mut(2 * ROWS)) {
					for (row, blocks) in rows.iter().zip(&mut blocks) {
						E::read(&row[bytes.clone()], &mut blocks[..columns.len()]);
					}
					// SAFETY: `new` found the features.
					let parts = unsafe { combine(columns, &mut blocks) };
					for (sum, part) in sums.iter_mut().zip(parts.as_flattened()) {
						sum.iter_mut().zip(part).for_each(|(sum, part)| *sum ^= part);
					}
				}
			}
			sums
		})
		.concat()
	}
}

/// Combinations of twice eight rows, of which `columns` says how many blocks count. Overwrites the rows.
///
/// Half of the limbs at a time, so that the sums of both groups of rows stay in registers.
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn combine(columns: &[Column], rows: &mut [[Block; PANEL]; 2 * ROWS]) -> [[Sum; ROWS]; 2] {
	for index in 0..columns.len() {
		for rows in rows.as_chunks_mut::<ROWS>().0 {
			let values = transpose(core::array::from_fn(|row| load(&rows[row][index])));
			rows.iter_mut()
				.zip(values)
				.for_each(|(row, value)| store(&mut row[index], value));
		}
	}
	let mut combined = [[Sum::default(); ROWS]; 2];
	for first in [0, HALF] {
		let mut sums = [[[_mm512_setzero_si512(); 2]; HALF]; 2];
		for (index, places) in columns.iter().enumerate() {
			for (place, limbs) in places.iter().enumerate() {
				let values = [load(&rows[place][index]), load(&rows[ROWS + place][index])];
				for limb in 0..HALF {
					for half in 0..2 {
						let matrix = &limbs[first + limb][half];
						// SAFETY: 64 readable bytes; the instruction needs no alignment.
						let matrix = unsafe { _mm512_loadu_si512(matrix.as_ptr().cast()) };
						for group in 0..2 {
							let product = _mm512_gf2p8affine_epi64_epi8::<0>(values[group], matrix);
							sums[group][limb][half] = _mm512_xor_si512(sums[group][limb][half], product);
						}
					}
				}
			}
		}
		for (combined, sums) in combined.iter_mut().zip(&sums) {
			for (place, sum) in (2 * first..).zip(sums.as_flattened()) {
				let mut words = [0u64; 8];
				// SAFETY: 64 writable bytes; the instruction needs no alignment.
				unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), *sum) };
				let bytes = words.iter().fold(0, |sum, word| sum ^ word).to_le_bytes();
				combined
					.iter_mut()
					.zip(bytes)
					.for_each(|(row, byte)| row[place] = byte);
			}
		}
	}
	combined
}

/// Bytes `8 q + t` of eight rows, in order of the rows, at group `q` of register `t`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,gfni")]
fn transpose(r: [__m512i; ROWS]) -> [__m512i; ROWS] {
	// Bytes of rows 2 i and 2 i + 1 side by side; then pairs, then quadruples.
	let lo = |a, b| _mm512_unpacklo_epi8(a, b);
	let hi = |a, b| _mm512_unpackhi_epi8(a, b);
	// Within each half register of 16 bytes `lo` has the even group, `hi` the odd one.
	let even = [lo(r[0], r[1]), lo(r[2], r[3]), lo(r[4], r[5]), lo(r[6], r[7])];
	let odd = [hi(r[0], r[1]), hi(r[2], r[3]), hi(r[4], r[5]), hi(r[6], r[7])];
	let group = |p: [__m512i; 4]| {
		let (a0, a1) = (
			_mm512_unpacklo_epi16(p[0], p[1]),
			_mm512_unpackhi_epi16(p[0], p[1]),
		);
		let (b0, b1) = (
			_mm512_unpacklo_epi16(p[2], p[3]),
			_mm512_unpackhi_epi16(p[2], p[3]),
		);
		[
			_mm512_unpacklo_epi32(a0, b0),
			_mm512_unpackhi_epi32(a0, b0),
			_mm512_unpacklo_epi32(a1, b1),
			_mm512_unpackhi_epi32(a1, b1),
		]
	};
	let (even, odd) = (group(even), group(odd));
	core::array::from_fn(|t| match t % 2 {
		0 => _mm512_unpacklo_epi64(even[t / 2], odd[t / 2]),
		_ => _mm512_unpackhi_epi64(even[t / 2], odd[t / 2]),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{engine::Leopard, kernel};
	use reed_solomon_simd::engine::DefaultEngine;

	fn noise(length: usize) -> Vec<u8> {
		let mut state = 7u64;
		(0..length)
			.map(|_| {
				state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
				(state >> 56) as u8
			})
			.collect()
	}

	#[test]
	fn transforms_are_those_of_the_portable_path() {
		let Some(gfni) = Gfni::detect() else { return };
		let portable = DefaultEngine::new();
		for (log, width) in [(1, 1), (2, 3), (5, 2), (9, 4), (10, 1), (11, 2), (12, 2)] {
			let n = 1usize << log;
			for offset in [0, n, 3 * n] {
				let blocks = noise(n * width * 64).as_chunks::<64>().0.to_vec();
				let (mut ours, mut theirs) = (blocks.clone(), blocks.clone());
				gfni.coefficients(&mut ours, width, offset);
				Transform::coefficients(&portable, &mut theirs, width, offset);
				assert!(ours == theirs, "coefficients of {n} rows at {offset}");
				gfni.values(&mut ours, width, offset);
				assert!(ours == blocks, "{n} rows at {offset} and back");
				Transform::values(&portable, &mut theirs, width, n);
				gfni.coefficients(&mut ours, width, offset);
				gfni.values(&mut ours, width, n);
				assert!(ours == theirs, "values of {n} rows at {n}");
			}
		}
		for log in [0, 1, 77, 65_534] {
			let mut ours = noise(192).as_chunks::<64>().0.to_vec();
			let mut theirs = ours.clone();
			gfni.scale(&mut ours, log);
			portable.scale(&mut theirs, log);
			assert_eq!(ours, theirs);
		}
	}

	#[test]
	fn combinations_are_those_of_the_portable_path() {
		for row_bytes in [64, 256, 1024, 8192] {
			let coefficients: Vec<Limbs> = noise(row_bytes * 10)
				.as_chunks()
				.0
				.iter()
				.map(kernel::from_bytes)
				.collect();
			let Some(columns) = Columns::new(&coefficients) else {
				return;
			};
			let bytes = noise(300 * row_bytes);
			for count in [1, 7, 8, 9, 300] {
				let rows: Vec<&[u8]> = bytes.chunks(row_bytes).take(count).collect();
				let combine = |row: &&[u8]| kernel::to_bytes(&kernel::combine(&coefficients, row));
				let portable: Vec<Sum> = rows.iter().map(combine).collect();
				assert_eq!(
					columns.combine_all::<Leopard>(&rows),
					portable,
					"{count} rows of {row_bytes}"
				);
			}
		}
	}
}
