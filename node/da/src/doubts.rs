// SPDX-License-Identifier: Apache-2.0

//! How little a reader expects of each member.

/// The doubt of who is never asked again.
const LIAR: u32 = u32::MAX;

/// How little is expected of each member.
///
/// * A request in vain, late or silent or both, adds one at most; and none if its member is doubted more than when it began:
///   what is lost at once counts once.
/// * A right answer clears it all.
/// * Who lied stays a liar.
pub(crate) struct Doubts(Vec<u32>);

impl Doubts {
	/// What is expected of each member at first.
	pub(crate) fn new(first: Vec<u32>) -> Self {
		Self(first)
	}

	pub(crate) fn of(&self, member: usize) -> u32 {
		self.0.get(member).copied().unwrap_or(LIAR)
	}

	/// A request was in vain that began when its member was doubted so much.
	pub(crate) fn failed(&mut self, member: usize, began: u32) {
		if let Some(doubt) = self.0.get_mut(member).filter(|doubt| **doubt <= began) {
			*doubt = doubt.saturating_add(1);
		}
	}

	/// It gave rows that are right.
	pub(crate) fn served(&mut self, member: usize) {
		if let Some(doubt) = self.0.get_mut(member).filter(|doubt| **doubt != LIAR) {
			*doubt = 0;
		}
	}

	/// It gave what an honest one does not, or holds nothing.
	pub(crate) fn lied(&mut self, member: usize) {
		if let Some(doubt) = self.0.get_mut(member) {
			*doubt = LIAR;
		}
	}
}
