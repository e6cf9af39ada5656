// SPDX-License-Identifier: Apache-2.0

//! BABE, GRANDPA, sessions, offences, authority discovery.

use super::{deposit, staking::BondingSessions, Span};
use crate::*;
use frame_support::{
	parameter_types,
	traits::{ConstU32, ConstU64, KeyOwnerProofSystem},
};
use pallet_session::historical as pallet_session_historical;
use sp_core::crypto::KeyTypeId;
use sp_runtime::traits::{ConvertInto, OpaqueKeys};
use zerog_primitives::units::{HOURS, SLOT_MILLIS};

/// Most validators.
pub(crate) const MAX_AUTHORITIES: u32 = 200;

/// Slots of an epoch, which is a session.
pub(crate) const EPOCH: Span = Span::new(HOURS, 10);
pub(crate) const EPOCH_BLOCKS: BlockNumber = EPOCH.get();

parameter_types! {
	pub const EpochDuration: u64 = EPOCH_BLOCKS as u64;
	/// How long equivocations can be reported, in slots: as long as they can be charged.
	pub ReportLongevity: u64 = EpochDuration::get().saturating_mul(BondingSessions::get().into());
	/// GRANDPA's sets that are known by session, for the same time.
	pub SetIdSessions: u64 = BondingSessions::get().into();
	pub const MaxAuthorities: u32 = MAX_AUTHORITIES;
	pub const KeyDeposit: Balance = deposit(1, 96);
}

impl pallet_babe::Config for Runtime {
	type EpochDuration = EpochDuration;
	type ExpectedBlockTime = ConstU64<SLOT_MILLIS>;
	type EpochChangeTrigger = pallet_babe::ExternalTrigger;
	type DisabledValidators = Session;
	type WeightInfo = ();
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = ConstU32<0>;
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, pallet_babe::AuthorityId)>>::Proof;
	type EquivocationReportSystem =
		pallet_babe::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = SetIdSessions;
	type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, pallet_grandpa::AuthorityId)>>::Proof;
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
	type EventHandler = Restaking;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Babe;
	type NextSessionRotation = Babe;
	type SessionManager = pallet_session_historical::NoteHistoricalRoot<Self, Restaking>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = KeyDeposit;
}

/// A validator is identified by its account alone: the books of shared staking know what it had at stake.
pub struct AccountOnly;
impl sp_runtime::traits::Convert<AccountId, Option<()>> for AccountOnly {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_session_historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = AccountOnly;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = pallet_session_historical::IdentificationTuple<Self>;
	type OnOffenceHandler = Restaking;
}

impl pallet_authority_discovery::Config for Runtime {
	type MaxAuthorities = MaxAuthorities;
}
