import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { RunDocuments } from '../../../src/gather/probe.js';
import { seriesTemplates } from '../../../src/gather/series/take-series.js';
import { samplingPlan } from '../../../src/gather/series/sampling-plan.js';
import type { Contract } from '../../../src/model/documents/contract.js';
import type { Environment, OrganizationProfile } from '../../../src/model/documents/organization.js';

const shipped = async (name: string): Promise<Contract> =>
  parse(await readFile(new URL(`../../../profiles/contracts/${name}.yaml`, import.meta.url), 'utf8')) as Contract;
const scheduling = await shipped('scheduling-voice-bot');
const priorAuthorization = await shipped('prior-authorization');
const environment: Environment = { class: 'org-nonprod', fhirBase: 'https://fhir.lakeside.example/r4' };
const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  limits: { requestsPerSecond: 3, concurrency: 2 },
  aiSystem: {
    query: { url: 'https://nonprod.voicebot.example/availability' },
    webhook: { url: 'https://nonprod.voicebot.example/events', secret: { ref: 'env:EHR_SCORECARD_SECRET' } },
    cdsHooks: { base: 'https://nonprod.voicebot.example/cds-services' },
  },
  testData: { patients: [{ alias: 'one', id: 'p1', synthetic: true, canary: 'ZZTEST-1' }] },
};
const tenMinutes = 600_000;

function planned(
  contract: Contract,
  different: Partial<OrganizationProfile> = {},
  { loadMs = tenMinutes, writes = true, series = false }: { loadMs?: number; writes?: boolean; series?: boolean } = {},
) {
  return samplingPlan(
    { contract, organization: { ...organization, ...different }, environment, environmentClass: 'org-nonprod', loadMs },
    { writes, otherWrites: 40, staff: true, series },
  );
}

describe('the plan of a peak load', () => {
  it('keeps up the rate of the contract for ten minutes, or until its percentile can be shown', () => {
    const { load, series } = planned(scheduling);
    expect(series).toEqual([]);
    expect(load).toMatchObject([
      {
        trigger: 'call',
        series: {
          kind: 'event',
          ratePerMinute: 12,
          blocks: 1,
          cold: 5,
          // 10 min of 12 a minute.
          looks: [120],
          writes: 125,
          tracks: [{ subject: 'budget:call-to-visit', part: 'record', target: { percentile: 90, budgetMs: 10_000 } }],
        },
      },
      {
        trigger: 'appointment-freed',
        series: {
          kind: 'booking',
          ratePerMinute: 4,
          // p95 takes 59; ten minutes hold 40.
          looks: [59],
          tracks: [{ subject: 'budget:freed-slot', part: 'response', target: { percentile: 95, budgetMs: 60_000 } }],
        },
      },
    ]);
    for (const { series: each } of load ?? []) expect(each.wallTimeMs.last).toBeGreaterThanOrEqual(tenMinutes);
  });

  it('is kept up however it goes: no look ends it early', () => {
    const [first] = planned(scheduling).load ?? [];
    expect(first?.series.tracks[0]?.looks).toEqual([{ n: 120, passAt: 6, failAt: null }]);
  });

  it('may send what a booking of its own takes, though no search is timed', () => {
    const { load = [] } = planned(scheduling);
    const documents = { contract: scheduling, organization } as unknown as RunDocuments;
    const freed = load.find(({ trigger }) => trigger === 'appointment-freed')!;
    expect(seriesTemplates(freed.series, documents).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST Slot/_search?service-type&schedule.actor&start&start',
      'POST Appointment',
      'PATCH Appointment/{id}',
      'GET Appointment/{id}',
      'GET ?appointment',
      'GET metadata',
    ]);
  });

  it('calls a hook at its rate', () => {
    const { load } = planned(priorAuthorization);
    const card = load?.find(({ series }) => series.kind === 'card');
    expect(card?.series).toMatchObject({ ratePerMinute: 5, looks: [59], writes: 0, requests: { most: 0 } });
  });

  it('is nobody’s where nobody asked for it, or nothing may be written', () => {
    const { contract, ...rest } = { contract: scheduling, organization, environment };
    const quiet = samplingPlan(
      { contract, ...rest, environmentClass: 'org-nonprod' },
      { writes: true, otherWrites: 0, staff: true, series: false },
    );
    expect(quiet.load).toBeUndefined();
    expect(planned(scheduling, {}, { writes: false }).load).toBeUndefined();
  });

  it.each([
    ['requestsPerSecond', { limits: { requestsPerSecond: 1, concurrency: 2 } }, 'need 1.2'],
    ['maxPerRun', { writePolicy: { enabled: true, maxPerRun: 160 } }, 'leaves 115 writes, and the load needs 125'],
    ['perDay', { limits: { requestsPerSecond: 3, concurrency: 2, perDay: 1_000 } }, 'limits.perDay is 1000'],
  ] as const)('is not tried where %s does not hold it', (_, different, said) => {
    const { load, noLoad } = planned(scheduling, different);
    expect(load?.map(({ trigger }) => trigger)).not.toContain('call');
    expect(noLoad).toContainEqual({ trigger: 'call', reason: 'cap', detail: expect.stringContaining(said) });
  });

  it('what the first trigger takes of the writes, the next one has not', () => {
    const { load, noLoad } = planned(scheduling, { writePolicy: { enabled: true, maxPerRun: 200 } });
    expect(load?.map(({ trigger }) => trigger)).toEqual(['call']);
    expect(noLoad).toMatchObject([{ trigger: 'appointment-freed', reason: 'cap' }]);
  });

  it('what the series of the run take of the writes comes first', () => {
    const { load, noLoad, series } = planned(
      scheduling,
      { writePolicy: { enabled: true, maxPerRun: 400 } },
      { series: true },
    );
    expect(series.reduce((sum, { writes }) => sum + writes, 0)).toBeGreaterThan(250);
    expect(load?.map(({ trigger }) => trigger)).not.toContain('call');
    expect(noLoad).toContainEqual(expect.objectContaining({ trigger: 'call', reason: 'cap' }));
  });

  it.each([
    ['no door for events', { aiSystem: {} }, 'no-ai-system'],
    ['more than a series keeps', {}, 'tool-limited'],
  ] as const)('is not measured with %s', (name, different, reason) => {
    const loadMs = name.startsWith('more') ? 500 * tenMinutes : tenMinutes;
    const { noLoad } = planned(scheduling, different, { loadMs });
    expect(noLoad).toContainEqual(expect.objectContaining({ trigger: 'call', reason }));
  });

  it('is undecided where no budget is written for the trigger', () => {
    const contract = structuredClone(scheduling);
    contract.latency = contract.latency?.filter(({ id }) => id !== 'call-to-visit') ?? [];
    expect(planned(contract).noLoad).toMatchObject([{ trigger: 'call', reason: 'undecided' }]);
  });
});
