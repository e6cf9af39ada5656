// SPDX-License-Identifier: Apache-2.0

//! Which pallets there are, and the numbers that everybody knows the chain by.

use crate::*;
use frame_support::traits::{Get, PalletsInfoAccess};
use zerog_primitives::units::{SLOT_MILLIS, ZG};

#[test]
fn the_table_of_pallets_is_this_one_and_has_no_sudo() {
	let pallets: Vec<_> = AllPalletsWithSystem::infos()
		.into_iter()
		.map(|pallet| (pallet.index, pallet.name))
		.collect();
	assert_eq!(
		pallets,
		[
			(0, "System"),
			(1, "Timestamp"),
			(2, "Babe"),
			(3, "Authorship"),
			(4, "Balances"),
			(5, "TransactionPayment"),
			(6, "Restaking"),
			(7, "Historical"),
			(8, "Session"),
			(9, "Grandpa"),
			(10, "AuthorityDiscovery"),
			(11, "Offences"),
			(12, "Dap"),
			(20, "Utility"),
			(21, "Proxy"),
			(22, "Multisig"),
			(30, "Preimage"),
			(31, "Scheduler"),
			(32, "Referenda"),
			(33, "ConvictionVoting"),
			(34, "Origins"),
			(35, "Whitelist"),
			(36, "TechnicalCommittee"),
			(37, "Treasury"),
			(38, "Parameters"),
			(40, "MultiBlockMigrations"),
			(41, "SafeMode"),
			(42, "TxPause"),
			(50, "Revive"),
			(59, "Networks"),
			(60, "DataAvailability"),
		]
	);
}

#[test]
fn slots_weight_token_and_chain_id_are_what_the_documentation_says() {
	assert_eq!(SLOT_MILLIS, 3_000);
	let block_time: u64 = <Runtime as pallet_babe::Config>::ExpectedBlockTime::get();
	assert_eq!(block_time, SLOT_MILLIS);
	assert_eq!(MAXIMUM_BLOCK_WEIGHT.ref_time(), 1_000_000_000_000);
	assert_eq!(BlockWeights::get().max_block, MAXIMUM_BLOCK_WEIGHT);
	assert_eq!(ZG, 10u128.pow(12));
	assert_eq!(<Runtime as frame_system::Config>::SS58Prefix::get(), 42);
	let chain_id: u64 = <Runtime as pallet_revive::Config>::ChainId::get();
	assert_eq!(chain_id, 83_419);
}
