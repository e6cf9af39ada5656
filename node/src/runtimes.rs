// SPDX-License-Identifier: Apache-2.0

//! The executor, and the folder where it keeps what it has compiled.
//!
//! Compiling the chain's runtime takes some ten seconds of a core; with the folder only the first start after an upgrade
//! needs them. The files are machine code that runs as this program does, so the folder is its owner's alone. They are named
//! by what they were compiled from and how, and can be deleted at any time. The executor removes what it does not know from
//! the folder, so it is always one of its own, below the one that the user names.

use crate::service::{Executor, HostFunctions};
use polkadot_sdk::*;
use sc_service::Configuration;
use std::{
	fs::{self, DirBuilder},
	io,
	os::unix::fs::{DirBuilderExt, MetadataExt},
	path::{Path, PathBuf},
};

/// The folder's name.
const FOLDER: &str = "zerog-runtimes";

/// The executor for a chain. `parent` is where its folder lies, if not beside the chain's database.
pub fn executor(config: &Configuration, parent: Option<&Path>) -> Executor {
	let own = || config.base_path.config_dir(config.chain_spec.id());
	let folder: PathBuf = parent.map_or_else(own, Path::to_owned).join(FOLDER);
	let settings = &config.executor;
	let heap = settings
		.default_heap_pages
		.map_or(sc_executor::DEFAULT_HEAP_ALLOC_STRATEGY, |pages| {
			sc_executor::HeapAllocStrategy::Static {
				extra_pages: pages as _,
			}
		});
	let executor = sc_executor::WasmExecutor::<HostFunctions>::builder()
		.with_execution_method(settings.wasm_method)
		.with_onchain_heap_alloc_strategy(heap)
		.with_offchain_heap_alloc_strategy(heap)
		.with_max_runtime_instances(settings.max_runtime_instances)
		.with_runtime_cache_size(settings.runtime_cache_size);
	match prepare(&folder) {
		Ok(()) => executor.with_cache_path(folder),
		Err(error) => {
			log::warn!("compiled runtimes are not kept: {}: {error}", folder.display());
			executor
		}
	}
	.build()
}

/// Creates the folder if it is missing; refuses one that is another user's, leads elsewhere, or that others may write to.
fn prepare(folder: &Path) -> io::Result<()> {
	DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
	let (found, own) = (fs::symlink_metadata(folder)?, fs::metadata("/proc/self")?.uid());
	if !found.is_dir() || found.uid() != own || found.mode() & 0o022 != 0 {
		return Err(io::Error::new(
			io::ErrorKind::PermissionDenied,
			"it is not this user's alone: remove it, or name another place with --runtime-cache",
		));
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::os::unix::fs::{symlink, PermissionsExt};

	#[test]
	fn the_folder_is_its_owners_alone() {
		let parent = tempfile::tempdir().unwrap();
		let folder = parent.path().join("a").join("b");
		prepare(&folder).unwrap();
		prepare(&folder).unwrap();
		assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
		let link = parent.path().join("link");
		symlink(&folder, &link).unwrap();
		assert_eq!(
			prepare(&link).unwrap_err().kind(),
			io::ErrorKind::PermissionDenied
		);
		for mode in [0o770, 0o707, 0o720] {
			fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
			assert_eq!(
				prepare(&folder).unwrap_err().kind(),
				io::ErrorKind::PermissionDenied
			);
		}
	}
}
