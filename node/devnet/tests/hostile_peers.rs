// SPDX-License-Identifier: Apache-2.0

//! Strangers that speak the protocol of data availability to a validator, and mean harm: they use up their own budgets and
//! nothing else.

mod common;
#[path = "common/peer.rs"]
mod peer;

use anyhow::{bail, ensure, Context, Result};
use common::{key, metric, rows_of, Chain, SOON};
use futures::{
	future::{join_all, try_join_all},
	stream::FuturesUnordered,
	StreamExt,
};
use peer::{Answer, Peer};
use std::{cell::Cell, collections::BTreeMap, fs, future::Future, time::Instant};
use tokio::try_join;
use zerog_bls::Signature;
use zerog_client::publish::{silent, Blob};
use zerog_da_wire::protocol::{
	encode_request, rows_per_message, Batch, Push, Refusal, Request, Response, Share, MAX_BATCH,
	MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES,
};
use zerog_devnet::{
	blob::{self, noise, RETENTION},
	Network, Node,
};
use zerog_erasure::{encode, Commitment, Hash, Namespace};
use zerog_primitives::da::CommitteeId;

/// The validator that they fall upon.
const TARGET: u16 = 1;
/// How many there are at once in a flood.
const STRANGERS: u64 = 4;
/// What a peer that is no member may have of rows (`docs/validator.md`, budgets of peers): bytes a second, for so many
/// seconds at once after a pause, in so many requests at once.
const BYTES_PER_SECOND: f64 = 16.0 * 1_048_576.0;
const BURST: f64 = 6.0;
const AT_ONCE: u64 = 4;
/// Memory that the target may take for all of it: answers that are not taken, 16 MiB for a stranger and 128 MiB for all,
/// requests under way, and caches.
const GROWTH: u64 = 512 << 20;

/// What requests were told, each by its name.
type Tally = BTreeMap<&'static str, u32>;
/// The connection was closed, or the network took no more of this peer.
const CUT_OFF: &str = "cut off";
const STORED: &str = "zerog_da_rows_stored_total";
const DECODED: &str = r#"zerog_da_rows_refused_total{reason="not_paid"}"#;
const VERIFIED: &str = r#"zerog_da_requests_refused_total{reason="bad_signature"}"#;

/// Whatever strangers send, unpaid, forged, wrong, too large or meaningless: it is refused by name or cut off, who lies is banned,
/// nothing of it is stored, memory stays bounded, and paid blobs are certified and read meanwhile.
#[tokio::test]
async fn strangers_use_up_their_own_budgets_and_nothing_else() -> Result<()> {
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let chain = Chain::connect(target(&network)).await?;
	unpaid_pushes_do_not_stop_a_paid_blob(&network, &chain).await?;
	forged_shares_do_not_stop_a_paid_blob(&network, &chain).await?;
	wrong_rows_are_refused_and_their_sender_is_banned(&network, &chain).await?;
	rows_are_served_within_the_budget(&network, &chain).await?;
	what_is_too_long_or_no_message_is_cut_off(&network, &chain).await?;
	network.wait_more(2).await
}

fn target(network: &Network) -> &Node {
	network.node(usize::from(TARGET))
}

/// A stranger that is connected to the target.
async fn newcomer(network: &Network, chain: &Chain) -> Result<Peer> {
	let peer = Peer::stranger(&chain.client.genesis(), network.ports())?;
	let met = peer.meet(TARGET, None).await;
	ensure!(matches!(met, Ok(Response::Identity(Some(_)))), "{met:?}");
	Ok(peer)
}

fn count(tally: &mut Tally, answer: &Answer) {
	let told = match answer {
		Ok(Response::Refused(refusal)) => refusal.as_str(),
		Ok(response) => response.name(),
		Err(_) => CUT_OFF,
	};
	*tally.entry(told).or_default() += 1;
}

/// Nothing else than `expected` was told.
fn only(tally: &Tally, expected: &[&str]) -> Result<()> {
	ensure!(tally.keys().all(|told| expected.contains(told)), "{tally:?}");
	Ok(())
}

/// 32 bytes that name no blob.
fn name(seed: u64) -> Hash {
	noise(32, seed).try_into().expect("32 bytes")
}

async fn counted(node: &Node, name: &str) -> Result<f64> {
	Ok(metric(node, name).await?.unwrap_or_default())
}

/// Sends one request after another, several at once, until it is `over`. Who is cut off comes back as somebody else.
async fn flood(
	genesis: &Hash,
	network: &Network,
	over: &Cell<bool>,
	mut next: impl FnMut() -> Vec<u8>,
) -> Result<Tally> {
	const REQUESTS: usize = 8;
	let mut tally = Tally::new();
	while !over.get() {
		let stranger = Peer::stranger(genesis, network.ports())?;
		// In the crowd that may be refused too.
		stranger.meet(TARGET, None).await.ok();
		loop {
			let asking: Vec<_> = (0..REQUESTS).map(|_| stranger.ask(TARGET, next())).collect();
			let answers = join_all(asking).await;
			answers.iter().for_each(|answer| count(&mut tally, answer));
			if over.get() || answers.iter().all(Result::is_err) {
				break;
			}
		}
	}
	Ok(tally)
}

/// The target publishes a blob, which it and another read, and blocks are finalized, through floods that go on until they are
/// told that it is over; what they were told, and the blob.
async fn publish_through<F: Future<Output = Result<Tally>>>(
	network: &Network,
	bytes: Vec<u8>,
	floods: impl IntoIterator<Item = F>,
	over: &Cell<bool>,
) -> Result<(Tally, Blob)> {
	let node = target(network);
	let memory = node.resident_bytes()?;
	let publishing = async {
		let (blob, _) = blob::publish_bytes(node, bytes).await?;
		for reader in [node, network.node(0)] {
			blob::read_back(reader, &blob, |_, _| ()).await?;
		}
		network.wait_more(2).await?;
		anyhow::Ok((blob, node.resident_bytes()?.saturating_sub(memory)))
	};
	let honest = async {
		let published = publishing.await;
		over.set(true);
		published
	};
	let (tallies, (blob, grown)) = try_join!(try_join_all(floods), honest)?;
	let mut tally = Tally::new();
	for (told, times) in tallies.into_iter().flatten() {
		*tally.entry(told).or_default() += times;
	}
	println!("they were told {tally:?}; {} MiB more memory", grown >> 20);
	ensure!(grown < GROWTH, "{} grew by {grown} bytes", node.name());
	Ok((tally, blob))
}

/// Blobs that nobody paid for, each with many rows.
async fn unpaid_pushes_do_not_stop_a_paid_blob(network: &Network, chain: &Chain) -> Result<()> {
	let (node, genesis, over) = (target(network), chain.client.genesis(), Cell::new(false));
	let stored = counted(node, STORED).await?;
	let mut floods = Vec::new();
	for place in 1..=STRANGERS {
		let encoded = encode(genesis, Namespace([0; 32]), &noise(128 << 10, place))?;
		let rows: Vec<u32> = (0..1_024).collect();
		let mut push = Push {
			commitment: encoded.commitment(),
			checksum: encoded.checksum().to_vec(),
			batch: encoded.batch(&rows).context("there are more rows")?,
			sealed: false,
		};
		let mut seed = place << 32;
		floods.push(flood(&genesis, network, &over, move || {
			seed += 1;
			push.commitment = Commitment(name(seed));
			encode_request(&Request::Push(push.clone()))
		}));
	}
	let (tally, blob) = publish_through(network, noise(400_000, 1), floods, &over).await?;

	only(&tally, &["not_paid", "busy", CUT_OFF])?;
	let refused = tally.get("not_paid").copied().unwrap_or_default();
	ensure!(refused > 0, "no push was refused for want of payment: {tally:?}");
	// Had one push been decoded, more rows than this were counted.
	let decoded = counted(node, DECODED).await?;
	ensure!(decoded < f64::from(refused), "{decoded} unpaid rows were decoded");
	let own = rows_of(chain, &blob, usize::from(TARGET)).await?.len() as f64;
	let rows = async |_: &Chain| {
		let more = counted(node, STORED).await? - stored;
		ensure!(more <= own, "{more} rows were stored, {own} are paid for");
		Ok((more == own).then_some(()))
	};
	chain.until("its own rows on the target's disk", SOON, rows).await
}

/// Shares in the names of members, for as many blobs as fit, of which none was paid for.
async fn forged_shares_do_not_stop_a_paid_blob(network: &Network, chain: &Chain) -> Result<()> {
	let (node, genesis, over) = (target(network), chain.client.genesis(), Cell::new(false));
	let best = chain.client.best().await?.number;
	let committees = chain.client.current_committees().await?;
	let committee = committees.into_iter().find(CommitteeId::is_root);
	let committee = committee.context("the root network has a committee")?;
	let verified = counted(node, VERIFIED).await?;
	let floods = (1..=STRANGERS).map(|place| {
		let mut seed = (STRANGERS + place) << 32;
		flood(&genesis, network, &over, move || {
			seed += 1;
			let blobs = (0..MAX_BATCH as u64).map(|blob| Commitment(name((seed << 8) + blob)));
			encode_request(&Request::Share(Share {
				committee,
				expiry: best + 50,
				batch: Batch::new(blobs.collect()).expect("all are different"),
				signer: (seed % 4) as u32,
				signature: Signature([0xc0; 48]),
				sequence: seed,
				numbered: Signature([0xc0; 48]),
			}))
		})
	});
	let (tally, _) = publish_through(network, noise(400_000, 7), floods, &over).await?;

	only(&tally, &["busy", CUT_OFF])?;
	ensure!(tally.contains_key("busy"), "no share was refused: {tally:?}");
	let more = counted(node, VERIFIED).await? - verified;
	ensure!(more == 0.0, "{more} shares of strangers were verified");
	Ok(())
}

/// Repeats a request that is refused until it is not answered any more; how often it was.
async fn until_cut_off(peer: &Peer, request: &[u8], refusal: Refusal) -> Result<u32> {
	/// More than twice as many reports as cost all reputation.
	const MOST: u32 = 60;
	for times in 0..MOST {
		match peer.ask(TARGET, request.to_vec()).await {
			Ok(answer) => ensure!(answer == Response::Refused(refusal), "{answer:?}"),
			Err(_) => return Ok(times),
		}
	}
	bail!("{refusal} {MOST} times, and still answered")
}

/// Waits until the target's log says that a peer was banned for `what`.
async fn until_banned(network: &Network, chain: &Chain, peer: &Peer, what: &str) -> Result<()> {
	let report = format!("Report {}", peer.id);
	let banned = async |_: &Chain| {
		let log = fs::read_to_string(target(network).log_path())?;
		let mut reports = log
			.lines()
			.filter(|line| line.contains(&report) && line.contains(what));
		Ok(reports.any(|line| line.contains("Banned")).then_some(()))
	};
	chain.until("the ban", SOON, banned).await
}

/// A blob that is paid for, of which somebody brings what is wrong before its writer brings what is right.
async fn wrong_rows_are_refused_and_their_sender_is_banned(network: &Network, chain: &Chain) -> Result<()> {
	let (client, node, payer) = (&chain.client, target(network), key("//Ferdie"));
	let blob = blob::commit(client, noise(100_000, 2)).await?;
	client
		.submit_blob(&blob.header, RETENTION, u128::MAX, &payer)
		.await?;
	let encoded = encode(client.genesis(), blob.header.namespace, &blob.bytes)?;
	let rows = async |holder| {
		let rows = rows_of(chain, &blob, holder).await?;
		anyhow::Ok(Push {
			commitment: blob.commitment,
			checksum: encoded.checksum().to_vec(),
			batch: encoded.batch(&rows).context("it holds rows")?,
			sealed: false,
		})
	};
	let (own, foreign) = (rows(usize::from(TARGET)).await?, rows(0).await?);
	let with = |change: fn(&mut Push)| {
		let mut push = own.clone();
		change(&mut push);
		push
	};
	let other_bytes = with(|push| push.batch.data[0] ^= 1);

	let stranger = newcomer(network, chain).await?;
	for (what, push, expected) in [
		("another member's rows", foreign, Refusal::NotAssigned),
		(
			"another checksum",
			with(|push| push.checksum[0] ^= 1),
			Refusal::BadChecksum,
		),
		("other bytes", other_bytes.clone(), Refusal::BadRows),
		(
			"a proof without its last hash",
			with(|push| {
				push.batch.proof.pop();
			}),
			Refusal::BadRows,
		),
	] {
		let answer = stranger.ask(TARGET, encode_request(&Request::Push(push))).await;
		assert_eq!(answer, Ok(Response::Refused(expected)), "{what}");
	}
	let request = encode_request(&Request::Push(other_bytes));
	let more = until_cut_off(&stranger, &request, Refusal::BadRows).await?;

	// Paid for already: this hands it over.
	let plan = blob::plan(client, &blob, &payer).await?;
	blob::publish(node, client, &blob, &plan, &payer, silent()).await?;
	blob::read_back(network.node(0), &blob, |_, _| ()).await?;
	until_banned(network, chain, &stranger, "rows that fail the row check").await?;
	println!("wrong rows were refused {more} times more before their sender was banned");
	Ok(())
}

/// As many rows as an answer holds, asked for again and again: at first nothing of the answers is read, then all.
async fn rows_are_served_within_the_budget(network: &Network, chain: &Chain) -> Result<()> {
	const UNREAD: usize = 200;
	const READ: usize = 8;
	let node = target(network);
	let (blob, _) = blob::publish_bytes(network.node(0), noise(4 << 20, 3)).await?;
	chain.until_all_signed(blob.commitment).await?;
	let profile = blob.header.profile()?;
	let most = rows_per_message(profile.row_bytes(), profile.tree_height());
	let indices = rows_of(chain, &blob, usize::from(TARGET)).await?;
	ensure!(indices.len() > most, "one answer holds {} rows", indices.len());
	let fetch = encode_request(&Request::Fetch {
		commitment: blob.commitment,
		indices,
	});

	let (memory, stranger) = (node.resident_bytes()?, newcomer(network, chain).await?);
	let (begun, over) = (Instant::now(), Cell::new(false));
	let ask = |_: usize| stranger.ask(TARGET, fetch.clone());
	let mut unread: FuturesUnordered<_> = (0..UNREAD).map(ask).collect();
	let mut answers: Vec<Answer> = unread.next().await.into_iter().collect();
	let stalled = stranger.stall();
	blob::read_back(node, &blob, |_, _| ()).await?;
	let grown = node.resident_bytes()?.saturating_sub(memory);
	drop(stalled);
	answers.extend(unread.collect::<Vec<Answer>>().await);

	let hungry = async {
		let mut answers: Vec<Answer> = Vec::new();
		while !over.get() && !answers.last().is_some_and(Result::is_err) {
			answers.extend(join_all((0..READ).map(ask)).await);
		}
		anyhow::Ok(answers)
	};
	let honest = async {
		let reading = [0, 2, 3].map(|reader| blob::read_back(network.node(reader), &blob, |_, _| ()));
		let read = try_join_all(reading).await;
		over.set(true);
		read
	};
	let (more, _) = try_join!(hungry, honest)?;
	answers.extend(more);
	let seconds = begun.elapsed().as_secs_f64();

	let (mut tally, mut served) = (Tally::new(), 0);
	for answer in &answers {
		count(&mut tally, answer);
		if let Ok(Response::Rows(rows)) = answer {
			ensure!(rows.0.len() <= most, "{} rows in one answer", rows.0.len());
			served += rows.0.iter().map(|row| row.data.len()).sum::<usize>();
		}
	}
	println!(
		"rows: {tally:?}, {} MiB in {seconds:.1} s, {} MiB more memory",
		served >> 20,
		grown >> 20
	);
	only(&tally, &["rows", "busy", CUT_OFF])?;
	let both = tally.contains_key("rows") && tally.contains_key("busy");
	ensure!(both, "{tally:?}");
	let at_once = (AT_ONCE * MAX_RESPONSE_BYTES) as f64;
	let allowed = BYTES_PER_SECOND * (BURST + seconds) + at_once;
	ensure!(
		served as f64 <= allowed,
		"{served} bytes of rows in {seconds} s, {allowed} are allowed"
	);
	ensure!(grown < GROWTH, "{} grew by {grown} bytes", node.name());
	Ok(())
}

/// Requests longer than the protocol allows, and bytes that are none of its messages; then an honest reader.
async fn what_is_too_long_or_no_message_is_cut_off(network: &Network, chain: &Chain) -> Result<()> {
	const REQUESTS: usize = 8;
	let (node, memory) = (target(network), target(network).resident_bytes()?);
	let lengthy = newcomer(network, chain).await?;
	let request = noise(usize::try_from(MAX_REQUEST_BYTES)? + 1, 4);
	let answers = join_all((0..REQUESTS).map(|_| lengthy.ask(TARGET, request.clone()))).await;
	ensure!(answers.iter().all(Result::is_err), "{answers:?}");

	let babbler = newcomer(network, chain).await?;
	let times = until_cut_off(&babbler, &noise(100_000, 5), Refusal::Malformed).await?;
	until_banned(network, chain, &babbler, "malformed data-availability message").await?;

	let (blob, _) = blob::publish_bytes(node, noise(300_000, 6)).await?;
	blob::read_back(network.node(2), &blob, |_, _| ()).await?;
	let grown = node.resident_bytes()?.saturating_sub(memory);
	println!(
		"nonsense was refused {times} times before a ban; {} MiB more memory",
		grown >> 20
	);
	ensure!(grown < GROWTH, "{} grew by {grown} bytes", node.name());
	Ok(())
}
