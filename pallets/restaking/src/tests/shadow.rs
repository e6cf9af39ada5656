// SPDX-License-Identifier: Apache-2.0

//! The same chain without storage, holds and accounts: `zerog_staking` over plain maps, by which the pallet's storage and money
//! are measured after every step.

use crate::{mock::*, pallet::*, types::*, Duties};
use frame_support::traits::ValidatorRegistration;
use polkadot_sdk::*;
use sp_runtime::Perbill;
use std::collections::{BTreeMap, BTreeSet};
use zerog_staking::*;

/// Why a call is refused is the pallet's own business.
type Done<R = ()> = Result<R, ()>;

fn ok<R>(result: Result<R, zerog_staking::Error>) -> Done<R> {
	result.map_err(drop)
}

fn when(condition: bool) -> Done {
	condition.then_some(()).ok_or(())
}

#[derive(Clone, Debug, Default)]
pub(super) struct Shadow {
	pub(super) now: Era,
	pub(super) session: u32,
	pub(super) operators: BTreeMap<AccountId, Operator>,
	services: BTreeMap<ServiceId, Service<AccountId>>,
	next_service: ServiceId,
	candidates: BTreeSet<ElectionKey<AccountId>>,
	keys: BTreeSet<AccountId>,
	offenders: BTreeMap<AccountId, Perbill>,
	pub(super) allocations: BTreeMap<(AccountId, ServiceId), Allocation>,
	pub(super) positions: BTreeMap<(AccountId, AccountId), Position>,
	archive: BTreeMap<(AccountId, Era), Bucket>,
	closed: BTreeMap<(AccountId, u32), ClosedPool>,
	books: BTreeMap<AccountId, RewardBook>,
	pub(super) pots: BTreeMap<(ServiceId, Era), EraPot>,
	pub(super) work: BTreeMap<(AccountId, Era), Vec<(ServiceId, u64)>>,
	pub(super) noted: Vec<(ServiceId, AccountId, Era, Perbill)>,
	pub(super) reports: Vec<(ReportId, AccountId, Era, Perbill, Era)>,
	next_report: ReportId,
	starts: Vec<(Era, u32)>,
	free: BTreeMap<AccountId, Balance>,
	held: BTreeMap<AccountId, Balance>,
	burned: Balance,
	pot: Balance,
	inflow: Balance,
}

impl Shadow {
	/// The genesis of the mock without its operators.
	pub(super) fn of_genesis() -> Self {
		let mut shadow = Self {
			starts: vec![(0, 0)],
			keys: OPERATORS.into(),
			..Self::default()
		};
		let consensus = Terms {
			objective: Perbill::one(),
			..terms(ServiceKind::Consensus)
		};
		for terms in [
			consensus,
			terms(ServiceKind::DataAvailability),
			subjective_terms(),
		] {
			shadow.create(terms).unwrap();
		}
		for account in ACCOUNTS {
			shadow.free.insert(account, ENDOWMENT);
		}
		shadow
	}

	/// An operator of the genesis.
	pub(super) fn found(&mut self, operator: AccountId) {
		self.register(operator, STAKE, Perbill::from_percent(10)).unwrap();
		let timing = Timing {
			allocation_delay: 0,
			..TIMING
		};
		self.promise(operator, CONSENSUS, percents(50), &timing).unwrap();
		self.promise(operator, DA, percents(20), &timing).unwrap();
		self.validate(operator).unwrap();
	}

	/// Does it, or changes nothing.
	pub(super) fn step(&mut self, change: impl FnOnce(&mut Self) -> Done) -> Done {
		let before = self.clone();
		change(self).inspect_err(|()| *self = before)
	}

	fn operator(&mut self, operator: AccountId) -> Done<&mut Operator> {
		self.operators.get_mut(&operator).ok_or(())
	}

	/// Takes a position out, changes it, and puts it back unless nothing is left.
	fn with_position<R>(
		&mut self,
		operator: AccountId,
		account: AccountId,
		change: impl FnOnce(&mut Self, &mut Position) -> Done<R>,
	) -> Done<R> {
		let mut position = self.positions.remove(&(operator, account)).unwrap_or_default();
		let result = change(self, &mut position)?;
		if !position.is_empty() {
			self.positions.insert((operator, account), position);
		}
		Ok(result)
	}

	fn burn(&mut self, account: AccountId, amount: Balance) {
		*self.held.entry(account).or_default() -= amount;
		self.burned += amount;
	}

	pub(super) fn register(&mut self, operator: AccountId, stake: Balance, commission: Perbill) -> Done {
		when(!self.operators.contains_key(&operator))?;
		self.operators.insert(operator, Operator::new(self.now));
		self.books
			.insert(operator, ok(RewardBook::new(commission, self.now))?);
		self.delegate(operator, operator, stake)
	}

	pub(super) fn leave(&mut self, operator: AccountId) -> Done {
		let unclaimed = ok(self.books.get(&operator).ok_or(())?.unclaimed())?;
		let used = self.key(operator).is_some()
			|| self.allocations.keys().any(|key| key.0 == operator)
			|| self.archive.keys().any(|key| key.0 == operator)
			|| self.closed.keys().any(|key| key.0 == operator)
			|| self.work.keys().any(|key| key.0 == operator);
		when(self.operator(operator)?.is_idle() && unclaimed == 0 && !used)?;
		self.operators.remove(&operator);
		self.books.remove(&operator);
		Ok(())
	}

	pub(super) fn delegate(&mut self, operator: AccountId, account: AccountId, amount: Balance) -> Done {
		let (now, minimum) = (self.now, minimum(operator, account));
		self.with_position(operator, account, |shadow, position| {
			let books = shadow.operator(operator)?;
			ok(position.delegate(books, now, amount, minimum)).map(drop)
		})?;
		let free = self.free.entry(account).or_default();
		*free = free.checked_sub(amount).ok_or(())?;
		*self.held.entry(account).or_default() += amount;
		self.rerank(operator)
	}

	/// Who could be elected.
	fn electable(&self) -> impl Iterator<Item = AccountId> + '_ {
		let has_stake = self.candidates.iter().filter(|key| key.stake >= 2_000);
		let accounts = has_stake.map(|key| key.account);
		accounts.filter(move |account| self.keys.contains(account))
	}

	/// Whether an operator has to validate, by the session pallet's validators.
	fn is_needed(&self, operator: AccountId) -> bool {
		let others = self.electable().filter(|account| *account != operator);
		let serves = self.key(operator).is_some() || validators().contains(&operator);
		serves && others.count() < Quorum::get() as usize
	}

	fn binds(&self, service: ServiceId, operator: AccountId) -> bool {
		OpenDuties::bind(service, &operator) || (service == CONSENSUS && self.is_needed(operator))
	}

	fn promises(&self, operator: AccountId) -> bool {
		let books = &self.operators[&operator];
		let mut all = self.allocations.iter().filter(|entry| entry.0 .0 == operator);
		all.any(|entry| entry.1.clone().of(books).most_promised_from(self.now + 1).0 > 0)
	}

	pub(super) fn unbond(&mut self, operator: AccountId, account: AccountId, shares: Shares) -> Done {
		let now = self.now;
		self.operator(operator)?;
		let is_own = operator == account;
		let mut promises = self.allocations.keys().filter(|key| key.0 == operator);
		when(!is_own || !promises.any(|key| self.binds(key.1, operator)))?;
		let stands = is_own && (self.key(operator).is_some() || self.promises(operator));
		let unbonded = self.with_position(operator, account, |shadow, position| {
			let books = shadow.operator(operator)?;
			let unbonded = ok(position.unbond(books, now, shares, minimum(operator, account), &TIMING))?;
			when(!stands || !position.shares().is_zero())?;
			Ok(unbonded)
		})?;
		for bucket in unbonded.archived.into_iter().flatten() {
			self.archive.insert((operator, bucket.era), bucket);
		}
		self.burn(account, unbonded.burned);
		self.rerank(operator)
	}

	pub(super) fn withdraw(&mut self, operator: AccountId, account: AccountId, era: Era) -> Done {
		let now = self.now;
		let withdrawn = self.with_position(operator, account, |shadow, position| {
			let mut archived = shadow.archive.get(&(operator, era)).copied();
			let books = shadow.operator(operator)?;
			let withdrawn = ok(position.withdraw(books, archived.as_mut(), era, now, &TIMING))?;
			match archived {
				Some(bucket) if !bucket.shares.is_zero() => {
					shadow.archive.insert((operator, era), bucket);
				}
				_ => drop(shadow.archive.remove(&(operator, era))),
			}
			Ok(withdrawn)
		})?;
		self.burn(account, withdrawn.burned);
		*self.held.entry(account).or_default() -= withdrawn.paid;
		*self.free.entry(account).or_default() += withdrawn.paid;
		Ok(())
	}

	pub(super) fn realise(&mut self, operator: AccountId, account: AccountId) -> Done {
		let burned = self.with_position(operator, account, |shadow, position| {
			ok(position.realise(shadow.operator(operator)?))
		})?;
		self.burn(account, burned);
		when(burned > 0)
	}

	pub(super) fn convert(&mut self, operator: AccountId, account: AccountId) -> Done {
		let burned = self.with_position(operator, account, |shadow, position| {
			when(!position.shares().is_zero())?;
			let key = (operator, position.generation());
			let closed = shadow.closed.get_mut(&key).ok_or(())?;
			let burned = ok(position.convert(closed))?;
			if closed.shares.is_zero() {
				shadow.closed.remove(&key);
			}
			Ok(burned)
		})?;
		self.burn(account, burned);
		Ok(())
	}

	pub(super) fn archive(&mut self, operator: AccountId) -> Done {
		let now = self.now;
		let bucket = self.operator(operator)?.archive(now, &TIMING).ok_or(())?;
		self.archive.insert((operator, bucket.era), bucket);
		Ok(())
	}

	pub(super) fn reopen(&mut self, operator: AccountId) -> Done {
		let now = self.now;
		ok(self.operator(operator)?.reopen(now, &TIMING))
	}

	pub(super) fn promise(
		&mut self,
		operator: AccountId,
		service: ServiceId,
		target: Magnitude,
		timing: &Timing,
	) -> Done {
		let books = self.operator(operator)?.clone();
		let others: Vec<_> = self
			.allocations
			.range((operator, ServiceId(0))..(operator + 1, ServiceId(0)))
			.filter(|entry| entry.0 .1 != service)
			.map(|((_, other), allocation)| (other.seniority(), allocation.clone()))
			.collect();
		let others = others.iter().map(|(seniority, other)| (*seniority, other));
		let mut allocation = self.allocation(operator, service);
		let expected = allocation.clone().of(&books).target();
		let seniority = service.seniority();
		let state = self.services.get(&service).ok_or(())?.state;
		when(target <= expected || state == ServiceState::Active)?;
		when(target >= expected || !self.binds(service, operator))?;
		ok(allocation.allocate(&books, seniority, others, expected, target, self.now, timing))?;
		self.put(operator, service, allocation)
	}

	pub(super) fn release(&mut self, operator: AccountId, service: ServiceId) -> Done {
		let books = self.operator(operator)?.clone();
		let mut allocation = self.allocations.get(&(operator, service)).cloned().ok_or(())?;
		let freed = ok(allocation.release(&books, self.now, &TIMING))?;
		self.put(operator, service, allocation)?;
		when(freed.0 > 0 || !self.allocations.contains_key(&(operator, service)))
	}

	fn allocation(&self, operator: AccountId, service: ServiceId) -> Allocation {
		let stored = self.allocations.get(&(operator, service));
		stored.cloned().unwrap_or_default()
	}

	fn put(&mut self, operator: AccountId, service: ServiceId, allocation: Allocation) -> Done {
		if allocation.is_empty(&self.operators[&operator], self.now, &TIMING) {
			self.allocations.remove(&(operator, service));
		} else {
			self.allocations.insert((operator, service), allocation);
		}
		let count = |is: &dyn Fn(&(AccountId, ServiceId)) -> bool| {
			self.allocations.keys().filter(|key| is(key)).count()
		};
		when(count(&|key| key.0 == operator) <= 4)?;
		let operators = count(&|key| key.1 == service) as u32;
		self.services.get_mut(&service).ok_or(())?.operators = operators;
		if service == CONSENSUS {
			self.rerank(operator)?;
		}
		Ok(())
	}

	pub(super) fn create(&mut self, terms: Terms<AccountId>) -> Done {
		when(self.services.len() < 5)?;
		let service = Service {
			terms,
			state: ServiceState::Active,
			revoked: false,
			operators: 0,
			reports: 0,
		};
		self.services.insert(self.next_service, service);
		self.next_service.0 += 1;
		Ok(())
	}

	pub(super) fn drain(&mut self, service: ServiceId) -> Done {
		let entry = self.services.get_mut(&service).ok_or(())?;
		when(service != CONSENSUS && entry.state == ServiceState::Active)?;
		entry.state = ServiceState::Draining;
		Ok(())
	}

	pub(super) fn retire(&mut self, service: ServiceId) -> Done {
		let entry = self.services.remove(&service).ok_or(())?;
		when(entry.state == ServiceState::Draining && (entry.operators, entry.reports) == (0, 0))
	}

	pub(super) fn revoke(&mut self, service: ServiceId) -> Done {
		let entry = self.services.get_mut(&service).ok_or(())?;
		when(entry.terms.subjective.is_some())?;
		entry.revoked = true;
		Ok(())
	}

	pub(super) fn set_keys(&mut self, account: AccountId) {
		self.keys.insert(account);
	}

	pub(super) fn purge_keys(&mut self, account: AccountId) -> Done {
		when(self.keys.remove(&account))
	}

	/// What a candidate counts.
	fn key(&self, operator: AccountId) -> Option<ElectionKey<AccountId>> {
		let mut keys = self.candidates.iter();
		keys.find(|key| key.account == operator).copied()
	}

	fn consensus_stake(&self, operator: AccountId) -> Done<Balance> {
		let books = self.operators.get(&operator).ok_or(())?;
		let consensus = self.allocation(operator, CONSENSUS);
		ok(slashable(
			books,
			&consensus,
			Seniority::Senior,
			self.now,
			self.now,
		))
	}

	pub(super) fn validate(&mut self, operator: AccountId) -> Done {
		let books = self.operator(operator)?.clone();
		let own = self.positions.get(&(operator, operator)).ok_or(())?;
		let stake = self.consensus_stake(operator)?;
		when(self.keys.contains(&operator) && ok(own.value(&books))? >= OWN_MINIMUM && stake >= 2_000)?;
		when(self.key(operator).is_none())?;
		let key = ElectionKey {
			stake,
			since: self.now,
			account: operator,
		};
		if self.candidates.len() >= MaxCandidates::get() as usize {
			let last = self.candidates.pop_last().ok_or(())?;
			when(key < last)?;
		}
		self.candidates.insert(key);
		Ok(())
	}

	pub(super) fn chill(&mut self, operator: AccountId) -> Done {
		when(!self.is_needed(operator))?;
		let key = self.key(operator).ok_or(())?;
		when(self.candidates.remove(&key))
	}

	pub(super) fn rank(&mut self, operator: AccountId) -> Done {
		let key = self.key(operator).ok_or(())?;
		let stake = self.consensus_stake(operator)?;
		self.candidates.remove(&key);
		self.candidates.insert(ElectionKey { stake, ..key });
		Ok(())
	}

	/// The same, if it stands for election.
	fn rerank(&mut self, operator: AccountId) -> Done {
		self.key(operator).map_or(Ok(()), |_| self.rank(operator))
	}

	fn slash(&mut self, service: ServiceId, operator: AccountId, fault: Era, fraction: Perbill) -> Done {
		let (now, seniority) = (self.now, service.seniority());
		let mut allocation = self.allocation(operator, service);
		let books = self.operator(operator)?;
		let slashed = ok(zerog_staking::slash(
			books,
			&mut allocation,
			seniority,
			fault,
			fraction,
			now,
			&TIMING,
		))?;
		if let Some(entry) = self.allocations.get_mut(&(operator, service)) {
			*entry = allocation;
		}
		if let Some(closed) = slashed.closed {
			self.candidates.retain(|key| key.account != operator);
			if !closed.shares.is_zero() {
				self.closed.insert((operator, closed.generation), closed);
			}
		}
		if slashed.charged > Magnitude(0) {
			self.rerank(operator)?;
		}
		Ok(())
	}

	fn decide(&mut self, service: ServiceId, operator: AccountId, fault: Era, fraction: Perbill) -> Done {
		// A slash that comes too late is lost.
		let _lost = self.step(|shadow| shadow.slash(service, operator, fault, fraction));
		ok(self.operator(operator)?.decide(fault))
	}

	pub(super) fn note_fault(
		&mut self,
		service: ServiceId,
		operator: AccountId,
		fault: Era,
		fraction: Perbill,
	) -> Done {
		let fraction = fraction.min(self.services.get(&service).ok_or(())?.terms.objective);
		let same = |noted: &&mut (ServiceId, AccountId, Era, Perbill)| {
			(noted.0, noted.1, noted.2) == (service, operator, fault)
		};
		if let Some(noted) = self.noted.iter_mut().find(same) {
			noted.3 = noted.3.max(fraction);
			return Ok(());
		}
		let now = self.now;
		ok(self.operator(operator)?.report(fault, now, &TIMING))?;
		if self.noted.len() == 2 {
			return self.decide(service, operator, fault, fraction);
		}
		self.noted.push((service, operator, fault, fraction));
		Ok(())
	}

	pub(super) fn execute_noted(&mut self) -> Done {
		when(!self.noted.is_empty())?;
		let (service, operator, fault, fraction) = self.noted.remove(0);
		self.decide(service, operator, fault, fraction)
	}

	pub(super) fn report(&mut self, operator: AccountId, fault: Era, fraction: Perbill) -> Done {
		let now = self.now;
		let service = self.services.get(&COMPUTE).ok_or(())?;
		when(now <= TIMING.report_until(fault) && service.reports < 2 && !service.revoked)?;
		let books = self.operator(operator)?;
		ok(books.report(fault, now, &TIMING))?;
		let books = books.clone();
		let stored = self.allocations.get_mut(&(operator, COMPUTE)).ok_or(())?;
		let mut allocation = stored.clone().of(&books);
		when(allocation.promised(fault).0 > 0)?;
		ok(allocation.report(fraction, CAP, now))?;
		*stored = allocation;
		self.services.get_mut(&COMPUTE).ok_or(())?.reports += 1;
		let id = self.next_report;
		self.next_report += 1;
		self.reports
			.push((id, operator, fault, fraction, now + TIMING.veto));
		Ok(())
	}

	fn take_report(&mut self, id: ReportId) -> Done<(AccountId, Era, Perbill, Era)> {
		let at = self.reports.iter().position(|report| report.0 == id).ok_or(())?;
		let (_, operator, fault, fraction, due) = self.reports.remove(at);
		self.services.get_mut(&COMPUTE).ok_or(())?.reports -= 1;
		Ok((operator, fault, fraction, due))
	}

	pub(super) fn veto(&mut self, id: ReportId) -> Done {
		let (operator, fault, _, due) = self.take_report(id)?;
		when(self.now < due)?;
		self.burned += BOND;
		ok(self.operator(operator)?.decide(fault))
	}

	pub(super) fn cancel(&mut self, id: ReportId) -> Done {
		let (operator, fault, ..) = self.take_report(id)?;
		ok(self.operator(operator)?.decide(fault))
	}

	pub(super) fn execute(&mut self, id: ReportId) -> Done {
		let (operator, fault, fraction, due) = self.take_report(id)?;
		when(self.now >= due)?;
		self.decide(COMPUTE, operator, fault, fraction)
	}

	pub(super) fn idle(&mut self) {
		while self.execute_noted().is_ok() {}
		while let Some((id, .., due)) = self.reports.first().copied() {
			if due > self.now {
				break;
			}
			self.execute(id).unwrap();
		}
	}

	/// Does what a block with room did by itself, by its events.
	pub(super) fn replay(&mut self) -> Done {
		for record in System::events() {
			match record.event {
				RuntimeEvent::Restaking(Event::RewardDistributed { operator, .. }) => {
					self.distribute(operator)?
				}
				RuntimeEvent::Restaking(Event::PotExpired { service, era, .. }) => {
					self.expire_pot(service, era)?
				}
				RuntimeEvent::Restaking(Event::WorkExpired { operator, era }) => {
					self.expire_work(operator, era)?
				}
				RuntimeEvent::Restaking(Event::RewardClaimed {
					operator, account, ..
				}) => self.claim(operator, account)?,
				_ => (),
			}
		}
		Ok(())
	}

	pub(super) fn offence(&mut self, operator: AccountId, session: u32, fraction: Perbill) {
		let era = self.starts.iter().rev().find(|start| start.1 <= session);
		let era = era.unwrap().0;
		let _lost = self.step(|shadow| shadow.slash(CONSENSUS, operator, era, fraction));
		self.candidates.retain(|key| key.account != operator);
		let known = self.offenders.entry(operator).or_default();
		*known = fraction.max(*known);
	}

	pub(super) fn work(&mut self, operator: AccountId, service: ServiceId, points: u64) -> Done {
		self.operator(operator)?;
		let work = self.work.entry((operator, self.now)).or_default();
		match work.iter_mut().find(|known| known.0 == service) {
			Some(known) => known.1 += points,
			None => {
				when(work.len() < 4)?;
				work.push((service, points));
			}
		}
		ok(self.pots.entry((service, self.now)).or_default().note(points))
	}

	pub(super) fn fund(&mut self, account: AccountId, service: ServiceId, amount: Balance) -> Done {
		when(self.services.contains_key(&service))?;
		let free = self.free.entry(account).or_default();
		*free = free.checked_sub(amount).ok_or(())?;
		self.pay_in(service, self.now, amount);
		Ok(())
	}

	fn pay_in(&mut self, service: ServiceId, era: Era, amount: Balance) {
		if amount > 0 {
			self.pots.entry((service, era)).or_default().fund(amount).unwrap();
			self.pot += amount;
		}
	}

	pub(super) fn issue(&mut self, amount: Balance) {
		self.inflow += amount;
	}

	pub(super) fn distribute(&mut self, operator: AccountId) -> Done {
		let era = self.books.get(&operator).ok_or(())?.next_era(self.now);
		when(era < self.now)?;
		let mut amount = 0;
		for (service, points) in self.work.remove(&(operator, era)).unwrap_or_default() {
			let pot = self.pots.get_mut(&(service, era)).ok_or(())?;
			amount += ok(pot.draw(points))?;
			if *pot == EraPot::default() {
				self.pots.remove(&(service, era));
			}
		}
		let books = &self.operators[&operator];
		let own = self.books.get_mut(&operator).unwrap();
		let own = ok(own.distribute(books, era, amount, self.now))?;
		self.pot -= own;
		*self.free.entry(operator).or_default() += own;
		Ok(())
	}

	pub(super) fn claim(&mut self, operator: AccountId, account: AccountId) -> Done {
		if !self.operators.contains_key(&operator) {
			return self.positions.remove(&(operator, account)).map(drop).ok_or(());
		}
		let book = self.books[&operator].clone();
		let known = self.positions.contains_key(&(operator, account));
		let paid = self.with_position(operator, account, |shadow, position| {
			let books = &shadow.operators[&operator];
			ok(shadow.books.get_mut(&operator).ok_or(())?.claim(position, books))
		})?;
		self.pot -= paid;
		*self.free.entry(account).or_default() += paid;
		let forgotten = known && !self.positions.contains_key(&(operator, account));
		when(self.books[&operator] != book || forgotten)
	}

	pub(super) fn commission(&mut self, operator: AccountId, commission: Perbill) -> Done {
		let book = self.books.get_mut(&operator).ok_or(())?;
		ok(book.set_commission(commission, Perbill::from_percent(5), 3, self.now))
	}

	pub(super) fn expire_pot(&mut self, service: ServiceId, era: Era) -> Done {
		let pot = self.pots.remove(&(service, era)).ok_or(())?;
		when(pot != EraPot::default())?;
		when(era < history_start(self.now) || (era < self.now && pot.points == 0))?;
		if pot.amount > 0 {
			let lives = self.services.contains_key(&service);
			let heir = if lives { service } else { CONSENSUS };
			let present = self.pots.entry((heir, self.now)).or_default();
			ok(present.fund(pot.amount))?;
		}
		Ok(())
	}

	pub(super) fn expire_work(&mut self, operator: AccountId, era: Era) -> Done {
		when(era < history_start(self.now))?;
		self.work.remove(&(operator, era)).map(drop).ok_or(())
	}

	pub(super) fn next_session(&mut self) {
		self.session += 1;
		let planned = self.session + 1;
		if planned - self.starts.last().unwrap().1 >= SESSIONS {
			let ended = self.now;
			self.now += 1;
			self.starts.push((self.now, planned));
			let issued = core::mem::take(&mut self.inflow);
			self.pay_in(CONSENSUS, ended, issued);
			if self.electable().count() >= Quorum::get().max(1) as usize {
				self.offenders.clear();
			}
		}
	}

	/// Compares everything with what the pallet has stored but the sweep's cursor, and all money.
	pub(super) fn check(&self) {
		assert_eq!(self.now, CurrentEra::<Test>::get());
		let kept = self.starts.len().saturating_sub(MAX_ERAS as usize);
		assert_eq!(EraStarts::<Test>::get().to_vec(), self.starts[kept..]);
		same(Services::<Test>::iter(), &self.services);
		assert_eq!(NextService::<Test>::get(), self.next_service);
		let candidates: Vec<_> = self.candidates.iter().copied().collect();
		assert_eq!(Candidates::<Test>::get().to_vec(), candidates);
		let stored = Offenders::<Test>::get().into_iter();
		same(
			stored.map(|(account, severity)| (account, severity.0)),
			&self.offenders,
		);
		let stored = NotedFaults::<Test>::get().into_iter();
		let noted: Vec<_> = stored
			.map(|noted| (noted.service, noted.operator, noted.fault, noted.fraction))
			.collect();
		assert_eq!(noted, self.noted);
		let stored = ReportQueue::<Test>::get().into_iter();
		let reports: Vec<_> = stored
			.map(|id| (id, Reports::<Test>::get(id).unwrap()))
			.map(|(id, report)| (id, report.operator, report.fault, report.fraction, report.due))
			.collect();
		assert_eq!(reports, self.reports);
		assert_eq!(NextReport::<Test>::get(), self.next_report);
		let stored: BTreeMap<_, _> = Operators::<Test>::iter().collect();
		assert_eq!(stored.len(), self.operators.len(), "operators");
		for (operator, info) in &stored {
			assert_eq!(info.books, self.operators[operator], "books of {operator}");
			let since = self.key(*operator).map(|key| key.since);
			assert_eq!(info.candidate, since, "candidacy of {operator}");
		}
		let stored = Allocations::<Test>::iter();
		same(
			stored.map(|(operator, service, entry)| ((operator, service), entry)),
			&self.allocations,
		);
		let stored = Positions::<Test>::iter();
		same(
			stored.map(|(operator, account, entry)| ((operator, account), entry)),
			&self.positions,
		);
		let stored = Archive::<Test>::iter();
		same(
			stored.map(|(operator, era, entry)| ((operator, era), entry)),
			&self.archive,
		);
		let stored = ClosedPools::<Test>::iter();
		same(
			stored.map(|(operator, number, entry)| ((operator, number), entry)),
			&self.closed,
		);
		same(RewardBooks::<Test>::iter(), &self.books);
		let stored = Pots::<Test>::iter();
		same(
			stored.map(|(service, era, entry)| ((service, era), entry)),
			&self.pots,
		);
		let stored = Work::<Test>::iter();
		same(
			stored.map(|(operator, era, entry)| ((operator, era), entry.into_inner())),
			&self.work,
		);
		for account in ACCOUNTS {
			assert_eq!(free(account), self.free[&account], "money of {account}");
			let held_there = self.held.get(&account).copied().unwrap_or_default();
			assert_eq!(held(account), held_there, "stake of {account}");
		}
		assert_eq!(collected(), self.burned, "slashed money");
		assert_eq!(free(Restaking::pot()), EXISTENTIAL + self.pot, "money in the pot");
		assert_eq!(bonded(REPORTER), BOND * self.reports.len() as u128, "bonds");
		let inflow = free(crate::Issuance::<Test>::account());
		assert_eq!(inflow, EXISTENTIAL + self.inflow, "money for the next era");
		for account in OPERATORS {
			let registered = Session::is_registered(&account);
			assert_eq!(registered, self.keys.contains(&account), "keys of {account}");
		}
	}
}

fn same<K: Ord + core::fmt::Debug, V: PartialEq + core::fmt::Debug>(
	stored: impl Iterator<Item = (K, V)>,
	expected: &BTreeMap<K, V>,
) {
	let mut count = 0;
	for (key, value) in stored {
		assert_eq!(Some(&value), expected.get(&key), "entry {key:?}");
		count += 1;
	}
	assert_eq!(count, expected.len(), "no entry is missing");
}

fn minimum(operator: AccountId, account: AccountId) -> Balance {
	if operator == account {
		OWN_MINIMUM
	} else {
		MINIMUM
	}
}
