// SPDX-License-Identifier: Apache-2.0

//! Networks beside the root network: where blobs go, who certifies them, and what happens when nobody does.

use crate::{mock::*, pallet::*, CertificateError};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use zerog_erasure::{Commitment, Namespace};
use zerog_primitives::da::CommitteeId;

const CODED: u64 = 4 * 131_072;
/// The first network of every namespace, with the first three validators.
const FIRST: u32 = 5;
/// The second one, with the last two.
const SECOND: u32 = 9;

/// A chain with two networks in their first session, which is session 1.
fn networks(test: impl FnOnce()) {
	with_validators(4, || {
		set_networks(&[(FIRST, &[0, 1, 2]), (SECOND, &[2, 3])]);
		next_session_of_networks();
		test();
	});
}

fn of(network: u32) -> CommitteeId {
	CommitteeId::new(network, 1)
}

fn submitted(seed: u8) -> Commitment {
	submit_as(PAYER, seed, 1000, 100).unwrap()
}

fn committee(commitment: Commitment) -> CommitteeId {
	Blobs::<Test>::get(commitment).unwrap().committee
}

fn book(network: u32) -> Book {
	Books::get().get(&network).copied().unwrap_or_default()
}

fn settle(commitment: Commitment) -> sp_runtime::DispatchResult {
	DataAvailability::validate_settle(&commitment).map_err(|_| Error::<Test>::NotDue)?;
	let origin = frame_system::Origin::<Test>::Authorized;
	let settled = DataAvailability::settle(origin.into(), commitment);
	settled.map(drop).map_err(|refused| refused.error)
}

/// The first block after its deadline.
fn miss(commitment: Commitment) {
	System::set_block_number(Blobs::<Test>::get(commitment).unwrap().deadline + 1);
}

#[test]
fn a_network_takes_blobs_once_its_committee_is_noted() {
	with_validators(4, || {
		set_networks(&[(FIRST, &[0, 1, 2])]);
		next_session(0..4);
		assert_eq!(committee(submitted(1)), of(0));
		assert_eq!(DataAvailability::current_committees(), vec![of(0)]);
		run_to(System::block_number() + 1);
		assert_eq!(committee(submitted(2)), of(FIRST));
		assert_eq!(DataAvailability::current_committees(), vec![of(0), of(FIRST)]);
		assert_eq!(DataAvailability::committee(of(FIRST)).unwrap().members.len(), 3);
	});
}

#[test]
fn a_blob_costs_what_its_network_costs_and_is_in_its_books() {
	networks(|| {
		Prices::set(&[(FIRST, 77)].into());
		let quote = DataAvailability::quote(Namespace([7; 32]), 1000, 100).unwrap();
		assert_eq!((quote.network, quote.base_fee_per_byte), (FIRST, 77));
		let commitment = submitted(1);
		assert_eq!(
			Blobs::<Test>::get(commitment).unwrap().dispersal,
			77 * u128::from(CODED)
		);
		assert_eq!((book(FIRST), book(0)), ((1, 0, 0), (0, 0, 0)));
		let at = System::block_number();
		certify(certificate_by(of(FIRST), &[0, 2], &[commitment])).unwrap_err();
		certify(certificate_by(of(FIRST), &[0, 1], &[commitment])).unwrap();
		assert_eq!(book(FIRST), (0, CODED, at + 100));
		assert_eq!(PendingBytes::<Test>::iter().count(), 0);
	});
}

#[test]
fn only_the_network_of_a_blob_certifies_it() {
	networks(|| {
		let commitment = submitted(1);
		let refused =
			|certificate| assert_eq!(certify(certificate), Err(CertificateError::UnknownBlob.into()));
		refused(certificate_by(of(0), &[0, 1, 2, 3], &[commitment]));
		refused(certificate_by(of(SECOND), &[2, 3], &[commitment]));
		// Signatures for one network are none for another one with the same members.
		let mut moved = certificate_by(of(0), &[0, 1, 2], &[commitment]);
		moved.committee = of(FIRST);
		assert_eq!(certify(moved), Err(CertificateError::BadSignature.into()));
		certify(certificate_by(of(FIRST), &[0, 1, 2], &[commitment])).unwrap();
	});
}

#[test]
fn a_full_network_leaves_blobs_to_the_next_one_and_in_the_end_to_the_root_network() {
	networks(|| {
		let full = |network| PendingBytes::<Test>::insert(network, LIMIT - CODED + 1);
		full(FIRST);
		assert_eq!(committee(submitted(1)), of(SECOND));
		full(SECOND);
		assert_eq!(committee(submitted(2)), of(0));
		full(0);
		assert_noop!(submit_as(PAYER, 3, 1000, 100), Error::<Test>::Congested);
		// What was made up is taken back.
		PendingBytes::<Test>::remove(FIRST);
		PendingBytes::<Test>::insert(SECOND, CODED);
		PendingBytes::<Test>::insert(0, CODED);
	});
}

#[test]
fn a_network_without_enough_keys_takes_nothing() {
	with_validators(4, || {
		set_networks(&[(FIRST, &[0, 9]), (SECOND, &[2, 3])]);
		next_session_of_networks();
		assert_eq!(committee(submitted(1)), of(SECOND));
	});
}

#[test]
fn what_a_network_does_not_certify_falls_back_to_the_root_network_and_is_certified_there() {
	networks(|| {
		let commitment = submitted(1);
		let before = (free(&account(PAYER)), held(PAYER));
		assert_noop!(settle(commitment), Error::<Test>::NotDue);
		miss(commitment);
		let late = certificate_by(of(FIRST), &[0, 1, 2], &[commitment]);
		assert!(certify(late.clone()).is_err());
		// A session later.
		next_session_of_networks();
		assert_ok!(settle(commitment));
		let (root, deadline) = (CommitteeId::root(2), System::block_number() + 20);
		System::assert_last_event(
			Event::<Test>::FellBack {
				commitment,
				from: of(FIRST),
				committee: root,
				deadline,
			}
			.into(),
		);
		let blob = Blobs::<Test>::get(commitment).unwrap();
		assert_eq!(
			(blob.committee, blob.fell_back_from, blob.deadline),
			(root, Some(of(FIRST)), deadline)
		);
		assert_eq!((free(&account(PAYER)), held(PAYER)), before, "nobody pays twice");
		assert_eq!((book(FIRST), book(0)), ((0, 0, 0), (1, 0, 0)));
		assert_eq!(PendingBytes::<Test>::iter().collect::<Vec<_>>(), vec![(0, CODED)]);
		assert!(certify(late).is_err(), "its time is over");
		assert_noop!(settle(commitment), Error::<Test>::NotDue);

		let at = System::block_number();
		certify(certificate_by(root, &[0, 1, 3], &[commitment])).unwrap();
		assert_eq!(book(0), (0, CODED, at + 100));
		// Those who signed are paid, whose network failed or not.
		run_to(at + 120);
		assert!(Blobs::<Test>::get(commitment).is_none());
		assert!(earned(3) > 0 && earned(2) == 0);
	});
}

#[test]
fn what_the_root_network_does_not_certify_either_is_refunded_and_counts_as_its_load() {
	networks(|| {
		let commitment = submitted(1);
		miss(commitment);
		assert_ok!(settle(commitment));
		miss(commitment);
		assert_ok!(settle(commitment));
		System::assert_last_event(
			Event::<Test>::Refunded {
				commitment,
				released: 100 * u128::from(CODED / 1024) * CUSTODY_PRICE,
			}
			.into(),
		);
		assert_eq!((book(FIRST), book(0)), ((0, 0, 0), (0, CODED, 0)));
		assert_eq!(
			collected(),
			BASE_FEE * u128::from(CODED),
			"dispersal is not refunded"
		);
		assert_eq!(held(PAYER), 0);
	});
}

#[test]
fn blocks_with_room_have_blobs_fall_back() {
	networks(|| {
		let commitment = submitted(1);
		run_to(Blobs::<Test>::get(commitment).unwrap().deadline + 32);
		assert!(committee(commitment).is_root());
	});
}

#[test]
fn a_blob_ends_if_the_root_network_cannot_certify() {
	networks(|| {
		let commitment = submitted(1);
		Keys::<Test>::remove(validator(2));
		Keys::<Test>::remove(validator(3));
		next_session_of_networks();
		miss(commitment);
		assert_ok!(settle(commitment));
		assert!(Blobs::<Test>::get(commitment).is_none());
		assert_eq!((book(FIRST), book(0)), ((0, 0, 0), (0, CODED, 0)));
	});
}

#[test]
fn blobs_go_to_committees_that_are_small_enough_for_them_only() {
	networks(|| {
		set_size(of(FIRST), 271);
		let commitment = submitted(1);
		assert_eq!(committee(commitment), of(SECOND));
		set_size(of(0), 271);
		assert_noop!(submit_as(PAYER, 2, 1000, 100), Error::<Test>::CommitteeTooLarge);
		assert_eq!(committee(submit_as(PAYER, 2, 1 << 20, 100).unwrap()), of(FIRST));
		// The root network has grown meanwhile.
		miss(commitment);
		assert_ok!(settle(commitment));
		assert!(Blobs::<Test>::get(commitment).is_none());
	});
}

#[test]
fn what_fell_back_is_extended_by_submitting_it() {
	networks(|| {
		let commitment = submitted(1);
		miss(commitment);
		assert_eq!(
			submit_as(OTHER, 1, 1000, 150),
			Err(Error::<Test>::NotSettled.into())
		);
		assert_ok!(settle(commitment));
		assert_eq!(submit_as(OTHER, 1, 1000, 150), Ok(commitment));
		let blob = Blobs::<Test>::get(commitment).unwrap();
		assert!(blob.committee.is_root());
		assert_eq!((blob.retention, blob.payments.len()), (150, 2));
	});
}

#[test]
fn a_draining_network_takes_nothing_new_keeps_what_it_has_and_cannot_be_kept_for_longer() {
	networks(|| {
		let commitment = submitted(1);
		Drained::set(&vec![FIRST]);
		assert_eq!(committee(submitted(2)), of(SECOND));
		certify(certificate_by(of(FIRST), &[0, 1, 2], &[commitment])).unwrap();
		assert!(submit_as(PAYER, 1, 1000, 200).is_err());
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().retention, 100);
	});
}

#[test]
fn committees_of_networks_are_kept_while_blobs_need_them_and_forgotten_then() {
	networks(|| {
		let commitment = submitted(1);
		miss(commitment);
		assert_ok!(settle(commitment));
		let end = System::block_number() + 21;
		for _ in 0..3 {
			next_session_of_networks();
			run_to(System::block_number() + 15);
		}
		// The unused one is gone, the failed one is kept as long as the root network's: members answer for what they said.
		let noted = |id| Committees::<Test>::contains_key(id);
		assert!(!noted(of(SECOND)) && noted(of(FIRST)));
		run_to(end + 100);
		assert!(!noted(of(FIRST)));
		assert!(
			noted(CommitteeId::new(FIRST, 4)),
			"those of the present session stay"
		);
	});
}

#[test]
fn rows_of_a_network_are_challenged_and_faults_name_their_committee() {
	networks(|| {
		let (header, row) = provable(1);
		let commitment = header.commitment().unwrap();
		assert_ok!(submit_header(PAYER, &header, 100, u128::MAX));
		certify(certificate_by(of(FIRST), &[0, 1, 2], &[commitment])).unwrap();
		let holder = holder(commitment, row.index);
		let reported = DataAvailability::report_bad_row(
			RuntimeOrigin::signed(account(OTHER)),
			commitment,
			row,
			checksum(1),
		);
		assert_ok!(reported);
		assert_eq!(Told::get()[0].0, of(FIRST));
		assert_eq!(Told::get()[0].1, validator(holder));
		assert_eq!(DataAvailability::verdicts(of(FIRST), holder as u32).len(), 1);
	});
}
