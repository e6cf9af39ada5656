// SPDX-License-Identifier: Apache-2.0

//! The runtime's version.
//!
//! Raise `spec_version` with every change of behaviour, `transaction_version` when calls or extensions are encoded
//! differently. `next-version` builds a runtime that differs in nothing else: the upgrade test needs two. The macro reads
//! the number from the text of the constant, hence the constant twice.

use crate::RUNTIME_API_VERSIONS;
use alloc::borrow::Cow;
use polkadot_sdk::*;
use sp_version::RuntimeVersion;

#[cfg(not(feature = "next-version"))]
mod present {
	use super::*;
	/// The version.
	#[sp_version::runtime_version]
	pub const VERSION: RuntimeVersion = RuntimeVersion {
		spec_name: Cow::Borrowed("zerog"),
		impl_name: Cow::Borrowed("zerog"),
		authoring_version: 1,
		spec_version: 100,
		impl_version: 1,
		apis: RUNTIME_API_VERSIONS,
		transaction_version: 1,
		system_version: 1,
	};
}

#[cfg(feature = "next-version")]
mod present {
	use super::*;
	/// The version after the present one.
	#[sp_version::runtime_version]
	pub const VERSION: RuntimeVersion = RuntimeVersion {
		spec_name: Cow::Borrowed("zerog"),
		impl_name: Cow::Borrowed("zerog"),
		authoring_version: 1,
		spec_version: 101,
		impl_version: 1,
		apis: RUNTIME_API_VERSIONS,
		transaction_version: 1,
		system_version: 1,
	};
}

pub use present::VERSION;
