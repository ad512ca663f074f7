import type { DoorResponse } from '../wire/exchange.js';

const keptValues = new Set(['etag', 'content-type', 'date', 'retry-after', 'x-request-id', 'x-correlation-id']);
const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const mostNames = 100;
const visibleAscii = /^[\x20-\x7e]{0,200}$/;

/**
 * All header names, values of an allow list only; `location` is kept as a template and `www-authenticate` as its scheme,
 * because both may carry ids or text of the server (safety rule 34).
 */
export function keptHeaders(response: Pick<DoorResponse, 'headers' | 'headerNames'>): Record<string, string> {
  const kept: Record<string, string> = {};
  let names = 0;
  for (const each of response.headerNames) {
    const name = each.toLowerCase();
    if (Object.hasOwn(kept, name) || names === mostNames || !headerName.test(name)) continue;
    names += 1;
    const value = response.headers[name] ?? '';
    if (keptValues.has(name) && visibleAscii.test(value)) kept[name] = value;
    else if (name === 'location' || name === 'content-location') kept[name] = locationTemplate(value);
    else if (name === 'www-authenticate') kept[name] = /^[A-Za-z]{1,20}/.exec(value)?.[0] ?? '';
    else kept[name] = '';
  }
  return kept;
}

function locationTemplate(value: string): string {
  const match = /(^|\/)([A-Z][A-Za-z]{1,40})\/[A-Za-z0-9.-]{1,64}(\/_history\/[A-Za-z0-9.-]{1,64})?$/.exec(value);
  return match === null ? 'other' : `${match[2]}/{id}${match[3] === undefined ? '' : '/_history/{version}'}`;
}
