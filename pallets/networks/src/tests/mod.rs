// SPDX-License-Identifier: Apache-2.0

//! Tests by topic.

mod lifecycle;
mod operators;
