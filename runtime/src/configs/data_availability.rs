// SPDX-License-Identifier: Apache-2.0

//! The data-availability layer.

use super::{
	consensus::EPOCH,
	networks::{MaxOperators, ToEscrowAndTreasury},
	ranges::data_availability as dynamic,
	staking::{ChargeFaults, PayThroughPools, ERA, TIMING},
	Span, TreasuryAccount,
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
use zerog_primitives::{
	da::COMPLETION,
	units::{DAYS, HOURS, MINUTES},
};

const CERTIFY: Span = Span::new(5 * MINUTES, 30);
const IMPROVEMENT: Span = Span::new(20, 8);
const SHORTEST: Span = Span::new(HOURS, 20);
/// An era less than what staking allows for, because a committee of an era's last session serves in the next one.
const LONGEST: Span = ERA.times(TIMING.retention - 1);
const CHALLENGE: Span = Span::new(5 * MINUTES, 10);
/// A quarter of an era.
const PAYOUT: Span = Span::new(6 * HOURS, 15);
const SLASHING: Span = Span::new(7 * DAYS, 40);

/// Open challenges from which on a member has [`OWN_CHALLENGES`] at most.
const CHALLENGES: u32 = 1_024;
/// Those that every account can have that is a member of any committee.
const OWN_CHALLENGES: u32 = 8;
/// Answers that fit into half of a block, whatever their size.
pub const ANSWERS: u32 = 100;

parameter_types! {
	/// Randomness of the present epoch, fixed one epoch before it started.
	pub SessionRandomness: [u8; 32] = pallet_babe::Randomness::<Runtime>::get();
	pub const CertifyWindow: BlockNumber = CERTIFY.get();
	pub const ImprovementWindow: BlockNumber = IMPROVEMENT.get();
	pub const MinRetention: BlockNumber = SHORTEST.get();
	pub const MaxRetention: BlockNumber = LONGEST.get();
	pub const ChallengeWindow: BlockNumber = CHALLENGE.get();
	pub const PotId: PalletId = PalletId(*b"zg/dapot");
	pub const PayoutPeriod: BlockNumber = PAYOUT.get();
	pub const SlashingWindow: BlockNumber = SLASHING.get();
}

const _: () = assert!(
	Span::new(COMPLETION + 1, COMPLETION + 1).fits(IMPROVEMENT),
	"whoever an author leaves out is counted before the signers are final"
);

const _: () = assert!(
	IMPROVEMENT.and(CHALLENGE).and(Span::new(1, 1)).fits(SHORTEST),
	"every blob can be challenged"
);

// A network with `fast-runtime` has few operators.
const _: () = assert!(
	CHALLENGES + MaxOperators::get() * OWN_CHALLENGES <= CHALLENGE.normal * ANSWERS,
	"all that can be asked for is shown in half of a window's blocks"
);

// A fault counts for the era whose validators served when its committee did. The committee of an era's last session serves in the first
// one of the next era, as an era begins with its election.
const _: () = {
	let last = EPOCH.and(CERTIFY).and(LONGEST);
	// Also of a committee whose blob fell back, which had its time before.
	let proven = last.and(CERTIFY).and(SLASHING);
	assert!(
		last.fits(ERA.times(TIMING.retention)),
		"custody that is taken on in the last session of an era ends within `retention`"
	);
	assert!(
		CHALLENGE.fits(ERA.times(TIMING.challenge)),
		"a challenge ends within `challenge`"
	);
	assert!(
		SLASHING.fits(ERA.times(TIMING.report)),
		"a fault can be proven within `report`"
	);
	// Eras count slots, windows count blocks.
	assert!(
		proven.times(6).fits(ERA.times(TIMING.bonding - 1).times(5)),
		"the last fault can still be charged with a sixth of all slots empty"
	);
};

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
	type PayoutPeriod = PayoutPeriod;
	type SlashingWindow = SlashingWindow;
	type MaxMembers = MaxOperators;
	type MaxBatch = ConstU32<64>;
	type MaxPayers = ConstU32<4>;
	type MaxChallenges = ConstU32<CHALLENGES>;
	type OwnChallenges = ConstU32<OWN_CHALLENGES>;
	type MaxBlobChallenges = ConstU32<4>;
	type MaxMemberChallenges = ConstU32<64>;
	type WeightInfo = pallet_data_availability::weights::SubstrateWeight<Runtime>;
}
