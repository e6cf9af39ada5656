// SPDX-License-Identifier: Apache-2.0

//! `network …`: what networks there are and what they are worth, their escrow, and their operators.

use super::{
	stake::{named, operator_of, percent, send, signed, span},
	usage, Global, Output,
};
use anyhow::{bail, ensure, Context};
use clap::Subcommand;
use serde_json::{json, Value};
use zerog_client::{
	keys::{account_of, show_account, Account, Address},
	network::{
		self, show_network, Bound, Duty, Epoch, MemberInfo, NetworkInfo, OperatorInfo, Parameters, Security,
		Status, FIRST_SEAT, NEVER, NOTICE,
	},
	units::{Amount, Size},
	Client,
};
use zerog_erasure::Profile;
use zerog_primitives::{
	da::{NetworkId, ROOT_NETWORK},
	staking::ServiceView,
};

/// The service of shared staking that stands behind networks.
const SERVICE: &[u8] = b"data availability";
/// Shares of the stake that are taken to be corrupt, in percent.
const CORRUPT: [u32; 3] = [10, 20, 33];
/// The one that the table shows.
const USUAL: u32 = 20;
/// Billionths in a percent.
const PERCENT: u32 = 10_000_000;
/// What the number of bits means.
const BITS: &str = "a draw is bad with a chance below 2^-bits; never: no draw can be bad; 0: nothing is sure";

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
	Operator(Operator),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
	/// Become an operator: in the root network from the next reading of stake on.
	Register {
		/// What the node takes in for networks in an epoch: bytes, or with a unit (400GiB).
		#[arg(long, value_name = "BYTES")]
		ingress: Size,
	},
	/// Announce to be no operator any more, and to leave all networks.
	Unregister,
	/// Declare another ingress.
	SetIngress {
		/// What the node takes in for networks in an epoch: bytes, or with a unit (400GiB).
		#[arg(value_name = "BYTES")]
		ingress: Size,
	},
	/// Join a network: stand for its seats.
	Join {
		/// The network's number, see `zerog network list`.
		network: NetworkId,
	},
	/// Announce to leave a network.
	Leave {
		/// The network's number.
		network: NetworkId,
	},
	/// Show an operator: ingress, stake, networks, seats.
	Show {
		/// The account; by default, that of the signing key.
		#[arg(value_parser = super::parse_address)]
		account: Option<Address>,
	},
}

pub(crate) async fn run(global: &Global, output: &Output, verb: &Network) -> anyhow::Result<()> {
	match verb {
		Network::List => list(global, output).await,
		Network::Show { network } => show(global, output, *network).await,
		Network::Fund { amount } => fund(global, output, *amount).await,
		Network::Operator(Operator::Show { account }) => show_operator(global, output, *account).await,
		Network::Operator(verb) => operate(global, output, verb).await,
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
		let over = left.saturating_add(NOTICE);
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
	let networks = client.networks().await?;
	let found = networks.into_iter().find(|info| info.network == network);
	found.with_context(|| format!("there is no network {network}; `zerog network list` shows all"))
}

/// A network's members and the epoch in which they serve: the present one, or the next one while it forms.
struct Seated {
	epoch: Epoch,
	members: Vec<MemberInfo<Account>>,
}

async fn show(global: &Global, output: &Output, network: NetworkId) -> anyhow::Result<()> {
	let client = global.client().await?;
	let (info, epochs) = (network_of(&client, network).await?, Epochs::of(&client).await?);
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
	let lines = describe(&info, &epochs, rows, &securities, seated.as_ref());
	output.result(
		&named(&lines),
		network_json(&info, &epochs, rows, &securities, seated.as_ref()),
	);
	Ok(())
}

fn describe(
	info: &NetworkInfo,
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
				"{} published by {} members: economic security",
				Amount(security.stake),
				security.members
			),
		);
		let cost = |bound: &Bound| Amount(bound.cost);
		add(
			"failure",
			format!(
				"losing a certified blob costs {}, refusing certificates {}: the least that members with enough rows publish",
				cost(&security.availability),
				cost(&security.liveness)
			),
		);
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
		let whole = members
			.iter()
			.fold(0u128, |sum, member| sum.saturating_add(member.weight));
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
	epochs: &Epochs,
	rows: u32,
	securities: &[(u32, Security)],
	seated: Option<&Seated>,
) -> Value {
	let bound = |bound: &Bound| {
		json!({
			"bits": (bound.bits != NEVER).then_some(bound.bits),
			"never": bound.bits == NEVER,
			"cost": bound.cost.to_string(),
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
	output.say(format!(
		"pays         {amount} into the escrow of networks; it does not come back"
	));
	output.say(format!(
		"use          a network is opened when load asks for it and {} lie ready; they go to operators over {}",
		Amount(parameters.networks.escrow),
		epochs.long(parameters.lifetime)
	));
	output.say("risk         it stays there, also if no network is ever opened");
	let call = network::fund_call(amount.0);
	let done = ("funded", amount.to_string());
	send(&client, output, &signer, &[call], amount.0, done).await
}

/// An operator of networks.
async fn registered(client: &Client, account: Account) -> anyhow::Result<OperatorInfo> {
	let operator = client.network_operator(account).await?;
	operator.with_context(|| {
		format!(
			"{} is no operator of networks; `zerog network operator register --ingress BYTES` makes it one",
			show_account(&account)
		)
	})
}

/// An operator that may still change where it serves.
async fn staying(client: &Client, account: Account, epochs: &Epochs) -> anyhow::Result<OperatorInfo> {
	let operator = registered(client, account).await?;
	if let Some(left) = operator.left {
		bail!(
			"it announced to be no operator any more: that is over {}, then register anew",
			epochs.over(left)
		);
	}
	Ok(operator)
}

/// Ingress that no network takes.
fn free_ingress(operator: &OperatorInfo, parameters: &Parameters) -> u64 {
	operator
		.ingress
		.saturating_sub(taken_ingress(operator.networks.len(), parameters))
}

/// Ingress that so many networks take.
fn taken_ingress(networks: usize, parameters: &Parameters) -> u64 {
	let networks = u64::try_from(networks).unwrap_or(u64::MAX);
	parameters.ingress_share().saturating_mul(networks)
}

async fn show_operator(global: &Global, output: &Output, account: Option<Address>) -> anyhow::Result<()> {
	let address = match (account, global.key()?) {
		(Some(address), _) => address,
		(None, Some(key)) => Address::Account(account_of(&key)),
		(None, None) => usage("name an account, or a key with --key-file or --suri"),
	};
	let client = global.client().await?;
	let account = client.resolve(&address).await?;
	let (operator, epochs) = (registered(&client, account).await?, Epochs::of(&client).await?);
	let (parameters, duties) = (
		client.network_parameters().await?,
		client.network_duties(account).await?,
	);
	let lines = describe_operator(account, &operator, &parameters, &epochs, &duties);
	let networks: Vec<_> = operator
		.networks
		.iter()
		.map(|(network, left)| json!({ "network": network, "left": left }))
		.collect();
	let duties: Vec<_> = duties
		.iter()
		.map(
			|duty| json!({ "network": duty.network, "epoch": duty.epoch, "weight": duty.weight.to_string() }),
		)
		.collect();
	output.result(
		&named(&lines),
		json!({
			"operator": show_account(&account),
			"ingress": operator.ingress,
			"free_ingress": free_ingress(&operator, &parameters),
			"stake": operator.stake.to_string(),
			"left": operator.left,
			"networks": networks,
			"duties": duties,
			"epoch": epochs.now,
		}),
	);
	Ok(())
}

fn describe_operator(
	account: Account,
	operator: &OperatorInfo,
	parameters: &Parameters,
	epochs: &Epochs,
	duties: &[Duty],
) -> Vec<(String, String)> {
	let mut lines = vec![];
	let mut add = |name: &str, value: String| lines.push((name.to_owned(), value));
	add("operator", show_account(&account));
	if let Some(left) = operator.left {
		add(
			"leaves",
			format!("announced in epoch {left}, over {}", epochs.over(left)),
		);
	}
	add(
		"ingress",
		format!(
			"{} an epoch, {} of it free; a network takes {}",
			Size(operator.ingress),
			Size(free_ingress(operator, parameters)),
			Size(parameters.ingress_share())
		),
	);
	let short = match operator.stake < parameters.minimum_stake {
		true => ", too little to be drawn: promise more to data availability",
		false => "",
	};
	add("stake", format!("{} at risk{short}", Amount(operator.stake)));
	for (network, left) in &operator.networks {
		let state = match left {
			Some(left) => format!(", leaves: announced in epoch {left}, over {}", epochs.over(*left)),
			None => String::new(),
		};
		add("joined", format!("{}{state}", show_network(*network)));
	}
	for duty in duties {
		let when = match duty.epoch > epochs.now {
			true => "next epoch",
			false => "this epoch",
		};
		let (network, weight) = (show_network(duty.network), duty.weight);
		add("sits", format!("in {network} in {when}, weight {weight}"));
	}
	if duties.is_empty() {
		add("sits", "in no committee of this epoch or the next".into());
	}
	lines
}

/// What everyone should know before serving in networks.
async fn warn(
	client: &Client,
	output: &Output,
	epochs: &Epochs,
	service: &ServiceView,
	stake: u128,
) -> anyhow::Result<()> {
	let staking = client.staking().await?;
	output.say(format!(
		"locks        nothing more: {} that you promised to service {} answer for it",
		Amount(stake),
		service.service
	));
	output.say(format!(
		"unlocks      {} after you announced to leave; if the network drains, when it is gone; the stake itself {} eras after it was unbonded",
		epochs.long(NOTICE),
		staking.bonding
	));
	output.say(format!(
		"risk         a signature for a wrong row, or a row that is not shown when challenged, costs up to {} of that promise",
		percent(service.objective.deconstruct().into(), 1_000_000_000)
	));
	Ok(())
}

/// The service of shared staking behind networks.
async fn service_of(client: &Client) -> anyhow::Result<ServiceView> {
	let services = client.services().await?;
	let found = services.into_iter().find(|service| service.kind == SERVICE);
	found.context("the chain has no service of data availability")
}

/// Refuses here what the chain would refuse for a fee. What the account has at stake for networks.
async fn able(client: &Client, account: Account, service: &ServiceView, least: u128) -> anyhow::Result<u128> {
	ensure!(
		client.account_key(account).await?.is_some(),
		"{} has no attestation key; make one with `zerog-node da-key generate` and send `dataAvailability.registerKey`",
		show_account(&account)
	);
	let operator = operator_of(client, account).await?;
	let mut promises = operator.promises.iter();
	let promise = promises.find(|promise| promise.service == service.service);
	let stake = promise.map_or(0, |promise| promise.slashable);
	ensure!(
		stake >= least,
		"{} can be slashed for data availability, at least {} are needed; promise more with `zerog stake operator allocate {} PART`, \
		 or stake more",
		Amount(stake),
		Amount(least),
		service.service
	);
	Ok(stake)
}

async fn operate(global: &Global, output: &Output, verb: &Operator) -> anyhow::Result<()> {
	let (client, signer, account) = signed(global).await?;
	let (parameters, epochs) = (client.network_parameters().await?, Epochs::of(&client).await?);
	match verb {
		Operator::Show { .. } => bail!("this is no call"),
		Operator::Register { ingress } => {
			ensure!(
				client.network_operator(account).await?.is_none(),
				"{} is an operator already; `zerog network operator set-ingress` changes what it declared",
				show_account(&account)
			);
			let service = service_of(&client).await?;
			let stake = able(&client, account, &service, parameters.minimum_stake).await?;
			output.say(format!(
				"declares     {ingress} an epoch that the node takes in for networks; each takes {}",
				Size(parameters.ingress_share())
			));
			output.say("counts       in the root network, when stake was read the next time");
			warn(&client, output, &epochs, &service, stake).await?;
			let call = network::register_call(ingress.0);
			let done = ("registered", show_account(&account));
			send(&client, output, &signer, &[call], 0, done).await
		}
		Operator::Unregister => {
			let operator = staying(&client, account, &epochs).await?;
			for (network, _) in &operator.networks {
				refuse_draining(&network_of(&client, *network).await?)?;
			}
			output.say("leaves       the root network and all others");
			output.say(format!(
				"free         {}; you serve your seats until then",
				epochs.over(epochs.now)
			));
			output.say("risk         what you signed for is kept and shown until its retention ends, wherever you are then");
			let call = network::unregister_call();
			let done = ("unregisters", show_account(&account));
			send(&client, output, &signer, &[call], 0, done).await
		}
		Operator::SetIngress { ingress } => {
			let operator = registered(&client, account).await?;
			let taken = taken_ingress(operator.networks.len(), &parameters);
			ensure!(
				ingress.0 >= taken,
				"your {} networks take {} an epoch; declare at least that, or leave one",
				operator.networks.len(),
				Size(taken)
			);
			output.say(format!(
				"declares     {ingress} an epoch, {} before; {} of it would be free",
				Size(operator.ingress),
				Size(ingress.0.saturating_sub(taken))
			));
			output.say("risk         networks are opened on what is free: a node that cannot take it in earns less and fails challenges");
			let call = network::set_ingress_call(ingress.0);
			let done = ("declared", ingress.to_string());
			send(&client, output, &signer, &[call], 0, done).await
		}
		Operator::Join { network } => {
			let info = other_than_root(&client, *network).await?;
			refuse_draining(&info)?;
			let operator = staying(&client, account, &epochs).await?;
			if let Some((_, left)) = operator.networks.iter().find(|(joined, _)| joined == network) {
				match left {
					Some(left) => bail!(
						"you announced to leave it; that is over {}, then join anew",
						epochs.over(*left)
					),
					None => bail!("you are in it already; `zerog network operator show` shows your seats"),
				}
			}
			let (share, free) = (parameters.ingress_share(), free_ingress(&operator, &parameters));
			ensure!(
				free >= share,
				"it takes {} an epoch, {} of what you declared is free; declare at least {} with `zerog network operator set-ingress`",
				Size(share),
				Size(free),
				Size(taken_ingress(operator.networks.len().saturating_add(1), &parameters))
			);
			let service = service_of(&client).await?;
			let stake = able(&client, account, &service, parameters.minimum_stake).await?;
			output.say(format!(
				"joins        network {network}, {}",
				show_status(info.status)
			));
			output.say(format!(
				"takes        {} of your ingress an epoch, {} stay free",
				Size(share),
				Size(free.saturating_sub(share))
			));
			output.say(format!(
				"counts       with its committees drawn from then on: the first one in {} at the latest",
				epochs.long(FIRST_SEAT)
			));
			warn(&client, output, &epochs, &service, stake).await?;
			let call = network::join_call(*network);
			let done = ("joined", format!("network {network}"));
			send(&client, output, &signer, &[call], 0, done).await
		}
		Operator::Leave { network } => {
			let info = other_than_root(&client, *network).await?;
			let operator = registered(&client, account).await?;
			let membership = operator.networks.iter().find(|(joined, _)| joined == network);
			match membership {
				None => bail!(
					"you are not in network {network}; `zerog network operator show` shows where you are"
				),
				Some((_, Some(left))) => {
					bail!(
						"you announced to leave it already; that is over {}",
						epochs.over(*left)
					)
				}
				Some((_, None)) => refuse_draining(&info)?,
			}
			output.say(format!("leaves       network {network}"));
			output.say(format!(
				"free         {}; you serve your seats until then, and longer if it drains meanwhile: until it is gone",
				epochs.over(epochs.now)
			));
			output.say("risk         what you signed for is kept and shown until its retention ends, wherever you are then");
			let call = network::leave_call(*network);
			let done = ("leaves", format!("network {network}"));
			send(&client, output, &signer, &[call], 0, done).await
		}
	}
}

async fn other_than_root(client: &Client, network: NetworkId) -> anyhow::Result<NetworkInfo> {
	ensure!(
		network != ROOT_NETWORK,
		"all operators are in the root network; `zerog network operator register` and `unregister` decide about it"
	);
	network_of(client, network).await
}

/// Nobody comes or goes where what was certified is only kept.
fn refuse_draining(info: &NetworkInfo) -> anyhow::Result<()> {
	ensure!(
		info.status != Status::Draining,
		"network {} drains: nobody joins or leaves it until it is gone, after block {} at the earliest",
		info.network,
		info.retained_until
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use zerog_client::{network::NewNetworks, units::ZG};

	const EPOCHS: Epochs = Epochs {
		now: 20,
		blocks: 1_200,
		slot_millis: 3_000,
	};

	fn info() -> NetworkInfo {
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
		let bound = |bits, cost| Bound { bits, cost };
		Security {
			members: 3,
			stake: 90 * ZG,
			availability: bound(bits, 60 * ZG),
			liveness: bound(0, 30 * ZG),
		}
	}

	fn parameters() -> Parameters {
		Parameters {
			networks: NewNetworks {
				operators: 4,
				ingress: 4 << 20,
				escrow: 1_000 * ZG,
			},
			lifetime: 168,
			minimum_stake: 1_000 * ZG,
		}
	}

	fn value<'a>(lines: &'a [(String, String)], name: &str) -> &'a str {
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
		let lines = describe(&info(), &EPOCHS, 2_048, &securities, Some(&seated));
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
		assert!(value(&lines, "failure").contains("costs 60 ZG, refusing certificates 30 ZG"));
		assert!(value(&lines, "bits").contains("2^-bits"));
		let shares: Vec<_> = lines.iter().filter(|line| line.0 == "member").collect();
		assert!(shares[0].1.contains("weight 1 (25.00 %), publishes 30 ZG"));
		assert!(shares[1].1.contains("weight 3 (75.00 %)"));

		let empty = describe(&info(), &EPOCHS, 2_048, &[], None);
		assert_eq!(value(&empty, "security"), "it has no committee in this epoch");
		assert_eq!(value(&empty, "member"), "");
	}

	#[test]
	fn json_tells_a_bound_that_cannot_fail_from_a_number() {
		let securities = [(10, security(NEVER)), (20, security(42))];
		let object = network_json(&info(), &EPOCHS, 2_048, &securities, None);
		let bounds = &object["security"];
		assert_eq!(bounds[0]["availability"]["never"], true);
		assert_eq!(bounds[0]["availability"]["bits"], Value::Null);
		assert_eq!(bounds[1]["availability"]["bits"], 42);
		assert_eq!(bounds[1]["liveness"]["cost"], (30 * ZG).to_string());
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

	#[test]
	fn an_operator_is_shown_with_what_it_leaves_and_where_it_sits() {
		let operator = OperatorInfo {
			ingress: 5 << 20,
			stake: 999 * ZG,
			networks: vec![(1, None), (2, Some(18))],
			left: None,
		};
		let duties = [
			Duty {
				network: 0,
				epoch: 20,
				weight: 7,
			},
			Duty {
				network: 2,
				epoch: 21,
				weight: 1,
			},
		];
		let lines = describe_operator([1; 32], &operator, &parameters(), &EPOCHS, &duties);
		assert_eq!(
			value(&lines, "ingress"),
			"5 MiB an epoch, 3 MiB of it free; a network takes 1 MiB"
		);
		assert!(value(&lines, "stake").starts_with("999 ZG at risk, too little"));
		let joined: Vec<_> = lines.iter().filter(|line| line.0 == "joined").collect();
		assert_eq!(joined[0].1, "network 1");
		assert_eq!(
			joined[1].1,
			"network 2, leaves: announced in epoch 18, over in about 5 h 0 min (5 epochs)"
		);
		let sits: Vec<_> = lines.iter().filter(|line| line.0 == "sits").collect();
		assert_eq!(sits[0].1, "in the root network in this epoch, weight 7");
		assert_eq!(sits[1].1, "in network 2 in next epoch, weight 1");
		let idle = describe_operator([1; 32], &operator, &parameters(), &EPOCHS, &[]);
		assert!(value(&idle, "sits").contains("no committee"));
	}

	#[test]
	fn nobody_leaves_a_network_that_drains() {
		refuse_draining(&info()).unwrap();
		let draining = NetworkInfo {
			status: Status::Draining,
			..info()
		};
		let refused = refuse_draining(&draining).unwrap_err().to_string();
		assert!(refused.contains("until it is gone") && refused.contains("1234"));
	}
}
