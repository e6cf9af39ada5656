// SPDX-License-Identifier: Apache-2.0

//! The accounting of shared staking: one stake, many services.
//!
//! Pure functions over plain types; a pallet stores the types as they are and adds accounts, holds and events. Design,
//! guarantees and formulas are in `docs/staking.md`.
//!
//! # What is stored where
//!
//! | type | key | touched by |
//! |---|---|---|
//! | [`Operator`] | operator | every call that moves stake, every slash |
//! | [`Allocation`] | operator, service | allocating; a slash by that service |
//! | [`Position`] | operator, delegator | that delegator's calls |
//! | [`Bucket`] | operator, era | archived once it has matured, then that era's withdrawals |
//! | [`ClosedPool`] | operator, generation | delegators of a pool that a slash has closed |
//! | [`RewardBook`] | operator | distribution and claims |
//! | [`EraPot`] | service, era | points, funds, distribution |
//!
//! A slash reads and writes the operator (with its open buckets) and one allocation, whatever the number of delegators.
//!
//! # Conventions
//!
//! Nothing panics: overflow is [`Error::Overflow`]. When a function fails, what was passed to it by `&mut` is to be thrown
//! away, as a failed dispatch does.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]
#![warn(missing_docs)]

extern crate alloc;

mod allocation;
mod checkpoints;
mod election;
mod error;
mod operator;
mod pool;
mod position;
mod rewards;
mod slash;
mod timing;
mod units;

#[cfg(test)]
mod tests;

pub use allocation::{unique_stake, Allocation, Seniority, SubjectiveCap};
pub use checkpoints::Checkpoints;
pub use election::{slashable, slashable_net, slashable_net_in, ElectionKey};
pub use error::Error;
pub use operator::{history_start, ClosedPool, Operator};
pub use pool::{Bucket, Piece};
pub use position::{Chunk, Position, Unbonded, Withdrawn};
pub use rewards::{EraPot, RewardBook};
pub use slash::{slash, Slashed};
pub use timing::{Timing, TimingError, GRACE};
pub use units::*;
