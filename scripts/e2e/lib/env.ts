// SPDX-License-Identifier: Apache-2.0
// Where the network listens, and who is rich on it.

export const WS = process.env.ZEROG_WS ?? 'ws://127.0.0.1:9944';
export const ETH = process.env.ZEROG_ETH ?? 'http://127.0.0.1:8545';
export const GATEWAY = process.env.ZEROG_GATEWAY ?? 'http://127.0.0.1:9950';

export const CHAIN_ID = 83419;
/** Wei in one planck: 18 decimals in Ethereum wallets, 12 on the chain. */
export const WEI_PER_PLANCK = 10n ** 6n;
export const ZG = 10n ** 12n;

type Key = `0x${string}`;

/** The well-known Ethereum development accounts. Each test file has its own, so that files can run side by side. */
export const KEYS = {
  /** ethers.test.ts */
  alith: '0x5fb92d6e98884f76de468fa3f6278f8807c48bebc13595d45af5bdc4da702133',
  /** viem.test.ts */
  baltathar: '0x8075991ce870b93a8870eca0c0f91913d12f47948ca0fd25b49c6fa7cdbeee8b',
  /** hardhat/ */
  charleth: '0x0b6e18cafb6ed99687ec547bd28139cafdd2bffe70e6b688025de6b445aa5c5b',
  /** accounts.test.ts */
  dorothy: '0x39539ab1876910bbf3a223d84a29e28f1cb4e2e456503e7e91ed39b2e7223d68',
  /** metamask.test.ts */
  ethan: '0x7dce9bc8babb68fec1409be38c8e1a52650206a7ed90ff956ae8a6d15eeaaef4',
} satisfies Record<string, Key>;
