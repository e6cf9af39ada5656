// SPDX-License-Identifier: Apache-2.0

//! Keys, and who is responsible in which session.

use crate::{
	pallet::*,
	types::{bucket_after, AttestationKey, DueItem, MemberSet, Session, SetMember},
	LOG_TARGET,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced, ValidatorSet,
	},
	BoundedVec,
};
use polkadot_sdk::*;
use sp_runtime::{traits::Convert, DispatchResult};
use zerog_bls::{PublicKey, Signature};
use zerog_erasure::Hash;
use zerog_primitives::da::{possession_message, Committee, Member, SessionIndex};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_register_key(
		account: T::AccountId,
		key: PublicKey,
		possession: Signature,
	) -> DispatchResult {
		ensure!(!KeyOwners::<T>::contains_key(key), Error::<T>::KeyTaken);
		let point = key.decompress().map_err(|_| Error::<T>::InvalidKey)?;
		let message = possession_message(&Self::genesis(), &account.clone().into(), &key.0);
		zerog_bls::verify(&message, &possession, &point).map_err(|_| Error::<T>::InvalidPossession)?;
		let fee = T::Currency::withdraw(
			&account,
			T::KeyFee::get(),
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::DispersalFees::on_unbalanced(fee);
		Self::store_key(&account, key)?;
		Self::deposit_event(Event::KeyRegistered { account, key });
		Ok(())
	}

	/// Stores a key without asking for possession: for genesis, whose authors vouch for it.
	pub(crate) fn store_key(account: &T::AccountId, key: PublicKey) -> Result<(), Error<T>> {
		ensure!(!KeyOwners::<T>::contains_key(key), Error::<T>::KeyTaken);
		let point = key.decompress().map_err(|_| Error::<T>::InvalidKey)?;
		KeyOwners::<T>::insert(key, account);
		Keys::<T>::insert(account, AttestationKey { public: key, point });
		Ok(())
	}

	/// Takes the committee of a session that starts: its validators with their present keys and weights. Returns their number.
	///
	/// The session before is forgotten at once if no blob was submitted in it and no fault proven.
	pub(crate) fn note_session(session: SessionIndex) -> u32 {
		if let Some(last) = LastSession::<T>::get().filter(|last| *last != session) {
			LastSession::<T>::put(session);
			if Verdicts::<T>::iter_prefix_values(last).next().is_some() {
				let until = Self::now().saturating_add(T::SlashingWindow::get());
				Sessions::<T>::mutate(last, |entry| {
					if let Some(entry) = entry {
						entry.keep_until = entry.keep_until.max(until);
					}
				});
			}
			Self::forget_session_if_unused(last);
		}
		LastSession::<T>::put(session);
		Self::unlink_session(session);

		let members: Vec<_> = T::ValidatorSet::validators()
			.into_iter()
			.map(|account| {
				let key = Keys::<T>::get(&account);
				let weight = T::MemberWeight::convert(&account);
				SetMember { account, key, weight }
			})
			.collect();
		let count = members.len();
		let members = BoundedVec::<_, T::MaxMembers>::truncate_from(members);
		if members.len() < count {
			log::error!(target: LOG_TARGET, "{count} validators exceed the largest committee");
		}
		let hash = sp_io::hashing::blake2_256(&members.encode());
		let can_certify = MemberSets::<T>::mutate(hash, |entry| {
			let set = entry.get_or_insert_with(|| {
				let points = members
					.iter()
					.filter_map(|member| member.key.as_ref())
					.map(|key| &key.point);
				let total = zerog_bls::sum(points).ok();
				MemberSet {
					members,
					total,
					sessions: 0,
				}
			});
			set.sessions = set.sessions.saturating_add(1);
			set.can_certify()
		});
		let randomness = T::SessionRandomness::get();
		Sessions::<T>::insert(
			session,
			Session {
				members: hash,
				randomness,
				can_certify,
				blobs: 0,
				keep_until: 0,
			},
		);
		u32::try_from(count).unwrap_or(u32::MAX)
	}

	/// A session with its members.
	pub(crate) fn members_of(session: SessionIndex) -> Result<(Session, MemberSet<T>), Error<T>> {
		let entry = Sessions::<T>::get(session).ok_or(Error::<T>::UnknownSession)?;
		let set = MemberSets::<T>::get(entry.members).ok_or(Error::<T>::UnknownSession)?;
		Ok((entry, set))
	}

	/// A blob of the session is over.
	pub(crate) fn remove_blob_from_session(session: SessionIndex) {
		let until = Self::now().saturating_add(T::SlashingWindow::get());
		let left = Sessions::<T>::mutate(session, |entry| {
			entry.as_mut().map(|entry| {
				entry.blobs = entry.blobs.saturating_sub(1);
				entry.keep_until = entry.keep_until.max(until);
				(entry.blobs, entry.keep_until)
			})
		});
		match left {
			Some((0, keep_until)) => {
				Due::<T>::insert(bucket_after(keep_until), DueItem::Session(session), ());
			}
			Some(_) => {}
			None => {
				defensive!("a session outlives its blobs");
			}
		}
	}

	/// Forgets a session that is neither the present one nor that of any blob, when its time has come; before, it is due
	/// when it will have.
	pub(crate) fn forget_session_if_unused(session: SessionIndex) {
		let Some(entry) = Sessions::<T>::get(session).filter(|entry| entry.blobs == 0) else {
			return;
		};
		if LastSession::<T>::get() == Some(session) {
			return;
		}
		// Nothing to keep it for: no blob was submitted in it, no fault was proven.
		if entry.keep_until == 0 || entry.keep_until < Self::now() {
			Self::unlink_session(session);
		} else {
			Due::<T>::insert(bucket_after(entry.keep_until), DueItem::Session(session), ());
		}
	}

	fn unlink_session(session: SessionIndex) {
		let Some(entry) = Sessions::<T>::take(session) else {
			return;
		};
		// One entry a member at most, so this limit clears them all.
		let cleared = Verdicts::<T>::clear_prefix(session, T::MaxMembers::get(), None);
		if cleared.maybe_cursor.is_some() {
			defensive!("more members with verdicts than a committee has");
		}
		MemberSets::<T>::mutate_exists(entry.members, |set| {
			let left = set.as_mut().map(|set| {
				set.sessions = set.sessions.saturating_sub(1);
				set.sessions
			});
			if left == Some(0) {
				*set = None;
			}
		});
	}

	/// The committee of a session; `authority_of` tells an account's authority-discovery key.
	pub fn committee_with(
		session: SessionIndex,
		authority_of: impl Fn(&T::AccountId) -> Option<[u8; 32]>,
	) -> Option<Committee> {
		let entry = Sessions::<T>::get(session)?;
		let set = MemberSets::<T>::get(entry.members)?;
		let members = set
			.members
			.into_iter()
			.map(|member| Member {
				authority: authority_of(&member.account),
				key: member.key.map(|key| key.public),
				account: member.account.into(),
				weight: member.weight,
			})
			.collect();
		let randomness: Hash = entry.randomness;
		Some(Committee {
			session,
			randomness,
			members,
		})
	}
}
