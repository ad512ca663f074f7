import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip } from 'node:zlib';
import { decoded } from '../../wire/body.js';

/**
 * The whole body, or what came of it once it is larger than `most`; the stream then waits with the rest.
 * @throws Error when the other side ends it early
 */
export function collected(body: Readable, most: number): Promise<Buffer | readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (outcome: () => void): void => {
      body.off('data', take).off('end', whole).off('error', cut).off('close', cut);
      outcome();
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= most) return;
      body.pause();
      done(() => resolve(chunks));
    };
    const whole = (): void => done(() => resolve(Buffer.concat(chunks)));
    const cut = (): void => done(() => reject(new Error('the body ended early')));
    body.on('data', take).once('end', whole).once('error', cut).once('close', cut);
    body.resume();
  });
}

/** Without its content encoding; undefined where it cannot be read within `most` bytes. */
export async function plainBody(
  bytes: Buffer,
  encoding: string | undefined,
  most: number,
): Promise<Buffer | undefined> {
  if (encoding === undefined) return bytes;
  const plain = await decoded(bytes, encoding, most);
  return typeof plain === 'string' ? undefined : Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength);
}

const encoders: Readonly<Record<string, (body: Buffer) => Promise<Buffer>>> = {
  gzip: promisify(gzip),
  'x-gzip': promisify(gzip),
  deflate: promisify(deflate),
  br: promisify(brotliCompress),
};

/** In the encoding its header announces. */
export async function encodedAs(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  return (await encoders[encoding?.trim().toLowerCase() ?? '']?.(body)) ?? body;
}
