import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { routeTexts } from '../../src/cli/run-inputs.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-routes-'));
  await writeFile(join(folder, 'routes.txt'), 'GET /note\n');
  await writeFile(join(folder, 'large.json'), ' '.repeat(1024 * 1024 + 1));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const textsOf = (routes: string | { ref: string } | undefined) => {
  const organization: OrganizationProfile = {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id: 'harbor' },
    aiSystem: routes === undefined ? {} : { routes },
  };
  return routeTexts([{ organization, secretPlaces: { profileFolder: folder } }]);
};

it('the text of a file beside the organization file, by organization', async () => {
  expect([...(await textsOf({ ref: 'file:routes.txt' }))]).toEqual([['harbor', 'GET /note\n']]);
});

it.each([
  ['an address', 'https://app.example/openapi.json'],
  ['nothing', undefined],
  ['a file that is not there', { ref: 'file:none.txt' }],
])('nothing for %s', async (_, routes) => {
  expect([...(await textsOf(routes))]).toEqual([]);
});

it.each([
  ['a file elsewhere', 'file:../routes.txt', 'reference-not-allowed'],
  ['a variable', 'env:EHR_SCORECARD_ROUTES', 'reference-not-a-file'],
  ['more than 1 MiB', 'file:large.json', 'file-too-large'],
])('%s is refused', async (_, ref, code) => {
  await expect(textsOf({ ref })).rejects.toMatchObject({ code });
});
