// SPDX-License-Identifier: Apache-2.0

//! One stake that secures consensus and every service.
//!
//! The arithmetic is that of [`zerog_staking`]; this pallet adds accounts, holds, calls, elections and the money of rewards.
//! Guarantees, formulas and the pallet's design are in `docs/staking.md`.
//!
//! # A slash
//!
//! ```text
//!  equivocation ── on_offence ─────────────────────────────► slashed, not a candidate any more, disabled
//!  checked fault ── note_fault ──► Noted ── on_idle, or anyone through execute_noted ──► slashed
//!  accusation ──── report ──► Reports ──┬── due: on_idle, or anyone through execute ──► slashed, bond back
//!                                       ├── veto by the resolver before that ──────────► bond lost
//!                                       └── cancel by governance ──────────────────────► bond back
//!                  while it waits, what it may reach is locked and nobody can delegate
//! ```
//!
//! # Money
//!
//! * Stake stays on the account of its owner under [`HoldReason::Stake`]: the sum over the account's positions. What slashes took
//!   leaves the hold when the position is touched, by anyone through `realise`, and goes to [`Config::Slashed`].
//! * Rewards lie in the pot: what the services' eras have not paid out, and what delegators have not claimed.
//!
//! # Where to look
//!
//! [`types`] what is stored · [`traits`] what other pallets see · `stake`: operators and delegators · `services`: services and
//! allocations · `election`: candidates · `eras`: sessions, eras, validators · `slashing`: faults, reports, offences · `rewards`:
//! points, pots, claims · `sweep`: what blocks with room do · [`migration`]: the start of a network · `try_state`: what always holds.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

mod election;
mod eras;
mod errors;
mod events;
mod rewards;
mod services;
mod slashing;
mod stake;
mod sweep;
mod try_state;
mod views;

pub mod migration;
pub mod traits;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use rewards::Issuance;
pub use traits::*;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;
use polkadot_sdk::*;

/// Target of the pallet's log lines.
pub const LOG_TARGET: &str = "runtime::restaking";

// The expansion of the macros does what our code must not; the rules themselves are in the other modules.
#[allow(
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::unwrap_used
)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, BalancedHold, Credit, Inspect, InspectHold, Mutate, MutateHold},
			OnUnbalanced, ValidatorRegistration, ValidatorSet,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use pallet_session::SessionInterface;
	use sp_core::H256;
	use sp_runtime::Perbill;
	use sp_staking::{offence::OffenceSeverity, SessionIndex};
	use zerog_primitives::staking::{OperatorView, PendingSlash, PositionView, Promise};
	use zerog_staking::{
		Allocation, Balance, Bucket, ClosedPool, ElectionKey, Era, EraPot, Magnitude, Position, RewardBook,
		Shares, Timing, MAX_ERAS,
	};

	/// Version of the storage layout; migrations live in [`migration`].
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	#[pallet::disable_frame_system_supertrait_check]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The token: stake and bonds are held, rewards are moved.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ MutateHold<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>
			+ BalancedHold<Self::AccountId>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// The accounts of pot and inflow derive from it.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Where slashed stake and lost bonds go.
		type Slashed: OnUnbalanced<Credit<Self::AccountId, Self::Currency>>;
		/// Where the rewards of consensus come from: [`Issuance`], if `pallet-dap` pays to our inflow account.
		type RewardSource: RewardSource<Credit<Self::AccountId, Self::Currency>>;
		/// The session pallet: keys, validators, disabling, historical sessions.
		type Session: SessionInterface<ValidatorId = Self::AccountId, AccountId = Self::AccountId>
			+ ValidatorRegistration<Self::AccountId>
			+ ValidatorSet<Self::AccountId, ValidatorId = Self::AccountId>;
		/// Which promises must not fall yet.
		type Duties: Duties<Self::AccountId>;
		/// Creates and ends services, cancels slashes.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// How long everything takes, in eras.
		#[pallet::constant]
		type Timing: Get<Timing>;
		/// Sessions of an era.
		#[pallet::constant]
		type SessionsPerEra: Get<SessionIndex>;
		/// Least that an account delegates to an operator, in planck.
		type MinimumDelegation: Get<Balance>;
		/// Least that an operator stakes itself to register and to stand for election, in planck.
		type MinimumOperatorStake: Get<Balance>;
		/// Least that consensus could slash of a validator, in planck.
		type MinimumValidatorStake: Get<Balance>;
		/// With fewer to elect, the validators stay; so few cannot leave.
		type MinimumValidators: Get<u32>;
		/// Most validators.
		type Validators: Get<u32>;
		/// Most that a commission rises at once.
		type MaxCommissionRise: Get<Perbill>;
		/// Eras between a change of commission and a rise.
		type CommissionInterval: Get<Era>;
		/// What a reporter holds for each report until it is decided, in planck.
		type ReportBond: Get<Balance>;
		/// Bound of [`Config::Validators`].
		#[pallet::constant]
		type MaxValidators: Get<u32>;
		/// Most candidates.
		#[pallet::constant]
		type MaxCandidates: Get<u32>;
		/// Most services that exist.
		#[pallet::constant]
		type MaxServices: Get<u32>;
		/// Most services that one operator has allocations with.
		#[pallet::constant]
		type MaxAllocations: Get<u32>;
		/// Most reports of a service that are not decided.
		#[pallet::constant]
		type MaxServiceReports: Get<u32>;
		/// Most checked faults that wait; one more is slashed at once.
		#[pallet::constant]
		type MaxNoted: Get<u32>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why the pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Stake, active or unbonding.
		Stake,
		/// The bond of a report.
		Report,
	}

	// Keys are accounts that have paid to be there, and numbers that the chain counts; accounts can be ground, hence the keyed
	// hasher for them.

	/// The present era: advances when the validators of an era are elected, a session before they serve.
	#[pallet::storage]
	pub type CurrentEra<T: Config> = StorageValue<_, Era, ValueQuery>;

	/// First session of the validators of each era that may still matter, oldest first.
	#[pallet::storage]
	pub type EraStarts<T: Config> =
		StorageValue<_, BoundedVec<(Era, SessionIndex), ConstU32<MAX_ERAS>>, ValueQuery>;

	/// Operators.
	#[pallet::storage]
	pub type Operators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, OperatorInfo<T>>;

	/// What each operator promises to each service.
	#[pallet::storage]
	pub type Allocations<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, ServiceId, Allocation, ValueQuery>;

	/// Stake by operator and owner; an operator's own stake too.
	#[pallet::storage]
	pub type Positions<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		T::AccountId,
		Position,
		ValueQuery,
	>;

	/// Matured buckets that left the operator's record.
	#[pallet::storage]
	pub type Archive<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, Era, Bucket>;

	/// Pools that slashes have closed, by generation, until their last share was converted.
	#[pallet::storage]
	pub type ClosedPools<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, u32, ClosedPool>;

	/// Services.
	#[pallet::storage]
	pub type Services<T: Config> = CountedStorageMap<_, Twox64Concat, ServiceId, Service<T::AccountId>>;

	/// Number of the next service.
	#[pallet::storage]
	pub type NextService<T: Config> = StorageValue<_, ServiceId, ValueQuery>;

	/// Who stands for election, best first. Every call that changes a candidate's stake keeps the order.
	#[pallet::storage]
	pub type Candidates<T: Config> =
		StorageValue<_, BoundedVec<ElectionKey<T::AccountId>, T::MaxCandidates>, ValueQuery>;

	/// Who committed an offence since the last election: disabled again in every session, until the next one.
	#[pallet::storage]
	pub type Offenders<T: Config> =
		StorageValue<_, BoundedVec<(T::AccountId, OffenceSeverity), T::MaxValidators>, ValueQuery>;

	/// Checked faults that wait for their slash, oldest first.
	#[pallet::storage]
	pub type NotedFaults<T: Config> =
		StorageValue<_, BoundedVec<Noted<T::AccountId>, T::MaxNoted>, ValueQuery>;

	/// Reports that are not decided.
	#[pallet::storage]
	pub type Reports<T: Config> = StorageMap<_, Twox64Concat, ReportId, Report<T::AccountId>>;

	/// The same in the order of their coming, which is that of their due eras.
	#[pallet::storage]
	pub type ReportQueue<T: Config> = StorageValue<_, BoundedVec<ReportId, MaxReports<T>>, ValueQuery>;

	/// Number of the next report.
	#[pallet::storage]
	pub type NextReport<T: Config> = StorageValue<_, ReportId, ValueQuery>;

	/// Commission and unclaimed rewards of each operator.
	#[pallet::storage]
	pub type RewardBooks<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, RewardBook>;

	/// What a service pays for an era.
	#[pallet::storage]
	pub type Pots<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ServiceId, Twox64Concat, Era, EraPot, ValueQuery>;

	/// Points of an operator in an era, until they were drawn.
	#[pallet::storage]
	pub type Work<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Twox64Concat,
		Era,
		BoundedVec<(ServiceId, u64), T::MaxAllocations>,
		ValueQuery,
	>;

	/// What blocks with room look at next.
	#[pallet::storage]
	pub type SweepCursor<T: Config> = StorageValue<_, Sweep<T::AccountId>, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// First operators: account, stake in planck, commission. All stand for election.
		pub operators: Vec<(T::AccountId, Balance, Perbill)>,
		/// Part of their stake that they promise to consensus.
		pub consensus: Perbill,
		/// First services, numbered from one: kind, most that a checked fault costs, part of their stake that the first operators
		/// promise.
		pub services: Vec<(ServiceKind, Perbill, Perbill)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			let operators = self
				.operators
				.iter()
				.cloned()
				.map(|(account, stake, commission)| Founder {
					account,
					stake,
					commission,
				})
				.collect::<Vec<_>>();
			// A broken genesis must not start a chain.
			let founded = migration::found::<T>(0, &self.services);
			assert!(
				founded.is_ok(),
				"services of the genesis are refused: {founded:?}"
			);
			for founder in &operators {
				let joined = migration::join::<T>(founder, self.consensus, &self.services);
				assert!(
					joined.is_ok(),
					"operator {:?} of the genesis is refused: {joined:?}",
					founder.account
				);
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Executes slashes that are due while there is room, then distributes rewards and cleans up.
		fn on_idle(_now: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::execute_due(&mut meter);
			Self::sweep(&mut meter);
			meter.consumed()
		}

		fn integrity_test() {
			let timing = T::Timing::get();
			assert_eq!(timing.check(), Ok(()), "a fault could outlive the stake");
			assert!(
				T::SessionsPerEra::get() > 0 && T::MaxServices::get() > 0 && T::MaxAllocations::get() > 0
			);
			assert!(
				T::MaxCandidates::get() >= T::MaxValidators::get() && T::MaxValidators::get() > 0,
				"there must be room for the candidates to be elected"
			);
			assert!(
				T::MinimumDelegation::get() > 0
					&& T::MinimumOperatorStake::get() >= T::MinimumDelegation::get(),
				"positions need a minimum"
			);
			assert!(
				T::MinimumValidatorStake::get() > 0
					&& T::MinimumValidators::get() > 0
					&& T::Validators::get() > 0,
				"validators could go on without stake"
			);
			assert!(
				T::CommissionInterval::get() > 0,
				"a commission could rise again and again at once"
			);
			assert!(T::ReportBond::get() > 0, "reports would be free");
			assert!(
				Self::pot() != Issuance::<T>::account(),
				"accounts are too short to tell the pot from the inflow"
			);
			assert!(
				T::MaxServiceReports::get() > 0 && T::MaxNoted::get() > 0,
				"no fault could wait"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Become an operator with a stake of one's own.
		///
		/// Emits `OperatorRegistered` and `Delegated`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_operator())]
		pub fn register_operator(
			origin: OriginFor<T>,
			stake: Balance,
			commission: Perbill,
		) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_register(operator, stake, commission)
		}

		/// Stop being an operator, when nothing of it is left.
		///
		/// Emits `OperatorLeft`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_leave(operator)
		}

		/// Change the commission from the next era on. It falls freely and rises slowly.
		///
		/// Emits `CommissionSet`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::set_commission())]
		pub fn set_commission(origin: OriginFor<T>, commission: Perbill) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_set_commission(operator, commission)
		}

		/// Stake with an operator. It backs every promise at once and earns from the next era on.
		///
		/// Emits `Delegated`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::delegate())]
		pub fn delegate(origin: OriginFor<T>, operator: T::AccountId, amount: Balance) -> DispatchResult {
			let account = ensure_signed(origin)?;
			Self::do_delegate(operator, account, amount)
		}

		/// Take shares out of an operator's pool: free when bonding has passed, unless a slash is pending then.
		///
		/// Emits `Unbonded`, and `Realised` if the pool was slashed.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, operator: T::AccountId, shares: Shares) -> DispatchResult {
			let account = ensure_signed(origin)?;
			Self::do_unbond(operator, account, shares)
		}

		/// Set free what an account has unbonded in `era`. Anyone may call it for anyone.
		///
		/// Emits `Withdrawn`, and `Realised` if it was slashed.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(
			origin: OriginFor<T>,
			operator: T::AccountId,
			account: T::AccountId,
			era: Era,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_withdraw(operator, account, era)
		}

		/// Take from an account what slashes have taken of its stake. Anyone may call it for anyone.
		///
		/// Emits `Realised`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::realise())]
		pub fn realise(
			origin: OriginFor<T>,
			operator: T::AccountId,
			account: T::AccountId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_realise(operator, account)
		}

		/// Turn an account's shares of a closed pool into unbonding stake. Anyone may call it for anyone.
		///
		/// Emits `Converted`, and `Realised` if slashes have left nothing.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::convert())]
		pub fn convert(
			origin: OriginFor<T>,
			operator: T::AccountId,
			account: T::AccountId,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_convert(operator, account)
		}

		/// Move an operator's oldest bucket out of its record, when it has matured. Anyone may call it for anyone.
		///
		/// Emits `Archived`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::archive())]
		pub fn archive(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_archive(operator)
		}

		/// Open a new pool for an operator whose pool was closed. Anyone may call it for anyone.
		///
		/// Emits `PoolReopened`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::reopen())]
		pub fn reopen(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_reopen(operator)
		}

		/// Announce what to promise to a service: `target`, if it was to become `expected`.
		///
		/// Emits `Allocated`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::allocate())]
		pub fn allocate(
			origin: OriginFor<T>,
			service: ServiceId,
			expected: Magnitude,
			target: Magnitude,
		) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_allocate(operator, service, expected, target)
		}

		/// Free what is reserved for a service and that no fault can reach any more. Anyone may call it for anyone.
		///
		/// Emits `Released`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::release())]
		pub fn release(origin: OriginFor<T>, operator: T::AccountId, service: ServiceId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_release(operator, service)
		}

		/// Stand for election as a validator, also after an offence.
		///
		/// Emits `Validating`, and `Chilled` for the last of the candidates if there were too many.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::validate())]
		pub fn validate(origin: OriginFor<T>) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_validate(operator)
		}

		/// Do not stand for election any more. Who is elected serves to the end of its era.
		///
		/// Emits `Chilled`.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::chill())]
		pub fn chill(origin: OriginFor<T>) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_chill(operator)
		}

		/// Count a candidate's stake anew: a promise that has risen counts from now on. Anyone may call it for anyone.
		///
		/// Emits `Ranked`.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::rank())]
		pub fn rank(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_rank(operator)
		}

		/// Distribute an operator's reward of the oldest era for which that did not happen. Anyone may call it for anyone.
		///
		/// Emits `RewardDistributed`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::distribute())]
		pub fn distribute(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_distribute(operator)
		}

		/// Pay an account its part of all distributed rewards of an operator. Anyone may call it for anyone.
		///
		/// A position that is over is forgotten then, and the call is free.
		///
		/// Emits `RewardClaimed`.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(
			origin: OriginFor<T>,
			operator: T::AccountId,
			account: T::AccountId,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let forgotten = Self::do_claim(operator, account)?;
			Ok(if forgotten { Pays::No } else { Pays::Yes }.into())
		}

		/// Pay for a service's work of the present era.
		///
		/// Emits `PotFunded`.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::fund())]
		pub fn fund(origin: OriginFor<T>, service: ServiceId, amount: Balance) -> DispatchResult {
			let account = ensure_signed(origin)?;
			Self::do_fund(account, service, amount)
		}

		/// Add a pot that nobody can draw from to the present one: older than the history, or without points. Anyone may call it; it is free.
		///
		/// Emits `PotExpired`.
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::expire_pot())]
		pub fn expire_pot(origin: OriginFor<T>, service: ServiceId, era: Era) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_expire_pot(service, era)?;
			Ok(Pays::No.into())
		}

		/// Forget points that are older than the history. Anyone may call it for anyone; it is free.
		///
		/// Emits `WorkExpired`.
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::expire_work())]
		pub fn expire_work(
			origin: OriginFor<T>,
			operator: T::AccountId,
			era: Era,
		) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_expire_work(operator, era)?;
			Ok(Pays::No.into())
		}

		/// Create a service. Its terms never change.
		///
		/// Emits `ServiceCreated`.
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::create_service())]
		pub fn create_service(origin: OriginFor<T>, terms: Terms<T::AccountId>) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_create_service(terms)
		}

		/// Let no operator promise more to a service.
		///
		/// Emits `ServiceDraining`.
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::drain_service())]
		pub fn drain_service(origin: OriginFor<T>, service: ServiceId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_drain_service(service)
		}

		/// Remove a drained service when its last promise has ended. Anyone may call it; it is free.
		///
		/// Emits `ServiceRetired`.
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::retire_service())]
		pub fn retire_service(origin: OriginFor<T>, service: ServiceId) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Self::do_retire_service(service)?;
			Ok(Pays::No.into())
		}

		/// Take from a service's reporter, for good, the right to report.
		///
		/// Emits `ReporterRevoked`.
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::revoke_reporter())]
		pub fn revoke_reporter(origin: OriginFor<T>, service: ServiceId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_revoke_reporter(service)
		}

		/// Accuse an operator of a fault that the chain cannot check. For the service's reporter, with a bond.
		///
		/// Emits `SlashReported`.
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::report())]
		pub fn report(
			origin: OriginFor<T>,
			service: ServiceId,
			operator: T::AccountId,
			fault: Era,
			fraction: Perbill,
			evidence: H256,
		) -> DispatchResult {
			let reporter = ensure_signed(origin)?;
			Self::do_report(reporter, service, operator, fault, fraction, evidence)
		}

		/// Refuse a report before it is due; its bond is lost. For the service's resolver.
		///
		/// Emits `SlashVetoed`.
		#[pallet::call_index(25)]
		#[pallet::weight(T::WeightInfo::veto())]
		pub fn veto(origin: OriginFor<T>, id: ReportId) -> DispatchResult {
			let resolver = ensure_signed(origin)?;
			Self::do_veto(resolver, id)
		}

		/// Cancel a report that was not executed; its bond is free.
		///
		/// Emits `SlashCancelled`.
		#[pallet::call_index(26)]
		#[pallet::weight(T::WeightInfo::cancel())]
		pub fn cancel(origin: OriginFor<T>, id: ReportId) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_cancel(id)
		}

		/// Execute a report that is due. Blocks with room do the same by themselves. Anyone may call it.
		///
		/// Emits `SlashExecuted` or `SlashLost`.
		#[pallet::call_index(27)]
		#[pallet::weight(Pallet::<T>::decide_weight())]
		pub fn execute(origin: OriginFor<T>, id: ReportId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_execute(id)
		}

		/// Slash for the oldest fault that was noted. Blocks with room do the same by themselves. Anyone may call it.
		///
		/// Emits `SlashExecuted` or `SlashLost`.
		#[pallet::call_index(28)]
		#[pallet::weight(T::WeightInfo::execute_noted())]
		pub fn execute_noted(origin: OriginFor<T>) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_execute_noted()
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The present era.
		pub fn era() -> Era {
			Self::now()
		}

		/// An account's stake with an operator.
		pub fn position(operator: T::AccountId, account: T::AccountId) -> Option<PositionView<T::AccountId>> {
			Self::position_info(&operator, &account)
		}

		/// All that an account has staked, with every operator: worth, projected unlocks, rewards.
		pub fn portfolio(account: T::AccountId) -> Vec<PositionView<T::AccountId>> {
			Self::portfolio_of(&account)
		}

		/// An operator.
		pub fn operator(operator: T::AccountId) -> Option<OperatorView<T::AccountId>> {
			Self::operator_info(&operator)
		}

		/// What an operator promises to each of its services.
		pub fn allocations(operator: T::AccountId) -> Vec<Promise> {
			Self::promises_of(&operator)
		}

		/// Planck that a service could slash of an operator for a fault of the serving era or a later one, after one full slash
		/// by consensus.
		pub fn security(service: ServiceId, operator: T::AccountId) -> Balance {
			Self::security_of(service, &operator)
		}

		/// Slashes of an operator that wait.
		pub fn pending_slashes(operator: T::AccountId) -> Vec<PendingSlash> {
			Self::pending_of(&operator)
		}

		/// What an account could claim of an operator's distributed rewards, in planck. Shares of a closed pool have to be converted
		/// before.
		pub fn claimable(operator: T::AccountId, account: T::AccountId) -> Balance {
			Self::claimable_of(&operator, &account)
		}
	}
}
