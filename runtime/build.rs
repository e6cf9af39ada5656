// SPDX-License-Identifier: Apache-2.0

//! Builds the runtime to Wasm.

fn main() {
	#[cfg(feature = "std")]
	{
		let builder = substrate_wasm_builder::WasmBuilder::init_with_defaults();
		#[cfg(feature = "metadata-hash")]
		let builder = builder.enable_metadata_hash("ZG", 12);
		builder.build();
	}
}
