// SPDX-License-Identifier: Apache-2.0

//! What `zerog-devnet` shows: a file is published, a validator dies, the file is read back, the validator returns.

use crate::{
	blob::{self, Certified},
	network::{Builder, Network, PATIENCE},
	node::Blocks,
	report::{self, Endpoints, Step, Teller},
};
use anyhow::{ensure, Context, Result};
use indicatif::ProgressBar;
use serde::Serialize;
use std::{
	fs,
	path::{Path, PathBuf},
	process::ExitCode,
	sync::Arc,
};
use zerog_client::{
	publish::{Blob, Event, Observer},
	units::Amount,
};
use zerog_erasure::MAX_BLOB_BYTES;
use zerog_primitives::da::CommitteeId;

/// The file that is published, read before anything is started.
pub struct Input {
	/// Where it lies.
	pub path: PathBuf,
	/// What it holds.
	pub bytes: Vec<u8>,
}

impl Input {
	/// Reads `path`, or `Cargo.lock` of the nearest folder above that has one.
	pub fn read(path: Option<&Path>) -> Result<Self> {
		let path = match path {
			Some(path) => path.to_owned(),
			None => {
				let here = std::env::current_dir().context("asking for the present folder")?;
				let found = here
					.ancestors()
					.map(|folder| folder.join("Cargo.lock"))
					.find(|path| path.is_file());
				found.context("there is no Cargo.lock here or above: name a file to publish")?
			}
		};
		let context = || format!("reading {}", path.display());
		let length = fs::metadata(&path).with_context(context)?.len();
		ensure!(
			(1..=u64::from(MAX_BLOB_BYTES)).contains(&length),
			"{} has {length} bytes: a blob has 1 byte to {MAX_BLOB_BYTES}; split larger files",
			path.display()
		);
		let bytes = fs::read(&path).with_context(context)?;
		Ok(Self { path, bytes })
	}

	fn name(&self) -> String {
		self.path
			.file_name()
			.unwrap_or(self.path.as_os_str())
			.to_string_lossy()
			.into_owned()
	}
}

/// What became of the file.
#[derive(Clone, Debug, Serialize)]
pub struct Publication {
	/// The file.
	pub file: PathBuf,
	/// Its length.
	pub bytes: usize,
	/// Its commitment.
	pub commitment: String,
	/// Paid for good, in planck.
	pub dispersal_fee: u128,
	/// Held until retention ends, in planck.
	pub custody_fee: u128,
	/// Block of the payment.
	pub submitted_at: u32,
	/// Block of the certificate, whose signature was verified here.
	pub certified_at: u32,
	/// Slots between these blocks.
	pub slots: u64,
	/// The committee that signed.
	pub committee: CommitteeId,
	/// Rows that the signers hold.
	pub rows_signed: u32,
	/// All rows.
	pub rows: u32,
	/// Members that signed.
	pub signers: usize,
	/// Members of the committee.
	pub members: usize,
	/// First block in which it need not be kept any more.
	pub retained_until: Option<u32>,
}

/// How it went, for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
	/// Whether all was as it should be.
	pub ok: bool,
	/// What was done.
	pub steps: Vec<Step>,
	/// The file, if it was published.
	pub blob: Option<Publication>,
	/// Where to reach the network, if it runs.
	pub endpoints: Option<Endpoints>,
}

/// Starts a network and lets `input` go its way. The network is there also if a later step failed.
pub async fn tell(builder: Builder, input: Input, teller: &mut Teller) -> (Option<Network>, Told) {
	let mut blob = None;
	let network = start(builder, teller).await.ok();
	let mut ok = false;
	if let Some(network) = &network {
		ok = tell_on(network, input, teller, &mut blob).await.is_ok();
	}
	let endpoints = network.as_ref().map(Endpoints::of);
	(
		network,
		Told {
			ok,
			steps: teller.steps().to_vec(),
			blob,
			endpoints,
		},
	)
}

/// Starts a network as a step of its own.
pub async fn start(builder: Builder, teller: &mut Teller) -> Result<Network> {
	teller
		.step("start", "starting four validators", async |_| {
			let network = builder.spawn().await?;
			let with = if network.ethereum_url().is_some() {
				" and the Ethereum RPC"
			} else {
				""
			};
			let what = format!("{} validators{with} answer", network.nodes().len());
			Ok((network, what))
		})
		.await
}

async fn tell_on(
	network: &Network,
	input: Input,
	teller: &mut Teller,
	publication: &mut Option<Publication>,
) -> Result<()> {
	let (first, last) = (network.node(0), network.nodes().len() - 1);
	teller
		.step("finality", "waiting for the first finalized block", async |_| {
			network.wait_finalized(1).await?;
			Ok(((), format!("all validators: {}", first.heights().await?)))
		})
		.await?;

	let blob = publish(network, input, teller, publication).await?;

	let gone = network.node(last);
	teller
		.step("kill", format!("killing {}", gone.name()), async |_| {
			network.kill(last)?;
			Ok(((), format!("{} is gone (SIGKILL)", gone.name())))
		})
		.await?;

	for node in network.nodes().iter().take(last) {
		teller
			.step("read", format!("reading from {}", node.name()), async |bar| {
				let show = |got, all| {
					bar.set_message(format!(
						"received {} of {}",
						report::bytes(got),
						report::bytes(all)
					))
				};
				blob::read_back(node, &blob, show).await?;
				Ok((
					(),
					format!(
						"from {}: {} bytes, each as published",
						node.name(),
						blob.bytes.len()
					),
				))
			})
			.await?;
	}

	teller
		.step(
			"restart",
			format!("starting {} again", gone.name()),
			async |bar| {
				network.restart(last).await?;
				let from = gone.heights().await?;
				let target = first.heights().await?;
				let show = |kind: &'static str, end: u32| {
					let bar = bar.clone();
					move |height: u32| {
						bar.set_message(format!("{} catches up: {kind} {height} of {end}", gone.name()))
					}
				};
				gone.wait_block(Blocks::Best, target.best, PATIENCE, show("best", target.best))
					.await?;
				// One block more than the others had: it takes part again, and does not only copy.
				let end = target.finalized + 1;
				gone.wait_block(Blocks::Finalized, end, PATIENCE, show("finalized", end))
					.await?;
				Ok((
					(),
					format!(
						"{} came back at ({from}) and caught up: {}",
						gone.name(),
						gone.heights().await?
					),
				))
			},
		)
		.await
}

async fn publish(
	network: &Network,
	input: Input,
	teller: &mut Teller,
	publication: &mut Option<Publication>,
) -> Result<Blob> {
	let (node, name, file) = (network.node(0), input.name(), input.path);
	let size = report::bytes(input.bytes.len().try_into()?);
	let signer = zerog_client::keys::from_suri(&node.suri())?;
	let client = node.client().await?;
	let (blob, plan) = teller
		.step(
			"commit",
			format!("computing the commitment of {name} ({size})"),
			async |_| {
				let blob = blob::commit(&client, input.bytes).await?;
				let plan = blob::plan(&client, &blob, &signer).await?;
				let (fee, custody) = (Amount(plan.dispersal_fee), Amount(plan.custody_fee));
				let what = format!(
					"{name} ({size}): {}; costs {fee}, holds {custody}",
					blob.commitment
				);
				Ok(((blob, plan), what))
			},
		)
		.await?;

	teller
		.step("publish", format!("paying for {name}"), async |bar| {
			let certified = blob::publish(node, &client, &blob, &plan, &signer, observer(bar, &blob)).await?;
			let Certified {
				info,
				certificate,
				slots,
			} = certified;
			let what = format!(
				"certified {slots} slots after the payment: {} of {} rows, {} of {} validators (verified here)",
				certificate.rows_signed, certificate.rows, certificate.signers, certificate.members
			);
			*publication = Some(Publication {
				file,
				bytes: blob.bytes.len(),
				commitment: blob.commitment.to_string(),
				dispersal_fee: plan.dispersal_fee,
				custody_fee: plan.custody_fee,
				submitted_at: info.submitted_at,
				certified_at: certificate.block,
				slots,
				committee: certificate.committee,
				rows_signed: certificate.rows_signed,
				rows: certificate.rows,
				signers: certificate.signers,
				members: certificate.members,
				retained_until: info.retained_until,
			});
			Ok(((), what))
		})
		.await?;
	Ok(blob)
}

/// Shows on `bar` how publishing goes.
fn observer(bar: &ProgressBar, blob: &Blob) -> Observer {
	let (bar, length) = (bar.clone(), report::bytes(blob.bytes.len() as u64));
	Arc::new(move |event| {
		bar.set_message(match event {
			Event::Submitting => "waiting for the block with the payment".into(),
			Event::Paid(_) => "paid".into(),
			Event::Sent(count) => format!("sent {} of {length}", report::bytes(count)),
			Event::HandedOver => "waiting for the certificate".into(),
			Event::FellBack { .. } => "not certified in time: waiting for the root network".into(),
			Event::Again { reason, .. } => format!("the gateway will be asked again: {reason}"),
			Event::Certified(_) => "checking the certificate".into(),
		})
	})
}

impl Told {
	/// 0, or 1 if anything was not as it should be.
	pub fn exit_code(&self) -> ExitCode {
		if self.ok {
			ExitCode::SUCCESS
		} else {
			ExitCode::FAILURE
		}
	}
}
