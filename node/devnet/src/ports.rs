// SPDX-License-Identifier: Apache-2.0

//! Who listens where.

use anyhow::{bail, ensure, Context, Result};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// Most validators that a network may have: the local chain's genesis names four.
pub const MAX_VALIDATORS: usize = 4;

/// The first port of each kind; validator `i` listens `i` above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
	/// JSON-RPC, WebSocket and HTTP.
	pub rpc: u16,
	/// Between nodes.
	pub p2p: u16,
	/// Metrics.
	pub prometheus: u16,
	/// Data availability gateway.
	pub gateway: u16,
	/// Ethereum JSON-RPC; one for the network.
	pub eth: u16,
}

impl Ports {
	/// The ports that wallets and documentation expect.
	pub const STANDARD: Self = Self {
		rpc: 9944,
		p2p: 30333,
		prometheus: 9615,
		gateway: 9950,
		eth: 8545,
	};

	/// Ports that a network takes from its base port upwards.
	const SPAN: u16 = 41;

	/// Everything from `base` upwards.
	pub fn from_base(base: u16) -> Result<Self> {
		ensure!(
			(1024..=u16::MAX - Self::SPAN).contains(&base),
			"--base-port {base}: take one from 1024 to {}",
			u16::MAX - Self::SPAN
		);
		Ok(Self {
			rpc: base,
			p2p: base + 10,
			prometheus: base + 20,
			gateway: base + 30,
			eth: base + 40,
		})
	}

	/// A free stretch below the range from which the system takes ports for outgoing connections.
	pub fn free() -> Result<Self> {
		let (first, stretches) = (12_000u32, 400u32);
		let start = std::process::id() % stretches;
		(0..stretches)
			.filter_map(|step| u16::try_from(first + (start + step) % stretches * 50).ok())
			.filter_map(|base| Self::from_base(base).ok())
			.find(|ports| ports.check_free(MAX_VALIDATORS).is_ok())
			.context("no free stretch of 41 ports between 12000 and 32000 on 127.0.0.1")
	}

	/// What each port of a network of `validators` is for.
	pub fn all(&self, validators: usize) -> Vec<(u16, String)> {
		(0..validators as u16)
			.flat_map(|i| self.of_node(i, "validator"))
			.chain([(self.eth, "Ethereum RPC".to_string())])
			.collect()
	}

	fn of_node(&self, index: u16, role: &str) -> [(u16, String); 4] {
		[
			(self.rpc, "RPC"),
			(self.p2p, "peer-to-peer"),
			(self.prometheus, "metrics"),
			(self.gateway, "gateway"),
		]
		.map(|(first, kind)| (first + index, format!("{kind} of {role} {index}")))
	}

	/// Binds each port of a network of `validators` once; the error names all that are taken.
	pub fn check_free(&self, validators: usize) -> Result<()> {
		Self::check(self.all(validators))
	}

	/// The same for a node that joins: one whose RPC port is taken would listen at another, where nobody looks for it.
	pub fn check_free_for(&self, node: u16) -> Result<()> {
		Self::check(self.of_node(node, "node"))
	}

	fn check(ports: impl IntoIterator<Item = (u16, String)>) -> Result<()> {
		let taken: Vec<String> = ports
			.into_iter()
			.filter(|(port, _)| TcpListener::bind(loopback(*port)).is_err())
			.map(|(port, what)| format!("{port} ({what})"))
			.collect();
		if !taken.is_empty() {
			bail!(
				"in use on 127.0.0.1: {}. Stop what listens there (another devnet?) or move this one: --base-port 11000",
				taken.join(", ")
			);
		}
		Ok(())
	}
}

/// `port` on 127.0.0.1.
pub fn loopback(port: u16) -> SocketAddr {
	(Ipv4Addr::LOCALHOST, port).into()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_ports_of_one_network_do_not_overlap() {
		for ports in [Ports::STANDARD, Ports::from_base(11_000).unwrap()] {
			let mut all: Vec<u16> = ports
				.all(MAX_VALIDATORS)
				.into_iter()
				.map(|(port, _)| port)
				.collect();
			let count = all.len();
			all.sort_unstable();
			all.dedup();
			assert_eq!((all.len(), count), (17, 17));
		}
	}

	#[test]
	fn a_taken_port_is_named_with_its_purpose() {
		let ports = Ports::free().unwrap();
		let _listener = TcpListener::bind(loopback(ports.gateway + 2)).unwrap();
		let message = ports.check_free(MAX_VALIDATORS).unwrap_err().to_string();
		assert!(
			message.contains(&format!("{} (gateway of validator 2)", ports.gateway + 2)),
			"{message}"
		);
		let _listener = TcpListener::bind(loopback(ports.rpc + 4)).unwrap();
		ports.check_free_for(5).unwrap();
		let message = ports.check_free_for(4).unwrap_err().to_string();
		assert!(
			message.contains(&format!("{} (RPC of node 4)", ports.rpc + 4)),
			"{message}"
		);
	}

	#[test]
	fn a_base_port_without_room_above_it_is_refused() {
		assert!(Ports::from_base(80).is_err());
		assert!(Ports::from_base(65_530).is_err());
	}
}
