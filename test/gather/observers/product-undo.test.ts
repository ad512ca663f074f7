import type { Appointment } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { ProductEvent } from '../../../src/gather/observers/product-events.js';
import { productUndo, undoingAction, whyNotUndone } from '../../../src/gather/observers/product-undo.js';
import type { ProbeTools } from '../../../src/gather/probe.js';
import type { ContractAction } from '../../../src/model/documents/contract.js';
import { book as booking, identifierSystem as system } from '../../support/booking-action.js';

const book: ContractAction = {
  ...booking,
  states: { to: 'booked' },
  compensation: { interaction: 'patch', toState: 'cancelled', limit: 'PT10S' },
};
const cancel: ContractAction = {
  id: 'cancel',
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'patch',
  resource: 'Appointment',
  states: { from: 'booked', to: 'cancelled' },
};
const trigger = { id: 'call', kind: 'external', inputs: ['id'] } as const;

/** A product that books at once; `cancels` says what it does when it is asked to cancel. */
function tried(
  cancels: (visit: Appointment) => { readonly outcome?: string; readonly becomes?: Appointment['status'] },
  compensation: ContractAction['compensation'] = book.compensation,
) {
  const stored: Appointment[] = [];
  const told: ProductEvent[] = [];
  const paused: number[] = [];
  let identifiers = 0;
  const find = (id: string) => stored.findIndex((each) => each.id === id);
  const become = (id: string, status: Appointment['status'] = 'booked'): void => {
    const at = find(id);
    const visit = stored[at];
    if (visit !== undefined) stored[at] = { ...visit, status };
  };
  const tools = {
    contract: { triggers: [trigger], actions: [book, cancel] },
    organization: { writePolicy: { identifierSystem: system } },
    environmentClass: 'simulator',
    startedAt: new Date('2026-11-20T08:00:00.000Z'),
    pause(ms: number) {
      paused.push(ms);
      return Promise.resolve();
    },
    clients: {
      ai: {
        search: () =>
          Promise.resolve({
            ok: true,
            status: 200,
            resource: { resourceType: 'Bundle', type: 'searchset', entry: stored.map((resource) => ({ resource })) },
          }),
        read: (_: string, id: string) => Promise.resolve({ ok: true, status: 200, resource: stored[find(id)] }),
        write({ objectId }: { objectId: string }) {
          become(objectId, 'cancelled');
          return Promise.resolve({ ok: true, status: 200 });
        },
      },
    },
    product: {
      tell(event: ProductEvent) {
        told.push(event);
        const answer = { event: 'e', status: 200, found: false, durationMs: 1 };
        const value = event.creates?.identifier ?? '';
        if (event.action === 'book') {
          const id = `v${stored.length + 1}`;
          const participant: Appointment['participant'] = [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }];
          stored.push({
            resourceType: 'Appointment',
            id,
            status: 'booked',
            participant,
            identifier: [{ system, value }],
          });
          return Promise.resolve({ ...answer, outcome: 'booked', object: `Appointment/${id}` });
        }
        const visit = stored[find(event.event?.resource.slice('Appointment/'.length) ?? '')];
        const { outcome, becomes } = visit === undefined ? {} : cancels(visit);
        if (visit?.id !== undefined) become(visit.id, becomes);
        return Promise.resolve({ ...answer, outcome });
      },
    },
    writer: {
      newIdentifier: () => `run-${++identifiers}`,
      found: () => Promise.resolve(),
      foreign: () => Promise.resolve(),
    },
    cases: {
      seriesPatients: () => [{ alias: 'p1', id: 'p1' }],
      values: () => Promise.resolve(new Map([['caller.id', 'p1']])),
      takeSlot: () =>
        Promise.resolve({ resourceType: 'Slot', id: 's1', start: '2026-12-10T14:00:00Z', end: '2026-12-10T14:20:00Z' }),
      returnSlot: () => undefined,
    },
  } as unknown as ProbeTools;
  return {
    seen: productUndo(tools, { ...book, ...(compensation === undefined ? {} : { compensation }) }),
    stored,
    told,
    paused,
  };
}

describe('a product that is to take back what it did', () => {
  it('is asked twelve times, by the action of the contract that does so', async () => {
    const { seen, told, stored } = tried(() => ({ outcome: 'cancelled', becomes: 'cancelled' }));
    expect(await seen).toEqual({ trials: 12, breaches: 0 });
    expect(told.slice(0, 2).map(({ action, event }) => [action, event?.resource])).toEqual([
      ['book', undefined],
      ['cancel', 'Appointment/v1'],
    ]);
    expect(stored.every(({ status }) => status === 'cancelled')).toBe(true);
  });

  it.each([
    ['says that it did, and did not', 'cancelled'],
    ['hands it to a person', 'queued-for-human'],
    ['never says anything, until the time agreed is over', undefined],
  ])('does not hold it where it %s; what it left is taken back', async (_name, outcome) => {
    const { seen, stored } = tried(() => (outcome === undefined ? {} : { outcome }));
    expect(await seen).toEqual({ trials: 1, breaches: 1 });
    expect(stored.map(({ status }) => status)).toEqual(['cancelled']);
  });

  it('has shown nothing where it is still within a time nobody waits for', async () => {
    const { seen, paused } = tried(() => ({ outcome: 'noted' }), {
      interaction: 'patch',
      toState: 'cancelled',
      limit: 'PT2H',
    });
    expect(await seen).toEqual({ trials: 0, breaches: 0 });
    expect(paused.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(60_000);
  });
});

describe('the action that takes another one back', () => {
  const contract = (...actions: ContractAction[]) =>
    ({ contract: { actions } }) as unknown as Pick<ProbeTools, 'contract'>;

  it.each([
    ['ends in the state of the compensation', cancel, 'cancel'],
    ['begins elsewhere', { ...cancel, states: { from: 'proposed', to: 'cancelled' } }, undefined],
    ['ends elsewhere', { ...cancel, states: { from: 'booked', to: 'arrived' } }, undefined],
    ['is of another type', { ...cancel, resource: 'Task' }, undefined],
    ['writes nothing', { ...cancel, kind: 'suggest' as const }, undefined],
  ])('%s', (_name, other, expected) => {
    expect(undoingAction(contract(book, other), book)?.id).toBe(expected);
  });

  it('is missing where the contract has none', () => {
    const documents = {
      contract: { triggers: [trigger], actions: [book] },
      organization: { aiSystem: { webhook: { url: 'https://product.example/events' } } },
    } as unknown as ProbeTools;
    expect(whyNotUndone(documents, book)).toMatchObject({ missing: 'no-ai-system' });
  });
});
