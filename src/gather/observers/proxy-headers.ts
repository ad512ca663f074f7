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
    else if (lower === 'connection') out.push(name, 'keep-alive');
    else if (!ofConnection.has(lower) && !named.has(lower)) {
      out.push(name, withAddresses.has(lower) ? exchange(value) : value);
    }
  }
  return out;
}

/**
 * What goes back to the AI system: as the EHR sent it, in order and case, but for addresses and for the length of a body
 * that holds some.
 */
export function towardsProduct(
  raw: RawHeaders,
  exchange: (text: string) => string,
  length: number | undefined,
): string[] {
  const out: string[] = [];
  for (const [name, value] of pairs(raw)) {
    const lower = name.toLowerCase();
    if (lower === 'content-length' && length !== undefined) out.push(name, String(length));
    else out.push(name, withAddresses.has(lower) ? exchange(value) : value);
  }
  return out;
}

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
