// SPDX-License-Identifier: Apache-2.0

//! The node's binary by itself: the development chain with one validator, and the commands beside it.

mod common;

use anyhow::{ensure, Context, Result};
use common::{complaint, said};
use serde_json::{json, Value};
use std::{fs, path::Path};
use zerog_devnet::{blob::noise, Network, Node};

const NODE: &str = "zerog-node";

#[tokio::test]
async fn a_development_node_alone_finalizes_certifies_and_keeps_its_chain_in_rocksdb() -> Result<()> {
	let mut network = Network::builder().dev().spawn().await?;
	network.wait_finalized(2).await?;
	let folder = tempfile::tempdir()?;
	a_file_goes_through_the_command_line(network.node(0), folder.path())?;

	network.stop_all().await?;
	let base_path = network.node(0).base_path();
	let chain = base_path.join("chains").join("zerog_dev");
	the_database_is_rocksdb(&chain)?;
	let on = |command: &str| {
		let options = [
			"--dev",
			"--base-path",
			base_path.to_str().expect("a temporary path is text"),
		];
		[command]
			.into_iter()
			.chain(options)
			.map(str::to_owned)
			.collect::<Vec<_>>()
	};
	said(NODE, on("chain-info"))?;
	said(NODE, on("purge-chain").into_iter().chain(["-y".into()]))?;
	assert!(
		!chain.join("db").join("full").exists(),
		"the chain is still there"
	);
	Ok(())
}

/// `zerog da put`, `status` and `get`, as a script uses them.
fn a_file_goes_through_the_command_line(node: &Node, folder: &Path) -> Result<()> {
	let (file, copy) = (folder.join("file"), folder.join("copy"));
	fs::write(&file, noise(100_000, 1))?;
	let (file, copy) = (file.to_str().context("text")?, copy.to_str().context("text")?);
	let zerog = |arguments: &[&str]| -> Result<Value> {
		let (url, gateway) = (node.ws_url(), node.gateway_url());
		let connection = ["--json", "--url", &url, "--gateway", &gateway];
		Ok(serde_json::from_str(&said(
			"zerog",
			connection.iter().chain(arguments),
		)?)?)
	};
	let put = zerog(&["da", "put", file, "--suri", "//Bob", "--retention", "1h"])?;
	let commitment = put["commitment"]
		.as_str()
		.with_context(|| format!("no commitment: {put}"))?;
	let status = zerog(&["da", "status", commitment])?;
	assert_eq!(status["commitment"], commitment, "{status}");
	let got = zerog(&["da", "get", commitment, "-o", copy])?;
	assert_eq!(
		(&got["length"], &got["verified"]),
		(&json!(100_000), &json!(true)),
		"{got}"
	);
	ensure!(fs::read(file)? == fs::read(copy)?, "other bytes came back");
	Ok(())
}

fn the_database_is_rocksdb(chain: &Path) -> Result<()> {
	let names = |folder: &Path| -> Result<Vec<String>> {
		let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
		Ok(entries
			.flatten()
			.map(|entry| entry.file_name().to_string_lossy().into_owned())
			.collect())
	};
	let database = names(&chain.join("db").join("full"))?;
	for prefix in ["CURRENT", "MANIFEST-", "OPTIONS-"] {
		ensure!(
			database.iter().any(|name| name.starts_with(prefix)),
			"no {prefix} in {database:?}"
		);
	}
	let beside = [names(chain)?, names(&chain.join("db"))?].concat();
	ensure!(!beside.iter().any(|name| name == "paritydb"), "{beside:?}");
	Ok(())
}

#[test]
fn the_commands_beside_running_respond() -> Result<()> {
	for (chain, id) in [("dev", "zerog_dev"), ("local", "zerog_local")] {
		let spec: Value = serde_json::from_str(&said(NODE, ["export-chain-spec", "--chain", chain])?)?;
		assert_eq!(spec["id"], id);
		assert!(spec["genesis"]["runtimeGenesis"]["patch"]["dataAvailability"].is_object());
	}
	for (arguments, words) in [
		(["benchmark", "machine", "--help"].as_slice(), "hardware"),
		(&["benchmark", "--help"], "pallet"),
		(&["key", "--help"], "insert"),
		(&["da-key", "--help"], "inspect"),
		(&["revert", "--help"], "--chain"),
		(&["--version"], NODE),
		(&["eth-rpc", "--version"], "eth-rpc"),
	] {
		let text = said(NODE, arguments)?;
		ensure!(
			text.contains(words),
			"{arguments:?} says nothing of {words}: {text}"
		);
	}
	let wrong = complaint(NODE, ["--chain", "/does/not/exist"])?;
	ensure!(wrong.contains("/does/not/exist"), "{wrong}");
	let wrong = complaint(NODE, ["--da-gateway", "everywhere"])?;
	ensure!(
		wrong.contains("'everywhere' is neither 'off' nor an address"),
		"{wrong}"
	);
	Ok(())
}
