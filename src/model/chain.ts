import { hash } from 'node:crypto';

/** What the first line of a chain points at. */
export const chainStart = '0'.repeat(64);

export const sha256Hex = (bytes: string | Uint8Array): string => hash('sha256', bytes);

/**
 * One line of evidence or journal, without its newline: the body with `seq` and `previous` in front. `previous` is the
 * SHA-256 of the whole line before. The chain shows accidental change; it does not show who recorded it.
 */
export const chainLine = (seq: number, previous: string, body: object): string =>
  // Not by an object put together first: that would be the costliest part of a line.
  `{"seq":${seq},"previous":"${previous}",${JSON.stringify(body).slice(1)}`;

/** Why a line does not continue the chain, or undefined when it does. */
export function chainBreak(
  line: { readonly seq?: unknown; readonly previous?: unknown },
  expected: { readonly seq: number; readonly previous: string },
): 'order' | 'hash' | undefined {
  if (line.seq !== expected.seq) return 'order';
  return line.previous === expected.previous ? undefined : 'hash';
}
