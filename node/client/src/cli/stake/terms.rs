// SPDX-License-Identifier: Apache-2.0

//! What verbs about stake say before they ask.

use super::{
	super::terms::Terms, operator::Change, percent, show::describe_operator, slashed, Times, Withdrawal, DUST,
};
use zerog_client::{
	keys::{show_account, Account},
	units::{Amount, Percent},
};
use zerog_primitives::staking::{Era, OperatorView, PositionView, CONSENSUS, WHOLE};

/// What an operator promises, or will promise, to consensus lets it take so much.
fn at_consensus(operator: &OperatorView<Account>) -> Amount {
	let mut promises = operator.promises.iter();
	let promise = promises.find(|promise| promise.service == CONSENSUS);
	let most = promise.map_or(0, |promise| promise.promised.max(promise.target));
	Amount(operator.at_risk(CONSENSUS, most))
}

pub(super) fn delegate(amount: Amount, operator: &OperatorView<Account>, times: &Times) -> Terms {
	let promises = operator.promises.iter().map(|promise| {
		let most = promise.promised.max(promise.target);
		format!("{} to service {}", percent(most, WHOLE), promise.service)
	});
	let promises: Vec<_> = promises.collect();
	let risk = match promises.as_slice() {
		[] => "the operator promises nothing yet; whatever it will promise can be slashed".to_owned(),
		promises => format!(
			"for the operator's faults services can take what it promises of all its stake, yours included: {}",
			promises.join(", ")
		),
	};
	Terms::new(
		format!("{amount} locked with {}", show_account(&operator.account)),
		format!(
			"{} after you unbond it, later if a slash waits then",
			times.long(times.info.bonding)
		),
		risk,
	)
	.note("operator", describe_operator(operator))
}

pub(super) fn unbond(amount: Amount, operator: &Account, times: &Times) -> Terms {
	let free = times.info.era.saturating_add(times.info.bonding);
	Terms::new(
		format!("{amount} unbonded from {}", show_account(operator)),
		format!("{}, later if a slash waits then", times.of_era(free)),
		"until then slashes take their part of it for what the operator did up to this era; it earns to the end of this era",
	)
}

/// What a slash has left in a pool that it closed in `era` unbonds since.
pub(super) fn convert(left: Amount, era: Era, position: &PositionView<Account>, times: &Times) -> Terms {
	let free = era.saturating_add(times.info.bonding);
	Terms::new(
		format!(
			"{left} unbonded from {}: all that a slash left, which closed the pool in era {era}",
			show_account(&position.operator)
		),
		format!("{}, later if a slash waits then", times.of_era(free)),
		format!("until then slashes take their part of it for what the operator did up to era {era}"),
	)
	.note("slashed", Amount(slashed(position)).to_string())
}

pub(super) fn withdraw(found: &Withdrawal, times: &Times) -> Terms {
	let unlocks = match found.next {
		Some(era) => format!("now; the next stake {}", times.of_era(era)),
		None => "now".to_owned(),
	};
	let mut terms = Terms::new(
		format!("{} set free", Amount(found.free)),
		unlocks,
		"none: what is free cannot be slashed any more",
	);
	if found.slashed > DUST {
		let taken = Amount(found.slashed);
		terms = terms.note(
			"slashed",
			format!("{taken} of what was locked; it is burned from the hold"),
		);
	}
	if found.waiting > 0 {
		let waiting = Amount(found.waiting);
		terms = terms.note(
			"waits",
			format!("{waiting} more, until a slash is decided that may reach it"),
		);
	}
	terms
}

pub(super) fn realise(taken: Amount, account: &Account, operator: &Account) -> Terms {
	Terms::new(
		format!(
			"{taken} that {} has on hold for stake with {} leave it: slashes have taken them",
			show_account(account),
			show_account(operator)
		),
		"never: they go where slashed stake goes, now; what slashes have left stays locked as it was"
			.to_owned(),
		"none: they are not yours any more, though they vote until then",
	)
}

pub(super) fn claim(sum: Amount) -> Terms {
	Terms::new(
		format!("{sum} paid to your account"),
		"now: rewards are never locked".to_owned(),
		"none: rewards are never slashed; what nobody claims for long goes to those who still earn",
	)
}

pub(super) fn register(amount: Amount, commission: Percent, times: &Times) -> Terms {
	Terms::new(
		format!("{amount} locked as your own stake"),
		format!(
			"{} after you unbond it; some of it stays while you promise anything or stand for election",
			times.long(times.info.bonding)
		),
		"your faults cost up to what you promise to a service, of all stake with you; nothing is promised yet",
	)
	.note("commission", format!("{commission} of the rewards are yours before they are divided"))
}

pub(super) fn commission(to: Percent, operator: &OperatorView<Account>, times: &Times) -> Terms {
	let before = percent(operator.commission.deconstruct().into(), 1_000_000_000);
	let next = times.info.era.saturating_add(1);
	Terms::new(
		format!("nothing is locked: {to} of the rewards are yours before they are divided, {before} so far"),
		format!("it counts {}", times.of_era(next)),
		"it falls freely and rises slowly: what you give up now takes long to come back, and who delegates may leave",
	)
}

pub(super) fn allocate(change: &Change, operator: &OperatorView<Account>, times: &Times) -> Terms {
	let Change {
		service, from, to, ..
	} = *change;
	let (info, taken) = (&times.info, Amount(operator.at_risk(service, to)));
	// The last era of a promise that ends can be charged for so long.
	let charged = |end: Era| end.saturating_add(info.bonding).saturating_sub(1);
	let (unlocks, risk) = if to >= from {
		let from_era = info.era.saturating_add(info.allocation_delay);
		let back = info.deallocation_delay.saturating_add(info.bonding);
		(
			format!(
				"it counts {}; taken back, it stays reserved for {}",
				times.of_era(from_era),
				times.long(back)
			),
			"your faults towards this service cost up to that, of all stake with you, whoever delegated it",
		)
	} else {
		let end = info.era.saturating_add(info.deallocation_delay);
		(
			format!(
				"it counts {}; what was promised before is free {}",
				times.of_era(end),
				times.of_era(charged(end))
			),
			"faults from before cost what was promised then",
		)
	};
	let promise = format!(
		"{taken} of the {} with you can be taken: {} promised to service {service}, {} so far",
		Amount(operator.stake),
		percent(to, WHOLE),
		percent(from, WHOLE)
	);
	let mut terms = Terms::new(promise, unlocks, risk);
	if !change.frees.is_empty() {
		let services: Vec<_> = change.frees.iter().map(u16::to_string).collect();
		let services = services.join(", ");
		terms = terms.note(
			"frees",
			format!("room that nothing needs any more, of service {services}"),
		);
	}
	if change.ranks {
		terms = terms.note("ranks", "your candidacy is counted anew".to_owned());
	}
	terms
}

pub(super) fn validate(operator: &OperatorView<Account>, times: &Times) -> Terms {
	let terms = Terms::new(
		format!(
			"nothing more is locked: {} of the {} with you answer for consensus",
			at_consensus(operator),
			Amount(operator.stake)
		),
		format!(
			"after `zerog stake operator chill` you serve to the end of the era; a promise that you take back stays reserved for {}",
			times.long(times.info.deallocation_delay.saturating_add(times.info.bonding))
		),
		"signing two blocks for one slot costs up to all that is promised to consensus, of all stake with you",
	);
	match operator.candidate {
		true => terms.note(
			"ranks",
			"you stand already: your candidacy is counted anew".to_owned(),
		),
		false => terms,
	}
}

pub(super) fn chill(operator: &OperatorView<Account>, times: &Times) -> Terms {
	Terms::new(
		format!(
			"nothing is freed: {} stay promised to consensus",
			at_consensus(operator)
		),
		format!(
			"{} after you took that promise back with `zerog stake operator allocate {CONSENSUS} 0%`",
			times.long(times.info.deallocation_delay.saturating_add(times.info.bonding))
		),
		"who is elected serves to the end of its era, and its faults cost what was promised",
	)
}

pub(super) fn reopen(operator: &OperatorView<Account>, times: &Times) -> Terms {
	let bonding = times.long(times.info.bonding);
	Terms::new(
		format!(
			"nothing is locked: the pool of {} begins anew, without stake",
			show_account(&operator.account)
		),
		format!("now; what is staked from now on, {bonding} after it is unbonded"),
		"faults from now on cost what is promised anew with `zerog stake operator allocate`, of all stake that comes; earlier ones none of it",
	)
}

pub(super) fn leave(operator: &OperatorView<Account>) -> Terms {
	Terms::new(
		format!(
			"nothing is locked by it: {} are with you, and all has to be gone before",
			Amount(operator.stake)
		),
		"now: what was unbonded was withdrawn, or you cannot leave".to_owned(),
		"none: nothing can be charged any more; to operate again, register anew",
	)
}

#[cfg(test)]
mod tests {
	use super::{
		super::{
			super::terms::assert_complete,
			tests::{closed_position, operator, position, times},
		},
		*,
	};
	use zerog_client::units::ZG;

	fn text(terms: &Terms) -> String {
		terms.lines().join("\n")
	}

	fn change(service: u16, from: u64, to: u64) -> Change {
		Change {
			service,
			from,
			to,
			frees: vec![],
			ranks: false,
		}
	}

	/// Every verb that locks or costs.
	fn all() -> Vec<(&'static str, Terms)> {
		let (operator, times, two) = (operator(), times(), Amount(2 * ZG));
		let percent: Percent = "5%".parse().unwrap();
		let mut found = Withdrawal::default();
		found.add([7; 32], &position(), None, 60);
		vec![
			("delegate", delegate(two, &operator, &times)),
			("unbond", unbond(two, &operator.account, &times)),
			(
				"unbond of a closed pool",
				convert(two, 12, &closed_position(), &times),
			),
			("withdraw", withdraw(&found, &times)),
			("realise", realise(two, &[7; 32], &operator.account)),
			("rewards", claim(two)),
			("register", register(two, percent, &times)),
			("commission", commission(percent, &operator, &times)),
			("allocate", allocate(&change(1, 0, WHOLE / 4), &operator, &times)),
			(
				"deallocate",
				allocate(&change(1, WHOLE / 4, 0), &operator, &times),
			),
			("validate", validate(&operator, &times)),
			("chill", chill(&operator, &times)),
			("reopen", reopen(&operator, &times)),
			("leave", leave(&operator)),
		]
	}

	#[test]
	fn every_verb_says_how_much_when_it_is_free_and_what_can_be_lost() {
		assert_complete(&all());
	}

	#[test]
	fn what_is_staked_is_shown_with_its_time_and_the_operators_promises() {
		let terms = delegate(Amount(2 * ZG), &operator(), &times());
		let text = text(&terms);
		for expected in [
			"amount       2 ZG locked with 5",
			"unlocks      about 45 d 0 h (45 eras) after you unbond it",
			"50.00 % to service 0, 20.00 % to service 1",
			"operator     1000 ZG (100 ZG its own)",
		] {
			assert!(text.contains(expected), "no {expected} in {text}");
		}
		let mut careless = operator();
		careless.promises.clear();
		let text = self::text(&delegate(Amount(ZG), &careless, &times()));
		assert!(text.contains("promises nothing yet"), "{text}");
	}

	#[test]
	fn a_promise_is_shown_in_money_with_when_it_begins_and_ends() {
		let mut change = change(1, WHOLE / 5, WHOLE / 4);
		let rise = text(&allocate(&change, &operator(), &times()));
		for expected in [
			"250 ZG of the 1000 ZG with you can be taken: 25.00 % promised to service 1, 20.00 % so far",
			// Two eras later, half of this one is left.
			"it counts in about 1 d 12 h (era 22)",
			"about 48 d 0 h (48 eras)",
		] {
			assert!(rise.contains(expected), "no {expected} in {rise}");
		}
		change.to = 0;
		change.frees = vec![0, 3];
		change.ranks = true;
		let fall = text(&allocate(&change, &operator(), &times()));
		for expected in [
			"0 ZG of the 1000 ZG with you can be taken",
			"it counts in about 2 d 12 h (era 23); what was promised before is free in about 46 d 12 h (era 67)",
			"frees        room that nothing needs any more, of service 0, 3",
			"ranks        your candidacy is counted anew",
		] {
			assert!(fall.contains(expected), "no {expected} in {fall}");
		}
	}

	#[test]
	fn consensus_counts_what_is_promised_or_will_be() {
		let mut operator = operator();
		let says = |operator: &OperatorView<Account>| text(&validate(operator, &times()));
		assert!(says(&operator).contains("500 ZG of the 1000 ZG with you answer for consensus"));
		operator.promises[0].target = WHOLE / 4 * 3;
		assert!(says(&operator).contains("750 ZG of the 1000 ZG"));
		assert!(!says(&operator).contains("anew"));
		operator.candidate = true;
		assert!(says(&operator).contains("counted anew"));
		operator.promises.clear();
		assert!(text(&chill(&operator, &times())).contains("0 ZG stay promised"));
	}

	#[test]
	fn what_a_closed_pool_left_is_free_when_its_era_has_bonded() {
		let text = text(&convert(Amount(ZG), 12, &closed_position(), &times()));
		for expected in [
			"1 ZG unbonded",
			"closed the pool in era 12",
			"(era 57)",
			"slashed      9 ZG",
		] {
			assert!(text.contains(expected), "no {expected} in {text}");
		}
	}
}
