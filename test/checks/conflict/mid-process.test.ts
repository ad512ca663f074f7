import midProcess from '../../../checks/conflict/mid-process.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck, type CaseFacts, type FullCase } from '../../support/test-check.js';

type Point = FactValue<'mid-process'>['points'][number];

const point = (at: Point['point'], result: Point['result'], more: Partial<Point> = {}): Point => ({
  point: at,
  change: at === 'before-read' ? 'cancelled' : 'changed',
  met: true,
  result,
  said: null,
  ...more,
});
const tried = (behaviour: string | null, ...points: Point[]) => ({ 'mid-process': { behaviour, points } });
const careful = [
  point('before-read', 'stopped'),
  point('after-read', 'read-again'),
  point('before-write', 'read-again'),
];
const stopped = [point('before-read', 'stopped'), point('after-read', 'stopped'), point('before-write', 'stopped')];
const taken = { change: 'slot-taken' } as const;
const merged = { change: 'merged' } as const;

const cancel = { id: 'cancel', kind: 'commit', via: 'fhir-r4', interaction: 'patch', resource: 'Appointment' } as const;
const seen = (taken: number, injected = false, resourceType = 'Appointment'): FactValue<'product-writing'> => [
  {
    resourceType,
    creates: 0,
    conditional: 0,
    identified: 0,
    changes: 9,
    guarded: 8,
    unread: 1,
    readLongBefore: 0,
    longestMs: 40,
    refusals: [{ status: 412, injected, refused: 3, readAgain: 2, sentAgain: 1, taken, takenByVersion: 0, left: 0 }],
  },
];
const recorded = (writing: FactValue<'product-writing'>, more: CaseFacts = {}): FullCase => ({
  facts: { 'product-writing': writing, ...more },
  subject: { item: { action: cancel, path: undefined } },
});

testCheck(midProcess, {
  pass: {
    'stops for a patient who was merged away': tried('retry', ...careful, point('before-read', 'stopped', merged)),
    'goes on with the record that stands in its place': tried(
      'stop',
      ...stopped,
      point('before-read', 'read-again', merged),
    ),
    'never reads the patient': tried('retry', ...careful, point('before-read', 'stopped', { ...merged, met: false })),
    'nothing went through unread, besides': recorded(seen(0), tried('retry', ...careful)),
    'it reads again and writes on what it read': tried('retry', ...careful),
    'it stops where it should try again': tried('retry', ...stopped),
    'it hands over, as agreed': tried('queue-for-human', ...stopped),
    'its slot is taken, and it says so': tried(
      'retry',
      point('before-write', 'stopped', { ...taken, said: 'nothing-free' }),
    ),
  },
  warn: {
    'it takes its stale write back': tried('retry', ...careful.slice(0, 2), point('before-write', 'stale-undone')),
    'it goes on where a person should look': tried('queue-for-human', ...careful),
    'it says it has booked what it has not': tried(
      'retry',
      point('before-write', 'stopped', { ...taken, said: 'booked' }),
    ),
  },
  fail: {
    'writes for a patient who was merged away': tried('retry', ...careful, point('before-read', 'stale', merged)),
    'a refused change went through unread, in a recording': recorded(seen(1)),
    'a refused change went through unread, besides': recorded(seen(1), tried('retry', ...careful)),
    'it wrote on the old state, whatever else it wanted': tried(
      'retry',
      ...careful.slice(0, 2),
      point('before-write', 'stale', { detour: true }),
    ),
    'it writes on what it read before': tried('retry', ...careful.slice(0, 2), point('before-write', 'stale')),
    'at two points, and nobody decided': tried(null, point('after-read', 'stale'), point('before-write', 'stale')),
    'a second visit in a taken slot': tried('retry', point('before-write', 'stale', taken)),
  },
  notMeasured: {
    'a recording provokes nothing': recorded(seen(0), { 'mid-process': { missing: 'writes-off' } }),
    'a recording in which nothing was refused': recorded(
      seen(0).map((row) => ({ ...row, refusals: [] })),
      { 'mid-process': { missing: 'writes-off' } },
    ),
    'the proxy refused what went through unread': recorded(seen(1, true)),
    'a recording without changes of the type': recorded(seen(1, false, 'Task')),
    'a recording of an action that makes something new': { facts: { 'product-writing': seen(1) } },
    'it wanted to go elsewhere meanwhile': tried(
      'retry',
      ...careful.slice(0, 2),
      point('before-write', 'stopped', { detour: true }),
    ),
    'it never wrote': tried('retry', point('before-read', 'stopped'), point('before-write', 'stopped', { met: false })),
    'it made no request at all': tried('retry', ...stopped.map((each) => ({ ...each, met: false }))),
    'nobody decided': tried(null, ...careful),
    'no proxy between it and the EHR': { 'mid-process': { missing: 'no-ai-system' } },
  },
  notApplicable: {
    'a suggestion': {
      facts: tried('retry', ...careful),
      subject: { item: { action: { id: 'offer', kind: 'suggest', via: 'screen' }, path: undefined } },
    },
  },
});
