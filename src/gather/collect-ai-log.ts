import { join } from 'node:path';
import type { MadeAccess } from '../model/audit-access.js';
import type { OrganizationProfile } from '../model/documents/organization.js';
import { ToolError } from '../model/errors.js';
import type { EvidenceEnd, EvidenceHeader, EvidenceLine } from '../model/evidence.js';
import { isMissing, type Missing } from '../model/fact.js';
import { factKinds } from '../model/facts/registry.js';
import { runIdentity } from './audit-log.js';
import { collectedEnd } from './collected-end.js';
import { ChainedLog, createLogFile } from './durable-log.js';
import { logText } from './log-file.js';
import { readProductLog, type ProductLog, type ProductLogFacts } from './product-log.js';

export interface AiLogOptions {
  readonly folder: string;
  readonly header: EvidenceHeader;
  readonly organization: OrganizationProfile;
  /** What every exchange of the run must have left in a log: they say when the run was. */
  readonly made: readonly MadeAccess[];
  readonly lastEnd: EvidenceEnd;
  /** Where the chain goes on. */
  readonly continueFrom: { readonly seq: number; readonly previous: string };
  readonly file: string;
  readonly now: () => Date;
}

export interface CollectedAiLog {
  readonly log: ProductLog | Missing;
  readonly cards: ProductLogFacts['card-outcomes'];
  readonly sha256: string;
}

/**
 * Brings the AI system's own log into a finished run as a segment of its own; a later log takes the place of an earlier
 * one. Sends nothing. Of the file, digests are kept, and nothing of other times and other patients.
 * @throws ToolError (exit 2), the evidence untouched: the file is none, or no line of it is one of such a log
 */
export async function collectAiLogFile(options: AiLogOptions): Promise<CollectedAiLog> {
  const { folder, header, organization, made, lastEnd, continueFrom, now } = options;
  const run = runIdentity({ runId: header.runId, organization, accesses: made, bindingsOf: () => [] });
  const { chunks, sha256 } = logText(options.file, 'log of the AI system');
  const facts = await readProductLog(chunks, run, 'file');
  const { 'product-log': log, 'card-outcomes': cards } = facts;
  if (!isMissing(log) && log.lines === log.unreadable) {
    throw new ToolError(
      'not-an-ai-log',
      log.lines === 0
        ? 'the log of the AI system holds no line'
        : `none of its ${log.lines} lines is one of the log of an AI system`,
      { next: 'One JSON object a line, as ehr-scorecard schema ai-log describes it.' },
    );
  }
  const at = now().toISOString();
  const segment: EvidenceLine[] = [
    { type: 'segment', kind: 'ai-log', at, sources: [{ name: 'ai-log', sha256: sha256() }] },
    ...(['product-log', 'card-outcomes'] as const).map((kind): EvidenceLine => ({
      type: 'fact',
      kind,
      version: factKinds[kind].version,
      subject: 'run',
      value: facts[kind],
      grade: 'measured',
      exchanges: [],
      environmentClass: header.environment.class,
    })),
    collectedEnd(at, lastEnd),
  ];
  const evidence = new ChainedLog(await createLogFile(join(folder, 'evidence.ndjson'), 'continue'), continueFrom);
  try {
    await Promise.all(segment.map((line) => evidence.append(line)));
    await evidence.flush();
  } finally {
    await evidence.close();
  }
  return { log, cards, sha256: sha256() };
}
