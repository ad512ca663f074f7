import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { Watching } from '../../../src/gather/series/observed-plan.js';
import { samplingPlan } from '../../../src/gather/series/sampling-plan.js';
import type { Contract, LatencyEntry } from '../../../src/model/documents/contract.js';
import type { Environment, OrganizationProfile } from '../../../src/model/documents/organization.js';
import { oneLook } from '../../../src/model/shares.js';

const shipped = async (name: string): Promise<Contract> =>
  parse(await readFile(new URL(`../../../profiles/contracts/${name}.yaml`, import.meta.url), 'utf8')) as Contract;
const scheduling = await shipped('scheduling-voice-bot');
const environment: Environment = { class: 'org-nonprod', fhirBase: 'https://fhir.lakeside.example/r4' };
const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  limits: { requestsPerSecond: 3, concurrency: 2 },
  aiSystem: { query: { url: 'https://nonprod.voicebot.example/availability' } },
  testData: { patients: [{ alias: 'one', id: 'p1', synthetic: true, canary: 'ZZTEST-1' }] },
};
const hours = 3_600_000;
const others: Watching = { by: 'others', forMs: 2 * hours };
const planned = (contract: Contract, different: Partial<OrganizationProfile> = {}, watching = others) =>
  samplingPlan(
    {
      contract,
      organization: { ...organization, ...different },
      environment,
      environmentClass: 'org-nonprod',
      watching,
    },
    { writes: false, otherWrites: 0, staff: true },
  );

describe('the plan of a run that observes', () => {
  it('watches visits become cancelled and asks the AI system about each', () => {
    const { observed, series } = planned(scheduling);
    expect(observed).toMatchObject([
      {
        subject: 'budget:freed-slot',
        watching: others,
        pollMs: 3_000,
        event: { type: 'Appointment', state: 'cancelled' },
        answer: { action: 'offer', search: undefined },
        reader: 'staff',
      },
    ]);
    expect(series.every(({ writes }) => writes === 0)).toBe(true);
  });

  it.each([
    ['prior-authorization', 'task-opened', 'ServiceRequest', 'active', 'Task?focus=ServiceRequest/{{order.id}}'],
    [
      'note-assistant',
      'draft-ready',
      'Encounter',
      'finished',
      'DocumentReference?patient={{patient.id}}&encounter={{visit.id}}',
    ],
  ])('%s: looks for the result by the action’s own search', async (name, entry, type, state, search) => {
    const { observed } = planned(await shipped(name));
    expect(observed).toMatchObject([{ subject: `budget:${entry}`, event: { type, state }, answer: { search } }]);
  });

  it('looks less often where the day holds fewer requests, and refuses what it cannot hold', () => {
    const limits = (perDay: number) => ({ limits: { ...organization.limits, perDay } });
    expect(planned(scheduling, limits(20_000)).observed?.[0]?.pollMs).toBe(8_640);
    const refused = (): unknown => {
      try {
        return planned(scheduling, limits(2_000));
      } catch (error) {
        return error;
      }
    };
    expect(refused()).toMatchObject({
      code: 'sampling-does-not-fit',
      exitCode: 2,
      next: 'Agree on limits.perDay of at least 2880.',
    });
  });

  const without = (change: (entry: LatencyEntry, contract: Contract) => void): Contract => {
    const contract = structuredClone(scheduling);
    const entry = contract.latency?.find(({ id }) => id === 'freed-slot');
    if (entry !== undefined) change(entry, contract);
    return contract;
  };
  it.each([
    [
      'a condition about something else than the status',
      without((_, { triggers }) => {
        for (const { event } of triggers ?? []) if (event !== undefined) event.condition = '%current.start.exists()';
      }),
      'not-in-this-version',
    ],
    ['no action that answers', without((entry) => delete entry.answeredBy), 'undecided'],
    ['an answer in the object itself', without((entry) => (entry.answeredBy = 'cancel')), 'not-in-this-version'],
    [
      'a search the event does not fill',
      without((entry, { actions }) => {
        entry.answeredBy = 'offer';
        for (const action of actions ?? []) if (action.id === 'offer') action.observe = 'Slot?_id={{slot.id}}';
      }),
      'not-in-this-version',
    ],
  ])('is not measured with %s', (_, contract, reason) => {
    const { observed, notMeasured } = planned(contract);
    expect(observed).toEqual([]);
    expect(notMeasured).toContainEqual(expect.objectContaining({ subject: 'budget:freed-slot', reason }));
  });

  it('watches nobody where no patient is listed', () => {
    const { observed, notMeasured } = planned(scheduling, { testData: {} });
    expect(observed).toEqual([]);
    expect(notMeasured).toContainEqual(
      expect.objectContaining({ subject: 'budget:freed-slot', reason: 'no-test-object' }),
    );
  });

  it('is not measured where the AI system cannot be asked', () => {
    const { notMeasured } = planned(scheduling, { aiSystem: {} });
    expect(notMeasured).toContainEqual(
      expect.objectContaining({ subject: 'budget:freed-slot', reason: 'no-ai-system' }),
    );
  });
});

describe('the one look of an observed series', () => {
  it.each([
    [310, 95, 8],
    [59, 95, 0],
    [93, 95, 1],
    [20, 95, 0],
  ])('of %i samples passes p%i with up to %i over budget', (n, percentile, passAt) => {
    expect(oneLook(n, percentile)).toMatchObject({ n, passAt });
  });
});
