// SPDX-License-Identifier: Apache-2.0

//! A chain with four validators that have keys, and a wrapper that checks every invariant after every test.

use crate::{self as pallet_data_availability, fixtures, pallet::*, types::MaxChecksum};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU128, ConstU32, ConstU64, Hooks, OnUnbalanced, VariantCountOf,
	},
	weights::Weight,
	BoundedVec, PalletId,
};
use polkadot_sdk::*;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchResult};
use std::{cell::RefCell, collections::BTreeMap};
use zerog_bls::signer::SecretKey;
use zerog_erasure::{BlobHeader, Commitment, Hash, Namespace, Profile, Row};
use zerog_primitives::da::{attestation_message, batch_root, signer_bitmap, Assignment, Certificate, Fault};

type Block = frame_system::mocking::MockBlockU32<Test>;

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
	pub type DataAvailability = pallet_data_availability::Pallet<Test>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<u128>;
	type DbWeight = frame_support::weights::constants::RocksDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = u128;
	type ExistentialDeposit = ConstU128<100>;
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

thread_local! {
	static SESSION: RefCell<(u32, Vec<AccountId32>)> = const { RefCell::new((0, Vec::new())) };
}

/// Session index and validators that a test sets.
pub struct Validators;
impl frame_support::traits::ValidatorSet<AccountId32> for Validators {
	type ValidatorId = AccountId32;
	type ValidatorIdOf = sp_runtime::traits::ConvertInto;
	fn session_index() -> u32 {
		SESSION.with(|session| session.borrow().0)
	}
	fn validators() -> Vec<AccountId32> {
		SESSION.with(|session| session.borrow().1.clone())
	}
}

thread_local! {
	static WEIGHTS: RefCell<BTreeMap<AccountId32, u128>> = const { RefCell::new(BTreeMap::new()) };
}

/// One each, unless a test says otherwise.
pub struct Weights;
impl<'a> sp_runtime::traits::Convert<&'a AccountId32, u128> for Weights {
	fn convert(account: &'a AccountId32) -> u128 {
		WEIGHTS.with(|weights| weights.borrow().get(account).copied().unwrap_or(1))
	}
}

/// Weights of the first validators from the next session on.
pub(crate) fn set_weights(of: &[u128]) {
	let of = of
		.iter()
		.enumerate()
		.map(|(i, weight)| (validator(i), *weight))
		.collect();
	WEIGHTS.with(|weights| *weights.borrow_mut() = of);
}

parameter_types! {
	pub const Randomness: Hash = [42; 32];
	pub const PotId: PalletId = PalletId(*b"zg/dapot");
	pub static MaxMembers: u32 = 100;
	pub static SamplePeriod: u32 = 2;
	/// What the hook was told.
	pub static Told: Vec<(u32, AccountId32, Fault, Option<Commitment>)> = Vec::new();
}

/// Fees that nobody earned end on an account of their own.
pub struct Fees;
impl OnUnbalanced<Credit<AccountId32, Balances>> for Fees {
	fn on_nonzero_unbalanced(amount: Credit<AccountId32, Balances>) {
		assert!(Balances::resolve(&account(COLLECTOR), amount).is_ok());
	}
}

pub struct Faults;
impl crate::OnFault<AccountId32> for Faults {
	fn on_fault(session: u32, account: &AccountId32, fault: Fault, commitment: Option<Commitment>) {
		Told::mutate(|told| told.push((session, account.clone(), fault, commitment)));
	}
}

/// Pays everybody directly.
pub struct Direct;
impl crate::Payee<AccountId32, Credit<AccountId32, Balances>> for Direct {
	fn pay(account: &AccountId32, earned: Credit<AccountId32, Balances>) -> DispatchResult {
		Balances::resolve(account, earned).map_err(|_| sp_runtime::TokenError::BelowMinimum.into())
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

pub(crate) const DEPOSIT: u128 = 4_000;
pub(crate) const BASE_FEE: u128 = 10;
pub(crate) const CUSTODY_PRICE: u128 = 3;
pub(crate) const TARGET: u64 = 4 << 20;

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PalletId = PotId;
	type DispersalFees = Fees;
	type ValidatorSet = Validators;
	type MemberWeight = Weights;
	type SessionRandomness = Randomness;
	type BaseFeeFloor = ConstU128<BASE_FEE>;
	type PendingTarget = ConstU64<TARGET>;
	type PendingLimit = ConstU64<{ 256 << 20 }>;
	type CustodyPrice = ConstU128<CUSTODY_PRICE>;
	type KeyFee = ConstU128<1_000>;
	type ChallengeDeposit = ConstU128<DEPOSIT>;
	type SamplePeriod = SamplePeriod;
	type Samples = ConstU32<3>;
	type OnFault = Faults;
	type Payee = Direct;
	type CertifyWindow = ConstU32<20>;
	type ImprovementWindow = ConstU32<5>;
	type ChallengeWindow = ConstU32<4>;
	type MinRetention = ConstU32<10>;
	type MaxRetention = ConstU32<1_000>;
	type SlashingWindow = ConstU32<50>;
	type MaxMembers = MaxMembers;
	type MaxBatch = ConstU32<4>;
	type MaxPayers = ConstU32<2>;
	type MaxChallenges = ConstU32<4>;
	type MaxMemberChallenges = ConstU32<3>;
	type MaxBlobChallenges = ConstU32<3>;
	type WeightInfo = ();
}

pub(crate) fn account(byte: u8) -> AccountId32 {
	AccountId32::new([byte; 32])
}

pub(crate) fn validator(index: usize) -> AccountId32 {
	account(100 + index as u8)
}

pub(crate) fn secret(index: usize) -> SecretKey {
	SecretKey::from_seed(format!("validator {index}").as_bytes())
}

pub(crate) const PAYER: u8 = 1;
pub(crate) const OTHER: u8 = 2;
pub(crate) const POOR: u8 = 3;
pub(crate) const COLLECTOR: u8 = 50;
pub(crate) const ENDOWMENT: u128 = 1_000_000_000_000;

/// Runs a test on a chain with `validators` validators, then checks every invariant.
pub(crate) fn with_validators(validators: usize, test: impl FnOnce()) {
	run(validators, |_| (), test);
}

/// The same with four validators and extensions of an off-chain worker.
pub(crate) fn with_extensions(register: impl FnOnce(&mut sp_io::TestExternalities), test: impl FnOnce()) {
	run(4, register, test);
}

fn run(validators: usize, register: impl FnOnce(&mut sp_io::TestExternalities), test: impl FnOnce()) {
	set_weights(&[]);
	Told::take();
	SESSION.with(|session| *session.borrow_mut() = (0, (0..validators).map(validator).collect()));
	let storage = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig {
			balances: vec![
				(account(PAYER), ENDOWMENT),
				(account(OTHER), ENDOWMENT),
				(account(POOR), 200),
				(account(COLLECTOR), 100),
			],
			..Default::default()
		},
		data_availability: GenesisConfig {
			keys: (0..validators)
				.map(|i| (validator(i), secret(i).public()))
				.collect(),
		},
		..Default::default()
	}
	.build_storage()
	.unwrap();
	let mut externalities = sp_io::TestExternalities::from(storage);
	register(&mut externalities);
	externalities.execute_with(|| {
		run_to(1);
		test();
		DataAvailability::do_try_state().unwrap();
	});
}

/// A chain with four validators.
pub(crate) fn test(test: impl FnOnce()) {
	with_validators(4, test);
}

/// Goes to a block, running the hooks of each on the way with half a second of idle weight.
pub(crate) fn run_to(block: u32) {
	while System::block_number() < block {
		if System::block_number() > 0 {
			let idle = Weight::from_parts(500_000_000_000, 5 << 20);
			DataAvailability::on_idle(System::block_number(), idle);
		}
		System::set_block_number(System::block_number() + 1);
		DataAvailability::on_initialize(System::block_number());
	}
}

/// Starts the next session with these validators.
pub(crate) fn next_session(validators: impl IntoIterator<Item = usize>) {
	SESSION.with(|session| {
		let mut session = session.borrow_mut();
		*session = (session.0 + 1, validators.into_iter().map(validator).collect());
	});
	DataAvailability::on_initialize(System::block_number());
}

/// A header as a writer would compute it; roots are arbitrary, the chain cannot tell.
pub(crate) fn header(seed: u8, length: u32) -> BlobHeader {
	BlobHeader::new(
		DataAvailability::genesis(),
		Namespace([7; 32]),
		length,
		[seed; 32],
		[seed; 32],
	)
	.unwrap()
}

pub(crate) fn submit_as(
	payer: u8,
	seed: u8,
	length: u32,
	retention: u32,
) -> Result<Commitment, sp_runtime::DispatchError> {
	let header = header(seed, length);
	let commitment = header.commitment().unwrap();
	frame_support::storage::with_storage_layer(|| {
		DataAvailability::submit(
			RuntimeOrigin::signed(account(payer)),
			header.namespace,
			length,
			header.row_root,
			header.checksum_root,
			retention,
			u128::MAX,
		)
		.map_err(|refused| refused.error)
	})?;
	Ok(commitment)
}

/// A certificate signed by these members of session `session`.
pub(crate) fn certificate(
	session: u32,
	members: usize,
	signers: &[usize],
	commitments: &[Commitment],
) -> Certificate {
	let expiry = commitments
		.iter()
		.filter_map(Blobs::<Test>::get)
		.map(|blob| blob.deadline)
		.min()
		.unwrap_or(u32::MAX);
	let message = attestation_message(
		&DataAvailability::genesis(),
		0,
		session,
		&batch_root(commitments),
		expiry,
	);
	let shares: Vec<_> = signers.iter().map(|i| secret(*i).sign(&message)).collect();
	Certificate {
		session,
		expiry,
		commitments: commitments.to_vec(),
		signers: signer_bitmap(members, signers.iter().copied()),
		signature: zerog_bls::signer::aggregate(&shares).unwrap(),
	}
}

/// What the chain does with an unsigned `certify`: authorise, then dispatch.
pub(crate) fn certify(
	certificate: Certificate,
) -> Result<(), sp_runtime::transaction_validity::TransactionValidityError> {
	DataAvailability::validate_certificate(&certificate)?;
	DataAvailability::certify(frame_system::Origin::<Test>::Authorized.into(), certificate).unwrap();
	Ok(())
}

/// A blob of the smallest profile whose row [`PROVABLE`] can be shown, and contradicts its checksum.
pub(crate) fn provable(seed: u8) -> (BlobHeader, Row) {
	let profile = Profile::ALL[0];
	let (row, row_root) = fixtures::row(profile, PROVABLE, seed);
	let (_, checksum_root) = fixtures::checksum(profile, seed);
	let genesis = DataAvailability::genesis();
	let header = BlobHeader::new(genesis, Namespace([7; 32]), 1000, row_root, checksum_root).unwrap();
	(header, row)
}

pub(crate) const PROVABLE: u32 = 77;

/// Its checksum.
pub(crate) fn checksum(seed: u8) -> BoundedVec<u8, MaxChecksum> {
	let (checksum, _) = fixtures::checksum(Profile::ALL[0], seed);
	checksum.try_into().unwrap()
}

/// Submits and certifies such a blob in this block.
pub(crate) fn certified_by(seed: u8, signers: &[usize], retention: u32) -> (Commitment, Row) {
	let (header, row) = provable(seed);
	let origin = RuntimeOrigin::signed(account(PAYER));
	DataAvailability::submit(
		origin,
		header.namespace,
		header.length,
		header.row_root,
		header.checksum_root,
		retention,
		u128::MAX,
	)
	.unwrap();
	let commitment = header.commitment().unwrap();
	let session = Blobs::<Test>::get(commitment).unwrap().session;
	certify(certificate(session, 4, signers, &[commitment])).unwrap();
	(commitment, row)
}

/// The same by all four members, when the signers are final.
pub(crate) fn settled_signers(seed: u8, retention: u32) -> (Commitment, Row) {
	let certified = certified_by(seed, &[0, 1, 2, 3], retention);
	run_to(System::block_number() + 6);
	certified
}

/// Place in the committee of who holds a row.
pub(crate) fn holder(commitment: Commitment, row: u32) -> usize {
	let blob = Blobs::<Test>::get(commitment).unwrap();
	let committee = DataAvailability::committee(blob.session).unwrap();
	let profile = blob.header.profile().unwrap();
	Assignment::new(commitment, &committee.randomness, &committee.weights(), profile)
		.member_of(row)
		.unwrap()
}

pub(crate) fn challenge(commitment: Commitment, row: u32) -> sp_runtime::DispatchResult {
	frame_support::storage::with_storage_layer(|| {
		DataAvailability::challenge(RuntimeOrigin::signed(account(OTHER)), commitment, row)
	})
}

/// What the chain does with an unsigned `answer`: authorise, then dispatch.
pub(crate) fn answer(
	commitment: Commitment,
	row: Row,
) -> Result<(), sp_runtime::transaction_validity::TransactionValidityError> {
	DataAvailability::validate_answer(commitment, &row)?;
	DataAvailability::answer(frame_system::Origin::<Test>::Authorized.into(), commitment, row).unwrap();
	Ok(())
}

/// Fees that nobody earned.
pub(crate) fn collected() -> u128 {
	free(&account(COLLECTOR)) - 100
}

pub(crate) fn held(payer: u8) -> u128 {
	on_hold(HoldReason::Custody, payer)
}

pub(crate) fn on_hold(reason: HoldReason, who: u8) -> u128 {
	use frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&reason.into(), &account(who))
}

pub(crate) fn earned(validator_index: usize) -> u128 {
	Earnings::<Test>::get(validator(validator_index))
}

pub(crate) fn free(who: &AccountId32) -> u128 {
	Balances::free_balance(who)
}
