import { SafetyStop, ToolError } from '../model/errors.js';
import { addressClass } from './address.js';
import { ConnectionPool } from './connection-pool.js';
import { Ending } from './ending.js';
import type { Door, DoorOptions, DoorRequest, DoorResponse, Hop, OriginRule, Purpose } from './exchange.js';
import { Peer } from './peer.js';
import { send, type Answer } from './send.js';
import { WireFault } from './wire-fault.js';

export type * from './exchange.js';
export { bearer } from './bearer.js';
export { WireFault, type CertificateProblem, type WireFaultReason } from './wire-fault.js';

const maxRedirects = 3;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const ownHeaders = new Set(
  'accept-encoding connection content-length expect host keep-alive te trailer transfer-encoding upgrade'.split(' '),
);

/**
 * The one way out to the network: listed origins by purpose, TLS always verified, bounded answers, no redirect that
 * could carry a credential or a body elsewhere. It knows nothing of FHIR and judges nothing.
 * @throws ToolError `origin-not-usable`, `plain-http-off-loopback`, `tls-conflict`
 */
export function openDoor(options: DoorOptions): Door {
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const { deadlineMs = 30_000, idleMs = 15_000, bodyBytes = 10_485_760 } = options.defaults ?? {};
  const limits = { bodyBytes, idleMs };
  const listed = listOrigins(options.origins);
  const pools = new Map<string, ConnectionPool>();
  const inFlight = new Set<Ending>();
  let closed = false;

  const poolOf = (origin: string, purpose: Purpose): ConnectionPool => {
    const rule = listed.get(origin);
    if (rule === undefined || !rule.purposes.has(purpose)) {
      throw new WireFault('origin-not-listed', { origin: shownOrigin(origin) });
    }
    let pool = pools.get(origin);
    if (pool === undefined) {
      pool = new ConnectionPool(
        new Peer(new URL(origin), rule.tls, monotonicMs, options.lookup),
        options.connectionsPerOrigin ?? 8,
      );
      pools.set(origin, pool);
    }
    return pool;
  };

  const follow = async (request: DoorRequest, intendedAtMs: number, ending: Ending): Promise<DoorResponse> => {
    let target = parse(request.url);
    const pool = poolOf(target.origin, request.purpose);
    const hops: Hop[] = [];
    let first: Answer | undefined;
    for (;;) {
      const answer = await send(pool, target, request, limits, monotonicMs, ending);
      first ??= answer;
      const follows = request.redirects !== 'returned' && redirectStatuses.has(answer.status);
      const location = follows ? answer.headers['location'] : undefined;
      if (location === undefined) return responseOf(answer, first, intendedAtMs, hops);
      target = redirectTarget(request, target, location, answer);
      if (hops.length === maxRedirects) {
        throw new WireFault('too-many-redirects', { origin: target.origin, sentAtMs: first.sentAtMs });
      }
      hops.push({ status: answer.status, origin: target.origin });
    }
  };

  return {
    async exchange(request) {
      const intendedAtMs = request.intendedAtMs ?? monotonicMs();
      checkHeaders(request.headers);
      const ending = new Ending();
      const abort = (): void => ending.end(new WireFault('aborted'));
      if (closed || request.signal?.aborted === true) throw new WireFault('aborted');
      const deadline = setTimeout(() => ending.end(new WireFault('timeout')), request.deadlineMs ?? deadlineMs);
      request.signal?.addEventListener('abort', abort, { once: true });
      inFlight.add(ending);
      try {
        return await follow(request, intendedAtMs, ending);
      } finally {
        clearTimeout(deadline);
        request.signal?.removeEventListener('abort', abort);
        inFlight.delete(ending);
      }
    },
    async close() {
      closed = true;
      for (const ending of inFlight) ending.end(new WireFault('aborted'));
      await Promise.all([...pools.values()].map((pool) => pool.close()));
    },
  };
}

function responseOf(answer: Answer, first: Answer, intendedAtMs: number, hops: readonly Hop[]): DoorResponse {
  const { address, addressClass: reached, tlsProtocol, peerSpkiSha256, dnsMs, connectMs, tlsMs } = answer.connection;
  return {
    status: answer.status,
    headers: answer.headers,
    headerNames: answer.headerNames,
    body: answer.body,
    timing: {
      intendedAtMs,
      sentAtMs: first.sentAtMs,
      firstByteAtMs: answer.firstByteAtMs,
      endAtMs: answer.endAtMs,
      ...(answer.reused
        ? {}
        : { connectMs, ...(dnsMs === undefined ? {} : { dnsMs }), ...(tlsMs === undefined ? {} : { tlsMs }) }),
    },
    connection: {
      reused: answer.reused,
      addressClass: reached,
      ...(address === undefined ? {} : { address }),
      ...(tlsProtocol === undefined ? {} : { tlsProtocol }),
      ...(peerSpkiSha256 === undefined ? {} : { peerSpkiSha256 }),
    },
    hops,
  };
}

/** Where a redirect may be followed to: GET and HEAD without a credential, inside the origin. */
function redirectTarget(request: DoorRequest, from: URL, location: string, answer: Answer): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const redirectOrigin = target === undefined ? undefined : shownOrigin(target.origin);
  if (request.carriesCredential && target?.origin !== from.origin) {
    throw new SafetyStop(
      'credential-redirected',
      2,
      `${from.origin} answered a request that carried a credential with a redirect to ` +
        `${redirectOrigin ?? 'an unreadable address'}; it was not followed`,
      'Ask whoever runs this host why, and list the address that answers by itself.',
    );
  }
  const mayFollow = !request.carriesCredential && (request.method === 'GET' || request.method === 'HEAD');
  if (!mayFollow || target === undefined || target.origin !== from.origin) {
    throw new WireFault('redirected', {
      origin: from.origin,
      sentAtMs: answer.sentAtMs,
      status: answer.status,
      ...(redirectOrigin === undefined ? {} : { redirectOrigin }),
    });
  }
  return target;
}

/** An origin from a document as it may be shown: URL parsing leaves it ASCII but not short. */
function shownOrigin(origin: string): string {
  return origin.length > 300 ? 'an origin of more than 300 characters' : origin;
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') throw new WireFault('origin-not-listed');
  return url;
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,256}$/.test(name) || ownHeaders.has(name.toLowerCase())) {
      throw new ToolError(
        'header-not-usable',
        `a request header has a name that is not allowed (${name.length} characters)`,
      );
    }
    if (!/^[\t\x20-\x7e]{0,16384}$/.test(value)) {
      throw new ToolError('header-not-usable', `the value of request header ${name} is too long or not visible ASCII`);
    }
  }
}

interface ListedOrigin {
  readonly purposes: Set<Purpose>;
  readonly tls: NonNullable<OriginRule['tls']>;
}

function listOrigins(rules: readonly OriginRule[]): ReadonlyMap<string, ListedOrigin> {
  const listed = new Map<string, ListedOrigin>();
  for (const rule of rules) {
    const url = URL.canParse(rule.origin) ? new URL(rule.origin) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname + url.search + url.hash !== '/') {
      throw new ToolError('origin-not-usable', `${rule.origin} is not an origin; accepted: scheme, host and port`, {
        next: 'Write it as https://host:port, without a path.',
      });
    }
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (url.protocol === 'http:' && host !== 'localhost' && addressClass(host) !== 'loopback') {
      throw new ToolError(
        'plain-http-off-loopback',
        `${url.origin} is plain http; accepted: https, or http on loopback`,
        {
          next: 'Use the https address.',
        },
      );
    }
    const tls = rule.tls ?? {};
    const before = listed.get(url.origin);
    if (before === undefined) listed.set(url.origin, { purposes: new Set([rule.purpose]), tls });
    else if (JSON.stringify(before.tls) === JSON.stringify(tls)) before.purposes.add(rule.purpose);
    else {
      throw new ToolError('tls-conflict', `${url.origin} is listed twice with different tls settings`, {
        next: 'Give every entry of one origin the same tls block.',
      });
    }
  }
  return listed;
}
