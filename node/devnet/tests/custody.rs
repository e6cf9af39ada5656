// SPDX-License-Identifier: Apache-2.0

//! Custody as a user and a challenger see it: samples, timelines, challenges that are answered from disk, from rebuilt rows
//! and not at all, and rows that come back to a holder that lost them.

mod common;

use anyhow::{ensure, Context, Result};
use common::{complaint, key, metric, number, rows_of, said, Chain, SOON};
use serde_json::Value;
use std::fs;
use subxt::{ext::scale_value::Composite, rpcs::client::rpc_params};
use zerog_client::{
	keys::{account_of, show_account},
	publish::Blob,
	trace::Trace,
	BlobState, Gateway, Inclusion,
};
use zerog_devnet::{
	blob::{self, noise},
	node::NAMES,
	Network, Node,
};

/// The validator that loses its rows, and dies.
const VICTIM: usize = 3;
const PALLET: &str = "DataAvailability";
/// Earnings below a millionth of a ZG wait for more.
const POINT: u128 = 1_000_000;
/// `ImprovementWindow` of the fast runtime.
const IMPROVEMENT: u32 = 8;

#[tokio::test]
async fn custody_is_sampled_traced_challenged_and_healed() -> Result<()> {
	// It looks at no rows itself: what comes back to it was given back by others.
	let network = Network::builder()
		.argument_for(VICTIM, "--offchain-worker=never")
		.spawn()
		.await?;
	network.wait_finalized(1).await?;
	let chain = Chain::connect(network.node(0)).await?;
	let mut blobs = Vec::new();
	for (length, seed) in [(100_000, 1), (1 << 20, 2), (300_000, 3)] {
		blobs.push(blob::publish_bytes(network.node(0), noise(length, seed)).await?.0);
	}
	for blob in &blobs {
		chain.until_all_signed(blob.commitment).await?;
	}

	a_sample_tells_availability_and_encoding_apart(network.node(0), &blobs[1])?;
	a_trace_tells_what_a_node_did(network.node(0), &blobs[1])?;
	a_challenge_is_answered(&chain, &blobs[0], 1).await?;
	the_verbs_challenge_a_member_and_pay_it(&chain, network.node(0), &blobs[0]).await?;
	nothing_is_reported_without_a_proof(network.node(0), &blobs[0])?;

	network.kill(VICTIM)?;
	fs::remove_dir_all(database_of(network.node(VICTIM)))?;
	network.restart(VICTIM).await?;
	network.wait_more(2).await?;
	// From what the others hold.
	a_challenge_is_answered(&chain, &blobs[1], VICTIM).await?;
	lost_rows_come_back_unasked(&chain, &network, &blobs[2]).await?;

	network.kill(VICTIM)?;
	nobody_answers_for_the_dead(&chain, network.node(0), &blobs[2]).await?;
	// A quarter of the rows is gone, and the sample says so. Of 59 enough are there to call the blob available, but for one time in
	// a million; of 20 it would be one in 25.
	let arguments = ["da", "sample", &name(&blobs[2]), "--samples", "59"];
	let report: Value = serde_json::from_str(&zerog(network.node(0), &arguments)?)?;
	ensure!(
		report["verified"].as_u64() < report["asked"].as_u64(),
		"{report:#}"
	);
	blob::read_back(network.node(1), &blobs[2], |_, _| ()).await
}

fn name(blob: &Blob) -> String {
	blob.commitment.to_string()
}

/// What the client program says with `--json`.
fn zerog(node: &Node, arguments: &[&str]) -> Result<String> {
	let (url, gateway) = (node.ws_url(), node.gateway_url());
	let global = ["--json", "--url", &url, "--gateway", &gateway];
	said("zerog", global.iter().chain(arguments))
}

fn a_sample_tells_availability_and_encoding_apart(node: &Node, blob: &Blob) -> Result<()> {
	let profile = blob.header.profile()?;
	let arguments = ["da", "sample", &name(blob), "--samples", "59"];
	let report: Value = serde_json::from_str(&zerog(node, &arguments)?)?;
	assert_eq!((&report["asked"], &report["verified"]), (&59.into(), &59.into()));
	let budget = zerog_client::sample::budget(profile, 59);
	assert_eq!(
		report["bytes"], budget,
		"single rows with their paths, and the checksum"
	);
	// A quarter of the rows is enough for who withholds, five eighths pass of what is no codeword.
	let bits = |figure: &str| report[figure]["doubt_log2"].as_f64().map(f64::round);
	assert_eq!(
		(bits("availability"), bits("encoding")),
		(Some(-118.0), Some(-40.0))
	);
	println!("{report:#}");
	Ok(())
}

fn a_trace_tells_what_a_node_did(node: &Node, blob: &Blob) -> Result<()> {
	let trace: Trace = serde_json::from_str(&zerog(node, &["da", "trace", &name(blob)])?)?;
	let mut places = Vec::new();
	for step in ["submitted", "encoded", "pushed", "signed", "certified"] {
		let place = trace.events.iter().position(|entry| entry.event == step);
		places.push(place.with_context(|| format!("nothing was {step}: {trace:?}"))?);
	}
	ensure!(places.is_sorted(), "{trace:?}");
	Ok(())
}

fn database_of(node: &Node) -> std::path::PathBuf {
	let chain = node.base_path().join("chains").join("zerog_local");
	chain.join("da").join("rows")
}

/// One of them.
async fn row_of(chain: &Chain, blob: &Blob, index: usize) -> Result<u32> {
	let rows = rows_of(chain, blob, index).await?;
	rows.first().copied().context("it holds no rows")
}

/// Waits until rows of a blob can be challenged.
async fn until_final(chain: &Chain, blob: &Blob) -> Result<()> {
	let signers_are_final = async |chain: &Chain| {
		let (info, best) = (
			chain.client.blob(blob.commitment).await?,
			chain.client.best().await?.number,
		);
		let state = info.map(|info| info.state);
		Ok(matches!(state, Some(BlobState::Certified { at, .. }) if best > at + IMPROVEMENT).then_some(()))
	};
	chain
		.until("the end of improvements", SOON, signers_are_final)
		.await
}

async fn challenge(chain: &Chain, blob: &Blob, holder: usize) -> Result<(u32, Inclusion)> {
	let row = row_of(chain, blob, holder).await?;
	until_final(chain, blob).await?;
	let challenged = chain
		.call(&key("//Ferdie"), PALLET, "challenge", (blob.commitment.0, row))
		.await?;
	Ok((row, challenged))
}

/// Waits for an event that concerns a row, in the blocks from a transaction on.
async fn event(chain: &Chain, since: &Inclusion, name: &str, row: u32) -> Result<Composite<()>> {
	let (_, found) = chain
		.event(since.block, PALLET, name, |event| {
			Ok(number(event, "row")? == u128::from(row))
		})
		.await?;
	Ok(found)
}

async fn a_challenge_is_answered(chain: &Chain, blob: &Blob, holder: usize) -> Result<()> {
	let before = chain.client.balance(account_of(&key("//Ferdie"))).await?;
	let (row, challenged) = challenge(chain, blob, holder).await?;
	let answered = event(chain, &challenged, "Answered", row).await?;
	let after = chain.client.balance(account_of(&key("//Ferdie"))).await?;
	ensure!(
		number(&answered, "reward")? > 0,
		"the member is rewarded: {answered:?}"
	);
	ensure!(
		after.held == before.held && after.free < before.free,
		"the challenger paid: {after:?}"
	);
	Ok(())
}

/// Samples that the others draw find rows missing, and they give the validator all of them back, of a blob that nobody
/// challenged.
async fn lost_rows_come_back_unasked(chain: &Chain, network: &Network, blob: &Blob) -> Result<()> {
	let (victim, rows) = (network.node(VICTIM), rows_of(chain, blob, VICTIM).await?);
	let commitment = name(blob);
	let given_back = async |_: &Chain| {
		let mut restored = 0.0;
		for (index, other) in network.nodes().iter().enumerate() {
			if index != VICTIM {
				let rows = metric(other, "zerog_da_rows_restored_total").await?;
				restored += rows.unwrap_or_default();
			}
		}
		let status: Value = victim.request("da_status", rpc_params![&commitment]).await?;
		let is_back = status["rows_held"] == rows.len() && restored >= rows.len() as f64;
		Ok(is_back.then_some(restored))
	};
	let restored = chain.until("rows that come back", 4 * SOON, given_back).await?;
	println!("{restored} rows came back to {}", victim.name());

	// Nobody else has these, so it is from its own disk that it shows them.
	let gateway = Gateway::new(&victim.gateway_url())?;
	for row in [rows[0], rows[rows.len() / 2], rows[rows.len() - 1]] {
		let shown = gateway.row(blob.commitment, row, blob.header.profile()?).await?;
		ensure!(shown.index == row, "another row than {row}");
	}
	Ok(())
}

/// A user asks for a row, sees it shown, has the signers paid, and takes one's earnings for it.
async fn the_verbs_challenge_a_member_and_pay_it(chain: &Chain, node: &Node, blob: &Blob) -> Result<()> {
	until_final(chain, blob).await?;
	// An operator's pay goes into the pot that its delegators have a part of.
	let mut pot = [0; 32];
	pot[..12].copy_from_slice(b"modlzg/stake");
	let before = chain.client.balance(pot).await?.free;
	let row = row_of(chain, blob, 1).await?;
	let ask = [
		"--suri",
		"//Eve",
		"da",
		"challenge",
		&name(blob),
		"--row",
		&row.to_string(),
	];
	let outcome: Value = serde_json::from_str(&zerog(node, &ask)?)?;
	println!("{outcome:#}");
	assert_eq!(
		(&outcome["outcome"], &outcome["row"]),
		(&"answered".into(), &row.into())
	);
	let holder = show_account(&account_of(&key(&format!("//{}", NAMES[1]))));
	assert_eq!(outcome["account"], holder);

	let pay = ["--suri", "//Eve", "da", "payout", &name(blob)];
	let paid: Value = serde_json::from_str(&zerog(node, &pay)?)?;
	let planck = |value: &Value| {
		value
			.as_str()
			.and_then(|amount| amount.parse().ok())
			.unwrap_or(0u128)
	};
	ensure!(planck(&paid["paid"]) > 0, "{paid:#}");

	// Blocks claim for one account after the other, and mostly are faster.
	let take = ["--suri", "//Eve", "da", "claim", &holder];
	match zerog(node, &take) {
		Ok(claimed) => println!("{claimed}"),
		Err(error) => println!("{error:#}"),
	}
	let account = account_of(&key(&format!("//{}", NAMES[1])));
	let least = before + planck(&outcome["reward"]);
	let is_paid = async |chain: &Chain| {
		let after = chain.client.balance(pot).await?.free;
		let left = chain.client.earnings(account).await?;
		Ok((after >= least && left < POINT).then_some(()))
	};
	chain.until("pay for custody", SOON, is_paid).await
}

fn nothing_is_reported_without_a_proof(node: &Node, blob: &Blob) -> Result<()> {
	let (url, gateway) = (node.ws_url(), node.gateway_url());
	let report = [
		"--url",
		&url,
		"--gateway",
		&gateway,
		"--suri",
		"//Eve",
		"da",
		"report",
		&name(blob),
	];
	let complaint = complaint("zerog", report)?;
	ensure!(complaint.contains("no gateway has a row"), "{complaint}");
	Ok(())
}

async fn nobody_answers_for_the_dead(chain: &Chain, node: &Node, blob: &Blob) -> Result<()> {
	until_final(chain, blob).await?;
	let row = row_of(chain, blob, VICTIM).await?;
	let challenger = account_of(&key("//Ferdie"));
	let before = chain.client.balance(challenger).await?.held;
	let ask = [
		"--suri",
		"//Ferdie",
		"da",
		"challenge",
		&name(blob),
		"--row",
		&row.to_string(),
	];
	let outcome: Value = serde_json::from_str(&zerog(node, &ask)?)?;
	println!("{outcome:#}");
	assert_eq!(outcome["outcome"], "unanswered");
	assert_eq!(chain.client.balance(challenger).await?.held, before);
	Ok(())
}
