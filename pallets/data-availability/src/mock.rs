// SPDX-License-Identifier: Apache-2.0

//! A chain with four validators that have keys, and a wrapper that checks every invariant after every test.

use crate::{self as pallet_data_availability, fixtures, pallet::*, types::MaxChecksum};
use frame_support::{
	derive_impl,
	dispatch::DispatchResultWithPostInfo,
	parameter_types,
	traits::{
		fungible::{Balanced, Credit},
		ConstU128, ConstU32, ConstU64, Hooks, OnUnbalanced, VariantCountOf,
	},
	weights::Weight,
	BoundedVec, PalletId,
};
use pallet_networks::{LoadKind, Networking};
use polkadot_sdk::*;
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, DispatchResult};
use std::{cell::RefCell, collections::BTreeMap};
use zerog_bls::signer::SecretKey;
use zerog_erasure::{BlobHeader, Commitment, Hash, Namespace, Profile, Row};
use zerog_primitives::da::{
	attestation_message, batch_root, signer_bitmap, Assignment, Certificate, CommitteeId, Fault,
};

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
	static WEIGHTS: RefCell<BTreeMap<AccountId32, u128>> = const { RefCell::new(BTreeMap::new()) };
}

/// What a network's books say: pending blobs, load, first block in which nothing need be kept.
pub(crate) type Book = (u32, u64, u32);

parameter_types! {
	/// Members of the networks beside the root network, by the number of the validator, in the order in which every namespace
	/// tries them.
	pub storage Others: Vec<(u32, Vec<u8>)> = Vec::new();
	/// Networks that drain.
	pub storage Drained: Vec<u32> = Vec::new();
	/// What a byte costs in each.
	pub storage Prices: BTreeMap<u32, u128> = BTreeMap::new();
	pub storage Books: BTreeMap<u32, Book> = BTreeMap::new();
}

/// Networks as a test sets them; all validators are in the root network.
pub struct Nets;

impl Nets {
	fn change(network: u32, change: impl FnOnce(&mut Book) -> DispatchResult) -> DispatchResult {
		let mut books = Books::get();
		change(books.entry(network).or_default())?;
		Books::set(&books);
		Ok(())
	}
}

impl Networking<AccountId32> for Nets {
	fn epoch() -> u32 {
		SESSION.with(|session| session.borrow().0)
	}
	fn route(namespace: &Hash) -> u32 {
		Self::ranking(namespace)[0]
	}
	fn ranking(_: &Hash) -> Vec<u32> {
		let (drained, others) = (Drained::get(), Others::get().into_iter());
		let active = others
			.map(|other| other.0)
			.filter(|other| !drained.contains(other));
		active.chain([0]).collect()
	}
	fn committee(network: u32, _: u32) -> Option<Vec<pallet_networks::Member<AccountId32>>> {
		let members: Vec<_> = match network {
			0 => SESSION.with(|session| session.borrow().1.clone()),
			_ => {
				let others = Others::get();
				let found = others.into_iter().find(|other| other.0 == network)?;
				found.1.into_iter().map(|index| validator(index.into())).collect()
			}
		};
		let weight = |operator: &AccountId32| {
			WEIGHTS.with(|weights| weights.borrow().get(operator).copied().unwrap_or(1))
		};
		let members = members.into_iter().map(|operator| pallet_networks::Member {
			weight: weight(&operator),
			operator,
		});
		Some(members.collect())
	}
	fn fee(network: u32) -> Option<u128> {
		Some(Prices::get().get(&network).copied().unwrap_or(BASE_FEE))
	}
	fn submitted(network: u32, _: u64) -> Result<u128, DispatchError> {
		Self::change(network, |book| {
			book.0 += 1;
			Ok(())
		})?;
		Self::fee(network).ok_or(DispatchError::Unavailable)
	}
	fn note_load(network: u32, coded_bytes: u64, kind: LoadKind) -> DispatchResult {
		Self::change(network, |book| {
			book.0 = book.0.checked_sub(1).ok_or(DispatchError::Unavailable)?;
			match kind {
				LoadKind::Certified { retained_until } => {
					book.1 += coded_bytes;
					book.2 = book.2.max(retained_until);
				}
				LoadKind::Forfeited => book.1 += coded_bytes,
				LoadKind::FellBack => {}
			}
			Ok(())
		})?;
		match kind {
			LoadKind::FellBack => Self::submitted(0, coded_bytes).map(drop),
			_ => Ok(()),
		}
	}
	fn pending(network: u32) -> Option<u32> {
		Books::get().get(&network).map(|book| book.0)
	}
	fn extended(network: u32, retained_until: u32) -> DispatchResult {
		frame_support::ensure!(!Drained::get().contains(&network), DispatchError::Unavailable);
		Self::change(network, |book| {
			book.2 = book.2.max(retained_until);
			Ok(())
		})
	}
	fn route_weight() -> Weight {
		Weight::zero()
	}
	fn committee_weight(_: u32) -> Weight {
		Weight::zero()
	}
	fn note_weight() -> Weight {
		Weight::zero()
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
	pub static MaxPayers: u32 = 2;
	pub static OwnChallenges: u32 = 2;
	pub static MaxBlobChallenges: u32 = 3;
	pub static MaxMemberChallenges: u32 = 3;
	pub static Randomness: Hash = [42; 32];
	pub const PotId: PalletId = PalletId(*b"zg/dapot");
	/// Longer than any retention, so that only `payout` and the end pay, where a test does not say otherwise.
	pub static PayoutPeriod: u32 = 1_001;
	pub static SamplePeriod: u32 = 2;
	/// What the hook was told.
	pub static Told: Vec<(CommitteeId, AccountId32, Fault, Option<Commitment>)> = Vec::new();
}

/// Fees that nobody earned end on an account of their own.
pub struct Fees;
impl OnUnbalanced<Credit<AccountId32, Balances>> for Fees {
	fn on_nonzero_unbalanced(amount: Credit<AccountId32, Balances>) {
		assert!(Balances::resolve(&account(COLLECTOR), amount).is_ok());
	}
}

/// Weight of telling the hook.
pub(crate) const TELLING: Weight = Weight::from_parts(1_000_000_000, 1_000);

pub struct Faults;
impl crate::OnFault<AccountId32> for Faults {
	fn on_fault(committee: CommitteeId, account: &AccountId32, fault: Fault, commitment: Option<Commitment>) {
		Told::mutate(|told| told.push((committee, account.clone(), fault, commitment)));
	}
	fn weight() -> Weight {
		TELLING
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
/// Pending coded bytes that a network takes.
pub(crate) const LIMIT: u64 = 256 << 20;

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type PalletId = PotId;
	type DispersalFees = Fees;
	type Networks = Nets;
	type SessionRandomness = Randomness;
	type PendingLimit = ConstU64<LIMIT>;
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
	type PayoutPeriod = PayoutPeriod;
	type SlashingWindow = ConstU32<50>;
	type MaxMembers = ConstU32<100>;
	type MaxBatch = ConstU32<4>;
	type MaxPayers = MaxPayers;
	type MaxChallenges = ConstU32<4>;
	type OwnChallenges = OwnChallenges;
	type MaxBlobChallenges = MaxBlobChallenges;
	type MaxMemberChallenges = MaxMemberChallenges;
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
pub(crate) fn next_session(validators: impl IntoIterator<Item = usize>) -> Weight {
	SESSION.with(|session| {
		let mut session = session.borrow_mut();
		*session = (session.0 + 1, validators.into_iter().map(validator).collect());
	});
	DataAvailability::on_initialize(System::block_number())
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
	frame_support::storage::with_storage_layer(|| submit_header(payer, &header, retention, u128::MAX))
		.map_err(|refused| refused.error)?;
	Ok(header.commitment().unwrap())
}

pub(crate) fn submit_header(
	payer: u8,
	header: &BlobHeader,
	retention: u32,
	max_fee: u128,
) -> DispatchResultWithPostInfo {
	DataAvailability::submit(
		RuntimeOrigin::signed(account(payer)),
		header.namespace,
		header.length,
		header.profile,
		header.row_root,
		header.checksum_root,
		retention,
		max_fee,
	)
}

/// Has a committee count as one of so many.
pub(crate) fn set_size(id: CommitteeId, size: u32) {
	Committees::<Test>::mutate(id, |record| record.as_mut().unwrap().size = size);
}

/// Networks that every namespace tries first, with their members, from the next session on.
pub(crate) fn set_networks(others: &[(u32, &[u8])]) {
	let others: Vec<_> = others
		.iter()
		.map(|(id, members)| (*id, members.to_vec()))
		.collect();
	Others::set(&others);
}

/// A session starts, and all of its committees are noted.
pub(crate) fn next_session_of_networks() {
	next_session(0..4);
	for _ in Others::get() {
		DataAvailability::on_initialize(System::block_number());
	}
}

/// A certificate of the root network, signed by these members of session `session`.
pub(crate) fn certificate(
	session: u32,
	members: usize,
	signers: &[usize],
	commitments: &[Commitment],
) -> Certificate {
	let secrets: Vec<_> = (0..members).map(secret).collect();
	certificate_of(CommitteeId::root(session), &secrets, signers, commitments)
}

/// A certificate of another network, signed by these validators.
pub(crate) fn certificate_by(id: CommitteeId, validators: &[u8], commitments: &[Commitment]) -> Certificate {
	let members = DataAvailability::committee(id).unwrap().members;
	let index = |account: [u8; 32]| usize::from(account[0] - 100);
	let secrets: Vec<_> = members
		.iter()
		.map(|member| secret(index(member.account)))
		.collect();
	let signs = |place: &usize| validators.contains(&(members[*place].account[0] - 100));
	let signers: Vec<_> = (0..members.len()).filter(signs).collect();
	certificate_of(id, &secrets, &signers, commitments)
}

fn certificate_of(
	committee: CommitteeId,
	secrets: &[SecretKey],
	signers: &[usize],
	commitments: &[Commitment],
) -> Certificate {
	let expiry = commitments
		.iter()
		.filter_map(Blobs::<Test>::get)
		.map(|blob| blob.deadline)
		.min()
		.unwrap_or(u32::MAX);
	let genesis = DataAvailability::genesis();
	let message = attestation_message(&genesis, committee, &batch_root(commitments), expiry);
	let shares: Vec<_> = signers.iter().map(|i| secrets[*i].sign(&message)).collect();
	Certificate {
		committee,
		expiry,
		commitments: commitments.to_vec(),
		signers: signer_bitmap(secrets.len(), signers.iter().copied()),
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
	submit_header(PAYER, &header, retention, u128::MAX).unwrap();
	let commitment = header.commitment().unwrap();
	let session = Blobs::<Test>::get(commitment).unwrap().committee.session;
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
	let committee = DataAvailability::committee(blob.committee).unwrap();
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

/// All that a validator has earned, whether it was paid yet or not.
pub(crate) fn earned(validator_index: usize) -> u128 {
	let who = validator(validator_index);
	Earnings::<Test>::get(&who) + free(&who)
}

pub(crate) fn free(who: &AccountId32) -> u128 {
	Balances::free_balance(who)
}
