// SPDX-License-Identifier: Apache-2.0

//! Validators that die, and a network that is stopped: what was certified is there afterwards.

mod common;

use anyhow::{bail, ensure, Context, Result};
use common::{
	key,
	reading::{all_online, killed_while_rows_come, ATTEMPTS},
	rows_of, Chain,
};
use std::time::{Duration, Instant};
use tokio::time::sleep;
use zerog_client::{
	publish::{silent, Blob},
	BlobState, Gateway,
};
use zerog_devnet::{
	bench,
	blob::{self, noise, Certified},
	network::PATIENCE,
	node::Blocks,
	Network, Node,
};

/// Large enough that its dispersal takes a while.
const LARGE: usize = 12 << 20;
/// The largest blob, whose rows take longest to come.
const LARGEST: usize = zerog_erasure::MAX_BLOB_BYTES as usize;

#[tokio::test]
async fn blobs_outlive_validators_killed_during_dispersal_and_retrieval_and_a_stop_of_the_whole_network(
) -> Result<()> {
	let mut network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let (small, _) = blob::publish_bytes(network.node(0), noise(100_000, 1)).await?;

	let large = killed_during_dispersal(&network).await?;
	killed_during_retrieval(&mut network).await?;
	stopped_and_started_again(&mut network, &[small, large]).await?;
	a_measurement_runs(&network).await
}

/// The last validator is killed with a part of its rows, and comes back with a part: at least those that it said it had.
/// Where it had all of them when it died, it is tried with another blob.
async fn killed_during_dispersal(network: &Network) -> Result<Blob> {
	let (node, victim) = (network.node(0), network.node(3));
	let chain = Chain::connect(node).await?;
	for attempt in 0..ATTEMPTS {
		all_online(&chain, node).await?;
		let (blob, held) = killed_with_rows(network, noise(LARGE, 10 + attempt)).await?;
		let share = u32::try_from(rows_of(&chain, &blob, 3).await?.len())?;
		let kept = returns_with_its_database(network, &blob).await?;
		println!("killed with {held} of {share} rows, {kept} were kept");
		ensure!(kept >= held, "rows were lost");
		if kept < share {
			return Ok(blob);
		}
	}
	bail!(
		"in {ATTEMPTS} attempts {} never died before it had all rows",
		victim.name()
	)
}

/// SIGKILL for the last validator as soon as rows arrive there: the other three hold 3/4 of the rows, 2/3 are enough.
/// How many rows it had at least.
async fn killed_with_rows(network: &Network, bytes: Vec<u8>) -> Result<(Blob, u32)> {
	let (node, victim) = (network.node(0), network.node(3));
	let (client, signer) = (node.client().await?, key(&node.suri()));
	let blob = blob::commit(&client, bytes).await?;
	let plan = blob::plan(&client, &blob, &signer).await?;

	let killing = async {
		let begun = Instant::now();
		loop {
			// Who does not answer is asked again.
			let held = rows_held(victim, &blob).await.unwrap_or(0);
			if held > 0 {
				network.kill(3)?;
				return Ok(held);
			}
			ensure!(begun.elapsed() < PATIENCE, "no row arrived at {}", victim.name());
			sleep(Duration::from_millis(10)).await;
		}
	};
	let publishing = blob::publish(node, &client, &blob, &plan, &signer, silent());
	let (held, certified) = tokio::try_join!(killing, publishing)?;
	let Certified {
		certificate, slots, ..
	} = certified;
	println!(
		"certified after {slots} slots with {} of {} rows",
		certificate.rows_signed, certificate.rows
	);
	assert!(certificate.rows_signed * 3 >= certificate.rows * 2);
	assert!(certificate.signers >= 3);
	for node in network.nodes().iter().take(3) {
		blob::read_back(node, &blob, |_, _| ()).await?;
	}
	Ok((blob, held))
}

/// Rows of a blob on a node's disk.
async fn rows_held(node: &Node, blob: &Blob) -> Result<u32> {
	let status = Gateway::new(&node.gateway_url())?.status(blob.commitment).await?;
	status.rows_held.context("it does not say")
}

/// SIGKILL for the last validator while its rows are on the way to a node that holds none.
async fn killed_during_retrieval(network: &mut Network) -> Result<()> {
	network.join::<String>([]).await?;
	let (network, reader) = (&*network, network.node(4));
	let chain = Chain::connect(network.node(0)).await?;
	all_online(&chain, network.node(0)).await?;
	let (blob, _) = blob::publish_bytes(network.node(0), noise(LARGEST, 2)).await?;
	chain.until_all_signed(blob.commitment).await?;
	let head = network.node(0).heights().await?.finalized;
	reader
		.wait_block(Blocks::Finalized, head, PATIENCE, |_| ())
		.await?;

	killed_while_rows_come(network, reader, &blob, &[3], 1).await?;
	assert!(!network.node(3).is_running());
	for node in network.nodes().iter().take(3) {
		blob::read_back(node, &blob, |_, _| ()).await?;
	}
	let share = u32::try_from(rows_of(&chain, &blob, 3).await?.len())?;
	assert_eq!(returns_with_its_database(network, &blob).await?, share);
	Ok(())
}

/// The last validator starts again with what it has, and finalizes with the others. How many rows of a blob it has at
/// first.
async fn returns_with_its_database(network: &Network, blob: &Blob) -> Result<u32> {
	let (node, before) = (network.node(3), network.node(0).heights().await?);
	network.restart(3).await?;
	let (held, from) = (rows_held(node, blob).await?, node.heights().await?);
	ensure!(from.best > 0, "{} began from nothing", node.name());
	let reached = node
		.wait_block(Blocks::Finalized, before.finalized + 1, PATIENCE, |_| ())
		.await?;
	println!("Dave came back at ({from}), the others were at ({before}); it finalized {reached}");
	Ok(held)
}

/// All stop and start again: the blobs are certified as before and can be read everywhere, and new ones are taken.
async fn stopped_and_started_again(network: &mut Network, blobs: &[Blob]) -> Result<()> {
	let client = network.node(1).client().await?;
	let mut before = Vec::new();
	for blob in blobs {
		before.push(client.blob(blob.commitment).await?);
	}
	let heights = network.node(1).heights().await?;
	drop(client);

	network.stop_all().await?;
	assert!(network.nodes().iter().all(|node| !node.is_running()));
	network.start_all().await?;
	network.wait_finalized(heights.best + 1).await?;

	let client = network.node(1).client().await?;
	for (blob, before) in blobs.iter().zip(before) {
		let (before, after) = (before.unwrap(), client.blob(blob.commitment).await?.unwrap());
		assert_eq!(
			(&after.header, after.retained_until),
			(&before.header, before.retained_until)
		);
		assert!(matches!(after.state, BlobState::Certified { .. }), "{after:?}");
		for node in network.nodes() {
			blob::read_back(node, blob, |_, _| ()).await?;
		}
	}
	let (fresh, _) = blob::publish_bytes(network.node(2), noise(5_000, 3)).await?;
	blob::read_back(network.node(3), &fresh, |_, _| ()).await
}

/// What `zerog-devnet bench` does, with a small blob.
async fn a_measurement_runs(network: &Network) -> Result<()> {
	let mut seen = 0;
	let measured = bench::measure(network, 200_000, 1, |_| seen += 1).await?;
	println!("{measured}");
	assert_eq!((seen, measured.runs.len(), measured.coded_bytes), (1, 1, 4 << 18));
	assert!(measured.median_slots >= 1.0 && measured.median_ratio > 0.0);
	Ok(())
}
