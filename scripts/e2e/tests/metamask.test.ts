// SPDX-License-Identifier: Apache-2.0
// Walks methods.json: each JSON-RPC method that the server has, as MetaMask sends those that it uses, with the answer that
// clients rely on.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import {
  Contract, ContractFactory, JsonRpcProvider, Transaction, Wallet, keccak256, toBeHex, toQuantity, zeroPadValue,
} from 'ethers';
import type { InterfaceAbi } from 'ethers';
import { CHAIN_ID, ETH, KEYS } from '../lib/env.ts';
import { compile } from '../lib/solidity.ts';
import methods from '../methods.json' with { type: 'json' };

/**
 * What an answer has to be: the name of one of `SHAPES`; what a name with a dollar sign stands for; an object with at least
 * these members; an array with these elements, or with these and others if `…` is the first; all else is the answer itself.
 */
type Shape = string | number | boolean | null | Shape[] | { [key: string]: Shape };

const DOCS = new URL('../../../docs/ethereum.md', import.meta.url);
/** Of JSON-RPC and of Ethereum's servers. */
const [METHOD_NOT_FOUND, REFUSED] = [-32601, -32000];

const provider = new JsonRpcProvider(ETH, undefined, { pollingInterval: 500, cacheTimeout: -1 });
const wallet = new Wallet(KEYS.ethan, provider);
const other = Wallet.createRandom().address;
/** What a name with a dollar sign in methods.json stands for. */
const values: Record<string, unknown> = {
  account: wallet.address,
  accounts: Object.values(KEYS).map((key) => new Wallet(key).address),
  chainId: toQuantity(CHAIN_ID),
  networkId: String(CHAIN_ID),
  other,
  unknown: toBeHex(0xaa, 32),
};

const is = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const SHAPES: Record<string, (value: unknown) => boolean> = {
  bloom: is(/^0x(?=0*[1-9a-f])[0-9a-f]{512}$/i),
  boolean: (value) => typeof value === 'boolean',
  code: is(/^0x([0-9a-f]{2})+$/i),
  count: (value) => Number.isInteger(value) && (value as number) > 0,
  hash: is(/^0x[0-9a-f]{64}$/i),
  number: (value) => typeof value === 'number',
  positive: is(/^0x[1-9a-f][0-9a-f]*$/i),
  quantity: is(/^0x(0|[1-9a-f][0-9a-f]*)$/i),
  text: is(/./),
};

/** Whether two answers are the same; letters in hexadecimal numbers may be large or small. */
const same = (one: unknown, another: unknown) =>
  JSON.stringify(one)?.toLowerCase() === JSON.stringify(another)?.toLowerCase();

/** Whether at least one of the elements is as it has to be. */
function isAmong(elements: unknown[], shape: Shape): boolean {
  return elements.some((value) => {
    try {
      check(value, shape, '');
      return true;
    } catch {
      return false;
    }
  });
}

function check(value: unknown, shape: Shape, path: string): void {
  const shown = `${path}: ${JSON.stringify(value)}`;
  if (typeof shape === 'string' && shape in SHAPES) {
    assert.ok(SHAPES[shape](value), `${shown} is no ${shape}`);
  } else if (typeof shape === 'string' && shape.startsWith('$')) {
    const filled = fill(shape);
    if (typeof filled === 'object') check(value, filled as Shape, path);
    else assert.ok(same(value, filled), `${shown} is not ${filled}`);
  } else if (Array.isArray(shape)) {
    assert.ok(Array.isArray(value), `${shown} is no array`);
    if (shape[0] === '…') {
      for (const each of shape.slice(1)) assert.ok(isAmong(value, each), `${shown} has no ${JSON.stringify(each)}`);
    } else {
      assert.equal(value.length, shape.length, `${shown} has not ${shape.length} elements`);
      shape.forEach((each, i) => check(value[i], each, `${path}[${i}]`));
    }
  } else if (typeof shape === 'object' && shape !== null) {
    assert.ok(typeof value === 'object' && value !== null, `${shown} is no object`);
    for (const [key, each] of Object.entries(shape)) {
      // Answers write addresses in small letters.
      const name = key.startsWith('$') ? String(fill(key)).toLowerCase() : key;
      check((value as Record<string, unknown>)[name], each, `${path}.${name}`);
    }
  } else {
    assert.ok(same(value, shape), `${shown} is not ${shape}`);
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

interface Answer {
  result?: unknown;
  error?: { code: number; message: string };
}

async function request(method: string, params: unknown): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(ETH, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  assert.equal(response.status, 200);
  return (await response.json()) as Answer;
}

async function ask(method: string, params: unknown): Promise<unknown> {
  const { result, error } = await request(method, params);
  assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
  return result;
}

before(async () => {
  const { abi, bytecode } = compile('Counter');
  const deployed = await new ContractFactory(abi as unknown as InterfaceAbi, bytecode, wallet).deploy(7n);
  const { contractAddress } = (await deployed.deploymentTransaction()!.wait())!;
  const contract = new Contract(contractAddress!, abi as unknown as InterfaceAbi, wallet);
  // What is asked for: a transaction that emits an event.
  const sent = await contract.getFunction('increase')(5n, 'five');
  const receipt = await sent.wait();
  const next = await wallet.populateTransaction({ to: other, value: 10n ** 18n });
  const raw = await wallet.signTransaction(next);
  const [total, after] = [12n, 17n].map((each) => zeroPadValue(toBeHex(each), 32));
  const { data, topics } = contract.interface.encodeEventLog('Increased', [wallet.address, 5n, 12n, 'five']);
  Object.assign(values, {
    contract: contractAddress,
    call: contract.interface.encodeFunctionData('total'),
    increase: contract.interface.encodeFunctionData('increase', [5n, 'five']),
    total,
    totalAfter: after,
    nonce: toQuantity(sent.nonce + 1),
    hash: receipt.hash,
    blockHash: receipt.blockHash,
    blockNumber: toQuantity(receipt.blockNumber),
    index: toQuantity(receipt.index),
    data,
    topics,
    event: topics[0],
    topic: topics[1],
    log: {
      address: '$contract', topics: '$topics', data: '$data', removed: false, logIndex: 'quantity', transactionHash: '$hash',
      transactionIndex: '$index', blockHash: '$blockHash', blockNumber: '$blockNumber',
    },
    raw,
    rawHash: keccak256(raw),
  });
});
after(() => provider.destroy());

const cases = methods as { method: string; params: unknown[]; result: Shape }[];
for (const { method, params, result } of cases) {
  test(`${method} ${JSON.stringify(params)}`, async () => check(await ask(method, fill(params)), result, method));
}

test('what was sent raw arrives', async () => {
  await provider.waitForTransaction(Transaction.from(values.raw as string).hash!, 1, 60_000);
  assert.equal(await provider.getBalance(other), 10n ** 18n);
});

test('the server signs for its development accounts, and for nobody else', async () => {
  const [to, value] = [Wallet.createRandom().address, toQuantity(10n ** 18n)];
  const gasPrice = toQuantity(2n * BigInt((await ask('eth_gasPrice', [])) as string));
  const hash = await ask('eth_sendTransaction', [{ from: wallet.address, to, value, gasPrice }]);
  const receipt = await provider.waitForTransaction(hash as string, 1, 60_000);
  assert.deepEqual([receipt?.from, receipt?.status], [wallet.address, 1]);
  assert.equal(await provider.getBalance(to), 10n ** 18n);
  const { error } = await request('eth_sendTransaction', [{ from: other, to, value, gasPrice }]);
  assert.equal(error?.code, REFUSED);
  assert.match(error.message, /^Account not found/);
});

test('opcodes are not traced', async () => {
  const call = { from: wallet.address, to: values.contract, data: values.increase };
  const { error } = await request('debug_traceCall', [call, 'latest']);
  assert.deepEqual([error?.code, error?.message], [REFUSED, 'Execution Tracing is disabled']);
  assert.equal((await request('debug_traceTransaction', [values.hash])).error?.code, REFUSED);
  assert.deepEqual(await ask('debug_traceBlockByNumber', [values.blockNumber]), []);
});

test('what is served is documented, and asked for in these tests', async () => {
  const { methods: served } = (await ask('rpc_methods', [])) as { methods: string[] };
  const section = (await readFile(DOCS, 'utf8')).split(/^## /m).find((each) => each.startsWith('Served\n'));
  const documented = [...section!.matchAll(/`([a-z0-9]+_[A-Za-z]+)`/g)].map(([, name]) => name);
  assert.deepEqual(documented.sort(), served.sort());
  // One has a test of its own above; subscriptions need a WebSocket: ethers.test.ts.
  const elsewhere = ['eth_sendTransaction', 'eth_subscribe', 'eth_unsubscribe'];
  const asked = new Set([...cases.map(({ method }) => method), ...elsewhere]);
  assert.deepEqual([...asked].sort(), served);
});

for (const method of [
  'eth_sign', 'personal_sign', 'eth_newFilter', 'eth_getUncleCountByBlockNumber', 'eth_getWork', 'eth_getProof',
  'eth_createAccessList', 'evm_snapshot', 'evm_mine', 'hardhat_setBalance',
]) {
  test(`${method}, which nobody serves, is refused by its name`, async () => {
    const { result, error } = await request(method, []);
    assert.equal(result, undefined);
    assert.equal(error?.code, METHOD_NOT_FOUND);
  });
}
