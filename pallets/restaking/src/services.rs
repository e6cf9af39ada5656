// SPDX-License-Identifier: Apache-2.0

//! Services, and what operators promise them.

use crate::{
	pallet::*,
	traits::Duties,
	types::{OperatorInfo, Service, ServiceId, ServiceKind, ServiceState, Terms, CONSENSUS},
};
use alloc::vec::Vec;
use frame_support::{dispatch::DispatchResult, ensure, traits::Get};
use polkadot_sdk::*;
use zerog_staking::{Allocation, Magnitude, Timing};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_create_service(terms: Terms<T::AccountId>) -> DispatchResult {
		let sensible = terms.subjective.as_ref().is_none_or(|subjective| {
			let cap = subjective.cap;
			!cap.per_offence.is_zero() && cap.per_offence <= cap.per_era
		});
		let is_first = Services::<T>::count() == 0;
		ensure!(
			sensible && (terms.kind == ServiceKind::Consensus) == is_first,
			Error::<T>::InvalidTerms
		);
		ensure!(
			Services::<T>::count() < T::MaxServices::get(),
			Error::<T>::TooManyServices
		);
		let service = NextService::<T>::get();
		let next = service.0.checked_add(1).ok_or(Error::<T>::TooManyServices)?;
		NextService::<T>::put(ServiceId(next));
		let entry = Service {
			terms: terms.clone(),
			state: ServiceState::Active,
			revoked: false,
			operators: 0,
			reports: 0,
		};
		Services::<T>::insert(service, entry);
		Self::deposit_event(Event::ServiceCreated { service, terms });
		Ok(())
	}

	pub(crate) fn do_drain_service(service: ServiceId) -> DispatchResult {
		Services::<T>::try_mutate(service, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownService)?;
			ensure!(
				service != CONSENSUS && entry.state == ServiceState::Active,
				Error::<T>::ServiceNotActive
			);
			entry.state = ServiceState::Draining;
			Self::deposit_event(Event::ServiceDraining { service });
			Ok(())
		})
	}

	pub(crate) fn do_retire_service(service: ServiceId) -> DispatchResult {
		let entry = Services::<T>::get(service).ok_or(Error::<T>::UnknownService)?;
		ensure!(
			entry.state == ServiceState::Draining && entry.operators == 0 && entry.reports == 0,
			Error::<T>::ServiceInUse
		);
		Services::<T>::remove(service);
		Self::deposit_event(Event::ServiceRetired { service });
		Ok(())
	}

	pub(crate) fn do_revoke_reporter(service: ServiceId) -> DispatchResult {
		Services::<T>::try_mutate(service, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownService)?;
			ensure!(entry.terms.subjective.is_some(), Error::<T>::FaultNotDeclared);
			entry.revoked = true;
			Self::deposit_event(Event::ReporterRevoked { service });
			Ok(())
		})
	}

	pub(crate) fn do_allocate(
		operator: T::AccountId,
		service: ServiceId,
		expected: Magnitude,
		target: Magnitude,
	) -> DispatchResult {
		let state = Services::<T>::get(service)
			.ok_or(Error::<T>::UnknownService)?
			.state;
		ensure!(
			target <= expected || state == ServiceState::Active,
			Error::<T>::ServiceNotActive
		);
		ensure!(
			target >= expected || !Self::binds(service, &operator),
			Error::<T>::DutyOpen
		);
		Self::promise(&operator, service, expected, target, &T::Timing::get())?;
		Self::deposit_event(Event::Allocated {
			operator,
			service,
			target,
		});
		Ok(())
	}

	/// Whether an operator must keep its promise to a service, and its own stake.
	pub(crate) fn binds(service: ServiceId, operator: &T::AccountId) -> bool {
		let is_needed = || Operators::<T>::get(operator).is_some_and(|info| Self::is_needed(operator, &info));
		T::Duties::bind(service, operator) || (service == CONSENSUS && is_needed())
	}

	/// Whether an operator promises anything from the next era on. Reads all of its allocations.
	pub(crate) fn promises(operator: &T::AccountId, info: &OperatorInfo<T>) -> bool {
		let next = Self::now().saturating_add(1);
		let promise = |service| {
			let allocation = Allocations::<T>::get(operator, service).of(&info.books);
			allocation.most_promised_from(next)
		};
		info.services.iter().map(promise).max().unwrap_or_default() > Magnitude(0)
	}

	/// Changes a promise with the notices of `timing`.
	pub(crate) fn promise(
		operator: &T::AccountId,
		service: ServiceId,
		expected: Magnitude,
		target: Magnitude,
		timing: &Timing,
	) -> DispatchResult {
		Self::with_operator(operator, |info| {
			let others: Vec<_> = info
				.services
				.iter()
				.filter(|other| **other != service)
				.map(|other| (other.seniority(), Allocations::<T>::get(operator, other)))
				.collect();
			let mut allocation = Allocations::<T>::get(operator, service);
			allocation
				.allocate(
					&info.books,
					service.seniority(),
					others.iter().map(|(seniority, other)| (*seniority, other)),
					expected,
					target,
					Self::now(),
					timing,
				)
				.map_err(Error::<T>::from)?;
			Self::put_allocation(operator, info, service, allocation)
		})
	}

	pub(crate) fn do_release(operator: T::AccountId, service: ServiceId) -> DispatchResult {
		let freed = Self::with_operator(&operator, |info| {
			ensure!(info.services.contains(&service), Error::<T>::NothingToDo);
			let mut allocation = Allocations::<T>::get(&operator, service);
			let freed = allocation
				.release(&info.books, Self::now(), &T::Timing::get())
				.map_err(Error::<T>::from)?;
			Self::put_allocation(&operator, info, service, allocation)?;
			ensure!(
				freed.0 > 0 || !info.services.contains(&service),
				Error::<T>::NothingToDo
			);
			Ok(freed)
		})?;
		Self::deposit_event(Event::Released {
			operator,
			service,
			freed,
		});
		Ok(())
	}

	/// Stores an allocation, or forgets it when nothing is promised or chargeable; keeps the lists that name it.
	fn put_allocation(
		operator: &T::AccountId,
		info: &mut OperatorInfo<T>,
		service: ServiceId,
		allocation: Allocation,
	) -> DispatchResult {
		let is_empty = allocation.is_empty(&info.books, Self::now(), &T::Timing::get());
		let at = info.services.iter().position(|other| *other == service);
		match at {
			Some(at) if is_empty => {
				info.services.remove(at);
				Self::count_operator(service, |operators| operators.checked_sub(1))?;
			}
			None if !is_empty => {
				info.services
					.try_push(service)
					.map_err(|_| Error::<T>::TooManyAllocations)?;
				Self::count_operator(service, |operators| operators.checked_add(1))?;
			}
			_ => (),
		}
		if is_empty {
			Allocations::<T>::remove(operator, service);
		} else {
			Allocations::<T>::insert(operator, service, allocation);
		}
		if service == CONSENSUS {
			Self::rerank(operator, info)?;
		}
		Ok(())
	}

	fn count_operator(service: ServiceId, count: impl FnOnce(u32) -> Option<u32>) -> DispatchResult {
		Services::<T>::try_mutate(service, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownService)?;
			entry.operators = count(entry.operators).ok_or(Error::<T>::Accounting)?;
			Ok(())
		})
	}
}
