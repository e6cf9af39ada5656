// SPDX-License-Identifier: Apache-2.0

//! Tests by topic.

mod certificates;
mod committees;
mod money;
mod sequences;
