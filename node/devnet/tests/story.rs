// SPDX-License-Identifier: Apache-2.0

//! The program as a user meets it: its story, its end, and what it says when it cannot begin.

use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use std::{
	fs,
	os::unix::fs::symlink,
	path::{Path, PathBuf},
	process::Stdio,
	time::{Duration, Instant},
};
use tokio::{
	io::{AsyncBufReadExt, AsyncReadExt, BufReader},
	process::{Child, Command},
	time::{sleep, timeout},
};
use zerog_devnet::{blob::noise, network::beside_this_program, ports::loopback, Ports};

/// How long the whole story may take on a machine that is busy with other things.
const STORY: Duration = Duration::from_secs(600);
/// As long as a blob can be.
const LARGEST: usize = zerog_erasure::MAX_BLOB_BYTES as usize;
/// How long processes may take to vanish.
const VANISH: Duration = Duration::from_secs(40);

const PROGRAM: &str = env!("CARGO_BIN_EXE_zerog-devnet");

/// The program, with its temporary folders inside `temp`.
fn devnet(temp: &Path, ports: Ports, arguments: &[&str]) -> Command {
	devnet_at(Path::new(PROGRAM), temp, ports, arguments)
}

fn devnet_at(program: &Path, temp: &Path, ports: Ports, arguments: &[&str]) -> Command {
	let mut command = Command::new(program);
	command
		.env("TMPDIR", temp)
		.args(["--base-port", &ports.rpc.to_string()])
		.args(arguments);
	command
		.stdout(Stdio::piped())
		.stderr(Stdio::inherit())
		.kill_on_drop(true);
	command
}

/// A base port's free stretch, so that it can be given to the program.
fn free_ports() -> Ports {
	Ports::free().unwrap()
}

fn send(child: &Child, signal: i32) {
	let id = libc::pid_t::try_from(child.id().expect("it runs")).unwrap();
	// SAFETY: `kill` touches no memory, and the child was not waited for.
	assert_eq!(unsafe { libc::kill(id, signal) }, 0);
}

/// Ids of the running processes whose parent is `parent`.
fn children_of(parent: u32) -> Vec<u32> {
	let parent_of = |id: u32| {
		let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
		stat.rsplit(')')
			.next()?
			.split_whitespace()
			.nth(1)?
			.parse::<u32>()
			.ok()
	};
	let processes = fs::read_dir("/proc").unwrap().flatten();
	let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
	ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

/// Whether the process is there and not only waits to be noticed by its parent.
fn runs(id: u32) -> bool {
	let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
	!matches!(
		stat.rsplit(')')
			.next()
			.and_then(|rest| rest.split_whitespace().next()),
		None | Some("Z" | "X")
	)
}

async fn vanished(ids: &[u32]) -> Result<()> {
	let begun = Instant::now();
	while ids.iter().any(|id| runs(*id)) {
		ensure!(
			begun.elapsed() < VANISH,
			"of {ids:?} some still run after {VANISH:?}"
		);
		sleep(Duration::from_millis(50)).await;
	}
	Ok(())
}

/// The folders that the program left in `temp`.
fn left_in(temp: &Path) -> Vec<PathBuf> {
	fs::read_dir(temp)
		.unwrap()
		.flatten()
		.map(|entry| entry.path())
		.filter(|path| {
			path.file_name()
				.is_some_and(|name| name.to_string_lossy().starts_with("zerog-devnet-"))
		})
		.collect()
}

#[tokio::test]
async fn a_file_is_published_survives_a_dead_validator_and_is_read_back_byte_for_byte() -> Result<()> {
	let temp = tempfile::tempdir()?;
	let file = temp.path().join("file");
	fs::write(&file, noise(LARGEST, 1))?;
	let arguments = ["--json", file.to_str().context("the path is text")?];
	let mut child = devnet(temp.path(), free_ports(), &arguments).spawn()?;
	let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
	let line = timeout(STORY, lines.next_line())
		.await??
		.context("it ended without a word")?;
	let told: Value = serde_json::from_str(&line)?;

	let failed = told["steps"]
		.as_array()
		.context("steps")?
		.iter()
		.find(|step| step["ok"] != true);
	assert_eq!((&told["ok"], failed), (&json!(true), None), "{told:#}");
	let steps: Vec<&str> = told["steps"]
		.as_array()
		.unwrap()
		.iter()
		.filter_map(|step| step["step"].as_str())
		.collect();
	let expected = [
		"start", "finality", "commit", "publish", "kill", "read", "read", "read", "restart",
	]
	.as_slice();
	assert_eq!(steps, expected);
	assert_eq!(told["blob"]["bytes"], LARGEST);
	assert_eq!(told["blob"]["members"], 4);
	let rows = |field: &str| told["blob"][field].as_u64().unwrap();
	assert!(rows("rows_signed") * 3 >= rows("rows") * 2);

	// It stays up, and the endpoints are those that answer.
	let endpoints = &told["endpoints"];
	let http = reqwest::Client::builder().no_proxy().build()?;
	for gateway in endpoints["gateways"].as_array().context("gateways")? {
		let url = format!("{}/health", gateway.as_str().unwrap());
		assert!(http.get(url).send().await?.status().is_success());
	}
	let url = endpoints["ethereum_rpc"].as_str().context("no Ethereum RPC")?;
	let question = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": [] });
	let answer: Value = http.post(url).json(&question).send().await?.json().await?;
	assert_eq!(answer["result"], "0x145db", "83419: {answer}");

	// Ctrl-C ends it, with what it started and the folder it made.
	let processes = children_of(child.id().context("it runs")?);
	assert!(processes.len() >= 4, "{processes:?}");
	send(&child, libc::SIGINT);
	let status = timeout(VANISH, child.wait()).await??;
	assert!(status.success(), "{status}");
	vanished(&processes).await?;
	assert_eq!(left_in(temp.path()), Vec::<PathBuf>::new());
	Ok(())
}

/// Dave's database is spoilt while he is away, so that he cannot come back.
#[tokio::test]
async fn a_failed_step_stands_in_the_table_and_is_the_exit_code() -> Result<()> {
	let temp = tempfile::tempdir()?;
	let file = temp.path().join("file");
	fs::write(&file, b"something")?;
	let arguments = ["--once", file.to_str().context("the path is text")?];
	let mut command = devnet(temp.path(), free_ports(), &arguments);
	let mut child = command.stderr(Stdio::piped()).spawn()?;
	let mut progress = BufReader::new(child.stderr.take().context("piped")?).lines();
	let mut stdout = child.stdout.take().context("piped")?;
	let mut table = String::new();
	let spoiling = async {
		while let Some(line) = progress.next_line().await? {
			eprintln!("{line}");
			if line.contains("Dave is gone (SIGKILL)") {
				let folders = left_in(temp.path());
				let node = folders.first().context("its folder")?.join("node-3");
				let database = node.join("chains").join("zerog_local").join("db").join("full");
				fs::write(database.join("CURRENT"), "nothing that is there")?;
			}
		}
		anyhow::Ok(())
	};
	timeout(STORY, async {
		tokio::try_join!(spoiling, async { Ok(stdout.read_to_string(&mut table).await?) })
	})
	.await??;

	assert_eq!(child.wait().await?.code(), Some(1));
	let rows = table
		.lines()
		.skip_while(|line| !line.starts_with("step "))
		.skip(1);
	let rows: Vec<Vec<&str>> = rows
		.map(|line| line.split_whitespace().collect())
		.take_while(|row: &Vec<_>| !row.is_empty())
		.collect();
	let failed: Vec<_> = rows.iter().filter(|row| row.get(3) != Some(&"yes")).collect();
	let [failed] = failed[..] else {
		bail!("not one step failed:\n{table}")
	};
	assert_eq!((failed[0], failed[3]), ("restart", "NO"), "{table}");
	assert!(failed[4..].starts_with(&["Dave", "ended"]), "{table}");
	assert_eq!(left_in(temp.path()), Vec::<PathBuf>::new());
	Ok(())
}

#[tokio::test]
async fn a_network_without_its_ethereum_rpc_is_a_failed_step() -> Result<()> {
	let temp = tempfile::tempdir()?;
	let (program, file) = (temp.path().join("zerog-devnet"), temp.path().join("file"));
	fs::copy(PROGRAM, &program)?;
	symlink(
		beside_this_program()?.join("zerog-node"),
		temp.path().join("zerog-node"),
	)?;
	fs::write(&file, b"something")?;
	let arguments = ["--once", "--json", file.to_str().context("the path is text")?];
	let child = devnet_at(&program, temp.path(), free_ports(), &arguments).spawn()?;
	let ended = timeout(VANISH, child.wait_with_output()).await??;

	assert_eq!(ended.status.code(), Some(1));
	let told: Value = serde_json::from_slice(&ended.stdout)?;
	let steps = told["steps"].as_array().context("steps")?;
	let [step] = &steps[..] else {
		bail!("more than one step: {told:#}")
	};
	assert_eq!(
		(&told["ok"], &step["step"], &step["ok"]),
		(&json!(false), &json!("start"), &json!(false))
	);
	let what = step["what"].as_str().unwrap_or_default();
	assert!(what.contains("zerog-eth-rpc is missing"), "{what}");
	Ok(())
}

#[tokio::test]
async fn nothing_stays_behind_when_it_is_interrupted_and_no_process_when_it_is_killed() -> Result<()> {
	for (signal, code) in [(libc::SIGTERM, Some(130)), (libc::SIGKILL, None)] {
		let temp = tempfile::tempdir()?;
		let mut child = devnet(temp.path(), free_ports(), &["--no-story"]).spawn()?;
		let id = child.id().context("it runs")?;
		let begun = Instant::now();
		let processes = loop {
			let processes = children_of(id);
			if processes.len() >= 4 {
				break processes;
			}
			ensure!(begun.elapsed() < STORY, "it started {processes:?}");
			sleep(Duration::from_millis(20)).await;
		};
		send(&child, signal);
		let status = timeout(VANISH, child.wait()).await??;
		assert_eq!(status.code(), code, "signal {signal}");
		vanished(&processes).await?;
		if signal == libc::SIGTERM {
			assert_eq!(left_in(temp.path()), Vec::<PathBuf>::new());
		}
	}
	Ok(())
}

#[tokio::test]
async fn a_port_in_use_and_a_file_that_is_no_blob_are_named_before_anything_starts() -> Result<()> {
	let temp = tempfile::tempdir()?;
	let (empty, ports) = (temp.path().join("empty"), free_ports());
	fs::write(&empty, b"")?;
	let file = temp.path().join("file");
	fs::write(&file, b"something")?;
	let _taken = std::net::TcpListener::bind(loopback(ports.gateway))?;
	for (file, expected) in [
		(
			file.as_path(),
			format!("{} (gateway of validator 0)", ports.gateway),
		),
		(empty.as_path(), "has 0 bytes".to_owned()),
		(Path::new("/does/not/exist"), "/does/not/exist".to_owned()),
	] {
		let mut command = devnet(temp.path(), ports, &["--once", file.to_str().unwrap()]);
		let mut child = command.stderr(Stdio::piped()).spawn()?;
		let mut said = String::new();
		let mut stderr = child.stderr.take().context("piped")?;
		timeout(VANISH, stderr.read_to_string(&mut said)).await??;
		assert_eq!(child.wait().await?.code(), Some(1));
		assert!(said.contains(&expected), "{said}");
	}
	assert_eq!(left_in(temp.path()), Vec::<PathBuf>::new());
	Ok(())
}
