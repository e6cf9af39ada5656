// SPDX-License-Identifier: Apache-2.0

//! Holding members to what they signed for: challenges of rows, proofs of wrong rows, and what custody has earned.
//!
//! A member that signed for a blob has to show any of its rows on chain when it is challenged: [`target`] finds a row that
//! can be, [`Client::challenge`] asks for it, [`Client::wait_challenge`] waits for what comes of it. A row that lies under the
//! blob's row root and contradicts its checksum is a proof by itself: a [`BadRow`].

use crate::{
	error::{chain, Error},
	gateway::{Gateway, GatewayError},
	keys::{show_account, Account},
	transaction::{event, Call, Inclusion},
	Client,
};
use codec::{Decode, DecodeAll, Encode};
use serde::Deserialize;
use std::{
	collections::{BTreeSet, HashSet},
	time::{Duration, Instant},
};
use subxt::{
	dynamic,
	ext::{
		scale_decode::DecodeAsType,
		scale_encode::{EncodeAsFields, EncodeAsType},
	},
	transactions,
	utils::AccountId32,
};
use subxt_signer::sr25519::Keypair;
use zerog_erasure::{BlobHeader, Commitment, Profile, Row, RowError, Verifier};
use zerog_primitives::da::{is_signer, Assignment, BlobInfo, BlobState, Committee, CommitteeId};

const PALLET: &str = "DataAvailability";
/// How often the best block is looked at while waiting for the end of a challenge.
const POLL: Duration = Duration::from_millis(400);
/// How long a node may be unreachable meanwhile.
const PATIENCE: Duration = Duration::from_secs(300);
/// Blocks below the best one that are looked at again: a fork may have replaced them.
const FORK_BLOCKS: u32 = 20;
/// Blocks after its deadline in which a challenge is ended while the chain has room.
const ENDING_BLOCKS: u32 = 64;
/// The longest proof in a file: a row of 8 KiB, its path, a checksum of 80 KiB, and some.
const MAX_PROOF_BYTES: usize = 128 * 1024;
/// Rows that a gateway may list: a node keeps proofs of so many.
const MAX_BAD_ROWS: usize = 64;
/// Rows of its list of which a gateway is asked for the proof, and the time for all of it. An honest one gives the first.
const TRIES: usize = 8;
const SEARCH: Duration = Duration::from_secs(60);
/// First byte of a proof in a file.
const PROOF_VERSION: u8 = 1;

/// Why a row cannot be challenged or reported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustodyError {
	/// The chain does not keep the blob's committee any more.
	#[error("the chain has forgotten the committee of {0}")]
	Forgotten(CommitteeId),
	/// The blob's matrix is smaller.
	#[error("the blob has {rows} rows, from 0 on")]
	NoSuchRow {
		/// Rows of the matrix.
		rows: u32,
	},
	/// The committee is smaller.
	#[error("the committee has {members} members, from 0 on")]
	NoSuchMember {
		/// Its members.
		members: usize,
	},
	/// The row is somebody else's.
	#[error("row {row} is held by member {holder}")]
	OtherHolder {
		/// The row.
		row: u32,
		/// Who holds it.
		holder: usize,
	},
	/// Who did not sign owes nothing.
	#[error("member {0} did not sign for this blob")]
	NotSigned(usize),
	/// Another certificate may still add to the signers.
	#[error("the signers are not final before block {0}")]
	NotFinal(u32),
	/// The member would have time for its answer until after the end of retention.
	#[error("rows can be challenged until {window} blocks before retention ends in block {end}")]
	TooLate {
		/// Blocks for an answer.
		window: u32,
		/// First block after retention.
		end: u32,
	},
	/// Nobody ended the challenge though its deadline has passed.
	#[error("the challenge of row {row} was not ended by block {block}")]
	NotEnded {
		/// The row.
		row: u32,
		/// The last block that was looked at.
		block: u32,
	},
	/// The row and the checksum prove nothing against anybody.
	#[error("no proof: {0}")]
	NoProof(String),
	/// The account has nothing to claim.
	#[error("{0} has no earnings")]
	NothingEarned(String),
	/// No gateway has a proof.
	#[error("no gateway has a row that proves a fault: {0}")]
	NothingFound(String),
}

impl CustodyError {
	/// What to do next.
	pub fn remedy(&self) -> String {
		match self {
			Self::Forgotten(_) => "nothing can be proven about this blob any more",
			Self::NoSuchRow { .. } | Self::NoSuchMember { .. } => "count from 0",
			Self::OtherHolder { .. } => "leave out --row or --member",
			Self::NotSigned(_) => {
				"challenge another row or member: leave out --row and --member for any signer's"
			}
			Self::NotFinal(_) => "try again in that block",
			Self::TooLate { .. } => "extend the retention with `da put` first",
			Self::NotEnded { .. } => "look again later; the deposit stays held until then",
			Self::NoProof(_) => "nothing is to be reported; nothing was paid",
			Self::NothingEarned(_) => {
				"earnings come from `da payout` and from blobs whose retention has ended, and blocks claim them by themselves, one account after \
				 the other"
			}
			Self::NothingFound(_) => "name the nodes that saw it with --gateway, or the file with --evidence",
		}
		.into()
	}
}

/// Who holds which row of a blob, and who signed for it.
#[derive(Clone, Debug)]
pub struct Custodians {
	assignment: Assignment,
	accounts: Vec<(Account, String)>,
	signers: Vec<u8>,
	profile: Profile,
}

impl Custodians {
	/// From what the chain says of the blob and its committee.
	pub fn new(commitment: Commitment, info: &BlobInfo, committee: &Committee) -> Result<Self, Error> {
		let profile = info.header.profile()?;
		let weights = committee.weights();
		let members = committee.members.iter();
		let signers = match &info.state {
			BlobState::Pending => Vec::new(),
			BlobState::Certified { signers, .. } => signers.clone(),
		};
		Ok(Self {
			assignment: Assignment::new(commitment, &committee.randomness, &weights, profile),
			accounts: members
				.map(|member| (member.account, show_account(&member.account)))
				.collect(),
			signers,
			profile,
		})
	}

	/// The same, asked of the chain; `None` when it has forgotten the committee.
	pub async fn of_blob(
		client: &Client,
		commitment: Commitment,
		info: &BlobInfo,
	) -> Result<Option<Self>, Error> {
		let committee = client.committee(info.committee).await?;
		committee
			.map(|committee| Self::new(commitment, info, &committee))
			.transpose()
	}

	/// The member that holds a row, and its address.
	pub fn of(&self, row: u32) -> Option<(usize, &str)> {
		let member = self.assignment.member_of(row)?;
		Some((member, &self.accounts.get(member)?.1))
	}

	/// The member that holds a row and signed for it.
	pub fn signer_of(&self, row: u32) -> Result<Target, CustodyError> {
		let rows = self.profile.rows();
		let (member, address) = self.of(row).ok_or(CustodyError::NoSuchRow { rows })?;
		match is_signer(&self.signers, member) {
			true => Ok(Target {
				row,
				rows,
				member,
				address: address.to_owned(),
			}),
			false => Err(CustodyError::NotSigned(member)),
		}
	}

	/// Choose what to challenge: this row, one of this member, or any that somebody signed for; at random.
	pub fn choose(&self, row: Option<u32>, member: Option<usize>) -> Result<Target, Error> {
		if let Some(row) = row {
			let target = self.signer_of(row)?;
			let holder = target.member;
			return match member.is_none_or(|member| member == holder) {
				true => Ok(target),
				false => Err(CustodyError::OtherHolder { row, holder }.into()),
			};
		}
		let rows: Vec<u32> = match member {
			Some(member) if member >= self.accounts.len() => {
				let members = self.accounts.len();
				return Err(CustodyError::NoSuchMember { members }.into());
			}
			Some(member) => self.assignment.rows_of(member),
			None => (0..self.profile.rows())
				.filter(|row| self.signer_of(*row).is_ok())
				.collect(),
		};
		let random = getrandom::u32().map_err(|error| Error::NoRandomness(error.to_string()))?;
		let count = u32::try_from(rows.len()).unwrap_or(u32::MAX).max(1);
		let row = rows.get((random % count) as usize);
		let row = row.ok_or(CustodyError::NotSigned(member.unwrap_or_default()))?;
		Ok(self.signer_of(*row)?)
	}
}

/// A row that a member has signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
	/// The row.
	pub row: u32,
	/// Rows of the matrix.
	pub rows: u32,
	/// Its holder's place in the committee.
	pub member: usize,
	/// Its holder's address.
	pub address: String,
}

/// A row that can be challenged now: `row`, one of `member`, or any. What the chain would refuse is refused here, where it
/// costs nothing.
pub async fn target(
	client: &Client,
	commitment: Commitment,
	row: Option<u32>,
	member: Option<usize>,
) -> Result<Target, Error> {
	let best = client.best().await?;
	let info = client.blob_at(best.hash, commitment).await?;
	let info = info.ok_or(Error::Unknown(commitment))?;
	let BlobState::Certified { at, .. } = info.state else {
		return Err(Error::NotCertified(commitment));
	};
	let improvement: u32 = client
		.runtime_api(best.hash, "DataAvailabilityApi_improvement_window", ())
		.await?;
	let window = client.challenge_window().await?;
	let (next, last) = (best.number.saturating_add(1), at.saturating_add(improvement));
	if next <= last {
		return Err(CustodyError::NotFinal(last.saturating_add(1)).into());
	}
	let end = at.saturating_add(info.retention);
	if next.saturating_add(window) >= end {
		return Err(CustodyError::TooLate { window, end }.into());
	}
	let custodians = Custodians::of_blob(client, commitment, &info).await?;
	let custodians = custodians.ok_or(CustodyError::Forgotten(info.committee))?;
	custodians.choose(row, member)
}

/// `data_availability.challenge`: ask the signer that holds a row to show it.
pub fn challenge_call(commitment: Commitment, row: u32) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "challenge", (commitment.0, row))
}

/// `data_availability.payout`: pay the signers of a blob for the blocks that have passed.
pub fn payout_call(commitment: Commitment) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "payout", (commitment.0,))
}

/// `data_availability.claim_earnings`: move what an account has earned to it.
pub fn claim_call(account: Account) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "claim_earnings", (AccountId32(account),))
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
struct RowArgument {
	index: u32,
	data: Vec<u8>,
	path: Vec<[u8; 32]>,
}

/// `data_availability.report_bad_row`: prove that a member signed for a row that contradicts the checksum.
pub fn report_call(bad: &BadRow) -> Call<impl EncodeAsFields> {
	let Row { index, data, path } = bad.row.clone();
	let row = RowArgument { index, data, path };
	transactions::dynamic(
		PALLET,
		"report_bad_row",
		(bad.commitment.0, row, bad.checksum.clone()),
	)
}

/// A row under the row root of a blob that contradicts the blob's checksum: whoever signed for it is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BadRow {
	/// The blob.
	pub commitment: Commitment,
	/// The row, with its path to the row root.
	pub row: Row,
	/// The checksum that the commitment binds.
	pub checksum: Vec<u8>,
}

impl BadRow {
	/// Whether it is what it claims to be, as the runtime will find. `header` is the blob's on chain.
	pub fn check(&self, header: &BlobHeader) -> Result<(), CustodyError> {
		let no = |reason: &dyn std::fmt::Display| Err(CustodyError::NoProof(reason.to_string()));
		match Verifier::new(header, self.commitment, &self.checksum).map(|it| it.check_row(&self.row)) {
			Ok(Err(RowError::WrongChecksum)) => Ok(()),
			Ok(Err(error)) => no(&error),
			Ok(Ok(())) => no(&"the row passes the row check"),
			Err(error) => no(&error),
		}
	}

	/// For a file.
	pub fn to_bytes(&self) -> Vec<u8> {
		(PROOF_VERSION, self).encode()
	}

	/// From a file.
	pub fn from_bytes(bytes: &[u8]) -> Result<Self, CustodyError> {
		let no = |reason: &str| CustodyError::NoProof(reason.to_owned());
		if bytes.len() > MAX_PROOF_BYTES {
			return Err(no("the file is too long"));
		}
		match <(u8, Self)>::decode_all(&mut &bytes[..]) {
			Ok((PROOF_VERSION, bad)) => Ok(bad),
			_ => Err(no("the file is none that `da sample` keeps")),
		}
	}
}

impl Gateway {
	/// Numbers of rows of a blob by which the gateway's node says that it can prove a signer's fault: each once, ascending, 64 at
	/// most, and none beyond the matrix if `profile` is known. Nothing else is checked.
	pub async fn bad_rows(
		&self,
		commitment: Commitment,
		profile: Option<Profile>,
	) -> Result<Vec<u32>, GatewayError> {
		#[derive(Deserialize)]
		struct Listed {
			rows: Vec<Found>,
		}
		#[derive(Deserialize)]
		struct Found {
			index: u32,
		}
		let listed: Listed = self.json(&format!("v1/blobs/{commitment}/bad-rows")).await?;
		let is_inside = |index: &u32| profile.is_none_or(|profile| *index < profile.rows());
		let rows = listed.rows.into_iter().map(|found| found.index);
		let rows: BTreeSet<u32> = rows.filter(is_inside).collect();
		Ok(rows.into_iter().take(MAX_BAD_ROWS).collect())
	}

	/// One of these rows. It is not checked.
	pub async fn bad_row(
		&self,
		commitment: Commitment,
		index: u32,
		profile: Profile,
	) -> Result<BadRow, GatewayError> {
		let path_bytes = 32 * profile.tree_height();
		let length = profile.row_bytes() + path_bytes + profile.checksum_bytes();
		let path = format!("v1/blobs/{commitment}/bad-rows/{index}");
		let mut data = self.small(&path, length).await?;
		let checksum = data.split_off((profile.row_bytes() + path_bytes) as usize);
		let path = data.split_off(profile.row_bytes() as usize);
		Ok(BadRow {
			commitment,
			row: Row {
				index,
				data,
				path: path.as_chunks().0.to_vec(),
			},
			checksum,
		})
	}
}

/// Ask gateways for a proof: of this row, or of any. The first one that holds counts. Each gateway has a minute, and is asked for
/// eight proofs at most.
pub async fn find_bad_row(
	gateways: &[Gateway],
	header: &BlobHeader,
	commitment: Commitment,
	row: Option<u32>,
) -> Result<BadRow, Error> {
	let profile = header.profile()?;
	let mut reasons = Vec::new();
	for gateway in gateways {
		let asked = proof_of(gateway, header, profile, commitment, row);
		let reason = match tokio::time::timeout(SEARCH, asked).await {
			Ok(Ok(bad)) => return Ok(bad),
			Ok(Err(reason)) => reason,
			Err(_) => "it took too long".into(),
		};
		reasons.push(format!("{gateway}: {reason}"));
	}
	Err(CustodyError::NothingFound(reasons.join("; ")).into())
}

/// A proof of one gateway that holds, or why there is none.
async fn proof_of(
	gateway: &Gateway,
	header: &BlobHeader,
	profile: Profile,
	commitment: Commitment,
	row: Option<u32>,
) -> Result<BadRow, String> {
	let rows = match row {
		Some(row) => vec![row],
		None => gateway
			.bad_rows(commitment, Some(profile))
			.await
			.map_err(|error| error.to_string())?,
	};
	if rows.is_empty() {
		return Err("it was given none".into());
	}
	let mut reasons = Vec::new();
	for row in rows.into_iter().take(TRIES) {
		let reason = match gateway.bad_row(commitment, row, profile).await {
			Ok(bad) => match bad.check(header) {
				Ok(()) => return Ok(bad),
				Err(error) => error.to_string(),
			},
			Err(error) => error.to_string(),
		};
		reasons.push(format!("row {row}: {reason}"));
	}
	Err(reasons.join(", "))
}

/// A challenge that a block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenged {
	/// Where it is.
	pub inclusion: Inclusion,
	/// The blob.
	pub commitment: Commitment,
	/// The row.
	pub row: u32,
	/// Last block in which the answer is accepted.
	pub deadline: u32,
}

/// How a challenge ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// The row was shown.
	Answered {
		/// In this block.
		block: u32,
		/// What the member got of the deposit, in smallest units.
		reward: u128,
	},
	/// It was not, and the challenger has its deposit back.
	Unanswered {
		/// Ended in this block.
		block: u32,
	},
}

/// What a payout moved, in smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Paid {
	/// Credited to signers.
	pub paid: u128,
	/// Given back to payers, for rows of members at fault.
	pub released: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ChallengedEvent {
	deadline: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct AnsweredEvent {
	commitment: [u8; 32],
	row: u32,
	reward: u128,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct UnansweredEvent {
	commitment: [u8; 32],
	row: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct ClaimedEvent {
	amount: u128,
}

impl Client {
	/// Blocks that a member has to answer a challenge.
	pub async fn challenge_window(&self) -> Result<u32, Error> {
		let at = self.at(self.best().await?.hash).await?;
		at.constants()
			.entry(dynamic::constant::<u32>(PALLET, "ChallengeWindow"))
			.map_err(chain)
	}

	/// What a challenger holds until its challenge has ended, in smallest units; `None` when the chain's runtime is too old
	/// to say.
	pub async fn challenge_deposit(&self) -> Result<Option<u128>, Error> {
		let best = self.best().await?.hash;
		match self
			.runtime_api(best, "DataAvailabilityApi_challenge_deposit", ())
			.await
		{
			Ok(deposit) => Ok(Some(deposit)),
			Err(Error::WrongChain { .. }) => Ok(None),
			Err(error) => Err(error),
		}
	}

	/// What an account has earned with custody and not taken, in smallest units.
	pub async fn earnings(&self, account: Account) -> Result<u128, Error> {
		let at = self.at(self.best().await?.hash).await?;
		let entry = dynamic::storage::<([u8; 32],), u128>(PALLET, "Earnings");
		match at.storage().try_fetch(entry, (account,)).await.map_err(chain)? {
			Some(earned) => earned.decode().map_err(chain),
			None => Ok(0),
		}
	}

	/// Challenge a row and wait for the block that holds the challenge.
	pub async fn challenge(
		&self,
		commitment: Commitment,
		row: u32,
		signer: &Keypair,
	) -> Result<Challenged, Error> {
		let call = challenge_call(commitment, row);
		let (inclusion, events) = self.submit_for_events(&call, signer).await?;
		let challenged: Option<ChallengedEvent> = event(&events, PALLET, "Challenged");
		Ok(Challenged {
			deadline: challenged.ok_or_else(|| no_event("Challenged"))?.deadline,
			inclusion,
			commitment,
			row,
		})
	}

	/// Wait until a challenge has ended. Connections that break are waited out. Errors: [`CustodyError::NotEnded`].
	pub async fn wait_challenge(
		&self,
		challenged: &Challenged,
		progress: impl Fn(u32),
	) -> Result<Outcome, Error> {
		let (mut looked_at, mut answered) = (HashSet::new(), Instant::now());
		loop {
			match self.look_for_outcome(challenged, &mut looked_at).await {
				Ok((_, Some(outcome))) => return Ok(outcome),
				Ok((best, None)) => {
					answered = Instant::now();
					progress(best);
					if best > challenged.deadline.saturating_add(ENDING_BLOCKS) {
						let row = challenged.row;
						return Err(CustodyError::NotEnded { row, block: best }.into());
					}
				}
				Err(error) if error.is_transient() && answered.elapsed() < PATIENCE => {}
				Err(error) => return Err(error),
			}
			tokio::time::sleep(POLL).await;
		}
	}

	/// The outcome, if a block that was not looked at has it; and the best block's number.
	async fn look_for_outcome(
		&self,
		challenged: &Challenged,
		looked_at: &mut HashSet<[u8; 32]>,
	) -> Result<(u32, Option<Outcome>), Error> {
		let best = self.best().await?.number;
		let first = challenged.inclusion.block;
		let from = match looked_at.is_empty() {
			true => first,
			false => first.max(best.saturating_sub(FORK_BLOCKS)),
		};
		for block in from..=best {
			let Some(hash) = self.block_hash(block).await? else {
				break;
			};
			if looked_at.contains(&hash) {
				continue;
			}
			if let Some(outcome) = self.outcome_in(challenged, block, hash).await? {
				return Ok((best, Some(outcome)));
			}
			looked_at.insert(hash);
		}
		Ok((best, None))
	}

	async fn outcome_in(
		&self,
		challenged: &Challenged,
		block: u32,
		hash: [u8; 32],
	) -> Result<Option<Outcome>, Error> {
		let events = self.at(hash).await?.events().fetch().await.map_err(chain)?;
		let wanted = (challenged.commitment.0, challenged.row);
		for found in events.iter().filter_map(Result::ok) {
			match (found.pallet_name(), found.event_name()) {
				(PALLET, "Answered") => {
					let it: AnsweredEvent = found.decode_fields_unchecked_as().map_err(chain)?;
					if (it.commitment, it.row) == wanted {
						let reward = it.reward;
						return Ok(Some(Outcome::Answered { block, reward }));
					}
				}
				(PALLET, "Unanswered") => {
					let it: UnansweredEvent = found.decode_fields_unchecked_as().map_err(chain)?;
					if (it.commitment, it.row) == wanted {
						return Ok(Some(Outcome::Unanswered { block }));
					}
				}
				_ => {}
			}
		}
		Ok(None)
	}

	/// Report a row, and wait for the block that holds the verdict. The fee is paid also when the report is right.
	pub async fn report_bad_row(&self, bad: &BadRow, signer: &Keypair) -> Result<Inclusion, Error> {
		self.submit(&report_call(bad), signer).await
	}

	/// Have the signers of a blob paid for the blocks that have passed.
	pub async fn pay_out(
		&self,
		commitment: Commitment,
		signer: &Keypair,
	) -> Result<(Inclusion, Paid), Error> {
		let (inclusion, events) = self.submit_for_events(&payout_call(commitment), signer).await?;
		let paid = event(&events, PALLET, "Paid").ok_or_else(|| no_event("Paid"))?;
		Ok((inclusion, paid))
	}

	/// Move what an account has earned to it; how much that was.
	pub async fn claim_earnings(
		&self,
		account: Account,
		signer: &Keypair,
	) -> Result<(Inclusion, u128), Error> {
		let (inclusion, events) = self.submit_for_events(&claim_call(account), signer).await?;
		let claimed: Option<ClaimedEvent> = event(&events, PALLET, "EarningsClaimed");
		let amount = claimed.ok_or_else(|| no_event("EarningsClaimed"))?.amount;
		Ok((inclusion, amount))
	}
}

fn no_event(name: &str) -> Error {
	Error::WrongChain {
		what: format!("{PALLET}.{name}"),
		reason: "the transaction succeeded without this event".into(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::{Arc, Mutex};
	use tokio::{
		io::{AsyncReadExt, AsyncWriteExt},
		net::TcpListener,
	};
	use zerog_erasure::{checksum_root, encode, Encoded, Namespace, CHECKSUM_ROW_BYTES};
	use zerog_primitives::da::Member;

	/// A gateway that lists these rows and gives `proof` for each of them; what it was asked.
	async fn gateway(rows: &[u32], proof: Vec<u8>) -> (Gateway, Arc<Mutex<Vec<String>>>) {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		let rows: Vec<String> = rows.iter().map(|row| format!(r#"{{"index":{row}}}"#)).collect();
		let list = format!(r#"{{"rows":[{}]}}"#, rows.join(",")).into_bytes();
		let asked: Arc<Mutex<Vec<String>>> = Default::default();
		let log = asked.clone();
		tokio::spawn(async move {
			loop {
				let (mut stream, _) = listener.accept().await.unwrap();
				let mut head = Vec::new();
				while !head.ends_with(b"\r\n\r\n") {
					head.push(stream.read_u8().await.unwrap());
				}
				let head = String::from_utf8(head).unwrap();
				let path = head.split_whitespace().nth(1).unwrap();
				let wanted = path.rsplit('/').next().unwrap().to_owned();
				let body = match &wanted[..] {
					"bad-rows" => &list,
					_ => &proof,
				};
				log.lock().unwrap().push(wanted);
				let length = body.len();
				let head =
					format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
				stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
			}
		});
		(Gateway::new(&url).unwrap(), asked)
	}

	/// Rows under a row root with a checksum that is not theirs, and the header that says so.
	fn wrong() -> (BlobHeader, Encoded, Vec<u8>) {
		let encoded = encode([7; 32], Namespace([9; 32]), b"hello").unwrap();
		let mut checksum = encoded.checksum().to_vec();
		checksum
			.iter_mut()
			.step_by(CHECKSUM_ROW_BYTES)
			.for_each(|byte| *byte ^= 1);
		let header = encoded.header();
		let root = checksum_root(&checksum);
		let header = BlobHeader::new(header.chain, header.namespace, 5, header.row_root, root).unwrap();
		(header, encoded, checksum)
	}

	fn bad_row(index: u32) -> (BlobHeader, BadRow) {
		let (header, encoded, checksum) = wrong();
		let bad = BadRow {
			commitment: header.commitment().unwrap(),
			row: encoded.one_row(index).unwrap(),
			checksum,
		};
		(header, bad)
	}

	#[test]
	fn only_a_row_that_contradicts_the_checksum_is_a_proof() {
		let (header, bad) = bad_row(7);
		assert_eq!(bad.check(&header), Ok(()));
		let refused = |bad: &BadRow, header: &BlobHeader| match bad.check(header) {
			Err(CustodyError::NoProof(reason)) => reason,
			other => panic!("{other:?}"),
		};
		let mut foreign = bad.clone();
		foreign.row.data[0] ^= 1;
		assert!(refused(&foreign, &header).contains("row root"));
		let mut other = bad.clone();
		other.checksum[0] ^= 1;
		refused(&other, &header);
		let (_, encoded, _) = wrong();
		let good = BadRow {
			commitment: encoded.commitment(),
			row: encoded.one_row(7).unwrap(),
			checksum: encoded.checksum().to_vec(),
		};
		assert!(refused(&good, encoded.header()).contains("passes"));
	}

	#[tokio::test]
	async fn a_list_of_bad_rows_is_cut_to_what_a_node_may_have() {
		let commitment = Commitment([1; 32]);
		let (strange, _) = gateway(&[u32::MAX, 7, 7, 3, 2_048, 7], Vec::new()).await;
		let smallest = Some(Profile::ALL[0]);
		assert_eq!(strange.bad_rows(commitment, smallest).await.unwrap(), [3, 7]);
		assert_eq!(
			strange.bad_rows(commitment, None).await.unwrap(),
			[3, 7, 2_048, u32::MAX]
		);
		let all: Vec<u32> = (0..2_048).collect();
		let (long, _) = gateway(&all, Vec::new()).await;
		assert_eq!(long.bad_rows(commitment, smallest).await.unwrap(), all[..64]);
	}

	#[tokio::test]
	async fn a_gateway_without_a_proof_that_holds_is_left_for_the_next() {
		let (header, bad) = bad_row(7);
		let proof = [bad.row.data.clone(), bad.row.path.concat(), bad.checksum.clone()].concat();
		let all: Vec<u32> = (0..2_048).collect();
		let (lying, asked) = gateway(&all, vec![0; proof.len()]).await;
		let (honest, _) = gateway(&[7], proof).await;
		let gateways = [lying, honest];
		let found = find_bad_row(&gateways, &header, bad.commitment, None).await;
		assert_eq!(found.unwrap(), bad);
		assert_eq!(asked.lock().unwrap().len(), 1 + TRIES);
		let error = find_bad_row(&gateways[..1], &header, bad.commitment, Some(7))
			.await
			.unwrap_err();
		assert!(
			matches!(&error, Error::Custody(CustodyError::NothingFound(reason)) if reason.contains("row 7")),
			"{error}"
		);
	}

	#[test]
	fn a_proof_is_read_back_from_its_file_and_nothing_else_is() {
		let (_, bad) = bad_row(2_047);
		let bytes = bad.to_bytes();
		assert_eq!(BadRow::from_bytes(&bytes), Ok(bad));
		let longer = [&bytes[..], &[0]].concat();
		let later = [&[2], &bytes[1..]].concat();
		for wrong in [&bytes[1..], &longer, &later, b"", &vec![1; MAX_PROOF_BYTES + 1]] {
			assert!(matches!(BadRow::from_bytes(wrong), Err(CustodyError::NoProof(_))));
		}
	}

	#[test]
	fn what_is_challenged_is_held_by_who_signed() {
		let (header, bad) = bad_row(0);
		let member = |index| Member {
			account: [index; 32],
			authority: None,
			key: None,
			weight: 1,
		};
		let committee = Committee {
			id: CommitteeId::root(1),
			randomness: [3; 32],
			members: (0..4).map(member).collect(),
		};
		let info = BlobInfo {
			header,
			committee: committee.id,
			fell_back_from: None,
			submitted_at: 1,
			deadline: 100,
			retention: 1_000,
			retained_until: Some(1_002),
			state: BlobState::Certified {
				at: 2,
				rows_signed: 1_536,
				signers: vec![0b1011],
			},
		};
		let custodians = Custodians::new(bad.commitment, &info, &committee).unwrap();
		let choose = |row, member| custodians.choose(row, member);
		let mut chosen = HashSet::new();
		for _ in 0..50 {
			let target = choose(None, None).unwrap();
			assert_ne!(target.member, 2, "it did not sign");
			assert_eq!(
				custodians.of(target.row).unwrap(),
				(target.member, &target.address[..])
			);
			chosen.insert(target.row);
		}
		assert!(chosen.len() > 10, "at random");
		let of_three = choose(None, Some(3)).unwrap();
		assert_eq!((of_three.member, of_three.rows), (3, 2_048));
		assert_eq!(choose(Some(of_three.row), Some(3)).unwrap(), of_three);
		let refused = |row, member| match choose(row, member) {
			Err(Error::Custody(error)) => error,
			other => panic!("{other:?}"),
		};
		let (row, holder) = (of_three.row, 3);
		assert_eq!(
			refused(Some(row), Some(0)),
			CustodyError::OtherHolder { row, holder }
		);
		assert_eq!(refused(None, Some(2)), CustodyError::NotSigned(2));
		assert_eq!(refused(None, Some(4)), CustodyError::NoSuchMember { members: 4 });
		assert_eq!(
			refused(Some(2_048), None),
			CustodyError::NoSuchRow { rows: 2_048 }
		);
	}
}
