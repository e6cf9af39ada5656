// SPDX-License-Identifier: Apache-2.0

//! Numbers that a referendum can change without an upgrade, within [`ranges`].

use super::{consensus::MAX_AUTHORITIES, governance::Admin};
use crate::*;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::AsEnsureOriginWithArg,
};
use sp_runtime::Perbill;
use zerog_primitives::units::ZG;

/// The parameters, by pallet.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Prices and limits of data availability.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod data_availability {
		/// Pending coded bytes of a network beyond which its submissions go to others. More than twice what a network is made for in
		/// the time of a certificate, so that the fee has risen before.
		#[codec(index = 2)]
		pub static PendingLimit: u64 = 48 * 1024 * 1024 * 1024;
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

	/// Minima, and the speed of commissions and issuance.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod restaking {
		/// Least that an account delegates to an operator, in planck.
		#[codec(index = 0)]
		pub static MinimumDelegation: Balance = ZG;
		/// Least that an operator stakes itself, in planck.
		#[codec(index = 1)]
		pub static MinimumOperatorStake: Balance = 1_000 * ZG;
		/// Least that consensus could slash of a validator, in planck.
		#[codec(index = 2)]
		pub static MinimumValidatorStake: Balance = 1_000 * ZG;
		/// With fewer to elect, the validators stay.
		#[codec(index = 3)]
		pub static MinimumValidators: u32 = 1;
		/// Most validators.
		#[codec(index = 4)]
		pub static Validators: u32 = MAX_AUTHORITIES;
		/// Most that a commission rises at once.
		#[codec(index = 5)]
		pub static MaxCommissionRise: Perbill = Perbill::from_percent(5);
		/// Eras between a change of commission and a rise.
		#[codec(index = 6)]
		pub static CommissionInterval: u32 = 7;
		/// What a reporter holds for each report until it is decided, in planck.
		#[codec(index = 7)]
		pub static ReportBond: Balance = 100 * ZG;
		/// Part of its promise to data availability that rows cost which a member signed for and did not show: once an era, however
		/// many. This, and not the promise, is what losing a certified blob costs its holders. It is small, as an outage costs it
		/// too; each network publishes it (`Networks.security`).
		#[codec(index = 8)]
		pub static UnansweredFraction: Perbill = Perbill::from_percent(1);
		/// Issuance of a year, as a part of what there is.
		#[codec(index = 9)]
		pub static YearlyIssuance: Perbill = Perbill::from_percent(4);
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
		RuntimeParameters::DataAvailability(dynamic_params::data_availability::Parameters::CustodyPrice(
			dynamic_params::data_availability::CustodyPrice,
			Some(50),
		))
	}
}
