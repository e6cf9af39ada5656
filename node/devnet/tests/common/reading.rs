// SPDX-License-Identifier: Apache-2.0

//! Validators that die while their rows are on the way to a reader, and what shows that it was so.

use super::{Chain, SOON};
use anyhow::{bail, Result};
use futures::future::try_join_all;
use serde_json::Value;
use std::{cell::Cell, num::ParseFloatError};
use tokio::try_join;
use zerog_client::publish::Blob;
use zerog_devnet::{blob, Network, Node};

/// Attempts to kill in the middle of something: on a busy machine the moment passes unseen.
pub(crate) const ATTEMPTS: u64 = 5;

/// What a node counts, asked for over one connection.
struct Counters<'a> {
	node: &'a Node,
	http: reqwest::Client,
}

impl<'a> Counters<'a> {
	fn of(node: &'a Node) -> Result<Self> {
		let http = reqwest::Client::builder().no_proxy().build()?;
		Ok(Self { node, http })
	}

	/// The sum of a counter over all labels that are wanted.
	async fn sum(&self, counter: &str, wanted: impl Fn(&str) -> bool) -> Result<f64> {
		let answer = self.http.get(self.node.metrics_url()).send().await?;
		let text = answer.error_for_status()?.text().await?;
		let value = |line: &str| {
			let (metric, value) = line.rsplit_once(' ')?;
			let (name, labels) = metric.split_once('{')?;
			(name == counter && wanted(labels)).then(|| value.parse::<f64>())
		};
		let sum: Result<f64, ParseFloatError> = text.lines().filter_map(value).sum();
		Ok(sum?)
	}

	/// Rows that came and passed their check.
	async fn fetched(&self) -> Result<f64> {
		let good = |labels: &str| labels.contains(r#"result="good""#);
		self.sum("zerog_da_rows_checked_total", good).await
	}

	/// Requests for rows, and the like, to peers that were connected and did not answer.
	async fn cut_off(&self) -> Result<f64> {
		let cut_off = |labels: &str| labels.contains("/da/") && !labels.contains(r#"reason="dial"#);
		self.sum("substrate_sub_libp2p_requests_out_failure_total", cut_off)
			.await
	}
}

/// Waits until a node knows by which peers all validators can be reached.
pub(crate) async fn all_online(chain: &Chain, node: &Node) -> Result<()> {
	let http = reqwest::Client::builder().no_proxy().build()?;
	let url = format!("{}/health", node.gateway_url());
	let found = async |_: &Chain| {
		let health: Value = http.get(&url).send().await?.json().await?;
		let all = health["members"] != 0 && health["members_online"] == health["members"];
		Ok(all.then_some(()))
	};
	chain.until("a connection to each validator", SOON, found).await
}

/// Reads a blob through a node that holds nothing of it, `reads` times at once, and kills `victims` when the first rows
/// are there. The first validator is none of them. All reads give the right bytes, and `victims` stay dead.
///
/// Rows were still on their way when they died: after that no read had an answer, fewer rows were there than one read
/// needs, and requests of the reader were cut off. Where it was not so, they start again for another attempt.
pub(crate) async fn killed_while_rows_come(
	network: &Network,
	reader: &Node,
	blob: &Blob,
	victims: &[usize],
	reads: usize,
) -> Result<()> {
	let (chain, counters) = (Chain::connect(network.node(0)).await?, Counters::of(reader)?);
	let needed = f64::from(blob.header.length.div_ceil(blob.header.profile()?.row_bytes()));
	for _ in 0..ATTEMPTS {
		all_online(&chain, reader).await?;
		let (fetched, cut_off) = (counters.fetched().await?, counters.cut_off().await?);
		let answered = Cell::new(false);
		let killing = async {
			let mut rows = 0.0;
			while rows < 1.0 && !answered.get() {
				rows = counters.fetched().await? - fetched;
			}
			if !answered.get() {
				for victim in victims {
					network.kill(*victim)?;
				}
				rows = counters.fetched().await? - fetched;
			}
			anyhow::Ok((rows, answered.get()))
		};
		let received = |_: u64, _: u64| answered.set(true);
		let reading = try_join_all((0..reads).map(|_| blob::read_back(reader, blob, received)));
		let ((rows, too_late), _) = try_join!(killing, reading)?;
		let cut_off = counters.cut_off().await? - cut_off;
		println!(
			"{rows} rows were there after the kill, of {needed} needed; {cut_off} requests were cut off"
		);
		if !too_late && rows < needed && cut_off >= victims.len() as f64 {
			return Ok(());
		}
		for victim in victims {
			if !network.node(*victim).is_running() {
				network.restart(*victim).await?;
			}
		}
	}
	bail!("in {ATTEMPTS} attempts nobody died while rows were on their way")
}
