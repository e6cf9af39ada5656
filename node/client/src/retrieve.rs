// SPDX-License-Identifier: Apache-2.0

//! Reading back: a blob is accepted only when its bytes have the commitment that was asked for.

use crate::{
	error::Error,
	gateway::{Gateway, GatewayError},
	publish::Blob,
	Client,
};
use bytes::Bytes;
use std::{
	fs,
	io::{self, Write},
	path::Path,
	time::Duration,
};
use zerog_erasure::{BlobHeader, Commitment};

/// Attempts at a gateway that is away or busy, a pause between them.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// Fetch a blob and check it. `progress` is told the bytes received and all bytes.
///
/// Errors: [`Error::Unknown`] when the chain does not know it, [`Error::WrongBytes`] when the gateway sent
/// something else.
pub async fn retrieve(
	client: &Client,
	gateway: &Gateway,
	commitment: Commitment,
	progress: impl Fn(u64, u64),
) -> Result<Bytes, Error> {
	let info = client.blob(commitment).await?.ok_or(Error::Unknown(commitment))?;
	let mut attempt = 1;
	let bytes = loop {
		let got = gateway
			.get(commitment, info.header.length, |got| {
				progress(got, info.header.length.into())
			})
			.await;
		match got {
			Ok(bytes) => break Bytes::from(bytes),
			Err(error) if may_pass(&error) && attempt < ATTEMPTS => attempt += 1,
			Err(error) => return Err(error.into()),
		}
		tokio::time::sleep(PAUSE).await;
	};
	check(&info.header, commitment, bytes).await
}

/// A gateway may lag behind the chain or be busy; where nobody answers, waiting helps little.
fn may_pass(error: &GatewayError) -> bool {
	matches!(
		error,
		GatewayError::Interrupted(_)
			| GatewayError::TimedOut
			| GatewayError::Busy { .. }
			| GatewayError::NotFound(_)
	)
}

/// The bytes, if they are the blob of this header and commitment.
pub async fn check(header: &BlobHeader, commitment: Commitment, bytes: Bytes) -> Result<Bytes, Error> {
	let blob = Blob::commit(header.chain, header.namespace, Some(header.profile), bytes).await?;
	match blob.commitment == commitment {
		true => Ok(blob.bytes),
		false => Err(Error::WrongBytes {
			wanted: commitment,
			got: blob.commitment,
		}),
	}
}

/// Write a file whole or not at all: beside its place first, flushed to disk, then moved there.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let name = path
		.file_name()
		.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a file name"))?;
	let mut beside = std::ffi::OsString::from(".");
	beside.push(name);
	beside.push(format!(".{}.part", std::process::id()));
	let beside = path.with_file_name(beside);
	let written = fs::File::create_new(&beside).and_then(|mut file| {
		file.write_all(bytes)?;
		file.sync_all()?;
		fs::rename(&beside, path)
	});
	if written.is_err() {
		// What failed is what the caller needs to hear; a leftover is only untidy.
		fs::remove_file(&beside).ok();
	}
	written
}

#[cfg(test)]
mod tests {
	use super::*;
	use zerog_erasure::Namespace;

	#[tokio::test]
	async fn bytes_that_are_not_the_blob_are_refused() {
		let blob = Blob::commit([1; 32], Namespace([2; 32]), None, Bytes::from_static(b"hello"))
			.await
			.unwrap();
		let check = |bytes| check(&blob.header, blob.commitment, Bytes::from_static(bytes));
		assert_eq!(check(b"hello").await.unwrap(), "hello");
		for wrong in [b"hellp".as_slice(), b"hell", b"hello\0"] {
			let error = check(wrong).await.unwrap_err();
			assert!(
				matches!(error, Error::WrongBytes { wanted, .. } if wanted == blob.commitment),
				"{error}"
			);
		}
	}

	#[test]
	fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("out");
		write_atomically(&path, b"one").unwrap();
		write_atomically(&path, b"two").unwrap();
		assert_eq!(fs::read(&path).unwrap(), b"two");
		assert!(write_atomically(&folder.path().join("missing/out"), b"x").is_err());
		let folder_in_place = folder.path().join("taken");
		fs::create_dir(&folder_in_place).unwrap();
		fs::write(folder_in_place.join("inside"), b"x").unwrap();
		assert!(write_atomically(&folder_in_place, b"x").is_err());
		assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
	}
}
