// SPDX-License-Identifier: Apache-2.0

//! Why something is refused.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Why a call is refused.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub enum Error {
	/// More than [`MAX_CANDIDATES`](crate::MAX_CANDIDATES). Register fewer, or raise the bound.
	TooManyCandidates,
	/// Candidates are not in strictly ascending order. Sort them, each once.
	Unsorted,
	/// There is no such network.
	UnknownNetwork,
	/// The network takes nothing new: it is forming, or draining. Route anew.
	NotActive,
	/// The network was active before.
	NotForming,
	/// No blob is pending there. The books are wrong: report it.
	NothingPending,
	/// The root network has nothing to fall back to.
	NoFallback,
	/// This epoch was turned already.
	EpochNotNew,
}

/// What is wrong with parameters.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub enum ParamsError {
	/// `1 ≤ cap ≤ seats ≤ MAX_SEATS`, and at least [`ROTATION`](crate::ROTATION) seats.
	Seats,
	/// `low < high < 100 %`, and each has to last for an epoch at least.
	Thresholds,
	/// `1 ≤ max ≤ MAX_NETWORKS`; the root network counts.
	Networks,
	/// A network has to carry something, and has to have time to form.
	Capacity,
	/// `1 ≤ floor ≤ ceiling ≤ floor × 2^32`, and `ceiling < 2^96`.
	FeeRange,
	/// The fee's target lies above `high`, or it would keep the load below what spawns a network.
	FeeTarget,
	/// `0 < target < 100 %`, `2 ≤ steps ≤ 64`, at least one period an epoch.
	FeeChange,
}
