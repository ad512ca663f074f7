import type { Extension, Subscription } from 'fhir/r4.js';
import { scopesAllow } from '../fhir/scopes.js';
import type { ContractTrigger } from '../model/documents/contract.js';
import type { Channel, TestPatient } from '../model/documents/organization.js';
import { missing, type Missing } from '../model/fact.js';
import type { EnvironmentClass } from '../model/outcome.js';
import { causableEvent, type CausableEvent } from './caused-event.js';
import type { Inbox } from './notification-inbox.js';
import type { ProbeTools } from './probe.js';
import { ExchangeFault, type RequestTemplate } from './request.js';
import { idOfLocation } from './writer.js';

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';
const endsAfterMs = 4 * 3_600_000;
/** Looks at a Subscription until its state is settled. */
const looksAtState = 8;
/** The state is read, then it is deleted; a server may change the state in between, once. */
const requestsToEnd = 2;

/** Longest time anything about a subscription is waited for. */
export const patienceMs = (environmentClass: EnvironmentClass): number =>
  environmentClass === 'simulator' ? 3_000 : 30_000;

export interface SubscriptionWish {
  readonly channel: Channel;
  readonly event: CausableEvent;
  /** Nothing about anybody else is asked for. */
  readonly patients: readonly TestPatient[];
  readonly endpoint: string;
  readonly header: string;
  readonly heartbeatSeconds?: number;
  /** One more filter: a parameter no server knows. */
  readonly extraFilter?: string;
}

/** What a probe of a channel has to have before it subscribes: an event it can cause, a proven patient, the right. */
export async function readyToSubscribe(
  tools: ProbeTools,
  trigger: ContractTrigger,
  channel: Channel,
): Promise<{ readonly event: CausableEvent; readonly patient: TestPatient } | Missing> {
  const event = causableEvent(tools, trigger);
  const [patient] = tools.cases.patients();
  if (event === undefined)
    return missing('not-in-this-version', 'this version causes events by creating and undoing test objects');
  if (patient === undefined) return missing('no-test-object', 'the organization file lists no test patient');
  const why = await whyNotSubscribed(tools, channel);
  if (why !== undefined) return why;
  await tools.cases.proven(patient);
  return { event, patient };
}

/** Stands where a subject has none; a probe of channels is not run for it. */
export const noChannel: Channel = { kind: 'subscription' };

/** Why the AI system's client cannot subscribe, before anything is sent; undefined when it can. */
export async function whyNotSubscribed(tools: ProbeTools, channel: Channel): Promise<Missing | undefined> {
  if (channel.style === 'r5-backport' && channel.event === undefined) {
    return missing('undecided', 'the channel does not name the topic (event)');
  }
  await tools.clients.ai.signedIn();
  return scopesAllow(tools.clients.ai.grantedScopes, 'Subscription', 'c')
    ? undefined
    : missing('no-credential', 'the AI system’s client may not create a Subscription');
}

export const topicStyle = ({ style }: Channel): boolean => style === 'r5-backport';
/** Plain R4 sends the whole resource or nothing at all. */
export function payloadOf(channel: Channel): 'empty' | 'id-only' | 'full-resource' {
  const asked = channel.payload ?? 'id-only';
  return topicStyle(channel) || asked === 'full-resource' ? asked : 'empty';
}

/**
 * R4: https://hl7.org/fhir/R4/subscription.html. By a topic:
 * https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription.html
 */
export function subscriptionBody(wish: SubscriptionWish, now: Date): Subscription {
  const { channel, event, patients, endpoint, header, heartbeatSeconds, extraFilter } = wish;
  const payload = payloadOf(channel);
  const own = `patient=${patients.map(({ id }) => `Patient/${id}`).join(',')}`;
  const byTopic = topicStyle(channel);
  const query = [
    own,
    ...(byTopic ? [] : [`status=${event.state}`]),
    ...(extraFilter === undefined ? [] : [extraFilter]),
  ];
  const search = `${event.resourceType}?${query.join('&')}`;
  const extension = (name: string, value: Omit<Extension, 'url'>): Extension => ({
    url: `${backport}/${name}`,
    ...value,
  });
  return {
    resourceType: 'Subscription',
    ...(byTopic ? { meta: { profile: [`${backport}/backport-subscription`] } } : {}),
    status: 'requested',
    reason: 'INTEGRATION TEST - ehr-scorecard',
    end: new Date(now.getTime() + endsAfterMs).toISOString(),
    criteria: byTopic ? (channel.event ?? '') : search,
    ...(byTopic ? { _criteria: { extension: [extension('backport-filter-criteria', { valueString: search })] } } : {}),
    channel: {
      type: 'rest-hook',
      endpoint,
      header: [header],
      ...(byTopic || payload === 'full-resource' ? { payload: 'application/fhir+json' } : {}),
      ...(byTopic
        ? {
            ...(heartbeatSeconds === undefined
              ? {}
              : { extension: [extension('backport-heartbeat-period', { valueUnsignedInt: heartbeatSeconds })] }),
            _payload: { extension: [extension('backport-payload-content', { valueCode: payload })] },
          }
        : {}),
    },
  };
}

/** Heartbeat period of a stored Subscription; undefined when it holds none. */
export function acceptedHeartbeatSeconds(channel: Subscription['channel']): number | undefined {
  const extensions: unknown = channel?.extension;
  const found = (Array.isArray(extensions) ? (extensions as Extension[]) : []).find((each) =>
    each?.url?.endsWith('/backport-heartbeat-period'),
  );
  const seconds = found?.valueUnsignedInt;
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** A Subscription the run made, or was refused. */
export interface MadeSubscription {
  readonly status: number;
  /** Logical id; undefined when it was refused. */
  readonly id: string | undefined;
  /** As the answer to the create showed it. */
  readonly stored: Subscription | undefined;
}

/** @throws ExchangeFault `writes-off` when the organization does not agree to a Subscription */
export async function makeSubscription(
  { clients }: ProbeTools,
  body: Subscription,
  expectRefusal = false,
): Promise<MadeSubscription> {
  const answer = await clients.ai.write({ method: 'POST', resourceType: 'Subscription', body, expectRefusal });
  const stored = answer.resource?.resourceType === 'Subscription' ? (answer.resource as Subscription) : undefined;
  const id = answer.ok ? (stored?.id ?? idOfLocation(answer.headers['location'], 'Subscription')) : undefined;
  return { status: answer.status, id, stored: answer.ok ? stored : undefined };
}

/** Reads it until it is in one of these states, at most `looks` times within the same time; the last reading. */
export async function settledSubscription(
  tools: ProbeTools,
  id: string,
  states: readonly string[],
  looks = looksAtState,
): Promise<Subscription | undefined> {
  const pauseMs = patienceMs(tools.environmentClass) / 2 ** (looks - 1);
  let last: Subscription | undefined;
  for (let look = 0; look < looks; look++) {
    // Hardly any server is ready in the moment in which it answers.
    await tools.pause(pauseMs * 2 ** Math.max(0, look - 1));
    const { read, passing } = await readSubscription(tools, id);
    // A hiccup of the server says nothing about the Subscription.
    if (passing) continue;
    last = read;
    if (last === undefined || states.includes(last.status)) return last;
  }
  return last;
}

/** `passing`: the server was too busy or broken for an answer, which may be better the next time. */
async function readSubscription(
  { clients }: ProbeTools,
  id: string,
): Promise<{ readonly read: Subscription | undefined; readonly passing: boolean }> {
  const { resource, status } = await clients.ai.send({ method: 'GET', path: `Subscription/${id}`, tolerant: true });
  const read = resource?.resourceType === 'Subscription' ? (resource as Subscription) : undefined;
  return { read, passing: read === undefined && (status >= 500 || status === 429) };
}

/**
 * Takes it away, and whatever it would still send. What a server does not let go, cleanup finds in the journal.
 * @param last as it was read last, where it was; else it is read first
 * @returns whether the server took it away
 */
export async function endSubscription(
  tools: ProbeTools,
  id: string | undefined,
  last?: Subscription,
): Promise<boolean> {
  if (id === undefined) return false;
  for (let attempt = 0; attempt < requestsToEnd; attempt++) {
    const status = await deleteSubscription(tools, id, attempt === 0 ? last : undefined).catch((error: unknown) => {
      if (error instanceof ExchangeFault) return undefined;
      throw error;
    });
    // The server sets the state itself, so that a version read a moment ago may be outdated.
    if (status !== 412 && status !== 409) return status !== undefined && status < 300;
  }
  return false;
}

async function deleteSubscription(
  tools: ProbeTools,
  id: string,
  last: Subscription | undefined,
): Promise<number | undefined> {
  const current = last ?? (await readSubscription(tools, id)).read;
  if (current === undefined) return undefined;
  const change = { resourceType: 'Subscription', objectId: id, basedOn: current, undo: true } as const;
  return (await tools.clients.ai.write({ ...change, method: 'DELETE' })).status;
}

/**
 * Making, watching and ending so many Subscriptions.
 * @param watches how often the state of each is waited for
 */
export const subscriptionTemplates = (most: number, watches = 1): RequestTemplate[] => [
  { context: 'ai', method: 'POST', path: 'Subscription', most, mutates: true },
  { context: 'ai', method: 'GET', path: 'Subscription/{id}', most: most * (watches * looksAtState + requestsToEnd) },
  { context: 'ai', method: 'DELETE', path: 'Subscription/{id}', most: most * requestsToEnd },
];

/** Opens the channel's listener for the time of `work`. */
export async function withInbox<T>(
  tools: ProbeTools,
  channel: Channel,
  work: (inbox: Inbox) => Promise<T>,
): Promise<T | Missing> {
  const inbox = await tools.listen(channel.listener ?? 'subscription');
  if ('missing' in inbox) return inbox;
  try {
    return await work(inbox);
  } finally {
    await inbox.close();
  }
}
