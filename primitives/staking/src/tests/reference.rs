// SPDX-License-Identifier: Apache-2.0

//! The same accounting without any of its economies: a value for every era, a loop over every delegator.

use super::ledger::{Account, Service, SERVICES, TIMING};
use crate::{mul_div, Era, Magnitude, Rounding, Seniority, GRACE, WHOLE};
use sp_arithmetic::Perbill;
use std::collections::BTreeMap;

/// Binary digits of a planck.
const DIGITS: u32 = 20;

/// What holds for stake that leaves in one era.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
	pub(super) magnitude: u64,
	pub(super) scale: u64,
	pub(super) capacity: [u64; SERVICES],
	pub(super) promised: [u64; SERVICES],
}

impl Default for Row {
	fn default() -> Self {
		Self {
			magnitude: WHOLE.0,
			scale: WHOLE.0,
			capacity: [0; SERVICES],
			promised: [0; SERVICES],
		}
	}
}

#[derive(Clone, Debug, Default)]
pub(super) struct Reference {
	pub(super) opened: Era,
	pub(super) rows: BTreeMap<Era, Row>,
	pub(super) reports: Vec<Era>,
	/// Promises from the next era on, and what was announced for later ones.
	next: [u64; SERVICES],
	announced: [Option<(Era, u64)>; SERVICES],
	charged: BTreeMap<(Service, Era), Perbill>,
	/// Stake by account and era of unbonding; `None` is active.
	stakes: BTreeMap<(Account, Option<Era>), u128>,
}

impl Reference {
	pub(super) fn new(now: Era) -> Self {
		Self {
			opened: now,
			rows: [(now, Row::default())].into(),
			..Self::default()
		}
	}

	pub(super) fn next_era(&mut self, now: Era) {
		let mut row = self.rows[&(now - 1)];
		row.promised = self.next;
		for (next, announced) in self.next.iter_mut().zip(&mut self.announced) {
			if let Some((_, target)) = announced.take_if(|(effective, _)| *effective == now + 1) {
				*next = target;
			}
		}
		self.rows.insert(now, row);
	}

	pub(super) fn horizon(&self, now: Era) -> Era {
		let free = (now + 1).saturating_sub(TIMING.bonding);
		let oldest = self.reports.iter().copied().min().unwrap_or(free);
		oldest.min(free).max(free.saturating_sub(GRACE))
	}

	pub(super) fn stake(&self, account: Account, era: Option<Era>) -> u128 {
		self.stakes.get(&(account, era)).copied().unwrap_or_default() >> DIGITS
	}

	pub(super) fn deposit(&mut self, account: Account, amount: u128) {
		*self.stakes.entry((account, None)).or_default() += amount << DIGITS;
	}

	pub(super) fn unbond(&mut self, account: Account, part: u128, of: u128, now: Era) {
		let stake = self.stakes.entry((account, None)).or_default();
		let moved = mul_div(*stake, part, of, Rounding::Down).unwrap();
		*stake -= moved;
		*self.stakes.entry((account, Some(now))).or_default() += moved;
	}

	pub(super) fn withdraw(&mut self, account: Account, era: Era) -> u128 {
		self.stakes.remove(&(account, Some(era))).unwrap_or_default() >> DIGITS
	}

	pub(super) fn close(&mut self, now: Era) {
		let active: Vec<_> = self
			.stakes
			.keys()
			.filter(|key| key.1.is_none())
			.copied()
			.collect();
		for key in active {
			let stake = self.stakes.remove(&key).unwrap();
			*self.stakes.entry((key.0, Some(now))).or_default() += stake;
		}
	}

	pub(super) fn reopen(&mut self, now: Era) {
		self.opened = now;
		self.rows.insert(now, Row::default());
		self.next = Default::default();
		self.announced = Default::default();
		self.charged.clear();
	}

	pub(super) fn allocate(&mut self, service: Service, target: u64, now: Era) {
		let delay = if target > self.next[service] {
			TIMING.allocation_delay
		} else {
			TIMING.deallocation_delay
		};
		self.announced[service] = None;
		if delay == 1 {
			self.next[service] = target;
		} else if target != self.next[service] {
			self.announced[service] = Some((now + delay, target));
		}
		self.release(service, now);
		let room = &mut self.rows.get_mut(&now).unwrap().capacity[service];
		*room = (*room).max(target);
	}

	pub(super) fn release(&mut self, service: Service, now: Era) {
		let from = self.horizon(now).max(self.opened);
		let promised = self.rows.range(from..).map(|row| row.1.promised[service]);
		let announced = self.announced[service].map(|announced| announced.1);
		let needed = promised
			.chain(announced)
			.chain([self.next[service]])
			.max()
			.unwrap_or_default();
		let room = &mut self.rows.get_mut(&now).unwrap().capacity[service];
		*room = (*room).min(needed);
	}

	pub(super) fn slash(
		&mut self,
		service: Service,
		seniority: Seniority,
		fault: Era,
		fraction: Perbill,
		now: Era,
	) {
		let charged = self.charged.entry((service, fault)).or_default();
		let (before, after) = (*charged, (*charged).max(fraction));
		*charged = after;
		let promised = Magnitude(self.rows[&fault].promised[service]);
		let charge = promised.part(after).0 - promised.part(before).0;
		for (era, row) in self.rows.range_mut(fault..=now) {
			let taken = u128::from(charge.min(row.capacity[service]));
			let weight = u128::from(row.magnitude) * u128::from(row.scale);
			let (left, of) = match seniority {
				Seniority::Junior => (u128::from(row.magnitude) - taken, u128::from(row.magnitude)),
				Seniority::Senior => (weight - taken * WHOLE.wide(), weight),
			};
			if of == 0 {
				continue;
			}
			for (key, stake) in self.stakes.iter_mut() {
				if key.1 == Some(*era) || (key.1.is_none() && *era == now) {
					*stake = mul_div(*stake, left, of, Rounding::Down).unwrap();
				}
			}
			match seniority {
				Seniority::Junior => row.magnitude = left as u64,
				Seniority::Senior => row.scale -= (taken * WHOLE.wide() / u128::from(row.magnitude)) as u64,
			}
			row.capacity[service] -= taken as u64;
		}
		self.next[service] = self.next[service].saturating_sub(charge);
		if let Some(announced) = &mut self.announced[service] {
			announced.1 = announced.1.saturating_sub(charge);
		}
	}
}
