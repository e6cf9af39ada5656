// SPDX-License-Identifier: Apache-2.0

//! A whole chain's staking: what a pallet stores, and the money on the accounts.

use super::reference::Reference;
use crate::*;
use sp_arithmetic::Perbill;
use std::collections::BTreeMap;

pub(super) type Account = usize;
pub(super) type Service = usize;
pub(super) type Id = usize;

pub(super) const ACCOUNTS: usize = 4;
pub(super) const OPERATORS: usize = 2;
/// Service 0 is consensus.
pub(super) const SERVICES: usize = 4;
pub(super) const MINIMUM: Balance = 1_000;
pub(super) const ENDOWMENT: Balance = 1_000_000_000_000_000;
pub(super) const TIMING: Timing = Timing {
	bonding: 8,
	retention: 1,
	challenge: 1,
	report: 2,
	veto: 2,
	slack: 1,
	allocation_delay: 2,
	deallocation_delay: 1,
};

pub(super) fn seniority(service: Service) -> Seniority {
	if service == 0 {
		Seniority::Senior
	} else {
		Seniority::Junior
	}
}

#[derive(Clone, Debug)]
pub(super) enum Action {
	Delegate {
		operator: Id,
		account: Account,
		amount: Balance,
	},
	Unbond {
		operator: Id,
		account: Account,
		quarters: u128,
	},
	Withdraw {
		operator: Id,
		account: Account,
		index: usize,
	},
	Realise {
		operator: Id,
		account: Account,
	},
	Convert {
		operator: Id,
		account: Account,
	},
	Allocate {
		operator: Id,
		service: Service,
		percent: u64,
	},
	Release {
		operator: Id,
		service: Service,
	},
	Report {
		operator: Id,
		service: Service,
		ago: Era,
		fraction: Perbill,
	},
	Decide {
		index: usize,
		execute: bool,
	},
	Slash {
		operator: Id,
		service: Service,
		ago: Era,
		fraction: Perbill,
	},
	Reopen {
		operator: Id,
	},
	Archive {
		operator: Id,
	},
	Work {
		operator: Id,
		service: Service,
		points: u64,
		pay: Balance,
	},
	Distribute {
		operator: Id,
	},
	Claim {
		operator: Id,
		account: Account,
	},
	Commission {
		operator: Id,
		percent: u32,
	},
	Pass {
		eras: Era,
	},
}

/// A slash that was reported.
#[derive(Clone, Debug)]
struct Pending {
	operator: Id,
	service: Service,
	fault: Era,
	fraction: Perbill,
}

/// What an operator had at the end of an era, and what was taken from it since.
#[derive(Clone, Debug)]
struct Snapshot {
	piece: Piece,
	capacity: [u64; SERVICES],
	taken: [Balance; SERVICES],
}

#[derive(Clone, Debug)]
pub(super) struct Ledger {
	pub(super) now: Era,
	pub(super) operators: Vec<Operator>,
	pub(super) allocations: BTreeMap<(Id, Service), Allocation>,
	pub(super) positions: BTreeMap<(Id, Account), Position>,
	pub(super) archive: BTreeMap<(Id, Era), Bucket>,
	pub(super) closed: BTreeMap<(Id, u32), ClosedPool>,
	pub(super) books: Vec<RewardBook>,
	pub(super) pots: BTreeMap<(Service, Era), EraPot>,
	points: BTreeMap<(Service, Era, Id), u64>,
	pub(super) free: [Balance; ACCOUNTS],
	pub(super) held: [Balance; ACCOUNTS],
	pub(super) burned: Balance,
	pub(super) rewards: Balance,
	pub(super) minted: Balance,
	pending: Vec<Pending>,
	reference: Vec<Reference>,
	snapshots: BTreeMap<(Id, Era), Snapshot>,
	/// Roundings of an operator's books so far: by so many planck they may differ from the reference.
	roundings: [u128; OPERATORS],
}

impl Ledger {
	pub(super) fn new() -> Self {
		let now = 1;
		Self {
			now,
			operators: vec![Operator::new(now); OPERATORS],
			allocations: BTreeMap::new(),
			positions: BTreeMap::new(),
			archive: BTreeMap::new(),
			closed: BTreeMap::new(),
			books: vec![RewardBook::new(Perbill::from_percent(10), now).unwrap(); OPERATORS],
			pots: BTreeMap::new(),
			points: BTreeMap::new(),
			free: [ENDOWMENT; ACCOUNTS],
			held: [0; ACCOUNTS],
			burned: 0,
			rewards: 0,
			minted: 0,
			pending: Vec::new(),
			reference: vec![Reference::new(now); OPERATORS],
			snapshots: BTreeMap::new(),
			roundings: [0; OPERATORS],
		}
	}

	/// Does it or changes nothing, and checks everything that has to hold.
	pub(super) fn step(&mut self, action: &Action) -> Result<(), Error> {
		let before = self.clone();
		let result = self.apply(action);
		if let Err(error) = result {
			*self = before;
			assert!(
				!matches!(
					error,
					Error::Overflow | Error::Underflow | Error::HistoryFull | Error::TooManyBuckets
				),
				"{error:?} cannot occur"
			);
			return Err(error);
		}
		self.check_prices(&before, action);
		self.check();
		Ok(())
	}

	fn apply(&mut self, action: &Action) -> Result<(), Error> {
		match *action {
			Action::Delegate {
				operator,
				account,
				amount,
			} => self.delegate(operator, account, amount),
			Action::Unbond {
				operator,
				account,
				quarters,
			} => self.unbond(operator, account, quarters),
			Action::Withdraw {
				operator,
				account,
				index,
			} => self.withdraw(operator, account, index),
			Action::Realise { operator, account } => {
				let position = self.positions.entry((operator, account)).or_default();
				let burned = position.realise(&self.operators[operator])?;
				self.burn(account, burned);
				Ok(())
			}
			Action::Convert { operator, account } => self.convert(operator, account),
			Action::Allocate {
				operator,
				service,
				percent,
			} => self.allocate(operator, service, Magnitude(WHOLE.0 / 100 * percent)),
			Action::Release { operator, service } => {
				let allocation = self.allocations.entry((operator, service)).or_default();
				allocation.release(&self.operators[operator], self.now, &TIMING)?;
				self.reference[operator].release(service, self.now);
				Ok(())
			}
			Action::Report {
				operator,
				service,
				ago,
				fraction,
			} => {
				let fault = self.now.saturating_sub(ago);
				self.operators[operator].report(fault, self.now, &TIMING)?;
				self.reference[operator].reports.push(fault);
				self.pending.push(Pending {
					operator,
					service,
					fault,
					fraction,
				});
				Ok(())
			}
			Action::Decide { index, execute } => self.decide(index, execute),
			Action::Slash {
				operator,
				service,
				ago,
				fraction,
			} => self.slash(operator, service, self.now.saturating_sub(ago), fraction),
			Action::Reopen { operator } => {
				self.operators[operator].reopen(self.now, &TIMING)?;
				self.reference[operator].reopen(self.now);
				Ok(())
			}
			Action::Archive { operator } => {
				let bucket = self.operators[operator].archive(self.now, &TIMING);
				self.store(operator, bucket);
				Ok(())
			}
			Action::Work {
				operator,
				service,
				points,
				pay,
			} => {
				let pot = self.pots.entry((service, self.now)).or_default();
				pot.note(points)?;
				pot.fund(pay)?;
				*self.points.entry((service, self.now, operator)).or_default() += points;
				self.minted += pay;
				self.rewards += pay;
				Ok(())
			}
			Action::Distribute { operator } => self.distribute(operator),
			Action::Claim { operator, account } => {
				let position = self.positions.entry((operator, account)).or_default();
				let paid = self.books[operator].claim(position, &self.operators[operator])?;
				self.rewards -= paid;
				self.free[account] += paid;
				Ok(())
			}
			Action::Commission { operator, percent } => self.books[operator].set_commission(
				Perbill::from_percent(percent),
				Perbill::from_percent(5),
				3,
				self.now,
			),
			Action::Pass { eras } => {
				(0..eras).for_each(|_| self.next_era());
				Ok(())
			}
		}
	}

	fn delegate(&mut self, operator: Id, account: Account, amount: Balance) -> Result<(), Error> {
		let position = self.positions.entry((operator, account)).or_default();
		position.delegate(&mut self.operators[operator], self.now, amount, MINIMUM)?;
		self.free[account] -= amount;
		self.held[account] += amount;
		self.reference[operator].deposit(account, amount);
		self.roundings[operator] += 1;
		Ok(())
	}

	fn unbond(&mut self, operator: Id, account: Account, quarters: u128) -> Result<(), Error> {
		let position = self.positions.entry((operator, account)).or_default();
		let all = position.shares().0;
		let shares = all / 4 * quarters + if quarters == 4 { all % 4 } else { 0 };
		let books = &mut self.operators[operator];
		let unbonded = position.unbond(books, self.now, Shares(shares), MINIMUM, &TIMING)?;
		self.reference[operator].unbond(account, shares, all, self.now);
		self.roundings[operator] += 2;
		self.burn(account, unbonded.burned);
		for bucket in unbonded.archived {
			self.store(operator, bucket);
		}
		Ok(())
	}

	fn withdraw(&mut self, operator: Id, account: Account, index: usize) -> Result<(), Error> {
		let position = self.positions.entry((operator, account)).or_default();
		if self.closed.contains_key(&(operator, position.generation())) && !position.shares().is_zero() {
			// The reference keeps one number for an account and an era.
			return Err(Error::StaleGeneration);
		}
		let chunks = position.chunks();
		let era = chunks
			.get(index % chunks.len().max(1))
			.map(|chunk| chunk.era)
			.unwrap_or_default();
		let archived = self.archive.get_mut(&(operator, era));
		let books = &mut self.operators[operator];
		let withdrawn = position.withdraw(books, archived, era, self.now, &TIMING)?;
		self.archive.retain(|_, bucket| !bucket.shares.is_zero());
		self.roundings[operator] += 1;
		assert!(
			era + TIMING.bonding <= self.now,
			"nothing is paid before bonding has passed"
		);
		let exact = self.reference[operator].withdraw(account, era);
		assert!(
			withdrawn.paid.abs_diff(exact) <= self.roundings[operator],
			"paid {} for {exact}",
			withdrawn.paid
		);
		self.burn(account, withdrawn.burned);
		self.held[account] -= withdrawn.paid;
		self.free[account] += withdrawn.paid;
		Ok(())
	}

	fn convert(&mut self, operator: Id, account: Account) -> Result<(), Error> {
		let position = self.positions.entry((operator, account)).or_default();
		let key = (operator, position.generation());
		let closed = self.closed.get_mut(&key).ok_or(Error::WrongGeneration)?;
		let burned = position.convert(closed)?;
		if closed.shares.is_zero() {
			self.closed.remove(&key);
		}
		self.roundings[operator] += 1;
		self.burn(account, burned);
		Ok(())
	}

	fn allocate(&mut self, operator: Id, service: Service, target: Magnitude) -> Result<(), Error> {
		let books = &self.operators[operator];
		let others: Vec<_> = (0..SERVICES)
			.filter(|other| *other != service)
			.filter_map(|other| {
				Some((
					seniority(other),
					self.allocations.get(&(operator, other))?.clone(),
				))
			})
			.collect();
		let allocation = self.allocations.entry((operator, service)).or_default();
		let expected = allocation.clone().of(books).target();
		allocation.allocate(
			books,
			seniority(service),
			others.iter().map(|(seniority, other)| (*seniority, other)),
			expected,
			target,
			self.now,
			&TIMING,
		)?;
		self.reference[operator].allocate(service, target.0, self.now);
		Ok(())
	}

	fn decide(&mut self, index: usize, execute: bool) -> Result<(), Error> {
		if self.pending.is_empty() {
			return Err(Error::NotPending);
		}
		let pending = self.pending.remove(index % self.pending.len());
		if execute {
			self.slash(pending.operator, pending.service, pending.fault, pending.fraction)?;
		}
		self.operators[pending.operator].decide(pending.fault)?;
		let reports = &mut self.reference[pending.operator].reports;
		reports.remove(reports.iter().position(|fault| *fault == pending.fault).unwrap());
		Ok(())
	}

	fn slash(&mut self, operator: Id, service: Service, fault: Era, fraction: Perbill) -> Result<(), Error> {
		let before = self.clone();
		let allocation = self.allocations.entry((operator, service)).or_default();
		let books = &mut self.operators[operator];
		let slashed = slash(
			books,
			allocation,
			seniority(service),
			fault,
			fraction,
			self.now,
			&TIMING,
		)?;
		self.roundings[operator] += 1;
		self.reference[operator].slash(service, seniority(service), fault, fraction, self.now);
		if let Some(closed) = slashed.closed {
			self.reference[operator].close(self.now);
			self.roundings[operator] += 1;
			if !closed.shares.is_zero() {
				self.closed.insert((operator, closed.generation), closed);
			}
		} else {
			self.check_others(&before, operator, service);
		}
		self.check_no_escape(operator, service, fault, &slashed);
		let taken = slashed.active + slashed.unbonding;
		for (_, snapshot) in self.snapshots.range_mut((operator, 0)..(operator + 1, 0)) {
			snapshot.taken[service] += taken;
		}
		Ok(())
	}

	fn distribute(&mut self, operator: Id) -> Result<(), Error> {
		let era = self.books[operator].next_era(self.now);
		let mut amount = 0;
		if era < self.now {
			for service in 0..SERVICES {
				let points = self.points.remove(&(service, era, operator)).unwrap_or_default();
				if let Some(pot) = self.pots.get_mut(&(service, era)) {
					amount += pot.draw(points)?;
				}
			}
		}
		let own = self.books[operator].distribute(&self.operators[operator], era, amount, self.now)?;
		assert!(own <= amount, "an operator gets no more than its reward");
		self.rewards -= own;
		self.free[operator] += own;
		Ok(())
	}

	fn next_era(&mut self) {
		for (id, operator) in self.operators.iter().enumerate() {
			let snapshot = Snapshot {
				piece: *operator.active(),
				capacity: self.reference[id].rows[&self.now].capacity,
				taken: [0; SERVICES],
			};
			self.snapshots.insert((id, self.now), snapshot);
		}
		self.now += 1;
		for ((service, era), pot) in core::mem::take(&mut self.pots) {
			if era >= history_start(self.now) {
				self.pots.insert((service, era), pot);
			} else {
				self.pots
					.entry((service, self.now))
					.or_default()
					.fund(pot.amount)
					.unwrap();
			}
		}
		for reference in &mut self.reference {
			reference.next_era(self.now);
		}
	}

	/// Ends everything: decides what is pending, lets everybody go, claims all rewards.
	pub(super) fn drain(&mut self) {
		while !self.pending.is_empty() {
			// A slash that nobody executed in time is lost.
			let executed = self.step(&Action::Decide {
				index: 0,
				execute: true,
			});
			if executed == Err(Error::FaultOutOfWindow) {
				self.step(&Action::Decide {
					index: 0,
					execute: false,
				})
				.unwrap();
			}
		}
		self.step(&Action::Pass { eras: 1 }).unwrap();
		for operator in 0..OPERATORS {
			while self.step(&Action::Distribute { operator }).is_ok() {}
			for account in 0..ACCOUNTS {
				let converted = self.step(&Action::Convert { operator, account });
				assert!(matches!(converted, Ok(()) | Err(Error::WrongGeneration)));
				self.step(&Action::Claim { operator, account }).unwrap();
				let quarters = 4;
				let unbonded = self.step(&Action::Unbond {
					operator,
					account,
					quarters,
				});
				assert!(
					matches!(unbonded, Ok(()) | Err(Error::ZeroAmount)),
					"{unbonded:?}"
				);
			}
		}
		for _ in 0..TIMING.bonding {
			self.step(&Action::Pass { eras: 1 }).unwrap();
		}
		for operator in 0..OPERATORS {
			self.step(&Action::Distribute { operator }).unwrap();
			for account in 0..ACCOUNTS {
				self.step(&Action::Claim { operator, account }).unwrap();
				while self
					.step(&Action::Withdraw {
						operator,
						account,
						index: 0,
					})
					.is_ok()
				{}
				assert!(
					self.positions[&(operator, account)].is_empty(),
					"everybody is out"
				);
			}
			assert!(
				self.operators[operator].is_idle(),
				"nothing is left of an operator"
			);
			assert_eq!(
				self.books[operator].unclaimed(),
				Ok(0),
				"every reward was claimed"
			);
		}
		assert_eq!((self.archive.len(), self.closed.len()), (0, 0));
		assert_eq!(self.held, [0; ACCOUNTS]);
		let undrawn: Balance = self.pots.values().map(|pot| pot.amount).sum();
		assert_eq!(self.rewards, undrawn, "only pots without points keep anything");
		assert!(self.pots.values().all(|pot| pot.points == 0));
	}

	fn store(&mut self, operator: Id, bucket: Option<Bucket>) {
		if let Some(bucket) = bucket {
			self.archive.insert((operator, bucket.era), bucket);
		}
	}

	fn burn(&mut self, account: Account, amount: Balance) {
		self.held[account] -= amount;
		self.burned += amount;
	}

	fn slashable(&self, operator: Id, service: Service) -> Balance {
		let Some(allocation) = self.allocations.get(&(operator, service)) else {
			return 0;
		};
		slashable(
			&self.operators[operator],
			allocation,
			seniority(service),
			self.now,
			self.now,
		)
		.unwrap()
	}

	fn slashable_net(&self, operator: Id, service: Service) -> Balance {
		let Some(allocation) = self.allocations.get(&(operator, service)) else {
			return 0;
		};
		let consensus = self.allocations.get(&(operator, 0)).cloned().unwrap_or_default();
		slashable_net(
			&self.operators[operator],
			allocation,
			&consensus,
			self.now,
			self.now,
		)
		.unwrap()
	}

	/// A junior slash leaves the others what they had; consensus leaves them what was published.
	fn check_others(&self, before: &Self, operator: Id, service: Service) {
		for other in (0..SERVICES).filter(|other| *other != service) {
			let (old, new) = (before.slashable(operator, other), self.slashable(operator, other));
			match seniority(service) {
				Seniority::Junior => assert!(old.abs_diff(new) <= 2, "isolation: {old} became {new}"),
				Seniority::Senior => assert!(
					new >= before.slashable_net(operator, other) && new <= old + 2,
					"seniority: {old} became {new}"
				),
			}
		}
	}

	/// What was promised for the fault's era is taken, whatever was called since.
	fn check_no_escape(&self, operator: Id, service: Service, fault: Era, slashed: &Slashed) {
		let Some(snapshot) = self.snapshots.get(&(operator, fault)) else {
			return;
		};
		let piece = snapshot.piece;
		if piece.weight() == 0 {
			return;
		}
		// What consensus took since, it took from this stake too.
		let row = self.reference[operator].rows[&self.now];
		let (unit, kept) = match seniority(service) {
			Seniority::Junior => (piece.scale.wide(), u128::from(row.scale)),
			Seniority::Senior => (WHOLE.wide(), piece.scale.wide()),
		};
		let charged = slashed.charged.min(Magnitude(snapshot.capacity[service]));
		let due = mul_div(piece.stake, charged.wide() * unit, piece.weight(), Rounding::Down).unwrap();
		let due = mul_div(due, kept, piece.scale.wide(), Rounding::Down).unwrap();
		let taken = slashed.active + slashed.unbonding + snapshot.taken[service] + self.roundings[operator];
		assert!(taken >= due, "escape: of {due} only {taken} taken");
	}

	/// Prices move by slashes only, and up by no more than dust.
	fn check_prices(&self, before: &Self, action: &Action) {
		if matches!(
			action,
			Action::Slash { .. } | Action::Decide { .. } | Action::Reopen { .. }
		) {
			return;
		}
		for (old, new) in before.operators.iter().zip(&self.operators) {
			let (old_shares, new_shares) = (old.shares().0, new.shares().0);
			if old_shares > 0 && new_shares > 0 {
				assert!(
					new.active().stake * old_shares >= old.active().stake * new_shares,
					"the price fell"
				);
			}
			for (old, new) in old
				.buckets()
				.iter()
				.filter_map(|old| Some((old, new.buckets().iter().find(|new| new.era == old.era)?)))
			{
				assert!(
					new.piece.stake * old.shares.0 >= old.piece.stake * new.shares.0,
					"the price of a bucket fell"
				);
			}
		}
	}

	pub(super) fn check(&self) {
		let total: Balance = self.free.iter().chain(&self.held).sum();
		assert_eq!(
			total + self.burned + self.rewards,
			ENDOWMENT * ACCOUNTS as u128 + self.minted,
			"no money is made or lost"
		);
		let pots: Balance = self.pots.values().map(|pot| pot.amount).sum();
		let books: Balance = self.books.iter().map(|book| book.unclaimed().unwrap()).sum();
		assert_eq!(
			self.rewards,
			pots + books,
			"the rewards are where they are claimed"
		);
		let mut held = [0; ACCOUNTS];
		for ((_, account), position) in &self.positions {
			held[*account] += position.held().unwrap();
		}
		assert_eq!(held, self.held, "holds are the sums of the positions");
		for id in 0..OPERATORS {
			self.check_operator(id);
			self.check_allocations(id);
		}
	}

	fn check_operator(&self, id: Id) {
		let (operator, reference) = (&self.operators[id], &self.reference[id]);
		let roundings = self.roundings[id];
		assert_eq!(operator.horizon(self.now, &TIMING), reference.horizon(self.now));
		assert_eq!(operator.shares().is_zero(), operator.active().stake == 0);
		let row = reference.rows[&self.now];
		assert_eq!(
			(operator.active().magnitude.0, operator.active().scale.0),
			(row.magnitude, row.scale)
		);
		for bucket in operator.buckets() {
			let row = reference.rows[&bucket.era];
			assert_eq!(
				(bucket.piece.magnitude.0, bucket.piece.scale.0),
				(row.magnitude, row.scale)
			);
		}
		let mut shares = 0;
		let mut values = 0;
		let mut holds = 0;
		let mut earning = BTreeMap::<Era, u128>::new();
		let mut unbonding = BTreeMap::<Era, u128>::new();
		for account in 0..ACCOUNTS {
			let Some(position) = self.positions.get(&(id, account)) else {
				continue;
			};
			holds += position.held().unwrap();
			let last = match self.closed.get(&(id, position.generation())) {
				Some(closed) if !position.shares().is_zero() => closed.era,
				_ => self.now + 1,
			};
			for era in self.books[id].next_era(self.now)..=last {
				*earning.entry(era).or_default() += position.earning(era).0;
			}
			for chunk in position.chunks() {
				*unbonding.entry(chunk.era).or_default() += chunk.shares.0;
				let archived = self.archive.get(&(id, chunk.era));
				let bucket = operator.buckets().iter().find(|b| b.era == chunk.era);
				let value = bucket.or(archived).unwrap().value(chunk.shares).unwrap();
				if position.generation() == operator.generation() || position.shares().is_zero() {
					let exact = reference.stake(account, Some(chunk.era));
					assert!(value.min(chunk.held).abs_diff(exact) <= roundings);
				}
			}
			if position.shares().is_zero() {
				continue;
			}
			if position.generation() == operator.generation() {
				shares += position.shares().0;
				let value = operator.value(position.shares()).unwrap();
				let (paid, exact) = (position.value(operator).unwrap(), reference.stake(account, None));
				assert!(
					paid.abs_diff(exact) <= roundings,
					"{paid} planck for a claim of {exact}"
				);
				values += value;
			}
		}
		assert_eq!(shares, operator.shares().0, "shares belong to positions");
		assert!(values <= operator.active().stake, "claims are covered");
		for (era, shares) in earning {
			if operator.closed().is_none() && operator.generation() == 0 {
				assert_eq!(
					shares,
					operator.earning(era).0,
					"all that earns belongs to positions"
				);
			}
		}
		let closed: BTreeMap<Era, u128> = self
			.closed
			.range((id, 0)..(id + 1, 0))
			.map(|(_, closed)| (closed.era, closed.bucket_shares.0))
			.collect();
		let archived = self.archive.range((id, 0)..(id + 1, 0)).map(|entry| entry.1);
		let mut stake = operator.active().stake;
		for bucket in operator.buckets().iter().chain(archived) {
			stake += bucket.piece.stake;
			let owned = unbonding.remove(&bucket.era).unwrap_or_default();
			let unconverted = closed.get(&bucket.era).copied().unwrap_or_default();
			assert_eq!(
				bucket.shares.0,
				owned + unconverted,
				"a bucket's shares belong to chunks"
			);
		}
		assert!(unbonding.is_empty(), "every chunk has its bucket");
		assert!(stake <= holds + roundings, "stake is on hold");
	}

	fn check_allocations(&self, id: Id) {
		let (operator, reference) = (&self.operators[id], &self.reference[id]);
		let horizon = reference.horizon(self.now).max(reference.opened);
		for (service, allocation) in (0..SERVICES)
			.filter_map(|service| Some((service, self.allocations.get(&(id, service))?)))
			.map(|(service, allocation)| (service, allocation.clone().of(operator)))
		{
			for era in horizon..=self.now {
				let row = reference.rows[&era];
				assert_eq!(allocation.promised(era).0, row.promised[service]);
				assert_eq!(allocation.capacity(era).0, row.capacity[service]);
			}
			assert!(
				allocation.target() <= allocation.capacity(self.now),
				"there is room for what is announced"
			);
		}
		for era in horizon..=self.now {
			let row = reference.rows[&era];
			let junior: u128 = row.capacity[1..].iter().map(|room| u128::from(*room)).sum();
			assert!(
				junior * u128::from(row.scale) + u128::from(row.capacity[0]) * WHOLE.wide()
					<= u128::from(row.magnitude) * u128::from(row.scale),
				"no planck is promised twice"
			);
		}
		let promised: Balance = (0..SERVICES).map(|service| self.slashable(id, service)).sum();
		assert!(
			promised <= operator.active().stake,
			"the sum promised is at most the stake"
		);
	}
}
