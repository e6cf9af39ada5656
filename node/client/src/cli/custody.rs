// SPDX-License-Identifier: Apache-2.0

//! `da challenge`, `da report`, `da payout`, `da claim`.

use super::{Global, Output};
use futures::future::join_all;
use serde_json::{json, Value};
use std::{
	fs,
	path::{Path, PathBuf},
};
use zerog_client::{
	custody::{self, BadRow, Custodians, CustodyError, Outcome, Target},
	keys::{account_of, show_account, Address},
	retrieve,
	units::Amount,
	Client, Commitment, Error, Gateway, Inclusion, Keypair, Profile,
};

/// Whether the signer can spend so much; nothing is paid if not.
async fn afford(client: &Client, signer: &Keypair, needed: u128) -> Result<(), Error> {
	let account = account_of(signer);
	let (available, needed) = (Amount(client.balance(account).await?.spendable), Amount(needed));
	match available < needed {
		true => Err(Error::Funds {
			account: show_account(&account),
			available,
			needed,
		}),
		false => Ok(()),
	}
}

fn inclusion_json(inclusion: &Inclusion) -> Value {
	json!({
		"block": inclusion.block,
		"block_hash": Commitment(inclusion.block_hash),
		"transaction": Commitment(inclusion.transaction),
		"transaction_fee": inclusion.fee.map(|fee| fee.to_string()),
	})
}

fn show_target(output: &Output, commitment: Commitment, target: &Target) {
	let Target {
		row,
		rows,
		member,
		address,
	} = target;
	output.say(format!("commitment   {commitment}"));
	output.say(format!(
		"row          {row} of {rows}, held by member {member}, {address}"
	));
}

pub(crate) async fn challenge(
	global: &Global,
	output: &Output,
	commitment: Commitment,
	row: Option<u32>,
	member: Option<usize>,
) -> anyhow::Result<()> {
	let signer = global.signer()?;
	let client = global.client().await?;
	let target = custody::target(&client, commitment, row, member).await?;
	let row = target.row;
	let fee = client
		.fee(&custody::challenge_call(commitment, row), &signer)
		.await?;
	let deposit = client.challenge_deposit().await?;
	afford(&client, &signer, fee.saturating_add(deposit.unwrap_or_default())).await?;
	show_target(output, commitment, &target);
	match deposit {
		Some(deposit) => output.say(format!("deposit      {} (held)", Amount(deposit))),
		None => output
			.say("deposit      what the chain holds for a challenge; its runtime is too old to say how much"),
	}
	output.say(
		"             all of it comes back if the row is not shown in time; if it is, 3/4 go to the member,",
	);
	output.say("             1/4 is a fee");
	output.say(format!("transaction  about {}", Amount(fee)));
	output.confirm("challenge?")?;

	let waiting = output.spinner("waiting for a block that takes the challenge");
	let challenged = client.challenge(commitment, row, &signer).await;
	waiting.finish_and_clear();
	let challenged = challenged?;
	let deadline = challenged.deadline;
	let waiting = output.spinner(format!("waiting for the row, until block {deadline}"));
	let outcome = client
		.wait_challenge(&challenged, |best| {
			waiting.set_message(format!("waiting for the row: block {best}, until {deadline}"));
		})
		.await;
	waiting.finish_and_clear();
	let (name, text, block, reward) = match outcome? {
		Outcome::Answered { block, reward } => {
			let to = Amount(reward);
			let text = format!("the row was shown in block {block}; {to} of the deposit went to the member");
			("answered", text, block, Some(reward.to_string()))
		}
		Outcome::Unanswered { block } => {
			let text = format!("the row was not shown: verdict in block {block}; the deposit is back");
			("unanswered", text, block, None)
		}
	};
	output.result(
		&[
			("commitment", commitment.to_string()),
			("row", row.to_string()),
			("member", format!("{}, {}", target.member, target.address)),
			("outcome", text),
		],
		json!({
			"commitment": commitment,
			"row": row,
			"member": target.member,
			"account": target.address,
			"deposit": deposit.map(|deposit| deposit.to_string()),
			"deadline": deadline,
			"outcome": name,
			"ended_in_block": block,
			"reward": reward,
			"challenge": inclusion_json(&challenged.inclusion),
		}),
	);
	Ok(())
}

/// Where `da sample` keeps a proof, unless a file was named.
pub(crate) fn proof_file(named: Option<&Path>, bad: &BadRow) -> PathBuf {
	let own = || format!("{}-row-{}.proof", bad.commitment, bad.row.index).into();
	named.map_or_else(own, Path::to_owned)
}

/// Keep a proof in a file.
pub(crate) fn keep(bad: &BadRow, file: &Path) -> Result<(), Error> {
	retrieve::write_atomically(file, &bad.to_bytes()).map_err(|cause| Error::File {
		path: file.to_owned(),
		cause,
	})
}

/// Say what gateways claim to be able to prove of a blob; that they cannot be asked is no failure of what is under way.
pub(crate) async fn mention(
	output: &Output,
	gateways: &[Gateway],
	commitment: Commitment,
	profile: Option<Profile>,
) {
	let asked = gateways
		.iter()
		.map(|gateway| gateway.bad_rows(commitment, profile));
	for (gateway, rows) in gateways.iter().zip(join_all(asked).await) {
		if let Some(text) = show_claim(gateway, commitment, &rows.unwrap_or_default()) {
			output.say(text);
		}
	}
}

/// What a gateway says of these rows, and who checks it.
fn show_claim(gateway: &Gateway, commitment: Commitment, rows: &[u32]) -> Option<String> {
	let row = rows.first()?;
	Some(format!(
		"{gateway} claims, and nothing was checked, to have proofs that holders signed for wrongly encoded rows: \
		 {rows:?}; `zerog da report {commitment} --row {row} --gateway {gateway}` checks one before it reports it"
	))
}

pub(crate) async fn report(
	global: &Global,
	output: &Output,
	commitment: Commitment,
	row: Option<u32>,
	evidence: Option<&Path>,
) -> anyhow::Result<()> {
	let signer = global.signer()?;
	let gateways = global.gateways()?;
	let client = global.client().await?;
	let info = client.blob(commitment).await?.ok_or(Error::Unknown(commitment))?;
	let bad = match evidence {
		Some(file) => read(file, commitment)?,
		None => custody::find_bad_row(&gateways, &info.header, commitment, row).await?,
	};
	// The runtime's own check, before it is paid for.
	bad.check(&info.header)?;
	let custodians = Custodians::of_blob(&client, commitment, &info).await?;
	let custodians = custodians.ok_or(CustodyError::Forgotten(info.committee))?;
	let target = custodians.signer_of(bad.row.index)?;
	let fee = client.fee(&custody::report_call(&bad), &signer).await?;
	afford(&client, &signer, fee).await?;
	show_target(output, commitment, &target);
	output.say("proof        the row lies under the row root and contradicts the checksum: checked here");
	output.say(format!(
		"transaction  about {}; it does not come back, and there is no reward",
		Amount(fee)
	));
	output.confirm("report it?")?;

	let waiting = output.spinner("waiting for a block that takes the report");
	let inclusion = client.report_bad_row(&bad, &signer).await;
	waiting.finish_and_clear();
	let inclusion = inclusion?;
	output.result(
		&[
			("commitment", commitment.to_string()),
			("row", target.row.to_string()),
			("member", format!("{}, {}", target.member, target.address)),
			(
				"verdict",
				format!("in block {}: it signed for a bad row", inclusion.block),
			),
			("fee", Amount(inclusion.fee.unwrap_or(fee)).to_string()),
		],
		json!({
			"commitment": commitment,
			"row": target.row,
			"member": target.member,
			"account": target.address,
			"fault": "bad_row",
			"report": inclusion_json(&inclusion),
		}),
	);
	Ok(())
}

fn read(file: &Path, commitment: Commitment) -> Result<BadRow, Error> {
	let bytes = fs::read(file).map_err(|cause| Error::File {
		path: file.to_owned(),
		cause,
	})?;
	let bad = BadRow::from_bytes(&bytes)?;
	match bad.commitment == commitment {
		true => Ok(bad),
		false => Err(CustodyError::NoProof(format!("the file is about {}", bad.commitment)).into()),
	}
}

pub(crate) async fn payout(global: &Global, output: &Output, commitment: Commitment) -> anyhow::Result<()> {
	let signer = global.signer()?;
	let client = global.client().await?;
	let fee = client.fee(&custody::payout_call(commitment), &signer).await?;
	afford(&client, &signer, fee).await?;
	output.say(format!("transaction  about {}", Amount(fee)));
	output.confirm("have the signers paid?")?;
	let waiting = output.spinner("waiting for a block");
	let done = client.pay_out(commitment, &signer).await;
	waiting.finish_and_clear();
	let (inclusion, paid) = done?;
	output.result(
		&[
			("commitment", commitment.to_string()),
			(
				"credited",
				format!("{} to the signers; `da claim` takes it", Amount(paid.paid)),
			),
			("released", format!("{} to the payers", Amount(paid.released))),
			("block", inclusion.block.to_string()),
		],
		json!({
			"commitment": commitment,
			"paid": paid.paid.to_string(),
			"released": paid.released.to_string(),
			"payout": inclusion_json(&inclusion),
		}),
	);
	Ok(())
}

pub(crate) async fn claim(global: &Global, output: &Output, address: Option<Address>) -> anyhow::Result<()> {
	let signer = global.signer()?;
	let client = global.client().await?;
	let account = match &address {
		Some(address) => client.resolve(address).await?,
		None => account_of(&signer),
	};
	let earned = client.earnings(account).await?;
	if earned == 0 {
		return Err(Error::from(CustodyError::NothingEarned(show_account(&account))).into());
	}
	let fee = client.fee(&custody::claim_call(account), &signer).await?;
	afford(&client, &signer, fee).await?;
	output.say(format!("account      {}", show_account(&account)));
	output.say(format!("earned       {}", Amount(earned)));
	output.say(format!("transaction  about {}", Amount(fee)));
	output.confirm("take it?")?;
	let waiting = output.spinner("waiting for a block");
	let done = client.claim_earnings(account, &signer).await;
	waiting.finish_and_clear();
	let (inclusion, amount) = done?;
	output.result(
		&[
			("account", show_account(&account)),
			("claimed", Amount(amount).to_string()),
			("fee", Amount(inclusion.fee.unwrap_or(fee)).to_string()),
			("block", inclusion.block.to_string()),
		],
		json!({
			"account": show_account(&account),
			"amount": amount.to_string(),
			"claim": inclusion_json(&inclusion),
		}),
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_a_gateway_says_is_told_as_its_claim() {
		let gateway = Gateway::new("http://127.0.0.1:9950").unwrap();
		let show = |rows: &[u32]| show_claim(&gateway, Commitment([1; 32]), rows);
		assert_eq!(show(&[]), None);
		let said = show(&[3, 7]).unwrap();
		assert!(said.starts_with("http://127.0.0.1:9950 claims, and nothing was checked"));
		assert!(said.contains("[3, 7]") && said.contains("--row 3 "), "{said}");
	}
}
