// SPDX-License-Identifier: Apache-2.0

//! Operators, the committees that they form, and what each operator carries in all of them.

use crate::traffic::{Flow, Sample, Talk};
use std::fmt;
use zerog_networks::{draw_seed, Balance, Candidates, DrawParams, Epoch, Error, Hash, Member, Selection};

/// The committees that are drawn serve in this epoch.
pub(crate) const EPOCH: Epoch = 3;
pub(crate) const BEACON: Hash = [4; 32];

/// How stake is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stakes {
	/// All have the same.
	Equal,
	/// The n-th largest has `1 / √n` of the largest.
	Skewed,
	/// The n-th largest has `1 / n` of the largest.
	Steep,
}

impl Stakes {
	pub(crate) fn name(self) -> &'static str {
		match self {
			Self::Equal => "equal",
			Self::Skewed => "1/sqrt(n)",
			Self::Steep => "1/n",
		}
	}

	/// Operators by name, with their stake in planck.
	pub(crate) fn list(self, operators: u32) -> Vec<(u32, Balance)> {
		const LARGEST: Balance = 1_000_000_000_000;
		let stake = |operator: u32| {
			let place = Balance::from(operator) + 1;
			match self {
				Self::Equal => LARGEST,
				Self::Skewed => LARGEST / (place * 1_000_000).isqrt() * 1_000,
				Self::Steep => LARGEST / place,
			}
		};
		(0..operators)
			.map(|operator| (operator, stake(operator)))
			.collect()
	}
}

/// Who is a member where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
	/// The root network alone: everybody, by stake.
	Root,
	/// So many networks, each with seats drawn from all operators.
	Drawn(u32),
	/// So many networks, each operator in one of them.
	Split(u32),
}

impl Layout {
	pub(crate) fn networks(self) -> u32 {
		match self {
			Self::Root => 1,
			Self::Drawn(networks) | Self::Split(networks) => networks,
		}
	}

	/// The members of each network's committee.
	///
	/// Errors: as [`Candidates::new`].
	pub(crate) fn committees(
		self,
		operators: &[(u32, Balance)],
		params: &DrawParams,
	) -> Result<Vec<Vec<Member<u32>>>, Error> {
		let draw = |list: &[(u32, Balance)], network: u32| {
			let candidates = Candidates::new(list)?;
			let seed = draw_seed(&BEACON, network, EPOCH);
			let (selection, _) = Selection::next(None, &candidates, EPOCH, &seed, params);
			Ok(selection.members(&candidates))
		};
		match self {
			Self::Root => Ok(vec![Selection::Everybody.members(&Candidates::new(operators)?)]),
			Self::Drawn(networks) => (1..=networks).map(|network| draw(operators, network)).collect(),
			Self::Split(networks) => (0..networks)
				.map(|network| {
					let own = operators
						.iter()
						.filter(|operator| operator.0 % networks == network);
					draw(&own.copied().collect::<Vec<_>>(), network + 1)
				})
				.collect(),
		}
	}
}

impl fmt::Display for Layout {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Root => f.pad("root"),
			Self::Drawn(networks) => f.pad(&format!("{networks} drawn")),
			Self::Split(networks) => f.pad(&format!("{networks} apart")),
		}
	}
}

/// Bytes in and out of each operator for a byte of payload, which is spread evenly over the networks.
pub(crate) struct Load(pub(crate) Vec<Flow>);

impl Load {
	/// `None` where a committee is too large for the blob's matrix. With `disperses`, operators also take in the payload and
	/// push it, each as much as any other.
	pub(crate) fn new(
		sample: &mut Sample,
		operators: usize,
		committees: &[Vec<Member<u32>>],
		talk: &Talk,
		disperses: bool,
	) -> Option<Self> {
		let payload = sample.payload();
		let scale = 1.0 / (payload as f64 * committees.len() as f64);
		let mut flows = vec![Flow::default(); operators];
		for members in committees {
			if !sample.supports(members.len()) {
				return None;
			}
			let weights: Vec<u128> = members.iter().map(|member| member.weight).collect();
			let traffic = sample.traffic(&weights);
			let mut add = |operator: usize, flow: Flow, part: f64| {
				if let Some(sum) = flows.get_mut(operator) {
					sum.ingress += flow.ingress * part;
					sum.egress += flow.egress * part;
				}
			};
			for (place, member) in members.iter().enumerate() {
				add(member.operator as usize, traffic.member(place, talk), scale);
			}
			if disperses {
				let flow = traffic.disperser(payload, talk);
				(0..operators).for_each(|operator| add(operator, flow, scale / operators as f64));
			}
		}
		Some(Self(flows))
	}

	fn ingress(&self) -> impl Iterator<Item = f64> + '_ {
		self.0.iter().map(|flow| flow.ingress)
	}

	/// Bytes into the mean operator for a byte of payload.
	pub(crate) fn mean(&self) -> f64 {
		self.ingress().sum::<f64>() / self.0.len() as f64
	}

	/// The operator that takes in most.
	pub(crate) fn busiest(&self) -> Flow {
		let most = self.0.iter().max_by(|a, b| a.ingress.total_cmp(&b.ingress));
		most.copied().unwrap_or_default()
	}

	/// Payload a second at which the busiest operator's ingress is full, in the unit of `ingress`.
	pub(crate) fn rate(&self, ingress: f64) -> f64 {
		ingress / self.busiest().ingress
	}

	/// The same, if the load of the busiest could be spread over all.
	pub(crate) fn rate_of_mean(&self, ingress: f64) -> f64 {
		ingress / self.mean()
	}
}

/// Fewest operators with equal stake that carry `payload` with `ingress` each, up to `most`.
pub(crate) fn operators_for(
	sample: &mut Sample,
	layout: Layout,
	params: &DrawParams,
	(payload, ingress): (f64, f64),
	(talk, disperses): (&Talk, bool),
	most: u32,
) -> Result<Option<u32>, Error> {
	let mut carries = |operators: u32| {
		let committees = layout.committees(&Stakes::Equal.list(operators), params)?;
		let load = Load::new(sample, operators as usize, &committees, talk, disperses);
		Ok::<_, Error>(load.is_some_and(|load| load.rate(ingress) >= payload))
	};
	if !carries(most)? {
		return Ok(None);
	}
	let (mut few, mut enough) = (layout.networks(), most);
	while few + 1 < enough {
		let middle = few.midpoint(enough);
		if carries(middle)? {
			enough = middle;
		} else {
			few = middle;
		}
	}
	Ok(Some(enough))
}
