// SPDX-License-Identifier: Apache-2.0

//! What the runtime answers to nodes, clients and dapps.

use crate::*;
use alloc::{collections::BTreeSet, vec, vec::Vec};
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::{Get, KeyOwnerProofSystem},
	weights::Weight,
};
use pallet_networks::Networking;
use pallet_transaction_payment::{FeeDetails, RuntimeDispatchInfo};
use sp_api::impl_runtime_apis;
use sp_consensus_babe::{
	BabeConfiguration, Epoch, EquivocationProof as BabeEquivocation, OpaqueKeyOwnershipProof,
};
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_inherents::{CheckInherentsResult, InherentData};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;
use zerog_bls::PublicKey;
use zerog_erasure::{Commitment, Namespace, Row};
use zerog_networks::{Duty, MemberInfo, NetworkInfo, OperatorInfo, Security};
use zerog_primitives::da::{
	BlobInfo, Certificate, ChallengeInfo, Committee, CommitteeId, Conflict, Margin, NetworkId, Quote, Verdict,
};
use zerog_primitives::staking::{OperatorView, PositionView, ServiceView, StakingInfo};

/// Operators with stake that are looked for. Each has a thousand ZG at least.
const MAX_STAKED: usize = 4_096;

pallet_revive::impl_runtime_apis_plus_revive_traits!(
	Runtime,
	Revive,
	Executive,
	EthExtraImpl,

	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}
		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block)
		}
		fn initialize_block(header: &Header) -> ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}
		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}
		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}
		fn finalize_block() -> Header {
			Executive::finalize_block()
		}
		fn inherent_extrinsics(data: InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}
		fn check_inherents(block: <Block as BlockT>::LazyBlock, data: InherentData) -> CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> BabeConfiguration {
			let epoch_config = Babe::epoch_config().unwrap_or(genesis_config_presets::BABE_EPOCH_CONFIG);
			BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: EpochDuration::get(),
				c: epoch_config.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch_config.allowed_slots,
			}
		}
		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}
		fn current_epoch() -> Epoch {
			Babe::current_epoch()
		}
		fn next_epoch() -> Epoch {
			Babe::next_epoch()
		}
		fn generate_key_ownership_proof(
			_slot: sp_consensus_babe::Slot,
			authority: sp_consensus_babe::AuthorityId,
		) -> Option<OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_babe::KEY_TYPE, authority))
				.map(|proof| OpaqueKeyOwnershipProof::new(proof.encode()))
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation: BabeEquivocation<Header>,
			proof: OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Babe::submit_unsigned_equivocation_report(equivocation, proof.decode()?)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}
		fn current_set_id() -> sp_consensus_grandpa::SetId {
			Grandpa::current_set_id()
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(equivocation, proof.decode()?)
		}
		fn generate_key_ownership_proof(
			_set: sp_consensus_grandpa::SetId,
			authority: sp_consensus_grandpa::AuthorityId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority))
				.map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl sp_authority_discovery::AuthorityDiscoveryApi<Block> for Runtime {
		/// Validators, and operators of networks: who holds rows is looked for as well. Keys that committees name come first,
		/// because a node proves itself by the first one that it has.
		fn authorities() -> Vec<sp_authority_discovery::AuthorityId> {
			let operators = pallet_networks::Operators::<Runtime>::iter_keys();
			// Who has left networks owes what it signed for, and has stake, until retention ends. These come second, for
			// they are many and nobody is to crowd the others out.
			let staked = pallet_restaking::Operators::<Runtime>::iter_keys().take(MAX_STAKED);
			let operators = operators.chain(staked);
			let keys = operators.filter_map(pallet_session::NextKeys::<Runtime>::get);
			let mut known = BTreeSet::new();
			keys.map(|keys| keys.authority_discovery)
				.chain(AuthorityDiscovery::authorities())
				.filter(|key| known.insert(key.clone()))
				.collect()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}
		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
		fn query_info(extrinsic: <Block as BlockT>::Extrinsic, len: u32) -> RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(extrinsic, len)
		}
		fn query_fee_details(extrinsic: <Block as BlockT>::Extrinsic, len: u32) -> FeeDetails<Balance> {
			TransactionPayment::query_fee_details(extrinsic, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}
		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis_config_presets::get_preset)
		}
		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis_config_presets::preset_names()
		}
	}

	impl zerog_primitives::da::api::DataAvailabilityApi<Block> for Runtime {
		fn blob(commitment: Commitment) -> Option<BlobInfo> {
			DataAvailability::blob(commitment)
		}
		fn blobs_after(after: Option<Commitment>, limit: u32) -> Vec<Commitment> {
			DataAvailability::blobs_after(after, limit)
		}
		fn committee(id: CommitteeId) -> Option<Committee> {
			DataAvailability::committee_with(id, |account| {
				let keys = pallet_session::NextKeys::<Runtime>::get(account)?;
				let authority: sp_core::sr25519::Public = keys.authority_discovery.into();
				Some(authority.0)
			})
		}
		fn current_committees() -> Vec<CommitteeId> {
			DataAvailability::current_committees()
		}
		fn quote(namespace: Namespace, length: u32, retention: BlockNumber) -> Option<Quote> {
			DataAvailability::quote(namespace, length, retention)
		}
		fn base_fee(network: NetworkId) -> Option<Balance> {
			DataAvailability::base_fee(network)
		}
		fn challenge_deposit() -> Balance {
			<<Runtime as pallet_data_availability::Config>::ChallengeDeposit as Get<Balance>>::get()
		}
		fn account_key(account: [u8; 32]) -> Option<PublicKey> {
			DataAvailability::account_key(account.into())
		}
		fn improvement_window() -> BlockNumber {
			<Runtime as pallet_data_availability::Config>::ImprovementWindow::get()
		}
		fn certify_transaction(certificate: Certificate, salt: u32) -> Vec<u8> {
			let call = pallet_data_availability::Call::<Runtime>::certify { certificate };
			transactions::authorized(call.into(), salt).encode()
		}
		fn settle_transaction(commitment: Commitment, salt: u32) -> Vec<u8> {
			let call = pallet_data_availability::Call::<Runtime>::settle { commitment };
			transactions::authorized(call.into(), salt).encode()
		}
		fn margin(commitment: Commitment) -> Option<Margin> {
			DataAvailability::margin(commitment)
		}
		fn earnings(account: [u8; 32]) -> Balance {
			DataAvailability::earnings(account.into())
		}
		fn verdicts(id: CommitteeId, member: u32) -> Vec<Verdict> {
			DataAvailability::verdicts(id, member)
		}
		fn open_challenges(account: [u8; 32]) -> Vec<ChallengeInfo> {
			DataAvailability::open_challenges(account.into())
		}
		fn answer_transaction(commitment: Commitment, row: Row, salt: u32) -> Vec<u8> {
			let call = pallet_data_availability::Call::<Runtime>::answer { commitment, row };
			transactions::authorized(call.into(), salt).encode()
		}
		fn resolve_transaction(commitment: Commitment, row: u32, salt: u32) -> Vec<u8> {
			let call = pallet_data_availability::Call::<Runtime>::resolve { commitment, row };
			transactions::authorized(call.into(), salt).encode()
		}
		fn conflict_transaction(conflict: Conflict, salt: u32) -> Vec<u8> {
			let call = pallet_data_availability::Call::<Runtime>::report_conflict { conflict };
			transactions::authorized(call.into(), salt).encode()
		}
	}

	impl zerog_primitives::networks::NetworksApi<Block, AccountId> for Runtime {
		fn epoch() -> zerog_networks::Epoch {
			<Networks as Networking<AccountId>>::epoch()
		}
		fn networks() -> Vec<NetworkInfo> {
			Networks::network_infos()
		}
		fn members(network: NetworkId, epoch: zerog_networks::Epoch) -> Option<Vec<MemberInfo<AccountId>>> {
			Networks::member_infos(network, epoch)
		}
		fn security(network: NetworkId, corrupt: sp_runtime::Perbill, rows: u32) -> Option<Security> {
			Networks::security_info(network, corrupt, rows)
		}
		fn route(namespace: Namespace) -> NetworkId {
			<Networks as Networking<AccountId>>::route(&namespace.0)
		}
		fn operator(account: AccountId) -> Option<OperatorInfo> {
			Networks::operator_info(&account)
		}
		fn duties(account: AccountId) -> Vec<Duty> {
			Networks::duties_of(&account)
		}
	}

	impl zerog_primitives::staking::StakingApi<Block, AccountId> for Runtime {
		fn staking() -> StakingInfo {
			Restaking::staking_info(EpochDuration::get().try_into().unwrap_or(BlockNumber::MAX))
		}
		fn services() -> Vec<ServiceView> {
			Restaking::service_infos()
		}
		fn operators() -> Vec<AccountId> {
			pallet_restaking::Operators::<Runtime>::iter_keys().collect()
		}
		fn operator(account: AccountId) -> Option<OperatorView<AccountId>> {
			Restaking::operator_info(&account)
		}
		fn portfolio(account: AccountId) -> Vec<PositionView<AccountId>> {
			Restaking::portfolio_of(&account)
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(extra: bool) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
			crate::benchmarks::metadata(extra)
		}
		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			crate::benchmarks::dispatch(config)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
			let weight = Executive::try_runtime_upgrade(checks).unwrap();
			(weight, configs::MAXIMUM_BLOCK_WEIGHT)
		}
		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select).unwrap()
		}
	}
);
