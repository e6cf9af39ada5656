// SPDX-License-Identifier: Apache-2.0

//! Who pays what, and who gets it.

use crate::{mock::*, pallet::*, WeightInfo};
use frame_support::{
	assert_noop, assert_ok,
	traits::Hooks,
	weights::{constants::RocksDbWeight, Weight, WeightMeter},
};
use polkadot_sdk::*;
use sp_runtime::TokenError;
use zerog_erasure::{BlobHeader, Namespace, Profile};
use zerog_primitives::da::CommitteeId;

/// Coded bytes of the smallest profile.
const CODED: u128 = 512 * 1024;

fn custody(blocks: u128) -> u128 {
	CODED / 1024 * blocks * CUSTODY_PRICE
}

#[test]
fn a_submission_pays_dispersal_and_holds_custody() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		assert_eq!(held(PAYER), custody(100));
		assert_eq!(free(&account(PAYER)), ENDOWMENT - CODED * BASE_FEE - custody(100));
		assert_eq!(PendingBytes::<Test>::get(0), CODED as u64);
		let blob = Blobs::<Test>::get(commitment).unwrap();
		assert_eq!(
			(blob.committee, blob.submitted_at, blob.deadline),
			(CommitteeId::root(0), 1, 21)
		);
		System::assert_last_event(
			Event::<Test>::Submitted {
				commitment,
				payer: account(PAYER),
				namespace: blob.header.namespace,
				committee: CommitteeId::root(0),
				deadline: 21,
				dispersal_fee: CODED * BASE_FEE,
				custody_fee: custody(100),
			}
			.into(),
		);
	});
}

#[test]
fn the_quote_is_what_is_charged() {
	test(|| {
		Prices::set(&[(0, BASE_FEE + 7)].into());
		let quote = DataAvailability::quote(Namespace([7; 32]), 1000, 100).unwrap();
		assert_eq!((quote.network, quote.base_fee_per_byte), (0, BASE_FEE + 7));
		submit_as(PAYER, 1, 1000, 100).unwrap();
		assert_eq!(
			free(&account(PAYER)),
			ENDOWMENT - quote.dispersal_fee - quote.custody_fee
		);
	});
}

#[test]
fn no_more_is_taken_than_the_payer_allows() {
	test(|| {
		let header = header(1, 1000);
		let submit = |retention, max_fee| submit_header(PAYER, &header, retention, max_fee);
		let quote = DataAvailability::quote(Namespace([7; 32]), 1000, 100).unwrap();
		let price = quote.dispersal_fee + quote.custody_fee;
		assert_noop!(submit(100, price - 1), Error::<Test>::FeeAboveMaximum);
		assert_ok!(submit(100, price));
		// A repeat costs nothing, more retention only the blocks added.
		assert_ok!(submit(100, 0));
		assert_noop!(submit(110, custody(10) - 1), Error::<Test>::FeeAboveMaximum);
		assert_ok!(submit(110, custody(10)));
		assert_eq!(free(&account(PAYER)), ENDOWMENT - price - custody(10));
	});
}

#[test]
fn empty_and_oversized_blobs_are_refused() {
	test(|| {
		let submit = |length| {
			let header = BlobHeader {
				length,
				profile: Profile::ALL[8],
				..header(1, 1)
			};
			submit_header(PAYER, &header, 100, u128::MAX)
		};
		assert_noop!(submit(0), Error::<Test>::EmptyBlob);
		assert_noop!(submit((32 << 20) + 1), Error::<Test>::BlobTooLarge);
		assert_noop!(submit(u32::MAX), Error::<Test>::BlobTooLarge);
		assert_ok!(submit(1));
		assert_ok!(submit(32 << 20));
	});
}

#[test]
fn retention_outside_of_the_range_is_refused() {
	test(|| {
		assert_eq!(
			submit_as(PAYER, 1, 1, 9),
			Err(Error::<Test>::RetentionOutOfRange.into())
		);
		assert_eq!(
			submit_as(PAYER, 1, 1, 1_001),
			Err(Error::<Test>::RetentionOutOfRange.into())
		);
		assert_eq!(DataAvailability::quote(Namespace([7; 32]), 1, 1_001), None);
	});
}

#[test]
fn an_unfunded_payer_is_refused_and_nothing_changes() {
	test(|| {
		assert_eq!(
			submit_as(POOR, 1, 1, 10),
			Err(TokenError::FundsUnavailable.into())
		);
		assert_eq!(PendingBytes::<Test>::get(0), 0);
		assert_eq!(free(&account(POOR)), 200);
	});
}

#[test]
fn a_repeat_by_the_same_payer_changes_nothing() {
	test(|| {
		submit_as(PAYER, 1, 1000, 100).unwrap();
		let before = (free(&account(PAYER)), held(PAYER), PendingBytes::<Test>::get(0));
		submit_as(PAYER, 1, 1000, 100).unwrap();
		submit_as(PAYER, 1, 1000, 10).unwrap();
		assert_eq!(
			before,
			(free(&account(PAYER)), held(PAYER), PendingBytes::<Test>::get(0))
		);

		let commitment = header(1, 1000).commitment().unwrap();
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		run_to(30);
		submit_as(PAYER, 1, 1000, 100).unwrap();
		assert_eq!(
			before.1,
			held(PAYER),
			"also when the blob has been certified meanwhile"
		);
	});
}

#[test]
fn longer_retention_pays_for_the_blocks_added() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		submit_as(PAYER, 1, 1000, 150).unwrap();
		assert_eq!(held(PAYER), custody(150));
		submit_as(OTHER, 1, 1000, 120).unwrap();
		assert_eq!(held(OTHER), 0, "shorter than what is paid for");
		submit_as(OTHER, 1, 1000, 170).unwrap();
		assert_eq!(held(OTHER), custody(20));
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().retention, 170);
		assert_eq!(PendingBytes::<Test>::get(0), CODED as u64, "it is dispersed once");
	});
}

#[test]
fn another_payer_of_a_certified_blob_extends_it_from_now() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		run_to(3);
		certify(certificate(0, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		run_to(53);
		submit_as(OTHER, 1, 1000, 100).unwrap();
		assert_eq!(held(OTHER), custody(50));
		assert_eq!(
			Blobs::<Test>::get(commitment).unwrap().info().retained_until,
			Some(153)
		);
	});
}

#[test]
fn nobody_prolongs_custody_beyond_what_stake_answers_for() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 900).unwrap();
		run_to(3);
		certify(certificate(0, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		run_to(103);
		let refused = Err(Error::<Test>::RetentionOutOfRange.into());
		assert_eq!(submit_as(OTHER, 1, 1000, 901), refused);
		submit_as(OTHER, 1, 1000, 900).unwrap();
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().retention, 1_000);
	});
}

#[test]
fn a_new_payer_adds_at_least_the_shortest_retention() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		let refused = Err(Error::<Test>::ExtensionTooShort.into());
		assert_eq!(submit_as(OTHER, 1, 1000, 109), refused);
		submit_as(OTHER, 1, 1000, 110).unwrap();
		// Who pays already adds as little as it likes.
		submit_as(OTHER, 1, 1000, 111).unwrap();
		assert_eq!(held(OTHER), custody(11));
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().retention, 111);
	});
	test(|| {
		let (commitment, _) = settled_signers(1, 100);
		let (header, _) = provable(1);
		let extend = |retention| submit_header(OTHER, &header, retention, u128::MAX);
		// In block 7 the blob is kept for 94 more.
		assert_noop!(extend(103), Error::<Test>::ExtensionTooShort);
		assert_ok!(extend(104));
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().end(), 111);
	});
}

#[test]
fn a_first_payer_keeps_its_place_where_there_is_no_other() {
	test(|| {
		MaxPayers::set(1);
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		assert_eq!(
			submit_as(OTHER, 1, 1000, 120),
			Err(Error::<Test>::TooManyPayers.into())
		);
		submit_as(PAYER, 1, 1000, 120).unwrap();
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().payments.len(), 1);
	});
}

#[test]
fn a_new_payer_takes_the_place_with_the_least_on_hold_when_all_are_taken() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		submit_as(OTHER, 1, 1000, 110).unwrap();
		let _ = Balances::force_set_balance(RuntimeOrigin::root(), account(9), ENDOWMENT);
		let header = header(1, 1000);
		let extend = |max_fee| submit_header(9, &header, 130, max_fee);
		// The blocks added, and what the other one has on hold.
		assert_noop!(extend(custody(30) - 1), Error::<Test>::FeeAboveMaximum);
		assert_ok!(extend(custody(30)));
		assert_eq!(
			(held(PAYER), held(OTHER), held(9)),
			(custody(100), 0, custody(30))
		);
		assert_eq!(free(&account(OTHER)), ENDOWMENT, "it has all of it back");
		System::assert_has_event(
			Event::<Test>::PayerReplaced {
				commitment,
				payer: account(OTHER),
				released: custody(10),
			}
			.into(),
		);
		let blob = Blobs::<Test>::get(commitment).unwrap();
		assert_eq!((blob.retention, blob.payments.len()), (130, 2));
		// Nothing is shorter for it, and it may come back.
		submit_as(OTHER, 1, 1000, 140).unwrap();
		assert_eq!((held(OTHER), held(9)), (custody(40), 0));
	});
}

#[test]
fn the_first_payer_keeps_its_place_however_little_it_has_on_hold() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 10).unwrap();
		submit_as(OTHER, 1, 1000, 100).unwrap();
		let _ = Balances::force_set_balance(RuntimeOrigin::root(), account(9), ENDOWMENT);
		submit_as(9, 1, 1000, 110).unwrap();
		assert_eq!(
			(held(PAYER), held(OTHER), held(9)),
			(custody(10), 0, custody(100))
		);
		assert_eq!(
			Blobs::<Test>::get(commitment).unwrap().payments[0].payer,
			account(PAYER)
		);
	});
}

#[test]
fn a_payer_who_never_disperses_pays_and_fills_nothing() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		run_to(21);
		assert!(
			Blobs::<Test>::contains_key(commitment),
			"certificates are accepted up to the deadline"
		);
		run_to(40);
		assert!(!Blobs::<Test>::contains_key(commitment));
		assert_eq!(PendingBytes::<Test>::get(0), 0);
		assert_eq!(held(PAYER), 0);
		assert_eq!(
			free(&account(PAYER)),
			ENDOWMENT - CODED * BASE_FEE,
			"the dispersal fee is gone"
		);
		assert_eq!(collected(), CODED * BASE_FEE);
	});
}

#[test]
fn anyone_may_settle_after_the_deadline_and_nobody_before() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		System::set_block_number(21);
		assert!(DataAvailability::validate_settle(&commitment).is_err());
		assert_eq!(
			DataAvailability::do_settle(commitment),
			Err(Error::<Test>::NotDue.into())
		);
		System::set_block_number(22);
		assert_ok!(DataAvailability::validate_settle(&commitment));
		assert_ok!(DataAvailability::do_settle(commitment));
		assert!(DataAvailability::validate_settle(&commitment).is_err());
		assert_eq!(held(PAYER), 0);
	});
}

#[test]
fn a_blob_that_expired_can_be_submitted_again_when_it_is_settled() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		System::set_block_number(22);
		assert_eq!(
			submit_as(OTHER, 1, 1000, 50),
			Err(Error::<Test>::NotSettled.into())
		);
		assert_ok!(DataAvailability::do_settle(commitment));
		submit_as(OTHER, 1, 1000, 50).unwrap();
		assert_eq!(held(PAYER), 0);
		assert_eq!(held(OTHER), custody(50));
		assert_eq!(Blobs::<Test>::get(commitment).unwrap().submitted_at, 22);
	});
}

#[test]
fn signers_are_paid_by_rows_when_retention_ends() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		submit_as(OTHER, 1, 1000, 130).unwrap();
		run_to(2);
		certify(certificate(0, 4, &[0, 1, 3], &[commitment])).unwrap();
		run_to(131);
		assert!(Blobs::<Test>::contains_key(commitment));
		run_to(160);
		assert!(!Blobs::<Test>::contains_key(commitment));
		assert_eq!((held(PAYER), held(OTHER)), (0, 0));
		for signer in [0, 1, 3] {
			assert_eq!(
				earned(signer),
				custody(100) / 3 + custody(30) / 3 + CODED * BASE_FEE / 3
			);
		}
		assert_eq!(earned(2), 0, "who did not sign is not paid");
	});
}

#[test]
fn too_many_pending_bytes_are_refused() {
	test(|| {
		let _ = Balances::force_set_balance(RuntimeOrigin::root(), account(PAYER), u128::MAX / 4);
		submit_as(PAYER, 1, 32 << 20, 10).unwrap();
		submit_as(PAYER, 2, 32 << 20, 10).unwrap();
		assert_eq!(
			submit_as(PAYER, 3, 32 << 20, 10),
			Err(Error::<Test>::Congested.into())
		);
	});
}

#[test]
fn profiles_unsound_for_as_many_as_the_root_network_has_are_refused() {
	test(|| {
		set_size(CommitteeId::root(0), 271);
		assert_eq!(
			submit_as(PAYER, 1, 1000, 100),
			Err(Error::<Test>::CommitteeTooLarge.into())
		);
		submit_as(PAYER, 1, 1 << 20, 100).unwrap();
		// In a larger matrix small ones are as sound; the quote says in which one.
		let quote = DataAvailability::quote(Namespace([7; 32]), 1000, 100).unwrap();
		assert_eq!((quote.profile, quote.coded_bytes), (Profile::ALL[1], 1 << 20));
		let larger = header(2, 1000).in_profile(quote.profile).unwrap();
		let fee = quote.dispersal_fee + quote.custody_fee;
		assert_ok!(submit_header(PAYER, &larger, 100, fee));
		let blob = Blobs::<Test>::get(larger.commitment().unwrap()).unwrap();
		assert_eq!((blob.header, blob.coded_bytes()), (larger, 1 << 20));
		set_size(CommitteeId::root(0), 3_511);
		assert_eq!(DataAvailability::quote(Namespace([7; 32]), 1000, 100), None);
	});
}

#[test]
fn a_blob_has_to_fit_into_its_matrix() {
	test(|| {
		let header = BlobHeader {
			profile: Profile::ALL[0],
			..header(1, (128 << 10) + 1)
		};
		let refused = submit_header(PAYER, &header, 100, u128::MAX);
		assert_noop!(refused, Error::<Test>::ProfileTooSmall);
	});
}

fn payout(commitment: zerog_erasure::Commitment) -> sp_runtime::DispatchResult {
	frame_support::storage::with_storage_layer(|| {
		DataAvailability::payout(RuntimeOrigin::signed(account(POOR)), commitment)
			.map(drop)
			.map_err(|refused| refused.error)
	})
}

fn pot() -> u128 {
	free(&DataAvailability::pot())
}

#[test]
fn the_dispersal_fee_waits_in_the_pot_until_the_signers_are_final() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		assert_eq!(pot(), 100 + CODED * BASE_FEE);
		assert_noop!(payout(commitment), Error::<Test>::NotCertified);
		certify(certificate(0, 4, &[0, 1, 2], &[commitment])).unwrap();
		run_to(6);
		assert_noop!(payout(commitment), Error::<Test>::SignersNotFinal);
		certify(certificate(0, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		run_to(7);
		assert_ok!(payout(commitment));
		let each = CODED * BASE_FEE / 4 + custody(6) / 4;
		assert_eq!((0..4).map(earned).collect::<Vec<_>>(), vec![each; 4]);
		assert_noop!(payout(commitment), Error::<Test>::NothingToPay);
		assert_eq!(pot(), 100 + 4 * each);
	});
}

#[test]
fn custody_is_paid_block_by_block_by_rows() {
	test(|| {
		set_weights(&[2, 1, 1, 0]);
		next_session(0..4);
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		certify(certificate(1, 4, &[0, 1, 2], &[commitment])).unwrap();
		run_to(51);
		assert_ok!(payout(commitment));
		let fee = CODED * BASE_FEE;
		assert_eq!(earned(0), custody(50) / 2 + fee / 2);
		assert_eq!(earned(1), custody(50) / 4 + fee / 4);
		assert_eq!(held(PAYER), custody(50));
		System::assert_last_event(
			Event::<Test>::Paid {
				commitment,
				paid: custody(50) + fee,
				released: 0,
			}
			.into(),
		);
		run_to(120);
		assert!(!Blobs::<Test>::contains_key(commitment));
		assert_eq!(earned(0), custody(100) / 2 + fee / 2);
		assert_eq!(held(PAYER), 0);
	});
}

#[test]
fn an_extension_is_paid_over_the_blocks_that_are_left() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		certify(certificate(0, 4, &[0, 1, 2, 3], &[commitment])).unwrap();
		run_to(51);
		submit_as(OTHER, 1, 1000, 150).unwrap();
		assert_eq!((held(PAYER), held(OTHER)), (custody(100), custody(100)));
		assert_ok!(payout(commitment));
		assert_eq!(held(PAYER) + held(OTHER), custody(150));
		run_to(230);
		assert_eq!(earned(0), custody(200) / 4 + CODED * BASE_FEE / 4);
	});
}

#[test]
fn earnings_are_taken_by_anyone_for_their_owner() {
	test(|| {
		let claim = |who| DataAvailability::claim_earnings(RuntimeOrigin::signed(account(POOR)), who);
		let (commitment, _) = settled_signers(1, 100);
		assert_noop!(claim(validator(0)), Error::<Test>::NothingToClaim);
		assert_ok!(payout(commitment));
		let earnings = || DataAvailability::earnings(validator(0));
		let amount = earnings();
		assert_eq!((free(&validator(0)), amount), (0, earned(0)));
		assert_ok!(claim(validator(0)));
		assert_eq!((free(&validator(0)), earnings()), (amount, 0));
		assert_noop!(claim(validator(0)), Error::<Test>::NothingToClaim);
		// Below the existential deposit nothing is lost: it stays until there is more.
		Earnings::<Test>::insert(account(9), 99);
		assert_noop!(claim(account(9)), TokenError::BelowMinimum);
		Earnings::<Test>::remove(account(9));
	});
}

#[test]
fn blocks_pay_the_signers_of_one_blob_after_the_other() {
	test(|| {
		PayoutPeriod::set(30);
		let blobs: Vec<_> = (1..4).map(|seed| settled_signers(seed, 100).0).collect();
		let paid_until = |blob: &zerog_erasure::Commitment| {
			let blob = Blobs::<Test>::get(blob).unwrap();
			(blob.dispersal, blob.custody().unwrap().paid_until)
		};
		let certified: Vec<_> = blobs.iter().map(|blob| paid_until(blob).1).collect();
		let first = certified[0];
		run_to(first + 30);
		assert!(blobs.iter().all(|blob| paid_until(blob).0 > 0), "nothing is due");
		// Each at its time, as there is room for all.
		for round in 1..=2 {
			run_to(certified[2] + 30 * round + 1);
			for (blob, at) in blobs.iter().zip(&certified) {
				assert_eq!(paid_until(blob), (0, at + 30 * round));
			}
		}
		assert_eq!(held(PAYER), blobs.len() as u128 * custody(40));
		// A challenged row holds up its own blob, until its time has passed.
		run_to(first + 88);
		assert_ok!(DataAvailability::challenge(
			RuntimeOrigin::signed(account(OTHER)),
			blobs[0],
			0
		));
		run_to(first + 94);
		assert_eq!(paid_until(&blobs[0]).1, first + 60);
		run_to(certified[1] + 91);
		assert_eq!(paid_until(&blobs[1]).1, certified[1] + 90);
		assert!(paid_until(&blobs[0]).1 > first + 90);
		run_to(first + 200);
		assert_eq!(Blobs::<Test>::iter().count(), 0);
		assert_eq!(PayCursor::<Test>::get(), None);
	});
}

#[test]
fn blocks_pay_signers_only_where_there_is_room_and_go_on_where_they_stopped() {
	test(|| {
		let blobs: Vec<_> = (1..4).map(|seed| settled_signers(seed, 100).0).collect();
		run_to(System::block_number() + 30);
		PayoutPeriod::set(20);
		let waiting = || {
			let dispersal = |blob| Blobs::<Test>::get(blob).unwrap().dispersal;
			blobs.iter().filter(|blob| dispersal(*blob) > 0).count()
		};
		let pay = |limit| {
			let mut meter = WeightMeter::with_limit(limit);
			DataAvailability::pay_next(&mut meter);
			meter.consumed()
		};
		let look = RocksDbWeight::get().reads(2);
		let step = RocksDbWeight::get().reads_writes(1, 1) + look + <() as WeightInfo>::payout(8, 1);
		for less in [Weight::from_parts(1, 0), Weight::from_parts(0, 1), step] {
			assert!(pay(step - less).all_lte(step - less));
			assert_eq!(waiting(), 3);
		}
		for left in [2, 1, 0] {
			assert_eq!(pay(step), step);
			assert_eq!(waiting(), left);
		}
		// The round ends, and another one finds nothing to pay.
		pay(Weight::MAX);
		assert_eq!(PayCursor::<Test>::get(), None);
		let looked = pay(Weight::MAX);
		assert_eq!(looked, RocksDbWeight::get().reads_writes(1, 1) + look * 4);
	});
}

/// Members that were paid.
fn paid() -> usize {
	(0..4).filter(|member| free(&validator(*member)) > 0).count()
}

#[test]
fn blocks_claim_for_one_account_after_the_other() {
	test(|| {
		let (commitment, _) = settled_signers(1, 100);
		for _ in 0..2 {
			let before = free(&validator(0));
			assert_ok!(payout(commitment));
			let each = DataAvailability::earnings(validator(0));
			assert!(each > 0);
			let at = System::block_number();
			for count in 1..=4 {
				run_to(at + count);
				assert_eq!(Earnings::<Test>::iter().count(), 4 - count as usize);
			}
			for member in 0..4 {
				assert_eq!(free(&validator(member)), before + each);
			}
			// Rounds over nothing.
			run_to(at + 10);
		}
		assert_eq!(pot(), 100);
	});
}

#[test]
fn a_claim_that_fails_holds_up_no_other_and_loses_nothing() {
	test(|| {
		let credit = |who: sp_runtime::AccountId32, amount| {
			assert_ok!(DataAvailability::fee_to_pot(&account(PAYER), amount));
			DataAvailability::earn(&who, amount);
		};
		// Less than an account must keep.
		credit(account(9), 99);
		for member in 0..4 {
			credit(validator(member), 1_000);
		}
		// It takes no block of its own.
		run_to(System::block_number() + 4);
		assert_eq!((paid(), DataAvailability::earnings(account(9))), (4, 99));
		// Alone, it is tried once a block.
		let mut meter = WeightMeter::new();
		DataAvailability::claim_next(&mut meter);
		let look = RocksDbWeight::get().reads_writes(3, 1);
		assert_eq!(meter.consumed(), DataAvailability::claim_weight() + look * 2);
		credit(account(9), 1);
		credit(validator(2), 500);
		run_to(System::block_number() + 2);
		assert_eq!((free(&account(9)), free(&validator(2))), (100, 1_500));
		assert_eq!(pot(), 100);
	});
}

#[test]
fn blocks_claim_only_where_there_is_room() {
	test(|| {
		let (commitment, _) = settled_signers(1, 100);
		assert_ok!(payout(commitment));
		let look = RocksDbWeight::get().reads_writes(3, 1);
		let step = DataAvailability::claim_weight() + look;
		let idle = |limit| DataAvailability::on_idle(System::block_number(), limit);
		for less in [Weight::from_parts(1, 0), Weight::from_parts(0, 1), step] {
			assert!(idle(step - less).all_lte(step - less));
			assert_eq!(paid(), 0);
		}
		assert_eq!(idle(step), step);
		assert_eq!(paid(), 1);
	});
}

#[test]
fn votes_and_other_locks_of_a_payer_do_not_keep_the_signers_from_custody() {
	use frame_support::traits::{LockableCurrency, WithdrawReasons};
	test(|| {
		let (commitment, _) = settled_signers(1, 100);
		Balances::set_lock(*b"convict ", &account(PAYER), ENDOWMENT, WithdrawReasons::all());
		assert_ok!(payout(commitment));
		assert!(earned(0) > 0);
	});
}

#[test]
fn a_signer_at_fault_forfeits_what_it_was_not_paid_yet() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let holder = holder(commitment, row.index);
		let (at, fee) = (System::block_number(), CODED * BASE_FEE);
		assert_eq!(at, 7);
		run_to(51);
		assert_ok!(payout(commitment));
		let before = earned(holder);
		assert_ok!(DataAvailability::do_report_bad_row(
			commitment,
			&row,
			&checksum(1)
		));
		assert_eq!(
			DataAvailability::margin(commitment).map(|margin| (margin.faulty, margin.spare())),
			Some((512, 2048 - 512 - 512))
		);
		run_to(120);
		assert_eq!(earned(holder), before);
		assert_eq!(earned((holder + 1) % 4), custody(100) / 4 + fee / 4);
		assert_eq!(held(PAYER), 0);
		assert_eq!(
			free(&account(PAYER)),
			ENDOWMENT - fee - custody(100) + custody(50) / 4
		);
	});
}

#[test]
fn what_a_payer_cannot_take_back_is_credited() {
	test(|| {
		let commitment = submit_as(PAYER, 1, 1000, 100).unwrap();
		// All that is left to the payer is a hold below the existential deposit.
		let held_before = held(PAYER);
		Blobs::<Test>::mutate(commitment, |blob| blob.as_mut().unwrap().payments[0].held = 40);
		let origin = RuntimeOrigin::signed(account(OTHER));
		assert_ok!(DataAvailability::give_back(
			HoldReason::Custody,
			&account(PAYER),
			held_before - 40
		));
		frame_system::Account::<Test>::mutate(account(PAYER), |entry| entry.data.free = 0);
		assert_eq!((free(&account(PAYER)), held(PAYER)), (0, 40));
		System::set_block_number(22);
		assert_ok!(DataAvailability::do_settle(commitment));
		assert_eq!((held(PAYER), Earnings::<Test>::get(account(PAYER))), (0, 40));
		assert_noop!(
			DataAvailability::claim_earnings(origin, account(PAYER)),
			TokenError::BelowMinimum
		);
	});
}

#[test]
fn nothing_is_paid_while_a_row_is_challenged() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		let holder = holder(commitment, row.index);
		assert_ok!(challenge(commitment, row.index));
		run_to(11);
		assert_noop!(payout(commitment), Error::<Test>::ChallengeOpen);
		System::set_block_number(12);
		assert_noop!(payout(commitment), Error::<Test>::ChallengeOpen);
		assert_ok!(DataAvailability::do_resolve(commitment, row.index));
		assert_ok!(payout(commitment));
		assert_eq!(earned(holder), 0, "the verdict came before the pay");
		assert!(earned((holder + 1) % 4) > 0);
	});
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		assert_ok!(challenge(commitment, row.index));
		assert_ok!(answer(commitment, row));
		assert_ok!(payout(commitment));
	});
}

#[test]
fn the_first_payer_has_back_what_a_signer_at_fault_did_not_disperse() {
	test(|| {
		let (commitment, row) = settled_signers(1, 100);
		assert_ok!(DataAvailability::do_report_bad_row(
			commitment,
			&row,
			&checksum(1)
		));
		let before = free(&account(PAYER));
		assert_ok!(payout(commitment));
		// At once, with its custody: credits stay where nobody claims them.
		let back = (CODED * BASE_FEE + custody(6)) / 4;
		assert_eq!(free(&account(PAYER)) - before, back);
		assert_eq!(Earnings::<Test>::get(account(PAYER)), 0);
	});
}
