// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Contract, ContractFactory, JsonRpcProvider, Wallet, WebSocketProvider, isError, parseEther } from 'ethers';
import type { ContractTransactionReceipt, EventLog, InterfaceAbi } from 'ethers';
import { CHAIN_ID, ETH, KEYS } from '../lib/env.ts';
import { compile } from '../lib/solidity.ts';

// No caching: within one block time two questions may have two answers.
const provider = new JsonRpcProvider(ETH, undefined, { pollingInterval: 500, cacheTimeout: -1 });
const wallet = new Wallet(KEYS.alith, provider);
let counter: Contract;

before(async () => {
  const { abi, bytecode } = compile('Counter');
  const deployed = await new ContractFactory(abi as unknown as InterfaceAbi, bytecode, wallet).deploy(7n);
  await deployed.waitForDeployment();
  counter = new Contract(await deployed.getAddress(), abi as unknown as InterfaceAbi, wallet);
});
after(() => provider.destroy());

async function increase(amount: bigint, note: string): Promise<ContractTransactionReceipt> {
  const transaction = await counter.getFunction('increase')(amount, note);
  return (await transaction.wait()) as ContractTransactionReceipt;
}

test('the chain has its id', async () => {
  assert.equal((await provider.getNetwork()).chainId, BigInt(CHAIN_ID));
});

test('a deployed contract has code and what its constructor stored', async () => {
  assert.notEqual(await provider.getCode(await counter.getAddress()), '0x');
  assert.equal(await counter.getFunction('total')(), 7n);
});

test('a transaction changes state and emits an event that can be found', async () => {
  const before = (await counter.getFunction('total')()) as bigint;
  const receipt = await increase(5n, 'five');
  assert.equal(receipt.status, 1);
  assert.equal(await counter.getFunction('total')(), before + 5n);
  assert.equal(await counter.getFunction('increasedBy')(wallet.address), 5n);

  const filter = counter.getEvent('Increased')(wallet.address, 5n);
  const [event, ...others] = (await counter.queryFilter(filter, receipt.blockNumber, receipt.blockNumber)) as EventLog[];
  assert.equal(others.length, 0);
  assert.deepEqual([...event.args], [wallet.address, 5n, before + 5n, 'five']);
  assert.equal(event.transactionHash, receipt.hash);

  const absent = counter.getEvent('Increased')(wallet.address, 6n);
  assert.deepEqual(await counter.queryFilter(absent, receipt.blockNumber, receipt.blockNumber), []);
});

test('a call that reverts says why', async () => {
  await assert.rejects(counter.getFunction('increase').staticCall(0n, ''), (error) =>
    isError(error, 'CALL_EXCEPTION') && error.reason === 'nothing to add');
  await assert.rejects(counter.getFunction('increase').staticCall(101n, ''), (error) =>
    isError(error, 'CALL_EXCEPTION') && error.revert?.name === 'TooMuch' && error.revert.args[0] === 101n);
  await assert.rejects(counter.getFunction('increase').estimateGas(0n, ''), (error) =>
    isError(error, 'CALL_EXCEPTION') && error.reason === 'nothing to add');
});

test('a reverted transaction is in a block with status 0', async () => {
  const gasLimit = await counter.getFunction('increase').estimateGas(1n, '');
  const sent = await counter.getFunction('increase')(0n, '', { gasLimit });
  await assert.rejects(sent.wait(), (error) => isError(error, 'CALL_EXCEPTION') && error.receipt?.status === 0);
});

test('the gas estimate suffices', async () => {
  const estimate = await counter.getFunction('increase').estimateGas(3n, 'three');
  const sent = await counter.getFunction('increase')(3n, 'three', { gasLimit: estimate });
  const receipt = (await sent.wait()) as ContractTransactionReceipt;
  assert.equal(receipt.status, 1);
  assert.ok(receipt.gasUsed > 0n && receipt.gasUsed <= estimate, `${receipt.gasUsed} of ${estimate}`);
});

for (const [type, name] of [[0, 'legacy'], [1, '2930'], [2, '1559']] as const) {
  test(`a ${name} transaction pays`, async () => {
    const receiver = Wallet.createRandom(provider).address;
    const before = await provider.getBalance(wallet.address);
    const sent = await wallet.sendTransaction({ to: receiver, value: parseEther('2'), type });
    const receipt = await sent.wait();
    assert.equal(receipt?.status, 1);
    assert.equal((await provider.getTransaction(sent.hash))?.type, type);
    assert.equal(receipt.type, type);
    assert.equal(await provider.getBalance(receiver), parseEther('2'));
    assert.ok(before - (await provider.getBalance(wallet.address)) >= parseEther('2') + receipt.fee);
  });
}

test('a contract takes money and says so', async () => {
  const address = await counter.getAddress();
  const receipt = await (await wallet.sendTransaction({ to: address, value: parseEther('1.5') })).wait();
  assert.equal(await provider.getBalance(address), parseEther('1.5'));
  const paid = counter.interface.parseLog(receipt!.logs[0]);
  assert.deepEqual([paid?.name, paid?.args.value], ['Paid', parseEther('1.5')]);
});

test('new blocks and logs arrive over WebSocket', { timeout: 60_000 }, async () => {
  const socket = new WebSocketProvider(ETH.replace(/^http/, 'ws'));
  try {
    const block = await new Promise<number>((resolve) => socket.once('block', resolve));
    assert.ok(block > 0);
    const seen = new Promise<string>((resolve) => {
      new Contract(counter.target, counter.interface, socket).once('Increased', (_by, _amount, _total, note) => resolve(note));
    });
    await socket.getBlockNumber(); // the subscription above is in place when this answers
    await increase(1n, 'over the wire');
    assert.equal(await seen, 'over the wire');
  } finally {
    await socket.destroy();
  }
});
