// SPDX-License-Identifier: Apache-2.0

//! What happened.

use frame_support::pallet_macros::pallet_section;
use polkadot_sdk::*;

#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account became an operator.
		OperatorRegistered {
			/// The account.
			operator: T::AccountId,
			/// Its part of the rewards.
			commission: Perbill,
		},
		/// An operator is one no more.
		OperatorLeft {
			/// The account.
			operator: T::AccountId,
		},
		/// A commission changes with the next era.
		CommissionSet {
			/// Whose.
			operator: T::AccountId,
			/// To what.
			commission: Perbill,
		},
		/// Stake came in.
		Delegated {
			/// To whom.
			operator: T::AccountId,
			/// Whose.
			account: T::AccountId,
			/// How much.
			amount: Balance,
			/// Shares of the operator's pool for it.
			shares: Shares,
		},
		/// Stake began to unbond.
		Unbonded {
			/// From whom.
			operator: T::AccountId,
			/// Whose.
			account: T::AccountId,
			/// Its worth.
			amount: Balance,
			/// First era in which it is free, if no slash is pending then.
			free_from: Era,
		},
		/// Stake was set free.
		Withdrawn {
			/// From whom.
			operator: T::AccountId,
			/// Whose.
			account: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// What slashes had taken left the account of its owner.
		Realised {
			/// Whose pool was slashed.
			operator: T::AccountId,
			/// Whose stake it was.
			account: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// Shares of a closed pool became unbonding stake.
		Converted {
			/// Whose pool.
			operator: T::AccountId,
			/// Whose shares.
			account: T::AccountId,
		},
		/// A matured bucket left the operator's record.
		Archived {
			/// Whose.
			operator: T::AccountId,
			/// Era of its requests.
			era: Era,
		},
		/// Slashes left so little that the pool closed: its stake unbonds.
		PoolClosed {
			/// Whose.
			operator: T::AccountId,
			/// Which.
			generation: u32,
		},
		/// A new pool opened.
		PoolReopened {
			/// Whose.
			operator: T::AccountId,
			/// Which.
			generation: u32,
		},
		/// An operator announced a promise.
		Allocated {
			/// Who.
			operator: T::AccountId,
			/// To whom.
			service: ServiceId,
			/// The promise when all changes have taken effect.
			target: Magnitude,
		},
		/// Room that no fault can reach any more was freed.
		Released {
			/// Whose.
			operator: T::AccountId,
			/// It was reserved for this service.
			service: ServiceId,
			/// How much.
			freed: Magnitude,
		},
		/// An operator stands for election.
		Validating {
			/// Who.
			operator: T::AccountId,
			/// What consensus could slash.
			stake: Balance,
		},
		/// An operator does not stand for election any more.
		Chilled {
			/// Who.
			operator: T::AccountId,
		},
		/// A candidate's stake was counted anew.
		Ranked {
			/// Who.
			operator: T::AccountId,
			/// What consensus could slash.
			stake: Balance,
		},
		/// A service exists.
		ServiceCreated {
			/// Its number.
			service: ServiceId,
			/// What operators agree to.
			terms: Terms<T::AccountId>,
		},
		/// Promises to a service only fall from now on.
		ServiceDraining {
			/// Which.
			service: ServiceId,
		},
		/// A service is gone.
		ServiceRetired {
			/// Which.
			service: ServiceId,
		},
		/// Nobody can report subjective faults of a service any more.
		ReporterRevoked {
			/// Which.
			service: ServiceId,
		},
		/// A checked fault waits for its slash.
		FaultNoted {
			/// Whose duty was broken.
			service: ServiceId,
			/// By whom.
			operator: T::AccountId,
			/// Era of the duty.
			fault: Era,
			/// What it costs of the promise.
			fraction: Perbill,
		},
		/// A report waits for its slash.
		SlashReported {
			/// Number of the report.
			id: ReportId,
			/// Whose duty was broken.
			service: ServiceId,
			/// By whom.
			operator: T::AccountId,
			/// Era of the duty.
			fault: Era,
			/// What it costs of the promise.
			fraction: Perbill,
			/// First era in which it is executed.
			due: Era,
			/// Hash of what the resolver should look at.
			evidence: H256,
		},
		/// The resolver refused a report; the bond is lost.
		SlashVetoed {
			/// Which.
			id: ReportId,
		},
		/// Governance cancelled a report; the bond is free.
		SlashCancelled {
			/// Which.
			id: ReportId,
		},
		/// An operator was slashed.
		SlashExecuted {
			/// By whom.
			service: ServiceId,
			/// Who.
			operator: T::AccountId,
			/// Era of the duty.
			fault: Era,
			/// What it costs of the promise; all faults of an era together cost the highest.
			fraction: Perbill,
			/// Planck of the active pool.
			active: Balance,
			/// Planck that were unbonding.
			unbonding: Balance,
		},
		/// A slash came too late, or nothing is left to slash. Unless the operator has left, somebody should ask why.
		SlashLost {
			/// Who would have slashed.
			service: ServiceId,
			/// Whom.
			operator: T::AccountId,
			/// Era of the duty.
			fault: Era,
			/// Why not.
			error: DispatchError,
		},
		/// An era began; those elected serve from its first session on.
		EraStarted {
			/// Which.
			era: Era,
			/// First session of its validators.
			first_session: SessionIndex,
		},
		/// Too few candidates: the validators stay.
		ElectionFailed {
			/// Candidates with keys and stake.
			candidates: u32,
		},
		/// Money for the work of an era.
		PotFunded {
			/// Who pays.
			service: ServiceId,
			/// For when.
			era: Era,
			/// How much.
			amount: Balance,
		},
		/// An operator's reward was distributed.
		RewardDistributed {
			/// Whose.
			operator: T::AccountId,
			/// For when.
			era: Era,
			/// All of it.
			amount: Balance,
			/// The operator's own part, on its account.
			own: Balance,
		},
		/// A reward was claimed.
		RewardClaimed {
			/// Whose pool earned it.
			operator: T::AccountId,
			/// Who got it.
			account: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// A pot that nobody can draw from went into the present one.
		PotExpired {
			/// Which service.
			service: ServiceId,
			/// Which era.
			era: Era,
			/// How much.
			amount: Balance,
		},
		/// Points that are too old to be drawn were forgotten.
		WorkExpired {
			/// Whose.
			operator: T::AccountId,
			/// Of when.
			era: Era,
		},
	}
}
