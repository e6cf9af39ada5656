// SPDX-License-Identifier: Apache-2.0
//! What a writer can commit to other than a codeword, and which rows give it away.

mod common;

use common::{blob, checksum, header, Tree, CHAIN, NAMESPACE};
use zerog_erasure::{encode, Row, RowError, Verifier};

const LENGTH: u32 = 131_072;
const ORIGINALS: usize = 512;
const ROWS: u32 = 2048;

/// The rows of a right encoding of the test blob, xored with `salt`.
fn codeword(salt: u8) -> Vec<Vec<u8>> {
	let blob: Vec<u8> = blob(LENGTH as usize)
		.into_iter()
		.map(|byte| byte ^ salt)
		.collect();
	let encoded = encode(CHAIN, NAMESPACE, &blob).unwrap();
	(0..ROWS)
		.map(|index| encoded.row(index).unwrap().to_vec())
		.collect()
}

/// Which rows fail under a commitment to `rows` and to the checksum of `originals`.
fn failing(rows: &[Vec<u8>], originals: &[Vec<u8>]) -> Vec<u32> {
	let tree = Tree::new(rows);
	let checksum = checksum(LENGTH, originals, &tree.root());
	let header = header(LENGTH, tree.root(), &checksum);
	let verifier = Verifier::new(&header, header.commitment().unwrap(), &checksum).unwrap();
	let check = |index: &u32| {
		let row = Row {
			index: *index,
			data: rows[*index as usize].clone(),
			path: tree.path(*index as usize),
		};
		match verifier.check_row(&row) {
			Ok(()) => false,
			Err(error) => {
				assert_eq!(error, RowError::WrongChecksum);
				assert_eq!(verifier.check_path(row.index, &row.data, &row.path), Ok(()));
				true
			}
		}
	};
	(0..ROWS).filter(check).collect()
}

/// Noise that repeats from run to run.
fn noise(rows: &mut [Vec<u8>]) {
	let mut state = 0x9E37_79B9_7F4A_7C15_u64;
	for byte in rows.iter_mut().flatten() {
		state = state
			.wrapping_mul(6_364_136_223_846_793_005)
			.wrapping_add(1_442_695_040_888_963_407);
		*byte = (state >> 56) as u8;
	}
}

#[test]
fn one_wrong_row_fails_alone() {
	let right = codeword(0);
	for wrong in [0, 77, 511, 512, 2047] {
		let mut rows = right.clone();
		rows[wrong][100] ^= 1;
		assert_eq!(failing(&rows, &right[..ORIGINALS]), [wrong as u32]);
	}
	assert!(failing(&right, &right[..ORIGINALS]).is_empty());
}

#[test]
fn a_checksum_that_follows_a_wrong_original_row_fails_on_the_parity_rows() {
	let mut rows = codeword(0);
	rows[77][100] ^= 1;
	let originals = rows[..ORIGINALS].to_vec();
	assert_eq!(failing(&rows, &originals), (512..ROWS).collect::<Vec<_>>());
}

#[test]
fn garbage_parity_fails_on_every_parity_row() {
	let mut rows = codeword(0);
	noise(&mut rows[ORIGINALS..]);
	let originals = rows[..ORIGINALS].to_vec();
	assert_eq!(failing(&rows, &originals), (512..ROWS).collect::<Vec<_>>());
}

/// The best a writer can do outside half the distance: follow one codeword on `(1 + ρ)/2` of the rows.
#[test]
fn the_wrong_encoding_that_hides_best_is_missed_at_the_rate_of_the_formula() {
	let right = codeword(0);
	let mut rows = right.clone();
	let follows = ROWS as usize * 5 / 8;
	rows[follows..].clone_from_slice(&codeword(0x5A)[follows..]);
	let failing = failing(&rows, &right[..ORIGINALS]);
	assert_eq!(failing, (follows as u32..ROWS).collect::<Vec<_>>());

	// Samples of four rows miss it with probability 2^(-0.678 · 4) = 15.3 %.
	let mut state = 1_u64;
	let mut draw = || {
		state = state
			.wrapping_mul(6_364_136_223_846_793_005)
			.wrapping_add(1_442_695_040_888_963_407);
		(state >> 33) as u32 % ROWS
	};
	let trials = 20_000;
	let missed = (0..trials)
		.filter(|_| (0..4).all(|_| failing.binary_search(&draw()).is_err()))
		.count();
	let rate = missed as f64 / f64::from(trials);
	let formula = 2_f64.powf(-0.678 * 4.0);
	assert!((rate - formula).abs() < 0.01, "missed {rate}, formula {formula}");
}
