// SPDX-License-Identifier: Apache-2.0

//! Shared staking: what there is, and the calls that change it.

use crate::{error::Error, keys::Account, transaction::Call, Client};
use subxt::{dynamic::Value, ext::scale_value::Composite, transactions};
use zerog_primitives::staking::{Era, OperatorView, PositionView, Service, ServiceView, StakingInfo};

const PALLET: &str = "Restaking";
/// Most calls of one transaction: far fewer than fit into a block.
const BATCH: usize = 32;

/// A call to shared staking, or several as one: see [`transactions_of`].
pub type StakeCall = Call<Composite<()>>;

fn call<const N: usize>(name: &str, arguments: [Value; N]) -> StakeCall {
	transactions::dynamic(PALLET, name, Composite::unnamed(arguments))
}

fn number(number: impl Into<u128>) -> Value {
	Value::u128(number.into())
}

/// `restaking.register_operator`: stake `amount` planck of one's own; `commission` in parts of a billion.
pub fn register_call(amount: u128, commission: u32) -> StakeCall {
	call("register_operator", [number(amount), number(commission)])
}

/// `restaking.leave`: stop being an operator.
pub fn leave_call() -> StakeCall {
	call("leave", [])
}

/// `restaking.set_commission`, in parts of a billion.
pub fn commission_call(commission: u32) -> StakeCall {
	call("set_commission", [number(commission)])
}

/// `restaking.delegate`: stake `amount` planck with an operator.
pub fn delegate_call(operator: Account, amount: u128) -> StakeCall {
	call("delegate", [Value::from_bytes(operator), number(amount)])
}

/// `restaking.unbond`: take shares out of an operator's pool.
pub fn unbond_call(operator: Account, shares: u128) -> StakeCall {
	call("unbond", [Value::from_bytes(operator), number(shares)])
}

/// `restaking.withdraw`: set free what an account has unbonded in an era.
pub fn withdraw_call(operator: Account, account: Account, era: Era) -> StakeCall {
	let (operator, account) = (Value::from_bytes(operator), Value::from_bytes(account));
	call("withdraw", [operator, account, number(era)])
}

/// `restaking.realise`: take from an account what slashes have taken of its stake.
pub fn realise_call(operator: Account, account: Account) -> StakeCall {
	call(
		"realise",
		[Value::from_bytes(operator), Value::from_bytes(account)],
	)
}

/// `restaking.convert`: turn an account's shares of a closed pool into unbonding stake.
pub fn convert_call(operator: Account, account: Account) -> StakeCall {
	call(
		"convert",
		[Value::from_bytes(operator), Value::from_bytes(account)],
	)
}

/// `restaking.reopen`: open a new pool for an operator whose pool a slash has closed.
pub fn reopen_call(operator: Account) -> StakeCall {
	call("reopen", [Value::from_bytes(operator)])
}

/// `restaking.allocate`: promise `target` to a service, in parts of `10^18`, if `expected` was promised.
pub fn allocate_call(service: Service, expected: u64, target: u64) -> StakeCall {
	call("allocate", [number(service), number(expected), number(target)])
}

/// `restaking.release`: free what an operator has reserved for a service and no fault can reach any more.
pub fn release_call(operator: Account, service: Service) -> StakeCall {
	call("release", [Value::from_bytes(operator), number(service)])
}

/// `restaking.validate`: stand for election.
pub fn validate_call() -> StakeCall {
	call("validate", [])
}

/// `restaking.chill`: do not stand for election any more.
pub fn chill_call() -> StakeCall {
	call("chill", [])
}

/// `restaking.rank`: count a candidate's stake anew, when a promise to consensus has risen.
pub fn rank_call(operator: Account) -> StakeCall {
	call("rank", [Value::from_bytes(operator)])
}

/// `restaking.claim`: pay an account its rewards from an operator.
pub fn claim_call(operator: Account, account: Account) -> StakeCall {
	call("claim", [Value::from_bytes(operator), Value::from_bytes(account)])
}

/// The calls as transactions, in their order: alone, or up to 32 as one `utility.batch_all`, which does all of them or nothing.
pub fn transactions_of(calls: &[StakeCall]) -> Vec<StakeCall> {
	let together = |calls: &[StakeCall]| match calls {
		[call] => call.clone(),
		calls => {
			let calls = calls.iter().cloned().map(StakeCall::into_value);
			let calls = Composite::unnamed([Value::unnamed_composite(calls)]);
			transactions::dynamic("Utility", "batch_all", calls)
		}
	};
	calls.chunks(BATCH).map(together).collect()
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
