// SPDX-License-Identifier: Apache-2.0

//! Who this node is: its authority-discovery key in the keystore.

use crate::service::FullClient;
use parking_lot::Mutex;
use polkadot_sdk::*;
use sp_api::ProvideRuntimeApi;
use sp_application_crypto::key_types::AUTHORITY_DISCOVERY;
use sp_authority_discovery::AuthorityDiscoveryApi;
use sp_blockchain::HeaderBackend;
use sp_core::sr25519;
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use zerog_runtime::Hash;

/// The keystore, and the chain that says which of its keys counts.
pub struct Identity {
	keystore: KeystorePtr,
	client: Arc<FullClient>,
	/// The key at a block, if there is one.
	known: Mutex<Option<(Hash, Option<sr25519::Public>)>>,
}

impl Identity {
	/// Over this node's keystore and client.
	pub fn new(keystore: KeystorePtr, client: Arc<FullClient>) -> Self {
		Self {
			keystore,
			client,
			known: Default::default(),
		}
	}

	/// The key that an authority has now; after a rotation the keystore holds old ones too. The runtime names first the one
	/// that committees do.
	fn key(&self) -> Option<sr25519::Public> {
		let best = self.client.info().best_hash;
		if let Some((_, key)) = self.known.lock().filter(|(at, _)| *at == best) {
			return key;
		}
		let held = self.keystore.sr25519_public_keys(AUTHORITY_DISCOVERY);
		if held.is_empty() {
			return None;
		}
		let authorities = self.client.runtime_api().authorities(best).ok()?;
		let key = authorities
			.into_iter()
			.map(sr25519::Public::from)
			.find(|key| held.contains(key));
		*self.known.lock() = Some((best, key));
		key
	}
}

impl zerog_da::Identity for Identity {
	fn hello(&self, message: &[u8; 32]) -> Option<([u8; 32], [u8; 64])> {
		let public = self.key()?;
		let signature = self
			.keystore
			.sr25519_sign(AUTHORITY_DISCOVERY, &public, message)
			.ok()??;
		Some((public.0, signature.0))
	}
}
