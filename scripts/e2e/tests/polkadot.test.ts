// SPDX-License-Identifier: Apache-2.0
// polkadot.js without custom types: metadata, view functions, and a blob's way from commitment to certificate.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { ApiPromise } from '@polkadot/api';
import type { Bytes, Option, Result, Vec, u32 } from '@polkadot/types';
import type { Codec } from '@polkadot/types/types';
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { GATEWAY } from '../lib/env.ts';
import { account, connect, follow, include, type Found } from '../lib/polkadot.ts';
import type { Erasure } from '../../../primitives/erasure/js/index.d.mts';

const PALLET = 'DataAvailability';
/** Our pallets, as polkadot.js names them. */
const OURS = ['dataAvailability', 'networks', 'restaking'];
const WASM = process.env.ZEROG_ERASURE_WASM ?? assert.fail('ZEROG_ERASURE_WASM names the file that scripts/erasure-js built');
const LOADER = new URL('../../../primitives/erasure/js/index.mjs', import.meta.url);

type Json = Record<string, unknown>;

let api: ApiPromise;
before(async () => {
  api = await connect();
});
after(() => api?.disconnect());

const pallets = () => [...api.runtimeMetadata.asLatest.pallets];
const named = (section: string) => section.charAt(0).toUpperCase() + section.slice(1);
/** The default value of a type: it can be encoded, and what was encoded can be decoded. */
function roundTrip(type: string): Codec {
  const value = api.createType(type);
  assert.deepEqual(api.createType(type, value.toU8a()).toU8a(), value.toU8a(), type);
  return value;
}

test('every call is encoded and decoded', () => {
  const names: string[] = [];
  for (const [section, calls] of Object.entries(api.tx)) {
    for (const [method, call] of Object.entries(calls)) {
      const encoded = call(...call.meta.args.map(({ type }) => roundTrip(type.toString()))).method.toHex();
      const decoded = api.createType('Call', encoded);
      assert.deepEqual([decoded.section, decoded.method, decoded.toHex()], [section, method, encoded]);
      if (named(section) === PALLET) names.push(method);
    }
  }
  assert.deepEqual(names.sort(), [
    'answer', 'certify', 'challenge', 'claimEarnings', 'payout', 'registerKey', 'reportBadRow', 'reportConflict', 'resolve',
    'settle', 'submit',
  ]);
});

test('every event, error and constant is known and documented', () => {
  assert.deepEqual(Object.keys(api.events.dataAvailability).sort(), [
    'Answered', 'Certified', 'Challenged', 'EarningsClaimed', 'Extended', 'FaultFound', 'FellBack', 'Improved', 'KeyRegistered',
    'Paid', 'PayerReplaced', 'Refunded', 'Settled', 'Submitted', 'Unanswered',
  ]);
  for (const section of OURS) {
    for (const [name, { meta }] of Object.entries(api.events[section])) {
      assert.ok(meta.docs.length > 0, name);
      for (const { type } of meta.fields) roundTrip(api.registry.createLookupType(type));
    }
    assert.ok(Object.keys(api.errors[section]).length > 0, section);
    for (const [name, { meta }] of Object.entries(api.errors[section])) assert.ok(meta.docs.length > 0, name);
    assert.ok(Object.keys(api.consts[section]).length > 0, section);
    for (const [name, constant] of Object.entries(api.consts[section])) {
      assert.ok((constant as any).meta.docs.length > 0, name);
      assert.notEqual(constant.toString(), '0', name);
    }
  }
});

test('every stored value of ours can be read', async () => {
  for (const query of OURS.flatMap((section) => Object.values(api.query[section]))) {
    await (query.creator.meta.type.isPlain ? query() : query.entries());
  }
});

/** Calls a view function by its names, with values or the types' defaults, and decodes what it yields. */
async function view(pallet: string, name: string, values?: unknown[]): Promise<Codec> {
  const found = pallets().find((each) => each.name.eq(pallet))?.viewFunctions.find((each) => each.name.eq(name));
  assert.ok(found, `${pallet} has no view function ${name}`);
  const inputs = found.inputs.map(({ type }, i) => api.createType(api.registry.createLookupType(type), values?.[i]).toU8a());
  const execute = (api.call as any).runtimeViewFunction.executeViewFunction;
  const answer = (await execute(found.id.toU8a(), u8aToHex(u8aConcat(...inputs)))) as Result<Bytes, Codec>;
  assert.ok(answer.isOk, `${pallet}.${name}: ${answer.isErr && answer.asErr.toString()}`);
  const bytes = answer.asOk.toU8a(true);
  const output = api.createType(api.registry.createLookupType(found.output), bytes);
  assert.deepEqual(output.toU8a(), bytes, `${pallet}.${name}`);
  return output;
}

test('every view function answers', async () => {
  const answered: Record<string, string[]> = {};
  for (const { name, viewFunctions } of pallets()) {
    for (const each of viewFunctions) {
      await view(name.toString(), each.name.toString());
      (answered[name.toString()] ??= []).push(each.name.toString());
    }
  }
  assert.deepEqual(answered[PALLET].sort(), [
    'account_key', 'base_fee', 'blob', 'committee', 'current_committees', 'earnings', 'margin', 'open_challenges', 'quote',
    'verdicts',
  ]);
  assert.deepEqual(answered.Networks.sort(), [
    'duties', 'free_escrow', 'members', 'networks', 'operator', 'ranking_of', 'route_of', 'security',
  ]);
  assert.deepEqual(answered.Restaking.sort(), [
    'allocations', 'claimable', 'era', 'operator', 'pending_slashes', 'portfolio', 'position', 'security',
  ]);
});

test('a refused call names its error', { timeout: 120_000 }, async () => {
  const ferdie = account('//Ferdie');
  const { delegate } = api.tx.restaking;
  const { join } = api.tx.networks;
  const root = new Uint8Array(32);
  const retention = (api.consts.dataAvailability.minRetention as unknown as u32).toNumber();
  const pay = (length: number, smallest: number, blocks: number) =>
    api.tx.dataAvailability.submit(root, length, smallest, root, root, blocks, 10n ** 12n);
  const refused = [
    [pay(0, 0, retention), 'dataAvailability', 'EmptyBlob'],
    // The smallest matrix holds 128 KiB.
    [pay((128 << 10) + 1, 0, retention), 'dataAvailability', 'ProfileTooSmall'],
    [pay(1, 0, retention - 1), 'dataAvailability', 'RetentionOutOfRange'],
    [delegate(ferdie.address, 10n ** 12n), 'restaking', 'NotOperator'],
    [join(0), 'networks', 'RootNetwork'],
  ] as const;
  for (const [call, section, name] of refused) {
    const { docs } = api.errors[section][name].meta;
    // `include` looks for the error that the chain gave in the metadata.
    await assert.rejects(include(api, call, ferdie), { message: `${section}.${name}: ${docs.join(' ')}` });
  }
});

test('an account delegates, sees its portfolio, and takes a part back', { timeout: 120_000 }, async () => {
  const [operator, owner] = [account('//Alice').address, account('//Ferdie')];
  const zg = 1_000_000_000_000n;
  const portfolio = async () => (await view('Restaking', 'portfolio', [owner.address])).toJSON() as Json[];
  await include(api, api.tx.restaking.delegate(operator, 100n * zg), owner);
  const [position] = await portfolio();
  assert.ok(position, 'the position is in the portfolio');
  assert.equal(position.operator, operator);
  const before = BigInt(position.active as string);
  await include(api, api.tx.restaking.unbond(operator, BigInt(position.shares as string) / 2n), owner);
  const [after] = await portfolio();
  const unlocks = after.unlocks as Json[];
  const era = (await view('Restaking', 'era')).toJSON() as number;
  const timing = (api.consts.restaking.timing as any).toJSON() as { bonding: number };
  assert.equal(unlocks.at(-1)?.freeFrom, era + timing.bonding);
  const moved = BigInt(unlocks.at(-1)?.amount as string);
  assert.ok(before - BigInt(after.active as string) - moved <= 1n, 'what left is what unbonds, but for rounding');
  const info = (await view('Restaking', 'operator', [operator])).toJSON() as Json;
  assert.equal(info.account, operator);
  assert.deepEqual([info.open, info.reopens], [true, null], 'no slash has closed its pool');
  assert.ok((info.promises as Json[]).length >= 2, 'consensus and data availability');
  assert.deepEqual((await view('Restaking', 'pending_slashes', [operator])).toJSON(), []);
});

test('the root network takes every blob, and its operators have seats in it', async () => {
  const ask = async (name: string, ...values: unknown[]) => (await view('Networks', name, values)).toJSON();
  const networks = (await ask('networks')) as Json[];
  assert.deepEqual(networks.map(({ network, status }) => [network, status]), [[0, 'Active']]);
  const namespace = new Uint8Array(32).fill(7);
  assert.equal(await ask('route_of', namespace), 0);
  assert.deepEqual(await ask('ranking_of', namespace), [0]);
  const alice = account('//Alice').address;
  const operator = (await ask('operator', alice)) as Json;
  assert.ok(BigInt(operator.stake as string) > 0n);
  const duties = (await ask('duties', alice)) as Json[];
  assert.ok(duties.length > 0, 'a seat in this epoch or the next one');
  const { epoch } = duties[0];
  const members = (await ask('members', 0, epoch)) as Json[];
  assert.ok(members.some((member) => member.operator === alice));
  const security = (await ask('security', 0, 200_000_000, 2048)) as { members: number; availability: { bits: number } };
  assert.equal(security.members, members.length);
  assert.equal(security.availability.bits, 2 ** 32 - 1, 'everybody serves: no draw can be bad');
  assert.ok(BigInt((await ask('free_escrow')) as string) >= 0n);
  const committees = (await view(PALLET, 'current_committees')).toJSON() as Json[];
  assert.equal(committees[0].network, 0);
  assert.ok((await view(PALLET, 'committee', [committees[0]])).toJSON(), 'it is kept');
  assert.ok(BigInt((await view(PALLET, 'base_fee', [0])).toString()) > 0n);
});

test('a blob is published with a commitment of our own and followed to Certified', { timeout: 120_000 }, async () => {
  const { load } = (await import(LOADER.href)) as { load(wasm: Uint8Array): Promise<Erasure> };
  const erasure = await load(await readFile(WASM));
  const blob = new Uint8Array(randomBytes(100_000));
  const namespace = u8aConcat('zerog e2e', new Uint8Array(23));
  const retention = (api.consts.dataAvailability.minRetention as unknown as u32).toNumber();
  const committed = erasure.commit({ chain: api.genesisHash.toU8a(), namespace, blob });
  const { commitment, profile, rowRoot, checksumRoot } = committed;

  const quote = (await view(PALLET, 'quote', [namespace, blob.length, retention])).toJSON() as Json | null;
  assert.ok(quote, 'a blob of this size and retention has a price');
  assert.equal(quote.profile, profile, 'four members may certify the smallest matrix');

  const maxFee = 2n * BigInt(quote.dispersalFee as string) + BigInt(quote.custodyFee as string);
  const { submit: pay } = api.tx.dataAvailability;
  const submit = pay(namespace, blob.length, profile, rowRoot, checksumRoot, retention, maxFee);
  const { events } = await include(api, submit, account('//Ferdie'));
  const submitted = events.find(({ event }) => api.events.dataAvailability.Submitted.is(event))?.event;
  assert.equal(submitted?.data[0].toHex(), commitment, 'the chain and the Wasm module compute the same commitment');

  const from = (await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead())).number.toNumber();
  const put = await fetch(`${GATEWAY}/v1/blobs/${commitment}`, { method: 'PUT', body: blob });
  assert.ok(put.ok, `${put.status} ${await put.text()}`);
  let certified: Found | undefined;
  await follow(api, from, (event) => {
    if (event.name === 'dataAvailability.Certified' && event.data.commitment === commitment) certified ??= event;
  }, () => !!certified);
  assert.ok(Number(certified?.data.rowsSigned) > 0);

  const status = (await (await fetch(`${GATEWAY}/v1/blobs/${commitment}/status`)).json()) as Json;
  assert.equal(status.state, 'certified');
  const info = (await view(PALLET, 'blob', [hexToU8a(commitment)])) as Option<Codec>;
  assert.ok(info.isSome && JSON.stringify(info.toJSON()).includes('certified'));
  assert.equal(quote.network, 0);
  assert.deepEqual([status.network, status.fell_back_from], [0, null]);
  const got = await fetch(`${GATEWAY}/v1/blobs/${commitment}`);
  assert.deepEqual(new Uint8Array(await got.arrayBuffer()), blob);
});

// The last one, so that there is something to find of each of the tests before it.
test('every event so far is decoded, those of what was done above among them', { timeout: 120_000 }, async () => {
  const seen = new Set<string>();
  const stored = api.rpc.state.getStorage as unknown as { raw(key: string, at: unknown): Promise<string | null> };
  const head = (await api.rpc.chain.getHeader()).number.toNumber();
  for (let number = 0; number <= head; number++) {
    const hash = await api.rpc.chain.getBlockHash(number);
    const at = await api.at(hash);
    const records = (await at.query.system.events()) as unknown as Vec<any>;
    if (number === 0) continue; // the genesis has no events
    const bytes = await stored.raw(at.query.system.events.key(), hash);
    assert.equal(records.toHex(), bytes, `block ${number}: nothing is left out`);
    const names = records.map(({ event }) => `${event.section}.${event.method}`);
    assert.ok(names.includes('system.ExtrinsicSuccess'), `block ${number} has inherents`);
    for (const name of names) seen.add(name);
  }
  const expected = [
    'dataAvailability.Certified', 'dataAvailability.Submitted', 'restaking.Delegated', 'restaking.Unbonded',
    'system.ExtrinsicFailed', 'system.ExtrinsicSuccess', 'transactionPayment.TransactionFeePaid',
  ];
  assert.deepEqual(expected.filter((name) => !seen.has(name)), [], `seen: ${[...seen].sort().join(' ')}`);
});
