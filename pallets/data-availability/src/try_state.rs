// SPDX-License-Identifier: Apache-2.0

//! What always holds. Runs after every test, and with `try-runtime` before and after every migration.

#[cfg(any(test, feature = "try-runtime"))]
mod checks {
	use crate::{
		pallet::*,
		types::{bucket_after, DueItem, State},
	};
	use alloc::collections::BTreeMap;
	use frame_support::{ensure, traits::fungible::InspectHold};
	use polkadot_sdk::*;
	use sp_runtime::TryRuntimeError;
	use zerog_primitives::units::Balance;

	impl<T: Config> Pallet<T> {
		pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
			Self::check_blobs()?;
			Self::check_sessions()?;
			Self::check_keys()
		}

		fn check_blobs() -> Result<(), TryRuntimeError> {
			let mut held = BTreeMap::<T::AccountId, Balance>::new();
			let mut pending = 0u64;
			for (commitment, blob) in Blobs::<T>::iter() {
				ensure!(
					blob.header.commitment().ok() == Some(commitment),
					"blob is stored under its commitment"
				);
				let profile = blob.header.profile().map_err(|_| "blob has a profile")?;
				ensure!(!blob.payments.is_empty(), "somebody pays for every blob");
				for payment in &blob.payments {
					let sum = held.entry(payment.payer.clone()).or_default();
					*sum = sum.saturating_add(payment.held);
				}
				match &blob.state {
					State::Pending => pending = pending.saturating_add(profile.coded_bytes()),
					State::Certified { rows_signed, .. } => ensure!(
						rows_signed.saturating_mul(3) >= profile.rows().saturating_mul(2),
						"certified blobs have 2/3 of their rows signed"
					),
				}
				let bucket = bucket_after(blob.ends_at());
				ensure!(
					Due::<T>::contains_key(bucket, DueItem::Blob(commitment))
						|| bucket < DueCursor::<T>::get(),
					"every blob is due once"
				);
			}
			ensure!(
				pending == PendingBytes::<T>::get(),
				"pending bytes are those of the pending blobs"
			);
			let due = Due::<T>::iter_keys()
				.filter(|(_, item)| matches!(item, DueItem::Blob(_)))
				.count();
			ensure!(
				due <= Blobs::<T>::iter_keys().count(),
				"nothing is due that does not exist"
			);
			for (account, sum) in held {
				let on_hold = T::Currency::balance_on_hold(&HoldReason::Custody.into(), &account);
				ensure!(
					on_hold == sum,
					"custody on hold is the sum of the account's payments"
				);
			}
			Ok(())
		}

		fn check_sessions() -> Result<(), TryRuntimeError> {
			let mut blobs = BTreeMap::<u32, u32>::new();
			for blob in Blobs::<T>::iter_values() {
				let count = blobs.entry(blob.session).or_default();
				*count = count.saturating_add(1);
			}
			let mut users = BTreeMap::new();
			for (index, session) in Sessions::<T>::iter() {
				ensure!(
					session.blobs == blobs.remove(&index).unwrap_or(0),
					"a session counts its blobs"
				);
				let count = users.entry(session.members).or_insert(0u32);
				*count = count.saturating_add(1);
			}
			ensure!(blobs.is_empty(), "no blob outlives its session");
			for (hash, set) in MemberSets::<T>::iter() {
				ensure!(
					users.remove(&hash) == Some(set.sessions),
					"a member set counts its sessions"
				);
			}
			ensure!(users.is_empty(), "every session has its member set");
			Ok(())
		}

		fn check_keys() -> Result<(), TryRuntimeError> {
			for (account, key) in Keys::<T>::iter() {
				ensure!(
					KeyOwners::<T>::get(key.public) == Some(account),
					"a key belongs to who registered it"
				);
			}
			Ok(())
		}
	}
}
