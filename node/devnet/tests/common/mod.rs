// SPDX-License-Identifier: Apache-2.0

//! What the end-to-end tests share: calls by name, answers that the client library does not ask for, and commands.

#![allow(dead_code)] // Each test binary uses a part of it.

pub(crate) mod island;
pub(crate) mod reading;

use anyhow::{bail, ensure, Context, Result};
use std::{
	env,
	ffi::OsStr,
	fmt::Display,
	process::{Command, Output},
	sync::Arc,
	time::Duration,
};
use subxt::{
	backend::LegacyBackend,
	client::OnlineClientAtBlockImpl,
	config::{Hasher, SubstrateConfig},
	dynamic::{self, Value},
	ext::{
		scale_encode::EncodeAsFields,
		scale_value::{Composite, ValueDef},
	},
	tx::SubmittableTransaction,
	utils::{AccountId32, MultiSignature, H256},
	OnlineClient, OnlineClientAtBlock,
};
use subxt_signer::sr25519::Keypair;
use zerog_client::{keys, publish::Blob, BlobState, Client, Commitment, Inclusion};
use zerog_devnet::{network::beside_this_program, node::NAMES, Node};
use zerog_primitives::da::{Assignment, ROOT_NETWORK};

/// How long something may take that the chain does within a minute.
pub(crate) const SOON: Duration = Duration::from_secs(180);

/// A transaction without signature.
pub(crate) type Unsigned = SubmittableTransaction<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// The key of a development account or of any other secret URI.
pub(crate) fn key(suri: &str) -> Keypair {
	keys::from_suri(suri).unwrap()
}

/// One node's chain: the client library, and subxt for what it leaves out.
pub(crate) struct Chain {
	pub(crate) client: Client,
	pub(crate) api: OnlineClient<SubstrateConfig>,
}

impl Chain {
	pub(crate) async fn connect(node: &Node) -> Result<Self> {
		let backend = LegacyBackend::<SubstrateConfig>::builder().build(node.rpc().await?);
		let api = OnlineClient::from_backend_with_config(SubstrateConfig::new(), Arc::new(backend)).await?;
		Ok(Self {
			client: node.client().await?,
			api,
		})
	}

	/// The chain at its best block.
	pub(crate) async fn best(&self) -> Result<OnlineClientAtBlock<SubstrateConfig>> {
		self.at(self.client.best().await?.hash).await
	}

	/// The chain at a block.
	pub(crate) async fn at(&self, hash: [u8; 32]) -> Result<OnlineClientAtBlock<SubstrateConfig>> {
		Ok(self.api.at_block(H256(hash)).await?)
	}

	/// Blake2-256, the chain's own hash.
	pub(crate) async fn hash(&self, bytes: &[u8]) -> Result<[u8; 32]> {
		Ok(self.best().await?.hasher().hash(bytes).0)
	}

	/// Signs a call by name and waits until it is in a block and has succeeded.
	pub(crate) async fn call(
		&self,
		signer: &Keypair,
		pallet: &str,
		call: &str,
		fields: impl EncodeAsFields,
	) -> Result<Inclusion> {
		let submitted = self
			.client
			.submit(&dynamic::tx(pallet, call, fields), signer)
			.await;
		submitted.with_context(|| format!("{pallet}.{call}"))
	}

	/// A call without signature, its arguments given in SCALE; nothing is submitted yet.
	///
	/// Such a call travels as a general transaction: the extensions' values, and no signature among them.
	pub(crate) async fn unsigned(&self, pallet: &str, call: &str, arguments: &[u8]) -> Result<Unsigned> {
		let best = self.best().await?;
		let metadata = best
			.metadata_ref()
			.pallet_by_name(pallet)
			.context("no such pallet")?;
		let variant = metadata.call_variant_by_name(call).context("no such call")?;
		let mut bytes = vec![metadata.call_index(), variant.index];
		bytes.extend(arguments);
		let transactions = best.tx();
		let payload = transactions.from_call_data_bytes(&bytes)?;
		let mut signable = transactions.create_v5_signable_offline(&payload, Default::default())?;
		// No extension of this chain carries a signature, so these two go nowhere.
		let (nobody, nothing) = (AccountId32([0; 32]), MultiSignature::Sr25519([0; 64]));
		Ok(signable.sign_with_account_and_signature(&nobody, &nothing)?)
	}

	/// A plain storage value at the best block, as its bytes; `None` if it is not set.
	pub(crate) async fn storage(&self, pallet: &str, entry: &str) -> Result<Option<Vec<u8>>> {
		stored(&self.best().await?, pallet, entry).await
	}

	/// Coded bytes that were paid for and wait for their certificate in the root network.
	pub(crate) async fn pending_bytes(&self) -> Result<u64> {
		let entry = dynamic::storage::<(u32,), u64>("DataAvailability", "PendingBytes");
		let best = self.best().await?;
		let bytes = best.storage().fetch(entry, (ROOT_NETWORK,)).await?;
		Ok(bytes.decode()?)
	}

	/// The fields of all events `pallet.event` of a block.
	pub(crate) async fn events(
		&self,
		block: [u8; 32],
		pallet: &str,
		event: &str,
	) -> Result<Vec<Composite<()>>> {
		let events = self.at(block).await?.events().fetch().await?;
		let mut fields = Vec::new();
		for found in events.iter() {
			let found = found?;
			if (found.pallet_name(), found.event_name()) == (pallet, event) {
				fields.push(found.decode_fields_unchecked_as()?);
			}
		}
		Ok(fields)
	}

	/// Waits for an event that `wanted` takes, in the best chain's blocks from `since` on; with the number of its block.
	pub(crate) async fn event(
		&self,
		since: u32,
		pallet: &str,
		event: &str,
		wanted: impl Fn(&Composite<()>) -> Result<bool>,
	) -> Result<(u32, Composite<()>)> {
		let found = async |chain: &Self| {
			for block in since..=chain.client.best().await?.number {
				let hash = chain.client.block_hash(block).await?;
				let hash = hash.context("a block below the best")?;
				for fields in chain.events(hash, pallet, event).await? {
					if wanted(&fields)? {
						return Ok(Some((block, fields)));
					}
				}
			}
			Ok(None)
		};
		self.until(&format!("{pallet}.{event}"), SOON, found).await
	}

	/// Waits until all members of the committee have signed for a blob.
	pub(crate) async fn until_all_signed(&self, commitment: Commitment) -> Result<()> {
		let all_signed = async |chain: &Self| {
			let Some(info) = chain.client.blob(commitment).await? else {
				return Ok(None);
			};
			let rows = info.header.profile().map_err(zerog_client::Error::Header)?.rows();
			Ok(
				matches!(info.state, BlobState::Certified { rows_signed, .. } if rows_signed == rows)
					.then_some(()),
			)
		};
		self.until("a certificate with all rows", SOON, all_signed).await
	}

	/// Looks at each best block until `wanted` says what was waited for. An error after `limit`.
	pub(crate) async fn until<T>(
		&self,
		what: &str,
		limit: Duration,
		wanted: impl AsyncFn(&Self) -> Result<Option<T>>,
	) -> Result<T> {
		let waiting = async {
			let mut blocks = self.api.stream_best_blocks().await?;
			loop {
				if let Some(found) = wanted(self).await? {
					return Ok(found);
				}
				blocks.next().await.context("the node ended its subscription")??;
			}
		};
		tokio::time::timeout(limit, waiting)
			.await
			.with_context(|| format!("{what} did not happen"))?
	}
}

/// A plain storage value at a block, as its bytes; `None` if it is not set.
pub(crate) async fn stored(
	block: &OnlineClientAtBlock<SubstrateConfig>,
	pallet: &str,
	entry: &str,
) -> Result<Option<Vec<u8>>> {
	let value = block
		.storage()
		.try_fetch(dynamic::storage::<(), Value>(pallet, entry), ())
		.await?;
	Ok(value.map(|value| value.into_bytes()))
}

/// The rows that the validator at `index` has to hold of a blob that was paid for.
pub(crate) async fn rows_of(chain: &Chain, blob: &Blob, index: usize) -> Result<Vec<u32>> {
	let info = chain.client.blob(blob.commitment).await?;
	let id = info.context("it was paid for")?.committee;
	let committee = chain.client.committee(id).await?.context("it is kept")?;
	let holder = keys::account_of(&key(&format!("//{}", NAMES[index])));
	let mut members = committee.members.iter();
	let member = members.position(|member| member.account == holder);
	let assignment = Assignment::new(
		blob.commitment,
		&committee.randomness,
		&committee.weights(),
		blob.header.profile()?,
	);
	Ok(assignment.rows_of(member.context("no such member")?))
}

/// A metric, its labels included in the name; none if nothing was counted yet.
pub(crate) async fn metric(node: &Node, name: &str) -> Result<Option<f64>> {
	let http = reqwest::Client::builder().no_proxy().build()?;
	let answer = http.get(node.metrics_url()).send().await?.error_for_status()?;
	let text = answer.text().await?;
	let named = |line: &str| {
		let (found, value) = line.rsplit_once(' ')?;
		(labels_apart(found) == labels_apart(name)).then(|| value.parse())
	};
	Ok(text.lines().find_map(named).transpose()?)
}

/// The name of a metric and its labels, without the node's name that all have.
fn labels_apart(metric: &str) -> (&str, Vec<&str>) {
	let (name, labels) = metric.split_once('{').unwrap_or((metric, ""));
	let labels = labels.trim_end_matches('}').split(',');
	(
		name,
		labels
			.filter(|label| !label.is_empty() && !label.starts_with("chain="))
			.collect(),
	)
}

/// Runs one of our programs to its end.
pub(crate) fn program(name: &str, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Result<Output> {
	let mut command = Command::new(beside_this_program()?.join(name));
	Ok(command.args(arguments).output()?)
}

/// What a program says that succeeds.
pub(crate) fn said(name: &str, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Result<String> {
	let output = program(name, arguments)?;
	let error = String::from_utf8_lossy(&output.stderr);
	ensure!(
		output.status.success(),
		"{name} ended with {}: {error}",
		output.status
	);
	Ok(String::from_utf8(output.stdout)?)
}

/// The complaint of a program that fails.
pub(crate) fn complaint(name: &str, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> Result<String> {
	let output = program(name, arguments)?;
	ensure!(!output.status.success(), "{name} succeeded");
	Ok(String::from_utf8(output.stderr)?)
}

/// Leaves a test, or a part of it, out where the machine does not allow it. `scripts/test` repeats it at its end; with
/// `ZEROG_FORBID_SKIPS` it is an error.
pub(crate) fn skip(reason: impl Display) -> Result<()> {
	ensure!(
		env::var_os("ZEROG_FORBID_SKIPS").is_none(),
		"nothing may be skipped: {reason}"
	);
	println!("SKIPPED: {reason}");
	Ok(())
}

/// Whether tests of many minutes are asked for, as `./scripts/test --long` does; says so where one is left out.
pub(crate) fn is_long(what: impl Display) -> bool {
	let asked = env::var_os("ZEROG_LONG").is_some();
	if !asked {
		println!("SKIPPED: {what}: run ./scripts/test --long");
	}
	asked
}

/// A named field.
fn field<'a>(fields: &'a Composite<()>, name: &str) -> Result<&'a Value> {
	let Composite::Named(fields) = fields else {
		bail!("the fields have no names")
	};
	let found = fields.iter().find(|(field, _)| field == name);
	Ok(&found.with_context(|| format!("no field {name}"))?.1)
}

/// A named field as a number, also when it is wrapped in newtypes.
pub(crate) fn number(fields: &Composite<()>, name: &str) -> Result<u128> {
	fn inner(value: &Value) -> Result<u128> {
		match &value.value {
			ValueDef::Composite(wrapped) => {
				ensure!(wrapped.len() == 1, "{value} is not a number");
				inner(wrapped.values().next().context("empty")?)
			}
			_ => value
				.as_u128()
				.with_context(|| format!("{value} is not a number")),
		}
	}
	inner(field(fields, name)?)
}

/// A named field as bytes, also when they are wrapped in newtypes.
pub(crate) fn bytes(fields: &Composite<()>, name: &str) -> Result<Vec<u8>> {
	fn inner(value: &Value, bytes: &mut Vec<u8>) -> Result<()> {
		match &value.value {
			ValueDef::Composite(parts) => parts.values().try_for_each(|part| inner(part, bytes)),
			_ => {
				let byte = value.as_u128().and_then(|byte| u8::try_from(byte).ok());
				bytes.push(byte.with_context(|| format!("{value} is not a byte"))?);
				Ok(())
			}
		}
	}
	let mut bytes = Vec::new();
	inner(field(fields, name)?, &mut bytes)?;
	Ok(bytes)
}
