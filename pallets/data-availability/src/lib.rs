// SPDX-License-Identifier: Apache-2.0

//! Blobs, committees, fees, certificates, challenges and verdicts of the data-availability layer.
//!
//! The chain never sees a blob's bytes. It keeps the commitment, who paid what, who is responsible, and until when; the
//! protocol with its formats and guarantees is in `docs/data-availability.md`.
//!
//! # A blob's life
//!
//! ```text
//!  submit ──► Pending ── certify ──► Certified ── (more rows: certify again, for ImprovementWindow blocks)
//!              │   ▲                     │
//!     deadline passed                    │
//!      │       │   │                     │
//!      │       └───┘ to the root network retention ended
//!      │             unless it is there  │
//!      ▼                                 ▼
//!    refund                         pay the rest           ← on_idle, or anyone through `settle`
//!      └────────────► gone ◄─────────────┘
//! ```
//!
//! # Networks
//!
//! [`Config::Networks`] says to which network a namespace goes, who sits in its committee, and what a byte costs there. At the
//! start of a session the pallet takes the root network's committee, and in each of the blocks that follow that of
//! another network, with the keys of that block; a network takes blobs from then on. A blob that its network does not certify in
//! time falls back to the root network: the committee of the present session gets as long as the first one had.
//!
//! # Money
//!
//! * The dispersal fee goes into the pallet's pot at `submit` and to the signers by rows signed once their set is final;
//!   to [`Config::DispersalFees`] when no certificate came: it is not refunded, as the committee may have done its work
//!   for nothing.
//! * The custody fee stays on the payer's account under [`HoldReason::Custody`]. It is paid to the signers by rows signed,
//!   block by block over retention: by blocks with room every [`Config::PayoutPeriod`] blocks, whenever somebody calls `payout`,
//!   and at the end; released when no certificate came.
//! * What signers at fault would have earned goes back to the payers: of dispersal to the first one, of custody to each.
//! * Of the deposit of a challenge that was answered three quarters go to the member, the rest to
//!   [`Config::DispersalFees`].
//! * The pot holds what was credited to accounts and not taken, and dispersal fees that are not distributed. Each block has
//!   one account take what it was credited, in a round; anyone may have it do so before.
//!
//! # Where to look
//!
//! [`types`] what is stored · [`price`] what custody costs · `submit`, `certify`, `settle`: the rules of each call · `payout`: who
//! is paid what · `challenge`, `fault`: what a member answers for · `sampling`: what off-chain workers look at ·
//! `committee`: keys, and who is responsible · `try_state`: what always holds.

#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(
		clippy::unwrap_used,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::arithmetic_side_effects
	)
)]

extern crate alloc;

mod certify;
mod challenge;
mod committee;
mod errors;
mod events;
mod fault;
mod payout;
mod sampling;
mod settle;
mod submit;
mod try_state;

pub mod price;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod fixtures;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use certify::CERTIFICATE_PRIORITY;
pub use fault::OnFault;
pub use pallet::*;
pub use payout::share;
pub use payout::Payee;
pub use types::*;
pub use weights::WeightInfo;

use frame_support::pallet_macros::import_section;
use polkadot_sdk::*;

/// Target of the pallet's log lines.
pub const LOG_TARGET: &str = "runtime::data-availability";

// The expansion of the macros does what our code must not; the rules themselves are in the other modules.
#[allow(
	clippy::arithmetic_side_effects,
	clippy::expect_used,
	clippy::indexing_slicing,
	clippy::unwrap_used
)]
#[import_section(events::events)]
#[import_section(errors::errors)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use alloc::vec::Vec;
	use frame_support::{
		pallet_prelude::*,
		traits::{
			fungible::{Balanced, Credit, Inspect, InspectHold, Mutate, MutateHold},
			OnUnbalanced,
		},
		weights::WeightMeter,
		PalletId,
	};
	use frame_system::{ensure_authorized, pallet_prelude::*};
	use pallet_networks::Networking;
	use sp_runtime::{traits::UniqueSaturatedInto, transaction_validity::TransactionValidityWithRefund};
	use zerog_bls::{PublicKey, Signature};
	use zerog_erasure::{BlobHeader, Commitment, Hash, Namespace, Profile, Row};
	use zerog_networks::MAX_NETWORKS;
	use zerog_primitives::{
		da::{
			BlobInfo, Certificate, ChallengeInfo, CommitteeId, Conflict, Fault, Margin, NetworkId, Quote,
			SessionIndex,
		},
		units::{Balance, BlockNumber},
	};

	/// Version of the storage layout; migrations live in the runtime's `migrations` module. Still the first one, because no
	/// network holds an earlier layout.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	#[pallet::disable_frame_system_supertrait_check]
	pub trait Config:
		frame_system::Config<
		AccountId: From<[u8; 32]> + Into<[u8; 32]>,
		RuntimeEvent: From<Event<Self>>,
		Hash: Into<sp_core::H256>,
	>
	{
		/// The token: fees are moved, custody and deposits are held.
		type Currency: Inspect<Self::AccountId, Balance = Balance>
			+ InspectHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ MutateHold<Self::AccountId>
			+ Mutate<Self::AccountId>
			+ Balanced<Self::AccountId>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// The pot's account derives from it.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Where fees go that no signer earned: key fees, dispersal fees of blobs without certificate, a quarter of the deposits of
		/// answered challenges, remainders.
		type DispersalFees: OnUnbalanced<Credit<Self::AccountId, Self::Currency>>;
		/// Routes, committees and base fees; its epochs are sessions.
		type Networks: Networking<Self::AccountId>;
		/// The present session's randomness; it keys the row permutations.
		type SessionRandomness: Get<Hash>;
		/// Pending coded bytes of a network beyond which it takes no submissions.
		type PendingLimit: Get<u64>;
		/// Price of keeping a coded KiB for a block, in planck.
		type CustodyPrice: Get<Balance>;
		/// Fee for registering a key, in planck: its entry stays for ever.
		type KeyFee: Get<Balance>;
		/// What a challenger holds until the challenge has ended, in planck.
		type ChallengeDeposit: Get<Balance>;
		/// Blocks between two draws of samples; none are drawn while it is zero.
		type SamplePeriod: Get<BlockNumber>;
		/// Rows that each validator samples in a draw.
		type Samples: Get<u32>;
		/// Told of verdicts.
		type OnFault: OnFault<Self::AccountId>;
		/// Takes what accounts have earned.
		type Payee: Payee<Self::AccountId, Credit<Self::AccountId, Self::Currency>>;
		/// Blocks from the submission to the deadline.
		#[pallet::constant]
		type CertifyWindow: Get<BlockNumber>;
		/// Blocks after the first certificate in which others add to its signers.
		#[pallet::constant]
		type ImprovementWindow: Get<BlockNumber>;
		/// Blocks that a member has to answer a challenge.
		#[pallet::constant]
		type ChallengeWindow: Get<BlockNumber>;
		/// Shortest retention, in blocks.
		#[pallet::constant]
		type MinRetention: Get<BlockNumber>;
		/// Longest retention that can be bought at once, in blocks.
		#[pallet::constant]
		type MaxRetention: Get<BlockNumber>;
		/// Blocks without pay after which a block with room pays a blob's signers.
		#[pallet::constant]
		type PayoutPeriod: Get<BlockNumber>;
		/// Blocks for which a committee's keys are kept after its last blob ended, so that conflicts can be proven.
		#[pallet::constant]
		type SlashingWindow: Get<BlockNumber>;
		/// Largest committee. What is not sound with a committee of the size that there is, is not given to it.
		#[pallet::constant]
		type MaxMembers: Get<u32>;
		/// Most blobs under one certificate.
		#[pallet::constant]
		type MaxBatch: Get<u32>;
		/// Most accounts that pay for one blob.
		#[pallet::constant]
		type MaxPayers: Get<u32>;
		/// Open challenges in all from which on a member gets no more than [`Self::OwnChallenges`].
		#[pallet::constant]
		type MaxChallenges: Get<u32>;
		/// Open challenges that each member can have, whatever others have.
		#[pallet::constant]
		type OwnChallenges: Get<u32>;
		/// Most open challenges of one member for one blob, as all of them bring one verdict.
		#[pallet::constant]
		type MaxBlobChallenges: Get<u32>;
		/// Most open challenges of one member.
		#[pallet::constant]
		type MaxMemberChallenges: Get<u32>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Why the pallet holds money.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Custody of a blob, until it was paid or the deadline passed without a certificate.
		Custody,
		/// A challenge, until it was answered or resolved.
		Challenge,
	}

	// Commitments are hashes computed by the pallet, sessions and networks are counted by the chain: nobody chooses keys of these
	// maps freely, but a writer can grind commitments, hence a keyed hasher for them.

	/// Blobs that are not over.
	#[pallet::storage]
	pub type Blobs<T: Config> = StorageMap<_, Blake2_128Concat, Commitment, Blob<T>>;

	/// Coded bytes of the pending blobs of each network.
	#[pallet::storage]
	pub type PendingBytes<T: Config> = StorageMap<_, Twox64Concat, NetworkId, u64, ValueQuery>;

	/// What is to be done when, by bucket of [`types::BUCKET`] blocks.
	#[pallet::storage]
	pub type Due<T: Config> = StorageDoubleMap<_, Twox64Concat, u32, Blake2_128Concat, DueItem, ()>;

	/// First bucket that may not be empty.
	#[pallet::storage]
	pub type DueCursor<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// Committees that may still matter.
	#[pallet::storage]
	pub type Committees<T: Config> = StorageMap<_, Twox64Concat, CommitteeId, CommitteeRecord>;

	/// The session noted last.
	#[pallet::storage]
	pub type LastSession<T: Config> = StorageValue<_, SessionIndex>;

	/// Networks whose committees of that session are still to be noted, the next one last.
	#[pallet::storage]
	pub type ToNote<T: Config> = StorageValue<_, BoundedVec<NetworkId, ConstU32<MAX_NETWORKS>>, ValueQuery>;

	/// Members and keys by their hash: committees with the same ones share an entry.
	#[pallet::storage]
	pub type MemberSets<T: Config> = StorageMap<_, Identity, Hash, MemberSet<T>>;

	/// The attestation key of each account, with its point.
	#[pallet::storage]
	pub type Keys<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, AttestationKey>;

	/// Who registered each key that was ever registered.
	#[pallet::storage]
	pub type KeyOwners<T: Config> = StorageMap<_, Blake2_128Concat, PublicKey, T::AccountId>;

	/// What the pot owes to whom.
	#[pallet::storage]
	pub type Earnings<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Balance, ValueQuery>;

	/// For whom a block claimed last.
	#[pallet::storage]
	pub type ClaimCursor<T: Config> = StorageValue<_, T::AccountId>;

	/// The blob that a block looked at last to pay its signers.
	#[pallet::storage]
	pub type PayCursor<T: Config> = StorageValue<_, Commitment>;

	/// Open challenges by blob and row, and those that nobody resolved.
	#[pallet::storage]
	pub type Challenges<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Commitment, Twox64Concat, u32, Challenge<T::AccountId>>;

	/// The same by member: blob and row.
	#[pallet::storage]
	pub type ChallengesOf<T: Config> = StorageMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		BoundedVec<(Commitment, u32), T::MaxMemberChallenges>,
		ValueQuery,
	>;

	/// The number of all these.
	#[pallet::storage]
	pub type OpenChallenges<T: Config> = StorageValue<_, u32, ValueQuery>;

	/// Faults that were proven, by committee and member; forgotten with the committee.
	#[pallet::storage]
	pub type Verdicts<T: Config> = StorageDoubleMap<
		_,
		Twox64Concat,
		CommitteeId,
		Twox64Concat,
		u32,
		BoundedVec<Verdict, MaxVerdicts>,
		ValueQuery,
	>;

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Attestation keys of the first operators.
		pub keys: Vec<(T::AccountId, PublicKey)>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// The pot always exists, so that it can take any fee.
			let deposit = <T::Currency as Inspect<_>>::minimum_balance();
			let funded = T::Currency::mint_into(&Pallet::<T>::pot(), deposit);
			assert!(funded.is_ok(), "the pot cannot be funded: {funded:?}");
			for (account, key) in &self.keys {
				// A broken genesis must not start a chain.
				let stored = Pallet::<T>::store_key(account, *key);
				assert!(
					stored.is_ok(),
					"attestation key of {account:?} is invalid or used twice"
				);
			}
			Pallet::<T>::note_session(T::Networks::epoch());
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Takes the root network's committee of a session that has just started, or another one of the session.
		fn on_initialize(_now: BlockNumberFor<T>) -> Weight {
			let session = T::Networks::epoch();
			let noted = match LastSession::<T>::get() == Some(session) {
				true => Self::note_next(session),
				false => Some(Self::note_session(session)),
			};
			let looked = T::DbWeight::get().reads(3);
			let weight = noted.map_or(looked, |members| {
				T::WeightInfo::note_session(members)
					.saturating_add(T::Networks::committee_weight(members))
					.saturating_add(looked)
			});
			// A chain of its own proves to nobody what it read, and that of many members would leave calls no room.
			Weight::from_parts(weight.ref_time(), 0)
		}

		/// Claims for an account, settles, resolves and forgets what is due, then pays signers, while there is room.
		fn on_idle(_now: BlockNumberFor<T>, limit: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(limit);
			Self::claim_next(&mut meter);
			Self::settle_due(&mut meter);
			Self::pay_next(&mut meter);
			meter.consumed()
		}

		/// Samples rows that validators should hold, and has those rebuilt that they do not.
		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::sample_and_repair(now.unique_saturated_into());
		}

		fn integrity_test() {
			assert!(
				T::MinRetention::get() > 0 && T::MinRetention::get() <= T::MaxRetention::get(),
				"retention range is empty"
			);
			assert!(
				T::PayoutPeriod::get() > T::ImprovementWindow::get(),
				"signers would be paid before they are final"
			);
			assert!(
				T::MinRetention::get() > T::ImprovementWindow::get(),
				"blobs would end before their signers are final"
			);
			assert!(
				T::CustodyPrice::get() > 0 && T::KeyFee::get() > 0 && T::ChallengeDeposit::get() > 0,
				"others would work for nothing"
			);
			assert!(
				zerog_erasure::Profile::ALL
					.iter()
					.all(|profile| profile.coded_bytes() <= T::PendingLimit::get()),
				"the largest blobs would be shut out"
			);
			assert!(T::CertifyWindow::get() > 0, "no block could carry a certificate");
			assert!(T::ChallengeWindow::get() > 0, "no block could carry an answer");
			assert!(
				T::ImprovementWindow::get().saturating_add(T::ChallengeWindow::get())
					< T::MaxRetention::get(),
				"no row could be challenged"
			);
			assert!(
				T::SlashingWindow::get() > 0,
				"no fault could be proven after the last blob"
			);
			assert!(
				T::MaxBlobChallenges::get() > 0
					&& T::MaxBlobChallenges::get() <= T::MaxMemberChallenges::get(),
				"a blob has no places, or more than its members"
			);
			assert!(
				T::OwnChallenges::get() > 0 && T::OwnChallenges::get() <= T::MaxMemberChallenges::get(),
				"others' rows would keep a member's from being challenged"
			);
			assert!(
				zerog_erasure::Profile::ALL
					.iter()
					.all(|profile| profile.checksum_bytes() <= <MaxChecksum as Get<u32>>::get()),
				"a bad row of a large blob could not be reported"
			);
			assert!(T::MaxMembers::get() > 0 && T::MaxBatch::get() > 0 && T::MaxPayers::get() > 0);
			assert!(
				zerog_erasure::Profile::ALL
					.iter()
					.any(|p| p.supports_committee(T::MaxMembers::get())),
				"no profile is sound with the largest committee"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_now: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Pay for a blob.
		///
		/// The commitment is computed from the arguments, so that length, namespace and chain cannot be misstated. A
		/// repeat by the same payer with no longer retention changes nothing; longer retention extends and pays for the
		/// blocks added. One whose time is over has to be settled before.
		///
		/// `profile` is the matrix, [`Pallet::quote`] tells the smallest: committees beyond 270 members may not certify the smallest
		/// matrices.
		///
		/// The namespace decides which network it goes to; where that one has no committee or no room, the next one in the
		/// namespace's order takes it, in the end the root network.
		///
		/// `max_fee` bounds what is paid for dispersal and held for custody together: the price changes with the load of the
		/// network, so that it may be another than the one quoted. The fee of the transaction itself comes on top.
		///
		/// Emits `Submitted` or `Extended`.
		#[allow(clippy::too_many_arguments)]
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::submit_weight().saturating_add(Pallet::<T>::replacing_weight()))]
		pub fn submit(
			origin: OriginFor<T>,
			namespace: Namespace,
			length: u32,
			profile: Profile,
			row_root: Hash,
			checksum_root: Hash,
			retention: BlockNumber,
			#[pallet::compact] max_fee: Balance,
		) -> DispatchResultWithPostInfo {
			let payer = ensure_signed(origin)?;
			let header = BlobHeader::new(Self::genesis(), namespace, length, row_root, checksum_root)
				.and_then(|header| header.in_profile(profile))
				.map_err(Self::header_error)?;
			let more = Self::do_submit(payer, header, retention, max_fee)?;
			Ok(Some(Self::submit_weight().saturating_add(more)).into())
		}

		/// Certify a batch of blobs of one committee by an aggregate signature.
		///
		/// Unsigned and free: the transaction is valid only if the certificate is and changes something. Its signers hold two thirds of
		/// the rows of each blob; they are added to those who have signed before.
		///
		/// Emits `Certified` or `Improved` for each blob that it changes.
		#[pallet::call_index(1)]
		#[pallet::weight(Pallet::<T>::certify_weight(certificate.commitments.len().try_into().unwrap_or(u32::MAX)))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_certify(
			certificate.signers.len().saturating_mul(8).try_into().unwrap_or(u32::MAX),
			certificate.commitments.len().try_into().unwrap_or(u32::MAX),
		))]
		#[pallet::authorize(|_, certificate| Self::authorize_certify(certificate))]
		pub fn certify(origin: OriginFor<T>, certificate: Certificate) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_certify(certificate)
		}

		/// End a blob whose deadline passed without a certificate, or whose retention is over. One that its network did not
		/// certify goes to the root network instead.
		///
		/// Unsigned and free: the transaction is valid only if there is something to end. Blocks with room do the same by
		/// themselves.
		///
		/// Challenges that nobody resolved are resolved first. From 32 of them on that is all that one call does, and the next
		/// one goes on.
		///
		/// Emits `FellBack`, `Refunded` or `Settled`.
		#[pallet::call_index(2)]
		#[pallet::weight(Pallet::<T>::most_settle())]
		#[pallet::weight_of_authorize(T::DbWeight::get().reads(1))]
		#[pallet::authorize(|_, commitment| Self::authorize_settle(commitment))]
		pub fn settle(origin: OriginFor<T>, commitment: Commitment) -> DispatchResultWithPostInfo {
			ensure_authorized(origin)?;
			Ok(Some(Self::do_settle(commitment)?).into())
		}

		/// Register the attestation key of the sender.
		///
		/// `possession` is the key's signature over genesis, account and key. The key counts in committees that are noted from
		/// then on: in all of them from the next session on. A later registration replaces it; no key can be registered twice.
		///
		/// Emits `KeyRegistered`.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::register_key())]
		pub fn register_key(origin: OriginFor<T>, key: PublicKey, possession: Signature) -> DispatchResult {
			let account = ensure_signed(origin)?;
			Self::do_register_key(account, key, possession)
		}

		/// Pay the signers of a blob for the blocks that have passed, and the dispersal fee if that has not happened.
		///
		/// Blocks with room do the same when `PayoutPeriod` has passed, and so does ending the blob; this is for those who do not want
		/// to wait. Refused while a row of the blob is
		/// challenged.
		///
		/// Emits `Paid`.
		#[pallet::call_index(4)]
		#[pallet::weight(Pallet::<T>::most_payout())]
		pub fn payout(origin: OriginFor<T>, commitment: Commitment) -> DispatchResultWithPostInfo {
			ensure_signed(origin)?;
			Ok(Some(Self::do_payout(commitment)?).into())
		}

		/// Move what an account has earned to it. Anyone may call it for anyone. Blocks with room do the same by themselves, for
		/// one account after the other.
		///
		/// Emits `EarningsClaimed`.
		#[pallet::call_index(5)]
		#[pallet::weight(Pallet::<T>::claim_weight())]
		pub fn claim_earnings(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim_earnings(account)
		}

		/// Ask the signer that holds a row to show it.
		///
		/// The deposit comes back when no answer comes in time; else it goes to the member but for a quarter, which is a
		/// fee.
		///
		/// Emits `Challenged`.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::challenge())]
		pub fn challenge(origin: OriginFor<T>, commitment: Commitment, row: u32) -> DispatchResult {
			let challenger = ensure_signed(origin)?;
			Self::do_challenge(challenger, commitment, row)
		}

		/// Show a challenged row.
		///
		/// Unsigned and free: the transaction is valid only if the challenge is open and the row is the one under the
		/// blob's row root. Whoever sends it, the challenged member is rewarded.
		///
		/// Emits `Answered`.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::answer())]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_answer())]
		#[pallet::authorize(|_, commitment, row| Self::authorize_answer(commitment, row))]
		pub fn answer(origin: OriginFor<T>, commitment: Commitment, row: Row) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_answer(commitment, row.index)
		}

		/// End a challenge that was not answered in time.
		///
		/// Unsigned and free: the transaction is valid only if there is such a challenge. Blocks with room do the same by
		/// themselves.
		///
		/// Emits `Unanswered`, and `FaultFound` if the member was not at fault for the blob before.
		#[pallet::call_index(8)]
		#[pallet::weight(Pallet::<T>::resolve_weight())]
		#[pallet::weight_of_authorize(T::DbWeight::get().reads(1))]
		#[pallet::authorize(|_, commitment, row| Self::authorize_resolve(commitment, row))]
		pub fn resolve(origin: OriginFor<T>, commitment: Commitment, row: u32) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_resolve(commitment, row)
		}

		/// Prove that a member signed for a row that contradicts the blob's checksum.
		///
		/// Checking costs about as much as coding the checksum. The caller pays for it also when the report is right: a
		/// member could as well report itself.
		///
		/// Emits `FaultFound`.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::report_bad_row(
			checksum.len().div_ceil(zerog_erasure::CHECKSUM_ROW_BYTES).try_into().unwrap_or(u32::MAX)
		).saturating_add(T::OnFault::weight()))]
		pub fn report_bad_row(
			origin: OriginFor<T>,
			commitment: Commitment,
			row: Row,
			checksum: BoundedVec<u8, MaxChecksum>,
		) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_report_bad_row(commitment, &row, &checksum)
		}

		/// Prove that a member used one number for two attestations.
		///
		/// Unsigned and free: the transaction is valid only if the proof is, and the first of its kind for this member and
		/// committee.
		///
		/// Emits `FaultFound`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::report_conflict().saturating_add(T::OnFault::weight()))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_report_conflict())]
		#[pallet::authorize(|_, conflict| Self::authorize_conflict(conflict))]
		pub fn report_conflict(origin: OriginFor<T>, conflict: Conflict) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_report_conflict(&conflict)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The blob, if it was submitted and is not over yet.
		pub fn blob(commitment: Commitment) -> Option<BlobInfo> {
			Blobs::<T>::get(commitment).map(|blob| blob.info())
		}

		/// A committee with weights and keys, while it may still matter.
		pub fn committee(id: CommitteeId) -> Option<zerog_primitives::da::Committee> {
			Self::committee_with(id, |_| None)
		}

		/// The committees that a blob submitted now could get, that of the root network first.
		pub fn current_committees() -> Vec<CommitteeId> {
			Self::noted_committees()
		}

		/// What `length` bytes of a namespace kept for `retention` blocks would cost now, which network would take them, and in
		/// which matrix; `None` if they would be refused.
		pub fn quote(namespace: Namespace, length: u32, retention: BlockNumber) -> Option<Quote> {
			let profile = Self::smallest_profile(length).ok()?;
			Self::quote_fresh(&namespace, profile, retention).ok()
		}

		/// Present price of a coded byte in a network, in planck.
		pub fn base_fee(network: NetworkId) -> Option<Balance> {
			T::Networks::fee(network)
		}

		/// The attestation key of an account.
		pub fn account_key(account: T::AccountId) -> Option<PublicKey> {
			Keys::<T>::get(account).map(|key| key.public)
		}

		/// How far a certified blob is from being lost, in rows.
		pub fn margin(commitment: Commitment) -> Option<Margin> {
			Self::margin_of(commitment)
		}

		/// The challenges that a member has to answer, and those whose window has passed and that wait to be resolved.
		pub fn open_challenges(account: T::AccountId) -> Vec<ChallengeInfo> {
			Self::challenges_of(&account)
		}

		/// What an account has earned and not taken, in planck.
		pub fn earnings(account: T::AccountId) -> Balance {
			Earnings::<T>::get(account)
		}

		/// The faults of a member of a committee that were proven, while the committee may still matter.
		pub fn verdicts(id: CommitteeId, member: u32) -> Vec<Verdict> {
			Verdicts::<T>::get(id, member).into_inner()
		}
	}

	impl<T: Config> Pallet<T> {
		/// For the pool and the block: is the certificate valid, and does it change anything?
		fn authorize_certify(certificate: &Certificate) -> TransactionValidityWithRefund {
			Self::validate_certificate(certificate).map(|valid| (valid, Weight::zero()))
		}

		/// For the pool and the block: is the blob due?
		fn authorize_settle(commitment: &Commitment) -> TransactionValidityWithRefund {
			Self::validate_settle(commitment).map(|valid| (valid, Weight::zero()))
		}

		/// For the pool and the block: is this the row that is asked for, in time?
		fn authorize_answer(commitment: &Commitment, row: &Row) -> TransactionValidityWithRefund {
			Self::validate_answer(*commitment, row).map(|valid| (valid, Weight::zero()))
		}

		/// For the pool and the block: has the window of such a challenge passed?
		fn authorize_resolve(commitment: &Commitment, row: &u32) -> TransactionValidityWithRefund {
			Self::validate_resolve(*commitment, *row).map(|valid| (valid, Weight::zero()))
		}

		/// For the pool and the block: is the proof right and new?
		fn authorize_conflict(conflict: &Conflict) -> TransactionValidityWithRefund {
			Self::validate_conflict(conflict).map(|valid| (valid, Weight::zero()))
		}
	}
}
