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
		const { chain, namespace, commitment, row_root: rowRoot, checksum_root: checksumRoot, profile } = vector;
		const blob = blobOf(vector.length);
		assert.deepEqual(erasure.commit({ chain, namespace, blob, profile }), { commitment, rowRoot, checksumRoot, profile });
	});
}

test('rows of the blob are accepted, alone and in a batch, and no others', () => {
	const [{ chain, namespace, commitment, row_root, checksum_root, checksum_head, path_of_row_0 }] = vectors;
	const hex = (text) => text.slice(2);
	const zeros = (bytes) => '00'.repeat(bytes);
	const length = '01000000';
	const profile = '00';
	const header = '0200' + hex(chain) + hex(namespace) + length + profile + hex(row_root) + hex(checksum_root);
	// One byte in row 0, so that all other original rows and their checksum rows are zero.
	const checksum = hex(checksum_head).slice(0, 40) + zeros(20 * 511);
	const blob = { commitment, header, checksum };
	// 256 bytes and 11 hashes: lengths are in SCALE's compact form.
	const row = (byte) => '00000000' + '0104' + byte + zeros(255) + '2c' + path_of_row_0.map(hex).join('');
	// Two numbers, 512 bytes, 10 hashes: each row is the other's sibling.
	const batch = (byte) =>
		'08' + '00000000' + '01000000' + '0108' + byte + zeros(511) + '28' + path_of_row_0.slice(1).map(hex).join('');
	erasure.verifyRow({ ...blob, row: row('9e') });
	erasure.verifyBatch({ ...blob, batch: batch('9e') });
	assert.throws(() => erasure.verifyRow({ ...blob, row: row('9f') }), /not one of the blob's/);
	assert.throws(() => erasure.verifyBatch({ ...blob, batch: batch('9f') }), /not one of the blob's/);
	assert.throws(() => erasure.verifyRow({ ...blob, checksum: '00', row: row('9e') }), /do not belong/);
	assert.throws(() => erasure.verifyBatch({ ...blob, checksum: '00', batch: batch('9e') }), /do not belong/);
	assert.throws(() => erasure.verifyBatch({ ...blob, batch: row('9e') }), /cannot be decoded/);
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
	assert.throws(commit({ profile: 9 }), /no such profile/);
	assert.throws(commit({ profile: -1 }), /no such profile/);
	assert.throws(commit({ blob: blobOf((128 << 10) + 1), profile: 0 }), /does not fit/);
	assert.throws(commit({ chain: 'xyz' }), /chain is not hex/);
	assert.throws(commit({ namespace: new Uint8Array(31) }), /namespace has not 32 bytes/);
	const nothing = { commitment: chain, header: '00', checksum: '', row: '' };
	assert.throws(() => erasure.verifyRow(nothing), /cannot be decoded/);
});
