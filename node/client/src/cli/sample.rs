// SPDX-License-Identifier: Apache-2.0

//! `da sample`, `da trace`.

use super::{
	custody::{keep, mention, proof_file},
	Global, Output,
};
use anyhow::bail;
use serde_json::{json, Value};
use std::{collections::BTreeMap, path::Path};
use zerog_client::{
	custody::Custodians,
	sample::{self, Report},
	trace::Entry,
	units::show_text,
	BlobInfo, BlobState, Commitment, Error,
};

/// With failures, the sample succeeds while the blob is available but for this chance.
const ENOUGH: f64 = 1.0 / 1024.0;

/// `1 - 2^-40.0`, and what that is in percent.
fn confidence(doubt: f64) -> String {
	match doubt {
		doubt if doubt >= 1.0 => "none".into(),
		// Beyond what the percentage could show.
		doubt if doubt < 1e-12 => format!("1 - 2^-{:.1}", -doubt.log2()),
		doubt => format!("1 - 2^-{:.1} ({:.10} %)", -doubt.log2(), 100.0 * (1.0 - doubt)),
	}
}

pub(crate) async fn sample(
	global: &Global,
	output: &Output,
	commitment: Commitment,
	samples: u32,
	evidence: Option<&Path>,
) -> anyhow::Result<()> {
	let gateways = global.gateways()?;
	let client = global.client().await?;
	let info = client.blob(commitment).await?.ok_or(Error::Unknown(commitment))?;
	if info.state == BlobState::Pending {
		return Err(Error::NotCertified(commitment).into());
	}
	let holders = Custodians::of_blob(&client, commitment, &info).await?;
	let holder_of = |row| Some(holders.as_ref()?.of(row)?.0);
	let rows = sample::choose(info.header.profile()?, samples, holder_of)?;
	let asking = output.spinner("asking for rows");
	let report = sample::sample(&gateways, &info.header, commitment, &rows, |done| {
		asking.set_message(format!("asking for rows: {done} of {}", rows.len()))
	})
	.await;
	asking.finish_and_clear();
	let report = report?;
	let file = report.proof.as_ref().map(|bad| proof_file(evidence, bad));
	let kept = match (&report.proof, &file) {
		(Some(bad), Some(file)) => Some(keep(bad, file).map(|()| file.display().to_string())),
		_ => None,
	};
	let proof = kept.as_ref().and_then(|kept| kept.as_ref().ok());
	show(
		output,
		commitment,
		&info,
		gateways.len(),
		holders.as_ref(),
		&report,
		proof,
	);
	if !report.failures.is_empty() {
		mention(output, &gateways, commitment, info.header.profile().ok()).await;
	}
	if let Some(row) = report.wrongly_encoded {
		let next = match kept {
			Some(Ok(file)) => format!(
				"the proof is in {file}; if the row's holder signed, report it with `zerog da report {commitment} --evidence {file}`"
			),
			Some(Err(error)) => format!("the proof could not be kept: {error}"),
			None => String::new(),
		};
		bail!("row {row} contradicts the checksum: whoever published the blob encoded it wrongly; {next}");
	}
	if !report.failures.is_empty() && report.availability_doubt() > ENOUGH {
		bail!("too many rows could not be had to call the blob available");
	}
	Ok(())
}

fn show(
	output: &Output,
	commitment: Commitment,
	info: &BlobInfo,
	gateways: usize,
	holders: Option<&Custodians>,
	report: &Report,
	proof: Option<&String>,
) {
	let holder_of = |row| holders.and_then(|holders| holders.of(row));
	// Known as long as the chain remembers the committee.
	let distinct = holders.map(|_| report.holders(|row| Some(holder_of(row)?.0)));
	let verified = report.verified.len();
	let Report {
		rows, asked, bytes, ..
	} = *report;
	let mut lines = vec![
		("commitment", commitment.to_string()),
		(
			"sampled",
			format!("{verified} of {asked} rows verified, of {rows}; gateways asked: {gateways}"),
		),
		("availability", confidence(report.availability_doubt())),
		("encoding", confidence(report.encoding_doubt())),
		("bytes", format!("{bytes} for a blob of {}", info.header.length)),
	];
	if let Some(distinct) = distinct {
		lines.push((
			"holders",
			format!("{distinct} different members hold the verified rows"),
		));
	}
	let mut failed: BTreeMap<Option<(usize, &str)>, Vec<u32>> = BTreeMap::new();
	for failure in &report.failures {
		let holder = holder_of(failure.row).filter(|_| failure.by_holder);
		failed.entry(holder).or_default().push(failure.row);
	}
	for (holder, rows) in &failed {
		let who = match holder {
			Some((member, account)) => format!("member {member}, {account}"),
			None => "gateways".into(),
		};
		lines.push(("failed", format!("{who}: rows {rows:?}")));
	}
	for failure in &report.failures {
		for reason in &failure.reasons {
			output.say(format!("row {}: {reason}", failure.row));
		}
	}
	let failures: Vec<Value> = report
		.failures
		.iter()
		.map(|failure| {
			let holder = holder_of(failure.row);
			json!({
				"row": failure.row,
				"by_holder": failure.by_holder,
				"member": holder.map(|(member, _)| member),
				"account": holder.map(|(_, account)| account),
				"reasons": failure.reasons,
			})
		})
		.collect();
	let figure =
		|doubt: f64| json!({ "doubt": doubt, "doubt_log2": doubt.log2(), "confidence": 1.0 - doubt });
	let object = json!({
		"commitment": commitment,
		"rows": rows,
		"asked": asked,
		"verified": verified,
		"holders": distinct,
		"availability": figure(report.availability_doubt()),
		"encoding": figure(report.encoding_doubt()),
		"wrongly_encoded_row": report.wrongly_encoded,
		"proof": proof,
		"bytes": bytes,
		"length": info.header.length,
		"gateways": gateways,
		"failures": failures,
	});
	output.result(&lines, object);
}

pub(crate) async fn trace(global: &Global, output: &Output, commitment: Commitment) -> anyhow::Result<()> {
	let client = global.client().await?;
	let Some(trace) = client.trace(commitment).await? else {
		bail!(
			"the node at {} saw nothing of {commitment}, or has forgotten",
			client.url()
		);
	};
	let first = trace.events.first().map_or(0, |entry| entry.at_ms);
	let rows: Vec<(String, String)> = trace
		.events
		.iter()
		.map(|entry| {
			let after = entry.at_ms.saturating_sub(first);
			(
				format!("+{}.{:03} s", after / 1000, after % 1000),
				describe(entry),
			)
		})
		.collect();
	let mut lines: Vec<(&str, String)> = vec![
		("commitment", commitment.to_string()),
		(
			"first seen",
			format!("{first} ms since 1970, by the node's clock"),
		),
	];
	lines.extend(rows.iter().map(|(time, text)| (time.as_str(), text.clone())));
	if trace.dropped > 0 {
		lines.push(("left out", format!("{} events", trace.dropped)));
	}
	output.result(&lines, serde_json::to_value(&trace)?);
	Ok(())
}

/// One line; what the node sent cannot move the cursor.
fn describe(entry: &Entry) -> String {
	let mut text = format!("{:<22}", entry.event);
	for (name, value) in &entry.details {
		text.push_str(&format!(" {name} {value}"));
	}
	show_text(text.trim_end())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn confidence_is_shown_as_far_as_it_goes() {
		assert_eq!(confidence(2f64.powi(-40)), "1 - 2^-40.0");
		assert_eq!(confidence(2f64.powi(-118)), "1 - 2^-118.0");
		assert_eq!(confidence(1.0), "none");
		assert!(confidence(0.25).starts_with("1 - 2^-2.0 (75.0"));
	}

	#[test]
	fn an_event_is_one_line_whatever_it_contains() {
		let entry: Entry = serde_json::from_value(json!({
			"at_ms": 1, "event": "fault\u{1b}[2J", "member": 2, "what": "two\nlines\u{9b}"
		}))
		.unwrap();
		let line = describe(&entry);
		assert!(
			line.starts_with("fault") && line.ends_with(r#"member 2 what "two\nlines\u{9b}""#),
			"{line}"
		);
		assert!(!line.contains(char::is_control));
	}
}
