// SPDX-License-Identifier: Apache-2.0

//! The presets.

use super::preset;
use crate::{genesis_config_presets::ATTESTATION_KEYS, *};
use zerog_bls::signer::SecretKey;
use zerog_erasure::Namespace;
use zerog_primitives::da::{dev_key_seed, CommitteeId};

#[test]
fn development_attestation_keys_derive_from_their_names() {
	for (account, hex) in ATTESTATION_KEYS {
		let key = SecretKey::from_seed(&dev_key_seed(&account.to_string()));
		assert_eq!(hex::encode(key.public().0), hex, "{account}");
	}
}

#[test]
fn the_local_testnet_has_four_validators_that_can_certify() {
	preset("local_testnet").execute_with(|| {
		assert_eq!(Session::validators().len(), 4);
		assert_eq!(Babe::authorities().len(), 4);
		let committee = DataAvailability::committee(CommitteeId::root(0)).unwrap();
		assert_eq!(committee.members.len(), 4);
		assert!(committee.members.iter().all(|member| member.key.is_some()));
		assert!(DataAvailability::quote(Namespace([0; 32]), 1, 1_200).is_some());
	});
}

#[test]
fn the_development_chain_has_one_validator() {
	preset("development").execute_with(|| assert_eq!(Session::validators().len(), 1));
}

#[test]
fn unknown_presets_are_refused() {
	assert_eq!(genesis_config_presets::get_preset(&"nonsense".into()), None);
}

#[test]
fn the_metadata_for_the_ethereum_rpc_is_that_of_this_runtime() {
	// Only what the Ethereum RPC reads has to match; comparing all of it is simpler and asks for a refresh sometimes.
	let stored = include_bytes!("../../../node/eth-rpc/metadata/zerog.scale");
	let present =
		sp_io::TestExternalities::default().execute_with(|| Runtime::metadata_at_version(16).unwrap());
	assert!(stored[..] == present[..], "run ./scripts/metadata");
}
