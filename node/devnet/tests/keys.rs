// SPDX-License-Identifier: Apache-2.0

//! Keys of one's own: a validator without a development account, its way to new keys, and key files that are refused.

mod common;

use anyhow::{ensure, Context, Result};
use common::{bytes, complaint, key, metric, number, said, stored, Chain, SOON};
use serde_json::{json, Value};
use std::{
	fs,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
};
use subxt::{
	config::SubstrateConfig, dynamic::Value as Field, rpcs::client::rpc_params, OnlineClientAtBlock,
};
use zerog_client::{keys::account_of, units::ZG, CommitteeId};
use zerog_devnet::{
	blob::{self, noise},
	Network, Node,
};

const NODE: &str = "zerog-node";

/// What somebody has who will validate: an account, session keys in a keystore, an attestation key in a file.
struct Validator {
	folder: tempfile::TempDir,
	secret: String,
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
			secret,
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
		genesis["restaking"]["operators"][3][0] = json!(self.account);
		genesis["networks"]["operators"][3][0] = json!(self.account);
		let balances = genesis["balances"]["balances"]
			.as_array_mut()
			.context("balances")?;
		balances.push(json!([self.account, 200_000_000_000_000_000u64]));
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
	let own = async |_: &Chain| Ok((authored(node).await? > 0.0).then_some(()));
	Chain::connect(node)
		.await?
		.until("a block of its own", SOON, own)
		.await?;
	blob::read_back(node, &blob, |_, _| ()).await?;
	the_handbook_changes_all_keys(&network, &validator).await
}

/// What docs/validator.md tells a validator to do for new keys, on the running chain.
async fn the_handbook_changes_all_keys(network: &Network, validator: &Validator) -> Result<()> {
	let (chain, node) = (Chain::connect(network.node(0)).await?, network.node(3));
	let (keys, set_in) = session_keys_are_set(&chain, node, validator).await?;
	// A fork that ends could put this back among what waits, in the place of the next one.
	network.wait_more(2).await?;
	attestation_key_is_registered(&chain, network, validator).await?;

	// In force in the session after the next, not before.
	let in_force = async |chain: &Chain| {
		let best = chain.best().await?;
		let session = session_of(&best).await?;
		for (pallet, key) in [("Babe", &keys[..32]), ("Grandpa", &keys[32..64])] {
			let authorities = stored(&best, pallet, "Authorities").await?.unwrap_or_default();
			let there = authorities.windows(32).any(|part| part == key);
			ensure!(
				there == (session >= set_in + 2),
				"{pallet} in session {session}: {there}"
			);
		}
		Ok((session >= set_in + 2).then_some(session))
	};
	let session = chain
		.until("the session with the new keys", SOON, in_force)
		.await?;
	println!("keys set in session {set_in} are in force in session {session}");

	// It authors with them, and the others cannot finalize without it.
	let before = authored(node).await?;
	let more = async |_: &Chain| Ok((authored(node).await? > before).then_some(()));
	chain.until("a block under the new keys", SOON, more).await?;
	network.kill(2)?;
	network.wait_more(2).await
}

/// Blocks that a node has made since it started.
async fn authored(node: &Node) -> Result<f64> {
	let blocks = metric(node, "substrate_proposer_block_constructed_count").await?;
	Ok(blocks.unwrap_or_default())
}

async fn session_of(block: &OnlineClientAtBlock<SubstrateConfig>) -> Result<u32> {
	let index = stored(block, "Session", "CurrentIndex")
		.await?
		.unwrap_or_default();
	Ok(u32::from_le_bytes(index.try_into().unwrap_or_default()))
}

fn unhex(value: &str) -> Result<Vec<u8>> {
	let digits = value
		.strip_prefix("0x")
		.with_context(|| format!("no 0x: {value}"))?;
	Ok(hex::decode(digits)?)
}

/// What a program says behind `name` on a line of its own.
fn line<'a>(said: &'a str, name: &str) -> Result<&'a str> {
	let found = said.lines().find_map(|line| line.trim().strip_prefix(name));
	Ok(found.with_context(|| format!("no {name} in {said}"))?.trim())
}

/// The node generates session keys, the account sets them. The keys, one after another, and the session.
async fn session_keys_are_set(chain: &Chain, node: &Node, validator: &Validator) -> Result<(Vec<u8>, u32)> {
	let inspected = said(NODE, ["key", "inspect", &validator.account])?;
	let account = line(&inspected, "Account ID:")?;
	let question =
		json!({ "jsonrpc": "2.0", "id": 1, "method": "author_rotateKeysWithOwner", "params": [account] });
	let http = reqwest::Client::builder().no_proxy().build()?;
	let url = node.ws_url().replace("ws://", "http://");
	let answer: Value = http.post(url).json(&question).send().await?.json().await?;
	let result = |field: &str| unhex(answer["result"][field].as_str().unwrap_or_default());
	let (keys, proof) = (result("keys")?, result("proof")?);
	ensure!(keys.len() == 3 * 32, "{answer}");

	let names = ["babe", "grandpa", "authority_discovery"];
	let each = names.into_iter().zip(keys.chunks(32));
	let each = each.map(|(name, key)| (name, Field::from_bytes(key)));
	let fields = (Field::named_composite(each), Field::from_bytes(&proof));
	let stranger = chain
		.call(&key("//Eve"), "Session", "set_keys", fields.clone())
		.await
		.unwrap_err();
	ensure!(format!("{stranger:#}").contains("InvalidProof"), "{stranger:#}");
	let set = chain
		.call(&key(&validator.secret), "Session", "set_keys", fields)
		.await?;
	let session = session_of(&chain.at(set.block_hash).await?).await?;
	Ok((keys, session))
}

/// A new attestation key is generated, registered, and used from the next session on.
async fn attestation_key_is_registered(
	chain: &Chain,
	network: &Network,
	validator: &Validator,
) -> Result<()> {
	let (node, signer) = (network.node(3), key(&validator.secret));
	let account = account_of(&signer);
	let file = validator.folder.path().join("new-da-key");
	let file = file.to_str().context("text")?;
	said(NODE, ["da-key", "generate", file])?;
	let genesis = format!("0x{}", hex::encode(chain.client.genesis()));
	let about = ["--genesis", &genesis, "--account", &validator.account];
	let inspected = said(NODE, ["da-key", "inspect", file].iter().chain(&about))?;
	let new = line(&inspected, "public key:")?;
	let fields = (
		Field::from_bytes(unhex(new)?),
		Field::from_bytes(unhex(line(&inspected, "possession:")?)?),
	);

	let registered = chain
		.call(&signer, "DataAvailability", "register_key", fields.clone())
		.await?;
	let paid = chain
		.events(registered.block_hash, "Balances", "Withdraw")
		.await?;
	let mut fees = paid
		.iter()
		.filter(|paid| number(paid, "amount").ok() == Some(ZG / 10));
	let payer = bytes(fees.next().context("nobody paid 0.1 ZG")?, "who")?;
	assert_eq!(payer, account);
	let again = chain
		.call(&signer, "DataAvailability", "register_key", fields)
		.await
		.unwrap_err();
	ensure!(format!("{again:#}").contains("KeyTaken"), "{again:#}");

	let key_in = async |session: u32| -> Result<Option<String>> {
		let Some(committee) = chain.client.committee(CommitteeId::root(session)).await? else {
			return Ok(None);
		};
		let mut members = committee.members.iter();
		let member = members.find(|member| member.account == account);
		let key = member.and_then(|member| member.key).context("no key")?;
		Ok(Some(format!("0x{}", hex::encode(key.0))))
	};
	let session = session_of(&chain.at(registered.block_hash).await?).await?;
	if let Some(present) = key_in(session).await? {
		assert_eq!(
			present, validator.attestation_key,
			"a key counts from the next session on"
		);
	}
	let next = async |_: &Chain| key_in(session + 1).await;
	assert_eq!(chain.until("the next session", SOON, next).await?, new);

	// Restarted with the new file, it signs.
	network.kill(3)?;
	fs::rename(file, validator.attestation_key_file())?;
	network.restart(3).await?;
	// Members know it again, also if its new session keys came into force meanwhile.
	let online = async |_: &Chain| {
		let this: Value = network.node(0).request("da_node", rpc_params![]).await?;
		Ok((this["membersOnline"] == this["members"]).then_some(()))
	};
	chain.until("all members online", SOON, online).await?;
	let (blob, _) = blob::publish_bytes(network.node(0), noise(100_000, 2)).await?;
	chain.until_all_signed(blob.commitment).await?;
	let this: Value = node.request("da_node", rpc_params![]).await?;
	assert_eq!(this["key"], new);
	assert_eq!(metric(node, "zerog_da_shares_signed_total").await?, Some(1.0));
	Ok(())
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
