import midProcess from '../../../checks/conflict/mid-process.js';
import type { FactValue } from '../../../src/model/fact.js';
import { testCheck } from '../../support/test-check.js';

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

testCheck(midProcess, {
  pass: {
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
    'it writes on what it read before': tried('retry', ...careful.slice(0, 2), point('before-write', 'stale')),
    'at two points, and nobody decided': tried(null, point('after-read', 'stale'), point('before-write', 'stale')),
    'a second visit in a taken slot': tried('retry', point('before-write', 'stale', taken)),
  },
  notMeasured: {
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
