// SPDX-License-Identifier: Apache-2.0

//! Identifiers, units, signed statements and runtime APIs that every layer shares.
//!
//! * [`units`]: the token, and how long things take.
//! * [`da`]: what the chain, the nodes and the clients of the data-availability layer say to each other.
//! * [`networks`]: what networks answer.
//! * [`staking`]: what shared staking answers.

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

pub mod da;
pub mod networks;
pub mod staking;
pub mod units;
