import type { DocumentReference } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { ProductEvent, TellingHow } from '../../../src/gather/observers/product-events.js';
import { isCommitted, VisitTrials } from '../../../src/gather/observers/visit-trials.js';
import type { ProbeTools } from '../../../src/gather/probe.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import type { TestPatient } from '../../../src/model/documents/organization.js';

const system = 'https://lakeside.example/test-object';
const draft: ContractAction = {
  id: 'file-draft',
  kind: 'draft',
  resource: 'DocumentReference',
  states: { to: 'preliminary', element: 'DocumentReference.docStatus' },
};
const patient = (alias: string): TestPatient => ({ alias, id: alias, synthetic: true, canary: 'ZZTESTONE' });
const note = (id: string, identifier: string, docStatus: DocumentReference['docStatus'] = 'preliminary') =>
  ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    docStatus,
    identifier: [{ system, value: identifier }],
    content: [],
  }) as DocumentReference;

/** A product whose notes are there from the look `visibleFrom` on. */
function told(makes: (event: ProductEvent) => DocumentReference[], visibleFrom = 1) {
  const events: (ProductEvent & TellingHow)[] = [];
  const journal: string[] = [];
  const stored: DocumentReference[] = [];
  let identifiers = 0;
  let looked = 0;
  const tools = {
    contract: { triggers: [{ id: 'visit-ends', kind: 'ehr-event', event: { resource: 'Encounter' } }] },
    environmentClass: 'simulator',
    organization: {
      writePolicy: { identifierSystem: system },
      testData: {
        encounters: [
          { id: 'e1', patient: 'p1', closeable: false },
          { id: 'e2', patient: 'p2', closeable: true },
          { id: 'e3', patient: 'p3', closeable: false },
          { id: 'e4', patient: 'p9', closeable: false },
        ],
        sensitive: [{ patient: 'p3', object: 'Encounter/e3', label: 'PSY' }],
      },
    },
    cite: () => undefined,
    pause: () => Promise.resolve(),
    cases: { proven: () => Promise.resolve({ exchange: 'x1' }) },
    writer: {
      newIdentifier: () => `run-${++identifiers}`,
      found: (identifier: string, { id }: DocumentReference) => Promise.resolve(journal.push(`${identifier} is ${id}`)),
    },
    product: {
      tell(event: ProductEvent, how: TellingHow) {
        events.push({ ...event, ...how });
        stored.push(...makes(event));
        return Promise.resolve({
          event: event.id ?? 'new',
          status: 200,
          outcome: 'drafted',
          found: false,
          durationMs: 1,
        });
      },
    },
    clients: {
      ai: {
        search() {
          looked += 1;
          const entry = looked < visibleFrom ? [] : stored.map((resource) => ({ resource }));
          return Promise.resolve({
            ok: true,
            status: 200,
            resource: { resourceType: 'Bundle', type: 'searchset', entry },
          });
        },
      },
    },
  } as unknown as ProbeTools;
  return { trials: new VisitTrials(tools, draft), events, journal };
}
const one = (event: ProductEvent) => [note('n1', event.creates?.identifier ?? '')];

describe('visits a product is told of', () => {
  it('have ended, are of these patients, and stand under no label', () => {
    const { trials } = told(() => []);
    expect(trials.visitsOf(['p1', 'p2', 'p3'].map(patient)).map(({ id }) => id)).toEqual(['e1']);
  });

  it('are told as they are, or with another wish', async () => {
    const { trials, events } = told(one);
    const visit = { id: 'e1', patient: patient('p1') };
    const first = await trials.tell(visit);
    await trials.tellAgain(first);
    await trials.tell(visit, { action: 'final', inputs: { mrn: '7' }, lookFor: ['ward 3'] });
    const about = { trigger: 'visit-ends', event: { resource: 'Encounter/e1', change: 'update' } };
    const creates = (identifier: string) => ({ resourceType: 'DocumentReference', identifier });
    expect(events).toEqual([
      { ...about, action: 'file-draft', inputs: {}, creates: creates('run-1') },
      { ...about, action: 'file-draft', inputs: {}, creates: creates('run-1'), id: 'new' },
      { ...about, action: 'final', inputs: { mrn: '7' }, creates: creates('run-2'), lookFor: ['ward 3'] },
    ]);
  });

  it.each([1, 3])('show all that was made of them, at the look number %i', async (visibleFrom) => {
    const { trials, journal } = told(
      ({ creates }) => [note('n1', creates?.identifier ?? ''), note('n2', creates?.identifier ?? '')],
      visibleFrom,
    );
    const made = await trials.madeFor([await trials.tell({ id: 'e1', patient: patient('p1') })]);
    expect(made.get('run-1')?.map(({ id }) => id)).toEqual(['n1', 'n2']);
    expect(journal).toEqual(['run-1 is n1', 'run-1 is n2']);
  });

  it('show nothing where nothing carries their identifier', async () => {
    const { trials } = told(() => [note('n1', 'of-somebody-else')]);
    expect((await trials.madeFor([await trials.tell({ id: 'e1', patient: patient('p1') })])).size).toBe(0);
  });
});

it.each([
  ['preliminary', undefined, false],
  ['final', undefined, true],
  ['preliminary', 'preliminary', true],
] as const)('a note that is %s, reviewed when %s', (docStatus, endsIn, expected) => {
  const review = { required: true, ...(endsIn === undefined ? {} : { endsIn }) };
  expect(isCommitted(note('n1', 'x', docStatus), { ...draft, review })).toBe(expected);
});
