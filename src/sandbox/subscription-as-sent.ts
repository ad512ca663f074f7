import type { Subscription } from 'fhir/r4.js';
import { creates, reads, sentBody, withBody, withResources, type RawHandler } from './deviation.js';

/**
 * A server that stores another Subscription than it was sent and shows the one it was sent.
 * @param otherwise what is stored; undefined: as it was sent
 */
export function subscriptionsAsSent(
  next: RawHandler,
  otherwise: (sent: Subscription) => Subscription | undefined,
): RawHandler {
  const shown = new Map<string, Pick<Subscription, 'criteria' | 'channel'>>();
  return async (request) => {
    if (creates(request, 'Subscription')) {
      const sent = sentBody(request) as Subscription & { readonly _criteria?: unknown };
      const stored = otherwise(sent);
      if (stored === undefined) return next(request);
      const asSent = { criteria: sent.criteria, _criteria: sent._criteria, channel: sent.channel };
      return withResources(await next(withBody(request, stored)), (resource) => {
        shown.set(resource.id ?? '', asSent);
        return { ...resource, ...asSent };
      });
    }
    if (!reads(request, 'Subscription')) return next(request);
    return withResources(await next(request), (resource) => ({ ...resource, ...shown.get(resource.id ?? '') }));
  };
}
