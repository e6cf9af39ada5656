// SPDX-License-Identifier: Apache-2.0

//! What a running network offers besides its story: both network backends, both ways to sync, metrics, telemetry, RPC.

mod common;

use anyhow::{bail, ensure, Context, Result};
use common::{metric, Chain, SOON};
use futures::StreamExt;
use serde_json::{json, Value};
use std::fs;
use subxt::rpcs::client::{rpc_params, RpcParams};
use tokio::{net::TcpListener, time::timeout};
use zerog_client::publish::Blob;
use zerog_devnet::{
	blob::{self, noise},
	network::PATIENCE,
	node::Blocks,
	Network, Node,
};

const INVALID_PARAMS: i32 = -32602;
const METHOD_NOT_FOUND: i32 = -32601;
/// Storage key of `Timestamp.Now`: two 128-bit xxHashes.
const NOW: &str = "0xf0c365c3cf59d671eb72da0e7a4113c49f1f0515f462cdcf84e0f1d6045dfcbb";

#[tokio::test]
async fn both_backends_both_syncs_metrics_telemetry_and_rpc_work_in_one_network() -> Result<()> {
	let mut builder = Network::builder();
	for index in [2, 3] {
		builder = builder.argument_for(index, "--network-backend=libp2p");
	}
	let mut network = builder.spawn().await?;
	network.wait_finalized(1).await?;

	let blob = blobs_travel_between_both_backends(&network).await?;
	a_node_warps_to_the_head(&mut network, &blob).await?;
	a_node_syncs_in_full_and_reports_to_telemetry(&mut network, &blob).await?;
	metrics_are_served(network.node(0), &blob).await?;
	the_blob_is_described_over_rpc(network.node(0), &blob).await?;
	bad_questions_get_typed_errors(network.node(0)).await?;
	the_standard_methods_are_there(network.node(0)).await
}

/// Each backend publishes, and all four sign: rows, shares and retrievals cross between the backends.
async fn blobs_travel_between_both_backends(network: &Network) -> Result<Blob> {
	for (index, backend) in [(0, "litep2p"), (2, "libp2p")] {
		logged(network.node(index), &format!("Running {backend} network backend"))?;
	}
	let mut published = None;
	for (from, to, seed) in [(0, 3, 1), (2, 1, 2), (3, 2, 3)] {
		let (blob, _) = blob::publish_bytes(network.node(from), noise(300_000, seed)).await?;
		let chain = Chain::connect(network.node(from)).await?;
		chain.until_all_signed(blob.commitment).await?;
		blob::read_back(network.node(to), &blob, |_, _| ()).await?;
		published = Some(blob);
	}
	published.context("nothing was published")
}

fn logged(node: &Node, words: &str) -> Result<()> {
	let log = fs::read_to_string(node.log_path())?;
	ensure!(log.contains(words), "{} never said: {words}", node.name());
	Ok(())
}

/// Whether a node has the state of a block.
async fn has_state(node: &Node, block: u32) -> Result<bool> {
	let hash: Option<String> = node.request("chain_getBlockHash", rpc_params![block]).await?;
	let hash = hash.with_context(|| format!("{} has no block {block}", node.name()))?;
	let now: Result<Option<String>> = node.request("state_getStorage", rpc_params![NOW, hash]).await;
	Ok(now.is_ok_and(|now| now.is_some()))
}

/// It begins with a proof of finality and the state there; the states before never were with it.
async fn a_node_warps_to_the_head(network: &mut Network, blob: &Blob) -> Result<()> {
	let head = network.node(0).heights().await?.finalized;
	let node = network.join(["--sync=warp", "--network-backend=libp2p"]).await?;
	let reached = node
		.wait_block(Blocks::Finalized, head + 1, PATIENCE, |_| ())
		.await?;
	logged(node, "Warp sync is complete")?;
	assert!(has_state(node, reached).await?);
	// The blocks before come afterwards, without their states.
	let first = async |_: &Chain| {
		let hash: Option<String> = node.request("chain_getBlockHash", rpc_params![1]).await?;
		Ok(hash)
	};
	let chain = Chain::connect(node).await?;
	chain
		.until("the history of a node that warped", SOON, first)
		.await?;
	assert!(!has_state(node, 1).await?, "it executed the first block");
	blob::read_back(node, blob, |_, _| ()).await
}

/// It executes every block.
async fn a_node_syncs_in_full_and_reports_to_telemetry(network: &mut Network, blob: &Blob) -> Result<()> {
	let listener = TcpListener::bind("127.0.0.1:0").await?;
	let telemetry = format!("--telemetry-url=ws://{} 0", listener.local_addr()?);
	let head = network.node(0).heights().await?.finalized;
	let (connected, node) = tokio::join!(
		timeout(PATIENCE, system_connected(listener)),
		network.join(["--sync=full".to_owned(), telemetry]),
	);
	let (connected, node) = (connected.context("no telemetry")??, node?);
	assert_eq!(connected["payload"]["name"], node.name(), "{connected}");
	assert_eq!(
		connected["payload"]["chain"], "zerog Local Testnet",
		"{connected}"
	);

	let reached = node
		.wait_block(Blocks::Finalized, head + 1, PATIENCE, |_| ())
		.await?;
	assert!(has_state(node, 1).await? && has_state(node, reached).await?);
	blob::read_back(node, blob, |_, _| ()).await
}

/// The first message of a node to a telemetry server.
async fn system_connected(listener: TcpListener) -> Result<Value> {
	let (stream, _) = listener.accept().await?;
	let mut messages = tokio_tungstenite::accept_async(stream).await?;
	while let Some(message) = messages.next().await {
		let Ok(message) = serde_json::from_slice::<Value>(&message?.into_data()) else {
			continue;
		};
		if message["payload"]["msg"] == "system.connected" {
			return Ok(message);
		}
	}
	bail!("the node left telemetry without introducing itself")
}

/// Those that the validator's handbook names; a count of refusals and results appears with the first of its kind.
async fn metrics_are_served(node: &Node, blob: &Blob) -> Result<()> {
	blob::read_back(node, blob, |_, _| ()).await?;
	let value = async |name: &str| {
		metric(node, name)
			.await?
			.with_context(|| format!("{} has no metric {name}", node.name()))
	};
	for counted in [
		r#"substrate_block_height{status="best"}"#,
		r#"substrate_block_height{status="finalized"}"#,
		"substrate_sub_libp2p_peers_count",
		"zerog_da_members_online",
		"zerog_da_shares_signed_total",
		"zerog_da_rows_stored_total",
		"zerog_da_certificates_submitted_total",
		"zerog_da_bytes_held",
		r#"zerog_da_rows_checked_total{result="good"}"#,
		r#"zerog_da_published_total{result="ok"}"#,
		r#"zerog_da_retrieved_total{result="ok"}"#,
		r#"zerog_da_request_seconds_count{kind="push"}"#,
		"zerog_da_certificate_seconds_count",
		"zerog_da_certificate_seconds_sum",
		"zerog_da_retrieval_seconds_count",
		"zerog_da_retrieval_seconds_sum",
		"zerog_da_certificate_margin_count",
	] {
		ensure!(value(counted).await? > 0.0, "{counted} is zero");
	}
	assert_eq!(value("zerog_da_rows_corrupted_total").await?, 0.0);
	// Two thirds of the rows at least, of which one quarter rebuilds.
	let margin = value("zerog_da_lowest_margin").await?;
	ensure!((0.41..=0.75).contains(&margin), "{margin}");
	Ok(())
}

async fn the_blob_is_described_over_rpc(node: &Node, blob: &Blob) -> Result<()> {
	let commitment = blob.commitment.to_string();
	let known: Value = node.request("da_blob", rpc_params![&commitment]).await?;
	assert_eq!(known["header"]["length"], blob.header.length, "{known}");
	let status: Value = node.request("da_status", rpc_params![&commitment]).await?;
	assert_eq!(
		(&status["state"], &status["length"]),
		(&json!("certified"), &known["header"]["length"])
	);
	assert!(
		status["rows_held"].as_u64() > Some(0) && status["rows_signed"] == status["rows"],
		"{status}"
	);

	let unknown = format!("0x{}", "5a".repeat(32));
	assert_eq!(
		node.request::<Value>("da_blob", rpc_params![&unknown]).await?,
		Value::Null
	);
	let status: Value = node.request("da_status", rpc_params![&unknown]).await?;
	assert_eq!(
		(&status["state"], &status["rows_held"]),
		(&json!("unknown"), &json!(0))
	);

	let namespace = "07".repeat(32);
	let quote: Value = node
		.request("da_quote", rpc_params![&namespace, 1_000, 100])
		.await?;
	assert_eq!(quote["network"], json!(0), "{quote}");
	let price = |field: &str| quote[field].as_u64().unwrap_or_default();
	assert_eq!(price("coded_bytes"), 4 * 128 * 1_024);
	assert_eq!(
		price("dispersal_fee"),
		price("coded_bytes") * price("base_fee_per_byte")
	);
	assert!(price("custody_fee") > 0, "{quote}");
	for (length, retention) in [
		(0u32, 100u32),
		((32 << 20) + 1, 100),
		(1_000, 0),
		(1_000, u32::MAX),
	] {
		let quote: Value = node
			.request("da_quote", rpc_params![&namespace, length, retention])
			.await?;
		assert_eq!(quote, Value::Null, "{length} bytes for {retention} blocks");
	}

	let this: Value = node.request("da_node", rpc_params![]).await?;
	assert_eq!(
		(&this["members"], &this["membersOnline"]),
		(&json!(4), &json!(4)),
		"{this}"
	);
	assert_eq!(
		this["gateway"].as_str(),
		node.gateway_url().strip_prefix("http://")
	);
	assert_eq!(this["key"].as_str().map(str::len), Some(2 + 2 * 96), "{this}");
	Ok(())
}

async fn bad_questions_get_typed_errors(node: &Node) -> Result<()> {
	let commitment = "5a".repeat(32);
	for (method, params, expected) in [
		("da_blob", rpc_params![], INVALID_PARAMS),
		("da_blob", rpc_params!["0x5a"], INVALID_PARAMS),
		("da_blob", rpc_params![7], INVALID_PARAMS),
		("da_status", rpc_params![], INVALID_PARAMS),
		(
			"da_status",
			rpc_params![format!("{commitment}5a")],
			INVALID_PARAMS,
		),
		(
			"da_status",
			rpc_params![commitment.replace('a', "g")],
			INVALID_PARAMS,
		),
		("da_quote", rpc_params![1_000, 100], INVALID_PARAMS),
		("da_quote", rpc_params!["07", 1_000, 100], INVALID_PARAMS),
		("da_quote", rpc_params![&commitment, 1_000], INVALID_PARAMS),
		("da_quote", rpc_params![&commitment, -1, 100], INVALID_PARAMS),
		(
			"da_quote",
			rpc_params![&commitment, 1_000, 1u64 << 32],
			INVALID_PARAMS,
		),
		("da_quote", rpc_params![&commitment, "1000", 100], INVALID_PARAMS),
		("da_put", rpc_params![&commitment], METHOD_NOT_FOUND),
	] {
		assert_eq!(refusal(node, method, params).await?, expected, "{method}");
	}
	Ok(())
}

/// The code of the error that a question gets.
async fn refusal(node: &Node, method: &str, params: RpcParams) -> Result<i32> {
	match node.request::<Value>(method, params).await {
		Ok(answer) => bail!("{method} answered {answer}"),
		Err(error) => match error.downcast_ref() {
			Some(subxt::rpcs::Error::User(refused)) => Ok(refused.code),
			_ => Err(error),
		},
	}
}

async fn the_standard_methods_are_there(node: &Node) -> Result<()> {
	let answer: Value = node.request("rpc_methods", rpc_params![]).await?;
	let methods = answer["methods"].as_array().context("no list of methods")?;
	for expected in [
		"author_hasKey",
		"author_insertKey",
		"author_pendingExtrinsics",
		"author_rotateKeysWithOwner",
		"author_submitAndWatchExtrinsic",
		"author_submitExtrinsic",
		"babe_epochAuthorship",
		"chainHead_v1_follow",
		"chainSpec_v1_genesisHash",
		"chain_getBlock",
		"chain_getBlockHash",
		"chain_getFinalizedHead",
		"chain_getHeader",
		"chain_subscribeFinalizedHeads",
		"chain_subscribeNewHeads",
		"da_blob",
		"da_node",
		"da_quote",
		"da_status",
		"grandpa_proveFinality",
		"grandpa_roundState",
		"grandpa_subscribeJustifications",
		"payment_queryFeeDetails",
		"payment_queryInfo",
		"state_call",
		"state_getKeysPaged",
		"state_getMetadata",
		"state_getReadProof",
		"state_getRuntimeVersion",
		"state_getStorage",
		"state_subscribeStorage",
		"system_accountNextIndex",
		"system_chain",
		"system_dryRun",
		"system_health",
		"system_peers",
		"system_properties",
		"system_syncState",
		"transactionWatch_v1_submitAndWatch",
		"transaction_v1_broadcast",
	] {
		ensure!(
			methods.iter().any(|method| method == expected),
			"{expected} is missing"
		);
	}
	Ok(())
}
