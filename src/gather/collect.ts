import { join } from 'node:path';
import {
  clockToleranceMs,
  groupOf,
  ownRecord,
  runDigest,
  type MadeAccess,
  type OwnRecord,
} from '../model/audit-access.js';
import type { AuditMapping } from '../model/documents/audit-mapping.js';
import type { EvidenceEnd, EvidenceHeader, EvidenceLine } from '../model/evidence.js';
import { missing, type FactValue, type Missing } from '../model/fact.js';
import { factKinds } from '../model/facts/registry.js';
import {
  agentsOfLog,
  qualityOfLog,
  factsOfLog,
  isWhole,
  logFacts,
  withoutLog,
  type LogDocuments,
  type LogFacts,
} from './audit-facts.js';
import { collectedEnd } from './collected-end.js';
import { runIdentity } from './audit-log.js';
import { ChainedLog, createLogFile } from './durable-log.js';
import { logRecords } from './log-mapping.js';
import { productWrites } from './product-writes.js';
import { LogFault, logText } from './log-file.js';

export interface CollectOptions extends LogDocuments {
  readonly folder: string;
  readonly header: EvidenceHeader;
  /** What every exchange of the run must have left in a log. */
  readonly made: readonly MadeAccess[];
  /** Sign-ins of the run, as its events hold them. */
  readonly signIns: readonly Readonly<Record<string, unknown>>[];
  readonly lastEnd: EvidenceEnd;
  /** Where the chain goes on. */
  readonly continueFrom: { readonly seq: number; readonly previous: string };
  readonly file: string;
  readonly mapping: AuditMapping;
  readonly now: () => Date;
}

export interface Collected {
  readonly facts: LogFacts;
  readonly agents: FactValue<'agents-in-log'> | Missing;
  readonly quality: FactValue<'record-quality'> | Missing;
  readonly productWrites: FactValue<'writes-of-product'> | Missing;
  readonly sha256: string;
  readonly rows: number;
  /** Records of the run itself; of all others nothing is kept. */
  readonly own: number;
  /** Rows that could not be read as an access. */
  readonly unreadable: number;
}

/** More records than this for every access cannot be the run's. */
const mostRecordsPerAccess = 20;
const citedExchanges = 40;

/**
 * Brings an exported audit log into a finished run: matches it with what the run sent and adds a segment of facts to the
 * evidence. Sends nothing. Of the file, only counts are kept and its digest.
 * @throws ToolError (exit 2), the evidence untouched: the file is none, or lacks the columns the mapping needs
 */
export async function collectAuditFile(options: CollectOptions): Promise<Collected> {
  const collected = await readLog(options);
  const log = new ChainedLog(
    await createLogFile(join(options.folder, 'evidence.ndjson'), 'continue'),
    options.continueFrom,
  );
  try {
    // Handed over in one piece, so that a crash leaves the segment whole or the torn end of one line.
    const written = segment(options, collected).map((line) => log.append(line));
    await Promise.all(written);
    await log.flush();
  } finally {
    await log.close();
  }
  return collected;
}

async function readLog(options: CollectOptions): Promise<Collected> {
  const { header, organization, mapping, signIns, made } = options;
  const run = runIdentity({
    runId: header.runId,
    organization,
    accesses: made,
    bindingsOf: bindingsByName(header.runId, signIns, mapping),
  });
  const most = Math.max(10_000, made.length * mostRecordsPerAccess);
  const { chunks, sha256 } = logText(options.file);
  const own: OwnRecord[] = [];
  let [rows, unreadable, firstMs, lastMs] = [0, 0, Number.POSITIVE_INFINITY, 0];
  let fault: Missing | undefined;
  try {
    for await (const { access, content } of logRecords(chunks, mapping)) {
      rows += 1;
      if (access === undefined) {
        unreadable += 1;
        continue;
      }
      firstMs = Math.min(firstMs, access.atMs);
      lastMs = Math.max(lastMs, access.atMs);
      const record = access.of === 'AuditEvent' ? undefined : ownRecord(access, run);
      if (record !== undefined) own.push(content === undefined ? record : { ...record, content });
      if (own.length > most) throw new LogFault('too-large', 'the file holds far more records of the run than it sent');
    }
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    fault = missing(error.reason, error.message);
  }
  const counts = { sha256: sha256(), rows, own: own.length, unreadable };
  fault ??= uncovered(made, rows, firstMs, lastMs, own.length);
  if (fault !== undefined)
    return { ...counts, facts: withoutLog(fault), agents: fault, quality: fault, productWrites: fault };
  const facts = leavingOut(factsOfLog(made, own, options, 'file'), mapping);
  return {
    ...counts,
    agents: agentsOfLog(made, own, options, { runId: header.runId, source: 'file' }),
    quality: qualityOfLog(made, own, options, 'file'),
    productWrites: productWrites(made, own, options, 'file'),
    facts:
      unreadable > 0 && !isWhole(facts)
        ? withoutLog(missing('truncated', `${unreadable} rows could not be read, so what is missing may be among them`))
        : facts,
  };
}

/** Clients the log names: by id, of which the evidence holds a digest, or by the words of the mapping. */
function bindingsByName(
  runId: string,
  signIns: CollectOptions['signIns'],
  mapping: AuditMapping,
): (client: string) => readonly string[] {
  const byDigest = new Map<string, Set<string>>();
  for (const { binding, client } of signIns) {
    if (typeof binding !== 'string' || typeof client !== 'string') continue;
    byDigest.set(client, (byDigest.get(client) ?? new Set()).add(binding));
  }
  const names = Object.entries(mapping.clients ?? {});
  const known = new Map<string, readonly string[]>();
  return (client) => {
    const found = known.get(client) ?? [
      ...(byDigest.get(runDigest(runId, client)) ?? []),
      ...names.filter(([, words]) => words.includes(client)).map(([binding]) => binding),
    ];
    // An export names few clients in many rows.
    if (known.size < 1_000) known.set(client, found);
    return found;
  };
}

/** Why a file says nothing about what is not in it. */
function uncovered(
  made: readonly MadeAccess[],
  rows: number,
  firstMs: number,
  lastMs: number,
  own: number,
): Missing | undefined {
  const wanted = made.filter((access) => groupOf(access) !== undefined);
  if (rows === 0) return missing('truncated', 'the file holds no record');
  const from = wanted.reduce((least, { fromMs }) => Math.min(least, fromMs), Number.POSITIVE_INFINITY);
  const to = wanted.reduce((greatest, { toMs }) => Math.max(greatest, toMs), 0);
  if (firstMs > from + clockToleranceMs || lastMs < to - clockToleranceMs) {
    return missing(
      'not-yet',
      'the file does not cover the whole run; bring one that does with: collect RUN --audit FILE',
    );
  }
  // The control: without one of them the file may name the clients otherwise, or be about another system.
  return own === 0
    ? missing(
        'control-failed',
        'no record of the file carries a client or a request id of the run; look at the mapping',
      )
    : undefined;
}

const leavingOut = (facts: LogFacts, { leavesOut = [] }: AuditMapping): LogFacts =>
  leavesOut.includes('refusals')
    ? { ...facts, 'refusals-in-log': missing('prerequisite-failed', 'this kind of export leaves refusals out') }
    : facts;

function segment(
  { header, lastEnd, now }: CollectOptions,
  { facts, agents, quality, productWrites: byProduct, sha256 }: Collected,
): EvidenceLine[] {
  const at = now().toISOString();
  const lineOf = (
    kind: keyof LogFacts | 'agents-in-log' | 'record-quality' | 'writes-of-product',
    value: unknown,
    exchanges: readonly string[],
  ): EvidenceLine => ({
    type: 'fact',
    kind,
    version: factKinds[kind].version,
    subject: 'run',
    value,
    grade: 'measured',
    exchanges: exchanges.slice(0, citedExchanges),
    environmentClass: header.environment.class,
  });
  return [
    { type: 'segment', kind: 'audit-file', at, sources: [{ name: 'audit-file', sha256 }] },
    ...logFacts.map((kind) => {
      const value = facts[kind];
      return lineOf(kind, value, 'missing' in value ? [] : [...value.missingExamples, ...value.foundExamples]);
    }),
    lineOf('agents-in-log', agents, []),
    lineOf('record-quality', quality, 'missing' in quality ? [] : quality.examples),
    lineOf('writes-of-product', byProduct, []),
    collectedEnd(at, lastEnd),
  ];
}
