// SPDX-License-Identifier: Apache-2.0

//! What the pallet asks of shared staking, and what data availability asks of it.

use crate::types::LoadKind;
use alloc::vec::Vec;
use frame_support::{dispatch::DispatchResult, weights::Weight};
use polkadot_sdk::*;
use sp_runtime::DispatchError;
use zerog_networks::{Balance, BlockNumber, Epoch, Hash, Member, NetworkId, Penalties};

/// The stake behind networks: one service, so that a planck counts once, however many networks its operator joined.
///
/// The pallet keeps the list of operators itself, from their calls, and asks for one after another, some a block. So no
/// answer has to be of the same moment as another one, and the source needs neither lists nor history.
///
/// Guarantee asked for: what is answered in epoch `r` can be slashed for duties that are taken on in the epochs from `r` to
/// `r + NOTICE - 1`. So stake must not be counted once it was announced to leave, and has to stay for a notice of so many
/// full epochs.
pub trait StakeSource<AccountId> {
	/// Planck of an operator that faults in its networks can take at least, net of one full slash by consensus and of all that
	/// was announced to leave.
	fn slashable_net(operator: &AccountId) -> Balance;

	/// The same for duties that are taken on now: what was announced to leave counts until it does.
	fn present(operator: &AccountId) -> Balance;

	/// What such a stake counts in draws and in the allotment of rows: all of it, or little less where members who differ in little
	/// are to weigh the same. Something, if there is something. The least stake is compared without it.
	fn coarse(stake: Balance) -> Balance {
		stake
	}

	/// What faults cost of it. For views.
	fn penalties() -> Penalties;

	/// Weight of [`Self::slashable_net`] or [`Self::present`], at most.
	fn weight() -> Weight;

	/// Gives an operator such a stake and what else it needs to register.
	#[cfg(any(test, feature = "runtime-benchmarks"))]
	fn endow(operator: &AccountId, stake: Balance);
}

/// Networks, as data availability uses them.
///
/// ```text
///  submit      route, or ranking where one is full ──► submitted: the fee a byte; blob, network and epoch belong together
///  certify     committee(network, epoch of the blob) ─► note_load(Certified)
///  deadline    root network, or its second deadline ──► note_load(Forfeited)
///              any other ─────────────────────────────► note_load(FellBack), then the same with the root network
///  extend      ───────────────────────────────────────► extended
/// ```
///
/// Each blob that was `submitted` ends by one `Certified` or `Forfeited`, of the network that it fell back to if it did. A network
/// drains for as long as one does not.
pub trait Networking<AccountId> {
	/// The present epoch.
	fn epoch() -> Epoch;

	/// The network of a namespace in the present epoch: one that takes blobs and has a committee.
	fn route(namespace: &Hash) -> NetworkId;

	/// All such networks in the order in which the namespace tries them, the root network at the end at the latest.
	fn ranking(namespace: &Hash) -> Vec<NetworkId>;

	/// The members of a committee, in the order of the allotment of rows; for the present and the next epoch.
	///
	/// Drawn an epoch ahead: take what is needed of it when the epoch begins. `None` where nobody sits in it. The last one may be an
	/// account that nobody can sign for: it has the rows of seats whose stake has left.
	fn committee(network: NetworkId, epoch: Epoch) -> Option<Vec<Member<AccountId>>>;

	/// Planck a coded byte.
	fn fee(network: NetworkId) -> Option<Balance>;

	/// Counts a blob that is paid for and returns the fee a coded byte, which is that of [`Self::fee`] before.
	fn submitted(network: NetworkId, coded_bytes: u64) -> Result<Balance, DispatchError>;

	/// Counts how a pending blob went on.
	fn note_load(network: NetworkId, coded_bytes: u64, kind: LoadKind) -> DispatchResult;

	/// Blobs that were submitted and have not ended; `None` for a network that there is not.
	fn pending(network: NetworkId) -> Option<u32>;

	/// A certified blob is kept for longer. Refused where the network drains, or it would never end.
	fn extended(network: NetworkId, retained_until: BlockNumber) -> DispatchResult;

	/// Weight of [`Self::route`] and [`Self::ranking`].
	fn route_weight() -> Weight;

	/// Weight of [`Self::committee`] with so many members.
	fn committee_weight(members: u32) -> Weight;

	/// Weight of [`Self::fee`], [`Self::submitted`], [`Self::note_load`] and [`Self::extended`], each.
	fn note_weight() -> Weight;
}
