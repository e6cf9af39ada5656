// SPDX-License-Identifier: Apache-2.0

//! The zerog node. What it does is in the library's [`zerog_node::command::run`].

/// For Rust alone: under the names of C's functions it waits for itself where libraries are preloaded that allocate when the
/// clock is first read, such as libfaketime. RocksDB stays with the system's allocator.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// glibc gives each thread an arena of its own, up to eight a core, and each keeps what RocksDB once had there: under the load of
/// `./scripts/soak` memory grew by 39 MiB a minute, and by 9 with two of them.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn share_arenas() {
	// SAFETY: sets a number in glibc's allocator, under its lock. No other thread runs yet.
	unsafe { libc::mallopt(libc::M_ARENA_MAX, 2) };
}

#[allow(clippy::result_large_err)]
fn main() -> sc_cli::Result<()> {
	#[cfg(all(target_os = "linux", target_env = "gnu"))]
	share_arenas();
	zerog_node::command::run()
}
