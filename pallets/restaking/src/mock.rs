// SPDX-License-Identifier: Apache-2.0

//! A chain with the real session pallet, three operators that validate, and a wrapper that checks every invariant after every
//! test.

use crate::{self as pallet_restaking, pallet::*, types::*};
use frame_support::{
	derive_impl,
	dispatch::{DispatchResultWithPostInfo, Pays},
	parameter_types,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced, Credit, Inspect, InspectHold, Mutate},
		tokens::currency::ActiveIssuanceOf,
		BuildGenesisConfig, ConstU128, ConstU32, ConstU64, Hooks, OnUnbalanced, PollStatus, Polling,
		VariantCountOf,
	},
	weights::{Weight, WeightMeter},
	PalletId,
};
use pallet_session::historical as pallet_session_historical;
use polkadot_sdk::*;
use sp_core::H256;
use sp_runtime::{
	impl_opaque_keys,
	testing::UintAuthorityId,
	traits::{ConvertInto, IdentityLookup},
	DispatchError, DispatchResult, Perbill,
};
use std::{cell::RefCell, collections::BTreeSet};
use zerog_staking::{Balance, Era, Magnitude, Shares, SubjectiveCap, Timing, WHOLE};

type Block = frame_system::mocking::MockBlock<Test>;
/// Wide enough to tell the pallet's accounts apart.
pub(crate) type AccountId = u128;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;
	#[runtime::pallet_index(0)]
	pub type System = frame_system::Pallet<Test>;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances::Pallet<Test>;
	// Before Session, whose genesis asks it for the first validators.
	#[runtime::pallet_index(2)]
	pub type Restaking = pallet_restaking::Pallet<Test>;
	#[runtime::pallet_index(3)]
	pub type Historical = pallet_session_historical::Pallet<Test>;
	#[runtime::pallet_index(4)]
	pub type Session = pallet_session::Pallet<Test>;
	#[runtime::pallet_index(5)]
	pub type Voting = pallet_conviction_voting::Pallet<Test>;
	#[runtime::pallet_index(6)]
	pub type Offences = pallet_offences::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type DbWeight = frame_support::weights::constants::RocksDbWeight;
}

pub(crate) const EXISTENTIAL: Balance = 100;

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL>;
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

impl_opaque_keys! {
	pub struct Keys {
		pub dummy: UintAuthorityId,
	}
}

/// Tests rotate sessions themselves.
pub struct Never;
impl pallet_session::ShouldEndSession<u64> for Never {
	fn should_end_session(_: u64) -> bool {
		false
	}
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Never;
	type NextSessionRotation = pallet_session::PeriodicSessions<ConstU64<1>, ConstU64<0>>;
	type SessionManager = pallet_session_historical::NoteHistoricalRoot<Self, Restaking>;
	type SessionHandler = pallet_session::TestSessionHandler;
	type Keys = Keys;
	type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
	type WeightInfo = ();
	type Currency = Balances;
	type KeyDeposit = ConstU128<10>;
}

/// No referenda: delegating votes needs none.
pub struct NoPolls;
impl<Tally> Polling<Tally> for NoPolls {
	type Index = u8;
	type Votes = Balance;
	type Class = u16;
	type Moment = u64;
	fn classes() -> Vec<u16> {
		vec![0]
	}
	fn as_ongoing(_: u8) -> Option<(Tally, u16)> {
		None
	}
	fn access_poll<R>(_: u8, f: impl FnOnce(PollStatus<&mut Tally, u64, u16>) -> R) -> R {
		f(PollStatus::None)
	}
	fn try_access_poll<R>(
		_: u8,
		f: impl FnOnce(PollStatus<&mut Tally, u64, u16>) -> Result<R, DispatchError>,
	) -> Result<R, DispatchError> {
		f(PollStatus::None)
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn create_ongoing(_: u16) -> Result<u8, ()> {
		Err(())
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn end_ongoing(_: u8, _: bool) -> Result<(), ()> {
		Err(())
	}
}

impl pallet_conviction_voting::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type Currency = Balances;
	type Polls = NoPolls;
	type MaxTurnout = ActiveIssuanceOf<Balances, AccountId>;
	type MaxVotes = ConstU32<8>;
	type VoteLockingPeriod = ConstU64<10>;
	type BlockNumberProvider = System;
	type VotingHooks = ();
}

/// A validator is identified by its account alone.
pub struct AccountOnly;
impl sp_runtime::traits::Convert<AccountId, Option<()>> for AccountOnly {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_session_historical::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = AccountOnly;
}

impl pallet_offences::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = pallet_session_historical::IdentificationTuple<Self>;
	type OnOffenceHandler = Restaking;
}

/// Slashed planck end on an account of their own.
pub struct Collector;
impl OnUnbalanced<Credit<AccountId, Balances>> for Collector {
	fn on_nonzero_unbalanced(amount: Credit<AccountId, Balances>) {
		assert!(Balances::resolve(&COLLECTOR, amount).is_ok());
	}
}

thread_local! {
	static BOUND: RefCell<BTreeSet<(ServiceId, AccountId)>> = const { RefCell::new(BTreeSet::new()) };
}

/// Promises that a test does not let fall.
pub struct OpenDuties;
impl crate::Duties<AccountId> for OpenDuties {
	fn bind(service: ServiceId, operator: &AccountId) -> bool {
		BOUND.with_borrow(|bound| bound.contains(&(service, *operator)))
	}
}

pub(crate) fn bind(service: ServiceId, operator: AccountId) {
	BOUND.with_borrow_mut(|bound| bound.insert((service, operator)));
}

pub(crate) fn unbind(service: ServiceId, operator: AccountId) {
	BOUND.with_borrow_mut(|bound| bound.remove(&(service, operator)));
}

pub(crate) const TIMING: Timing = Timing {
	bonding: 8,
	retention: 1,
	challenge: 1,
	report: 2,
	veto: 2,
	slack: 1,
	allocation_delay: 2,
	deallocation_delay: 1,
};

pub(crate) const SESSIONS: u32 = 2;
pub(crate) const MINIMUM: Balance = 1_000;
pub(crate) const OWN_MINIMUM: Balance = 5_000;
pub(crate) const BOND: Balance = 700;

parameter_types! {
	pub const PotId: PalletId = PalletId(*b"zg/stake");
	pub const Durations: Timing = TIMING;
	pub const MaxRise: Perbill = Perbill::from_percent(5);
	pub static MaxCandidates: u32 = 8;
	pub static Seats: u32 = 4;
	pub static Quorum: u32 = 1;
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PalletId = PotId;
	type Slashed = Collector;
	type RewardSource = crate::Issuance<Test>;
	type Session = Session;
	type Duties = OpenDuties;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type Timing = Durations;
	type SessionsPerEra = ConstU32<SESSIONS>;
	type MinimumDelegation = ConstU128<MINIMUM>;
	type MinimumOperatorStake = ConstU128<OWN_MINIMUM>;
	type MinimumValidatorStake = ConstU128<2_000>;
	type MinimumValidators = Quorum;
	type Validators = Seats;
	type MaxCommissionRise = MaxRise;
	type CommissionInterval = ConstU32<3>;
	type ReportBond = ConstU128<BOND>;
	type MaxValidators = ConstU32<4>;
	type MaxCandidates = MaxCandidates;
	type MaxServices = ConstU32<5>;
	type MaxAllocations = ConstU32<4>;
	type MaxServiceReports = ConstU32<2>;
	type MaxNoted = ConstU32<2>;
	type WeightInfo = ();
}

/// Operators of the genesis, which validate.
pub(crate) const OPERATORS: [AccountId; 3] = [1, 2, 3];
/// Accounts with money.
pub(crate) const ACCOUNTS: [AccountId; 6] = [1, 2, 3, 11, 12, 13];
pub(crate) const REPORTER: AccountId = 21;
pub(crate) const RESOLVER: AccountId = 22;
pub(crate) const COLLECTOR: AccountId = 50;
pub(crate) const ENDOWMENT: Balance = 1_000_000_000_000;
pub(crate) const STAKE: Balance = 100_000;
/// Services of the genesis: one with checked faults alone, one with reports.
pub(crate) const DA: ServiceId = ServiceId(1);
pub(crate) const COMPUTE: ServiceId = ServiceId(2);
pub(crate) const CAP: SubjectiveCap = SubjectiveCap {
	per_offence: Perbill::from_percent(10),
	per_era: Perbill::from_percent(15),
};

pub(crate) fn terms(kind: ServiceKind) -> Terms<AccountId> {
	Terms {
		kind,
		objective: Perbill::from_percent(80),
		subjective: None,
	}
}

pub(crate) fn subjective_terms() -> Terms<AccountId> {
	Terms {
		subjective: Some(Subjective {
			reporter: REPORTER,
			resolver: RESOLVER,
			cap: CAP,
		}),
		objective: Perbill::one(),
		..terms(ServiceKind::Compute)
	}
}

/// Runs a test on such a chain, then checks every invariant.
pub(crate) fn test(test: impl FnOnce()) {
	test_with(&OPERATORS, test);
}

/// Accounts with money, such operators, keys of all who may validate.
pub(crate) fn genesis(operators: &[AccountId]) -> RuntimeGenesisConfig {
	let rich = ACCOUNTS.iter().chain(&[REPORTER, RESOLVER]);
	RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: rich
				.map(|account| (*account, ENDOWMENT))
				.chain([(COLLECTOR, EXISTENTIAL)])
				.collect(),
			..Default::default()
		},
		restaking: GenesisConfig {
			operators: operators
				.iter()
				.map(|account| (*account, STAKE, Perbill::from_percent(10)))
				.collect(),
			consensus: Perbill::from_percent(50),
			services: vec![(
				ServiceKind::DataAvailability,
				Perbill::from_percent(80),
				Perbill::from_percent(20),
			)],
		},
		session: pallet_session::GenesisConfig {
			keys: OPERATORS
				.iter()
				.map(|account| {
					let dummy = UintAuthorityId(*account as u64);
					(*account, *account, Keys { dummy })
				})
				.collect(),
			..Default::default()
		},
		..Default::default()
	}
}

/// The same with other operators at genesis.
pub(crate) fn test_with(operators: &[AccountId], test: impl FnOnce()) {
	BOUND.with_borrow_mut(BTreeSet::clear);
	MaxCandidates::set(8);
	Seats::set(4);
	Quorum::set(1);
	// Built within, so that nothing lies in a trie: sequences are twice as quick.
	sp_io::TestExternalities::default().execute_with(|| {
		genesis(operators).build();
		System::set_block_number(1);
		Restaking::integrity_test();
		Restaking::create_service(RuntimeOrigin::root(), subjective_terms()).unwrap();
		test();
		check();
	});
}

/// Every invariant, and what only the session pallet knows: the roots by which faults are proven are kept for as long as these can be
/// reported.
pub(crate) fn check() {
	Restaking::do_try_state().unwrap();
	let oldest = TIMING.horizon(Restaking::now());
	let mut starts = EraStarts::<Test>::get().into_iter();
	if let Some((_, first)) = starts.find(|(era, _)| *era >= oldest) {
		let (start, end) = pallet_session_historical::StoredRange::<Test>::get().unwrap();
		assert!((start..end).contains(&first), "{first} in {start}..{end}");
	}
}

/// Goes to the next session.
pub(crate) fn next_session() {
	Session::rotate_session();
}

/// Goes on by so many eras.
pub(crate) fn pass(eras: Era) {
	for _ in 0..eras {
		let now = Restaking::now();
		while Restaking::now() == now {
			next_session();
		}
	}
}

/// Executes the slashes that are due.
pub(crate) fn idle() {
	Restaking::execute_due(&mut WeightMeter::new());
}

/// A block with room.
pub(crate) fn idle_block() {
	let room = Weight::from_parts(1_000_000_000_000, u64::MAX);
	assert!(Restaking::on_idle(1, room).all_lte(room));
}

/// A call whose fee depends on what it did.
pub(crate) fn paid(call: impl FnOnce() -> DispatchResultWithPostInfo) -> Result<Pays, DispatchError> {
	let result = with_storage_layer(|| call().map_err(|refused| refused.error));
	result.map(|done| done.pays_fee)
}

pub(crate) fn signed(account: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(account)
}

/// A call as a block makes it: a refused one changes nothing.
pub(crate) fn call<R>(call: impl FnOnce() -> Result<R, DispatchError>) -> Result<R, DispatchError> {
	with_storage_layer(call)
}

pub(crate) fn delegate(operator: AccountId, account: AccountId, amount: Balance) -> DispatchResult {
	call(|| Restaking::delegate(signed(account), operator, amount))
}

pub(crate) fn unbond(operator: AccountId, account: AccountId, shares: u128) -> DispatchResult {
	call(|| Restaking::unbond(signed(account), operator, Shares(shares)))
}

/// All of an account's shares.
pub(crate) fn unbond_all(operator: AccountId, account: AccountId) -> DispatchResult {
	unbond(operator, account, shares(operator, account))
}

pub(crate) fn withdraw(operator: AccountId, account: AccountId, era: Era) -> DispatchResult {
	call(|| Restaking::withdraw(signed(account), operator, account, era))
}

/// Promises this many hundredths to a service, whatever it was.
pub(crate) fn allocate(operator: AccountId, service: ServiceId, percent: u64) -> DispatchResult {
	let expected = target(operator, service);
	call(|| Restaking::allocate(signed(operator), service, expected, percents(percent)))
}

pub(crate) fn report(operator: AccountId, fault: Era, percent: u32) -> DispatchResult {
	let fraction = Perbill::from_percent(percent);
	call(|| Restaking::report(signed(REPORTER), COMPUTE, operator, fault, fraction, H256::zero()))
}

pub(crate) fn slash(
	service: ServiceId,
	operator: AccountId,
	fault: Era,
	fraction: Perbill,
) -> Result<Balance, DispatchError> {
	call(|| Restaking::do_slash(service, &operator, fault, fraction))
		.map(|slashed| slashed.active + slashed.unbonding)
}

pub(crate) fn percents(percent: u64) -> Magnitude {
	Magnitude(WHOLE.0 / 100 * percent)
}

pub(crate) fn info(operator: AccountId) -> OperatorInfo<Test> {
	Operators::<Test>::get(operator).unwrap()
}

pub(crate) fn target(operator: AccountId, service: ServiceId) -> Magnitude {
	Operators::<Test>::get(operator)
		.map(|info| {
			Allocations::<Test>::get(operator, service)
				.of(&info.books)
				.target()
		})
		.unwrap_or_default()
}

pub(crate) fn shares(operator: AccountId, account: AccountId) -> u128 {
	Positions::<Test>::get(operator, account).shares().0
}

pub(crate) fn stake(operator: AccountId) -> Balance {
	info(operator).books.active().stake
}

pub(crate) fn held(account: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Stake.into(), &account)
}

pub(crate) fn bonded(account: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Report.into(), &account)
}

pub(crate) fn free(account: AccountId) -> Balance {
	Balances::balance(&account)
}

/// What slashes have burned so far.
pub(crate) fn collected() -> Balance {
	free(COLLECTOR) - EXISTENTIAL
}

/// Issuance for consensus.
pub(crate) fn issue(amount: Balance) {
	Balances::mint_into(&crate::Issuance::<Test>::account(), amount).unwrap();
}

pub(crate) fn validators() -> Vec<AccountId> {
	Session::validators()
}

pub(crate) fn set_keys(account: AccountId) {
	set_keys_to(account, account as u64);
}

pub(crate) fn set_keys_to(account: AccountId, key: u64) {
	let dummy = UintAuthorityId(key);
	<Session as pallet_session::SessionInterface>::set_keys(&account, Keys { dummy }).unwrap();
}

/// The last event.
pub(crate) fn last_event() -> Event<Test> {
	match System::events().pop().unwrap().event {
		RuntimeEvent::Restaking(event) => event,
		other => panic!("{other:?}"),
	}
}

/// The chain of the benchmarks' tests: no operators yet.
#[cfg(feature = "runtime-benchmarks")]
pub(crate) fn chain() -> sp_io::TestExternalities {
	let mut chain = sp_io::TestExternalities::default();
	chain.execute_with(|| {
		System::set_block_number(1);
		Balances::mint_into(&COLLECTOR, EXISTENTIAL).unwrap();
	});
	MaxCandidates::set(8);
	chain
}
