import { expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import { trial, type TrialOptions } from './support/trial.js';

const onTrial = [
  'write.idempotent-retry',
  'event.duplicate-reorder',
  'conflict.mid-process',
  'prod.missing-field',
  'prod.no-access',
  'prod.output-review',
  'prod.kill-switch',
  'error.ehr-outage',
];
const timed = 'latency.event-to-response';

/** Times the answers to calls and nothing else, by few samples. */
function callsOnly({ contract, organization }: Parameters<NonNullable<TrialOptions['change']>>[0]): void {
  const { latency = [], overrides = [], resources = [] } = contract as unknown as Contract;
  const call = latency.find(({ id }) => id === 'call-to-visit');
  contract['latency'] = [{ ...call, id: 'call-to-answer', to: 'ai-response', percentile: 50 }];
  contract['overrides'] = overrides.filter(({ path }) => !path.startsWith('latency'));
  for (const resource of resources) delete resource.freshness;
  const { limits } = organization as unknown as Required<OrganizationProfile>;
  Object.assign(limits.sampling ?? {}, { rate: { perMinute: 300 } });
}

it('a product that says 202 and posts its answers is judged as one that answers at once', async () => {
  const { outcome, fact, results, events, end, after, before } = await trial({
    aiSystem: 'integrated',
    answersLater: true,
    checks: [...onTrial, timed],
    change: callsOnly,
  });
  const bad = [...results.values()].filter(({ outcome: found }) => found === 'fail' || found === 'error');
  expect(bad.map(({ check }) => check.id)).toEqual([]);
  for (const check of onTrial) expect(outcome(check), check).toBe('pass');
  expect(fact('latency-series', 'budget:call-to-answer')).toMatchObject({ errors: 0, notSent: 0, pollMs: 0 });
  // So few say nothing about the share without an answer.
  expect(results.get(timed)?.judgements.map(({ messageId }) => messageId)).toEqual(['no-answer-share']);
  const [posted] = events.flatMap(({ event, data }) => (event === 'answers-posted' ? [data] : []));
  expect(posted).toMatchObject({ notAwaited: 0, inVain: 0, ofNoEvent: 0, unreadable: 0, unsigned: 0, refused: {} });
  expect(posted?.['taken']).toBeGreaterThan(onTrial.length);
  expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});

it('its word is the answer where the contract sees it on the webhook, and what it made is taken back', async () => {
  const { fact, events, end, after, before } = await trial({
    aiSystem: 'integrated',
    answersLater: true,
    proxy: false,
    checks: [timed],
    change(documents) {
      callsOnly(documents);
      const { actions = [] } = documents.contract as unknown as Contract;
      for (const action of actions) if (action.id === 'book') action.observe = 'aiSystem.webhook';
    },
  });
  expect(fact('latency-series', 'budget:call-to-answer')).toMatchObject({
    errors: 0,
    notSent: 0,
    looks: [{ n: 6 }, {}, {}],
  });
  expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
  expect(end.residue).toEqual([]);
  expect(after).toBe(before);
});
