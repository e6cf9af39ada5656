// SPDX-License-Identifier: Apache-2.0

//! Shared staking, and the issuance that pays for consensus.

use super::{
	consensus::{MaxAuthorities, EPOCH},
	data_availability::ToTreasury,
	governance::Admin,
	networks::NetworkDuties,
	ranges::restaking as dynamic,
	Span, TreasuryAccount,
};
use crate::*;
use frame_support::{
	ensure, parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU32, ConstU64, Get, Imbalance,
	},
	weights::{constants::RocksDbWeight, Weight},
	PalletId,
};
use pallet_data_availability::{OnFault, Payee};
use pallet_restaking::{migration, FaultLedger, Issuance, RewardSource, ServiceId, ServiceKind, WorkLedger};
use sp_runtime::{DispatchResult, Perbill, TokenError};
use sp_staking::{
	budget::{BudgetKey, BudgetRecipient, IssuanceCurve},
	SessionIndex,
};
use zerog_erasure::Commitment;
use zerog_networks::Penalties;
use zerog_primitives::{
	da::{CommitteeId, Fault},
	units::{MICRO_ZG, ZG},
};
use zerog_staking::{Era, Timing};

pub(crate) const SESSIONS: Span = Span::new(24, 6);
/// Sessions of an era: a day.
pub const SESSIONS_PER_ERA: SessionIndex = SESSIONS.get();
/// Slots of an era.
pub(crate) const ERA: Span = SESSIONS.of(EPOCH);

/// How long everything takes, in eras. Custody lasts 28 eras at most, and the committee of an era may serve into the next one.
pub const TIMING: Timing = Timing {
	bonding: 45,
	retention: 29,
	challenge: 1,
	report: 8,
	veto: 4,
	slack: 2,
	allocation_delay: 2,
	// A seat of a network stands for as many epochs as two full eras have.
	deallocation_delay: 3,
};

/// The service of data availability; consensus is number 0.
pub const DATA_AVAILABILITY: ServiceId = ServiceId(1);

/// First services: kind, most that a checked fault costs of the promise, what the first operators promise of their stake.
///
/// Data availability stands behind every network with one promise, so that this is also the most that signing what is wrong costs in
/// any of them, once an era.
pub fn first_services() -> alloc::vec::Vec<(ServiceKind, Perbill, Perbill)> {
	alloc::vec![(
		ServiceKind::DataAvailability,
		Perbill::from_percent(50),
		Perbill::from_percent(30)
	)]
}

/// What the first operators promise of their stake to consensus.
pub const CONSENSUS_SHARE: Perbill = Perbill::from_percent(50);

parameter_types! {
	pub const StakingPot: PalletId = PalletId(*b"zg/stake");
	pub const StakingTiming: Timing = TIMING;
	pub const SessionsPerEra: SessionIndex = SESSIONS_PER_ERA;
	/// Sessions in which a fault can be charged.
	pub const BondingSessions: SessionIndex = SESSIONS_PER_ERA * (TIMING.bonding - 1);
}

impl pallet_restaking::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PalletId = StakingPot;
	type Slashed = ToTreasury;
	type RewardSource = ConsensusIssuance;
	type Session = Session;
	type Duties = NetworkDuties;
	type AdminOrigin = Admin;
	type Timing = StakingTiming;
	type SessionsPerEra = SessionsPerEra;
	type MinimumDelegation = dynamic::MinimumDelegation;
	type MinimumOperatorStake = dynamic::MinimumOperatorStake;
	type MinimumValidatorStake = dynamic::MinimumValidatorStake;
	type MinimumValidators = dynamic::MinimumValidators;
	type Validators = dynamic::Validators;
	type MaxCommissionRise = dynamic::MaxCommissionRise;
	type CommissionInterval = dynamic::CommissionInterval;
	type ReportBond = dynamic::ReportBond;
	type MaxValidators = MaxAuthorities;
	type MaxCandidates = ConstU32<1000>;
	type MaxServices = ConstU32<64>;
	type MaxAllocations = ConstU32<16>;
	type MaxServiceReports = ConstU32<16>;
	type MaxNoted = ConstU32<64>;
	type WeightInfo = pallet_restaking::weights::SubstrateWeight<Runtime>;
}

/// Issuance for consensus. With the end of the first era it is divided as `first_budget` says, unless governance did before.
pub struct ConsensusIssuance;

impl RewardSource<Credit<AccountId, Balances>> for ConsensusIssuance {
	fn draw(era: Era) -> Credit<AccountId, Balances> {
		if pallet_dap::BudgetAllocation::<Runtime>::get().is_empty() {
			pallet_dap::BudgetAllocation::<Runtime>::put(first_budget());
		}
		Issuance::<Runtime>::draw(era)
	}
}

/// What parts of the issuance validators and treasury get, in percent.
fn first_budget() -> pallet_dap::BudgetAllocationMap {
	let parts = [
		(Issuance::<Runtime>::budget_key(), 85),
		(TreasuryShare::budget_key(), 15),
	];
	let parts = parts.map(|(key, percent)| (key, Perbill::from_percent(percent)));
	pallet_dap::BudgetAllocationMap::try_from(alloc::collections::BTreeMap::from(parts)).unwrap_or_default()
}

/// The treasury's part of the issuance.
pub struct TreasuryShare;

impl BudgetRecipient<AccountId> for TreasuryShare {
	fn budget_key() -> BudgetKey {
		BudgetKey::truncate_from(b"treasury".to_vec())
	}

	fn pot_account() -> AccountId {
		TreasuryAccount::get()
	}
}

/// The same part of the issuance each year, compounded with each drip.
pub struct YearlyIssuance;

impl IssuanceCurve<Balance> for YearlyIssuance {
	fn issue(total: Balance, elapsed_millis: u64) -> Balance {
		const YEAR: u128 = 1_000 * 60 * 60 * 24 * 365;
		let part: Perbill = dynamic::YearlyIssuance::get();
		let a_year = part.mul_floor(total);
		// A drip is minutes at most, so that nothing is lost below 2^90 planck.
		a_year
			.saturating_mul(elapsed_millis.into())
			.checked_div(YEAR)
			.unwrap_or_default()
	}
}

parameter_types! {
	pub const IssuanceBuffer: PalletId = PalletId(*b"zg/issue");
	/// Short of an era by far, so that an era's rewards are those of its time.
	pub const Cadence: u64 = super::blocks(60_000, 6_000) as u64;
}

impl pallet_dap::Config for Runtime {
	type Currency = Balances;
	type PalletId = IssuanceBuffer;
	type IssuanceCurve = YearlyIssuance;
	type BudgetRecipients = (Issuance<Runtime>, TreasuryShare);
	type Time = Timestamp;
	type IssuanceCadence = Cadence;
	type MaxElapsedPerDrip = ConstU64<{ 10 * 60_000 }>;
	type BudgetOrigin = Admin;
	type WeightInfo = pallet_dap::weights::SubstrateWeight<Runtime>;
}

/// Part of its promise that a fault costs an operator, as far as the terms of the service let it. All faults of an era cost the
/// highest, once.
fn penalty_of(fault: Fault) -> Perbill {
	match fault {
		// Not with honest software: who signs twice, or for what it did not check, wants to deceive.
		Fault::Conflict | Fault::BadRow => Perbill::one(),
		// May be an outage; a row is one of hundreds.
		Fault::Unanswered => dynamic::UnansweredFraction::get(),
	}
}

/// What faults cost of what operators promise to data availability: as they would be charged now.
pub(crate) fn penalties() -> Penalties {
	let service = pallet_restaking::Services::<Runtime>::get(DATA_AVAILABILITY);
	let most = service.map_or(Perbill::zero(), |service| service.terms.objective);
	Penalties {
		deceit: penalty_of(Fault::Conflict)
			.min(penalty_of(Fault::BadRow))
			.min(most),
		withholding: penalty_of(Fault::Unanswered).min(most),
	}
}

/// Charges members of committees for what their verdicts say.
pub struct ChargeFaults;

impl OnFault<AccountId> for ChargeFaults {
	fn on_fault(committee: CommitteeId, operator: &AccountId, fault: Fault, _: Option<Commitment>) {
		let fraction = penalty_of(fault);
		let noted = <Restaking as FaultLedger<_>>::era_of(committee.session)
			.ok_or(sp_runtime::DispatchError::Unavailable)
			.and_then(|era| Restaking::note_fault(DATA_AVAILABILITY, operator, era, fraction));
		if let Err(error) = noted {
			log::warn!(target: pallet_restaking::LOG_TARGET, "{fault:?} of {operator:?} costs nothing: {error:?}");
		}
	}

	fn weight() -> Weight {
		// The fraction, and the era.
		<Restaking as FaultLedger<AccountId>>::note_fault_weight()
			.saturating_add(RocksDbWeight::get().reads(2))
	}
}

/// Fees that are worth a point of work.
pub const POINT: Balance = MICRO_ZG;

/// Pays operators for custody through their pools, so that their delegators have a part of it; others directly. Less than
/// [`POINT`] waits.
pub struct PayThroughPools;

impl Payee<AccountId, Credit<AccountId, Balances>> for PayThroughPools {
	fn pay(account: &AccountId, earned: Credit<AccountId, Balances>) -> DispatchResult {
		let points = u64::try_from(earned.peek() / POINT).unwrap_or(u64::MAX);
		ensure!(points > 0, TokenError::BelowMinimum);
		Restaking::pay_for_work(DATA_AVAILABILITY, account, points, earned)
			.or_else(|earned| Balances::resolve(account, earned))
			.map_err(|_| TokenError::BelowMinimum.into())
	}

	fn weight() -> Weight {
		// The points, and the pot with its account.
		<Restaking as WorkLedger<AccountId>>::note_work_weight()
			.saturating_add(RocksDbWeight::get().reads_writes(2, 2))
	}
}

/// Validators of a chain from before shared staking.
pub struct FixedSet;

impl migration::Setup for FixedSet {
	fn session() -> SessionIndex {
		Session::current_index()
	}
	fn stake() -> Balance {
		100_000 * ZG
	}
	fn commission() -> Perbill {
		Perbill::from_percent(5)
	}
	fn consensus() -> Perbill {
		CONSENSUS_SHARE
	}
	fn services() -> alloc::vec::Vec<(ServiceKind, Perbill, Perbill)> {
		first_services()
	}
}
