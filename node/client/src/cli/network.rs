// SPDX-License-Identifier: Apache-2.0

//! `network …`: what networks there are and what they are worth, and their escrow. Their operators are in [`operator`], and what is
//! said before anything is agreed to in [`terms`].

mod operator;
mod terms;

use super::{
	stake::{named, percent, send, signed, span},
	Global, Output,
};
use anyhow::{ensure, Context};
use clap::Subcommand;
use serde_json::{json, Value};
use zerog_client::{
	keys::{show_account, Account},
	network::{
		self, show_network, Bound, Epoch, MemberInfo, NetworkInfo, Penalties, Perbill, Security, Status,
		Timing, NEVER,
	},
	units::{Amount, Size},
	Client,
};
use zerog_erasure::Profile;
use zerog_primitives::da::{NetworkId, ROOT_NETWORK};

/// Shares of the stake that are taken to be corrupt, in percent.
const CORRUPT: [u32; 3] = [10, 20, 33];
/// The one that the table shows.
const USUAL: u32 = 20;
/// Billionths in a percent.
const PERCENT: u32 = 10_000_000;
/// What the number of bits means.
const BITS: &str = "a draw is bad with a chance below 2^-bits; never: no draw can be bad; 0: nothing is sure";
/// What the stakes of several networks do not add up to.
const ONE_STAKE: &str =
	"one stake stands behind all networks: who fails several loses it once, and a slash for one lowers it for the others";

#[derive(Debug, Subcommand)]
pub(crate) enum Network {
	/// Show all networks: load, base fee, and what each is worth.
	List,
	/// Show a network: members, stake, security, cost of failure.
	Show {
		/// The network's number; 0 is the root network.
		network: NetworkId,
	},
	/// Pay into the escrow that new networks are paid from.
	Fund {
		/// How much, in ZG. It does not come back.
		amount: Amount,
	},
	/// Operate: register, join and leave networks.
	#[command(subcommand, arg_required_else_help = true)]
	Operator(operator::Operator),
}

pub(crate) async fn run(global: &Global, output: &Output, verb: &Network) -> anyhow::Result<()> {
	match verb {
		Network::List => list(global, output).await,
		Network::Show { network } => show(global, output, *network).await,
		Network::Fund { amount } => fund(global, output, *amount).await,
		Network::Operator(verb) => operator::run(global, output, verb).await,
	}
}

/// Epochs as the chain has them, and how to put them into words.
#[derive(Clone, Copy)]
struct Epochs {
	now: Epoch,
	blocks: u32,
	slot_millis: u64,
}

impl Epochs {
	async fn of(client: &Client) -> anyhow::Result<Self> {
		Ok(Self {
			now: client.network_epoch().await?,
			blocks: client.epoch_blocks().await?,
			slot_millis: client.block_time_ms().await?,
		})
	}

	/// How long so many epochs are.
	fn long(&self, epochs: Epoch) -> String {
		let slots = u64::from(epochs).saturating_mul(self.blocks.into());
		format!("about {} ({epochs} epochs)", span(slots, self.slot_millis))
	}

	/// When the notice of who announced to leave in an epoch is over.
	fn over(&self, left: Epoch) -> String {
		let over = left.saturating_add(Timing::NOTICE_OF_LEAVING);
		match over.saturating_sub(self.now) {
			0 => "now".into(),
			epochs => format!("in {}", self.long(epochs)),
		}
	}
}

fn show_status(status: Status) -> &'static str {
	match status {
		Status::Forming => "forming",
		Status::Active => "active",
		Status::Draining => "draining",
	}
}

fn show_bits(bits: u32) -> String {
	match bits {
		NEVER => "never".into(),
		bits => bits.to_string(),
	}
}

fn describe_bits(bits: u32) -> String {
	match bits {
		NEVER => "never".into(),
		bits => format!("{bits} bits"),
	}
}

/// What a coded MiB costs.
fn fee_per_mib(fee: u128) -> Amount {
	Amount(fee.saturating_mul(1 << 20))
}

/// Rows of the smallest matrix.
fn least_rows() -> anyhow::Result<u32> {
	Ok(Profile::for_length(1)?.rows())
}

/// Present committees under an assumption; none where nobody sits.
async fn security(client: &Client, network: NetworkId, corrupt: u32) -> anyhow::Result<Option<Security>> {
	let billionths = corrupt.saturating_mul(PERCENT);
	Ok(client
		.network_security(network, billionths, least_rows()?)
		.await?)
}

async fn list(global: &Global, output: &Output) -> anyhow::Result<()> {
	let client = global.client().await?;
	let (mut rows, mut objects) = (vec![], vec![]);
	for info in client.networks().await? {
		let security = security(&client, info.network, USUAL).await?;
		rows.push(row(&info, security.as_ref()));
		let mut object = info_json(&info);
		object["members"] = json!(security.map(|it| it.members));
		object["economic_security"] = json!(security.map(|it| it.stake.to_string()));
		object["availability_bits"] = json!(security.map(|it| show_bits(it.availability.bits)));
		objects.push(object);
	}
	let head = [
		"network", "status", "members", "capacity", "load", "pending", "fee/MiB", "stake", "bits",
	];
	output.table(&head, &rows, json!({ "networks": objects }));
	output.say(format!(
		"capacity an epoch; fee for a coded MiB; stake of all members; bits of availability if {USUAL} % of all stake is corrupt:"
	));
	output.say(BITS);
	output.say(ONE_STAKE);
	Ok(())
}

fn row(info: &NetworkInfo, security: Option<&Security>) -> Vec<String> {
	let of = |show: fn(&Security) -> String| security.map_or("-".into(), show);
	vec![
		info.network.to_string(),
		show_status(info.status).into(),
		of(|it| it.members.to_string()),
		Size(info.capacity).to_string(),
		percent(info.load, info.capacity),
		info.pending.to_string(),
		fee_per_mib(info.fee).to_string(),
		of(|it| Amount(it.stake).to_string()),
		of(|it| show_bits(it.availability.bits)),
	]
}

fn info_json(info: &NetworkInfo) -> Value {
	json!({
		"network": info.network,
		"status": show_status(info.status),
		"since_epoch": info.since,
		"capacity": info.capacity,
		"load": info.load,
		"pending": info.pending,
		"base_fee_per_byte": info.fee.to_string(),
		"escrow": info.escrow.to_string(),
		"retained_until": info.retained_until,
	})
}

async fn network_of(client: &Client, network: NetworkId) -> anyhow::Result<NetworkInfo> {
	find(&client.networks().await?, network)
}

fn find(networks: &[NetworkInfo], network: NetworkId) -> anyhow::Result<NetworkInfo> {
	let found = networks.iter().find(|info| info.network == network).copied();
	found.with_context(|| format!("there is no network {network}; `zerog network list` shows all"))
}

/// A network's members and the epoch in which they serve: the present one, or the next one while it forms.
struct Seated {
	epoch: Epoch,
	members: Vec<MemberInfo<Account>>,
}

async fn show(global: &Global, output: &Output, network: NetworkId) -> anyhow::Result<()> {
	let client = global.client().await?;
	let networks = client.networks().await?;
	let (info, epochs) = (find(&networks, network)?, Epochs::of(&client).await?);
	let others = networks.len().saturating_sub(1);
	let mut securities = vec![];
	for corrupt in CORRUPT {
		if let Some(security) = security(&client, network, corrupt).await? {
			securities.push((corrupt, security));
		}
	}
	let mut seated = None;
	for epoch in [epochs.now, epochs.now.saturating_add(1)] {
		if let Some(members) = client.network_members(network, epoch).await? {
			seated = Some(Seated { epoch, members });
			break;
		}
	}
	let rows = least_rows()?;
	let lines = describe(&info, others, &epochs, rows, &securities, seated.as_ref());
	output.result(
		&named(&lines),
		network_json(&info, others, &epochs, rows, &securities, seated.as_ref()),
	);
	Ok(())
}

fn show_others(others: usize) -> String {
	match others {
		0 => "shared with no other network".into(),
		1 => "shared with 1 other network".into(),
		others => format!("shared with {others} other networks"),
	}
}

/// A part in billionths.
fn show_part(part: Perbill) -> String {
	percent(part.deconstruct().into(), 1_000_000_000)
}

/// Whom a failure takes, and what it costs them.
fn describe_failures(network: NetworkId, security: &Security) -> [(&'static str, String); 3] {
	let Penalties { deceit, withholding } = security.penalties;
	let (loss, refusal) = (&security.availability, &security.liveness);
	let then = match network {
		ROOT_NETWORK => "the blob is not certified, and its dispersal fee is lost",
		_ => "the blob goes to the root network",
	};
	[
		(
			"faults",
			format!(
				"cost a member, of what it publishes and once an era: a wrong row or two statements under one number {}, \
				 challenges without answer {}",
				show_part(deceit),
				show_part(withholding)
			),
		),
		(
			"loss",
			format!(
				"of a certified blob: by members that publish {}; costs them {} if they sign and keep nothing, {} if they sign \
				 what is wrong",
				Amount(loss.stake),
				Amount(loss.withholding),
				Amount(loss.deceit)
			),
		),
		(
			"refusal",
			format!(
				"of certificates: by members that publish {}; no fault, so that it costs them nothing but fees: {then}",
				Amount(refusal.stake)
			),
		),
	]
}

fn describe(
	info: &NetworkInfo,
	others: usize,
	epochs: &Epochs,
	rows: u32,
	securities: &[(u32, Security)],
	seated: Option<&Seated>,
) -> Vec<(String, String)> {
	let mut lines = vec![];
	let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
	add("network", show_network(info.network));
	add(
		"status",
		format!(
			"{} since epoch {} (now {})",
			show_status(info.status),
			info.since,
			epochs.now
		),
	);
	add(
		"load",
		format!(
			"{} of {} in this epoch ({}); blobs pending: {}",
			Size(info.load),
			Size(info.capacity),
			percent(info.load, info.capacity),
			info.pending
		),
	);
	add("base fee", format!("{} a coded MiB", fee_per_mib(info.fee)));
	add(
		"retained",
		match info.retained_until {
			0 => "nothing yet".into(),
			block => format!("until block {block}"),
		},
	);
	if info.network != ROOT_NETWORK {
		add(
			"escrow",
			format!("{} that it can still rely on", Amount(info.escrow)),
		);
	}
	if let Some((_, security)) = securities.first() {
		add(
			"stake",
			format!(
				"{} published by {} members: economic security, {}",
				Amount(security.stake),
				security.members,
				show_others(others)
			),
		);
		for (name, value) in describe_failures(info.network, security) {
			add(name, value);
		}
	}
	for (corrupt, security) in securities {
		add(
			&format!("{corrupt} % corrupt"),
			format!(
				"availability {}, liveness {}",
				describe_bits(security.availability.bits),
				describe_bits(security.liveness.bits)
			),
		);
	}
	match securities {
		[] => add("security", "it has no committee in this epoch".into()),
		_ => add("bits", format!("{BITS} (for the smallest blobs, of {rows} rows)")),
	}
	if let Some(Seated { epoch, members }) = seated {
		// What is known of vacant seats is of the present committee.
		let present = securities.first().filter(|_| *epoch == epochs.now);
		let vacant = present.map_or(0, |(_, security)| security.vacant);
		let whole = members
			.iter()
			.fold(vacant, |sum, member| sum.saturating_add(member.weight));
		let when = match *epoch > epochs.now {
			true => " from the next epoch on",
			false => "",
		};
		for member in members {
			add(
				"member",
				format!(
					"{}: weight {} ({}){when}, publishes {}",
					show_account(&member.operator),
					member.weight,
					part(member.weight, whole),
					Amount(member.stake)
				),
			);
		}
		if vacant > 0 {
			let part = part(vacant, whole);
			add(
				"vacant",
				format!("weight {vacant} ({part}): stake has left, and nobody can sign for its rows"),
			);
		}
	}
	lines
}

/// A part of the weight of all.
fn part(weight: u128, whole: u128) -> String {
	// Both lose the same low digits, so that they fit.
	let places = 64u32.saturating_sub(whole.leading_zeros());
	let narrow = |value: u128| u64::try_from(value >> places).unwrap_or(u64::MAX);
	percent(narrow(weight), narrow(whole))
}

fn network_json(
	info: &NetworkInfo,
	others: usize,
	epochs: &Epochs,
	rows: u32,
	securities: &[(u32, Security)],
	seated: Option<&Seated>,
) -> Value {
	let bound = |bound: &Bound| {
		json!({
			"bits": (bound.bits != NEVER).then_some(bound.bits),
			"never": bound.bits == NEVER,
			"stake": bound.stake.to_string(),
			"cost_of_deceit": bound.deceit.to_string(),
			"cost_of_withholding": bound.withholding.to_string(),
		})
	};
	let securities: Vec<_> = securities
		.iter()
		.map(|(corrupt, security)| {
			json!({
				"corrupt_percent": corrupt,
				"rows": rows,
				"members": security.members,
				"economic_security": security.stake.to_string(),
				"vacant_weight": security.vacant.to_string(),
				"shared_with_networks": others,
				"deceit_ppb": security.penalties.deceit.deconstruct(),
				"withholding_ppb": security.penalties.withholding.deconstruct(),
				"availability": bound(&security.availability),
				"liveness": bound(&security.liveness),
			})
		})
		.collect();
	let members = seated.map(|seated| {
		let members = seated.members.iter().map(|member| {
			json!({
				"operator": show_account(&member.operator),
				"weight": member.weight.to_string(),
				"stake": member.stake.to_string(),
			})
		});
		json!({ "epoch": seated.epoch, "members": members.collect::<Vec<_>>() })
	});
	let mut object = info_json(info);
	object["epoch"] = json!(epochs.now);
	object["security"] = json!(securities);
	object["committee"] = json!(members);
	object
}

async fn fund(global: &Global, output: &Output, amount: Amount) -> anyhow::Result<()> {
	ensure!(amount.0 > 0, "nothing is no amount: name one in ZG");
	let (client, signer, _) = signed(global).await?;
	let (parameters, epochs) = (client.network_parameters().await?, Epochs::of(&client).await?);
	terms::fund(amount, &parameters, &epochs).tell(output);
	let call = network::fund_call(amount.0);
	let done = ("funded", amount.to_string());
	send(&client, output, &signer, &[call], amount.0, done).await
}

#[cfg(test)]
mod tests {
	use super::*;
	use zerog_client::units::ZG;

	pub(super) const EPOCHS: Epochs = Epochs {
		now: 20,
		blocks: 1_200,
		slot_millis: 3_000,
	};

	pub(super) fn info() -> NetworkInfo {
		NetworkInfo {
			network: 3,
			status: Status::Active,
			since: 12,
			capacity: 8 << 20,
			load: 3 << 20,
			pending: 2,
			retained_until: 1_234,
			fee: 1_000,
			escrow: 998 * ZG,
		}
	}

	fn security(bits: u32) -> Security {
		let bound = |bits, stake, deceit, withholding| Bound {
			bits,
			stake,
			deceit,
			withholding,
		};
		Security {
			members: 3,
			stake: 90 * ZG,
			vacant: 0,
			penalties: Penalties {
				deceit: Perbill::from_percent(50),
				withholding: Perbill::from_percent(1),
			},
			availability: bound(bits, 60 * ZG, 30 * ZG, ZG * 6 / 10),
			liveness: bound(0, 40 * ZG, 0, 0),
		}
	}

	pub(super) fn value<'a>(lines: &'a [(String, String)], name: &str) -> &'a str {
		let line = lines.iter().find(|line| line.0 == name);
		line.map_or("", |line| &line.1)
	}

	#[test]
	fn a_row_of_the_table_says_what_a_network_is_worth() {
		assert_eq!(
			row(&info(), Some(&security(42))),
			[
				"3",
				"active",
				"3",
				"8 MiB",
				"37.50 %",
				"2",
				"0.001048576 ZG",
				"90 ZG",
				"42"
			]
		);
		assert_eq!(row(&info(), Some(&security(NEVER))).last().unwrap(), "never");
		let forming = NetworkInfo {
			status: Status::Forming,
			load: 0,
			..info()
		};
		assert_eq!(
			row(&forming, None),
			[
				"3",
				"forming",
				"-",
				"8 MiB",
				"0.00 %",
				"2",
				"0.001048576 ZG",
				"-",
				"-"
			]
		);
	}

	#[test]
	fn a_network_is_shown_with_its_bounds_and_members() {
		let member = |weight| MemberInfo {
			operator: [u8::try_from(weight).unwrap(); 32],
			weight,
			stake: 30 * ZG,
		};
		let seated = Seated {
			epoch: 20,
			members: vec![member(1), member(3)],
		};
		let securities = [(10, security(NEVER)), (20, security(42))];
		let lines = describe(&info(), 2, &EPOCHS, 2_048, &securities, Some(&seated));
		assert_eq!(value(&lines, "status"), "active since epoch 12 (now 20)");
		assert_eq!(
			value(&lines, "load"),
			"3 MiB of 8 MiB in this epoch (37.50 %); blobs pending: 2"
		);
		assert_eq!(
			value(&lines, "10 % corrupt"),
			"availability never, liveness 0 bits"
		);
		assert_eq!(
			value(&lines, "20 % corrupt"),
			"availability 42 bits, liveness 0 bits"
		);
		assert_eq!(
			value(&lines, "stake"),
			"90 ZG published by 3 members: economic security, shared with 2 other networks"
		);
		assert!(value(&lines, "bits").contains("2^-bits"));
		let shares: Vec<_> = lines.iter().filter(|line| line.0 == "member").collect();
		assert!(shares[0].1.contains("weight 1 (25.00 %), publishes 30 ZG"));
		assert!(shares[1].1.contains("weight 3 (75.00 %)"));
		assert_eq!(value(&lines, "vacant"), "");

		let vacant = Security {
			vacant: 4,
			..security(42)
		};
		let lines = describe(&info(), 2, &EPOCHS, 2_048, &[(20, vacant)], Some(&seated));
		let shares: Vec<_> = lines.iter().filter(|line| line.0 == "member").collect();
		assert!(shares[0].1.contains("weight 1 (12.50 %)"));
		assert!(value(&lines, "vacant").starts_with("weight 4 (50.00 %)"));

		let empty = describe(&info(), 0, &EPOCHS, 2_048, &[], None);
		assert_eq!(value(&empty, "security"), "it has no committee in this epoch");
		assert_eq!(value(&empty, "member"), "");
	}

	#[test]
	fn what_a_failure_costs_is_told_apart_from_the_stake_behind_it() {
		let told = |network| describe_failures(network, &security(42)).map(|(_, value)| value);
		let [faults, loss, refusal] = told(3);
		assert!(faults.contains("one number 50.00 %, challenges without answer 1.00 %"));
		assert!(loss.contains("publish 60 ZG; costs them 0.6 ZG if they sign and keep nothing, 30 ZG if"));
		assert!(refusal.contains("publish 40 ZG; no fault") && refusal.ends_with("to the root network"));
		assert!(told(ROOT_NETWORK)[2].ends_with("its dispersal fee is lost"));
		assert_eq!(
			[0, 1, 2].map(show_others),
			[
				"shared with no other network",
				"shared with 1 other network",
				"shared with 2 other networks"
			]
		);
	}

	#[test]
	fn json_tells_a_bound_that_cannot_fail_from_a_number() {
		let securities = [(10, security(NEVER)), (20, security(42))];
		let object = network_json(&info(), 2, &EPOCHS, 2_048, &securities, None);
		let bounds = &object["security"];
		assert_eq!(bounds[0]["availability"]["never"], true);
		assert_eq!(bounds[0]["availability"]["bits"], Value::Null);
		assert_eq!(bounds[1]["availability"]["bits"], 42);
		assert_eq!(bounds[1]["shared_with_networks"], 2);
		assert_eq!(bounds[1]["availability"]["stake"], (60 * ZG).to_string());
		assert_eq!(bounds[1]["availability"]["cost_of_deceit"], (30 * ZG).to_string());
		assert_eq!(
			bounds[1]["availability"]["cost_of_withholding"],
			(ZG * 6 / 10).to_string()
		);
		assert_eq!(bounds[1]["liveness"]["stake"], (40 * ZG).to_string());
		assert_eq!(bounds[1]["liveness"]["cost_of_withholding"], "0");
		assert_eq!(
			(&object["network"], &object["committee"]),
			(&json!(3), &Value::Null)
		);
	}

	#[test]
	fn weights_of_any_size_are_parts_of_a_whole() {
		assert_eq!(part(1, 3), "33.33 %");
		assert_eq!(part(0, 0), "0.00 %");
		assert_eq!(part(1 << 126, u128::MAX), "25.00 %");
	}
}
