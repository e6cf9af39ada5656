// SPDX-License-Identifier: Apache-2.0

//! Why a call is refused, and what the accounting refuses in these words.

use crate::pallet::*;
use frame_support::pallet_macros::pallet_section;
use polkadot_sdk::*;
use zerog_staking::Error as Books;

#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The account is an operator already.
		AlreadyOperator,
		/// The account is no operator: register first, or choose another.
		NotOperator,
		/// The operator still has stake, promises, a candidacy, or rewards that were not distributed or claimed: end these first.
		StillInUse,
		/// Too few of the operator's own planck would be left for one that stands for election or promises something: chill and
		/// end the promises first, or stake more.
		OwnStakeTooLow,
		/// No such service.
		UnknownService,
		/// The service is draining, or is consensus, which always is there.
		ServiceNotActive,
		/// The service still has operators or reports: wait for the last promise to end.
		ServiceInUse,
		/// As many services as possible exist: retire one.
		TooManyServices,
		/// The terms are senseless: consensus exists already, or a cap is zero, or that of a report above that of an era.
		InvalidTerms,
		/// The operator has allocations with as many services as possible: leave one and release its room.
		TooManyAllocations,
		/// A duty to a service lasts too long for its promise to fall, and for the operator's own stake to leave: wait for its
		/// end. Consensus is such a duty while too few others could be elected.
		DutyOpen,
		/// The account has no session keys: set them first.
		NoSessionKeys,
		/// The operator stands for election already.
		AlreadyCandidate,
		/// The operator does not stand for election.
		NotCandidate,
		/// Consensus could slash too little: promise it more, or stake more. A new promise counts after its notice.
		ValidatorStakeTooLow,
		/// As many candidates as possible stand for election, each with more stake.
		TooManyCandidates,
		/// The service declared no such faults at its creation.
		FaultNotDeclared,
		/// The account does not report for this service, or was revoked.
		NotReporter,
		/// The account does not resolve for this service.
		NotResolver,
		/// As many reports of the service as possible wait for their decision.
		TooManyReports,
		/// The operator had promised nothing to the service in that era.
		NothingPromised,
		/// No such report waits.
		UnknownReport,
		/// The report is due: only governance can stop it.
		VetoTooLate,
		/// The report can still be vetoed: execute it when it is due.
		NotDue,
		/// There is nothing to do: the call would change nothing.
		NothingToDo,
		/// The amount is zero or too small to be counted: take a larger one.
		ZeroAmount,
		/// The position would be worth less than the minimum: delegate more, or unbond all of it.
		BelowMinimum,
		/// The operator would hold too much: choose another one.
		StakeTooLarge,
		/// The operator's pool was slashed to almost nothing: choose another one, or wait until it is reopened.
		PoolClosed,
		/// The pool is open, or faults before its closing may still be slashed.
		CannotReopen,
		/// A slash is pending on the operator: delegate when it is decided.
		SlashPending,
		/// The position has fewer shares than that.
		InsufficientShares,
		/// The position belongs to a closed pool: convert it first.
		StaleGeneration,
		/// Too much is unbonding in different eras: withdraw what has matured.
		TooManyChunks,
		/// Nothing was unbonded in that era.
		NothingUnbonding,
		/// The stake is still bonded, or a pending slash may reach it.
		NotMatured,
		/// The promise is not what the caller expected: read it again.
		UnexpectedAllocation,
		/// The operator would promise more than its stake: promise less, or release room that is not needed any more.
		ExceedsMagnitude,
		/// The fault lies in the future, is too old, or precedes the operator's pool.
		FaultOutOfWindow,
		/// The fraction is zero, above the cap of a report, or the era's reports together would be above theirs.
		FractionOutOfRange,
		/// The commission rises too much, or too soon after a change.
		CommissionThrottled,
		/// All eras that are over were distributed.
		NothingToDistribute,
		/// A number left its range. With amounts that exist this is a fault of the chain: report it.
		Accounting,
	}
}

impl<T> From<Books> for Error<T> {
	fn from(error: Books) -> Self {
		match error {
			Books::ZeroAmount => Self::ZeroAmount,
			Books::BelowMinimum => Self::BelowMinimum,
			Books::StakeTooLarge => Self::StakeTooLarge,
			Books::PoolClosed => Self::PoolClosed,
			Books::CannotReopen => Self::CannotReopen,
			Books::SlashPending => Self::SlashPending,
			Books::InsufficientShares => Self::InsufficientShares,
			Books::StaleGeneration => Self::StaleGeneration,
			Books::TooManyChunks => Self::TooManyChunks,
			Books::NothingUnbonding => Self::NothingUnbonding,
			Books::NotMatured => Self::NotMatured,
			Books::UnexpectedAllocation => Self::UnexpectedAllocation,
			Books::ExceedsMagnitude => Self::ExceedsMagnitude,
			Books::FaultOutOfWindow => Self::FaultOutOfWindow,
			Books::FractionAboveCap => Self::FractionOutOfRange,
			Books::CommissionThrottled => Self::CommissionThrottled,
			Books::EraNotDistributable => Self::NothingToDistribute,
			Books::WrongGeneration => Self::NothingToDo,
			// An amount that does not exist, or books that are wrong.
			Books::Overflow
			| Books::Underflow
			| Books::HistoryFull
			| Books::TooManyBuckets
			| Books::NotPending
			| Books::TooManyPoints => Self::Accounting,
		}
	}
}
