// SPDX-License-Identifier: Apache-2.0

//! What people and programs see: results on the standard output, everything else on the standard error. For people, nothing
//! in it moves the cursor, whoever the text is from.

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{json, Value};
use std::{
	io::{self, IsTerminal, Write},
	time::Duration,
};
use zerog_client::{keys::KeyError, units::show_text, Error, GatewayError};

/// How this run talks.
#[derive(Clone, Copy)]
pub(crate) struct Output {
	json: bool,
	yes: bool,
}

impl Output {
	pub(crate) fn new(json: bool, yes: bool) -> Self {
		Self { json, yes }
	}

	/// The result: lines of name and value for people, one JSON object for programs.
	pub(crate) fn result(&self, lines: &[(&str, String)], object: Value) {
		if self.json {
			println!("{object:#}");
		} else {
			for (name, value) in lines {
				println!("{name:<12} {}", show_text(value));
			}
		}
	}

	/// The result: a table for people, one JSON object for programs.
	pub(crate) fn table(&self, head: &[&str], rows: &[Vec<String>], object: Value) {
		if self.json {
			println!("{object:#}");
		} else {
			for line in aligned(head, rows) {
				println!("{}", show_text(&line));
			}
		}
	}

	/// A remark for people.
	pub(crate) fn say(&self, text: impl AsRef<str>) {
		if !self.json {
			eprintln!("{}", show_text(text.as_ref()));
		}
	}

	/// A turning sign beside a step without measure.
	pub(crate) fn spinner(&self, text: impl Into<String>) -> ProgressBar {
		let text = text.into();
		let bar = self.bar(ProgressBar::new_spinner(), &text, "{spinner} {msg} ({elapsed})");
		bar.enable_steady_tick(Duration::from_millis(100));
		bar
	}

	/// A bar over bytes.
	pub(crate) fn bytes(&self, text: &str, total: u64) -> ProgressBar {
		self.bar(
			ProgressBar::new(total),
			text,
			"{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}",
		)
	}

	/// Hidden for programs; where nobody watches a terminal, one line per step.
	fn bar(&self, bar: ProgressBar, text: &str, template: &str) -> ProgressBar {
		if self.json {
			return ProgressBar::hidden();
		}
		let text = show_text(text);
		if !io::stderr().is_terminal() {
			eprintln!("{text}");
		}
		let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
		bar.with_style(style).with_message(text)
	}

	/// Ask before paying. `--yes` and `--json` have answered already; without a terminal there is nobody to
	/// ask.
	pub(crate) fn confirm(&self, question: &str) -> anyhow::Result<()> {
		if self.yes || self.json {
			return Ok(());
		}
		if !io::stdin().is_terminal() {
			bail!("nobody is there to agree to the cost, so nothing was paid; agree with --yes");
		}
		eprint!("{question} [y/N] ");
		io::stderr().flush()?;
		let mut answer = String::new();
		io::stdin().read_line(&mut answer)?;
		match answer.trim().to_lowercase().as_str() {
			"y" | "yes" => Ok(()),
			_ => bail!("stopped as you wished: nothing was paid"),
		}
	}

	/// What went wrong and what to do next.
	pub(crate) fn error(&self, error: &anyhow::Error) {
		let message = format!("{error:#}");
		let next = error.chain().find_map(remedy);
		if self.json {
			eprintln!("{}", json!({ "error": { "message": message, "next": next } }));
			return;
		}
		eprintln!("error: {}", show_text(&message));
		if let Some(next) = next {
			eprintln!(" next: {}", show_text(&next));
		}
	}
}

fn remedy(cause: &(dyn std::error::Error + 'static)) -> Option<String> {
	let ours = cause.downcast_ref::<Error>().map(Error::remedy);
	ours.or_else(|| cause.downcast_ref::<GatewayError>().map(GatewayError::remedy))
		.or_else(|| cause.downcast_ref::<KeyError>().map(KeyError::remedy))
}

/// Lines with columns of one width each: the first one to the left, the others to the right.
fn aligned(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
	let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
	let lines = || std::iter::once(&head).chain(rows);
	let width = |column: usize| {
		let cells = lines().filter_map(|line| line.get(column));
		cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
	};
	let widths: Vec<usize> = (0..head.len()).map(width).collect();
	lines()
		.map(|line| {
			let cells = line.iter().zip(&widths).enumerate();
			let padded = cells.map(|(column, (cell, width))| match column {
				0 => format!("{cell:<width$}"),
				_ => format!("{cell:>width$}"),
			});
			padded.collect::<Vec<_>>().join("  ")
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn columns_are_as_wide_as_their_widest_cell() {
		let rows = [["0", "active", "1 024 KiB"], ["10", "draining", "é"]];
		let rows = rows.map(|row| row.map(str::to_owned).to_vec());
		assert_eq!(
			aligned(&["network", "status", "load"], &rows),
			[
				"network    status       load",
				"0          active  1 024 KiB",
				"10       draining          é",
			]
		);
		assert_eq!(aligned(&["network"], &[]), ["network"]);
	}
}
