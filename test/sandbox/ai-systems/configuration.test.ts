import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfiguration } from '../../../src/sandbox/ai-systems/configuration.js';

const right = {
  fhirBase: 'https://ehr.example/fhir',
  tokenUrl: 'https://ehr.example/token',
  clientId: 'bot',
  keyFile: '/key.pem',
  kid: 'k',
  algorithm: 'ES384',
  port: 0,
  controlToken: 'token',
  webhookSecret: 'secret',
  providers: ['Practitioner/d1'],
  visitType: 'visit',
  earliestDays: 14,
  latestDays: 45,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'configuration-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(value: unknown) {
  const file = join(folder, 'configuration.json');
  await writeFile(file, JSON.stringify(value));
  return readConfiguration(file);
}

it('takes what is complete', async () => {
  expect(await read({ ...right, answersAfterMs: 5 })).toEqual({ ...right, answersAfterMs: 5 });
});

it.each([
  ['providers', { ...right, providers: 'Practitioner/d1' }],
  ['port', { ...right, port: '0' }],
  ['controlToken', { ...right, controlToken: '' }],
  ['answersAfterMs', { ...right, answersAfterMs: 'late' }],
  ['kid', { ...right, kid: undefined }],
])('names %s when it is wrong or missing', async (key, value) => {
  await expect(read(value)).rejects.toThrow(new RegExp(`^${key} must be`, 'u'));
});
