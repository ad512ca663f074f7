/**
 * Addresses of the EHR in what it sends become addresses of the proxy, and back again in what goes to the EHR; nothing
 * else changes, not a digit and not a byte (a decimal of FHIR may not lose its zeros, so no number is ever parsed).
 * Texts are handled as latin1, in which every byte keeps its place.
 */
export class AddressExchange {
  readonly #toProxy: Direction;
  readonly #toEhr: Direction;
  readonly #kept = new Set<string>();

  /** Both without a slash at the end. */
  constructor(ehrBase: string, proxyBase: string) {
    this.#toProxy = directionOf(ehrBase, proxyBase);
    this.#toEhr = directionOf(proxyBase, ehrBase);
  }

  /** This address stays the EHR's own wherever it stands: a signed assertion names its token endpoint. */
  keep(address: string): void {
    const exchangedOne = exchanged(address, this.#toProxy);
    // The base may be an issuer too; everywhere else it is an address like any other.
    const isBase = exchangedOne.replace(/\/$/, '') === this.#toProxy.to;
    if (exchangedOne !== address && !isBase && this.#kept.size < mostKept) this.#kept.add(address);
  }

  /** JSON with addresses of the proxy; the same object where there was none to change. */
  jsonToProxy(bytes: Buffer): Buffer {
    return inJson(bytes, this.#toProxy, this.#kept);
  }

  jsonToEhr(bytes: Buffer): Buffer {
    return inJson(bytes, this.#toEhr, noneKept);
  }

  /** A header, a query, a form, XML. */
  textToProxy(text: string): string {
    return this.#kept.has(text) ? text : exchanged(text, this.#toProxy);
  }

  textToEhr(text: string): string {
    return exchanged(text, this.#toEhr);
  }
}

interface Direction {
  readonly from: RegExp;
  readonly to: string;
  /** What every spelling of the address has in it, percent-encoded or not; lower case. */
  readonly mark: string;
}

const mostKept = 100;
const noneKept: ReadonlySet<string> = new Set();
const escape = /\\(u[0-9a-fA-F]{4}|.)/gs;
const literal = /"(?:[^"\\]|\\.)*"/gs;

function directionOf(from: string, to: string): Direction {
  const { protocol, hostname, port, pathname } = new URL(from);
  const usualPort = protocol === 'https:' ? '443' : '80';
  const spelled = (text: string): string =>
    Array.from(text, (character) => {
      const plain = character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
      return /[A-Za-z0-9._~-]/.test(character) ? plain : `(?:${plain}|${encodeURIComponent(character)})`;
    }).join('');
  const colon = spelled(':');
  const shownPort = port === '' ? `(?:${colon}${usualPort})?` : `${colon}${port}`;
  const path = pathname.replace(/\/$/, '');
  return {
    // Not where the host, port or last segment goes on: https://ehr.example/fhir2 is another server.
    from: new RegExp(
      `${spelled(`${protocol}//`)}${spelled(hostname)}${shownPort}${spelled(path)}(?![A-Za-z0-9_~-]|\\.[A-Za-z0-9]|:\\d)`,
      'gi',
    ),
    to,
    mark: /[a-z0-9.-]+/i.exec(hostname)?.[0].toLowerCase() ?? '',
  };
}

function exchanged(text: string, { from, to }: Direction): string {
  return text.replace(from, (found) => (found.includes('%') ? encodeURIComponent(to) : to));
}

function inJson(bytes: Buffer, direction: Direction, kept: ReadonlySet<string>): Buffer {
  const text = bytes.toString('latin1');
  if (!mayHold(text, direction)) return bytes;
  let changed = false;
  const out = text.replace(literal, (token) => {
    if (token.length < direction.mark.length || !mayHold(token, direction)) return token;
    const plain = token.replace(escape, unescaped);
    if (kept.has(plain.slice(1, -1))) return token;
    const replaced = exchanged(plain, direction);
    if (replaced === plain) return token;
    changed = true;
    return replaced;
  });
  return changed ? Buffer.from(out, 'latin1') : bytes;
}

/** Any character of a string may be spelled as an escape. */
const mayHold = (text: string, { mark }: Direction): boolean =>
  text.toLowerCase().includes(mark) || text.includes('\\u00');

/** Escapes of characters that may stand in an address become these; any other stays what it is, in meaning and bytes. */
function unescaped(found: string, escaped: string): string {
  if (escaped === '/') return '/';
  const code = escaped.length === 5 ? Number.parseInt(escaped.slice(1), 16) : 0;
  const character = code > 0x20 && code < 0x7f ? String.fromCharCode(code) : '';
  return /[^"\\]/.test(character) ? character : found;
}
