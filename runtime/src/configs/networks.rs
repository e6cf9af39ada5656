// SPDX-License-Identifier: Apache-2.0

//! Networks: who certifies data beside the root network, and what a byte costs.

use super::{
	consensus::{EPOCH, EPOCH_BLOCKS},
	governance::Admin,
	staking::{self, DATA_AVAILABILITY, SESSIONS, TIMING},
	Span,
};
use crate::*;
use frame_support::{
	parameter_types,
	traits::{fungible::Credit, ConstU32, Contains, Imbalance, OnUnbalanced},
	weights::Weight,
	PalletId,
};
use pallet_networks::{Governed, StakeSource};
use pallet_restaking::{Duties, ServiceId, WeightInfo};
use sp_runtime::Perbill;
use zerog_networks::{DrawParams, Epoch, FeeParams, Params, Penalties};
use zerog_primitives::units::ZG;

/// Whether this build has short epochs and small networks.
const FAST: bool = cfg!(feature = "fast-runtime");

/// Blocks of a period of the base fees.
const FEE_PERIOD: Span = Span::new(100, 5);

/// Coded bytes an epoch that a network is made for. With 200 operators that is 73 MiB/s, and less than 0.4 MiB/s for each.
const CAPACITY: u64 = 256 << 30;
/// The same of a build: `fast-runtime` has networks that a test can fill.
const fn capacity(fast: bool) -> u64 {
	if fast {
		8 << 20
	} else {
		CAPACITY
	}
}

/// Percentage of all capacity, and epochs in a row with a higher load, that spawn a network.
const HIGH: u32 = 80;
const HIGH_EPOCHS: u32 = 3;
/// Least planck a coded byte: 32 MiB of payload are 128 MiB coded, 0.134 ZG.
const FLOOR: Balance = 1_000;
/// What operators are paid for a new network.
const ESCROW: Balance = 300 * ZG;

/// Planck that it costs at least to feign a load that spawns a network.
const FEIGNED: Balance = CAPACITY as Balance * HIGH as Balance / 100 * HIGH_EPOCHS as Balance * FLOOR;

// Fees go to the signers of what is certified, the escrow to all who work for the service. So who earns a part `s` of both pays
// `(1 − s) · FEIGNED` for `s · ESCROW`: a gain only above two thirds, and who has these certifies alone. The small networks of
// `fast-runtime` are cheap to fill.
const _: () = assert!(FEIGNED >= 2 * ESCROW, "feigned load would pay");

/// Epochs in the eras that a promise stays in full after its fall was announced.
const STAYS: Span = SESSIONS.times(TIMING.deallocation_delay - 1);

// The pallet's own test sees one of both.
const _: () = assert!(
	Span::new(pallet_networks::NOTICE, pallet_networks::NOTICE).fits(STAYS),
	"seats would outlive the stake that they were drawn by"
);

/// Until governance sets others; a function, so that a test sees those of the build that it does not run in.
pub(crate) const fn governed(fast: bool) -> Governed {
	Governed {
		draw: if fast {
			DrawParams { seats: 3, cap: 1 }
		} else {
			DrawParams::DEFAULT
		},
		networks: Params {
			high: Perbill::from_percent(HIGH),
			high_epochs: HIGH_EPOCHS,
			low: Perbill::from_percent(20),
			low_epochs: 6,
			max: 16,
			capacity: capacity(fast),
			operators: 4,
			// Rows with their paths, and checksums: a tenth more.
			ingress: capacity(fast) / 10 * 11,
			escrow: ESCROW,
			forming_epochs: 24,
		},
		fees: FeeParams {
			floor: FLOOR,
			ceiling: if fast { 16_000 } else { 10_000_000 },
			target: Perbill::from_percent(90),
			steps: 8,
			periods: EPOCH.at(fast) / FEE_PERIOD.at(fast),
		},
		// A week.
		lifetime: 24 * 7,
		minimum_stake: 1_000 * ZG,
		least_share: Perbill::from_percent(10),
	}
}

parameter_types! {
	pub const EscrowId: PalletId = PalletId(*b"zg/netwk");
	pub const Defaults: Governed = governed(FAST);
	/// The largest committee, which is the root network's; weights were measured up to so many.
	pub const MaxOperators: u32 = 1_024;
	pub const RootCapacity: u64 = capacity(FAST);
	pub const EpochBlocks: BlockNumber = EPOCH_BLOCKS;
	pub const FeePeriod: BlockNumber = FEE_PERIOD.get();
	/// A promise falls at the beginning of an era, so many full ones after its announcement.
	pub const Notice: Epoch = STAYS.get();
	pub PresentSession: Epoch = Session::current_index();
	/// Of the blocks of the epoch before the last one; constant through an epoch.
	pub Randomness: [u8; 32] = pallet_babe::Randomness::<Runtime>::get();
}

impl pallet_networks::Config for Runtime {
	type Currency = Balances;
	type PalletId = EscrowId;
	type Epoch = PresentSession;
	type Randomness = Randomness;
	type Stake = CustodyStake;
	type Eligible = Keyed;
	type Paid = ToOperators;
	type AdminOrigin = Admin;
	type Defaults = Defaults;
	type RootCapacity = RootCapacity;
	type EpochBlocks = EpochBlocks;
	type FeePeriod = FeePeriod;
	type Notice = Notice;
	type MaxOperators = MaxOperators;
	type MaxMemberships = ConstU32<8>;
	type ReadsPerBlock = ConstU32<10>;
	type WeightInfo = pallet_networks::weights::SubstrateWeight<Runtime>;
}

/// What an operator has at stake for data availability. It counts to ten binary digits: rows are allotted by it, and committees that
/// differ in less are stored once.
pub struct CustodyStake;

impl CustodyStake {
	fn of(operator: &AccountId, security: fn(ServiceId, &AccountId) -> Balance) -> Balance {
		#[cfg(feature = "runtime-benchmarks")]
		if let Some(stake) = frame_support::storage::unhashed::get(&endowment_of(operator)) {
			return stake;
		}
		security(DATA_AVAILABILITY, operator)
	}
}

impl StakeSource<AccountId> for CustodyStake {
	fn slashable_net(operator: &AccountId) -> Balance {
		Self::of(operator, Restaking::security_of)
	}

	fn present(operator: &AccountId) -> Balance {
		Self::of(operator, Restaking::present_security_of)
	}

	fn coarse(stake: Balance) -> Balance {
		let shift = 118u32.saturating_sub(stake.leading_zeros());
		stake
			.checked_shr(shift)
			.and_then(|stake| stake.checked_shl(shift))
			.unwrap_or_default()
	}

	fn penalties() -> Penalties {
		staking::penalties()
	}

	fn weight() -> Weight {
		<Runtime as pallet_restaking::Config>::WeightInfo::security()
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn endow(operator: &AccountId, stake: Balance) {
		frame_support::storage::unhashed::put(&endowment_of(operator), &stake);
	}
}

/// Where a benchmark says what an account has at stake.
#[cfg(feature = "runtime-benchmarks")]
fn endowment_of(operator: &AccountId) -> alloc::vec::Vec<u8> {
	// As long as a prefix of pallet and entry, by which the analysis groups keys.
	codec::Encode::encode(&(b"benchmark/what operators stake..", operator))
}

/// Who can certify: accounts with an attestation key, and session keys by which members know each other.
pub struct Keyed;

impl Contains<AccountId> for Keyed {
	fn contains(account: &AccountId) -> bool {
		let keyed = pallet_data_availability::Keys::<Runtime>::contains_key(account);
		let known = pallet_session::NextKeys::<Runtime>::contains_key(account);
		(keyed && known) || cfg!(feature = "runtime-benchmarks")
	}
}

/// What the escrow pays goes to those who work for data availability in the present era.
pub struct ToOperators;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToOperators {
	fn on_nonzero_unbalanced(payment: Credit<AccountId, Balances>) {
		Restaking::pay_service(DATA_AVAILABILITY, payment);
	}
}

/// Half of the fees that no signer earned, for new networks; the rest for the treasury.
pub struct ToEscrowAndTreasury;

impl OnUnbalanced<Credit<AccountId, Balances>> for ToEscrowAndTreasury {
	fn on_nonzero_unbalanced(fees: Credit<AccountId, Balances>) {
		let (escrow, treasury) = fees.ration(1, 1);
		pallet_networks::Escrow::<Runtime>::on_unbalanced(escrow);
		super::data_availability::ToTreasury::on_unbalanced(treasury);
	}
}

/// Who is in a network that drains keeps its promise until the network is gone.
pub struct NetworkDuties;

impl Duties<AccountId> for NetworkDuties {
	fn bind(service: ServiceId, operator: &AccountId) -> bool {
		service == DATA_AVAILABILITY && Networks::binds(operator)
	}
}
