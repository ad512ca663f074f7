import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import type { ProductAnswer, ProductEvent } from '../../../src/gather/observers/product-events.js';
import { ProductTrials, whyNotAsked } from '../../../src/gather/observers/product-trial.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import { book, identifierSystem as system } from '../../support/booking-action.js';

const patient = { alias: 'p1', id: 'p1', synthetic: true as const, canary: 'ZZTESTONE' };
const slotAt = (id: string, start: string, end: string): Slot => ({
  resourceType: 'Slot',
  id,
  status: 'free',
  schedule: { reference: 'Schedule/d1' },
  start,
  end,
});
const visit = (id: string, more: Partial<Appointment> = {}): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  ...more,
});

/** A product that is told, an EHR that holds these objects, and what the tool wrote down. */
function tried(action: ContractAction, stored: Resource[], says: (event: ProductEvent) => Partial<ProductAnswer>) {
  const told: ProductEvent[] = [];
  const journal: string[] = [];
  const returned: string[] = [];
  const undone: string[] = [];
  let identifiers = 0;
  const slots = [
    slotAt('s2', '2026-12-10T14:20:00Z', '2026-12-10T14:40:00Z'),
    slotAt('s1', '2026-12-10T14:00:00Z', '2026-12-10T14:20:00Z'),
  ];
  const page = (matches: readonly Resource[]) => ({
    ok: true,
    status: 200,
    resource: { resourceType: 'Bundle', type: 'searchset', entry: matches.map((resource) => ({ resource })) },
  });
  const ai = {
    search: () => Promise.resolve(page(stored)),
    read: (_: string, id: string) => {
      const resource = stored.find((each) => each.id === id);
      return Promise.resolve({ ok: resource !== undefined, status: 200, resource });
    },
    write: ({ objectId }: { objectId?: string }) => {
      undone.push(objectId ?? '');
      return Promise.resolve({ ok: true, status: 200 });
    },
  } as unknown as Client;
  const tools = {
    contract: { triggers: [{ id: 'call', kind: 'external', inputs: ['id', 'family', 'from', 'to'] }] },
    organization: { writePolicy: { identifierSystem: system } },
    clients: { ai },
    startedAt: new Date('2026-11-20T08:00:00.000Z'),
    pause: () => Promise.resolve(),
    product: {
      tell(event: ProductEvent) {
        told.push(event);
        return Promise.resolve({ event: event.id ?? `event-${told.length}`, status: 200, ...says(event) });
      },
    },
    writer: {
      newIdentifier: () => `run-${++identifiers}`,
      found: (identifier: string, { id }: Resource) => Promise.resolve(journal.push(`${identifier} is ${id}`)),
      foreign: (_: unknown, name: string, { id }: Resource) => Promise.resolve(journal.push(`foreign ${name} ${id}`)),
    },
    cases: {
      seriesPatients: () => [patient],
      values: (_: unknown, holes: readonly string[]) =>
        Promise.resolve(
          new Map(holes.includes('trigger.family') ? [['trigger.family', 'ZZTESTONE']] : [['caller.id', 'p1']]),
        ),
      takeSlot: () => Promise.resolve(slots.shift()),
      returnSlot: (id: string) => returned.push(id),
    },
  } as unknown as ProbeTools;
  return { trials: new ProductTrials(tools, action), told, journal, returned, undone };
}

it('asks for the time of its slots and for nothing else', async () => {
  const { trials, told } = tried(book, [], () => ({ outcome: 'nothing-free' }));
  const asked = await trials.prepare(patient, 2);
  await trials.ask(asked);
  expect(told).toEqual([
    {
      trigger: 'call',
      action: 'book',
      inputs: { id: 'run-1', family: 'ZZTESTONE', from: '2026-12-10T14:00:00Z', to: '2026-12-10T14:40:00Z' },
      creates: { resourceType: 'Appointment', identifier: 'run-1' },
    },
  ]);
});

it('words the same wish otherwise as another call', async () => {
  const { trials } = tried(book, [], () => ({}));
  const again = trials.inOtherWords(await trials.prepare(patient, 1));
  expect(again.inputs).toEqual({
    id: 'run-2',
    family: 'ZZTESTONE',
    from: '2026-12-10T23:20:00+09:00',
    to: '2026-12-10T23:40:00+09:00',
  });
  expect(again.identifier).toBe('run-2');
});

it('counts what lives and carries the identifier, or lies in a slot asked for and is of the patient', async () => {
  const own = { identifier: [{ system, value: 'run-1' }] };
  const { trials } = tried(
    book,
    [
      visit('by-identifier', own),
      visit('by-slot', { slot: [{ reference: 'https://ehr.example/fhir/Slot/s1' }] }),
      visit('cancelled', { ...own, status: 'cancelled' }),
      visit('of-another-call', { identifier: [{ system, value: 'run-9' }] }),
      visit('of-another-system', { identifier: [{ system: 'https://elsewhere.example', value: 'run-1' }] }),
      visit('of-another-slot', { slot: [{ reference: 'Slot/s7' }] }),
      visit('slot-of-another-patient', {
        slot: [{ reference: 'Slot/s2' }],
        participant: [{ actor: { reference: 'Patient/p2' }, status: 'accepted' }],
      }),
      visit('stored-for-another', {
        ...own,
        participant: [{ actor: { reference: 'Patient/p2' }, status: 'accepted' }],
      }),
    ],
    () => ({ outcome: 'booked' }),
  );
  const asked = await trials.prepare(patient, 2);
  await trials.ask(asked);
  expect((await trials.objects(asked)).map(({ id }) => id)).toEqual(['by-identifier', 'by-slot', 'stored-for-another']);
});

it('takes a named object for an answer only where it is new', async () => {
  const task: ContractAction = { ...book, body: {}, observe: 'Appointment?patient={{caller.id}}' };
  const stored: Resource[] = [visit('old')];
  const { trials } = tried(task, stored, () => {
    if (stored.length < 2) stored.push(visit('new'), visit('of-nobody-asked'));
    return { outcome: 'drafted', object: 'Appointment/new' };
  });
  const asked = await trials.prepare(patient);
  await trials.ask(asked);
  expect((await trials.objects(asked)).map(({ id }) => id)).toEqual(['new']);
  const before = tried(task, [visit('old')], () => ({ outcome: 'booked', object: 'Appointment/old' }));
  const again = await before.trials.prepare(patient);
  await before.trials.ask(again);
  expect(await before.trials.objects(again)).toEqual([]);
});

it('waits for a product that has not said what came of it', async () => {
  const stored: Resource[] = [];
  const { trials } = tried(book, stored, () => ({ outcome: undefined }));
  const asked = await trials.prepare(patient, 1);
  await trials.ask(asked);
  const found = trials.objects(asked);
  stored.push(visit('late', { identifier: [{ system, value: 'run-1' }] }));
  expect((await found).map(({ id }) => id)).toEqual(['late']);
});

it('takes everything back; what goes beyond the events told is foreign', async () => {
  const own = { identifier: [{ system, value: 'run-1' }] };
  const stored = [visit('a', own), visit('b', own), visit('c', { slot: [{ reference: 'Slot/s2' }] })];
  const { trials, journal, undone, returned } = tried(book, stored, () => ({ outcome: 'booked' }));
  const asked = await trials.prepare(patient, 2);
  await trials.ask(asked);
  await trials.end(asked);
  expect(journal).toEqual(['run-1 is a', 'foreign book b', 'foreign book c']);
  expect(undone).toEqual(['a', 'b', 'c']);
  expect(returned).toEqual(['s2', 's1']);
});

it('says why a product cannot be asked', () => {
  const contract = { apiVersion: 'ehr-scorecard/v1', kind: 'WorkflowContract', metadata: { id: 'c' } } as const;
  const organization = { apiVersion: 'ehr-scorecard/v1', kind: 'OrganizationProfile', metadata: { id: 'o' } } as const;
  const told = { ...organization, aiSystem: { webhook: { url: 'https://product.example/hook' } } };
  const outside = { ...contract, triggers: [{ id: 'call', kind: 'external' as const }] };
  expect(whyNotAsked({ contract: outside, organization }, book)?.missing).toBe('no-ai-system');
  expect(whyNotAsked({ contract, organization: told }, book)?.missing).toBe('no-ai-system');
  expect(whyNotAsked({ contract: outside, organization: told }, { ...book, kind: 'suggest' })?.missing).toBe(
    'no-ai-system',
  );
  expect(whyNotAsked({ contract: outside, organization: told }, book)).toBeUndefined();
});
