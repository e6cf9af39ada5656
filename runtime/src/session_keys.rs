// SPDX-License-Identifier: Apache-2.0

//! The keys of a validator's node, and who validates while the set is fixed.

use crate::{AccountId, AuthorityDiscovery, Babe, Grandpa, Runtime, Session};
use alloc::vec::Vec;
use polkadot_sdk::*;
use sp_runtime::{impl_opaque_keys, Perbill};
use sp_staking::{
	offence::{OffenceDetails, OffenceSeverity, OnOffenceHandler},
	SessionIndex,
};

impl_opaque_keys! {
	/// Public session keys.
	pub struct SessionKeys {
		/// Authors blocks.
		pub babe: Babe,
		/// Finalises blocks.
		pub grandpa: Grandpa,
		/// Says on the network who a node is, also to the data-availability service.
		pub authority_discovery: AuthorityDiscovery,
	}
}

/// Historical sessions kept for proofs of key ownership.
const HISTORICAL_SESSIONS: SessionIndex = 24 * 14;

/// The validators are the accounts that have session keys at genesis; the set stays.
pub struct FixedValidators;

impl pallet_session::SessionManager<AccountId> for FixedValidators {
	fn new_session(_: SessionIndex) -> Option<Vec<AccountId>> {
		None
	}
	fn new_session_genesis(_: SessionIndex) -> Option<Vec<AccountId>> {
		let mut validators: Vec<_> = pallet_session::NextKeys::<Runtime>::iter_keys().collect();
		validators.sort();
		Some(validators)
	}
	fn start_session(_: SessionIndex) {}
	fn end_session(session: SessionIndex) {
		pallet_session::historical::Pallet::<Runtime>::prune_up_to(
			session.saturating_sub(HISTORICAL_SESSIONS),
		);
	}
}

impl pallet_session::historical::SessionManager<AccountId, ()> for FixedValidators {
	fn new_session(_: SessionIndex) -> Option<Vec<(AccountId, ())>> {
		None
	}
	fn new_session_genesis(session: SessionIndex) -> Option<Vec<(AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session_genesis(session)
			.map(|validators| validators.into_iter().map(|validator| (validator, ())).collect())
	}
	fn start_session(_: SessionIndex) {}
	fn end_session(session: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::end_session(session)
	}
}

/// Disables offenders, as far as the disabling strategy allows: there is no stake to slash yet.
pub struct DisableOffenders;

impl<Reporter> OnOffenceHandler<Reporter, (AccountId, ()), sp_weights::Weight> for DisableOffenders {
	fn on_offence(
		offenders: &[OffenceDetails<Reporter, (AccountId, ())>],
		slash_fraction: &[Perbill],
		_session: SessionIndex,
	) -> sp_weights::Weight {
		let weights = <Runtime as frame_system::Config>::DbWeight::get();
		let mut consumed = sp_weights::Weight::zero();
		for (details, fraction) in offenders.iter().zip(slash_fraction) {
			let (offender, ()) = &details.offender;
			Session::report_offence(offender.clone(), OffenceSeverity(*fraction));
			consumed = consumed.saturating_add(weights.reads_writes(2, 1));
		}
		consumed
	}
}
