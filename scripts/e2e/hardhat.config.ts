// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import hardhatEthers from '@nomicfoundation/hardhat-ethers';
import hardhatNodeTestRunner from '@nomicfoundation/hardhat-node-test-runner';
import { defineConfig } from 'hardhat/config';
import { CHAIN_ID, ETH, KEYS } from './lib/env.ts';

const require = createRequire(import.meta.url);

export default defineConfig({
  plugins: [hardhatEthers, hardhatNodeTestRunner],
  // npm's solc, so that Hardhat downloads nothing.
  solidity: { version: require('solc/package.json').version, path: require.resolve('solc/soljson.js') },
  paths: { tests: { nodejs: './hardhat' } },
  networks: {
    devnet: { type: 'http', chainType: 'generic', url: ETH, chainId: CHAIN_ID, accounts: [KEYS.charleth] },
  },
});
