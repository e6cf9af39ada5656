// SPDX-License-Identifier: Apache-2.0

//! Ending blobs: refunds, payments to signers, and forgetting sessions.

use crate::{
	pallet::*,
	types::{bucket_after, Blob, DueItem, Payment, State, BUCKET},
	WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use frame_support::{
	defensive,
	storage::with_storage_layer,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Get,
	},
	weights::WeightMeter,
};
use polkadot_sdk::*;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidity, ValidTransaction},
	DispatchError,
};
use zerog_erasure::Commitment;
use zerog_primitives::{
	da::{allotment, is_signer},
	units::Balance,
};

/// Items looked at by one `on_idle`, whatever weight is left.
const MAX_ITEMS_PER_BLOCK: usize = 64;

impl<T: Config> Pallet<T> {
	pub(crate) fn validate_settle(commitment: &Commitment) -> TransactionValidity {
		let due = Blobs::<T>::get(commitment).is_some_and(|blob| blob.is_due(Self::now()));
		if !due {
			return Err(InvalidTransaction::Stale.into());
		}
		ValidTransaction::with_tag_prefix("DataAvailabilitySettle")
			.and_provides(commitment)
			.longevity(16)
			.propagate(true)
			.build()
	}

	/// Most transfers that ending a blob takes.
	pub(crate) fn most_transfers() -> u32 {
		T::MaxMembers::get().saturating_mul(T::MaxPayers::get())
	}

	/// Ends a blob that is due; returns how many transfers it took. Emits `Refunded` or `Settled`.
	pub(crate) fn do_settle(commitment: Commitment) -> Result<u32, DispatchError> {
		let blob = Blobs::<T>::get(commitment)
			.filter(|blob| blob.is_due(Self::now()))
			.ok_or(Error::<T>::NotDue)?;
		let shares = match &blob.state {
			State::Pending => {
				Self::subtract_pending(&blob);
				Vec::new()
			}
			State::Certified { signers, .. } => Self::shares(&blob, signers),
		};
		let mut paid: Balance = 0;
		let mut released: Balance = 0;
		for payment in &blob.payments {
			let to_signers = Self::pay_signers(payment, &shares)?;
			let rest = payment.held.saturating_sub(to_signers);
			T::Currency::release(
				&HoldReason::Custody.into(),
				&payment.payer,
				rest,
				Precision::Exact,
			)?;
			paid = paid.saturating_add(to_signers);
			released = released.saturating_add(rest);
		}
		Due::<T>::remove(bucket_after(blob.ends_at()), DueItem::Blob(commitment));
		Blobs::<T>::remove(commitment);
		Self::remove_blob_from_session(blob.session);
		Self::deposit_event(match blob.state {
			State::Pending => Event::Refunded { commitment, released },
			State::Certified { .. } => Event::Settled {
				commitment,
				paid,
				released,
			},
		});
		let transfers = shares.len().saturating_mul(blob.payments.len());
		Ok(u32::try_from(transfers).unwrap_or(u32::MAX))
	}

	/// The signers with their rows.
	fn shares(blob: &Blob<T>, signers: &[u8]) -> Vec<(T::AccountId, u32)> {
		let set = Sessions::<T>::get(blob.session).and_then(|session| MemberSets::<T>::get(session.members));
		let (Some(set), Ok(profile)) = (set, blob.header.profile()) else {
			defensive!("a blob's session and profile outlive it");
			return Vec::new();
		};
		let counts = allotment(&set.weights(), profile.rows());
		set.members
			.into_iter()
			.zip(counts)
			.enumerate()
			.filter(|(index, _)| is_signer(signers, *index))
			.map(|(_, (member, rows))| (member.account, rows))
			.collect()
	}

	/// Pays what one payer holds to the signers by rows, rounded down; returns what was paid.
	///
	/// A share that an account cannot take (it would stay below the existential deposit) stays with the payer.
	fn pay_signers(
		payment: &Payment<T::AccountId>,
		shares: &[(T::AccountId, u32)],
	) -> Result<Balance, DispatchError> {
		let total = shares
			.iter()
			.fold(0u128, |sum, (_, rows)| sum.saturating_add((*rows).into()));
		let mut paid: Balance = 0;
		for (signer, rows) in shares {
			let share = payment
				.held
				.checked_mul((*rows).into())
				.and_then(|product| product.checked_div(total))
				.unwrap_or(0);
			if share == 0 {
				continue;
			}
			let transferred = with_storage_layer(|| {
				T::Currency::transfer_on_hold(
					&HoldReason::Custody.into(),
					&payment.payer,
					signer,
					share,
					Precision::Exact,
					Restriction::Free,
					Fortitude::Polite,
				)
			});
			match transferred {
				Ok(amount) => paid = paid.saturating_add(amount),
				Err(error) => {
					log::debug!(target: LOG_TARGET, "{signer:?} cannot take {share} planck: {error:?}")
				}
			}
		}
		Ok(paid)
	}

	/// Works off due buckets in order while weight is left.
	///
	/// Bounded: at most [`MAX_ITEMS_PER_BLOCK`] items, and no more empty buckets than that.
	pub(crate) fn settle_due(meter: &mut WeightMeter) {
		let now = Self::now();
		let most = T::WeightInfo::settle(Self::most_transfers());
		if meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_err() {
			return;
		}
		let mut cursor = DueCursor::<T>::get();
		for _ in 0..MAX_ITEMS_PER_BLOCK {
			// A bucket is ripe when its first block has come: everything in it ended before.
			if cursor.saturating_mul(BUCKET) > now || !meter.can_consume(most) {
				break;
			}
			let Some(item) = Due::<T>::iter_key_prefix(cursor).next() else {
				cursor = cursor.saturating_add(1);
				meter.consume(T::DbWeight::get().reads(1));
				continue;
			};
			let done = match item {
				DueItem::Blob(commitment) => with_storage_layer(|| Self::do_settle(commitment)),
				DueItem::Session(session) => {
					Self::forget_session_if_unused(session);
					Ok(0)
				}
			};
			let transfers = done.unwrap_or_else(|error| {
				defensive!("a due blob can be settled", error);
				Self::most_transfers()
			});
			meter.consume(T::WeightInfo::settle(transfers));
			// Also when settling failed: `settle` remains, and the queue must not stop.
			Due::<T>::remove(cursor, item);
		}
		DueCursor::<T>::put(cursor);
	}
}
