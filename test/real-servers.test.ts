import { expect, it } from 'vitest';
import { deviations } from '../src/sandbox/deviations/index.js';
import { trial } from './support/trial.js';

/**
 * What servers in use are known for, the deviation that does it, and a check that notices. What the standards leave open
 * instead is in allowed-habits.test.ts.
 */
const knownFor: Readonly<Record<string, readonly (readonly [deviation: string, check: string])[]>> = {
  'an outdated version is taken': [
    ['stale-put-accepted', 'write.version-conflict'],
    ['stale-patch-accepted', 'write.version-conflict'],
    ['stale-delete-accepted', 'write.version-conflict'],
  ],
  'a conditional create is not conditional': [['if-none-exist-ignored', 'write.idempotent-retry']],
  '201 that says nothing of what was made': [
    ['create-without-location', 'write.create'],
    ['create-without-trace', 'write.create'],
    ['create-location-relative', 'write.create'],
  ],
  '200 and an OperationOutcome': [
    ['search-outcome-with-200', 'read.interactions'],
    ['create-outcome-with-200', 'write.create'],
  ],
  'a search parameter is not looked at': [['search-filter-ignored', 'read.interactions']],
  'a type nobody knows is found to be empty': [['unknown-type-empty', 'read.interactions']],
  'pages that expire': [['next-link-expired', 'read.interactions']],
  'a search that is blind after a write': [['search-index-lags', 'latency.read-after-write']],
  'an include that brings what is not permitted': [
    ['include-unchecked', 'scope.enforced'],
    ['include-beyond-the-patient', 'scope.patient-boundary'],
  ],
  'a scope that opens more than it says': [
    ['read-scope-also-searches', 'scope.enforced'],
    ['scope-echo', 'scope.least-privilege'],
    ['patient-scope-reads-everybody', 'scope.patient-boundary'],
    ['launch-without-patient', 'auth.launch-context'],
  ],
  'a proof that works twice or too long': [
    ['assertion-replayed', 'auth.assertion-negative'],
    ['assertion-of-100-minutes', 'auth.assertion-negative'],
    ['code-accepted-twice', 'auth.pkce'],
  ],
  'events that do not arrive as they happened': [
    ['subscription-stuck', 'event.subscription'],
    ['notification-lost', 'event.subscription'],
    ['notification-doubled', 'event.subscription'],
    ['notification-out-of-order', 'event.missed-recovery'],
    ['notification-late', 'latency.event-delivery'],
  ],
  'a log that lacks something, or can be edited': [
    ['searches-not-audited', 'audit.reads-logged'],
    ['refusals-not-audited', 'audit.denied-logged'],
    ['audit-records-editable', 'audit.tamper-resistance'],
    ['audit-records-deletable', 'audit.tamper-resistance'],
  ],
  'one time for two people': [
    ['slot-booked-twice', 'write.slot-race'],
    ['slot-booked-twice-at-once', 'write.slot-race'],
  ],
  'half a transaction': [
    ['transaction-half-stored', 'error.atomic-bundle'],
    ['transaction-as-batch', 'error.atomic-bundle'],
  ],
  'what is wrong is stored, what is right is not': [
    ['invalid-code-stored', 'write.invalid-rejected'],
    ['invalid-code-mended', 'write.invalid-rejected'],
    ['written-element-dropped', 'write.create'],
    ['draft-stored-final', 'write.draft-state'],
  ],
  '429 that does not say when, or says never': [
    ['slow-down-without-a-time', 'error.rate-limit'],
    ['slow-down-for-an-hour', 'error.rate-limit'],
  ],
  'a slow tail': [['write-slow-tail', 'latency.write']],
  'a clock that is off': [['clock-40-seconds-off', 'latency.clock-skew']],
};

it.each(Object.entries(knownFor))('%s: a deviation does it, a check is named', (_, pairs) => {
  for (const [id, check] of pairs) {
    expect(deviations.find((deviation) => deviation.id === id)?.caughtBy, id).toContain(check);
  }
});

it('a token of no patient that reads everybody is noticed', async () => {
  const { outcome, before, after } = await trial({
    workflow: 'documentation',
    deviations: ['launch-without-patient', 'patient-scope-reads-everybody'],
    checks: ['auth.launch-context', 'scope.patient-boundary'],
  });
  expect([outcome('auth.launch-context'), outcome('scope.patient-boundary')]).toEqual(['fail', 'fail']);
  expect(after).toBe(before);
});

it.each([
  ['create-outcome-with-200', 'write.create'],
  ['invalid-code-stored', 'write.invalid-rejected'],
  ['clock-40-seconds-off', 'latency.clock-skew'],
])('%s fails %s', async (id, check) => {
  const besides = deviations.find((deviation) => deviation.id === id)?.besides ?? [];
  const { outcome } = await trial({ deviations: [id], checks: [check, ...besides] });
  expect(outcome(check)).toBe('fail');
});
