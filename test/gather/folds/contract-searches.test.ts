import { expect, it } from 'vitest';
import contractSearches from '../../../src/gather/folds/contract-searches.js';
import type { SeenExchange } from '../../../src/gather/folds/fold.js';
import type { RunDocuments } from '../../../src/gather/probe.js';

const documents = { organization: { testData: { patients: [{ alias: 'p1', id: '1' }] } } } as unknown as RunDocuments;
const range = [['date', 'ge2026-12-01T00:00:00Z']] as const;
const visit = (id: string, patient: string, start: string) => ({
  resourceType: 'Appointment',
  id,
  start,
  participant: [{ actor: { reference: `Patient/${patient}` } }],
});

function brought(resources: object[], more: Partial<SeenExchange> = {}) {
  const state = contractSearches.start(documents);
  const entry = resources.map((resource) => ({ resource }));
  contractSearches.step(state, {
    id: 'x1',
    probe: 'test-cases',
    request: { method: 'POST', path: 'Appointment/_search', form: range },
    answer: { ok: true, resource: { resourceType: 'Bundle', type: 'searchset', entry } },
    ...more,
  } as unknown as SeenExchange);
  return contractSearches.end(state)['contract-searches'];
}

it('counts rows, those needed, those out of range, and what came along', () => {
  const rows = [
    visit('a', '1', '2026-12-02T08:00:00Z'),
    visit('a', '1', '2026-12-02T08:00:00Z'),
    visit('b', '1', '2026-11-02T08:00:00Z'),
    visit('c', '99', '2026-12-02T08:00:00Z'),
    { resourceType: 'Practitioner', id: 'd' },
  ];
  expect(brought(rows)).toEqual([
    { resourceType: 'Appointment', searches: 1, rows: 5, needed: 2, outsideRange: 1, otherTypes: ['Practitioner'] },
  ]);
});

it('leaves out what is no search of the contract, and what was not answered', () => {
  expect(brought([], { probe: 'scope-trials' })).toEqual([]);
  expect(brought([], { request: { method: 'GET', path: 'Patient/1' } })).toEqual([]);
  expect(brought([], { answer: undefined })).toEqual([]);
});
