import type { Appointment, Resource, Slot } from 'fhir/r4.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ProductAnswer, ProductEvent, TellingHow } from '../../../src/gather/observers/product-events.js';
import type { Client, ProbeTools } from '../../../src/gather/probe.js';
import type { OutgoingRequest } from '../../../src/gather/request.js';
import { Lane } from '../../../src/gather/series/lane.js';
import { ToldEvents } from '../../../src/gather/series/told-events.js';
import { TrackLog } from '../../../src/gather/series/track-log.js';
import { missing } from '../../../src/model/fact.js';
import { book as action, identifierSystem } from '../../support/booking-action.js';

const slot: Slot = {
  resourceType: 'Slot',
  id: 's1',
  status: 'free',
  start: '2026-12-20T09:00:00Z',
  end: '2026-12-20T09:20:00Z',
  schedule: { reference: 'Schedule/1' },
};
const budgetMs = 40;

let record: Appointment[];
let slotState: Slot['status'];
let returned: string[];
let journalled: string[];
let undone: string[];
let told: ProductEvent[];

beforeEach(() => {
  record = [];
  slotState = 'free';
  [returned, journalled, undone, told] = [[], [], [], []];
});

const visit = (id: string, different: Partial<Appointment>): Appointment => ({
  resourceType: 'Appointment',
  id,
  status: 'booked',
  participant: [{ actor: { reference: 'Patient/p1' }, status: 'accepted' }],
  ...different,
});
const named = (value: string): Partial<Appointment> => ({ identifier: [{ system: identifierSystem, value }] });

/** A product, and an EHR that holds `record`; nothing here goes over a network. */
function tools(answer: (event: ProductEvent) => Partial<ProductAnswer>): { tools: ProbeTools; client: Client } {
  const timing = () => {
    const atMs = performance.now();
    return { sentAtMs: atMs, endAtMs: atMs, intendedAtMs: atMs, firstByteAtMs: atMs };
  };
  const found = (matches: readonly Resource[]) => ({
    ok: true,
    timing: timing(),
    resource: { resourceType: 'Bundle', type: 'searchset', entry: matches.map((resource) => ({ resource })) },
  });
  const client = {
    send: ({ path }: OutgoingRequest) =>
      Promise.resolve(found(path.startsWith('Slot') ? [{ ...slot, status: slotState } as Slot] : record)),
    write: ({ objectId = '' }: { objectId?: string }) => {
      undone.push(objectId);
      return Promise.resolve({ ok: true });
    },
  } as unknown as Client;
  const faked = {
    contract: {
      triggers: [{ id: 'call', kind: 'external', inputs: ['id', 'from', 'to'] }],
      resources: [{ id: 'slot', type: 'Slot', find: 'Slot?start=ge{{trigger.from}}' }],
    },
    organization: { writePolicy: { identifierSystem } },
    environmentId: 'test',
    startedAt: new Date('2026-11-20T08:00:00Z'),
    clients: { ai: client },
    cases: {
      seriesPatients: () => [{ alias: 'one', id: 'p1' }],
      values: () => Promise.resolve(new Map([['caller.id', 'p1']])),
      takeSlot: () => Promise.resolve(slot),
      returnSlot: (id: string) => returned.push(id),
    },
    writer: {
      newIdentifier: () => 'run-1',
      found: (identifier: string, { id }: Resource) => Promise.resolve(journalled.push(`own ${identifier} ${id}`)),
      foreign: (_: unknown, __: string, { id }: Resource) => Promise.resolve(journalled.push(`foreign ${id}`)),
    },
    product: {
      tell: (event: ProductEvent, { onSending }: TellingHow) => {
        told.push(event);
        onSending?.(performance.now());
        const claim = { status: 200, outcome: undefined, object: undefined, found: false, durationMs: 3 };
        return Promise.resolve({ event: 'e1', exchange: 'x1', ...claim, ...answer(event) });
      },
    },
    random: () => 0.5,
    signal: new AbortController().signal,
  } as unknown as ProbeTools;
  return { tools: faked, client };
}

async function take(
  answer: (event: ProductEvent) => Partial<ProductAnswer>,
  mostWrites = 1,
  asked = action,
): Promise<{ record: TrackLog; confirmed: TrackLog; events: ToldEvents }> {
  const given = tools(answer);
  const lane = () => new Lane({ requestsPerSecond: 10_000, concurrency: 10 });
  const events = new ToldEvents(given.tools, asked, given.client, { ehr: lane(), aiSystem: lane(), mostWrites });
  const logOf = (part: 'record' | 'confirmed-answer'): TrackLog =>
    new TrackLog({ subject: 'budget:call', part, target: { percentile: 90, budgetMs }, looks: [], resources: [] }, 0);
  const logs = { record: logOf('record'), confirmed: logOf('confirmed-answer') };
  const both = [logs.record, logs.confirmed];
  for (const log of both) log.begin(0);
  await events.take({
    index: 0,
    intendedAtMs: performance.now(),
    logs: (part) => both.filter(({ track }) => track.part === part),
  });
  return { ...logs, events };
}

const seriesOf = (log: TrackLog) => {
  const { samples, errors, notSent } = log.series({ ratePerMinute: 60, simulator: true }, []);
  return { answered: samples.map(([, upperMs]) => upperMs !== null), errors, notSent };
};

describe('one event the product is told of', () => {
  it('counts what carries the identifier, takes it back, and gives the slot back once it is free', async () => {
    const logs = await take(() => {
      record = [visit('a1', named('run-1')), visit('a2', named('of-somebody-else'))];
      return { outcome: 'booked', object: 'Appointment/a1' };
    });
    expect(told).toMatchObject([
      { trigger: 'call', action: 'book', creates: { resourceType: 'Appointment', identifier: 'run-1' } },
    ]);
    expect(seriesOf(logs.record)).toEqual({ answered: [true], errors: 0, notSent: 0 });
    expect(seriesOf(logs.confirmed)).toEqual({ answered: [true], errors: 0, notSent: 0 });
    expect([journalled, undone, returned]).toEqual([['own run-1 a1'], ['a1'], ['s1']]);
  });

  it('counts what lies in the slot of the case, and journals it as foreign', async () => {
    slotState = 'busy';
    const logs = await take(() => {
      record = [visit('a1', { slot: [{ reference: 'Slot/s1' }] })];
      return { outcome: 'booked' };
    });
    expect(seriesOf(logs.record).answered).toEqual([true]);
    expect([journalled, undone, returned]).toEqual([['foreign a1'], ['a1'], []]);
  });

  it('wants no more answers of a product that gives them where nobody can hear them', async () => {
    const why = missing('prerequisite-failed', 'the AI system cannot reach this machine');
    const { confirmed, events, ...logs } = await take(() => {
      record = [visit('a1', named('run-1'))];
      return { status: 202, unheard: why };
    });
    expect(events.unheard).toEqual(why);
    expect([seriesOf(logs.record).answered, seriesOf(confirmed).answered]).toEqual([[true], []]);
    expect([logs.record.closed.aborted, confirmed.closed.aborted]).toEqual([false, true]);
  });

  it.each([
    ['says that it has booked, and has not', 'booked', []],
    ['leaves it to staff', 'noted', []],
    ['has booked and cancelled', 'booked', [visit('a1', { ...named('run-1'), status: 'cancelled' })]],
  ] as const)('has no record and no answer of a product that %s', async (_, outcome, objects) => {
    const logs = await take(() => {
      record = [...objects];
      return { outcome };
    });
    expect(seriesOf(logs.record).answered).toEqual([false]);
    expect(seriesOf(logs.confirmed)).toEqual({ answered: [false], errors: 1, notSent: 0 });
    expect(undone).toEqual([]);
  });

  it('takes no answer from a product that does not say what it did, whatever stands in the record', async () => {
    const logs = await take(() => {
      record = [visit('a1', named('run-1'))];
      return { outcome: 'noted' };
    });
    expect(seriesOf(logs.record).answered).toEqual([true]);
    expect(seriesOf(logs.confirmed).errors).toBe(1);
    expect(undone).toEqual(['a1']);
  });

  describe('where the contract sees the answer on the webhook', () => {
    const byWebhook = { ...action, observe: 'aiSystem.webhook' };

    it('takes the product at its word, and takes back what it made', async () => {
      const logs = await take(
        () => {
          record = [visit('a1', named('run-1'))];
          return { outcome: 'booked' };
        },
        1,
        byWebhook,
      );
      expect(seriesOf(logs.confirmed)).toEqual({ answered: [true], errors: 0, notSent: 0 });
      expect(undone).toEqual(['a1']);
    });

    it('asks for no record', async () => {
      const { confirmed } = await take(() => ({ outcome: 'drafted' }), 1, byWebhook);
      expect(seriesOf(confirmed).answered).toEqual([true]);
      expect(undone).toEqual([]);
    });

    it('has no answer of a product that leaves it to staff, or says nothing in time', async () => {
      for (const outcome of ['queued-for-human', undefined] as const) {
        const { confirmed } = await take(() => ({ status: 202, outcome }), 1, byWebhook);
        expect(seriesOf(confirmed)).toEqual({ answered: [false], errors: 1, notSent: 0 });
      }
    });
  });

  it('tells nothing beyond the writes that were agreed', async () => {
    const logs = await take(() => ({}), 0);
    expect(told).toEqual([]);
    expect(seriesOf(logs.record)).toEqual({ answered: [], errors: 0, notSent: 1 });
  });
});
