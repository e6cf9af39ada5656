// SPDX-License-Identifier: Apache-2.0

//! Genesis of development networks.
//!
//! * `development`: one validator, Alice.
//! * `local_testnet`: four validators, Alice, Bob, Charlie and Dave.
//!
//! The well-known Substrate accounts and the well-known Ethereum accounts (Alith to Ethan) are endowed; Alice, Bob and
//! Charlie are the technical committee. Attestation keys derive from the accounts' names, see
//! [`zerog_primitives::da::dev_key_seed`].

use crate::*;
use alloc::{vec, vec::Vec};
use frame_support::build_struct_json_patch;
use hex::FromHex;
use serde_json::Value;
use sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::Perbill;
use zerog_bls::PublicKey;
use zerog_primitives::units::ZG;

/// VRF slots for every author: a quarter of the slots have a primary author, the others a secondary one.
pub const BABE_EPOCH_CONFIG: BabeEpochConfiguration = BabeEpochConfiguration {
	c: (1, 4),
	allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots,
};

/// What each account gets.
const ENDOWMENT: Balance = 10_000_000 * ZG;

/// What each validator stakes of it.
const VALIDATOR_STAKE: Balance = 100_000 * ZG;

/// What each operator takes in for networks, in bytes an epoch: a gigabit a second for an hour.
const OPERATOR_INGRESS: u64 = 450_000_000_000;

/// Accounts of Ethereum's usual development keys: the address and twelve bytes 0xEE.
const ETHEREUM_ACCOUNTS: [&str; 5] = [
	"f24ff3a9cf04c71dbc94d0b566f7a27b94566caceeeeeeeeeeeeeeeeeeeeeeee",
	"3cd0a705a2dc65e5b1e1205896baa2be8a07c6e0eeeeeeeeeeeeeeeeeeeeeeee",
	"798d4ba9baf0064ec19eb4f0a1a45785ae9d6dfceeeeeeeeeeeeeeeeeeeeeeee",
	"773539d4ac0e786233d90a233654ccee26a613d9eeeeeeeeeeeeeeeeeeeeeeee",
	"ff64d3f6efe2317ee2807d223a0bdc4c0c49dfdbeeeeeeeeeeeeeeeeeeeeeeee",
];

/// Attestation keys of the development accounts, compressed; a test derives them anew.
pub const ATTESTATION_KEYS: [(Sr25519Keyring, &str); 4] = [
	(Sr25519Keyring::Alice, "b6b4b3db52fa8e3e64d4fe1c635e28d06619bf6ba88cedfd8252e841d79dbc91f6718132c70b354c6cc13543e566484a07d1f16604ccb7c7a09cd40eac8813c27f7baf3b787e54b8edcf2050abe4e2b7f886250dc823cc67f0720f8cb60b1964"),
	(Sr25519Keyring::Bob, "b6b5274d4ab4ca26998448b141f8cd27ff21cc81762cd92788a406807fb7ef28ed907c59e8d06a36843f6d04841d10d800b56ba072a4b6ce61983e249f6c48d642014023eca31b64efcea520e340f0ee08d1bf689a00e02d56cb347727dc5899"),
	(Sr25519Keyring::Charlie, "a3ba5d4b2ef4ab2edfbf3d3d37f76eed738768124bb8fb715ed609143b2393283b3af5e68315cbd6e0d1f481cddac418000fbb89364d4afffa836d644a57abcdfc4d873eb7395939c3821cc8e5904e9003615c7021209abdebff8ab9a528da43"),
	(Sr25519Keyring::Dave, "a358b34a7ad3d8543ddedb93eefdf9b4468e891be703d6fa75dede1b2f826239e171cd2697e227eac26107525c5b797a14b52955e0263a991989550be1d8447d5570fe1a7668d60d515ae3e8063c1ca584cb29899e0c1dd62ac67e4cf33ea6c2"),
];

fn session_keys(validator: Sr25519Keyring) -> SessionKeys {
	let ed25519 = match validator {
		Sr25519Keyring::Bob => sp_keyring::Ed25519Keyring::Bob,
		Sr25519Keyring::Charlie => sp_keyring::Ed25519Keyring::Charlie,
		Sr25519Keyring::Dave => sp_keyring::Ed25519Keyring::Dave,
		_ => sp_keyring::Ed25519Keyring::Alice,
	};
	SessionKeys {
		babe: validator.public().into(),
		grandpa: ed25519.public().into(),
		authority_discovery: validator.public().into(),
	}
}

fn attestation_key(hex: &str) -> Option<PublicKey> {
	<[u8; 96]>::from_hex(hex).ok().map(PublicKey)
}

fn genesis(validators: &[(Sr25519Keyring, &str)]) -> Value {
	let accounts = Sr25519Keyring::well_known().map(|key| key.to_account_id()).chain(
		ETHEREUM_ACCOUNTS
			.iter()
			.filter_map(|hex| <[u8; 32]>::from_hex(hex).ok())
			.map(AccountId::from),
	);
	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig {
			balances: accounts.map(|account| (account, ENDOWMENT)).collect(),
		},
		babe: BabeConfig {
			epoch_config: BABE_EPOCH_CONFIG
		},
		restaking: RestakingConfig {
			operators: validators
				.iter()
				.map(|(key, _)| (key.to_account_id(), VALIDATOR_STAKE, Perbill::from_percent(5)))
				.collect::<Vec<_>>(),
			consensus: staking::CONSENSUS_SHARE,
			services: staking::first_services(),
		},
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|(key, _)| (key.to_account_id(), key.to_account_id(), session_keys(*key)))
				.collect::<Vec<_>>(),
		},
		technical_committee: TechnicalCommitteeConfig {
			members: [
				Sr25519Keyring::Alice,
				Sr25519Keyring::Bob,
				Sr25519Keyring::Charlie
			]
			.iter()
			.map(|key| key.to_account_id())
			.collect::<Vec<_>>(),
		},
		networks: NetworksConfig {
			operators: validators
				.iter()
				.map(|(key, _)| (key.to_account_id(), OPERATOR_INGRESS))
				.collect::<Vec<_>>(),
		},
		data_availability: DataAvailabilityConfig {
			keys: validators
				.iter()
				.filter_map(|(key, hex)| Some((key.to_account_id(), attestation_key(hex)?)))
				.collect::<Vec<_>>(),
		},
	})
}

/// A preset as JSON, or `None` if there is none of this name.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		sp_genesis_builder::DEV_RUNTIME_PRESET => genesis(ATTESTATION_KEYS.get(..1)?),
		sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET => genesis(&ATTESTATION_KEYS),
		_ => return None,
	};
	serde_json::to_string(&patch).ok().map(|json| json.into_bytes())
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![
		PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET),
		PresetId::from(sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET),
	]
}
