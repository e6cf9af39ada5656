// SPDX-License-Identifier: Apache-2.0

//! A network of validators: start, kill, restart, stop, wait.

use crate::{
	cache::Cache,
	folder::Folder,
	node::{Blocks, Node, Role, NAMES},
	ports::{Ports, MAX_VALIDATORS},
	process::Process,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use std::{
	path::{Path, PathBuf},
	process::Command,
	time::{Duration, Instant},
};

/// The chain of four validators that the node's program knows.
const LOCAL: &str = "local";
/// How long a node may take until its RPC answers. Generous: four of them may share two cores with a compiler.
const START: Duration = Duration::from_secs(180);
/// How long a network may take for the blocks that are waited for, unless said otherwise.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// What a network shall be like.
#[derive(Clone, Debug)]
pub struct Builder {
	validators: usize,
	chain: String,
	dev: bool,
	ports: Option<Result<Ports, String>>,
	binaries: Option<PathBuf>,
	arguments: Vec<String>,
	arguments_for: Vec<(usize, String)>,
	ethereum: bool,
	keep: bool,
}

impl Builder {
	/// How many validators run, 1 to 4. The chain has four; it needs three of them for finality.
	pub fn validators(mut self, validators: usize) -> Self {
		self.validators = validators;
		self
	}

	/// The chain that they validate: a file with its specification. Default: `local`.
	pub fn chain(mut self, file: impl Into<String>) -> Self {
		self.chain = file.into();
		self
	}

	/// One validator started with `--dev`, on the chain that this makes.
	pub fn dev(mut self) -> Self {
		(self.validators, self.dev) = (1, true);
		self
	}

	/// Everything from `port` upwards.
	pub fn base_port(mut self, port: u16) -> Self {
		self.ports = Some(Ports::from_base(port).map_err(|error| error.to_string()));
		self
	}

	/// These ports. Without a choice: a free stretch.
	pub fn ports(mut self, ports: Ports) -> Self {
		self.ports = Some(Ok(ports));
		self
	}

	/// The folder with `zerog-node` and `zerog-eth-rpc`. Without it: next to this program.
	pub fn binaries(mut self, folder: impl Into<PathBuf>) -> Self {
		self.binaries = Some(folder.into());
		self
	}

	/// One more argument for each node.
	pub fn argument(mut self, argument: impl Into<String>) -> Self {
		self.arguments.push(argument.into());
		self
	}

	/// One more argument for validator `index`.
	pub fn argument_for(mut self, index: usize, argument: impl Into<String>) -> Self {
		self.arguments_for.push((index, argument.into()));
		self
	}

	/// Also start the Ethereum RPC beside the first node. Default: no.
	pub fn ethereum(mut self, ethereum: bool) -> Self {
		self.ethereum = ethereum;
		self
	}

	/// Leave databases and logs behind. Default: no.
	pub fn keep(mut self, keep: bool) -> Self {
		self.keep = keep;
		self
	}

	/// Starts the nodes and waits until their RPC answers.
	///
	/// Errors: a port in use, a missing binary, a node that ends or does not answer (with the end of its log).
	pub async fn spawn(self) -> Result<Network> {
		ensure!(
			(1..=MAX_VALIDATORS).contains(&self.validators),
			"a network of {} validators: take one to {MAX_VALIDATORS}",
			self.validators
		);
		let ports = match self.ports {
			Some(ports) => ports.map_err(anyhow::Error::msg)?,
			None => Ports::free()?,
		};
		let binaries = match self.binaries {
			Some(folder) => folder,
			None => beside_this_program()?,
		};
		let binary = existing(&binaries, "zerog-node")?;
		if self.ethereum {
			existing(&binaries, "zerog-eth-rpc")?;
		}
		ports.check_free(self.validators)?;

		let folder = Folder::new(self.keep)?;
		let (mut chain, mut shared) = (self.chain, self.arguments);
		if let Some(cache) = Cache::open() {
			if chain == LOCAL && !self.dev {
				let file = folder.path().join("chain.json");
				cache.specification(&binary, &file)?;
				chain = file.to_str().context("the path is no text")?.to_owned();
			}
			shared.push(format!("--runtime-cache={}", cache.folder.display()));
		}
		let mut network = Network {
			nodes: Vec::new(),
			validators: u16::try_from(self.validators)?,
			chain,
			arguments: shared,
			ethereum: None,
			wants_ethereum: self.ethereum,
			ports,
			binaries,
			folder,
		};
		for index in 0..self.validators {
			let own = self.arguments_for.iter().filter(|(of, _)| *of == index);
			let own = own.map(|(_, argument)| argument.clone()).collect();
			let role = match self.dev {
				true => Role::Dev,
				false => Role::Validator(network.chain.clone()),
			};
			network.add(role, own)?;
		}
		network.start_all().await?;
		Ok(network)
	}
}

/// Validators on loopback, and full nodes that joined them. All end, and their folder goes, when this is dropped.
pub struct Network {
	// Dropped in this order: processes before their folder.
	nodes: Vec<Node>,
	validators: u16,
	chain: String,
	/// For each node.
	arguments: Vec<String>,
	ethereum: Option<Process>,
	wants_ethereum: bool,
	ports: Ports,
	binaries: PathBuf,
	folder: Folder,
}

impl Network {
	/// Four validators on free ports, if nothing else is said.
	pub fn builder() -> Builder {
		Builder {
			validators: MAX_VALIDATORS,
			chain: LOCAL.into(),
			dev: false,
			ports: None,
			binaries: None,
			arguments: Vec::new(),
			arguments_for: Vec::new(),
			ethereum: false,
			keep: false,
		}
	}

	/// Node `index`, validators first; panics beyond the last one, as a slice does.
	pub fn node(&self, index: usize) -> &Node {
		&self.nodes[index]
	}

	/// All nodes: the validators, then those that joined.
	pub fn nodes(&self) -> &[Node] {
		&self.nodes
	}

	/// Who listens where.
	pub fn ports(&self) -> Ports {
		self.ports
	}

	/// Databases and logs.
	pub fn folder(&self) -> &Path {
		self.folder.path()
	}

	/// The folder of the binaries that run.
	pub fn binaries(&self) -> &Path {
		&self.binaries
	}

	/// The Ethereum RPC, if it runs.
	pub fn ethereum_url(&self) -> Option<String> {
		self.ethereum
			.as_ref()
			.map(|_| format!("http://127.0.0.1:{}", self.ports.eth))
	}

	/// The log of the Ethereum RPC, if it runs.
	pub fn ethereum_log(&self) -> Option<PathBuf> {
		self.ethereum.as_ref().map(|_| self.folder().join("eth-rpc.log"))
	}

	/// Whether databases and logs stay behind.
	pub fn keeps(&self) -> bool {
		self.folder.keeps()
	}

	/// SIGKILL for validator `index`.
	pub fn kill(&self, index: usize) -> Result<()> {
		self.node(index).kill()
	}

	/// Starts validator `index` again with its database and waits until its RPC answers.
	pub async fn restart(&self, index: usize) -> Result<()> {
		let node = self.node(index);
		node.start()?;
		node.ready(START).await
	}

	/// Starts one node more, which only follows unless `arguments` say otherwise, and waits until its RPC answers.
	pub async fn join<A: Into<String>>(&mut self, arguments: impl IntoIterator<Item = A>) -> Result<&Node> {
		let arguments = arguments.into_iter().map(Into::into).collect();
		self.follow(Role::Full(self.chain.clone()), arguments).await
	}

	/// Starts one node more with the session keys of validator `of`, which keeps running: from now on both author its
	/// blocks and cast its votes. Waits until its RPC answers.
	pub async fn twin(&mut self, of: usize) -> Result<&Node> {
		ensure!(of < usize::from(self.validators), "{of} is no validator");
		self.follow(Role::Twin(self.chain.clone(), of), Vec::new()).await
	}

	/// One node more, beside the validators.
	async fn follow(&mut self, role: Role, arguments: Vec<String>) -> Result<&Node> {
		self.ports.check_free_for(u16::try_from(self.nodes.len())?)?;
		let node = self.add(role, arguments)?;
		node.start()?;
		node.ready(START).await?;
		Ok(node)
	}

	/// A node in the next place; nothing is started.
	fn add(&mut self, role: Role, arguments: Vec<String>) -> Result<&Node> {
		let index = self.nodes.len();
		ensure!(index < NAMES.len(), "a network has at most {} nodes", NAMES.len());
		let (binary, folder) = (self.binaries.join("zerog-node"), self.folder.path());
		let arguments = self.arguments.iter().cloned().chain(arguments).collect();
		self.nodes.push(Node::new(
			u16::try_from(index)?,
			self.validators,
			role,
			self.ports,
			binary,
			folder,
			arguments,
		));
		Ok(self.node(index))
	}

	/// Starts all that do not run and waits until their RPC answers.
	pub async fn start_all(&mut self) -> Result<()> {
		let stopped: Vec<&Node> = self.nodes.iter().filter(|node| !node.is_running()).collect();
		for node in &stopped {
			node.start()?;
		}
		try_join_all(stopped.iter().map(|node| node.ready(START))).await?;
		if self.wants_ethereum {
			self.start_ethereum().await?;
		}
		Ok(())
	}

	/// Asks all to end and waits for it. Databases stay until this value is dropped.
	pub async fn stop_all(&mut self) -> Result<()> {
		let mut processes: Vec<Process> = self.nodes.iter().filter_map(Node::terminate).collect();
		processes.extend(self.ethereum.take().into_iter().map(|mut process| {
			process.terminate();
			process
		}));
		try_join_all(processes.iter_mut().map(Process::ended)).await?;
		Ok(())
	}

	/// Waits until every running validator has finalized block `number`.
	pub async fn wait_finalized(&self, number: u32) -> Result<()> {
		let running = self.nodes.iter().filter(|node| node.is_running());
		try_join_all(running.map(|node| node.wait_block(Blocks::Finalized, number, PATIENCE, |_| ())))
			.await?;
		Ok(())
	}

	/// Waits until every running validator has finalized `more` blocks on top of what the first of them has.
	pub async fn wait_more(&self, more: u32) -> Result<()> {
		let first = self
			.nodes
			.iter()
			.find(|node| node.is_running())
			.context("no validator is running")?;
		self.wait_finalized(first.heights().await?.finalized + more).await
	}

	/// An error, with the end of its log, for a process that ended by itself.
	pub fn check(&mut self) -> Result<()> {
		self.nodes
			.iter()
			.filter(|node| node.was_started())
			.try_for_each(Node::check)?;
		self.ethereum.as_mut().map_or(Ok(()), Process::check)
	}

	async fn start_ethereum(&mut self) -> Result<()> {
		if self.ethereum.as_mut().is_some_and(Process::is_running) {
			return Ok(());
		}
		let mut command = Command::new(existing(&self.binaries, "zerog-eth-rpc")?);
		command.args(["--node-rpc-url", &self.node(0).ws_url()]);
		command.args([
			"--rpc-port",
			&self.ports.eth.to_string(),
			"--rpc-cors",
			"all",
			"--no-prometheus",
		]);
		command.args(["--dev", "--eth-pruning", "4096", "--disable-log-color"]);
		command.arg("--base-path").arg(self.folder.path().join("eth-rpc"));
		let log = self.folder.path().join("eth-rpc.log");
		let mut process = Process::start("the Ethereum RPC", command, &log)?;
		let deadline = Instant::now() + START;
		while tokio::net::TcpStream::connect(crate::ports::loopback(self.ports.eth))
			.await
			.is_err()
		{
			process.check()?;
			ensure!(
				Instant::now() < deadline,
				"the Ethereum RPC did not answer within {START:?}. The end of its log:\n{}",
				crate::process::tail(&log, 20)
			);
			tokio::time::sleep(Duration::from_millis(100)).await;
		}
		self.ethereum = Some(process);
		Ok(())
	}
}

/// One of our programs in `folder`.
fn existing(folder: &Path, name: &str) -> Result<PathBuf> {
	let binary = folder.join(name);
	ensure!(
		binary.is_file(),
		"{} is missing: build it with `cargo build --release`",
		binary.display()
	);
	Ok(binary)
}

/// The folder of this program; for a test, which cargo puts into `deps`, the one above it.
pub fn beside_this_program() -> Result<PathBuf> {
	let program = std::env::current_exe().context("asking where this program is")?;
	let folder = program.parent().context("this program has no folder")?;
	let folder = if folder.ends_with("deps") {
		folder.parent().unwrap_or(folder)
	} else {
		folder
	};
	Ok(folder.to_owned())
}
