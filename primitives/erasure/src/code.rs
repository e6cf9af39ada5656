// SPDX-License-Identifier: Apache-2.0
//! The code, in column stripes that fit a cache.
//!
//! A column of symbols is encoded without regard to the others, so the matrix is cut into stripes of whole
//! blocks. A group of stripes is computed at a time, then written row by row: the memory beside the matrix
//! stays small, and threads share no byte that one of them writes.

use crate::{kernel::BLOCK, par, Profile};
use alloc::vec::Vec;
use reed_solomon_simd::{
	engine::DefaultEngine,
	rate::{LowRateDecoder, LowRateEncoder, RateDecoder, RateEncoder},
	DecoderResult, EncoderResult, Error,
};

/// Bytes of one stripe over all `m` rows while encoding. Half of it was measured a quarter slower, for its
/// short runs within rows; twice of it no faster.
const ENCODE_STRIPE: usize = 2 << 20;

/// The same while decoding. Larger, because the engine derives the error locator anew for each stripe.
const DECODE_STRIPE: usize = 4 << 20;

/// Stripes of a group: at least enough that rows are written in runs of some cache lines, at most 32 MiB of
/// stripes.
fn group(stripe: usize) -> usize {
	let most = (32usize << 20).checked_div(stripe).unwrap_or(1);
	par::threads().next_multiple_of(8).min(most).max(1)
}

/// Bytes of a stripe within one row: whole blocks, a divisor of `row_bytes` (both are powers of two).
fn stripe_bytes(stripe: usize, profile: Profile, row_bytes: usize) -> usize {
	stripe
		.checked_div(profile.total())
		.unwrap_or(BLOCK)
		.clamp(BLOCK, row_bytes.max(BLOCK))
}

/// Appends the `m − K` parity rows to the `K` original rows in `matrix`, all `row_bytes` long.
///
/// `row_bytes` is a power of two and at least one block.
pub(crate) fn extend(profile: Profile, row_bytes: usize, matrix: &mut Vec<u8>) {
	let payload = matrix.len();
	matrix.resize(payload.saturating_mul(4), 0);
	let (originals, parity) = matrix.split_at_mut(payload);
	let encoded = encode(profile, row_bytes, originals, parity);
	debug_assert_eq!(
		encoded,
		Ok(()),
		"every profile is a shape that the engine supports"
	);
}

fn encode(profile: Profile, row_bytes: usize, originals: &[u8], parity: &mut [u8]) -> Result<(), Error> {
	let (k, recovery) = (
		profile.originals(),
		profile.total().saturating_sub(profile.originals()),
	);
	let stripe = stripe_bytes(ENCODE_STRIPE, profile, row_bytes);
	let offsets: Vec<usize> = (0..row_bytes).step_by(stripe).collect();
	let group = group(ENCODE_STRIPE).min(offsets.len());
	let mut encoders = Vec::with_capacity(group);
	for _ in 0..group {
		encoders.push(LowRateEncoder::new(
			k,
			recovery,
			stripe,
			DefaultEngine::new(),
			None,
		)?);
	}
	for offsets in offsets.chunks(group) {
		let jobs = encoders.iter_mut().zip(offsets).collect();
		let results = par::map_heavy(jobs, |(encoder, &offset)| -> Result<EncoderResult<'_>, Error> {
			for row in originals.chunks_exact(row_bytes) {
				encoder.add_original_shard(cut(row, offset, stripe))?;
			}
			encoder.encode()
		});
		let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
		let first = offsets.first().copied().unwrap_or_default();
		par::map(
			parity.chunks_exact_mut(row_bytes).enumerate().collect(),
			|(index, row)| {
				let targets = row.get_mut(first..).unwrap_or_default().chunks_exact_mut(stripe);
				for (target, result) in targets.zip(&results) {
					if let Some(shard) = result.recovery(index) {
						target.copy_from_slice(shard);
					}
				}
			},
		);
	}
	Ok(())
}

/// Fills in those of the `K` original rows in `payload` that are not marked in `present`, from the others and
/// from `parity` (position behind the originals, bytes).
///
/// Errors: fewer than `K` rows in all, rows of another length.
pub(crate) fn restore(
	profile: Profile,
	payload: &mut [u8],
	present: &[bool],
	parity: &[(usize, &[u8])],
) -> Result<(), Error> {
	let row_bytes = profile.width();
	let (k, recovery) = (
		profile.originals(),
		profile.total().saturating_sub(profile.originals()),
	);
	let stripe = stripe_bytes(DECODE_STRIPE, profile, row_bytes);
	let offsets: Vec<usize> = (0..row_bytes).step_by(stripe).collect();
	let group = group(DECODE_STRIPE).min(offsets.len());
	let mut decoders = Vec::with_capacity(group);
	for _ in 0..group {
		decoders.push(LowRateDecoder::new(
			k,
			recovery,
			stripe,
			DefaultEngine::new(),
			None,
		)?);
	}
	for offsets in offsets.chunks(group) {
		let jobs = decoders.iter_mut().zip(offsets).collect();
		let originals = &*payload;
		let results = par::map_heavy(jobs, |(decoder, &offset)| -> Result<DecoderResult<'_>, Error> {
			for (index, (row, present)) in originals.chunks_exact(row_bytes).zip(present).enumerate() {
				if *present {
					decoder.add_original_shard(index, cut(row, offset, stripe))?;
				}
			}
			for (index, row) in parity {
				decoder.add_recovery_shard(*index, cut(row, offset, stripe))?;
			}
			decoder.decode()
		});
		let results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
		let first = offsets.first().copied().unwrap_or_default();
		par::map(
			payload.chunks_exact_mut(row_bytes).enumerate().collect(),
			|(index, row)| {
				let targets = row.get_mut(first..).unwrap_or_default().chunks_exact_mut(stripe);
				for (target, result) in targets.zip(&results) {
					if let Some(shard) = result.restored_original(index) {
						target.copy_from_slice(shard);
					}
				}
			},
		);
	}
	Ok(())
}

/// `length` bytes of `row` from `offset`; nothing, which the engine refuses, where the row is too short.
fn cut(row: &[u8], offset: usize, length: usize) -> &[u8] {
	row.get(offset..offset.saturating_add(length)).unwrap_or_default()
}
