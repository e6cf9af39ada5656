// SPDX-License-Identifier: Apache-2.0

//! What Prometheus sees.

use polkadot_sdk::substrate_prometheus_endpoint::{
	prometheus::core::Collector, register, Counter, CounterVec, Gauge, Opts, PrometheusError, Registry, U64,
};

/// The counters of one service; they count also when nobody scrapes them.
pub(crate) struct Metrics {
	/// Rows stored.
	pub(crate) rows_stored: Counter<U64>,
	/// Rows found corrupted when read.
	pub(crate) rows_corrupted: Counter<U64>,
	/// Bytes of the row database.
	pub(crate) bytes_held: Gauge<U64>,
	/// Requests refused, by reason.
	pub(crate) refused: CounterVec<U64>,
	/// Blobs signed.
	pub(crate) shares_signed: Counter<U64>,
	/// Certificates put into the pool.
	pub(crate) certificates_submitted: Counter<U64>,
	/// Blobs published through this node, by result.
	pub(crate) published: CounterVec<U64>,
	/// Blobs read, by result.
	pub(crate) retrieved: CounterVec<U64>,
	/// Peers that proved to be members.
	pub(crate) members: Gauge<U64>,
}

impl Metrics {
	pub(crate) fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let registry = registry.map(Registered);
		let counter = |name: &str, help: &str| {
			registry.add(Counter::new(format!("zerog_da_{name}"), help.to_string())?)
		};
		let gauge =
			|name: &str, help: &str| registry.add(Gauge::new(format!("zerog_da_{name}"), help.to_string())?);
		let by = |name: &str, help: &str, label: &str| {
			registry.add(CounterVec::new(
				Opts::new(format!("zerog_da_{name}"), help),
				&[label],
			)?)
		};
		Ok(Self {
			rows_stored: counter("rows_stored_total", "Rows stored")?,
			rows_corrupted: counter("rows_corrupted_total", "Rows found corrupted on disk")?,
			bytes_held: gauge("bytes_held", "Bytes of the row database")?,
			refused: by("requests_refused_total", "Requests of peers refused", "reason")?,
			shares_signed: counter("shares_signed_total", "Blobs signed for by this member")?,
			certificates_submitted: counter(
				"certificates_submitted_total",
				"Certificates put into the pool",
			)?,
			published: by("published_total", "Blobs published through this node", "result")?,
			retrieved: by("retrieved_total", "Blobs read through this node", "result")?,
			members: gauge(
				"members_online",
				"Peers that proved to be members of the committee",
			)?,
		})
	}
}

struct Registered<'a>(&'a Registry);

trait Add {
	fn add<T: Clone + Collector + 'static>(&self, metric: T) -> Result<T, PrometheusError>;
}

impl Add for Option<Registered<'_>> {
	fn add<T: Clone + Collector + 'static>(&self, metric: T) -> Result<T, PrometheusError> {
		match self {
			Some(Registered(registry)) => register(metric, registry),
			None => Ok(metric),
		}
	}
}
