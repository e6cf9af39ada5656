// SPDX-License-Identifier: Apache-2.0

//! A development network of real processes on loopback: four validators and the Ethereum RPC beside them.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! let mut network = zerog_devnet::Network::builder().base_port(11_000).spawn().await?;
//! network.wait_finalized(1).await?;
//! network.kill(3)?; // SIGKILL
//! network.restart(3).await?;
//! network.stop_all().await?;
//! # Ok(()) }
//! ```
//!
//! * [`network`]: start, kill, restart, stop, wait.
//! * [`node`]: one validator: its addresses, its folder, what it says over RPC.
//! * [`process`]: children that cannot outlive their parent, and their logs.
//! * [`ports`]: who listens where.
//! * [`folder`]: the temporary folder, removed also after a crash.
//! * [`blob`]: a file's way through the network, step by step.
//! * [`story`]: what `zerog-devnet` shows; [`report`]: how it tells it.
//! * [`mod@bench`]: how long a certificate takes; [`mod@soak`]: full rate for minutes, nothing lost, memory flat.
//!
//! Only processes that were started here are ever signalled.

pub mod bench;
pub mod blob;
mod cache;
pub mod folder;
pub mod network;
pub mod node;
pub mod ports;
pub mod process;
pub mod report;
pub mod soak;
pub mod story;

pub use network::{Builder, Network};
pub use node::{Heights, Node};
pub use ports::Ports;
