import type { SafetyStop } from '../../model/errors.js';
import type { EnvironmentClass } from '../../model/outcome.js';
import type { TlsRule } from '../../wire/exchange.js';
import { listen, type ListenOptions, type RawRequest, type RawResponse } from '../../wire/listener.js';
import { openUpstream } from '../../wire/upstream.js';
import type { SeenExchange } from '../folds/fold.js';
import { AddressExchange } from './address-exchange.js';
import { collected } from './held-body.js';
import { InjectedFaults, type FaultRule, type InjectedFault } from './injected-faults.js';
import { ProductTrail, stepOf, type ProductAccess } from './product-trail.js';
import { SignInDocuments, signInPath } from './proxied-discovery.js';
import { recordFor, seenBy, type ProxyRecord, type WriteRefusal } from './proxied-exchange.js';
import { readRequest, type ProxiedRequest, type ProxiedWrite } from './proxied-request.js';
import { belowPrefix, proxyAddress, refusalOf, refusedBy, type ProxyRefusal } from './proxy-guard.js';
import { Passage, type ProxyHouse } from './proxy-passage.js';

export interface FaultProxyOptions {
  /** FHIR base of the EHR. */
  readonly upstream: string;
  readonly tls?: TlsRule;
  readonly environmentClass: EnvironmentClass;
  readonly listen: Pick<ListenOptions, 'bind' | 'port' | 'tls' | 'clients'>;
  /** As the AI system reaches the listener; its path is the prefix. Default: the address it listens on. */
  readonly publicUrl?: string;
  /** JSON and XML bodies up to this size are looked into; larger ones pass as they are. 10 MiB. */
  readonly heldBytes?: number;
  /** Why a change is not passed on; it ends in a stop where it is about a patient outside the test data. Default: all are. */
  readonly refuseWritesTo?: (write: ProxiedWrite) => WriteRefusal | undefined;
  /** Told of every exchange: what may be kept of it, and the whole of it, which may not. */
  readonly onExchange?: (record: ProxyRecord, whole: SeenExchange) => void;
  /** Told of every request that was none for the EHR; nothing of it was passed on. */
  readonly onRefused?: (refusal: ProxyRefusal) => void;
  readonly now?: () => Date;
}

/** Stands between the AI system and its EHR. */
export interface FaultProxy {
  /** What the AI system uses as its FHIR base. */
  readonly baseUrl: string;
  /** @throws ToolError `fault-in-production` */
  inject(rule: FaultRule): InjectedFault;
  /** What the AI system did to one object, or to all, in its order. */
  seen(query: { readonly reference?: string; readonly since?: number }): readonly ProductAccess[];
  /** Resolves when the AI system has asked for anything at all; false after `withinMs`. */
  untilSeen(withinMs: number): Promise<boolean>;
  /** Requests that were none for a proxy of one EHR, by what was wrong with them. */
  readonly refused: ReadonlyMap<ProxyRefusal['why'], number>;
  /** How many of them wanted something else than a wrong path. */
  detours(): number;
  /** Why the run has to end; absent while nothing speaks for it. */
  readonly stop: SafetyStop | undefined;
  close(): Promise<void>;
}

const defaultHeldBytes = 10 * 1_048_576;

/**
 * A reverse proxy for one EHR (safety rule 41): it serves `[base]`, exchanges addresses both ways, records, and lets the
 * AI system meet faults while it runs. Bodies it does not understand stream through unread.
 * @throws ToolError `proxy-needs-prefix`, `proxy-needs-clients`, `listener-needs-tls`, `port-in-use`, `cannot-listen`
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const ehrBase = options.upstream.replace(/\/$/, '');
  const ehr = new URL(ehrBase);
  const now = options.now ?? (() => new Date());
  const upstream = openUpstream({ origin: ehr.origin, ...(options.tls === undefined ? {} : { tls: options.tls }) });
  const faults = new InjectedFaults(options.environmentClass);
  const trail = new ProductTrail();
  const closing = new AbortController();
  const refused = new Map<ProxyRefusal['why'], number>();
  const waiting = new Set<() => void>();
  let exchanges = 0;
  let stop: SafetyStop | undefined;

  const listener = await listen({
    ...options.listen,
    rawHandler: (request, response) => handle(request, response),
    onHandlerFault: () => undefined,
    onRefused: ({ why, target }) => refuse(why, target ?? ''),
  });
  let address: ReturnType<typeof proxyAddress>;
  try {
    address = proxyAddress({ origin: listener.origin, publicUrl: options.publicUrl, clients: options.listen.clients });
  } catch (error) {
    await listener.close();
    throw error;
  }
  const addresses = new AddressExchange(ehrBase, address.baseUrl);
  const signIn = new SignInDocuments(addresses, address.baseUrl);
  const house: ProxyHouse = {
    addresses,
    signIn,
    upstream,
    basePath: ehr.pathname.replace(/\/$/, ''),
    heldBytes: options.heldBytes ?? defaultHeldBytes,
    faults,
    ownersOf: (reference) => trail.ownersOf(reference),
    refuseWritesTo: options.refuseWritesTo ?? (() => undefined),
    stop: (reason) => {
      stop ??= reason;
    },
    closing: closing.signal,
  };

  function refuse(why: ProxyRefusal['why'], target: string, host?: string): void {
    refused.set(why, (refused.get(why) ?? 0) + 1);
    options.onRefused?.(refusalOf(address, why, target, host));
  }

  async function handle(request: RawRequest, response: RawResponse): Promise<void> {
    const receivedAtMs = performance.now();
    const at = now();
    response.sendDate = false;
    const wrong = refusedBy(address, request);
    const below = wrong === undefined ? belowPrefix(address, request.url ?? '') : undefined;
    if (below === undefined) {
      refuse(wrong ?? 'elsewhere', request.url ?? '', wrong === 'host' ? request.headers.host : undefined);
      response.writeHead(wrong === undefined ? 404 : 400, { connection: 'close', 'content-length': '0' }).end();
      return;
    }
    const asked = readRequest(request.method ?? '', below.path, below.search);
    if (asked.path === signInPath) return redirectToSignIn(request, response, asked);
    exchanges += 1;
    const passage = new Passage(house, { id: `p${exchanges}`, request, response, asked, receivedAtMs, at });
    await passage.go();
    const { exchange, content } = passage.ended();
    const record = recordFor(exchange, trail);
    const objects = { ...trail.note(stepOf(exchange, content)), lastedMs: record.durationMs };
    options.onExchange?.(record, { ...seenBy(exchange, content, ehrBase, now()), objects });
    for (const look of waiting) look();
  }

  async function redirectToSignIn(request: RawRequest, response: RawResponse, asked: ProxiedRequest): Promise<void> {
    const form = request.method === 'POST' ? await collected(request, 65_536) : undefined;
    const parameters = new URLSearchParams(Buffer.isBuffer(form) ? form.toString('utf8') : asked.search);
    const target = signIn.redirect(parameters);
    if (target === undefined) response.writeHead(404, { 'content-length': '0' }).end();
    else response.writeHead(303, { location: target, 'cache-control': 'no-store', 'content-length': '0' }).end();
  }

  return {
    baseUrl: address.baseUrl,
    inject: (rule) => faults.inject(rule),
    seen: (query) => trail.seen(query),
    refused,
    detours: () => [...refused].reduce((sum, [why, times]) => (why === 'elsewhere' ? sum : sum + times), 0),
    get stop() {
      return stop;
    },
    untilSeen: (withinMs) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (exchanges > 0) end(true);
        };
        const timer = setTimeout(() => end(false), withinMs);
        const end = (seen: boolean): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(seen);
        };
        waiting.add(look);
        look();
      }),
    async close() {
      closing.abort();
      await listener.close();
      upstream.close();
    },
  };
}
