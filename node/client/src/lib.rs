// SPDX-License-Identifier: Apache-2.0

//! zerog for programs: publish a blob, follow it to its certificate, read it back, pay.
//!
//! | module | what |
//! |---|---|
//! | [`chain`] | [`Client`]: a connection to a node; blocks, runtime APIs, balances |
//! | [`transaction`] | build, price, submit and follow transactions |
//! | [`gateway`] | [`Gateway`]: a node's HTTP interface for blobs |
//! | [`publish`] | what it costs, pay, hand over, wait for the certificate |
//! | [`retrieve`] | fetch a blob and accept it only if it is the blob |
//! | [`sample`] | see whether a blob is available without reading it |
//! | [`network`] | networks: load, committees, what they are worth; operators |
//! | [`stake`] | shared staking: operators, stake, rewards |
//! | [`trace`] | what a node did with a blob, and when |
//! | [`custody`] | challenge rows, report wrong ones, have signers paid |
//! | [`certificate`] | check a certificate oneself |
//! | [`keys`], [`units`] | keys, addresses, amounts, spans |
//! | [`error`] | what can go wrong, and what to do then |
//!
//! No node is trusted with content: commitments are computed here, before paying and after reading. What a
//! node is believed about is the state of the chain (prices, balances, the committee's keys).
//!
//! ```no_run
//! # async fn example() -> Result<(), zerog_client::Error> {
//! use zerog_client::{keys, publish, retrieve, Client, Gateway};
//!
//! let client = Client::connect("ws://127.0.0.1:9944").await?;
//! let gateway = Gateway::new("http://127.0.0.1:9950")?;
//! let signer = keys::from_suri("//Alice")?;
//!
//! let blob = publish::Blob::prepare(&client, Default::default(), b"hello".to_vec().into(), 1_200).await?;
//! let plan = publish::plan(&client, &blob, 1_200, &signer).await?;
//! println!("{} costs {} planck", blob.commitment, plan.total());
//! publish::publish(&client, &gateway, &blob, &plan, &signer, publish::silent()).await?;
//!
//! let bytes = retrieve::retrieve(&client, &gateway, blob.commitment, |_, _| {}).await?;
//! assert_eq!(&bytes[..], b"hello");
//! # Ok(()) }
//! ```

#![warn(missing_docs)]

pub mod certificate;
pub mod chain;
pub mod custody;
pub mod error;
pub mod gateway;
pub mod keys;
pub mod network;
pub mod publish;
pub mod retrieve;
pub mod sample;
pub mod stake;
pub mod trace;
pub mod transaction;
pub mod units;

pub use chain::{Balance, BlockId, Client};
pub use error::Error;
pub use gateway::{BlobStatus, Gateway, GatewayError};
pub use transaction::{Inclusion, Submission};
// What signatures of this crate mention.
pub use subxt_signer::sr25519::Keypair;
pub use zerog_erasure::{BlobHeader, Commitment, Namespace, Profile};
pub use zerog_primitives::da::{BlobInfo, BlobState, Committee, CommitteeId, Quote};
