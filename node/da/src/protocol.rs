// SPDX-License-Identifier: Apache-2.0

//! What nodes say to each other ([`zerog_da_wire`]), and the queue by which the network hands it to the service.

use polkadot_sdk::sc_network::config::IncomingRequest;
use std::time::Duration;

pub use zerog_da_wire::protocol::*;

/// After this long an unanswered request has failed.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Requests that may wait for the service; when it is full, the network refuses more.
pub const INBOUND_QUEUE: usize = 64;

/// The queue between the network (which takes the sender when the protocol is registered) and the service.
pub fn inbound_queue() -> (
	async_channel::Sender<IncomingRequest>,
	async_channel::Receiver<IncomingRequest>,
) {
	async_channel::bounded(INBOUND_QUEUE)
}
