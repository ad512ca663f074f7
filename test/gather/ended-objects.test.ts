import { expect, it } from 'vitest';
import { defineDeviation } from '../../src/sandbox/deviation.js';
import { trial } from '../support/trial.js';

const checks = ['write.create', 'write.update-patch', 'rollback.compensate', 'write.idempotent-retry'];

/** A server whose search by id finds nothing, or is refused. */
const blind = (status: number) =>
  defineDeviation({
    id: `search-by-id-${status}`,
    title: 'A search by id shows nothing',
    caughtBy: ['read.search'],
    source: 'https://hl7.org/fhir/R4/search.html#id',
    wrap: (next) => (request) =>
      request.method === 'POST' &&
      request.path.endsWith('/Appointment/_search') &&
      new URLSearchParams(new TextDecoder().decode(request.body)).has('_id')
        ? Promise.resolve({
            status,
            headers: { 'content-type': 'application/fhir+json' },
            body: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] })),
          })
        : next(request),
  });

const counted = (exchanges: Awaited<ReturnType<typeof trial>>['exchanges']) => {
  const of = (method: string, path: string) =>
    exchanges.filter((each) => each.probe === 'cleanup' && each.method === method && each.path === path).length;
  return { searches: of('POST', 'Appointment/_search?_id&_count'), reads: of('GET', 'Appointment/{id}') };
};
const made = (exchanges: Awaited<ReturnType<typeof trial>>['exchanges']) =>
  exchanges.filter(({ method, path, status }) => method === 'POST' && path === 'Appointment' && status === 201).length;

it('what was taken back before is shown by one search, the rest is read', { timeout: 120_000 }, async () => {
  const { exchanges, end, before, after } = await trial({ checks });
  const { searches, reads } = counted(exchanges);
  const undone = exchanges.filter(({ probe, method }) => probe === 'cleanup' && method === 'PATCH').length;
  expect(searches).toBe(1);
  // Before and after each undo, and nothing of the others.
  expect(reads).toBe(2 * undone);
  expect(undone).toBeLessThan(made(exchanges));
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});

it.each([200, 403])(
  'every object is read where that search shows nothing (%d)',
  { timeout: 120_000 },
  async (status) => {
    const { exchanges, end, before, after } = await trial({ checks, deviations: [blind(status)] });
    const { searches, reads } = counted(exchanges);
    expect(searches).toBe(1);
    expect(reads).toBeGreaterThanOrEqual(made(exchanges));
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  },
);
