import type { RawHandler } from './deviation.js';
import { operationOutcome } from './fhir/problem.js';

/**
 * At most so many FHIR requests of one client in each second of the clock; the others are asked to come back in the next
 * one: https://www.rfc-editor.org/rfc/rfc6585#section-4
 */
export function throttled(next: RawHandler, perSecond: number, now: () => Date): RawHandler {
  let second = 0;
  let counts = new Map<string, number>();
  return (request) => {
    if (!/^\/[^/]+\/fhir(\/|$)/.test(request.path)) return next(request);
    const current = Math.floor(now().getTime() / 1_000);
    if (current !== second) {
      second = current;
      counts = new Map();
    }
    const client = request.headers['authorization'] ?? '';
    const count = (counts.get(client) ?? 0) + 1;
    counts.set(client, count);
    if (count <= perSecond) return next(request);
    return Promise.resolve({
      status: 429,
      headers: { 'content-type': 'application/fhir+json; charset=utf-8', 'retry-after': '1' },
      body: JSON.stringify(operationOutcome([{ code: 'throttled', diagnostics: 'Too many requests in this second' }])),
    });
  };
}
