import { describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import { withMoving } from '../src/sandbox/moving-contract.js';
import { withWaiting } from '../src/sandbox/waiting-contract.js';
import { trial } from './support/trial.js';
import { everything } from './support/everything.js';

const timed = [
  'latency.read',
  'latency.write',
  'latency.read-after-write',
  'latency.event-to-response',
  'freshness.source-age',
];

describe('the reference AI systems in one run each', () => {
  it('integrated: answers every event and knows what the EHR knows', async () => {
    const { outcome, results, facts, events, end, after, before } = await trial({
      aiSystem: 'integrated',
      checks: timed,
    });
    for (const check of ['latency.event-to-response', 'freshness.source-age'])
      expect(outcome(check), check).toBe('pass');
    expect([...results.values()].filter((result) => result.outcome === 'fail').map(({ check }) => check.id)).toEqual(
      [],
    );
    const answers = facts.find(({ kind, subject }) => kind === 'latency-series' && subject === 'budget:freed-slot');
    expect(answers?.value).toMatchObject({ source: 'active', errors: 0, looks: [{ n: 69 }, { n: 148 }, { n: 245 }] });
    expect(events.filter(({ event }) => event === 'ai-system-switched').map(({ data }) => data)).toEqual([
      { to: 'off', done: true },
      { to: 'on', done: true },
    ]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  }, 90_000);

  it('answering machine: yesterday’s availability, no answer to any event and no visit after any call, and nothing else', async () => {
    const { results, end, after, before } = await trial({
      aiSystem: 'answering-machine',
      checks: timed,
      // A copy never changes: two seconds show it as well as sixty.
      change({ contract }) {
        const { latency, resources } = contract as unknown as Contract;
        for (const entry of latency ?? []) {
          if (entry.id === 'freed-slot' || entry.id === 'call-to-visit') entry.budget = 'PT2S';
        }
        for (const { id, freshness } of resources ?? []) if (freshness && id !== 'caller') freshness.maxAge = 'PT2S';
      },
    });
    const failed = [...results.values()].filter(({ outcome }) => outcome === 'fail' || outcome === 'error');
    expect(failed.map(({ check }) => check.id)).toEqual([
      'freshness.source-age',
      'latency.event-to-record',
      'latency.event-to-response',
    ]);
    const [age, record, response] = failed;
    expect(record?.judgements.map(({ messageId }) => messageId)).toEqual(['never-in-record']);
    expect(response?.judgements.map(({ messageId }) => messageId)).toEqual(['no-response']);
    expect(
      age?.judgements.filter(({ outcome }) => outcome === 'fail').map(({ subject, data }) => [subject, data?.['side']]),
    ).toEqual([
      ['resource:slot', 'ai-system'],
      ['resource:existing-visits', 'ai-system'],
    ]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  }, 90_000);
});

const onTrial = [
  'write.idempotent-retry',
  'write.business-duplicate',
  'event.duplicate-reorder',
  'conflict.mid-process',
  'prod.missing-field',
  'prod.no-access',
  'prod.output-review',
  'prod.kill-switch',
  'error.ehr-outage',
];

/** The others are noticed by test/deviations, which asks less of each. */
const always: readonly string[] = ['integrated', 'double-booker', 'guesser'];

describe('what each product is told and asked', () => {
  const products = [
    ['integrated', [], onTrial],
    // Told again, it books again: one reason, seen in two ways.
    [
      'double-booker',
      ['event.duplicate-reorder', 'write.idempotent-retry'],
      ['conflict.mid-process', 'error.ehr-outage'],
    ],
    ['overwriter', ['conflict.mid-process'], ['event.duplicate-reorder', 'write.idempotent-retry']],
    ['guesser', ['prod.missing-field'], ['prod.no-access', 'prod.output-review', 'prod.kill-switch']],
    ['denier', ['prod.no-access'], ['prod.missing-field', 'prod.output-review']],
    ['silent-signer', ['prod.output-review'], ['prod.missing-field', 'prod.no-access']],
    ['unstoppable', ['prod.kill-switch'], ['write.idempotent-retry', 'prod.output-review']],
    ['early-confirmer', ['error.ehr-outage'], ['write.idempotent-retry', 'conflict.mid-process']],
    // Whoever writes nothing shows nothing of how it writes.
    ['re-typer', [], ['write.idempotent-retry']],
  ] as const;
  const chosen = products.filter(([name]) => everything || always.includes(name));
  it.each(chosen)('%s fails in %j and in nothing else', { timeout: 120_000 }, async (aiSystem, fails, passes) => {
    const { results, outcome, events, end, after, before } = await trial({ aiSystem, checks: onTrial });
    const bad = [...results.values()].filter(({ outcome: found }) => found === 'fail' || found === 'error');
    expect(bad.map(({ check }) => check.id)).toEqual(fails);
    for (const check of passes) expect(outcome(check), check).toBe('pass');
    expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });
});

describe('an action of two writes', () => {
  it.each([
    // The second changes what is there.
    ['scheduling', 'integrated', 'pass', { undone: 3, handedOver: 0 }],
    ['scheduling', 'half-writer', 'fail', { fault: 'a server error', said: 'booked' }],
    // Both make something.
    ['prior-authorization', 'tracker', 'pass', { undone: 3, handedOver: 0 }],
    ['prior-authorization', 'half-tracker', 'fail', { fault: 'a server error', said: 'noted' }],
  ] as const)('%s, %s: %s', { timeout: 60_000 }, async (workflow, aiSystem, expected, said) => {
    const { outcome, results, events, end, after, before } = await trial({
      workflow,
      aiSystem,
      checks: ['error.partial-write'],
      change: (documents) =>
        workflow === 'scheduling' ? withMoving(documents, 'PT2S') : withWaiting(documents, 'PT2S'),
    });
    expect(outcome('error.partial-write')).toBe(expected);
    expect(results.get('error.partial-write')?.judgements[0]?.data).toMatchObject(said);
    expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });
});

describe('prior authorization', () => {
  it.each([
    ['tracker', 'pass'],
    ['overwriting-tracker', 'fail'],
  ] as const)(
    '%s: mirrors the payer, and looks again before it writes: %s',
    { timeout: 120_000 },
    async (aiSystem, expected) => {
      const { results, outcome, events, end, after, before } = await trial({
        workflow: 'prior-authorization',
        aiSystem,
        checks: ['conflict.mid-process', 'error.ehr-outage', 'write.idempotent-retry', 'event.duplicate-reorder'],
      });
      const judged = (check: string, subject: string) =>
        results.get(check)?.judgements.find((each) => each.subject === subject)?.outcome;
      expect(judged('conflict.mid-process', 'action:update-status')).toBe(expected);
      expect(judged('write.idempotent-retry', 'action:open-task')).toBe('pass');
      expect(judged('event.duplicate-reorder', 'trigger:payer-decision')).toBe('pass');
      // The contract says retry: what could not be done is resumed by itself.
      expect(outcome('error.ehr-outage')).toBe('pass');
      expect([...results.values()].filter((result) => result.outcome === 'fail').map(({ check }) => check.id)).toEqual(
        expected === 'fail' ? ['conflict.mid-process'] : [],
      );
      expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
      expect(end.residue).toEqual([]);
      expect(after).toBe(before);
    },
  );
});

describe('without an AI system, or without the right to write', () => {
  it('measures only what needs neither, and says why', async () => {
    const { results, end } = await trial({ checks: timed, writes: 'one' });
    const seen = Object.fromEntries(timed.map((check) => [check, results.get(check)?.outcome]));
    expect(seen).toMatchObject({ 'latency.write': 'not-measured', 'latency.event-to-response': 'not-measured' });
    expect(results.get('latency.write')?.reason).toBe('writes-off');
    expect(results.get('latency.event-to-response')?.reason).toBe('no-ai-system');
    expect(results.get('latency.read')?.judgements[0]?.data).toMatchObject({ n: 69 });
    expect(end.writes).toBe(0);
  }, 90_000);

  it('blames nobody for an AI system that answers another question', async () => {
    const { results } = await trial({
      checks: ['latency.event-to-response', 'freshness.source-age'],
      change({ organization }) {
        const { environments } = organization as unknown as OrganizationProfile;
        organization['aiSystem'] = { query: { url: `${environments?.['sandbox']?.fhirBase}/metadata` } };
      },
    });
    expect(results.get('latency.event-to-response')?.reason).toBe('control-failed');
    expect(results.get('freshness.source-age')?.outcome).toBe('warn');
  }, 90_000);
});

describe('controls the product is said to hold', () => {
  it('12 provoked trials of each show that it looks first and books once', { timeout: 120_000 }, async () => {
    const { results, fact, events, end, after, before } = await trial({
      aiSystem: 'integrated',
      deviations: ['stale-patch-accepted', 'slot-booked-twice'],
      checks: ['write.version-conflict', 'write.idempotent-retry'],
      change({ contract, organization }) {
        const { actions = [] } = contract as unknown as Contract;
        // Where the contract leaves it to the organization, the organization says so.
        const { overrides } = organization as unknown as OrganizationProfile;
        Object.assign(overrides ?? {}, { 'actions[book].controls.noDuplicate': { heldBy: 'product' } });
        const held = { heldBy: 'product', how: 'it looks first' } as const;
        for (const action of actions.filter(({ kind }) => kind === 'commit')) {
          action.controls = { ...action.controls, noOverwrite: held, noDuplicate: held };
        }
      },
    });
    expect(fact('product-trials', 'action:book')).toEqual([{ control: 'noDuplicate', trials: 12, breaches: 0 }]);
    expect(fact('product-trials', 'action:cancel')).toMatchObject([
      { control: 'noOverwrite', trials: 12, breaches: 0 },
    ]);
    const judged = (check: string, subject: string) =>
      results.get(check)?.judgements.find((each) => each.subject === subject);
    expect(judged('write.version-conflict', 'action:cancel')).toMatchObject({ outcome: 'pass', holder: 'product' });
    expect(judged('write.idempotent-retry', 'action:book')).toMatchObject({ outcome: 'pass', holder: 'product' });
    expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });
});
