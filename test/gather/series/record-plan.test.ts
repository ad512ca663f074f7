import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { samplingPlan } from '../../../src/gather/series/sampling-plan.js';
import type { Watching } from '../../../src/gather/series/observed-plan.js';
import type { Contract, LatencyEntry } from '../../../src/model/documents/contract.js';
import type { Environment, OrganizationProfile } from '../../../src/model/documents/organization.js';

const notes = parse(
  await readFile(new URL('../../../profiles/contracts/note-assistant.yaml', import.meta.url), 'utf8'),
) as Contract;
const environment: Environment = { class: 'org-nonprod', fhirBase: 'https://fhir.lakeside.example/r4' };
const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  limits: { requestsPerSecond: 3, concurrency: 2 },
  aiSystem: { query: { url: 'https://nonprod.scribe.example/drafts' } },
  testData: { patients: [{ alias: 'one', id: 'p1', synthetic: true, canary: 'ZZTEST-1' }] },
};
const clock = { from: 'Encounter.period.end', to: 'DocumentReference.date' };

function planned(
  entry: Partial<LatencyEntry>,
  different: Partial<OrganizationProfile> = {},
  change: (contract: Contract) => void = () => undefined,
  watching?: Watching,
) {
  const contract = structuredClone(notes);
  const entries = contract.latency?.filter(({ id }) => id === 'draft-ready') ?? [];
  contract.latency = entries.map((each) => ({ ...each, clock, ...entry }));
  change(contract);
  return samplingPlan(
    {
      contract,
      organization: { ...organization, ...different },
      environment,
      environmentClass: 'org-nonprod',
      ...(watching === undefined ? {} : { watching }),
    },
    { writes: false, otherWrites: 0, staff: true },
  );
}

describe('the plan of an entry timed by the record', () => {
  it('reads the events of the listed patients, and what answers each', () => {
    expect(planned({}).record).toEqual([
      {
        subject: 'budget:draft-ready',
        target: { percentile: 95, budgetMs: 180_000 },
        event: { type: 'Encounter', state: 'finished' },
        clock,
        search: 'DocumentReference?patient={{patient.id}}&encounter={{visit.id}}',
        reader: 'staff',
        days: 28,
        most: { pages: 10, events: 300, clockLooks: 24 },
      },
    ]);
  });

  it('is not asked of an entry that is watched as it happens', () => {
    const { record, observed } = planned({}, {}, undefined, { by: 'others', forMs: 3_600_000 });
    expect(record).toBeUndefined();
    expect(observed).toHaveLength(1);
  });

  it.each([
    ['a message of a feed', { clock: { ...clock, from: 'EVN-2' } }, 'not-in-this-version'],
    [
      'the time of the last change',
      { clock: { ...clock, to: 'DocumentReference.meta.lastUpdated' } },
      'not-in-this-version',
    ],
    ['an element of something else', { clock: { ...clock, to: 'Task.authoredOn' } }, 'undecided'],
    ['an element of another event', { clock: { ...clock, from: 'Appointment.created' } }, 'undecided'],
    ['an action nobody names', { answeredBy: 'nothing' }, 'undecided'],
  ] as const)('is not measured by %s', (_, entry, reason) => {
    const { record, notMeasured } = planned(entry);
    expect(record).toBeUndefined();
    expect(notMeasured).toContainEqual(expect.objectContaining({ subject: 'budget:draft-ready', reason }));
  });

  it.each([
    ['a listed patient', { testData: {} }, 'no-test-object'],
    ['a product whose clock can be looked at', { aiSystem: {} }, 'no-ai-system'],
  ] as const)('is not measured without %s', (_, different, reason) => {
    expect(planned({}, different).notMeasured).toContainEqual(expect.objectContaining({ reason }));
  });

  it.each([
    ['nowhere', 'undecided', undefined],
    ['by a value the event does not hold', 'not-in-this-version', 'DocumentReference?author={{bot.id}}'],
  ] as const)('is not measured where the answer is found %s', (_, reason, search) => {
    const { notMeasured } = planned({}, {}, ({ actions }) => {
      for (const action of actions ?? []) {
        if (search === undefined) delete action.observe;
        else action.observe = search;
      }
    });
    expect(notMeasured).toContainEqual(expect.objectContaining({ subject: 'budget:draft-ready', reason }));
  });
});
