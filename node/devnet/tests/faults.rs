// SPDX-License-Identifier: Apache-2.0

//! Validators that die, and a network that is stopped: what was certified is there afterwards.

mod common;

use anyhow::{ensure, Result};
use std::{
	sync::atomic::{AtomicBool, Ordering},
	time::{Duration, Instant},
};
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
	Network,
};

/// Large enough that its dispersal takes a while.
const LARGE: usize = 12 << 20;

#[tokio::test]
async fn blobs_outlive_validators_killed_during_dispersal_and_retrieval_and_a_stop_of_the_whole_network(
) -> Result<()> {
	let mut network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let (small, _) = blob::publish_bytes(network.node(0), noise(100_000, 1)).await?;

	let large = killed_during_dispersal(&network).await?;
	returns_with_its_database(&network).await?;
	killed_during_retrieval(&network, &large).await?;
	returns_with_its_database(&network).await?;
	stopped_and_started_again(&mut network, &[small, large]).await?;
	a_measurement_runs(&network).await
}

/// SIGKILL for the last validator as soon as rows arrive there: the other three hold 3/4 of the rows, 2/3 are enough.
async fn killed_during_dispersal(network: &Network) -> Result<Blob> {
	let (node, victim) = (network.node(0), network.node(3));
	let (client, signer) = (node.client().await?, common::key(&node.suri()));
	let blob = blob::commit(&client, noise(LARGE, 2)).await?;
	let plan = blob::plan(&client, &blob, &signer).await?;

	let gateway = Gateway::new(&victim.gateway_url())?;
	let killing = async {
		let begun = Instant::now();
		loop {
			let held = gateway
				.status(blob.commitment)
				.await
				.ok()
				.and_then(|status| status.rows_held);
			if held.is_some_and(|rows| rows > 0) {
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
		"killed with {held:?} rows; certified after {slots} slots with {} of {} rows",
		certificate.rows_signed, certificate.rows
	);
	assert!(certificate.rows_signed * 3 >= certificate.rows * 2);
	assert!(certificate.signers >= 3);
	for node in network.nodes().iter().take(3) {
		blob::read_back(node, &blob, |_, _| ()).await?;
	}
	Ok(blob)
}

/// SIGKILL for the last validator when the first bytes have been read from another one.
async fn killed_during_retrieval(network: &Network, blob: &Blob) -> Result<()> {
	let killed = AtomicBool::new(false);
	let kill_once = |_, _| {
		if !killed.swap(true, Ordering::Relaxed) {
			network.kill(3).unwrap();
		}
	};
	blob::read_back(network.node(2), blob, kill_once).await?;
	assert!(killed.into_inner() && !network.node(3).is_running());
	for node in network.nodes().iter().take(3) {
		blob::read_back(node, blob, |_, _| ()).await?;
	}
	Ok(())
}

/// The last validator starts again with what it has, and finalizes with the others.
async fn returns_with_its_database(network: &Network) -> Result<()> {
	let before = network.node(0).heights().await?;
	network.restart(3).await?;
	let from = network.node(3).heights().await?;
	ensure!(from.best > 0, "{} began from nothing", network.node(3).name());
	let reached = network
		.node(3)
		.wait_block(Blocks::Finalized, before.finalized + 1, PATIENCE, |_| ())
		.await?;
	println!("Dave came back at ({from}), the others were at ({before}); it finalized {reached}");
	Ok(())
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
