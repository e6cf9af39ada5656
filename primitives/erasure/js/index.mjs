// SPDX-License-Identifier: Apache-2.0
// Loader of the commitment's WebAssembly module, for browsers, Node, Deno and Bun. Types: index.d.mts.

const TEXTS = {
	1: 'a blob has at least one byte',
	2: 'a blob has at most 32 MiB',
	3: 'unknown version of the commitment',
	4: 'header or rows cannot be decoded',
	5: 'header or checksum do not belong to the commitment',
	6: 'a row is not one of the blob\'s',
	7: 'there is no such profile, or the blob does not fit into it',
};
const MAX_BLOB_BYTES = 32 * 1024 * 1024;
// As a profile: the smallest that holds the blob.
const SMALLEST = 255;

const fail = (code) => {
	throw new Error(TEXTS[code] ?? `unknown answer ${code}`);
};

/** Bytes of a Uint8Array or a hex string; `length` is checked if given. */
const toBytes = (name, value, length) => {
	let bytes = value;
	if (typeof value === 'string') {
		const digits = value.replace(/^0x/, '');
		if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new TypeError(`${name} is not hex`);
		bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
	}
	if (!(bytes instanceof Uint8Array)) throw new TypeError(`${name} is neither a Uint8Array nor hex`);
	if (bytes.length !== (length ?? bytes.length)) throw new TypeError(`${name} has not ${length} bytes`);
	return bytes;
};

const toHex = (bytes) => `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

export async function load(wasm) {
	const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
	// Memory never shrinks, and a trap leaves it in an unknown state: the next call makes a new instance.
	let instance;

	/** Calls `name` with numbers, and pointers to copies of bytes, each followed by its length where `sized`. */
	const call = (name, inputs, outputLength) => {
		instance ??= new WebAssembly.Instance(module, {});
		const { memory, alloc, free, [name]: target } = instance.exports;
		const buffers = [];
		const take = (length) => {
			const pointer = alloc(length);
			if (pointer === 0) throw new RangeError('out of memory');
			buffers.push([pointer, length]);
			return pointer >>> 0;
		};
		try {
			const parameters = inputs.flatMap(({ bytes, sized, number }) => {
				if (bytes === undefined) return [number];
				const pointer = take(bytes.length);
				new Uint8Array(memory.buffer, pointer, bytes.length).set(bytes);
				return sized ? [pointer, bytes.length] : [pointer];
			});
			const output = outputLength === 0 ? [] : [take(outputLength)];
			const code = target(...parameters, ...output);
			if (code !== 0) fail(code);
			return output.map((pointer) => new Uint8Array(memory.buffer, pointer, outputLength).slice())[0];
		} catch (error) {
			if (error instanceof WebAssembly.RuntimeError) {
				instance = undefined;
				throw new Error('out of memory', { cause: error });
			}
			throw error;
		} finally {
			if (instance !== undefined) buffers.forEach(([pointer, length]) => free(pointer, length));
			if (memory.buffer.byteLength > MAX_BLOB_BYTES) instance = undefined;
		}
	};

	/** Checks the rows that the caller gives as `rows`. */
	const verify = (name, rows) => (input) => {
		call(name, [
			{ bytes: toBytes('commitment', input.commitment, 32) },
			{ bytes: toBytes('header', input.header), sized: true },
			{ bytes: toBytes('checksum', input.checksum), sized: true },
			{ bytes: toBytes(rows, input[rows]), sized: true },
		], 0);
	};

	return {
		commit({ chain, namespace, blob, profile = SMALLEST }) {
			const data = toBytes('blob', blob);
			if (data.length > MAX_BLOB_BYTES) fail(2);
			const output = call('commit', [
				{ bytes: toBytes('chain', chain, 32) },
				{ bytes: toBytes('namespace', namespace, 32) },
				{ bytes: data, sized: true },
				{ number: profile },
			], 97);
			const hash = (at) => toHex(output.slice(at, at + 32));
			return { commitment: hash(0), rowRoot: hash(32), checksumRoot: hash(64), profile: output[96] };
		},
		verifyRow: verify('verify_row', 'row'),
		verifyBatch: verify('verify_batch', 'batch'),
	};
}
