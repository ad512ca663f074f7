import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import { startScribe, type ScribeName } from '../../src/sandbox/ai-systems/start-scribe.js';
import { writePrivateFile } from '../../src/sandbox/keys.js';
import type { Sandbox } from '../../src/sandbox/server.js';

/** A note product beside the sandbox with its own client, and where the tool finds it. */
export async function startScribeBeside(
  sandbox: Sandbox,
  folder: string,
  name: ScribeName,
): Promise<{
  readonly program: { stop(): Promise<void> };
  readonly doors: NonNullable<OrganizationProfile['aiSystem']>;
}> {
  const { fhirBase, tokenUrl, clients } = sandbox.organizations.get('lakeside')!;
  const { clientId, keyFile, kid, algorithm } = clients.find((each) => each.name === 'ai-scribe')!;
  const caFile = join(folder, 'ca.pem');
  if (sandbox.caPem !== undefined) await writeFile(caFile, sandbox.caPem);
  const program = await startScribe(name, join(folder, 'ai-system'), {
    fhirBase,
    tokenUrl,
    clientId,
    keyFile,
    ...(sandbox.caPem === undefined ? {} : { caFile }),
    kid,
    algorithm,
    noteType: '11506-3',
  });
  const home = join(folder, 'lakeside');
  await writePrivateFile(home, 'ai-system.token', program.token);
  await writePrivateFile(home, 'ai-system.secret', program.webhookSecret);
  const token = { ref: 'file:ai-system.token' };
  return {
    program,
    doors: {
      control: { url: program.controlUrl, token },
      webhook: { url: program.webhookUrl, secret: { ref: 'file:ai-system.secret' } },
    },
  };
}
