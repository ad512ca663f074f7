import { describe, expect, it } from 'vitest';
import { readingPlan } from '../../../src/gather/series/reading-plan.js';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';

const organization: OrganizationProfile = {
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id: 'lakeside' },
  aiSystem: { query: { url: 'https://nonprod.voicebot.example/availability' } },
  testData: { patients: [{ alias: 'one', id: 'p1', synthetic: true, canary: 'ZZTEST-1' }] },
};
const slot = { id: 'slot', type: 'Slot', find: 'Slot?schedule={{trigger.provider}}' };
const hours = (n: number) => ({ by: 'others', forMs: n * 3_600_000 }) as const;

describe('the plan of readings while others work', () => {
  it.each([
    [0.01, 250, 193],
    [1, 6_000, 740],
    [26, 120_000, 956],
    [168, 151_200, 4_820],
  ])('%f hours: one every %i ms, at most %i', (n, everyMs, readings) => {
    expect(readingPlan(organization, slot, hours(n))).toMatchObject({
      subject: 'resource:slot',
      everyMs,
      most: { readings, asks: 3 * readings },
    });
  });

  it('keeps to half of what a day may hold', () => {
    const limited = { ...organization, limits: { perDay: 960 } };
    expect(readingPlan(limited, slot, hours(26))).toMatchObject({ everyMs: 360_000 });
  });

  it.each([
    ['not-in-this-version', { ...slot, type: 'Patient' }, organization],
    ['not-in-this-version', { id: 'slot', type: 'Slot' }, organization],
    ['no-ai-system', slot, { ...organization, aiSystem: {} }],
    ['no-test-object', slot, { ...organization, testData: {} }],
  ] as const)('%s', (reason, resource, profile) => {
    expect(readingPlan(profile, resource, hours(26))).toMatchObject([reason, expect.any(String)]);
  });
});
