// SPDX-License-Identifier: Apache-2.0

//! What members compute, done for real: rows checked, batches signed, shares verified, certificates made and verified.
//!
//! Times are those that all threads of the process were on a processor, so that other load does not count.

use crate::traffic::{batch_of, Sample, CHAIN};
use codec::Encode;
use serde::Serialize;
use std::{error::Error, fmt::Debug, hint::black_box};
use zerog_bls::{
	signer::{sum_signatures, verify_each, verify_sum, SecretKey, SignaturePoint, VerifyingKey},
	sum, verify, PointBytes, Signature,
};
use zerog_da_wire::{
	messages::message_of,
	protocol::{decode_request, encode_request, Request, Share},
};
use zerog_erasure::{Hash, Verifier};
use zerog_primitives::da::{attestation_message, signer_bitmap, signer_indices, Certificate, CommitteeId};

const ROUNDS: usize = 3;
const COMMITTEE: CommitteeId = CommitteeId::new(1, 7);
const EXPIRY: u32 = 1_000;

pub(crate) type Failure = Box<dyn Error>;

/// Of errors that are for code without `std`.
pub(crate) fn failed(error: impl Debug) -> Failure {
	format!("{error:?}").into()
}

/// Processor seconds of the process so far.
fn cpu_seconds() -> f64 {
	let mut time = libc::timespec {
		tv_sec: 0,
		tv_nsec: 0,
	};
	// SAFETY: the call writes to the one structure that it is given, which lives on the stack.
	let result = unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
	assert_eq!(result, 0, "the process has a clock");
	time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The least of some rounds, in processor seconds.
pub(crate) fn least<T>(rounds: usize, mut f: impl FnMut() -> T) -> f64 {
	let once = |_| {
		let start = cpu_seconds();
		black_box(f());
		cpu_seconds() - start
	};
	(0..rounds).map(once).fold(f64::INFINITY, f64::min)
}

/// Checking one blob's rows, in seconds of one core.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Checking {
	/// Checksum and coefficients, once a member and blob.
	pub(crate) blob_seconds: f64,
	/// Each byte of rows.
	pub(crate) byte_seconds: f64,
	/// Members whose rows were checked.
	pub(crate) members_checked: usize,
}

/// Decodes and checks the rows of every tenth of so many members.
pub(crate) fn checking(sample: &Sample, members: usize) -> Result<Checking, Failure> {
	let (header, commitment) = (sample.encoded.header(), sample.encoded.commitment());
	let verifier = || Verifier::new(header, commitment, sample.encoded.checksum());
	let checker = verifier()?;
	let assignment = sample.assignment(&vec![1; members]);
	let (mut bytes, mut seconds, mut members_checked) = (0u64, 0.0, 0);
	for member in (0..members).step_by(10) {
		for push in sample.pushes(&assignment.rows_of(member), true) {
			let message = encode_request(&Request::Push(push));
			let Request::Push(push) = decode_request(&message)? else {
				return Err("a push decodes to another message".into());
			};
			Verifier::new(header, push.commitment, &push.checksum)?;
			checker.check_batch(&push.batch)?;
			bytes += push.batch.data.len() as u64;
			seconds += least(ROUNDS, || checker.check_batch(&push.batch));
		}
		members_checked += 1;
	}
	Ok(Checking {
		blob_seconds: least(ROUNDS, verifier),
		byte_seconds: seconds / bytes as f64,
		members_checked,
	})
}

/// A certificate of one committee, and what it took, in seconds of one core.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Certified {
	pub(crate) members: usize,
	pub(crate) blobs: usize,
	pub(crate) signers: usize,
	pub(crate) certificate_bytes: usize,
	pub(crate) share_bytes: usize,
	/// Both signatures of a member.
	pub(crate) sign_seconds: f64,
	/// Each share that a member verifies, among all of them.
	pub(crate) share_seconds: f64,
	/// Shares to a certificate.
	pub(crate) aggregate_seconds: f64,
	/// As the chain does it, keys summed up, in native code.
	pub(crate) verify_seconds: f64,
}

struct Signer {
	secret: SecretKey,
	key: VerifyingKey,
	point: PointBytes,
}

impl Signer {
	fn new(index: usize) -> Result<Self, Failure> {
		let secret = SecretKey::from_seed(format!("member {index}").as_bytes());
		let key = VerifyingKey::new(&secret.public()).ok_or("a key is good")?;
		let point = secret.public().decompress().map_err(failed)?;
		Ok(Self { secret, key, point })
	}
}

/// All of a committee sign; a certificate of nine in ten of them, of whom every share is verified.
pub(crate) fn certified(sample: &Sample, members: usize, blobs: usize) -> Result<Certified, Failure> {
	let batch = batch_of(sample.encoded.commitment(), blobs).ok_or("1 to 64 blobs")?;
	let root = batch.root();
	let message = attestation_message(&CHAIN, COMMITTEE, &root, EXPIRY);
	let signers = (0..members).map(Signer::new).collect::<Result<Vec<_>, _>>()?;
	let sign = |index: usize, signer: &Signer| {
		let mut share = Share {
			committee: COMMITTEE,
			expiry: EXPIRY,
			batch: batch.clone(),
			signer: index as u32,
			signature: signer.secret.sign(&message),
			sequence: 1,
			numbered: signer.secret.sign(&message),
		};
		let numbered = message_of(
			&CHAIN,
			COMMITTEE,
			share.signer,
			share.sequence,
			&share.statement(),
		);
		share.numbered = signer.secret.sign(&numbered);
		share
	};
	let shares = signers
		.iter()
		.enumerate()
		.map(|(index, signer)| sign(index, signer));
	let shares: Vec<Share> = shares.filter(|share| share.signer % 10 != 9).collect();

	let points = || {
		let point = |signature: &Signature| SignaturePoint::new(signature).ok_or("a signature is a point");
		let of = |share: &Share| Ok::<_, &str>((point(&share.signature)?, point(&share.numbered)?));
		shares.iter().map(of).collect::<Result<Vec<_>, _>>()
	};
	let key = |share: &Share| signers[share.signer as usize].key;
	let good = || {
		let points = points()?;
		let each: Vec<_> = shares
			.iter()
			.zip(&points)
			.map(|(share, (_, numbered))| {
				let message = message_of(
					&CHAIN,
					COMMITTEE,
					share.signer,
					share.sequence,
					&share.statement(),
				);
				(message, *numbered, key(share))
			})
			.collect();
		let together: Vec<_> = shares
			.iter()
			.zip(&points)
			.map(|(share, (signature, _))| (*signature, key(share)))
			.collect();
		Ok::<_, &str>(verify_each(&each) && verify_sum(&message, &together))
	};
	if !good()? {
		return Err("shares do not verify".into());
	}

	let attested: Vec<_> = points()?.into_iter().map(|(signature, _)| signature).collect();
	let aggregate = || -> Result<Certificate, Failure> {
		Ok(Certificate {
			committee: COMMITTEE,
			expiry: EXPIRY,
			commitments: batch.to_vec(),
			signers: signer_bitmap(members, shares.iter().map(|share| share.signer as usize)),
			signature: sum_signatures(&attested).map_err(failed)?,
		})
	};
	let certificate = aggregate()?;
	let accepts = || {
		let keys = signer_indices(&certificate.signers).map(|index| &signers[index].point);
		sum(keys).and_then(|key| verify(&message, &certificate.signature, &key))
	};
	accepts().map_err(failed)?;
	let signed: Hash = message;
	let both = || (signers[0].secret.sign(&signed), signers[0].secret.sign(&root));
	Ok(Certified {
		members,
		blobs,
		signers: shares.len(),
		certificate_bytes: certificate.encoded_size(),
		share_bytes: encode_request(&Request::Share(shares[0].clone())).len(),
		sign_seconds: least(ROUNDS, both),
		share_seconds: least(ROUNDS, good) / shares.len() as f64,
		aggregate_seconds: least(ROUNDS, aggregate),
		verify_seconds: least(ROUNDS, accepts),
	})
}
