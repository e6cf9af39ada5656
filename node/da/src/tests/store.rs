// SPDX-License-Identifier: Apache-2.0

//! The row database alone.

use super::{bytes, GENESIS, NAMESPACE, ROOT};
use crate::{
	protocol::{Batch, Share},
	store::{Record, Store, StoreError},
};
use tempfile::TempDir;
use zerog_erasure::{encode, Encoded, Verifier};
use zerog_primitives::da::CommitteeId;

fn fill(store: &Store, encoded: &Encoded, indices: &[u32]) {
	let (commitment, profile) = (encoded.commitment(), encoded.profile());
	let batch = encoded.batch(indices).unwrap();
	let paths: Vec<_> = indices
		.iter()
		.map(|index| encoded.path(*index).unwrap())
		.collect();
	let record = Record {
		header: *encoded.header(),
		keep_until: 9,
	};
	store.put_blob(&commitment, &record, encoded.checksum()).unwrap();
	store
		.put_rows(&commitment, &batch, &paths, profile.row_bytes())
		.unwrap();
}

#[test]
fn rows_records_and_shares_survive_a_restart() {
	let folder = TempDir::new().unwrap();
	let encoded = encode(GENESIS, NAMESPACE, &bytes(5_000, 1)).unwrap();
	let commitment = encoded.commitment();
	let share = share(ROOT, 7);
	{
		let store = Store::open(folder.path()).unwrap();
		fill(&store, &encoded, &[0, 7, 2047]);
		store.put_share(&share).unwrap();
		store.sync().unwrap();
	}
	let store = Store::open(folder.path()).unwrap();
	let checksum = store.checksum(&commitment).unwrap().unwrap();
	let verifier = Verifier::new(encoded.header(), commitment, &checksum).unwrap();
	assert_eq!(store.held(&commitment), Ok(vec![0, 7, 2047]));
	for index in [0, 7, 2047] {
		let row = store.row(&verifier, index).unwrap().unwrap();
		verifier.check_row(&row).unwrap();
		assert_eq!(Some(row), encoded.one_row(index));
	}
	assert_eq!(store.row(&verifier, 1), Ok(None));
	assert_eq!(store.shares(), Ok(vec![share]));
	assert_eq!(store.next_number(ROOT), Ok(Some(8)));
	let record = Record {
		header: *encoded.header(),
		keep_until: 9,
	};
	assert_eq!(store.record(&commitment), Ok(Some(record.clone())));
	assert_eq!(store.records(), Ok(vec![(commitment, record)]));
	assert!(store.bytes() > 0);
}

fn share(committee: CommitteeId, sequence: u64) -> Share {
	Share {
		committee,
		expiry: 2,
		batch: Batch::one(zerog_erasure::Commitment([9; 32])),
		signer: 3,
		signature: zerog_bls::Signature([5; 48]),
		sequence,
		numbered: zerog_bls::Signature([6; 48]),
	}
}

#[test]
fn a_number_that_was_used_is_never_free_again() {
	let folder = TempDir::new().unwrap();
	let store = Store::open(folder.path()).unwrap();
	assert_eq!(store.next_number(ROOT), Ok(Some(0)));
	store.put_share(&share(ROOT, 0)).unwrap();
	store.skip_numbers(ROOT, 41).unwrap();
	store.skip_numbers(ROOT, 5).unwrap();
	assert_eq!(store.next_number(ROOT), Ok(Some(42)));
	store.put_share(&share(ROOT, 42)).unwrap();
	store.remove_share(ROOT, 42).unwrap();
	for other in [CommitteeId::root(2), CommitteeId::new(1, 1)] {
		assert_eq!(store.next_number(other), Ok(Some(0)), "{other} counts for itself");
	}
	// The disk does not confirm: the number is used all the same.
	store.faults.sync.store(true, std::sync::atomic::Ordering::SeqCst);
	assert!(store.put_share(&share(ROOT, 43)).is_err());
	drop(store);
	let store = Store::open(folder.path()).unwrap();
	assert_eq!(store.next_number(ROOT), Ok(Some(44)));
	assert_eq!(store.shares().unwrap(), vec![share(ROOT, 0), share(ROOT, 43)]);
	store.put_share(&share(ROOT, u64::MAX)).unwrap();
	assert_eq!(store.next_number(ROOT), Ok(None), "none is left");
	store.skip_numbers(ROOT, 3).unwrap();
	assert_eq!(store.next_number(ROOT), Ok(None));
}

#[test]
fn removing_a_blob_leaves_its_neighbours_alone() {
	let folder = TempDir::new().unwrap();
	let store = Store::open(folder.path()).unwrap();
	let blobs: Vec<Encoded> = (0..5)
		.map(|seed| encode(GENESIS, NAMESPACE, &bytes(100, seed)).unwrap())
		.collect();
	blobs
		.iter()
		.for_each(|encoded| fill(&store, encoded, &(0..100).collect::<Vec<_>>()));
	store.remove(&blobs[2].commitment()).unwrap();
	for (at, encoded) in blobs.iter().enumerate() {
		let commitment = encoded.commitment();
		let rows = if at == 2 { 0 } else { 100 };
		assert_eq!(store.held(&commitment).unwrap().len(), rows);
		assert_eq!(store.record(&commitment).unwrap().is_some(), at != 2);
		assert_eq!(store.checksum(&commitment).unwrap().is_some(), at != 2);
	}
}

#[test]
fn a_changed_row_is_an_error_that_names_it() {
	let folder = TempDir::new().unwrap();
	let store = Store::open(folder.path()).unwrap();
	let encoded = encode(GENESIS, NAMESPACE, &bytes(5_000, 1)).unwrap();
	let commitment = encoded.commitment();
	fill(&store, &encoded, &[3, 4]);
	store.corrupt_row(&commitment, 4);
	let verifier = Verifier::new(encoded.header(), commitment, encoded.checksum()).unwrap();
	assert!(store.row(&verifier, 3).unwrap().is_some());
	assert_eq!(
		store.row(&verifier, 4),
		Err(StoreError::Corrupted { commitment, index: 4 })
	);
	assert_eq!(store.drop_corrupted(&verifier, 4), Ok(None));
	assert_eq!(store.row(&verifier, 4), Ok(None));
}

#[test]
fn a_row_that_is_put_anew_before_the_corrupted_one_is_dropped_stays() {
	let folder = TempDir::new().unwrap();
	let store = Store::open(folder.path()).unwrap();
	let encoded = encode(GENESIS, NAMESPACE, &bytes(5_000, 1)).unwrap();
	let commitment = encoded.commitment();
	fill(&store, &encoded, &[4]);
	store.corrupt_row(&commitment, 4);
	let verifier = Verifier::new(encoded.header(), commitment, encoded.checksum()).unwrap();
	assert!(store.row(&verifier, 4).is_err());
	fill(&store, &encoded, &[4]);
	assert_eq!(store.drop_corrupted(&verifier, 4), Ok(encoded.one_row(4)));
	assert_eq!(store.row(&verifier, 4), Ok(encoded.one_row(4)));
}

#[test]
fn a_blob_is_remembered_with_the_checksum_that_it_has_and_no_other() {
	let folder = TempDir::new().unwrap();
	let store = Store::open(folder.path()).unwrap();
	let encoded = encode(GENESIS, NAMESPACE, &bytes(5_000, 1)).unwrap();
	let (commitment, checksum) = (encoded.commitment(), encoded.checksum());
	assert!(!store.remembers(&commitment, checksum));
	fill(&store, &encoded, &[4]);
	assert!(store.remembers(&commitment, checksum));
	store.corrupt_checksum(&commitment);
	assert!(!store.remembers(&commitment, checksum));
}
