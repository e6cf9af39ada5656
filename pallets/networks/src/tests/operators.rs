// SPDX-License-Identifier: Apache-2.0

//! Who is in which network.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok};
use polkadot_sdk::*;
use zerog_networks::{NetworkId, Status, ROOT};

type Refused = Error<Test>;

/// Opens a network that nobody joined.
fn forming() -> NetworkId {
	fund(10_000).unwrap();
	pass(2);
	load(90, 3);
	let name = Registry::<Test>::get().next() - 1;
	assert_eq!(status(name), Some(Status::Forming));
	name
}

#[test]
fn the_root_network_has_all_operators_from_the_start() {
	test(|| {
		assert_eq!(root_members(), OPERATORS);
		assert_eq!(members(ROOT, 1), OPERATORS);
		pass(5);
		assert_eq!(root_members(), OPERATORS);
	});
}

#[test]
fn a_new_operator_serves_in_the_root_network_an_epoch_after_its_stake_was_frozen() {
	test(|| {
		pass(1);
		assert_ok!(register(4));
		assert!(events().contains(&Event::OperatorRegistered {
			operator: 4,
			ingress: 2 * SHARE
		}));
		// Read in the next epoch, as the sweep of this one has passed, and frozen at the start of the one after it.
		pass(1);
		assert_eq!(members(ROOT, 3), OPERATORS);
		turn();
		assert_eq!(epoch(), 3);
		assert_eq!(root_members(), OPERATORS);
		assert_eq!(members(ROOT, 4), [1, 2, 3, 4]);
	});
}

#[test]
fn only_accounts_with_a_key_and_stake_become_operators_and_only_once() {
	test(|| {
		for operator in 4..=6 {
			Stakes::insert(operator, (STAKE, false));
		}
		assert_noop!(register(1), Refused::AlreadyOperator);
		take_key(4);
		assert_noop!(register(4), Refused::NotEligible);
		Stakes::insert(5, (GOVERNED.minimum_stake - 1, false));
		assert_noop!(register(5), Refused::StakeTooLow);
		Stakes::insert(5, (STAKE, true));
		assert_noop!(register(5), Refused::StakeTooLow);
		Stakes::insert(5, (GOVERNED.minimum_stake, false));
		assert_ok!(register(5));
		MaxOperators::set(4);
		assert_noop!(register(6), Refused::TooManyOperators);
	});
}

#[test]
fn operators_join_networks_that_they_have_ingress_stake_and_room_for() {
	test(|| {
		let name = forming();
		assert_noop!(join(4, name), Refused::NotOperator);
		assert_noop!(join(1, ROOT), Refused::RootNetwork);
		assert_noop!(join(1, name + 1), Refused::UnknownNetwork);
		assert_ok!(join(1, name));
		assert_noop!(join(1, name), Refused::AlreadyMember);
		assert_noop!(
			call(|| Networks::set_ingress(signed(1), SHARE - 1)),
			Refused::InsufficientIngress
		);
		assert_ok!(call(|| Networks::set_ingress(signed(1), SHARE)));
		assert_noop!(
			call(|| Networks::set_ingress(signed(4), SHARE)),
			Refused::NotOperator
		);

		assert_ok!(call(|| Networks::set_ingress(signed(2), SHARE - 1)));
		assert_noop!(join(2, name), Refused::InsufficientIngress);
		Stakes::insert(3, (1, false));
		assert_noop!(join(3, name), Refused::StakeTooLow);
		Stakes::insert(3, (STAKE, false));
		take_key(3);
		assert_noop!(join(3, name), Refused::NotEligible);
	});
}

#[test]
fn an_operator_is_in_a_bounded_number_of_networks() {
	test(|| {
		register(4).unwrap();
		let first = network(&[2, 3, 4]);
		load(90, 3);
		let second = first + 1;
		assert_eq!(status(second), Some(Status::Forming));
		assert_ok!(call(|| Networks::set_ingress(signed(1), 100 * SHARE)));
		// As the books would be with three networks that drain.
		let place = Membership {
			network: first,
			left: None,
		};
		let set = |count| {
			Operators::<Test>::mutate(1, |info| {
				let places = vec![place; count].try_into();
				info.as_mut().unwrap().memberships = places.unwrap();
			})
		};
		set(3);
		assert_noop!(join(1, second), Refused::TooManyMemberships);
		set(1);
		assert_ok!(join(1, second));
	});
}

#[test]
fn who_leaves_a_network_keeps_its_seats_until_its_notice_is_over() {
	test(|| {
		register(4).unwrap();
		let name = network(&[1, 2, 3, 4]);
		settle();
		assert_noop!(leave(5, name), Refused::NotOperator);
		assert_noop!(leave(4, ROOT), Refused::RootNetwork);
		assert_noop!(leave(4, name + 1), Refused::NotMember);
		turn();
		let announced = epoch();
		assert_ok!(leave(4, name));
		assert_noop!(leave(4, name), Refused::AlreadyLeaving);
		assert_noop!(join(4, name), Refused::AlreadyMember);
		blocks(EPOCH - 1);
		// Everybody serves, and is read a last time before it announced, or after.
		while epoch() < announced + NOTICE - 1 {
			pass(1);
			assert_eq!(Operators::<Test>::get(4).unwrap().memberships.len(), 1);
		}
		assert_eq!(members(name, epoch()), OPERATORS);
		pass(1);
		assert!(Operators::<Test>::get(4).unwrap().memberships.is_empty());
		assert!(events().contains(&Event::Left {
			operator: 4,
			network: name
		}));
		assert_ok!(join(4, name));
	});
}

#[test]
fn who_unregisters_is_an_operator_until_its_notice_is_over() {
	test(|| {
		register(4).unwrap();
		pass(3);
		let announced = epoch();
		assert_noop!(call(|| Networks::unregister(signed(5))), Refused::NotOperator);
		assert_ok!(call(|| Networks::unregister(signed(4))));
		assert_noop!(call(|| Networks::unregister(signed(4))), Refused::AlreadyLeaving);
		assert_noop!(join(4, 1), Refused::UnknownNetwork);
		assert_noop!(register(4), Refused::AlreadyOperator);
		pass(3);
		assert_eq!(root_members(), OPERATORS);
		while epoch() < announced + NOTICE - 1 {
			pass(1);
			assert!(Operators::<Test>::contains_key(4));
		}
		pass(1);
		assert!(!Operators::<Test>::contains_key(4));
		assert!(events().contains(&Event::OperatorLeft { operator: 4 }));
		assert_ok!(register(4));
	});
}

#[test]
fn who_leaves_joins_nothing_new() {
	test(|| {
		let name = forming();
		assert_ok!(join(1, name));
		assert_ok!(call(|| Networks::unregister(signed(1))));
		let info = Operators::<Test>::get(1).unwrap();
		assert_eq!((info.left, info.memberships[0].left), (Some(5), Some(5)));
		assert_ok!(call(|| Networks::unregister(signed(2))));
		assert_noop!(join(2, name), Refused::AlreadyLeaving);
	});
}

#[test]
fn anyone_expels_who_has_too_little_stake_or_no_key() {
	test(|| {
		let expel = |operator| call(|| Networks::expel(signed(RICH), operator));
		assert_noop!(expel(4), Refused::NotOperator);
		assert_noop!(expel(1), Refused::StakeSufficient);
		Stakes::insert(1, (GOVERNED.minimum_stake - 1, false));
		assert_ok!(expel(1));
		assert_noop!(expel(1), Refused::AlreadyLeaving);
		take_key(2);
		assert_ok!(expel(2));
		pass(NOTICE + 1);
		assert_eq!(root_members(), [3]);
		assert_eq!(Operators::<Test>::count(), 1);
	});
}

#[test]
fn who_loses_its_stake_or_key_draws_nothing() {
	test(|| {
		Stakes::insert(1, (GOVERNED.minimum_stake - 1, false));
		take_key(2);
		pass(4);
		assert_eq!(root_members(), [3]);
	});
}

#[test]
fn nobody_leaves_a_network_that_drains_until_it_is_gone() {
	test(|| {
		register(4).unwrap();
		let name = network(&[1, 2, 3, 4]);
		assert_ok!(leave(4, name));
		certify(name, 10, 10_000).unwrap();
		govern(|all| all.networks.max = 1).unwrap();
		pass(1);
		assert_eq!(status(name), Some(Status::Draining));
		assert_noop!(leave(1, name), Refused::NetworkDraining);
		assert_noop!(call(|| Networks::unregister(signed(1))), Refused::NetworkDraining);
		assert_noop!(join(1, name), Refused::NetworkDraining);
		assert_ok!(call(|| Networks::unregister(signed(5)).or_else(|_| register(5))));
		pass(NOTICE + 3);
		// Also who announced it before, and who is expelled.
		Stakes::insert(3, (1, false));
		assert_ok!(call(|| Networks::expel(signed(RICH), 3)));
		pass(NOTICE + 1);
		for operator in [1, 2, 3, 4] {
			assert!(Networks::binds(&operator));
		}
		assert!(!Networks::binds(&5) && !Networks::binds(&6));

		System::set_block_number(10_000);
		pass(2);
		assert_eq!(status(name), None);
		assert!([1, 2, 3, 4].iter().all(|operator| !Networks::binds(operator)));
		assert!(Operators::<Test>::iter_values().all(|info| info.memberships.is_empty()));
		assert!(!Operators::<Test>::contains_key(3));
		assert_ok!(call(|| Networks::unregister(signed(1))));
	});
}
