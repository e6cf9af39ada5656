// SPDX-License-Identifier: Apache-2.0
//! Encodings that stored data and other programs rely on, and what the node does with keys.

use codec::{Decode, Encode, MaxEncodedLen};
use zerog_bls::{
	signer::{aggregate, verify_share, SecretKey},
	sum, verify, ParseError, PointBytes, PublicKey, Signature,
};

/// The file says what its lines are and who made them.
const VECTORS: &str = include_str!("vectors.txt");

fn lines() -> impl Iterator<Item = Vec<&'static str>> {
	VECTORS
		.lines()
		.filter(|line| !line.starts_with('#'))
		.map(|line| line.split(' ').collect())
}

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
	hex::decode(hex).unwrap().try_into().unwrap()
}

#[test]
fn the_test_vectors_hold() {
	let (mut points, mut signatures) = (vec![], vec![]);
	for line in lines() {
		match line[..] {
			["sign", seed, message, secret, public, signature] => {
				let key = SecretKey::from_seed(&hex::decode(seed).unwrap());
				let message = bytes(message);
				assert_eq!(hex::encode(key.to_bytes()), secret);
				assert_eq!(hex::encode(key.public().0), public);
				assert_eq!(hex::encode(key.sign(&message).0), signature);
				points.push(key.public().decompress().unwrap());
				assert_eq!(
					verify(&message, &key.sign(&message), points.last().unwrap()),
					Ok(())
				);
				signatures.push(key.sign(&[0x5a; 32]));
			}
			["aggregate", message, key, signature] => {
				let total = sum(&points).unwrap();
				assert_eq!(hex::encode(total.0), key);
				assert_eq!(hex::encode(aggregate(&signatures).unwrap().0), signature);
				assert_eq!(
					verify(&bytes(message), &Signature(bytes(signature)), &total),
					Ok(())
				);
			}
			_ => panic!("{line:?}"),
		}
	}
	assert_eq!(points.len(), 4);
}

#[test]
fn the_secret_key_one_belongs_to_the_generator() {
	let mut one = [0; 32];
	one[31] = 1;
	let key = SecretKey::from_bytes(&one).unwrap();
	let (x1, x0) = (
		"93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e",
		"024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
	);
	assert_eq!(key.public().to_string(), format!("0x{x1}{x0}"));
}

#[test]
fn scale_is_the_bare_bytes() {
	let key = SecretKey::from_seed(b"scale");
	let (public, signature) = (key.public(), key.sign(&[0; 32]));
	let point = public.decompress().unwrap();
	assert_eq!(public.encode(), public.0);
	assert_eq!(signature.encode(), signature.0);
	assert_eq!(point.encode(), point.0);
	assert_eq!(PublicKey::decode(&mut &public.0[..]), Ok(public));
	assert_eq!(Signature::decode(&mut &signature.0[..]), Ok(signature));
	assert!(PointBytes::decode(&mut &point.0[..191]).is_err());
	assert_eq!(
		(
			PublicKey::max_encoded_len(),
			Signature::max_encoded_len(),
			PointBytes::max_encoded_len()
		),
		(96, 48, 192)
	);
}

#[test]
fn text_is_hexadecimal_with_or_without_a_prefix() {
	let signature = SecretKey::from_seed(b"text").sign(&[0; 32]);
	let text = signature.to_string();
	assert!(text.starts_with("0x") && text.len() == 98);
	assert_eq!(format!("{signature:?}"), text);
	assert_eq!(text.parse(), Ok(signature));
	assert_eq!(text[2..].to_uppercase().parse(), Ok(signature));
	for bad in [
		"",
		"0x",
		&text[..97],
		&format!("{text}0"),
		&format!("{text}00"),
		&text.replacen("0x", "0xg", 1),
	] {
		assert_eq!(bad.parse::<Signature>(), Err(ParseError { bytes: 48 }));
	}
	assert_eq!("€".repeat(32).parse::<Signature>(), Err(ParseError { bytes: 48 }));
}

#[test]
fn secrets_round_trip_and_never_print() {
	let key = SecretKey::generate().unwrap();
	let bytes = key.to_bytes();
	assert_eq!(SecretKey::from_bytes(&bytes).unwrap().public(), key.public());
	assert!(!format!("{key:?}").contains(&hex::encode(*bytes)));
	assert_eq!(format!("{key:?}"), format!("SecretKey(of {})", key.public()));
	assert_ne!(SecretKey::generate().unwrap().public(), key.public());
}

#[test]
fn numbers_that_are_no_secret_key_are_refused() {
	let order = bytes("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
	for bad in [[0; 32], [0xff; 32], order] {
		assert!(SecretKey::from_bytes(&bad).is_none());
	}
	let mut largest = order;
	largest[31] = 0;
	let key = SecretKey::from_bytes(&largest).unwrap();
	assert!(verify_share(&[0; 32], &key.sign(&[0; 32]), &key.public()));
}

/// Prints the times that the crate's documentation states: `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn measure() {
	fn time<T>(name: &str, runs: u32, mut f: impl FnMut() -> T) {
		f();
		let start = std::time::Instant::now();
		(0..runs).for_each(|_| drop(std::hint::black_box(f())));
		println!(
			"{name:<28} {:>9.1} µs",
			start.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
		);
	}
	let keys: Vec<_> = (0..200u8).map(|i| SecretKey::from_seed(&[i])).collect();
	let points: Vec<_> = keys
		.iter()
		.map(|key| key.public().decompress().unwrap())
		.collect();
	let signatures: Vec<_> = keys.iter().map(|key| key.sign(&[0; 32])).collect();
	let (total, signature) = (sum(&points).unwrap(), aggregate(&signatures).unwrap());
	time("verify", 200, || verify(&[0; 32], &signature, &total));
	time("verify_share (blst)", 200, || {
		verify_share(&[0; 32], &signatures[0], &keys[0].public())
	});
	time("sign (blst)", 200, || keys[0].sign(&[0; 32]));
	time("aggregate 200 (blst)", 20, || aggregate(&signatures));
	time("decompress", 200, || keys[0].public().decompress());
	time("sum of 200", 100, || sum(&points));
	for absent in [0, 1, 10, 66] {
		time(&format!("subtract {absent}"), 100, || {
			zerog_bls::subtract(&total, &points[..absent])
		});
	}
}
