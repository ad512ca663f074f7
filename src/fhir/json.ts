/** Nesting beyond this is refused before parsing: a parser takes it, everything after it may not. */
export const maximumDepth = 64;

export type ParsedJson = { readonly value: unknown } | { readonly problem: 'not-json' | 'too-deep' };

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
/** A key may also be spelled with escapes, so these send a text through the slower parse that looks at every key. */
const suspicious = /__proto__|"constructor"|"prototype"|\\u00/;

/**
 * JSON of a server: UTF-8 (bad sequences become U+FFFD, a byte order mark is dropped), at most 64 levels deep, keys that
 * reach a prototype dropped.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  if (deeperThan(bytes, maximumDepth)) return { problem: 'too-deep' };
  const text = new TextDecoder('utf-8').decode(bytes);
  try {
    const value: unknown = suspicious.test(text)
      ? JSON.parse(text, (key, inner: unknown) => (forbiddenKeys.has(key) ? undefined : inner))
      : JSON.parse(text);
    return { value };
  } catch {
    return { problem: 'not-json' };
  }
}

const quote = 0x22;
const backslash = 0x5c;

function deeperThan(bytes: Uint8Array, limit: number): boolean {
  const { length } = bytes;
  let depth = 0;
  for (let index = 0; index < length; index++) {
    const byte = bytes[index];
    if (byte === quote) {
      for (index++; index < length && bytes[index] !== quote; index++) if (bytes[index] === backslash) index++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return false;
}
