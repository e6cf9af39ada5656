// SPDX-License-Identifier: Apache-2.0

//! How members misbehave. Each runs the real service; what it says is changed on its way.

use super::{chain::Ledger, referee::Referee};
use crate::protocol::{encode_response, Push, Receipt, Request, Response, Rows, Share};

/// What a holder does to the rows and the checksum that it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lie {
	WrongBytes,
	WrongPaths,
	/// Rows of other indices than asked for.
	OtherRows,
	NoRows,
	Silence,
	/// Another message than was asked for.
	OutOfPlace,
	Garbage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behaviour {
	Honest,
	/// Says who it is, and nothing else ever.
	Silent,
	/// Confirms rows that it throws away.
	Boaster,
	/// Sends signatures of something else.
	Forger,
	/// Signs well, and its numbers badly.
	Misnumberer,
	/// Sends its own signatures in the name of the next member.
	Impostor,
	/// Holds and signs, and lies to readers.
	Liar(Lie),
	/// Does not count the shares of members below an index, and certifies without them: as early as it can, or as soon as who is
	/// missing holds less than a step by which certificates are improved. Then it shows its own share to its like only.
	Censor {
		rivals: usize,
		is_patient: bool,
	},
	/// Whatever it likes; runs no service.
	Attacker,
}

impl Behaviour {
	pub(super) const LIES: [Lie; 7] = [
		Lie::WrongBytes,
		Lie::WrongPaths,
		Lie::OtherRows,
		Lie::NoRows,
		Lie::Silence,
		Lie::OutOfPlace,
		Lie::Garbage,
	];
	/// Faults that a third of the rows may have while blobs are still certified.
	pub(super) const BYZANTINE: [Self; 7] = [
		Self::Silent,
		Self::Boaster,
		Self::Forger,
		Self::Misnumberer,
		Self::Impostor,
		Self::Liar(Lie::WrongBytes),
		Self::Liar(Lie::Silence),
	];

	/// Its name among the misdeeds.
	pub(super) fn name(self) -> &'static str {
		match self {
			Self::Honest => "none",
			Self::Silent => "silence",
			Self::Boaster => "false receipts",
			Self::Forger => "forged signatures",
			Self::Misnumberer => "forged numbers",
			Self::Impostor => "stolen names",
			Self::Liar(_) => "lies to readers",
			Self::Censor { .. } => "shares dropped",
			Self::Attacker => "attacks",
		}
	}

	/// Whether this member does not send a request to one that behaves so.
	pub(super) fn withholds(self, request: &Request, to: Self) -> bool {
		let hides = matches!(
			(self, request),
			(Self::Censor { is_patient: true, .. }, Request::Share(_))
		);
		hides && !matches!(to, Self::Censor { .. })
	}

	/// What this member sends instead of a request.
	pub(super) fn rewrite(self, at: usize, request: &Request, referee: &Referee) -> Option<Request> {
		match (self, request) {
			(Self::Forger, Request::Share(share)) => Some(Request::Share(Share {
				signature: referee.keys[at].sign(&share.batch.root()),
				..share.clone()
			})),
			(Self::Misnumberer, Request::Share(share)) => Some(Request::Share(Share {
				numbered: share.signature,
				..share.clone()
			})),
			(Self::Impostor, Request::Share(share)) => Some(Request::Share(Share {
				signer: share.signer.wrapping_add(1),
				..share.clone()
			})),
			_ => None,
		}
	}

	/// What this member does instead of handling a request: `Some(None)` is silence.
	pub(super) fn intercept(self, request: &Request, ledger: &Ledger) -> Option<Option<Response>> {
		match (self, request) {
			(Self::Silent, _) => Some(None),
			(Self::Boaster, Request::Push(Push { batch, .. })) => {
				let all = batch.indices.len() as u32;
				Some(Some(Response::Pushed(Receipt {
					held: all,
					wanted: all,
				})))
			}
			(Self::Censor { rivals, is_patient }, Request::Share(share)) => {
				ledger.censor(share, rivals, is_patient);
				((share.signer as usize) < rivals).then_some(Some(Response::Counted))
			}
			_ => None,
		}
	}

	/// What this member answers instead of `response`: `Some(None)` is silence.
	pub(super) fn answer(self, request: &Request, response: Response) -> Option<Option<Vec<u8>>> {
		let Self::Liar(lie) = self else { return None };
		let response = match (lie, request, response) {
			(Lie::Silence, Request::Fetch { .. } | Request::Checksum(_), _) => return Some(None),
			(Lie::Garbage, Request::Fetch { .. } | Request::Checksum(_), _) => {
				return Some(Some(vec![0xff; 40]))
			}
			(Lie::OutOfPlace, Request::Fetch { .. } | Request::Checksum(_), _) => Response::Counted,
			(Lie::NoRows, Request::Fetch { .. }, _) => Response::Rows(Rows(Vec::new())),
			(_, _, Response::Rows(Rows(mut rows))) => {
				for row in &mut rows {
					match lie {
						Lie::WrongBytes => row.data[0] ^= 1,
						Lie::WrongPaths => row.path[0][0] ^= 1,
						_ => row.index ^= 1,
					}
				}
				Response::Rows(Rows(rows))
			}
			(_, _, Response::Checksum(mut checksum)) => {
				checksum[0] ^= 1;
				Response::Checksum(checksum)
			}
			_ => return None,
		};
		Some(Some(encode_response(&response)))
	}
}
