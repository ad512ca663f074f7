import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { samplingPlan, type SamplingOptions } from '../../../src/gather/series/sampling-plan.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { Channel, Environment, OrganizationProfile } from '../../../src/model/documents/organization.js';

const contract = parse(
  await readFile(new URL('../../../profiles/contracts/scheduling-voice-bot.yaml', import.meta.url), 'utf8'),
) as Contract;
const environment: Environment = {
  class: 'org-nonprod',
  fhirBase: 'https://fhir.lakeside.example/r4',
  noRealPatients: { statedBy: 'integration@lakeside.example', on: '2026-11-02' },
};
const lakeside = (different: Partial<OrganizationProfile> = {}): OrganizationProfile => ({
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  writePolicy: { maxPerRun: 200 },
  limits: {
    requestsPerSecond: 3,
    concurrency: 2,
    perDay: 20_000,
    sampling: { rate: { perMinute: 4 }, blocks: 3 },
  },
  aiSystem: { query: { url: 'https://nonprod.voicebot.example/availability' } },
  ...different,
});
const all: SamplingOptions = { writes: true, otherWrites: 40, staff: true };
const planned = (organization: OrganizationProfile, options = all, of = contract) =>
  samplingPlan({ contract: of, organization, environment, environmentClass: 'org-nonprod' }, options);

describe('the sampling plan of a workflow with a hook', () => {
  const hooked = {
    ...contract,
    triggers: [{ id: 'signing', kind: 'cds-hook', hook: 'order-sign' }],
    resources: [],
    latency: [
      { id: 'card', trigger: 'signing', from: 'hook-call', to: 'hook-response', percentile: 95, budget: 'PT1S' },
    ],
  } as Contract;
  const cdsHooks = { base: 'https://nonprod.authflow.example' };

  it('calls the service, and asks nothing of the EHR and writes nothing', () => {
    const { series, notMeasured } = planned(lakeside({ aiSystem: { cdsHooks } }), { ...all, writes: false }, hooked);
    expect(notMeasured).toEqual([]);
    expect(series).toHaveLength(1);
    expect(series[0]).toMatchObject({
      kind: 'card',
      looks: [69, 148, 245],
      writes: 0,
      requests: { firstLook: 0, most: 0 },
      aiSystemRequests: { perSample: 1, most: 313 },
    });
  });

  it('says so where no service is given', () => {
    const { series, notMeasured } = planned(lakeside(), all, hooked);
    expect(series).toEqual([]);
    expect(notMeasured).toMatchObject([{ subject: 'budget:card', reason: 'no-ai-system' }]);
  });
});

describe('the sampling plan of a scheduling workflow', () => {
  it('takes the largest single look where three do not fit, and shares one series', () => {
    const { series, notMeasured } = planned(lakeside());
    expect(series).toHaveLength(1);
    const [booking] = series;
    expect(booking).toMatchObject({
      kind: 'booking',
      action: 'book',
      reader: 'staff',
      looks: [153],
      writes: 158,
      blocks: 3,
      ratePerMinute: 4,
      contractRatePerMinute: 12,
    });
    expect(booking?.tracks.map(({ subject, part }) => [subject, part])).toEqual([
      ['budget:slot-search', 'read'],
      ['budget:booking', 'write'],
      ['budget:freed-slot', 'response'],
      ['budget:read-after-write', 'visible'],
      ['resource:slot', 'age'],
      ['resource:slot', 'age-in-answer'],
      ['resource:existing-visits', 'age'],
      ['resource:existing-visits', 'age-in-answer'],
    ]);
    // 158 samples at 4 a minute, and two pauses of an hour.
    expect(booking?.wallTimeMs.last).toBe(39.5 * 60_000 + 2 * 61 * 60_000);
    expect(booking?.requests.most).toBeLessThan(20_000);
    expect(notMeasured.map(({ subject, reason }) => [subject, reason])).toEqual([
      ['budget:call-to-visit', 'no-ai-system'],
      ['resource:caller', 'no-test-object'],
    ]);
  });

  describe('with a product that is told of calls', () => {
    const webhook = { url: 'https://nonprod.voicebot.example/webhook' };
    const told = (different: Partial<OrganizationProfile> = {}): OrganizationProfile =>
      lakeside({ aiSystem: { ...lakeside().aiSystem, webhook }, ...different });

    it('keeps room for both series, and runs them beside each other under half of the pace', () => {
      const { series, notMeasured } = planned(told());
      expect(series.map(({ kind, looks, writes }) => [kind, looks, writes])).toEqual([
        ['booking', [93], 98],
        ['event', [46], 51],
      ]);
      expect(series[1]).toMatchObject({ action: 'book', reader: 'staff', beside: true, ratePerMinute: 3 });
      expect(series[1]?.tracks).toMatchObject([{ subject: 'budget:call-to-visit', part: 'record' }]);
      const perSecond = series.map((each) => (each.ratePerMinute / 60) * each.requestsPerSample.usual);
      expect(perSecond.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1.5);
      expect(notMeasured.map(({ subject }) => subject)).toEqual(['resource:caller']);
    });

    it('runs one after the other where the pace holds one only', () => {
      const { series } = planned(told({ limits: { requestsPerSecond: 3, concurrency: 2 } }));
      expect(series.map(({ beside, ratePerMinute }) => [beside, ratePerMinute])).toEqual([
        [undefined, 12],
        [undefined, 30],
      ]);
    });

    const entry = (different: object): Contract => ({
      ...contract,
      latency: (contract.latency ?? []).map((each) => (each.id === 'call-to-visit' ? { ...each, ...different } : each)),
    });
    it('times the answer too, once the record confirms it', () => {
      const { series } = planned(told(), all, entry({ to: 'ai-response' }));
      expect(series[1]?.tracks).toMatchObject([{ subject: 'budget:call-to-visit', part: 'confirmed-answer' }]);
    });

    it('times what the product says on its webhook, where the contract sees the answer there', () => {
      const seenBy = (to: 'ai-response' | 'visible'): Contract => ({
        ...entry({ to }),
        actions: (contract.actions ?? []).map((each) =>
          each.id === 'book' ? { ...each, observe: 'aiSystem.webhook' } : each,
        ),
      });
      const { series } = planned(told(), all, seenBy('ai-response'));
      expect(series[1]?.tracks).toMatchObject([{ subject: 'budget:call-to-visit', part: 'confirmed-answer' }]);
      const inRecord = planned(told(), all, seenBy('visible'));
      expect(inRecord.notMeasured).toContainEqual(
        expect.objectContaining({ subject: 'budget:call-to-visit', reason: 'undecided' }),
      );
    });

    it.each([
      ['the acknowledgement is asked for', entry({ to: 'write-acknowledged' }), all, 'not-in-this-version'],
      ['the event is of another trigger', entry({ trigger: 'appointment-freed' }), all, 'not-in-this-version'],
      ['the action cannot be repeated', entry({ answeredBy: 'cancel' }), all, 'not-in-this-version'],
      ['an event of the EHR is to cause it', entry({ from: 'ehr-event' }), all, 'not-in-this-version'],
      ['nothing may be written', contract, { ...all, writes: false }, 'writes-off'],
    ] as const)('is not measured where %s', (_, of, options, reason) => {
      const { series, notMeasured } = planned(told(), options, of);
      expect(notMeasured).toContainEqual(expect.objectContaining({ subject: 'budget:call-to-visit', reason }));
      expect(series.some(({ kind }) => kind === 'event')).toBe(false);
    });
  });

  it('takes three looks where the writes are agreed', () => {
    const { series } = planned(lakeside({ writePolicy: { maxPerRun: 290 } }));
    expect(series[0]?.looks).toEqual([69, 148, 245]);
  });

  const refusal = (organization: OrganizationProfile): unknown => {
    try {
      return planned(organization);
    } catch (error) {
      return error;
    }
  };
  it.each([
    ['maxPerRun', lakeside({ writePolicy: { maxPerRun: 90 } }), 'writePolicy.maxPerRun of at least 104'],
    [
      'rate',
      lakeside({ limits: { requestsPerSecond: 3, concurrency: 2, sampling: { rate: { perMinute: 60 } } } }),
      '{perMinute: 12}',
    ],
    ['perDay', lakeside({ limits: { ...lakeside().limits, perDay: 1_000 } }), 'limits.perDay of at least'],
  ])('refuses what does not fit and names %s', (_, organization, next) => {
    expect(refusal(organization)).toMatchObject({
      code: 'sampling-does-not-fit',
      exitCode: 2,
      next: expect.stringContaining(next) as string,
    });
  });

  it('measures searches only where nothing may be written or undone', () => {
    const notAgreed = planned(lakeside(), { ...all, writes: false });
    expect(notAgreed.series).toMatchObject([{ kind: 'reading', writes: 0, looks: [69, 148, 245] }]);
    expect(notAgreed.notMeasured).toContainEqual(
      expect.objectContaining({ subject: 'budget:booking', reason: 'writes-off' }),
    );
    const noUndo = { ...contract, actions: contract.actions?.map((action) => ({ ...action, compensation: 'none' })) };
    expect(planned(lakeside(), all, noUndo as Contract).series[0]?.kind).toBe('reading');
  });

  it('leaves the answers out without an AI system', () => {
    const { aiSystem: _, ...without } = lakeside();
    const plan = planned(without);
    expect(plan.notMeasured).toContainEqual(
      expect.objectContaining({ subject: 'budget:freed-slot', reason: 'no-ai-system' }),
    );
    expect(plan.series[0]?.tracks.some(({ part }) => part === 'age-in-answer')).toBe(false);
    expect(plan.series[0]?.aiSystemRequests.most).toBe(0);
  });

  describe('with a budget for the notification', () => {
    const entry = {
      id: 'told',
      trigger: 'appointment-freed',
      from: 'ehr-event',
      to: 'notified',
      budget: 'PT5S',
    } as const;
    const budgeted: Contract = { ...contract, latency: [...(contract.latency ?? []), entry] };
    const by = (channel: Channel, more: Partial<OrganizationProfile> = {}): OrganizationProfile =>
      lakeside({ channels: { 'appointment-freed': channel }, ...more });
    const topic: Channel = {
      kind: 'subscription',
      style: 'r5-backport',
      event: 'https://ehr.example/topic',
      payload: 'id-only',
    };

    it('waits for it in the same series', () => {
      const plan = planned(by(topic), all, budgeted);
      expect(plan.series).toHaveLength(1);
      expect(plan.series[0]?.tracks).toContainEqual(
        expect.objectContaining({ subject: 'budget:told', part: 'delivery', trigger: 'appointment-freed' }),
      );
    });

    it('leaves room for the Subscription, which is a write', () => {
      const policy = { writePolicy: { maxPerRun: 290 } };
      expect(planned(by({ kind: 'poll' }, policy), all, budgeted).series[0]?.looks).toEqual([69, 148, 245]);
      expect(planned(by(topic, policy), all, budgeted).series[0]?.looks).toHaveLength(1);
    });

    it.each([
      ['a poll', by({ kind: 'poll' }), all, 'not-in-this-version'],
      ['an empty payload', by({ ...topic, payload: 'empty' }), all, 'tool-limited'],
      ['plain R4 without the resource', by({ kind: 'subscription', style: 'r4-rest-hook' }), all, 'tool-limited'],
      ['no writes', by(topic), { ...all, writes: false }, 'writes-off'],
    ] as const)('is not measured with %s', (_, organization, options, reason) => {
      const { notMeasured } = planned(organization, options, budgeted);
      expect(notMeasured).toContainEqual(expect.objectContaining({ subject: 'budget:told', reason }));
    });
  });

  it('asks for nothing where the contract has no time and no age', () => {
    const { latency: _, resources: __, ...bare } = contract;
    expect(planned(lakeside(), all, bare)).toEqual({ series: [], notMeasured: [] });
  });
});
