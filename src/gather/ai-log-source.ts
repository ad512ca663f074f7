import { Readable } from 'node:stream';
import { logAddress } from '../model/ai-log-place.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import type { AiSystemAccess } from './ai-system.js';
import { logText } from './log-file.js';
import type { RunDocuments } from './probe.js';
import type { Recorder, Scope } from './recorder.js';
import type { RequestTemplate } from './request.js';

/** The AI system's own log, piece by piece. */
export interface AiLogSource {
  readonly source: FactValue<'product-log'>['source'];
  readonly text: AsyncIterable<string>;
}

/** What asking for the log may send. */
export const aiLogTemplates = ({ organization }: Pick<RunDocuments, 'organization'>): RequestTemplate[] =>
  logAddress(organization) === undefined
    ? []
    : [{ context: 'ai-system', method: 'GET', path: '', most: 1, purpose: 'ai-log' }];

/**
 * `aiSystem.auditExport`: `GET` of an address, or a file beside the organization file. Missing with the reason where there
 * is none.
 * @throws ExchangeFault when no usable answer comes
 */
export async function openAiLog(
  recorder: Recorder,
  scope: Scope,
  { organization }: Pick<RunDocuments, 'organization'>,
  { access, file }: { readonly access: AiSystemAccess; readonly file: string | undefined },
): Promise<AiLogSource | Missing> {
  const place = organization.aiSystem?.auditExport;
  if (place === undefined) {
    return missing(
      'no-ai-system',
      'aiSystem.auditExport is not in the organization file; bring the log with: collect RUN --ai-log FILE',
    );
  }
  if (file !== undefined) return { source: 'file', text: logText(file, 'log of the AI system').chunks };
  if (logAddress(organization) === undefined)
    return missing(
      'not-yet',
      'the file of aiSystem.auditExport is not there; bring it with: collect RUN --ai-log FILE',
    );
  const answer = await recorder.send(
    scope,
    'ai-system',
    {
      method: 'GET',
      path: '',
      purpose: 'ai-log',
      tolerant: true,
      headers: { accept: 'application/x-ndjson, application/json;q=0.9' },
    },
    access.logToken === undefined ? undefined : `Bearer ${access.logToken}`,
  );
  return answer.ok
    ? { source: 'door', text: Readable.from([new TextDecoder('utf-8').decode(answer.body)]) }
    : missing('no-ai-system', `aiSystem.auditExport answered ${answer.status}`);
}
