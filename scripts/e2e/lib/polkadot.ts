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

/** Signs, sends, and waits until a block holds the transaction; rejects with the name of what went wrong. */
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
      } else if (status.isInBlock) {
        resolve(result);
      }
    }).catch(reject);
  });
}
