// SPDX-License-Identifier: Apache-2.0

//! A disk that is really full: its member refuses to sign and says why, and goes on when there is room again.

mod common;

use anyhow::{ensure, Context, Result};
use common::{metric, skip, Chain, SOON};
use std::{
	fs::{self, File},
	io::{ErrorKind, Write},
	path::{Path, PathBuf},
	process::Command,
	time::Duration,
};
use zerog_devnet::{
	blob::{self, noise},
	Network, Node,
};

/// Well above the 64 MiB that RocksDB wants to see free before it goes on.
const DISK: &str = "size=128m";

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
