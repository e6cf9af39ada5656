// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of the calls, for `./scripts/weights`.
//!
//! Records are as large as they get: histories with an entry for every era, all allocations, a full list of candidates. A step
//! that fails ends the benchmark with its error.

use crate::*;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Balanced, Inspect, InspectHold},
		tokens::Precision,
		EnsureOrigin, Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;
use pallet_session::SessionInterface;
use sp_core::H256;
use sp_runtime::{traits::TrailingZeroInput, Perbill};
use sp_staking::offence::OffenceSeverity;
use zerog_staking::{
	Balance, ElectionKey, Era, Magnitude, Shares, SubjectiveCap, Timing, HISTORY, MAX_ERAS, WHOLE,
};

fn funded<T: Config>(name: &'static str, index: u32) -> Result<T::AccountId, BenchmarkError> {
	let account: T::AccountId = account(name, index, 0);
	T::Currency::deposit(&account, Balance::MAX / 1_000_000, Precision::Exact).map(drop)?;
	Ok(account)
}

fn anyone<T: Config>() -> Result<RawOrigin<T::AccountId>, BenchmarkError> {
	Ok(RawOrigin::Signed(funded::<T>("anyone", 0)?))
}

fn admin<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Stop("governance has no origin"))
}

/// More than every minimum.
fn stake<T: Config>() -> Balance {
	T::MinimumOperatorStake::get()
		.max(T::MinimumValidatorStake::get())
		.saturating_mul(1_000)
}

fn terms<T: Config>() -> Result<Terms<T::AccountId>, BenchmarkError> {
	Ok(Terms {
		kind: ServiceKind::Custom,
		objective: Perbill::one(),
		subjective: Some(Subjective {
			reporter: funded::<T>("reporter", 0)?,
			resolver: funded::<T>("resolver", 0)?,
			cap: SubjectiveCap {
				per_offence: Perbill::from_percent(10),
				per_era: Perbill::one(),
			},
		}),
	})
}

/// Consensus and so many other services, all of which can be reported for but the first.
fn services<T: Config>(others: u32) -> Result<Vec<ServiceId>, BenchmarkError> {
	if !Services::<T>::contains_key(CONSENSUS) {
		migration::found::<T>(0, &[])?;
	}
	let mut all = Vec::from([CONSENSUS]);
	for _ in 0..others {
		all.push(NextService::<T>::get());
		Pallet::<T>::do_create_service(terms::<T>()?)?;
	}
	Ok(all)
}

/// An operator that promises consensus a half, and hundredths to `others` services, at once.
fn operator<T: Config>(others: u32) -> Result<(T::AccountId, Vec<ServiceId>), BenchmarkError> {
	let operator = funded::<T>("operator", 0)?;
	let services = services::<T>(others)?;
	Pallet::<T>::do_register(operator.clone(), stake::<T>(), Perbill::from_percent(50))?;
	let timing = Timing {
		allocation_delay: 0,
		..T::Timing::get()
	};
	for service in &services {
		let part = if *service == CONSENSUS { 2 } else { 100 };
		let promise = Magnitude(WHOLE.0 / part);
		Pallet::<T>::promise(&operator, *service, Magnitude(0), promise, &timing)?;
	}
	Ok((operator, services))
}

/// The same with all allocations, as the last of a full list of candidates.
fn candidate<T: Config>() -> Result<T::AccountId, BenchmarkError> {
	let (operator, _) = operator::<T>(T::MaxAllocations::get() - 1)?;
	Candidates::<T>::kill();
	Pallet::<T>::do_stand(operator.clone())?;
	crowd::<T>(T::MaxCandidates::get() - 1)?;
	Ok(operator)
}

/// Gives an account session keys of its own.
fn set_keys<T: Config>(account: &T::AccountId) -> Result<(), BenchmarkError> {
	let seed = sp_io::hashing::blake2_256(&account.encode()).repeat(16);
	let keys = Decode::decode(&mut TrailingZeroInput::new(&seed));
	let keys = keys.map_err(|_| BenchmarkError::Stop("these bytes are no keys"))?;
	Ok(T::Session::set_keys(account, keys)?)
}

/// So many candidates with more stake. The last ones have session keys, as many as an election needs: who asks whether they are
/// enough asks for the keys of all.
fn crowd<T: Config>(count: u32) -> Result<(), BenchmarkError> {
	for index in 0..count {
		let key = ElectionKey {
			stake: Balance::MAX - Balance::from(index),
			since: 0,
			account: account("crowd", index, 0),
		};
		if count - index <= T::MinimumValidators::get() {
			set_keys::<T>(&key.account)?;
		}
		let at = index as usize;
		Candidates::<T>::try_mutate(|list| list.try_insert(at, key))
			.map_err(|_| BenchmarkError::Stop("the list of candidates is full"))?;
	}
	Ok(())
}

fn set_era<T: Config>(era: Era) {
	CurrentEra::<T>::put(era);
}

/// A candidate and a delegator, which may be itself, that have both done something in every era of the history: it delegated,
/// unbonded in the last ones that a position can hold, and earned. Nothing is claimed, and the last era is not distributed.
fn seasoned<T: Config>(itself: bool) -> Result<(T::AccountId, T::AccountId), BenchmarkError> {
	let operator = candidate::<T>()?;
	let delegator = if itself {
		operator.clone()
	} else {
		funded::<T>("delegator", 0)?
	};
	let amount = T::MinimumDelegation::get().saturating_mul(1_000);
	let start = Pallet::<T>::now();
	let services = Operators::<T>::get(&operator)
		.map(|info| info.services)
		.unwrap_or_default();
	let sponsor = funded::<T>("sponsor", 0)?;
	for era in 0..HISTORY {
		let now = start + era;
		set_era::<T>(now);
		Pallet::<T>::do_delegate(operator.clone(), delegator.clone(), amount)?;
		if era + MAX_ERAS > HISTORY + 1 {
			Pallet::<T>::do_unbond(operator.clone(), delegator.clone(), Shares(amount))?;
		}
		for service in &services {
			Pallet::<T>::do_note_work(*service, &operator, 1)?;
			Pallet::<T>::do_fund(sponsor.clone(), *service, T::MinimumDelegation::get())?;
		}
		if era > 0 && era + 1 < HISTORY {
			Pallet::<T>::do_distribute(operator.clone())?;
		}
	}
	Ok((operator, delegator))
}

/// A pool that consensus has closed, with a share of the delegator's.
fn closed<T: Config>() -> Result<(T::AccountId, T::AccountId), BenchmarkError> {
	let (operator, _) = operator::<T>(0)?;
	let delegator = funded::<T>("delegator", 0)?;
	Pallet::<T>::do_delegate(operator.clone(), delegator.clone(), stake::<T>())?;
	let timing = Timing {
		allocation_delay: 0,
		..T::Timing::get()
	};
	let half = Magnitude(WHOLE.0 / 2);
	Pallet::<T>::promise(&operator, CONSENSUS, half, WHOLE, &timing)?;
	let now = Pallet::<T>::now();
	Pallet::<T>::do_slash(CONSENSUS, &operator, now, Perbill::from_parts(999_900_000))?;
	Ok((operator, delegator))
}

/// The last of a full list of candidates, whose pool a slash by consensus for the returned era closes. It promises consensus all
/// that it does not promise to `others` services, has so many buckets, of which the slash reaches those that bonding lets it, and
/// each history of the allocation has changed in each of their eras.
fn doomed<T: Config>(others: u32, buckets: u32) -> Result<(T::AccountId, Era), BenchmarkError> {
	let operator = funded::<T>("operator", 0)?;
	let services = services::<T>(others)?;
	Pallet::<T>::do_register(operator.clone(), stake::<T>(), Perbill::from_percent(50))?;
	let timing = T::Timing::get();
	let at_once = Timing {
		allocation_delay: 0,
		..timing
	};
	for service in services {
		let promise = match service {
			CONSENSUS => Magnitude(WHOLE.0 - u64::from(others)),
			_ => Magnitude(1),
		};
		Pallet::<T>::promise(&operator, service, Magnitude(0), promise, &at_once)?;
	}
	Candidates::<T>::kill();
	Pallet::<T>::do_stand(operator.clone())?;
	crowd::<T>(T::MaxCandidates::get() - 1)?;
	// Nothing matures, so that no bucket leaves the record.
	let patient = Timing {
		bonding: 2 * MAX_ERAS,
		..timing
	};
	let start = Pallet::<T>::now();
	for era in (start..).take(buckets as usize) {
		set_era::<T>(era);
		Pallet::<T>::do_slash(CONSENSUS, &operator, era, Perbill::from_parts(1))?;
		let shares = Shares(T::MinimumDelegation::get().saturating_mul(1_000));
		Pallet::<T>::with_operator(&operator, |info| {
			Pallet::<T>::with_position(&operator, &operator, |position| {
				let unbonded = position.unbond(&mut info.books, era, shares, 0, &patient);
				Ok(unbonded.map(drop).map_err(Error::<T>::from)?)
			})
		})?;
	}
	Ok((operator, timing.horizon(Pallet::<T>::now()).max(start)))
}

/// Faults of others that wait: one less than can.
fn noted<T: Config>(service: ServiceId) -> impl Iterator<Item = Noted<T::AccountId>> {
	(1..T::MaxNoted::get()).map(move |index| Noted {
		service,
		operator: account("offender", index, 0),
		fault: 0,
		fraction: Perbill::one(),
	})
}

/// A report of the only kind, by its number.
fn reported<T: Config>() -> Result<(T::AccountId, ReportId), BenchmarkError> {
	let (operator, services) = operator::<T>(T::MaxAllocations::get() - 1)?;
	let service = *services.last().ok_or(BenchmarkError::Stop("no service"))?;
	let (reporter, now) = (funded::<T>("reporter", 0)?, Pallet::<T>::now());
	let fraction = Perbill::from_percent(1);
	Pallet::<T>::do_report(reporter, service, operator.clone(), now, fraction, H256::zero())?;
	Ok((operator, NextReport::<T>::get() - 1))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_operator() -> Result<(), BenchmarkError> {
		let caller = funded::<T>("operator", 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), stake::<T>(), Perbill::one());
		assert!(Operators::<T>::contains_key(&caller));
		Ok(())
	}

	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		let caller = funded::<T>("operator", 0)?;
		let now = Pallet::<T>::now();
		Pallet::<T>::do_register(caller.clone(), stake::<T>(), Perbill::one())?;
		let shares = Positions::<T>::get(&caller, &caller).shares();
		Pallet::<T>::do_unbond(caller.clone(), caller.clone(), shares)?;
		set_era::<T>(now + T::Timing::get().bonding);
		Pallet::<T>::do_withdraw(caller.clone(), caller.clone(), now)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()));
		assert!(!Operators::<T>::contains_key(&caller));
		Ok(())
	}

	#[benchmark]
	fn set_commission() -> Result<(), BenchmarkError> {
		let (operator, _) = seasoned::<T>(false)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(operator), Perbill::zero());
		Ok(())
	}

	#[benchmark]
	fn delegate() -> Result<(), BenchmarkError> {
		let (operator, delegator) = seasoned::<T>(false)?;
		let held = Positions::<T>::get(&operator, &delegator)
			.held()
			.unwrap_or_default();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(delegator.clone()),
			operator.clone(),
			stake::<T>(),
		);
		assert!(Positions::<T>::get(&operator, &delegator)
			.held()
			.is_ok_and(|now| now > held));
		Ok(())
	}

	// An operator asks for its duties and promises; its stake was slashed, and two buckets have matured.
	#[benchmark]
	fn unbond() -> Result<(), BenchmarkError> {
		let (operator, _) = seasoned::<T>(true)?;
		let now = Pallet::<T>::now();
		Pallet::<T>::do_slash(CONSENSUS, &operator, now, Perbill::from_percent(1))?;
		set_era::<T>(now + 2);
		let archived = Archive::<T>::iter_key_prefix(&operator).count();
		let shares = Shares(T::MinimumDelegation::get().saturating_mul(1_000));
		#[extrinsic_call]
		_(RawOrigin::Signed(operator.clone()), operator.clone(), shares);
		assert_eq!(Archive::<T>::iter_key_prefix(&operator).count(), archived + 2);
		Ok(())
	}

	// The bucket lies alone, and a slash took a part of it.
	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let (operator, delegator) = seasoned::<T>(false)?;
		let now = Pallet::<T>::now();
		let era = Operators::<T>::get(&operator)
			.and_then(|info| info.books.buckets().first().map(|bucket| bucket.era))
			.ok_or(BenchmarkError::Stop("nothing unbonds"))?;
		Pallet::<T>::do_slash(CONSENSUS, &operator, era, Perbill::from_percent(1))?;
		set_era::<T>(now + T::Timing::get().bonding);
		Pallet::<T>::do_archive(operator.clone())?;
		let held = T::Currency::total_balance_on_hold(&delegator);
		let total = T::Currency::total_balance(&delegator);
		#[extrinsic_call]
		_(anyone::<T>()?, operator.clone(), delegator.clone(), era);
		assert!(!Archive::<T>::contains_key(&operator, era));
		assert!(T::Currency::total_balance_on_hold(&delegator) < held);
		assert!(T::Currency::total_balance(&delegator) < total);
		Ok(())
	}

	#[benchmark]
	fn realise() -> Result<(), BenchmarkError> {
		let (operator, delegator) = seasoned::<T>(false)?;
		let now = Pallet::<T>::now();
		Pallet::<T>::do_slash(CONSENSUS, &operator, now, Perbill::from_percent(1))?;
		#[extrinsic_call]
		_(anyone::<T>()?, operator, delegator);
		Ok(())
	}

	#[benchmark]
	fn convert() -> Result<(), BenchmarkError> {
		let (operator, delegator) = closed::<T>()?;
		#[extrinsic_call]
		_(anyone::<T>()?, operator.clone(), delegator.clone());
		assert!(Positions::<T>::get(&operator, &delegator).shares().is_zero());
		Ok(())
	}

	#[benchmark]
	fn archive() -> Result<(), BenchmarkError> {
		let (operator, _) = seasoned::<T>(false)?;
		set_era::<T>(Pallet::<T>::now() + T::Timing::get().bonding);
		let archived = Archive::<T>::iter_key_prefix(&operator).count();
		#[extrinsic_call]
		_(anyone::<T>()?, operator.clone());
		assert_eq!(Archive::<T>::iter_key_prefix(&operator).count(), archived + 1);
		Ok(())
	}

	#[benchmark]
	fn reopen() -> Result<(), BenchmarkError> {
		let (operator, _) = closed::<T>()?;
		set_era::<T>(Pallet::<T>::now() + T::Timing::get().bonding);
		#[extrinsic_call]
		_(anyone::<T>()?, operator);
		Ok(())
	}

	#[benchmark]
	fn allocate() -> Result<(), BenchmarkError> {
		let operator = candidate::<T>()?;
		let half = Magnitude(WHOLE.0 / 2);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(operator),
			CONSENSUS,
			half,
			Magnitude(WHOLE.0 / 3),
		);
		Ok(())
	}

	#[benchmark]
	fn release() -> Result<(), BenchmarkError> {
		let operator = candidate::<T>()?;
		let (half, timing) = (Magnitude(WHOLE.0 / 2), T::Timing::get());
		Pallet::<T>::promise(&operator, CONSENSUS, half, Magnitude(0), &timing)?;
		set_era::<T>(Pallet::<T>::now() + timing.bonding + timing.deallocation_delay);
		#[extrinsic_call]
		_(anyone::<T>()?, operator.clone(), CONSENSUS);
		assert!(!Allocations::<T>::contains_key(&operator, CONSENSUS));
		Ok(())
	}

	#[benchmark]
	fn validate() -> Result<(), BenchmarkError> {
		// Somebody with less stake has the last place.
		let weaker = funded::<T>("weaker", 0)?;
		let (operator, _) = operator::<T>(T::MaxAllocations::get() - 1)?;
		Pallet::<T>::do_register(weaker.clone(), T::MinimumOperatorStake::get(), Perbill::one())?;
		Candidates::<T>::kill();
		crowd::<T>(T::MaxCandidates::get() - 1)?;
		let key = ElectionKey {
			stake: 0,
			since: 0,
			account: weaker,
		};
		Candidates::<T>::try_append(key).map_err(|()| BenchmarkError::Stop("the list is full"))?;
		set_keys::<T>(&operator)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(operator.clone()));
		assert!(Operators::<T>::get(&operator).is_some_and(|info| info.candidate.is_some()));
		Ok(())
	}

	#[benchmark]
	fn chill() -> Result<(), BenchmarkError> {
		let operator = candidate::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(operator));
		Ok(())
	}

	#[benchmark]
	fn rank() -> Result<(), BenchmarkError> {
		let operator = candidate::<T>()?;
		#[extrinsic_call]
		_(anyone::<T>()?, operator);
		Ok(())
	}

	#[benchmark]
	fn distribute() -> Result<(), BenchmarkError> {
		let (operator, _) = seasoned::<T>(false)?;
		#[extrinsic_call]
		_(anyone::<T>()?, operator);
		Ok(())
	}

	// The account can take its part: where a dead one cannot, one pot is written instead of two accounts.
	#[benchmark]
	fn claim() -> Result<(), BenchmarkError> {
		let (operator, delegator) = seasoned::<T>(false)?;
		#[extrinsic_call]
		_(anyone::<T>()?, operator.clone(), delegator.clone());
		assert_eq!(Pallet::<T>::claimable_of(&operator, &delegator), 0);
		Ok(())
	}

	#[benchmark]
	fn fund() -> Result<(), BenchmarkError> {
		services::<T>(0)?;
		#[extrinsic_call]
		_(anyone::<T>()?, CONSENSUS, stake::<T>());
		Ok(())
	}

	#[benchmark]
	fn expire_pot() -> Result<(), BenchmarkError> {
		services::<T>(0)?;
		let now = Pallet::<T>::now();
		Pallet::<T>::do_fund(funded::<T>("sponsor", 0)?, CONSENSUS, stake::<T>())?;
		set_era::<T>(now + HISTORY);
		#[extrinsic_call]
		_(anyone::<T>()?, CONSENSUS, now);
		Ok(())
	}

	#[benchmark]
	fn expire_work() -> Result<(), BenchmarkError> {
		let (operator, _) = operator::<T>(0)?;
		let now = Pallet::<T>::now();
		Pallet::<T>::do_note_work(CONSENSUS, &operator, 1)?;
		set_era::<T>(now + HISTORY);
		#[extrinsic_call]
		_(anyone::<T>()?, operator, now);
		Ok(())
	}

	#[benchmark]
	fn create_service() -> Result<(), BenchmarkError> {
		let terms = terms::<T>()?;
		services::<T>(0)?;
		let origin = admin::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, terms);
		Ok(())
	}

	#[benchmark]
	fn drain_service() -> Result<(), BenchmarkError> {
		let service = services::<T>(1)?[1];
		let origin = admin::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, service);
		Ok(())
	}

	#[benchmark]
	fn retire_service() -> Result<(), BenchmarkError> {
		let service = services::<T>(1)?[1];
		Pallet::<T>::do_drain_service(service)?;
		#[extrinsic_call]
		_(anyone::<T>()?, service);
		Ok(())
	}

	#[benchmark]
	fn revoke_reporter() -> Result<(), BenchmarkError> {
		let service = services::<T>(1)?[1];
		let origin = admin::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, service);
		Ok(())
	}

	#[benchmark]
	fn report() -> Result<(), BenchmarkError> {
		let (operator, services) = operator::<T>(T::MaxAllocations::get() - 1)?;
		let service = *services.last().ok_or(BenchmarkError::Stop("no service"))?;
		let reporter = funded::<T>("reporter", 0)?;
		let now = Pallet::<T>::now();
		#[extrinsic_call]
		_(
			RawOrigin::Signed(reporter),
			service,
			operator,
			now,
			Perbill::from_percent(1),
			H256::zero(),
		);
		Ok(())
	}

	#[benchmark]
	fn veto() -> Result<(), BenchmarkError> {
		let (_, id) = reported::<T>()?;
		let resolver = funded::<T>("resolver", 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(resolver), id);
		Ok(())
	}

	#[benchmark]
	fn cancel() -> Result<(), BenchmarkError> {
		let (_, id) = reported::<T>()?;
		let origin = admin::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);
		Ok(())
	}

	#[benchmark]
	fn execute() -> Result<(), BenchmarkError> {
		let (_, id) = reported::<T>()?;
		set_era::<T>(Pallet::<T>::now() + T::Timing::get().veto);
		#[extrinsic_call]
		_(anyone::<T>()?, id);
		assert!(!Reports::<T>::contains_key(id));
		Ok(())
	}

	// The oldest of as many faults as can wait, and a slash that closes the pool of the last of many candidates.
	#[benchmark]
	fn execute_noted() -> Result<(), BenchmarkError> {
		let (operator, fault) = doomed::<T>(T::MaxAllocations::get() - 1, MAX_ERAS)?;
		Pallet::<T>::do_note_fault(CONSENSUS, &operator, fault, Perbill::one())?;
		let waiting = NotedFaults::<T>::get().into_iter().chain(noted::<T>(CONSENSUS));
		NotedFaults::<T>::put(BoundedVec::truncate_from(waiting.collect()));
		#[extrinsic_call]
		_(anyone::<T>()?);
		assert_eq!(NotedFaults::<T>::get().len(), T::MaxNoted::get() as usize - 1);
		assert!(ClosedPools::<T>::contains_key(&operator, 0));
		Ok(())
	}

	#[benchmark]
	fn note_fault() -> Result<(), BenchmarkError> {
		let (operator, services) = operator::<T>(T::MaxAllocations::get() - 1)?;
		let service = *services.last().ok_or(BenchmarkError::Stop("no service"))?;
		NotedFaults::<T>::put(BoundedVec::truncate_from(noted::<T>(service).collect()));
		let now = Pallet::<T>::now();
		#[block]
		{
			Pallet::<T>::do_note_fault(service, &operator, now, Perbill::one())?;
		}
		Ok(())
	}

	#[benchmark]
	fn note_work() -> Result<(), BenchmarkError> {
		let (operator, _) = seasoned::<T>(false)?;
		#[block]
		{
			Pallet::<T>::do_note_work(CONSENSUS, &operator, 1)?;
		}
		Ok(())
	}

	// A slash that closes the pool of the last of many candidates.
	#[benchmark]
	fn slash(s: Linear<1, 16>, b: Linear<0, 64>) -> Result<(), BenchmarkError> {
		let (operator, fault) = doomed::<T>((s - 1).min(T::MaxAllocations::get() - 1), b)?;
		#[block]
		{
			Pallet::<T>::do_slash(CONSENSUS, &operator, fault, Perbill::one())?;
		}
		assert!(ClosedPools::<T>::contains_key(&operator, 0));
		Ok(())
	}

	#[benchmark]
	fn punish() -> Result<(), BenchmarkError> {
		let (operator, fault) = doomed::<T>(T::MaxAllocations::get() - 1, MAX_ERAS)?;
		let known = (1..T::MaxValidators::get()).map(|index| {
			let severity = OffenceSeverity(Perbill::one());
			(account("offender", index, 0), severity)
		});
		Offenders::<T>::put(BoundedVec::truncate_from(known.collect()));
		#[block]
		{
			Pallet::<T>::punish(&operator, Some(fault), Perbill::one());
		}
		assert!(ClosedPools::<T>::contains_key(&operator, 0));
		assert!(Operators::<T>::get(&operator).is_some_and(|info| info.candidate.is_none()));
		Ok(())
	}

	/// What other pallets ask of an operator, the dearer of both questions.
	#[benchmark]
	fn security() -> Result<(), BenchmarkError> {
		let (operator, _) = doomed::<T>(T::MaxAllocations::get() - 1, MAX_ERAS)?;
		let service = ServiceId(NextService::<T>::get().0 - 1);
		let found;
		#[block]
		{
			found = Pallet::<T>::security_of(service, &operator);
		}
		assert!(found <= Pallet::<T>::present_security_of(service, &operator));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::chain(), crate::mock::Test);
}
