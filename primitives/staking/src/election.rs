// SPDX-License-Identifier: Apache-2.0

//! What a service can rely on, and who comes first.

use crate::{
	allocation::unit, mul_div, Allocation, Balance, Era, Error, Magnitude, Operator, Rounding, Seniority,
};
use codec::{Decode, Encode, MaxEncodedLen};
use core::{cmp::Ordering, cmp::Reverse};
use scale_info::TypeInfo;

/// Planck of active stake that a service could take in `now` for a fault of the era `fault` or of any later one, all of it:
/// `S × m / M`, or `S × m × W / (cM)` for consensus, rounded down. `m` is the least promise from `fault` on: falls that were
/// announced count already, rises do not count yet. Unless somebody calls, the number only grows.
///
/// Errors: [`Error::Overflow`].
pub fn slashable(
	operator: &Operator,
	allocation: &Allocation,
	seniority: Seniority,
	fault: Era,
	now: Era,
) -> Result<Balance, Error> {
	at_risk(
		operator,
		allocation,
		seniority,
		allocation.promised_from(fault),
		fault,
		now,
	)
}

/// The same under a promise.
fn at_risk(
	operator: &Operator,
	allocation: &Allocation,
	seniority: Seniority,
	promised: Magnitude,
	fault: Era,
	now: Era,
) -> Result<Balance, Error> {
	let piece = operator.active();
	let is_open = operator.closed().is_none() && operator.opened() <= fault;
	if piece.weight() == 0 || !is_open || allocation.opened() != operator.opened() {
		return Ok(0);
	}
	let part = promised
		.min(allocation.capacity(now))
		.wide()
		.checked_mul(unit(piece, seniority))
		.ok_or(Error::Overflow)?;
	mul_div(piece.stake, part, piece.weight(), Rounding::Down)
}

/// The same for a junior service, after consensus took everything that it may: the number to publish.
///
/// `slashable × (cM − m₀W) / (cM)`, rounded down, with all that is reserved for consensus as `m₀`.
///
/// Errors: [`Error::Overflow`].
pub fn slashable_net(
	operator: &Operator,
	allocation: &Allocation,
	consensus: &Allocation,
	fault: Era,
	now: Era,
) -> Result<Balance, Error> {
	net(
		operator,
		allocation,
		consensus,
		allocation.promised_from(fault),
		fault,
		now,
	)
}

/// The same for a fault of the era `fault` alone: falls that were announced do not count before they come.
///
/// Errors: [`Error::Overflow`].
pub fn slashable_net_in(
	operator: &Operator,
	allocation: &Allocation,
	consensus: &Allocation,
	fault: Era,
	now: Era,
) -> Result<Balance, Error> {
	net(
		operator,
		allocation,
		consensus,
		allocation.promised(fault),
		fault,
		now,
	)
}

fn net(
	operator: &Operator,
	allocation: &Allocation,
	consensus: &Allocation,
	promised: Magnitude,
	fault: Era,
	now: Era,
) -> Result<Balance, Error> {
	let gross = at_risk(operator, allocation, Seniority::Junior, promised, fault, now)?;
	let weight = operator.active().weight();
	if gross == 0 || consensus.opened() != operator.opened() {
		return Ok(gross);
	}
	let taken = consensus
		.capacity(now)
		.wide()
		.checked_mul(unit(operator.active(), Seniority::Senior))
		.ok_or(Error::Overflow)?;
	mul_div(gross, weight.saturating_sub(taken), weight, Rounding::Down)
}

/// The order of candidates: more slashable stake first, then the older candidate, then the lower account.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct ElectionKey<AccountId> {
	/// What consensus could slash, in planck.
	pub stake: Balance,
	/// Era in which the candidacy began: overtaking takes more stake, not the same.
	pub since: Era,
	/// The operator.
	pub account: AccountId,
}

impl<AccountId: Ord> Ord for ElectionKey<AccountId> {
	fn cmp(&self, other: &Self) -> Ordering {
		let rank = |key: &Self| (Reverse(key.stake), key.since);
		rank(self)
			.cmp(&rank(other))
			.then_with(|| self.account.cmp(&other.account))
	}
}

impl<AccountId: Ord> PartialOrd for ElectionKey<AccountId> {
	fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
		Some(self.cmp(other))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn stake_then_age_then_account_decide() {
		let key = |stake, since, account| ElectionKey {
			stake,
			since,
			account,
		};
		let mut keys = vec![key(5, 1, 3), key(9, 7, 4), key(5, 0, 9), key(5, 1, 2)];
		keys.sort();
		assert_eq!(keys, vec![key(9, 7, 4), key(5, 0, 9), key(5, 1, 2), key(5, 1, 3)]);
	}
}
