// SPDX-License-Identifier: Apache-2.0

//! What happened, step by step, for people and for programs.

use crate::network::Network;
use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::{
	fmt,
	path::PathBuf,
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use subxt_signer::eth::dev;
use zerog_primitives::units::SLOT_MILLIS;

/// One thing that was done.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
	/// In a word.
	pub step: &'static str,
	/// What was done, or what went wrong.
	pub what: String,
	/// Slots that began meanwhile.
	pub slots: u64,
	/// Seconds that it took.
	pub seconds: f64,
	/// Whether all was as it should be.
	pub ok: bool,
}

/// Carries out steps, shows progress on stderr and notes what happened.
#[derive(Default)]
pub struct Teller {
	steps: Vec<Step>,
}

impl Teller {
	/// Does `work` as the step `step`. It returns its result and one line on what was done; `doing` is shown until then.
	pub async fn step<T>(
		&mut self,
		step: &'static str,
		doing: impl Into<String>,
		work: impl AsyncFnOnce(&ProgressBar) -> Result<(T, String)>,
	) -> Result<T> {
		let (clock, slot) = (Instant::now(), slot_now());
		let bar = spinner(step, doing.into());
		let outcome = work(&bar).await;
		bar.finish_and_clear();
		let (ok, what) = match &outcome {
			Ok((_, what)) => (true, what.clone()),
			Err(error) => (false, format!("{error:#}")),
		};
		let seconds = (clock.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
		let done = Step {
			step,
			what,
			slots: slot_now().saturating_sub(slot),
			seconds,
			ok,
		};
		eprintln!(
			"{} {step:<8} {} ({seconds:.1} s)",
			if ok { "✓" } else { "✗" },
			done.what
		);
		self.steps.push(done);
		outcome.map(|(value, _)| value)
	}

	/// The steps so far.
	pub fn steps(&self) -> &[Step] {
		&self.steps
	}
}

/// A spinner on a terminal; elsewhere one line that says what begins.
fn spinner(step: &str, doing: String) -> ProgressBar {
	let bar = ProgressBar::new_spinner();
	if bar.is_hidden() {
		eprintln!("… {step:<8} {doing}");
		return bar;
	}
	if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:<8} {msg} ({elapsed})") {
		bar.set_style(style);
	}
	bar.set_prefix(step.to_owned());
	bar.set_message(doing);
	bar.enable_steady_tick(Duration::from_millis(120));
	bar
}

/// The number of the slot that the clock is in.
fn slot_now() -> u64 {
	let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
	u64::try_from(since.as_millis()).unwrap_or(u64::MAX) / SLOT_MILLIS
}

/// A development account.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
	/// Its name.
	pub name: &'static str,
	/// SS58, or `0x` and 40 hex digits.
	pub address: String,
	/// Secret URI, or private key. Known to everyone.
	pub secret: String,
}

/// The development accounts of both kinds.
pub fn accounts() -> Vec<Account> {
	let names = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"];
	let substrate = names.into_iter().filter_map(|name| {
		let secret = format!("//{name}");
		let key = zerog_client::keys::from_suri(&secret).ok()?;
		let address = zerog_client::keys::show_account(&zerog_client::keys::account_of(&key));
		Some(Account {
			name,
			address,
			secret,
		})
	});
	let ethereum = [
		("Alith", dev::alith()),
		("Baltathar", dev::baltathar()),
		("Charleth", dev::charleth()),
		("Dorothy", dev::dorothy()),
		("Ethan", dev::ethan()),
	]
	.map(|(name, key)| Account {
		name,
		address: format!("0x{}", hex::encode(key.public_key().to_account_id().0)),
		secret: format!("0x{}", hex::encode(key.secret_key())),
	});
	substrate.chain(ethereum).collect()
}

/// Where to reach a network.
#[derive(Clone, Debug, Serialize)]
pub struct Endpoints {
	/// JSON-RPC over WebSocket, by validator.
	pub rpc: Vec<String>,
	/// Data availability gateways, by validator.
	pub gateways: Vec<String>,
	/// Metrics, by validator.
	pub metrics: Vec<String>,
	/// Ethereum JSON-RPC, if it runs.
	pub ethereum_rpc: Option<String>,
	/// The chain's explorer and wallet in a browser.
	pub polkadot_js: String,
	/// Process ids, by validator; none for one that does not run.
	pub processes: Vec<Option<u32>>,
	/// Databases and logs.
	pub folder: PathBuf,
	/// Accounts with money.
	pub accounts: Vec<Account>,
}

impl Endpoints {
	/// Those of `network`.
	pub fn of(network: &Network) -> Self {
		let nodes = network.nodes();
		let first = network.node(0).ws_url();
		let escaped = first.replace(':', "%3A").replace('/', "%2F");
		Self {
			rpc: nodes.iter().map(|node| node.ws_url()).collect(),
			gateways: nodes.iter().map(|node| node.gateway_url()).collect(),
			metrics: nodes.iter().map(|node| node.metrics_url()).collect(),
			ethereum_rpc: network.ethereum_url(),
			polkadot_js: format!("https://polkadot.js.org/apps/?rpc={escaped}#/explorer"),
			processes: nodes.iter().map(|node| node.id()).collect(),
			folder: network.folder().to_owned(),
			accounts: accounts(),
		}
	}
}

impl fmt::Display for Endpoints {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(out, "RPC            {}", self.rpc.join("  "))?;
		writeln!(out, "gateways       {}", self.gateways.join("  "))?;
		if let Some(url) = &self.ethereum_rpc {
			writeln!(out, "Ethereum RPC   {url}")?;
		}
		writeln!(out, "polkadot.js    {}", self.polkadot_js)?;
		writeln!(out, "logs           {}", self.folder.display())?;
		writeln!(out, "accounts (development only: everyone knows their secrets)")?;
		for account in &self.accounts {
			writeln!(
				out,
				"  {:<10} {:<48}  {}",
				account.name, account.address, account.secret
			)?;
		}
		Ok(())
	}
}

/// The steps as a table.
pub struct Table<'a>(pub &'a [Step]);

impl fmt::Display for Table<'_> {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(
			out,
			"{:<8}  {:>5}  {:>7}  {:<3}  what",
			"step", "slots", "seconds", "ok"
		)?;
		for Step {
			step,
			what,
			slots,
			seconds,
			ok,
		} in self.0
		{
			let what = what.lines().next().unwrap_or_default();
			writeln!(
				out,
				"{step:<8}  {slots:>5}  {seconds:>7.1}  {:<3}  {what}",
				if *ok { "yes" } else { "NO" }
			)?;
		}
		Ok(())
	}
}

/// A number of bytes as people read it.
pub fn bytes(count: u64) -> String {
	match count {
		0..1_024 => format!("{count} B"),
		1_024..1_048_576 => format!("{:.1} KiB", count as f64 / 1_024.0),
		_ => format!("{:.1} MiB", count as f64 / 1_048_576.0),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_accounts_are_the_well_known_ones() {
		let accounts = accounts();
		let has = |name, address| {
			accounts
				.iter()
				.any(|account| account.name == name && account.address == address)
		};
		assert!(has("Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"));
		assert!(has("Alith", "0xf24ff3a9cf04c71dbc94d0b566f7a27b94566cac"));
	}

	#[tokio::test]
	async fn a_failed_step_is_noted_with_its_reason() {
		let mut teller = Teller::default();
		let value = teller
			.step("count", "counting", async |_| Ok((7, "seven".into())))
			.await
			.unwrap();
		let failed: Result<()> = teller
			.step("fail", "failing", async |_| {
				Err(anyhow::anyhow!("no luck").context("trying"))
			})
			.await;
		assert!(value == 7 && failed.is_err());
		let table = Table(teller.steps()).to_string();
		assert!(
			table.contains("yes  seven") && table.contains("NO   trying: no luck"),
			"{table}"
		);
	}

	#[test]
	fn sizes_are_shown_in_binary_units() {
		assert_eq!(
			[bytes(1_023), bytes(1_536), bytes(32 << 20)],
			["1023 B", "1.5 KiB", "32.0 MiB"]
		);
	}
}
