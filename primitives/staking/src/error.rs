// SPDX-License-Identifier: Apache-2.0

//! Why something is refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Why a change of the books is refused.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub enum Error {
	/// A number left its range. Amounts this large exist only in attacks; take a smaller one.
	Overflow,
	/// More was taken than is there. The books are wrong: report it.
	Underflow,
	/// A history has no room. Impossible with a [`Timing`](crate::Timing) that passes its check.
	HistoryFull,
	/// The amount is zero, or rounds to zero. Take a larger one.
	ZeroAmount,
	/// The position would be worth less than the minimum. Delegate more, or unbond all of it.
	BelowMinimum,
	/// The operator would hold more than [`MAX_STAKE`](crate::MAX_STAKE). Choose another one.
	StakeTooLarge,
	/// The pool was slashed to almost nothing and is closed until bonding has passed. Choose another operator.
	PoolClosed,
	/// The pool is open, or faults before its closing may still be slashed.
	CannotReopen,
	/// A slash is pending on the operator. Delegate again when it is decided.
	SlashPending,
	/// The position has fewer shares than that.
	InsufficientShares,
	/// The position belongs to a closed pool. Convert it first.
	StaleGeneration,
	/// That pool's closing record is of another generation than the position.
	WrongGeneration,
	/// The position has too many unbonding chunks. Withdraw those that have matured.
	TooManyChunks,
	/// The operator has too many buckets. Impossible with a [`Timing`](crate::Timing) that passes its check.
	TooManyBuckets,
	/// No unbonding stake of that era.
	NothingUnbonding,
	/// The stake is still bonded, or a pending slash may reach it.
	NotMatured,
	/// The allocation is not what the caller expected. Read it again.
	UnexpectedAllocation,
	/// The operator's allocations would promise more than its stake.
	ExceedsMagnitude,
	/// The fault lies in the future, is too old, or precedes the operator's pool.
	FaultOutOfWindow,
	/// No slash of that era is pending.
	NotPending,
	/// A subjective fault may not cost that much, by itself or together with others of this era.
	FractionAboveCap,
	/// The commission rises too much or too soon.
	CommissionThrottled,
	/// The era is not over, was distributed, or is older than the history.
	EraNotDistributable,
	/// More points are drawn than were noted.
	TooManyPoints,
}
