// SPDX-License-Identifier: Apache-2.0
//! Hash to curve and the pairing check.

use crate::{
	types::{BlsError, PointBytes, Signature},
	DST,
};
use ark_bls12_381::{g1, G1Projective};
use ark_ec::{
	hashing::{curve_maps::wb::WBMap, map_to_curve_hasher::MapToCurveBasedHasher, HashToCurve},
	pairing::Pairing,
	AffineRepr,
};
use ark_ff::{field_hashers::DefaultFieldHasher, Zero};
use core::ops::Neg;
use sha2::Sha256;
use sp_crypto_ec_utils::bls12_381::{Bls12_381, G1Affine, G2Affine};

type Hasher = MapToCurveBasedHasher<G1Projective, DefaultFieldHasher<Sha256, 128>, WBMap<g1::Config>>;

/// Verifies one signature, or the aggregate of many, over a 32-byte message against one checked key, or the
/// sum of many.
///
/// `e(signature, -g2) · e(H(message), key) = 1`, as one Miller loop over both pairs and one final
/// exponentiation.
///
/// Errors: [`BlsError::BadPoint`], [`BlsError::NotInSubgroup`] and [`BlsError::Identity`] for a signature
/// that cannot be one (`BadPoint` also for a key that was never checked), [`BlsError::BadSignature`] if it
/// does not match.
pub fn verify(message: &[u8; 32], signature: &Signature, key: &PointBytes) -> Result<(), BlsError> {
	let signature = signature.point()?;
	let key = key.point()?;
	let hash = hash_to_curve(message).ok_or(BlsError::BadSignature)?;
	match Bls12_381::multi_pairing([signature, hash], [G2Affine::generator().neg(), key]).is_zero() {
		true => Ok(()),
		false => Err(BlsError::BadSignature),
	}
}

/// RFC 9380 `BLS12381G1_XMD:SHA-256_SSWU_RO_` under [`DST`]. Never `None`: the map is total.
pub(crate) fn hash_to_curve(message: &[u8]) -> Option<G1Affine> {
	let point = Hasher::new(DST).and_then(|hasher| hasher.hash(message)).ok()?;
	Some(G1Affine::new_unchecked(point.x, point.y))
}
