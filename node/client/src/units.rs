// SPDX-License-Identifier: Apache-2.0

//! Units that people type: amounts of ZG, bytes, spans of time, namespaces. All parsing is exact; no floating point. And
//! how strangers' text is shown to people.

use std::{fmt, str::FromStr};
use zerog_erasure::Namespace;

/// Decimals of the token: 1 ZG is `10^12` of the chain's smallest unit.
pub const DECIMALS: usize = 12;
/// The smallest units in one ZG.
pub const ZG: u128 = 1_000_000_000_000;
/// The token's symbol.
pub const SYMBOL: &str = "ZG";

/// An amount of ZG, held in smallest units (`10^-12` ZG).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u128);

/// Why a typed amount, size, span or namespace was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
	/// Something other than digits and one point. Write `12`, `0.5` or `12.5ZG`.
	#[error("`{0}` is not an amount: write digits with at most one point, for example 12.5")]
	NotAnAmount(String),
	/// More than twelve digits after the point: smaller than the chain can hold.
	#[error("`{0}` has more than 12 digits after the point; the smallest amount is 0.000000000001")]
	TooFine(String),
	/// Does not fit 128 bits.
	#[error("`{0}` is larger than any amount on the chain")]
	TooLarge(String),
	/// No number of bytes. Write `2200000`, `512KiB`, `1.5GiB`.
	#[error("`{0}` is not a size: write bytes (2200000) or with a unit (512KiB, 2MiB, 1.5GiB, 1TiB)")]
	NotASize(String),
	/// Neither blocks nor a span. Write `1200` (blocks), `30m`, `1h`, `7d` or `2w`.
	#[error("`{0}` is not a retention: write blocks (1200) or a span (30m, 1h, 7d, 2w), more than zero")]
	NotASpan(String),
	/// No part of a whole. Write `5%`, `2.5%` or `100%`.
	#[error("`{0}` is not a percentage from 0% to 100% with at most 7 digits after the point")]
	NotAPercentage(String),
	/// Starts with `0x` but is not 32 bytes, or is a text of more than 32 bytes.
	#[error("`{0}` is not a namespace: write 0x and 64 hex digits, or a text of at most 32 bytes")]
	NotANamespace(String),
}

impl FromStr for Amount {
	type Err = UnitError;

	fn from_str(text: &str) -> Result<Self, UnitError> {
		let owned = || text.to_owned();
		let number = text.trim();
		let number = number.strip_suffix(SYMBOL).unwrap_or(number).trim_end();
		let (whole, fraction) = match number.split_once('.') {
			Some((_, "")) => return Err(UnitError::NotAnAmount(owned())),
			Some(parts) => parts,
			None => (number, ""),
		};
		let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
		if whole.is_empty() || !digits(whole) || !digits(fraction) {
			return Err(UnitError::NotAnAmount(owned()));
		}
		if fraction.len() > DECIMALS {
			return Err(UnitError::TooFine(owned()));
		}
		// Digits only, so the one thing that can go wrong is the size.
		format!("{whole}{fraction:0<DECIMALS$}")
			.parse()
			.map(Self)
			.map_err(|_| UnitError::TooLarge(owned()))
	}
}

impl fmt::Display for Amount {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (whole, rest) = (self.0 / ZG, self.0 % ZG);
		let fraction = format!("{rest:012}");
		match fraction.trim_end_matches('0') {
			"" => write!(f, "{whole} {SYMBOL}"),
			fraction => write!(f, "{whole}.{fraction} {SYMBOL}"),
		}
	}
}

/// A part of a whole, in billionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub u32);

/// Billionths in a percent.
const PERCENT: u32 = 10_000_000;

impl FromStr for Percent {
	type Err = UnitError;

	fn from_str(text: &str) -> Result<Self, UnitError> {
		let wrong = || UnitError::NotAPercentage(text.to_owned());
		let number = text.trim();
		let number = number.strip_suffix('%').unwrap_or(number).trim_end();
		let (whole, fraction) = match number.split_once('.') {
			Some((_, "")) => return Err(wrong()),
			Some(parts) => parts,
			None => (number, ""),
		};
		let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
		if whole.is_empty() || fraction.len() > 7 || !digits(whole) || !digits(fraction) {
			return Err(wrong());
		}
		let billionths: u32 = format!("{whole}{fraction:0<7}").parse().map_err(|_| wrong())?;
		(billionths <= 100 * PERCENT)
			.then_some(Self(billionths))
			.ok_or_else(wrong)
	}
}

impl fmt::Display for Percent {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let fraction = format!("{:07}", self.0 % PERCENT);
		match fraction.trim_end_matches('0') {
			"" => write!(f, "{} %", self.0 / PERCENT),
			fraction => write!(f, "{}.{fraction} %", self.0 / PERCENT),
		}
	}
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

/// Binary units, the largest first.
const SIZES: [(&str, u64); 4] = [
	("TiB", 1 << 40),
	("GiB", 1 << 30),
	("MiB", 1 << 20),
	("KiB", 1 << 10),
];

impl FromStr for Size {
	type Err = UnitError;

	fn from_str(text: &str) -> Result<Self, UnitError> {
		let wrong = || UnitError::NotASize(text.to_owned());
		let number = text.trim();
		let unit = SIZES
			.iter()
			.find_map(|(name, unit)| Some((number.strip_suffix(name)?, *unit)));
		let (number, unit) = unit.unwrap_or((number.strip_suffix('B').unwrap_or(number), 1));
		let (whole, fraction) = match number.trim_end().split_once('.') {
			Some((_, "")) => return Err(wrong()),
			Some(parts) => parts,
			None => (number.trim_end(), ""),
		};
		let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
		if whole.is_empty() || fraction.len() > 3 || !digits(whole) || !digits(fraction) {
			return Err(wrong());
		}
		let thousandths: u128 = format!("{whole}{fraction:0<3}").parse().map_err(|_| wrong())?;
		let bytes = thousandths.checked_mul(unit.into()).ok_or_else(wrong)?;
		if unit == 1 && !fraction.is_empty() {
			return Err(wrong());
		}
		u64::try_from(bytes / 1_000).map(Self).map_err(|_| wrong())
	}
}

impl fmt::Display for Size {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match SIZES.iter().find(|(_, unit)| self.0 >= *unit) {
			Some((name, unit)) => {
				let hundredths = u128::from(self.0) * 100 / u128::from(*unit);
				let fraction = format!("{:02}", hundredths % 100);
				match fraction.trim_end_matches('0') {
					"" => write!(f, "{} {name}", hundredths / 100),
					fraction => write!(f, "{}.{fraction} {name}", hundredths / 100),
				}
			}
			None => write!(f, "{} B", self.0),
		}
	}
}

/// How long a blob is kept after it was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
	/// So many blocks.
	Blocks(u32),
	/// So many seconds; the chain's block time turns them into blocks, rounded up.
	Seconds(u64),
}

impl Retention {
	/// The number of blocks, given the chain's block time in milliseconds. Spans beyond `u32::MAX` blocks
	/// saturate.
	pub fn blocks(self, block_time_ms: u64) -> u32 {
		match self {
			Self::Blocks(blocks) => blocks,
			Self::Seconds(seconds) => {
				let blocks = seconds.saturating_mul(1000).div_ceil(block_time_ms.max(1));
				u32::try_from(blocks).unwrap_or(u32::MAX)
			}
		}
	}
}

impl FromStr for Retention {
	type Err = UnitError;

	fn from_str(text: &str) -> Result<Self, UnitError> {
		let wrong = || UnitError::NotASpan(text.to_owned());
		let (digits, seconds) = match text.char_indices().last() {
			Some((at, 'm')) => (&text[..at], 60),
			Some((at, 'h')) => (&text[..at], 3_600),
			Some((at, 'd')) => (&text[..at], 86_400),
			Some((at, 'w')) => (&text[..at], 604_800),
			_ => (text, 0),
		};
		if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
			return Err(wrong());
		}
		let count: u32 = digits.parse().map_err(|_| wrong())?;
		match (count, seconds) {
			(0, _) => Err(wrong()),
			(count, 0) => Ok(Self::Blocks(count)),
			(count, seconds) => Ok(Self::Seconds(u64::from(count).saturating_mul(seconds))),
		}
	}
}

/// Read a namespace: 32 bytes in hex (with `0x`, or exactly 64 digits), or a text of at most 32 bytes, which
/// is padded with zeros.
pub fn parse_namespace(text: &str) -> Result<Namespace, UnitError> {
	let wrong = || UnitError::NotANamespace(text.to_owned());
	if text.starts_with("0x") || text.len() == 64 {
		return text.parse().map_err(|_| wrong());
	}
	let mut bytes = [0u8; 32];
	bytes
		.get_mut(..text.len())
		.ok_or_else(wrong)?
		.copy_from_slice(text.as_bytes());
	Ok(Namespace(bytes))
}

/// A namespace for people: its text if it is printable, else hex.
pub fn show_namespace(namespace: &Namespace) -> String {
	let end = namespace
		.0
		.iter()
		.rposition(|byte| *byte != 0)
		.map_or(0, |last| last + 1);
	match std::str::from_utf8(&namespace.0[..end]) {
		Ok("") => "(none)".into(),
		Ok(text) if !text.chars().any(char::is_control) => text.into(),
		_ => namespace.to_string(),
	}
}

/// Text for a terminal, on one line: what somebody else sent cannot move the cursor, nor turn round what stands beside it.
/// Quotes and backslashes stay as they are, so that text which was shown once does not change.
pub fn show_text(text: &str) -> String {
	const HARMLESS: [char; 3] = ['"', '\'', '\\'];
	let mut shown = String::with_capacity(text.len());
	for part in text.split_inclusive(HARMLESS) {
		let (plain, end) = part.split_at(part.trim_end_matches(HARMLESS).len());
		shown.extend(plain.escape_debug());
		shown.push_str(end);
	}
	shown
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amounts_are_exact() {
		for (text, units) in [
			("0", 0),
			("1", ZG),
			("1.5", 1_500_000_000_000),
			("0.000000000001", 1),
			("0.1", 100_000_000_000),
			("12.5ZG", 12_500_000_000_000),
			(" 3 ZG ", 3 * ZG),
			("007", 7 * ZG),
			("340282366920938463463374607.431768211455", u128::MAX),
		] {
			assert_eq!(text.parse(), Ok(Amount(units)), "{text}");
		}
	}

	#[test]
	fn what_is_not_an_amount_is_refused_with_its_reason() {
		for text in [
			"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1.2.3", "0x10", "1 000", "٣", "ZG",
		] {
			assert_eq!(
				text.parse::<Amount>(),
				Err(UnitError::NotAnAmount(text.into())),
				"{text}"
			);
		}
		let fine = "0.0000000000001";
		assert_eq!(fine.parse::<Amount>(), Err(UnitError::TooFine(fine.into())));
		let large = "340282366920938463463374607.431768211456";
		assert_eq!(large.parse::<Amount>(), Err(UnitError::TooLarge(large.into())));
	}

	#[test]
	fn shown_text_is_one_line_without_control_over_the_terminal() {
		let shown = show_text("a\u{1b}[2J\r\nb\u{9b}\u{202e}\u{7f}");
		assert_eq!(shown, r"a\u{1b}[2J\r\nb\u{9b}\u{202e}\u{7f}");
		assert_eq!(show_text(&shown), shown);
		for plain in ["", "it's \"so\" \\ far: 3 × é", "\\", "''"] {
			assert_eq!(show_text(plain), plain);
		}
	}

	#[test]
	fn a_shown_amount_reads_back_as_itself() {
		for units in [0, 1, 10, ZG - 1, ZG, ZG + 1, 1_234_567_890_120, u128::MAX] {
			assert_eq!(Amount(units).to_string().parse(), Ok(Amount(units)));
		}
		assert_eq!(Amount(1_500_000_000_000).to_string(), "1.5 ZG");
		assert_eq!(Amount(2 * ZG).to_string(), "2 ZG");
	}

	#[test]
	fn sizes_are_bytes_or_have_a_unit() {
		for (text, bytes, shown) in [
			("0", 0, "0 B"),
			("1000", 1_000, "1000 B"),
			("512KiB", 512 << 10, "512 KiB"),
			("1.5 GiB", 3 << 29, "1.5 GiB"),
			("2200000", 2_200_000, "2.09 MiB"),
			("450000000000", 450_000_000_000, "419.09 GiB"),
			("7 B", 7, "7 B"),
			("2TiB", 2 << 40, "2 TiB"),
		] {
			assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
			assert_eq!(Size(bytes).to_string(), shown);
		}
		for text in [
			"",
			"B",
			"KiB",
			"-1",
			"1.",
			"1.5",
			".5MiB",
			"1.2345MiB",
			"5MB",
			"99999999TiB",
		] {
			assert_eq!(
				text.parse::<Size>(),
				Err(UnitError::NotASize(text.to_owned())),
				"{text}"
			);
		}
	}

	#[test]
	fn percentages_are_exact() {
		for (text, billionths, shown) in [
			("5%", 50_000_000, "5 %"),
			("2.5 %", 25_000_000, "2.5 %"),
			("100", 1_000_000_000, "100 %"),
			("0.0000001%", 1, "0.0000001 %"),
		] {
			assert_eq!(text.parse(), Ok(Percent(billionths)));
			assert_eq!(Percent(billionths).to_string(), shown);
		}
		for text in ["", "%", "101%", "-1%", "5.", "1.00000001%", "5%%", "99999999999"] {
			assert_eq!(
				text.parse::<Percent>(),
				Err(UnitError::NotAPercentage(text.to_owned()))
			);
		}
	}

	#[test]
	fn retention_is_blocks_or_a_span() {
		assert_eq!("1200".parse(), Ok(Retention::Blocks(1200)));
		assert_eq!("30m".parse(), Ok(Retention::Seconds(1_800)));
		assert_eq!("1h".parse(), Ok(Retention::Seconds(3_600)));
		assert_eq!("2w".parse(), Ok(Retention::Seconds(1_209_600)));
		for text in ["", "0", "0h", "h", "1.5h", "-1h", "1y", "1é", "+4", "99999999999"] {
			assert_eq!(
				text.parse::<Retention>(),
				Err(UnitError::NotASpan(text.into())),
				"{text}"
			);
		}
	}

	#[test]
	fn a_span_becomes_whole_blocks_rounded_up() {
		assert_eq!(Retention::Seconds(3_600).blocks(3_000), 1_200);
		assert_eq!(Retention::Seconds(4).blocks(3_000), 2);
		assert_eq!(Retention::Seconds(u64::MAX).blocks(3_000), u32::MAX);
		assert_eq!(Retention::Blocks(7).blocks(3_000), 7);
	}

	#[test]
	fn a_namespace_is_hex_or_a_short_text() {
		assert_eq!(parse_namespace("photos").unwrap().0[..7], *b"photos\0");
		assert_eq!(
			parse_namespace(&format!("0x{}", "ab".repeat(32))).unwrap(),
			Namespace([0xab; 32])
		);
		assert_eq!(parse_namespace(&"ab".repeat(32)).unwrap(), Namespace([0xab; 32]));
		for text in ["0x12", "0xzz", &"a".repeat(33)] {
			assert_eq!(parse_namespace(text), Err(UnitError::NotANamespace(text.into())));
		}
		assert_eq!(show_namespace(&parse_namespace("photos").unwrap()), "photos");
		assert_eq!(show_namespace(&Namespace([0; 32])), "(none)");
	}
}
