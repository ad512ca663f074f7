import { describe, expect, it } from 'vitest';
import { harmOf } from '../../src/evaluate/harm.js';
import type { Contract } from '../../src/model/documents/contract.js';
import type { FactKind, FactValue, RecordedFact } from '../../src/model/fact.js';
import { factKinds } from '../../src/model/facts/registry.js';
import { literalSubject } from '../support/test-check.js';

const contract: Contract = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'WorkflowContract',
  metadata: { id: 'bot' },
  actions: [
    {
      id: 'book',
      kind: 'commit',
      via: 'fhir-r4',
      interaction: 'create',
      resource: 'Appointment',
      body: { resourceType: 'Appointment', slot: [{ reference: 'Slot/{{slot.id}}' }] },
    },
  ],
  value: { volumePerWeek: 900 },
};
const subjects = [
  literalSubject('resource', { id: 'slot', type: 'Slot' }, 'resource:slot'),
  literalSubject('action', { action: contract.actions![0]!, path: undefined }, 'action:book'),
  literalSubject('slots', undefined, 'slots:any'),
];
const fact = <K extends FactKind>(kind: K, subject: string, value: FactValue<K>): RecordedFact => ({
  kind,
  version: factKinds[kind].version,
  subject,
  value,
  grade: 'measured',
  exchanges: [],
  environmentClass: 'simulator',
});
const answers = (source: 'active' | 'observed', offers: number, taken: number) =>
  fact('source-age', 'resource:slot', {
    ehr: null,
    aiSystem: null,
    pairs: {
      source,
      compared: 2 * offers,
      offers,
      // One that hides a free time is no offer.
      differing: [
        ...Array.from({ length: taken }, () => ({ offered: true, ageMs: [20, null] as [number, null] })),
        { offered: false, ageMs: [20, 40] },
      ],
      undecided: 0,
    },
    window: null,
  });
const offered = (offers: number, phantom: number) =>
  fact('offered-slots', 'slots:any', {
    status: 200,
    learnable: true,
    offered: offers,
    phantom,
    by: { provider: phantom, room: null, rule: null },
    free: offers,
    unseen: 0,
    appointmentsStatus: 200,
  });
const races = (bookedOnce: number, bookedTwice: number, different: Partial<FactValue<'slot-race'>> = {}) =>
  fact('slot-race', 'action:book', {
    overlapping: bookedOnce,
    bookedOnce,
    bookedTwice,
    mostBookings: bookedTwice > 0 ? 2 : 1,
    bookingsPerSlot: 1,
    bothCanBook: true,
    refusals: [409],
    ...different,
  });
const trials = (...results: FactValue<'mid-process'>['points'][number]['result'][]) =>
  fact('mid-process', 'action:book', {
    behaviour: 'retry',
    points: results.map((result) => ({ point: 'before-write', change: 'slot-taken', met: true, result, said: null })),
  });
const harm = (facts: readonly RecordedFact[], of: Contract = contract) => harmOf({ contract: of, subjects, facts });

describe('double bookings that stale times lead to', () => {
  it('are bookings by the share of taken times that are offered by the share that nobody stops, with both bounds', () => {
    expect(harm([answers('observed', 100, 10), races(9, 1)])).toEqual({
      bookingsPerWeek: 900,
      stale: { source: 'answers', bad: 10, of: 100, atMostPerMille: 164 },
      uncaught: { source: 'ehr', bad: 1, of: 10, atMostPerMille: 395 },
      expectedHundredths: 900,
      atMostHundredths: 5_831,
      sentence:
        'Double bookings from stale times, with these inputs: 9 a week, at most 58.31. 900 bookings a week; 10 of 100 times the AI system offered were taken (at most 16.4 %); the EHR took 1 of 10 second bookings of one time (at most 39.5 %). Each bound is one-sided, 95 %; arithmetic on these inputs, no forecast.',
    });
  });

  it('are bounded where none was seen, and it is said that the run itself had changed the slots', () => {
    const found = harm([answers('active', 37, 0), races(29, 0)]);
    expect(found).toMatchObject({
      expectedHundredths: 0,
      stale: { source: 'answers-just-changed', atMostPerMille: 78 },
    });
    expect(found?.atMostHundredths).toBe(Math.ceil(900 * 0.078 * 0.099 * 100));
    expect(found?.sentence).toContain('of slots the run had changed a moment before, which is the most it can be');
  });

  it('stand on the times the EHR offers where the answers were not seen', () => {
    expect(harm([offered(60, 3)])?.stale).toEqual({ source: 'offered-slots', bad: 3, of: 60, atMostPerMille: 125 });
    expect(harm([answers('active', 4, 0), offered(60, 3)])?.stale.source).toBe('offered-slots');
  });

  it.each([
    ['nobody measured it', [], { source: 'unknown', bad: 0, of: 0, atMostPerMille: 1000 }],
    ['the product looks again', [trials('stopped', 'read-again', 'stopped')], { source: 'product', bad: 0, of: 3 }],
    [
      'the product does not',
      [trials('stale', 'stale-undone')],
      { source: 'product', bad: 2, of: 2, atMostPerMille: 1000 },
    ],
    [
      'both were tried, and the EHR was shown to stop more',
      [trials('stopped'), races(29, 0)],
      { source: 'ehr', of: 29 },
    ],
    ['too few races', [races(4, 0)], { source: 'unknown' }],
    ['only one context can book at all', [races(29, 0, { bothCanBook: false })], { source: 'unknown' }],
    ['a slot may hold several', [races(29, 0, { bookingsPerSlot: 3 })], { source: 'unknown' }],
  ] as const)('what is caught: %s', (_, facts, uncaught) => {
    expect(harm([answers('observed', 60, 1), ...facts])?.uncaught).toMatchObject(uncaught);
  });

  it('are every offered one where nobody knows what is caught, and that is said', () => {
    const found = harm([answers('observed', 90, 9)]);
    expect(found?.expectedHundredths).toBe(9_000);
    expect(found?.sentence).toContain('nobody measured what is caught when it is booked, so none is taken to be.');
  });

  it('are not spoken of where an input is missing', () => {
    expect(harm([races(29, 0)])).toBeNull();
    expect(harm([offered(4, 1)])).toBeNull();
    expect(harm([answers('observed', 60, 1)], { ...contract, value: {} })).toBeNull();
    expect(harm([answers('observed', 60, 1)], { ...contract, actions: [] })).toBeNull();
  });
});
