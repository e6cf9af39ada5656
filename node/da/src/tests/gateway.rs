// SPDX-License-Identifier: Apache-2.0

//! The gateway, over loopback.

use super::{bytes, limits, World};
use crate::gateway::{converse, Gateway};
use bytes::Bytes;
use reqwest::{
	header::{HeaderMap, CONTENT_RANGE, RANGE, RETRY_AFTER},
	Client, Method, StatusCode,
};
use serde_json::Value;
use std::time::Duration;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
	net::TcpStream,
	sync::watch,
	time::{sleep, timeout},
};
use zerog_erasure::{Commitment, Row, Verifier};

struct Answer {
	status: StatusCode,
	headers: HeaderMap,
	body: Bytes,
}

impl Answer {
	fn json(&self) -> Value {
		serde_json::from_slice(&self.body).unwrap()
	}

	fn code(&self) -> String {
		self.json()["error"]["code"].as_str().unwrap().to_owned()
	}
}

impl World {
	fn url(&self, node: usize, path: &str) -> String {
		format!("http://{}{path}", self.node(node).gateway().unwrap())
	}

	async fn http(
		&self,
		node: usize,
		method: Method,
		path: &str,
		body: Option<Bytes>,
		range: Option<&str>,
	) -> Answer {
		let mut request = Client::new().request(method, self.url(node, path));
		if let Some(body) = body {
			request = request.body(body);
		}
		if let Some(range) = range {
			request = request.header(RANGE, range);
		}
		let response = request.send().await.unwrap();
		let (status, headers) = (response.status(), response.headers().clone());
		Answer {
			status,
			headers,
			body: response.bytes().await.unwrap(),
		}
	}

	async fn put(&self, node: usize, commitment: Commitment, body: Bytes) -> Answer {
		self.http(
			node,
			Method::PUT,
			&format!("/v1/blobs/{commitment}"),
			Some(body),
			None,
		)
		.await
	}

	async fn get(&self, node: usize, commitment: Commitment, range: Option<&str>) -> Answer {
		self.http(node, Method::GET, &format!("/v1/blobs/{commitment}"), None, range)
			.await
	}

	/// Send raw bytes, return all that comes back until the connection closes.
	async fn raw(&self, node: usize, request: &[u8], close: bool) -> String {
		let mut stream = TcpStream::connect(self.node(node).gateway().unwrap())
			.await
			.unwrap();
		stream.write_all(request).await.unwrap();
		if close {
			stream.shutdown().await.unwrap();
		}
		let mut answer = Vec::new();
		let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
		read.await.expect("the gateway answers and closes").ok();
		String::from_utf8_lossy(&answer).into_owned()
	}
}

async fn world() -> World {
	World::with(4, limits(), true).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_goes_in_at_one_gateway_and_comes_out_at_another() {
	let world = world().await;
	let blob = bytes(200_000, 1);
	let commitment = world.submit(&blob).commitment();
	let answer = world.put(0, commitment, blob.clone()).await;
	assert_eq!(answer.status, StatusCode::OK);
	let json = answer.json();
	assert_eq!(json["commitment"], commitment.to_string());
	assert_eq!(json["rows"], 4096);
	assert!(json["rows_pushed"].as_u64().unwrap() * 3 >= 4096 * 2);
	world
		.until("all rows are signed", |world| {
			world.rows_signed(commitment) == 4096
		})
		.await;

	let answer = world.get(3, commitment, None).await;
	assert_eq!((answer.status, &answer.body), (StatusCode::OK, &blob));
	assert_eq!(answer.headers["accept-ranges"], "bytes");
	let status = world
		.http(
			2,
			Method::GET,
			&format!("/v1/blobs/{commitment}/status"),
			None,
			None,
		)
		.await
		.json();
	assert_eq!(status["state"], "certified");
	assert_eq!(
		(&status["length"], &status["rows"]),
		(&200_000.into(), &4096.into())
	);
	assert_eq!(
		(&status["rows_signed"], &status["rows_held"]),
		(&4096.into(), &1024.into())
	);
	assert!(status["deadline"].is_u64() && status["retained_until"].is_u64() && status["session"].is_u64());
	let again = world.put(0, commitment, blob).await;
	assert_eq!(
		(again.status, again.json()["state"].as_str()),
		(StatusCode::OK, Some("certified"))
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_that_nobody_paid_for_is_refused_before_its_body() {
	let world = world().await;
	let answer = world.put(0, Commitment([1; 32]), bytes(1_000, 2)).await;
	assert_eq!(
		(answer.status, answer.code().as_str()),
		(StatusCode::PAYMENT_REQUIRED, "payment_required")
	);
	let blob = bytes(1_000, 3);
	let commitment = world.submit(&blob).commitment();
	let other_length = world.put(0, commitment, blob.slice(1..)).await;
	assert_eq!(other_length.status, StatusCode::PAYMENT_REQUIRED);
	// Not a byte of the body is sent, and the answer is there.
	let request = format!(
		"PUT /v1/blobs/{} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
		Commitment([1; 32])
	);
	assert!(world
		.raw(0, request.as_bytes(), false)
		.await
		.starts_with("HTTP/1.1 402 "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_says_its_length_and_keeps_to_it() {
	let world = world().await;
	let blob = bytes(1_000, 4);
	let commitment = world.submit(&blob).commitment();
	let head = format!("PUT /v1/blobs/{commitment} HTTP/1.1\r\nHost: x\r\n");
	let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n");
	let answer = world.raw(0, chunked.as_bytes(), false).await;
	assert!(
		answer.starts_with("HTTP/1.1 411 ") && answer.contains("length_required"),
		"{answer}"
	);
	let large = format!("{head}Content-Length: 33554433\r\n\r\n");
	let answer = world.raw(0, large.as_bytes(), false).await;
	assert!(
		answer.starts_with("HTTP/1.1 413 ") && answer.contains("too_large"),
		"{answer}"
	);
	let stalled = format!("{head}Content-Length: 1000\r\n\r\nonly this");
	let answer = world.raw(0, stalled.as_bytes(), false).await;
	assert!(
		answer.starts_with("HTTP/1.1 408 ") && answer.contains("upload_stalled"),
		"{answer}"
	);
	// A client that hangs up in the middle: whatever it is told, nothing is dispersed and the next upload works.
	world.raw(0, stalled.as_bytes(), true).await;
	assert_eq!(world.hub.count("push"), 0);
	assert_eq!(world.put(0, commitment, blob).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn bytes_with_another_commitment_are_refused() {
	let world = world().await;
	let blob = bytes(1_000, 5);
	let commitment = world.submit(&blob).commitment();
	let answer = world.put(0, commitment, bytes(1_000, 6)).await;
	assert_eq!(
		(answer.status, answer.code().as_str()),
		(StatusCode::UNPROCESSABLE_ENTITY, "wrong_commitment")
	);
	assert_eq!(world.put(0, commitment, blob).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_committee_that_cannot_be_reached_is_worth_a_retry() {
	let mut limits = limits();
	limits.publish_timeout = Duration::from_secs(1);
	let mut world = World::with(4, limits, true).await;
	world.stop(1).await;
	world.stop(2).await;
	let blob = bytes(1_000, 7);
	let commitment = world.submit(&blob).commitment();
	let answer = world.put(0, commitment, blob.clone()).await;
	assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
	assert_eq!(answer.code(), "committee_unreachable");
	assert!(answer.headers.contains_key(RETRY_AFTER));
	world.start(1).await;
	world.start(2).await;
	world
		.until("the blob is certified after all", |world| {
			world.rows_signed(commitment) > 0
		})
		.await;
	assert_eq!(world.put(0, commitment, blob).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ranges_are_served() {
	let world = world().await;
	let blob = bytes(100_000, 8);
	let commitment = world.certified(0, &blob).await;
	for (range, from, to) in [
		("bytes=0-0", 0, 1),
		("bytes=1000-4999", 1_000, 5_000),
		("bytes=-300", 99_700, 100_000),
	] {
		let answer = world.get(world.observer(), commitment, Some(range)).await;
		assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
		assert_eq!(answer.body, blob.slice(from..to));
		assert_eq!(
			answer.headers[CONTENT_RANGE],
			format!("bytes {from}-{}/100000", to - 1)
		);
	}
	let beyond = world.get(0, commitment, Some("bytes=100000-")).await;
	assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
	assert_eq!(beyond.headers[CONTENT_RANGE], "bytes */100000");
	assert_eq!(beyond.code(), "range_not_satisfiable");
	let head = world
		.http(0, Method::HEAD, &format!("/v1/blobs/{commitment}"), None, None)
		.await;
	assert_eq!(
		(head.status, head.headers["content-length"].to_str().unwrap()),
		(StatusCode::OK, "100000")
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_not_there_is_said_so() {
	let world = world().await;
	let unknown = world.get(0, Commitment([1; 32]), None).await;
	assert_eq!(
		(unknown.status, unknown.code().as_str()),
		(StatusCode::NOT_FOUND, "unknown_blob")
	);
	let pending = world.submit(&bytes(100, 9)).commitment();
	let answer = world.get(0, pending, None).await;
	assert_eq!(
		(answer.status, answer.code().as_str()),
		(StatusCode::NOT_FOUND, "not_certified")
	);
	let path = format!("/v1/blobs/{}/status", Commitment([1; 32]));
	let status = world.http(0, Method::GET, &path, None, None).await;
	assert_eq!(
		(status.status, status.json()["state"].as_str()),
		(StatusCode::OK, Some("unknown"))
	);
	let bad = world.http(0, Method::GET, "/v1/blobs/0x12", None, None).await;
	assert_eq!(
		(bad.status, bad.code().as_str()),
		(StatusCode::BAD_REQUEST, "bad_commitment")
	);
	let path = world.http(0, Method::GET, "/nothing", None, None).await;
	assert_eq!(
		(path.status, path.code().as_str()),
		(StatusCode::NOT_FOUND, "not_found")
	);
	let method = world.http(0, Method::DELETE, "/health", None, None).await;
	assert_eq!(
		(method.status, method.code().as_str()),
		(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
	);
	assert_eq!(method.headers["allow"], "GET,HEAD");
	let health = world.http(0, Method::GET, "/health", None, None).await.json();
	assert_eq!(
		(&health["members_online"], &health["members"]),
		(&4.into(), &4.into())
	);
	assert_eq!((&health["status"], &health["reason"]), (&"ok".into(), &().into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_and_the_checksum_are_served_so_that_anybody_can_check_them() {
	let world = world().await;
	let commitment = world.certified(0, &bytes(100_000, 10)).await;
	world.until_all_signed(commitment).await;
	let world = &world;
	let get = |path: String| async move {
		let path = format!("/v1/blobs/{commitment}/{path}");
		world.http(world.observer(), Method::GET, &path, None, None).await
	};
	let checksum = get("checksum".into()).await;
	assert_eq!((checksum.status, checksum.body.len()), (StatusCode::OK, 512 * 20));
	let header = world.chain.info(commitment).unwrap().header;
	let verifier = Verifier::new(&header, commitment, &checksum.body).unwrap();
	for index in [0, 777, 2047] {
		let answer = get(format!("rows/{index}")).await;
		assert_eq!(
			(answer.status, answer.body.len()),
			(StatusCode::OK, 256 + 11 * 32)
		);
		let (data, path) = answer.body.split_at(256);
		let row = Row {
			index,
			data: data.to_vec(),
			path: path.as_chunks().0.to_vec(),
		};
		verifier.check_row(&row).unwrap();
		let json: Value = Client::new()
			.get(world.url(0, &format!("/v1/blobs/{commitment}/rows/{index}")))
			.header("accept", "application/json")
			.send()
			.await
			.unwrap()
			.json()
			.await
			.unwrap();
		assert_eq!(json["index"], index);
		assert_eq!(json["data"], format!("0x{}", hex::encode(data)));
		assert_eq!(json["path"].as_array().unwrap().len(), 11);
		assert_eq!(json["path"][0], format!("0x{}", hex::encode(&path[..32])));
	}
	let answer = get("rows/2048".into()).await;
	assert_eq!(
		(answer.status, answer.code().as_str()),
		(StatusCode::NOT_FOUND, "no_such_row")
	);
	let answer = get("rows/-1".into()).await;
	assert_eq!(
		(answer.status, answer.code().as_str()),
		(StatusCode::BAD_REQUEST, "bad_index")
	);
	let lost = world.node(2).node().store.held(&commitment).unwrap()[5];
	world.node(2).node().store.remove_row(&commitment, lost).unwrap();
	let answer = get(format!("rows/{lost}")).await;
	assert_eq!(
		(answer.status, answer.code().as_str()),
		(StatusCode::BAD_GATEWAY, "row_missing")
	);
	assert!(answer.json()["error"]["message"]
		.as_str()
		.unwrap()
		.contains("member 2"));
}

/// A connection that holds a page of what is not read yet.
async fn connect(gateway: &Gateway, end: &watch::Receiver<()>, request: &str) -> DuplexStream {
	let (mut client, server) = tokio::io::duplex(4_096);
	tokio::spawn(converse(gateway.clone(), server, end.clone()));
	client.write_all(request.as_bytes()).await.unwrap();
	client
}

async fn read_all(mut client: DuplexStream) -> Vec<u8> {
	let mut answer = Vec::new();
	let read = timeout(Duration::from_secs(30), client.read_to_end(&mut answer));
	read.await.expect("the connection ends").unwrap();
	answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_clients_do_not_take_is_bounded_and_not_kept_for_long() {
	let mut limits = limits();
	limits.unread_bytes = 150_000;
	limits.answer_idle = Duration::from_secs(3);
	let world = World::with(4, limits, false).await;
	let commitment = world.certified(0, &bytes(100_000, 11)).await;
	let gateway = Gateway::new(world.node(0).clone());
	let (_service, end) = watch::channel(());
	let request = format!("GET /v1/blobs/{commitment} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	let part = request.replace("Host: x", "Host: x\r\nRange: bytes=0-999");
	let mut silent = connect(&gateway, &end, &request).await;
	let mut start = [0; 12];
	silent.read_exact(&mut start).await.unwrap();
	assert_eq!(&start, b"HTTP/1.1 200");
	let refused = read_all(connect(&gateway, &end, &request).await).await;
	let refused = String::from_utf8(refused).unwrap();
	assert!(
		refused.starts_with("HTTP/1.1 503 ") && refused.contains("\"busy\""),
		"{refused}"
	);
	let small = read_all(connect(&gateway, &end, &part).await).await;
	assert!(small.starts_with(b"HTTP/1.1 206 "), "there is room for less");

	let mut answer = Vec::new();
	for _ in 0..200 {
		sleep(Duration::from_millis(50)).await;
		answer = read_all(connect(&gateway, &end, &request).await).await;
		if answer.starts_with(b"HTTP/1.1 200 ") {
			break;
		}
	}
	assert!(answer.len() > 100_000, "the silent client lost its place");
	assert!(read_all(silent).await.len() < 100_000);

	let mut slow = connect(&gateway, &end, &request).await;
	let (mut page, mut taken) = ([0; 2_048], 0);
	loop {
		let read = slow.read(&mut page).await.unwrap();
		if read == 0 {
			break;
		}
		taken += read;
		sleep(Duration::from_millis(200)).await;
	}
	assert!(
		(10_000..100_000).contains(&taken),
		"10 kB in a second are too few: {taken}"
	);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn connections_are_bounded() {
	let mut limits = limits();
	limits.connections = 2;
	let world = World::with(4, limits, true).await;
	let connect = || TcpStream::connect(world.node(0).gateway().unwrap());
	let (first, _second) = (connect().await.unwrap(), connect().await.unwrap());
	let mut third = connect().await.unwrap();
	third
		.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
		.await
		.unwrap();
	let mut start = [0; 12];
	let early = timeout(Duration::from_millis(500), third.read_exact(&mut start)).await;
	assert!(early.is_err(), "it waits for a place");
	drop(first);
	let late = timeout(Duration::from_secs(30), third.read_exact(&mut start)).await;
	late.unwrap().unwrap();
	assert_eq!(&start, b"HTTP/1.1 200");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_connection_without_a_request_is_closed() {
	let mut limits = limits();
	limits.header_timeout = Duration::from_secs(1);
	let world = World::with(4, limits, true).await;
	let request = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
	assert_eq!(world.raw(0, b"", false).await, "");
	assert_eq!(world.raw(0, &request.as_bytes()[..30], false).await, "");
	let idle = world.raw(0, request.as_bytes(), false).await;
	assert!(idle.starts_with("HTTP/1.1 200 "), "{idle}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_blob_is_uploaded_by_one_client_at_a_time() {
	let mut limits = limits();
	limits.upload_idle = Duration::from_secs(60);
	let world = World::with(4, limits, true).await;
	let (blob, other) = (bytes(1_000, 12), bytes(1_000, 13));
	let commitment = world.submit(&blob).commitment();
	let mut first = TcpStream::connect(world.node(0).gateway().unwrap())
		.await
		.unwrap();
	let head = format!(
		"PUT /v1/blobs/{commitment} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
	);
	first.write_all(head.as_bytes()).await.unwrap();
	let mut start = [0; 12];
	first.read_exact(&mut start).await.unwrap();
	assert_eq!(&start, b"HTTP/1.1 100", "its body is awaited");
	let second = world.put(0, commitment, blob.clone()).await;
	assert_eq!(
		(second.status, second.code().as_str()),
		(StatusCode::SERVICE_UNAVAILABLE, "busy")
	);
	assert!(second.headers.contains_key(RETRY_AFTER));
	let other_commitment = world.submit(&other).commitment();
	let answer = world.put(0, other_commitment, other).await;
	assert_eq!(answer.status, StatusCode::OK);
	drop(first);
	let mut status = StatusCode::SERVICE_UNAVAILABLE;
	for _ in 0..100 {
		status = world.put(0, commitment, blob.clone()).await.status;
		if status == StatusCode::OK {
			break;
		}
		sleep(Duration::from_millis(50)).await;
	}
	assert_eq!(status, StatusCode::OK, "the place is free again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_upload_that_trickles_ends() {
	let world = world().await;
	let commitment = world.submit(&bytes(1_000, 14)).commitment();
	let mut stream = TcpStream::connect(world.node(0).gateway().unwrap())
		.await
		.unwrap();
	let (mut read, mut write) = stream.split();
	let head = format!("PUT /v1/blobs/{commitment} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
	write.write_all(head.as_bytes()).await.unwrap();
	let trickle = async {
		while write.write_all(b"x").await.is_ok() {
			sleep(Duration::from_millis(200)).await;
		}
		futures::future::pending::<()>().await;
	};
	let mut answer = Vec::new();
	tokio::select! {
		() = trickle => {},
		ended = timeout(Duration::from_secs(30), read.read_to_end(&mut answer)) => {
			ended.expect("the gateway ends it").ok();
		},
	}
	let answer = String::from_utf8_lossy(&answer);
	assert!(
		answer.starts_with("HTTP/1.1 408 ") && answer.contains("upload_stalled"),
		"{answer}"
	);
}
