// SPDX-License-Identifier: Apache-2.0

//! `stake …`: what owners of stake do. What operators do is in [`operator`], what only shows something in [`show`], and what is
//! said before anything is agreed to in [`terms`].

mod operator;
mod show;
mod terms;

use super::{Global, Output};
use anyhow::{bail, ensure, Context};
use clap::Subcommand;
use serde_json::json;
use zerog_client::{
	keys::{account_of, show_account, Account, Address},
	stake::{self, transactions_of, StakeCall},
	transaction::{Arguments, Call},
	units::Amount,
	Client, Error, Keypair,
};
use zerog_primitives::staking::{Era, OperatorView, PositionView, StakingInfo};

#[derive(Debug, Subcommand)]
pub(crate) enum Stake {
	/// Show all operators, or one.
	Operators {
		/// The operator.
		#[arg(value_parser = super::parse_address)]
		operator: Option<Address>,
	},
	/// Show what services there are, and what a fault of theirs costs at most.
	Services,
	/// Show an account's stake: what it is worth, when it is free, what can be claimed.
	Show {
		/// The account; by default, that of the signing key.
		#[arg(value_parser = super::parse_address)]
		account: Option<Address>,
	},
	/// Show the slashes of an operator that wait.
	Slashes {
		/// The operator.
		#[arg(value_parser = super::parse_address)]
		operator: Address,
	},
	/// Stake with an operator.
	Delegate {
		/// The operator.
		#[arg(value_parser = super::parse_address)]
		operator: Address,
		/// How much, in ZG.
		amount: Amount,
	},
	/// Take stake back from an operator: free when bonding has passed.
	Unbond {
		/// The operator.
		#[arg(value_parser = super::parse_address)]
		operator: Address,
		/// How much, in ZG; without it, everything.
		amount: Option<Amount>,
	},
	/// Set free all stake whose bonding has passed.
	Withdraw,
	/// Have what slashes have taken of stake with an operator leave the hold. Anyone may, for anyone.
	Realise {
		/// The operator.
		#[arg(value_parser = super::parse_address)]
		operator: Address,
		/// Whose stake; by default, that of the signing key.
		#[arg(value_parser = super::parse_address)]
		account: Option<Address>,
	},
	/// Show the rewards that can be claimed, and claim them with --claim.
	Rewards {
		/// Claim them.
		#[arg(long)]
		claim: bool,
	},
	/// Operate: register, promise, validate, leave.
	#[command(subcommand, arg_required_else_help = true)]
	Operator(operator::Operator),
}

pub(crate) async fn run(global: &Global, output: &Output, verb: &Stake) -> anyhow::Result<()> {
	match verb {
		Stake::Operators { operator } => show::operators(global, output, *operator).await,
		Stake::Services => show::services(global, output).await,
		Stake::Show { account } => show::portfolio(global, output, *account).await,
		Stake::Slashes { operator } => show::slashes(global, output, *operator).await,
		Stake::Delegate { operator, amount } => delegate(global, output, *operator, *amount).await,
		Stake::Unbond { operator, amount } => unbond(global, output, *operator, *amount).await,
		Stake::Withdraw => withdraw(global, output).await,
		Stake::Realise { operator, account } => realise(global, output, *operator, *account).await,
		Stake::Rewards { claim } => rewards(global, output, *claim).await,
		Stake::Operator(verb) => operator::run(global, output, verb).await,
	}
}

/// Planck that may be rounding.
const DUST: u128 = 1_000;

/// A span of slots in words; zero if it is over.
pub(super) fn span(slots: u64, slot_millis: u64) -> String {
	let minutes = slots.saturating_mul(slot_millis).div_ceil(60_000);
	let (days, hours) = (minutes / 1_440, minutes / 60 % 24);
	match (days, hours) {
		(0, 0) => format!("{minutes} min"),
		(0, _) => format!("{hours} h {} min", minutes % 60),
		_ => format!("{days} d {hours} h"),
	}
}

/// Staking as the chain has it, and how to put eras into words.
struct Times {
	info: StakingInfo,
	slot_millis: u64,
}

impl Times {
	async fn of(client: &Client) -> anyhow::Result<Self> {
		Ok(Self {
			info: client.staking().await?,
			slot_millis: client.block_time_ms().await?,
		})
	}

	/// When an era begins.
	fn of_era(&self, era: Era) -> String {
		match u64::from(era.saturating_sub(self.info.era)) {
			0 => "now".into(),
			eras => {
				let slots = u64::from(self.info.next_era_in) + (eras - 1) * u64::from(self.info.era_length);
				format!("in about {} (era {era})", span(slots, self.slot_millis))
			}
		}
	}

	/// So many eras.
	fn long(&self, eras: Era) -> String {
		let slots = u64::from(eras) * u64::from(self.info.era_length);
		format!("about {} ({eras} eras)", span(slots, self.slot_millis))
	}
}

pub(super) fn percent(part: u64, whole: u64) -> String {
	let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
	format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

pub(super) fn named(lines: &[(String, String)]) -> Vec<(&str, String)> {
	lines
		.iter()
		.map(|(name, value)| (name.as_str(), value.clone()))
		.collect()
}

pub(super) async fn operator_of(client: &Client, account: Account) -> anyhow::Result<OperatorView<Account>> {
	let operator = client.operator(account).await?;
	operator.with_context(|| {
		format!(
			"{} is no operator; `zerog stake operators` shows all",
			show_account(&account)
		)
	})
}

/// A client and who signs.
pub(super) async fn signed(global: &Global) -> anyhow::Result<(Client, Keypair, Account)> {
	let signer = global.signer()?;
	let account = account_of(&signer);
	Ok((global.client().await?, signer, account))
}

/// Shows the fee, asks, submits, and says what became of it.
pub(super) async fn send(
	client: &Client,
	output: &Output,
	signer: &Keypair,
	calls: &[Call<impl Arguments>],
	locks: u128,
	done: (&str, String),
) -> anyhow::Result<()> {
	let mut fee = 0u128;
	for call in calls {
		fee = fee.saturating_add(client.fee(call, signer).await?);
	}
	let account = account_of(signer);
	let (available, needed) = (
		Amount(client.balance(account).await?.spendable),
		Amount(locks.saturating_add(fee)),
	);
	if available < needed {
		let account = show_account(&account);
		return Err(Error::Funds {
			account,
			available,
			needed,
		}
		.into());
	}
	output.say(format!("fee          about {}", Amount(fee)));
	output.confirm("go on?")?;
	let waiting = output.spinner("waiting for a block");
	let (mut block, mut paid) = (0, 0u128);
	for call in calls {
		let included = client.submit(call, signer).await;
		if included.is_err() {
			waiting.finish_and_clear();
		}
		let included = included?;
		block = included.block;
		paid = paid.saturating_add(included.fee.unwrap_or_default());
	}
	waiting.finish_and_clear();
	output.result(
		&[
			(done.0, done.1.clone()),
			("fee", Amount(paid).to_string()),
			("block", block.to_string()),
		],
		json!({ done.0: done.1, "fee": paid.to_string(), "block": block }),
	);
	Ok(())
}

async fn delegate(global: &Global, output: &Output, to: Address, amount: Amount) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let to = client.resolve(&to).await?;
	let (operator, times) = (operator_of(&client, to).await?, Times::of(&client).await?);
	if amount.0 < times.info.minimum_delegation {
		bail!(
			"{amount} is too little: the least is {}",
			Amount(times.info.minimum_delegation)
		);
	}
	let positions = client.portfolio(account).await?;
	let mut calls = vec![stake::delegate_call(to, amount.0)];
	if positions
		.iter()
		.any(|position| position.operator == to && position.closed.is_some())
	{
		calls.insert(0, stake::convert_call(to, account));
	}
	terms::delegate(amount, &operator, &times).tell(output);
	let done = ("delegated", amount.to_string());
	send(&client, output, &signer, &transactions_of(&calls), amount.0, done).await
}

async fn unbond(
	global: &Global,
	output: &Output,
	from: Address,
	amount: Option<Amount>,
) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let operator = client.resolve(&from).await?;
	let times = Times::of(&client).await?;
	let positions = client.portfolio(account).await?;
	let position = positions
		.iter()
		.find(|position| position.operator == operator && (position.shares > 0 || position.closed.is_some()));
	let position =
		position.with_context(|| format!("nothing of yours is staked with {}", show_account(&operator)))?;
	let (call, unbonded) = if let Some(era) = position.closed {
		let left = unlocked_by(position, era).unwrap_or_default();
		terms::convert(Amount(left), era, position, &times).tell(output);
		(stake::convert_call(operator, account), Amount(left))
	} else {
		let amount = amount.unwrap_or(Amount(position.active));
		if amount.0 > position.active {
			bail!("{} are staked there, not {amount}", Amount(position.active));
		}
		terms::unbond(amount, &operator, &times).tell(output);
		(
			stake::unbond_call(operator, position.shares_for(amount.0)),
			amount,
		)
	};
	let done = ("unbonded", unbonded.to_string());
	send(&client, output, &signer, &[call], 0, done).await
}

/// What slashes have taken of what is on hold; not known of stake that cannot be converted yet.
fn slashed(position: &PositionView<Account>) -> u128 {
	if position.closed.is_some() && position.shares > 0 {
		return 0;
	}
	let unbonding = position.unlocks.iter().map(|unlock| unlock.amount);
	position
		.held
		.saturating_sub(unbonding.fold(position.active, u128::saturating_add))
}

/// What was unbonded in an era, as far as it is there.
fn unlocked_by(position: &PositionView<Account>, era: Era) -> Option<u128> {
	let unlock = position.unlocks.iter().find(|unlock| unlock.era == era);
	unlock.map(|unlock| unlock.amount)
}

/// Whether slashes have taken all of a pool that they closed in an era: what is on hold for it is burned when it is converted.
fn is_over(position: &PositionView<Account>, closed: Era) -> bool {
	position.shares == 0 && unlocked_by(position, closed).is_none()
}

/// What can be withdrawn now.
#[derive(Debug, Default, PartialEq)]
struct Withdrawal {
	calls: Vec<StakeCall>,
	/// Planck that are free.
	free: u128,
	/// Planck whose time has come, but a slash waits that may reach them.
	waiting: u128,
	/// Planck that slashes have taken of the positions.
	slashed: u128,
	/// When the next stake is free.
	next: Option<Era>,
}

impl Withdrawal {
	/// From a position, whose operator has a slash pending for a fault of the era `pending` and of no earlier one.
	fn add(&mut self, account: Account, position: &PositionView<Account>, pending: Option<Era>, now: Era) {
		let operator = position.operator;
		let mut calls = vec![];
		for unlock in &position.unlocks {
			if unlock.free_from > now {
				let next = self
					.next
					.map_or(unlock.free_from, |era| era.min(unlock.free_from));
				self.next = Some(next);
			} else if pending.is_some_and(|fault| fault <= unlock.era) {
				self.waiting = self.waiting.saturating_add(unlock.amount);
			} else {
				calls.push(stake::withdraw_call(operator, account, unlock.era));
				self.free = self.free.saturating_add(unlock.amount);
			}
		}
		if let Some(closed) = position.closed {
			let convert = stake::convert_call(operator, account);
			// There is a place for it only when something else is gone.
			let is_full = position.shares > 0 && !calls.is_empty();
			let is_over = is_over(position, closed);
			if calls.contains(&stake::withdraw_call(operator, account, closed)) {
				// What is withdrawn is there only after it.
				calls.insert(0, convert);
			} else if is_full || is_over {
				calls.push(convert);
			}
		}
		if !calls.is_empty() {
			self.slashed = self.slashed.saturating_add(slashed(position));
		}
		self.calls.append(&mut calls);
	}
}

async fn withdraw(global: &Global, output: &Output) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let times = Times::of(&client).await?;
	let mut found = Withdrawal::default();
	for position in client.portfolio(account).await? {
		let operator = client.operator(position.operator).await?;
		let faults = operator.iter().flat_map(|operator| &operator.pending);
		let pending = faults.map(|slash| slash.fault).min();
		found.add(account, &position, pending, times.info.era);
	}
	if found.calls.is_empty() {
		match found.next {
			_ if found.waiting > 0 => bail!(
				"{} would be free, but a slash waits that may reach it; try again when it is decided",
				Amount(found.waiting)
			),
			Some(era) => bail!("nothing is free yet; the next stake is {}", times.of_era(era)),
			None => bail!("nothing is unbonding"),
		}
	}
	terms::withdraw(&found, &times).tell(output);
	let done = ("withdrawn", Amount(found.free).to_string());
	send(&client, output, &signer, &transactions_of(&found.calls), 0, done).await
}

/// The calls after which nothing is on hold that slashes have taken of a position; shares of a closed pool are converted before, which is
/// all if nothing is left of it.
fn realisation(account: Account, position: &PositionView<Account>) -> Vec<StakeCall> {
	let operator = position.operator;
	let convert = position.closed.map(|_| stake::convert_call(operator, account));
	let is_left = position.closed.is_none_or(|closed| !is_over(position, closed));
	let realise = is_left.then(|| stake::realise_call(operator, account));
	convert.into_iter().chain(realise).collect()
}

async fn realise(
	global: &Global,
	output: &Output,
	with: Address,
	account: Option<Address>,
) -> anyhow::Result<()> {
	let (client, signer, own) = signed(global).await?;
	let operator = client.resolve(&with).await?;
	let account = match account {
		Some(address) => client.resolve(&address).await?,
		None => own,
	};
	let positions = client.portfolio(account).await?;
	let position = positions.iter().find(|position| position.operator == operator);
	let position = position.with_context(|| {
		format!(
			"{} has nothing with {}",
			show_account(&account),
			show_account(&operator)
		)
	})?;
	let taken = Amount(slashed(position));
	ensure!(taken.0 > 0, "slashes have taken nothing of what is on hold");
	terms::realise(taken, &account, &operator).tell(output);
	let calls = transactions_of(&realisation(account, position));
	let done = ("realised", taken.to_string());
	send(&client, output, &signer, &calls, 0, done).await
}

/// The calls that claim what positions have earned; shares of a closed pool are converted before.
fn claims(account: Account, positions: &[PositionView<Account>]) -> Vec<StakeCall> {
	let due = positions.iter().filter(|position| position.claimable > 0);
	due.flat_map(|position| {
		let operator = position.operator;
		let convert = position.closed.map(|_| stake::convert_call(operator, account));
		convert.into_iter().chain([stake::claim_call(operator, account)])
	})
	.collect()
}

async fn rewards(global: &Global, output: &Output, claim: bool) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let positions = client.portfolio(account).await?;
	let sum = positions.iter().map(|position| position.claimable);
	let sum = Amount(sum.fold(0, u128::saturating_add));
	if !claim || sum.0 == 0 {
		let due = positions.iter().filter(|position| position.claimable > 0);
		let lines = due.map(|position| {
			(
				show_account(&position.operator),
				Amount(position.claimable).to_string(),
			)
		});
		let lines: Vec<_> = lines.chain([("claimable".to_owned(), sum.to_string())]).collect();
		output.result(&named(&lines), json!({ "claimable": sum.0.to_string() }));
		return Ok(());
	}
	terms::claim(sum).tell(output);
	let calls = transactions_of(&claims(account, &positions));
	let done = ("claimed", sum.to_string());
	send(&client, output, &signer, &calls, 0, done).await
}

#[cfg(test)]
mod tests {
	use super::*;
	use zerog_client::{network::Perbill, units::ZG};
	use zerog_primitives::staking::{Promise, Unlock, WHOLE};

	const ACCOUNT: Account = [7; 32];
	const OPERATOR: Account = [1; 32];

	/// The middle of era 20, an era being a day.
	pub(super) fn times() -> Times {
		Times {
			info: StakingInfo {
				era: 20,
				next_era_in: 14_400,
				era_length: 28_800,
				bonding: 45,
				allocation_delay: 2,
				deallocation_delay: 3,
				minimum_delegation: ZG,
				minimum_operator_stake: 1_000 * ZG,
				minimum_validator_stake: 100 * ZG,
			},
			slot_millis: 3_000,
		}
	}

	pub(super) fn operator() -> OperatorView<Account> {
		let promise = |service, promised| Promise {
			service,
			promised,
			target: promised,
			reserved: promised,
			releasable: false,
			slashable: 0,
		};
		OperatorView {
			account: OPERATOR,
			stake: 1_000 * ZG,
			own: 100 * ZG,
			magnitude: WHOLE,
			scale: WHOLE,
			commission: Perbill::from_percent(4),
			candidate: false,
			validator: false,
			open: true,
			reopens: None,
			promises: vec![promise(0, WHOLE / 2), promise(1, WHOLE / 5)],
			pending: vec![],
		}
	}

	fn unlock(era: Era, amount: u128) -> Unlock {
		Unlock {
			era,
			free_from: era + 45,
			amount,
		}
	}

	pub(super) fn position() -> PositionView<Account> {
		PositionView {
			operator: OPERATOR,
			active: 3 * ZG,
			shares: 3_000 * ZG,
			unlocks: vec![unlock(12, ZG), unlock(25, 2 * ZG)],
			closed: None,
			held: 6 * ZG,
			claimable: ZG / 2,
		}
	}

	/// A slash of 9 in 10 ZG closed the pool in era 12.
	pub(super) fn closed_position() -> PositionView<Account> {
		PositionView {
			active: 0,
			shares: 0,
			unlocks: vec![unlock(12, ZG)],
			closed: Some(12),
			held: 10 * ZG,
			..position()
		}
	}

	fn withdrawal(position: &PositionView<Account>, pending: Option<Era>, now: Era) -> Withdrawal {
		let mut found = Withdrawal::default();
		found.add(ACCOUNT, position, pending, now);
		found
	}

	fn withdraw(era: Era) -> StakeCall {
		stake::withdraw_call(OPERATOR, ACCOUNT, era)
	}

	fn convert() -> StakeCall {
		stake::convert_call(OPERATOR, ACCOUNT)
	}

	#[test]
	fn what_has_bonded_is_withdrawn_unless_a_slash_may_reach_it() {
		let early = withdrawal(&position(), None, 56);
		assert_eq!((early.calls, early.next), (vec![], Some(57)));
		let one = withdrawal(&position(), None, 57);
		assert_eq!(
			(one.calls, one.free, one.next),
			(vec![withdraw(12)], ZG, Some(70))
		);
		let both = withdrawal(&position(), None, 70);
		assert_eq!(
			(both.calls, both.free, both.slashed),
			(vec![withdraw(12), withdraw(25)], 3 * ZG, 0)
		);
		// A fault of era 20 is answered for by what was unbonded then or later.
		let waits = withdrawal(&position(), Some(20), 70);
		assert_eq!((waits.calls, waits.waiting), (vec![withdraw(12)], 2 * ZG));
	}

	#[test]
	fn stake_of_a_closed_pool_is_converted_before_it_is_withdrawn() {
		let early = withdrawal(&closed_position(), None, 56);
		assert_eq!((early.calls, early.next), (vec![], Some(57)));
		let found = withdrawal(&closed_position(), None, 57);
		assert_eq!(found.calls, [convert(), withdraw(12)]);
		assert_eq!((found.free, found.slashed), (ZG, 9 * ZG));
		assert_eq!(transactions_of(&found.calls).len(), 1, "all or nothing");
		assert!(withdrawal(&closed_position(), Some(12), 57).calls.is_empty());
		// Other stake needs no conversion.
		let mut position = closed_position();
		position.unlocks.insert(0, unlock(5, ZG));
		assert_eq!(withdrawal(&position, None, 50).calls, [withdraw(5)]);
	}

	#[test]
	fn where_slashes_left_nothing_the_hold_is_burned() {
		let mut position = closed_position();
		position.unlocks.clear();
		let found = withdrawal(&position, None, 13);
		assert_eq!((found.calls, found.slashed), (vec![convert()], 10 * ZG));
	}

	#[test]
	fn a_full_position_is_converted_when_a_place_is_free() {
		let mut position = closed_position();
		(position.shares, position.unlocks) = (1, vec![unlock(5, ZG)]);
		assert!(withdrawal(&position, None, 49).calls.is_empty());
		let found = withdrawal(&position, None, 50);
		assert_eq!((found.calls, found.slashed), (vec![withdraw(5), convert()], 0));
	}

	#[test]
	fn what_slashes_took_is_burned_after_shares_of_a_closed_pool_are_converted() {
		let realise = || stake::realise_call(OPERATOR, ACCOUNT);
		assert_eq!(realisation(ACCOUNT, &position()), [realise()]);
		let mut position = closed_position();
		assert_eq!(realisation(ACCOUNT, &position), [convert(), realise()]);
		position.unlocks.clear();
		assert_eq!(realisation(ACCOUNT, &position), [convert()]);
	}

	#[test]
	fn rewards_from_a_closed_pool_are_claimed_after_its_conversion() {
		let idle = PositionView {
			claimable: 0,
			..position()
		};
		let claim = || stake::claim_call(OPERATOR, ACCOUNT);
		let calls = claims(ACCOUNT, &[position(), idle, closed_position()]);
		assert_eq!(calls, [claim(), convert(), claim()]);
	}
}
