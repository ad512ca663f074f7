import { expect, it } from 'vitest';
import type { SeenExchange } from '../../../src/gather/folds/fold.js';
import throttling from '../../../src/gather/folds/throttling.js';
import type { OutgoingRequest } from '../../../src/gather/request.js';

interface Sent {
  readonly at: number;
  readonly until: number;
  readonly status?: number;
  readonly retryAfter?: string;
  readonly purpose?: SeenExchange['purpose'];
  readonly path?: string;
  readonly more?: Partial<OutgoingRequest>;
}

const start = Date.parse('2026-11-20T08:00:00.000Z');
const counted = (...exchanges: Sent[]) => {
  const state = throttling.start({} as never);
  for (const [
    index,
    { at, until, status, retryAfter, purpose = 'fhir', path = 'Slot/1', more },
  ] of exchanges.entries()) {
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    throttling.step(state, {
      id: `x${index + 1}`,
      probe: 'reading',
      context: 'ai',
      purpose,
      request: { method: 'GET', path, ...more },
      url: `https://ehr.example/fhir/${path}`,
      sentAt: new Date(start + at),
      answer: status === undefined ? undefined : ({ status, headers, receivedAt: new Date(start + until) } as never),
    });
  }
  const { throttling: rows, cites } = throttling.end(state) as {
    throttling: readonly Readonly<Record<string, unknown>>[];
    cites: readonly string[];
  };
  return { ...rows[0], cites };
};
const nothing = { who: 'tool', throttled: 0, withRetryAfter: 0, early: 0, completed: 0, abandoned: 0 };

it('counts nothing while nobody asks for less', () => {
  expect(
    counted(
      { at: 0, until: 10, status: 200 },
      { at: 20, until: 30, status: 404 },
      { at: 40, until: 50, status: 503 },
      { at: 60, until: 70 },
    ),
  ).toEqual({ ...nothing, requests: 4, cites: [] });
});

it.each<[string, Sent[], object]>([
  [
    'waits the second it was told',
    [
      { at: 0, until: 10, status: 429, retryAfter: '1' },
      { at: 1011, until: 1020, status: 200 },
    ],
    { requests: 2, throttled: 1, withRetryAfter: 1, completed: 1 },
  ],
  [
    'comes back too early',
    [
      { at: 0, until: 10, status: 429, retryAfter: '1' },
      { at: 500, until: 520, status: 200 },
    ],
    { requests: 2, throttled: 1, withRetryAfter: 1, early: 1, completed: 1 },
  ],
  [
    'comes back at once where no time was named',
    [
      { at: 0, until: 10, status: 429 },
      { at: 12, until: 20, status: 429 },
      { at: 400, until: 420, status: 200 },
    ],
    { requests: 3, throttled: 2, early: 1, completed: 1 },
  ],
  [
    'is refused to the last',
    [
      { at: 0, until: 10, status: 429, retryAfter: '1' },
      { at: 1010, until: 1020, status: 429, retryAfter: '1' },
    ],
    { requests: 2, throttled: 2, withRetryAfter: 2, abandoned: 1 },
  ],
  ['never comes back', [{ at: 0, until: 10, status: 429 }], { requests: 1, throttled: 1, abandoned: 1 }],
  [
    'comes back and hears nothing',
    [
      { at: 0, until: 10, status: 429 },
      { at: 500, until: 0 },
    ],
    { requests: 2, throttled: 1, abandoned: 1 },
  ],
  [
    'takes a 503 with a time as the same wish',
    [
      { at: 0, until: 10, status: 503, retryAfter: 'Fri, 20 Nov 2026 08:00:02 GMT' },
      { at: 2000, until: 2010, status: 200 },
    ],
    { requests: 2, throttled: 1, withRetryAfter: 1, completed: 1 },
  ],
  [
    'takes no other request for a second try',
    [
      { at: 0, until: 10, status: 429 },
      { at: 5, until: 15, status: 200 },
      { at: 20, until: 30, status: 200, path: 'Slot/2' },
      { at: 20, until: 30, status: 200, more: { method: 'PUT', body: '{}' } },
    ],
    { requests: 4, throttled: 1, abandoned: 1 },
  ],
  [
    'leaves samples, other organizations and other purposes alone',
    [
      { at: 0, until: 10, status: 429, more: { measured: {} } },
      { at: 20, until: 30, status: 429, more: { peer: 'summit' } },
      { at: 40, until: 50, status: 429, purpose: 'ai-system' },
    ],
    { requests: 1, throttled: 1 },
  ],
])('%s', (_, exchanges, expected) => {
  const { cites, ...rest } = counted(...exchanges);
  expect(rest).toEqual({ ...nothing, ...expected });
  expect(cites.length).toBe(rest['throttled' as keyof typeof rest]);
});

it('counts the product apart: its next request of the same kind finishes what waited', () => {
  const state = throttling.start({} as never);
  const seen = (id: string, at: number, status: number, since: string): SeenExchange =>
    ({
      id,
      probe: 'proxy',
      context: 'ai-product',
      purpose: 'fhir',
      request: { method: 'GET', path: 'Appointment', query: [['_lastUpdated', since]] },
      url: `https://ehr.example/fhir/Appointment?_lastUpdated=${since}`,
      sentAt: new Date(start + at),
      answer: { status, headers: { 'retry-after': '1' }, receivedAt: new Date(start + at + 5) },
    }) as unknown as SeenExchange;
  throttling.product?.(state, seen('p1', 0, 429, 'a'), '429');
  throttling.product?.(state, seen('p2', 900, 429, 'a'), '429');
  throttling.product?.(state, seen('p3', 1_950, 200, 'b'), undefined);
  throttling.product?.(state, seen('p4', 2_000, 429, 'c'), '429');
  expect(throttling.end(state)).toEqual({
    throttling: [
      { ...nothing, requests: 0 },
      { who: 'ai-system', requests: 4, throttled: 3, withRetryAfter: 3, early: 1, completed: 1, abandoned: 1 },
    ],
    cites: ['p1', 'p2', 'p4'],
  });
});
