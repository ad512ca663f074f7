import { createHash } from 'node:crypto';

/** What the first line of a chain points at. */
export const chainStart = '0'.repeat(64);

export const sha256Hex = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * One line of evidence or journal, without its newline: the body with `seq` and `previous` in front. `previous` is the
 * SHA-256 of the whole line before. The chain shows accidental change; it does not show who recorded it.
 */
export const chainLine = (seq: number, previous: string, body: object): string =>
  JSON.stringify({ seq, previous, ...body });

/** Why a line does not continue the chain, or undefined when it does. */
export function chainBreak(
  line: { readonly seq?: unknown; readonly previous?: unknown },
  expected: { readonly seq: number; readonly previous: string },
): 'order' | 'hash' | undefined {
  if (line.seq !== expected.seq) return 'order';
  return line.previous === expected.previous ? undefined : 'hash';
}
