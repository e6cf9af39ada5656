// SPDX-License-Identifier: Apache-2.0
//! Keys and signatures with small, public secrets, made with arkworks: benchmarks run in Wasm, where blst is not. Slow.

use crate::{
	points::write_field_element,
	types::{PublicKey, Signature},
	verify::hash_to_curve,
};
use ark_bls12_381::{Fq, Fr};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::PrimeField;
use sp_crypto_ec_utils::bls12_381::G2Affine;

const COMPRESSED: u8 = 0x80;
const LARGEST: u8 = 0x20;

/// Whether an element is the larger one of itself and its negative.
fn is_larger(element: Fq) -> bool {
	element.into_bigint() > (-element).into_bigint()
}

fn secret(index: u32) -> Fr {
	Fr::from(u64::from(index) + 1)
}

/// The key whose secret is `index + 1`.
pub fn public_key(index: u32) -> PublicKey {
	let point = (G2Affine::generator() * secret(index)).into_affine();
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
		let points: Vec<_> = (0..9).map(|i| public_key(i).decompress().unwrap()).collect();
		let signature = sign(0..9, &message);
		assert_eq!(
			crate::verify(&message, &signature, &crate::sum(&points).unwrap()),
			Ok(())
		);
	}
}
