// SPDX-License-Identifier: Apache-2.0

//! What always holds. Runs after every test, and with `try-runtime` before and after every migration.

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod checks {
	use crate::{operators::is_over, pallet::*, types::*};
	use alloc::collections::{BTreeMap, BTreeSet};
	use frame_support::{
		ensure,
		traits::{fungible::Inspect, Get},
	};
	use polkadot_sdk::*;
	use sp_runtime::TryRuntimeError;
	use zerog_networks::{Balance, Epoch, NetworkId, Networks, Selection, Status, ROOT};

	impl<T: Config> Pallet<T> {
		/// Checks every invariant of the pallet.
		pub fn do_try_state() -> Result<(), TryRuntimeError> {
			let registry = Registry::<T>::get();
			Self::check_registry(&registry)?;
			Self::check_operators(&registry)?;
			Self::check_rosters(&registry)?;
			Self::check_committees(&registry)?;
			Self::check_work(&registry)?;
			Self::check_routes(&registry)?;
			Self::check_escrow(&registry)
		}

		fn check_registry(registry: &Networks) -> Result<(), TryRuntimeError> {
			ensure!(
				registry
					.get(ROOT)
					.is_ok_and(|root| root.status() == Status::Active),
				"the root network is always active"
			);
			let names: BTreeSet<_> = registry.iter().map(|network| network.id()).collect();
			ensure!(
				registry
					.iter()
					.map(|network| network.id())
					.eq(names.iter().copied())
					&& names.last() < Some(&registry.next()),
				"names are in order and used once"
			);
			ensure!(
				Self::check(&Parameters::<T>::get()).is_ok(),
				"parameters make sense"
			);
			Ok(())
		}

		fn check_operators(registry: &Networks) -> Result<(), TryRuntimeError> {
			let count = u32::try_from(Operators::<T>::iter_keys().count()).unwrap_or(u32::MAX);
			ensure!(
				count == Operators::<T>::count() && count <= T::MaxOperators::get(),
				"there are not more operators than there can be"
			);
			for info in Operators::<T>::iter_values() {
				let names: BTreeSet<_> = info.memberships.iter().map(|place| place.network).collect();
				ensure!(
					names.len() == info.memberships.len()
						&& names.iter().all(|name| *name != ROOT && *name < registry.next()),
					"an operator joins a network once"
				);
				let past = |left: Option<Epoch>| left.is_none_or(|left| left <= registry.epoch());
				ensure!(
					past(info.left) && info.memberships.iter().all(|place| past(place.left)),
					"nobody left in the future"
				);
				ensure!(
					info.left.is_none() || info.memberships.iter().all(|place| place.left.is_some()),
					"who leaves leaves all networks"
				);
			}
			Ok(())
		}

		fn check_rosters(registry: &Networks) -> Result<(), TryRuntimeError> {
			let index = RosterIndex::<T>::get();
			ensure!(
				index.rosters.is_sorted_by(|a, b| a < b)
					&& index.rosters.iter().all(Rosters::<T>::contains_key)
					&& Rosters::<T>::iter_keys().count() == index.rosters.len(),
				"all rosters are listed"
			);
			for (epoch, roster) in Rosters::<T>::iter() {
				ensure!(
					roster.began <= epoch && epoch <= registry.epoch().saturating_add(1),
					"rosters are read before they are frozen"
				);
				ensure!(
					roster.candidates.is_sorted_by(|a, b| a.operator < b.operator),
					"rosters are sorted"
				);
				// Who was read when its network drained already stays; before, its notice may have been over.
				let drains = |name| {
					let found = registry.get(name);
					found.is_ok_and(|it| it.status() == Status::Draining && it.since() <= roster.began)
				};
				for candidate in &roster.candidates {
					let stays = |name| Self::place_of(&candidate.operator, name).is_some();
					let mut places = candidate.memberships.iter().map(|place| place.network);
					ensure!(
						places.all(|name| !drains(name) || stays(name)),
						"who is in a network that drains stays an operator"
					);
				}
			}
			Ok(())
		}

		fn place_of(operator: &T::AccountId, network: NetworkId) -> Option<Membership> {
			Operators::<T>::get(operator)?.membership(network).copied()
		}

		fn check_committees(registry: &Networks) -> Result<(), TryRuntimeError> {
			let epoch = registry.epoch();
			let gone = Pending::<T>::get().gone;
			let mut counts = BTreeMap::<_, u32>::new();
			for (network, serves, committee) in Committees::<T>::iter() {
				let count = counts.entry(network).or_default();
				*count = count.saturating_add(1);
				let known = registry.get(network);
				ensure!(
					known.is_ok() || gone.contains(&network),
					"committees belong to networks"
				);
				ensure!(
					serves <= epoch.saturating_add(1) && *count <= 3,
					"committees are those of three epochs"
				);
				ensure!(
					network != ROOT || committee.selection == Selection::Everybody,
					"everybody serves in the root network"
				);
				if serves < epoch || known.is_err() {
					continue;
				}
				let roster = Rosters::<T>::get(committee.frozen).ok_or("committees have rosters")?;
				ensure!(
					network == ROOT || committee.frozen.saturating_add(3) == serves,
					"a committee is drawn from the roster before its randomness"
				);
				// That of a genesis or a migration is read when it is frozen; nobody in it has joined a network.
				ensure!(
					network == ROOT || roster.began.saturating_add(1) == committee.frozen,
					"a committee's roster was read in the epoch before it was frozen"
				);
				if let Selection::Drawn(seats) = &committee.selection {
					let list: BTreeSet<_> = roster.of(network).into_iter().map(|entry| entry.0).collect();
					let mut held = BTreeMap::<_, u32>::new();
					for holder in seats.holders().iter().flatten() {
						ensure!(
							list.contains(holder),
							"seats are those of operators of the network"
						);
						ensure!(
							Self::place_of(holder, network).is_some_and(|place| !is_over(place.left, serves)),
							"no seat outlives its holder's notice"
						);
						let seats = held.entry(holder).or_default();
						*seats = seats.saturating_add(1);
					}
					ensure!(
						held.values().all(|seats| *seats <= committee.params.cap),
						"nobody has more seats than the cap"
					);
				}
			}
			if !RosterIndex::<T>::get().rosters.is_empty() && epoch > 0 {
				let next = epoch.saturating_add(1);
				ensure!(
					Committees::<T>::contains_key(ROOT, next),
					"the root network always has a committee"
				);
			}
			Ok(())
		}

		fn check_work(registry: &Networks) -> Result<(), TryRuntimeError> {
			let (work, next) = (Pending::<T>::get(), registry.epoch().saturating_add(1));
			for (network, drawn) in &work.drawn {
				ensure!(
					registry.get(*network).is_ok() && *network != ROOT,
					"what was drawn belongs to networks"
				);
				ensure!(
					Committees::<T>::contains_key(network, next) == *drawn,
					"who was drawn is known"
				);
			}
			ensure!(
				work.gone.iter().all(|network| registry.get(*network).is_err()),
				"what is gone is no network"
			);
			let draft = Draft::<T>::get();
			let names: BTreeSet<_> = draft.iter().map(|candidate| &candidate.operator).collect();
			ensure!(names.len() == draft.len(), "an operator is read once");
			ensure!(
				work.sweep != Sweep::Done || draft.is_empty(),
				"what was read is frozen"
			);
			Ok(())
		}

		fn check_routes(registry: &Networks) -> Result<(), TryRuntimeError> {
			for (network, _) in &Routes::<T>::get().networks {
				ensure!(
					registry
						.get(*network)
						.is_ok_and(|network| network.status() == Status::Active),
					"routes lead to networks that take blobs"
				);
				ensure!(
					*network == ROOT || Committees::<T>::contains_key(network, registry.epoch()),
					"routes lead to committees"
				);
			}
			Ok(())
		}

		fn check_escrow(registry: &Networks) -> Result<(), TryRuntimeError> {
			let promises = Promises::<T>::get();
			let names: BTreeSet<_> = promises.iter().map(|promise| promise.network).collect();
			ensure!(
				names.len() == promises.len() && names.iter().all(|name| registry.get(*name).is_ok()),
				"promises are made to networks"
			);
			let promised = promises
				.iter()
				.fold(0, |sum: Balance, promise| sum.saturating_add(promise.left));
			let least = match promised {
				0 => 0,
				some => some.saturating_add(T::Currency::minimum_balance()),
			};
			ensure!(
				T::Currency::balance(&Self::account()) >= least,
				"the escrow has what it promised"
			);
			Ok(())
		}
	}
}
