import type { Subscription } from 'fhir/r4.js';
import { readSubscriptionNotice } from '../../fhir/subscription-notice.js';
import { missing, type FactValue } from '../../model/fact.js';
import { causableEvent, causedEventTemplates, causeEvent } from '../caused-event.js';
import {
  acceptedHeartbeatSeconds,
  endSubscription,
  makeSubscription,
  noChannel,
  patienceMs,
  payloadOf,
  readyToSubscribe,
  settledSubscription,
  subscriptionBody,
  subscriptionTemplates,
  topicStyle,
  withInbox,
  type SubscriptionWish,
} from '../event-subscription.js';
import type { Heard, Inbox } from '../notification-inbox.js';
import { defineProbe, type ProbeTools } from '../probe.js';
import { ExchangeFault } from '../request.js';

type Missed = FactValue<'missed-events'>;

const eventsBefore = 2;
const eventsMissed = 3;
const eventsAfter = 1;
const away = 503;
const longestHeartbeatSeconds = 10;
/** A server gives up on a listener after a few tries, hardly at once. */
const looksWhileAway = 4;

/** Events that meet a listener which answers 503: what the EHR does about them, and what it tells afterwards. */
export default defineProbe({
  id: 'missed-events',
  phase: 'write',
  subjects: 'trigger',
  when: ({ item }) => item.channel?.kind === 'subscription',
  needs: ['ai'],
  writes: 'all',
  brings: ['missed-events'],
  sends: ({ item }, documents) => {
    const event = causableEvent(documents, item.trigger);
    if (event === undefined) return [];
    return [
      // The state is looked at until it is active, and again until it is in error.
      ...subscriptionTemplates(1, 2),
      { context: 'ai', method: 'GET', path: 'Subscription/{id}/$status', most: 1 },
      { context: 'ai', method: 'GET', path: 'Subscription/{id}/$events?eventsSinceNumber&eventsUntilNumber', most: 1 },
      ...causedEventTemplates(event, eventsBefore + eventsMissed + eventsAfter),
    ];
  },
  async run({ item: { trigger, channel = noChannel } }, tools) {
    const ready = await readyToSubscribe(tools, trigger, channel);
    if ('missing' in ready) return { 'missed-events': ready };
    return {
      'missed-events': await withInbox(tools, channel, async (inbox) => {
        const { endpoint, header } = inbox;
        const heartbeatSeconds = tools.environmentClass === 'simulator' ? 1 : longestHeartbeatSeconds;
        const wish = { channel, event: ready.event, patients: [ready.patient], endpoint, header, heartbeatSeconds };
        const { id, status } = await makeSubscription(tools, subscriptionBody(wish, tools.now()));
        if (id === undefined) return missing('prerequisite-failed', `a Subscription was answered with ${status}`);
        let last: Subscription | undefined;
        try {
          const active = await settledSubscription(tools, id, ['active', 'error']);
          if (active?.status !== 'active')
            return missing('prerequisite-failed', 'the Subscription did not become active');
          return await awayAndBack(tools, inbox, wish, active, (during) => {
            last = during;
          });
        } finally {
          await endSubscription(tools, id, last);
        }
      }),
    };
  },
});

async function awayAndBack(
  tools: ProbeTools,
  inbox: Inbox,
  wish: SubscriptionWish,
  { id = '', channel }: Subscription,
  onSeen: (during: Subscription | undefined) => void,
): Promise<Missed> {
  const cause = async (times: number): Promise<string[]> => {
    const references: string[] = [];
    for (let each = 0; each < times; each++) {
      if (wish.patients[0] !== undefined) references.push(await causeEvent(tools, wish.event, wish.patients[0]));
    }
    return references;
  };
  const longMs = patienceMs(tools.environmentClass);
  const before = await cause(eventsBefore);
  const all = await inbox.until((heard) => told(heard, before, 0, wish) === before.length, longMs);
  if (!all) throw new ExchangeFault('control-failed', 'not every event before the outage was told of', undefined);
  const numbersBefore = inbox.heard.flatMap(({ events }) => events.flatMap(({ number }) => number ?? []));
  const last = Math.max(0, ...numbersBefore);
  const heartbeat = await heartbeatOf(inbox, acceptedHeartbeatSeconds(channel));

  inbox.answer(away);
  const missed = await cause(eventsMissed);
  const during = await settledSubscription(tools, id, ['error', 'off'], looksWhileAway);
  onSeen(during);
  inbox.answer(200);
  const since = inbox.heard.length;
  const sentAgain = (): number => told(inbox.heard.slice(since), missed, last, wish);
  if (during?.status === 'active') await inbox.until(() => sentAgain() === missed.length, longMs);

  const byTopic = topicStyle(wish.channel);
  const statusAnswer = byTopic ? await statusOf(tools, id, last) : null;
  const eventsAnswer = byTopic ? await eventsOf(tools, id, last, missed) : null;
  let laterRise: number | null = null;
  if (during?.status === 'active' && sentAgain() < missed.length) {
    const later = await cause(eventsAfter);
    await inbox.until((heard) => told(heard.slice(since), later, last, wish) > 0, longMs);
    const numbers = inbox.heard.slice(since).flatMap(({ events }) => events.flatMap(({ number }) => number ?? []));
    laterRise = numbers.length === 0 ? null : Math.max(...numbers) - last;
  }
  return {
    style: wish.channel.style ?? 'r4-rest-hook',
    numbersBefore: numbersBefore.slice(0, 100),
    missed: missed.length,
    sentAgain: sentAgain(),
    state: states.find((each) => each === during?.status) ?? null,
    statusAnswer,
    eventsAnswer,
    laterRise,
    heartbeat,
  };
}

/** How many of these events were told of and taken: by their record, else by their number, else by count. */
function told(heard: readonly Heard[], references: readonly string[], after: number, wish: SubscriptionWish): number {
  const taken = heard.filter(({ kind, answered }) => kind === 'event' && answered === 200);
  if (payloadOf(wish.channel) !== 'empty') {
    const named = new Set(taken.flatMap((each) => each.named));
    return references.filter((reference) => named.has(reference)).length;
  }
  if (!topicStyle(wish.channel)) return Math.min(taken.length, references.length);
  const numbers = new Set(taken.flatMap(({ events }) => events.flatMap(({ number }) => number ?? [])));
  return references.filter((_, index) => numbers.has(after + 1 + index)).length;
}

/** A heartbeat comes after a period of silence; two periods without one are one too few. */
async function heartbeatOf(inbox: Inbox, everySeconds: number | undefined): Promise<Missed['heartbeat']> {
  if (everySeconds === undefined || everySeconds > longestHeartbeatSeconds) return null;
  const from = inbox.heard.length;
  const came = await inbox.until(
    (heard) => heard.slice(from).some(({ kind }) => kind === 'heartbeat'),
    2_500 * everySeconds,
  );
  return { everySeconds, came };
}

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-status.html */
async function statusOf({ clients }: ProbeTools, id: string, last: number): Promise<Missed['statusAnswer']> {
  const answer = await clients.ai.send({ method: 'GET', path: `Subscription/${id}/$status`, tolerant: true });
  const read = answer.ok ? readSubscriptionNotice(answer.resource) : undefined;
  return {
    status: answer.status,
    counted: read?.eventsSinceStart === undefined ? null : read.eventsSinceStart - last,
    inError: read?.error === true || read?.status === 'error',
  };
}

/** https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/OperationDefinition-backport-subscription-events.html */
async function eventsOf(
  { clients }: ProbeTools,
  id: string,
  last: number,
  missed: readonly string[],
): Promise<Missed['eventsAnswer']> {
  const [from, to] = [last + 1, last + missed.length];
  const { ok, status, resource } = await clients.ai.send({
    method: 'GET',
    path: `Subscription/${id}/$events`,
    query: [
      ['eventsSinceNumber', String(from)],
      ['eventsUntilNumber', String(to)],
    ],
    tolerant: true,
  });
  const read = ok ? readSubscriptionNotice(resource) : undefined;
  const named = new Set([...(read?.events ?? []).flatMap(({ focus }) => focus ?? []), ...(read?.entries ?? [])]);
  const numbers = new Set((read?.events ?? []).map(({ number }) => number));
  return {
    status,
    found: missed.filter((reference, index) => named.has(reference) || numbers.has(from + index)).length,
  };
}

const states = ['requested', 'active', 'error', 'off'] as const;
