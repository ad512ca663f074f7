import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crossProblems } from '../../../src/load/cross-problems.js';
import { loadContract, loadOrganization } from '../../../src/load/documents.js';
import { organizationSchema } from '../../../src/model/documents/organization.js';
import { clientTable, loginTable } from '../../../src/sandbox/clients.js';
import { createClinic } from '../../../src/sandbox/clinic/clinic.js';
import type { OrganizationId } from '../../../src/sandbox/clinic/clinic-index.js';
import { type WorkflowName, workflows } from '../../../src/sandbox/clinic/workflows.js';
import { organizationDocument } from '../../../src/sandbox/organization-document.js';

const now = new Date('2026-11-20T10:15:30Z');
const organizations: readonly OrganizationId[] = ['lakeside', 'summit'];
const profilesFolder = new URL('../../../profiles/', import.meta.url);
const cases = organizations.flatMap((organization) =>
  (Object.keys(workflows) as WorkflowName[]).map((workflow) => ({ organization, workflow })),
);

function documentOf(organization: OrganizationId, workflow: WorkflowName) {
  return organizationDocument({
    organization,
    workflow,
    fhirBase: `https://127.0.0.1:9443/${organization}/fhir`,
    tokenUrl: `https://127.0.0.1:9443/${organization}/auth/token`,
    clients: clientTable.map((client) => ({ ...client, clientId: `${organization}-${client.name}` })),
    clinic: createClinic({ seed: 'document-test', organization, now }).index,
    now,
    caFile: 'ca.pem',
    keysFolder: 'keys',
  });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'organization-document-'));
  await mkdir(join(folder, 'keys'));
  await writeFile(join(folder, 'ca.pem'), 'a certificate');
  for (const { name } of loginTable) await writeFile(join(folder, 'keys', `${name}.login`), 'a login', { mode: 0o600 });
  for (const { name } of clientTable) await writeFile(join(folder, 'keys', `${name}.pem`), 'a key', { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(cases)('organizationDocument for $organization, $workflow', ({ organization, workflow }) => {
  const document = documentOf(organization, workflow);

  it('is a valid organization profile, also as JSON', () => {
    const plain: unknown = JSON.parse(JSON.stringify(document));
    expect([...Value.Errors(organizationSchema, plain)]).toEqual([]);
    expect(plain).toEqual(document);
  });

  it('loads without a problem and agrees with its contract', async () => {
    const file = join(folder, `${organization}-${workflow}.yaml`);
    await writeFile(file, stringify(document));
    const contract = await loadContract(
      fileURLToPath(new URL(`contracts/${workflows[workflow].contract}.yaml`, profilesFolder)),
      { profilesFolder },
    );
    const loaded = await loadOrganization(file, { profilesFolder });
    expect(loaded.problems).toEqual([]);
    expect(crossProblems(contract, loaded)).toEqual([]);
    const parties = new Set((contract.value.dataHandling?.flows ?? []).map(({ party }) => party));
    expect(parties.size).toBeGreaterThan(0);
    expect(loaded.value.attestations?.map(({ id }) => id)).toEqual(
      expect.arrayContaining([...parties].map((party) => `baa-${party}`)),
    );
  });

  it('names only bindings, sites and patients it defines', () => {
    const bindings = (document.auth?.bindings ?? []).map(({ id }) => id);
    const sites = (document.sites ?? []).map(({ id }) => id);
    const contexts = document.contexts ?? [];
    const aliases = (document.testData?.patients ?? []).map(({ alias }) => alias);
    expect(contexts.filter(({ binding }) => !bindings.includes(binding))).toEqual([]);
    expect(contexts.filter(({ site }) => site !== undefined && !sites.includes(site))).toEqual([]);
    expect(document.audit?.sources?.filter(({ binding }) => !bindings.includes(binding ?? ''))).toEqual([]);
    expect(document.testData?.encounters?.filter(({ patient }) => !aliases.includes(patient))).toEqual([]);
    expect(document.testData?.orders?.filter(({ patient }) => !aliases.includes(patient))).toEqual([]);
    const named = contexts.map(({ id }) => id);
    expect(document.testData?.forbidden?.filter(({ context }) => !named.includes(context))).toEqual([]);
    expect(document.testData?.forbidden).toHaveLength(2);
  });

  it('signs in with one AI system client first, expendable ones after it, and keys kept outside the file', () => {
    const bindings = document.auth?.bindings ?? [];
    const products = bindings.filter(({ usedBy }) => usedBy === 'ai-system');
    expect(products[0]).toMatchObject({ flow: 'backend', workflow: workflows[workflow].workflow });
    expect(products[0]?.expendable ?? false).toBe(false);
    expect(products.some(({ flow, expendable }) => flow === 'backend' && expendable === true)).toBe(true);
    expect(bindings.map(({ key }) => key?.ref)).toEqual(bindings.map(({ id }) => `file:keys/${id}.pem`));
    // One client of another workflow, whose rights this workflow has to be kept apart from.
    expect(bindings.filter(({ workflow: of }) => of !== workflows[workflow].workflow)).toHaveLength(1);
  });
});
