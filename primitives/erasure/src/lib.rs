// SPDX-License-Identifier: Apache-2.0
//! Erasure code, blob commitment, checksum and row check of zerog's data availability.
//!
//! A blob becomes a matrix of `m = 4K` rows over GF(2^16), of which any `K` rebuild it. One hash commits to
//! the rows and to a checksum of them, so that each holder, reader and sampler checks each row alone, without
//! trusting whoever encoded it. `docs/data-availability.md` fixes every format and derives the soundness.
//!
//! # Guarantees
//!
//! * *One commitment, one blob.* Rows that pass [`Verifier::check_row`] or [`Verifier::check_batch`] under
//!   one commitment are rows of one codeword, but for a probability of `2^-146` per row root tried.
//!   Whichever `K` of them a [`Decoder`] is given, it returns the same bytes.
//! * *A wrong encoding shows.* For any checksum at least 37.5 % of all rows of a matrix far from a codeword
//!   fail.
//! * *Parity never changes.* The code is that of `LowRate` in `reed-solomon-simd`, and in another layout that of
//!   `reed-solomon-novelpoly`: tests compare with both libraries, and files of vectors pin the bytes.
//!
//! # Example
//!
//! ```
//! use zerog_erasure::{encode, Decoder, Namespace, Verifier};
//!
//! let encoded = encode([7; 32], Namespace([9; 32]), b"hello").unwrap();
//! let verifier = Verifier::new(encoded.header(), encoded.commitment(), encoded.checksum()).unwrap();
//! let mut decoder = Decoder::new(encoded.header()).unwrap();
//! for index in 1000..1512 {
//!     let row = encoded.one_row(index).unwrap();
//!     verifier.check_row(&row).unwrap();
//!     decoder.add(index, &row.data).unwrap();
//! }
//! assert_eq!(decoder.finish().unwrap(), b"hello");
//! ```
//!
//! | file | content |
//! |---|---|
//! | `profile.rs`, `header.rs`, `ids.rs` | the nine matrix shapes, the blob header, hash newtypes |
//! | `row.rs`, `verify.rs` | rows as they travel, and their check |
//! | `encode.rs`, `decode.rs`, `stages.rs` | blob to rows, rows to blob, where the time goes |
//! | `hash.rs`, `tree.rs`, `checksum.rs` | the hashes, the row tree, the linear checksum |
//! | `engine.rs` | the two engines: layouts of one code |
//! | `code.rs`, `buffer.rs`, `par.rs` | column stripes, memory for the matrix, threads |
//! | `transform.rs`, `kernel.rs`, `gfni.rs` | transforms and field arithmetic: portable, and with AVX-512 and GFNI |
//!
//! Without the feature `std` everything works on one thread; `serde` needs `std`.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(test),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::cast_possible_truncation,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

mod buffer;
mod checksum;
mod code;
mod decode;
mod encode;
mod engine;
#[cfg(all(feature = "std", target_arch = "x86_64"))]
mod gfni;
mod hash;
mod header;
mod ids;
mod kernel;
mod par;
mod profile;
mod row;
mod stages;
mod transform;
mod tree;
mod verify;

pub use checksum::root as checksum_root;
pub use decode::{DecodeError, Decoder};
pub use encode::{commit, encode, encode_in, encode_with, Encoded};
pub use engine::EngineId;
pub use hash::leaves;
pub use header::{BlobHeader, HeaderError};
pub use ids::{Commitment, Namespace, ParseHashError};
pub use profile::Profile;
pub use row::{Row, RowBatch};
pub use stages::Stages;
pub use verify::{row_root, ChecksumError, RowError, Verifier};

/// The version of the commitment, and the first byte of what is committed to.
pub const VERSION: u8 = 2;

/// GF(2^16) limbs of one checksum row: soundness `2^-160` per combination.
pub const LIMBS: usize = 10;

/// Bytes of one checksum row: [`LIMBS`] limbs of two bytes, low byte first.
pub const CHECKSUM_ROW_BYTES: usize = 20;

/// The largest blob, in bytes.
pub const MAX_BLOB_BYTES: u32 = 32 << 20;

/// A digest of 32 bytes: SHA-256 or BLAKE3.
pub type Hash = [u8; 32];
