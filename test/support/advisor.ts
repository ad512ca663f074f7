import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import { isAdvisorFault } from '../../src/sandbox/ai-systems/advisor-configuration.js';
import { advisorService, startOrderAdvisor } from '../../src/sandbox/ai-systems/start-order-advisor.js';
import type { RunningProgram } from '../../src/sandbox/ai-systems/start-program.js';
import { throughSeam, type Deviation } from '../../src/sandbox/deviation.js';
import { createClientKey, writePrivateFile } from '../../src/sandbox/keys.js';
import type { Sandbox } from '../../src/sandbox/server.js';

const tenant = 'lakeside';
const logName = 'advisor-cards.ndjson';

/** The order advisor beside the sandbox, and where the tool finds it and the key that plays the EHR. */
export async function startAdvisor(
  sandbox: Sandbox,
  folder: string,
  deviations: readonly Deviation[],
): Promise<{ readonly program: RunningProgram; readonly doors: NonNullable<OrganizationProfile['aiSystem']> }> {
  const { fhirBase } = sandbox.organizations.get('lakeside')!;
  const { publicJwk, privatePem } = await createClientKey('ES384');
  await writePrivateFile(join(folder, 'lakeside'), 'cds-client.pem', privatePem);
  const caFile = join(folder, 'ca.pem');
  if (sandbox.caPem !== undefined) await writeFile(caFile, sandbox.caPem);
  const program = await startOrderAdvisor(join(folder, 'ai-system'), {
    fhirBase,
    ...(sandbox.caPem === undefined ? {} : { caFile }),
    callers: [{ issuer: fhirBase, tenant, keys: [publicJwk] }],
    faults: throughSeam(deviations, 'product', []).filter(isAdvisorFault),
    logFile: join(folder, 'lakeside', logName),
  });
  const key = { ref: 'file:cds-client.pem' };
  const cdsHooks = { base: program.origin, services: [advisorService], key, tenant };
  return { program, doors: { cdsHooks, auditExport: { ref: `file:${logName}` } } };
}
