// SPDX-License-Identifier: Apache-2.0

//! Faults, reports, offences.

use crate::{mock::*, pallet::*, types::*, FaultLedger};
use frame_support::{
	assert_noop, assert_ok,
	traits::{Hooks, KeyOwnerProofSystem},
	weights::Weight,
};
use polkadot_sdk::*;
use sp_core::H256;
use sp_runtime::{testing::UintAuthorityId, DispatchError, Perbill};
use sp_staking::offence::{Offence, OffenceDetails, OffenceError, OnOffenceHandler, ReportOffence};
use zerog_primitives::staking::PendingSlash;
use zerog_staking::slashable;

fn note(service: ServiceId, operator: AccountId, fault: u32, percent: u32) -> sp_runtime::DispatchResult {
	Restaking::note_fault(service, &operator, fault, Perbill::from_percent(percent))
}

/// An equivocation as `pallet_offences` tells of it.
pub(super) fn offence(offender: AccountId, session: u32, percent: u32) -> Weight {
	let details = OffenceDetails::<AccountId, _> {
		offender: (offender, ()),
		reporters: vec![],
	};
	Restaking::on_offence(&[details], &[Perbill::from_percent(percent)], session)
}

/// A chain with a promise of ten hundredths of operator 1 to the service with reports.
fn test_reports(of: impl FnOnce()) {
	test(|| {
		assert_ok!(allocate(1, COMPUTE, 10));
		pass(2);
		of();
	});
}

#[test]
fn a_checked_fault_is_slashed_when_a_block_has_room() {
	test(|| {
		assert_eq!(<Restaking as FaultLedger<_>>::era_of(0), Some(0));
		assert_ok!(note(DA, 1, 0, 50));
		assert_eq!(stake(1), STAKE, "not yet");
		assert_eq!(
			Restaking::pending_slashes(1),
			vec![PendingSlash {
				service: DA.0,
				fault: 0,
				fraction: Perbill::from_percent(50),
				due: 0
			}]
		);
		assert_noop!(delegate(1, 11, 10_000), Error::<Test>::SlashPending);
		idle();
		// A half of the fifth that was promised.
		assert_eq!(stake(1), STAKE - 10_000);
		assert!(!info(1).books.is_slash_pending());
		assert_ok!(delegate(1, 11, 10_000));
		assert_noop!(Restaking::execute_noted(signed(11)), Error::<Test>::NothingToDo);
	});
}

#[test]
fn a_full_block_leaves_slashes_to_the_next_or_to_anyone() {
	test(|| {
		assert_ok!(note(DA, 1, 0, 10));
		assert_ok!(note(DA, 2, 0, 10));
		let one = Restaking::decide_weight();
		assert!(Restaking::on_idle(1, one).ref_time() < one.ref_time());
		assert_eq!(NotedFaults::<Test>::get().len(), 2);
		let used = Restaking::on_idle(1, one.saturating_mul(2));
		assert!(used.all_gte(one) && used.all_lte(one.saturating_mul(2)));
		assert_eq!((stake(1), stake(2)), (STAKE - 2_000, STAKE));
		assert_ok!(Restaking::execute_noted(signed(13)));
		assert_eq!(stake(2), STAKE - 2_000);
	});
}

#[test]
fn a_checked_fault_costs_what_the_service_declared_at_most() {
	test(|| {
		assert_ok!(note(DA, 1, 0, 100));
		assert_ok!(Restaking::execute_noted(signed(11)));
		assert_eq!(stake(1), STAKE - 16_000);
		let harmless = Terms {
			objective: Perbill::zero(),
			..terms(ServiceKind::Custom)
		};
		assert_ok!(Restaking::create_service(RuntimeOrigin::root(), harmless));
		assert_noop!(note(ServiceId(3), 1, 0, 10), Error::<Test>::FaultNotDeclared);
		assert_noop!(note(ServiceId(9), 1, 0, 10), Error::<Test>::UnknownService);
		assert_noop!(note(DA, 9, 0, 10), Error::<Test>::NotOperator);
		assert_noop!(note(DA, 1, 1, 10), Error::<Test>::FaultOutOfWindow);
	});
}

#[test]
fn faults_of_an_era_cost_the_highest_and_none_is_lost_when_many_wait() {
	test(|| {
		assert_ok!(note(DA, 1, 0, 10));
		assert_ok!(note(DA, 1, 0, 30));
		assert_ok!(note(DA, 1, 0, 20));
		assert_eq!(NotedFaults::<Test>::get().len(), 1);
		assert_ok!(note(DA, 2, 0, 10));
		// No more can wait.
		assert_ok!(note(DA, 3, 0, 10));
		assert_eq!((stake(1), stake(2), stake(3)), (STAKE, STAKE, STAKE - 2_000));
		idle();
		assert_eq!((stake(1), stake(2)), (STAKE - 6_000, STAKE - 2_000));
		assert_ok!(note(DA, 1, 0, 30));
		idle();
		assert_eq!(stake(1), STAKE - 6_000);
	});
}

#[test]
fn the_block_counts_slashes_that_no_caller_counts() {
	test(|| {
		let counted = |slash: &dyn Fn()| {
			let before = System::block_weight().total();
			slash();
			System::block_weight().total() - before
		};
		let queue = |operator| move || note(DA, operator, 0, 10).unwrap();
		assert_eq!(counted(&queue(1)), Weight::zero());
		assert_eq!(counted(&queue(2)), Weight::zero());
		assert_eq!(counted(&queue(3)), Restaking::decide_weight());
		let punish = <() as crate::WeightInfo>::punish();
		let offend = || assert!(offence(1, 0, 10).all_gte(punish));
		assert!(counted(&offend).all_gte(punish));
	});
}

#[test]
fn a_slash_that_cannot_be_executed_holds_up_no_other() {
	test_reports(|| {
		// The books of operator 1 forget what waits.
		let forget =
			|fault| Operators::<Test>::mutate(1, |entry| entry.as_mut().unwrap().books.decide(fault));
		assert_ok!(note(DA, 1, 2, 10));
		assert_ok!(note(DA, 2, 2, 10));
		assert_ok!(report(1, 2, 10));
		pass(1);
		assert_ok!(allocate(3, COMPUTE, 10));
		pass(TIMING.veto);
		assert_ok!(report(3, 5, 10));
		assert_ok!(forget(2));
		assert_ok!(forget(2));
		idle();
		assert_eq!((stake(1), stake(2)), (STAKE, STAKE - 2_000));
		let lost = System::events().into_iter().filter(|record| {
			matches!(
				&record.event,
				RuntimeEvent::Restaking(Event::SlashLost { operator: 1, .. })
			)
		});
		assert_eq!(
			(lost.count(), ReportQueue::<Test>::get().into_inner()),
			(2, vec![1])
		);
		pass(TIMING.veto);
		idle();
		assert_eq!((stake(3), bonded(REPORTER)), (STAKE - 1_000, 0));
	});
}

#[test]
fn nobody_escapes_by_unbonding_deallocating_or_leaving() {
	test(|| {
		assert_ok!(delegate(1, 11, 100_000));
		pass(1);
		let fault = Restaking::now();
		assert_ok!(unbond_all(1, 11));
		assert_ok!(allocate(1, DA, 0));
		assert_ok!(allocate(1, CONSENSUS, 0));
		assert_ok!(Restaking::chill(signed(1)));
		assert_ok!(unbond_all(1, 1));
		pass(TIMING.bonding - 1);
		assert_ok!(note(DA, 1, fault, 80));
		pass(2);
		// Bonding has passed, but the slash is pending.
		assert_noop!(withdraw(1, 11, fault), Error::<Test>::NotMatured);
		idle();
		assert_ok!(withdraw(1, 11, fault));
		assert_ok!(withdraw(1, 1, fault));
		assert_eq!(free(11), ENDOWMENT - 16_000);
		assert_eq!(free(1), ENDOWMENT - 16_000);
		assert_eq!(collected(), 32_000);
	});
}

#[test]
fn a_slash_that_nobody_executed_in_time_is_lost_and_says_so() {
	test(|| {
		pass(1);
		assert_ok!(note(DA, 1, 1, 50));
		pass(TIMING.bonding + zerog_staking::GRACE);
		idle();
		assert_eq!(stake(1), STAKE);
		let error = Error::<Test>::FaultOutOfWindow.into();
		assert_eq!(
			last_event(),
			Event::SlashLost {
				service: DA,
				operator: 1,
				fault: 1,
				error
			}
		);
		assert!(!info(1).books.is_slash_pending());
	});
}

#[test]
fn a_report_is_executed_when_the_veto_window_has_passed() {
	test_reports(|| {
		assert_ok!(report(1, 2, 10));
		assert_eq!(bonded(REPORTER), BOND);
		assert_eq!(
			Restaking::pending_slashes(1),
			vec![PendingSlash {
				service: COMPUTE.0,
				fault: 2,
				fraction: Perbill::from_percent(10),
				due: 4
			}]
		);
		assert_noop!(call(|| Restaking::execute(signed(11), 0)), Error::<Test>::NotDue);
		pass(TIMING.veto);
		assert_noop!(
			call(|| Restaking::veto(signed(RESOLVER), 0)),
			Error::<Test>::VetoTooLate
		);
		idle();
		assert_eq!((stake(1), bonded(REPORTER)), (STAKE - 1_000, 0));
		assert_noop!(
			call(|| Restaking::execute(signed(11), 0)),
			Error::<Test>::UnknownReport
		);
	});
}

#[test]
fn a_vetoed_report_costs_its_bond_and_a_cancelled_one_nothing() {
	test_reports(|| {
		assert_ok!(report(1, 2, 5));
		assert_ok!(report(1, 2, 5));
		assert_noop!(
			call(|| Restaking::veto(signed(REPORTER), 0)),
			Error::<Test>::NotResolver
		);
		assert_ok!(Restaking::veto(signed(RESOLVER), 0));
		assert_eq!((bonded(REPORTER), collected()), (BOND, BOND));
		assert_noop!(Restaking::cancel(signed(RESOLVER), 1), DispatchError::BadOrigin);
		// Governance can stop it also when it is due.
		pass(TIMING.veto);
		assert_ok!(Restaking::cancel(RuntimeOrigin::root(), 1));
		assert_eq!((bonded(REPORTER), collected()), (0, BOND));
		assert_eq!(stake(1), STAKE);
		assert_noop!(
			call(|| Restaking::cancel(RuntimeOrigin::root(), 1)),
			Error::<Test>::UnknownReport
		);
	});
}

#[test]
fn reports_are_for_reporters_of_declared_faults_within_caps() {
	test_reports(|| {
		let as_reporter = |account, service, operator, fault, percent| {
			call(|| {
				let fraction = Perbill::from_percent(percent);
				Restaking::report(signed(account), service, operator, fault, fraction, H256::zero())
			})
		};
		assert_noop!(
			as_reporter(REPORTER, ServiceId(9), 1, 2, 1),
			Error::<Test>::UnknownService
		);
		assert_noop!(
			as_reporter(REPORTER, DA, 1, 2, 1),
			Error::<Test>::FaultNotDeclared
		);
		assert_noop!(
			as_reporter(RESOLVER, COMPUTE, 1, 2, 1),
			Error::<Test>::NotReporter
		);
		assert_noop!(report(9, 2, 1), Error::<Test>::NotOperator);
		assert_noop!(report(2, 2, 1), Error::<Test>::NothingPromised);
		assert_noop!(report(1, 1, 1), Error::<Test>::NothingPromised);
		assert_noop!(report(1, 3, 1), Error::<Test>::FaultOutOfWindow);
		assert_noop!(report(1, 2, 0), Error::<Test>::FractionOutOfRange);
		assert_noop!(report(1, 2, 11), Error::<Test>::FractionOutOfRange);
		assert_ok!(report(1, 2, 10));
		assert_noop!(report(1, 2, 6), Error::<Test>::FractionOutOfRange);
		assert_ok!(report(1, 2, 5));
		pass(1);
		assert_noop!(report(1, 2, 5), Error::<Test>::TooManyReports);
		// Custody, challenge and report: four eras.
		pass(4);
		idle();
		assert_noop!(report(1, 2, 5), Error::<Test>::FaultOutOfWindow);
	});
}

#[test]
fn an_offender_is_slashed_disabled_and_not_elected_until_it_validates_anew() {
	test(|| {
		assert_eq!(validators(), OPERATORS);
		Seats::set(3);
		pass(1);
		next_session();
		// The third part of three, rounded down: none; so five are needed. The list is what counts here.
		offence(2, 2, 40);
		assert_eq!(stake(2), STAKE - 20_000);
		assert_eq!(info(2).candidate, None);
		assert_eq!(Offenders::<Test>::get().len(), 1);
		pass(1);
		next_session();
		assert_eq!(validators(), [1, 3]);
		assert!(Offenders::<Test>::get().is_empty());
		assert_ok!(Restaking::validate(signed(2)));
		pass(1);
		next_session();
		assert_eq!(validators(), [1, 3, 2], "less stake comes later");
	});
}

#[test]
fn an_offender_that_was_elected_before_stays_disabled() {
	test(|| {
		with_four_validators();
		// The next validators are elected; then the offence becomes known.
		pass(1);
		offence(1, Session::current_index(), 10);
		assert_eq!(disabled(), [1]);
		next_session();
		assert_eq!(disabled(), [1], "once more");
		pass(1);
		next_session();
		assert!(!validators().contains(&1));
		assert!(Session::disabled_validators().is_empty());
	});
}

/// Operator 11 validates beside the three of the genesis: one of four can be disabled.
fn with_four_validators() {
	assert_ok!(Restaking::register_operator(signed(11), STAKE, Perbill::zero()));
	set_keys(11);
	assert_ok!(allocate(11, CONSENSUS, 50));
	pass(2);
	assert_ok!(Restaking::validate(signed(11)));
	pass(1);
	next_session();
	assert_eq!(validators().len(), 4);
}

fn disabled() -> Vec<AccountId> {
	let all = validators();
	let indices = Session::disabled_validators().into_iter();
	indices.map(|index| all[index as usize]).collect()
}

#[test]
fn less_than_a_third_is_disabled_and_the_worst_of_them() {
	test(|| {
		offence(1, Session::current_index(), 40);
		assert_eq!((validators().len(), disabled()), (3, vec![]));
	});
	test(|| {
		with_four_validators();
		for (offender, percent) in [(1, 20), (2, 10), (3, 5)] {
			offence(offender, Session::current_index(), percent);
			assert_eq!(disabled(), [1]);
		}
		offence(3, Session::current_index(), 40);
		assert_eq!(disabled(), [3]);
	});
}

#[test]
fn an_offender_is_disabled_in_every_session_until_others_are_elected() {
	test(|| {
		with_four_validators();
		offence(1, Session::current_index(), 10);
		let now = Restaking::now();
		while Restaking::now() == now {
			assert_eq!(disabled(), [1]);
			next_session();
		}
		assert_eq!(disabled(), [1], "the others do not serve yet");
		next_session();
		assert_eq!((validators().contains(&1), disabled()), (false, vec![]));
	});
}

#[test]
fn offenders_that_left_long_ago_do_not_push_out_worse_ones() {
	test(|| {
		with_four_validators();
		for stranger in 31..35 {
			offence(stranger, 0, 1);
		}
		offence(1, Session::current_index(), 10);
		offence(35, 0, 1);
		next_session();
		assert_eq!(disabled(), [1]);
	});
}

#[test]
fn an_offender_stays_disabled_while_elections_fail() {
	test(|| {
		with_four_validators();
		Quorum::set(4);
		offence(1, Session::current_index(), 10);
		for session in 0..3 * u64::from(SESSIONS) {
			// New keys make a new set of the old one.
			set_keys_to(2, 100 + session);
			next_session();
			assert_eq!((validators().len(), disabled()), (4, vec![1]));
		}
	});
}

/// Two blocks for one slot, proven by who owned the key in a session.
struct Equivocation {
	session: u32,
	offender: (AccountId, ()),
}

impl Offence<(AccountId, ())> for Equivocation {
	const ID: [u8; 16] = *b"test:equivocates";
	type Slot = u64;
	fn offenders(&self) -> Vec<(AccountId, ())> {
		vec![self.offender]
	}
	fn session_index(&self) -> u32 {
		self.session
	}
	fn validator_set_count(&self) -> u32 {
		3
	}
	fn slot(&self) -> u64 {
		7
	}
	fn slash_fraction(&self, offenders: u32) -> Perbill {
		Perbill::from_percent(20 * offenders)
	}
}

#[test]
fn nobody_escapes_by_rotating_keys() {
	test(|| {
		let equivocate = |offender| {
			let session = 1;
			Offences::report_offence(vec![], Equivocation { session, offender })
		};
		let prove = |account: u64| {
			let key = (sp_core::crypto::key_types::DUMMY, UintAuthorityId(account));
			(Historical::prove(key.clone()).unwrap(), key)
		};
		next_session();
		let (proof, key) = prove(1);
		let (other_proof, other_key) = prove(2);
		set_keys_to(1, 99);
		pass(2);
		let offender = Historical::check_proof(key, proof).unwrap();
		assert_eq!(offender, (1, ()), "who the owner was is on record");
		assert_eq!(equivocate(offender), Ok(()));
		assert_eq!(stake(1), STAKE - 10_000);
		assert_eq!(equivocate(offender), Err(OffenceError::DuplicateReport));
		// A second offender in the same slot makes it worse for both; only the difference is charged.
		assert_eq!(
			equivocate(Historical::check_proof(other_key, other_proof).unwrap()),
			Ok(())
		);
		assert_eq!((stake(1), stake(2)), (STAKE - 20_000, STAKE - 20_000));
	});
}

#[test]
fn what_rotated_keys_sign_is_proven_in_every_session() {
	test(|| {
		let key = |key: u64| (sp_core::crypto::key_types::DUMMY, UintAuthorityId(key));
		// Keys that change in each session, of two in an era, serve two sessions later.
		for session in 0..3 * u64::from(SESSIONS) {
			set_keys_to(1, 100 + session);
			next_session();
			next_session();
			let proof = Historical::prove(key(100 + session)).unwrap();
			assert_eq!(proof.session, Session::current_index());
			next_session();
			let offender = Historical::check_proof(key(100 + session), proof);
			assert_eq!(offender, Some((1, ())));
		}
	});
}

#[test]
fn a_validator_without_keys_does_not_spoil_the_proofs_of_others() {
	test(|| {
		pallet_session::NextKeys::<Test>::remove(3);
		next_session();
		next_session();
		assert_eq!(validators(), [1, 2]);
		let key = (sp_core::crypto::key_types::DUMMY, UintAuthorityId(1));
		let proof = Historical::prove(key.clone()).unwrap();
		next_session();
		assert_eq!(Historical::check_proof(key, proof), Some((1, ())));
		set_keys(3);
	});
}

#[test]
fn an_offence_counts_for_the_era_of_its_validators() {
	test(|| {
		assert_ok!(delegate(1, 11, 100_000));
		// The election is over, its validators do not serve yet: who leaves now answers for the next ones too.
		pass(1);
		assert_ok!(unbond_all(1, 11));
		next_session();
		next_session();
		offence(1, Session::current_index(), 100);
		assert_ok!(Restaking::realise(signed(9), 1, 11));
		assert_eq!(held(11), 50_000);
		// An offence from before the chain knew of eras, or of somebody else, changes nothing.
		let starts = EraStarts::<Test>::get();
		EraStarts::<Test>::mutate(|starts| starts.remove(0));
		offence(3, 0, 100);
		assert_eq!(stake(3), STAKE);
		EraStarts::<Test>::put(starts);
		offence(13, 2, 100);
	});
}

#[test]
fn a_service_that_slashes_leaves_the_others_what_they_could_take() {
	test_reports(|| {
		// Until those serve who were elected when the promise had risen.
		next_session();
		let fault = Restaking::serving();
		let takes = |service: ServiceId| {
			let allocation = Allocations::<Test>::get(1, service);
			let (books, now) = (info(1).books, Restaking::now());
			slashable(&books, &allocation, service.seniority(), fault, now).unwrap()
		};
		let before = [CONSENSUS, COMPUTE].map(takes);
		assert_eq!(before, [STAKE / 2, STAKE / 10]);
		assert_eq!(
			Restaking::security(COMPUTE, 1),
			STAKE / 20,
			"of which consensus leaves a half"
		);
		assert_ok!(note(DA, 1, fault, 73));
		idle();
		assert_eq!(stake(1), STAKE - 14_600);
		for (before, after) in before.into_iter().zip([CONSENSUS, COMPUTE].map(takes)) {
			assert!(before.abs_diff(after) <= 2, "{before} became {after}");
		}
		assert_eq!(Restaking::security(CONSENSUS, 1), STAKE / 2);
		// What is published counts on consensus to take its half first: of less stake now.
		assert_eq!(Restaking::security(COMPUTE, 1), 4_145);
	});
}

#[test]
fn a_session_is_a_new_set_only_where_something_has_changed() {
	test(|| {
		pass(1);
		next_session();
		// The elected serve; nothing of theirs changes until the next election.
		let queued = || pallet_session::QueuedChanged::<Test>::get();
		let era = Restaking::now();
		while Restaking::now() == era {
			assert!(!queued());
			next_session();
		}
		assert!(queued());
	});
}
