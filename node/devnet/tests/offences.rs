// SPDX-License-Identifier: Apache-2.0

//! A validator whose session keys run twice: it signs two blocks for a slot or two votes for a round, is reported, slashed and disabled.

mod common;

use anyhow::{ensure, Result};
use common::{bytes, key, Chain};
use std::fs;
use zerog_client::keys::account_of;
use zerog_devnet::{
	blob::{self, noise},
	Network,
};

/// The validator that has a twin.
const OFFENDER: usize = 3;
/// What BABE calls two blocks by one author for one slot, and GRANDPA two votes in one round: whichever is seen first.
const EQUIVOCATIONS: [&[u8]; 2] = [b"babe:equivocatio", b"grandpa:equivoca"];
/// Blocks that are finalized after the offence.
const MORE: u32 = 5;

#[tokio::test]
async fn a_validator_with_a_twin_is_reported_and_disabled_while_the_chain_goes_on() -> Result<()> {
	let mut network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let since = network.node(0).heights().await?.finalized;
	network.twin(OFFENDER).await?;

	let chain = Chain::connect(network.node(0)).await?;
	let reported = chain
		.event(since, "Offences", "Offence", |offence| {
			Ok(EQUIVOCATIONS.contains(&&bytes(offence, "kind")?[..]))
		})
		.await?;
	it_has_consequences(&chain, &network, since).await?;
	two_blocks_were_seen(&network)?;
	the_others_go_on(&network, reported.0).await
}

/// What the chain does to an offender.
async fn it_has_consequences(chain: &Chain, network: &Network, since: u32) -> Result<()> {
	let offender = account_of(&key(&network.node(OFFENDER).suri()));
	let (slashed, _) = chain
		.event(since, "Restaking", "SlashExecuted", |event| {
			Ok(bytes(event, "operator")? == offender)
		})
		.await?;
	println!("{} was slashed in block {slashed}", network.node(OFFENDER).name());
	let (block, _) = chain
		.event(since, "Session", "ValidatorDisabled", |event| {
			Ok(bytes(event, "validator")? == offender)
		})
		.await?;
	println!("{} was disabled in block {block}", network.node(OFFENDER).name());
	Ok(())
}

/// The report is the work of nodes that saw both blocks themselves.
fn two_blocks_were_seen(network: &Network) -> Result<()> {
	let mut witnesses = 0;
	for node in network.nodes().iter().take(OFFENDER) {
		let log = fs::read_to_string(node.log_path())?;
		let signs = ["for a second block", "equivocation in the finality worker"];
		witnesses += usize::from(signs.iter().any(|sign| log.contains(sign)));
	}
	ensure!(witnesses > 0, "no other validator reported anything");
	println!("{witnesses} validators reported it");
	Ok(())
}

/// Best and finalized blocks, and blobs.
async fn the_others_go_on(network: &Network, offence: u32) -> Result<()> {
	network.wait_finalized(offence + MORE).await?;
	let (blob, _) = blob::publish_bytes(network.node(0), noise(100_000, 1)).await?;
	blob::read_back(network.node(1), &blob, |_, _| ()).await?;
	println!(
		"after the offence in block {offence}: {}",
		network.node(0).heights().await?
	);
	Ok(())
}
