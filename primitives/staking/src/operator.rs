// SPDX-License-Identifier: Apache-2.0

//! An operator: its active pool, its unbonding buckets, the slashes that wait.

use crate::{
	pool::value, Balance, Bucket, Checkpoints, Era, Error, Piece, Shares, Timing, GRACE, HISTORY, MAX_ERAS,
	MAX_STAKE, SHARES_PER_PLANCK, WHOLE,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A pool is closed when slashes have left less than one part in this many of its magnitude, its scale or its price.
const SPENT: u64 = 1_000;
/// Shares a planck at the lowest price of an open pool.
const MAX_SHARES_PER_PLANCK: u128 = SHARES_PER_PLANCK * SPENT as u128;

/// First era whose shares and rewards are still known in `now`.
pub fn history_start(now: Era) -> Era {
	now.saturating_add(2).saturating_sub(HISTORY)
}

/// The books of one operator, whole: one storage item.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Operator {
	pub(crate) generation: u32,
	pub(crate) opened: Era,
	pub(crate) closed: Option<Era>,
	pub(crate) active: Piece,
	pub(crate) shares: Checkpoints<Shares, HISTORY>,
	pub(crate) buckets: BoundedVec<Bucket, ConstU32<MAX_ERAS>>,
	pending: BoundedVec<(Era, u32), ConstU32<MAX_ERAS>>,
}

/// What is left of a pool that a slash has closed: its stake unbonds in `era`.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedPool {
	/// The generation that ended.
	pub generation: u32,
	/// The era in which it ended, and of the bucket that took its stake.
	pub era: Era,
	/// Its shares whose owners have not converted them. At zero the record can go.
	pub shares: Shares,
	/// The bucket's shares that are theirs.
	pub bucket_shares: Shares,
}

impl ClosedPool {
	/// Exchanges `shares` of the pool for shares of the bucket; the last owner gets the remainder.
	pub(crate) fn convert(&mut self, shares: Shares) -> Result<Shares, Error> {
		let bucket_shares = Shares(value(shares, self.shares, self.bucket_shares.0)?);
		self.shares = self.shares.minus(shares)?;
		self.bucket_shares = self.bucket_shares.minus(bucket_shares)?;
		Ok(bucket_shares)
	}
}

impl Operator {
	/// A new operator without stake, in era `now`.
	pub fn new(now: Era) -> Self {
		Self {
			generation: 0,
			opened: now,
			closed: None,
			active: Piece::default(),
			shares: Checkpoints::default(),
			buckets: BoundedVec::new(),
			pending: BoundedVec::new(),
		}
	}

	/// The active pool: what earns, votes for validators, and can be slashed for every fault.
	pub fn active(&self) -> &Piece {
		&self.active
	}

	/// Shares of the active pool.
	pub fn shares(&self) -> Shares {
		self.shares.latest()
	}

	/// Shares that earn in `era`: those of its beginning that are at stake until its end.
	pub fn earning(&self, era: Era) -> Shares {
		self.shares.at(era)
	}

	/// Unbonding stake, by the era of its request, oldest first.
	pub fn buckets(&self) -> &[Bucket] {
		&self.buckets
	}

	/// Number of the pool: grows when a slash closes one.
	pub fn generation(&self) -> u32 {
		self.generation
	}

	/// First era of the present pool. Earlier faults cannot be slashed any more.
	pub fn opened(&self) -> Era {
		self.opened
	}

	/// The era in which a slash closed the pool, until it is reopened.
	pub fn closed(&self) -> Option<Era> {
		self.closed
	}

	/// Active and unbonding stake. Errors: [`Error::Overflow`].
	pub fn total_stake(&self) -> Result<Balance, Error> {
		self.buckets.iter().try_fold(self.active.stake, |sum, bucket| {
			sum.checked_add(bucket.piece.stake).ok_or(Error::Overflow)
		})
	}

	/// Value of `shares` of the active pool, rounded down. Errors: [`Error::Overflow`].
	pub fn value(&self, shares: Shares) -> Result<Balance, Error> {
		value(shares, self.shares(), self.active.stake)
	}

	/// First era whose faults can still be slashed: bonding has not passed, or a slash is pending.
	///
	/// What was unbonded earlier is free, what was promised earlier is over.
	pub fn horizon(&self, now: Era, timing: &Timing) -> Era {
		let free = timing.horizon(now);
		let oldest = self.pending.iter().map(|entry| entry.0).min().unwrap_or(free);
		oldest.min(free).max(free.saturating_sub(GRACE))
	}

	/// Whether nothing is left: the operator may go.
	pub fn is_idle(&self) -> bool {
		self.shares().is_zero() && self.buckets.is_empty() && self.pending.is_empty()
	}

	/// Whether a slash is reported and not decided. No new stake comes in meanwhile.
	pub fn is_slash_pending(&self) -> bool {
		!self.pending.is_empty()
	}

	/// Eras of the faults whose slashes are reported and not decided, with the number of each.
	pub fn pending(&self) -> &[(Era, u32)] {
		&self.pending
	}

	/// Notes that a slash for `fault` was reported: stake within its reach is locked until [`Self::decide`].
	///
	/// Errors: [`Error::FaultOutOfWindow`], [`Error::HistoryFull`].
	pub fn report(&mut self, fault: Era, now: Era, timing: &Timing) -> Result<(), Error> {
		self.check_fault(fault, now, timing.horizon(now))?;
		if let Some(entry) = self.pending.iter_mut().find(|entry| entry.0 == fault) {
			entry.1 = entry.1.checked_add(1).ok_or(Error::Overflow)?;
			return Ok(());
		}
		self.pending.try_push((fault, 1)).map_err(|_| Error::HistoryFull)
	}

	/// Notes that a reported slash for `fault` was executed, vetoed, cancelled or lost.
	///
	/// Errors: [`Error::NotPending`].
	pub fn decide(&mut self, fault: Era) -> Result<(), Error> {
		let entry = self.pending.iter_mut().find(|entry| entry.0 == fault);
		let entry = entry.ok_or(Error::NotPending)?;
		entry.1 = entry.1.saturating_sub(1);
		self.pending.retain(|entry| entry.1 > 0);
		Ok(())
	}

	/// Takes out the oldest bucket that has matured: no slash changes it any more, so it may lie elsewhere.
	pub fn archive(&mut self, now: Era, timing: &Timing) -> Option<Bucket> {
		let oldest = self.buckets.first().copied();
		let matured = oldest.filter(|bucket| bucket.era < self.horizon(now, timing))?;
		self.buckets.remove(0);
		Some(matured)
	}

	/// First era in which a closed pool can be reopened: its faults lie before the [`Self::horizon`]. A slash that waits for one of
	/// them puts it off until it is decided, by [`GRACE`] eras at most.
	pub fn reopens(&self, timing: &Timing) -> Option<Era> {
		let closed = self.closed?;
		let waits = self.pending.iter().any(|entry| entry.0 <= closed);
		let free = closed.saturating_add(timing.bonding);
		Some(free.saturating_add(if waits { GRACE } else { 0 }))
	}

	/// Opens a pool of the next generation, when no fault of the closed one can be slashed any more.
	///
	/// Errors: [`Error::CannotReopen`].
	pub fn reopen(&mut self, now: Era, timing: &Timing) -> Result<(), Error> {
		self.reopens(timing)
			.filter(|first| *first <= now)
			.ok_or(Error::CannotReopen)?;
		self.opened = now;
		self.closed = None;
		self.active = Piece::default();
		Ok(())
	}

	pub(crate) fn check_fault(&self, fault: Era, now: Era, horizon: Era) -> Result<(), Error> {
		let in_window = fault <= now && fault >= horizon && fault >= self.opened;
		in_window.then_some(()).ok_or(Error::FaultOutOfWindow)
	}

	/// Adds stake to the active pool and returns its shares, rounded down; they earn from the next era on.
	pub(crate) fn deposit(&mut self, amount: Balance, now: Era) -> Result<Shares, Error> {
		let total = self.shares();
		let shares = if total.is_zero() {
			Shares(amount.checked_mul(SHARES_PER_PLANCK).ok_or(Error::Overflow)?)
		} else {
			Shares(crate::mul_div(
				amount,
				total.0,
				self.active.stake,
				crate::Rounding::Down,
			)?)
		};
		if shares.is_zero() {
			return Err(Error::ZeroAmount);
		}
		self.active.stake = self.active.stake.checked_add(amount).ok_or(Error::Overflow)?;
		if self.total_stake()? > MAX_STAKE {
			return Err(Error::StakeTooLarge);
		}
		self.set_shares(total.plus(shares)?, now)?;
		Ok(shares)
	}

	/// Moves `shares` into the bucket of `now`. Returns their value, rounded down, and the bucket's shares.
	pub(crate) fn unbond(&mut self, shares: Shares, now: Era) -> Result<(Balance, Shares), Error> {
		let stake = self.value(shares)?;
		self.set_shares(self.shares().minus(shares)?, now)?;
		self.active.stake = self.active.stake.checked_sub(stake).ok_or(Error::Underflow)?;
		if stake == 0 {
			return Ok((0, Shares(0)));
		}
		let bucket_shares = self.bucket(now)?.add(stake)?;
		Ok((stake, bucket_shares))
	}

	/// Whether slashes have left too little to calculate with.
	pub(crate) fn is_spent(&self) -> bool {
		let spent = WHOLE.0 / SPENT;
		let price_floor = self
			.shares()
			.0
			.checked_div(MAX_SHARES_PER_PLANCK)
			.unwrap_or_default();
		self.active.magnitude.0 < spent || self.active.scale.0 < spent || self.active.stake < price_floor
	}

	/// Closes the pool: all of its stake unbonds, now.
	pub(crate) fn close(&mut self, now: Era) -> Result<ClosedPool, Error> {
		let shares = self.shares();
		let (_, bucket_shares) = self.unbond(shares, now)?;
		let closed = ClosedPool {
			generation: self.generation,
			era: now,
			shares,
			bucket_shares,
		};
		self.generation = self.generation.checked_add(1).ok_or(Error::Overflow)?;
		self.closed = Some(now);
		Ok(closed)
	}

	fn set_shares(&mut self, shares: Shares, now: Era) -> Result<(), Error> {
		self.shares.set(now.saturating_add(1), shares, history_start(now))
	}

	fn bucket(&mut self, era: Era) -> Result<&mut Bucket, Error> {
		if self.buckets.last().map(|bucket| bucket.era) != Some(era) {
			let piece = Piece {
				stake: 0,
				..self.active
			};
			let bucket = Bucket {
				era,
				shares: Shares(0),
				piece,
			};
			self.buckets.try_push(bucket).map_err(|_| Error::TooManyBuckets)?;
		}
		self.buckets.last_mut().ok_or(Error::TooManyBuckets)
	}
}
