// SPDX-License-Identifier: Apache-2.0

//! What other pallets ask of shared staking, and what it asks of them.

use crate::types::ServiceId;
use frame_support::{dispatch::DispatchResult, weights::Weight};
use polkadot_sdk::*;
use sp_runtime::Perbill;
use sp_staking::SessionIndex;
use zerog_staking::Era;

/// Charges operators for faults that the caller has checked.
pub trait FaultLedger<AccountId> {
	/// The era whose duties were broken in `session`, while it can still be charged.
	fn era_of(session: SessionIndex) -> Option<Era>;

	/// Notes that an operator broke a duty that it took on in `fault`: it is slashed in `on_idle`, or when anyone asks for it.
	///
	/// What the fault may reach is locked at once. `fraction` is cut to what the service has declared.
	fn note_fault(service: ServiceId, operator: &AccountId, fault: Era, fraction: Perbill) -> DispatchResult;

	/// Weight of [`Self::note_fault`].
	fn note_fault_weight() -> Weight;
}

/// Counts proven work, for which a service pays at the end of the era.
pub trait WorkLedger<AccountId> {
	/// Adds points of the present era.
	fn note_work(service: ServiceId, operator: &AccountId, points: u64) -> DispatchResult;

	/// Weight of [`Self::note_work`].
	fn note_work_weight() -> Weight;
}

/// What operators owe to services, as these see it.
pub trait Duties<AccountId> {
	/// Whether the operator must keep its promise to the service, and its own stake: it has a duty that lasts longer than
	/// `Timing::retention`.
	///
	/// A fault counts for the era in which its duty was taken on, so that shorter ones need no such care. A duty that
	/// was prolonged binds until its rest is that short, or until it was handed over. A fall that was announced before still comes,
	/// and delegators may leave: ask for the operator's security before prolonging a duty, it counts announced falls.
	fn bind(service: ServiceId, operator: &AccountId) -> bool;
}

impl<AccountId> Duties<AccountId> for () {
	fn bind(_: ServiceId, _: &AccountId) -> bool {
		false
	}
}

/// Where the rewards of consensus come from.
pub trait RewardSource<Credit> {
	/// What there is for the era that has ended. Called once for each.
	fn draw(era: Era) -> Credit;
}
