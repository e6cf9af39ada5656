// SPDX-License-Identifier: Apache-2.0
// polkadot.js on a network whose last validator's keys run twice: it shows the offence and all that follows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiPromise } from '@polkadot/api';
import { account, connect } from '../lib/polkadot.ts';

/** What has to be seen, once each. */
const WANTED = ['offences.Offence', 'restaking.SlashExecuted', 'session.ValidatorDisabled'];
/** Blocks that are finalized afterwards. */
const MORE = 5;

type Seen = Record<string, { block: number; data: Record<string, unknown> }>;

let api: ApiPromise;
before(async () => {
  api = await connect();
});
after(() => api?.disconnect());

/** The first of each wanted event, in finalized blocks from the first on, and MORE blocks after the last of them. */
async function watch(): Promise<Seen> {
  const seen: Seen = {};
  let [next, busy] = [1, false];
  return new Promise((resolve, reject) => {
    const look = async (height: number) => {
      for (; next <= height; next += 1) {
        const at = await api.at(await api.rpc.chain.getBlockHash(next));
        for (const { event } of (await at.query.system.events()) as any) {
          const name = `${event.section}.${event.method}`;
          if (!WANTED.includes(name) || name in seen) continue;
          const fields = event.data.map((value: any, index: number) => [event.data.names?.[index] ?? index, value.toJSON()]);
          seen[name] = { block: next, data: Object.fromEntries(fields) };
        }
      }
      const last = Math.max(...WANTED.map((name) => seen[name]?.block ?? Infinity));
      if (height >= last + MORE) resolve(seen);
    };
    api.rpc.chain.subscribeFinalizedHeads(async (head) => {
      if (busy) return;
      busy = true;
      await look(head.number.toNumber()).catch(reject);
      busy = false;
    }).catch(reject);
  });
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
