import type { Answer } from './request.js';

/** The header a browser sends its cookies with; nothing where it has none. */
export const cookieText = (cookies: ReadonlyMap<string, string>): { readonly cookie?: string } =>
  cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };

/** Where an answer sends a browser that asked for `from`; undefined: nowhere. */
export function redirectOf({ status, headers }: Answer, from: URL): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers['location'] : undefined;
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}

/** Several Set-Cookie headers arrive joined by commas; a comma inside a date is followed by a blank and no name. */
export function keepCookies(cookies: Map<string, string>, header: string | undefined): void {
  for (const each of (header ?? '').split(/,(?=\s*[\w!#$%&'*.^`|~-]+=)/).slice(0, 50)) {
    const [, name, value] =
      /^\s*([\w!#$%&'*.^`|~-]{1,200})=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,4000})/.exec(each) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
}
