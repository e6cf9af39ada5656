// SPDX-License-Identifier: Apache-2.0

//! Tests by topic.

mod committees;
mod cost;
mod escrow;
mod governance;
mod lifecycle;
mod loads;
mod operators;
mod sequences;
