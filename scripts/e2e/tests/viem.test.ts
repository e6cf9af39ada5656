// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, decodeEventLog, defineChain, http, parseEther,
} from 'viem';
import type { Address, TransactionReceipt } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { CHAIN_ID, ETH, KEYS } from '../lib/env.ts';
import { compile } from '../lib/solidity.ts';

const chain = defineChain({
  id: CHAIN_ID,
  name: 'zerog',
  nativeCurrency: { name: 'ZG', symbol: 'ZG', decimals: 18 },
  rpcUrls: { default: { http: [ETH] } },
});
const account = privateKeyToAccount(KEYS.baltathar);
const options = { chain, transport: http(), pollingInterval: 500, cacheTime: 0 };
const client = createPublicClient(options);
const wallet = createWalletClient({ ...options, account });
const { abi, bytecode } = compile('Counter');
let address: Address;

before(async () => {
  const hash = await wallet.deployContract({ abi, bytecode, args: [7n] });
  const receipt = await client.waitForTransactionReceipt({ hash });
  assert.ok(receipt.contractAddress);
  address = receipt.contractAddress;
});

const read = (functionName: string, ...args: unknown[]) => client.readContract({ address, abi, functionName, args });

async function increase(amount: bigint, note: string, gas?: bigint): Promise<TransactionReceipt> {
  const hash = await wallet.writeContract({ address, abi, functionName: 'increase', args: [amount, note], gas });
  return client.waitForTransactionReceipt({ hash });
}

test('the chain has its id', async () => {
  assert.equal(await client.getChainId(), CHAIN_ID);
});

test('a transaction changes state and emits an event that can be found', async () => {
  const before = (await read('total')) as bigint;
  const receipt = await increase(5n, 'five');
  assert.equal(receipt.status, 'success');
  assert.equal(await read('total'), before + 5n);
  assert.equal(await read('increasedBy', account.address), 5n);

  const range = { fromBlock: receipt.blockNumber, toBlock: receipt.blockNumber };
  const events = await client.getContractEvents({ address, abi, eventName: 'Increased', args: { by: account.address }, ...range });
  assert.equal(events.length, 1);
  assert.deepEqual(decodeEventLog({ abi, ...receipt.logs[0] }).args, { by: account.address, amount: 5n, total: before + 5n, note: 'five' });
  assert.equal((await client.getLogs({ address, ...range })).length, 1);
});

test('a call that reverts says why', async () => {
  const reverted = (amount: bigint, check: (error: ContractFunctionRevertedError) => boolean) =>
    assert.rejects(client.simulateContract({ account, address, abi, functionName: 'increase', args: [amount, ''] }), (error) => {
      const cause = error instanceof BaseError && error.walk((each) => each instanceof ContractFunctionRevertedError);
      return cause instanceof ContractFunctionRevertedError && check(cause);
    });
  await reverted(0n, (error) => error.reason === 'nothing to add');
  await reverted(101n, (error) => error.data?.errorName === 'TooMuch' && error.data.args?.[1] === 100n);
});

test('the gas estimate suffices', async () => {
  const gas = await client.estimateContractGas({ account, address, abi, functionName: 'increase', args: [3n, 'three'] });
  const receipt = await increase(3n, 'three', gas);
  assert.equal(receipt.status, 'success');
  assert.ok(receipt.gasUsed <= gas, `${receipt.gasUsed} of ${gas}`);
});

for (const type of ['legacy', 'eip2930', 'eip1559'] as const) {
  test(`a transaction of type ${type} pays`, async () => {
    const to = privateKeyToAccount(generatePrivateKey()).address;
    const request = await wallet.prepareTransactionRequest({ to, value: parseEther('2'), type } as never);
    const hash = await wallet.sendTransaction(request as never);
    const receipt = await client.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    assert.equal((await client.getTransaction({ hash })).type, type);
    assert.equal(await client.getBalance({ address: to }), parseEther('2'));
  });
}
