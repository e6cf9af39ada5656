// SPDX-License-Identifier: Apache-2.0

//! The node's binary by itself: the development chain with one validator, and the commands beside it.

mod common;

use anyhow::{anyhow, ensure, Context, Result};
use common::{complaint, said};
use serde_json::{json, Value};
use std::{
	fs::{self, File},
	io::{self, BufRead, BufReader, Read, Write},
	os::{fd::FromRawFd, unix::fs::PermissionsExt},
	path::Path,
	process::{Command, Stdio},
	ptr,
};
use zerog_client::units::{Amount, SYMBOL, ZG};
use zerog_devnet::{blob::noise, network::beside_this_program, Network, Node};

const NODE: &str = "zerog-node";

#[tokio::test]
async fn a_development_node_alone_finalizes_certifies_and_keeps_its_chain_in_rocksdb() -> Result<()> {
	let mut network = Network::builder().dev().spawn().await?;
	network.wait_finalized(2).await?;
	let folder = tempfile::tempdir()?;
	let user = User::generate(network.node(0), folder.path())?;
	money_and_a_file_go_through_the_command_line(&user, folder.path())?;
	stake_goes_through_the_command_line(&user)?;
	operators_come_and_go_through_the_command_line(&user)?;

	network.stop_all().await?;
	let base_path = network.node(0).base_path();
	let chain = base_path.join("chains").join("zerog_dev");
	the_database_is_rocksdb(&chain)?;
	let on = |command: &str| {
		let options = [
			"--dev",
			"--base-path",
			base_path.to_str().expect("a temporary path is text"),
		];
		[command]
			.into_iter()
			.chain(options)
			.map(str::to_owned)
			.collect::<Vec<_>>()
	};
	said(NODE, on("chain-info"))?;
	said(NODE, on("purge-chain").into_iter().chain(["-y".into()]))?;
	assert!(
		!chain.join("db").join("full").exists(),
		"the chain is still there"
	);
	Ok(())
}

/// Somebody with a key in a file, and `zerog` asked as they ask it.
struct User<'a> {
	node: &'a Node,
	key_file: String,
	address: String,
}

impl<'a> User<'a> {
	fn generate(node: &'a Node, folder: &Path) -> Result<Self> {
		let generated: Value =
			serde_json::from_str(&said(NODE, ["key", "generate", "--output-type", "json"])?)?;
		let text = |field: &str| generated[field].as_str().context("not a text");
		let file = folder.join("key");
		fs::write(&file, format!("{}\n", text("secretPhrase")?))?;
		fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
		Ok(Self {
			node,
			key_file: file.to_str().context("text")?.to_owned(),
			address: text("ss58Address")?.to_owned(),
		})
	}

	fn arguments(&self, arguments: &[&str]) -> Vec<String> {
		let (url, gateway) = (self.node.ws_url(), self.node.gateway_url());
		let connection = ["--url", &url, "--gateway", &gateway];
		connection
			.iter()
			.chain(arguments)
			.map(|argument| argument.to_string())
			.collect()
	}

	/// With the key.
	fn own(&self, arguments: &[&str]) -> Vec<String> {
		self.arguments(&[arguments, &["--key-file", &self.key_file]].concat())
	}

	/// One JSON object about something that needs no key, or names its own.
	fn json(&self, arguments: &[&str]) -> Result<Value> {
		let arguments = self.arguments(&[&["--json"], arguments].concat());
		Ok(serde_json::from_str(&said("zerog", arguments)?)?)
	}

	/// What is on the user's account: free and held.
	fn balance(&self) -> Result<(u128, u128)> {
		let balance = self.json(&["balance", "--key-file", &self.key_file])?;
		assert_eq!(balance["account"], self.address.as_str(), "{balance}");
		Ok((amount(&balance["free"])?, amount(&balance["held"])?))
	}
}

/// An amount in JSON: a text of digits.
fn amount(value: &Value) -> Result<u128> {
	let digits = value.as_str().with_context(|| format!("{value} is not a text"))?;
	digits
		.parse()
		.with_context(|| format!("{digits} is not an amount"))
}

/// An amount in the line that `name` begins, as people are shown it.
fn shown(text: &str, name: &str) -> Result<u128> {
	let line = text
		.lines()
		.find_map(|line| line.strip_prefix(name))
		.with_context(|| format!("no {name} in {text}"))?;
	let words = line.trim().trim_start_matches("about ");
	let end = words.find(SYMBOL).context("no unit")?;
	Ok(words[..end].parse::<Amount>()?.0)
}

/// `zerog balance` and `transfer`, then `zerog da put`, `status`, `get` and `verify`, as a user and a script use them.
fn money_and_a_file_go_through_the_command_line(user: &User, folder: &Path) -> Result<()> {
	money_arrives(user)?;

	let (file, copy) = (folder.join("file"), folder.join("copy"));
	fs::write(&file, noise(100_000, 1))?;
	let (file, copy) = (file.to_str().context("text")?, copy.to_str().context("text")?);
	let commitment = a_file_is_paid_for_after_its_cost_was_agreed_to(user, file)?;

	let status = user.json(&["da", "status", &commitment])?;
	assert_eq!(
		(&status["commitment"], &status["state"]),
		(&json!(commitment), &json!("certified")),
		"{status}"
	);
	let before = user.balance()?;
	let again = [
		"da",
		"put",
		file,
		"--retention",
		"1h",
		"--key-file",
		&user.key_file,
	];
	let again = user.json(&again)?;
	assert_eq!(
		(
			&again["commitment"],
			&again["payment"],
			&again["certificate"]["verified"]
		),
		(&json!(commitment), &Value::Null, &json!(true)),
		"{again}"
	);
	assert_eq!(user.balance()?, before, "put was repeated and paid again");

	let got = user.json(&["da", "get", &commitment, "-o", copy])?;
	assert_eq!(
		(&got["length"], &got["verified"]),
		(&json!(100_000), &json!(true)),
		"{got}"
	);
	ensure!(fs::read(file)? == fs::read(copy)?, "other bytes came back");

	// Online: namespace and genesis are asked of the node.
	let verified = user.json(&["da", "verify", copy, &commitment])?;
	assert_eq!(
		(
			&verified["commitment"],
			&verified["length"],
			&verified["verified"]
		),
		(&json!(commitment), &json!(100_000), &json!(true)),
		"{verified}"
	);
	fs::write(copy, noise(100_000, 2))?;
	let refused = complaint(
		"zerog",
		user.arguments(&["--json", "da", "verify", copy, &commitment]),
	)?;
	let refused: Value = serde_json::from_str(&refused)?;
	let message = refused["error"]["message"].as_str().unwrap_or_default();
	ensure!(message.contains("is not that blob"), "{refused}");
	Ok(())
}

/// Bob pays, and both sides have what the answer says.
fn money_arrives(user: &User) -> Result<()> {
	assert_eq!(user.balance()?, (0, 0));
	let bob = || amount(&user.json(&["balance", "--suri", "//Bob"])?["free"]);
	let transfer = ["transfer", &user.address, "12.5", "--suri", "//Bob"];

	// Nobody agrees to the cost, so that it is shown and not paid.
	let before = bob()?;
	let refused = complaint("zerog", user.arguments(&transfer))?;
	for expected in ["12.5 ZG from", "transaction fee about", "nothing was paid"] {
		ensure!(refused.contains(expected), "no {expected} in {refused}");
	}
	assert_eq!((bob()?, user.balance()?), (before, (0, 0)));

	let paid = user.json(&transfer)?;
	let (sent, fee) = (amount(&paid["amount"])?, amount(&paid["fee"])?);
	assert_eq!((&paid["to"], sent), (&json!(user.address), 25 * ZG / 2), "{paid}");
	ensure!(paid["block"].as_u64() > Some(0) && fee > 0, "{paid}");
	assert_eq!((bob()?, user.balance()?), (before - sent - fee, (sent, 0)));
	assert_eq!(
		user.json(&["balance", &user.address])?,
		user.json(&["balance", "--key-file", &user.key_file])?
	);
	Ok(())
}

/// A terminal, ours and the program's end: costs are asked about on one only.
fn terminal() -> Result<(File, File)> {
	let (mut ours, mut theirs) = (-1, -1);
	let nothing = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
	// SAFETY: it writes two descriptors, each of which belongs to its file from here on.
	unsafe {
		let opened = libc::openpty(&mut ours, &mut theirs, nothing.0, nothing.1, nothing.2);
		ensure!(opened == 0, io::Error::last_os_error());
		Ok((File::from_raw_fd(ours), File::from_raw_fd(theirs)))
	}
}

/// `zerog stake`: who takes stake, delegating to it, and taking back a part.
fn stake_goes_through_the_command_line(user: &User) -> Result<()> {
	let all = user.json(&["stake", "operators"])?;
	let operator = &all["operators"][0];
	assert_eq!(
		(&operator["validator"], &operator["open"]),
		(&json!(true), &json!(true)),
		"{all}"
	);
	let operator = operator["operator"].as_str().context("an account")?;
	let services = user.json(&["stake", "services"])?;
	let kinds = services["services"].as_array().context("a list")?;
	let kinds: Vec<_> = kinds.iter().map(|service| &service["kind"]).collect();
	assert_eq!(kinds, ["consensus", "data availability"], "{services}");

	let delegate = user.own(&["stake", "delegate", operator, "2"]);
	let refused = complaint("zerog", &delegate)?;
	says(&refused, &TERMS)?;
	says(&refused, &["2 ZG locked", "45 eras"])?;
	let position =
		|| Ok::<_, anyhow::Error>(user.json(&["stake", "show", &user.address])?["positions"].clone());
	assert_eq!(position()?, json!([]), "nothing was locked");
	said("zerog", delegate.into_iter().chain(["--yes".into()]))?;
	let staked = position()?[0].clone();
	assert_eq!(
		(&staked["operator"], amount(&staked["active"])?),
		(&json!(operator), 2 * ZG),
		"{staked}"
	);

	let unbond = user.own(&["stake", "unbond", operator, "1"]);
	let refused = complaint("zerog", &unbond)?;
	says(&refused, &TERMS)?;
	says(&refused, &["1 ZG unbonded", "in about"])?;
	said("zerog", unbond.into_iter().chain(["--yes".into()]))?;
	let left = position()?[0].clone();
	let unlock = &left["unlocks"][0];
	let (active, unbonding) = (amount(&left["active"])?, amount(&unlock["amount"])?);
	// Shares are whole, and prices may round: a planck.
	ensure!(active.abs_diff(ZG) <= 1 && unbonding.abs_diff(ZG) <= 1, "{left}");
	let era = |name: &str| unlock[name].as_u64().context("an era");
	assert_eq!(era("free_from")?, era("era")? + 45, "{left}");
	let early = complaint("zerog", user.own(&["--yes", "stake", "withdraw"]))?;
	ensure!(early.contains("nothing is free yet"), "{early}");
	let little = complaint(
		"zerog",
		user.own(&["--yes", "stake", "delegate", operator, "0.5"]),
	)?;
	ensure!(little.contains("too little"), "{little}");
	let nobody = complaint(
		"zerog",
		user.own(&["--yes", "stake", "delegate", &user.address, "2"]),
	)?;
	ensure!(nobody.contains("no operator"), "{nobody}");

	let alice =
		|verb: &[&str]| user.arguments(&[&["stake", "operator"], verb, &["--suri", "//Alice"]].concat());
	for verb in [
		["allocate", "1", "35%"].as_slice(),
		&["commission", "6%"],
		&["validate"],
		&["chill"],
		&["leave"],
	] {
		says(&complaint("zerog", alice(verb))?, &TERMS)?;
	}
	// She stands for election, so that she is counted anew in the same transaction.
	said("zerog", alice(&["allocate", "1", "35%", "--yes"]))?;
	let promises = user.json(&["stake", "operators"])?["operators"][0]["promises"].clone();
	let promise = promises
		.as_array()
		.and_then(|all| all.iter().find(|promise| promise["service"] == 1));
	assert_eq!(promise.context("a promise")?["target"], "35.00 %", "{promises}");
	Ok(())
}

fn says(text: &str, all: &[&str]) -> Result<()> {
	let missing = all.iter().find(|expected| !text.contains(**expected));
	missing.map_or(Ok(()), |missing| Err(anyhow!("no {missing} in {text}")))
}

/// `zerog stake operator` and `zerog network operator`: Ferdie becomes an operator, Alice changes what she declared and leaves, and
/// what the chain would refuse is refused before anything is paid.
fn operators_come_and_go_through_the_command_line(user: &User) -> Result<()> {
	let by =
		|who: &'static str| move |verb: &[&str]| user.arguments(&[verb, &["--yes", "--suri", who]].concat());
	let (alice, ferdie) = (by("//Alice"), by("//Ferdie"));
	let refused = |arguments: Vec<String>, text: &str| says(&complaint("zerog", arguments)?, &[text]);

	refused(
		ferdie(&["stake", "operator", "register", "5"]),
		"5 ZG is too little",
	)?;
	said(
		"zerog",
		ferdie(&["stake", "operator", "register", "2000", "--commission", "7%"]),
	)?;
	refused(
		ferdie(&["stake", "operator", "reopen"]),
		"no slash has closed its pool",
	)?;
	let address = user.json(&["balance", "--suri", "//Ferdie"])?["account"].clone();
	let address = address.as_str().context("an account")?;
	let operators = user.json(&["stake", "operators", address])?;
	let operator = &operators["operators"][0];
	assert_eq!(
		(
			&operator["operator"],
			&operator["commission"],
			amount(&operator["own"])?
		),
		(&json!(address), &json!("7.00 %"), 2_000 * ZG),
		"{operators}"
	);
	let slashes = user.json(&["stake", "slashes", address])?;
	assert_eq!(
		(&slashes["operator"], &slashes["pending"]),
		(&json!(address), &json!([])),
		"{slashes}"
	);
	refused(
		ferdie(&["stake", "realise", address]),
		"slashes have taken nothing",
	)?;
	let rewards = user.json(&["stake", "rewards", "--claim", "--suri", "//Ferdie"])?;
	assert_eq!(amount(&rewards["claimable"])?, 0, "it has served nobody");
	refused(
		ferdie(&["network", "operator", "register", "--ingress", "400GiB"]),
		"no attestation key",
	)?;

	let show = || user.json(&["network", "operator", "show", "--suri", "//Alice"]);
	assert_eq!(show()?["left"], Value::Null);
	said("zerog", alice(&["network", "operator", "set-ingress", "400GiB"]))?;
	assert_eq!(show()?["ingress"], json!(400u64 << 30));
	refused(
		alice(&["network", "operator", "register", "--ingress", "1GiB"]),
		"is an operator already",
	)?;
	for verb in ["join", "leave"] {
		refused(
			alice(&["network", "operator", verb, "0"]),
			"all operators are in the root network",
		)?;
		refused(
			alice(&["network", "operator", verb, "9"]),
			"there is no network 9",
		)?;
	}
	said("zerog", alice(&["network", "operator", "unregister"]))?;
	ensure!(show()?["left"].is_number(), "{}", show()?);
	refused(
		alice(&["network", "operator", "unregister"]),
		"it announced to be no operator any more",
	)
}

/// What is said before somebody agrees, and how to.
const TERMS: [&str; 5] = ["amount ", "unlocks ", "risk ", "fee ", "--yes"];

/// The commitment. What is on the account afterwards is less by what was shown before somebody said yes.
fn a_file_is_paid_for_after_its_cost_was_agreed_to(user: &User, file: &str) -> Result<String> {
	let before = user.balance()?;
	let put = user.own(&["da", "put", file, "--retention", "1h"]);
	let refused = complaint("zerog", &put)?;
	ensure!(refused.contains("nothing was paid"), "{refused}");

	let (mut ours, theirs) = terminal()?;
	let mut child = Command::new(beside_this_program()?.join("zerog"))
		.args(&put)
		.stdin(theirs)
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		.spawn()?;
	let mut stderr = BufReader::new(child.stderr.take().context("piped")?);
	let mut asked = Vec::new();
	while !asked.ends_with(b"[y/N] ") {
		let more = stderr.read_until(b' ', &mut asked)?;
		ensure!(more > 0, "it never asked: {}", String::from_utf8_lossy(&asked));
	}
	let asked = String::from_utf8(asked)?;
	let (dispersal, custody) = (shown(&asked, "dispersal ")?, shown(&asked, "custody ")?);
	let transaction = shown(&asked, "transaction ")?;
	assert_eq!(
		shown(&asked, "together ")?,
		dispersal + custody + transaction,
		"{asked}"
	);
	let commitment = asked
		.lines()
		.find_map(|line| line.strip_prefix("commitment "))
		.context("no commitment")?
		.trim()
		.to_owned();
	assert_eq!(
		user.balance()?,
		before,
		"something was paid before anybody agreed"
	);
	let unknown = complaint("zerog", user.arguments(&["da", "status", &commitment]))?;
	ensure!(unknown.contains(&commitment), "{unknown}");

	ours.write_all(b"y\n")?;
	let mut rest = String::new();
	stderr.read_to_string(&mut rest)?;
	let ended = child.wait_with_output()?;
	ensure!(ended.status.success(), "{}: {rest}", ended.status);
	let told = String::from_utf8(ended.stdout)?;
	ensure!(
		told.contains(&commitment) && told.contains("certified in block"),
		"{told}"
	);
	let (free, held) = user.balance()?;
	assert_eq!(held - before.1, custody);
	let paid = before.0 - free - custody - dispersal;
	ensure!(
		(1..=transaction).contains(&paid),
		"the transaction cost {paid} instead of {transaction}: {told}"
	);
	Ok(commitment)
}

fn the_database_is_rocksdb(chain: &Path) -> Result<()> {
	let names = |folder: &Path| -> Result<Vec<String>> {
		let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
		Ok(entries
			.flatten()
			.map(|entry| entry.file_name().to_string_lossy().into_owned())
			.collect())
	};
	let database = names(&chain.join("db").join("full"))?;
	for prefix in ["CURRENT", "MANIFEST-", "OPTIONS-"] {
		ensure!(
			database.iter().any(|name| name.starts_with(prefix)),
			"no {prefix} in {database:?}"
		);
	}
	let beside = [names(chain)?, names(&chain.join("db"))?].concat();
	ensure!(!beside.iter().any(|name| name == "paritydb"), "{beside:?}");
	Ok(())
}

#[test]
fn the_commands_beside_running_respond() -> Result<()> {
	for (chain, id) in [("dev", "zerog_dev"), ("local", "zerog_local")] {
		let spec: Value = serde_json::from_str(&said(NODE, ["export-chain-spec", "--chain", chain])?)?;
		assert_eq!(spec["id"], id);
		assert!(spec["genesis"]["runtimeGenesis"]["patch"]["dataAvailability"].is_object());
	}
	for (arguments, words) in [
		(["benchmark", "machine", "--help"].as_slice(), "hardware"),
		(&["benchmark", "--help"], "pallet"),
		(&["key", "--help"], "insert"),
		(&["da-key", "--help"], "inspect"),
		(&["revert", "--help"], "--chain"),
		(&["--version"], NODE),
		(&["eth-rpc", "--version"], "eth-rpc"),
	] {
		let text = said(NODE, arguments)?;
		ensure!(
			text.contains(words),
			"{arguments:?} says nothing of {words}: {text}"
		);
	}
	let wrong = complaint(NODE, ["--chain", "/does/not/exist"])?;
	ensure!(wrong.contains("/does/not/exist"), "{wrong}");
	let wrong = complaint(NODE, ["--da-gateway", "everywhere"])?;
	ensure!(
		wrong.contains("'everywhere' is neither 'off' nor an address"),
		"{wrong}"
	);
	Ok(())
}
