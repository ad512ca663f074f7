import { expect, it } from 'vitest';
import productReading from '../../../src/gather/folds/product-reading.js';
import type { SeenExchange } from '../../../src/gather/folds/fold.js';
import type { RunDocuments } from '../../../src/gather/probe.js';

const documents = { organization: { testData: { patients: [{ alias: 'p1', id: '1' }] } } } as unknown as RunDocuments;
const slot = { resourceType: 'Slot', id: 's' };
const visit = (id: string, patient: string) => ({
  resourceType: 'Appointment',
  id,
  participant: [{ actor: { reference: `Patient/${patient}` } }],
});
const page = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
});

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly query?: [string, string][];
  readonly resource?: object;
  readonly ok?: boolean;
  readonly fault?: string;
}

function folded(...asked: Asked[]) {
  const state = productReading.start(documents);
  for (const [index, { path, method = 'GET', query, resource = slot, ok = true, fault }] of asked.entries()) {
    productReading.product?.(
      state,
      { id: `p${index + 1}`, request: { method, path, query }, answer: { ok, resource } } as unknown as SeenExchange,
      fault,
    );
  }
  return productReading.end(state);
}

it('counts reads, searches, rows and what came along, by the type asked for', () => {
  expect(
    folded(
      { path: 'Slot/s' },
      { path: 'Slot', query: [['_elements', 'start']], resource: page(slot, slot) },
      { path: 'Appointment/_search', method: 'POST', resource: page(visit('a', '1'), visit('b', '2'), slot) },
    ),
  ).toEqual({
    'product-reading': {
      requests: 3,
      types: [
        {
          resourceType: 'Slot',
          searches: 1,
          rows: 2,
          needed: 1,
          outsideRange: 0,
          otherTypes: [],
          reads: 1,
          narrowed: 1,
        },
        {
          resourceType: 'Appointment',
          searches: 1,
          rows: 3,
          needed: 1,
          outsideRange: 0,
          otherTypes: ['Slot'],
          reads: 0,
          narrowed: 0,
        },
      ],
      wholeRecords: [],
    },
    cites: ['p1', 'p2', 'p3'],
  });
});

it('takes everybody’s record for needed where real users work', () => {
  const state = productReading.start({ ...documents, observed: true });
  const request = { method: 'GET', path: 'Appointment' };
  const answer = { ok: true, resource: page(visit('a', '1'), visit('b', '2')) };
  productReading.product?.(state, { id: 'p1', request, answer } as unknown as SeenExchange, undefined);
  expect(productReading.end(state)['product-reading']).toMatchObject({ types: [{ rows: 2, needed: 2 }] });
});

it('leaves out what was not fetched: a refusal, a fault, a write', () => {
  expect(
    folded({ path: 'Slot/s', ok: false }, { path: 'Slot/s', fault: 'stale-read' }, { path: 'Slot', method: 'POST' }),
  ).toMatchObject({ 'product-reading': { requests: 3, types: [] } });
});

it('names what gives a whole record', () => {
  expect(folded({ path: 'Patient/1/$everything', resource: page() })['product-reading']).toMatchObject({
    wholeRecords: ['$everything'],
  });
});

it('is missing where no product was seen', () => {
  expect(folded()['product-reading']).toMatchObject({ missing: 'no-ai-system' });
});
