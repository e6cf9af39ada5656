// SPDX-License-Identifier: Apache-2.0
//! Points: decoding what comes from outside, and sums of stored keys.

use crate::types::{BlsError, PointBytes, PublicKey, Signature};
use alloc::vec::Vec;
use ark_bls12_381::{Fq, Fq2};
use ark_ff::{BigInt, PrimeField};
use core::iter;
use sp_crypto_ec_utils::bls12_381::{host_calls, G1Affine, G2Affine};

/// Bytes of a base field element.
const FIELD_BYTES: usize = 48;

/// A scalar as the host reads it: 32 bytes, little endian.
type Scalar = [u8; 32];

const ONE: Scalar = {
	let mut one = [0; 32];
	one[0] = 1;
	one
};

/// The group order less one.
const MINUS_ONE: Scalar = [
	0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0x02, 0xa4, 0xbd, 0x53, 0x05,
	0xd8, 0xa1, 0x09, 0x08, 0xd8, 0x39, 0x33, 0x48, 0x7d, 0x9d, 0x29, 0x53, 0xa7, 0xed, 0x73,
];

impl PublicKey {
	/// Decodes the key and checks all there is to check: canonical, on the curve, in the subgroup, not the
	/// identity.
	///
	/// Errors: [`BlsError::BadPoint`], [`BlsError::NotInSubgroup`], [`BlsError::Identity`].
	pub fn decompress(&self) -> Result<PointBytes, BlsError> {
		let (x, largest) = split_flags(&self.0)?;
		let point = G2Affine::get_point_from_x_unchecked(extension_element(&x)?, largest)
			.ok_or(BlsError::BadPoint)?;
		if !point.is_in_correct_subgroup_assuming_on_curve() {
			return Err(BlsError::NotInSubgroup);
		}
		Ok(PointBytes::of(&point))
	}
}

impl PointBytes {
	/// As it is stored.
	pub(crate) fn of(point: &G2Affine) -> Self {
		let mut bytes = [0; 192];
		let elements = [point.x.c1, point.x.c0, point.y.c1, point.y.c0];
		for (out, element) in bytes.as_chunks_mut::<FIELD_BYTES>().0.iter_mut().zip(elements) {
			write_field_element(element, out);
		}
		Self(bytes)
	}

	/// The point, checked to be on the curve and trusted to be in the subgroup.
	pub(crate) fn point(&self) -> Result<G2Affine, BlsError> {
		let ([x, y], []) = self.0.as_chunks::<96>() else {
			return Err(BlsError::BadPoint);
		};
		let point = G2Affine::new_unchecked(extension_element(x)?, extension_element(y)?);
		// `is_on_curve` calls (0, 0) the identity, which stored keys never are.
		if self.0.iter().all(|byte| *byte == 0) || !point.is_on_curve() {
			return Err(BlsError::BadPoint);
		}
		Ok(point)
	}
}

impl Signature {
	/// The point, with the checks of [`PublicKey::decompress`].
	pub(crate) fn point(&self) -> Result<G1Affine, BlsError> {
		let (x, largest) = split_flags(&self.0)?;
		let point =
			G1Affine::get_point_from_x_unchecked(field_element(&x)?, largest).ok_or(BlsError::BadPoint)?;
		match point.is_in_correct_subgroup_assuming_on_curve() {
			true => Ok(point),
			false => Err(BlsError::NotInSubgroup),
		}
	}
}

/// The sum of checked keys: the key of an aggregate signature over one message.
///
/// Errors: [`BlsError::Identity`] if there are none or they cancel out, [`BlsError::BadPoint`] if one was not
/// checked.
pub fn sum<'a>(points: impl IntoIterator<Item = &'a PointBytes>) -> Result<PointBytes, BlsError> {
	combine(points.into_iter().map(|point| (point, ONE)))
}

/// `total` less the `absent` keys: cheap where most have signed. Errors as in [`sum`].
pub fn subtract<'a>(
	total: &'a PointBytes,
	absent: impl IntoIterator<Item = &'a PointBytes>,
) -> Result<PointBytes, BlsError> {
	combine(iter::once((total, ONE)).chain(absent.into_iter().map(|point| (point, MINUS_ONE))))
}

/// `Σ scalar · point` in one host call. Stored points are in the host's own format, so that Wasm only copies
/// them; arkworks adds points with the scalars ±1 and multiplies nothing. Only the result is looked at:
/// points off the curve do not sum to one on it.
fn combine<'a>(terms: impl Iterator<Item = (&'a PointBytes, Scalar)>) -> Result<PointBytes, BlsError> {
	let (points, scalars): (Vec<[u8; 192]>, Vec<Scalar>) =
		terms.map(|(point, scalar)| (point.0, scalar)).unzip();
	if points.is_empty() {
		return Err(BlsError::Identity);
	}
	// Arkworks writes a sequence as its length in eight bytes, little endian, and the items.
	let count = u64::try_from(points.len())
		.map_err(|_| BlsError::BadPoint)?
		.to_le_bytes();
	let points = [count.as_slice(), points.as_flattened()].concat();
	let scalars = [count.as_slice(), scalars.as_flattened()].concat();
	let mut out = [0; 192];
	host_calls::bls12_381_msm_g2(&points, &scalars, &mut out).map_err(|_| BlsError::BadPoint)?;
	if out.first().is_none_or(|flags| flags & 0x40 != 0) {
		return Err(BlsError::Identity);
	}
	let sum = PointBytes(out);
	sum.point().map(|_| sum)
}

/// Splits a compressed point into its x coordinate and whether y is the larger root. The top three bits of
/// the first byte say: compressed, infinity, larger root.
fn split_flags<const N: usize>(bytes: &[u8; N]) -> Result<([u8; N], bool), BlsError> {
	let mut x = *bytes;
	let first = x.first_mut().ok_or(BlsError::BadPoint)?;
	let flags = *first >> 5;
	*first &= 0x1f;
	match flags {
		0b100 => Ok((x, false)),
		0b101 => Ok((x, true)),
		0b110 if x.iter().all(|byte| *byte == 0) => Err(BlsError::Identity),
		_ => Err(BlsError::BadPoint),
	}
}

/// A base field element: big endian, below the modulus.
fn field_element(bytes: &[u8; FIELD_BYTES]) -> Result<Fq, BlsError> {
	let mut limbs = [0; 6];
	for (limb, bytes) in limbs.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
		*limb = u64::from_be_bytes(*bytes);
	}
	Fq::from_bigint(BigInt::new(limbs)).ok_or(BlsError::BadPoint)
}

/// An element of the quadratic extension, `c1 ‖ c0`.
fn extension_element(bytes: &[u8; 96]) -> Result<Fq2, BlsError> {
	let ([c1, c0], []) = bytes.as_chunks::<FIELD_BYTES>() else {
		return Err(BlsError::BadPoint);
	};
	Ok(Fq2::new(field_element(c0)?, field_element(c1)?))
}

pub(crate) fn write_field_element(element: Fq, out: &mut [u8; FIELD_BYTES]) {
	for (limb, out) in element
		.into_bigint()
		.0
		.iter()
		.rev()
		.zip(out.as_chunks_mut::<8>().0)
	{
		*out = limb.to_be_bytes();
	}
}
