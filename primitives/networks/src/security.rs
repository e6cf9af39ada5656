// SPDX-License-Identifier: Apache-2.0

//! What a committee is worth, and how unlikely its draw is to fail.

use crate::{
	units::scaled,
	upper::{binomial_tail, Upper},
	Balance, DrawParams, Selection, DRAWS_PER_SEAT,
};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use core::cmp::Ordering;
use scale_info::TypeInfo;
use sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, PerThing, Perbill, Rounding};

/// Taken off every bound of a draw: its randomness may be the best of so many powers of two.
///
/// Who authors the last slots of an epoch may leave them empty and so choose among `2^t` outcomes with `t` slots. The seats
/// of a committee hang on three epochs; 20 slots at their ends together fall to a third of all authors with a chance of
/// `231 · 3^-20 = 2^-24`, to a fifth with `2^-38`.
pub const BIAS_BITS: u32 = 20;

/// The bound of what cannot happen under its assumption.
pub const NEVER: u32 = u32::MAX;

/// What goes wrong in a committee when too many of its rows are with liars.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
	/// Above `2/3 − 1/4 = 5/12`: a certified blob may be lost, since liars may sign and honest signers may hold less than the
	/// quarter of the rows that rebuilds it.
	Availability,
	/// Above `1/3`: liars can keep the network from certifying. Blobs then go to the root network, later, but go.
	Liveness,
}

impl Failure {
	/// The share of rows that liars have to exceed, as a fraction.
	pub const fn limit(self) -> (u32, u32) {
		match self {
			Self::Availability => (5, 12),
			Self::Liveness => (1, 3),
		}
	}
}

/// What is assumed for a bound.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumption {
	/// Share of the stake, at each of the draws, with operators that are corrupt when the draw is made.
	pub corrupt: Perbill,
	/// Rows of a matrix: rounding seats to rows favours someone, more so the fewer rows there are.
	pub rows: u32,
	/// Seats whose stake has left since the draw: liars are taken to have them.
	pub vacant: u32,
}

impl Assumption {
	/// The same where everybody serves, after `lost` of the weight `whole` has left: if none of that was liars', they have
	/// `corrupt / (1 − lost / whole)` of the rest, rounded up.
	pub fn after(self, lost: u128, whole: u128) -> Self {
		let parts = multiply_by_rational_with_rounding(
			self.corrupt.deconstruct().into(),
			whole,
			whole.saturating_sub(lost),
			Rounding::Up,
		);
		let parts = parts.and_then(|parts| u32::try_from(parts).ok());
		Self {
			corrupt: parts.map_or(Perbill::one(), Perbill::from_parts),
			..self
		}
	}
}

/// Fewest of `seats` seats with which liars may exceed the limit; `seats + 1` if none are enough.
///
/// `a` seats get at most `a · ⌈rows / seats⌉` rows, and at most `a · (rows + seats − a) / seats`: with a cut at the remainder `c`
/// each corrupt member gains at most `1 − c` of a row and each honest one loses at most `c`.
pub fn seat_limit(failure: Failure, seats: u32, rows: u32) -> u32 {
	let (part, whole) = failure.limit();
	let (n, m) = (u64::from(seats), u64::from(rows));
	let limit = m.saturating_mul(part.into());
	let exceeds = |held: u64| held.saturating_mul(whole.into()) > limit;
	let fails = |a: u64| {
		let rounded = m.saturating_add(n.saturating_sub(1)).checked_div(n).unwrap_or(0);
		let whole_rows = a.saturating_mul(rounded);
		let spread = a.saturating_mul(m.saturating_add(n).saturating_sub(a));
		exceeds(whole_rows) && spread.saturating_mul(whole.into()) > limit.saturating_mul(n)
	};
	(0..=seats)
		.find(|a| fails((*a).into()))
		.unwrap_or(seats.saturating_add(1))
}

/// The chance that a committee fails is below `2^-bits`.
///
/// Of a drawn one: with `p = corrupt / (1 − u)`, `u` the greatest concentration that a seat was drawn under, and `T` the
/// [`seat_limit`] less the seats that are vacant,
///
/// ```text
/// P[Bin(n, p) ≥ T] + P[Bin(4n, u) ≥ 3n + 1] ≤ 2^-(bits + 20)
/// ```
///
/// zero, if seats stayed empty. Where everybody serves there is no draw: [`NEVER`] if the assumption alone keeps liars
/// below the limit, else zero. `members` is how many serve then; [`Assumption::after`] tells of stake that has left.
pub fn failure_bits<Id: Ord + Clone>(
	selection: &Selection<Id>,
	members: u32,
	params: &DrawParams,
	failure: Failure,
	assumption: &Assumption,
) -> u32 {
	match selection {
		Selection::Everybody => {
			if everybody_holds(members, failure, assumption) {
				NEVER
			} else {
				0
			}
		}
		Selection::Drawn(seats) => {
			let filled = u32::try_from(seats.holders().len()).unwrap_or(0);
			if !seats.is_full() || filled != params.seats {
				return 0;
			}
			draw_bits(filled, seats.concentration(), failure, assumption)
		}
	}
}

/// With `n` members, rounding gives liars a quarter of a row a member at most: `ab / (a + b) ≤ (a + b) / 4`.
fn everybody_holds(members: u32, failure: Failure, assumption: &Assumption) -> bool {
	let (part, whole) = failure.limit();
	let (part, whole, m) = (u128::from(part), u128::from(whole), u128::from(assumption.rows));
	let billion = 1_000_000_000u128;
	// corrupt · m + members / 4 ≤ m · part / whole, times 4 · whole · 10^9.
	let stake = u128::from(assumption.corrupt.deconstruct())
		.saturating_mul(m)
		.saturating_mul(4);
	let rounding = billion.saturating_mul(members.into());
	let left = stake.saturating_add(rounding).saturating_mul(whole);
	left <= billion.saturating_mul(m).saturating_mul(part).saturating_mul(4)
}

pub(crate) fn draw_bits(
	seats: u32,
	concentration: Perbill,
	failure: Failure,
	assumption: &Assumption,
) -> u32 {
	match draw_chance(seats, concentration, failure, assumption) {
		Upper { mantissa: 0, .. } => NEVER,
		chance => chance.bits().saturating_sub(BIAS_BITS),
	}
}

/// The chance that a draw with unbiased randomness fails, at most.
pub(crate) fn draw_chance(
	seats: u32,
	concentration: Perbill,
	failure: Failure,
	assumption: &Assumption,
) -> Upper {
	let draws = seats.saturating_mul(DRAWS_PER_SEAT);
	let misses = draws.saturating_sub(seats).saturating_add(1);
	let unfilled = binomial_tail(draws, concentration, misses);
	let share = seat_share(assumption.corrupt, concentration);
	let limit = seat_limit(failure, seats, assumption.rows).saturating_sub(assumption.vacant);
	binomial_tail(seats, share, limit).plus(unfilled)
}

/// `corrupt / (1 − concentration)`, rounded up: the most that a single draw can favour liars, given all before it.
pub(crate) fn seat_share(corrupt: Perbill, concentration: Perbill) -> Perbill {
	let left = concentration.left_from_one();
	if left <= corrupt {
		return Perbill::one();
	}
	Perbill::from_rational_with_rounding(corrupt.deconstruct(), left.deconstruct(), Rounding::Up)
		.unwrap_or(Perbill::one())
}

/// Bits against a certificate for a wrong encoding, while liars are below the limit of `failure`: `0.678 · h − members`, rounded
/// down, where honest signers hold `h = rows · (2/3 − limit)`.
///
/// Below the limit of liveness this is the rule `0.678 · m / 3 − n` by which blobs are admitted.
pub fn encoding_bits(failure: Failure, rows: u32, members: u32) -> u32 {
	let (part, whole) = failure.limit();
	// 2/3 − part / whole, over 3 · whole.
	let honest = whole.saturating_mul(2).saturating_sub(part.saturating_mul(3));
	let checked = u64::from(rows).saturating_mul(678).saturating_mul(honest.into());
	let bits = checked
		.checked_div(u64::from(whole).saturating_mul(3_000))
		.unwrap_or(0);
	u32::try_from(bits.saturating_sub(members.into())).unwrap_or(u32::MAX)
}

/// Planck that could be taken from a committee's members: the sum of what each publishes for this network.
pub fn economic_security(published: impl IntoIterator<Item = Balance>) -> Balance {
	published.into_iter().fold(0, Balance::saturating_add)
}

/// Planck that the cheapest members with enough weight to fail the network publish: a lower bound, for which the last one of them
/// counts in part. What failing costs them is a part of it: see [`Penalties`](crate::Penalties).
///
/// `members` are pairs of weight and published security.
pub fn stake_behind_failure(members: &[(u128, Balance)], failure: Failure, rows: u32) -> Balance {
	let (part, whole) = failure.limit();
	let mut weights = scaled(members.iter().map(|member| member.0));
	let sum = |weights: &[u64]| {
		weights
			.iter()
			.fold(0u64, |sum, weight| sum.saturating_add(*weight))
	};
	// Few seats are coarse: in larger units, what is rounded off is nothing.
	let places = sum(&weights).leading_zeros().saturating_sub(1);
	weights.iter_mut().for_each(|weight| *weight <<= places.min(62));
	let total = sum(&weights);
	let (part, whole, m) = (u128::from(part), u128::from(whole), u128::from(rows));
	// The limit less a quarter of a row a member, rounded down: total · (4m · part − whole · n) / (4m · whole).
	let count = u128::try_from(members.len()).unwrap_or(u128::MAX);
	let limit = m
		.saturating_mul(part)
		.saturating_mul(4)
		.saturating_sub(whole.saturating_mul(count));
	let mut missing = u128::from(total)
		.saturating_mul(limit)
		.checked_div(m.saturating_mul(whole).saturating_mul(4))
		.unwrap_or(0);
	let mut priced: Vec<(u64, Balance)> = weights
		.into_iter()
		.zip(members)
		.map(|(weight, member)| (weight, member.1))
		.filter(|entry| entry.0 > 0)
		.collect();
	priced.sort_unstable_by(cheaper);
	let mut cost = 0u128;
	for (weight, security) in priced {
		if missing >= weight.into() {
			missing = missing.saturating_sub(weight.into());
			cost = cost.saturating_add(security);
		} else {
			let rest = multiply_by_rational_with_rounding(security, missing, weight.into(), Rounding::Down);
			return cost.saturating_add(rest.unwrap_or(0));
		}
	}
	cost
}

/// By security for each unit of weight, exactly.
fn cheaper(a: &(u64, Balance), b: &(u64, Balance)) -> Ordering {
	let product = |weight: u64, security: Balance| {
		let low = (security & u128::from(u64::MAX)).saturating_mul(weight.into());
		let high = (security >> 64)
			.saturating_mul(weight.into())
			.saturating_add(low >> 64);
		(high, low & u128::from(u64::MAX))
	};
	product(b.0, a.1).cmp(&product(a.0, b.1))
}
