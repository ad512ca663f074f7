import type { Extension, Subscription } from 'fhir/r4.js';
import { topics, type Topic } from './subscription-topics.js';

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';
const contents = ['empty', 'id-only', 'full-resource'] as const;

/** What a Subscription asks for, by a search of R4 or by a topic of the R5 Backport. */
export interface Wish {
  readonly resourceType: string;
  readonly query: string;
  /** Absent for the search string of R4. */
  readonly topic?: Topic;
  readonly content: (typeof contents)[number];
  /** A sign of life goes out after so long a silence. */
  readonly heartbeatMs?: number;
}

const longestHeartbeatSeconds = 86_400;
const connectionHeaders = new Set(['host', 'content-length', 'transfer-encoding', 'connection', 'content-type']);

/**
 * Source: https://hl7.org/fhir/R4/subscription.html and
 * https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription.html
 */
export function wishOf(subscription: Subscription): Wish | { readonly problem: string } {
  const { criteria, channel } = subscription;
  if (!/^https?:\/\//.test(criteria)) {
    const [resourceType, query] = splitOnce(criteria, '?');
    return { resourceType, query, content: channel.payload === undefined ? 'empty' : 'full-resource' };
  }
  const topic = topics.find(({ url }) => url === criteria);
  if (topic === undefined) return { problem: 'this topic is not offered' };
  const filters = extensionsOf(subscription, '_criteria', 'filter-criteria');
  const queries: string[] = [];
  for (const { valueString = '' } of filters) {
    const [resourceType, query] = splitOnce(valueString, '?');
    const names = [...new URLSearchParams(query).keys()];
    if (resourceType !== topic.resourceType || names.length === 0) return { problem: 'a filter is not of this topic' };
    const unknown = names.some((name) => !topic.filters.includes(name));
    if (unknown) return { problem: `this topic can be filtered by ${topic.filters.join(', ')}` };
    queries.push(query);
  }
  const [content] = extensionsOf(channel, '_payload', 'payload-content');
  const named = contents.find((each) => each === (content?.valueCode ?? 'empty'));
  if (named === undefined) return { problem: `payload content is one of ${contents.join(', ')}` };
  const heartbeat = channel.extension?.find(({ url }) => url === `${backport}/backport-heartbeat-period`);
  const seconds = heartbeat?.valueUnsignedInt;
  if (seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= longestHeartbeatSeconds)) {
    return { problem: 'the heartbeat period is a number of seconds' };
  }
  return {
    resourceType: topic.resourceType,
    query: queries.join('&'),
    topic,
    content: named,
    ...(seconds === undefined ? {} : { heartbeatMs: seconds * 1_000 }),
  };
}

/** Why a channel cannot be served. @param endpoints origins that may be notified besides loopback */
export function channelProblem({ channel, end }: Subscription, endpoints: readonly string[]): string | undefined {
  if (channel.type !== 'rest-hook') return `channel type ${channel.type} is not offered, only rest-hook`;
  if (channel.payload !== undefined && !/^application\/(fhir\+)?json\b/.test(channel.payload)) {
    return 'payload is offered as application/fhir+json or not at all';
  }
  if (end !== undefined && Number.isNaN(Date.parse(end))) return 'end is no instant';
  const endpoint = URL.canParse(channel.endpoint ?? '') ? new URL(channel.endpoint ?? '') : undefined;
  if (!endpoint || !['http:', 'https:'].includes(endpoint.protocol)) return 'endpoint is no http or https URL';
  const loopback = ['127.0.0.1', 'localhost', '[::1]'].includes(endpoint.hostname);
  if (!loopback && endpoint.protocol === 'http:') return 'endpoint is not https';
  if (!loopback && !endpoints.includes(endpoint.origin)) return 'endpoint is neither on loopback nor listed';
  return headersOf(channel.header) === undefined ? 'a header is not of the form "Name: value"' : undefined;
}

/** The headers of a channel by lower-case name; undefined when one of them is none, or would frame the message. */
export function headersOf(lines: readonly string[] = []): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^([\w-]{1,100}): ?([\t\x20-\x7e]{0,8192})$/.exec(line) ?? [];
    if (name === undefined || value === undefined || connectionHeaders.has(name.toLowerCase())) return undefined;
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Extensions of a primitive element, which JSON keeps beside it: https://hl7.org/fhir/R4/json.html#primitive */
function extensionsOf(holder: object, element: string, name: string): Extension[] {
  const beside = (holder as Record<string, { extension?: unknown } | undefined>)[element]?.extension;
  return Array.isArray(beside)
    ? (beside as Extension[]).filter(({ url }) => url === `${backport}/backport-${name}`)
    : [];
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
