// SPDX-License-Identifier: Apache-2.0

//! What an upgrade does to storage.
//!
//! Write a migration as `VersionedMigration` in its pallet, list it here, and remove it one release after it ran
//! everywhere. `try-runtime` runs every invariant before and after.

/// Migrations that run in the first block after the upgrade, in this order.
pub type SingleBlock = (pallet_restaking::migration::FromFixedSet<crate::Runtime, crate::staking::FixedSet>,);

/// Migrations that take more than a block, run by `pallet-migrations` while other calls wait.
#[cfg(not(feature = "runtime-benchmarks"))]
pub type MultiBlock = ();
