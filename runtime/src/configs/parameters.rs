// SPDX-License-Identifier: Apache-2.0

//! Numbers that a referendum can change without an upgrade.

use super::governance::Admin;
use crate::*;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::AsEnsureOriginWithArg,
};
use zerog_primitives::units::ZG;

/// The parameters, by pallet.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Prices and limits of data availability.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod data_availability {
		/// Lowest price of a coded byte, in planck. 32 MiB of payload are 128 MiB coded: 0.134 ZG.
		#[codec(index = 0)]
		pub static BaseFeeFloor: Balance = 1_000;
		/// Pending coded bytes at which the base fee has doubled.
		#[codec(index = 1)]
		pub static PendingTarget: u64 = 512 * 1024 * 1024;
		/// Pending coded bytes beyond which submissions are refused.
		#[codec(index = 2)]
		pub static PendingLimit: u64 = 8 * 1024 * 1024 * 1024;
		/// Price of keeping a coded KiB for a block, in planck. A day of 32 MiB costs 0.19 ZG.
		#[codec(index = 3)]
		pub static CustodyPrice: Balance = 50;
		/// Fee for registering an attestation key, in planck.
		#[codec(index = 4)]
		pub static KeyFee: Balance = ZG / 10;
		/// What a challenger holds until the challenge has ended, in planck. An answer is 8 KiB at most.
		#[codec(index = 5)]
		pub static ChallengeDeposit: Balance = ZG / 10;
		/// Blocks between two draws of samples; zero stops them.
		#[codec(index = 6)]
		pub static SamplePeriod: BlockNumber = 10;
		/// Rows that each validator samples in a draw.
		#[codec(index = 7)]
		pub static Samples: u32 = 4;
	}
}

impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type AdminOrigin = AsEnsureOriginWithArg<Admin>;
	type WeightInfo = ();
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		RuntimeParameters::DataAvailability(dynamic_params::data_availability::Parameters::BaseFeeFloor(
			dynamic_params::data_availability::BaseFeeFloor,
			Some(1_000),
		))
	}
}
