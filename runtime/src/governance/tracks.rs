// SPDX-License-Identifier: Apache-2.0

//! Referendum tracks: how long and how widely each origin is voted on.

use super::origins::pallet_custom_origins::Origin;
use crate::{configs::blocks, Balance, BlockNumber, RuntimeOrigin};
use alloc::borrow::Cow;
use pallet_referenda::{Curve, Track, TrackInfo};
use polkadot_sdk::*;
use sp_runtime::{str_array as s, FixedI64};
use zerog_primitives::units::{DAYS, HOURS, MINUTES, ZG};

const fn percent(x: i32) -> FixedI64 {
	FixedI64::from_rational(x as u128, 100)
}

const APPROVAL: Curve = Curve::make_reciprocal(4, 28, percent(80), percent(50), percent(100));
const ROOT_SUPPORT: Curve = Curve::make_linear(28, 28, percent(0), percent(50));
const ADMIN_SUPPORT: Curve = Curve::make_reciprocal(7, 28, percent(10), percent(0), percent(50));
const WHITELISTED_APPROVAL: Curve =
	Curve::make_reciprocal(16, 28 * 24, percent(96), percent(50), percent(100));
const WHITELISTED_SUPPORT: Curve = Curve::make_reciprocal(1, 28, percent(20), percent(5), percent(50));

/// How long a referendum prepares, how long it must hold its majority, and how long at least it waits for enactment.
struct Periods {
	prepare: BlockNumber,
	confirm: BlockNumber,
	min_enactment: BlockNumber,
}

const fn periods(prepare: BlockNumber, confirm: BlockNumber, min_enactment: BlockNumber) -> Periods {
	Periods {
		prepare,
		confirm,
		min_enactment,
	}
}

const fn track(
	id: u16,
	name: &str,
	max_deciding: u32,
	decision_deposit: Balance,
	periods: Periods,
	curves: (Curve, Curve),
) -> Track<u16, Balance, BlockNumber> {
	Track {
		id,
		info: TrackInfo {
			name: s(name),
			max_deciding,
			decision_deposit,
			prepare_period: blocks(periods.prepare, 2),
			decision_period: blocks(14 * DAYS, 40),
			confirm_period: blocks(periods.confirm, 3),
			min_enactment_period: blocks(periods.min_enactment, 2),
			min_approval: curves.0,
			min_support: curves.1,
		},
	}
}

const TRACKS: [Track<u16, Balance, BlockNumber>; 6] = [
	track(
		0,
		"root",
		1,
		100_000 * ZG,
		periods(2 * HOURS, DAYS, DAYS),
		(APPROVAL, ROOT_SUPPORT),
	),
	track(
		1,
		"whitelisted_caller",
		100,
		10_000 * ZG,
		periods(30 * MINUTES, 10 * MINUTES, 10 * MINUTES),
		(WHITELISTED_APPROVAL, WHITELISTED_SUPPORT),
	),
	track(
		10,
		"general_admin",
		10,
		5_000 * ZG,
		periods(HOURS, 3 * HOURS, 10 * MINUTES),
		(APPROVAL, ADMIN_SUPPORT),
	),
	track(
		11,
		"treasurer",
		10,
		1_000 * ZG,
		periods(2 * HOURS, 3 * HOURS, DAYS),
		(APPROVAL, ADMIN_SUPPORT),
	),
	track(
		20,
		"referendum_canceller",
		1_000,
		10_000 * ZG,
		periods(2 * HOURS, 3 * HOURS, 10 * MINUTES),
		(APPROVAL, ADMIN_SUPPORT),
	),
	track(
		21,
		"referendum_killer",
		1_000,
		50_000 * ZG,
		periods(2 * HOURS, 3 * HOURS, 10 * MINUTES),
		(APPROVAL, ADMIN_SUPPORT),
	),
];

/// The tracks of the runtime.
pub struct TracksInfo;

impl pallet_referenda::TracksInfo<Balance, BlockNumber> for TracksInfo {
	type Id = u16;
	type RuntimeOrigin = <RuntimeOrigin as frame_support::traits::OriginTrait>::PalletsOrigin;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<Self::Id, Balance, BlockNumber>>> {
		TRACKS.iter().map(Cow::Borrowed)
	}

	fn track_for(origin: &Self::RuntimeOrigin) -> Result<Self::Id, ()> {
		if let Ok(system) = frame_system::RawOrigin::try_from(origin.clone()) {
			return match system {
				frame_system::RawOrigin::Root => Ok(0),
				_ => Err(()),
			};
		}
		Ok(match Origin::try_from(origin.clone()).map_err(|_| ())? {
			Origin::WhitelistedCaller => 1,
			Origin::GeneralAdmin => 10,
			Origin::Treasurer => 11,
			Origin::ReferendumCanceller => 20,
			Origin::ReferendumKiller => 21,
		})
	}
}
