// SPDX-License-Identifier: Apache-2.0
//! Host functions by which off-chain workers start native work and collect it: repair and sampling of blobs.
//!
//! Duties belong to the runtime: its off-chain worker decides which blobs to repair and which rows to sample,
//! and governance can change that. The work (fetching rows, checking them, erasure coding) is native: the
//! worker calls [`data_availability::start_repair`] or [`data_availability::start_sample`], gets a [`DutyId`]
//! **at once**, and asks [`data_availability::poll`] and [`data_availability::take_row`] in this or a later
//! block. No call waits for disk, network or coding.
//!
//! ```text
//! off-chain worker (Wasm)                        data availability service (native)
//!   start_repair(commitment, rows) ──► duty id      queued; runs on the service's own threads
//!   … blocks pass, the id kept in off-chain storage …
//!   poll(id) ──────────────────────► Running        rows fetched, checked, rebuilt, given back to their holders
//!   poll(id) ──────────────────────► Done
//!   take_row(id, row) ─────────────► Row            handed over once, then forgotten
//! ```
//!
//! # What holds
//!
//! * The functions are linked into every executor, because the linker wants each import in every context.
//!   They act through [`DutiesExt`], which **only the off-chain worker's** externalities carry
//!   (`OffchainWorkerOptions::custom_extensions`). Everywhere else, in block execution above all, each call
//!   returns [`Error::NotAvailable`]: results differ between nodes and must never reach the state.
//! * Within externalities, which every executor sets, no call panics or traps. Arguments and results are
//!   bounded ([`MAX_ROWS`], [`MAX_ROW_BYTES`], [`MAX_PATH`]), on both sides of the boundary: a service that
//!   returns more is reported as [`Error::Broken`].
//! * A function's meaning never changes. A new argument, result or enum variant is a new `#[version]`; every
//!   node must be upgraded before the first runtime that calls it.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::cast_possible_truncation,
		clippy::arithmetic_side_effects
	)
)]
#![warn(missing_docs)]

extern crate alloc;

#[cfg(not(substrate_runtime))]
mod duties;
mod interface;
mod types;

#[cfg(not(substrate_runtime))]
pub use duties::{Duties, DutiesExt};
pub use interface::data_availability;
pub use types::{DutyFailure, DutyId, DutyStatus, Error, Hash, Row, MAX_PATH, MAX_ROWS, MAX_ROW_BYTES};

/// All host functions of this crate, for the executor's list.
#[cfg(not(substrate_runtime))]
pub type HostFunctions = data_availability::HostFunctions;
