// SPDX-License-Identifier: Apache-2.0

//! Answers for nodes, clients and other pallets.

use crate::{
	pallet::*,
	types::{Service, ServiceId, ServiceState, CONSENSUS},
};
use alloc::vec::Vec;
use frame_support::traits::{Get, ValidatorSet};
use pallet_session::SessionInterface;
use polkadot_sdk::*;
use zerog_primitives::{
	staking::{OperatorView, PositionView, Promise, ServiceView, StakingInfo, Unlock},
	units::BlockNumber,
};
use zerog_staking::{
	slashable, slashable_net, slashable_net_in, Allocation, Balance, Chunk, Era, Error as AccountingError,
	Magnitude, Operator as Books, Position,
};

/// What a junior service could slash: operator, its promises to the service and to consensus, era of the fault, present era.
type Measure = fn(&Books, &Allocation, &Allocation, Era, Era) -> Result<Balance, AccountingError>;

impl<T: Config> Pallet<T> {
	/// Planck that a service could slash of an operator for a fault of the serving era, or of a later one as far as changes were
	/// announced: junior ones after one full slash by consensus.
	pub fn security_of(service: ServiceId, operator: &T::AccountId) -> Balance {
		if service != CONSENSUS {
			return Self::after_consensus(service, operator, slashable_net);
		}
		let Some(info) = Operators::<T>::get(operator) else {
			return 0;
		};
		let (fault, now) = (Self::serving(), Self::now());
		let allocation = Allocations::<T>::get(operator, CONSENSUS);
		slashable(&info.books, &allocation, service.seniority(), fault, now).unwrap_or_default()
	}

	/// The same for a junior service and a fault of the serving era alone: duties that are taken on now. What was announced to
	/// leave counts until it does.
	pub fn present_security_of(service: ServiceId, operator: &T::AccountId) -> Balance {
		Self::after_consensus(service, operator, slashable_net_in)
	}

	/// What a junior service could slash by a measure, for faults of the serving era.
	fn after_consensus(service: ServiceId, operator: &T::AccountId, measure: Measure) -> Balance {
		let Some(info) = Operators::<T>::get(operator) else {
			return 0;
		};
		let allocation = Allocations::<T>::get(operator, service);
		let consensus = Allocations::<T>::get(operator, CONSENSUS);
		let (fault, now) = (Self::serving(), Self::now());
		measure(&info.books, &allocation, &consensus, fault, now).unwrap_or_default()
	}

	pub(crate) fn position_info(
		operator: &T::AccountId,
		account: &T::AccountId,
	) -> Option<PositionView<T::AccountId>> {
		let stored = Positions::<T>::try_get(operator, account).ok()?;
		let info = Operators::<T>::get(operator)?;
		let held = stored.held().unwrap_or_default();
		let (position, closed) = Self::converted(operator, stored);
		let bonding = T::Timing::get().bonding;
		let worth = |chunk: &Chunk| {
			let own = info.books.buckets().iter().find(|bucket| bucket.era == chunk.era);
			let bucket = own.copied().or_else(|| Archive::<T>::get(operator, chunk.era))?;
			Some(bucket.value(chunk.shares).ok()?.min(chunk.held))
		};
		let unlock = |chunk: &Chunk| Unlock {
			era: chunk.era,
			free_from: chunk.era.saturating_add(bonding),
			amount: worth(chunk).unwrap_or_default(),
		};
		Some(PositionView {
			operator: operator.clone(),
			active: position.value(&info.books).unwrap_or_default(),
			shares: position.shares().0,
			unlocks: position.chunks().iter().map(unlock).collect(),
			closed,
			held,
			claimable: Self::claimable_of(operator, account),
		})
	}

	/// A position as `convert` leaves it, and the era in which a slash closed the pool of its shares, if there is anything to convert.
	/// With too many chunks it stays as it is: one of them has to be withdrawn before.
	pub(crate) fn converted(operator: &T::AccountId, position: Position) -> (Position, Option<Era>) {
		let closed = ClosedPools::<T>::get(operator, position.generation());
		let Some(mut closed) = closed.filter(|_| !position.shares().is_zero()) else {
			return (position, None);
		};
		let mut converted = position.clone();
		match converted.convert(&mut closed) {
			Ok(_) => (converted, Some(closed.era)),
			Err(_) => (position, Some(closed.era)),
		}
	}

	/// All positions of an account: asks every operator, so that it is for answers to clients only.
	pub fn portfolio_of(account: &T::AccountId) -> Vec<PositionView<T::AccountId>> {
		Operators::<T>::iter_keys()
			.filter_map(|operator| Self::position_info(&operator, account))
			.collect()
	}

	pub(crate) fn promises_of(operator: &T::AccountId) -> Vec<Promise> {
		let Some(info) = Operators::<T>::get(operator) else {
			return Vec::new();
		};
		let (now, serving, timing) = (Self::now(), Self::serving(), T::Timing::get());
		let describe = |service: ServiceId| {
			let allocation = Allocations::<T>::get(operator, service).of(&info.books);
			let mut released = allocation.clone();
			let freed = released.release(&info.books, now, &timing).unwrap_or_default();
			Promise {
				service: service.0,
				promised: allocation.promised(serving).0,
				target: allocation.target().0,
				reserved: allocation.capacity(now).0,
				releasable: freed > Magnitude(0) || released.is_empty(&info.books, now, &timing),
				slashable: Self::security_of(service, operator),
			}
		};
		info.services.iter().copied().map(describe).collect()
	}

	/// An operator, as clients see it.
	pub fn operator_info(operator: &T::AccountId) -> Option<OperatorView<T::AccountId>> {
		let info = Operators::<T>::get(operator)?;
		let book = RewardBooks::<T>::get(operator)?;
		let own = Positions::<T>::get(operator, operator).value(&info.books);
		Some(OperatorView {
			account: operator.clone(),
			stake: info.books.value(info.books.shares()).unwrap_or_default(),
			own: own.unwrap_or_default(),
			magnitude: info.books.active().magnitude.0,
			scale: info.books.active().scale.0,
			commission: book.commission(Self::now().saturating_add(1)),
			candidate: info.candidate.is_some(),
			validator: <T::Session as SessionInterface>::validators().contains(operator),
			open: info.books.closed().is_none() && !info.books.is_slash_pending(),
			reopens: info.books.reopens(&T::Timing::get()),
			promises: Self::promises_of(operator),
			pending: Self::pending_of(operator),
		})
	}

	/// All services, as clients see them.
	pub fn service_infos() -> Vec<ServiceView> {
		let describe = |(service, info): (ServiceId, Service<T::AccountId>)| ServiceView {
			service: service.0,
			kind: info.terms.kind.name().as_bytes().to_vec(),
			objective: info.terms.objective,
			subjective: info.terms.subjective.map(|terms| terms.cap.per_offence),
			open: info.state == ServiceState::Active,
			operators: info.operators,
		};
		let mut services: Vec<_> = Services::<T>::iter().map(describe).collect();
		services.sort_by_key(|info| info.service);
		services
	}

	/// Where staking stands, and its rules; a session has `session` slots.
	pub fn staking_info(session: BlockNumber) -> StakingInfo {
		let timing = T::Timing::get();
		// The next era begins in the session before the one that its validators start.
		let next = EraStarts::<T>::get().last().map_or(0, |start| start.1);
		let next = next.saturating_add(T::SessionsPerEra::get()).saturating_sub(1);
		let sessions = next.saturating_sub(T::Session::session_index());
		StakingInfo {
			era: Self::now(),
			next_era_in: sessions.saturating_mul(session),
			era_length: T::SessionsPerEra::get().saturating_mul(session),
			bonding: timing.bonding,
			allocation_delay: timing.allocation_delay,
			deallocation_delay: timing.deallocation_delay,
			minimum_delegation: T::MinimumDelegation::get(),
			minimum_operator_stake: T::MinimumOperatorStake::get(),
			minimum_validator_stake: T::MinimumValidatorStake::get(),
		}
	}
}
