// SPDX-License-Identifier: Apache-2.0

//! `network operator …`: register, join and leave networks.

use super::{
	super::{
		stake::{named, operator_of, send, signed},
		Global, Output,
	},
	network_of,
	terms::{self, Backing},
	Epochs,
};
use anyhow::{bail, ensure, Context};
use clap::Subcommand;
use serde_json::json;
use zerog_client::{
	keys::{show_account, Account, Address},
	network::{self, show_network, Duty, NetworkInfo, OperatorInfo, Parameters, Status},
	units::{Amount, Size},
	Client,
};
use zerog_primitives::da::{NetworkId, ROOT_NETWORK};

/// The service of shared staking that stands behind networks.
const SERVICE: &[u8] = b"data availability";

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
		#[arg(value_parser = super::super::parse_address)]
		account: Option<Address>,
	},
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

async fn show(global: &Global, output: &Output, account: Option<Address>) -> anyhow::Result<()> {
	let address = global.address(account)?;
	let client = global.client().await?;
	let account = client.resolve(&address).await?;
	let (operator, epochs) = (registered(&client, account).await?, Epochs::of(&client).await?);
	let (parameters, duties) = (
		client.network_parameters().await?,
		client.network_duties(account).await?,
	);
	let lines = describe(account, &operator, &parameters, &epochs, &duties);
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

fn describe(
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

/// Refuses here what the chain would refuse for a fee: the numbers are those that it compares. What would answer for the operator.
async fn able(client: &Client, account: Account, least: u128) -> anyhow::Result<Backing> {
	ensure!(
		client.account_key(account).await?.is_some(),
		"{} has no attestation key; make one with `zerog-node da-key generate` and send `dataAvailability.registerKey`",
		show_account(&account)
	);
	ensure!(
		client.has_session_keys(account).await?,
		"{} has no session keys, by which members know each other; make them with `zerog-node key generate` and send `session.setKeys`",
		show_account(&account)
	);
	let mut services = client.services().await?.into_iter();
	let service = services.find(|service| service.kind == SERVICE);
	let service = service.context("the chain has no service of data availability")?;
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
	let bonding = client.staking().await?.bonding;
	Ok(Backing {
		service,
		stake,
		bonding,
	})
}

pub(super) async fn run(global: &Global, output: &Output, verb: &Operator) -> anyhow::Result<()> {
	if let Operator::Show { account } = verb {
		return show(global, output, *account).await;
	}
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
			let backing = able(&client, account, parameters.minimum_stake).await?;
			terms::register(*ingress, &parameters, &backing, &epochs).tell(output);
			let call = network::register_call(ingress.0);
			let done = ("registered", show_account(&account));
			send(&client, output, &signer, &[call], 0, done).await
		}
		Operator::Unregister => {
			let operator = staying(&client, account, &epochs).await?;
			for (network, _) in &operator.networks {
				refuse_draining(&network_of(&client, *network).await?)?;
			}
			terms::leave(None, &operator, &epochs).tell(output);
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
			terms::set_ingress(*ingress, taken, &operator).tell(output);
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
			let backing = able(&client, account, parameters.minimum_stake).await?;
			terms::join(&info, free, &parameters, &backing, &epochs).tell(output);
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
			terms::leave(Some(*network), &operator, &epochs).tell(output);
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
	use super::{
		super::tests::{info, value, EPOCHS},
		*,
	};
	use zerog_client::{network::NewNetworks, units::ZG};

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
		let lines = describe([1; 32], &operator, &parameters(), &EPOCHS, &duties);
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
		let idle = describe([1; 32], &operator, &parameters(), &EPOCHS, &[]);
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
