// SPDX-License-Identifier: Apache-2.0
//! The two engines: which bytes of a row are which symbol, and which symbol of a blob is where.
//!
//! `reed-solomon-simd` (in its `LowRate`) and `reed-solomon-novelpoly` evaluate the same polynomials over the
//! same field in the same basis at the same points: row `i` of a column is the value at the point `i` of the
//! polynomial of degree below `K` through the original rows. They differ in the layout alone. So one transform
//! serves both, and an engine says how to get from bytes to symbols and back.

use crate::{
	par,
	transform::{Block, BLOCK},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Which engine made the rows. Bound by the commitment.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "std", serde(rename_all = "lowercase"))]
pub enum EngineId {
	/// The layout of `reed-solomon-simd`: what the network uses.
	#[default]
	#[codec(index = 0)]
	Leopard,
	/// The layout of `reed-solomon-novelpoly`: shards byte by byte as that crate, and so Polkadot, makes them.
	#[codec(index = 1)]
	Novelpoly,
}

/// The layout of an engine. All lengths are whole blocks.
pub(crate) trait Engine {
	/// The symbols of a part of a row.
	fn read(row: &[u8], blocks: &mut [Block]);

	/// The inverse of [`Engine::read`].
	fn write(blocks: &[Block], row: &mut [u8]);

	/// Puts the payload, of at most as many bytes, into the original rows, which are zero.
	fn spread(payload: &[u8], rows: &mut [u8], row_bytes: usize);

	/// The payload in original rows, with the zeros behind it: the inverse of [`Engine::spread`].
	fn gather(rows: Vec<u8>, row_bytes: usize) -> Vec<u8>;
}

/// Bytes that one thread copies at a time.
const COPY: usize = 1 << 20;

/// Rows are blocks of 32 low and 32 high bytes, and hold the payload one after another.
pub(crate) struct Leopard;

impl Engine for Leopard {
	#[inline]
	fn read(row: &[u8], blocks: &mut [Block]) {
		blocks.as_flattened_mut().copy_from_slice(row);
	}

	#[inline]
	fn write(blocks: &[Block], row: &mut [u8]) {
		row.copy_from_slice(blocks.as_flattened());
	}

	fn spread(payload: &[u8], rows: &mut [u8], _: usize) {
		let parts = rows.chunks_mut(COPY).zip(payload.chunks(COPY));
		par::map_heavy(parts.collect(), |(rows, payload): (&mut [u8], &[u8])| {
			rows.iter_mut().zip(payload).for_each(|(row, byte)| *row = *byte);
		});
	}

	fn gather(rows: Vec<u8>, _: usize) -> Vec<u8> {
		rows
	}
}

/// Symbols are two bytes, the high one first, and go from row to row: symbol `i` of the payload is in row `i
/// mod K`.
pub(crate) struct Novelpoly;

impl Engine for Novelpoly {
	fn read(row: &[u8], blocks: &mut [Block]) {
		for (row, block) in row.as_chunks::<BLOCK>().0.iter().zip(blocks) {
			let (low, high) = block.split_at_mut(BLOCK >> 1);
			for (([from_high, from_low], low), high) in row.as_chunks().0.iter().zip(low).zip(high) {
				(*low, *high) = (*from_low, *from_high);
			}
		}
	}

	fn write(blocks: &[Block], row: &mut [u8]) {
		for (row, block) in row.as_chunks_mut::<BLOCK>().0.iter_mut().zip(blocks) {
			let (low, high) = block.split_at(BLOCK >> 1);
			for ((to, low), high) in row.as_chunks_mut().0.iter_mut().zip(low).zip(high) {
				*to = [*high, *low];
			}
		}
	}

	fn spread(payload: &[u8], rows: &mut [u8], row_bytes: usize) {
		let originals = rows.len().checked_div(row_bytes).unwrap_or_default();
		for (column, symbols) in payload.chunks(originals.saturating_mul(2).max(1)).enumerate() {
			for (symbol, row) in symbols.chunks(2).zip(rows.chunks_exact_mut(row_bytes)) {
				if let Some(place) = row.as_chunks_mut::<2>().0.get_mut(column) {
					place
						.iter_mut()
						.zip(symbol)
						.for_each(|(place, byte)| *place = *byte);
				}
			}
		}
	}

	fn gather(rows: Vec<u8>, row_bytes: usize) -> Vec<u8> {
		let mut payload = Vec::with_capacity(rows.len());
		for column in 0..row_bytes >> 1 {
			for row in rows.chunks_exact(row_bytes) {
				payload.extend_from_slice(row.as_chunks::<2>().0.get(column).unwrap_or(&[0; 2]));
			}
		}
		payload
	}
}
