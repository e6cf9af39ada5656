// SPDX-License-Identifier: Apache-2.0

//! Which networks there are, and when one more or one less.

use crate::{
	Balance, BaseFee, BlockNumber, Epoch, Error, FeeParams, NetworkId, ParamsError, MAX_NETWORKS, ROOT,
};
use alloc::vec::Vec;
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Reverse;
use scale_info::TypeInfo;
use sp_arithmetic::Perbill;

/// When networks come and go. Governed.
#[derive(
	Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq,
)]
pub struct Params {
	/// Load above which another network is wanted.
	pub high: Perbill,
	/// Epochs in a row with such a load before one is spawned.
	pub high_epochs: u32,
	/// Load below which one network is too many.
	pub low: Perbill,
	/// Epochs in a row with such a load before one is drained.
	pub low_epochs: u32,
	/// Most networks that take blobs or are about to, the root network included.
	pub max: u32,
	/// Coded bytes an epoch that a new network is made for.
	pub capacity: u64,
	/// Fewest operators with room for one more network.
	pub operators: u32,
	/// Ingress a new network takes, in bytes an epoch: its capacity, checksums and paths, over all members.
	pub ingress: u64,
	/// Planck that have to lie ready for a network's least lifetime.
	pub escrow: Balance,
	/// Epochs after which a network that still cannot certify is given up.
	pub forming_epochs: u32,
}

impl Params {
	/// Also that the fee leaves room for the load that spawns a network: it keeps utilisation at its target in the long run, so
	/// that a target below `high` would see to it that nothing is ever spawned.
	///
	/// Errors: [`ParamsError::Thresholds`], [`ParamsError::Networks`], [`ParamsError::Capacity`], [`ParamsError::FeeTarget`].
	pub fn check(&self, fees: &FeeParams) -> Result<(), ParamsError> {
		let last = self.high_epochs.min(self.low_epochs) >= 1;
		if !(self.low < self.high && self.high < Perbill::one() && last) {
			return Err(ParamsError::Thresholds);
		}
		if !(1..=MAX_NETWORKS).contains(&self.max) {
			return Err(ParamsError::Networks);
		}
		if self.capacity == 0 || self.forming_epochs == 0 {
			return Err(ParamsError::Capacity);
		}
		(fees.target > self.high)
			.then_some(())
			.ok_or(ParamsError::FeeTarget)
	}
}

/// What there is to build another network from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Supply {
	/// Operators that have stake and bandwidth left for one more network.
	pub operators: u32,
	/// Ingress that they declared and no network takes, in bytes an epoch.
	pub ingress: u64,
	/// Planck in the fee escrow that no network has been promised.
	pub escrow: Balance,
}

impl Supply {
	fn allows(&self, params: &Params) -> bool {
		self.operators >= params.operators && self.ingress >= params.ingress && self.escrow >= params.escrow
	}
}

/// Where a network stands.
///
/// ```text
/// spawned ──► Forming ── activate ──► Active ── drained ──► Draining ── last retention over ──► gone
///                └─── given up ─────────────────────────────────────────────────────────────► gone
/// ```
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
	/// Operators allocate to it; no committee yet.
	Forming,
	/// Takes blobs.
	Active,
	/// Takes no new blobs, certifies those it has, and serves until the last retention ends. Its members stay slashable.
	Draining,
}

/// A network.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
	id: NetworkId,
	status: Status,
	since: Epoch,
	capacity: u64,
	load: u64,
	pending: u32,
	retained_until: BlockNumber,
	fee: BaseFee,
}

impl Network {
	fn new(id: NetworkId, status: Status, since: Epoch, capacity: u64, fee: BaseFee) -> Self {
		Self {
			id,
			status,
			since,
			capacity,
			load: 0,
			pending: 0,
			retained_until: 0,
			fee,
		}
	}

	/// Its name.
	pub fn id(&self) -> NetworkId {
		self.id
	}

	/// Where it stands.
	pub fn status(&self) -> Status {
		self.status
	}

	/// The epoch in which it got there.
	pub fn since(&self) -> Epoch {
		self.since
	}

	/// Coded bytes an epoch that it is made for.
	pub fn capacity(&self) -> u64 {
		self.capacity
	}

	/// Coded bytes of this epoch that were certified, or paid for in vain.
	pub fn load(&self) -> u64 {
		self.load
	}

	/// Blobs paid for, neither certified nor past their deadline.
	pub fn pending(&self) -> u32 {
		self.pending
	}

	/// First block in which nothing that it certified need be kept.
	pub fn retained_until(&self) -> BlockNumber {
		self.retained_until
	}

	/// Its base fee, as of its last use.
	pub fn fee(&self) -> BaseFee {
		self.fee
	}

	/// What counts for spawning: a network beyond its capacity is full, no more.
	fn counted(&self) -> u128 {
		self.load.min(self.capacity).into()
	}
}

/// What an epoch's turn changed; at most one of them.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
	/// A network was opened: operators may allocate to it, `params.escrow` is promised to it.
	Spawned(NetworkId),
	/// A network takes no more blobs.
	Drained(NetworkId),
	/// A network never got a committee, and is gone: its escrow is free again.
	GivenUp(NetworkId),
}

/// What an epoch's turn did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turn {
	/// What was decided.
	pub change: Option<Change>,
	/// Networks whose last retention ended: their operators may go.
	pub gone: Vec<NetworkId>,
}

/// All networks: one storage item.
///
/// The root network is the first, always there and always active.
#[derive(Encode, Decode, MaxEncodedLen, TypeInfo, Debug, Clone, PartialEq, Eq)]
pub struct Networks {
	/// By ascending name.
	list: BoundedVec<Network, ConstU32<MAX_NETWORKS>>,
	next: NetworkId,
	/// The last epoch that was turned.
	epoch: Epoch,
	/// Epochs in a row, up to it, with a high load.
	high: u32,
	/// Epochs in a row, up to it, with a low load.
	low: u32,
}

impl Networks {
	/// The root network alone. `capacity` in coded bytes an epoch.
	pub fn new(epoch: Epoch, capacity: u64, fee: BaseFee) -> Self {
		let root = Network::new(ROOT, Status::Active, epoch, capacity, fee);
		Self {
			list: BoundedVec::truncate_from(alloc::vec![root]),
			next: 1,
			epoch,
			high: 0,
			low: 0,
		}
	}

	/// The last epoch that was turned.
	pub fn epoch(&self) -> Epoch {
		self.epoch
	}

	/// The name of the next one; all names below it are or were in use.
	pub fn next(&self) -> NetworkId {
		self.next
	}

	/// All of them, by ascending name.
	pub fn iter(&self) -> impl Iterator<Item = &Network> {
		self.list.iter()
	}

	/// One of them. Errors: [`Error::UnknownNetwork`].
	pub fn get(&self, id: NetworkId) -> Result<&Network, Error> {
		self.list
			.iter()
			.find(|network| network.id == id)
			.ok_or(Error::UnknownNetwork)
	}

	/// Those that take blobs, with their capacities: what [`route`](crate::route) chooses from.
	pub fn active(&self) -> impl Iterator<Item = (NetworkId, u64)> + '_ {
		let active = self
			.list
			.iter()
			.filter(|network| network.status == Status::Active);
		active.map(|network| (network.id, network.capacity))
	}

	/// Counts a blob that is paid for, in a period of the fee, and returns the fee a coded byte.
	///
	/// Errors: [`Error::UnknownNetwork`], [`Error::NotActive`].
	pub fn submitted(
		&mut self,
		id: NetworkId,
		coded_bytes: u64,
		period: u32,
		params: &FeeParams,
	) -> Result<Balance, Error> {
		let network = self.active_mut(id)?;
		network.fee = network.fee.at(period, network.capacity, params);
		network.fee.pay(coded_bytes);
		network.pending = network.pending.saturating_add(1);
		Ok(network.fee.per_byte())
	}

	/// A pending blob got its certificate and is kept until `retained_until`.
	///
	/// Errors: [`Error::UnknownNetwork`], [`Error::NothingPending`].
	pub fn certified(
		&mut self,
		id: NetworkId,
		coded_bytes: u64,
		retained_until: BlockNumber,
	) -> Result<(), Error> {
		let network = self.pending_mut(id)?;
		network.load = network.load.saturating_add(coded_bytes);
		network.retained_until = network.retained_until.max(retained_until);
		Ok(())
	}

	/// A pending blob is past its last deadline; what was paid for its dispersal is lost.
	///
	/// Errors: [`Error::UnknownNetwork`], [`Error::NothingPending`].
	pub fn forfeited(&mut self, id: NetworkId, coded_bytes: u64) -> Result<(), Error> {
		let network = self.pending_mut(id)?;
		network.load = network.load.saturating_add(coded_bytes);
		Ok(())
	}

	/// A pending blob was not certified in time and goes to the root network, whose load it becomes. It counts for that one's fee
	/// as if it had been paid for there.
	///
	/// Errors: [`Error::UnknownNetwork`], [`Error::NothingPending`], [`Error::NoFallback`].
	pub fn fell_back(
		&mut self,
		id: NetworkId,
		coded_bytes: u64,
		period: u32,
		params: &FeeParams,
	) -> Result<(), Error> {
		if id == ROOT {
			return Err(Error::NoFallback);
		}
		self.pending_mut(id)?;
		let root = self.get_mut(ROOT)?;
		root.fee = root.fee.at(period, root.capacity, params);
		root.fee.pay(coded_bytes);
		root.pending = root.pending.saturating_add(1);
		Ok(())
	}

	/// The retention of a certified blob grows to `retained_until`: refused where the network drains, or it would never end.
	///
	/// Errors: [`Error::UnknownNetwork`], [`Error::NotActive`].
	pub fn extended(&mut self, id: NetworkId, retained_until: BlockNumber) -> Result<(), Error> {
		let network = self.active_mut(id)?;
		network.retained_until = network.retained_until.max(retained_until);
		Ok(())
	}

	/// A forming network has a committee that can certify, from the present epoch on.
	///
	/// Errors: [`Error::UnknownNetwork`], [`Error::NotForming`].
	pub fn activate(&mut self, id: NetworkId) -> Result<(), Error> {
		let epoch = self.epoch;
		let network = self.get_mut(id)?;
		if network.status != Status::Forming {
			return Err(Error::NotForming);
		}
		network.status = Status::Active;
		network.since = epoch;
		Ok(())
	}

	/// Sets what a network is made for, in coded bytes an epoch. Errors: [`Error::UnknownNetwork`].
	pub fn set_capacity(&mut self, id: NetworkId, capacity: u64) -> Result<(), Error> {
		self.get_mut(id)?.capacity = capacity;
		Ok(())
	}

	/// Ends an epoch: counts its load, lets drained networks go, and makes at most one change.
	///
	/// `epoch` is the one that begins, `now` its first block. Epochs that were skipped count as one.
	///
	/// Errors: [`Error::EpochNotNew`].
	pub fn turn(
		&mut self,
		epoch: Epoch,
		now: BlockNumber,
		params: &Params,
		fees: &FeeParams,
		period: u32,
		supply: &Supply,
	) -> Result<Turn, Error> {
		if epoch <= self.epoch {
			return Err(Error::EpochNotNew);
		}
		self.epoch = epoch;
		let (load, capacity) = self.measure();
		let forming = self.list.iter().any(|network| network.status == Status::Forming);
		// While a network forms, load says nothing about how many there should be.
		self.high = next_count(
			self.high,
			!forming && above(load, capacity, params.high),
			params.high_epochs,
		);
		self.low = next_count(
			self.low,
			!forming && below(load, capacity, params.low),
			params.low_epochs,
		);

		let ended = |network: &Network| {
			network.status == Status::Draining && network.pending == 0 && network.retained_until <= now
		};
		let gone = self.list.iter().filter(|network| ended(network));
		let gone = gone.map(|network| network.id).collect();
		self.list.retain(|network| !ended(network));

		let change = self.decide(load, capacity, params, fees, period, supply);
		if change.is_some() {
			(self.high, self.low) = (0, 0);
		}
		for network in self.list.iter_mut() {
			network.load = 0;
		}
		Ok(Turn { change, gone })
	}

	fn decide(
		&mut self,
		load: u128,
		capacity: u128,
		params: &Params,
		fees: &FeeParams,
		period: u32,
		supply: &Supply,
	) -> Option<Change> {
		let epoch = self.epoch;
		let late = |network: &&mut Network| {
			network.status == Status::Forming && epoch.saturating_sub(network.since) >= params.forming_epochs
		};
		if let Some(id) = self.list.iter_mut().find(late).map(|network| network.id) {
			self.list.retain(|network| network.id != id);
			return Some(Change::GivenUp(id));
		}
		let serving = self
			.list
			.iter()
			.filter(|network| network.status != Status::Draining)
			.count();
		let max = usize::try_from(params.max).unwrap_or(usize::MAX);
		if serving > max {
			return self.drain(|_| true);
		}
		if self.high >= params.high_epochs && serving < max && supply.allows(params) {
			return self.spawn(params, fees, period);
		}
		if self.low >= params.low_epochs {
			// What is left must carry the load without asking for the network back.
			return self.drain(|network| {
				let rest = capacity.saturating_sub(network.capacity.into());
				!above(load, rest, params.high)
			});
		}
		None
	}

	fn spawn(&mut self, params: &Params, fees: &FeeParams, period: u32) -> Option<Change> {
		let id = self.next;
		let next = id.checked_add(1)?;
		let fee = BaseFee::new(period, fees);
		let network = Network::new(id, Status::Forming, self.epoch, params.capacity, fee);
		self.list.try_push(network).ok()?;
		self.next = next;
		Some(Change::Spawned(id))
	}

	/// Drains the network with the least load for its capacity, the youngest of several; never the root network.
	fn drain(&mut self, may: impl Fn(&Network) -> bool) -> Option<Change> {
		let epoch = self.epoch;
		let candidates = self
			.list
			.iter_mut()
			.filter(|network| network.id != ROOT && network.status == Status::Active && may(network));
		let least = candidates.min_by_key(|network| {
			let per_billion = network
				.counted()
				.saturating_mul(1_000_000_000)
				.checked_div(network.capacity.into());
			(per_billion.unwrap_or(0), Reverse(network.id))
		})?;
		least.status = Status::Draining;
		least.since = epoch;
		Some(Change::Drained(least.id))
	}

	/// Load and capacity of the active networks.
	fn measure(&self) -> (u128, u128) {
		let active = self
			.list
			.iter()
			.filter(|network| network.status == Status::Active);
		active.fold((0u128, 0u128), |(load, capacity), network| {
			(
				load.saturating_add(network.counted()),
				capacity.saturating_add(network.capacity.into()),
			)
		})
	}

	fn get_mut(&mut self, id: NetworkId) -> Result<&mut Network, Error> {
		self.list
			.iter_mut()
			.find(|network| network.id == id)
			.ok_or(Error::UnknownNetwork)
	}

	fn active_mut(&mut self, id: NetworkId) -> Result<&mut Network, Error> {
		let network = self.get_mut(id)?;
		(network.status == Status::Active)
			.then_some(network)
			.ok_or(Error::NotActive)
	}

	/// The network with one pending blob less.
	fn pending_mut(&mut self, id: NetworkId) -> Result<&mut Network, Error> {
		let network = self.get_mut(id)?;
		network.pending = network.pending.checked_sub(1).ok_or(Error::NothingPending)?;
		Ok(network)
	}
}

/// `load / capacity > threshold`. Nothing is above where there is no capacity.
fn above(load: u128, capacity: u128, threshold: Perbill) -> bool {
	load.saturating_mul(1_000_000_000) > capacity.saturating_mul(threshold.deconstruct().into())
}

/// `load / capacity < threshold`.
fn below(load: u128, capacity: u128, threshold: Perbill) -> bool {
	load.saturating_mul(1_000_000_000) < capacity.saturating_mul(threshold.deconstruct().into())
}

/// Counts up to `limit` while `holds`, else from zero.
fn next_count(count: u32, holds: bool, limit: u32) -> u32 {
	if holds {
		count.saturating_add(1).min(limit)
	} else {
		0
	}
}
