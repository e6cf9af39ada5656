// SPDX-License-Identifier: Apache-2.0

//! Who sits in a committee: everybody, or seats drawn by stake.

use crate::{
	units::{low_half, scaled, sha256},
	Balance, Epoch, Error, Hash, NetworkId, ParamsError, MAX_CANDIDATES, MAX_SEATS,
};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Reverse;
use scale_info::TypeInfo;
use sp_arithmetic::{PerThing, Perbill, Rounding};

/// Every seat is drawn anew once in so many epochs.
pub const ROTATION: Epoch = 3;

/// Draws for each seat of the committee, at most, before the seats that are left stay empty.
pub const DRAWS_PER_SEAT: u32 = 4;

/// The size of a committee.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct DrawParams {
	/// Seats; up to as many operators, all of them serve.
	pub seats: u32,
	/// Most seats of one operator.
	pub cap: u32,
}

impl DrawParams {
	/// 200 seats, a twentieth of them at most for one operator.
	pub const DEFAULT: Self = Self { seats: 200, cap: 10 };

	/// Errors: [`ParamsError::Seats`].
	pub fn check(&self) -> Result<(), ParamsError> {
		let sizes = 1 <= self.cap && self.cap <= self.seats && (ROTATION..=MAX_SEATS).contains(&self.seats);
		sizes.then_some(()).ok_or(ParamsError::Seats)
	}
}

/// What the draws of a network and epoch hang on: `H("zerog/networks/draw/v1" ‖ randomness ‖ network:u32 ‖ epoch:u32)`.
///
/// `epoch` is the one that the committee serves in; see [`Timing`](crate::Timing) for the randomness to take.
pub fn draw_seed(randomness: &Hash, network: NetworkId, epoch: Epoch) -> Hash {
	sha256(&[
		b"zerog/networks/draw/v1",
		randomness,
		&network.to_le_bytes(),
		&epoch.to_le_bytes(),
	])
}

/// Operators to draw from, with the sums of their stake that a draw is looked up in.
#[derive(Debug, Clone)]
pub struct Candidates<'a, Id> {
	list: &'a [(Id, Balance)],
	/// `ends[i]` is the first point after those of candidate `i`.
	ends: Vec<u64>,
}

impl<'a, Id: Ord + Clone> Candidates<'a, Id> {
	/// Operators and what each allocates, in planck, by ascending name.
	///
	/// Who has none draws nothing but keeps the seats it has: operators that announced to leave are listed with zero.
	///
	/// Errors: [`Error::TooManyCandidates`], [`Error::Unsorted`].
	pub fn new(list: &'a [(Id, Balance)]) -> Result<Self, Error> {
		if list.len() > usize::try_from(MAX_CANDIDATES).unwrap_or(usize::MAX) {
			return Err(Error::TooManyCandidates);
		}
		if !list.is_sorted_by(|a, b| a.0 < b.0) {
			return Err(Error::Unsorted);
		}
		let ends = scaled(list.iter().map(|candidate| candidate.1))
			.into_iter()
			.scan(0u64, |end, weight| {
				*end = end.saturating_add(weight);
				Some(*end)
			})
			.collect();
		Ok(Self { list, ends })
	}

	/// Candidates with stake.
	pub fn staked(&self) -> usize {
		self.list.iter().filter(|candidate| candidate.1 > 0).count()
	}

	fn total(&self) -> u64 {
		self.ends.last().copied().unwrap_or(0)
	}

	fn index_of(&self, operator: &Id) -> Option<usize> {
		self.list
			.binary_search_by(|candidate| candidate.0.cmp(operator))
			.ok()
	}

	/// Who is drawn by number `index` of a seed: the candidate at the point `⌊x · total / 2^128⌋` of all stake, where `x` is
	/// the first half of `H(seed ‖ index:u32)`. A candidate's chance is off by less than `2^-128`.
	fn at(&self, seed: &Hash, index: u32) -> Option<usize> {
		let number = low_half(&sha256(&[seed, &index.to_le_bytes()]));
		let total = u128::from(self.total());
		// Halves of 64 bits times less than 64 bits, so that nothing saturates.
		let carry = (number & u128::from(u64::MAX)).saturating_mul(total) >> 64;
		let point = (number >> 64).saturating_mul(total).saturating_add(carry) >> 64;
		let found = self.ends.partition_point(|end| u128::from(*end) <= point);
		(found < self.list.len()).then_some(found)
	}

	/// Most of the stake that can be out of the draw because its operators reached the cap, rounded up: the share of the
	/// `⌊(seats − 1) / cap⌋` largest. All of it, where nobody has stake.
	pub fn concentration(&self, params: &DrawParams) -> Perbill {
		let full = params
			.seats
			.saturating_sub(1)
			.checked_div(params.cap)
			.unwrap_or(0);
		let starts = core::iter::once(0).chain(self.ends.iter().copied());
		let mut weights: Vec<u64> = starts
			.zip(&self.ends)
			.map(|(start, end)| end.saturating_sub(start))
			.collect();
		weights.sort_unstable_by_key(|weight| Reverse(*weight));
		let full = usize::try_from(full).unwrap_or(usize::MAX);
		let top = weights.into_iter().take(full).fold(0u64, u64::saturating_add);
		match self.total() {
			0 => Perbill::one(),
			total => Perbill::from_rational_with_rounding(top, total, Rounding::Up).unwrap_or(Perbill::one()),
		}
	}
}

/// The seats of a committee.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Seats<Id> {
	/// Who holds each seat. A seat rotates in the epochs that leave the same rest as its number, divided by [`ROTATION`].
	holders: BoundedVec<Option<Id>, ConstU32<MAX_SEATS>>,
	/// For each of these rests, the greatest [`Candidates::concentration`] that a seat of it was drawn under.
	concentrations: [Perbill; 3],
}

impl<Id> Default for Seats<Id> {
	fn default() -> Self {
		Self {
			holders: BoundedVec::new(),
			concentrations: [Perbill::zero(); 3],
		}
	}
}

/// Seats, and what it took to fill them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn<Id> {
	/// The committee.
	pub seats: Seats<Id>,
	/// Draws made: at most [`DRAWS_PER_SEAT`] for each seat of the committee.
	pub draws: u32,
}

impl<Id: Ord + Clone> Seats<Id> {
	/// Who holds each seat.
	pub fn holders(&self) -> &[Option<Id>] {
		&self.holders
	}

	/// Whether no seat stayed empty.
	pub fn is_full(&self) -> bool {
		self.holders.iter().all(Option::is_some)
	}

	/// The greatest concentration of stake that a seat of the committee was drawn under.
	pub fn concentration(&self) -> Perbill {
		self.concentrations.into_iter().max().unwrap_or(Perbill::one())
	}

	/// The committee after this one.
	///
	/// A third of the seats, those whose turn it is, become empty, and so do those of operators that are no longer candidates
	/// and those above the cap. Empty seats are drawn one after another; a draw that hits an operator with `cap` seats is
	/// repeated, until [`DRAWS_PER_SEAT`] times the number of seats have been made.
	pub fn next(
		mut self,
		candidates: &Candidates<Id>,
		epoch: Epoch,
		seed: &Hash,
		params: &DrawParams,
	) -> Drawn<Id> {
		let places = usize::try_from(params.seats.min(MAX_SEATS)).unwrap_or(0);
		let mut holders = core::mem::take(&mut self.holders).into_inner();
		holders.resize(places, None);
		let turn = usize::try_from(epoch.checked_rem(ROTATION).unwrap_or(0)).unwrap_or(0);
		let mut held = vec![0u32; candidates.list.len()];
		let mut take = |index: usize| match held.get_mut(index) {
			Some(count) if *count < params.cap => {
				*count = count.saturating_add(1);
				true
			}
			_ => false,
		};
		for (seat, holder) in holders.iter_mut().enumerate() {
			let index = holder.as_ref().and_then(|operator| candidates.index_of(operator));
			let stays = seat % 3 != turn && index.is_some_and(&mut take);
			if !stays {
				*holder = None;
			}
		}
		let concentration = candidates.concentration(params);
		if let Some(rotated) = self.concentrations.get_mut(turn) {
			*rotated = concentration;
		}
		let limit = params.seats.min(MAX_SEATS).saturating_mul(DRAWS_PER_SEAT);
		let mut numbers = 0..limit;
		for (seat, holder) in holders.iter_mut().enumerate() {
			if holder.is_some() {
				continue;
			}
			let hit = numbers.find_map(|number| candidates.at(seed, number).filter(|index| take(*index)));
			*holder = hit
				.and_then(|index| candidates.list.get(index))
				.map(|candidate| candidate.0.clone());
			if let Some(third) = self.concentrations.get_mut(seat % 3) {
				*third = concentration.max(*third);
			}
		}
		Drawn {
			seats: Self {
				holders: BoundedVec::truncate_from(holders),
				concentrations: self.concentrations,
			},
			draws: numbers.start,
		}
	}
}

/// What a seat weighs in the allotment of rows while all the stake is there that it was drawn by: enough that a loss of any size
/// can be taken from it in proportion.
pub const SEAT: u128 = 1 << 20;

/// One operator's part in a committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member<Id> {
	/// The operator.
	pub operator: Id,
	/// Weight in the allotment of rows: stake where everybody serves, else seats.
	pub weight: u128,
}

/// How a committee is made up.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub enum Selection<Id> {
	/// All candidates with stake, by stake, without a cap: there is no draw that could fail.
	Everybody,
	/// Seats drawn by stake.
	Drawn(Seats<Id>),
}

impl<Id: Ord + Clone> Selection<Id> {
	/// The committee of `epoch`: everybody while that is not more than `params.seats`, else `before` with a third drawn anew.
	///
	/// Returns the number of draws beside it. At most `4 · seats` hashes and binary searches.
	pub fn next(
		before: Option<Self>,
		candidates: &Candidates<Id>,
		epoch: Epoch,
		seed: &Hash,
		params: &DrawParams,
	) -> (Self, u32) {
		if candidates.staked() <= usize::try_from(params.seats).unwrap_or(0) {
			return (Self::Everybody, 0);
		}
		let seats = match before {
			Some(Self::Drawn(seats)) => seats,
			_ => Seats::default(),
		};
		let drawn = seats.next(candidates, epoch, seed, params);
		(Self::Drawn(drawn.seats), drawn.draws)
	}

	/// Members with their weights; drawn ones in the order of their first seats.
	///
	/// Rows that are left over go to the lower index first, so an order by name would give them to whoever grinds a low name.
	pub fn members(&self, candidates: &Candidates<Id>) -> Vec<Member<Id>> {
		let Self::Drawn(seats) = self else {
			let staked = candidates.list.iter().filter(|candidate| candidate.1 > 0);
			return staked
				.map(|(operator, stake)| Member {
					operator: operator.clone(),
					weight: *stake,
				})
				.collect();
		};
		let mut members: Vec<Member<Id>> = Vec::new();
		let mut places: BTreeMap<&Id, usize> = BTreeMap::new();
		for operator in seats.holders.iter().flatten() {
			let place = *places.entry(operator).or_insert(members.len());
			match members.get_mut(place) {
				Some(member) => member.weight = member.weight.saturating_add(1),
				None => members.push(Member {
					operator: operator.clone(),
					weight: 1,
				}),
			}
		}
		members
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_point_belongs_to_the_candidate_whose_stake_it_lies_in() {
		let list = [(1u32, 0), (2, 5), (3, 0), (4, 1), (5, 0)];
		let candidates = Candidates::new(&list).unwrap();
		assert_eq!(
			(candidates.ends.clone(), candidates.staked()),
			(vec![0, 5, 5, 6, 6], 2)
		);
		let mut hits = [0u32; 5];
		for index in 0..6_000 {
			hits[candidates.at(&[7; 32], index).unwrap()] += 1;
		}
		// 5,000 and 1,000 expected; six standard deviations are 173.
		assert_eq!((hits[0], hits[2], hits[4]), (0, 0, 0));
		assert!((4_827..5_173).contains(&hits[1]), "{hits:?}");
	}

	#[test]
	fn lists_out_of_order_and_too_long_ones_are_refused() {
		assert_eq!(
			Candidates::new(&[(2u32, 1), (1, 1)]).unwrap_err(),
			Error::Unsorted
		);
		assert_eq!(
			Candidates::new(&[(1u32, 1), (1, 1)]).unwrap_err(),
			Error::Unsorted
		);
		let long: Vec<_> = (0..=MAX_CANDIDATES).map(|i| (i, 1)).collect();
		assert_eq!(Candidates::new(&long).unwrap_err(), Error::TooManyCandidates);
		assert!(Candidates::new(&long[1..]).is_ok());
	}

	#[test]
	fn the_largest_that_the_cap_can_take_out_are_counted() {
		let list: Vec<_> = (0..10u32).map(|i| (i, 1 + u128::from(i))).collect();
		let candidates = Candidates::new(&list).unwrap();
		// ⌊(7 − 1) / 2⌋ = 3 of the largest: 10 + 9 + 8 of 55.
		let share = candidates.concentration(&DrawParams { seats: 7, cap: 2 });
		assert_eq!(share, Perbill::from_parts(490_909_091));
		assert_eq!(
			candidates.concentration(&DrawParams { seats: 3, cap: 3 }),
			Perbill::zero()
		);
		assert_eq!(
			Candidates::<u32>::new(&[])
				.unwrap()
				.concentration(&DrawParams::DEFAULT),
			Perbill::one()
		);
	}

	#[test]
	fn the_seed_is_as_documented() {
		let mut bytes = b"zerog/networks/draw/v1".to_vec();
		bytes.extend([9; 32]);
		bytes.extend([3, 0, 0, 0]);
		bytes.extend([0x39, 0x30, 0, 0]);
		assert_eq!(draw_seed(&[9; 32], 3, 12_345), sha256(&[&bytes]));
	}
}
