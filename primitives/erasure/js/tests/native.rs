// SPDX-License-Identifier: Apache-2.0
//! The C ABI against the crate that it wraps.

use codec::Encode;
use zerog_erasure::{encode, Namespace};
use zerog_erasure_js::{alloc, commit, free, verify_row, Code};

const CHAIN: [u8; 32] = [3; 32];
const NAMESPACE: [u8; 32] = [4; 32];

fn call_commit(blob: &[u8]) -> (i32, [[u8; 32]; 3]) {
	let mut out = [[0; 32]; 3];
	// SAFETY: all pointers are to live arrays of the lengths given.
	let code = unsafe { commit(&CHAIN, &NAMESPACE, blob.as_ptr(), blob.len(), &mut out) };
	(code, out)
}

#[test]
fn commit_writes_what_the_crate_computes() {
	for length in [1, 1000, 131_072, 131_073] {
		let blob: Vec<u8> = (0..length).map(|index| ((index * 31) >> 3) as u8).collect();
		let encoded = encode(CHAIN, Namespace(NAMESPACE), &blob).unwrap();
		let header = encoded.header();
		let expected = [encoded.commitment().0, header.row_root, header.checksum_root];
		assert_eq!(call_commit(&blob), (Code::Ok as i32, expected));
	}
	assert_eq!(call_commit(&[]).0, Code::Empty as i32);
	assert_eq!(call_commit(&vec![0; (32 << 20) + 1]).0, Code::TooLarge as i32);
}

#[test]
fn verify_row_accepts_rows_of_the_blob_and_no_others() {
	let encoded = encode(CHAIN, Namespace(NAMESPACE), &[5; 5000]).unwrap();
	let header = encoded.header().encode();
	let verify = |header: &[u8], checksum: &[u8], row: &[u8]| {
		let (commitment, sum) = (encoded.commitment().0, checksum);
		// SAFETY: all pointers are to live slices of the lengths given.
		unsafe {
			verify_row(
				&commitment,
				header.as_ptr(),
				header.len(),
				sum.as_ptr(),
				sum.len(),
				row.as_ptr(),
				row.len(),
			)
		}
	};
	let mut row = encoded.one_row(700).unwrap();
	assert_eq!(
		verify(&header, encoded.checksum(), &row.encode()),
		Code::Ok as i32
	);
	assert_eq!(
		verify(&header, encoded.checksum(), &[&row.encode()[..], &[0]].concat()),
		Code::Undecodable as i32
	);
	assert_eq!(
		verify(&header[1..], encoded.checksum(), &row.encode()),
		Code::Undecodable as i32
	);
	assert_eq!(
		verify(&header, &encoded.checksum()[1..], &row.encode()),
		Code::WrongChecksum as i32
	);
	row.data[9] ^= 1;
	assert_eq!(
		verify(&header, encoded.checksum(), &row.encode()),
		Code::WrongRow as i32
	);
}

#[test]
fn buffers_come_and_go() {
	for length in [0, 1, 96, 1 << 20] {
		let buffer = alloc(length);
		assert!(!buffer.is_null());
		// SAFETY: just allocated with this length.
		unsafe { free(buffer, length) };
	}
	assert!(alloc(usize::MAX).is_null());
}
