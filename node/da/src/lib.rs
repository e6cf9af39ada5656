// SPDX-License-Identifier: Apache-2.0

//! The data-availability service of a node: it pushes, checks, keeps, signs for, serves and reads back rows of blobs.
//!
//! The chain decides what is paid, who holds which row and which certificates count ([`Chain`]); this crate moves the
//! bytes. It contains no FRAME and reaches the outside through three small traits.
//!
//! The way of a blob:
//!
//! 1. The [`gateway`] takes the bytes of a blob that the chain has as paid, or [`Handle::publish`] does.
//! 2. The [`disperser`] encodes it and pushes to each member of the committee the rows assigned to it.
//! 3. A [`member`] checks each row, stores it ([`store`]) and, when it holds all of its rows, syncs the disk and signs:
//!    the blob alone, or a batch of blobs that the disperser has in flight.
//! 4. Its share, under a number that it never uses again, goes to every member; each [`aggregator`] makes a certificate
//!    once 2/3 of the rows are signed.
//! 5. What a network's committee did not certify in time falls back to the root network's; members that hold rows carry it on
//!    (`fallback`).
//! 6. The [`retriever`] rebuilds the blob from any quarter of its rows, each checked on arrival.
//! 7. The runtime's off-chain worker has rows sampled and repaired through [`Duties`].
//!
//! While it has custody, a member answers challenges of its rows. Rows that prove a signer's fault are kept for whoever
//! reports them ([`BadRow`]). Peers are members only after they proved it
//! ([`members`]). What crosses the network is in [`protocol`]; formulas, guarantees and limits are in
//! `docs/data-availability.md`.

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

pub mod aggregator;
mod answering;
mod bad_rows;
mod blobs;
mod budget;
mod config;
pub mod disperser;
mod doubts;
mod duties;
mod evidence;
mod fallback;
pub mod gateway;
mod inbound;
mod interfaces;
mod margins;
pub mod member;
pub mod members;
mod metrics;
mod node;
mod outbox;
mod patrol;
pub mod protocol;
mod reading;
pub mod retriever;
mod sealing;
mod service;
mod signing;
pub mod store;
mod trace;
mod verifying;

use zerog_da_wire::messages;

#[cfg(test)]
mod sim;
#[cfg(test)]
mod tests;

pub use bad_rows::BadRow;
pub use config::{Allowance, Config, Limits, MIN_RATE};
pub use disperser::{PublishError, Published};
pub use duties::Duties;
pub use interfaces::{Chain, ChainError, Identity, Misbehaviour, Transport, TransportError};
pub use protocol::{inbound_queue, protocol_name, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, REQUEST_TIMEOUT};
pub use retriever::{Fault, RetrieveError, Retrieved, SampleError, Sampled};
pub use service::{BlobStatus, Error, Handle, Service, State};
pub use store::StoreError;
pub use trace::{Entry, Event, Trace, MAX_BLOBS, MAX_EVENTS, MAX_REPEATED};
