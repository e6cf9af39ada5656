// SPDX-License-Identifier: Apache-2.0

//! An operator of networks that does not validate: it holds rows, and proves who it is, as validators do.

mod common;

use anyhow::{ensure, Context, Result};
use common::{key, metric, said, Chain, SOON};
use zerog_devnet::{
	blob::{self, noise},
	Network,
};

/// The operator that gives up validating.
const OPERATOR: usize = 3;

#[tokio::test]
async fn an_operator_that_does_not_validate_holds_rows_and_proves_itself() -> Result<()> {
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let (chain, node) = (Chain::connect(network.node(0)).await?, network.node(OPERATOR));
	let (url, gateway, suri) = (node.ws_url(), node.gateway_url(), node.suri());
	let chill = ["stake", "operator", "chill", "--suri", &suri, "--yes"];
	said(
		"zerog",
		["--url", &url, "--gateway", &gateway].iter().chain(&chill),
	)?;

	// It validates to the end of the era, and is no authority of the present or the next session afterwards.
	let own = key(&suri).public_key().0;
	let is_gone = async |chain: &Chain| {
		let mut sets = Vec::new();
		for set in ["Keys", "NextKeys"] {
			let keys = chain.storage("AuthorityDiscovery", set).await?;
			sets.push(keys.with_context(|| format!("no {set}"))?);
		}
		Ok((!sets.concat().windows(32).any(|key| key == own)).then_some(()))
	};
	chain.until("authorities without it", 3 * SOON, is_gone).await?;

	// Nobody knows it from before, and it knows nobody.
	for index in [OPERATOR, 0] {
		network.kill(index)?;
		network.restart(index).await?;
	}
	network.wait_more(1).await?;
	let chain = Chain::connect(network.node(0)).await?;
	let (blob, _) = blob::publish_bytes(network.node(0), noise(300_000, 1)).await?;
	chain.until_all_signed(blob.commitment).await?;
	let signed = metric(node, "zerog_da_shares_signed_total").await?;
	ensure!(signed == Some(1.0), "{signed:?} shares of the operator");
	let made = metric(node, "substrate_proposer_block_constructed_count").await?;
	ensure!(made.unwrap_or_default() == 0.0, "it made {made:?} blocks");
	for reader in network.nodes() {
		blob::read_back(reader, &blob, |_, _| ()).await?;
	}
	let online = async |_: &Chain| {
		let members = metric(network.node(0), "zerog_da_members_online").await?;
		Ok((members == Some(3.0)).then_some(()))
	};
	chain.until("three others online", SOON, online).await
}
