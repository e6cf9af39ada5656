// SPDX-License-Identifier: Apache-2.0

//! A place apart for one validator, a network namespace where the machine allows one, and the only line from it to the
//! others, which can be cut.

use anyhow::{ensure, Result};
use futures::{future::BoxFuture, FutureExt};
use std::{
	fs::File,
	io,
	net::{self, SocketAddr},
	os::fd::AsRawFd,
	path::Path,
	process::Command,
	sync::{mpsc, Arc},
	thread,
	time::{Duration, Instant},
};
use tokio::{
	io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	sync::{oneshot, watch},
	task::JoinSet,
};
use zerog_devnet::{
	node::Detour,
	ports::{loopback, MAX_VALIDATORS},
	process::{tail, Process},
	Node, Ports,
};

/// How long a namespace may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Where a validator lives apart: the line to the others can be cut. Gone with this value.
pub(crate) struct Island {
	line: watch::Sender<bool>,
	_relays: JoinSet<()>,
	place: Place,
}

enum Place {
	/// A namespace with nothing but a loopback interface, and the process that holds it. Nobody there can reach the
	/// outside, whatever they know of it.
	Namespace(Process),
	/// Ports of relays, which are all that both sides know of each other on a chain whose nodes do not spread addresses on
	/// loopback: one of type `Live`.
	Detour(Detour),
}

impl Island {
	/// A namespace for validator `index`, which must not be running: its ports can be reached from outside as if it were
	/// here, and from inside those where the other validators meet it. None, with the reason, where namespaces are not
	/// allowed.
	pub(crate) async fn namespace(ports: Ports, index: u16, folder: &Path) -> Result<Result<Self, String>> {
		let (mut command, log) = (Command::new("unshare"), folder.join("island.log"));
		command.args([
			"--net",
			"sh",
			"-c",
			"ip link set lo up && echo up && exec sleep infinity",
		]);
		let mut holder = match Process::start("the namespace", command, &log) {
			Ok(holder) => holder,
			Err(error) => return Ok(Err(format!("{error:#}"))),
		};
		let begun = Instant::now();
		while tail(&log, 1) != "up" {
			if !holder.is_running() {
				return Ok(Err(tail(&log, 1)));
			}
			ensure!(begun.elapsed() < LIMIT, "no namespace within {LIMIT:?}");
			tokio::time::sleep(Duration::from_millis(20)).await;
		}

		let (inside, line) = (Arc::new(Inside::enter(holder.id())?), watch::Sender::new(true));
		let (always, mut relays) = (watch::Sender::new(true).subscribe(), JoinSet::new());
		let own = [
			(ports.rpc, always.clone()),
			(ports.gateway, always.clone()),
			(ports.prometheus, always),
			(ports.p2p, line.subscribe()),
		];
		for (first, open) in own {
			let address = loopback(first + index);
			let (listener, inside) = (TcpListener::bind(address).await?, inside.clone());
			let connect = move || {
				let inside = inside.clone();
				async move { inside.connect(address).await }.boxed()
			};
			relays.spawn(relay(listener, open, connect));
		}
		for other in (0..MAX_VALIDATORS as u16).filter(|other| *other != index) {
			let address = loopback(ports.p2p + other);
			let listener = inside.listen(address).await?;
			relays.spawn(relay(listener, line.subscribe(), to(address)));
		}
		Ok(Ok(Self {
			line,
			_relays: relays,
			place: Place::Namespace(holder),
		}))
	}

	/// Relays between validator `index`, which must not be running, and each of the others.
	pub(crate) async fn behind_relays(ports: Ports, index: u16) -> Result<Self> {
		let (line, mut relays) = (watch::Sender::new(true), JoinSet::new());
		// Free when it was looked for, and nobody else is told of it.
		let listens = net::TcpListener::bind(loopback(0))?.local_addr()?.port();
		let usual = TcpListener::bind(loopback(ports.p2p + index)).await?;
		relays.spawn(relay(usual, line.subscribe(), to(loopback(listens))));
		let mut finds = [0; MAX_VALIDATORS];
		for (other, port) in (0..).zip(&mut finds) {
			let listener = TcpListener::bind(loopback(0)).await?;
			*port = listener.local_addr()?.port();
			relays.spawn(relay(listener, line.subscribe(), to(loopback(ports.p2p + other))));
		}
		Ok(Self {
			line,
			_relays: relays,
			place: Place::Detour(Detour { listens, finds }),
		})
	}

	/// From its next start on the validator lives there.
	pub(crate) fn settle(&self, node: &Node) {
		match &self.place {
			Place::Namespace(holder) => node.start_through([
				"nsenter".to_owned(),
				format!("--net=/proc/{}/ns/net", holder.id()),
			]),
			Place::Detour(detour) => node.meet_at(Some(*detour)),
		}
	}

	/// From its next start on it lives among the others.
	pub(crate) fn leave(self, node: &Node) {
		node.start_through::<String>([]);
		node.meet_at(None);
	}

	/// Nothing crosses the line between validators any more; nobody is told, and what is sent waits.
	pub(crate) fn cut(&self) {
		self.line.send_replace(false);
	}

	/// What waited goes on.
	pub(crate) fn join(&self) {
		self.line.send_replace(true);
	}
}

/// Connects to an address here.
fn to(address: SocketAddr) -> impl Fn() -> BoxFuture<'static, io::Result<TcpStream>> {
	move || TcpStream::connect(address).boxed()
}

/// A thread that lives in another network namespace: sockets stay where they were made.
struct Inside(mpsc::Sender<Box<dyn FnOnce() + Send>>);

impl Inside {
	fn enter(process: u32) -> io::Result<Self> {
		let namespace = File::open(format!("/proc/{process}/ns/net"))?;
		let (sender, orders) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
		let (entered, answer) = mpsc::channel();
		thread::spawn(move || {
			// SAFETY: `setns` touches no memory, and changes only this thread.
			let moved = match unsafe { libc::setns(namespace.as_raw_fd(), libc::CLONE_NEWNET) } {
				0 => Ok(()),
				_ => Err(io::Error::last_os_error()),
			};
			let there = moved.is_ok();
			entered.send(moved).ok();
			if there {
				orders.into_iter().for_each(|order| order());
			}
		});
		answer.recv().map_err(io::Error::other)??;
		Ok(Self(sender))
	}

	async fn run<T: Send + 'static>(
		&self,
		make: impl FnOnce() -> io::Result<T> + Send + 'static,
	) -> io::Result<T> {
		let (reply, answer) = oneshot::channel();
		let order = Box::new(move || drop(reply.send(make())));
		self.0.send(order).map_err(|_| io::ErrorKind::BrokenPipe)?;
		answer.await.map_err(io::Error::other)?
	}

	async fn listen(&self, address: SocketAddr) -> io::Result<TcpListener> {
		let listener = self.run(move || net::TcpListener::bind(address)).await?;
		listener.set_nonblocking(true)?;
		TcpListener::from_std(listener)
	}

	async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
		let stream = self.run(move || net::TcpStream::connect(address)).await?;
		stream.set_nonblocking(true)?;
		TcpStream::from_std(stream)
	}
}

/// Connects what connects here to the other side, while the line is open.
async fn relay(
	listener: TcpListener,
	open: watch::Receiver<bool>,
	connect: impl Fn() -> BoxFuture<'static, io::Result<TcpStream>>,
) {
	let mut connections = JoinSet::new();
	while let Ok((here, _)) = listener.accept().await {
		let mut ready = open.clone();
		if ready.wait_for(|open| *open).await.is_err() {
			return;
		}
		let Ok(there) = connect().await else { continue };
		let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
		connections.spawn(pump(from_here, to_there, open.clone()));
		connections.spawn(pump(from_there, to_here, open.clone()));
		while connections.try_join_next().is_some() {}
	}
}

async fn pump(
	mut from: impl AsyncRead + Unpin,
	mut to: impl AsyncWrite + Unpin,
	mut open: watch::Receiver<bool>,
) {
	let mut buffer = vec![0; 1 << 16];
	loop {
		let count = from.read(&mut buffer).await.unwrap_or(0);
		if open.wait_for(|open| *open).await.is_err() {
			return;
		}
		if count == 0 || to.write_all(&buffer[..count]).await.is_err() {
			// Those who are gone cannot be told.
			to.shutdown().await.ok();
			return;
		}
	}
}
