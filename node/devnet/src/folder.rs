// SPDX-License-Identifier: Apache-2.0

//! The temporary folder of a network.
//!
//! It goes with its [`Folder`]. A process that is killed cannot remove its own, so each new folder first removes those
//! whose lock file nobody holds any more.

use anyhow::{Context, Result};
use std::{
	fs::{self, File},
	path::{Path, PathBuf},
	time::Duration,
};

const PREFIX: &str = "zerog-devnet-";
const LOCK: &str = "lock";
/// A lock file younger than this may belong to a process that has not locked it yet.
const GRACE: Duration = Duration::from_secs(60);

/// A folder that is removed when this value is dropped, unless it was kept.
pub struct Folder {
	path: PathBuf,
	keep: bool,
	_lock: Option<File>,
}

impl Folder {
	/// A new folder in the system's temporary folder. With `keep` it stays, also for later sweeps.
	pub fn new(keep: bool) -> Result<Self> {
		let parent = std::env::temp_dir();
		sweep(&parent);
		let context = || {
			format!(
				"creating a folder in {}; set TMPDIR to one that can be written",
				parent.display()
			)
		};
		let path = tempfile::Builder::new()
			.prefix(PREFIX)
			.tempdir_in(&parent)
			.with_context(context)?
			.keep();
		let lock = if keep {
			None
		} else {
			let lock = File::create(path.join(LOCK)).with_context(context)?;
			lock.try_lock().with_context(context)?;
			Some(lock)
		};
		Ok(Self {
			path,
			keep,
			_lock: lock,
		})
	}

	/// Whether it stays.
	pub fn keeps(&self) -> bool {
		self.keep
	}

	/// Where it is.
	pub fn path(&self) -> &Path {
		&self.path
	}
}

impl Drop for Folder {
	fn drop(&mut self) {
		if !self.keep {
			if let Err(error) = fs::remove_dir_all(&self.path) {
				eprintln!(
					"{} could not be removed ({error}): remove it by hand",
					self.path.display()
				);
			}
		}
	}
}

/// Removes what crashed networks left in `parent`. Folders of others, and those that cannot be removed, stay.
fn sweep(parent: &Path) {
	let Ok(entries) = fs::read_dir(parent) else { return };
	for entry in entries
		.flatten()
		.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX))
	{
		let path = entry.path().join(LOCK);
		let old = fs::metadata(&path)
			.and_then(|meta| meta.modified())
			.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > GRACE));
		if old && File::open(&path).is_ok_and(|lock| lock.try_lock().is_ok()) {
			fs::remove_dir_all(entry.path()).ok();
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::time::SystemTime;

	#[test]
	fn a_folder_goes_with_its_value_unless_kept() {
		let (gone, kept) = (Folder::new(false).unwrap(), Folder::new(true).unwrap());
		let (gone_path, kept_path) = (gone.path().to_owned(), kept.path().to_owned());
		drop((gone, kept));
		assert!(!gone_path.exists() && kept_path.exists());
		fs::remove_dir_all(kept_path).unwrap();
	}

	#[test]
	fn a_sweep_removes_only_old_folders_that_nobody_holds() {
		let parent = tempfile::tempdir().unwrap();
		let folder = |name: &str, aged: bool| {
			let path = parent.path().join(name);
			fs::create_dir(&path).unwrap();
			let lock = File::create(path.join(LOCK)).unwrap();
			if aged {
				lock.set_modified(SystemTime::now() - 2 * GRACE).unwrap();
			}
			(path, lock)
		};
		let (left, lock) = folder("zerog-devnet-left", true);
		drop(lock);
		let (held, lock) = folder("zerog-devnet-held", true);
		lock.lock().unwrap();
		let (fresh, _) = folder("zerog-devnet-fresh", false);
		let (other, _) = folder("another-left", true);
		sweep(parent.path());
		assert!(!left.exists() && held.exists() && fresh.exists() && other.exists());
	}
}
