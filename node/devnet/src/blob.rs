// SPDX-License-Identifier: Apache-2.0

//! A blob's way through the network: published at one validator, read back from another.

use crate::node::Node;
use anyhow::{bail, ensure, Context, Result};
use std::time::Duration;
use subxt::rpcs::client::rpc_params;
use subxt_signer::sr25519::Keypair;
use tokio::time::timeout;
use zerog_client::{
	certificate::{Evidence, Verified},
	gateway::Gateway,
	publish::{self, Blob, Observer, Plan},
	retrieve::retrieve,
	Client,
};
use zerog_erasure::Namespace;
use zerog_primitives::{
	da::BlobInfo,
	units::{BlockNumber, MINUTES},
};

/// Retention that the development network buys.
pub const RETENTION: BlockNumber = 40 * MINUTES;
/// How long a certificate may take on a machine that is busy with other things.
const CERTIFICATE: Duration = Duration::from_secs(240);

/// A blob that was certified, and whose certificate was verified here.
#[derive(Clone, Debug)]
pub struct Certified {
	/// What the chain knows of it.
	pub info: BlobInfo,
	/// Its certificate.
	pub certificate: Verified,
	/// Slots from the block with the payment to the block with the certificate.
	pub slots: u64,
}

/// Computes the commitment of `bytes` on the client's chain, in namespace zero.
pub async fn commit(client: &Client, bytes: Vec<u8>) -> Result<Blob> {
	Ok(Blob::commit(client.genesis(), Namespace([0; 32]), None, bytes.into()).await?)
}

/// What publishing would cost `signer` now.
pub async fn plan(client: &Client, blob: &Blob, signer: &Keypair) -> Result<Plan> {
	Ok(publish::plan(client, blob, RETENTION, signer).await?)
}

/// Pays for a blob, hands it to the node's gateway and waits for its certificate, which is then verified.
pub async fn publish(
	node: &Node,
	client: &Client,
	blob: &Blob,
	plan: &Plan,
	signer: &Keypair,
	observer: Observer,
) -> Result<Certified> {
	let gateway = Gateway::new(&node.gateway_url())?;
	let publishing = publish::publish(client, &gateway, blob, plan, signer, observer);
	let published = timeout(CERTIFICATE, publishing).await;
	let published = published.with_context(|| format!("no certificate within {CERTIFICATE:?}"))??;
	let (info, certificate) = match published.evidence {
		Evidence::Verified(certificate) => (published.info, certificate),
		Evidence::Reported(reason) => bail!(
			"{} shows no certificate that can be verified: {reason}",
			node.name()
		),
	};
	let paid = slot_of(client, node, info.submitted_at).await?;
	let slots = slot_of(client, node, certificate.block)
		.await?
		.saturating_sub(paid);
	Ok(Certified {
		info,
		certificate,
		slots,
	})
}

/// All of that for `bytes`, paid by the node's own development account.
pub async fn publish_bytes(node: &Node, bytes: Vec<u8>) -> Result<(Blob, Certified)> {
	let (client, signer) = (node.client().await?, zerog_client::keys::from_suri(&node.suri())?);
	let blob = commit(&client, bytes).await?;
	let plan = plan(&client, &blob, &signer).await?;
	let certified = publish(node, &client, &blob, &plan, &signer, publish::silent()).await?;
	Ok((blob, certified))
}

/// Reads a blob from a node's gateway, once its chain has the certificate, and compares it byte for byte. `received` is
/// told the bytes so far, and all.
pub async fn read_back(node: &Node, blob: &Blob, received: impl Fn(u64, u64)) -> Result<()> {
	let (client, gateway) = (node.client().await?, Gateway::new(&node.gateway_url())?);
	let known = timeout(CERTIFICATE, client.wait_certified(blob.commitment)).await;
	known.with_context(|| format!("{} knows no certificate", node.name()))??;
	let bytes = retrieve(&client, &gateway, blob.commitment, received).await?;
	ensure!(
		bytes == blob.bytes,
		"{} gave other bytes than were published",
		node.name()
	);
	Ok(())
}

/// The number of the slot of a block on the client's best chain.
pub async fn slot_of(client: &Client, node: &Node, block: BlockNumber) -> Result<u64> {
	/// Storage key of `Babe.CurrentSlot`: two 128-bit xxHashes.
	const KEY: &str = "0x1cb6f36e027abb2091cfb5110ab5087f06155b3cd9a8c9e5e9a23fd5dc13a5ed";
	let hash = client
		.block_hash(block)
		.await?
		.with_context(|| format!("no block {block}"))?;
	let params = rpc_params![KEY, format!("0x{}", hex::encode(hash))];
	let value: String = node.request("state_getStorage", params).await?;
	let mut slot = [0u8; 8];
	hex::decode_to_slice(value.trim_start_matches("0x"), &mut slot).context("the slot is not a number")?;
	Ok(u64::from_le_bytes(slot))
}

/// `length` bytes that do not compress, different for each `seed` (xorshift64*).
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
	let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
	let words = std::iter::repeat_with(|| {
		state ^= state >> 12;
		state ^= state << 25;
		state ^= state >> 27;
		state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes()
	});
	let mut bytes: Vec<u8> = words.take(length.div_ceil(8)).flatten().collect();
	bytes.truncate(length);
	bytes
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn noise_has_the_wanted_length_and_depends_on_its_seed() {
		assert_eq!(
			[0, 1, 8, 1_000].map(|length| noise(length, 7).len()),
			[0, 1, 8, 1_000]
		);
		assert_eq!(noise(64, 7), noise(64, 7));
		assert_ne!(noise(64, 7), noise(64, 8));
	}
}
