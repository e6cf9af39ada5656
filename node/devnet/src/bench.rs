// SPDX-License-Identifier: Apache-2.0

//! How long a certificate takes, next to what the machine needs just to copy the same bytes.
//!
//! Compared with: one TCP connection over loopback into one file, fsync at the end, as many bytes as the coded matrix
//! has. It is the least that any dispersal on this machine has to do.

use crate::{
	blob::{self, noise},
	network::Network,
};
use anyhow::{bail, ensure, Context, Result};
use serde::Serialize;
use std::{
	fmt,
	fs::File,
	io::{Read, Write},
	net::{Ipv4Addr, TcpListener, TcpStream},
	path::Path,
	sync::{Arc, OnceLock},
	thread,
	time::{Instant, SystemTime, UNIX_EPOCH},
};
use zerog_client::publish::{Event, Observer};

/// One blob.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
	/// Slots from the block with `submit` to the block with `Certified`.
	pub slots: u64,
	/// Seconds from seeing the block with the payment to seeing the one with the certificate.
	pub seconds: f64,
	/// Seconds for copying and fsyncing as many bytes as the coded matrix has.
	pub copy_seconds: f64,
	/// `seconds / copy_seconds`.
	pub ratio: f64,
	/// Rows signed, of all rows.
	pub rows_signed: u32,
	/// All rows.
	pub rows: u32,
}

/// Several blobs.
#[derive(Clone, Debug, Serialize)]
pub struct Measurement {
	/// Length of each blob.
	pub blob_bytes: usize,
	/// Length of its coded matrix.
	pub coded_bytes: u64,
	/// The middle one of the runs' slots.
	pub median_slots: f64,
	/// The middle one of the runs' seconds.
	pub median_seconds: f64,
	/// The middle one of the runs' ratios.
	pub median_ratio: f64,
	/// Each run.
	pub runs: Vec<Run>,
}

/// Publishes `runs` blobs of `blob_bytes` through the first validator, one after another; `done` is told of each.
pub async fn measure(
	network: &Network,
	blob_bytes: usize,
	runs: usize,
	mut done: impl FnMut(&Run),
) -> Result<Measurement> {
	ensure!(runs > 0, "at least one run");
	let node = network.node(0);
	let client = node.client().await?;
	let signer = zerog_client::keys::from_suri(&node.suri())?;
	let seed = SystemTime::now().duration_since(UNIX_EPOCH)?.subsec_nanos();
	let (mut results, mut coded_bytes) = (Vec::new(), 0);
	for run in 0..runs {
		let blob = blob::commit(&client, noise(blob_bytes, u64::from(seed) + run as u64)).await?;
		coded_bytes = blob
			.header
			.profile()
			.map_err(zerog_client::Error::Header)?
			.coded_bytes();
		let folder = network.folder().to_owned();
		let copy_seconds = tokio::task::spawn_blocking(move || copy(coded_bytes, &folder)).await??;

		let plan = blob::plan(&client, &blob, &signer).await?;
		let (paid, seen) = (Arc::new(OnceLock::new()), Arc::new(OnceLock::new()));
		let observer: Observer = Arc::new({
			let (paid, seen) = (paid.clone(), seen.clone());
			move |event| match event {
				Event::Paid(_) => drop(paid.set(Instant::now())),
				Event::Certified(_) => drop(seen.set(Instant::now())),
				_ => (),
			}
		});
		let certified = blob::publish(node, &client, &blob, &plan, &signer, observer).await?;
		let (Some(paid), Some(seen)) = (paid.get(), seen.get()) else {
			bail!("the client did not tell when")
		};
		let seconds = seen.duration_since(*paid).as_secs_f64();
		let (rows_signed, rows) = (certified.certificate.rows_signed, certified.certificate.rows);
		let slots = certified.slots;
		let result = Run {
			slots,
			seconds,
			copy_seconds,
			ratio: seconds / copy_seconds,
			rows_signed,
			rows,
		};
		done(&result);
		results.push(result);
	}
	let middle = |value: fn(&Run) -> f64| median(results.iter().map(value).collect());
	Ok(Measurement {
		blob_bytes,
		coded_bytes,
		median_slots: middle(|run| run.slots as f64),
		median_seconds: middle(|run| run.seconds),
		median_ratio: middle(|run| run.ratio),
		runs: results,
	})
}

/// Seconds for `length` bytes over a loopback connection into a file in `folder`, fsync included.
fn copy(length: u64, folder: &Path) -> Result<f64> {
	let path = folder.join("copy");
	let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
	let address = listener.local_addr()?;
	let begun = Instant::now();
	let sender = thread::spawn(move || -> std::io::Result<()> {
		let mut stream = TcpStream::connect(address)?;
		let chunk = noise(1 << 20, length);
		let mut left = length;
		while left > 0 {
			let now = left.min(chunk.len() as u64);
			stream.write_all(&chunk[..now as usize])?;
			left -= now;
		}
		Ok(())
	});
	let (mut stream, _) = listener.accept()?;
	let mut file = File::create(&path).with_context(|| format!("creating {}", path.display()))?;
	let mut buffer = vec![0u8; 1 << 20];
	let mut received = 0u64;
	loop {
		let count = stream.read(&mut buffer)?;
		if count == 0 {
			break;
		}
		file.write_all(&buffer[..count])?;
		received += count as u64;
	}
	file.sync_all()?;
	let seconds = begun.elapsed().as_secs_f64();
	std::fs::remove_file(&path)?;
	sender
		.join()
		.map_err(|_| anyhow::anyhow!("the sending thread ended"))??;
	ensure!(received == length, "{received} of {length} bytes arrived");
	Ok(seconds)
}

fn median(mut values: Vec<f64>) -> f64 {
	values.sort_by(f64::total_cmp);
	let middle = values.len() / 2;
	match values.len() {
		0 => 0.0,
		odd if odd % 2 == 1 => values[middle],
		_ => (values[middle - 1] + values[middle]) / 2.0,
	}
}

impl fmt::Display for Run {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		let Self {
			slots,
			seconds,
			copy_seconds,
			ratio,
			rows_signed,
			rows,
		} = self;
		write!(
			out,
			"{slots:>5}  {seconds:>7.2}  {copy_seconds:>12.2}  {ratio:>5.1}  {rows_signed}/{rows}"
		)
	}
}

impl fmt::Display for Measurement {
	fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
		writeln!(
			out,
			"blob of {} bytes, {} coded, {} runs",
			self.blob_bytes,
			self.coded_bytes,
			self.runs.len()
		)?;
		writeln!(out, "slots  seconds  copy seconds  ratio  rows signed")?;
		for run in &self.runs {
			writeln!(out, "{run}")?;
		}
		writeln!(
			out,
			"median: {} slots, {:.2} s, {:.1} times copying and fsyncing the same coded bytes",
			self.median_slots, self.median_seconds, self.median_ratio
		)
	}
}

/// A size as people write it: `32MiB`, `300KiB`, `5000`.
pub fn parse_size(text: &str) -> Result<usize, String> {
	let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
	let unit = match &text[digits.len()..] {
		"" | "B" => 1,
		"KiB" => 1 << 10,
		"MiB" => 1 << 20,
		other => return Err(format!("{other:?} is not a unit: write B, KiB or MiB")),
	};
	let count: usize = digits
		.parse()
		.map_err(|_| format!("{text:?} is not a size such as 32MiB"))?;
	let most = zerog_erasure::MAX_BLOB_BYTES as usize;
	match count.checked_mul(unit) {
		Some(bytes) if (1..=most).contains(&bytes) => Ok(bytes),
		_ => Err(format!(
			"{text} is outside 1 byte to {most} bytes, the limits of a blob"
		)),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_median_is_the_middle_value() {
		assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
		assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5);
	}

	#[test]
	fn sizes_are_read_as_people_write_them() {
		assert_eq!(parse_size("32MiB"), Ok(32 << 20));
		assert_eq!(parse_size("300KiB"), Ok(300 << 10));
		assert_eq!(parse_size("5000"), Ok(5000));
		for wrong in ["", "0", "33MiB", "5GB", "MiB", "99999999999999999999KiB"] {
			assert!(parse_size(wrong).is_err(), "{wrong}");
		}
	}

	#[test]
	fn copying_moves_all_bytes_and_leaves_no_file() {
		let folder = tempfile::tempdir().unwrap();
		assert!(copy(3_000_001, folder.path()).unwrap() > 0.0);
		assert_eq!(folder.path().read_dir().unwrap().count(), 0);
	}
}
