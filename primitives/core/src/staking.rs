// SPDX-License-Identifier: Apache-2.0

//! What the runtime answers about shared staking: operators, stake, rewards, slashes.
//!
//! Amounts are planck, times are eras. A promise is a part of the operator's stake in `10^18`.

// The macro that declares runtime APIs states bounds twice.
#![allow(clippy::multiple_bound_locations)]

use crate::units::{Balance, BlockNumber};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use polkadot_sdk::*;
use scale_info::TypeInfo;
use sp_runtime::Perbill;

/// Number of an era.
pub type Era = u32;
/// Number of a service; consensus is 0.
pub type Service = u16;
/// The number of consensus.
pub const CONSENSUS: Service = 0;
/// The whole stake, as a promise.
pub const WHOLE: u64 = 1_000_000_000_000_000_000;

/// Where staking stands, and its rules.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct StakingInfo {
	/// The present era.
	pub era: Era,
	/// Slots until the next one, if every session is as long as it should be.
	pub next_era_in: BlockNumber,
	/// Slots of an era.
	pub era_length: BlockNumber,
	/// Eras from unbonding until stake is free.
	pub bonding: Era,
	/// Eras until a promise that was raised counts.
	pub allocation_delay: Era,
	/// Eras until a promise that was lowered counts no more.
	pub deallocation_delay: Era,
	/// Least that an account delegates to an operator.
	pub minimum_delegation: Balance,
	/// Least that an operator stakes itself.
	pub minimum_operator_stake: Balance,
	/// Least that consensus could slash of a validator.
	pub minimum_validator_stake: Balance,
}

/// A service that takes stake.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct ServiceView {
	/// Its number.
	pub service: Service,
	/// What it is.
	pub kind: Vec<u8>,
	/// Most that a fault costs which the chain can check, of the promise.
	pub objective: Perbill,
	/// Most that a fault costs which it cannot check; none if there are no such faults.
	pub subjective: Option<Perbill>,
	/// Whether operators may still promise more.
	pub open: bool,
	/// Operators that it can charge.
	pub operators: u32,
}

/// What an operator promises to a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Promise {
	/// The service.
	pub service: Service,
	/// What faults of this era put at risk.
	pub promised: u64,
	/// The promise when all changes have taken effect.
	pub target: u64,
	/// What is reserved: promised, or still to be charged for earlier promises.
	pub reserved: u64,
	/// Whether `release` would free a part of that, or forget the promise.
	pub releasable: bool,
	/// What the service can rely on, after one full slash by consensus.
	pub slashable: Balance,
}

/// A slash that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct PendingSlash {
	/// Whose duty was broken.
	pub service: Service,
	/// In which era it was taken on.
	pub fault: Era,
	/// What it costs of the promise.
	pub fraction: Perbill,
	/// First era in which it is executed.
	pub due: Era,
}

/// An operator.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct OperatorView<AccountId> {
	/// Its account.
	pub account: AccountId,
	/// Active stake, its own and that of its delegators.
	pub stake: Balance,
	/// Its own part of that.
	pub own: Balance,
	/// What slashes by services other than consensus have left of a whole that was there from the beginning.
	pub magnitude: u64,
	/// The same of slashes by consensus.
	pub scale: u64,
	/// Its part of the rewards.
	pub commission: Perbill,
	/// Whether it stands for election.
	pub candidate: bool,
	/// Whether it validates now.
	pub validator: bool,
	/// Whether its pool takes stake: no slash is pending, and none closed it.
	pub open: bool,
	/// First era in which `reopen` opens a new pool, if a slash closed this one; sooner, if slashes that wait for its faults are decided.
	pub reopens: Option<Era>,
	/// What it promises.
	pub promises: Vec<Promise>,
	/// Slashes that wait.
	pub pending: Vec<PendingSlash>,
}

impl<AccountId> OperatorView<AccountId> {
	/// Planck of the active stake that a promise of `part` lets a service take, rounded up; never more than there are.
	pub fn at_risk(&self, service: Service, part: u64) -> Balance {
		use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
		let product = |a: u64, b: u64| u128::from(a).saturating_mul(b.into());
		let (part, whole) = match service {
			CONSENSUS => (product(part, WHOLE), product(self.magnitude, self.scale)),
			_ => (part.into(), self.magnitude.into()),
		};
		let taken = multiply_by_rational_with_rounding(self.stake, part, whole, Rounding::Up);
		taken.map_or(self.stake, |taken| taken.min(self.stake))
	}
}

/// Stake that becomes free.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Unlock {
	/// Era in which it was unbonded: what `withdraw` asks for.
	pub era: Era,
	/// First era in which it is free, if no slash is pending then.
	pub free_from: Era,
	/// Its worth.
	pub amount: Balance,
}

/// An account's stake with an operator.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct PositionView<AccountId> {
	/// The operator.
	pub operator: AccountId,
	/// What the active shares are worth.
	pub active: Balance,
	/// The active shares.
	pub shares: u128,
	/// Stake that unbonds, oldest first. What a closed pool left comes last, also while it is not converted.
	pub unlocks: Vec<Unlock>,
	/// The era in which a slash closed the pool of the account's shares, if they were not converted since: `convert` has to come
	/// before anything else that is done with the position.
	pub closed: Option<Era>,
	/// On hold; slashes have taken what `active` and `unlocks` lack of it.
	pub held: Balance,
	/// Rewards that can be claimed.
	pub claimable: Balance,
}

impl<AccountId> PositionView<AccountId> {
	/// Shares worth `amount` planck, rounded up; all of them for all of the stake.
	pub fn shares_for(&self, amount: Balance) -> u128 {
		use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
		let part = multiply_by_rational_with_rounding(self.shares, amount, self.active, Rounding::Up);
		part.filter(|_| amount < self.active)
			.map_or(self.shares, |shares| shares.min(self.shares))
	}
}

sp_api::decl_runtime_apis! {
	/// Shared staking, for nodes, clients and dapps.
	pub trait StakingApi<AccountId: codec::Codec> {
		/// Where staking stands, and its rules.
		fn staking() -> StakingInfo;
		/// All services.
		fn services() -> Vec<ServiceView>;
		/// The accounts of all operators.
		fn operators() -> Vec<AccountId>;
		/// An operator.
		fn operator(account: AccountId) -> Option<OperatorView<AccountId>>;
		/// All that an account has staked, with every operator.
		fn portfolio(account: AccountId) -> Vec<PositionView<AccountId>>;
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn shares_are_worth_what_was_asked_for_and_never_more_than_there_are() {
		let shares = |active, shares, amount| {
			let position = PositionView {
				operator: (),
				active,
				shares,
				unlocks: Vec::new(),
				closed: None,
				held: active,
				claimable: 0,
			};
			position.shares_for(amount)
		};
		assert_eq!(shares(1_000, 1_000_000, 1), 1_000);
		assert_eq!(shares(999, 1_000_000, 1), 1_002);
		assert_eq!(shares(999, 1_000_000, 999), 1_000_000);
		assert_eq!(shares(999, 1_000_000, u128::MAX), 1_000_000);
		assert_eq!(shares(u128::MAX, u128::MAX, u128::MAX - 1), u128::MAX - 1);
		assert_eq!(shares(0, 7, 0), 7);
	}

	#[test]
	fn a_promise_risks_its_part_of_what_slashes_have_left() {
		let operator = |stake, magnitude, scale| OperatorView {
			account: (),
			stake,
			own: 0,
			magnitude,
			scale,
			commission: Perbill::zero(),
			candidate: false,
			validator: false,
			open: true,
			reopens: None,
			promises: Vec::new(),
			pending: Vec::new(),
		};
		let risks = |stake, magnitude, scale, part| {
			let operator = operator(stake, magnitude, scale);
			[CONSENSUS, 1].map(|service| operator.at_risk(service, part))
		};
		assert_eq!(risks(1_000, WHOLE, WHOLE, WHOLE / 4), [250, 250]);
		// Another service took a half of the whole: a quarter of it is a half of what is left.
		assert_eq!(risks(500, WHOLE / 2, WHOLE, WHOLE / 4), [250, 250]);
		// What consensus took, the promises to others shrink with.
		assert_eq!(risks(500, WHOLE, WHOLE / 2, WHOLE / 4), [250, 125]);
		assert_eq!(risks(1_000, WHOLE, WHOLE, 1), [1, 1]);
		assert_eq!(risks(u128::MAX, WHOLE, WHOLE, WHOLE), [u128::MAX; 2]);
		assert_eq!(risks(1_000, 0, 0, WHOLE), [1_000; 2]);
		assert_eq!(risks(0, WHOLE, WHOLE, WHOLE), [0; 2]);
	}
}
