// SPDX-License-Identifier: Apache-2.0

//! Transactions: build, price, submit, follow into a block.

use crate::{
	error::{chain, Error},
	keys::{account_of, Account},
	Client,
};
use std::time::Duration;
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::{substrate::SubstrateExtrinsicParamsBuilder, SubstrateConfig},
	error::{BackendError, ExtrinsicError, RpcError, TransactionEventsError, TransactionProgressError},
	ext::{
		scale_decode::{DecodeAsFields, DecodeAsType},
		scale_encode::EncodeAsFields,
	},
	extrinsics::ExtrinsicEvents,
	rpcs::Error as RpcsError,
	transactions::{self, DynamicPayload, SubmittableTransaction, TransactionInBlock, TransactionStatus},
	utils::{AccountId32, MultiAddress, H256},
};
use subxt_signer::sr25519::Keypair;
use zerog_erasure::{BlobHeader, Commitment, Hash};

type AtBlock = OnlineClientAtBlockImpl<SubstrateConfig>;
pub(crate) type Events = ExtrinsicEvents<SubstrateConfig>;

// The fields of events that are read here; the metadata says where they are.

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct FeePaid {
	actual_fee: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Submitted {
	dispersal_fee: u128,
	custody_fee: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Extended {
	custody_fee: u128,
}

/// A transaction is valid for so many blocks after the finalized block that it was built on.
pub(crate) const MORTAL_BLOCKS: u64 = 128;
/// How long to wait for a block that takes it.
const INCLUSION: Duration = Duration::from_secs(120);
/// Attempts when another program of the same account was quicker, and the pause between them.
const ATTEMPTS: u32 = 5;
const RACE_PAUSE: Duration = Duration::from_millis(500);

/// A transaction that had its effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
	/// Number of the block that holds it.
	pub block: u32,
	/// Hash of that block.
	pub block_hash: Hash,
	/// Hash of the transaction.
	pub transaction: Hash,
	/// The transaction fee paid, in smallest units, as far as the chain reported it.
	pub fee: Option<u128>,
}

/// A payment for a blob that a block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
	/// Where it is.
	pub inclusion: Inclusion,
	/// What was paid for dispersal, in smallest units; zero when the blob was paid for before.
	pub dispersal_fee: u128,
	/// What is held for custody, in smallest units; zero when it is kept long enough already.
	pub custody_fee: u128,
}

/// A call with its arguments in the order of its declaration.
pub type Call<Arguments> = DynamicPayload<Arguments>;
pub use subxt::ext::scale_encode::EncodeAsFields as Arguments;

/// `data_availability.submit`: pay for a blob, dispersal and custody at most `max_fee`, and fix who holds its rows.
pub fn submit_call(header: &BlobHeader, retention: u32, max_fee: u128) -> Call<impl EncodeAsFields> {
	let arguments = (
		header.namespace.0,
		header.length,
		header.profile.id(),
		header.row_root,
		header.checksum_root,
		retention,
		max_fee,
	);
	transactions::dynamic("DataAvailability", "submit", arguments)
}

/// `balances.transfer_keep_alive`: pay somebody, never emptying the payer's account.
pub fn transfer_call(to: Account, amount: u128) -> Call<impl EncodeAsFields> {
	let to = MultiAddress::<AccountId32, ()>::Id(AccountId32(to));
	transactions::dynamic("Balances", "transfer_keep_alive", (to, amount))
}

impl Client {
	async fn signed(
		&self,
		call: &Call<impl EncodeAsFields>,
		signer: &Keypair,
	) -> Result<SubmittableTransaction<SubstrateConfig, AtBlock>, Error> {
		let (best, finalized) = (self.best().await?, self.finalized().await?);
		// The nonce after what waits in the pool, so that a second transaction does not replace the first.
		let account = AccountId32(account_of(signer));
		let nonce = self
			.rpc
			.system_account_next_index(&account)
			.await
			.map_err(chain)?;
		// The era starts at a block that no fork can remove; the runtime's version is that of the best block.
		let parameters = SubstrateExtrinsicParamsBuilder::<SubstrateConfig>::new()
			.nonce(nonce)
			.mortal_from_unchecked(MORTAL_BLOCKS, finalized.number.into(), H256(finalized.hash))
			.build();
		let mut transactions = self.at(best.hash).await?.transactions();
		transactions
			.create_signed(call, signer, parameters)
			.await
			.map_err(refusal)
	}

	/// The transaction fee of a call, before it is submitted, in smallest units.
	pub async fn fee(&self, call: &Call<impl EncodeAsFields>, signer: &Keypair) -> Result<u128, Error> {
		self.signed(call, signer)
			.await?
			.partial_fee_estimate()
			.await
			.map_err(chain)
	}

	/// Submit a call and wait for the best block that holds it. Nonces of one client are given out one after
	/// the other.
	///
	/// Errors: [`Error::Rejected`] when it never reached a block, [`Error::Failed`] when it did but had no
	/// effect, [`Error::Unsettled`] when no block took it in time or the node was lost.
	pub async fn submit(
		&self,
		call: &Call<impl EncodeAsFields>,
		signer: &Keypair,
	) -> Result<Inclusion, Error> {
		Ok(self.submit_for_events(call, signer).await?.0)
	}

	pub(crate) async fn submit_for_events(
		&self,
		call: &Call<impl EncodeAsFields>,
		signer: &Keypair,
	) -> Result<(Inclusion, Events), Error> {
		let mut attempt = 1;
		loop {
			match self.submit_once(call, signer).await {
				// Another program used the same nonce at the same time.
				Err(Error::Rejected(reason)) if lost_race(&reason) && attempt < ATTEMPTS => attempt += 1,
				outcome => return outcome,
			}
			tokio::time::sleep(RACE_PAUSE).await;
		}
	}

	async fn submit_once(
		&self,
		call: &Call<impl EncodeAsFields>,
		signer: &Keypair,
	) -> Result<(Inclusion, Events), Error> {
		let one_nonce_at_a_time = self.submitting.lock().await;
		let signed = self.signed(call, signer).await?;
		let transaction = Commitment(signed.hash().0).to_string();
		let unsettled = |reason: String| Error::Unsettled {
			transaction: transaction.clone(),
			reason,
		};
		// From here on the node may have it, whatever happens to the connection.
		let followed = async {
			let mut progress = signed.submit_and_watch().await.map_err(refusal)?;
			drop(one_nonce_at_a_time);
			while let Some(status) = progress.next().await {
				match status.map_err(chain)? {
					TransactionStatus::InBestBlock(block) | TransactionStatus::InFinalizedBlock(block) => {
						return self.outcome(&block).await
					}
					TransactionStatus::Error { message }
					| TransactionStatus::Invalid { message }
					| TransactionStatus::Dropped { message } => return Err(Error::Rejected(message)),
					_ => {}
				}
			}
			Err(chain(
				TransactionProgressError::UnexpectedEndOfTransactionStatusStream,
			))
		};
		match tokio::time::timeout(INCLUSION, followed).await {
			Ok(Err(error)) if error.is_transient() => Err(unsettled(error.to_string())),
			Ok(outcome) => outcome,
			Err(_) => Err(unsettled(format!(
				"no block took it within {} s",
				INCLUSION.as_secs()
			))),
		}
	}

	/// What a transaction did in the block that holds it.
	async fn outcome(
		&self,
		block: &TransactionInBlock<SubstrateConfig, AtBlock>,
	) -> Result<(Inclusion, Events), Error> {
		let at = self.at(block.block_hash().0).await?;
		let number = u32::try_from(at.block_number()).map_err(|_| Error::WrongChain {
			what: "blocks".into(),
			reason: "a number beyond 32 bits".into(),
		})?;
		let events = block.wait_for_success().await.map_err(|error| match error {
			TransactionEventsError::ExtrinsicFailed(error) => failure(number, &error),
			error => chain(error),
		})?;
		let fee =
			event::<FeePaid>(&events, "TransactionPayment", "TransactionFeePaid").map(|fee| fee.actual_fee);
		let (block_hash, transaction) = (block.block_hash().0, block.extrinsic_hash().0);
		Ok((
			Inclusion {
				block: number,
				block_hash,
				transaction,
				fee,
			},
			events,
		))
	}

	/// Pay for a blob: dispersal fee, custody held, together at most `max_fee`; committee and permutation are fixed by
	/// the block that includes it.
	pub async fn submit_blob(
		&self,
		header: &BlobHeader,
		retention: u32,
		max_fee: u128,
		signer: &Keypair,
	) -> Result<Submission, Error> {
		let (inclusion, events) = self
			.submit_for_events(&submit_call(header, retention, max_fee), signer)
			.await?;
		let fresh = event::<Submitted>(&events, "DataAvailability", "Submitted");
		let more = event::<Extended>(&events, "DataAvailability", "Extended");
		let (dispersal_fee, custody_fee) = match (fresh, more) {
			(Some(event), _) => (event.dispersal_fee, event.custody_fee),
			(None, Some(event)) => (0, event.custody_fee),
			(None, None) => (0, 0),
		};
		Ok(Submission {
			inclusion,
			dispersal_fee,
			custody_fee,
		})
	}

	/// Pay somebody. The payer's account stays alive.
	pub async fn transfer(&self, to: Account, amount: u128, signer: &Keypair) -> Result<Inclusion, Error> {
		self.submit(&transfer_call(to, amount), signer).await
	}
}

/// The first event of this name, as far as it can be read.
pub(crate) fn event<E: DecodeAsFields>(events: &Events, pallet: &str, name: &str) -> Option<E> {
	let mut events = events.iter().filter_map(Result::ok);
	events
		.find(|event| (event.pallet_name(), event.event_name()) == (pallet, name))
		.and_then(|event| event.decode_fields_unchecked_as().ok())
}

/// The pool's reasons lie deep inside: code 1010 says "Invalid Transaction", its data says why.
fn refusal(error: ExtrinsicError) -> Error {
	match error {
		ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(
			RpcsError::User(user),
		))) => {
			let data = user
				.data
				.as_ref()
				.map(|data| data.get().trim_matches('"').to_owned());
			Error::Rejected(data.map_or(user.message.clone(), |data| format!("{}: {data}", user.message)))
		}
		ExtrinsicError::TransactionStatusError(error) => Error::Rejected(error.to_string()),
		error => chain(error),
	}
}

/// Whether the pool refused a transaction because another with its nonce came first.
fn lost_race(reason: &str) -> bool {
	["Priority is too low", "is outdated", "Usurped", "usurped"]
		.iter()
		.any(|sign| reason.contains(sign))
}

fn failure(block: u32, error: &subxt::error::DispatchError) -> Error {
	use subxt::error::DispatchError;
	let explanation = match error {
		DispatchError::Module(module) => module
			.details()
			.map(|found| found.variant.docs.join(" "))
			.unwrap_or_default(),
		_ => String::new(),
	};
	Error::Failed {
		block,
		reason: error.to_string(),
		explanation,
	}
}
