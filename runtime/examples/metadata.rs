// SPDX-License-Identifier: Apache-2.0

//! Writes the runtime's metadata, version 16, to standard output: `./scripts/metadata` keeps it for the Ethereum RPC.

use std::io::Write;

fn main() -> std::io::Result<()> {
	let metadata = polkadot_sdk::sp_io::TestExternalities::default()
		.execute_with(|| zerog_runtime::Runtime::metadata_at_version(16));
	let metadata =
		metadata.ok_or_else(|| std::io::Error::other("the runtime has no metadata of version 16"))?;
	std::io::stdout().write_all(&metadata)
}
