// SPDX-License-Identifier: Apache-2.0

//! What one operator promises to one service.

use crate::{Checkpoints, Era, Error, Magnitude, Operator, Piece, Timing, MAX_ERAS, WHOLE};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::Perbill;

/// Whether the other services feel a slash.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub enum Seniority {
	/// Every service but consensus: what it takes, the others' shares of the stake grow by.
	Junior,
	/// Consensus: what it takes, all share. Its magnitudes count in parts of the stake as it was before any slash.
	Senior,
}

/// Limits of a service whose faults the chain cannot check.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct SubjectiveCap {
	/// Largest fraction of one slash.
	pub per_offence: Perbill,
	/// Largest sum of the fractions reported against one operator in one era, whatever the eras of the faults.
	pub per_era: Perbill,
}

/// The books of one operator with one service: one storage item.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq, Default)]
pub struct Allocation {
	/// The operator's pool that this belongs to, by its first era.
	opened: Era,
	/// Magnitude that faults of an era put at risk.
	promised: Checkpoints<Magnitude, MAX_ERAS>,
	/// Magnitude that the service may still take from stake that left in an era, or has not left.
	capacity: Checkpoints<Magnitude, MAX_ERAS>,
	/// Highest fraction charged for faults of an era.
	charged: BoundedVec<(Era, Perbill), ConstU32<MAX_ERAS>>,
	/// Sum of the subjective fractions reported in an era.
	reported: (Era, Perbill),
}

impl Allocation {
	/// The allocation as it counts for the operator's present pool: empty, if it belongs to an earlier one.
	pub fn of(mut self, operator: &Operator) -> Self {
		self.enter(operator);
		self
	}

	/// Magnitude that faults of `era` put at risk.
	pub fn promised(&self, era: Era) -> Magnitude {
		self.promised.at(era)
	}

	/// Least of what is promised in `era` and, as far as announced, later.
	pub fn promised_from(&self, era: Era) -> Magnitude {
		self.promised.min_from(era)
	}

	/// Greatest of what is promised in `era` and, as far as announced, later.
	pub fn most_promised_from(&self, era: Era) -> Magnitude {
		self.promised.max_from(era)
	}

	/// First era of the operator's pool that this belongs to.
	pub fn opened(&self) -> Era {
		self.opened
	}

	/// The promise when every change has taken effect: what [`Self::allocate`] expects.
	pub fn target(&self) -> Magnitude {
		self.promised.latest()
	}

	/// Era in which the last change of the promise takes effect, if there was one.
	pub fn changed(&self) -> Option<Era> {
		self.promised.changed()
	}

	/// Magnitude that the service may still take from stake that left in `era`. Present and future: what is reserved for it.
	pub fn capacity(&self, era: Era) -> Magnitude {
		self.capacity.at(era)
	}

	/// Highest fraction charged for faults of each era that was charged, as far as it is not forgotten.
	pub fn charged(&self) -> &[(Era, Perbill)] {
		&self.charged
	}

	/// Whether nothing is promised, reserved or chargeable: the record can go.
	pub fn is_empty(&self, operator: &Operator, now: Era, timing: &Timing) -> bool {
		let horizon = operator.horizon(now, timing);
		self.opened != operator.opened
			|| (self.promised.max_from(horizon).0 == 0 && self.capacity.latest().0 == 0)
	}

	/// Changes the promise to `target`, if it was to become `expected`.
	///
	/// A rise takes effect after `allocation_delay`, a fall after `deallocation_delay`. Changes that were announced for that
	/// era or later are replaced, earlier ones stand. Room for a rise is reserved at once. A fall frees room when its last
	/// fault can no longer be slashed: see [`Self::release`]. `others` are the operator's other allocations.
	///
	/// Errors: [`Error::PoolClosed`], [`Error::UnexpectedAllocation`], [`Error::ExceedsMagnitude`], [`Error::HistoryFull`].
	#[allow(clippy::too_many_arguments)]
	pub fn allocate<'a>(
		&mut self,
		operator: &Operator,
		seniority: Seniority,
		others: impl IntoIterator<Item = (Seniority, &'a Allocation)>,
		expected: Magnitude,
		target: Magnitude,
		now: Era,
		timing: &Timing,
	) -> Result<(), Error> {
		if operator.closed.is_some() {
			return Err(Error::PoolClosed);
		}
		self.enter(operator);
		if self.target() != expected {
			return Err(Error::UnexpectedAllocation);
		}
		let horizon = operator.horizon(now, timing);
		let delay = if target > self.promised(now.saturating_add(1)) {
			timing.allocation_delay
		} else {
			timing.deallocation_delay
		};
		self.promised.set(now.saturating_add(delay), target, horizon)?;
		self.release(operator, now, timing)?;
		let reserved = self.capacity.latest().max(target);
		self.capacity.set(now, reserved, horizon)?;
		let own = self.weight(operator, seniority);
		let others = others
			.into_iter()
			.map(|(seniority, other)| other.weight(operator, seniority));
		check_weights(operator, others.chain(core::iter::once(own)))
	}

	/// Frees the room that no chargeable era's promise needs, and returns it. Anyone may ask for it.
	///
	/// Errors: [`Error::HistoryFull`].
	pub fn release(&mut self, operator: &Operator, now: Era, timing: &Timing) -> Result<Magnitude, Error> {
		self.enter(operator);
		let horizon = operator.horizon(now, timing);
		let reserved = self.capacity.latest();
		let needed = self.promised.max_from(horizon).min(reserved);
		self.capacity.set(now, needed, horizon)?;
		Ok(reserved.less(needed))
	}

	/// Counts a subjective fraction that is reported in `now`.
	///
	/// Errors: [`Error::FractionAboveCap`].
	pub fn report(&mut self, fraction: Perbill, cap: SubjectiveCap, now: Era) -> Result<(), Error> {
		let before = if self.reported.0 == now {
			self.reported.1
		} else {
			Perbill::zero()
		};
		let sum = before
			.deconstruct()
			.checked_add(fraction.deconstruct())
			.ok_or(Error::Overflow)?;
		if fraction > cap.per_offence || sum > cap.per_era.deconstruct() {
			return Err(Error::FractionAboveCap);
		}
		self.reported = (now, Perbill::from_parts(sum));
		Ok(())
	}

	/// Raises what was charged for faults of `fault` to `fraction`; returns the magnitude that this adds.
	///
	/// The faults of an era are charged once, with the highest fraction: `ceil(m_t × p) − ceil(m_t × p')`. The order of reports
	/// is therefore of no account.
	pub(crate) fn charge(&mut self, fault: Era, fraction: Perbill, horizon: Era) -> Result<Magnitude, Error> {
		self.charged.retain(|entry| entry.0 >= horizon);
		let promised = self.promised(fault);
		let Some(entry) = self.charged.iter_mut().find(|entry| entry.0 == fault) else {
			self.charged
				.try_push((fault, fraction))
				.map_err(|_| Error::HistoryFull)?;
			return Ok(promised.part(fraction));
		};
		let before = entry.1;
		entry.1 = before.max(fraction);
		Ok(promised.part(entry.1).less(promised.part(before)))
	}

	/// Takes `charge` off the room for stake that left in `fault` or later, and off the promise of later eras.
	///
	/// The promise for the present era stays what it was, or another fault of it would cost less for being reported second.
	pub(crate) fn take(
		&mut self,
		charge: Magnitude,
		fault: Era,
		now: Era,
		horizon: Era,
	) -> Result<(), Error> {
		self.capacity
			.update_from(fault, horizon, |room| room.less(charge))?;
		self.promised
			.update_from(now.saturating_add(1), horizon, |promise| promise.less(charge))
	}

	/// What is reserved, in units of [`Piece::weight`]; it fits, as a magnitude times a magnitude.
	fn weight(&self, operator: &Operator, seniority: Seniority) -> u128 {
		if self.opened != operator.opened {
			return 0;
		}
		self.capacity
			.latest()
			.wide()
			.saturating_mul(unit(operator.active(), seniority))
	}

	pub(crate) fn enter(&mut self, operator: &Operator) {
		if self.opened != operator.opened {
			*self = Self {
				opened: operator.opened,
				..Self::default()
			};
		}
	}
}

/// Checks that an operator's `allocations` promise no planck twice: `c × Σ junior + W × senior ≤ c × M`.
///
/// Errors: [`Error::ExceedsMagnitude`].
pub fn unique_stake<'a>(
	operator: &Operator,
	allocations: impl IntoIterator<Item = (Seniority, &'a Allocation)>,
) -> Result<(), Error> {
	let weights = allocations
		.into_iter()
		.map(|(seniority, allocation)| allocation.weight(operator, seniority));
	check_weights(operator, weights)
}

fn check_weights(operator: &Operator, mut weights: impl Iterator<Item = u128>) -> Result<(), Error> {
	let sum = weights.try_fold(0u128, |sum, weight| sum.checked_add(weight));
	sum.filter(|sum| *sum <= operator.active().weight())
		.map(|_| ())
		.ok_or(Error::ExceedsMagnitude)
}

/// What a unit of magnitude weighs in [`Piece::weight`].
pub(crate) fn unit(piece: &Piece, seniority: Seniority) -> u128 {
	match seniority {
		Seniority::Junior => piece.scale.wide(),
		Seniority::Senior => WHOLE.wide(),
	}
}
