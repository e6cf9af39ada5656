// SPDX-License-Identifier: Apache-2.0

//! `balance` and `transfer`.

use super::{Global, Output};
use serde_json::json;
use zerog_client::{
	keys::{account_of, show_account, Address},
	transaction::transfer_call,
	units::Amount,
	Error,
};

pub(crate) async fn balance(
	global: &Global,
	output: &Output,
	address: Option<Address>,
) -> anyhow::Result<()> {
	let address = global.address(address)?;
	let client = global.client().await?;
	let account = client.resolve(&address).await?;
	let balance = client.balance(account).await?;
	let mut lines = vec![("account", show_account(&account))];
	if let Address::Ethereum(_) = address {
		lines.insert(0, ("address", address.to_string()));
	}
	lines.extend([
		("free", Amount(balance.free).to_string()),
		("held", Amount(balance.held).to_string()),
		("frozen", Amount(balance.frozen).to_string()),
		("spendable", Amount(balance.spendable).to_string()),
	]);
	output.result(
		&lines,
		json!({
			"address": address.to_string(),
			"account": show_account(&account),
			"free": balance.free.to_string(),
			"held": balance.held.to_string(),
			"frozen": balance.frozen.to_string(),
			"spendable": balance.spendable.to_string(),
		}),
	);
	Ok(())
}

pub(crate) async fn transfer(
	global: &Global,
	output: &Output,
	to: Address,
	amount: Amount,
) -> anyhow::Result<()> {
	let signer = global.signer()?;
	let client = global.client().await?;
	let (from, receiver) = (account_of(&signer), client.resolve(&to).await?);
	let fee = client.fee(&transfer_call(receiver, amount.0), &signer).await?;
	let (available, needed) = (
		Amount(client.balance(from).await?.spendable),
		Amount(amount.0.saturating_add(fee)),
	);
	if available < needed {
		return Err(Error::Funds {
			account: show_account(&from),
			available,
			needed,
		}
		.into());
	}
	output.say(format!(
		"{amount} from {} to {to}, transaction fee about {}",
		show_account(&from),
		Amount(fee)
	));
	output.confirm("pay?")?;

	let waiting = output.spinner("waiting for a block");
	let inclusion = client.transfer(receiver, amount.0, &signer).await;
	waiting.finish_and_clear();
	let inclusion = inclusion?;
	let (block, paid) = (inclusion.block, inclusion.fee.unwrap_or(fee));
	output.result(
		&[
			("paid", amount.to_string()),
			("fee", Amount(paid).to_string()),
			("block", block.to_string()),
		],
		json!({
			"from": show_account(&from),
			"to": show_account(&receiver),
			"amount": amount.0.to_string(),
			"fee": paid.to_string(),
			"block": block,
			"block_hash": zerog_client::Commitment(inclusion.block_hash),
			"transaction": zerog_client::Commitment(inclusion.transaction),
		}),
	);
	Ok(())
}
