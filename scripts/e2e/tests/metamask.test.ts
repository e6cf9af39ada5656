// SPDX-License-Identifier: Apache-2.0
// Walks methods.json: each JSON-RPC method that MetaMask sends to a network, with the shape of the answer it relies on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ContractFactory, JsonRpcProvider, Transaction, Wallet } from 'ethers';
import type { InterfaceAbi } from 'ethers';
import { CHAIN_ID, ETH, KEYS } from '../lib/env.ts';
import { compile } from '../lib/solidity.ts';
import methods from '../methods.json' with { type: 'json' };

type Shape = string | Record<string, string>;

const provider = new JsonRpcProvider(ETH, undefined, { pollingInterval: 500, cacheTimeout: -1 });
const wallet = new Wallet(KEYS.ethan, provider);
const other = Wallet.createRandom().address;
/** What a name with a dollar sign in methods.json stands for. */
const values: Record<string, unknown> = { account: wallet.address, other };

const SHAPES: Record<string, (value: unknown) => boolean> = {
  any: (value) => value !== undefined,
  array: Array.isArray,
  boolean: (value) => typeof value === 'boolean',
  data: (value) => typeof value === 'string' && /^0x([0-9a-f]{2})*$/i.test(value),
  hash: (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/i.test(value),
  null: (value) => value === null,
  quantity: (value) => typeof value === 'string' && /^0x(0|[1-9a-f][0-9a-f]*)$/i.test(value),
  string: (value) => typeof value === 'string',
};

function check(value: unknown, shape: Shape, path: string): void {
  if (typeof shape === 'string') {
    assert.ok(SHAPES[shape](value), `${path} is no ${shape}: ${JSON.stringify(value)}`);
  } else {
    assert.ok(typeof value === 'object' && value !== null, `${path} is no object: ${JSON.stringify(value)}`);
    for (const [key, each] of Object.entries(shape)) check((value as Record<string, unknown>)[key], each, `${path}.${key}`);
  }
}

function fill(template: unknown): unknown {
  if (typeof template === 'string' && template.startsWith('$')) {
    assert.ok(template.slice(1) in values, `nothing stands for ${template}`);
    return values[template.slice(1)];
  }
  if (Array.isArray(template)) return template.map(fill);
  if (typeof template === 'object' && template !== null) {
    return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value)]));
  }
  return template;
}

async function ask(method: string, params: unknown): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(ETH, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(response.status, 200);
  const { result, error } = (await response.json()) as { result?: unknown; error?: unknown };
  assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
  return result;
}

before(async () => {
  const { abi, bytecode } = compile('Counter');
  const contract = await new ContractFactory(abi as unknown as InterfaceAbi, bytecode, wallet).deploy(7n);
  const receipt = await contract.deploymentTransaction()!.wait();
  const next = await wallet.populateTransaction({ to: other, value: 10n ** 18n });
  Object.assign(values, {
    contract: receipt!.contractAddress,
    call: contract.interface.encodeFunctionData('total'),
    hash: receipt!.hash,
    blockHash: receipt!.blockHash,
    blockNumber: `0x${receipt!.blockNumber.toString(16)}`,
    index: `0x${receipt!.index.toString(16)}`,
    raw: await wallet.signTransaction(next),
  });
});
after(() => provider.destroy());

for (const { method, params, result } of methods as { method: string; params: unknown[]; result: Shape }[]) {
  test(`${method} ${JSON.stringify(params)}`, async () => check(await ask(method, fill(params)), result, method));
}

test('what was sent raw arrives', async () => {
  await provider.waitForTransaction(Transaction.from(values.raw as string).hash!, 1, 60_000);
  assert.equal(await provider.getBalance(other), 10n ** 18n);
});

test('the answers name the chain', async () => {
  assert.equal(Number(await ask('eth_chainId', [])), CHAIN_ID);
  assert.equal(await ask('net_version', []), String(CHAIN_ID));
});

test('a method that nobody serves is refused by its name', async () => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_sign', params: [] });
  const response = await fetch(ETH, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.ok(((await response.json()) as { error?: { code: number } }).error);
});
