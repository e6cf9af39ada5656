// SPDX-License-Identifier: Apache-2.0

//! How long things take, and why nobody gets away in the meantime.

use crate::{Era, MAX_ERAS};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Eras beyond bonding for which a reported slash that nobody executed still locks what it may reach.
///
/// `slack` makes that impossible while blocks are built; past it the slash is lost, so that a stuck queue cannot fill the histories.
pub const GRACE: Era = 8;

/// The durations of shared staking, in eras.
///
/// A fault counts for the era in which the duty that it broke was taken on. From then it takes at most
/// `retention + challenge` eras until it shows, `report` until it is on chain, `veto` and `slack` until the slash is executed.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
	/// From unbonding, or from the end of a promise, until the stake is free.
	pub bonding: Era,
	/// Longest duty: custody of data.
	pub retention: Era,
	/// Longest time in which a challenge must be answered.
	pub challenge: Era,
	/// Longest time from a fault's appearance to its report.
	pub report: Era,
	/// From the report of a subjective fault until it may be executed.
	pub veto: Era,
	/// From then until it must have been executed.
	pub slack: Era,
	/// Notice before a promise grows: whoever delegates may leave before.
	pub allocation_delay: Era,
	/// Notice before a promise shrinks: the service may plan.
	pub deallocation_delay: Era,
}

/// What is wrong with a [`Timing`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimingError {
	/// `retention + challenge + report + veto + slack + 1 > bonding`: a fault could outlive the stake.
	BondingTooShort,
	/// A promise changes at the earliest in the next era.
	NoNotice,
	/// `bonding`, a notice, [`GRACE`] and two eras do not fit into [`MAX_ERAS`].
	TooLong,
}

impl Timing {
	/// Checks the rules that every guarantee rests on. A runtime calls it from `integrity_test`.
	pub fn check(&self) -> Result<(), TimingError> {
		let lifetime = [
			self.retention,
			self.challenge,
			self.report,
			self.veto,
			self.slack,
			1,
		]
		.into_iter()
		.fold(0u32, |sum, eras| sum.saturating_add(eras));
		if lifetime > self.bonding {
			return Err(TimingError::BondingTooShort);
		}
		let notice = self.allocation_delay.max(self.deallocation_delay);
		if self.allocation_delay.min(self.deallocation_delay) == 0 {
			return Err(TimingError::NoNotice);
		}
		if self.bonding.saturating_add(notice).saturating_add(GRACE + 2) > MAX_ERAS {
			return Err(TimingError::TooLong);
		}
		Ok(())
	}

	/// First era whose faults can be reported in `now`: one later than what `bonding` has set free.
	pub fn horizon(&self, now: Era) -> Era {
		now.saturating_add(1).saturating_sub(self.bonding)
	}

	/// Last era in which a fault of `fault` may be reported.
	pub fn report_until(&self, fault: Era) -> Era {
		fault
			.saturating_add(self.retention)
			.saturating_add(self.challenge)
			.saturating_add(self.report)
	}

	/// First era in which a slash reported in `reported` may be executed; an objective one needs no wait.
	pub fn executable_from(&self, reported: Era) -> Era {
		reported.saturating_add(self.veto)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const GOOD: Timing = Timing {
		bonding: 28,
		retention: 4,
		challenge: 3,
		report: 8,
		veto: 8,
		slack: 4,
		allocation_delay: 2,
		deallocation_delay: 1,
	};

	#[test]
	fn a_fault_must_not_outlive_the_stake() {
		assert_eq!(GOOD.check(), Ok(()));
		assert_eq!(
			Timing { report: 9, ..GOOD }.check(),
			Err(TimingError::BondingTooShort)
		);
		assert_eq!(
			Timing {
				report: Era::MAX,
				..GOOD
			}
			.check(),
			Err(TimingError::BondingTooShort)
		);
		assert_eq!(
			Timing {
				allocation_delay: 0,
				..GOOD
			}
			.check(),
			Err(TimingError::NoNotice)
		);
		assert_eq!(
			Timing {
				deallocation_delay: 0,
				..GOOD
			}
			.check(),
			Err(TimingError::NoNotice)
		);
		assert_eq!(Timing { bonding: 52, ..GOOD }.check(), Ok(()));
		assert_eq!(Timing { bonding: 53, ..GOOD }.check(), Err(TimingError::TooLong));
	}

	#[test]
	fn the_last_slash_comes_before_the_first_withdrawal() {
		let fault = 100;
		let last = GOOD.executable_from(GOOD.report_until(fault)) + GOOD.slack;
		assert!(
			GOOD.horizon(last) <= fault,
			"the slash is still taken, the bucket still closed"
		);
		assert_eq!(GOOD.horizon(fault + GOOD.bonding), fault + 1);
		assert_eq!(GOOD.horizon(0), 0);
	}
}
