// SPDX-License-Identifier: Apache-2.0

//! Requests to the gateway.

use crate::gateway::*;
use http::{
	header::{ACCEPT, CONTENT_LENGTH, RANGE},
	HeaderMap, HeaderName, Method,
};
use proptest::prelude::*;
use std::ops::Range;
use zerog_erasure::{Commitment, ParseHashError, MAX_BLOB_BYTES};

const BLOB: Commitment = Commitment([0x5a; 32]);

fn headers(values: &[(HeaderName, &str)]) -> HeaderMap {
	values
		.iter()
		.map(|(name, value)| (name.clone(), value.parse().unwrap()))
		.collect()
}

fn ask(method: Method, path: &str, values: &[(HeaderName, &str)]) -> Result<Asked, Refused> {
	parse(&method, path, &headers(values))
}

fn range(text: &str) -> Option<Option<Range<u32>>> {
	ByteRange::parse(text).map(|range| range.within(100))
}

#[test]
fn each_path_has_its_meaning() {
	let blob = format!("/v1/blobs/{BLOB}");
	let download = Asked::Download {
		commitment: BLOB,
		range: None,
	};
	let row = |index, json| Asked::Row {
		commitment: BLOB,
		index,
		json,
	};
	for method in [Method::GET, Method::HEAD] {
		let get = |path: &str| ask(method.clone(), path, &[]);
		assert_eq!(get("/health"), Ok(Asked::Health));
		assert_eq!(get(&blob), Ok(download));
		assert_eq!(get(&format!("/v1/blobs/{}", "5A".repeat(32))), Ok(download));
		assert_eq!(get(&format!("{blob}/status")), Ok(Asked::Status(BLOB)));
		assert_eq!(get(&format!("{blob}/checksum")), Ok(Asked::Checksum(BLOB)));
		assert_eq!(get(&format!("{blob}/bad-rows")), Ok(Asked::BadRows(BLOB)));
		assert_eq!(
			get(&format!("{blob}/bad-rows/7")),
			Ok(Asked::BadRow {
				commitment: BLOB,
				index: 7
			})
		);
		assert_eq!(get(&format!("{blob}/bad-rows/x")), Err(Refused::BadIndex));
		assert_eq!(get(&format!("{blob}/rows/0")), Ok(row(0, false)));
		assert_eq!(get(&format!("{blob}/rows/4294967295")), Ok(row(u32::MAX, false)));
	}
	let accept = |value| {
		ask(
			Method::GET,
			&format!("{blob}/rows/7"),
			&[(ACCEPT, "text/plain"), (ACCEPT, value)],
		)
	};
	assert_eq!(accept("application/json;q=0.9, */*"), Ok(row(7, true)));
	assert_eq!(accept("*/*"), Ok(row(7, false)));
}

#[test]
fn what_has_no_meaning_is_refused() {
	let blob = format!("/v1/blobs/{BLOB}");
	let get = |path: &str| ask(Method::GET, path, &[]);
	for path in [
		"",
		"*",
		"/",
		"health",
		"/health/",
		"/v1/blobs",
		"/v2/blobs/x",
		&format!("{blob}/"),
		&format!("{blob}/rows"),
		&format!("{blob}/rows/1/2"),
		&format!("{blob}/rows/1/2/3"),
	] {
		assert_eq!(get(path), Err(Refused::NotFound), "{path}");
	}
	for path in [
		"/v1/blobs/",
		"/v1/blobs/0x12",
		"/v1/blobs//status",
		"/v1/blobs/%30x/rows/x",
	] {
		assert_eq!(get(path), Err(Refused::BadCommitment(ParseHashError)), "{path}");
	}
	for index in [
		"",
		"-1",
		"+1",
		" 1",
		"0x1",
		"4294967296",
		"99999999999999999999999",
		"١",
	] {
		assert_eq!(
			get(&format!("{blob}/rows/{index}")),
			Err(Refused::BadIndex),
			"{index}"
		);
	}
	for (path, allowed) in [("/health", "GET,HEAD"), (&blob, "GET,HEAD,PUT")] {
		assert_eq!(
			ask(Method::DELETE, path, &[]),
			Err(Refused::MethodNotAllowed(allowed))
		);
	}
}

#[test]
fn an_upload_says_its_length() {
	let path = format!("/v1/blobs/{BLOB}");
	let put = |lengths: &[&str]| {
		let lengths: Vec<_> = lengths.iter().map(|length| (CONTENT_LENGTH, *length)).collect();
		ask(Method::PUT, &path, &lengths)
	};
	for length in [0, 1, MAX_BLOB_BYTES] {
		let commitment = BLOB;
		assert_eq!(
			put(&[&length.to_string()]),
			Ok(Asked::Upload { commitment, length })
		);
	}
	for none in [&[][..], &[""], &["+5"], &["-5"], &["5 5"], &["0x5"], &["5", "6"]] {
		assert_eq!(put(none), Err(Refused::LengthRequired), "{none:?}");
	}
	for large in ["33554433", "4294967296", "18446744073709551616"] {
		assert_eq!(put(&[large]), Err(Refused::TooLarge), "{large}");
	}
}

#[test]
fn single_ranges_are_understood() {
	for (text, expected) in [
		("bytes=0-9", 0..10),
		("bytes=90-", 90..100),
		("bytes=-10", 90..100),
		("bytes=-1000", 0..100),
		("bytes=99-4294967296000", 99..100),
		("bytes=99-18446744073709551616000", 99..100),
		("Bytes = 5-5 ", 5..6),
	] {
		assert_eq!(range(text), Some(Some(expected)), "{text}");
	}
}

#[test]
fn ranges_beyond_the_end_are_nothing() {
	for text in [
		"bytes=100-",
		"bytes=100-200",
		"bytes=-0",
		"bytes=18446744073709551615-18446744073709551615",
		"bytes=99999999999999999999-",
	] {
		assert_eq!(range(text), Some(None), "{text}");
	}
	assert_eq!(ByteRange::Last(5).within(0), None);
}

#[test]
fn what_is_no_single_range_is_ignored() {
	for text in [
		"bytes=5-4",
		"bytes=0-1,3-4",
		"bytes=-",
		"bytes=a-b",
		"bytes=+1-2",
		"bytes=1 - 2",
		"rows=0-1",
		"bytes",
		"",
	] {
		assert_eq!(range(text), None, "{text}");
	}
	let twice = [(RANGE, "bytes=0-1"), (RANGE, "bytes=3-4")];
	let download = |values| ask(Method::GET, &format!("/v1/blobs/{BLOB}"), values);
	let asked = |range| {
		Ok(Asked::Download {
			commitment: BLOB,
			range,
		})
	};
	assert_eq!(download(&twice), asked(None));
	assert_eq!(download(&twice[..1]), asked(Some(ByteRange::Between(0, 1))));
}

proptest! {
	#[test]
	fn a_range_is_the_bytes_that_it_names(a in 0u64..300, b in 0u64..300, length in 0u32..200) {
		let (first, last) = (a.min(b), a.max(b));
		for (range, names) in [
			(ByteRange::Between(first, last), first..last + 1),
			(ByteRange::From(a), a..u64::MAX),
			(ByteRange::Last(a), u64::from(length).saturating_sub(a)..u64::MAX),
		] {
			prop_assert_eq!(ByteRange::parse(&range.to_string()), Some(range));
			let expected: Vec<u32> = (0..length).filter(|byte| names.contains(&u64::from(*byte))).collect();
			let within: Vec<u32> = range.within(length).into_iter().flatten().collect();
			prop_assert_eq!(within, expected);
		}
	}

	#[test]
	fn arbitrary_text_never_panics(path in "(/v1/blobs/)?\\PC{0,40}", value in "\\PC{0,40}", put in any::<bool>()) {
		let method = if put { Method::PUT } else { Method::GET };
		let mut headers = HeaderMap::new();
		if let Ok(value) = http::HeaderValue::from_str(&value) {
			headers.insert(RANGE, value.clone());
			headers.insert(CONTENT_LENGTH, value);
		}
		parse(&method, &path, &headers).ok();
		ByteRange::parse(&value);
	}
}
