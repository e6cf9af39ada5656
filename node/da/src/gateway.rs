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

use crate::{
	disperser::PublishError, service::Handle, BadRow, ChainError, Published, RetrieveError, SampleError,
	Sampled,
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
use serde_json::json;
use std::{net::TcpListener, sync::Arc};
use tokio::sync::Semaphore;
use zerog_da_wire::gateway::{parse, Asked, ByteRange, Refused};
use zerog_erasure::Commitment;

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
pub(crate) async fn serve(listener: Option<TcpListener>, handle: Handle) -> std::io::Error {
	let Some(listener) = listener else {
		return futures::future::pending().await;
	};
	let uploads = Arc::new(Semaphore::new(handle.limits().uploads));
	let router = Router::new()
		.fallback(answer)
		.with_state(Gateway { handle, uploads });
	let serve = async { axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await };
	serve
		.await
		.err()
		.unwrap_or_else(|| std::io::Error::other("it stopped"))
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
	let _permit = gateway
		.uploads
		.try_acquire()
		.map_err(|_| Failure::retry("busy", "as many uploads as allowed are running", 2))?;
	let body = read(body, usize::try_from(length).unwrap_or(usize::MAX), gateway).await?;
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
