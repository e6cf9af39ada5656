// SPDX-License-Identifier: Apache-2.0

//! `da put`, `da get`, `da status`, `da verify`.

use super::{custody::mention, Global, Output};
use anyhow::bail;
use bytes::Bytes;
use indicatif::ProgressBar;
use serde_json::{json, Value};
use std::{
	fs,
	io::Write,
	path::Path,
	sync::{Arc, Mutex, PoisonError},
};
use zerog_client::{
	certificate::Evidence,
	network::{show_committee, show_network},
	publish::{self, Action, Blob, Event, Plan, Published},
	retrieve,
	units::{show_namespace, Amount, Retention},
	BlobInfo, BlobState, Commitment, Error, Namespace, Profile,
};

/// Read a file, after its size was looked at: what cannot be a blob is not read.
fn read(path: &Path) -> Result<Bytes, Error> {
	let file = |cause| Error::File {
		path: path.to_owned(),
		cause,
	};
	let length = fs::metadata(path).map_err(file)?.len();
	publish::check_length(usize::try_from(length).unwrap_or(usize::MAX))?;
	let bytes = fs::read(path).map_err(file)?;
	publish::check_length(bytes.len())?;
	Ok(bytes.into())
}

pub(crate) async fn put(
	global: &Global,
	output: &Output,
	file: &Path,
	namespace: Namespace,
	retention: Option<Retention>,
	max_fee: Option<Amount>,
) -> anyhow::Result<()> {
	let signer = global.signer()?;
	let gateway = global.gateway()?;
	let bytes = read(file)?;
	let client = global.client().await?;

	let retention = match retention {
		Some(Retention::Blocks(blocks)) => blocks,
		Some(span) => span.blocks(client.block_time_ms().await?),
		None => {
			let day = Retention::Seconds(86_400).blocks(client.block_time_ms().await?);
			day.min(client.longest_retention().await?)
		}
	};
	let committing = output.spinner("computing the commitment");
	let blob = Blob::prepare(&client, namespace, bytes, retention).await;
	committing.finish_and_clear();
	let blob = blob?;
	let mut plan = publish::plan(&client, &blob, retention, &signer).await?;
	if let Some(Amount(max_fee)) = max_fee {
		plan.max_fee = max_fee;
	}
	output.say(format!(
		"file         {} ({} bytes)",
		file.display(),
		blob.header.length
	));
	output.say(format!("namespace    {}", show_namespace(&namespace)));
	output.say(format!("commitment   {}", blob.commitment));
	show_cost(output, &plan);
	if plan.action.pays() {
		output.confirm("pay?")?;
	}

	let progress = Progress::new(*output, blob.header.length.into());
	let watched = progress.clone();
	let observer = Arc::new(move |event| watched.on(event));
	let published = publish::publish(&client, &gateway, &blob, &plan, &signer, observer).await;
	progress.end();
	show_published(output, &blob, &plan, &published?);
	Ok(())
}

fn show_cost(output: &Output, plan: &Plan) {
	let what = match plan.action {
		Action::Publish => "",
		Action::HandOver => "paid for already; the bytes are still to be handed over",
		Action::ExtendAndHandOver => "paid for already, but for fewer blocks",
		Action::Extend => "certified already, but kept for fewer blocks",
		Action::Nothing => "certified already and kept long enough",
	};
	if !what.is_empty() {
		output.say(format!("on chain     {what}"));
	}
	output.say(format!("network      {}", show_network(plan.network)));
	if !plan.action.pays() {
		return output.say("cost         nothing");
	}
	let Plan {
		dispersal_fee,
		custody_fee,
		taken_over,
		transaction_fee,
		custody_blocks,
		..
	} = *plan;
	if dispersal_fee > 0 {
		output.say(format!("dispersal    {} (not refundable)", Amount(dispersal_fee)));
	}
	let terms = match plan.action {
		Action::Extend => "held",
		_ => "held; comes back if there is no certificate in time",
	};
	let custody = Amount(custody_fee);
	output.say(format!(
		"custody      {custody} for {custody_blocks} blocks ({terms})"
	));
	if taken_over > 0 {
		let part = Amount(taken_over);
		output.say(format!(
			"             {part} of it in the place of another payer, as no more can pay for this blob"
		));
	}
	output.say(format!("transaction  about {}", Amount(transaction_fee)));
	output.say(format!("together     about {}", Amount(plan.total())));
	let most = plan.max_fee.saturating_add(plan.transaction_fee);
	output.say(format!(
		"at most      {} if the price rises meanwhile",
		Amount(most)
	));
}

/// What turns and fills while `put` works.
struct Progress {
	output: Output,
	total: u64,
	/// The present step and its bar.
	step: Mutex<(String, ProgressBar)>,
}

impl Progress {
	fn new(output: Output, total: u64) -> Arc<Self> {
		Arc::new(Self {
			output,
			total,
			step: Mutex::new((String::new(), ProgressBar::hidden())),
		})
	}

	/// Go over to a step, unless it is the present one.
	fn go(&self, text: &str, bar: impl FnOnce(&str) -> ProgressBar) -> ProgressBar {
		let mut step = self.step.lock().unwrap_or_else(PoisonError::into_inner);
		if step.0 != text {
			step.1.finish_and_clear();
			*step = (text.to_owned(), bar(text));
		}
		step.1.clone()
	}

	fn spin(&self, text: &str) {
		self.go(text, |text| self.output.spinner(text));
	}

	fn end(&self) {
		self.go("", |_| ProgressBar::hidden());
	}

	fn on(&self, event: Event) {
		match event {
			Event::Submitting => self.spin("waiting for a block that takes the payment"),
			Event::Paid(payment) => {
				self.end();
				self.output
					.say(format!("paid         in block {}", payment.inclusion.block));
			}
			Event::Sent(sent) => {
				self.go("handing over", |text| self.output.bytes(text, self.total))
					.set_position(sent);
				if sent == self.total {
					self.spin("the gateway encodes the blob and hands out its rows");
				}
			}
			Event::HandedOver => self.spin("waiting for the certificate"),
			Event::Again { reason, .. } => self.spin(&format!("{reason}; trying again")),
			Event::FellBack { from, deadline, .. } => {
				self.end();
				self.output.say(format!(
					"fell back    {} did not certify in time: the root network takes over, until block {deadline}; nothing to do",
					show_network(from.network)
				));
				self.spin("waiting for the certificate of the root network");
			}
			Event::Certified(_) => self.end(),
		}
	}
}

fn show_published(output: &Output, blob: &Blob, plan: &Plan, published: &Published) {
	let Published {
		payment,
		info,
		evidence,
	} = published;
	let mut lines = vec![
		("commitment", blob.commitment.to_string()),
		("state", describe(info)),
	];
	lines.extend(describe_committee(info));
	lines.push(("certificate", describe_evidence(evidence)));
	if let Some(end) = info.retained_until {
		lines.push(("kept until", format!("block {end}")));
	}
	if let Some(payment) = payment {
		let fee = payment.inclusion.fee.unwrap_or(plan.transaction_fee);
		let (dispersal, custody) = (Amount(payment.dispersal_fee), Amount(payment.custody_fee));
		lines.push((
			"paid",
			format!(
				"{dispersal} dispersal, {} transaction; {custody} held",
				Amount(fee)
			),
		));
	}
	let payment = payment.as_ref().map(|payment| {
		json!({
			"block": payment.inclusion.block,
			"block_hash": Commitment(payment.inclusion.block_hash),
			"transaction": Commitment(payment.inclusion.transaction),
			"transaction_fee": payment.inclusion.fee.map(|fee| fee.to_string()),
			"dispersal_fee": payment.dispersal_fee.to_string(),
			"custody_fee": payment.custody_fee.to_string(),
		})
	});
	let mut object = info_json(blob.commitment, info);
	object["payment"] = json!(payment);
	object["certificate"] = evidence_json(evidence);
	output.result(&lines, object);
}

pub(crate) async fn get(
	global: &Global,
	output: &Output,
	commitment: Commitment,
	to: &Path,
) -> anyhow::Result<()> {
	let (client, gateway) = (global.client().await?, global.gateway()?);
	let bar = output.bytes("fetching", 0);
	let blob = retrieve::retrieve(&client, &gateway, commitment, |got, total| {
		bar.set_length(total);
		bar.set_position(got);
	})
	.await;
	bar.finish_and_clear();
	mention(output, &[gateway], commitment, None).await;
	let blob = blob?;
	if to == Path::new("-") {
		let mut out = std::io::stdout().lock();
		out.write_all(&blob)?;
		out.flush()?;
		return Ok(());
	}
	retrieve::write_atomically(to, &blob).map_err(|cause| Error::File {
		path: to.to_owned(),
		cause,
	})?;
	output.result(
		&[
			("written", format!("{} ({} bytes)", to.display(), blob.len())),
			("verified", format!("it is {commitment}")),
		],
		json!({
			"commitment": commitment,
			"length": blob.len(),
			"output": to.display().to_string(),
			"verified": true,
		}),
	);
	Ok(())
}

pub(crate) async fn status(global: &Global, output: &Output, commitment: Commitment) -> anyhow::Result<()> {
	let client = global.client().await?;
	let best = client.best().await?;
	let Some(info) = client.blob_at(best.hash, commitment).await? else {
		return Err(Error::Unknown(commitment).into());
	};
	let held = match global.gateway()?.status(commitment).await {
		Ok(status) => Ok(status.rows_held.unwrap_or(0)),
		Err(error) => Err(error.to_string()),
	};
	let mut lines = vec![
		("commitment", commitment.to_string()),
		("state", describe(&info)),
		("length", format!("{} bytes", info.header.length)),
		("namespace", show_namespace(&info.header.namespace)),
		("submitted", format!("block {}", info.submitted_at)),
	];
	lines.extend(describe_committee(&info));
	lines.push(match info.retained_until {
		Some(end) => ("kept until", format!("block {end} (now {})", best.number)),
		None => (
			"deadline",
			format!("block {} (now {})", info.deadline, best.number),
		),
	});
	lines.push(match &held {
		Ok(rows) => (
			"rows here",
			format!("{rows} of the blob's rows are on the gateway's node"),
		),
		Err(error) => ("rows here", error.clone()),
	});
	let mut object = info_json(commitment, &info);
	object["best_block"] = json!(best.number);
	object["rows_held"] = json!(held.ok());
	output.result(&lines, object);
	Ok(())
}

pub(crate) async fn verify(
	global: &Global,
	output: &Output,
	file: &Path,
	commitment: Commitment,
	namespace: Option<Namespace>,
	genesis: Option<Commitment>,
) -> anyhow::Result<()> {
	let bytes = read(file)?;
	let (genesis, namespace, profile) = match (genesis, namespace) {
		(Some(genesis), Some(namespace)) => (genesis.0, namespace, None),
		(_, Some(namespace)) => (global.client().await?.genesis(), namespace, None),
		(_, None) => {
			let client = global.client().await?;
			let info = client.blob(commitment).await?.ok_or(Error::Unknown(commitment))?;
			(client.genesis(), info.header.namespace, Some(info.header.profile))
		}
	};
	let length = bytes.len();
	let smallest = Profile::for_length(publish::check_length(length)?)?;
	// Without the chain's word, whatever the committees were that it was made for.
	let wanted = |shape: &Profile| *shape >= smallest && profile.is_none_or(|known| known == *shape);
	let mut found = false;
	for shape in Profile::ALL.into_iter().filter(wanted) {
		let blob = Blob::commit(genesis, namespace, Some(shape), bytes.clone()).await?;
		found = blob.commitment == commitment;
		if found {
			break;
		}
	}
	if !found {
		bail!(
			"{} is not that blob, with namespace `{}` in whatever matrix",
			file.display(),
			show_namespace(&namespace)
		);
	}
	output.result(
		&[(
			"verified",
			format!("{} ({length} bytes) is {commitment}", file.display()),
		)],
		json!({ "commitment": commitment, "length": length, "namespace": namespace, "verified": true }),
	);
	Ok(())
}

fn rows(info: &BlobInfo) -> u32 {
	info.header.profile().map_or(0, |profile| profile.rows())
}

fn describe(info: &BlobInfo) -> String {
	match &info.state {
		BlobState::Pending => "pending: paid for, no certificate yet".into(),
		BlobState::Certified { at, rows_signed, .. } => format!(
			"certified in block {at} by members with {rows_signed} of {} rows",
			rows(info)
		),
	}
}

/// The network that decides it, and the one that did not.
fn describe_committee(info: &BlobInfo) -> Vec<(&'static str, String)> {
	let mut lines = vec![("network", show_committee(info.committee))];
	if let Some(from) = info.fell_back_from {
		lines.push((
			"fell back",
			format!("from {}: it did not certify in time", show_committee(from)),
		));
	}
	lines
}

fn info_json(commitment: Commitment, info: &BlobInfo) -> Value {
	let (state, at, rows_signed) = match &info.state {
		BlobState::Pending => ("pending", None, None),
		BlobState::Certified { at, rows_signed, .. } => ("certified", Some(at), Some(rows_signed)),
	};
	json!({
		"commitment": commitment,
		"state": state,
		"length": info.header.length,
		"namespace": info.header.namespace,
		"committee": info.committee,
		"fell_back_from": info.fell_back_from,
		"submitted_at": info.submitted_at,
		"deadline": info.deadline,
		"retention": info.retention,
		"retained_until": info.retained_until,
		"certified_at": at,
		"rows_signed": rows_signed,
		"rows": rows(info),
	})
}

fn describe_evidence(evidence: &Evidence) -> String {
	match evidence {
		Evidence::Verified(it) => format!(
			"{} of {} members of {} signed (block {}); verified here with the keys the node reports",
			it.signers,
			it.members,
			show_committee(it.committee),
			it.block
		),
		Evidence::Reported(reason) => format!("reported by the node, not verified here: {reason}"),
	}
}

fn evidence_json(evidence: &Evidence) -> Value {
	match evidence {
		Evidence::Verified(it) => json!({
			"verified": true,
			"committee": it.committee,
			"block": it.block,
			"rows_signed": it.rows_signed,
			"rows": it.rows,
			"signers": it.signers,
			"members": it.members,
		}),
		Evidence::Reported(reason) => json!({ "verified": false, "reason": reason }),
	}
}
