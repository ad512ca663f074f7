import { expect, it } from 'vitest';
import clockOffsets from '../../../src/gather/folds/clock-offsets.js';
import type { SeenExchange, SeenStamp } from '../../../src/gather/folds/fold.js';

const second = Date.parse('2026-11-20T08:00:00.000Z');

interface Told {
  /** Our wall clock in milliseconds after 08:00. */
  readonly sent: number;
  readonly received: number;
  readonly date?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly purpose?: SeenExchange['purpose'];
  readonly peer?: string;
  readonly created?: { readonly id: string; readonly lastUpdated: string };
  /** Our wall clock against the monotonic one. */
  readonly ownMs?: number;
}

const told = (exchanges: readonly Told[], stamps: readonly SeenStamp[] = []) => {
  const state = clockOffsets.start({} as never);
  for (const [
    index,
    { sent, received, date, headers = {}, purpose = 'fhir', peer, created, ownMs = 0 },
  ] of exchanges.entries()) {
    clockOffsets.step(state, {
      id: `x${index + 1}`,
      probe: 'reading',
      context: 'ai',
      purpose,
      request: {
        method: created === undefined ? 'GET' : 'POST',
        path: 'Slot',
        ...(peer === undefined ? {} : { peer }),
      },
      url: 'https://ehr.example/fhir/Slot',
      sentAt: new Date(second + sent + ownMs),
      answer: {
        status: created === undefined ? 200 : 201,
        headers: { ...(date === undefined ? {} : { date: `Fri, 20 Nov 2026 ${date} GMT` }), ...headers },
        resource:
          created === undefined
            ? undefined
            : { resourceType: 'Slot', id: created.id, meta: { lastUpdated: created.lastUpdated } },
        receivedAt: new Date(second + received + ownMs),
        timing: { endAtMs: received },
      } as never,
    });
  }
  for (const stamp of stamps) clockOffsets.stamp?.(state, stamp);
  return (clockOffsets.end(state) as { 'clock-offsets': unknown[] })['clock-offsets'];
};

it('knows nothing of a server that tells no time', () => {
  expect(
    told([
      { sent: 0, received: 10 },
      { sent: 20, received: 30, date: '25:99:99' },
    ]),
  ).toEqual([]);
});

it('bounds an offset by one answer to its second, and by several to where they agree', () => {
  expect(told([{ sent: 100, received: 120, date: '08:00:00' }])).toEqual([
    { system: 'ehr', source: 'date', readings: 1, atLeastMs: -121, atMostMs: 901 },
  ]);
  expect(
    told([
      { sent: 900, received: 990, date: '08:00:00' },
      { sent: 1_000, received: 1_020, date: '08:00:01' },
    ]),
  ).toEqual([{ system: 'ehr', source: 'date', readings: 2, atLeastMs: -21, atMostMs: 101 }]);
});

it('shows two nodes 1.5 seconds apart as bounds that do not meet', () => {
  expect(
    told([
      { sent: 400, received: 410, date: '08:00:02' },
      { sent: 900, received: 910, date: '08:00:00' },
    ]),
  ).toEqual([{ system: 'ehr', source: 'date', readings: 2, atLeastMs: 1_589, atMostMs: 101 }]);
});

it('leaves out what a cache answered, and keeps systems apart', () => {
  expect(
    told([
      { sent: 0, received: 10, date: '07:00:00', headers: { age: '3600' } },
      { sent: 20, received: 30, date: '08:00:00', purpose: 'token' },
      { sent: 40, received: 50, date: '08:00:00', purpose: 'ai-system' },
      { sent: 60, received: 70, date: '08:00:00', peer: 'hillside' },
    ]),
  ).toMatchObject([{ system: 'authorization-server' }, { system: 'ai-system' }, { system: 'other-organization' }]);
});

it('reads the stamp of what was just created, once for each record', () => {
  expect(
    told([
      { sent: 100, received: 130, created: { id: 'a', lastUpdated: '2026-11-20T08:00:00.115Z' } },
      { sent: 200, received: 230, created: { id: 'b', lastUpdated: '2026-11-20T02:00:00-06:00' } },
      { sent: 9_000, received: 9_010, created: { id: 'a', lastUpdated: '2026-11-20T08:00:00.115Z' } },
      { sent: 9_020, received: 9_030, created: { id: 'c', lastUpdated: 'soon' } },
    ]),
  ).toEqual([{ system: 'ehr', source: 'record', readings: 2, atLeastMs: -16, atMostMs: 17 }]);
});

it('bounds a notice on one side, and a message whose cause is known on both', () => {
  const at = { stampMs: second + 5_000, resolutionMs: 1, notAfterMs: second + 2_000 };
  expect(
    told(
      [],
      [
        { source: 'notice', ...at },
        { source: 'message', ...at, notBeforeMs: second + 1_000 },
      ],
    ),
  ).toEqual([
    { system: 'ehr', source: 'notice', readings: 1, atLeastMs: 2_999, atMostMs: null },
    { system: 'ehr', source: 'message', readings: 1, atLeastMs: 2_999, atMostMs: 4_002 },
  ]);
});

it('blames nobody for a jump of our own clock', () => {
  const calm = { sent: 100, received: 110, date: '08:00:00' };
  const expected = [{ system: 'ehr', source: 'date', readings: 1, atLeastMs: -111, atMostMs: 901 }];
  expect(told([calm, { sent: 200, received: 210, date: '08:00:00', ownMs: 60_000 }])).toEqual(expected);
  expect(told([{ ...calm, ownMs: 60_000 }, calm])).toEqual(expected);
});
