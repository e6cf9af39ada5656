// SPDX-License-Identifier: Apache-2.0
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { u8aConcat } from '@polkadot/util';
import { cryptoWaitReady, keccakAsU8a } from '@polkadot/util-crypto';
import { getAddress, hexlify } from 'ethers';
import { WS } from './env.ts';

/** A connection with nothing but the chain's own metadata; a type that the metadata does not explain is an error. */
export async function connect(): Promise<ApiPromise> {
  await cryptoWaitReady();
  return ApiPromise.create({ provider: new WsProvider(WS), throwOnConnect: true, throwOnUnknown: true });
}

/** A development account, such as `//Alice`. */
export const account = (uri: string): KeyringPair => new Keyring({ type: 'sr25519' }).addFromUri(uri);

/** The 32-byte account of an Ethereum address. */
export const accountOf = (address: string): Uint8Array => u8aConcat(address, new Uint8Array(12).fill(0xee));

/** The Ethereum address of a Polkadot account. */
export const addressOf = (pair: KeyringPair): string => getAddress(hexlify(keccakAsU8a(pair.publicKey).subarray(12)));

/**
 * Signs, sends, and waits until a finalized block holds the transaction: another one may take the place of a best block.
 * Rejects with the name of what went wrong as soon as a block says so.
 */
export function include(
  api: ApiPromise, transaction: SubmittableExtrinsic<'promise'>, signer: KeyringPair,
): Promise<ISubmittableResult> {
  return new Promise((resolve, reject) => {
    transaction.signAndSend(signer, { nonce: -1 }, (result) => {
      const { dispatchError, status } = result;
      if (dispatchError?.isModule) {
        const { section, name, docs } = api.registry.findMetaError(dispatchError.asModule);
        reject(new Error(`${section}.${name}: ${docs.join(' ')}`));
      } else if (dispatchError || result.isError) {
        reject(new Error(`${dispatchError ?? status}`));
      } else if (status.isFinalized) {
        resolve(result);
      }
    }).catch(reject);
  });
}

/** An event of a finalized block. */
export type Found = { block: number; name: string; data: Record<string, unknown> };

/**
 * Goes through the finalized blocks from `first` on, none left out, as they come: through the events of each, then `done` is
 * asked whether that height was enough.
 */
export async function follow(
  api: ApiPromise, first: number, seen: (event: Found) => void, done: (height: number) => boolean,
): Promise<void> {
  let [next, busy] = [first, false];
  const look = async (height: number) => {
    for (; next <= height; next += 1) {
      const at = await api.at(await api.rpc.chain.getBlockHash(next));
      for (const { event } of (await at.query.system.events()) as any) {
        const fields = event.data.map((value: any, index: number) => [event.data.names?.[index] ?? index, value.toJSON()]);
        seen({ block: next, name: `${event.section}.${event.method}`, data: Object.fromEntries(fields) });
      }
      if (done(next)) return true;
    }
    return false;
  };
  await new Promise<void>((resolve, reject) => {
    const subscribed = api.rpc.chain.subscribeFinalizedHeads(async (head) => {
      if (busy) return;
      busy = true;
      try {
        busy = await look(head.number.toNumber());
        if (!busy) return;
        resolve();
      } catch (error) {
        reject(error);
      }
      (await subscribed)();
    });
    subscribed.catch(reject);
  });
}
