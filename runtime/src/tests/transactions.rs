// SPDX-License-Identifier: Apache-2.0

//! The extrinsic format, and that free calls are valid only when they should be.

use super::preset;
use crate::*;
use codec::{Decode, Encode};
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
