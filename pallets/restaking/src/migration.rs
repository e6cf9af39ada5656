// SPDX-License-Identifier: Apache-2.0

//! The start of shared staking: from genesis, or from a chain whose validators were fixed.

use crate::{
	pallet::*,
	rewards::Issuance,
	types::{Founder, ServiceId, ServiceKind, Terms, CONSENSUS},
	LOG_TARGET,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::{
	dispatch::DispatchResult,
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		Get, OnRuntimeUpgrade,
	},
	weights::Weight,
	BoundedVec,
};
use pallet_session::SessionInterface;
use polkadot_sdk::*;
use sp_runtime::Perbill;
use sp_staking::SessionIndex;
use zerog_staking::{Balance, Magnitude, Timing, WHOLE};

/// Era zero, consensus and the first services.
pub(crate) fn found<T: Config>(
	session: SessionIndex,
	services: &[(ServiceKind, Perbill, Perbill)],
) -> DispatchResult {
	let starts = BoundedVec::try_from(alloc::vec![(0, session)]).map_err(|_| Error::<T>::Accounting)?;
	EraStarts::<T>::put(starts);
	// Pot and inflow always exist, so that they can take any amount, and draw no less than was paid in.
	let minimum = T::Currency::minimum_balance();
	for account in [Pallet::<T>::pot(), Issuance::<T>::account()] {
		let missing = minimum.saturating_sub(T::Currency::balance(&account));
		if missing > 0 {
			T::Currency::mint_into(&account, missing)?;
		}
	}
	let first = (ServiceKind::Consensus, Perbill::one(), Perbill::zero());
	for (kind, objective, _) in core::iter::once(&first).chain(services) {
		Pallet::<T>::do_create_service(Terms {
			kind: *kind,
			objective: *objective,
			subjective: None,
		})?;
	}
	Ok(())
}

/// An operator that promises at once and stands for election.
pub(crate) fn join<T: Config>(
	founder: &Founder<T::AccountId>,
	consensus: Perbill,
	services: &[(ServiceKind, Perbill, Perbill)],
) -> DispatchResult {
	let operator = &founder.account;
	Pallet::<T>::do_register(operator.clone(), founder.stake, founder.commission)?;
	// Nobody delegates yet, whom a notice would warn.
	let timing = Timing {
		allocation_delay: 0,
		..T::Timing::get()
	};
	let shares = core::iter::once(consensus).chain(services.iter().map(|service| service.2));
	for (service, share) in (CONSENSUS.0..).map(ServiceId).zip(shares) {
		if !share.is_zero() {
			Pallet::<T>::promise(operator, service, Magnitude(0), WHOLE.part(share), &timing)?;
		}
	}
	Pallet::<T>::do_stand(operator.clone())
}

/// What the validators of a fixed set become.
pub trait Setup {
	/// The present session.
	fn session() -> SessionIndex;
	/// Stake of each, in planck, from its own account.
	fn stake() -> Balance;
	/// Commission of each.
	fn commission() -> Perbill;
	/// Part that each promises to consensus.
	fn consensus() -> Perbill;
	/// As in the genesis.
	fn services() -> Vec<(ServiceKind, Perbill, Perbill)>;
}

/// Makes operators of the validators, once.
///
/// The present validators serve as those of era zero, with their stake at risk from this block on. A validator that cannot
/// stake so much becomes no operator; if too few can, elections fail and the set stays until enough stand for election.
pub struct FromFixedSet<T, S>(PhantomData<(T, S)>);

impl<T: Config, S: Setup> OnRuntimeUpgrade for FromFixedSet<T, S> {
	fn on_runtime_upgrade() -> Weight {
		let weights = T::DbWeight::get();
		if EraStarts::<T>::exists() {
			return weights.reads(1);
		}
		let (consensus, services) = (S::consensus(), S::services());
		let founded = with_storage_layer(|| found::<T>(S::session(), &services));
		if let Err(error) = founded {
			log::error!(target: LOG_TARGET, "shared staking cannot start: {error:?}");
			return weights.reads_writes(1, 0);
		}
		let validators = <T::Session as SessionInterface>::validators();
		let mut operations: u64 = 8;
		for account in validators {
			let founder = Founder {
				account,
				stake: S::stake(),
				commission: S::commission(),
			};
			let joined = with_storage_layer(|| join::<T>(&founder, consensus, &services));
			if let Err(error) = joined {
				log::error!(target: LOG_TARGET, "{:?} becomes no operator: {error:?}", founder.account);
			}
			operations = operations.saturating_add(32);
		}
		weights.reads_writes(operations, operations)
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		Pallet::<T>::do_try_state()
	}
}
