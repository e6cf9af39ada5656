// SPDX-License-Identifier: Apache-2.0

//! The extrinsic: its extensions in the order the SDK needs, and how the runtime makes transactions itself.

use crate::{Address, Balance, Runtime, RuntimeCall, Signature};
use frame_system::offchain::{
	CreateAuthorizedTransaction, CreateBare, CreateTransaction, CreateTransactionBase,
};
use pallet_revive::evm::{runtime::EthExtra, tx_extension::SetOrigin};
use polkadot_sdk::*;
use sp_runtime::generic::{self, Era};

/// Extensions of version 0.
///
/// Authorisation comes first because it makes the origin that the rest looks at; what needs a signed origin stands
/// before `SetOrigin`; weight is given back last, when all others have said what they used.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	SetOrigin<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// Makes the extensions of an Ethereum transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EthExtraImpl;

impl EthExtra for EthExtraImpl {
	type Config = Runtime;
	type ExtensionV0 = TxExtension;
	type ExtensionOtherVersions = sp_runtime::traits::InvalidVersion;

	fn get_eth_extension(nonce: u32, tip: Balance) -> Self::ExtensionV0 {
		extension(nonce, tip, SetOrigin::new_from_eth_transaction())
	}
}

fn extension(nonce: u32, tip: Balance, set_origin: SetOrigin<Runtime>) -> TxExtension {
	(
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(Era::Immortal),
		frame_system::CheckNonce::from(nonce),
		frame_system::CheckWeight::new(),
		pallet_transaction_payment::ChargeTransactionPayment::from(tip),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		set_origin,
		frame_system::WeightReclaim::new(),
	)
}

/// The transaction of a call that authorises itself. Different salts make different hashes and nothing else: the salt
/// stands where signed transactions have their nonce, which only a signer has.
pub(crate) fn authorized(call: RuntimeCall, salt: u32) -> UncheckedExtrinsic {
	GenericExtrinsic::new_transaction(call, extension(salt, 0, SetOrigin::default())).into()
}

/// A transaction, an inherent, or an Ethereum transaction inside of a bare `eth_transact`.
pub type UncheckedExtrinsic =
	pallet_revive::evm::runtime::UncheckedExtrinsic<Address, Signature, EthExtraImpl>;

type GenericExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<LocalCall> CreateBare<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		GenericExtrinsic::new_bare(call).into()
	}
}

impl<LocalCall> CreateTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		GenericExtrinsic::new_transaction(call, extension).into()
	}
}

impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		extension(0, 0, SetOrigin::default())
	}
}
