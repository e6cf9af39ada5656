// SPDX-License-Identifier: Apache-2.0

//! What a node did with a blob, and when: its own account of it.

use crate::{error::Error, Client};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use subxt::rpcs::rpc_params;
use zerog_erasure::Commitment;

/// One event. Nodes of other versions may know other events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
	/// Milliseconds since 1970, by the node's clock.
	pub at_ms: u64,
	/// Its name.
	pub event: String,
	/// What belongs to it: rows, blocks, members by their place in the committee.
	#[serde(flatten)]
	pub details: Map<String, Value>,
}

/// The timeline of a blob at one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
	/// The blob.
	pub commitment: Commitment,
	/// In the order in which they happened.
	pub events: Vec<Entry>,
	/// Events that the node did not keep.
	pub dropped: u32,
}

impl Client {
	/// The node's timeline of a blob; `None` when it saw nothing of it, or has forgotten.
	pub async fn trace(&self, commitment: Commitment) -> Result<Option<Trace>, Error> {
		self.ask(|| async { Ok(self.raw.request("da_trace", rpc_params![commitment]).await?) })
			.await
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn events_of_any_version_are_read() {
		let commitment = Commitment([1; 32]);
		let text = format!(
			r#"{{"commitment":"{commitment}","dropped":0,"events":[
			{{"at_ms":5,"event":"encoded"}},{{"at_ms":9,"event":"pushed","member":3}},
			{{"at_ms":9,"event":"of_later","new":{{"deep":[1]}}}}]}}"#
		);
		let trace: Trace = serde_json::from_str(&text).unwrap();
		assert_eq!(trace.events.len(), 3);
		assert_eq!(trace.events[1].details["member"], 3);
		let again: Trace = serde_json::from_value(serde_json::to_value(&trace).unwrap()).unwrap();
		assert_eq!(again, trace);
	}
}
