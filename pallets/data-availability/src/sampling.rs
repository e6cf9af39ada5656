// SPDX-License-Identifier: Apache-2.0

//! What the off-chain workers of validators do: look at random rows, and have those rebuilt that their holders lack.
//!
//! Policy is here, so that governance can change it; the bytes move in the node's service, behind `zerog_host`. Nothing here
//! reaches the state: what a node remembers of its duties lies in its local storage, in one bounded value.
//!
//! # The draw
//!
//! ```text
//! seed   = blake2_256("zerog/da/sample/v1" ‖ node seed ‖ session randomness ‖ parent hash ‖ block)
//! digest = blake2_256(seed ‖ i)                                                    i in 0..Samples
//! blob   = of those that are certified and not over, in the order of blake2_128(commitment) from digest[0..16] on and then
//!          from the start, the (digest[20] mod 8)-th, or the last one among 32 keys
//! row    = digest[16..20] mod m                                       uniform, because m is a power of two
//! ```
//!
//! The chain's randomness makes draws new in every block and lets nobody choose them. The node seed is a secret that each
//! node draws once: the pallet cannot see which validator a node signs for, and holders must not know who will look at
//! what. A blob is drawn with a chance proportional to the mean of the eight gaps before its key: all blobs alike on
//! average, and rarer only for who pays for eight blobs that were ground into place.
//!
//! # Repair
//!
//! A row that a signer does not show starts a repair of that *holder*: the service gives it back all rows of the blob that it
//! signed for and lacks, not only those that somebody happened to look at. So one draw heals a holder's part of a blob.
//!
//! Who repairs is drawn with the samples: a holder with a share `s` of the rows is hit by about `n · Samples · s` draws of all
//! `n` validators in a period, `Samples` for one among equals, whatever `n` is. Of those who hit the same blob, the service of
//! the later ones asks the holder again, and rebuilds nothing when it shows the rows. A node starts one repair a block, so it
//! fetches at most one blob and pushes at most one holder's rows of it for each.

use crate::pallet::*;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use frame_support::{storage::StoragePrefixedMap, traits::Get};
use polkadot_sdk::*;
use sp_core::offchain::Duration;
use sp_io::hashing::blake2_256;
use sp_runtime::offchain::{
	storage::StorageValueRef,
	storage_lock::{StorageLock, Time},
};
use zerog_erasure::{Commitment, Hash};
use zerog_host::{data_availability as host, DutyFailure, DutyId, DutyStatus, Error as HostError, MAX_ROWS};
use zerog_primitives::{
	da::{is_signer, Assignment, CommitteeId},
	units::BlockNumber,
};

/// Keys in the node's local storage.
pub(crate) const SEED_KEY: &[u8] = b"zerog/da/sampling/seed";
pub(crate) const NOTES_KEY: &[u8] = b"zerog/da/sampling/notes/v3";
const LOCK_KEY: &[u8] = b"zerog/da/sampling/lock";

/// A worker that takes longer has died.
const LOCK_MILLIS: u64 = 10_000;

/// Samples that a node waits for.
pub(crate) const MAX_SAMPLES: usize = 60;

/// Repairs that it waits for: each fetches as much as a whole blob.
pub(crate) const MAX_REPAIRS: usize = 4;

/// Holders of blobs whose failures are remembered; the oldest are forgotten first.
pub(crate) const MAX_FAILURES: usize = 64;

/// Blocks after which a duty is given up, and those between two repairs of one holder's rows of a blob.
pub(crate) const PATIENCE: BlockNumber = 50;

/// Blobs looked at to find one under retention.
const MAX_LOOKED_AT: usize = 32;

/// Blobs named at most in one answer.
const MAX_PAGE: u32 = 1_024;

/// Blobs under retention that share the chance of the gap before the first of them.
const NEIGHBOURS: u8 = 8;

/// What a node remembers from block to block.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub(crate) struct Notes {
	pub duties: Vec<Duty>,
	pub failures: Vec<Failure>,
}

/// Something that the service was asked to do.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Duty {
	pub id: DutyId,
	pub since: BlockNumber,
	pub commitment: Commitment,
	pub task: Task,
}

#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) enum Task {
	/// Look at a row.
	Sample { row: u32 },
	/// Give a holder back what it lacks.
	Repair { holder: u32 },
}

/// What one holder of one blob could not show.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub(crate) struct Failure {
	pub commitment: Commitment,
	pub committee: CommitteeId,
	/// Place in it.
	pub holder: u32,
	/// Samples that failed.
	pub samples: u32,
	/// Rows seen missing, and not found or given back since, ascending.
	pub rows: Vec<u32>,
	/// No repair starts before this block.
	pub not_before: BlockNumber,
}

impl<T: Config> Pallet<T> {
	/// One block's work; does nothing on nodes that are no validators or have no service.
	pub(crate) fn sample_and_repair(now: BlockNumber) {
		if !sp_io::offchain::is_validator() {
			return;
		}
		// Workers of several blocks may run at once; one that comes second leaves its turn to the next block.
		let mut lock = StorageLock::<Time>::with_deadline(LOCK_KEY, Duration::from_millis(LOCK_MILLIS));
		let Ok(_guard) = lock.try_lock() else {
			return;
		};
		let storage = StorageValueRef::persistent(NOTES_KEY);
		let before = storage.get::<Notes>().ok().flatten().unwrap_or_default();
		let mut notes = before.clone();
		let done = Self::collect(&mut notes, now)
			.and_then(|()| Self::start_samples(&mut notes, now))
			.and_then(|()| Self::start_repairs(&mut notes, now));
		if let Err(error) = done {
			log::debug!(target: crate::LOG_TARGET, "no duties in block {now}: {error}");
		}
		if notes != before {
			storage.set(&notes);
		}
	}

	/// Asks how far duties are, and takes note of those that have ended.
	fn collect(notes: &mut Notes, now: BlockNumber) -> Result<(), HostError> {
		for duty in core::mem::take(&mut notes.duties) {
			match host::poll(duty.id) {
				Err(HostError::NotAvailable) => return Err(HostError::NotAvailable),
				Ok(DutyStatus::Done) => notes.forgive(&duty),
				Ok(DutyStatus::Failed(DutyFailure::Missing)) => Self::note_missing(notes, &duty),
				// Nothing was learnt about the blob: the node could not work, or the blob is over.
				Ok(DutyStatus::Failed(_)) | Err(HostError::UnknownDuty) => {}
				Ok(DutyStatus::Running) | Err(_) => {
					if now.saturating_sub(duty.since) < PATIENCE {
						notes.duties.push(duty);
					}
				}
			}
		}
		notes
			.failures
			.retain(|failure| Self::is_kept(&failure.commitment));
		Ok(())
	}

	/// Whether the blob is certified and not over.
	fn is_kept(commitment: &Commitment) -> bool {
		Blobs::<T>::get(commitment).is_some_and(|blob| blob.custody().is_some() && !blob.is_due(Self::now()))
	}

	fn note_missing(notes: &mut Notes, duty: &Duty) {
		let commitment = duty.commitment;
		let row = match duty.task {
			Task::Sample { row } => row,
			Task::Repair { holder } => {
				let why = "too few rows were found, or it is away";
				log::info!(target: crate::LOG_TARGET, "member {holder} got no rows of {commitment} back: {why}");
				return;
			}
		};
		let Some((committee, holder)) = Self::holder_of(commitment, row) else {
			return;
		};
		log::info!(target: crate::LOG_TARGET, "member {holder} of {committee} did not show row {row} of {commitment}");
		notes.blame(commitment, committee, holder, row);
	}

	/// The committee, and the place in it of who has to hold a row: nobody, if its member did not sign.
	fn holder_of(commitment: Commitment, row: u32) -> Option<(CommitteeId, u32)> {
		let blob = Blobs::<T>::get(commitment)?;
		let signers = &blob.custody()?.signers;
		let (committee, set) = Self::members_of(blob.committee).ok()?;
		let profile = blob.header.profile().ok()?;
		let holder =
			Assignment::new(commitment, &committee.randomness, &set.weights(), profile).member_of(row)?;
		let place = u32::try_from(holder).ok()?;
		is_signer(signers, holder).then_some((blob.committee, place))
	}

	/// Draws samples when it is time, as many as there is room for.
	fn start_samples(notes: &mut Notes, now: BlockNumber) -> Result<(), HostError> {
		// No remainder by zero: no samples then.
		if now.checked_rem(T::SamplePeriod::get()) != Some(0) {
			return Ok(());
		}
		let seed = Self::sample_seed(now);
		let running = notes.duties.iter().filter(|duty| !duty.is_repair()).count();
		let room = u32::try_from(MAX_SAMPLES.saturating_sub(running)).unwrap_or(0);
		for index in 0..T::Samples::get().min(room) {
			// Nothing near this point; there may be near the next one.
			let Some((commitment, row)) = Self::draw(&seed, index) else {
				continue;
			};
			match host::start_sample(commitment.0, row) {
				Ok(id) => notes.duties.push(Duty {
					id,
					since: now,
					commitment,
					task: Task::Sample { row },
				}),
				Err(HostError::Busy) => break,
				Err(error) => return Err(error),
			}
		}
		Ok(())
	}

	/// What this node's draws of a block derive from.
	pub(crate) fn sample_seed(now: BlockNumber) -> Hash {
		let storage = StorageValueRef::persistent(SEED_KEY);
		let node: Hash = storage.get().ok().flatten().unwrap_or_else(|| {
			let seed = sp_io::offchain::random_seed();
			storage.set(&seed);
			seed
		});
		let parent = frame_system::Pallet::<T>::parent_hash();
		blake2_256(
			&(
				*b"zerog/da/sample/v1",
				node,
				T::SessionRandomness::get(),
				parent,
				now,
			)
				.encode(),
		)
	}

	/// The `index`-th draw under a seed: a blob under retention and one of its rows.
	pub(crate) fn draw(seed: &Hash, index: u32) -> Option<(Commitment, u32)> {
		let digest = blake2_256(&(seed, index).encode());
		let (point, rest) = digest.split_at_checked(16)?;
		let word = u32::from_le_bytes(*rest.first_chunk::<4>()?);
		let steps = usize::from(rest.get(4)?.checked_rem(NEIGHBOURS)?);
		let mut from = Blobs::<T>::final_prefix().to_vec();
		from.extend_from_slice(point);
		// Behind the last key comes the first one.
		let commitment = Blobs::<T>::iter_keys_from(from)
			.chain(Blobs::<T>::iter_keys())
			.take(MAX_LOOKED_AT)
			.filter(Self::is_kept)
			.take(steps.saturating_add(1))
			.last()?;
		let profile = Blobs::<T>::get(commitment)?.header.profile().ok()?;
		Some((commitment, word.checked_rem(profile.rows())?))
	}

	/// As many blobs as asked for, and no more than 1,024, that follow one in the order of their keys; it need not be
	/// there any more. For nodes that look through what they hold, not for blocks.
	pub fn blobs_after(after: Option<Commitment>, limit: u32) -> Vec<Commitment> {
		let from = after.map_or_else(|| Blobs::<T>::final_prefix().to_vec(), Blobs::<T>::hashed_key_for);
		let limit = limit.min(MAX_PAGE);
		Blobs::<T>::iter_keys_from(from)
			.take(usize::try_from(limit).unwrap_or(0))
			.collect()
	}

	/// Has the rows of one holder given back that did not show some, if there is such a one and fewer repairs are under way
	/// than a node waits for.
	fn start_repairs(notes: &mut Notes, now: BlockNumber) -> Result<(), HostError> {
		if notes.duties.iter().filter(|duty| duty.is_repair()).count() >= MAX_REPAIRS {
			return Ok(());
		}
		let Notes { duties, failures } = notes;
		let is_due = |failure: &&mut Failure| !failure.rows.is_empty() && now >= failure.not_before;
		let Some(failure) = failures.iter_mut().find(is_due) else {
			return Ok(());
		};
		match host::start_repair(failure.commitment.0, failure.rows.clone()) {
			Ok(id) => {
				failure.not_before = now.saturating_add(PATIENCE);
				duties.push(Duty {
					id,
					since: now,
					commitment: failure.commitment,
					task: Task::Repair {
						holder: failure.holder,
					},
				});
				Ok(())
			}
			Err(HostError::Busy) => Ok(()),
			Err(error) => Err(error),
		}
	}
}

impl Duty {
	fn is_repair(&self) -> bool {
		matches!(self.task, Task::Repair { .. })
	}
}

impl Notes {
	/// A holder did not show a row.
	fn blame(&mut self, commitment: Commitment, committee: CommitteeId, holder: u32, row: u32) {
		let known = self
			.failures
			.iter_mut()
			.find(|failure| failure.commitment == commitment && failure.holder == holder);
		let Some(failure) = known else {
			if self.failures.len() >= MAX_FAILURES {
				self.failures.remove(0);
			}
			self.failures.push(Failure {
				commitment,
				committee,
				holder,
				samples: 1,
				rows: alloc::vec![row],
				not_before: 0,
			});
			return;
		};
		failure.samples = failure.samples.saturating_add(1);
		if let (Err(place), true) = (failure.rows.binary_search(&row), failure.rows.len() < MAX_ROWS) {
			failure.rows.insert(place, row);
		}
	}

	/// A row that a sample has found is missing no more, nor is any of a holder that a repair gave its rows back.
	fn forgive(&mut self, duty: &Duty) {
		let of_blob = self.failures.iter_mut();
		for failure in of_blob.filter(|failure| failure.commitment == duty.commitment) {
			match duty.task {
				Task::Sample { row } => failure.rows.retain(|missing| *missing != row),
				Task::Repair { holder } if holder == failure.holder => failure.rows.clear(),
				Task::Repair { .. } => {}
			}
		}
	}
}
