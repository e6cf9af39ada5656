// SPDX-License-Identifier: Apache-2.0
//! Signing, and checking one or many signatures, in the node, with blst.
//!
//! Many are checked at once, and each way says something else:
//!
//! * [`verify_sum`]: their *sum* is good, so the aggregate is. One may be wrong by what another makes up for.
//! * [`verify_each`]: every single one is good, by random weights that nobody can foresee. Use it where a signature will
//!   stand alone.
//!
//! [`find_bad`] names the ones that spoil a check; it accuses nobody but by a check of that one alone.

use crate::{
	types::{BlsError, PublicKey, Signature},
	DST,
};
use blst::{min_sig, BLST_ERROR};
use core::fmt;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// A validator's secret key. Its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct SecretKey(min_sig::SecretKey);

impl fmt::Debug for SecretKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "SecretKey(of {})", self.public())
	}
}

impl SecretKey {
	/// A new key from the operating system's randomness. Fails if that is not to be had.
	pub fn generate() -> std::io::Result<Self> {
		let mut material = Zeroizing::new([0; 32]);
		getrandom::fill(material.as_mut_slice())?;
		Ok(Self::from_seed(material.as_slice()))
	}

	/// The key that belongs to a seed: `KeyGen(SHA-256(seed))` of the IETF draft. As secret as the seed is.
	pub fn from_seed(seed: &[u8]) -> Self {
		let material = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(seed)));
		match min_sig::SecretKey::key_gen(material.as_slice(), &[]) {
			Ok(key) => Self(key),
			Err(error) => unreachable!("32 bytes of key material suffice: {error:?}"),
		}
	}

	/// The scalar, 32 bytes, big endian.
	pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(self.0.to_bytes())
	}

	/// Reads [`SecretKey::to_bytes`]. `None` if the number is zero or not below the group order.
	pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
		min_sig::SecretKey::from_bytes(bytes).ok().map(Self)
	}

	/// The public key.
	pub fn public(&self) -> PublicKey {
		PublicKey(self.0.sk_to_pk().to_bytes())
	}

	/// Signs a message; the same message gives the same signature.
	pub fn sign(&self, message: &[u8; 32]) -> Signature {
		Signature(self.0.sign(message, DST, &[]).to_bytes())
	}
}

/// Whether one validator's signature is good; key and signature are checked like in [`crate::verify`], only
/// faster.
pub fn verify_share(message: &[u8; 32], signature: &Signature, key: &PublicKey) -> bool {
	let (Ok(signature), Ok(key)) = (
		min_sig::Signature::from_bytes(&signature.0),
		min_sig::PublicKey::from_bytes(&key.0),
	) else {
		return false;
	};
	signature.verify(true, message, DST, &[], &key, true) == BLST_ERROR::BLST_SUCCESS
}

/// The aggregate of signatures over one message. Each must be a point of the subgroup, and should have passed
/// [`verify_share`]: one bad signature spoils the aggregate.
///
/// Errors: as in [`crate::verify`] for the first that is refused; [`BlsError::Identity`] also if there are
/// none or they cancel out.
pub fn aggregate(signatures: &[Signature]) -> Result<Signature, BlsError> {
	let mut total: Option<min_sig::AggregateSignature> = None;
	for signature in signatures {
		let signature =
			min_sig::Signature::sig_validate(&signature.0, true).map_err(|error| match error {
				BLST_ERROR::BLST_POINT_NOT_IN_GROUP => BlsError::NotInSubgroup,
				BLST_ERROR::BLST_PK_IS_INFINITY => BlsError::Identity,
				_ => BlsError::BadPoint,
			})?;
		match &mut total {
			Some(total) => total
				.add_signature(&signature, false)
				.map_err(|_| BlsError::BadPoint)?,
			None => total = Some(min_sig::AggregateSignature::from_signature(&signature)),
		}
	}
	let total = Signature(total.ok_or(BlsError::Identity)?.to_signature().to_bytes());
	match total.0.first() {
		Some(0xc0) => Err(BlsError::Identity),
		_ => Ok(total),
	}
}

/// A public key to verify with: decoded and checked once, for many signatures.
#[derive(Clone, Copy, Debug)]
pub struct VerifyingKey(min_sig::PublicKey);

impl VerifyingKey {
	/// `None` for what [`PublicKey::decompress`] refuses.
	pub fn new(key: &PublicKey) -> Option<Self> {
		min_sig::PublicKey::key_validate(&key.0).ok().map(Self)
	}

	/// Both coordinates, uncompressed: the same for the same key.
	pub fn to_bytes(&self) -> [u8; 192] {
		self.0.serialize()
	}
}

/// A signature's point, of the prime-order subgroup and not the identity: well formed, not yet known to be right.
#[derive(Clone, Copy, Debug)]
pub struct SignaturePoint(min_sig::Signature);

impl SignaturePoint {
	/// `None` for what [`crate::verify`] refuses by its form.
	pub fn new(signature: &Signature) -> Option<Self> {
		min_sig::Signature::sig_validate(&signature.0, true)
			.ok()
			.map(Self)
	}

	/// Both coordinates, uncompressed: the same for the same point.
	pub fn to_bytes(&self) -> [u8; 96] {
		self.0.serialize()
	}
}

/// Whether the sum of signatures over one message is the sum of their keys' signature; `false` for none.
///
/// Single ones may still be wrong, if what is missing in one is too much in another.
pub fn verify_sum(message: &[u8; 32], signed: &[(SignaturePoint, VerifyingKey)]) -> bool {
	let signatures: Vec<_> = signed.iter().map(|(signature, _)| &signature.0).collect();
	let keys: Vec<_> = signed.iter().map(|(_, key)| &key.0).collect();
	min_sig::AggregateSignature::aggregate(&signatures, false).is_ok_and(|sum| {
		sum.to_signature()
			.fast_aggregate_verify(false, message, DST, &keys)
			== BLST_ERROR::BLST_SUCCESS
	})
}

/// Whether each of these is its key's signature of its message; `true` for none.
///
/// `Π e(w·H(message), key) = e(Σ w·signature, g2)` under fresh random weights of 64 bits: a wrong one passes with
/// probability `2^-63`. One Miller loop each and one final exponentiation for all.
pub fn verify_each(signed: &[([u8; 32], SignaturePoint, VerifyingKey)]) -> bool {
	let verify_alone = |(message, signature, key): &([u8; 32], SignaturePoint, VerifyingKey)| {
		signature.0.verify(false, message, DST, &[], &key.0, false) == BLST_ERROR::BLST_SUCCESS
	};
	let mut random = vec![0; signed.len().saturating_mul(8)];
	if signed.len() < 2 || getrandom::fill(&mut random).is_err() {
		return signed.iter().all(verify_alone);
	}
	let weight = |bytes: &[u8; 8]| {
		let mut weight = blst::blst_scalar::default();
		// Odd, and so never zero.
		let odd = u64::from_le_bytes(*bytes) | 1;
		for (to, from) in weight.b.iter_mut().zip(odd.to_le_bytes()) {
			*to = from;
		}
		weight
	};
	let weights: Vec<_> = random.as_chunks::<8>().0.iter().map(weight).collect();
	let messages: Vec<&[u8]> = signed.iter().map(|(message, _, _)| message.as_slice()).collect();
	let signatures: Vec<_> = signed.iter().map(|(_, signature, _)| &signature.0).collect();
	let keys: Vec<_> = signed.iter().map(|(_, _, key)| &key.0).collect();
	min_sig::Signature::verify_multiple_aggregate_signatures(
		&messages,
		DST,
		&keys,
		false,
		&signatures,
		false,
		&weights,
		64,
	) == BLST_ERROR::BLST_SUCCESS
}

/// Places of the items that are bad by themselves, found by halving what does not pass `good` together.
pub fn find_bad<T>(items: &[T], good: &impl Fn(&[T]) -> bool) -> Vec<usize> {
	if items.is_empty() || good(items) {
		return Vec::new();
	}
	if items.len() == 1 {
		return vec![0];
	}
	let middle = items.len() / 2;
	let (left, right) = items.split_at(middle);
	let mut bad = find_bad(left, good);
	bad.extend(
		find_bad(right, good)
			.into_iter()
			.map(|at| at.saturating_add(middle)),
	);
	bad
}

/// The aggregate of decoded signatures.
///
/// Errors: [`BlsError::Identity`] if there are none or they cancel out.
pub fn sum_signatures(signatures: &[SignaturePoint]) -> Result<Signature, BlsError> {
	let signatures: Vec<_> = signatures.iter().map(|signature| &signature.0).collect();
	let sum = min_sig::AggregateSignature::aggregate(&signatures, false).map_err(|_| BlsError::Identity)?;
	let sum = Signature(sum.to_signature().to_bytes());
	match sum.0.first() {
		Some(0xc0) => Err(BlsError::Identity),
		_ => Ok(sum),
	}
}
