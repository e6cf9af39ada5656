// SPDX-License-Identifier: Apache-2.0

//! A validator whose session keys run twice: it signs two blocks for a slot or two votes for a round, is reported, slashed and disabled.

mod common;

use anyhow::{ensure, Context, Result};
use codec::{Decode, Encode};
use common::{bytes, complaint, key, said, stored, Chain};
use serde_json::Value;
use std::{fs, time::Duration};
use tokio::time::timeout;
use zerog_client::keys::{account_of, show_account};
use zerog_devnet::{
	blob::{self, noise},
	node::Blocks,
	Network,
};

/// The validator that has a twin.
const OFFENDER: usize = 3;
/// What BABE calls two blocks by one author for one slot, and GRANDPA two votes in one round: whichever is seen first.
const EQUIVOCATIONS: [&[u8]; 2] = [b"babe:equivocatio", b"grandpa:equivoca"];
/// Slots in a row of which none but the offender's is empty, and how long they may be waited for.
const SLOTS: u64 = 30;
const PATIENCE: Duration = Duration::from_secs(240);
/// How often their count may begin anew.
const RESTARTS: u32 = 2;
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
	the_verbs_tell_of_them(&network)?;
	only_its_slots_are_empty(&chain, &network, reported.0).await?;
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

/// `zerog stake`: the offender sees what was taken, and it leaves the hold.
fn the_verbs_tell_of_them(network: &Network) -> Result<()> {
	let (node, suri) = (network.node(0), network.node(OFFENDER).suri());
	let offender = show_account(&account_of(&key(&suri)));
	let (url, gateway) = (node.ws_url(), node.gateway_url());
	let global = ["--url", &url, "--gateway", &gateway, "--json"];
	let verb = |arguments: &[&str]| -> Result<Value> {
		Ok(serde_json::from_str(&said(
			"zerog",
			global.iter().chain(arguments),
		)?)?)
	};
	let position = || -> Result<(u128, u128)> {
		let position = verb(&["stake", "show", &offender])?["positions"][0].clone();
		let planck =
			|field: &str| -> Result<u128> { Ok(position[field].as_str().context("a text")?.parse()?) };
		Ok((planck("held")?, planck("slashed")?))
	};
	let (held, slashed) = position()?;
	ensure!(slashed > 0, "nothing was taken of {held}");
	let realised = verb(&["stake", "realise", &offender, "--suri", &suri, "--yes"])?;
	ensure!(realised["block"].is_number(), "{realised}");
	ensure!(position()?.0 < held, "all is still on hold");
	let slashes = verb(&["stake", "slashes", &offender])?;
	ensure!(slashes["pending"].is_array(), "{slashes}");
	let arguments = [
		"stake", "operator", "reopen", &offender, "--suri", "//Alice", "--yes",
	];
	let refused = complaint("zerog", global.iter().chain(&arguments))?;
	ensure!(refused.contains("no slash has closed its pool"), "{refused}");
	Ok(())
}

/// Finalized blocks leave out no slot but those of which the offender is the author; a validator that this machine was too slow
/// for has the count begin anew, [`RESTARTS`] times at most.
async fn only_its_slots_are_empty(chain: &Chain, network: &Network, since: u32) -> Result<()> {
	let (node, offender) = (network.node(0), account_of(&key(&network.node(OFFENDER).suri())));
	let slot_of = async |block| blob::slot_of(&chain.client, node, block).await;
	let counting = async {
		let (mut block, mut empty, mut filled, mut restarts) = (since, 0, 0, 0);
		let mut slot = slot_of(block).await?;
		while empty + filled < SLOTS {
			let seen = node.wait_block(Blocks::Finalized, block + 1, PATIENCE, |_| ());
			seen.await?;
			let next = slot_of(block + 1).await?;
			for missing in slot + 1..next {
				if is_author(chain, block..=block + 1, missing, offender).await? {
					empty += 1;
				} else if empty + filled > 0 {
					println!(
						"slot {missing} of another validator is empty after {}",
						empty + filled
					);
					(empty, filled, restarts) = (0, 0, restarts + 1);
					ensure!(restarts <= RESTARTS, "other validators leave out slots");
				}
			}
			(block, slot, filled) = (block + 1, next, filled + 1);
		}
		println!("{filled} of {SLOTS} slots in a row have blocks, the others were the offender's");
		Ok(())
	};
	timeout(PATIENCE, counting)
		.await
		.context("other validators leave out slots")?
}

/// Whether an account's key is the secondary author of a slot between two blocks, whose epochs may differ.
async fn is_author(
	chain: &Chain,
	blocks: std::ops::RangeInclusive<u32>,
	slot: u64,
	account: [u8; 32],
) -> Result<bool> {
	for block in blocks {
		let hash = chain
			.client
			.block_hash(block)
			.await?
			.context("a finalized block")?;
		let at = chain.at(hash).await?;
		let value = async |entry| stored(&at, "Babe", entry).await?.context(entry);
		let authorities = Vec::<([u8; 32], u64)>::decode(&mut &value("Authorities").await?[..])?;
		let randomness = <[u8; 32]>::decode(&mut &value("Randomness").await?[..])?;
		let draw = chain.hash(&(randomness, slot).encode()).await?;
		let place = draw.iter().fold(0, |rest, byte| {
			(rest << 8 | usize::from(*byte)) % authorities.len()
		});
		if authorities.get(place).is_some_and(|(key, _)| *key == account) {
			return Ok(true);
		}
	}
	Ok(false)
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
