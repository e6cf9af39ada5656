// SPDX-License-Identifier: Apache-2.0
//! How fast this machine encodes, checks and decodes: `cargo run --release -p zerog-erasure --example speed
//! [MiB]`.
//! `RAYON_NUM_THREADS=1` measures one thread.

use std::time::Instant;
use zerog_erasure::{encode, Decoder, Namespace, Verifier};

fn main() {
	let mib: usize = std::env::args()
		.nth(1)
		.and_then(|text| text.parse().ok())
		.unwrap_or(32);
	let blob: Vec<u8> = (0..mib << 20)
		.map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
		.collect();
	let timed = |name: &str, started: Instant| {
		let seconds = started.elapsed().as_secs_f64();
		println!(
			"{name:<28} {:>8.1} ms {:>8.1} MiB/s of blob",
			seconds * 1e3,
			mib as f64 / seconds
		);
	};
	for round in ["first (builds tables)", "second"] {
		println!("{round}");
		let started = Instant::now();
		let encoded = encode([1; 32], Namespace([2; 32]), &blob).expect("1 to 32 MiB");
		timed("encode and commit", started);

		let started = Instant::now();
		let verifier =
			Verifier::new(encoded.header(), encoded.commitment(), encoded.checksum()).expect("our own");
		timed("new verifier", started);

		let k = encoded.profile().original_rows();
		let batch = encoded
			.batch(&(k..2 * k).collect::<Vec<_>>())
			.expect("rows exist");
		let started = Instant::now();
		verifier.check_batch(&batch).expect("our own");
		timed("check K rows in a batch", started);

		let started = Instant::now();
		let mut decoder = Decoder::new(encoded.header()).expect("our own");
		for (index, row) in batch
			.indices
			.iter()
			.zip(batch.data.chunks_exact(batch.data.len() / k as usize))
		{
			decoder.add(*index, row).expect("our own");
		}
		assert!(decoder.finish().expect("K rows") == blob);
		timed("decode from parity alone", started);
	}
}
