// SPDX-License-Identifier: Apache-2.0

//! Why a call is refused, and what the computing part refuses in these words.

use crate::pallet::*;
use frame_support::pallet_macros::pallet_section;
use polkadot_sdk::*;
use sp_runtime::DispatchError;
use zerog_networks::{Error as Books, ParamsError};

#[pallet_section]
mod errors {
	#[pallet::error]
	pub enum Error<T> {
		/// The account is an operator already.
		AlreadyOperator,
		/// The account is no operator: register first.
		NotOperator,
		/// As many operators as possible are registered: governance can raise the least stake, and anyone expel who has less.
		TooManyOperators,
		/// The account cannot certify: set session keys and register an attestation key first.
		NotEligible,
		/// The account has less at stake than the minimum: promise more. What it announced to withdraw does not count.
		StakeTooLow,
		/// The operator has the least stake and a key: it cannot be expelled.
		StakeSufficient,
		/// The operator is in the network; who left it has to wait until its notice is over.
		AlreadyMember,
		/// The operator is not in the network.
		NotMember,
		/// The operator is in as many networks as possible: leave one.
		TooManyMemberships,
		/// The operator declared too little ingress for its networks: declare more, or leave one.
		InsufficientIngress,
		/// The operator announced to leave already: its notice runs.
		AlreadyLeaving,
		/// All operators are in the root network: register or unregister.
		RootNetwork,
		/// The network drains: nobody joins it, and nobody leaves it until it is gone.
		NetworkDraining,
		/// There is no such network.
		UnknownNetwork,
		/// The network takes nothing new: it is forming, or draining. Route anew.
		NotActive,
		/// The network has no committee in this epoch: route anew.
		NoCommittee,
		/// No blob is pending there. The caller counts wrongly.
		NothingPending,
		/// The root network has nothing to fall back to.
		NoFallback,
		/// There is nothing to do: all is done for this epoch.
		NothingToDo,
		/// The amount is zero: take a larger one.
		ZeroAmount,
		/// `1 ≤ cap ≤ seats ≤ MAX_SEATS`, and at least three seats.
		SeatsOutOfRange,
		/// `low < high < 100 %`, and each has to last for an epoch at least.
		InvalidThresholds,
		/// `1 ≤ max ≤ MAX_NETWORKS`; the root network counts.
		NetworksOutOfRange,
		/// A network has to carry something, and has to have time to form.
		InvalidCapacity,
		/// `1 ≤ floor ≤ ceiling ≤ floor × 2^32`, and `ceiling < 2^96`.
		InvalidFeeRange,
		/// The fee's target lies above `high`, or it would keep the load below what spawns a network.
		FeeTargetTooLow,
		/// `0 < target < 100 %`, `2 ≤ steps ≤ 64`, and as many periods as an epoch has.
		InvalidFeeChange,
		/// The least stake, the lifetime of the escrow or the least number of a network's operators is zero.
		ZeroParameter,
	}
}

/// What the registry refuses.
pub(crate) fn refused<T: Config>(error: Books) -> DispatchError {
	let known = match error {
		Books::UnknownNetwork => Error::<T>::UnknownNetwork,
		Books::NotActive => Error::<T>::NotActive,
		Books::NothingPending => Error::<T>::NothingPending,
		Books::NoFallback => Error::<T>::NoFallback,
		// Of draws and turns, which are no calls.
		Books::TooManyCandidates | Books::Unsorted | Books::NotForming | Books::EpochNotNew => {
			return DispatchError::Corruption;
		}
	};
	known.into()
}

impl<T> From<ParamsError> for Error<T> {
	fn from(error: ParamsError) -> Self {
		match error {
			ParamsError::Seats => Self::SeatsOutOfRange,
			ParamsError::Thresholds => Self::InvalidThresholds,
			ParamsError::Networks => Self::NetworksOutOfRange,
			ParamsError::Capacity => Self::InvalidCapacity,
			ParamsError::FeeRange => Self::InvalidFeeRange,
			ParamsError::FeeTarget => Self::FeeTargetTooLow,
			ParamsError::FeeChange => Self::InvalidFeeChange,
		}
	}
}
