// SPDX-License-Identifier: Apache-2.0
//! Keys and signatures with small, public secrets, made with arkworks: benchmarks run in Wasm, where blst is not. Slow.

use crate::{
	points::write_field_element,
	types::{PointBytes, PublicKey, Signature},
	verify::hash_to_curve,
};
use alloc::vec::Vec;
use ark_bls12_381::{Fq, Fr};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::PrimeField;
use sp_crypto_ec_utils::bls12_381::{G2Affine, G2Projective};

const COMPRESSED: u8 = 0x80;
const LARGEST: u8 = 0x20;

/// Whether an element is the larger one of itself and its negative.
fn is_larger(element: Fq) -> bool {
	element.into_bigint() > (-element).into_bigint()
}

fn secret(index: u32) -> Fr {
	Fr::from(u64::from(index) + 1)
}

/// The first `count` keys, with secrets from 1 on, and their points.
pub fn keys(count: u32) -> Vec<(PublicKey, PointBytes)> {
	let one = G2Affine::generator();
	let next = |last: &G2Projective| Some(*last + one);
	let count = usize::try_from(count).unwrap_or_default();
	let points: Vec<_> = core::iter::successors(Some(one.into_group()), next)
		.take(count)
		.collect();
	G2Projective::normalize_batch(&points)
		.iter()
		.map(|point| (compressed(point), PointBytes::of(point)))
		.collect()
}

fn compressed(point: &G2Affine) -> PublicKey {
	let mut bytes = [0; 96];
	for (element, out) in [point.x.c1, point.x.c0]
		.into_iter()
		.zip(bytes.as_chunks_mut::<48>().0)
	{
		write_field_element(element, out);
	}
	let larger = if point.y.c1 == Fq::from(0u64) {
		is_larger(point.y.c0)
	} else {
		is_larger(point.y.c1)
	};
	bytes[0] |= COMPRESSED | if larger { LARGEST } else { 0 };
	PublicKey(bytes)
}

/// The aggregate signature of these keys over a message.
pub fn sign(indices: impl Iterator<Item = u32>, message: &[u8; 32]) -> Signature {
	let sum: Fr = indices.map(secret).sum();
	let mut bytes = [0; 48];
	if let Some(hash) = hash_to_curve(message) {
		let point = (hash * sum).into_affine();
		write_field_element(point.x, &mut bytes);
		bytes[0] |= COMPRESSED | if is_larger(point.y) { LARGEST } else { 0 };
	}
	Signature(bytes)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn small_secrets_make_real_signatures() {
		let message = [7; 32];
		let keys = keys(9);
		assert!(keys
			.iter()
			.all(|(key, point)| key.decompress().as_ref() == Ok(point)));
		let points: Vec<_> = keys.into_iter().map(|(_, point)| point).collect();
		let signature = sign(0..9, &message);
		assert_eq!(
			crate::verify(&message, &signature, &crate::sum(&points).unwrap()),
			Ok(())
		);
	}
}
