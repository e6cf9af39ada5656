// SPDX-License-Identifier: Apache-2.0

//! The node's binary by itself: where it keeps its data, how it keeps its key.

use anyhow::{ensure, Context, Result};
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};
use zerog_devnet::{network::beside_this_program, Network};

#[tokio::test]
async fn the_default_database_is_rocksdb() -> Result<()> {
	let network = Network::builder().validators(1).spawn().await?;
	let chains = network.node(0).base_path().join("chains");
	let chain = fs::read_dir(&chains)?
		.next()
		.context("the node made no folder for its chain")??
		.path();
	let names = |folder: PathBuf| -> Result<Vec<String>> {
		let entries = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
		Ok(entries
			.flatten()
			.map(|entry| entry.file_name().to_string_lossy().into_owned())
			.collect())
	};
	let database = names(chain.join("db").join("full"))?;
	for prefix in ["CURRENT", "MANIFEST-", "OPTIONS-"] {
		ensure!(
			database.iter().any(|name| name.starts_with(prefix)),
			"no {prefix} in {database:?}"
		);
	}
	assert!(!names(chain.clone())?
		.iter()
		.chain(&names(chain.join("db"))?)
		.any(|name| name == "paritydb"));
	Ok(())
}

#[test]
fn a_generated_attestation_key_is_its_owner_s_alone_and_is_not_overwritten() -> Result<()> {
	let folder = tempfile::tempdir()?;
	let file = folder.path().join("da-key");
	let node = beside_this_program()?.join("zerog-node");
	let da_key = |verb: &str| -> Result<std::process::Output> {
		Ok(Command::new(&node).args(["da-key", verb]).arg(&file).output()?)
	};
	let generated = da_key("generate")?;
	ensure!(
		generated.status.success(),
		"{}",
		String::from_utf8_lossy(&generated.stderr)
	);
	assert_eq!(fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);

	let secret = fs::read(&file)?;
	ensure!(
		!da_key("generate")?.status.success(),
		"it took a file that exists"
	);
	assert_eq!(fs::read(&file)?, secret);

	let inspected = da_key("inspect")?;
	ensure!(
		inspected.status.success(),
		"{}",
		String::from_utf8_lossy(&inspected.stderr)
	);
	let said = String::from_utf8_lossy(&inspected.stdout).into_owned();
	let public = said
		.split(|c: char| !c.is_ascii_alphanumeric())
		.find(|word| word.len() >= 192);
	ensure!(public.is_some(), "it shows no public key of 96 bytes: {said}");
	ensure!(
		!said.contains(String::from_utf8_lossy(&secret).trim()),
		"it shows the secret"
	);
	Ok(())
}
