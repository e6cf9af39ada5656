// SPDX-License-Identifier: Apache-2.0

//! The money that new networks can rely on.

use crate::{pallet::*, types::*};
use core::marker::PhantomData;
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::{Balanced, Credit, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
};
use polkadot_sdk::*;
use sp_runtime::{traits::AccountIdConversion, DispatchResult};
use zerog_networks::{Balance, NetworkId, Networks, Status};

impl<T: Config> Pallet<T> {
	/// The escrow's account. Its one writer is this module; others only pay in.
	pub fn account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// Planck that no network was promised.
	pub(crate) fn escrow_left() -> Balance {
		let promised = Promises::<T>::get()
			.iter()
			.fold(0, |sum: Balance, promise| sum.saturating_add(promise.left));
		T::Currency::balance(&Self::account())
			.saturating_sub(T::Currency::minimum_balance())
			.saturating_sub(promised)
	}

	pub(crate) fn do_fund(account: T::AccountId, amount: Balance) -> DispatchResult {
		ensure!(amount > 0, Error::<T>::ZeroAmount);
		T::Currency::transfer(&account, &Self::account(), amount, Preservation::Preserve)?;
		Self::deposit_event(Event::EscrowFunded { account, amount });
		Ok(())
	}

	/// Promises a new network its escrow, which is there: it was spawned because of it. Returns it.
	pub(crate) fn promise(network: NetworkId, parameters: &Governed) -> Balance {
		let left = parameters.networks.escrow;
		let each = left.div_ceil(parameters.lifetime.max(1).into());
		let promise = Promise { network, left, each };
		if Promises::<T>::mutate(|all| all.try_push(promise)).is_err() {
			defensive!("there are not more networks than there can be");
		}
		left
	}

	/// Frees what a network was promised and did not get.
	pub(crate) fn break_promise(network: NetworkId) {
		Promises::<T>::mutate(|all| all.retain(|promise| promise.network != network));
	}

	/// Pays networks that were active for the epoch that has ended.
	pub(crate) fn pay_promises(registry: &Networks) {
		let is_due = |promise: &Promise| {
			let found = registry.get(promise.network);
			found.is_ok_and(|network| network.status() == Status::Active)
		};
		let mut promises = Promises::<T>::get();
		let mut amount: Balance = 0;
		for promise in promises.iter_mut().filter(|promise| is_due(promise)) {
			let part = promise.each.min(promise.left);
			promise.left = promise.left.saturating_sub(part);
			amount = amount.saturating_add(part);
		}
		if amount == 0 {
			return;
		}
		let account = Self::account();
		let paid = T::Currency::withdraw(
			&account,
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		);
		match paid {
			Ok(credit) => {
				promises.retain(|promise| promise.left > 0);
				Promises::<T>::put(promises);
				T::Paid::on_unbalanced(credit);
				Self::deposit_event(Event::EscrowPaid { amount });
			}
			Err(_) => {
				defensive!("what is promised lies ready");
			}
		}
	}
}

/// Takes a part of fees into the escrow.
pub struct Escrow<T>(PhantomData<T>);

impl<T: Config> OnUnbalanced<Credit<T::AccountId, T::Currency>> for Escrow<T> {
	fn on_nonzero_unbalanced(amount: Credit<T::AccountId, T::Currency>) {
		if let Err(refused) = T::Currency::resolve(&Pallet::<T>::account(), amount) {
			// Below the existential deposit: what is dropped is burned.
			drop(refused);
		}
	}
}
