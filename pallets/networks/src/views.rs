// SPDX-License-Identifier: Apache-2.0

//! Answers for nodes and clients. They read as much as it takes: not for calls.

use crate::{
	pallet::*,
	traits::{Networking, StakeSource},
};
use alloc::vec::Vec;
use polkadot_sdk::*;
use sp_runtime::Perbill;
use zerog_networks::{
	economic_security, failure_bits, stake_behind_failure, Assumption, Balance, Bound, Duty, Epoch, Failure,
	MemberInfo, NetworkId, NetworkInfo, OperatorInfo, Penalties, Security, SEAT,
};

impl<T: Config> Pallet<T> {
	/// What an operator declared and joined.
	pub fn operator_info(operator: &T::AccountId) -> Option<OperatorInfo> {
		let info = Operators::<T>::get(operator)?;
		let networks = info.memberships.iter().map(|place| (place.network, place.left));
		Some(OperatorInfo {
			ingress: info.ingress,
			stake: T::Stake::slashable_net(operator),
			networks: networks.collect(),
			left: info.left,
		})
	}

	/// All networks.
	pub fn network_infos() -> Vec<NetworkInfo> {
		let promises = Promises::<T>::get();
		let escrow = |network| promises.iter().find(|promise| promise.network == network);
		let registry = Registry::<T>::get();
		let infos = registry.iter().map(|network| NetworkInfo {
			network: network.id(),
			status: network.status(),
			since: network.since(),
			capacity: network.capacity(),
			load: network.load(),
			pending: network.pending(),
			retained_until: network.retained_until(),
			fee: Self::fee_of(network),
			escrow: escrow(network.id()).map_or(0, |promise| promise.left),
		});
		infos.collect()
	}

	/// The members of a network in the present or the next epoch.
	pub fn member_infos(network: NetworkId, epoch: Epoch) -> Option<Vec<MemberInfo<T::AccountId>>> {
		let members = Self::members_of(network, epoch)?;
		let infos = members.into_iter().map(|member| MemberInfo {
			stake: T::Stake::slashable_net(&member.operator),
			operator: member.operator,
			weight: member.weight,
		});
		Some(infos.collect())
	}

	/// What a network's present committee is worth under an assumption.
	pub fn security_info(network: NetworkId, corrupt: Perbill, rows: u32) -> Option<Security> {
		let epoch = <Self as Networking<_>>::epoch();
		let committee = Committees::<T>::get(network, epoch)?;
		let (members, lost) = Self::weighed(network, &committee)?;
		let vacant = if committee.is_drawn() { lost } else { 0 };
		let mut priced: Vec<(u128, Balance)> = members
			.into_iter()
			.map(|member| (member.weight, T::Stake::slashable_net(&member.operator)))
			.collect();
		let members = u32::try_from(priced.len()).unwrap_or(u32::MAX);
		if vacant > 0 {
			// To fail with what is nobody's costs nothing.
			priced.push((vacant, 0));
		}
		let mut assumption = Assumption {
			corrupt,
			rows,
			vacant: u32::try_from(vacant.div_ceil(SEAT)).unwrap_or(u32::MAX),
		};
		if !committee.is_drawn() {
			let whole = priced
				.iter()
				.fold(lost, |sum, member| sum.saturating_add(member.0));
			assumption = assumption.after(lost, whole);
		}
		let penalties = T::Stake::penalties();
		let bound = |failure, costs: Penalties| {
			let stake = stake_behind_failure(&priced, failure, rows);
			Bound {
				bits: failure_bits(
					&committee.selection,
					members,
					&committee.params,
					failure,
					&assumption,
				),
				stake,
				deceit: costs.deceit.mul_floor(stake),
				withholding: costs.withholding.mul_floor(stake),
			}
		};
		Some(Security {
			members,
			stake: economic_security(priced.iter().map(|member| member.1)),
			vacant,
			penalties,
			availability: bound(Failure::Availability, penalties),
			// Who does not sign commits no fault.
			liveness: bound(Failure::Liveness, Penalties::default()),
		})
	}

	/// The seats of an operator in the present and the next epoch.
	pub fn duties_of(operator: &T::AccountId) -> Vec<Duty> {
		let registry = Registry::<T>::get();
		let epochs = [registry.epoch(), registry.epoch().saturating_add(1)];
		let seats = registry.iter().flat_map(|network| {
			let network = network.id();
			epochs.into_iter().filter_map(move |epoch| {
				let members = Self::members_of(network, epoch)?;
				let member = members.into_iter().find(|member| member.operator == *operator)?;
				Some(Duty {
					network,
					epoch,
					weight: member.weight,
				})
			})
		});
		seats.collect()
	}
}
