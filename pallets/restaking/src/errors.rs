// SPDX-License-Identifier: Apache-2.0

//! What the accounting refuses, in the pallet's words.

use crate::pallet::*;
use zerog_staking::Error as Books;

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
