// SPDX-License-Identifier: Apache-2.0
//! The native side: what a node's service implements and the off-chain worker's externalities carry.

use crate::types::{DutyId, DutyStatus, Error, Hash, Row};
use alloc::boxed::Box;
use polkadot_sdk::sp_externalities;

/// The service behind the host functions.
///
/// Called on the off-chain worker's thread, while the runtime waits: every method takes or looks something up
/// and returns; none may block on disk, network, coding or a contended lock. Bound the number of duties
/// ([`Error::Busy`]) and how long a finished one is remembered; a caller that never comes back must cost
/// nothing lasting.
pub trait Duties: Send {
	/// Queues the repair of those who hold `rows` (not empty, at most [`crate::MAX_ROWS`], strictly ascending) of
	/// a blob and signed for it: who still does not show them gets all of its rows that it lacks, rebuilt from any
	/// `K`. Asked again for the same while it runs, the duty may be the same.
	fn start_repair(&mut self, commitment: Hash, rows: &[u32]) -> Result<DutyId, Error>;

	/// Queues the fetching of one row from those who should hold it, and its check.
	fn start_sample(&mut self, commitment: Hash, row: u32) -> Result<DutyId, Error>;

	/// Where the duty stands; [`Error::UnknownDuty`] if it is not remembered.
	fn poll(&mut self, duty: DutyId) -> Result<DutyStatus, Error>;

	/// Hands over the row with this index in the matrix and forgets it; checked before it got here.
	fn take_row(&mut self, duty: DutyId, row: u32) -> Result<Row, Error>;
}

sp_externalities::decl_extension! {
	/// Lets the host functions reach the node's service. To be registered for off-chain workers and nowhere
	/// else.
	pub struct DutiesExt(Box<dyn Duties>);
}

impl DutiesExt {
	/// Wraps a service, or a handle of it.
	pub fn new(duties: impl Duties + 'static) -> Self {
		Self(Box::new(duties))
	}
}
