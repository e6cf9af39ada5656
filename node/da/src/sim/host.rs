// SPDX-License-Identifier: Apache-2.0

//! The host that a simulation runs on: a clock that moves only when everybody waits, and randomness out of a seed.
//!
//! The standard library, tokio and all libraries ask the C library for time, for randomness (the order of hash maps,
//! tokio's choice among branches) and for sleep. These definitions come before the C library's in this test binary; on
//! threads that are not simulated they do what those do. So the code under test is the code that ships, with the runtime
//! that it has in the node, and no second way of keeping time.

use libc::{c_int, c_uint, c_void, clockid_t, epoll_event, size_t, ssize_t, timespec};
use std::{cell::Cell, future::Future, time::Duration};

/// What a simulated thread has seen of its host so far.
#[derive(Clone, Copy)]
struct Host {
	millis: u64,
	random: u64,
}

/// Where the clock starts, so that there is time before it.
const START: u64 = 1_000_000_000;

thread_local! {
	static HOST: Cell<Option<Host>> = const { Cell::new(None) };
}

/// One step of SplitMix64.
pub(super) fn split_mix(state: &mut u64) -> u64 {
	*state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
	let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
	let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
	mixed ^ (mixed >> 31)
}

/// Run `task` to its end on a host of its own, with the real time limit of ten minutes.
pub(super) fn simulate(seed: u64, task: impl Future<Output = ()> + Send + 'static) {
	let run = move || {
		// SAFETY: no pointers; the process ends if it does not end by itself.
		unsafe { libc::alarm(600) };
		HOST.set(Some(Host {
			millis: START,
			random: seed,
		}));
		let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
		runtime.unwrap().block_on(task);
		HOST.set(None);
	};
	// A thread of its own has taken no random numbers yet.
	std::thread::Builder::new()
		.stack_size(16 << 20)
		.spawn(run)
		.unwrap()
		.join()
		.unwrap();
}

/// Whether this thread is simulated.
pub(crate) fn is_simulated() -> bool {
	HOST.get().is_some()
}

/// Time since the start.
pub(super) fn now() -> Duration {
	Duration::from_millis(HOST.get().map_or(0, |host| host.millis - START))
}

/// How long work on another thread takes this time: up to 2 ms, so that tasks overtake each other.
pub(crate) fn thread_time() -> Duration {
	let mut host = HOST.get().unwrap();
	let time = split_mix(&mut host.random) % 2_000;
	HOST.set(Some(host));
	Duration::from_micros(time)
}

// SAFETY, for all three: same signature and, off simulated threads, same effect as the C library's function.

#[unsafe(no_mangle)]
unsafe extern "C" fn clock_gettime(clock: clockid_t, time: *mut timespec) -> c_int {
	let wall = matches!(
		clock,
		libc::CLOCK_REALTIME | libc::CLOCK_MONOTONIC | libc::CLOCK_BOOTTIME
	);
	match HOST.get().filter(|_| wall) {
		Some(host) => {
			let now = timespec {
				tv_sec: (host.millis / 1_000) as i64,
				tv_nsec: (host.millis % 1_000 * 1_000_000) as i64,
			};
			unsafe { time.write(now) };
			0
		}
		None => unsafe { libc::syscall(libc::SYS_clock_gettime, clock, time) as c_int },
	}
}

#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(buffer: *mut c_void, length: size_t, flags: c_uint) -> ssize_t {
	let Some(mut host) = HOST.get() else {
		return unsafe { libc::syscall(libc::SYS_getrandom, buffer, length, flags) as ssize_t };
	};
	// SAFETY: the caller hands over `length` bytes to be written.
	let bytes = unsafe { std::slice::from_raw_parts_mut(buffer.cast::<u8>(), length) };
	for chunk in bytes.chunks_mut(8) {
		let random = split_mix(&mut host.random).to_le_bytes();
		chunk.copy_from_slice(&random[..chunk.len()]);
	}
	HOST.set(Some(host));
	length as ssize_t
}

#[unsafe(no_mangle)]
unsafe extern "C" fn epoll_wait(
	queue: c_int,
	events: *mut epoll_event,
	most: c_int,
	timeout_ms: c_int,
) -> c_int {
	match HOST.get() {
		Some(mut host) => {
			let Ok(wait) = u64::try_from(timeout_ms) else {
				super::fail("everybody waits, and nothing will ever happen");
			};
			host.millis += wait;
			HOST.set(Some(host));
			0
		}
		None => {
			let mask: *const libc::sigset_t = std::ptr::null();
			unsafe { libc::syscall(libc::SYS_epoll_pwait, queue, events, most, timeout_ms, mask, 8) as c_int }
		}
	}
}
