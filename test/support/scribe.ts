import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OrganizationProfile } from '../../src/model/documents/organization.js';
import { isAppFault } from '../../src/sandbox/ai-systems/note-app-configuration.js';
import { startNoteApp } from '../../src/sandbox/ai-systems/start-note-app.js';
import { startScribe, type ScribeName } from '../../src/sandbox/ai-systems/start-scribe.js';
import { throughSeam, type Deviation } from '../../src/sandbox/deviation.js';
import { idleSeconds } from '../../src/sandbox/organization-document.js';
import { writePrivateFile } from '../../src/sandbox/keys.js';
import type { Sandbox } from '../../src/sandbox/server.js';

/** A note product with its app beside the sandbox, each with its own client, and where the tool finds them. */
export async function startScribeBeside(
  sandbox: Sandbox,
  folder: string,
  name: ScribeName,
  deviations: readonly Deviation[],
): Promise<{
  readonly program: { stop(): Promise<void> };
  readonly doors: NonNullable<OrganizationProfile['aiSystem']>;
  /** Where the other organization opens the same app. */
  readonly doorsOfPeer: NonNullable<OrganizationProfile['aiSystem']>;
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
  const app = await startNoteApp(join(folder, 'app'), {
    ...(sandbox.caPem === undefined ? {} : { caFile }),
    organizations: [...sandbox.organizations].flatMap(([id, organization]) =>
      organization.clients
        .filter((each) => each.name === 'ai-scribe-app')
        .map((client) => ({
          id,
          fhirBase: organization.fhirBase,
          clientId: client.clientId,
          keyFile: client.keyFile,
          kid: client.kid,
          algorithm: client.algorithm,
          people: organization.users.map(({ fhirUser, role }) => ({ fhirUser, role })),
        })),
    ),
    idleSeconds,
    faults: throughSeam(deviations, 'product', []).filter(isAppFault),
  }).catch(async (fault: unknown) => {
    await program.stop();
    throw fault;
  });
  const home = join(folder, 'lakeside');
  await writePrivateFile(home, 'ai-system.token', program.token);
  await writePrivateFile(home, 'ai-system.secret', program.webhookSecret);
  const token = { ref: 'file:ai-system.token' };
  return {
    program: { stop: async () => void (await Promise.all([program.stop(), app.stop()])) },
    doors: {
      launchUrl: `${app.origin}/launch`,
      routes: `${app.origin}/lakeside/openapi.json`,
      control: { url: program.controlUrl, token },
      webhook: { url: program.webhookUrl, secret: { ref: 'file:ai-system.secret' } },
    },
    doorsOfPeer: { launchUrl: `${app.origin}/launch`, routes: `${app.origin}/summit/openapi.json` },
  };
}
