// SPDX-License-Identifier: Apache-2.0

//! Faults, reports, offences.
//!
//! A slash reads and writes the operator, one allocation, and the list of candidates if it is one of them: never a delegator.

use crate::{
	pallet::*,
	traits::FaultLedger,
	types::{Noted, OperatorInfo, Report, ReportId, ServiceId, CONSENSUS},
	weights::WeightInfo,
	LOG_TARGET,
};
use alloc::vec::Vec;
use frame_support::{
	dispatch::{DispatchClass, DispatchResult},
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{BalancedHold, MutateHold},
		tokens::Precision,
		Get, OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
};
use polkadot_sdk::*;
use sp_core::H256;
use sp_runtime::{DispatchError, Perbill};
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};
use zerog_primitives::staking::PendingSlash;
use zerog_staking::{slash, Era, Magnitude, Slashed, MAX_ERAS};

impl<T: Config> Pallet<T> {
	/// Slashes an operator, now.
	pub(crate) fn do_slash(
		service: ServiceId,
		operator: &T::AccountId,
		fault: Era,
		fraction: Perbill,
	) -> Result<Slashed, DispatchError> {
		let (now, timing) = (Self::now(), T::Timing::get());
		let slashed = Self::with_operator(operator, |info| {
			let mut allocation = Allocations::<T>::get(operator, service);
			let slashed = slash(
				&mut info.books,
				&mut allocation,
				service.seniority(),
				fault,
				fraction,
				now,
				&timing,
			)
			.map_err(Error::<T>::from)?;
			// Without a record nothing was promised.
			if info.services.contains(&service) {
				Allocations::<T>::insert(operator, service, allocation);
			}
			if slashed.charged > Magnitude(0) {
				Self::close(operator, info, &slashed);
				Self::rerank(operator, info)?;
			}
			Ok(slashed)
		})?;
		Self::deposit_event(Event::SlashExecuted {
			service,
			operator: operator.clone(),
			fault,
			fraction,
			active: slashed.active,
			unbonding: slashed.unbonding,
		});
		Ok(slashed)
	}

	/// Keeps what a slash has closed.
	fn close(operator: &T::AccountId, info: &mut OperatorInfo<T>, slashed: &Slashed) {
		let Some(closed) = slashed.closed else {
			return;
		};
		if !closed.shares.is_zero() {
			ClosedPools::<T>::insert(operator, closed.generation, closed);
		}
		Self::deposit_event(Event::PoolClosed {
			operator: operator.clone(),
			generation: closed.generation,
		});
		Self::retire(operator, info);
	}

	/// Slashes for what was reported, and frees what the report had locked. A slash that is not possible any more is lost.
	fn decide(service: ServiceId, operator: &T::AccountId, fault: Era, fraction: Perbill) -> DispatchResult {
		let slashed = with_storage_layer(|| Self::do_slash(service, operator, fault, fraction));
		if let Err(error) = slashed {
			Self::lose(service, operator, fault, error);
		}
		Self::unlock(operator, fault)
	}

	fn unlock(operator: &T::AccountId, fault: Era) -> DispatchResult {
		Self::with_operator(operator, |info| {
			Ok(info.books.decide(fault).map_err(Error::<T>::from)?)
		})
	}

	fn lose(service: ServiceId, operator: &T::AccountId, fault: Era, error: DispatchError) {
		log::warn!(target: LOG_TARGET, "a slash of {operator:?} for era {fault} is lost: {error:?}");
		Self::deposit_event(Event::SlashLost {
			service,
			operator: operator.clone(),
			fault,
			error,
		});
	}

	/// Counts for the block what no caller counts.
	pub(crate) fn register_weight(weight: Weight) {
		frame_system::Pallet::<T>::register_extra_weight_unchecked(weight, DispatchClass::Mandatory);
	}

	/// Most that deciding a report or a noted fault weighs.
	pub(crate) fn decide_weight() -> Weight {
		let slash = T::WeightInfo::slash(T::MaxAllocations::get(), MAX_ERAS);
		let reported = T::WeightInfo::execute().saturating_add(slash);
		reported.max(T::WeightInfo::execute_noted())
	}

	pub(crate) fn do_note_fault(
		service: ServiceId,
		operator: &T::AccountId,
		fault: Era,
		fraction: Perbill,
	) -> DispatchResult {
		let declared = Services::<T>::get(service).ok_or(Error::<T>::UnknownService)?;
		let fraction = fraction.min(declared.terms.objective);
		ensure!(!fraction.is_zero(), Error::<T>::FaultNotDeclared);
		let known = NotedFaults::<T>::mutate(|noted| {
			let same = |noted: &&mut Noted<T::AccountId>| {
				noted.service == service && noted.operator == *operator && noted.fault == fault
			};
			let same = noted.iter_mut().find(same);
			same.map(|noted| noted.fraction = noted.fraction.max(fraction))
		});
		if known.is_none() {
			Self::with_operator(operator, |info| {
				let now = Self::now();
				Ok(info
					.books
					.report(fault, now, &T::Timing::get())
					.map_err(Error::<T>::from)?)
			})?;
			let noted = Noted {
				service,
				operator: operator.clone(),
				fault,
				fraction,
			};
			// A full list must not lose a fault. The caller's weight knows of no slash: the block does.
			if NotedFaults::<T>::try_append(noted).is_err() {
				Self::register_weight(Self::decide_weight());
				return Self::decide(service, operator, fault, fraction);
			}
		}
		Self::deposit_event(Event::FaultNoted {
			service,
			operator: operator.clone(),
			fault,
			fraction,
		});
		Ok(())
	}

	pub(crate) fn do_execute_noted() -> DispatchResult {
		let noted = NotedFaults::<T>::mutate(|noted| (!noted.is_empty()).then(|| noted.remove(0)));
		let noted = noted.ok_or(Error::<T>::NothingToDo)?;
		Self::decide(noted.service, &noted.operator, noted.fault, noted.fraction)
	}

	pub(crate) fn do_report(
		reporter: T::AccountId,
		service: ServiceId,
		operator: T::AccountId,
		fault: Era,
		fraction: Perbill,
		evidence: H256,
	) -> DispatchResult {
		let (now, timing) = (Self::now(), T::Timing::get());
		let due = timing.executable_from(now);
		let bond = T::ReportBond::get();
		let declared = Services::<T>::get(service).ok_or(Error::<T>::UnknownService)?;
		let subjective = declared.terms.subjective.ok_or(Error::<T>::FaultNotDeclared)?;
		ensure!(
			subjective.reporter == reporter && !declared.revoked,
			Error::<T>::NotReporter
		);
		ensure!(!fraction.is_zero(), Error::<T>::FractionOutOfRange);
		ensure!(now <= timing.report_until(fault), Error::<T>::FaultOutOfWindow);
		Self::with_operator(&operator, |info| {
			info.books.report(fault, now, &timing).map_err(Error::<T>::from)?;
			let mut allocation = Allocations::<T>::get(&operator, service).of(&info.books);
			ensure!(
				allocation.promised(fault) > Magnitude(0) && info.services.contains(&service),
				Error::<T>::NothingPromised
			);
			allocation
				.report(fraction, subjective.cap, now)
				.map_err(Error::<T>::from)?;
			Allocations::<T>::insert(&operator, service, allocation);
			Ok(())
		})?;
		Self::count_report(service, |reports| {
			reports
				.checked_add(1)
				.filter(|sum| *sum <= T::MaxServiceReports::get())
		})?;
		T::Currency::hold(&HoldReason::Report.into(), &reporter, bond)?;
		let id = NextReport::<T>::get();
		NextReport::<T>::put(id.wrapping_add(1));
		ReportQueue::<T>::try_append(id).map_err(|()| Error::<T>::TooManyReports)?;
		Self::deposit_event(Event::SlashReported {
			id,
			service,
			operator: operator.clone(),
			fault,
			fraction,
			due,
			evidence,
		});
		let report = Report {
			service,
			operator,
			fault,
			fraction,
			due,
			reporter,
			bond,
			evidence,
		};
		Reports::<T>::insert(id, report);
		Ok(())
	}

	pub(crate) fn do_veto(resolver: T::AccountId, id: ReportId) -> DispatchResult {
		let report = Self::take_report(id)?;
		let declared = Services::<T>::get(report.service).ok_or(Error::<T>::UnknownService)?;
		let subjective = declared.terms.subjective;
		ensure!(
			subjective.is_some_and(|subjective| subjective.resolver == resolver),
			Error::<T>::NotResolver
		);
		ensure!(Self::now() < report.due, Error::<T>::VetoTooLate);
		Self::unlock(&report.operator, report.fault)?;
		let (credit, missing) = T::Currency::slash(&HoldReason::Report.into(), &report.reporter, report.bond);
		ensure!(missing == 0, Error::<T>::Accounting);
		T::Slashed::on_unbalanced(credit);
		Self::deposit_event(Event::SlashVetoed { id });
		Ok(())
	}

	pub(crate) fn do_cancel(id: ReportId) -> DispatchResult {
		let report = Self::take_report(id)?;
		Self::unlock(&report.operator, report.fault)?;
		Self::free_bond(&report)?;
		Self::deposit_event(Event::SlashCancelled { id });
		Ok(())
	}

	pub(crate) fn do_execute(id: ReportId) -> DispatchResult {
		let report = Self::take_report(id)?;
		ensure!(Self::now() >= report.due, Error::<T>::NotDue);
		Self::free_bond(&report)?;
		Self::decide(report.service, &report.operator, report.fault, report.fraction)
	}

	fn take_report(id: ReportId) -> Result<Report<T::AccountId>, DispatchError> {
		let report = Reports::<T>::take(id).ok_or(Error::<T>::UnknownReport)?;
		ReportQueue::<T>::mutate(|queue| queue.retain(|other| *other != id));
		Self::count_report(report.service, |reports| reports.checked_sub(1))?;
		Ok(report)
	}

	fn free_bond(report: &Report<T::AccountId>) -> DispatchResult {
		let reason = HoldReason::Report.into();
		T::Currency::release(&reason, &report.reporter, report.bond, Precision::Exact).map(drop)
	}

	fn count_report(service: ServiceId, count: impl FnOnce(u32) -> Option<u32>) -> DispatchResult {
		Services::<T>::try_mutate(service, |entry| {
			let entry = entry.as_mut().ok_or(Error::<T>::UnknownService)?;
			entry.reports = count(entry.reports).ok_or(Error::<T>::TooManyReports)?;
			Ok(())
		})
	}

	/// Executes what is due while there is room.
	pub(crate) fn execute_due(meter: &mut WeightMeter) {
		// Each round consumes weight, and ends with less to do.
		while meter.try_consume(T::DbWeight::get().reads(4)).is_ok() {
			let noted = NotedFaults::<T>::decode_len().unwrap_or_default() > 0;
			let due = ReportQueue::<T>::get().first().copied().filter(|id| {
				let now = Self::now();
				Reports::<T>::get(id).is_some_and(|report| report.due <= now)
			});
			if (!noted && due.is_none()) || meter.try_consume(Self::decide_weight()).is_err() {
				return;
			}
			let executed = with_storage_layer(|| match due {
				Some(id) if !noted => Self::do_execute(id),
				_ => Self::do_execute_noted(),
			});
			if let Err(error) = executed {
				Self::abandon(due.filter(|_| !noted), error);
			}
		}
	}

	/// Drops a report, or the oldest noted fault, that cannot be executed: the books are wrong, but what waits behind it must be.
	fn abandon(id: Option<ReportId>, error: DispatchError) {
		log::error!(target: LOG_TARGET, "a slash that is due cannot be executed: {error:?}");
		let (service, operator, fault) = if let Some(id) = id {
			ReportQueue::<T>::mutate(|queue| queue.retain(|other| *other != id));
			let Some(report) = Reports::<T>::take(id) else {
				return;
			};
			if let Err(error) = Self::count_report(report.service, |reports| reports.checked_sub(1)) {
				log::error!(target: LOG_TARGET, "a report is not counted: {error:?}");
			}
			if let Err(error) = Self::free_bond(&report) {
				log::error!(target: LOG_TARGET, "a bond is not free: {error:?}");
			}
			(report.service, report.operator, report.fault)
		} else {
			let noted = NotedFaults::<T>::mutate(|noted| (!noted.is_empty()).then(|| noted.remove(0)));
			let Some(noted) = noted else {
				return;
			};
			(noted.service, noted.operator, noted.fault)
		};
		if let Err(error) = with_storage_layer(|| Self::unlock(&operator, fault)) {
			log::error!(target: LOG_TARGET, "nothing waits for era {fault} of {operator:?}: {error:?}");
		}
		Self::lose(service, &operator, fault, error);
	}

	/// The slashes of an operator that wait.
	pub(crate) fn pending_of(operator: &T::AccountId) -> Vec<PendingSlash> {
		let now = Self::now();
		let describe = |service: ServiceId, fault, fraction, due| PendingSlash {
			service: service.0,
			fault,
			fraction,
			due,
		};
		let noted = NotedFaults::<T>::get()
			.into_iter()
			.filter(|noted| noted.operator == *operator)
			.map(|noted| describe(noted.service, noted.fault, noted.fraction, now));
		let reports = ReportQueue::<T>::get()
			.into_iter()
			.filter_map(Reports::<T>::get)
			.filter(|report| report.operator == *operator)
			.map(|report| describe(report.service, report.fault, report.fraction, report.due));
		noted.chain(reports).collect()
	}
}

impl<T: Config> FaultLedger<T::AccountId> for Pallet<T> {
	fn era_of(session: SessionIndex) -> Option<Era> {
		Self::era_of_session(session)
	}

	fn note_fault(
		service: ServiceId,
		operator: &T::AccountId,
		fault: Era,
		fraction: Perbill,
	) -> DispatchResult {
		with_storage_layer(|| Self::do_note_fault(service, operator, fault, fraction))
	}

	fn note_fault_weight() -> Weight {
		T::WeightInfo::note_fault()
	}
}

/// Offences of validators prove themselves, so that they are slashed at once.
impl<T: Config, Reporter> OnOffenceHandler<Reporter, (T::AccountId, ()), Weight> for Pallet<T> {
	fn on_offence(
		offenders: &[OffenceDetails<Reporter, (T::AccountId, ())>],
		fractions: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		let era = Self::era_of_session(session);
		let mut weight = T::DbWeight::get().reads(1);
		for (details, fraction) in offenders.iter().zip(fractions) {
			let (offender, ()) = &details.offender;
			Self::punish(offender, era, *fraction);
			weight.saturating_accrue(T::WeightInfo::punish());
		}
		// `pallet_offences` drops what is returned here.
		Self::register_weight(weight);
		weight
	}
}

impl<T: Config> Pallet<T> {
	/// Slashes and disables a validator, which is not elected again until it stands anew.
	pub(crate) fn punish(offender: &T::AccountId, era: Option<Era>, fraction: Perbill) {
		let declared = Services::<T>::get(CONSENSUS);
		let most = declared.map_or(Perbill::one(), |service| service.terms.objective);
		let fault = era.unwrap_or_default();
		let slashed = with_storage_layer(|| {
			ensure!(era.is_some(), Error::<T>::FaultOutOfWindow);
			Self::do_slash(CONSENSUS, offender, fault, fraction.min(most))
		});
		if let Err(error) = slashed {
			Self::lose(CONSENSUS, offender, fault, error);
		}
		Operators::<T>::mutate(offender, |entry| {
			if let Some(info) = entry {
				Self::retire(offender, info);
			}
		});
		Self::disable(offender, OffenceSeverity(fraction));
	}
}
