// SPDX-License-Identifier: Apache-2.0

//! One network flooded: what becomes of the fees and the waiting of the others. Virtual time, in periods of the fee.

use crate::committees::BEACON;
use serde::Serialize;
use sp_arithmetic::Perbill;
use std::collections::{BTreeMap, VecDeque};
use zerog_networks::{
	ranking, route, Balance, BaseFee, Change, Epoch, Error, FeeParams, Hash, NetworkId, Networks, Params,
	Supply,
};

pub(crate) const NETWORKS: u32 = 8;
/// Periods of an epoch.
pub(crate) const PERIODS: u32 = 20;
/// Coded bytes of one blob: 1 MiB of payload.
const BLOB: u64 = 4 << 20;
/// Blobs that a network takes in a period.
const PLACES: u64 = 1_000;
const CAPACITY: u64 = BLOB * PLACES * PERIODS as u64;
/// What everybody else publishes in a period: 40 % of all capacity, one blob each.
const OTHERS: u64 = PLACES * NETWORKS as u64 * 2 / 5;
/// What one namespace adds: twice what its network takes.
const FLOOD: u64 = 2 * PLACES;

const FEES: FeeParams = FeeParams {
	floor: 100,
	ceiling: 1_000_000_000,
	target: Perbill::from_percent(90),
	steps: 8,
	periods: PERIODS,
};

const PARAMS: Params = Params {
	high: Perbill::from_percent(80),
	high_epochs: 3,
	low: Perbill::from_percent(20),
	low_epochs: 6,
	max: NETWORKS,
	capacity: CAPACITY,
	operators: 0,
	ingress: 0,
	escrow: 0,
	forming_epochs: 10,
};

/// Where a blob goes whose network is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Policy {
	/// Nowhere: it waits.
	Waits,
	/// To the next network in the order of its namespace, and waits if all are full.
	Overflows,
}

/// What one network saw in an epoch.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Seen {
	pub(crate) network: NetworkId,
	/// Whether the flood's namespace belongs here.
	pub(crate) flooded: bool,
	/// Blobs of others whose namespace belongs here, taken by any network.
	pub(crate) others: u64,
	/// Of these, taken by another network.
	pub(crate) others_elsewhere: u64,
	/// Still waiting at the end.
	pub(crate) others_waiting: u64,
	/// Periods that one of these waited, on average.
	pub(crate) mean_wait: f64,
	/// The flood's blobs that it took.
	pub(crate) flood_taken: u64,
	/// The fee at the end, in floors.
	pub(crate) fee: f64,
}

fn namespace(number: u64) -> Hash {
	let mut namespace = [0x5e; 32];
	namespace[..8].copy_from_slice(&number.to_le_bytes());
	namespace
}

/// As many networks as load opens: one after another, each after three epochs above 80 %. Returns them and the epochs it took.
pub(crate) fn grown() -> Result<(Networks, Epoch), Error> {
	let mut networks = Networks::new(0, CAPACITY, BaseFee::new(0, &FEES));
	let mut epoch = 0;
	while networks.active().count() < NETWORKS as usize && epoch < 100 {
		let active: Vec<NetworkId> = networks.active().map(|network| network.0).collect();
		for period in epoch * PERIODS..(epoch + 1) * PERIODS {
			for id in &active {
				let bytes = CAPACITY / u64::from(PERIODS) * 85 / 100;
				networks.submitted(*id, bytes, period, &FEES)?;
				networks.certified(*id, bytes, 0)?;
			}
		}
		epoch += 1;
		let turn = networks.turn(epoch, 0, &PARAMS, &FEES, epoch * PERIODS, &Supply::default())?;
		if let Some(Change::Spawned(id)) = turn.change {
			networks.activate(id)?;
		}
	}
	Ok((networks, epoch))
}

struct Blob {
	namespace: u64,
	home: NetworkId,
	since: u32,
}

/// One epoch: everybody else's blobs, each of a namespace of its own, and with `flood` those of namespace 0 evenly among them.
/// First come, first served.
pub(crate) fn epoch_of(
	mut networks: Networks,
	epoch: Epoch,
	policy: Policy,
	flood: bool,
) -> Result<Vec<Seen>, Error> {
	let active: Vec<(NetworkId, u64)> = networks.active().collect();
	let home = |number: u64| route(&namespace(number), &BEACON, active.iter().copied());
	let flooded = home(0);
	let row = |network: NetworkId| Seen {
		network,
		flooded: flood && network == flooded,
		..Seen::default()
	};
	let mut seen: BTreeMap<NetworkId, Seen> = active.iter().map(|(id, _)| (*id, row(*id))).collect();
	let mut queue: VecDeque<Blob> = VecDeque::new();
	let (first, mut fresh, flood) = (epoch * PERIODS, 1u64, if flood { FLOOD } else { 0 });
	for period in first..first + PERIODS {
		let mut sent = 0;
		for other in 0..OTHERS {
			while sent * OTHERS < flood * (other + 1) {
				queue.push_back(Blob {
					namespace: 0,
					home: flooded,
					since: period,
				});
				sent += 1;
			}
			queue.push_back(Blob {
				namespace: fresh,
				home: home(fresh),
				since: period,
			});
			fresh += 1;
		}
		let mut places: BTreeMap<NetworkId, u64> = active.iter().map(|(id, _)| (*id, PLACES)).collect();
		for blob in std::mem::take(&mut queue) {
			let order = match policy {
				Policy::Waits => vec![blob.home],
				Policy::Overflows => ranking(&namespace(blob.namespace), &BEACON, active.iter().copied()),
			};
			let free = |id: &&NetworkId| places.get(id).is_some_and(|places| *places > 0);
			let Some(taken) = order.iter().find(free).copied() else {
				queue.push_back(blob);
				continue;
			};
			places.entry(taken).and_modify(|places| *places -= 1);
			networks.submitted(taken, BLOB, period, &FEES)?;
			networks.certified(taken, BLOB, 0)?;
			if blob.namespace == 0 {
				seen.entry(taken).or_default().flood_taken += 1;
			} else {
				let row = seen.entry(blob.home).or_default();
				row.others += 1;
				row.others_elsewhere += u64::from(taken != blob.home);
				row.mean_wait += f64::from(period - blob.since);
			}
		}
	}
	for blob in queue.iter().filter(|blob| blob.namespace != 0) {
		seen.entry(blob.home).or_default().others_waiting += 1;
	}
	for row in seen.values_mut() {
		let network = networks.get(row.network)?;
		let fee: Balance = network
			.fee()
			.at(first + PERIODS, network.capacity(), &FEES)
			.per_byte();
		row.fee = fee as f64 / FEES.floor as f64;
		row.mean_wait /= row.others.max(1) as f64;
	}
	Ok(seen.into_values().collect())
}
