// SPDX-License-Identifier: Apache-2.0

//! Networks at scale: `./scripts/bench networks [--json] [--gbps N] [--batch BLOBS]`.
//!
//! Up to 1,000 operators and 16 networks in one process, over the code that nodes and chain run: draws, allotments, coding,
//! messages, signatures, routes, fees. Bytes are counted from encoded messages, one blob in memory at a time. Time is virtual:
//! bytes over bandwidth. What processors do is measured apart, and is this machine's.

mod committees;
mod costs;
mod flood;
mod print;
mod report;
mod traffic;

#[cfg(test)]
mod tests;

use costs::Failure;
use report::{Report, Settings};

const USAGE: &str =
	"usage: networks [--json] [--gbps ingress of an operator] [--batch blobs signed together, 1 to 64]";

fn main() -> Result<(), Failure> {
	let (mut json, mut settings) = (false, Settings::default());
	let mut arguments = std::env::args().skip(1);
	while let Some(argument) = arguments.next() {
		match argument.as_str() {
			"--json" => json = true,
			"--gbps" => settings.gbps = arguments.next().ok_or(USAGE)?.parse()?,
			"--batch" => settings.batch = arguments.next().ok_or(USAGE)?.parse()?,
			_ => return Err(USAGE.into()),
		}
	}
	if !(settings.gbps.is_finite() && settings.gbps > 0.0 && (1..=64).contains(&settings.batch)) {
		return Err(USAGE.into());
	}
	let report = Report::new(settings)?;
	if json {
		println!("{}", serde_json::to_string_pretty(&report)?);
	} else {
		report.print();
	}
	Ok(())
}
