// SPDX-License-Identifier: Apache-2.0
//! The host functions. Imports are named `ext_data_availability_<function>_version_<n>`.

use crate::types::{DutyId, DutyStatus, Error, Hash, Row};
#[cfg(not(substrate_runtime))]
use crate::{types::MAX_ROWS, DutiesExt};
use alloc::vec::Vec;
#[cfg(not(substrate_runtime))]
use polkadot_sdk::sp_externalities::{Externalities, ExternalitiesExt};
use sp_runtime_interface::{
	pass_by::{AllocateAndReturnByCodec, PassFatPointerAndDecode, PassPointerAndReadCopy},
	runtime_interface,
};

/// Duties of the data availability layer. All functions return at once; [`Error::NotAvailable`] wherever no
/// `DutiesExt` is registered, that is everywhere but in the off-chain workers of nodes that store data.
#[runtime_interface]
pub trait DataAvailability {
	/// Starts the repair of the signers that hold these rows of a blob, which were seen missing. Each is asked for
	/// them again; who lacks some is given back **all of its rows** of the blob that it lacks, rebuilt from any `K`.
	/// The rows named here can be taken when it is done. `rows`: indices in the matrix, strictly ascending, 1 to
	/// [`crate::MAX_ROWS`].
	///
	/// Errors: [`Error::BadRows`], [`Error::Busy`]. Whether the blob exists shows in the duty's status.
	fn start_repair(
		&mut self,
		commitment: PassPointerAndReadCopy<Hash, 32>,
		rows: PassFatPointerAndDecode<Vec<u32>>,
	) -> AllocateAndReturnByCodec<Result<DutyId, Error>> {
		let service = service(self)?;
		let ascending = rows.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
		if rows.is_empty() || rows.len() > MAX_ROWS || !ascending {
			return Err(Error::BadRows);
		}
		service.start_repair(commitment, &rows)
	}

	/// Starts fetching and checking one row of a blob from those who should hold it.
	///
	/// Errors: [`Error::Busy`]. Whether blob and row exist shows in the duty's status.
	fn start_sample(
		&mut self,
		commitment: PassPointerAndReadCopy<Hash, 32>,
		row: u32,
	) -> AllocateAndReturnByCodec<Result<DutyId, Error>> {
		service(self)?.start_sample(commitment, row)
	}

	/// How far a duty is.
	///
	/// Errors: [`Error::UnknownDuty`].
	fn poll(&mut self, duty: u64) -> AllocateAndReturnByCodec<Result<DutyStatus, Error>> {
		service(self)?.poll(duty)
	}

	/// Takes the row with this index in the matrix from a finished duty; a second time it is gone.
	///
	/// Errors: [`Error::UnknownDuty`], [`Error::NotDone`], [`Error::NoSuchRow`].
	fn take_row(&mut self, duty: u64, index: u32) -> AllocateAndReturnByCodec<Result<Row, Error>> {
		let row = service(self)?.take_row(duty, index)?;
		match row.index == index && row.is_bounded() {
			true => Ok(row),
			false => Err(Error::Broken),
		}
	}
}

/// The registered service.
#[cfg(not(substrate_runtime))]
fn service<'a>(externalities: &'a mut &mut dyn Externalities) -> Result<&'a mut dyn crate::Duties, Error> {
	match externalities.extension::<DutiesExt>() {
		Some(DutiesExt(duties)) => Ok(duties.as_mut()),
		None => Err(Error::NotAvailable),
	}
}
