// SPDX-License-Identifier: Apache-2.0

//! Children that cannot outlive their parent, and their logs.

use anyhow::{anyhow, bail, Context, Result};
use std::{
	fs::{File, OpenOptions},
	io::{self, Read, Seek, SeekFrom},
	os::unix::process::CommandExt,
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Stdio},
	sync::{mpsc, LazyLock},
	thread,
	time::{Duration, Instant},
};

/// How long a process may take to end after SIGTERM before it is killed.
const GRACE: Duration = Duration::from_secs(30);
/// How often an ending process is looked at.
const POLL: Duration = Duration::from_millis(20);
/// The part of a log that a tail reads, in bytes.
const TAIL_BYTES: u64 = 64 * 1024;

/// A child that appends its output to a log file. Killed when dropped and when this process ends in any way.
pub struct Process {
	name: String,
	child: Child,
	log: PathBuf,
}

impl Process {
	/// Starts `command` in a process group of its own, so that Ctrl-C in a terminal reaches only us.
	pub fn start(name: impl Into<String>, mut command: Command, log: &Path) -> Result<Self> {
		let name = name.into();
		let output = OpenOptions::new().create(true).append(true).open(log);
		let output = output.with_context(|| format!("opening the log {}", log.display()))?;
		command
			.stdin(Stdio::null())
			.stderr(output.try_clone()?)
			.stdout(output)
			.process_group(0);
		let program = command.get_program().to_string_lossy().into_owned();
		let child = spawn(command).with_context(|| format!("starting {name}: {program}"))?;
		Ok(Self {
			name,
			child,
			log: log.to_owned(),
		})
	}

	/// Its process id.
	pub fn id(&self) -> u32 {
		self.child.id()
	}

	/// Whether it has not ended yet.
	pub fn is_running(&mut self) -> bool {
		matches!(self.child.try_wait(), Ok(None))
	}

	/// An error with the end of the log if the process is not running any more.
	pub fn check(&mut self) -> Result<()> {
		match self.child.try_wait() {
			Ok(None) => Ok(()),
			Ok(Some(status)) => {
				bail!(
					"{} ended ({status}). The end of {}:\n{}",
					self.name,
					self.log.display(),
					tail(&self.log, 20)
				)
			}
			Err(error) => Err(anyhow!(error).context(format!("asking for the state of {}", self.name))),
		}
	}

	/// SIGKILL.
	pub fn kill(&mut self) -> Result<ExitStatus> {
		self.child
			.kill()
			.with_context(|| format!("killing {}", self.name))?;
		Ok(self.child.wait()?)
	}

	/// Asks it to end: SIGTERM. Returns at once.
	pub fn terminate(&mut self) {
		if let (Ok(None), Ok(id)) = (self.child.try_wait(), libc::pid_t::try_from(self.child.id())) {
			// SAFETY: `kill` touches no memory. The child was not waited for, so the id is still its own.
			unsafe { libc::kill(id, libc::SIGTERM) };
		}
	}

	/// Waits for the end after [`Self::terminate`]; kills it if it takes too long.
	pub async fn ended(&mut self) -> Result<ExitStatus> {
		let deadline = Instant::now() + GRACE;
		while Instant::now() < deadline {
			if let Some(status) = self.child.try_wait()? {
				return Ok(status);
			}
			tokio::time::sleep(POLL).await;
		}
		self.kill()
	}
}

impl Drop for Process {
	fn drop(&mut self) {
		// Both fail only for a child that has ended and was waited for.
		self.child.kill().ok();
		self.child.wait().ok();
	}
}

/// The last `lines` lines of a log; empty if there is none.
pub fn tail(log: &Path, lines: usize) -> String {
	let read = || -> io::Result<String> {
		let mut file = File::open(log)?;
		let length = file.metadata()?.len();
		file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
		let mut bytes = Vec::new();
		file.take(TAIL_BYTES).read_to_end(&mut bytes)?;
		Ok(String::from_utf8_lossy(&bytes).into_owned())
	};
	let text = read().unwrap_or_default();
	let all: Vec<&str> = text.lines().collect();
	all[all.len().saturating_sub(lines)..].join("\n")
}

/// Starts a child that gets SIGKILL when this process ends, however it ends.
///
/// Linux sends that signal when the *thread* that forked ends, and threads of an async runtime come and go: all
/// children are started by one thread that lives as long as the process.
fn spawn(mut command: Command) -> io::Result<Child> {
	type Order = (Command, mpsc::Sender<io::Result<Child>>);
	static SPAWNER: LazyLock<mpsc::SyncSender<Order>> = LazyLock::new(|| {
		let (sender, orders) = mpsc::sync_channel::<Order>(0);
		thread::spawn(move || {
			for (mut command, reply) in orders {
				reply.send(command.spawn()).ok();
			}
		});
		sender
	});

	let parent = std::process::id();
	// SAFETY: `prctl` and `getppid` are async-signal-safe and touch no memory of the parent.
	unsafe {
		command.pre_exec(move || {
			if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
				return Err(io::Error::last_os_error());
			}
			match u32::try_from(libc::getppid()) {
				Ok(now) if now == parent => Ok(()),
				_ => Err(io::ErrorKind::Interrupted.into()),
			}
		})
	};
	let (reply, child) = mpsc::channel();
	let gone = |_| io::Error::other("the thread that starts processes is gone");
	SPAWNER
		.send((command, reply))
		.map_err(|_| gone(mpsc::RecvError))?;
	child.recv().map_err(gone)?
}

#[cfg(test)]
mod tests {
	use super::*;

	fn shell(script: &str, log: &Path) -> Process {
		let mut command = Command::new("sh");
		command.args(["-c", script]);
		Process::start("the shell", command, log).unwrap()
	}

	#[tokio::test]
	async fn a_process_that_died_is_reported_with_the_end_of_its_log() {
		let folder = tempfile::tempdir().unwrap();
		let log = folder.path().join("log");
		let mut process = shell("seq 100; echo the reason >&2; exit 3", &log);
		process.ended().await.unwrap();
		let message = process.check().unwrap_err().to_string();
		assert!(
			message.contains("exit status: 3") && message.ends_with("100\nthe reason"),
			"{message}"
		);
		assert!(!message.contains("\n80\n"), "{message}");
	}

	#[tokio::test]
	async fn a_process_ends_when_asked_and_when_dropped() {
		let folder = tempfile::tempdir().unwrap();
		let log = folder.path().join("log");
		let mut process = shell("echo started; exec sleep 600", &log);
		assert!(process.is_running());
		process.terminate();
		let begun = Instant::now();
		assert!(!process.ended().await.unwrap().success());
		assert!(begun.elapsed() < GRACE);

		let dropped = shell("exec sleep 600", &log);
		let proc_entry = PathBuf::from(format!("/proc/{}", dropped.id()));
		drop(dropped);
		assert!(!proc_entry.exists());
	}

	#[tokio::test]
	async fn a_process_outlives_the_thread_that_asked_for_it() {
		let folder = tempfile::tempdir().unwrap();
		let log = folder.path().join("log");
		let mut process = thread::spawn(move || shell("exec sleep 600", &log))
			.join()
			.unwrap();
		tokio::time::sleep(Duration::from_millis(100)).await;
		process.check().unwrap();
	}

	#[test]
	fn the_tail_of_a_missing_log_is_empty() {
		assert_eq!(tail(Path::new("/does/not/exist"), 5), "");
	}
}
