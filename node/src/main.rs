// SPDX-License-Identifier: Apache-2.0

//! The zerog node. What it does is in the library's [`zerog_node::command::run`].

/// Also RocksDB's: its names are those of C.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[allow(clippy::result_large_err)]
fn main() -> sc_cli::Result<()> {
	zerog_node::command::run()
}
