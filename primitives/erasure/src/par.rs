// SPDX-License-Identifier: Apache-2.0
//! Loops over independent items: on rayon's threads with `std`, else one after another.

use alloc::vec::Vec;

/// `f` of each item, in order.
#[cfg(feature = "std")]
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
	use rayon::prelude::*;
	items.into_par_iter().with_min_len(8).map(f).collect()
}

/// `f` of each item, in order.
#[cfg(not(feature = "std"))]
pub(crate) fn map<T, R>(items: Vec<T>, f: impl Fn(T) -> R) -> Vec<R> {
	items.into_iter().map(f).collect()
}

/// Like [`map`] for few, heavy items.
#[cfg(feature = "std")]
pub(crate) fn map_heavy<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
	use rayon::prelude::*;
	items.into_par_iter().with_max_len(1).map(f).collect()
}

#[cfg(not(feature = "std"))]
pub(crate) use map as map_heavy;

/// Threads that share the work.
pub(crate) fn threads() -> usize {
	#[cfg(feature = "std")]
	return rayon::current_num_threads();
	#[cfg(not(feature = "std"))]
	1
}
