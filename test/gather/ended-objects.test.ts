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

it('one search shows what was taken back before, another that the rest is', async () => {
  const { exchanges, end, before, after } = await trial({ checks: [...checks, 'scope.role'] });
  const { searches, reads } = counted(exchanges);
  const undone = exchanges.filter(({ probe, method }) => probe === 'cleanup' && method === 'PATCH').length;
  expect(searches).toBe(2);
  // What is not shown there in the content we left is read alone.
  expect(reads).toBeLessThan(undone);
  expect(undone).toBeGreaterThan(1);
  expect(undone).toBeLessThan(made(exchanges));
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});

it.each([200, 403])('every object is read where that search shows nothing (%d)', async (status) => {
  const { exchanges, end, before, after } = await trial({ checks, deviations: [blind(status)] });
  const { searches, reads } = counted(exchanges);
  expect(searches).toBe(1);
  expect(reads).toBeGreaterThanOrEqual(made(exchanges));
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});
