// SPDX-License-Identifier: Apache-2.0

//! How much memory something takes: the targets hold parsers to what they promise.

use std::{
	alloc::{GlobalAlloc, Layout, System},
	cell::Cell,
};

thread_local! {
	/// What this thread took and did not give back, and the most that it was.
	static HELD: Cell<isize> = const { Cell::new(0) };
	static MOST: Cell<isize> = const { Cell::new(0) };
}

fn took(bytes: usize) {
	let held = HELD.get().wrapping_add_unsigned(bytes);
	HELD.set(held);
	MOST.set(MOST.get().max(held));
}

fn gave(bytes: usize) {
	HELD.set(HELD.get().wrapping_sub_unsigned(bytes));
}

struct Counting;

// SAFETY: every call is the system's with the same arguments; the counters allocate nothing and are never dropped.
unsafe impl GlobalAlloc for Counting {
	unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
		took(layout.size());
		unsafe { System.alloc(layout) }
	}

	unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
		took(layout.size());
		unsafe { System.alloc_zeroed(layout) }
	}

	unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
		gave(layout.size());
		unsafe { System.dealloc(memory, layout) }
	}

	unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
		// Old and new, as if it had to move.
		took(size);
		gave(layout.size());
		unsafe { System.realloc(memory, layout, size) }
	}
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What `work` returns, and the most bytes that it held at once on this thread.
pub fn most_held<T>(work: impl FnOnce() -> T) -> (T, usize) {
	let before = HELD.get();
	MOST.set(before);
	let done = work();
	(
		done,
		usize::try_from(MOST.get().wrapping_sub(before)).unwrap_or_default(),
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn memory_is_counted_while_it_is_held() {
		let (_, most) = most_held(|| {
			for _ in 0..10 {
				std::hint::black_box(vec![1u8; 1_000]);
			}
			vec![0u8; 500]
		});
		assert_eq!(most, 1_000);
		let (grown, most) = most_held(|| {
			let mut bytes = Vec::with_capacity(1_000);
			bytes.resize(3_000, 0u8);
			bytes
		});
		assert_eq!((grown.len(), most), (3_000, 4_000));
		assert_eq!(most_held(|| ()).1, 0);
	}
}
