// SPDX-License-Identifier: Apache-2.0

//! Ending blobs, and working off what is due.

use crate::{
	pallet::*,
	payout::Payout,
	types::{bucket_after, Blob, DueItem, State, BUCKET},
	OnFault, WeightInfo,
};
use alloc::vec::Vec;
use frame_support::{
	defensive,
	storage::with_storage_layer,
	traits::Get,
	weights::{Weight, WeightMeter},
};
use pallet_networks::{LoadKind, Networking};
use polkadot_sdk::*;
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidity, ValidTransaction},
	DispatchError,
};
use zerog_erasure::Commitment;
use zerog_primitives::da::CommitteeId;

/// Items looked at by one `on_idle`, whatever weight is left.
const MAX_ITEMS_PER_BLOCK: usize = 64;
/// Challenges of a blob that are resolved before it ends, or instead if there are as many.
pub(crate) const MAX_RESOLVED: u32 = 32;

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

	/// Weight of ending a challenge that was not answered.
	pub(crate) fn resolve_weight() -> Weight {
		T::WeightInfo::resolve().saturating_add(T::OnFault::weight())
	}

	/// Upper bound of the weight that ending a blob takes.
	pub(crate) fn most_settle() -> Weight {
		Self::settle_weight(T::MaxMembers::get(), T::MaxPayers::get(), MAX_RESOLVED)
	}

	fn settle_weight(members: u32, payers: u32, challenges: u32) -> Weight {
		// Each challenge is found by its key.
		let resolve = Self::resolve_weight().saturating_add(T::DbWeight::get().reads(1));
		// The books of the network, and of two committees if it fell back.
		T::WeightInfo::settle(members, payers)
			.max(T::WeightInfo::fall_back())
			.saturating_add(T::Networks::note_weight().saturating_mul(2))
			.saturating_add(T::DbWeight::get().reads_writes(2, 2))
			.saturating_add(resolve.saturating_mul(challenges.into()))
	}

	/// Ends a blob that is due, or has it fall back to the root network; returns the weight it took. Emits `FellBack`,
	/// `Refunded` or `Settled`.
	///
	/// Challenges of the blob that nobody resolved are resolved first: their windows lie in its retention. From
	/// [`MAX_RESOLVED`] of them on that is all, and the blob stays due.
	pub(crate) fn do_settle(commitment: Commitment) -> Result<Weight, DispatchError> {
		let blob = Blobs::<T>::get(commitment).filter(|blob| blob.is_due(Self::now()));
		let blob = blob.ok_or(Error::<T>::NotDue)?;
		if blob.can_fall_back() && Self::fall_back(commitment, blob) {
			return Ok(Self::settle_weight(0, 0, 0));
		}
		let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
		let challenged: Vec<u32> = Challenges::<T>::iter_key_prefix(commitment)
			.take(MAX_RESOLVED as usize)
			.collect();
		for row in &challenged {
			Self::do_resolve(commitment, *row)?;
		}
		// A verdict changes the blob.
		let mut blob = Blobs::<T>::get(commitment).ok_or(Error::<T>::NotDue)?;
		let resolved = count(challenged.len());
		if resolved >= MAX_RESOLVED {
			Due::<T>::insert(bucket_after(blob.ends_at()), DueItem::Blob(commitment), ());
			return Ok(Self::settle_weight(0, 0, resolved));
		}
		let Payout { paid, mut released } = Self::pay_signers(&mut blob)?;
		for payment in &blob.payments {
			Self::give_back(HoldReason::Custody, &payment.payer, payment.held)?;
			released = released.saturating_add(payment.held);
		}
		Due::<T>::remove(bucket_after(blob.ends_at()), DueItem::Blob(commitment));
		Blobs::<T>::remove(commitment);
		for committee in core::iter::once(blob.committee).chain(blob.fell_back_from) {
			Self::remove_blob_from_committee(committee);
		}
		if matches!(blob.state, State::Pending) {
			Self::subtract_pending(&blob);
			if blob.can_fall_back() {
				// The root network cannot certify it either; its books count what is lost.
				Self::note_load(&blob, LoadKind::FellBack);
				blob.committee = CommitteeId::root(blob.committee.session);
			}
			Self::note_load(&blob, LoadKind::Forfeited);
		}
		let (members, event) = match &blob.state {
			State::Pending => {
				// Not refunded: the committee may have done its work for nothing.
				Self::pot_to_fees(blob.dispersal)?;
				(0, Event::Refunded { commitment, released })
			}
			State::Certified(custody) => {
				let event = Event::Settled {
					commitment,
					paid,
					released,
				};
				(custody.signers.len().saturating_mul(8), event)
			}
		};
		Self::deposit_event(event);
		Ok(Self::settle_weight(
			count(members),
			count(blob.payments.len()),
			resolved,
		))
	}

	/// Gives a blob that its network did not certify to the committee of the root network, with as much time as before; `false`
	/// if that one cannot certify it. Members that hold rows push them on: see `docs/data-availability.md`.
	pub(crate) fn fall_back(commitment: Commitment, mut blob: Blob<T>) -> bool {
		let Some(session) = LastSession::<T>::get() else {
			return false;
		};
		let (from, committee) = (blob.committee, CommitteeId::root(session));
		let profile = blob.header.profile();
		if !profile.is_ok_and(|profile| Self::add_blob_to_committee(committee, profile).is_ok()) {
			return false;
		}
		Self::note_load(&blob, LoadKind::FellBack);
		Self::subtract_pending(&blob);
		Due::<T>::remove(bucket_after(blob.ends_at()), DueItem::Blob(commitment));
		let deadline = Self::now().saturating_add(T::CertifyWindow::get());
		blob.committee = committee;
		blob.fell_back_from = Some(from);
		blob.deadline = deadline;
		Self::add_pending(&blob);
		Due::<T>::insert(bucket_after(blob.ends_at()), DueItem::Blob(commitment), ());
		Blobs::<T>::insert(commitment, blob);
		Self::deposit_event(Event::FellBack {
			commitment,
			from,
			committee,
			deadline,
		});
		true
	}

	/// Works off due buckets in order while weight is left.
	///
	/// Bounded: at most [`MAX_ITEMS_PER_BLOCK`] items, and no more empty buckets than that.
	pub(crate) fn settle_due(meter: &mut WeightMeter) {
		let now = Self::now();
		if meter.try_consume(T::DbWeight::get().reads_writes(1, 1)).is_err() {
			return;
		}
		let mut cursor = DueCursor::<T>::get();
		// One iterator for all items of a bucket, as each new one passes over those that were removed. A bucket is done when a
		// new one finds nothing: a blob may have come back.
		let (mut items, mut is_new) = (Due::<T>::iter_key_prefix(cursor), true);
		for _ in 0..MAX_ITEMS_PER_BLOCK {
			// A bucket is ripe when its first block has come: everything in it ended before.
			let looked = meter.try_consume(T::DbWeight::get().reads(1)).is_ok();
			if cursor.saturating_mul(BUCKET) > now || !looked {
				break;
			}
			let Some(item) = items.next() else {
				cursor = cursor.saturating_add(is_new.into());
				(items, is_new) = (Due::<T>::iter_key_prefix(cursor), true);
				continue;
			};
			is_new = false;
			let most = match item {
				DueItem::Blob(_) => Self::most_settle(),
				DueItem::Committee(_) => T::WeightInfo::forget_session(T::MaxMembers::get()),
				DueItem::Challenge(..) => Self::resolve_weight(),
			};
			if !meter.can_consume(most) {
				break;
			}
			// Before it is done, as a blob with many challenges stays due; and also if that fails: the calls remain, and the
			// queue must not stop.
			Due::<T>::remove(cursor, item);
			let done = with_storage_layer(|| match item {
				DueItem::Blob(commitment) => Self::do_settle(commitment),
				DueItem::Committee(committee) => Ok(match Self::forget_committee_if_unused(committee) {
					true => most,
					false => T::DbWeight::get().reads_writes(2, 1),
				}),
				DueItem::Challenge(commitment, row) => Self::do_resolve(commitment, row).map(|()| most),
			});
			meter.consume(done.unwrap_or_else(|error| {
				defensive!("what is due can be done", error);
				most
			}));
		}
		DueCursor::<T>::put(cursor);
	}
}
