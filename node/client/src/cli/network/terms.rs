// SPDX-License-Identifier: Apache-2.0

//! What verbs about networks say before they ask.

use super::{
	super::{stake::percent, terms::Terms},
	show_status, Epochs,
};
use zerog_client::{
	network::{NetworkInfo, OperatorInfo, Parameters, Timing},
	units::{Amount, Size},
};
use zerog_primitives::{
	da::NetworkId,
	staking::{Era, ServiceView},
};

/// The stake that answers for an operator of networks.
pub(super) struct Backing {
	/// The service of shared staking that it was promised to.
	pub(super) service: ServiceView,
	/// Planck that faults can take at least.
	pub(super) stake: u128,
	/// Eras until it is free after it was unbonded.
	pub(super) bonding: Era,
}

pub(super) fn fund(amount: Amount, parameters: &Parameters, epochs: &Epochs) -> Terms {
	Terms::new(
		format!("{amount} paid into the escrow of networks; it does not come back"),
		format!(
			"never: operators get it over {}, when load has asked for a network and {} lie ready for it",
			epochs.long(parameters.lifetime),
			Amount(parameters.networks.escrow)
		),
		"it stays there, also if no network is ever opened",
	)
}

/// What everyone should know before serving in networks.
fn serve(backing: &Backing, epochs: &Epochs) -> Terms {
	let Backing {
		service,
		stake,
		bonding,
	} = backing;
	Terms::new(
		format!(
			"nothing more is locked: {} that you promised to service {} answer for it",
			Amount(*stake),
			service.service
		),
		format!(
			"{} after you announced to leave; if the network drains, when it is gone; the stake itself {bonding} eras after it was unbonded",
			epochs.long(Timing::NOTICE_OF_LEAVING)
		),
		format!(
			"a signature for a wrong row, or two under one number, costs {} of that promise; a row not shown when challenged what \
			 `zerog network show 0` says",
			percent(service.objective.deconstruct().into(), 1_000_000_000)
		),
	)
}

pub(super) fn register(ingress: Size, parameters: &Parameters, backing: &Backing, epochs: &Epochs) -> Terms {
	let share = Size(parameters.ingress_share());
	serve(backing, epochs)
		.note(
			"declares",
			format!("{ingress} an epoch that the node takes in for networks; each takes {share}"),
		)
		.note(
			"counts",
			"in the root network, when stake was read the next time".to_owned(),
		)
}

/// `free` is the ingress that no network takes so far.
pub(super) fn join(
	info: &NetworkInfo,
	free: u64,
	parameters: &Parameters,
	backing: &Backing,
	epochs: &Epochs,
) -> Terms {
	let share = parameters.ingress_share();
	serve(backing, epochs)
		.note(
			"joins",
			format!("network {}, {}", info.network, show_status(info.status)),
		)
		.note(
			"takes",
			format!(
				"{} of your ingress an epoch, {} stay free",
				Size(share),
				Size(free.saturating_sub(share))
			),
		)
		.note(
			"counts",
			format!(
				"with its committees drawn from then on: the first one in {} at the latest",
				epochs.long(Timing::FIRST_SEAT)
			),
		)
}

/// `taken` is the ingress that the operator's networks take.
pub(super) fn set_ingress(ingress: Size, taken: u64, operator: &OperatorInfo) -> Terms {
	Terms::new(
		format!(
			"nothing is locked: {ingress} an epoch declared, {} before; {} of it would be free",
			Size(operator.ingress),
			Size(ingress.0.saturating_sub(taken))
		),
		format!(
			"now: another one can be declared at any time, not less than the {} that your networks take",
			Size(taken)
		),
		"networks are opened on what is free: a node that cannot take it in earns less and fails challenges",
	)
}

/// Of one network, or of all if none is named.
pub(super) fn leave(network: Option<NetworkId>, operator: &OperatorInfo, epochs: &Epochs) -> Terms {
	let left = match network {
		Some(network) => format!("network {network}"),
		None => "the root network and all others".to_owned(),
	};
	Terms::new(
		format!(
			"nothing is locked, and nothing freed: {} stay promised to data availability",
			Amount(operator.stake)
		),
		format!(
			"{}; you serve your seats until then, and if a network that you leave drains meanwhile, until it is gone. The promise, when you \
			 took it back with `zerog stake operator allocate`",
			epochs.over(epochs.now)
		),
		"what you signed for is kept and shown until its retention ends, wherever you are then",
	)
	.note("leaves", left)
}

#[cfg(test)]
mod tests {
	use super::{
		super::{
			super::terms::assert_complete,
			tests::{info, EPOCHS},
		},
		*,
	};
	use zerog_client::{
		network::{NewNetworks, Perbill},
		units::ZG,
	};

	fn parameters() -> Parameters {
		Parameters {
			networks: NewNetworks {
				operators: 4,
				ingress: 4 << 20,
				escrow: 300 * ZG,
			},
			lifetime: 168,
			minimum_stake: 1_000 * ZG,
		}
	}

	fn operator() -> OperatorInfo {
		OperatorInfo {
			ingress: 5 << 20,
			stake: 1_500 * ZG,
			networks: vec![(1, None)],
			left: None,
		}
	}

	fn backing() -> Backing {
		Backing {
			service: ServiceView {
				service: 1,
				kind: b"data availability".to_vec(),
				objective: Perbill::from_percent(50),
				subjective: None,
				open: true,
				operators: 4,
			},
			stake: 1_500 * ZG,
			bonding: 45,
		}
	}

	/// Every verb that locks, costs or binds.
	fn all() -> Vec<(&'static str, Terms)> {
		let (parameters, operator, backing) = (parameters(), operator(), backing());
		vec![
			("fund", fund(Amount(2 * ZG), &parameters, &EPOCHS)),
			(
				"register",
				register(Size(5 << 20), &parameters, &backing, &EPOCHS),
			),
			("join", join(&info(), 4 << 20, &parameters, &backing, &EPOCHS)),
			("set-ingress", set_ingress(Size(6 << 20), 1 << 20, &operator)),
			("leave", leave(Some(3), &operator, &EPOCHS)),
			("unregister", leave(None, &operator, &EPOCHS)),
		]
	}

	#[test]
	fn every_verb_says_how_much_when_it_is_free_and_what_can_be_lost() {
		assert_complete(&all());
	}

	#[test]
	fn serving_is_told_with_the_stake_that_answers_for_it_and_leaving_with_its_notice() {
		let all = all();
		let text = |verb: &str| {
			let found = all.iter().find(|(name, _)| *name == verb).unwrap();
			found.1.lines().join("\n")
		};
		for (verb, expected) in [
			("fund", "2 ZG paid into the escrow"),
			(
				"fund",
				"over about 7 d 0 h (168 epochs), when load has asked for a network and 300 ZG",
			),
			("register", "1500 ZG that you promised to service 1"),
			(
				"register",
				"5 MiB an epoch that the node takes in for networks; each takes 1 MiB",
			),
			("join", "costs 50.00 % of that promise"),
			(
				"join",
				"takes        1 MiB of your ingress an epoch, 3 MiB stay free",
			),
			(
				"set-ingress",
				"6 MiB an epoch declared, 5 MiB before; 5 MiB of it would be free",
			),
			("leave", "unlocks      in about 7 h 0 min (7 epochs); you serve"),
			("leave", "leaves       network 3"),
			("unregister", "leaves       the root network and all others"),
		] {
			assert!(text(verb).contains(expected), "no {expected} in {}", text(verb));
		}
	}
}
