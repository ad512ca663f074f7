import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Listener as DeclaredListener } from '../model/documents/organization.js';
import { ToolError } from '../model/errors.js';
import { missing, type Missing } from '../model/fact.js';
import { listen, type ListenerRequest, type ListenerResponse } from '../wire/listener.js';
import { isLoopback } from './write-policy.js';

/** A listener for what one other system sends to the run, under a path nobody can guess. */
export interface PrivateListener {
  /** Address with the path: `https://…/<128 bit in hex>`. */
  readonly endpoint: string;
  /** The sender runs on this machine: nothing but itself can stand between it and the listener. */
  readonly sameMachine: boolean;
  /** Requests refused by a limit, by status: 400, 413, 429. */
  readonly refused: ReadonlyMap<number, number>;
  close(): Promise<void>;
}

export interface PrivateListenerOptions {
  /** Who is to reach it, in words, and an address of theirs. */
  readonly sender: { readonly name: string; readonly url: string };
  readonly listener: DeclaredListener | undefined;
  /** Key and certificate of the listener as PEM, where the organization file names them. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** Hears what came to the path or below it; `below` is the rest of the path. Anything else is answered 401. */
  readonly hear: (request: ListenerRequest, below: string) => ListenerResponse;
}

/** Safety rule 42. */
const requestsPerSecond = 50;

/** Missing where no listener can be opened that the sender could reach. */
export async function openPrivateListener({
  sender,
  listener: declared,
  tls,
  hear,
}: PrivateListenerOptions): Promise<PrivateListener | Missing> {
  const sameMachine = isLoopback(sender.url);
  const publicUrl = declared?.publicUrl;
  if (!sameMachine && publicUrl === undefined) {
    return missing(
      'prerequisite-failed',
      `the ${sender.name} cannot reach this machine: the listener has no publicUrl`,
    );
  }
  const path = `/${randomBytes(16).toString('hex')}`;
  try {
    const listener = await listen({
      bind: declared?.bind ?? '127.0.0.1',
      port: declared?.port ?? 0,
      ...(tls === undefined ? {} : { tls }),
      handler: (request) =>
        isSame(request.path.slice(0, path.length), path)
          ? hear(request, request.path.slice(path.length))
          : { status: 401 },
      limits: { requestsPerSecond },
    });
    return {
      endpoint: `${(publicUrl ?? listener.origin).replace(/\/$/, '')}${path}`,
      sameMachine,
      refused: listener.refused,
      close: () => listener.close(),
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return missing('prerequisite-failed', error.message);
  }
}

/** In constant time. */
export function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}
