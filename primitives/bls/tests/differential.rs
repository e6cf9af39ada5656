// SPDX-License-Identifier: Apache-2.0
//! What the runtime's path (arkworks over the host functions) accepts is what blst accepts, on good and on
//! bad input.

use ark_bls12_381::{Fq, Fq2, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInteger, MontFp, PrimeField};
use blst::{min_sig, BLST_ERROR};
use proptest::prelude::*;
use zerog_bls::{
	signer::{aggregate, verify_share, SecretKey},
	subtract, sum, verify, BlsError, PointBytes, PublicKey, Signature, DST,
};

/// The modulus of the base field, big endian.
const MODULUS: &str =
	"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";

fn keys(count: u16) -> Vec<SecretKey> {
	(0..count)
		.map(|i| SecretKey::from_seed(&i.to_le_bytes()))
		.collect()
}

fn checked(keys: &[SecretKey]) -> Vec<PointBytes> {
	keys.iter()
		.map(|key| key.public().decompress().unwrap())
		.collect()
}

/// What blst says about a public key.
fn blst_key(key: &PublicKey) -> Result<PointBytes, BlsError> {
	let point = min_sig::PublicKey::uncompress(&key.0).map_err(blst_error)?;
	point.validate().map_err(blst_error)?;
	Ok(PointBytes(point.serialize()))
}

/// What blst says about a signature, its pairing aside.
fn blst_signature(signature: &Signature) -> Result<(), BlsError> {
	let point = min_sig::Signature::uncompress(&signature.0).map_err(blst_error)?;
	point.validate(true).map_err(blst_error)
}

fn blst_error(error: BLST_ERROR) -> BlsError {
	match error {
		BLST_ERROR::BLST_POINT_NOT_IN_GROUP => BlsError::NotInSubgroup,
		BLST_ERROR::BLST_PK_IS_INFINITY => BlsError::Identity,
		_ => BlsError::BadPoint,
	}
}

/// Both libraries must say the same of this signature's form.
fn same_verdict_on_signature(bytes: [u8; 48]) -> Result<(), BlsError> {
	let signature = Signature(bytes);
	let expected = blst_signature(&signature);
	let key = SecretKey::from_seed(b"any");
	let ours = match verify(&[0; 32], &signature, &key.public().decompress().unwrap()) {
		Err(BlsError::BadSignature) => Ok(()),
		other => other,
	};
	assert_eq!(ours, expected, "{signature}");
	assert!(!verify_share(&[0; 32], &signature, &key.public()));
	assert_eq!(
		aggregate(&[signature]).map(|sum| assert_eq!(sum, signature)),
		expected
	);
	expected
}

/// Both libraries must say the same of this key, and decompress it to the same bytes.
fn same_verdict_on_key(bytes: [u8; 96]) -> Result<PointBytes, BlsError> {
	let key = PublicKey(bytes);
	assert_eq!(key.decompress(), blst_key(&key), "{key}");
	key.decompress()
}

fn big_endian<const N: usize>(element: Fq) -> [u8; N] {
	element.into_bigint().to_bytes_be().try_into().unwrap()
}

/// The x coordinate as a compressed point with these three flags.
fn g1_with_flags(x: [u8; 48], flags: u8) -> [u8; 48] {
	let mut bytes = x;
	bytes[0] |= flags << 5;
	bytes
}

fn g2_with_flags(x: Fq2, flags: u8) -> [u8; 96] {
	let mut bytes: [u8; 96] = [big_endian::<48>(x.c1), big_endian::<48>(x.c0)]
		.concat()
		.try_into()
		.unwrap();
	bytes[0] |= flags << 5;
	bytes
}

#[test]
fn a_signature_made_by_blst_verifies() {
	for (i, key) in keys(20).iter().enumerate() {
		let message = [i as u8; 32];
		let signature = key.sign(&message);
		assert!(verify_share(&message, &signature, &key.public()));
		assert_eq!(
			verify(&message, &signature, &key.public().decompress().unwrap()),
			Ok(())
		);
	}
}

#[test]
fn a_signature_fails_for_another_message_or_key() {
	let [key, other]: [SecretKey; 2] = keys(2).try_into().unwrap();
	let signature = key.sign(&[1; 32]);
	for (message, key) in [([2; 32], &key), ([1; 32], &other)] {
		assert_eq!(
			verify(&message, &signature, &key.public().decompress().unwrap()),
			Err(BlsError::BadSignature)
		);
		assert!(!verify_share(&message, &signature, &key.public()));
	}
}

#[test]
fn a_signature_under_another_domain_fails() {
	let secret = min_sig::SecretKey::key_gen(&[7; 32], &[]).unwrap();
	let key = PublicKey(secret.sk_to_pk().to_bytes());
	let sign = |domain: &[u8]| Signature(secret.sign(&[1; 32], domain, &[]).to_bytes());
	assert_eq!(verify(&[1; 32], &sign(DST), &key.decompress().unwrap()), Ok(()));
	let other = sign(b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_");
	assert_eq!(
		verify(&[1; 32], &other, &key.decompress().unwrap()),
		Err(BlsError::BadSignature)
	);
}

#[test]
fn aggregates_of_up_to_200_verify_and_fail_with_one_signer_more_or_less() {
	let message = [3; 32];
	let keys = keys(201);
	let points = checked(&keys);
	let signatures: Vec<_> = keys.iter().map(|key| key.sign(&message)).collect();
	for count in [1, 2, 3, 10, 67, 134, 200] {
		let signature = aggregate(&signatures[..count]).unwrap();
		assert_eq!(
			verify(&message, &signature, &sum(&points[..count]).unwrap()),
			Ok(())
		);
		assert_eq!(
			verify(&message, &signature, &sum(&points[..count + 1]).unwrap()),
			Err(BlsError::BadSignature)
		);
		if count > 1 {
			let fewer = sum(&points[..count - 1]).unwrap();
			assert_eq!(verify(&message, &signature, &fewer), Err(BlsError::BadSignature));
		}
	}
}

#[test]
fn a_sum_of_keys_is_the_sum_that_blst_computes() {
	let keys = keys(200);
	let points = checked(&keys);
	let publics: Vec<_> = keys
		.iter()
		.map(|key| min_sig::PublicKey::from_bytes(&key.public().0).unwrap())
		.collect();
	for count in [1, 2, 5, 64, 199, 200] {
		let expected =
			min_sig::AggregatePublicKey::aggregate(&publics[..count].iter().collect::<Vec<_>>(), true)
				.unwrap()
				.to_public_key();
		assert_eq!(sum(&points[..count]), Ok(PointBytes(expected.serialize())));
	}
}

#[test]
fn subtracting_the_absent_leaves_the_sum_of_the_present() {
	let points = checked(&keys(60));
	let total = sum(&points).unwrap();
	assert_eq!(subtract(&total, []), Ok(total));
	for absent in [1, 2, 20, 59] {
		assert_eq!(subtract(&total, &points[..absent]), sum(&points[absent..]));
	}
}

#[test]
fn a_key_may_stand_in_a_sum_twice() {
	let message = [4; 32];
	let key = &keys(1)[0];
	let point = key.public().decompress().unwrap();
	let signature = aggregate(&[key.sign(&message); 3]).unwrap();
	let triple = sum([&point; 3]).unwrap();
	assert_eq!(verify(&message, &signature, &triple), Ok(()));
	assert_eq!(subtract(&triple, [&point, &point]), Ok(point));
}

#[test]
fn empty_and_cancelling_sums_are_the_identity_and_refused() {
	let key = &keys(1)[0];
	let point = key.public().decompress().unwrap();
	let mut opposite = key.public();
	opposite.0[0] ^= 0x20;
	let opposite = opposite.decompress().unwrap();
	assert_eq!(sum([]), Err(BlsError::Identity));
	assert_eq!(sum([&point, &opposite]), Err(BlsError::Identity));
	assert_eq!(subtract(&point, [&point]), Err(BlsError::Identity));

	let signature = key.sign(&[0; 32]);
	let mut negated = signature;
	negated.0[0] ^= 0x20;
	assert_eq!(aggregate(&[]), Err(BlsError::Identity));
	assert_eq!(aggregate(&[signature, negated]), Err(BlsError::Identity));
	assert_eq!(verify(&[0; 32], &negated, &point), Err(BlsError::BadSignature));
}

#[test]
fn every_flag_combination_gets_blsts_verdict() {
	let key = &keys(1)[0];
	let signature = key.sign(&[0; 32]);
	for flags in 0..8u8 {
		let mut bytes = signature.0;
		bytes[0] = bytes[0] & 0x1f | flags << 5;
		assert_eq!(
			same_verdict_on_signature(bytes).is_ok(),
			flags == 0b100 || flags == 0b101
		);
		let mut bytes = key.public().0;
		bytes[0] = bytes[0] & 0x1f | flags << 5;
		assert_eq!(
			same_verdict_on_key(bytes).is_ok(),
			flags == 0b100 || flags == 0b101
		);
	}
}

#[test]
fn the_identity_is_refused_in_every_spelling() {
	let identity = |first: u8, last: u8| {
		let mut bytes = [0; 48];
		(bytes[0], bytes[47]) = (first, last);
		bytes
	};
	assert_eq!(
		same_verdict_on_signature(identity(0xc0, 0)),
		Err(BlsError::Identity)
	);
	for (first, last) in [(0xc0, 1), (0xe0, 0), (0xd0, 0), (0x40, 0), (0x60, 0), (0, 0)] {
		assert_eq!(
			same_verdict_on_signature(identity(first, last)),
			Err(BlsError::BadPoint)
		);
	}
	let mut bytes = [0; 96];
	bytes[0] = 0xc0;
	assert_eq!(same_verdict_on_key(bytes), Err(BlsError::Identity));
	for (place, value) in [(95, 1), (0, 0xe0), (0, 0xc1), (0, 0x40), (0, 0), (48, 0x80)] {
		let mut changed = bytes;
		changed[place] = value;
		assert_eq!(same_verdict_on_key(changed), Err(BlsError::BadPoint));
	}
}

#[test]
fn a_coordinate_not_below_the_modulus_is_refused() {
	let modulus: [u8; 48] = hex::decode(MODULUS).unwrap().try_into().unwrap();
	assert_eq!(
		same_verdict_on_signature(g1_with_flags(modulus, 0b100)),
		Err(BlsError::BadPoint)
	);
	assert_eq!(same_verdict_on_signature([0xff; 48]), Err(BlsError::BadPoint));
	assert_eq!(
		same_verdict_on_signature(g1_with_flags([0x1f; 48], 0b100)),
		Err(BlsError::BadPoint)
	);

	// Points whose x plus the modulus still fits 381 bits: the same point in a second spelling.
	let mut aliases = 0;
	for x in 0..200u64 {
		let (mut alias, mut carry) = (modulus, x);
		for byte in alias.iter_mut().rev() {
			carry += u64::from(*byte);
			*byte = carry as u8;
			carry >>= 8;
		}
		assert_eq!(
			same_verdict_on_signature(g1_with_flags(alias, 0b100)),
			Err(BlsError::BadPoint)
		);
		aliases += usize::from(G1Affine::get_point_from_x_unchecked(Fq::from(x), true).is_some());
		for (c1, c0) in [(alias, [0; 48]), ([0; 48], alias)] {
			let bytes: [u8; 96] = [g1_with_flags(c1, 0b100), c0].concat().try_into().unwrap();
			assert_eq!(same_verdict_on_key(bytes), Err(BlsError::BadPoint));
		}
	}
	assert!(aliases > 50);
}

#[test]
fn points_of_the_curve_outside_the_subgroup_are_refused() {
	let (mut signatures, mut keys) = (0, 0);
	for x in 0..100u64 {
		for flags in [0b100, 0b101] {
			let verdict = same_verdict_on_signature(g1_with_flags(big_endian(Fq::from(x)), flags));
			signatures += usize::from(verdict == Err(BlsError::NotInSubgroup));
			for x in [
				Fq2::new(Fq::from(x), Fq::from(1)),
				Fq2::new(Fq::from(x), Fq::from(0)),
			] {
				let verdict = same_verdict_on_key(g2_with_flags(x, flags));
				keys += usize::from(verdict == Err(BlsError::NotInSubgroup));
			}
		}
	}
	assert!(signatures > 50 && keys > 100, "{signatures} {keys}");
}

#[test]
fn points_of_small_order_are_refused() {
	// (0, ±2) has order 3. Multiples of points by the group order lie in the cofactor's part of the group.
	for flags in [0b100, 0b101] {
		assert_eq!(
			same_verdict_on_signature(g1_with_flags([0; 48], flags)),
			Err(BlsError::NotInSubgroup)
		);
	}
	let order = <ark_bls12_381::Fr as PrimeField>::MODULUS;
	let times_order = |point: G2Affine| {
		let mut result = G2Affine::zero().into_group();
		for bit in order.to_bits_be() {
			result += result;
			if bit {
				result += point;
			}
		}
		G2Affine::from(result)
	};
	for x in 0..40u64 {
		let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::from(2)), true)
		else {
			continue;
		};
		let point = times_order(point);
		assert!(!point.is_zero());
		assert_eq!(
			same_verdict_on_key(g2_with_flags(point.x, 0b100)),
			Err(BlsError::NotInSubgroup)
		);
	}
	// A subgroup point moved by one of order 3.
	let order_three = G1Affine::new_unchecked(MontFp!("0"), MontFp!("2"));
	let moved = G1Affine::from(G1Affine::generator() + order_three);
	assert_eq!(
		same_verdict_on_signature(g1_with_flags(big_endian(moved.x), 0b100)),
		Err(BlsError::NotInSubgroup)
	);
}

#[test]
fn stored_points_that_were_never_checked_are_refused_without_a_panic() {
	let key = &keys(1)[0];
	let good = key.public().decompress().unwrap();
	let signature = key.sign(&[0; 32]);
	let mut infinity = [0; 192];
	infinity[0] = 0x40;
	let mut compressed = good;
	compressed.0[0] |= 0x80;
	let mut off_curve = good;
	off_curve.0[191] ^= 1;
	for bad in [
		PointBytes([0; 192]),
		PointBytes([0xff; 192]),
		PointBytes(infinity),
		compressed,
		off_curve,
	] {
		assert_eq!(
			verify(&[0; 32], &signature, &bad),
			Err(BlsError::BadPoint),
			"{bad}"
		);
	}
	for bad in [PointBytes([0xff; 192]), compressed, off_curve] {
		assert!(sum([&good, &bad]).is_err(), "{bad}");
		assert!(subtract(&good, [&bad]).is_err(), "{bad}");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	#[test]
	fn random_keys_and_messages_agree(seed: [u8; 32], message: [u8; 32]) {
		let key = SecretKey::from_seed(&seed);
		let signature = key.sign(&message);
		let point = same_verdict_on_key(key.public().0).unwrap();
		prop_assert!(verify_share(&message, &signature, &key.public()));
		prop_assert_eq!(verify(&message, &signature, &point), Ok(()));
	}

	#[test]
	fn random_committees_agree(
		seeds in prop::collection::vec(any::<[u8; 8]>(), 1..40),
		signed: u64,
		message: [u8; 32],
	) {
		let keys: Vec<_> = seeds.iter().map(|seed| SecretKey::from_seed(seed)).collect();
		let points = checked(&keys);
		let has_signed = |i: &usize| signed >> (i % 64) & 1 == 1;
		let (present, absent): (Vec<_>, Vec<_>) = (0..keys.len()).partition(has_signed);
		let signatures: Vec<_> = present.iter().map(|i| keys[*i].sign(&message)).collect();
		let total = sum(&points).unwrap();
		let key = subtract(&total, absent.iter().map(|i| &points[*i]));
		prop_assert_eq!(&key, &sum(present.iter().map(|i| &points[*i])));
		match aggregate(&signatures) {
			Ok(signature) => {
				prop_assert_eq!(verify(&message, &signature, &key.unwrap()), Ok(()));
				let expected = if absent.is_empty() { Ok(()) } else { Err(BlsError::BadSignature) };
				prop_assert_eq!(verify(&message, &signature, &total), expected);
			},
			Err(error) => prop_assert_eq!(Err(error), key),
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn random_bytes_get_blsts_verdict(bytes in prop::collection::vec(any::<u8>(), 144), flags in 0..8u8) {
		let mut signature: [u8; 48] = bytes[..48].try_into().unwrap();
		let mut key: [u8; 96] = bytes[48..].try_into().unwrap();
		// Mostly below the modulus and flagged as compressed, so that the curve is reached too.
		signature[0] = signature[0] & 0x0f | (flags | 4) << 5;
		key[0] = key[0] & 0x0f | (flags | 4) << 5;
		key[48] &= 0x1f;
		same_verdict_on_signature(signature).ok();
		same_verdict_on_key(key).ok();
	}

	#[test]
	fn a_flipped_bit_never_leaves_a_good_signature(bit in 0..384usize, seed: u64) {
		let key = SecretKey::from_seed(&seed.to_le_bytes());
		let mut signature = key.sign(&[0; 32]);
		signature.0[bit / 8] ^= 1 << (bit % 8);
		same_verdict_on_signature(signature.0).ok();
		prop_assert!(verify(&[0; 32], &signature, &key.public().decompress().unwrap()).is_err());
	}

	#[test]
	fn a_flipped_bit_in_a_key_gets_blsts_verdict(bit in 0..768usize, seed: u64) {
		let mut key = SecretKey::from_seed(&seed.to_le_bytes()).public();
		key.0[bit / 8] ^= 1 << (bit % 8);
		same_verdict_on_key(key.0).ok();
	}
}
