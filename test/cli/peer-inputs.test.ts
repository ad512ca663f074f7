import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readPeers } from '../../src/cli/peer-inputs.js';

const options = { profilesFolder: new URL('../../profiles/', import.meta.url) };
const environment = (name: string) => ({ class: 'simulator', fhirBase: `https://127.0.0.1/${name}/fhir` });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-peers-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function organization(id: string, environments: object, more: object = {}): Promise<string> {
  const path = join(folder, `${id}.yaml`);
  const document = {
    apiVersion: 'ehr-scorecard/v1',
    kind: 'OrganizationProfile',
    metadata: { id, ...more },
    environments,
  };
  await writeFile(path, stringify(document), { mode: 0o600 });
  return path;
}

describe('organization files given with --peer', () => {
  it('are read in order, each in the environment that decides', async () => {
    const harbor = await organization('harbor', { test: environment('harbor') });
    const summit = await organization(
      'summit',
      { test: environment('summit-test'), live: environment('summit-live') },
      { decisionEnvironment: 'live' },
    );
    const peers = await readPeers([harbor, summit], 'lakeside', options);
    expect(peers.map(({ peer, input }) => [peer.organization.metadata.id, peer.environmentId, input.name])).toEqual([
      ['harbor', 'test', 'peer-1.yaml'],
      ['summit', 'live', 'peer-2.yaml'],
    ]);
    expect(peers.map(({ peer }) => peer.environmentClass)).toEqual(['simulator', 'simulator']);
  });

  it('are refused when they are the organization of the run, or come twice', async () => {
    const harbor = await organization('harbor', { test: environment('harbor') });
    await expect(readPeers([harbor], 'harbor', options)).rejects.toMatchObject({ code: 'peer-twice', exitCode: 2 });
    await expect(readPeers([harbor, harbor], 'lakeside', options)).rejects.toMatchObject({ code: 'peer-twice' });
  });

  it('are refused when nobody can say which environment is meant', async () => {
    const two = await organization('two', { one: environment('one'), other: environment('other') });
    await expect(readPeers([two], 'lakeside', options)).rejects.toMatchObject({ code: 'no-environment', exitCode: 2 });
  });
});
