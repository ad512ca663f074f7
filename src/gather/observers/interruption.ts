import type { FaultProxy } from './fault-proxy.js';
import type { ProductAccess } from './product-trail.js';

/** Where the product is in its work on one object, as its requests show. */
export const interruptionPoints = ['before-read', 'after-read', 'before-write'] as const;
export type InterruptionPoint = (typeof interruptionPoints)[number];

/** Something that happens in the EHR at one point of the product's work, while its request is held. */
export interface Interruption {
  /** Monotonic milliseconds when it had happened; undefined while the product has not come to that point. */
  readonly happenedAtMs: number | undefined;
  /** Lets everything pass again. @throws what the change itself threw */
  end(): void;
}

/**
 * Holds the product's first request, the first one after it has read the object, or its first write of the type, until
 * `change` is done. Other requests that come meanwhile wait too.
 */
export function interruptAt(
  proxy: Pick<FaultProxy, 'inject' | 'seen'>,
  point: InterruptionPoint,
  { reference, writes }: { readonly reference: string; readonly writes: string },
  change: () => Promise<unknown>,
): Interruption {
  const since = performance.now();
  let happenedAtMs: number | undefined;
  let fault: unknown;
  let happening: Promise<void> | undefined;
  const rule = proxy.inject({
    fault: 'pass',
    when: point === 'before-write' ? { interaction: 'write', resourceType: writes } : { interaction: 'any' },
    meanwhile: () => {
      if (point === 'after-read' && happening === undefined && proxy.seen({ reference, since }).length === 0) {
        return Promise.resolve();
      }
      happening ??= change().then(
        () => {
          happenedAtMs = performance.now();
        },
        (error: unknown) => {
          fault = error;
        },
      );
      return happening;
    },
  });
  return {
    get happenedAtMs() {
      return happenedAtMs;
    },
    end() {
      rule.remove();
      if (fault !== undefined) throw fault;
    },
  };
}

/**
 * Whether the product changed the object after `changedAtMs` without having read its new state; `read-again` where it had,
 * and `stopped` where it changed nothing. `before`: the version it had until then, where it has versions.
 */
export function writtenSince(
  proxy: Pick<FaultProxy, 'seen'>,
  { reference, before }: { readonly reference: string; readonly before: string | undefined },
  changedAtMs: number,
): 'stopped' | 'read-again' | 'stale' {
  const seen = proxy.seen({ reference });
  const writes = seen.filter(
    ({ kind, upstreamStatus = 0, answeredAtMs }) =>
      kind === 'write' && upstreamStatus >= 200 && upstreamStatus < 300 && answeredAtMs >= changedAtMs,
  );
  if (writes.length === 0) return 'stopped';
  // A read that was held meanwhile came before the change and brought its result; its version says so.
  const isNew = ({ receivedAtMs, version }: ProductAccess): boolean =>
    version === undefined || before === undefined ? receivedAtMs >= changedAtMs : version !== before;
  const readBefore = (writtenAtMs: number): boolean =>
    seen.some((access) => access.kind !== 'write' && access.answeredAtMs <= writtenAtMs && isNew(access));
  return writes.every(({ receivedAtMs }) => readBefore(receivedAtMs)) ? 'read-again' : 'stale';
}

/** Longest time between the end of a read of the object and the product's next write of it that the EHR took. */
export function longestRaceWindowMs(proxy: Pick<FaultProxy, 'seen'>, reference: string): number | undefined {
  let readAtMs: number | undefined;
  let longest: number | undefined;
  for (const { kind, receivedAtMs, answeredAtMs, upstreamStatus = 0 } of proxy.seen({ reference })) {
    if (kind !== 'write') readAtMs = answeredAtMs;
    else if (readAtMs !== undefined && upstreamStatus >= 200 && upstreamStatus < 300) {
      longest = Math.max(longest ?? 0, receivedAtMs - readAtMs);
    }
  }
  return longest;
}
