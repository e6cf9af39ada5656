// SPDX-License-Identifier: Apache-2.0

//! Who is in which network.

use crate::{errors::refused, pallet::*, traits::StakeSource, types::*};
use frame_support::{
	ensure,
	traits::{Contains, Get},
};
use polkadot_sdk::*;
use sp_runtime::DispatchResult;
use zerog_networks::{Balance, Epoch, NetworkId, Networks, Status, ROOT};

impl<T: Config> Pallet<T> {
	/// Planck that an operator can be drawn by: nothing without a key, or below the minimum.
	pub(crate) fn stake_of(operator: &T::AccountId, minimum: Balance) -> Balance {
		if !T::Eligible::contains(operator) {
			return 0;
		}
		Some(T::Stake::slashable_net(operator))
			.filter(|stake| *stake >= minimum)
			.map_or(0, T::Stake::coarse)
	}

	fn ensure_able(operator: &T::AccountId, minimum: Balance) -> DispatchResult {
		ensure!(T::Eligible::contains(operator), Error::<T>::NotEligible);
		ensure!(
			T::Stake::slashable_net(operator) >= minimum,
			Error::<T>::StakeTooLow
		);
		Ok(())
	}

	pub(crate) fn do_register(operator: T::AccountId, ingress: u64) -> DispatchResult {
		Self::ensure_able(&operator, Parameters::<T>::get().minimum_stake)?;
		Self::add_operator(operator, ingress)
	}

	pub(crate) fn add_operator(operator: T::AccountId, ingress: u64) -> DispatchResult {
		ensure!(
			!Operators::<T>::contains_key(&operator),
			Error::<T>::AlreadyOperator
		);
		ensure!(
			Operators::<T>::count() < T::MaxOperators::get(),
			Error::<T>::TooManyOperators
		);
		Operators::<T>::insert(&operator, Operator::new(ingress));
		Self::deposit_event(Event::OperatorRegistered { operator, ingress });
		Ok(())
	}

	pub(crate) fn do_unregister(operator: T::AccountId) -> DispatchResult {
		let registry = Registry::<T>::get();
		let mut info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		ensure!(info.left.is_none(), Error::<T>::AlreadyLeaving);
		let draining = info
			.memberships
			.iter()
			.any(|place| is_draining(&registry, place.network));
		ensure!(!draining, Error::<T>::NetworkDraining);
		announce(&mut info, registry.epoch());
		Operators::<T>::insert(&operator, info);
		Self::deposit_event(Event::Unregistering { operator });
		Ok(())
	}

	pub(crate) fn do_expel(operator: T::AccountId) -> DispatchResult {
		let mut info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		ensure!(info.left.is_none(), Error::<T>::AlreadyLeaving);
		let minimum = Parameters::<T>::get().minimum_stake;
		ensure!(
			Self::stake_of(&operator, minimum) == 0,
			Error::<T>::StakeSufficient
		);
		announce(&mut info, Registry::<T>::get().epoch());
		Operators::<T>::insert(&operator, info);
		Self::deposit_event(Event::Unregistering { operator });
		Ok(())
	}

	pub(crate) fn do_set_ingress(operator: T::AccountId, ingress: u64) -> DispatchResult {
		let mut info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let joined = u64::try_from(info.memberships.len()).unwrap_or(u64::MAX);
		let taken = Parameters::<T>::get().ingress_share().saturating_mul(joined);
		ensure!(ingress >= taken, Error::<T>::InsufficientIngress);
		info.ingress = ingress;
		Operators::<T>::insert(&operator, info);
		Self::deposit_event(Event::IngressDeclared { operator, ingress });
		Ok(())
	}

	pub(crate) fn do_join(operator: T::AccountId, network: NetworkId) -> DispatchResult {
		ensure!(network != ROOT, Error::<T>::RootNetwork);
		let (registry, parameters) = (Registry::<T>::get(), Parameters::<T>::get());
		let found = registry.get(network).map_err(refused::<T>)?;
		ensure!(found.status() != Status::Draining, Error::<T>::NetworkDraining);
		let mut info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		ensure!(info.left.is_none(), Error::<T>::AlreadyLeaving);
		Self::prune(&operator, &mut info, &registry);
		ensure!(info.membership(network).is_none(), Error::<T>::AlreadyMember);
		Self::ensure_able(&operator, parameters.minimum_stake)?;
		let share = parameters.ingress_share();
		let place = Membership { network, left: None };
		let added = info.memberships.try_push(place);
		ensure!(added.is_ok(), Error::<T>::TooManyMemberships);
		let joined = u64::try_from(info.memberships.len()).unwrap_or(u64::MAX);
		ensure!(
			info.ingress >= share.saturating_mul(joined),
			Error::<T>::InsufficientIngress
		);
		Operators::<T>::insert(&operator, info);
		Self::deposit_event(Event::Joined { operator, network });
		Ok(())
	}

	pub(crate) fn do_leave(operator: T::AccountId, network: NetworkId) -> DispatchResult {
		ensure!(network != ROOT, Error::<T>::RootNetwork);
		let registry = Registry::<T>::get();
		let mut info = Operators::<T>::get(&operator).ok_or(Error::<T>::NotOperator)?;
		let place = info.membership(network).ok_or(Error::<T>::NotMember)?;
		ensure!(place.left.is_none(), Error::<T>::AlreadyLeaving);
		ensure!(!is_draining(&registry, network), Error::<T>::NetworkDraining);
		place.left = Some(registry.epoch());
		Operators::<T>::insert(&operator, info);
		Self::deposit_event(Event::Leaving { operator, network });
		Ok(())
	}

	/// Ends memberships of networks that are gone, and those whose notice is over. Returns whether there were any.
	///
	/// Who is in a network that drains stays until it is gone.
	pub(crate) fn prune(operator: &T::AccountId, info: &mut Operator<T>, registry: &Networks) -> bool {
		let before = info.memberships.len();
		info.memberships.retain(|place| {
			let stays = match registry.get(place.network).map(|network| network.status()) {
				Err(_) => false,
				Ok(Status::Draining) => true,
				Ok(_) => !is_over(place.left, registry.epoch()),
			};
			if !stays {
				let (operator, network) = (operator.clone(), place.network);
				Self::deposit_event(Event::Left { operator, network });
			}
			stays
		});
		info.memberships.len() < before
	}

	/// Whether an operator must keep its promise to the service of networks, and its own stake: it is in a network that drains.
	///
	/// For `Duties` of shared staking. Other duties are shorter than the notice.
	pub fn binds(operator: &T::AccountId) -> bool {
		let Some(info) = Operators::<T>::get(operator).filter(|info| !info.memberships.is_empty()) else {
			return false;
		};
		let registry = Registry::<T>::get();
		info.memberships
			.iter()
			.any(|place| is_draining(&registry, place.network))
	}
}

/// Whether the notice of who left is over, so that none of its seats is left.
pub(crate) fn is_over(left: Option<Epoch>, now: Epoch) -> bool {
	left.is_some_and(|left| now.saturating_sub(left) >= NOTICE)
}

/// Leaves everything.
fn announce<T: Config>(info: &mut Operator<T>, now: Epoch) {
	info.left = Some(now);
	for place in info.memberships.iter_mut() {
		place.left = Some(place.left.unwrap_or(now));
	}
}

fn is_draining(registry: &Networks, network: NetworkId) -> bool {
	registry
		.get(network)
		.is_ok_and(|network| network.status() == Status::Draining)
}
