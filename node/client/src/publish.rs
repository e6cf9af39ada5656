// SPDX-License-Identifier: Apache-2.0

//! Publishing: commit, plan and price, pay, hand over, wait for the certificate.
//!
//! Every step can be repeated: the plan is made from what the chain already has, so that a second run after a
//! failure continues where the first one stopped and pays nothing twice.
//!
//! A blob goes to the network of its namespace. What that one does not certify in time falls back to the root network: members
//! carry it on, and whoever still publishes it hands it over once more.

use crate::{
	certificate::Evidence,
	chain::last_chance,
	error::Error,
	gateway::{Gateway, GatewayError, Stage},
	keys::{account_of, show_account, Account},
	transaction::{submit_call, Submission, MORTAL_BLOCKS},
	units::Amount,
	Client,
};
use bytes::Bytes;
use std::{
	future::Future,
	pin::pin,
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, Instant},
};
use subxt_signer::sr25519::Keypair;
use tokio::sync::watch;
use zerog_erasure::{BlobHeader, Commitment, Hash, HeaderError, Namespace, Profile, MAX_BLOB_BYTES};
use zerog_primitives::da::{BlobInfo, BlobState, CommitteeId, NetworkId, ROOT_NETWORK};

/// The first pause before the gateway is asked again; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long the gateway's node may lag behind the one that took the transaction.
const LAG: Duration = Duration::from_secs(60);

/// Bytes with their commitment.
#[derive(Clone, Debug)]
pub struct Blob {
	/// The bytes.
	pub bytes: Bytes,
	/// What the commitment binds.
	pub header: BlobHeader,
	/// The blob's name, everywhere.
	pub commitment: Commitment,
}

impl Blob {
	/// The blob as the chain takes it now: in the smallest matrix, or the one that a root network of more than 270 members
	/// asks for. One that is on chain already stays as it is.
	///
	/// Errors: those of [`Blob::commit`] and of the connection.
	pub async fn prepare(
		client: &Client,
		namespace: Namespace,
		bytes: Bytes,
		retention: u32,
	) -> Result<Self, Error> {
		let smallest = Self::commit(client.genesis(), namespace, None, bytes).await?;
		if client.blob(smallest.commitment).await?.is_some() {
			return Ok(smallest);
		}
		let BlobHeader { length, profile, .. } = smallest.header;
		match client.quote(namespace, length, retention).await? {
			Some(quote) if quote.profile > profile => {
				Self::commit(client.genesis(), namespace, Some(quote.profile), smallest.bytes).await
			}
			_ => Ok(smallest),
		}
	}

	/// Compute the commitment of bytes on a chain (its genesis hash), in a matrix or the smallest, on all cores, beside the
	/// async runtime.
	///
	/// Errors: [`Error::Header`] for no bytes, more than 32 MiB, or more than fit into the matrix.
	pub async fn commit(
		chain: Hash,
		namespace: Namespace,
		profile: Option<Profile>,
		bytes: Bytes,
	) -> Result<Self, Error> {
		check_length(bytes.len())?;
		let work = {
			let bytes = bytes.clone();
			tokio::task::spawn_blocking(move || zerog_erasure::commit(profile, chain, namespace, &bytes))
		};
		let (header, commitment) = work
			.await
			.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
		Ok(Self {
			bytes,
			header,
			commitment,
		})
	}
}

/// Whether a blob may have so many bytes.
pub fn check_length(bytes: usize) -> Result<u32, HeaderError> {
	match u32::try_from(bytes) {
		Ok(0) => Err(HeaderError::Empty),
		Ok(length) if length <= MAX_BLOB_BYTES => Ok(length),
		_ => Err(HeaderError::TooLarge),
	}
}

/// What is left to do for a blob, given what the chain has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
	/// Not on chain: pay, hand over, wait.
	Publish,
	/// Paid for and waiting: hand over, wait.
	HandOver,
	/// Paid for and waiting, but not for long enough: pay for more blocks, hand over, wait.
	ExtendAndHandOver,
	/// Certified, but not kept long enough: pay for more blocks.
	Extend,
	/// Certified and kept long enough.
	Nothing,
}

impl Action {
	/// What is left to do at block `now`, and for how many blocks custody is to be paid.
	///
	/// Retention counts from the certificate. A payer of the blob states it anew, so that a repeat changes
	/// nothing; anybody else who pays for a certified blob asks for blocks from now on. A blob that its network did not
	/// certify in time is about to be the root network's.
	pub fn of(info: Option<&BlobInfo>, retention: u32, now: u32, pays_already: bool) -> (Self, u32) {
		let Some(info) = info else {
			return (Self::Publish, retention);
		};
		match info.state {
			BlobState::Pending if now > last_chance(info) => (Self::Publish, retention),
			BlobState::Pending => match retention.saturating_sub(info.retention) {
				0 => (Self::HandOver, 0),
				added => (Self::ExtendAndHandOver, added),
			},
			BlobState::Certified { at, .. } => {
				let end = at.saturating_add(info.retention);
				let from = if pays_already { at } else { now };
				match from.saturating_add(retention).saturating_sub(end) {
					_ if now >= end => (Self::Publish, retention),
					0 => (Self::Nothing, 0),
					added => (Self::Extend, added),
				}
			}
		}
	}

	/// Whether the gateway still needs the bytes.
	pub fn hands_over(self) -> bool {
		matches!(self, Self::Publish | Self::ExtendAndHandOver | Self::HandOver)
	}

	/// Whether a transaction is needed.
	pub fn pays(self) -> bool {
		matches!(self, Self::Publish | Self::ExtendAndHandOver | Self::Extend)
	}
}

/// What publishing will do and cost, in smallest units. Prices move with load until the transaction is
/// included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
	/// What is left to do.
	pub action: Action,
	/// The network that has the blob, or would take it now.
	pub network: NetworkId,
	/// Blocks for which the blob is to be kept.
	pub retention: u32,
	/// Blocks of custody to be paid: all of `retention`, or those that are added.
	pub custody_blocks: u32,
	/// Not refundable.
	pub dispersal_fee: u128,
	/// Held on the payer's account; back when no certificate comes in time.
	pub custody_fee: u128,
	/// Part of it: what another payer has on hold, whose place is taken over because there are no more.
	pub taken_over: u128,
	/// For the transaction itself, an estimate.
	pub transaction_fee: u128,
	/// The most to be paid for dispersal and held for custody, should the price rise before a block takes the
	/// transaction; else nothing is paid. [`plan`] adds half of the dispersal fee, by which 300 MiB of coded bytes
	/// raise it, and for another account's blob the blocks that may pass until then.
	pub max_fee: u128,
}

impl Plan {
	/// All that leaves the payer's free balance.
	pub fn total(&self) -> u128 {
		self.dispersal_fee
			.saturating_add(self.custody_fee)
			.saturating_add(self.transaction_fee)
	}
}

/// What a new payer holds beside the blocks that it adds: when all places are taken, the least that another payer than
/// the first has on hold.
fn taken_over(payments: &[(Account, u128)], places: u32) -> u128 {
	let is_full = u32::try_from(payments.len()).is_ok_and(|payers| payers >= places);
	let held = payments.iter().skip(1).map(|(_, held)| *held);
	held.min().filter(|_| is_full).unwrap_or_default()
}

/// Find out what is left to do for a blob, what it costs, and whether the payer can pay it. Nothing is
/// submitted.
///
/// Errors: [`Error::NotQuoted`], [`Error::Funds`].
pub async fn plan(client: &Client, blob: &Blob, retention: u32, signer: &Keypair) -> Result<Plan, Error> {
	let best = client.best().await?;
	let info = client.blob_at(best.hash, blob.commitment).await?;
	let account = account_of(signer);
	let (payments, places) = match &info {
		Some(_) => (
			client.payments(best.hash, blob.commitment).await?,
			client.payer_places().await?,
		),
		None => (vec![], 1),
	};
	let pays_already = payments.iter().any(|(payer, _)| *payer == account);
	let (action, custody_blocks) = Action::of(info.as_ref(), retention, best.number, pays_already);
	let mut plan = Plan {
		action,
		network: info.map_or(ROOT_NETWORK, |info| info.committee.network),
		retention,
		custody_blocks,
		dispersal_fee: 0,
		custody_fee: 0,
		taken_over: 0,
		transaction_fee: 0,
		max_fee: 0,
	};
	if !action.pays() {
		return Ok(plan);
	}
	let length = blob.header.length;
	let quote = client
		.quote(blob.header.namespace, length, retention)
		.await?
		.filter(|quote| action != Action::Publish || quote.profile <= blob.header.profile)
		.ok_or(Error::NotQuoted { length, retention })?;
	// The quote is for the smallest matrix.
	let coded_bytes = blob.header.profile()?.coded_bytes();
	let scaled = |fee: u128| fee.saturating_mul(coded_bytes.into()) / u128::from(quote.coded_bytes.max(1));
	if action == Action::Publish {
		plan.dispersal_fee = scaled(quote.dispersal_fee);
		plan.network = quote.network;
	}
	// Custody is so much a block.
	let block = scaled(quote.custody_fee) / u128::from(retention.max(1));
	plan.custody_fee = block.saturating_mul(custody_blocks.into());
	if action != Action::Publish && !pays_already {
		plan.taken_over = taken_over(&payments, places);
		plan.custody_fee = plan.custody_fee.saturating_add(plan.taken_over);
	}
	// Retention then counts from the block that takes the transaction, or from a certificate that comes before.
	let late = match action == Action::Publish || pays_already {
		true => 0,
		false => block.saturating_mul(MORTAL_BLOCKS.into()),
	};
	plan.max_fee = plan
		.dispersal_fee
		.saturating_add(plan.dispersal_fee / 2)
		.saturating_add(plan.custody_fee)
		.saturating_add(late);
	let call = submit_call(&blob.header, retention, plan.max_fee);
	plan.transaction_fee = client.fee(&call, signer).await?;

	let available = client.balance(account).await?.spendable;
	if available < plan.total() {
		let (available, needed) = (Amount(available), Amount(plan.total()));
		return Err(Error::Funds {
			account: show_account(&account),
			available,
			needed,
		});
	}
	Ok(plan)
}

/// What happens while publishing.
#[derive(Clone, Debug)]
pub enum Event {
	/// The transaction is on its way.
	Submitting,
	/// A block holds the payment.
	Paid(Submission),
	/// Bytes sent to the gateway so far.
	Sent(u64),
	/// The gateway has the blob; its node disperses it.
	HandedOver,
	/// The gateway could not take it now; it will be asked again after the pause.
	Again {
		/// Why.
		reason: GatewayError,
		/// When.
		pause: Duration,
	},
	/// Its network did not certify it in time: it waits for the root network now.
	FellBack {
		/// The committee that did not certify it.
		from: CommitteeId,
		/// The one that takes over.
		committee: CommitteeId,
		/// Last block in which its certificate is accepted.
		deadline: u32,
	},
	/// The chain holds a certificate.
	Certified(BlobInfo),
}

/// Told what happens.
pub type Observer = Arc<dyn Fn(Event) + Send + Sync>;

/// An observer that does nothing.
pub fn silent() -> Observer {
	Arc::new(|_| {})
}

/// A blob that is certified.
#[derive(Clone, Debug)]
pub struct Published {
	/// The payment, if this run made one.
	pub payment: Option<Submission>,
	/// What the chain knows of the blob.
	pub info: BlobInfo,
	/// What is known about its certificate.
	pub evidence: Evidence,
}

/// Carry a plan out: pay if needed, hand the bytes to the gateway until it takes them, wait for the
/// certificate, check it. Ends with an error no later than the last deadline, which is that of the root network; nothing is paid
/// before the gateway has answered.
pub async fn publish(
	client: &Client,
	gateway: &Gateway,
	blob: &Blob,
	plan: &Plan,
	signer: &Keypair,
	observer: Observer,
) -> Result<Published, Error> {
	let (mut payment, mut unsettled) = (None, None);
	if plan.action.hands_over() {
		gateway.health().await?;
	}
	if plan.action.pays() {
		if plan.action == Action::Publish {
			client.settle(blob.commitment).await?;
		}
		observer(Event::Submitting);
		let paying = client.submit_blob(&blob.header, plan.retention, plan.max_fee, signer);
		match paying.await {
			Ok(submission) => {
				observer(Event::Paid(submission.clone()));
				payment = Some(submission);
			}
			// It may be included all the same; the chain will tell.
			Err(error @ Error::Unsettled { .. }) if plan.action.hands_over() => unsettled = Some(error),
			Err(error) => return Err(error),
		}
	}
	let standing = Standing::new();
	let certified = client.follow(blob.commitment, |best, info| standing.note(best, info, &observer));
	let outcome = match plan.action.hands_over() {
		true => unless_done(hand_over(gateway, blob, &observer, &standing), certified).await,
		false => certified.await,
	};
	let info = match (outcome, unsettled) {
		(Err(Error::Unknown(_) | Error::Gateway(GatewayError::PaymentRequired(_))), Some(first)) => {
			Err(first)
		}
		(outcome, _) => outcome,
	}?;
	observer(Event::Certified(info.clone()));
	let evidence = client.evidence(blob.commitment, &info).await?;
	Ok(Published {
		payment,
		info,
		evidence,
	})
}

/// Wait for `goal`; `work` is to bring it about, and its failure ends the wait. Somebody else may reach the
/// goal first.
async fn unless_done<T>(
	work: impl Future<Output = Result<(), GatewayError>>,
	goal: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
	let (mut work, mut goal) = (pin!(work), pin!(goal));
	tokio::select! {
		biased;
		reached = &mut goal => reached,
		done = &mut work => {
			done?;
			goal.await
		},
	}
}

/// What the chain says of a blob while it is handed over.
struct Standing {
	/// The committee from which it fell back, if it did.
	fell_back_from: watch::Sender<Option<CommitteeId>>,
	/// When it was last on its way to another committee. Until the gateway's node knows as well, it takes nothing.
	moved: Mutex<Instant>,
}

impl Standing {
	fn new() -> Self {
		Self {
			fell_back_from: watch::Sender::new(None),
			moved: Mutex::new(Instant::now()),
		}
	}

	/// The blob as block `best` has it.
	fn note(&self, best: u32, info: &BlobInfo, observer: &Observer) {
		let waits = matches!(info.state, BlobState::Pending);
		let is_new = |known: &mut Option<CommitteeId>| {
			let is_new = *known != info.fell_back_from;
			*known = info.fell_back_from;
			is_new
		};
		let fell_back = self.fell_back_from.send_if_modified(is_new);
		if let Some(from) = info.fell_back_from.filter(|_| fell_back && waits) {
			observer(Event::FellBack {
				from,
				committee: info.committee,
				deadline: info.deadline,
			});
		}
		if waits && (fell_back || best > info.deadline) {
			*self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
		}
	}

	/// Whether the gateway's node may not have seen yet what the chain has.
	fn is_fresh(&self) -> bool {
		let moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
		moved.elapsed() < LAG
	}
}

/// Bring the bytes to the gateway, and once more if the blob falls back: the next committee takes other rows.
async fn hand_over(
	gateway: &Gateway,
	blob: &Blob,
	observer: &Observer,
	standing: &Standing,
) -> Result<(), GatewayError> {
	let mut fell_back_from = standing.fell_back_from.subscribe();
	let mut first = true;
	loop {
		fell_back_from.mark_unchanged();
		let handed_over = bring(gateway, blob, observer, standing).await;
		if first {
			handed_over?;
		}
		// From here on members that hold rows carry it on by themselves, whatever becomes of this gateway.
		first = false;
		if fell_back_from.changed().await.is_err() {
			return Ok(());
		}
	}
}

/// Bring the bytes to the gateway, again and again while it is away, busy or behind.
async fn bring(
	gateway: &Gateway,
	blob: &Blob,
	observer: &Observer,
	standing: &Standing,
) -> Result<(), GatewayError> {
	let mut pause = FIRST_PAUSE;
	loop {
		let reason = match try_hand_over(gateway, blob, observer).await {
			Ok(()) => {
				observer(Event::HandedOver);
				return Ok(());
			}
			// Its node may not have seen the paying block yet, or that the blob fell back.
			Err(error @ (GatewayError::PaymentRequired(_) | GatewayError::NotFound(_)))
				if standing.is_fresh() =>
			{
				error
			}
			Err(error) if error.is_transient() => error,
			Err(error) => return Err(error),
		};
		if let GatewayError::Busy {
			retry_after: Some(wanted),
			..
		} = &reason
		{
			pause = pause.max(*wanted);
		}
		pause = pause.min(LONGEST_PAUSE);
		observer(Event::Again { reason, pause });
		tokio::time::sleep(pause).await;
		pause = pause.saturating_mul(2);
	}
}

async fn try_hand_over(gateway: &Gateway, blob: &Blob, observer: &Observer) -> Result<(), GatewayError> {
	// A refusal that arrives while the body is on its way is easily lost with the connection, so ask first.
	match gateway.status(blob.commitment).await?.state {
		Stage::Unknown => {
			return Err(GatewayError::PaymentRequired(
				"its node does not know the blob yet".into(),
			))
		}
		Stage::Certified => return Ok(()),
		Stage::Pending => {}
	}
	let observer = observer.clone();
	gateway
		.put(blob.commitment, blob.bytes.clone(), move |sent| {
			observer(Event::Sent(sent))
		})
		.await
}

#[cfg(test)]
mod tests {
	use super::*;

	fn info(retention: u32, state: BlobState) -> BlobInfo {
		let header = BlobHeader::new([0; 32], Namespace([0; 32]), 10, [0; 32], [0; 32]).unwrap();
		let retained_until = match state {
			BlobState::Certified { at, .. } => Some(at + retention),
			BlobState::Pending => None,
		};
		BlobInfo {
			header,
			committee: CommitteeId::new(3, 1),
			fell_back_from: None,
			submitted_at: 100,
			deadline: 120,
			retention,
			retained_until,
			state,
		}
	}

	fn certified(at: u32) -> BlobState {
		BlobState::Certified {
			at,
			rows_signed: 2048,
			signers: vec![15],
		}
	}

	#[test]
	fn a_place_is_taken_over_when_there_are_no_more_but_never_the_first_payers() {
		let payments = [([1; 32], 5), ([2; 32], 30), ([3; 32], 20)];
		assert_eq!(taken_over(&payments, 4), 0);
		assert_eq!(taken_over(&payments, 3), 20);
		assert_eq!(taken_over(&payments[..1], 1), 0);
		assert_eq!(taken_over(&[], 1), 0);
	}

	#[test]
	fn what_is_left_to_do_follows_from_what_the_chain_has() {
		let pending = info(1_000, BlobState::Pending);
		let of = |info, retention, now| Action::of(info, retention, now, true);
		assert_eq!(of(None, 500, 110), (Action::Publish, 500));
		assert_eq!(of(Some(&pending), 1_000, 110), (Action::HandOver, 0));
		assert_eq!(of(Some(&pending), 500, 120), (Action::HandOver, 0));
		assert_eq!(of(Some(&pending), 1_500, 110), (Action::ExtendAndHandOver, 500));
		let overdue = info(1_000, BlobState::Pending);
		assert_eq!(of(Some(&overdue), 500, 121), (Action::HandOver, 0));
		assert_eq!(of(Some(&overdue), 500, 1_000), (Action::Publish, 500));
		let of_root = BlobInfo {
			committee: CommitteeId::root(1),
			..info(1_000, BlobState::Pending)
		};
		assert_eq!(of(Some(&of_root), 500, 120), (Action::HandOver, 0));
		assert_eq!(of(Some(&of_root), 500, 121), (Action::Publish, 500));
	}

	#[test]
	fn a_repeat_by_the_payer_of_a_certified_blob_does_nothing() {
		let done = info(1_000, certified(110));
		assert_eq!(Action::of(Some(&done), 1_000, 900, true), (Action::Nothing, 0));
		assert_eq!(Action::of(Some(&done), 500, 900, true), (Action::Nothing, 0));
		assert_eq!(Action::of(Some(&done), 1_500, 900, true), (Action::Extend, 500));
	}

	#[test]
	fn anybody_else_asks_for_blocks_from_now() {
		let done = info(1_000, certified(110));
		assert_eq!(Action::of(Some(&done), 1_000, 110, false), (Action::Nothing, 0));
		assert_eq!(Action::of(Some(&done), 500, 910, false), (Action::Extend, 300));
		assert_eq!(Action::of(Some(&done), 500, 1_110, false), (Action::Publish, 500));
	}

	#[test]
	fn a_blob_that_falls_back_is_told_once_and_waits_on() {
		let told = Arc::new(Mutex::new(Vec::new()));
		let observer: Observer = {
			let told = told.clone();
			Arc::new(move |event| told.lock().unwrap().push(event))
		};
		let standing = Standing::new();
		let mut info = info(1_000, BlobState::Pending);
		let from = info.committee;
		for best in [110, 121] {
			standing.note(best, &info, &observer);
		}
		assert!(told.lock().unwrap().is_empty());
		info.fell_back_from = Some(std::mem::replace(&mut info.committee, CommitteeId::root(2)));
		info.deadline = 142;
		for best in [122, 123] {
			standing.note(best, &info, &observer);
		}
		let told = told.lock().unwrap();
		assert!(
			matches!(told[..], [Event::FellBack { from: it, committee, deadline: 142 }] if it == from && committee.is_root()),
			"{told:?}"
		);
	}

	#[test]
	fn a_gateway_gets_time_to_see_what_the_chain_has() {
		let standing = Standing::new();
		assert!(standing.is_fresh());
		let is_moved_by = |best, info: &BlobInfo| {
			let before = *standing.moved.lock().unwrap();
			standing.note(best, info, &silent());
			*standing.moved.lock().unwrap() > before
		};
		let mut info = info(1_000, BlobState::Pending);
		assert!(!is_moved_by(120, &info), "nothing changed");
		assert!(is_moved_by(121, &info), "the deadline has passed");
		info.fell_back_from = Some(std::mem::replace(&mut info.committee, CommitteeId::root(2)));
		info.deadline = 142;
		assert!(is_moved_by(122, &info), "another committee has it");
		assert!(!is_moved_by(123, &info));
	}

	#[tokio::test]
	async fn empty_and_oversized_blobs_are_refused_before_any_work() {
		let commit = |bytes| Blob::commit([1; 32], Namespace([0; 32]), None, bytes);
		assert!(matches!(
			commit(Bytes::new()).await,
			Err(Error::Header(HeaderError::Empty))
		));
		let huge = Bytes::from(vec![0; (32 << 20) + 1]);
		assert!(matches!(
			commit(huge).await,
			Err(Error::Header(HeaderError::TooLarge))
		));
	}

	#[tokio::test]
	async fn work_that_fails_for_good_ends_the_wait_and_a_reached_goal_ends_the_work() {
		let never = || std::future::pending::<Result<u8, Error>>();
		let refused = async { Err(GatewayError::Mismatch("no".into())) };
		assert!(matches!(
			unless_done(refused, never()).await,
			Err(Error::Gateway(GatewayError::Mismatch(_)))
		));
		assert_eq!(
			unless_done(std::future::pending(), async { Ok(7) })
				.await
				.unwrap(),
			7
		);
		assert_eq!(unless_done(async { Ok(()) }, async { Ok(8) }).await.unwrap(), 8);
	}
}
