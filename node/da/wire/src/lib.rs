// SPDX-License-Identifier: Apache-2.0

//! What the data-availability service reads off the wire: messages of peers and requests to the gateway.
//!
//! All of it is hostile until it is decoded here, and only well-formed after that: who said it, whether it is paid for and
//! whether a row is the blob's are questions of the service. Nothing of the SDK's client is needed, so that the fuzz
//! targets call what the node calls.
//!
//! # Guarantees
//!
//! * *No panic.* Any bytes give a message or a typed error.
//! * *One encoding.* What [`protocol::decode_request`] and [`protocol::decode_response`] accept, encodes to the same bytes;
//!   a message within the limits decodes to itself. Bytes left over are refused, and so is each shorter piece of a message.
//! * *Bounded memory.* A message longer than the transport's limit is refused unread. Decoding another takes at most three
//!   times its length and 1 MiB: a count that is announced allocates nothing that the message does not fill, and
//!   [`messages::Rows`], [`messages::Batch`] and [`messages::Places`] stop at their most.
//! * *Limits hold.* Row indices that were asked for or pushed are 1 to [`protocol::MAX_ROWS`], strictly ascending; a batch
//!   is 1 to [`protocol::MAX_BATCH`] blobs, none twice.
//! * *The first bytes tell the truth.* [`protocol::Kind::of`] and [`protocol::blob_of_push`] look at a request before it is
//!   decoded, to see who pays for it; they agree with what it decodes to.
//! * *The gateway's requests are typed.* An upload is at most as long as a blob, a row's index is a number, and
//!   [`gateway::ByteRange::within`] is not empty and inside of the blob.

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

pub mod gateway;
pub mod messages;
pub mod protocol;

#[cfg(test)]
mod tests;
