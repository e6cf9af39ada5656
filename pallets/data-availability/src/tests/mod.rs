// SPDX-License-Identifier: Apache-2.0

//! Tests by topic.

mod certificates;
mod challenges;
mod committees;
mod faults;
mod money;
mod networks;
mod sampling;
mod sequences;
