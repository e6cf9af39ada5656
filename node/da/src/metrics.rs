// SPDX-License-Identifier: Apache-2.0

//! What Prometheus sees. `docs/validator.md` says what each means.

use polkadot_sdk::substrate_prometheus_endpoint::{
	exponential_buckets, linear_buckets, prometheus::core::Collector, register, Counter, CounterVec, Gauge,
	Histogram, HistogramOpts, HistogramVec, Opts, PrometheusError, Registry, F64, U64,
};

/// The numbers of one service; they count also when nobody scrapes them.
pub(crate) struct Metrics {
	/// Rows stored.
	pub(crate) rows_stored: Counter<U64>,
	/// Rows checked on arrival, by result.
	pub(crate) rows_checked: CounterVec<U64>,
	/// Rows that were pushed and refused, by reason.
	pub(crate) rows_refused: CounterVec<U64>,
	/// Rows found corrupted when read.
	pub(crate) rows_corrupted: Counter<U64>,
	/// Bytes of the row database.
	pub(crate) bytes_held: Gauge<U64>,
	/// Requests refused, by reason.
	pub(crate) refused: CounterVec<U64>,
	/// What members sent that honest ones do not send, by member (its account) and kind.
	pub(crate) faults: CounterVec<U64>,
	/// Blobs signed.
	pub(crate) shares_signed: Counter<U64>,
	/// Certificates put into the pool.
	pub(crate) certificates_submitted: Counter<U64>,
	/// Blobs published through this node, by result.
	pub(crate) published: CounterVec<U64>,
	/// Blobs read, by result.
	pub(crate) retrieved: CounterVec<U64>,
	/// Rows sampled, by result.
	pub(crate) samples: CounterVec<U64>,
	/// Repairs, by result.
	pub(crate) repairs: CounterVec<U64>,
	/// Blobs that fell back and that this node carried on, by result.
	pub(crate) fallbacks: CounterVec<U64>,
	/// Rows that this node rebuilt and that their holders, itself included, took back.
	pub(crate) rows_restored: Counter<U64>,
	/// Peers that proved to be members.
	pub(crate) members: Gauge<U64>,
	/// From a request to a peer until its answer, by kind.
	pub(crate) request_seconds: HistogramVec,
	/// From the first we heard of a blob until its certificate is on chain.
	pub(crate) certificate_seconds: Histogram,
	/// From the question for a blob until its bytes are here.
	pub(crate) retrieval_seconds: Histogram,
	/// Share of a blob's rows that its first certificate has beyond what rebuilds it.
	pub(crate) certificate_margin: Histogram,
	/// The same now, of the blob held here that has the least: see [`crate::margins`].
	pub(crate) lowest_margin: Gauge<F64>,
}

impl Metrics {
	pub(crate) fn new(registry: Option<&Registry>) -> Result<Self, PrometheusError> {
		let registry = registry.map(Registered);
		let name = |name: &str| format!("zerog_da_{name}");
		let counter = |metric: &str, help: &str| registry.add(Counter::new(name(metric), help.to_string())?);
		let gauge = |metric: &str, help: &str| registry.add(Gauge::new(name(metric), help.to_string())?);
		let by = |metric: &str, help: &str, labels: &[&str]| {
			registry.add(CounterVec::new(Opts::new(name(metric), help), labels)?)
		};
		// 5 ms to 40 s.
		let seconds = exponential_buckets(0.005, 2.0, 14)?;
		let histogram = |metric: &str, help: &str, buckets: Vec<f64>| {
			HistogramOpts::new(name(metric), help).buckets(buckets)
		};
		Ok(Self {
			rows_stored: counter("rows_stored_total", "Rows stored")?,
			rows_checked: by("rows_checked_total", "Rows checked on arrival", &["result"])?,
			rows_refused: by("rows_refused_total", "Rows pushed and refused", &["reason"])?,
			rows_corrupted: counter("rows_corrupted_total", "Rows found corrupted on disk")?,
			bytes_held: gauge("bytes_held", "Bytes of the row database")?,
			refused: by("requests_refused_total", "Requests of peers refused", &["reason"])?,
			faults: by(
				"faults_total",
				"Wrong rows and checksums by member",
				&["member", "what"],
			)?,
			shares_signed: counter("shares_signed_total", "Blobs signed for by this member")?,
			certificates_submitted: counter(
				"certificates_submitted_total",
				"Certificates put into the pool",
			)?,
			published: by(
				"published_total",
				"Blobs published through this node",
				&["result"],
			)?,
			retrieved: by("retrieved_total", "Blobs read through this node", &["result"])?,
			samples: by("samples_total", "Rows sampled at their holders", &["result"])?,
			repairs: by("repairs_total", "Repairs of blobs", &["result"])?,
			fallbacks: by(
				"fallbacks_total",
				"Tries to carry on blobs that fell back to the root network",
				&["result"],
			)?,
			rows_restored: counter("rows_restored_total", "Rebuilt rows taken back by their holders")?,
			members: gauge(
				"members_online",
				"Peers that proved to be members of present committees",
			)?,
			request_seconds: registry.add(HistogramVec::new(
				histogram("request_seconds", "Answer times of peers", seconds.clone()),
				&["kind"],
			)?)?,
			certificate_seconds: registry.add(Histogram::with_opts(histogram(
				"certificate_seconds",
				"From the first sign of a blob to its certificate on chain",
				// 50 ms to 7 minutes: the deadline.
				exponential_buckets(0.05, 2.0, 14)?,
			))?)?,
			retrieval_seconds: registry.add(Histogram::with_opts(histogram(
				"retrieval_seconds",
				"Times of successful reads",
				seconds,
			))?)?,
			certificate_margin: registry.add(Histogram::with_opts(histogram(
				"certificate_margin",
				"Share of rows certified beyond those that rebuild the blob",
				linear_buckets(0.4, 0.05, 8)?,
			))?)?,
			lowest_margin: registry.add(Gauge::new(
				name("lowest_margin"),
				"Least share of rows beyond those that rebuild the blob, of the blobs held here",
			)?)?,
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
