// SPDX-License-Identifier: Apache-2.0

//! Who may decide what, by which referendum.

pub mod origins;
pub mod tracks;

pub use origins::pallet_custom_origins::{
	GeneralAdmin, ReferendumCanceller, ReferendumKiller, Treasurer, WhitelistedCaller,
};
pub use tracks::TracksInfo;
