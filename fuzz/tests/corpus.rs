// SPDX-License-Identifier: Apache-2.0

//! Every seed, mutations of every seed, and minutes of mutations by flag.
//!
//! * `ZEROG_FUZZ_SECONDS=600`: for so long, all targets in turn; `ZEROG_FUZZ_TARGET=row`: only this one;
//!   `ZEROG_FUZZ_SEED=7`: other mutations. Inputs that fail are left in the temporary folder, with the command that
//!   replays them: put them into `corpus` when the cause is mended.
//! * `ZEROG_FUZZ_TARGET=row ZEROG_FUZZ_INPUT=FILE`: one input.
//! * `ZEROG_FUZZ_WRITE=1`: writes the seeds that are right; after a change of a format.

use std::{
	env, fs,
	path::Path,
	time::{Duration, Instant},
};
use zerog_fuzz::{
	mutate::{mutated, Random},
	targets, Target,
};

/// Mutations of a target's seeds in a plain test run, and for how long at most.
const MUTATIONS: u64 = 400;
const PLAIN: Duration = Duration::from_millis(500);

fn number(name: &str) -> Option<u64> {
	env::var(name)
		.ok()
		.map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is no number")))
}

/// Runs one input; one that fails is kept, and how to replay it is said.
fn check(target: &Target, input: &[u8], file: Option<&Path>) {
	let Some(said) = target.fails(input) else { return };
	let file = file.map(Path::to_owned).unwrap_or_else(|| {
		let number = input.iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
			(hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
		});
		let file = env::temp_dir().join(format!("zerog-fuzz-{}-{number:016x}", target.name));
		fs::write(&file, input).unwrap();
		file
	});
	panic!(
		"{}: {said}\nreplay: ZEROG_FUZZ_TARGET={} ZEROG_FUZZ_INPUT={} cargo test --release -p zerog-fuzz --test corpus -- --nocapture",
		target.name,
		target.name,
		file.display()
	);
}

#[test]
fn seeds_and_their_mutations_break_nothing() {
	let wanted = env::var("ZEROG_FUZZ_TARGET").ok();
	if let Some(name) = &wanted {
		assert!(Target::named(name).is_some(), "there is no target {name}");
	}
	let chosen: Vec<_> = targets::ALL
		.iter()
		.filter(|target| wanted.as_ref().is_none_or(|name| name == target.name))
		.collect();
	if let Ok(file) = env::var("ZEROG_FUZZ_INPUT") {
		assert_eq!(chosen.len(), 1, "name the target of {file}: ZEROG_FUZZ_TARGET");
		return check(chosen[0], &fs::read(&file).unwrap(), Some(file.as_ref()));
	}

	let (seconds, seed) = (
		number("ZEROG_FUZZ_SECONDS"),
		number("ZEROG_FUZZ_SEED").unwrap_or(1),
	);
	let share = seconds.map_or(PLAIN, |seconds| {
		Duration::from_secs(seconds) / chosen.len() as u32
	});
	for target in chosen {
		let seeds = target.seeds().unwrap();
		assert!(!seeds.is_empty(), "{} has no seeds", target.name);
		for (path, input) in &seeds {
			check(target, input, Some(path));
		}
		let pieces: Vec<_> = seeds.into_iter().map(|(_, input)| input).collect();
		let (begun, mut random, mut done) = (Instant::now(), Random(seed), 0u64);
		while begun.elapsed() < share && (seconds.is_some() || done < MUTATIONS) {
			let base = random.below(pieces.len());
			check(target, &mutated(&pieces[base], &pieces, &mut random), None);
			done += 1;
		}
		println!("{}: {done} mutations in {:.1?}", target.name, begun.elapsed());
	}
}

#[test]
fn the_corpus_has_the_seeds_that_are_right() {
	let write = env::var_os("ZEROG_FUZZ_WRITE").is_some();
	let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
	for (target, name, bytes) in targets::right_seeds() {
		let file = corpus.join(target).join(name);
		if write {
			fs::create_dir_all(file.parent().unwrap()).unwrap();
			fs::write(&file, &bytes).unwrap();
		}
		assert_eq!(
			fs::read(&file).ok(),
			Some(bytes),
			"{}: see ZEROG_FUZZ_WRITE",
			file.display()
		);
	}
}

#[test]
fn an_input_that_fails_is_told() {
	let target = Target {
		name: "none",
		run: |data| assert!(data.len() < 3, "three bytes"),
	};
	assert_eq!(target.fails(&[1, 2]), None);
	assert_eq!(target.fails(&[1, 2, 3]).as_deref(), Some("three bytes"));
}
