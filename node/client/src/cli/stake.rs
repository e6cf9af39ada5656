// SPDX-License-Identifier: Apache-2.0

//! `stake …`: operators, stake, promises, rewards, slashes.

use super::{usage, Global, Output};
use anyhow::{bail, Context};
use clap::Subcommand;
use serde_json::{json, Value};
use zerog_client::{
	keys::{account_of, show_account, Account, Address},
	stake,
	transaction::{Arguments, Call},
	units::{Amount, Percent},
	Client, Error, Keypair,
};
use zerog_primitives::staking::{Era, OperatorView, PositionView, Promise, Service, StakingInfo, WHOLE};

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
	/// Show the rewards that can be claimed, and claim them with --claim.
	Rewards {
		/// Claim them.
		#[arg(long)]
		claim: bool,
	},
	/// Operate: register, promise, validate, leave.
	#[command(subcommand, arg_required_else_help = true)]
	Operator(Operator),
}

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
	/// Promise a part of the stake to a service; 0% takes the promise back.
	Allocate {
		/// The service's number, see `zerog stake services`.
		service: Service,
		/// Part of the stake that was there from the beginning, for example 25%.
		part: Percent,
	},
	/// Stand for election as a validator.
	Validate,
	/// Do not stand for election any more.
	Chill,
	/// Stop being an operator, when all stake is gone.
	Leave,
}

pub(crate) async fn run(global: &Global, output: &Output, verb: &Stake) -> anyhow::Result<()> {
	match verb {
		Stake::Operators { operator } => operators(global, output, *operator).await,
		Stake::Services => services(global, output).await,
		Stake::Show { account } => show(global, output, *account).await,
		Stake::Slashes { operator } => slashes(global, output, *operator).await,
		Stake::Delegate { operator, amount } => delegate(global, output, *operator, *amount).await,
		Stake::Unbond { operator, amount } => unbond(global, output, *operator, *amount).await,
		Stake::Withdraw => withdraw(global, output).await,
		Stake::Rewards { claim } => rewards(global, output, *claim).await,
		Stake::Operator(verb) => operate(global, output, verb).await,
	}
}

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
}

pub(super) fn percent(part: u64, whole: u64) -> String {
	let hundredths = u128::from(part) * 10_000 / u128::from(whole.max(1));
	format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

fn show_promise(promise: &Promise) -> Value {
	json!({
		"service": promise.service,
		"promised": percent(promise.promised, WHOLE),
		"target": percent(promise.target, WHOLE),
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
		"promises": operator.promises.iter().map(show_promise).collect::<Vec<_>>(),
		"pending_slashes": operator.pending.len(),
	})
}

fn describe_operator(operator: &OperatorView<Account>) -> String {
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

async fn operators(global: &Global, output: &Output, one: Option<Address>) -> anyhow::Result<()> {
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

async fn services(global: &Global, output: &Output) -> anyhow::Result<()> {
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
		"held": position.held.to_string(),
		"claimable": position.claimable.to_string(),
		"unlocks": unlocks,
	})
}

async fn show(global: &Global, output: &Output, account: Option<Address>) -> anyhow::Result<()> {
	let address = match (account, global.key()?) {
		(Some(address), _) => address,
		(None, Some(key)) => Address::Account(account_of(&key)),
		(None, None) => usage("name an account, or a key with --key-file or --suri"),
	};
	let client = global.client().await?;
	let account = client.resolve(&address).await?;
	let (positions, times) = (client.portfolio(account).await?, Times::of(&client).await?);
	let mut lines = vec![("account".to_owned(), show_account(&account))];
	for position in &positions {
		lines.push(("operator".into(), show_account(&position.operator)));
		lines.push(("  active".into(), Amount(position.active).to_string()));
		for unlock in &position.unlocks {
			let when = times.of_era(unlock.free_from);
			lines.push((
				"  unbonding".into(),
				format!("{}, free {when}", Amount(unlock.amount)),
			));
		}
		let worth = position
			.unlocks
			.iter()
			.fold(position.active, |sum, unlock| sum.saturating_add(unlock.amount));
		let slashed = position.held.saturating_sub(worth);
		// A planck or two are rounding.
		if slashed > 1_000 {
			lines.push(("  slashed".into(), Amount(slashed).to_string()));
		}
		lines.push(("  rewards".into(), Amount(position.claimable).to_string()));
	}
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

async fn slashes(global: &Global, output: &Output, operator: Address) -> anyhow::Result<()> {
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

/// What everyone should know before locking stake.
fn warn(output: &Output, times: &Times, operator: &OperatorView<Account>) {
	let bonding = span(
		u64::from(times.info.bonding) * u64::from(times.info.era_length),
		times.slot_millis,
	);
	output.say(format!(
		"unlocks      about {bonding} after you unbond it ({} eras)",
		times.info.bonding
	));
	let at_risk: Vec<_> = operator
		.promises
		.iter()
		.map(|promise| {
			format!(
				"{} to service {}",
				percent(promise.promised.max(promise.target), WHOLE),
				promise.service
			)
		})
		.collect();
	output.say(match at_risk.as_slice() {
		[] => "risk         the operator promises nothing yet; whatever it will promise can be slashed".to_owned(),
		promised => format!(
			"risk         for the operator's faults services can take what it promises of all its stake, yours included: {}",
			promised.join(", ")
		),
	});
	if !operator.pending.is_empty() {
		output.say(format!(
			"             {} slashes wait for this operator",
			operator.pending.len()
		));
	}
}

async fn delegate(global: &Global, output: &Output, to: Address, amount: Amount) -> anyhow::Result<()> {
	let (client, signer, _) = signed(global).await?;
	let account = client.resolve(&to).await?;
	let (operator, times) = (operator_of(&client, account).await?, Times::of(&client).await?);
	if amount.0 < times.info.minimum_delegation {
		bail!(
			"{amount} is too little: the least is {}",
			Amount(times.info.minimum_delegation)
		);
	}
	output.say(format!("locks        {amount} with {}", show_account(&account)));
	output.say(format!("operator     {}", describe_operator(&operator)));
	warn(output, &times, &operator);
	let call = stake::delegate_call(account, amount.0);
	send(
		&client,
		output,
		&signer,
		&[call],
		amount.0,
		("delegated", amount.to_string()),
	)
	.await
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
		.find(|position| position.operator == operator && position.shares > 0);
	let position =
		position.with_context(|| format!("nothing of yours is staked with {}", show_account(&operator)))?;
	let amount = amount.unwrap_or(Amount(position.active));
	if amount.0 > position.active {
		bail!("{} are staked there, not {amount}", Amount(position.active));
	}
	let free = times.of_era(times.info.era.saturating_add(times.info.bonding));
	output.say(format!("unbonds      {amount} from {}", show_account(&operator)));
	output.say(format!("free         {free}, unless a slash is pending then"));
	output.say("risk         until then it can be slashed for what the operator did up to this era");
	let call = stake::unbond_call(operator, position.shares_for(amount.0));
	send(
		&client,
		output,
		&signer,
		&[call],
		0,
		("unbonded", amount.to_string()),
	)
	.await
}

async fn withdraw(global: &Global, output: &Output) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let times = Times::of(&client).await?;
	let positions = client.portfolio(account).await?;
	let (mut calls, mut sum, mut next) = (vec![], 0u128, None::<Era>);
	for position in &positions {
		for unlock in &position.unlocks {
			if unlock.free_from <= times.info.era {
				calls.push(stake::withdraw_call(position.operator, account, unlock.era));
				sum = sum.saturating_add(unlock.amount);
			} else {
				next = Some(next.map_or(unlock.free_from, |era| era.min(unlock.free_from)));
			}
		}
	}
	if calls.is_empty() {
		match next {
			Some(era) => bail!("nothing is free yet; the next stake is {}", times.of_era(era)),
			None => bail!("nothing is unbonding"),
		}
	}
	output.say(format!("sets free    {}", Amount(sum)));
	send(
		&client,
		output,
		&signer,
		&calls,
		0,
		("withdrawn", Amount(sum).to_string()),
	)
	.await
}

async fn rewards(global: &Global, output: &Output, claim: bool) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let positions = client.portfolio(account).await?;
	let due: Vec<_> = positions
		.iter()
		.filter(|position| position.claimable > 0)
		.collect();
	let sum = Amount(
		due.iter()
			.fold(0u128, |sum, position| sum.saturating_add(position.claimable)),
	);
	if !claim || due.is_empty() {
		let lines: Vec<_> = due
			.iter()
			.map(|position| {
				(
					show_account(&position.operator),
					Amount(position.claimable).to_string(),
				)
			})
			.chain([("claimable".to_owned(), sum.to_string())])
			.collect();
		output.result(&named(&lines), json!({ "claimable": sum.0.to_string() }));
		return Ok(());
	}
	let calls: Vec<_> = due
		.iter()
		.map(|position| stake::claim_call(position.operator, account))
		.collect();
	output.say(format!("claims       {sum}"));
	send(&client, output, &signer, &calls, 0, ("claimed", sum.to_string())).await
}

async fn operate(global: &Global, output: &Output, verb: &Operator) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let times = Times::of(&client).await?;
	match verb {
		Operator::Register { amount, commission } => {
			if amount.0 < times.info.minimum_operator_stake {
				bail!(
					"{amount} is too little: the least is {}",
					Amount(times.info.minimum_operator_stake)
				);
			}
			output.say(format!(
				"locks        {amount}; it can be slashed for what you promise to services"
			));
			output.say(format!(
				"unlocks      about {} after you unbond it ({} eras)",
				span(
					u64::from(times.info.bonding) * u64::from(times.info.era_length),
					times.slot_millis
				),
				times.info.bonding
			));
			let call = stake::register_call(amount.0, commission.0);
			send(
				&client,
				output,
				&signer,
				&[call],
				amount.0,
				("registered", amount.to_string()),
			)
			.await
		}
		Operator::Commission { commission } => {
			output.say("counts       from the next era on; it falls freely and rises slowly");
			let call = stake::commission_call(commission.0);
			send(
				&client,
				output,
				&signer,
				&[call],
				0,
				("commission", commission.to_string()),
			)
			.await
		}
		Operator::Allocate { service, part } => {
			let operator = operator_of(&client, account).await?;
			let expected = operator
				.promises
				.iter()
				.find(|promise| promise.service == *service);
			let expected = expected.map_or(0, |promise| promise.target);
			let target = WHOLE / 1_000_000_000 * u64::from(part.0);
			let (delay, risk) = if target > expected {
				(
					times.info.allocation_delay,
					"faults towards this service can cost this part of all stake with you",
				)
			} else {
				(
					times.info.deallocation_delay,
					"faults from before cost what was promised then, until bonding has passed",
				)
			};
			output.say(format!(
				"promises     {part} to service {service}, {} before",
				percent(expected, WHOLE)
			));
			output.say(format!(
				"counts       {}",
				times.of_era(times.info.era.saturating_add(delay))
			));
			output.say(format!("risk         {risk}"));
			let call = stake::allocate_call(*service, expected, target);
			send(
				&client,
				output,
				&signer,
				&[call],
				0,
				("promised", part.to_string()),
			)
			.await
		}
		Operator::Validate => {
			output.say(
				"risk         signing two blocks for one slot costs up to all that is promised to consensus",
			);
			let call = stake::validate_call();
			send(
				&client,
				output,
				&signer,
				&[call],
				0,
				("validate", "from the next election on".into()),
			)
			.await
		}
		Operator::Chill => {
			let call = stake::chill_call();
			send(
				&client,
				output,
				&signer,
				&[call],
				0,
				("chilled", "from the next election on".into()),
			)
			.await
		}
		Operator::Leave => {
			let call = stake::leave_call();
			send(
				&client,
				output,
				&signer,
				&[call],
				0,
				("left", show_account(&account)),
			)
			.await
		}
	}
}
