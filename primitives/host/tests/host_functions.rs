// SPDX-License-Identifier: Apache-2.0
//! The host functions with and without a service behind them, called as the runtime calls them natively and
//! over the boundary as Wasm does.

use codec::{Decode, Encode};
use polkadot_sdk::sp_io::TestExternalities;
use sp_runtime_interface::{
	pack_ptr_and_len,
	sp_wasm_interface::{
		FunctionContext, HostFunctions, Pointer, Result as WasmResult, Value, ValueType, WordSize,
	},
	unpack_ptr_and_len,
};
use std::sync::{Arc, Mutex};
use zerog_host::{
	data_availability::{poll, start_repair, start_sample, take_row},
	Duties, DutiesExt, DutyFailure, DutyId, DutyStatus, Error, Hash, Row, MAX_PATH, MAX_ROWS, MAX_ROW_BYTES,
};

#[derive(Debug, PartialEq)]
enum Call {
	Repair(Hash, Vec<u32>),
	Sample(Hash, u32),
	Poll(DutyId),
	Take(DutyId, u32),
}

/// Notes the calls; duty 7 is done and holds `row`, duty 8 runs, duty 9 has failed.
struct Scripted {
	calls: Arc<Mutex<Vec<Call>>>,
	row: Row,
}

impl Scripted {
	fn note(&self, call: Call) {
		self.calls.lock().unwrap().push(call);
	}
}

impl Duties for Scripted {
	fn start_repair(&mut self, commitment: Hash, rows: &[u32]) -> Result<DutyId, Error> {
		self.note(Call::Repair(commitment, rows.to_vec()));
		Ok(7)
	}

	fn start_sample(&mut self, commitment: Hash, row: u32) -> Result<DutyId, Error> {
		self.note(Call::Sample(commitment, row));
		Err(Error::Busy)
	}

	fn poll(&mut self, duty: DutyId) -> Result<DutyStatus, Error> {
		self.note(Call::Poll(duty));
		match duty {
			7 => Ok(DutyStatus::Done),
			8 => Ok(DutyStatus::Running),
			9 => Ok(DutyStatus::Failed(DutyFailure::Missing)),
			_ => Err(Error::UnknownDuty),
		}
	}

	fn take_row(&mut self, duty: DutyId, row: u32) -> Result<Row, Error> {
		self.note(Call::Take(duty, row));
		match duty {
			7 => Ok(self.row.clone()),
			_ => Err(Error::NotDone),
		}
	}
}

fn row(index: u32, bytes: usize, path: usize) -> Row {
	Row {
		index,
		data: vec![0xab; bytes],
		path: vec![[0xcd; 32]; path],
	}
}

/// Runs with a service that holds `row`, and returns what it was asked.
fn with_service(row: Row, test: impl FnOnce()) -> Vec<Call> {
	let calls = Arc::<Mutex<Vec<Call>>>::default();
	let mut externalities = TestExternalities::default();
	externalities.register_extension(DutiesExt::new(Scripted {
		calls: calls.clone(),
		row,
	}));
	externalities.execute_with(test);
	drop(externalities);
	Arc::into_inner(calls).unwrap().into_inner().unwrap()
}

#[test]
fn without_a_service_every_call_says_not_available() {
	TestExternalities::default().execute_with(|| {
		assert_eq!(start_repair([1; 32], vec![1, 2]), Err(Error::NotAvailable));
		assert_eq!(start_repair([1; 32], vec![]), Err(Error::NotAvailable));
		assert_eq!(start_sample([1; 32], 1), Err(Error::NotAvailable));
		assert_eq!(poll(1), Err(Error::NotAvailable));
		assert_eq!(take_row(1, 1), Err(Error::NotAvailable));
	});
}

#[test]
fn with_a_service_every_call_reaches_it() {
	let calls = with_service(row(2, 512, 13), || {
		assert_eq!(start_repair([1; 32], vec![2, 5]), Ok(7));
		assert_eq!(start_sample([3; 32], u32::MAX), Err(Error::Busy));
		assert_eq!(poll(8), Ok(DutyStatus::Running));
		assert_eq!(poll(9), Ok(DutyStatus::Failed(DutyFailure::Missing)));
		assert_eq!(poll(10), Err(Error::UnknownDuty));
		assert_eq!(poll(7), Ok(DutyStatus::Done));
		assert_eq!(take_row(7, 2), Ok(row(2, 512, 13)));
		assert_eq!(take_row(8, 2), Err(Error::NotDone));
	});
	let expected = [
		Call::Repair([1; 32], vec![2, 5]),
		Call::Sample([3; 32], u32::MAX),
		Call::Poll(8),
		Call::Poll(9),
		Call::Poll(10),
		Call::Poll(7),
		Call::Take(7, 2),
		Call::Take(8, 2),
	];
	assert_eq!(calls, expected);
}

#[test]
fn a_repair_of_no_rows_too_many_or_unordered_ones_never_reaches_the_service() {
	let many = |count: usize| (0..u32::try_from(count).unwrap()).collect::<Vec<_>>();
	let calls = with_service(row(0, 1, 0), || {
		for rows in [vec![], many(MAX_ROWS + 1), vec![2, 1], vec![1, 1]] {
			assert_eq!(start_repair([0; 32], rows), Err(Error::BadRows));
		}
		assert_eq!(start_repair([0; 32], many(MAX_ROWS)), Ok(7));
	});
	assert_eq!(calls, [Call::Repair([0; 32], many(MAX_ROWS))]);
}

#[test]
fn a_service_that_breaks_the_bounds_is_not_passed_on() {
	let taken = |row: Row| {
		let mut result = Err(Error::NotAvailable);
		with_service(row, || result = take_row(7, 3));
		result
	};
	assert_eq!(
		taken(row(3, MAX_ROW_BYTES, MAX_PATH)),
		Ok(row(3, MAX_ROW_BYTES, MAX_PATH))
	);
	assert_eq!(taken(row(3, MAX_ROW_BYTES + 1, 0)), Err(Error::Broken));
	assert_eq!(taken(row(3, 1, MAX_PATH + 1)), Err(Error::Broken));
	assert_eq!(taken(row(4, 1, 1)), Err(Error::Broken));
}

#[test]
fn encodings_are_fixed() {
	assert_eq!(Err::<DutyId, _>(Error::NotAvailable).encode(), [1, 0]);
	assert_eq!(Err::<DutyId, _>(Error::Broken).encode(), [1, 6]);
	assert_eq!(Ok::<_, Error>(7u64).encode(), [0, 7, 0, 0, 0, 0, 0, 0, 0]);
	let failures = [DutyFailure::NoSuchBlob, DutyFailure::Missing, DutyFailure::Node];
	for (i, failure) in (0..).zip(failures) {
		assert_eq!(DutyStatus::Failed(failure).encode(), [2, i]);
	}
	assert_eq!(
		(DutyStatus::Running.encode(), DutyStatus::Done.encode()),
		(vec![0], vec![1])
	);
	assert_eq!(
		row(3, 2, 1).encode(),
		[vec![3, 0, 0, 0, 8, 0xab, 0xab, 4], vec![0xcd; 32]].concat()
	);
}

/// The memory of a Wasm instance; allocations are never freed.
#[derive(Default)]
struct Memory(Vec<u8>);

impl Memory {
	fn put(&mut self, bytes: &[u8]) -> u32 {
		let at = self.0.len();
		self.0.extend_from_slice(bytes);
		at.try_into().unwrap()
	}

	fn range(&self, at: Pointer<u8>, len: usize) -> Option<std::ops::Range<usize>> {
		let at = u32::from(at) as usize;
		(at + len <= self.0.len()).then_some(at..at + len)
	}
}

impl FunctionContext for Memory {
	fn read_memory_into(&mut self, at: Pointer<u8>, out: &mut [u8]) -> WasmResult<()> {
		let range = self.range(at, out.len()).ok_or("out of bounds")?;
		out.copy_from_slice(&self.0[range]);
		Ok(())
	}

	fn write_memory(&mut self, at: Pointer<u8>, data: &[u8]) -> WasmResult<()> {
		let range = self.range(at, data.len()).ok_or("out of bounds")?;
		self.0[range].copy_from_slice(data);
		Ok(())
	}

	fn allocate_memory(&mut self, size: WordSize) -> WasmResult<Pointer<u8>> {
		Ok(Pointer::new(self.put(&vec![0; size as usize])))
	}

	fn deallocate_memory(&mut self, _: Pointer<u8>) -> WasmResult<()> {
		Ok(())
	}

	fn register_panic_error_message(&mut self, _: &str) {}
}

/// Calls an import by name, as the executor does, and decodes what it leaves in memory.
fn import<T: Decode>(memory: &mut Memory, name: &str, arguments: Vec<Value>) -> T {
	let functions = zerog_host::HostFunctions::host_functions();
	let function = functions.iter().find(|function| function.name() == name).unwrap();
	let result = function.execute(memory, &mut arguments.into_iter()).unwrap();
	let Some(Value::I64(packed)) = result else {
		panic!("{result:?}")
	};
	let (at, len) = unpack_ptr_and_len(packed as u64);
	T::decode(&mut &memory.0[at as usize..][..len as usize]).unwrap()
}

#[test]
fn the_imports_are_these_and_no_others() {
	let imports: Vec<_> = zerog_host::HostFunctions::host_functions()
		.iter()
		.map(|function| (function.name().to_owned(), function.signature()))
		.map(|(name, signature)| (name, signature.args.to_vec(), signature.return_value))
		.collect();
	use ValueType::{I32, I64};
	let expected = [
		("ext_data_availability_start_repair_version_1", vec![I32, I64]),
		("ext_data_availability_start_sample_version_1", vec![I32, I32]),
		("ext_data_availability_poll_version_1", vec![I64]),
		("ext_data_availability_take_row_version_1", vec![I64, I32]),
	];
	for (name, arguments) in &expected {
		assert!(
			imports.contains(&(name.to_string(), arguments.clone(), Some(I64))),
			"{name}: {imports:?}"
		);
	}
	assert_eq!(imports.len(), expected.len());
}

#[test]
fn the_boundary_carries_arguments_and_results() {
	let calls = with_service(row(2, 8192, 14), || {
		let mut memory = Memory::default();
		let commitment = Value::I32(memory.put(&[9; 32]) as i32);
		let rows = vec![1u32, 2].encode();
		let rows = Value::I64(pack_ptr_and_len(memory.put(&rows), rows.len() as u32) as i64);
		let duty: Result<DutyId, Error> = import(
			&mut memory,
			"ext_data_availability_start_repair_version_1",
			vec![commitment, rows],
		);
		assert_eq!(duty, Ok(7));
		let duty: Result<DutyId, Error> = import(
			&mut memory,
			"ext_data_availability_start_sample_version_1",
			vec![commitment, Value::I32(-1)],
		);
		assert_eq!(duty, Err(Error::Busy));
		let status: Result<DutyStatus, Error> = import(
			&mut memory,
			"ext_data_availability_poll_version_1",
			vec![Value::I64(-1)],
		);
		assert_eq!(status, Err(Error::UnknownDuty));
		let taken: Result<Row, Error> = import(
			&mut memory,
			"ext_data_availability_take_row_version_1",
			vec![Value::I64(7), Value::I32(2)],
		);
		assert_eq!(taken, Ok(row(2, 8192, 14)));
	});
	let expected = [
		Call::Repair([9; 32], vec![1, 2]),
		Call::Sample([9; 32], u32::MAX),
		Call::Poll(u64::MAX),
		Call::Take(7, 2),
	];
	assert_eq!(calls, expected);
}

#[test]
fn over_the_boundary_a_missing_service_says_not_available_too() {
	TestExternalities::default().execute_with(|| {
		let status: Result<DutyStatus, Error> = import(
			&mut Memory::default(),
			"ext_data_availability_poll_version_1",
			vec![Value::I64(1)],
		);
		assert_eq!(status, Err(Error::NotAvailable));
	});
}
