// SPDX-License-Identifier: Apache-2.0

//! The extrinsic format, and that free calls are valid only when they should be.

use super::preset;
use crate::*;
use codec::{Decode, Encode};
use frame_support::traits::Get;
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionSource};

#[test]
fn a_forged_certificate_never_reaches_a_block() {
	preset("local_testnet").execute_with(|| {
		let certificate = zerog_primitives::da::Certificate {
			session: 0,
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
	assert_eq!(names.first(), Some(&"AuthorizeCall"));
	assert_eq!(
		names[names.len() - 3..],
		["CheckMetadataHash", "EthSetOrigin", "WeightReclaim"]
	);
}

#[test]
fn an_answer_to_nothing_and_a_forged_conflict_never_reach_a_block() {
	use zerog_primitives::da::{Conflict, Numbered};
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
			session: 0,
			member: 0,
			sequence: 1,
			first: said(1),
			second: said(2),
		};
		type Call = pallet_data_availability::Call<Runtime>;
		assert_eq!(
			validity(Call::answer { commitment, row }),
			Err(InvalidTransaction::Stale.into())
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

#[test]
fn free_calls_fit_into_a_block_at_their_largest() {
	use frame_support::dispatch::{DispatchClass, GetDispatchInfo};
	let checksum = vec![0; 81_920].try_into().unwrap();
	let row = zerog_erasure::Row {
		index: 1,
		data: vec![0; 8192],
		path: vec![[0; 32]; 14],
	};
	let commitment = zerog_erasure::Commitment([1; 32]);
	type Call = pallet_data_availability::Call<Runtime>;
	let calls: [Call; 4] = [
		Call::settle { commitment },
		Call::payout { commitment },
		Call::answer {
			commitment,
			row: row.clone(),
		},
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
	for call in calls {
		let info = RuntimeCall::from(call.clone()).get_dispatch_info();
		assert!(
			info.total_weight().all_lte(most),
			"{call:?} weighs {:?} of {most:?}",
			info.total_weight()
		);
	}
}

#[test]
fn every_blob_can_be_challenged() {
	use pallet_data_availability::Config;
	let improvement: BlockNumber = <Runtime as Config>::ImprovementWindow::get();
	let challenge: BlockNumber = <Runtime as Config>::ChallengeWindow::get();
	let retention: BlockNumber = <Runtime as Config>::MinRetention::get();
	assert!(cfg!(feature = "fast-runtime") || improvement + challenge < retention);
}
