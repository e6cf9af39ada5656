// SPDX-License-Identifier: Apache-2.0

//! Reports who made two blocks for one slot.
//!
//! `sc-consensus-babe` 0.60 does so while it imports a block, when the header has lost its seal: without the author's
//! signatures the runtime refuses the report (`InvalidEquivocationProof`). Here headers are looked at after their import,
//! seals included. The runtime drops what comes second about the same offence.

use crate::service::FullClient;
use futures::StreamExt;
use polkadot_sdk::*;
use sc_client_api::BlockchainEvents;
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_api::{ApiExt, ProvideRuntimeApi};
use sp_blockchain::HeaderBackend;
use sp_consensus::BlockOrigin;
use sp_consensus_babe::{check_equivocation_proof, AuthorityId, AuthorityIndex, BabeApi, EquivocationProof};
use std::{collections::BTreeMap, sync::Arc};
use zerog_runtime::{Hash, Header, OpaqueBlock as Block};

/// Slots for which headers are remembered.
const SLOTS: u64 = 64;

/// The first header of each author and slot, for the latest [`SLOTS`].
#[derive(Default)]
struct Seen(BTreeMap<(u64, AuthorityIndex), Header>);

impl Seen {
	/// Remembers a header; the one seen before if it is another by the same author for the same slot.
	fn note(&mut self, slot: u64, author: AuthorityIndex, header: &Header) -> Option<Header> {
		let newest = self
			.0
			.last_key_value()
			.map_or(slot, |((newest, _), _)| slot.max(*newest));
		let oldest = newest.saturating_sub(SLOTS - 1);
		self.0 = self.0.split_off(&(oldest, 0));
		if slot < oldest {
			return None;
		}
		let first = self.0.entry((slot, author)).or_insert_with(|| header.clone());
		(first.hash() != header.hash()).then(|| first.clone())
	}
}

/// Follows all blocks, those of forks too, until the client is gone.
pub(crate) async fn watch(client: Arc<FullClient>, pools: OffchainTransactionPoolFactory<Block>) {
	let (mut seen, mut imported) = (Seen::default(), client.every_import_notification_stream());
	while let Some(block) = imported.next().await {
		// What is found while catching up is most likely old.
		if block.origin == BlockOrigin::NetworkInitialSync {
			continue;
		}
		let Ok(digest) = sc_consensus_babe::find_pre_digest::<Block>(&block.header) else {
			continue;
		};
		let (slot, author) = (digest.slot(), digest.authority_index());
		let Some(first_header) = seen.note(*slot, author, &block.header) else {
			continue;
		};
		let (at, second_header) = (block.hash, block.header.clone());
		let reported = report(&client, &pools, at, author, |offender| EquivocationProof {
			offender,
			slot,
			first_header,
			second_header,
		});
		match reported {
			Ok(true) => log::info!("Reported author {author} of slot {} for a second block", *slot),
			Ok(false) => log::debug!("Not an offence by author {author} of slot {}", *slot),
			Err(error) => log::warn!("Author {author} of slot {} was not reported: {error}", *slot),
		}
	}
}

/// Whether the pool got a report that the runtime can verify. `at` is the second block.
fn report(
	client: &FullClient,
	pools: &OffchainTransactionPoolFactory<Block>,
	at: Hash,
	author: AuthorityIndex,
	proof: impl FnOnce(AuthorityId) -> EquivocationProof<Header>,
) -> Result<bool, sp_api::ApiError> {
	let api = client.runtime_api();
	let epoch = api.current_epoch(at)?;
	let place = usize::try_from(author).unwrap_or(usize::MAX);
	let Some((offender, _)) = epoch.authorities.get(place).cloned() else {
		return Ok(false);
	};
	let proof = proof(offender.clone());
	// In the session of the block its author's keys can be proven.
	let Some(owner) = api.generate_key_ownership_proof(at, proof.slot, offender)? else {
		return Ok(false);
	};
	if !check_equivocation_proof(proof.clone()) {
		return Ok(false);
	}
	// An instance answers for one block only.
	let (best, mut api) = (client.info().best_hash, client.runtime_api());
	api.register_extension(pools.offchain_transaction_pool(best));
	let submitted = api.submit_report_equivocation_unsigned_extrinsic(best, proof, owner)?;
	Ok(submitted.is_some())
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_runtime::traits::Header as _;

	fn header(number: u32) -> Header {
		Header::new(
			number,
			Default::default(),
			Default::default(),
			Default::default(),
			Default::default(),
		)
	}

	#[test]
	fn two_headers_of_an_author_for_a_slot_are_told_once_for_each_more() {
		let mut seen = Seen::default();
		assert_eq!(seen.note(7, 0, &header(1)), None);
		assert_eq!(seen.note(7, 0, &header(1)), None, "the same header again");
		assert_eq!(seen.note(7, 1, &header(2)), None, "another author");
		assert_eq!(seen.note(8, 0, &header(2)), None, "another slot");
		assert_eq!(seen.note(7, 0, &header(2)), Some(header(1)));
		assert_eq!(seen.note(7, 0, &header(3)), Some(header(1)));
	}

	#[test]
	fn old_slots_are_forgotten_and_take_no_room() {
		let mut seen = Seen::default();
		for slot in 0..1_000 {
			seen.note(slot, 0, &header(1));
			assert!(seen.0.len() as u64 <= SLOTS);
		}
		assert_eq!(seen.note(1_000 - SLOTS, 0, &header(2)), Some(header(1)));
		assert_eq!(seen.note(0, 0, &header(2)), None);
		assert_eq!(seen.0.len() as u64, SLOTS);
	}
}
