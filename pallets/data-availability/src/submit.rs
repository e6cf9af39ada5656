// SPDX-License-Identifier: Apache-2.0

//! Paying for a blob, and for more of its retention.

use crate::{
	pallet::*,
	price,
	types::{bucket_after, Blob, CommitteeRecord, DueItem, Payment, State},
	WeightInfo,
};
use frame_support::{
	ensure,
	traits::{fungible::MutateHold, Get},
	weights::Weight,
	BoundedVec,
};
use frame_system::pallet_prelude::BlockNumberFor;
use pallet_networks::Networking;
use polkadot_sdk::*;
use sp_runtime::{traits::UniqueSaturatedInto, DispatchError, DispatchResult};
use zerog_erasure::{BlobHeader, Commitment, Hash, HeaderError, Namespace, Profile};
use zerog_primitives::{
	da::{CommitteeId, Quote, ROOT_NETWORK},
	units::{Balance, BlockNumber},
};

/// Networks that a blob is offered to before it goes to the root network.
const TRIES: usize = 4;

impl<T: Config> Pallet<T> {
	/// Height of the block being built or executed.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().unique_saturated_into()
	}

	/// The genesis hash, which every statement and commitment binds.
	pub(crate) fn genesis() -> Hash {
		let hash: sp_core::H256 =
			frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(0u32)).into();
		hash.0
	}

	/// Weight of a submission, without that of another payer who is replaced.
	pub(crate) fn submit_weight() -> Weight {
		let tries = u64::try_from(TRIES).unwrap_or(u64::MAX);
		T::WeightInfo::submit()
			.saturating_add(T::Networks::route_weight())
			// The fee, and the bytes.
			.saturating_add(T::Networks::note_weight().saturating_mul(2))
			.saturating_add(T::DbWeight::get().reads(tries.saturating_add(2).saturating_mul(2)))
	}

	/// Weight of giving a payer back what it has on hold: its account and holds; the pot and its earnings, if that is where it
	/// has to go.
	pub(crate) fn replacing_weight() -> Weight {
		T::DbWeight::get().reads_writes(4, 4)
	}

	/// The committee that takes a blob of a namespace: that of the first of its networks with a committee that can certify it and
	/// room, the root network's at the end. The root network has to be small enough for it in any case, as it may come there.
	fn committee_for(namespace: &Namespace, profile: Profile) -> Result<CommitteeId, Error<T>> {
		let session = LastSession::<T>::get().ok_or(Error::<T>::NoCommittee)?;
		let root = Committees::<T>::get(CommitteeId::root(session)).ok_or(Error::<T>::NoCommittee)?;
		ensure!(
			profile.supports_committee(root.size),
			Error::<T>::CommitteeTooLarge
		);
		let networks = T::Networks::ranking(&namespace.0).into_iter().take(TRIES);
		let mut refused = Error::<T>::NoCommittee;
		for network in networks.chain(core::iter::once(ROOT_NETWORK)) {
			let id = CommitteeId::new(network, session);
			let able =
				|record: &CommitteeRecord| record.can_certify && profile.supports_committee(record.size);
			if !Committees::<T>::get(id).is_some_and(|record| able(&record)) {
				continue;
			}
			let pending = PendingBytes::<T>::get(network).saturating_add(profile.coded_bytes());
			if pending <= T::PendingLimit::get() {
				return Ok(id);
			}
			refused = Error::<T>::Congested;
		}
		Err(refused)
	}

	/// The smallest matrix that holds so many bytes and that everybody may certify: a blob may come to the root network.
	pub(crate) fn smallest_profile(length: u32) -> Result<Profile, Error<T>> {
		let session = LastSession::<T>::get().ok_or(Error::<T>::NoCommittee)?;
		let root = Committees::<T>::get(CommitteeId::root(session)).ok_or(Error::<T>::NoCommittee)?;
		Profile::for_committee(length, root.size)
			.map_err(Self::header_error)?
			.ok_or(Error::<T>::CommitteeTooLarge)
	}

	/// What a first submission costs, or why it would be refused.
	pub(crate) fn quote_fresh(
		namespace: &Namespace,
		profile: Profile,
		retention: BlockNumber,
	) -> Result<Quote, Error<T>> {
		ensure!(
			(T::MinRetention::get()..=T::MaxRetention::get()).contains(&retention),
			Error::<T>::RetentionOutOfRange
		);
		let coded_bytes = profile.coded_bytes();
		let network = Self::committee_for(namespace, profile)?.network;
		let base_fee_per_byte = T::Networks::fee(network).ok_or(Error::<T>::NoCommittee)?;
		Ok(Quote {
			network,
			profile,
			coded_bytes,
			base_fee_per_byte,
			dispersal_fee: base_fee_per_byte.saturating_mul(coded_bytes.into()),
			custody_fee: price::custody_fee(coded_bytes, retention, T::CustodyPrice::get()),
		})
	}

	pub(crate) fn header_error(error: HeaderError) -> Error<T> {
		match error {
			HeaderError::Empty => Error::EmptyBlob,
			HeaderError::ProfileTooSmall => Error::ProfileTooSmall,
			HeaderError::TooLarge | HeaderError::UnknownVersion => Error::BlobTooLarge,
		}
	}

	/// Takes a submission; returns the weight beyond the least.
	pub(crate) fn do_submit(
		payer: T::AccountId,
		header: BlobHeader,
		retention: BlockNumber,
		max_fee: Balance,
	) -> Result<Weight, DispatchError> {
		let commitment = header.commitment().map_err(Self::header_error)?;
		ensure!(
			(T::MinRetention::get()..=T::MaxRetention::get()).contains(&retention),
			Error::<T>::RetentionOutOfRange
		);
		match Blobs::<T>::get(commitment) {
			// Ending it pays all signers: what that weighs must not be asked of every submission.
			Some(blob) if blob.is_due(Self::now()) => Err(Error::<T>::NotSettled.into()),
			Some(blob) => Self::extend(payer, commitment, blob, retention, max_fee),
			None => {
				Self::submit_fresh(payer, commitment, header, retention, max_fee)?;
				Ok(Weight::zero())
			}
		}
	}

	fn submit_fresh(
		payer: T::AccountId,
		commitment: Commitment,
		header: BlobHeader,
		retention: BlockNumber,
		max_fee: Balance,
	) -> DispatchResult {
		let profile = header.profile().map_err(Self::header_error)?;
		let quote = Self::quote_fresh(&header.namespace, profile, retention)?;
		ensure!(
			quote.dispersal_fee.saturating_add(quote.custody_fee) <= max_fee,
			Error::<T>::FeeAboveMaximum
		);
		let session = LastSession::<T>::get().ok_or(Error::<T>::NoCommittee)?;
		let committee = CommitteeId::new(quote.network, session);
		Self::add_blob_to_committee(committee, profile)?;
		// The fee is the quoted one: nothing was counted since.
		T::Networks::submitted(quote.network, quote.coded_bytes)?;

		Self::fee_to_pot(&payer, quote.dispersal_fee)?;
		T::Currency::hold(&HoldReason::Custody.into(), &payer, quote.custody_fee)?;

		let now = Self::now();
		let deadline = now.saturating_add(T::CertifyWindow::get());
		let payment = Payment {
			payer: payer.clone(),
			held: quote.custody_fee,
		};
		let blob = Blob::<T> {
			header,
			committee,
			fell_back_from: None,
			submitted_at: now,
			deadline,
			retention,
			dispersal: quote.dispersal_fee,
			payments: BoundedVec::truncate_from(alloc::vec![payment]),
			state: State::Pending,
		};
		Self::add_pending(&blob);
		Due::<T>::insert(bucket_after(blob.ends_at()), DueItem::Blob(commitment), ());
		let namespace = blob.header.namespace;
		Blobs::<T>::insert(commitment, blob);
		Self::deposit_event(Event::Submitted {
			commitment,
			payer,
			namespace,
			committee,
			deadline,
			dispersal_fee: quote.dispersal_fee,
			custody_fee: quote.custody_fee,
		});
		Ok(())
	}

	/// Lengthens the retention of a blob that is not over; does nothing if it is long enough already.
	///
	/// Retention counts from the certificate. Whoever pays already states it anew, so that a repeat changes nothing; a
	/// new payer of a certified blob asks for so many blocks from now, at least `MinRetention` beyond the present end. From
	/// the certificate it is `MaxRetention` at most, whoever pays.
	///
	/// When all places are taken, a new payer takes over the one with the least on hold and what is on hold there; whoever
	/// had it gets that back. So nobody is kept out by places that are filled before, but for the first payer's, which
	/// stays. Returns the weight that this takes beyond a submission's.
	fn extend(
		payer: T::AccountId,
		commitment: Commitment,
		mut blob: Blob<T>,
		requested: BlockNumber,
		max_fee: Balance,
	) -> Result<Weight, DispatchError> {
		let pays_already = blob.payments.iter().any(|payment| payment.payer == payer);
		let retention = match &blob.state {
			State::Certified(custody) if !pays_already => {
				Self::now().saturating_add(requested).saturating_sub(custody.at)
			}
			_ => requested,
		};
		let added = retention.saturating_sub(blob.retention);
		if added == 0 {
			return Ok(Weight::zero());
		}
		// The committee's stake answers for so long. Whoever wants more publishes anew, to the committee of then.
		ensure!(
			retention <= T::MaxRetention::get(),
			Error::<T>::RetentionOutOfRange
		);
		// Places are few: none for dust.
		ensure!(
			pays_already || added >= T::MinRetention::get(),
			Error::<T>::ExtensionTooShort
		);
		let profile = blob.header.profile().map_err(Self::header_error)?;
		let mut fee = price::custody_fee(profile.coded_bytes(), added, T::CustodyPrice::get());
		let is_full = blob.payments.len() >= usize::try_from(T::MaxPayers::get()).unwrap_or(usize::MAX);
		let replaced = match is_full && !pays_already {
			true => {
				let others = blob.payments.iter_mut().skip(1);
				let least = others.min_by_key(|payment| payment.held);
				let least = least.ok_or(Error::<T>::TooManyPayers)?;
				fee = fee.saturating_add(least.held);
				let taken = Payment {
					payer: payer.clone(),
					held: fee,
				};
				Some(core::mem::replace(least, taken))
			}
			false => None,
		};
		ensure!(fee <= max_fee, Error::<T>::FeeAboveMaximum);
		if let State::Certified(custody) = &blob.state {
			T::Networks::extended(blob.committee.network, custody.at.saturating_add(retention))?;
		}
		T::Currency::hold(&HoldReason::Custody.into(), &payer, fee)?;
		let mut weight = Weight::zero();
		if let Some(Payment { payer, held }) = replaced {
			Self::give_back(HoldReason::Custody, &payer, held)?;
			Self::deposit_event(Event::PayerReplaced {
				commitment,
				payer,
				released: held,
			});
			weight = Self::replacing_weight();
		} else if let Some(payment) = blob.payments.iter_mut().find(|payment| payment.payer == payer) {
			payment.held = payment.held.saturating_add(fee);
		} else {
			let payment = Payment {
				payer: payer.clone(),
				held: fee,
			};
			let added = blob.payments.try_push(payment);
			added.map_err(|_| Error::<T>::TooManyPayers)?;
		}
		Due::<T>::remove(bucket_after(blob.ends_at()), DueItem::Blob(commitment));
		blob.retention = retention;
		Due::<T>::insert(bucket_after(blob.ends_at()), DueItem::Blob(commitment), ());
		Blobs::<T>::insert(commitment, blob);
		Self::deposit_event(Event::Extended {
			commitment,
			payer,
			retention,
			custody_fee: fee,
		});
		Ok(weight)
	}
}
