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
//! | `GET /health` | height and members online |
//!
//! Whether an upload is paid for is decided before its first byte is read. Errors are
//! `{"error":{"code":"payment_required","message":"…"}}`; 503 comes with `Retry-After`.

use crate::{
	disperser::PublishError, service::Handle, ChainError, Published, RetrieveError, SampleError, Sampled,
};
use axum::{
	body::Body,
	extract::{Path, Request, State},
	http::{
		header::{
			ACCEPT, ACCEPT_RANGES, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
			ETAG, RANGE, RETRY_AFTER, VARY,
		},
		HeaderMap, HeaderValue, Method, StatusCode,
	},
	response::{IntoResponse, Response},
	routing::get,
	Json, Router,
};
use bytes::Bytes;
use futures::StreamExt;
use serde_json::json;
use std::{net::TcpListener, ops::Range, sync::Arc};
use tokio::sync::Semaphore;
use zerog_erasure::{Commitment, MAX_BLOB_BYTES};

#[derive(Clone)]
struct Gateway {
	handle: Handle,
	uploads: Arc<Semaphore>,
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
}

impl Failure {
	fn new(status: StatusCode, code: &'static str, message: impl ToString) -> Self {
		Self {
			status,
			code,
			message: message.to_string(),
			retry_after: None,
			length: None,
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
		response
	}
}

fn insert(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
	if let Ok(value) = HeaderValue::from_str(value) {
		headers.insert(name, value);
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
pub(crate) async fn serve(listener: Option<TcpListener>, handle: Handle) -> std::io::Error {
	let Some(listener) = listener else {
		return futures::future::pending().await;
	};
	let uploads = Arc::new(Semaphore::new(handle.limits().uploads));
	let router = Router::new()
		.route("/v1/blobs/{commitment}", get(download).put(upload))
		.route("/v1/blobs/{commitment}/status", get(status))
		.route("/v1/blobs/{commitment}/rows/{index}", get(row))
		.route("/v1/blobs/{commitment}/checksum", get(checksum))
		.route("/health", get(health))
		.fallback(|| async {
			Failure::new(
				StatusCode::NOT_FOUND,
				"not_found",
				"there is nothing at this path",
			)
		})
		.method_not_allowed_fallback(|| async {
			Failure::new(
				StatusCode::METHOD_NOT_ALLOWED,
				"method_not_allowed",
				"this path has no such method",
			)
		})
		.with_state(Gateway { handle, uploads });
	let serve = async { axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await };
	serve
		.await
		.err()
		.unwrap_or_else(|| std::io::Error::other("it stopped"))
}

fn parse(commitment: &str) -> Result<Commitment, Failure> {
	commitment
		.parse()
		.map_err(|error| Failure::new(StatusCode::BAD_REQUEST, "bad_commitment", error))
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
	State(gateway): State<Gateway>,
	Path(commitment): Path<String>,
	request: Request,
) -> Response {
	match take(&gateway, &commitment, request).await {
		Ok(response) => response,
		Err(failure) => {
			// The body was not read to its end: the connection cannot be used for another request.
			let mut response = failure.into_response();
			response
				.headers_mut()
				.insert(CONNECTION, HeaderValue::from_static("close"));
			response
		}
	}
}

async fn take(gateway: &Gateway, commitment: &str, request: Request) -> Result<Response, Failure> {
	let commitment = parse(commitment)?;
	let length = request
		.headers()
		.get(CONTENT_LENGTH)
		.and_then(|value| value.to_str().ok());
	let length: u64 = length.and_then(|value| value.parse().ok()).ok_or_else(|| {
		Failure::new(
			StatusCode::LENGTH_REQUIRED,
			"length_required",
			"send the blob with its Content-Length",
		)
	})?;
	if length > u64::from(MAX_BLOB_BYTES) {
		let message = format!("a blob has at most {MAX_BLOB_BYTES} bytes");
		return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message));
	}
	if let Some(done) = gateway.handle.admit(commitment, length)? {
		return Ok(published(done));
	}
	let _permit = gateway
		.uploads
		.try_acquire()
		.map_err(|_| Failure::retry("busy", "as many uploads as allowed are running", 2))?;
	let body = read(
		request.into_body(),
		usize::try_from(length).unwrap_or(usize::MAX),
		gateway,
	)
	.await?;
	Ok(published(gateway.handle.publish(commitment, body).await?))
}

/// The body, exactly `length` bytes of it.
async fn read(body: Body, length: usize, gateway: &Gateway) -> Result<Bytes, Failure> {
	let idle = gateway.handle.limits().upload_idle;
	let truncated = |message: &str| Failure::new(StatusCode::BAD_REQUEST, "truncated_body", message);
	let mut stream = body.into_data_stream();
	let mut bytes = Vec::with_capacity(length);
	loop {
		let next = tokio::time::timeout(idle, stream.next()).await;
		let chunk = match next {
			Err(_) => {
				return Err(Failure::new(
					StatusCode::REQUEST_TIMEOUT,
					"upload_stalled",
					"no bytes came in time",
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

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
	/// Everything: no header, or one that may be ignored (other units, several ranges, nonsense).
	All,
	/// These bytes.
	Part(Range<u32>),
	/// Bytes that do not exist.
	Nothing,
}

fn parse_range(header: Option<&HeaderValue>, length: u32) -> Asked {
	let Some((first, last)) = header
		.and_then(|value| value.to_str().ok())
		.and_then(|value| value.trim().strip_prefix("bytes="))
		.and_then(|range| range.split_once('-'))
	else {
		return Asked::All;
	};
	let number = |text: &str| text.trim().parse::<u64>().ok();
	let range = match (number(first), number(last)) {
		(Some(first), Some(last)) if first <= last => first..last.saturating_add(1),
		(Some(first), None) if last.trim().is_empty() => first..u64::from(length),
		(None, Some(suffix)) if first.trim().is_empty() => {
			u64::from(length).saturating_sub(suffix)..u64::from(length)
		}
		_ => return Asked::All,
	};
	let end = u32::try_from(range.end).unwrap_or(u32::MAX).min(length);
	match u32::try_from(range.start) {
		Ok(start) if start < end => Asked::Part(start..end),
		_ => Asked::Nothing,
	}
}

async fn download(
	State(gateway): State<Gateway>,
	Path(commitment): Path<String>,
	method: Method,
	headers: HeaderMap,
) -> Result<Response, Failure> {
	let commitment = parse(&commitment)?;
	let length = gateway.handle.length(commitment)?;
	let (range, status) = match parse_range(headers.get(RANGE), length) {
		Asked::All => (0..length, StatusCode::OK),
		Asked::Part(range) => (range, StatusCode::PARTIAL_CONTENT),
		Asked::Nothing => return Err(RetrieveError::OutOfRange { length }.into()),
	};
	let mut response = if method == Method::HEAD {
		let mut response = status.into_response();
		response.headers_mut().insert(CONTENT_LENGTH, range.len().into());
		response
	} else {
		(
			status,
			gateway.handle.retrieve_range(commitment, range.clone()).await?,
		)
			.into_response()
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

async fn status(State(gateway): State<Gateway>, Path(commitment): Path<String>) -> Result<Response, Failure> {
	Ok(Json(gateway.handle.status(parse(&commitment)?).await?).into_response())
}

async fn row(
	State(gateway): State<Gateway>,
	Path((commitment, index)): Path<(String, String)>,
	headers: HeaderMap,
) -> Result<Response, Failure> {
	let commitment = parse(&commitment)?;
	let index = index
		.parse()
		.map_err(|error| Failure::new(StatusCode::BAD_REQUEST, "bad_index", error))?;
	let Sampled { row, member } = gateway.handle.row(commitment, index).await?;
	let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
	let mut response = if accept.is_some_and(|accept| accept.contains("application/json")) {
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

async fn checksum(
	State(gateway): State<Gateway>,
	Path(commitment): Path<String>,
) -> Result<Response, Failure> {
	Ok(octets(gateway.handle.checksum(parse(&commitment)?).await?))
}

fn octets(bytes: Bytes) -> Response {
	([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
}

async fn health(State(gateway): State<Gateway>) -> Response {
	let (online, members) = gateway.handle.members_online();
	Json(json!({
		"status": "ok",
		"best": gateway.handle.best_number(),
		"members_online": online,
		"members": members,
	}))
	.into_response()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn range(text: &str) -> Asked {
		parse_range(Some(&HeaderValue::from_str(text).unwrap()), 100)
	}

	#[test]
	fn single_ranges_are_understood() {
		assert_eq!(range("bytes=0-9"), Asked::Part(0..10));
		assert_eq!(range("bytes=90-"), Asked::Part(90..100));
		assert_eq!(range("bytes=-10"), Asked::Part(90..100));
		assert_eq!(range("bytes=-1000"), Asked::Part(0..100));
		assert_eq!(range("bytes=99-4294967296000"), Asked::Part(99..100));
	}

	#[test]
	fn ranges_beyond_the_end_are_nothing() {
		assert_eq!(range("bytes=100-"), Asked::Nothing);
		assert_eq!(range("bytes=100-200"), Asked::Nothing);
		assert_eq!(range("bytes=-0"), Asked::Nothing);
		assert_eq!(
			range("bytes=18446744073709551615-18446744073709551615"),
			Asked::Nothing
		);
	}

	#[test]
	fn what_is_no_single_range_is_ignored() {
		for text in [
			"bytes=5-4",
			"bytes=0-1,3-4",
			"bytes=-",
			"bytes=a-b",
			"rows=0-1",
			"bytes",
			"",
		] {
			assert_eq!(range(text), Asked::All, "{text}");
		}
		assert_eq!(parse_range(None, 100), Asked::All);
	}
}
