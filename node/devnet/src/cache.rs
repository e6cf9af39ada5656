// SPDX-License-Identifier: Apache-2.0

//! What networks share so that they start quickly: compiled runtimes, and the specification of the chain `local` with its
//! genesis state computed. Both take seconds of a core for every node else, and depend on the node's program only.

use anyhow::{ensure, Context, Result};
use std::{
	env, fs,
	io::Write,
	os::unix::fs::{DirBuilderExt, MetadataExt},
	path::{Path, PathBuf},
	process::Command,
	time::Duration,
};

/// Specifications of other programs are removed after this time.
const KEEP: Duration = Duration::from_secs(24 * 3600);

/// The user's own folders: what lies there is run.
pub(crate) struct Cache {
	/// Where the nodes keep compiled runtimes, in a folder of their own.
	pub(crate) folder: PathBuf,
	specifications: PathBuf,
}

impl Cache {
	/// None where the user has no place for it.
	pub(crate) fn open() -> Option<Self> {
		let of = |name, below: &str| env::var_os(name).map(|base| Path::new(&base).join(below));
		let folder = of("XDG_CACHE_HOME", "zerog").or_else(|| of("HOME", ".cache/zerog"));
		let folder = folder.filter(|folder| folder.is_absolute())?;
		let specifications = folder.join("specifications");
		let made = fs::DirBuilder::new()
			.recursive(true)
			.mode(0o700)
			.create(&specifications);
		made.is_ok().then_some(Self {
			folder,
			specifications,
		})
	}

	/// Writes the specification of `local` as this node's program makes it.
	pub(crate) fn specification(&self, binary: &Path, to: &Path) -> Result<()> {
		let file = specification(binary, &self.specifications)?;
		fs::copy(&file, to).with_context(|| format!("copying {}", file.display()))?;
		Ok(())
	}
}

fn specification(binary: &Path, folder: &Path) -> Result<PathBuf> {
	let program = fs::metadata(binary)?;
	let (place, size) = (format!("{:x}-{:x}", program.dev(), program.ino()), program.size());
	let changed = format!("{:x}-{:x}", program.mtime(), program.mtime_nsec());
	let name = format!("local-{place}-{size:x}-{changed}.json");
	let file = folder.join(name);
	if file.is_file() {
		return Ok(file);
	}
	sweep(folder);
	let exported = Command::new(binary)
		.args(["export-chain-spec", "--chain", "local", "--raw"])
		.output()
		.with_context(|| format!("running {}", binary.display()))?;
	ensure!(
		exported.status.success(),
		"the specification of the chain was not made: {}",
		String::from_utf8_lossy(&exported.stderr)
	);
	// Whole or not at all, also when several networks start at once.
	let mut written = tempfile::NamedTempFile::new_in(folder)?;
	written.write_all(&exported.stdout)?;
	written.persist(&file)?;
	Ok(file)
}

/// Removes what other programs left long ago; what cannot be removed does no harm.
fn sweep(folder: &Path) {
	for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
		let is_old = |file: fs::Metadata| Some(file.modified().ok()?.elapsed().ok()? > KEEP);
		if entry.metadata().ok().and_then(is_old) == Some(true) {
			fs::remove_file(entry.path()).ok();
		}
	}
}
