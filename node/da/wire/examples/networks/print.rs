// SPDX-License-Identifier: Apache-2.0

//! The report as tables.

use crate::{
	committees::Layout,
	flood::{Policy, Seen, NETWORKS, PERIODS},
	report::{BlobRate, Rate, Report},
};
use zerog_networks::BIAS_BITS;

const MIB_OF_GIB: f64 = 1024.0;

fn heading(title: &str, notes: &[&str]) {
	println!("\n{title}");
	notes.iter().for_each(|note| println!("  {note}"));
}

fn count(operators: Option<u32>) -> String {
	operators.map_or(">1000".into(), |operators| operators.to_string())
}

fn bits(bits: &[Option<u32>]) -> String {
	let text = |bits: &Option<u32>| bits.map_or("safe".into(), |bits| bits.to_string());
	bits.iter().map(|bits| format!("{:>5}", text(bits))).collect()
}

impl Report {
	pub(crate) fn print(&self) {
		println!(
			"Networks at scale: {} Gb/s of ingress an operator, {} signed together. Bytes are counted from messages;",
			self.settings.gbps,
			match self.settings.batch {
				1 => "no blobs".into(),
				blobs => format!("{blobs} blobs"),
			}
		);
		println!(
			"time is bytes over bandwidth. What processors do is this machine's: {}.",
			self.machine
		);
		println!("Not counted: reading, repair, disks, blocks of the chain, framing and encryption of the transport.");
		self.print_overhead();
		self.print_rates();
		self.print_needed();
		self.print_latency();
		self.print_compute();
		self.print_draws();
		self.print_floods();
		self.print_conclusions();
	}

	fn print_overhead(&self) {
		heading(
			"Bytes that all members of one committee take in for a byte of payload",
			&["shares: each member's attestation to every other one, if the blob is signed alone, and as one of 64"],
		);
		println!(
			"  {:>8} {:>7} {:>6} {:>8} {:>6} {:>6} {:>11} {:>9}  all, alone",
			"blob", "members", "rows", "checksum", "proof", "frame", "shares: one", "of 64"
		);
		for row in &self.overhead {
			let pushed = row.rows + row.checksum + row.proof_and_indices + row.frame;
			println!(
				"  {:>8} {:>7} {:>6.2} {:>8.2} {:>6.2} {:>6.2} {:>11.2} {:>9.2}  {:>6.2}{}",
				row.blob,
				row.members,
				row.rows,
				row.checksum,
				row.proof_and_indices,
				row.frame,
				row.shares_alone,
				row.shares_of_64,
				pushed + row.shares_alone,
				if row.supported {
					""
				} else {
					"  refused: too few rows for so many members"
				},
			);
		}
	}

	fn print_rates(&self) {
		heading(
			"Payload in Gb/s, spread evenly over the networks, when the busiest operator's ingress is full",
			&[
				"in brackets: if the load could be spread evenly over all operators",
				"root: everybody by stake. drawn: 200 seats each, drawn from all operators, at most 10 of one. apart: each \
				 operator",
				"in one network. Up to 200 operators, drawn committees are everybody: as root, however many networks.",
				"in, out: MiB of the busiest operator for a GiB of payload in blobs of 32 MiB",
			],
		);
		let mut before = "";
		for row in &self.rates {
			if row.stakes != before {
				println!(
					"  stake {:<10} {:>9} {:>8} {:>15} {:>15} {:>15} {:>6} {:>6}",
					row.stakes, "networks", "members", "128 KiB", "1 MiB", "32 MiB", "in", "out"
				);
				before = row.stakes;
			}
			let cell = |rate: &BlobRate| match &rate.carried {
				Some(carried) => format!("{:>7.1} ({:>5.1})", carried.gbps, carried.gbps_of_mean),
				None => "refused".into(),
			};
			let cells: Vec<String> = row.blobs.iter().map(cell).collect();
			let last = row.blobs.last().and_then(|rate| rate.carried.as_ref());
			let (ingress, egress) = last.map_or((0.0, 0.0), |carried| {
				(carried.busiest_ingress, carried.busiest_egress)
			});
			println!(
				"  {:>16} {:>9} {:>8.0} {} {:>6.1} {:>6.2}",
				row.operators,
				row.layout,
				row.members,
				cells
					.iter()
					.map(|cell| format!("{cell:>15}"))
					.collect::<Vec<_>>()
					.join(" "),
				ingress * MIB_OF_GIB,
				egress * MIB_OF_GIB,
			);
		}
	}

	fn print_needed(&self) {
		heading(
			"Operators with equal stake that carry 50 Gb/s of payload in blobs of 32 MiB, none beyond its ingress",
			&[
				"pushes: only these counted. then by blobs signed together: 1, 4 (a node disperses so many at once), 64 (the most)",
			],
		);
		println!(
			"  {:>9} {:>7} {:>6} {:>6} {:>6}   if operators also take blobs in and push them: 1, 4, 64",
			"networks", "pushes", 1, 4, 64
		);
		for row in &self.needed {
			let cells = |counts: &[Option<u32>]| -> String {
				let cell = |operators: &Option<u32>| format!(" {:>6}", count(*operators));
				counts.iter().map(cell).collect()
			};
			let (pushes, apart, both) = (count(row.pushes), cells(&row.operators), cells(&row.dispersing));
			println!("  {:>9} {pushes:>7}{apart}  {both}", row.layout);
		}
	}

	fn print_latency(&self) {
		heading(
			"One blob alone, signed alone, in milliseconds",
			&[
				"push: by one disperser whose egress is an operator's ingress. shares: everybody's to everybody. compute: rows, \
				 all",
				"shares and the certificate on one core of this machine. No distances, disks or blocks.",
			],
		);
		println!(
			"  {:>8} {:>7} {:>9} {:>9} {:>9} {:>9}",
			"blob", "members", "push", "shares", "compute", "all"
		);
		for row in &self.latency {
			println!(
				"  {:>8} {:>7} {:>9.1} {:>9.1} {:>9.1} {:>9.1}",
				row.blob,
				row.members,
				row.push * 1e3,
				row.shares * 1e3,
				row.compute * 1e3,
				(row.push + row.shares + row.compute) * 1e3
			);
		}
	}

	fn print_compute(&self) {
		heading(
			"Certificates, and what processors do for them: milliseconds of one core of this machine",
			&["nine in ten members sign; each of them verifies all shares"],
		);
		println!(
			"  {:>7} {:>6} {:>12} {:>12} {:>6} {:>10} {:>10} {:>12}",
			"members", "blobs", "certificate", "share", "sign", "a share", "aggregate", "chain checks"
		);
		for row in &self.certificates {
			println!(
				"  {:>7} {:>6} {:>10} B {:>10} B {:>6.2} {:>10.3} {:>10.2} {:>12.2}",
				row.members,
				row.blobs,
				row.certificate_bytes,
				row.share_bytes,
				row.sign_seconds * 1e3,
				row.share_seconds * 1e3,
				row.aggregate_seconds * 1e3,
				row.verify_seconds * 1e3
			);
		}
		for check in &self.checks {
			println!(
				"  rows of {:>7}: {:.2} ms for a member and blob, and {:.2} ms for a MiB of rows",
				check.blob,
				check.checking.blob_seconds * 1e3,
				check.checking.byte_seconds * f64::from(1 << 20) * 1e3
			);
		}
		heading(
			"Cores of this machine that the mean operator's checks take, while the busiest one's ingress is full",
			&["shares alone: each blob signed alone, all shares of it verified by all members"],
		);
		println!(
			"  {:>8} {:>9} {:>9} {:>7} {:>13} {:>13}",
			"blob", "operators", "networks", "rows", "shares alone", "shares of 64"
		);
		for row in &self.cores {
			println!(
				"  {:>8} {:>9} {:>9} {:>7.2} {:>13.2} {:>13.2}",
				row.blob, row.operators, row.layout, row.rows, row.shares_alone, row.shares_of_64
			);
		}
	}

	fn print_draws(&self) {
		heading(
			"Drawing a committee anew; once it stands, a third of it in an epoch",
			&["hashes: SHA-256 of at most 68 bytes. ms: the least of 50, of one core of this machine"],
		);
		println!(
			"  {:>9} {:>9} {:>9} {:>7} {:>10} {:>6} {:>7}",
			"stake", "operators", "seats/cap", "members", "most seats", "hashes", "ms"
		);
		for row in &self.draws {
			println!(
				"  {:>9} {:>9} {:>9} {:>7} {:>10} {:>6} {:>7.3}",
				row.stakes,
				row.operators,
				format!("{}/{}", row.seats, row.cap),
				row.members,
				row.most_seats,
				row.hashes,
				row.milliseconds
			);
		}
		heading(
			"Bits against a failing draw of one network, if 15, 20 or 25 % of the stake are corrupt; of any of 16: 4 less",
			&[&format!("safe: everybody is in it, no draw can fail. {BIAS_BITS} bits for bias are taken off. One line where 2,048 and 16,384 rows agree")],
		);
		println!(
			"  {:>9} {:>9} {:>5} {:>6} | {:<15} | liveness lost",
			"stake", "operators", "seats", "rows", "availability"
		);
		for row in &self.bounds {
			println!(
				"  {:>9} {:>9} {:>5} {:>6} |{} |{}",
				row.stakes,
				row.operators,
				row.seats,
				row.rows,
				bits(&row.availability),
				bits(&row.liveness)
			);
		}
	}

	fn print_floods(&self) {
		let waits = format!(
			"{NETWORKS} networks at 40 % of their capacity, opened by load in {} epochs; for {PERIODS} periods one \
			 namespace adds",
			self.grown_in_epochs
		);
		heading(
			"A flood of one network",
			&[&waits, "twice what its network takes. First come, first served"],
		);
		let table = |title: &str, rows: &[Seen]| {
			println!(
				"  {title}\n  {:>9} {:>11} {:>13} {:>13} {:>15} {:>11} {:>12}",
				"network",
				"flood taken",
				"others' blobs",
				"of these moved",
				"periods waited",
				"left behind",
				"fee, floors"
			);
			for row in rows {
				println!(
					"  {:>7}{:>2} {:>11} {:>13} {:>13} {:>15.2} {:>11} {:>12.2}",
					row.network,
					if row.flooded { " *" } else { "" },
					row.flood_taken,
					row.others,
					row.others_elsewhere,
					row.mean_wait,
					row.others_waiting,
					row.fee
				);
			}
		};
		table("no flood", &self.calm);
		for flood in &self.floods {
			table(
				match flood.policy {
					Policy::Waits => "what finds its network full waits (* flooded)",
					Policy::Overflows => "what finds its network full goes to the next (* flooded)",
				},
				&flood.networks,
			);
		}
	}

	/// The rate in blobs of one size, 32 MiB with 2, of operators with equal stake.
	fn rate(&self, operators: u32, layout: Layout, size: usize) -> Option<f64> {
		let fits = |row: &&Rate| row.stakes == "equal" && row.operators == operators && row.layout == layout;
		let row = self.rates.iter().find(fits)?;
		Some(row.blobs.get(size)?.carried.as_ref()?.gbps)
	}

	fn print_conclusions(&self) {
		heading("What this says", &[]);
		let rate = |operators, layout, size| self.rate(operators, layout, size).unwrap_or(f64::NAN);
		println!(
			"  Bandwidth comes from operators: blobs of 32 MiB, one network: {:.1} Gb/s with 100, {:.1} with 200, {:.1} with 1,000.",
			rate(100, Layout::Root, 2),
			rate(200, Layout::Root, 2),
			rate(1_000, Layout::Root, 2)
		);
		println!(
			"  Networks save what is sent to each member whatever its rows (checksum, shares): with 200 operators apart in 4,\n  \
			 {:.1} instead of {:.1} Gb/s for 1 MiB and {:.1} instead of {:.1} for 32 MiB; never beyond a quarter of all ingress, {:.1}.",
			rate(200, Layout::Split(4), 1),
			rate(200, Layout::Root, 1),
			rate(200, Layout::Split(4), 2),
			rate(200, Layout::Root, 2),
			200.0 * self.settings.gbps / 4.0
		);
		println!(
			"  Drawn seats are uneven: 1,000 operators carry {:.1} Gb/s with one drawn network, {:.1} with 16, and {:.1} as one root\n  \
			 network: networks share the load out, each by another draw, until the busiest operator is full.",
			rate(1_000, Layout::Drawn(1), 2),
			rate(1_000, Layout::Drawn(16), 2),
			rate(1_000, Layout::Root, 2)
		);
		let core = |layout: &str| {
			self.cores
				.iter()
				.rfind(|row| row.operators == 230 && row.layout == layout)
		};
		if let (Some(root), Some(apart)) = (core("root"), core("4 apart")) {
			println!(
				"  Shares are the other cost of a large committee: with 230 operators at that rate, all shares of blobs of 32 MiB that are\n  \
				 signed alone take {:.1} cores of this machine at each member, {:.2} if 64 are signed together; {:.1} if apart in 4.",
				root.shares_alone, root.shares_of_64, apart.shares_alone
			);
		}
		if let Some(row) = self.needed.first() {
			let (alone, together) = (row.operators.first(), row.operators.last());
			let of = |operators: Option<&Option<u32>>| count(operators.copied().flatten());
			println!(
				"  50 Gb/s take {} operators in one network by rows, checksums and proofs alone; with shares {} if blobs are signed\n  \
				 alone, {} if 64 are signed together; {} if operators also disperse them. Reading and disks are extra.",
				count(row.pushes),
				of(alone),
				of(together),
				of(row.dispersing.first())
			);
		}
		println!(
			"  A flood stays where it is routed, and raises that network's fee; what may overflow fills the next ones, at their price."
		);
	}
}
