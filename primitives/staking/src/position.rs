// SPDX-License-Identifier: Apache-2.0

//! A delegator's position with one operator. An operator's own stake is a position like any other.

use crate::{
	operator::history_start, Balance, Bucket, Checkpoints, ClosedPool, Era, Error, Operator, Shares, Timing,
	HISTORY, MAX_ERAS,
};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// What one account has with one operator.
///
/// `held` planck lie on hold on the account. They are worth less once the pool was slashed; each call first burns the
/// difference. More than `held` is never paid, so one account's rounding cannot touch another's money.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
	pub(crate) generation: u32,
	pub(crate) shares: Checkpoints<Shares, HISTORY>,
	held: Balance,
	chunks: BoundedVec<Chunk, ConstU32<MAX_ERAS>>,
	pub(crate) claimed: Era,
}

/// Unbonding stake of one account and era.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
	/// Era of the request.
	pub era: Era,
	/// Shares of that era's bucket.
	pub shares: Shares,
	/// Planck on hold for them.
	pub held: Balance,
}

/// What unbonding did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unbonded {
	/// Planck that now unbond.
	pub amount: Balance,
	/// Planck on hold that earlier slashes had taken: burn them.
	pub burned: Balance,
	/// Buckets that have matured: store them by operator and era.
	pub archived: [Option<Bucket>; 2],
}

/// What withdrawing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
	/// Planck to release from the hold.
	pub paid: Balance,
	/// Planck on hold that slashes had taken: burn them.
	pub burned: Balance,
}

impl Position {
	/// Shares of the pool of [`Self::generation`].
	pub fn shares(&self) -> Shares {
		self.shares.latest()
	}

	/// Shares that earn in `era`.
	pub fn earning(&self, era: Era) -> Shares {
		self.shares.at(era)
	}

	/// Shares that earn in `era`, none if that was claimed.
	pub fn unclaimed(&self, era: Era) -> Shares {
		if era < self.claimed {
			Shares(0)
		} else {
			self.shares.at(era)
		}
	}

	/// The operator's pool that the shares belong to.
	pub fn generation(&self) -> u32 {
		self.generation
	}

	/// Unbonding stake, oldest first but for what a closed pool left.
	pub fn chunks(&self) -> &[Chunk] {
		&self.chunks
	}

	/// Planck on hold, in the pool and unbonding. Errors: [`Error::Overflow`].
	pub fn held(&self) -> Result<Balance, Error> {
		self.chunks.iter().try_fold(self.held, |sum, chunk| {
			sum.checked_add(chunk.held).ok_or(Error::Overflow)
		})
	}

	/// What the pool's shares would pay now: their value, at most what is held.
	///
	/// Errors: [`Error::StaleGeneration`], [`Error::Overflow`].
	pub fn value(&self, operator: &Operator) -> Result<Balance, Error> {
		self.check_generation(operator)?;
		Ok(operator.value(self.shares())?.min(self.held))
	}

	/// Whether nothing is left and nothing can be claimed: the record can go.
	pub fn is_empty(&self) -> bool {
		self.chunks.is_empty() && self.held == 0 && self.shares.max_from(self.claimed).is_zero()
	}

	/// Puts `amount` planck into the pool; returns its new shares. The caller holds the amount.
	///
	/// Errors: [`Error::PoolClosed`], [`Error::SlashPending`], [`Error::StaleGeneration`], [`Error::ZeroAmount`],
	/// [`Error::BelowMinimum`], [`Error::StakeTooLarge`], [`Error::Overflow`].
	pub fn delegate(
		&mut self,
		operator: &mut Operator,
		now: Era,
		amount: Balance,
		minimum: Balance,
	) -> Result<Shares, Error> {
		if operator.closed.is_some() {
			return Err(Error::PoolClosed);
		}
		if operator.is_slash_pending() {
			return Err(Error::SlashPending);
		}
		if self.shares().is_zero() {
			self.generation = operator.generation;
		}
		self.check_generation(operator)?;
		let shares = operator.deposit(amount, now)?;
		self.held = self.held.checked_add(amount).ok_or(Error::Overflow)?;
		self.set_shares(self.shares().plus(shares)?, now)?;
		if operator.value(self.shares())? < minimum {
			return Err(Error::BelowMinimum);
		}
		Ok(shares)
	}

	/// Takes `shares` out of the pool. They earn to the end of the era and answer for its faults and all earlier ones.
	///
	/// What stays must be worth `minimum`, or nothing stays.
	///
	/// Errors: [`Error::StaleGeneration`], [`Error::InsufficientShares`], [`Error::ZeroAmount`],
	/// [`Error::BelowMinimum`], [`Error::TooManyChunks`], [`Error::TooManyBuckets`], [`Error::Overflow`].
	pub fn unbond(
		&mut self,
		operator: &mut Operator,
		now: Era,
		shares: Shares,
		minimum: Balance,
		timing: &Timing,
	) -> Result<Unbonded, Error> {
		let burned = self.realise(operator)?;
		let rest = self
			.shares()
			.minus(shares)
			.map_err(|_| Error::InsufficientShares)?;
		let archived = [operator.archive(now, timing), operator.archive(now, timing)];
		let (amount, bucket_shares) = operator.unbond(shares, now)?;
		if amount == 0 && (shares.is_zero() || !rest.is_zero()) {
			return Err(Error::ZeroAmount);
		}
		if !rest.is_zero() && operator.value(rest)? < minimum {
			return Err(Error::BelowMinimum);
		}
		let held = amount.min(self.held);
		self.held = self.held.saturating_sub(held);
		self.set_shares(rest, now)?;
		self.push_chunk(now, bucket_shares, held)?;
		Ok(Unbonded {
			amount: held,
			burned,
			archived,
		})
	}

	/// Pays out what was unbonded in `era`. `archived` is the bucket of that era, when the operator has it no more; at zero
	/// shares it can go.
	///
	/// Errors: [`Error::NothingUnbonding`], [`Error::NotMatured`], [`Error::Overflow`].
	pub fn withdraw(
		&mut self,
		operator: &mut Operator,
		archived: Option<&mut Bucket>,
		era: Era,
		now: Era,
		timing: &Timing,
	) -> Result<Withdrawn, Error> {
		let index = self.chunks.iter().position(|chunk| chunk.era == era);
		let index = index.ok_or(Error::NothingUnbonding)?;
		if era >= operator.horizon(now, timing) {
			return Err(Error::NotMatured);
		}
		let chunk = self.chunks.remove(index);
		let own = operator.buckets.iter_mut().find(|bucket| bucket.era == era);
		let bucket = own
			.or(archived.filter(|bucket| bucket.era == era))
			.ok_or(Error::NothingUnbonding)?;
		let paid = bucket.remove(chunk.shares)?.min(chunk.held);
		operator.buckets.retain(|bucket| !bucket.shares.is_zero());
		Ok(Withdrawn {
			paid,
			burned: chunk.held.saturating_sub(paid),
		})
	}

	/// Lowers what is held to what slashes have left, and returns the difference: burn it. Anyone may ask for it.
	///
	/// Buckets that were archived are settled when they are withdrawn.
	///
	/// Errors: [`Error::StaleGeneration`], [`Error::Overflow`].
	pub fn realise(&mut self, operator: &Operator) -> Result<Balance, Error> {
		let before = self.held()?;
		self.held = self.value(operator)?;
		for chunk in self.chunks.iter_mut() {
			if let Some(bucket) = operator.buckets.iter().find(|bucket| bucket.era == chunk.era) {
				chunk.held = chunk.held.min(bucket.value(chunk.shares)?);
			}
		}
		Ok(before.saturating_sub(self.held()?))
	}

	/// Turns shares of a closed pool into unbonding stake; returns what is to burn. Anyone may ask for it.
	///
	/// Errors: [`Error::WrongGeneration`], [`Error::TooManyChunks`], [`Error::Overflow`].
	pub fn convert(&mut self, closed: &mut ClosedPool) -> Result<Balance, Error> {
		if closed.generation != self.generation {
			return Err(Error::WrongGeneration);
		}
		let bucket_shares = closed.convert(self.shares())?;
		let held = core::mem::take(&mut self.held);
		self.set_shares(Shares(0), closed.era)?;
		self.generation = self.generation.checked_add(1).ok_or(Error::Overflow)?;
		if bucket_shares.is_zero() {
			return Ok(held);
		}
		self.push_chunk(closed.era, bucket_shares, held)?;
		Ok(0)
	}

	pub(crate) fn check_generation(&self, operator: &Operator) -> Result<(), Error> {
		let current = self.shares().is_zero() || self.generation == operator.generation;
		current.then_some(()).ok_or(Error::StaleGeneration)
	}

	fn set_shares(&mut self, shares: Shares, now: Era) -> Result<(), Error> {
		self.shares.set(now.saturating_add(1), shares, history_start(now))
	}

	fn push_chunk(&mut self, era: Era, shares: Shares, held: Balance) -> Result<(), Error> {
		if shares.is_zero() {
			return Ok(());
		}
		if let Some(chunk) = self.chunks.iter_mut().find(|chunk| chunk.era == era) {
			chunk.shares = chunk.shares.plus(shares)?;
			chunk.held = chunk.held.checked_add(held).ok_or(Error::Overflow)?;
			return Ok(());
		}
		let chunk = Chunk { era, shares, held };
		self.chunks.try_push(chunk).map_err(|_| Error::TooManyChunks)
	}
}
