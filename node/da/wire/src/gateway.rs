// SPDX-License-Identifier: Apache-2.0

//! Requests to the HTTP gateway, from their method, path and headers. What HTTP itself is made of, the server has parsed.
//!
//! | request | becomes |
//! |---|---|
//! | `PUT /v1/blobs/{commitment}` | [`Asked::Upload`], with its `Content-Length` |
//! | `GET /v1/blobs/{commitment}` | [`Asked::Download`], with its `Range` |
//! | `GET /v1/blobs/{commitment}/status` | [`Asked::Status`] |
//! | `GET /v1/blobs/{commitment}/rows/{index}` | [`Asked::Row`]; as JSON where `Accept` names it |
//! | `GET /v1/blobs/{commitment}/checksum` | [`Asked::Checksum`] |
//! | `GET /v1/blobs/{commitment}/bad-rows` | [`Asked::BadRows`] |
//! | `GET /v1/blobs/{commitment}/bad-rows/{index}` | [`Asked::BadRow`] |
//! | `GET /health` | [`Asked::Health`] |
//!
//! `HEAD` is allowed where `GET` is. Queries are ignored, and escapes in paths are not undone: no path needs any.

use http::{
	header::{AsHeaderName, ACCEPT, CONTENT_LENGTH, RANGE},
	HeaderMap, Method, StatusCode,
};
use std::{fmt, ops::Range};
use zerog_erasure::{Commitment, ParseHashError, MAX_BLOB_BYTES};

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
	/// To send a blob.
	Upload {
		/// The blob.
		commitment: Commitment,
		/// Bytes that will come: at most [`MAX_BLOB_BYTES`].
		length: u32,
	},
	/// To read a blob.
	Download {
		/// The blob.
		commitment: Commitment,
		/// A part of it; `None` without a `Range`, or with one that may be ignored: other units, several ranges, nonsense.
		range: Option<ByteRange>,
	},
	/// To know what became of a blob.
	Status(Commitment),
	/// One row.
	Row {
		/// The blob.
		commitment: Commitment,
		/// The row's number. Whether the blob has so many is not known here.
		index: u32,
		/// As JSON, not as bytes.
		json: bool,
	},
	/// The checksum.
	Checksum(Commitment),
	/// Which rows the node was given that prove a signer's fault.
	BadRows(Commitment),
	/// One of these, as proof.
	BadRow {
		/// The blob.
		commitment: Commitment,
		/// The row's number.
		index: u32,
	},
	/// To know whether the node is well.
	Health,
}

/// Why a request is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
	/// No such path.
	#[error("there is nothing at this path")]
	NotFound,
	/// The path has other methods, those that `Allow` says.
	#[error("this path has no such method, only {0}")]
	MethodNotAllowed(&'static str),
	/// The path names no blob.
	#[error(transparent)]
	BadCommitment(ParseHashError),
	/// The path names no row: decimal digits below 2^32.
	#[error("expected a row's number in decimal digits, below 2^32")]
	BadIndex,
	/// An upload without its length: send `Content-Length`, once, not chunks.
	#[error("send the blob with its Content-Length")]
	LengthRequired,
	/// An upload longer than a blob may be: split it.
	#[error("a blob has at most {most} bytes", most = MAX_BLOB_BYTES)]
	TooLarge,
}

impl Refused {
	/// The status of the answer.
	pub fn status(&self) -> StatusCode {
		match self {
			Self::NotFound => StatusCode::NOT_FOUND,
			Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
			Self::BadCommitment(_) | Self::BadIndex => StatusCode::BAD_REQUEST,
			Self::LengthRequired => StatusCode::LENGTH_REQUIRED,
			Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
		}
	}

	/// Its name for programs.
	pub fn code(&self) -> &'static str {
		match self {
			Self::NotFound => "not_found",
			Self::MethodNotAllowed(_) => "method_not_allowed",
			Self::BadCommitment(_) => "bad_commitment",
			Self::BadIndex => "bad_index",
			Self::LengthRequired => "length_required",
			Self::TooLarge => "too_large",
		}
	}
}

/// What is asked for. `path` is the request's, without its query.
pub fn parse(method: &Method, path: &str, headers: &HeaderMap) -> Result<Asked, Refused> {
	let reads = |asked: Result<Asked, Refused>| match *method {
		Method::GET | Method::HEAD => asked,
		_ => Err(Refused::MethodNotAllowed("GET,HEAD")),
	};
	// One more than the longest path has.
	let parts: Vec<&str> = path.split('/').take(7).collect();
	match parts.as_slice() {
		["", "health"] => reads(Ok(Asked::Health)),
		["", "v1", "blobs", blob] => match *method {
			Method::PUT => upload(blob, headers),
			Method::GET | Method::HEAD => Ok(Asked::Download {
				commitment: commitment(blob)?,
				range: only(headers, RANGE).and_then(ByteRange::parse),
			}),
			_ => Err(Refused::MethodNotAllowed("GET,HEAD,PUT")),
		},
		["", "v1", "blobs", blob, "status"] => reads(commitment(blob).map(Asked::Status)),
		["", "v1", "blobs", blob, "checksum"] => reads(commitment(blob).map(Asked::Checksum)),
		["", "v1", "blobs", blob, "rows", index] => reads(row(blob, index, headers)),
		["", "v1", "blobs", blob, "bad-rows"] => reads(commitment(blob).map(Asked::BadRows)),
		["", "v1", "blobs", blob, "bad-rows", index] => reads(bad_row(blob, index)),
		_ => Err(Refused::NotFound),
	}
}

fn upload(blob: &str, headers: &HeaderMap) -> Result<Asked, Refused> {
	let commitment = commitment(blob)?;
	let length = only(headers, CONTENT_LENGTH)
		.and_then(number)
		.ok_or(Refused::LengthRequired)?;
	match u32::try_from(length) {
		Ok(length) if length <= MAX_BLOB_BYTES => Ok(Asked::Upload { commitment, length }),
		_ => Err(Refused::TooLarge),
	}
}

fn row(blob: &str, index: &str, headers: &HeaderMap) -> Result<Asked, Refused> {
	let (commitment, index) = (commitment(blob)?, row_index(index)?);
	let accepted = headers.get_all(ACCEPT).iter();
	let json = |accepted: &str| accepted.contains("application/json");
	Ok(Asked::Row {
		commitment,
		index,
		json: accepted.filter_map(|value| value.to_str().ok()).any(json),
	})
}

fn bad_row(blob: &str, index: &str) -> Result<Asked, Refused> {
	Ok(Asked::BadRow {
		commitment: commitment(blob)?,
		index: row_index(index)?,
	})
}

fn row_index(digits: &str) -> Result<u32, Refused> {
	let index = number(digits).and_then(|index| u32::try_from(index).ok());
	index.ok_or(Refused::BadIndex)
}

fn commitment(text: &str) -> Result<Commitment, Refused> {
	text.parse().map_err(Refused::BadCommitment)
}

/// The value of a header that is there once.
fn only(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
	let mut values = headers.get_all(name).iter();
	match (values.next(), values.next()) {
		(Some(value), None) => value.to_str().ok(),
		_ => None,
	}
}

/// Decimal digits and nothing else. Numbers beyond the largest are the largest, as RFC 9110 wants it of ranges; no limit
/// here is so high.
fn number(digits: &str) -> Option<u64> {
	let mut number = (!digits.is_empty()).then_some(0u64)?;
	for digit in digits.chars() {
		let digit = digit.to_digit(10)?;
		number = number.saturating_mul(10).saturating_add(u64::from(digit));
	}
	Some(number)
}

/// One range of bytes as RFC 9110, section 14, has it. It knows nothing of the blob's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteRange {
	/// `bytes=first-last`, `first` not behind `last`.
	Between(u64, u64),
	/// `bytes=first-`
	From(u64),
	/// `bytes=-count`: the last ones.
	Last(u64),
}

impl ByteRange {
	/// From the value of a `Range` header. `None` means that the header may be ignored.
	pub fn parse(header: &str) -> Option<Self> {
		let (unit, range) = header.split_once('=')?;
		let (first, last) = range.trim().split_once('-')?;
		if !unit.trim().eq_ignore_ascii_case("bytes") {
			return None;
		}
		match (number(first), number(last)) {
			(Some(first), Some(last)) if first <= last => Some(Self::Between(first, last)),
			(Some(first), None) if last.is_empty() => Some(Self::From(first)),
			(None, Some(count)) if first.is_empty() => Some(Self::Last(count)),
			_ => None,
		}
	}

	/// Those of `length` bytes that are meant; `None` when there are none of them.
	pub fn within(self, length: u32) -> Option<Range<u32>> {
		let all = u64::from(length);
		let (first, end) = match self {
			Self::Between(first, last) => (first, last.saturating_add(1)),
			Self::From(first) => (first, all),
			Self::Last(count) => (all.saturating_sub(count), all),
		};
		let first = u32::try_from(first).ok()?;
		let end = u32::try_from(end).map_or(length, |end| end.min(length));
		(first < end).then_some(first..end)
	}
}

impl fmt::Display for ByteRange {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Between(first, last) => write!(f, "bytes={first}-{last}"),
			Self::From(first) => write!(f, "bytes={first}-"),
			Self::Last(count) => write!(f, "bytes=-{count}"),
		}
	}
}
