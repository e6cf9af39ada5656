// SPDX-License-Identifier: Apache-2.0

//! Certificates, checked by the client itself.
//!
//! The chain includes only certificates that verify; a client that does not want to rely on the node's word
//! for it takes the certificates out of the blocks' `certify` extrinsics, computes what was signed, adds up the
//! signers' keys and checks the signatures. The first one has signers with two thirds of the rows, later ones add to
//! them. What remains believed is the committee with its keys, which the
//! node reports for the network and session that the chain names with the blob.

use crate::{
	error::{chain, Error},
	Client,
};
use codec::DecodeAll;
use zerog_bls::{BlsError, PublicKey};
use zerog_erasure::{BlobHeader, Commitment, Hash, HeaderError};
use zerog_primitives::da::{
	allotment, attestation_message, batch_root, either, is_enough, signer_indices, BlobInfo, BlobState,
	Certificate, Committee, CommitteeId,
};

/// Blocks searched for certificates at most.
const SEARCH_BLOCKS: u32 = 64;

/// Why certificates do not prove what they claim.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
	/// It is for other blobs.
	#[error("the certificate does not name the blob")]
	OtherBlob,
	/// It was made by another committee: that of another network or session.
	#[error("the certificate is of {got}, the blob belongs to {wanted}")]
	OtherCommittee {
		/// The blob's committee.
		wanted: CommitteeId,
		/// The certificate's.
		got: CommitteeId,
	},
	/// It was included after it had expired.
	#[error("the certificate expired in block {expiry}, but is in block {block}")]
	Expired {
		/// Last block in which it counted.
		expiry: u32,
		/// The block that holds it.
		block: u32,
	},
	/// The bitmap is too short, too long, or names members that do not exist.
	#[error("the certificate's bitmap does not fit a committee of {0} members")]
	BadBitmap(usize),
	/// A member signed that has no key.
	#[error("member {0} is named as a signer but has no key")]
	NoKey(usize),
	/// The signers of all certificates together hold fewer than two thirds of the rows.
	#[error("the signers hold {signed} of {rows} rows, fewer than two thirds")]
	TooFewRows {
		/// Rows of the signers.
		signed: u32,
		/// All rows of the blob.
		rows: u32,
	},
	/// The header is not one.
	#[error("the certificate's blob has no valid header: {0}")]
	Header(HeaderError),
	/// A key or the signature is not a point, or the signature is not theirs.
	#[error("the certificate's signature does not verify: {0:?}")]
	Signature(BlsError),
}

/// What certificates prove whose signatures this client has verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
	/// The committee that signed.
	pub committee: CommitteeId,
	/// The block that holds the first of them.
	pub block: u32,
	/// Rows that the signers hold.
	pub rows_signed: u32,
	/// All rows of the blob.
	pub rows: u32,
	/// Members that signed.
	pub signers: usize,
	/// Members of the committee.
	pub members: usize,
}

/// What is known about a blob's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
	/// The signatures were checked here.
	Verified(Verified),
	/// The node says that the chain accepted a certificate; it could not be checked here, for this reason.
	Reported(String),
}

/// Check the certificates of one blob, each found in the block of that number, against the committee that is to sign for it.
pub fn verify(
	genesis: &Hash,
	header: &BlobHeader,
	committee: &Committee,
	certificates: &[(u32, Certificate)],
) -> Result<Verified, CertificateError> {
	let commitment = header.commitment().map_err(CertificateError::Header)?;
	let rows = header.profile().map_err(CertificateError::Header)?.rows();
	let members = committee.members.len();
	let mut signers = vec![0; members.div_ceil(8)];
	for (block, certificate) in certificates {
		verify_one(genesis, commitment, *block, committee, certificate)?;
		signers = either(&signers, &certificate.signers);
	}
	let signed: Vec<usize> = signer_indices(&signers).collect();
	let counts = allotment(&committee.weights(), rows);
	let rows_signed = signed.iter().filter_map(|index| counts.get(*index)).sum();
	if !is_enough(rows_signed, rows) {
		return Err(CertificateError::TooFewRows {
			signed: rows_signed,
			rows,
		});
	}
	Ok(Verified {
		committee: committee.id,
		block: certificates.first().map_or(0, |(block, _)| *block),
		rows_signed,
		rows,
		signers: signed.len(),
		members,
	})
}

/// Whether all whom a certificate names have signed the blob.
fn verify_one(
	genesis: &Hash,
	commitment: Commitment,
	block: u32,
	committee: &Committee,
	certificate: &Certificate,
) -> Result<(), CertificateError> {
	let Certificate {
		committee: id,
		expiry,
		commitments,
		signers,
		signature,
	} = certificate;
	let (id, expiry, members) = (*id, *expiry, committee.members.len());
	if !commitments.contains(&commitment) {
		return Err(CertificateError::OtherBlob);
	}
	if id != committee.id {
		return Err(CertificateError::OtherCommittee {
			wanted: committee.id,
			got: id,
		});
	}
	if block > expiry {
		return Err(CertificateError::Expired { expiry, block });
	}
	let signed: Vec<usize> = signer_indices(signers).collect();
	if signers.len() != members.div_ceil(8) || signed.last().is_some_and(|last| *last >= members) {
		return Err(CertificateError::BadBitmap(members));
	}

	let key_of = |index: &usize| {
		let key: Option<&PublicKey> = committee
			.members
			.get(*index)
			.and_then(|member| member.key.as_ref());
		key.ok_or(CertificateError::NoKey(*index))?
			.decompress()
			.map_err(CertificateError::Signature)
	};
	let keys = signed.iter().map(key_of).collect::<Result<Vec<_>, _>>()?;
	let key = zerog_bls::sum(keys.iter()).map_err(CertificateError::Signature)?;
	let message = attestation_message(genesis, id, &batch_root(commitments), expiry);
	zerog_bls::verify(&message, signature, &key).map_err(CertificateError::Signature)
}

impl Client {
	/// Find and verify the certificates of a blob that the chain reports as certified.
	///
	/// Errors: a certificate that was found but does not verify. Signers whose certificates cannot be found or checked (pruned
	/// blocks, a committee that the chain has forgotten) are [`Evidence::Reported`].
	pub async fn evidence(&self, commitment: Commitment, info: &BlobInfo) -> Result<Evidence, Error> {
		let reported = |reason: &str| Ok(Evidence::Reported(reason.to_owned()));
		let BlobState::Certified {
			at,
			rows_signed,
			signers,
		} = &info.state
		else {
			return reported("the blob is not certified yet");
		};
		let Some(committee) = self.committee(info.committee).await? else {
			return reported("the node no longer has the blob's committee");
		};
		let certificates = match self.find_certificates(commitment, *at, signers).await {
			Ok(Some(found)) => found,
			Ok(None) => return reported("not all certificates were found in the node's blocks"),
			Err(error) => {
				return Ok(Evidence::Reported(format!(
					"the node's blocks could not be read: {error}"
				)))
			}
		};
		let verified = verify(&self.genesis(), &info.header, &committee, &certificates)?;
		if verified.rows_signed != *rows_signed {
			return reported("the rows of the signers differ from the number that the chain reports");
		}
		Ok(Evidence::Verified(verified))
	}

	/// The certificates in which these members have signed, from the block of the first one on: all that add to those before.
	async fn find_certificates(
		&self,
		commitment: Commitment,
		first: u32,
		signers: &[u8],
	) -> Result<Option<Vec<(u32, Certificate)>>, Error> {
		let best = self.best().await?;
		let window: u32 = self
			.runtime_api(best.hash, "DataAvailabilityApi_improvement_window", ())
			.await?;
		let last = first.saturating_add(window.min(SEARCH_BLOCKS)).min(best.number);
		let (mut found, mut all) = (vec![], vec![0; signers.len()]);
		for number in first..=last {
			let Some(hash) = self.block_hash(number).await? else {
				break;
			};
			for certificate in self.certificates_in(hash).await? {
				let more = either(&all, &certificate.signers);
				// The chain took no notice of one that added too little to this blob of its batch.
				let counts = either(signers, &certificate.signers) == signers;
				if certificate.commitments.contains(&commitment) && counts && more != all {
					all = more;
					found.push((number, certificate));
				}
			}
			if all == signers {
				return Ok(Some(found));
			}
		}
		Ok(None)
	}

	/// All certificates that a block's `certify` extrinsics carry.
	pub async fn certificates_in(&self, block: Hash) -> Result<Vec<Certificate>, Error> {
		let at = self.at(block).await?;
		let extrinsics = at.extrinsics().fetch().await.map_err(chain)?;
		let mut certificates = Vec::new();
		for extrinsic in extrinsics.iter() {
			let extrinsic = extrinsic.map_err(chain)?;
			if (extrinsic.pallet_name(), extrinsic.call_name()) != ("DataAvailability", "certify") {
				continue;
			}
			let certificate =
				Certificate::decode_all(&mut extrinsic.call_data_field_bytes()).map_err(|error| {
					Error::WrongChain {
						what: "certify".into(),
						reason: error.to_string(),
					}
				})?;
			certificates.push(certificate);
		}
		Ok(certificates)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use zerog_bls::signer::{aggregate, SecretKey};
	use zerog_erasure::Namespace;
	use zerog_primitives::da::{signer_bitmap, Member};

	const GENESIS: Hash = [7; 32];
	const ID: CommitteeId = CommitteeId::new(3, 5);

	fn key(index: usize) -> SecretKey {
		SecretKey::from_seed(&[u8::try_from(index).unwrap(); 32])
	}

	fn header() -> BlobHeader {
		BlobHeader::new(GENESIS, Namespace([0; 32]), 1000, [1; 32], [2; 32]).unwrap()
	}

	fn committee(members: usize) -> Committee {
		let member = |index| Member {
			account: [0; 32],
			authority: None,
			key: Some(key(index).public()),
			weight: 1,
		};
		Committee {
			id: ID,
			randomness: [3; 32],
			members: (0..members).map(member).collect(),
		}
	}

	/// A certificate of network 3 in session 5, valid until block 100, for two blobs, signed by `signers` out of
	/// `members`.
	fn certificate(members: usize, signers: &[usize]) -> Certificate {
		let commitments = vec![Commitment([9; 32]), header().commitment().unwrap()];
		let message = attestation_message(&GENESIS, ID, &batch_root(&commitments), 100);
		let shares: Vec<_> = signers.iter().map(|index| key(*index).sign(&message)).collect();
		Certificate {
			committee: ID,
			expiry: 100,
			commitments,
			signers: signer_bitmap(members, signers.iter().copied()),
			signature: aggregate(&shares).unwrap(),
		}
	}

	fn check(certificate: &Certificate) -> Result<Verified, CertificateError> {
		verify(&GENESIS, &header(), &committee(4), &[(50, certificate.clone())])
	}

	#[test]
	fn a_certificate_of_three_out_of_four_verifies() {
		let verified = check(&certificate(4, &[0, 1, 3])).unwrap();
		assert_eq!(
			verified,
			Verified {
				committee: ID,
				block: 50,
				rows_signed: 1536,
				rows: 2048,
				signers: 3,
				members: 4
			}
		);
	}

	#[test]
	fn later_certificates_add_to_the_signers_of_the_first() {
		let certificates = [
			(50, certificate(4, &[0, 1])),
			(52, certificate(4, &[1, 2])),
			(54, certificate(4, &[3])),
		];
		let check =
			|certificates: &[(u32, Certificate)]| verify(&GENESIS, &header(), &committee(4), certificates);
		let verified = check(&certificates).unwrap();
		assert_eq!(
			(verified.block, verified.rows_signed, verified.signers),
			(50, 2048, 4)
		);
		assert_eq!(check(&certificates[..2]).unwrap().signers, 3);
		assert!(matches!(
			check(&[]),
			Err(CertificateError::TooFewRows { signed: 0, .. })
		));
		let mut forged = certificates;
		forged[2].1.signers = signer_bitmap(4, [2, 3]);
		assert_eq!(
			check(&forged),
			Err(CertificateError::Signature(BlsError::BadSignature))
		);
	}

	#[test]
	fn a_certificate_below_two_thirds_of_the_rows_is_refused() {
		assert_eq!(
			check(&certificate(4, &[0, 1])),
			Err(CertificateError::TooFewRows {
				signed: 1024,
				rows: 2048
			})
		);
	}

	#[test]
	fn claiming_a_signer_that_did_not_sign_is_refused() {
		let mut forged = certificate(4, &[0, 1]);
		forged.signers = signer_bitmap(4, [0, 1, 2]);
		assert_eq!(
			check(&forged),
			Err(CertificateError::Signature(BlsError::BadSignature))
		);
	}

	#[test]
	fn a_certificate_for_other_blobs_committees_or_blocks_is_refused() {
		let good = certificate(4, &[0, 1, 2]);
		let other_blob = Certificate {
			commitments: vec![Commitment([9; 32])],
			..good.clone()
		};
		assert_eq!(check(&other_blob), Err(CertificateError::OtherBlob));
		for got in [
			CommitteeId::new(3, 6),
			CommitteeId::new(2, 5),
			CommitteeId::root(5),
		] {
			let other = Certificate {
				committee: got,
				..good.clone()
			};
			assert_eq!(
				check(&other),
				Err(CertificateError::OtherCommittee { wanted: ID, got })
			);
			// The same members in another committee did not sign for it.
			let moved = Committee {
				id: got,
				..committee(4)
			};
			assert_eq!(
				verify(&GENESIS, &header(), &moved, &[(50, other)]),
				Err(CertificateError::Signature(BlsError::BadSignature))
			);
		}
		let late = verify(&GENESIS, &header(), &committee(4), &[(101, good.clone())]);
		assert_eq!(
			late,
			Err(CertificateError::Expired {
				expiry: 100,
				block: 101
			})
		);
		let longer = Certificate {
			expiry: 200,
			..good.clone()
		};
		assert_eq!(
			check(&longer),
			Err(CertificateError::Signature(BlsError::BadSignature))
		);
		let elsewhere = verify(&[8; 32], &header(), &committee(4), &[(50, good)]);
		assert_eq!(
			elsewhere,
			Err(CertificateError::Signature(BlsError::BadSignature))
		);
	}

	#[test]
	fn bitmaps_that_do_not_fit_the_committee_are_refused() {
		let good = certificate(4, &[0, 1, 2]);
		for signers in [vec![], vec![0b0001_0111], vec![0b0111, 0]] {
			let bad = Certificate {
				signers,
				..good.clone()
			};
			assert_eq!(check(&bad), Err(CertificateError::BadBitmap(4)));
		}
	}

	#[test]
	fn a_signer_without_a_key_is_refused() {
		let mut committee = committee(4);
		committee.members[1].key = None;
		let certificate = certificate(4, &[0, 1, 2]);
		assert_eq!(
			verify(&GENESIS, &header(), &committee, &[(50, certificate)]),
			Err(CertificateError::NoKey(1))
		);
	}
}
