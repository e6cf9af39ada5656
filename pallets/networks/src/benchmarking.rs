// SPDX-License-Identifier: Apache-2.0

//! Benchmarks of the calls and steps, for `./scripts/weights`; `advance` is the dearest step.
//!
//! Records are as large as they get: all networks, all memberships, rosters of all operators. A step that fails ends the benchmark
//! with its error. The tests run each of them too.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungible::Mutate, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::Perbill;
use zerog_networks::{
	Balance, BaseFee, Candidates, Change, DrawParams, Epoch, FeeParams, NetworkId, Networks, Params,
	Selection, Status, Supply, MAX_NETWORKS, MAX_SEATS, ROOT,
};

/// A network that every full registry has.
const NETWORK: NetworkId = 1;
/// Far enough for all rosters.
const EPOCH: Epoch = 1_000;

fn stop<E>(_: E) -> BenchmarkError {
	BenchmarkError::Stop("a step of the setup fails")
}

fn admin<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	#[cfg(feature = "runtime-benchmarks")]
	let origin = <T::AdminOrigin as frame_support::traits::EnsureOrigin<_>>::try_successful_origin();
	#[cfg(not(feature = "runtime-benchmarks"))]
	let origin = Ok::<_, ()>(RawOrigin::Root.into());
	origin.map_err(stop)
}

/// As many networks as possible; `drained` of them take nothing new and are over with the next turn.
fn full_registry<T: Config>(drained: u32) -> Result<Networks, BenchmarkError> {
	let fees = T::Defaults::get().fees;
	let eager = Params {
		high: Perbill::from_percent(50),
		high_epochs: 1,
		low: Perbill::zero(),
		low_epochs: 1,
		max: MAX_NETWORKS,
		operators: 0,
		ingress: 0,
		escrow: 0,
		..T::Defaults::get().networks
	};
	let fewer = Params {
		max: MAX_NETWORKS.saturating_sub(drained),
		..eager
	};
	let supply = Supply::default();
	let mut registry = Networks::new(EPOCH - 200, 1_000, BaseFee::new(0, &fees));
	let fill = |registry: &mut Networks| {
		let active: Vec<_> = registry.active().collect();
		for (network, capacity) in active {
			registry.submitted(network, capacity, 0, &fees).map_err(stop)?;
			registry.certified(network, capacity, 0).map_err(stop)?;
		}
		Ok::<_, BenchmarkError>(())
	};
	for epoch in (EPOCH - 199).. {
		fill(&mut registry)?;
		let turn = registry.turn(epoch, 0, &eager, &fees, 0, &supply).map_err(stop)?;
		match turn.change {
			Some(Change::Spawned(network)) => registry.activate(network).map_err(stop)?,
			_ => break,
		}
	}
	let idle: Vec<_> = registry.active().collect();
	for (network, _) in idle {
		// Pending, so that none of them goes before all are drained.
		registry.submitted(network, 1, 0, &fees).map_err(stop)?;
	}
	for index in 0..drained {
		let epoch = EPOCH + 1 - drained + index;
		registry.turn(epoch, 0, &fewer, &fees, 0, &supply).map_err(stop)?;
	}
	let all: Vec<_> = registry.iter().map(|network| network.id()).collect();
	for network in all {
		registry.certified(network, 1, 0).map_err(stop)?;
	}
	if registry.epoch() < EPOCH {
		let lazy = Params {
			high_epochs: u32::MAX,
			low_epochs: u32::MAX,
			..eager
		};
		registry.turn(EPOCH, 0, &lazy, &fees, 0, &supply).map_err(stop)?;
	}
	Ok(registry)
}

/// The largest registry in storage, with the parameters that it starts with.
fn networks<T: Config>() -> Result<(), BenchmarkError> {
	Registry::<T>::put(full_registry::<T>(0)?);
	Ok(())
}

fn memberships<T: Config>(count: u32) -> BoundedVec<Membership, T::MaxMemberships> {
	let place = |network| Membership { network, left: None };
	BoundedVec::truncate_from((NETWORK..).map(place).take(count as usize).collect())
}

/// An account that can register.
fn able<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let operator: T::AccountId = account(name, index, 0);
	T::Stake::endow(&operator, Parameters::<T>::get().minimum_stake);
	operator
}

/// An operator with so many memberships.
fn operator<T: Config>(index: u32, joined: u32) -> T::AccountId {
	let operator = able::<T>("operator", index);
	let mut info = Operator::<T>::new(u64::MAX);
	info.memberships = memberships::<T>(joined);
	Operators::<T>::insert(&operator, info);
	operator
}

/// So many operators as they are read, all in all networks that one can join.
fn candidates<T: Config>(count: u32) -> BoundedVec<Candidate<T>, T::MaxOperators> {
	let candidate = |index| Candidate {
		operator: account("operator", index, 0),
		stake: 1_000_000 + Balance::from(index),
		memberships: memberships::<T>(T::MaxMemberships::get()),
	};
	BoundedVec::truncate_from((0..count).map(candidate).collect())
}

fn roster<T: Config>(began: Epoch, count: u32) -> Roster<T> {
	let mut candidates = candidates::<T>(count).into_inner();
	candidates.sort_unstable_by(|a, b| a.operator.cmp(&b.operator));
	Roster {
		began,
		candidates: BoundedVec::truncate_from(candidates),
	}
}

/// The largest committee that is drawn.
fn committee<T: Config>() -> Result<Committee<T::AccountId>, BenchmarkError> {
	let list = roster::<T>(0, T::MaxOperators::get()).of(ROOT);
	let candidates = Candidates::new(&list).map_err(stop)?;
	let params = DrawParams {
		seats: MAX_SEATS.min(T::MaxOperators::get().saturating_sub(1)),
		cap: MAX_SEATS / 20,
	};
	let (selection, _) = Selection::next(None, &candidates, 0, &[1; 32], &params);
	Ok(Committee {
		selection,
		frozen: 0,
		params,
	})
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() -> Result<(), BenchmarkError> {
		let caller = able::<T>("caller", 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), 1_000);
		assert!(Operators::<T>::contains_key(&caller));
		Ok(())
	}

	#[benchmark]
	fn unregister() -> Result<(), BenchmarkError> {
		networks::<T>()?;
		let caller = operator::<T>(0, T::MaxMemberships::get());
		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()));
		assert!(Operators::<T>::get(&caller).is_some_and(|info| info.left.is_some()));
		Ok(())
	}

	#[benchmark]
	fn expel() -> Result<(), BenchmarkError> {
		networks::<T>()?;
		let weak = operator::<T>(0, T::MaxMemberships::get());
		T::Stake::endow(&weak, 0);
		let caller: T::AccountId = account("anyone", 0, 0);
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), weak.clone());
		assert!(Operators::<T>::get(&weak).is_some_and(|info| info.left.is_some()));
		Ok(())
	}

	#[benchmark]
	fn set_ingress() -> Result<(), BenchmarkError> {
		let caller = operator::<T>(0, T::MaxMemberships::get());
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), u64::MAX - 1);
		Ok(())
	}

	#[benchmark]
	fn join() -> Result<(), BenchmarkError> {
		networks::<T>()?;
		let most = T::MaxMemberships::get();
		let caller = operator::<T>(0, most - 1);
		#[extrinsic_call]
		_(RawOrigin::Signed(caller.clone()), MAX_NETWORKS - 1);
		assert!(Operators::<T>::get(&caller).is_some_and(|info| info.memberships.is_full()));
		Ok(())
	}

	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		networks::<T>()?;
		let caller = operator::<T>(0, T::MaxMemberships::get());
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), T::MaxMemberships::get());
		Ok(())
	}

	#[benchmark]
	fn fund() -> Result<(), BenchmarkError> {
		let caller: T::AccountId = account("sponsor", 0, 0);
		let amount = Balance::MAX / 1_000_000;
		T::Currency::mint_into(&caller, amount)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(caller), amount / 2);
		Ok(())
	}

	#[benchmark]
	fn set_parameters() -> Result<(), BenchmarkError> {
		let origin = admin::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, T::Defaults::get());
		Ok(())
	}

	#[benchmark]
	fn set_capacity() -> Result<(), BenchmarkError> {
		networks::<T>()?;
		let origin = admin::<T>()?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, MAX_NETWORKS - 1, 5);
		Ok(())
	}

	#[benchmark]
	fn turn() -> Result<(), BenchmarkError> {
		let registry = full_registry::<T>(MAX_NETWORKS / 2)?;
		let draining = registry
			.iter()
			.filter(|network| network.status() == Status::Draining)
			.count();
		assert_eq!(draining, MAX_NETWORKS as usize / 2);
		let promises: Vec<_> = registry
			.iter()
			.map(|network| Promise {
				network: network.id(),
				left: 2_000_000,
				each: 1_000_000,
			})
			.collect();
		T::Currency::mint_into(&Pallet::<T>::account(), Balance::MAX / 1_000_000)?;
		Promises::<T>::put(BoundedVec::truncate_from(promises));
		let drawn = registry.iter().map(|network| (network.id(), true)).collect();
		Pending::<T>::put(Work {
			drawn: BoundedVec::truncate_from(drawn),
			..Default::default()
		});
		Registry::<T>::put(registry);
		let rosters: Vec<_> = (EPOCH - 6..=EPOCH).collect();
		for epoch in &rosters {
			Rosters::<T>::insert(epoch, roster::<T>(epoch - 1, T::MaxOperators::get()));
		}
		RosterIndex::<T>::put(Index {
			rosters: BoundedVec::truncate_from(rosters),
			..Default::default()
		});
		#[block]
		{
			Pallet::<T>::turn(EPOCH + 1);
		}
		assert_eq!(Registry::<T>::get().epoch(), EPOCH + 1);
		assert_eq!(Registry::<T>::get().iter().count(), MAX_NETWORKS as usize / 2);
		Ok(())
	}

	#[benchmark]
	fn draw(c: Linear<513, 1024>, s: Linear<3, 512>) -> Result<(), BenchmarkError> {
		networks::<T>()?;
		let mut parameters = T::Defaults::get();
		parameters.draw = DrawParams {
			seats: s,
			cap: s.div_ceil(20),
		};
		Parameters::<T>::put(parameters);
		Rosters::<T>::insert(EPOCH - 2, roster::<T>(EPOCH - 3, c.min(T::MaxOperators::get())));
		let found;
		#[block]
		{
			found = Pallet::<T>::draw(NETWORK, EPOCH);
		}
		assert!(found.0);
		Ok(())
	}

	/// Up to what a block reads: more would be measured as no more.
	#[benchmark]
	fn read(c: Linear<1, 10>) -> Result<(), BenchmarkError> {
		// None but these, of networks that are gone, so that every record changes.
		let _ = Operators::<T>::clear(u32::MAX, None);
		for index in 0..c.min(T::ReadsPerBlock::get()) {
			operator::<T>(index, T::MaxMemberships::get());
		}
		let registry = Registry::<T>::get();
		let found;
		#[block]
		{
			found = Pallet::<T>::read(&registry, 0, None, 0, 0);
		}
		assert_eq!(found.1, c.min(T::ReadsPerBlock::get()));
		Ok(())
	}

	#[benchmark]
	fn seal(c: Linear<0, 1024>) -> Result<(), BenchmarkError> {
		let c = c.min(T::MaxOperators::get());
		Draft::<T>::put(candidates::<T>(c));
		let sealed;
		#[block]
		{
			sealed = Pallet::<T>::seal(EPOCH, EPOCH, c, 0);
		}
		assert_eq!(sealed, c);
		Ok(())
	}

	#[benchmark]
	fn clear() -> Result<(), BenchmarkError> {
		for epoch in 0..3 {
			Committees::<T>::insert(NETWORK, epoch, committee::<T>()?);
		}
		#[block]
		{
			Pallet::<T>::remove_committees(NETWORK);
		}
		assert_eq!(Committees::<T>::iter_prefix(NETWORK).count(), 0);
		Ok(())
	}

	#[benchmark]
	fn route() -> Result<(), BenchmarkError> {
		let networks = (0..MAX_NETWORKS).map(|network| (network, 1_000)).collect();
		Routes::<T>::put(Table {
			randomness: [7; 32],
			networks: BoundedVec::truncate_from(networks),
		});
		let found;
		#[block]
		{
			found = <Pallet<T> as Networking<_>>::ranking(&[9; 32]);
		}
		assert_eq!(found.len(), MAX_NETWORKS as usize);
		Ok(())
	}

	#[benchmark]
	fn everybody(c: Linear<1, 1024>) -> Result<(), BenchmarkError> {
		let c = c.min(T::MaxOperators::get());
		Rosters::<T>::insert(0, roster::<T>(0, c));
		let all = Committee {
			selection: Selection::Everybody,
			..committee::<T>()?
		};
		Committees::<T>::insert(ROOT, 0, all);
		let found;
		#[block]
		{
			found = <Pallet<T> as Networking<_>>::committee(ROOT, 0);
		}
		assert_eq!(found.map(|members| members.len()), Some(c as usize));
		Ok(())
	}

	/// With the stake of seats in as many rosters as there can be.
	#[benchmark]
	fn seated() -> Result<(), BenchmarkError> {
		let rosters: Vec<_> = (0..MAX_ROSTERS).collect();
		for epoch in &rosters {
			Rosters::<T>::insert(epoch, roster::<T>(*epoch, T::MaxOperators::get()));
		}
		RosterIndex::<T>::put(Index {
			rosters: BoundedVec::truncate_from(rosters),
			..Default::default()
		});
		let seats = Committee {
			frozen: MAX_ROSTERS,
			..committee::<T>()?
		};
		Committees::<T>::insert(NETWORK, MAX_ROSTERS, seats);
		let found;
		#[block]
		{
			found = <Pallet<T> as Networking<_>>::committee(NETWORK, MAX_ROSTERS);
		}
		assert!(found.is_some());
		Ok(())
	}

	/// After a pause in which the highest fee that can be set falls to its floor, in the smallest steps.
	#[benchmark]
	fn note() -> Result<(), BenchmarkError> {
		let (network, floor) = (MAX_NETWORKS - 1, Balance::from(u64::MAX));
		let fees = FeeParams {
			floor,
			ceiling: floor << 32,
			steps: 64,
			..T::Defaults::get().fees
		};
		fees.check().map_err(stop)?;
		let highest = FeeParams {
			floor: fees.ceiling,
			..fees
		};
		let mut registry = full_registry::<T>(0)?;
		registry.set_capacity(network, u64::MAX).map_err(stop)?;
		registry.submitted(network, u64::MAX, 0, &highest).map_err(stop)?;
		Registry::<T>::put(registry);
		Parameters::<T>::mutate(|parameters| parameters.fees = fees);
		frame_system::Pallet::<T>::set_block_number(u32::MAX.into());
		let networks = (0..MAX_NETWORKS).map(|network| (network, 1_000)).collect();
		Routes::<T>::put(Table {
			randomness: [7; 32],
			networks: BoundedVec::truncate_from(networks),
		});
		let fee;
		#[block]
		{
			fee = <Pallet<T> as Networking<_>>::submitted(network, 1)?;
		}
		assert_eq!(fee, floor);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::chain(), crate::mock::Test);
}
