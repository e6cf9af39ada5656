// SPDX-License-Identifier: Apache-2.0

//! The binary as a script meets it: exit codes, streams, and errors that say what to do next.

use serde_json::Value;
use std::{
	fs,
	path::PathBuf,
	process::{Command, Output},
};
use zerog_client::{publish::Blob, Namespace};

const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
const COMMITMENT: &str = "0xabababababababababababababababababababababababababababababababab";
/// Port 1 answers nobody.
const NOBODY: [&str; 2] = ["--url", "ws://127.0.0.1:1"];

fn zerog(arguments: &[&str]) -> Output {
	let mut command = Command::new(env!("CARGO_BIN_EXE_zerog"));
	command
		.args(arguments)
		.env_remove("ZEROG_URL")
		.env_remove("ZEROG_GATEWAY");
	command.output().unwrap()
}

fn code(output: &Output) -> i32 {
	output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
	String::from_utf8(output.stderr.clone()).unwrap()
}

struct Folder(tempfile::TempDir);

impl Folder {
	fn new() -> Self {
		Self(tempfile::tempdir().unwrap())
	}

	fn file(&self, name: &str, bytes: &[u8]) -> String {
		let path: PathBuf = self.0.path().join(name);
		fs::write(&path, bytes).unwrap();
		path.display().to_string()
	}
}

#[test]
fn what_is_not_understood_ends_with_two_and_says_why() {
	let folder = Folder::new();
	let file = folder.file("file", b"hello");
	for arguments in [
		&["fly"][..],
		&["da", "put"],
		&["transfer", ALICE, "1,5"],
		&["balance"],
		&["da", "put", &file],
		&["da", "challenge", COMMITMENT],
		&["da", "report", COMMITMENT],
		&["da", "payout", COMMITMENT],
		&["da", "claim"],
	] {
		let output = zerog(arguments);
		assert_eq!(code(&output), 2, "{arguments:?}");
		assert!(output.stdout.is_empty() && !output.stderr.is_empty());
	}
	assert!(stderr(&zerog(&["da", "put", &file])).contains("--key-file"));
}

#[test]
fn a_node_that_is_not_there_is_named_with_what_to_do() {
	let output = zerog(&[&NOBODY[..], &["balance", ALICE]].concat());
	assert_eq!(code(&output), 1);
	let said = stderr(&output);
	assert!(
		said.contains("no node answers at ws://127.0.0.1:1") && said.contains(" next: "),
		"{said}"
	);

	for verb in ["challenge", "report", "payout"] {
		let output = zerog(&[&NOBODY[..], &["--suri", "//Alice", "da", verb, COMMITMENT]].concat());
		assert_eq!(code(&output), 1);
		assert!(stderr(&output).contains("no node answers"), "{}", stderr(&output));
	}

	let output = zerog(&[&NOBODY[..], &["--json", "balance", ALICE]].concat());
	assert_eq!(code(&output), 1);
	let said: Value = serde_json::from_slice(&output.stderr).unwrap();
	assert!(
		said["error"]["next"].as_str().unwrap().contains("--url"),
		"{said}"
	);
}

#[test]
fn files_that_cannot_be_blobs_are_refused_before_anything_is_asked() {
	let folder = Folder::new();
	let empty = folder.file("empty", b"");
	let large = folder.file("large", b"x");
	fs::OpenOptions::new()
		.write(true)
		.open(&large)
		.unwrap()
		.set_len((32 << 20) + 1)
		.unwrap();
	let missing = folder.0.path().join("missing").display().to_string();
	for (file, reason) in [
		(&empty, "at least one byte"),
		(&large, "32 MiB"),
		(&missing, "No such file"),
	] {
		let output = zerog(&[&NOBODY[..], &["--suri", "//Alice", "da", "put", file]].concat());
		assert_eq!(code(&output), 1);
		assert!(stderr(&output).contains(reason), "{}", stderr(&output));
	}
}

#[test]
fn an_exposed_key_file_is_refused() {
	let folder = Folder::new();
	let key = folder.file("key", b"//Alice\n");
	fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
	let output = zerog(&[&NOBODY[..], &["--key-file", &key, "balance"]].concat());
	assert_eq!(code(&output), 1);
	assert!(stderr(&output).contains("chmod 600"), "{}", stderr(&output));
}

#[test]
fn a_file_is_verified_without_any_node() {
	let folder = Folder::new();
	let file = folder.file("file", b"hello");
	let other = folder.file("other", b"hellp");
	let genesis = format!("0x{}", "07".repeat(32));
	let mut namespace = Namespace::default();
	namespace.0[..6].copy_from_slice(b"photos");
	let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
	let blob = runtime
		.block_on(Blob::commit([7; 32], namespace, None, b"hello".as_slice().into()))
		.unwrap();
	let commitment = blob.commitment.to_string();

	let verify = |file: &str, namespace: &str| {
		let offline = [
			"--json",
			"da",
			"verify",
			file,
			&commitment,
			"--namespace",
			namespace,
			"--genesis",
			&genesis,
		];
		zerog(&[&NOBODY[..], &offline].concat())
	};
	let output = verify(&file, "photos");
	assert_eq!(code(&output), 0, "{}", stderr(&output));
	let said: Value = serde_json::from_slice(&output.stdout).unwrap();
	assert_eq!(
		(&said["verified"], &said["commitment"]),
		(&Value::Bool(true), &Value::String(commitment.clone()))
	);
	assert_eq!(code(&verify(&other, "photos")), 1);
	assert_eq!(code(&verify(&file, "videos")), 1);
}
