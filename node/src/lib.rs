// SPDX-License-Identifier: Apache-2.0

//! The zerog node.
//!
//! * [`cli`] and [`command`]: the command line.
//! * [`chain_spec`]: `dev`, `local`, or a file.
//! * [`service`]: how the parts of a node are put together.
//! * [`da`]: what ties the data-availability service to chain, keystore and network.
//! * `equivocations`: reports who made two blocks for one slot.
//! * [`rpc`]: what the node answers over JSON-RPC.
//! * [`runtimes`]: the executor and what it has compiled.

// The SDK's error type is what it is, and an error ends the program.
#![allow(clippy::result_large_err)]

pub mod chain_spec;
pub mod cli;
pub mod command;
pub mod da;
mod equivocations;
pub mod rpc;
pub mod runtimes;
pub mod service;
