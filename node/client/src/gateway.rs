// SPDX-License-Identifier: Apache-2.0

//! The gateway: a node's HTTP interface for blobs.
//!
//! | request | answer |
//! |---|---|
//! | `PUT /v1/blobs/{commitment}` | 2xx once the node has taken the blob to disperse it |
//! | `GET /v1/blobs/{commitment}` | the blob |
//! | `GET /v1/blobs/{commitment}/status` | [`BlobStatus`] |
//! | `GET /v1/blobs/{commitment}/rows/{index}` | one row, then its path |
//! | `GET /v1/blobs/{commitment}/checksum` | the checksum that rows are checked with |
//! | `GET /v1/blobs/{commitment}/bad-rows` | numbers of rows that prove a signer's fault |
//! | `GET /v1/blobs/{commitment}/bad-rows/{index}` | one of them: the row, its path, the checksum |
//! | `GET /health` | 2xx while the node can serve |
//!
//! Errors come as `{"error":{"code","message"}}`. Nothing that a gateway says is believed: callers check
//! bytes against the commitment.

use crate::units::show_text;
use bytes::Bytes;
use futures::StreamExt;
use reqwest::{header, Body, Response, StatusCode, Url};
use serde::{de::DeserializeOwned, Deserialize};
use std::{convert::Infallible, fmt, net::IpAddr, time::Duration};
use zerog_erasure::Commitment;
use zerog_primitives::da::CommitteeId;

const CONNECT: Duration = Duration::from_secs(5);
/// Time for a whole blob, plus what its bytes need on a slow line.
const REQUEST: Duration = Duration::from_secs(120);
/// Time for an answer of some KiB, up to its last byte: a row, a checksum, JSON. A node has requests wait 20 s for their turn, and
/// gives the holder of a row 10 s.
const SMALL: Duration = Duration::from_secs(35);
const SLOW_BYTES_PER_SECOND: u64 = 64 * 1024;
/// Bytes handed to the connection at once, and the step of the progress.
const CHUNK_BYTES: usize = 64 * 1024;
/// The most that is read of an answer in JSON.
const JSON_BYTES: usize = 64 * 1024;
/// The most that is read of an error.
const MESSAGE_BYTES: usize = 4096;
/// The most characters of its text that are shown.
const SHOWN_CHARS: usize = 256;

/// Why the gateway did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
	/// The address is not an `http://` URL.
	#[error("`{url}` is not a gateway address: {reason}")]
	BadUrl {
		/// What was given.
		url: String,
		/// Why it was refused.
		reason: String,
	},
	/// Nobody answers there.
	#[error("no gateway answers at {url}: {reason}")]
	Unreachable {
		/// The address.
		url: String,
		/// What the attempt ended with.
		reason: String,
	},
	/// The connection broke on the way.
	#[error("the connection to the gateway broke: {0}")]
	Interrupted(String),
	/// The answer, or its end, did not come in time.
	#[error("the gateway took too long")]
	TimedOut,
	/// 402: the best chain of the gateway's node has no paid, uncertified submission of this blob.
	#[error("the gateway knows no payment for this blob: {0}")]
	PaymentRequired(String),
	/// 404: the gateway has nothing under this commitment.
	#[error("the gateway does not have this blob: {0}")]
	NotFound(String),
	/// 413: the body is larger than what was paid for.
	#[error("the gateway finds the blob too large: {0}")]
	TooLarge(String),
	/// 422: the bytes do not have this commitment.
	#[error("the gateway finds that the bytes do not match the commitment: {0}")]
	Mismatch(String),
	/// 429 or 503: not now.
	#[error("the gateway is busy: {message}")]
	Busy {
		/// What it says.
		message: String,
		/// When it wants to be asked again.
		retry_after: Option<Duration>,
	},
	/// Any other refusal.
	#[error("the gateway refused ({status} {code}): {message}")]
	Refused {
		/// The HTTP status.
		status: u16,
		/// The error's code.
		code: String,
		/// The error's text.
		message: String,
	},
	/// The answer is not what a gateway sends.
	#[error("the gateway's answer is not understood: {0}")]
	BadAnswer(String),
	/// More or fewer bytes came than are due.
	#[error("the gateway sent {got} bytes instead of {wanted}")]
	WrongLength {
		/// What is due.
		wanted: u64,
		/// What came.
		got: u64,
	},
}

impl GatewayError {
	/// Whether it may pass by itself.
	pub fn is_transient(&self) -> bool {
		matches!(
			self,
			Self::Unreachable { .. } | Self::Interrupted(_) | Self::TimedOut | Self::Busy { .. }
		)
	}

	/// What to do next.
	pub fn remedy(&self) -> String {
		match self {
			Self::BadUrl { .. } => "give the gateway as http://host:port",
			Self::Unreachable { .. } => {
				"start the node with --da-gateway, or give another one with --gateway"
			}
			Self::Interrupted(_) | Self::TimedOut | Self::Busy { .. } => {
				"run the same command again: nothing is paid twice"
			}
			Self::PaymentRequired(_) => "check that --url and --gateway lead to one chain, in sync",
			Self::NotFound(_) => "ask another node with --gateway; a quarter of the rows must be up",
			Self::TooLarge(_) | Self::Mismatch(_) => {
				"check that --url and --gateway lead to one chain and that the file stays as it is"
			}
			Self::Refused { .. } | Self::BadAnswer(_) => {
				"check that a zerog node of this version is behind --gateway"
			}
			Self::WrongLength { .. } => "ask another node with --gateway",
		}
		.into()
	}
}

/// Where a gateway sees a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
	/// Not on the best chain of the gateway's node.
	Unknown,
	/// Paid for, not certified.
	Pending,
	/// Certified.
	Certified,
}

/// A gateway's status of a blob. Numbers are absent where the chain does not know the blob.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BlobStatus {
	/// The blob.
	pub commitment: Commitment,
	/// Where it stands.
	pub state: Stage,
	/// Bytes.
	#[serde(default)]
	pub length: Option<u32>,
	/// The session whose committee holds it.
	#[serde(default)]
	pub session: Option<u32>,
	/// The network whose committee holds it.
	#[serde(default)]
	pub network: Option<u32>,
	/// The committee that did not certify it in time.
	#[serde(default)]
	pub fell_back_from: Option<CommitteeId>,
	/// Last block for a certificate.
	#[serde(default)]
	pub deadline: Option<u32>,
	/// Block in which retention ends.
	#[serde(default)]
	pub retained_until: Option<u32>,
	/// Rows of the blob.
	#[serde(default)]
	pub rows: Option<u32>,
	/// Rows that the signers hold.
	#[serde(default)]
	pub rows_signed: Option<u32>,
	/// Rows that this node holds.
	#[serde(default)]
	pub rows_held: Option<u32>,
}

/// One node's gateway. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gateway {
	http: reqwest::Client,
	base: Url,
	/// Time for an answer of some KiB.
	pub(crate) patience: Duration,
}

impl fmt::Display for Gateway {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.base.as_str().trim_end_matches('/'))
	}
}

impl Gateway {
	/// A gateway by its address, for example `http://127.0.0.1:9950`. Connects when asked something.
	pub fn new(url: &str) -> Result<Self, GatewayError> {
		let bad = |reason: &dyn fmt::Display| GatewayError::BadUrl {
			url: url.to_owned(),
			reason: reason.to_string(),
		};
		let mut base = Url::parse(url).map_err(|error| bad(&error))?;
		let host = base.host_str().ok_or_else(|| bad(&"it names no host"))?;
		if base.scheme() != "http" {
			return Err(bad(&"only http is spoken; put a proxy in front for https"));
		}
		let mut http = reqwest::Client::builder().connect_timeout(CONNECT);
		if host == "localhost"
			|| host
				.trim_matches(['[', ']'])
				.parse::<IpAddr>()
				.is_ok_and(|ip| ip.is_loopback())
		{
			http = http.no_proxy();
		}
		if !base.path().ends_with('/') {
			base.set_path(&format!("{}/", base.path()));
		}
		Ok(Self {
			http: http.build().map_err(|error| bad(&error))?,
			base,
			patience: SMALL,
		})
	}

	fn url(&self, path: &str) -> Result<Url, GatewayError> {
		let bad = |error: &dyn fmt::Display| GatewayError::BadUrl {
			url: path.to_owned(),
			reason: error.to_string(),
		};
		self.base.join(path).map_err(|error| bad(&error))
	}

	/// Hand over a blob that is paid for. `progress` is told the bytes sent so far.
	pub async fn put(
		&self,
		commitment: Commitment,
		blob: Bytes,
		progress: impl Fn(u64) + Send + Sync + 'static,
	) -> Result<(), GatewayError> {
		let length = blob.len();
		let chunks = (0..length).step_by(CHUNK_BYTES).map(move |start| {
			let end = length.min(start.saturating_add(CHUNK_BYTES));
			progress(u64::try_from(end).unwrap_or(u64::MAX));
			Ok::<_, Infallible>(blob.slice(start..end))
		});
		let request = self
			.http
			.put(self.url(&format!("v1/blobs/{commitment}"))?)
			.timeout(time_for(length))
			// Told in advance, so that the gateway can refuse before it reads.
			.header(header::CONTENT_LENGTH, length)
			.header(header::CONTENT_TYPE, "application/octet-stream")
			.body(Body::wrap_stream(futures::stream::iter(chunks)));
		accepted(self.sent(request).await?).await.map(drop)
	}

	/// Fetch a blob of `length` bytes, no more. `progress` is told the bytes received so far. The bytes are
	/// not checked.
	pub async fn get(
		&self,
		commitment: Commitment,
		length: u32,
		progress: impl Fn(u64),
	) -> Result<Vec<u8>, GatewayError> {
		let time = time_for(usize::try_from(length).unwrap_or(usize::MAX));
		self.exactly(&format!("v1/blobs/{commitment}"), length, time, progress)
			.await
	}

	/// Fetch what has `length` bytes, no more, and is some KiB.
	pub(crate) async fn small(&self, path: &str, length: u32) -> Result<Vec<u8>, GatewayError> {
		self.exactly(path, length, self.patience, |_| {}).await
	}

	/// Fetch what has `length` bytes, no more.
	async fn exactly(
		&self,
		path: &str,
		length: u32,
		time: Duration,
		progress: impl Fn(u64),
	) -> Result<Vec<u8>, GatewayError> {
		let wanted = u64::from(length);
		let capacity = usize::try_from(length).unwrap_or(usize::MAX);
		let request = self.http.get(self.url(path)?).timeout(time);
		let response = accepted(self.sent(request).await?).await?;
		if let Some(got) = response.content_length().filter(|got| *got != wanted) {
			return Err(GatewayError::WrongLength { wanted, got });
		}
		let mut blob = Vec::with_capacity(capacity);
		let mut chunks = response.bytes_stream();
		while let Some(chunk) = chunks.next().await {
			blob.extend_from_slice(&chunk.map_err(interrupted)?);
			let got = u64::try_from(blob.len()).unwrap_or(u64::MAX);
			if got > wanted {
				return Err(GatewayError::WrongLength { wanted, got });
			}
			progress(got);
		}
		match u64::try_from(blob.len()) {
			Ok(got) if got == wanted => Ok(blob),
			got => Err(GatewayError::WrongLength {
				wanted,
				got: got.unwrap_or(u64::MAX),
			}),
		}
	}

	/// Where the gateway sees a blob.
	pub async fn status(&self, commitment: Commitment) -> Result<BlobStatus, GatewayError> {
		self.json(&format!("v1/blobs/{commitment}/status")).await
	}

	/// Fetch what is JSON.
	pub(crate) async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, GatewayError> {
		let request = self.http.get(self.url(path)?).timeout(self.patience);
		let response = accepted(self.sent(request).await?).await?;
		let mut body = Vec::new();
		read(response, JSON_BYTES, &mut body).await?;
		serde_json::from_slice(&body).map_err(|error| GatewayError::BadAnswer(shown(&error.to_string())))
	}

	/// Whether the node behind the gateway can serve.
	pub async fn health(&self) -> Result<(), GatewayError> {
		let request = self.http.get(self.url("health")?).timeout(CONNECT);
		accepted(self.sent(request).await?).await.map(drop)
	}

	async fn sent(&self, request: reqwest::RequestBuilder) -> Result<Response, GatewayError> {
		request.send().await.map_err(|error| match error.is_connect() {
			true => GatewayError::Unreachable {
				url: self.to_string(),
				reason: cause(&error),
			},
			false => interrupted(error),
		})
	}
}

/// The response if it is a success, else the error that it carries.
async fn accepted(response: Response) -> Result<Response, GatewayError> {
	let status = response.status();
	if status.is_success() {
		return Ok(response);
	}
	let seconds = |value: &header::HeaderValue| value.to_str().ok()?.parse().ok().map(Duration::from_secs);
	let retry_after = response.headers().get(header::RETRY_AFTER).and_then(seconds);

	#[derive(Default, Deserialize)]
	struct Answer {
		error: Detail,
	}
	#[derive(Default, Deserialize)]
	struct Detail {
		code: String,
		message: String,
	}
	let mut body = Vec::new();
	// What came may say enough, also where the connection broke.
	read(response, MESSAGE_BYTES, &mut body).await.ok();
	let Detail { code, message } = serde_json::from_slice(&body)
		.unwrap_or_else(|_| Answer::default())
		.error;
	let (code, message) = (shown(&code), shown(&message));
	let message = match message.is_empty() {
		true => status.canonical_reason().unwrap_or("no reason given").to_owned(),
		false => message,
	};
	Err(match status {
		StatusCode::PAYMENT_REQUIRED => GatewayError::PaymentRequired(message),
		StatusCode::NOT_FOUND => GatewayError::NotFound(message),
		StatusCode::PAYLOAD_TOO_LARGE => GatewayError::TooLarge(message),
		StatusCode::UNPROCESSABLE_ENTITY => GatewayError::Mismatch(message),
		StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
			GatewayError::Busy { message, retry_after }
		}
		// It saw the connection break; so will the next attempt see whether it holds.
		StatusCode::REQUEST_TIMEOUT => GatewayError::Interrupted(message),
		_ if code == "truncated_body" => GatewayError::Interrupted(message),
		_ => GatewayError::Refused {
			status: status.as_u16(),
			code,
			message,
		},
	})
}

/// Add the body of a response to `body`; one that is longer than `limit` is an error, and not read on.
async fn read(response: Response, limit: usize, body: &mut Vec<u8>) -> Result<(), GatewayError> {
	let mut chunks = response.bytes_stream();
	while let Some(chunk) = chunks.next().await {
		body.extend_from_slice(&chunk.map_err(interrupted)?);
		if body.len() > limit {
			return Err(GatewayError::BadAnswer(format!(
				"it is longer than {limit} bytes"
			)));
		}
	}
	Ok(())
}

/// A gateway's text, short and for a terminal.
fn shown(text: &str) -> String {
	show_text(text).chars().take(SHOWN_CHARS).collect()
}

fn time_for(bytes: usize) -> Duration {
	let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
	REQUEST.saturating_add(Duration::from_secs(bytes / SLOW_BYTES_PER_SECOND))
}

fn interrupted(error: reqwest::Error) -> GatewayError {
	match error.is_timeout() {
		true => GatewayError::TimedOut,
		false => GatewayError::Interrupted(cause(&error)),
	}
}

/// The innermost cause: "connection reset" rather than "error sending request".
fn cause(error: &reqwest::Error) -> String {
	match error.is_timeout() {
		true => "it took too long".into(),
		false => crate::error::root_cause(error),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::{Arc, Mutex};
	use tokio::{
		io::{AsyncReadExt, AsyncWriteExt},
		net::TcpListener,
	};

	const BLOB: Commitment = Commitment([0xab; 32]);

	/// A server that answers one request with `answer` and hands out what it was asked.
	async fn serve(answer: impl Into<Vec<u8>>) -> (Gateway, tokio::task::JoinHandle<(String, Vec<u8>)>) {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		let answer = answer.into();
		let task = tokio::spawn(async move {
			let (mut stream, _) = listener.accept().await.unwrap();
			let mut bytes = Vec::new();
			let head = loop {
				let mut buffer = [0u8; 4096];
				let read = stream.read(&mut buffer).await.unwrap();
				bytes.extend_from_slice(&buffer[..read]);
				if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
					break end + 4;
				}
			};
			let mut body = bytes.split_off(head);
			let head = String::from_utf8(bytes).unwrap();
			let length = head
				.lines()
				.find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
			let mut rest = vec![0; length.unwrap_or(0usize) - body.len()];
			stream.read_exact(&mut rest).await.unwrap();
			body.extend(rest);
			stream.write_all(&answer).await.unwrap();
			(head, body)
		});
		(Gateway::new(&url).unwrap(), task)
	}

	fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
		let body = body.as_ref();
		let head = format!(
			"HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}connection: close\r\n\r\n",
			body.len()
		);
		[head.as_bytes(), body].concat()
	}

	#[tokio::test]
	async fn a_blob_is_put_with_its_length_told_in_advance() {
		let (gateway, served) = serve(answer("202 Accepted", "", "")).await;
		let blob: Bytes = (0..200_000u32).map(|i| i as u8).collect::<Vec<_>>().into();
		let seen = Arc::new(Mutex::new(Vec::new()));
		let told = seen.clone();
		gateway
			.put(BLOB, blob.clone(), move |sent| told.lock().unwrap().push(sent))
			.await
			.unwrap();
		let (head, body) = served.await.unwrap();
		assert!(
			head.starts_with(&format!("PUT /v1/blobs/{BLOB} HTTP/1.1")),
			"{head}"
		);
		assert!(head.to_lowercase().contains("content-length: 200000"), "{head}");
		assert!(!head.to_lowercase().contains("transfer-encoding"), "{head}");
		assert_eq!(body, blob);
		assert_eq!(*seen.lock().unwrap(), [65_536, 131_072, 196_608, 200_000]);
	}

	#[tokio::test]
	async fn each_refusal_has_its_error() {
		let text = r#"{"error":{"code":"some_code","message":"the reason"}}"#;
		let message = || "the reason".to_owned();
		let retry_after = Some(Duration::from_secs(3));
		let expected = [
			("402 Payment Required", GatewayError::PaymentRequired(message())),
			("404 Not Found", GatewayError::NotFound(message())),
			("413 Payload Too Large", GatewayError::TooLarge(message())),
			("422 Unprocessable Entity", GatewayError::Mismatch(message())),
			(
				"429 Too Many Requests",
				GatewayError::Busy {
					message: message(),
					retry_after,
				},
			),
			(
				"503 Service Unavailable",
				GatewayError::Busy {
					message: message(),
					retry_after,
				},
			),
			(
				"409 Conflict",
				GatewayError::Refused {
					status: 409,
					code: "some_code".into(),
					message: message(),
				},
			),
			(
				"500 Internal Server Error",
				GatewayError::Refused {
					status: 500,
					code: "some_code".into(),
					message: message(),
				},
			),
		];
		for (status, error) in expected {
			let (gateway, _served) = serve(answer(status, "retry-after: 3\r\n", text)).await;
			let got = gateway.put(BLOB, Bytes::from_static(b"x"), |_| {}).await;
			assert_eq!(got, Err(error.clone()));
			assert_eq!(
				error.is_transient(),
				status.starts_with("429") || status.starts_with("503")
			);
		}
	}

	#[tokio::test]
	async fn a_refusal_without_a_readable_body_keeps_its_meaning() {
		let (gateway, _served) = serve(answer("404 Not Found", "", "<html>")).await;
		assert_eq!(
			gateway.status(BLOB).await,
			Err(GatewayError::NotFound("Not Found".into()))
		);
	}

	#[tokio::test]
	async fn a_status_is_read_with_and_without_numbers() {
		let full = format!(
			r#"{{"commitment":"{BLOB}","state":"certified","length":5,"session":2,"network":0,
			"fell_back_from":{{"session":1,"network":3}},"deadline":9,
			"retained_until":100,"rows":2048,"rows_signed":1536,"rows_held":512}}"#
		);
		let (gateway, served) = serve(answer("200 OK", "", full)).await;
		let status = gateway.status(BLOB).await.unwrap();
		assert_eq!(
			(status.state, status.rows_signed, status.rows_held),
			(Stage::Certified, Some(1536), Some(512))
		);
		assert_eq!(
			(status.network, status.fell_back_from),
			(Some(0), Some(CommitteeId::new(3, 1)))
		);
		assert!(served
			.await
			.unwrap()
			.0
			.starts_with(&format!("GET /v1/blobs/{BLOB}/status")));

		let bare = format!(r#"{{"commitment":"{BLOB}","state":"unknown","length":null}}"#);
		let (gateway, _served) = serve(answer("200 OK", "", bare)).await;
		assert_eq!(gateway.status(BLOB).await.unwrap().state, Stage::Unknown);
	}

	#[tokio::test]
	async fn a_blob_is_fetched_when_it_has_its_length_and_refused_otherwise() {
		let (gateway, _served) = serve(answer("200 OK", "", "hello")).await;
		assert_eq!(gateway.get(BLOB, 5, |_| {}).await.unwrap(), b"hello");
		for wanted in [4, 6] {
			let (gateway, _served) = serve(answer("200 OK", "", "hello")).await;
			let error = GatewayError::WrongLength {
				wanted: wanted.into(),
				got: 5,
			};
			assert_eq!(gateway.get(BLOB, wanted, |_| {}).await, Err(error));
		}
		// Without a length in advance, reading stops at the first byte too many.
		let endless = [
			b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(),
			&[b'x'; 10_000],
		]
		.concat();
		let (gateway, _served) = serve(endless).await;
		assert!(matches!(
			gateway.get(BLOB, 100, |_| {}).await,
			Err(GatewayError::WrongLength { wanted: 100, .. })
		));
	}

	#[tokio::test]
	async fn a_connection_that_breaks_is_transient() {
		let (gateway, _served) = serve("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort").await;
		let error = gateway.get(BLOB, 100, |_| {}).await.unwrap_err();
		assert!(
			matches!(error, GatewayError::Interrupted(_)) && error.is_transient(),
			"{error:?}"
		);
	}

	#[tokio::test]
	async fn an_endless_answer_is_read_up_to_a_limit() {
		let too_long = GatewayError::BadAnswer("it is longer than 65536 bytes".into());
		let refused = GatewayError::NotFound("Not Found".into());
		for (status, error) in [("200 OK", too_long), ("404 Not Found", refused)] {
			let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
			let gateway = Gateway::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
			let served = tokio::spawn(async move {
				let (mut stream, _) = listener.accept().await.unwrap();
				let mut request = Vec::new();
				while !request.ends_with(b"\r\n\r\n") {
					request.push(stream.read_u8().await.unwrap());
				}
				let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
				stream.write_all(head.as_bytes()).await.unwrap();
				while stream.write_all(&[b' '; 4096]).await.is_ok() {}
			});
			assert_eq!(gateway.status(BLOB).await, Err(error));
			// It ends because nobody reads any more.
			served.await.unwrap();
		}
	}

	#[tokio::test]
	async fn an_answer_that_does_not_come_is_not_waited_for() {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let mut gateway = Gateway::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
		gateway.patience = Duration::from_millis(50);
		assert_eq!(gateway.status(BLOB).await, Err(GatewayError::TimedOut));
		assert_eq!(gateway.small("row", 256).await, Err(GatewayError::TimedOut));
		assert!(GatewayError::TimedOut.is_transient());
	}

	#[tokio::test]
	async fn what_a_gateway_says_is_one_short_line_whatever_it_contains() {
		let long = "x".repeat(2_000);
		let text =
			format!(r#"{{"error":{{"code":"a\u001b[2Jb","message":"two\nlines\u009b it's {long}"}}}}"#);
		let (gateway, _served) = serve(answer("500 Internal Server Error", "", text)).await;
		let error = gateway.status(BLOB).await.unwrap_err();
		assert!(!error.to_string().contains(char::is_control), "{error}");
		let GatewayError::Refused { code, message, .. } = error else {
			panic!("{error:?}")
		};
		assert_eq!(code, r"a\u{1b}[2Jb");
		assert!(message.starts_with(r"two\nlines\u{9b} it's xxx"), "{message}");
		assert_eq!(message.chars().count(), SHOWN_CHARS);

		let strange = format!(r#"{{"commitment":"{BLOB}","state":"\u001b[2J{long}"}}"#);
		let (gateway, _served) = serve(answer("200 OK", "", strange)).await;
		let error = gateway.status(BLOB).await.unwrap_err();
		assert!(matches!(error, GatewayError::BadAnswer(_)), "{error:?}");
		let said = error.to_string();
		assert!(!said.contains(char::is_control) && said.len() < 400, "{said}");
	}

	#[tokio::test]
	async fn nobody_there_is_told_as_such() {
		let free = TcpListener::bind("127.0.0.1:0")
			.await
			.unwrap()
			.local_addr()
			.unwrap();
		let error = Gateway::new(&format!("http://{free}"))
			.unwrap()
			.health()
			.await
			.unwrap_err();
		assert!(
			matches!(error, GatewayError::Unreachable { .. }) && error.is_transient(),
			"{error:?}"
		);
		assert!(error.to_string().contains("refused"), "{error}");
	}

	#[test]
	fn addresses_that_are_no_gateways_are_refused() {
		for url in [
			"",
			"127.0.0.1:9950",
			"https://host",
			"ws://127.0.0.1:9944",
			"http://",
		] {
			assert!(
				matches!(Gateway::new(url), Err(GatewayError::BadUrl { .. })),
				"{url}"
			);
		}
		assert_eq!(
			Gateway::new("http://127.0.0.1:9950").unwrap().to_string(),
			"http://127.0.0.1:9950"
		);
	}
}
