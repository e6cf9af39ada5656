// SPDX-License-Identifier: Apache-2.0

//! Networks come and go with the load.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use zerog_networks::{Status, ROOT};

#[test]
fn a_network_is_spawned_certifies_drains_and_is_gone() {
	test(|| {
		fund(10_000).unwrap();
		pass(2);
		// Two epochs are not enough, the third one in a row is.
		load(81, 2);
		assert_eq!(status(1), None);
		load(81, 1);
		assert_eq!(status(1), Some(Status::Forming));
		assert!(events().contains(&Event::NetworkSpawned {
			network: 1,
			escrow: 1_000
		}));
		assert_noop!(submit(1, 10), Error::<Test>::NotActive);

		// It certifies once its operators were read, frozen, and drawn from.
		let spawned = epoch();
		for operator in OPERATORS {
			assert_ok!(join(operator, 1));
		}
		while status(1) == Some(Status::Forming) {
			load(85, 1);
		}
		assert!(epoch() <= spawned + 5, "{}", epoch());
		assert_eq!(members(1, epoch()), OPERATORS);
		assert!(events().contains(&Event::NetworkActivated { network: 1 }));
		assert_ok!(submit(1, 500));
		let last = System::block_number() + 20 * EPOCH;
		assert_ok!(note(1, 500, LoadKind::Certified { retained_until: last }));

		// Low load for six epochs, and the root network can carry it.
		load(10, 5);
		assert_eq!(status(1), Some(Status::Active));
		load(10, 2);
		assert_eq!(status(1), Some(Status::Draining));
		assert!(events().contains(&Event::NetworkDrained { network: 1 }));
		assert_noop!(submit(1, 10), Error::<Test>::NotActive);
		assert_eq!(Routes::<Test>::get().networks.to_vec(), [(ROOT, CAPACITY)]);

		// It serves, and its operators are bound, until the last retention is over.
		while System::block_number() + EPOCH < last {
			assert_eq!(status(1), Some(Status::Draining));
			assert!(OPERATORS.iter().all(Networks::binds));
			pass(1);
		}
		pass(2);
		assert_eq!(status(1), None);
		assert!(events().contains(&Event::NetworkGone { network: 1 }));
		assert!(OPERATORS.iter().all(|operator| !Networks::binds(operator)));
		assert_eq!(Committees::<Test>::iter_prefix(1).count(), 0);
		assert_eq!(Promises::<Test>::get().len(), 0);
		assert!(Operators::<Test>::iter_values().all(|info| info.memberships.is_empty()));
	});
}

#[test]
fn a_blob_that_is_not_certified_in_time_is_the_root_networks() {
	test(|| {
		let name = network(&OPERATORS);
		assert_ok!(submit(name, 400));
		assert_ok!(note(name, 400, LoadKind::FellBack));
		let infos = Networks::network_infos();
		assert_eq!((infos[0].pending, infos[1].pending), (1, 0));
		assert_eq!((infos[0].load, infos[1].load), (0, 0));
		assert_ok!(note(
			ROOT,
			400,
			LoadKind::Certified {
				retained_until: 9_999
			}
		));
		let infos = Networks::network_infos();
		assert_eq!((infos[0].load, infos[0].retained_until), (400, 9_999));
		assert_eq!((infos[1].load, infos[1].retained_until), (0, 0));
	});
}

#[test]
fn a_drained_network_ends_what_is_pending() {
	test(|| {
		let name = network(&OPERATORS);
		for _ in 0..3 {
			assert_ok!(submit(name, 10));
		}
		govern(|all| all.networks.max = 1).unwrap();
		pass(2);
		assert_eq!(status(name), Some(Status::Draining));
		let until = System::block_number() + EPOCH;
		assert_ok!(note(name, 10, LoadKind::FellBack));
		assert_ok!(note(name, 10, LoadKind::Forfeited));
		pass(2);
		assert_eq!(status(name), Some(Status::Draining));
		assert_ok!(note(
			name,
			10,
			LoadKind::Certified {
				retained_until: until
			}
		));
		assert_ok!(note(ROOT, 10, LoadKind::Forfeited));
		pass(1);
		assert_eq!(status(name), None);
	});
}

#[test]
fn nothing_is_spawned_without_operators_ingress_or_escrow() {
	let spawned = |prepare: &dyn Fn()| {
		let mut found = false;
		test(|| {
			prepare();
			pass(2);
			load(100, 5);
			found = status(1).is_some();
		});
		found
	};
	assert!(spawned(&|| fund(2_000).unwrap()));
	assert!(!spawned(&|| fund(1_000).unwrap()), "less the existential deposit");
	assert!(!spawned(&|| {
		fund(2_000).unwrap();
		take_key(3);
	}));
	assert!(!spawned(&|| {
		fund(2_000).unwrap();
		call(|| Networks::set_ingress(signed(1), SHARE - 1)).unwrap();
	}));
	assert!(!spawned(&|| {
		fund(2_000).unwrap();
		govern(|all| all.networks.operators = 4).unwrap();
	}));
}

#[test]
fn a_network_that_too_few_join_is_given_up_and_its_escrow_is_free_again() {
	test(|| {
		fund(2_000).unwrap();
		pass(2);
		load(90, 3);
		assert_eq!(status(1), Some(Status::Forming));
		let free = Networks::free_escrow();
		assert_eq!(free, 2_000 - 1_000 - EXISTENTIAL);
		for operator in [1, 2] {
			assert_ok!(join(operator, 1));
		}
		pass(GOVERNED.networks.forming_epochs - 1);
		assert_eq!(status(1), Some(Status::Forming));
		pass(1);
		assert_eq!(status(1), None);
		assert!(events().contains(&Event::NetworkGivenUp { network: 1 }));
		assert_eq!(Networks::free_escrow(), free + 1_000);
		pass(1);
		// Names are never used again.
		assert!(Operators::<Test>::iter_values().all(|info| info.memberships.is_empty()));
		load(90, 3);
		assert_eq!((status(1), status(2)), (None, Some(Status::Forming)));
	});
}

#[test]
fn at_most_one_network_comes_or_goes_in_an_epoch_and_never_more_than_the_maximum() {
	test(|| {
		register(4).unwrap();
		for operator in [1, 2, 3, 4] {
			call(|| Networks::set_ingress(signed(operator), 3 * SHARE)).unwrap();
		}
		fund(100_000).unwrap();
		pass(2);
		let mut before = 1;
		for _ in 0..60 {
			load(95, 1);
			let infos = Networks::network_infos();
			for info in &infos {
				if info.status == Status::Forming {
					for operator in [1, 2, 3, 4] {
						// Refused where it did already.
						let joined = join(operator, info.network);
						assert!(joined.is_ok() || joined == Err(Error::<Test>::AlreadyMember.into()));
					}
				}
			}
			assert!(infos.len() <= before + 1 && infos.len() <= 3);
			before = infos.len();
		}
		assert_eq!(before, 3);
		govern(|all| all.networks.max = 1).unwrap();
		for left in [2, 1] {
			pass(1);
			let active = Registry::<Test>::get().active().count();
			assert_eq!(active, left);
		}
	});
}

#[test]
fn the_load_of_one_network_does_not_speak_for_others() {
	test(|| {
		let name = network(&OPERATORS);
		for _ in 0..6 {
			// Ten times its capacity, and nothing elsewhere: half of all.
			certify(name, 10 * CAPACITY, 0).unwrap();
			pass(1);
		}
		assert_eq!(Networks::network_infos().len(), 2);
	});
}

#[test]
fn a_network_whose_operators_leave_has_no_committee_and_blobs_go_past_it() {
	test(|| {
		let name = network(&OPERATORS);
		settle();
		for operator in [1, 2] {
			assert_ok!(leave(operator, name));
		}
		pass(6);
		assert_eq!(status(name), Some(Status::Active));
		assert!(members(name, epoch()).is_empty());
		assert!(events().contains(&Event::CommitteeMissing {
			network: name,
			epoch: epoch()
		}));
		assert_eq!(Routes::<Test>::get().networks.to_vec(), [(ROOT, CAPACITY)]);
		assert_noop!(submit(name, 10), Error::<Test>::NoCommittee);
	});
}
