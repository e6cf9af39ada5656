// SPDX-License-Identifier: Apache-2.0

//! Which certificates count.

use crate::{mock::*, pallet::*, types::State, CertificateError};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use zerog_erasure::Commitment;
use zerog_primitives::da::{improves, Certificate, COMPLETION};

fn refused(certificate: Certificate, error: CertificateError) {
	assert_eq!(certify(certificate), Err(error.into()));
}

fn submitted() -> Commitment {
	submit_as(PAYER, 1, 1000, 100).unwrap()
}

#[test]
fn two_thirds_of_the_rows_certify() {
	test(|| {
		let commitment = submitted();
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		let blob = Blobs::<Test>::get(commitment).unwrap();
		let custody = blob.custody().unwrap();
		assert_eq!((custody.at, custody.rows_signed), (1, 1536));
		assert_eq!(PendingBytes::<Test>::get(0), 0);
		assert!(held(PAYER) > 0, "custody stays held");
	});
}

#[test]
fn what_was_authorised_and_does_not_hold_any_more_has_no_effect() {
	test(|| {
		let commitment = submitted();
		let twice = certificate(0, 4, &[0, 1, 2], &[commitment]);
		let dispatch = || {
			let origin = frame_system::Origin::<Test>::Authorized;
			DataAvailability::certify(origin.into(), twice.clone())
		};
		assert_ok!(dispatch());
		assert_noop!(dispatch(), Error::<Test>::InvalidCertificate);
	});
}

#[test]
fn a_certificate_below_two_thirds_is_rejected() {
	test(|| {
		let commitment = submitted();
		refused(
			certificate(0, 4, &[0, 1], &[commitment]),
			CertificateError::TooFewRows,
		);
	});
}

#[test]
fn a_forged_signature_is_rejected() {
	test(|| {
		let commitment = submitted();
		let good = certificate(0, 4, &[0, 1, 2], &[commitment]);
		let claims_more = certificate(0, 4, &[0, 1, 3], &[commitment]);
		refused(
			Certificate {
				signature: claims_more.signature,
				..good.clone()
			},
			CertificateError::BadSignature,
		);
		let all = certificate(0, 4, &[0, 1, 2, 3], &[commitment]);
		refused(
			Certificate {
				signers: all.signers,
				..good.clone()
			},
			CertificateError::BadSignature,
		);
		let infinity = {
			let mut bytes = [0u8; 48];
			bytes[0] = 0xc0;
			zerog_bls::Signature(bytes)
		};
		refused(
			Certificate {
				signature: infinity,
				..good.clone()
			},
			CertificateError::BadSignature,
		);
		refused(
			Certificate {
				signature: zerog_bls::Signature([0xff; 48]),
				..good.clone()
			},
			CertificateError::BadSignature,
		);
		refused(
			Certificate {
				expiry: good.expiry - 1,
				..good.clone()
			},
			CertificateError::BadSignature,
		);
		assert!(matches!(
			Blobs::<Test>::get(commitment).unwrap().state,
			State::Pending
		));
		certify(good).unwrap();
	});
}

#[test]
fn a_certificate_for_another_blob_is_rejected() {
	test(|| {
		let (first, second) = (submitted(), submit_as(PAYER, 2, 1000, 100).unwrap());
		let good = certificate(0, 4, &[0, 1, 2], &[first]);
		refused(
			Certificate {
				commitments: vec![second],
				..good.clone()
			},
			CertificateError::BadSignature,
		);
		refused(
			Certificate {
				commitments: vec![Commitment([9; 32])],
				..good
			},
			CertificateError::UnknownBlob,
		);
	});
}

#[test]
fn bad_bitmaps_are_rejected() {
	test(|| {
		let commitment = submitted();
		let good = certificate(0, 4, &[0, 1, 2], &[commitment]);
		for signers in [vec![], vec![0b111, 0], vec![0b1_0111]] {
			refused(
				Certificate {
					signers,
					..good.clone()
				},
				CertificateError::BadSigners,
			);
		}
	});
}

#[test]
fn bad_batches_are_rejected() {
	test(|| {
		let commitment = submitted();
		let good = certificate(0, 4, &[0, 1, 2], &[commitment]);
		for commitments in [vec![], vec![commitment, commitment], vec![commitment; 5]] {
			refused(
				Certificate {
					commitments,
					..good.clone()
				},
				CertificateError::BadBatch,
			);
		}
	});
}

#[test]
fn one_signature_certifies_a_batch() {
	test(|| {
		let batch = [
			submitted(),
			submit_as(PAYER, 2, 1 << 20, 100).unwrap(),
			submit_as(OTHER, 3, 5, 50).unwrap(),
		];
		certify(certificate(0, 4, &[1, 2, 3], &batch)).unwrap();
		assert_eq!(PendingBytes::<Test>::get(0), 0);
		refused(certificate(0, 4, &[1, 2, 3], &batch), CertificateError::Stale);
	});
}

#[test]
fn a_certificate_adds_to_the_signers_who_are_paid_for_some_blocks() {
	test(|| {
		let commitment = submitted();
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		for too_few in [&[3][..], &[2, 3]] {
			refused(
				certificate(0, 4, too_few, &[commitment]),
				CertificateError::TooFewRows,
			);
		}
		// Without the first member, which shows its share to nobody.
		let added = certificate(0, 4, &[1, 2, 3], &[commitment]);
		run_to(6);
		certify(added).unwrap();
		let blob = Blobs::<Test>::get(commitment).unwrap();
		let custody = blob.custody().unwrap();
		assert_eq!((custody.at, custody.rows_signed), (1, 2048));
		assert_eq!(custody.signers.to_vec(), [0b1111]);
		System::assert_last_event(
			Event::<Test>::Improved {
				commitment,
				rows_signed: 2048,
				signers: vec![0b1111],
			}
			.into(),
		);
	});
	test(|| {
		let commitment = submitted();
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		run_to(7);
		refused(
			certificate(0, 4, &[0, 1, 2, 3], &[commitment]),
			CertificateError::Stale,
		);
	});
}

#[test]
fn nobody_is_kept_out_of_the_pool_by_who_adds_others() {
	test(|| {
		set_weights(&[1_000, 800, 100, 148]);
		next_session(0..4);
		let commitment = submitted();
		let tags = |signers: &[usize]| {
			let certificate = certificate(1, 4, signers, &[commitment]);
			DataAvailability::validate_certificate(&certificate)
				.unwrap()
				.provides
		};
		assert_eq!(tags(&[0, 1]), tags(&[0, 1, 3]), "the first one of a batch");
		certify(certificate(1, 4, &[0, 1], &[commitment])).unwrap();
		assert_eq!(tags(&[0, 1, 2]), tags(&[0, 1, 2, 3]), "the same member first");
		assert_ne!(tags(&[0, 1, 2]), tags(&[0, 1, 3]));
	});
}

#[test]
fn a_certificate_adds_to_each_blob_of_its_batch() {
	test(|| {
		let (first, second) = (submitted(), submit_as(PAYER, 2, 1000, 100).unwrap());
		certify(certificate(0, 4, &[0, 1, 2], &[first])).unwrap();
		certify(certificate(0, 4, &[1, 2, 3], &[first, second])).unwrap();
		let signers = [first, second].map(|blob| {
			let blob = Blobs::<Test>::get(blob).unwrap();
			blob.custody().unwrap().signers.to_vec()
		});
		assert_eq!(signers, [[0b1111], [0b1110]]);
	});
}

#[test]
fn a_certificate_adds_a_step_at_least() {
	test(|| {
		// Of 2,048 rows the last two members hold 63 and 64: 64 are 1/32.
		set_weights(&[1_000, 921, 63, 64]);
		next_session(0..4);
		let commitment = submitted();
		certify(certificate(1, 4, &[0, 1], &[commitment])).unwrap();
		refused(
			certificate(1, 4, &[0, 1, 2], &[commitment]),
			CertificateError::Stale,
		);
		certify(certificate(1, 4, &[0, 1, 3], &[commitment])).unwrap();
		// All that are left, although these are less.
		certify(certificate(1, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		let rows = [0u32, 1366, 1429, 1430, 2047, 2048];
		let improves = |before, now, rows| improves(before, now, rows, COMPLETION - 1);
		assert_eq!(
			rows.map(|now| improves(1366, now, 2048)),
			[false, false, false, true, true, true]
		);
		assert!(!improves(2048, 2048, 2048));
		let mut steps = 0;
		let mut signed = 1366;
		while let Some(next) = (signed..=2048).find(|now| improves(signed, *now, 2048)) {
			(signed, steps) = (next, steps + 1);
		}
		assert_eq!(steps, 11);
	});
}

#[test]
fn who_holds_less_than_a_step_is_counted_some_blocks_later() {
	test(|| {
		// Of 2,048 rows the last three hold 40, 41 and 42, a step is 64. The last one has no key, so that never all have signed.
		set_weights(&[1_000, 925, 40, 41, 42]);
		next_session(0..5);
		let commitment = submitted();
		let certificate = |signers: &[usize]| certificate(1, 5, signers, &[commitment]);
		certify(certificate(&[0, 1, 2])).unwrap();
		let at = System::block_number();
		run_to(at + COMPLETION - 1);
		refused(certificate(&[0, 1, 2, 3]), CertificateError::Stale);
		run_to(at + COMPLETION);
		refused(certificate(&[0, 1, 2]), CertificateError::Stale);
		// Whom it leaves out stays: two of them showed their shares to nobody.
		certify(certificate(&[0, 1, 3])).unwrap();
		let blob = Blobs::<Test>::get(commitment).unwrap();
		let custody = blob.custody().unwrap();
		assert_eq!((custody.at, custody.rows_signed), (at, 2006));
	});
	test(|| {
		set_weights(&[1_000, 925, 40, 41, 42]);
		next_session(0..5);
		let commitment = submitted();
		certify(certificate(1, 5, &[0, 1, 2], &[commitment])).unwrap();
		run_to(System::block_number() + 6);
		refused(
			certificate(1, 5, &[0, 1, 2, 3], &[commitment]),
			CertificateError::Stale,
		);
	});
}

#[test]
fn a_blob_that_is_over_is_not_improved() {
	test(|| {
		let commitment = submitted();
		let all = certificate(0, 4, &[0, 1, 2, 3], &[commitment]);
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		Blobs::<Test>::mutate(commitment, |blob| blob.as_mut().unwrap().retention = 3);
		System::set_block_number(4);
		refused(all, CertificateError::Stale);
		DataAvailability::do_settle(commitment).unwrap();
		remove_due(commitment);
	});

	/// The retention was shortened behind the back of what is due.
	fn remove_due(commitment: Commitment) {
		Due::<Test>::iter_keys()
			.filter(|(_, item)| *item == crate::types::DueItem::Blob(commitment))
			.for_each(|(bucket, item)| Due::<Test>::remove(bucket, item));
	}
}

#[test]
fn certificates_are_accepted_up_to_the_deadline() {
	test(|| {
		let commitment = submitted();
		let certificate = certificate(0, 4, &[0, 1, 2], &[commitment]);
		run_to(22);
		refused(certificate, CertificateError::Expired);
	});
	test(|| {
		let commitment = submitted();
		let certificate = certificate(0, 4, &[0, 1, 2], &[commitment]);
		run_to(21);
		certify(certificate).unwrap();
	});
}

#[test]
fn signatures_must_not_outlive_the_deadline() {
	test(|| {
		let commitment = submitted();
		let good = certificate(0, 4, &[0, 1, 2], &[commitment]);
		refused(
			Certificate {
				expiry: good.expiry + 1,
				..good
			},
			CertificateError::Expired,
		);
	});
}

#[test]
fn the_session_of_the_submission_decides_also_after_it_ended() {
	test(|| {
		let commitment = submitted();
		next_session([0, 1, 2, 3, 4, 5, 6]);
		refused(
			certificate(1, 7, &[0, 1, 2, 3], &[commitment]),
			CertificateError::UnknownBlob,
		);
		refused(
			certificate(7, 4, &[0, 1, 2], &[commitment]),
			CertificateError::UnknownCommittee,
		);
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
	});
}

#[test]
fn the_pool_prefers_the_certificate_with_more_rows() {
	test(|| {
		let commitment = submitted();
		let less =
			DataAvailability::validate_certificate(&certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		let more =
			DataAvailability::validate_certificate(&certificate(0, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		assert_eq!(less.provides, more.provides);
		assert!(more.priority > less.priority);
	});
}
