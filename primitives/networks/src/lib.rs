// SPDX-License-Identifier: Apache-2.0

//! Networks: committees of operators, each of which certifies data in parallel to the others.
//!
//! Pure functions over plain types; a pallet stores the types as they are and adds stake, randomness, money and events.
//! Design, guarantees and formulas are in `docs/networks.md`.
//!
//! * `draw`: who sits in a committee. [`Candidates`], [`Selection`], [`Seats`].
//! * `registry`: which networks there are, and when one more or one less. [`Networks`].
//! * `routing`: which network a blob goes to. [`route`], [`ranking`].
//! * `fee`: what a byte costs in a network. [`BaseFee`].
//! * `info`: answers for nodes and clients. [`NetworkInfo`], [`Security`].
//! * `security`: what a committee is worth, and how unlikely its draw is to fail. [`failure_bits`].
//!
//! # Conventions
//!
//! Nothing panics. When a function fails, what was passed to it by `&mut` is as it was.

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

mod draw;
mod error;
mod fee;
mod info;
mod registry;
mod routing;
mod security;
mod timing;
mod units;
mod upper;

#[cfg(test)]
mod tests;

pub use draw::{
	draw_seed, Candidates, DrawParams, Drawn, Member, Seats, Selection, DRAWS_PER_SEAT, ROTATION, SEAT,
};
pub use error::{Error, ParamsError};
pub use fee::{BaseFee, FeeParams};
pub use info::{Bound, Duty, MemberInfo, NetworkInfo, OperatorInfo, Penalties, Security};
pub use registry::{Change, Network, Networks, Params, Status, Supply, Turn};
pub use routing::{ranking, route};
pub use security::{
	economic_security, encoding_bits, failure_bits, seat_limit, stake_behind_failure, Assumption, Failure,
	BIAS_BITS, NEVER,
};
pub use sp_arithmetic::Perbill;
pub use timing::Timing;
pub use units::*;
