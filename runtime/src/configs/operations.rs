// SPDX-License-Identifier: Apache-2.0

//! Migrations over several blocks, and the two brakes: safe mode and paused calls.

use super::{blocks, governance::Admin, MAXIMUM_BLOCK_WEIGHT};
use crate::*;
use frame_support::{
	derive_impl, parameter_types,
	traits::{ConstU32, Contains, EitherOf, MapSuccess},
	weights::Weight,
};
use frame_system::EnsureRoot;
use pallet_tx_pause::RuntimeCallNameOf;
use sp_runtime::{traits::Replace, Perbill};
use zerog_primitives::units::{DAYS, HOURS};

parameter_types! {
	pub MaxServiceWeight: Weight = Perbill::from_percent(80) * MAXIMUM_BLOCK_WEIGHT;
}

#[derive_impl(pallet_migrations::config_preludes::TestDefaultConfig)]
impl pallet_migrations::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	#[cfg(not(feature = "runtime-benchmarks"))]
	type Migrations = migrations::MultiBlock;
	#[cfg(feature = "runtime-benchmarks")]
	type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
	type CursorMaxLen = ConstU32<65_536>;
	type IdentifierMaxLen = ConstU32<256>;
	type MigrationStatusHandler = ();
	// A failed migration locks the chain for everything but governance.
	type FailedMigrationHandler = frame_support::migrations::EnterSafeModeOnFailedMigration<
		SafeMode,
		frame_support::migrations::FreezeChainOnFailedMigration,
	>;
	type MaxServiceWeight = MaxServiceWeight;
	type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}

/// Calls that work in safe mode: what blocks need, what ends safe mode, and what the chain has promised before.
pub struct SafeModeCalls;
impl Contains<RuntimeCall> for SafeModeCalls {
	fn contains(call: &RuntimeCall) -> bool {
		matches!(
			call,
			RuntimeCall::System(_)
				| RuntimeCall::Timestamp(_)
				| RuntimeCall::Babe(_)
				| RuntimeCall::Grandpa(_)
				| RuntimeCall::Session(_)
				| RuntimeCall::SafeMode(_)
				| RuntimeCall::TxPause(_)
				| RuntimeCall::Preimage(_)
				| RuntimeCall::Scheduler(_)
				| RuntimeCall::Referenda(_)
				| RuntimeCall::ConvictionVoting(_)
				| RuntimeCall::Whitelist(_)
				| RuntimeCall::TechnicalCommittee(_)
				| RuntimeCall::DataAvailability(
					pallet_data_availability::Call::certify { .. }
						| pallet_data_availability::Call::settle { .. }
						| pallet_data_availability::Call::answer { .. }
						| pallet_data_availability::Call::resolve { .. }
				) | RuntimeCall::Restaking(
				pallet_restaking::Call::execute { .. }
					| pallet_restaking::Call::execute_noted { .. }
					| pallet_restaking::Call::veto { .. }
					| pallet_restaking::Call::cancel { .. }
			)
		)
	}
}

parameter_types! {
	pub const EnterDuration: BlockNumber = blocks(4 * HOURS, 40);
	pub const ExtendDuration: BlockNumber = blocks(4 * HOURS, 40);
	// Nobody buys safe mode; the committee or a referendum enters it.
	pub const NoDeposit: Option<Balance> = None;
	pub const ReleaseDelay: Option<BlockNumber> = Some(2 * DAYS);
}

/// Two thirds of the technical committee may stop the chain at once, a referendum too.
type Brake = EitherOf<Admin, super::governance::TechnicalSupermajority>;

impl pallet_safe_mode::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WhitelistedCalls = SafeModeCalls;
	type EnterDuration = EnterDuration;
	type ExtendDuration = ExtendDuration;
	type EnterDepositAmount = NoDeposit;
	type ExtendDepositAmount = NoDeposit;
	type ForceEnterOrigin = MapSuccess<Brake, Replace<EnterDuration>>;
	type ForceExtendOrigin = MapSuccess<Brake, Replace<ExtendDuration>>;
	type ForceExitOrigin = Brake;
	type ForceDepositOrigin = EnsureRoot<AccountId>;
	type Notify = ();
	type ReleaseDelay = ReleaseDelay;
	type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
}

/// Calls that cannot be paused: those that would be needed to unpause, and what was paid for already.
pub struct UnpausableCalls;
impl Contains<RuntimeCallNameOf<Runtime>> for UnpausableCalls {
	fn contains(name: &RuntimeCallNameOf<Runtime>) -> bool {
		let pallet_only =
			matches!(
				name.0.as_slice(),
				b"System"
					| b"Timestamp" | b"Preimage"
					| b"Referenda" | b"ConvictionVoting"
					| b"TechnicalCommittee"
					| b"Whitelist" | b"TxPause"
					| b"SafeMode"
			);
		pallet_only
			|| name.0.as_slice() == b"DataAvailability"
				&& matches!(name.1.as_slice(), b"certify" | b"settle" | b"answer" | b"resolve")
			|| name.0.as_slice() == b"Restaking"
				&& matches!(
					name.1.as_slice(),
					b"execute" | b"execute_noted" | b"veto" | b"cancel"
				)
	}
}

impl pallet_tx_pause::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PauseOrigin = Brake;
	type UnpauseOrigin = Brake;
	type WhitelistedCalls = UnpausableCalls;
	type MaxNameLen = ConstU32<256>;
	type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}
