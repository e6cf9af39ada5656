// SPDX-License-Identifier: Apache-2.0
//! Signing and checking single signatures in the node, with blst.

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
