// SPDX-License-Identifier: Apache-2.0

//! A slash: one operator, one allocation, and never a delegator.

use crate::{Allocation, Balance, ClosedPool, Era, Error, Magnitude, Operator, Seniority, Timing};
use sp_arithmetic::Perbill;

/// What a slash took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slashed {
	/// Magnitude charged, before it met what the service had left.
	pub charged: Magnitude,
	/// Planck of the active pool.
	pub active: Balance,
	/// Planck that were unbonding.
	pub unbonding: Balance,
	/// The pool, if too little is left of it: store it by operator and generation, unless it has no shares.
	pub closed: Option<ClosedPool>,
}

/// Charges the operator `fraction` of what it had promised to a service in the era `fault`.
///
/// Stake that is active, or was unbonded in `fault` or later, loses the same part of what it was then; stake that had left
/// before loses nothing. Nothing happens when the era was charged as much before, or nothing was promised.
///
/// Errors: [`Error::FaultOutOfWindow`]; [`Error::HistoryFull`] and [`Error::TooManyBuckets`] are impossible with a [`Timing`] that
/// passes its check, [`Error::Overflow`] and [`Error::Underflow`] with stakes up to [`MAX_STAKE`](crate::MAX_STAKE).
pub fn slash(
	operator: &mut Operator,
	allocation: &mut Allocation,
	seniority: Seniority,
	fault: Era,
	fraction: Perbill,
	now: Era,
	timing: &Timing,
) -> Result<Slashed, Error> {
	let horizon = operator.horizon(now, timing);
	operator.check_fault(fault, now, horizon)?;
	allocation.enter(operator);
	let charged = allocation.charge(fault, fraction, horizon)?;
	let mut slashed = Slashed {
		charged,
		..Slashed::default()
	};
	if charged == Magnitude(0) {
		return Ok(slashed);
	}
	for bucket in operator.buckets.iter_mut().filter(|bucket| bucket.era >= fault) {
		let room = allocation.capacity(bucket.era);
		let burned = bucket.piece.burn(seniority, charged.min(room))?;
		slashed.unbonding = slashed.unbonding.checked_add(burned).ok_or(Error::Overflow)?;
	}
	let room = allocation.capacity(now);
	slashed.active = operator.active.burn(seniority, charged.min(room))?;
	allocation.take(charged, fault, now, horizon)?;
	if operator.closed.is_none() && operator.is_spent() {
		slashed.closed = Some(operator.close(now)?);
	}
	Ok(slashed)
}
