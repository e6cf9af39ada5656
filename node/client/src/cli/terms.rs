// SPDX-License-Identifier: Apache-2.0

//! What verbs that lock or cost say before they ask: how much, when it is free again, what can be lost.

use super::Output;

/// What somebody agrees to.
#[derive(Debug)]
pub(super) struct Terms {
	/// What happens to how much.
	amount: String,
	/// When it is free, or what it counts from.
	unlocks: String,
	/// What can be lost of it.
	risk: String,
	/// What else there is to know, by name.
	notes: Vec<(&'static str, String)>,
}

impl Terms {
	pub(super) fn new(amount: String, unlocks: String, risk: impl Into<String>) -> Self {
		Self {
			amount,
			unlocks,
			risk: risk.into(),
			notes: vec![],
		}
	}

	pub(super) fn note(mut self, name: &'static str, text: String) -> Self {
		self.notes.push((name, text));
		self
	}

	pub(super) fn lines(&self) -> Vec<String> {
		let Self {
			amount,
			unlocks,
			risk,
			notes,
		} = self;
		let three = [("amount", amount), ("unlocks", unlocks), ("risk", risk)];
		let notes = notes.iter().map(|(name, text)| (*name, text));
		let lines = three.into_iter().chain(notes);
		lines.map(|(name, text)| format!("{name:<12} {text}")).collect()
	}

	pub(super) fn tell(&self, output: &Output) {
		for line in self.lines() {
			output.say(line);
		}
	}
}

/// Says of each verb how much, when it is free, and what can be lost.
#[cfg(test)]
pub(super) fn assert_complete(all: &[(&str, Terms)]) {
	for (verb, terms) in all {
		let lines = terms.lines();
		for (line, name) in lines.iter().zip(["amount ", "unlocks ", "risk "]) {
			assert!(line.starts_with(name) && line.len() > 20, "{verb}: {line}");
		}
		let says = |line: &str, any: &[&str]| any.iter().any(|word| line.contains(word));
		assert!(says(&lines[0], &[" ZG", "nothing"]), "{verb}: {}", lines[0]);
		assert!(says(&lines[1], &["era", "epoch", "now"]), "{verb}: {}", lines[1]);
	}
}
