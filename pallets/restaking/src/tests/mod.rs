// SPDX-License-Identifier: Apache-2.0

//! Tests by topic.

mod cost;
mod elections;
mod rewards;
mod sequences;
mod services;
mod shadow;
mod slashing;
mod stake;
mod start;

use zerog_staking::HISTORY;
