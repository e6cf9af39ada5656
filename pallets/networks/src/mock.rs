// SPDX-License-Identifier: Apache-2.0

//! A chain with three operators whose stake lies in storage, and a wrapper that checks every invariant after every test.

use crate::{self as pallet_networks, pallet::*, types::*, Networking, StakeSource};
use frame_support::{
	derive_impl, parameter_types,
	storage::with_storage_layer,
	storage_alias,
	traits::{
		fungible::{Balanced, Credit, Inspect},
		BuildGenesisConfig, ConstU128, ConstU32, Contains, Get, Hooks, OnUnbalanced,
	},
	weights::Weight,
	PalletId, Twox64Concat,
};
use polkadot_sdk::*;
use sp_runtime::{traits::IdentityLookup, DispatchError, DispatchResult, Perbill};
use std::{cell::RefCell, collections::BTreeSet};
use zerog_networks::{
	Balance, BlockNumber, DrawParams, Epoch, FeeParams, Hash, NetworkId, Params, Penalties, Selection,
	Status, ROOT,
};

type Block = frame_system::mocking::MockBlockU32<Test>;
/// Wide enough to tell the escrow's account apart.
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
	#[runtime::pallet_index(2)]
	pub type Networks = pallet_networks::Pallet<Test>;
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
}

/// Stake of each operator, and whether its leaving was announced.
#[storage_alias]
pub(crate) type Stakes = StorageMap<Mock, Twox64Concat, AccountId, (Balance, bool)>;

/// The epoch as a session pallet would count it.
#[storage_alias]
pub(crate) type Session = StorageValue<Mock, Epoch, frame_support::pallet_prelude::ValueQuery>;

/// Stake that is what a test says.
pub struct Stored;
impl StakeSource<AccountId> for Stored {
	fn slashable_net(operator: &AccountId) -> Balance {
		Stakes::get(operator).map_or(0, |(stake, announced)| if announced { 0 } else { stake })
	}
	fn present(operator: &AccountId) -> Balance {
		Stakes::get(operator).map_or(0, |(stake, _)| stake)
	}
	fn penalties() -> Penalties {
		Penalties {
			deceit: Perbill::from_percent(50),
			withholding: Perbill::from_percent(1),
		}
	}
	fn weight() -> Weight {
		<Test as frame_system::Config>::DbWeight::get().reads(1)
	}
	fn endow(operator: &AccountId, stake: Balance) {
		Stakes::insert(operator, (stake, false));
	}
}

pub struct Sessions;
impl Get<Epoch> for Sessions {
	fn get() -> Epoch {
		Session::get()
	}
}

/// Differs from epoch to epoch, and from seed to seed.
pub struct Beacon;
impl Get<Hash> for Beacon {
	fn get() -> Hash {
		sp_io::hashing::blake2_256(&[Seed::get().to_le_bytes(), Session::get().to_le_bytes()].concat())
	}
}

thread_local! {
	static KEYLESS: RefCell<BTreeSet<AccountId>> = const { RefCell::new(BTreeSet::new()) };
}

/// Everybody has a key but those that a test takes it from.
pub struct Keyed;
impl Contains<AccountId> for Keyed {
	fn contains(operator: &AccountId) -> bool {
		KEYLESS.with_borrow(|keyless| !keyless.contains(operator))
	}
}

pub(crate) fn take_key(operator: AccountId) {
	KEYLESS.with_borrow_mut(|keyless| keyless.insert(operator));
}

/// Whom the escrow pays.
pub struct Payee;
impl OnUnbalanced<Credit<AccountId, Balances>> for Payee {
	fn on_nonzero_unbalanced(amount: Credit<AccountId, Balances>) {
		assert!(Balances::resolve(&PAYEE, amount).is_ok());
	}
}

pub(crate) const EPOCH: BlockNumber = 24;
pub(crate) const CAPACITY: u64 = 10_000;
pub(crate) const SHARE: u64 = 100;

/// Few seats, so that few operators are drawn from.
pub(crate) const GOVERNED: Governed = Governed {
	draw: DrawParams { seats: 9, cap: 3 },
	networks: Params {
		high: Perbill::from_percent(80),
		high_epochs: 3,
		low: Perbill::from_percent(20),
		low_epochs: 6,
		max: 3,
		capacity: CAPACITY,
		operators: 3,
		ingress: 3 * SHARE,
		escrow: 1_000,
		forming_epochs: 10,
	},
	fees: FeeParams {
		floor: 100,
		ceiling: 1_000_000,
		target: Perbill::from_percent(90),
		steps: 8,
		periods: EPOCH / 4,
	},
	lifetime: 4,
	minimum_stake: 100,
	least_share: Perbill::from_percent(10),
};

parameter_types! {
	pub const EscrowId: PalletId = PalletId(*b"zg/netwk");
	pub static Defaults: Governed = GOVERNED;
	pub static MaxOperators: u32 = 64;
	pub static ReadsPerBlock: u32 = 16;
	pub static StakeNotice: Epoch = NOTICE;
	pub static Seed: u32 = 0;
}

impl Config for Test {
	type Currency = Balances;
	type PalletId = EscrowId;
	type Epoch = Sessions;
	type Randomness = Beacon;
	type Stake = Stored;
	type Eligible = Keyed;
	type Paid = Payee;
	type AdminOrigin = frame_system::EnsureRoot<AccountId>;
	type Defaults = Defaults;
	type RootCapacity = frame_support::traits::ConstU64<CAPACITY>;
	type EpochBlocks = ConstU32<EPOCH>;
	type FeePeriod = ConstU32<4>;
	type Notice = StakeNotice;
	type MaxOperators = MaxOperators;
	type MaxMemberships = ConstU32<3>;
	type ReadsPerBlock = ReadsPerBlock;
	type WeightInfo = ();
}

/// Operators of the genesis.
pub(crate) const OPERATORS: [AccountId; 3] = [1, 2, 3];
pub(crate) const RICH: AccountId = 40;
pub(crate) const PAYEE: AccountId = 50;
pub(crate) const STAKE: Balance = 1_000;
pub(crate) const ENDOWMENT: Balance = 1_000_000_000;

/// Runs a test on a chain in its first block, then checks every invariant.
pub(crate) fn test(test: impl FnOnce()) {
	MaxOperators::set(64);
	ReadsPerBlock::set(16);
	Defaults::set(GOVERNED);
	StakeNotice::set(NOTICE);
	Seed::set(0);
	KEYLESS.with_borrow_mut(BTreeSet::clear);
	// Built within, so that nothing lies in a trie: sequences are twice as quick.
	sp_io::TestExternalities::default().execute_with(|| {
		for operator in OPERATORS {
			Stakes::insert(operator, (STAKE, false));
		}
		RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: vec![(RICH, ENDOWMENT), (PAYEE, EXISTENTIAL)],
				..Default::default()
			},
			networks: GenesisConfig {
				operators: OPERATORS.iter().map(|operator| (*operator, 2 * SHARE)).collect(),
			},
			..Default::default()
		}
		.build();
		System::set_block_number(1);
		Networks::integrity_test();
		test();
		check();
	});
}

pub(crate) fn check() {
	Networks::do_try_state().unwrap();
}

/// Starts another block.
pub(crate) fn next_block() -> Weight {
	let now = System::block_number() + 1;
	System::set_block_number(now);
	Networks::on_initialize(now)
}

/// Starts so many blocks.
pub(crate) fn blocks(count: u32) {
	for _ in 0..count {
		next_block();
	}
}

/// Starts the first block of the next epoch, without more blocks of the present one.
pub(crate) fn turn() {
	Session::mutate(|epoch| *epoch += 1);
	next_block();
}

/// Goes to the last block of so many epochs later.
pub(crate) fn pass(epochs: Epoch) {
	for _ in 0..epochs {
		turn();
		blocks(EPOCH - 1);
	}
}

pub(crate) fn signed(account: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(account)
}

/// A call as a block makes it: a refused one changes nothing.
pub(crate) fn call<R, E: From<DispatchError>>(call: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
	with_storage_layer(call)
}

/// Gives an account stake, and has it register with ingress for two networks.
pub(crate) fn register(operator: AccountId) -> DispatchResult {
	if !Stakes::contains_key(operator) {
		Stakes::insert(operator, (STAKE, false));
	}
	call(|| Networks::register(signed(operator), 2 * SHARE))
}

pub(crate) fn join(operator: AccountId, network: NetworkId) -> DispatchResult {
	call(|| Networks::join(signed(operator), network))
}

pub(crate) fn leave(operator: AccountId, network: NetworkId) -> DispatchResult {
	call(|| Networks::leave(signed(operator), network))
}

pub(crate) fn fund(amount: Balance) -> DispatchResult {
	call(|| Networks::fund(signed(RICH), amount))
}

pub(crate) fn govern(change: impl FnOnce(&mut Governed)) -> DispatchResult {
	let mut parameters = Parameters::<Test>::get();
	change(&mut parameters);
	call(|| Networks::set_parameters(RuntimeOrigin::root(), parameters))
}

pub(crate) fn epoch() -> Epoch {
	<Networks as Networking<_>>::epoch()
}

pub(crate) fn status(network: NetworkId) -> Option<Status> {
	Registry::<Test>::get()
		.get(network)
		.ok()
		.map(|network| network.status())
}

/// Submits a blob, and has it certified at once.
pub(crate) fn certify(network: NetworkId, coded_bytes: u64, retained_until: BlockNumber) -> DispatchResult {
	<Networks as Networking<AccountId>>::submitted(network, coded_bytes)?;
	note(network, coded_bytes, LoadKind::Certified { retained_until })
}

pub(crate) fn submit(network: NetworkId, coded_bytes: u64) -> Result<Balance, DispatchError> {
	call(|| <Networks as Networking<AccountId>>::submitted(network, coded_bytes))
}

pub(crate) fn note(network: NetworkId, coded_bytes: u64, kind: LoadKind) -> DispatchResult {
	call(|| <Networks as Networking<AccountId>>::note_load(network, coded_bytes, kind))
}

/// Goes through so many epochs, each with this load, in percent, of every network that takes blobs.
pub(crate) fn load(percent: u64, epochs: Epoch) {
	for _ in 0..epochs {
		for (network, capacity) in Routes::<Test>::get().networks {
			certify(network, capacity / 100 * percent, 0).unwrap();
		}
		pass(1);
	}
}

/// A network with these operators, active.
pub(crate) fn network(operators: &[AccountId]) -> NetworkId {
	fund(10_000).unwrap();
	let name = Registry::<Test>::get().next();
	pass(2);
	while status(name).is_none() {
		load(90, 1);
		assert!(epoch() < 100, "nothing was spawned");
	}
	for operator in operators {
		join(*operator, name).unwrap();
	}
	while status(name) == Some(Status::Forming) {
		pass(1);
	}
	assert_eq!(status(name), Some(Status::Active));
	name
}

/// Who sits in a committee, by name.
pub(crate) fn members(network: NetworkId, epoch: Epoch) -> Vec<AccountId> {
	let members = <Networks as Networking<AccountId>>::committee(network, epoch).unwrap_or_default();
	let names = members.into_iter().map(|member| member.operator);
	// It has what is vacant.
	let mut names: Vec<_> = names.filter(|name| *name != Networks::account()).collect();
	names.sort_unstable();
	names
}

/// Seats of a drawn committee.
pub(crate) fn seats(network: NetworkId, epoch: Epoch) -> Option<Vec<Option<AccountId>>> {
	match Committees::<Test>::get(network, epoch)?.selection {
		Selection::Drawn(seats) => Some(seats.holders().to_vec()),
		Selection::Everybody => None,
	}
}

pub(crate) fn root_members() -> Vec<AccountId> {
	members(ROOT, epoch())
}

pub(crate) fn free(account: AccountId) -> Balance {
	Balances::balance(&account)
}

/// From now on no network drains for lack of load.
pub(crate) fn settle() {
	govern(|all| all.networks.low = Perbill::zero()).unwrap();
}

/// Events of this pallet so far.
pub(crate) fn events() -> Vec<Event<Test>> {
	let all = System::events().into_iter();
	all.filter_map(|record| match record.event {
		RuntimeEvent::Networks(event) => Some(event),
		_ => None,
	})
	.collect()
}

/// The chain of the benchmarks' tests: no operators yet.
pub(crate) fn chain() -> sp_io::TestExternalities {
	let mut chain = sp_io::TestExternalities::default();
	chain.execute_with(|| System::set_block_number(1));
	MaxOperators::set(1_024);
	ReadsPerBlock::set(64);
	chain
}
