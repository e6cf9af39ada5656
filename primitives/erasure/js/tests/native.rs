// SPDX-License-Identifier: Apache-2.0
//! The C ABI against the crate that it wraps.

use codec::Encode;
use zerog_erasure::{encode, encode_in, Hash, Namespace, Profile};
use zerog_erasure_js::{alloc, commit, free, verify_batch, verify_row, Code, Committed, SMALLEST};

const CHAIN: [u8; 32] = [3; 32];
const NAMESPACE: [u8; 32] = [4; 32];

fn call_commit(blob: &[u8], profile: u32) -> (i32, Committed) {
	let mut out = Committed::default();
	// SAFETY: all pointers are to live arrays of the lengths given.
	let code = unsafe { commit(&CHAIN, &NAMESPACE, blob.as_ptr(), blob.len(), profile, &mut out) };
	(code, out)
}

#[test]
fn commit_writes_what_the_crate_computes() {
	for length in [1, 1000, 131_072, 131_073] {
		let blob: Vec<u8> = (0..length).map(|index| ((index * 31) >> 3) as u8).collect();
		let larger = Profile::ALL[4];
		for (profile, encoded) in [
			(SMALLEST, encode(CHAIN, Namespace(NAMESPACE), &blob)),
			(4, encode_in(larger, CHAIN, Namespace(NAMESPACE), &blob)),
		] {
			let encoded = encoded.unwrap();
			let header = encoded.header();
			let expected = Committed {
				hashes: [encoded.commitment().0, header.row_root, header.checksum_root],
				profile: encoded.profile().id(),
			};
			assert_eq!(call_commit(&blob, profile), (Code::Ok as i32, expected));
		}
	}
	let code = |blob: &[u8], profile| call_commit(blob, profile).0;
	assert_eq!(code(&[], SMALLEST), Code::Empty as i32);
	assert_eq!(code(&vec![0; (32 << 20) + 1], SMALLEST), Code::TooLarge as i32);
	assert_eq!(code(&[0; 131_073], 0), Code::WrongProfile as i32);
	assert_eq!(code(&[0; 1], 9), Code::WrongProfile as i32);
}

type Verify = unsafe extern "C" fn(*const Hash, *const u8, usize, *const u8, usize, *const u8, usize) -> i32;

#[test]
fn rows_of_the_blob_are_accepted_alone_and_in_a_batch_and_no_others() {
	let encoded = encode(CHAIN, Namespace(NAMESPACE), &[5; 5000]).unwrap();
	let (header, checksum) = (encoded.header().encode(), encoded.checksum());
	let row = encoded.one_row(700).unwrap();
	let batch = encoded.batch(&[3, 700, 701, 2047]).unwrap();
	let (mut wrong_row, mut wrong_batch) = (row.clone(), batch.clone());
	wrong_row.data[9] ^= 1;
	wrong_batch.data[9] ^= 1;
	for (function, rows, wrong) in [
		(verify_row as Verify, row.encode(), wrong_row.encode()),
		(verify_batch as Verify, batch.encode(), wrong_batch.encode()),
	] {
		let verify = |header: &[u8], checksum: &[u8], rows: &[u8]| {
			let commitment = encoded.commitment().0;
			// SAFETY: all pointers are to live slices of the lengths given.
			unsafe {
				function(
					&commitment,
					header.as_ptr(),
					header.len(),
					checksum.as_ptr(),
					checksum.len(),
					rows.as_ptr(),
					rows.len(),
				)
			}
		};
		let longer = [&rows[..], &[0]].concat();
		assert_eq!(verify(&header, checksum, &rows), Code::Ok as i32);
		assert_eq!(verify(&header, checksum, &longer), Code::Undecodable as i32);
		assert_eq!(verify(&header[1..], checksum, &rows), Code::Undecodable as i32);
		assert_eq!(verify(&header, &checksum[1..], &rows), Code::WrongChecksum as i32);
		assert_eq!(verify(&header, checksum, &wrong), Code::WrongRow as i32);
	}
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
