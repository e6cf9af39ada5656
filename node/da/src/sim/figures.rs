// SPDX-License-Identifier: Apache-2.0

//! What a blob costs: on the wire beside the formula, until its certificate, and in verification.

use super::{fail, world::World};
use crate::protocol::Share;
use std::time::Duration;
use zerog_bls::PublicKey;
use zerog_erasure::{Encoded, Profile};

/// Bytes sent so far.
pub(super) struct Counts {
	push: (u64, u64),
	share: (u64, u64),
}

impl Counts {
	pub(super) fn now(world: &World) -> Self {
		Self {
			push: world.network.traffic("push"),
			share: world.network.traffic("share"),
		}
	}
}

/// Expected hashes of the multiproof of `rows` of a profile's `m` rows, chosen at random: at each level, the nodes that
/// are not touched and whose siblings are.
fn proof_hashes(profile: Profile, rows: u32) -> f64 {
	let m = profile.rows();
	// The probability that none of the rows is among `size` given ones.
	let none = |size: u32| -> f64 {
		(0..rows)
			.map(|row| f64::from((m - row).saturating_sub(size)) / f64::from(m - row))
			.product()
	};
	let level = |level: u32| f64::from(m >> level) * (none(1 << level) - none(2 << level));
	(0..profile.tree_height()).map(level).sum()
}

/// `n · (20K + ⌈m/n⌉ · row + multiproof)`.
pub(super) fn push_bytes(profile: Profile, members: usize) -> f64 {
	let n = members as f64;
	let rows = f64::from(profile.rows()) / n;
	let proof = 32.0 * proof_hashes(profile, rows.round() as u32);
	n * (f64::from(profile.checksum_bytes()) + rows * f64::from(profile.row_bytes()) + proof)
}

pub(super) fn print(world: &World, encoded: &Encoded, before: Counts, latency: Duration) {
	let (after, n) = (Counts::now(world), world.members);
	let pushed = (after.push.0 - before.push.0) as f64;
	let formula = push_bytes(encoded.profile(), n);
	let (shares, share_bytes) = (after.share.1 - before.share.1, after.share.0 - before.share.0);
	let kib = encoded.header().length >> 10;
	let blob = f64::from(encoded.header().length);
	println!(
		"figures: {n} members, 50 ms links, {kib} KiB: certificate after {:.2} s; pushed {:.0} KiB (x{:.1} of the blob), \
		 formula {:.0} KiB (x{:.1}); signatures {} messages, {} KiB",
		latency.as_secs_f64(),
		pushed / 1024.0,
		pushed / blob,
		formula / 1024.0,
		formula / blob,
		shares,
		share_bytes >> 10,
	);
	// Indices and envelopes are not in the formula; the publisher's own rows are not on the wire.
	if (pushed / formula - 1.0).abs() > 0.06 {
		fail(format!("{pushed} bytes pushed, the formula says {formula}"));
	}
	if latency > Duration::from_secs(8) {
		fail("a certificate takes longer than eight seconds in calm weather");
	}
}

/// Processor time of this process so far.
fn processor_time() -> Duration {
	// SAFETY: plain numbers, for which zero is a value; the call only writes them.
	let time = unsafe {
		let mut time: libc::timespec = std::mem::zeroed();
		libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time);
		time
	};
	Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// An aggregator verifies the shares of all members for one batch, outside the simulation: nothing is remembered.
pub(super) fn print_verification(world: &World, shares: Vec<(Share, PublicKey)>) {
	let handle = world.handle(0).unwrap();
	let before = processor_time();
	let verified = std::thread::spawn(move || handle.verify(&shares));
	if !verified.join().unwrap() {
		fail("good shares do not verify");
	}
	// Another each time: seeds whose output is compared have other plots.
	println!(
		"figures: {} shares of one batch are verified in {:.0} ms of processor time",
		world.members,
		(processor_time() - before).as_secs_f64() * 1_000.0
	);
}
