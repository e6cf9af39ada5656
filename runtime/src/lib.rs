// SPDX-License-Identifier: Apache-2.0

//! The zerog runtime: a table of contents.
//!
//! * [`configs`]: one file a pallet, or a group that belongs together.
//! * [`governance`]: origins and referendum tracks. There is no sudo.
//! * [`apis`]: what the runtime answers to nodes, clients and dapps.
//! * [`genesis_config_presets`]: `development` and `local_testnet`.
//! * [`migrations`]: what an upgrade does to storage.

#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "512"]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

pub mod apis;
pub mod configs;
pub mod genesis_config_presets;
pub mod governance;
pub mod migrations;
mod session_keys;
mod transactions;
mod version;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
#[cfg(test)]
mod tests;

pub use apis::{RuntimeApi, RUNTIME_API_VERSIONS};
pub use configs::*;
pub use session_keys::SessionKeys;
pub use transactions::{EthExtraImpl, TxExtension, UncheckedExtrinsic};
pub use version::VERSION;

use alloc::vec::Vec;
use polkadot_sdk::*;
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};

pub use zerog_primitives::units::{Balance, BlockNumber};

/// Signatures of accounts: sr25519, ed25519, ECDSA, and Ethereum's through revive.
pub type Signature = MultiSignature;
/// Account identifier: 32 bytes; an Ethereum address is its 20 bytes and twelve bytes 0xEE.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Transaction counter of an account.
pub type Nonce = u32;
/// Hash of blocks and storage.
pub type Hash = sp_core::H256;
/// How callers name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// Block header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// Block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// Block with opaque extrinsics, for the node.
pub type OpaqueBlock = generic::Block<Header, sp_runtime::OpaqueExtrinsic>;

/// Executes blocks: pallets in order of their index.
pub type Executive = frame_executive::Executive<
	Runtime,
	Block,
	frame_system::ChainContext<Runtime>,
	Runtime,
	AllPalletsWithSystem,
>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	// The chain.
	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Babe = pallet_babe;
	#[runtime::pallet_index(3)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(4)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(5)]
	pub type TransactionPayment = pallet_transaction_payment;
	// Before Session, whose genesis asks it for the first validators.
	#[runtime::pallet_index(6)]
	pub type Restaking = pallet_restaking;
	#[runtime::pallet_index(7)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(8)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(9)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(10)]
	pub type AuthorityDiscovery = pallet_authority_discovery;
	#[runtime::pallet_index(11)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(12)]
	pub type Dap = pallet_dap;

	// Accounts.
	#[runtime::pallet_index(20)]
	pub type Utility = pallet_utility;
	#[runtime::pallet_index(21)]
	pub type Proxy = pallet_proxy;
	#[runtime::pallet_index(22)]
	pub type Multisig = pallet_multisig;

	// Governance.
	#[runtime::pallet_index(30)]
	pub type Preimage = pallet_preimage;
	#[runtime::pallet_index(31)]
	pub type Scheduler = pallet_scheduler;
	#[runtime::pallet_index(32)]
	pub type Referenda = pallet_referenda;
	#[runtime::pallet_index(33)]
	pub type ConvictionVoting = pallet_conviction_voting;
	#[runtime::pallet_index(34)]
	pub type Origins = crate::governance::origins::pallet_custom_origins;
	#[runtime::pallet_index(35)]
	pub type Whitelist = pallet_whitelist;
	#[runtime::pallet_index(36)]
	pub type TechnicalCommittee = pallet_collective<Instance1>;
	#[runtime::pallet_index(37)]
	pub type Treasury = pallet_treasury;
	#[runtime::pallet_index(38)]
	pub type Parameters = pallet_parameters;

	// Operations.
	#[runtime::pallet_index(40)]
	pub type MultiBlockMigrations = pallet_migrations;
	#[runtime::pallet_index(41)]
	pub type SafeMode = pallet_safe_mode;
	#[runtime::pallet_index(42)]
	pub type TxPause = pallet_tx_pause;

	// Contracts. The Ethereum RPC looks this pallet up by name.
	#[runtime::pallet_index(50)]
	pub type Revive = pallet_revive;

	// The layers. After Session, whose changes they take in the same block; networks first, as they say whose data is whose.
	#[runtime::pallet_index(59)]
	pub type Networks = pallet_networks;
	#[runtime::pallet_index(60)]
	pub type DataAvailability = pallet_data_availability;
}
