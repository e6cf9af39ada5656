// SPDX-License-Identifier: Apache-2.0

//! Checking a certificate and taking it.
//!
//! A certificate has signers with two thirds of the rows of each of its blobs. The first one certifies a blob, later ones add their
//! signers. These need two thirds too: else one member alone could fill pools, with a certificate for each set of blobs that it has
//! not signed.
//!
//! Checks go from cheap to dear: what needs only the call, then the committee and its signers, then blob after blob with
//! its rows, and the pairing last.

use crate::{
	pallet::*,
	types::{bucket_after, Blob, CertificateError, Custody, DueItem, MaxBitmap, MemberSet, State},
	WeightInfo, LOG_TARGET,
};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{defensive, ensure, traits::Get, weights::Weight, BoundedVec};
use pallet_networks::{LoadKind, Networking};
use polkadot_sdk::*;
use sp_runtime::{
	transaction_validity::{TransactionPriority, TransactionValidity, ValidTransaction},
	DispatchResult,
};
use zerog_erasure::Commitment;
use zerog_primitives::{
	da::{
		attestation_message, batch_root, either, improves, is_enough, is_signer, signer_indices, Certificate,
	},
	units::BlockNumber,
};

/// Certificates come behind answers only, and among each other by their rows: whoever fills blocks must not have blobs miss
/// their deadlines.
pub const CERTIFICATE_PRIORITY: TransactionPriority = TransactionPriority::MAX - (1 << 32);

/// Certificates of one batch that the pool has at most, of those that only add to others.
const ADDING: usize = 16;

/// All who have signed a blob.
struct Signers<T: Config> {
	bitmap: BoundedVec<u8, MaxBitmap<T>>,
	rows: u32,
}

/// What a valid certificate does to one blob of its batch.
struct Change<T: Config> {
	commitment: Commitment,
	blob: Blob<T>,
	signers: Signers<T>,
}

impl<T: Config> Change<T> {
	/// The first member that is added to those of an earlier certificate, and the rows of all that are.
	fn added(&self) -> Option<(usize, u32)> {
		let before = self.blob.custody()?;
		let mut signers = signer_indices(&self.signers.bitmap);
		let first = signers.find(|index| !is_signer(&before.signers, *index))?;
		Some((first, self.signers.rows.saturating_sub(before.rows_signed)))
	}
}

impl<T: Config> Pallet<T> {
	/// Weight of taking a certificate for so many blobs.
	pub(crate) fn certify_weight(blobs: u32) -> Weight {
		T::WeightInfo::certify(blobs).saturating_add(T::Networks::note_weight().saturating_mul(blobs.into()))
	}

	pub(crate) fn validate_certificate(certificate: &Certificate) -> TransactionValidity {
		let changes = Self::check_certificate(certificate, true)?;
		// The pool has one certificate of a batch: one with more rows replaces it.
		let rows = || {
			changes
				.iter()
				.fold(0u64, |sum, change| sum.saturating_add(change.signers.rows.into()))
		};
		// Of those that only add to others, it has a few, by the first member that each adds, so that nobody keeps out one by adding
		// others; they come behind, and only one that adds twice as much replaces another, so that no few members have pools check and
		// blocks hold very many.
		let added: Option<Vec<(usize, u32)>> = changes.iter().map(Change::added).collect();
		let (rank, place) = match added.as_deref() {
			Some([(first, _), ..]) => {
				let rows = added
					.iter()
					.flatten()
					.fold(0u64, |sum, (_, rows)| sum.saturating_add((*rows).into()));
				(
					rows.checked_ilog2().unwrap_or(0).into(),
					first.checked_rem(ADDING),
				)
			}
			_ => (rows(), None),
		};
		let place = place.and_then(|place| u8::try_from(place).ok());
		let longevity = certificate.expiry.saturating_sub(Self::now()).max(1);
		ValidTransaction::with_tag_prefix("DataAvailabilityCertificate")
			.priority(CERTIFICATE_PRIORITY.saturating_add(rank))
			.and_provides((certificate.committee, batch_root(&certificate.commitments), place))
			.longevity(longevity.into())
			.propagate(true)
			.build()
	}

	pub(crate) fn do_certify(certificate: Certificate) -> DispatchResult {
		// The signature was checked when the call was authorised, in this very block.
		let changes =
			Self::check_certificate(&certificate, false).map_err(|_| Error::<T>::InvalidCertificate)?;
		let now = Self::now();
		for Change {
			commitment,
			mut blob,
			signers: Signers { bitmap, rows },
		} in changes
		{
			let (rows_signed, signers) = (rows, bitmap.to_vec());
			match &mut blob.state {
				State::Pending => {
					Due::<T>::remove(bucket_after(blob.ends_at()), DueItem::Blob(commitment));
					let retained_until = now.saturating_add(blob.retention);
					Self::subtract_pending(&blob);
					Self::note_load(&blob, LoadKind::Certified { retained_until });
					blob.state = State::Certified(Custody {
						at: now,
						rows_signed,
						at_fault: BoundedVec::truncate_from(alloc::vec![0; signers.len()]),
						bad_rows: BoundedVec::truncate_from(alloc::vec![0; signers.len()]),
						signers: bitmap,
						paid_until: now,
					});
					Due::<T>::insert(bucket_after(blob.ends_at()), DueItem::Blob(commitment), ());
					Self::deposit_event(Event::Certified {
						commitment,
						rows_signed,
						signers,
						retained_until,
					});
				}
				State::Certified(custody) => {
					custody.rows_signed = rows_signed;
					custody.signers = bitmap;
					Self::deposit_event(Event::Improved {
						commitment,
						rows_signed,
						signers,
					});
				}
			}
			Blobs::<T>::insert(commitment, blob);
		}
		Ok(())
	}

	/// The blobs that the certificate changes, none being an error.
	fn check_certificate(
		certificate: &Certificate,
		check_signature: bool,
	) -> Result<Vec<Change<T>>, CertificateError> {
		let now = Self::now();
		let batch = certificate.commitments.len();
		ensure!(
			batch > 0
				&& batch <= usize::try_from(T::MaxBatch::get()).unwrap_or(usize::MAX)
				&& certificate.commitments.iter().collect::<BTreeSet<_>>().len() == batch,
			CertificateError::BadBatch
		);
		ensure!(now <= certificate.expiry, CertificateError::Expired);
		let (_, set) =
			Self::members_of(certificate.committee).map_err(|_| CertificateError::UnknownCommittee)?;
		Self::check_signers(&set, &certificate.signers)?;

		let mut changes = Vec::new();
		for commitment in &certificate.commitments {
			let blob = Blobs::<T>::get(commitment)
				.filter(|blob| blob.committee == certificate.committee)
				.ok_or(CertificateError::UnknownBlob)?;
			if let Some(signers) = Self::added(&blob, &set, certificate, now)? {
				changes.push(Change {
					commitment: *commitment,
					blob,
					signers,
				});
			}
		}
		ensure!(!changes.is_empty(), CertificateError::Stale);
		if check_signature {
			Self::check_signature(&set, certificate)?;
		}
		Ok(changes)
	}

	/// One bit a member, none beyond, and a key behind every bit.
	fn check_signers(set: &MemberSet<T>, signers: &[u8]) -> Result<(), CertificateError> {
		let members = set.members.len();
		ensure!(signers.len() == members.div_ceil(8), CertificateError::BadSigners);
		let all_have_keys = signer_indices(signers)
			.all(|index| set.members.get(index).is_some_and(|member| member.key.is_some()));
		ensure!(all_have_keys, CertificateError::BadSigners);
		Ok(())
	}

	/// All who have signed the blob with the certificate. None if that changes nothing.
	fn added(
		blob: &Blob<T>,
		set: &MemberSet<T>,
		certificate: &Certificate,
		now: BlockNumber,
	) -> Result<Option<Signers<T>>, CertificateError> {
		// Signatures for a time beyond the deadline would outlive the duty that they were given for.
		ensure!(certificate.expiry <= blob.deadline, CertificateError::Expired);
		let profile = blob.header.profile().map_err(|_| CertificateError::UnknownBlob)?;
		let (allotment, rows) = (set.allotment(profile.rows()), profile.rows());
		let rows_of = |signers: &[u8]| {
			let signed = allotment.iter().enumerate();
			let signed = signed.filter(|(index, _)| is_signer(signers, *index));
			signed.fold(0u32, |sum, (_, count)| sum.saturating_add(*count))
		};
		ensure!(
			is_enough(rows_of(&certificate.signers), rows),
			CertificateError::TooFewRows
		);
		let (signers, before) = match &blob.state {
			State::Pending => {
				ensure!(now <= blob.deadline, CertificateError::UnknownBlob);
				(certificate.signers.clone(), None)
			}
			State::Certified(custody) => (either(&certificate.signers, &custody.signers), Some(custody)),
		};
		let all = Signers {
			rows: rows_of(&signers),
			bitmap: signers.try_into().map_err(|_| CertificateError::BadSigners)?,
		};
		let changes = before.is_none_or(|custody| {
			let since = now.saturating_sub(custody.at);
			improves(custody.rows_signed, all.rows, rows, since)
				&& !custody.is_final(now)
				&& !blob.is_due(now)
		});
		Ok(changes.then_some(all))
	}

	fn check_signature(set: &MemberSet<T>, certificate: &Certificate) -> Result<(), CertificateError> {
		let message = attestation_message(
			&Self::genesis(),
			certificate.committee,
			&batch_root(&certificate.commitments),
			certificate.expiry,
		);
		let total = set.total.as_ref().ok_or(CertificateError::UnknownCommittee)?;
		let keys = set.members.iter().enumerate();
		let keys = keys.filter_map(|(index, member)| Some((index, &member.key.as_ref()?.point)));
		let (signed, absent): (Vec<_>, Vec<_>) =
			keys.partition(|(index, _)| is_signer(&certificate.signers, *index));
		let points = |keys: Vec<(usize, _)>| keys.into_iter().map(|(_, point)| point);
		// Half of the keys at most.
		let key = match signed.len() <= absent.len() {
			true => zerog_bls::sum(points(signed)),
			false => zerog_bls::subtract(total, points(absent)),
		};
		let key = key.map_err(|_| CertificateError::BadSignature)?;
		zerog_bls::verify(&message, &certificate.signature, &key).map_err(|_| {
			log::debug!(target: LOG_TARGET, "forged certificate of {}", certificate.committee);
			CertificateError::BadSignature
		})
	}

	/// The blob waits for its network.
	pub(crate) fn add_pending(blob: &Blob<T>) {
		PendingBytes::<T>::mutate(blob.committee.network, |pending| {
			*pending = pending.saturating_add(blob.coded_bytes());
		});
	}

	/// It waits no longer.
	pub(crate) fn subtract_pending(blob: &Blob<T>) {
		PendingBytes::<T>::mutate_exists(blob.committee.network, |pending| {
			let left = pending.unwrap_or(0).saturating_sub(blob.coded_bytes());
			*pending = (left > 0).then_some(left);
		});
	}

	/// Tells its network how a pending blob went on.
	pub(crate) fn note_load(blob: &Blob<T>, kind: LoadKind) {
		let noted = T::Networks::note_load(blob.committee.network, blob.coded_bytes(), kind);
		// A blob must not wait for the books of its network.
		if let Err(error) = noted {
			defensive!("networks know their pending blobs", error);
		}
	}
}
