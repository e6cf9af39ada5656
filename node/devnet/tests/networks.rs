// SPDX-License-Identifier: Apache-2.0

//! Networks that come and go: load brings one, it certifies beside the root network, what it does not certify in time falls
//! back to the root network, and silence takes it away. What is certified can be read back all along.
//!
//! It takes a quarter of an hour: only with `./scripts/test --long`.

mod common;

use anyhow::{bail, ensure, Context, Result};
use common::{bytes, is_long, key, number, said, Chain};
use futures::future::{join_all, try_join_all};
use serde_json::Value;
use std::{
	cell::{Cell, RefCell},
	sync::{Arc, Mutex},
};
use subxt::ext::scale_value::Composite;
use zerog_client::{
	certificate::Evidence,
	keys::{account_of, Account},
	publish::{self, silent, Blob, Event, Observer, Published},
	retrieve::retrieve,
	units::Amount,
	BlobInfo, BlobState, Client, CommitteeId, Gateway, Namespace,
};
use zerog_devnet::{
	blob::noise,
	network::PATIENCE,
	node::{Blocks, NAMES},
	Network, Node,
};
use zerog_erasure::Profile;
use zerog_primitives::da::{allotment, Committee, NetworkId, ROOT_NETWORK};

/// Load: a MiB when it is coded, an eighth of what the fast runtime's networks are made for in an epoch.
const LOAD: usize = 256 << 10;
/// The smallest matrix, of whose rows no two out of three members always have two thirds.
const SMALL: usize = 128 << 10;
/// Blobs that each gateway takes at once while there is load.
const WRITERS: usize = 2;
/// Blocks for which the load is kept: hardly longer than has to be.
const SHORT: u32 = 24;
/// Blocks for which the others are kept: until the network drains, and some.
const LONG: u32 = 120;
/// Blocks before the end of retention in which a blob is not asked for any more.
const MARGIN: u32 = 12;
/// Epochs within which a network is spawned by load, has a committee, drains by silence and is gone.
const SPAWNED: u32 = 15;
const ACTIVATED: u32 = 12;
const DRAINED: u32 = 25;
const GONE: u32 = 25;
/// Blobs of different namespaces that are published until both networks have certified enough of them.
const NAMESPACES: usize = 40;
/// Certified by each network.
const ENOUGH: usize = 2;
/// Sessions in which a blob is given to a network that cannot certify it.
const ATTEMPTS: usize = 12;

#[tokio::test]
async fn load_brings_networks_and_silence_takes_them_away() -> Result<()> {
	if !is_long("networks come and go") {
		return Ok(());
	}
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let chain = Chain::connect(network.node(0)).await?;
	let test = Test {
		network: &network,
		clients: try_join_all(network.nodes().iter().map(Node::client)).await?,
		epoch_blocks: chain.client.epoch_blocks().await?,
		chain,
		kept: RefCell::default(),
		published: Cell::new(0),
	};
	test.only_the_root_network_is_there().await?;
	test.the_escrow_is_funded().await?;

	let (spawned, id) = test.load_spawns_a_network().await?;
	test.all_is_readable("when it is spawned").await?;
	test.operators_join(id).await?;
	let activated = test
		.network_event(spawned, "NetworkActivated", id, ACTIVATED)
		.await?;
	println!("network {id}: spawned in block {spawned}, active from block {activated} on");

	test.both_networks_certify(id).await?;
	test.all_is_readable("while both certify").await?;
	test.what_it_does_not_certify_falls_back(id).await?;
	test.all_is_readable("after the fallback").await?;

	let drained = test
		.network_event(activated, "NetworkDrained", id, DRAINED)
		.await?;
	println!("network {id} drains from block {drained} on");
	test.it_only_serves(id).await?;
	let gone = test.network_event(drained, "NetworkGone", id, GONE).await?;
	println!("network {id} is gone in block {gone}");
	test.only_the_root_network_is_there().await?;
	test.all_is_readable("when it is gone").await?;
	let (last, _) = test
		.publish(1, (SMALL, namespace(4_000_000), SHORT), silent())
		.await?;
	test.is_readable(&last).await
}

/// A namespace of its own for each number.
fn namespace(of: u64) -> Namespace {
	let mut bytes = [0; 32];
	bytes[..8].copy_from_slice(&of.to_le_bytes());
	Namespace(bytes)
}

/// What the client program says with `--json`, signing for a validator.
fn zerog(node: &Node, arguments: &[&str]) -> Result<Value> {
	let (url, gateway, suri) = (node.ws_url(), node.gateway_url(), node.suri());
	let global = ["--json", "--url", &url, "--gateway", &gateway, "--suri", &suri];
	Ok(serde_json::from_str(&said(
		"zerog",
		global.iter().chain(arguments),
	)?)?)
}

struct Test<'a> {
	network: &'a Network,
	/// The chain of the first validator, which is never away.
	chain: Chain,
	/// One for each validator, so that nonces are given out in order.
	clients: Vec<Client>,
	epoch_blocks: u32,
	/// Certified blobs with the network that certified each, and the block in which retention ends.
	kept: RefCell<Vec<(Blob, NetworkId, u32)>>,
	published: Cell<u64>,
}

impl Test<'_> {
	fn running(&self) -> impl Iterator<Item = &Node> {
		self.network.nodes().iter().filter(|node| node.is_running())
	}

	/// Publishes so many bytes, which nobody had before, at a validator, and checks their certificate.
	async fn publish(
		&self,
		at: usize,
		(length, namespace, retention): (usize, Namespace, u32),
		observer: Observer,
	) -> Result<(Blob, BlobInfo)> {
		self.published.set(self.published.get() + 1);
		let (node, bytes) = (self.network.node(at), noise(length, self.published.get()));
		let (client, signer) = (&self.clients[at], key(&node.suri()));
		let blob = Blob::commit(client.genesis(), namespace, None, bytes.into()).await?;
		let plan = publish::plan(client, &blob, retention, &signer).await?;
		let gateway = Gateway::new(&node.gateway_url())?;
		let published = publish::publish(client, &gateway, &blob, &plan, &signer, observer).await?;
		let Published { info, evidence, .. } = published;
		let Evidence::Verified(verified) = evidence else {
			bail!("{} cannot be verified: {evidence:?}", blob.commitment);
		};
		assert_eq!(verified.committee, info.committee);
		let until = info.retained_until.context("it is certified")?;
		let kept = (blob.clone(), info.committee.network, until);
		self.kept.borrow_mut().push(kept);
		Ok((blob, info))
	}

	/// An event about a network in the finalized blocks of so many epochs; its block.
	async fn network_event(&self, since: u32, event: &str, id: NetworkId, epochs: u32) -> Result<u32> {
		let of_it = |fields: &Composite<()>| Ok(number(fields, "network")? == u128::from(id));
		let (block, _) = self.event(since, "Networks", event, epochs, of_it).await?;
		Ok(block)
	}

	async fn event(
		&self,
		since: u32,
		pallet: &str,
		event: &str,
		epochs: u32,
		wanted: impl Fn(&Composite<()>) -> Result<bool>,
	) -> Result<(u32, Composite<()>)> {
		let node = self.network.node(0);
		for block in since..=since + epochs * self.epoch_blocks {
			node.wait_block(Blocks::Finalized, block, PATIENCE, |_| ())
				.await?;
			let hash = self.chain.client.block_hash(block).await?;
			for fields in self
				.chain
				.events(hash.context("a finalized block")?, pallet, event)
				.await?
			{
				if wanted(&fields)? {
					return Ok((block, fields));
				}
			}
		}
		bail!("{pallet}.{event} did not happen within {epochs} epochs from block {since} on")
	}

	/// Every certified blob whose retention has not ended is given back, each by another validator.
	async fn all_is_readable(&self, when: &str) -> Result<()> {
		let best = self.chain.client.best().await?.number;
		let mut kept = self.kept.borrow().clone();
		kept.retain(|(_, _, until)| *until > best + MARGIN);
		for (blob, network, _) in &kept {
			let read = self.is_readable(blob).await;
			read.with_context(|| format!("{} of network {network}, {when}", blob.commitment))?;
		}
		println!("{when}: {} blobs are read back", kept.len());
		Ok(())
	}

	async fn is_readable(&self, blob: &Blob) -> Result<()> {
		let running: Vec<_> = self.running().collect();
		let node = running[usize::from(blob.commitment.0[0]) % running.len()];
		let (client, gateway) = (node.client().await?, Gateway::new(&node.gateway_url())?);
		client.wait_certified(blob.commitment).await?;
		let bytes = retrieve(&client, &gateway, blob.commitment, |_, _| {}).await?;
		ensure!(
			bytes == blob.bytes,
			"{} gave other bytes than were published",
			node.name()
		);
		Ok(())
	}

	async fn only_the_root_network_is_there(&self) -> Result<()> {
		let (node, members) = (self.network.node(0), self.network.nodes().len());
		let listed = zerog(node, &["network", "list"])?;
		let networks = listed["networks"].as_array().context("a list")?;
		assert_eq!(networks.len(), 1, "{listed:#}");
		assert_eq!(
			(
				&networks[0]["network"],
				&networks[0]["status"],
				&networks[0]["members"]
			),
			(&0.into(), &"active".into(), &members.into())
		);
		let shown = zerog(node, &["network", "show", "0"])?;
		// Everybody serves, so that there is no draw that could be bad.
		assert_eq!(shown["security"][0]["availability"]["never"], true, "{shown:#}");
		let seated = shown["committee"]["members"].as_array().context("a committee")?;
		assert_eq!(seated.len(), members);
		Ok(())
	}

	async fn the_escrow_is_funded(&self) -> Result<()> {
		let parameters = self.chain.client.network_parameters().await?;
		let amount = Amount(parameters.networks.escrow * 2).to_string();
		let funded = zerog(self.network.node(0), &["network", "fund", &amount])?;
		assert_eq!(funded["funded"], amount, "{funded:#}");
		Ok(())
	}

	/// All gateways take blobs until there is a network more. Its block and name.
	async fn load_spawns_a_network(&self) -> Result<(u32, NetworkId)> {
		let since = self.chain.client.finalized().await?.number;
		let (stop, failed) = (Cell::new(false), Cell::new(0));
		let write = async |at: usize| {
			while !stop.get() {
				let of = self.published.get();
				if let Err(error) = self.publish(at, (LOAD, namespace(of), SHORT), silent()).await {
					failed.set(failed.get() + 1);
					println!("not published: {error:#}");
				}
			}
		};
		let writers = (0..self.network.nodes().len() * WRITERS).map(|writer| write(writer / WRITERS));
		let watch = async {
			let any = |_: &Composite<()>| Ok(true);
			let spawned = self
				.event(since, "Networks", "NetworkSpawned", SPAWNED, any)
				.await;
			stop.set(true);
			spawned
		};
		let (spawned, _) = tokio::join!(watch, join_all(writers));
		let (block, event) = spawned?;
		let id = NetworkId::try_from(number(&event, "network")?)?;
		println!(
			"load from block {since} on: {} blobs, {} failures; network {id} is spawned",
			self.published.get(),
			failed.get()
		);
		// Each was certified by the only network that there was.
		let kept = self.kept.borrow();
		ensure!(kept.iter().all(|(_, network, _)| *network == ROOT_NETWORK));
		ensure!(!kept.is_empty(), "nothing was certified");
		Ok((block, id))
	}

	async fn operators_join(&self, id: NetworkId) -> Result<()> {
		for node in self.network.nodes() {
			zerog(node, &["network", "operator", "join", &id.to_string()])?;
			let operator = zerog(node, &["network", "operator", "show"])?;
			let joined = operator["networks"].as_array().context("a list")?;
			ensure!(joined.iter().any(|it| it["network"] == id), "{operator:#}");
		}
		Ok(())
	}

	/// Blobs of different namespaces, from all validators at once.
	async fn both_networks_certify(&self, id: NetworkId) -> Result<()> {
		let mut certified = [0, 0];
		let nodes = self.network.nodes().len();
		for round in 0..NAMESPACES / nodes {
			let number = |at: usize| 1_000_000 + u64::try_from(round * nodes + at).unwrap_or_default();
			let all = (0..nodes).map(|at| self.publish(at, (LOAD, namespace(number(at)), LONG), silent()));
			for (blob, info) in try_join_all(all).await? {
				let network = info.committee.network;
				ensure!(info.fell_back_from.is_none(), "{info:?}");
				ensure!([ROOT_NETWORK, id].contains(&network), "{info:?}");
				certified[usize::from(network == id)] += 1;
				let status = zerog(
					self.network.node(0),
					&["da", "status", &blob.commitment.to_string()],
				)?;
				assert_eq!(status["committee"]["network"], network, "{status:#}");
			}
			if certified.iter().all(|count| *count >= ENOUGH) {
				println!("certified by the root network and network {id}: {certified:?}");
				return Ok(());
			}
		}
		bail!("{certified:?} blobs were certified by the root network and network {id}")
	}

	/// Without one of its members the network lacks two thirds of the rows, and the root network has them.
	async fn what_it_does_not_certify_falls_back(&self, id: NetworkId) -> Result<()> {
		let (present, committee) = self.present_committee(id).await?;
		let needs = |validator: &usize| {
			let member = member_of(&committee, account(*validator));
			member.is_some_and(|member| is_needed(&committee, member))
		};
		// Two of them are needed, of which one is not the first validator.
		let victim = (1..self.network.nodes().len()).find(needs);
		let victim = victim.with_context(|| format!("{present} can do without each member"))?;
		let gateway = 1 + victim % 3;
		self.network.kill(victim)?;
		println!("{} is gone, which {present} needs", NAMES[victim]);

		let since = self.chain.client.finalized().await?.number;
		let (blob, info, from) = self.try_in_vain(id, account(victim), gateway).await?;
		ensure!(info.committee.is_root(), "{info:?}");
		ensure!(from.network == id, "{info:?}");
		let of_it = |fields: &Composite<()>| Ok(bytes(fields, "commitment")? == blob.commitment.0);
		let (block, _) = self
			.event(since, "DataAvailability", "FellBack", GONE, of_it)
			.await?;
		let node = self.network.node(gateway);
		let status = zerog(node, &["da", "status", &blob.commitment.to_string()])?;
		assert_eq!(status["fell_back_from"]["network"], id, "{status:#}");
		assert_eq!(status["committee"]["network"], ROOT_NETWORK, "{status:#}");
		let BlobState::Certified { at, .. } = info.state else {
			bail!("{info:?}")
		};
		println!(
			"{} was submitted in block {}, fell back from {from} in block {block}, certified in block {at}",
			blob.commitment, info.submitted_at
		);
		self.is_readable(&blob).await?;
		self.network.restart(victim).await?;
		self.network.wait_more(2).await
	}

	/// Publishes blobs that go to the network while it needs a member that is away, until one falls back.
	async fn try_in_vain(
		&self,
		id: NetworkId,
		away: Account,
		gateway: usize,
	) -> Result<(Blob, BlobInfo, CommitteeId)> {
		for attempt in 0..ATTEMPTS {
			let (present, committee) = self.present_committee(id).await?;
			let member = member_of(&committee, away);
			if member.is_some_and(|member| is_needed(&committee, member)) {
				let told = Arc::new(Mutex::new(None));
				let observer: Observer = {
					let told = told.clone();
					Arc::new(move |event| {
						if let Event::FellBack { from, .. } = event {
							*told.lock().unwrap() = Some(from);
						}
					})
				};
				let namespace = namespace_of(&self.chain.client, id, attempt).await?;
				let (blob, info) = self.publish(gateway, (SMALL, namespace, LONG), observer).await?;
				if let Some(from) = info.fell_back_from {
					assert_eq!(*told.lock().unwrap(), Some(from), "the user was told");
					return Ok((blob, info, from));
				}
				println!("{} came to {}", blob.commitment, info.committee);
			}
			// Seats rotate: the next committee may need it.
			let next = async |_: &Chain| {
				let (now, _) = self.present_committee(id).await?;
				Ok((now.session > present.session).then_some(()))
			};
			self.chain.until("the next session", PATIENCE, next).await?;
		}
		bail!("no blob fell back in {ATTEMPTS} sessions")
	}

	/// The committee that a blob of the network would get now; waits for one.
	async fn present_committee(&self, id: NetworkId) -> Result<(CommitteeId, Committee)> {
		let present = async |_: &Chain| {
			let client = &self.chain.client;
			let ids = client.current_committees().await?;
			ensure!(ids.first().is_some_and(CommitteeId::is_root), "{ids:?}");
			let Some(found) = ids.into_iter().find(|it| it.network == id) else {
				return Ok(None);
			};
			Ok(client.committee(found).await?.map(|committee| (found, committee)))
		};
		let what = format!("a committee of network {id}");
		self.chain.until(&what, PATIENCE, present).await
	}

	/// A network that drains takes nothing, and gives back what it certified.
	async fn it_only_serves(&self, id: NetworkId) -> Result<()> {
		let listed = zerog(self.network.node(0), &["network", "show", &id.to_string()])?;
		assert_eq!(listed["status"], "draining", "{listed:#}");
		let (_, info) = self
			.publish(0, (SMALL, namespace(2_000_000), SHORT), silent())
			.await?;
		ensure!(info.committee.is_root(), "{info:?}");
		let best = self.chain.client.best().await?.number;
		let of_it = |(_, network, until): &&(Blob, NetworkId, u32)| *network == id && *until > best + MARGIN;
		ensure!(
			self.kept.borrow().iter().filter(of_it).count() > 0,
			"nothing that network {id} certified is under retention"
		);
		self.all_is_readable("while it drains").await
	}
}

/// The account of a validator.
fn account(validator: usize) -> Account {
	account_of(&key(&format!("//{}", NAMES[validator])))
}

fn member_of(committee: &Committee, account: Account) -> Option<usize> {
	let mut members = committee.members.iter();
	members.position(|member| member.account == account)
}

/// Whether a committee without this member lacks two thirds of the rows of a blob.
fn is_needed(committee: &Committee, member: usize) -> bool {
	let rows = Profile::for_length(SMALL as u32).map_or(0, |profile| profile.rows());
	let counts = allotment(&committee.weights(), rows);
	let left = rows - counts.get(member).copied().unwrap_or_default();
	left * 3 < rows * 2
}

/// A namespace that goes to a network in this epoch.
async fn namespace_of(client: &Client, id: NetworkId, attempt: usize) -> Result<Namespace> {
	for number in 0..100 {
		let namespace = namespace(3_000_000 + 1_000 * u64::try_from(attempt)? + number);
		if client.route(namespace).await? == id {
			return Ok(namespace);
		}
	}
	bail!("no namespace goes to network {id}")
}
