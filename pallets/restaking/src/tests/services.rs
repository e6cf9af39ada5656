// SPDX-License-Identifier: Apache-2.0

//! Services and allocations.

use crate::{mock::*, pallet::*, types::*};
use frame_support::{assert_noop, assert_ok, storage::with_transaction};
use polkadot_sdk::*;
use sp_runtime::{DispatchError, Perbill, TransactionOutcome};
use zerog_staking::SubjectiveCap;

fn create(terms: Terms<AccountId>) -> sp_runtime::DispatchResult {
	Restaking::create_service(RuntimeOrigin::root(), terms)
}

#[test]
fn governance_creates_services_with_sensible_terms() {
	test(|| {
		let good = terms(ServiceKind::Storage);
		assert_noop!(
			Restaking::create_service(signed(1), good),
			DispatchError::BadOrigin
		);
		assert_noop!(create(terms(ServiceKind::Consensus)), Error::<Test>::InvalidTerms);
		for cap in [
			SubjectiveCap {
				per_offence: Perbill::zero(),
				..CAP
			},
			SubjectiveCap {
				per_era: Perbill::from_percent(9),
				..CAP
			},
		] {
			let mut bad = subjective_terms();
			bad.subjective.as_mut().unwrap().cap = cap;
			assert_noop!(create(bad), Error::<Test>::InvalidTerms);
		}
		assert_ok!(create(good));
		assert_eq!(
			last_event(),
			Event::ServiceCreated {
				service: ServiceId(3),
				terms: good
			}
		);
		assert_ok!(create(good));
		assert_noop!(create(good), Error::<Test>::TooManyServices);
	});
}

#[test]
fn a_drained_service_retires_when_its_last_promise_has_ended() {
	test(|| {
		let (drain, retire) = (
			|service| Restaking::drain_service(RuntimeOrigin::root(), service),
			|service| paid(|| Restaking::retire_service(signed(9), service)).map(drop),
		);
		assert_noop!(drain(ServiceId(9)), Error::<Test>::UnknownService);
		assert_noop!(retire(ServiceId(9)), Error::<Test>::UnknownService);
		assert_noop!(drain(CONSENSUS), Error::<Test>::ServiceNotActive);
		assert_noop!(retire(COMPUTE), Error::<Test>::ServiceInUse);
		assert_ok!(allocate(1, COMPUTE, 10));
		assert_ok!(drain(COMPUTE));
		assert_noop!(drain(COMPUTE), Error::<Test>::ServiceNotActive);
		assert_noop!(allocate(1, COMPUTE, 20), Error::<Test>::ServiceNotActive);
		assert_noop!(allocate(2, COMPUTE, 1), Error::<Test>::ServiceNotActive);
		pass(2);
		assert_ok!(allocate(1, COMPUTE, 0));
		assert_noop!(retire(COMPUTE), Error::<Test>::ServiceInUse);
		let releasable = || {
			let all = Restaking::allocations(1).into_iter();
			all.filter(|promise| promise.releasable)
				.map(|promise| promise.service)
				.collect::<Vec<_>>()
		};
		pass(TIMING.bonding - 1);
		assert!(releasable().is_empty());
		assert_noop!(
			call(|| Restaking::release(signed(9), 1, COMPUTE)),
			Error::<Test>::NothingToDo
		);
		pass(1);
		assert_eq!(releasable(), [COMPUTE.0]);
		assert_ok!(Restaking::release(signed(9), 1, COMPUTE));
		assert!(releasable().is_empty());
		assert_ok!(retire(COMPUTE));
		assert_eq!(last_event(), Event::ServiceRetired { service: COMPUTE });
		assert_noop!(allocate(1, COMPUTE, 1), Error::<Test>::UnknownService);
	});
}

#[test]
fn no_planck_is_promised_twice() {
	test(|| {
		assert_ok!(allocate(1, COMPUTE, 30));
		assert_noop!(allocate(1, DA, 21), Error::<Test>::ExceedsMagnitude);
		// Room is kept until the last fault can no longer be slashed.
		pass(2);
		assert_ok!(allocate(1, COMPUTE, 0));
		assert_noop!(allocate(1, DA, 21), Error::<Test>::ExceedsMagnitude);
		pass(TIMING.bonding + 1);
		assert_ok!(Restaking::release(signed(9), 1, COMPUTE));
		assert_ok!(allocate(1, DA, 50));
	});
}

#[test]
fn a_promise_changes_only_as_expected() {
	test(|| {
		assert_noop!(
			Restaking::allocate(signed(1), DA, percents(19), percents(1)),
			Error::<Test>::UnexpectedAllocation
		);
		assert_noop!(
			Restaking::allocate(signed(9), DA, percents(0), percents(1)),
			Error::<Test>::NotOperator
		);
		assert_ok!(Restaking::allocate(signed(1), DA, percents(20), percents(30)));
		let of_da = || {
			let all = Restaking::allocations(1);
			*all.iter().find(|promise| promise.service == DA.0).unwrap()
		};
		assert_eq!(
			(of_da().promised, of_da().target, of_da().reserved),
			(percents(20).0, percents(30).0, percents(30).0)
		);
		// Of 100,000 a fifth is promised to it, and consensus may take half before.
		assert_eq!(of_da().slashable, 10_000);
		// Those who serve were elected an era ago: a fault of theirs costs what they had promised then.
		pass(TIMING.allocation_delay);
		assert_eq!(Restaking::serving() + 1, Restaking::now());
		assert_eq!((of_da().promised, of_da().slashable), (percents(20).0, 10_000));
		next_session();
		assert_eq!(of_da().promised, percents(30).0);
		assert_eq!(Restaking::security(DA, 1), 15_000);
		assert_eq!(Restaking::security(CONSENSUS, 1), 50_000);
		assert_eq!(Restaking::security(DA, 9), 0);
	});
}

#[test]
fn an_operator_has_a_bounded_number_of_allocations() {
	test(|| {
		assert_ok!(create(terms(ServiceKind::Custom)));
		assert_ok!(create(terms(ServiceKind::Custom)));
		assert_ok!(allocate(1, COMPUTE, 1));
		assert_ok!(allocate(1, ServiceId(3), 1));
		assert_noop!(allocate(1, ServiceId(4), 1), Error::<Test>::TooManyAllocations);
	});
}

#[test]
fn a_promise_stays_while_a_long_duty_is_open() {
	test(|| {
		bind(DA, 1);
		assert_noop!(allocate(1, DA, 19), Error::<Test>::DutyOpen);
		assert_ok!(allocate(1, DA, 25));
		assert_ok!(allocate(2, DA, 19));
		assert_ok!(delegate(1, 11, 10_000));
		assert_noop!(unbond(1, 1, 1_000_000), Error::<Test>::DutyOpen);
		assert_ok!(unbond_all(1, 11));
		assert_ok!(unbond(2, 2, 1_000_000));
	});
}

#[test]
fn what_is_published_can_be_slashed_in_every_session() {
	test(|| {
		let steps = [(0, 30), (1, 10), (3, 40), (4, 0), (5, 25)];
		for session in 0..8 * SESSIONS {
			if let Some((_, percent)) = steps.iter().find(|step| step.0 * SESSIONS == session) {
				assert_ok!(allocate(1, DA, *percent));
			}
			let (published, fault) = (Restaking::security(DA, 1), Restaking::serving());
			let taken = with_transaction(|| {
				let taken = Restaking::do_slash(CONSENSUS, &1, fault, Perbill::one())
					.and_then(|_| Restaking::do_slash(DA, &1, fault, Perbill::one()));
				TransactionOutcome::Rollback(taken.map(|taken| taken.active))
			});
			assert!(taken.is_ok_and(|taken| taken >= published), "session {session}");
			next_session();
		}
	});
}

#[test]
fn a_revoked_reporter_is_silent_and_its_reports_can_still_be_vetoed() {
	test(|| {
		let revoke = |service| Restaking::revoke_reporter(RuntimeOrigin::root(), service);
		assert_noop!(revoke(ServiceId(9)), Error::<Test>::UnknownService);
		assert_noop!(revoke(DA), Error::<Test>::FaultNotDeclared);
		assert_ok!(allocate(1, COMPUTE, 10));
		pass(2);
		assert_ok!(report(1, 2, 1));
		assert_ok!(revoke(COMPUTE));
		assert_noop!(report(1, 2, 1), Error::<Test>::NotReporter);
		assert_ok!(Restaking::veto(signed(RESOLVER), 0));
	});
}
