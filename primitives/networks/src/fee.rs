// SPDX-License-Identifier: Apache-2.0

//! What a byte costs in a network.

use crate::{Balance, ParamsError};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Perbill, Rounding};

/// Most periods in which a fee falls: from 2^32 floors at most, by a 64th at least in each.
const FALLS: u32 = 23 * 64;

/// How a base fee follows the load.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct FeeParams {
	/// Lowest fee, in planck a coded byte.
	pub floor: Balance,
	/// Highest fee, in planck a coded byte.
	pub ceiling: Balance,
	/// Utilisation at which the fee stays.
	pub target: Perbill,
	/// The fee changes by a `steps`-th in a period, at most.
	pub steps: u32,
	/// Periods an epoch: a network's capacity is shared out evenly to them.
	pub periods: u32,
}

impl FeeParams {
	/// Errors: [`ParamsError::FeeRange`], [`ParamsError::FeeChange`].
	pub fn check(&self) -> Result<(), ParamsError> {
		let highest = self.floor.saturating_mul(1 << 32).min((1 << 96) - 1);
		if self.floor == 0 || !(self.floor..=highest).contains(&self.ceiling) {
			return Err(ParamsError::FeeRange);
		}
		let moves = !self.target.is_zero() && self.target < Perbill::one() && (2..=64).contains(&self.steps);
		(moves && self.periods > 0)
			.then_some(())
			.ok_or(ParamsError::FeeChange)
	}

	/// The fee after a period in which `used` coded bytes of `capacity` were paid for.
	///
	/// With `target` in bytes: `fee + ⌈fee · (used − target) / ((capacity − target) · steps)⌉` above it,
	/// `fee − ⌈fee · (target − used) / (target · steps)⌉` below, then between floor and ceiling. More than the capacity counts
	/// as the capacity. Never stuck: off the target the fee changes by one at least.
	pub fn next(&self, fee: Balance, used: u64, capacity: u64) -> Balance {
		let target = self.target.mul_floor(capacity);
		let used = used.min(capacity);
		let change = |distance: u64, range: u64| {
			let range = u128::from(range).saturating_mul(self.steps.into());
			multiply_by_rational_with_rounding(fee, distance.into(), range, Rounding::Up).unwrap_or(0)
		};
		let moved = if used > target {
			fee.saturating_add(change(
				used.saturating_sub(target),
				capacity.saturating_sub(target),
			))
		} else {
			fee.saturating_sub(change(target.saturating_sub(used), target))
		};
		moved.min(self.ceiling).max(self.floor)
	}
}

/// The base fee of a network.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseFee {
	/// In the present period, in planck a coded byte.
	fee: Balance,
	/// Coded bytes paid for in the present period.
	used: u64,
	/// The present period, counted by the caller.
	period: u32,
}

impl BaseFee {
	/// A fee that starts at the floor.
	pub fn new(period: u32, params: &FeeParams) -> Self {
		Self {
			fee: params.floor,
			used: 0,
			period,
		}
	}

	/// As it is in `period`: what was used before counts, and so do periods in which nothing was.
	///
	/// Nothing has to be written while nothing is used. A period before the present one is the present one.
	pub fn at(mut self, period: u32, capacity: u64, params: &FeeParams) -> Self {
		let capacity = capacity.checked_div(params.periods.into()).unwrap_or(0);
		let mut empty = period.saturating_sub(self.period);
		self.period = self.period.max(period);
		self.fee = self.fee.min(params.ceiling).max(params.floor);
		if empty > 0 {
			self.fee = params.next(self.fee, self.used, capacity);
			self.used = 0;
			empty = empty.saturating_sub(1);
		}
		// As `next` has it where nothing is used: a `steps`-th, rounded up, wherever anything would be below the target.
		let falls = if params.target.mul_floor(capacity) > 0 {
			empty.min(FALLS)
		} else {
			0
		};
		let steps = Balance::from(params.steps).max(1);
		for _ in 0..falls {
			if self.fee <= params.floor {
				break;
			}
			self.fee = self
				.fee
				.saturating_sub(self.fee.div_ceil(steps))
				.max(params.floor);
		}
		self
	}

	/// Counts bytes that were paid for in the present period.
	pub fn pay(&mut self, coded_bytes: u64) {
		self.used = self.used.saturating_add(coded_bytes);
	}

	/// Planck a coded byte.
	pub fn per_byte(&self) -> Balance {
		self.fee
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const PARAMS: FeeParams = FeeParams {
		floor: 100,
		ceiling: 1_000_000,
		target: Perbill::from_percent(50),
		steps: 8,
		periods: 10,
	};

	fn params() -> impl Strategy<Value = FeeParams> {
		let numbers = (
			1u128..1 << 60,
			0u32..=32,
			1u32..1_000_000_000,
			2u32..=64,
			1u32..2_000,
		);
		numbers.prop_map(|(floor, doublings, target, steps, periods)| FeeParams {
			floor,
			ceiling: floor << doublings,
			target: Perbill::from_parts(target),
			steps,
			periods,
		})
	}

	#[test]
	fn full_periods_raise_the_fee_by_an_eighth_and_empty_ones_lower_it() {
		assert_eq!(PARAMS.check(), Ok(()));
		assert_eq!(PARAMS.next(800, 1_000, 1_000), 900);
		assert_eq!(PARAMS.next(800, 5_000, 1_000), 900);
		assert_eq!(PARAMS.next(800, 750, 1_000), 850);
		assert_eq!(PARAMS.next(800, 500, 1_000), 800);
		assert_eq!(PARAMS.next(800, 0, 1_000), 700);
		assert_eq!(PARAMS.next(100, 0, 1_000), 100);
		assert_eq!(PARAMS.next(1_000_000, 1_000, 1_000), 1_000_000);
		assert_eq!(PARAMS.next(101, 501, 1_000), 102);
	}

	#[test]
	fn wrong_parameters_are_refused() {
		let range = Err(ParamsError::FeeRange);
		assert_eq!(FeeParams { floor: 0, ..PARAMS }.check(), range);
		assert_eq!(
			FeeParams {
				ceiling: 99,
				..PARAMS
			}
			.check(),
			range
		);
		assert_eq!(
			FeeParams {
				ceiling: (100 << 32) + 1,
				..PARAMS
			}
			.check(),
			range
		);
		let change = Err(ParamsError::FeeChange);
		assert_eq!(
			FeeParams {
				target: Perbill::one(),
				..PARAMS
			}
			.check(),
			change
		);
		assert_eq!(
			FeeParams {
				target: Perbill::zero(),
				..PARAMS
			}
			.check(),
			change
		);
		assert_eq!(FeeParams { steps: 1, ..PARAMS }.check(), change);
		assert_eq!(FeeParams { steps: 65, ..PARAMS }.check(), change);
		assert_eq!(FeeParams { periods: 0, ..PARAMS }.check(), change);
	}

	#[test]
	fn a_flood_has_to_pay_ever_more() {
		let mut fee = BaseFee::new(0, &PARAMS);
		for period in 1..=20 {
			fee.pay(100);
			fee = fee.at(period, 1_000, &PARAMS);
		}
		// 1.125^20 = 10.54, and what is rounded up at each step.
		assert!((1_054..1_100).contains(&fee.per_byte()), "{fee:?}");
		assert_eq!(fee.at(1_000_000_000, 1_000, &PARAMS).per_byte(), 100);
	}

	#[test]
	fn the_longest_fall_ends_at_the_floor() {
		let floor = Balance::from(u64::MAX);
		let params = FeeParams {
			floor,
			ceiling: floor << 32,
			steps: 64,
			..PARAMS
		};
		assert_eq!(params.check(), Ok(()));
		let highest = BaseFee {
			fee: params.ceiling,
			used: 0,
			period: 0,
		};
		let after = |period| highest.at(period, u64::MAX, &params).per_byte();
		assert!(after(1_400) > floor);
		assert_eq!((after(FALLS), after(u32::MAX)), (floor, floor));
	}

	proptest! {
		#[test]
		fn the_fee_stays_in_range_and_follows_the_load(
			params in params(), fee: u64, a: u64, b: u64, capacity: u64,
		) {
			prop_assert_eq!(params.check(), Ok(()));
			let fee = Balance::from(fee).clamp(params.floor, params.ceiling);
			let (low, high) = (params.next(fee, a.min(b), capacity), params.next(fee, a.max(b), capacity));
			prop_assert!(params.floor <= low && low <= high && high <= params.ceiling);
			let step = fee.div_ceil(params.steps.into());
			prop_assert!(high <= fee + step && low + step >= fee);
		}

		#[test]
		fn looking_often_or_seldom_gives_the_same_fee(
			params in params(), uses in prop::collection::vec((0u32..50, 0u64..2_000), 1..20), capacity in 0u64..100_000,
		) {
			let (mut seldom, mut often) = (BaseFee::new(0, &params), BaseFee::new(0, &params));
			let mut period = 0;
			for (pause, used) in uses {
				for _ in 0..pause {
					period += 1;
					often = often.at(period, capacity, &params);
				}
				seldom = seldom.at(period, capacity, &params);
				prop_assert_eq!(seldom, often);
				seldom.pay(used);
				often.pay(used);
			}
		}

		#[test]
		fn any_fee_comes_down_in_bounded_time(params in params(), capacity in 1_000_000u64..) {
			let mut fee = BaseFee { fee: params.ceiling, used: 0, period: 0 };
			fee = fee.at(u32::MAX, capacity, &params);
			// Where the target rounds to nothing, nothing is below it.
			let target = params.target.mul_floor(capacity / u64::from(params.periods));
			prop_assert!(fee.per_byte() == params.floor || target == 0);
		}
	}
}
