// SPDX-License-Identifier: Apache-2.0

//! Answers for nodes, clients and other pallets.

use crate::{
	pallet::*,
	types::{AllocationInfo, PositionInfo, ServiceId, CONSENSUS},
};
use alloc::vec::Vec;
use frame_support::traits::Get;
use polkadot_sdk::*;
use zerog_staking::{slashable, slashable_net, Balance};

impl<T: Config> Pallet<T> {
	/// Planck that a service could slash of an operator for a fault of the serving era, or of a later one as far as changes were
	/// announced: junior ones after one full slash by consensus.
	pub fn security_of(service: ServiceId, operator: &T::AccountId) -> Balance {
		let Some(info) = Operators::<T>::get(operator) else {
			return 0;
		};
		let (fault, now) = (Self::serving(), Self::now());
		let allocation = Allocations::<T>::get(operator, service);
		let security = if service == CONSENSUS {
			slashable(&info.books, &allocation, service.seniority(), fault, now)
		} else {
			let consensus = Allocations::<T>::get(operator, CONSENSUS);
			slashable_net(&info.books, &allocation, &consensus, fault, now)
		};
		security.unwrap_or_default()
	}

	pub(crate) fn position_info(operator: &T::AccountId, account: &T::AccountId) -> Option<PositionInfo> {
		let position = Positions::<T>::try_get(operator, account).ok()?;
		let info = Operators::<T>::get(operator)?;
		let bonding = T::Timing::get().bonding;
		let worth = |chunk: &zerog_staking::Chunk| {
			let own = info.books.buckets().iter().find(|bucket| bucket.era == chunk.era);
			let bucket = own.copied().or_else(|| Archive::<T>::get(operator, chunk.era))?;
			Some(bucket.value(chunk.shares).ok()?.min(chunk.held))
		};
		Some(PositionInfo {
			active: position.value(&info.books).unwrap_or_default(),
			shares: position.shares().0,
			unbonding: position
				.chunks()
				.iter()
				.map(|chunk| {
					(
						chunk.era.saturating_add(bonding),
						worth(chunk).unwrap_or_default(),
					)
				})
				.collect(),
			held: position.held().unwrap_or_default(),
		})
	}

	pub(crate) fn allocation_infos(operator: &T::AccountId) -> Vec<(ServiceId, AllocationInfo)> {
		let Some(info) = Operators::<T>::get(operator) else {
			return Vec::new();
		};
		let now = Self::now();
		let describe = |service: ServiceId| {
			let allocation = Allocations::<T>::get(operator, service).of(&info.books);
			let described = AllocationInfo {
				promised: allocation.promised(Self::serving()),
				target: allocation.target(),
				reserved: allocation.capacity(now),
				slashable: Self::security_of(service, operator),
			};
			(service, described)
		};
		info.services.iter().copied().map(describe).collect()
	}
}
