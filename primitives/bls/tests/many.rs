// SPDX-License-Identifier: Apache-2.0
//! Many signatures at once: what passes, and who is named when it does not.

use ark_bls12_381::G1Affine;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField};
use std::time::{Duration, Instant};
use zerog_bls::{
	signer::{
		find_bad, sum_signatures, verify_each, verify_share, verify_sum, SecretKey, SignaturePoint,
		VerifyingKey,
	},
	sum, verify, PublicKey, Signature,
};

type Signed = ([u8; 32], SignaturePoint, VerifyingKey);

fn key(index: u8) -> SecretKey {
	SecretKey::from_seed(&[index])
}

fn point(signature: &Signature) -> SignaturePoint {
	SignaturePoint::new(signature).unwrap()
}

fn checked(index: u8) -> VerifyingKey {
	VerifyingKey::new(&key(index).public()).unwrap()
}

/// `count` members' signatures, each over its own message.
fn each(count: u8) -> Vec<Signed> {
	(0..count)
		.map(|i| ([i; 32], point(&key(i).sign(&[i; 32])), checked(i)))
		.collect()
}

/// `count` members' signatures over one message.
fn common(count: u8, message: &[u8; 32]) -> Vec<(SignaturePoint, VerifyingKey)> {
	(0..count)
		.map(|i| (point(&key(i).sign(message)), checked(i)))
		.collect()
}

/// Compressed form of a point, as blst writes it.
fn compressed(point: G1Affine) -> Signature {
	let mut bytes = [0; 48];
	bytes.copy_from_slice(&point.x.into_bigint().to_bytes_be());
	bytes[0] |= 0x80;
	if point.y > -point.y {
		bytes[0] |= 0x20;
	}
	Signature(bytes)
}

fn decompressed(signature: &Signature) -> G1Affine {
	let mut x = signature.0;
	let greatest = x[0] & 0x20 != 0;
	x[0] &= 0x1f;
	G1Affine::get_point_from_x_unchecked(ark_bls12_381::Fq::from_be_bytes_mod_order(&x), greatest).unwrap()
}

/// Two signatures, one with too much of what the other lacks.
fn cancelling(first: &Signature, second: &Signature) -> [SignaturePoint; 2] {
	let offset = G1Affine::generator();
	let more = (decompressed(first) + offset).into_affine();
	let less = (decompressed(second) - offset).into_affine();
	[point(&compressed(more)), point(&compressed(less))]
}

#[test]
fn good_signatures_pass_in_any_number() {
	for count in [0, 1, 2, 3, 17, 40] {
		assert!(verify_each(&each(count)), "{count}");
	}
	let message = [9; 32];
	for count in [1, 2, 17, 40] {
		let signed = common(count, &message);
		assert!(verify_sum(&message, &signed));
		let points: Vec<_> = signed.iter().map(|(signature, _)| *signature).collect();
		let keys: Vec<_> = (0..count)
			.map(|i| key(i).public().decompress().unwrap())
			.collect();
		let total = sum_signatures(&points).unwrap();
		assert_eq!(verify(&message, &total, &sum(keys.iter()).unwrap()), Ok(()));
	}
	assert!(!verify_sum(&message, &[]));
	assert!(sum_signatures(&[]).is_err());
}

#[test]
fn a_forged_signature_is_found_wherever_it_is() {
	let message = [9; 32];
	for at in [0usize, 1, 7, 19] {
		let forged = point(&key(200).sign(&message));
		let mut signed = common(20, &message);
		signed[at].0 = forged;
		assert!(!verify_sum(&message, &signed));
		assert_eq!(find_bad(&signed, &|part| verify_sum(&message, part)), [at]);
		let mut signed = each(20);
		signed[at].1 = forged;
		assert!(!verify_each(&signed));
		assert_eq!(find_bad(&signed, &|part| verify_each(part)), [at]);
	}
}

#[test]
fn swapped_signatures_spoil_each_and_not_the_sum() {
	let message = [9; 32];
	let mut signed = common(8, &message);
	let first = signed[2].0;
	signed[2].0 = signed[5].0;
	signed[5].0 = first;
	// The aggregate is the same.
	assert!(verify_sum(&message, &signed));
	let mut signed: Vec<Signed> = signed.into_iter().map(|(s, k)| (message, s, k)).collect();
	assert!(!verify_each(&signed));
	assert_eq!(find_bad(&signed, &|part| verify_each(part)), [2, 5]);
	// A good signature of another message is none of this one.
	signed = each(8);
	signed[3].0 = [4; 32];
	assert_eq!(find_bad(&signed, &|part| verify_each(part)), [3]);
}

#[test]
fn cancelling_signatures_do_not_pass_where_each_counts() {
	let message = [9; 32];
	let [more, less] = cancelling(&key(1).sign(&message), &key(6).sign(&message));
	let mut signed = common(8, &message);
	(signed[1].0, signed[6].0) = (more, less);
	assert!(verify_sum(&message, &signed), "the aggregate is good");
	let signed: Vec<Signed> = signed.into_iter().map(|(s, k)| (message, s, k)).collect();
	assert!(!verify_each(&signed));
	assert_eq!(find_bad(&signed, &|part| verify_each(part)), [1, 6]);
	let [more, less] = cancelling(&key(1).sign(&[1; 32]), &key(6).sign(&[6; 32]));
	let mut signed = each(8);
	(signed[1].1, signed[6].1) = (more, less);
	assert_eq!(find_bad(&signed, &|part| verify_each(part)), [1, 6]);
}

#[test]
fn a_pair_that_is_split_by_halving_is_accused_and_nobody_else() {
	let message = [9; 32];
	let [more, less] = cancelling(&key(0).sign(&message), &key(7).sign(&message));
	let mut signed = common(8, &message);
	(signed[0].0, signed[7].0) = (more, less);
	signed[3].0 = point(&key(100).sign(&message));
	assert_eq!(find_bad(&signed, &|part| verify_sum(&message, part)), [0, 3, 7]);
}

#[test]
fn what_is_no_point_is_no_signature_and_no_key() {
	let infinity = |bytes: &mut [u8]| bytes[0] = 0xc0;
	let mut signature = [0; 48];
	assert!(SignaturePoint::new(&Signature(signature)).is_none());
	assert!(SignaturePoint::new(&Signature([0xff; 48])).is_none());
	infinity(&mut signature);
	assert!(SignaturePoint::new(&Signature(signature)).is_none());
	let mut key = [0; 96];
	assert!(VerifyingKey::new(&PublicKey(key)).is_none());
	infinity(&mut key);
	assert!(VerifyingKey::new(&PublicKey(key)).is_none());
}

/// Time that all threads of this process spent on a processor, whatever else runs on the machine.
fn cpu_time() -> Duration {
	let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
	let spent = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("schedstat")).ok());
	Duration::from_nanos(
		spent
			.map(|line| line.split(' ').next().unwrap().parse::<u64>().unwrap())
			.sum(),
	)
}

/// `cargo test --release -p zerog-bls --test many -- --ignored --nocapture`
#[test]
#[ignore = "prints times"]
fn times_of_200() {
	let message = [9; 32];
	let numbered: Vec<([u8; 32], Signature)> = (0..200).map(|i| ([i; 32], key(i).sign(&[i; 32]))).collect();
	let plain: Vec<Signature> = (0..200).map(|i| key(i).sign(&message)).collect();
	let time = |what: &str, work: &mut dyn FnMut()| {
		let best = (0..10).map(|_| {
			let (start, before) = (Instant::now(), cpu_time());
			work();
			(cpu_time() - before, start.elapsed())
		});
		let (cpu, wall) = best.min().unwrap();
		println!("{what}: {cpu:?} of processor time, {wall:?} on the clock");
	};
	let keys: Vec<VerifyingKey> = (0..200).map(checked).collect();
	time("200 keys decoded and checked, once a session", &mut || {
		assert!((0..200).map(checked).count() == 200)
	});
	time("200 signatures decoded", &mut || {
		assert!(plain.iter().map(point).count() == 200)
	});
	let signed: Vec<_> = plain.iter().map(point).zip(keys.iter().copied()).collect();
	time("their sum verified", &mut || {
		assert!(verify_sum(&message, &signed))
	});
	let each: Vec<Signed> = numbered
		.iter()
		.zip(&keys)
		.map(|((m, s), k)| (*m, point(s), *k))
		.collect();
	time("200 signatures of 200 messages verified", &mut || {
		assert!(verify_each(&each))
	});
	let public: Vec<PublicKey> = (0..200).map(|i| key(i).public()).collect();
	time("200 signatures verified one by one", &mut || {
		let mut shares = plain.iter().zip(&public);
		assert!(shares.all(|(signature, key)| verify_share(&message, signature, key)))
	});
}
