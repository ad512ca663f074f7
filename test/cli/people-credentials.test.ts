import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { credentialsOf } from '../../src/cli/run-inputs.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-people-'));
  await writeFile(join(folder, 'dr.login'), 'dr-test:pass:word\n', { mode: 0o600 });
  await writeFile(join(folder, 'name-only.login'), 'dr-test', { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type EnvironmentClass = 'simulator' | 'org-nonprod';

function organization(
  kind: EnvironmentClass,
  {
    user = 'dr.login',
    authorizeUrl = 'https://127.0.0.1/authorize',
  }: { readonly user?: string; readonly authorizeUrl?: string | null } = {},
): OrganizationProfile {
  return {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: 'lakeside' },
    environments: {
      test: {
        class: kind,
        fhirBase: 'https://127.0.0.1/fhir',
        noRealPatients: { statedBy: 'fhir-team@lakeside.example', on: '2026-11-01' },
        ...(authorizeUrl === null ? {} : { authorizeUrl }),
      },
    },
    auth: {
      bindings: [{ id: 'app', environment: 'test', usedBy: 'ai-system', flow: 'ehr-launch', clientId: 'app-1' }],
    },
    contexts: [
      { id: 'dr-main', role: 'physician', binding: 'app', ...(user === '' ? {} : { user: { ref: `file:${user}` } }) },
    ],
  };
}

const resolved = async (profile: OrganizationProfile, attended?: boolean) =>
  (await credentialsOf(profile, 'test', { profileFolder: folder }, attended)).get('app');

describe('who signs in with a client that is opened by people', () => {
  test('on a simulator the test user of its context', async () => {
    expect(await resolved(organization('simulator'))).toEqual({
      clientId: 'app-1',
      people: [{ context: 'dr-main', name: 'dr-test', password: 'pass:word' }],
    });
  });

  test('a simulator that asks for no password', async () => {
    expect(await resolved(organization('simulator', { user: 'name-only.login' }))).toMatchObject({
      people: [{ context: 'dr-main', name: 'dr-test' }],
    });
  });

  test('anywhere else whoever sits at the terminal; a listed login is not even read', async () => {
    expect(await resolved(organization('org-nonprod', { user: 'missing.login' }), true)).toEqual({
      clientId: 'app-1',
      people: [{ context: 'dr-main' }],
    });
  });

  test.each<[string, OrganizationProfile]>([
    ['nobody at the terminal', organization('org-nonprod')],
    ['no test user', organization('simulator', { user: '' })],
    ['a reference that leads nowhere', organization('simulator', { user: 'missing.login' })],
    ['no address to sign in at', organization('simulator', { authorizeUrl: null })],
  ])('%s: no credential', async (_name, profile) => {
    expect(await resolved(profile)).toMatchObject({ missing: 'no-credential' });
  });
});
