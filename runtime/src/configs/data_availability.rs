// SPDX-License-Identifier: Apache-2.0

//! The data-availability layer.

use super::{
	blocks,
	networks::{MaxOperators, ToEscrowAndTreasury},
	parameters::dynamic_params::data_availability as dynamic,
	staking::{ChargeFaults, PayThroughPools, SESSIONS_PER_ERA, TIMING},
	TreasuryAccount,
};
use crate::*;
use frame_support::{
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU32, OnUnbalanced,
	},
	PalletId,
};
use zerog_primitives::units::{DAYS, HOURS, MINUTES};

parameter_types! {
	/// Randomness of the present epoch, fixed one epoch before it started.
	pub SessionRandomness: [u8; 32] = pallet_babe::Randomness::<Runtime>::get();
	pub const CertifyWindow: BlockNumber = blocks(5 * MINUTES, 30);
	/// Shorter than the shortest retention.
	pub const ImprovementWindow: BlockNumber = blocks(20, 8);
	pub const MinRetention: BlockNumber = blocks(HOURS, 20);
	/// An era less than what staking allows for, because a committee of an era's last session serves in the next one.
	pub const MaxRetention: BlockNumber =
		(TIMING.retention - 1) * SESSIONS_PER_ERA * super::consensus::EPOCH_BLOCKS;
	pub const ChallengeWindow: BlockNumber = blocks(5 * MINUTES, 10);
	pub const PotId: PalletId = PalletId(*b"zg/dapot");
	pub const SlashingWindow: BlockNumber = blocks(7 * DAYS, 40);
}

const _: () = assert!(
	ImprovementWindow::get() + ChallengeWindow::get() < MinRetention::get(),
	"every blob can be challenged"
);

/// Fees that no signer earned go to the treasury.
pub struct ToTreasury;
impl OnUnbalanced<Credit<AccountId, Balances>> for ToTreasury {
	fn on_nonzero_unbalanced(amount: Credit<AccountId, Balances>) {
		// Less than the existential deposit on an empty treasury is burnt.
		if let Err(refused) = Balances::resolve(&TreasuryAccount::get(), amount) {
			drop(refused);
		}
	}
}

impl pallet_data_availability::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PalletId = PotId;
	type DispersalFees = ToEscrowAndTreasury;
	type Networks = crate::Networks;
	type SessionRandomness = SessionRandomness;
	type PendingLimit = dynamic::PendingLimit;
	type CustodyPrice = dynamic::CustodyPrice;
	type KeyFee = dynamic::KeyFee;
	type ChallengeDeposit = dynamic::ChallengeDeposit;
	type SamplePeriod = dynamic::SamplePeriod;
	type Samples = dynamic::Samples;
	type OnFault = ChargeFaults;
	type Payee = PayThroughPools;
	type CertifyWindow = CertifyWindow;
	type ImprovementWindow = ImprovementWindow;
	type ChallengeWindow = ChallengeWindow;
	type MinRetention = MinRetention;
	type MaxRetention = MaxRetention;
	type SlashingWindow = SlashingWindow;
	type MaxMembers = MaxOperators;
	type MaxBatch = ConstU32<64>;
	type MaxPayers = ConstU32<4>;
	type MaxChallenges = ConstU32<1024>;
	type MaxMemberChallenges = ConstU32<64>;
	type MaxBlobChallenges = ConstU32<32>;
	type WeightInfo = pallet_data_availability::weights::SubstrateWeight<Runtime>;
}
