/** Fields of one connection alone (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1). */
const ofConnection = new Set(
  'connection keep-alive proxy-connection proxy-authorization proxy-authenticate te trailer transfer-encoding upgrade expect'.split(
    ' ',
  ),
);
const withAddresses = new Set(['if-none-exist', 'location', 'content-location', 'referer', 'link']);

/** Names and values in turn, in order and case as they came. */
export type RawHeaders = readonly string[];

export function headerOf(raw: RawHeaders, name: string): string | undefined {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === name) return raw[index + 1];
  }
  return undefined;
}

/**
 * What goes on to the EHR: the host is its own, addresses are, and the framing fits the body.
 * @param length of the held body; undefined while a body streams through or there is none
 */
export function towardsEhr(
  raw: RawHeaders,
  host: string,
  exchange: (text: string) => string,
  length: number | undefined,
): string[] {
  const named = new Set((headerOf(raw, 'connection') ?? '').toLowerCase().split(/\s*,\s*/));
  const out: string[] = [];
  let framed = false;
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    const framing = lower === 'content-length' || lower === 'transfer-encoding';
    if (framing && length !== undefined) {
      if (!framed) out.push('Content-Length', String(length));
      framed = true;
    } else if (framing) out.push(name, value);
    else if (lower === 'host') out.push(name, host);
    else if (lower === 'accept-encoding') out.push(name, readable(value));
    else if (lower === 'connection') out.push(name, 'keep-alive');
    else if (!ofConnection.has(lower) && !named.has(lower)) {
      out.push(name, withAddresses.has(lower) ? exchange(value) : value);
    }
  }
  return out;
}

const encodings = /^(?:gzip|x-gzip|deflate|br|identity)$/i;

/** Of Accept-Encoding, the encodings the proxy can look into: what it cannot would carry addresses past it. */
function readable(value: string): string {
  const offered = value.split(',');
  const left = offered.filter((each) => encodings.test(each.split(';')[0]?.trim() ?? ''));
  if (left.length === offered.length) return value;
  return left.length === 0 ? 'identity' : left.join(',').trim();
}

/** How the connection of the AI system goes on. */
export interface ProductConnection {
  /** It asked for its end after this answer. */
  readonly ends: boolean;
  /** It can read a body that comes in chunks (not so before HTTP/1.1, https://www.rfc-editor.org/rfc/rfc9112#section-6.1). */
  readonly readsChunks: boolean;
}

/**
 * What goes back to the AI system: as the EHR sent it, in order and case, but for addresses, for the length of a body
 * that holds some, and for a connection that ends here though the one to the EHR goes on.
 */
export function towardsProduct(
  raw: RawHeaders,
  exchange: (text: string) => string,
  length: number | undefined,
  { ends, readsChunks }: ProductConnection,
): string[] {
  const out: string[] = [];
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' && length !== undefined) out.push(name, String(length));
    else if (lower === 'connection' && ends) out.push(name, 'close');
    else if (lower === 'trailer' || (lower === 'keep-alive' && ends)) continue;
    else if (lower === 'transfer-encoding' && !readsChunks) continue;
    else out.push(name, withAddresses.has(lower) ? exchange(value) : value);
  }
  return out;
}

/** @param version of the request, `1.1` */
export const productConnection = (raw: RawHeaders, version: string): ProductConnection => {
  const asked = (headerOf(raw, 'connection') ?? '').toLowerCase();
  const readsChunks = version !== '1.0';
  return { ends: readsChunks ? asked.includes('close') : !asked.includes('keep-alive'), readsChunks };
};

/** Names in lower case, repeated ones joined, as a door gives them. */
export function recordOf(raw: RawHeaders): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs(raw)) {
    const before = fields.get(name.toLowerCase());
    fields.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(fields);
}

function* pairs(raw: RawHeaders): Generator<readonly [string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) yield [raw[index] ?? '', raw[index + 1] ?? ''];
}
