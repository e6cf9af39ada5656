// SPDX-License-Identifier: Apache-2.0

//! One validator: its addresses, its folder, what it says over RPC.

use crate::{
	ports::{Ports, MAX_VALIDATORS},
	process::{self, Process},
};
use anyhow::{bail, Context, Result};
use serde::de::DeserializeOwned;
use std::{
	cell::Cell,
	fmt,
	path::{Path, PathBuf},
	process::Command,
	sync::{Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};
use subxt::rpcs::client::{rpc_params, RpcClient, RpcParams, RpcSubscription};
use tokio::time::{sleep, timeout};
use zerog_client::Client;

/// Development accounts: four that validate the local chain, in the order of its genesis, and two more for full nodes.
pub const NAMES: [&str; 6] = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];
/// Peer ids of the node keys 1, 2, 3, 4 (32 bytes, big endian).
const PEER_IDS: [&str; 4] = [
	"12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
	"12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD",
	"12D3KooWSCufgHzV4fCwRijfH2k3abrpAJxTKxEvN1FDuRXA2U9x",
	"12D3KooWSsChzF81YDUKpe9Uk5AHV5oqAaXAcWNSPYgoLauUk4st",
];
/// How long one question over RPC may take.
const ANSWER: Duration = Duration::from_secs(10);
/// Between two attempts to reach a node that is starting, and two looks at a process while waiting for its blocks.
const RETRY: Duration = Duration::from_millis(200);

/// Where a node's chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heights {
	/// The best block.
	pub best: u32,
	/// The last finalized block.
	pub finalized: u32,
}

impl fmt::Display for Heights {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(out, "best {}, finalized {}", self.best, self.finalized)
	}
}

/// Which blocks to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocks {
	/// Each new best block.
	Best,
	/// Each finalized block.
	Finalized,
}

/// What a node is on its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
	/// Validates this chain (`--chain`) for the development account of its index.
	Validator(String),
	/// The only validator of the development chain: `--dev`.
	Dev,
	/// Validates this chain with the session keys of the validator of that index, which does so too.
	Twin(String, usize),
	/// Follows this chain. It only borrows a development account's name, and pays from that account.
	Full(String),
}

/// Ports on loopback at which a node and the validators meet instead of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detour {
	/// Where it listens.
	pub listens: u16,
	/// Where it looks for each validator.
	pub finds: [u16; MAX_VALIDATORS],
}

/// One node, running or not.
pub struct Node {
	index: u16,
	role: Role,
	ports: Ports,
	binary: PathBuf,
	folder: PathBuf,
	validators: u16,
	arguments: Vec<String>,
	through: Mutex<Vec<String>>,
	detour: Mutex<Option<Detour>>,
	process: Mutex<Option<Process>>,
}

impl Node {
	/// Node `index` of a chain with `validators`; nothing is started. Its data and its log lie in `folder`.
	pub(crate) fn new(
		index: u16,
		validators: u16,
		role: Role,
		ports: Ports,
		binary: PathBuf,
		folder: &Path,
		arguments: Vec<String>,
	) -> Self {
		Self {
			index,
			role,
			ports,
			binary,
			folder: folder.to_owned(),
			validators,
			arguments,
			through: Mutex::default(),
			detour: Mutex::default(),
			process: Mutex::new(None),
		}
	}

	/// The development account that it validates for, or whose name it has; a twin's is the next free one.
	pub fn name(&self) -> &'static str {
		NAMES[usize::from(self.index)]
	}

	/// Its secret URI, `//Alice` and so on.
	pub fn suri(&self) -> String {
		format!("//{}", self.name())
	}

	/// JSON-RPC over WebSocket.
	pub fn ws_url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.ports.rpc + self.index)
	}

	/// The data availability gateway.
	pub fn gateway_url(&self) -> String {
		format!("http://127.0.0.1:{}", self.ports.gateway + self.index)
	}

	/// Metrics.
	pub fn metrics_url(&self) -> String {
		format!("http://127.0.0.1:{}/metrics", self.ports.prometheus + self.index)
	}

	/// Its `--base-path`.
	pub fn base_path(&self) -> PathBuf {
		self.folder.join(format!("node-{}", self.index))
	}

	/// Where its output goes.
	pub fn log_path(&self) -> PathBuf {
		self.folder.join(format!("node-{}.log", self.index))
	}

	/// The last `lines` lines of its log.
	pub fn log_tail(&self, lines: usize) -> String {
		process::tail(&self.log_path(), lines)
	}

	fn process(&self) -> MutexGuard<'_, Option<Process>> {
		self.process.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Its process id, while it runs.
	pub fn id(&self) -> Option<u32> {
		self.process()
			.as_mut()
			.and_then(|process| process.is_running().then(|| process.id()))
	}

	/// Whether its process is there.
	pub fn is_running(&self) -> bool {
		self.process().as_mut().is_some_and(Process::is_running)
	}

	/// Whether it was started and neither killed nor stopped from here.
	pub(crate) fn was_started(&self) -> bool {
		self.process().is_some()
	}

	/// An error, with the end of the log, if it was started and has ended by itself.
	pub fn check(&self) -> Result<()> {
		match self.process().as_mut() {
			Some(process) => process.check(),
			None => bail!("{} is not running", self.name()),
		}
	}

	/// From its next start on it is started through this command, which has to replace itself by what follows, as `env`
	/// and `nsenter` do; through none if it is empty.
	pub fn start_through<A: Into<String>>(&self, command: impl IntoIterator<Item = A>) {
		*self.through.lock().unwrap_or_else(PoisonError::into_inner) =
			command.into_iter().map(Into::into).collect();
	}

	/// From its next start on it meets the validators there; at the usual ports if it is none.
	pub fn meet_at(&self, detour: Option<Detour>) {
		*self.detour.lock().unwrap_or_else(PoisonError::into_inner) = detour;
	}

	/// Where it listens for peers, and the addresses of the validators, but for its own. Each knows all others, so that
	/// any of them can be away when one is restarted.
	fn peers(&self) -> (u16, Vec<String>) {
		let detour = *self.detour.lock().unwrap_or_else(PoisonError::into_inner);
		let own = self.ports.p2p + self.index;
		let listens = detour.map_or(own, |detour| detour.listens);
		let others = (0..self.validators).filter(|other| *other != self.index);
		let others = others.map(|other| {
			let (port, place) = (self.ports.p2p + other, usize::from(other));
			let port = detour.map_or(port, |detour| detour.finds[place]);
			format!("/ip4/127.0.0.1/tcp/{port}/p2p/{}", PEER_IDS[place])
		});
		(listens, others.collect())
	}

	/// Resident memory of its process in bytes.
	pub fn resident_bytes(&self) -> Result<u64> {
		let id = self
			.id()
			.with_context(|| format!("{} is not running", self.name()))?;
		let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
		let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
		let kib = kib.and_then(|rest| rest.trim().strip_suffix(" kB"));
		Ok(kib.context("no VmRSS in its status")?.parse::<u64>()? << 10)
	}

	fn command(&self) -> Command {
		let index = self.index;
		let through = self.through.lock().unwrap_or_else(PoisonError::into_inner);
		let mut command = match through.split_first() {
			Some((program, arguments)) => {
				let mut command = Command::new(program);
				command.args(arguments).arg(&self.binary);
				command
			}
			None => Command::new(&self.binary),
		};
		match &self.role {
			Role::Validator(chain) => {
				command.args(["--chain", chain, &format!("--{}", self.name().to_lowercase())])
			}
			Role::Twin(chain, of) => {
				command.args(["--chain", chain, &format!("--{}", NAMES[*of].to_lowercase())])
			}
			Role::Dev => command.arg("--dev"),
			Role::Full(chain) => command.args(["--chain", chain, "--name", self.name()]),
		};
		command.arg("--base-path").arg(self.base_path());
		// Loopback only, and no search: two networks share a genesis and must not meet.
		let (port, bootnodes) = self.peers();
		command.args([
			"--listen-addr",
			&format!("/ip4/127.0.0.1/tcp/{port}"),
			"--no-mdns",
		]);
		command.args(["--node-key", &format!("{:064x}", index + 1)]);
		if !bootnodes.is_empty() {
			command.arg("--bootnodes").args(&bootnodes);
		}
		command.args([
			"--rpc-port",
			&(self.ports.rpc + index).to_string(),
			"--rpc-cors",
			"all",
		]);
		command.args(["--prometheus-port", &(self.ports.prometheus + index).to_string()]);
		command.args([
			"--da-gateway",
			&format!("127.0.0.1:{}", self.ports.gateway + index),
		]);
		command.arg("--disable-log-color").args(&self.arguments);
		command
	}

	/// Starts the process. An error if it is running.
	pub(crate) fn start(&self) -> Result<()> {
		let mut process = self.process();
		if process.as_mut().is_some_and(Process::is_running) {
			bail!("{} is already running", self.name());
		}
		*process = Some(Process::start(self.name(), self.command(), &self.log_path())?);
		Ok(())
	}

	/// SIGKILL.
	pub(crate) fn kill(&self) -> Result<()> {
		match self.process().take() {
			Some(mut process) => process.kill().map(drop),
			None => bail!("{} is not running", self.name()),
		}
	}

	/// Asks the process to end and hands it over, to be waited for.
	pub(crate) fn terminate(&self) -> Option<Process> {
		let mut process = self.process().take();
		if let Some(process) = &mut process {
			process.terminate();
		}
		process
	}

	/// Waits until its RPC answers.
	pub(crate) async fn ready(&self, limit: Duration) -> Result<()> {
		let deadline = Instant::now() + limit;
		loop {
			self.check()?;
			match self
				.request::<serde_json::Value>("system_health", rpc_params![])
				.await
			{
				Ok(_) => return Ok(()),
				Err(error) if Instant::now() > deadline => {
					let context = format!("{} did not answer within {limit:?}", self.name());
					return Err(
						error.context(format!("{context}. The end of its log:\n{}", self.log_tail(20)))
					);
				}
				Err(_) => sleep(RETRY).await,
			}
		}
	}

	/// The client library, connected to this node.
	pub async fn client(&self) -> Result<Client> {
		Ok(Client::connect(&self.ws_url()).await?)
	}

	/// A bare RPC connection.
	pub async fn rpc(&self) -> Result<RpcClient> {
		let connecting = timeout(ANSWER, RpcClient::from_insecure_url(self.ws_url()));
		connecting
			.await?
			.with_context(|| format!("connecting to {}", self.ws_url()))
	}

	/// The answer to one question over a connection of its own.
	pub async fn request<T: DeserializeOwned>(&self, method: &str, params: RpcParams) -> Result<T> {
		let rpc = self.rpc().await?;
		timeout(ANSWER, rpc.request(method, params))
			.await?
			.with_context(|| format!("{method} at {}", self.name()))
	}

	/// Where its chain stands now.
	pub async fn heights(&self) -> Result<Heights> {
		let hash: serde_json::Value = self.request("chain_getFinalizedHead", rpc_params![]).await?;
		let finalized: Header = self.request("chain_getHeader", rpc_params![hash]).await?;
		let best: Header = self.request("chain_getHeader", rpc_params![]).await?;
		Ok(Heights {
			best: best.number()?,
			finalized: finalized.number()?,
		})
	}

	/// A subscription, and the connection with which it would end.
	async fn headers(&self, blocks: Blocks) -> Result<(RpcClient, RpcSubscription<Header>)> {
		let (subscribe, unsubscribe) = match blocks {
			Blocks::Best => ("chain_subscribeNewHeads", "chain_unsubscribeNewHeads"),
			Blocks::Finalized => ("chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads"),
		};
		let rpc = self.rpc().await?;
		let headers = rpc.subscribe(subscribe, rpc_params![], unsubscribe).await?;
		Ok((rpc, headers))
	}

	/// Follows its blocks until one has at least height `target`, and returns that height; `seen` is told of each.
	///
	/// Survives a lost connection. An error if the process ends or `limit` passes, with the end of the log.
	pub async fn wait_block(
		&self,
		blocks: Blocks,
		target: u32,
		limit: Duration,
		mut seen: impl FnMut(u32),
	) -> Result<u32> {
		let reached = Cell::new(None);
		let following = async {
			loop {
				if let Ok((_connection, mut headers)) = self.headers(blocks).await {
					while let Some(Ok(header)) = headers.next().await {
						let number = header.number()?;
						reached.set(Some(number));
						seen(number);
						if number >= target {
							return Ok(number);
						}
					}
				}
				sleep(RETRY).await;
			}
		};
		let watching = async {
			loop {
				self.check()?;
				sleep(RETRY).await;
			}
		};
		tokio::select! {
			done = following => done,
			ended = watching => ended,
			() = sleep(limit) => bail!(
				"{} reached {:?} instead of {target} ({blocks:?}) within {limit:?}. The end of its log:\n{}",
				self.name(),
				reached.get(),
				self.log_tail(20)
			),
		}
	}
}

/// The part of a header that is used here.
#[derive(serde::Deserialize)]
struct Header {
	number: String,
}

impl Header {
	fn number(&self) -> Result<u32> {
		let digits = self.number.strip_prefix("0x").unwrap_or(&self.number);
		u32::from_str_radix(digits, 16).with_context(|| format!("block number {}", self.number))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn each_node_is_told_of_all_others_and_stays_on_loopback() {
		let ports = Ports::from_base(11_000).unwrap();
		let node = |index, role| {
			let more = vec!["--log=da=debug".into()];
			Node::new(
				index,
				4,
				role,
				ports,
				"zerog-node".into(),
				Path::new("/tmp/x"),
				more,
			)
		};
		let arguments_of = |node: &Node| -> Vec<String> {
			let command = node.command();
			command
				.get_args()
				.map(|argument| argument.to_str().unwrap().to_owned())
				.collect()
		};
		let full = arguments_of(&node(4, Role::Full("local".into())));
		assert!(full.contains(&"Eve".to_owned()) && !full.contains(&"--eve".to_owned()));
		let twin = arguments_of(&node(4, Role::Twin("local".into(), 3)));
		assert!(twin.contains(&"--dave".to_owned()) && twin.contains(&format!("{:064x}", 5)));
		let node = node(2, Role::Validator("local".into()));
		let arguments = arguments_of(&node);
		let bootnodes = arguments
			.iter()
			.filter(|argument| argument.contains("/p2p/"))
			.count();
		assert_eq!(bootnodes, 3);
		for expected in [
			"--charlie",
			"/ip4/127.0.0.1/tcp/11012",
			"11002",
			"127.0.0.1:11032",
			"--log=da=debug",
		] {
			assert!(
				arguments.iter().any(|argument| argument == expected),
				"{expected} is not in {arguments:?}"
			);
		}
		assert!(arguments.contains(&format!("{:064x}", 3)));
		assert!(node.check().is_err() && !node.is_running() && node.resident_bytes().is_err());

		let finds = [1, 2, 3, 4];
		node.meet_at(Some(Detour { listens: 5, finds }));
		let (listens, others) = node.peers();
		assert_eq!((listens, others.len()), (5, 3));
		assert!(others[2].starts_with("/ip4/127.0.0.1/tcp/4/p2p/"), "{others:?}");
		node.meet_at(None);
		assert_eq!(node.peers().0, 11_012);

		node.start_through(["env", "A=1"]);
		let command = node.command();
		let words: Vec<_> = command.get_args().take(2).collect();
		assert_eq!(
			(command.get_program(), &*words),
			("env".as_ref(), &["A=1".as_ref(), "zerog-node".as_ref()][..])
		);
	}
}
