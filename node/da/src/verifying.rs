// SPDX-License-Identifier: Apache-2.0

//! Signatures as the aggregator checks them: those of `zerog_bls::signer`, whose results the nodes of a simulation share.
//!
//! There each signature is checked once, alone, and a sum is taken to be good if all of its parts are: what cancels out
//! in a sum is for the tests of `zerog_bls`.

use crate::node::pure;
use zerog_bls::{
	signer::{self, SignaturePoint, VerifyingKey},
	PublicKey, Signature,
};
use zerog_erasure::Hash;

pub(crate) type Signed = (Hash, SignaturePoint, VerifyingKey);

pub(crate) fn point(signature: &Signature) -> Option<SignaturePoint> {
	pure(|| *signature, || SignaturePoint::new(signature))
}

pub(crate) fn verifying_key(key: &PublicKey) -> Option<VerifyingKey> {
	pure(|| *key, || VerifyingKey::new(key))
}

#[cfg(test)]
fn each_alone(signed: impl IntoIterator<Item = Signed>) -> bool {
	let is_good = |one: Signed| {
		let (message, signature, key) = one;
		let input = || [&message[..], &signature.to_bytes(), &key.to_bytes()].concat();
		pure(input, || signer::verify_each(&[one]))
	};
	signed.into_iter().all(is_good)
}

/// See [`signer::verify_each`].
pub(crate) fn verify_each(signed: &[Signed]) -> bool {
	#[cfg(test)]
	if crate::sim::host::is_simulated() {
		return each_alone(signed.iter().copied());
	}
	signer::verify_each(signed)
}

/// See [`signer::verify_sum`].
pub(crate) fn verify_sum(message: &Hash, signed: &[(SignaturePoint, VerifyingKey)]) -> bool {
	#[cfg(test)]
	if crate::sim::host::is_simulated() {
		let parts = signed.iter().map(|(signature, key)| (*message, *signature, *key));
		return !signed.is_empty() && each_alone(parts);
	}
	signer::verify_sum(message, signed)
}
