// SPDX-License-Identifier: Apache-2.0

//! Keys that sign, and addresses that are paid.

use std::{fmt, fs, path::Path, str::FromStr};
use subxt::utils::AccountId32;
use subxt_signer::{sr25519::Keypair, SecretUri};

/// An account's 32 bytes.
pub type Account = [u8; 32];

/// Key files hold one line; anything larger is not a key file.
const KEY_FILE_BYTES: u64 = 4096;

/// Why a key or an address was refused.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
	/// Not a secret: neither a mnemonic, nor a seed in hex, nor a development path such as `//Alice`. The
	/// text itself is never shown.
	#[error("the secret is not understood: {0}")]
	BadSecret(String),
	/// The key file cannot be read.
	#[error("the key file {path} cannot be read: {reason}")]
	Unreadable {
		/// The file.
		path: String,
		/// What the operating system said.
		reason: String,
	},
	/// Others than the owner can read the key file. `chmod 600` it.
	#[error("the key file {path} can be read by others (mode {mode:03o})")]
	Exposed {
		/// The file.
		path: String,
		/// Its permission bits.
		mode: u32,
	},
	/// Neither an SS58 address nor `0x` with 40 hex digits.
	#[error("`{0}` is neither an address of this network nor an Ethereum address: {1}")]
	BadAddress(String, String),
	/// An SS58 address of another network. The same key's address here is given.
	#[error("`{given}` is an address of another network; the same key here is {here}")]
	OtherNetwork {
		/// What was typed.
		given: String,
		/// The same key under this network's prefix (42).
		here: String,
	},
}

impl KeyError {
	/// What to do next.
	pub fn remedy(&self) -> String {
		match self {
			Self::BadSecret(_) => {
				"give a mnemonic phrase, a seed as 0x and 64 hex digits, or a development key such as //Alice"
					.into()
			}
			Self::Unreadable { .. } => "check the path given to --key-file".into(),
			Self::Exposed { path, .. } => format!("run: chmod 600 {path}"),
			Self::BadAddress(..) => "check the address for a missing or mistyped character".into(),
			Self::OtherNetwork { .. } => "ask the recipient for an address of this network".into(),
		}
	}
}

/// The key of a secret URI: mnemonic, seed in hex, or development path (`//Alice`), with optional
/// derivations.
pub fn from_suri(suri: &str) -> Result<Keypair, KeyError> {
	let uri = SecretUri::from_str(suri.trim()).map_err(|error| KeyError::BadSecret(error.to_string()))?;
	Keypair::from_uri(&uri).map_err(|error| KeyError::BadSecret(error.to_string()))
}

/// The key in a file that holds one secret URI. Refused when others than its owner may read it.
pub fn from_file(path: &Path) -> Result<Keypair, KeyError> {
	let unreadable = |reason: &dyn fmt::Display| KeyError::Unreadable {
		path: path.display().to_string(),
		reason: reason.to_string(),
	};
	let meta = fs::metadata(path).map_err(|error| unreadable(&error))?;
	if !meta.is_file() || meta.len() > KEY_FILE_BYTES {
		return Err(unreadable(&"it is not a file of one line"));
	}
	#[cfg(unix)]
	{
		let mode = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777;
		if mode & 0o077 != 0 {
			return Err(KeyError::Exposed {
				path: path.display().to_string(),
				mode,
			});
		}
	}
	from_suri(&fs::read_to_string(path).map_err(|error| unreadable(&error))?)
}

/// The account of a key.
pub fn account_of(key: &Keypair) -> Account {
	key.public_key().0
}

/// An account as people see it: SS58 with prefix 42.
pub fn show_account(account: &Account) -> String {
	AccountId32(*account).to_string()
}

/// An address as people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
	/// An account of the chain, SS58 with prefix 42.
	Account(Account),
	/// An Ethereum address, `0x` and 40 hex digits.
	Ethereum([u8; 20]),
}

impl Address {
	/// The account behind it. An Ethereum address that no account has mapped is its 20 bytes followed by
	/// twelve `0xEE` (the fallback of `pallet-revive`); [`crate::Client::resolve`] also asks the chain for a
	/// mapping.
	pub fn account(&self) -> Account {
		match self {
			Self::Account(account) => *account,
			Self::Ethereum(address) => {
				let mut account = [0xEE; 32];
				account[..20].copy_from_slice(address);
				account
			}
		}
	}
}

impl fmt::Display for Address {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Account(account) => f.write_str(&show_account(account)),
			Self::Ethereum(address) => write!(f, "0x{}", hex::encode(address)),
		}
	}
}

impl FromStr for Address {
	type Err = KeyError;

	fn from_str(text: &str) -> Result<Self, KeyError> {
		let wrong = |reason: &dyn fmt::Display| KeyError::BadAddress(text.to_owned(), reason.to_string());
		if let Some(digits) = text.strip_prefix("0x") {
			let mut address = [0u8; 20];
			hex::decode_to_slice(digits, &mut address)
				.map_err(|_| wrong(&"0x must be followed by 40 hex digits"))?;
			return Ok(Self::Ethereum(address));
		}
		let account = AccountId32::from_str(text).map_err(|error| wrong(&error))?;
		match account.to_string() {
			here if here == text => Ok(Self::Account(account.0)),
			here => Err(KeyError::OtherNetwork {
				given: text.to_owned(),
				here,
			}),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{io::Write, os::unix::fs::PermissionsExt};

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

	#[test]
	fn a_development_key_has_its_well_known_address() {
		assert_eq!(show_account(&account_of(&from_suri("//Alice").unwrap())), ALICE);
		assert_eq!(ALICE.parse::<Address>().unwrap().to_string(), ALICE);
	}

	#[test]
	fn an_ethereum_address_stands_for_its_fallback_account() {
		let address: Address = "0xf24FF3a9CF04c71Dbc94D0b566f7A27B94566cac".parse().unwrap();
		let account = address.account();
		assert_eq!(
			hex::encode(&account[..20]),
			"f24ff3a9cf04c71dbc94d0b566f7a27b94566cac"
		);
		assert_eq!(account[20..], [0xEE; 12]);
	}

	#[test]
	fn mistyped_and_foreign_addresses_are_refused() {
		for text in [
			"",
			"0x",
			"0x12",
			"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX",
			"hello",
			"0xzz",
		] {
			assert!(
				matches!(text.parse::<Address>(), Err(KeyError::BadAddress(..))),
				"{text}"
			);
		}
		// Alice under Polkadot's prefix 0.
		let polkadot = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5".parse::<Address>();
		assert!(matches!(polkadot, Err(KeyError::OtherNetwork { here, .. }) if here == ALICE));
	}

	#[test]
	fn a_key_file_is_read_only_when_its_owner_alone_can_read_it() {
		let mut file = tempfile::NamedTempFile::new().unwrap();
		writeln!(file, "//Alice").unwrap();
		let mode = |mode| fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
		for open in [0o644, 0o640, 0o604, 0o660] {
			mode(open);
			assert!(matches!(from_file(file.path()), Err(KeyError::Exposed { mode, .. }) if mode == open));
		}
		for closed in [0o600, 0o400] {
			mode(closed);
			assert_eq!(show_account(&account_of(&from_file(file.path()).unwrap())), ALICE);
		}
	}

	#[test]
	fn what_is_not_a_key_file_is_named_as_such() {
		assert!(matches!(
			from_file(Path::new("/nonexistent/key")),
			Err(KeyError::Unreadable { .. })
		));
		assert!(matches!(
			from_file(Path::new("/tmp")),
			Err(KeyError::Unreadable { .. })
		));
	}

	#[test]
	fn a_bad_secret_is_not_repeated_in_its_error() {
		let error = from_suri("correct horse battery staple").unwrap_err();
		assert!(!format!("{error} {error:?}").contains("horse"), "{error}");
	}
}
