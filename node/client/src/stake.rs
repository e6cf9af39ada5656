// SPDX-License-Identifier: Apache-2.0

//! Shared staking: what there is, and the calls that change it.

use crate::{error::Error, keys::Account, transaction::Call, Client};
use subxt::{ext::scale_encode::EncodeAsFields, transactions, utils::AccountId32};
use zerog_primitives::staking::{Era, OperatorView, PositionView, Service, ServiceView, StakingInfo};

const PALLET: &str = "Restaking";

/// `restaking.register_operator`: stake `amount` planck of one's own; `commission` in parts of a billion.
pub fn register_call(amount: u128, commission: u32) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "register_operator", (amount, commission))
}

/// `restaking.leave`: stop being an operator.
pub fn leave_call() -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "leave", ())
}

/// `restaking.set_commission`, in parts of a billion.
pub fn commission_call(commission: u32) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "set_commission", (commission,))
}

/// `restaking.delegate`: stake `amount` planck with an operator.
pub fn delegate_call(operator: Account, amount: u128) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "delegate", (AccountId32(operator), amount))
}

/// `restaking.unbond`: take shares out of an operator's pool.
pub fn unbond_call(operator: Account, shares: u128) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "unbond", (AccountId32(operator), shares))
}

/// `restaking.withdraw`: set free what an account has unbonded in an era.
pub fn withdraw_call(operator: Account, account: Account, era: Era) -> Call<impl EncodeAsFields> {
	transactions::dynamic(
		PALLET,
		"withdraw",
		(AccountId32(operator), AccountId32(account), era),
	)
}

/// `restaking.allocate`: promise `target` to a service, in parts of `10^18`, if `expected` was promised.
pub fn allocate_call(service: Service, expected: u64, target: u64) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "allocate", (service, expected, target))
}

/// `restaking.validate`: stand for election.
pub fn validate_call() -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "validate", ())
}

/// `restaking.chill`: do not stand for election any more.
pub fn chill_call() -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "chill", ())
}

/// `restaking.claim`: pay an account its rewards from an operator.
pub fn claim_call(operator: Account, account: Account) -> Call<impl EncodeAsFields> {
	transactions::dynamic(PALLET, "claim", (AccountId32(operator), AccountId32(account)))
}

impl Client {
	/// Where staking stands, and its rules.
	pub async fn staking(&self) -> Result<StakingInfo, Error> {
		self.runtime_api(self.best().await?.hash, "StakingApi_staking", ())
			.await
	}

	/// All services.
	pub async fn services(&self) -> Result<Vec<ServiceView>, Error> {
		self.runtime_api(self.best().await?.hash, "StakingApi_services", ())
			.await
	}

	/// The accounts of all operators.
	pub async fn operators(&self) -> Result<Vec<Account>, Error> {
		self.runtime_api(self.best().await?.hash, "StakingApi_operators", ())
			.await
	}

	/// An operator.
	pub async fn operator(&self, account: Account) -> Result<Option<OperatorView<Account>>, Error> {
		self.runtime_api(self.best().await?.hash, "StakingApi_operator", account)
			.await
	}

	/// All that an account has staked.
	pub async fn portfolio(&self, account: Account) -> Result<Vec<PositionView<Account>>, Error> {
		self.runtime_api(self.best().await?.hash, "StakingApi_portfolio", account)
			.await
	}
}
