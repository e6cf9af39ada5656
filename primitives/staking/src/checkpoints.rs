// SPDX-License-Identifier: Apache-2.0

//! The history of a value: one entry per era in which it changed.

use crate::{Era, Error};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A step function over eras, `V::default()` before its first entry. Entries may lie in the future.
///
/// Entries ascend strictly by era and neighbours differ. There is at most one per era, so a history that is pruned to a
/// window of fewer than `N` eras cannot fill up, whatever is called.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Checkpoints<V, const N: u32>(BoundedVec<(Era, V), ConstU32<N>>);

impl<V, const N: u32> Default for Checkpoints<V, N> {
	fn default() -> Self {
		Self(BoundedVec::new())
	}
}

impl<V: Copy + Default + PartialEq + Ord, const N: u32> Checkpoints<V, N> {
	/// A history that begins with `value` in `era`, which is its first change whatever the value is.
	///
	/// Errors: [`Error::HistoryFull`] when `N` is zero.
	pub fn starting(era: Era, value: V) -> Result<Self, Error> {
		let mut history = Self::default();
		history.0.try_push((era, value)).map_err(|_| Error::HistoryFull)?;
		Ok(history)
	}

	/// The value in `era`.
	pub fn at(&self, era: Era) -> V {
		self.in_force(era).unwrap_or_default()
	}

	/// The value of the far future.
	pub fn latest(&self) -> V {
		self.0.last().map(|entry| entry.1).unwrap_or_default()
	}

	/// The era of the last change, if there was one.
	pub fn changed(&self) -> Option<Era> {
		self.0.last().map(|entry| entry.0)
	}

	/// The greatest value in `era` or later.
	pub fn max_from(&self, era: Era) -> V {
		let later = self.0.iter().filter(|entry| entry.0 > era).map(|entry| entry.1);
		later.chain(self.in_force(era)).max().unwrap_or_default()
	}

	/// The least value in `era` or later.
	pub fn min_from(&self, era: Era) -> V {
		let later = self.0.iter().filter(|entry| entry.0 > era).map(|entry| entry.1);
		later
			.chain(core::iter::once(self.at(era)))
			.min()
			.unwrap_or_default()
	}

	/// Sets the value from `era` on and drops every later change. Eras before `horizon` are forgotten.
	///
	/// Errors: [`Error::HistoryFull`].
	pub fn set(&mut self, era: Era, value: V, horizon: Era) -> Result<(), Error> {
		self.0.retain(|entry| entry.0 < era);
		self.prune(horizon);
		if self.latest() == value {
			return Ok(());
		}
		self.0.try_push((era, value)).map_err(|_| Error::HistoryFull)
	}

	/// Applies `change` to the value of every era from `era` on. Eras before `horizon` are forgotten.
	///
	/// Errors: [`Error::HistoryFull`].
	pub fn update_from(&mut self, era: Era, horizon: Era, change: impl Fn(V) -> V) -> Result<(), Error> {
		let old = core::mem::take(self);
		let later = old.0.iter().filter(|entry| entry.0 > era).copied();
		let earlier = old.0.iter().filter(|entry| entry.0 < era).copied();
		self.0 = BoundedVec::truncate_from(earlier.collect());
		self.prune(horizon);
		for (era, value) in core::iter::once((era, old.at(era))).chain(later) {
			self.set(era, change(value), horizon)?;
		}
		Ok(())
	}

	/// Forgets what nobody may ask for any more: every era before `horizon`.
	pub fn prune(&mut self, horizon: Era) {
		let superseded = self.0.iter().skip(1).filter(|entry| entry.0 <= horizon).count();
		self.0.drain(..superseded);
	}

	fn in_force(&self, era: Era) -> Option<V> {
		self.0
			.iter()
			.rev()
			.find(|entry| entry.0 <= era)
			.map(|entry| entry.1)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use std::collections::BTreeMap;

	type History = Checkpoints<u64, 12>;

	#[test]
	fn a_history_answers_for_every_era() {
		let mut history = History::starting(3, 10).unwrap();
		history.set(7, 20, 0).unwrap();
		assert_eq!([2, 3, 6, 7, 99].map(|era| history.at(era)), [0, 10, 10, 20, 20]);
		assert_eq!((history.latest(), history.changed()), (20, Some(7)));
		assert_eq!(
			(history.max_from(0), history.max_from(5), history.max_from(8)),
			(20, 20, 20)
		);
		history.set(5, 1, 0).unwrap();
		assert_eq!([4, 5, 7].map(|era| history.at(era)), [10, 1, 1]);
		assert_eq!((history.max_from(4), history.max_from(5)), (10, 1));
	}

	#[test]
	fn a_history_knows_when_it_began() {
		let mut history = History::starting(3, 0).unwrap();
		assert_eq!((history.changed(), history.at(3)), (Some(3), 0));
		history.set(5, 0, 4).unwrap();
		assert_eq!(history.changed(), Some(3));
		history.set(6, 1, 4).unwrap();
		assert_eq!((history.changed(), history.at(5), history.at(6)), (Some(6), 0, 1));
	}

	#[test]
	fn a_full_history_is_an_error() {
		let mut history = Checkpoints::<u64, 2>::default();
		history.set(1, 1, 0).unwrap();
		history.set(2, 2, 0).unwrap();
		assert_eq!(history.clone().set(3, 3, 0), Err(Error::HistoryFull));
		history.set(3, 3, 2).unwrap();
		assert_eq!([2, 3].map(|era| history.at(era)), [2, 3]);
	}

	proptest! {
		#[test]
		fn a_history_equals_a_value_per_era(
			steps in prop::collection::vec((0u32..3, 0u32..4, 0u64..5, any::<bool>()), 1..60),
		) {
			let (mut history, mut dense, mut now) = (History::default(), BTreeMap::<Era, u64>::new(), 20u32);
			for (passed, ahead, value, add) in steps {
				now += passed;
				let (from, horizon) = (now + ahead - 2, now - 6);
				let end = now + 40;
				let before = dense.clone();
				if add {
					history.update_from(from, horizon, |old| old + value).unwrap();
				} else {
					history.set(from, value, horizon).unwrap();
				}
				for era in from..end {
					let old = before.range(..=era).next_back().map(|entry| *entry.1).unwrap_or_default();
					dense.insert(era, if add { old + value } else { value });
				}
				for era in horizon..end {
					let last = dense.range(..=era).next_back().map(|entry| *entry.1).unwrap_or_default();
					dense.entry(era).or_insert(last);
					prop_assert_eq!(history.at(era), dense[&era]);
				}
				let max = dense.range(horizon..end).map(|entry| *entry.1).max().unwrap_or_default();
				prop_assert_eq!(history.max_from(horizon), max);
				let min = dense.range(horizon..end).map(|entry| *entry.1).min().unwrap_or_default();
				prop_assert_eq!(history.min_from(horizon), min);
				prop_assert!(history.0.windows(2).all(|w| w[0].0 < w[1].0 && w[0].1 != w[1].1));
			}
		}
	}
}
