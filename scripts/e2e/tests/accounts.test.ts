// SPDX-License-Identifier: Apache-2.0
// Polkadot accounts and Ethereum accounts are of one chain: they pay each other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiPromise } from '@polkadot/api';
import { JsonRpcProvider, Wallet, parseEther } from 'ethers';
import { ETH, KEYS, WEI_PER_PLANCK, ZG } from '../lib/env.ts';
import { account, accountOf, addressOf, connect, include } from '../lib/polkadot.ts';

/** Transactions to this address carry a call of the runtime. */
const RUNTIME = '0x6d6f646c70792f70616464720000000000000000';

const provider = new JsonRpcProvider(ETH, undefined, { pollingInterval: 500, cacheTimeout: -1 });
const dorothy = new Wallet(KEYS.dorothy, provider);
let api: ApiPromise;

before(async () => {
  api = await connect();
});
after(async () => {
  provider.destroy();
  await api?.disconnect();
});

async function free(id: Uint8Array | string): Promise<bigint> {
  const { data } = (await api.query.system.account(id)) as unknown as { data: { free: { toBigInt(): bigint } } };
  return data.free.toBigInt();
}
/** The Ethereum RPC may be a moment behind the node. */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 40; attempt++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.fail(`waited in vain until ${what}`);
}

test('a Polkadot account pays an Ethereum account, which then pays others', async () => {
  const alice = account('//Alice');
  const fresh = Wallet.createRandom(provider);
  await include(api, api.tx.balances.transferKeepAlive(accountOf(fresh.address), 5n * ZG), alice);
  assert.equal(await free(accountOf(fresh.address)), 5n * ZG);
  await until('the Ethereum wallet shows the money', async () => (await provider.getBalance(fresh.address)) > 0n);
  // A wallet shows what can be spent: the existential deposit is not part of it.
  const deposit = (api.consts.balances.existentialDeposit as unknown as { toBigInt(): bigint }).toBigInt();
  assert.equal(await provider.getBalance(fresh.address), (5n * ZG - deposit) * WEI_PER_PLANCK);

  const receiver = Wallet.createRandom().address;
  const receipt = await (await fresh.sendTransaction({ to: receiver, value: parseEther('1') })).wait();
  assert.equal(receipt?.status, 1);
  assert.equal(await provider.getBalance(receiver), parseEther('1'));
});

test('an Ethereum account pays a Polkadot account', async () => {
  const alice = account('//Alice//stash');
  const before = await free(alice.address);
  const receipt = await (await dorothy.sendTransaction({ to: addressOf(alice), value: parseEther('1.5') })).wait();
  assert.equal(receipt?.status, 1);
  await until('the money is there', async () => (await free(alice.address)) === before + (15n * ZG) / 10n);
});

test('an Ethereum wallet calls the runtime', async () => {
  const eve = account('//Eve//stash');
  const before = await free(eve.address);
  const call = api.tx.balances.transferKeepAlive(eve.address, 2n * ZG).method.toHex();
  const receipt = await (await dorothy.sendTransaction({ to: RUNTIME, data: call })).wait();
  assert.equal(receipt?.status, 1);
  await until('the money is there', async () => (await free(eve.address)) === before + 2n * ZG);
});
