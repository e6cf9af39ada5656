// SPDX-License-Identifier: Apache-2.0

//! Puts the parts together, drives them with the chain's blocks, and hands out a [`Handle`].

use crate::{
	aggregator::Aggregator,
	answering::Answerer,
	bad_rows::BadRow,
	blobs::{rows_signed, Blobs},
	budget::Budgets,
	config::Config,
	disperser::{Disperser, PublishError, Published},
	duties::{Duties, Worker},
	evidence::Evidence,
	fallback::Fallbacks,
	gateway,
	inbound::Inbound,
	interfaces::{Chain, ChainError, Identity, Transport},
	margins::Margins,
	member::Member,
	members::{self, Members},
	metrics::Metrics,
	node::{Node, LOG},
	outbox::Outbox,
	retriever::{RetrieveError, Retrieved, Retriever, SampleError, Sampled},
	store::{Store, StoreError},
	trace::{Trace, Traces},
};
use bytes::Bytes;
use futures::StreamExt;
use polkadot_sdk::{sc_network::config::IncomingRequest, substrate_prometheus_endpoint::PrometheusError};
use serde::Serialize;
use std::{
	net::{SocketAddr, TcpListener},
	ops::Range,
	sync::Arc,
};
use tokio::sync::watch;
use zerog_bls::signer::SecretKey;
use zerog_erasure::Commitment;
use zerog_primitives::da::{BlobState, CommitteeId};

/// Blocks between two searches for rows that may go.
const PRUNE_EVERY: u32 = 16;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The row database cannot be opened.
	#[error("row database: {0}")]
	Store(#[from] StoreError),
	/// The gateway's address cannot be bound: in use, or not ours. Choose another with `--da-gateway`.
	#[error("gateway on {address}: {error}")]
	Gateway {
		/// The address.
		address: SocketAddr,
		/// What the system said.
		error: std::io::Error,
	},
	/// A metric is registered twice.
	#[error("metrics: {0}")]
	Metrics(#[from] PrometheusError),
}

/// Where a blob stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
	/// Nobody paid for it, or its retention is over.
	Unknown,
	/// Paid for, waiting for its certificate.
	Pending,
	/// Certified.
	Certified,
}

/// Where a blob stands. Everything but `commitment`, `state` and `rows_held` is `None` when it is unknown;
/// `fell_back_from` also when no committee failed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlobStatus {
	/// The blob.
	pub commitment: Commitment,
	/// In one word.
	pub state: State,
	/// Bytes of the blob.
	pub length: Option<u32>,
	/// Session of its committee.
	pub session: Option<u32>,
	/// Network of its committee.
	pub network: Option<u32>,
	/// The committee that did not certify it in time.
	pub fell_back_from: Option<CommitteeId>,
	/// Last block in which a certificate is accepted.
	pub deadline: Option<u32>,
	/// First block in which it need not be kept any more; known once certified.
	pub retained_until: Option<u32>,
	/// All rows.
	pub rows: Option<u32>,
	/// Rows of the signers: on chain when certified, else as far as this node has seen shares.
	pub rows_signed: Option<u32>,
	/// Rows on this node's disk.
	pub rows_held: u32,
}

struct Parts {
	node: Arc<Node>,
	member: Arc<Member>,
	aggregator: Arc<Aggregator>,
	evidence: Arc<Evidence>,
	disperser: Arc<Disperser>,
	retriever: Arc<Retriever>,
	duties: Duties,
	answerer: Arc<Answerer>,
	fallbacks: Arc<Fallbacks>,
	gateway: Option<SocketAddr>,
}

/// What the rest of the node asks of the service. Cheap to clone; works while [`Service::run`] does.
#[derive(Clone)]
pub struct Handle(Arc<Parts>);

impl Handle {
	/// Bring a blob, for which the chain has a paid submission, to its committee. Returns when members hold two thirds of
	/// its rows; repeating it is cheap.
	pub async fn publish(&self, commitment: Commitment, blob: Bytes) -> Result<Published, PublishError> {
		self.0.disperser.publish(commitment, blob).await
	}

	/// Whether `length` bytes of this blob would be taken: `Ok(Some(_))` says it is certified and nothing is needed.
	pub fn admit(&self, commitment: Commitment, length: u64) -> Result<Option<Published>, PublishError> {
		self.0.disperser.admit(commitment, length).map(Result::err)
	}

	/// Read a certified blob back.
	pub async fn retrieve(&self, commitment: Commitment) -> Result<Bytes, RetrieveError> {
		self.retrieve_range(commitment, 0..self.length(commitment)?).await
	}

	/// Read some bytes of a certified blob back.
	pub async fn retrieve_range(
		&self,
		commitment: Commitment,
		range: Range<u32>,
	) -> Result<Bytes, RetrieveError> {
		Ok(self.read(commitment, range).await?.bytes)
	}

	/// Read some bytes of a certified blob back, and name who sent wrong rows on the way.
	pub async fn read(&self, commitment: Commitment, range: Range<u32>) -> Result<Retrieved, RetrieveError> {
		self.0.retriever.retrieve(commitment, range).await
	}

	/// One row of a certified blob, from our own disk or from its holder, checked.
	pub async fn row(&self, commitment: Commitment, index: u32) -> Result<Sampled, SampleError> {
		self.0.retriever.row(commitment, index).await
	}

	/// The checksum of a certified blob, checked.
	pub async fn checksum(&self, commitment: Commitment) -> Result<Bytes, RetrieveError> {
		let verifier = self.0.retriever.checksum(commitment).await?;
		Ok(Bytes::copy_from_slice(verifier.checksum()))
	}

	/// Rows of a blob that this node was given by signers and that contradict the checksum, one of each signer. They are
	/// forgotten when the node ends, and when many others were found.
	pub fn bad_rows(&self, commitment: Commitment) -> Vec<BadRow> {
		self.0.node.bad_rows.of(commitment)
	}

	/// What happened to a blob at this node; `None` when it has seen nothing of it, or has forgotten.
	pub fn trace(&self, commitment: Commitment) -> Option<Trace> {
		self.0.node.traces.get(commitment)
	}

	/// Sampling and repair, for the externalities of off-chain workers.
	pub fn duties(&self) -> Duties {
		self.0.duties.clone()
	}

	/// Bytes of a blob that can be read.
	pub fn length(&self, commitment: Commitment) -> Result<u32, RetrieveError> {
		Ok(self.0.retriever.readable(commitment)?.header.length)
	}

	/// Where a blob stands.
	pub async fn status(&self, commitment: Commitment) -> Result<BlobStatus, ChainError> {
		let node = &self.0.node;
		let info = node.blobs.info(commitment)?;
		let rows_held = self.0.member.rows_held(commitment).await;
		let mut status = BlobStatus {
			commitment,
			state: State::Unknown,
			length: None,
			session: None,
			network: None,
			fell_back_from: None,
			deadline: None,
			retained_until: None,
			rows: None,
			rows_signed: None,
			rows_held,
		};
		let Some(info) = info else { return Ok(status) };
		status.length = Some(info.header.length);
		status.session = Some(info.committee.session);
		status.network = Some(info.committee.network);
		status.fell_back_from = info.fell_back_from;
		status.deadline = Some(info.deadline);
		status.retained_until = info.retained_until;
		status.rows = info.header.profile().ok().map(|profile| profile.rows());
		match info.state {
			BlobState::Certified { .. } => {
				status.state = State::Certified;
				status.rows_signed = Some(rows_signed(&info));
			}
			BlobState::Pending => {
				status.state = State::Pending;
				let blob = node.blobs.load(commitment, &info).await.ok();
				status.rows_signed = blob.map(|blob| self.0.aggregator.signed(&blob));
			}
		}
		Ok(status)
	}

	/// Operators, who are the present committee of the root network, that can be reached (we ourselves included), and all of
	/// them.
	pub fn members_online(&self) -> (usize, usize) {
		let node = &self.0.node;
		let Some(committee) = node.blobs.root_committee() else {
			return (0, 0);
		};
		let own = node.me().index_in(&committee);
		let others = committee
			.members
			.iter()
			.enumerate()
			.filter(|(index, _)| Some(*index) != own);
		let online = node.members.online(others.map(|(_, member)| member));
		(
			online.saturating_add(usize::from(own.is_some())),
			committee.members.len(),
		)
	}

	/// Why rows cannot be stored at the moment, as far as the last attempt showed; a member signs nothing then.
	pub fn cannot_store(&self) -> Option<String> {
		self.0.node.store.failure().map(|failure| failure.to_string())
	}

	/// Height of the best block, as the chain has it.
	pub fn best_number(&self) -> u32 {
		self.0.node.chain.best_number()
	}

	/// Where the gateway listens.
	pub fn gateway(&self) -> Option<SocketAddr> {
		self.0.gateway
	}

	pub(crate) fn limits(&self) -> &crate::Limits {
		&self.0.node.limits
	}

	#[cfg(test)]
	pub(crate) fn latest_number(&self, committee: CommitteeId, member: u32) -> Option<u64> {
		let latest = self.0.evidence.latest(committee, member);
		latest.map(|latest| latest.sequence)
	}

	/// Verify shares as the aggregator does.
	#[cfg(test)]
	pub(crate) fn verify(&self, shares: &[(crate::protocol::Share, zerog_bls::PublicKey)]) -> bool {
		self.0.aggregator.are_good(shares)
	}

	#[cfg(test)]
	pub(crate) fn node(&self) -> &Arc<Node> {
		&self.0.node
	}
}

/// The service. It does nothing before [`Service::run`].
pub struct Service {
	handle: Handle,
	worker: Worker,
	inbound: async_channel::Receiver<IncomingRequest>,
	listener: Option<TcpListener>,
}

/// Ends the background tasks when the service does, however it ends.
struct StopTasks(Arc<Node>);

impl Drop for StopTasks {
	fn drop(&mut self) {
		self.0.tasks.end_all();
	}
}

impl Service {
	/// Open the row database, bind the gateway, and put the parts together. `inbound` is the receiving end of the queue
	/// that the network got for [`crate::protocol_name`].
	pub fn new(
		config: Config,
		chain: Arc<dyn Chain>,
		identity: Arc<dyn Identity>,
		transport: Arc<dyn Transport>,
		inbound: async_channel::Receiver<IncomingRequest>,
	) -> Result<(Self, Handle), Error> {
		let listener = config.gateway.map(listen).transpose()?;
		let gateway = listener.as_ref().and_then(|listener| listener.local_addr().ok());
		let genesis = chain.genesis();
		let metrics = Arc::new(Metrics::new(config.registry.as_ref())?);
		let traces = Arc::new(Traces::new(metrics.clone()));
		let node = Arc::new(Node {
			genesis,
			blobs: Blobs::new(chain.clone(), traces.clone()),
			best: watch::Sender::new(chain.best_number()),
			chain,
			identity,
			transport,
			store: Arc::new(Store::open(&config.path)?),
			public: config.key.as_ref().map(SecretKey::public),
			key: config.key,
			hello: Default::default(),
			members: Members::new(genesis),
			bad_rows: Default::default(),
			watch: Default::default(),
			margins: Margins::new(metrics.clone()),
			metrics,
			traces,
			limits: config.limits,
			tasks: Default::default(),
		});
		let evidence = Arc::new(Evidence::new(node.clone()));
		let aggregator = Arc::new(Aggregator::new(node.clone(), evidence.clone()));
		let outbox = Arc::new(Outbox::new(node.clone()));
		let member = Arc::new(Member::new(node.clone(), aggregator.clone(), outbox)?);
		let disperser = Arc::new(Disperser::new(node.clone(), member.clone()));
		let retriever = Arc::new(Retriever::new(node.clone()));
		let (worker, duties) = Worker::new(node.clone(), member.clone(), retriever.clone(), config.patrol);
		let answerer = Arc::new(Answerer::new(node.clone(), member.clone(), retriever.clone()));
		let fallbacks = Arc::new(Fallbacks::new(
			node.clone(),
			member.clone(),
			aggregator.clone(),
			disperser.clone(),
			retriever.clone(),
		));
		let handle = Handle(Arc::new(Parts {
			node,
			member,
			aggregator,
			evidence,
			disperser,
			retriever,
			duties,
			answerer,
			fallbacks,
			gateway,
		}));
		Ok((
			Self {
				handle: handle.clone(),
				worker,
				inbound,
				listener,
			},
			handle,
		))
	}

	/// Serve until the chain's or the network's stream ends. To be run as one essential task of the node.
	pub async fn run(self) {
		let Self {
			handle,
			worker,
			inbound,
			listener,
		} = self;
		let parts = &handle.0;
		let _stop = StopTasks(parts.node.clone());
		parts.node.renew_hello();
		let serve = Arc::new(Inbound {
			node: parts.node.clone(),
			member: parts.member.clone(),
			aggregator: parts.aggregator.clone(),
			budgets: Arc::new(Budgets::new(&parts.node.limits)),
			evidence: parts.evidence.clone(),
		});
		tokio::select! {
			_ = follow_chain(parts) => log::warn!(target: LOG, "the chain's stream of blocks ended"),
			_ = serve.run(inbound) => log::warn!(target: LOG, "the network closed the protocol"),
			_ = members::run(parts.node.clone()) => {},
			_ = worker.run() => {},
			error = gateway::serve(listener, handle.clone()) => log::error!(target: LOG, "the gateway failed: {error}"),
		}
	}
}

fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
	let bind = || {
		let listener = TcpListener::bind(address)?;
		listener.set_nonblocking(true)?;
		Ok(listener)
	};
	bind().map_err(|error| Error::Gateway { address, error })
}

async fn follow_chain(parts: &Parts) {
	let mut blocks = parts.node.chain.new_blocks().ready_chunks(256);
	let mut best = parts.node.chain.best_number();
	let mut pruned = None;
	loop {
		parts.node.best.send_replace(best);
		// First, for it has a deadline, and the others may have much to look at.
		parts.answerer.on_block(best);
		parts.member.on_block(best).await;
		parts.aggregator.on_block(best).await;
		parts.evidence.on_block().await;
		parts.fallbacks.on_block(best);
		if pruned.is_none_or(|at: u32| best >= at.saturating_add(PRUNE_EVERY)) {
			pruned = Some(best);
			parts.member.prune(best).await;
			parts.answerer.resolve(best);
		}
		best = match blocks.next().await.and_then(|blocks| blocks.last().copied()) {
			Some(best) => best,
			None => return,
		};
	}
}
