// SPDX-License-Identifier: Apache-2.0
//! The format once more, slow and plain, sharing no code with the crate: field arithmetic from the polynomial
//! and the basis, parity by Lagrange interpolation, hashes over whole strings.

#![allow(dead_code, unreachable_pub)]

use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use zerog_erasure::{BlobHeader, Hash, Namespace};

pub const CHAIN: Hash = [0x11; 32];
pub const NAMESPACE: Namespace = Namespace([0x22; 32]);

/// The blob of the test vectors: byte `i` is the highest byte of `(i + 1) · 2654435761 mod 2^32`.
pub fn blob(length: usize) -> Vec<u8> {
	(1..=length as u32)
		.map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
		.collect()
}

pub fn sha256(parts: &[&[u8]]) -> Hash {
	Sha256::digest(parts.concat()).into()
}

/// Exponents and logarithms of GF(2^16) modulo x^16 + x^5 + x^3 + x^2 + 1, in the Cantor basis of Leopard.
pub static FIELD: LazyLock<(Vec<u16>, Vec<u16>)> = LazyLock::new(|| {
	const BASIS: [u16; 16] = [
		0x0001, 0xACCA, 0x3C0E, 0x163E, 0xC582, 0xED2E, 0x914C, 0x4012, 0x6C98, 0x10D8, 0x6A72, 0xB900,
		0xFDB8, 0xFB34, 0xFF38, 0x991E,
	];
	let mut polynomial_log = vec![0u16; 1 << 16];
	let mut state = 1usize;
	for exponent in 0..u16::MAX {
		polynomial_log[state] = exponent;
		state <<= 1;
		if state >> 16 == 1 {
			state ^= 0x1002D;
		}
	}
	let (mut exp, mut log) = (vec![0; 1 << 16], vec![0; 1 << 16]);
	for coordinates in 1..=u16::MAX {
		let element = (0..16)
			.filter(|bit| coordinates >> bit & 1 == 1)
			.fold(0, |sum, bit| sum ^ BASIS[bit]);
		log[usize::from(coordinates)] = polynomial_log[usize::from(element)];
		exp[usize::from(polynomial_log[usize::from(element)])] = coordinates;
	}
	(exp, log)
});

pub fn mul(left: u16, right: u16) -> u16 {
	let (exp, log) = &*FIELD;
	match (left, right) {
		(0, _) | (_, 0) => 0,
		_ => exp[(usize::from(log[usize::from(left)]) + usize::from(log[usize::from(right)])) % 65535],
	}
}

pub fn inverse(element: u16) -> u16 {
	let (exp, log) = &*FIELD;
	exp[(65535 - usize::from(log[usize::from(element)])) % 65535]
}

/// A row's symbols: in each block of 64 bytes 32 low bytes, then 32 high bytes.
pub fn symbols(row: &[u8]) -> Vec<u16> {
	row.chunks(64)
		.flat_map(|block| (0..32).map(|i| u16::from_le_bytes([block[i], block[32 + i]])))
		.collect()
}

fn bytes(symbols: &[u16]) -> Vec<u8> {
	symbols
		.chunks(32)
		.flat_map(|block| {
			block
				.iter()
				.map(|s| *s as u8)
				.chain(block.iter().map(|s| (*s >> 8) as u8))
		})
		.collect()
}

/// Row `index` of the codeword whose rows `0..K` are `originals`: the polynomial through the points `(k,
/// row_k)` at the point `index`, numbers read as field elements. `0..K` is a subspace, so all denominators
/// share one factor.
pub fn parity_row(originals: &[Vec<u16>], index: u16) -> Vec<u8> {
	let points = 0..originals.len() as u16;
	let vanishing = points
		.clone()
		.fold(1, |product, point| mul(product, index ^ point));
	let factor = mul(vanishing, inverse(points.clone().skip(1).fold(1, mul)));
	let mut sum = vec![0; originals[0].len()];
	for (point, row) in points
		.zip(originals)
		.filter(|(_, row)| row.iter().any(|symbol| *symbol != 0))
	{
		let weight = mul(factor, inverse(index ^ point));
		sum.iter_mut()
			.zip(row)
			.for_each(|(sum, symbol)| *sum ^= mul(weight, *symbol));
	}
	bytes(&sum)
}

pub fn leaf(row: &[u8]) -> Hash {
	blake3::derive_key("zerog/da/leaf/v2", row)
}

/// All nodes over `rows`, the leaves first, the root in the last layer.
pub struct Tree(pub Vec<Vec<Hash>>);

impl Tree {
	pub fn new(rows: &[Vec<u8>]) -> Self {
		let mut layers = vec![rows.iter().map(|row| leaf(row)).collect::<Vec<_>>()];
		while layers.last().unwrap().len() > 1 {
			let pairs = layers.last().unwrap().chunks(2);
			let node = |pair: &[Hash]| blake3::derive_key("zerog/da/node/v2", pair.as_flattened());
			layers.push(pairs.map(node).collect());
		}
		Self(layers)
	}

	pub fn root(&self) -> Hash {
		self.0.last().unwrap()[0]
	}

	pub fn path(&self, index: usize) -> Vec<Hash> {
		self.0[..self.0.len() - 1]
			.iter()
			.enumerate()
			.map(|(level, layer)| layer[(index >> level) ^ 1])
			.collect()
	}
}

pub fn params(length: u32, originals: usize, row_bytes: usize) -> Vec<u8> {
	let numbers = [length, originals as u32, 4 * originals as u32, row_bytes as u32].map(u32::to_le_bytes);
	[&[2, 0][..], &CHAIN, &NAMESPACE.0, &numbers.concat()].concat()
}

/// The checksum of `originals` under the coefficients that `row_root` draws.
pub fn checksum(length: u32, originals: &[Vec<u8>], row_root: &Hash) -> Vec<u8> {
	let params = params(length, originals.len(), originals[0].len());
	let seed = sha256(&[b"zerog/da/checksum/v2", &params, row_root]);
	let coefficients: Vec<[u16; 10]> = (0..originals[0].len() as u32 / 2)
		.map(|column| {
			let hash = sha256(&[&seed, &column.to_le_bytes()]);
			std::array::from_fn(|limb| u16::from_le_bytes([hash[2 * limb], hash[2 * limb + 1]]))
		})
		.collect();
	let combine = |row: &Vec<u8>| {
		let mut limbs = [0u16; 10];
		for (symbol, coefficient) in symbols(row).into_iter().zip(&coefficients) {
			limbs
				.iter_mut()
				.zip(coefficient)
				.for_each(|(limb, r)| *limb ^= mul(symbol, *r));
		}
		limbs.map(u16::to_le_bytes).concat()
	};
	originals.iter().flat_map(combine).collect()
}

/// A header for whatever row root and checksum a writer may commit to.
pub fn header(length: u32, row_root: Hash, checksum: &[u8]) -> BlobHeader {
	let checksum_root = sha256(&[b"zerog/da/checksum-root/v2", checksum]);
	BlobHeader::new(CHAIN, NAMESPACE, length, row_root, checksum_root).unwrap()
}
