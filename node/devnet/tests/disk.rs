// SPDX-License-Identifier: Apache-2.0

//! Disks that are really full, and a chain database that is damaged: a member refuses to sign and says why, and goes on when
//! there is room again; a validator that lost its chain comes back, and nobody else is held up.

mod common;

use anyhow::{ensure, Context, Result};
use common::{metric, reading::all_online, skip, Chain, SOON};
use std::{
	fs::{self, File, OpenOptions},
	io::{ErrorKind, Seek, SeekFrom, Write},
	path::{Path, PathBuf},
	process::Command,
	time::Duration,
};
use zerog_devnet::{
	blob::{self, noise},
	network::PATIENCE,
	node::Blocks,
	Network, Node,
};

/// Well above the 64 MiB that RocksDB wants to see free before it goes on.
const DISK: &str = "size=128m";
/// The validator whose chain is damaged, removed, and on a full disk.
const VICTIM: usize = 3;

/// A small file system of its own; gone with this value, also while files are open there.
struct Disk(PathBuf);

impl Disk {
	/// None, with the reason, where this test may not mount.
	fn mount(at: &Path) -> Result<std::result::Result<Self, String>> {
		fs::create_dir_all(at)?;
		let mount = Command::new("mount")
			.args(["-t", "tmpfs", "-o", DISK, "tmpfs"])
			.arg(at)
			.output();
		Ok(match mount {
			Ok(output) if output.status.success() => Ok(Self(at.to_owned())),
			Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
			Err(error) => Err(format!("mount: {error}")),
		})
	}

	/// Takes all the room that is left.
	fn fill(&self) -> Result<PathBuf> {
		let path = self.0.join("filler");
		let mut file = File::create(&path)?;
		// Ever smaller pieces, until not even a page fits.
		for size in [1 << 20, 1 << 12] {
			loop {
				match file.write_all(&vec![1; size]) {
					Ok(()) => (),
					Err(error) if error.kind() == ErrorKind::StorageFull => break,
					Err(error) => return Err(error.into()),
				}
			}
		}
		Ok(path)
	}
}

impl Drop for Disk {
	fn drop(&mut self) {
		let unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
		if !unmounted.is_ok_and(|status| status.success()) {
			eprintln!("{} is still mounted: unmount it by hand", self.0.display());
		}
	}
}

#[tokio::test]
async fn a_member_with_a_full_disk_refuses_to_sign_and_signs_again_when_there_is_room() -> Result<()> {
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let (node, publisher) = (network.node(3), network.node(0));
	let chain = Chain::connect(publisher).await?;

	network.kill(3)?;
	let rows = node.base_path().join("chains").join("zerog_local").join("da");
	let disk = match Disk::mount(&rows)? {
		Ok(disk) => disk,
		Err(reason) => {
			return skip(format!(
				"a full disk needs a small one of its own, and none can be mounted: {reason}"
			));
		}
	};
	network.restart(3).await?;
	let (before, _) = blob::publish_bytes(publisher, noise(100_000, 1)).await?;
	chain.until_all_signed(before.commitment).await?;
	let signed = signed(node).await?;
	ensure!(signed > 0.0, "{} has not signed", node.name());

	let filler = disk.fill()?;
	let (refused, certified) = blob::publish_bytes(publisher, noise(300_000, 2)).await?;
	assert_eq!(certified.certificate.signers, 3);
	let refusal = async |_: &Chain| {
		let refusals = metric(node, r#"zerog_da_requests_refused_total{reason="cannot_store"}"#).await?;
		Ok(refusals.filter(|count| *count > 0.0))
	};
	chain.until("a refusal that is counted", SOON, refusal).await?;
	assert_eq!(self::signed(node).await?, signed, "it signed what it cannot hold");
	let log = fs::read_to_string(node.log_path())?;
	ensure!(
		log.contains("nothing is signed: the disk is full"),
		"{}",
		node.log_tail(20)
	);

	// Its chain goes on, and what it cannot hold it reads from the others; what it held before it still has.
	network.wait_more(2).await?;
	blob::read_back(node, &refused, |_, _| ()).await?;
	blob::read_back(node, &before, |_, _| ()).await?;

	fs::remove_file(&filler).with_context(|| format!("removing {}", filler.display()))?;
	let again = async |_: &Chain| Ok((self::signed(node).await? > signed).then_some(()));
	let mut seed = 3;
	// RocksDB looks for room every few seconds; what is published meanwhile is signed by the others.
	loop {
		let (blob, _) = blob::publish_bytes(publisher, noise(100_000, seed)).await?;
		if chain
			.until("a signature", Duration::from_secs(15), again)
			.await
			.is_ok()
		{
			blob::read_back(node, &blob, |_, _| ()).await?;
			break;
		}
		seed += 1;
		ensure!(
			seed < 10,
			"{} does not sign again:\n{}",
			node.name(),
			node.log_tail(20)
		);
	}
	println!("signed again with blob {}", seed - 2);
	Ok(())
}

/// Blobs that a member has signed for since it started.
async fn signed(node: &Node) -> Result<f64> {
	metric(node, "zerog_da_shares_signed_total")
		.await?
		.context("no metric")
}

/// Its database of the chain is damaged in two places, removed as an operator would do it, and then on a full disk: each time
/// the validator says what is the matter or goes on, comes back with its keys and with the numbers of its attestations, and
/// signs nothing that contradicts what it signed before. The others finalize all the time.
#[tokio::test]
async fn a_validator_that_loses_its_chain_comes_back_and_contradicts_nothing() -> Result<()> {
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let chain = Chain::connect(network.node(0)).await?;
	signs(&network, &chain, 1).await?;
	damage_is_named(&network).await?;
	let seen = nothing_is_contradicted(&chain, 1).await?;

	// What an operator does: nothing but the chain is removed.
	let database = database_of(network.node(VICTIM));
	fs::remove_dir_all(&database)?;
	let disk = Disk::mount(&database)?;
	network.restart(VICTIM).await?;
	signs(&network, &chain, 2).await?;
	let seen = nothing_is_contradicted(&chain, seen + 1).await?;

	match &disk {
		Ok(disk) => a_full_disk_is_named(&network, &chain, disk).await?,
		Err(reason) => {
			return skip(format!(
				"a full disk for the chain needs a small one of its own, and none can be mounted: {reason}"
			));
		}
	}
	nothing_is_contradicted(&chain, seen + 1).await?;
	Ok(())
}

/// Where its chain lies.
fn database_of(node: &Node) -> PathBuf {
	node.base_path().join("chains").join("zerog_local").join("db")
}

/// What a node has said from a place in its log on.
fn said_since(node: &Node, place: usize) -> Result<String> {
	let log = fs::read(node.log_path())?;
	Ok(String::from_utf8_lossy(log.get(place..).unwrap_or_default()).into_owned())
}

/// The others finalize three blocks more.
async fn others_go_on(network: &Network) -> Result<()> {
	let head = network.node(0).heights().await?.finalized;
	for other in network.nodes().iter().take(VICTIM) {
		other
			.wait_block(Blocks::Finalized, head + 3, PATIENCE, |_| ())
			.await?;
	}
	Ok(())
}

/// The victim finalizes with the others and signs for a new blob.
async fn signs(network: &Network, chain: &Chain, seed: u64) -> Result<()> {
	let (victim, publisher) = (network.node(VICTIM), network.node(0));
	let head = publisher.heights().await?.finalized;
	victim
		.wait_block(Blocks::Finalized, head + 1, PATIENCE, |_| ())
		.await?;
	all_online(chain, publisher).await?;
	let (blob, _) = blob::publish_bytes(publisher, noise(100_000, seed)).await?;
	chain.until_all_signed(blob.commitment).await?;
	blob::read_back(victim, &blob, |_, _| ()).await
}

/// Writes over the files of the stopped victim's chain that are meant, from `from` bytes of their length on, to two thirds of it.
fn damage(node: &Node, is_meant: impl Fn(&str) -> bool, from: impl Fn(u64) -> u64) -> Result<()> {
	let mut damaged = 0;
	for entry in fs::read_dir(database_of(node).join("full"))? {
		let entry = entry?;
		let length = entry.metadata()?.len();
		let (from, to) = (from(length), length / 3 * 2);
		if from < to && is_meant(&entry.file_name().to_string_lossy()) {
			let mut file = OpenOptions::new().write(true).open(entry.path())?;
			file.seek(SeekFrom::Start(from))?;
			file.write_all(&vec![0x5a; usize::try_from(to - from)?])?;
			damaged += 1;
		}
	}
	ensure!(damaged > 0, "no such file of {}", node.name());
	Ok(())
}

/// First tables and logs, of which the victim may notice nothing, or only when it reads them; then the list of all files,
/// without which it cannot start.
async fn damage_is_named(network: &Network) -> Result<()> {
	let victim = network.node(VICTIM);
	let place = || anyhow::Ok(fs::read(victim.log_path())?.len());
	// With a restart everything that was stored leaves the log of RocksDB for its tables.
	network.kill(VICTIM)?;
	network.restart(VICTIM).await?;
	network.kill(VICTIM)?;
	let from = place()?;
	let is_content = |name: &str| name.ends_with(".sst") || name.ends_with(".log");
	damage(victim, is_content, |length| length / 3)?;
	if let Err(error) = network.restart(VICTIM).await {
		ensure!(!victim.is_running(), "it neither runs nor ends: {error:#}");
	}
	others_go_on(network).await?;
	if victim.is_running() {
		println!("{} goes on with damaged tables", victim.name());
		network.kill(VICTIM)?;
	} else {
		let said = said_since(victim, from)?;
		let reasons = ["Error: ", "Critical database error"];
		ensure!(
			reasons.iter().any(|reason| said.contains(reason)),
			"it does not say why it ended: {said}"
		);
		println!("{} ended with damaged tables", victim.name());
	}

	let from = place()?;
	// From within the first entry on.
	damage(victim, |name| name.starts_with("MANIFEST-"), |_| 16)?;
	ensure!(
		network.restart(VICTIM).await.is_err(),
		"it runs without knowing its files"
	);
	let (said, database) = (said_since(victim, from)?, database_of(victim));
	ensure!(
		said.contains("Corruption") && said.contains(&database.display().to_string()),
		"it does not name the database: {said}"
	);
	others_go_on(network).await
}

/// No room for the chain: the victim says so and stands still or ends, and comes back when there is room and it is started
/// again.
async fn a_full_disk_is_named(network: &Network, chain: &Chain, disk: &Disk) -> Result<()> {
	let victim = network.node(VICTIM);
	let place = fs::read(victim.log_path())?.len();
	let filler = disk.fill()?;
	let named = async |_: &Chain| {
		let said = said_since(victim, place)?;
		Ok(said.contains("No space left on device").then_some(()))
	};
	chain.until("the reason in its log", SOON, named).await?;
	others_go_on(network).await?;

	fs::remove_file(&filler).with_context(|| format!("removing {}", filler.display()))?;
	if victim.is_running() {
		println!("{} still ran on the full disk", victim.name());
		network.kill(VICTIM)?;
	}
	network.restart(VICTIM).await?;
	signs(network, chain, 3).await
}

/// Nobody was reported for two blocks in a slot, two votes in a round or two attestations under one number, in any block from
/// `since` to the best one, whose number this is.
async fn nothing_is_contradicted(chain: &Chain, since: u32) -> Result<u32> {
	let best = chain.client.best().await?.number;
	for block in since..=best {
		let hash = chain.client.block_hash(block).await?;
		let hash = hash.context("a block below the best")?;
		for (pallet, event) in [("Offences", "Offence"), ("DataAvailability", "FaultFound")] {
			let found = chain.events(hash, pallet, event).await?;
			ensure!(found.is_empty(), "{event} in block {block}: {found:?}");
		}
	}
	Ok(best)
}
