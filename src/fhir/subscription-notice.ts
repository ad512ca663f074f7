import type { Bundle, Parameters, ParametersParameter, Resource } from 'fhir/r4.js';
import { localReference } from './reference.js';

/** One event a notice tells of. */
export interface NoticedEvent {
  readonly number: number | undefined;
  /** `Type/id` of what it is about. */
  readonly focus: string | undefined;
  readonly timed: boolean;
  /** The time it gives, in milliseconds since 1970; undefined where it is none. */
  readonly atMs: number | undefined;
}

/** A notification of the R5 Backport, or the answer to `$status` or `$events`. */
export interface SubscriptionNotice {
  /** Logical id of the Subscription. */
  readonly subscription: string | undefined;
  readonly status: string | undefined;
  /** `handshake`, `heartbeat`, `event-notification`, `query-status`, `query-event`. */
  readonly type: string | undefined;
  readonly eventsSinceStart: number | undefined;
  readonly error: boolean;
  readonly events: readonly NoticedEvent[];
  /** `Type/id` of the entries beside the status. */
  readonly entries: readonly string[];
  /** Resources that travel in it, the status itself aside. */
  readonly resources: readonly Resource[];
}

const most = 1_000;

/**
 * Reads the status and the events of a Bundle, or of bare Parameters; `undefined` when there is no status in it. At most
 * 1,000 entries and events are read.
 * https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription-status-r4.html
 */
export function readSubscriptionNotice(resource: Resource | undefined): SubscriptionNotice | undefined {
  const entries = resource?.resourceType === 'Bundle' ? listOf((resource as Bundle).entry) : [];
  const [first, ...others] = entries;
  const status = resource?.resourceType === 'Bundle' ? first?.resource : resource;
  if (status?.resourceType !== 'Parameters') return undefined;
  const parameters = listOf((status as Parameters).parameter);
  const named = (name: string): ParametersParameter | undefined => parameters.find((each) => each.name === name);
  return {
    subscription: localReference(named('subscription')?.valueReference?.reference)?.split('/')[1],
    status: textOf(named('status')?.valueCode),
    type: textOf(named('type')?.valueCode),
    eventsSinceStart: countOf(named('events-since-subscription-start')),
    error: named('error') !== undefined,
    events: parameters
      .filter(({ name }) => name === 'notification-event')
      .map(({ part }) => {
        const of = (name: string): ParametersParameter | undefined => listOf(part).find((each) => each.name === name);
        const timestamp = textOf(of('timestamp')?.valueInstant);
        const atMs = Date.parse(timestamp ?? '');
        return {
          number: countOf(of('event-number')),
          focus: localReference(of('focus')?.valueReference?.reference),
          timed: timestamp !== undefined,
          atMs: Number.isNaN(atMs) ? undefined : atMs,
        };
      }),
    entries: others.flatMap(({ request, fullUrl }) => localReference(request?.url) ?? localReference(fullUrl) ?? []),
    resources: others.flatMap((each) => (typeof each.resource?.resourceType === 'string' ? [each.resource] : [])),
  };
}

/** 64-bit numbers travel as text in R4; some servers use the integer types. */
function countOf(parameter: ParametersParameter | undefined): number | undefined {
  const { valueString, valueUnsignedInt, valueInteger } = parameter ?? {};
  const count = Number(valueString ?? valueUnsignedInt ?? valueInteger ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

function listOf<T extends object>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value)
    ? (value as readonly (T | null)[]).filter((each) => each !== null && typeof each === 'object').slice(0, most)
    : [];
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 100) : undefined;
