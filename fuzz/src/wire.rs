// SPDX-License-Identifier: Apache-2.0

//! Targets of what the data-availability service reads off the wire.

use crate::{
	memory::most_held,
	targets::{check_batch, check_row, decoded, flip, BLOB, KEY},
};
use codec::{Decode, Encode};
use http::{
	header::{ACCEPT, CONTENT_LENGTH, RANGE},
	HeaderMap, HeaderName, HeaderValue, Method, Uri,
};
use polkadot_sdk::sp_core::{sr25519, Pair};
use std::{collections::HashSet, fmt::Debug, fs, path::Path, sync::LazyLock};
use zerog_bls::signer::verify_share;
use zerog_da_wire::{
	gateway::{self, Asked, ByteRange, Refused},
	messages::message_of,
	protocol::*,
};
use zerog_erasure::{Commitment, Hash, MAX_BLOB_BYTES};
use zerog_primitives::da::{attestation_message, hello_message, CommitteeId};

const GENESIS: Hash = [7; 32];
const PEER: &[u8] = b"a peer's identity";

/// Bounded memory, one encoding of each message, nothing left over, nothing missing.
fn message<M: PartialEq + Debug>(
	data: &[u8],
	decode: fn(&[u8]) -> Result<M, Malformed>,
	encode: fn(&M) -> Vec<u8>,
) -> Option<M> {
	let (message, held) = most_held(|| decode(data));
	assert!(
		held <= 3 * data.len() + (1 << 20),
		"{held} bytes of memory for {}",
		data.len()
	);
	let other = data.first().is_some_and(|version| *version != VERSION);
	assert_eq!(matches!(message, Err(Malformed::UnknownVersion)), other);
	let message = message.ok()?;
	assert_eq!(
		encode(&message),
		data,
		"decoded and encoded again it is something else"
	);
	let mut other = data.to_vec();
	other.push(0);
	assert_eq!(decode(&other), Err(Malformed::Undecodable), "a byte is left over");
	other.truncate(data.len() - 1);
	assert_eq!(decode(&other), Err(Malformed::Undecodable), "a byte is missing");
	Some(message)
}

fn are_indices(indices: &[u32]) -> bool {
	(1..=MAX_ROWS).contains(&indices.len()) && indices.is_sorted_by(|left, right| left < right)
}

fn is_batch(batch: &Batch) -> bool {
	let distinct: HashSet<_> = batch.iter().collect();
	(1..=MAX_BATCH).contains(&batch.len()) && distinct.len() == batch.len()
}

/// What a node asks another.
pub(crate) fn request(data: &[u8]) {
	let (kind, blob) = (Kind::of(data), blob_of_push(data));
	let Some(request) = message(data, decode_request, encode_request) else {
		return;
	};
	let mut expected = (Kind::Talk, None);
	match request {
		Request::Push(push) => {
			expected = (Kind::Push, Some(push.commitment));
			assert!(are_indices(&push.batch.indices));
			check_batch(&push.batch);
		}
		Request::Fetch { indices, .. } => {
			expected.0 = Kind::Serve;
			assert!(are_indices(&indices));
		}
		Request::Checksum(_) => expected.0 = Kind::Serve,
		Request::Share(share) => assert!(is_batch(&share.batch)),
		Request::Seal(batch) => assert!(is_batch(&batch)),
		Request::Identify(_) | Request::Latest { .. } => (),
	}
	assert_eq!((kind, blob), expected, "its first bytes say something else");
}

/// What a node answers.
pub(crate) fn response(data: &[u8]) {
	match message(data, decode_response, encode_response) {
		Some(Response::Rows(Rows(rows))) => {
			assert!(rows.len() <= MAX_ROWS);
			for row in &rows {
				check_row(row);
			}
		}
		Some(Response::Sealed(Places(places))) => assert!(places.len() <= MAX_BATCH),
		_ => (),
	}
}

/// The proof of a validator that [`PEER`] serves it. Such signatures are made by chance: the one of the corpus stays while
/// it is right.
static HELLO: LazyLock<Hello> = LazyLock::new(|| {
	let pair = sr25519::Pair::from_seed(&[5; 32]);
	let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/hello/right");
	let kept = fs::read(kept)
		.ok()
		.and_then(|bytes| Hello::decode(&mut &bytes[..]).ok());
	let public = pair.public().0;
	kept.filter(|hello| hello.public == public && hello.proves(&GENESIS, PEER))
		.unwrap_or_else(|| Hello {
			public,
			signature: pair.sign(&hello_message(&GENESIS, PEER)).0,
		})
});

/// No proof but the right one is taken.
pub(crate) fn hello(data: &[u8]) {
	if let Some(hello) = decoded::<Hello>(data) {
		assert_eq!(hello.proves(&GENESIS, PEER), hello == *HELLO, "forged");
	}
}

/// What to change of a proof, and the bit: it is good for one key, one chain and one peer.
pub(crate) fn hello_changes(data: &[u8]) {
	let Ok((part, bit)) = <(u8, u32)>::decode(&mut &data[..]) else {
		return;
	};
	let (mut hello, mut genesis, mut peer) = (HELLO.clone(), GENESIS, PEER.to_vec());
	assert!(hello.proves(&genesis, &peer));
	match part % 5 {
		0 => drop(flip(&mut hello.public, bit)),
		1 => drop(flip(&mut hello.signature, bit)),
		2 => drop(flip(&mut genesis, bit)),
		3 => drop(flip(&mut peer, bit)),
		_ => peer.truncate(bit as usize % peer.len()),
	}
	assert!(!hello.proves(&genesis, &peer), "forged");
}

fn sign(batch: Batch) -> Share {
	let (committee, expiry, signer, sequence) = (CommitteeId::new(2, 3), 40, 1, 9);
	let attested = attestation_message(&GENESIS, committee, &batch.root(), expiry);
	let signature = KEY.sign(&attested);
	let mut share = Share {
		committee,
		expiry,
		batch,
		signer,
		signature,
		sequence,
		numbered: signature,
	};
	share.numbered = KEY.sign(&numbered(&share));
	share
}

fn numbered(share: &Share) -> Hash {
	message_of(
		&GENESIS,
		share.committee,
		share.signer,
		share.sequence,
		&share.statement(),
	)
}

/// Whether the two signatures are good: over the attestation, over its number.
fn is_signed(share: &Share) -> (bool, bool) {
	let root = share.batch.root();
	let attested = attestation_message(&GENESIS, share.committee, &root, share.expiry);
	let key = KEY.public();
	(
		verify_share(&attested, &share.signature, &key),
		verify_share(&numbered(share), &share.numbered, &key),
	)
}

static SHARE: LazyLock<Share> = LazyLock::new(|| {
	let blobs = [BLOB.0.commitment(), Commitment([1; 32]), Commitment([2; 32])];
	let share = sign(Batch::new(blobs.to_vec()).expect("they differ"));
	assert_eq!(is_signed(&share), (true, true));
	share
});

/// What to change of a member's attestation, and the bit. Each signature covers what it is said to cover; both are of one
/// statement if they are of one batch and expiry.
pub(crate) fn share_changes(data: &[u8]) {
	let Ok((part, bit)) = <(u8, u32)>::decode(&mut &data[..]) else {
		return;
	};
	let mut share = SHARE.clone();
	let mut blobs = share.batch.to_vec();
	let at = bit as usize % blobs.len();
	let mut signed = (false, false);
	match part % 11 {
		0 => share.committee.session ^= 1 << (bit % 32),
		1 => share.expiry ^= 1 << (bit % 32),
		2 => drop(flip(&mut share.signature.0, bit)),
		3 => drop(flip(&mut share.numbered.0, bit)),
		4 => share.signer ^= 1 << (bit % 32),
		5 => share.sequence ^= 1 << (bit % 64),
		6 => drop(flip(&mut blobs[at].0, bit / 3)),
		7 => drop(blobs.remove(at)),
		8 => blobs.rotate_left(1 + at % 2),
		9 => share.committee.network ^= 1 << (bit % 32),
		_ => blobs.insert(at, Commitment([bit as u8; 32])),
	}
	match part % 11 {
		2 => signed.1 = true,
		3..=5 => signed.0 = true,
		_ => (),
	}
	match Batch::new(blobs) {
		Some(batch) => share.batch = batch,
		// One of the blobs twice.
		None => return assert!(part % 11 == 10 && (1..=2).contains(&(bit as u8))),
	}
	assert_ne!(share, *SHARE);
	assert_eq!(is_signed(&share), signed, "{share:?}");
	let said = |share: &Share| (share.batch.root(), share.expiry);
	assert_eq!(said(&share) == said(&SHARE), matches!(part % 11, 0 | 2..=5 | 9));
}

/// The request that means what was understood, in the plainest form.
fn plain(asked: &Asked) -> (Method, String, HeaderMap) {
	let blob = |commitment: &Commitment| format!("/v1/blobs/{commitment}");
	let header = |name: HeaderName, value: String| {
		let value = HeaderValue::try_from(value).expect("it is plain text");
		HeaderMap::from_iter([(name, value)])
	};
	let none = HeaderMap::new();
	match asked {
		Asked::Upload { commitment, length } => (
			Method::PUT,
			blob(commitment),
			header(CONTENT_LENGTH, length.to_string()),
		),
		Asked::Download { commitment, range } => {
			let headers = range.map(|range| header(RANGE, range.to_string()));
			(Method::GET, blob(commitment), headers.unwrap_or_default())
		}
		Asked::Status(commitment) => (Method::GET, blob(commitment) + "/status", none),
		Asked::Row {
			commitment,
			index,
			json,
		} => {
			let headers = json.then(|| header(ACCEPT, "application/json".into()));
			let path = format!("{}/rows/{index}", blob(commitment));
			(Method::GET, path, headers.unwrap_or_default())
		}
		Asked::Checksum(commitment) => (Method::GET, blob(commitment) + "/checksum", none),
		Asked::BadRows(commitment) => (Method::GET, blob(commitment) + "/bad-rows", none),
		Asked::BadRow { commitment, index } => (
			Method::GET,
			format!("{}/bad-rows/{index}", blob(commitment)),
			none,
		),
		Asked::Health => (Method::GET, "/health".into(), none),
	}
}

/// A line `METHOD TARGET`, then headers as in HTTP, as far as the server would take them.
pub(crate) fn gateway_request(data: &[u8]) {
	let mut lines = data.split(|byte| *byte == b'\n');
	let mut first = lines.next().unwrap_or_default().splitn(2, |byte| *byte == b' ');
	let mut part = || first.next().unwrap_or_default();
	let (Ok(method), Ok(uri)) = (Method::from_bytes(part()), Uri::try_from(part())) else {
		return;
	};
	let mut headers = HeaderMap::new();
	for line in lines.take(100) {
		let mut parts = line.splitn(2, |byte| *byte == b':');
		let mut part = || parts.next().unwrap_or_default().trim_ascii();
		if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(part()), HeaderValue::from_bytes(part())) {
			headers.append(name, value);
		}
	}
	let (asked, held) = most_held(|| gateway::parse(&method, uri.path(), &headers));
	assert!(held <= 256, "{held} bytes of memory");
	match asked {
		Ok(asked) => {
			let writes = matches!(asked, Asked::Upload { length, .. } if length <= MAX_BLOB_BYTES);
			let reads = [Method::GET, Method::HEAD].contains(&method);
			assert!(if writes { method == Method::PUT } else { reads });
			let (method, path, headers) = plain(&asked);
			assert_eq!(gateway::parse(&method, &path, &headers), Ok(asked));
		}
		Err(refused) => {
			assert!(refused.status().is_client_error() && !refused.code().is_empty());
			if let Refused::MethodNotAllowed(allowed) = refused {
				assert!(allowed.split(',').all(|allowed| allowed != method.as_str()));
			}
		}
	}
}

/// A length, then a `Range` header.
pub(crate) fn range(data: &[u8]) {
	let Some((length, text)) = data.split_first_chunk() else {
		return;
	};
	let length = u32::from_le_bytes(*length);
	let Some(range) = std::str::from_utf8(text).ok().and_then(ByteRange::parse) else {
		return;
	};
	assert_eq!(ByteRange::parse(&range.to_string()), Some(range));
	for length in [length, length.min(1_000), MAX_BLOB_BYTES] {
		let all = u128::from(length);
		let named = match range {
			ByteRange::Between(first, last) => u128::from(first)..(u128::from(last) + 1).min(all),
			ByteRange::From(first) => u128::from(first)..all,
			ByteRange::Last(count) => all.saturating_sub(count.into())..all,
		};
		let within = range.within(length);
		let within = within.map(|range| u128::from(range.start)..u128::from(range.end));
		assert_eq!(
			within,
			(!named.is_empty()).then_some(named),
			"{range} of {length}"
		);
	}
}

/// One of each message, requests of each kind to the gateway, and what is just beyond a limit.
pub(crate) fn right_seeds() -> Vec<(&'static str, &'static str, Vec<u8>)> {
	let (encoded, commitment) = (&BLOB.0, BLOB.0.commitment());
	let push = |indices: &[u32], sealed| {
		Request::Push(Push {
			commitment,
			// Whether it is the blob's is another target's matter.
			checksum: encoded.checksum()[..40].to_vec(),
			batch: encoded.batch(indices).expect("they are the blob's"),
			sealed,
		})
	};
	let statement = SHARE.statement();
	let latest = Latest {
		sequence: SHARE.sequence,
		statement,
	};
	let receipt = Receipt {
		held: 511,
		wanted: 512,
	};
	let rows = |indices: &[u32]| {
		let rows = indices.iter().map(|index| encoded.one_row(*index));
		Response::Rows(Rows(rows.map(|row| row.expect("it is the blob's")).collect()))
	};
	let fetch = |indices: &[u32]| Request::Fetch {
		commitment,
		indices: indices.to_vec(),
	};
	let requests = [
		("identify", Request::Identify(Some(HELLO.clone()))),
		("identify_nobody", Request::Identify(None)),
		("push", push(&[0, 3, 4, 2_047], true)),
		("push_alone", push(&[9], false)),
		("share", Request::Share(SHARE.clone())),
		("share_of_one", Request::Share(sign(Batch::one(commitment)))),
		("fetch", fetch(&[1, 2, 900])),
		("fetch_twice", fetch(&[1, 2, 2])),
		("fetch_many", fetch(&(0..100).map(|i| i * i).collect::<Vec<_>>())),
		("checksum", Request::Checksum(commitment)),
		("seal", Request::Seal(SHARE.batch.clone())),
		(
			"latest",
			Request::Latest {
				committee: SHARE.committee,
				signer: 1,
			},
		),
	];
	let responses = [
		("identity", Response::Identity(Some(HELLO.clone()))),
		("identity_nobody", Response::Identity(None)),
		("pushed", Response::Pushed(receipt)),
		("counted", Response::Counted),
		("rows", rows(&[0, 1, 2_000])),
		("rows_none", rows(&[])),
		("checksum", Response::Checksum(encoded.checksum()[..40].to_vec())),
		("refused", Response::Refused(Refusal::NotPaid)),
		("sealed", Response::Sealed(Places(vec![]))),
		("sealed_but", Response::Sealed(Places(vec![0, 2]))),
		("latest", Response::Latest(Some(latest))),
		("latest_unknown", Response::Latest(None)),
	];
	let blob = format!("/v1/blobs/{commitment}");
	let gateway = [
		("upload", format!("PUT {blob}\nContent-Length: 100000")),
		(
			"upload_too_large",
			format!("PUT {blob}\nContent-Length: 33554433"),
		),
		("upload_largest", format!("PUT {blob}\ncontent-length: 33554432")),
		("download", format!("GET {blob}")),
		(
			"download_range",
			format!("GET {blob}\nRange: bytes=100-4294967296\nAccept: */*"),
		),
		("head_of_end", format!("HEAD {blob}?a=b\nRange: bytes=-300")),
		("status", format!("GET {blob}/status")),
		("row", format!("GET {blob}/rows/2047\nAccept: application/json")),
		("checksum", format!("GET {blob}/checksum")),
		("health", "GET /health".into()),
		("method", format!("DELETE {blob}")),
		("escaped", format!("GET {}", blob.replace('x', "%78"))),
		("slashes", format!("GET {}", "/".repeat(300))),
		("whole_uri", format!("GET http://node.example{blob}/rows/0")),
	];
	let ranges = [
		("first", "bytes=0-0"),
		("middle", "bytes=1000-4999"),
		("rest", "bytes=99999-"),
		("end", "bytes=-300"),
		("many", "bytes=0-1,3-4"),
		("largest", "bytes=18446744073709551615-18446744073709551616"),
	];
	let seal = |blobs: Vec<Commitment>| [vec![VERSION, 5], blobs.encode()].concat();
	let many = (0..65).map(|byte| Commitment([byte; 32])).collect();
	let no_batches = [
		("seal_twice", seal(vec![commitment; 2])),
		("seal_none", seal(vec![])),
		("seal_too_many", seal(many)),
	];
	let changes = |target, parts: u8| {
		let names = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"];
		(0..parts)
			.zip(names)
			.map(move |(part, name)| (target, name, (part, 99u32).encode()))
	};
	let requests = requests.map(|(name, request)| ("request", name, encode_request(&request)));
	let responses = responses.map(|(name, response)| ("response", name, encode_response(&response)));
	let gateway = gateway.map(|(name, text)| ("gateway_request", name, text.into_bytes()));
	let ranges = ranges.map(|(name, text)| {
		let seed = [&100_000u32.to_le_bytes(), text.as_bytes()].concat();
		("range", name, seed)
	});
	requests
		.into_iter()
		.chain(no_batches.map(|(name, bytes)| ("request", name, bytes)))
		.chain(responses)
		.chain(gateway)
		.chain(ranges)
		.chain([("hello", "right", HELLO.encode())])
		.chain(changes("hello_changes", 5))
		.chain(changes("share_changes", 11))
		.collect()
}
