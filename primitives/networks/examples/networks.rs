// SPDX-License-Identifier: Apache-2.0

//! What networks are worth in numbers: `cargo run --release -p zerog-networks --example networks [Mb/s of ingress]`.
//!
//! Bandwidth is arithmetic over the sizes of rows, paths and checksums; committees and bounds are drawn and computed by the
//! code that the chain runs.

use codec::Encode;
use sp_arithmetic::Perbill;
use std::time::{Duration, Instant};
use zerog_networks::*;

/// A matrix, as `docs/data-availability.md` lists them.
struct Matrix {
	name: &'static str,
	payload: u64,
	rows: u64,
	row_bytes: u64,
}

const MATRICES: [Matrix; 3] = [
	Matrix {
		name: "128 KiB",
		payload: 128 << 10,
		rows: 2_048,
		row_bytes: 256,
	},
	Matrix {
		name: "1 MiB",
		payload: 1 << 20,
		rows: 8_192,
		row_bytes: 512,
	},
	Matrix {
		name: "32 MiB",
		payload: 32 << 20,
		rows: 16_384,
		row_bytes: 8_192,
	},
];

impl Matrix {
	/// The checksum, 20 bytes for each of the `rows / 4`: every member takes all of it.
	fn checksum(&self) -> u64 {
		self.rows / 4 * 20
	}

	/// Bytes that one of so many members takes in: checksum, rows with their indices, and the hashes of one multiproof.
	///
	/// A node of the tree is sent if no row below it is the member's, but one below its sibling is; expected over rows that
	/// are assigned at random.
	fn pushed(&self, members: f64) -> f64 {
		let others = 1.0 - 1.0 / members;
		let hashes = (0..self.rows.ilog2()).map(|level| {
			let below = (1u64 << level) as f64;
			let untouched = others.powf(below);
			self.rows as f64 / below * untouched * (1.0 - untouched)
		});
		let rows = self.rows as f64 / members * (4 + self.row_bytes) as f64;
		self.checksum() as f64 + rows + 32.0 * hashes.sum::<f64>()
	}

	/// Bytes that members take in for a byte of payload.
	fn expansion(&self, members: f64) -> f64 {
		members * self.pushed(members) / self.payload as f64
	}
}

fn equal(operators: u32) -> Vec<(u32, Balance)> {
	(0..operators).map(|id| (id, 1_000_000)).collect()
}

fn certificate_bytes(members: usize, blobs: usize) -> usize {
	// Session, expiry, commitments, bitmap, signature.
	(
		0u32,
		0u32,
		vec![[0u8; 32]; blobs],
		vec![0u8; members.div_ceil(8)],
		[0u8; 48],
	)
		.encoded_size()
}

fn bandwidth(gbps: f64) {
	println!(
		"Payload in Gb/s when every operator takes in {gbps} Gb/s; KiB that a member takes in for each blob"
	);
	println!(
		"{:>9} {:>8} {:>7} | {}",
		"operators",
		"networks",
		"members",
		MATRICES.map(|m| format!("{:>22}", m.name)).join("")
	);
	for operators in [100u32, 200, 400, 1_000] {
		for networks in [1u32, 2, 4, 8, 16] {
			let members = operators / networks;
			if members < 25 {
				continue;
			}
			print!("{operators:>9} {networks:>8} {members:>7} |");
			for matrix in &MATRICES {
				let expansion = matrix.expansion(members.into());
				let share = matrix.pushed(members.into()) / 1024.0;
				// The rule that a certificate of so many members needs.
				let mark = if encoding_bits(Failure::Liveness, matrix.rows as u32, members) < 192 {
					"!"
				} else {
					" "
				};
				print!(
					"{:>10.1} {share:>9.1}{mark} ",
					f64::from(operators) * gbps / expansion
				);
			}
			println!();
		}
	}
	println!(
		"! refused: too many members for so few rows. Reading and disks take their own bandwidth on top.\n"
	);

	println!("Operators with {gbps} Gb/s of ingress for 50 Gb/s of payload in blobs of 32 MiB");
	for networks in [1u32, 2, 4, 8, 16] {
		let needed = (1u32..).find(|operators| {
			let expansion = MATRICES[2].expansion(f64::from(*operators) / f64::from(networks));
			f64::from(*operators) * gbps / expansion >= 50.0
		});
		println!("{networks:>3} networks: {}", needed.unwrap_or(0));
	}
	println!();
}

fn certificates() {
	println!("Bytes of a certificate");
	for members in [50, 200, 256, 1_000] {
		println!(
			"{members:>5} members: {:>4} for one blob, {:>5} for 64",
			certificate_bytes(members, 1),
			certificate_bytes(members, 64)
		);
	}
	println!();
}

fn draw(operators: u32, params: &DrawParams) {
	let list = equal(operators);
	let mut best: Option<(Duration, u32, usize)> = None;
	for round in 0..50 {
		let start = Instant::now();
		let candidates = match Candidates::new(&list) {
			Ok(candidates) => candidates,
			Err(error) => return eprintln!("{error:?}"),
		};
		let (selection, draws) =
			Selection::next(None, &candidates, 3, &draw_seed(&[round; 32], 1, 3), params);
		let time = start.elapsed();
		let members = selection.members(&candidates).len();
		if best.is_none_or(|(least, ..)| time < least) {
			best = Some((time, draws, members));
		}
	}
	if let Some((time, draws, members)) = best {
		println!(
			"{:>4} seats of {operators}: {time:?}, {draws} draws, {members} members",
			params.seats
		);
	}
}

fn bounds() {
	println!("Bits against a failing draw, 1,000 operators with equal stake, {BIAS_BITS} taken off for bias");
	println!(
		"{:>5} {:>6} | availability lost if corrupt: 15 %, 20 %, 25 %, 1/3 | liveness lost: the same",
		"seats", "rows"
	);
	let list = equal(1_000);
	for seats in [128u32, 200, 256, 300, 400, 512] {
		let params = DrawParams {
			seats,
			cap: (seats / 20).max(1),
		};
		let Ok(candidates) = Candidates::new(&list) else {
			return;
		};
		let (selection, _) = Selection::next(None, &candidates, 3, &draw_seed(&[0; 32], 1, 3), &params);
		for rows in [2_048u32, 16_384] {
			print!("{seats:>5} {rows:>6} |");
			for failure in [Failure::Availability, Failure::Liveness] {
				for corrupt in [150_000_000, 200_000_000, 250_000_000, 333_333_333] {
					let corrupt = Perbill::from_parts(corrupt);
					let bits =
						failure_bits(&selection, seats, &params, failure, &Assumption { corrupt, rows });
					print!("{bits:>5}");
				}
				print!(" |");
			}
			println!();
		}
	}
	println!();
}

fn main() {
	let mbps = std::env::args().nth(1).and_then(|arg| arg.parse::<f64>().ok());
	bandwidth(mbps.unwrap_or(1_000.0) / 1_000.0);
	certificates();
	println!("Drawing a committee anew: the least of 50 times");
	for operators in [250, 500, 1_000] {
		draw(operators, &DrawParams::DEFAULT);
	}
	draw(1_000, &DrawParams { seats: 512, cap: 25 });
	println!();
	bounds();
}
