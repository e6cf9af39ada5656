// SPDX-License-Identifier: Apache-2.0

//! Probabilities that are never too small: binary floating point in integers, every operation rounded up.

use sp_arithmetic::Perbill;

const BILLION: u64 = 1_000_000_000;
const TOP: u64 = 1 << 63;

/// `mantissa × 2^exponent`, the mantissa zero or at least 2^63.
///
/// An operation errs by less than 2^-62 of its result, upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Upper {
	pub(crate) mantissa: u64,
	pub(crate) exponent: i32,
}

impl Upper {
	pub(crate) const ZERO: Self = Self {
		mantissa: 0,
		exponent: 0,
	};
	pub(crate) const ONE: Self = Self {
		mantissa: TOP,
		exponent: -63,
	};

	fn new(wide: u128, exponent: i32) -> Self {
		if wide == 0 {
			return Self::ZERO;
		}
		let zeros = wide.leading_zeros();
		if zeros >= 64 {
			let shift = zeros.saturating_sub(64);
			let mantissa = u64::try_from(wide << shift).unwrap_or(u64::MAX);
			return Self {
				mantissa,
				exponent: exponent.saturating_sub_unsigned(shift),
			};
		}
		let shift = 64u32.saturating_sub(zeros);
		let kept = wide >> shift;
		let lost = kept << shift != wide;
		match u64::try_from(kept.saturating_add(lost.into())) {
			Ok(mantissa) => Self {
				mantissa,
				exponent: exponent.saturating_add_unsigned(shift),
			},
			Err(_) => Self {
				mantissa: TOP,
				exponent: exponent.saturating_add_unsigned(shift).saturating_add(1),
			},
		}
	}

	/// `self × numerator / denominator`; both below 2^32, the denominator not zero.
	pub(crate) fn times(self, numerator: u64, denominator: u64) -> Self {
		debug_assert!(numerator < 1 << 32 && (1..1 << 32).contains(&denominator));
		// 64, 32 and 32 bits: the product fits, and the quotient has at least 63 bits.
		let product = u128::from(self.mantissa)
			.saturating_mul(numerator.into())
			.saturating_mul(1 << 32);
		let quotient = product.div_ceil(u128::from(denominator).max(1));
		Self::new(quotient, self.exponent.saturating_sub(32))
	}

	/// `self + other`.
	pub(crate) fn plus(self, other: Self) -> Self {
		let (large, small) = if self.is_below(other) {
			(other, self)
		} else {
			(self, other)
		};
		if small.mantissa == 0 {
			return large;
		}
		let distance = large.exponent.abs_diff(small.exponent);
		let aligned = if distance < 64 {
			let kept = small.mantissa >> distance;
			kept.saturating_add(u64::from(kept << distance != small.mantissa))
		} else {
			1
		};
		Self::new(
			u128::from(large.mantissa).saturating_add(aligned.into()),
			large.exponent,
		)
	}

	fn is_below(self, other: Self) -> bool {
		match (self.mantissa, other.mantissa) {
			(_, 0) => false,
			(0, _) => true,
			_ => (self.exponent, self.mantissa) < (other.exponent, other.mantissa),
		}
	}

	/// `-log2`, rounded down; zero for one and more, `u32::MAX` for zero.
	pub(crate) fn bits(self) -> u32 {
		if self.mantissa == 0 {
			return u32::MAX;
		}
		let places = if self.mantissa == TOP { 63 } else { 64 };
		u32::try_from(self.exponent.saturating_add(places).saturating_neg()).unwrap_or(0)
	}
}

/// At least the probability of `least` or more successes in `trials` independent ones of probability `p`.
///
/// `Σ_{x ≥ least} C(n, x) p^x (1 − p)^(n − x)`, from the first term by the ratio of neighbours; one where `least` is not above
/// the mean, so that all terms fall.
pub(crate) fn binomial_tail(trials: u32, p: Perbill, least: u32) -> Upper {
	let (n, t, p) = (u64::from(trials), u64::from(least), u64::from(p.deconstruct()));
	if t.saturating_mul(BILLION) <= n.saturating_mul(p) {
		return Upper::ONE;
	}
	if t > n || p == 0 {
		return Upper::ZERO;
	}
	let q = BILLION.saturating_sub(p);
	let mut term = Upper::ONE;
	for i in 1..=t {
		let above = n.saturating_sub(t).saturating_add(i);
		term = term.times(above, i).times(p, BILLION);
	}
	for _ in t..n {
		term = term.times(q, BILLION);
	}
	let mut sum = term;
	for x in t..n {
		term = term.times(n.saturating_sub(x), x.saturating_add(1)).times(p, q);
		sum = sum.plus(term);
	}
	if sum.is_below(Upper::ONE) {
		sum
	} else {
		Upper::ONE
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn log2(upper: Upper) -> f64 {
		(upper.mantissa as f64).log2() + f64::from(upper.exponent)
	}

	/// The tail in double precision: a sum of logarithms, then of terms.
	fn reference(n: u32, p: f64, t: u32) -> f64 {
		let log_factorial = |x: u32| (1..=x).map(|i| f64::from(i).log2()).sum::<f64>();
		let terms: Vec<f64> = (t..=n)
			.map(|x| {
				log_factorial(n) - log_factorial(x) - log_factorial(n - x)
					+ f64::from(x) * p.log2()
					+ f64::from(n - x) * (1.0 - p).log2()
			})
			.collect();
		let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
		top + terms.iter().map(|term| (term - top).exp2()).sum::<f64>().log2()
	}

	#[test]
	fn tails_match_exact_fractions() {
		// With p = a/16 and up to 30 trials all terms are integers over 16^30 = 2^120.
		for n in 1..=30u32 {
			for a in 1..16u32 {
				let p = Perbill::from_rational(a, 16u32);
				let mut choose = 1u128;
				let mut terms = vec![];
				for x in 0..=n {
					terms.push(choose * u128::from(a).pow(x) * u128::from(16 - a).pow(n - x));
					choose = choose * u128::from(n - x) / u128::from(x + 1);
				}
				assert_eq!(terms.iter().sum::<u128>(), 1 << (4 * n));
				for t in 0..=n {
					let exact: u128 = terms[t as usize..].iter().sum();
					let upper = binomial_tail(n, p, t);
					if t * 16 <= n * a {
						assert_eq!(upper, Upper::ONE);
						continue;
					}
					// Not below the exact value, and within a 2^-50 of it: compared in units of 2^(exponent).
					let places = upper.exponent + 4 * n as i32;
					let value = if places >= 0 {
						u128::from(upper.mantissa) << places
					} else {
						u128::from(upper.mantissa).div_ceil(1 << -places)
					};
					assert!(value >= exact, "{n} {a} {t}");
					assert!(value - exact <= (exact >> 50) + 1, "{n} {a} {t}");
				}
			}
		}
	}

	#[test]
	fn the_extremes_are_exact() {
		assert_eq!(binomial_tail(200, Perbill::zero(), 1), Upper::ZERO);
		assert_eq!(binomial_tail(200, Perbill::zero(), 0), Upper::ONE);
		assert_eq!(binomial_tail(200, Perbill::one(), 200), Upper::ONE);
		assert_eq!(binomial_tail(200, Perbill::one(), 201), Upper::ZERO);
		assert_eq!(binomial_tail(8, Perbill::from_percent(50), 8).bits(), 8);
		assert_eq!(Upper::ZERO.bits(), u32::MAX);
		assert_eq!(Upper::ONE.bits(), 0);
		// A part in a billion, 2,048 times in a row.
		assert_eq!(binomial_tail(2_048, Perbill::from_parts(1), 2_048).bits(), 61_229);
	}

	proptest! {
		#[test]
		fn tails_match_double_precision(n in 1u32..2_048, p in 1u32..999_999_999, part in 0.0f64..1.0) {
			let share = f64::from(p) / 1e9;
			let t = (f64::from(n) * share + 1.0 + part * f64::from(n) * (1.0 - share)) as u32;
			prop_assume!(t <= n && f64::from(t) > f64::from(n) * share);
			let (exact, upper) = (reference(n, share, t), log2(binomial_tail(n, Perbill::from_parts(p), t)));
			let tolerance = 1e-12 * exact.abs().max(100_000.0) / 1e2 + 1e-9;
			prop_assert!((upper - exact).abs() < tolerance.max(1e-8), "{} {}", exact, upper);
		}

		#[test]
		fn operations_round_up(mantissa in TOP.., exponent in -100i32..100, a in 1u64..1 << 32, b in 1u64..1 << 32) {
			let upper = Upper { mantissa, exponent };
			let product = upper.times(a, b);
			// mantissa × a / b ≤ product, exactly, by cross multiplication in units of the smaller exponent.
			let shift = product.exponent - exponent;
			let exact = u128::from(mantissa) * u128::from(a);
			let quotient = exact.div_ceil(u128::from(b));
			if shift >= 0 {
				prop_assert!(u128::from(product.mantissa) << shift >= quotient);
			} else {
				prop_assert!(u128::from(product.mantissa) >> -shift >= exact / u128::from(b));
			}
			prop_assert!(product.mantissa >= TOP);
			let sum = upper.plus(product);
			prop_assert!(!sum.is_below(upper) && !sum.is_below(product));
			prop_assert_eq!(sum, product.plus(upper));
		}
	}
}
