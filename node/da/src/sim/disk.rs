// SPDX-License-Identifier: Apache-2.0

//! The part of the `rocksdb` crate that the store uses, over that crate or, in a simulation, over a disk in memory.
//!
//! A disk in memory knows what was synced. When the power fails it keeps that and the first few of the writes after it,
//! as a log does; when only the process dies it keeps everything. What a dead process still writes goes nowhere.

use rocksdb::Error;
pub(crate) use rocksdb::{ColumnFamilyDescriptor, DBCompressionType, IteratorMode, Options, SingleThreaded};
use std::{
	cell::RefCell,
	collections::{BTreeMap, HashMap},
	marker::PhantomData,
	path::{Path, PathBuf},
	rc::Rc,
	sync::Arc,
};

type Bytes = Arc<[u8]>;
/// Entries by family and key.
type Tables = BTreeMap<(String, Bytes), Bytes>;
type Entry = Result<(Box<[u8]>, Box<[u8]>), Error>;

enum Write {
	Put(String, Bytes, Bytes),
	Delete(String, Bytes),
	/// From the first key up to, not including, the last.
	DeleteRange(String, Bytes, Bytes),
}

impl Write {
	fn apply(&self, tables: &mut Tables) {
		match self {
			Self::Put(family, key, value) => {
				tables.insert((family.clone(), key.clone()), value.clone());
			}
			Self::Delete(family, key) => {
				tables.remove(&(family.clone(), key.clone()));
			}
			Self::DeleteRange(family, from, to) => {
				let range = (family.clone(), from.clone())..(family.clone(), to.clone());
				let keys: Vec<_> = tables.range(range).map(|(key, _)| key.clone()).collect();
				keys.iter().for_each(|key| drop(tables.remove(key)));
			}
		}
	}
}

/// One disk in memory.
#[derive(Default)]
struct Disk {
	durable: Tables,
	/// What readers see: `durable` and all of `unsynced`.
	seen: Tables,
	unsynced: Vec<Arc<Vec<Write>>>,
	/// Goes up with each death of the process.
	life: u64,
}

thread_local! {
	static DISKS: RefCell<HashMap<PathBuf, Rc<RefCell<Disk>>>> = Default::default();
}

fn disk(path: &Path) -> Rc<RefCell<Disk>> {
	DISKS.with_borrow_mut(|disks| disks.entry(path.to_owned()).or_default().clone())
}

/// The process that uses the disk at `path` dies. With `keep`, the power fails as well, and so many writes of those that
/// were not synced survive. How many there were.
pub(crate) fn crash(path: &Path, keep: Option<usize>) -> usize {
	let disk = disk(path);
	let disk = &mut *disk.borrow_mut();
	disk.life += 1;
	let unsynced = disk.unsynced.len();
	if let Some(keep) = keep {
		disk.unsynced.truncate(keep);
		disk.seen = disk.durable.clone();
		for write in disk.unsynced.iter().flat_map(|batch| batch.iter()) {
			write.apply(&mut disk.seen);
		}
	}
	unsynced
}

/// The disk at `path`, whose process is dead, loses entries: `is_lost` is asked about the family of each. How many there were.
pub(crate) fn lose(path: &Path, mut is_lost: impl FnMut(&str) -> bool) -> usize {
	let disk = disk(path);
	let disk = &mut *disk.borrow_mut();
	let before = disk.seen.len();
	disk.seen.retain(|(family, _), _| !is_lost(family));
	disk.durable = disk.seen.clone();
	disk.unsynced.clear();
	before - disk.seen.len()
}

/// A disk at `to` with what would be left of the one at `from` if the power failed now.
pub(crate) fn copy_durable(from: &Path, to: &Path) {
	let durable = disk(from).borrow().durable.clone();
	let copy = Disk {
		seen: durable.clone(),
		durable,
		..Default::default()
	};
	disk(to).replace(copy);
}

/// Bytes of values on the disk at `path`.
pub(crate) fn bytes(path: &Path) -> usize {
	disk(path).borrow().seen.values().map(|value| value.len()).sum()
}

pub(crate) struct ColumnFamily(String);

#[derive(Default)]
pub(crate) struct WriteBatch(Vec<Write>);

impl WriteBatch {
	pub(crate) fn put_cf(&mut self, family: &ColumnFamily, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
		let (key, value) = (key.as_ref().into(), value.as_ref().into());
		self.0.push(Write::Put(family.0.clone(), key, value));
	}

	pub(crate) fn delete_cf(&mut self, family: &ColumnFamily, key: impl AsRef<[u8]>) {
		self.0.push(Write::Delete(family.0.clone(), key.as_ref().into()));
	}

	pub(crate) fn delete_range_cf(
		&mut self,
		family: &ColumnFamily,
		from: impl AsRef<[u8]>,
		to: impl AsRef<[u8]>,
	) {
		let (from, to) = (from.as_ref().into(), to.as_ref().into());
		self.0.push(Write::DeleteRange(family.0.clone(), from, to));
	}
}

enum Backend {
	Rocks(rocksdb::DBWithThreadMode<SingleThreaded>),
	Memory { path: PathBuf, life: u64 },
}

pub(crate) struct DBWithThreadMode<Mode> {
	backend: Backend,
	families: Vec<ColumnFamily>,
	mode: PhantomData<Mode>,
}

impl DBWithThreadMode<SingleThreaded> {
	pub(crate) fn open_cf_descriptors(
		options: &Options,
		path: &Path,
		families: impl IntoIterator<Item = ColumnFamilyDescriptor>,
	) -> Result<Self, Error> {
		let families: Vec<_> = families.into_iter().collect();
		let names = families
			.iter()
			.map(|family| ColumnFamily(family.name().into()))
			.collect();
		let backend = if super::host::is_simulated() {
			let life = disk(path).borrow().life;
			Backend::Memory {
				path: path.into(),
				life,
			}
		} else {
			Backend::Rocks(rocksdb::DBWithThreadMode::open_cf_descriptors(
				options, path, families,
			)?)
		};
		Ok(Self {
			backend,
			families: names,
			mode: PhantomData,
		})
	}

	pub(crate) fn cf_handle(&self, name: &str) -> Option<&ColumnFamily> {
		self.families.iter().find(|family| family.0 == name)
	}

	pub(crate) fn write(&self, batch: WriteBatch) -> Result<(), Error> {
		match &self.backend {
			Backend::Rocks(db) => {
				let mut writes = rocksdb::WriteBatch::default();
				for write in batch.0 {
					match write {
						Write::Put(family, key, value) => writes.put_cf(handle(db, &family), key, value),
						Write::Delete(family, key) => writes.delete_cf(handle(db, &family), key),
						Write::DeleteRange(family, from, to) => {
							writes.delete_range_cf(handle(db, &family), from, to)
						}
					}
				}
				db.write(writes)
			}
			Backend::Memory { path, life } => {
				let disk = disk(path);
				let disk = &mut *disk.borrow_mut();
				if disk.life == *life {
					batch.0.iter().for_each(|write| write.apply(&mut disk.seen));
					disk.unsynced.push(Arc::new(batch.0));
				}
				Ok(())
			}
		}
	}

	pub(crate) fn flush_wal(&self, sync: bool) -> Result<(), Error> {
		match &self.backend {
			Backend::Rocks(db) => db.flush_wal(sync),
			Backend::Memory { path, life } => {
				let disk = disk(path);
				let disk = &mut *disk.borrow_mut();
				if sync && disk.life == *life {
					let writes = std::mem::take(&mut disk.unsynced);
					for write in writes.iter().flat_map(|batch| batch.iter()) {
						write.apply(&mut disk.durable);
					}
				}
				Ok(())
			}
		}
	}

	pub(crate) fn put_cf(
		&self,
		family: &ColumnFamily,
		key: impl AsRef<[u8]>,
		value: impl AsRef<[u8]>,
	) -> Result<(), Error> {
		let mut batch = WriteBatch::default();
		batch.put_cf(family, key, value);
		self.write(batch)
	}

	pub(crate) fn delete_cf(&self, family: &ColumnFamily, key: impl AsRef<[u8]>) -> Result<(), Error> {
		let mut batch = WriteBatch::default();
		batch.delete_cf(family, key);
		self.write(batch)
	}

	pub(crate) fn get_cf(
		&self,
		family: &ColumnFamily,
		key: impl AsRef<[u8]>,
	) -> Result<Option<Vec<u8>>, Error> {
		match &self.backend {
			Backend::Rocks(db) => db.get_cf(handle(db, &family.0), key),
			Backend::Memory { path, .. } => {
				let disk = disk(path);
				let value = disk
					.borrow()
					.seen
					.get(&(family.0.clone(), key.as_ref().into()))
					.cloned();
				Ok(value.map(|value| value.to_vec()))
			}
		}
	}

	pub(crate) fn get_pinned_cf(
		&self,
		family: &ColumnFamily,
		key: impl AsRef<[u8]>,
	) -> Result<Option<Vec<u8>>, Error> {
		self.get_cf(family, key)
	}

	/// All entries, whatever the mode.
	pub(crate) fn iterator_cf(
		&self,
		family: &ColumnFamily,
		mode: IteratorMode<'_>,
	) -> std::vec::IntoIter<Entry> {
		let entries: Vec<Entry> = match &self.backend {
			Backend::Rocks(db) => db.iterator_cf(handle(db, &family.0), mode).collect(),
			Backend::Memory { path, .. } => disk(path)
				.borrow()
				.seen
				.iter()
				.filter(|((name, _), _)| *name == family.0)
				.map(|((_, key), value)| Ok((Box::from(&**key), Box::from(&**value))))
				.collect(),
		};
		entries.into_iter()
	}

	pub(crate) fn raw_iterator_cf(&self, family: &ColumnFamily) -> RawIterator {
		let entries = self.iterator_cf(family, IteratorMode::Start);
		let mut status = Ok(());
		let keep = |entry: Entry| {
			entry
				.map(|(key, _)| key)
				.map_err(|error| status = Err(error))
				.ok()
		};
		let keys = entries.filter_map(keep).collect();
		RawIterator { keys, at: 0, status }
	}

	pub(crate) fn property_int_value_cf(
		&self,
		family: &ColumnFamily,
		name: &str,
	) -> Result<Option<u64>, Error> {
		match &self.backend {
			Backend::Rocks(db) => db.property_int_value_cf(handle(db, &family.0), name),
			Backend::Memory { .. } => Ok(None),
		}
	}
}

fn handle<'a>(db: &'a rocksdb::DBWithThreadMode<SingleThreaded>, family: &str) -> &'a rocksdb::ColumnFamily {
	db.cf_handle(family).unwrap()
}

pub(crate) struct RawIterator {
	keys: Vec<Box<[u8]>>,
	at: usize,
	status: Result<(), Error>,
}

impl RawIterator {
	pub(crate) fn seek(&mut self, key: impl AsRef<[u8]>) {
		self.at = self.keys.partition_point(|other| **other < *key.as_ref());
	}

	pub(crate) fn key(&self) -> Option<&[u8]> {
		self.keys.get(self.at).map(|key| &**key)
	}

	pub(crate) fn next(&mut self) {
		self.at += 1;
	}

	pub(crate) fn status(&self) -> Result<(), Error> {
		self.status.clone()
	}
}
