// SPDX-License-Identifier: Apache-2.0

//! Networks: committees that certify data in parallel. What there is, what each is worth, and the calls of operators.

use crate::{
	error::{chain, Error},
	keys::Account,
	transaction::Call,
	Client,
};
use subxt::{
	dynamic,
	ext::{scale_decode::DecodeAsType, scale_encode::EncodeAsFields},
	transactions,
};
use zerog_erasure::Namespace;
use zerog_primitives::da::{CommitteeId, NetworkId, ROOT_NETWORK};

pub use zerog_networks::{
	Bound, Duty, Epoch, MemberInfo, NetworkInfo, OperatorInfo, Penalties, Perbill, Security, Status, Timing,
	NEVER,
};

const PALLET: &str = "Networks";

/// Rules that governance sets, as far as they matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Parameters {
	/// About networks that come.
	pub networks: NewNetworks,
	/// Epochs over which a network's escrow is paid out.
	pub lifetime: u32,
	/// Least planck that an operator has at stake.
	pub minimum_stake: u128,
}

/// What it takes to open a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct NewNetworks {
	/// Fewest operators with room for one more network.
	pub operators: u32,
	/// Ingress that a network takes, in bytes an epoch, over all members.
	pub ingress: u64,
	/// Planck that have to lie ready in the escrow.
	pub escrow: u128,
}

impl Parameters {
	/// Ingress that a network takes of each of its operators, in bytes an epoch.
	pub fn ingress_share(&self) -> u64 {
		self.networks
			.ingress
			.div_ceil(self.networks.operators.max(1).into())
	}
}

/// A network for people.
pub fn show_network(network: NetworkId) -> String {
	match network {
		ROOT_NETWORK => "the root network".into(),
		network => format!("network {network}"),
	}
}

/// A committee for people.
pub fn show_committee(id: CommitteeId) -> String {
	format!("{} in session {}", show_network(id.network), id.session)
}

/// `networks.register`: become an operator that takes in `ingress` bytes an epoch for networks.
pub fn register_call(ingress: u64) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "register", (ingress,))
}

/// `networks.unregister`: announce to be no operator any more.
pub fn unregister_call() -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "unregister", ())
}

/// `networks.set_ingress`, in bytes an epoch.
pub fn set_ingress_call(ingress: u64) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "set_ingress", (ingress,))
}

/// `networks.join`: stand for the seats of a network.
pub fn join_call(network: NetworkId) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "join", (network,))
}

/// `networks.leave`: announce to leave a network.
pub fn leave_call(network: NetworkId) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "leave", (network,))
}

/// `networks.fund`: pay `amount` planck into the escrow.
pub fn fund_call(amount: u128) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "fund", (amount,))
}

impl Client {
	async fn networks_api<R: codec::DecodeAll>(
		&self,
		method: &str,
		arguments: impl codec::Encode,
	) -> Result<R, Error> {
		let best = self.best().await?.hash;
		self.runtime_api(best, &format!("NetworksApi_{method}"), arguments)
			.await
	}

	/// The present epoch.
	pub async fn network_epoch(&self) -> Result<Epoch, Error> {
		self.networks_api("epoch", ()).await
	}

	/// All networks, the root network first.
	pub async fn networks(&self) -> Result<Vec<NetworkInfo>, Error> {
		self.networks_api("networks", ()).await
	}

	/// The members of a network in the present or the next epoch; `None` where nobody sits in it.
	pub async fn network_members(
		&self,
		network: NetworkId,
		epoch: Epoch,
	) -> Result<Option<Vec<MemberInfo<Account>>>, Error> {
		self.networks_api("members", (network, epoch)).await
	}

	/// What the present committee of a network is worth if `corrupt` billionths of the stake are, for blobs of so many rows.
	pub async fn network_security(
		&self,
		network: NetworkId,
		corrupt: u32,
		rows: u32,
	) -> Result<Option<Security>, Error> {
		self.networks_api("security", (network, corrupt, rows)).await
	}

	/// The network that a blob of a namespace goes to in this epoch, unless it is full.
	pub async fn route(&self, namespace: Namespace) -> Result<NetworkId, Error> {
		self.networks_api("route", namespace).await
	}

	/// An operator of networks.
	pub async fn network_operator(&self, account: Account) -> Result<Option<OperatorInfo>, Error> {
		self.networks_api("operator", account).await
	}

	/// The seats of an operator in the present and the next epoch.
	pub async fn network_duties(&self, account: Account) -> Result<Vec<Duty>, Error> {
		self.networks_api("duties", account).await
	}

	/// The rules of networks.
	pub async fn network_parameters(&self) -> Result<Parameters, Error> {
		let at = self.at(self.best().await?.hash).await?;
		let entry = dynamic::storage::<(), Parameters>(PALLET, "Parameters");
		at.storage()
			.fetch(entry, ())
			.await
			.map_err(chain)?
			.decode()
			.map_err(chain)
	}

	/// Blocks of an epoch, if every slot has one.
	pub async fn epoch_blocks(&self) -> Result<u32, Error> {
		let at = self.at(self.best().await?.hash).await?;
		at.constants()
			.entry(dynamic::constant::<u32>(PALLET, "EpochBlocks"))
			.map_err(chain)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_network_takes_an_equal_share_of_each_operator() {
		let with = |operators| Parameters {
			networks: NewNetworks {
				operators,
				ingress: 10,
				escrow: 0,
			},
			lifetime: 1,
			minimum_stake: 0,
		};
		assert_eq!([0, 1, 3, 4].map(|n| with(n).ingress_share()), [10, 10, 4, 3]);
	}

	#[test]
	fn the_root_network_has_a_name() {
		assert_eq!(show_network(0), "the root network");
		assert_eq!(show_network(3), "network 3");
		assert_eq!(
			show_committee(CommitteeId::root(7)),
			"the root network in session 7"
		);
	}
}
