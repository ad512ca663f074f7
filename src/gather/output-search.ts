import { createReadStream } from 'node:fs';

/** A value that must never stand in anything this tool writes. */
export interface Planted {
  /** What it is, never the value: `canary of p1`, `token`. */
  readonly what: string;
  readonly value: string;
  /** Out of the record itself: a log of accesses should not hold it either. */
  readonly clinical?: true;
}

/** Tokens and keys by their shape, whoever's they are: a signed JWT, a PEM key. */
const shapes: readonly (readonly [string, RegExp])[] = [
  ['a signed token', /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
];
const shortest = 6;
const overlapCharacters = 4_096;

/** The ways a value may be written: plain, hex, URL-encoded, reversed, and base64 at each of three offsets. */
export function spellings(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // Characters at both ends also depend on the neighbouring bytes.
    return encoded.slice(offset === 0 ? 0 : offset + 1, -1);
  });
  const all = [
    value,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(value),
    Array.from(value).reverse().join(''),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
  return [...new Set(all)].filter((text) => text.length >= shortest);
}

/** Looks for planted values and secret shapes; says what was found, never the value (safety rule 35). */
export type OutputSearch = (text: string) => string | undefined;

/** Looks for the planted values alone. One pass over the text whatever their number: each place is looked up by four characters. */
export function plantedSearch(planted: readonly Planted[]): OutputSearch {
  const byStart = new Map<number, { readonly what: string; readonly spelling: string }[]>();
  for (const { what, value } of planted) {
    if (value.length < shortest) continue;
    for (const spelling of spellings(value)) {
      let key = 0;
      for (let index = 0; index < 4; index++) key = next(key, spelling.charCodeAt(index));
      byStart.set(key, [...(byStart.get(key) ?? []), { what, spelling }]);
    }
  }
  return (text) => {
    let key = 0;
    for (let index = 0; index < text.length; index++) {
      key = next(key, text.charCodeAt(index));
      if (index < 3) continue;
      const candidates = byStart.get(key);
      const found = candidates?.find(({ spelling }) => text.startsWith(spelling, index - 3));
      if (found !== undefined) return found.what;
    }
    return undefined;
  };
}

/** Planted values first, then secret shapes. */
export function outputSearch(planted: readonly Planted[]): OutputSearch {
  const search = plantedSearch(planted);
  return (text) => search(text) ?? shapes.find(([, shape]) => shape.test(text))?.[0];
}

// The last four characters as one number; only their low bytes, which is enough to choose candidates.
const next = (key: number, code: number): number => (key << 8) | (code & 0xff) | 0;

/** The same over a file of any size, in constant memory. */
export async function searchFile(path: string, search: OutputSearch): Promise<string | undefined> {
  let tail = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1_048_576 })) {
    const text = tail + (chunk as string);
    const found = search(text);
    if (found !== undefined) return found;
    tail = text.slice(-overlapCharacters);
  }
  return undefined;
}
