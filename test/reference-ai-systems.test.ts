import { describe, expect, it } from 'vitest';
import type { Contract } from '../src/model/documents/contract.js';
import type { OrganizationProfile } from '../src/model/documents/organization.js';
import type { FactValue } from '../src/model/fact.js';
import { withMoving } from '../src/sandbox/moving-contract.js';
import { withProductUndo } from '../src/sandbox/product-undoes.js';
import { withShortReview } from '../src/sandbox/short-review.js';
import { withWaiting } from '../src/sandbox/waiting-contract.js';
import { trial } from './support/trial.js';
import { everything, rows } from './support/everything.js';

const timed = [
  'latency.read',
  'latency.write',
  'latency.read-after-write',
  'latency.event-to-response',
  'freshness.source-age',
];

describe('a reference AI system that is late, in one run', () => {
  it('answering machine: yesterday’s availability, no answer to any event and no visit after any call, and nothing else', async () => {
    const { results, end, after, before } = await trial({
      aiSystem: 'answering-machine',
      checks: timed,
      // A copy never changes: two seconds show it as well as sixty, and few samples as well as many.
      change({ contract }) {
        const { latency, resources } = contract as unknown as Contract;
        for (const entry of latency ?? []) {
          entry.percentile = 50;
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
      ['resource:slot', 'pairs'],
      ['resource:existing-visits', 'ai-system'],
    ]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });
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
    // What it did elsewhere nobody knows; what it did to the EHR counts.
    ['tunneller', [], ['write.idempotent-retry']],
    // Whoever writes nothing shows nothing of how it writes.
    ['re-typer', [], ['write.idempotent-retry']],
  ] as const;
  const chosen = products.filter(([name]) => everything || always.includes(name));
  it.each(chosen)('%s fails in %j and in nothing else', async (aiSystem, fails, passes) => {
    const { results, outcome, events, end, after, before } = await trial({ aiSystem, checks: onTrial });
    const bad = [...results.values()].filter(({ outcome: found }) => found === 'fail' || found === 'error');
    expect(bad.map(({ check }) => check.id)).toEqual(fails);
    for (const check of passes) expect(outcome(check), check).toBe('pass');
    expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });
});

describe('where it has to stop', () => {
  it.each([
    ['integrated', 'prod.no-access', []],
    [
      'denier',
      'prod.no-access',
      [
        ['taken-for-none', 'another-site', 403],
        ['taken-for-none', 'proxy', 403],
        ['taken-for-none', 'proxy', 404],
      ],
    ],
  ] as const)('%s: %s', async (aiSystem, check, expected) => {
    const { results, fact } = await trial({ aiSystem, checks: [check] });
    const bad = (results.get(check)?.judgements ?? []).filter(({ outcome }) => outcome !== 'pass');
    expect(bad.map(({ messageId, data }) => [messageId, data?.['keptBackBy'], data?.['refusedWith']])).toEqual(
      expected,
    );
    const { cases } = fact('asked-without-access', 'run') as FactValue<'asked-without-access'>;
    expect(cases.map(({ keptBackBy, met }) => [keptBackBy, met === null ? null : met > 0])).toEqual([
      ['another-site', null],
      ['proxy', true],
      ['proxy', true],
    ]);
  });

  it.each([
    ['integrated', []],
    [
      'silent-signer',
      [
        'twin-a and twin-b fit the caller alike',
        '“arrived” was asked for, which the contract forbids',
        'the time asked for ends before it begins',
      ],
    ],
  ] as const)('%s: prod.output-review', async (aiSystem, expected) => {
    const { results, fact } = await trial({ aiSystem, checks: ['prod.output-review'] });
    const judgements = results.get('prod.output-review')?.judgements ?? [];
    const bad = judgements.filter(({ outcome }) => outcome !== 'pass');
    expect(bad.map(({ messageId, data }) => [messageId, data?.['why']])).toEqual(
      expected.map((why) => ['committed', why]),
    );
    const { cases } = fact('asked-in-doubt', 'run') as FactValue<'asked-in-doubt'>;
    expect(cases.map(({ doubt }) => doubt)).toEqual(['look-alike', 'off-policy', 'impossible']);
  });
});

describe('a patient who was merged away meanwhile', () => {
  it.each([
    ['integrated', 'stopped', 'pass', null],
    ['overwriter', 'stale', 'fail', 'merged-away'],
  ] as const)('%s: %s', async (aiSystem, result, outcome, messageId) => {
    const { results, facts, end, after, before } = await trial({ aiSystem, checks: ['conflict.mid-process'] });
    const fact = facts.find(({ kind, subject }) => kind === 'mid-process' && subject === 'action:book');
    expect((fact?.value as FactValue<'mid-process'> | undefined)?.points.at(-1)).toMatchObject({
      point: 'before-read',
      change: 'merged',
      met: true,
      result,
    });
    const judged = results.get('conflict.mid-process')?.judgements.find(({ subject }) => subject === 'action:book');
    expect(judged).toMatchObject({ outcome, messageId });
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });
});

describe('visits nothing may be drafted for', () => {
  const checks = ['prod.no-access', 'prod.output-review', 'write.promotion-gate'];
  it.each([
    ['scribe', {}],
    ['guessing-scribe', { 'prod.missing-field': ['wrote', 'wrote', 'wrote', 'wrote'], 'prod.no-access': ['wrote'] }],
    [
      'signing-scribe',
      {
        'prod.output-review': ['committed', 'committed-unseen'],
        'write.promotion-gate': ['product-committed'],
      },
    ],
    ['hasty-scribe', { 'prod.output-review': ['committed-unseen'] }],
  ] as const)('%s', async (aiSystem, expected) => {
    const { results, facts, fact, events, end, after, before } = await trial({
      workflow: 'documentation',
      aiSystem,
      // What the EHR has to let pass, so that it shows.
      deviations: aiSystem === 'signing-scribe' || aiSystem === 'hasty-scribe' ? [aiSystem] : [],
      checks: aiSystem === 'hasty-scribe' ? ['prod.output-review'] : checks,
      change: withShortReview,
    });
    const bad = [...results.values()].flatMap(({ check, judgements }) => {
      const failed = judgements.filter(({ outcome }) => outcome === 'fail' || outcome === 'error');
      return failed.length === 0 ? [] : [[check.id, failed.map(({ messageId }) => messageId)]];
    });
    expect(Object.fromEntries(bad)).toEqual(expected);
    if (aiSystem === 'scribe') {
      for (const check of checks) expect(results.get(check)?.outcome, check).toBe('pass');
      expect(fact('review-expiry', 'run')).toEqual([{ action: 'file-draft', deadlineMs: 2_000, left: 'draft' }]);
      expect(facts.findLast(({ kind }) => kind === 'asked-without-access')?.value).toMatchObject({
        cases: [{ keptBackBy: 'label', refusedWith: 403, outcome: 'refused' }],
      });
      expect(facts.findLast(({ kind }) => kind === 'product-trials')?.value).toEqual([
        { control: 'noDuplicate', trials: 10, breaches: 0 },
      ]);
    }
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
  ] as const)('%s, %s: %s', async (workflow, aiSystem, expected, said) => {
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
  const trackers = [
    ['tracker', 'pass'],
    ['overwriting-tracker', 'fail'],
  ] as const;
  it.each(rows(trackers, 1))(
    '%s: mirrors the payer, and looks again before it writes: %s',
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
  });

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
  });
});

describe('controls the product is said to hold', () => {
  it.each([
    ['integrated', { control: 'undo', trials: 12, breaches: 0 }, 'pass', null, { atMostPercent: 22.1 }],
    ['sham-canceller', { control: 'undo', trials: 1, breaches: 1 }, 'fail', 'product-broke-it', {}],
  ] as const)('%s is asked to take back what it did', async (...given) => {
    const [aiSystem, row, outcome, messageId, data] = given;
    const { results, facts, events, end, after, before } = await trial({
      aiSystem,
      checks: ['rollback.compensate'],
      change: withProductUndo,
    });
    expect(
      facts.findLast(({ kind, subject }) => kind === 'product-trials' && subject === 'action:book')?.value,
    ).toContainEqual(row);
    const judged = results.get('rollback.compensate')?.judgements.find(({ subject }) => subject === 'action:book');
    expect(judged).toMatchObject({ outcome, holder: 'product', messageId, data });
    expect(events.filter(({ event }) => event === 'probe-error')).toEqual([]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });

  it('ten drafts of a scribe nobody keeps from signing, none signed', async () => {
    const { results, end, after, before } = await trial({
      workflow: 'documentation',
      aiSystem: 'scribe',
      deviations: ['machine-may-finalise'],
      checks: ['write.promotion-gate'],
    });
    expect(results.get('write.promotion-gate')?.judgements).toMatchObject([
      { outcome: 'pass', holder: 'product', data: { trials: 10, breaches: 0, atMostPercent: 25.9 } },
    ]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });

  it('a voice bot that books where it has to propose does not hold the gate', async () => {
    const { results, end, after, before } = await trial({
      aiSystem: 'integrated',
      checks: ['write.promotion-gate'],
      change({ contract, organization }) {
        const book = (contract as unknown as Contract).actions?.find(({ id }) => id === 'book');
        const held = { heldBy: 'product', how: 'it proposes' } as const;
        contract['overrides'] = [];
        delete book?.noReview;
        Object.assign(book ?? {}, {
          states: { to: 'proposed' },
          body: { ...book?.body, status: 'proposed' },
          review: { required: true, role: 'scheduler', endsIn: 'booked' },
          controls: { ...book?.controls, reviewGate: held },
        });
        const [appointments] = (organization as unknown as OrganizationProfile).writePolicy?.allow ?? [];
        appointments?.states?.push('proposed');
      },
    });
    expect(results.get('write.promotion-gate')?.judgements).toMatchObject([
      { outcome: 'fail', holder: 'product', messageId: 'product-broke-it', data: { trials: 12, breaches: 12 } },
    ]);
    expect(end.residue).toEqual([]);
    expect(after).toBe(before);
  });

  it('12 provoked trials of each show that it looks first and books once', async () => {
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
