import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import type { FaultRule } from '../../../src/gather/observers/injected-faults.js';
import type { ProductAnswer, ProductEvent } from '../../../src/gather/observers/product-events.js';
import { productHalves } from '../../../src/gather/observers/product-halves.js';
import type { ProductAccess } from '../../../src/gather/observers/product-trail.js';
import { twoWrites, type TwoWrites } from '../../../src/gather/observers/second-write.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import type { Contract, ContractAction } from '../../../src/model/documents/contract.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import { isMissing } from '../../../src/model/fact.js';
import type { Subject } from '../../../src/model/subject.js';
import { book, identifierSystem as system } from '../../support/booking-action.js';

const patient = { alias: 'p1', id: 'p1', synthetic: true as const, canary: 'ZZTESTONE' };
const reschedule: ContractAction = {
  id: 'reschedule',
  kind: 'commit',
  via: 'fhir-r4',
  interaction: 'patch',
  resource: 'Appointment',
  dependsOn: ['book'],
  states: { from: 'booked', to: 'cancelled' },
};
const contract = {
  triggers: [{ id: 'call', kind: 'external', inputs: ['id'] }],
  actions: [book, reschedule],
} as unknown as Contract;
const organization = {
  aiSystem: { webhook: {}, proxy: {} },
  writePolicy: { identifierSystem: system, allow: [] },
} as unknown as OrganizationProfile;
const slot: Slot = {
  resourceType: 'Slot',
  id: 's1',
  status: 'free',
  schedule: { reference: 'Schedule/d1' },
  start: '2026-12-10T14:00:00Z',
  end: '2026-12-10T14:20:00Z',
};

interface Ehr {
  /** The new visit; its name is the identifier of the wish. */
  book(): void;
  /** A second object under the same identifier; whether the EHR took it. */
  alsoMake(resourceType: string): boolean;
  /** Takes the new visit away again. */
  unbook(): void;
  /** Gives the old visit back; whether the EHR took it. */
  giveBack(): boolean;
}
interface Situation {
  readonly within?: string;
  readonly undecided?: true;
  /** Default: the second changes what is there. */
  readonly second?: ContractAction;
  readonly says: (ehr: Ehr) => ProductAnswer['outcome'];
  /** What the product does while nobody talks to it. */
  readonly meanwhile?: (ehr: Ehr) => void;
}

function tried({ within, undecided, second = reschedule, says, meanwhile }: Situation) {
  const rules: FaultRule[] = [];
  const set: { readonly rule: FaultRule; hits: number }[] = [];
  const told: ProductEvent[] = [];
  const seen: ProductAccess[] = [];
  const stored = new Map<string, Appointment>();
  const visit = (id: string): Appointment => ({
    resourceType: 'Appointment',
    id,
    meta: { versionId: '1' },
    status: 'booked',
    identifier: [{ system, value: id }],
    participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  });
  const end = (id: string): void => {
    const current = stored.get(id);
    if (current !== undefined) stored.set(id, { ...current, status: 'cancelled', meta: { versionId: '2' } });
  };
  const wish = (): string => told.at(-1)?.creates?.identifier ?? '';
  const old = (): string => (told.at(-1)?.event?.resource ?? '').replace('Appointment/', '');
  /** The first rule that fits is met. */
  const refused = (path: string): boolean => {
    const met = set.find(({ rule, hits }) => rule.when.path === path && hits < (rule.times ?? Infinity));
    if (met === undefined) return false;
    met.hits += 1;
    void met.rule.meanwhile?.();
    return met.rule.fault !== 'pass';
  };
  const ehr: Ehr = {
    alsoMake(resourceType) {
      if (refused(resourceType)) return false;
      const id = `${wish()}-${resourceType}`;
      stored.set(id, { ...visit(wish()), id, resourceType } as Appointment);
      return true;
    },
    book() {
      refused('Appointment');
      stored.set(wish(), visit(wish()));
      const at = performance.now();
      seen.push({
        exchange: 'p1',
        receivedAtMs: at,
        answeredAtMs: at,
        method: 'POST',
        kind: 'write',
        reference: `Appointment/${wish()}`,
        status: 201,
        upstreamStatus: 201,
      });
    },
    unbook: () => end(wish()),
    giveBack() {
      if (refused(`Appointment/${old()}`)) return false;
      end(old());
      return true;
    },
  };
  const proxy = {
    inject(rule: FaultRule) {
      rules.push(rule);
      const one = { rule, hits: 0 };
      set.push(one);
      return { hits: () => one.hits, remove: () => void set.splice(set.indexOf(one), 1) };
    },
    seen: ({ since = 0 }: { since?: number }) => seen.filter(({ receivedAtMs }) => receivedAtMs >= since),
  };
  let identifiers = 0;
  let objects = 0;
  const tools = {
    contract: {
      ...contract,
      ...(undecided === true
        ? {}
        : { failure: { 'partial-write': { behaviour: 'compensate', ...(within === undefined ? {} : { within }) } } }),
    },
    organization,
    environmentClass: 'simulator',
    clients: {
      ai: {
        search: () =>
          Promise.resolve({
            ok: true,
            status: 200,
            resource: {
              resourceType: 'Bundle',
              type: 'searchset',
              entry: [...stored.values()].map((resource) => ({ resource })),
            },
          }),
        read: (_: string, id: string) => Promise.resolve({ ok: true, status: 200, resource: stored.get(id) }),
        write: ({ objectId = '' }: { objectId?: string }) => {
          end(objectId);
          return Promise.resolve({ ok: true, status: 200 });
        },
      } as unknown as Client,
    },
    startedAt: new Date('2026-11-20T08:00:00.000Z'),
    signal: new AbortController().signal,
    pause: () => {
      meanwhile?.(ehr);
      return Promise.resolve();
    },
    cite: () => undefined,
    testObject: (): Promise<Resource> => {
      const made = visit(`old-${++objects}`);
      stored.set(made.id ?? '', made);
      return Promise.resolve(made);
    },
    product: {
      tell(event: ProductEvent) {
        told.push(event);
        return Promise.resolve({ event: `event-${told.length}`, status: 200, outcome: says(ehr), durationMs: 12.4 });
      },
    },
    writer: {
      newIdentifier: () => `run-${++identifiers}`,
      found: () => Promise.resolve(),
      foreign: () => Promise.resolve(),
    },
    cases: {
      patients: () => [patient],
      seriesPatients: () => [patient],
      values: () => Promise.resolve(new Map([['caller.id', 'p1']])),
      takeSlot: () => Promise.resolve(slot),
      returnSlot: () => undefined,
    },
  } as unknown as ProbeTools;
  const subject = { item: { action: second } } as unknown as Subject<'action'>;
  return {
    halves: productHalves(tools, proxy, subject, twoWrites(tools, second) as TwoWrites),
    rules,
    told,
    living: () => [...stored.values()].filter(({ status }) => status === 'booked'),
  };
}

const careful: Situation['says'] = (ehr) => {
  ehr.book();
  if (ehr.giveBack()) return 'booked';
  ehr.unbook();
  return 'queued-for-human';
};
const careless: Situation['says'] = (ehr) => {
  ehr.book();
  ehr.giveBack();
  return 'booked';
};

it('refuses the change of the old object in three ways, and nothing in two controls', async () => {
  const { halves, rules, told, living } = tried({ within: 'PT10M', says: careful });
  expect(await halves).toMatchObject({
    withinMs: 600_000,
    controls: { before: true, after: true },
    trials: ['500', 'refuse', '412'].map((fault) => ({
      fault,
      met: 1,
      said: 'queued-for-human',
      left: 'nothing',
      halfSeenMs: null,
    })),
  });
  expect(rules.map(({ fault, when }) => [fault, when])).toEqual([
    ['500', { interaction: 'write', path: 'Appointment/old-2' }],
    ['refuse', { interaction: 'write', path: 'Appointment/old-3' }],
    ['412', { interaction: 'write', path: 'Appointment/old-4' }],
  ]);
  expect(told.map(({ action, event, creates }) => [action, event?.resource, creates?.resourceType])).toEqual(
    [1, 2, 3, 4, 5].map((n) => ['reschedule', `Appointment/old-${n}`, 'Appointment']),
  );
  expect(living()).toEqual([]);
});

it.each(['Appointment', 'Task'])('lets the first object pass and refuses the second, of type %s', async (resource) => {
  const { halves, rules, told, living } = tried({
    within: 'PT10M',
    second: { id: 'tell', kind: 'commit', via: 'fhir-r4', interaction: 'create', resource, dependsOn: ['book'] },
    says: (ehr) => {
      ehr.book();
      if (ehr.alsoMake(resource)) return 'booked';
      ehr.unbook();
      return 'queued-for-human';
    },
  });
  expect(await halves).toMatchObject({
    controls: { before: true, after: true },
    trials: ['500', 'refuse', '412'].map((fault) => ({ fault, met: 1, said: 'queued-for-human', left: 'nothing' })),
  });
  const when = { interaction: 'write', path: resource };
  const passing = resource === 'Appointment' ? [{ fault: 'pass', when, times: 1 }] : [];
  expect(rules).toMatchObject(['500', 'refuse', '412'].flatMap((fault) => [...passing, { fault, when }]));
  expect(new Set(told.map((event) => event.alsoCreates))).toEqual(new Set([resource]));
  expect(living()).toEqual([]);
});

it('ends with the first half that is left, when the time of the contract is over', async () => {
  const { halves, living } = tried({ within: 'PT0S', says: careless });
  const found = await halves;
  expect(found).toMatchObject({ withinMs: 0, trials: [{ fault: '500', met: 1, said: 'booked', left: 'half' }] });
  expect(isMissing(found) ? null : found.trials[0]?.halfSeenMs).toBeGreaterThanOrEqual(0);
  expect(living()).toEqual([]);
});

it('sees that a half is undone a little later, and does not wait for one that was handed over', async () => {
  const later = tried({ within: 'PT10M', says: careless, meanwhile: (ehr) => ehr.unbook() });
  expect(await later.halves).toMatchObject({ trials: [1, 2, 3].map(() => ({ said: 'booked', left: 'nothing' })) });
  const handed = tried({
    within: 'PT10M',
    says: (ehr) => (careless(ehr) === 'booked' ? 'queued-for-human' : undefined),
    meanwhile: () => expect.unreachable('nobody waits'),
  });
  expect(await handed.halves).toMatchObject({ trials: [1, 2, 3].map(() => ({ left: 'half' })) });
});

it('counts no refusal of a product that never did the first write', async () => {
  const { halves } = tried({
    within: 'PT10M',
    says: (ehr) => {
      ehr.giveBack();
      return 'queued-for-human';
    },
  });
  expect(await halves).toMatchObject({
    controls: { before: false, after: false },
    trials: [1, 2, 3].map(() => ({ met: 0, left: 'nothing' })),
  });
});

it('tells nothing where nobody has decided what happens', async () => {
  const { halves, told } = tried({ undecided: true, says: careful });
  expect(await halves).toMatchObject({ missing: 'undecided' });
  expect(told).toEqual([]);
});

it.each([
  ['without a proxy', { aiSystem: { webhook: {} } }, reschedule, 'no-ai-system'],
  ['after a suggestion', {}, { ...reschedule, dependsOn: ['offer'] }, 'tool-limited'],
  ['of which the second takes something away', {}, { ...reschedule, interaction: 'delete' }, 'tool-limited'],
  ['that lead to no state', {}, { ...reschedule, states: {} }, 'tool-limited'],
] as const)('knows which writes it cannot refuse: %s', (_, more, action, why) => {
  const documents = { contract, organization: { ...organization, ...more } as unknown as OrganizationProfile };
  expect(twoWrites(documents, action as unknown as ContractAction)).toMatchObject({ missing: why });
});
