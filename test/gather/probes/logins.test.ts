import { expect, it } from 'vitest';
import type { OrganizationProfile } from '../../../src/model/documents/organization.js';
import type { Subject } from '../../../src/model/subject.js';
import type { ProbeTools } from '../../../src/gather/probe.js';
import logins from '../../../src/gather/probes/logins.js';

const organization = (id: string, userRef: string): OrganizationProfile => ({
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id },
  auth: {
    bindings: [
      { id: 'bot', environment: 'test', usedBy: 'ai-system', flow: 'backend', clientId: `${id}-bot` },
      { id: 'app', environment: 'test', usedBy: 'staff', flow: 'standalone', clientId: `${id}-app` },
      { id: 'reader', environment: 'test', usedBy: 'staff', flow: 'backend', clientId: `${id}-bot` },
      { id: 'old', environment: 'production', usedBy: 'staff', flow: 'backend', clientId: `${id}-bot` },
    ],
  },
  contexts: [
    { id: 'bot', role: 'bot', binding: 'bot' },
    { id: 'anna', role: 'scheduler', binding: 'app', user: { ref: userRef } },
    { id: 'bert', role: 'physician', binding: 'app', user: { ref: userRef } },
  ],
});

async function heldBy(...organizations: [OrganizationProfile, ...OrganizationProfile[]]) {
  const [own, ...others] = organizations;
  const tools = {
    organization: own,
    environmentId: 'test',
    peers: others.map((each) => ({ organization: each, environmentId: 'test' })),
  } as unknown as ProbeTools;
  const { logins: found } = await logins.run({} as Subject, tools);
  return (found as { of: string; holders: { organization: string; context: string; role: string }[] }[]).map(
    ({ of, holders }) => [of, holders.map(({ organization: at, context, role }) => `${at} ${context} ${role}`)],
  );
}

it('puts together who shares a sign-in or a client, without naming either', async () => {
  expect(await heldBy(organization('lakeside', 'file:secrets/user'))).toEqual([
    ['person', ['lakeside anna scheduler', 'lakeside bert physician']],
    ['client', ['lakeside bot bot', 'lakeside reader staff']],
  ]);
});

it('takes a variable for the same person everywhere, and a file for one of its own folder', async () => {
  const files = await heldBy(organization('lakeside', 'file:user'), organization('summit', 'file:user'));
  expect(files.filter(([of]) => of === 'person')).toHaveLength(2);
  const variables = await heldBy(organization('lakeside', 'env:USER_A'), organization('summit', 'env:USER_A'));
  expect(variables.filter(([of]) => of === 'person')).toEqual([
    [
      'person',
      ['lakeside anna scheduler', 'lakeside bert physician', 'summit anna scheduler', 'summit bert physician'],
    ],
  ]);
});
