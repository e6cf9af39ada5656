// SPDX-License-Identifier: Apache-2.0

//! The command line `zerog`: thin verbs over the library.

#[path = "../cli/mod.rs"]
mod cli;

fn main() -> std::process::ExitCode {
	cli::main()
}
