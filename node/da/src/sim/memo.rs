// SPDX-License-Identifier: Apache-2.0

//! Results of pure functions, remembered for all nodes of a simulation.

use std::{any::Any, cell::RefCell, collections::HashMap, panic::Location};

type Key = (&'static Location<'static>, Vec<u8>);

thread_local! {
	static RESULTS: RefCell<HashMap<Key, Box<dyn Any>>> = Default::default();
}

/// What `work` returned for this input at this place in the code, or returns now.
pub(crate) fn remember<T: Clone + 'static>(
	place: &'static Location<'static>,
	input: Vec<u8>,
	work: impl FnOnce() -> T,
) -> T {
	let key = (place, input);
	let known = RESULTS.with_borrow(|results| {
		let result = results.get(&key)?.downcast_ref::<T>();
		result.cloned()
	});
	known.unwrap_or_else(|| {
		let result = work();
		RESULTS.with_borrow_mut(|results| results.insert(key, Box::new(result.clone())));
		result
	})
}
