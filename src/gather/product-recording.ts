import { join } from 'node:path';
import { chainStart } from '../model/chain.js';
import { SafetyStop, ToolError } from '../model/errors.js';
import { missing } from '../model/fact.js';
import type { EvidenceEnd, EvidenceHeader } from '../model/evidence.js';
import type { TlsRule } from '../wire/exchange.js';
import { FactWriter } from './fact-writer.js';
import { folds } from './folds/index.js';
import { Folding } from './folds/folding.js';
import recordedLatency, { recordedEntries } from './folds/recorded-latency.js';
import { startFaultProxy, type FaultProxyOptions } from './observers/fault-proxy.js';
import type { FaultRule } from './observers/injected-faults.js';
import { outputSearch, searchFile } from './output-search.js';
import type { RunDocuments } from './probe.js';
import { lineOf, writeRefusal } from './product-proxy.js';
import { createRunFolder, type InputDocument } from './run-folder.js';
import { headerBasis } from './run-header.js';

/** Checks that the requests of a product alone can answer. */
export const recordedChecks: readonly string[] = [
  'conflict.mid-process',
  'error.ehr-outage',
  'error.rate-limit',
  'hipaa.minimum-necessary',
  'hipaa.phi-leakage',
  'write.idempotent-retry',
  'write.version-conflict',
];

/** What these checks want provoked; a recording provokes nothing. */
const notProvoked = {
  id: 'recording',
  brings: ['ehr-outage', 'mid-process', 'retry-objects', 'stale-update'],
} as const;

export interface RecordingOptions {
  readonly documents: RunDocuments;
  readonly inputs: readonly InputDocument[];
  readonly tls: TlsRule | undefined;
  readonly listen: FaultProxyOptions['listen'];
  readonly publicUrl: string | undefined;
  /** None: whatever the product does is passed on, and nobody's data is looked at for being a test patient's. */
  readonly faults: readonly FaultRule[];
  readonly output: string;
  readonly runId: string;
  readonly header: Pick<EvidenceHeader, 'tool' | 'operator'>;
  readonly onListening: (baseUrl: string) => void;
  /** Ends the recording in order. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export interface Recorded {
  readonly folder: string;
  readonly requests: number;
  /** Of the product, and none for its EHR; nothing of them was passed on. */
  readonly refused: number;
  readonly how: EvidenceEnd['how'];
}

/**
 * Records what a product asks its EHR for, as long as it takes, in a run folder that `score` reads; in constant memory.
 * @throws ToolError `fault-in-production`, and whatever keeps the proxy from listening
 */
export async function recordProduct(options: RecordingOptions): Promise<Recorded> {
  const { documents, faults, now, signal } = options;
  const { environmentClass } = documents;
  const observed = faults.length === 0;
  const looked: RunDocuments = observed ? { ...documents, observed } : documents;
  const folding = new Folding([...folds, recordedLatency], looked);
  const listed = new Set((documents.organization.testData?.patients ?? []).map(({ id }) => id));
  let requests = 0;
  let lastLine: Promise<void> = Promise.resolve();
  let append: (line: ReturnType<typeof lineOf>) => Promise<void> = () => Promise.resolve();
  const proxy = await startFaultProxy({
    upstream: documents.environment.fhirBase,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    environmentClass,
    listen: options.listen,
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...(observed ? {} : { refuseWritesTo: (write) => writeRefusal(write, listed, () => false) }),
    onExchange(record, whole) {
      requests += 1;
      folding.product(whole, record.fault);
      lastLine = append(lineOf(record, whole));
      lastLine.catch(() => undefined);
    },
    onRefused: (refusal) => folding.refused(refusal),
    now,
  });
  try {
    for (const rule of faults) proxy.inject(rule);
    const folder = await createRunFolder(options.output, options.runId, options.inputs);
    const { evidence } = folder;
    await evidence.append({
      ...headerBasis(options, folder),
      phi: 'may-contain',
      writes: 'none',
      gate: 'none',
      selection: [...new Set([...recordedChecks, ...recordedEntries(documents.contract).map(({ check }) => check)])],
      credentials: false,
      planSha256: chainStart,
      seed: '',
    });
    append = (line) => evidence.append(line);
    options.onListening(proxy.baseUrl);
    await stopped(signal, () => proxy.stop);
    await proxy.close();
    await lastLine;
    const facts = new FactWriter({ evidence, environmentClass, now });
    await folding.end(facts);
    const asked = missing('writes-off', 'a recording causes nothing, it only looks');
    await facts.missing({ probe: notProvoked, subject: { id: 'run' } }, asked);
    let how: EvidenceEnd['how'] = 'complete';
    let code: string | undefined;
    const reason = proxy.stop ?? (await secretIn(folder.path, documents, () => evidence.flush()));
    if (reason !== undefined) {
      how = 'safety-stop';
      code = reason.code;
      await evidence.append({
        type: 'event',
        event: 'safety-stop',
        at: now().toISOString(),
        data: { code, rule: reason.rule, message: reason.message, next: reason.next ?? '' },
      });
    }
    await folder.journal.close();
    await evidence.append({
      type: 'end',
      at: now().toISOString(),
      how,
      ...(code === undefined ? {} : { code }),
      plannedRequests: 0,
      sentRequests: 0,
      unavailableRequests: 0,
      writes: 0,
      undone: 0,
      residue: [],
      leavesMax: 0,
      journalHead: folder.journal.head,
    });
    await evidence.flush();
    await evidence.close();
    return { folder: folder.path, requests, refused: proxy.detours(), how };
  } finally {
    await proxy.close();
  }
}

const looksEveryMs = 200;

async function stopped(signal: AbortSignal, stop: () => SafetyStop | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!signal.aborted && stop() === undefined) return;
      clearInterval(timer);
      signal.removeEventListener('abort', look);
      resolve();
    };
    const timer = setInterval(look, looksEveryMs);
    signal.addEventListener('abort', look);
    look();
  });
}

/** Safety rule 35: nothing that was planted stands in what was written. */
async function secretIn(
  folder: string,
  { organization }: RunDocuments,
  flush: () => Promise<void>,
): Promise<SafetyStop | undefined> {
  await flush();
  const planted = (organization.testData?.patients ?? []).map(({ alias, canary }) => ({
    what: `the canary of ${alias}`,
    value: canary,
  }));
  const found = await searchFile(join(folder, 'evidence.ndjson'), outputSearch(planted));
  if (found === undefined) return undefined;
  return new SafetyStop(
    'secret-in-output',
    35,
    `evidence.ndjson holds ${found}`,
    'Destroy the run folder and please report this; no report was written.',
  );
}

/**
 * `429@search*3`, `drop-answer@write:Appointment*1`: a fault, what it meets (default: everything), and how often (default: always).
 * @throws ToolError `unknown-fault`
 */
export function readFaultRule(text: string, names: readonly FaultRule['fault'][]): FaultRule {
  const [, name, interaction, resourceType, times] =
    /^([a-z0-9-]+)(?:@(read|search|write|any)(?::([A-Z][A-Za-z]{1,63}))?)?(?:\*(\d{1,6}))?$/.exec(text) ?? [];
  const fault = names.find((each) => each === name && each !== 'pass');
  if (fault === undefined) {
    throw new ToolError('unknown-fault', `"${text.slice(0, 60)}" is no fault`, {
      next: `Write it as 429@search*3 or 412@write:Appointment*1; known: ${names.filter((each) => each !== 'pass').join(', ')}.`,
    });
  }
  return {
    fault,
    when: {
      interaction: (interaction as FaultRule['when']['interaction'] | undefined) ?? 'any',
      ...(resourceType === undefined ? {} : { resourceType }),
    },
    ...(times === undefined ? {} : { times: Number(times) }),
    ...(fault === '429' || fault === '503' ? { retryAfterS: 1 } : {}),
  };
}
