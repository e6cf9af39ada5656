// SPDX-License-Identifier: Apache-2.0
// The module against the vectors of zerog-erasure: `ZEROG_ERASURE_WASM=<zerog_erasure_js.wasm> node --test`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { load } from './index.mjs';

const erasure = await load(readFileSync(process.env.ZEROG_ERASURE_WASM));
const { vectors } = JSON.parse(readFileSync(new URL('../tests/vectors.json', import.meta.url), 'utf8'));
const blobOf = (length) => Uint8Array.from({ length }, (_, index) => Math.imul(index + 1, 2654435761) >>> 24);

for (const vector of vectors) {
	test(`the commitment to ${vector.length} bytes is that of the vectors`, () => {
		const { chain, namespace, commitment, row_root: rowRoot, checksum_root: checksumRoot } = vector;
		const blob = blobOf(vector.length);
		assert.deepEqual(erasure.commit({ chain, namespace, blob }), { commitment, rowRoot, checksumRoot });
	});
}

test('a row of the blob is accepted, and no other', () => {
	const [{ chain, namespace, commitment, row_root, checksum_root, checksum_head, path_of_row_0 }] = vectors;
	const hex = (text) => text.slice(2);
	const zeros = (bytes) => '00'.repeat(bytes);
	const length = '01000000';
	const header = '0200' + hex(chain) + hex(namespace) + length + hex(row_root) + hex(checksum_root);
	// One byte in row 0, so that all other checksum rows are zero. Below: 256 and 11 in SCALE's compact form.
	const checksum = hex(checksum_head).slice(0, 40) + zeros(20 * 511);
	const row = (byte) => '00000000' + '0104' + byte + zeros(255) + '2c' + path_of_row_0.map(hex).join('');
	erasure.verifyRow({ commitment, header, checksum, row: row('9e') });
	const wrong = { commitment, header, checksum };
	assert.throws(() => erasure.verifyRow({ ...wrong, row: row('9f') }), /not one of the blob's/);
	assert.throws(() => erasure.verifyRow({ ...wrong, checksum: '00', row: row('9e') }), /do not belong/);
});

test('the largest blob fits the memory, again and again', () => {
	const input = { chain: new Uint8Array(32), namespace: new Uint8Array(32), blob: blobOf(32 << 20) };
	assert.deepEqual(erasure.commit(input), erasure.commit(input));
});

test('wrong input is an error with a text', () => {
	const [chain, namespace] = [new Uint8Array(32), '0x' + '00'.repeat(32)];
	const commit = (input) => () => erasure.commit({ chain, namespace, blob: blobOf(1), ...input });
	assert.throws(commit({ blob: new Uint8Array(0) }), /at least one byte/);
	assert.throws(commit({ blob: new Uint8Array((32 << 20) + 1) }), /at most 32 MiB/);
	assert.throws(commit({ chain: 'xyz' }), /chain is not hex/);
	assert.throws(commit({ namespace: new Uint8Array(31) }), /namespace has not 32 bytes/);
	const nothing = { commitment: chain, header: '00', checksum: '', row: '' };
	assert.throws(() => erasure.verifyRow(nothing), /cannot be decoded/);
});
