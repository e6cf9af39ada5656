// SPDX-License-Identifier: Apache-2.0

//! What a seed draws.

use super::host::split_mix;
use bytes::Bytes;
use std::ops::Range;

/// A stream of random numbers; streams of different names do not disturb each other.
pub(super) struct Rng(u64);

impl Rng {
	pub(super) fn new(seed: u64, name: &str) -> Self {
		let fold = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
		let mut state = name.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, fold);
		Self(split_mix(&mut state))
	}

	pub(super) fn draw(&mut self) -> u64 {
		split_mix(&mut self.0)
	}

	/// One of the numbers of a range that is not empty.
	pub(super) fn within(&mut self, range: Range<usize>) -> usize {
		range.start + (self.draw() % range.len() as u64) as usize
	}

	pub(super) fn chance(&mut self, percent: u64) -> bool {
		self.draw() % 100 < percent
	}

	pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
		of[self.within(0..of.len())]
	}

	pub(super) fn shuffled<T>(&mut self, items: impl IntoIterator<Item = T>) -> Vec<T> {
		let mut items: Vec<T> = items.into_iter().collect();
		for last in (1..items.len()).rev() {
			items.swap(last, self.within(0..last + 1));
		}
		items
	}

	pub(super) fn bytes(&mut self, length: usize) -> Bytes {
		let words = (0..length.div_ceil(8)).flat_map(|_| self.draw().to_le_bytes());
		words.take(length).collect()
	}
}
