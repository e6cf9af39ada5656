// SPDX-License-Identifier: Apache-2.0
// polkadot.js on a network whose last validator's keys run twice: it shows the offence and all that follows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiPromise } from '@polkadot/api';
import { account, connect, follow, type Found } from '../lib/polkadot.ts';

/** What has to be seen, once each. */
const WANTED = ['offences.Offence', 'restaking.SlashExecuted', 'session.ValidatorDisabled'];
/** Blocks that are finalized afterwards. */
const MORE = 5;

let api: ApiPromise;
before(async () => {
  api = await connect();
});
after(() => api?.disconnect());

/** The first of each wanted event, in finalized blocks from the first on, and MORE blocks after the last of them. */
async function watch(): Promise<Record<string, Found>> {
  const seen: Record<string, Found> = {};
  await follow(
    api, 1,
    (event) => { if (WANTED.includes(event.name)) seen[event.name] ??= event; },
    (height) => height >= Math.max(...WANTED.map((name) => seen[name]?.block ?? Infinity)) + MORE,
  );
  return seen;
}

test('a twin is reported, slashed and disabled, and the chain goes on', { timeout: 300_000 }, async () => {
  const offender = account('//Dave').address;
  const seen = await watch();
  const [offence, slash, disabled] = WANTED.map((name) => seen[name]?.data ?? assert.fail(name));
  assert.match(Buffer.from(String(offence.kind).slice(2), 'hex').toString(), /^(babe|grandpa):equivoca/);
  assert.equal(slash.operator, offender);
  assert.ok(BigInt(slash.active as string) > 0n, JSON.stringify(slash));
  assert.equal(disabled.validator, offender);
  const operator = (await api.query.restaking.operators(offender)) as any;
  assert.ok(operator.isSome, 'polkadot.js decodes what is left of the operator');
});
