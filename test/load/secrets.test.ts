import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrganization } from '../../src/load/documents.js';
import { inspectSecret, resolveSecret } from '../../src/load/secrets.js';
import { options, organization } from './loading.js';

let root: string;
let profileFolder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secrets-'));
  profileFolder = join(root, 'profile');
  await mkdir(join(profileFolder, 'secrets'), { recursive: true });
  await writeFile(join(profileFolder, 'secrets/key.pem'), 'value\n', { mode: 0o600 });
  await writeFile(join(root, 'outside.pem'), 'value', { mode: 0o600 });
});
afterEach(() => rm(root, { recursive: true }));

const environment = { EHR_SCORECARD_A: 'value', AWS_KEY: 'value', EHR_SCORECARD_EMPTY: '' };
const places = (more: object = {}) => ({ profileFolder, environment, ...more });

describe('rule 30, HS-68: a secret reference', () => {
  it('resolves a variable and a file', async () => {
    expect(await resolveSecret({ ref: 'env:EHR_SCORECARD_A' }, places())).toBe('value');
    expect(await resolveSecret({ ref: 'file:secrets/key.pem' }, places())).toBe('value');
    expect(await resolveSecret({ ref: 'env:AWS_KEY' }, places({ allowEnv: ['AWS_KEY'] }))).toBe('value');
    expect(await resolveSecret({ ref: 'file:outside.pem' }, places({ secretsFolder: root }))).toBe('value');
  });

  it.each([
    ['env:AWS_KEY', 'reference-not-allowed'],
    ['env:EHR_SCORECARD_B', 'secret-missing'],
    ['env:EHR_SCORECARD_EMPTY', 'secret-missing'],
    ['file:nothing.pem', 'secret-missing'],
    ['file:../outside.pem', 'reference-not-allowed'],
    ['file:secrets/../../outside.pem', 'reference-not-allowed'],
    ['file:/etc/hostname', 'reference-not-allowed'],
    ['file:secrets', 'reference-not-a-file'],
  ])('%s is refused: %s', async (ref, code) => {
    await expect(resolveSecret({ ref }, places())).rejects.toMatchObject({ code, exitCode: 2 });
  });

  it('refuses a link that leads outside, and follows one that stays', async () => {
    await symlink('../../outside.pem', join(profileFolder, 'secrets/link.pem'));
    await symlink('key.pem', join(profileFolder, 'secrets/near.pem'));
    await expect(resolveSecret({ ref: 'file:secrets/link.pem' }, places())).rejects.toMatchObject({
      code: 'reference-leads-outside',
    });
    expect(await resolveSecret({ ref: 'file:secrets/near.pem' }, places())).toBe('value');
  });

  it.skipIf(process.platform === 'win32')('refuses a file others can read, and says its mode', async () => {
    await chmod(join(profileFolder, 'secrets/key.pem'), 0o644);
    await expect(resolveSecret({ ref: 'file:secrets/key.pem' }, places())).rejects.toMatchObject({
      code: 'secret-readable-by-others',
    });
    expect(await inspectSecret({ ref: 'file:secrets/key.pem' }, places())).toMatchObject({ exists: true, mode: 0o644 });
  });

  it('is looked at when an organization loads', async () => {
    await chmod(join(profileFolder, 'secrets/key.pem'), 0o640);
    await writeFile(join(profileFolder, 'audit.csv'), '', { mode: 0o644 });
    const path = join(profileFolder, 'organization.yaml');
    await writeFile(
      path,
      organization(
        'auth: {bindings: [{id: b, environment: e, usedBy: staff, flow: backend, key: {ref: file:secrets/key.pem}, secret: {ref: env:EHR_SCORECARD_NOT_SET_ANYWHERE}}]}',
        'environments: {e: {fhirBase: "https://fhir.example/r4"}}',
        'audit: {sources: [{kind: file, location: {ref: file:audit.csv}}]}',
      ),
    );
    const { problems } = await loadOrganization(path, options);
    expect(problems.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      'secret-readable-by-others /auth/bindings/0/key',
      'unresolved-secret /auth/bindings/0/secret',
    ]);
    await symlink(join(root, 'outside.pem'), join(profileFolder, 'secrets/link.pem'));
    await writeFile(path, organization('aiSystem: {auditExport: {ref: file:secrets/link.pem}}'));
    await expect(loadOrganization(path, options)).rejects.toMatchObject({ code: 'reference-leads-outside' });
  });
});
