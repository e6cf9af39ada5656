// SPDX-License-Identifier: Apache-2.0

//! Networks: committees that certify data, drawn from shared stake.
//!
//! What is computed is in [`zerog_networks`]: draws, bounds, fees, routing, when networks come and go. This pallet adds
//! operators, rosters of their stake, randomness, the money of the escrow, calls and events. Guarantees and formulas are in
//! `docs/networks.md`.
//!
//! # From stake to a seat
//!
//! ```text
//!  epoch e − 4      e − 3             e − 2          e − 1            e … e + 2
//!  operators are    their roster is   randomness     the committee    serves; a third
//!  read, some       frozen; blocks    is known to    of e is drawn,   of the seats
//!  a block          make randomness   who watches    one a block      rotates in each
//!  └───────────────────────── NOTICE: seven epochs ─────────────────────────────────┘
//! ```
//!
//! An operator that announces to leave is read with no stake: it draws nothing, keeps the seats that it has until they rotate, and
//! goes when [`NOTICE`] is over. Who is in a network that drains goes when the network is gone; until then [`Pallet::binds`]
//! tells shared staking that its promise must not fall.
//!
//! # An epoch
//!
//! ```text
//!  first block    escrow paid ─► networks come and go ─► routes of the epoch fixed ─► root committee of the next epoch
//!  a block each   draw ─► … ─► read operators ─► … ─► freeze the roster ─► remove what is gone ─► …
//! ```
//!
//! A step takes less than five milliseconds and is part of the block whatever else is in it, so that full blocks do not keep
//! committees from being drawn. Who thinks that an epoch has too few blocks pays for more steps with `advance`. What was not
//! drawn in time does not serve: blobs go to the root network, which needs no draw and always has a committee.
//!
//! # Money
//!
//! Fees of blobs are the business of data availability. This pallet holds the escrow: what pays new networks for their
//! first [`Governed::lifetime`]. A network is spawned only if its part is there and promised to no other one.
//!
//! # What data availability uses
//!
//! [`Networking`]: routes, committees, base fees, and how blobs went on.
//!
//! # Where to look
//!
//! [`types`] what is stored · [`traits`] what other pallets see · `operators`: who is in which network · `epochs`: the turn of an
//! epoch and the steps after it · `rosters`: stake is read and frozen · `committees`: draws and members · `loads`: routes, fees
//! and loads · `escrow`: money · `views`: answers for nodes and clients · `try_state`: what always holds.

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

mod committees;
mod epochs;
mod errors;
mod escrow;
mod events;
mod loads;
mod operators;
mod rosters;
mod try_state;
mod views;

pub mod traits;
pub mod types;
pub mod weights;

#[cfg(any(test, feature = "runtime-benchmarks"))]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use escrow::Escrow;
pub use pallet::*;
pub use traits::*;
pub use types::*;
pub use weights::WeightInfo;
pub use zerog_networks::Member;

use frame_support::pallet_macros::import_section;
use polkadot_sdk::*;

/// Target of the pallet's log lines.
pub const LOG_TARGET: &str = "runtime::networks";

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
			fungible::{Balanced, Credit, Inspect, Mutate},
			Contains, OnUnbalanced,
		},
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use sp_runtime::Perbill;
	use zerog_networks::{
		Balance, BaseFee, BlockNumber, Epoch, Hash, NetworkId, Networks, MAX_CANDIDATES, MAX_NETWORKS,
	};

	/// Version of the storage layout.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	#[pallet::disable_frame_system_supertrait_check]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The token of the escrow.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>;
		/// The escrow's account derives from it.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The present epoch: the session's number, which rises by one with each. Must be known before this pallet's
		/// `on_initialize`.
		type Epoch: Get<Epoch>;
		/// What the blocks of the epoch before the last one drew: `RandomnessFromTwoEpochsAgo`, constant through an epoch.
		type Randomness: Get<Hash>;
		/// The stake behind networks.
		type Stake: StakeSource<Self::AccountId>;
		/// Who can certify: accounts with the keys for it.
		type Eligible: Contains<Self::AccountId>;
		/// Whom the escrow pays, for networks' service: the pot of that service's operators.
		type Paid: OnUnbalanced<Credit<Self::AccountId, Self::Currency>>;
		/// Sets parameters and capacities.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Parameters until governance sets others.
		#[pallet::constant]
		type Defaults: Get<Governed>;
		/// What the root network is made for until governance says otherwise, in coded bytes an epoch.
		#[pallet::constant]
		type RootCapacity: Get<u64>;
		/// Blocks of an epoch.
		#[pallet::constant]
		type EpochBlocks: Get<BlockNumber>;
		/// Blocks of a period of the base fees.
		#[pallet::constant]
		type FeePeriod: Get<BlockNumber>;
		/// Full epochs between the announcement and the leaving of stake that [`Config::Stake`] counts.
		#[pallet::constant]
		type Notice: Get<Epoch>;
		/// Most operators.
		#[pallet::constant]
		type MaxOperators: Get<u32>;
		/// Most networks of an operator, beside the root network.
		#[pallet::constant]
		type MaxMemberships: Get<u32>;
		/// Operators read in a block.
		#[pallet::constant]
		type ReadsPerBlock: Get<u32>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	#[pallet::type_value]
	pub fn DefaultRegistry<T: Config>() -> Networks {
		Networks::new(
			0,
			T::RootCapacity::get(),
			BaseFee::new(0, &T::Defaults::get().fees),
		)
	}

	// Keys are accounts that have stake, and numbers that the chain counts; accounts can be ground, hence the keyed hasher for them.

	/// What governance sets.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageValue<_, Governed, ValueQuery, T::Defaults>;

	/// All networks; the root network from the start.
	#[pallet::storage]
	pub type Registry<T: Config> = StorageValue<_, Networks, ValueQuery, DefaultRegistry<T>>;

	/// Who may sit in committees: not more than [`Config::MaxOperators`].
	#[pallet::storage]
	pub type Operators<T: Config> = CountedStorageMap<_, Blake2_128Concat, T::AccountId, Operator<T>>;

	/// Operators that were read for the next roster, in the order of reading.
	#[pallet::storage]
	pub type Draft<T: Config> = StorageValue<_, BoundedVec<Candidate<T>, T::MaxOperators>, ValueQuery>;

	/// All operators by the epoch at whose start they were frozen; at most [`MAX_ROSTERS`].
	#[pallet::storage]
	pub type Rosters<T: Config> = StorageMap<_, Twox64Concat, Epoch, Roster<T>>;

	/// Which rosters there are, and what the newest one has left.
	#[pallet::storage]
	pub type RosterIndex<T: Config> = StorageValue<_, Index, ValueQuery>;

	/// Committees of the last, the present and the next epoch.
	#[pallet::storage]
	pub type Committees<T: Config> =
		StorageDoubleMap<_, Twox64Concat, NetworkId, Twox64Concat, Epoch, Committee<T::AccountId>>;

	/// What the present epoch has still to do.
	#[pallet::storage]
	pub type Pending<T: Config> = StorageValue<_, Work<T::AccountId>, ValueQuery>;

	/// Where blobs go in the present epoch.
	#[pallet::storage]
	pub type Routes<T: Config> = StorageValue<_, Table, ValueQuery>;

	/// What networks can rely on of the escrow.
	#[pallet::storage]
	pub type Promises<T: Config> = StorageValue<_, BoundedVec<Promise, ConstU32<MAX_NETWORKS>>, ValueQuery>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// First operators with the ingress that they declare, in bytes an epoch. They need stake like others; their keys are
		/// looked at from the first reading on, as another pallet's genesis may bring them.
		pub operators: Vec<(T::AccountId, u64)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// A broken genesis must not start a chain.
			let founded = Pallet::<T>::found(&self.operators);
			assert!(
				founded.is_ok(),
				"operators of the genesis are refused: {founded:?}"
			);
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Turns the epoch, or does a step of what it has to do.
		fn on_initialize(_now: BlockNumberFor<T>) -> Weight {
			let looked = T::DbWeight::get().reads(3);
			let (before, epoch) = (Registry::<T>::get().epoch(), T::Epoch::get());
			let done = if epoch > before {
				Self::turn(epoch);
				T::WeightInfo::turn()
			} else {
				Self::step().unwrap_or_default()
			};
			looked.saturating_add(done)
		}

		fn integrity_test() {
			let defaults = T::Defaults::get();
			assert!(
				Self::check(&defaults).is_ok(),
				"the default parameters are refused"
			);
			assert!(
				T::RootCapacity::get() > 0,
				"the root network has to carry something"
			);
			assert!(
				T::FeePeriod::get() > 0 && T::FeePeriod::get() <= T::EpochBlocks::get(),
				"an epoch needs a period"
			);
			assert!(
				T::Notice::get() >= NOTICE,
				"seats would outlive the stake that they were drawn by"
			);
			assert!(
				(1..=MAX_CANDIDATES).contains(&T::MaxOperators::get()),
				"a committee cannot be drawn from so many operators"
			);
			assert!(
				T::MaxMemberships::get() > 0 && T::ReadsPerBlock::get() > 0,
				"nothing could be drawn"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Become an operator: in the root network from the next roster on.
		///
		/// `ingress` is what the operator takes in for networks, in bytes an epoch. Emits `OperatorRegistered`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register().saturating_add(T::Stake::weight()))]
		pub fn register(origin: OriginFor<T>, ingress: u64) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_register(operator, ingress)
		}

		/// Announce to be no operator any more, and to leave all networks.
		///
		/// Emits `Unregistering`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::unregister())]
		pub fn unregister(origin: OriginFor<T>) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_unregister(operator)
		}

		/// Have an operator leave that has too little at stake, or no key. Anyone may call it for anyone.
		///
		/// Emits `Unregistering`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::expel().saturating_add(T::Stake::weight()))]
		pub fn expel(origin: OriginFor<T>, operator: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_expel(operator)
		}

		/// Declare another ingress, in bytes an epoch: not less than what the operator's networks take.
		///
		/// Emits `IngressDeclared`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::set_ingress())]
		pub fn set_ingress(origin: OriginFor<T>, ingress: u64) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_set_ingress(operator, ingress)
		}

		/// Join a network that is forming or active: drawn from the roster after the next reading on.
		///
		/// Emits `Joined`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::join().saturating_add(T::Stake::weight()))]
		pub fn join(origin: OriginFor<T>, network: NetworkId) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_join(operator, network)
		}

		/// Announce to leave a network.
		///
		/// Emits `Leaving`.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>, network: NetworkId) -> DispatchResult {
			let operator = ensure_signed(origin)?;
			Self::do_leave(operator, network)
		}

		/// Pay into the escrow that new networks are paid from.
		///
		/// Emits `EscrowFunded`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::fund())]
		pub fn fund(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let account = ensure_signed(origin)?;
			Self::do_fund(account, amount)
		}

		/// Do the next step of what the epoch has to do. Each block does one by itself. Anyone may call it.
		///
		/// Emits what the step does.
		#[pallet::call_index(7)]
		#[pallet::weight(Pallet::<T>::step_weight())]
		pub fn advance(origin: OriginFor<T>) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			let weight = Self::step().ok_or(Error::<T>::NothingToDo)?;
			Ok(Some(weight.saturating_add(T::DbWeight::get().reads(3))).into())
		}

		/// Set the parameters. Committees that are drawn keep the size that they were drawn with.
		///
		/// Emits `ParametersSet`.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_parameters())]
		pub fn set_parameters(origin: OriginFor<T>, parameters: Governed) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_parameters(parameters)
		}

		/// Set what a network is made for, in coded bytes an epoch; routes follow in the next epoch.
		///
		/// Emits `CapacitySet`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_capacity())]
		pub fn set_capacity(origin: OriginFor<T>, network: NetworkId, capacity: u64) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			Self::do_set_capacity(network, capacity)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// All networks.
		pub fn networks() -> Vec<NetworkInfo> {
			Self::network_infos()
		}

		/// The network of a namespace in the present epoch.
		pub fn route_of(namespace: Hash) -> NetworkId {
			<Self as Networking<_>>::route(&namespace)
		}

		/// All networks in the order in which a namespace tries them.
		pub fn ranking_of(namespace: Hash) -> Vec<NetworkId> {
			<Self as Networking<_>>::ranking(&namespace)
		}

		/// The members of a network in the present or the next epoch.
		pub fn members(network: NetworkId, epoch: Epoch) -> Option<Vec<MemberInfo<T::AccountId>>> {
			Self::member_infos(network, epoch)
		}

		/// Economic security of a network's present committee, what of it each failure costs by which faults, and bounds of its own
		/// draw, if so much of the stake is corrupt, for blobs of so many rows.
		pub fn security(network: NetworkId, corrupt: Perbill, rows: u32) -> Option<Security> {
			Self::security_info(network, corrupt, rows)
		}

		/// Where an operator sits in the present and in the next epoch.
		pub fn duties(operator: T::AccountId) -> Vec<Duty> {
			Self::duties_of(&operator)
		}

		/// An operator.
		pub fn operator(account: T::AccountId) -> Option<OperatorInfo> {
			Self::operator_info(&account)
		}

		/// Planck that the escrow has and no network was promised.
		pub fn free_escrow() -> Balance {
			Self::escrow_left()
		}
	}
}
