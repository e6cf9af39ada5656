// SPDX-License-Identifier: Apache-2.0

//! What the service is started with.

use polkadot_sdk::substrate_prometheus_endpoint::Registry;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use zerog_bls::signer::SecretKey;

/// What the service is started with.
pub struct Config {
	/// Folder of the row database; created when missing.
	pub path: PathBuf,
	/// Where the HTTP gateway listens; `None` switches it off. Port 0 picks one, see [`crate::Handle::gateway`].
	pub gateway: Option<SocketAddr>,
	/// The attestation key; without it this node publishes and reads but holds nothing.
	pub key: Option<SecretKey>,
	/// Whether it looks through what it has to hold, and takes back what it lacks.
	pub patrol: bool,
	/// Where metrics are registered.
	pub registry: Option<Registry>,
	/// Bounds on what the service does at once.
	pub limits: Limits,
}

/// What peers may ask of us. Rates hold for each kind of request by itself: rows in, rows out, anything small.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
	/// Requests handled at once.
	pub at_once: usize,
	/// Requests in the long run.
	pub requests_per_second: u64,
	/// Bytes in the long run: of requests, and of the rows sent in answer.
	pub bytes_per_second: u64,
	/// For how much time's worth a peer may ask at once after a pause.
	pub burst: Duration,
	/// Bytes of answers that it has not taken yet beyond which it is sent no more rows.
	pub unread_bytes: usize,
}

/// Bytes in a second that a gateway client sends or takes at least.
pub const MIN_RATE: u32 = 64 << 10;

/// Bounds on what the service does at once, and how long it waits.
#[derive(Debug, Clone)]
pub struct Limits {
	/// Requests of peers handled at once; more are answered `Busy`.
	pub inbound: usize,
	/// What each member of a present committee may ask.
	pub members: Allowance,
	/// What each other peer may ask.
	pub strangers: Allowance,
	/// What all other peers together may ask.
	pub all_strangers: Allowance,
	/// Pushes of rows in flight to all members together, each up to 2 MiB.
	pub outbound_pushes: usize,
	/// Blobs encoded at once.
	pub encoders: usize,
	/// Blobs whose coded rows (four times the blob) are kept in memory until all members took theirs.
	pub dispersals: usize,
	/// Blobs read back for users at once.
	pub retrievals: usize,
	/// Uploads taken by the gateway at once, each up to 32 MiB and of another blob.
	pub uploads: usize,
	/// Bytes of blobs that the gateway reads, or that its clients have not taken yet. A blob above it is never given.
	pub unread_bytes: usize,
	/// Connections to the gateway at once; more wait.
	pub connections: usize,
	/// How long a certificate with 2/3 of the rows waits for more signers.
	pub grace: Duration,
	/// How long a disperser with several blobs in flight gathers them into a batch. One blob alone does not wait.
	pub batch_window: Duration,
	/// How long a disperser waits for the blobs of a batch to arrive, and then for members to sign it, before it leaves
	/// out those that keep it from being signed.
	pub seal_timeout: Duration,
	/// How long a member waits for the announced seal of a blob that it holds before it signs the blob alone. A batch
	/// that it signed gets five times as long to be certified.
	pub seal_patience: Duration,
	/// How long a publisher waits until members hold 2/3 of the rows.
	pub publish_timeout: Duration,
	/// After how long a reader asks others for the rows that a member owes it.
	pub slow_peer: Duration,
	/// How long a gateway client may stay silent in the middle of an upload, and how far it may fall behind
	/// [`crate::MIN_RATE`] in the whole of it.
	pub upload_idle: Duration,
	/// The same for a client that takes an answer.
	pub answer_idle: Duration,
	/// How long the header of a gateway client's next request may take, counted from the end of the last one.
	pub header_timeout: Duration,
	/// How often unknown peers are asked who they are.
	pub refresh: Duration,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			inbound: 16,
			members: Allowance {
				at_once: 6,
				requests_per_second: 500,
				bytes_per_second: 128 << 20,
				burst: Duration::from_secs(4),
				unread_bytes: 32 << 20,
			},
			strangers: Allowance {
				at_once: 4,
				requests_per_second: 50,
				bytes_per_second: 16 << 20,
				burst: Duration::from_secs(6),
				unread_bytes: 16 << 20,
			},
			all_strangers: Allowance {
				at_once: 8,
				requests_per_second: 400,
				bytes_per_second: 64 << 20,
				burst: Duration::from_secs(6),
				unread_bytes: 128 << 20,
			},
			outbound_pushes: 16,
			encoders: 2,
			dispersals: 4,
			retrievals: 4,
			uploads: 4,
			unread_bytes: 256 << 20,
			connections: 256,
			grace: Duration::from_millis(300),
			batch_window: Duration::from_millis(250),
			seal_timeout: Duration::from_secs(2),
			seal_patience: Duration::from_secs(4),
			publish_timeout: Duration::from_secs(30),
			slow_peer: Duration::from_secs(2),
			upload_idle: Duration::from_secs(20),
			answer_idle: Duration::from_secs(30),
			header_timeout: Duration::from_secs(30),
			refresh: Duration::from_secs(1),
		}
	}
}
