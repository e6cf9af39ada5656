// SPDX-License-Identifier: Apache-2.0
//! Where an encoding's time goes.

/// Nanoseconds that the stages of one encoding took, summed over threads. Zero without `std`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stages {
	/// The parity rows, with reading the original ones.
	pub code: u64,
	/// Writing them into the matrix.
	pub scatter: u64,
	/// The leaves of the row tree.
	pub leaf_hash: u64,
	/// The nodes above them.
	pub tree: u64,
	/// The coefficients and the combinations of the original rows.
	pub checksum: u64,
}

/// A clock that starts anew with each reading.
pub(crate) struct Lap(#[cfg(feature = "std")] std::time::Instant);

impl Lap {
	pub(crate) fn start() -> Self {
		Self(
			#[cfg(feature = "std")]
			std::time::Instant::now(),
		)
	}

	/// Nanoseconds since the last reading.
	pub(crate) fn read(&mut self) -> u64 {
		#[cfg(feature = "std")]
		{
			let before = core::mem::replace(&mut self.0, std::time::Instant::now());
			u64::try_from(self.0.duration_since(before).as_nanos()).unwrap_or(u64::MAX)
		}
		#[cfg(not(feature = "std"))]
		0
	}
}
