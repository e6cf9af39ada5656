// SPDX-License-Identifier: Apache-2.0

//! What happened.

use frame_support::pallet_macros::pallet_section;
use polkadot_sdk::*;

#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account became an operator: it is in the root network from the next roster on.
		OperatorRegistered {
			/// The account.
			operator: T::AccountId,
			/// What it takes in for networks, in bytes an epoch.
			ingress: u64,
		},
		/// An operator declared another ingress.
		IngressDeclared {
			/// Who.
			operator: T::AccountId,
			/// In bytes an epoch.
			ingress: u64,
		},
		/// An operator joined a network.
		Joined {
			/// Who.
			operator: T::AccountId,
			/// Which.
			network: NetworkId,
		},
		/// An operator announced to leave a network: it keeps its seats until they rotate.
		Leaving {
			/// Who.
			operator: T::AccountId,
			/// Which.
			network: NetworkId,
		},
		/// An operator announced to be none any more, or was expelled.
		Unregistering {
			/// Who.
			operator: T::AccountId,
		},
		/// An operator left a network, or the network is gone.
		Left {
			/// Who.
			operator: T::AccountId,
			/// Which.
			network: NetworkId,
		},
		/// An operator is one no more.
		OperatorLeft {
			/// Who.
			operator: T::AccountId,
		},
		/// All operators were read; two epochs after they are frozen, committees are drawn from these readings.
		Frozen {
			/// Epoch at whose start they are frozen.
			epoch: Epoch,
			/// How many.
			operators: u32,
		},
		/// A committee was drawn.
		CommitteeDrawn {
			/// Of which network.
			network: NetworkId,
			/// For which epoch.
			epoch: Epoch,
			/// Draws that it took: none where everybody serves.
			draws: u32,
		},
		/// A network has no committee: it has too few operators or too little stake, or they could not be read in time.
		CommitteeMissing {
			/// Which network.
			network: NetworkId,
			/// In which epoch.
			epoch: Epoch,
		},
		/// An epoch began.
		EpochTurned {
			/// Which.
			epoch: Epoch,
		},
		/// A network was opened: operators may join it.
		NetworkSpawned {
			/// Its name.
			network: NetworkId,
			/// Planck of the escrow that it can rely on.
			escrow: Balance,
		},
		/// A network has a committee and takes blobs.
		NetworkActivated {
			/// Its name.
			network: NetworkId,
		},
		/// A network takes no more blobs.
		NetworkDrained {
			/// Its name.
			network: NetworkId,
		},
		/// A network never got a committee, and is gone.
		NetworkGivenUp {
			/// Its name.
			network: NetworkId,
		},
		/// A drained network's last retention is over.
		NetworkGone {
			/// Its name.
			network: NetworkId,
		},
		/// Somebody paid into the escrow.
		EscrowFunded {
			/// Who.
			account: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// Networks were paid for the epoch that ended.
		EscrowPaid {
			/// How much, all together.
			amount: Balance,
		},
		/// Governance set the parameters.
		ParametersSet {
			/// To what.
			parameters: Governed,
		},
		/// Governance set what a network is made for.
		CapacitySet {
			/// Its name.
			network: NetworkId,
			/// Coded bytes an epoch.
			capacity: u64,
		},
	}
}
