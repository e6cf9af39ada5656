// SPDX-License-Identifier: Apache-2.0
//! The blob commitment and the row check for JavaScript: a WebAssembly module without imports.
//!
//! `index.mjs` loads it. The functions are a C ABI over the module's memory: the caller gets buffers from
//! [`alloc`], fills them, calls, reads the result and returns the buffers with [`free`]. An answer of `0` is
//! success, else one of [`Code`]. Memory for a 32 MiB blob: about 180 MiB, kept by the instance.
//!
//! Build: `cargo build --release -p zerog-erasure-js --target wasm32v1-none`.

#![cfg_attr(target_arch = "wasm32", no_std)]
#![deny(
	clippy::unwrap_used,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::cast_possible_truncation,
	clippy::arithmetic_side_effects
)]

extern crate alloc as std_alloc;

use codec::{Decode, DecodeAll};
use core::slice;
use std_alloc::vec::Vec;
use zerog_erasure::{
	BlobHeader, ChecksumError, Commitment, Hash, HeaderError, Namespace, Profile, Row, RowBatch, RowError,
	Verifier,
};

#[cfg(target_arch = "wasm32")]
mod runtime {
	#[global_allocator]
	static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

	/// A trap: JavaScript sees a `RuntimeError` and must load the module anew. Only memory can run out.
	#[panic_handler]
	fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
		core::arch::wasm32::unreachable()
	}
}

/// What a function answers with. `index.mjs` has a text for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Code {
	/// Done, or: the rows are right.
	Ok = 0,
	/// The blob has no bytes.
	Empty = 1,
	/// The blob has more than 32 MiB.
	TooLarge = 2,
	/// The header's version is unknown.
	UnknownVersion = 3,
	/// Header or rows are not the SCALE encoding of such.
	Undecodable = 4,
	/// Header or checksum do not belong to the commitment.
	WrongChecksum = 5,
	/// A row is not one of the blob's.
	WrongRow = 6,
	/// The blob does not fit into the matrix asked for, or there is no such matrix.
	WrongProfile = 7,
}

impl From<HeaderError> for Code {
	fn from(error: HeaderError) -> Self {
		match error {
			HeaderError::UnknownVersion => Self::UnknownVersion,
			HeaderError::Empty => Self::Empty,
			HeaderError::TooLarge => Self::TooLarge,
			HeaderError::ProfileTooSmall => Self::WrongProfile,
		}
	}
}

impl From<ChecksumError> for Code {
	fn from(error: ChecksumError) -> Self {
		match error {
			ChecksumError::Header(error) => error.into(),
			_ => Self::WrongChecksum,
		}
	}
}

fn answer(outcome: Result<(), Code>) -> i32 {
	outcome.err().unwrap_or(Code::Ok) as i32
}

/// `length` bytes of memory, zeroed; null if there is none. At least one byte is allocated.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub extern "C" fn alloc(length: usize) -> *mut u8 {
	let mut buffer = Vec::new();
	if buffer.try_reserve_exact(length.max(1)).is_err() {
		return core::ptr::null_mut();
	}
	buffer.resize(length.max(1), 0u8);
	std_alloc::boxed::Box::into_raw(buffer.into_boxed_slice()).cast()
}

/// Returns what [`alloc`] gave.
///
/// # Safety
///
/// `pointer` came from [`alloc`] with the same `length` and was not returned before.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn free(pointer: *mut u8, length: usize) {
	if !pointer.is_null() {
		let buffer = core::ptr::slice_from_raw_parts_mut(pointer, length.max(1));
		// SAFETY: by contract this is the boxed slice that `alloc` released.
		drop(unsafe { std_alloc::boxed::Box::from_raw(buffer) });
	}
}

/// What [`commit`] writes: 97 bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Committed {
	/// Commitment, row root, checksum root.
	pub hashes: [Hash; 3],
	/// The matrix.
	pub profile: u8,
}

/// As a profile: the smallest that holds the blob.
pub const SMALLEST: u32 = 255;

/// Commits to a blob in a matrix of a `profile`, or the [`SMALLEST`].
///
/// # Safety
///
/// `chain` and `namespace` point to 32 bytes, `blob` to `length`, `out` to 97 that nothing else uses.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn commit(
	chain: *const Hash,
	namespace: *const Hash,
	blob: *const u8,
	length: usize,
	profile: u32,
	out: *mut Committed,
) -> i32 {
	// SAFETY: by contract; the three are made of bytes, which need no alignment.
	let (chain, namespace, out) = unsafe { (&*chain, &*namespace, &mut *out) };
	// SAFETY: by contract.
	let blob = unsafe { slice::from_raw_parts(blob, length) };
	let mut commit = || {
		let profile = match profile {
			SMALLEST => None,
			id => {
				let profile = u8::try_from(id).ok().and_then(Profile::from_id);
				Some(profile.ok_or(Code::WrongProfile)?)
			}
		};
		let (header, commitment) = zerog_erasure::commit(profile, *chain, Namespace(*namespace), blob)?;
		*out = Committed {
			hashes: [commitment.0, header.row_root, header.checksum_root],
			profile: header.profile.id(),
		};
		Ok(())
	};
	answer(commit())
}

/// Checks one row: `header` and `row` in SCALE, `checksum` as it travels.
///
/// # Safety
///
/// `commitment` points to 32 bytes, the others to as many as the number behind each says.
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn verify_row(
	commitment: *const Hash,
	header: *const u8,
	header_length: usize,
	checksum: *const u8,
	checksum_length: usize,
	row: *const u8,
	row_length: usize,
) -> i32 {
	let parts = [
		(header, header_length),
		(checksum, checksum_length),
		(row, row_length),
	];
	// SAFETY: by the same contract.
	unsafe { verify(commitment, parts, |verifier, row: &Row| verifier.check_row(row)) }
}

/// Checks many rows under one multiproof, a [`RowBatch`] in SCALE; the others as for [`verify_row`].
///
/// # Safety
///
/// As for [`verify_row`].
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn verify_batch(
	commitment: *const Hash,
	header: *const u8,
	header_length: usize,
	checksum: *const u8,
	checksum_length: usize,
	batch: *const u8,
	batch_length: usize,
) -> i32 {
	let parts = [
		(header, header_length),
		(checksum, checksum_length),
		(batch, batch_length),
	];
	// SAFETY: by the same contract.
	unsafe {
		verify(commitment, parts, |verifier, batch: &RowBatch| {
			verifier.check_batch(batch).map(drop)
		})
	}
}

/// Checks what `check` does of header, checksum and rows.
///
/// # Safety
///
/// `commitment` points to 32 bytes, each part to as many as its number says.
unsafe fn verify<T: Decode>(
	commitment: *const Hash,
	parts: [(*const u8, usize); 3],
	check: impl FnOnce(&Verifier, &T) -> Result<(), RowError>,
) -> i32 {
	// SAFETY: by contract.
	let commitment = Commitment(unsafe { *commitment });
	// SAFETY: by contract.
	let part = |(pointer, length): (*const u8, usize)| unsafe { slice::from_raw_parts(pointer, length) };
	let [mut header, checksum, mut rows] = parts.map(part);
	let verify = || {
		let header = BlobHeader::decode_all(&mut header).map_err(|_| Code::Undecodable)?;
		let rows = T::decode_all(&mut rows).map_err(|_| Code::Undecodable)?;
		let verifier = Verifier::new(&header, commitment, checksum)?;
		check(&verifier, &rows).map_err(|_| Code::WrongRow)
	};
	answer(verify())
}
