import type { Answer } from './request.js';

/** Where an answer sends a browser that asked for `from`; undefined: nowhere. */
export function redirectOf({ status, headers }: Answer, from: URL): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers['location'] : undefined;
  return location !== undefined && URL.canParse(location, from.href) ? new URL(location, from) : undefined;
}
