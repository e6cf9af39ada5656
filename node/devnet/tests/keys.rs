// SPDX-License-Identifier: Apache-2.0

//! Keys of one's own: a validator without a development account, and key files that are refused.

mod common;

use anyhow::{ensure, Context, Result};
use common::{complaint, metric, said, Chain, SOON};
use serde_json::{json, Value};
use std::{
	fs,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};
use subxt::rpcs::client::rpc_params;
use zerog_devnet::{
	blob::{self, noise},
	Network,
};

const NODE: &str = "zerog-node";

/// What somebody has who will validate: an account, session keys in a keystore, an attestation key in a file.
struct Validator {
	folder: tempfile::TempDir,
	account: String,
	session_keys: Value,
	attestation_key: String,
}

impl Validator {
	fn generate() -> Result<Self> {
		let folder = tempfile::tempdir()?;
		let key = |arguments: &[&str]| -> Result<Value> {
			let json = ["key"].iter().chain(arguments).chain(&["--output-type", "json"]);
			Ok(serde_json::from_str(&said(NODE, json)?)?)
		};
		let text = |value: &Value| value.as_str().map(str::to_owned).context("not a text");
		let generated = key(&["generate"])?;
		let (secret, account) = (
			text(&generated["secretPhrase"])?,
			text(&generated["ss58Address"])?,
		);
		let grandpa = key(&["inspect", "--scheme", "ed25519", &secret])?;
		let grandpa = text(&grandpa["ss58Address"])?;

		let keystore = folder.path().join("keystore");
		for (kind, scheme) in [("babe", "sr25519"), ("gran", "ed25519"), ("audi", "sr25519")] {
			let keystore = keystore.to_str().context("text")?;
			let to = [
				"--keystore-path",
				keystore,
				"--key-type",
				kind,
				"--scheme",
				scheme,
				"--suri",
				&secret,
			];
			said(NODE, ["key", "insert"].iter().chain(&to))?;
		}
		let file = folder.path().join("da-key");
		let generated = said(NODE, [Path::new("da-key"), Path::new("generate"), &file])?;
		Ok(Self {
			folder,
			session_keys: json!({ "babe": account, "grandpa": grandpa, "authority_discovery": account }),
			account,
			attestation_key: public_key(&generated)?,
		})
	}

	fn keystore(&self) -> PathBuf {
		self.folder.path().join("keystore")
	}

	fn attestation_key_file(&self) -> PathBuf {
		self.folder.path().join("da-key")
	}

	/// The local chain's specification with this validator in place of the last one.
	fn chain(&self) -> Result<PathBuf> {
		let mut spec: Value = serde_json::from_str(&said(NODE, ["export-chain-spec", "--chain", "local"])?)?;
		(spec["name"], spec["id"]) = (json!("Keys of one's own"), json!("own_keys"));
		let genesis = &mut spec["genesis"]["runtimeGenesis"]["patch"];
		genesis["session"]["keys"][3] = json!([self.account, self.account, self.session_keys]);
		genesis["dataAvailability"]["keys"][3] = json!([self.account, self.attestation_key]);
		let balances = genesis["balances"]["balances"]
			.as_array_mut()
			.context("balances")?;
		balances.push(json!([self.account, 1_000_000_000_000_000u64]));
		let path = self.folder.path().join("chain.json");
		fs::write(&path, spec.to_string())?;
		Ok(path)
	}
}

/// The public key that `da-key` prints.
fn public_key(said: &str) -> Result<String> {
	let key = said.lines().find_map(|line| line.strip_prefix("public key: "));
	let key = key.with_context(|| format!("no public key: {said}"))?;
	ensure!(key.len() == 2 + 2 * 96, "{key}");
	Ok(key.to_owned())
}

#[tokio::test]
async fn a_validator_signs_with_keys_that_were_generated_for_it() -> Result<()> {
	let validator = Validator::generate()?;
	let chain = validator.chain()?;
	let mut network = Network::builder()
		.validators(3)
		.chain(chain.to_str().context("text")?)
		.spawn()
		.await?;
	let keystore = format!("--keystore-path={}", validator.keystore().display());
	let key_file = format!("--da-key-file={}", validator.attestation_key_file().display());
	network.join(["--validator", &keystore, &key_file]).await?;
	network.wait_finalized(1).await?;

	let node = network.node(3);
	let this: Value = node.request("da_node", rpc_params![]).await?;
	assert_eq!(this["key"], validator.attestation_key.as_str());
	let (blob, _) = blob::publish_bytes(network.node(0), noise(100_000, 1)).await?;
	Chain::connect(node)
		.await?
		.until_all_signed(blob.commitment)
		.await?;
	assert_eq!(metric(node, "zerog_da_shares_signed_total").await?, Some(1.0));
	// It authors too: its session keys are those that the genesis names.
	let authored = async |_: &Chain| {
		let blocks = metric(node, "substrate_proposer_block_constructed_count").await?;
		Ok(blocks.filter(|count| *count > 0.0))
	};
	Chain::connect(node)
		.await?
		.until("a block of its own", SOON, authored)
		.await?;
	blob::read_back(node, &blob, |_, _| ()).await
}

#[test]
fn a_generated_attestation_key_is_its_owner_s_alone_and_is_not_overwritten() -> Result<()> {
	let folder = tempfile::tempdir()?;
	let file = folder.path().join("da-key");
	let da_key = |verb: &str| [Path::new("da-key"), Path::new(verb), &file].map(PathBuf::from);
	let generated = said(NODE, da_key("generate"))?;
	assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);

	let secret = fs::read_to_string(&file)?;
	let again = complaint(NODE, da_key("generate"))?;
	ensure!(again.contains("da-key") && again.contains("exists"), "{again}");
	assert_eq!(fs::read_to_string(&file)?, secret);

	let inspected = said(NODE, da_key("inspect"))?;
	assert_eq!(public_key(&inspected)?, public_key(&generated)?);
	ensure!(!inspected.contains(secret.trim()), "it shows the secret");

	let genesis = "00".repeat(32);
	let about = |genesis: &str, account: &str| {
		let more = ["--genesis", genesis, "--account", account].map(PathBuf::from);
		da_key("inspect").into_iter().chain(more).collect::<Vec<_>>()
	};
	let proven = said(
		NODE,
		about(&genesis, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
	)?;
	ensure!(proven.contains("possession: 0x"), "{proven}");
	for (genesis, account, expected) in [
		("00", genesis.as_str(), "'00' is not a hash"),
		(&genesis, "Alice", "'Alice' is neither"),
	] {
		let wrong = complaint(NODE, about(genesis, account))?;
		ensure!(wrong.contains(expected), "{wrong}");
	}
	Ok(())
}

/// The node does not start with such a file, and says which and why.
#[test]
fn a_node_names_the_key_file_that_it_refuses() -> Result<()> {
	let folder = tempfile::tempdir()?;
	let good = "01".repeat(32);
	for (name, content, mode, expected) in [
		(
			"open",
			good.as_str(),
			0o644,
			"can be read by others: run `chmod 600 ",
		),
		("short", "0123", 0o600, "does not contain an attestation key"),
		(
			"words",
			"no key at all",
			0o600,
			"does not contain an attestation key",
		),
		("missing", "", 0, "No such file"),
	] {
		let file = folder.path().join(name);
		if mode != 0 {
			fs::write(&file, content)?;
			fs::set_permissions(&file, fs::Permissions::from_mode(mode))?;
		}
		let path = file.to_str().context("text")?;
		for arguments in [
			["da-key", "inspect", path].as_slice(),
			&[
				"--dev",
				"--tmp",
				"--rpc-port=0",
				"--port=0",
				"--no-prometheus",
				"--da-gateway=off",
				"--da-key-file",
				path,
			],
		] {
			let refused = complaint(NODE, arguments)?;
			ensure!(refused.contains(path) && refused.contains(expected), "{refused}");
		}
	}
	Ok(())
}
