// SPDX-License-Identifier: Apache-2.0

//! The rows on disk: RocksDB with one column family each for blobs, checksums, rows, our own signatures, and the numbers
//! that they took.
//!
//! * Rows are written without waiting for the disk; [`Store::sync`] makes all of them durable. A member calls it before it
//!   signs, so a signature never outlives its rows.
//! * A row is stored with its path, and checked against the row root whenever it is read: what rots is
//!   [`StoreError::Corrupted`], never served.
//! * [`Store::put_share`] returns when share and number are on the disk, so no number is used for two attestations however
//!   the node ends. Numbers are never given back: they stay when the shares are removed.
//! * A disk that is full or fails makes every write an error; nobody signs then.
//!
//! Keys: `commitment` or `commitment ‖ index:u32`; for shares `session:u32 ‖ network:u32 ‖ sequence:u64`, for numbers
//! `session:u32 ‖ network:u32`; all big endian, so that the oldest come first. A row's value is `path ‖ row`, that of a
//! number the next one.

use crate::protocol::Share;
#[cfg(test)]
use crate::sim::disk::{
	ColumnFamily, ColumnFamilyDescriptor, DBCompressionType, DBWithThreadMode, IteratorMode, Options,
	SingleThreaded, WriteBatch,
};
use codec::{Decode, Encode};
use parking_lot::{Mutex, RwLock};
use rocksdb::{BlockBasedOptions, Cache};
#[cfg(not(test))]
use rocksdb::{
	ColumnFamily, ColumnFamilyDescriptor, DBCompressionType, DBWithThreadMode, IteratorMode, Options,
	SingleThreaded, WriteBatch,
};
use std::path::Path;
use zerog_erasure::{BlobHeader, Commitment, Hash, Row, RowBatch, Verifier};
use zerog_primitives::da::CommitteeId;

const BLOBS: &str = "blobs";
const CHECKSUMS: &str = "checksums";
const ROWS: &str = "rows";
const SHARES: &str = "shares";
const NUMBERS: &str = "numbers";
const FAMILIES: [&str; 5] = [BLOBS, CHECKSUMS, ROWS, SHARES, NUMBERS];
/// Bytes of blocks, their indices included, that are kept in memory.
const CACHE: usize = 64 << 20;
/// Bytes of a block of rows. Every block has an entry in an index: with small ones the indices grow to a hundredth of what is held.
const ROW_BLOCK: usize = 32 << 10;
/// First byte of every record.
const FORMAT: u8 = 3;

/// Why rows could not be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
	/// The disk is full. Free space; the node signs nothing until writing works again.
	#[error("the disk is full: {0}")]
	Full(String),
	/// A row that was stored no longer leads to its row root: the disk or something else changed it. It is dropped.
	#[error("row {index} of {commitment} is corrupted on disk")]
	Corrupted {
		/// The blob.
		commitment: Commitment,
		/// The row.
		index: u32,
	},
	/// The database itself is damaged, or was written by another version.
	#[error(
		"the row database is damaged: {0}; move its folder `da/rows` away: the node rebuilds its rows from those of others"
	)]
	Damaged(String),
	/// Any other failure of the disk or the database.
	#[error("the row database failed: {0}")]
	Failed(String),
}

impl From<rocksdb::Error> for StoreError {
	fn from(error: rocksdb::Error) -> Self {
		let text = error.to_string();
		if text.contains("No space left") || text.contains("NoSpace") || text.contains("SpaceLimit") {
			Self::Full(text)
		} else if error.kind() == rocksdb::ErrorKind::Corruption {
			Self::Damaged(text)
		} else {
			Self::Failed(text)
		}
	}
}

/// What is known of a blob of which something is stored.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Record {
	/// What the commitment binds.
	pub header: BlobHeader,
	/// After this block the chain is asked whether the rows may go.
	pub keep_until: u32,
}

/// Failures that tests ask for.
#[cfg(test)]
#[derive(Default)]
pub(crate) struct Faults {
	/// Writing rows fails as on a full disk.
	pub(crate) full: std::sync::atomic::AtomicBool,
	/// Syncing fails.
	pub(crate) sync: std::sync::atomic::AtomicBool,
}

/// The row database of one node.
pub struct Store {
	db: DBWithThreadMode<SingleThreaded>,
	/// Shared by all who put rows; held alone by who looks at a corrupted one again and drops it.
	rows: RwLock<()>,
	/// Why the last write failed, if it did.
	failed: Mutex<Option<StoreError>>,
	#[cfg(test)]
	pub(crate) faults: Faults,
}

fn row_key(commitment: &Commitment, index: u32) -> Vec<u8> {
	let mut key = Vec::with_capacity(36);
	key.extend_from_slice(&commitment.0);
	key.extend_from_slice(&index.to_be_bytes());
	key
}

fn committee_key(committee: CommitteeId) -> Vec<u8> {
	[committee.session.to_be_bytes(), committee.network.to_be_bytes()].concat()
}

fn share_key(committee: CommitteeId, sequence: u64) -> Vec<u8> {
	let mut key = committee_key(committee);
	key.extend_from_slice(&sequence.to_be_bytes());
	key
}

fn encode_record<T: Encode>(value: &T) -> Vec<u8> {
	let mut bytes = vec![FORMAT];
	value.encode_to(&mut bytes);
	bytes
}

fn decode_record<T: Decode>(bytes: &[u8]) -> Result<T, StoreError> {
	match bytes.split_first() {
		Some((&FORMAT, mut rest)) => T::decode(&mut rest)
			.map_err(|error| StoreError::Damaged(format!("a record does not decode: {error}"))),
		_ => Err(StoreError::Damaged("a record of an unknown format".into())),
	}
}

fn commitment_of(key: &[u8]) -> Option<Commitment> {
	<Hash>::try_from(key.get(..32)?).ok().map(Commitment)
}

impl Store {
	/// Open the database in `path`, creating it when missing.
	pub fn open(path: &Path) -> Result<Self, StoreError> {
		let mut options = Options::default();
		options.create_if_missing(true);
		options.create_missing_column_families(true);
		options.set_max_open_files(256);
		options.set_max_total_wal_size(256 << 20);
		options.set_keep_log_file_num(4);
		let cache = Cache::new_lru_cache(CACHE);
		let families = FAMILIES.map(|name| {
			let mut options = Options::default();
			let mut tables = BlockBasedOptions::default();
			// Else each open table keeps its index besides.
			tables.set_block_cache(&cache);
			tables.set_cache_index_and_filter_blocks(true);
			tables.set_pin_l0_filter_and_index_blocks_in_cache(true);
			if name == ROWS {
				// Coded rows do not compress; paths are hashes.
				options.set_compression_type(DBCompressionType::None);
				options.set_write_buffer_size(64 << 20);
				tables.set_block_size(ROW_BLOCK);
			}
			options.set_block_based_table_factory(&tables);
			ColumnFamilyDescriptor::new(name, options)
		});
		Ok(Self {
			db: DBWithThreadMode::open_cf_descriptors(&options, path, families)?,
			rows: RwLock::default(),
			failed: Mutex::default(),
			#[cfg(test)]
			faults: Faults::default(),
		})
	}

	fn family(&self, name: &'static str) -> Result<&ColumnFamily, StoreError> {
		self.db
			.cf_handle(name)
			.ok_or_else(|| StoreError::Damaged(format!("column family {name} is missing")))
	}

	/// Why the last write of rows failed; none when it went well.
	pub fn failure(&self) -> Option<StoreError> {
		self.failed.lock().clone()
	}

	/// Takes note of how a write went.
	fn written(&self, outcome: Result<(), StoreError>) -> Result<(), StoreError> {
		*self.failed.lock() = outcome.clone().err();
		outcome
	}

	fn check_faults(&self) -> Result<(), StoreError> {
		#[cfg(test)]
		if self.faults.full.load(std::sync::atomic::Ordering::SeqCst) {
			return Err(StoreError::Full("test".into()));
		}
		Ok(())
	}

	/// Remember a blob and its checksum.
	pub fn put_blob(
		&self,
		commitment: &Commitment,
		record: &Record,
		checksum: &[u8],
	) -> Result<(), StoreError> {
		let mut batch = WriteBatch::default();
		batch.put_cf(self.family(BLOBS)?, commitment.0, encode_record(record));
		batch.put_cf(self.family(CHECKSUMS)?, commitment.0, checksum);
		self.written(self.check_faults().and_then(|()| Ok(self.db.write(batch)?)))
	}

	/// Change how long a blob is kept.
	pub fn put_record(&self, commitment: &Commitment, record: &Record) -> Result<(), StoreError> {
		Ok(self
			.db
			.put_cf(self.family(BLOBS)?, commitment.0, encode_record(record))?)
	}

	/// What is known of a blob.
	pub fn record(&self, commitment: &Commitment) -> Result<Option<Record>, StoreError> {
		let bytes = self.db.get_pinned_cf(self.family(BLOBS)?, commitment.0)?;
		bytes.map(|bytes| decode_record(&bytes)).transpose()
	}

	/// All blobs of which something is stored.
	pub fn records(&self) -> Result<Vec<(Commitment, Record)>, StoreError> {
		let mut records = Vec::new();
		for entry in self.db.iterator_cf(self.family(BLOBS)?, IteratorMode::Start) {
			let (key, value) = entry?;
			let commitment =
				commitment_of(&key).ok_or_else(|| StoreError::Damaged("a key is too short".into()))?;
			records.push((commitment, decode_record(&value)?));
		}
		Ok(records)
	}

	/// The checksum of a blob of which rows are stored; its hash is checked by whoever makes a verifier of it.
	pub fn checksum(&self, commitment: &Commitment) -> Result<Option<Vec<u8>>, StoreError> {
		Ok(self.db.get_cf(self.family(CHECKSUMS)?, commitment.0)?)
	}

	/// Whether a blob is remembered, with this checksum: not if either is lost or rotten.
	pub fn remembers(&self, commitment: &Commitment, checksum: &[u8]) -> bool {
		let stored = self.checksum(commitment).ok().flatten();
		stored.as_deref() == Some(checksum) && matches!(self.record(commitment), Ok(Some(_)))
	}

	/// Write the rows of a checked batch, each with its path (in the order of the batch). Not durable before
	/// [`Store::sync`].
	pub fn put_rows(
		&self,
		commitment: &Commitment,
		batch: &RowBatch,
		paths: &[Vec<Hash>],
		row_bytes: u32,
	) -> Result<(), StoreError> {
		let family = self.family(ROWS)?;
		let mut write = WriteBatch::default();
		let rows = batch.data.chunks_exact((row_bytes as usize).max(1));
		for ((index, row), path) in batch.indices.iter().zip(rows).zip(paths) {
			let mut value = path.concat();
			value.extend_from_slice(row);
			write.put_cf(family, row_key(commitment, *index), value);
		}
		let _shared = self.rows.read();
		self.written(self.check_faults().and_then(|()| Ok(self.db.write(write)?)))
	}

	/// Wait until everything written so far is on the disk.
	pub fn sync(&self) -> Result<(), StoreError> {
		#[cfg(test)]
		if self.faults.sync.load(std::sync::atomic::Ordering::SeqCst) {
			return self.written(Err(StoreError::Failed("test".into())));
		}
		self.written(self.check_faults().and_then(|()| Ok(self.db.flush_wal(true)?)))
	}

	/// One row, checked against the row root of `verifier`'s blob.
	///
	/// Errors: [`StoreError::Corrupted`] when it does not lead there any more.
	pub fn row(&self, verifier: &Verifier, index: u32) -> Result<Option<Row>, StoreError> {
		let commitment = verifier.commitment();
		let corrupted = StoreError::Corrupted { commitment, index };
		let value = match self
			.db
			.get_pinned_cf(self.family(ROWS)?, row_key(&commitment, index))
		{
			Ok(Some(value)) => value,
			Ok(None) => return Ok(None),
			Err(error) if error.kind() == rocksdb::ErrorKind::Corruption => return Err(corrupted),
			Err(error) => return Err(error.into()),
		};
		let path_bytes = (verifier.profile().tree_height() as usize).saturating_mul(32);
		let Some((path, data)) = value.split_at_checked(path_bytes) else {
			return Err(corrupted);
		};
		let path: Vec<Hash> = path.as_chunks::<32>().0.to_vec();
		match verifier.check_path(index, data, &path) {
			Ok(()) => Ok(Some(Row {
				index,
				data: data.to_vec(),
				path,
			})),
			Err(_) => Err(corrupted),
		}
	}

	/// Indices of the rows of a blob that are stored, ascending. Reads keys only.
	pub fn held(&self, commitment: &Commitment) -> Result<Vec<u32>, StoreError> {
		let mut iterator = self.db.raw_iterator_cf(self.family(ROWS)?);
		iterator.seek(commitment.0);
		let mut indices = Vec::new();
		while let Some(key) = iterator.key() {
			let (Some(prefix), Some(index)) = (key.get(..32), key.get(32..36)) else {
				break;
			};
			if prefix != commitment.0 {
				break;
			}
			indices.push(u32::from_be_bytes(<[u8; 4]>::try_from(index).unwrap_or_default()));
			iterator.next();
		}
		iterator.status()?;
		Ok(indices)
	}

	/// Drop a row that was found corrupted. One that was put in its place meanwhile stays, and is returned.
	pub fn drop_corrupted(&self, verifier: &Verifier, index: u32) -> Result<Option<Row>, StoreError> {
		let _alone = self.rows.write();
		match self.row(verifier, index) {
			Err(StoreError::Corrupted { commitment, index }) => {
				let key = row_key(&commitment, index);
				self.db.delete_cf(self.family(ROWS)?, key)?;
				Ok(None)
			}
			other => other,
		}
	}

	/// Drop rows of a blob that stays.
	pub fn remove_rows(&self, commitment: &Commitment, indices: &[u32]) -> Result<(), StoreError> {
		let mut batch = WriteBatch::default();
		for index in indices {
			batch.delete_cf(self.family(ROWS)?, row_key(commitment, *index));
		}
		Ok(self.db.write(batch)?)
	}

	/// The lowest number that was not used in a committee; `None` when there is none left.
	pub fn next_number(&self, committee: CommitteeId) -> Result<Option<u64>, StoreError> {
		let bytes = self
			.db
			.get_pinned_cf(self.family(NUMBERS)?, committee_key(committee))?;
		bytes.map_or(Ok(Some(0)), |bytes| decode_record(&bytes))
	}

	/// Never use `sequence` or a lower number again. Durable when it returns.
	pub fn skip_numbers(&self, committee: CommitteeId, sequence: u64) -> Result<(), StoreError> {
		let mut batch = WriteBatch::default();
		self.use_number(&mut batch, committee, sequence)?;
		self.written(self.check_faults().and_then(|()| Ok(self.db.write(batch)?)))?;
		self.sync()
	}

	fn use_number(
		&self,
		batch: &mut WriteBatch,
		committee: CommitteeId,
		sequence: u64,
	) -> Result<(), StoreError> {
		let next = self
			.next_number(committee)?
			.and_then(|next| Some(next.max(sequence.checked_add(1)?)));
		batch.put_cf(
			self.family(NUMBERS)?,
			committee_key(committee),
			encode_record(&next),
		);
		Ok(())
	}

	/// Remember our own share and that its number is used. Durable when it returns.
	pub fn put_share(&self, share: &Share) -> Result<(), StoreError> {
		let mut batch = WriteBatch::default();
		self.use_number(&mut batch, share.committee, share.sequence)?;
		let key = share_key(share.committee, share.sequence);
		batch.put_cf(self.family(SHARES)?, key, encode_record(share));
		self.written(self.check_faults().and_then(|()| Ok(self.db.write(batch)?)))?;
		self.sync()
	}

	/// Our own shares, by committee and number.
	pub fn shares(&self) -> Result<Vec<Share>, StoreError> {
		self.db
			.iterator_cf(self.family(SHARES)?, IteratorMode::Start)
			.map(|entry| decode_record(&entry?.1))
			.collect()
	}

	/// Forget a share, but not that its number is used.
	pub fn remove_share(&self, committee: CommitteeId, sequence: u64) -> Result<(), StoreError> {
		Ok(self
			.db
			.delete_cf(self.family(SHARES)?, share_key(committee, sequence))?)
	}

	/// Forget a blob and all of its rows.
	pub fn remove(&self, commitment: &Commitment) -> Result<(), StoreError> {
		let mut batch = WriteBatch::default();
		let rows = self.family(ROWS)?;
		batch.delete_range_cf(rows, row_key(commitment, 0), row_key(commitment, u32::MAX));
		for family in [BLOBS, CHECKSUMS] {
			batch.delete_cf(self.family(family)?, commitment.0);
		}
		Ok(self.db.write(batch)?)
	}

	/// Bytes of the database on disk, as RocksDB estimates them.
	pub fn bytes(&self) -> u64 {
		let size = |name| -> Option<u64> {
			let family = self.family(name).ok()?;
			let property = |name: &str| self.db.property_int_value_cf(family, name).ok().flatten();
			Some(
				property("rocksdb.total-sst-files-size")?
					.saturating_add(property("rocksdb.cur-size-all-mem-tables")?),
			)
		};
		FAMILIES.into_iter().filter_map(size).fold(0, u64::saturating_add)
	}

	/// Lose one row.
	#[cfg(test)]
	pub(crate) fn remove_row(&self, commitment: &Commitment, index: u32) -> Result<(), StoreError> {
		self.remove_rows(commitment, &[index])
	}

	/// Flip a bit of a stored row.
	#[cfg(test)]
	pub(crate) fn corrupt_row(&self, commitment: &Commitment, index: u32) {
		self.corrupt(ROWS, &row_key(commitment, index));
	}

	/// Flip a bit of a stored checksum.
	#[cfg(test)]
	pub(crate) fn corrupt_checksum(&self, commitment: &Commitment) {
		self.corrupt(CHECKSUMS, &commitment.0);
	}

	#[cfg(test)]
	fn corrupt(&self, family: &'static str, key: &[u8]) {
		let family = self.family(family).unwrap();
		let mut value = self.db.get_cf(family, key).unwrap().unwrap();
		*value.last_mut().unwrap() ^= 1;
		self.db.put_cf(family, key, value).unwrap();
	}
}
