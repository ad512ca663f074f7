import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import type { FaultRule } from '../../../src/gather/observers/injected-faults.js';
import type { ProductAnswer, ProductEvent } from '../../../src/gather/observers/product-events.js';
import { productOutage } from '../../../src/gather/observers/product-outage.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import type { EnvironmentClass } from '../../../src/model/outcome.js';
import { book, identifierSystem as system } from '../../support/booking-action.js';

const patients = ['p1', 'p2'].map((id) => ({ alias: id, id, synthetic: true as const, canary: 'ZZTESTONE' }));
const slot: Slot = {
  resourceType: 'Slot',
  id: 's1',
  status: 'free',
  schedule: { reference: 'Schedule/d1' },
  start: '2026-12-10T14:00:00Z',
  end: '2026-12-10T14:20:00Z',
};
const visit = (identifier: string): Appointment => ({
  resourceType: 'Appointment',
  id: identifier,
  status: 'booked',
  identifier: [{ system, value: identifier }],
  participant: [{ actor: { reference: 'Patient/p2' }, status: 'accepted' }],
});

interface Situation {
  readonly line?: { readonly behaviour: 'fallback' | 'retry'; readonly within?: string };
  readonly environmentClass?: EnvironmentClass;
  /** What the product does with an event; `down` while a fault is set. */
  readonly says: (down: boolean, make: () => void) => ProductAnswer['outcome'];
  /** What it still does when a fault is over. */
  readonly resumes?: (make: () => void) => void;
}

function tried({ line, environmentClass = 'simulator', says, resumes }: Situation) {
  const rules: FaultRule[] = [];
  const told: (ProductEvent & { readonly down: boolean })[] = [];
  let stored: Resource[] = [];
  let hits = 0;
  let down = 0;
  let identifiers = 0;
  const make = (): void => {
    const identifier = told.at(-1)?.creates?.identifier ?? '';
    if (!stored.some(({ id }) => id === identifier)) stored.push(visit(identifier));
  };
  const proxy = {
    inject(rule: FaultRule) {
      rules.push(rule);
      down += 1;
      const before = hits;
      return {
        // A product's first request is a search; no request meets two rules.
        hits: () => (rule.when.interaction === 'read' ? 0 : hits - before),
        remove: () => {
          down -= 1;
          if (down === 0) resumes?.(make);
        },
      };
    },
  };
  const tools = {
    contract: {
      triggers: [{ id: 'call', kind: 'external', inputs: ['id'] }],
      ...(line === undefined ? {} : { failure: { 'ehr-unavailable': line } }),
    },
    organization: { writePolicy: { identifierSystem: system, allow: [] } },
    environmentClass,
    clients: {
      ai: {
        search: () =>
          Promise.resolve({
            ok: true,
            status: 200,
            resource: { resourceType: 'Bundle', type: 'searchset', entry: stored.map((resource) => ({ resource })) },
          }),
        write: ({ objectId }: { objectId?: string }) => {
          stored = stored.filter(({ id }) => id !== objectId);
          return Promise.resolve({ ok: true, status: 200 });
        },
      } as unknown as Client,
    },
    startedAt: new Date('2026-11-20T08:00:00.000Z'),
    pause: () => Promise.resolve(),
    cite: () => undefined,
    product: {
      tell(event: ProductEvent) {
        told.push({ ...event, down: down > 0 });
        if (down > 0) hits += 1;
        const outcome = says(down > 0, make);
        return Promise.resolve({ event: event.id ?? `event-${told.length}`, status: 200, outcome, durationMs: 12.4 });
      },
    },
    writer: {
      newIdentifier: () => `run-${++identifiers}`,
      found: () => Promise.resolve(),
      foreign: () => Promise.resolve(),
    },
    cases: {
      seriesPatients: () => patients,
      values: () => Promise.resolve(new Map([['caller.id', 'p2']])),
      takeSlot: () => Promise.resolve(slot),
      returnSlot: () => undefined,
    },
  } as unknown as ProbeTools;
  return { outage: productOutage(tools, proxy, book), rules, told, left: () => stored };
}

const fallback = { behaviour: 'fallback', within: 'PT5S' } as const;
const careful: Situation['says'] = (down, make) => {
  if (down) return 'queued-for-human';
  make();
  return 'booked';
};

it('meets six faults while it reads and six while it writes, each event told again when the fault is over', async () => {
  const { outage, rules, told, left } = tried({ line: fallback, says: careful });
  expect(await outage).toMatchObject({
    behaviour: 'fallback',
    withinMs: 5_000,
    stallMs: 6_000,
    controls: { before: true, between: true, after: true },
  });
  expect(rules.map(({ fault, when }) => `${fault} ${when.interaction}`)).toEqual([
    ...['refuse', 'stall', '500', 'truncated', 'wrong-content', 'expired-token'].flatMap((fault) => [
      `${fault} search`,
      `${fault} read`,
    ]),
    ...['refuse', 'stall', '500', 'truncated', 'wrong-content', 'expired-token'].map((fault) => `${fault} write`),
  ]);
  expect(told.map(({ down }) => down)).toEqual([false, ...Array.from({ length: 12 }, () => [true, false]).flat()]);
  const [, first, again] = told;
  expect([first?.id, again?.id]).toEqual([undefined, 'event-2']);
  expect(left()).toEqual([]);
});

it('counts what is there while the fault lasts where something is claimed', async () => {
  const { outage } = tried({
    line: fallback,
    says: (down, make) => {
      if (!down) make();
      return 'booked';
    },
  });
  expect(await outage).toMatchObject({
    trials: Array.from({ length: 12 }, () => ({
      met: 1,
      answeredMs: 12,
      said: 'booked',
      saidAgain: 'booked',
      objects: { whileDown: 0, byItself: null, askedAgain: 1 },
    })),
  });
});

it('looks for what is resumed before it tells the event again, where the contract says retry', async () => {
  const says: Situation['says'] = (down, make) => {
    if (!down) make();
    return down ? 'noted' : 'booked';
  };
  const resumed = tried({ line: { behaviour: 'retry' }, says, resumes: (make) => make() });
  expect(await resumed.outage).toMatchObject({
    withinMs: null,
    trials: Array.from({ length: 12 }, () => ({ objects: { whileDown: null, byItself: 1, askedAgain: 1 } })),
  });
  const idle = tried({ line: { behaviour: 'retry' }, says });
  expect(await idle.outage).toMatchObject({
    trials: Array.from({ length: 12 }, () => ({ objects: { whileDown: null, byItself: 0, askedAgain: 1 } })),
  });
});

it('asks once more with nothing wrong where telling the event again left nothing', async () => {
  const { outage, told } = tried({ line: fallback, says: () => 'queued-for-human' });
  expect(await outage).toMatchObject({ controls: { before: false, between: false, after: false } });
  expect(told).toHaveLength(1 + 2 * 13);
});

it('stalls for half a minute where the EHR is no simulator, and a simulator a second beyond the limit', async () => {
  const stalls = async (situation: Situation) => {
    const { outage, rules } = tried(situation);
    await outage;
    return rules.find(({ fault }) => fault === 'stall')?.stallMs;
  };
  expect(await stalls({ line: fallback, says: careful, environmentClass: 'vendor-sandbox' })).toBe(30_000);
  expect(await stalls({ line: { behaviour: 'fallback', within: 'PT2S' }, says: careful })).toBe(3_000);
  expect(await stalls({ line: { behaviour: 'fallback', within: 'PT15M' }, says: careful })).toBe(6_000);
});

it('tells nothing where nobody has decided what happens', async () => {
  const { outage, told } = tried({ says: careful });
  expect(await outage).toMatchObject({ missing: 'undecided' });
  expect(told).toEqual([]);
});
