import type { Resource } from 'fhir/r4.js';
import { parseJson } from '../../fhir/json.js';
import { productContext, productProbe } from '../../model/evidence.js';
import type { SeenExchange } from '../folds/fold.js';
import type { FaultName } from './injected-faults.js';
import {
  asOutgoing,
  parameterNames,
  templateOf,
  tellingInUrl,
  type Interaction,
  type ProxiedRequest,
  type ProxiedWrite,
} from './proxied-request.js';
import { headerOf, recordOf, type RawHeaders } from './proxy-headers.js';
import type { ProductTrail } from './product-trail.js';

/** What is kept of one request of the AI system: no value, no body, no credential, no id. */
export interface ProxyRecord {
  /** `p1`, `p2` … in the order they were answered. */
  readonly id: string;
  readonly at: Date;
  readonly method: string;
  /** `Appointment/{id}`, `Slot/_search?start` */
  readonly path: string;
  readonly interaction: Interaction;
  readonly resourceType?: string;
  /** Names of parameters in URL and form. */
  readonly parameters: readonly string[];
  /** Of those, parameters in the URL that tell who somebody is. */
  readonly tellingInUrl: readonly string[];
  /** What the AI system was answered; 0: nothing. */
  readonly status: number;
  /** What the EHR answered; absent where it was not asked or gave none. */
  readonly upstreamStatus?: number;
  /** From the head of the request to the last byte of the answer, and the share of the EHR in it. */
  readonly durationMs: number;
  readonly upstreamMs?: number;
  readonly fault?: FaultName;
  readonly refused?: WriteRefusal;
  /** Of a write with If-Match: whether it names the version the AI system read last. */
  readonly ifMatch?: 'as-read' | 'not-as-read' | 'never-read';
  readonly contentType?: string;
  readonly requestBytes: number;
  readonly bytes: number;
  /** The body was too large to look into, so its addresses stayed the EHR's. */
  readonly unparsed?: true;
}

/** Why a change of the AI system is not passed on. */
export type WriteRefusal = 'unlisted-patient' | 'unknown-object';

/** One exchange as it went through, before anything is let go. */
export interface ProxiedExchange {
  readonly id: string;
  readonly at: Date;
  readonly receivedAtMs: number;
  readonly answeredAtMs: number;
  readonly request: ProxiedRequest;
  readonly requestHeaders: RawHeaders;
  /** Held request body as it went to the EHR. */
  readonly requestBody: Buffer | undefined;
  readonly requestBytes: number;
  readonly writes: readonly ProxiedWrite[];
  readonly status: number;
  readonly fault: FaultName | undefined;
  readonly refused: WriteRefusal | undefined;
  /** What the AI system was given; absent where nothing was. */
  readonly answered: Given | undefined;
  readonly upstream: Came | undefined;
}

export interface Given {
  readonly headers: RawHeaders;
  /** Of an answer of the proxy itself. */
  readonly body?: Buffer;
  readonly bytes: number;
}

/** What came from the EHR. */
export interface Came {
  readonly status: number;
  readonly sentAtMs: number;
  readonly firstByteAtMs: number;
  readonly endAtMs: number;
  readonly headers: RawHeaders;
  /** Without content encoding; absent where it streamed through. */
  readonly body: Buffer | undefined;
  readonly unparsed: boolean;
}

export interface Content {
  readonly json: unknown;
  readonly problem: 'not-fhir' | 'too-deep' | undefined;
  readonly resource: Resource | undefined;
}

export function recordFor(exchange: ProxiedExchange, trail: Pick<ProductTrail, 'lastRead'>): ProxyRecord {
  const { request, upstream, answered, fault, refused } = exchange;
  const outgoing = outgoingOf(exchange);
  const contentType = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/.exec(
    headerOf(answered?.headers ?? [], 'content-type') ?? '',
  )?.[0];
  const ifMatch = ifMatchOf(exchange.writes, trail);
  return {
    id: exchange.id,
    at: exchange.at,
    method: request.method,
    path: templateOf(outgoing),
    interaction: request.interaction,
    ...(request.resourceType === undefined ? {} : { resourceType: request.resourceType }),
    parameters: parameterNames(outgoing),
    tellingInUrl: tellingInUrl(outgoing),
    status: exchange.status,
    ...(upstream === undefined
      ? {}
      : { upstreamStatus: upstream.status, upstreamMs: rounded(upstream.endAtMs - upstream.sentAtMs) }),
    durationMs: rounded(exchange.answeredAtMs - exchange.receivedAtMs),
    ...(fault === undefined ? {} : { fault }),
    ...(refused === undefined ? {} : { refused }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(contentType === undefined ? {} : { contentType }),
    requestBytes: exchange.requestBytes,
    bytes: answered?.bytes ?? 0,
    ...(upstream?.unparsed === true ? { unparsed: true as const } : {}),
  };
}

function ifMatchOf(writes: readonly ProxiedWrite[], trail: Pick<ProductTrail, 'lastRead'>): ProxyRecord['ifMatch'] {
  const write = writes.find(({ ifMatch }) => ifMatch !== undefined);
  if (write === undefined) return undefined;
  const read = write.reference === undefined ? undefined : trail.lastRead(write.reference);
  if (read === undefined) return 'never-read';
  return write.ifMatch?.replace(/^W\//, '').replaceAll('"', '') === read ? 'as-read' : 'not-as-read';
}

/** The exchange as folds see those of the run: with the addresses of the EHR, and with what the AI system was answered. */
export function seenBy(exchange: ProxiedExchange, content: Content, fhirBase: string, receivedAt: Date): SeenExchange {
  const { id, request, answered, upstream, status, at, receivedAtMs, answeredAtMs } = exchange;
  const headers = (answered?.body === undefined ? upstream?.headers : answered.headers) ?? [];
  return {
    id,
    probe: productProbe,
    context: productContext,
    purpose: 'fhir',
    request: outgoingOf(exchange),
    url: `${fhirBase}/${request.path}${request.search}`,
    sentAt: at,
    answer:
      answered === undefined
        ? undefined
        : {
            exchange: id,
            status,
            headers: recordOf(headers),
            body: answered.body ?? upstream?.body ?? Buffer.alloc(0),
            ...content,
            timing: {
              intendedAtMs: receivedAtMs,
              sentAtMs: upstream?.sentAtMs ?? receivedAtMs,
              firstByteAtMs: upstream?.firstByteAtMs ?? answeredAtMs,
              endAtMs: answeredAtMs,
            },
            sentAt: at,
            receivedAt,
            connection: { reused: true, addressClass: 'loopback' },
            requestId: headerOf(exchange.requestHeaders, 'x-request-id') ?? '',
            ok: status >= 200 && status < 300,
          },
  };
}

/** JSON of a held body, and the resource it is. */
export function contentOf(body: Buffer | undefined, contentType: string | undefined): Content {
  if (body === undefined || body.length === 0 || !isJson(contentType)) {
    return { json: undefined, problem: undefined, resource: undefined };
  }
  const parsed = parseJson(body);
  if ('problem' in parsed) {
    return { json: undefined, problem: parsed.problem === 'too-deep' ? 'too-deep' : 'not-fhir', resource: undefined };
  }
  const { value } = parsed;
  const named = typeof value === 'object' && value !== null && typeof (value as Resource).resourceType === 'string';
  return { json: value, problem: undefined, resource: named ? (value as Resource) : undefined };
}

export const isJson = (contentType: string | undefined): boolean =>
  /^application\/(?:[\w.-]+\+)?(?:nd)?json\b/i.test(contentType ?? '');
export const isText = (contentType: string | undefined): boolean =>
  /^application\/(?:x-www-form-urlencoded|(?:[\w.-]+\+)?xml)\b|^text\/xml\b/i.test(contentType ?? '');

function outgoingOf({ request, requestHeaders, requestBody }: ProxiedExchange) {
  const text = requestBody?.toString('utf8');
  const form = /^application\/x-www-form-urlencoded\b/i.test(headerOf(requestHeaders, 'content-type') ?? '');
  return asOutgoing(request, form ? text : undefined, form ? undefined : text);
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1_000) / 1_000;
