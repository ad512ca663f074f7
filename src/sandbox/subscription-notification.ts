import { randomUUID } from 'node:crypto';
import type { Bundle, BundleEntry, Parameters, ParametersParameter, Resource, Subscription } from 'fhir/r4.js';
import type { Notification } from './deviation.js';
import { headersOf, type Wish } from './subscription-wish.js';

/** One event of a topic as the subscription counted it; numbers start at 1 and have no gaps. */
export interface CountedEvent {
  readonly number: number;
  readonly at: string;
  readonly resource: Resource;
}

export interface TopicState {
  readonly subscription: Subscription;
  readonly wish: Wish;
  /** Every event since the subscription was made. */
  readonly events: readonly CountedEvent[];
}

type StatusType = 'handshake' | 'heartbeat' | 'event-notification' | 'query-status' | 'query-event';

/** R4: without a payload a POST with no body; with one an update of the resource at the endpoint. */
export function criteriaNotification(subscription: Subscription, resource: Resource): Notification {
  const { endpoint = '', header, payload } = subscription.channel;
  const base = { subscription, resource, kind: 'event' as const };
  const headers = headersOf(header) ?? {};
  return payload === undefined
    ? { ...base, method: 'POST', url: endpoint, headers, body: '' }
    : {
        ...base,
        method: 'PUT',
        url: `${endpoint.replace(/\/$/, '')}/${resource.resourceType}/${resource.id}`,
        headers: { ...headers, 'content-type': 'application/fhir+json' },
        body: JSON.stringify(resource),
      };
}

/** R5 Backport: a history Bundle, its first entry the status. @param event absent for a handshake or a heartbeat */
export function topicNotification(
  state: TopicState,
  kind: Notification['kind'],
  base: string,
  event?: CountedEvent,
): Notification {
  const { endpoint = '', header } = state.subscription.channel;
  const type = kind === 'event' ? 'event-notification' : kind;
  return {
    subscription: state.subscription,
    kind,
    ...(event === undefined ? {} : { resource: event.resource }),
    method: 'POST',
    url: endpoint,
    headers: { ...headersOf(header), 'content-type': 'application/fhir+json' },
    body: JSON.stringify(eventBundle(state, type, event === undefined ? [] : [event], base)),
  };
}

/** Source: https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html */
export function eventBundle(
  state: TopicState,
  type: StatusType,
  events: readonly CountedEvent[],
  base: string,
): Bundle {
  const status: BundleEntry = {
    fullUrl: `urn:uuid:${randomUUID()}`,
    resource: statusOf(state, type, events, base),
    request: { method: 'GET', url: `Subscription/${state.subscription.id}/$status` },
    response: { status: '200' },
  };
  const entries = state.wish.content === 'empty' ? [] : events.map(({ resource }) => entryOf(state, resource, base));
  return { resourceType: 'Bundle', type: 'history', timestamp: new Date().toISOString(), entry: [status, ...entries] };
}

/** The answer to `$status`. https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html */
export function statusBundle(state: TopicState, base: string): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [{ resource: statusOf(state, 'query-status', [], base), search: { mode: 'match' } }],
  };
}

function entryOf({ wish }: TopicState, resource: Resource, base: string): BundleEntry {
  const url = `${resource.resourceType}/${resource.id}`;
  return {
    fullUrl: `${base}/${url}`,
    ...(wish.content === 'full-resource' ? { resource } : {}),
    request: { method: 'PUT', url },
    response: { status: '200' },
  };
}

function statusOf(
  { subscription, wish, events: all }: TopicState,
  type: StatusType,
  events: readonly CountedEvent[],
  base: string,
): Parameters {
  const { error } = subscription;
  return {
    resourceType: 'Parameters',
    id: randomUUID(),
    parameter: [
      { name: 'subscription', valueReference: { reference: `${base}/Subscription/${subscription.id}` } },
      { name: 'topic', valueCanonical: wish.topic?.url ?? '' },
      { name: 'status', valueCode: subscription.status },
      { name: 'type', valueCode: type },
      { name: 'events-since-subscription-start', valueString: String(all.length) },
      ...events.map(({ number, at, resource }): ParametersParameter => ({
        name: 'notification-event',
        part: [
          { name: 'event-number', valueString: String(number) },
          { name: 'timestamp', valueInstant: at },
          ...(wish.content === 'empty'
            ? []
            : [{ name: 'focus', valueReference: { reference: `${base}/${resource.resourceType}/${resource.id}` } }]),
        ],
      })),
      ...(error === undefined ? [] : [{ name: 'error', valueCodeableConcept: { text: error } }]),
    ],
  };
}
