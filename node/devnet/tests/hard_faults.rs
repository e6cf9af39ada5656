// SPDX-License-Identifier: Apache-2.0

//! More than the chain bears at once, networks that are cut, disks and clocks that lie, and floods: what was paid for is
//! certified while there is a majority, and what is certified can be read while a quarter of the rows is there.

mod common;

use anyhow::{ensure, Context, Result};
use common::{island::Island, metric, reading::killed_while_rows_come, said, skip, Chain, SOON};
use serde_json::{json, Value};
use std::{
	collections::BTreeMap,
	env,
	fs::{self, OpenOptions},
	io::{Read, Seek, SeekFrom, Write},
	net::SocketAddr,
	path::{Path, PathBuf},
	sync::{Arc, Mutex},
	time::{Duration, SystemTime, UNIX_EPOCH},
};
use subxt::rpcs::client::rpc_params;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
	task::JoinSet,
	time::timeout,
};
use zerog_client::publish::Blob;
use zerog_devnet::{
	blob::{self, noise},
	network::PATIENCE,
	node::Blocks,
	Network, Node, Ports,
};

/// Set to cut the network by relays also where the machine has network namespaces.
const RELAYS: &str = "ZEROG_PARTITION_BY_RELAYS";
/// The largest blob: reading it takes many requests to each member.
const LARGE: usize = zerog_erasure::MAX_BLOB_BYTES as usize;

#[tokio::test]
async fn blobs_survive_half_of_the_validators_a_rotten_disk_and_a_flood() -> Result<()> {
	let mut network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let (large, _) = blob::publish_bytes(network.node(0), noise(LARGE, 1)).await?;
	let chain = Chain::connect(network.node(0)).await?;
	chain.until_all_signed(large.commitment).await?;

	two_of_four_die_during_retrieval(&mut network, &large).await?;
	rows_that_rot_are_never_served(&network, &large).await?;
	a_damaged_database_is_named(&network, &large).await?;
	a_flood_does_not_stop_paid_blobs(&network).await
}

#[tokio::test]
async fn blobs_survive_a_partition_and_clocks_that_are_wrong() -> Result<()> {
	let folder = tempfile::tempdir()?;
	let chain = live_chain(folder.path())?;
	let chain = chain.to_str().context("the path is text")?;
	let network = Network::builder().chain(chain).spawn().await?;
	network.wait_finalized(1).await?;
	a_partition_heals(&network, island(&network).await?).await?;
	wrong_clocks_do_not_matter_to_the_others(&network).await
}

/// A reader that holds nothing needs a quarter of the rows; the two that are left hold half of them.
async fn two_of_four_die_during_retrieval(network: &mut Network, blob: &Blob) -> Result<()> {
	const READS: usize = 2;
	network.join::<String>([]).await?;
	let (network, reader) = (&*network, network.node(4));
	let head = network.node(0).heights().await?.finalized;
	reader
		.wait_block(Blocks::Finalized, head, PATIENCE, |_| ())
		.await?;

	killed_while_rows_come(network, reader, blob, &[2, 3], READS).await?;
	assert!(network.nodes()[2..4].iter().all(|node| !node.is_running()));
	for node in [0, 1, 4] {
		blob::read_back(network.node(node), blob, |_, _| ()).await?;
	}

	// Two go on making blocks, and finalize none of them.
	let node = network.node(0);
	let more = async || {
		let best = node.heights().await?.best;
		node.wait_block(Blocks::Best, best + 2, PATIENCE, |_| ()).await?;
		node.heights().await
	};
	let (before, after) = (more().await?, more().await?);
	assert_eq!(before.finalized, after.finalized);
	network.restart(2).await?;
	network.restart(3).await?;
	network.wait_finalized(after.best + 1).await?;
	let (fresh, _) = blob::publish_bytes(network.node(3), noise(50_000, 2)).await?;
	println!("half of the validators: finality stood at {after}, and goes on");
	blob::read_back(network.node(2), &fresh, |_, _| ()).await
}

fn rows_of(node: &Node) -> PathBuf {
	node.base_path()
		.join("chains")
		.join("zerog_local")
		.join("da")
		.join("rows")
}

/// The tables of a stopped node's row database.
fn tables(node: &Node) -> Result<Vec<PathBuf>> {
	let mut paths = Vec::new();
	for entry in fs::read_dir(rows_of(node))? {
		let path = entry?.path();
		if path.extension().is_some_and(|extension| extension == "sst") {
			paths.push(path);
		}
	}
	ensure!(!paths.is_empty(), "no tables in {}", rows_of(node).display());
	Ok(paths)
}

/// Flips a bit in each page from `from` to `to`.
fn rot(table: &Path, from: u64, to: u64) -> Result<()> {
	let mut file = OpenOptions::new().read(true).write(true).open(table)?;
	for at in (from..to).step_by(4_096) {
		let mut byte = [0];
		file.seek(SeekFrom::Start(at))?;
		file.read_exact(&mut byte)?;
		file.seek(SeekFrom::Start(at))?;
		file.write_all(&[byte[0] ^ 1])?;
	}
	Ok(())
}

/// The last validator's rows change on its disk. It notices when it reads them, and nobody gets a wrong row.
async fn rows_that_rot_are_never_served(network: &Network, blob: &Blob) -> Result<()> {
	let (node, reader) = (network.node(3), network.node(4));
	// With a restart everything that was stored leaves the log of RocksDB for its tables.
	network.kill(3)?;
	network.restart(3).await?;
	network.kill(3)?;
	let mut rotten = 0;
	for table in tables(node)? {
		let length = fs::metadata(&table)?.len();
		// Rows; other tables are small. Their end is an index.
		if length > 1 << 20 {
			rot(&table, 0, length / 10 * 9)?;
			rotten += length;
		}
	}
	ensure!(rotten > 0, "no table holds rows");
	network.restart(3).await?;
	network.wait_more(2).await?;

	for reader in [reader, node, network.node(0)] {
		blob::read_back(reader, blob, |_, _| ()).await?;
	}
	let dropped = metric(node, "zerog_da_rows_corrupted_total").await?;
	ensure!(
		dropped.is_some_and(|rows| rows > 0.0),
		"{} noticed nothing",
		node.name()
	);
	nobody_was_sent_wrong_rows(network)?;
	// It goes on as a member.
	let (fresh, _) = blob::publish_bytes(network.node(0), noise(300_000, 3)).await?;
	let chain = Chain::connect(network.node(0)).await?;
	chain.until_all_signed(fresh.commitment).await?;
	println!("{rotten} bytes of tables rotted, {dropped:?} rows were dropped when they were asked for");
	Ok(())
}

/// What a node says of a member whose rows fail their check, which are named in its metrics too.
const WRONG: &str = "sent rows that fail the row check";

fn nobody_was_sent_wrong_rows(network: &Network) -> Result<()> {
	for node in network.nodes() {
		let log = fs::read_to_string(node.log_path())?;
		ensure!(!log.contains(WRONG), "{} got wrong rows", node.name());
	}
	Ok(())
}

/// Tables that end in nonsense: the node starts, or says what is the matter; without the folder it starts in any case.
async fn a_damaged_database_is_named(network: &Network, blob: &Blob) -> Result<()> {
	let node = network.node(3);
	network.kill(3)?;
	for table in tables(node)? {
		let length = fs::metadata(&table)?.len();
		let mut file = OpenOptions::new().write(true).open(&table)?;
		file.seek(SeekFrom::Start(length.saturating_sub(64)))?;
		file.write_all(&[0x5a; 64])?;
	}
	match network.restart(3).await {
		Ok(()) => println!("{} started on damaged tables", node.name()),
		Err(error) => {
			let error = format!("{error:#}");
			ensure!(error.contains("row database is damaged"), "{error}");
			println!("{} refused to start on damaged tables", node.name());
		}
	}
	for reader in [0, 1, 2, 4] {
		blob::read_back(network.node(reader), blob, |_, _| ()).await?;
	}
	if node.is_running() {
		network.kill(3)?;
	}
	fs::remove_dir_all(rows_of(node))?;
	network.restart(3).await?;
	let (fresh, _) = blob::publish_bytes(network.node(0), noise(300_000, 4)).await?;
	let chain = Chain::connect(network.node(0)).await?;
	chain.until_all_signed(fresh.commitment).await?;
	blob::read_back(node, blob, |_, _| ()).await?;
	// What it signed for and lost with the folder, it takes back by itself.
	let (commitment, rows) = (blob.commitment, common::rows_of(&chain, blob, 3).await?);
	let is_back = async |_: &Chain| {
		let status: Value = node
			.request("da_status", rpc_params![commitment.to_string()])
			.await?;
		Ok((status["rows_held"] == rows.len()).then_some(()))
	};
	chain.until("its rows of the older blob", SOON, is_back).await?;
	let restored = metric(node, "zerog_da_rows_restored_total").await?;
	ensure!(
		restored >= Some(1.0),
		"others brought all of them back: {restored:?}"
	);
	nobody_was_sent_wrong_rows(network)
}

/// What a flood got for an answer, by HTTP status; 0 where the connection was closed without one.
type Answers = Arc<Mutex<BTreeMap<u16, u32>>>;

/// Sends `parts` of a request, then waits for what comes. Errors of the connection are answers too.
async fn attempt(address: SocketAddr, parts: &[&[u8]], patience: Duration) -> u16 {
	let talk = async {
		let mut stream = TcpStream::connect(address).await?;
		for part in parts {
			stream.write_all(part).await?;
		}
		let mut answer = [0; 16];
		let count = stream.read(&mut answer).await?;
		Ok::<_, std::io::Error>(String::from_utf8_lossy(&answer[..count]).into_owned())
	};
	let answer = timeout(patience, talk)
		.await
		.ok()
		.and_then(Result::ok)
		.unwrap_or_default();
	let status = answer.split_whitespace().nth(1);
	status.and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Clients that never pay, and peers that speak no protocol, all at one node until this is dropped.
fn flood(node: &Node, ports: Ports) -> Result<(JoinSet<()>, Answers)> {
	const EACH: usize = 8;
	const HALF_OPEN: usize = 100;
	let gateway: SocketAddr = node.gateway_url().trim_start_matches("http://").parse()?;
	let peer = SocketAddr::new(gateway.ip(), ports.p2p);
	let (mut set, answers) = (JoinSet::new(), Answers::default());

	let blob = |seed: usize| format!("/v1/blobs/0x{}", hex(&noise(32, seed as u64)));
	let mebibyte = Arc::new(noise(1 << 20, 9));
	for index in 0..EACH {
		let heads = [
			format!(
				"PUT {} HTTP/1.1\r\nhost: x\r\ncontent-length: 33554432\r\n\r\n",
				blob(index)
			),
			format!(
				"PUT {} HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n",
				blob(index)
			),
			format!(
				"PUT {} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n100000\r\n",
				blob(index)
			),
			format!("GET {} HTTP/1.1\r\nhost: x\r\nrange: bytes=0-", blob(index)),
			format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(300_000)),
		];
		let (answers, body) = (answers.clone(), mebibyte.clone());
		set.spawn(async move {
			loop {
				for head in &heads {
					let status = attempt(gateway, &[head.as_bytes(), &body], Duration::from_secs(5)).await;
					*answers.lock().unwrap().entry(status).or_default() += 1;
				}
			}
		});
		let garbage = mebibyte.clone();
		set.spawn(async move {
			loop {
				// At first nonsense, then nonsense behind a correct beginning.
				attempt(peer, &[&garbage], Duration::from_secs(5)).await;
				attempt(
					peer,
					&[b"\x13/multistream/1.0.0\n", &garbage],
					Duration::from_secs(5),
				)
				.await;
			}
		});
	}
	for address in [gateway, peer] {
		for _ in 0..HALF_OPEN {
			set.spawn(async move {
				loop {
					attempt(address, &[b"P"], Duration::from_secs(20)).await;
				}
			});
		}
	}
	Ok((set, answers))
}

fn hex(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The flooded node itself takes paid blobs, and they are certified.
async fn a_flood_does_not_stop_paid_blobs(network: &Network) -> Result<()> {
	/// Buffers of connections and allocators; a leak in a flood of GiB would be more.
	const GROWTH: u64 = 512 << 20;
	let node = network.node(1);
	let before = (node.resident_bytes()?, node.heights().await?);
	let ports = Ports {
		p2p: network.ports().p2p + 1,
		..network.ports()
	};
	let (flood, answers) = flood(node, ports)?;
	for (index, seed) in (5..8).enumerate() {
		let (blob, certified) = blob::publish_bytes(node, noise(400_000, seed)).await?;
		assert!(certified.certificate.rows_signed * 3 >= certified.certificate.rows * 2);
		blob::read_back(network.node([1, 0, 2][index]), &blob, |_, _| ()).await?;
	}
	network.wait_more(2).await?;
	let grown = node.resident_bytes()?.saturating_sub(before.0);
	drop(flood);

	let answers = answers.lock().unwrap().clone();
	println!("flood: answers {answers:?}, {} MiB more memory", grown >> 20);
	for expected in [402, 413] {
		ensure!(answers.contains_key(&expected), "no answer was {expected}");
	}
	ensure!(
		answers.keys().all(|status| !(200..300).contains(status)),
		"something unpaid was taken"
	);
	ensure!(grown < GROWTH, "{} grew by {grown} bytes", node.name());
	ensure!(node.heights().await?.finalized > before.1.finalized);
	Ok(())
}

/// The local chain as one of type `Live`, whose nodes do not tell each other of addresses on loopback: they meet where
/// they were told to and nowhere else.
fn live_chain(folder: &Path) -> Result<PathBuf> {
	let arguments = ["export-chain-spec", "--chain", "local", "--raw"];
	let mut spec: Value = serde_json::from_str(&said("zerog-node", arguments)?)?;
	spec["chainType"] = json!("Live");
	let path = folder.join("chain.json");
	fs::write(&path, spec.to_string())?;
	Ok(path)
}

/// A place for the last validator, which is stopped.
async fn island(network: &Network) -> Result<Island> {
	network.kill(3)?;
	let reason = match env::var_os(RELAYS) {
		Some(_) => format!("{RELAYS} is set"),
		None => match Island::namespace(network.ports(), 3, network.folder()).await? {
			Ok(island) => return Ok(island),
			Err(reason) => reason,
		},
	};
	println!("partition by relays, without a network namespace: {reason}");
	Island::behind_relays(network.ports(), 3).await
}

/// The last validator alone on its island: the others certify and finalize without it, it reads what it can rebuild from
/// its own rows, and afterwards it catches up.
async fn a_partition_heals(network: &Network, island: Island) -> Result<()> {
	let (node, majority) = (network.node(3), network.node(0));
	island.settle(node);
	network.restart(3).await?;
	network.wait_more(2).await?;
	let (before, _) = blob::publish_bytes(majority, noise(300_000, 1)).await?;
	let chain = Chain::connect(majority).await?;
	chain.until_all_signed(before.commitment).await?;
	let known = Chain::connect(node).await?;
	let certified =
		async |chain: &Chain| Ok(chain.client.blob(before.commitment).await?.filter(is_certified));
	known
		.until("the certificate at the last validator", SOON, certified)
		.await?;

	island.cut();
	let (during, certified) = blob::publish_bytes(majority, noise(300_000, 2)).await?;
	assert_eq!(certified.certificate.signers, 3);
	let finalized = certified.certificate.block + 1;
	majority
		.wait_block(Blocks::Finalized, finalized, PATIENCE, |_| ())
		.await?;
	let alone = node.heights().await?;
	assert!(alone.finalized < certified.certificate.block, "{alone}");
	assert_eq!(node.client().await?.blob(during.commitment).await?, None);
	blob::read_back(node, &before, |_, _| ()).await?;

	island.join();
	let head = majority.heights().await?;
	network.wait_finalized(head.best + 1).await?;
	blob::read_back(node, &during, |_, _| ()).await?;
	let (after, _) = blob::publish_bytes(node, noise(100_000, 3)).await?;
	blob::read_back(majority, &after, |_, _| ()).await?;
	println!("partition: the minority stood at ({alone}), the majority reached ({head})");

	network.kill(3)?;
	island.leave(node);
	network.restart(3).await
}

fn is_certified(info: &zerog_primitives::da::BlobInfo) -> bool {
	matches!(info.state, zerog_client::BlobState::Certified { .. })
}

/// Where Debian and others put libfaketime.
fn faketime() -> Option<PathBuf> {
	let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|entry| entry.path());
	folders
		.chain(["/usr/lib".into(), "/usr/local/lib".into()])
		.map(|folder| folder.join("faketime/libfaketimeMT.so.1"))
		.find(|library| library.is_file())
}

/// A validator ten minutes ahead, and ten minutes behind.
async fn wrong_clocks_do_not_matter_to_the_others(network: &Network) -> Result<()> {
	const SKEW: f64 = 600.0;
	let Some(library) = faketime() else {
		return skip("wrong clocks need libfaketime (on Debian the package faketime)");
	};
	let (node, others) = (
		network.node(2),
		[network.node(0), network.node(1), network.node(3)],
	);
	for (seed, skew) in [(4, SKEW), (5, -SKEW)] {
		network.kill(2)?;
		node.start_through([
			"env".to_owned(),
			format!("LD_PRELOAD={}", library.display()),
			format!("FAKETIME={skew:+}"),
			"FAKETIME_DONT_FAKE_MONOTONIC=1".to_owned(),
		]);
		network.restart(2).await?;
		let started = metric(node, "substrate_process_start_time_seconds").await?;
		let ahead = started.context("no start time")? - now()?;
		ensure!((ahead - skew).abs() < SKEW / 2.0, "its clock is {ahead} s ahead");

		let head = others[0].heights().await?.best;
		let (blob, certified) = blob::publish_bytes(others[0], noise(300_000, seed)).await?;
		assert!(certified.certificate.signers >= 3);
		for other in others {
			other
				.wait_block(Blocks::Finalized, head + 2, PATIENCE, |_| ())
				.await?;
			blob::read_back(other, &blob, |_, _| ()).await?;
		}
		println!(
			"clock {ahead:+.0} s: {} signed, the wrong one is at ({})",
			certified.certificate.signers,
			node.heights().await?
		);
	}
	network.kill(2)?;
	node.start_through::<String>([]);
	network.restart(2).await?;
	let head = others[0].heights().await?.best;
	node.wait_block(Blocks::Finalized, head + 1, PATIENCE, |_| ())
		.await?;
	Ok(())
}

fn now() -> Result<f64> {
	Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64())
}
