// SPDX-License-Identifier: Apache-2.0

//! Files with attestation keys: 64 hex digits and a line end, readable by the owner alone.

use crate::cli::DaKey;
use polkadot_sdk::*;
use sp_core::crypto::{AccountId32, Ss58Codec};
use std::{
	fs, io,
	io::Write,
	os::unix::fs::{OpenOptionsExt, PermissionsExt},
	path::{Path, PathBuf},
	str::FromStr,
};
use zerog_bls::signer::SecretKey;
use zerog_primitives::da::{dev_key_seed, possession_message};

/// What can be wrong with a key file.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
	/// The file exists, is missing, or cannot be read or written.
	#[error("{path}: {source}")]
	Io {
		/// The file.
		path: PathBuf,
		/// What the system says.
		source: io::Error,
	},
	/// Others than the owner may read the file.
	#[error("{0} can be read by others: run `chmod 600 {0}`")]
	Permissions(PathBuf),
	/// The content is no key.
	#[error("{0} does not contain an attestation key: create one with `zerog-node da-key generate`")]
	Malformed(PathBuf),
	/// An argument is not what it should be.
	#[error("{0}")]
	Argument(String),
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> KeyError + '_ {
	move |source| KeyError::Io {
		path: path.into(),
		source,
	}
}

/// Runs `da-key`.
pub fn run(command: &DaKey) -> Result<(), KeyError> {
	match command {
		DaKey::Generate { file } => {
			let key = generate(file)?;
			println!("public key: 0x{}", hex::encode(key.public().0));
			println!(
				"secret key: {} (keep a copy; nobody can restore it)",
				file.display()
			);
		}
		DaKey::Inspect {
			file,
			genesis,
			account,
		} => {
			let key = read(file)?;
			println!("public key: 0x{}", hex::encode(key.public().0));
			if let (Some(genesis), Some(account)) = (genesis, account) {
				let message =
					possession_message(&parse_hash(genesis)?, &parse_account(account)?, &key.public().0);
				println!("possession: 0x{}", hex::encode(key.sign(&message).0));
			}
		}
	}
	Ok(())
}

fn parse_hash(text: &str) -> Result<[u8; 32], KeyError> {
	let mut hash = [0; 32];
	hex::decode_to_slice(text.trim_start_matches("0x"), &mut hash)
		.map_err(|_| KeyError::Argument(format!("'{text}' is not a hash of 64 hex digits")))?;
	Ok(hash)
}

fn parse_account(text: &str) -> Result<[u8; 32], KeyError> {
	AccountId32::from_ss58check(text)
		.or_else(|_| AccountId32::from_str(text.trim_start_matches("0x")))
		.map(Into::into)
		.map_err(|_| KeyError::Argument(format!("'{text}' is neither an SS58 address nor 64 hex digits")))
}

/// Creates a key in a new file.
pub fn generate(path: &Path) -> Result<SecretKey, KeyError> {
	let key = SecretKey::generate().map_err(io_error(path))?;
	if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
		fs::create_dir_all(folder).map_err(io_error(folder))?;
	}
	let mut file = fs::OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(0o600)
		.open(path)
		.map_err(io_error(path))?;
	writeln!(file, "{}", hex::encode(*key.to_bytes())).map_err(io_error(path))?;
	file.sync_all().map_err(io_error(path))?;
	Ok(key)
}

/// Reads a key, refusing files that others can read.
pub fn read(path: &Path) -> Result<SecretKey, KeyError> {
	let mode = fs::metadata(path).map_err(io_error(path))?.permissions().mode();
	if mode & 0o077 != 0 {
		return Err(KeyError::Permissions(path.into()));
	}
	let text = fs::read_to_string(path).map_err(io_error(path))?;
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.trim(), &mut bytes).map_err(|_| KeyError::Malformed(path.into()))?;
	SecretKey::from_bytes(&bytes).ok_or_else(|| KeyError::Malformed(path.into()))
}

/// The key this node signs with: the one named, else that of its development account, else the one in its folder.
pub fn find(
	named: Option<&Path>,
	dev_account: Option<&str>,
	folder: &Path,
) -> Result<Option<SecretKey>, KeyError> {
	if let Some(path) = named {
		return read(path).map(Some);
	}
	if let Some(account) = dev_account {
		return Ok(Some(SecretKey::from_seed(&dev_key_seed(account))));
	}
	let path = folder.join("key");
	if path.exists() {
		read(&path).map(Some)
	} else {
		Ok(None)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_generated_key_is_private_and_reads_back() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("da/key");
		let key = generate(&path).unwrap();
		assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert_eq!(read(&path).unwrap().public(), key.public());
		assert!(
			matches!(generate(&path), Err(KeyError::Io { .. })),
			"an existing key is never overwritten"
		);
		assert_eq!(
			find(None, None, &folder.path().join("da"))
				.unwrap()
				.unwrap()
				.public(),
			key.public()
		);
	}

	#[test]
	fn a_key_that_others_can_read_is_refused() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key");
		generate(&path).unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
		assert!(matches!(read(&path), Err(KeyError::Permissions(_))));
	}

	#[test]
	fn garbage_is_no_key() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("key");
		fs::write(&path, "zz").unwrap();
		fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
		assert!(matches!(read(&path), Err(KeyError::Malformed(_))));
	}
}
