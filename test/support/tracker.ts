import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import type { RunningEventProgram } from '../../src/sandbox/ai-systems/start-event-program.js';
import { startTracker, type TrackerName } from '../../src/sandbox/ai-systems/start-tracker.js';
import { writePrivateFile } from '../../src/sandbox/keys.js';
import type { Sandbox } from '../../src/sandbox/server.js';

/** A tracker beside the sandbox with its own client, and where the tool finds it. */
export async function startTrackerBeside(
  sandbox: Sandbox,
  folder: string,
  name: TrackerName,
  proxyUrl: string | undefined,
): Promise<{
  readonly program: RunningEventProgram;
  readonly doors: NonNullable<OrganizationProfile['aiSystem']>;
}> {
  const { fhirBase, tokenUrl, clients } = sandbox.organizations.get('lakeside')!;
  const { clientId, keyFile, kid, algorithm } = clients.find((each) => each.name === 'ai-tracker')!;
  const caFile = join(folder, 'ca.pem');
  if (sandbox.caPem !== undefined) await writeFile(caFile, sandbox.caPem);
  const program = await startTracker(name, join(folder, 'ai-system'), {
    fhirBase: proxyUrl ?? fhirBase,
    tokenUrl,
    clientId,
    keyFile,
    ...(sandbox.caPem === undefined ? {} : { caFile }),
    kid,
    algorithm,
  });
  const home = join(folder, 'lakeside');
  await writePrivateFile(home, 'ai-system.token', program.token);
  await writePrivateFile(home, 'ai-system.secret', program.webhookSecret);
  return {
    program,
    doors: {
      control: { url: program.controlUrl, token: { ref: 'file:ai-system.token' } },
      webhook: { url: program.webhookUrl, secret: { ref: 'file:ai-system.secret' } },
      clients: [clientId],
      ...(proxyUrl === undefined ? {} : { proxy: { listener: 'proxy' } }),
    },
  };
}
