// SPDX-License-Identifier: Apache-2.0

//! Stand-in for `frame-storage-access-test-runtime`.
//!
//! `benchmark storage --mode validate-block` measures with it what storage costs while a relay chain validates a block. The
//! real crate is a runtime built on Cumulus and Polkadot's parachain pallets, some minutes of compilation for a question
//! that a chain of its own does not have. Importing blocks, the default mode, is measured without it.

use codec::{Decode, Encode};
use sp_core::storage::ChildInfo;
use sp_runtime::traits::Block;
use sp_trie::StorageProof;

/// No such runtime is built; the benchmark command says so when it is asked for.
pub const WASM_BINARY: Option<&[u8]> = None;

/// What the runtime would be called with.
#[derive(Clone, Decode, Encode)]
pub struct StorageAccessParams<B: Block> {
	state_root: B::Hash,
	storage_proof: StorageProof,
	payload: StorageAccessPayload,
	is_dry_run: bool,
}

/// Keys, or keys with values, and the child trie they are in.
#[derive(Clone, Decode, Encode)]
pub enum StorageAccessPayload {
	/// To be read.
	Read(Vec<(Vec<u8>, Option<ChildInfo>)>),
	/// To be written.
	Write((Vec<(Vec<u8>, Vec<u8>)>, Option<ChildInfo>)),
}

impl<B: Block> StorageAccessParams<B> {
	/// Reads of these keys.
	pub fn new_read(
		state_root: B::Hash,
		storage_proof: StorageProof,
		payload: Vec<(Vec<u8>, Option<ChildInfo>)>,
	) -> Self {
		Self {
			state_root,
			storage_proof,
			payload: StorageAccessPayload::Read(payload),
			is_dry_run: false,
		}
	}

	/// Writes of these pairs.
	pub fn new_write(
		state_root: B::Hash,
		storage_proof: StorageProof,
		payload: (Vec<(Vec<u8>, Vec<u8>)>, Option<ChildInfo>),
	) -> Self {
		Self {
			state_root,
			storage_proof,
			payload: StorageAccessPayload::Write(payload),
			is_dry_run: false,
		}
	}

	/// The same without touching storage.
	pub fn as_dry_run(&self) -> Self {
		Self {
			is_dry_run: true,
			..self.clone()
		}
	}
}
