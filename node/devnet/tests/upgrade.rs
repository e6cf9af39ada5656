// SPDX-License-Identifier: Apache-2.0

//! A referendum upgrades the running network.

mod common;

use anyhow::{ensure, Context, Result};
use common::{key, number, skip, Chain};
use futures::future::try_join_all;
use std::{env, fs, time::Duration};
use subxt::{
	dynamic::{self, Value},
	rpcs::client::rpc_params,
};
use zerog_client::keys::account_of;
use zerog_devnet::{
	blob::{self, noise, slot_of},
	network::PATIENCE,
	node::Blocks,
	Network, Node,
};

/// Names the Wasm whose `spec_version` is higher and which differs in nothing else.
const WASM: &str = "ZEROG_UPGRADE_WASM";
/// Preparation, decision, confirmation and enactment on the fast runtime's root track, twice over.
const REFERENDUM: Duration = Duration::from_secs(2 * (2 + 40 + 3 + 2) * 3);
/// Within so many slots of the upgrade both heights grow again.
const SLOTS: u64 = 20;
/// The development accounts with money, but for Ethereum's.
const VOTERS: [&str; 12] = [
	"//Alice",
	"//Bob",
	"//Charlie",
	"//Dave",
	"//Eve",
	"//Ferdie",
	"//Alice//stash",
	"//Bob//stash",
	"//Charlie//stash",
	"//Dave//stash",
	"//Eve//stash",
	"//Ferdie//stash",
];
/// Aye, with the balance locked once.
const AYE: u8 = 0x81;

#[tokio::test]
async fn a_referendum_upgrades_the_runtime_while_blocks_and_blobs_go_on() -> Result<()> {
	let Some(path) = env::var_os(WASM) else {
		return skip(format!(
			"{WASM} is not set; ./scripts/test builds the second runtime and sets it"
		));
	};
	let code = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let node = network.node(0);
	let chain = Chain::connect(node).await?;
	let processes: Vec<_> = network.nodes().iter().map(Node::id).collect();
	let (blob, _) = blob::publish_bytes(node, noise(100_000, 1)).await?;
	let before = spec_version(node).await?;

	authorize(&chain, &code).await?;
	let since = node.heights().await?.finalized;
	let applied = chain
		.call(&key("//Alice"), "System", "apply_authorized_upgrade", (code,))
		.await?;
	grows_again(&network, &chain, since, applied.block).await?;

	let after = spec_version(node).await?;
	println!("spec version {before} became {after}");
	ensure!(after > before, "the spec version is still {after}");
	assert_eq!(
		network.nodes().iter().map(Node::id).collect::<Vec<_>>(),
		processes,
		"no node was restarted"
	);
	for node in network.nodes() {
		blob::read_back(node, &blob, |_, _| ()).await?;
	}
	let (fresh, _) = blob::publish_bytes(network.node(1), noise(100_000, 2)).await?;
	blob::read_back(network.node(2), &fresh, |_, _| ()).await
}

async fn spec_version(node: &Node) -> Result<u64> {
	let version: serde_json::Value = node.request("state_getRuntimeVersion", rpc_params![]).await?;
	version["specVersion"].as_u64().context("no spec version")
}

/// Brings `system.authorize_upgrade` for `code` through a referendum on the root track.
async fn authorize(chain: &Chain, code: &[u8]) -> Result<()> {
	let alice = key("//Alice");
	let call = dynamic::tx("System", "authorize_upgrade", (chain.hash(code).await?,));
	let call = chain.best().await?.tx().call_data(&call)?;
	let (hash, length) = (chain.hash(&call).await?, call.len() as u128);
	chain.call(&alice, "Preimage", "note_preimage", (call,)).await?;

	let origin = Value::unnamed_variant("system", [Value::unnamed_variant("Root", [])]);
	let preimage = [("hash", Value::from_bytes(hash)), ("len", Value::u128(length))];
	let proposal = Value::named_variant("Lookup", preimage);
	let enactment = Value::unnamed_variant("After", [Value::u128(0)]);
	let submitted = chain
		.call(&alice, "Referenda", "submit", (origin, proposal, enactment))
		.await?;
	let events = chain
		.events(submitted.block_hash, "Referenda", "Submitted")
		.await?;
	let index = number(events.first().context("no referendum was submitted")?, "index")? as u32;
	chain
		.call(&alice, "Referenda", "place_decision_deposit", (index,))
		.await?;

	let votes = VOTERS.into_iter().map(|name| async move {
		let voter = key(name);
		let free = chain.client.balance(account_of(&voter)).await?.spendable;
		let vote = [
			("vote", Value::u128(AYE.into())),
			("balance", Value::u128(free / 10 * 9)),
		];
		chain
			.call(
				&voter,
				"ConvictionVoting",
				"vote",
				(index, Value::named_variant("Standard", vote)),
			)
			.await
	});
	try_join_all(votes).await?;
	let enacted = async |chain: &Chain| chain.storage("System", "AuthorizedUpgrade").await;
	chain
		.until("the authorisation by referendum", REFERENDUM, enacted)
		.await?;
	println!("referendum {index} was enacted");
	Ok(())
}

/// Best and finalized blocks follow the one that applied the upgrade within [`SLOTS`]. Counted in slots of blocks, so
/// that it does not matter how quickly this program sees them; both gaps are printed.
async fn grows_again(network: &Network, chain: &Chain, since: u32, seen: u32) -> Result<()> {
	let mut applied = seen;
	let slots_of_finality = loop {
		let nodes = network.nodes().iter();
		let slots = try_join_all(nodes.map(|node| slot_of_finality(node, applied + 1))).await?;
		// A fork may have brought it into a later block than the one that was seen.
		match chain.event(since, "System", "CodeUpdated", |_| Ok(true)).await?.0 {
			later if later > applied => applied = later,
			found => {
				applied = found;
				break slots;
			}
		}
	};

	let node = network.node(0);
	let last = node
		.wait_block(Blocks::Best, applied + 4, PATIENCE, |_| ())
		.await?;
	let mut slots = Vec::new();
	for block in applied..=last {
		slots.push(slot_of(&chain.client, node, block).await?);
	}
	let gaps = slots.windows(2).map(|pair| pair[1] - pair[0]);
	let best = gaps.max().context("no block after the upgrade")?;
	let finalized = slots_of_finality.into_iter().max().context("no node")? - slots[0];
	println!("upgrade in block {applied}: at most {best} slots between best blocks, finalized after {finalized} slots");
	ensure!(best <= SLOTS, "{best} slots without a block");
	ensure!(finalized <= SLOTS, "{finalized} slots until finality");
	Ok(())
}

/// Waits until a node has finalized block `number`; the slot of its best block then.
async fn slot_of_finality(node: &Node, number: u32) -> Result<u64> {
	node.wait_block(Blocks::Finalized, number, PATIENCE, |_| ())
		.await?;
	let best = node.heights().await?.best;
	slot_of(&node.client().await?, node, best).await
}
