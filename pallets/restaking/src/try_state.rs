// SPDX-License-Identifier: Apache-2.0

//! What always holds. Runs after every test, and with `try-runtime` before and after every migration.

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod checks {
	use crate::{pallet::*, types::*, LOG_TARGET};
	use alloc::{
		collections::{BTreeMap, BTreeSet},
		vec::Vec,
	};
	use frame_support::{
		ensure,
		traits::{
			fungible::{Inspect, InspectHold},
			Get,
		},
	};
	use pallet_session::SessionInterface;
	use polkadot_sdk::*;
	use sp_runtime::TryRuntimeError;
	use zerog_staking::{history_start, slashable, unique_stake, Balance, Era, Position};

	type Sums<K> = BTreeMap<K, u128>;

	/// Adds to a sum.
	fn add<K: Ord>(sums: &mut Sums<K>, key: K, amount: u128) {
		let sum = sums.entry(key).or_default();
		*sum = sum.saturating_add(amount);
	}

	/// Whether the sums are those of the entries, all of them.
	fn are<K: Ord>(mut sums: Sums<K>, entries: impl Iterator<Item = (K, u128)>) -> bool {
		let mut entries = entries;
		let all = entries.all(|(key, amount)| sums.remove(&key).unwrap_or_default() == amount);
		all && sums.values().all(|rest| *rest == 0)
	}

	impl<T: Config> Pallet<T> {
		/// Checks every invariant of the pallet.
		pub fn do_try_state() -> Result<(), TryRuntimeError> {
			let positions: Vec<_> = Positions::<T>::iter().collect();
			Self::check_holds(&positions)?;
			Self::check_shares(&positions)?;
			Self::check_allocations()?;
			Self::check_candidates()?;
			Self::check_validators()?;
			Self::check_eras()?;
			Self::check_slashes()?;
			Self::check_rewards(&positions)
		}

		fn check_holds(positions: &[(T::AccountId, T::AccountId, Position)]) -> Result<(), TryRuntimeError> {
			let (mut stakes, mut bonds) = (Sums::new(), Sums::new());
			for (operator, account, position) in positions {
				let held = position.held().map_err(|_| "held stake can be counted")?;
				add(&mut stakes, account.clone(), held);
				ensure!(!position.is_empty(), "positions that are over are forgotten");
				ensure!(
					held == 0 || Operators::<T>::contains_key(operator),
					"stake lies with operators"
				);
			}
			for report in Reports::<T>::iter_values() {
				add(&mut bonds, report.reporter, report.bond);
			}
			// Every account, so that nothing is on hold that no record names.
			for account in frame_system::Account::<T>::iter_keys() {
				for (sums, reason) in [(&mut stakes, HoldReason::Stake), (&mut bonds, HoldReason::Report)] {
					ensure!(
						T::Currency::balance_on_hold(&reason.into(), &account)
							== sums.remove(&account).unwrap_or_default(),
						"what is on hold is what the books say"
					);
				}
			}
			let mut rest = stakes.into_values().chain(bonds.into_values());
			ensure!(rest.all(|amount| amount == 0), "who has stake has an account");
			Ok(())
		}

		fn check_shares(positions: &[(T::AccountId, T::AccountId, Position)]) -> Result<(), TryRuntimeError> {
			let mut pools = Sums::<(T::AccountId, u32)>::new();
			let mut buckets = Sums::<(T::AccountId, Era)>::new();
			let mut values = Sums::<T::AccountId>::new();
			for (operator, _, position) in positions {
				if !position.shares().is_zero() {
					add(
						&mut pools,
						(operator.clone(), position.generation()),
						position.shares().0,
					);
				}
				for chunk in position.chunks() {
					add(&mut buckets, (operator.clone(), chunk.era), chunk.shares.0);
				}
				if let Some(value) =
					Operators::<T>::get(operator).and_then(|info| position.value(&info.books).ok())
				{
					add(&mut values, operator.clone(), value);
				}
			}
			let operators: Vec<_> = Operators::<T>::iter().collect();
			let closed: Vec<_> = ClosedPools::<T>::iter().collect();
			for (operator, generation, pool) in &closed {
				ensure!(
					pool.generation == *generation && !pool.shares.is_zero(),
					"closed pools have shares"
				);
				// Shares that nobody has converted own a part of the bucket.
				add(&mut buckets, (operator.clone(), pool.era), pool.bucket_shares.0);
			}
			let open = operators
				.iter()
				.map(|(operator, info)| ((operator.clone(), info.books.generation()), info.books.shares().0));
			let closed = closed
				.into_iter()
				.map(|(operator, generation, pool)| ((operator, generation), pool.shares.0));
			ensure!(are(pools, open.chain(closed)), "shares belong to positions");
			let timing = T::Timing::get();
			let now = Self::now();
			let mut stored = Vec::new();
			for (operator, info) in &operators {
				ensure!(
					values.get(operator).copied().unwrap_or_default() <= info.books.active().stake,
					"positions are worth no more than the stake"
				);
				ensure!(
					info.books.shares().is_zero() == (info.books.active().stake == 0),
					"a pool without shares has no stake"
				);
				for bucket in info.books.buckets() {
					stored.push(((operator.clone(), bucket.era), bucket.shares.0));
				}
				for (era, bucket) in Archive::<T>::iter_prefix(operator) {
					ensure!(
						bucket.era == era
							&& !bucket.shares.is_zero()
							&& era < info.books.horizon(now, &timing),
						"what is archived has matured and owners"
					);
				}
				ensure!(
					RewardBooks::<T>::contains_key(operator),
					"every operator has a reward book"
				);
			}
			let archived =
				Archive::<T>::iter().map(|(operator, era, bucket)| ((operator, era), bucket.shares.0));
			ensure!(
				are(buckets, stored.into_iter().chain(archived)),
				"a bucket's shares belong to positions"
			);
			ensure!(
				RewardBooks::<T>::iter_keys().count() == operators.len(),
				"reward books belong to operators"
			);
			Ok(())
		}

		fn check_allocations() -> Result<(), TryRuntimeError> {
			let mut members = Sums::<ServiceId>::new();
			let (now, mut records) = (Self::now(), 0usize);
			for (operator, info) in Operators::<T>::iter() {
				let unique: BTreeSet<_> = info.services.iter().collect();
				ensure!(unique.len() == info.services.len(), "services are listed once");
				records = records.saturating_add(info.services.len());
				let mut allocations = Vec::new();
				for service in &info.services {
					let allocation = Allocations::<T>::try_get(&operator, service)
						.map_err(|()| "a listed service has an allocation")?;
					let terms = Services::<T>::get(service)
						.ok_or("services with operators exist")?
						.terms;
					let (objective, subjective) = (terms.objective, terms.subjective);
					let most = subjective.map_or(objective, |terms| terms.cap.per_offence.max(objective));
					ensure!(
						allocation.charged().iter().all(|(_, fraction)| *fraction <= most),
						"no era is charged more than the service declared"
					);
					let present = allocation.clone().of(&info.books);
					ensure!(
						present.target() <= present.capacity(now),
						"there is room for what is promised"
					);
					allocations.push((service.seniority(), allocation));
					add(&mut members, *service, 1);
				}
				let refs = allocations
					.iter()
					.map(|(seniority, allocation)| (*seniority, allocation));
				ensure!(
					unique_stake(&info.books, refs).is_ok(),
					"no planck is promised twice"
				);
			}
			ensure!(
				Allocations::<T>::iter_keys().count() == records,
				"every allocation is listed"
			);
			let counts = Services::<T>::iter().map(|(service, entry)| (service, entry.operators.into()));
			ensure!(are(members, counts), "services count their operators");
			ensure!(
				Services::<T>::iter_keys().all(|service| service < NextService::<T>::get()),
				"services are numbered"
			);
			Ok(())
		}

		fn check_candidates() -> Result<(), TryRuntimeError> {
			let (now, timing) = (Self::now(), T::Timing::get());
			let notice = timing.allocation_delay.max(timing.deallocation_delay);
			let list = Candidates::<T>::get();
			ensure!(list.is_sorted(), "candidates are sorted");
			for key in &list {
				let info = Operators::<T>::get(&key.account).ok_or("candidates are operators")?;
				ensure!(info.candidate == Some(key.since), "candidates know it");
				// Every call that changes the stake or the promise counts both anew. Since then only announced rises have come, so
				// that a key may be less than what consensus could slash, and is never more.
				let promise = Allocations::<T>::get(&key.account, CONSENSUS);
				let announced = promise.changed().unwrap_or_default().saturating_sub(notice);
				let counts = |era| {
					let stake = slashable(&info.books, &promise, CONSENSUS.seniority(), era, now);
					stake == Ok(key.stake)
				};
				ensure!(
					(key.since.max(announced)..=now).any(counts),
					"a candidate counts the least promise from an era on, not before the last change was announced"
				);
			}
			let standing = Operators::<T>::iter_values().filter(|info| info.candidate.is_some());
			ensure!(standing.count() == list.len(), "candidates are listed once");
			Ok(())
		}

		/// No more can be asked of validators at every moment. Those of a fixed set, and those who stay because elections fail, need
		/// not be operators; who was elected may lose stake while it serves, to slashes and with delegators. That the elected
		/// are operators with the minimum is tested where they are elected, in `tests/sequences.rs`.
		fn check_validators() -> Result<(), TryRuntimeError> {
			let validators = <T::Session as SessionInterface>::validators();
			let distinct: BTreeSet<_> = validators.iter().collect();
			ensure!(distinct.len() == validators.len(), "nobody validates twice");
			let offenders = Offenders::<T>::get();
			let distinct: BTreeSet<_> = offenders.iter().map(|(account, _)| account).collect();
			ensure!(distinct.len() == offenders.len(), "offenders are listed once");
			Ok(())
		}

		fn check_eras() -> Result<(), TryRuntimeError> {
			let starts = EraStarts::<T>::get();
			ensure!(
				starts
					.iter()
					.zip(starts.iter().skip(1))
					.all(|(a, b)| a.0.saturating_add(1) == b.0 && a.1 < b.1),
				"eras follow each other"
			);
			let last = starts.last().map(|start| start.0);
			ensure!(
				last.unwrap_or_default() == Self::now(),
				"the last era that began is the present one"
			);
			// That the roots of these sessions are kept as long, the session pallet does not tell: `check` of the mock looks.
			let oldest = T::Timing::get().horizon(Self::now());
			ensure!(
				starts.first().is_none_or(|(first, _)| *first <= oldest),
				"every era whose faults can be reported has its sessions"
			);
			Ok(())
		}

		fn check_slashes() -> Result<(), TryRuntimeError> {
			let queue = ReportQueue::<T>::get();
			let (now, timing) = (Self::now(), T::Timing::get());
			let mut pending = Sums::<(T::AccountId, Era)>::new();
			let mut reports = Sums::<ServiceId>::new();
			let mut due = Era::default();
			for id in &queue {
				let report = Reports::<T>::get(id).ok_or("queued reports exist")?;
				ensure!(due <= report.due, "reports are queued as they are due");
				ensure!(
					report.due <= timing.executable_from(now),
					"no report waits longer than for its veto"
				);
				due = report.due;
				// Not an invariant: eras pass also while no block has room and nobody calls. The slash is lost in the end, and
				// an event says so.
				if due.saturating_add(timing.slack) < now {
					log::warn!(target: LOG_TARGET, "report {id} was due in era {due} and waits in era {now}");
				}
				add(&mut reports, report.service, 1);
				add(&mut pending, (report.operator, report.fault), 1);
			}
			ensure!(
				Reports::<T>::iter_keys().count() == queue.len(),
				"reports are queued once"
			);
			let counts = Services::<T>::iter().map(|(service, entry)| (service, entry.reports.into()));
			ensure!(are(reports, counts), "services count their reports");
			let noted = NotedFaults::<T>::get();
			let distinct: BTreeSet<_> = noted
				.iter()
				.map(|noted| (noted.service, &noted.operator, noted.fault))
				.collect();
			ensure!(distinct.len() == noted.len(), "a fault is noted once");
			for noted in noted {
				add(&mut pending, (noted.operator, noted.fault), 1);
			}
			let known = Operators::<T>::iter().flat_map(|(operator, info)| {
				let faults = info.books.pending().to_vec().into_iter();
				faults.map(move |(fault, count)| ((operator.clone(), fault), u128::from(count)))
			});
			ensure!(
				are(pending, known),
				"operators know how many slashes wait for faults of which era"
			);
			Ok(())
		}

		fn check_rewards(
			positions: &[(T::AccountId, T::AccountId, Position)],
		) -> Result<(), TryRuntimeError> {
			let mut money: Balance = 0;
			let oldest = history_start(Self::now());
			for (operator, book) in RewardBooks::<T>::iter() {
				let unclaimed = book.unclaimed().map_err(|_| "rewards can be counted")?;
				money = money.saturating_add(unclaimed);
				// Shares of a closed pool earned to the era of its end, whoever has converted them since.
				let owned = positions.iter().filter(|(owner, ..)| *owner == operator);
				let owned: Vec<_> = owned
					.map(|(.., position)| {
						let closed = ClosedPools::<T>::get(&operator, position.generation());
						(closed.map_or(Era::MAX, |pool| pool.era), position)
					})
					.collect();
				for (era, shares) in book.unclaimed_shares() {
					let earned = owned.iter().filter(|(last, _)| era <= *last);
					let unclaimed = earned.fold(0u128, |sum, (_, position)| {
						sum.saturating_add(position.unclaimed(era).0)
					});
					// Positions forget what is older than the history.
					ensure!(
						unclaimed == shares.0 || (era < oldest && unclaimed < shares.0),
						"the shares that wait for a reward are those of the positions that have not claimed it"
					);
				}
			}
			let mut points = Sums::<(ServiceId, Era)>::new();
			for (_, era, work) in Work::<T>::iter() {
				for (service, noted) in work {
					if era >= oldest {
						add(&mut points, (service, era), noted.into());
					}
				}
			}
			let mut pots = Vec::new();
			for (service, era, pot) in Pots::<T>::iter() {
				money = money.saturating_add(pot.amount);
				if era >= oldest {
					pots.push(((service, era), u128::from(pot.points)));
				}
			}
			ensure!(
				are(points, pots.into_iter()),
				"pots count the points that were not drawn"
			);
			let pot = T::Currency::balance(&Self::pot());
			ensure!(
				money.saturating_add(T::Currency::minimum_balance()) <= pot,
				"the pot holds what is not paid out"
			);
			Ok(())
		}
	}
}
