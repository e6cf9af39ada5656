// SPDX-License-Identifier: Apache-2.0

//! Routes, fees and loads: what data availability asks and tells.

use crate::{
	errors::refused,
	pallet::*,
	traits::{Networking, StakeSource},
	types::LoadKind,
	weights::WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{ensure, weights::Weight};
use polkadot_sdk::*;
use sp_runtime::{DispatchError, DispatchResult};
use zerog_networks::{Balance, BlockNumber, Epoch, Error as Books, Hash, Member, NetworkId, Networks};

impl<T: Config> Pallet<T> {
	fn change<R>(change: impl FnOnce(&mut Networks) -> Result<R, Books>) -> Result<R, DispatchError> {
		Registry::<T>::try_mutate(|registry| change(registry).map_err(refused::<T>))
	}

	/// Planck a coded byte, of the present period.
	pub(crate) fn fee_of(network: &zerog_networks::Network) -> Balance {
		let fees = Parameters::<T>::get().fees;
		network
			.fee()
			.at(Self::period(), network.capacity(), &fees)
			.per_byte()
	}
}

impl<T: Config> Networking<T::AccountId> for Pallet<T> {
	fn epoch() -> Epoch {
		Registry::<T>::get().epoch()
	}

	fn route(namespace: &Hash) -> NetworkId {
		let table = Routes::<T>::get();
		zerog_networks::route(namespace, &table.randomness, table.networks)
	}

	fn ranking(namespace: &Hash) -> Vec<NetworkId> {
		let table = Routes::<T>::get();
		zerog_networks::ranking(namespace, &table.randomness, table.networks)
	}

	fn committee(network: NetworkId, epoch: Epoch) -> Option<Vec<Member<T::AccountId>>> {
		let committee = Committees::<T>::get(network, epoch)?;
		let (mut members, lost) = Self::weighed(network, &committee)?;
		if lost > 0 && committee.is_drawn() {
			members.push(Member {
				operator: Self::account(),
				weight: lost,
			});
		}
		Some(members)
	}

	fn fee(network: NetworkId) -> Option<Balance> {
		Registry::<T>::get().get(network).ok().map(Self::fee_of)
	}

	fn submitted(network: NetworkId, coded_bytes: u64) -> Result<Balance, DispatchError> {
		let (fees, period) = (Parameters::<T>::get().fees, Self::period());
		let routed = Routes::<T>::get().networks.iter().any(|entry| entry.0 == network);
		Registry::<T>::try_mutate(|registry| {
			let paid = registry.submitted(network, coded_bytes, period, &fees);
			let fee = paid.map_err(refused::<T>)?;
			ensure!(routed, Error::<T>::NoCommittee);
			Ok(fee)
		})
	}

	fn note_load(network: NetworkId, coded_bytes: u64, kind: LoadKind) -> DispatchResult {
		let (fees, period) = (Parameters::<T>::get().fees, Self::period());
		Self::change(|registry| match kind {
			LoadKind::Certified { retained_until } => {
				registry.certified(network, coded_bytes, retained_until)
			}
			LoadKind::Forfeited => registry.forfeited(network, coded_bytes),
			LoadKind::FellBack => registry.fell_back(network, coded_bytes, period, &fees),
		})
	}

	fn pending(network: NetworkId) -> Option<u32> {
		let registry = Registry::<T>::get();
		registry.get(network).ok().map(|network| network.pending())
	}

	fn extended(network: NetworkId, retained_until: BlockNumber) -> DispatchResult {
		Self::change(|registry| registry.extended(network, retained_until))
	}

	fn route_weight() -> Weight {
		T::WeightInfo::route()
	}

	fn committee_weight(members: u32) -> Weight {
		T::WeightInfo::everybody(members)
			.max(T::WeightInfo::seated())
			.saturating_add(T::Stake::weight().saturating_mul(members.into()))
	}

	fn note_weight() -> Weight {
		T::WeightInfo::note()
	}
}
