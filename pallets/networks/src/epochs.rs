// SPDX-License-Identifier: Apache-2.0

//! The turn of an epoch, and the steps that its blocks do.

use crate::{errors::refused, pallet::*, traits::StakeSource, types::*, weights::WeightInfo, LOG_TARGET};
use frame_support::{defensive, ensure, traits::Get, weights::Weight, BoundedVec};
use polkadot_sdk::*;
use sp_runtime::{traits::UniqueSaturatedInto, DispatchResult};
use zerog_networks::{BlockNumber, Change, Epoch, NetworkId, Networks, Status, Supply, MAX_SEATS, ROOT};

/// More committees than a network can have when it is gone.
const COMMITTEES: u32 = 8;

impl<T: Config> Pallet<T> {
	/// The present block.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// The present period of the base fees.
	pub(crate) fn period() -> u32 {
		Self::now().checked_div(T::FeePeriod::get()).unwrap_or(0)
	}

	/// Begins an epoch.
	pub(crate) fn turn(epoch: Epoch) {
		let (mut registry, mut work) = (Registry::<T>::get(), Pending::<T>::get());
		Self::pay_promises(&registry);
		let (parameters, index) = (Parameters::<T>::get(), RosterIndex::<T>::get());
		let supply = Supply {
			operators: index.operators,
			ingress: index.ingress,
			escrow: Self::escrow_left(),
		};
		let missed = epoch.saturating_sub(registry.epoch()) > 1;
		let (now, period) = (Self::now(), Self::period());
		let turned = registry.turn(
			epoch,
			now,
			&parameters.networks,
			&parameters.fees,
			period,
			&supply,
		);
		let Ok(turn) = turned else {
			defensive!("an epoch turns once");
			return;
		};
		Self::deposit_event(Event::EpochTurned { epoch });
		for network in turn.gone {
			Self::remove_network(network, &mut work);
			Self::deposit_event(Event::NetworkGone { network });
		}
		match turn.change {
			Some(Change::Spawned(network)) => {
				let escrow = Self::promise(network, &parameters);
				Self::deposit_event(Event::NetworkSpawned { network, escrow });
			}
			Some(Change::Drained(network)) => Self::deposit_event(Event::NetworkDrained { network }),
			Some(Change::GivenUp(network)) => {
				Self::remove_network(network, &mut work);
				Self::deposit_event(Event::NetworkGivenUp { network });
			}
			None => {}
		}
		if missed {
			// What was drawn is not for this epoch.
			work.drawn = BoundedVec::new();
		}
		let seated = |network: NetworkId| network == ROOT || work.drawn.contains(&(network, true));
		let formed =
			|network: &&zerog_networks::Network| network.status() == Status::Forming && seated(network.id());
		let formed: alloc::vec::Vec<_> = registry
			.iter()
			.filter(formed)
			.map(|network| network.id())
			.collect();
		for network in formed {
			match registry.activate(network) {
				Ok(()) => Self::deposit_event(Event::NetworkActivated { network }),
				Err(error) => log::error!(target: LOG_TARGET, "network {network} stays forming: {error:?}"),
			}
		}
		Self::set_routes(&registry, seated);
		Self::seat_root(epoch);
		Self::forget_rosters(epoch);
		work.drawn = BoundedVec::new();
		if work.sweep == Sweep::Done {
			work.sweep = Sweep::Reading {
				began: epoch,
				last: None,
				operators: 0,
				ingress: 0,
			};
		}
		Registry::<T>::put(registry);
		Pending::<T>::put(work);
	}

	/// Fixes where blobs go in this epoch: to networks that take them and have a committee.
	pub(crate) fn set_routes(registry: &Networks, seated: impl Fn(NetworkId) -> bool) {
		let routed = registry.active().filter(|network| seated(network.0)).collect();
		Routes::<T>::put(Table {
			randomness: T::Randomness::get(),
			networks: BoundedVec::truncate_from(routed),
		});
	}

	/// Frees a network's escrow, and has its committees removed.
	fn remove_network(network: NetworkId, work: &mut Work<T::AccountId>) {
		Self::break_promise(network);
		if work.gone.try_push(network).is_err() {
			Self::remove_committees(network);
		}
	}

	pub(crate) fn remove_committees(network: NetworkId) {
		let cleared = Committees::<T>::clear_prefix(network, COMMITTEES, None);
		if cleared.maybe_cursor.is_some() {
			defensive!("a network has committees of three epochs");
		}
	}

	/// Does the next step and returns its weight; `None` if everything is done.
	pub(crate) fn step() -> Option<Weight> {
		let (registry, mut work) = (Registry::<T>::get(), Pending::<T>::get());
		let weight = Self::next_step(&registry, &mut work)?;
		Pending::<T>::put(work);
		Some(weight)
	}

	fn next_step(registry: &Networks, work: &mut Work<T::AccountId>) -> Option<Weight> {
		let epoch = registry.epoch();
		let waits = |network: &&zerog_networks::Network| {
			let draws = network.id() != ROOT && network.status() != Status::Draining;
			draws && !work.drawn.iter().any(|drawn| drawn.0 == network.id())
		};
		if let Some(network) = registry.iter().find(waits).map(|network| network.id()) {
			let (drawn, read) = Self::draw(network, epoch);
			if work.drawn.try_push((network, drawn)).is_err() {
				defensive!("there are not more networks than there can be");
			}
			let seats = Parameters::<T>::get().draw.seats;
			return Some(T::WeightInfo::draw(read, seats));
		}
		match core::mem::take(&mut work.sweep) {
			Sweep::Reading {
				began,
				last,
				operators,
				ingress,
			} => {
				let (sweep, count) = Self::read(registry, began, last, operators, ingress);
				work.sweep = sweep;
				Some(Self::read_weight(count))
			}
			Sweep::Sealing {
				began,
				operators,
				ingress,
			} => Some(T::WeightInfo::seal(Self::seal(epoch, began, operators, ingress))),
			Sweep::Done => {
				let network = work.gone.pop()?;
				Self::remove_committees(network);
				Some(T::WeightInfo::clear())
			}
		}
	}

	fn read_weight(operators: u32) -> Weight {
		let stakes = T::Stake::weight().saturating_mul(operators.into());
		T::WeightInfo::read(operators).saturating_add(stakes)
	}

	/// Weight of a step, at most.
	pub(crate) fn step_weight() -> Weight {
		let operators = T::MaxOperators::get();
		let most = T::WeightInfo::draw(operators, MAX_SEATS)
			.max(T::WeightInfo::seal(operators))
			.max(Self::read_weight(T::ReadsPerBlock::get()))
			.max(T::WeightInfo::clear());
		most.saturating_add(T::DbWeight::get().reads(3))
	}

	/// Whether parameters make sense together.
	pub(crate) fn check(parameters: &Governed) -> Result<(), Error<T>> {
		parameters.draw.check()?;
		parameters.fees.check()?;
		parameters.networks.check(&parameters.fees)?;
		let periods = T::EpochBlocks::get().checked_div(T::FeePeriod::get());
		ensure!(
			periods == Some(parameters.fees.periods),
			Error::<T>::InvalidFeeChange
		);
		let some =
			parameters.lifetime > 0 && parameters.minimum_stake > 0 && parameters.networks.operators > 0;
		ensure!(some, Error::<T>::ZeroParameter);
		Ok(())
	}

	pub(crate) fn do_set_parameters(parameters: Governed) -> DispatchResult {
		Self::check(&parameters)?;
		Parameters::<T>::put(parameters);
		Self::deposit_event(Event::ParametersSet { parameters });
		Ok(())
	}

	pub(crate) fn do_set_capacity(network: NetworkId, capacity: u64) -> DispatchResult {
		ensure!(capacity > 0, Error::<T>::ZeroAmount);
		Registry::<T>::try_mutate(|registry| registry.set_capacity(network, capacity))
			.map_err(refused::<T>)?;
		Self::deposit_event(Event::CapacitySet { network, capacity });
		Ok(())
	}
}
