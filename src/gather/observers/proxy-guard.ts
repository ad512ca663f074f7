import { randomBytes } from 'node:crypto';
import { ToolError } from '../../model/errors.js';
import { hostClass } from '../../wire/address.js';
import type { RefusalKind } from '../../model/facts/data-handling.js';
import type { RawRequest } from '../../wire/listener.js';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** 128 bits, in hex or base64url. */
const unguessable = /(?:^|\/)(?:[0-9a-f]{32,}|[A-Za-z0-9_-]{22,})(?:\/|$)/;

/** Where the AI system finds the proxy. */
export interface ProxyAddress {
  /** As the AI system writes it: scheme, host, port and prefix, no slash at the end. */
  readonly baseUrl: string;
  /** In front of every path: `/5f…`. */
  readonly prefix: string;
  /** Values of `Host` it is asked with; lower case. */
  readonly hosts: ReadonlySet<string>;
}

/**
 * @param publicUrl as the AI system reaches it, with the prefix as its path; without a path a random prefix is made
 * @throws ToolError `proxy-needs-prefix`, `proxy-needs-clients`: off loopback an address is not enough (safety rule 41)
 */
export function proxyAddress(options: {
  readonly origin: string;
  readonly publicUrl: string | undefined;
  readonly clients: readonly string[] | undefined;
}): ProxyAddress {
  const listening = new URL(options.origin);
  const seen = new URL(options.publicUrl ?? options.origin);
  const given = seen.pathname.replace(/\/$/, '');
  const prefix = given === '' ? `/${randomBytes(16).toString('hex')}` : given;
  if (hostClass(listening.hostname) !== 'loopback') {
    if (!unguessable.test(prefix)) {
      throw new ToolError(
        'proxy-needs-prefix',
        'the path of the proxy can be guessed: it has fewer than 128 random bits',
        {
          next: 'Leave the path of publicUrl away, or make it 32 random hexadecimal digits.',
        },
      );
    }
    if (options.clients === undefined || options.clients.length === 0) {
      throw new ToolError(
        'proxy-needs-clients',
        'a proxy off this machine takes only listed clients, and none is listed',
        {
          next: 'Name the addresses of the AI system in listeners.<name>.clients.',
        },
      );
    }
  }
  return {
    baseUrl: `${seen.origin}${prefix}`,
    prefix,
    hosts: new Set([...hostsOf(seen), ...hostsOf(listening)]),
  };
}

/** A client may write the usual port out (https://www.rfc-editor.org/rfc/rfc9110#section-4.2.3). */
const hostsOf = ({ host, port, protocol }: URL): readonly string[] =>
  port === '' ? [host, `${host}:${protocol === 'https:' ? 443 : 80}`] : [host];

/** One request that was none for the EHR behind the proxy. */
export interface ProxyRefusal {
  /** `elsewhere`: a path beside the prefix, which anybody may try. */
  readonly why: RefusalKind | 'elsewhere';
  /** Host it wanted to reach, where it named one that is not the proxy; a name or an address, in lower case. */
  readonly host?: string;
  /** As sent. */
  readonly target: string;
}

/** The refusal of a request, with the host it named where that is another one. */
export function refusalOf(
  { hosts }: Pick<ProxyAddress, 'hosts'>,
  why: ProxyRefusal['why'],
  target: string,
  hostHeader?: string,
): ProxyRefusal {
  const named = why === 'connect' ? target : why === 'absolute-form' ? hostIn(target) : hostHeader;
  const lower = named?.toLowerCase() ?? '';
  const host =
    lower === '' || hosts.has(lower)
      ? undefined
      : /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::\d{1,5})?$/.exec(lower)?.[1];
  return { why, target, ...(host === undefined ? {} : { host }) };
}

const hostIn = (target: string): string | undefined => (URL.canParse(target) ? new URL(target).host : undefined);

/**
 * An offer of HTTP/2 on a connection without TLS is made unasked by some clients (Java's own among them) with their first
 * request; a server may leave it unanswered (https://www.rfc-editor.org/rfc/rfc9110#section-7.8), and it is not forwarded.
 */
const wantsAnotherProtocol = (upgrade: string | undefined): boolean =>
  upgrade !== undefined && upgrade.trim().toLowerCase() !== 'h2c';

/** What a request would make of the proxy that it is not: a way to elsewhere. Nothing of such a request is forwarded. */
export function refusedBy({ hosts }: ProxyAddress, request: RawRequest): RefusalKind | undefined {
  if (!methods.has(request.method ?? '')) return 'method';
  if (wantsAnotherProtocol(request.headers.upgrade)) return 'upgrade';
  const named = request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (named.length !== 1 || !hosts.has((request.headers.host ?? '').toLowerCase())) return 'host';
  const [path = ''] = (request.url ?? '').split('?');
  // Steps upward would leave the base on the other side.
  const wandering =
    path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)) || /[\\\s]|%5c|%2f|%00/i.test(path);
  return wandering ? 'target' : undefined;
}

/** Path below the base and query of a target; undefined where it lies beside the prefix. */
export function belowPrefix({ prefix }: ProxyAddress, target: string): { path: string; search: string } | undefined {
  const mark = target.indexOf('?');
  const [path, search] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark)];
  if (path === prefix) return { path: '', search };
  return path.startsWith(`${prefix}/`) ? { path: path.slice(prefix.length + 1), search } : undefined;
}
