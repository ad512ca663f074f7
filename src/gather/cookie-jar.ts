/** A cookie as it was set, without its value where only its attributes matter. https://www.rfc-editor.org/rfc/rfc6265#section-5 */
export interface CookieAttributes {
  readonly httpOnly: boolean;
  readonly secure: boolean;
  /** `unstated`: the browser chooses. */
  readonly sameSite: 'strict' | 'lax' | 'none' | 'unstated';
  readonly partitioned: boolean;
}

interface Cookie extends CookieAttributes {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  /** Also for hosts below `host`. */
  readonly below: boolean;
  readonly path: string;
}

const mostSet = 50;
const mostKept = 200;

/** The cookies of one browser, each for the addresses it was set for. */
export class CookieJar {
  readonly #cookies: Map<string, Cookie>;

  constructor(cookies: ReadonlyMap<string, Cookie> = new Map()) {
    this.#cookies = new Map(cookies);
  }

  copy(): CookieJar {
    return new CookieJar(this.#cookies);
  }

  get attributes(): readonly CookieAttributes[] {
    return [...this.#cookies.values()];
  }

  /** Several Set-Cookie headers arrive joined by commas; a comma inside a date is followed by a blank and no name. */
  keep(header: string | undefined, at: URL): void {
    for (const each of (header ?? '').split(/,(?=\s*[\w!#$%&'*.^`|~-]+=)/).slice(0, mostSet)) {
      const cookie = cookieOf(each, at);
      if (cookie === undefined) continue;
      const key = `${cookie.name};${cookie.host};${cookie.path}`;
      if (cookie.ended) this.#cookies.delete(key);
      else if (this.#cookies.size < mostKept || this.#cookies.has(key)) this.#cookies.set(key, cookie);
    }
  }

  /** The header for an address; of every cookie there is where `all` is said, as somebody would who writes requests by hand. */
  headerFor(at: URL, which: 'fitting' | 'all' = 'fitting'): { readonly cookie?: string } {
    const fitting = [...this.#cookies.values()].filter(
      ({ host, below, path }) =>
        which === 'all' ||
        ((at.hostname === host || (below && at.hostname.endsWith(`.${host}`))) && lies(at.pathname, path)),
    );
    // The longer path comes first.
    fitting.sort((one, other) => other.path.length - one.path.length);
    return fitting.length === 0 ? {} : { cookie: fitting.map(({ name, value }) => `${name}=${value}`).join('; ') };
  }
}

/** Undefined for what is no cookie, or one for a host that is not above this one. */
function cookieOf(text: string, at: URL): (Cookie & { readonly ended: boolean }) | undefined {
  const [, name, value] =
    /^\s*([\w!#$%&'*.^`|~-]{1,200})=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,4000})/.exec(text) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const attributes = new Map(
    text
      .split(';')
      .slice(1, 20)
      .map((part) => {
        const [key = '', ...rest] = part.split('=');
        return [key.trim().toLowerCase(), rest.join('=').trim()] as const;
      }),
  );
  const domain = (attributes.get('domain') ?? '').replace(/^\./, '').toLowerCase();
  if (domain !== '' && at.hostname !== domain && !at.hostname.endsWith(`.${domain}`)) return undefined;
  const path = attributes.get('path') ?? '';
  const sameSite = attributes.get('samesite')?.toLowerCase();
  const maxAge = attributes.get('max-age');
  const expires = Date.parse(attributes.get('expires') ?? '');
  return {
    name,
    value,
    host: domain === '' ? at.hostname : domain,
    below: domain !== '',
    path: path.startsWith('/') ? path : at.pathname.replace(/\/[^/]*$/, '') || '/',
    httpOnly: attributes.has('httponly'),
    secure: attributes.has('secure'),
    sameSite: sameSite === 'strict' || sameSite === 'lax' || sameSite === 'none' ? sameSite : 'unstated',
    partitioned: attributes.has('partitioned'),
    // A session cookie is ended by a date of long ago; what ends later than this run does not end in it.
    ended: maxAge === undefined ? expires <= longAgoMs : !(Number(maxAge) > 0),
  };
}

/** 2001: nobody sets a cookie that ended then but to take it back. */
const longAgoMs = 978_307_200_000;

const lies = (pathname: string, path: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
