// SPDX-License-Identifier: Apache-2.0

//! What each peer may ask of us, decided before its request is decoded.
//!
//! Each peer has two token buckets, one over requests and one over bytes, for each [`Kind`] of request, and a number of
//! requests that are handled at once. Members of the committee have more than strangers; all strangers together have one
//! more pair of buckets and leave room for members. A bucket may be overdrawn by the requests that are under way, never
//! by more: who is overdrawn is answered `Busy` until time has filled it up, and who goes on regardless is a flood.
//! An answer stays in memory until the peer has taken it or the network gave up; who leaves too much of that behind gets no
//! more rows meanwhile.

use crate::{
	config::{Allowance, Limits},
	protocol::Kind,
};
use parking_lot::Mutex;
use polkadot_sdk::sc_network_types::PeerId;
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Peers remembered; those at rest are forgotten when there are more.
const MAX_PEERS: usize = 4_096;

/// A token bucket, told by one instant: when it will be full again.
#[derive(Clone, Copy)]
struct Bucket(Instant);

impl Bucket {
	/// How long it takes to fill up what was drawn.
	fn drawn(&self, now: Instant) -> Duration {
		self.0.saturating_duration_since(now)
	}

	fn draw(&mut self, now: Instant, cost: Duration) {
		self.0 = self.0.max(now).checked_add(cost).unwrap_or(self.0);
	}
}

/// Two buckets, over requests and over bytes.
#[derive(Clone, Copy)]
struct Meter {
	requests: Bucket,
	bytes: Bucket,
}

impl Meter {
	fn new(now: Instant) -> Self {
		Self {
			requests: Bucket(now),
			bytes: Bucket(now),
		}
	}

	fn drawn(&self, now: Instant) -> Duration {
		self.requests.drawn(now).max(self.bytes.drawn(now))
	}

	fn draw(&mut self, now: Instant, allowance: &Allowance, requests: u64, bytes: usize) {
		let cost = |amount: u64, rate: u64| {
			let nanos = u128::from(amount)
				.saturating_mul(1_000_000_000)
				.checked_div(rate.into());
			Duration::from_nanos(
				nanos
					.and_then(|nanos| u64::try_from(nanos).ok())
					.unwrap_or(u64::MAX),
			)
		};
		self.requests
			.draw(now, cost(requests, allowance.requests_per_second));
		self.bytes.draw(
			now,
			cost(
				u64::try_from(bytes).unwrap_or(u64::MAX),
				allowance.bytes_per_second,
			),
		);
	}
}

struct Account {
	busy: usize,
	/// Bytes of answers on their way.
	unread: usize,
	push: Meter,
	serve: Meter,
	talk: Meter,
}

impl Account {
	fn new(now: Instant) -> Self {
		let meter = Meter::new(now);
		Self {
			busy: 0,
			unread: 0,
			push: meter,
			serve: meter,
			talk: meter,
		}
	}

	fn meter(&mut self, kind: Kind) -> &mut Meter {
		match kind {
			Kind::Push => &mut self.push,
			Kind::Serve => &mut self.serve,
			Kind::Talk => &mut self.talk,
		}
	}

	/// Nothing would be lost by forgetting it.
	fn is_at_rest(&self, now: Instant) -> bool {
		let meters = [&self.push, &self.serve, &self.talk];
		self.busy == 0 && self.unread == 0 && meters.iter().all(|meter| meter.drawn(now).is_zero())
	}
}

struct State {
	accounts: HashMap<PeerId, Account>,
	/// All requests under way, and those of strangers.
	busy: usize,
	strangers_busy: usize,
	/// Bytes of answers to strangers on their way.
	strangers_unread: usize,
	/// What all strangers together drew.
	strangers: Meter,
}

/// Why a request is not handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excess {
	/// Too much at the moment; may be repeated after a pause.
	Busy,
	/// The peer was told so often enough.
	Flood,
}

/// The budgets of all peers.
pub(crate) struct Budgets {
	at_once: usize,
	members: Allowance,
	strangers: Allowance,
	all_strangers: Allowance,
	state: Mutex<State>,
}

/// An answer on its way, dropped when it has arrived or never will.
pub(crate) struct Unread {
	budgets: Arc<Budgets>,
	peer: PeerId,
	is_member: bool,
	bytes: usize,
}

/// A request's place among those under way; given back when dropped.
pub(crate) struct Place {
	budgets: Arc<Budgets>,
	peer: PeerId,
	kind: Kind,
	is_member: bool,
}

impl Budgets {
	pub(crate) fn new(limits: &Limits) -> Self {
		Self {
			at_once: limits.inbound,
			members: limits.members,
			strangers: limits.strangers,
			all_strangers: limits.all_strangers,
			state: Mutex::new(State {
				accounts: HashMap::new(),
				busy: 0,
				strangers_busy: 0,
				strangers_unread: 0,
				strangers: Meter::new(Instant::now()),
			}),
		}
	}

	fn allowance(&self, is_member: bool) -> &Allowance {
		if is_member {
			&self.members
		} else {
			&self.strangers
		}
	}

	/// Take a place for a request of so many bytes, and draw them.
	pub(crate) fn enter(
		self: &Arc<Self>,
		peer: PeerId,
		is_member: bool,
		kind: Kind,
		bytes: usize,
	) -> Result<Place, Excess> {
		let now = Instant::now();
		let allowance = self.allowance(is_member);
		let mut state = self.state.lock();
		let State {
			accounts,
			busy,
			strangers_busy,
			strangers_unread,
			strangers,
		} = &mut *state;
		if accounts.len() >= MAX_PEERS && !accounts.contains_key(&peer) {
			accounts.retain(|_, account| !account.is_at_rest(now));
			if accounts.len() >= MAX_PEERS && !is_member {
				return Err(Excess::Busy);
			}
		}
		let account = accounts.entry(peer).or_insert_with(|| Account::new(now));
		let drawn = account.meter(kind).drawn(now);
		if drawn >= allowance.burst {
			// Asking costs too, up to as much again: who waits when told to is served again soon.
			if drawn >= allowance.burst.saturating_mul(2) {
				return Err(Excess::Flood);
			}
			account.meter(kind).draw(now, allowance, 1, bytes);
			return Err(Excess::Busy);
		}
		let crowded = !is_member
			&& (*strangers_busy >= self.all_strangers.at_once
				|| strangers.drawn(now) >= self.all_strangers.burst);
		let is_left_behind = account.unread >= allowance.unread_bytes
			|| !is_member && *strangers_unread >= self.all_strangers.unread_bytes;
		let has_no_place = *busy >= self.at_once || account.busy >= allowance.at_once;
		if crowded || has_no_place || kind == Kind::Serve && is_left_behind {
			return Err(Excess::Busy);
		}
		account.meter(kind).draw(now, allowance, 1, bytes);
		account.busy = account.busy.saturating_add(1);
		*busy = busy.saturating_add(1);
		if !is_member {
			strangers.draw(now, &self.all_strangers, 1, bytes);
			*strangers_busy = strangers_busy.saturating_add(1);
		}
		Ok(Place {
			budgets: self.clone(),
			peer,
			kind,
			is_member,
		})
	}

	#[cfg(test)]
	pub(crate) fn peers(&self) -> usize {
		self.state.lock().accounts.len()
	}
}

impl Place {
	/// Draw for what the request cost besides itself: the answer, or work for nothing.
	pub(crate) fn draw(&self, requests: u64, bytes: usize) {
		let now = Instant::now();
		let mut state = self.budgets.state.lock();
		if let Some(account) = state.accounts.get_mut(&self.peer) {
			let allowance = self.budgets.allowance(self.is_member);
			account.meter(self.kind).draw(now, allowance, requests, bytes);
		}
		if !self.is_member {
			let all = &self.budgets.all_strangers;
			state.strangers.draw(now, all, requests, bytes);
		}
	}

	/// The request is answered with so many bytes.
	pub(crate) fn answered(self, bytes: usize) -> Unread {
		let mut state = self.budgets.state.lock();
		if let Some(account) = state.accounts.get_mut(&self.peer) {
			account.unread = account.unread.saturating_add(bytes);
		}
		if !self.is_member {
			state.strangers_unread = state.strangers_unread.saturating_add(bytes);
		}
		drop(state);
		Unread {
			budgets: self.budgets.clone(),
			peer: self.peer,
			is_member: self.is_member,
			bytes,
		}
	}
}

impl Drop for Unread {
	fn drop(&mut self) {
		let mut state = self.budgets.state.lock();
		if let Some(account) = state.accounts.get_mut(&self.peer) {
			account.unread = account.unread.saturating_sub(self.bytes);
		}
		if !self.is_member {
			state.strangers_unread = state.strangers_unread.saturating_sub(self.bytes);
		}
	}
}

impl Drop for Place {
	fn drop(&mut self) {
		let mut state = self.budgets.state.lock();
		state.busy = state.busy.saturating_sub(1);
		if !self.is_member {
			state.strangers_busy = state.strangers_busy.saturating_sub(1);
		}
		if let Some(account) = state.accounts.get_mut(&self.peer) {
			account.busy = account.busy.saturating_sub(1);
		}
	}
}
