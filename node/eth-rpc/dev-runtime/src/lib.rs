// SPDX-License-Identifier: Apache-2.0

//! Stand-in for Parity's `revive-dev-runtime`.
//!
//! `pallet-revive-eth-rpc` generates its chain bindings at build time from a runtime's metadata and asks this crate for
//! it. We answer with the metadata of `zerog-runtime`, so that the bindings match the chain that they talk to.
//! `./scripts/metadata` writes the file; a test of the runtime fails when it no longer matches.

/// Named like the type that the build script asks.
pub struct Runtime;

impl Runtime {
	/// SCALE-encoded metadata of `zerog-runtime`; only version 16 is stored.
	pub fn metadata_at_version(version: u32) -> Option<Vec<u8>> {
		(version == 16).then(|| include_bytes!("../../metadata/zerog.scale").to_vec())
	}
}
