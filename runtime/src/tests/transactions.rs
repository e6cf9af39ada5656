// SPDX-License-Identifier: Apache-2.0

//! The extrinsic format, and that free calls are valid only when they should be.

use super::preset;
use crate::*;
use codec::{Decode, Encode};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource, UnknownTransaction};
use zerog_primitives::da::CommitteeId;

#[test]
fn a_forged_certificate_never_reaches_a_block() {
	preset("local_testnet").execute_with(|| {
		let certificate = zerog_primitives::da::Certificate {
			committee: CommitteeId::root(0),
			expiry: 100,
			commitments: vec![zerog_erasure::Commitment([1; 32])],
			signers: vec![0b1111],
			signature: zerog_bls::Signature([0; 48]),
		};
		let call = pallet_data_availability::Call::<Runtime>::certify { certificate };
		let transaction = <Runtime as frame_system::offchain::CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into());
		let decoded = UncheckedExtrinsic::decode(&mut transaction.encode().as_slice()).unwrap();
		let validity = Executive::validate_transaction(TransactionSource::External, decoded, System::block_hash(0));
		let code = pallet_data_availability::CertificateError::UnknownBlob as u8;
		assert_eq!(validity, Err(InvalidTransaction::Custom(code).into()));
	});
}

#[test]
fn extensions_stand_in_the_order_that_the_sdk_needs() {
	use sp_runtime::traits::TransactionExtension;
	let names: Vec<_> = <TxExtension as TransactionExtension<RuntimeCall>>::metadata()
		.into_iter()
		.map(|extension| extension.identifier)
		.collect();
	assert_eq!(
		names,
		[
			"AuthorizeCall",
			"CheckNonZeroSender",
			"CheckSpecVersion",
			"CheckTxVersion",
			"CheckGenesis",
			"CheckMortality",
			"CheckNonce",
			"CheckWeight",
			"ChargeTransactionPayment",
			"CheckMetadataHash",
			"EthSetOrigin",
			"WeightReclaim",
		]
	);
}

#[test]
fn an_answer_to_nothing_and_a_forged_conflict_never_reach_a_block() {
	use zerog_primitives::da::{CommitteeId, Conflict, Numbered};
	preset("local_testnet").execute_with(|| {
		let validity = |call: pallet_data_availability::Call<Runtime>| {
			let transaction = <Runtime as frame_system::offchain::CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call.into());
			let decoded = UncheckedExtrinsic::decode(&mut transaction.encode().as_slice()).unwrap();
			Executive::validate_transaction(TransactionSource::External, decoded, System::block_hash(0))
		};
		let commitment = zerog_erasure::Commitment([1; 32]);
		let row = zerog_erasure::Row {
			index: 1,
			data: vec![0; 256],
			path: vec![[0; 32]; 11],
		};
		let said = |root| Numbered {
			batch_root: [root; 32],
			expiry: 9,
			signature: zerog_bls::Signature([0; 48]),
		};
		let conflict = Conflict {
			committee: CommitteeId::root(0),
			member: 0,
			sequence: 1,
			first: said(1),
			second: said(2),
		};
		type Call = pallet_data_availability::Call<Runtime>;
		assert_eq!(
			validity(Call::answer { commitment, row }),
			Err(UnknownTransaction::CannotLookup.into()),
			"no pool bans it: it may be asked for in the next block"
		);
		assert_eq!(
			validity(Call::resolve { commitment, row: 1 }),
			Err(InvalidTransaction::Stale.into())
		);
		assert_eq!(
			validity(Call::report_conflict { conflict }),
			Err(InvalidTransaction::BadProof.into())
		);
	});
}

/// A certified blob of the first session with a row that can be shown; all members signed, and the signers are final.
fn shown_blob() -> (zerog_erasure::Commitment, zerog_erasure::Row) {
	use pallet_data_availability::{Blob, Custody, Payment, State};
	let profile = zerog_erasure::Profile::ALL[0];
	let row = zerog_erasure::Row {
		index: 77,
		data: vec![5; profile.row_bytes() as usize],
		path: vec![[6; 32]; profile.tree_height() as usize],
	};
	let row_root = zerog_erasure::row_root(row.index, &row.data, &row.path).unwrap();
	let namespace = zerog_erasure::Namespace([7; 32]);
	let header =
		zerog_erasure::BlobHeader::new(System::block_hash(0).0, namespace, 1000, row_root, [0; 32]).unwrap();
	let commitment = header.commitment().unwrap();
	let members = DataAvailability::committee(CommitteeId::root(0))
		.unwrap()
		.members
		.len();
	let bitmap = |bits| vec![bits; members.div_ceil(8)].try_into().unwrap();
	let payment = Payment {
		payer: [1; 32].into(),
		held: 0,
	};
	pallet_data_availability::Blobs::<Runtime>::insert(
		commitment,
		Blob {
			header,
			committee: CommitteeId::root(0),
			fell_back_from: None,
			submitted_at: 1,
			deadline: 30,
			retention: 10_000,
			dispersal: 0,
			payments: vec![payment].try_into().unwrap(),
			state: State::Certified(Custody {
				at: 1,
				rows_signed: profile.rows(),
				signers: bitmap(0xff),
				at_fault: bitmap(0),
				bad_rows: bitmap(0),
				paid_until: 1,
			}),
		},
	);
	System::set_block_number(100);
	(commitment, row)
}

#[test]
fn the_salt_of_a_free_call_changes_its_hash_and_nothing_else() {
	use frame_support::traits::fungible::Mutate;
	use zerog_primitives::da::api::runtime_decl_for_data_availability_api::DataAvailabilityApiV1;
	preset("local_testnet").execute_with(|| {
		let (commitment, row) = shown_blob();
		let challenger = AccountId::from([9; 32]);
		Balances::set_balance(&challenger, 1_000_000_000_000_000_000_000);
		let answer = |salt| -> Vec<u8> {
			<Runtime as DataAvailabilityApiV1<Block>>::answer_transaction(commitment, row.clone(), salt)
		};
		let decoded = |salt| UncheckedExtrinsic::decode(&mut answer(salt).as_slice()).unwrap();
		let validity = |salt| {
			Executive::validate_transaction(TransactionSource::External, decoded(salt), System::block_hash(0))
		};
		assert_eq!(validity(7), Err(UnknownTransaction::CannotLookup.into()));
		DataAvailability::challenge(RuntimeOrigin::signed(challenger.clone()), commitment, row.index)
			.unwrap();

		let salts = [0, 1, 7, u32::MAX];
		let hashes: std::collections::BTreeSet<_> = salts
			.iter()
			.map(|salt| sp_io::hashing::blake2_256(&answer(*salt)))
			.collect();
		assert_eq!(hashes.len(), salts.len());
		let valid = validity(0).unwrap();
		assert_eq!(valid.provides.len(), 1);
		for salt in salts {
			let mut salted = validity(salt).unwrap();
			// Looking at one begins a block, and less of its time is left.
			salted.longevity = valid.longevity;
			assert_eq!(salted, valid, "salt {salt}");
		}

		// Dispatched like any other, as if the salt were a nonce of the far future.
		assert_eq!(Executive::apply_extrinsic(decoded(u32::MAX)), Ok(Ok(())));
		let origin = RuntimeOrigin::signed(challenger);
		assert_eq!(validity(7), Err(UnknownTransaction::CannotLookup.into()));
		// The same row once more, while pools still ban the answer that a block has taken.
		DataAvailability::challenge(origin, commitment, row.index).unwrap();
		assert_eq!(Executive::apply_extrinsic(decoded(1)), Ok(Ok(())));
	});
}

#[test]
fn every_transaction_made_for_nodes_is_salted() {
	use zerog_primitives::da::{api::runtime_decl_for_data_availability_api::DataAvailabilityApiV1, *};
	type Api = Runtime;
	let commitment = zerog_erasure::Commitment([1; 32]);
	let row = zerog_erasure::Row {
		index: 1,
		data: vec![],
		path: vec![],
	};
	let certificate = Certificate {
		committee: CommitteeId::root(0),
		expiry: 0,
		commitments: vec![commitment],
		signers: vec![],
		signature: zerog_bls::Signature([0; 48]),
	};
	let conflict = conflict();
	let made = |salt| -> [Vec<u8>; 5] {
		[
			<Api as DataAvailabilityApiV1<Block>>::certify_transaction(certificate.clone(), salt),
			<Api as DataAvailabilityApiV1<Block>>::settle_transaction(commitment, salt),
			<Api as DataAvailabilityApiV1<Block>>::answer_transaction(commitment, row.clone(), salt),
			<Api as DataAvailabilityApiV1<Block>>::resolve_transaction(commitment, 1, salt),
			<Api as DataAvailabilityApiV1<Block>>::conflict_transaction(conflict.clone(), salt),
		]
	};
	for (one, other) in made(1).into_iter().zip(made(2)) {
		assert_ne!(one, other);
	}
}

fn conflict() -> zerog_primitives::da::Conflict {
	use zerog_primitives::da::{Conflict, Numbered};
	let said = Numbered {
		batch_root: [0; 32],
		expiry: 0,
		signature: zerog_bls::Signature([0; 48]),
	};
	Conflict {
		committee: CommitteeId::root(0),
		member: 0,
		sequence: 0,
		first: said.clone(),
		second: said,
	}
}

#[test]
fn free_calls_fit_into_a_block_at_their_largest() {
	use frame_support::{
		dispatch::{DispatchClass, GetDispatchInfo},
		traits::{Authorize, Get},
		weights::Weight,
	};
	use zerog_primitives::da::Certificate;
	let batch: u32 = <Runtime as pallet_data_availability::Config>::MaxBatch::get();
	let members: u32 = <Runtime as pallet_data_availability::Config>::MaxMembers::get();
	assert_eq!(batch, 64);
	let checksum = vec![0; 81_920].try_into().unwrap();
	let row = zerog_erasure::Row {
		index: 1,
		data: vec![0; 8192],
		path: vec![[0; 32]; 14],
	};
	let commitment = zerog_erasure::Commitment([1; 32]);
	let signature = zerog_bls::Signature([0; 48]);
	let certificate = Certificate {
		committee: CommitteeId::root(0),
		expiry: 0,
		commitments: vec![commitment; batch as usize],
		signers: vec![0xff; members.div_ceil(8) as usize],
		signature,
	};
	let conflict = conflict();
	type Call = pallet_data_availability::Call<Runtime>;
	// What authorizes itself, and what is signed.
	let free: [Call; 5] = [
		Call::certify { certificate },
		Call::settle { commitment },
		Call::answer {
			commitment,
			row: row.clone(),
		},
		Call::resolve { commitment, row: 1 },
		Call::report_conflict { conflict },
	];
	let signed: [Call; 2] = [
		Call::payout { commitment },
		Call::report_bad_row {
			commitment,
			row,
			checksum,
		},
	];
	let most = BlockWeights::get()
		.get(DispatchClass::Normal)
		.max_extrinsic
		.unwrap();
	for call in &free {
		let checking = RuntimeCall::from(call.clone()).weight_of_authorize();
		assert_ne!(checking, Weight::zero(), "{call:?} is checked for nothing");
	}
	for call in free.into_iter().chain(signed) {
		// With its extensions, one of which has it authorized.
		let transaction = crate::transactions::authorized(call.clone().into(), 0);
		let weight = transaction.get_dispatch_info().total_weight();
		assert!(weight.all_lte(most), "{call:?} weighs {weight:?} of {most:?}");
	}
}

#[test]
fn certificates_go_before_whoever_fills_blocks_for_less_than_10_million_zg() {
	use frame_support::dispatch::{DispatchClass, DispatchInfo};
	use pallet_data_availability::CERTIFICATE_PRIORITY;
	use zerog_primitives::units::ZG;
	let class = BlockWeights::get().get(DispatchClass::Normal).clone();
	let room = class.max_total.unwrap();
	let priority = |parts, tips: Balance| {
		let call_weight = class.max_extrinsic.unwrap() / parts;
		let calls = room.checked_div_per_component(&call_weight).unwrap();
		let info = DispatchInfo {
			call_weight,
			..Default::default()
		};
		let tip = tips / Balance::from(calls);
		pallet_transaction_payment::ChargeTransactionPayment::<Runtime>::get_priority(&info, 100, tip, 0)
	};
	for parts in [1, 2, 3, 10, 1_000] {
		assert!(priority(parts, 10_000_000 * ZG) < CERTIFICATE_PRIORITY);
		assert!(priority(parts, 20_000_000 * ZG) > CERTIFICATE_PRIORITY);
	}
}

#[test]
fn half_of_a_block_has_room_for_as_many_answers_as_challenges_may_need() {
	use frame_support::{
		dispatch::{DispatchClass, GetDispatchInfo},
		weights::Weight,
	};
	let row = zerog_erasure::Row {
		index: 1,
		data: vec![0; 8192],
		path: vec![[0; 32]; 14],
	};
	let commitment = zerog_erasure::Commitment([1; 32]);
	let call = pallet_data_availability::Call::<Runtime>::answer { commitment, row };
	let answer = crate::transactions::authorized(call.into(), 0);
	let class = BlockWeights::get().get(DispatchClass::Normal).clone();
	let length = answer.encoded_size() as u32;
	let weight = answer
		.get_dispatch_info()
		.total_weight()
		.saturating_add(class.base_extrinsic)
		.saturating_add(Weight::from_parts(0, length.into()))
		.saturating_mul(ANSWERS.into());
	let room = class.max_total.unwrap() / 2;
	assert!(
		weight.all_lte(room),
		"{ANSWERS} answers weigh {weight:?} of {room:?}"
	);
	let lengths = <Runtime as frame_system::Config>::BlockLength::get();
	assert!(ANSWERS * length <= *lengths.max.get(DispatchClass::Normal) / 2);
}
