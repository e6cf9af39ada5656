// SPDX-License-Identifier: Apache-2.0

//! `stake operator …`: register, promise, validate, leave.

use super::{
	super::{Global, Output},
	operator_of, send, signed, terms, Times,
};
use anyhow::{bail, ensure, Context};
use clap::Subcommand;
use zerog_client::{
	keys::{show_account, Account, Address},
	stake::{self, transactions_of, StakeCall},
	units::{Amount, Percent},
};
use zerog_primitives::staking::{OperatorView, Service, CONSENSUS, WHOLE};

#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
	/// Become an operator with a stake of one's own.
	Register {
		/// How much to stake, in ZG.
		amount: Amount,
		/// Part of the rewards that the operator keeps, for example 5%.
		#[arg(long, default_value = "5%")]
		commission: Percent,
	},
	/// Change the commission from the next era on.
	Commission {
		/// The new one, for example 5%.
		commission: Percent,
	},
	/// Promise a part of the stake to a service; 0% takes the promise back. Room that no earlier promise needs any more is freed too.
	Allocate {
		/// The service's number, see `zerog stake services`.
		service: Service,
		/// Part of the stake that was there from the beginning, for example 25%.
		part: Percent,
	},
	/// Stand for election as a validator. Who does has its stake counted anew, when a promise to consensus has risen.
	Validate,
	/// Do not stand for election any more.
	Chill,
	/// Begin anew with an empty pool, when bonding has passed since a slash closed the old one; before, it says when that is. Anyone
	/// may, for anyone.
	Reopen {
		/// The operator; by default, that of the signing key.
		#[arg(value_parser = super::super::parse_address)]
		operator: Option<Address>,
	},
	/// Stop being an operator, when all stake is gone.
	Leave,
}

/// What changing a promise takes.
#[derive(Debug, PartialEq)]
pub(super) struct Change {
	pub(super) service: Service,
	/// The promise before and after, in parts of [`WHOLE`].
	pub(super) from: u64,
	pub(super) to: u64,
	/// Other services whose room is freed before.
	pub(super) frees: Vec<Service>,
	/// Whether the operator's candidacy is counted anew.
	pub(super) ranks: bool,
}

impl Change {
	fn of(operator: &OperatorView<Account>, service: Service, to: u64) -> Self {
		let promise = operator
			.promises
			.iter()
			.find(|promise| promise.service == service);
		let others = operator
			.promises
			.iter()
			.filter(|promise| promise.service != service);
		let frees = others.filter(|promise| promise.releasable);
		Self {
			service,
			from: promise.map_or(0, |promise| promise.target),
			to,
			frees: frees.map(|promise| promise.service).collect(),
			ranks: operator.candidate,
		}
	}

	fn calls(&self, operator: Account) -> Vec<StakeCall> {
		let frees = self.frees.iter();
		let mut calls: Vec<_> = frees
			.map(|service| stake::release_call(operator, *service))
			.collect();
		calls.push(stake::allocate_call(self.service, self.from, self.to));
		// A change of the promise to consensus counts it by itself.
		if self.ranks && self.service != CONSENSUS {
			calls.push(stake::rank_call(operator));
		}
		calls
	}
}

/// Refuses here what the chain would refuse for a fee.
fn ensure_reopens(operator: &OperatorView<Account>, times: &Times) -> anyhow::Result<()> {
	let first = operator.reopens.context("no slash has closed its pool")?;
	let sooner = match operator.pending.is_empty() {
		true => "",
		false => ", sooner if the slashes that wait are decided",
	};
	ensure!(
		first <= times.info.era,
		"its pool can be reopened {}{sooner}",
		times.of_era(first)
	);
	Ok(())
}

pub(super) async fn run(global: &Global, output: &Output, verb: &Operator) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let times = Times::of(&client).await?;
	let (calls, locks, done) = match verb {
		Operator::Register { amount, commission } => {
			if amount.0 < times.info.minimum_operator_stake {
				bail!(
					"{amount} is too little: the least is {}",
					Amount(times.info.minimum_operator_stake)
				);
			}
			terms::register(*amount, *commission, &times).tell(output);
			let calls = vec![stake::register_call(amount.0, commission.0)];
			(calls, amount.0, ("registered", amount.to_string()))
		}
		Operator::Commission { commission } => {
			let operator = operator_of(&client, account).await?;
			terms::commission(*commission, &operator, &times).tell(output);
			let calls = vec![stake::commission_call(commission.0)];
			(calls, 0, ("commission", commission.to_string()))
		}
		Operator::Allocate { service, part } => {
			let operator = operator_of(&client, account).await?;
			let target = WHOLE / 1_000_000_000 * u64::from(part.0);
			let change = Change::of(&operator, *service, target);
			terms::allocate(&change, &operator, &times).tell(output);
			(change.calls(account), 0, ("promised", part.to_string()))
		}
		Operator::Validate => {
			let operator = operator_of(&client, account).await?;
			terms::validate(&operator, &times).tell(output);
			let call = match operator.candidate {
				true => stake::rank_call(account),
				false => stake::validate_call(),
			};
			let when = "from the next election on".to_owned();
			(vec![call], 0, ("validate", when))
		}
		Operator::Chill => {
			let operator = operator_of(&client, account).await?;
			terms::chill(&operator, &times).tell(output);
			let when = "from the next election on".to_owned();
			(vec![stake::chill_call()], 0, ("chilled", when))
		}
		Operator::Reopen { operator } => {
			let of = match operator {
				Some(address) => client.resolve(address).await?,
				None => account,
			};
			let operator = operator_of(&client, of).await?;
			ensure_reopens(&operator, &times)?;
			terms::reopen(&operator, &times).tell(output);
			(vec![stake::reopen_call(of)], 0, ("reopened", show_account(&of)))
		}
		Operator::Leave => {
			terms::leave(&operator_of(&client, account).await?).tell(output);
			(vec![stake::leave_call()], 0, ("left", show_account(&account)))
		}
	};
	send(&client, output, &signer, &transactions_of(&calls), locks, done).await
}

#[cfg(test)]
mod tests {
	use super::{
		super::tests::{operator, times},
		*,
	};

	const ACCOUNT: Account = [1; 32];

	#[test]
	fn room_that_nothing_needs_is_freed_before_a_promise_and_a_candidate_is_counted_after_it() {
		let mut operator = operator();
		let change = Change::of(&operator, 1, WHOLE / 2);
		assert_eq!((change.from, change.to), (WHOLE / 5, WHOLE / 2));
		assert_eq!(
			change.calls(ACCOUNT),
			[stake::allocate_call(1, WHOLE / 5, WHOLE / 2)]
		);

		operator.candidate = true;
		for promise in &mut operator.promises {
			promise.releasable = true;
		}
		let change = Change::of(&operator, 1, WHOLE / 2);
		assert_eq!(change.frees, [CONSENSUS]);
		assert_eq!(
			change.calls(ACCOUNT),
			[
				stake::release_call(ACCOUNT, CONSENSUS),
				stake::allocate_call(1, WHOLE / 5, WHOLE / 2),
				stake::rank_call(ACCOUNT),
			]
		);
		assert_eq!(transactions_of(&change.calls(ACCOUNT)).len(), 1, "all or nothing");
	}

	#[test]
	fn a_pool_that_cannot_be_reopened_yet_is_told_when() {
		let mut operator = operator();
		let refused = |operator: &OperatorView<Account>| {
			let refused = ensure_reopens(operator, &times()).err();
			refused.map(|error| error.to_string())
		};
		assert_eq!(refused(&operator).unwrap(), "no slash has closed its pool");
		operator.reopens = Some(57);
		assert_eq!(
			refused(&operator).unwrap(),
			"its pool can be reopened in about 36 d 12 h (era 57)"
		);
		operator.reopens = Some(20);
		assert_eq!(refused(&operator), None);
	}

	#[test]
	fn a_promise_to_consensus_counts_a_candidate_by_itself() {
		let mut operator = operator();
		operator.candidate = true;
		let change = Change::of(&operator, CONSENSUS, WHOLE / 2);
		let expected = [stake::allocate_call(CONSENSUS, WHOLE / 2, WHOLE / 2)];
		assert_eq!(change.calls(ACCOUNT), expected);
		let change = Change::of(&operator, 9, 0);
		assert_eq!((change.from, change.frees), (0, vec![]));
	}
}
