import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPKCS8, generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { credentialMarks, newMarking } from '../../src/cli/credential-marks.js';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';

let folder: string;
const { privateKey } = await generateKeyPair('ES384', { extractable: true });
const pem = await exportPKCS8(privateKey);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-marks-'));
  const files = {
    'one.pem': pem,
    // The same key, written down differently.
    'same.pem': `\n${pem.replaceAll('\n', '\r\n')}\n`,
    'other.pem': await exportPKCS8((await generateKeyPair('ES384', { extractable: true })).privateKey),
    'text.pem': 'not a key',
    'secret.txt': 'correct horse',
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o600);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const organization = (id: string, keys: readonly string[]): OrganizationProfile => ({
  apiVersion: 'ehr-scorecard/v1',
  kind: 'OrganizationProfile',
  metadata: { id },
  auth: {
    bindings: [
      ...keys.map((file, index) => ({
        id: `client-${index}`,
        environment: 'test',
        usedBy: 'ai-system' as const,
        flow: 'backend' as const,
        clientId: `${id}-${index}`,
        key: { ref: `file:${file}` },
      })),
      { id: 'app', environment: 'test', usedBy: 'staff', flow: 'standalone', secret: { ref: 'file:secret.txt' } },
      { id: 'elsewhere', environment: 'live', usedBy: 'staff', flow: 'backend', key: { ref: 'file:one.pem' } },
    ],
  },
});

it('marks the same key alike, however it is written, and another one differently', async () => {
  const mark = newMarking();
  const places = { profileFolder: folder };
  const [here, there] = await Promise.all([
    credentialMarks(organization('lakeside', ['one.pem', 'other.pem']), 'test', places, mark),
    credentialMarks(organization('harbor', ['same.pem', 'text.pem', 'gone.pem']), 'test', places, mark),
  ]);
  const keys = (marks: typeof here) => marks.filter(({ what }) => what === 'key').map((one) => one.mark);
  const [one, other] = keys(here);
  expect(other).not.toBe(one);
  expect(keys(there)).toEqual([one, undefined, undefined]);
  expect(here.map(({ holder }) => holder)).not.toContain('elsewhere');
  const secrets = [...here, ...there].filter(({ what }) => what === 'secret').map((each) => each.mark);
  expect(new Set(secrets).size).toBe(1);
});

it('says nothing of the credential, and nothing another run could compare', async () => {
  const places = { profileFolder: folder };
  const [first, second] = await Promise.all(
    [newMarking(), newMarking()].map((mark) =>
      credentialMarks(organization('lakeside', ['one.pem']), 'test', places, mark),
    ),
  );
  expect(JSON.stringify(first)).not.toContain('correct horse');
  expect(first?.map(({ mark }) => mark)).not.toEqual(second?.map(({ mark }) => mark));
});
