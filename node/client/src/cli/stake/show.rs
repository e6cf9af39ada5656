// SPDX-License-Identifier: Apache-2.0

//! What there is: operators, services, an account's stake, slashes that wait.

use super::{
	super::{Global, Output},
	named, operator_of, percent, slashed, Times, DUST,
};
use serde_json::{json, Value};
use zerog_client::{
	keys::{show_account, Account, Address},
	units::Amount,
};
use zerog_primitives::staking::{OperatorView, PositionView, Promise, WHOLE};

fn show_promise(promise: &Promise) -> Value {
	json!({
		"service": promise.service,
		"promised": percent(promise.promised, WHOLE),
		"target": percent(promise.target, WHOLE),
		"reserved": percent(promise.reserved, WHOLE),
		"releasable": promise.releasable,
		"slashable": promise.slashable.to_string(),
	})
}

fn show_operator(operator: &OperatorView<Account>) -> Value {
	json!({
		"operator": show_account(&operator.account),
		"stake": operator.stake.to_string(),
		"own": operator.own.to_string(),
		"commission": percent(operator.commission.deconstruct().into(), 1_000_000_000),
		"candidate": operator.candidate,
		"validator": operator.validator,
		"open": operator.open,
		"reopens": operator.reopens,
		"promises": operator.promises.iter().map(show_promise).collect::<Vec<_>>(),
		"pending_slashes": operator.pending.len(),
	})
}

/// An operator in a line.
pub(super) fn describe_operator(operator: &OperatorView<Account>) -> String {
	let role = match (operator.validator, operator.candidate) {
		(true, true) => "validates",
		(true, false) => "validates to the end of the era",
		(false, true) => "stands for election",
		(false, false) => "does not validate",
	};
	let promises: Vec<_> = operator
		.promises
		.iter()
		.map(|promise| format!("{}: {}", promise.service, percent(promise.target, WHOLE)))
		.collect();
	let mut text = format!(
		"{} ({} its own), commission {}, {role}, promises {}",
		Amount(operator.stake),
		Amount(operator.own),
		percent(operator.commission.deconstruct().into(), 1_000_000_000),
		promises.join(", ")
	);
	if !operator.pending.is_empty() {
		text += &format!(", {} slashes wait", operator.pending.len());
	}
	if !operator.open {
		text += ", takes no stake";
	}
	text
}

pub(super) async fn operators(global: &Global, output: &Output, one: Option<Address>) -> anyhow::Result<()> {
	let client = global.client().await?;
	let accounts = match one {
		Some(address) => vec![client.resolve(&address).await?],
		None => client.operators().await?,
	};
	let mut lines = vec![];
	let mut objects = vec![];
	for account in accounts {
		let operator = operator_of(&client, account).await?;
		lines.push((show_account(&account), describe_operator(&operator)));
		objects.push(show_operator(&operator));
	}
	output.result(&named(&lines), json!({ "operators": objects }));
	Ok(())
}

pub(super) async fn services(global: &Global, output: &Output) -> anyhow::Result<()> {
	let services = global.client().await?.services().await?;
	let describe = |billionths: u32| percent(billionths.into(), 1_000_000_000);
	let mut lines = vec![];
	let mut objects = vec![];
	for service in &services {
		let kind = String::from_utf8_lossy(&service.kind).into_owned();
		let state = if service.open { "" } else { ", draining" };
		lines.push((
			format!("{} {kind}", service.service),
			format!(
				"{} operators; a fault costs at most {} of the promise if the chain can check it, {} if not{state}",
				service.operators,
				describe(service.objective.deconstruct()),
				service.subjective.map_or("nothing".into(), |part| describe(part.deconstruct())),
			),
		));
		objects.push(json!({
			"service": service.service,
			"kind": kind,
			"objective": describe(service.objective.deconstruct()),
			"subjective": service.subjective.map(|part| describe(part.deconstruct())),
			"open": service.open,
			"operators": service.operators,
		}));
	}
	output.result(&named(&lines), json!({ "services": objects }));
	Ok(())
}

fn show_position(position: &PositionView<Account>) -> Value {
	let unlocks: Vec<_> = position
		.unlocks
		.iter()
		.map(
			|unlock| json!({ "era": unlock.era, "free_from": unlock.free_from, "amount": unlock.amount.to_string() }),
		)
		.collect();
	json!({
		"operator": show_account(&position.operator),
		"active": position.active.to_string(),
		"shares": position.shares.to_string(),
		"closed": position.closed,
		"held": position.held.to_string(),
		"slashed": slashed(position).to_string(),
		"claimable": position.claimable.to_string(),
		"unlocks": unlocks,
	})
}

/// A position in lines.
fn describe_position(position: &PositionView<Account>, times: &Times) -> Vec<(String, String)> {
	let mut lines = vec![("operator".to_owned(), show_account(&position.operator))];
	let mut add = |name: &str, value: String| lines.push((format!("  {name}"), value));
	add("active", Amount(position.active).to_string());
	if let Some(era) = position.closed {
		add(
			"closed",
			format!("by a slash in era {era}: all of it unbonds since; `zerog stake withdraw` takes it when it is free"),
		);
	}
	for unlock in &position.unlocks {
		let when = times.of_era(unlock.free_from);
		add("unbonding", format!("{}, free {when}", Amount(unlock.amount)));
	}
	// A planck or two are rounding.
	if slashed(position) > DUST {
		add("slashed", Amount(slashed(position)).to_string());
	}
	add("rewards", Amount(position.claimable).to_string());
	lines
}

pub(super) async fn portfolio(
	global: &Global,
	output: &Output,
	account: Option<Address>,
) -> anyhow::Result<()> {
	let address = global.address(account)?;
	let client = global.client().await?;
	let account = client.resolve(&address).await?;
	let (positions, times) = (client.portfolio(account).await?, Times::of(&client).await?);
	let mut lines = vec![("account".to_owned(), show_account(&account))];
	lines.extend(
		positions
			.iter()
			.flat_map(|position| describe_position(position, &times)),
	);
	if positions.is_empty() {
		lines.push(("stake".into(), "none".into()));
	}
	output.result(
		&named(&lines),
		json!({
			"account": show_account(&account),
			"era": times.info.era,
			"positions": positions.iter().map(show_position).collect::<Vec<_>>(),
		}),
	);
	Ok(())
}

pub(super) async fn slashes(global: &Global, output: &Output, operator: Address) -> anyhow::Result<()> {
	let client = global.client().await?;
	let account = client.resolve(&operator).await?;
	let (operator, times) = (operator_of(&client, account).await?, Times::of(&client).await?);
	let mut lines = vec![("operator".to_owned(), show_account(&account))];
	let mut objects = vec![];
	for slash in &operator.pending {
		let part = percent(slash.fraction.deconstruct().into(), 1_000_000_000);
		lines.push((
			format!("service {}", slash.service),
			format!(
				"{part} of the promise of era {}, executed {}",
				slash.fault,
				times.of_era(slash.due)
			),
		));
		objects.push(
			json!({ "service": slash.service, "fault": slash.fault, "fraction": part, "due": slash.due }),
		);
	}
	if objects.is_empty() {
		lines.push(("slashes".into(), "none wait".into()));
	}
	output.result(
		&named(&lines),
		json!({ "operator": show_account(&account), "pending": objects }),
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::{
		super::tests::{closed_position, operator, position, times},
		*,
	};
	use zerog_client::network::Perbill;
	use zerog_primitives::staking::PendingSlash;

	#[test]
	fn stake_of_a_closed_pool_is_not_called_slashed() {
		let lines = describe_position(&closed_position(), &times());
		let value = |name: &str| {
			let found = lines.iter().find(|line| line.0.trim() == name);
			found.map(|line| line.1.as_str())
		};
		assert_eq!(value("active"), Some("0 ZG"));
		assert!(value("closed").unwrap().contains("in era 12"));
		assert_eq!(value("unbonding"), Some("1 ZG, free in about 36 d 12 h (era 57)"));
		assert_eq!(value("slashed"), Some("9 ZG"));
		let lines = describe_position(&position(), &times());
		assert!(lines
			.iter()
			.all(|line| !["closed", "slashed"].contains(&line.0.trim())));
	}

	#[test]
	fn an_operator_is_described_with_its_role_and_what_waits() {
		let mut operator = operator();
		operator.pending.push(PendingSlash {
			service: 1,
			fault: 3,
			fraction: Perbill::one(),
			due: 4,
		});
		operator.open = false;
		assert_eq!(
			describe_operator(&operator),
			"1000 ZG (100 ZG its own), commission 4.00 %, does not validate, promises 0: 50.00 %, 1: 20.00 %, 1 slashes wait, \
			 takes no stake"
		);
	}
}
