// SPDX-License-Identifier: Apache-2.0

//! The zerog node. What it does is in the library's [`zerog_node::command::run`].

#[allow(clippy::result_large_err)]
fn main() -> sc_cli::Result<()> {
	zerog_node::command::run()
}
