// SPDX-License-Identifier: Apache-2.0
//! Memory for a matrix: on Linux in huge pages where it is large, because a stripe touches every row.

use alloc::{vec, vec::Vec};
use core::ops::{Deref, DerefMut};

/// Zeroed bytes of a fixed number.
pub(crate) enum Buffer {
	Heap(Vec<u8>),
	#[cfg(all(feature = "std", target_os = "linux"))]
	Mapped(memmap2::MmapMut),
}

impl Buffer {
	pub(crate) fn zeroed(length: usize) -> Self {
		#[cfg(all(feature = "std", target_os = "linux"))]
		if length >= 2 << 20 {
			// Huge pages are a wish: without them, and without a mapping, everything is merely slower.
			if let Ok(map) = memmap2::MmapMut::map_anon(length) {
				map.advise(memmap2::Advice::HugePage).ok();
				return Self::Mapped(map);
			}
		}
		Self::Heap(vec![0; length])
	}
}

impl Deref for Buffer {
	type Target = [u8];

	fn deref(&self) -> &[u8] {
		match self {
			Self::Heap(bytes) => bytes,
			#[cfg(all(feature = "std", target_os = "linux"))]
			Self::Mapped(bytes) => bytes,
		}
	}
}

impl DerefMut for Buffer {
	fn deref_mut(&mut self) -> &mut [u8] {
		match self {
			Self::Heap(bytes) => bytes,
			#[cfg(all(feature = "std", target_os = "linux"))]
			Self::Mapped(bytes) => bytes,
		}
	}
}

impl Clone for Buffer {
	fn clone(&self) -> Self {
		let mut copy = Self::zeroed(self.len());
		copy.copy_from_slice(self);
		copy
	}
}
