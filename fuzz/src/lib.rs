// SPDX-License-Identifier: Apache-2.0

//! Everything that parses bytes from outside, as functions of hostile bytes, and a loop that makes such bytes.
//!
//! A target is a `fn(&[u8])` that asserts what always holds and panics if it does not. Each has a folder of seeds in
//! `corpus`; one more is one line in [`targets::ALL`]. `cargo test` replays all seeds and some mutations of each; for
//! minutes of it: `ZEROG_FUZZ_SECONDS=600 cargo test -p zerog-fuzz -- --nocapture`.
//!
//! The loop knows nothing of coverage: inputs are seeds with bits, numbers, lengths and pieces changed. It is repeatable:
//! the same number gives the same inputs.

pub mod memory;
pub mod mutate;
pub mod targets;
mod wire;

use std::{
	any::Any,
	fs, io,
	panic::{catch_unwind, AssertUnwindSafe},
	path::{Path, PathBuf},
};

/// Something that must hold for all bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
	/// Also the name of its folder of seeds.
	pub name: &'static str,
	/// Panics where it does not hold.
	pub run: fn(&[u8]),
}

impl Target {
	/// The target with this name.
	pub fn named(name: &str) -> Option<&'static Self> {
		targets::ALL.iter().find(|target| target.name == name)
	}

	/// Its seeds, sorted by name.
	pub fn seeds(&self) -> io::Result<Vec<(PathBuf, Vec<u8>)>> {
		let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
			.join("corpus")
			.join(self.name);
		let mut paths = fs::read_dir(folder)?
			.map(|entry| Ok(entry?.path()))
			.collect::<io::Result<Vec<_>>>()?;
		paths.sort();
		paths
			.into_iter()
			.map(|path| Ok((path.clone(), fs::read(path)?)))
			.collect()
	}

	/// What is wrong with the target on this input, if something is.
	pub fn fails(&self, input: &[u8]) -> Option<String> {
		let panic = catch_unwind(AssertUnwindSafe(|| (self.run)(input))).err()?;
		Some(said(&*panic).to_owned())
	}
}

fn said(panic: &(dyn Any + Send)) -> &str {
	let text = panic.downcast_ref::<&str>().copied();
	text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
		.unwrap_or("it panicked without a message")
}
