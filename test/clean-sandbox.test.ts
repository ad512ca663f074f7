import { describe, expect, it } from 'vitest';
import { loadChecks } from '../src/cli/check-catalog.js';
import { deviations } from '../src/sandbox/deviations/index.js';
import { withBearableHour } from '../src/sandbox/busy-contract.js';
import { byHl7v2 } from '../src/sandbox/hl7v2-channel.js';
import { withMoving } from '../src/sandbox/moving-contract.js';
import { withTransaction } from '../src/sandbox/transaction-contract.js';
import { budgetDelivery } from './support/hurry.js';
import { trial, type TrialOptions } from './support/trial.js';
import { witnesses } from './support/witnesses.js';
import { checksFolder } from './support/places.js';

const trials: readonly TrialOptions[] = [
  {
    workflow: 'scheduling',
    aiSystem: 'integrated',
    peer: true,
    // No shipped contract has an action of two writes.
    change(documents) {
      budgetDelivery(documents);
      withMoving(documents);
    },
    // What only people can see: the objects on the screen, and the AI system switched off in a drill.
    ...witnesses((at) => ({
      stop: { agreedMinutes: 5, drills: [{ at, by: 'A. Doe', minutes: 2, wroteAfterwards: false }] },
    })),
  },
  { workflow: 'documentation', aiSystem: 'scribe', peer: true },
  // No shipped contract needs a transaction.
  { workflow: 'prior-authorization', aiSystem: 'order-advisor', change: withTransaction },
];
// Small, because each second of a busy EHR is a second of the test.
const busy: TrialOptions = { checks: ['error.rate-limit', 'read.interactions'], requestsPerSecond: 6 };
const passed = new Set<string>();

describe('the clean sandbox', () => {
  for (const options of trials) {
    it(`${options.workflow}: nothing fails, nothing is our fault, nothing is left`, async () => {
      const { results, events, end, after, before } = await trial(options);
      for (const [id, { outcome }] of results) if (outcome === 'pass') passed.add(id);
      const bad = [...results.values()].filter(({ outcome }) => outcome === 'fail' || outcome === 'error');
      expect(bad.map(({ check, judgements }) => ({ id: check.id, judgements }))).toEqual([]);
      expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
      if (options.workflow === 'scheduling') {
        expect(events.filter(({ event }) => event === 'ai-system-switched').map(({ data }) => data)).toEqual([
          { to: 'off', done: true },
          { to: 'on', done: true },
        ]);
      }
      expect(end.residue).toEqual([]);
      expect(after).toBe(before);
    });
  }

  it('busy: it asks for less, and the run waits', async () => {
    const { outcome } = await trial(busy);
    expect(outcome('read.interactions')).toBe('pass');
    expect(outcome('error.rate-limit')).toBe('pass');
    passed.add('error.rate-limit');
  });

  it('by an HL7 v2 feed: each event is told of once, as it is', async () => {
    const { outcome, end, after, before } = await trial({ checks: ['event.hl7v2-feed'], change: byHl7v2 });
    expect(outcome('event.hl7v2-feed')).toBe('pass');
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
    passed.add('event.hl7v2-feed');
  });

  it('at the peak rate of its contract: it keeps its times', async () => {
    const { outcome, end, after, before } = await trial({
      checks: ['latency.under-load'],
      aiSystem: 'integrated',
      change: withBearableHour,
    });
    expect(outcome('latency.under-load')).toBe('pass');
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
    passed.add('latency.under-load');
  });

  it('passes every check there is, in one workflow or another', async () => {
    const checks = await loadChecks(checksFolder);
    expect(checks.map(({ id }) => id).filter((id) => !passed.has(id))).toEqual([]);
  });
});

it('every check is flipped by at least one deviation', async () => {
  const checks = await loadChecks(checksFolder);
  const caught = new Set(deviations.flatMap(({ caughtBy }) => [...caughtBy]));
  expect(checks.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
});
