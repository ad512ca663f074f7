import { ToolError } from '../model/errors.js';
import { productContext, productProbe, type ExchangeLine } from '../model/evidence.js';
import { missing, type Missing } from '../model/fact.js';
import type { TlsRule } from '../wire/exchange.js';
import type { SeenExchange } from './folds/fold.js';
import { startFaultProxy, type FaultProxy } from './observers/fault-proxy.js';
import type { ProxyRecord, WriteRefusal } from './observers/proxied-exchange.js';
import type { ProxiedWrite } from './observers/proxied-request.js';
import type { ProxyRefusal } from './observers/proxy-guard.js';
import type { RunDocuments } from './probe.js';
import { keptHeaders } from './redact.js';
import type { EvidenceWriter } from './run-folder.js';

export interface ProductProxyOptions {
  readonly documents: Pick<RunDocuments, 'organization' | 'environment' | 'environmentClass'>;
  readonly tls: TlsRule | undefined;
  readonly listenerTls: { readonly key: string; readonly cert: string } | undefined;
  readonly evidence: Pick<EvidenceWriter, 'append'>;
  /** Whether an object is one of a listed test patient, as far as the run itself has seen. */
  readonly isOfTestPatient: (reference: string) => boolean;
  readonly onExchange: (exchange: SeenExchange, record: ProxyRecord) => void;
  readonly onRefused: (refusal: ProxyRefusal) => void;
  readonly now: () => Date;
}

/** Types whose instances belong to no patient. */
const nobodys = new Set(['Subscription', 'Slot', 'Schedule']);

/**
 * The proxy of a run, where `aiSystem.proxy` names a listener: the AI system's requests become lines of the evidence, and
 * changes outside the test data are not passed on (safety rule 41). Missing with the reason where none can be opened.
 */
export async function openProductProxy(options: ProductProxyOptions): Promise<FaultProxy | Missing | undefined> {
  const { documents, tls, listenerTls, now } = options;
  const { organization, environment, environmentClass } = documents;
  const name = organization.aiSystem?.proxy?.listener;
  if (name === undefined) return undefined;
  const declared = organization.listeners?.[name];
  if (declared === undefined) return missing('prerequisite-failed', `aiSystem.proxy: listeners has no ${name}`);
  if (environmentClass === 'production') {
    return missing('writes-off', 'a proxy that lets faults happen stands in front of no production EHR');
  }
  const listed = new Set((organization.testData?.patients ?? []).map(({ id }) => id));
  try {
    return await startFaultProxy({
      upstream: environment.fhirBase,
      ...(tls === undefined ? {} : { tls }),
      environmentClass,
      listen: {
        ...(declared.bind === undefined ? {} : { bind: declared.bind }),
        ...(declared.port === undefined ? {} : { port: declared.port }),
        ...(declared.clients === undefined ? {} : { clients: declared.clients }),
        ...(listenerTls === undefined ? {} : { tls: listenerTls }),
      },
      ...(declared.publicUrl === undefined ? {} : { publicUrl: declared.publicUrl }),
      refuseWritesTo: (write) => writeRefusal(write, listed, options.isOfTestPatient),
      onExchange(record, whole) {
        options.onExchange(whole, record);
        // A log that cannot be written fails at the next line of the run itself.
        options.evidence.append(lineOf(record, whole)).catch(() => undefined);
      },
      onRefused: options.onRefused,
      now,
    });
  } catch (error) {
    if (error instanceof ToolError) return missing('prerequisite-failed', error.message);
    throw error;
  }
}

/** The organization file names the whole base, prefix included, so that the AI system can be set up before the run. */
export function baseIsNamed({ organization }: Pick<RunDocuments, 'organization'>): boolean {
  const { publicUrl } = organization.listeners?.[organization.aiSystem?.proxy?.listener ?? ''] ?? {};
  return publicUrl !== undefined && new URL(publicUrl).pathname !== '/';
}

/** Why a change of the product is not passed on: it is about somebody who is not in the test data, or nobody knows about whom. */
export function writeRefusal(
  { patients, reference, resourceType = '' }: ProxiedWrite,
  listed: ReadonlySet<string>,
  isOfTestPatient: (reference: string) => boolean,
): WriteRefusal | undefined {
  if (patients?.some((id) => !listed.has(id)) === true) return 'unlisted-patient';
  const known = patients !== undefined || nobodys.has(resourceType);
  return known || (reference !== undefined && isOfTestPatient(reference)) ? undefined : 'unknown-object';
}

/** One request of the AI system as a line of the evidence. */
export function lineOf(record: ProxyRecord, { answer }: Pick<SeenExchange, 'answer'>): ExchangeLine {
  const { id, at, method, path, status, durationMs, bytes, fault, refused, upstreamStatus } = record;
  const headers = answer?.headers ?? {};
  return {
    type: 'exchange',
    id,
    probe: productProbe,
    subject: 'run',
    context: productContext,
    method,
    path,
    purpose: 'fhir',
    sentAt: at.toISOString(),
    waitedMs: 0,
    // What an AI system calls its requests could be anything; only what looks random is kept.
    requestId: /^[0-9A-Fa-f-]{16,64}$/.exec(answer?.requestId ?? '')?.[0] ?? '',
    status,
    durationMs,
    bytes,
    headers: keptHeaders({ headers, headerNames: Object.keys(headers) }),
    ...(status === 0 ? { fault: 'unavailable' } : {}),
    ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
    ...(fault === undefined ? {} : { injected: fault }),
    ...(refused === undefined ? {} : { refused }),
    ...(answer?.resource === undefined ? {} : { resourceType: answer.resource.resourceType }),
  };
}
