// SPDX-License-Identifier: Apache-2.0

//! What is fixed when, for the committee of an epoch.

use crate::{Epoch, ROTATION};

/// The epochs that lead to a committee.
///
/// BABE collects randomness during an epoch and hands it out two epochs later (`RandomnessFromTwoEpochsAgo`), when no fork can
/// change it any more. Stake, keys and allocations are frozen before the first contribution to it is made, and the committee is
/// drawn one epoch before it serves. Who watches can compute it another epoch earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
	/// Candidates and their stake are those at the *start* of this epoch.
	pub frozen: Epoch,
	/// Blocks of this epoch contribute the randomness.
	pub randomness: Epoch,
	/// The draw is made in this epoch.
	pub drawn: Epoch,
	/// First epoch in which the committee serves.
	pub serves: Epoch,
	/// First epoch in which all seats drawn for `serves` have rotated.
	pub rotated: Epoch,
}

impl Timing {
	/// Epochs from the freezing of stake to the end of the last seat that was drawn from it.
	///
	/// An operator that leaves is frozen with stake zero from then on, and keeps its seats until they rotate: with a notice of
	/// so many epochs no seat loses its stake.
	pub const NOTICE: Epoch = 3 + ROTATION;

	/// The same from the announcement, where stake is read over the epoch before it is frozen.
	pub const NOTICE_OF_LEAVING: Epoch = Self::NOTICE + 1;

	/// Epochs from joining to the first seat, at most: joined in one, read in the next, and frozen three before it serves.
	pub const FIRST_SEAT: Epoch = 5;

	/// For the committee of an epoch; `None` for the first three, in which everybody serves.
	pub fn of(serves: Epoch) -> Option<Self> {
		let frozen = serves.checked_sub(3)?;
		Some(Self {
			frozen,
			randomness: frozen,
			drawn: frozen.saturating_add(2),
			serves,
			rotated: frozen.saturating_add(Self::NOTICE),
		})
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nothing_can_be_changed_once_randomness_is_collected() {
		let timing = Timing::of(10).unwrap();
		// Frozen at the start of the epoch whose blocks contribute: no author has seen any of it.
		assert_eq!((timing.frozen, timing.randomness), (7, 7));
		// `RandomnessFromTwoEpochsAgo` in epoch 9 was collected in 7.
		assert_eq!(timing.drawn - timing.randomness, 2);
		assert_eq!(timing.serves - timing.drawn, 1);
		assert_eq!(timing.rotated, 13);
		assert_eq!(Timing::of(2), None);
	}
}
