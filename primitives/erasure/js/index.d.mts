// SPDX-License-Identifier: Apache-2.0

/** Bytes, or hex with or without `0x` in front. */
export type Bytes = Uint8Array | string;

export interface Committed {
	/** `0x` and 64 digits, as `submit` and the gateway take them. */
	commitment: string;
	rowRoot: string;
	checksumRoot: string;
	/** The matrix, 0 to 8, as `submit` takes it. */
	profile: number;
}

export interface Erasure {
	/**
	 * The commitment to a blob of one byte to 32 MiB. Synchronous: a large blob takes seconds.
	 * @param input.chain the chain's genesis hash, 32 bytes
	 * @param input.namespace the application, 32 bytes
	 * @param input.profile the matrix, as the chain's `quote` names it for committees of more than 270 members; without it the
	 * smallest that holds the blob
	 * @throws Error if the blob's length or the profile is not allowed, or memory runs out; TypeError for other input
	 */
	commit(input: { chain: Bytes; namespace: Bytes; blob: Uint8Array | string; profile?: number }): Committed;

	/**
	 * Checks one row of a blob.
	 * @param input.header SCALE `BlobHeader`
	 * @param input.checksum the `K` checksum rows of 20 bytes
	 * @param input.row SCALE `Row`
	 * @throws Error that says what is wrong; returns only if the row is right
	 */
	verifyRow(input: { commitment: Bytes; header: Bytes; checksum: Bytes; row: Bytes }): void;

	/**
	 * Checks many rows of a blob under one multiproof.
	 * @param input.batch SCALE `RowBatch`; the others as for `verifyRow`
	 * @throws Error that says what is wrong; returns only if all rows are right
	 */
	verifyBatch(input: { commitment: Bytes; header: Bytes; checksum: Bytes; batch: Bytes }): void;
}

/** Compiles the module `zerog_erasure_js.wasm`, given as its bytes or compiled already. */
export function load(wasm: BufferSource | WebAssembly.Module): Promise<Erasure>;
