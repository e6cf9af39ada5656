// SPDX-License-Identifier: Apache-2.0

//! Keys, and who is responsible.

use crate::{
	pallet::*,
	types::{bucket_after, AttestationKey, CommitteeRecord, DueItem, MemberSet, SetMember, BUCKET},
	LOG_TARGET,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Get, OnUnbalanced,
	},
	BoundedVec,
};
use pallet_networks::Networking;
use polkadot_sdk::*;
use sp_runtime::DispatchResult;
use zerog_bls::{PublicKey, Signature};
use zerog_erasure::{Hash, Profile};
use zerog_primitives::da::{
	possession_message, Committee, CommitteeId, Member, NetworkId, SessionIndex, ROOT_NETWORK,
};

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

	/// Takes the root network's committee of a session that starts, and lists the networks whose committees follow. Returns
	/// the number of its members.
	///
	/// The committee before is forgotten at once if nothing needs it.
	pub(crate) fn note_session(session: SessionIndex) -> u32 {
		let before = LastSession::<T>::get().filter(|last| *last != session);
		LastSession::<T>::put(session);
		if let Some(last) = before {
			Self::forget_committee_if_unused(CommitteeId::root(last));
		}
		ToNote::<T>::put(BoundedVec::truncate_from(Self::others().collect()));
		Self::note_committee(CommitteeId::root(session))
	}

	/// Takes the committee of the next network. Returns the number of its members; `None` if no network is left.
	pub(crate) fn note_next(session: SessionIndex) -> Option<u32> {
		let mut left = ToNote::<T>::get();
		let network = left.pop()?;
		ToNote::<T>::put(left);
		let id = CommitteeId::new(network, session);
		let members = Self::note_committee(id);
		Self::look_later(id);
		Some(members)
	}

	/// The networks beside the root network that have a committee now.
	fn others() -> impl Iterator<Item = NetworkId> {
		let all = T::Networks::ranking(&Hash::default()).into_iter();
		all.filter(|network| *network != ROOT_NETWORK)
	}

	/// Has a committee looked at again, when its session can be over.
	fn look_later(id: CommitteeId) {
		let later = Self::now().saturating_add(T::MinRetention::get().max(BUCKET));
		Due::<T>::insert(bucket_after(later), DueItem::Committee(id), ());
	}

	/// Takes a committee. Returns the number of its members.
	fn note_committee(id: CommitteeId) -> u32 {
		let members = T::Networks::committee(id.network, id.session).unwrap_or_default();
		let members = members.into_iter().map(|member| (member.operator, member.weight));
		Self::note_members(id, members.collect())
	}

	/// Takes the members of a committee with their weights and present keys.
	pub(crate) fn note_members(id: CommitteeId, members: Vec<(T::AccountId, u128)>) -> u32 {
		Self::unlink_committee(id);
		let members: Vec<_> = members
			.into_iter()
			.map(|(account, weight)| {
				let key = Keys::<T>::get(&account);
				SetMember { account, key, weight }
			})
			.collect();
		let count = members.len();
		let members = BoundedVec::<_, T::MaxMembers>::truncate_from(members);
		let size = u32::try_from(members.len()).unwrap_or(u32::MAX);
		if members.len() < count {
			log::error!(target: LOG_TARGET, "{count} members exceed the largest committee");
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
					committees: 0,
				}
			});
			set.committees = set.committees.saturating_add(1);
			set.can_certify()
		});
		let record = CommitteeRecord {
			members: hash,
			size,
			randomness: T::SessionRandomness::get(),
			can_certify,
			blobs: 0,
			keep_until: 0,
		};
		Committees::<T>::insert(id, record);
		size
	}

	/// The committees that blobs can get now.
	pub(crate) fn noted_committees() -> Vec<CommitteeId> {
		let Some(session) = LastSession::<T>::get() else {
			return Vec::new();
		};
		let others = Self::others().map(|network| CommitteeId::new(network, session));
		core::iter::once(CommitteeId::root(session))
			.chain(others)
			.filter(|id| Committees::<T>::contains_key(id))
			.collect()
	}

	/// A committee with its members.
	pub(crate) fn members_of(id: CommitteeId) -> Result<(CommitteeRecord, MemberSet<T>), Error<T>> {
		let record = Committees::<T>::get(id).ok_or(Error::<T>::UnknownCommittee)?;
		let set = MemberSets::<T>::get(record.members).ok_or(Error::<T>::UnknownCommittee)?;
		Ok((record, set))
	}

	/// A blob gets a committee, which can certify it and is small enough for its matrix.
	pub(crate) fn add_blob_to_committee(id: CommitteeId, profile: Profile) -> Result<(), Error<T>> {
		Committees::<T>::try_mutate(id, |entry| {
			let record = entry.as_mut().ok_or(Error::<T>::NoCommittee)?;
			ensure!(record.can_certify, Error::<T>::NoCommittee);
			ensure!(
				profile.supports_committee(record.size),
				Error::<T>::CommitteeTooLarge
			);
			record.blobs = record.blobs.saturating_add(1);
			Ok(())
		})
	}

	/// A blob of the committee is over.
	pub(crate) fn remove_blob_from_committee(id: CommitteeId) {
		let until = Self::now().saturating_add(T::SlashingWindow::get());
		let left = Committees::<T>::mutate(id, |entry| {
			entry.as_mut().map(|record| {
				record.blobs = record.blobs.saturating_sub(1);
				record.keep_until = record.keep_until.max(until);
				(record.blobs, record.keep_until)
			})
		});
		match left {
			Some((0, keep_until)) => {
				Due::<T>::insert(bucket_after(keep_until), DueItem::Committee(id), ());
			}
			Some(_) => {}
			None => {
				defensive!("a committee outlives its blobs");
			}
		}
	}

	/// Keeps a committee as long as after the end of a blob: a fault was proven.
	pub(crate) fn keep_committee(id: CommitteeId) {
		let until = Self::now().saturating_add(T::SlashingWindow::get());
		Committees::<T>::mutate(id, |entry| {
			if let Some(record) = entry {
				record.keep_until = record.keep_until.max(until);
			}
		});
	}

	/// Forgets a committee that is neither of the present session nor that of any blob, when its time has come; before, it is due
	/// when it will have. Whether it was forgotten.
	pub(crate) fn forget_committee_if_unused(id: CommitteeId) -> bool {
		let Some(record) = Committees::<T>::get(id).filter(|record| record.blobs == 0) else {
			return false;
		};
		if LastSession::<T>::get() == Some(id.session) {
			// The root network's is looked at when the session ends.
			if !id.is_root() {
				Self::look_later(id);
			}
			return false;
		}
		// Nothing to keep it for: no blob was submitted to it, no fault was proven.
		let over = record.keep_until == 0 || record.keep_until < Self::now();
		if over {
			Self::unlink_committee(id);
		} else {
			Due::<T>::insert(bucket_after(record.keep_until), DueItem::Committee(id), ());
		}
		over
	}

	fn unlink_committee(id: CommitteeId) {
		let Some(record) = Committees::<T>::take(id) else {
			return;
		};
		// One entry a member at most, so this limit clears them all.
		let cleared = Verdicts::<T>::clear_prefix(id, T::MaxMembers::get(), None);
		if cleared.maybe_cursor.is_some() {
			defensive!("more members with verdicts than a committee has");
		}
		MemberSets::<T>::mutate_exists(record.members, |set| {
			let left = set.as_mut().map(|set| {
				set.committees = set.committees.saturating_sub(1);
				set.committees
			});
			if left == Some(0) {
				*set = None;
			}
		});
	}

	/// A committee; `authority_of` tells an account's authority-discovery key.
	pub fn committee_with(
		id: CommitteeId,
		authority_of: impl Fn(&T::AccountId) -> Option<[u8; 32]>,
	) -> Option<Committee> {
		let (record, set) = Self::members_of(id).ok()?;
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
		Some(Committee {
			id,
			randomness: record.randomness,
			members,
		})
	}
}
