// SPDX-License-Identifier: Apache-2.0

//! How the parts of a node are put together.
//!
//! [`new_partial`] makes what commands need too: client, pool, import queue. [`new_full`] adds network, RPC, off-chain
//! workers, authority discovery, data availability, BABE and GRANDPA, in this order; each has a function below.

use crate::{
	cli::{Gateway, NodeParams},
	da, equivocations,
	rpc::{self, DaHandle},
};
use futures::{FutureExt, StreamExt};
use polkadot_sdk::*;
use sc_client_api::Backend;
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaPruningFilter, SharedVoterState};
use sc_network::{
	config::{FullNetworkConfiguration, NetworkBackendType},
	NetworkBackend,
};
use sc_service::{error::Error, Configuration, KeystoreContainer, TaskManager, WarpSyncConfig};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_blockchain::HeaderBackend;
use sp_consensus_babe::inherents::{BabeCreateInherentDataProviders, InherentDataProvider};
use sp_runtime::traits::Block as BlockT;
use std::{path::Path, sync::Arc, time::Duration};
use zerog_runtime::{OpaqueBlock as Block, RuntimeApi};

/// Host functions that runtimes may import. One set for executor, chain specs and benchmarks: the linker wants every
/// import in every context.
pub type HostFunctions = (
	sp_io::SubstrateHostFunctions,
	sp_crypto_ec_utils::bls12_381::host_calls::HostFunctions,
	zerog_host::HostFunctions,
	frame_benchmarking::benchmarking::HostFunctions,
);

/// Runs the runtime.
pub type Executor = sc_executor::WasmExecutor<HostFunctions>;
/// The client.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, Executor>;
/// The chain's database.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The longest chain.
pub type FullSelectChain = sc_consensus::LongestChain<FullBackend, Block>;
/// The transaction pool.
pub type FullPool = sc_transaction_pool::TransactionPoolHandle<Block, FullClient>;

type GrandpaBlockImport =
	sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, FullClient, FullSelectChain>;
type BlockImport = BabeBlockImport<
	Block,
	FullClient,
	GrandpaBlockImport,
	BabeCreateInherentDataProviders<Block>,
	FullSelectChain,
>;

/// Blocks between stored justifications, for those who sync.
const JUSTIFICATION_PERIOD: u32 = 512;

/// What consensus needs later.
pub struct Consensus {
	block_import: BlockImport,
	grandpa_link: GrandpaLink,
	babe_link: BabeLink<Block>,
	babe_worker: BabeWorkerHandle<Block>,
	telemetry: Option<Telemetry>,
}

type Partial = sc_service::PartialComponents<
	FullClient,
	FullBackend,
	FullSelectChain,
	sc_consensus::DefaultImportQueue<Block>,
	FullPool,
	Consensus,
>;

/// Client, backend, pool and import queue.
/// `runtimes` is where compiled runtimes are kept, if not beside the database.
pub fn new_partial(config: &Configuration, runtimes: Option<&Path>) -> Result<Partial, Error> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| -> Result<_, sc_telemetry::Error> {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok((worker, telemetry))
		})
		.transpose()?;

	// The filter keeps blocks with justifications when others are pruned: warp sync needs them.
	let (client, backend, keystore_container, task_manager) =
		sc_service::new_full_parts::<Block, RuntimeApi, _>(
			config,
			telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
			crate::runtimes::executor(config, runtimes),
			vec![Arc::new(GrandpaPruningFilter)],
		)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = sc_consensus::LongestChain::new(backend.clone());
	let transaction_pool: Arc<FullPool> = Arc::from(
		sc_transaction_pool::Builder::new(
			task_manager.spawn_essential_handle(),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (grandpa_block_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry.as_ref().map(|telemetry| telemetry.handle()),
	)?;
	let justification_import = grandpa_block_import.clone();

	let babe_config = sc_consensus_babe::configuration(&*client)?;
	let slot_duration = babe_config.slot_duration();
	let (block_import, babe_link) = sc_consensus_babe::block_import(
		babe_config,
		grandpa_block_import,
		client.clone(),
		Arc::new(move |_, _| async move { Ok(inherents(slot_duration)) })
			as BabeCreateInherentDataProviders<Block>,
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(transaction_pool.clone()),
	)?;
	let (import_queue, babe_worker) =
		sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
			link: babe_link.clone(),
			block_import: block_import.clone(),
			justification_import: Some(Box::new(justification_import)),
			client: client.clone(),
			slot_duration,
			spawner: &task_manager.spawn_essential_handle(),
			registry: config.prometheus_registry(),
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
		})?;

	Ok(sc_service::PartialComponents {
		client,
		backend,
		task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other: Consensus {
			block_import,
			grandpa_link,
			babe_link,
			babe_worker,
			telemetry,
		},
	})
}

fn inherents(
	slot_duration: sp_consensus_babe::SlotDuration,
) -> (InherentDataProvider, sp_timestamp::InherentDataProvider) {
	let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
	(
		InherentDataProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration),
		timestamp,
	)
}

/// The whole node, on the network backend that the configuration names.
pub fn new_full(config: Configuration, params: NodeParams) -> Result<TaskManager, Error> {
	match config.network.network_backend {
		NetworkBackendType::Libp2p => {
			assemble::<sc_network::NetworkWorker<Block, <Block as BlockT>::Hash>>(config, params)
		}
		NetworkBackendType::Litep2p => assemble::<sc_network::Litep2pNetworkBackend>(config, params),
	}
}

fn assemble<N: NetworkBackend<Block, <Block as BlockT>::Hash>>(
	mut config: Configuration,
	NodeParams {
		da: da_params,
		runtime_cache,
	}: NodeParams,
) -> Result<TaskManager, Error> {
	// Before anything is created: a key file that is refused shall cost no time.
	let da_folder = config.base_path.config_dir(config.chain_spec.id()).join("da");
	let key = da::key::find(da_params.da_key_file.as_deref(), dev_account(&config), &da_folder)
		.map_err(|error| Error::Other(error.to_string()))?;

	let sc_service::PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other:
			Consensus {
				block_import,
				grandpa_link,
				babe_link,
				babe_worker,
				mut telemetry,
			},
	} = new_partial(&config, runtime_cache.as_deref())?;
	// A network of four has three peers at most, and fewer while one is down.
	config.network.min_peers_to_start_warp_sync.get_or_insert(1);

	// Protocols.
	let genesis_hash = client.info().genesis_hash;
	let registry = config.prometheus_registry().cloned();
	let mut net_config = FullNetworkConfiguration::<_, _, N>::new(&config.network, registry.clone());
	let metrics = N::register_notification_metrics(registry.as_ref());
	let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
	let (grandpa_protocol_config, grandpa_notifications) =
		sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
			grandpa_protocol.clone(),
			metrics.clone(),
			net_config.peer_store_handle(),
		);
	net_config.add_notification_protocol(grandpa_protocol_config);
	let (da_requests, da_inbound) = zerog_da::inbound_queue();
	let da_protocol: sc_network::ProtocolName =
		zerog_da::protocol_name(&genesis_hash.0, config.chain_spec.fork_id()).into();
	net_config.add_request_response_protocol(N::request_response_config(
		da_protocol.clone(),
		Vec::new(),
		zerog_da::MAX_REQUEST_BYTES,
		zerog_da::MAX_RESPONSE_BYTES,
		zerog_da::REQUEST_TIMEOUT,
		Some(da_requests),
	));

	// Network.
	let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	));
	let (network, system_rpc_tx, tx_handler_controller, sync_service, _) =
		sc_service::build_network(sc_service::BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	// Off-chain workers. Those of a node that stores data reach its service through the host functions; nothing else does.
	let da_handle = DaHandle::default();
	if config.offchain_worker.enabled {
		let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
			runtime_api_provider: client.clone(),
			is_validator: config.role.is_authority(),
			keystore: Some(keystore_container.keystore()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
			network_provider: Arc::new(network.clone()),
			enable_http_requests: false,
			custom_extensions: {
				let da = da_handle.clone();
				move |_| duties(&da).into_iter().collect()
			},
		})?;
		task_manager.spawn_handle().spawn(
			"offchain-workers-runner",
			"offchain-worker",
			workers.run(client.clone(), task_manager.spawn_handle()).boxed(),
		);
	}

	// RPC, and the tasks that every node runs.
	let shared_voter_state = SharedVoterState::empty();
	let rpc_deps = rpc::Deps {
		client: client.clone(),
		backend: backend.clone(),
		pool: transaction_pool.clone(),
		select_chain: select_chain.clone(),
		chain_spec: config.chain_spec.cloned_box(),
		keystore: keystore_container.keystore(),
		babe: babe_worker,
		voter_state: shared_voter_state.clone(),
		authority_set: grandpa_link.shared_authority_set().clone(),
		justifications: grandpa_link.justification_stream(),
		finality: FinalityProofProvider::new_for_service(
			backend.clone(),
			Some(grandpa_link.shared_authority_set().clone()),
		),
		da: da_handle.clone(),
	};
	let after_rpc = AfterRpc::from(&config);
	sc_service::spawn_tasks(sc_service::SpawnTasksParams {
		config,
		client: client.clone(),
		backend: backend.clone(),
		task_manager: &mut task_manager,
		keystore: keystore_container.keystore(),
		transaction_pool: transaction_pool.clone(),
		rpc_builder: Box::new(move |executor| rpc::create(&rpc_deps, executor).map_err(Into::into)),
		network: network.clone(),
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync_service.clone(),
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	// Authority discovery: validators publish where they are, everybody may look them up.
	let discovery = {
		use sc_network::{event::DhtEvent, Event, NetworkEventStream};
		let dht_events = network
			.event_stream("authority-discovery")
			.filter_map(|event| async move {
				match event {
					Event::Dht(event) => Some(event),
					_ => None::<DhtEvent>,
				}
			});
		let role = if after_rpc.role.is_authority() {
			sc_authority_discovery::Role::PublishAndDiscover(keystore_container.keystore())
		} else {
			sc_authority_discovery::Role::Discover
		};
		let (worker, service) = sc_authority_discovery::new_worker_and_service_with_config(
			sc_authority_discovery::WorkerConfig {
				publish_non_global_ips: after_rpc.publish_non_global_ips,
				public_addresses: after_rpc.public_addresses.clone(),
				strict_record_validation: true,
				persisted_cache_directory: after_rpc.net_config_path.clone(),
				..Default::default()
			},
			client.clone(),
			Arc::new(network.clone()),
			Box::pin(dht_events),
			role,
			registry.clone(),
			task_manager.spawn_handle(),
		);
		task_manager
			.spawn_handle()
			.spawn("authority-discovery-worker", Some("networking"), worker.run());
		service
	};

	// Data availability.
	let public_key = key.as_ref().map(|key| key.public());
	let gateway = match da_params.da_gateway {
		Gateway::Off => None,
		Gateway::At(address) => Some(address),
	};
	let (transport, follow_peers) = da::transport::Transport::new(
		network.clone(),
		sync_service.clone(),
		da_protocol,
		Some(discovery),
	);
	task_manager
		.spawn_essential_handle()
		.spawn("da-peers", Some("data-availability"), follow_peers);
	let (service, handle) = zerog_da::Service::new(
		zerog_da::Config {
			path: da_folder.join("rows"),
			gateway,
			key,
			// As the other duties that nobody asks for.
			patrol: after_rpc.offchain_worker && public_key.is_some(),
			registry: registry.clone(),
			limits: Default::default(),
		},
		Arc::new(da::chain::Chain::new(client.clone(), transaction_pool.clone())),
		Arc::new(da::identity::Identity::new(
			keystore_container.keystore(),
			client.clone(),
		)),
		Arc::new(transport),
		da_inbound,
	)
	.map_err(|error| Error::Other(format!("data-availability service: {error}")))?;
	task_manager
		.spawn_essential_handle()
		.spawn("da-service", Some("data-availability"), service.run());
	if da_handle.set((handle, public_key)).is_err() {
		return Err(Error::Other(
			"the data-availability service was started twice".into(),
		));
	}

	// BABE.
	if after_rpc.role.is_authority() {
		let proposer = sc_basic_authorship::ProposerFactory::new(
			task_manager.spawn_handle(),
			client.clone(),
			transaction_pool.clone(),
			registry.as_ref(),
			telemetry.as_ref().map(|telemetry| telemetry.handle()),
		);
		let slot_duration = babe_link.config().slot_duration();
		let babe = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
			keystore: keystore_container.keystore(),
			client: client.clone(),
			select_chain,
			block_import,
			env: proposer,
			sync_oracle: sync_service.clone(),
			justification_sync_link: sync_service.clone(),
			create_inherent_data_providers: move |_, ()| async move { Ok(inherents(slot_duration)) },
			force_authoring: after_rpc.force_authoring,
			backoff_authoring_blocks: Some(after_rpc.backoff),
			babe_link,
			block_proposal_slot_portion: sc_consensus_babe::SlotProportion::new(2f32 / 3f32),
			max_block_proposal_slot_portion: None,
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
		})?;
		let reports = OffchainTransactionPoolFactory::new(transaction_pool.clone());
		task_manager.spawn_handle().spawn(
			"babe-equivocations",
			Some("block-authoring"),
			equivocations::watch(client.clone(), reports),
		);
		task_manager
			.spawn_essential_handle()
			.spawn_blocking("babe", Some("block-authoring"), babe);
	}

	// GRANDPA.
	if !after_rpc.disable_grandpa {
		let grandpa = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: Duration::from_millis(333),
				justification_generation_period: JUSTIFICATION_PERIOD,
				name: Some(after_rpc.name),
				observer_enabled: false,
				keystore: voter_keystore(&after_rpc.role, &keystore_container),
				local_role: after_rpc.role,
				telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
				protocol_name: grandpa_protocol,
			},
			link: grandpa_link,
			network,
			sync: sync_service,
			notification_service: grandpa_notifications,
			voting_rule: sc_consensus_grandpa::VotingRulesBuilder::default().build(),
			prometheus_registry: registry,
			shared_voter_state,
			telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
		})?;
		task_manager
			.spawn_essential_handle()
			.spawn_blocking("grandpa-voter", None, grandpa);
	}

	Ok(task_manager)
}

/// The development account that the node validates for: that of `--alice` and the like, Alice with `--dev`.
fn dev_account(config: &Configuration) -> Option<&str> {
	config.dev_key_seed.as_deref()?.strip_prefix("//")
}

/// Sampling and repair by the data-availability service, if this node holds rows and the service has started.
fn duties(da: &DaHandle) -> Option<Box<dyn sp_externalities::Extension>> {
	let (service, key) = da.get()?;
	key.is_some()
		.then(|| Box::new(zerog_host::DutiesExt::new(service.duties())) as _)
}

/// Who does not validate needs no keys.
fn voter_keystore(
	role: &sc_network::config::Role,
	keystore: &KeystoreContainer,
) -> Option<sp_keystore::KeystorePtr> {
	role.is_authority().then(|| keystore.keystore())
}

/// What is read from the configuration before it is handed on.
struct AfterRpc {
	role: sc_network::config::Role,
	name: String,
	force_authoring: bool,
	disable_grandpa: bool,
	publish_non_global_ips: bool,
	public_addresses: Vec<sc_network::Multiaddr>,
	net_config_path: Option<std::path::PathBuf>,
	offchain_worker: bool,
	backoff: sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging<u32>,
}

impl From<&Configuration> for AfterRpc {
	fn from(config: &Configuration) -> Self {
		Self {
			role: config.role,
			name: config.network.node_name.clone(),
			force_authoring: config.force_authoring,
			disable_grandpa: config.disable_grandpa,
			publish_non_global_ips: config.network.allow_non_globals_in_dht,
			public_addresses: config.network.public_addresses.clone(),
			net_config_path: config.network.net_config_path.clone(),
			offchain_worker: config.offchain_worker.enabled,
			// When finality lags, authors slow down, but never below a block in ten slots.
			backoff: sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging {
				max_interval: 10,
				..Default::default()
			},
		}
	}
}
