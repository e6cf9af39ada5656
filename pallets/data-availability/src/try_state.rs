// SPDX-License-Identifier: Apache-2.0

//! What always holds. Runs after every test, and with `try-runtime` before and after every migration.

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod checks {
	use crate::{
		pallet::*,
		types::{bucket_after, has_bit, Custody, DueItem, State},
	};
	use alloc::collections::{BTreeMap, BTreeSet};
	use frame_support::{
		ensure,
		traits::{
			fungible::{Inspect, InspectHold},
			Get,
		},
	};
	use pallet_networks::Networking;
	use polkadot_sdk::*;
	use sp_runtime::TryRuntimeError;
	use zerog_erasure::Hash;
	use zerog_networks::MAX_NETWORKS;
	use zerog_primitives::{
		da::{is_enough, is_signer, signer_indices, CommitteeId, NetworkId, ROOT_NETWORK},
		units::Balance,
	};

	/// Adds to an account's sum.
	fn add<AccountId: Ord>(sums: &mut BTreeMap<AccountId, Balance>, account: AccountId, amount: Balance) {
		let sum = sums.entry(account).or_default();
		*sum = sum.saturating_add(amount);
	}

	impl<T: Config> Pallet<T> {
		/// Checks every invariant of the pallet.
		pub fn do_try_state() -> Result<(), TryRuntimeError> {
			Self::check_blobs()?;
			Self::check_money()?;
			Self::check_challenges()?;
			Self::check_committees()?;
			Self::check_keys()
		}

		fn check_blobs() -> Result<(), TryRuntimeError> {
			let mut waiting = BTreeMap::<_, u32>::new();
			let mut pending = BTreeMap::<_, u64>::new();
			for (commitment, blob) in Blobs::<T>::iter() {
				ensure!(
					blob.header.commitment().ok() == Some(commitment),
					"blob is stored under its commitment"
				);
				let profile = blob.header.profile().map_err(|_| "blob has a profile")?;
				ensure!(!blob.payments.is_empty(), "somebody pays for every blob");
				match &blob.state {
					State::Pending => {
						let sum = pending.entry(blob.committee.network).or_default();
						*sum = sum.saturating_add(profile.coded_bytes());
						let count = waiting.entry(blob.committee.network).or_default();
						*count = count.saturating_add(1);
					}
					State::Certified(custody) => {
						ensure!(
							is_enough(custody.rows_signed, profile.rows()),
							"certified blobs have 2/3 of their rows signed"
						);
						Self::check_custody(blob.committee, profile.rows(), custody)?;
						ensure!(
							custody.at <= custody.paid_until && custody.paid_until <= blob.end(),
							"custody is paid for blocks of retention"
						);
					}
				}
				let bucket = bucket_after(blob.ends_at());
				ensure!(
					Due::<T>::contains_key(bucket, DueItem::Blob(commitment))
						|| bucket < DueCursor::<T>::get(),
					"every blob is due once"
				);
			}
			ensure!(
				pending == PendingBytes::<T>::iter().collect(),
				"pending bytes are those of the pending blobs"
			);
			Self::check_waiting(waiting)?;
			let due = Due::<T>::iter_keys()
				.filter(|(_, item)| matches!(item, DueItem::Blob(_)))
				.count();
			ensure!(
				due <= Blobs::<T>::iter_keys().count(),
				"nothing is due that does not exist"
			);
			Ok(())
		}

		/// Signers and who is at fault are members, and the rows that fees are divided by are those of the signers.
		fn check_custody(
			committee: CommitteeId,
			rows: u32,
			custody: &Custody<T>,
		) -> Result<(), TryRuntimeError> {
			let (_, set) = Self::members_of(committee).map_err(|_| "a certified blob has its committee")?;
			let members = set.members.len();
			for bitmap in [&custody.signers, &custody.at_fault, &custody.bad_rows] {
				ensure!(
					bitmap.len() == members.div_ceil(8)
						&& signer_indices(bitmap).all(|member| member < members),
					"bitmaps are over the committee"
				);
			}
			ensure!(
				signer_indices(&custody.bad_rows).all(|member| is_signer(&custody.at_fault, member)),
				"who signed bad rows is at fault"
			);
			let allotment = set.allotment(rows);
			let signed = signer_indices(&custody.signers).filter_map(|member| allotment.get(member));
			ensure!(
				custody.rows_signed == signed.fold(0u32, |sum, count| sum.saturating_add(*count)),
				"signed rows are those of the signers"
			);
			Ok(())
		}

		/// Networks count the blobs that wait for them, also where none does: or a network would drain for ever.
		///
		/// Those that drain are in no ranking, so that all numbers are asked for, up to as many beyond the last one that is known
		/// as there can be networks.
		fn check_waiting(mut waiting: BTreeMap<NetworkId, u32>) -> Result<(), TryRuntimeError> {
			let ranked = T::Networks::ranking(&Hash::default()).into_iter();
			let noted = Committees::<T>::iter_keys().map(|id| id.network);
			let known = ranked.chain(noted).chain(waiting.keys().copied());
			let last = known.max().unwrap_or(ROOT_NETWORK);
			for network in ROOT_NETWORK..=last.saturating_add(MAX_NETWORKS) {
				ensure!(
					T::Networks::pending(network).unwrap_or_default()
						== waiting.remove(&network).unwrap_or_default(),
					"networks know how many blobs wait for them"
				);
			}
			Ok(())
		}

		/// What is on hold is what blobs and challenges say, and the pot covers what it owes.
		fn check_money() -> Result<(), TryRuntimeError> {
			let (mut custody, mut deposits) = (BTreeMap::new(), BTreeMap::new());
			let mut owed: Balance = Earnings::<T>::iter_values().fold(0, Balance::saturating_add);
			for blob in Blobs::<T>::iter_values() {
				owed = owed.saturating_add(blob.dispersal);
				for payment in blob.payments {
					add(&mut custody, payment.payer, payment.held);
				}
			}
			for challenge in Challenges::<T>::iter_values() {
				add(&mut deposits, challenge.challenger, challenge.deposit);
			}
			for (reason, sums) in [(HoldReason::Custody, custody), (HoldReason::Challenge, deposits)] {
				for (account, sum) in sums {
					let on_hold = T::Currency::balance_on_hold(&reason.into(), &account);
					ensure!(on_hold == sum, "holds are the sum of what they are for");
				}
			}
			let pot = T::Currency::balance(&Self::pot());
			ensure!(
				pot >= owed.saturating_add(T::Currency::minimum_balance()),
				"the pot holds earnings and undistributed fees, and exists"
			);
			Ok(())
		}

		fn check_challenges() -> Result<(), TryRuntimeError> {
			let mut open = 0u32;
			for (commitment, row, challenge) in Challenges::<T>::iter() {
				let blob = Blobs::<T>::get(commitment).ok_or("a challenged blob is not over")?;
				ensure!(blob.custody().is_some(), "a challenged blob has its certificate");
				open = open.saturating_add(1);
				ensure!(challenge.deadline <= blob.ends_at(), "windows lie in retention");
				ensure!(
					blob.custody()
						.is_some_and(|custody| has_bit(&custody.signers, challenge.member)),
					"signers are challenged"
				);
				ensure!(
					ChallengesOf::<T>::get(&challenge.account).contains(&(commitment, row)),
					"a challenge is known by its member"
				);
				let bucket = bucket_after(challenge.deadline);
				ensure!(
					Due::<T>::contains_key(bucket, DueItem::Challenge(commitment, row))
						|| bucket < DueCursor::<T>::get(),
					"every challenge is due once"
				);
			}
			ensure!(
				Due::<T>::iter_keys().all(|(_, item)| match item {
					DueItem::Challenge(commitment, row) => Challenges::<T>::contains_key(commitment, row),
					DueItem::Blob(_) | DueItem::Committee(_) => true,
				}),
				"no challenge is due that is closed"
			);
			let (mut by_member, mut beyond) = (0u32, 0u32);
			for of_member in ChallengesOf::<T>::iter_values() {
				ensure!(!of_member.is_empty(), "no empty list of challenges is stored");
				let mut of_blobs = BTreeMap::<_, u32>::new();
				for (commitment, _) in &of_member {
					let count = of_blobs.entry(commitment).or_default();
					*count = count.saturating_add(1);
				}
				ensure!(
					of_blobs
						.into_values()
						.all(|count| count <= T::MaxBlobChallenges::get()),
					"a member has few challenges for one blob"
				);
				let count = u32::try_from(of_member.len()).unwrap_or(u32::MAX);
				by_member = by_member.saturating_add(count);
				beyond = beyond.saturating_add(count.saturating_sub(T::OwnChallenges::get()));
			}
			ensure!(
				open == OpenChallenges::<T>::get() && open == by_member,
				"challenges are counted"
			);
			ensure!(open <= Self::most_challenges(), "all challenges can be answered");
			ensure!(
				beyond <= T::MaxChallenges::get(),
				"members have more challenges than their own only while there is room"
			);
			Ok(())
		}

		fn check_committees() -> Result<(), TryRuntimeError> {
			let mut blobs = BTreeMap::<_, u32>::new();
			for blob in Blobs::<T>::iter_values() {
				ensure!(
					blob.fell_back_from
						.is_none_or(|from| blob.committee.is_root() && !from.is_root()),
					"blobs fall back from other networks to the root network"
				);
				for committee in core::iter::once(blob.committee).chain(blob.fell_back_from) {
					let count = blobs.entry(committee).or_default();
					*count = count.saturating_add(1);
				}
			}
			let due: BTreeSet<_> = Due::<T>::iter_keys()
				.filter_map(|(_, item)| match item {
					DueItem::Committee(id) => Some(id),
					DueItem::Blob(_) | DueItem::Challenge(..) => None,
				})
				.collect();
			let mut users = BTreeMap::new();
			for (id, record) in Committees::<T>::iter() {
				let present = id.is_root() && LastSession::<T>::get() == Some(id.session);
				ensure!(
					record.blobs > 0 || present || due.contains(&id),
					"a committee that nothing needs is forgotten"
				);
				ensure!(
					record.blobs == blobs.remove(&id).unwrap_or(0),
					"a committee counts its blobs"
				);
				let count = users.entry(record.members).or_insert(0u32);
				*count = count.saturating_add(1);
			}
			ensure!(blobs.is_empty(), "no blob outlives its committee");
			ensure!(
				Verdicts::<T>::iter_keys().all(|(id, _)| Committees::<T>::contains_key(id)),
				"no verdict outlives its committee"
			);
			for (hash, set) in MemberSets::<T>::iter() {
				ensure!(
					users.remove(&hash) == Some(set.committees),
					"a member set counts its committees"
				);
			}
			ensure!(users.is_empty(), "every committee has its member set");
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
