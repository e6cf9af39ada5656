// SPDX-License-Identifier: Apache-2.0

//! What this library takes from the chain by name is there, with the shapes that it expects. Read from the
//! runtime's stored metadata (`./scripts/metadata` writes it), so no chain needs to run.

use codec::{Compact, Decode, Encode};
use std::sync::Arc;
use subxt::{
	config::{
		substrate::{SpecVersionForRange, SubstrateExtrinsicParamsBuilder},
		SubstrateConfig,
	},
	dynamic,
	ext::futures::executor::block_on,
	utils::H256,
	Metadata, OfflineClient, OfflineClientAtBlock,
};
use zerog_client::{
	custody::{challenge_call, claim_call, payout_call, report_call, BadRow},
	keys, network,
	stake::{self, StakeCall},
	transaction::{submit_call, transfer_call},
	BlobHeader, Commitment, Namespace,
};
use zerog_erasure::Row;

fn metadata() -> Metadata {
	// From the package's folder, in which cargo runs tests.
	let bytes = std::fs::read("../eth-rpc/metadata/zerog.scale")
		.expect("the metadata file is part of the repository");
	Metadata::decode(&mut &bytes[..]).expect("./scripts/metadata wrote it")
}

fn chain() -> OfflineClientAtBlock<SubstrateConfig> {
	let version = SpecVersionForRange {
		block_range: 0..u64::MAX,
		spec_version: 1,
		transaction_version: 1,
	};
	let config = SubstrateConfig::builder()
		.set_genesis_hash(H256([7; 32]))
		.set_metadata_for_spec_versions([(1, Arc::new(metadata()))])
		.set_spec_version_for_block_ranges([version])
		.build();
	OfflineClient::new_with_config(config).at_block(1u64).unwrap()
}

fn header() -> BlobHeader {
	BlobHeader::new([7; 32], Namespace([1; 32]), 1_000, [2; 32], [3; 32]).unwrap()
}

#[test]
fn a_submission_encodes_as_the_pallet_declares_it() {
	let call = chain()
		.transactions()
		.call_data(&submit_call(&header(), 1_200, 5_000_000))
		.unwrap();
	let arguments = (
		[1u8; 32],
		1_000u32,
		0u8,
		[2u8; 32],
		[3u8; 32],
		1_200u32,
		Compact(5_000_000u128),
	)
		.encode();
	assert_eq!(call[2..], arguments);
}

#[test]
fn calls_about_custody_encode_as_the_pallet_declares_them() {
	let (chain, commitment) = (chain(), Commitment([5; 32]));
	let transactions = chain.transactions();
	let arguments = |call: Vec<u8>| call[2..].to_vec();
	let challenge = transactions.call_data(&challenge_call(commitment, 7)).unwrap();
	assert_eq!(arguments(challenge), (commitment, 7u32).encode());
	let payout = transactions.call_data(&payout_call(commitment)).unwrap();
	assert_eq!(arguments(payout), commitment.encode());
	let claim = transactions.call_data(&claim_call([4; 32])).unwrap();
	assert_eq!(arguments(claim), [4u8; 32].encode());
	let bad = BadRow {
		commitment,
		row: Row {
			index: 3,
			data: vec![1, 2, 3],
			path: vec![[6; 32], [7; 32]],
		},
		checksum: vec![8; 40],
	};
	let report = transactions.call_data(&report_call(&bad)).unwrap();
	assert_eq!(arguments(report), bad.encode());
}

#[test]
fn calls_about_networks_encode_as_the_pallet_declares_them() {
	let chain = chain();
	let transactions = chain.transactions();
	let arguments = |call: Vec<u8>| call[2..].to_vec();
	let register = transactions
		.call_data(&network::register_call(450_000_000_000))
		.unwrap();
	assert_eq!(arguments(register), 450_000_000_000u64.encode());
	let declare = transactions.call_data(&network::set_ingress_call(5)).unwrap();
	assert_eq!(arguments(declare), 5u64.encode());
	for call in [
		transactions.call_data(&network::join_call(7)).unwrap(),
		transactions.call_data(&network::leave_call(7)).unwrap(),
	] {
		assert_eq!(arguments(call), 7u32.encode());
	}
	let fund = transactions.call_data(&network::fund_call(12_345)).unwrap();
	assert_eq!(arguments(fund), 12_345u128.encode());
	let unregister = transactions.call_data(&network::unregister_call()).unwrap();
	assert!(arguments(unregister).is_empty());
}

#[test]
fn calls_about_stake_encode_as_the_pallet_declares_them() {
	let chain = chain();
	let transactions = chain.transactions();
	let bytes = |call: &StakeCall| transactions.call_data(call).unwrap();
	let (operator, account) = ([3u8; 32], [4u8; 32]);
	let withdraw = stake::withdraw_call(operator, account, 9);
	let convert = stake::convert_call(operator, account);
	for (call, arguments) in [
		(stake::register_call(u128::MAX, 7), (u128::MAX, 7u32).encode()),
		(stake::commission_call(7), 7u32.encode()),
		(stake::delegate_call(operator, 5), (operator, 5u128).encode()),
		(stake::unbond_call(operator, 5), (operator, 5u128).encode()),
		(withdraw.clone(), (operator, account, 9u32).encode()),
		(
			stake::realise_call(operator, account),
			(operator, account).encode(),
		),
		(convert.clone(), (operator, account).encode()),
		(stake::reopen_call(operator), operator.encode()),
		(stake::claim_call(operator, account), (operator, account).encode()),
		(
			stake::allocate_call(1, 2, u64::MAX),
			(1u16, 2u64, u64::MAX).encode(),
		),
		(stake::release_call(operator, 1), (operator, 1u16).encode()),
		(stake::rank_call(operator), operator.encode()),
		(stake::validate_call(), vec![]),
		(stake::chill_call(), vec![]),
		(stake::leave_call(), vec![]),
	] {
		assert_eq!(bytes(&call)[2..], arguments, "{}", call.call_name());
	}
	let both = stake::transactions_of(&[convert.clone(), withdraw.clone()]);
	let [batch] = both.as_slice() else {
		panic!("{both:?}");
	};
	let expected = [Compact(2u32).encode(), bytes(&convert), bytes(&withdraw)].concat();
	assert_eq!(bytes(batch)[2..], expected);
	let alone = std::slice::from_ref(&convert);
	assert_eq!(stake::transactions_of(alone), alone);
	let many: Vec<_> = std::iter::repeat_n(convert, 33).collect();
	assert_eq!(stake::transactions_of(&many).len(), 2);
}

#[test]
fn signed_transactions_carry_every_extension_that_the_runtime_asks_for() {
	let chain = chain();
	let alice = keys::from_suri("//Alice").unwrap();
	let parameters = SubstrateExtrinsicParamsBuilder::new()
		.nonce(5)
		.mortal_from_unchecked(128, 1, H256([9; 32]));
	let call = transfer_call([4; 32], 12_345);
	let transactions = chain.transactions();
	let mut signable = transactions
		.create_signable_offline(&call, parameters.build())
		.unwrap();
	let bytes = signable.sign(&alice).unwrap().into_encoded();

	// subxt decodes by the metadata what it encoded by it; nothing may be left over.
	let extrinsics = block_on(chain.extrinsics().from_bytes(vec![bytes]));
	let extrinsic = extrinsics.iter().next().unwrap().unwrap();
	assert!(extrinsic.is_signed());
	assert_eq!(
		(extrinsic.pallet_name(), extrinsic.call_name()),
		("Balances", "transfer_keep_alive")
	);
	let extensions = extrinsic.transaction_extensions().unwrap();
	assert_eq!(extensions.nonce(), Some(5));
	let names: Vec<_> = extensions
		.iter()
		.map(|extension| extension.name().to_owned())
		.collect();
	for name in ["AuthorizeCall", "EthSetOrigin", "WeightReclaim"] {
		let empty = extensions.iter().find(|extension| extension.name() == name);
		assert!(
			empty.is_some_and(|extension| extension.bytes().is_empty()),
			"{name} in {names:?}"
		);
	}
}

#[test]
fn the_chain_has_what_is_read_from_it() {
	let chain = chain();
	let metadata = chain.metadata();
	assert!(
		chain
			.constants()
			.entry(dynamic::constant::<u64>("Babe", "ExpectedBlockTime"))
			.unwrap() > 0
	);
	assert!(
		chain
			.constants()
			.entry(dynamic::constant::<u128>("Balances", "ExistentialDeposit"))
			.unwrap() > 0
	);

	assert!(
		chain
			.constants()
			.entry(dynamic::constant::<u32>("DataAvailability", "ChallengeWindow"))
			.unwrap() > 0
	);
	assert!(
		chain
			.constants()
			.entry(dynamic::constant::<u32>("DataAvailability", "MaxPayers"))
			.unwrap() > 0
	);

	assert!(
		chain
			.constants()
			.entry(dynamic::constant::<u32>("Networks", "EpochBlocks"))
			.unwrap() > 0
	);
	let parameters = dynamic::constant::<network::Parameters>("Networks", "Defaults");
	let parameters = chain.constants().entry(parameters).unwrap();
	assert!(parameters.lifetime > 0 && parameters.minimum_stake > 0);
	assert!(parameters.ingress_share() > 0 && parameters.networks.escrow > 0);

	let api = metadata.runtime_api_trait_by_name("NetworksApi").unwrap();
	for method in [
		"epoch", "networks", "members", "security", "route", "operator", "duties",
	] {
		assert!(api.method_by_name(method).is_some(), "{method}");
	}
	let api = metadata.runtime_api_trait_by_name("StakingApi").unwrap();
	for method in ["staking", "services", "operators", "operator", "portfolio"] {
		assert!(api.method_by_name(method).is_some(), "{method}");
	}
	let api = metadata.runtime_api_trait_by_name("DataAvailabilityApi").unwrap();
	for method in [
		"blob",
		"committee",
		"current_committees",
		"quote",
		"account_key",
		"improvement_window",
	] {
		assert!(api.method_by_name(method).is_some(), "{method}");
	}
	for (pallet, entry) in [
		("System", "Account"),
		("DataAvailability", "Blobs"),
		("DataAvailability", "Earnings"),
		("Networks", "Parameters"),
		("Revive", "OriginalAccount"),
	] {
		let storage = metadata.pallet_by_name(pallet).unwrap().storage().unwrap();
		assert!(storage.entry_by_name(entry).is_some(), "{pallet}.{entry}");
	}
	for (pallet, event, fields) in [
		(
			"DataAvailability",
			"Submitted",
			["dispersal_fee", "custody_fee"].as_slice(),
		),
		("DataAvailability", "Extended", &["custody_fee"]),
		("DataAvailability", "Challenged", &["deadline"]),
		("DataAvailability", "Answered", &["commitment", "row", "reward"]),
		("DataAvailability", "Unanswered", &["commitment", "row"]),
		("DataAvailability", "Paid", &["paid", "released"]),
		("DataAvailability", "EarningsClaimed", &["amount"]),
		("TransactionPayment", "TransactionFeePaid", &["actual_fee"]),
	] {
		let events = metadata.pallet_by_name(pallet).unwrap().event_variants().unwrap();
		let event = events.iter().find(|variant| variant.name == event).unwrap();
		for field in fields {
			assert!(
				event.fields.iter().any(|it| it.name.as_deref() == Some(*field)),
				"{pallet}.{field}"
			);
		}
	}
}
