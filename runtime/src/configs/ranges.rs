// SPDX-License-Identifier: Apache-2.0

//! Parameters as they count: what governance set, brought into the range in which nothing breaks that others rely on.
//!
//! Each range says what its ends are for; `docs/governance.md` lists all of them. A wider one is an upgrade.

use super::consensus::MAX_AUTHORITIES;
use core::marker::PhantomData;
use frame_support::traits::{ConstU128, ConstU32, ConstU64, Get};
use polkadot_sdk::*;
use sp_runtime::Perbill;
use zerog_primitives::units::ZG;

/// What was set, or the end of the range from `Least` to `Most` that is nearest to it.
pub struct Within<Set, Least, Most>(PhantomData<(Set, Least, Most)>);

impl<Value: Ord, Set: Get<Value>, Least: Get<Value>, Most: Get<Value>> Get<Value>
	for Within<Set, Least, Most>
{
	fn get() -> Value {
		Set::get().max(Least::get()).min(Most::get())
	}
}

/// So many thousandths.
pub struct Thousandths<const PARTS: u32>;

impl<const PARTS: u32> Get<Perbill> for Thousandths<PARTS> {
	fn get() -> Perbill {
		Perbill::from_perthousand(PARTS)
	}
}

/// Data availability.
pub mod data_availability {
	use super::{super::parameters::dynamic_params::data_availability as set, *};

	/// From the largest blob on, coded: none is shut out.
	pub type PendingLimit = Within<set::PendingLimit, ConstU64<{ 128 << 20 }>, ConstU64<{ u64::MAX }>>;
	/// Nothing is kept unpaid.
	pub type CustodyPrice = Within<set::CustodyPrice, ConstU128<1>, ConstU128<1_000_000>>;
	/// A key stays for ever; a stolen one must be replaceable.
	pub type KeyFee = Within<set::KeyFee, ConstU128<{ ZG / 100 }>, ConstU128<{ 100 * ZG }>>;
	/// Places for challenges are not free, and everybody can ask for a row.
	pub type ChallengeDeposit =
		Within<set::ChallengeDeposit, ConstU128<{ ZG / 100 }>, ConstU128<{ 100 * ZG }>>;
	/// Any: none are drawn at zero.
	pub type SamplePeriod = set::SamplePeriod;
	/// Any: a node waits for a bounded number of them.
	pub type Samples = set::Samples;
}

/// Shared staking.
pub mod restaking {
	use super::{super::parameters::dynamic_params::restaking as set, *};

	/// No dust, and no more than an operator needs.
	pub type MinimumDelegation =
		Within<set::MinimumDelegation, ConstU128<{ ZG / 10 }>, ConstU128<{ 100 * ZG }>>;
	/// No less than a delegation, and no more than many can stake.
	pub type MinimumOperatorStake =
		Within<set::MinimumOperatorStake, ConstU128<{ 100 * ZG }>, ConstU128<{ 100_000 * ZG }>>;
	/// Nobody validates for nothing.
	pub type MinimumValidatorStake =
		Within<set::MinimumValidatorStake, ConstU128<{ 100 * ZG }>, ConstU128<{ 100_000 * ZG }>>;
	/// Without one, the last validator could take its stake away and would go on.
	pub type MinimumValidators = Within<set::MinimumValidators, ConstU32<1>, ConstU32<MAX_AUTHORITIES>>;
	/// Without one, no election succeeds and nobody is kept: the validators would go on without stake.
	pub type Validators = Within<set::Validators, ConstU32<1>, ConstU32<MAX_AUTHORITIES>>;
	/// Who delegates sees a commission rise before it is all.
	pub type MaxCommissionRise = Within<set::MaxCommissionRise, Thousandths<0>, Thousandths<200>>;
	/// Without one, it rises again and again at once.
	pub type CommissionInterval = Within<set::CommissionInterval, ConstU32<1>, ConstU32<365>>;
	/// A report keeps delegators away from an operator, so that a wrong one has to cost; a right one must be affordable.
	pub type ReportBond = Within<set::ReportBond, ConstU128<ZG>, ConstU128<{ 10_000 * ZG }>>;
	/// To keep nothing costs something, and no more than the service has declared.
	pub type UnansweredFraction = Within<set::UnansweredFraction, Thousandths<1>, Thousandths<500>>;
	/// What there is grows slowly.
	pub type YearlyIssuance = Within<set::YearlyIssuance, Thousandths<0>, Thousandths<100>>;
}
