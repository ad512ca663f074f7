import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ToolError } from '../model/errors.js';
import { newProxyUrl } from '../sandbox/ai-systems/proxy-place.js';
import { startAiSystem, type AiSystemName, type RunningAiSystem } from '../sandbox/ai-systems/start.js';
import type { ClinicIndex } from '../sandbox/clinic/clinic-index.js';
import { isOfEhr } from '../sandbox/deviation.js';
import { deviations } from '../sandbox/deviations/index.js';
import { writeListenerFiles, writePrivateFile } from '../sandbox/keys.js';
import { organizationDocument } from '../sandbox/organization-document.js';
import { startSandbox } from '../sandbox/server.js';
import { samplesPerMinute } from './machine-speed.js';

export interface DemoSandbox {
  readonly organizationFile: string;
  close(): Promise<void>;
}

/** Client of the AI system's own program, and the name of its door's token file beside the organization file. */
const aiClient = 'ai-voice-bot';
const tokenFile = 'ai-system.token';
const secretFile = 'ai-system.secret';

/** The lakeside clinic with an AI system at work, described by an organization file in a private temporary folder. */
export async function openDemo(aiSystem: AiSystemName | 'none', deviationIds: readonly string[]): Promise<DemoSandbox> {
  const chosen = deviationIds.map((id) => {
    const found = deviations.find((deviation) => deviation.id === id && isOfEhr(deviation));
    if (found !== undefined) return found;
    throw new ToolError('unknown-deviation', `the embedded EHR knows no deviation "${id}"`, {
      next: `Known: ${deviations
        .filter(isOfEhr)
        .map((deviation) => deviation.id)
        .join(', ')}.`,
    });
  });
  const folder = await mkdtemp(join(tmpdir(), 'ehr-scorecard-demo-'));
  const sandbox = await startSandbox({ keysFolder: folder, organizations: ['lakeside'], deviations: chosen });
  let product: RunningAiSystem | undefined;
  const close = async (): Promise<void> => {
    await product?.stop();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const lakeside = sandbox.organizations.get('lakeside');
    const registered = lakeside?.clients.find((client) => client.name === aiClient);
    if (lakeside === undefined || registered === undefined)
      throw new Error('the demo needs lakeside and its AI client');
    const home = join(folder, lakeside.id);
    const caFile = sandbox.caPem === undefined ? undefined : await writePrivateFile(home, 'ca.pem', sandbox.caPem);
    const proxyUrl = aiSystem === 'none' ? undefined : await newProxyUrl();
    if (aiSystem !== 'none') {
      product = await startAiSystem(aiSystem, folder, {
        fhirBase: proxyUrl ?? lakeside.fhirBase,
        tokenUrl: lakeside.tokenUrl,
        clientId: registered.clientId,
        keyFile: registered.keyFile,
        kid: registered.kid,
        algorithm: registered.algorithm,
        ...(caFile === undefined ? {} : { caFile }),
        providers: providersOf(lakeside.clinic.index, registered.site),
        visitType: lakeside.clinic.index.visitType.code,
        earliestDays: 14,
        latestDays: 60,
      });
      await writePrivateFile(home, tokenFile, product.token);
      await writePrivateFile(home, secretFile, product.webhookSecret);
    }
    const token = { ref: `file:${tokenFile}` };
    const document = organizationDocument({
      organization: 'lakeside',
      workflow: 'scheduling',
      fhirBase: lakeside.fhirBase,
      tokenUrl: lakeside.tokenUrl,
      clients: lakeside.clients,
      clinic: lakeside.clinic.index,
      now: new Date(),
      keysFolder: 'keys',
      samplesPerMinute: await samplesPerMinute(lakeside.fhirBase, sandbox.caPem),
      ...(caFile === undefined ? {} : { caFile: 'ca.pem' }),
      ...(await writeListenerFiles(home, sandbox.forListeners)),
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
      ...(product === undefined
        ? {}
        : {
            aiSystem: {
              proxy: { listener: 'proxy' },
              query: { url: product.queryUrl, token },
              control: { url: product.controlUrl, token },
              webhook: { url: product.webhookUrl, secret: { ref: `file:${secretFile}` } },
              clients: [registered.clientId],
              auditExport: { url: product.logUrl, token },
            },
          }),
    });
    const organizationFile = await writePrivateFile(home, 'organization.yaml', stringify(document));
    return { organizationFile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whose diaries the product offers: those of its own site. */
function providersOf({ schedules }: ClinicIndex, site: string | null): string[] {
  return [
    ...new Set(schedules.filter((each) => site === null || each.site === site).map(({ practitioner }) => practitioner)),
  ];
}
