// SPDX-License-Identifier: Apache-2.0

//! What an upgrade does to storage.
//!
//! Write a migration as `VersionedMigration` in its pallet, list it here, and remove it one release after it ran
//! everywhere. What founds a pallet looks at what is stored instead, and stands here if it needs several. `try-runtime` runs every
//! invariant before and after.

use crate::*;
use alloc::vec::Vec;
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		OnRuntimeUpgrade,
	},
	weights::{constants::RocksDbWeight, Weight},
};
use pallet_networks::{Operators, Parameters, Registry, RosterIndex, StakeSource, WeightInfo};
use sp_runtime::DispatchResult;
use zerog_networks::BaseFee;

type Weights = <Runtime as pallet_networks::Config>::WeightInfo;
type Stake = <Runtime as pallet_networks::Config>::Stake;

/// Migrations that run in the first block after the upgrade, in this order.
pub type SingleBlock = (
	pallet_restaking::migration::FromFixedSet<Runtime, staking::FixedSet>,
	FoundNetworks,
);

/// Migrations that take more than a block, run by `pallet-migrations` while other calls wait.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type MultiBlock = ();

/// Ingress that a validator is taken to have declared for networks beside the root network, in bytes an epoch: none. The root
/// network asks for none, and no other one is opened on bandwidth that nobody has stated; `networks.setIngress` states it.
pub const FOUNDERS_INGRESS: u64 = 0;

/// The root network of a chain that had no networks: its operators are the validators with enough stake for data availability.
///
/// Runs after the validators have become operators of shared staking, once: not where there were operators of networks before. The
/// root network has its committee with the block of the upgrade, of all of them by stake. They can certify from the session after the
/// one in which they have registered attestation keys; who has none when stake is next read is in no later committee until it has.
pub struct FoundNetworks;

impl FoundNetworks {
	/// Whether there are operators, or were: by a genesis, by this migration or by their own calls.
	fn is_done() -> bool {
		RosterIndex::<Runtime>::exists() || Operators::<Runtime>::count() > 0
	}

	/// Validators that can be operators of networks.
	fn founders() -> Vec<(AccountId, u64)> {
		let minimum = Parameters::<Runtime>::get().minimum_stake;
		let most = <Runtime as pallet_networks::Config>::MaxOperators::get();
		let validators = Session::validators().into_iter();
		let able =
			validators.filter(|account| <Stake as StakeSource<AccountId>>::slashable_net(account) >= minimum);
		able.take(usize::try_from(most).unwrap_or(usize::MAX))
			.map(|account| (account, FOUNDERS_INGRESS))
			.collect()
	}

	fn found(founders: &[(AccountId, u64)]) -> DispatchResult {
		// Epochs are sessions: the registry goes on with the present one. No fee was paid before, so that it starts at the floor.
		let fees = Parameters::<Runtime>::get().fees;
		let capacity = <Runtime as pallet_networks::Config>::RootCapacity::get();
		let registry =
			zerog_networks::Networks::new(Session::current_index(), capacity, BaseFee::new(0, &fees));
		Registry::<Runtime>::put(registry);
		Networks::found(founders)?;
		// The pot always exists, so that it can take any fee.
		let pot = DataAvailability::pot();
		let missing = Balances::minimum_balance().saturating_sub(Balances::balance(&pot));
		if missing > 0 {
			Balances::mint_into(&pot, missing)?;
		}
		Ok(())
	}

	/// Most that it weighs with so many validators and founders.
	fn weight(validators: u32, founders: u32) -> Weight {
		// The stake of each validator, to choose; of each founder to check it and for the roster, and its record, count and event.
		let chosen = <Stake as StakeSource<AccountId>>::weight().saturating_mul(validators.into());
		let added = <Stake as StakeSource<AccountId>>::weight()
			.saturating_mul(2)
			.saturating_add(RocksDbWeight::get().reads_writes(5, 5))
			.saturating_mul(founders.into());
		// Roster, index, committees and routes are what a seal and a turn write; registry and pot.
		Weights::seal(founders)
			.saturating_add(Weights::turn())
			.saturating_add(RocksDbWeight::get().reads_writes(12, 6))
			.saturating_add(chosen)
			.saturating_add(added)
	}
}

impl OnRuntimeUpgrade for FoundNetworks {
	fn on_runtime_upgrade() -> Weight {
		if Self::is_done() {
			return RocksDbWeight::get().reads(2);
		}
		let founders = Self::founders();
		let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
		let weight = Self::weight(count(Session::validators().len()), count(founders.len()));
		if founders.is_empty() {
			log::error!(target: pallet_networks::LOG_TARGET, "no validator has the stake of an operator of networks");
			return weight;
		}
		match with_storage_layer(|| Self::found(&founders)) {
			Ok(()) => log::info!(
				target: pallet_networks::LOG_TARGET,
				"the root network has {} operators",
				founders.len()
			),
			Err(error) => {
				log::error!(target: pallet_networks::LOG_TARGET, "there is no root network: {error:?}");
			}
		}
		weight
	}

	/// What has to come of it: nothing, or an operator of each that is able.
	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<Vec<u8>, sp_runtime::TryRuntimeError> {
		let expected = (!Self::is_done()).then(Self::founders);
		Ok(codec::Encode::encode(&expected))
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(state: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		use frame_support::ensure;
		let expected: Option<Vec<(AccountId, u64)>> =
			codec::Decode::decode(&mut state.as_slice()).map_err(|_| "what was expected is known")?;
		if let Some(founders) = expected {
			ensure!(!founders.is_empty(), "a validator has the stake of an operator");
			for (operator, ingress) in &founders {
				let known = Operators::<Runtime>::get(operator).map(|info| info.ingress);
				ensure!(known == Some(*ingress), "validators are operators of networks");
			}
			ensure!(
				usize::try_from(Operators::<Runtime>::count()) == Ok(founders.len()),
				"nobody else is an operator of networks"
			);
			let members = Networks::member_infos(zerog_networks::ROOT, Session::current_index());
			ensure!(
				members.is_some_and(|members| members.len() == founders.len()),
				"the root network has a committee of all of them"
			);
			ensure!(
				Balances::balance(&DataAvailability::pot()) >= Balances::minimum_balance(),
				"the pot of data availability exists"
			);
		}
		Networks::do_try_state()
	}
}
