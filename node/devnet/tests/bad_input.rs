// SPDX-License-Identifier: Apache-2.0

//! Bad input to gateway and chain, over real processes: each is refused by name, and nothing is lost.

mod common;

use anyhow::{ensure, Context, Result};
use codec::Encode;
use common::{key, Chain, SOON};
use futures::stream;
use reqwest::{Body, StatusCode};
use std::{convert::Infallible, time::Duration};
use subxt::tx::{TransactionInvalid, ValidationResult};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
	time::timeout,
};
use zerog_client::{gateway::Stage, keys::account_of, publish::Blob, BlobState, Error, Gateway};
use zerog_devnet::{
	blob::{self, noise, RETENTION},
	Network, Node,
};
use zerog_primitives::{da::Certificate, units::BlockNumber};

/// What somebody else adds to a retention.
const MORE: BlockNumber = 400;
/// The fast runtime's certify window, its bucket of due items and some blocks more, in slots of three seconds.
const DEADLINE: Duration = Duration::from_secs((30 + 16 + 30) * 3);

#[tokio::test]
async fn bad_input_is_refused_by_name_and_nothing_is_lost() -> Result<()> {
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let node = network.node(0);
	let chain = Chain::connect(node).await?;

	let blob = wrong_bodies_are_refused_and_the_right_one_is_taken(&chain, node).await?;
	// Its deadline passes while the rest is tried.
	let unfinished = Unfinished::pay(&chain, "//Eve").await?;
	forged_and_short_certificates_are_refused(&chain, &unfinished.blob, &blob).await?;
	payment_is_asked_for_before_the_body_is_read(&chain, node).await?;
	blobs_of_wrong_size_are_refused_by_the_chain(&chain).await?;
	an_unfunded_payer_is_told_so(&chain).await?;
	a_price_above_the_payers_maximum_is_not_paid(&chain).await?;
	repeats_change_nothing_and_nothing_shortens(&chain, &blob).await?;
	unfinished.check_its_end(&chain).await?;
	blob::read_back(node, &blob, |_, _| ()).await
}

/// A request by hand: its head with a length or another framing, and a part of the body, then silence or, with `end`, no
/// more. The answer as it is on the wire; empty if the connection was closed without one.
async fn put_by_hand(node: &Node, blob: &Blob, framing: &str, body: &[u8], end: bool) -> Result<String> {
	let address = node.gateway_url().trim_start_matches("http://").to_owned();
	let mut stream = TcpStream::connect(&address).await?;
	let head = format!(
		"PUT /v1/blobs/{} HTTP/1.1\r\nhost: {address}\r\n{framing}\r\nconnection: close\r\n\r\n",
		blob.commitment
	);
	stream.write_all(head.as_bytes()).await?;
	stream.write_all(body).await?;
	if end {
		// Of this half only: the answer can still be read.
		stream.shutdown().await?;
	}
	let mut answer = Vec::new();
	// A connection that is reset has no answer, as one that is closed.
	timeout(SOON, stream.read_to_end(&mut answer))
		.await
		.context("the gateway says nothing")?
		.ok();
	Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn length_of(bytes: usize) -> String {
	format!("content-length: {bytes}")
}

fn status(answer: &str) -> Option<u16> {
	answer.split_whitespace().nth(1)?.parse().ok()
}

async fn put(node: &Node, blob: &Blob, body: impl Into<Body>) -> Result<StatusCode> {
	let http = reqwest::Client::builder().no_proxy().build()?;
	let url = format!("{}/v1/blobs/{}", node.gateway_url(), blob.commitment);
	Ok(http.put(url).body(body).send().await?.status())
}

async fn payment_is_asked_for_before_the_body_is_read(chain: &Chain, node: &Node) -> Result<()> {
	let blob = blob::commit(&chain.client, noise(1 << 20, 10)).await?;
	let unpaid = put_by_hand(node, &blob, &length_of(1 << 20), &[], false).await?;
	assert_eq!(status(&unpaid), Some(402), "{unpaid}");
	assert_eq!(chain.client.blob(blob.commitment).await?, None);
	Ok(())
}

async fn blobs_of_wrong_size_are_refused_by_the_chain(chain: &Chain) -> Result<()> {
	let zero = [0u8; 32];
	for (length, profile, expected) in [
		(0u32, 0u8, "EmptyBlob"),
		((32 << 20) + 1, 8, "BlobTooLarge"),
		((1 << 20) + 1, 3, "ProfileTooSmall"),
	] {
		let fields = (zero, length, profile, zero, zero, RETENTION, u128::MAX);
		let refused = chain
			.call(&key("//Ferdie"), "DataAvailability", "submit", fields)
			.await
			.unwrap_err();
		assert!(format!("{refused:#}").contains(expected), "{refused:#}");
	}
	assert_eq!(chain.client.balance(account_of(&key("//Ferdie"))).await?.held, 0);
	Ok(())
}

async fn an_unfunded_payer_is_told_so(chain: &Chain) -> Result<()> {
	let (client, nobody) = (&chain.client, key("//Nobody"));
	let blob = blob::commit(client, noise(1_000, 11)).await?;
	let planned = zerog_client::publish::plan(client, &blob, RETENTION, &nobody).await;
	assert!(matches!(planned, Err(Error::Funds { .. })), "{planned:?}");
	let submitted = client
		.submit_blob(&blob.header, RETENTION, u128::MAX, &nobody)
		.await;
	assert!(matches!(submitted, Err(Error::Rejected(_))), "{submitted:?}");

	// Enough for the transaction and the dispersal, not for custody.
	let (poor, large) = (key("//Poor"), blob::commit(client, noise(16 << 20, 12)).await?);
	let cost = zerog_client::publish::plan(client, &large, RETENTION, &key("//Ferdie")).await?;
	let gift = cost.total() - cost.custody_fee / 2;
	client.transfer(account_of(&poor), gift, &key("//Ferdie")).await?;
	let submitted = client
		.submit_blob(&large.header, RETENTION, cost.max_fee, &poor)
		.await;
	assert!(matches!(submitted, Err(Error::Failed { .. })), "{submitted:?}");
	let left = client.balance(account_of(&poor)).await?;
	assert_eq!(left.held, 0);
	assert!(
		left.free >= cost.dispersal_fee,
		"only the transaction fee is gone: {left:?}"
	);
	assert_eq!(client.blob(large.commitment).await?, None);
	Ok(())
}

async fn a_price_above_the_payers_maximum_is_not_paid(chain: &Chain) -> Result<()> {
	let (client, payer) = (&chain.client, key("//Ferdie"));
	let blob = blob::commit(client, noise(1_000, 16)).await?;
	let plan = blob::plan(client, &blob, &payer).await?;
	let offered = plan.dispersal_fee + plan.custody_fee - 1;
	let refused = client
		.submit_blob(&blob.header, RETENTION, offered, &payer)
		.await
		.unwrap_err();
	assert!(refused.to_string().contains("FeeAboveMaximum"), "{refused}");
	assert_eq!(client.balance(account_of(&payer)).await?.held, 0);
	assert_eq!(client.blob(blob.commitment).await?, None);
	Ok(())
}

async fn wrong_bodies_are_refused_and_the_right_one_is_taken(chain: &Chain, node: &Node) -> Result<Blob> {
	let (client, signer) = (&chain.client, key("//Alice"));
	let blob = blob::commit(client, noise(256 << 10, 13)).await?;
	let plan = blob::plan(client, &blob, &signer).await?;
	client
		.submit_blob(&blob.header, RETENTION, u128::MAX, &signer)
		.await?;

	let length = blob.bytes.len();
	assert_eq!(
		put(node, &blob, noise(length, 14)).await?,
		StatusCode::UNPROCESSABLE_ENTITY,
		"other bytes"
	);
	let truncated = put_by_hand(node, &blob, &length_of(length), &blob.bytes[..length / 2], true).await?;
	assert_eq!(status(&truncated), Some(400), "a truncated body: {truncated}");
	assert!(truncated.contains(r#""code":"truncated_body""#), "{truncated}");
	for (announced, expected) in [(length - 1, 402), (length + 1, 402), ((32 << 20) + 1, 413)] {
		let told = put_by_hand(node, &blob, &length_of(announced), &[], false).await?;
		assert_eq!(
			status(&told),
			Some(expected),
			"a body of {announced} bytes instead of {length}"
		);
	}
	let chunked = put_by_hand(node, &blob, "transfer-encoding: chunked", &[], false).await?;
	assert_eq!(status(&chunked), Some(411), "a body without a length: {chunked}");
	assert!(chunked.contains(r#""code":"length_required""#), "{chunked}");
	let unbounded = stream::iter((0..64).map(|_| Ok::<_, Infallible>(vec![0u8; 64 << 10])));
	match put(node, &blob, Body::wrap_stream(unbounded)).await {
		Ok(status) => assert_eq!(status, StatusCode::LENGTH_REQUIRED, "a body without a length"),
		// The gateway closes the connection while the body is still on its way, and answers the next ones.
		Err(error) => {
			let broken = error.downcast_ref::<reqwest::Error>();
			assert!(broken.is_some_and(|error| !error.is_connect()), "{error:#}");
		}
	}
	let gateway = Gateway::new(&node.gateway_url())?;
	let known = gateway.status(blob.commitment).await?;
	assert_eq!((known.state, known.rows_held), (Stage::Pending, Some(0)));
	let info = client.blob(blob.commitment).await?.context("it was paid for")?;
	assert_eq!(info.state, BlobState::Pending);

	// Paid for already, so that this pays nothing more.
	let again = blob::plan(client, &blob, &signer).await?;
	assert_eq!((again.total(), plan.total() > 0), (0, true));
	let observer = zerog_client::publish::silent();
	blob::publish(node, client, &blob, &again, &signer, observer).await?;
	Ok(blob)
}

async fn repeats_change_nothing_and_nothing_shortens(chain: &Chain, blob: &Blob) -> Result<()> {
	let (client, alice, ferdie) = (&chain.client, key("//Alice"), key("//Ferdie"));
	let known = async || client.blob(blob.commitment).await?.context("it is certified");
	let held = async |key| anyhow::Ok(client.balance(account_of(key)).await?.held);
	let (before, held_before) = (known().await?, held(&alice).await?);
	for retention in [RETENTION, RETENTION / 2] {
		let repeat = client.submit_blob(&blob.header, retention, 0, &alice).await?;
		assert_eq!((repeat.dispersal_fee, repeat.custody_fee), (0, 0));
		assert_eq!(
			(known().await?, held(&alice).await?),
			(before.clone(), held_before)
		);
	}
	// Bob's blocks count from the one that takes his transaction, which is not known before.
	let plan = zerog_client::publish::plan(client, blob, RETENTION + MORE, &ferdie).await?;
	let longer = client
		.submit_blob(&blob.header, RETENTION + MORE, plan.max_fee, &ferdie)
		.await?;
	let after = known().await?;
	assert_eq!(longer.dispersal_fee, 0);
	assert_eq!(held(&ferdie).await?, longer.custody_fee);
	assert!(
		longer.custody_fee > 0 && after.retained_until > before.retained_until,
		"{after:?}"
	);
	Ok(())
}

/// Certificates for the blob `pending`, with pieces of the real certificate of `certified`.
async fn forged_and_short_certificates_are_refused(
	chain: &Chain,
	pending: &Blob,
	certified: &Blob,
) -> Result<()> {
	let client = &chain.client;
	let real = {
		let info = client
			.blob(certified.commitment)
			.await?
			.context("it is certified")?;
		let BlobState::Certified { at, .. } = info.state else {
			anyhow::bail!("{info:?}")
		};
		let hash = client.block_hash(at).await?.context("its block")?;
		let mut found = client.certificates_in(hash).await?.into_iter();
		found
			.find(|real| real.commitments.contains(&certified.commitment))
			.context("its certificate")?
	};
	let info = client
		.blob(pending.commitment)
		.await?
		.context("it was paid for")?;
	let forged = Certificate {
		committee: info.committee,
		expiry: info.deadline,
		commitments: vec![pending.commitment],
		signers: vec![0b1111],
		signature: real.signature,
	};
	let custom = |code| ValidationResult::Invalid(TransactionInvalid::Custom(code));
	let again = match client.best().await?.number > real.expiry {
		true => custom(2),
		false => ValidationResult::Invalid(TransactionInvalid::Stale),
	};
	let with = |change: fn(&mut Certificate)| {
		let mut certificate = forged.clone();
		change(&mut certificate);
		certificate
	};
	let cases = [
		("no blob", with(|it| it.commitments.clear()), custom(1)),
		(
			"a blob twice",
			with(|it| it.commitments.push(it.commitments[0])),
			custom(1),
		),
		(
			"an expiry beyond the deadline",
			with(|it| it.expiry += 1),
			custom(2),
		),
		(
			"an unknown session",
			with(|it| it.committee.session += 9_000),
			custom(3),
		),
		(
			"an unknown network",
			with(|it| it.committee.network += 9_000),
			custom(3),
		),
		(
			"an unknown blob",
			with(|it| it.commitments[0].0[0] ^= 1),
			custom(4),
		),
		(
			"a bit beyond the committee",
			with(|it| it.signers = vec![0b1_1111]),
			custom(5),
		),
		(
			"half of the committee",
			with(|it| it.signers = vec![0b0011]),
			custom(6),
		),
		("another blob's signature", forged.clone(), custom(8)),
		("the same certificate again", real, again),
	];
	for (what, certificate, expected) in cases {
		let transaction = chain
			.unsigned("DataAvailability", "certify", &certificate.encode())
			.await?;
		assert_eq!(transaction.validate().await?, expected, "{what}");
		ensure!(transaction.submit().await.is_err(), "the pool took {what}");
	}
	let after = client
		.blob(pending.commitment)
		.await?
		.context("it was paid for")?;
	assert_eq!(after.state, BlobState::Pending);
	Ok(())
}

/// A blob that is paid for and never handed to anybody.
struct Unfinished {
	blob: Blob,
	payer: [u8; 32],
	free_before: u128,
	dispersal_fee: u128,
	transaction_fee: u128,
}

impl Unfinished {
	async fn pay(chain: &Chain, suri: &str) -> Result<Self> {
		let (client, signer) = (&chain.client, key(suri));
		let payer = account_of(&signer);
		let blob = blob::commit(client, noise(500_000, 15)).await?;
		let (before, pending) = (client.balance(payer).await?, chain.pending_bytes().await?);
		let paid = client
			.submit_blob(&blob.header, RETENTION, u128::MAX, &signer)
			.await?;
		let (after, fee) = (
			client.balance(payer).await?,
			paid.inclusion.fee.context("the fee is told")?,
		);
		assert_eq!((before.held, after.held), (0, paid.custody_fee));
		assert_eq!(
			after.free,
			before.free - paid.dispersal_fee - paid.custody_fee - fee
		);
		assert_eq!(
			chain.pending_bytes().await?,
			pending + blob.header.profile().unwrap().coded_bytes()
		);
		let (free_before, dispersal_fee) = (before.free, paid.dispersal_fee);
		Ok(Self {
			blob,
			payer,
			free_before,
			dispersal_fee,
			transaction_fee: fee,
		})
	}

	/// After the deadline custody is back, the dispersal fee is not, and no bytes are pending.
	async fn check_its_end(self, chain: &Chain) -> Result<()> {
		let gone = async |chain: &Chain| {
			Ok(chain
				.client
				.blob(self.blob.commitment)
				.await?
				.is_none()
				.then_some(()))
		};
		chain.until("the refund", DEADLINE, gone).await?;
		let balance = chain.client.balance(self.payer).await?;
		assert_eq!(balance.held, 0);
		assert_eq!(
			balance.free,
			self.free_before - self.dispersal_fee - self.transaction_fee
		);
		assert_eq!(chain.pending_bytes().await?, 0);
		Ok(())
	}
}
