// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Signature, Wallet, parseEther } from 'ethers';
import { network } from 'hardhat';

// One file for both tokens: Hardhat runs files side by side, and they share an account.
const { ethers } = await network.create();
const [owner] = await ethers.getSigners();
const holder = Wallet.createRandom(ethers.provider);
type Token = Awaited<ReturnType<typeof ethers.deployContract>>;
let gold: Token;
let badge: Token;

before(async () => {
  gold = await (await ethers.deployContract('Gold', [owner.address])).waitForDeployment() as Token;
  badge = await (await ethers.deployContract('Badge', [owner.address])).waitForDeployment() as Token;
});

const sent = async (transaction: Promise<{ wait(): Promise<unknown> }>) => (await transaction).wait();
/** A static call that reverts with the named error of the contract's interface. */
const reverts = (call: Promise<unknown>, token: Token, name: string) =>
  assert.rejects(call, (error: { data?: unknown; message: string }) => {
    const selector = token.interface.getError(name)!.selector;
    return error.message.includes(name) || JSON.stringify(error.data ?? '').includes(selector);
  });

// ERC-20

test('the owner mints and transfers', async () => {
  assert.deepEqual([await gold.name(), await gold.symbol(), await gold.decimals()], ['Gold', 'GLD', 18n]);
  await sent(gold.mint(owner.address, parseEther('100')));
  await sent(gold.transfer(holder.address, parseEther('30')));
  assert.equal(await gold.balanceOf(owner.address), parseEther('70'));
  assert.equal(await gold.balanceOf(holder.address), parseEther('30'));
  assert.equal(await gold.totalSupply(), parseEther('100'));
});

test('a holder without money for gas permits by signature and the owner collects', async () => {
  const value = parseEther('10');
  const deadline = 2n ** 64n;
  const domain = {
    name: 'Gold', version: '1', chainId: (await ethers.provider.getNetwork()).chainId, verifyingContract: await gold.getAddress(),
  };
  const fields = ['owner:address', 'spender:address', 'value:uint256', 'nonce:uint256', 'deadline:uint256'];
  const types = { Permit: fields.map((field) => ({ name: field.split(':')[0], type: field.split(':')[1] })) };
  const message = { owner: holder.address, spender: owner.address, value, nonce: await gold.nonces(holder.address), deadline };
  const { v, r, s } = Signature.from(await holder.signTypedData(domain, types, message));
  await sent(gold.permit(holder.address, owner.address, value, deadline, v, r, s));
  assert.equal(await gold.allowance(holder.address, owner.address), value);
  await sent(gold.transferFrom(holder.address, owner.address, value));
  assert.equal(await gold.balanceOf(holder.address), parseEther('20'));
});

test('who has too little is told so', async () => {
  await reverts(gold.transfer.staticCall(holder.address, parseEther('1000')), gold, 'ERC20InsufficientBalance');
});

test('burning reduces the supply', async () => {
  const supply = await gold.totalSupply();
  await sent(gold.burn(parseEther('5')));
  assert.equal(await gold.totalSupply(), supply - parseEther('5'));
});

// ERC-721

test('a badge is awarded, found in the logs and handed on', async () => {
  const receipt = await (await badge.award(owner.address, 'zerog://first')).wait();
  assert.equal(await badge.ownerOf(0), owner.address);
  assert.equal(await badge.tokenURI(0), 'zerog://first');
  const [event] = await badge.queryFilter(badge.filters.Transfer(), receipt.blockNumber, receipt.blockNumber);
  assert.deepEqual([...(event as unknown as { args: unknown[] }).args], [ethers.ZeroAddress, owner.address, 0n]);

  await (await badge.transferFrom(owner.address, holder.address, 0)).wait();
  assert.equal(await badge.ownerOf(0), holder.address);
  assert.equal(await badge.balanceOf(holder.address), 1n);
});

test('who does not own a badge cannot hand it on', async () => {
  await reverts(badge.transferFrom.staticCall(holder.address, owner.address, 0), badge, 'ERC721InsufficientApproval');
});

test('it is an ERC-721', async () => {
  assert.equal(await badge.supportsInterface('0x80ac58cd'), true);
  assert.equal(await badge.supportsInterface('0xffffffff'), false);
});
