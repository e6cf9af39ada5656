// SPDX-License-Identifier: Apache-2.0

//! What ties the data-availability service to this node.
//!
//! [`zerog_da`] knows no FRAME and no client; here are its three traits for the real thing: [`chain`] over the client and
//! the transaction pool, [`identity`] over the keystore, [`transport`] over the network. [`key`] finds the attestation
//! key.

pub mod chain;
pub mod identity;
pub mod key;
pub mod transport;
