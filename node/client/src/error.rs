// SPDX-License-Identifier: Apache-2.0

//! What can go wrong, and what to do then. `Display` says what happened, [`Error::remedy`] what to do next.

use crate::{
	certificate::CertificateError, custody::CustodyError, gateway::GatewayError, keys::KeyError,
	units::Amount,
};
use std::{io, path::PathBuf};
use zerog_erasure::{Commitment, HeaderError};

/// The library's error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// No node answered at the address. Start one, or give another address.
	#[error("no node answers at {url}: {reason}")]
	Connect {
		/// The address tried.
		url: String,
		/// What the connection attempt ended with.
		reason: String,
	},
	/// The node answered, but a request to it failed.
	#[error("the node could not be asked: {0}")]
	Chain(Box<subxt::Error>),
	/// The node took too long. It may be stalled or overloaded.
	#[error("the node did not answer within {0} s")]
	Silent(u64),
	/// The runtime behind the node does not offer a call that this client needs, or answers in another
	/// format.
	#[error("the chain does not serve {what} as this version of zerog knows it: {reason}")]
	WrongChain {
		/// The call or storage item.
		what: String,
		/// Why its answer was not understood.
		reason: String,
	},
	/// The blob's size is outside what the format allows.
	#[error("{0}")]
	Header(HeaderError),
	/// The chain names no price: length or retention lie outside its limits.
	#[error("the chain does not take {length} bytes for {retention} blocks")]
	NotQuoted {
		/// Blob length in bytes.
		length: u32,
		/// Retention in blocks.
		retention: u32,
	},
	/// The payer cannot cover the cost. Nothing was paid.
	#[error("{account} has {available} to spend, but {needed} are needed")]
	Funds {
		/// The payer's address.
		account: String,
		/// What it may spend.
		available: Amount,
		/// What is to be paid and held, transaction fee included.
		needed: Amount,
	},
	/// The node refused the transaction before it reached a block. Nothing was paid.
	#[error("the node refused the transaction: {0}")]
	Rejected(String),
	/// The transaction is in a block but had no effect other than its fee.
	#[error("the transaction failed in block {block}: {reason}")]
	Failed {
		/// The block's number.
		block: u32,
		/// The runtime's error, by name.
		reason: String,
		/// The runtime's own explanation, from its metadata; may be empty.
		explanation: String,
	},
	/// The transaction was sent, but what became of it is not known. It may still be included.
	#[error("transaction {transaction} was sent, but its outcome is not known: {reason}")]
	Unsettled {
		/// Its hash.
		transaction: String,
		/// Why nothing more is known.
		reason: String,
	},
	/// What is left of an earlier life of the blob is not settled, so that it cannot be submitted anew.
	#[error("an earlier life of {0} is over, but no block settles it")]
	NotSettled(Commitment),
	/// The chain has no record of this commitment on its best block.
	#[error("the chain does not know {0}")]
	Unknown(Commitment),
	/// The deadline passed without a certificate.
	#[error("{commitment} was not certified before its deadline, block {deadline}")]
	DeadlinePassed {
		/// The blob.
		commitment: Commitment,
		/// The last block in which a certificate counted.
		deadline: u32,
	},
	/// The node's header does not belong to the commitment asked for.
	#[error("the node gave a header that does not belong to {0}")]
	ForeignHeader(Commitment),
	/// The bytes received are not the blob. They were discarded.
	#[error("the bytes received are not the blob: they commit to {got}, not to {wanted}")]
	WrongBytes {
		/// The commitment asked for.
		wanted: Commitment,
		/// What the received bytes commit to.
		got: Commitment,
	},
	/// No gateway gave the checksum of the blob, without which no row can be checked.
	#[error("no gateway gave the checksum of {commitment}: {reason}")]
	NoChecksum {
		/// The blob.
		commitment: Commitment,
		/// What each gateway answered.
		reason: String,
	},
	/// The blob has no certificate yet, so nobody owes its rows.
	#[error("{0} has no certificate yet")]
	NotCertified(Commitment),
	/// The operating system gave no random numbers.
	#[error("the system gave no random numbers: {0}")]
	NoRandomness(String),
	/// The gateway's part of the work failed.
	#[error(transparent)]
	Gateway(#[from] GatewayError),
	/// The certificate on chain does not prove what it claims.
	#[error(transparent)]
	Certificate(#[from] CertificateError),
	/// The row cannot be challenged, or proves nothing.
	#[error(transparent)]
	Custody(#[from] CustodyError),
	/// A key or an address was refused.
	#[error(transparent)]
	Key(#[from] KeyError),
	/// A file could not be read or written.
	#[error("{path}: {cause}", path = path.display())]
	File {
		/// The file.
		path: PathBuf,
		/// What the operating system said.
		cause: io::Error,
	},
}

impl Error {
	/// What to do next, as one sentence without a final stop.
	pub fn remedy(&self) -> String {
		match self {
			Self::Connect { .. } => {
				"start a node there (./scripts/devnet starts four), or give another address with --url".into()
			}
			Self::Chain(_) | Self::Silent(_) => "check the node's log, then try again".into(),
			Self::WrongChain { .. } => "check that --url leads to a zerog node as new as this zerog".into(),
			Self::Header(_) => "publish files of 1 byte to 32 MiB; split larger ones".into(),
			Self::NotQuoted { .. } => {
				"try a shorter or longer --retention, or wait: the chain may be congested".into()
			}
			Self::Funds { account, .. } => format!("fund {account} first; a shorter --retention costs less"),
			Self::Rejected(reason) if reason.contains("pay") => "fund the signing account".into(),
			Self::Rejected(reason) if reason.contains("Priority") || reason.contains("outdated") => {
				"another transaction of the same account is under way: wait for it, then try again".into()
			}
			Self::Rejected(_) => "check the signing key and the node's log, then try again".into(),
			Self::Failed { explanation, .. } if !explanation.is_empty() => explanation.clone(),
			Self::Failed { .. } => "correct the cause, then try again; only its fee was paid".into(),
			Self::Unsettled { .. } => {
				"`da put` can simply be repeated; before another transfer, look at the balance".into()
			}
			Self::NotSettled(_) => "wait for blocks with room, then try again".into(),
			Self::Unknown(_) => {
				"check it; a blob is forgotten when its retention ends or its deadline passes".into()
			}
			Self::DeadlinePassed { .. } => {
				"the custody fee comes back; publish again when enough validators are up".into()
			}
			Self::ForeignHeader(_) => "do not trust this node: give another one with --url".into(),
			Self::WrongBytes { .. } => "nothing was written; ask another node with --gateway".into(),
			Self::NoChecksum { .. } => "ask other nodes with --gateway".into(),
			Self::NotCertified(_) => "wait for its certificate: `da status` shows it".into(),
			Self::NoRandomness(_) => "check the operating system".into(),
			Self::Gateway(error) => error.remedy(),
			Self::Certificate(_) => "do not rely on this certificate; ask another node with --url".into(),
			Self::Custody(error) => error.remedy(),
			Self::Key(error) => error.remedy(),
			Self::File { .. } => "check the path and its permissions".into(),
		}
	}

	/// Whether it may pass by itself: a lost connection, a node that restarts.
	pub fn is_transient(&self) -> bool {
		match self {
			Self::Chain(_) | Self::Silent(_) | Self::Connect { .. } => true,
			Self::Gateway(error) => error.is_transient(),
			_ => false,
		}
	}
}

impl From<HeaderError> for Error {
	fn from(error: HeaderError) -> Self {
		Self::Header(error)
	}
}

/// Anything that subxt reports, as our error.
pub(crate) fn chain(error: impl Into<subxt::Error>) -> Error {
	Error::Chain(Box::new(error.into()))
}

/// The innermost cause of an error: "Connection refused" rather than three layers of wrapping.
pub(crate) fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
	let mut cause = error;
	while let Some(inner) = cause.source() {
		cause = inner;
	}
	cause.to_string()
}
