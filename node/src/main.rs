// SPDX-License-Identifier: Apache-2.0

//! The zerog node. What it does is in the library's [`zerog_node::command::run`].

/// RocksDB's allocations too. What threads of ours give back, others reuse: memory of a node that runs for weeks does not
/// fall to pieces.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[allow(clippy::result_large_err)]
fn main() -> sc_cli::Result<()> {
	zerog_node::command::run()
}
