// SPDX-License-Identifier: Apache-2.0

//! Origins that referenda dispatch with, beside root.

use polkadot_sdk::*;

/// Gives the origins a place in the runtime's origin type; it has no storage and no calls.
#[frame_support::pallet]
pub mod pallet_custom_origins {
	use frame_support::pallet_prelude::*;
	use polkadot_sdk::*;

	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// An origin that a referendum can give to a call.
	#[derive(PartialEq, Eq, Clone, MaxEncodedLen, Encode, Decode, DecodeWithMemTracking, TypeInfo, Debug)]
	#[pallet::origin]
	pub enum Origin {
		/// Sets parameters and pauses calls.
		GeneralAdmin,
		/// Spends from the treasury.
		Treasurer,
		/// Cancels referenda; deposits are refunded.
		ReferendumCanceller,
		/// Kills harmful referenda; deposits are slashed.
		ReferendumKiller,
		/// Dispatches, as root, calls that the technical committee whitelisted.
		WhitelistedCaller,
	}

	macro_rules! ensure_origin {
		($( $name:ident, )*) => {
			$(
				/// Ensures that the origin is the one of this name.
				pub struct $name;
				impl<O: OriginTrait + From<Origin>> EnsureOrigin<O> for $name
				where
					for<'a> &'a O::PalletsOrigin: TryInto<&'a Origin>,
				{
					type Success = ();
					fn try_origin(o: O) -> Result<Self::Success, O> {
						let is_it = matches!(o.caller().try_into(), Ok(Origin::$name));
						is_it.then_some(()).ok_or(o)
					}
					#[cfg(feature = "runtime-benchmarks")]
					fn try_successful_origin() -> Result<O, ()> {
						Ok(O::from(Origin::$name))
					}
				}
			)*
		};
	}
	use frame_support::traits::OriginTrait;
	ensure_origin!(
		GeneralAdmin,
		Treasurer,
		ReferendumCanceller,
		ReferendumKiller,
		WhitelistedCaller,
	);
}
