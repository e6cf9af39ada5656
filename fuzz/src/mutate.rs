// SPDX-License-Identifier: Apache-2.0

//! Bytes that are nearly right.

/// Most bytes of an input: beyond that mutations only repeat themselves more slowly.
const MAX_BYTES: usize = 256 << 10;
/// Numbers at which parsers break: lengths and counts at the edges of their types, and of SCALE's compact forms.
const NUMBERS: [u32; 12] = [
	0,
	1,
	63,
	64,
	255,
	256,
	16_383,
	16_384,
	65_535,
	0x3fff_ffff,
	0x7fff_ffff,
	u32::MAX,
];

/// Random numbers that are the same on every machine (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
	/// Any number.
	pub fn number(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		mixed ^ (mixed >> 31)
	}

	/// A number below `end`, or 0.
	pub fn below(&mut self, end: usize) -> usize {
		(self.number() % end.max(1) as u64) as usize
	}
}

/// A seed with one to four changes; `others` lend pieces.
pub fn mutated(seed: &[u8], others: &[impl AsRef<[u8]>], random: &mut Random) -> Vec<u8> {
	let mut bytes = seed.to_vec();
	for _ in 0..=random.below(4) {
		change(&mut bytes, others, random);
	}
	bytes.truncate(MAX_BYTES);
	bytes
}

fn change(bytes: &mut Vec<u8>, others: &[impl AsRef<[u8]>], random: &mut Random) {
	// Headers and lengths stand in front: half of all changes are made there.
	let reach = match random.below(2) {
		0 => bytes.len().min(128),
		_ => bytes.len(),
	};
	let at = random.below(reach);
	let rest = bytes.len() - at;
	let length = 1 + random.below(rest.min(64));
	match random.below(8) {
		_ if bytes.is_empty() => bytes.push(random.number() as u8),
		0 => bytes[at] ^= 1 << random.below(8),
		1 => bytes[at] = random.number() as u8,
		2 => {
			let number = NUMBERS[random.below(NUMBERS.len())].to_le_bytes();
			let width = [1, 2, 4][random.below(3)].min(rest);
			bytes[at..at + width].copy_from_slice(&number[..width]);
		}
		3 => bytes.truncate(at),
		4 => drop(bytes.drain(at..at + length.min(rest))),
		5 => {
			let piece: Vec<u8> = (0..length).map(|_| random.number() as u8).collect();
			bytes.splice(at..at, piece);
		}
		6 => {
			let piece = bytes[at..at + length.min(rest)].to_vec();
			let to = random.below(bytes.len());
			bytes.splice(to..to, piece);
		}
		_ => {
			let Some(other) = others.get(random.below(others.len())).map(AsRef::as_ref) else {
				return;
			};
			let from = random.below(other.len());
			let end = other.len().min(from + length);
			let to = bytes.len().min(at + (end - from));
			bytes.splice(at..to, other[from..end].iter().copied());
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn mutations_are_repeatable_various_and_bounded() {
		let seeds = [vec![1u8; 300], vec![], vec![7; MAX_BYTES]];
		let all = |start| -> Vec<Vec<u8>> {
			let mut random = Random(start);
			(0..600)
				.map(|i| mutated(&seeds[i % 3], &seeds, &mut random))
				.collect()
		};
		let first = all(1);
		assert_eq!(first, all(1));
		assert_ne!(first, all(2));
		assert!(first.iter().all(|bytes| bytes.len() <= MAX_BYTES));
		let same = first
			.iter()
			.enumerate()
			.filter(|(i, bytes)| **bytes == seeds[i % 3]);
		assert!(same.count() < 60);
	}
}
