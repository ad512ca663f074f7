import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import type { WireFaultReason } from './wire-fault.js';

/** Collects a body in one buffer: a million one-byte chunks must not become a million objects. */
export class GrowingBytes {
  #buffer: Buffer;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#buffer = Buffer.allocUnsafe(expectedBytes);
  }

  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2, 1_024));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = needed;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }
}

const decompress = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  // Senders disagree whether `deflate` has the zlib wrapper RFC 9110 section 8.4.1.2 asks for.
  deflate: (body: Uint8Array, options: { maxOutputLength: number }) =>
    ((body[0] ?? 0) & 0x0f) === 8 ? promisify(inflate)(body, options) : promisify(inflateRaw)(body, options),
  br: promisify(brotliDecompress),
};

/**
 * The body without its content encoding, at most `mostBytes` long, or why there is none. One encoding only: stacked
 * ones multiply.
 */
export async function decoded(
  body: Uint8Array,
  contentEncoding: string | undefined,
  mostBytes: number,
): Promise<Uint8Array | Extract<WireFaultReason, 'encoding' | 'too-large' | 'truncated'>> {
  const encoding = contentEncoding?.trim().toLowerCase() ?? 'identity';
  if (body.length === 0 || encoding === 'identity' || encoding === '') return body;
  if (!Object.hasOwn(decompress, encoding)) return 'encoding';
  try {
    return await decompress[encoding as keyof typeof decompress](body, { maxOutputLength: mostBytes });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too-large';
    return code === 'Z_BUF_ERROR' || code === 'ERR_BUFFER_OUT_OF_BOUNDS' ? 'truncated' : 'encoding';
  }
}
