// SPDX-License-Identifier: Apache-2.0

//! Rewards, outside of the share price: by points to operators, by shares to delegators.
//!
//! Each step hands out `floor(left × mine / of_all_that_are_left)` and takes it off both: the last one gets the remainder, and
//! no planck stays behind.

use crate::{
	mul_div, operator::history_start, Balance, Checkpoints, Era, Error, Operator, Position, Rounding, Shares,
	HISTORY,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::Perbill;

/// What a service pays for one era, and for how much work.
///
/// What is left when the era is older than [`history_start`] belongs into the present era's pot.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EraPot {
	/// Planck not drawn.
	pub amount: Balance,
	/// Points of the operators that have not drawn.
	pub points: u64,
}

impl EraPot {
	/// Adds money. Errors: [`Error::Overflow`].
	pub fn fund(&mut self, amount: Balance) -> Result<(), Error> {
		self.amount = self.amount.checked_add(amount).ok_or(Error::Overflow)?;
		Ok(())
	}

	/// Notes an operator's work. Errors: [`Error::Overflow`].
	pub fn note(&mut self, points: u64) -> Result<(), Error> {
		self.points = self.points.checked_add(points).ok_or(Error::Overflow)?;
		Ok(())
	}

	/// Takes out the part of one operator's `points`. Once the era is over, once for each operator.
	///
	/// Errors: [`Error::TooManyPoints`], [`Error::Overflow`].
	pub fn draw(&mut self, points: u64) -> Result<Balance, Error> {
		let rest = self.points.checked_sub(points).ok_or(Error::TooManyPoints)?;
		if points == 0 {
			return Ok(0);
		}
		let part = mul_div(self.amount, points.into(), self.points.into(), Rounding::Down)?;
		self.points = rest;
		self.amount = self.amount.checked_sub(part).ok_or(Error::Underflow)?;
		Ok(part)
	}
}

/// The delegators' part of an operator's reward of one era.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
struct EraReward {
	era: Era,
	amount: Balance,
	shares: Shares,
}

/// Rewards of one operator's delegators, and its commission: one storage item.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct RewardBook {
	commission: Checkpoints<Perbill, HISTORY>,
	/// Every earlier era was distributed.
	next: Era,
	rewards: BoundedVec<EraReward, ConstU32<HISTORY>>,
}

impl RewardBook {
	/// The book of an operator that registers in `now`.
	///
	/// Errors: none that can occur.
	pub fn new(commission: Perbill, now: Era) -> Result<Self, Error> {
		Ok(Self {
			commission: Checkpoints::starting(now, commission)?,
			next: now,
			rewards: BoundedVec::new(),
		})
	}

	/// The operator's part of a reward of `era`.
	pub fn commission(&self, era: Era) -> Perbill {
		self.commission.at(era)
	}

	/// First era whose reward can be distributed: earlier ones were, or are older than the history.
	pub fn next_era(&self, now: Era) -> Era {
		self.next.max(history_start(now))
	}

	/// Planck that delegators have not claimed. Errors: [`Error::Overflow`].
	pub fn unclaimed(&self) -> Result<Balance, Error> {
		self.rewards.iter().try_fold(0u128, |sum, reward| {
			sum.checked_add(reward.amount).ok_or(Error::Overflow)
		})
	}

	/// Eras of which delegators have not claimed all, and the shares that have not.
	pub fn unclaimed_shares(&self) -> impl Iterator<Item = (Era, Shares)> + '_ {
		self.rewards.iter().map(|reward| (reward.era, reward.shares))
	}

	/// Changes the commission from the next era on. It falls freely; it rises by at most `max_rise` and not within
	/// `interval` eras of the change before.
	///
	/// Errors: [`Error::CommissionThrottled`], [`Error::HistoryFull`].
	pub fn set_commission(
		&mut self,
		commission: Perbill,
		max_rise: Perbill,
		interval: Era,
		now: Era,
	) -> Result<(), Error> {
		let next = now.saturating_add(1);
		let present = self.commission.latest();
		if commission > present {
			let since = self.commission.changed().unwrap_or_default();
			let too_soon = next < since.saturating_add(interval);
			if too_soon
				|| commission.deconstruct().saturating_sub(present.deconstruct()) > max_rise.deconstruct()
			{
				return Err(Error::CommissionThrottled);
			}
		}
		self.commission.set(next, commission, history_start(now))
	}

	/// Books the operator's reward of `era`, which is over; returns what is the operator's own: the commission, rounded down,
	/// and all of it when no share earned.
	///
	/// Eras are distributed in order, at most once. What earlier delegators failed to claim in time goes to these.
	///
	/// Errors: [`Error::EraNotDistributable`], [`Error::Overflow`].
	pub fn distribute(
		&mut self,
		operator: &Operator,
		era: Era,
		amount: Balance,
		now: Era,
	) -> Result<Balance, Error> {
		let oldest = history_start(now);
		if era < self.next_era(now) || era >= now {
			return Err(Error::EraNotDistributable);
		}
		self.next = era.saturating_add(1);
		let commission = mul_div(
			amount,
			self.commission(era).deconstruct().into(),
			1_000_000_000,
			Rounding::Down,
		)?;
		let expired = self.rewards.iter().filter(|reward| reward.era < oldest);
		let expired = expired.fold(0u128, |sum, reward| sum.saturating_add(reward.amount));
		self.rewards.retain(|reward| reward.era >= oldest);
		let rest = amount
			.checked_sub(commission)
			.and_then(|rest| rest.checked_add(expired))
			.ok_or(Error::Overflow)?;
		let shares = operator.earning(era);
		if shares.is_zero() {
			return commission.checked_add(rest).ok_or(Error::Overflow);
		}
		if rest > 0 {
			let reward = EraReward {
				era,
				amount: rest,
				shares,
			};
			self.rewards.try_push(reward).map_err(|_| Error::HistoryFull)?;
		}
		Ok(commission)
	}

	/// Pays a position its part of every distributed era that it has not claimed, and still can.
	///
	/// Errors: [`Error::StaleGeneration`], [`Error::Overflow`], [`Error::Underflow`].
	pub fn claim(&mut self, position: &mut Position, operator: &Operator) -> Result<Balance, Error> {
		position.check_generation(operator)?;
		let mut paid = 0u128;
		for reward in self.rewards.iter_mut() {
			let shares = position.unclaimed(reward.era);
			let rest = reward.shares.minus(shares)?;
			if shares.is_zero() {
				continue;
			}
			let part = mul_div(reward.amount, shares.0, reward.shares.0, Rounding::Down)?;
			reward.shares = rest;
			reward.amount = reward.amount.checked_sub(part).ok_or(Error::Underflow)?;
			paid = paid.checked_add(part).ok_or(Error::Overflow)?;
		}
		self.rewards.retain(|reward| !reward.shares.is_zero());
		position.claimed = self.next;
		position.shares.prune(self.next);
		Ok(paid)
	}
}
