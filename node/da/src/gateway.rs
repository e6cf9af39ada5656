// SPDX-License-Identifier: Apache-2.0

//! The HTTP gateway: blobs in and out over the loopback interface.
//!
//! | request | answer |
//! |---|---|
//! | `PUT /v1/blobs/{commitment}` | 200 when members hold two thirds of the rows, or it is certified already |
//! | `GET /v1/blobs/{commitment}` | the bytes; one `Range` gives 206 |
//! | `GET /v1/blobs/{commitment}/status` | [`crate::BlobStatus`] as JSON |
//! | `GET /v1/blobs/{commitment}/rows/{index}` | one checked row: its bytes, then its path from the leaf up; or JSON |
//! | `GET /v1/blobs/{commitment}/checksum` | the checksum, 20 bytes for each of the `K` rows |
//! | `GET /v1/blobs/{commitment}/bad-rows` | the rows that prove a signer's fault, as far as this node was given any: JSON |
//! | `GET /v1/blobs/{commitment}/bad-rows/{index}` | one of them: its bytes, its path, the checksum |
//! | `GET /health` | height, members online, and why rows cannot be stored if that is so |
//!
//! [`zerog_da_wire::gateway`] reads what is asked. Whether an upload is paid for is decided before its first byte is read.
//! Errors are `{"error":{"code":"payment_required","message":"…"}}`; 503 comes with `Retry-After`.
//!
//! [`crate::Limits`] bounds the connections, the uploads, and what clients have not taken yet. Whoever is slower than
//! [`crate::MIN_RATE`] for too long is cut off.

use crate::{
	disperser::PublishError, node::LOG, service::Handle, BadRow, ChainError, Published, RetrieveError,
	SampleError, Sampled, MIN_RATE,
};
use axum::{
	body::Body,
	extract::{Request, State},
	http::{
		header::{
			ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
			ETAG, RETRY_AFTER, VARY,
		},
		HeaderMap, HeaderValue, Method, StatusCode,
	},
	response::{IntoResponse, Response},
	Json, Router,
};
use bytes::Bytes;
use futures::StreamExt;
use hyper::server::conn::http1;
use hyper_util::{
	rt::{TokioIo, TokioTimer},
	service::TowerToHyperService,
};
use parking_lot::Mutex;
use serde_json::json;
use std::{
	collections::HashSet,
	future::Future,
	io,
	net::TcpListener,
	pin::{pin, Pin},
	sync::Arc,
	task::{Context, Poll},
	time::Duration,
};
use tokio::{
	io::{AsyncRead, AsyncWrite, ReadBuf},
	sync::{watch, OwnedSemaphorePermit, Semaphore},
	time::{Instant, Sleep},
};
use zerog_da_wire::gateway::{parse, Asked, ByteRange, Refused};
use zerog_erasure::Commitment;

/// Pause after a connection that could not be accepted: it is gone, or there are too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// The gateway and what its clients share.
#[derive(Clone)]
pub(crate) struct Gateway {
	handle: Handle,
	uploads: Arc<Mutex<HashSet<Commitment>>>,
	/// A permit for each byte.
	unread: Arc<Semaphore>,
}

impl Gateway {
	pub(crate) fn new(handle: Handle) -> Self {
		let unread = Arc::new(Semaphore::new(handle.limits().unread_bytes));
		Self {
			handle,
			uploads: Default::default(),
			unread,
		}
	}

	/// A place for an upload.
	fn place(&self, commitment: Commitment) -> Result<Place, Failure> {
		let mut uploads = self.uploads.lock();
		if uploads.contains(&commitment) {
			return Err(Failure::retry("busy", "this blob is being uploaded already", 2));
		}
		if uploads.len() >= self.handle.limits().uploads {
			let message = "as many uploads as allowed are running";
			return Err(Failure::retry("busy", message, 2));
		}
		uploads.insert(commitment);
		Ok(Place {
			uploads: self.uploads.clone(),
			commitment,
		})
	}
}

/// The place of an upload, until it ends.
struct Place {
	uploads: Arc<Mutex<HashSet<Commitment>>>,
	commitment: Commitment,
}

impl Drop for Place {
	fn drop(&mut self) {
		self.uploads.lock().remove(&self.commitment);
	}
}

/// Bytes of a blob that count as unread as long as they are in memory.
struct Unread {
	bytes: Bytes,
	_permit: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Unread {
	fn as_ref(&self) -> &[u8] {
		&self.bytes
	}
}

/// How long the slowest client takes for so many bytes.
fn slowest(bytes: usize) -> Duration {
	Duration::from_secs_f64(bytes as f64 / f64::from(MIN_RATE))
}

fn after(start: Instant, time: Duration) -> Instant {
	start.checked_add(time).unwrap_or(start)
}

/// A connection that breaks when its client does not take what is written to it.
struct Patient<S> {
	stream: S,
	patience: Duration,
	/// When it breaks, if bytes had to wait since the last time that all were taken. Each byte taken puts it off.
	end: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
	fn watch(
		&mut self,
		context: &mut Context<'_>,
		written: Poll<io::Result<usize>>,
	) -> Poll<io::Result<usize>> {
		let latest = after(Instant::now(), self.patience);
		match (&written, &mut self.end) {
			(Poll::Pending, end) => {
				let end = end.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(latest)));
				let ended = end.as_mut().poll(context);
				return ended.map(|()| Err(io::ErrorKind::TimedOut.into()));
			}
			(Poll::Ready(Ok(bytes)), Some(end)) => {
				let later = after(end.deadline(), slowest(*bytes));
				end.as_mut().reset(later.min(latest));
			}
			_ => {}
		}
		written
	}
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
	fn poll_read(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		buffer: &mut ReadBuf<'_>,
	) -> Poll<io::Result<()>> {
		Pin::new(&mut self.stream).poll_read(context, buffer)
	}
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
	fn poll_write(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		bytes: &[u8],
	) -> Poll<io::Result<usize>> {
		let written = Pin::new(&mut self.stream).poll_write(context, bytes);
		self.watch(context, written)
	}

	fn poll_write_vectored(
		mut self: Pin<&mut Self>,
		context: &mut Context<'_>,
		bytes: &[io::IoSlice<'_>],
	) -> Poll<io::Result<usize>> {
		let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
		self.watch(context, written)
	}

	fn is_write_vectored(&self) -> bool {
		self.stream.is_write_vectored()
	}

	fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		self.end = None;
		Pin::new(&mut self.stream).poll_flush(context)
	}

	fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
		Pin::new(&mut self.stream).poll_shutdown(context)
	}
}

/// An error as the client sees it.
struct Failure {
	status: StatusCode,
	code: &'static str,
	message: String,
	/// Seconds after which a repetition makes sense.
	retry_after: Option<u32>,
	/// Length of the blob, for 416.
	length: Option<u32>,
	/// The methods that there are, for 405.
	allow: Option<&'static str>,
}

impl Failure {
	fn new(status: StatusCode, code: &'static str, message: impl ToString) -> Self {
		Self {
			status,
			code,
			message: message.to_string(),
			retry_after: None,
			length: None,
			allow: None,
		}
	}

	fn retry(code: &'static str, message: impl ToString, seconds: u32) -> Self {
		Self {
			retry_after: Some(seconds),
			..Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message)
		}
	}
}

impl IntoResponse for Failure {
	fn into_response(self) -> Response {
		let body = Json(json!({ "error": { "code": self.code, "message": self.message } }));
		let mut response = (self.status, body).into_response();
		let headers = response.headers_mut();
		if let Some(seconds) = self.retry_after {
			headers.insert(RETRY_AFTER, seconds.into());
		}
		if let Some(length) = self.length {
			insert(headers, CONTENT_RANGE, &format!("bytes */{length}"));
		}
		if let Some(allow) = self.allow {
			headers.insert(ALLOW, HeaderValue::from_static(allow));
		}
		response
	}
}

fn insert(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
	if let Ok(value) = HeaderValue::from_str(value) {
		headers.insert(name, value);
	}
}

impl From<Refused> for Failure {
	fn from(refused: Refused) -> Self {
		let allow = match refused {
			Refused::MethodNotAllowed(allow) => Some(allow),
			_ => None,
		};
		Self {
			allow,
			..Self::new(refused.status(), refused.code(), refused)
		}
	}
}

impl From<PublishError> for Failure {
	fn from(error: PublishError) -> Self {
		match error {
			PublishError::NotPaid | PublishError::WrongLength { .. } => {
				Self::new(StatusCode::PAYMENT_REQUIRED, "payment_required", error)
			}
			PublishError::WrongCommitment => {
				Self::new(StatusCode::UNPROCESSABLE_ENTITY, "wrong_commitment", error)
			}
			PublishError::Busy => Self::retry("busy", error, 2),
			PublishError::Unreachable { .. } => Self::retry("committee_unreachable", error, 5),
			PublishError::Chain(error) => error.into(),
			PublishError::Internal => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error),
		}
	}
}

impl From<RetrieveError> for Failure {
	fn from(error: RetrieveError) -> Self {
		match error {
			RetrieveError::Unknown => Self::new(StatusCode::NOT_FOUND, "unknown_blob", error),
			RetrieveError::NotCertified => Self {
				retry_after: Some(3),
				..Self::new(StatusCode::NOT_FOUND, "not_certified", error)
			},
			RetrieveError::OutOfRange { length } => {
				let failure = Self::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", error);
				Self {
					length: Some(length),
					..failure
				}
			}
			RetrieveError::Busy => Self::retry("busy", error, 2),
			RetrieveError::NoChecksum | RetrieveError::NotEnoughRows { .. } => {
				Self::retry("rows_missing", error, 5)
			}
			RetrieveError::Chain(error) => error.into(),
			RetrieveError::Internal => Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error),
		}
	}
}

impl From<SampleError> for Failure {
	fn from(error: SampleError) -> Self {
		match error {
			SampleError::NoSuchRow { .. } => Self::new(StatusCode::NOT_FOUND, "no_such_row", error),
			SampleError::Missing { .. } => Self::new(StatusCode::BAD_GATEWAY, "row_missing", error),
			SampleError::Retrieve(error) => error.into(),
		}
	}
}

impl From<ChainError> for Failure {
	fn from(error: ChainError) -> Self {
		Self::retry("chain_unavailable", error, 3)
	}
}

/// Serve the gateway; forever when there is none.
pub(crate) async fn serve(listener: Option<TcpListener>, handle: Handle) -> io::Error {
	let Some(listener) = listener else {
		return futures::future::pending().await;
	};
	let listener = match tokio::net::TcpListener::from_std(listener) {
		Ok(listener) => listener,
		Err(error) => return error,
	};
	let connections = Arc::new(Semaphore::new(handle.limits().connections));
	let gateway = Gateway::new(handle);
	// Nothing is sent: that this end of it is gone tells the connections to finish.
	let (_service, end) = watch::channel(());
	loop {
		let permit = match connections.clone().acquire_owned().await {
			Ok(permit) => permit,
			Err(closed) => return io::Error::other(closed),
		};
		match listener.accept().await {
			Ok((stream, _)) => {
				let connection = converse(gateway.clone(), stream, end.clone());
				tokio::spawn(async move {
					connection.await;
					drop(permit);
				});
			}
			Err(error) => {
				log::warn!(target: LOG, "the gateway cannot accept a connection: {error}");
				tokio::time::sleep(PAUSE).await;
			}
		}
	}
}

/// Answer the requests of one connection, until it ends. When the service does, the answer that is under way is the last.
pub(crate) async fn converse(
	gateway: Gateway,
	stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
	mut end: watch::Receiver<()>,
) {
	let limits = gateway.handle.limits();
	let mut http = http1::Builder::new();
	http.timer(TokioTimer::new())
		.header_read_timeout(limits.header_timeout)
		// Nothing is copied on the way out, so that what waits there is still counted.
		.writev(true);
	let stream = Patient {
		stream,
		patience: limits.answer_idle,
		end: None,
	};
	let router: Router = Router::new().fallback(answer).with_state(gateway);
	let mut connection = pin!(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
	let ended = tokio::select! {
		ended = connection.as_mut() => ended,
		_ = end.changed() => {
			connection.as_mut().graceful_shutdown();
			connection.await
		}
	};
	if let Err(error) = ended {
		log::debug!(target: LOG, "a connection to the gateway broke: {error}");
	}
}

async fn answer(State(gateway): State<Gateway>, request: Request) -> Response {
	let (head, body) = request.into_parts();
	let done = match parse(&head.method, head.uri.path(), &head.headers) {
		Ok(Asked::Upload { commitment, length }) => upload(&gateway, commitment, length, body).await,
		Ok(Asked::Download { commitment, range }) => {
			download(&gateway, commitment, range, &head.method).await
		}
		Ok(Asked::Status(commitment)) => status(&gateway, commitment).await,
		Ok(Asked::Row {
			commitment,
			index,
			json,
		}) => row(&gateway, commitment, index, json).await,
		Ok(Asked::Checksum(commitment)) => checksum(&gateway, commitment).await,
		Ok(Asked::BadRows(commitment)) => Ok(bad_rows(&gateway, commitment)),
		Ok(Asked::BadRow { commitment, index }) => bad_row(&gateway, commitment, index),
		Ok(Asked::Health) => Ok(health(&gateway)),
		Err(refused) => Err(refused.into()),
	};
	done.unwrap_or_else(|failure| {
		let mut response = failure.into_response();
		if head.method == Method::PUT {
			// The body was not read to its end: the connection cannot be used for another request.
			let close = HeaderValue::from_static("close");
			response.headers_mut().insert(CONNECTION, close);
		}
		response
	})
}

fn published(published: Published) -> Response {
	Json(json!({
		"commitment": published.commitment,
		"state": if published.certified { "certified" } else { "pending" },
		"rows": published.rows,
		"rows_pushed": published.rows_pushed,
	}))
	.into_response()
}

async fn upload(
	gateway: &Gateway,
	commitment: Commitment,
	length: u32,
	body: Body,
) -> Result<Response, Failure> {
	if let Some(done) = gateway.handle.admit(commitment, length.into())? {
		return Ok(published(done));
	}
	let _place = gateway.place(commitment)?;
	let body = read(body, usize::try_from(length).unwrap_or(usize::MAX), gateway).await?;
	Ok(published(gateway.handle.publish(commitment, body).await?))
}

/// The body, exactly `length` bytes of it.
async fn read(body: Body, length: usize, gateway: &Gateway) -> Result<Bytes, Failure> {
	let idle = gateway.handle.limits().upload_idle;
	let end = after(Instant::now(), idle.saturating_add(slowest(length)));
	let truncated = |message: &str| Failure::new(StatusCode::BAD_REQUEST, "truncated_body", message);
	let mut stream = body.into_data_stream();
	let mut bytes = Vec::with_capacity(length);
	loop {
		let silent = after(Instant::now(), idle);
		let next = tokio::time::timeout_at(end.min(silent), stream.next()).await;
		let chunk = match next {
			Err(_) => {
				return Err(Failure::new(
					StatusCode::REQUEST_TIMEOUT,
					"upload_stalled",
					"the bytes did not come in time",
				))
			}
			Ok(None) => break,
			Ok(Some(Err(_))) => return Err(truncated("the connection broke in the middle of the body")),
			Ok(Some(Ok(chunk))) => chunk,
		};
		if bytes.len().saturating_add(chunk.len()) > length {
			let message = "the body is longer than its Content-Length";
			return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message));
		}
		bytes.extend_from_slice(&chunk);
	}
	if bytes.len() < length {
		return Err(truncated("the body is shorter than its Content-Length"));
	}
	Ok(bytes.into())
}

async fn download(
	gateway: &Gateway,
	commitment: Commitment,
	asked: Option<ByteRange>,
	method: &Method,
) -> Result<Response, Failure> {
	let length = gateway.handle.length(commitment)?;
	let (range, status) = match asked {
		None => (0..length, StatusCode::OK),
		Some(asked) => {
			let range = asked.within(length).ok_or(RetrieveError::OutOfRange { length })?;
			(range, StatusCode::PARTIAL_CONTENT)
		}
	};
	let mut response = if *method == Method::HEAD {
		let mut response = status.into_response();
		response.headers_mut().insert(CONTENT_LENGTH, range.len().into());
		response
	} else {
		let permit = gateway
			.unread
			.clone()
			.try_acquire_many_owned(range.end.saturating_sub(range.start))
			.map_err(|_| Failure::retry("busy", "too much of what is read was not taken yet", 2))?;
		let mut bytes = gateway.handle.retrieve_range(commitment, range.clone()).await?;
		if status == StatusCode::PARTIAL_CONTENT {
			// It may be a part of the whole blob in memory.
			bytes = Bytes::copy_from_slice(&bytes);
		}
		let unread = Unread {
			bytes,
			_permit: permit,
		};
		(status, Bytes::from_owner(unread)).into_response()
	};
	let headers = response.headers_mut();
	headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
	headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
	headers.insert(
		CACHE_CONTROL,
		HeaderValue::from_static("public, immutable, max-age=31536000"),
	);
	insert(headers, ETAG, &format!("\"{commitment}\""));
	if status == StatusCode::PARTIAL_CONTENT {
		let last = range.end.saturating_sub(1);
		insert(
			headers,
			CONTENT_RANGE,
			&format!("bytes {}-{last}/{length}", range.start),
		);
	}
	Ok(response)
}

async fn status(gateway: &Gateway, commitment: Commitment) -> Result<Response, Failure> {
	Ok(Json(gateway.handle.status(commitment).await?).into_response())
}

async fn row(gateway: &Gateway, commitment: Commitment, index: u32, json: bool) -> Result<Response, Failure> {
	let Sampled { row, member } = gateway.handle.row(commitment, index).await?;
	let mut response = if json {
		let hex = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
		let path: Vec<String> = row.path.iter().map(|hash| hex(hash)).collect();
		Json(json!({ "index": row.index, "data": hex(&row.data), "path": path, "member": member }))
			.into_response()
	} else {
		let mut bytes = row.data;
		bytes.extend(row.path.concat());
		octets(bytes.into())
	};
	insert(response.headers_mut(), VARY, "accept");
	Ok(response)
}

async fn checksum(gateway: &Gateway, commitment: Commitment) -> Result<Response, Failure> {
	Ok(octets(gateway.handle.checksum(commitment).await?))
}

fn bad_rows(gateway: &Gateway, commitment: Commitment) -> Response {
	let rows = gateway.handle.bad_rows(commitment);
	let one = |bad: &BadRow| json!({ "index": bad.row.index, "member": bad.member });
	let rows: Vec<_> = rows.iter().map(one).collect();
	Json(json!({ "commitment": commitment, "rows": rows })).into_response()
}

fn bad_row(gateway: &Gateway, commitment: Commitment, index: u32) -> Result<Response, Failure> {
	let rows = gateway.handle.bad_rows(commitment);
	let bad = rows.into_iter().find(|bad| bad.row.index == index);
	let bad = bad.ok_or_else(|| {
		let message = "this node was not given such a row by a signer";
		Failure::new(StatusCode::NOT_FOUND, "no_bad_row", message)
	})?;
	let mut bytes = bad.row.data;
	bytes.extend(bad.row.path.concat());
	bytes.extend(bad.checksum);
	Ok(octets(bytes.into()))
}

fn octets(bytes: Bytes) -> Response {
	([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
}

fn health(gateway: &Gateway) -> Response {
	let (online, members) = gateway.handle.members_online();
	// Reading and publishing go on all the same.
	let reason = gateway.handle.cannot_store();
	Json(json!({
		"status": if reason.is_some() { "cannot_store" } else { "ok" },
		"reason": reason,
		"best": gateway.handle.best_number(),
		"members_online": online,
		"members": members,
	}))
	.into_response()
}
