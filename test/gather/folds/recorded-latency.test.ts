import { describe, expect, it } from 'vitest';
import recordedLatency, { recordedEntries } from '../../../src/gather/folds/recorded-latency.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import { judgeSeries, type LatencySeries } from '../../../src/model/latency-series.js';
import { foldedFor, type Asked } from './product-traffic-support.js';

const contract = {
  triggers: [
    { id: 'call', kind: 'external' },
    {
      id: 'visit-ends',
      kind: 'ehr-event',
      event: { resource: 'Encounter', condition: "%current.status = 'finished'" },
    },
    { id: 'visit-changes', kind: 'ehr-event', event: { resource: 'Encounter' } },
    { id: 'odd', kind: 'ehr-event', event: { resource: 'Encounter', condition: '%current.period.exists()' } },
  ],
  actions: [
    { id: 'book', kind: 'commit', interaction: 'create', resource: 'Appointment' },
    { id: 'draft', kind: 'draft', interaction: 'create', resource: 'DocumentReference' },
    { id: 'close', kind: 'commit', interaction: 'patch', resource: 'Encounter' },
    { id: 'both', kind: 'commit', interaction: 'transaction' },
  ],
  latency: [
    {
      id: 'booking',
      trigger: 'call',
      answeredBy: 'book',
      from: 'ai-request',
      to: 'write-acknowledged',
      budget: 'PT3S',
    },
    {
      id: 'note',
      trigger: 'visit-ends',
      answeredBy: 'draft',
      from: 'ehr-event',
      to: 'write-acknowledged',
      budget: 'PT1M',
    },
    {
      id: 'note-by-record',
      trigger: 'visit-ends',
      answeredBy: 'draft',
      from: 'ehr-event',
      to: 'write-acknowledged',
      budget: 'PT1M',
      clock: { from: 'Encounter.period.end', to: 'DocumentReference.date' },
    },
    { id: 'note-seen', trigger: 'visit-ends', answeredBy: 'draft', from: 'ehr-event', to: 'visible', budget: 'PT1M' },
    {
      id: 'closing',
      trigger: 'visit-changes',
      answeredBy: 'close',
      from: 'ehr-event',
      to: 'write-acknowledged',
      budget: 'PT1M',
    },
    { id: 'told', trigger: 'odd', answeredBy: 'draft', from: 'ehr-event', to: 'write-acknowledged', budget: 'PT1M' },
    { id: 'all', trigger: 'call', answeredBy: 'both', from: 'ai-request', to: 'write-acknowledged', budget: 'PT3S' },
  ],
} as unknown as Contract;
const documents = { contract, environmentClass: 'simulator' };

const seriesOf = (id: string, ...all: Asked[]): LatencySeries => {
  const { about } = foldedFor(recordedLatency, documents, all) as { about: Record<string, LatencySeries> };
  const series = about[`budget:${id}`];
  if (series === undefined) throw new Error(`nothing about ${id}`);
  return series;
};

const visit = (id: string, status: string, versionId = '1') => ({
  resourceType: 'Encounter',
  id,
  status,
  meta: { versionId },
});
const poll = (at: number, visits: object[], since = '', more: object = {}): Asked => ({
  at,
  path: 'Encounter',
  query: [
    ['status', 'finished'],
    ['_lastUpdated', `ge${since}`],
  ],
  resource: { resourceType: 'Bundle', type: 'searchset', entry: visits.map((resource) => ({ resource })), ...more },
});
const reads = (at: number, resource: object): Asked => ({ at, path: 'Encounter/e1', resource });
const drafts = (at: number, encounter: string, more: Partial<Asked> = {}): Asked => ({
  at,
  until: at + 20,
  method: 'POST',
  path: 'DocumentReference',
  status: 201,
  body: JSON.stringify({
    resourceType: 'DocumentReference',
    context: { encounter: [{ reference: `https://ehr.example/r4/Encounter/${encounter}` }] },
  }),
  write: { reference: 'DocumentReference/d1' },
  ...more,
});

it('knows what a recording can time', () => {
  expect(recordedEntries(contract).map(({ entry, check }) => `${entry.id} ${check}`)).toEqual([
    'booking latency.write',
    'note latency.event-to-record',
    'note-by-record latency.event-to-record',
    'closing latency.event-to-record',
    'told latency.event-to-record',
  ]);
});

describe('writes of the product', () => {
  const book = (at: number, until: number, more: Partial<Asked> = {}): Asked => ({
    at,
    until,
    method: 'POST',
    path: 'Appointment',
    status: 201,
    write: { reference: 'Appointment/1' },
    ...more,
  });

  it('are timed one by one; those that got no answer count, those that were refused or met a fault do not', () => {
    const series = seriesOf(
      'booking',
      book(0, 40),
      book(1_000, 1_900),
      book(2_000, 2_010, { status: 409, write: {} }),
      book(3_000, 4_500, { status: 0, write: {} }),
      book(5_000, 5_010, { status: 503, write: {} }),
      book(6_000, 6_010, { status: 500, fault: '500', write: {} }),
      book(7_000, 7_010, { path: 'Task' }),
      book(3_700_000, 3_700_050),
    );
    expect(series.samples).toEqual([
      [40, 40],
      [900, 900],
      [1_500, null],
      [10, null],
      [50, 50],
    ]);
    expect(series).toMatchObject({
      source: 'observed',
      errors: 2,
      blocks: [
        { samples: 4, startMs: 0 },
        { samples: 1, startMs: 3_600_000 },
      ],
      simulator: true,
    });
  });

  it('are at most 5,000, and the rest is counted', () => {
    const series = seriesOf(
      'booking',
      ...Array.from({ length: 5_003 }, (_, index) => book(index * 10, index * 10 + 1)),
    );
    expect([series.samples.length, series.notSent]).toEqual([5_000, 3]);
  });

  it('that were never seen leave it open', () => {
    expect(seriesOf('booking')).toMatchObject({ missing: 'too-few' });
  });
});

describe('from an event to a write', () => {
  it('begins between the last look without it and the first look with it', () => {
    const series = seriesOf(
      'note',
      poll(0, [], '1'),
      poll(10_000, [visit('e1', 'finished')], '2'),
      drafts(15_000, 'e1'),
    );
    expect(series.samples).toEqual([[5_010, 15_020]]);
    expect(series.pollMs).toBe(10_000);
  });

  it('begins between two readings of the object, by its state', () => {
    expect(
      seriesOf(
        'note',
        reads(0, visit('e1', 'in-progress')),
        reads(4_000, visit('e1', 'in-progress', '2')),
        reads(5_000, visit('e1', 'finished', '3')),
        reads(6_000, visit('e1', 'finished', '4')),
        drafts(7_000, 'e1'),
      ).samples,
    ).toEqual([[2_010, 3_020]]);
  });

  it('begins with any change, where the trigger names no state, and ends with a change of the object itself', () => {
    const close: Asked = { at: 3_000, method: 'PATCH', path: 'Encounter/e1', body: '[]', write: {} };
    expect(
      seriesOf('closing', reads(0, visit('e1', 'in-progress')), reads(1_000, visit('e1', 'in-progress', '2')), close)
        .samples,
    ).toEqual([[2_000, 3_010]]);
  });

  it.each<[string, Asked[]]>([
    ['what was there when the product began to look', [poll(0, [visit('e1', 'finished')]), drafts(10, 'e1')]],
    [
      'what it looked for in another way before',
      [poll(0, [], '', {}), reads(10, visit('e1', 'finished')), drafts(20, 'e1')],
    ],
    [
      'what may have been on a page it did not ask for',
      [
        poll(0, [], '', { link: [{ relation: 'next', url: 'https://ehr.example/r4?page=2' }] }),
        poll(10, [visit('e1', 'finished')]),
        drafts(20, 'e1'),
      ],
    ],
    ['a draft about another visit', [poll(0, []), poll(10, [visit('e1', 'finished')]), drafts(20, 'e11')]],
    [
      'a draft the EHR refused',
      [poll(0, []), poll(10, [visit('e1', 'finished')]), drafts(20, 'e1', { status: 422, write: {} })],
    ],
  ])('does not count %s', (_, all) => {
    expect(seriesOf('note', ...all)).toMatchObject({ missing: 'too-few' });
  });

  it('takes an event nothing came of for neither late nor in time', () => {
    const series = seriesOf('note', poll(0, []), poll(10_000, [visit('e1', 'finished')]), poll(400_000, []));
    expect(series.samples).toEqual([[0, null]]);
    const many = { ...series, samples: Array.from({ length: 60 }, () => [0, null] as [number, null]) };
    expect(
      judgeSeries(
        { ...many, blocks: [], looks: [{ n: 60, passAt: 0, failAt: 8 }] },
        { percentile: 95, budgetMs: 60_000 },
      ).finding,
    ).toBe('too-coarse');
  });

  it('is not seen where no status tells the event, and not where staff would have to look', () => {
    expect(seriesOf('told', poll(0, []), poll(10, [visit('e1', 'finished')]), drafts(20, 'e1'))).toMatchObject({
      missing: 'too-few',
      detail: expect.stringContaining('type and the status') as string,
    });
    expect(seriesOf('note-seen')).toMatchObject({ missing: 'writes-off' });
  });
});

describe('from a time in the record to a write', () => {
  const start = Date.parse('2026-11-20T08:00:00.000Z');
  const iso = (atMs: number) => new Date(start + atMs).toISOString();
  /** Answers whose header says the time of the EHR, `aheadMs` ahead of ours. */
  const told = (aheadMs: number, readings = 40): Asked[] =>
    Array.from({ length: readings }, (_, index) => {
      const at = start + index * 1_037;
      const date = new Date(Math.floor((at + 5 + aheadMs) / 1_000) * 1_000).toUTCString();
      return { at, path: 'Slot/1', headers: { date } };
    });
  const ended = (at: number, id: string, endMs: number): Asked => ({
    at: start + at,
    path: `Encounter/${id}`,
    resource: { ...visit(id, 'finished'), period: { end: iso(endMs) } },
  });
  const begin = { at: start, path: 'Encounter/e0', resource: visit('e0', 'in-progress') };
  const at = (ask: Asked, atMs: number): Asked => ({ ...ask, at: start + atMs, until: start + atMs + 20 });

  it('begins with the stamp, as fine as stamps are, by the clock of the EHR', () => {
    const series = seriesOf(
      'note-by-record',
      begin,
      ...told(2_000),
      ended(60_000, 'e1', 52_250),
      at(drafts(0, 'e1'), 70_000),
      ended(80_000, 'e2', 72_500),
      at(drafts(0, 'e2'), 90_000),
    );
    expect(series).toMatchObject({ source: 'record', pollMs: 10 });
    // By our clock the visit ended 2 s earlier than the record says: 50.25 s.
    for (const [lower, upper] of series.samples) expect([lower > 19_000, (upper ?? 0) < 20_300]).toEqual([true, true]);
    expect(series.samples[0]?.[0]).toBeLessThan(19_780);
    expect(series.samples[0]?.[1]).toBeGreaterThan(19_760);
  });

  it.each<[string, object, Asked[]]>([
    ['the clock of the EHR is not known', { missing: 'too-few' }, told(0, 19)],
    ['the EHR has two clocks', { missing: 'clocks-disagree' }, [...told(0, 20), ...told(5_000, 20)]],
    ['a draft stands before its visit', { missing: 'clocks-disagree' }, told(-60_000)],
  ])('says nothing where %s', (_, expected, clock) => {
    const series = seriesOf(
      'note-by-record',
      begin,
      ...clock,
      ended(60_000, 'e1', 52_250),
      at(drafts(0, 'e1'), 70_000),
    );
    expect(series).toMatchObject(expected);
  });

  it('takes nothing from before the recording, and prefers what was observed as often', () => {
    expect(
      seriesOf('note-by-record', begin, ...told(0), ended(60_000, 'e1', -500), at(drafts(0, 'e1'), 70_000)),
    ).toMatchObject({ missing: 'too-few' });
    const both = seriesOf(
      'note-by-record',
      { ...ended(0, 'e1', 0), resource: visit('e1', 'in-progress') },
      ...told(0),
      ended(60_000, 'e1', 52_250),
      at(drafts(0, 'e1'), 70_000),
    );
    expect(both).toMatchObject({ source: 'observed', samples: [[10_010, 70_020]] });
  });

  it('trusts meta.lastUpdated where it was seen to be the time of a write', () => {
    const changed = (atMs: number, version: string): Asked => ({
      at: start + atMs,
      path: 'Encounter/e1',
      resource: {
        ...visit('e1', 'in-progress', version),
        meta: { versionId: version, lastUpdated: iso(atMs - 3_995) },
      },
    });
    const close = (atMs: number, lastUpdated: string): Asked => ({
      at: start + atMs,
      method: 'PATCH',
      path: 'Encounter/e1',
      body: '[]',
      resource: { ...visit('e1', 'finished', '9'), meta: { lastUpdated } },
      write: {},
    });
    const closed = (lastUpdated: string) =>
      seriesOf('closing', begin, ...told(0), changed(60_000, '1'), close(66_000, lastUpdated));
    const series = closed(iso(66_005));
    expect(series.source).toBe('record');
    const [[lower, upper] = [0, 0]] = series.samples;
    expect([lower > 9_800, lower <= 10_005, (upper ?? 0) >= 10_005, (upper ?? 0) < 10_200]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(closed(iso(30_005))).toMatchObject({ missing: 'clocks-disagree' });
  });
});
