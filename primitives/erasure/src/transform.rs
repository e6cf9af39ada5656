// SPDX-License-Identifier: Apache-2.0
//! The additive Fourier transform between values and coefficients, on whichever processor this is.
//!
//! A *work* buffer holds `n` rows (a power of two) of `width` blocks each. Its transform relates the values at the
//! points `offset..offset + n` (a multiple of `n`, numbers read as field elements) to the coefficients in the
//! basis of the engine, which do not depend on `offset`.

// Positions are below the length of a work buffer, and offsets below 2^16.
#![allow(clippy::arithmetic_side_effects)]

use reed_solomon_simd::engine::{utils, DefaultEngine, Engine, ShardsRefMut};

/// 32 symbols: their low bytes, then their high bytes.
pub(crate) type Block = [u8; BLOCK];

/// Bytes of one block.
pub(crate) const BLOCK: usize = 64;

/// Transforms of whole work buffers, in place.
pub(crate) trait Transform: Send + Sync {
	/// Values to coefficients.
	fn coefficients(&self, work: &mut [Block], width: usize, offset: usize);

	/// Coefficients to values.
	fn values(&self, work: &mut [Block], width: usize, offset: usize);

	/// Multiplies all symbols by the element with this logarithm.
	fn scale(&self, row: &mut [Block], log: u16);
}

impl Transform for DefaultEngine {
	fn coefficients(&self, work: &mut [Block], width: usize, offset: usize) {
		let n = work.len().checked_div(width).unwrap_or_default();
		self.ifft(&mut ShardsRefMut::new(n, width, work), 0, n, n, offset);
	}

	fn values(&self, work: &mut [Block], width: usize, offset: usize) {
		let n = work.len().checked_div(width).unwrap_or_default();
		self.fft(&mut ShardsRefMut::new(n, width, work), 0, n, n, offset);
	}

	fn scale(&self, row: &mut [Block], log: u16) {
		self.mul(row, log);
	}
}

/// The fastest transform that this processor has.
pub(crate) fn detect() -> alloc::boxed::Box<dyn Transform> {
	#[cfg(all(feature = "std", target_arch = "x86_64"))]
	if let Some(gfni) = crate::gfni::Gfni::detect() {
		return alloc::boxed::Box::new(gfni);
	}
	alloc::boxed::Box::new(DefaultEngine::new())
}

/// The formal derivative of the polynomial with these coefficients, in place.
pub(crate) fn derivative(work: &mut [Block], width: usize) {
	let n = work.len().checked_div(width).unwrap_or_default();
	for i in 1..n {
		let run = (1 << i.trailing_zeros()) * width;
		let (low, high) = work.split_at_mut(i * width);
		let (Some(low), Some(high)) = (
			low.len().checked_sub(run).and_then(|at| low.get_mut(at..)),
			high.get(..run),
		) else {
			continue;
		};
		utils::xor(low, high);
	}
}
