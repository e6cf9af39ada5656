// SPDX-License-Identifier: Apache-2.0

//! Validators that say two things under one number, or sign for a row that is wrong: others have the proof, and it costs
//! stake. Their processes are killed, and the test speaks in their place, with their keys, to nodes as they are.

mod common;
#[path = "common/peer.rs"]
mod peer;

use anyhow::{bail, ensure, Context, Result};
use common::{bytes, key, number, reading::all_online, said, Chain, SOON};
use peer::Peer;
use serde_json::Value;
use std::{
	fs,
	time::{SystemTime, UNIX_EPOCH},
};
use zerog_bls::{signer::SecretKey, Signature};
use zerog_client::{keys::account_of, Gateway};
use zerog_da_wire::{
	messages::message_of,
	protocol::{encode_request, Batch, Hello, Push, Refusal, Request, Response, Rows, Share},
};
use zerog_devnet::{
	blob::{self, noise, RETENTION},
	node::NAMES,
	Network,
};
use zerog_erasure::{
	checksum_root, row_root, BlobHeader, Commitment, Hash, Namespace, Profile, Row, RowBatch, RowError,
	Verifier,
};
use zerog_primitives::da::{
	attestation_message, dev_key_seed, hello_message, Assignment, Committee, Fault, Verdict,
};

/// Who hears the lies.
const WITNESS: u16 = 0;

/// A conflict is reported by the node that heard both statements. A wrong row is kept by the node that was given it, which
/// has no account to pay a report from, and reported through its gateway.
#[tokio::test]
async fn validators_that_lie_are_named_on_chain_and_slashed() -> Result<()> {
	let network = Network::builder().spawn().await?;
	network.wait_finalized(1).await?;
	let chain = Chain::connect(network.node(usize::from(WITNESS))).await?;
	two_statements_under_one_number(&network, &chain).await?;
	a_signature_for_a_wrong_row(&network, &chain).await?;
	network.wait_more(2).await
}

fn account(validator: u16) -> [u8; 32] {
	account_of(&key(&format!("//{}", NAMES[usize::from(validator)])))
}

fn place_of(committee: &Committee, validator: u16) -> Result<usize> {
	let account = account(validator);
	let mut members = committee.members.iter();
	members
		.position(|member| member.account == account)
		.context("no such member")
}

/// A number that no process of the validator has used: they count from the clock.
fn number_by_the_clock() -> Result<u64> {
	Ok(SystemTime::now()
		.duration_since(UNIX_EPOCH)?
		.as_millis()
		.try_into()?)
}

/// In the place of a validator, with its keys.
struct Liar {
	peer: Peer,
	validator: u16,
	genesis: Hash,
	hello: Hello,
	attestation: SecretKey,
}

impl Liar {
	/// Kills the validator and takes its place. Requests that `answer` has no answer to are refused.
	fn instead_of(
		network: &Network,
		chain: &Chain,
		validator: u16,
		mut answer: impl FnMut(Request) -> Option<Response> + Send + 'static,
	) -> Result<Self> {
		network.kill(usize::from(validator))?;
		let (genesis, name) = (chain.client.genesis(), NAMES[usize::from(validator)]);
		let authority = key(&format!("//{name}"));
		let message = hello_message(&genesis, &Peer::id_of(validator).to_bytes());
		let hello = Hello {
			public: authority.public_key().0,
			signature: authority.sign(&message).0,
		};
		let own = hello.clone();
		let peer = Peer::instead_of(
			&genesis,
			network.ports(),
			validator,
			move |request| match request {
				Request::Identify(_) => Response::Identity(Some(own.clone())),
				Request::Share(_) => Response::Counted,
				Request::Latest { .. } => Response::Latest(None),
				other => answer(other).unwrap_or(Response::Refused(Refusal::NotHeld)),
			},
		)?;
		Ok(Self {
			peer,
			validator,
			genesis,
			hello,
			attestation: SecretKey::from_seed(&dev_key_seed(name)),
		})
	}

	/// An attestation with a number, both signed as they should be.
	fn share(&self, committee: &Committee, batch: Batch, expiry: u32, sequence: u64) -> Result<Share> {
		let signer = u32::try_from(place_of(committee, self.validator)?)?;
		let attested = attestation_message(&self.genesis, committee.id, &batch.root(), expiry);
		let mut share = Share {
			committee: committee.id,
			expiry,
			batch,
			signer,
			signature: self.attestation.sign(&attested),
			sequence,
			numbered: Signature([0; 48]),
		};
		let numbered = message_of(&self.genesis, committee.id, signer, sequence, &share.statement());
		share.numbered = self.attestation.sign(&numbered);
		Ok(share)
	}

	/// Says who it is.
	async fn introduce(&self, to: u16) {
		// Who did not hear it does not take what follows, and is told again.
		self.peer.meet(to, Some(self.hello.clone())).await.ok();
	}

	/// Repeats a request until the answer is the one that is `wanted`. An error if another one is final.
	async fn tell(
		&self,
		chain: &Chain,
		to: u16,
		request: &Request,
		wanted: impl Fn(&Response) -> bool,
	) -> Result<()> {
		let told = async |_: &Chain| {
			self.introduce(to).await;
			match self.peer.ask(to, encode_request(request)).await {
				Ok(answer) if wanted(&answer) => Ok(Some(())),
				Ok(Response::Refused(refusal)) if refusal.is_temporary() => Ok(None),
				Ok(answer) => bail!("validator {to} answered {answer:?}"),
				Err(_) => Ok(None),
			}
		};
		chain.until("the answer", SOON, told).await
	}

	/// Waits until the chain has found the validator at fault and taken of its stake.
	async fn is_convicted(
		&self,
		chain: &Chain,
		since: u32,
		committee: &Committee,
		fault: Fault,
		commitment: Option<Commitment>,
	) -> Result<()> {
		let account = account(self.validator);
		let (block, _) = chain
			.event(since, "DataAvailability", "FaultFound", |found| {
				Ok(bytes(found, "account")? == account)
			})
			.await?;
		let member = u32::try_from(place_of(committee, self.validator)?)?;
		let best = chain.client.best().await?.hash;
		let verdicts: Vec<Verdict> = chain
			.client
			.runtime_api(best, "DataAvailabilityApi_verdicts", (committee.id, member))
			.await?;
		let is_meant = |verdict: &Verdict| (verdict.fault, verdict.commitment) == (fault, commitment);
		ensure!(verdicts.iter().any(is_meant), "{verdicts:?}");
		let (slashed, slash) = chain
			.event(block, "Restaking", "SlashExecuted", |slash| {
				Ok(bytes(slash, "operator")? == account)
			})
			.await?;
		let taken = number(&slash, "active")?;
		ensure!(taken > 0, "nothing was taken: {slash:?}");
		println!("{fault:?} was found in block {block}, and cost {taken} planck in block {slashed}");
		Ok(())
	}
}

/// Two attestations of blobs that nobody paid for, under one number, to one node.
async fn two_statements_under_one_number(network: &Network, chain: &Chain) -> Result<()> {
	const VALIDATOR: u16 = 3;
	let witness = network.node(usize::from(WITNESS));
	// With a blob its committee stays known.
	let (_, certified) = blob::publish_bytes(witness, noise(100_000, 1)).await?;
	let committee = chain.client.committee(certified.info.committee).await?;
	let committee = committee.context("a blob keeps its committee")?;

	let liar = Liar::instead_of(network, chain, VALIDATOR, |_| None)?;
	let (since, sequence) = (chain.client.best().await?.number, number_by_the_clock()?);
	for what in [1, 2] {
		let batch = Batch::one(Commitment([what; 32]));
		let share = liar.share(&committee, batch, since + 20, sequence)?;
		let not_paid = |answer: &Response| *answer == Response::Refused(Refusal::NotPaid);
		liar.tell(chain, WITNESS, &Request::Share(share), not_paid)
			.await?;
	}
	liar.is_convicted(chain, since, &committee, Fault::Conflict, None)
		.await?;
	let log = fs::read_to_string(witness.log_path())?;
	ensure!(
		log.contains(&format!("used number {sequence} twice")),
		"{} was not the one who found it",
		witness.name()
	);

	drop(liar);
	network.restart(usize::from(VALIDATOR)).await?;
	all_online(chain, witness).await
}

/// A blob with one wrong row, which its holder signs for; all others find theirs right, and certify it.
async fn a_signature_for_a_wrong_row(network: &Network, chain: &Chain) -> Result<()> {
	const VALIDATOR: u16 = 2;
	const HONEST: [u16; 3] = [0, 1, 3];
	let (client, witness) = (&chain.client, network.node(usize::from(WITNESS)));
	let (committee, word, deadline) = paid_word(chain, VALIDATOR).await?;
	let since = client.best().await?.number;
	let served = word.clone();
	let liar = Liar::instead_of(network, chain, VALIDATOR, move |request| served.answer(request))?;

	let batch = Batch::one(word.commitment);
	let share = liar.share(&committee, batch, deadline, number_by_the_clock()?)?;
	let share = Request::Share(share);
	for to in HONEST {
		let counted = |answer: &Response| *answer == Response::Counted;
		liar.tell(chain, to, &share, counted).await?;
	}
	for to in HONEST {
		let rows = word.assignment(&committee).rows_of(place_of(&committee, to)?);
		let taken = |answer: &Response| match answer {
			Response::Pushed(receipt) => receipt.held == receipt.wanted,
			_ => false,
		};
		liar.tell(chain, to, &Request::Push(word.push(&rows)), taken)
			.await?;
	}
	chain.until_all_signed(word.commitment).await?;

	// Whoever asks its holder for the row is given the proof.
	let gateway = Gateway::new(&witness.gateway_url())?;
	let kept = async |_: &Chain| {
		liar.introduce(WITNESS).await;
		let row = gateway.row(word.commitment, word.bad, word.header.profile).await;
		ensure!(row.is_err(), "a wrong row was handed out");
		let kept = gateway.bad_rows(word.commitment, None).await?;
		Ok(kept.contains(&word.bad).then_some(()))
	};
	chain.until("the proof", SOON, kept).await?;
	let (url, gateway, name) = (
		witness.ws_url(),
		witness.gateway_url(),
		word.commitment.to_string(),
	);
	let report = [
		"--json",
		"--url",
		&url,
		"--gateway",
		&gateway,
		"--suri",
		"//Ferdie",
		"da",
		"report",
		&name,
	];
	let reported: Value = serde_json::from_str(&said("zerog", report)?)?;
	println!("{reported:#}");
	liar.is_convicted(chain, since, &committee, Fault::BadRow, Some(word.commitment))
		.await?;

	drop(liar);
	network.restart(usize::from(VALIDATOR)).await
}

/// A blob that is paid for, whose wrong row a validator has to hold; with its committee, and its deadline.
async fn paid_word(chain: &Chain, holder: u16) -> Result<(Committee, Word, u32)> {
	const ATTEMPTS: u64 = 10;
	let client = &chain.client;
	for attempt in 1..=ATTEMPTS {
		let present = client.current_committees().await?;
		let id = present.first().copied().context("no committee")?;
		let Some(committee) = client.committee(id).await? else {
			continue;
		};
		let word = Word::with_bad_row_of(&committee, holder, client.genesis(), attempt)?;
		client
			.submit_blob(&word.header, RETENTION, u128::MAX, &key("//Ferdie"))
			.await?;
		let paid = client.blob(word.commitment).await?;
		// Else a new session has begun meanwhile, with another committee.
		if let Some(info) = paid.filter(|info| info.committee == committee.id) {
			return Ok((committee, word, info.deadline));
		}
	}
	bail!("a new session began in {ATTEMPTS} attempts to pay for a blob")
}

/// A blob of zeros, whose rows are zeros but for one. Zeros are a codeword, and so is their checksum, whatever the
/// coefficients are.
#[derive(Clone)]
struct Word {
	header: BlobHeader,
	commitment: Commitment,
	/// The wrong row.
	bad: u32,
	data: Vec<u8>,
	/// On each level of the row tree, from the leaves on: the node above zeros alone, and the one above the wrong row.
	nodes: Vec<[Hash; 2]>,
}

impl Word {
	fn new(genesis: Hash, bad: u32, seed: u64) -> Result<Self> {
		let profile = Profile::ALL[0];
		let zeros = vec![0; usize::try_from(profile.row_bytes())?];
		let data = noise(zeros.len(), seed);
		let (mut path, mut nodes) = (Vec::new(), Vec::new());
		for _ in 0..=profile.tree_height() {
			let above = |index, row: &[u8]| row_root(index, row, &path).context("a row of this profile");
			let pair = [above(0, &zeros)?, above(bad, &data)?];
			path.push(pair[0]);
			nodes.push(pair);
		}
		let [_, root] = nodes.last().context("there is a root")?;
		let checksum = checksum_root(&vec![0; usize::try_from(profile.checksum_bytes())?]);
		let length = profile.payload_bytes();
		let header = BlobHeader::new(genesis, Namespace([0; 32]), length, *root, checksum)?;
		Ok(Self {
			header,
			commitment: header.commitment()?,
			bad,
			data,
			nodes,
		})
	}

	/// The first one whose wrong row that validator has to hold.
	fn with_bad_row_of(committee: &Committee, holder: u16, genesis: Hash, seed: u64) -> Result<Self> {
		let place = place_of(committee, holder)?;
		for bad in 0..Profile::ALL[0].rows() {
			let word = Self::new(genesis, bad, seed)?;
			if word.assignment(committee).member_of(bad) != Some(place) {
				continue;
			}
			let verifier = Verifier::new(&word.header, word.commitment, &word.checksum())?;
			assert_eq!(verifier.check_row(&word.row(bad)), Err(RowError::WrongChecksum));
			return Ok(word);
		}
		bail!("validator {holder} holds none of the rows")
	}

	fn assignment(&self, committee: &Committee) -> Assignment {
		let profile = self.header.profile;
		Assignment::new(
			self.commitment,
			&committee.randomness,
			&committee.weights(),
			profile,
		)
	}

	fn checksum(&self) -> Vec<u8> {
		vec![0; self.header.profile.checksum_bytes() as usize]
	}

	fn node(&self, level: usize, place: u32) -> Hash {
		let [zeros, above_bad] = self.nodes[level];
		match place == self.bad >> level {
			true => above_bad,
			false => zeros,
		}
	}

	fn height(&self) -> usize {
		self.nodes.len() - 1
	}

	fn data(&self, index: u32) -> Vec<u8> {
		match index == self.bad {
			true => self.data.clone(),
			false => vec![0; self.data.len()],
		}
	}

	/// A row with its path.
	fn row(&self, index: u32) -> Row {
		let sibling = |level: usize| self.node(level, (index >> level) ^ 1);
		Row {
			index,
			data: self.data(index),
			path: (0..self.height()).map(sibling).collect(),
		}
	}

	/// Rows with their proof, as they are pushed.
	fn push(&self, rows: &[u32]) -> Push {
		let (mut proof, mut places) = (Vec::new(), rows.to_vec());
		for level in 0..self.height() {
			let siblings = places.iter().map(|place| place ^ 1);
			let missing = siblings.filter(|sibling| places.binary_search(sibling).is_err());
			proof.extend(missing.map(|sibling| self.node(level, sibling)));
			places.iter_mut().for_each(|place| *place /= 2);
			places.dedup();
		}
		Push {
			commitment: self.commitment,
			checksum: self.checksum(),
			batch: RowBatch {
				indices: rows.to_vec(),
				data: rows.iter().flat_map(|row| self.data(*row)).collect(),
				proof,
			},
			sealed: false,
		}
	}

	/// What its holder serves.
	fn answer(&self, request: Request) -> Option<Response> {
		match request {
			Request::Checksum(commitment) if commitment == self.commitment => {
				Some(Response::Checksum(self.checksum()))
			}
			Request::Fetch { commitment, indices } if commitment == self.commitment => {
				let rows = indices.into_iter().map(|index| self.row(index));
				Some(Response::Rows(Rows(rows.collect())))
			}
			_ => None,
		}
	}
}
